"""The ten things of a coherence round, as each seat is asked about them. A changed wording is a new id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from alongside.surveys.instruments import Instrument, Item, instrument

USUAL: Final = 8  # of the ten, asked when nobody says otherwise
LEADERS, TEAMS, STUDENTS = "leaders", "teams", "students"


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one sees the school from. A gap between two seats is normal."""

    key: str
    name: str  # "Teams"
    people: str  # "teachers and support staff"
    instrument: str  # "" for leaders, who answer by name
    suffix: str  # of the ids of its statements


SEATS: Final = (
    Seat(LEADERS, "Leaders", "the head and the leadership team", "", "leader"),
    Seat(TEAMS, "Teams", "teachers and support staff", "map-team", "team"),
    Seat(STUDENTS, "Students", "students", "map-student", "student"),
)
ASKED: Final = {seat.key: seat for seat in SEATS if seat.instrument}


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that all seats are asked about. `leader`: as leaders are asked."""

    id: str
    about: str
    leader: str

    def item(self, seat: Seat) -> Item:
        """As another seat is asked."""
        return _worded(seat).item(f"{self.id}.{seat.suffix}")


def _worded(seat: Seat) -> Instrument:
    return instrument(seat.instrument)


STATEMENTS: Final = tuple(
    Statement(f"coh.{number}", about, leader)
    for number, (about, leader) in enumerate(
        (
            ("Direction", "Staff know what this school is trying to get better at this year."),
            ("Values", "What we say matters here shows in how we decide things."),
            ("Good learning", "Staff share one clear picture of good learning."),
            ("Expectations", "We expect every student to do well, whatever their start in life."),
            ("Early help", "A student who falls behind gets help quickly."),
            ("Student voice", "What students tell us changes what this school does."),
            ("Joined-up", "Learning carries on smoothly when students change class or school."),
            ("Belonging", "Every student feels that this is their school."),
            ("Adults learning", "Staff learn from watching one another at work."),
            ("Working together", "Working with other schools makes this school better for students."),
        ),
        start=1,
    )
)
BY_ID: Final = {statement.id: statement for statement in STATEMENTS}
