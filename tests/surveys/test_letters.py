"""Sending everyone their own link, through a real mail server that refuses, hangs up and is down."""

import datetime
import itertools
import json
import logging
import re
import stat
import traceback
from collections import Counter
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from alongside.kit import mail
from alongside.kit.errors import Refused
from alongside.kit.words import people_date
from alongside.people.models import Person
from alongside.surveys import actions, schooldays, tickets
from alongside.surveys.models import RosterEntry, Ticket, Wave
from tests import make, smtp
from tests.surveys import worlds
from tests.surveys.threads import together

LINK = re.compile(rf"^{re.escape(django_settings.PUBLIC_URL)}/a/(\d+)/(\S+)$", re.MULTILINE)

SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 9, "B": 3}})


def addresses(world):
    return sorted(world.wave.roster.values_list("person__email", flat=True))


def unsent(world):
    return world.wave.roster.filter(invited_at__isnull=True).count()


def failures(world):
    return Wave.objects.get(pk=world.wave.pk).mails_failed


def send(world):
    actions.send_invitations(world.wave.pk)


# --- what a letter says -------------------------------------------------------------------------------------------------------


def test_everyone_gets_one_letter_with_a_link_of_their_own(world, server):
    send(world)
    assert sorted(server.recipients) == addresses(world)
    links = [LINK.findall(text) for text in server.texts()]
    assert all(len(found) == 1 for found in links)
    digests = {tickets.digest(token) for ((_, token),) in links}
    assert digests == {bytes(digest) for digest in Ticket.objects.values_list("digest", flat=True)}
    assert {wave for ((wave, _),) in links} == {str(world.wave.pk)}
    assert (unsent(world), failures(world)) == (0, 0)


def test_each_link_belongs_to_the_person_whose_letter_it_is(world, server):
    send(world)
    key = tickets.read_key(world.wave.pk)
    for to, text in zip(server.recipients, server.texts(), strict=True):
        ((_, token),) = LINK.findall(text)
        assert token == tickets.token(key, Person.objects.get(email=to).pk, "staff")


def test_a_letter_says_what_the_form_promises(world, server):
    send(world)
    letter = server.letters[0]
    person = Person.objects.get(email=server.recipients[0])
    text = letter.get_content()
    closing = schooldays.local_day(world.wave.closes_at, world.network.zone)
    for said in (
        f"Hello {person.name},",
        "How was work this past month?",
        f"It is open until {people_date(closing)}.",
        "This link is yours alone and works once.",
        "Confidential until then, anonymous after. No leader, chair or officer ever sees who answered",
        "Never used for appraisal, pay or competence.",
        f"{world.network.name} asks School",
        "Stop reminders on this page, without signing in:",
    ):
        assert said in text
    assert (letter["To"], letter["Subject"]) == (person.email, "How was work this past month?")
    assert letter.get_content_type() == "text/plain"


def test_no_header_of_a_letter_holds_its_token(world, server):
    send(world)
    for letter, text in zip(server.letters, server.texts(), strict=True):
        ((_, token),) = LINK.findall(text)
        assert token not in "".join(f"{name}: {value}" for name, value in letter.items())


def test_letters_leave_in_no_order_that_tells_the_rosters(world, server):
    """The order is drawn at random; twelve letters in the roster's own order come once in 479 million runs."""
    send(world)
    roster = list(world.wave.roster.order_by("pk").values_list("person__email", flat=True))
    assert sorted(server.recipients) == sorted(roster)
    assert server.recipients != roster


# --- interrupted, and run again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", range(1, 13))
def test_a_worker_that_dies_at_the_nth_letter_leaves_nobody_out(nth, world, settings, monkeypatch):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    sent, real = [], mail.send

    def failing(to, *args, **kwargs):
        if len(sent) == nth - 1:
            raise OSError("the network is gone")
        sent.append(to)
        real(to, *args, **kwargs)

    monkeypatch.setattr(mail, "send", failing)
    with pytest.raises(OSError, match="network is gone"):
        send(world)
    assert (len(sent), unsent(world)) == (nth - 1, 13 - nth)
    monkeypatch.setattr(mail, "send", lambda to, *args, **kwargs: sent.append(to))
    send(world)
    assert sorted(sent) == addresses(world)
    assert unsent(world) == 0


def test_a_worker_killed_between_claiming_and_sending_leaves_nobody_out(world, server, time_machine):
    RosterEntry.objects.filter(pk=world.wave.roster.first().pk).update(claimed_at=timezone.now())
    send(world)
    assert (len(server.letters), unsent(world)) == (11, 1)
    time_machine.move_to(timezone.now() + actions.CLAIM_HOLDS + SECOND)
    send(world)
    assert sorted(server.recipients) == addresses(world)
    assert unsent(world) == 0


def test_a_server_that_hangs_up_after_taking_a_letter_may_get_it_twice_and_the_link_is_the_same(world, server):
    server.hang_up_after = 5
    with pytest.raises(OSError):
        send(world)
    server.hang_up_after = None
    send(world)
    assert set(server.recipients) == set(addresses(world))
    assert sorted(Counter(server.recipients).values()) == [1] * 11 + [2]
    assert len({LINK.findall(text)[0] for text in server.texts()}) == 12


def test_an_invitation_goes_to_the_address_of_the_opening_or_nowhere(world, server):
    victim = world.wave.roster.first().person
    Person.objects.filter(pk=victim.pk).update(email="mine@a.example")
    actions.send_invitations(world.wave.pk)
    assert "mine@a.example" not in server.recipients
    assert (len(server.recipients), unsent(world), failures(world)) == (11, 0, 1)


def test_a_server_that_is_down_loses_no_letter_and_blames_no_address(world, settings):
    settings.MAILERS = smtp.nobody().mailers
    with pytest.raises(ConnectionRefusedError):
        send(world)
    assert (unsent(world), failures(world)) == (12, 0)
    assert not world.wave.roster.filter(claimed_at__isnull=False).exists()
    with smtp.running() as server:
        settings.MAILERS = server.mailers
        send(world)
        assert sorted(server.recipients) == addresses(world)


def test_without_a_mail_server_every_letter_waits_and_the_reason_is_said(world, settings):
    settings.MAILERS = {"default": {"BACKEND": "alongside.kit.mail.NoServer"}}
    with pytest.raises(Refused, match="ALONGSIDE_SMTP_URL"):
        send(world)
    assert (unsent(world), failures(world)) == (12, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_letter_once(settings):
    world = worlds.open_world({"X": {"A": 30, "B": 3}})
    with smtp.running() as server:
        settings.MAILERS = server.mailers
        together(2, lambda _: send(world))
        assert sorted(server.recipients) == addresses(world)


def test_sending_again_sends_nothing_again(world, server):
    send(world)
    send(world)
    assert len(server.letters) == 12


def test_nothing_is_sent_for_a_wave_that_has_closed_or_is_not_open_yet(world, server):
    for values in (
        {"state": "planned"},
        {"state": "closed"},
        {"state": "sealed"},
        {"state": "open", "opens_at": timezone.now() - 2 * make.DAY, "closes_at": timezone.now()},
    ):
        Wave.objects.update(**values)
        send(world)
    assert server.lines == []


# --- refusals -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["refused_recipients", "refused_letters"])
def test_addresses_refused_for_good_are_a_count_and_hold_nobody_up(stage, world, server):
    gone = addresses(world)[3:5]
    getattr(server, stage).update(dict.fromkeys(gone, "550 5.1.1 No such person here"))
    send(world)
    assert sorted(server.recipients) == sorted(set(addresses(world)) - set(gone))
    assert (unsent(world), failures(world)) == (0, 2)
    send(world)
    assert (len(server.letters), failures(world)) == (10, 2)


@pytest.mark.parametrize("stage", ["refused_recipients", "refused_letters"])
def test_addresses_put_off_are_tried_again_and_hold_nobody_up(stage, world, server, time_machine):
    slow = addresses(world)[3]
    getattr(server, stage)[slow] = "451 4.7.1 Come back in five minutes"
    send(world)
    assert sorted(server.recipients) == [address for address in addresses(world) if address != slow]
    assert (unsent(world), failures(world)) == (1, 0)
    getattr(server, stage).clear()
    time_machine.move_to(timezone.now() + actions.CLAIM_HOLDS + SECOND)
    send(world)
    assert (server.recipients[-1], unsent(world), failures(world)) == (slow, 0, 0)


@pytest.mark.parametrize("wrong", ["jörg@school.example", "two words@school.example", "a@b@school.example", None])
def test_an_address_that_can_be_none_is_a_count_and_holds_nobody_up(wrong, world, server):
    person = world.wave.roster.first().person
    Person.objects.filter(pk=person.pk).update(email=wrong)
    send(world)
    assert len(server.letters) == 11
    assert (unsent(world), failures(world)) == (0, 1)


def test_what_goes_wrong_names_nobody_in_the_queue_or_the_log(world, server, caplog):
    """The queue keeps the traceback of every task that failed."""
    replies = itertools.cycle(["451 4.7.1 Not now", "421 4.3.2 Closing down", "550 5.1.1 No such person", None])
    for address, reply in zip(addresses(world), replies, strict=False):
        for refused in (server.refused_recipients, server.refused_letters):
            if reply:
                refused[address] = reply.replace("now", f"now, {address}")
    server.hang_up_after = 1
    with caplog.at_level(logging.DEBUG):
        run_tasks()
    kept = caplog.text + json.dumps([task.errors for task in OxTask.objects.all()])
    assert "SMTPServerDisconnected" in kept
    assert not [address for address in addresses(world) if address in kept]


@pytest.mark.parametrize("reply", ["451 4.7.1 Not now", "550 5.1.1 No such person"])
def test_a_refusal_names_nobody_to_whoever_prints_it(reply, server):
    address = "somebody@school.example"
    server.refused_recipients[address] = f"{reply}: {address}"
    with pytest.raises((mail.Later, mail.Undeliverable)) as refused:
        mail.send(address, "subject", "text", permit=mail.ASKED_FOR)
    assert address not in "".join(traceback.format_exception(refused.value))


# --- where letters are kept -----------------------------------------------------------------------------------------------------


def test_outside_the_demo_no_letter_is_stored(world, server, settings):
    send(world)
    assert not settings.MAILBOX.exists()


def test_the_demos_mailbox_is_dropped_at_the_close(world, settings):
    settings.MAILERS = {"default": {"BACKEND": "alongside.kit.mail.MailboxBackend"}}
    send(world)
    mail.send("someone@riverway.example", "Welcome", "Another letter", permit=mail.ASKED_FOR)
    assert mail.letters(100)[1] == 13
    folder = settings.MAILBOX / f"wave-{world.wave.pk}"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {json.loads(file.read_text())["to"] for file in folder.iterdir()} == set(addresses(world))
    make.close(world.wave)
    assert [letter.subject for letter in mail.letters(100)[0]] == ["Welcome"]
    assert not folder.exists()


def test_a_mailbox_folder_cannot_lead_elsewhere():
    for name in ("../keys", "/etc", "wave-1/../..", "wave-x", ""):
        with pytest.raises(ValueError, match="Not a folder"):
            mail.drop(name)


def test_who_was_asked_before_addresses_were_kept_gets_their_letters(world, server):
    world.wave.roster.update(address=b"")
    import_module("alongside.surveys.migrations.0006_frozen_address").freeze(apps, None)
    actions.send_invitations(world.wave.pk)
    assert (len(server.recipients), failures(world)) == (12, 0)
