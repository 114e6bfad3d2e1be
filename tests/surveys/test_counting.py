"""Counting: the figures are science's, here worked by hand once more, with their words, badges and rounding."""

from __future__ import annotations

import random
from decimal import Decimal

from alongside.surveys import counting

A, B, C = (0,), (1,), (2,)


def shares(outcome):
    return {each.issue: each.share for each in outcome.standings}


def test_win_share_by_hand():
    """30 put A, B, C; 10 put C and rank no other. A beats B 30 + 10/2, and C 30, of 40: (35 + 30) / 80 = 81 in 100."""
    outcome = counting.count(3, [(30, (A, B, C)), (10, (C,))])
    assert shares(outcome) == {0: 81, 1: 44, 2: 25}
    assert [(each.issue, each.position) for each in outcome.standings] == [(0, 1), (1, 2), (2, 3)]
    assert (outcome.winner, outcome.by_paths, outcome.least) == (0, [[0], [1], [2]], [[0, 1, 2]])
    assert (outcome.voters, outcome.top, outcome.unique, outcome.close) == (40, 2, True, False)
    assert counting.heading(outcome, ["Time", "Marking", "Halls"]) == "“Time” comes first"


def test_another_way_of_counting_that_puts_another_first_is_a_close_call():
    """55 put A, B, C and 45 put B, C, A: A wins against each by majority, B has the higher win share."""
    outcome = counting.count(3, [(55, (A, B, C)), (45, (B, C, A))])
    assert shares(outcome) == {1: 73, 0: 55, 2: 23}  # 72.5 and 22.5: halves go up, as everywhere
    assert (outcome.winner, outcome.by_paths[0], outcome.least) == (0, [0], [[0, 1, 2]])
    assert outcome.close
    assert {each.issue: each.close for each in outcome.standings} == {1: True, 0: True, 2: False}
    assert counting.heading(outcome, ["Time", "Marking", "Halls"]) == "“Marking” comes first, and it is a close call"


def test_a_circle_is_told_as_a_tie_with_every_best_order():
    outcome = counting.count(3, [(10, (A, B, C)), (10, (B, C, A)), (10, (C, A, B))])
    assert [each.position for each in outcome.standings] == [1, 1, 1]
    assert (outcome.winner, outcome.by_paths) == (None, [[0, 1, 2]])
    assert sorted(outcome.least) == [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    assert outcome.unique is False
    assert counting.heading(outcome, ["X", "Y", "Z"]) == "“X”, “Y” and “Z” share the first place"


def test_a_first_place_by_a_hair_cannot_be_told():
    outcome = counting.count(2, [(51, (A, B)), (49, (B, A))])
    assert (outcome.first, outcome.close) == ("cannot tell", True)
    sure = counting.count(2, [(90, (A, B)), (10, (B, A))])
    assert (sure.first, sure.close) == ("sure", False)


def test_under_twenty_votes_shares_are_told_to_the_nearest_five():
    assert shares(counting.count(2, [(12, (A,)), (7, (B,))])) == {0: 65, 1: 35}  # 63 and 37
    assert shares(counting.count(2, [(13, (A,)), (7, (B,))])) == {0: 65, 1: 35}
    assert shares(counting.count(2, [(14, (A,)), (8, (B,))])) == {0: 64, 1: 36}


def test_the_same_in_any_order_of_arrival():
    tally = [(n, tuple((i,) for i in random.Random(n).sample(range(6), 4))) for n in range(1, 12)]
    seen = set()
    for seed in range(4):
        random.Random(seed).shuffle(tally)
        seen.add(repr(counting.count(6, tally)))
        seen.add(repr(counting.outcome_of(counting.count(6, tally).stored())))
    assert len(seen) == 1


# --- what fits -----------------------------------------------------------------------------------------------------


def test_each_part_goes_to_what_its_people_backed():
    """60 back A and C, 40 back B and D; each costs half of the hours. By votes alone A and C would take all."""
    tally = [(60, (A, C, (3,), B)), (40, (B, (3,), A, C))]
    costs = {issue: (Decimal(10), Decimal(0)) for issue in range(4)}
    assert sorted(counting.fit(4, tally, costs, Decimal(20), Decimal(0)).taken) == [0, 1]


def test_what_is_chosen_fits_hours_and_money():
    tally = [(10, (A, B, C))]
    costs = {0: (Decimal(8), Decimal(10)), 1: (Decimal(1), Decimal(900)), 2: (Decimal(1), Decimal(1))}
    found = counting.fit(3, tally, costs, Decimal(10), Decimal(1000))
    assert (found.taken, found.hours, found.money, found.backing) == ([0], "8", "10", 1)
    found = counting.fit(6, tally, costs, Decimal(10), Decimal(1000))
    assert (Decimal(found.hours) <= 10, Decimal(found.money) <= 1000, found.uncosted) == (True, True, [3, 4, 5])


def test_the_dearer_share_is_what_counts():
    """Each needs 6 of 10 hours and 1 of 100 pounds: only one fits, though money is there for all."""
    costs = {issue: (Decimal(6), Decimal(1)) for issue in range(4)}
    found = counting.fit(4, [(10, (A, B))], costs, Decimal(10), Decimal(100))
    assert (found.taken, found.hours, found.money) == ([0], "6", "1")


def test_what_needs_money_where_there_is_none_is_not_chosen():
    found = counting.fit(
        4, [(10, (A, B))], {0: (Decimal(1), Decimal(5)), 1: (Decimal(1), Decimal(0))}, Decimal(10), Decimal(0)
    )
    assert found.taken == [1]
    assert counting.fit(4, [(10, (A, B))], {0: (Decimal(11), Decimal(0))}, Decimal(10), Decimal(0)).taken == []


def test_a_tie_over_the_edge_backs_none_of_its_issues():
    """Of four issues two first places count as backing; three held equal are more than that."""
    costs = {issue: (Decimal(1), Decimal(0)) for issue in range(4)}
    assert counting.fit(4, [(10, ((0, 1, 2), (3,)))], costs, Decimal(10), Decimal(0)).taken == []
