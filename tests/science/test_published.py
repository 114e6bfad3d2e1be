"""What follows from printed figures alone holds for every tally that prints so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import disclosure, tallies
from alongside.science.errors import BadInput, MoreThanAsked
from alongside.science.pulse import published
from alongside.science.pulse.published import Printed
from alongside.science.tallies import Tally

COUNTS = st.lists(st.integers(0, 40), min_size=5, max_size=5).map(tuple).filter(lambda counts: sum(counts) >= 5)


def printed(tally: Tally, *, total: bool = False, small: bool = False) -> Printed:
    shown = disclosure.shown_score(tally, in_total_with_small_block=total and small)
    return Printed(shown.score, shown.step, shown.n_label)


@given(COUNTS, st.integers(0, 60), st.lists(st.integers(1, 5), max_size=60))
@settings(max_examples=300, deadline=None)
def test_everyone_lies_between_the_bounds_whatever_the_silent_say(counts, more, said):
    tally = Tally(counts)
    silent = [1] * more if not said else [said[n % len(said)] for n in range(more)]
    everyone = tallies.merge([tally, tallies.from_answers(silent)]) if silent else tally
    low, high = published.everyone(printed(tally), tally.n + more)
    assert low <= tallies.score(everyone) <= high


@given(COUNTS, st.lists(COUNTS, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_the_rest_lies_in_its_range(own, others):
    tally, rest = Tally(own), tallies.merge([Tally(counts) for counts in others])
    small = any(sum(counts) < 10 for counts in [own, *others])
    found = published.rest(printed(tallies.merge([tally, rest]), total=True, small=small), printed(tally))
    if found:
        assert found[0] <= tallies.score(rest) <= found[1]


@pytest.mark.parametrize(
    ("score", "invited", "found"),
    [
        (Printed(60, 1, "18"), 24, (40, 75)),  # 18 × 59.5 / 24 = 44.6; (18 × 60.5 + 600) / 24 = 70.4
        (Printed(60, 1, "24"), 24, (55, 65)),
        (Printed(90, 10, "5–9"), 10, (40, 100)),  # 5 × 85 / 10; all 95 and more print 90 too
        (Printed(10, 10, "5–9"), 9, (0, 55)),  # 5 × 15 + 4 × 100 = 475 of 900
    ],
)
def test_known_bounds_for_everyone(score, invited, found):
    assert published.everyone(score, invited) == found


@pytest.mark.parametrize(
    ("total", "part", "found"),
    [
        (
            Printed(60, 1, "100"),
            Printed(50, 1, "20"),
            (60, 65),
        ),  # (5,950 − 1,010) / 80 = 61.75; (6,050 − 990) / 80 = 63.25
        (Printed(60, 1, "40"), Printed(60, 5, "19"), (55, 65)),
        (Printed(60, 10, "5–9"), Printed(60, 10, "5–9"), None),
        (Printed(60, 1, "20"), Printed(50, 1, "20"), None),
        (Printed(0, 1, "100"), Printed(100, 1, "90"), None),
    ],
)
def test_known_ranges_of_the_rest(total, part, found):
    assert published.rest(total, part) == found


def test_fewer_than_half_is_said_for_certain_alone():
    assert published.fewer_than_half(Printed(50, 1, "20"), 41)
    assert not published.fewer_than_half(Printed(50, 1, "20"), 40)
    assert not published.fewer_than_half(Printed(50, 10, "5–9"), 18)
    assert published.fewer_than_half(Printed(50, 10, "5–9"), 19)


def test_what_was_never_printed_is_refused():
    with pytest.raises(BadInput):
        Printed(101, 1, "20")
    with pytest.raises(BadInput):
        published.everyone(Printed(50, 1, "some"), 10)
    with pytest.raises(MoreThanAsked):
        published.everyone(Printed(50, 1, "20"), 10)
