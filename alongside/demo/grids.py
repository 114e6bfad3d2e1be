"""A reflection grid of the Avon cluster: the ten first statements, by letter; four schools said yes to the cluster."""

import datetime
from collections.abc import Iterator
from functools import partial
from random import Random

from django.utils import timezone

from alongside.demo import story
from alongside.demo.cast import Cast
from alongside.demo.moments import ZONE, Event, day
from alongside.demo.reads import DOMAIN
from alongside.evidence.grids import actions
from alongside.evidence.models import GridSharing
from alongside.surveys import actions as surveys_actions
from alongside.surveys import grids, schooldays, seal, tickets
from alongside.surveys.accept import accept
from alongside.surveys.instruments import GRID
from alongside.surveys.models import Release, RosterEntry, Wave

LASTS = datetime.timedelta(days=7)
MINUTE = datetime.timedelta(minutes=1)
THREE_DAYS = datetime.timedelta(days=3)
SAYS_SOMETHING_OF_NETWORK = 0.85


def told(cast: Cast, random: Random) -> Iterator[Event]:
    """All of it happens now, and its hours are moved back."""
    closed_on = schooldays.before_or_on(day(story.GRID_DAYS_AGO))
    opens_at, closes_at = schooldays.opening(closed_on - LASTS, ZONE), schooldays.closing(closed_on, ZONE)
    yield opens_at, partial(_ask, cast, random)
    yield closes_at + MINUTE, partial(_close, cast, opens_at, closes_at)
    yield closes_at + THREE_DAYS, partial(_say_yes, cast, closes_at + THREE_DAYS)


def _ask(cast: Cast, random: Random) -> None:
    now, avon = timezone.now(), cast.cluster("avon-cluster")
    items = actions.statements(actions.TEN)
    wave = actions.start(cast.network, items, now, now + LASTS, cluster=avon, by=cast.chair)
    surveys_actions.open_wave(wave.pk)
    key = tickets.read_key(wave.pk)
    answers = {demo.name: demo.answers for demo in story.CLUSTERS["Avon cluster"]}
    entries = RosterEntry.objects.filter(wave=wave).select_related("school").order_by("person_id")
    for entry in entries.exclude(person__email=f"teacher@{DOMAIN}"):
        if random.random() < answers[entry.school.name] * 0.9:
            accept(wave.pk, tickets.token(key, entry.person_id, "staff"), _row(items, entry.school.name, random))


def _row(items: list[str], school: str, random: Random) -> dict[str, int | str]:
    row: dict[str, int | str] = {}
    for item in items:
        row[item] = _answer(story.GRID_STRONG if item in story.GRID_AT.get(school, ()) else story.GRID[item], random)
        if random.random() < SAYS_SOMETHING_OF_NETWORK:
            row[item + grids.OF_NETWORK] = _answer(story.GRID_OF_NETWORK, random)
    return row


def _answer(weights: tuple[int, int, int, int, float], random: Random) -> int:
    """weights: how often each state is chosen, and how often who does not do it says that we should."""
    *states, should = weights
    (state,) = random.choices("1234", states)
    return int(grids.value(state, should=random.random() < (0.2 if state == str(grids.DOING) else should)))


def _wave(cast: Cast) -> Wave:
    return Wave.objects.get(organisation=cast.network, series__instrument=GRID)


def _close(cast: Cast, opens_at: datetime.datetime, closes_at: datetime.datetime) -> None:
    wave = _wave(cast)
    Wave.objects.filter(pk=wave.pk).update(opens_at=opens_at, closes_at=closes_at)
    seal.seal(wave.pk)
    Release.objects.filter(wave=wave).update(published_at=closes_at + MINUTE)


def _say_yes(cast: Cast, moment: datetime.datetime) -> None:
    wave = _wave(cast)
    for name in story.GRIDDED:
        actions.share(wave, cast.schools[name], shared=True, by=cast.heads[name].pk)
    GridSharing.objects.filter(wave=wave).update(since=moment)
