"""Tables from outside: every trap that a real file has set, with the sentence that a person then reads."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.kit import tabular
from alongside.kit.tabular import (
    Fault,
    MixedLayouts,
    Row,
    UnreadableFile,
    clean_text,
    escape_cell,
    read_table,
    shown,
    write_csv,
)

NAUGHTY = [
    "'; DROP TABLE schools; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "\u202eevil\u202c",
    "Zoë\u200b Ångström",
    "👩‍🏫 école",
    "田中さん",
    "مدرسة",
    "null",
    "undefined",
    "1e309",
    "../../etc/passwd",
    "a" * 5_000,
    '"""',
    "\x07\x1b[31m",
    "%s%n{0}",
]


def cells(data: bytes, **limits: Any) -> list[list[str]]:
    return [row.cells for row in read_table(data, **limits).rows]


def refusal(data: bytes | Path, **limits: Any) -> str:
    with pytest.raises(UnreadableFile) as caught:
        list(read_table(data, **limits).rows)
    return str(caught.value)


def workbook(member: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(member, "<x/>")
    return out.getvalue()


# Letters


@pytest.mark.parametrize(
    ("encoding", "text", "found"),
    [
        ("utf-8", "Pākehā, é", "utf-8"),
        ("utf-8-sig", "Pākehā, é", "utf-8-sig"),
        ("utf-16", "Pākehā, é", "utf-16"),
        ("utf-16-be-marked", "Pākehā, é", "utf-16"),
        ("cp1252", "St André’s – é", "cp1252"),
        ("ascii", "plain", "utf-8"),
    ],
)
def test_letters_are_read_in_each_encoding(encoding: str, text: str, found: str) -> None:
    content = (
        f'name,town\r\n"{text}",Ōtaki\r\n' if encoding not in ("cp1252", "ascii") else f'name,town\r\n"{text}",x\r\n'
    )
    data = b"\xfe\xff" + content.encode("utf-16-be") if encoding == "utf-16-be-marked" else content.encode(encoding)
    table = read_table(data)
    assert (table.header, table.encoding) == (["name", "town"], found)
    assert next(table.rows).cells[0] == text


@pytest.mark.parametrize("parts", [("utf-8", "cp1252"), ("cp1252", "utf-8")])
def test_two_encodings_in_one_file_are_refused_with_the_row(parts: tuple[str, str]) -> None:
    data = b"name\n" + "é\n".encode(parts[0]) + "é\n".encode(parts[1])
    row = 3 if parts[0] == "utf-8" else 2
    assert refusal(data) == (
        f"This file mixes two encodings; the second begins about row {row}. Save it again as CSV UTF-8."
    )


def test_letters_of_no_known_encoding_are_refused() -> None:
    assert refusal(b"name\nplain\n\x81\xe9\n") == (
        "The letters about row 3 are neither UTF-8 nor Windows-1252; save the file again as CSV UTF-8."
    )


@pytest.mark.parametrize("end", ["é".encode()[:1], b"\xff"])
def test_bytes_that_break_a_marked_encoding_are_refused(end: bytes) -> None:
    assert "mixes two encodings" in refusal("\ufeffname\nx\n".encode() + end)


@pytest.mark.parametrize(
    "data", [b"a,b\n1,\x002\n", "a,b\n1,2\n".encode("utf-16-le"), "\ufeffa,b\n\0,2\n".encode("utf-16-le")]
)
def test_zero_bytes_are_refused(data: bytes) -> None:
    assert "There are bytes that are no text about row" in refusal(data)


def test_a_letter_on_the_border_of_two_chunks_is_read() -> None:
    data = ("a\n" + "x" * ((1 << 20) - 3) + "ā\n").encode()
    assert data[(1 << 20) - 1 : (1 << 20) + 1] == "ā".encode()
    assert read_table(data).encoding == "utf-8"


# What is no table


@pytest.mark.parametrize("data", [b"", b" \r\n\n", b"\xef\xbb\xbf", gzip.compress(b""), b",,,\n,,\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "This file is empty; choose the file that holds the table."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (workbook("xl/workbook.xml"), "This is an Excel workbook; save it as CSV (comma separated) and try again."),
        (workbook("word/document.xml"), "This is a zip archive; unpack it and choose the CSV file inside."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1",
            "This is an old Excel or Word file; save it as CSV (comma separated) and try again.",
        ),
        (b"%PDF-1.7\n", "This is a PDF; ask whoever made it for the same table as CSV."),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is a picture; choose the CSV file instead."),
        (
            b"\n<!DOCTYPE html><title>Sign in</title>",
            "This is a web page, not a table; download the file again, signed in if that is needed.",
        ),
        (b'{"fields": [], "records": []}', "This is JSON; ask for the same table as CSV."),
        (gzip.compress(gzip.compress(b"a,b\n")), "This file is packed twice; unpack it once and try again."),
        (
            gzip.compress(workbook("xl/workbook.xml")),
            "This is an Excel workbook; save it as CSV (comma separated) and try again.",
        ),
        (gzip.compress(b"a,b\n1,2\n" * 99)[:-9], "This packed file is damaged or was cut off; fetch it again."),
        (b"\x1f\x8b\x08garbage, not gzip", "This packed file is damaged or was cut off; fetch it again."),
    ],
)
def test_what_is_no_table_is_named(data: bytes, sentence: str) -> None:
    assert refusal(data) == sentence


def test_a_path_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path / "gone.csv")
        == f"{tmp_path}/gone.csv cannot be opened: no such file or directory. Check the path."
    )
    assert refusal(tmp_path) == f"{tmp_path} cannot be opened: is a directory. Check the path."


def test_a_path_reads_as_its_bytes_do(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert [row.cells for row in read_table(tmp_path / "t.csv.gz").rows] == [["1", "2"]]


# Limits


def test_a_bomb_is_refused_by_its_ratio_and_in_little_memory() -> None:
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 3_000_000)
    assert len(bomb) < 40_000
    tracemalloc.start()
    try:
        sentence = refusal(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sentence == (
        "This file unpacks to more than 100 times its size, which no real table does; "
        "unpack it yourself, look at it, and choose the plain CSV file."
    )
    assert peak < 8_000_000


def test_a_file_over_the_size_limit_is_refused_packed_or_not() -> None:
    data = b"a,b\n" + b"1,2\n" * 500
    for form in (data, gzip.compress(data)):
        assert refusal(form, max_bytes=2_000) == (
            "This file holds more than 0.002 MB, the limit for a table; split it or ask for an extract."
        )
    assert len(cells(data, max_bytes=2_004)) == 500


def test_one_row_over_the_limit_is_refused_and_blank_rows_do_not_count() -> None:
    assert len(cells(b"a\n1\n\n2\n\n3\n", max_rows=3)) == 3
    assert refusal(b"a\n1\n2\n3\n4\n", max_rows=3) == (
        "This file has more than 3 rows, the limit for a table; split it or ask for an extract."
    )


def test_rows_are_streamed() -> None:
    data = b"a,b\n" + b"0123456789,0123456789\n" * 200_000
    table = read_table(data)
    tracemalloc.start()
    try:
        assert sum(1 for _ in table.rows) == 200_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_line_without_end_is_refused() -> None:
    assert refusal(b"a,b\n" + b"x" * 1_000_001) == (
        "This file has a line of more than 1,000,000 characters; save it again as CSV and try again."
    )


def test_a_header_of_too_many_columns_is_refused() -> None:
    assert "more than 2,000 columns" in refusal(b",".join([b"a"] * 2_001))


def test_too_many_faults_are_refused_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_FAULTS", 2)
    assert refusal(b"a\n1\n1,2\n1,2\n1,2\n") == (
        "This file has more than 2 faults, the first in row 3: This row has 2 cells and the header has 1. "
        "Look for a comma that belongs inside quotation marks, or delete the row. Check that it is the right file."
    )


# Rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_kind_of_line_end_is_read(end: str) -> None:
    assert cells(f"a,b{end}1,2{end}3,4{end}".encode()) == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(("mark", "found"), [(",", ","), ("\t", "\t"), (";", ";")])
def test_the_delimiter_is_found(mark: str, found: str) -> None:
    table = read_table(f'a{mark}"b{mark}c"\n1{mark}2,5\n'.encode() if mark != "," else b'a,"b,c"\n1,"2,5"\n')
    assert (table.delimiter, table.header) == (found, ["a", f"b{mark}c".replace("\t", " ")])
    assert [row.cells for row in table.rows] == [["1", "2,5"]]


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    table = read_table(b'\nname,town\n"one\nschool",x\n\n,,,\ntwo,y\n\n \n')
    assert list(table.rows) == [Row(3, ["one\nschool", "x"], 2), Row(6, ["two", "y"], 2)]
    assert (table.rows_read, table.faults) == (2, [])


def test_names_of_columns_lose_the_spaces_around_them() -> None:
    assert read_table(b" Name ,Longitude ,\xc2\xa0Lat\n").header == ["Name", "Longitude", "Lat"]


def test_columns_of_the_same_name_are_a_fault_of_the_header() -> None:
    table = read_table(b"a,b, a,,\n1,2,3,4,5\n")
    assert table.faults == [
        Fault(1, "a", 'More than one column is called "a"; only the first is read. Rename or delete the others.')
    ]


def test_a_header_alone_has_no_rows_and_says_so() -> None:
    table = read_table(b"a,b\n\n")
    assert list(table.rows) == []
    assert table.faults == [Fault(1, "", "This file has a header and no rows. Choose the file that holds the table.")]


def test_ragged_rows_are_set_aside_or_filled_up() -> None:
    table = read_table(b"a,b\n1,2,3\n4\n5,6,, \n7,8\n")
    assert list(table.rows) == [Row(3, ["4", ""], 1), Row(4, ["5", "6"], 4), Row(5, ["7", "8"], 2)]
    assert table.rows_read == 4
    assert table.faults == [
        Fault(
            2,
            "",
            "This row has 3 cells and the header has 2. "
            "Look for a comma that belongs inside quotation marks, or delete the row.",
        )
    ]


def test_quotation_marks_that_do_not_match_set_only_their_row_aside() -> None:
    table = read_table(b'a,b\n"Te "Kura" School",1\nx,2\n')
    assert list(table.rows) == [Row(3, ["x", "2"], 2)]
    assert table.faults == [
        Fault(2, "", "The quotation marks in this row do not match. Put them right, or delete the row.")
    ]


@pytest.mark.parametrize("tail", [b"3,4\n", b"3,4\n" * 50_000])
def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row(tail: bytes) -> None:
    assert (
        refusal(b'a,b\n1,2\n1,"2\n' + tail)
        == "Row 3 opens a quotation mark that is never closed; close it and try again."
    )


def test_a_broken_header_is_refused() -> None:
    assert (
        refusal(b'"na"me",b\n1,2\n')
        == "The quotation marks in row 1, the header, do not match; put them right and try again."
    )


# Two layouts in one file


def mixed(widths: list[int]) -> str | None:
    data = "a,b\n" + "".join(",".join("x" * width) + "\n" for width in widths)
    try:
        list(read_table(data.encode(), one_width=True).rows)
    except MixedLayouts as problem:
        return str(problem)
    return None


@pytest.mark.parametrize(
    ("widths", "row"),
    [
        ([2, 2, 3, 3], 4),  # to the end
        ([1, 1], 2),  # all of it is narrower than the header
        ([2] + [3] * 10 + [2], 3),  # ten in succession, then the first again
        ([3, 2, 4, 4], 4),
        ([2, 2, 2, 3], None),  # one row is a slip of a comma
        ([2] + [3] * 9 + [2], None),
        ([3, 4, 3, 4, 2], None),
        ([2, 2], None),
    ],
)
def test_rows_of_another_width_for_good_are_two_layouts(widths: list[int], row: int | None) -> None:
    said = mixed(widths)
    assert (said is not None) == (row is not None)
    if said and row:
        width = widths[row - 2]
        assert said == (
            f"This file mixes two layouts: its header has 2 columns, but from row {row} on the rows have "
            f"{width} cell{'s' if width > 1 else ''}. Nothing of it was read; fetch it again, or split it at row {row}."
        )


def test_widths_matter_only_where_asked_for() -> None:
    assert len(cells(b"a,b\n" + b"1\n" * 20)) == 20


# Texts


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Mill  Lane\n School ", "Mill Lane School"),
        ("a\u00a0b\tc", "a b c"),
        ("\u202eevil\u202c", "evil"),
        ("Zoe\u0308\u200b", "Zoë"),
        ("bell\x07", "bell"),
        ("نمی‌دانم", "نمی‌دانم"),  # the joiner inside is part of the word
    ],
)
def test_text_is_cleaned(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_a_long_value_is_cut_where_a_sentence_quotes_it() -> None:
    assert shown("x" * 41) == '"' + "x" * 39 + '…"'
    assert shown("x" * 40) == '"' + "x" * 40 + '"'


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("=1+1", "'=1+1"),
        ("+64 9 555", "'+64 9 555"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        (" =1+1", "' =1+1"),
        ("＝1+1", "'＝1+1"),
        ("a=1", "a=1"),
        ("", ""),
        ("Mill Lane", "Mill Lane"),
    ],
)
def test_cells_that_a_spreadsheet_would_run_are_escaped(text: str, escaped: str) -> None:
    assert escape_cell(text) == escaped


def test_csv_is_written_for_excel() -> None:
    rows = [["Name", "Hours"], ["Pākehā, é", -2.5], ["=cmd|' /C calc'!A0", None], ['say "hi"', 3]]
    assert (
        write_csv(rows)
        == ('\ufeffName,Hours\r\n"Pākehā, é",-2.5\r\n\'=cmd|\' /C calc\'!A0,\r\n"say ""hi""",3\r\n').encode()
    )


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_strings_come_through_as_text(text: str) -> None:
    written = write_csv([["name", "x"], [text, "y"]])
    assert cells(written) == [[escape_cell(text), "y"]]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2)
    )
)
def test_what_we_write_we_read(rows: list[list[str]]) -> None:
    written = write_csv([["a", "b"], *rows])
    escaped = [[escape_cell(one) for one in row] for row in rows]
    assert cells(written) == [row for row in escaped if any(one.strip() for one in row)]


@settings(max_examples=300, deadline=None)
@given(st.binary() | st.text().map(str.encode) | st.binary().map(lambda data: b'a,b\n"' + data))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    said = ""
    try:
        table = read_table(data)
        assert all(len(row.cells) == len(table.header) for row in table.rows)
    except UnreadableFile as problem:
        said = str(problem)
    assert said == "" or said.endswith(".")
