"""Counting answers, once, at close. Nothing else in Alongside counts an answer or a ticket (R10).

What comes out: a release document that pages may show as it is, the exact tally of each block for `compare`, and for
each school how much of its name its sealed answers may keep.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alongside.science import disclosure, tallies
from alongside.science.disclosure import Block, Publication, Total
from alongside.science.tallies import Tally
from alongside.surveys import cuts, grids, orders
from alongside.surveys.cuts import Cut
from alongside.surveys.instruments import Instrument, Item
from alongside.surveys.models import Answer, Room, RoomAnswer, Ticket, Wave, WaveSchool
from alongside.surveys.voices import voices

NOWHERE = ""
NETWORK = "network"
# Whole points of a total of 50 give away the sum of a block of 5 in 37% of cases, from 250 in no more than the nearest 5
# does at 50 (docs/decisions/0071-raise-the-total-in-whole-points.md).
TOTAL_FINE_FROM = 250


@dataclass(frozen=True, slots=True)
class BlockCount:
    """The exact tally of one block for one statement; never shown."""

    item: str
    block: str
    schools: list[int]
    invited: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class Counted:
    """What a wave's answers come to."""

    document: dict[str, Any]
    tallies: list[BlockCount]
    places: dict[int, str]  # school id → "school:<id>", "pool:<cluster>", "network" or "" for nowhere
    categories: dict[tuple[int, str], str]  # school id, category of the ticket → what its sealed answers may keep of it
    answers: dict[int, int]  # school id → number of answers


def count(wave: Wave) -> Counted:
    """Count the intake of a wave that takes no more answers."""
    schools = taking_part(wave)
    ratings: dict[int, list[Mapping[str, Any]]] = {entry.school_id: [] for entry in schools}
    kinds: dict[int, list[str]] = {entry.school_id: [] for entry in schools}
    found = Answer.objects.filter(wave=wave).values_list("school_id", "category", "ratings")
    for school, category, rating in found.iterator():
        ratings[school].append(rating)
        kinds[school].append(category)
    return counted(wave, schools, ratings, kinds)


def taking_part(wave: Wave) -> list[WaveSchool]:
    """The schools of a wave, as it counts them."""
    rows = WaveSchool.objects.filter(wave=wave).select_related("school__organisation", "cluster")
    return list(rows.order_by("school_id"))


def participation(wave: Wave) -> int:
    """How many have answered so far, in steps of 5 (R8). Counts tickets, never names."""
    return disclosure.shown_participation(Ticket.objects.filter(wave=wave.pk, used=True).count())


def counted(
    wave: Wave,
    schools: list[WaveSchool],
    ratings: Mapping[int, list[Mapping[str, Any]]],
    kinds: Mapping[int, list[str]] | None = None,
) -> Counted:
    """The same from rows in memory: `ratings` maps school id → one mapping for each answer, `kinds` → the category of each."""
    asked = wave.pulse
    if asked.ranked:
        return _voted(wave, asked, schools, ratings)
    home, groups = homes(schools), groupings(wave, schools)
    answers = {str(school): len(rows) for school, rows in ratings.items()}
    by_rows = disclosure.publication(home, answers, groups, wave.k_scores)
    by_item = {item.id: _tallies(item, ratings, asked.points) for item in asked.taps}
    published = {
        item: disclosure.publication(home, {school: tally.n for school, tally in found.items()}, groups, wave.k_scores)
        for item, found in by_item.items()
    }
    cut = cuts.of_wave(wave, ratings, kinds, published) if wave.breakdown and kinds and not asked.is_grid else {}
    document = {
        **_heading(wave, asked, schools),
        "answered": _participation(by_rows, schools),
        "items": [_item(item, by_item[item.id], published[item.id], wave, cut.get(item.id, {})) for item in asked.taps],
    }
    # Of a grid no exact tally stays: nothing is ever compared in them.
    compared = () if asked.is_grid else asked.items
    counts = [row for item in compared for row in _block_counts(item, by_item[item.id], published[item.id], schools)]
    places = _large_enough(_places(by_rows, published, by_item), answers, wave.k_scores)
    kept = cuts.kept(places, kinds or {}, by_item, cut, wave.k_scores)
    return Counted(document, counts, places, kept, {school: len(rows) for school, rows in ratings.items()})


def _voted(
    wave: Wave, asked: Instrument, schools: list[WaveSchool], ratings: Mapping[int, list[Mapping[str, Any]]]
) -> Counted:
    """A vote: its answers are orders, and its figures are of everybody together, a block having one voice (R8)."""
    rows = {str(school): found for school, found in ratings.items()}
    answers = {school: len(found) for school, found in rows.items()}
    blocks = voices(homes(schools), answers, wave.k_scores)
    place = {int(school): name for name, inside in blocks.items() for school in inside}
    invited = {str(entry.school_id): entry.invited for entry in schools}
    lines = {
        name: {
            "n": disclosure.shown_n(sum(answers[school] for school in inside)),
            "invited": sum(invited[school] for school in inside),
            "schools": inside,
        }
        for name, inside in blocks.items()
    }
    whole = {"n": disclosure.shown_n(sum(answers.values())), "invited": sum(invited.values())}
    document = {
        **_heading(wave, asked, schools),
        "answered": {
            "blocks": lines,
            "totals": {},
            "whole": whole if blocks else None,
            "nowhere": [school for school in sorted(rows, key=int) if int(school) not in place],
        },
        "items": [],
        "order": orders.counted(wave, blocks, rows),
    }
    # No exact tally stays: two votes are never compared.
    places = {school: place.get(school, NOWHERE) for school in ratings}
    return Counted(document, [], places, {}, {school: len(found) for school, found in ratings.items()})


def homes(schools: Iterable[WaveSchool]) -> dict[str, list[str]]:
    """Home cluster → schools, a partition; schools of no cluster are at home in "cluster:0"."""
    found: dict[str, list[str]] = {}
    for entry in schools:
        found.setdefault(f"cluster:{entry.cluster_id or 0}", []).append(str(entry.school_id))
    return found


def groupings(wave: Wave, schools: Iterable[WaveSchool]) -> dict[str, list[str]]:
    """grouping:<id> → its schools of this wave, as they were frozen at opening; they may cross clusters."""
    here = {entry.school_id for entry in schools}
    return {
        f"grouping:{each['id']}": [str(school) for school in each["schools"] if school in here]
        for each in wave.groupings
    }


def block_name(block: Block[str]) -> str:
    """The stable name of a block: school:<id>, pool:cluster:<id> or network."""
    if block.kind == "school":
        return f"school:{next(iter(block.schools))}"
    return f"pool:{block.cluster}" if block.kind == "pool" else NETWORK


def canonical(document: Mapping[str, Any]) -> str:
    """The one text of a document, whose SHA-256 is kept."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _heading(wave: Wave, asked: Instrument, schools: list[WaveSchool]) -> dict[str, Any]:
    clusters = {
        f"cluster:{entry.cluster_id}": {"name": entry.cluster.name, "slug": entry.cluster.slug}
        for entry in schools
        if entry.cluster
    }
    return {
        "wave": wave.pk,
        "series": wave.series_id,
        "number": wave.number,
        "instrument": asked.id,
        "opens_at": wave.opens_at.isoformat(),
        "closes_at": wave.closes_at.isoformat(),
        "k_scores": wave.k_scores,
        "k_shares": wave.k_shares,
        **({"breakdown": wave.breakdown} if wave.breakdown else {}),
        **({} if wave.series.audience == "staff" else {"audience": wave.series.audience}),
        "owner": wave.organisation.name,
        "clusters": clusters,
        **_grouped(wave, schools),
        "schools": {
            str(entry.school_id): {
                "name": entry.school.name,
                "slug": entry.school.slug,
                "cluster": f"cluster:{entry.cluster_id or 0}",
                "invited": entry.invited,
            }
            for entry in schools
        },
    }


def _grouped(wave: Wave, schools: list[WaveSchool]) -> dict[str, Any]:
    """What the document says of the wave's groupings; nothing where there are none, as before there were any."""
    members = groupings(wave, schools)
    names = {f"grouping:{each['id']}": {"name": each["name"], "slug": each["slug"]} for each in wave.groupings}
    found = {place: names[place] | {"schools": sorted(members[place], key=int)} for place in members}
    return {"groupings": found} if found else {}


def _participation(by_rows: Publication[str], schools: list[WaveSchool]) -> dict[str, Any]:
    invited = {str(entry.school_id): entry.invited for entry in schools}

    def line(total: Total[str]) -> dict[str, Any]:
        return {"n": disclosure.shown_n(total.n), "invited": sum(invited[school] for school in total.schools)}

    return {
        "blocks": {
            block_name(block): {
                "n": disclosure.shown_n(block.n),
                "invited": sum(invited[school] for school in block.schools),
                "schools": sorted(block.schools, key=int),
            }
            for block in by_rows.blocks
        },
        "totals": {name: line(total) for name, total in by_rows.totals.items() if total.blocks},
        "whole": line(by_rows.whole) if by_rows.whole.blocks else None,
        "nowhere": sorted((school for school, place in by_rows.place.items() if place is None), key=int),
    }


def _tallies(item: Item, ratings: Mapping[int, list[Mapping[str, Any]]], points: int) -> dict[str, Tally]:
    return {
        str(school): cuts.tally((row[item.id] for row in rows if item.id in row), points)
        for school, rows in ratings.items()
    }


def _item(
    item: Item, found: Mapping[str, Tally], scores: Publication[str], wave: Wave, cut: Mapping[str, list[Cut]]
) -> dict[str, Any]:
    shown = {f"school:{school}": cuts.lines(parts, wave.k_scores) for school, parts in cut.items()}
    return {
        "id": item.id,
        **figures(found, scores, wave.k_scores, wave.k_shares),
        **({"breakdown": shown} if shown else {}),
    }


def figures(found: Mapping[str, Tally], scores: Publication[str], k_scores: int, k_shares: int) -> dict[str, Any]:
    """The scores and shares of one statement that may be shown, by place, from the tally of each school; no scores of a grid."""
    shares = disclosure.distribution(scores, k=k_shares)
    states = any(map(grids.holds, found.values()))
    printed = {} if states else _scores(found, scores, k_scores)
    return {"scores": printed, "shares": _shares(found, shares, scores, k_shares)}


def _sum(found: Mapping[str, Tally], schools: Iterable[str]) -> Tally:
    return tallies.merge(found[school] for school in schools)


def _scores(found: Mapping[str, Tally], published: Publication[str], k: int) -> dict[str, Any]:
    shown = {block_name(block): _score(found, block.schools, k) for block in published.blocks}
    totals = {name: total for name, total in published.totals.items() if total.blocks}
    if published.whole.blocks:
        totals["whole"] = published.whole
    return shown | {name: _score(found, total.schools, k, total.has_small_block) for name, total in totals.items()}


def _score(found: Mapping[str, Tally], schools: Iterable[str], k: int, small: bool = False) -> dict[str, Any]:
    score = disclosure.shown_score(_sum(found, schools), k, small, TOTAL_FINE_FROM)
    if score is None:
        raise AssertionError("a block under k: the publication is wrong")
    return {"score": score.score, "step": score.step, "n": score.n_label, "schools": sorted(schools, key=int)}


def _shares(found: Mapping[str, Tally], shown: Publication[str], scored: Publication[str], k: int) -> dict[str, Any]:
    blocks = {block_name(block): _share(found, block.schools, k, f"{block.n} answers") for block in shown.blocks}
    pairs = [(name, total, scored.totals[name]) for name, total in shown.totals.items() if total.blocks]
    if shown.whole.blocks:
        pairs.append(("whole", shown.whole, scored.whole))
    return blocks | {
        name: _share(found, total.schools, k, disclosure.coverage(total, score)) for name, total, score in pairs
    }


def _share(found: Mapping[str, Tally], schools: Iterable[str], k: int, coverage: str) -> dict[str, Any]:
    tally = _sum(found, schools)
    return {**_spread(tally, k), "coverage": coverage, "schools": sorted(schools, key=int)}


def _spread(tally: Tally, k: int) -> dict[str, Any]:
    if grids.holds(tally):
        return grids.document(tally, k) or {}
    return {"shares": [[share.percent, share.label] for share in disclosure.shown_shares(tally, k) or ()]}


def _block_counts(
    item: Item, found: Mapping[str, Tally], published: Publication[str], schools: list[WaveSchool]
) -> Iterable[BlockCount]:
    invited = {str(entry.school_id): entry.invited for entry in schools}
    for block in published.blocks:
        ids = sorted(int(school) for school in block.schools)
        yield BlockCount(
            item.id,
            block_name(block),
            ids,
            sum(invited[school] for school in block.schools),
            _sum(found, block.schools),
        )


def _places(
    by_rows: Publication[str], published: Mapping[str, Publication[str]], found: Mapping[str, Mapping[str, Tally]]
) -> dict[int, str]:
    """How much a school's sealed answers may say of where they come from: the coarsest place over all statements.

    A school that is a block for one statement and in a pool for another keeps the pool only, so that its rows never tell
    more than the release.
    """
    places = {}
    for school, block in by_rows.place.items():
        seen = [block] + [published[item].place[school] for item in published if found[item][school].n]
        places[int(school)] = max((block_name(b) if b else NOWHERE for b in seen), key=_coarseness)
    return places


def _large_enough(places: Mapping[int, str], answers: Mapping[str, int], k: int) -> dict[int, str]:
    """A label that fewer than k sealed answers would share singles them out as a school's name would: they lose it too."""
    for coarser in (NETWORK, NOWHERE):
        rows = Counter[str]()
        for school, place in places.items():
            rows[place] += answers[str(school)]
        places = {school: coarser if place and rows[place] < k else place for school, place in places.items()}
    return dict(places)


def _coarseness(place: str) -> int:
    return {"school": 0, "pool": 1, NETWORK: 2, NOWHERE: 3}[place.partition(":")[0]]


def count_room(room: Room) -> tuple[dict[str, Any], bool]:
    """What a session in a hall comes to, and whether enough answered to show anything: all of them are one group, without
    school or breakdown, and every figure needs the session's k."""
    rows = list(RoomAnswer.objects.filter(room=room.pk).values_list("ratings", flat=True))
    enough = len(rows) >= room.k
    document = {
        "room": room.pk,
        "instrument": room.instrument,
        "owner": room.organisation.name,
        "cluster": room.cluster.name if room.cluster else "",
        "opened_at": room.opened_at.isoformat(),
        "closed_at": room.closed_at.isoformat() if room.closed_at else "",
        "k": room.k,
        "present": room.present,
        "answered": disclosure.shown_n(len(rows)) if enough else None,
        "items": [_room_item(item, rows if enough else [], room.k, room.pulse.points) for item in room.pulse.taps],
    }
    return document, enough


def _room_item(item: Item, rows: list[Mapping[str, Any]], k: int, points: int) -> dict[str, Any]:
    tally = cuts.tally((row[item.id] for row in rows if item.id in row), points)
    if grids.holds(tally):
        found = grids.document(tally, k)
        return {"id": item.id, "grid": found and {**found, "n": disclosure.shown_n(tally.n)}}
    score, shares = disclosure.shown_score(tally, k), disclosure.shown_shares(tally, k)
    return {
        "id": item.id,
        "score": score and {"score": score.score, "step": score.step, "n": score.n_label},
        "shares": shares and [[share.percent, share.label] for share in shares],
    }
