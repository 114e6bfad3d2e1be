"""What one response says: figures, each with where it is said to be of, ranges, and numbers that nobody knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SHARE = r"\d+%(?: or less| or more)?"
COUNT = r"(\d+–\d+|\d+)"
ANSWERED = re.compile(rf"{COUNT} of (\d+) answered")
FIGURE = re.compile(r"(\d+)(?=\s|$)")


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
class Said:
    """What a coherence map or the page of a vote says of one thing. item: its number, 0 for the whole. what: "score", "bar",
    "before" and so on; seat: of whom, "" for all."""

    what: str
    item: int
    seat: str
    numbers: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for what. places: name → place. slugs: (where, slug) → place. surveys: beginning of an address → survey.
    items: survey → what a statement is about, its words and its id → its number. months: survey → month → survey of its series.
    imported: the same of earlier results. lent: survey that a school lends → that school's place."""

    places: Mapping[str, str]
    slugs: Mapping[tuple[str, str], str]
    surveys: Mapping[str, str]
    items: Mapping[str, Mapping[str, int]]
    months: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    imported: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lent: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """What one response says. here: the place that its address names."""

    names: Names
    survey: str
    here: str
    item: int = 0
    figures: set[Figure] = field(default_factory=set)
    ranges: set[Range] = field(default_factory=set)
    said: set[Said] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    again: list[tuple[frozenset[int], str]] = field(default_factory=list)  # said once more, to be looked up

    @property
    def items(self) -> Mapping[str, int]:
        return self.names.items.get(self.survey, {})
