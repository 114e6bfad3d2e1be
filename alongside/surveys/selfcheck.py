"""The leaders' form: what a leadership team says of itself at the end of a meeting (R8).

A team of three to six cannot be anonymous, so this is no survey: six agreed numbers, entered by the note-taker, owned by
the school. Nothing here is summed with anonymous answers, or put on their scale.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from alongside.kit.access import Member
from alongside.network.models import School
from alongside.surveys import schooldays
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


def told(check: SelfCheck) -> list[Told]:
    """What a self-check says, line by line."""
    return [Told(line, check.numbers[line.id]) for line in LINES]


def of_school(school: School) -> list[SelfCheck]:
    """All self-checks of a school, the newest first. One query."""
    return list(SelfCheck.objects.filter(school=school).order_by("-held_on", "-pk"))


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a school's results: for its leaders their own, shared or not; for others what is shared."""

    check: SelfCheck | None
    lines: list[Told]
    leads: bool


def beside(wave: Wave, school: int, member: Member) -> Beside | None:
    """The team's own view that is nearest to the close of a pulse of leadership, for whoever sees the school's results; None
    for another pulse, and for others where nothing is shared. One query."""
    if wave.series.instrument != BESIDE:
        return None
    leads = school in member.schools_led
    closing = schooldays.local_day(wave.closes_at, wave.organisation.zone)
    found = SelfCheck.objects.filter(school=school, held_on__range=(closing - NEAR, closing + NEAR))
    seen = list(found if leads else found.filter(shared_at__isnull=False))
    nearest = min(seen, key=lambda check: (abs(check.held_on - closing), -check.held_on.toordinal()), default=None)
    if nearest is None and not leads:
        return None
    return Beside(nearest, told(nearest) if nearest else [], leads)
