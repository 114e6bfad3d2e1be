"""Reviewers as persons: teams of several schools, nobody too often, and the one rule in the way by name."""

import random
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import matching as mat
from alongside.science.errors import DuplicateId, Infeasible, NotACount, NothingGiven, UnknownId

BOUNDED = settings(max_examples=20, deadline=None, derandomize=True, database=None)
# each of five schools is reviewed by the two before it on a ring
RING = [(i, (i + step) % 5) for i in range(5) for step in (1, 2)]
STAFF = {f"{name}{school}": school for school in range(5) for name in ("ann", "bob")}


def test_a_team_of_two_schools_for_each_and_everybody_goes_once():
    found = mat.review_teams(RING, STAFF)
    assert sorted(found.teams) == [0, 1, 2, 3, 4]
    for school, team in found.teams.items():
        assert sorted(STAFF[person] for person in team) == sorted([(school - 1) % 5, (school - 2) % 5])
    assert set(found.load.values()) == {1}
    assert (found.value, found.low, found.silent, found.uneven, found.again, found.proven) == (1, 1, (), 0, 0, True)
    assert found.sentence == "5 teams of 2, each from 2 schools or more; 10 of 10 people go, nobody more than once."


def test_who_went_before_stays_if_somebody_else_can_go():
    for first, second in ((1, 2), (2, 1)):
        found = mat.review_teams(RING, STAFF, before=[("ann0", first), ("bob0", second)])
        assert ("ann0" in found.teams[second], "bob0" in found.teams[first], found.again) == (True, True, 0)


def test_two_schools_of_three_are_enough_and_the_silent_one_is_named():
    three = [(i, (i + step) % 7) for i in range(7) for step in (1, 2, 3)]
    found = mat.review_teams(three, {f"p{i}{k}": i for i in range(7) for k in range(2)}, size=2)
    assert len(found.silent) == 7
    assert mat.review_teams(three, {f"p{i}{k}": i for i in range(7) for k in range(3)}, size=3).silent == ()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"never": [("ann0", 1), ("bob0", 1)]}, ("ann0 does not review 1",)),
        ({"reviewers": {k: v for k, v in STAFF.items() if k != "bob3"}}, ("ann3 goes to at most 1 review",)),
        ({"pairs": [(0, 1), (1, 2), (2, 0)]}, tuple(f"the team for {s} comes from 2 schools" for s in range(3))),
        ({"size": 3, "most": 2, "never": [("ann0", 1), ("ann4", 1)]}, ("the team for 1 has 3 people",)),
    ],
)
def test_the_one_rule_in_the_way_is_named(change, named):
    given = {"pairs": RING, "reviewers": STAFF} | change
    with pytest.raises(Infeasible, match="they would if these gave way") as raised:
        mat.review_teams(**given)
    assert raised.value.rules == named


def every_plan(pairs, home, size, most, schools, never):
    """Every choice of teams that keeps all rules, written anew: heaviest load, and how often anybody goes above an even load."""
    reviewed = sorted({j for _, j in pairs})
    options = [
        [
            team
            for team in combinations([p for p in home if (home[p], j) in pairs and (p, j) not in never], size)
            if len({home[p] for p in team}) >= schools
        ]
        for j in reviewed
    ]
    for teams in product(*options):
        load = [sum(p in team for team in teams) for p in home]
        if max(load) <= most:
            silent = sum(not any(home[p] == i for p in teams[reviewed.index(j)]) for i, j in pairs)
            even = -(-size * len(reviewed) // len(home))
            yield silent, max(load), sum(max(0, x - even) for x in load)


@BOUNDED
@given(st.randoms(use_true_random=False), st.integers(2, 3), st.integers(1, 2))
def test_teams_against_every_choice_in_any_order(rnd, size, most):
    pairs = {(i, (i + step) % 5) for i in range(5) for step in (1, 2)} - {(0, 1)}
    pairs = {pair for pair in pairs if pair[1] < 3}
    home = {f"p{k}": rnd.randrange(5) for k in range(7)}
    never = {(rnd.choice(sorted(home)), rnd.randrange(3)) for _ in range(2)}
    best = min(every_plan(pairs, home, size, most, 1, never), default=None)
    given_in = {"size": size, "most": most, "schools": 1, "never": never}
    if best is None:
        with pytest.raises(Infeasible):
            mat.review_teams(sorted(pairs), home, **given_in)
        return
    found = mat.review_teams(sorted(pairs), home, **given_in)
    assert (len(found.silent), found.value, found.uneven) == best
    mixed = dict(rnd.sample(sorted(home.items()), len(home)))
    assert mat.review_teams(rnd.sample(sorted(pairs), len(pairs)), mixed, **given_in) == found


def test_teams_for_a_whole_round_of_forty_schools():
    rnd = random.Random(3)
    places = [(rnd.uniform(0, 50), rnd.uniform(0, 50)) for _ in range(40)]
    apart = [[((a - c) ** 2 + (b - d) ** 2) ** 0.5 for c, d in places] for a, b in places]
    round_ = mat.peer_review(mat.Rules.of(range(40), 2, apart))
    home = {(school, k): school for school in range(40) for k in range(2)}
    found = mat.review_teams(round_.pairs, home)
    assert (found.value, found.silent, found.proven) == (1, (), True)
    assert all(len({home[p] for p in team}) == 2 for team in found.teams.values())
    assert not any(home[p] == school for school, team in found.teams.items() for p in team)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: mat.review_teams([], STAFF), NothingGiven),
        (lambda: mat.review_teams(RING, {}), NothingGiven),
        (lambda: mat.review_teams([(0, 1), (0, 1)], STAFF), DuplicateId),
        (lambda: mat.review_teams(RING, STAFF, size=0), NotACount),
        (lambda: mat.review_teams(RING, STAFF, most=True), NotACount),
        (lambda: mat.review_teams(RING, STAFF, schools=1.5), NotACount),
        (lambda: mat.review_teams(RING, STAFF, never=[("eve", 1)]), UnknownId),
        (lambda: mat.review_teams(RING, STAFF, before=[("ann0", 9)]), UnknownId),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
