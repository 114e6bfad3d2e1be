"""New Zealand: the directory of schools that the Ministry of Education hands out (layout of 2016).

The directory lists schools that are open, and a few that are proposed: those say so inside their name. It knows the
Communities of Learning (Kāhui Ako), the clusters of schools.
"""

from __future__ import annotations

import datetime
import re

from alongside.kit.tabular import shown
from alongside.network.registers.rows import Cells, Facts, Layout, Phase, SchoolRow, Status

_NUMBER, _NAME, _TYPE = "School ID", "Name", "School Type"
_COMMUNITY, _COMMUNITY_NAME = "Community of Learning: ID", "Community of Learning: Name"
_AREA = "Territorial Authority with Auckland Local Board"
_NO_COMMUNITY = "99999"
_NO_DECILE = 99

_PHASES: tuple[tuple[str, Phase], ...] = (
    ("full primary", "primary"),
    ("contributing", "primary"),
    ("intermediate", "primary"),  # years 7 and 8
    ("secondary", "secondary"),
    ("restricted composite", "secondary"),  # years 7 to 10, a middle school
    ("composite", "all-through"),
    ("special school", "special"),
)
_FACTS = (
    ("Authority", "authority"),
    ("Suburb", "suburb"),
    ("Regional Council", "region"),
    ("Education Region", "education_region"),
    ("Urban Area", "urban_area"),
    ("Definition", "definition"),
    ("Gender of Students", "gender"),
)
_PROPOSED = re.compile(r"\s*\(\s*proposed (open|clos)\w* date:?([^()]*)\)\s*$", re.I)
_WRITTEN_DAY = re.compile(r"\s*([0-9]{1,2})\s+([a-z]{3})[a-z]*\s+([0-9]{4})\s*", re.I)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read(cells: Cells) -> SchoolRow:
    """One school. Where cells notes a fault the row is unsound and what is returned is not to be used."""
    name, status, day = _name(cells)
    latitude, longitude = _position(cells)
    kind = cells.text(_TYPE, 120)
    return SchoolRow(
        number=cells.number(_NUMBER, 5),
        name=name,
        phase=phase(kind),
        kind=kind,
        status=status,
        opened=day if status == "proposed" else None,
        closed=day if status == "closing" else None,
        street=cells.text("Street"),
        town=cells.text("City", 100),
        postcode=_postcode(cells),
        area=cells.stated(_AREA, 100),
        latitude=latitude,
        longitude=longitude,
        roll=cells.whole("Total School Roll", 99_999),
        website=cells.website("School website"),
        facts=_facts(cells),
    )


def community(cells: Cells) -> tuple[str, str] | None:
    """Number and name of the school's Community of Learning, None when it is in none."""
    number, name = cells.text(_COMMUNITY), cells.text(_COMMUNITY_NAME)
    if number in ("", _NO_COMMUNITY) and (not name or number):
        return None
    if not name:
        cells.fault(
            _COMMUNITY_NAME, f"Community {shown(number)} has no name here. Fill it in, or leave both cells blank."
        )
    elif not (number.isascii() and number.isdigit() and len(number) <= 9):
        cells.fault(_COMMUNITY, f"{shown(number)} is not a community's number. Correct it, or leave both cells blank.")
    return number, name


def _name(cells: Cells) -> tuple[str, Status, datetime.date | None]:
    """The name without "(Proposed open date: 30 Jan 2017 )", and what that says."""
    name = cells.needed(_NAME)
    found = _PROPOSED.search(name)
    if not found:
        return name, "open", None
    day = _written_day(found[2])
    if day is None:
        cells.fault(
            _NAME, f"The date in {shown(found[0])} cannot be read. Write it as in (Proposed open date: 30 Jan 2017)."
        )
    return name[: found.start()], "proposed" if found[1].lower() == "open" else "closing", day


def _written_day(text: str) -> datetime.date | None:
    found = _WRITTEN_DAY.fullmatch(text)
    if not found or found[2].lower() not in _MONTHS:
        return None
    try:
        return datetime.date(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]))
    except ValueError:
        return None


def phase(kind: str) -> Phase:
    """Teen parent units and the correspondence school are "other"."""
    return next((phase for start, phase in _PHASES if kind.casefold().startswith(start)), "other")


def _position(cells: Cells) -> tuple[float | None, float | None]:
    """Latitude and longitude, both or neither, inside New Zealand, which lies on both sides of the date line."""
    latitude, longitude = cells.decimal("Latitude", -53, -29), cells.decimal("Longitude", -180, 180)
    if longitude is not None and not (longitude >= 165 or longitude <= -175):
        cells.fault(
            "Longitude",
            f"{longitude} is not in New Zealand: 165 to 180, or -180 to -175 for the Chatham Islands. Correct it.",
        )
    if cells.sound and (latitude is None) != (longitude is None):
        cells.fault(
            "Latitude" if latitude is None else "Longitude",
            "Only half of the position is here. Fill in both, or neither.",
        )
    return latitude, longitude


def _postcode(cells: Cells) -> str:
    postcode = cells.text("Postal Code", 12)
    return "" if postcode == "0000" else postcode


def _facts(cells: Cells) -> Facts:
    facts = cells.facts(_FACTS)
    if facts.get("gender") == "0":
        del facts["gender"]
    decile = cells.whole("Decile", _NO_DECILE)
    if decile is not None and decile != _NO_DECILE:
        if 1 <= decile <= 10:
            return facts | {"decile": decile}
        cells.fault("Decile", f'"{decile}" is not a decile from 1 to 10. Correct it; 99 or a blank stands for none.')
    return facts


DIRECTORY = Layout(
    key="nz-directory",
    title="New Zealand directory of schools",
    country="NZ",
    register="nz-moe",
    number=_NUMBER,
    needed=(
        *(_NUMBER, _NAME, "Street", "City", "Postal Code", _TYPE, _AREA, _COMMUNITY, _COMMUNITY_NAME),
        *("Longitude", "Latitude", "Decile", "Total School Roll"),
    ),
    read=read,
    community=community,
    community_name=_COMMUNITY_NAME,
)
