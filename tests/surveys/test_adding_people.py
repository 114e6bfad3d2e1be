"""Adding people to a pulse that is open: by whom, until when, how it is counted, and that no ticket gives them away."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from alongside.kit.errors import Conflict, Refused
from alongside.people.models import Person, StaffEntry
from alongside.surveys import actions, reads, releases, stopping, tickets
from alongside.surveys.accept import Spent, accept
from alongside.surveys.models import RosterEntry, Ticket, Wave, WaveSchool
from tests import make
from tests.surveys import worlds
from tests.surveys.killed import Killed, killed_at, statements_of
from tests.surveys.threads import together

MONDAY = datetime.datetime(2026, 11, 16, 9, 0, tzinfo=datetime.UTC)
THIRD_DAY_ENDS = datetime.datetime(2026, 11, 19, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def world(db):
    world = worlds.open_world({"X": {"A": 9, "B": 6}})
    RosterEntry.objects.update(invited_at=timezone.now())
    return world


def joins(world, name="A", count=1):
    return make.staff(world.schools[name], count)


def add(world, people, name="A"):
    by = Person.objects.filter(email="head@riverway.example").first() or make.leader(world.schools["A"])
    return actions.add_people(world.wave, world.schools[name], [person.pk for person in people], by)


def counts(world, name="A"):
    """(invited, added) of a school, and invited of the wave."""
    row = WaveSchool.objects.get(wave=world.wave, school=world.schools[name])
    return row.invited, row.added, Wave.objects.get(pk=world.wave.pk).invited


def token_of(world, person):
    return tickets.token(tickets.read_key(world.wave.pk), person.pk, "staff")


def order_of_storage(world):
    """Digest and use of each ticket of the wave, as the database stores them."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT digest, used FROM surveys_ticket WHERE wave_id = {world.wave.pk} ORDER BY {place}")
        return [(bytes(digest), bool(used)) for digest, used in cursor.fetchall()]


# --- adding ------------------------------------------------------------------------------------------------------------------


def test_somebody_who_joined_is_added_counted_and_gets_a_link_that_works(world, server):
    (late,) = joins(world)
    assert actions.can_be_added(world.wave, world.schools["A"]) == [late]
    assert add(world, [late]) == 1
    assert counts(world) == (10, 1, 16)
    assert counts(world, "B") == (6, 0, 16)
    run_tasks()
    assert server.recipients == [late.email]
    assert token_of(world, late) in server.texts()[0]
    accept(world.wave.pk, token_of(world, late), make.ratings(world.wave))
    assert Ticket.objects.filter(wave=world.wave.pk, used=True).count() == 1


def test_nobody_gets_a_letter_before_their_ticket_is_made(world, server):
    add(world, joins(world))
    actions.send_invitations(world.wave.pk)
    assert server.recipients == []
    actions.add_tickets(world.wave.pk)
    actions.send_invitations(world.wave.pk)
    assert len(server.recipients) == 1


def test_due_work_makes_up_for_a_queue_that_was_lost(world, server):
    late = joins(world)
    add(world, late)
    for _ in range(2):
        OxTask.objects.all().delete()
        actions.due_work()
        run_tasks()
    assert server.recipients == [late[0].email]
    OxTask.objects.all().delete()
    actions.due_work()
    assert not OxTask.objects.exists()


def test_who_was_merged_with_somebody_who_is_asked_is_not_added(world):
    """Their link works as before; another ticket would be a second answer."""
    (kept,) = joins(world)
    asked = world.wave.roster.filter(school=world.schools["A"]).first().person
    Person.objects.filter(pk=asked.pk).update(merged_into=kept)
    assert kept not in actions.can_be_added(world.wave, world.schools["A"])
    with pytest.raises(Refused):
        add(world, [kept])


def test_who_was_counted_as_asked_by_a_slip_is_counted_once(world):
    first, second = joins(world, count=2)
    WaveSchool.objects.filter(school=world.schools["A"]).update(invited=11, by_slip=2)
    Wave.objects.update(invited=17)
    add(world, [first])
    assert counts(world) == (11, 1, 17)
    assert WaveSchool.objects.get(school=world.schools["A"]).by_slip == 1
    assert actions.without_link(world.wave, world.schools["A"].pk) == 1
    add(world, [second])
    assert counts(world) == (11, 2, 17)


def test_without_the_key_nobody_can_be_added(world):
    tickets.destroy_key(world.wave.pk)
    with pytest.raises(Refused, match="key of this pulse is not here"):
        add(world, joins(world))
    assert counts(world) == (9, 0, 15)


def test_people_can_be_added_until_the_third_day_is_over(world, time_machine):
    first, second = joins(world, count=2)
    time_machine.move_to(THIRD_DAY_ENDS - SECOND, tick=False)
    assert add(world, [first]) == 1
    time_machine.move_to(THIRD_DAY_ENDS, tick=False)
    with pytest.raises(Refused, match="until the third school day"):
        add(world, [second])
    assert counts(world) == (10, 1, 16)


def test_who_is_added_on_the_day_of_a_reminder_gets_one_letter_that_day(world, server, time_machine):
    time_machine.move_to(MONDAY + 2 * make.DAY, tick=False)
    (late,) = joins(world)
    actions.send_rounds(world.wave.pk)
    add(world, [late])
    OxTask.objects.all().delete()
    actions.due_work()
    run_tasks()
    actions.send_rounds(world.wave.pk)
    assert sorted(server.recipients).count(late.email) == 1
    assert len(server.recipients) == 16


def test_who_may_not_be_asked_is_not_added(world):
    elsewhere, gone, unwilling, there = joins(world, "B")[0], *joins(world, count=2), world.wave.roster.first().person
    StaffEntry.objects.filter(person=gone).update(until=datetime.date.today())
    stopping.choose(unwilling, stopping.NONE)
    for person in (elsewhere, gone, unwilling):
        with pytest.raises(Refused):
            add(world, [person])
    with pytest.raises(Refused, match="Nobody was chosen"):
        add(world, [])
    with pytest.raises(Conflict, match="already"):
        add(world, [there])
    assert counts(world) == (9, 0, 15)
    assert RosterEntry.objects.count() == 15


def test_nobody_is_added_to_a_wave_that_has_closed_or_is_not_open(world):
    late = joins(world)
    for state in ("planned", "closed", "sealed"):
        Wave.objects.update(state=state)
        with pytest.raises(Conflict, match="has closed"):
            add(world, late)


@pytest.mark.django_db(transaction=True)
def test_two_leaders_who_add_the_same_person_at_once_add_them_once():
    world = worlds.open_world({"X": {"A": 9, "B": 6}})
    late, by = joins(world), make.leader(world.schools["A"])

    def adding(_):
        try:
            return actions.add_people(world.wave, world.schools["A"], [late[0].pk], by)
        except Conflict:
            return 0

    assert sorted(together(2, adding)) == [0, 1]
    assert counts(world) == (10, 1, 16)


# --- tickets -----------------------------------------------------------------------------------------------------------------


def test_all_tickets_of_the_school_are_written_anew_with_their_use_as_it_was(world):
    worlds.answer_all(world, {"A": 5, "B": 2})
    before = dict(order_of_storage(world))
    late = joins(world, count=3)
    add(world, late)
    actions.add_tickets(world.wave.pk)
    after = dict(order_of_storage(world))
    new = {tickets.digest(token_of(world, person)) for person in late}
    assert after.keys() == before.keys() | new
    assert {digest: after[digest] for digest in before} == before
    assert not any(after[digest] for digest in new)
    for token in make.tokens(world.wave, world.schools["A"])[:5]:
        with pytest.raises(Spent):
            accept(world.wave.pk, token, make.ratings(world.wave))


def test_the_order_of_tickets_does_not_tell_which_are_new_or_used(world):
    """They lie by digest, which is random; the school's are all of one writing."""
    worlds.answer_all(world, {"A": 5})
    add(world, joins(world, count=3))
    actions.add_tickets(world.wave.pk)
    mine = {tickets.digest(token) for token in make.tokens(world.wave, world.schools["A"])}
    stored = [digest for digest, _ in order_of_storage(world) if digest in mine]
    assert stored == sorted(mine)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT xmin::text FROM surveys_ticket WHERE digest = ANY(%s)", [list(mine)])
            assert len(cursor.fetchall()) == 1


def test_making_tickets_twice_is_once(world):
    add(world, joins(world))
    actions.add_tickets(world.wave.pk)
    before = order_of_storage(world)
    actions.add_tickets(world.wave.pk)
    assert order_of_storage(world) == before


def test_a_worker_killed_at_any_statement_leaves_all_tickets_or_none_of_it_done(world):
    worlds.answer_all(world, {"A": 4})
    late = joins(world, count=2)
    add(world, late)
    before = order_of_storage(world)
    total = statements_of(lambda: actions.add_tickets(world.wave.pk))
    assert total >= 7
    for nth in range(1, total + 1):
        with worlds.undone():
            with killed_at(nth), pytest.raises(Killed):
                actions.add_tickets(world.wave.pk)
            assert order_of_storage(world) == before
            actions.add_tickets(world.wave.pk)
            assert len(order_of_storage(world)) == 17
            assert sum(used for _, used in order_of_storage(world)) == 4


@pytest.mark.django_db(transaction=True)
def test_answers_that_come_in_while_tickets_are_written_anew_are_neither_lost_nor_doubled():
    world = worlds.open_world({"X": {"A": 12, "B": 3}})
    make.leader(world.schools["A"])
    tokens = make.tokens(world.wave, world.schools["A"])
    add(world, joins(world, count=2))

    def hand(number):
        if number == 0:
            return actions.add_tickets(world.wave.pk)
        return accept(world.wave.pk, tokens[number - 1], make.ratings(world.wave))

    together(9, hand)
    assert sum(used for _, used in order_of_storage(world)) == 8
    assert len(order_of_storage(world)) == 17


def test_without_the_key_nobody_gets_a_ticket_and_nothing_fails(world, server):
    add(world, joins(world))
    tickets.destroy_key(world.wave.pk)
    OxTask.objects.all().delete()
    actions.add_tickets(world.wave.pk)
    actions.due_work()
    assert not OxTask.objects.exists()
    assert len(order_of_storage(world)) == 15


# --- what is offered and said ------------------------------------------------------------------------------------------------


def test_a_tenth_person_who_was_added_opens_no_comment_box(db):
    """Nine were asked without one: the comment of the tenth would be known as theirs."""
    world = worlds.open_world({"X": {"A": 9, "B": 10}}, "lead")
    make.leader(world.schools["A"])
    late = joins(world)
    add(world, late)
    actions.add_tickets(world.wave.pk)
    for token in (token_of(world, late[0]), make.tokens(world.wave, world.schools["A"])[0]):
        assert not reads.door(world.wave.pk, tickets.digest(token)).comments
        assert b"<textarea" not in Client().get(f"/a/{world.wave.pk}/{token}").content
    other = make.tokens(world.wave, world.schools["B"])[0]
    assert b"<textarea" in Client().get(f"/a/{world.wave.pk}/{other}").content


def test_everyone_sees_how_many_were_added_and_nobody_who(world):
    (late,) = joins(world)
    add(world, [late])
    for person in (world.wave.roster.first().person, make.officer(world.network), make.chair(world.clusters["X"])):
        client = Client()
        client.force_login(person)
        page = client.get(f"{world.network.get_absolute_url()}waves/{world.wave.pk}/").content.decode()
        assert "One person was added since it opened." in page
        assert late.name not in page


def test_the_officer_alone_sees_where_people_joined_in_the_fourteen_days_before(db):
    network, clusters, schools = worlds.network_of({"X": {"A": 9, "B": 6, "C": 3}})
    today = datetime.date.today()
    for name, days, count in (("A", 13, 4), ("B", 14, 2), ("C", 0, 1)):
        entries = StaffEntry.objects.filter(school=schools[name]).values_list("pk", flat=True)[:count]
        StaffEntry.objects.filter(pk__in=list(entries)).update(since=today - days * make.DAY)
    wave = make.open_wave(network)
    officer = reads.wave_page(wave, make.membership(make.officer(network), network)).letters
    assert [(row.school, row.joined_lately, row.added) for row in officer.joined] == [
        (schools["A"], 4, 0),
        (schools["C"], 1, 0),
    ]
    for person in (make.chair(clusters["X"]), make.leader(schools["A"])):
        assert reads.wave_page(wave, make.membership(person, network)).letters.joined == []


def test_the_release_counts_who_was_added(world):
    add(world, joins(world, "A", 2))
    actions.add_tickets(world.wave.pk)
    worlds.answer_all(world, {"A": 11, "B": 6})
    document = worlds.closed(world)
    assert (document.answered(releases.WHOLE).invited, document.answered(world.place("A")).invited) == (17, 11)
