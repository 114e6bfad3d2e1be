"""Sessions in a hall, made and answered through the product's own actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys import actions
from alongside.surveys.actions import rooms
from alongside.surveys.models import Room
from alongside.surveys.rooms import closing, door, taking


def opened(
    organisation: Organisation, by: Person, present: int = 30, *, cluster: Cluster | None = None, pulse: str = "lead"
) -> Room:
    """A session that takes answers now, whatever was asked before."""
    return rooms.begin(organisation, pulse, present, cluster=cluster, by=by)


def row(room: Room, value: int | str = 4) -> dict[str, int | str]:
    """The same answer to every statement, of a grid with its second tap."""
    return {tap.id: value for tap in room.pulse.taps}


def sent(room: Room, value: int | str = 4) -> dict[str, str]:
    """What a phone posts from a form that it has just opened."""
    return {"number": door.new_number(room.pk), **{item: str(given) for item, given in row(room, value).items()}}


def answer(room: Room, rows: Iterable[int | str | Mapping[str, int | str]]) -> None:
    """People in the hall answer, one row each."""
    for given in rows:
        taking.take(room.pk, door.new_number(room.pk), given if isinstance(given, Mapping) else row(room, given))


def closed(room: Room) -> Room:
    """Closed, published and sealed; read again."""
    actions.close_room(room, room.asked_by)
    closing.seal(room.pk)
    room.refresh_from_db()
    return room
