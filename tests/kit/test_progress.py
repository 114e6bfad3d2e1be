"""Work that takes longer than a page: begun once, seen moving, ended once, forgotten after a week."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import connections, transaction
from django.utils import timezone
from django_ox.models import OxTask

from alongside.kit import progress, tasks
from alongside.kit.models import Progress, ProgressFile
from alongside.surveys.papers import PACK, PAPERS

pytestmark = pytest.mark.django_db
ASKED = {"organisation": 1, "person": 2, "about": "wave:3", "sentence": "It begins."}


def _start(**other):
    return progress.start(PAPERS, PACK, **(ASKED | other))


def _finish(work, data=b"x"):
    return progress.finish(work.pk, "Done.", name="a.zip", kind="application/zip", data=data)


def test_work_begins_waiting_with_its_task_queued():
    work = _start()
    assert (work.state, work.done, work.of, work.sentence) == ("waiting", 0, 0, "It begins.")
    [task] = OxTask.objects.all()
    assert (task.task_path, task.args) == (PACK, [work.pk])


def test_asked_twice_is_begun_once_and_again_when_it_is_over():
    first = _start()
    assert _start() == first
    assert OxTask.objects.count() == 1
    _finish(first)
    again = _start()
    assert again != first
    assert OxTask.objects.count() == 2


@pytest.mark.parametrize("other", [{"person": 9}, {"organisation": 9}, {"about": "wave:9"}])
def test_work_of_somebody_or_something_else_is_its_own(other):
    assert _start() != _start(**other)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_begin_it_once():
    gate, found = threading.Barrier(2), []

    def click():
        gate.wait()
        found.append(_start().pk)
        connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert OxTask.objects.count() == 1


def test_a_kind_that_nobody_announced_is_refused():
    with pytest.raises(LookupError, match="No work was announced"):
        progress.start("surveys.unheard", PACK, **ASKED)


def test_it_moves_at_most_twice_a_second_and_its_last_step_is_never_left_out(monkeypatch):
    work, clock = _start(), [100.0]
    progress.take_up(work.pk)
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    meter, seen = progress.Meter(work.pk), []
    for number in range(1, 12):
        clock[0] += 0.2
        meter.at(number, 11, f"{number} of 11")
        seen.append(Progress.objects.get(pk=work.pk).done)
    assert seen == [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 11]


def test_a_worker_that_was_killed_leaves_it_to_be_taken_up_again():
    work = _start()
    progress.take_up(work.pk)
    progress.Meter(work.pk).at(5, 10, "5 of 10")
    again = progress.take_up(work.pk)
    assert again is not None
    assert (again.state, again.done) == ("running", 0)


def test_what_is_over_is_not_taken_up_and_has_one_file():
    work = _start()
    progress.take_up(work.pk)
    assert _finish(work, b"first") is True
    assert _finish(work, b"second") is False
    assert progress.take_up(work.pk) is None
    progress.fail(work.pk, "Too late.")
    progress.Meter(work.pk).at(9, 9, "A straggler.")
    work.refresh_from_db()
    assert (work.state, work.sentence, bytes(work.file.data)) == ("done", "Done.", b"first")


def test_a_file_and_its_end_are_one_transaction(monkeypatch):
    work = _start()

    def broken(**_):
        raise RuntimeError

    monkeypatch.setattr(ProgressFile.objects, "create", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        _finish(work)
    work.refresh_from_db()
    assert work.state == "waiting"


def test_work_that_has_not_moved_for_half_an_hour_makes_room_for_a_new_try(time_machine):
    first = _start()
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=29))
    assert _start() == first
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=2))
    assert _start() != first
    first.refresh_from_db()
    assert (first.state, first.sentence) == ("failed", "It stopped half-way and was given up.")


def test_a_week_later_it_is_forgotten_with_its_file(time_machine):
    old = _start()
    _finish(old)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=6))
    young = _start()
    tasks.tidy.call()
    assert set(Progress.objects.all()) == {old, young}
    time_machine.move_to(timezone.now() + datetime.timedelta(days=1, minutes=1))
    assert progress.of_person(2) == [young]
    tasks.tidy.call()
    assert list(Progress.objects.all()) == [young]
    assert not ProgressFile.objects.exists()


def test_a_person_finds_their_own_newest_first(time_machine):
    first = _start()
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=1))
    second = _start(about="wave:4")
    _start(person=3)
    assert progress.of_person(2) == [second, first]
    assert progress.words(first) == "All papers of a pulse"


def test_work_whose_result_is_kept_elsewhere_ends_without_a_file():
    work = _start()
    progress.take_up(work.pk)
    progress.end(work.pk, "Fetch it there.")
    progress.fail(work.pk, "too late")
    ended = progress.newest(PAPERS, "wave:3")
    assert (ended.pk, ended.state, ended.sentence, ended.has_file) == (work.pk, "done", "Fetch it there.", False)


def test_the_newest_work_on_a_subject_is_found_whoever_asked():
    first = _start()
    _finish(first)
    assert first.has_file
    second = _start(person=9)
    assert progress.newest(PAPERS, "wave:3") == second
    assert progress.newest(PAPERS, "wave:4") is None
