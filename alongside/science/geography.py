"""How far apart places are as the crow flies, which of them lie near one another, and English grid references."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alongside.science.errors import NotANumber, require_known, require_numbers
from alongside.science.results import Result, counted

EARTH: Final = 6371.0088  # km, mean radius (IUGG)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on Earth: degrees north and east, WGS 84. Raises NotANumber for what is no such place."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):  # NaN is refused too
            raise NotANumber(f"{self.latitude}, {self.longitude} is no place on Earth")


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees between which everything near a point lies. longitudes: one span, or two where the box meets 180°."""

    south: float
    north: float
    longitudes: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhoods(Result):
    """Natural neighbourhoods. value: how many there are. n: places whose coordinates are known, of N.

    labels: per place the number of its neighbourhood, from 0 in the order of their first places, -1 without one. missing:
    places without coordinates, by their position.
    """

    labels: tuple[int, ...]
    missing: tuple[int, ...]


def distance(a: Point, b: Point) -> float:
    """Kilometres along the great circle (haversine)."""
    north = math.radians(b.latitude - a.latitude) / 2
    east = math.radians(b.longitude - a.longitude) / 2
    flat = math.cos(math.radians(a.latitude)) * math.cos(math.radians(b.latitude))
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, math.sin(north) ** 2 + flat * math.sin(east) ** 2)))


def box(around: Point, km: float) -> Box:
    """The smallest box of degrees that holds every place up to so many kilometres away; it may hold farther ones.

    Raises NotANumber for what is no distance.
    """
    if not 0 <= km < math.inf:
        raise NotANumber(f"{km} km is no distance")
    high = math.degrees(km / EARTH) + 1e-9
    south, north = around.latitude - high, around.latitude + high
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), min(north, 90.0), ((-180.0, 180.0),))
    wide = math.degrees(math.asin(math.sin(math.radians(high)) / math.cos(math.radians(around.latitude)))) + 1e-9
    return Box(south, north, _spans(around.longitude - wide, around.longitude + wide))


def _spans(west: float, east: float) -> tuple[tuple[float, float], ...]:
    if west < -180:
        return ((-180.0, east), (west + 360, 180.0))
    return ((west, 180.0), (-180.0, east - 360)) if east > 180 else ((west, east),)


def offsets(points: Sequence[Point]) -> list[tuple[float, float]]:
    """Kilometres east and north of the middle of all, for a map of places that lie near one another.

    Longitudes are unrolled at 180°, and one scale holds in both directions at the middle latitude. Good to 1% within
    200 km; not for a map of a country.
    """
    if not points:
        return []
    east = unrolled([point.longitude for point in points])
    middle = (min(point.latitude for point in points) + max(point.latitude for point in points)) / 2
    centre = (min(east) + max(east)) / 2
    degree = math.radians(1) * EARTH
    narrow = math.cos(math.radians(middle))
    return [
        ((lon - centre) * degree * narrow, (point.latitude - middle) * degree)
        for point, lon in zip(points, east, strict=True)
    ]


def unrolled(longitudes: Sequence[float]) -> list[float]:
    """The same longitudes, turned past 180° where that puts them closer together: 179 and -179 become 179 and 181."""
    ordered = sorted(longitudes)
    gaps = [(later - sooner, later) for sooner, later in itertools.pairwise(ordered)]
    gaps.append((ordered[0] + 360 - ordered[-1], ordered[0]))
    _, first = max(gaps, key=lambda gap: gap[0])
    return [lon if lon >= first else lon + 360 for lon in longitudes]


def neighbourhoods(
    points: Sequence[Point | None], within: float, least: int = 3, overrides: Mapping[tuple[int, int], float] = {}
) -> Neighbourhoods:
    """Natural neighbourhoods (DBSCAN) of places; None for a place whose coordinates nobody knows: it is left out and listed.

    within: kilometres. least: how many places, itself among them, must lie so near a place for a neighbourhood to grow from
    it. A place at the edge of two goes with the nearer one. overrides: kilometres between two places by their positions, where
    the way is not as the crow flies (an estuary, a ferry; infinite for no way). Raises NotANumber, UnknownId.
    Source: Ester, Kriegel, Sander & Xu (1996), the edge by distance so that the order given decides nothing.
    """
    require_numbers("within", [within], 0)
    require_numbers("least", [least], 1)
    near = _near(points, within, both_ways(overrides, len(points)))
    cores = [place for place, around in enumerate(near) if len(around) >= least]
    grown = _joined(cores, near)
    numbers = dict(grown)
    rank = {place: (point.latitude, point.longitude) for place, point in enumerate(points) if point is not None}
    for place, around in enumerate(near):
        reach = [(km, rank[core], core) for core, km in around.items() if core in grown]
        if place not in grown and reach:
            numbers[place] = grown[min(reach)[2]]
    order = {group: number for number, group in enumerate(dict.fromkeys(numbers[p] for p in sorted(numbers)))}
    labels = tuple(order[numbers[place]] if place in numbers else -1 for place in range(len(points)))
    return _neighbourhoods(labels, tuple(place for place, point in enumerate(points) if point is None), len(order))


def _neighbourhoods(labels: tuple[int, ...], missing: tuple[int, ...], count: int) -> Neighbourhoods:
    alone = labels.count(-1) - len(missing)
    left_out = f"{counted(len(missing), 'place')} without coordinates left out."
    return Neighbourhoods(
        value=count,
        n=len(labels) - len(missing),
        N=len(labels),
        method="DBSCAN, great-circle distance",
        sentence=f"{counted(count, 'neighbourhood')}; {counted(alone, 'place')} in none.",
        reasons=("As the crow flies, unless said otherwise.",) + ((left_out,) if missing else ()),
        not_claimed=("Who should work with whom.", "That a place in no neighbourhood is isolated."),
        labels=labels,
        missing=missing,
    )


def both_ways(overrides: Mapping[tuple[int, int], float], places: int) -> dict[tuple[int, int], float]:
    """Kilometres that somebody knows better than the crow, in both directions. Raises UnknownId, NotANumber."""
    require_known("place", [place for pair in overrides for place in pair], range(places))
    if any(not km >= 0 for km in overrides.values()):  # NaN is refused too, infinite is no way at all
        raise NotANumber(f"overrides: {sorted(overrides.values())} are not all distances")
    if any(a == b for a, b in overrides):
        raise NotANumber("overrides: a place has no way to itself")
    return {pair: km for (a, b), km in overrides.items() for pair in ((a, b), (b, a))}


def _near(
    points: Sequence[Point | None], within: float, known: Mapping[tuple[int, int], float]
) -> list[dict[int, float]]:
    """For each place those within reach, itself among them, and how far they are; places are swept from south to north."""
    near: list[dict[int, float]] = [{} if point is None else {place: 0.0} for place, point in enumerate(points)]
    north = math.degrees(within / EARTH) + 1e-9
    swept = sorted((point.latitude, place, point) for place, point in enumerate(points) if point is not None)
    first = 0
    for reached, (latitude, place, point) in enumerate(swept):
        while swept[first][0] < latitude - north:
            first += 1
        for _, other, there in swept[first:reached]:
            if (place, other) not in known and (km := distance(point, there)) <= within:
                near[place][other] = near[other][place] = km
    for (place, other), km in known.items():
        if km <= within and near[place] and near[other]:
            near[place][other] = km
    return near


def _joined(cores: Sequence[int], near: Sequence[Mapping[int, float]]) -> dict[int, int]:
    """Which group each place with enough around it belongs to: groups are chains of such places."""
    found: dict[int, int] = {}
    dense = set(cores)
    for start in cores:
        waiting = [start]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found[at] = start
                waiting += [other for other in near[at] if other in dense]
    return found


# Airy 1830, the National Grid's projection, and the way from OSGB36 to WGS 84: Ordnance Survey, "A guide to coordinate
# systems in Great Britain", annexes B, C and section 6.6.
_A, _B, _SCALE = 6377563.396, 6356256.909, 0.9996012717
_LAT0, _LON0, _E0, _N0 = math.radians(49), math.radians(-2), 400_000.0, -100_000.0
_E2, _N = 1 - (_B / _A) ** 2, (_A - _B) / (_A + _B)
_SHIFT, _TURN, _PPM = (446.448, -125.157, 542.060), (0.1502, 0.2470, 0.8421), -20.4894


def from_national_grid(easting: float, northing: float) -> Point:
    """The place that metres on the British National Grid stand for, to about 5 metres.

    Raises NotANumber outside the grid (0–700 km east, 0–1,300 km north).
    """
    if not (0 <= easting <= 700_000 and 0 <= northing <= 1_300_000):
        raise NotANumber(f"{easting}, {northing} is not on the British National Grid")
    latitude = _foot(northing)
    nu, rho = _radii(latitude)
    tan, sec, d = math.tan(latitude), 1 / math.cos(latitude), easting - _E0
    eta = nu / rho - 1
    north = (
        latitude
        - tan * d**2 / (2 * rho * nu)
        + tan * d**4 / (24 * rho * nu**3) * (5 + 3 * tan**2 + eta - 9 * tan**2 * eta)
    )
    east = _LON0 + sec * d / nu - sec * d**3 / (6 * nu**3) * (nu / rho + 2 * tan**2)
    east += sec * d**5 / (120 * nu**5) * (5 + 28 * tan**2 + 24 * tan**4)
    return _to_wgs84(north, east)


def _radii(latitude: float) -> tuple[float, float]:
    bend = 1 - _E2 * math.sin(latitude) ** 2
    return _A * _SCALE / math.sqrt(bend), _A * _SCALE * (1 - _E2) / bend**1.5


def _foot(northing: float) -> float:
    """The latitude on the central meridian whose distance along it is the northing."""
    latitude = _LAT0
    while (left := northing - _N0 - _meridian(latitude)) >= 1e-5:
        latitude += left / (_A * _SCALE)
    return latitude


def _meridian(latitude: float) -> float:
    less, more = latitude - _LAT0, latitude + _LAT0
    return (_B * _SCALE) * (
        (1 + _N + 5 / 4 * (_N**2 + _N**3)) * less
        - (3 * _N + 3 * _N**2 + 21 / 8 * _N**3) * math.sin(less) * math.cos(more)
        + 15 / 8 * (_N**2 + _N**3) * math.sin(2 * less) * math.cos(2 * more)
        - 35 / 24 * _N**3 * math.sin(3 * less) * math.cos(3 * more)
    )


def _to_wgs84(latitude: float, longitude: float) -> Point:
    """From the Airy ellipsoid to WGS 84: to axes, shifted, turned and scaled (Helmert), and back."""
    nu = _A / math.sqrt(1 - _E2 * math.sin(latitude) ** 2)
    x = nu * math.cos(latitude) * math.cos(longitude)
    y = nu * math.cos(latitude) * math.sin(longitude)
    z = (1 - _E2) * nu * math.sin(latitude)
    rx, ry, rz = (math.radians(turn / 3600) for turn in _TURN)
    big = 1 + _PPM / 1e6
    turned = (big * x - rz * y + ry * z, rz * x + big * y - rx * z, -ry * x + rx * y + big * z)
    return _from_axes(*(value + shift for value, shift in zip(turned, _SHIFT, strict=True)))


def _from_axes(x: float, y: float, z: float) -> Point:
    a, e2 = 6378137.0, 0.00669437999014  # WGS 84
    flat = math.hypot(x, y)
    latitude = math.atan2(z, flat * (1 - e2))
    for _ in range(6):
        nu = a / math.sqrt(1 - e2 * math.sin(latitude) ** 2)
        latitude = math.atan2(z + e2 * nu * math.sin(latitude), flat)
    return Point(math.degrees(latitude), math.degrees(math.atan2(y, x)))
