"""England: Get Information about Schools (GIAS), full and search download, by the names of its columns.

The register lists closed and proposed schools beside the open ones, and some of Wales. Vintages differ in their
columns (120 in 2018, 139 in 2021, 140 in 2023); those read here are in all of them.
"""

from __future__ import annotations

import dataclasses
import datetime
import re

from alongside.kit.tabular import shown
from alongside.network.registers import england_links
from alongside.network.registers.rows import Cells, Facts, Layout, Phase, SchoolRow, Status

_NUMBER, _NAME = "URN", "EstablishmentName"
_TYPE, _GROUP = "TypeOfEstablishment (name)", "EstablishmentTypeGroup (name)"
_STATUS, _STATUS_CODE, _PHASE = "EstablishmentStatus (name)", "EstablishmentStatus (code)", "PhaseOfEducation (name)"
_DAY_UNKNOWN = datetime.date(1900, 1, 1)
_GRID = 1_300_000  # metres; Shetland is the north of the British National Grid

_STATUSES: dict[str, Status] = {
    "open": "open",
    "closed": "closed",
    "open, but proposed to close": "closing",
    "proposed to open": "proposed",
}
_PHASES: dict[str, Phase] = {
    "nursery": "nursery",
    "primary": "primary",
    "middle deemed primary": "primary",
    "middle deemed secondary": "secondary",
    "secondary": "secondary",
    "all-through": "all-through",
}
_SPECIAL = re.compile(r"\bspecial\b", re.I)
_BY_AGES = ("independent schools", "welsh schools")
FACTS = (
    ("EstablishmentTypeGroup (name)", "type_group"),
    ("Locality", "locality"),
    ("County (name)", "county"),
    ("DistrictAdministrative (name)", "district"),
    ("GOR (name)", "region"),
    ("UrbanRural (name)", "urban_rural"),
    ("Gender (name)", "gender"),
    ("ReligiousCharacter (name)", "religious_character"),
    ("AdmissionsPolicy (name)", "admissions"),
    ("OfficialSixthForm (name)", "sixth_form"),
    ("NurseryProvision (name)", "nursery"),
    ("Boarders (name)", "boarders"),
    ("Trusts (code)", "trust_number"),
    ("Trusts (name)", "trust"),
    ("Federations (name)", "federation"),
    ("LA (code)", "la_code"),
)


def read(cells: Cells) -> SchoolRow:
    """One school. Where cells notes a fault the row is unsound and what is returned is not to be used."""
    kind = cells.text(_TYPE, 120)
    low, high = cells.whole("StatutoryLowAge", 99), cells.whole("StatutoryHighAge", 99)
    easting, northing = _position(cells)
    return SchoolRow(
        number=cells.number(_NUMBER, 7),
        name=cells.needed(_NAME),
        phase=phase(cells.text(_PHASE), kind, cells.text(_GROUP), low, high),
        kind=kind,
        status=_status(cells),
        opened=_day(cells, "OpenDate"),
        closed=_day(cells, "CloseDate"),
        street=cells.text("Street"),
        town=cells.stated("Town", 100),
        postcode=cells.text("Postcode", 12).upper(),
        area=cells.stated("LA (name)", 100),
        easting=easting,
        northing=northing,
        roll=cells.whole("NumberOfPupils", 99_999),
        low_age=low,
        high_age=high,
        website=cells.website("SchoolWebsite"),
        facts=_facts(cells),
    )


def phase(words: str, kind: str, group: str, low: int | None, high: int | None) -> Phase:
    """The phase in our words.

    Any special school is "special", whatever ages it takes. Independent and Welsh schools have no phase in the register
    and get one from their ages. Pupil referral units, colleges and "16 plus" are "other".
    """
    if _SPECIAL.search(kind):
        return "special"
    if words.casefold() in _PHASES:
        return _PHASES[words.casefold()]
    if group.casefold() in _BY_AGES and low is not None and high is not None:
        return _phase_by_ages(low, high)
    return "other"


def _phase_by_ages(low: int, high: int) -> Phase:
    if low >= 16:
        return "other"
    if high <= 5:
        return "nursery"
    if high <= 13:
        return "primary"  # preparatory schools end at 13
    return "secondary" if low >= 9 else "all-through"


def _status(cells: Cells) -> Status:
    words = cells.text(_STATUS)
    status = _STATUSES.get(words.casefold())
    if status is None:
        known = "Open; Closed; Open, but proposed to close; Proposed to open"
        cells.fault(_STATUS, f"{shown(words)} is not a status that is known. Write one of: {known}.")
    return status or "closed"


def _day(cells: Cells, column: str) -> datetime.date | None:
    """The register writes 01-01-1900 where it does not know the day."""
    day = cells.day(column)
    return None if day == _DAY_UNKNOWN else day


def _position(cells: Cells) -> tuple[int | None, int | None]:
    """Easting and northing in metres, both or neither; 0, 0 stands for none."""
    easting, northing = cells.whole("Easting", _GRID), cells.whole("Northing", _GRID)
    if not easting and not northing:
        return None, None
    if cells.sound and (easting is None or northing is None):
        column = "Easting" if easting is None else "Northing"
        cells.fault(column, "Only half of the position is here. Fill in both, or neither.")
    return easting, northing


def _facts(cells: Cells) -> Facts:
    facts = cells.facts(FACTS)
    percent, capacity = cells.decimal("PercentageFSM", 0, 100), cells.whole("SchoolCapacity", 99_999)
    if percent is not None:
        facts["fsm_percent"] = percent
    if capacity is not None:
        facts["capacity"] = capacity
    return facts


FULL = Layout(
    key="gias-full",
    title="Get Information about Schools, full download",
    country="GB",
    register="gb-urn",
    number=_NUMBER,
    needed=(
        *(_NUMBER, "LA (name)", _NAME, _TYPE, _GROUP, _STATUS_CODE, _STATUS, "OpenDate", "CloseDate", _PHASE),
        *("StatutoryLowAge", "StatutoryHighAge", "NumberOfPupils", "PercentageFSM", "Street", "Town", "Postcode"),
        *("Easting", "Northing"),
    ),
    read=read,
)
SEARCH = Layout(
    key="gias-search",
    title="Get Information about Schools, search download",
    country="GB",
    register="gb-urn",
    number=_NUMBER,
    needed=tuple(name for name in FULL.needed if name != _STATUS_CODE),
    without=(_STATUS_CODE,),
    read=read,
    links=england_links.of_search,
    mend=england_links.mend_search,
    partial=True,
)


def _read_extract(cells: Cells) -> SchoolRow:
    """The extract numbers its authorities by itself; the district is the nearest that it names."""
    school = read(cells)
    return dataclasses.replace(school, area=str(school.facts.get("district", ""))[:100])


_EXTRACT_COLUMNS = {
    "urn": _NUMBER,
    "establishment_name": _NAME,
    "establishment_type": _TYPE,
    "establishment_type_group": _GROUP,
    "establishment_status": _STATUS,
    "open_date": "OpenDate",
    "close_date": "CloseDate",
    "education_phase": _PHASE,
    "statutory_low_age": "StatutoryLowAge",
    "statutory_high_age": "StatutoryHighAge",
    "gender": "Gender (name)",
    "religious_character": "ReligiousCharacter (name)",
    "admissions_policy": "AdmissionsPolicy (name)",
    "street": "Street",
    "locality": "Locality",
    "town": "Town",
    "county": "County (name)",
    "postcode": "Postcode",
    "school_website": "SchoolWebsite",
    "gor": "GOR (name)",
    "administrative_district": "DistrictAdministrative (name)",
    "urban_rural_indicator": "UrbanRural (name)",
    "easting": "Easting",
    "northing": "Northing",
    "school_capacity": "SchoolCapacity",
    "number_of_pupils": "NumberOfPupils",
    "percentage_fsm": "PercentageFSM",
}
EXTRACT = Layout(
    key="gias-extract",
    title="an extract of state-funded schools",
    country="GB",
    register="gb-urn",
    number=_NUMBER,
    needed=("school_key", *_EXTRACT_COLUMNS),
    read=_read_extract,
    renamed=_EXTRACT_COLUMNS,
    partial=True,
    weak=frozenset({"area"}),
)
