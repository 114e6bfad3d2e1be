"""What pages ask of grids."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404

from alongside.calendar.reads import school_days
from alongside.evidence import rules
from alongside.evidence.grids import figures
from alongside.evidence.grids.figures import Before, Help
from alongside.evidence.models import GridSharing
from alongside.evidence.reads import taking_part
from alongside.kit.words import people_date
from alongside.network.models import ClusterMembership, Organisation, School
from alongside.people.reads import Membership
from alongside.surveys import releases, schooldays
from alongside.surveys.grids.portrait import Portrait
from alongside.surveys.instruments import GRID
from alongside.surveys.models import Wave, WaveSchool
from alongside.surveys.releases import Document

LISTED = 40
NEAR = ("organisation", "series__cluster", "release")


@dataclass(frozen=True, slots=True)
class GridLine:
    """A grid in a list, and how far it is, in words."""

    wave: Wave
    whom: str
    when: str
    state: str
    done: bool


def _line(wave: Wave) -> GridLine:
    zone = wave.organisation.zone
    first, last = (people_date(schooldays.local_day(moment, zone)) for moment in (wave.opens_at, wave.closes_at))
    states = {Wave.State.PLANNED: "planned", Wave.State.OPEN: "open", Wave.State.CLOSED: "being counted"}
    state = states.get(Wave.State(wave.state), "its portraits are there")
    return GridLine(wave, wave.series.whom(wave.organisation), f"{first} to {last}", state, wave.has_results)


def grid_lines(organisations: Iterable[int]) -> list[GridLine]:
    """Grids of these organisations, newest first. One query."""
    found = Wave.objects.filter(organisation__in=list(organisations), series__instrument=GRID).select_related(*NEAR)
    return [_line(wave) for wave in found.order_by("-opens_at", "-pk")[:LISTED]]


def grid_of(member: Membership, pk: int) -> Wave:
    """A grid that this member may know of, with its release, or Http404. One query."""
    found = Wave.objects.seen_by(member).filter(series__instrument=GRID, pk=pk).select_related(*NEAR).first()
    if found is None:
        raise Http404
    return found


def _document(wave: Wave) -> Document | None:
    release = getattr(wave, "release", None)
    return releases.read(release) if release else None


def _before(wave: Wave) -> Before | None:
    """The round before of the same schools that has its portraits. One query."""
    earlier = Wave.objects.filter(series=wave.series_id, number__lt=wave.number, release__isnull=False)
    found = earlier.select_related(*NEAR).order_by("-number").first()
    document = _document(found) if found else None
    if found is None or document is None:
        return None
    closed = schooldays.local_day(found.closes_at, wave.organisation.zone)
    return Before(document, f"{closed:%B %Y}")


def school_of(wave: Wave, slug: str) -> School:
    """A school that takes part in a grid; see `evidence.reads.taking_part`."""
    took_part, said = WaveSchool.objects.filter(wave=wave), GridSharing.objects.filter(wave=wave)
    return taking_part(slug, wave.organisation, wave.series.cluster_id, took_part, said)


@dataclass(frozen=True, slots=True)
class SchoolGrid:
    """All that the page of one school's grid may use."""

    line: GridLine
    school: School
    slug: str
    portrait: Portrait | None  # None: not out yet
    leads: bool
    shared_since: datetime.datetime | None
    helps: list[Help] | None  # None: not for this member

    @property
    def wave(self) -> Wave:
        return self.line.wave


def school_grid(wave: Wave, school: School, member: Membership) -> SchoolGrid:
    """One school's portrait, or Http404 for whoever may not see it. school: as `school_of` finds it. Three queries."""
    document = _document(wave)
    shared: datetime.datetime | None = vars(school)["shared_since"]
    leads = rules.leads(member, school.pk)
    asked = document is not None and school.pk in document.school_ids()
    cluster = document.cluster_of(school.pk) if document and asked else ""
    opened = leads or rules.open_to_staff([wave], school_days(wave.organisation))
    if not rules.sees_school(member, school.pk, cluster, shared is not None, opened):
        raise Http404
    where = wave.organisation.name
    drawn = figures.of_school(document, school.pk, where, _before(wave)) if document else None
    told = document is not None and asked and rules.sees_help(member, school.pk, cluster, shared is not None)
    return SchoolGrid(
        _line(wave),
        school,
        school.slug,
        drawn,
        leads,
        shared,
        _helps(wave, document, {school.pk}) if document and told else None,
    )


def _yes(wave: Wave) -> dict[int, str]:
    """Schools that said yes: id → name. One query."""
    said = GridSharing.objects.filter(wave=wave, until__isnull=True)
    return dict(said.order_by("school__name").values_list("school", "school__name"))


def _helps(wave: Wave, document: Document, ours: set[int]) -> list[Help]:
    return figures.helps(document, _yes(wave), wave.organisation.name, ours)


@dataclass(frozen=True, slots=True)
class TogetherGrid:
    """All that the page of several schools' grid may use."""

    line: GridLine
    place: str
    portrait: Portrait | None  # None: fewer than three schools have said yes, or not open to this member yet
    counted: int
    schools: list[tuple[School, bool]]  # whose portrait this member may open; whether it said yes
    clusters: list[tuple[str, str]]  # (name, slug)
    cluster: str
    sees: bool
    helps: list[Help]

    @property
    def wave(self) -> Wave:
        return self.line.wave


def together(wave: Wave, member: Membership, cluster: str = "") -> TogetherGrid:
    """The schools that have said yes, each with one voice, in a whole grid or in one of its clusters. Three queries."""
    document, line = _document(wave), _line(wave)
    if document is None:
        if cluster:
            raise Http404
        return _not_yet(line, member)
    named = {document.slug(place): (place, name) for place, name in document.clusters().items()}
    if cluster and cluster not in named:
        raise Http404
    within = document.members(named[cluster][0] if cluster else releases.WHOLE)
    yes = {school: name for school, name in _yes(wave).items() if school in within}
    opened = rules.open_to_staff([wave], school_days(wave.organisation))
    sees = rules.sees_together(member, opened)
    mine = {s for s in within if rules.sees_school(member, s, document.cluster_of(s), s in yes, opened)}
    ours = {s for s in mine if rules.sees_help(member, s, document.cluster_of(s), s in yes)}
    schools = School.objects.filter(pk__in=mine).select_related("organisation").order_by("name")
    return TogetherGrid(
        line=line,
        place=named[cluster][1] if cluster else line.whom,
        portrait=figures.of_schools(document, yes, wave.organisation.name) if sees else None,
        counted=len(yes),
        schools=[(school, school.pk in yes) for school in schools],
        clusters=sorted((name, slug) for slug, (_, name) in named.items()),
        cluster=cluster,
        sees=sees,
        helps=figures.helps(document, yes, wave.organisation.name, ours),
    )


def _not_yet(line: GridLine, member: Membership) -> TogetherGrid:
    """While nothing is out: the schools that this member leads."""
    led = School.objects.filter(pk__in=member.schools_led).select_related("organisation").order_by("name")
    if line.wave.series.cluster_id:
        here = ClusterMembership.objects.current().filter(cluster=line.wave.series.cluster_id)
        led = led.filter(pk__in=here.values("school"))
    schools = [(school, False) for school in led]
    return TogetherGrid(line, line.whom, None, 0, schools, [], "", False, [])


def places_of(member_organisation: Organisation, networks: Iterable[Organisation]) -> set[int]:
    """Whose grids a place shows: its own, and those of the networks around a school."""
    found = {member_organisation.pk}
    if member_organisation.kind == Organisation.Kind.SCHOOL:
        found |= {place.pk for place in networks if place.kind == Organisation.Kind.NETWORK}
    return found
