"""LimeSurvey's survey structure (.lss): groups, questions, arrays with their answers, languages and conditions.

The layout is that of LimeSurvey 2 to 6. Up to version 3 a question's words stand in its own row, once for each language;
since version 4 in tables of their own (…_l10ns).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from alongside.surveys.definitions import circles, xmltree
from alongside.surveys.definitions.parts import MOST_QUESTIONS, Found, Question, UnreadableFile, named
from alongside.surveys.definitions.scales import Verdict, verdict
from alongside.surveys.definitions.texts import FILLED_IN, plain
from alongside.surveys.definitions.xmltree import Part

VERSIONS: Final = range(120, 1000)  # DBVersion of LimeSurvey 1.9 to 6 and what may follow
ARRAY: Final = "F"  # sub-questions that share one list of answers
NUMBERED: Final = {"A", "5"}  # 1 to 5, as an array and alone
CHOICE: Final = {"L", "!", "O"}  # one of a list
WORDS: Final = {"S", "T", "U"}
WHY: Final = {
    "B": "it is answered from 1 to 10; a pulse asks how far people agree, in five steps",
    "C": "it is answered yes, no or uncertain; a pulse asks how far people agree, in five steps",
    "E": "it is answered with more, the same or less; a pulse asks how far people agree, in five steps",
    "H": "its answers stand in its rows; turn the table round in LimeSurvey, or write the statements here",
    "1": "every line of it is answered on two scales",
    ":": "it is a table of numbers",
    ";": "it is a table of words",
    "M": "several answers may be ticked; a pulse asks how far people agree",
    "P": "several answers may be ticked; a pulse asks how far people agree",
    "Q": "it has several boxes for words; a pulse has one",
    "N": "it asks for a number",
    "K": "it asks for numbers",
    "D": "it asks for a date",
    "G": "it asks for gender; nobody is described in a pulse",
    "Y": "it is answered with yes or no; a pulse asks how far people agree, in five steps",
    "I": "it lets people choose a language, which every pulse does",
    "R": "it asks people to put things in order",
    "X": "it is a text that nobody answers",
    "*": "it reckons something that nobody answers",
    "|": "it asks for a file",
}
ALWAYS: Final = {"", "1"}


@dataclass(slots=True)
class _Asked:
    """A question or sub-question with its words by language."""

    row: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict)
    pictures: bool = False
    filled: bool = False

    @property
    def id(self) -> str:
        return self.row.get("qid", "")

    @property
    def name(self) -> str:
        return self.row.get("title", "")

    def add(self, language: str, markup: str) -> None:
        words, pictures = plain(markup)
        self.pictures |= pictures
        self.filled |= bool(FILLED_IN.search(markup))
        if words:
            self.texts.setdefault(language, words)


@dataclass(slots=True)
class _Survey:
    """The tables of a file, joined."""

    languages: list[str]
    groups: dict[str, dict[str, str]]
    asked: list[_Asked]
    below: dict[str, list[_Asked]]  # by the question above
    answers: dict[str, list[dict[str, str]]]  # question → its answers, each by language
    conditions: dict[str, str]  # question → why it is not asked of everybody


def read(data: bytes) -> Found:
    """What a file holds. Raises UnreadableFile, with nothing read, for one that is broken, cyclic or of another kind."""
    document = xmltree.read(data)
    _refuse_others(document)
    survey = _survey(document)
    found = Found("LimeSurvey", survey.languages, _titles(document))
    _refuse_circles(survey)
    for asked in survey.asked:
        _question(found, survey, asked)
    _left_over(found, survey)
    return found


def _refuse_others(document: Part) -> None:
    kind = document.text("LimeSurveyDocType")
    if document.name != "document" or not kind:
        raise UnreadableFile(
            "This file is XML, but no survey of LimeSurvey. Choose the file that “Export: survey structure (.lss)” gives."
        )
    if kind != "Survey":
        raise UnreadableFile(
            f"This file holds one {kind.casefold()[:20]} of LimeSurvey and no whole survey. Export the survey’s structure "
            "(.lss)."
        )
    version = document.text("DBVersion")
    if not version.isascii() or not version.isdigit() or len(version) > 9 or int(version) not in VERSIONS:
        raise UnreadableFile(
            f"This file is of a version of LimeSurvey that is not known here (DBVersion “{version[:20]}”). Export the "
            "survey from LimeSurvey 2 to 6."
        )


def _titles(document: Part) -> dict[str, str]:
    rows = document.rows("surveys_languagesettings")
    return {row.get("surveyls_language", ""): plain(row.get("surveyls_title", ""))[0] for row in rows}


def _survey(document: Part) -> _Survey:
    rows = list(document.rows("surveys"))
    base = rows[0].get("language", "").strip() if rows else ""
    listed = document.first("languages")
    spoken = [part.words.strip() for part in listed.parts] if listed else []
    languages = list(dict.fromkeys(code for code in [base, *spoken] if code)) or ["en"]
    top, under = _rows(document, "questions"), _rows(document, "subquestions")
    if len(top) + len(under) > MOST_QUESTIONS * max(1, len(languages)):
        raise UnreadableFile(
            f"This survey has more than {MOST_QUESTIONS:,} questions, the limit. Export the part that is wanted."
        )
    words = _words(document, [*top, *under], languages[0])
    groups = {row["gid"]: row for row in document.rows("groups") if row.get("gid")}
    return _Survey(
        languages,
        groups,
        [words[key] for key in dict.fromkeys(row.get("qid", "") for row in _in_order(top, groups))],
        _below(under, words),
        _answers(document, languages[0]),
        _conditions(document, top, groups),
    )


def _rows(document: Part, table: str) -> list[dict[str, str]]:
    return [{key: value.strip() for key, value in row.items()} for row in document.rows(table)]


def _number(row: dict[str, str], key: str) -> int:
    value = row.get(key, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _in_order(rows: list[dict[str, str]], groups: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    return sorted(
        rows,
        key=lambda row: (_number(groups.get(row.get("gid", ""), {}), "group_order"), _number(row, "question_order")),
    )


def _words(document: Part, rows: Sequence[dict[str, str]], base: str) -> dict[str, _Asked]:
    """Question id → it with its words, from its own rows or from the table of translations."""
    found: dict[str, _Asked] = {}
    for row in rows:
        asked = found.setdefault(row.get("qid", ""), _Asked(row))
        asked.add(row.get("language") or base, row.get("question", ""))
    for row in _rows(document, "question_l10ns"):
        if row.get("qid", "") in found:
            found[row["qid"]].add(row.get("language") or base, row.get("question", ""))
    return found


def _below(rows: list[dict[str, str]], words: dict[str, _Asked]) -> dict[str, list[_Asked]]:
    below: dict[str, dict[str, _Asked]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: _number(row, "question_order")):
        below[row.get("parent_qid", "")][row.get("qid", "")] = words[row.get("qid", "")]
    return {parent: list(children.values()) for parent, children in below.items()}


def _answers(document: Part, base: str) -> dict[str, list[dict[str, str]]]:
    """Question id → its answers in order, of its first scale, each by language."""
    by_answer: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _rows(document, "answer_l10ns"):
        by_answer[row.get("aid", "")][row.get("language") or base] = plain(row.get("answer", ""))[0]
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in sorted(_rows(document, "answers"), key=lambda row: _number(row, "sortorder")):
        if row.get("scale_id", "0") in {"", "0"}:
            said = found[row.get("qid", "")].setdefault(row.get("code", ""), {})
            said |= by_answer.get(row.get("aid", ""), {})
            if "answer" in row:
                said[row.get("language") or base] = plain(row["answer"])[0]
    return {qid: list(codes.values()) for qid, codes in found.items()}


def _conditions(document: Part, top: list[dict[str, str]], groups: dict[str, dict[str, str]]) -> dict[str, str]:
    found = {}
    for row in top:
        relevance = row.get("relevance", "").strip()
        group = groups.get(row.get("gid", ""), {}).get("grelevance", "").strip()
        if relevance not in ALWAYS or group not in ALWAYS:
            found[row.get("qid", "")] = relevance if relevance not in ALWAYS else group
    for row in _rows(document, "conditions"):
        found.setdefault(row.get("qid", ""), row.get("cfieldname", "") or "another answer")
    return found


def _refuse_circles(survey: _Survey) -> None:
    names = {asked.name: asked.id for asked in survey.asked if asked.name}
    spoken_of: dict[str, set[str]] = {}
    for asked in survey.asked:
        words = set(re.findall(r"[A-Za-z][A-Za-z0-9]*", survey.conditions.get(asked.id, "")))
        spoken_of[asked.name] = {name for name in names if name in words}
    if circle := circles.first(spoken_of):
        raise UnreadableFile(
            f"The conditions of {circles.said(circle)} wait for one another, so nobody is ever asked them. Put that right in "
            "LimeSurvey and export the survey again. Nothing was read."
        )


def _question(found: Found, survey: _Survey, asked: _Asked) -> None:
    kind, base = asked.row.get("type", ""), survey.languages[0]
    where = named(asked.name, asked.texts.get(base, ""))
    if asked.row.get("parent_qid", "0") not in {"", "0"}:
        found.leave(where, "it says that it belongs to another question, as only lines of a table do")
    elif kind == ARRAY or kind == "A":
        judged = verdict(_labels(survey, asked)) if kind == ARRAY else verdict("12345")
        _lines(found, survey, asked, judged, where)
    elif kind in CHOICE or kind == "5":
        judged = verdict("12345") if kind == "5" else verdict(_labels(survey, asked))
        _one(found, survey, asked, judged, where)
    elif kind in WORDS:
        _comment(found, survey, asked, where)
    else:
        found.leave(where, WHY.get(kind, f"it is of a kind (“{kind[:10]}”) that is not known here"))


def _comment(found: Found, survey: _Survey, asked: _Asked, where: str) -> None:
    if asked.texts and not asked.filled:
        found.comments.append(Question(where, asked.texts, doubts=tuple(_doubts(survey, asked, Verdict(fits=True)))))
    else:
        found.leave(
            where, "it prints what somebody answered before or their name" if asked.filled else "it has no words"
        )


def _labels(survey: _Survey, asked: _Asked) -> list[str]:
    """The answers in the language in which they are best known: English where there is one, else the survey's own."""
    english = next((code for code in survey.languages if code.startswith("en")), survey.languages[0])
    return [said.get(english) or next(iter(said.values()), "") for said in survey.answers.get(asked.id, [])]


def _lines(found: Found, survey: _Survey, asked: _Asked, judged: Verdict, where: str) -> None:
    """The lines of a table, each a statement."""
    if not judged.fits:
        found.leave(where, judged.why)
        return
    lines = survey.below.get(asked.id, [])
    if not lines:
        found.leave(where, "it is a table without lines")
    found.above = found.above or asked.texts.get(survey.languages[0], "")
    for line in lines:
        _statement(found, survey, line, asked, judged)


def _one(found: Found, survey: _Survey, asked: _Asked, judged: Verdict, where: str) -> None:
    if judged.fits:
        _statement(found, survey, asked, asked, judged)
    else:
        found.leave(where, judged.why)


def _statement(found: Found, survey: _Survey, line: _Asked, asked: _Asked, judged: Verdict) -> None:
    name = asked.name if line is asked else f"{asked.name}_{line.name}"
    where = named(name, line.texts.get(survey.languages[0], ""))
    if not line.texts:
        found.leave(where, "it is a picture" if line.pictures else "it has no words")
    elif line.filled:
        found.leave(where, "it prints what somebody answered before or their name; a pulse says the same to everyone")
    else:
        found.questions.append(Question(where, line.texts, doubts=tuple(_doubts(survey, asked, judged))))


def _doubts(survey: _Survey, asked: _Asked, judged: Verdict) -> Iterator[str]:
    if judged.doubt:
        yield judged.doubt
    if asked.id in survey.conditions:
        yield (
            f"It is asked only where a condition holds ({survey.conditions[asked.id][:80]}). Here everyone would be asked."
        )


def _left_over(found: Found, survey: _Survey) -> None:
    """Lines whose table is not there."""
    known = {asked.id for asked in survey.asked}
    for parent, lines in survey.below.items():
        if parent not in known:
            for line in lines:
                text = next(iter(line.texts.values()), "")
                found.leave(named(line.name, text), "the question that it belongs to is not in the file")
