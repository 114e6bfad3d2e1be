"""A place's figures beside everyone who was asked and beside the rest of its cluster: ranges that follow from what is
printed, so they say nothing that was not published (R5)."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.science.pulse import published
from alongside.science.pulse.published import Printed
from alongside.surveys.releases import Document, Score

OTHERS = 2  # blocks at least in the rest of a cluster: one alone would be another school's own figures


@dataclass(frozen=True, slots=True)
class Everyone:
    """How far the silent could move a score. low, high: of all who were invited, whatever they would have said."""

    score: int
    low: int
    high: int
    silent: bool  # fewer than half answered: nothing is compared with it

    @property
    def sentence(self) -> str:
        if self.low == self.high:
            return "Everyone who was invited has answered."
        return f"Of everyone who was invited: anywhere from {self.low} to {self.high}, whatever those say who did not answer."


@dataclass(frozen=True, slots=True)
class Rest:
    """Where the rest of a cluster lies, and where this school lies to it: above, below or within."""

    low: int
    high: int
    where: str

    @property
    def words(self) -> str:
        return f"{self.low} to {self.high}"


def everyone(document: Document, item: str, place: str) -> Everyone | None:
    """What a score says of all who were invited there; None where it may not be said how many were."""
    score, answered = document.score(item, place), document.answered(place)
    if score is None or answered is None or published_people(score) > answered.invited:
        return None
    printed = _printed(score)
    low, high = published.everyone(printed, answered.invited)
    return Everyone(score.score, low, high, published.fewer_than_half(printed, answered.invited))


def rest_of_cluster(document: Document, item: str, school: int) -> Rest | None:
    """The rest of a school's home cluster as a range, never as one figure and never school by school; None where it would be
    another school alone, or where no range follows."""
    cluster = document.cluster_of(school)
    own, total = document.score(item, f"school:{school}"), document.score(item, cluster)
    if own is None or total is None or len(_blocks(document, item, total)) <= OTHERS:
        return None
    found = published.rest(_printed(total), _printed(own))
    if found is None:
        return None
    low, high = found
    where = "above" if own.score > high else "below" if own.score < low else "within"
    return Rest(low, high, where)


def published_people(score: Score) -> int:
    """The fewest answers that a printed count stands for."""
    return _printed(score).people[0]


def _printed(score: Score) -> Printed:
    return Printed(score.score, score.step, score.n)


def _blocks(document: Document, item: str, total: Score) -> list[str]:
    """The blocks that a total is the sum of."""
    blocks = [place for place in document.places(item) if place.startswith(("school:", "pool:"))]
    return [
        place for place in blocks if (score := document.score(item, place)) and set(score.schools) <= set(total.schools)
    ]
