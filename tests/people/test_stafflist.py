"""Staff lists as schools keep them: columns under many names, and every slip named with its row and column."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.kit.tabular import Fault, UnreadableFile, read_table
from alongside.people.stafflist import (
    JOBS,
    TEMPLATE_CSV,
    StaffList,
    StaffRow,
    UnknownStaffList,
    job_of,
    read_staff_list,
)

KNOWN = "Write one of: head, deputy, leader, teacher, assistant, support, office, site, other."


def staff(*rows: str, header: str = "Name,E-mail,Role,Hours") -> StaffList:
    return read_staff_list("\n".join([header, *rows]).encode())


def only_fault(listed: StaffList) -> tuple[int, str, str]:
    """The one fault of a list whose other rows were read."""
    [fault] = listed.faults
    assert listed.rows_read == len(listed.rows) + 1
    return fault.row, fault.column, fault.text


def test_a_staff_list_is_read_whole() -> None:
    listed = staff(
        "Aroha Ngata,Aroha.Ngata@School.example,Headteacher,37.5",
        '"Byrne, Sam",,TA,"16,25"',
        "Zoë Ångström,zoe@school.example,Class teacher,",
    )
    assert listed == StaffList(
        rows=[
            StaffRow(2, "Aroha Ngata", "aroha.ngata@school.example", "head", 37.5),
            StaffRow(3, "Byrne, Sam", None, "assistant", 16.3),
            StaffRow(4, "Zoë Ångström", "zoe@school.example", "teacher", None),
        ],
        faults=[],
        rows_read=3,
        without_email=1,
    )


@pytest.mark.parametrize(
    "header",
    [
        "Name,E-mail,Role,Hours",
        "FULL NAME , email address,Job title,Hours per week",
        "Staff name,Mail,Position,Hours/week",
        "name,Work e-mail,post,Contracted_hours",
    ],
)
def test_columns_are_known_under_many_names(header: str) -> None:
    assert staff("Ana Lima,ana@school.example,Teacher,20", header=header).rows == [
        StaffRow(2, "Ana Lima", "ana@school.example", "teacher", 20.0)
    ]


def test_columns_stand_in_any_order_beside_others() -> None:
    listed = staff("20,+64 21 555,Teacher,Lima,,Ana", header="Hours,Phone,Role,Surname,E-mail,Forename")
    assert (listed.rows, listed.faults) == ([StaffRow(2, "Ana Lima", None, "teacher", 20.0)], [])


def test_a_list_without_addresses_and_hours_is_read() -> None:
    listed = staff("Ana Lima,Teacher", "Ben Okri,Caretaker", header="Name,Role")
    assert ([row.job for row in listed.rows], listed.without_email) == (["teacher", "site"], 2)


@pytest.mark.parametrize(
    ("header", "missing"),
    [("E-mail,Role", "Name"), ("First name,Role", "Name"), ("Name,E-mail", "Role"), ("Ana Lima,Teacher", "Name")],
)
def test_a_list_without_a_needed_column_is_refused(header: str, missing: str) -> None:
    found = ", ".join(f'"{title}"' for title in header.split(","))
    with pytest.raises(UnknownStaffList) as caught:
        staff("x,y", header=header)
    assert str(caught.value) == (
        f'The first row names no column "{missing}" (it says {found}); '
        "name the columns Name, E-mail, Role and Hours a week, as the template does."
    )


def test_a_second_column_for_the_same_thing_is_named() -> None:
    listed = staff("Ana Lima,ana@school.example,a@home.example,Teacher", header="Name,E-mail,Work email,Role")
    assert listed.rows == [StaffRow(2, "Ana Lima", "ana@school.example", "teacher", None)]
    assert listed.faults == [
        Fault(1, "Work email", 'There is a column "E-mail" too; only that one is read. Delete one of them.')
    ]


# Roles


@pytest.mark.parametrize(
    ("words", "job"),
    [
        ("Headteacher", "head"),
        ("HEAD-TEACHER", "head"),
        ("Principal", "head"),
        ("Head of School", "head"),
        ("Tumuaki", "head"),
        ("Deputy Head (pastoral)", "deputy"),
        ("Vice-Principal", "deputy"),
        ("Deputy head of school", "deputy"),
        ("Assistant headteacher", "leader"),
        ("SENCO", "leader"),
        ("Head of maths", "leader"),
        ("Deputy head of year 9", "leader"),
        ("Key Stage 2 lead", "leader"),
        ("Literacy co-ordinator", "leader"),
        ("Teacher", "teacher"),
        ("Year 3 teacher", "teacher"),
        ("Teacher of history", "teacher"),
        ("Kaiako", "teacher"),
        ("TA", "assistant"),
        ("T.A.", None),
        ("Teaching assistant", "assistant"),
        ("Year 1 teaching assistant", "assistant"),
        ("Teacher's aide", "assistant"),
        ("Kaiāwhina", "assistant"),
        ("Cover supervisor", "assistant"),
        ("Science technician", "support"),
        ("Librarian", "support"),
        ("Business manager", "office"),
        ("Receptionist", "office"),
        ("Caretaker", "site"),
        ("Cleaner", "site"),
        ("Volunteer", "other"),
        ("Other", "other"),
        ("Governor", None),
        ("Wizard", None),
        ("Head teacher teacher", None),
        ("", None),
        ("校長", None),
    ],
)
def test_the_usual_titles_stand_for_a_job(words: str, job: str | None) -> None:
    assert job_of(words) == job


def test_each_job_is_known_by_its_own_name() -> None:
    assert [job_of(job) for job in JOBS] == list(JOBS)
    assert JOBS == ("head", "deputy", "leader", "teacher", "assistant", "support", "office", "site", "other")


@pytest.mark.parametrize(
    ("words", "said"),
    [("Wizard", f'"Wizard" is not a role that is known. {KNOWN}'), ("", f"There is no role here. {KNOWN}")],
)
def test_an_unknown_role_is_a_fault_that_lists_the_known(words: str, said: str) -> None:
    assert only_fault(staff(f"Ana Lima,,{words},", "Ben Okri,,Teacher,")) == (2, "Role", said)


# Addresses


@pytest.mark.parametrize(
    "address", ["ana.lima+x@mail.school.example", " ANA@SCHOOL.EXAMPLE ", "mailto:o'neil@school.example"]
)
def test_an_address_is_stored_in_small_letters(address: str) -> None:
    expected = address.strip().lower().removeprefix("mailto:")
    assert [row.email for row in staff(f"Ana Lima,{address},Teacher,").rows] == [expected]


@pytest.mark.parametrize(
    "address",
    [
        "ana",
        "ana@school",
        "ana@@school.example",
        "ana lima@school.example",
        "ana@school..example",
        ".ana@school.example",
        "ana@-school.example",
        "Ana Lima <ana@school.example>",
        "ana@school.example; ben@school.example",
        "ána@school.example",
        "a" * 65 + "@school.example",
        "ana@" + "school." * 40 + "example",
        "n/a",
    ],
)
def test_what_is_no_address_is_a_fault(address: str) -> None:
    row, column, text = only_fault(staff("Ben Okri,ben@school.example,Teacher,", f"Ana Lima,{address},Teacher,"))
    assert (row, column) == (3, "E-mail")
    assert text.endswith("is not an e-mail address. Correct it, or leave it blank.")


def test_an_address_in_two_rows_is_a_fault_that_names_the_first() -> None:
    listed = staff("Ana Lima,ana@school.example,Teacher,", "Ana Two,ANA@school.example,TA,")
    assert only_fault(listed) == (
        3,
        "E-mail",
        '"ana@school.example" is already in row 2. Give each person their own, or delete one row.',
    )
    assert [row.name for row in listed.rows] == ["Ana Lima"]


def test_two_people_of_one_name_without_address_are_two_people() -> None:
    assert len(staff("Ana Lima,,Teacher,", "Ana Lima,,Teacher,").rows) == 2


# Names and hours


@pytest.mark.parametrize(
    ("name", "text"),
    [("", "no name here"), ("---- 4711", "formula"), ("4711", "no name here"), ("x" * 151, "more than 150 characters")],
)
def test_a_name_that_is_none_is_a_fault(name: str, text: str) -> None:
    row, column, said = only_fault(staff(f"{name},,Teacher,"))
    assert (row, column) == (2, "Name")
    assert text in said


@pytest.mark.parametrize(
    ("hours", "read"),
    [("32.5", 32.5), ("32,5", 32.5), ("32.25", 32.3), ("30 hrs", 30.0), ("0", 0.0), ("60", 60.0), ("", None)],
)
def test_hours_are_read_to_one_decimal(hours: str, read: float | None) -> None:
    assert [row.hours for row in staff(f'Ana Lima,,Teacher,"{hours}"').rows] == [read]


@pytest.mark.parametrize("hours", ["61", "full time", "1950", "30:00:00", "٣", "1e1"])
def test_what_is_no_number_of_hours_a_week_is_a_fault(hours: str) -> None:
    assert only_fault(staff(f"Ana Lima,,Teacher,{hours}")) == (
        2,
        "Hours",
        f'"{hours}" is not a number of hours a week from 0 to 60. Correct it, or leave it blank.',
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t=", " ="])
@pytest.mark.parametrize("column", ["Name", "E-mail", "Role"])
def test_a_formula_is_a_fault_and_nothing_else_is_said(start: str, column: str) -> None:
    cells = {"Name": "Ana Lima", "E-mail": "ana@school.example", "Role": "Teacher"} | {column: start + "cmd|x"}
    listed = staff(",".join(cells.values()) + ",")
    assert only_fault(listed) == (2, column, f'"{start.strip()}cmd|x" looks like a formula. Write plain text.')


def test_every_fault_of_a_row_is_named() -> None:
    listed = staff(",nobody,Wizard,many")
    assert [fault.column for fault in listed.faults] == ["E-mail", "Name", "Role", "Hours"]
    assert (listed.rows, listed.rows_read) == ([], 1)


# Files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_are_read_in_any_encoding(encoding: str) -> None:
    data = "Name;E-mail;Role\r\nZoë O’Connor;;Teacher\r\n".encode(encoding)
    assert [row.name for row in read_staff_list(data).rows] == ["Zoë O’Connor"]


def test_macrons_are_read() -> None:
    assert staff("Mārama Ōtene,,Kaiako,").rows[0].name == "Mārama Ōtene"


def test_rows_cut_short_by_a_spreadsheet_are_read_and_longer_ones_set_aside() -> None:
    listed = staff("Ana Lima,,Teacher", "Okri, Ben,,Teacher,12", "Cy Poe,,TA,12")
    assert [row.row for row in listed.rows] == [2, 4]
    assert only_fault(listed)[:2] == (3, "")


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04 xl/workbook.xml"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_staff_list(data)


def test_five_thousand_rows_and_no_more() -> None:
    rows = [f"Person {'abcdefghij'[n % 10]},p{n}@school.example,Teacher," for n in range(5_001)]
    assert len(staff(*rows[:5_000]).rows) == 5_000
    with pytest.raises(UnreadableFile, match="more than 5,000 rows"):
        staff(*rows)


def test_a_list_of_ten_megabytes_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="more than 10 MB"):
        read_staff_list(b"Name,Role\n" + b"x" * 10_000_000)


def test_the_template_is_readable_and_its_example_is_never_imported() -> None:
    assert read_table(TEMPLATE_CSV).header == ["Name", "E-mail", "Role", "Hours a week"]
    listed = read_staff_list(TEMPLATE_CSV + b"Ana Lima,ana@school.example,Teacher,20\r\n")
    assert only_fault(listed) == (2, "", "This is the example from the template. Delete the row.")
    assert listed.rows == [StaffRow(3, "Ana Lima", "ana@school.example", "teacher", 20.0)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\0"')), min_size=4, max_size=4))
def test_no_text_in_any_cell_breaks_the_reading(cells: list[str]) -> None:
    listed = staff(",".join(f'"{cell}"' for cell in cells), "Ben Okri,,Teacher,")
    assert listed.rows[-1].name == "Ben Okri"
    assert len(listed.rows) + len({fault.row for fault in listed.faults}) == listed.rows_read
