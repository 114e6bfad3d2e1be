"""How far apart places are as the crow flies, which of them lie near one another, and English grid references."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

EARTH: Final = 6371.0088  # km, mean radius (IUGG)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on Earth: degrees north and east, WGS 84. Raises ValueError for what is no such place."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):  # NaN is refused too
            raise ValueError(f"{self.latitude}, {self.longitude} is no place on Earth")


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees between which everything near a point lies. longitudes: one span, or two where the box meets 180°."""

    south: float
    north: float
    longitudes: tuple[tuple[float, float], ...]


def distance(a: Point, b: Point) -> float:
    """Kilometres along the great circle (haversine)."""
    north = math.radians(b.latitude - a.latitude) / 2
    east = math.radians(b.longitude - a.longitude) / 2
    flat = math.cos(math.radians(a.latitude)) * math.cos(math.radians(b.latitude))
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, math.sin(north) ** 2 + flat * math.sin(east) ** 2)))


def box(around: Point, km: float) -> Box:
    """The smallest box of degrees that holds every place up to so many kilometres away; it may hold farther ones."""
    if not 0 <= km < math.inf:
        raise ValueError(f"{km} km is no distance")
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


def neighbourhoods(points: Sequence[Point], within: float, least: int = 3) -> list[int]:
    """Natural neighbourhoods (DBSCAN): the number of each point's, from 0 in order of their first point, or -1.

    within: kilometres. least: how many points, itself among them, must lie so near a point for it to make a
    neighbourhood grow. -1 means "no neighbourhood in range", not "alone".
    """
    near = [[j for j, other in enumerate(points) if distance(point, other) <= within] for point in points]
    found, count = [-1] * len(points), 0
    for start, around in enumerate(near):
        if found[start] == -1 and len(around) >= least:
            _grow(start, count, near, found, least)
            count += 1
    return found


def _grow(start: int, number: int, near: list[list[int]], found: list[int], least: int) -> None:
    waiting = [start]
    while waiting:
        at = waiting.pop()
        if found[at] == -1:
            found[at] = number
            waiting += near[at] if len(near[at]) >= least else []


# Airy 1830, the National Grid's projection, and the way from OSGB36 to WGS 84: Ordnance Survey, "A guide to coordinate
# systems in Great Britain", annexes B, C and section 6.6.
_A, _B, _SCALE = 6377563.396, 6356256.909, 0.9996012717
_LAT0, _LON0, _E0, _N0 = math.radians(49), math.radians(-2), 400_000.0, -100_000.0
_E2, _N = 1 - (_B / _A) ** 2, (_A - _B) / (_A + _B)
_SHIFT, _TURN, _PPM = (446.448, -125.157, 542.060), (0.1502, 0.2470, 0.8421), -20.4894


def from_national_grid(easting: float, northing: float) -> Point:
    """The place that metres on the British National Grid stand for, to about 5 metres.

    Raises ValueError outside the grid (0–700 km east, 0–1,300 km north).
    """
    if not (0 <= easting <= 700_000 and 0 <= northing <= 1_300_000):
        raise ValueError(f"{easting}, {northing} is not on the British National Grid")
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
