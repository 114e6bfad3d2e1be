"""England’s register: each vintage’s traps, in files of ours of the same dialect."""

from __future__ import annotations

import datetime

import pytest

from alongside.network.registers import (
    RegisterFile,
    SchoolRow,
    read_register,
)
from alongside.network.registers.england import phase
from tests.network.reading import england, nz, only_fault
from tests.registers_of_ours import (
    gias,
    gias_school,
    nz_school,
    packed,
)


def test_a_school_of_the_english_register_is_read_whole() -> None:
    file = england(gias_school(OpenDate="01-09-2016", CloseDate="31-08-2030", Status="Open, but proposed to close"))
    assert file == RegisterFile(
        country="GB",
        layout="Get Information about Schools, full download",
        register="gb-urn",
        schools=[
            SchoolRow(
                number="900001",
                name="Mill Lane Primary School",
                phase="primary",
                kind="Community school",
                status="closing",
                opened=datetime.date(2016, 9, 1),
                closed=datetime.date(2030, 8, 31),
                street="Mill Lane",
                town="Otley",
                postcode="LS21 9ZZ",
                area="Wharfedale",
                easting=420100,
                northing=445200,
                roll=198,
                low_age=3,
                high_age=11,
                website="http://www.milllane.example.uk/",
                facts={
                    "type_group": "Local authority maintained schools",
                    "gender": "Mixed",
                    "la_code": "999",
                    "fsm_percent": 17.5,
                    "capacity": 210,
                },
            )
        ],
        communities={},
        members=[],
        faults=[],
        rows_read=1,
        gatherings="",
    )


@pytest.mark.parametrize("year", [2018, 2021, 2023])
def test_each_vintage_says_the_same(year: int) -> None:
    assert read_register(gias([gias_school()], year)) == england(gias_school())


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Open", "open"),
        ("Open, but proposed to close", "closing"),
        ("Proposed to open", "proposed"),
        ("Closed", "closed"),
    ],
)
def test_the_four_statuses_of_england(words: str, status: str) -> None:
    assert [school.status for school in england(gias_school(Status=words)).schools] == [status]


def test_an_unknown_status_is_a_fault() -> None:
    assert only_fault(england(gias_school(Status="Dormant"))) == (
        2,
        "EstablishmentStatus (name)",
        '"Dormant" is not a status that is known. '
        "Write one of: Open; Closed; Open, but proposed to close; Proposed to open.",
    )


@pytest.mark.parametrize(
    ("words", "kind", "group", "ages", "expected"),
    [
        ("Primary", "Community school", "Local authority maintained schools", (3, 11), "primary"),
        ("Middle deemed primary", "Community school", "Local authority maintained schools", (9, 13), "primary"),
        ("Middle deemed secondary", "Community school", "Local authority maintained schools", (9, 13), "secondary"),
        ("Secondary", "Academy converter", "Academies", (11, 18), "secondary"),
        ("All-through", "Free schools", "Free Schools", (4, 18), "all-through"),
        ("Nursery", "Local authority nursery school", "Local authority maintained schools", (3, 5), "nursery"),
        ("16 plus", "Further education", "Colleges", (16, 99), "other"),
        ("Secondary", "Academy special converter", "Academies", (11, 19), "special"),
        ("Not applicable", "Other independent special school", "Independent schools", (5, 18), "special"),
        ("Not applicable", "Pupil referral unit", "Local authority maintained schools", (5, 16), "other"),
        ("Not applicable", "Other independent school", "Independent schools", (7, 18), "all-through"),
        ("Not applicable", "Other independent school", "Independent schools", (3, 13), "primary"),
        ("Not applicable", "Other independent school", "Independent schools", (13, 18), "secondary"),
        ("Not applicable", "Other independent school", "Independent schools", (2, 5), "nursery"),
        ("Not applicable", "Other independent school", "Independent schools", (16, 19), "other"),
        ("Not applicable", "Welsh establishment", "Welsh schools", (None, None), "other"),
    ],
)
def test_phases_of_england(
    words: str, kind: str, group: str, ages: tuple[int | None, int | None], expected: str
) -> None:
    assert phase(words, kind, group, *ages) == expected


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (
            "OpenDate",
            "31-02-2016",
            '"31-02-2016" is not a date. Write day-month-year, as in 31-08-2016, or leave it blank.',
        ),
        (
            "CloseDate",
            "08/31/2016",
            '"08/31/2016" is not a date. Write day-month-year, as in 31-08-2016, or leave it blank.',
        ),
        ("NumberOfPupils", "many", '"many" is not a whole number from 0 to 99,999. Correct it, or leave it blank.'),
        ("NumberOfPupils", "-4", '"-4" is not a whole number from 0 to 99,999. Correct it, or leave it blank.'),
        ("StatutoryLowAge", "three", '"three" is not a whole number from 0 to 99. Correct it, or leave it blank.'),
        ("PercentageFSM", "117.5", '"117.5" is not a number from 0 to 100. Correct it, or leave it blank.'),
        ("Easting", "", "Only half of the position is here. Fill in both, or neither."),
        ("Northing", "9999999", '"9999999" is not a whole number from 0 to 1,300,000. Correct it, or leave it blank.'),
        ("URN", "9.0E+05", '"9.0E+05" is not a school\'s number in this register. Correct it, or delete the row.'),
        ("URN", "", '"" is not a school\'s number in this register. Correct it, or delete the row.'),
        ("EstablishmentName", " ", "This cell is blank. Fill it in, or delete the row."),
        ("Town", "x" * 101, '"' + "x" * 39 + '…" has more than 100 characters. Shorten it.'),
    ],
)
def test_a_faulty_cell_sets_its_row_aside_and_no_other(column: str, value: str, text: str) -> None:
    file = england(gias_school("900011"), gias_school("900012") | {column: value}, gias_school("900013"))
    assert only_fault(file) == (3, column, text)
    assert [school.number for school in file.schools] == ["900011", "900013"]


def test_every_fault_of_a_row_is_named() -> None:
    file = england(gias_school(OpenDate="soon", Status="Dormant") | {"NumberOfPupils": "many"})
    assert [(fault.row, fault.column) for fault in file.faults] == [
        (2, "EstablishmentStatus (name)"),
        (2, "OpenDate"),
        (2, "NumberOfPupils"),
    ]


@pytest.mark.parametrize(
    ("column", "value", "attribute", "read"),
    [
        ("OpenDate", "01-01-1900", "opened", None),  # what the register writes for an unknown day
        ("OpenDate", "02-01-1900", "opened", datetime.date(1900, 1, 2)),
        ("NumberOfPupils", "..", "roll", None),
        ("NumberOfPupils", "", "roll", None),
        ("NumberOfPupils", "0", "roll", 0),
        ("SchoolWebsite", "javascript:alert(1)", "website", ""),
        ("SchoolWebsite", "javascript://example.uk/%0aalert(1)", "website", ""),
        ("SchoolWebsite", "HTTPS://Example.UK/Home", "website", "https://example.uk/Home"),
        ("SchoolWebsite", "school.example.uk.", "website", "http://school.example.uk"),
        ("Postcode", "ls21 9zz", "postcode", "LS21 9ZZ"),
        ("EstablishmentName", "  St  André’s\nSchool ", "name", "St André’s School"),
        ("URN", "0900001", "number", "900001"),
    ],
)
def test_a_cell_is_read_as(column: str, value: str, attribute: str, read: object) -> None:
    file = england(gias_school() | {column: value})
    assert (getattr(file.schools[0], attribute), file.faults) == (read, [])


@pytest.mark.parametrize(
    ("fsm", "read"), [("..", None), ("SUPP", None), ("z", None), ("", None), ("0.00", 0.0), ("31.40", 31.4)]
)
def test_figures_that_are_held_back_are_not_faults(fsm: str, read: float | None) -> None:
    assert england(gias_school(PercentageFSM=fsm)).schools[0].facts.get("fsm_percent") == read


@pytest.mark.parametrize("zero", ["", "0"])
def test_a_school_without_a_place_on_the_grid_has_none(zero: str) -> None:
    [school] = england(gias_school(Easting=zero, Northing=zero)).schools
    assert (school.easting, school.northing) == (None, None)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_the_english_register_is_read_in_any_encoding(encoding: str) -> None:
    data = gias([gias_school(Name="École Saint-André – Leeds")], encoding=encoding)
    for form in (data, packed(data)):
        assert read_register(form).schools[0].name == "École Saint-André – Leeds"


def test_macrons_are_read() -> None:
    assert nz(nz_school(Name="Te Kura o Ōtāhuhu")).schools[0].name == "Te Kura o Ōtāhuhu"
