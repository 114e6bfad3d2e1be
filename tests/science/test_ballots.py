"""Ballots: orders with ties and blanks, equal voices, shares of the hours, quick votes, and how sure it all is."""

from fractions import Fraction
from itertools import combinations, permutations
from math import nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import ballots as bal
from alongside.science.ballots import orders
from alongside.science.errors import (
    DuplicateId,
    NotACount,
    NotANumber,
    NothingGiven,
    UnequalScales,
    UnknownId,
)

BOUNDED = settings(max_examples=50, deadline=None, derandomize=True, database=None)
ISSUES = list("abcd")
ORDERS = st.lists(
    st.permutations(ISSUES).flatmap(lambda p: st.integers(1, 4).map(lambda k: p[:k])), min_size=1, max_size=7
)


def votes(*rows):
    return [bal.ballot(order, weight) for weight, order in rows]


# -- orders ------------------------------------------------------------------------------------------------------------

BURLINGTON = votes(
    (1332, "MKW"), (767, "MWK"), (455, "M"), (2043, "KMW"), (371, "KWM"), (568, "K"),
    (1513, "WMK"), (495, "WKM"), (1289, "W"),
)  # fmt: skip


def test_burlington_2009():
    """Montroll beats Kiss and Wright in pairs, Wright has most first places, and instant runoff elects Kiss."""
    found = bal.rank(list("MKW"), BURLINGTON)
    assert found.winner_of_all_pairs == "M"
    assert found.schulze.tiers[0] == ("M",)
    assert found.kemeny.orders == (("M", "K", "W"),)
    assert bal.plurality(list("MKW"), BURLINGTON) == {"W"}
    assert bal.instant_runoff(list("MKW"), BURLINGTON) == {"K"}


def test_win_share_counts_blanks_as_tied_last():
    """a first, rest blank: a beats both (1, 1); b and c beat nobody and tie: ½ of 2 rivals = 25."""
    assert bal.win_shares(list("abc"), votes((1, "a"))) == {"a": 100, "b": 25, "c": 25}


def test_ties_are_ties_and_not_the_order_of_the_list():
    found = bal.rank(list("zab"), votes((1, "zab"), (1, "bza"), (1, "abz")))
    assert found.tiers == (("a", "b", "z"),)
    assert found.schulze.tiers == (("a", "b", "z"),)
    assert len(found.kemeny.orders) == 3
    assert found.kemeny.unique is False
    assert found.sentence == "a, b, z share the first place: 50 times in 100 for a random voice."
    assert found.kemeny.sentence == "3 orders contradict equally few voices."


def test_a_close_call_is_said():
    """Borda prefers b (51 a>b>c, 49 b>c>a), every pair and order prefers a."""
    found = bal.rank(list("abc"), votes((51, "abc"), (49, "bca")))
    assert found.tiers[0] == ("b",)
    assert found.winner_of_all_pairs == "a"
    assert found.sentence == (
        "b beats another issue 75 times in 100 for a random voice. A close call: another way of counting puts another first."
    )


def test_a_shared_first_place_is_split():
    """a and b share two ballots, one point each; c has one and a half: whole points would give a and b two."""
    ballots = votes((2, [["a", "b"]]), (Fraction(3, 2), "c"))
    assert bal.plurality(list("abc"), ballots) == {"c"}


def test_runoff_follows_a_tie_for_leaving_both_ways():
    assert bal.instant_runoff(list("abc"), votes((4, "abc"), (3, "bca"), (3, "cba"))) == {"b", "c"}


@BOUNDED
@given(ORDERS, st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_ballots_or_issues(rows, rnd):
    ballots = [bal.ballot(row, 1 + i % 2) for i, row in enumerate(rows)]
    found = bal.rank(ISSUES, ballots)
    moved = bal.rank(rnd.sample(ISSUES, 4), rnd.sample(ballots, len(ballots)))
    assert (moved.shares, moved.tiers, moved.table) == (found.shares, found.tiers, found.table)
    assert (moved.schulze, moved.kemeny.orders) == (found.schulze, found.kemeny.orders)
    assert (moved.sentence, moved.close_call) == (found.sentence, found.close_call)
    assert sum(found.shares.values()) == pytest.approx(200)  # 50 on average


@BOUNDED
@given(ORDERS, ORDERS)
def test_merging_votes_then_counting_is_counting_all(a, b):
    one, other = [bal.ballot(row) for row in a], [bal.ballot(row) for row in b]
    first, second = bal.pairwise(ISSUES, one), bal.pairwise(ISSUES, other)
    both = bal.pairwise(ISSUES, one + other)
    assert all(both[x][y] == first[x][y] + second[x][y] for x, y in permutations(ISSUES, 2))
    doubled = [bal.ballot(row, 2) for row in a]
    assert bal.pairwise(ISSUES, doubled) == bal.pairwise(ISSUES, one + one)


@BOUNDED
@given(ORDERS)
def test_kemeny_lists_every_best_order(rows):
    table = bal.pairwise(ISSUES, [bal.ballot(row) for row in rows])
    agreed = {order: sum(table[a][b] for a, b in combinations(order, 2)) for order in permutations(ISSUES)}
    best = max(agreed.values())
    found = bal.kemeny(table)
    assert found.value == best
    assert set(found.orders) == {order for order, value in agreed.items() if value == best}


def test_the_solver_finds_what_complete_search_finds(monkeypatch):
    rows = ["abcdefg", "gfedcba", "bdfaceg", "cabgfed", "aebdc"]
    table = bal.pairwise(list("abcdefg"), [bal.ballot(row, Fraction(1, 3 + i)) for i, row in enumerate(rows)])
    complete = bal.kemeny(table)
    monkeypatch.setattr(orders, "LISTED_UP_TO", 2)
    solved = bal.kemeny(table)
    assert solved.value == pytest.approx(complete.value, abs=1e-12)
    assert set(solved.orders) <= set(complete.orders)
    assert solved.unique is complete.unique
    assert solved.high == pytest.approx(solved.value, abs=1e-9)


# -- voices ------------------------------------------------------------------------------------------------------------


def test_voices_of_schools_and_perspectives_are_equal():
    found = bal.equal_voices(
        {"Oak": {"leaders": 2, "staff": 40}, "Elm": {"staff": 8, "pupils": 0}, "Ash": {"staff": 0}}
    )
    assert found.weights == {
        "Oak": {"leaders": Fraction(1, 8), "staff": Fraction(1, 160)},
        "Elm": {"staff": Fraction(1, 16)},
    }
    assert (found.value, found.uneven, found.n) == (20.0, False, 50)
    assert found.sentence == "One person's voice counts up to 20 times as much as another's."


def test_an_uneven_voice_is_said():
    found = bal.equal_voices({"Oak": {"leaders": 1, "staff": 26}})
    assert found.uneven
    assert found.sentence.endswith("consider merging small groups.")
    assert bal.equal_voices({"Oak": {"staff": 3}}).sentence == "Every person counts alike."


def test_small_perspectives_are_merged():
    merged = bal.merge_perspectives(
        {"Oak": {"leaders": 2, "office": 4, "staff": 40}, "Elm": {"leaders": 1, "staff": 4}}
    )
    assert merged == {"Oak": {"leaders and office": 6, "staff": 40}, "Elm": {"leaders and staff": 5}}


# -- equal shares ------------------------------------------------------------------------------------------------------


def test_weights_are_voters_counted_many_times():
    """The trap: payments must follow weight, or three votes of one are not one vote of three."""
    cost = {"read": 25, "sport": 16, "sing": 9}
    approvals = {"a": ["read", "sing"], "b": ["sport"], "c": ["sing", "sport"]}
    weighted = bal.equal_shares(cost, 40, approvals, {"a": 3, "b": 2, "c": 1})
    copies = {f"{v}{i}": approvals[v] for v, n in (("a", 3), ("b", 2), ("c", 1)) for i in range(n)}
    plain = bal.equal_shares(cost, 40, copies)
    assert weighted.funded == plain.funded
    for project in weighted.funded:
        for voter, paid in weighted.payments[project].items():
            assert paid == sum(p for v, p in plain.payments[project].items() if v.startswith(voter))


def test_completion_spends_what_equal_shares_leave():
    cost = {f"{side}{i}": 1 for side in "rb" for i in range(10)}
    approvals = {
        f"{side}{i}": [p for p in cost if p[0] == side] for side, n in (("r", 51), ("b", 49)) for i in range(n)
    }
    plain = bal.equal_shares(cost, 10, approvals)
    assert plain.sentence == "9 of 20 projects funded with 9 of 10; each voice's share was spent on what it backed."
    full = bal.equal_shares(cost, 10, approvals, complete=True)
    assert (sum(p[0] == "r" for p in full.funded), sum(p[0] == "b" for p in full.funded)) == (5, 5)
    assert (full.left, len(full.completed)) == (0, 1)


def test_ties_go_to_the_cheaper_then_by_name():
    approvals = {"v": ["big", "late", "early"]}
    assert bal.equal_shares({"big": 2, "late": 1, "early": 1}, 2, approvals).funded == ("early", "late")


@BOUNDED
@given(
    st.dictionaries(st.sampled_from("pqrst"), st.integers(1, 9), min_size=1, max_size=5),
    st.integers(1, 20),
    st.lists(st.sets(st.sampled_from("pqrst")), min_size=1, max_size=6),
    st.booleans(),
)
def test_nobody_pays_for_what_they_did_not_back_nor_more_than_they_hold(cost, budget, backed, complete):
    approvals = {i: [p for p in sorted(projects) if p in cost] for i, projects in enumerate(backed)}
    found = bal.equal_shares(cost, budget, approvals, complete=complete)
    assert sum(cost[p] for p in found.funded) == found.value <= budget
    assert found.left == budget - sum(cost[p] for p in found.funded)
    for project, paid in found.payments.items():
        assert sum(paid.values()) == cost[project]
        assert all(project in approvals[voter] for voter in paid)
    for voter in approvals:
        assert sum(paid.get(voter, 0) for paid in found.payments.values()) <= found.endowments[voter]
    assert bal.equal_shares(dict(reversed(cost.items())), budget, approvals, complete=complete) == found


# -- quick votes -------------------------------------------------------------------------------------------------------


def test_two_issues_by_hand():
    """3 against 1: ability 3 : 1, score 75 to 25; half a pretend win each way makes it 3.5 : 1.5, 70 to 30."""
    assert bal.bradley_terry(["a", "b"], [[0, 3], [1, 0]], prior=0).scores == pytest.approx({"a": 75, "b": 25})
    found = bal.bradley_terry(["a", "b"], [[0, 3], [1, 0]])
    assert found.scores == pytest.approx({"a": 70, "b": 30})
    assert found.sentence == "a would beat a random other issue 70 times in 100."


def test_an_unbeaten_issue_needs_a_prior():
    with pytest.raises(NothingGiven, match="give a prior"):
        bal.bradley_terry(["a", "b"], [[0, 3], [0, 0]], prior=0)
    assert bal.bradley_terry(["a", "b"], [[0, 3], [0, 0]]).scores["a"] == pytest.approx(87.5)


def test_best_less_worst_in_words():
    found = bal.best_worst([("abc", "a", "c"), ("abc", "a", "b"), ("abd", "d", "b")])
    assert (found.scores, found.first, found.n) == ({"a": 2 / 3, "b": -2 / 3, "c": -0.5, "d": 1.0}, ("d",), 3)
    assert found.sentence == "d comes first, by what was called best less what was called worst."
    assert bal.best_worst([("abc", "a", "c"), ("abc", "b", "c")]).sentence.startswith("a, b share the first place")


def test_next_pair_is_the_least_asked_then_the_nearest():
    wins = [[0, 2, 2], [0, 0, 1], [0, 1, 0]]
    assert bal.next_pair(list("abc"), wins) == ("b", "c")  # all asked twice; b and c are alike, so nearest
    wins = [[0, 2, 0], [0, 0, 1], [0, 1, 0]]
    assert bal.next_pair(list("abc"), wins) == ("a", "c")


# -- certainty ---------------------------------------------------------------------------------------------------------


def test_a_clear_vote_is_certain_and_an_even_one_is_not():
    clear = votes(*[(1, "abcd")] * 20)
    assert bal.certainty(ISSUES, clear, ["x"] * 20, top=1).value == 1.0
    even = votes(*[(1, "abcd"), (1, "bacd")] * 10)
    found = bal.certainty(ISSUES, even, ["x"] * 20, top=1)
    assert 0.4 < found.among_first["a"] < 0.6
    assert found.among_first["a"] + found.among_first["b"] == pytest.approx(1)


def test_drawing_stays_within_the_groups():
    """Each group is of one mind, so nothing can change; drawn from all together it would."""
    ballots = votes(*[(1, "abcd")] * 6, *[(1, "bacd")] * 5)
    groups = ["x"] * 6 + ["y"] * 5
    found = bal.certainty(ISSUES, ballots, groups, top=1)
    assert found.among_first == {"a": 1.0, "b": 0.0, "c": 0.0, "d": 0.0}
    assert found.sentence == "Each of the first 1 stays among them in at least 100 of 100 resamples."


def test_certainty_is_the_same_in_any_order():
    ballots = votes((1, "abcd"), (1, "bacd"), (1, "cbad"), (2, "dcba"), (1, ["c", ["a", "b"]]))
    groups = ["x", "x", "y", "y", "x"]
    found = bal.certainty(ISSUES, ballots, groups, top=2, draws=50)
    turned = bal.certainty(ISSUES[::-1], ballots[::-1], groups[::-1], top=2, draws=50)
    assert turned == found


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: bal.ballot(["a", "a"]), DuplicateId),
        (lambda: bal.ballot(["a", ["b", "a"]]), DuplicateId),
        (lambda: bal.ballot("ab", -1), NotANumber),
        (lambda: bal.ballot("ab", nan), NotANumber),
        (lambda: bal.pairwise(["a"], votes((1, "a"))), NothingGiven),
        (lambda: bal.pairwise(["a", "a"], votes((1, "a"))), DuplicateId),
        (lambda: bal.pairwise(["a", "b"], []), NothingGiven),
        (lambda: bal.pairwise(["a", "b"], votes((1, "c"))), UnknownId),
        (lambda: bal.win_shares(["a", "b"], votes((0, "a"))), NothingGiven),
        (lambda: bal.kemeny({"a": {}}), NothingGiven),
        (lambda: bal.plurality(["a"], votes((1, "b"))), UnknownId),
        (lambda: bal.equal_voices({}), NothingGiven),
        (lambda: bal.equal_voices({"Oak": {"staff": -1}}), NotACount),
        (lambda: bal.equal_shares({}, 1, {"v": []}), NothingGiven),
        (lambda: bal.equal_shares({"p": 1}, 1, {}), NothingGiven),
        (lambda: bal.equal_shares({"p": 0}, 1, {"v": ["p"]}), NotANumber),
        (lambda: bal.equal_shares({"p": 1}, nan, {"v": ["p"]}), NotANumber),
        (lambda: bal.equal_shares({"p": 1}, 1, {"v": ["q"]}), UnknownId),
        (lambda: bal.equal_shares({"p": 1}, 1, {"v": ["p", "p"]}), DuplicateId),
        (lambda: bal.equal_shares({"p": 1}, 1, {"v": ["p"]}, {"w": 1}), UnknownId),
        (lambda: bal.bradley_terry(["a", "b"], [[0, 1]]), UnequalScales),
        (lambda: bal.bradley_terry(["a", "b"], [[0, -1], [1, 0]]), NotANumber),
        (lambda: bal.best_worst([]), NothingGiven),
        (lambda: bal.best_worst([(["a", "b"], "a", "c")]), UnknownId),
        (lambda: bal.best_worst([(["a", "b"], "a", "a")]), NotANumber),
        (lambda: bal.certainty(["a", "b"], votes((1, "a")), []), UnequalScales),
        (lambda: bal.certainty(["a", "b"], votes((1, "a")), ["x"], top=2), NotANumber),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
