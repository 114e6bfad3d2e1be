"""Excel workbooks from outside: read as tables when they are harmless, refused with a sentence when they are not."""

from __future__ import annotations

import contextlib
import datetime
import io
import tracemalloc
import zipfile

import pytest

from alongside.kit.documents.sheets import plain
from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import Fault
from alongside.kit.workbooks import FromWorkbook, read_workbook
from tests.workbooks_of_ours import (
    HEADING,
    bomb,
    lying_about_its_size,
    part_of,
    sheets,
    with_part,
    workbook,
    zipped,
)

SHEET = "xl/worksheets/sheet1.xml"
ADA = ("Ada Lane", "ada@ashmead.example", "Teacher", 32.5)


def read(data: bytes, max_rows: int = 5000) -> FromWorkbook:
    return read_workbook(data, is_heading=lambda cells: {"Name", "Role"} <= set(cells), max_rows=max_rows)


def rows(data: bytes) -> list[tuple[int, list[str]]]:
    return [(row.number, row.cells) for row in read(data).table.rows]


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    return str(caught.value)


def test_cells_are_read_as_they_are_shown() -> None:
    data = workbook(
        [
            HEADING,
            ("Ada Lane", datetime.date(2026, 11, 22), "Teacher", 32.5),
            ("0042", "32.50", True, 30),
            ("Ben", datetime.time(7, 30), "Head", ""),
        ]
    )
    assert rows(data) == [
        (2, ["Ada Lane", "2026-11-22", "Teacher", "32.5"]),
        (3, ["0042", "32.50", "yes", "30"]),
        (4, ["Ben", "7:30", "Head", ""]),
    ]


def test_more_than_a_day_of_hours_is_read_as_hours() -> None:
    data = workbook([HEADING, (*ADA[:3], datetime.timedelta(hours=37, minutes=30))])
    assert rows(data)[0][1][3] == "37:30"


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    data = workbook([(), ("Staff of Ashmead, autumn",), (), HEADING, ADA, (), ("Ben", "", "Head", "")])
    assert [number for number, _ in rows(data)] == [5, 7]


def test_the_sheet_with_the_heading_is_taken_and_others_are_named() -> None:
    other = [HEADING, ("Old Name", "", "Teacher", 1)]
    data = sheets(
        ("Notes", [("Read me",)]), ("Staff", [HEADING, ADA]), ("Last year", other), ("Gone", other), hidden=["Gone"]
    )
    found = read(data)
    assert [row.cells[0] for row in found.table.rows] == ["Ada Lane"]
    assert found.notes == [
        'The sheet "Staff" was read.',
        'These sheets have the same columns and were not read: "Last year".',
    ]


def test_a_workbook_without_the_heading_says_which_sheets_it_has() -> None:
    assert refused(sheets(("Notes", [("Read me",)]), ("Secret", [HEADING]), hidden=["Secret"])) == (
        'No sheet of this workbook has a row that names its columns (sheets: "Notes"). Name the columns Name, E-mail, '
        "Role and Hours a week, as the template does."
    )


def test_hidden_rows_are_read_and_said() -> None:
    found = read(workbook([HEADING, ADA, ("Ben", "", "Head", ""), ("Cas", "", "TA", "")], hidden_rows=[3, 4]))
    assert [row.cells[0] for row in found.table.rows] == ["Ada Lane", "Ben", "Cas"]
    assert found.notes == ["2 rows are hidden in the workbook, the first is row 3; they were read too."]


def test_a_formula_is_what_was_stored_beside_it_and_an_error_is_a_fault() -> None:
    sheet = part_of(workbook([HEADING, ADA, ADA]), SHEET).decode()
    row = '<c r="A2" t="str"><f>WEBSERVICE("http://x")</f><v>Ada Lane</v></c>'
    wrong = '<c r="A3" t="e"><f>B99/0</f><v>#DIV/0!</v></c>'
    cells = sheet.replace('<c r="A2" t="s"><v>4</v></c>', row).replace('<c r="A3" t="s"><v>4</v></c>', wrong)
    assert cells.count("<f>") == 2
    found = read(with_part(workbook([HEADING, ADA, ADA]), SHEET, cells.encode()))
    assert [row.cells[0] for row in found.table.rows] == ["Ada Lane"]
    assert found.table.faults == [
        Fault(3, "Name", "This cell shows an error of its formula. Write what it should say.")
    ]


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "XL/VBAPROJECT.BIN"])
def test_macros_are_refused(part: str) -> None:
    assert refused(with_part(workbook([HEADING, ADA]), part, b"x")).startswith("This workbook holds macros")


@pytest.mark.parametrize("part", ["xl/externalLinks/externalLink1.xml", "xl/connections.xml"])
def test_external_links_are_refused(part: str) -> None:
    assert refused(with_part(workbook([HEADING, ADA]), part, b"<x/>")).startswith("This workbook draws on other files")


def test_one_megabyte_that_unpacks_to_a_thousand_is_refused_before_it_is_unpacked() -> None:
    data = bomb(1_000_000_000)
    assert len(data) < 1_100_000
    tracemalloc.start()
    said = refused(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said == (
        "This file unpacks to 1,000 MB, and the limit is 50 MB; copy what is needed into a new file and bring that."
    )
    assert peak < 10_000_000


def test_a_bomb_that_lies_about_its_size_is_cut_and_refused() -> None:
    data = lying_about_its_size(bomb(60_000_000), SHEET, 1000)
    tracemalloc.start()
    said = refused(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said.startswith("This file is a zip archive that is damaged")
    assert peak < 10_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_damage_is_refused_whatever_an_archive_was_packed_with(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([HEADING, ADA]))) as found, zipfile.ZipFile(out, "w", method) as made:
        for name in found.namelist():
            made.writestr(name, found.read(name))
    whole = out.getvalue()
    assert rows(whole)
    for start in range(30, 600, 7):
        broken = whole[:start] + b"\xff" * 9 + whole[start + 9 :]
        with contextlib.suppress(UnreadableFile):
            read(broken)


def test_an_archive_of_a_later_zip_than_python_reads_is_refused() -> None:
    data = bytearray(workbook([HEADING, ADA]))
    data[data.find(b"PK\x01\x02") + 6] = 99
    assert refused(bytes(data)).startswith("This file is a zip archive that is damaged")


def test_a_cell_at_the_far_corner_is_refused_and_not_reached_for() -> None:
    sheet = part_of(workbook([HEADING, ADA]), SHEET)
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert refused(with_part(workbook([HEADING, ADA]), SHEET, far)) == (
        "A sheet of this workbook reaches to cell XFD1048576, and the limit is 500,000 cells. Delete what stands outside "
        "the table, or save it as CSV."
    )


def test_styles_far_below_the_table_are_no_cells() -> None:
    sheet = part_of(workbook([HEADING, ADA]), SHEET)
    styled = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')
    assert len(rows(with_part(workbook([HEADING, ADA]), SHEET, styled))) == 1


def test_one_long_text_repeated_in_every_cell_is_refused() -> None:
    long = "x" * 30_000
    data = workbook([HEADING, *[(long, long, long, long)] * 2_500])
    assert len(data) < 200_000
    assert refused(data).startswith("This workbook repeats a text of 30,000 characters in its cells")


def test_entities_are_refused() -> None:
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    sheet = part_of(workbook([HEADING, ADA]), SHEET).partition(b"?>")[2]
    data = with_part(workbook([HEADING, ADA]), SHEET, doctype + sheet)
    assert refused(data).startswith("This workbook declares a document type")


DAMAGED = {
    "no sheets": zipped({"xl/workbook.xml": "x" * 1000}),
    "cut off": workbook([HEADING, ADA])[:-400],
    "half a sheet": with_part(workbook([HEADING, ADA]), SHEET, b"<worksheet><sheetData><row>"),
    "no relations": with_part(workbook([HEADING, ADA]), "xl/_rels/workbook.xml.rels", b"<Relationships/>"),
    "half a text": with_part(workbook([HEADING, ADA]), "xl/sharedStrings.xml", b"<sst><si>"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_workbook_is_said_to_be(what: str) -> None:
    assert "damaged" in refused(DAMAGED[what])


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/styles.xml"])
def test_a_workbook_with_a_part_of_nonsense_never_breaks_us(part: str) -> None:
    """Calamine may read around it; then the rows are right."""
    try:
        found = rows(with_part(workbook([HEADING, ADA]), part, b"\xff\xfe\0"))
    except UnreadableFile:
        return
    assert found == [(2, ["Ada Lane", "ada@ashmead.example", "Teacher", "32.5"])]


def test_a_binary_workbook_is_another_kind() -> None:
    assert refused(zipped({"xl/workbook.bin": "x"})) == (
        "This is an Excel workbook of another kind; save it as .xlsx or as CSV and try again."
    )


def test_too_many_rows_are_refused_with_the_limit() -> None:
    with pytest.raises(UnreadableFile, match="more than 10 rows"):
        list(read(workbook([HEADING, *[ADA] * 11]), max_rows=10).table.rows)


def test_what_we_write_we_read_and_nothing_in_it_runs() -> None:
    data = plain("Staff", [HEADING, ("=1+1", "@x", "+44", 32.5), ("http://x", None, "Teacher", 7)])
    assert b"<f>" not in part_of(data, SHEET)
    assert rows(data) == [(2, ["'=1+1", "'@x", "'+44", "32.5"]), (3, ["http://x", "", "Teacher", "7"])]
