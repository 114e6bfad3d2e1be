"""What pages ask of the things to work on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.db import models
from django.db.models import Exists, OuterRef, Q

from alongside.calendar.days import SchoolDays
from alongside.evidence.signals import Heard
from alongside.goals import live, rules
from alongside.goals.models import Choice, Issue, Vote
from alongside.goals.nearness import near
from alongside.kit import chain
from alongside.kit.access import Member, works_here
from alongside.kit.words import people_list
from alongside.network.models import Cluster, ClusterMembership, NetworkMembership, Organisation, School
from alongside.people.reads import Standing
from alongside.surveys import counting, naming

ORDERS = 5  # that contradict equally few voices, printed in full
LISTED = 300  # of one place's list, of what is merged or closed the newest


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that a thing to work on may be proposed: value is "whole" or "cluster-12"."""

    value: str
    name: str
    cluster: Cluster | None = None


def places(organisation: Organisation, member: Member) -> list[Place]:
    """Where this member may propose, in the order in which a form offers it. One query in a network."""
    if organisation.kind == Organisation.Kind.SCHOOL:
        return [Place("whole", organisation.name)]
    mine = ClusterMembership.objects.current().filter(school__in=member.schools_staffed | member.schools_led)
    clusters = Cluster.objects.of(organisation.pk)
    if not member.officer:
        clusters = clusters.filter(Q(pk__in=mine.values("cluster")) | Q(pk__in=member.clusters_chaired))
    found = [Place(f"cluster-{cluster.pk}", cluster.name, cluster) for cluster in clusters.order_by("name")]
    return [*found, Place("whole", f"all schools of {organisation.name}")]


@dataclass(frozen=True, slots=True)
class IssueLine:
    """A thing to work on as the list shows it: what was merged into it, and what else says much the same."""

    issue: Issue
    merged: int
    like: list[Issue]


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """The list of one cluster, of the whole network, or of a school."""

    name: str
    lines: list[IssueLine]


@dataclass(frozen=True, slots=True)
class IssuesPage:
    """All that the list may use."""

    groups: list[IssueGroup]
    closed: list[Issue]
    count: int


def issues_page(organisation: Organisation) -> IssuesPage:
    """Everything that was proposed here, newest first. One query."""
    found = list(_all(organisation)[:LISTED])
    merged: dict[int, int] = defaultdict(int)
    for issue in found:
        if issue.merged_into_id:
            merged[issue.merged_into_id] += 1
    live = [issue for issue in found if issue.live]
    by_place: dict[str, list[Issue]] = defaultdict(list)
    for issue in live:
        by_place[issue.place].append(issue)
    groups = [
        IssueGroup(name, [IssueLine(issue, merged[issue.pk], _like(issue, issues)) for issue in issues])
        for name, issues in sorted(by_place.items(), key=lambda pair: (pair[1][0].cluster is None, pair[0]))
    ]
    return IssuesPage(groups, [issue for issue in found if issue.closed_at], len(live))


def _all(organisation: Organisation) -> models.QuerySet[Issue]:
    rows = Issue.objects.of(organisation.pk).select_related("organisation", "cluster", "from_school")
    return rows.order_by("-proposed_at", "-pk")


def _like(issue: Issue, others: list[Issue]) -> list[Issue]:
    return near(issue.title, ((each.title, each) for each in others if each.pk != issue.pk))


@dataclass(frozen=True, slots=True)
class IssuePage:
    """One thing to work on, with all that may be done about it."""

    issue: Issue
    like: list[Issue]  # the nearest first
    others: list[Issue]  # it may be merged into any of these; the near ones first
    merged: list[Issue]
    forwarded: list[Issue]
    may_tend: bool
    may_forward: bool
    chain: chain.Chain


def issue_page(issue: Issue, member: Member, standing: Standing) -> IssuePage:
    """All about one issue that was found in the member's place: one query, and those of its chain."""
    beside = Q(organisation=issue.organisation_id, cluster=issue.cluster_id)
    near = Issue.objects.filter(beside | Q(from_issue=issue)).exclude(pk=issue.pk)
    found = list(near.select_related("organisation", "cluster").order_by("-proposed_at", "-pk"))
    around = [each for each in found if each.from_issue_id != issue.pk]
    live = [each for each in around if each.live]
    like = _like(issue, live) if issue.live else []
    may_forward = rules.can_forward(member, issue)
    forwarded = [each for each in reversed(found) if each.from_issue_id == issue.pk] if may_forward else []
    return IssuePage(
        issue,
        like,
        like + [each for each in live if each not in like],
        [each for each in around if each.merged_into_id == issue.pk],
        forwarded,
        rules.can_tend(member, issue.organisation.kind, issue.cluster_id),
        may_forward,
        chain.walk(f"issue:{issue.pk}", told_places(standing)),
    )


def told_places(standing: Standing) -> frozenset[int]:
    """Ids of the organisations whose rows may be told to somebody: where they work, or for whom."""
    return frozenset(
        place.pk for place in standing.organisations() if (member := standing.member(place)) and works_here(member)
    )


def takeable(found: Iterable[Heard], organisation: Organisation, member: Member) -> list[Heard]:
    """What a member may put on the list of its place: of a cluster where they may propose, else as anybody may. One query."""
    here = {place.cluster.pk if place.cluster else None for place in places(organisation, member)}
    return [one for one in found if one.cluster in here]


def goals_of_forwarding(school: School) -> list[Place]:
    """The clusters, and the networks as a whole, that a school belongs to today. Two queries."""
    inside = NetworkMembership.objects.current().filter(school=school).values("network")
    now = ClusterMembership.objects.current().filter(school=school, cluster__organisation__in=inside)
    clusters = Cluster.objects.filter(pk__in=now.values("cluster")).select_related("organisation").order_by("name")
    networks = NetworkMembership.objects.current().filter(school=school).select_related("network")
    found = [Place(f"cluster-{each.pk}", f"{each.name} of {each.organisation.name}", each) for each in clusters]
    wholes = [Place(f"network-{each.network_id}", f"all schools of {each.network.name}") for each in networks]
    return found + sorted(wholes, key=lambda place: place.name)


def tended_places(organisation: Organisation, member: Member) -> list[Place]:
    """The school, clusters and network whose votes and choices this member looks after. One query in a network."""
    found = places(organisation, member)
    kind = organisation.kind
    return [place for place in found if rules.can_tend(member, kind, place.cluster.pk if place.cluster else None)]


@dataclass(frozen=True, slots=True)
class VoteLine:
    """A vote as the list shows it: the finding, or that it waits."""

    vote: Vote
    finding: str


def votes_of(organisation: Organisation, member: Member) -> list[VoteLine]:
    """Votes that were counted here or are cast here, newest first, and those that wait for this member. Two queries at most."""
    rows = Vote.objects.of(organisation.pk).exclude(state=Vote.State.DROPPED).select_related("organisation", "cluster")
    near = rows.select_related("wave__release", "wave__organisation").annotate(chosen=_IS_CHOSEN)
    found = list(near.defer("orders", "faults").order_by("-uploaded_at", "-pk")[:LISTED])
    kind, days = organisation.kind, live.days_for(organisation, found)
    return [
        VoteLine(vote, _finding(vote, member, days))
        for vote in found
        if vote.state != Vote.State.READY or rules.can_tend(member, kind, vote.cluster_id)
    ]


_IS_CHOSEN = Exists(Choice.objects.filter(vote=OuterRef("pk")))


def _finding(vote: Vote, member: Member, days: SchoolDays) -> str:
    if vote.wave is None:
        return counting.heading(counting.outcome_of(vote.result), vote.issues) if vote.result else ""
    if not live.sees(vote, member, days, chosen=vars(vote)["chosen"]):
        return live.state(vote)
    return live.heading(live.result(vote), vote.issues)


@dataclass(frozen=True, slots=True)
class StandingLine:
    """One issue of a result: place, name, share of wins, how sure, whether another way of counting puts it elsewhere."""

    position: int
    title: str
    share: int
    certain: str
    among_first: bool
    close: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class FitPage:
    """What fits, in words."""

    taken: list[str]
    spent: str
    uncosted: list[str]
    backing: int


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """A recorded choice with the names of what was taken on."""

    choice: Choice
    taken: list[str]


@dataclass(frozen=True, slots=True)
class VotePage:
    """All that the page of a counted vote may use."""

    vote: Vote
    heading: str
    outcome: counting.Outcome | None  # None: of a vote cast here, too few for figures
    answered: str  # how many voted, as it may be said
    tiers: list[str]  # then the order in words, if that much may be said
    voices: list[StandingLine]  # by one voice a block, where there are enough
    blocks: int
    lopsided: bool
    lines: list[StandingLine]
    by_paths: list[str]
    least: list[str]
    more_orders: int
    winner: str
    fit: FitPage | None
    choice: ChoiceLine | None
    earlier: list[ChoiceLine]
    may_tend: bool


def vote_page(vote: Vote, member: Member) -> VotePage:
    """The result of a vote, what fits, and what was chosen. One query."""
    issues = vote.issues
    found = live.result(vote) if vote.wave else None
    outcome = found.outcome if vote.wave and found else None
    if vote.wave is None:
        outcome = counting.outcome_of(cast(dict[str, Any], vote.result))
    chosen = choices_of(vote)
    taken = set(chosen[0].choice.taken) if chosen else set()
    least = outcome.least if outcome else []
    orders = [people_list(issues[each] for each in order) for order in least[:ORDERS]]
    return VotePage(
        vote=vote,
        heading=live.heading(found, issues) if vote.wave or outcome is None else counting.heading(outcome, issues),
        outcome=outcome,
        answered=found.n if found else f"{outcome.voters:,}" if outcome else "",
        tiers=[people_list(issues[each] for each in tier) for tier in found.tiers] if found else [],
        voices=_by_voices(found, issues, taken) if found else [],
        blocks=found.blocks if found else 0,
        lopsided=bool(found and found.lopsided),
        lines=[_standing(each, outcome, issues, taken) for each in outcome.standings] if outcome else [],
        by_paths=[people_list(issues[each] for each in tier) for tier in outcome.by_paths] if outcome else [],
        least=orders,
        more_orders=len(least) - len(orders),
        winner="" if outcome is None or outcome.winner is None else issues[outcome.winner],
        fit=_fit(vote, found.fit if found else vote.fit),
        choice=chosen[0] if chosen else None,
        earlier=chosen[1:],
        may_tend=rules.can_tend(member, vote.organisation.kind, vote.cluster_id),
    )


def _standing(each: counting.Standing, outcome: counting.Outcome, issues: list[str], taken: set[int]) -> StandingLine:
    among = each.position <= outcome.top
    title = issues[each.issue]
    return StandingLine(each.position, title, each.share, each.certain, among, each.close, each.issue in taken)


def _by_voices(found: live.Result, issues: list[str], taken: set[int]) -> list[StandingLine]:
    shares = found.voices or []
    order = sorted(range(len(shares)), key=lambda issue: (-shares[issue], issue))
    places = {share: 1 + sum(other > share for other in shares) for share in shares}
    return [
        StandingLine(
            places[shares[issue]],
            issues[issue],
            shares[issue],
            "",
            among_first=False,
            close=False,
            taken=issue in taken,
        )
        for issue in order
    ]


def _fit(vote: Vote, kept: dict[str, Any] | None) -> FitPage | None:
    if kept is None:
        return None
    found = counting.Fit(**kept)
    spent = [
        f"{_plain(used)} of {_plain(whole)} {unit}"
        for used, whole, unit in ((found.hours, vote.hours, "hours"), (found.money, vote.money, "in money"))
        if whole
    ]
    titles = [vote.issues[each] for each in found.taken]
    return FitPage(titles, people_list(spent), [vote.issues[each] for each in found.uncosted], found.backing)


def _plain(number: object) -> str:
    """ "12.50" → "12.5", "1200.00" → "1,200"."""
    text = f"{Decimal(str(number)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def choices_of(vote: Vote) -> list[ChoiceLine]:
    """What was chosen, the latest first: each replaces the one after it. One query."""
    rows = Choice.objects.filter(vote=vote).order_by("-pk")
    return [ChoiceLine(choice, [vote.issues[each] for each in choice.taken]) for choice in rows]


def names_in(text: str, organisation: Organisation, member: Member) -> list[str]:
    """Whom a text seems to name. Compared with the names of those alone whom the writer knows anyway: the people of the own
    schools, and for an officer of the whole network, so that no form tells who works elsewhere. Up to three queries a school.
    """
    if organisation.kind == Organisation.Kind.SCHOOL or member.officer:
        known = [organisation]
    else:
        schools = School.objects.filter(pk__in=member.schools_staffed | member.schools_led, organisation__isnull=False)
        known = [school.organisation for school in schools.select_related("organisation") if school.organisation]
    found = [named.what for place in known for named in naming.named(text, naming.known_in(place))]
    found += [match[0] for match in naming.SUSPECT.finditer(text)]
    return list(dict.fromkeys(found))
