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
from alongside.surveys.releases import WHOLE, Document
from alongside.surveys.results.findings import CONFIRMED, WATCH, Finding, before, findings, heading, lede
from alongside.surveys.results.promises import Promise, promise
from alongside.surveys.results.seen import View, answered, cluster_url, place_name, school_url, statement_url


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
    schools = [s for s in seen.document.school_ids() if s in seen.mine and _inside(seen.document, s, place)]
    rows = [row for school in schools if (row := _school_row(seen, school))]
    rows += _pool_rows(seen, schools, place)
    shown = [f"school:{school}" for school in schools]
    rows += _total_rows(seen, place)
    found = findings(seen, [*shown, *(seen.document.clusters() if place == WHOLE else ()), place], before(seen.wave))
    return ResultsPage(
        wave=seen.wave,
        pulse=seen.pulse,
        place=place_name(seen.document, place),
        cluster="" if place == WHOLE else seen.document.slug(place),
        heading=heading(seen, found, place),
        lede=lede(seen, found),
        answered=answered(seen.document, place),
        columns=[HeatColumn(item.about, item.short) for item in seen.pulse.items],
        rows=rows,
        caption=f"Scores from 0 (all {seen.pulse.ends[0]}) to 100 (all {seen.pulse.ends[1]}). Higher is better.",
        findings=found,
        held=[
            seen.document.school_name(s)
            for s in seen.document.nowhere()
            if s in seen.mine and _inside(seen.document, s, place)
        ],
        hidden=[
            seen.document.school_name(s)
            for s in schools
            if (seen.document.block_of(s) or "").startswith(("pool", "network"))
        ],
        release=seen.release,
        k=seen.document.k,
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


def _inside(document: Document, school: int, place: str) -> bool:
    return place == WHOLE or document.cluster_of(school) == place


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
        if not (member.officer or cluster in chaired) or (pool == "network" and place != WHOLE):
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


def _pool_members(seen: View, pool: str) -> list[str]:
    found = seen.document.answered(pool)
    return sorted(seen.document.school_name(school) for school in (found.schools if found else ()))


def _total_rows(seen: View, place: str) -> list[HeatRow]:
    names = seen.document.clusters()
    clusters = [place] if place in names else sorted(names, key=lambda key: names[key])
    rows = [
        _row(seen, names[key], answered(seen.document, key), key, total=True, url=cluster_url(seen, key))
        for key in clusters
        if seen.document.answered(key)
    ]
    return [*rows, _row(seen, seen.document.data["owner"], answered(seen.document, WHOLE), WHOLE, total=True)]
