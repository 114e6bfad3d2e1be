"""Where schools lie, and how far from one another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alongside.network.models import School
from alongside.science.geography import Point, distance, from_national_grid

NARROW = "\N{NO-BREAK SPACE}"  # a number and its unit stay on one line


def point(school: School) -> Point | None:
    """Where the school lies: by its degrees, or by its place on the British National Grid; None where neither is known."""
    try:
        if school.latitude is not None and school.longitude is not None:
            return Point(school.latitude, school.longitude)
        if school.easting is not None and school.northing is not None:
            return from_national_grid(school.easting, school.northing)
    except ValueError:
        return None
    return None


@dataclass(frozen=True, slots=True)
class Away:
    """A school and how far it is; None where one of the two has no coordinates."""

    school: School
    km: float | None

    @property
    def words(self) -> str:
        return distance_words(self.km)


def distance_words(km: float | None) -> str:
    """ "400 m", "2.1 km", "14 km"; "distance not known" where coordinates are missing."""
    if km is None:
        return "distance not known"
    if km < 0.95:
        return f"{max(round(km, 1) * 1000, 100):.0f}{NARROW}m"
    return f"{km:.1f}{NARROW}km" if km < 9.95 else f"{km:.0f}{NARROW}km"


def others_by_distance(school: School, others: Iterable[School]) -> list[Away]:
    """The other schools, the nearest first, those without coordinates last, by name."""
    here = point(school)
    found = []
    for other in others:
        if other.pk != school.pk:
            there = point(other)
            found.append(Away(other, distance(here, there) if here and there else None))
    return sorted(found, key=lambda away: (away.km is None, away.km or 0, away.school.name, away.school.pk))


@dataclass(frozen=True, slots=True)
class SchoolAt:
    """A school of a cluster on its map and in its table: its number there, its nearest and its farthest neighbour."""

    number: int
    school: School
    point: Point | None
    nearest: Away | None
    farthest: Away | None


def placed(schools: Sequence[School]) -> list[SchoolAt]:
    """The schools in their order with their numbers, and how far they lie from one another."""
    found = []
    for number, school in enumerate(schools, start=1):
        others = [away for away in others_by_distance(school, schools) if away.km is not None]
        nearest, farthest = (others[0], others[-1]) if others else (None, None)
        found.append(SchoolAt(number, school, point(school), nearest, farthest))
    return found


def spread(schools: Sequence[SchoolAt]) -> float | None:
    """Kilometres between the two that lie farthest apart; None while fewer than two have coordinates."""
    found = [each.farthest.km for each in schools if each.farthest and each.farthest.km is not None]
    return max(found, default=None)
