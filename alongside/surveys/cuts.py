"""A school's answers by kind of job, for one statement at a time (R4, R6, docs/decisions/0058). Only `publish` uses this.

Only schools that are blocks of their own are cut, and into parts of 20 or more that together are the whole school, so a
total less its parts is nothing. Clusters and the whole are not cut: their schools are merged in different ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alongside.science import disclosure, tallies
from alongside.science.disclosure import Publication
from alongside.science.tallies import Tally
from alongside.surveys import audiences
from alongside.surveys.models import Wave

CANT_SAY = "x"


@dataclass(frozen=True, slots=True)
class Cut:
    """The people of some kinds of job at one school, and the exact tally of what they answered; never shown."""

    categories: tuple[str, ...]  # of their tickets
    tally: Tally

    @property
    def kinds(self) -> list[str]:
        """Their kinds of job, leaders first."""
        there = {kind for category in self.categories for kind in audiences.kinds_in(category)}
        return [kind for kind in audiences.KINDS if kind in there]


def tally(given: Iterable[int | str], points: int = tallies.POINTS) -> Tally:
    """The tally of answers as they are stored, on a scale of so many points."""
    return tallies.from_answers((None if value == CANT_SAY else int(value) for value in given), points)


def of_wave(
    wave: Wave,
    ratings: Mapping[int, list[Mapping[str, Any]]],
    kinds: Mapping[int, list[str]],
    published: Mapping[str, Publication[str]],
) -> dict[str, dict[str, list[Cut]]]:
    """Statement → school → its parts; only where there are two parts or more."""
    found: dict[str, dict[str, list[Cut]]] = {}
    for item, shown in published.items():
        alone = [next(iter(block.schools)) for block in shown.blocks if block.kind == "school"]
        parts = {
            s: _parts(item, ratings[int(s)], kinds[int(s)], max(wave.k_scores, audiences.PART_FROM)) for s in alone
        }
        found[item] = {school: each for school, each in parts.items() if each}
    return found


def _parts(item: str, rows: list[Mapping[str, Any]], kinds: list[str], k: int) -> list[Cut]:
    """The parts of one school for one statement; none where somebody's kind is not known."""
    given: dict[str, list[int | str]] = {}
    for row, category in zip(rows, kinds, strict=True):
        given.setdefault(category, []).extend([row[item]] if item in row else [])
    exact = {category: tally(values) for category, values in given.items()}
    if "" in exact:
        return []
    merged = disclosure.merge_categories({category: each.n for category, each in exact.items()}, k)
    return [Cut(names, tallies.merge(exact[name] for name in names)) for names in merged]


def lines(parts: Iterable[Cut], k: int) -> list[dict[str, Any]]:
    """What a release says of the parts of a school: scores as they may be shown, leaders first."""
    shown = [(part.kinds, disclosure.shown_score(part.tally, k)) for part in parts]
    ordered = sorted(shown, key=lambda each: list(audiences.KINDS).index(each[0][0]))
    return [
        {"kinds": kinds, "score": score.score, "step": score.step, "n": score.n_label}
        for kinds, score in ordered
        if score is not None
    ]


def kept(
    places: Mapping[int, str],
    kinds: Mapping[int, list[str]],
    found: Mapping[str, Mapping[str, Tally]],
    cut: Mapping[str, Mapping[str, list[Cut]]],
    k: int,
) -> dict[tuple[int, str], str]:
    """(school, category of a ticket) → what sealed answers keep of it: the coarsest merging over all statements, and nothing
    where a statement was shown without a breakdown, or where fewer than k rows would share it."""
    labels: dict[tuple[int, str], str] = {}
    for school, place in places.items():
        answered = [item for item in found if found[item][str(school)].n]
        parts = [cut.get(item, {}).get(str(school), []) for item in answered]
        if place != f"school:{school}" or not parts or not all(parts):
            continue
        joined = _joined(set(kinds[school]), [part.categories for each in parts for part in each])
        rows = Counter(joined[category] for category in kinds[school])
        if len(rows) > 1 and min(rows.values()) >= k:
            labels |= {(school, category): label for category, label in joined.items()}
    return labels


def _joined(categories: set[str], together: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Category → the label of all those it counted together with in any statement."""
    groups = {category: {category} for category in categories}
    for names in together:
        merged = set[str]().union(*(groups[name] for name in names))
        groups |= dict.fromkeys(merged, merged)
    return {
        category: audiences.category(kind for name in group for kind in audiences.kinds_in(name))
        for category, group in groups.items()
    }
