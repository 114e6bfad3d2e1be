"""Staff to come: retirement by age, and yearly chances known from few events only."""

from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import workforce as work
from alongside.science.errors import NotACount, NotANumber, UnequalScales

BOUNDED = settings(max_examples=25, deadline=None, derandomize=True, database=None)
NOBODY = ({},)


def test_retirement_by_hand():
    """Two of 64, two of 66: nobody leaves otherwise; at 65 half retire, at 67 all."""
    found = work.flow_by_age([{64: 2, 66: 2}], [[1.0]], NOBODY, {65: 0.5, 67: 1.0}, 4)
    assert found.expected == ((4.0,), (3.0,), (1.0,), (0.5,), (0.0,))
    assert found.retiring == (1.0, 2.0, 0.5, 0.5)
    assert found.variance[1] == (2 * 0.5 * 0.5,)


def test_those_who_retire_are_not_counted_among_those_who_leave():
    """Of 100 aged 65, 20 retire; of the 80 others a quarter leaves: 60, and not 55."""
    assert work.flow_by_age([{65: 100}], [[0.75]], NOBODY, {65: 0.2}, 1).expected[-1] == pytest.approx((60.0,))


def test_who_is_hired_old_retires_too():
    found = work.flow_by_age([{}], [[1.0]], [{66: 1}], {67: 1.0}, 3)
    assert found.expected == ((0.0,), (1.0,), (2.0,), (2.0,))
    assert found.retiring == (0.0, 0.0, 1.0)


@BOUNDED
@given(st.lists(st.integers(0, 9), min_size=2, max_size=2), st.integers(0, 3), st.integers(1, 4))
def test_without_retirement_it_is_the_plain_flow(people, hired, years):
    moves = [[0.7, 0.2], [0.1, 0.8]]
    plain = work.flow(people, moves, [hired, 1], years)
    aged = work.flow_by_age([{30: n} for n in people], moves, [{25: hired}, {40: 1}], {}, years)
    assert np.array(aged.expected) == pytest.approx(np.array(plain.expected), abs=1e-9)
    assert np.array(aged.variance) == pytest.approx(np.array(plain.variance), abs=1e-9)
    assert (aged.low, aged.high) == pytest.approx((plain.low, plain.high), abs=1e-9)
    assert aged.retiring == (0.0,) * years


def test_people_who_only_move_do_not_make_the_total_uncertain():
    """Half of the stage move on each year and nobody leaves: the stages vary, the total does not."""
    found = work.flow([10, 0], [[0.5, 0.5], [0.0, 1.0]], [0, 0], 2)
    assert (found.low, found.high, found.variance[1]) == (10.0, 10.0, (2.5, 2.5))


START, PRIOR, HIRES = ([{30: 20, 64: 6}, {50: 8}], [[0.75, 0.1, 0.15], [0.0, 0.9, 0.1]], [{25: 3}, {}])
RETIRE = {60: 0.1, 65: 0.5, 68: 1.0}


def test_with_rates_known_the_draws_are_the_exact_flow():
    exact = work.flow_by_age(START, [row[:2] for row in PRIOR], HIRES, RETIRE, 3)
    drawn = work.outlook(START, [[0, 0, 0], [0, 0, 0]], PRIOR, HIRES, RETIRE, 3, strength=1e7)
    assert np.array(drawn.expected) == pytest.approx(np.array(exact.expected), abs=0.15)
    assert drawn.retiring == pytest.approx(exact.retiring, abs=0.1)
    assert (drawn.low, drawn.high) == pytest.approx((exact.low, exact.high), abs=1.0)
    assert drawn.of_rates < 0.001


def test_few_events_widen_the_fan_and_say_by_how_much():
    few = work.outlook(START, [[6, 1, 1], [0, 3, 0]], PRIOR, HIRES, RETIRE, 3)
    many = work.outlook(START, [[600, 100, 100], [0, 300, 0]], PRIOR, HIRES, RETIRE, 3)
    assert few.high - few.low > many.high - many.low
    assert few.of_rates > 0.25 > 0.1 > many.of_rates
    assert few.sentence == "In 3 years about 28 people, in 9 of 10 cases 20 to 35; about 4 will have retired by age."
    assert few.reasons[0].endswith(" of 100 parts of the spread come from not knowing the yearly chances.")
    assert all(a90 <= a50 <= b50 <= b90 for (a50, b50), (a90, b90) in zip(few.totals50, few.totals90, strict=True))
    assert few.bands90[0] == ((26.0, 26.0), (8.0, 8.0))


def test_the_share_of_the_rates_by_the_law_of_total_variance():
    """One year, n people, chance of staying Beta(a, b): variance n·m(1−m)(a+b+n)/(a+b+1), of which n²·m(1−m)/(a+b+1) is the rate's."""
    n, a, b = 40, 9.0, 3.0
    found = work.outlook([{30: n}], [[0, 0]], [[0.75, 0.25]], NOBODY, {}, 1, strength=a + b, draws=20_000)
    assert found.of_rates == pytest.approx(n / (a + b + n), abs=0.02)
    assert found.value == pytest.approx(30, abs=0.1)


def test_the_same_question_has_the_same_answer():
    asked = (START, [[6, 1, 1], [0, 3, 0]], PRIOR, HIRES, RETIRE, 2)
    assert work.outlook(*asked) == work.outlook(*asked)
    turned = [dict(reversed(ages.items())) for ages in START]
    assert work.outlook(turned, *asked[1:]) == work.outlook(*asked)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: work.flow_by_age([{}], [[0.5]], [{}, {}], {}, 1), UnequalScales),
        (lambda: work.flow_by_age([{40: -1}], [[0.5]], NOBODY, {}, 1), NotACount),
        (lambda: work.flow_by_age([{40.5: 1}], [[0.5]], NOBODY, {}, 1), NotANumber),
        (lambda: work.flow_by_age([{121: 1}], [[0.5]], NOBODY, {}, 1), NotANumber),
        (lambda: work.flow_by_age([{40: 1}], [[0.5]], NOBODY, {65: nan}, 1), NotANumber),
        (lambda: work.flow_by_age([{40: 1}], [[0.5]], NOBODY, {65: 1.1}, 1), NotANumber),
        (lambda: work.flow_by_age([{40: 1}], [[0.5]], NOBODY, {}, 0), NotANumber),
        (lambda: work.outlook([{40: 1}], [[1]], [[1.0]], NOBODY, {}, 1), UnequalScales),
        (lambda: work.outlook([{40: 1}], [[1, 0]], [[0.5, 0.4]], NOBODY, {}, 1), NotANumber),
        (lambda: work.outlook([{40: 1}], [[1, 0]], [[0.5, 0.5]], NOBODY, {}, 1, draws=1), NotACount),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
