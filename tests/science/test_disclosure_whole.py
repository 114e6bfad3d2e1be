"""The two publications as one call each, against the rule written a second time, as plainly as it can be."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.bench.methods.audit import derivable_below
from alongside.science.disclosure import distribution, distributions, publication

BOUNDED = settings(max_examples=150, deadline=None, derandomize=True, database=None)


@st.composite
def networks(draw):
    """Clusters of schools, answers per school, and groupings that cross the clusters at will."""
    sizes = draw(st.lists(st.lists(st.integers(0, 14), min_size=1, max_size=4), min_size=1, max_size=4))
    home = {f"cluster {c}": [f"{c}.{s}" for s in range(len(answers))] for c, answers in enumerate(sizes)}
    answers = {f"{c}.{s}": n for c, counts in enumerate(sizes) for s, n in enumerate(counts)}
    some = st.sets(st.sampled_from(sorted(answers)), min_size=1)
    groupings = {f"grouping {i}": sorted(draw(some)) for i in range(draw(st.integers(0, 3)))}
    return home, answers, groupings


def by_the_rule(home, n, k, kc):
    """Blocks of both publications."""
    blocks, carried = [], set()
    for schools in home.values():
        small = {s for s in schools if 0 < n[s] < k}
        blocks += [{s} for s in schools if n[s] >= k]
        if sum(n[s] for s in small) >= k:
            blocks.append(small)
        else:
            carried |= small
    if sum(n[s] for s in carried) >= k:
        blocks.append(carried)
    second, rest = [], set()
    for schools in home.values():
        inside = [b for b in blocks if b <= set(schools)]
        small = set().union(*[b for b in inside if sum(n[s] for s in b) < kc])
        second += [b for b in inside if sum(n[s] for s in b) >= kc]
        if sum(n[s] for s in small) >= kc:
            second.append(small)
        else:
            rest |= small
    rest |= set().union(*[b for b in blocks if not any(b <= set(schools) for schools in home.values())])
    if sum(n[s] for s in rest) >= kc:
        second.append(rest)
    return blocks, second


def sets(groups):
    return {frozenset(group) for group in groups}


@BOUNDED
@given(networks(), st.integers(5, 7), st.integers(10, 13))
def test_both_publications_are_the_rule(network, k, kc):
    home, answers, groupings = network
    first, second = publication(home, answers, groupings, k), distributions(home, answers, groupings, k, kc)
    expected = by_the_rule(home, answers, k, kc)
    assert sets(first.blocks) == sets(expected[0])
    assert sets(second.blocks) == sets(expected[1])
    for shown, blocks in ((first, expected[0]), (second, expected[1])):
        for name, members in {**home, **groupings}.items():
            assert set(shown.totals[name]) == set().union(*[b for b in blocks if b <= set(members)])
        assert set(shown.whole) == set().union(*blocks)
        assert shown.held_back == {s for s in answers if answers[s]} - set().union(*blocks)


@BOUNDED
@given(networks())
def test_what_is_promised_of_blocks(network):
    _, answers, _ = network
    for shown, k in ((publication(*network), 5), (distributions(*network), 10)):
        counted = [school for block in shown.blocks for school in block]
        assert len(counted) == len(set(counted))
        assert all(sum(answers[school] for school in block) == block.n >= k for block in shown.blocks)
        for total in [*shown.totals.values(), shown.whole]:
            inside = [block.schools for block in shown.blocks if block.schools <= set(total)]
            assert set().union(*inside) == set(total)
        assert not any(answers[school] >= k for school in shown.held_back)
        assert all(any(group == block.schools for group in shown.groups) for block in shown.blocks)
        assert len(shown.groups) == len(set(shown.groups))
        assert derivable_below(answers, shown.groups, k) == []
    both = [*publication(*network).groups, *distributions(*network).groups]
    assert derivable_below(answers, both, 5) == []


@BOUNDED
@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_anything_makes_no_difference(network, rnd):
    home, answers, groupings = network

    def mixed(mapping):
        keys = rnd.sample(sorted(mapping), len(mapping))
        return {
            key: rnd.sample(mapping[key], len(mapping[key])) if isinstance(mapping[key], list) else mapping[key]
            for key in keys
        }

    assert distributions(mixed(home), mixed(answers), mixed(groupings)) == distributions(*network)


def test_distributions_is_the_two_steps():
    home = {"X": list("abc"), "Y": list("de")}
    answers = dict(zip("abcde", (12, 8, 3, 15, 1), strict=True))
    assert distributions(home, answers) == distribution(publication(home, answers))
    assert list(distributions(home, answers).whole) == ["a", "d"]


@pytest.mark.parametrize("bad", [{"k": 4}, {"kc": 9}])
def test_neither_floor_can_be_lowered(bad):
    with pytest.raises(ValueError, match="never lowered"):
        distributions({"X": ["a"]}, {"a": 20}, **bad)


def test_a_bare_threshold_would_leak_where_blocks_do_not():
    """The reason for all this: show every school and total of 5, and most networks give somebody away."""
    rnd, leaking = random.Random(3), 0
    for _ in range(100):
        home = {c: [f"{c}{s}" for s in range(4)] for c in "XYZ"}
        n = {school: rnd.randint(0, 14) for schools in home.values() for school in schools}
        shown = [[s] for s in n if n[s] >= 5] + [g for g in (*home.values(), list(n)) if sum(n[s] for s in g) >= 5]
        leaking += derivable_below(n, shown, 5) != []
        assert derivable_below(n, distributions(home, n).groups, 10) == []
    assert leaking > 50
