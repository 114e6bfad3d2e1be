"""One wave through the eyes of one member: what they may see, and where it is."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q, Subquery
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from alongside.calendar.days import MONDAY_TO_FRIDAY, SchoolDays
from alongside.calendar.reads import school_days
from alongside.kit.access import require
from alongside.kit.words import people_date
from alongside.people.reads import Membership
from alongside.surveys import releases, rules, schooldays, sharing
from alongside.surveys.instruments import Instrument, Item
from alongside.surveys.models import Change, Release, Reply, Wave
from alongside.surveys.releases import WHOLE, Document
from alongside.surveys.results.lending import lent_to
from alongside.surveys.sharing import Shared


@dataclass(frozen=True, slots=True)
class View:
    """What one member may see of one wave."""

    wave: Wave
    release: Release
    document: Document
    member: Membership
    pulse: Instrument
    changes: dict[tuple[str, str], Change]  # (item, place)
    replies: dict[int, Reply]  # of schools: posted ones, and the drafts of schools I lead
    promised: Reply | None  # the last posted reply of the place of the page to an earlier wave, if it was asked for
    cluster_replies: dict[str, Reply]  # the same of clusters (cluster:<id>), and the drafts of clusters I chair
    mine: frozenset[int]  # schools whose own block I may see
    lent: frozenset[
        int
    ]  # of these, the ones that I see only because they share them: their figures and nothing they said
    unspread: frozenset[int]  # of the lent ones, those whose spread of answers would give away another school's
    days: SchoolDays  # of the wave's organisation


def view(
    wave: Wave, member: Membership, *, with_days: bool = False, with_replies: bool = True, promise_of: Q | None = None
) -> View:
    """The wave through the eyes of a member; 404 while there are no results, 403 while they are their leaders' alone, and
    always of a coherence round, whose map waits for each school's yes (R3).

    with_days: the school days are needed though this member sees results at the close. promise_of: whose last reply to an
    earlier wave is read along. Two queries, and one for school days."""
    release: Release | None = getattr(wave, "release", None)
    if release is None:
        raise Http404
    require(not wave.pulse.ranked, "A vote is seen under Decide, with the votes, as one result.")
    require(
        not wave.series.mapped,
        "A coherence round is seen on its map alone, and a grid on its portrait, under Decide, school by school.",
    )
    document = releases.read(release)
    every = _replies(wave, promise_of) if with_replies else []
    said = [reply for reply in every if reply.wave_id == wave.pk]
    replies = {reply.school_id: reply for reply in said if reply.school_id}
    posted = {school: reply for school, reply in replies.items() if reply.posted_at}
    needed = with_days or not rules.sees_at_close(member)
    days = school_days(wave.organisation) if needed else MONDAY_TO_FRIDAY
    shared = sharing.NOTHING if member.officer else sharing.of_series(wave.series)
    own_and_others = visible_schools(wave, document, member, posted, days)
    lent = lent_to(document, member, shared, own_and_others)
    mine = but_kept(own_and_others, member, shared, document) | lent.schools
    by_itself = rules.staff_see_from(release.published_at, None, wave.organisation.zone, days)
    require(
        bool(rules.sees_at_close(member) or own_and_others or by_itself <= timezone.now()),
        f"School leaders see results first. You see them with their reply, or by yourself from {_day(by_itself, wave)} on.",
    )
    changes = {(change.item, change.place): change for change in Change.objects.filter(wave=wave)}
    own = {school: reply for school, reply in replies.items() if reply.posted_at or school in member.schools_led}
    promised = next((reply for reply in every if reply.wave_id != wave.pk), None)
    together = {reply.place: reply for reply in said if reply.cluster_id and _may_read(reply, member, document)}
    if promised and promised.cluster_id and not _may_read(promised, member, document):
        promised = None
    return View(
        wave,
        release,
        document,
        member,
        wave.pulse,
        changes,
        own,
        promised,
        together,
        mine,
        lent.schools,
        lent.schools - lent.spread,
        days,
    )


def lends(document: Document) -> bool:
    """Whether there is a block that a school's own wave could lend: its one school counts alone."""
    schools = document.school_ids()
    return len(schools) == 1 and document.block_of(schools[0]) == f"school:{schools[0]}"


def lent_view(wave: Wave, member: Membership) -> tuple[View, int]:
    """A wave of a school's own as that school lends it to a network, and the school: its figures, and nothing that was said.
    404 where it has no block. Whoever looks is nobody in the school here, its own head included. One query."""
    document = releases.read(wave.release)
    if not lends(document):
        raise Http404
    school = document.school_ids()[0]
    nobody = Membership(member.person_id, wave.organisation_id)
    changes = {(change.item, change.place): change for change in Change.objects.filter(wave=wave)}
    own, days = frozenset({school}), MONDAY_TO_FRIDAY
    return View(
        wave, wave.release, document, nobody, wave.pulse, changes, {}, None, {}, own, own, frozenset(), days
    ), school


def _replies(wave: Wave, promise_of: Q | None) -> list[Reply]:
    """The replies to a wave, and the last posted one to an earlier wave of the series by a school or cluster."""
    wanted = Q(wave=wave)
    if promise_of is not None:
        earlier = Reply.objects.filter(promise_of, wave__series=wave.series_id, wave__number__lt=wave.number)
        posted = earlier.filter(posted_at__isnull=False).order_by("-wave__number")
        wanted |= Q(pk=Subquery(posted.values("pk")[:1]))
    return list(Reply.objects.filter(wanted).select_related("wave"))


def _may_read(reply: Reply, member: Membership, document: Document) -> bool:
    """A cluster's reply: its chair's draft, or posted and for this member (decision 0051)."""
    if reply.posted_at is None:
        return rules.can_reply_for_cluster(member, reply.place)
    own = member.schools_led | member.schools_staffed | member.schools_coached
    homes = {document.cluster_of(school) for school in own.intersection(document.school_ids())}
    return rules.reads_reply_for_cluster(member, reply.place, homes)


def _day(moment: datetime.datetime, wave: Wave) -> str:
    return people_date(schooldays.local_day(moment, wave.organisation.zone))


def visible_schools(
    wave: Wave, document: Document, member: Membership, replies: dict[int, Reply], days: SchoolDays
) -> frozenset[int]:
    """Schools whose own block this member may see now. replies: the posted ones, which open it to their staff (R11)."""
    every = set(document.school_ids())
    if member.officer:
        return frozenset(every)
    clusters = {f"cluster:{pk}" for pk in member.clusters_chaired | member.clusters_coached}
    found = {school for school in every if document.cluster_of(school) in clusters}
    found |= every & (member.schools_led | member.schools_coached)
    staffed = every & member.schools_staffed
    zone = wave.organisation.zone
    at = wave.release.published_at
    found |= {school for school in staffed if rules.staff_see_now(at, replies.get(school), zone, days)}
    return frozenset(found)


def but_kept(schools: frozenset[int], member: Membership, shared: Shared, document: Document) -> frozenset[int]:
    """Without those that keep their block from their staff, for whom sees them as one of the staff alone."""
    clusters = {f"cluster:{pk}" for pk in member.clusters_chaired | member.clusters_coached}
    otherwise = member.schools_led | member.schools_coached
    return frozenset(
        school
        for school in schools
        if school not in shared.kept or member.officer or school in otherwise or document.cluster_of(school) in clusters
    )


def cluster_of_wave(seen: View, slug: str) -> str:
    """cluster:<id> of an address, if it took part in the wave."""
    place = seen.document.place_of("cluster", slug)
    if place is None:
        raise Http404
    return place


def grouping_of_wave(seen: View, slug: str) -> str:
    """grouping:<id> of an address, if the wave was counted by it."""
    place = seen.document.place_of("grouping", slug)
    if place is None:
        raise Http404
    return place


def school_of_wave(seen: View, slug: str) -> int:
    """The school of an address, if it took part and this member may see its results."""
    place = seen.document.place_of("school", slug)
    school = int(place.removeprefix("school:")) if place else 0
    if school not in seen.mine:
        raise Http404
    return school


def answered(document: Document, place: str) -> str:
    """ "124 of 154 answered", "5–9 answered", or that too few did."""
    found = document.answered(place)
    if found is None:
        return "too few answered"
    return f"{found.n} of {found.invited} answered"


def place_name(document: Document, place: str) -> str:
    """A place in words."""
    kind, _, key = place.partition(":")
    if kind == "school":
        return document.school_name(int(key))
    together = document.clusters().get(place) or document.groupings().get(place)
    return together or (document.data["owner"] if place == WHOLE else "Other schools")


def address(seen: View, **more: object) -> dict[str, object]:
    organisation = seen.wave.organisation
    return {"kind": organisation.kind, "slug": organisation.slug, "pk": seen.wave.pk, **more}


def school_url(seen: View, school: int) -> str:
    return reverse("results_school", kwargs=address(seen, school=seen.document.slug(f"school:{school}")))


def cluster_url(seen: View, place: str) -> str:
    return reverse("results_cluster", kwargs=address(seen, cluster=seen.document.slug(place)))


def whole_url(seen: View) -> str:
    return reverse("results", kwargs=address(seen))


def grouping_url(seen: View, place: str) -> str:
    return reverse("results_grouping", kwargs=address(seen, grouping=seen.document.slug(place)))


def statement_url(seen: View, place: str, item: Item) -> str | None:
    """The run chart of a statement in a place; pools have none."""
    kind = place.partition(":")[0]
    if kind in {"school", "cluster", "grouping"}:
        at = address(seen, place=seen.document.slug(place), where=f"{kind}s", item=item.id)
        return reverse("statement", kwargs=at)
    return reverse("statement", kwargs=address(seen, place=WHOLE, where="all", item=item.id)) if kind == WHOLE else None
