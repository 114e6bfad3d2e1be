"""What the Avon cluster and two of its schools made of what people put first: a vision, goals, actions, and how they went."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils import timezone

from alongside.demo.cast import Cast
from alongside.demo.moments import Event, at, day
from alongside.demo.priorities import PROPOSED
from alongside.evidence import signals
from alongside.evidence.models import Signal
from alongside.goals import actions
from alongside.goals.actions import ActionWords, GoalWords
from alongside.goals.models import Action, CheckIn, Goal, Issue, Vision
from alongside.kit import chain
from alongside.network.models import Cluster, Organisation
from alongside.surveys.models import Wave

VISION = (
    "Every child in our seven schools is known by name by an adult who has time for them, and moves up to the next school "
    "without being lost. We get there by working together in working time, and by stopping what does not help."
)
SOURCES = "Three talks of the seven heads, the July pulse, and what 64 students said in the hall."
HEARD_AT = 116  # days ago: before anything was proposed
ON = CheckIn.How


@dataclass(frozen=True, slots=True)
class Told:
    """An action of the story. due: days ago, negative ahead; went: (days ago, how, words)."""

    school: str
    title: str
    due: int
    went: tuple[tuple[int, CheckIn.How, str], ...]


CLUSTER_GOAL = GoalWords(
    "Time to plan together, in working time, for everyone who teaches",
    "“I could do my job properly in the hours I had” rises by five points across the cluster.",
    None,
    datetime.date.min,
    lens_serves="It serves the trust’s promise to cut what takes evenings; it leaves attendance aside this year.",
    lens_least="Teachers plan first for the children who are losing heart; each plan names two.",
    lens_gives="The weekly notices move out of the staff meeting and into writing.",
)
CLUSTER_ACTIONS = (
    Told(
        "Holt Primary",
        "Every other Tuesday the staff meeting is shared planning time",
        -70,
        ((60, ON.ON_COURSE, "Five schools began in the first week."), (18, ON.ON_COURSE, "All seven do it now.")),
    ),
    Told("Birch Park Secondary", "Notices in writing, on Mondays", 30, ((45, ON.ON_COURSE, ""), (31, ON.DONE, ""))),
    Told(
        "Ashmead Primary",
        "A bank of lessons that two schools planned together",
        -5,
        ((20, ON.BEHIND, "Sharing files between the two trusts’ systems took three weeks."),),
    ),
)
SCHOOL_GOAL = GoalWords(
    "Nobody plans maths alone",
    "Each year group has planned six lessons together by Easter.",
    None,
    datetime.date.min,
    lens_serves="It is Holt’s part of the cluster’s planning time.",
    lens_least="Every plan says what the two children who find it hardest will do in the first ten minutes.",
    lens_gives="The maths display boards: they may stay as they are this year.",
)
SCHOOL_ACTIONS = (
    Told(
        "Holt Primary",
        "Cover on Tuesday afternoons for the two part-timers",
        12,
        ((40, ON.DONE, "The deputy does it."),),
    ),
    Told("Holt Primary", "Ask the children which lessons made them think", -20, ()),
)


def told(cast: Cast) -> Iterator[Event]:
    """What was heard before anything was proposed; a vision; a goal of the cluster and of a school; five actions."""
    yield at(83), partial(_envision, cast)
    yield at(111), partial(_hear, cast)
    yield at(82), partial(_plan_cluster, cast, at(82))
    yield at(75), partial(_plan_school, cast, at(75))
    for each in (*CLUSTER_ACTIONS, *SCHOOL_ACTIONS):
        for days_ago, how, words in each.went:
            yield at(days_ago), partial(_check_in, cast, each, how, words, at(days_ago))


def _hear(cast: Cast) -> None:
    """What people said on workload in the pulse before: of the cluster, and of the school that proposed it first."""
    holt, avon = cast.schools["Holt Primary"], cast.cluster("avon-cluster")
    there = Wave.objects.filter(organisation=cast.network, series__instrument="well", release__isnull=False)
    wave = there.latest("closes_at")
    of_avon = Issue.objects.get(organisation=cast.network, cluster=avon, title=PROPOSED[0][1])
    own = Issue.objects.get(organisation=holt.organisation, title=PROPOSED[0][1])
    _take_up(cast, wave, cast.network, of_avon, f"cluster:{avon.pk}", ("clusters", avon.slug))
    if holt.organisation:
        _take_up(cast, wave, holt.organisation, own, f"school:{holt.pk}", ("schools", holt.slug))


def _take_up(
    cast: Cast, wave: Wave, organisation: Organisation, issue: Issue, place: str, at_: tuple[str, str]
) -> None:
    where, slug = at_
    found = cast.network
    address = {"kind": found.kind, "slug": found.slug, "pk": wave.pk, "where": where, "place": slug, "item": "well.1"}
    heard = signals.Heard(
        source=f"wave:{wave.pk}/{place}/well.1",
        kind=Signal.Kind.PULSE,
        about="Workload",
        statement=wave.pulse.item("well.1").statement,
        sentence=f"What people said about “Workload” in {wave.closes_at:%B %Y}",
        finding="",
        url=reverse("statement", kwargs=address),
        said_on=wave.closes_at.date(),
        place=place,
    )
    kept = signals.keep(organisation, heard, by=cast.chair.pk)
    chain.link(organisation.pk, f"signal:{kept.pk}", f"issue:{issue.pk}")
    Signal.objects.filter(pk=kept.pk).update(noticed_at=at(HEARD_AT))


def _envision(cast: Cast) -> None:
    made = actions.envision(cast.network, cast.cluster("avon-cluster"), VISION, SOURCES, seen=0, by=cast.chair.pk)
    Vision.objects.filter(pk=made.pk).update(written_at=at(83))


def _words(goal: GoalWords, owner: int, serves: int | None) -> GoalWords:
    lens = (goal.lens_serves, goal.lens_least, goal.lens_gives)
    return GoalWords(goal.title, goal.measure, owner, day(-60), serves, *lens)


def _plan_cluster(cast: Cast, moment: datetime.datetime) -> None:
    avon = cast.cluster("avon-cluster")
    issue = Issue.objects.get(organisation=cast.network, cluster=avon, title=PROPOSED[0][1])
    words = _words(CLUSTER_GOAL, cast.chair.pk, None)
    goal = actions.set_goal(cast.network, avon, words, source=f"issue:{issue.pk}", by=cast.chair.pk)
    Goal.objects.filter(pk=goal.pk).update(made_at=moment)
    _plan(cast, goal, avon, CLUSTER_ACTIONS, cast.chair.pk, moment)


def _plan_school(cast: Cast, moment: datetime.datetime) -> None:
    holt, head = cast.schools["Holt Primary"], cast.heads["Holt Primary"]
    if holt.organisation is None:
        raise AssertionError("every school of the story has an organisation")
    wider = Goal.objects.get(organisation=cast.network, title=CLUSTER_GOAL.title)
    issue = Issue.objects.get(organisation=holt.organisation, title=PROPOSED[0][1])
    words = _words(SCHOOL_GOAL, head.pk, wider.pk)
    goal = actions.set_goal(holt.organisation, None, words, source=f"issue:{issue.pk}", by=head.pk)
    Goal.objects.filter(pk=goal.pk).update(made_at=moment)
    _plan(cast, goal, None, SCHOOL_ACTIONS, head.pk, moment)


def _plan(
    cast: Cast, goal: Goal, cluster: Cluster | None, planned: tuple[Told, ...], by: int, moment: datetime.datetime
) -> None:
    for each in planned:
        words = ActionWords(each.title, cast.heads[each.school].pk, day(each.due), goal.pk)
        made = actions.plan(goal.organisation, cluster, words, by=by)
        Action.objects.filter(pk=made.pk).update(made_at=moment)


def _check_in(cast: Cast, told: Told, how: CheckIn.How, words: str, moment: datetime.datetime) -> None:
    action = Action.objects.get(title=told.title)
    owner = cast.heads[told.school].pk
    made = actions.check_in(action, how, words, by=owner, today=timezone.localdate(moment))
    CheckIn.objects.filter(pk=made.pk).update(at=moment)
