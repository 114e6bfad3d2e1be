"""Excel workbooks as schools' programs write them, and as nobody should."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence

import xlsxwriter

HEADING = ("Name", "E-mail", "Role", "Hours")


def workbook(rows: Sequence[Sequence[object]], *, sheet: str = "Staff", hidden_rows: Sequence[int] = ()) -> bytes:
    """One sheet with these rows, as Excel stores texts, numbers and dates. hidden_rows: counted from 1."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        page = book.add_worksheet(sheet)
        duration = book.add_format({"num_format": "[h]:mm"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                page.write(number, place, value, *([duration] if isinstance(value, datetime.timedelta) else []))
        for number in hidden_rows:
            page.set_row(number - 1, None, None, {"hidden": True})
    return out.getvalue()


def sheets(*named: tuple[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> bytes:
    """A workbook of several sheets, in this order."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in named:
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
        for page in book.worksheets():
            if page.name in hidden:
                page.hide()
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one part added or in place of the one of that name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read(name)


def zipped(files: dict[str, str | bytes]) -> bytes:
    """An archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def bomb(unpacked: int) -> bytes:
    """A workbook whose one sheet unpacks to so many bytes of blanks."""
    return with_part(workbook([HEADING]), "xl/worksheets/sheet1.xml", b" " * unpacked)


def lying_about_its_size(data: bytes, name: str, said: int) -> bytes:
    """The archive with another unpacked size in its directory for one part than that part has."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        info = file.getinfo(name)
    changed = bytearray(data)
    directory = changed.rfind(name.encode()) - 46
    changed[directory + 24 : directory + 28] = said.to_bytes(4, "little")
    local = info.header_offset
    changed[local + 22 : local + 26] = said.to_bytes(4, "little")
    return bytes(changed)
