"""Portraits of one school and of several, from what a release prints; and who could help whom, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alongside.evidence.maps import SCHOOLS_AT_LEAST
from alongside.science.results import nearest
from alongside.surveys import grids
from alongside.surveys.grids import DOING, OF_NETWORK, Parts, Share
from alongside.surveys.grids.portrait import Portrait, Said, portrait
from alongside.surveys.instruments import GRID, Item, instrument
from alongside.surveys.releases import Document

HELPS_FROM = 25  # percent: chance that one from here does it and one from there says we should, and don't yet


@dataclass(frozen=True, slots=True)
class Before:
    """The round before, for the same places."""

    document: Document
    when: str  # "March 2026"


def items_of(document: Document) -> list[Item]:
    """The statements that a release holds, in the order of asking."""
    every = instrument(GRID)
    return [every.item(key) for key in document.items if not key.endswith(OF_NETWORK)]


def of_school(document: Document, school: int, where: str, before: Before | None = None) -> Portrait:
    """What one school's own block prints; never a pool's, in which others count."""
    found = {}
    for tap in document.items:
        if printed := _printed(document, tap, school):
            then = before and tap in before.document.items and _printed(before.document, tap, school)
            coverage = document.printed(tap)[1][f"school:{school}"]["coverage"]
            found[tap] = Said(printed, coverage, then or None, before.when if before else "")
    name = document.school_name(school) if school in document.school_ids() else ""
    return portrait(items_of(document), found, where, name)


def _printed(document: Document, tap: str, school: int) -> Parts | None:
    found = document.printed(tap)[1].get(f"school:{school}")
    return grids.read(found) if found else None


def of_schools(document: Document, schools: Collection[int], where: str) -> Portrait | None:
    """The mean of what is printed of these schools, each with one voice; None for fewer than three, and no tap that fewer show."""
    if len(schools) < SCHOOLS_AT_LEAST:
        return None
    found = {}
    for tap in document.items:
        printed = [each for school in schools if (each := _printed(document, tap, school))]
        if len(printed) >= SCHOOLS_AT_LEAST:
            found[tap] = Said(_together(printed), f"{len(printed)} schools")
    return portrait(items_of(document), found, where)


def _together(printed: Sequence[Parts]) -> Parts:
    states = zip(*(each.states for each in printed), strict=True)
    return Parts(
        tuple(_mean(shares) for shares in states),
        _mean(each.should for each in printed),
        _mean(each.wanted for each in printed),
    )


def _mean(shares: Iterable[Share]) -> Share:
    percents = [percent for percent, _ in shares]
    mean = nearest(sum(percents) / len(percents), 1)
    return mean, f"{mean}%"


@dataclass(frozen=True, slots=True)
class Help:
    """One school does what another says it should and does not. Nothing says how much."""

    about: str
    statement: str
    giver: str
    taker: str


def helps(document: Document, schools: Mapping[int, str], where: str, ours: Collection[int]) -> list[Help]:
    """For each statement and each school that wants it, the school that most likely could help; in the order of asking.

    schools: id → name of those that said yes. ours: at least one of the two is among them. Worked out from what is printed
    alone: a share that does it times a share that says we should, and don't yet.
    """
    found = []
    for item in items_of(document):
        said = {school: printed for school in schools if (printed := _printed(document, item.id, school))}
        pairs = [pair for taker in said if (pair := _best(said, taker, schools))]
        found += [
            Help(item.about, grids.said(item.statement, where), schools[giver], schools[taker])
            for giver, taker in sorted(pairs, key=lambda pair: schools[pair[1]])
            if giver in ours or taker in ours
        ]
    return found


def _best(said: Mapping[int, Parts], taker: int, names: Mapping[int, str]) -> tuple[int, int] | None:
    wanted = said[taker].wanted[0]
    likely = [(-said[giver].states[DOING - 1][0] * wanted, names[giver], giver) for giver in said if giver != taker]
    chance, _, giver = min(likely, default=(0, "", 0))
    return (giver, taker) if -chance >= HELPS_FROM * 100 else None
