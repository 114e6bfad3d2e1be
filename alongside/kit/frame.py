"""What stands around every signed-in page: where I am, the doors that I may open, who I am."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from alongside.kit.access import Member

# A phone has room for five doors and "More"; the sixth waits behind it.
DOORS_ON_A_PHONE = 5


class DoorName(NamedTuple):
    """A door before anybody stands in front of it. The key is also the name of its icon."""

    key: str
    label: str
    nouns: str


DOORS = (
    DoorName("today", "Today", ""),
    DoorName("ask", "Ask", "pulses, maps"),
    DoorName("decide", "Decide", "priorities, goals, agreements"),
    DoorName("do", "Do", "programmes, calendar, visits, meetings"),
    DoorName("grow", "Grow", "people, capacity"),
    DoorName("show", "Show", "results, briefings"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the switcher. depth: 0 network, 1 cluster, 2 school."""

    label: str
    url: str
    depth: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """One door with its address for this person in this place."""

    key: str
    label: str
    nouns: str
    url: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Pausing, on every page of a leader: one tap, or a page where there is more than one school to choose from.

    school: whose pause it is, "" where there are several. begin, end: where a form is sent; "" for none. page: how long,
    and who else. said: "Birch Park is paused until Monday 30 November." while it is.
    """

    page: str
    school: str = ""
    begin: str = ""
    end: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """All that the frame prints. place and note: where I am and as what ("Avon cluster", "Riverway Trust · you are the chair")."""

    place: str
    note: str
    places: tuple[Place, ...]
    doors: tuple[Door, ...]
    person_name: str
    demo: bool
    rest: Rest | None = None
    search: str = ""  # the address that answers the box; "": no box

    @property
    def first_doors(self) -> tuple[Door, ...]:
        return self.doors[:DOORS_ON_A_PHONE]

    @property
    def more_doors(self) -> tuple[Door, ...]:
        return self.doors[DOORS_ON_A_PHONE:]


def doors(urls: Mapping[str, str]) -> tuple[Door, ...]:
    """The doors that have an address, in the order of DOORS.

    urls: key of a door -> address; a door left out is not shown.
    Raises ValueError for a key that is no door.
    """
    unknown = set(urls) - {name.key for name in DOORS}
    if unknown:
        raise ValueError(f"doors: unknown {sorted(unknown)}")
    return tuple(Door(*name, url=urls[name.key]) for name in DOORS if name.key in urls)


class Beside(NamedTuple):
    """A page of another package that belongs behind a door: its label, the name of its address, and who may open it."""

    label: str
    name: str
    may: Callable[[Member], bool]


BESIDE: dict[str, list[Beside]] = {name.key: [] for name in DOORS}


def beside(door: str, label: str, name: str, may: Callable[[Member], bool]) -> None:
    """Offer a page behind a door whose own page may not know of it. Raises ValueError for a key that is no door. Safe twice."""
    if door not in BESIDE:
        raise ValueError(f"beside: there is no door {door!r}")
    if name not in {each.name for each in BESIDE[door]}:
        BESIDE[door].append(Beside(label, name, may))
