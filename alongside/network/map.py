"""A map of schools that needs no tile server: points, names that do not overlap, a scale in kilometres, north."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from alongside.kit.charts.draw import LETTER, Box, Places, element, picture, text
from alongside.kit.words import people_list
from alongside.network.positions import SchoolAt
from alongside.science.geography import Point, offsets

WIDE, NARROW = 640, 328
MARGIN, FOOT = 34, 44
DOT = 6
LEAST_KM = 1.0  # what a map shows at least: two schools in one building are no map of a building

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The drawing: its size in units, and units for a kilometre."""

    width: int
    height: int
    scale: float

    def place(self, east: float, north: float) -> Spot:
        return self.width / 2 + east * self.scale, (self.height - FOOT) / 2 - north * self.scale


def cluster_map(schools: Sequence[SchoolAt]) -> SafeString:
    """Both drawings, for a desk and for a phone; nothing while no school has coordinates."""
    there = [(each, each.point) for each in schools if each.point]
    if not there:
        return SafeString("")
    drawn = [_drawing(there, width) for width in (WIDE, NARROW)]
    return format_html('<div class="wide-only">{}</div><div class="narrow-only">{}</div>', *drawn)


def _drawing(there: Sequence[tuple[SchoolAt, Point]], width: int) -> SafeString:
    kilometres = offsets([point for _, point in there])
    sheet = _sheet(kilometres, width)
    spots = [sheet.place(*each) for each in kilometres]
    parts = [*_furniture(sheet), *(_dot(spot) for spot in spots)]
    parts += _names([each for each, _ in there], spots, sheet)
    names = people_list(each.school.name for each, _ in there)
    return picture(sheet.width, sheet.height, f"Map of {names}; the same as a table below.", *parts)


def _sheet(kilometres: Sequence[Spot], width: int) -> Sheet:
    wide = max(max(abs(east) for east, _ in kilometres) * 2, LEAST_KM)
    high = max(max(abs(north) for _, north in kilometres) * 2, LEAST_KM / 2)
    most = width if width == NARROW else 460
    scale = min((width - 2 * MARGIN) / wide, (most - 2 * MARGIN) / high)
    height = max(round(high * scale) + 2 * MARGIN, 140) + FOOT
    return Sheet(width, height, scale)


def _furniture(sheet: Sheet) -> list[SafeString]:
    """The scale with its length in words, and north."""
    km = _round_length((sheet.width * 0.3) / sheet.scale)
    length, y = km * sheet.scale, sheet.height - 14
    bar = element(
        "path",
        cls="c-inkline",
        d=f"M{MARGIN / 2:.1f} {y - 5}v5h{length:.1f}v-5",
        fill="none",
        stroke_width=1.5,
    )
    words = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
    x = sheet.width - MARGIN
    arrow = element("path", cls="c-inkline", d=f"M{x} {y}v-18m-5 6l5 -6l5 6", fill="none", stroke_width=1.5)
    frame = element("rect", cls="c-grid", x=1, y=1, width=sheet.width - 2, height=sheet.height - 2, rx=10, fill="none")
    return [
        frame,
        bar,
        text(MARGIN / 2 + length + 8, y, words, anchor="start"),
        arrow,
        text(x - 10, y, "North", anchor="end"),
    ]


def _round_length(km: float) -> float:
    """The longest of 1, 2, 5, 10, 20 … that is no longer."""
    power = 10.0 ** math.floor(math.log10(km))
    return next(step * power for step in (5, 2, 1) if step * power <= km)


def _dot(spot: Spot) -> SafeString:
    return element("circle", cls="c-dot", cx=spot[0], cy=spot[1], r=DOT, stroke_width=1.5)


def _names(schools: Sequence[SchoolAt], spots: Sequence[Spot], sheet: Sheet) -> list[SafeString]:
    """Beside each point its number and name where both fit, else its number alone; the table has the names."""
    places = Places(Box(2, 2, sheet.width - 2, sheet.height - FOOT + 8))
    places.taken += [Box(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in spots]
    found = []
    for each, spot in sorted(zip(schools, spots, strict=True), key=lambda pair: pair[1][1]):
        found += _name(each, spot, places)
    return found


def _name(each: SchoolAt, spot: Spot, places: Places) -> list[SafeString]:
    for words, reach in ((f"{each.number} {each.school.name}", 1), (str(each.number), 12)):
        if len(words) * LETTER < places.frame.right and (at := places.first_free(words, _around(spot, reach))):
            # Far from its point, a number gets a line to it.
            far = math.dist(spot, at[:2]) > 34 and reach > 1
            line = element(
                "path", cls="c-grid", d=f"M{spot[0]:.1f} {spot[1]:.1f}L{at[0]:.1f} {at[1] - 4:.1f}", fill="none"
            )
            return [*([line] if far else []), text(*at[:2], words, cls="t-note", anchor=at[2])]
    return []


def _around(spot: Spot, reach: int) -> list[tuple[float, float, str]]:
    """Where words may stand beside a point: right, left, above, below, then in wider rings."""
    x, y = spot
    near = [(x + 11, y + 4, "start"), (x - 11, y + 4, "end"), (x, y - 11, "middle"), (x, y + 20, "middle")]
    for ring in range(1, reach):
        far = 12.0 + 14 * ring
        turns = [math.radians(45 * step) for step in range(8)]
        near += [(x + far * math.cos(turn), y + 4 + far * math.sin(turn), "middle") for turn in turns]
    near += [(x + 8, y - 9, "start"), (x + 8, y + 18, "start"), (x - 8, y - 9, "end"), (x - 8, y + 18, "end")]
    return near
