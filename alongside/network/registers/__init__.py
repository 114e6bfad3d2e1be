"""Registers of schools as the authorities hand them out, read into one shape. Nothing here knows the database."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.kit.tabular import (
    Fault,
    FaultList,
    MixedLayouts,
    Row,
    Source,
    Table,
    UnreadableFile,
    clean_text,
    ragged,
    read_table,
)
from alongside.network.registers.layouts import LayoutNotRead, UnknownRegister, layout_of, recognise
from alongside.network.registers.rows import Cells, Layout, Phase, SchoolRow, Status

__all__ = [
    "Fault",
    "Layout",
    "LayoutNotRead",
    "MixedLayouts",
    "Phase",
    "RegisterFile",
    "SchoolRow",
    "Status",
    "UnknownRegister",
    "UnreadableFile",
    "read_register",
    "recognise",
]


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """What one register file says.

    country: ISO 3166 alpha-2. layout: its title. register: whose numbers these are, such as "gb-urn". communities: name
    by number. members: (school's number, community's number). faults: rows that were set aside, with every reason,
    in the order of the file. rows_read: all rows that are not blank, those set aside among them.
    """

    country: str
    layout: str
    register: str
    schools: list[SchoolRow]
    communities: dict[str, str]
    members: list[tuple[str, str]]
    faults: list[Fault]
    rows_read: int


def read_register(source: Source, *, max_bytes: int = 200_000_000, max_rows: int = 1_000_000) -> RegisterFile:
    """Read a register from a file or its bytes; country and layout are recognised by the header.

    A row with a fault is set aside and the rest is read. Raises UnreadableFile for what is no table or beyond the
    limits, and of that kind: UnknownRegister, LayoutNotRead, and MixedLayouts for two layouts glued together.
    """
    table = read_table(source, max_bytes=max_bytes, max_rows=max_rows, one_width=True)
    reader = _Reader(table, layout_of(table.header))
    for row in table.rows:
        reader.take(row)
    return reader.result()


class _Reader:
    """Takes the rows of one file one after the other."""

    def __init__(self, table: Table, layout: Layout) -> None:
        self.table, self.layout = table, layout
        self.places = {name: place for place, name in reversed(list(enumerate(table.header)))}
        self.faults: FaultList = table.faults
        self.first_rows: dict[str, int] = {}
        self.schools: list[SchoolRow] = []
        self.communities: dict[str, str] = {}
        self.members: list[tuple[str, str]] = []

    def take(self, row: Row) -> None:
        """Read one row, or note why it is set aside."""
        cells = Cells(row, self.places, self.faults)
        if row.width != len(self.table.header):
            cells.fault("", ragged(row.width, len(self.table.header)))
        elif cells.text(self.layout.number) == self.layout.number:
            self._second_header(cells)
        elif self.layout.read is not None:
            self._school(cells, self.layout.read(cells))

    def result(self) -> RegisterFile:
        return RegisterFile(
            country=self.layout.country,
            layout=self.layout.title,
            register=self.layout.register,
            schools=self.schools,
            communities=self.communities,
            members=self.members,
            faults=sorted(self.faults, key=lambda fault: fault.row),
            rows_read=self.table.rows_read,
        )

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
            self.members.append((school.number, community[0]))

    def _community(self, cells: Cells) -> tuple[str, str] | None:
        community = self.layout.community(cells)
        if community and cells.sound:
            number, name = community
            if (known := self.communities.get(number, name)) != name:
                cells.fault(
                    self.layout.community_name,
                    f'Community {number} is called "{known}" in a row above and "{name}" here. Make them alike.',
                )
        return community
