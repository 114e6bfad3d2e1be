"""Ways to get at one person's order, or at a few people's, from what is told of votes; each must fail. docs/decisions/0079."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from itertools import permutations

import pytest

from alongside.network.models import School
from alongside.surveys import answering, budget, counting, orders, reads
from alongside.surveys.models import SealedAnswer, Wave
from tests import make
from tests.goals import live
from tests.goals.test_issues import Place

THINGS = 4
EVERY = [tuple((each,) for each in order[:3]) for order in permutations(range(THINGS))]


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.KEYS, settings.MAILBOX = tmp_path / "keys", tmp_path / "mailbox"
    answering.PAGES.clear()
    reads.forget()


def tally(given):
    return sorted((n, order) for order, n in Counter(given).items())


def told(*blocks, smallest=None, things=THINGS):
    """What is told of a vote of these schools, each a list of orders."""
    return counting.told(things, [tally(block) for block in blocks], smallest or min(map(len, blocks)), 10)


def shares(found):
    return [each.share for each in sorted(found.outcome.standings, key=lambda each: each.issue)]


def could_be(share, step):
    """All that a share may have been before it was rounded and kept off the ends."""
    low = 0 if step > 1 and share <= step else share - step / 2
    high = 100 if step > 1 and share >= 100 - step else share + step / 2
    return low, high


POINTS = {order: [float(each) for each in counting._exact_shares(THINGS, [(1, order)]).values()] for order in EVERY}


def shown(base, step):
    """Shares as they are told at a step, worked out by hand."""
    exact = [sum(POINTS[order][issue] for order in base) / len(base) for issue in range(THINGS)]
    rounded = [math.floor(each / step + 0.5 + 1e-9) * step for each in exact]
    return [min(100 - step, max(step, each)) for each in rounded] if step > 1 else rounded


def first_choices_left(base, secret, step_of):
    """The first choices that the results of base, and of base with one person more, still allow that person."""
    n, before, after = len(base), step_of(len(base)), step_of(len(base) + 1)
    first, second = shown(base, before), shown([*base, secret], after)
    allowed = set()
    for order in EVERY:
        fits = True
        for issue, mine in enumerate(POINTS[order]):
            low, high = could_be(first[issue], before)
            least, most = could_be(second[issue], after)
            fits = fits and (n * low + mine) / (n + 1) <= most and (n * high + mine) / (n + 1) >= least
        if fits:
            allowed.add(order[0])
    assert secret[0] in allowed
    return len(allowed)


def worked_out(step_of, tries=600):
    """In how many of these pairs of votes the first choice of the one person more follows."""
    found = 0
    for seed in range(tries):
        dice = random.Random(seed)
        leaning = dice.sample(EVERY, 5)
        base = [dice.choice(leaning if dice.random() < 0.7 else EVERY) for _ in range(dice.randint(10, 300))]
        found += first_choices_left(base, dice.choice(EVERY), step_of) == 1
    return found


def test_one_person_more_between_two_votes():
    """Everybody votes as before, and one person more. Whole points from 20 votes on, as scores have them, would give the first
    choice away in every tenth pair of votes; as shares are told here, in less than every fiftieth."""
    assert worked_out(lambda n: 5 if n < 20 else 1) > 42
    assert worked_out(lambda n: counting.step_for(n, n)) < 12


def test_shares_are_told_as_worked_out_by_hand():
    dice = random.Random(2)
    for n in (10, 19, 20, 60, 130):
        base = [dice.choice(EVERY) for _ in range(n)]
        found = told(base)
        assert shares(found) == shown(base, found.outcome.step)


def test_one_voice_moves_no_bar_by_more_than_a_step():
    for n in range(10, 2000):
        step = counting.step_for(n, n)
        assert 100 / n <= step, n
        assert (step / 2) * (2 * n + 1) >= 100, n


def test_a_schools_own_vote_less_from_its_clusters():
    """School A also voted alone on the same things; what is left of the cluster are one to four people at another school. For
    all that can be worked out, their share lies anywhere on nine tenths of the scale."""
    for own in range(5, 700):
        for few in range(1, 5):
            together, alone = counting.step_for(own + few, few), counting.step_for(own, own)
            if own < 10:
                continue  # its own vote is told in words
            wide = (together * (own + few) + alone * own) / few  # the whole width of what they may have wanted
            assert wide >= 90, (own, few)


def test_rounding_amplified_by_n():
    """Times the number of voters, a share still stands for many sums of places."""
    for n in range(10, 400):
        for things in (3, 4, 8):
            steps_of_a_sum = 100 / (2 * n * (things - 1))
            assert counting.step_for(n, n) / steps_of_a_sum >= 2 * (things - 1), n


def test_that_all_wanted_the_same_is_not_told_of_few():
    for n in (10, 15, 20, 99):
        found = shares(told([EVERY[0]] * n))
        assert min(found) > 0
        assert max(found) < 100


def test_two_blocks_would_follow_from_both_results():
    a, b = [EVERY[0]] * 20, [EVERY[9]] * 30
    assert told(a, b).voices is None
    assert told(a, b, [EVERY[3]] * 10).voices is not None


def test_of_three_blocks_the_third_cannot_be_worked_out_more_finely_than_its_score_would_be():
    step = counting.VOICES_STEP
    assert step / 2 * counting.VOICES_FROM >= 5  # half the step of a score of 5 to 9 people


def test_the_order_of_rows_says_no_more_than_the_numbers():
    for seed in range(40):
        dice = random.Random(seed)
        outcome = told([dice.choice(EVERY) for _ in range(dice.randint(10, 60))]).outcome
        rows = [(-each.share, each.issue) for each in outcome.standings]
        assert rows == sorted(rows)
        for one in outcome.standings:
            assert one.position == 1 + sum(other.share > one.share for other in outcome.standings)


def test_who_was_at_which_school_makes_no_difference():
    """The same orders, held by other people's colleagues: the result of everybody together is the same to the last letter."""
    dice = random.Random(3)
    given = [dice.choice(EVERY) for _ in range(40)]
    mixed = dice.sample(given, len(given))
    assert told(given[:25], given[25:]) == told(mixed[:25], mixed[25:])


def test_the_order_of_arrival_makes_no_difference():
    dice = random.Random(5)
    blocks = [[dice.choice(EVERY) for _ in range(n)] for n in (12, 9, 30)]
    later = [dice.sample(block, len(block)) for block in blocks]
    assert told(*blocks) == told(*later)


def test_under_ten_votes_there_is_no_number_at_all():
    for n in (5, 9):
        found = told([EVERY[0]] * n)
        assert (found.outcome, found.voices) == (None, None)
        assert found.tiers[0] == [0]


def test_one_person_who_outweighs_others_is_told():
    """One voice each: 5 people against 130 weigh 26 times as much."""
    big, small, third = [EVERY[0]] * 130, [EVERY[5]] * 5, [EVERY[7]] * 10
    assert told(big, small, third).lopsided
    assert not told(big[:100], small, third).lopsided


def test_voices_by_hand():
    """Three schools put 0, 1, 2 in a ring of two: shares of 0 are 100, 0 and 100, so two thirds, to the nearest 5: 65."""
    first, last = ((0,), (1,)), ((1,), (2,), (0,))
    found = told([first] * 40, [last] * 100, [first] * 40, things=3)
    assert found.voices[0] == 65
    assert shares(found)[:1] == [44]  # 80 of 180, one person one vote
    assert counting.step_for(180, 40) == 1


# --- through the whole intake


@pytest.mark.django_db
def test_what_a_release_holds_and_nothing_more():
    place = Place()
    make.staff(place.ashmead, 14)
    make.staff(place.birch, 12)
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [(0, 1, 2)] * 13, place.birch: [(2, 0)] * 11})
    document = live.closed(vote).data
    assert document["items"] == []
    found = document["order"]
    assert set(found) == {"n", "outcome", "tiers", "voices", "blocks", "lopsided", "fit"}
    assert set(found["outcome"]) == {*counting.Outcome.__dataclass_fields__}
    assert set(document["answered"]["blocks"][f"school:{place.birch.pk}"]) == {"n", "invited", "schools"}
    text = json.dumps(found)
    assert str(vote.wave.ballot.code) not in text
    assert not any(f'"{school.pk}"' in text for school in (place.ashmead, place.birch))


@pytest.mark.django_db
def test_a_few_people_lose_their_schools_name_and_so_does_whom_they_joined():
    place = Place()
    make.staff(place.ashmead, 14)
    make.staff(place.birch, 12)
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [(0, 1, 2)] * 13, place.birch: [(2, 0)] * 4})
    live.closed(vote)
    assert not SealedAnswer.objects.filter(school__isnull=False).exists()
    assert set(SealedAnswer.objects.values_list("pool", flat=True)) == {f"pool:cluster:{place.avon.pk}"}


@pytest.mark.django_db
def test_forty_things_and_five_thousand_people_are_counted_alike_in_any_order_of_arrival():
    """From rows in memory to the result."""
    items = [f"v0123456789.{number}" for number in range(40)]
    dice = random.Random(9)
    lean = sorted(range(40), key=lambda _: dice.random())
    chosen = [sorted(dice.sample(range(40), 5), key=lambda each: lean[each] + dice.gauss(0, 12)) for _ in range(5000)]
    rows = [{items[each]: place for place, each in enumerate(five, start=1)} for five in chosen]
    ratings = {str(school): rows[school * 50 : school * 50 + 50] for school in range(100)}
    tallies = [orders._tally(found, items) for found in ratings.values()]
    result = counting.told(40, tallies, 50, 10)
    assert (result.outcome.voters, len(result.outcome.standings), len(result.voices)) == (5000, 40, 40)
    again = [orders._tally(dice.sample(found, len(found)), items) for found in ratings.values()]
    assert [sorted(each) for each in again] == tallies


@pytest.mark.django_db
def test_a_vote_takes_nothing_of_the_years_budget_of_scored_statements():
    place = Place()
    make.staff(place.ashmead, 14)
    vote = live.opened(place.network, place.avon, things=[f"Thing {n}" for n in range(30)])
    assert len(Wave.objects.get().items) == 30
    assert sorted(Wave.objects.get().items) == sorted(vote.wave.ballot.items)
    schools = list(budget.with_limits(School.objects.filter(pk=place.ashmead.pk), place.network))
    assert budget.uses(place.network, schools, vote.wave.opens_at.date())[0].mine == 0
