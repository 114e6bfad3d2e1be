"""Waves of a series against one another: words, said once, and of the same schools only."""

import datetime
from math import ceil, floor

import pytest

from alongside.network.models import NetworkMembership
from alongside.science import pulse
from alongside.surveys import compare, releases, seal
from alongside.surveys.models import BlockTally, Change, Release, Wave
from tests import make
from tests.surveys import worlds
from tests.surveys.worlds import next_wave, series

pytestmark = pytest.mark.django_db
FIVE_WORDS = {"No clear change", "Worth watching", "Confirmed change", "Too early to say", "Cannot tell"}
HIGH, LOW = [4] * 14 + [5] * 6, [1] * 14 + [2] * 6


def words(world, wave, *names, item="well.1"):
    """What is said of each place: (word, direction)."""
    said = {
        place: (word, way)
        for place, word, way in Change.objects.filter(wave=wave, item=item).values_list("place", "word", "direction")
    }
    return [said.get(world.place(name)) for name in names]


def test_three_waves_are_too_early_and_the_fourth_is_compared():
    world, waves = series([{"A": HIGH, "B": [3] * 10}] * 4)
    assert words(world, waves[2], "A", "B", "X", "whole") == [("Too early to say", "level")] * 4
    assert words(world, waves[3], "A", "B", "X", "whole") == [("No clear change", "level")] * 4


def test_a_fall_is_worth_watching_once_and_confirmed_the_second_time():
    steady, fallen = {"A": HIGH, "B": [3] * 10}, {"A": LOW, "B": [3] * 10}
    world, waves = series([steady] * 3 + [fallen] * 2)
    assert words(world, waves[3], "A", "B") == [("Worth watching", "down"), ("No clear change", "level")]
    assert words(world, waves[4], "A", "B") == [("Confirmed change", "down"), ("No clear change", "level")]


def test_a_place_that_fewer_than_half_answered_cannot_be_told():
    steady = {"A": HIGH, "B": [3] * 10}
    world, waves = series([steady] * 3 + [{"A": LOW[:9], "B": [3] * 10}])
    assert words(world, waves[3], "A", "B") == [("Cannot tell", "level"), ("No clear change", "level")]
    sentence = Change.objects.get(wave=waves[3], item="well.1", place=world.place("A"))
    assert sentence.sentence == "Cannot tell: fewer than half of those invited answered."
    assert sentence.reasons == ["Fewer than half of those invited answered."]


def test_a_place_that_exactly_half_answered_is_compared():
    world, waves = series([{"A": HIGH, "B": [3] * 10}] * 3 + [{"A": LOW[:10], "B": [3] * 10}])
    assert words(world, waves[3], "A") == [("Worth watching", "down")]


def test_only_waves_of_the_same_schools_are_compared():
    """B leaves the network after the third wave: what was said of the cluster before was of other schools."""
    world, _ = series([{"A": HIGH, "B": [3] * 10}] * 3)
    NetworkMembership.objects.filter(school=world.schools["B"]).update(until=datetime.date.today())
    fourth = next_wave(world, {"A": HIGH})
    assert words(world, fourth, "A", "X", "whole") == [
        ("No clear change", "level"),
        ("Too early to say", "level"),
        ("Too early to say", "level"),
    ]


def test_a_cluster_whose_small_school_was_held_back_is_not_compared_with_waves_that_held_it():
    world, waves = series([{"A": HIGH, "B": [3] * 6}] * 3 + [{"A": HIGH, "B": [3] * 4}])
    assert words(world, waves[3], "A", "B", "X") == [("No clear change", "level"), None, ("Too early to say", "level")]


def test_a_pool_is_compared_with_the_same_pool_only():
    sizes = {"X": {"A": 20, "C": 4, "D": 4, "E": 4}}
    given = {"A": HIGH, "C": [4] * 3, "D": [4] * 3}
    world, waves = series([given] * 4 + [given | {"E": [1]}], sizes)
    assert words(world, waves[3], "pool X") == [("No clear change", "level")]
    assert words(world, waves[4], "pool X") == [("Too early to say", "level")]


def test_each_statement_is_compared_for_itself():
    world, _ = series([{"A": [4] * 20, "B": [3] * 10}] * 3)
    values = [worlds.row(world, 1, 4, 4, 4, 4, 4)] * 20
    fourth = next_wave(world, {"A": values, "B": [3] * 10})
    assert words(world, fourth, "A", item="well.1") == [("Worth watching", "down")]
    assert words(world, fourth, "A", item="well.2") == [("No clear change", "level")]


def test_words_are_stored_once_and_stay_what_they_were():
    _, waves = series([{"A": HIGH, "B": [3] * 10}] * 4)
    before = list(Change.objects.order_by("pk").values())
    BlockTally.objects.update(counts=[20, 0, 0, 0, 0])
    for wave in waves:
        compare.store(wave.pk)
        seal.seal(wave.pk)
    assert list(Change.objects.order_by("pk").values()) == before


def test_nothing_is_said_of_a_wave_without_results(db):
    wave = worlds.open_world({"X": {"A": 9, "B": 3}}).wave
    compare.store(wave.pk)
    assert not Change.objects.exists()


def test_every_place_that_is_shown_has_its_word_and_no_other_place_has_one():
    _, waves = series([{"A": HIGH, "B": [3] * 4}])
    document = releases.of(waves[0])
    shown = {(item["id"], place) for item in document.data["items"] for place in item["scores"]}
    assert set(Change.objects.values_list("item", "place")) == shown
    assert set(Change.objects.values_list("word", flat=True)) <= FIVE_WORDS


def test_what_is_stored_holds_no_figure_of_the_answers():
    """Below the second publication only words may be said; so words are all that is said."""
    series([{"A": HIGH, "B": [3] * 6}] * 3 + [{"A": LOW, "B": [1] * 6}] * 2)
    for sentence, reasons in Change.objects.values_list("sentence", "reasons"):
        assert not [
            text
            for text in (sentence, *reasons)
            if any(letter.isdigit() for letter in text) and "20 points" not in text
        ]


def test_a_school_in_two_networks_has_two_stories():
    """Both ask the same pulse of A: what it said to one network is not compared with what it said to the other."""
    world, _ = series([{"A": HIGH, "B": [3] * 10}] * 3)
    other = worlds.World(*worlds.network_of({"Y": {"C": 20, "D": 10}}), wave=None)
    make.cluster(other.network, "Both", [world.schools["A"], other.schools["C"]])
    other.schools["A"] = world.schools["A"]
    alone = next_wave(other, {"A": LOW, "C": [3] * 20})
    fourth = next_wave(world, {"A": HIGH, "B": [3] * 10})
    assert words(other, alone, "A", "C") == [("Too early to say", "level")] * 2
    assert words(world, fourth, "A") == [("No clear change", "level")]
    fifth = next_wave(world, {"A": LOW, "B": [3] * 10})
    assert words(world, fifth, "A") == [
        ("Worth watching", "down")
    ]  # confirmed, if the other network's wave were one of these


# --- the usual range ---------------------------------------------------------------------------------------------------------


def usual(wave, place):
    return (
        Change.objects.filter(wave=wave, item="well.1", place=place)
        .values_list("usual_low", "usual_high", "provisional")
        .get()
    )


def swinging(count, a=20, b=10):
    """Waves that go up and down a little."""
    return [{"A": [4 - number % 2] * a, "B": [3 + number % 2] * b} for number in range(count)]


def test_a_usual_range_needs_eight_waves_before_the_last_two():
    _, waves = series(swinging(10))
    assert usual(waves[8], "whole") == (None, None, False)
    low, high, provisional = usual(waves[9], "whole")
    assert (low is not None, low < high, provisional) == (True, True, True)


@pytest.mark.parametrize(("before", "now", "step"), [(6, 6, 10), (12, 12, 5), (6, 20, 10), (12, 20, 5), (20, 20, 1)])
def test_a_usual_range_is_rounded_outwards_to_the_coarsest_step_in_use(before, now, step):
    """Twenty answers now are shown in whole points; the waves before, of six, were not, and the range is made of those."""
    given = [{"A": [4] * (before - number % 2) + [3] * (number % 2), "B": [3] * 10} for number in range(9)]
    world, waves = series([*given, {"A": [4] * now, "B": [3] * 10}])
    exact = pulse.usual_limits([(75 * before - 25 * (number % 2)) / before for number in range(8)], [before] * 8, now)
    expected = (floor(exact.low / step) * step, min(100, ceil(exact.high / step) * step), True)
    assert usual(waves[9], world.place("A")) == expected


def test_a_usual_range_of_uneven_waves_is_the_verdicts_and_not_the_plain_one():
    """Eight waves of twenty that swing by five points, then one of six: plain limits would be 59 to 86, but six swing more."""
    given = [{"A": [4] * (20 - number % 2 * 4) + [3] * (number % 2 * 4), "B": [3] * 10} for number in range(9)]
    world, waves = series([*given, {"A": [4] * 6, "B": [3] * 10}])
    scores = [75 - 5 * (number % 2) for number in range(8)]
    low, high = pulse.uneven_limits(scores, [20] * 8, 6)
    assert [round(limit) for limit in (low, high)] == [48, 97]
    assert usual(waves[9], world.place("A")) == (40, 100, True)


def test_a_usual_range_lies_within_the_scale():
    world, waves = series([{"A": [5 if number % 2 else 1] * 20, "B": [3] * 10} for number in range(10)])
    assert usual(waves[9], world.place("A"))[:2] == (0, 100)


def test_the_release_of_an_earlier_wave_stays_as_it_was():
    _, waves = series(swinging(2))
    first = Release.objects.values().get(wave=waves[0])
    Wave.objects.filter(pk=waves[0].pk).update(state="published")
    seal.seal(waves[0].pk)
    assert Release.objects.values().get(wave=waves[0]) == first
