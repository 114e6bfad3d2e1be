"""The directory of New Zealand’s schools: the real file’s traps, in files of ours of the same dialect."""

from __future__ import annotations

import datetime

import pytest

from alongside.network.registers import (
    RegisterFile,
    SchoolRow,
)
from tests.network.reading import nz, only_fault
from tests.registers_of_ours import (
    in_community,
    nz_school,
)


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
