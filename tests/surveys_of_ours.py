"""Survey files as LimeSurvey and XLSForm programs write them, and as nobody should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.workbooks_of_ours import sheets

AGREE = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")

type Words = str | Mapping[str, str]  # in every language the same, or by language


@dataclass
class Asked:
    """One question of a survey. lines: of a table; answers: its labels in order; when: its condition."""

    name: str
    words: Words
    kind: str = "F"
    lines: Sequence[Words] = ()
    answers: Sequence[Words] = AGREE
    when: str = "1"
    more: Mapping[str, str] = field(default_factory=dict)  # columns that differ


def lss(
    *asked: Asked,
    title: Words = "How we meet",
    languages: Sequence[str] = ("en",),
    version: str = "606",
    kind: str = "Survey",
    group_when: str = "1",
) -> bytes:
    """A survey structure in the layout of LimeSurvey 4 to 6, all questions in one group."""
    tables: dict[str, list[dict[str, object]]] = {
        "answers": [],
        "answer_l10ns": [],
        "groups": [{"gid": 3, "sid": 841748, "group_order": 1, "randomization_group": "", "grelevance": group_when}],
        "questions": [],
        "subquestions": [],
        "question_l10ns": [],
    }
    for number, each in enumerate(asked, start=1):
        _question(tables, number, each, languages)
    tables["surveys"] = [
        {"sid": 841748, "language": languages[0], "additional_languages": " ".join(languages[1:]), "anonymized": "N"}
    ]
    tables["surveys_languagesettings"] = [
        {"surveyls_survey_id": 841748, "surveyls_language": code, "surveyls_title": _in(title, code)}
        for code in languages
    ]
    spoken = "".join(f"  <language>{code}</language>\n" for code in languages)
    body = "".join(_table(name, rows) for name, rows in tables.items() if rows)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<document>\n <LimeSurveyDocType>{kind}</LimeSurveyDocType>\n'
        f" <DBVersion>{version}</DBVersion>\n <languages>\n{spoken} </languages>\n{body}</document>\n"
    ).encode()


def _question(tables: dict[str, list[dict[str, object]]], number: int, asked: Asked, languages: Sequence[str]) -> None:
    qid = number * 100
    tables["questions"].append(_row(qid, 0, asked.kind, asked.name, number, asked.when) | dict(asked.more))
    _words(tables, qid, asked.words, languages)
    for place, line in enumerate(asked.lines, start=1):
        tables["subquestions"].append(_row(qid + place, qid, "T", f"SQ{place:03}", place, "1"))
        _words(tables, qid + place, line, languages)
    for place, answer in enumerate(asked.answers if asked.kind in "FL!O" else (), start=1):
        tables["answers"].append(
            {"aid": qid + place, "qid": qid, "code": f"AO{place:02}", "sortorder": place, "scale_id": 0}
        )
        for code in languages:
            said = {"id": qid + place, "aid": qid + place, "answer": _in(answer, code), "language": code}
            tables["answer_l10ns"].append(said)


def _row(qid: int, parent: int, kind: str, title: str, order: int, when: str) -> dict[str, object]:
    return {
        "qid": qid,
        "parent_qid": parent,
        "sid": 841748,
        "gid": 3,
        "type": kind,
        "title": title,
        "preg": "",
        "other": "N",
        "question_order": order,
        "scale_id": 0,
        "relevance": when,
    }


def _words(tables: dict[str, list[dict[str, object]]], qid: int, words: Words, languages: Sequence[str]) -> None:
    for code in languages:
        if said := _in(words, code):
            tables["question_l10ns"].append(
                {"id": qid, "qid": qid, "question": said, "help": "", "script": "", "language": code}
            )


def old_lss(statements: Sequence[str], languages: Sequence[str] = ("en",)) -> bytes:
    """The same as LimeSurvey 2 wrote it: words stand in the rows of their questions, one row a language."""
    rows = [
        {**_row(1, 0, "F", "Q1", 1, "1"), "question": "How do we meet?", "help": "", "language": code}
        for code in languages
    ]
    lines = [
        {**_row(1 + number, 1, "F", f"SQ{number}", number, "1"), "question": words, "language": code}
        for number, words in enumerate(statements, start=1)
        for code in languages
    ]
    answers = [
        {"qid": 1, "code": f"A{number}", "answer": label, "sortorder": number, "language": code, "scale_id": 0}
        for number, label in enumerate(AGREE, start=1)
        for code in languages
    ]
    tables = {
        "answers": answers,
        "groups": [{"gid": 3, "sid": 9, "group_name": "All", "group_order": 0, "language": "en", "grelevance": ""}],
        "questions": rows,
        "subquestions": lines,
        "surveys": [{"sid": 9, "language": languages[0]}],
    }
    body = "".join(_table(name, rows) for name, rows in tables.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<document><LimeSurveyDocType>Survey</LimeSurveyDocType>\n'
        f"<DBVersion>178</DBVersion>\n{body}</document>"
    ).encode()


def _in(words: Words, code: str) -> str:
    return words if isinstance(words, str) else words.get(code, "")


def _table(name: str, rows: Sequence[Mapping[str, object]]) -> str:
    fields = "".join(f"   <fieldname>{key}</fieldname>\n" for key in rows[0])
    cells = "".join(
        "   <row>\n"
        + "".join(
            f"    <{key}><![CDATA[{value}]]></{key}>\n" if value != "" else f"    <{key}/>\n"
            for key, value in row.items()
        )
        + "   </row>\n"
        for row in rows
    )
    return f" <{name}>\n  <fields>\n{fields}  </fields>\n  <rows>\n{cells}  </rows>\n </{name}>\n"


def xlsform(
    *rows: Sequence[str],
    header: Sequence[str] = ("type", "name", "label", "relevant"),
    answers: Sequence[str] = AGREE,
    title: str = "",
) -> bytes:
    """A form whose one list of answers is called "agree"."""
    choices = [("list_name", "name", "label"), *(("agree", str(n), label) for n, label in enumerate(answers, start=1))]
    settings = [("settings", [("form_title", "form_id"), (title, "f")])] if title else []
    return sheets(("survey", [header, *rows]), ("choices", choices), *settings)
