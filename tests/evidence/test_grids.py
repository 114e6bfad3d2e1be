"""A grid from its start to the portraits: what is shown, to whom, and what is never shown."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from alongside.evidence.grids import actions, reads
from alongside.evidence.models import GridSharing
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network.actions import make_organisation
from alongside.people.reads import standing
from alongside.surveys.models import Owed, Wave
from tests import make
from tests.evidence import gridded, mapped
from tests.evidence.gridded import DO, DONT, NEVER, SHOULD, TALK
from tests.surveys.threads import together as at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return gridded.closed()


def of(world, person):
    return standing(person).member(world.network)


def portrait_of(world, school, person=None):
    wave = reads.grid_of(of(world, world.officer), world.wave.pk)
    place = reads.school_of(wave, world.schools[school].slug)
    return reads.school_grid(wave, place, of(world, person or world.heads[school]))


def together(world, person, cluster=""):
    return reads.together(reads.grid_of(of(world, person), world.wave.pk), of(world, person), cluster)


# --- starting ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how_many", "count"), [("ten", 10), ("twenty", 20)])
def test_a_grid_asks_everybody_who_works_there(how_many, count):
    world = gridded.network_of()
    wave = gridded.start(world, how_many)
    assert len(wave.items) == count
    assert wave.invited == sum(gridded.SIZES.values())
    assert (wave.k_scores, wave.k_shares, wave.breakdown) == (10, 10, "")


def test_a_school_alone_asks_no_grid():
    world, now = gridded.network_of(), timezone.now()
    alone = make_organisation(world.schools["A"])
    with pytest.raises(Refused, match="network"):
        actions.start(alone, actions.statements("ten"), now, now + make.DAY)
    assert not Wave.objects.exists()


def test_the_officer_starts_one_from_the_page_and_a_second_waits():
    world = gridded.network_of()
    client = mapped.signed_in(world.officer)
    path = f"/n/{world.network.slug}/grids/new/"
    day = reads.school_days(world.network).on_or_after(timezone.localdate() + 3 * make.DAY)
    sent = {"whom": "whole", "how_many": "twenty", "opens_on": day}
    assert client.post(path, sent).status_code == 302
    assert len(Wave.objects.get().items) == 20
    again = client.post(path, sent)
    assert again.status_code == 400
    assert "planned or open already" in again.content.decode()
    assert Wave.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"opens_on": "2026-02-30"},
        {"opens_on": "\0"},
        {"opens_on": "9999-12-31"},
        {"opens_on": "0001-01-01"},
        {"opens_on": datetime.date.today()},
        {"how_many": "²"},
        {"how_many": "x" * 20_000},
        {"whom": "cluster-999999999999999999999"},
        {"whom": "🙂"},
        {"whom": ""},
    ],
)
def test_bad_input_has_its_sentence_and_plans_nothing(bad):
    world = gridded.network_of()
    day = reads.school_days(world.network).on_or_after(timezone.localdate() + 3 * make.DAY)
    sent = {"whom": "whole", "how_many": "ten", "opens_on": day} | bad
    response = mapped.signed_in(world.officer).post(f"/n/{world.network.slug}/grids/new/", sent)
    assert response.status_code == 400
    assert not Wave.objects.exists()


# --- one school's portrait --------------------------------------------------------------------------------------------------


def test_the_portrait_by_hand():
    rows = [DO] * 6 + [DO + SHOULD] * 3 + [TALK + SHOULD] * 6 + [DONT] * 6 + [NEVER + SHOULD] * 3
    world = gridded.closed({"A": [{"grid.1a": row, "grid.1a.n": NEVER, "grid.2a": DO} for row in rows]})
    lines = portrait_of(world, "A").portrait.lines
    assert [line.item.id for line in lines] == [f"grid.{n}a" for n in range(1, 11)]
    ours = lines[0].school
    assert [shown for _, shown in ours.named] == ["38%", "25%", "25%", "13%"]  # 9, 6, 6 and 3 of 24
    assert ours.parts.should == (50, "50%")
    assert ours.wanted == "38% say: we should, and don’t yet."
    assert lines[0].difference == "More say “we do this” of School A than of Riverway Trust: 38% and 0%."
    assert lines[1].network is None
    assert lines[1].difference == ""
    assert (lines[2].school, lines[2].network) == (None, None)


def test_a_school_of_nine_shows_a_sentence_and_no_figure(world):
    page = portrait_of(world, "D")
    assert not page.portrait.any
    text = world.get(world.heads["D"], "D").content.decode()
    assert "too few answers for a portrait" in text
    assert "%" not in text.partition("<main")[2].partition("How we know this")[0]


def test_a_school_of_twelve_is_rounded_to_fives_within_the_ends(world):
    said = portrait_of(world, "C").portrait.lines[0].school
    assert [shown for _, shown in said.named] == ["5% or less", "95% or more", "5% or less", "5% or less"]
    assert said.wanted == "5% or less say: we should, and don’t yet."


def test_no_page_prints_a_mean_a_score_a_change_or_a_rank(world):
    world.everybody_says_yes("ABC")
    mapped.long_ago()
    for page in (world.get(world.heads["A"], "A"), world.get(world.officer)):
        text = page.content.decode()
        assert "We should" in text or "we should" in text
        for word in ("of 100", "higher is better", "heat__", "run-chart", "Rising", "Falling", "average"):
            assert word not in text
    assert not Owed.objects.exists()


def test_the_round_before_stands_as_a_sentence_without_a_verdict(world):
    first = world.wave
    Wave.objects.filter(pk=first.pk).update(
        closes_at=timezone.now() - 40 * make.DAY, opens_at=timezone.now() - 50 * make.DAY
    )
    gridded.start(world)
    gridded.answer(world, "A", [TALK] * 24)
    make.close(world.wave)
    said = portrait_of(world, "A").portrait.lines[0].school
    when = (timezone.now() - 40 * make.DAY).strftime("%B %Y")
    assert said.earlier == (
        f"In {when}: we do this 100%, we talk about it 0%, we don’t do this 0%, I had never thought about it 0%; "
        "we should, and don’t yet 0%."
    )


# --- who sees which ---------------------------------------------------------------------------------------------------------


def test_nobody_outside_sees_a_portrait_before_the_schools_yes(world):
    outside = (world.officer, world.chair, world.heads["B"], world.staff["B"][0])
    assert [world.get(person, "A").status_code for person in outside] == [404] * 4
    assert world.share("A").status_code == 302
    assert [world.get(person, "A").status_code for person in outside] == [200, 200, 404, 404]
    assert world.share("A", "no").status_code == 302
    assert [world.get(person, "A").status_code for person in outside] == [404] * 4
    deeds = JournalEntry.objects.filter(deed__startswith="evidence.grid").values_list("deed", flat=True)
    assert sorted(deeds) == ["evidence.grid_shared", "evidence.grid_unshared"]


def test_staff_see_their_own_two_school_days_after(world):
    colleague = world.staff["A"][0]
    assert world.get(colleague, "A").status_code == 404
    mapped.long_ago()
    assert world.get(colleague, "A").status_code == 200
    assert world.get(colleague, "B").status_code == 404


@pytest.mark.parametrize("who", ["officer", "chair"])
def test_nobody_says_yes_for_another_school(world, who):
    assert world.share("A", by=getattr(world, who)).status_code == 403
    assert world.share("A", by=world.heads["B"]).status_code == 403
    assert world.share("A", by=world.staff["A"][0]).status_code == 403
    assert not GridSharing.objects.exists()


def test_a_yes_before_the_close_is_refused():
    world = gridded.network_of()
    gridded.start(world)
    assert world.share("A").status_code == 409
    with pytest.raises(Conflict):
        actions.share(world.wave, world.schools["A"], shared=True, by=world.heads["A"].pk)


def test_yes_twice_is_once(world):
    world.everybody_says_yes("AA")
    assert GridSharing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_say_yes_at_once_leave_one_row():
    world = gridded.closed()
    head, place = world.heads["A"].pk, world.schools["A"]
    done = at_once(4, lambda _: actions.share(world.wave, place, shared=True, by=head))
    assert len(done) == 4
    assert GridSharing.objects.filter(until=None).count() == 1


def test_the_pages_of_the_wave_say_nothing_to_anybody(world):
    mapped.long_ago()
    school = world.schools["A"].slug
    base = f"/n/{world.network.slug}/waves/{world.wave.pk}/"
    pages = ["results/", "results.csv", "results.xlsx", "results.pdf", f"schools/{school}/", "replies/"]
    pages += [f"schools/{school}/results.csv", f"schools/{school}/reply/", "statements/grid.1a/all/whole/"]
    for person in (world.officer, world.chair, world.heads["A"], world.staff["A"][0]):
        client = mapped.signed_in(person)
        for page in pages:
            assert client.get(base + page).status_code in {403, 404}, page


def test_another_networks_grid_is_not_there(world):
    other = make.network("Other Trust")
    make.cluster(other, "Cluster O", [make.school("O1"), make.school("O2")])
    stranger = make.officer(other, "officer@other.example")
    client = mapped.signed_in(stranger)
    assert client.get(f"/n/{other.slug}/grids/{world.wave.pk}/").status_code == 404
    assert client.get(world.path()).status_code == 404
    pulse = make.open_wave(world.network)
    assert mapped.signed_in(world.officer).get(f"/n/{world.network.slug}/grids/{pulse.pk}/").status_code == 404
    assert mapped.signed_in(world.officer).get(f"/n/{world.network.slug}/grids/{9 * 10**30}/").status_code == 404


# --- several schools --------------------------------------------------------------------------------------------------------


def test_the_portrait_of_several_begins_with_three_schools_that_said_yes(world):
    for number, school in enumerate("AB", start=1):
        world.everybody_says_yes(school)
        page = together(world, world.officer)
        assert (page.portrait, page.counted) == (None, number)
    world.everybody_says_yes("C")
    line = together(world, world.chair, world.cluster.slug).portrait.lines[0]
    # A prints 100, B 0 and C "5% or less": 35 of 100, each school with one voice; 5 of C's printed ends count as 5
    assert [percent for percent, _ in line.school.parts.states] == [35, 32, 35, 2]
    assert line.school.parts.wanted == (35, "35%")
    assert line.school.of == "3 schools"


def test_a_school_that_shows_nothing_counts_nowhere(world):
    world.everybody_says_yes("ABD")
    page = together(world, world.officer)
    assert page.counted == 3
    assert not page.portrait.any


def test_a_stakeholder_sees_no_portrait(world):
    assert mapped.signed_in(make.stakeholder(world.network)).get(world.path()).status_code == 403


def test_at_most_twelve_queries(world, django_assert_max_num_queries):
    world.everybody_says_yes("ABC")
    for path in (world.path(), world.path("A"), f"/n/{world.network.slug}/grids/"):
        client = mapped.signed_in(world.heads["A"])
        client.get(path)
        with django_assert_max_num_queries(12):
            assert client.get(path).status_code == 200


# --- who could help whom ----------------------------------------------------------------------------------------------------


def test_who_does_it_could_help_who_says_they_should(world):
    world.everybody_says_yes("ABC")
    page = together(world, world.officer)
    assert {(each.giver, each.taker) for each in page.helps} == {("School A", "School B")}
    assert len(page.helps) == 10
    shown = world.get(world.officer).content.decode()
    assert "School A does this; School B says it should." in shown
    assert not any(sign in str(each) for each in page.helps for sign in "%")


def test_a_school_that_did_not_say_yes_helps_nobody_and_reads_nothing(world):
    world.everybody_says_yes("BC")
    assert together(world, world.officer).helps == []
    assert portrait_of(world, "A").helps is None
    assert "Who could help whom" not in world.get(world.heads["A"], "A").content.decode()
    assert portrait_of(world, "B").helps == []


def test_leaders_read_what_concerns_their_own_school_alone(world):
    world.everybody_says_yes("ABC")
    assert len(portrait_of(world, "B").helps) == 10
    assert portrait_of(world, "C").helps == []
    assert together(world, world.heads["C"]).helps == []
    mapped.long_ago()
    assert portrait_of(world, "A", world.staff["A"][0]).helps is None
