"""What stands on pages and in documents: figures, each with the place and the statement that it is said of.

Reads what was sent, as a person or a program at the other end would: rows of tables, sheets and slides, and sentences. A place is
"school:<name>", "cluster:<name>", "pool:<cluster>" (without a name: of several clusters) or "whole"; an item is the number of a statement, 0 for answers as a whole.
"""

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from python_calamine import CalamineWorkbook

ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
NARROW = re.compile(r'<span class="narrow-only">.*?</span>', re.DOTALL)
SLIDE_ROW = re.compile(r"<a:tr\b.*?</a:tr>", re.DOTALL)
SLIDE_CELL = re.compile(r"<a:tc\b.*?</a:tc>", re.DOTALL)
COUNT = r"(\d+–\d+|\d+)"
ANSWERED = re.compile(rf"{COUNT} of \d+ answered")
STATEMENT_ANSWERED = re.compile(rf"{COUNT} answered(?: this statement)?")
SCORE_NOW = re.compile(r"Score (\d+) in ")
TOGETHER = re.compile(r"(\w+(?: \w+)*) together (\d+)")
COVERED = re.compile(r"From (?:(\d+) of )?(\d+) answers")
FIGURE = re.compile(r"(\d+)(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. n: how many answered, as it was printed; score; covered: answers behind the shares of each choice."""

    place: str
    item: int
    n: str = ""
    score: int | None = None
    covered: int | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for a place or a statement. places: name → place. slugs: (where, slug) → place. items: what a statement is
    about → its number; ids: its id → the same."""

    places: Mapping[str, str]
    slugs: Mapping[tuple[str, str], str]
    items: Mapping[str, int]
    ids: Mapping[str, int]


def figures(path: str, kind: str, body: bytes, names: Names) -> set[Figure]:
    """All figures of one response. kind: its content type."""
    if kind.startswith("text/csv"):
        return set(_of_rows(list(csv.reader(io.StringIO(body.decode("utf-8-sig")))), _place(path, names), names))
    if "spreadsheetml" in kind:
        return set(_of_rows(_sheet(body), _place(path, names), names))
    if "presentationml" in kind:
        return set(_of_rows(list(_slides(body)), _place(path, names), names))
    page = NARROW.sub("", body.decode())
    found = set(
        _of_rows(
            [[_words(cell) for cell in CELL.findall(row)] for row in ROW.findall(page)], _place(path, names), names
        )
    )
    return found | set(_of_sentences(path, _words(page), names))


def _words(marked: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", marked))).strip()


def _sheet(body: bytes) -> list[list[str]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    return [[str(int(cell)) if isinstance(cell, float) else str(cell) for cell in row] for row in rows]


def _slides(body: bytes) -> Iterator[list[str]]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            if name.startswith("ppt/slides/slide") and name.endswith(".xml"):
                for row in SLIDE_ROW.findall(archive.read(name).decode()):
                    yield [_words(cell) for cell in SLIDE_CELL.findall(row)]


def _place(path: str, names: Names) -> str:
    """The place that an address names; the whole where it names none."""
    found = re.search(r"/(schools|clusters)/([\w-]+)", path)
    return names.slugs.get((found[1], found[2]), "") if found else "whole"


def _of_rows(rows: Sequence[Sequence[str]], here: str, names: Names) -> Iterator[Figure]:
    """Rows of places under a header of statements, and rows of statements of one place under "Statement" and "Score"."""
    columns: dict[int, int] = {}
    for row in rows:
        heads = {number: names.items[cell] for number, cell in enumerate(row) if cell in names.items}
        if heads and 0 not in heads:
            columns = heads
        elif row and (item := _item(row[0], names)):
            yield from _of_statement(row, here, item, names)
        elif row and (place := _named(row[:2], names)):
            n = ANSWERED.search(" ".join(row))
            yield Figure(place, 0, n[1] if n else "")
            for number, statement in columns.items():
                if number < len(row) and (score := FIGURE.match(row[number])):
                    yield Figure(place, statement, score=int(score[1]))


def _item(cell: str, names: Names) -> int:
    """The statement that a row begins with; 0 for none."""
    return next((number for about, number in names.items.items() if cell == about or cell.startswith(f"{about} ")), 0)


def _of_statement(row: Sequence[str], here: str, item: int, names: Names) -> Iterator[Figure]:
    """About, how many answered, the score, and the cluster's beside it."""
    said = " ".join(row)
    n = STATEMENT_ANSWERED.search(said)
    score = next((int(found[1]) for cell in row[1:] if (found := FIGURE.fullmatch(cell))), None)
    yield Figure(here, item, n[1] if n else "", score)
    for name, other in TOGETHER.findall(said):
        if place := _last_name(name, names):
            yield Figure(place, item, score=int(other))


def _named(cells: Iterable[str], names: Names) -> str:
    """The place that a row is of."""
    said = " ".join(cells)
    if said.startswith("Other schools"):
        of = next((name for name, place in names.places.items() if said.startswith(f"Other schools of {name} ")), "")
        return f"pool:{of}" if names.places.get(of, "").startswith("cluster:") else "pool:"
    return next((place for name, place in names.places.items() if said == name or said.startswith(f"{name} ")), "")


def _last_name(words: str, names: Names) -> str:
    return next((place for name, place in names.places.items() if words == name or words.endswith(f" {name}")), "")


def _of_sentences(path: str, said: str, names: Names) -> Iterator[Figure]:
    for name, place in names.places.items():
        for n in re.findall(rf"\b{re.escape(name)}: {COUNT} of \d+ answered", said):
            yield Figure(place, 0, n)
    asked = re.search(r"/statements/([\w.]+)/(\w+)/([\w-]+)/", path)
    if asked and (place := names.slugs.get((asked[2], asked[3]), "")):
        item = names.ids[asked[1]]
        score, n, covered = SCORE_NOW.search(said), STATEMENT_ANSWERED.search(said), COVERED.search(said)
        yield Figure(place, item, n[1] if n else "", int(score[1]) if score else None)
        if covered:
            yield Figure(place, item, n[1] if n else "", covered=int(covered[1] or covered[2]))
