"""XLSForm workbooks (.xlsx): the sheets “survey” and “choices” of ODK, Kobo and their like."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import Row
from alongside.kit.workbooks import NoHeading, read_workbook
from alongside.surveys.definitions import circles
from alongside.surveys.definitions.parts import MOST_QUESTIONS, Found, Question, named
from alongside.surveys.definitions.scales import Verdict, verdict
from alongside.surveys.definitions.texts import FILLED_IN, plain

ROWS: Final = 20_000
ONE: Final = re.compile(r"select_one(?: from)? (\S+)(.*)")
WHY: Final = {
    "select_multiple": "several answers may be ticked; a pulse asks how far people agree",
    "integer": "it asks for a number",
    "decimal": "it asks for a number",
    "range": "it asks for a number",
    "date": "it asks for a date",
    "time": "it asks for a time",
    "datetime": "it asks for a date and a time",
    "geopoint": "it asks for a place",
    "image": "it asks for a picture",
    "audio": "it asks for a recording",
    "video": "it asks for a film",
    "file": "it asks for a file",
    "note": "it is a text that nobody answers",
    "calculate": "it reckons something that nobody answers",
    "rank": "it asks people to put things in order",
    "acknowledge": "it asks for a tick",
}
SILENT: Final = {"start", "end", "today", "deviceid", "username", "phonenumber", "simserial", "subscriberid", "audit"}
_NO_SURVEY: Final = (
    "No sheet of this workbook is that of an XLSForm: its columns are called type, name and label. Choose the right file, "
    "or use our own table."
)


@dataclass(slots=True)
class _Walk:
    """Where one is in the sheet, row by row."""

    found: Found
    lists: dict[str, list[dict[str, str]]]
    conditions: list[str] = field(default_factory=list)  # of the groups around, "" for none
    groups: list[tuple[int, str]] = field(default_factory=list)  # row and "group" or "repeat"
    spoken_of: dict[str, set[str]] = field(default_factory=dict)


def read(data: bytes) -> Found:
    """What a workbook holds. Raises UnreadableFile, with nothing read, for one that is broken, cyclic or of another kind."""
    survey = read_workbook(data, is_heading=_is_survey, max_rows=ROWS, wanted=_NO_SURVEY)
    header = [name.casefold() for name in survey.table.header]
    rows = [(row.number, dict(zip(header, row.cells, strict=True))) for row in survey.table.rows]
    if len(rows) > MOST_QUESTIONS:
        raise UnreadableFile(
            f"This form has more than {MOST_QUESTIONS:,} rows, the limit. Bring the part that is wanted."
        )
    languages = _languages(header)
    found = Found("XLSForm", languages, {languages[0]: title} if (title := _title(data)) else {})
    for fault in survey.table.faults:
        found.leave(f"row {fault.row}", fault.text)
    walk = _Walk(found, _choices(data))
    for number, row in rows:
        _row(walk, number, row)
    if walk.groups:
        raise UnreadableFile(
            f"The {walk.groups[-1][1]} that begins in row {walk.groups[-1][0]} never ends. Add its end, save, and try again. "
            "Nothing was read."
        )
    if circle := circles.first(walk.spoken_of):
        raise UnreadableFile(
            f"The conditions of {circles.said(circle)} wait for one another, so nobody is ever asked them. Put that right "
            "and save the form again. Nothing was read."
        )
    return found


def _is_survey(cells: list[str]) -> bool:
    names = {cell.casefold() for cell in cells}
    return "type" in names and any(_column(name)[0] == "label" for name in names)


def _column(name: str) -> tuple[str, str]:
    """ "label::English (en)" → ("label", "English (en)"). Older forms have one colon."""
    base, _, language = name.partition("::" if "::" in name else ":")
    return base.strip().casefold(), language.strip()


def _languages(header: Iterable[str]) -> list[str]:
    return [language for base, language in map(_column, header) if base == "label"]


def _title(data: bytes) -> str:
    """What the sheet "settings" calls the form."""
    try:
        sheet = read_workbook(data, is_heading=_is_settings, max_rows=ROWS, wanted=_NO_SURVEY)
    except NoHeading:
        return ""
    header = [name.casefold() for name in sheet.table.header]
    return next((plain(_cells(header, row)["form_title"])[0] for row in sheet.table.rows), "")


def _is_settings(cells: list[str]) -> bool:
    return "form_title" in {cell.casefold() for cell in cells}


def _choices(data: bytes) -> dict[str, list[dict[str, str]]]:
    """Name of a list → its labels in order, each by language; none for a form without choices."""
    try:
        sheet = read_workbook(data, is_heading=_is_choices, max_rows=ROWS, wanted=_NO_SURVEY)
    except NoHeading:
        return {}
    header = [name.casefold() for name in sheet.table.header]
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in sheet.table.rows:
        cells = _cells(header, row)
        found[_list_name(cells)].append(_texts(cells))
    return found


def _is_choices(cells: list[str]) -> bool:
    names = {cell.casefold().replace(" ", "_") for cell in cells}
    return "list_name" in names and "name" in names


def _cells(header: list[str], row: Row) -> dict[str, str]:
    return dict(zip(header, row.cells, strict=True))


def _list_name(cells: dict[str, str]) -> str:
    return (cells.get("list_name") or cells.get("list name") or "").strip()


def _texts(row: dict[str, str]) -> dict[str, str]:
    return {
        language: words
        for (base, language), cell in ((_column(name), cell) for name, cell in row.items())
        if base == "label" and (words := plain(cell)[0])
    }


def _row(walk: _Walk, number: int, row: dict[str, str]) -> None:
    kind = " ".join(row.get("type", "").casefold().split())
    if not kind:
        return
    if kind.replace("_", " ").startswith(("begin ", "end ")):
        _group(walk, number, kind.replace("_", " "), row)
        return
    name, condition = row.get("name", "").strip(), row.get("relevant", "").strip()
    walk.spoken_of.setdefault(name, set()).update(re.findall(r"\$\{([^{}]+)\}", condition))
    _question(walk, kind, row, f"row {number}, {named(name, next(iter(_texts(row).values()), ''))}", condition)


def _group(walk: _Walk, number: int, kind: str, row: dict[str, str]) -> None:
    verb, _, what = kind.partition(" ")
    if verb == "begin":
        walk.groups.append((number, what))
        walk.conditions.append("it is repeated" if what == "repeat" else row.get("relevant", "").strip())
    elif not walk.groups or walk.groups[-1][1] != what:
        raise UnreadableFile(
            f"Row {number} ends a {what[:20]} that was never begun. Put that right, save, and try again. Nothing was read."
        )
    else:
        walk.groups.pop()
        walk.conditions.pop()


def _question(walk: _Walk, kind: str, row: dict[str, str], where: str, condition: str) -> None:
    found, plainly = walk.found, kind.replace("select one", "select_one").replace("select1", "select_one")
    texts = _texts(row)
    doubts = tuple(_doubts(walk, condition))
    if any(FILLED_IN.search(cell) for name, cell in row.items() if _column(name)[0] == "label"):
        found.leave(where, "it prints what somebody answered before; a pulse says the same to everyone")
    elif match := ONE.fullmatch(plainly):
        _chosen(walk, match, texts, doubts, where, row)
    elif kind in {"text", "string"} and texts:
        found.comments.append(Question(where, texts, doubts=doubts))
    elif kind not in SILENT:
        first = plainly.split()[0]
        again = {"select": "select_multiple", "int": "integer", "photo": "image", "trigger": "acknowledge"}
        found.leave(
            where, WHY.get(again.get(first, first), f"it is of a kind (“{kind[:30]}”) that a pulse does not have")
        )


def _chosen(
    walk: _Walk,
    match: re.Match[str],
    texts: dict[str, str],
    doubts: tuple[str, ...],
    where: str,
    row: dict[str, str],
) -> None:
    wanted = match[1]
    labels = next((labels for name, labels in walk.lists.items() if name.casefold() == wanted), [])
    judged = (
        verdict(list(_in_english(labels)))
        if labels
        else Verdict(fits=False, why=f"the list of answers “{wanted[:30]}” is not in the file")
    )
    if not judged.fits:
        walk.found.leave(where, judged.why)
    elif not texts:
        walk.found.leave(where, "it has no words")
    else:
        more = (judged.doubt,) if judged.doubt else ()
        walk.found.questions.append(Question(where, texts, doubts=more + doubts))


def _in_english(labels: list[dict[str, str]]) -> Iterator[str]:
    for said in labels:
        english = next((words for language, words in said.items() if language.startswith("en")), None)
        yield english or next(iter(said.values()), "")


def _doubts(walk: _Walk, condition: str) -> Iterator[str]:
    around = next((each for each in reversed(walk.conditions) if each), "")
    if condition or around:
        yield f"It is asked only where a condition holds ({(condition or around)[:80]}). Here everyone would be asked."
