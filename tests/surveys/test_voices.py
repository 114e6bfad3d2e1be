"""Who has one voice in a vote: by hand, and in many networks at random."""

from __future__ import annotations

import random

from alongside.surveys.voices import voices


def of(sizes, k=5):
    """sizes: cluster → school → voters. Voices as letters of schools."""
    homes = {cluster: list(inside) for cluster, inside in sizes.items()}
    answers = {school: n for inside in sizes.values() for school, n in inside.items()}
    return voices(homes, answers, k)


def test_a_school_with_five_has_a_voice_and_small_ones_share_their_clusters():
    found = of({"cluster:1": {"1": 5, "2": 3, "3": 2}, "cluster:2": {"4": 9, "5": 0}})
    assert found == {"school:1": ["1"], "pool:cluster:1": ["2", "3"], "school:4": ["4"]}


def test_a_pool_under_five_joins_its_clusters_smallest_block():
    found = of({"cluster:1": {"1": 20, "2": 6, "3": 4}})
    assert found == {"school:1": ["1"], "pool:cluster:1": ["2", "3"]}


def test_of_blocks_of_one_size_the_first_by_name():
    found = of({"cluster:1": {"1": 6, "2": 6, "3": 1}})
    assert found == {"pool:cluster:1": ["1", "3"], "school:2": ["2"]}


def test_a_cluster_without_a_block_is_carried_to_the_whole():
    found = of({"cluster:1": {"1": 3}, "cluster:2": {"2": 2}, "cluster:3": {"3": 8}})
    assert found == {"network": ["1", "2"], "school:3": ["3"]}
    found = of({"cluster:1": {"1": 3}, "cluster:3": {"3": 8}, "cluster:4": {"4": 7}})
    assert found == {"network": ["1", "4"], "school:3": ["3"]}


def test_fewer_than_five_altogether_have_none():
    assert of({"cluster:1": {"1": 3}, "cluster:2": {"2": 1}}) == {}
    assert of({"cluster:1": {"1": 0}}) == {}


def test_in_any_network_voices_are_five_or_more_and_hold_everybody_once():
    for seed in range(500):
        dice = random.Random(seed)
        number = iter(range(1, 99))
        sizes = {
            f"cluster:{c}": {
                str(next(number)): dice.choice([0, 1, 2, 3, 4, 5, 7, 12, 40]) for _ in range(dice.randint(1, 6))
            }
            for c in range(dice.randint(1, 5))
        }
        k = dice.choice([5, 5, 8])
        answers = {school: n for inside in sizes.values() for school, n in inside.items()}
        found = of(sizes, k)
        inside = [school for schools in found.values() for school in schools]
        assert len(inside) == len(set(inside))
        assert all(sum(answers[school] for school in schools) >= k for schools in found.values())
        if sum(answers.values()) >= k:
            assert set(inside) == {school for school, n in answers.items() if n}
        else:
            assert found == {}
