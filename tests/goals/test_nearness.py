"""Which titles are shown as much alike."""

import pytest

from alongside.goals.nearness import near, nearness


@pytest.mark.parametrize(
    ("one", "other", "much"),
    [
        ("Marking takes too long", "It takes too long for marking", 1.0),
        ("Behaviour on corridors", "Behavior in the corridor", 1.0),
        ("Time to plan together", "Time to plan", 0.8),
        ("Whole staff meetings", "Fewer staff meetings", 2 / 3),
        ("Marking in Year 6", "Reading in Year 11", 1 / 3),
        ("Staff rooms", "Staff meetings", 0.5),
        ("Marking", "Parking", 0.0),
        ("To be or not to be", "to be or NOT to be!", 1.0),
        ("Élan", "elan", 1.0),
        ("日本", "日本", 1.0),
        ("!!!", "", 0.0),
    ],
)
def test_nearness_counts_words_with_a_partner(one, other, much):
    assert nearness(one, other) == pytest.approx(much)
    assert nearness(other, one) == pytest.approx(much)


def test_a_word_has_one_partner_only():
    assert nearness("meetings meetings meetings", "meetings") == 0.5


def test_the_nearest_come_first_and_others_not_at_all():
    others = [("Reading at home", 1), ("Fewer staff meetings", 2), ("Shorter staff meetings", 3)]
    assert near("Shorter meetings of staff", others) == [3, 2]


def test_two_hundred_titles_are_compared_with_each_other_and_each_finds_itself():
    titles = [(f"Something about topic{number} and planning{number % 7}", number) for number in range(200)]
    assert sum(len(near(title, titles)) for title, _ in titles) >= 200
