"""What may be shown: blocks of people that do not overlap, and nothing but sums of whole blocks.

Every published figure is a sum over whole blocks and every block holds at least k people, so whatever a reader adds or
subtracts is still made of whole blocks. Who looks, and through which grouping, makes no difference. docs/science/disclosure.md.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from alongside.science.errors import BadInput, DuplicateId, NotACount, UnknownId
from alongside.science.results import by_id, nearest
from alongside.science.tallies import Tally, score

K_SCORE = 5
K_DISTRIBUTION = 10
K_COMMENTS = 10
FINE_FROM = 20  # answers from which whole points are shown
TOTAL_FINE_FROM = 50  # the same for a total that holds a small block: whole points below would give the block away


@dataclass(frozen=True, slots=True)
class Block[Id: Hashable]:
    """A group that is always shown or counted whole.

    kind "school": one school; "pool": several of one home cluster together; "network": several of different clusters together
    (cluster is None). name: a label, unique within a publication for schools and clusters of different names. n: answers.
    """

    name: str
    kind: Literal["school", "pool", "network"]
    cluster: Id | None
    schools: frozenset[Id]
    n: int

    def __iter__(self) -> Iterator[Id]:
        """Its schools, in order of their ids, so that a block can be read as a set."""
        return iter(sorted(self.schools, key=by_id))


@dataclass(frozen=True, slots=True)
class Total[Id: Hashable]:
    """The figure for a cluster, a grouping or the whole: the union of the blocks wholly inside it, possibly none.

    members: every school asked for, counted or not. blocks: what it is the sum of, in the publication's order.
    """

    name: str
    kind: Literal["cluster", "grouping", "whole"]
    members: frozenset[Id]
    blocks: tuple[Block[Id], ...]

    @property
    def n(self) -> int:
        """Answers that count here; 0 when no block lies wholly inside."""
        return sum(block.n for block in self.blocks)

    @property
    def schools(self) -> frozenset[Id]:
        """Schools whose answers count here."""
        return frozenset(school for block in self.blocks for school in block.schools)

    def __iter__(self) -> Iterator[Id]:
        """The schools that count here, in order of their ids, so that a total can be read as a set."""
        return iter(sorted(self.schools, key=by_id))

    @property
    def has_small_block(self) -> bool:
        """Whether a block of fewer than 10 is among them; such a total is shown more coarsely (`shown_score`)."""
        return any(block.n < K_DISTRIBUTION for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Publication[Id: Hashable]:
    """All groups that may be shown for one question of one wave, and nothing else may.

    totals: by cluster id and grouping name. held: schools with answers that count nowhere. place: the block in which each
    school counts, None for a school held back or without answers. k: the fewest answers in a block.
    """

    k: int
    blocks: tuple[Block[Id], ...]
    totals: dict[Id, Total[Id]]
    whole: Total[Id]
    held: frozenset[Id]
    place: dict[Id, Block[Id] | None]

    @property
    def held_back(self) -> frozenset[Id]:
        """The same as `held`."""
        return self.held

    @property
    def groups(self) -> tuple[frozenset[Id], ...]:
        """Every group of schools a figure is shown for: blocks, then totals that are not empty, then the whole; none twice."""
        shown = [block.schools for block in self.blocks]
        shown += [total.schools for total in [*self.totals.values(), self.whole] if total.blocks]
        return tuple(dict.fromkeys(shown))


@dataclass(frozen=True, slots=True)
class ShownScore:
    """A score as it may be printed: whole points 0–100, rounded to `step`; n_label in words ("5–9" or "214")."""

    score: int
    step: int
    n_label: str


@dataclass(frozen=True, slots=True)
class ShownShare:
    """One answer's share as it may be printed, and drawn: percent is the rounded figure, label what to write."""

    answer: int
    percent: int
    label: str


def publication[Id: Hashable](
    home: Mapping[Id, Collection[Id]],
    answers: Mapping[Id, int],
    groupings: Mapping[Id, Collection[Id]] = {},
    k: int = K_SCORE,
) -> Publication[Id]:
    """Which groups may be shown with a score, for one question.

    home: cluster → its schools, a partition. answers: school → answers on the scale; a school left out has none. groupings:
    name → schools, crossing clusters at will. Ids are strings or whole numbers; their order never changes the result.
    A school with k answers is a block. Smaller ones pool in their cluster, then in the whole, else they are held back.
    Raises, naming which: BadInput for k under 5, DuplicateId for a school in two clusters or twice in one list and for a name
    used twice, UnknownId for a school without home cluster, NotACount.
    """
    require_k(k, K_SCORE)
    clusters = {cluster: _listed(f"cluster {cluster!r}", home[cluster]) for cluster in sorted(home, key=by_id)}
    people = _answers_by_school(clusters, answers)
    asked = {name: _listed(f"grouping {name!r}", groupings[name]) for name in sorted(groupings, key=by_id)}
    _require_known(clusters, people, asked)
    blocks = _score_blocks(clusters, people, k)
    empty = {name: Total(str(name), "cluster", frozenset(schools), ()) for name, schools in clusters.items()}
    empty |= {name: Total(str(name), "grouping", frozenset(schools), ()) for name, schools in asked.items()}
    whole = Total("the whole", "whole", frozenset(people), ())
    return _published(k, blocks, empty, whole, frozenset(school for school in people if people[school]))


def distribution[Id: Hashable](published: Publication[Id], k: int = K_DISTRIBUTION) -> Publication[Id]:
    """The second publication: which groups may be shown with the shares of each answer, built only from score blocks.

    A score block of k answers stays a block. Smaller ones pool in their cluster, then, with the network's own block, in the
    whole; what is still under k is held back. Its totals divide by the score's: "94 of 100 answers" (`coverage`).
    Raises BadInput for k under 10.
    """
    require_k(k, K_DISTRIBUTION)
    blocks: list[Block[Id]] = []
    carried = [block for block in published.blocks if block.kind == "network"]
    for cluster, total in published.totals.items():
        if total.kind != "cluster":
            continue
        blocks += [block for block in total.blocks if block.n >= k]
        small = [block for block in total.blocks if block.n < k]
        if sum(block.n for block in small) >= k:
            blocks.append(_together(f"smaller schools in {cluster}", "pool", cluster, small))
        else:
            carried += small
    if sum(block.n for block in carried) >= k:
        blocks.append(_together("smaller schools in the network", "network", None, carried))
    answered = published.held | published.whole.schools
    return _published(k, blocks, published.totals, published.whole, answered)


def distributions[Id: Hashable](
    home: Mapping[Id, Collection[Id]],
    answers: Mapping[Id, int],
    groupings: Mapping[Id, Collection[Id]] = {},
    k: int = K_SCORE,
    kc: int = K_DISTRIBUTION,
) -> Publication[Id]:
    """The second publication at once: `publication` with k, then `distribution` with kc; its `groups` may show shares.

    Raises as the two do.
    """
    return distribution(publication(home, answers, groupings, k), kc)


def coverage[Id: Hashable](shown: Total[Id], scored: Total[Id]) -> str:
    """How much of a score's total its distribution covers: "94 of 100 answers"; both totals of the same name.

    Raises UnknownId when the distribution covers a school that the score does not.
    """
    if not shown.schools <= scored.schools:
        raise UnknownId(f"the distribution of {shown.name} is not made of its score blocks")
    return f"{shown.n} of {scored.n} answers"


def merge_categories(counts: Mapping[str, int], k: int = K_SCORE) -> list[tuple[str, ...]]:
    """The one breakdown of a block: categories merged, smallest with next smallest, until each holds k answers.

    counts: category → answers of this block. Returns merged categories, fewest answers first; empty when no breakdown may be
    shown. Categories nobody is in are left out. Raises BadInput for k under 5, NotACount.
    """
    require_k(k, K_SCORE)
    people = {name: _people(f"category {name!r}", n) for name, n in counts.items()}
    parts: list[tuple[int, tuple[str, ...]]] = sorted((n, (name,)) for name, n in people.items() if n)
    while len(parts) > 1 and parts[0][0] < k:
        (fewest, names), (next_fewest, more_names), *rest = parts
        parts = sorted([(fewest + next_fewest, tuple(sorted(names + more_names))), *rest])
    return [names for _, names in parts] if len(parts) > 1 else []


def shown_score(
    tally: Tally, k: int = K_SCORE, in_total_with_small_block: bool = False, total_fine_from: int = TOTAL_FINE_FROM
) -> ShownScore | None:
    """The score (0–100) of a block or total as it may be printed; None under k answers.

    n 5–9: nearest 10 within 10–90. n 10–19: nearest 5 within 5–95. From 20: whole points; but a total of fewer than 50 that
    holds a shown block of 5–9 (`Total.has_small_block`): nearest 5; `total_fine_from` raises that 50. Halves go up. Raises
    BadInput for k under 5 and for `total_fine_from` under 50.
    """
    require_k(k, K_SCORE)
    if total_fine_from < TOTAL_FINE_FROM:
        raise BadInput(f"whole points from {total_fine_from}: it may be raised, never lowered below {TOTAL_FINE_FROM}")
    if tally.n < k:
        return None
    step, margin = _coarseness(tally.n, total_fine_from if in_total_with_small_block else FINE_FROM)
    points = min(100 - margin, max(margin, nearest(score(tally), step)))
    return ShownScore(points, step, shown_n(tally.n))


def shown_index(parts: Sequence[ShownScore | None]) -> int | None:
    """An index over several questions, 0–100: the mean of the scores as shown, in whole points, halves up.

    None when any part is hidden, or there is none. Never computed from persons: that would be one more equation about them.
    """
    scores = [part.score for part in parts if part is not None]
    if not scores or len(scores) < len(parts):
        return None
    return nearest(Fraction(sum(scores), len(scores)), 1)


def shown_shares(tally: Tally, k: int = K_DISTRIBUTION) -> tuple[ShownShare, ...] | None:
    """Each answer's share as it may be printed, lowest answer first; None under k answers.

    Under 20 answers to the nearest 5%, the ends as "5% or less" and "95% or more"; from 20 in whole percent. Halves go up,
    so shares need not sum to 100. Raises BadInput for k under 10.
    """
    require_k(k, K_DISTRIBUTION)
    if tally.n < k:
        return None
    return tuple(
        _shown_share(value, Fraction(100 * count, tally.n), tally.n) for value, count in enumerate(tally.counts, 1)
    )


def shown_n(n: int) -> str:
    """How many answered, as it may be printed: "fewer than 5", "5–9" or the number. Raises NotACount under 0."""
    if _people("n", n) < K_SCORE:
        return f"fewer than {K_SCORE}"
    return f"{K_SCORE}–{K_DISTRIBUTION - 1}" if n < K_DISTRIBUTION else str(n)


def shown_participation(answered: int) -> int:
    """Replies so far while a wave is open: the last full step of 5, so that one reply more is rarely visible."""
    return _people("answered", answered) // 5 * 5


def require_k(k: int, floor_k: int) -> None:
    """Raise BadInput for a k below the promised floor: an organisation may raise it, never lower it."""
    if not isinstance(k, int) or isinstance(k, bool) or k < floor_k:
        raise BadInput(f"k is {k!r}: it may be raised, never lowered below {floor_k}")


def _score_blocks[Id: Hashable](clusters: Mapping[Id, list[Id]], people: Mapping[Id, int], k: int) -> list[Block[Id]]:
    blocks: list[Block[Id]] = []
    carried: list[Block[Id]] = []
    for cluster, schools in clusters.items():
        alone = [Block(str(s), "school", cluster, frozenset([s]), people[s]) for s in schools if people[s]]
        small = [block for block in alone if block.n < k]
        blocks += [block for block in alone if block.n >= k]
        if sum(block.n for block in small) >= k:
            blocks.append(_together(f"other schools in {cluster}", "pool", cluster, small))
        else:
            carried += small
    if sum(block.n for block in carried) >= k:
        blocks.append(_together("other schools in the network", "network", None, carried))
    return blocks


def _together[Id: Hashable](
    name: str, kind: Literal["pool", "network"], cluster: Id | None, parts: Sequence[Block[Id]]
) -> Block[Id]:
    """One block made of these; a block that is alone keeps its own name and kind."""
    if len(parts) == 1:
        return parts[0]
    schools = frozenset(school for part in parts for school in part.schools)
    return Block(name, kind, cluster, schools, sum(part.n for part in parts))


def _published[Id: Hashable](
    k: int, blocks: Sequence[Block[Id]], totals: Mapping[Id, Total[Id]], whole: Total[Id], answered: frozenset[Id]
) -> Publication[Id]:
    place: dict[Id, Block[Id] | None] = dict.fromkeys(sorted(whole.members, key=by_id))
    place.update({school: block for block in blocks for school in block.schools})
    return Publication(
        k,
        tuple(blocks),
        {name: _filled(total, blocks) for name, total in totals.items()},
        _filled(whole, blocks),
        frozenset(school for school in answered if place[school] is None),
        place,
    )


def _filled[Id: Hashable](total: Total[Id], blocks: Sequence[Block[Id]]) -> Total[Id]:
    inside = tuple(block for block in blocks if block.schools <= total.members)
    return Total(total.name, total.kind, total.members, inside)


def _listed[Id: Hashable](where: str, schools: Collection[Id]) -> list[Id]:
    twice = _repeated(schools)
    if twice:
        raise DuplicateId(f"{where} lists a school twice: {twice}")
    return sorted(schools, key=by_id)


def _answers_by_school[Id: Hashable](clusters: Mapping[Id, list[Id]], answers: Mapping[Id, int]) -> dict[Id, int]:
    schools = [school for listed in clusters.values() for school in listed]
    twice = _repeated(schools)
    if twice:
        raise DuplicateId(f"school in more than one home cluster: {twice}")
    known = set(schools)
    unknown = _named(school for school in answers if school not in known)
    if unknown:
        raise UnknownId(f"answers of a school without home cluster: {unknown}")
    return {school: _people(f"answers of school {school!r}", answers.get(school, 0)) for school in schools}


def _require_known[Id: Hashable](
    clusters: Mapping[Id, list[Id]], people: Mapping[Id, int], asked: Mapping[Id, list[Id]]
) -> None:
    for name, schools in asked.items():
        unknown = _named(school for school in schools if school not in people)
        if unknown:
            raise UnknownId(f"grouping {name!r} holds a school without home cluster: {unknown}")
    both = _named(name for name in asked if name in clusters)
    if both:
        raise DuplicateId(f"name of both a cluster and a grouping: {both}")


def _coarseness(n: int, fine_from: int) -> tuple[int, int]:
    """Step to round to and the margin kept free at both ends, in points; whole points from `fine_from` answers."""
    if n < K_DISTRIBUTION:
        return 10, 10
    if n < FINE_FROM:
        return 5, 5
    return (5, 0) if n < fine_from else (1, 0)


def _shown_share(answer: int, percent: Fraction, n: int) -> ShownShare:
    if n >= FINE_FROM:
        whole = nearest(percent, 1)
        return ShownShare(answer, whole, f"{whole}%")
    coarse = min(95, max(5, nearest(percent, 5)))
    ends = {5: "5% or less", 95: "95% or more"}
    return ShownShare(answer, coarse, ends.get(coarse, f"{coarse}%"))


def _people(what: str, n: int) -> int:
    if not isinstance(n, int) or isinstance(n, bool) or n < 0:
        raise NotACount(f"{what}: {n!r} is not a number of people")
    return n


def _repeated(items: Collection[Hashable]) -> str:
    return _named(item for item, times in Counter(items).items() if times > 1)


def _named(items: Iterable[Hashable]) -> str:
    return ", ".join(repr(item) for item in sorted(items, key=by_id))
