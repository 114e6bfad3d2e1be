"""Waves of a series against one another. Alone reads the exact tallies (R10), and says words, and a usual range rounded
outwards to the step of the published score."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alongside.science import pulse, tallies
from alongside.science.tallies import Tally
from alongside.surveys.models import BlockTally, Change, Release, Wave


@dataclass(frozen=True, slots=True)
class Point:
    """One place in one wave: what it is the sum of, the exact tally, and what its published score was rounded to.

    members: of a grouping, all its schools, which somebody chose; the same ones must have been chosen to compare.
    """

    schools: frozenset[int]
    invited: int
    tally: Tally
    step: int = 0
    members: frozenset[int] = frozenset()

    def same_place(self, other: Point) -> bool:
        """Whether both are of the same schools."""
        return (self.schools, self.members) == (other.schools, other.members)


def store(wave_id: int) -> None:
    """Say what changed in a wave, once. Twice is once: what is there stays."""
    wave = Wave.objects.select_related("series", "organisation").get(pk=wave_id)
    if not wave.has_results or Change.objects.filter(wave=wave).exists():
        return
    found = [change for item, place, points in _series(wave) if (change := _change(wave, item, place, points))]
    Change.objects.bulk_create(found, batch_size=500, ignore_conflicts=True)


def _series(wave: Wave) -> Iterable[tuple[str, str, list[Point]]]:
    """(item, place, its points up to this wave, oldest first), for every place shown in this wave; only waves in which the
    place was made of the same schools as now.

    One wave is read after the other: of a thousand schools a release and its tallies are large, their points are not.
    """
    newest = _points(wave)
    found = {key: [point] for key, point in newest.items()}
    earlier = Wave.objects.filter(series=wave.series, number__lt=wave.number, release__isnull=False)
    for before in list(earlier.order_by("-number")):
        for key, point in _points(before, newest.keys()).items():
            if point.same_place(newest[key]):
                found[key].append(point)
    for (item, place), points in found.items():
        yield item, place, points[::-1]


def _points(wave: Wave, wanted: Collection[tuple[str, str]] | None = None) -> dict[tuple[str, str], Point]:
    """(item, place) → its point in one wave, for all that is shown there, or for those wanted. Two queries."""
    text: str = Release.objects.values_list("document", flat=True).get(wave=wave)
    blocks: dict[str, dict[str, Point]] = {}
    for row in BlockTally.objects.filter(wave=wave).iterator():
        point = Point(frozenset(row.schools), row.invited, Tally(tuple(row.counts), row.cant_say))
        blocks.setdefault(row.item, {})[row.block] = point
    document = json.loads(text)
    chosen = {place: frozenset(map(int, each["schools"])) for place, each in document.get("groupings", {}).items()}
    shown = ((item["id"], place, score) for item in document["items"] for place, score in item["scores"].items())
    points = (
        ((item, place), _point(score, place, blocks.get(item, {}), chosen.get(place, frozenset())))
        for item, place, score in shown
        if wanted is None or (item, place) in wanted
    )
    return {key: point for key, point in points if point}


def _point(score: Mapping[str, Any], place: str, blocks: Mapping[str, Point], chosen: frozenset[int]) -> Point | None:
    """A block as it was counted, or a total as the sum of its blocks."""
    if place in blocks:
        parts = [blocks[place]]
    else:
        schools = frozenset(map(int, score["schools"]))
        parts = [point for point in blocks.values() if point.schools <= schools]
    if not parts:
        return None
    together = frozenset[int]().union(*(part.schools for part in parts))
    tally = tallies.merge(part.tally for part in parts)
    return Point(together, sum(part.invited for part in parts), tally, score["step"], chosen)


def _change(wave: Wave, item: str, place: str, points: list[Point]) -> Change | None:
    if not points:
        return None
    invited = [max(point.invited, point.tally.n + point.tally.cant_say) for point in points]
    verdict = pulse.verdict([point.tally for point in points], invited, k=wave.k_scores)
    low, high, provisional = _usual(points)
    return Change(
        organisation=wave.organisation,
        wave=wave,
        item=item,
        place=place,
        word=verdict.word.value,
        direction=verdict.direction,
        sentence=verdict.sentence,
        reasons=list(verdict.reasons),
        usual_low=low,
        usual_high=high,
        provisional=provisional,
    )


def _usual(points: list[Point]) -> tuple[int | None, int | None, bool]:
    """The usual range from the waves before the last two, as the verdict's, rounded outwards to the coarsest step in use (R5):
    the range of what was shown to the nearest ten would say more in whole points than each of them did."""
    baseline = [point for point in points[:-2] if point.tally.n]
    if len(baseline) < pulse.WAVES_FOR_LIMITS:
        return None, None, False
    scores, answers = [float(tallies.score(point.tally)) for point in baseline], [point.tally.n for point in baseline]
    limits = pulse.usual_limits(scores, answers, points[-1].tally.n)
    if limits.low is None or limits.high is None:
        return None, None, False
    step = max(point.step for point in (*points[:-2], points[-1]))
    low, high = pulse.round_outwards(max(0.0, limits.low), min(100.0, limits.high), step)
    return max(0, low), min(100, high), limits.provisional
