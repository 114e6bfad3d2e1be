"""Survey files from elsewhere: what is read of them, what is not and why, and the files that we write ourselves."""

from __future__ import annotations

import zipfile
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.kit.tabular import clean_text
from alongside.surveys import definitions, wording
from alongside.surveys.definitions import UnreadableFile
from alongside.surveys.definitions.parts import MOST_TEXT, from_stored
from alongside.surveys.definitions.scales import verdict
from alongside.surveys.definitions.texts import plain
from alongside.surveys.instruments import instruments
from tests.surveys_of_ours import AGREE, Asked, lss, old_lss, xlsform
from tests.workbooks_of_ours import sheets, with_part, zipped

MEETINGS = ("Meetings begin on time.", "Meetings end on time.")
TABLE = Asked("Q1", "How do we meet?", lines=MEETINGS)


def texts(found: definitions.Found, language: str = "en") -> list[str]:
    return [question.text(language) for question in found.questions]


def left(found: definitions.Found) -> dict[str, str]:
    return {each.where: each.why for each in found.left}


# LimeSurvey


def test_a_table_on_our_scale_becomes_statements_and_a_box_for_words_the_comment():
    found = definitions.read(lss(TABLE, Asked("Q2", "What should change?", "T")))
    assert (found.kind, found.languages, found.titles) == ("LimeSurvey", ["en"], {"en": "How we meet"})
    assert texts(found) == list(MEETINGS)
    assert found.above == "How do we meet?"
    assert [question.doubts for question in found.questions] == [(), ()]
    assert [comment.texts for comment in found.comments] == [{"en": "What should change?"}]
    assert found.left == []


def test_the_layout_of_older_versions_is_read_the_same():
    for languages in (("en",), ("en", "de")):
        found = definitions.read(old_lss(MEETINGS, languages))
        assert (texts(found), found.languages) == (list(MEETINGS), list(languages)[: len(found.languages)])
        assert found.left == []


def test_statements_come_in_the_order_of_groups_and_questions_whatever_the_order_of_rows():
    second = Asked("B", "Later", "L", more={"question_order": "1"})
    first = Asked("A", "Sooner", "L", more={"question_order": "0"})
    assert texts(definitions.read(lss(second, first))) == ["Sooner", "Later"]


def test_markup_is_taken_off_and_pictures_and_filled_in_words_are_left_out():
    found = definitions.read(
        lss(
            Asked(
                "Q1",
                "<p>Table</p>",
                lines=(
                    "<p><b>Meetings</b> begin&nbsp;on time &amp; end.</p>\n<script>alert(1)</script>",
                    '<img src="upload/a.png" />',
                    "Dear {TOKEN:FIRSTNAME}, meetings end.",
                ),
            )
        )
    )
    assert texts(found) == ["Meetings begin on time & end."]
    assert left(found) == {
        "Q1_SQ002": "it is a picture",
        'Q1_SQ003 "Dear {TOKEN:FIRSTNAME}, meetings end."': (
            "it prints what somebody answered before or their name; a pulse says the same to everyone"
        ),
    }


def test_each_language_is_kept_and_the_surveys_own_comes_first():
    table = Asked("Q1", "x", lines=({"de": "Wir beginnen pünktlich.", "en": "We begin on time."}, {"de": "Nur hier."}))
    found = definitions.read(lss(table, languages=("de", "en"), title={"de": "Sitzungen", "en": "Meetings"}))
    assert found.languages == ["de", "en"]
    assert texts(found, "de") == ["Wir beginnen pünktlich.", "Nur hier."]
    assert texts(found, "en") == ["We begin on time.", ""]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("M", "several answers may be ticked"),
        ("N", "it asks for a number"),
        ("1", "every line of it is answered on two scales"),
        ("X", "it is a text that nobody answers"),
        ("~", "it is of a kind (“~”) that is not known here"),
    ],
)
def test_what_a_pulse_cannot_ask_is_named_with_its_reason(kind, why):
    found = definitions.read(lss(Asked("Q7", "How old are you?", kind), TABLE))
    assert texts(found) == list(MEETINGS)
    assert list(left(found)) == ['Q7 "How old are you?"']
    assert left(found)['Q7 "How old are you?"'].startswith(why)


def test_a_question_under_a_condition_waits_for_a_decision():
    found = definitions.read(lss(Asked("Q1", "x", lines=MEETINGS[:1], when='(Q9.NAOK == "Y")'), Asked("Q9", "y", "L")))
    assert [question.doubts for question in found.questions] == [
        ('It is asked only where a condition holds ((Q9.NAOK == "Y")). Here everyone would be asked.',),
        (),
    ]
    grouped = definitions.read(lss(TABLE, group_when="Q0 == 1"))
    assert all("Q0 == 1" in question.doubts[0] for question in grouped.questions)


def test_five_numbers_without_words_wait_for_a_decision():
    found = definitions.read(lss(Asked("Q1", "x", "A", lines=MEETINGS), Asked("Q2", "Alone", "5")))
    said = ("It is answered with 1 to 5, without words. Does 5 mean “Strongly agree”?",)
    assert [question.doubts for question in found.questions] == [said] * 3


def test_the_same_words_twice_are_one_statement_and_the_second_is_named():
    found = definitions.read(lss(Asked("Q1", "x", lines=("Meetings end.", "meetings END."))))
    assert texts(found) == ["Meetings end."]
    assert left(found) == {'Q1_SQ002 "meetings END."': "the same words stand in the file before"}


def test_a_statement_longer_than_a_phone_shows_is_left_out_and_named():
    found = definitions.read(lss(Asked("Q1", "x", lines=("a" * 240, "b" * 241))))
    assert texts(found) == ["a" * 240]
    assert list(left(found).values()) == ["it has 241 letters, and here it may have 240 at most"]


def test_lines_whose_table_is_not_in_the_file_are_named():
    data = lss(TABLE).replace(b"<qid><![CDATA[100]]></qid>", b"<qid><![CDATA[999]]></qid>", 2)
    found = definitions.read(data.replace(b"<parent_qid><![CDATA[100]]>", b"<parent_qid><![CDATA[555]]>"))
    assert "the question that it belongs to is not in the file" in left(found).values()


# Scales


@pytest.mark.parametrize(
    "labels",
    [
        AGREE,
        AGREE[::-1],
        ("1 - Strongly disagree", "2 - Disagree", "3 - Neither agree nor disagree", "4 - Agree", "5 - Strongly agree"),
        (*AGREE, "I can’t say"),
        ("Disagree strongly", "Disagree", "In between", "Agree", "Agree strongly", "Don't know", "N/A"),
    ],
)
def test_the_agreement_scale_is_known_in_its_usual_wordings(labels):
    assert verdict(labels) == verdict(AGREE)
    assert (verdict(labels).fits, verdict(labels).doubt) == (True, "")


def test_labels_that_differ_by_a_typo_are_shown_and_never_merged():
    found = verdict(("Strongly disagree", "Disagree", "Neutral", "Agree", "Strong agree"))
    assert (found.fits, found.doubt) == (
        True,
        "Its answers say “Strong agree” for “Strongly agree”. Is the same meant?",
    )
    short = verdict(("Strongly disagree", "Disagre", "Neutral", "Agreed", "Strongly agree"))
    assert short.doubt == "Its answers say “Disagre” for “Disagree” and “Agreed” for “Agree”. Is the same meant?"
    both = verdict(("Strongly disagre", "Disagree", "Neutral", "Agree", "Strong agree"))
    assert "“Strongly disagre” for “Strongly disagree” and “Strong agree” for “Strongly agree”" in both.doubt


@pytest.mark.parametrize(
    "labels",
    [
        ("Never", "Rarely", "Sometimes", "Often", "Always"),
        ("Strongly disagree", "Disagree", "Agree", "Strongly agree"),
        ("Strongly disagree", "Agree", "Neutral", "Disagree", "Strongly agree"),
        ("Strongly disagree", "Disagree", "Neutral", "Greed", "Strongly agree"),
        ("Very poor", "Poor", "Fair", "Good", "Very good"),
        ("Strongly disagree",) * 5,
        ("Yes", "No"),
    ],
)
def test_another_scale_is_not_taken_for_ours(labels):
    assert not verdict(labels).fits
    assert "another scale" in verdict(labels).why


def test_answers_without_words_are_no_scale():
    assert verdict(["", "", ""]).why == "its answers are not words"


# XLSForm


def test_a_form_is_read_with_its_groups_languages_and_title():
    header = ("type", "name", "label::English (en)", "label::Français (fr)", "relevant")
    rows = (
        ("begin_group", "g", "Group", "Groupe", ""),
        ("select_one agree", "q1", "Meetings begin on time.", "Les réunions commencent à l’heure.", ""),
        ("end_group", "", "", "", ""),
        ("text", "q2", "What should change?", "Quoi changer ?", ""),
        ("start", "s", "", "", ""),
    )
    found = definitions.read(xlsform(*rows, header=header, title="How we meet"))
    assert found.languages == ["english (en)", "français (fr)"]
    assert found.titles == {"english (en)": "How we meet"}
    assert [question.texts for question in found.questions] == [
        {"english (en)": "Meetings begin on time.", "français (fr)": "Les réunions commencent à l’heure."}
    ]
    assert (len(found.comments), found.left) == (1, [])


def test_what_a_form_asks_otherwise_is_named_by_row():
    found = definitions.read(
        xlsform(
            ("select_one agree", "q1", "Meetings begin on time.", ""),
            ("select_one yes_no", "q2", "Any more?", ""),
            ("select_multiple agree", "q3", "Several?", ""),
            ("integer", "q4", "How old are you?", ""),
            ("select_one agree", "q5", "Your name is ${q9}", ""),
            ("begin repeat", "r", "Children", ""),
            ("select_one agree", "q6", "Meetings end on time.", ""),
            ("end repeat", "", "", ""),
        )
    )
    assert texts(found, "") == ["Meetings begin on time.", "Meetings end on time."]
    assert found.questions[1].doubts == (
        "It is asked only where a condition holds (it is repeated). Here everyone would be asked.",
    )
    assert {where.partition(",")[0]: why for where, why in left(found).items()} == {
        "row 3": "the list of answers “yes_no” is not in the file",
        "row 4": "several answers may be ticked; a pulse asks how far people agree",
        "row 5": "it asks for a number",
        "row 6": "it prints what somebody answered before; a pulse says the same to everyone",
    }


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("begin group", "g", "G", ""), ("text", "a", "A", "")], "The group that begins in row 2 never ends."),
        ([("text", "a", "A", ""), ("end group", "", "", "")], "Row 3 ends a group that was never begun."),
        ([("begin group", "g", "", ""), ("end repeat", "", "", "")], "Row 3 ends a repeat that was never begun."),
        (
            [("text", "a", "A", "${b} = 1"), ("text", "b", "B", "${c} = 1"), ("text", "c", "C", "${a} = 1")],
            "The conditions of a, b and c wait for one another",
        ),
        ([("text", "a", "A", "${a} = 1")], "The conditions of a wait for one another"),
    ],
)
def test_a_form_whose_groups_or_conditions_cannot_be_is_refused_whole(rows, words):
    with pytest.raises(UnreadableFile, match=words.replace("(", "[(]").split(".")[0]):
        definitions.read(xlsform(*rows))


def test_a_long_chain_of_conditions_is_no_circle():
    rows = [("text", f"q{n}", f"Q{n}", f"${{q{n + 1}}} = 1") for n in range(1_500)]
    assert len(definitions.read(xlsform(*rows)).comments) == 1_500


# CSV


def test_our_table_is_read_as_it_was_written():
    found = definitions.read(definitions.TEMPLATE)
    assert (found.titles, found.above) == ({"": "How we meet"}, "How were our meetings this past month?")
    assert texts(found, "") == ["I knew beforehand what each meeting was for.", "Everyone who wanted to speak could."]
    assert [question.about for question in found.questions] == ["Purpose", "Voice"]
    assert [comment.text("") for comment in found.comments] == [
        "What is one thing about our meetings to keep, start or stop?"
    ]


def test_a_column_of_statements_is_enough_in_the_letters_of_old_programs():
    found = definitions.read("Nr;Statement\r\n1;We meet at the café.\r\n2;\r\n".encode("cp1252"))
    assert texts(found, "") == ["We meet at the café."]
    assert left(found) == {"row 3": "it has no text"}


def test_an_unknown_part_of_a_table_is_named():
    found = definitions.read(b"Part,Text\nscale,Never\nstatement,Meetings end.\n")
    assert texts(found, "") == ["Meetings end."]
    assert "its part is" in left(found)["row 2"]


# What is refused

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE document [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><document><LimeSurveyDocType>&i;</LimeSurveyDocType></document>"
).encode()
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><document>&x;</document>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        (lss(TABLE)[:900], "ends in the middle, at line"),
        (lss(TABLE).replace(b"</groups>", b"</group>"), "not sound XML: it breaks at line"),
        (lss(TABLE).replace(b"Meetings begin", b"R\xe9unions"), "are not in the encoding that the file names"),
        (lss(TABLE).replace(b"UTF-8", b"EBCDIC-X"), "in an encoding that cannot be read"),
        (lss(TABLE, kind="Group"), "holds one group of LimeSurvey and no whole survey"),
        (lss(TABLE, version="4711"), "version of LimeSurvey that is not known here (DBVersion “4711”)"),
        (lss(TABLE, version="²"), "version of LimeSurvey that is not known here"),
        (b"<?xml version='1.0'?><html/>", "no survey of LimeSurvey"),
        (b"<document>" + b"<a>" * 60 + b"</a>" * 60 + b"</document>", "more parts, or deeper ones"),
        (
            lss(Asked("Q1", "x", when="Q2 == 1", lines=MEETINGS), Asked("Q2", "y", "L", when="Q1_SQ001 == 1 and Q1")),
            "The conditions of Q1 and Q2 wait for one another",
        ),
        (
            zipped({"survey_1.lss": "<document/>", "survey_1_responses.lsr": "x"}),
            "archive with people’s answers (.lsa)",
        ),
        (zipped({"a.txt": "x"}), "a zip archive and no survey"),
        (with_part(xlsform(("text", "a", "A", "")), "xl/vbaProject.bin", b"x"), "holds macros"),
        (sheets(("Staff", [("Name", "Role"), ("A", "B")])), "No sheet of this workbook is that of an XLSForm"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of the old kind (.xls)"),
        (b'{"SurveyEntry": {}}', "This is JSON, as Qualtrics"),
        (b"id\trelated_id\tclass\ttype/scale\n", "LimeSurvey’s tab-separated form"),
        (b"Name,Role\nA,B\n", "No column of this table is called “Text” or “Statement”"),
        (b"Statement\n", "header and no rows"),
        (b"", "empty"),
        (lss(), "no questions in this file"),
    ],
    ids=range(23),
)
def test_a_file_that_cannot_be_read_says_what_where_and_what_to_do(data, words):
    try:
        found = definitions.read(data)
    except UnreadableFile as problem:
        said = str(problem)
    else:
        said = " ".join(each.why for each in found.left)
        assert not found.questions
    assert words in said


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    form = xlsform(("text", "a", "A", ""))
    bomb = with_part(form, "xl/worksheets/sheet9.xml", b"<x>" + b" " * 60_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(UnreadableFile, match="unpacks to"):
        definitions.read(bomb)


def test_a_survey_of_more_questions_than_any_is_refused():
    many = lss(Asked("Q1", "x", lines=[f"Statement {n}" for n in range(2_001)]))
    with pytest.raises(UnreadableFile, match=r"more than 2,000 questions"):
        definitions.read(many)


def test_what_was_read_is_the_same_after_it_lay_in_a_row():
    found = definitions.read(lss(TABLE, Asked("Q2", "Why?", "T"), Asked("Q3", "x", "N"), languages=("en", "de")))
    assert from_stored(found.stored()) == found


# Files that we write


@pytest.mark.parametrize("pulse", instruments().values(), ids=lambda pulse: pulse.id)
def test_every_pulse_comes_back_from_the_files_that_we_write(pulse):
    statements = [item.statement for item in pulse.items]
    table = definitions.read(definitions.as_csv(wording.of(pulse)))
    assert (texts(table, ""), [question.about for question in table.questions]) == (
        statements,
        [item.about for item in pulse.items],
    )
    survey = definitions.read(definitions.as_lss(pulse))
    assert (texts(survey), survey.titles, survey.above) == (statements, {"en": pulse.name}, pulse.question)
    for found in (table, survey):
        assert [list(comment.texts.values()) for comment in found.comments] == (
            [[pulse.comment]] if pulse.comment else []
        )
        assert found.left == []
        assert all(not question.doubts for question in found.questions)


WORDS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=80)
    .map(clean_text)
    .filter(lambda words: words and not words.startswith("'"))
)


@given(st.lists(WORDS, min_size=1, max_size=8, unique_by=str.casefold), WORDS)
def test_any_statement_comes_back_whatever_is_in_it(statements, name):
    own = wording.Wording(name, "How?", comment="", lines=tuple(wording.Line(each, "x") for each in statements))
    assert texts(definitions.read(definitions.as_csv(own)), "") == statements


@given(
    st.lists(
        st.text("abc <>&{}]\"'é🙂\\", min_size=1).map(clean_text).filter(bool), min_size=1, max_size=6, unique=True
    )
)
def test_markup_and_braces_in_statements_are_words_to_limesurvey(statements):
    pulse = wording.Wording("A <b>", "Q", lines=tuple(map(wording.Line, statements))).instrument("o1")
    tree = ElementTree.fromstring(definitions.as_lss(pulse))
    said = [row.findtext("question") for row in tree.iterfind("question_l10ns/rows/row")]
    assert len(said) == len(statements) + 1
    assert not any(set("<>{}") & set(words) for words in said)


def test_our_survey_structure_has_the_sections_that_limesurvey_reads():
    """The order and the columns of LimeSurvey 6; every id that is pointed at is there."""
    tree = ElementTree.fromstring(definitions.as_lss(instruments()["lead"]))
    assert [part.tag for part in tree] == [
        *("LimeSurveyDocType", "DBVersion", "languages", "answers", "answer_l10ns", "groups", "group_l10ns"),
        *("questions", "subquestions", "question_l10ns", "surveys", "surveys_languagesettings"),
    ]
    assert (tree.findtext("LimeSurveyDocType"), tree.findtext("DBVersion")) == ("Survey", "606")
    for table in ("answers", "questions", "subquestions", "question_l10ns", "surveys"):
        fields = [field.text for field in tree.iterfind(f"{table}/fields/fieldname")]
        for row in tree.iterfind(f"{table}/rows/row"):
            assert [cell.tag for cell in row] == fields
    questions = {row.findtext("qid") for row in tree.iterfind("questions/rows/row")}
    lines = {row.findtext("qid") for row in tree.iterfind("subquestions/rows/row")}
    assert {row.findtext("parent_qid") for row in tree.iterfind("subquestions/rows/row")} <= questions
    assert {row.findtext("qid") for row in tree.iterfind("question_l10ns/rows/row")} == questions | lines
    assert len(questions | lines) == len(questions) + len(lines)
    labels = [row.findtext("answer") for row in tree.iterfind("answer_l10ns/rows/row")]
    assert labels == ["Strongly disagree", "Disagree", "In between", "Agree", "Strongly agree", "I can’t say"]


def test_a_zip_of_our_own_form_is_still_a_form():
    assert zipfile.is_zipfile(BytesIO(xlsform(("text", "a", "A", ""))))


def test_a_text_of_open_tags_is_cut_before_it_is_read(monkeypatch):
    """The reader's time grows faster than such a text: 120 kB of them took minutes, in the process that takes answers."""
    fed = []
    monkeypatch.setattr(HTMLParser, "feed", lambda self, text: fed.append(len(text)))
    plain("<a " * 40_000)
    assert fed == [4 * MOST_TEXT]
