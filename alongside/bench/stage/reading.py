"""What stands on pages and in documents: figures, each with where it is said to be of, and numbers that nobody knows.

Reads what was sent, as a person or a program at the other end would: rows of tables, sheets and slides, sentences, what a reader
of the page aloud would hear. A place is "school:<name>", "cluster:<name>", "pool:<cluster>" (without a name: of several
clusters) or "whole"; an item is the number of a statement, 0 for answers as a whole. Whatever number is left when figures,
dates and fixed words are taken away is unknown.
"""

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineWorkbook

TABLE = re.compile(r"<table[^>]*>(.*?)</table>", re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
NARROW = re.compile(r'<span class="narrow-only">.*?</span>', re.DOTALL)
UNSAID = re.compile(r"<(script|style|option|title)\b.*?</\1>|<!--.*?-->", re.DOTALL)
DRAWN = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
HEARD = re.compile(r'\b(?:aria-label|title|alt|data-label|placeholder|descr)="([^"]*)"')
SLIDE_ROW = re.compile(r"<a:tr\b.*?</a:tr>", re.DOTALL)
NOT_SHOWN = re.compile(r"<a:fld\b.*?</a:fld>|<a:tableStyleId>.*?</a:tableStyleId>", re.DOTALL)  # number of a slide, look
SLIDE_CELL = re.compile(r"<a:tc\b.*?</a:tc>", re.DOTALL)
SHARE = r"\d+%(?: or less| or more)?"
COUNT = r"(\d+–\d+|\d+)"
ANSWERED = re.compile(rf"{COUNT} of (\d+) answered")
STATEMENT_ANSWERED = re.compile(rf"{COUNT} answered(?: this statement)?")
FIGURE = re.compile(r"(\d+)(?=\s|$)")
IN_KIND = re.compile(rf"(\d+) \(?{COUNT} answered\)?")
NUMBER = re.compile(r"\d+")
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
SHORT = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)"
SCALE_ENDS = 2
KINDS = ("Leaders", "Teachers", "Support staff")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. survey: when it was asked. n: how many answered, as it was printed; invited; score; covered: answers behind
    the shares of each choice. part: the kinds of job that it is of, as they are called; "" for everybody."""

    survey: str
    place: str
    item: int
    n: str = ""
    score: int | None = None
    covered: int | None = None
    part: str = ""
    invited: int | None = None
    shares: tuple[str, ...] = ()  # of each choice, as they were printed


@dataclass(frozen=True, slots=True)
class Range:
    """A range that follows from printed figures. what: "everyone" (of all who were invited), "rest" (of the cluster) or
    "usual" (of the pulses before)."""

    what: str
    survey: str
    place: str
    item: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for what. places: name → place. slugs: (where, slug) → place. surveys: beginning of an address → survey.
    items: survey → what a statement is about, its words and its id → its number. months: survey → month → survey of its series.
    imported: the same of earlier results."""

    places: Mapping[str, str]
    slugs: Mapping[tuple[str, str], str]
    surveys: Mapping[str, str]
    items: Mapping[str, Mapping[str, int]]
    months: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    imported: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """What one response says. here: the place that its address names."""

    names: Names
    survey: str
    here: str
    item: int = 0
    figures: set[Figure] = field(default_factory=set)
    ranges: set[Range] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)

    @property
    def items(self) -> Mapping[str, int]:
        return self.names.items.get(self.survey, {})


def read(path: str, kind: str, body: bytes, names: Names) -> Page:
    """All that one response says. kind: its content type."""
    page = _page(path, names)
    if kind.startswith("text/csv"):
        _table(page, list(csv.reader(io.StringIO(body.decode("utf-8-sig")))))
    elif "spreadsheetml" in kind:
        for rows in _sheets(body):
            _table(page, rows)
    elif "presentationml" in kind:
        for rows, said in _slides(body):
            _table(page, rows)
            _text(page, said)
    elif kind.startswith(("text/html", "application/pdf")):
        _html(page, NARROW.sub("", UNSAID.sub(" ", body.decode())))
    return page


def _page(path: str, names: Names) -> Page:
    survey = next((key for start, key in names.surveys.items() if path.startswith(start)), "")
    place = re.search(r"/(schools|clusters)/([\w-]+)", path)
    asked = re.search(r"/statements/([\w.-]+)/(\w+)/([\w-]+)/", path)
    if asked:
        here = names.slugs.get((asked[2], asked[3]), "")
        return Page(names, survey, here, names.items.get(survey, {}).get(asked[1], 0))
    return Page(names, survey, names.slugs.get((place[1], place[2]), "") if place else "whole")


def _words(marked: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", marked))).strip()


def _html(page: Page, shown: str) -> None:
    for table in TABLE.findall(shown):
        _table(page, [[_words(cell) for cell in CELL.findall(row)] for row in ROW.findall(table)])
        _text(page, _caption(table))
    rest = TABLE.sub(" ", shown)
    drawn = [_words(each) for each in DRAWN.findall(rest)]
    _text(page, _words(DRAWN.sub(" ", rest)))
    for heard in dict.fromkeys(HEARD.findall(shown)):
        _text(page, html.unescape(heard))
    for each in drawn:
        _drawn(page, each)


def _caption(table: str) -> str:
    found = re.search(r"<caption>(.*?)</caption>", table, re.DOTALL)
    return _words(found[1]) if found else ""


def _drawn(page: Page, said: str) -> None:
    """A chart says in numbers what the page says besides: the ends of its scale, then printed figures and ends of ranges."""
    known = {str(figure.score) for figure in page.figures} | {str(e) for each in page.ranges for e in (each.low, each.high)}
    known |= {number for figure in page.figures for share in figure.shares for number in NUMBER.findall(share)}
    numbers = NUMBER.findall(re.sub(r"\b20\d\d\b", " ", _harmless(said)))
    scale = sum(int(number) % 10 == 0 for number in numbers[:2])
    for number in numbers[scale if scale == SCALE_ENDS else 0 :]:
        if number not in known:
            page.unknown.append(f"drawn: {number} in {said}")


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
                rows = [[_words(cell) for cell in SLIDE_CELL.findall(row)] for row in SLIDE_ROW.findall(shown)]
                rest = SLIDE_ROW.sub(" ", NOT_SHOWN.sub(" ", shown))
                yield rows, " ".join([_words(rest), *map(html.unescape, HEARD.findall(rest))])


# --- tables ---


def _table(page: Page, rows: Sequence[Sequence[str]]) -> None:
    """Rows under a header that says what they are; what is in no known column is text."""
    reader: Callable[[Page, Sequence[str], Sequence[str]], Iterable[str]] | None = None
    header: Sequence[str] = ()
    for row in rows:
        if found := _reader(page, row):
            reader, header = found, row
            continue
        for said in reader(page, header, row) if reader and len(row) > 1 else row:
            _text(page, said)


def _reader(page: Page, row: Sequence[str]) -> Callable[[Page, Sequence[str], Sequence[str]], Iterable[str]] | None:
    if len(row) > 1 and any(cell in page.items for cell in row[1:]) and row[0] not in page.items:
        return _of_places
    if row and row[0] == "When":
        return _of_months
    if "Round" in row and "Score" in row:
        return _of_rounds
    if row and row[0] == "Statement" and len(row) > 1:
        return _of_statements if "Score" in row else _of_kinds
    return None


def _of_places(page: Page, header: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    place = _named(page.names, row[:2])
    if not place:
        return row
    left = []
    for head, cell in zip(header, row, strict=False):
        item = page.items.get(head, 0)
        score = FIGURE.match(cell) if item else None
        if score:
            page.figures.add(Figure(page.survey, place, item, score=int(score[1])))
            cell = cell[score.end() :]
        elif answered := ANSWERED.search(cell):
            page.figures.add(Figure(page.survey, place, 0, answered[1], invited=int(answered[2])))
            cell = cell.replace(answered[0], " ", 1)
        left.append(cell)
    return left


def _of_months(page: Page, _: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    imported = any("imported" in cell for cell in row)
    months = (page.names.imported if imported else page.names.months).get(page.survey, {})
    survey, score = months.get(row[0], ""), FIGURE.fullmatch(row[1])
    if score is None or not survey:
        return row
    page.figures.add(Figure(survey, page.here, 1 if imported else page.item, score=int(score[1])))
    return row[2:]


def _of_rounds(page: Page, header: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    cells = dict(zip(header, row, strict=False))
    item = page.items.get(cells["Statement"], 0)
    place = _named(page.names, [cells["Place"]]) if "Place" in cells else page.here
    score = FIGURE.fullmatch(cells["Score"])
    if not item or not place or score is None:
        return row
    page.figures.add(Figure(page.survey, place, item, cells["Answered"], int(score[1])))
    return []


def _of_kinds(page: Page, header: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    item = _item(page, row[0])
    return [row[0], *(_kind(page, item, head, cell) for head, cell in zip(header[1:], row[1:], strict=False))]


def _kind(page: Page, item: int, head: str, cell: str) -> str:
    found = IN_KIND.fullmatch(cell)
    if found is None or not item or not head.startswith(KINDS):
        return cell
    page.figures.add(Figure(page.survey, page.here, item, found[2], int(found[1]), part=head))
    return ""


def _of_statements(page: Page, header: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    """About, how many answered, the score, the cluster's beside it, ranges, kinds of job."""
    item = _item(page, row[0])
    if not item:
        return row
    left, n, score, ends = [], "", None, dict[str, int]()
    for head, cell in zip(header, row, strict=False):
        if head == "Score" and (found := FIGURE.fullmatch(cell)):
            score, cell = int(found[1]), ""
        elif head.startswith("Everyone asked, ") and (found := FIGURE.fullmatch(cell)):
            ends[head.rpartition(" ")[2]], cell = int(found[1]), ""
        elif head.startswith("Rest of "):
            cell = _rest(page, item, cell)
        elif head.startswith(KINDS):
            cell = _kind(page, item, head, cell)
        elif answered := STATEMENT_ANSWERED.search(cell):
            n, cell = answered[1], cell.replace(answered[0], " ", 1)
        left.append(_together(page, item, _between(page, item, cell)))
    if n or score is not None:
        page.figures.add(Figure(page.survey, page.here, item, n, score))
    if len(ends) == 2:
        page.ranges.add(Range("everyone", page.survey, page.here, item, ends["from"], ends["to"]))
    return left


def _rest(page: Page, item: int, cell: str) -> str:
    if found := re.match(r"(\d+) to (\d+); (?:this school is )?(?:above|below|within)", cell):
        page.ranges.add(Range("rest", page.survey, page.here, item, int(found[1]), int(found[2])))
        return cell[found.end() :]
    return cell


def _between(page: Page, item: int, said: str) -> str:
    if found := re.search(r"everyone asked: between (\d+) and (\d+)", said):
        page.ranges.add(Range("everyone", page.survey, page.here, item, int(found[1]), int(found[2])))
        return said.replace(found[0], " ")
    return said


def _together(page: Page, item: int, said: str) -> str:
    """ "North together 65"."""
    for found in re.finditer(r"(\w+(?: \w+)*) together (\d+)", said):
        if place := next((p for name, p in page.names.places.items() if found[1].endswith(name)), ""):
            page.figures.add(Figure(page.survey, place, item, score=int(found[2])))
            said = said.replace(found[0], " ")
    return said


def _item(page: Page, cell: str) -> int:
    """The statement that a row begins with; 0 for none."""
    return next((number for about, number in page.items.items() if cell == about or cell.startswith(f"{about} ")), 0)


def _named(names: Names, cells: Iterable[str]) -> str:
    """The place that a row is of."""
    said = " ".join(cells)
    if said.startswith("Other schools"):
        of = next((name for name in names.places if said.startswith(f"Other schools of {name}")), "")
        return f"pool:{of}" if names.places.get(of, "").startswith("cluster:") else "pool:"
    return next((place for name, place in names.places.items() if said == name or said.startswith(f"{name} ")), "")


# --- sentences ---


def _text(page: Page, said: str) -> None:
    """Take figures and fixed words away; numbers that are left are unknown."""
    for pattern, take in SENTENCES:
        said = pattern.sub(lambda found, take=take: " " if take(page, found) else found[0], said)  # type: ignore[misc]
    left = _harmless(said)
    for found in NUMBER.finditer(left):
        page.unknown.append(_around(left, found[0], found.start()))


def _around(said: str, number: str, at: int | None = None) -> str:
    at = said.find(number) if at is None else at
    return said[max(0, at - 40) : at + 40].strip()


def _harmless(said: str) -> str:
    for pattern in HARMLESS:
        said = pattern.sub(" ", said)
    return said


def _answered(page: Page, found: re.Match[str]) -> bool:
    """ "Ash: 12 of 20 answered", "Ash, May 2026: 12 of 20 answered", or of the place of the page."""
    before = found.string[: found.start()]
    named = [name for name in page.names.places if re.search(rf"\b{re.escape(name)}(?:, [\w ]+)?: $", before)]
    place = page.names.places[max(named, key=len)] if named else page.here
    if not place or not page.survey:
        return False
    page.figures.add(Figure(page.survey, place, 0, found[1], invited=int(found[2])))
    return True


def _score_now(page: Page, found: re.Match[str]) -> bool:
    if not page.item:
        return False
    page.figures.add(Figure(page.survey, page.here, page.item, score=int(found[1])))
    if found[2]:
        page.ranges.add(Range("usual", page.survey, page.here, page.item, int(found[2]), int(found[3])))
    return True


def _this_statement(page: Page, found: re.Match[str]) -> bool:
    if not page.item:
        return False
    page.figures.add(Figure(page.survey, page.here, page.item, found[1]))
    return True


def _covered(page: Page, found: re.Match[str]) -> bool:
    """ "Agree 40% … From 90 of 94 answers"."""
    if not page.item:
        return False
    shares = tuple(sorted(set(re.findall(SHARE, found[1]))))
    page.figures.add(Figure(page.survey, page.here, page.item, covered=int(found[2] or found[3]), shares=shares))
    return True


def _everyone(page: Page, found: re.Match[str]) -> bool:
    if not page.item:
        return False
    page.ranges.add(Range("everyone", page.survey, page.here, page.item, int(found[1]), int(found[2])))
    return True


def _of_statement(page: Page, found: re.Match[str]) -> bool:
    """ "Direction 50; everyone asked: 40 to 60", or as a chart says it aloud; "Direction: 50" on a slide."""
    item = page.items.get(found[1], 0)
    if not item or page.here == "whole":
        return False
    page.figures.add(Figure(page.survey, page.here, item, score=int(found[2])))
    if len(found.groups()) > 2:
        page.ranges.add(Range("everyone", page.survey, page.here, item, int(found[3]), int(found[4])))
    return True


def _in_the_hall(page: Page, found: re.Match[str]) -> bool:
    """ "65 of 100 from 12 answers, Agree 40%", of the statement whose words stand before it."""
    before = found.string[: found.start()]
    item = max(page.items, key=lambda words: before.rfind(words), default="")
    if not page.survey.startswith("room:") or item not in before:
        return False
    shares = tuple(sorted(set(re.findall(SHARE, found[3]))))
    page.figures.add(Figure(page.survey, "whole", page.items[item], found[2] or "", int(found[1]), shares=shares))
    return True


def _people(page: Page, found: re.Match[str]) -> bool:
    page.figures.add(Figure(page.survey, "whole", 0, found[1], invited=int(found[2])))
    return page.survey.startswith("room:")


def _in_fives(_: Page, found: re.Match[str]) -> bool:
    """How many have answered so far: in steps of five and no finer (R8)."""
    return int(found[1]) % 5 == 0


def _again(page: Page, found: re.Match[str]) -> bool:
    """What a chart says aloud of figures that stand on the page."""
    known = {figure.score for figure in page.figures} | {end for each in page.ranges for end in (each.low, each.high)}
    return {int(number) for number in found.groups() if number} <= known


def _share_again(page: Page, found: re.Match[str]) -> bool:
    return any(found[0] in figure.shares for figure in page.figures)


CHOICE = f"(?:Strongly disagree|Disagree|In between|Agree|Strongly agree) {SHARE}"
SENTENCES: list[tuple[re.Pattern[str], Callable[[Page, re.Match[str]], bool]]] = [
    (re.compile(r"about (\d+) of \d+ have answered"), _in_fives),
    (ANSWERED, _answered),
    (re.compile(rf"{COUNT} of (\d+) people answered"), _people),
    (re.compile(r"Score (\d+) in \w+ \d{4}(?:, where (\d+) to (\d+) is usual)?"), _score_now),
    (re.compile(rf"{COUNT} answered this statement"), _this_statement),
    (re.compile(r"How the answers were spread((?:(?!From \d).)*)From (?:(\d+) of )?(\d+) answers"), _covered),
    (re.compile(r"anywhere from (\d+) to (\d+), whatever"), _everyone),
    (re.compile(r"(\w[\w-]*(?: \w+)?) (\d+); everyone asked: (\d+) to (\d+)"), _of_statement),
    (re.compile(r"(\w[\w-]*(?: \w+)?): (\d+), from (\d+) to (\d+)"), _of_statement),
    (re.compile(r"(\w[\w-]*(?: \w+)?): (\d+)(?=\.)"), _of_statement),
    (re.compile(rf"(\d+) of 100(?: from {COUNT} answers)?((?:[ ·]*{CHOICE})*)"), _in_the_hall),
    (re.compile(r"scores (?:at (\d+)|between (\d+) and (\d+))\."), _again),
    (re.compile(r"The usual range is (\d+) to (\d+)\."), _again),
    (re.compile(r"All statements stand near (\d+)"), _again),
    (re.compile(SHARE), _share_again),
]
HARMLESS = [
    re.compile(rf"\b\d{{1,2}} {MONTH}(?: \d{{4}})?|\b{MONTH} \d{{4}}|\b\d{{1,2}} {SHORT}\b(?: \d{{4}})?|\b{SHORT} \d{{4}}"),
    re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d\d?:\d\d\b|\b\d{4}(?:/\d\d)?(?= school year| to \d{4}\b)"),
    re.compile(r"Release [0-9a-f]{16}|(?<!\w)[0-9a-f]{16}(?!\w)"),
    re.compile(r"Run chart of \d+ pulses? from {2,3}to {2,3}|\b\d+ earlier rounds?\b"),
    re.compile(r"from 0 \(all [\w ]+\) to 100 \(all [\w ]+\)|from 0 to 100|\b0 100\b|under 40 to 90 and over"),
    re.compile(r"with (?:5 to 9|10 to 19) (?:answers is rounded )?to the nearest (?:10|5)"),
    re.compile(r"127\.0\.0\.1(?::\d+)?/\w+/(?:\d+/)?|register \d{6}"),
    re.compile(r"\b\d+ (?:files? of earlier results|pulses? under way|pulses? (?:has|have) results|things? in seven days)"),
    re.compile(r"\b\d+ schools?\b|\b\d+ of \d+ schools have replied|[Gg]roups of \d+ or more|^\d+ (?=\w+ Primary$)"),
    re.compile(r"Schools \d+: \d+ primary|for 10 or more|answers are not anonymous"),
    re.compile(r"\b[1-9] (?=(?:How|Wellbeing|The schools of|Your colleagues at|Reply to|Say whom)\b)|\b\d of \d steps"),
    re.compile(r"\b\d+ minutes?\b|\b\d+ repl(?:y|ies) (?:waits?|to write)|Post to \d+ colleagues|\b(?:lead|well)\.\d\b"),
    re.compile(r"in steps of 5|\d+ people (?:in|who are asked)|Once in 14 days|have 20 answers each|fewer than 20 answers|Fewer than 10 (?:chose|people answered)"),
    re.compile(r"People \d+ in \d+ schools?|Statements for each \d+"),
]
