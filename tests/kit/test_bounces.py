"""Delivery reports as mail servers write them, and what is kept of an address that does not work."""

import datetime
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from alongside.kit import bounces, mail
from alongside.kit.models import MailFailure
from alongside.people import reads
from alongside.surveys import actions
from alongside.surveys.models import Wave
from tests import make, smtp
from tests.surveys import worlds

POSTFIX = b"""Return-Path: <>\r
From: MAILER-DAEMON@mail.example (Mail Delivery System)\r
Subject: Undelivered Mail Returned to Sender\r
To: alongside@riverway.example\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="XX"\r
\r
This is a MIME-encapsulated message.\r
\r
--XX\r
Content-Description: Notification\r
Content-Type: text/plain; charset=us-ascii\r
\r
<ann@ashmead.example>: host mx.example said: 550 5.1.1 User unknown\r
\r
--XX\r
Content-Description: Delivery report\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mail.example\r
Arrival-Date: Mon, 16 Nov 2026 08:00:00 +0000 (GMT)\r
\r
Final-Recipient: rfc822; %(address)s\r
Original-Recipient: rfc822;%(address)s\r
Action: %(action)s\r
Status: %(status)s\r
Diagnostic-Code: smtp; 550 5.1.1 User unknown\r
\r
--XX\r
Content-Type: message/rfc822\r
\r
Subject: How was work this past month?\r
\r
http://127.0.0.1:8000/a/1/secret\r
--XX--\r
"""


def report(address=b"Ann@Ashmead.example", action=b"failed", status=b"5.1.1"):
    return POSTFIX % {b"address": address, b"action": action, b"status": status}


# --- reading -------------------------------------------------------------------------------------------------------------------


def test_a_report_names_the_address_and_the_status():
    assert bounces.reported(report()) == [("ann@ashmead.example", "5.1.1")]
    assert bounces.reported(report(status=b"5.2.2 (mailbox full)")) == [("ann@ashmead.example", "5.2.2")]


def test_a_report_of_several_recipients():
    """As Exchange writes it: one block for each, some delayed."""
    blocks = b"\r\n\r\n".join(
        b"Final-Recipient: RFC822; %s\r\nAction: %s\r\nStatus: %s" % block
        for block in (
            (b"a@x.example", b"failed", b"5.1.10"),
            (b"b@x.example", b"delayed", b"4.4.1"),
            (b"<c@x.example>", b"Failed", b"5.4.4"),
        )
    )
    data = report().replace(b"Final-Recipient: rfc822; Ann@Ashmead.example\r\n", blocks + b"\r\n\r\n", 1)
    assert bounces.reported(data) == [
        ("a@x.example", "5.1.10"),
        ("c@x.example", "5.4.4"),
        ("ann@ashmead.example", "5.1.1"),
    ]


def test_a_letter_that_asked_not_to_be_noted_marks_no_address():
    """A reminder goes to those who have not answered: a mark would tell."""
    named = b"Alongside-Unnoted: yes\r\nSubject: How was work"
    whole = report().replace(b"Subject: How was work", named)
    headers_alone = whole.replace(b"message/rfc822", b"text/rfc822-headers")
    for data in (whole, headers_alone):
        assert data.count(b"Alongside-Unnoted") == 1
        assert bounces.reported(data) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        b"Subject: Hello\r\n\r\nI am away until Monday.",
        report(action=b"delayed"),
        report(action=b"delivered"),
        report(status=b""),
        report(status=b"five"),
        report(address=b"nobody"),
        report(address=b"x" * 5000 + b"@" + b"y" * 5000),
        report().replace(b"multipart/report", b"multipart/mixed"),
        report().replace(b"message/delivery-status", b"text/plain"),
        report()[:700],
        b"Content-Type: multipart/report; boundary=x\r\n\r\n"
        + b"--x\r\nContent-Type: message/delivery-status\r\n\r\n" * 500,
        bytes(range(256)) * 40,
    ],
    ids=range(14),
)
def test_anything_else_reports_nothing(data):
    assert bounces.reported(data) == []


# --- keeping -------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_address_is_kept_as_a_digest_and_a_day():
    assert bounces.note(" Ann@Ashmead.example", "5.1.1")
    assert bounces.note("ann@ashmead.example", "5.2.1")
    (row,) = MailFailure.objects.values()
    assert (row["digest"], row["reason"]) == (bounces.digest("ann@ashmead.example"), "5.2.1")
    assert (row["since"].hour, row["since"].minute, row["since"].microsecond) == (0, 0, 0)
    assert row.keys() == {"id", "digest", "since", "reason"}
    assert bounces.failing(["ann@ashmead.example", "ben@ashmead.example"]) == {"ann@ashmead.example"}
    assert bounces.forget(["ANN@ashmead.example", "ben@ashmead.example"]) == 1
    assert bounces.failing(["ann@ashmead.example"]) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "5.7.1", "5.3.4", "", "5.1", "550"])
def test_what_says_nothing_of_the_address_is_not_held_against_it(status):
    assert not bounces.note("ann@ashmead.example", status)
    assert not MailFailure.objects.exists()


@pytest.mark.django_db
def test_a_mark_ends_after_ninety_days(time_machine):
    bounces.note("ann@ashmead.example", "5.1.1")
    first = MailFailure.objects.get().since
    time_machine.move_to(first + bounces.HOLDS - datetime.timedelta(minutes=1))
    assert bounces.failing(["ann@ashmead.example"])
    time_machine.move_to(first + bounces.HOLDS + datetime.timedelta(minutes=1))
    assert not bounces.failing(["ann@ashmead.example"])


@pytest.mark.django_db
def test_the_command_reads_files_folders_and_maildirs(tmp_path, capsys):
    for name, data in (
        ("new/1", report()),
        ("cur/2:2,S", report(b"ben@x.example")),
        ("cur/3", b"Subject: Away\r\n\r\n"),
    ):
        (tmp_path / "maildir" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "maildir" / name).write_bytes(data)
    (tmp_path / "one.eml").write_bytes(report(b"full@x.example", status=b"5.2.2"))
    call_command("take_bounces", tmp_path / "maildir", tmp_path / "one.eml")
    said = capsys.readouterr().out
    assert said.startswith("4 messages read, 3 of them reports of letters that failed: 2 addresses are not asked")
    assert "@" not in said
    assert MailFailure.objects.count() == 2
    with pytest.raises(CommandError, match="is not there"):
        call_command("take_bounces", tmp_path / "nowhere")


# --- what follows --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 9, "B": 9}})


def test_an_address_that_is_refused_at_once_is_marked_and_not_asked_again(world, settings):
    gone, full, *_ = sorted(world.wave.roster.values_list("person__email", flat=True))
    with smtp.running() as server:
        settings.MAILERS = server.mailers
        server.refused_recipients = {gone: "550 5.1.1 No such person", full: "552 5.2.2 Mailbox full"}
        actions.send_invitations(world.wave.pk)
    assert Wave.objects.get().mails_failed == 2
    assert bounces.failing([gone, full]) == {gone}
    make.close(world.wave)
    again = make.open_wave(world.network)
    assert again.invited == 17
    assert gone not in again.roster.values_list("person__email", flat=True)


def test_leaders_see_which_addresses_fail_and_try_them_again(world, client):
    school = world.schools["A"]
    emails = sorted(school.staff.values_list("person__email", flat=True))
    leader, officer = make.leader(school), make.officer(world.network)
    for address in emails[:2]:
        bounces.note(address, "5.1.1")
    assert reads.staff_page(school).failing == emails[:2]
    inside = {"kind": "school", "slug": school.slug, "school": school.slug}
    client.force_login(leader)
    said = client.get(reverse("staff_list", kwargs=inside)).content.decode()
    assert f"2 addresses do not work: {emails[0]} and {emails[1]}." in said
    client.force_login(officer)
    said = client.get(
        reverse("staff_list", kwargs={**inside, "kind": "network", "slug": world.network.slug})
    ).content.decode()
    assert "2 addresses do not work. The school’s leaders see which." in said
    assert emails[0] not in said
    client.force_login(leader)
    assert client.post(reverse("mail_again", kwargs=inside)).status_code == 302
    assert reads.staff_page(school).failing == []
    bounces.note(emails[0], "5.1.1")
    said = client.get(reverse("staff_list", kwargs=inside)).content.decode()
    assert "1 address does not work" in said


def test_no_letter_can_be_followed(world, settings):
    """Plain text, no image, no page, no return address of its own: all that differs is the name and the person's own two links."""
    with smtp.running() as server:
        settings.MAILERS = server.mailers
        actions.send_invitations(world.wave.pk)
        mail.send("someone@riverway.example", "Welcome", "A letter", permit=mail.ASKED_FOR)
    senders = {line for line in server.lines if line.upper().startswith("MAIL FROM")}
    assert len(senders) == 1
    for letter in server.letters:
        assert isinstance(letter, EmailMessage)
        assert (letter.get_content_type(), letter.is_multipart()) == ("text/plain", False)
        assert set(letter.keys()) <= {
            *(
                "Subject",
                "From",
                "To",
                "Date",
                "Message-ID",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding",
                "List-Unsubscribe",
                "List-Unsubscribe-Post",
            )
        }
    texts = [text for text in server.texts() if "http" in text]
    assert {text.count("http") for text in texts} == {2}, "the link, and the one that stops reminders"
    names = {entry.person.name for entry in world.wave.roster.select_related("person")}
    plain = {_without(text, names) for text in texts}
    assert len(plain) == 2, "one for each school"


def _without(text, names):
    kept = [line for line in text.splitlines() if not line.startswith("http")]
    return "\n".join("Hello," if line.removeprefix("Hello ").rstrip(",") in names else line for line in kept)
