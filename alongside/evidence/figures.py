"""What each seat of a round may show of one school: from releases, and from leaders who answered by name.

Everything that a map says of teams and students is worked out from what their release prints (docs/decisions/0072), so it
tells nothing that the release does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from alongside.evidence.models import LeaderView, MapRound, SeatWave
from alongside.evidence.statements import ASKED, LEADERS, Statement
from alongside.science import disclosure, tallies
from alongside.science.coherence import read_off
from alongside.science.results import nearest
from alongside.science.tallies import Tally
from alongside.surveys import releases
from alongside.surveys.models import Release
from alongside.surveys.releases import Document

WHOLE_POINTS = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One statement, seen from one seat of one school. n: as it may be shown. step: what the score was rounded to.

    percents: printed shares, or the counts themselves of leaders who answered by name; none under ten answers, where no
    distribution is published.
    """

    n: str
    score: int
    step: int
    percents: tuple[int, ...]
    by_name: bool = False

    @property
    def spread(self) -> tuple[int, ...]:
        """How answers spread, in any unit; under twenty answers what can be read off the shares, whose ends are open."""
        if self.by_name or not self.percents or int(self.n) >= disclosure.FINE_FROM:
            return self.percents
        return read_off(self.percents, int(self.n)).counts

    @property
    def answers(self) -> Tally | None:
        """Answers as near as the printed shares tell them; None where there are none."""
        if not self.percents:
            return None
        return Tally(self.percents) if self.by_name else read_off(self.percents, int(self.n))


type Figures = dict[str, Figure]  # key of a seat → its figure; seats that may show nothing are not there


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of a round that are out, by seat."""

    documents: Mapping[str, Document]

    def of(self, statements: Sequence[Statement], schools: Iterable[int]) -> list[dict[str, Figures]]:
        """For each school: statement → what each seat without names shows of it, its own block and never a pool's."""
        printed = {(s.id, key): self._printed(s, key) for s in statements for key in self.documents}
        return [
            {
                s.id: {
                    key: found for key in self.documents if (found := _figure(*printed[s.id, key], f"school:{school}"))
                }
                for s in statements
            }
            for school in schools
        ]

    def _printed(self, statement: Statement, key: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        document, item = self.documents[key], statement.item(ASKED[key]).id
        return document.printed(item) if item in document.items else ({}, {})

    def schools(self) -> dict[int, str]:
        """Every school that was asked in any seat, with its home cluster (cluster:<id>)."""
        found: dict[int, str] = {}
        for document in self.documents.values():
            found |= {school: document.cluster_of(school) for school in document.school_ids()}
        return found


def of_round(seats: Iterable[SeatWave]) -> Releases:
    """The releases that are out of these seats, whose waves are read with their releases. No query."""
    return Releases({seat.seat: releases.read(release) for seat in seats if (release := _release(seat))})


def _release(seat: SeatWave) -> Release | None:
    return getattr(seat.wave, "release", None)


def _figure(scores: Mapping[str, Any], shares: Mapping[str, Any], place: str) -> Figure | None:
    found, spread = scores.get(place), shares.get(place)
    if found is None:
        return None
    percents = tuple(percent for percent, _ in spread["shares"]) if spread else ()
    return Figure(found["n"], found["score"], found["step"], percents)


def of_leaders(asked: MapRound, views: Iterable[LeaderView]) -> dict[str, Figure]:
    """Statement → how these leaders see it, each of whom is named: nothing is rounded away but halves of points."""
    given = list(views)
    found = {}
    for statement in asked.asks:
        ratings = (view.ratings.get(statement.id) for view in given)
        chosen = sorted(rating for rating in ratings if isinstance(rating, int))
        if chosen:
            found[statement.id] = _by_name(tuple(chosen))
    return found


@lru_cache(maxsize=4096)  # two leaders of each of a thousand schools answer in fifteen ways
def _by_name(chosen: tuple[int, ...]) -> Figure:
    tally = tallies.from_answers(chosen)
    return Figure(str(tally.n), nearest(tallies.score(tally)), WHOLE_POINTS, tally.counts, by_name=True)


def with_leaders(figures: Mapping[str, Figures], leaders: Mapping[str, Figure]) -> dict[str, Figures]:
    """The same with how leaders see it in front."""
    return {key: ({LEADERS: leaders[key]} if key in leaders else {}) | others for key, others in figures.items()}
