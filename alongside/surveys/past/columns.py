"""What a column of an export is, judged by its name and by what stands in it: answers on a scale are counted, all else is
dropped while it is read. Whatever could lead to a person has its name here, so that the preview can say what was dropped."""

from __future__ import annotations

import difflib
import re
from typing import Final

from alongside.surveys.past.counts import LABEL

MOST_LABELS: Final = 11  # 0 to 10 is the longest scale in use
ALIKE: Final = 0.84  # of difflib: "Strong agree" against "Strongly agree" is 0.92
SHORT: Final = 5  # words
SHARED: Final = 3  # columns with the same unknown answers make a scale; two might be two lists of names

# Wordings of answers → our answer. Only what is certain; all else is asked.
KNOWN: Final = {
    "strongly disagree": "1",
    "disagree": "2",
    "in between": "3",
    "neither agree nor disagree": "3",
    "neutral": "3",
    "agree": "4",
    "strongly agree": "5",
    "i can't say": "x",
    "can't say": "x",
    "don't know": "x",
    "not applicable": "x",
    "no answer": "-",
    "n/a": "-",
}

_PERSONAL: Final = (
    (re.compile(r"\bip[ _-]?(address|adresse)?\b|ipaddr", re.I), "the address of somebody’s computer"),
    (
        re.compile(r"^(location)?_?(lat|long?|latitude|longitude)$|^location\b|breitengrad|längengrad", re.I),
        "where somebody was",
    ),
    (re.compile(r"e-?mail|^mail$", re.I), "an e-mail address"),
    (
        re.compile(
            r"\b(fore|sur|(first|last|family|given|full|your) ?)name\b|(first|last)name|^name$|nachname|vorname", re.I
        ),
        "a person’s name",
    ),
    (re.compile(r"phone|mobile|telefon|\btel\b", re.I), "a telephone number"),
    (re.compile(r"\b(date of birth|dob|birthday)\b", re.I), "a day of birth"),
    (
        re.compile(r"^(token|access code|seed|response ?id|_recordid|id|external(data)?reference|reference)$", re.I),
        "a mark of one reply",
    ),
    (re.compile(r"^(refurl|referrer url|user ?agent|browser)$", re.I), "a mark of somebody’s device"),
)
_TECHNICAL: Final = re.compile(
    r"^(startdate|enddate|status|progress|duration.*|finished|recordeddate|distributionchannel|userlanguage|submitdate|"
    r"lastpage|startlanguage|datestamp|interviewtime|total time|group ?time.*|question ?time.*|date submitted|last page|"
    r"start language|date started|date last action|channel|duration)$",
    re.I,
)
_VALUES: Final = (
    (re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I), "e-mail addresses"),
    (re.compile(r"(\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,7}", re.I), "addresses of computers"),
    (re.compile(r"-?\d{1,3}\.\d{4,}"), "places or measurements"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]?.*|\d{1,2}[/.]\d{1,2}[/.]\d{4}.*"), "dates"),
    (re.compile(r"\+?[\d ()/-]{7,}"), "numbers of telephones or of people"),
)
_CODE: Final = re.compile(r"\(?([A-Za-z]{0,2}?0*(\d{1,2}))\)?")


def plain(label: str) -> str:
    """A label as it is compared: small letters, one kind of apostrophe, single spaces."""
    return " ".join(label.casefold().replace("’", "'").split())


def personal(*names: str) -> str:
    """Why a column of these names (code, words, id of the tool) is dropped unread; "" when it need not be. A sentence is no
    name of a column: "We answer e-mail within a day" is a statement."""
    names = tuple(name.strip() for name in names if name and len(name.split()) <= SHORT)
    for name in names:
        found = next((what for pattern, what in _PERSONAL if pattern.search(name)), "")
        if found:
            return f"It may hold {found}. It was not kept."
    if any(_TECHNICAL.match(name) for name in names):
        return "It is about the sending, not an answer. It was not kept."
    return ""


def telling(value: str) -> str:
    """What a value gives away that no answer on a scale does; "" for nothing."""
    return next((what for pattern, what in _VALUES if pattern.fullmatch(value)), "")


def number_of(label: str) -> int | None:
    """5 for "5", "5.0", "A5", "AO05" or "(5)"; None for words."""
    text = label.removesuffix(".0")
    found = _CODE.fullmatch(text)
    return int(found[2]) if found and int(found[2]) <= 10 else None


def answer_of(label: str) -> str:
    """Our answer for a wording that is certain: 1 to 5, x for can't say, - for none; "" where somebody must decide."""
    return KNOWN.get(plain(label), "")


def alike(label: str, others: list[str]) -> str:
    """The known wording, or the other label, that this one nearly is; "" for none. Never taken for it by itself."""
    if answer_of(label) or number_of(label) is not None:
        return ""
    choices = [*KNOWN, *(plain(other) for other in others if other != label)]
    found = difflib.get_close_matches(plain(label), choices, n=1, cutoff=ALIKE)
    return found[0] if found else ""


def is_scale(labels: set[str]) -> bool:
    """Whether these answers are a scale by themselves: small numbers, codes, or wordings that are known."""
    if not 2 <= len(labels) <= MOST_LABELS:
        return False
    words = [label for label in labels if number_of(label) is None]
    known = [label for label in words if answer_of(label) or alike(label, [])]
    return len(words) - len(known) <= len(labels) // 3


def may_be_answer(label: str) -> bool:
    """Whether one answer of a scale could read so."""
    return len(label) <= LABEL and not telling(label)


def scale_name(labels: set[str]) -> tuple[object, ...]:
    """What two columns of one scale have in common: the lowest (0 or not) and highest number, or their words."""
    numbers = {found for label in labels if (found := number_of(label)) is not None}
    if numbers and len(numbers) * 2 > len(labels):
        return ("numbers", min(numbers) == 0, max(numbers), *sorted({re.sub(r"\d", "", label) for label in labels}))
    if any(answer_of(label) in {"1", "2", "4", "5"} for label in labels):
        return ("agreement",)
    return ("words", *sorted(map(plain, labels)))


def sort_key(label: str) -> tuple[int, int, str]:
    """Labels as people read a scale: numbers first and upwards, then known wordings, then the rest."""
    number, known = number_of(label), answer_of(label)
    if number is not None:
        return (0, number, label)
    return (1, "12345x-".index(known), label) if known else (2, 0, label)
