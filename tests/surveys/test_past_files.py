"""Files of earlier results: counted row by row, told apart, and refused with row and column. Nothing of a person is kept."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import zipfile

import pytest

from alongside.kit.documents import sheets
from alongside.kit.rawfile import UnreadableFile
from alongside.surveys.past import files, tallyfile
from alongside.surveys.past.counts import from_stored
from alongside.surveys.past.exports import Asked
from tests.workbooks_of_ours import with_part, workbook

TODAY = datetime.date(2026, 11, 22)
DAY = datetime.date(2025, 3, 14)
LOAD = "I could do my job properly in the hours I had."
HEAD = "School,Statement,Date,1,2,3,4,5,Can't say"
ADDRESS, NAME, IP, TOLD = (
    "ann.lee@school.example",
    "Ann Lee",
    "203.0.113.7",
    "My head of year never listens to me at all.",
)

QUALTRICS = [
    [
        "StartDate",
        "Status",
        "IPAddress",
        "Progress",
        "ResponseId",
        "RecipientLastName",
        "RecipientEmail",
        "LocationLatitude",
        "LocationLongitude",
        "UserLanguage",
        "Q1",
        "Q2_1",
        "Q2_2",
        "Q3",
        "Q4",
    ],
    [
        "Anfangsdatum",
        "Antworttyp",
        "IP-Adresse",
        "Aktueller Stand",
        "Antwort-ID",
        "Nachname des Empfängers",
        "E-Mail des Empfängers",
        "Breitengrad",
        "Längengrad",
        "Benutzersprache",
        "Which school do you work at?",
        f"This month - {LOAD}",
        "This month - I belong here.",
        "Anything else?",
        "Your mail",
    ],
    [json.dumps({"ImportId": name}) for name in ("startDate", "status", "ipAddress", "progress", "_recordId")]
    + [
        json.dumps({"ImportId": name})
        for name in ("recipientLastName", "recipientEmail", "locationLatitude", "locationLongitude")
    ]
    + [
        json.dumps({"ImportId": name})
        for name in ("userLanguage", "QID1", "QID2_1", "QID2_2", "QID3_TEXT", "QID4_TEXT")
    ],
]


def reply(school="Ashmead", load="Agree", belong="Strongly agree", told="", mail="", status="0"):
    return [
        "2025-03-10 08:00:00",
        status,
        IP,
        "100",
        "R_2YPOQ602",
        "Lee",
        ADDRESS,
        "47.115097",
        "7.231597",
        "DE",
        *(school, load, belong, told, mail),
    ]


def csv_of(rows, encoding="utf-8"):
    out = io.StringIO()
    for row in rows:
        out.write(",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) + "\r\n")
    return out.getvalue().encode(encoding)


def read(data, day=DAY, **asked):
    return files.read(data, Asked(day, **asked), TODAY)


def tallies(*rows, head=HEAD):
    return read("\n".join([head, *rows]).encode())


def people(counts, school, text):
    """Label → people of one school for one statement."""
    key = counts.schools.index(school), counts.statements.index(text), 0
    labels = counts.scales[counts.scale_of[key[1]]]
    return {label: found for label, found in zip(labels, counts.cells[key], strict=True) if found}


# --- our own form ----------------------------------------------------------------------------------------------------


def test_a_row_of_our_form_is_a_school_a_statement_and_a_day():
    counts = tallies(f"Ashmead,{LOAD},2025-03-14,2,4,6,9,3,1", f"Birch,{LOAD},2025-11-14,0,,1,0,7,")
    assert (counts.kind, counts.schools, counts.statements) == ("tallies", ["Ashmead", "Birch"], [LOAD])
    assert counts.days == [DAY, datetime.date(2025, 11, 14)]
    assert counts.cells == {(0, 0, 0): [2, 4, 6, 9, 3, 1], (1, 0, 1): [0, 0, 1, 0, 7, 0]}
    assert from_stored(json.loads(json.dumps(counts.stored()))) == counts


def test_the_register_number_goes_before_the_name():
    counts = tallies(f"100001,Ashmead,{LOAD},2025-03-14,5,0,0,0,0,0", head=f"School number,{HEAD}")
    assert counts.schools == ["100001"]


@pytest.mark.parametrize("data", [tallyfile.TEMPLATE_CSV, sheets.plain("Earlier results", tallyfile.TEMPLATE_ROWS)])
def test_the_example_of_the_empty_form_is_no_result(data):
    with pytest.raises(
        UnreadableFile, match=r"No row of this file can be read\..*row 2, School.*example of the empty form"
    ):
        read(data)


def test_our_form_as_a_workbook_reads_alike():
    rows = [HEAD.split(","), ["Ashmead", LOAD, datetime.date(2025, 3, 14), 2, 4, 6, 9, 3, 1]]
    assert read(workbook(rows, sheet="Results")).cells == {(0, 0, 0): [2, 4, 6, 9, 3, 1]}


@pytest.mark.parametrize(
    ("row", "where", "told"),
    [
        (f"Ashmead,{LOAD},14/03/2025,1,1,1,1,1,0", "row 3, Date", '"14/03/2025" is no date'),
        (f"Ashmead,{LOAD},2027-03-14,1,1,1,1,1,0", "row 3, Date", "not in the past"),
        (f"Ashmead,{LOAD},2025-02-30,1,1,1,1,1,0", "row 3, Date", "is no date"),
        (f"Ashmead,{LOAD},2025-03-14,1,-1,1,1,1,0", "row 3, 2", "looks like a formula"),
        (f"Ashmead,{LOAD},2025-03-14,1,1.5,1,1,1,0", "row 3, 2", "no whole number of people"),
        (f"Ashmead,{LOAD},2025-03-14,1,²,1,1,1,0", "row 3, 2", "no whole number of people"),
        (f"Ashmead,{LOAD},2025-03-14,1,9999999,1,1,1,0", "row 3, 2", "no whole number of people"),
        (f"Ashmead,{LOAD},2025-03-14,,,,,,", "row 3, 1", "All counts of this row are empty"),
        ("Ashmead,=cmd(),2025-03-14,1,1,1,1,1,0", "row 3, Statement", "looks like a formula"),
        (f",{LOAD},2025-03-14,1,1,1,1,1,0", "row 3, School", "No school stands here"),
        ("Ashmead,,2025-03-14,1,1,1,1,1,0", "row 3, Statement", "No statement stands here"),
        (f"Ashmead,{'x' * 301},2025-03-14,1,1,1,1,1,0", "row 3, Statement", "more than 300 characters"),
        (f"Birch,{LOAD},2025-03-14,1,1,1,1,1,0", "row 3, Statement", "Row 2 has the same school"),
        (f"Ashmead,{LOAD},2025-03-14,1,1,1,1,1,0,9,9", "row 3", "This row has 11 cells and the header has 9"),
        (f'Ashmead,"{LOAD}" x,2025-03-14,1,1,1,1,1,0', "row 3", "The quotation marks in this row do not match"),
    ],
)  # fmt: skip
def test_a_row_with_a_fault_is_set_aside_with_its_row_and_column(row, where, told):
    counts = tallies(f"Birch,{LOAD},2025-03-14,1,2,3,4,5,0", row)
    assert [(note.where, told in note.text) for note in counts.faults] == [(where, True)]
    assert counts.cells == {(0, 0, 0): [1, 2, 3, 4, 5, 0]}


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("School,Statement,Date,0,1,2,3,4", 'counts answers from 1 to 5, and the file has a column "0"'),
        ("School,Statement,Date,1,2,3,4,5,6,7", 'has a column "6"'),
        ("School,Statement,Date,1,2,3,4", 'The column "5" is missing'),
    ],
)
def test_another_scale_is_refused_and_never_mapped_by_itself(head, told):
    with pytest.raises(UnreadableFile, match=told):
        tallies("Ashmead,x,2025-03-14,1,1,1,1,1,1,1", head=head)


# --- what survey tools export ----------------------------------------------------------------------------------------


def test_a_qualtrics_export_is_counted_below_its_three_rows():
    counts = read(csv_of([*QUALTRICS, *[reply()] * 6, *[reply("Birch", "Disagree")] * 5, reply(load="")]))
    assert (counts.kind, counts.rows, counts.schools, counts.days) == ("qualtrics", 12, ["Ashmead", "Birch"], [DAY])
    assert counts.statements == [f"This month - {LOAD}", "This month - I belong here."]
    assert people(counts, "Ashmead", f"This month - {LOAD}") == {"Agree": 6}
    assert people(counts, "Birch", f"This month - {LOAD}") == {"Disagree": 5}
    assert people(counts, "Ashmead", "This month - I belong here.") == {"Strongly agree": 7}


def test_what_leads_to_a_person_is_dropped_on_reading_and_said():
    """Whatever the language of the labels: the import ids tell."""
    rows = [*QUALTRICS, *[reply(told=TOLD, mail=f"x{n}@post.example") for n in range(6)], *[reply(load="Disagree")] * 5]
    counts = read(csv_of(rows))
    kept = json.dumps(counts.stored())
    for trace in (IP, ADDRESS, "Lee", "47.115", "7.2315", "R_2YPOQ602", TOLD, "post.example", "2025-03-10"):
        assert trace not in kept
    why = {note.where: note.text for note in counts.dropped}
    assert why["IP-Adresse"] == "It may hold the address of somebody’s computer. It was not kept."
    assert why["Breitengrad"] == why["Längengrad"] == "It may hold where somebody was. It was not kept."
    assert why["E-Mail des Empfängers"] == "It may hold an e-mail address. It was not kept."
    assert why["Nachname des Empfängers"] == "It may hold a person’s name. It was not kept."
    assert why["Antwort-ID"] == "It may hold a mark of one reply. It was not kept."
    assert why["Anything else?"] == "Its answers are on no scale that is known. It was not kept."
    assert why["Your mail"] == "It holds e-mail addresses. It was not kept."


@pytest.mark.parametrize("value", [ADDRESS, IP, "2001:db8::7", "+44 20 7946 0018", "47.1150970"])
def test_a_column_of_no_telling_name_is_dropped_for_what_stands_in_it(value):
    rows = [["School", "Extra", "Q1"], *[["Ashmead", value, str(n % 5 + 1)] for n in range(20)]]
    counts = read(csv_of(rows))
    assert value not in json.dumps(counts.stored())
    assert [note.where for note in counts.dropped] == ["Extra"]
    assert counts.statements == ["Q1"]


@pytest.mark.parametrize("title", ["Full name", "Response ID", "Wo?"])
def test_a_column_that_names_people_is_never_taken_for_the_school(title):
    """One cell for each person and statement would be every reply, under its name, until the file is applied."""
    rows = [[title, "Q1"], *[[f"Person {chr(65 + n % 26)} {n}", str(n % 5 + 1)] for n in range(40)]]
    with pytest.raises(UnreadableFile, match=r"cannot say which school|names people rather than schools"):
        read(csv_of(rows), school_column=title)


def test_names_that_recur_are_no_scale():
    rows = [
        ["School", "Manager", "Q1"],
        *[["Ashmead", ["Ann Lee", "Bo Day"][n % 2], str(n % 5 + 1)] for n in range(40)],
    ]
    counts = read(csv_of(rows))
    assert "Ann Lee" not in json.dumps(counts.stored())
    assert counts.dropped[0].text == "Its answers are on no scale that is known. It was not kept."


def test_previews_tests_and_spam_are_left_out_and_counted():
    rows = [
        *QUALTRICS,
        *[reply()] * 5,
        reply(load="Disagree"),
        *[reply(status=s) for s in ("1", "8", "Survey Preview")],
    ]
    counts = read(csv_of(rows))
    assert counts.rows == 6
    assert "3 rows are previews, tests or spam, and were left out." in counts.notes


LIME = ["id", "submitdate", "lastpage", "startlanguage", "seed", "token", "ipaddr", "G01Q01", "G01Q02[SQ001]", "G01Q02[SQ002]", "G02Q05"]  # fmt: skip


@pytest.mark.parametrize(("one", "two"), [("A4", "A5"), ("Agree", "Strongly agree"), ("4", "5")])
@pytest.mark.parametrize("separator", [",", ";"])
def test_limesurvey_reads_with_codes_and_with_full_answers(one, two, separator):
    rows = [
        LIME,
        *[["7", "2025-03-10 08:00", "3", "en", "912", "ab12", IP, "Ashmead", one, two, TOLD] for _ in range(6)],
        *[["8", "", "1", "en", "913", "ab13", IP, "Ashmead", two, one, ""] for _ in range(3)],
    ]
    data = csv_of(rows).replace(b'","', f'"{separator}"'.encode())
    counts = read(data, school_column="G01Q01")
    assert (counts.kind, counts.rows, counts.statements) == ("limesurvey", 9, ["G01Q02[SQ001]", "G01Q02[SQ002]"])
    assert people(counts, "Ashmead", "G01Q02[SQ001]") == {one: 6, two: 3}
    assert TOLD not in json.dumps(counts.stored())
    assert IP not in json.dumps(counts.stored())


def test_scales_of_other_lengths_stay_apart():
    """Answers 0 to 4 beside answers 1 to 5: two scales, and nobody moves the one onto the other."""
    rows = [["School", "A", "B"], *[["X", str(n % 5 + 1), str(n % 5)] for n in range(20)]]
    counts = read(csv_of(rows))
    assert counts.scales == [["1", "2", "3", "4", "5"], ["0", "1", "2", "3", "4"]]
    assert counts.scale_of == [0, 1]


def test_labels_that_differ_by_a_typo_stay_two():
    rows = [["School", "A"], *[["X", label] for label in ("Strongly agree", "Strong agree", "Agree", "Disagree", "agree") for _ in range(5)]]  # fmt: skip
    assert read(csv_of(rows)).scales == [["Disagree", "Agree", "agree", "Strongly agree", "Strong agree"]]


def test_the_school_is_found_by_its_name_or_by_what_stands_there():
    rows = [["Q1", "Q2"], *[["Ashmead", str(n % 5 + 1)] for n in range(10)]]
    assert read(csv_of(rows), known=lambda text: text == "Ashmead").schools == ["Ashmead"]
    assert read(csv_of([["Name of the school", "Q2"], *rows[1:]])).schools == ["Ashmead"]
    assert read(csv_of(rows), one_school=True).schools == [""]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, r'No column says which school.*The columns are "Q1", "Q2"'),
        ({"school_column": "Town"}, 'No column is called "Town"'),
        ({"day": None}, "Choose the last day of the survey"),
        ({"school_column": "Q1"}, "The column of the school holds e-mail addresses in row 2"),
    ],
)
def test_what_an_export_does_not_say_is_asked_for(asked, told):
    with pytest.raises(UnreadableFile, match=told):
        read(csv_of([["Q1", "Q2"], *[[ADDRESS, str(n % 5 + 1)] for n in range(9)]]), **asked)


# --- files that are none ---------------------------------------------------------------------------------------------


def zip_bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


SOUND = [HEAD.split(","), ["Ashmead", LOAD, "2025-03-14", 2, 4, 6, 9, 3, 1]]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "This file is empty"),
        (b"\xff\xfe", "empty"),
        (HEAD.encode(), "No row of this file can be read"),
        (b"\x89PNG....", "This is a picture"),
        (b'{"r001": {"a": 1}}', "This is JSON"),
        (b'<?xml version="1.0"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>', "describes a survey of LimeSurvey"),
        (b"id\trelated_id\tclass\n1\t\tS\n", "describes a survey and holds no answers"),
        (HEAD.encode() + b"\nAshmead,\xe9\x81,2025-03-14,1,1,1,1,1,0\n", "neither UTF-8 nor Windows-1252"),
        (gzip.compress(b"1," * 30_000_000), "unpacks to more than 100 times its size"),
        (zip_bomb(), "unpacks to 60 MB, and the limit is 50 MB"),
        (with_part(workbook(SOUND), "xl/vbaProject.bin", b"x"), "holds macros"),
        (with_part(workbook(SOUND), "xl/externalLinks/externalLink1.xml", b"<x/>"), "draws on other files"),
        (workbook([["Name", "Role"], ["x", "y"]]), "Name the columns as the empty form does: School, Statement"),
        (csv_of([["School", "Said"], *[["X", f"{TOLD} {n}"] for n in range(9)]]), "No column of this file holds answers on a scale"),
        (("School,Q1\n" + "X,1\n" * 150_001).encode(), "more than 150,000 rows"),
        (b'School,Q1\nX,"1\n', "Row 2 opens a quotation mark that is never closed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_a_sentence(data, told):
    with pytest.raises(UnreadableFile, match=told):
        read(data)


def test_windows_1252_reads_as_itself():
    counts = read(csv_of([["School", "Q1"], *[["Café", str(n % 5 + 1)] for n in range(9)]], "cp1252"))
    assert counts.schools == ["Café"]


def test_a_workbook_with_the_text_of_a_formula_runs_nothing():
    rows = [
        HEAD.split(","),
        ["Ashmead", "x", "2025-03-14", 2, 4, 6, 9, 3, 1],
        ["=1+1", LOAD, "2025-03-14", 1, 1, 1, 1, 1, 1],
    ]
    counts = read(workbook(rows))
    assert [note.where for note in counts.faults] in ([], ["row 3, School"])
    assert "=1+1" not in json.dumps(counts.stored())
