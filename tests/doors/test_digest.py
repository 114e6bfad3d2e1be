"""The weekly letter: Monday at seven where the network is, only if there is something, once, and never who answered."""

from __future__ import annotations

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from alongside.doors import digest, tasks
from alongside.doors.notices import gathered
from alongside.kit import mail
from alongside.network.models import Organisation, Pause
from alongside.people import digests, reads
from alongside.people.models import Digest, Person
from tests import make, smtp
from tests.surveys.killed import Killed

pytestmark = pytest.mark.django_db
SUNDAY = datetime.datetime(2026, 11, 15, 20, 0, tzinfo=datetime.UTC)
MONDAY = datetime.datetime(2026, 11, 16, 7, 0, tzinfo=datetime.UTC)  # London is on UTC in November
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


@pytest.fixture
def server(settings):
    with smtp.running() as running:
        settings.MAILERS = running.mailers
        yield running


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path, time_machine):
    settings.KEYS = tmp_path / "keys"
    time_machine.move_to(SUNDAY, tick=False)


@pytest.fixture
def world():
    """A network with two schools whose pulse closed on Friday, its officer and a head who owes a reply."""
    network = make.network()
    schools = [make.school("Ashmead Primary"), make.school("Birch Primary")]
    make.cluster(network, "Avon cluster", schools)
    for school in schools:
        make.staff(school, 12)
    head, officer = make.leader(schools[0]), make.officer(network)
    wave = make.open_wave(network)
    for school in schools:
        make.answer(wave, school, 11)
    make.close(wave)
    return network, schools, head, officer


def test_monday_at_seven_where_the_organisation_is():
    for zone in ("Europe/London", "Pacific/Auckland", "America/New_York"):
        seven = datetime.datetime(2026, 11, 16, 7, 0, tzinfo=ZoneInfo(zone))
        assert digests.week(zone, seven - MINUTE) is None
        assert digests.week(zone, seven) == datetime.date(2026, 11, 16)
        assert digests.week(zone, seven + 2 * DAY - MINUTE) == datetime.date(2026, 11, 16)
        assert digests.week(zone, seven + 2 * DAY) is None


def test_seven_is_seven_when_the_clocks_change():
    """London turns back on Sunday 25 October 2026."""
    assert digests.week("Europe/London", datetime.datetime(2026, 10, 26, 6, 59, tzinfo=datetime.UTC)) is None
    assert digests.week("Europe/London", datetime.datetime(2026, 10, 26, 7, 0, tzinfo=datetime.UTC)) is not None


def test_everyone_gets_one_letter_with_what_is_theirs(world, server, time_machine):
    network, _, head, officer = world
    assert digest.send_due() == 0
    time_machine.move_to(MONDAY, tick=False)
    tasks.weekly_digest.call()
    tasks.weekly_digest.call()
    assert sorted(server.recipients) == sorted([head.email, officer.email])
    letters = dict(zip(server.recipients, server.texts(), strict=True))
    assert "Your colleagues at Ashmead Primary wait for a reply to “Wellbeing and belonging”." in letters[head.email]
    assert "What needs you" in letters[head.email]
    assert "wait for a reply" not in letters[officer.email]
    assert "The results of “Wellbeing and belonging” are in." in letters[officer.email]
    assert f"from {network.name} with Alongside" in letters[officer.email]
    assert {d.state for d in Digest.objects.all()} == {"sent"}
    assert {d.week for d in Digest.objects.all()} == {datetime.date(2026, 11, 16)}
    subjects = dict(zip(server.recipients, [letter["Subject"] for letter in server.letters], strict=True))
    assert subjects[head.email] == "Your week in Alongside: one thing needs you"
    for letter in server.letters:
        assert letter.get_content_type() == "text/plain"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_links_of_the_letter_lead_to_pages(world, server, time_machine):
    *_, head, _ = world
    time_machine.move_to(MONDAY, tick=False)
    digest.send_due()
    text = dict(zip(server.recipients, server.texts(), strict=True))[head.email]
    client = Client()
    client.force_login(head)
    links = re.findall(rf"{re.escape(django_settings.PUBLIC_URL)}(/[ns]/\S+)", text)
    assert links
    assert {client.get(link).status_code for link in links} <= {200, 302}


def test_a_week_without_news_brings_no_letter(server, time_machine):
    network = make.network()
    officer = make.officer(network)
    time_machine.move_to(MONDAY + 21 * DAY, tick=False)
    assert digest.send_due() == 1
    assert server.recipients == []
    assert Digest.objects.get(person=officer).state == "nothing"
    assert digest.send_due() == 0


def test_staff_who_never_signed_in_get_none(world, server, time_machine):
    _, schools, *_ = world
    teacher = schools[0].staff.select_related("person")[1].person
    time_machine.move_to(MONDAY + 2 * MINUTE, tick=False)
    digest.send_due()
    assert teacher.email not in server.recipients
    Person.objects.filter(pk=teacher.pk).update(last_login=timezone.now())
    time_machine.move_to(MONDAY + 7 * DAY, tick=False)
    digest.send_due()
    assert teacher.email in server.recipients  # staff see the results two school days after Sunday


def test_the_same_line_whoever_answered(world, server, time_machine):
    """Of two people of one school, one has answered and one has not: their letters differ in names and links only."""
    network, schools, *_ = world
    time_machine.move_to(MONDAY + DAY, tick=False)
    wave = make.open_wave(network, "lead")
    make.answer(wave, schools[0], 1)
    people = [entry.person for entry in schools[0].staff.select_related("person").order_by("pk")[:2]]
    found = [gathered(reads.standing(person), timezone.now() - 7 * DAY) for person in people]
    assert found[0] == found[1]
    assert any("How are we led" in notice.text or "Open until" in notice.text for notice in found[0])


@pytest.mark.parametrize("by", ["school", "network"])
def test_paused_schools_get_none(world, server, time_machine, by):
    network, schools, head, officer = world
    owner = schools[0].organisation if by == "school" else network
    Pause.objects.create(organisation=owner, school=schools[0], since=SUNDAY - DAY, set_by=head.pk)
    time_machine.move_to(MONDAY, tick=False)
    digest.send_due()
    assert server.recipients == [officer.email]
    assert Digest.objects.get(person=head).state == "paused"


def test_killed_before_the_server_heard_it_is_sent_by_the_next(world, server, time_machine, monkeypatch):
    *_, head, officer = world
    time_machine.move_to(MONDAY, tick=False)

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(digest, "gathered", killed)
        with pytest.raises(Killed):
            digest.send_due()
    digest.send_due()
    assert len(server.recipients) == 1  # the claim still holds
    time_machine.move_to(MONDAY + 11 * MINUTE, tick=False)
    digest.send_due()
    assert sorted(server.recipients) == sorted([head.email, officer.email])


def test_killed_after_the_server_took_it_is_never_sent_again(world, server, time_machine):
    """The server keeps the letter and hangs up without a word."""
    time_machine.move_to(MONDAY, tick=False)
    server.hang_up_after = 1
    with pytest.raises(OSError):
        digest.send_due()
    server.hang_up_after = None
    for minutes in (0, 11, 600):
        time_machine.move_to(MONDAY + minutes * MINUTE, tick=False)
        digest.send_due()
    assert len(server.letters) == 2
    assert len({letter["To"] for letter in server.letters}) == 2


def test_a_server_that_is_down_costs_nobody_the_letter(world, settings, time_machine):
    *_, head, officer = world
    time_machine.move_to(MONDAY, tick=False)
    with smtp.running() as gone:
        settings.MAILERS = gone.mailers
    with pytest.raises(OSError):
        digest.send_due()
    assert not Digest.objects.exists()
    with smtp.running() as back:
        settings.MAILERS = back.mailers
        digest.send_due()
        assert sorted(back.recipients) == sorted([head.email, officer.email])


def test_an_address_that_is_refused_or_put_off_keeps_nobody_waiting(world, server, time_machine):
    *_, head, officer = world
    time_machine.move_to(MONDAY, tick=False)
    server.refused_recipients = {head.email: "450 4.2.1 Try later", officer.email: "550 5.1.1 No such person"}
    digest.send_due()
    assert [(d.person_id, d.state) for d in Digest.objects.all()] == [(officer.pk, "refused")]
    server.refused_recipients = {}
    digest.send_due()
    assert server.recipients == [head.email]


def test_two_workers_write_one_letter(world):
    *_, head, _ = world
    first = digests.claim(head, datetime.date(2026, 11, 16))
    assert first is not None
    assert digests.claim(head, datetime.date(2026, 11, 16)) is None
    digests.mark(first, Digest.State.LEAVING)
    Digest.objects.update(at=SUNDAY - DAY)
    assert digests.claim(head, datetime.date(2026, 11, 16)) is None  # it may have left


def test_the_link_stops_it_by_post_only_without_cookies(world, server, time_machine):
    *_, head, _ = world
    time_machine.move_to(MONDAY, tick=False)
    digest.send_due()
    [letter] = [letter for letter in server.letters if letter["To"] == head.email]
    link = letter["List-Unsubscribe"].strip("<>").replace(" ", "").removeprefix(django_settings.PUBLIC_URL)
    assert link in letter.get_content().replace("\r\n", "\n")
    client = Client(enforce_csrf_checks=True)
    assert "Stop the weekly letter?" in client.get(link).content.decode()
    head.refresh_from_db()
    assert head.digest_stopped_at is None
    done = client.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert "No more weekly letters" in done.content.decode()
    assert not done.cookies
    time_machine.move_to(MONDAY + 7 * DAY, tick=False)
    digest.send_due()
    assert server.recipients.count(head.email) == 1


@pytest.mark.parametrize("token", ["x", "MQ:abc", "1", "a" * 3000])
def test_a_link_of_somebody_elses_making_stops_nothing(world, token):
    assert Client().post(f"/letter/{token}/stop/").status_code == 404
    assert not Person.objects.filter(digest_stopped_at__isnull=False).exists()


def test_it_is_chosen_in_the_account(world):
    *_, head, _ = world
    client = Client()
    client.force_login(head)
    assert "On Mondays at seven" in client.get("/account/").content.decode()
    client.post("/account/letter/", {"wanted": "no"})
    assert "You get no weekly letter." in client.get("/account/").content.decode()
    client.post("/account/letter/", {"wanted": "yes"})
    head.refresh_from_db()
    assert head.digest_stopped_at is None


def test_somebody_who_left_or_was_closed_out_gets_none(world, server, time_machine):
    *_, head, officer = world
    head.roles.all().delete()
    Person.objects.filter(pk=officer.pk).update(is_active=False)
    time_machine.move_to(MONDAY, tick=False)
    assert digest.send_due() == 0
    assert server.recipients == []


def test_networks_in_other_zones_wait_for_their_own_monday(world, server, time_machine):
    Organisation.objects.update(zone="Pacific/Auckland")
    auckland = datetime.datetime(2026, 11, 16, 7, 0, tzinfo=ZoneInfo("Pacific/Auckland"))
    Digest.objects.all().delete()
    time_machine.move_to(auckland - MINUTE, tick=False)
    assert digest.send_due() == 0
    time_machine.move_to(auckland, tick=False)
    assert digest.send_due() == 2


def test_the_page_says_what_the_letter_says(world):
    network, _, head, _ = world
    client = Client()
    client.force_login(head)
    page = client.get(f"/n/{network.slug}/news/").content.decode()
    assert "The results of “Wellbeing and belonging” are in." in page
    assert f'href="/n/{network.slug}/news/"' in client.get(f"/n/{network.slug}/").content.decode()


def test_mail_carries_the_headers_it_is_given(server):
    mail.send("a@b.example", "S", "T", permit=mail.ASKED_FOR, headers={"List-Unsubscribe": "<https://a.example/x>"})
    assert server.letters[0]["List-Unsubscribe"] == "<https://a.example/x>"
