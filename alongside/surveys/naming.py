"""Whether a pulse of one's own names a person: nobody is judged by name (docs/decisions/0069).

Words are compared whole, without accents, hyphens and apostrophes, so “Hill” is not in “uphill”. What certainly names a
person who works here is refused; what only may is asked about once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext

from alongside.kit.errors import Refused
from alongside.kit.languages import ENGLISH
from alongside.kit.tabular import shown
from alongside.network.models import Organisation, School
from alongside.people.models import Role, StaffEntry
from alongside.surveys.wording import Wording

TITLES: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "mx",
        "dr",
        "prof",
        "professor",
        "herr",
        "frau",
        "mme",
        "monsieur",
        "madame",
        "senor",
        "senora",
        "whaea",
        "matua",
    ]
)
# These are words of everyday too: a title where they, or what follows, have a capital letter.
WORDS_TOO: Final = frozenset(
    ["miss", "sir", "madam", "doctor", "dame", "lord", "lady", "rev", "reverend", "father", "sister"]
)
KINDS: Final = frozenset(
    [
        "school",
        "primary",
        "secondary",
        "infant",
        "infants",
        "junior",
        "academy",
        "college",
        "high",
        "nursery",
        "the",
        "church",
    ]
)
SHORTEST: Final = 3  # letters of a single name that is asked about
INITIALS: Final = 2  # between a title and a name
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*")
_OWNS = re.compile(r"['’ʼ`]s?$", re.I)
EMAIL: Final = re.compile(r"[^\s@<>()\"']+@[^\s@<>()\"',;]+\.\w+")
PHONE: Final = re.compile(r"(?<!\w)\+?\d[\d\s()/-]{6,}\d(?!\w)")
# What a comment or a reply is asked about before it is sent; static/alongside/js/answer.js looks for the same while it is typed.
SUSPECT: Final = re.compile(rf"{EMAIL.pattern}|{PHONE.pattern}|\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam)\.?\s+[A-Z]")
INSTEAD: Final = "A pulse never asks about one person. Ask what all who lead do, or take the name out."
ANYWAY: Final = "A pulse never asks about one person. Change it, or ask it anyway if it names nobody."


class NamesSomebody(Refused):
    """A pulse names a person who works here."""


class MayNameSomebody(Refused):
    """A pulse may name a person; it is asked once somebody has said that it does not."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who works here and which schools there are, as words are compared."""

    pairs: frozenset[tuple[str, str]] = frozenset()  # two words in a row that are somebody’s name
    parts: frozenset[str] = frozenset()  # first names and surnames
    mails: frozenset[str] = frozenset()
    places: tuple[tuple[str, ...], ...] = ()  # names of schools, longest first


@dataclass(frozen=True, slots=True)
class Named:
    """What was found in one text. certain: somebody who works here; else it may be nobody."""

    what: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Sentences about a wording: what has to be changed, and what is to be looked at once more."""

    certain: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    plain: str

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


def plain(text: str) -> str:
    """As words are compared: letters alone, small and without accents; of “Hill’s” it is “hill”."""
    letters = unicodedata.normalize("NFKD", _OWNS.sub("", text))
    return "".join(letter for letter in letters if letter.isalpha()).casefold()


def _words(text: str) -> list[_Word]:
    seen = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return [_Word(found[0], plain(found[0])) for found in _WORD.finditer(seen)]


def known(people: Iterable[tuple[str, str | None]], places: Iterable[str] = ()) -> Known:
    """people: name and address of everybody; places: names of schools."""
    pairs, parts, mails = set(), set(), set()
    for name, mail in people:
        words = [word.plain for word in _words(name) if word.plain not in TITLES | WORDS_TOO]
        parts |= {word for word in words if len(word) > 1}
        pairs |= {(words[0], word) for word in words[1:] if len(words[0]) > 1 and len(word) > 1}
        if len(words) > 1:
            pairs.add((words[-1], words[0]))
        if mail:
            mails.add(mail.casefold())
    found = {short for place in places for short in _place(place)}
    return Known(frozenset(pairs), frozenset(parts), frozenset(mails), tuple(sorted(found, key=len, reverse=True)))


def _place(name: str) -> Iterator[tuple[str, ...]]:
    """A school's name, whole, and as people say it where that is two words or more."""
    words = tuple(word.plain for word in _words(name))
    if words:
        yield words
    while len(words) > 2 and words[-1] in KINDS:
        words = words[:-1]
        yield words


def named(text: str, of: Known) -> list[Named]:
    """All that names somebody in a text, or may."""
    words = _words(text)
    free = _without_places(words, of)
    found = [Named(mail[0], mail[0].casefold() in of.mails) for mail in EMAIL.finditer(text)]
    found += [Named(phone[0], False) for phone in PHONE.finditer(text)]
    for place, word in enumerate(words):
        rest = words[place + 1 :]
        if not free[place]:
            continue
        if _is_title(word, rest):
            found += _titled(word, rest, of)
        if rest and free[place + 1] and (word.plain, rest[0].plain) in of.pairs:
            found.append(Named(f"{word.text} {rest[0].text}", word.capital or rest[0].capital))
        elif word.capital and len(word.plain) >= SHORTEST and word.plain in of.parts:
            found.append(Named(word.text, False))
    return [each for each in found if not any(_within(each, other) for other in found)]


def _within(one: Named, other: Named) -> bool:
    """Whether a single word was found as part of more already."""
    return one.what != other.what and one.what in other.what.split()


def _without_places(words: Sequence[_Word], of: Known) -> list[bool]:
    """For each word whether it is free to be a person's: those of a school's name are not."""
    free = [True] * len(words)
    for place in of.places:
        for start in range(len(words) - len(place) + 1):
            here = slice(start, start + len(place))
            if tuple(word.plain for word in words[here]) == place:
                free[here] = [False] * len(place)
    return free


def _is_title(word: _Word, rest: Sequence[_Word]) -> bool:
    if word.plain in TITLES:
        return True
    return word.plain in WORDS_TOO and (word.capital or any(each.capital for each in rest[:1]))


def _titled(title: _Word, rest: Sequence[_Word], of: Known) -> list[Named]:
    """A title with the name behind it, over initials."""
    behind = 0
    while behind < min(INITIALS, len(rest) - 1) and len(rest[behind].plain) == 1:
        behind += 1
    if not rest:
        return []
    name = rest[behind]
    what = " ".join(word.text for word in (title, *rest[: behind + 1]))
    if name.plain in of.parts:
        return [Named(what, True)]
    return [Named(what, False)] if title.capital and name.capital else []


def doubts(text: str, of: Known) -> list[str]:
    """What is to be decided about a text in a file, in sentences."""
    found = named(text, of)
    sure, maybe = (
        list(dict.fromkeys(shown(each.what) for each in found if each.certain is kind)) for kind in (True, False)
    )
    return [f"It names {what}, who works here: as it is, it cannot be asked." for what in sure] + [
        f"It may name somebody: {what}." for what in maybe
    ]


def of_wording(words: Wording, of: Known, *, ours: bool = False) -> Said:
    """What a wording says of people, in sentences, also in the languages that are installed. ours: it comes with Alongside,
    so only its translations are looked at."""
    said = Said()
    for where, text in _texts(words):
        for each in [] if ours else named(text, of):
            _say(said, where, each)
        for language, translated in _translated(text):
            for each in named(translated, of):
                if each.certain:  # other languages write other words with capitals
                    _say(said, f"{where}, in {language},", each)
    return said


def _say(said: Said, where: str, each: Named) -> None:
    if each.certain:
        said.certain.append(f"{where} names {shown(each.what)}, who works here. {INSTEAD}")
    else:
        said.doubtful.append(f"{where} may name somebody: {shown(each.what)}. {ANYWAY}")


def _texts(words: Wording) -> Iterator[tuple[str, str]]:
    yield "Its name", words.name
    yield "The question above it", words.question
    yield "The question for comments", words.comment
    for number, line in enumerate(words.lines, start=1):
        yield f"Statement {number}", line.statement
        if line.about:
            yield f"Statement {number} in a word or two", line.about


def _translated(text: str) -> Iterator[tuple[str, str]]:
    for code, name in settings.LANGUAGES:
        if code != ENGLISH and text:
            with translation.override(code):
                translated = gettext(text)
            if translated != text:
                yield name, translated


def known_in(organisation: Organisation) -> Known:
    """Who works at the schools of a network, or at a school, and who has a role there. Three queries."""
    if organisation.kind == Organisation.Kind.SCHOOL:
        schools = School.objects.filter(organisation=organisation)
    else:
        schools = School.objects.in_network(organisation)
    places = dict(schools.values_list("pk", "name"))
    staff = StaffEntry.objects.current().filter(school__in=places)
    people: set[tuple[str, str | None]] = set()
    for name, own_name, mail in staff.values_list("name", "person__name", "person__email"):
        people |= {(name, mail), (own_name, mail)}
    roles = Role.objects.current().filter(Q(organisation=organisation) | Q(school__in=places))
    people |= set(roles.values_list("person__name", "person__email"))
    return known(people, [*places.values(), organisation.name])


def require_nobody(organisation: Organisation, words: Wording, *, anyway: bool = False, ours: bool = False) -> None:
    """Raises NamesSomebody for a wording that names a person who works here, and MayNameSomebody for one that may, unless
    somebody asks it anyway."""
    if ours and len(settings.LANGUAGES) == 1:
        return
    said = of_wording(words, known_in(organisation), ours=ours)
    if said.certain:
        raise NamesSomebody(" ".join(said.certain[:3]))
    if said.doubtful and not anyway:
        raise MayNameSomebody(" ".join(said.doubtful[:3]))
