"""A staff list in whatever file it comes: CSV, an Excel workbook, or OneRoster. Here the file is told apart."""

from __future__ import annotations

from alongside.kit import archives, workbooks
from alongside.kit.rawfile import Source, UnreadableFile
from alongside.kit.tabular import read_table
from alongside.people import oneroster, stafflist
from alongside.people.oneroster import Asked
from alongside.people.stafflist import StaffList

MAX_ROWS_ONEROSTER = 200_000  # a district's file lists its students too

_OTHERS = (
    ("Index/Document.iwa", "This is a Numbers file"),
    ("Index/Tables/DataList.iwa", "This is a Numbers file"),
    ("word/document.xml", "This is a Word document"),
    ("ppt/presentation.xml", "This is a PowerPoint file"),
    ("content.xml", "This is an OpenDocument file"),
)


def read_staff_file(data: Source, asked: Asked) -> StaffList:
    """What a file says of the staff of one school. asked: which school, for files that speak of several.

    Raises UnreadableFile with what the file is and what to do instead.
    """
    if archives.is_archive(data):
        return _from_archive(data, asked)
    table = read_table(data, max_bytes=archives.MAX_UNPACKED, max_rows=MAX_ROWS_ONEROSTER)
    if oneroster.is_users_file(table.header):
        return oneroster.read_users_alone(table, asked)
    return stafflist.read_staff_list(data)


def _from_archive(data: Source, asked: Asked) -> StaffList:
    names = archives.names(data)
    if workbooks.is_workbook(names):
        found = workbooks.read_workbook(data, is_heading=stafflist.is_heading, max_rows=stafflist.MAX_ROWS)
        return stafflist.staff_of(found.table, found.notes)
    if folder := oneroster.folder_of(names):
        return oneroster.read_archive(data, folder, names, asked)
    what = next((said for name, said in _OTHERS if name in names), "")
    if what:
        raise UnreadableFile(f"{what}; save its table as an Excel workbook (.xlsx) or as CSV and try again.")
    raise UnreadableFile(
        "This zip archive holds no OneRoster files (users.csv is missing); unpack it and choose the staff list inside."
    )
