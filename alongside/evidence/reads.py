"""What pages ask of coherence rounds."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404
from django.urls import reverse

from alongside.calendar.reads import school_days
from alongside.evidence import figures, maps, rules
from alongside.evidence.figures import Figures, Releases
from alongside.evidence.maps import Map
from alongside.evidence.models import GridSharing, LeaderView, MapRound, MapSharing, SeatWave, TalkNote
from alongside.evidence.statements import ASKED, SEATS, TEAMS, Seat, Statement
from alongside.kit.words import people_date
from alongside.network.models import ClusterMembership, NetworkMembership, Organisation, School
from alongside.people.models import StaffEntry
from alongside.people.reads import Membership
from alongside.surveys import schooldays
from alongside.surveys.models import Wave, WaveSchool

QUESTIONS = (
    "Where do we see the same thing, and is it true?",
    "Where do we see it differently, and who is nearer to it?",
    "Which one gap, if we closed it, would students notice?",
)
LISTED = 40  # rounds: years of them


@dataclass(frozen=True, slots=True)
class Stage:
    """One seat of a round: when it is asked, and how far it is, in words."""

    seat: Seat
    when: str
    state: str
    done: bool
    wave: Wave | None = None


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in a list."""

    round: MapRound
    stages: list[Stage]

    @property
    def done(self) -> bool:
        return all(stage.done for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Asked:
    """A round with its seats, and those of the round before of the same schools, each with wave and release."""

    round: MapRound
    seats: list[SeatWave]
    earlier: list[SeatWave]

    @property
    def waves(self) -> list[Wave]:
        return [seat.wave for seat in self.seats]

    @property
    def teams(self) -> Wave | None:
        """The wave of the teams; None once it was called off."""
        return next((seat.wave for seat in self.seats if seat.seat == TEAMS), None)

    @property
    def before(self) -> MapRound | None:
        return self.earlier[0].round if self.earlier else None


SEATS_READ = SeatWave.objects.select_related("round", "wave__series", "wave__organisation", "wave__release").order_by(
    "pk"
)


def round_lines(organisations: Iterable[int]) -> list[RoundLine]:
    """Rounds of these organisations, newest first. Two queries."""
    near = MapRound.objects.select_related("organisation", "cluster").prefetch_related(Prefetch("seats", SEATS_READ))
    found = near.filter(organisation__in=list(organisations)).order_by("-started_at", "-pk")
    return [RoundLine(each, stages(Asked(each, list(each.seats.all()), []))) for each in found[:LISTED]]


def stages(asked: Asked) -> list[Stage]:
    """The seats in the order in which they are asked. No query."""
    found, teams = asked.round, asked.teams
    seats = {seat.seat: seat.wave for seat in asked.seats}
    return [
        _stage(seat, found, seats.get(seat.key), teams) for seat in SEATS if seat.key not in ASKED or seat.key in seats
    ]


def _stage(seat: Seat, found: MapRound, wave: Wave | None, teams: Wave | None) -> Stage:
    zone = found.organisation.zone
    if seat.key not in ASKED:
        if teams is None:
            return Stage(seat, "", "not asked: the teams’ part was called off", True)
        until = people_date(schooldays.local_day(teams.closes_at, zone))
        taking = rules.takes_views(teams)
        return Stage(seat, f"by name, until {until}", "may answer now" if taking else "have answered", not taking)
    if wave is None:
        raise AssertionError("a seat that is asked has a wave")
    first, last = (people_date(schooldays.local_day(moment, zone)) for moment in (wave.opens_at, wave.closes_at))
    states = {Wave.State.PLANNED: "planned", Wave.State.OPEN: "open", Wave.State.CLOSED: "being counted"}
    state = states.get(Wave.State(wave.state), "on the map")
    return Stage(seat, f"{first} to {last}", state, wave.has_results, wave)


def round_of(member: Membership, pk: int) -> Asked:
    """A round that this member may know of, with its seats, or Http404. Two queries."""
    found = MapRound.objects.seen_by(member).select_related("organisation", "cluster").filter(pk=pk).first()
    if found is None:
        raise Http404
    same = Q(round__organisation=found.organisation_id, round__cluster=found.cluster_id)
    seats = list(SEATS_READ.filter(same, round__number__in=[found.number, found.number - 1]))
    now = [seat for seat in seats if seat.round_id == found.pk]
    return Asked(found, now, [seat for seat in seats if seat.round_id != found.pk])


def school_of(asked: Asked, slug: str) -> School:
    """A school that takes part in a round; see `taking_part`."""
    found = asked.round
    took_part = WaveSchool.objects.filter(wave__seat__round=found)
    return taking_part(slug, found.organisation, found.cluster_id, took_part, MapSharing.objects.filter(round=found))


def taking_part(
    slug: str,
    organisation: Organisation,
    cluster: int | None,
    took_part: QuerySet[WaveSchool],
    said: QuerySet[MapSharing] | QuerySet[GridSharing],
) -> School:
    """A school that belongs where a network or one of its clusters asks, or took part before it left, with `shared_since` (since
    when the cluster counts what is its own, None: not now); Http404 for another. said: each school's yes. One query."""
    yes = said.filter(school=OuterRef("pk"), until__isnull=True)
    if cluster:
        belongs = Q(Exists(ClusterMembership.objects.current().filter(cluster=cluster, school=OuterRef("pk"))))
    else:
        belongs = Q(pk__in=School.objects.in_network(organisation).values("pk"))
    near = School.objects.select_related("organisation").annotate(shared_since=Subquery(yes.values("since")[:1]))
    there = belongs | Q(Exists(took_part.filter(school=OuterRef("pk"))))
    school = near.filter(there, organisation__slug=slug).first()
    if school is None:
        raise Http404
    return school


@dataclass(frozen=True, slots=True)
class SchoolMap:
    """All that the page of one school’s map may use."""

    round: MapRound
    school: School
    slug: str
    map: Map
    stages: list[Stage]
    answered: list[str]  # "5 leaders by name", "24 teachers and support staff"
    too_few: list[Seat]  # seats that are counted, and show nothing of this school
    leads: bool
    views: list[LeaderView]  # by name, for whoever may see them
    mine: LeaderView | None
    waits: int  # leaders who have answered, for a leader who has not
    takes_views: bool
    leaders_shown: bool
    notes: list[TalkNote]
    my_note: str
    shared_since: datetime.datetime | None
    questions: tuple[str, ...] = QUESTIONS

    @property
    def source(self) -> str:
        """How a gap on this map is named, up to the statement."""
        return gap_of(self.round.pk, f"school:{self.school.pk}")

    @property
    def by_name(self) -> list[tuple[Statement, list[str]]]:
        """What each leader chose: "4", or a dash for “I can’t say”."""
        return [(s, [_chosen(view.ratings.get(s.id)) for view in self.views]) for s in self.round.asks]

    @property
    def any_out(self) -> bool:
        return any(stage.wave and stage.done for stage in self.stages)


def _chosen(rating: object) -> str:
    return str(rating) if isinstance(rating, int) else "–"


def school_map(asked: Asked, school: School, member: Membership) -> SchoolMap:
    """One school’s map, or Http404 for whoever may not see it. school: as `school_of` finds it. Two queries."""
    found, out = asked.round, figures.of_round(asked.seats)
    shared: datetime.datetime | None = vars(school)["shared_since"]
    leads = rules.leads(member, school.pk)
    opened = leads or rules.open_to_staff(asked.waves, school_days(found.organisation))
    if not rules.sees_school(member, school.pk, out.schools().get(school.pk, ""), shared is not None, opened):
        raise Http404
    rounds = [each for each in (found, asked.before) if each]
    views = list(LeaderView.objects.filter(round__in=rounds, school=school).select_related("person"))
    now = [view for view in views if view.round_id == found.pk]
    shown = rules.leaders_shown(member, school.pk, now)
    (table,) = _figures(found, out, [school.pk], now if shown else [])
    notes = list(TalkNote.objects.filter(round=found, school=school).select_related("person")) if leads else []
    mine = next((view for view in now if view.person_id == member.person_id), None)
    earlier = [view for view in views if view.round_id != found.pk]
    return SchoolMap(
        round=found,
        school=school,
        slug=school.slug,
        map=maps.of_school(found.asks, table, _shared_before(asked, school.pk, earlier, shown)),
        stages=stages(asked),
        answered=_answered(table, now if shown else []),
        too_few=[ASKED[key] for key in out.documents if not any(key in each for each in table.values())],
        leads=leads,
        views=sorted(now, key=lambda view: (not view.head, view.person.name)) if shown and leads else [],
        mine=mine,
        waits=len(now) if leads and mine is None else 0,
        takes_views=rules.takes_views(asked.teams),
        leaders_shown=shown,
        notes=[each for each in notes if each.person_id != member.person_id],
        my_note=next((each.text for each in notes if each.person_id == member.person_id), ""),
        shared_since=shared,
    )


def _figures(
    found: MapRound, out: Releases, schools: list[int], views: Iterable[LeaderView]
) -> list[dict[str, Figures]]:
    """For each school its figures, with how these leaders of it see it in front."""
    named: dict[int, list[LeaderView]] = {}
    for view in views:
        named.setdefault(view.school_id, []).append(view)
    return [
        figures.with_leaders(each, figures.of_leaders(found, named.get(school, [])))
        for school, each in zip(schools, out.of(found.asks, schools), strict=True)
    ]


def _agreed(views: Iterable[LeaderView]) -> list[LeaderView]:
    """Those of schools in which each leader who answered agreed."""
    every = list(views)
    kept = {view.school_id for view in every if not view.agreed}
    return [view for view in every if view.school_id not in kept]


def _answered(table: dict[str, Figures], views: list[LeaderView]) -> list[str]:
    """Who stands on the map, with the most that answered any statement."""
    found = []
    if views:
        found.append("one leader by name" if len(views) == 1 else f"{len(views)} leaders by name")
    for seat in SEATS:
        counts = {figures_of[seat.key].n for figures_of in table.values() if seat.key in figures_of}
        if seat.key in ASKED and counts:
            most = max(counts, key=lambda n: int(n.partition("–")[0]))
            found.append(f"{most} {seat.people}")
    return found


def _shared_before(asked: Asked, school: int, views: list[LeaderView], shown: bool) -> dict[str, int]:
    """Statement → points shared in the round before, from the seats that are shown now."""
    if asked.before is None:
        return {}
    agreed = _agreed(views) if shown else []
    (table,) = _figures(asked.before, figures.of_round(asked.earlier), [school], agreed)
    return maps.shared_by(maps.of_school(asked.before.asks, table))


@dataclass(frozen=True, slots=True)
class TogetherMap:
    """All that the page of several schools’ map may use."""

    round: MapRound
    place: str
    map: Map | None  # None: fewer than three schools have said yes
    counted: int
    schools: list[tuple[School, bool]]  # with a map that this member may open; whether it said yes
    clusters: list[tuple[str, str]]  # (name, slug) of clusters that took part, in a round of a network
    cluster: str  # the slug of the one that is shown, "" for all
    stages: list[Stage]
    may_call_off: bool
    sees: bool  # whether it is open to this member by now
    may_take: bool  # whether this member may take up what stands out
    questions: tuple[str, ...] = QUESTIONS

    @property
    def source(self) -> str:
        """The same for the map of the whole round; that of one cluster of a network is only looked at."""
        return gap_of(self.round.pk, f"cluster:{self.round.cluster_id}" if self.round.cluster_id else "whole")


def together(asked: Asked, member: Membership, cluster: str = "") -> TogetherMap:
    """The schools of a round, or of one of its clusters, that have said yes; each has one voice. Four queries."""
    found, out = asked.round, figures.of_round(asked.seats)
    homes = out.schools()
    named, wanted = _clusters(out, cluster)
    within = {school for school, home in homes.items() if not wanted or home == wanted}
    rounds = [each for each in (found, asked.before) if each]
    said = MapSharing.objects.filter(round__in=rounds, until__isnull=True).values_list("round", "school")
    yes = {each.pk: sorted(s for r, s in said if r == each.pk and s in within) for each in rounds}
    opened = rules.open_to_staff(asked.waves, school_days(found.organisation))
    sees = rules.sees_together(member, opened)
    views = _agreed_views(rounds) if sees else []
    before = _together_before(asked, yes, views) if sees else {}
    table = _figures(found, out, yes[found.pk], [view for view in views if view.round_id == found.pk]) if sees else []
    mine = {
        school for school in within if rules.sees_school(member, school, homes[school], school in yes[found.pk], opened)
    }
    # Before the first release, whoever leads one of its schools.
    seen = School.objects.filter(pk__in=mine if homes else member.schools_led)
    if found.cluster_id and not homes:
        seen = seen.filter(pk__in=ClusterMembership.objects.current().filter(cluster=found.cluster_id).values("school"))
    schools = list(seen.select_related("organisation").order_by("name"))
    return TogetherMap(
        round=found,
        place=dict(named)[cluster] if cluster else found.whom,
        map=maps.of_schools(found.asks, table, before) if sees else None,
        counted=len(yes[found.pk]),
        schools=[(school, school.pk in yes[found.pk]) for school in schools],
        clusters=[(name, slug) for slug, name in named],
        cluster=cluster,
        stages=stages(asked),
        may_call_off=rules.can_call_off(member, found) and all(w.state == Wave.State.PLANNED for w in asked.waves),
        sees=sees,
        may_take=not cluster and bool(member.officer or member.clusters_chaired or member.schools_led & within),
    )


def gap_of(round_pk: int, place: str, statement: str = "") -> str:
    """How a gap on a map is named: map:3/school:12/coh.4."""
    return f"map:{round_pk}/{place}/{statement}"


def _clusters(out: Releases, slug: str) -> tuple[list[tuple[str, str]], str]:
    """(slug, name) of clusters that took part, and the place (cluster:<id>) of the one that is wanted; Http404 for another."""
    found: dict[str, tuple[str, str]] = {}
    for document in out.documents.values():
        found |= {place: (document.slug(place), name) for place, name in document.clusters().items()}
    wanted = next((place for place, (own, _) in found.items() if own == slug), "")
    if slug and not wanted:
        raise Http404
    return sorted(found.values(), key=lambda pair: pair[1]), wanted


def _together_before(asked: Asked, yes: dict[int, list[int]], views: list[LeaderView]) -> dict[str, int]:
    """Statement → points shared in the round before by the schools that said yes then; nothing with fewer than three."""
    if asked.before is None:
        return {}
    then = [view for view in views if view.round_id == asked.before.pk]
    table = _figures(asked.before, figures.of_round(asked.earlier), yes[asked.before.pk], then)
    return maps.shared_by(maps.of_schools(asked.before.asks, table))


def _agreed_views(rounds: list[MapRound]) -> list[LeaderView]:
    """How leaders see their schools, round by round, where each of them agreed. One query."""
    every = list(LeaderView.objects.filter(round__in=rounds))
    return [view for each in rounds for view in _agreed(view for view in every if view.round_id == each.pk)]


def is_head(person: int, school: int) -> bool:
    """Whether somebody is the head on the school’s staff list today. One query."""
    return StaffEntry.objects.current().filter(person=person, school=school, job=StaffEntry.Job.HEAD).exists()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A leader has not said yet how they see a school. school: its id."""

    round: int
    school: int
    name: str
    slug: str
    statements: int
    until: datetime.datetime
    organisation: Organisation  # that asks

    @property
    def url(self) -> str:
        """Where it is said."""
        place = self.organisation
        at = {"kind": place.kind, "slug": place.slug, "pk": self.round, "school": self.slug}
        return reverse("map_mine", kwargs=at)


def read_along(person: int, led: Iterable[int]) -> dict[str, Subquery]:
    """What a query for waves reads along, for `wanted_by`: the first school that this person leads and has not said their
    view of, in the round whose teams a wave asks."""
    wave, school = OuterRef(OuterRef("pk")), OuterRef("school")
    asks = SeatWave.objects.filter(wave=wave, seat=TEAMS)
    said = LeaderView.objects.filter(person=person, school=school, round__seats__wave=wave)
    inside = ClusterMembership.objects.current().filter(school=school, cluster=OuterRef(OuterRef("series__cluster")))
    schools = NetworkMembership.objects.current().filter(network=OuterRef("organisation"), school__in=list(led))
    whole = Exists(asks.filter(round__cluster__isnull=True))
    waiting = schools.filter(Exists(asks), whole | Exists(inside)).exclude(Exists(said)).order_by("school__name", "pk")
    rounds = SeatWave.objects.filter(wave=OuterRef("pk"), seat=TEAMS)
    return {
        "view_round": Subquery(rounds.values("round")[:1]),
        "view_school": Subquery(waiting.values("school")[:1]),
        "view_name": Subquery(waiting.values("school__name")[:1]),
        "view_slug": Subquery(waiting.values("school__organisation__slug")[:1]),
    }


def wanted_by(wave: Wave) -> Wanted | None:
    """The view that a wave’s round waits for; None for others, and once the teams have answered. wave: read with `read_along`."""
    read = vars(wave)
    if not read["view_school"] or not rules.takes_views(wave):
        return None
    return Wanted(
        read["view_round"],
        read["view_school"],
        read["view_name"],
        read["view_slug"],
        len(wave.items),
        wave.closes_at,
        wave.organisation,
    )
