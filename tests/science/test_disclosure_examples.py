"""Worked examples of what may be shown, numbered as in docs/science/disclosure.md, each small enough to check by hand."""

from alongside.bench.methods.audit import derivable_below, shown_groups
from alongside.science.disclosure import (
    K_DISTRIBUTION,
    K_SCORE,
    ShownScore,
    coverage,
    distribution,
    merge_categories,
    publication,
    shown_index,
    shown_participation,
    shown_score,
    shown_shares,
)
from alongside.science.tallies import Tally, from_answers


def blocks(published):
    return ["".join(sorted(block.schools)) for block in published.blocks]


def sizes(published):
    return {name: total.n for name, total in published.totals.items()}


def leaks(n, published, k=K_SCORE):
    return derivable_below(n, shown_groups(published), k)


def test_e1_one_small_school_is_held_back_and_its_cluster_total_leaves_it_out():
    n = {"A": 12, "B": 8, "C": 3}
    published = publication({"X": ["A", "B", "C"]}, n)
    assert derivable_below(n, ["A", "B", "ABC"], K_SCORE) == [(3, ("C",))]  # with a bare threshold of 5
    assert blocks(published) == ["A", "B"]
    assert sizes(published) == {"X": 20}
    assert published.held == {"C"}
    assert published.place["C"] is None
    assert leaks(n, published) == []


def test_e2_two_small_schools_that_reach_five_together_pool():
    n = {"A": 20, "B": 9, "C": 3, "D": 2}
    published = publication({"X": list(n)}, n)
    assert blocks(published) == ["A", "B", "CD"]
    assert [(block.name, block.kind, block.cluster, block.n) for block in published.blocks] == [
        ("A", "school", "X", 20),
        ("B", "school", "X", 9),
        ("other schools in X", "pool", "X", 5),
    ]
    assert sizes(published) == {"X": 34}
    assert published.held == frozenset()
    assert published.place["D"] == published.blocks[2]
    assert leaks(n, published) == []


def test_e2b_a_pool_under_five_is_held_back():
    n = {"A": 20, "B": 9, "C": 2, "D": 1}
    published = publication({"X": list(n)}, n)
    assert blocks(published) == ["A", "B"]
    assert sizes(published) == {"X": 29}
    assert published.held == {"C", "D"}
    assert leaks(n, published) == []


HOME_OF_E3 = {"X": ["A", "B", "C"], "Y": ["D", "E"], "Z": ["F", "G", "H"]}


def test_e3_small_pools_are_carried_to_the_whole():
    n = {"A": 12, "B": 8, "C": 3, "D": 15, "E": 1, "F": 9, "G": 7, "H": 4}
    published = publication(HOME_OF_E3, n)
    assert blocks(published) == ["A", "B", "D", "F", "G", "CEH"]
    carried = published.blocks[-1]
    assert (carried.name, carried.kind, carried.cluster, carried.n) == (
        "other schools in the network",
        "network",
        None,
        8,
    )
    assert sizes(published) == {"X": 20, "Y": 15, "Z": 16}
    assert published.whole.n == 59 == sum(n.values())
    assert leaks(n, published) == []


def test_e3b_what_stays_under_five_in_the_whole_counts_nowhere():
    n = {"A": 12, "B": 8, "C": 3, "D": 15, "E": 1, "F": 9, "G": 7, "H": 0}
    published = publication(HOME_OF_E3, n)
    assert (published.whole.n, sum(n.values())) == (51, 55)
    assert published.held == {"C", "E"}  # H has no answers to hold back
    assert published.place["H"] is None
    assert leaks(n, published) == []


def test_e4_a_cluster_that_is_too_small_shows_nothing():
    n = {"A": 2, "B": 2, "C": 30, "D": 6}
    published = publication({"X": ["A", "B"], "Y": ["C", "D"]}, n)
    assert derivable_below(n, ["C", "D", "CD", "ABCD"], K_SCORE) == [(4, ("A", "B"))]  # with a bare threshold of 5
    assert published.totals["X"].schools == frozenset()
    assert published.totals["X"].n == 0
    assert published.whole.n == 36
    assert leaks(n, published) == []


def test_e5_a_grouping_that_crosses_clusters_counts_only_blocks_wholly_inside_it():
    n = {"A": 10, "B": 3, "C": 6, "D": 9}
    published = publication({"X": ["A", "B", "C"], "Y": ["D"]}, n, {"trust": ["B", "D"]})
    assert derivable_below(n, ["A", "C", "D", "ABC", "BD"], K_SCORE)[0] == (3, ("B",))
    assert derivable_below(n, ["A", "BC", "D", "ABC", "BD"], K_SCORE)[0] == (3, ("B",))  # pooling in the cluster only
    assert published.totals["trust"].schools == {"D"}
    assert published.totals["trust"].members == {"B", "D"}
    assert published.totals["X"].schools == {"A", "C"}
    assert published.whole.schools == {"A", "C", "D"}
    assert leaks(n, published) == []


def test_e6_a_breakdown_merges_small_categories_or_is_not_shown():
    assert merge_categories({"T": 9, "S": 3}) == []
    assert merge_categories({"T": 14, "TA": 6, "Office": 3, "Site": 2}) == [("Office", "Site"), ("TA",), ("T",)]
    assert merge_categories({"T": 14, "TA": 6, "Office": 3, "Lead": 1}) == [("Lead", "Office", "TA"), ("T",)]
    n = {"T": 12, "L": 2}
    assert derivable_below(n, ["T", "TL"], K_SCORE) == [(2, ("L",))]  # what "exclude leaders" would give away
    assert merge_categories(n) == []


def test_e8_a_second_breakdown_of_the_same_school_would_leak():
    n = {"T.pri": 4, "T.sec": 5, "S.pri": 6}
    by_role = [{"T.pri", "T.sec"}, {"S.pri"}]
    by_phase = [{"T.pri", "S.pri"}, {"T.sec"}]
    assert derivable_below(n, by_role + by_phase, K_SCORE) == [(4, ("T.pri",))]
    assert derivable_below(n, by_role, K_SCORE) == []
    assert merge_categories({"T": 9, "S": 6}) == [("S",), ("T",)]  # by role alone may be shown


WAVE_OF_NINE = (4, 4, 3, 5, 2, 4, 3, 4, 2)


def test_e9_a_late_answer_could_be_read_off_live_means_so_results_come_once():
    first, then = from_answers(WAVE_OF_NINE), from_answers([*WAVE_OF_NINE, 1])
    assert round(10 * float(then.mean) - 9 * float(first.mean)) == 1  # the late answer
    assert shown_score(first) == shown_score(from_answers(reversed(WAVE_OF_NINE)))
    assert [shown_participation(answered) for answered in (4, 5, 9, 10, 11)] == [0, 5, 5, 10, 10]


def test_e10_scores_are_shown_no_finer_than_their_people_allow():
    assert shown_score(from_answers([1, 2, 3, 4])) is None
    assert shown_score(from_answers([1] * 6)) == ShownScore(score=10, step=10, n_label="5–9")
    assert shown_shares(from_answers([1] * 6)) is None
    assert shown_score(from_answers(WAVE_OF_NINE)) == ShownScore(score=60, step=10, n_label="5–9")  # 61.1
    assert shown_score(from_answers([*WAVE_OF_NINE, 1])) == ShownScore(score=55, step=5, n_label="10")
    ten = from_answers([4] * 8 + [2, 3])
    assert shown_score(ten) == ShownScore(score=70, step=5, n_label="10")  # 67.5: halves go up
    assert [share.label for share in shown_shares(ten)] == ["5% or less", "10%", "10%", "80%", "5% or less"]
    assert shown_score(from_answers([5] * 20)) == ShownScore(score=100, step=1, n_label="20")


def test_e11_an_index_is_hidden_when_any_of_its_questions_is():
    shown = shown_score(Tally((0, 1, 2, 3, 1)))
    hidden = shown_score(Tally((0, 0, 1, 3, 0)))  # 4 answered this one
    assert shown_index([shown, shown, shown, shown, hidden]) is None
    assert shown_index([]) is None


def test_e11b_an_index_is_the_mean_of_shown_scores_and_says_nothing_about_the_one_who_skipped():
    answered_all, skipped_last = [[4, 4, 3, 4, 2]] * 6, [1, 2, 1, 2]
    sums = [sum(row[i] for row in answered_all) + (skipped_last[i] if i < 4 else 0) for i in range(5)]
    assert sum(sums) - sum(map(sum, answered_all)) == 6 == sum(skipped_last)  # what an index over persons gives away
    rows = [*answered_all, skipped_last]
    questions = [from_answers([row[i] for row in rows if i < len(row)]) for i in range(5)]
    assert [tally.n for tally in questions] == [7, 7, 7, 7, 6]
    scores = [shown_score(tally) for tally in questions]
    assert [part.score for part in scores] == [60, 70, 40, 70, 30]  # 64.3, 67.9, 42.9, 67.9, 25
    assert shown_index(scores) == 54


def test_e15_a_distribution_never_covers_a_block_under_ten():
    n = {"A": 30, "B": 6}
    scored = publication({"X": ["A", "B"]}, n)
    second = distribution(scored)
    assert derivable_below(n, ["A", "AB"], K_DISTRIBUTION) == [(6, ("B",))]
    assert blocks(second) == ["A"]
    assert sizes(second) == {"X": 30}
    assert second.held == {"B"}
    assert coverage(second.totals["X"], scored.totals["X"]) == "30 of 36 answers"
    assert leaks(n, second, K_DISTRIBUTION) == []


def error_of_block(total, small, *, whole_points=False):
    """How closely a small block's score follows from its total and its one sibling, both as shown: ± points."""
    in_total = 0.5 if whole_points else shown_score(Tally((0, total)), in_total_with_small_block=True).step / 2
    in_sibling = shown_score(Tally((0, total - small))).step / 2
    return round((in_total * total + in_sibling * (total - small)) / small, 1)


def test_e15_rounding_leaves_a_small_block_uncertain():
    assert error_of_block(36, 6, whole_points=True) == 5.5
    assert error_of_block(29, 9, whole_points=True) == 2.7  # too fine
    assert error_of_block(29, 9) == 9.2
    assert error_of_block(50, 9) == 5.1  # the closest that can happen


def test_e15_a_total_under_fifty_with_a_small_block_is_shown_to_the_nearest_five():
    published = publication({"X": ["A", "B"]}, {"A": 30, "B": 6})
    assert published.totals["X"].has_small_block
    thirty_six = Tally((0, 4, 9, 15, 8))  # 68.75
    assert shown_score(thirty_six, in_total_with_small_block=True) == ShownScore(score=70, step=5, n_label="36")
    assert shown_score(thirty_six) == ShownScore(score=69, step=1, n_label="36")
