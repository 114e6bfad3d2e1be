"""What pages ask of visions, goals and actions. Progress is derived from what was done and said, never typed in."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from alongside.goals import rules
from alongside.goals.models import Action, CheckIn, Goal, Issue, Vision
from alongside.goals.reads import Place, tended_places, told_places
from alongside.kit import chain
from alongside.kit.access import Member
from alongside.kit.words import NUMBERS, in_days, people_list
from alongside.network.models import Cluster, ClusterMembership, NetworkMembership, Organisation, School
from alongside.people.models import Person, Role, StaffEntry
from alongside.people.reads import Standing

LISTED = 1_000  # goals, and actions, of one place
ENDED = 60  # of what is over, the newest
SOON = datetime.timedelta(days=7)
STALE = datetime.timedelta(days=42)  # without a word, an action is asked about


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action as a list shows it. said: how it stands, in words; left: its owner works there no more."""

    action: Action
    said: str
    tone: str  # of a badge: "done", "needs", "plain"
    when: str
    left: bool
    mine: bool

    @property
    def nobody(self) -> bool:
        """Whether somebody has to take it over."""
        return self.left or self.action.owner_id is None


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal with its actions. progress: "2 of 5 actions done", "" without any."""

    goal: Goal
    actions: list[ActionLine]
    progress: str
    left: bool
    served: list[str]  # places whose goals serve it, each with that goal's title


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """What one place has before it. key: as forms name the place."""

    name: str
    key: str
    vision: Vision | None
    goals: list[GoalLine]
    loose: list[ActionLine]  # actions that serve no goal
    may_write: bool
    shown: bool  # worth a heading of its own

    @property
    def seen_through(self) -> int:
        """Goals whose three sentences are written."""
        return sum(line.goal.seen_through for line in self.goals)


@dataclass(frozen=True, slots=True)
class Around:
    """A goal of a cluster or network around a school, and which of the school's goals serve it."""

    goal: Goal
    served_by: list[Goal]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """All that the working page may use."""

    groups: list[PlanGroup]
    around: list[Around]
    over: list[Goal]
    done: list[Action]
    goals: int
    actions: int
    late: int
    orphans: int
    may_write: bool

    @property
    def heading(self) -> str:
        """The finding: what is late, or how much is under way."""
        if not self.goals and not self.actions:
            return "What do we want to reach?"
        if self.late:
            return f"{_count(self.late, 'action').capitalize()} {'is' if self.late == 1 else 'are'} late"
        parts = [_count(self.goals, "goal"), _count(self.actions, "action")]
        return f"{people_list(filter(None, parts))} under way".capitalize()


def _count(number: int, what: str) -> str:
    """ "one goal", "two goals", "14 goals"; "" for none."""
    if not number:
        return ""
    return f"{NUMBERS[number] if number < len(NUMBERS) else number} {what}{'' if number == 1 else 's'}"


def plan_page(organisation: Organisation, member: Member, today: datetime.date) -> PlanPage:
    """Everything under way in a place. Six queries."""
    here = people_here(organisation)
    every = list(_goals(organisation).order_by("state", "-ended_on", "review_on", "pk")[:LISTED])
    goals = [goal for goal in every if goal.state == Goal.State.OPEN]
    found = list(_actions(organisation).order_by("state", "-ended_on", "due_on", "pk")[:LISTED])
    lines = [_line(each, here, member, today) for each in found if each.state == Action.State.OPEN]
    done = [each for each in found if each.state != Action.State.OPEN]
    visions = {vision.cluster_id: vision for vision in _visions(organisation)}
    tended = {place.cluster.pk if place.cluster else None: place for place in tended_places(organisation, member)}
    names = _places(organisation, goals, lines, visions.values(), tended)
    served = _served(goals) if organisation.kind == Organisation.Kind.NETWORK else {}
    done_of = Counter(each.goal_id for each in done if each.state == Action.State.DONE)
    groups = []
    for cluster_id, name in names.items():
        of_goal = _by_goal(line for line in lines if line.action.cluster_id == cluster_id)
        own = [
            GoalLine(
                goal,
                of_goal[goal.pk],
                _progress(of_goal[goal.pk], done_of[goal.pk]),
                goal.owner_id is not None and goal.owner_id not in here,
                served.get(goal.pk, []),
            )
            for goal in goals
            if goal.cluster_id == cluster_id
        ]
        key = tended[cluster_id].value if cluster_id in tended else ""
        vision, shown = visions.get(cluster_id), len(names) > 1
        groups.append(PlanGroup(name, key, vision, own, of_goal[None], cluster_id in tended, shown))
    return PlanPage(
        groups=groups,
        around=_around(organisation, goals),
        over=_newest(each for each in every if each.state != Goal.State.OPEN),
        done=_newest(done),
        goals=len(goals),
        actions=len(lines),
        late=sum(line.action.due_on < today for line in lines),
        orphans=sum(line.nobody for line in lines),
        may_write=bool(tended),
    )


def _newest[Row: Goal | Action](ended: Iterable[Row]) -> list[Row]:
    return sorted(ended, key=lambda row: (row.ended_on or datetime.date.min, row.pk), reverse=True)[:ENDED]


def _goals(organisation: Organisation) -> QuerySet[Goal]:
    return Goal.objects.of(organisation.pk).select_related("organisation", "cluster", "owner", "serves__organisation")


def _actions(organisation: Organisation) -> QuerySet[Action]:
    last = CheckIn.objects.filter(action=OuterRef("pk")).order_by("-at", "-pk")
    found = Action.objects.of(organisation.pk).select_related("organisation", "cluster", "owner", "goal")
    heard = {"last_how": Subquery(last.values("how")[:1]), "last_at": Subquery(last.values("at")[:1])}
    return found.annotate(**heard).order_by("due_on", "pk")


def _visions(organisation: Organisation) -> list[Vision]:
    """The newest of each place comes last."""
    return list(Vision.objects.of(organisation.pk).select_related("organisation", "cluster").order_by("number"))


def visions(organisation: Organisation, cluster: Cluster | None) -> list[Vision]:
    """All of one place, the newest first. One query."""
    found = Vision.objects.filter(organisation=organisation, cluster=cluster).select_related("written_by")
    return list(found.order_by("-number")[:ENDED])


def _places(
    organisation: Organisation,
    goals: Iterable[Goal],
    lines: Iterable[ActionLine],
    visions: Iterable[Vision],
    tended: dict[int | None, Place],
) -> dict[int | None, str]:
    """Id of a cluster → its name, for what there is and where this member may begin; the whole place last."""
    rows: list[Goal | Action | Vision] = [*goals, *(line.action for line in lines), *visions]
    found = {row.cluster_id: row.place for row in rows}
    found |= {pk: place.cluster.name for pk, place in tended.items() if place.cluster}
    if None in tended or not found:
        found[None] = organisation.name
    return dict(sorted(found.items(), key=lambda pair: (pair[0] is None, pair[1])))


def _by_goal(lines: Iterable[ActionLine]) -> dict[int | None, list[ActionLine]]:
    found: dict[int | None, list[ActionLine]] = defaultdict(list)
    for line in lines:
        under = line.action.goal_id if line.action.goal and line.action.goal.state == Goal.State.OPEN else None
        found[under].append(line)
    return found


def _progress(lines: list[ActionLine], done: int) -> str:
    whole = len(lines) + done
    if not whole:
        return ""
    return f"{done} of {whole} actions done" if whole > 1 else ("its one action is done" if done else "one action")


def _served(goals: Iterable[Goal]) -> dict[int, list[str]]:
    """Goal → "Ashmead: a calmer start to the day", of those that serve it: the wider place sees their titles."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Goal.objects.filter(serves__in=[goal.pk for goal in goals], state=Goal.State.OPEN)
    for row in rows.select_related("organisation", "cluster").order_by("organisation__name", "pk"):
        found[row.serves_id or 0].append(f"{row.place}: {row.title}")
    return found


def _line(action: Action, here: Collection[int], member: Member, today: datetime.date) -> ActionLine:
    how, at = vars(action)["last_how"], vars(action)["last_at"]
    said, tone = standing_of(action, how, at, today)
    days = (action.due_on - today).days
    left = action.owner_id is not None and action.owner_id not in here
    return ActionLine(action, said, tone, in_days(days), left, action.owner_id == member.person_id)


def standing_of(action: Action, how: str | None, at: datetime.datetime | None, today: datetime.date) -> tuple[str, str]:
    """How an action stands, in words, and the tone of its badge."""
    if action.state != Action.State.OPEN:
        return action.get_state_display(), "done" if action.state == Action.State.DONE else "plain"
    if action.due_on < today:
        return "late", "needs"
    if how in {CheckIn.How.STUCK, CheckIn.How.BEHIND}:
        return str(CheckIn.How(how).label), "needs"
    since = at.date() if at else action.made_at.date()
    if today - since > STALE:
        return "no word for six weeks", "needs"
    return ("on course", "done") if how == CheckIn.How.ON_COURSE else ("under way", "plain")


def people_here(organisation: Organisation) -> dict[int, str]:
    """Who may own a goal or an action in a place: id → name. Of a school its staff and leaders; of a network its officers and
    chairs, and the leaders of its schools. One query."""
    roles = Role.objects.current()
    if organisation.kind == Organisation.Kind.SCHOOL:
        school = organisation.school
        staff = StaffEntry.objects.current().filter(school=school).values_list("person", "person__name")
        lead = roles.filter(kind=Role.Kind.LEADER, school=school).values_list("person", "person__name")
        return dict(staff.union(lead))
    schools = School.objects.in_network(organisation).values("pk")
    kinds = [Role.Kind.OFFICER, Role.Kind.CHAIR]
    there = Q(organisation=organisation, kind__in=kinds) | Q(kind=Role.Kind.LEADER, school__in=schools)
    return dict(roles.filter(there).values_list("person", "person__name"))


def owners(organisation: Organisation, member: Member) -> list[tuple[int, str]]:
    """The same as a form offers it: the writer first, then by name."""
    found = people_here(organisation)
    return sorted(found.items(), key=lambda pair: (pair[0] != member.person_id, pair[1].casefold(), pair[0]))


def wider_goals(organisation: Organisation, cluster_id: int | None) -> list[Goal]:
    """Goals under way that a goal of this place may serve: of the clusters and networks around it. Three queries at most."""
    open_goals = Goal.objects.filter(state=Goal.State.OPEN).select_related("organisation", "cluster")
    if organisation.kind == Organisation.Kind.NETWORK:
        if cluster_id is None:
            return []
        return list(open_goals.filter(organisation=organisation, cluster__isnull=True).order_by("title"))
    school = organisation.school
    networks = NetworkMembership.objects.current().filter(school=school).values("network")
    clusters = ClusterMembership.objects.current().filter(school=school).values("cluster")
    around = open_goals.filter(organisation__in=networks).filter(Q(cluster__isnull=True) | Q(cluster__in=clusters))
    return list(around.order_by("organisation__name", "cluster__name", "title"))


def _around(organisation: Organisation, goals: Iterable[Goal]) -> list[Around]:
    if organisation.kind == Organisation.Kind.NETWORK:
        return []
    mine: dict[int | None, list[Goal]] = defaultdict(list)
    for goal in goals:
        mine[goal.serves_id].append(goal)
    return [Around(goal, mine[goal.pk]) for goal in wider_goals(organisation, None)]


@dataclass(frozen=True, slots=True)
class GoalPage:
    """All that the page of a goal may use."""

    goal: Goal
    actions: list[ActionLine]
    progress: str
    left: bool
    served: list[str]
    chain: chain.Chain
    may_write: bool


def goal_page(goal: Goal, member: Member, standing: Standing, today: datetime.date) -> GoalPage:
    """One goal with what led to it and what came of it. Nine queries at most."""
    here = people_here(goal.organisation)
    lines = [_line(each, here, member, today) for each in _actions(goal.organisation).filter(goal=goal)]
    done = sum(line.action.state == Action.State.DONE for line in lines)
    return GoalPage(
        goal=goal,
        actions=lines,
        progress=_progress([line for line in lines if line.action.state == Action.State.OPEN], done),
        left=goal.owner_id is not None and goal.owner_id not in here,
        served=_served([goal])[goal.pk] if goal.organisation.kind == Organisation.Kind.NETWORK else [],
        chain=chain.walk(f"goal:{goal.pk}", told_places(standing)),
        may_write=rules.can_tend(member, goal.organisation.kind, goal.cluster_id),
    )


@dataclass(frozen=True, slots=True)
class ActionPage:
    """All that the page of an action may use."""

    action: Action
    said: str
    tone: str
    when: str
    left: bool
    check_ins: list[CheckIn]
    chain: chain.Chain
    may_write: bool
    may_check_in: bool


def action_page(action: Action, member: Member, standing: Standing, today: datetime.date) -> ActionPage:
    """One action, how it went, and why it is done. Ten queries at most."""
    told = list(action.check_ins.select_related("by").order_by("-at", "-pk")[:LISTED])
    last = told[0] if told else None
    said, tone = standing_of(action, last.how if last else None, last.at if last else None, today)
    kind = action.organisation.kind
    return ActionPage(
        action=action,
        said=said,
        tone=tone,
        when=in_days((action.due_on - today).days),
        left=action.owner_id is not None and action.owner_id not in people_here(action.organisation),
        check_ins=told,
        chain=chain.walk(f"action:{action.pk}", told_places(standing)),
        may_write=rules.can_tend(member, kind, action.cluster_id),
        may_check_in=rules.can_check_in(member, kind, action.cluster_id, action.owner_id),
    )


def due_soon(person: Person, organisation: Organisation, today: datetime.date) -> list[Action]:
    """Actions of somebody's own in a place that are late or due within a week, the nearest first. One query."""
    found = Action.objects.of(organisation.pk).filter(owner=person, state=Action.State.OPEN, due_on__lte=today + SOON)
    return list(found.select_related("organisation").order_by("due_on", "pk")[:LISTED])


def address(row: Goal | Action, name: str) -> str:
    """The page of a row in the place that owns it."""
    at = row.organisation
    return reverse(name, kwargs={"kind": at.kind, "slug": at.slug, "pk": row.pk})


WORDS = {"issue": "Thing to work on of {}", "goal": "Goal of {}", "action": "Action of {}"}


def _tell(ids: Mapping[str, list[int]], places: Collection[int]) -> dict[str, chain.Told]:
    """One query for all three kinds."""
    kinds: dict[str, tuple[QuerySet[Any], str]] = {
        "issue": (Issue.objects.all(), "proposed_at"),
        "goal": (Goal.objects.all(), "made_at"),
        "action": (Action.objects.all(), "made_at"),
    }
    found = [
        rows.filter(pk__in=ids[kind], organisation__in=list(places))
        .annotate(what=Value(kind), of=Coalesce("cluster__name", "organisation__name"))
        .values_list("what", "pk", "title", when, "organisation", "organisation__kind", "organisation__slug", "of")
        for kind, (rows, when) in kinds.items()
        if ids.get(kind)
    ]
    told = {}
    for what, pk, title, when, place, kind, slug, of in found[0].union(*found[1:], all=True):
        url = reverse(what, kwargs={"kind": kind, "slug": slug, "pk": pk})
        told[f"{what}:{pk}"] = chain.Told(title, url, place, when.date(), WORDS[what].format(of))
    return told


chain.tells(_tell, *WORDS)
chain.leads_to("signal", "heard", "Make it a priority")
