"""Asking for a code or a link: nothing that happens before the answer tells whether an address is known."""

from __future__ import annotations

import logging
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from alongside.people import letters, throttle
from alongside.people.models import Person
from tests import make

pytestmark = pytest.mark.django_db
ADA, NOBODY, GONE = "ada@ashmead.example", "eve@nowhere.example", "gone@ashmead.example"
WAYS = {"code": ("/sign-in/code/", "username", letters.SEND_CODE), "link": ("/forgotten/", "email", letters.SEND_LINK)}


@pytest.fixture(autouse=True)
def ada() -> Person:
    make.person(GONE, "Gone")
    Person.objects.filter(email=GONE).update(is_active=False)
    return make.person(ADA, "Ada Lane")


def ask(way: str, email: str, client: Client | None = None):
    path, field, _ = WAYS[way]
    return (client or Client()).post(path, {field: email})


def statements(way: str, email: str) -> list[str]:
    """What is asked of the database before the answer, without the values."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask(way, email)
    return [re.sub(r"'(?:[^']|'')*'|\b\d+\b|\bs\d+_x\d+\b", "?", each["sql"]) for each in asked]


@pytest.mark.parametrize("way", WAYS)
def test_the_same_is_done_for_an_address_that_is_known_and_one_that_is_not(server, way):
    said = [statements(way, email) for email in (ADA, NOBODY, GONE)]
    assert said[0] == said[1] == said[2]
    assert sum('INSERT INTO "django_ox_oxtask"' in each for each in said[0]) == 1
    assert server.lines == []  # no word to the mail server before the answer
    tasks = OxTask.objects.order_by("enqueued_at")
    assert {task.task_path for task in tasks} == {WAYS[way][2]}
    assert [bool(task.args[0]) for task in tasks] == [True, False, False]


@pytest.mark.parametrize("way", WAYS)
def test_whoever_asked_too_often_is_answered_alike_too(way):
    for email in (ADA, NOBODY):
        for _ in range(throttle.TRIES):
            ask(way, email)
    assert statements(way, ADA) == statements(way, NOBODY)
    assert OxTask.objects.filter(args__0=letters.NOBODY).count() == throttle.TRIES + 2


@pytest.mark.parametrize("way", WAYS)
def test_the_worker_sends_it_to_whoever_is_known(server, way):
    for email in (NOBODY, GONE, ADA):
        ask(way, email)
    run_tasks(raise_failures=True)
    assert server.recipients == [ADA]


@pytest.mark.parametrize("way", WAYS)
def test_whoever_was_disabled_meanwhile_gets_none(server, way):
    ask(way, ADA)
    Person.objects.update(is_active=False)
    run_tasks(raise_failures=True)
    assert server.recipients == []


def test_the_queue_keeps_neither_address_nor_code(server):
    ask("code", ADA)
    ask("code", NOBODY)
    kept = str(list(OxTask.objects.values()))
    run_tasks(raise_failures=True)
    [text] = server.texts()
    code = re.search(r"^    (\S+)$", text, re.MULTILINE)[1]
    kept += str(list(OxTask.objects.values()))
    assert not any(each in kept for each in (code, ADA, NOBODY))


@pytest.mark.parametrize("way", WAYS)
def test_a_mail_server_that_is_down_gets_the_letter_later(server, settings, way):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        settings.MAILERS = {"default": {**server.mailers["default"], "OPTIONS": {"host": "127.0.0.1", "port": 1}}}
        assert ask(way, ADA).status_code in {200, 302}
        run_tasks()
        assert server.recipients == []
    settings.MAILERS = server.mailers
    with time_machine.travel(now + make.DAY / 24 / 12, tick=False):
        run_tasks(raise_failures=True)
    assert server.recipients == [ADA]


def test_a_code_that_is_over_is_not_sent(server):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        ask("code", ADA)
    with time_machine.travel(now + make.DAY / 24 / 6 + make.DAY / 24 / 3600, tick=False):
        run_tasks(raise_failures=True)
    assert server.recipients == []


@pytest.mark.parametrize("way", WAYS)
def test_an_address_that_takes_no_letters_is_tried_once_and_named_nowhere(server, way, caplog):
    server.refused_recipients[ADA] = "550 5.1.1 No such person"
    ask(way, ADA)
    with caplog.at_level(logging.ERROR):
        run_tasks(raise_failures=True)
        assert run_tasks() == []
    assert "could not be delivered" in caplog.text
    assert ADA not in caplog.text
