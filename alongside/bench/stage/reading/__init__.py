"""What stands on pages and in documents: figures, each with where it is said to be of, and numbers that nobody knows.

Reads what was sent, as a person or a program at the other end would: rows of tables, sheets and slides, sentences, what a reader
of the page aloud would hear. A place is "school:<name>", "cluster:<name>", "pool:<cluster>" (without a name: of several
clusters), "grouping:<name>" or "whole"; an item is the number of a statement, 0 for answers as a whole. Whatever number is left when figures,
dates and fixed words are taken away is unknown.
"""

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineWorkbook

from alongside.bench.stage.reading.maps import on_a_map, on_a_vote
from alongside.bench.stage.reading.said import Figure, Names, Page, Range, Said
from alongside.bench.stage.reading.sentences import drawn, look_up, text, words
from alongside.bench.stage.reading.tables import table

__all__ = ["Figure", "Names", "Page", "Range", "Said", "read"]

TABLE = re.compile(r"<table[^>]*>(.*?)</table>", re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
NARROW = re.compile(r'<span class="narrow-only">.*?</span>', re.DOTALL)
UNSAID = re.compile(r"<(script|style|option|title)\b.*?</\1>|<!--.*?-->", re.DOTALL)
DRAWN = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
HEARD = re.compile(r'\b(?:aria-label|title|alt|data-label|placeholder|descr)="([^"]*)"')
SLIDE_ROW = re.compile(r"<a:tr\b.*?</a:tr>", re.DOTALL)
NOT_SHOWN = re.compile(
    r"<a:fld\b.*?</a:fld>|<a:tableStyleId>.*?</a:tableStyleId>", re.DOTALL
)  # number of a slide, look
SLIDE_CELL = re.compile(r"<a:tc\b.*?</a:tc>", re.DOTALL)


def read(path: str, kind: str, body: bytes, names: Names) -> Page:
    """All that one response says. kind: its content type."""
    page = _page(path, names)
    if kind.startswith("text/csv"):
        table(page, list(csv.reader(io.StringIO(body.decode("utf-8-sig")))))
    elif "spreadsheetml" in kind:
        for rows in _sheets(body):
            table(page, rows)
    elif "presentationml" in kind:
        for rows, said in _slides(body):
            table(page, rows)
            text(page, said)
    elif kind.startswith(("text/html", "application/pdf")):
        _html(page, NARROW.sub("", UNSAID.sub(" ", body.decode())))
    look_up(page)
    return page


def _page(path: str, names: Names) -> Page:
    survey = next((key for start, key in names.surveys.items() if path.startswith(start)), "")
    place = re.search(r"/(schools|clusters|groupings)/([\w-]+)", path)
    if "/lent/" in path and survey:
        statement = re.search(r"/statements/([\w.-]+)/", path)
        item = names.items.get(survey, {}).get(statement[1], 0) if statement else 0
        return Page(names, survey, names.lent.get(survey, ""), item)
    asked = re.search(r"/statements/([\w.-]+)/(\w+)/([\w-]+)/", path)
    if asked:
        here = names.slugs.get((asked[2], asked[3]), "")
        return Page(names, survey, here, names.items.get(survey, {}).get(asked[1], 0))
    return Page(names, survey, names.slugs.get((place[1], place[2]), "") if place else "whole")


def _html(page: Page, shown: str) -> None:
    if page.survey.startswith("map:"):
        shown = on_a_map(page, shown)
    elif page.survey.startswith("vote:"):
        shown = on_a_vote(page, shown)
    for each in TABLE.findall(shown):
        table(page, [[words(cell) for cell in CELL.findall(row)] for row in ROW.findall(each)])
        text(page, _caption(each))
    rest = TABLE.sub(" ", shown)
    charts = [words(each) for each in DRAWN.findall(rest)]
    text(page, words(DRAWN.sub(" ", rest)))
    for heard in dict.fromkeys(HEARD.findall(shown)):
        text(page, html.unescape(heard))
    for each in charts:
        drawn(page, each)


def _caption(shown: str) -> str:
    found = re.search(r"<caption>(.*?)</caption>", shown, re.DOTALL)
    return words(found[1]) if found else ""


def _sheets(body: bytes) -> Iterator[list[list[str]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        yield [[str(int(cell)) if isinstance(cell, float) else str(cell) for cell in row] for row in rows]


def _slides(body: bytes) -> Iterator[tuple[list[list[str]], str]]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"ppt/(slides|notesSlides)/\w+\.xml", name):
                shown = archive.read(name).decode()
                rows = [[words(cell) for cell in SLIDE_CELL.findall(row)] for row in SLIDE_ROW.findall(shown)]
                rest = SLIDE_ROW.sub(" ", NOT_SHOWN.sub(" ", shown))
                yield rows, " ".join([words(rest), *map(html.unescape, HEARD.findall(rest))])
