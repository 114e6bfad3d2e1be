"""What a closed wave publishes: the worked examples of docs/science/disclosure.md, through the real close."""

import datetime
import hashlib
import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from alongside.bench.methods.audit import derivable_below
from alongside.network.models import Cluster, ClusterMembership, School
from alongside.people.models import StaffEntry
from alongside.science.disclosure import coverage, distribution, publication, shown_index
from alongside.surveys import publish, releases, seal
from alongside.surveys.accept import Closed, accept
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Release, SealedAnswer, SealedComment, SeriesHome, Wave
from tests import make
from tests.surveys import worlds

pytestmark = pytest.mark.django_db
WELL = [f"well.{number}" for number in range(1, 7)]
E3 = {"X": "ABC", "Y": "DE", "Z": "FGH"}
E3_ANSWERS = {"A": 12, "B": 8, "C": 3, "D": 15, "E": 1, "F": 9, "G": 7, "H": 4}


def groups(world, document, item="well.1", kind="scores"):
    """Every place that shows a figure → the schools it is the sum of, by their short names."""
    found = document.data["items"][document.items.index(item)][kind]
    return {place: world.names(figure["schools"]) for place, figure in found.items()}


def named(world, document, item="well.1", kind="scores"):
    """The same by short names of the places."""
    names = {world.place(name): name for name in [*world.schools, *world.clusters, "network", "whole"]}
    names |= {world.place(f"pool {name}"): f"pool {name}" for name in world.clusters}
    return {names[place]: schools for place, schools in groups(world, document, item, kind).items()}


def answered(world, document, *names):
    """How many answered in each place, as published."""
    found = [document.answered(world.place(name)) for name in names]
    return [line and line.n for line in found]


def assert_nobody_is_singled_out(world, document, answers):
    for item in document.items:
        shown = [frozenset(group) for group in groups(world, document, item).values()]
        assert derivable_below(answers, shown, 5) == []
        spread = [frozenset(group) for group in groups(world, document, item, "shares").values()]
        assert derivable_below(answers, spread, 10) == []


# --- blocks ------------------------------------------------------------------------------------------------------------


def test_e1_one_small_school_counts_nowhere_and_totals_leave_it_out():
    answers = {"A": 12, "B": 8, "C": 3}
    world, document = worlds.published({"X": "ABC"}, answers)
    assert named(world, document) == {"A": "A", "B": "B", "X": "AB", "whole": "AB"}
    assert answered(world, document, "A", "B", "C", "X", "whole") == ["12", "5–9", None, "20", "20"]
    assert document.nowhere() == [world.schools["C"].pk]
    assert_nobody_is_singled_out(world, document, answers)


def test_e2_two_small_schools_that_reach_five_together_pool():
    answers = {"A": 20, "B": 9, "C": 3, "D": 2}
    world, document = worlds.published({"X": "ABCD"}, answers)
    assert named(world, document) == {"A": "A", "B": "B", "pool X": "CD", "X": "ABCD", "whole": "ABCD"}
    assert answered(world, document, "pool X", "X") == ["5–9", "34"]
    assert document.nowhere() == []
    assert_nobody_is_singled_out(world, document, answers)


def test_e2b_a_pool_under_five_counts_nowhere():
    answers = {"A": 20, "B": 9, "C": 2, "D": 1}
    world, document = worlds.published({"X": "ABCD"}, answers)
    assert named(world, document) == {"A": "A", "B": "B", "X": "AB", "whole": "AB"}
    assert answered(world, document, "X") == ["29"]
    assert world.names(document.nowhere()) == "CD"
    assert_nobody_is_singled_out(world, document, answers)


def test_e3_small_pools_are_carried_to_the_whole():
    world, document = worlds.published(E3, E3_ANSWERS)
    assert named(world, document) == {
        **{school: school for school in "ABDFG"},
        "network": "CEH",
        "X": "AB",
        "Y": "D",
        "Z": "FG",
        "whole": "ABCDEFGH",
    }
    assert answered(world, document, "X", "Y", "Z", "network", "whole") == ["20", "15", "16", "5–9", "59"]
    assert_nobody_is_singled_out(world, document, E3_ANSWERS)


def test_e3b_what_stays_under_five_in_the_whole_counts_nowhere():
    answers = E3_ANSWERS | {"H": 0}
    world, document = worlds.published(E3, answers)
    assert named(world, document)["whole"] == "ABDFG"
    assert answered(world, document, "whole", "network") == ["51", None]
    assert world.names(document.nowhere()) == "CEH"
    assert_nobody_is_singled_out(world, document, answers)


def test_e4_a_cluster_that_is_too_small_shows_nothing():
    answers = {"A": 2, "B": 2, "C": 30, "D": 6}
    world, document = worlds.published({"X": "AB", "Y": "CD"}, answers)
    assert named(world, document) == {"C": "C", "D": "D", "Y": "CD", "whole": "CD"}
    assert answered(world, document, "X", "Y", "whole") == [None, "36", "36"]
    assert_nobody_is_singled_out(world, document, answers)


def test_nobody_answered_publishes_a_release_without_figures():
    world, document = worlds.published({"X": "AB"}, {"A": 0, "B": 9})
    assert [named(world, document), answered(world, document, "whole")] == [
        {"B": "B", "X": "B", "whole": "B"},
        ["5–9"],
    ]
    empty, nothing = worlds.published({"X": "ABCDEFGH"}, dict.fromkeys("ABCDEFGH", 0) | {"A": 3, "B": 1})
    assert [named(empty, nothing), nothing.answered("whole")] == [{}, None]


def test_schools_of_no_cluster_pool_in_the_network_without_a_name():
    network = make.network("Loose Trust")
    big, small, tiny = make.school("Big"), make.school("Small"), make.school("Tiny")
    make.cluster(network, "Brief", [big, small, tiny])
    ClusterMembership.objects.all().delete()
    for school, people in ((big, 12), (small, 3), (tiny, 3)):
        make.staff(school, people)
    wave = make.open_wave(network)
    for school, people in ((big, 11), (small, 3), (tiny, 2)):
        make.answer(wave, school, people)
    make.close(wave)
    document = releases.of(wave)
    assert set(document.data["items"][0]["scores"]) == {f"school:{big.pk}", "pool:cluster:0", "cluster:0", "whole"}
    assert document.clusters() == {}


# --- how finely ----------------------------------------------------------------------------------------------------------


def shown(document, place, item="well.1"):
    score = document.score(item, place)
    return score and (score.score, score.step, score.n)


def test_e10_scores_are_no_finer_than_their_people_allow():
    world = worlds.open_world({"X": {"A": 4, "B": 6, "C": 9, "D": 10, "E": 20}})
    nine = [4, 4, 3, 5, 2, 4, 3, 4, 2]  # 61.1
    worlds.answer(world, "A", [1, 2, 3, 4])
    worlds.answer(world, "B", [1] * 6)
    worlds.answer(world, "C", nine)
    worlds.answer(world, "D", [*nine, 1])  # 55.0
    worlds.answer(world, "E", [5] * 20)
    document = worlds.closed(world)
    places = [world.place(name) for name in "ABCDE"]
    assert [shown(document, place) for place in places] == [
        None,
        (10, 10, "5–9"),
        (60, 10, "5–9"),
        (55, 5, "10"),
        (100, 1, "20"),
    ]
    assert [document.shares("well.1", place) for place in places[:3]] == [None, None, None]
    assert document.shares("well.1", places[3]) == (
        [(10, "10%"), (20, "20%"), (20, "20%"), (40, "40%"), (10, "10%")],
        "10 answers",
    )


def test_e15_a_distribution_never_covers_a_block_under_ten():
    answers = {"A": 30, "B": 6}
    world, document = worlds.published({"X": "AB"}, answers)
    assert named(world, document, kind="scores") == {"A": "A", "B": "B", "X": "AB", "whole": "AB"}
    assert named(world, document, kind="shares") == {"A": "A", "X": "A", "whole": "A"}
    assert [document.shares("well.1", world.place(name))[1] for name in ("A", "X", "whole")] == [
        "30 answers",
        "30 of 36 answers",
        "30 of 36 answers",
    ]
    assert_nobody_is_singled_out(world, document, answers)


def test_e15_a_total_under_fifty_with_a_small_block_is_shown_to_the_nearest_five():
    world = worlds.open_world({"X": {"A": 30, "B": 6}})
    worlds.answer(world, "A", [2] * 4 + [3] * 9 + [4] * 11 + [5] * 6)
    worlds.answer(world, "B", [4] * 4 + [5] * 2)
    document = worlds.closed(world)
    assert shown(document, world.place("X")) == (70, 5, "36")  # 68.75
    assert shown(document, world.place("A")) == (66, 1, "30")  # 65.83
    assert shown(document, world.place("B")) == (80, 10, "5–9")  # 83.3


@pytest.mark.parametrize(
    ("others", "of_others", "of_total"), [(54, (64, 1, "54"), (70, 5, "60")), (244, (66, 1, "244"), (67, 1, "250"))]
)
def test_whole_points_of_a_total_come_where_they_hide_a_small_block(others, of_others, of_total):
    """Shares of 54 give their counts: from 60 in whole points only one sum of the six would be left."""
    world = worlds.open_world({"X": {"A": others, "B": 6}})
    worlds.answer(world, "A", ([2] * 4 + [3] * 9 + [4] * 11 + [5] * 6) * (others // 30) + [4, 3] * (others % 30 // 2))
    worlds.answer(world, "B", [5] * 6)
    document = worlds.closed(world)
    assert shown(document, world.place("A")) == of_others
    assert shown(document, world.place("X")) == of_total


def test_e11_no_index_is_published_and_one_would_be_hidden_with_any_of_its_parts():
    world = worlds.open_world({"X": {"A": 7, "B": 10}})
    worlds.answer(world, "A", [worlds.row(world, 4, 4, 4, 4, 4, value) for value in (4, 4, 4, 4, None, "x", "x")])
    worlds.answer(world, "B", [4] * 10)
    document = worlds.closed(world)
    scores = [document.score(item, world.place("A")) for item in WELL]
    assert [score is None for score in scores] == [False] * 5 + [True]
    assert shown_index(scores) is None
    assert {key for item in document.data["items"] for key in item} == {"id", "scores", "shares"}


def test_e11b_the_one_who_skipped_a_statement_cannot_be_computed():
    world = worlds.open_world({"X": {"A": 7, "B": 10}})
    full, skips = worlds.row(world, 4, 4, 3, 4, 2, 2), worlds.row(world, 1, 2, 1, 2, None, 1)
    worlds.answer(world, "A", [full] * 6 + [skips])
    document = worlds.closed(world)
    assert [shown(document, world.place("A"), item) for item in WELL[:5]] == [
        (score, 10, "5–9") for score in (60, 70, 40, 70, 30)
    ]  # the same label for seven answers and for six


def test_a_statement_answered_by_too_few_pools_for_itself_alone():
    world = worlds.open_world({"X": {"A": 9, "B": 6, "C": 3}})
    worlds.answer(world, "A", [4] * 9)
    worlds.answer(world, "B", [worlds.row(world, 4, 4, 4, 4, 4, value) for value in (4, 4, 4, "x", "x", None)])
    worlds.answer(world, "C", [4] * 3)
    document = worlds.closed(world)
    assert named(world, document, "well.5") == {"A": "A", "B": "B", "X": "AB", "whole": "AB"}
    assert named(world, document, "well.6") == {"A": "A", "pool X": "BC", "X": "ABC", "whole": "ABC"}


def test_cannot_say_is_stored_apart_and_counts_neither_way():
    world = worlds.open_world({"X": {"A": 6, "B": 6}})
    worlds.answer(world, "A", [5, 5, 5, 5, 5, "x"])
    document = worlds.closed(world)
    assert shown(document, world.place("A")) == (90, 10, "5–9")
    tally = publish.counted(world.wave, list(world.wave.schools.all()), _rows(world)).tallies[0].tally
    assert (tally.counts, tally.cant_say) == ((0, 0, 0, 0, 5), 1)


def _rows(world):
    a, b = world.schools["A"].pk, world.schools["B"].pk
    return {a: [worlds.row(world, value) for value in (5, 5, 5, 5, 5, "x")], b: []}


# --- the release -----------------------------------------------------------------------------------------------------------


def test_the_document_is_kept_with_its_digest_and_says_what_was_promised_on_the_form():
    world, document = worlds.published({"X": "AB"}, {"A": 12, "B": 8})
    release = Release.objects.get(wave=world.wave)
    assert release.sha256 == hashlib.sha256(release.document.encode()).hexdigest()
    assert release.document == json.dumps(
        json.loads(release.document), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert (document.data["k_scores"], document.data["k_shares"]) == (5, 10)


def test_publishing_twice_is_once():
    world, _ = worlds.published({"X": "AB"}, {"A": 12, "B": 8})
    before = Release.objects.values().get()
    seal.seal(world.wave.pk)
    seal.publish_release(world.wave.pk)
    assert Release.objects.values().get() == before
    assert SealedAnswer.objects.count() == 20


def test_e9_a_late_answer_is_refused_and_changes_nothing():
    world = worlds.open_world({"X": {"A": 12, "B": 9}})
    worlds.answer_all(world, {"A": 11, "B": 8})
    late = make.tokens(world.wave, world.schools["B"])[8]
    worlds.closed(world)
    before = Release.objects.values().get()
    with pytest.raises(Closed):
        accept(world.wave.pk, late, worlds.row(world, 1))
    assert Release.objects.values().get() == before
    assert SealedAnswer.objects.count() == 19


def test_the_release_is_refused_to_be_lowered_and_raising_the_threshold_later_changes_nothing():
    world, _ = worlds.published({"X": "AB"}, {"A": 12, "B": 8})
    before = Release.objects.values().get()
    for lowered in ({"k_scores": 4}, {"k_shares": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Wave.objects.update(**lowered)
    Wave.objects.update(k_scores=9, k_shares=20)
    seal.seal(world.wave.pk)
    assert Release.objects.values().get() == before


def test_a_raised_threshold_is_the_one_that_is_published():
    world = worlds.open_world({"X": {"A": 12, "B": 8}})
    Wave.objects.filter(pk=world.wave.pk).update(k_scores=9, k_shares=13)
    worlds.answer_all(world, {"A": 12, "B": 8})
    document = worlds.closed(world)
    assert named(world, document) == {"A": "A", "X": "A", "whole": "A"}
    assert answered(world, document, "A", "B", "X") == ["12", None, "12"]
    assert named(world, document, kind="shares") == {}


def test_moving_merging_and_renaming_schools_after_the_close_changes_no_figure():
    world, document = worlds.published(E3, E3_ANSWERS)
    before = Release.objects.values().get()
    _move_merge_rename(world)
    assert Release.objects.values().get() == before
    assert releases.of(world.wave).data == document.data


def test_moving_a_school_while_a_wave_is_open_does_not_move_its_answers():
    world = worlds.open_world({"X": {"A": 12, "B": 8}, "Y": {"C": 9, "D": 9}})
    worlds.answer_all(world, {"A": 12, "B": 8, "C": 9, "D": 9})
    _move(world.schools["B"], world.clusters["Y"])
    document = worlds.closed(world)
    assert named(world, document)["X"] == "AB"
    assert named(world, document)["Y"] == "CD"


def test_a_series_keeps_the_home_cluster_of_a_school_that_moved():
    world, _ = worlds.published({"X": "AB", "Y": "CD"}, {"A": 12, "B": 8, "C": 9, "D": 9})
    _move(world.schools["B"], world.clusters["Y"])
    world.wave, world.answered = make.open_wave(world.network), {}
    worlds.answer_all(world, {"A": 12, "B": 8, "C": 9, "D": 9})
    document = worlds.closed(world)
    assert named(world, document)["X"] == "AB"
    assert SeriesHome.objects.filter(school=world.schools["B"]).count() == 1


def _move(school: School, to: Cluster) -> None:
    today = datetime.date.today()
    ClusterMembership.objects.filter(school=school).update(until=today)
    ClusterMembership.objects.create(cluster=to, school=school, since=today)


def _move_merge_rename(world):
    _move(world.schools["B"], world.clusters["Y"])
    School.objects.filter(pk=world.schools["C"].pk).update(status="closed", name="Merged into A")
    School.objects.filter(pk=world.schools["A"].pk).update(name="A new name")
    Cluster.objects.filter(pk=world.clusters["X"].pk).update(name="A new cluster")


# --- what the sealed copies keep ----------------------------------------------------------------------------------------------


def places(world):
    """How many sealed answers carry which school or pool."""
    found = {}
    for school, pool in SealedAnswer.objects.filter(wave=world.wave).values_list("school", "pool"):
        key = f"school:{school}" if school else pool
        found[key] = found.get(key, 0) + 1
    return found


def test_sealed_answers_carry_their_school_only_where_it_is_a_block():
    world, _ = worlds.published(E3, E3_ANSWERS)
    assert places(world) == {world.place(name): E3_ANSWERS[name] for name in "ABDFG"} | {"network": 8}
    pooled, _ = worlds.published({"X": "ABCD"}, {"A": 20, "B": 9, "C": 3, "D": 2})
    assert places(pooled) == {pooled.place("A"): 20, pooled.place("B"): 9, pooled.place("pool X"): 5}
    held, _ = worlds.published({"X": "ABC"}, {"A": 12, "B": 8, "C": 3})
    assert places(held) == {held.place("A"): 12, held.place("B"): 8, "": 3}


def test_a_school_that_pools_for_one_statement_keeps_only_the_pool():
    world = worlds.open_world({"X": {"A": 9, "B": 6, "C": 3}})
    worlds.answer(world, "A", [4] * 9)
    worlds.answer(world, "B", [worlds.row(world, 4, 4, 4, 4, 4, value) for value in (4, 4, 4, "x", "x", None)])
    worlds.answer(world, "C", [4] * 3)
    worlds.closed(world)
    assert places(world) == {world.place("A"): 9, world.place("pool X"): 6, "": 3}


def test_no_pool_is_named_on_fewer_than_five_sealed_answers():
    """C and D pool. Nobody of D says anything to the last statement, so C counts nowhere there and leaves the pool: the name
    of the pool alone would then single out the two of D."""
    world = worlds.open_world({"X": {"A": 9, "C": 3, "D": 2}})
    worlds.answer(world, "A", [4] * 9)
    worlds.answer(world, "C", [4] * 3)
    worlds.answer(world, "D", [worlds.row(world, 2, 2, 2, 2, 2, None)] * 2)
    worlds.closed(world)
    assert places(world) == {world.place("A"): 9, "": 5}


def test_no_network_pool_is_named_on_fewer_than_five_sealed_answers():
    """C and E are carried to the network's pool; for the last statement B joins C in a pool of the cluster and E is held."""
    world = worlds.open_world({"X": {"B": 5, "C": 4}, "Y": {"D": 9, "E": 1}})
    worlds.answer(world, "B", [4, 4, 4, 4, worlds.row(world, 4, 4, 4, 4, 4, None)])
    worlds.answer(world, "C", [4] * 4)
    worlds.answer(world, "D", [4] * 9)
    worlds.answer(world, "E", [2])
    worlds.closed(world)
    assert all(count >= 5 for place, count in places(world).items() if place)


# --- comments --------------------------------------------------------------------------------------------------------------


def comments(world, name):
    kept = SealedComment.objects.filter(wave=world.wave, school=world.schools[name])
    return sorted(kept.values_list("text", flat=True))


def test_comments_are_kept_only_where_ten_or_more_answered():
    world = worlds.open_world({"X": {"A": 12, "B": 12}}, "lead")
    for name, count in (("A", 10), ("B", 9)):
        worlds.answer(world, name, [4] * (count - 2))
        worlds.answer(world, name, [4], "Keep the Monday meeting.")
        worlds.answer(world, name, [4], "Stop the Friday one.")
    worlds.closed(world)
    assert comments(world, "A") == ["Keep the Monday meeting.", "Stop the Friday one."]
    assert comments(world, "B") == []
    assert SealedComment.objects.count() == 2


def test_comments_are_masked_by_the_roster_of_their_school():
    world = worlds.open_world({"X": {"A": 11, "B": 11}}, "lead")
    someone = world.wave.roster.filter(school=world.schools["A"]).first().person
    someone.name = "Zoë Okafor"
    someone.save()
    worlds.answer(world, "A", [4] * 9)
    said = "zoë okafor is kind, Okafor said so: okafor@school.example or +44 7700 900123. Room 12 is cold."
    worlds.answer(world, "A", [4], said)
    worlds.closed(world)
    assert comments(world, "A") == ["▒▒▒ is kind, ▒▒▒ said so: ▒▒▒ or ▒▒▒. Room 12 is cold."]


def test_comments_are_masked_by_the_staff_list_as_well():
    """Who has no link may have answered by a slip, and is written about like everybody else."""
    world = worlds.open_world({"X": {"A": 11, "B": 11}}, "lead")
    by_slip = make.staff(world.schools["A"], 1)[0]
    StaffEntry.objects.filter(person=by_slip).update(name="Zelda Quimby")
    worlds.answer(world, "A", [4] * 9)
    worlds.answer(world, "A", [4], "Zelda Quimby helped me.")
    worlds.closed(world)
    assert comments(world, "A") == ["▒▒▒ helped me."]


@pytest.mark.parametrize(
    ("text", "names", "masked"),
    [
        ("Ask Li Na.", ["Li Na"], "Ask ▒▒▒."),
        ("Green tea for Jo Green", ["Jo Green"], "▒▒▒ tea for ▒▒▒"),
        ("the green room", ["Jo Green"], "the green room"),
        ("Annabel and Ann", ["Ann Lee"], "Annabel and ▒▒▒"),
        ("mail me at a.b+c@x.org.uk please", [], "mail me at ▒▒▒ please"),
        ("ring 01234 567890 or 020 7946 0018", [], "ring ▒▒▒ or ▒▒▒"),
        ("2024 was worse than 2023", [], "2024 was worse than 2023"),
        ("O'Neill (the head) said", ["Sam O'Neill (head)"], "▒▒▒ (the head) said"),
    ],
)
def test_mask(text, names, masked):
    assert seal.mask(text, names) == masked


def test_comments_are_shuffled_and_carry_neither_role_nor_time_nor_rating():
    assert {field.name for field in SealedComment._meta.get_fields()} == {
        "key",
        "organisation",
        "wave",
        "school",
        "text",
    }
    world = worlds.open_world({"X": {"A": 60, "B": 10}}, "lead")
    for number in range(60):
        worlds.answer(world, "A", [4], f"comment {number:02}")
    worlds.closed(world)
    stored = [text for (text,) in SealedComment.objects.order_by("key").values_list("text")]
    assert sorted(stored) == [f"comment {number:02}" for number in range(60)]
    assert stored != sorted(stored)


# --- agreement with the rule itself ----------------------------------------------------------------------------------------------


def test_published_groups_are_those_of_the_rule_for_a_larger_network():
    """Each statement separately, with all kinds of gaps: the release shows exactly what the rule allows."""
    sizes = {"X": {"A": 12, "B": 6, "C": 3}, "Y": {"D": 5, "E": 2, "F": 2}, "Z": {"G": 11, "H": 4}}
    world = worlds.open_world(sizes)
    given = {name: [] for inside in sizes.values() for name in inside}
    for inside in sizes.values():
        for name, people in inside.items():
            for person in range(people):
                values = [None if (person + number) % 5 == 0 else (person * number) % 5 + 1 for number in range(6)]
                given[name].append(worlds.row(world, *values))
            worlds.answer(world, name, given[name])
    document = worlds.closed(world)
    home = {cluster: list(inside) for cluster, inside in sizes.items()}
    for item in instrument("well").items:
        counts = {name: sum(item.id in row for row in rows) for name, rows in given.items()}
        rule = publication(home, counts)
        expected = {"".join(sorted(block.schools)) for block in rule.blocks}
        expected |= {"".join(sorted(total.schools)) for total in (*rule.totals.values(), rule.whole) if total.blocks}
        assert set(named(world, document, item.id).values()) == expected
        second = distribution(rule)
        assert document.shares(item.id, "whole")[1] == coverage(second.whole, rule.whole)


def test_the_release_appears_at_the_close_and_its_moment_is_kept(time_machine):
    world = worlds.open_world({"X": {"A": 6, "B": 6}})
    worlds.answer_all(world, {"A": 6, "B": 6})
    time_machine.move_to(world.wave.closes_at + datetime.timedelta(seconds=1), tick=False)
    seal.seal(world.wave.pk)
    assert Release.objects.get().published_at == timezone.now()
