"""The leaders' form: what a leadership team says of itself at the end of a meeting (R8).

A team of three to six cannot be anonymous, so this is no survey: six agreed numbers, entered by the note-taker, owned by
the school. Nothing here is summed with anonymous answers, or put on their scale.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import OuterRef, Q, Subquery

from alongside.kit.access import Member
from alongside.network.models import School
from alongside.surveys.models import SelfCheck, Wave

BESIDE: Final = "lead"  # the pulse whose results it may stand beside
NEAR: Final = datetime.timedelta(days=45)  # before or after the pulse closed


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the leaders' form, and the statement of the staff form that looks at the same thing."""

    id: str
    about: str
    text: str
    beside: str


LINES: Final = tuple(
    Line(f"team.{number}", about, text, f"{BESIDE}.{number}")
    for number, (about, text) in enumerate(
        (
            ("Direction", "Each of us would name the same priorities for this term."),
            ("Follow-through", "What we told staff would happen, happened."),
            ("One team", "Once we had decided, each of us stood by it."),
            ("Answers", "Everyone who raised something with us got an answer."),
            ("Time", "The meetings we ran were worth the time they took."),
            ("Candour", "In this team we say what we really think, in the room."),
        ),
        start=1,
    )
)


@dataclass(frozen=True, slots=True)
class Told:
    """One line with the number that was agreed, 1 to 5."""

    line: Line
    number: int


def told(numbers: Mapping[str, int]) -> list[Told]:
    """What a self-check says, line by line."""
    return [Told(line, numbers[line.id]) for line in LINES]


def of_school(school: School) -> list[SelfCheck]:
    """All self-checks of a school, the newest first. One query."""
    return list(SelfCheck.objects.filter(school=school).order_by("-held_on", "-pk"))


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a school's results: for its leaders their own, shared or not; for others what is shared."""

    held_on: datetime.date | None  # None: its leaders have not said anything near this pulse
    lines: list[Told]
    shared_at: datetime.datetime | None
    leads: bool


def read_along(school: str, member: Member) -> dict[str, Subquery]:
    """What a query for a wave reads along, for `beside`: the last self-check near its closing of the school of that address,
    which its leaders see always and others while it is shared."""
    near = (OuterRef("closes_at") - NEAR, OuterRef("closes_at") + NEAR)
    may_see = Q(shared_at__isnull=False) | Q(school__in=member.schools_led)
    found = SelfCheck.objects.filter(may_see, school__organisation__slug=school, held_on__range=near)
    last = found.order_by("-held_on", "-pk")
    return {f"team_{name}": Subquery(last.values(name)[:1]) for name in ("held_on", "numbers", "shared_at")}


def beside(wave: Wave, school: int, member: Member) -> Beside | None:
    """The team's own view near a pulse of leadership, for whoever sees the school's results; None for another pulse, and for
    others where nothing is shared. wave: read with `read_along`."""
    read, leads = vars(wave), school in member.schools_led
    if wave.series.instrument != BESIDE or not (leads or read["team_held_on"]):
        return None
    lines = told(read["team_numbers"]) if read["team_held_on"] else []
    return Beside(read["team_held_on"], lines, read["team_shared_at"], leads)
