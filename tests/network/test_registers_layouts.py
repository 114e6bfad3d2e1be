"""The layouts beside the two directories: links, groups, search download, extract, New South Wales, a history."""

from __future__ import annotations

import datetime
import json

import pytest

from alongside.network.registers import Fault, MixedLayouts, RegisterFile, UnreadableFile, chains, read_register
from tests.registers_of_ours import (
    PLANTED,
    gias,
    gias_extract,
    gias_group_links,
    gias_groups,
    gias_links,
    gias_school,
    gias_search,
    glued,
    nsw_master,
    nz_history,
    packed,
)

DAY = datetime.date


def links(file: RegisterFile) -> list[tuple[str, str, str]]:
    return [(link.earlier, link.later, link.kind) for link in file.links]


# The search download of England


def test_links_that_ran_over_into_cells_of_their_own_are_put_back() -> None:
    listed = ["Does not have links", "115995 Predecessor,115996 Predecessor"]
    schools = [gias_school("900001"), gias_school("900002"), gias_school("900003")]
    file = read_register(gias_search(schools, [*listed, "149115 Successor,125016 Predecessor,124984 Predecessor"]))
    assert ([school.number for school in file.schools], file.mended, file.faults) == (
        ["900001", "900002", "900003"],
        2,
        [],
    )
    assert links(file) == [
        ("115995", "900002", "continues"),
        ("115996", "900002", "continues"),
        ("900003", "149115", "continues"),
        ("125016", "900003", "continues"),
        ("124984", "900003", "continues"),
    ]
    assert file.layout == "Get Information about Schools, search download"
    assert read_register(gias_search(schools)).schools == file.schools


@pytest.mark.parametrize("listed", ["115995 Predecessor,see below", "115995 Predecessor,", "Leeds,115995 Predecessor"])
def test_a_row_that_runs_over_with_anything_else_is_set_aside(listed: str) -> None:
    schools = [gias_school("900001"), gias_school("900002"), gias_school("900003")]
    file = read_register(gias_search(schools, ["Does not have links", listed, "Does not have links"]))
    assert [school.number for school in file.schools] == ["900001", "900003"]
    [fault] = file.faults
    assert (fault.row, fault.column, file.links) == (3, "", [])


def test_a_list_that_cannot_be_read_names_its_column() -> None:
    file = read_register(gias_search([gias_school("900001")], ["115995 Cousin"]))
    assert (file.schools, file.faults) == (
        [],
        [
            Fault(
                2, "Linked establishments", '"115995 Cousin" is not a list of links. Write it as in 115995 Predecessor.'
            )
        ],
    )


def test_the_search_download_says_less_than_the_full_one_and_says_so() -> None:
    full, search = read_register(gias([gias_school()])), read_register(gias_search([gias_school()]))
    assert search.schools == full.schools
    assert (full.partial, search.partial) == (False, True)


def test_rows_of_fifteen_more_cells_from_one_row_on_refuse_the_file() -> None:
    """As the file of 2018 whose header has 120 fields and whose later rows have 135."""
    old = gias([gias_school(f"9000{number}") for number in range(10, 19)], 2018)
    new = b"".join(b",".join([b"%d" % number, *[b"x"] * 134]) + b"\r\n" for number in range(9))
    with pytest.raises(MixedLayouts) as caught:
        read_register(old + new)
    assert str(caught.value) == (
        "This file mixes two layouts: its header has 120 columns, but from row 11 on the rows have 135 cells. "
        "Nothing of it was read; fetch it again, or split it at row 11."
    )


# The extract of England


def test_the_extract_is_read_under_its_own_names() -> None:
    file = read_register(
        gias_extract([{"urn": "900001", "open_date": "2012-09-01"}, {"urn": "900002", "number_of_pupils": "3.5"}])
    )
    [school] = file.schools
    assert (school.number, school.name, school.area, school.opened) == (
        "900001",
        "Mill Lane Primary School",
        "Leeds",
        DAY(2012, 9, 1),
    )
    assert (school.roll, school.low_age, school.high_age, school.easting) == (198, 3, 11, 420100)
    assert file.faults == [
        Fault(3, "number_of_pupils", '"3.5" is not a whole number from 0 to 99,999. Correct it, or leave it blank.')
    ]
    assert (file.partial, file.weak) == (True, frozenset({"area"}))


# Links


WORDS = {
    "Successor": ("1", "2", "continues", True),
    "Predecessor": ("2", "1", "continues", False),
    "Successor - merged": ("1", "2", "merged", True),
    "Predecessor - merged": ("2", "1", "merged", False),
    "Successor - amalgamated": ("1", "2", "amalgamated", True),
    "Predecessor - amalgamated": ("2", "1", "amalgamated", False),
    "Successor - Split School": ("1", "2", "split", True),
    "Predecessor - Split School": ("2", "1", "split", False),
    "Sixth Form Centre School": ("1", "2", "related", True),
    "Sixth Form Centre Link": ("1", "2", "related", True),
    "Result of Amalgamation": ("1", "2", "related", True),
    "Merged - expansion in school capacity and changer in age range": ("1", "2", "related", True),
    "Merged - change in age range": ("1", "2", "related", True),
    "Merged - expansion of school capacity": ("1", "2", "related", True),
    "Expansion": ("1", "2", "related", True),
    "Closure": ("1", "2", "related", True),
    "Other": ("1", "2", "related", True),
}


def test_the_register_has_seventeen_words_for_links() -> None:
    assert len(WORDS) == 17


@pytest.mark.parametrize("words", WORDS)
def test_each_kind_of_link_says_who_came_after_whom(words: str) -> None:
    [link] = read_register(gias_links(("1", "2", words, "31-08-2021"))).links
    assert (link.earlier, link.later, link.kind, link.stated) == WORDS[words]
    assert (link.words, link.since) == (words, DAY(2021, 8, 31))


def test_a_link_without_a_day_has_none() -> None:
    assert [link.since for link in read_register(gias_links(("1", "2", "Successor"))).links] == [None]


@pytest.mark.parametrize(
    ("link", "column", "text"),
    [
        (
            ("1", "2", "Cousin"),
            "LinkType",
            '"Cousin" is not a kind of link that is known. Correct it, or delete the row.',
        ),
        (("1", "1", "Successor"), "LinkURN", "School 1 is linked to itself. Delete the row."),
        (
            ("1", "x", "Successor"),
            "LinkURN",
            '"x" is not a school\'s number in this register. Correct it, or delete the row.',
        ),
        (
            ("1", "2", "Successor", "soon"),
            "LinkEstablishedDate",
            '"soon" is not a date. Write day-month-year, as in 31-08-2016, or leave it blank.',
        ),
    ],
)
def test_a_faulty_link_is_set_aside(link: tuple[str, ...], column: str, text: str) -> None:
    file = read_register(gias_links(("3", "4", "Successor"), link))
    assert (links(file), file.faults) == ([("3", "4", "continues")], [Fault(3, column, text)])


def test_circles_and_forks_are_reported_and_end() -> None:
    file = read_register(
        gias_links(
            ("1", "2", "Successor"),
            ("2", "3", "Successor"),
            ("3", "1", "Successor - merged"),
            ("9", "1", "Successor"),
            ("5", "6", "Successor"),
            ("5", "7", "Successor - Split School"),
            ("6", "5", "Predecessor"),
        )
    )
    assert sorted(note.text for note in file.notes) == [
        "School 5 has more than one successor; none of them simply carries it on.",
        *(f"The successors of school {number} run in a circle; they are followed once." for number in "1239"),
    ]
    assert file.faults == []


def test_chains_are_followed_to_their_ends() -> None:
    after = chains.successors([("a", "b"), ("b", "c"), ("c", "d"), ("b", "e"), ("x", "y"), ("y", "x"), ("y", "z")])
    assert chains.heirs("a", after) == ["e", "d"]
    assert chains.heirs("d", after) == []
    assert chains.heirs("x", after) == ["z"]
    found = chains.shape(after)
    assert (sorted(found.forks), sorted(found.circles), found.longest) == (["b", "y"], ["x", "y"], 3)


def test_a_chain_of_fifty_thousand_schools_is_measured_at_once() -> None:
    after = chains.successors((number, number + 1) for number in range(50_000))
    assert chains.shape(after).longest == 50_000


# Trusts and groups


def test_members_of_trusts_whose_rows_are_one_cell_short_are_read() -> None:
    file = read_register(
        gias_group_links(
            ("900001", "2150", "Archdiocese of Éxmouth", "School sponsor"),
            ("900001", "4782", "ST PAUL'S LIMITED", "Single-academy trust"),
            ("900002", "3211", "GRACE ACADEMY", "Multi-academy trust"),
            ("900003", "3211", "GRACE ACADEMY", "Multi-academy trust"),
            ("900004", "3211", "GRACE ACADEMY", "Multi-academy trust", "Closed"),
        )
    )
    assert (file.rows_read, file.mended, file.faults) == (5, 5, [])
    assert file.communities == {"2150": "Archdiocese of Éxmouth", "4782": "ST PAUL'S LIMITED", "3211": "GRACE ACADEMY"}
    assert file.community_kinds["3211"] == "Multi-academy trust"
    assert file.members == [("900001", "2150"), ("900001", "4782"), ("900002", "3211"), ("900003", "3211")]
    assert (file.register, file.gatherings) == ("gb-urn", "gb-group")


def test_a_short_row_is_not_put_right_where_its_cells_may_have_moved() -> None:
    data = gias_group_links(("900001", "3211", "GRACE", "Trust"), ("900002", "3211", "GRACE", "Trust"))
    moved = data.replace(b"999,Wharfedale", b"Wharfedale,999", 1)
    file = read_register(moved)
    assert (file.members, file.mended) == ([("900002", "3211")], 1)
    assert file.faults == [
        Fault(2, "", "This row has 16 cells and the header has 17. Look for a missing comma, or delete the row.")
    ]


def test_members_and_groups_of_the_later_layout() -> None:
    members = read_register(gias_group_links(("20003", "80637", "Central", "Children's Centres Group"), year=2021))
    assert (members.members, members.faults, members.mended) == ([("20003", "80637")], [], 0)
    groups = gias_groups(("80637", "Central", "Federation", "Open"), ("80605", "Borough", "Federation", "Closed"))
    file = read_register(groups)
    assert (file.communities, file.members) == ({"80637": "Central"}, [])
    assert PLANTED.encode() in groups
    assert PLANTED not in repr(file)


def test_one_group_with_two_names_is_a_fault() -> None:
    file = read_register(gias_group_links(("1", "5", "GRACE", "Trust"), ("2", "5", "Grace", "Trust")))
    assert file.members == [("1", "5")]
    assert file.faults == [
        Fault(3, "Group Name", 'Community 5 is called "GRACE" in a row above and "Grace" here. Make them alike.')
    ]


# New South Wales


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "packed"])
def test_the_master_data_of_new_south_wales_is_read(named: bool, pack) -> None:
    file = read_register(
        pack(
            nsw_master(
                {"School_code": "1001"},
                {
                    "School_code": "1002",
                    "Principal_network": None,
                    "latest_year_enrolment_FTE": None,
                    "Indigenous_pct": None,
                },
                named=named,
            )
        )
    )
    first, second = file.schools
    assert (first.number, first.name, first.phase, first.roll, first.area) == (
        "1001",
        "Wattle Bay Public School",
        "primary",
        90,
        "Wattle (NSW)",
    )
    assert (first.latitude, first.longitude, first.opened) == (-30.446021000000002, 151.131206, DAY(1925, 4, 1))
    assert (first.facts["indigenous_percent"], first.facts["language_background_percent"]) == ("not published", 37.0)
    assert (second.roll, "indigenous_percent" in second.facts) == (None, False)
    assert (file.communities, file.members) == ({"Iron Bay": "Iron Bay"}, [("1001", "Iron Bay")])
    assert (file.country, file.register, file.faults) == ("AU", "au-nsw", [])
    assert PLANTED not in repr(file)


def test_a_faulty_record_names_its_place() -> None:
    data = json.loads(
        nsw_master({"School_code": "1001"}, {"School_code": "1002", "Latitude": "30"}, {"School_code": "1003"})
    )
    data["records"].append(["1004"])
    file = read_register(json.dumps(data).encode())
    assert [school.number for school in file.schools] == ["1001", "1003"]
    assert file.faults == [
        Fault(3, "Latitude", '"30" is not a number from -38 to -28. Correct it, or leave it blank.'),
        Fault(5, "", "This record has not the 46 values of the fields. Delete it."),
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[]", "This is JSON, but no table"),
        (b'{"fields": [], "records": []}', "This is JSON, but no table"),
        (b'{"fields": [1], "records": []}', "This is JSON, but no table"),
        (b'{"fields": [{"id": "x"}], "records": [["y"]]}', "This is not a register that is known"),
        (b'{"fields": [', "This JSON is damaged"),
        (b"[" * 200_000, "This JSON is damaged"),
        (b'{"fields": "\xff"}', "This JSON is damaged"),
        (b'{"n": ' + b"9" * 10_000 + b"}", "This JSON is damaged"),
        (packed(b'{"fields": ' + b" " * 60_000_000 + b"}"), "This JSON holds more than 50 MB"),
    ],
)
def test_other_json_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=f"^{said}"):
        read_register(data)


def test_records_beyond_the_limit_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="more than 1 rows"):
        read_register(nsw_master({"School_code": "1"}, {"School_code": "2"}), max_rows=1)


# The history of New Zealand


def test_a_history_tells_what_schools_were_and_which_have_gone() -> None:
    file = read_register(
        nz_history(
            ("7", "Hill School", "Full Primary", "2004", "2017"),
            ("7", "Hill Native School", "Contributing", "2000", "2003"),
            ("8", "Gone School", "Full Primary", "2000", "2009"),
        )
    )
    assert [(school.number, school.name, school.status) for school in file.schools] == [
        ("7", "Hill School", "open"),
        ("8", "Gone School", "closed"),
    ]
    assert [(span.school.name, span.since, span.until) for span in file.past] == [
        ("Hill School", DAY(2004, 1, 1), DAY(2018, 1, 1)),
        ("Hill Native School", DAY(2000, 1, 1), DAY(2004, 1, 1)),
        ("Gone School", DAY(2000, 1, 1), DAY(2010, 1, 1)),
    ]
    assert (file.fills, file.rows_read, file.faults, file.notes) == (True, 3, [], [])


def test_spans_that_overlap_are_kept_and_noted() -> None:
    file = read_register(
        nz_history(("7", "Hill", "Full Primary", "2000", "2012"), ("7", "Hill", "Contributing", "2010", "2017"))
    )
    assert (len(file.past), file.faults) == (2, [])
    assert file.notes == [
        Fault(3, "From", "The years overlap with those in row 2. Both spans are kept as they are written.")
    ]


@pytest.mark.parametrize(
    ("years", "column", "text"),
    [
        (("2010", "2004"), "To", "The span ends in 2004, before it begins in 2010. Correct one of the two years."),
        (("", "2004"), "From", "This is not a year. Write four digits, as in 2004."),
        (("12", "2004"), "From", "This is not a year. Write four digits, as in 2004."),
        (
            ("2000", "soon"),
            "To",
            '"soon" is not a whole number from 0 to 9,000. Correct it, or leave it blank.',
        ),
    ],
)
def test_a_span_without_sound_years_is_set_aside(years: tuple[str, str], column: str, text: str) -> None:
    file = read_register(
        nz_history(("7", "Hill", "Full Primary", *years), ("8", "Dale", "Full Primary", "2000", "2017"))
    )
    assert ([school.number for school in file.schools], file.faults) == (["8"], [Fault(2, column, text)])


def test_two_kinds_of_file_glued_together_are_refused() -> None:
    with pytest.raises(MixedLayouts):
        read_register(glued(gias_links(("1", "2", "Successor")), nz_history(*[("7", "H", "P", "2000", "2001")] * 3)))


def test_progress_is_told_while_a_file_is_read() -> None:
    told: list[int] = []
    many = gias_links(*[(str(number), str(number + 1), "Successor") for number in range(1, 1201)])
    read_register(many, told=told.append)
    assert told == [500, 1000]
