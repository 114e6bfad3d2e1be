"""Where students go on to: figures of a network's schools, and nothing about fewer than five of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from alongside.kit.tabular import FaultList, Source, clean_text, read_table
from alongside.network.models import FeederFlow, Organisation, RegisterNumber, School

LEAST: Final = 5
FEW: Final = "fewer than 5"
COLUMNS: Final = ("From", "To", "Year", "Students")


def shown(students: int) -> str:
    """The number, or "fewer than 5"."""
    return f"{students:,}" if students >= LEAST else FEW


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One figure as it is shown."""

    target: School
    students: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Pathway:
    """Where the children of one school went on to in one year. total: "" where it would give a hidden figure away."""

    source: School
    year: int
    total: str
    lines: list[FlowLine]


def pathways(rows: Sequence[FeederFlow]) -> list[Pathway]:
    """The figures by year, the latest first, and by school."""
    grouped: dict[tuple[int, str, int], list[FeederFlow]] = defaultdict(list)
    for row in rows:
        grouped[(-row.year, row.source.name, row.source_id)].append(row)
    return [_pathway(grouped[key]) for key in sorted(grouped)]


def _pathway(rows: list[FeederFlow]) -> Pathway:
    # A total beside all figures but one is that figure: it stands only where none is hidden.
    whole = all(row.students >= LEAST for row in rows)
    total = sum(row.students for row in rows)
    # Hidden figures stand last and by name: their order says nothing.
    ordered = sorted(rows, key=lambda row: (-row.students if row.students >= LEAST else 0, row.target.name))
    lines = [FlowLine(row.target, shown(row.students), _sentence(row, total if whole else None)) for row in ordered]
    return Pathway(rows[0].source, rows[0].year, f"{total:,}" if whole else "", lines)


def _sentence(row: FeederFlow, total: int | None) -> str:
    if row.students < LEAST:
        return f"Fewer than 5 children of {row.source.name} go on to {row.target.name}"
    of = f"{row.students:,} of {total:,} children" if total and total > row.students else f"{row.students:,} children"
    return f"{of} of {row.source.name} go on to {row.target.name}"


def network_flows(network: Organisation) -> list[FeederFlow]:
    """All figures of a network between schools that belong to it today. One query."""
    inside = School.objects.in_network(network).values("pk")
    rows = FeederFlow.objects.filter(organisation=network, source__in=inside, target__in=inside)
    return list(rows.select_related("source__organisation", "target__organisation"))


def pathway_lines(network: Organisation, school: School) -> list[str]:
    """The latest year's figures from and to one school, as sentences."""
    inside = School.objects.in_network(network).values("pk")
    rows = FeederFlow.objects.filter(organisation=network, source__in=inside, target__in=inside)
    # Of a school that sends students here, its other figures are needed too: they decide whether its total may stand.
    senders = FeederFlow.objects.filter(organisation=network, target=school).values("source")
    about = rows.filter(Q(source=school) | Q(source__in=senders)).select_related("source", "target")
    found = list(about)
    touching = [row for row in found if school.pk in (row.source_id, row.target_id)]
    last = max((row.year for row in touching), default=0)
    return [
        f"{line.sentence}."
        for pathway in pathways([row for row in found if row.year == last])
        for line in pathway.lines
        if school.pk in (pathway.source.pk, line.target.pk)
    ]


type Flow = tuple[School, School, int, int]


def read_flows(data: Source, network: Organisation) -> tuple[list[Flow], FaultList]:
    """A CSV with the columns From, To, Year and Students; schools by their name in the network or register number.

    Raises UnreadableFile for what is no table. Every row that cannot be used is a fault.
    """
    table = read_table(data, max_bytes=2_000_000, max_rows=20_000)
    places = {name.casefold(): at for at, name in reversed(list(enumerate(table.header)))}
    if missing := [name for name in COLUMNS if name.casefold() not in places]:
        table.faults.add(1, missing[0], f"There is no column {missing[0]}. The header is: {', '.join(COLUMNS)}.")
        return [], table.faults
    known = _schools(network)
    found = []
    for row in table.rows:
        cells = [clean_text(row.cells[places[name.casefold()]]) for name in COLUMNS]
        if flow := _flow(row.number, cells, known, table.faults):
            found.append(flow)
    return found, table.faults


def _schools(network: Organisation) -> dict[str, School | None]:
    """School by name in small letters and by register number; None where two are called so."""
    schools = {school.pk: school for school in School.objects.in_network(network)}
    found: dict[str, School | None] = {}
    for school in schools.values():
        found[school.name.casefold()] = None if school.name.casefold() in found else school
    for number in RegisterNumber.objects.filter(school__in=schools):
        found.setdefault(number.number.casefold(), schools[number.school_id])
    return found


def _flow(row: int, cells: list[str], known: dict[str, School | None], faults: FaultList) -> Flow | None:
    before = len(faults)
    schools = [_school(row, column, cell, known, faults) for column, cell in zip(COLUMNS[:2], cells[:2], strict=True)]
    year, students = (
        _whole(row, column, cell, high, faults)
        for column, cell, high in ((COLUMNS[2], cells[2], 2100), (COLUMNS[3], cells[3], 9999))
    )
    source, target = schools
    if source and source == target:
        faults.add(row, "To", f"{source.name} cannot send students to itself. Correct one of the two.")
    if year is not None and year < 1990:
        faults.add(row, "Year", f"{year} is too long ago. Write the year in which they changed school.")
    if len(faults) > before or source is None or target is None or year is None or students is None:
        return None
    return source, target, year, students


def _school(row: int, column: str, cell: str, known: dict[str, School | None], faults: FaultList) -> School | None:
    school = known.get(cell.casefold())
    if school is None:
        twice = cell.casefold() in known
        why = "is the name of two schools; write its register number" if twice else "is no school of this network"
        faults.add(row, column, f"“{cell[:60]}” {why}.")
    return school


def _whole(row: int, column: str, cell: str, high: int, faults: FaultList) -> int | None:
    if cell.isascii() and cell.isdigit() and len(cell) <= 6 and int(cell) <= high:
        return int(cell)
    faults.add(row, column, f"“{cell[:40]}” is not a whole number from 0 to {high:,}.")
    return None
