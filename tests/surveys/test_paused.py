"""What a pause does to pulses: nobody there is asked, what comes in counts, and lifting it resumes the asking."""

import datetime

import pytest
from django.utils import timezone
from django_ox.models import OxTask

from alongside.kit import mail
from alongside.network import actions as network_actions
from alongside.surveys import actions, reads
from alongside.surveys.models import RosterEntry, Ticket, Wave
from tests import make
from tests.surveys import worlds

SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 9, "B": 6}})


def school(world, name):
    found = world.schools[name]
    found.refresh_from_db()
    return found


def pause(world, name, by="school", day=None):
    found = school(world, name)
    return network_actions.pause(found, found.organisation if by == "school" else world.network, day, by=1)


def lift(world, name, by="school"):
    found = school(world, name)
    return network_actions.lift(found, found.organisation if by == "school" else world.network, by=1)


def emails(world, name):
    return sorted(world.wave.roster.filter(school=world.schools[name]).values_list("person__email", flat=True))


def send(world):
    actions.send_invitations(world.wave.pk)


def test_lifting_sends_the_letters_that_waited_and_none_twice(world, server):
    pause(world, "A")
    send(world)
    assert sorted(server.recipients) == emails(world, "B")
    lift(world, "A")
    send(world)
    send(world)
    assert sorted(server.recipients) == sorted(emails(world, "A") + emails(world, "B"))


def test_a_pause_while_letters_are_being_sent_holds_from_the_next_letter_on(world, settings, monkeypatch):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    sent, real = [], mail.send

    def pausing(to, *args, **kwargs):
        if len(sent) == 4:
            pause(world, "A")
        real(to, *args, **kwargs)
        sent.append(to)

    monkeypatch.setattr(mail, "send", pausing)
    send(world)
    after = set(sent[4:])
    assert after & set(emails(world, "A")) == set()
    assert set(emails(world, "B")) <= set(sent)
    assert len(sent) < 15, "nobody at A was left when it was paused; run again"
    waiting = world.wave.roster.filter(invited_at__isnull=True)
    assert not waiting.filter(claimed_at__isnull=False).exists()
    lift(world, "A")
    send(world)
    assert sorted(sent) == sorted(emails(world, "A") + emails(world, "B"))


def test_links_of_a_paused_school_stay_valid_and_what_comes_in_counts(world, server):
    send(world)
    pause(world, "A")
    worlds.answer(world, "A", [5] * 6)
    worlds.answer(world, "B", [2] * 6)
    document = worlds.closed(world)
    assert document.score("well.1", world.place("A")).score == 90  # 5–9 answers, within 10–90
    assert document.score("well.1", world.place("B")).score == 30


def test_a_wave_that_opens_while_a_school_is_paused_freezes_its_roster_and_sends_it_nothing(db, server):
    network, _, schools = worlds.network_of({"X": {"A": 9, "B": 6}})
    schools["A"].refresh_from_db()
    network_actions.pause(schools["A"], schools["A"].organisation, None, by=1)
    wave = make.open_wave(network)
    actions.send_invitations(wave.pk)
    assert (RosterEntry.objects.count(), Ticket.objects.count(), wave.invited) == (15, 15, 15)
    assert len(server.recipients) == 6
    network_actions.lift(schools["A"], schools["A"].organisation, by=1)
    actions.send_invitations(wave.pk)
    assert len(server.recipients) == 15


def test_letters_that_waited_until_the_wave_had_closed_are_never_sent(world, server):
    pause(world, "A")
    send(world)
    past = timezone.now() - SECOND
    Wave.objects.update(opens_at=past - make.DAY, closes_at=past)
    lift(world, "A")
    actions.due_work()
    send(world)
    assert sorted(server.recipients) == emails(world, "B")


def test_a_pause_with_an_end_resumes_by_itself(world, server, time_machine):
    held = pause(world, "A", day=timezone.localdate() + 2 * make.DAY)
    send(world)
    assert len(server.recipients) == 6
    time_machine.move_to(held.until - SECOND, tick=False)
    send(world)
    assert len(server.recipients) == 6
    time_machine.move_to(held.until, tick=False)
    send(world)
    assert len(server.recipients) == 15


def test_due_work_asks_for_no_sending_while_all_that_waits_is_paused(world, server):
    pause(world, "A")
    send(world)
    before = OxTask.objects.count()
    actions.due_work()
    assert OxTask.objects.count() == before
    lift(world, "A")
    actions.due_work()
    assert OxTask.objects.count() == before + 1


def test_one_networks_pause_leaves_the_schools_own_pulse_alone(world, server):
    found = school(world, "A")
    make.staff(found, 3)
    own = make.open_wave(found.organisation, "lead")
    pause(world, "A", by="network")
    send(world)
    actions.send_invitations(own.pk)
    assert own.roster.filter(invited_at__isnull=True).count() == 0
    assert world.wave.roster.filter(school=found, invited_at__isnull=True).count() == 9


def test_the_page_of_a_pulse_says_paused_to_those_who_may_know(world):
    pause(world, "A")
    officer, chair = make.officer(world.network), make.chair(world.clusters["X"])
    leaders = {name: make.leader(school(world, name), f"head@{name}.example") for name in "AB"}
    teacher = world.wave.roster.filter(school=world.schools["A"]).first().person
    known = {
        who: reads.wave_page(world.wave, make.membership(person, world.network)).paused
        for who, person in {"officer": officer, "chair": chair, "teacher": teacher, **leaders}.items()
    }
    name = world.schools["A"].name
    assert known == {"officer": [name], "chair": [name], "teacher": [], "A": [name], "B": []}


def test_letters_of_a_paused_school_are_not_said_to_be_on_their_way(world, server):
    pause(world, "A")
    send(world)
    page = reads.wave_page(world.wave, make.membership(make.officer(world.network), world.network))
    assert (page.unsent, page.about) == (0, "15 people invited")
    pause(world, "B", by="network")
    page = reads.wave_page(world.wave, make.membership(make.officer(world.network, "o@x.example"), world.network))
    assert page.about == "paused"
