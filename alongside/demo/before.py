"""What the Avon cluster had asked its staff before the story begins: two rounds on paper, brought in by its chair."""

import datetime
from collections.abc import Iterator
from functools import partial
from random import Random

from django.utils import timezone

from alongside.demo import story
from alongside.demo.cast import Cast
from alongside.demo.moments import FOUNDED, Event, at, day
from alongside.demo.story import DemoSchool
from alongside.kit.tabular import write_csv
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Past
from alongside.surveys.past import actions, standing
from alongside.surveys.past.counts import TALLY_LABELS
from alongside.surveys.past.matching import APART, Choices
from alongside.surveys.past.tallyfile import COLUMNS
from alongside.surveys.schooldays import before_or_on

CLUSTER = "Avon cluster"
ROUNDS = (FOUNDED + 210, FOUNDED + 95)  # days ago: in each of the two terms before
BROUGHT = FOUNDED - 30
OWN = "I would tell a friend to come and work here."  # asked then, and not since
SAME = ("well.1", "well.3")


def told(cast: Cast, random: Random) -> Iterator[Event]:
    """The chair brings the cluster's old results in."""
    moment = at(BROUGHT)
    yield moment, partial(_bring, cast, random, moment)


def _bring(cast: Cast, random: Random, moment: datetime.datetime) -> None:
    asked = {item.id: (index, item.statement) for index, item in enumerate(instrument("well").items)}
    statements = [asked[item] for item in SAME] + [(2, OWN)]
    rows = [
        ("", demo.name, words, before_or_on(day(ago)).isoformat(), *_counts(demo, index, random), 0)
        for ago in ROUNDS
        for demo in story.CLUSTERS[CLUSTER]
        for index, words in statements
    ]
    data, cluster = write_csv([COLUMNS, *rows]), cast.cluster("avon-cluster")
    past = actions.bring(
        data, "Staff survey on paper.csv", cast.network, cast.chair, instrument="well", day=None, cluster=cluster
    )
    choices = Choices([*SAME, APART], past.choices["schools"], [list(TALLY_LABELS)])
    seen = standing.digest(actions.decide(past, choices))
    actions.apply(past, seen, cast.chair.pk)
    Past.objects.filter(pk=past.pk).update(applied_at=min(moment, timezone.now()), uploaded_at=moment)


def _counts(demo: DemoSchool, index: int, random: Random) -> list[int]:
    """Two thirds of a school's staff, a little happier or less so than now."""
    people = max(3, round(demo.staff * 0.66))
    said = [min(5, max(1, round(random.gauss(demo.leaning[index] - 0.1, 0.9)))) for _ in range(people)]
    return [said.count(answer) for answer in range(1, 6)]
