"""New South Wales: the master data set of government schools, as CKAN hands it out: JSON of {fields, records}, or CSV.

The department holds figures back where few students stand behind them and writes "np": they stay "not published".
Principal networks are the department's own gatherings of some twenty schools.
"""

from __future__ import annotations

from alongside.network.registers.rows import Cells, Facts, Layout, Phase, SchoolRow

_NUMBER, _NAME, _KIND, _NETWORK = "School_code", "School_name", "Level_of_schooling", "Principal_network"
_HELD_BACK = "np"

_PHASES: dict[str, Phase] = {
    "primary school": "primary",
    "infants school": "primary",  # kindergarten to year 2
    "secondary school": "secondary",
    "central/community school": "all-through",
    "schools for specific purposes": "special",
}
_FACTS = (
    ("School_subtype", "subtype"),
    ("School_specialty_type", "specialty"),
    ("Selective_school", "selective"),
    ("School_gender", "gender"),
    ("ASGS_remoteness", "remoteness"),
    ("Operational_directorate", "directorate"),
    ("SA4", "region"),
)
_FIGURES = (
    ("Indigenous_pct", "indigenous_percent", 100),
    ("LBOTE_pct", "language_background_percent", 100),
    ("ICSEA_value", "icsea", 2_000),
    ("FOEI_Value", "foei", 1_000),
)


def read(cells: Cells) -> SchoolRow:
    """One school. Where cells notes a fault the row is unsound and what is returned is not to be used."""
    kind = cells.text(_KIND, 120)
    latitude, longitude = _position(cells)
    return SchoolRow(
        number=cells.number(_NUMBER, 5),
        name=cells.needed(_NAME),
        phase=_PHASES.get(kind.casefold(), "other"),
        kind=kind,
        status="open",
        opened=cells.day("Date_1st_teacher"),
        street=cells.text("Street"),
        town=cells.text("Town_suburb", 100),
        postcode=cells.text("Postcode", 12),
        area=cells.stated("LGA", 100),
        latitude=latitude,
        longitude=longitude,
        roll=_roll(cells),
        website=cells.website("Website"),
        facts=_facts(cells),
    )


def network(cells: Cells) -> tuple[str, str] | None:
    """The school's principal network; it has no number, so its name stands for one."""
    name = cells.stated(_NETWORK, 100)
    return (name, name) if name else None


def _roll(cells: Cells) -> int | None:
    """Enrolment is counted in full-time equivalents: 368.4 students are 368."""
    students = cells.decimal("latest_year_enrolment_FTE", 0, 99_999)
    return None if students is None else round(students)


def _position(cells: Cells) -> tuple[float | None, float | None]:
    """Latitude and longitude, both or neither, inside New South Wales, Lord Howe Island included."""
    latitude, longitude = cells.decimal("Latitude", -38, -28), cells.decimal("Longitude", 140, 160)
    if cells.sound and (latitude is None) != (longitude is None):
        column = "Latitude" if latitude is None else "Longitude"
        cells.fault(column, "Only half of the position is here. Fill in both, or neither.")
    return latitude, longitude


def _facts(cells: Cells) -> Facts:
    facts = cells.facts(_FACTS)
    for column, key, high in _FIGURES:
        if cells.text(column).casefold() == _HELD_BACK:
            facts[key] = "not published"
        elif (figure := cells.decimal(column, 0, high)) is not None:
            facts[key] = figure
    return facts


MASTER = Layout(
    key="nsw-master",
    title="New South Wales master data set of government schools",
    country="AU",
    register="au-nsw",
    number=_NUMBER,
    needed=(
        *(_NUMBER, _NAME, "Street", "Town_suburb", "Postcode", _KIND, _NETWORK, "latest_year_enrolment_FTE"),
        *("Latitude", "Longitude", "LGA"),
    ),
    read=read,
    community=network,
    community_name=_NETWORK,
)
