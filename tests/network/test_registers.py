"""Registers: each real file's traps, in files of ours of the same dialect."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.network.registers import (
    Fault,
    MixedLayouts,
    RegisterFile,
    SchoolRow,
    UnknownRegister,
    UnreadableFile,
    read_register,
    recognise,
)
from alongside.network.registers.england import phase
from tests.registers_of_ours import (
    GIAS_COLUMNS,
    GIAS_EXTRACT_COLUMNS,
    GIAS_GROUP_COLUMNS,
    GIAS_GROUP_LINK_COLUMNS,
    GIAS_SEARCH_COLUMNS,
    NSW_COLUMNS,
    NZ_COLUMNS,
    NZ_HISTORY_COLUMNS,
    PLANTED,
    gias,
    gias_school,
    glued,
    in_community,
    nz_directory,
    nz_school,
    packed,
)


def nz(*schools: dict[str, str]) -> RegisterFile:
    return read_register(nz_directory(schools))


def england(*schools: dict[str, str]) -> RegisterFile:
    return read_register(gias(schools))


def only_fault(file: RegisterFile) -> tuple[int, str, str]:
    """The one fault of a file whose other rows were read."""
    [fault] = file.faults
    assert file.rows_read == len(file.schools) + 1
    return fault.row, fault.column, fault.text


# Which register is it?


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (NZ_COLUMNS, "nz-directory"),
        (GIAS_COLUMNS[2018], "gias-full"),
        (GIAS_COLUMNS[2021], "gias-full"),
        (GIAS_COLUMNS[2023], "gias-full"),
        (GIAS_SEARCH_COLUMNS, "gias-search"),
        (["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"], "gias-links"),
        (GIAS_GROUP_LINK_COLUMNS[2018], "gias-group-links"),
        (GIAS_GROUP_LINK_COLUMNS[2021], "gias-group-links"),
        (GIAS_GROUP_COLUMNS, "gias-groups"),
        (GIAS_EXTRACT_COLUMNS, "gias-extract"),
        (NZ_HISTORY_COLUMNS, "nz-history"),
        (NSW_COLUMNS, "nsw-master"),
    ],
)
def test_a_layout_is_recognised_by_its_columns_in_any_order(header: list[str], key: str) -> None:
    layout = recognise(reversed(header))
    assert layout is not None
    assert layout.key == key


def test_our_headers_are_as_wide_as_the_real_ones() -> None:
    assert [len(NZ_COLUMNS), *map(len, GIAS_COLUMNS.values()), len(GIAS_SEARCH_COLUMNS)] == [40, 120, 139, 140, 111]
    groups = [*GIAS_GROUP_LINK_COLUMNS.values(), GIAS_GROUP_COLUMNS]
    assert [len(each) for each in (*groups, GIAS_EXTRACT_COLUMNS, NSW_COLUMNS, NZ_HISTORY_COLUMNS)] == [
        *(17, 21, 18),
        *(46, 46, 10),
    ]


def test_another_table_is_no_register() -> None:
    assert recognise(["Name", "E-mail", "Role"]) is None
    with pytest.raises(
        UnknownRegister, match=r'^This is not a register that is known; .* has the columns "School ID", "Name"'
    ):
        read_register(b"Name,E-mail,Role\nx,y,z\n")


def test_a_register_that_lost_a_column_is_told_which() -> None:
    data = gias([gias_school()]).replace(b'"Northing"', b'"North"').replace(b'"CloseDate"', b'"Closed"')
    with pytest.raises(UnknownRegister) as caught:
        read_register(data)
    assert str(caught.value) == (
        'This looks like Get Information about Schools, full download, but lacks the columns "CloseDate", "Northing"; '
        "fetch the register again, with all its columns."
    )


# New Zealand


def test_a_school_of_the_directory_is_read_whole() -> None:
    file = nz(nz_school(**in_community("99501", "Harbour Community of Learning")))
    assert file == RegisterFile(
        country="NZ",
        layout="New Zealand directory of schools",
        register="nz-moe",
        schools=[
            SchoolRow(
                number="9001",
                name="Kauri Point School",
                phase="primary",
                kind="Full Primary",
                status="open",
                street="12 Harbour Road",
                town="Whangarei",
                postcode="0112",
                area="Whangarei District",
                latitude=-35.7265,
                longitude=174.3201,
                roll=187,
                website="http://www.kauripoint.example.nz",
                facts={
                    "authority": "State: Not integrated",
                    "suburb": "Kauri Point",
                    "region": "Northland Region",
                    "education_region": "Tai Tokerau",
                    "urban_area": "Main Urban Area",
                    "gender": "Co-Educational",
                    "decile": 4,
                },
            )
        ],
        communities={"99501": "Harbour Community of Learning"},
        members=[("9001", "99501")],
        faults=[],
        rows_read=1,
        gatherings="nz-moe",
    )


@pytest.mark.parametrize(
    ("written", "name", "status", "opened", "closed"),
    [
        ("Hill School (Proposed open date: 30 Jan 2017 )", "Hill School", "proposed", datetime.date(2017, 1, 30), None),
        ("Hill School(proposed open date 3 February 2017)", "Hill School", "proposed", datetime.date(2017, 2, 3), None),
        ("Hill School (Proposed closure date: 1 Dec 2017)", "Hill School", "closing", None, datetime.date(2017, 12, 1)),
        ("Hill School (Ham)", "Hill School (Ham)", "open", None, None),
    ],
)
def test_a_proposal_inside_the_name_becomes_status_and_date(
    written: str, name: str, status: str, opened: datetime.date | None, closed: datetime.date | None
) -> None:
    [school] = nz(nz_school(Name=written)).schools
    assert (school.name, school.status, school.opened, school.closed) == (name, status, opened, closed)


@pytest.mark.parametrize("day", ["31 Feb 2017", "soon", "30/01/2017", "30 Foo 2017"])
def test_a_proposed_date_that_cannot_be_read_is_a_fault(day: str) -> None:
    row, column, text = only_fault(nz(nz_school(Name=f"Hill School (Proposed open date: {day})")))
    assert (row, column) == (2, "Name")
    assert text.endswith("cannot be read. Write it as in (Proposed open date: 30 Jan 2017).")


@pytest.mark.parametrize(("decile", "facts"), [("99", None), ("", None), ("1", 1), ("10", 10)])
def test_decile_99_stands_for_none(decile: str, facts: int | None) -> None:
    assert nz(nz_school(Decile=decile)).schools[0].facts.get("decile") == facts


@pytest.mark.parametrize("decile", ["0", "11", "4.5", "100", "４"])
def test_another_decile_is_a_fault(decile: str) -> None:
    assert only_fault(nz(nz_school(Decile=decile)))[:2] == (2, "Decile")


@pytest.mark.parametrize(
    ("latitude", "longitude", "position"),
    [
        ("-43.9", "-176.5", (-43.9, -176.5)),  # the Chatham Islands, beyond the date line
        ("-37.7", "178.5", (-37.7, 178.5)),
        ("", "", (None, None)),
    ],
)
def test_positions_lie_on_both_sides_of_the_date_line(
    latitude: str, longitude: str, position: tuple[float | None, float | None]
) -> None:
    [school] = nz(nz_school(Latitude=latitude) | {"Longitude ": longitude}).schools
    assert (school.latitude, school.longitude) == position


@pytest.mark.parametrize(
    ("latitude", "longitude", "columns"),
    [
        ("174.3", "-35.7", ["Latitude", "Longitude"]),  # the two changed places
        ("-35.7", "-174.3", ["Longitude"]),  # a sign too many
        ("35.7", "174.3", ["Latitude"]),
        ("-35.7", "", ["Longitude"]),
        ("", "174.3", ["Latitude"]),
        ("-35,7", "174.3", ["Latitude"]),
        ("nan", "174.3", ["Latitude"]),
    ],
)
def test_a_position_outside_the_country_is_a_fault(latitude: str, longitude: str, columns: list[str]) -> None:
    file = nz(nz_school(Latitude=latitude) | {"Longitude ": longitude})
    assert ([fault.column for fault in file.faults], file.schools) == (columns, [])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Full Primary", "primary"),
        ("Contributing", "primary"),
        ("Intermediate", "primary"),
        ("Secondary (Year 7-15)", "secondary"),
        ("Restricted Composite (Year 7-10)", "secondary"),
        ("Composite (Year 1-15)", "all-through"),
        ("Special School", "special"),
        ("Teen Parent Unit", "other"),
        ("Correspondence School", "other"),
    ],
)
def test_the_types_of_new_zealand_have_a_phase(kind: str, expected: str) -> None:
    [school] = nz(nz_school(**{"School Type": kind})).schools
    assert (school.phase, school.kind) == (expected, kind)


def test_words_that_say_nothing_are_not_kept() -> None:
    blanks = {
        "Territorial Authority with Auckland Local Board": "Missing",
        "Regional Council": "Unknown",
        "Urban Area": "Not Applicable",
        "Gender of Students": "0",
        "Postal Code": "0000",
        "Total School Roll": "",
        "School website": "to follow",
    }
    [school] = nz(nz_school(**blanks)).schools
    assert (school.area, school.postcode, school.roll, school.website) == ("", "", None, "")
    assert school.facts.keys() == {"authority", "suburb", "education_region", "decile"}


def test_communities_and_their_members() -> None:
    file = nz(
        nz_school("1", **in_community("99501", "Harbour")),
        nz_school("2", **in_community("99502", "Ridge")),
        nz_school("3", **in_community("99501", "Harbour")),
        nz_school("4", **in_community("99999", "Not in a community")),
        nz_school("5"),
    )
    assert file.communities == {"99501": "Harbour", "99502": "Ridge"}
    assert file.members == [("1", "99501"), ("2", "99502"), ("3", "99501")]
    assert (len(file.schools), file.faults) == (5, [])


@pytest.mark.parametrize(
    ("number", "name", "column", "text"),
    [
        (
            "99501",
            "",
            "Community of Learning: Name",
            'Community "99501" has no name here. Fill it in, or leave both cells blank.',
        ),
        (
            "",
            "Harbour",
            "Community of Learning: ID",
            '"" is not a community\'s number. Correct it, or leave both cells blank.',
        ),
        (
            "99501",
            "Haven",
            "Community of Learning: Name",
            'Community 99501 is called "Harbour" in a row above and "Haven" here. Make them alike.',
        ),
    ],
)
def test_half_a_community_is_a_fault(number: str, name: str, column: str, text: str) -> None:
    file = nz(nz_school("1", **in_community("99501", "Harbour")), nz_school("2", **in_community(number, name)))
    assert only_fault(file) == (3, column, text)
    assert file.members == [("1", "99501")]


# England


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


# All registers


def test_no_name_of_a_person_is_read() -> None:
    files = (nz(nz_school()), england(gias_school()))
    assert all(PLANTED.encode() in data for data in (nz_directory([nz_school()]), gias([gias_school()])))
    for file in files:
        assert len(file.schools) == 1
        assert PLANTED not in repr(file)


def test_a_fault_does_not_repeat_the_name_of_a_person() -> None:
    broken = gias([gias_school()]).replace(b'"Mill Lane"', b'"Mill Lane","Otley","' + PLANTED.encode() + b'"')
    file = read_register(broken)
    assert [(fault.row, fault.column) for fault in file.faults] == [(2, "")]
    assert PLANTED not in repr(file)


def test_the_second_row_of_one_number_is_set_aside() -> None:
    file = nz(nz_school("7"), nz_school("8"), nz_school("07", Name="Other School"))
    assert only_fault(file) == (4, "School ID", "School 7 is already in row 2. Delete one of the two rows.")
    assert [(school.number, school.name) for school in file.schools] == [
        ("7", "Kauri Point School"),
        ("8", "Kauri Point School"),
    ]


def test_ragged_rows_are_set_aside() -> None:
    lines = gias([gias_school("900011"), gias_school("900012"), gias_school("900013"), gias_school("900014")]).split(
        b"\r\n"
    )
    lines[2] += b',"one more"'
    lines[3] += b","
    lines[4] = lines[4].rsplit(b",", 1)[0]
    file = read_register(b"\r\n".join([*lines[:3], lines[1].replace(b"900011", b"900015"), lines[3], lines[4], b""]))
    assert [school.number for school in file.schools] == ["900011", "900015"]
    assert [fault.row for fault in file.faults] == [3, 5, 6]
    assert file.faults[2] == Fault(
        6, "", "This row has 139 cells and the header has 140. Look for a missing comma, or delete the row."
    )


def test_two_layouts_glued_together_are_refused_whole() -> None:
    old = gias([gias_school(f"90001{digit}") for digit in range(4)], 2018)
    new = gias([gias_school(f"90002{digit}") for digit in range(3)], 2021)
    for with_header, row in ((False, 6), (True, 6)):
        with pytest.raises(MixedLayouts) as caught:
            read_register(glued(old, new, with_header=with_header))
        assert str(caught.value) == (
            "This file mixes two layouts: its header has 120 columns, but from row 6 on the rows have 139 cells. "
            f"Nothing of it was read; fetch it again, or split it at row {row}."
        )


def test_two_layouts_of_one_width_are_told_by_the_second_header() -> None:
    first, second = gias([gias_school("900011")]), gias([gias_school("900012")])
    swapped = second.replace(b'"Town"', b'"T"').replace(b'"Street"', b'"Town"').replace(b'"T"', b'"Street"')
    with pytest.raises(MixedLayouts, match=r"a second header with other columns stands in row 3\."):
        read_register(glued(first, swapped, with_header=True))


def test_a_header_repeated_in_the_middle_is_a_fault() -> None:
    file = read_register(glued(gias([gias_school("900011")]), gias([gias_school("900012")]), with_header=True))
    assert only_fault(file) == (3, "", "This row repeats the header. Delete it.")
    assert [school.number for school in file.schools] == ["900011", "900012"]


def test_limits_are_passed_on() -> None:
    with pytest.raises(UnreadableFile, match="more than 1 rows"):
        read_register(nz_directory([nz_school("1"), nz_school("2")]), max_rows=1)
    with pytest.raises(UnreadableFile, match=r"more than 0\.001 MB"):
        read_register(nz_directory([nz_school("1"), nz_school("2")]), max_bytes=1_000)


def test_a_register_without_rows_says_so() -> None:
    file = nz()
    assert (file.schools, file.rows_read) == ([], 0)
    assert [fault.text for fault in file.faults] == [
        "This file has a header and no rows. Choose the file that holds the table."
    ]


def test_fifty_thousand_schools_are_read() -> None:
    one = gias([gias_school("900001")]).split(b"\r\n")
    rows = b"".join(one[1].replace(b"900001", b"%d" % number, 1) + b"\r\n" for number in range(100_001, 150_001))
    file = read_register(one[0] + b"\r\n" + rows)
    assert (len(file.schools), file.rows_read, file.faults) == (50_000, 50_000, [])
    assert (file.schools[-1].number, file.schools[-1].name) == ("150000", "Mill Lane Primary School")


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(NZ_COLUMNS),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    )
)
def test_no_text_in_any_cell_of_the_directory_breaks_the_reading(cells: dict[str, str]) -> None:
    file = nz(nz_school() | cells, nz_school("2"))
    assert file.rows_read == 2
    assert len(file.schools) + len({fault.row for fault in file.faults}) == 2


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(GIAS_COLUMNS[2023]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    )
)
def test_no_text_in_any_cell_of_the_english_register_breaks_the_reading(cells: dict[str, str]) -> None:
    file = read_register(gias([gias_school() | cells, gias_school("900002")], encoding="utf-8"))
    assert file.rows_read == 2
    assert len(file.schools) + len({fault.row for fault in file.faults}) == 2
