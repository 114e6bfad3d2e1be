"""Every sender asks before it sends: by the shape of the code, and by what every announced letter does at a paused school."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from alongside.calendar import reads as calendar_reads
from alongside.doors import digest
from alongside.kit import mail
from alongside.network import actions as network_actions
from alongside.network import pauses
from alongside.people.models import Person
from alongside.surveys import actions, lettertimes
from alongside.surveys.actions import rounds
from alongside.surveys.models import RosterEntry, Wave
from tests import make, smtp
from tests.surveys import worlds

PACKAGE = Path(__file__).parent.parent / "alongside"
MAKES_PERMITS = {"kit/mail.py", "network/pauses.py"}
WRITES_MESSAGES = {"kit/mail.py"}


def files() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def named(node: ast.expr) -> str:
    """mail.send → "mail.send"; anything else that is called, by its last word."""
    if isinstance(node, ast.Attribute):
        return f"{named(node.value)}.{node.attr}" if isinstance(node.value, ast.Name | ast.Attribute) else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def faults(where: str, tree: ast.Module) -> list[str]:
    """What a file does around mail that only the two modules above may do."""
    found = []
    for node in ast.walk(tree):
        line = f"{where}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call) and named(node.func).endswith("Permit") and where not in MAKES_PERMITS:
            found.append(f"{line} makes a permit of its own")
        if isinstance(node, ast.Call) and named(node.func) == "mail.send":
            found += [f"{line} {fault}" for fault in _permit_faults(node, tree)]
        if isinstance(node, ast.ImportFrom) and where not in WRITES_MESSAGES:
            if node.module == "alongside.kit.mail":
                found.append(f"{line} takes mail apart, so that its sends are not found")
            if (node.module or "").startswith("django.core.mail") or (node.module or "") == "smtplib":
                found.append(f"{line} goes around kit.mail")
        if isinstance(node, ast.Import) and any(name.name in {"smtplib", "django.core.mail"} for name in node.names):
            found += [] if where in WRITES_MESSAGES else [f"{line} goes around kit.mail"]
    return found


def _permit_faults(call: ast.Call, tree: ast.Module) -> list[str]:
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "permit"), None)
    if given is None:
        return ["sends without a permit"]
    if named(given) == "mail.ASKED_FOR" or (isinstance(given, ast.Call) and named(given.func) == "pauses.permit"):
        return []
    assigned = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(given, ast.Name) and named(node.targets[0]) == given.id
    ]
    if assigned and all(
        isinstance(v, ast.Call) and named(v.func) in {"pauses.permit", "pauses.permit_of_all"} for v in assigned
    ):
        return []
    return ["sends with a permit that does not come from network.pauses"]


def test_every_sender_takes_its_permit_from_network_pauses_or_was_asked():
    assert [fault for where, tree in files() for fault in faults(where, tree)] == []


def test_the_senders_are_found_at_all():
    calls = [
        where
        for where, tree in files()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and named(node.func) == "mail.send"
    ]
    assert {"surveys/actions/inviting.py", "surveys/actions/rounds.py", "people/letters.py"} <= set(calls)


@pytest.mark.parametrize(
    "text",
    [
        "from alongside.kit import mail\nmail.send('a', 'b', 'c')",
        "from alongside.kit import mail\nmail.send('a', 'b', 'c', permit=mail.Permit('x', lambda: True))",
        "from alongside.kit import mail\nleave = object()\nmail.send('a', 'b', 'c', permit=leave)",
        "from alongside.kit.mail import send\nsend('a', 'b', 'c')",
        "from django.core.mail import send_mail\nsend_mail('a', 'b', 'c', ['d'])",
        "import smtplib",
    ],
)
def test_a_sender_that_does_not_ask_is_caught(text):
    assert faults("surveys/letters.py", ast.parse(text)) != []


def test_a_message_without_a_permit_cannot_be_sent_at_all():
    with pytest.raises(TypeError, match="permit"):
        mail.send("a@school.example", "subject", "text")


# --- every announced letter, at a school with every sort of pause ------------------------------------------------------


def _invitations(world: worlds.World) -> None:
    actions.due_work()
    actions.send_invitations(world.wave.pk)


def _weekly_letters(world: worlds.World) -> None:
    """Everybody has signed in once and has news: a pulse opened."""
    people = Person.objects.filter(staff_entries__isnull=False)
    people.update(last_login=timezone.now())
    today = timezone.localdate()
    monday = today - today.weekday() * make.DAY
    for person in people:
        digest._write(person, {world.network.zone: monday})


def _invited_earlier(world: worlds.World) -> None:
    """The invitations went out on a day before the third."""
    early = timezone.now() - 10 * make.DAY
    Wave.objects.update(opens_at=early)
    RosterEntry.objects.update(invited_at=early)


def _reminders(world: worlds.World) -> None:
    _invited_earlier(world)
    actions.send_rounds(world.wave.pk)


def _nudges(world: worlds.World) -> None:
    """No reminder is due, so that only the nudge can be what leaves; it was given before the schools were paused."""
    _invited_earlier(world)
    days = calendar_reads.school_days(world.network)
    today = timezone.localdate()
    Wave.objects.update(closes_at=timezone.now() + make.DAY)
    name = lettertimes.nudge_name(max(today, lettertimes.school_day(world.wave, 5, days) + make.DAY))
    rounds.add_rounds(world.wave, name, [school.pk for school in world.schools.values()])
    actions.send_rounds(world.wave.pk)


# What makes Alongside send each announced letter. A new sender needs its line here.
SENDING = {
    "surveys.invitation": _invitations,
    "surveys.reminder": _reminders,
    "surveys.nudge": _nudges,
    "doors.digest": _weekly_letters,
}


def test_every_announced_letter_is_tried():
    assert SENDING.keys() == pauses.LETTERS.keys()


@pytest.mark.parametrize("letter", sorted(SENDING))
@pytest.mark.parametrize("setter", ["the school", "the network"])
@pytest.mark.parametrize("until", ["a day", "lifted"])
@pytest.mark.parametrize("paused", ["A", "B", "C", "ABC"])
def test_no_letter_reaches_a_paused_school(db, settings, letter, setter, until, paused):
    world = worlds.open_world({"X": {"A": 7, "B": 6, "C": 5}})
    day = None if until == "lifted" else make.datetime.date.today() + 5 * make.DAY
    for name in paused:
        school = world.schools[name]
        school.refresh_from_db()
        setting = school.organisation if setter == "the school" else world.network
        network_actions.pause(school, setting, day, by=1)
    roster = world.wave.roster.select_related("person", "school")
    silenced = {entry.person.email for entry in roster if entry.school in [world.schools[name] for name in paused]}
    with smtp.running() as server:
        settings.MAILERS = server.mailers
        SENDING[letter](world)
        assert silenced & set(server.recipients) == set()
        assert len(server.recipients) == 18 - len(silenced)
