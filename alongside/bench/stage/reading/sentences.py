"""Sentences: figures are taken, fixed words taken away; whatever number is left is unknown."""

import html
import re
from collections.abc import Callable
from functools import partial

from alongside.bench.stage.reading.said import ANSWERED, COUNT, SHARE, Figure, Page, Range

NUMBER = re.compile(r"\d+")
TAG = re.compile(r"<[^>]+>")
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
SHORT = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)"
SCALE_ENDS = 2

type Take = Callable[[Page, re.Match[str]], bool]  # takes the figures of a sentence; whether it could


def words(marked: str) -> str:
    """What a piece of a page says, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", marked))).strip()


def text(page: Page, said: str) -> None:
    """Take figures and fixed words away; numbers that are left are unknown."""
    for pattern, take in SENTENCES:
        said = pattern.sub(partial(_without, take, page), said)
    left = harmless(said)
    for found in NUMBER.finditer(left):
        page.unknown.append(_around(left, found[0], found.start()))


def _without(take: Take, page: Page, found: re.Match[str]) -> str:
    """Nothing in place of what could be taken; else what stands there."""
    return " " if take(page, found) else found[0]


def _around(said: str, number: str, at: int | None = None) -> str:
    at = said.find(number) if at is None else at
    return said[max(0, at - 40) : at + 40].strip()


def harmless(said: str) -> str:
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
    """What a heading or a chart says of figures that stand on the page; looked up when all of it is read."""
    page.again.append((frozenset(int(number) for number in found.groups() if number), found[0]))
    return True


def look_up(page: Page) -> None:
    """Whether all that was said again stands on the page."""
    known = {figure.score for figure in page.figures} | {end for each in page.ranges for end in (each.low, each.high)}
    page.unknown += [said for numbers, said in page.again if not numbers <= known]


def _share_again(page: Page, found: re.Match[str]) -> bool:
    return any(found[0] in figure.shares for figure in page.figures)


def _finding(page: Page, found: re.Match[str]) -> bool:
    """ "Ash: direction 40, was 60." of this pulse and the one before it."""
    place = next((p for name, p in page.names.places.items() if found[1].endswith(name)), "")
    item = next((number for about, number in page.items.items() if about.lower() == found[2]), 0)
    before = list(page.names.months.get(page.survey, {}).values())
    earlier = before[before.index(page.survey) - 1] if page.survey in before[1:] else ""
    if not place or not item or (found[4] and not earlier):
        return False
    page.figures.add(Figure(page.survey, place, item, score=int(found[3])))
    if found[4]:
        page.figures.add(Figure(earlier, place, item, score=int(found[4])))
    return True


CHOICE = f"(?:Strongly disagree|Disagree|In between|Agree|Strongly agree) {SHARE}"
SENTENCES: list[tuple[re.Pattern[str], Take]] = [
    (re.compile(r"about (\d+) of \d+ have answered"), _in_fives),
    (ANSWERED, _answered),
    (re.compile(r"(\w+(?: \w+)?): ([a-z][\w -]*?) (\d+)(?:, was (?:about )?(\d+))?\."), _finding),
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
    re.compile(
        rf"\b\d{{1,2}} {MONTH}(?: \d{{4}})?|\b{MONTH} \d{{4}}|\b\d{{1,2}} {SHORT}\b(?: \d{{4}})?|\b{SHORT} \d{{4}}"
    ),
    re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d\d?:\d\d\b|\b\d{4}(?:/\d\d)?(?= school year| to \d{4}\b)"),
    re.compile(r"Release [0-9a-f]{16}|(?<!\w)[0-9a-f]{16}(?!\w)"),
    re.compile(r"Run chart of \d+ pulses? from {2,3}to {2,3}|\b\d+ earlier (?:rounds?|pulses?)\b"),
    re.compile(r"from 0 \(all [\w ]+\) to 100 \(all [\w ]+\)|from 0 to 100|\b0 100\b|under 40 to 90 and over"),
    re.compile(r"is rounded to the nearest (?:5|10)(?=\. A step from)"),
    re.compile(r"with 5 to 9 answers is rounded to the nearest 10"),
    re.compile(
        r"with 10 to 19(?: answers is rounded to| to|, and a smaller total that holds one with 5 to 9, to) the nearest 5"
    ),
    re.compile(r"127\.0\.0\.1(?::\d+)?/\w+/(?:\d+/)?|register \d{6}"),
    re.compile(
        r"\b\d+ (?:files? of earlier results|pulses? under way|pulses? (?:has|have) results|things? in seven days)"
    ),
    re.compile(
        r"\b\d+ schools?\b|\b\d+ of \d+ schools have replied|[Gg]roups of \d+ or more|^\d+ (?=\w+ Primary(?: · \d+ pupils)?$)"
    ),
    re.compile(r"Schools \d+: \d+ primary|for 10 or more|answers are not anonymous"),
    re.compile(r"\b[1-9] (?=(?:How|Wellbeing|The schools of|Your colleagues at|Reply to|Say whom)\b)|\b\d of \d steps"),
    re.compile(
        r"\b\d+ minutes?\b|\b\d+ repl(?:y|ies) (?:waits?|to write)|Post to \d+ colleagues|\b(?:lead|well)\.\d\b"
    ),
    re.compile(
        r"in steps of 5|\d+ people (?:in|who are asked)|Once in 14 days|have 20 answers each|by more than 20 points|fewer than 20 answers|Fewer than 10 (?:chose|people answered)"
    ),
    re.compile(r"\b\d+ pulses? (?:is|are) shared with us"),
    re.compile(r"People \d+ in \d+ schools?|Statements for each \d+|Students on the roll \d+| · \d+ pupils$"),
    re.compile(r"\d+ votes? on what comes first|At least \d+ votes, 60 things and 20,000 votes at most"),
    re.compile(r"for each person: 1 for what comes first, 2 for the next|an empty cell or 0 is not ranked"),
]


def drawn(page: Page, said: str) -> None:
    """A chart says in numbers what the page says besides: the ends of its scale, then printed figures and ends of ranges."""
    known = {str(figure.score) for figure in page.figures} | {
        str(e) for each in page.ranges for e in (each.low, each.high)
    }
    known |= {number for figure in page.figures for share in figure.shares for number in NUMBER.findall(share)}
    numbers = NUMBER.findall(re.sub(r"\b20\d\d\b", " ", harmless(said)))
    scale = sum(int(number) % 10 == 0 for number in numbers[:2])
    for number in numbers[scale if scale == SCALE_ENDS else 0 :]:
        if number not in known:
            page.unknown.append(f"drawn: {number} in {said}")
