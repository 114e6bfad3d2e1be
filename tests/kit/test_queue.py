"""Background work by name: every announced name is a task, and work is queued in the transaction that asks for it."""

from __future__ import annotations

import datetime

import pytest
from django.db import transaction
from django.tasks import Task
from django.utils import timezone
from django.utils.module_loading import import_string
from django_ox.models import OxTask

from alongside.kit import queue
from alongside.surveys import actions


def test_every_announced_name_is_a_task():
    assert {actions.OPEN, actions.SEND, actions.SEAL} <= queue.NAMES
    assert all(isinstance(import_string(name), Task) for name in queue.NAMES)
    assert queue.names_exist() == []


@pytest.mark.parametrize("name", ["alongside.surveys.tasks.no_such", "no.such.module", "alongside.surveys.seal.seal"])
def test_a_name_that_is_no_task_is_found_when_alongside_starts(monkeypatch, name):
    monkeypatch.setattr(queue, "NAMES", {name})
    assert [error.msg for error in queue.names_exist()] == [f"No task {name!r}."]


def test_a_name_that_was_not_announced_is_refused():
    with pytest.raises(LookupError, match="No task was announced under the name"):
        queue.enqueue("alongside.surveys.tasks.due_work")


@pytest.mark.django_db
def test_work_is_queued_with_its_arguments_and_its_time():
    later = timezone.now() + datetime.timedelta(days=2)
    queue.enqueue(actions.SEAL, 7, run_after=later)
    [task] = OxTask.objects.all()
    assert (task.task_path, task.args, task.run_after) == (actions.SEAL, [7], later)


@pytest.mark.django_db(transaction=True)
def test_work_that_was_asked_for_in_vain_is_not_queued():
    with transaction.atomic():
        queue.enqueue(actions.SEAL, 7)
        transaction.set_rollback(True)
    assert not OxTask.objects.exists()
