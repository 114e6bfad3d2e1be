"""Registers: which one a file is, and what holds for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.network.registers import (
    Fault,
    MixedLayouts,
    UnknownRegister,
    UnreadableFile,
    read_register,
    recognise,
)
from tests.network.reading import england, nz, only_fault
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
    nz_directory,
    nz_school,
)

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
