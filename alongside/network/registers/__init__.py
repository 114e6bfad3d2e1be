"""Registers of schools as the authorities hand them out, read into one shape. Nothing here knows the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alongside.kit.tabular import (
    MAX_BYTES,
    MAX_ROWS,
    Fault,
    FaultList,
    Mend,
    MixedLayouts,
    Row,
    Source,
    Table,
    UnreadableFile,
    clean_text,
    ragged,
    read_table,
)
from alongside.network.registers import chains, ckan
from alongside.network.registers.layouts import UnknownRegister, layout_of, recognise
from alongside.network.registers.rows import Cells, GroupRow, Layout, LinkRow, PastRow, Phase, SchoolRow, Status

__all__ = [
    "Fault",
    "Layout",
    "LinkRow",
    "MixedLayouts",
    "PastRow",
    "Phase",
    "RegisterFile",
    "SchoolRow",
    "Status",
    "UnknownRegister",
    "UnreadableFile",
    "read_register",
    "recognise",
]

EVERY = 500  # rows between two tellings of progress


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """What one register file says.

    country: ISO 3166 alpha-2. layout: its title. register: whose numbers these are, such as "gb-urn". communities: name
    by number; community_kinds: in the register's words; gatherings: whose numbers those are, "" where the file knows none.
    members: (school's number,
    community's number). links and past: between schools, and what they were. faults: rows that were set aside, with
    every reason, in the order of the file. notes: rows that were read and deserve a look. rows_read: all rows that are
    not blank, those set aside among them. mended: rows whose width was put right.
    partial, weak, fills: how far to trust it, see Layout.
    """

    country: str
    layout: str
    register: str
    schools: list[SchoolRow]
    communities: dict[str, str]
    members: list[tuple[str, str]]
    faults: list[Fault]
    rows_read: int
    community_kinds: dict[str, str] = field(default_factory=dict)
    gatherings: str = ""
    links: list[LinkRow] = field(default_factory=list)
    past: list[PastRow] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    mended: int = 0
    partial: bool = False
    weak: frozenset[str] = frozenset()
    fills: bool = False


def read_register(
    source: Source,
    *,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
    told: Callable[[int], None] = lambda rows: None,
) -> RegisterFile:
    """Read a register from a file or its bytes; country and layout are recognised by the header.

    A row with a fault is set aside and the rest is read. told: is called with the number of rows read so far.
    Raises UnreadableFile for what is no table or beyond the limits, and of that kind: UnknownRegister, and MixedLayouts
    for two layouts glued together.
    """
    if ckan.is_json(source):
        table = ckan.read_json(source, max_bytes=max_bytes, max_rows=max_rows)
    else:
        table = read_table(source, max_bytes=max_bytes, max_rows=max_rows, one_width=True, mends=_mends)
    reader = _Reader(table, layout_of(table.header))
    for row in table.rows:
        reader.take(row)
        if not table.rows_read % EVERY:
            told(table.rows_read)
    return reader.result()


def _mends(header: Sequence[str]) -> Mend | None:
    layout = recognise(header)
    mend = layout.mend if layout else None
    return None if mend is None else lambda row: mend(row, len(header))


class _Reader:
    """Takes the rows of one file one after the other."""

    def __init__(self, table: Table, layout: Layout) -> None:
        self.table, self.layout = table, layout
        names = [layout.renamed.get(name, name) for name in table.header]
        self.places = {name: place for place, name in reversed(list(enumerate(names)))}
        self.names = {read: name for name, read in layout.renamed.items()}
        self.words: dict[str, str] = {}
        self.faults: FaultList = table.faults
        self.notes = FaultList()
        self.first_rows: dict[str, int] = {}
        self.schools: list[SchoolRow] = []
        self.communities: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.members: dict[tuple[str, str], None] = {}
        self.links: list[LinkRow] = []
        self.past: list[PastRow] = []

    def take(self, row: Row) -> None:
        """Read one row, or note why it is set aside."""
        cells = Cells(row, self.places, self.faults, self.names, self.words)
        if row.width != len(self.table.header):
            cells.fault("", ragged(row.width, len(self.table.header)))
        elif cells.text(self.layout.number) == self.names.get(self.layout.number, self.layout.number):
            self._second_header(cells)
        else:
            self._read(cells)

    def result(self) -> RegisterFile:
        if self.layout.finish:
            self.schools = self.layout.finish(self.past, self.notes)
        self._look_at_links()
        return RegisterFile(
            country=self.layout.country,
            layout=self.layout.title,
            register=self.layout.register,
            schools=self.schools,
            communities=self.communities,
            members=list(self.members),
            faults=sorted(self.faults, key=lambda fault: fault.row),
            rows_read=self.table.rows_read,
            community_kinds=self.kinds,
            gatherings=self.layout.gatherings or (self.layout.register if self.layout.community_name else ""),
            links=self.links,
            past=self.past,
            notes=sorted(self.notes, key=lambda note: note.row),
            mended=self.table.mended,
            partial=self.layout.partial,
            weak=self.layout.weak,
            fills=self.layout.fills,
        )

    def _read(self, cells: Cells) -> None:
        layout = self.layout
        links = layout.links(cells) if layout.links else []
        if layout.read:
            self._school(cells, layout.read(cells))
        if layout.group:
            self._group(cells, layout.group(cells))
        span = layout.past(cells) if layout.past else None
        if not cells.sound:
            return
        self.links += links
        if span:
            self.past.append(span)

    def _second_header(self, cells: Cells) -> None:
        """Files put together by hand repeat the header; when it is another one, the rows below it are others too."""
        row = cells.row.number
        if [clean_text(cell) for cell in cells.row.cells] != self.table.header:
            raise MixedLayouts(
                f"This file mixes two layouts: a second header with other columns stands in row {row}. "
                f"Nothing of it was read; fetch it again, or split it at row {row}."
            )
        cells.fault("", "This row repeats the header. Delete it.")

    def _school(self, cells: Cells, school: SchoolRow) -> None:
        community = self._community(cells)
        if school.number:
            first = self.first_rows.setdefault(school.number, cells.row.number)
            if first != cells.row.number:
                cells.fault(
                    self.layout.number, f"School {school.number} is already in row {first}. Delete one of the two rows."
                )
        if not cells.sound:
            return
        self.schools.append(school)
        if community:
            self.communities.setdefault(*community)
            self.members[school.number, community[0]] = None

    def _community(self, cells: Cells) -> tuple[str, str] | None:
        community = self.layout.community(cells)
        if community and cells.sound:
            self._same_name(cells, self.layout.community_name, *community)
        return community

    def _group(self, cells: Cells, group: GroupRow) -> None:
        """A group that has ended is none; whoever was in it is not any more."""
        self._same_name(cells, "Group Name", group.number, group.name)
        if not cells.sound or not group.lasts:
            return
        self.communities.setdefault(group.number, group.name)
        self.kinds[group.number] = group.kind
        if group.school:
            self.members[group.school, group.number] = None

    def _same_name(self, cells: Cells, column: str, number: str, name: str) -> None:
        if (known := self.communities.get(number, name)) != name:
            cells.fault(
                column, f'Community {number} is called "{known}" in a row above and "{name}" here. Make them alike.'
            )

    def _look_at_links(self) -> None:
        """Note where the register's own chains run in circles or part."""
        found = chains.shape(
            chains.successors((one.earlier, one.later) for one in self.links if one.stated and one.kind != "related")
        )
        for number in found.circles[:NOTED]:
            self.notes.add(0, "", f"The successors of school {number} run in a circle; they are followed once.")
        for number in found.forks[:NOTED]:
            self.notes.add(0, "", f"School {number} has more than one successor; none of them simply carries it on.")


NOTED = 1_000  # circles and forks: more are the same fault again and again
