"""A meeting at which a pulse was asked in the room: the Avon cluster, nine days after its chair had replied on leading."""

import datetime
from collections.abc import Iterator
from functools import partial
from random import Random

from alongside.demo import story
from alongside.demo.cast import Cast
from alongside.demo.moments import Event, at
from alongside.surveys import actions
from alongside.surveys.actions.rooms import LASTS
from alongside.surveys.models import Room, RoomRelease
from alongside.surveys.rooms import closing, door, taking

MINUTES = datetime.timedelta(minutes=9)  # from the code on the screen to the results


def told(cast: Cast, random: Random) -> Iterator[Event]:
    """Two deeds of the chair; all of it happens now, and its hours are moved back."""
    met = at(story.MET_DAYS_AGO, 16)
    yield met, partial(_ask, cast, met, random)
    yield met + MINUTES, partial(_close, cast, met + MINUTES)


def _ask(cast: Cast, met: datetime.datetime, random: Random) -> None:
    avon = cast.cluster("avon-cluster")
    room = actions.open_room(cast.network, "lead", story.MET, cluster=avon, by=cast.chair)
    for _ in range(story.MET_ANSWERED):
        temper = random.gauss(0, 0.5)
        ratings: dict[str, int | str] = {
            item: min(5, max(1, round(random.gauss(lean + temper, 0.7)))) for item, lean in story.MET_LEAN.items()
        }
        taking.take(room.pk, door.new_number(room.pk), ratings)
    Room.objects.filter(pk=room.pk).update(opened_at=met, closes_at=met + LASTS)


def _close(cast: Cast, moment: datetime.datetime) -> None:
    room = Room.objects.get(organisation=cast.network)
    closing.shut(room.pk, moment, cast.chair)
    closing.seal(room.pk)
    RoomRelease.objects.filter(room=room).update(published_at=moment)
