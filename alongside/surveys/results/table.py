"""The wave as a whole or one cluster of it: a heading, a heatmap, what stands out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from alongside.kit.charts.heat import Direction, HeatCell, HeatColumn, HeatRow, heat_key, heat_table
from alongside.kit.words import NUMBERS, people_list
from alongside.surveys import rules
from alongside.surveys.audiences import Audience
from alongside.surveys.instruments import Instrument, Item
from alongside.surveys.models import Release, Reply, Wave
from alongside.surveys.releases import GROUPING, WHOLE, Document
from alongside.surveys.results.findings import CONFIRMED, WATCH, Finding, before, findings, heading, lede
from alongside.surveys.results.promises import Promise, promise
from alongside.surveys.results.seen import (
    View,
    answered,
    cluster_url,
    grouping_url,
    place_name,
    school_url,
    statement_url,
    whole_url,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the places whose results stand beside one another: its name, where it is, and whether it is this page."""

    name: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """All that the template of a results page may use."""

    wave: Wave
    pulse: Instrument
    place: str  # its name in words
    cluster: str  # its name in addresses; "" for the whole
    heading: str
    lede: str
    answered: str
    columns: list[HeatColumn]
    rows: list[HeatRow]
    caption: str
    findings: list[Finding]
    held: list[str]  # schools too small to count anywhere
    hidden: list[str]  # schools that count in a pool only
    release: Release
    k: int  # how many must answer
    reply: Reply | None  # of the cluster: posted, or my draft as its chair
    may_reply: bool
    promise: Promise | None  # what the chair said to an earlier pulse, and what became of it
    reads_themes: bool
    sees_owed: bool
    grouping: str  # its name in addresses; "" for what is none
    outside: list[str]  # of a grouping: schools that count together with some outside it, and so not here
    regrouped: str  # of a grouping: in a sentence, that its schools were others before
    choices: list[Choice]  # the whole and its groupings

    @property
    def fewest(self) -> str:
        """How many must answer, in words: "five"."""
        return NUMBERS[self.k] if self.k < len(NUMBERS) else str(self.k)

    @property
    def asks(self) -> Audience:
        """Whom it asked."""
        return self.wave.series.asks

    @property
    def table(self) -> SafeString:
        """The heatmap with its key."""
        return heat_table(self.columns, self.rows, self.caption) + heat_key(self.rows)


def page(seen: View, place: str = WHOLE) -> ResultsPage:
    """The wave as a whole, or one cluster of it, with every school that this member may see."""
    inside, outside = seen.document.members(place), counted_outside(seen.document, place)
    schools = [s for s in seen.document.school_ids() if s in seen.mine and s in inside]
    rows = [row for school in schools if (row := _school_row(seen, school))]
    rows += _pool_rows(seen, schools, place)
    shown = [f"school:{school}" for school in schools]
    rows += _total_rows(seen, place)
    earlier = before(seen.wave)
    found = findings(seen, [*shown, *(seen.document.clusters() if place == WHOLE else ()), place], earlier)
    return ResultsPage(
        wave=seen.wave,
        pulse=seen.pulse,
        place=place_name(seen.document, place),
        cluster=seen.document.slug(place) if place in seen.document.clusters() else "",
        heading=heading(seen, found, place),
        lede=lede(seen, found, place),
        answered=answered(seen.document, place),
        columns=[HeatColumn(item.about, item.short) for item in seen.pulse.items],
        rows=rows,
        caption=f"Scores from 0 (all {seen.pulse.ends[0]}) to 100 (all {seen.pulse.ends[1]}). Higher is better.",
        findings=found,
        held=[seen.document.school_name(s) for s in seen.document.nowhere() if s in seen.mine and s in inside],
        hidden=[
            seen.document.school_name(s)
            for s in schools
            if (seen.document.block_of(s) or "").startswith(("pool", "network")) and s not in outside
        ],
        release=seen.release,
        k=seen.document.k,
        grouping=seen.document.slug(place) if place.startswith(GROUPING) else "",
        outside=[seen.document.school_name(s) for s in schools if s in outside],
        regrouped=_regrouped(seen.document, earlier, place),
        choices=_choices(seen, place),
        **_acting(seen, place),
    )


def _acting(seen: View, place: str) -> dict[str, Any]:
    """What was said to it, and what this member may do about it."""
    reply, chairs = seen.cluster_replies.get(place), rules.can_reply_for_cluster(seen.member, place)
    return {
        "reply": reply,
        "may_reply": chairs and not (reply and reply.posted_at),
        "promise": promise(seen, place) if place != WHOLE else None,
        "reads_themes": rules.reads_themes(seen.member, place) and bool(seen.pulse.comment),
        "sees_owed": rules.sees_replies_owed(seen.member),
    }


def counted_outside(document: Document, place: str) -> set[int]:
    """Schools of a grouping whose answers count together with those of schools outside it, and so not in its total."""
    if not place.startswith(GROUPING):
        return set()
    inside = document.members(place)
    pools = {school: document.block_of(school) for school in inside}
    return {school for school, block in pools.items() if block and not _wholly_inside(document, block, inside)}


def _wholly_inside(document: Document, block: str, inside: frozenset[int]) -> bool:
    """Whether all that counts in a block counts there, for each statement and for how many answered."""
    counted = [document.answered(block), *(document.score(item, block) for item in document.items)]
    return all(inside.issuperset(found.schools) for found in counted if found)


def _regrouped(document: Document, earlier: Document | None, place: str) -> str:
    """That a grouping held other schools in the pulse before, so that nothing is compared across; "" where it did not."""
    if earlier is None or document.same_members(earlier, place) or place not in earlier.groupings():
        return ""
    now, then = document.members(place), earlier.members(place)
    came = [document.school_name(s) for s in document.school_ids() if s in now - then]
    went = [earlier.school_name(s) for s in earlier.school_ids() if s in then - now]
    if came and went:
        changed = f"{people_list(came)} came and {people_list(went)} went"
    else:
        changed = f"{people_list(came)} came" if came else f"{people_list(went)} went"
    return f"Its schools are not those of the pulse before: {changed}. What it was then is not compared with what it is now."


def _choices(seen: View, place: str) -> list[Choice]:
    """The whole and its groupings, for a wave that was counted by any."""
    groupings = seen.document.groupings()
    if not groupings:
        return []
    whole = Choice(place_name(seen.document, WHOLE), whole_url(seen), place == WHOLE)
    return [whole, *(Choice(name, grouping_url(seen, key), key == place) for key, name in groupings.items())]


def _cell(seen: View, item: Item, place: str) -> HeatCell:
    score = seen.document.score(item.id, place)
    if score is None:
        return HeatCell(None, why="too few answers to show")
    change = seen.changes.get((item.id, place))
    url = statement_url(seen, place, item)
    if change is None or change.word not in {CONFIRMED, WATCH}:
        return HeatCell(score.score, url=url)
    direction: Direction = -1 if change.direction == "down" else 1
    return HeatCell(score.score, "sure" if change.word == CONFIRMED else "watch", direction, url=url)


def _row(seen: View, name: str, note: str, place: str, *, total: bool = False, url: str | None = None) -> HeatRow:
    return HeatRow(name, note, [_cell(seen, item, place) for item in seen.pulse.items], total, url)


def _school_row(seen: View, school: int) -> HeatRow | None:
    place = f"school:{school}"
    if seen.document.block_of(school) != place:
        return None
    return _row(
        seen, seen.document.school_name(school), answered(seen.document, place), place, url=school_url(seen, school)
    )


def _pool_rows(seen: View, schools: list[int], place: str) -> list[HeatRow]:
    """Pools are open to those who see all the schools of a cluster; the carried pool to whoever sees the whole."""
    member = seen.member
    rows = []
    for pool in seen.document.pools(schools):
        cluster = pool.removeprefix("pool:")
        chaired = {f"cluster:{pk}" for pk in member.clusters_chaired | member.clusters_coached}
        if not (member.officer or cluster in chaired) or not _pool_belongs(seen.document, pool, place):
            continue
        members = _pool_members(seen, pool)
        where = (
            f"Other schools of {seen.document.clusters()[cluster]}"
            if cluster in seen.document.clusters()
            else "Other schools"
        )
        note = f"{answered(seen.document, pool)} · {people_list(members)}"
        rows.append(_row(seen, where, note, pool))
    return rows


def _pool_belongs(document: Document, pool: str, place: str) -> bool:
    if place.startswith(GROUPING):
        return _wholly_inside(document, pool, document.members(place))
    return pool != "network" or place == WHOLE


def _pool_members(seen: View, pool: str) -> list[str]:
    found = seen.document.answered(pool)
    return sorted(seen.document.school_name(school) for school in (found.schools if found else ()))


def _total_rows(seen: View, place: str) -> list[HeatRow]:
    names = seen.document.clusters()
    clusters = [place] if place in names else sorted(names, key=lambda key: names[key]) if place == WHOLE else []
    rows = [
        _row(seen, names[key], answered(seen.document, key), key, total=True, url=cluster_url(seen, key))
        for key in clusters
        if seen.document.answered(key)
    ]
    if place.startswith(GROUPING) and seen.document.answered(place):
        rows.append(_row(seen, place_name(seen.document, place), answered(seen.document, place), place, total=True))
    return [*rows, _row(seen, seen.document.data["owner"], answered(seen.document, WHOLE), WHOLE, total=True)]
