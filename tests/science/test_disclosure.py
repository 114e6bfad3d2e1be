"""What `disclosure` promises of every publication, beyond the worked examples."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.bench.methods.audit import derivable_below, shown_groups
from alongside.science.coherence import read_off
from alongside.science.disclosure import (
    K_COMMENTS,
    K_DISTRIBUTION,
    K_SCORE,
    coverage,
    distribution,
    merge_categories,
    publication,
    shown_n,
    shown_participation,
    shown_score,
    shown_shares,
)
from alongside.science.errors import BadInput, DuplicateId, NotACount, UnknownId
from alongside.science.tallies import Tally

BOUNDED = settings(max_examples=80, deadline=None, derandomize=True, database=None)


@st.composite
def networks(draw):
    """A home partition, answers per school and up to three groupings that cross the clusters."""
    per_cluster = draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    home = {c: [10 * c + s for s in range(size)] for c, size in enumerate(per_cluster, start=1)}
    schools = [school for listed in home.values() for school in listed]
    answers = {school: draw(st.one_of(st.integers(0, 6), st.integers(0, 40))) for school in schools}
    subsets = st.lists(st.sampled_from(schools), unique=True) if schools else st.just([])
    groupings = {100 + g: draw(subsets) for g in range(draw(st.integers(0, 3)))}
    return home, answers, groupings


def publications(network, k=K_SCORE):
    scored = publication(*network, k=k)
    return scored, distribution(scored)


# -- partition, size, totals -------------------------------------------------------------------------------------------


@BOUNDED
@given(networks(), st.integers(5, 15))
def test_blocks_do_not_overlap_and_hold_k(network, k):
    _, answers, _ = network
    for published, least in zip(publications(network, k), (k, K_DISTRIBUTION), strict=True):
        counted = [school for block in published.blocks for school in block.schools]
        assert len(counted) == len(set(counted))
        assert all(block.n == sum(answers[s] for s in block.schools) >= least for block in published.blocks)
        assert all(answers[school] for school in counted)


@BOUNDED
@given(networks())
def test_every_school_with_answers_is_in_its_block_or_held(network):
    _, answers, _ = network
    for published in publications(network):
        assert set(published.place) == set(answers)
        for school, n in answers.items():
            block = published.place[school]
            assert (school in published.held) == (n > 0 and block is None)
            assert block is None or school in block.schools


@BOUNDED
@given(networks())
def test_a_school_of_k_answers_is_a_block_of_its_own_and_never_hidden(network):
    _, answers, _ = network
    scored, second = publications(network)
    for school, n in answers.items():
        if n >= K_SCORE:
            assert (scored.place[school].kind, scored.place[school].schools) == ("school", {school})
        if n >= K_DISTRIBUTION:
            assert second.place[school] == scored.place[school]


@BOUNDED
@given(networks())
def test_a_pool_stays_in_its_cluster_unless_it_is_carried(network):
    home, answers, _ = network
    for block in publication(*network).blocks:
        assert (block.kind == "network") == (block.cluster is None)
        if block.cluster is not None:
            assert block.schools <= set(home[block.cluster])
        if block.kind != "school":
            assert all(answers[school] < K_SCORE for school in block.schools)


@BOUNDED
@given(networks())
def test_a_total_is_the_union_of_the_blocks_wholly_inside(network):
    home, answers, groupings = network
    for published in publications(network):
        assert list(published.totals) == [*home, *groupings]
        asked = {**home, **groupings}
        for name, total in published.totals.items():
            assert total.members == set(asked[name])
            assert total.blocks == tuple(block for block in published.blocks if block.schools <= set(asked[name]))
            assert total.n == sum(answers[school] for school in total.schools)
        assert published.whole.blocks == published.blocks


@BOUNDED
@given(networks())
def test_distributions_are_built_only_from_score_blocks(network):
    scored, second = publications(network)
    for group in shown_groups(second):
        assert group == {s for block in scored.blocks if block.schools <= group for s in block.schools}
    for name, total in second.totals.items():
        assert coverage(total, scored.totals[name]) == f"{total.n} of {scored.totals[name].n} answers"


@BOUNDED
@given(networks())
def test_names_of_blocks_are_unique(network):
    for published in publications(network):
        names = [block.name for block in published.blocks]
        assert len(names) == len(set(names))


# -- order of input ----------------------------------------------------------------------------------------------------


@BOUNDED
@given(networks(), st.randoms(use_true_random=False))
def test_order_of_input_never_changes_what_is_published(network, rnd):
    def shuffled(mapping):
        items = [(key, rnd.sample(v, len(v)) if isinstance(v, list) else v) for key, v in mapping.items()]
        return dict(rnd.sample(items, len(items)))

    once = publications(network)
    again = publications([shuffled(part) for part in network])
    assert again == once
    assert [list(p.totals) for p in again] == [list(p.totals) for p in once]
    assert [list(p.place) for p in again] == [list(p.place) for p in once]


def test_ids_sort_as_numbers_or_as_words():
    published = publication({"Y": ["b", "a"], "X": [10, 9]}, {"a": 5, "b": 5, 9: 5, 10: 5})
    assert [block.name for block in published.blocks] == ["9", "10", "a", "b"]


def test_nobody_asked_means_nothing_published():
    published = publication({}, {})
    assert (published.blocks, published.totals, published.whole.n, published.held) == ((), {}, 0, frozenset())
    assert distribution(published).blocks == ()


def test_a_school_without_answers_may_be_left_out():
    assert publication({"X": ["A", "B"]}, {"A": 9}) == publication({"X": ["A", "B"]}, {"A": 9, "B": 0})


# -- the exact audit over random networks ------------------------------------------------------------------------------


def random_networks(count):
    rnd = random.Random(20261121)
    for _ in range(count):
        home = {c: [f"{c}{s}" for s in range(rnd.randint(3, 5))] for c in range(rnd.randint(3, 4))}
        schools = [school for listed in home.values() for school in listed]
        n = {school: max(0, round(rnd.lognormvariate(2.3, 0.8))) for school in schools}  # median 10 answers a school
        groupings = {f"g{g}": sorted(rnd.sample(schools, rnd.randint(2, len(schools) - 1))) for g in range(3)}
        yield home, n, groupings


def test_nothing_under_k_can_be_worked_out_from_200_networks_with_crossing_groupings():
    leaks = {"scores": 0, "distributions": 0, "both": 0}
    for home, n, groupings in random_networks(200):
        scored = publication(home, n, groupings)
        second = distribution(scored)
        scores, shares = shown_groups(scored), shown_groups(second)
        leaks["scores"] += bool(derivable_below(n, scores, K_SCORE))
        leaks["distributions"] += bool(derivable_below(n, shares, K_DISTRIBUTION))
        leaks["both"] += bool(derivable_below(n, scores + shares, K_SCORE))
    assert leaks == {"scores": 0, "distributions": 0, "both": 0}


def test_the_same_audit_finds_a_bare_threshold_wanting():
    leaking = 0
    for home, n, groupings in random_networks(200):
        groups = [*home.values(), *groupings.values(), list(n)]
        shown = [[s] for s in n if n[s] >= K_SCORE] + [g for g in groups if sum(n[s] for s in g) >= K_SCORE]
        leaking += bool(derivable_below(n, shown, K_SCORE))
    assert leaking > 150  # about four networks in five


# -- second publication ------------------------------------------------------------------------------------------------


def test_small_blocks_of_a_cluster_pool_for_the_second_publication():
    scored = publication({"X": ["A", "B", "C", "D"]}, {"A": 30, "B": 6, "C": 7, "D": 2})
    second = distribution(scored)
    assert [(block.name, block.kind, block.n) for block in second.blocks] == [
        ("A", "school", 30),
        ("smaller schools in X", "pool", 13),
    ]
    assert second.held == {"D"}
    assert second.place["B"] == second.place["C"] == second.blocks[1]


def test_small_blocks_of_several_clusters_pool_with_the_networks_own_block():
    home = {"X": ["A", "B"], "Y": ["C", "D"]}
    scored = publication(home, {"A": 6, "B": 3, "C": 20, "D": 4})
    assert [block.name for block in scored.blocks] == ["A", "C", "other schools in the network"]
    second = distribution(scored)
    assert [(block.name, block.kind, block.n) for block in second.blocks] == [
        ("C", "school", 20),
        ("smaller schools in the network", "network", 13),
    ]
    assert {name: total.n for name, total in second.totals.items()} == {"X": 0, "Y": 20}
    assert second.whole.n == 33


def test_a_networks_block_that_is_large_enough_keeps_its_name():
    home = {c: [f"{c}1", f"{c}2"] for c in "XYZ"}
    scored = publication(home, {f"{c}{s}": n for c in "XYZ" for s, n in ((1, 20), (2, 4))})
    assert distribution(scored).blocks[-1] == scored.blocks[-1]


def test_coverage_refuses_totals_that_do_not_belong_together():
    scored = publication({"X": ["A", "B"]}, {"A": 30, "B": 16})
    with pytest.raises(ValueError, match="the distribution of X is not made of its score blocks"):
        coverage(scored.totals["X"], publication({"X": ["A"]}, {"A": 30}).totals["X"])


# -- breakdown ---------------------------------------------------------------------------------------------------------


@BOUNDED
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12)), st.randoms(use_true_random=False))
def test_a_breakdown_covers_everyone_in_parts_of_five(counts, rnd):
    parts = merge_categories(counts)
    assert parts == merge_categories(dict(rnd.sample(list(counts.items()), len(counts))))
    assert len(parts) != 1
    assert all(sum(counts[name] for name in part) >= K_SCORE for part in parts)
    if parts:
        assert sorted(name for part in parts for name in part) == sorted(name for name, n in counts.items() if n)


# -- k, and bad input --------------------------------------------------------------------------------------------------


def test_the_promised_k():
    assert (K_SCORE, K_DISTRIBUTION, K_COMMENTS) == (5, 10, 10)


def test_k_may_be_raised():
    published = publication({"X": ["A", "B", "C"]}, {"A": 9, "B": 5, "C": 4}, k=9)
    assert [sorted(block.schools) for block in published.blocks] == [["A"], ["B", "C"]]
    assert shown_score(Tally((6, 3)), k=10) is None
    assert merge_categories({"a": 9, "b": 9}, k=10) == []
    assert distribution(publication({"X": ["A"]}, {"A": 14}), k=15).blocks == ()


@pytest.mark.parametrize(
    "lowered",
    [
        lambda: publication({"X": ["A"]}, {"A": 9}, k=4),
        lambda: publication({"X": ["A"]}, {"A": 9}, k=True),
        lambda: distribution(publication({}, {}), k=9),
        lambda: merge_categories({"a": 9}, k=4),
        lambda: shown_score(Tally((6, 3)), k=4),
        lambda: shown_shares(Tally((6, 3)), k=9),
    ],
)
def test_k_is_never_lowered(lowered):
    with pytest.raises(BadInput, match="may be raised, never lowered below"):
        lowered()


@pytest.mark.parametrize(
    ("network", "error", "message"),
    [
        (({"X": ["A"], "Y": ["A"]}, {"A": 9}), DuplicateId, "school in more than one home cluster: 'A'"),
        (({"X": ["A", "A"]}, {"A": 9}), DuplicateId, "cluster 'X' lists a school twice: 'A'"),
        (({"X": ["A"]}, {"B": 9, 7: 9}), UnknownId, "answers of a school without home cluster: 7, 'B'"),
        (({"X": ["A"]}, {"A": -1}), NotACount, "answers of school 'A': -1 is not a number of people"),
        (({"X": ["A"]}, {"A": 9.0}), NotACount, "answers of school 'A': 9.0 is not a number of people"),
        (({"X": ["A"]}, {"A": True}), NotACount, "answers of school 'A': True is not a number of people"),
        (
            ({"X": ["A"]}, {"A": 9}, {"g": ["A", "B"]}),
            UnknownId,
            "grouping 'g' holds a school without home cluster: 'B'",
        ),
        (({"X": ["A"]}, {"A": 9}, {"g": ["A", "A"]}), DuplicateId, "grouping 'g' lists a school twice: 'A'"),
        (({"X": ["A"]}, {"A": 9}, {"X": ["A"]}), DuplicateId, "name of both a cluster and a grouping: 'X'"),
    ],
)
def test_bad_input_is_refused_by_name(network, error, message):
    with pytest.raises(error) as refused:
        publication(*network)
    assert str(refused.value) == message


def test_impossible_counts_are_refused():
    for count in (-1, 1.5, True):
        with pytest.raises(NotACount, match="is not a number of people"):
            shown_n(count)
        with pytest.raises(NotACount, match="is not a number of people"):
            shown_participation(count)
        with pytest.raises(ValueError, match="category 'a'"):
            merge_categories({"a": count, "b": 9})


# -- reading printed shares ------------------------------------------------------------------------------------------------


@BOUNDED
@given(st.lists(st.integers(0, 19), min_size=5, max_size=5).filter(lambda counts: 10 <= sum(counts) < 20))
def test_read_off_a_small_group_tells_what_its_shares_tell(counts):
    """Whatever is read off prints the same again: it is one of the tallies that nobody can tell apart by the shares."""
    tally = Tally(tuple(counts))
    found = read_off([share.percent for share in shown_shares(tally)], tally.n)
    assert found.n == tally.n
    assert [share.label for share in shown_shares(found)] == [share.label for share in shown_shares(tally)]


def test_read_off_puts_what_is_missing_next_to_most_answers():
    # 1 of 14 prints "5% or less", as nobody does
    assert read_off([5, 5, 5, 50, 45], 14).counts == (0, 0, 1, 7, 6)
    assert read_off([5, 5, 5, 50, 50], 12).counts == (0, 0, 0, 6, 6)
    assert read_off([5, 5, 5, 5, 95], 15).counts == (0, 0, 0, 1, 14)


def test_read_off_a_larger_group_is_nearest():
    assert read_off([0, 13, 26, 39, 22], 23).counts == (0, 3, 6, 9, 5)
    assert read_off([33, 33, 33, 0, 0], 100).counts == (34, 33, 33, 0, 0)


@pytest.mark.parametrize(("percents", "n"), [([0, 0], 20), ([-1, 101], 20), ([50, 50], 9)])
def test_read_off_refuses_what_was_never_printed(percents, n):
    with pytest.raises(BadInput):
        read_off(percents, n)
