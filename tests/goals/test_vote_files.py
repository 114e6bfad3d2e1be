"""Files with votes: PrefLib's two headers and two layouts of a table; broken ones are refused or set aside, with row and column."""

from __future__ import annotations

import gzip
import random

import pytest

from alongside.goals import files
from alongside.goals.files import UnreadableFile
from tests.votes_of_ours import older, preflib

ORDERS = ["7: 1,2,3", "4: {2,3},1", "2: 3"]
READ = [(7, ((0,), (1,))), (4, ((1, 2),)), (2, ((2,),))]


def test_todays_header():
    read = files.read(preflib(ORDERS, kind="toi"))
    assert (read.layout, read.title, read.issues) == (
        "PrefLib",
        "What first?",
        ["Time to plan", "Marking", "Corridors"],
    )
    assert (read.orders, read.voters, read.blank, read.faults) == (READ, 13, 0, [])


def test_the_older_header_says_the_same():
    read = files.read(older(["7,1,2,3", "4,{2,3},1", "2,3"]))
    assert (read.layout, read.orders, read.voters, read.faults) == ("PrefLib, older header", READ, 13, [])


@pytest.mark.parametrize(
    "write",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.decode().encode("utf-16"),
        gzip.compress,
        lambda data: b"\n\n" + data.replace(b"\n4:", b"\n\n4:"),
        lambda data: data.replace(b"{2,3},1", b" { 2 , 3 } , 1 "),
        lambda data: data.replace(b"{2,3},1", b"{2,3},{},1"),
        lambda data: data.rstrip(b"\n"),
    ],
)
def test_it_is_read_as_others_save_it(write):
    read = files.read(write(preflib(ORDERS, kind="toi")))
    assert (read.orders, read.faults) == (READ, [])


def test_windows_letters_are_read():
    read = files.read(preflib(["9: 1,2"], ["Café – talks", "Marking"]).decode().encode("cp1252"))
    assert read.issues == ["Café – talks", "Marking"]


def test_the_tally_is_the_same_in_any_order_of_arrival():
    rows = [f"{random.Random(5).randint(1, 9)}: {a},{b}" for a in (1, 2, 3) for b in (1, 2, 3) if a != b] * 2
    seen = set()
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        seen.add(repr(files.read(preflib(rows)).orders))
    assert len(seen) == 1


def test_blank_votes_are_told_and_not_counted():
    read = files.read(preflib(["7: 1", "3: {1,2,3}", "2: "], kind="toi"))
    assert (read.voters, read.blank, read.faults) == (7, 5, [])


def test_a_name_that_stands_twice_carries_its_number():
    assert files.read(preflib(["3: 1"], ["Marking", "Marking", ""])).issues == ["Marking (1)", "Marking (2)", "Issue 3"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("5: 1,1", "1 stands twice in one order."),
        ("5: 1,01", "01 stands twice in one order."),
        ("5: {1,2},2", "2 stands twice in one order."),
        ("5: 4", '"4" is no number from 1 to 3.'),
        ("5: 0", '"0" is no number from 1 to 3.'),
        ("5: ²", '"²" is no number from 1 to 3.'),
        ("5: 1,,2", '"1,,2": the commas or curly brackets do not match.'),
        ("5: {1,2", '"{1,2": the commas or curly brackets do not match.'),
        ("5: 1}{2", '"1}{2": the commas or curly brackets do not match.'),
        ("0: 1,2", "It counts no votes."),
        ("-3: 1,2", '"-3: 1,2" is no order: a number of votes, then the order, is needed.'),
        ("99999999999999: 1", '"99999999999999: 1" is no order: a number of votes, then the order, is needed.'),
    ],
)
def test_a_line_that_cannot_be_is_set_aside_with_its_row(line, wrong):
    read = files.read(preflib(ORDERS, voters=13).replace(b"\n4:", f"\n{line}\n4:".encode()))
    assert [(fault.row, fault.column, fault.text) for fault in read.faults] == [(14, "", wrong)]
    assert read.voters == 13


def test_a_sum_that_does_not_hold_is_said():
    read = files.read(preflib(ORDERS, voters=14))
    assert [fault.text for fault in read.faults] == [
        'The header says "14" votes, and the orders that were read hold 13.'
    ]


MIXED = "mixes two layouts of PrefLib"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (preflib(["7: 1,2", "3: 2"]).replace(b"3: 2", b"3,2,1"), MIXED),
        (preflib(["7: 1,2"]) + preflib(["3: 2"]), MIXED),
        (older(["7,1,2"]) + b"3: 2,1\n", MIXED),
        (older(["7,1,2"]) + preflib(["3: 2"]), MIXED),
        (preflib(["7: 1,2"], kind="wmd"), 'of the kind "wmd", which holds no orders'),
        (preflib(["7: 1,2"], kind="cat"), 'of the kind "cat", which holds no orders'),
        (preflib(["7: 1,2"]).replace(b"ALTERNATIVES: 3", b"ALTERNATIVES: 4"), 'announces "4" things'),
        (preflib(["7: 1,2"]).replace(b"NAME 3:", b"NAME 5:"), 'announces "3" things to choose among and names 3'),
        (preflib(["7: 1"], ["One"]), "1 things to choose among are named"),
        (preflib(["7: 1"], [f"Issue {n}" for n in range(61)]), "61 things to choose among are named"),
        (preflib(["20001: 1"]), "more than 20,000 votes"),
        (preflib(["20000: 1", "1: {1,2,3}"]), "more than 20,000 votes"),
        (preflib(["x: 1"], voters=1), 'No row of this file is a vote that can be counted. Row 13: "x: 1" is no order'),
        (preflib(["7: " + "1," * 3000]), "longer than 4,000 characters"),
        (older(["7,1"]).replace(b"7,7,1", b"7,7"), "where PrefLib’s older header has three sums"),
        (older(["7,1"]).replace(b"2,Marking", b"Marking"), 'Row 3 is "Marking", where'),
        (b"3\n1,One\n", "announces"),
        (b"4000000000\n", "to choose among"),
        (b"1\n1,One\n7,7,1\n7,1\n", "to choose among"),
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"# TITLE: x\n", "announces"),
        (b"\0\0\0\0", "no text"),
        (b"PK\x03\x04xl/workbook.xml", "Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b'{"votes": [1]}', "JSON"),
        (gzip.compress(b"1,2\n" * 5_000_000), "holds more than 5 MB"),
    ],
)
def test_a_file_that_cannot_be_is_refused_whole(data, sentence):
    with pytest.raises(UnreadableFile) as refused:
        files.read(data)
    assert sentence in str(refused.value)


# --- tables --------------------------------------------------------------------------------------------------------


def test_a_column_for_each_issue_with_ranks():
    read = files.read(b"Voter,Marking,Corridors,Halls\nAnn,1,2,\nBen,2,1,2\nCy,1,1,1\nDi,,0,NA\nEd,3.0,1,7\n")
    assert (read.layout, read.issues) == ("a table of ranks", ["Marking", "Corridors", "Halls"])
    assert sorted(read.orders) == [(1, ((0,), (1,))), (1, ((1,),)), (1, ((1,), (0,)))]
    assert (read.voters, read.blank, read.ignored, read.faults) == (3, 2, ["Voter"], [])


def test_a_column_for_each_place_with_issues():
    read = files.read(b"First choice;2nd;Rank 3\nMarking;corridors;\nCorridors;;Marking\nHalls;-;\n")
    assert (read.layout, read.issues) == ("a table of choices", ["Corridors", "Halls", "Marking"])
    assert sorted(read.orders) == [(1, ((0,), (2,))), (1, ((1,),)), (1, ((2,), (0,)))]


def test_the_template_is_a_vote():
    read = files.read(files.TEMPLATE_CSV)
    assert (read.voters, len(read.issues), read.faults) == (6, 3, [])
    assert read.orders[0] == (4, ((1,), (2,)))


def test_who_voted_is_never_kept():
    read = files.read(b"Name,E-mail,Timestamp,Marking,Corridors\nAnn Gold,ann@school.example,2026-01-02,1,2\n")
    assert read.ignored == ["Name", "E-mail", "Timestamp"]
    assert "Ann" not in repr(read)
    odd = files.read(b"Who are you?,Marking,Corridors\nAnn Gold,1,2\n,1,2\n")
    assert [fault.column for fault in odd.faults] == ["Who are you?"]
    assert "Ann" not in repr(odd)


@pytest.mark.parametrize(
    ("row", "column", "wrong"),
    [
        ("x,2", "Marking", '"x" is no rank. Write 1 for what comes first, or leave it empty.'),
        ("1,-2", "Corridors", '"-2" is no rank. Write 1 for what comes first, or leave it empty.'),
        ("1,²", "Corridors", '"²" is no rank. Write 1 for what comes first, or leave it empty.'),
        ("1,1e9", "Corridors", '"1e9" is no rank. Write 1 for what comes first, or leave it empty.'),
        ("1.5,2", "Marking", '"1.5" is no rank. Write 1 for what comes first, or leave it empty.'),
    ],
)
def test_a_cell_that_cannot_be_is_named_by_row_and_column(row, column, wrong):
    read = files.read(f"Marking,Corridors\n1,2\n{row}\n2,1\n".encode())
    assert [(fault.row, fault.column, fault.text) for fault in read.faults] == [(3, column, wrong)]
    assert read.voters == 2


@pytest.mark.parametrize(
    ("data", "row", "column", "wrong"),
    [
        ("First choice,Second choice\nA,B\nB,b\n", 3, "Second choice", '"b" stands twice in this row.'),
        ("Votes,A,B\n2,1,2\n0,1,2\n", 3, "Votes", '"0" is no number of votes.'),
        ("Votes,A,B\n2,1,2\n1 000,1,2\n", 3, "Votes", '"1 000" is no number of votes.'),
        ("A,B\n1,2\n1,2,3\n1,2\n", 3, "", "This row has 3 cells and the header has 2."),
        ('A,B\n1,2\n"1"x,2\n', 3, "", "The quotation marks in this row do not match."),
        ("A,B,A\n1,2,3\n", 1, "A", "More than one column is called"),
    ],
)
def test_faults_of_rows(data, row, column, wrong):
    (fault,) = files.read(data.encode()).faults
    assert (fault.row, fault.column) == (row, column)
    assert fault.text.startswith(wrong)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("First choice,Marking\nMarking,1\n", "mixes two layouts"),
        ("A,B\n1,2\n1,2,3\n1,2,3\n", "mixes two layouts: its header has 2 columns"),
        ("1,2,3\n2,1,3\n", "numbers alone: which are the issues?"),
        ("1st,First choice\nA,B\n", "Two columns of this table are the same place"),
        ("Voter,Marking\nAnn,1\n", "1 things to choose among"),
        ("Marking,Corridors\n", "No row of this file is a vote that can be counted"),
        ("Marking,Corridors\n,\n0,0\n", "No row of this file is a vote that can be counted"),
        ("Comment,Author\nIt is good,Ann\n", "Row 2: This is no rank."),
    ],
)
def test_a_table_that_is_no_vote_is_refused_whole(data, sentence):
    with pytest.raises(UnreadableFile) as refused:
        files.read(data.encode())
    assert sentence in str(refused.value)
