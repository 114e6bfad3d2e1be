"""A round from its start to the map of a school and of its cluster: what is shown, to whom, and what is never shown."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from alongside.doors.notices import gathered
from alongside.evidence import actions, maps, reads
from alongside.evidence.figures import Figure
from alongside.evidence.models import LeaderView, MapRound, MapSharing
from alongside.evidence.statements import LEADERS, STATEMENTS, STUDENTS, TEAMS
from alongside.kit import frame
from alongside.kit.access import works_here
from alongside.kit.errors import Conflict, Refused
from alongside.network.actions import make_organisation
from alongside.people import actions as people_actions
from alongside.people.reads import standing
from alongside.surveys.models import Owed, Wave
from tests import make
from tests.evidence import mapped
from tests.evidence.mapped import EIGHT

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return mapped.closed()


def of(world, person):
    return standing(person).member(world.network)


def map_of(world, school, person):
    found = reads.round_of(of(world, person), world.round.pk)
    return reads.school_map(found, reads.school_of(found, world.schools[school].slug), of(world, person))


# --- starting ---------------------------------------------------------------------------------------------------------------


def test_a_round_asks_teams_and_no_leader(db):
    world = mapped.network_of()
    mapped.start(world)
    assert world.wave.invited == sum(mapped.SIZES.values())
    assert [item.id for item in world.wave.pulse.items] == [f"{key}.team" for key in EIGHT]
    assert not world.wave.pulse.comment


@pytest.mark.parametrize("statements", [EIGHT[:7], [], [*EIGHT[:7], "coh.99"]])
def test_another_number_of_statements_is_refused_and_nothing_is_left(db, statements):
    world = mapped.network_of()
    with pytest.raises(Refused, match="8 to 10"):
        mapped.start(world, statements)
    assert not MapRound.objects.exists()
    assert not Wave.objects.exists()


def test_students_come_after_the_teams(db):
    world, now = mapped.network_of(), timezone.now()
    hours = {TEAMS: (now, now + 7 * make.DAY), STUDENTS: (now + 6 * make.DAY, now + 20 * make.DAY)}
    with pytest.raises(Refused, match="after the teams"):
        actions.start(world.network, EIGHT, hours, by=world.officer)
    hours[STUDENTS] = (now + 8 * make.DAY, now + 20 * make.DAY)
    found = actions.start(world.network, EIGHT, hours, by=world.officer)
    assert [seat.seat for seat in found.seats.order_by("pk")] == [TEAMS, STUDENTS]
    students = found.seats.get(seat=STUDENTS).wave
    assert (students.k_scores, students.series.audience) == (10, "students")


def test_a_second_round_waits_for_the_first_and_leaves_nothing_behind(db):
    world = mapped.network_of()
    mapped.start(world)
    with pytest.raises(Conflict):
        mapped.start(world)
    assert MapRound.objects.count() == 1


def test_a_round_is_called_off_only_while_nobody_was_asked(db):
    world, now = mapped.network_of(), timezone.now()
    hours = {TEAMS: (now + make.DAY, now + 7 * make.DAY)}
    world.round = actions.start(world.network, EIGHT, hours, by=world.officer)
    mapped.view(world, "A", 0)
    actions.call_off(world.round, world.officer)
    assert (MapRound.objects.count(), Wave.objects.count(), LeaderView.objects.count()) == (0, 0, 0)
    mapped.start(world)
    with pytest.raises(Conflict, match="asked already"):
        actions.call_off(world.round, world.officer)


def test_a_seat_that_is_called_off_by_itself_leaves_a_round_that_says_so(db):
    world, now = mapped.network_of(), timezone.now()
    hours = {TEAMS: (now + make.DAY, now + 7 * make.DAY)}
    world.round = actions.start(world.network, EIGHT, hours, by=world.officer)
    response = mapped.signed_in(world.officer).post(f"/n/{world.network.slug}/waves/{world.wave.pk}/call-off/")
    assert response.status_code == 302
    page = world.get(world.officer).content.decode()
    assert "called off" in page
    assert world.get(world.leaders["A"][0], "A").status_code == 200


# --- leaders, by name -------------------------------------------------------------------------------------------------------


def test_leaders_see_one_another_once_they_have_answered_themselves(db):
    world = mapped.network_of()
    mapped.start(world)
    mapped.view(world, "A", 0, [1, 2, 3, 4, 5, "x", 1, 2])
    head, deputy = world.leaders["A"]
    other = world.get(deputy, "A").content.decode()
    assert "Leader A0" not in other
    assert "Colleagues in your leadership team have said" in other
    mapped.view(world, "A", 1)
    assert "Leader A0" in world.get(deputy, "A").content.decode()
    page = map_of(world, "A", head)
    assert [view.person for view in page.views] == [head, deputy]
    assert page.by_name[5][1] == ["–", "5"]


def test_nobody_but_the_leaders_reads_a_leaders_name_or_numbers(world):
    for person in (world.teams["A"][0], world.officer, world.chair, world.leaders["B"][0]):
        actions.share(world.round, world.schools["A"], shared=True, by=world.leaders["A"][0].pk)
        mapped.long_ago()
        response = world.get(person, "A")
        assert "Leader A0" not in response.content.decode()
        assert world.get(person, "A", "mine/").status_code == 403
    assert "Leader A0" in world.get(world.leaders["A"][0], "A").content.decode()


def test_one_who_does_not_agree_keeps_all_leaders_off_the_map(world):
    actions.share(world.round, world.schools["A"], shared=True, by=world.leaders["A"][0].pk)
    assert map_of(world, "A", world.officer).leaders_shown
    actions.agree(world.round, world.schools["A"], world.leaders["A"][1], agreed=False)
    page = map_of(world, "A", world.officer)
    assert not page.leaders_shown
    assert not page.map.bars
    assert [seat.key for seat in page.map.seats] == [TEAMS]
    assert map_of(world, "A", world.leaders["A"][0]).map.bars


def test_a_view_after_the_teams_have_answered_is_refused(world):
    with pytest.raises(Conflict, match="teams have answered"):
        mapped.view(world, "A", 0, 1)
    assert LeaderView.objects.get(school=world.schools["A"], head=True).ratings["coh.1"] == 5


@pytest.mark.parametrize("ratings", [{}, {"coh.1": 5}, {**dict.fromkeys(EIGHT, 5), "coh.1": 6}])
def test_a_view_needs_an_answer_to_each_statement(db, ratings):
    world = mapped.network_of()
    mapped.start(world)
    with pytest.raises(Refused, match="each statement"):
        actions.keep_view(world.round, world.schools["A"], world.leaders["A"][0], ratings, head=True, agreed=False)


def test_seats_share_nobody(db):
    world = mapped.network_of()
    teaching = world.teams["A"][0]  # who leads as well, whatever the staff list says
    people_actions.grant_role(
        "leader", make_organisation(world.schools["A"]), teaching.email, "", school=world.schools["A"]
    )
    mapped.start(world)
    assert world.wave.invited == sum(mapped.SIZES.values()) - 1
    world.leaders["A"][0] = teaching
    mapped.view(world, "A", 0)
    later = world.leaders["A"][1] = world.teams["A"][1]  # asked with the teams, and a leader since
    people_actions.grant_role(
        "leader", make_organisation(world.schools["A"]), later.email, "", school=world.schools["A"]
    )
    with pytest.raises(Refused, match="asked with the teams"):
        mapped.view(world, "A", 1)


# --- one school's map -------------------------------------------------------------------------------------------------------


def test_the_bar_and_the_gap_by_hand(world):
    page = map_of(world, "A", world.leaders["A"][0])
    assert page.answered == ["2 leaders by name", "20 teachers and support staff"]
    bar = page.map.bars[0]
    # F of leaders 0 0 0 0; of teams 0 ½ ½ 1: inside = 100·½·(¼ + ¼) = 25, between = 100·½·2·(1/16 + 1/16 + ¼) = 37.5
    assert (bar.shared, bar.inside, bar.between) == (37, 25, 38)
    spot = page.map.spots[0]
    assert (spot.title, spot.scores) == ("Leaders see it, teams don’t", "Leaders 100 · Teams 50".replace("T", "t", 1))
    assert page.map.heading == "We see none of eight things alike"


def test_a_small_team_has_a_score_and_no_bar(world):
    page = map_of(world, "D", world.leaders["D"][0])
    assert not page.map.bars
    assert page.map.table[0][1] == (100, 50)
    assert {spot.how for spot in page.map.spots} == {"cannot tell"}
    text = world.get(world.leaders["D"][0], "D").content.decode()
    assert "too few answers for a map" in text


def test_a_school_with_four_answers_shows_nothing_and_says_what_helps(db):
    world = mapped.network_of({"A": 20, "B": 12, "E": 4})
    mapped.start(world)
    for school, count in (("A", 20), ("B", 12), ("E", 4)):
        mapped.answer(world, school, [3] * count)
    mapped.close(world)
    page = map_of(world, "E", world.leaders["E"][0])
    assert [seat.key for seat in page.too_few] == [TEAMS]
    assert not page.map.seats
    assert "a talk in the room" in world.get(world.leaders["E"][0], "E").content.decode()


# --- who sees which map -----------------------------------------------------------------------------------------------------


def test_nobody_outside_sees_a_map_before_the_schools_yes(world):
    outside = (world.officer, world.chair, world.leaders["B"][0], world.teams["B"][0])
    assert [world.get(person, "A").status_code for person in outside] == [404] * 4
    actions.share(world.round, world.schools["A"], shared=True, by=world.leaders["A"][0].pk)
    assert [world.get(person, "A").status_code for person in outside] == [200, 200, 404, 404]
    actions.share(world.round, world.schools["A"], shared=False, by=world.leaders["A"][0].pk)
    assert [world.get(person, "A").status_code for person in outside] == [404] * 4


def test_staff_see_their_own_map_two_school_days_after(world):
    colleague = world.teams["A"][0]
    assert world.get(colleague, "A").status_code == 404
    mapped.long_ago()
    assert world.get(colleague, "A").status_code == 200
    assert world.get(colleague, "B").status_code == 404


def test_the_pages_of_the_wave_say_nothing_to_anybody(world):
    mapped.long_ago()
    school = world.schools["A"].slug
    base = f"/n/{world.network.slug}/waves/{world.wave.pk}/"
    pages = [
        "results/",
        "results.csv",
        "results.xlsx",
        "results.pdf",
        f"schools/{school}/",
        f"schools/{school}/results.csv",
    ]
    pages += [f"schools/{school}/results.xlsx", f"schools/{school}/sharing/", f"schools/{school}/reply/"]
    pages += ["statements/coh.1.team/all/whole/", f"clusters/{world.cluster.slug}/", "replies/"]
    for person in (world.officer, world.chair, world.leaders["A"][0], world.teams["A"][0]):
        client = mapped.signed_in(person)
        for page in pages:
            assert client.get(base + page).status_code in {403, 404}, page
        assert f'href="{base}results/"' not in client.get(f"/n/{world.network.slug}/ask/").content.decode()
        assert "Seen by teams" not in client.get(f"/n/{world.network.slug}/show/").content.decode()
    assert not Owed.objects.exists()


# --- the cluster's map ------------------------------------------------------------------------------------------------------


def test_the_cluster_begins_with_three_schools_that_said_yes(world):
    for number, school in enumerate("ABC", start=1):
        page = world.get(world.chair).content.decode()
        assert "begins with three schools" in page
        assert f"So far {number - 1}" in page
        actions.share(world.round, world.schools[school], shared=True, by=world.leaders[school][0].pk)
    page = reads.together(reads.round_of(of(world, world.chair), world.round.pk), of(world, world.chair))
    assert page.counted == 3
    assert {(bar.shared, bar.inside, bar.between, bar.schools) for bar in page.map.bars} == {(37, 25, 38, 3)}
    assert page.map.spots[0].more == "In 3 of 3 schools it points the same way."
    assert page.map.spots[0].how == "cannot tell"  # three signs alike come by chance once in four times


def test_the_cluster_sees_itself_over_time_once_three_said_yes_twice(world):
    for school in "ABC":
        actions.share(world.round, world.schools[school], shared=True, by=world.leaders[school][0].pk)
    first, world.answered = world.round, {}
    mapped.start(world)
    for school, count in mapped.SIZES.items():
        mapped.answer(world, school, [5] * count)
        mapped.view(world, school, 0, agreed=True)
    mapped.close(world)

    def page():
        asked = reads.round_of(of(world, world.chair), world.round.pk)
        return reads.together(asked, of(world, world.chair))

    for school in "ABC":
        assert page().map is None
        actions.share(world.round, world.schools[school], shared=True, by=world.leaders[school][0].pk)
    assert {(bar.shared, bar.before) for bar in page().map.bars} == {(100, 37)}
    actions.share(first, world.schools["C"], shared=False, by=world.leaders["C"][0].pk)
    assert {(bar.shared, bar.before) for bar in page().map.bars} == {(100, None)}


def test_one_who_does_not_agree_keeps_their_schools_leaders_off_the_clusters_map(world):
    for school in "ABC":
        actions.share(world.round, world.schools[school], shared=True, by=world.leaders[school][0].pk)

    def page():
        asked = reads.round_of(of(world, world.officer), world.round.pk)
        return reads.together(asked, of(world, world.officer)).map

    assert [seat.key for seat in page().seats] == ["leaders", TEAMS]
    actions.agree(world.round, world.schools["A"], world.leaders["A"][1], agreed=False)
    assert [seat.key for seat in page().seats] == [TEAMS]  # leaders of two schools are too few to stand for all
    assert not page().bars


def test_whoever_looks_on_sees_no_map(world):
    mapped.long_ago()
    guest = make.stakeholder(world.network)
    client = mapped.signed_in(guest)
    assert [client.get(path).status_code for path in (world.path(), f"/n/{world.network.slug}/maps/")] == [403, 403]
    assert world.get(guest, "A").status_code == 404


def test_a_yes_twice_is_one_and_it_is_dated(world):
    for shared in (True, True, False, False, True):
        actions.share(world.round, world.schools["A"], shared=shared, by=world.leaders["A"][0].pk)
    rows = MapSharing.objects.order_by("pk")
    assert [row.until is None for row in rows] == [False, True]


def test_pages_hold_their_queries(world, django_assert_max_num_queries):
    for person in (world.officer, world.chair, world.leaders["A"][0]):
        client = mapped.signed_in(person)
        client.get(world.path())
        with django_assert_max_num_queries(12):
            client.get(world.path())
    client = mapped.signed_in(world.leaders["A"][0])
    with django_assert_max_num_queries(12):
        client.get(world.path("A"))


# --- being asked ------------------------------------------------------------------------------------------------------------


def test_a_leader_is_told_until_they_have_said_it_and_until_the_teams_have(db):
    world = mapped.network_of()
    mapped.start(world)
    head, deputy = world.leaders["A"]
    since = timezone.now() - make.DAY

    def told(person):
        return [notice.text for notice in gathered(standing(person), since) if "How do you see" in notice.text]

    assert told(head) == told(deputy)
    assert "School A? 8 statements" in told(head)[0]
    assert told(world.teams["A"][0]) == told(world.officer) == []
    assert "How do you see School A?" in mapped.signed_in(head).get(f"/n/{world.network.slug}/").content.decode()
    mapped.view(world, "A", 0)
    assert told(head) == []
    assert len(told(deputy)) == 1
    mapped.close(world)
    assert told(deputy) == []


def test_a_round_of_one_cluster_asks_no_leader_of_another(db):
    world = mapped.network_of()
    other = make.school("School Z")
    make.cluster(world.network, "Cluster Z", [other, make.school("School Y")])
    outside = make.leader(other, "z@z.example")
    mapped.start(world, cluster=world.cluster)
    since = timezone.now() - make.DAY
    assert not [notice for notice in gathered(standing(outside), since) if "How do you see" in notice.text]
    assert [notice for notice in gathered(standing(world.leaders["A"][0]), since) if "How do you see" in notice.text]
    page = mapped.signed_in(outside).get(f"/n/{world.network.slug}/maps/{world.round.pk}/schools/{other.slug}/")
    assert page.status_code == 404


# --- behind the door --------------------------------------------------------------------------------------------------------


def test_the_ask_door_leads_to_maps_for_who_works_here(db):
    world = mapped.network_of()
    link = f'href="/n/{world.network.slug}/maps/"'
    onlooker = people_actions.grant_role("stakeholder", world.network, "looks.on@riverway.example", "Anna Lowe").person
    for person, shown in ((world.officer, True), (world.chair, True), (world.teams["A"][0], True), (onlooker, False)):
        page = mapped.signed_in(person).get(f"/n/{world.network.slug}/ask/")
        assert page.status_code == 200
        assert (link in page.content.decode()) is shown


def test_a_page_stands_once_behind_a_door_that_there_is():
    before = list(frame.BESIDE["ask"])
    frame.beside("ask", "Coherence maps", "maps", works_here)
    assert frame.BESIDE["ask"] == before
    assert [each.name for each in before].count("maps") == 1
    with pytest.raises(ValueError, match="no door 'asks'"):
        frame.beside("asks", "Coherence maps", "maps", works_here)


# --- a group that is missing ------------------------------------------------------------------------------------------------


def test_a_bar_without_a_group_of_the_map_is_marked_as_not_comparable():
    leaders = Figure("2", 100, 1, (0, 0, 0, 0, 2), by_name=True)
    few, many = Figure("5–9", 50, 10, ()), Figure("40", 50, 1, (0, 50, 0, 50, 0))
    first, second = STATEMENTS[:2]
    figures = {first.id: {LEADERS: leaders, TEAMS: few, STUDENTS: many}, second.id: {LEADERS: leaders, TEAMS: many}}
    found = maps.of_school([first, second], figures)
    without = {bar.statement.id: [seat.key for seat in bar.without] for bar in found.bars}
    assert without == {first.id: [TEAMS], second.id: [STUDENTS]}
    shown = render_to_string("evidence/parts/map.html", {"map": found})
    assert shown.count("not comparable") == 2
    assert "without teams: not comparable" in shown
    whole = maps.of_school([second], {second.id: figures[second.id]})
    assert "not comparable" not in render_to_string("evidence/parts/map.html", {"map": whole})
