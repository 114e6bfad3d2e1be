"""One random network: asked, answered, sealed; then everybody reads every page, and all figures are put together.

Three questions. What can be worked out by adding and subtracting all that is printed (`placing`), where each printed figure
stands for the people that it really is the sum of, found from the answers themselves and not from the release? Is there a
number on any page of which nobody knows what it is of (`reading`)? And does any page, sheet or slide change by a byte when
answers change that nobody may see: those of schools in a pool, among one another, and those of schools that count nowhere?
"""

import random
from collections.abc import Iterable, Mapping
from unittest import mock

from django.db import transaction

from alongside.bench.stage.auditing import mapping, rounds, voting
from alongside.bench.stage.auditing.naming import names
from alongside.bench.stage.auditing.placing import work_out
from alongside.bench.stage.auditing.story import Clock, Rows, Story, clock, live
from alongside.bench.stage.auditing.truth import altered
from alongside.bench.stage.auditing.walking import Seen, Walk, everything, reads_results, same
from alongside.bench.stage.auditing.world import World, world
from alongside.bench.stage.reading import Page, read
from alongside.kit.documents import pdf
from alongside.science import disclosure
from alongside.surveys import reads

UNKNOWN = 20  # numbers that nobody knows, of one network


def audit(seed: int, twin: bool = True) -> Mapping[str, object]:
    """Audit the random network of this seed; nothing of it is left."""
    with transaction.atomic(), clock() as time, mock.patch.object(pdf, "draw", str.encode):
        there = world(random.Random(seed))
        story, walk = _lived(there, seed, time, {})
        pages = _read(story, walk)
        differs = _differs(there, story, seed, time, walk) if twin else []
        transaction.set_rollback(True)
    reads.forget()
    return _said(story, walk, pages, differs)


def _lived(there: World, seed: int, time: Clock, told: Rows) -> tuple[Story, Walk]:
    """What happens and what everybody sees of it; undone afterwards."""
    now = time.now
    with transaction.atomic():
        story = live(there, seed, time, told, _besides)
        walk = everything(story, seed)
        transaction.set_rollback(True)
    time.now = now
    reads.forget()
    return story, walk


def _besides(story: Story) -> None:
    rounds.held(story)
    voting.voted(story)


def _differs(there: World, story: Story, seed: int, time: Clock, walk: Walk) -> list[str]:
    dice = random.Random(seed)
    told = {key: altered(survey, dice) for key, survey in story.surveys.items()}
    told |= {asked.views: asked.altered() for asked in story.rounds}
    other = _lived(there, seed, time, told)[1].seen
    return [
        f"{who} on {path}"
        for who, path in walk.seen
        if not same(walk.seen[who, path], other.get((who, path), (0, "", b"")))
        and not mapping.may_differ(story, who, path)
    ]


def _read(story: Story, walk: Walk) -> dict[tuple[str, str], Page]:
    known, found = names(story), {}
    for (who, path), (status, kind, body) in walk.seen.items():
        if status == 200:
            found[who, path] = read(path, kind, body, known)
    return found


def _said(story: Story, walk: Walk, pages: Mapping[tuple[str, str], Page], differs: list[str]) -> Mapping[str, object]:
    on_maps, drawn_from = mapping.faults(story, pages)
    figures = {figure for page in pages.values() for figure in page.figures} | drawn_from
    faults = work_out(story.surveys, figures, {each for page in pages.values() for each in page.ranges})
    return {
        "pages": len(pages),
        "asked": len(walk.seen),
        "roles": sorted({who.partition(" ")[0] for who, _ in pages}),
        "figures": len(figures),
        "rounds": len(story.rounds),
        "on_maps": len({(page.survey, page.here, said) for page in pages.values() for said in page.said}),
        "derivable": faults.derivable,
        "odd": faults.odd + _remarks(story, walk.seen) + on_maps + voting.faults(story, pages),
        "unknown": list(dict.fromkeys(_unknown(pages)))[:UNKNOWN],
        "differs": differs,
        "schools": len(story.world.schools),
        "post_only": sorted(walk.post_only),
    }


def _unknown(pages: Mapping[tuple[str, str], Page]) -> Iterable[str]:
    """Numbers that nobody knows, on pages about pulses and first pages; others say how many schools there are, and the like."""
    for (who, path), page in pages.items():
        if reads_results(path):
            yield from (f"{who} on {path}: {said}" for said in page.unknown)


def _remarks(story: Story, seen: Seen) -> list[str]:
    """Comments anywhere but with the school's own head, where ten or more answered one wave (R7)."""
    found = []
    for name in story.world.schools:
        enough = any(len(survey.rows.get(name, ())) >= disclosure.K_COMMENTS for survey in story.surveys.values())
        may = {f"head of {name}"} if enough else set()
        found += [
            f"a remark of {name} for {who} on {path}"
            for (who, path), (_, _, body) in seen.items()
            if f"Remark of {name}".encode() in body and who not in may
        ]
    return found
