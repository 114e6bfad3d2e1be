"""What people said that stands out now, and what was taken up of it: the beginning of every chain.

What stands out is read off the pages that show it, with their own rules of who may see it; what is kept of it (`Signal`)
has no figure, so that a list which all staff read tells nothing that those pages would not.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from alongside.evidence import reads
from alongside.evidence.maps import Spot
from alongside.evidence.models import MapRound, Signal
from alongside.kit import chain
from alongside.kit.errors import Conflict
from alongside.network.models import Cluster, Organisation
from alongside.people.reads import Membership, Standing
from alongside.surveys import reads as surveys_reads
from alongside.surveys import results, schooldays
from alongside.surveys.models import Wave
from alongside.surveys.releases import WHOLE

SOURCE = re.compile(r"(map|wave):(\d{1,18})/(whole|(?:cluster|school):\d{1,18})/([\w.\-]{1,40})", re.ASCII)
RECENT = datetime.timedelta(days=120)
GONE = "This does not stand out there any more, or it is not yours to take up. The list shows what does."


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that stands out for one member. finding: with its figures, for that member's eyes."""

    source: str
    kind: Signal.Kind
    about: str
    statement: str  # as people were asked about it
    sentence: str
    finding: str
    url: str
    said_on: datetime.date
    place: str  # "whole", "cluster:5", "school:12"

    @property
    def cluster(self) -> int | None:
        """The id of the cluster it is of."""
        kind, _, pk = self.place.partition(":")
        return int(pk) if kind == "cluster" else None


def heard(organisation: Organisation, standing: Standing) -> list[Heard]:
    """What stands out in the newest pulse of whoever asks in a place; gaps stand on their own map, with the same button.

    One query, and two or three for each pulse.
    """
    askers = {asker.pk: asker for asker in _askers(organisation, standing)}
    newest: dict[int, Wave] = {}
    for wave in surveys_reads.recent_results(set(askers), timezone.now() - RECENT):
        newest.setdefault(wave.organisation_id, wave)
    found: list[Heard] = []
    for asker, wave in newest.items():
        if member := standing.member(askers[asker]):
            found += _of_wave(wave, organisation, member)
    return sorted(found, key=lambda one: one.said_on, reverse=True)


def _askers(organisation: Organisation, standing: Standing) -> list[Organisation]:
    """Whose pulses and rounds ask the people of a place: itself, and of a school its networks."""
    if organisation.kind == Organisation.Kind.NETWORK:
        return [organisation]
    here = organisation.school.pk
    return [organisation, *standing.networks.get(here, [])]


def take(source: str, organisation: Organisation, standing: Standing) -> Heard:
    """One thing that somebody points at, as this member sees it now. Raises Conflict where it does not stand out (any more)."""
    match = SOURCE.fullmatch(source)
    if match is None:
        raise Conflict(GONE)
    kind, pk = match[1], int(match[2])
    for asker in _askers(organisation, standing):
        if member := standing.member(asker):
            found = _of_one(kind, pk, asker, organisation, member)
            if one := next((each for each in found if each.source == source), None):
                return one
    raise Conflict(GONE)


def _of_one(kind: str, pk: int, asker: Organisation, organisation: Organisation, member: Membership) -> Iterable[Heard]:
    if kind == "map":
        return _of_round(pk, organisation, member)
    near = Wave.objects.select_related("series__cluster", "organisation", "release")
    wave = near.filter(pk=pk, organisation=asker).first()
    return _of_wave(wave, organisation, member) if wave else []


def _of_wave(wave: Wave, organisation: Organisation, member: Membership) -> Iterator[Heard]:
    try:
        seen = results.view(wave, member, with_replies=False)
    except (Http404, PermissionDenied):  # not out yet, or its leaders' alone for now
        return
    if organisation.kind == Organisation.Kind.NETWORK:
        places = [*seen.document.clusters(), WHOLE]
    else:
        places = [f"school:{organisation.school.pk}"]
        places += [WHOLE] if wave.organisation_id == organisation.pk else []
        places = [place for place in places if place == WHOLE or organisation.school.pk in seen.mine]
    month = schooldays.local_day(wave.closes_at, wave.organisation.zone)
    for each in results.findings(seen, places, None):
        yield Heard(
            source=f"wave:{wave.pk}/{each.at}/{each.item.id}",
            kind=Signal.Kind.PULSE,
            about=each.item.about,
            statement=each.item.statement,
            sentence=f"What people said about “{each.item.about}” in {month:%B %Y}",
            finding=f"{each.title} {each.change.word}.",
            url=each.url,
            said_on=month,
            place=each.at,
        )


def _of_round(pk: int, organisation: Organisation, member: Membership) -> Iterator[Heard]:
    try:
        asked = reads.round_of(member, pk)
        if organisation.kind == Organisation.Kind.NETWORK:
            # A round of one cluster is that cluster's; of a round of a network its whole map is.
            together = reads.together(asked, member)
            found, url = together.map, _address(asked, "map")
            place = f"cluster:{asked.round.cluster_id}" if asked.round.cluster_id else WHOLE
        else:
            school = reads.school_of(asked, organisation.slug)
            found = reads.school_map(asked, school, member).map
            place, url = f"school:{school.pk}", _address(asked, "map_school", school=organisation.slug)
    except Http404:
        return
    day = schooldays.local_day(asked.round.started_at, asked.round.organisation.zone)
    for spot in found.spots if found else ():
        yield _of_spot(spot, asked.round, place, url, day)


def _address(asked: reads.Asked, name: str, **more: str) -> str:
    at = asked.round.organisation
    return reverse(name, kwargs={"kind": at.kind, "slug": at.slug, "pk": asked.round.pk, **more})


def _of_spot(spot: Spot, found: MapRound, place: str, url: str, day: datetime.date) -> Heard:
    about = spot.statement.about
    return Heard(
        source=reads.gap_of(found.pk, place, spot.statement.id),
        kind=Signal.Kind.MAP,
        about=about,
        statement=spot.statement.leader,
        sentence=f"How “{about}” looks from different seats, in {day:%B %Y}",
        finding=f"{spot.title}: “{spot.statement.leader}” {spot.scores}. Certainty: {spot.how}.",
        url=url,
        said_on=day,
        place=place,
    )


def keep(organisation: Organisation, one: Heard, *, by: int) -> Signal:
    """The row of something that is taken up, the same one for whoever takes it up again. by: id of a person."""
    found, _ = Signal.objects.get_or_create(
        organisation=organisation,
        source=one.source,
        defaults={
            "kind": one.kind,
            "about": one.about,
            "sentence": one.sentence,
            "url": one.url,
            "said_on": one.said_on,
            "noticed_by_id": by,
        },
    )
    return found


def cluster_of(one: Heard, organisation: Organisation) -> Cluster | None:
    """The cluster of a network on whose list it belongs; None for all, and in a school."""
    return Cluster.objects.of(organisation.pk).filter(pk=one.cluster).first() if one.cluster else None


def _tell(ids: Mapping[str, list[int]], places: Collection[int]) -> dict[str, chain.Told]:
    rows = Signal.objects.filter(pk__in=ids["signal"], organisation__in=list(places))
    return {
        f"signal:{row.pk}": chain.Told(
            row.sentence, row.url, row.organisation_id, row.said_on, str(row.get_kind_display())
        )
        for row in rows
    }


chain.tells(_tell, "signal")
