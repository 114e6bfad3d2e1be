"""What the Avon cluster found there is to work on, how its staff voted on paper, what the heads took on, and a vote cast here."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from random import Random

from django.utils import timezone

from alongside.demo.cast import Cast
from alongside.demo.moments import ZONE, Event, at, day
from alongside.demo.reads import DOMAIN
from alongside.goals import actions
from alongside.goals.models import Choice, Issue, Vote
from alongside.kit.tabular import write_csv
from alongside.surveys import actions as surveys_actions
from alongside.surveys import schooldays, seal, tickets
from alongside.surveys.accept import accept
from alongside.surveys.models import Release, RosterEntry, Wave

# Who proposed what, and why; the first was a school's own before its head put it forward.
PROPOSED = (
    ("Holt Primary", "Time to plan together", "We plan alone on Sundays what three of us could plan on a Tuesday."),
    ("Larkfield Special School", "Shared time to plan lessons together", "Our best lessons were planned by two."),
    ("Birch Park Secondary", "Fewer returns about assessment", "The new return takes an evening each fortnight."),
    ("Ashmead Primary", "Calm starts after break", "Ten minutes of each afternoon go on settling down."),
    (
        "Wick Village School",
        "Children’s say in how they learn",
        "Ours were asked once this year; they had a lot to say.",
    ),
)
# How many had which order, on slips of paper: columns as the list names them.
SLIPS = (
    ("Votes", "Time to plan together", "Fewer returns about assessment", "Calm starts after break", "Children’s say"),
    (58, 1, 2, 3, ""),
    (41, 2, 1, 3, ""),
    (24, 1, 3, 2, 4),
    (19, 3, "", 1, 2),
    (11, 2, "", "", 1),
)
COSTS = {0: (60, 0), 1: (25, 0), 2: (40, 600), 3: (45, 900)}  # issue → hours, pounds
NEXT, NEXT_CLOSED_DAYS_AGO, LASTS = "What should we work on next?", 1, datetime.timedelta(days=5)
SEED, MINUTE = 20260901, datetime.timedelta(minutes=1)
# How much staff want each, as the list names them; and what the people of one school want more than others.
WANTED = {
    "Time to plan together": 1.2,
    "Fewer returns about assessment": 1.0,
    "Calm starts after break": 0.3,
    "Children’s say in how they learn": 0.2,
}
AT_HOME = {"Birch Park Secondary": "Fewer returns about assessment", "Ashmead Primary": "Calm starts after break"}
NEXT_COSTS = {"Time to plan together": 60, "Fewer returns about assessment": 25, "Calm starts after break": 40}  # hours
REASONS = "More than half of those who voted put planning time first, and it is what makes the other three possible."
DISSENT = (
    "The returns take more evenings than planning does; if they stay as they are, some of the time won is lost again."
)


def told(cast: Cast) -> Iterator[Event]:
    """Five proposals, one put forward by its school and one merged; a vote on paper; the choice."""
    for number, (school, title, why) in enumerate(PROPOSED):
        moment = at(112 - 2 * number)
        yield moment, partial(_propose, cast, school, title, why, moment, own=number == 0)
    yield at(100), partial(_merge, cast)
    yield at(92), partial(_vote, cast, at(92))
    yield at(85), partial(_choose, cast, at(85))
    closes_at = schooldays.closing(schooldays.before_or_on(day(NEXT_CLOSED_DAYS_AGO)), ZONE)
    opens_at = schooldays.closing(schooldays.before_or_on(closes_at.date() - LASTS), ZONE)
    yield opens_at, partial(_ask, cast, Random(SEED))
    yield closes_at + MINUTE, partial(_close, cast, opens_at, closes_at)


def _propose(cast: Cast, name: str, title: str, why: str, moment: datetime.datetime, *, own: bool) -> None:
    school, head, avon = cast.schools[name], cast.heads[name], cast.cluster("avon-cluster")
    if own and school.organisation is not None:
        first = actions.propose(school.organisation, None, title, why, by=head.pk)
        made = actions.put_forward(first, cast.network.pk, avon, by=head.pk)
        Issue.objects.filter(pk=first.pk).update(proposed_at=moment - datetime.timedelta(days=3))
    else:
        made = actions.propose(cast.network, avon, title, why, by=head.pk)
    Issue.objects.filter(pk=made.pk).update(proposed_at=moment)


def _merge(cast: Cast) -> None:
    here = Issue.objects.of(cast.network.pk)
    actions.merge(here.get(title=PROPOSED[1][1]), here.get(title=PROPOSED[0][1]).pk, by=cast.chair.pk)


def _vote(cast: Cast, moment: datetime.datetime) -> None:
    title, avon = "What should we work on first?", cast.cluster("avon-cluster")
    vote = actions.bring_vote(write_csv(SLIPS), "slips.csv", title, cast.network, avon, cast.chair)
    actions.apply_vote(vote, by=cast.chair.pk)
    vote.refresh_from_db()
    costs = {issue: (Decimal(hours), Decimal(money)) for issue, (hours, money) in COSTS.items()}
    actions.fit_vote(vote, Decimal(100), Decimal(500), costs, by=cast.chair.pk)
    Vote.objects.filter(pk=vote.pk).update(uploaded_at=moment)


def _choose(cast: Cast, moment: datetime.datetime) -> None:
    vote, by = Vote.objects.of(cast.network.pk).get(wave__isnull=True), "the seven heads of the Avon cluster"
    made = actions.choose(vote, None, [0], REASONS, DISSENT, by, moment.date(), by=cast.chair.pk)
    Choice.objects.filter(pk=made.pk).update(recorded_at=moment)


def _ask(cast: Cast, random: Random) -> None:
    """Everything that stands on the cluster's list is voted on; what hours there are is said before it closes."""
    avon = cast.cluster("avon-cluster")
    things = list(Issue.objects.of(cast.network.pk).live().filter(cluster=avon).order_by("pk"))
    ids = [issue.pk for issue in things]
    vote = actions.open_vote(cast.network, avon, NEXT, ids, timezone.now() + LASTS, by=cast.chair)
    surveys_actions.open_wave(vote.wave_id or 0)
    costs = {n: (Decimal(NEXT_COSTS[i.title]), Decimal(0)) for n, i in enumerate(things) if i.title in NEXT_COSTS}
    actions.say_costs(vote, Decimal(70), Decimal(0), costs, by=cast.chair.pk)
    wave = Wave.objects.select_related("ballot").get(vote=vote)
    key, items = tickets.read_key(wave.pk), wave.ballot.items
    entries = RosterEntry.objects.filter(wave=wave).select_related("school").order_by("person_id")
    for entry in entries.exclude(person__email=f"teacher@{DOMAIN}"):
        if random.random() < 0.7:
            wanted = [_wants(issue.title, entry.school.name, random) for issue in things]
            best = sorted(range(len(things)), key=lambda each: -wanted[each])[: random.choice((2, 3, 3))]
            ratings: dict[str, int | str] = {items[each]: place for place, each in enumerate(best, start=1)}
            accept(wave.pk, tickets.token(key, entry.person_id, "staff"), ratings)


def _wants(title: str, school: str, random: Random) -> float:
    return random.gauss(WANTED.get(title, 0.0) + (0.8 if AT_HOME.get(school) == title else 0.0), 1.0)


def _close(cast: Cast, opened: datetime.datetime, closes_at: datetime.datetime) -> None:
    vote = Vote.objects.of(cast.network.pk).get(wave__isnull=False)
    Wave.objects.filter(vote=vote).update(opens_at=opened, closes_at=closes_at)
    seal.seal(vote.wave_id or 0)
    Release.objects.filter(wave=vote.wave_id).update(published_at=closes_at + MINUTE)
    Vote.objects.filter(pk=vote.pk).update(uploaded_at=opened)
