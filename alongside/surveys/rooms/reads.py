"""What pages ask of live sessions."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import segno
from django.utils import timezone
from django.utils.safestring import SafeString

from alongside.kit.access import Member
from alongside.network.models import Organisation
from alongside.surveys import codes, rules
from alongside.surveys.instruments import Instrument
from alongside.surveys.models import Room
from alongside.surveys.rooms import closing, door, released

LISTED = 12
ON_PHONES = datetime.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RoomPage:
    """All that the screen of a session may use."""

    room: Room
    pulse: Instrument
    whom: str
    may_run: bool
    address: str
    typed: str  # up to the code
    picture: SafeString
    about: int | None  # answers in steps of 5; None where fewer than 20 are present
    found: released.Found | None

    @property
    def takes_answers(self) -> bool:
        return self.room.accepts


def room_page(room: Room, member: Member) -> RoomPage:
    """One session, for whoever runs it; after its close for everybody there."""
    address = door.address(room.code)
    drawn = segno.make(address, error="m").svg_inline(
        border=2, omitsize=True, light="#ffffff", title="The code to scan"
    )
    counted = room.accepts and room.present >= rules.ROOM_PROGRESS_FROM
    return RoomPage(
        room=room,
        pulse=room.pulse,
        whom=whom(room),
        may_run=rules.can_run_room(member, room),
        address=address,
        typed=codes.typed(address).removesuffix(room.code),
        picture=SafeString(drawn),
        about=closing.refresh(room) if counted else None,
        found=released.of(room) if room.has_results else None,
    )


def whom(room: Room) -> str:
    """Of whom a session is: a cluster, or the whole network or school."""
    name: str = room.cluster.name if room.cluster else room.organisation.name
    return name


def room_lines(organisation: Organisation, member: Member) -> list[tuple[Room, str, str]]:
    """(session, pulse, of whom) of the newest sessions that this member may open. One query."""
    found = Room.objects.filter(organisation=organisation).select_related("cluster", "organisation")
    newest = found.order_by("-opened_at", "-pk")[:LISTED]
    return [(room, room.pulse.name, whom(room)) for room in newest if rules.can_see_room(member, room)]


def by_code(typed: str) -> Room | None:
    """The session whose code that is, however it was typed. One query."""
    code = codes.normal(typed)
    if not code:
        return None
    return Room.objects.select_related("organisation", "cluster").filter(code=code).first()


def shown_on_phones(room: Room) -> bool:
    """Whether phones may still look at the results: for a day, since anybody who knows the address could."""
    return room.has_results and room.closed_at is not None and timezone.now() < room.closed_at + ON_PHONES
