"""Coherence maps, and the pages of votes: what they say of each thing is taken, the rest is read as on any page."""

import re

from alongside.bench.stage.reading.said import COUNT, Page, Said
from alongside.bench.stage.reading.sentences import words

BAR = re.compile(r'<li><span class="coh__name">(.*?)</span>(<svg [^>]*class="bar".*?</svg>)</li>', re.DOTALL)
PARTS = re.compile(r"(\d+) points shared, (\d+) lost inside groups, (\d+) lost between groups")
SPOT = re.compile(
    r'<li><p class="voice">“([^<]*)”</p><p class="muted small">([^<]*)</p>(<svg [^>]*class="strip".*?</svg>)'
    r'(<span class="conf">.*?</span>)(?:<p class="muted small">([^<]*)</p>)?</li>',
    re.DOTALL,
)
SCORES = re.compile(r'<table[^>]*><caption class="vh">Score of each statement,.*?</table>', re.DOTALL)
BY_NAME = re.compile(r'<table[^>]*><caption class="vh">What each leader chose,.*?</table>', re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
AT = re.compile(r'(?:x|width)="(\d+(?:\.\d+)?)%"|>(\d+)</text>')
WHO = re.compile(
    rf"(one leader|(?:{COUNT}) (?:leaders|teachers and support staff|students|parents and carers|governors))"
)
SEATS = {
    "leader": "leaders",
    "leaders": "leaders",
    "teachers and support staff": "teams",
    "students": "students",
    "parents and carers": "parents",
    "governors": "governors",
}
FIXED = re.compile(
    r"Score of each statement, 0 to 100|80 points and over|60 to 79|under 60|has 100 points|always make 100|1 strongly|5 strongly"
)
QUESTION = re.compile(r'<span class="n" aria-hidden="true">[123]</span>')  # its number, before each of the three
VOTE = re.compile(
    r'<span class="dots__name">(\d+)\. (.*?)</span>(<svg.*?</svg>)<span class="dots__said">(\d+) in 100</span>'
)


def on_a_map(page: Page, shown: str) -> str:
    """Take what a map says; what is left of the page."""
    shown = BAR.sub(lambda found: _bar(page, found), shown)
    shown = SPOT.sub(lambda found: _spot(page, found), shown)
    shown = SCORES.sub(lambda found: _scores(page, found), shown)
    shown = BY_NAME.sub(lambda found: _by_name(page, found), shown)
    shown = re.sub(r"<b>(.*?) said how they see it|<b>(.*?)</b>", lambda found: _who(page, found), shown)
    shown = re.sub(
        r"(\d+) schools? let their map be counted|So far (\d+) ha[sv]e? said yes", lambda f: _counted(page, f), shown
    )
    return FIXED.sub(" ", QUESTION.sub(" ", shown))


def _bar(page: Page, found: re.Match[str]) -> str:
    named, parts = found[1], PARTS.search(found[2])
    item = page.items.get(words(re.sub(r"<small.*?</small>", " ", named)), 0)
    if not item or parts is None:
        return found[0]
    numbers = tuple(int(each) for each in parts.groups())
    page.said.add(Said("bar", item, "", numbers))
    for pattern, what in ((r"(\d+) last time", "before"), (r"(\d+) schools", "schools")):
        if more := re.search(pattern, named):
            page.said.add(Said(what, item, "", (int(more[1]),)))
    _drawn(page, found[2], {0, 100, *numbers, numbers[0] + numbers[1]}, middles=True)
    return " "


def _drawn(page: Page, drawing: str, known: set[int], *, middles: bool = False) -> None:
    """A drawing holds what is said beside it, the ends of its parts, and where the words in the middle of a part stand."""
    halves = {(a + b) / 2 for a in known for b in known} if middles else set[float]()
    for placed, written in AT.findall(drawing):
        number = float(placed or written)
        if number not in known and (written or number not in halves):
            page.unknown.append(f"drawn on a map: {number:g}")


def _spot(page: Page, found: re.Match[str]) -> str:
    item = page.items.get(words(found[1]), 0)
    pairs = re.findall(r"([A-Za-z]+) (\d+)", found[2])
    if not item or not pairs:
        return found[0]
    for seat, score in pairs:
        page.said.add(Said("score", item, seat.lower(), (int(score),)))
    _drawn(page, found[3], {0, 100, *(int(score) for _, score in pairs)})
    if found[5] and (more := re.fullmatch(r"In (\d+) of (\d+) schools it points the same way\.", found[5])):
        page.said.add(Said("same way", item, "", (int(more[1]), int(more[2]))))
        return " "
    return found[5] or " "


def _scores(page: Page, found: re.Match[str]) -> str:
    seats: list[str] = []
    left = []
    for row in ROW.findall(found[0]):
        first, *cells = [words(cell) for cell in CELL.findall(row)]
        item = page.items.get(first, 0)
        if not item:
            seats = [cell.lower() for cell in cells]
            continue
        for seat, cell in zip(seats, cells, strict=True):
            if cell.isdecimal():
                page.said.add(Said("score", item, seat, (int(cell),)))
            else:
                left.append(cell)
    return " ".join(left)


def _by_name(page: Page, found: re.Match[str]) -> str:
    for row in ROW.findall(found[0]):
        first, *cells = [words(cell) for cell in CELL.findall(row)]
        if item := page.items.get(first, 0):
            page.said.add(Said("by name", item, "leaders", tuple(sorted(cells))))
    return " "


def _who(page: Page, found: re.Match[str]) -> str:
    for one, *counts in WHO.findall(found[0]):
        group = one if one == "one leader" else one.partition(" ")[2]
        page.said.add(Said("people", 0, SEATS[group.removeprefix("one ")], (next(filter(None, counts), "1"),)))
    return WHO.sub(" ", found[0])


def _counted(page: Page, found: re.Match[str]) -> str:
    page.said.add(Said("counted", 0, "", (int(found[1] or found[2]),)))
    return " "


def on_a_vote(page: Page, shown: str) -> str:
    """Take how often each thing beats another, and how many voted; what is left of the page."""
    for place, name, drawing, share in VOTE.findall(shown):
        title = words(re.sub(r"<svg.*?</svg>|<span.*", " ", name))
        item = page.items.get(title, 0)
        page.said.add(Said("share", item, place, (int(share),)))
        _drawn(page, drawing, {0, 100, int(share)})
    shown = VOTE.sub(" ", shown)
    for voters, things in re.findall(r"(\d+) people voted on (\d+) things", shown):
        page.said.add(Said("voters", 0, "", (int(voters), int(things))))
    fixed = r"\d+ people voted on \d+ things|among (?:the|their) first \d+|64 times in 100|in at least (?:95 of 100|80)"
    return re.sub(rf"{fixed}|in 100 times|There are \d+ more\.|fewer than 20 votes|to the nearest 5", " ", shown)
