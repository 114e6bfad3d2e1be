"""Work that takes longer than a page may: asked for once, shown as it moves, found again, kept for a week.

An action calls `start`; the task that it names makes a `Meter` and ends with `finish`, `end` or `fail`. A task that is killed is
run again by the queue and begins anew; what it finished stays finished.
"""

import datetime
import time

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from alongside.kit import queue
from alongside.kit.models import Progress, ProgressFile

KINDS: dict[str, str] = {}
EVERY = 0.5  # seconds between two writes of how far it is
STUCK = datetime.timedelta(minutes=30)
KEPT = datetime.timedelta(days=7)
UNDER_WAY = [Progress.State.WAITING, Progress.State.RUNNING]


def kind(name: str, words: str) -> str:
    """Announce a kind of work: its name (package.what_is_done) and the words in which people find it again."""
    KINDS[name] = words
    return name


def start(name: str, task: str, *, organisation: int, person: int, about: str, sentence: str) -> Progress:
    """The work under way for this person and subject; begun, and its task queued with the id, when there is none.

    Safe when pressed twice and when two requests race. Work that has not moved for half an hour is given up first.
    """
    if name not in KINDS:
        raise LookupError(f"No work was announced under the name {name!r}: use progress.kind().")
    mine: dict[str, int | str] = {"organisation": organisation, "person": person, "kind": name, "about": about}
    now = timezone.now()
    _under_way(mine).filter(moved_at__lt=now - STUCK).update(
        state=Progress.State.FAILED, sentence="It stopped half-way and was given up."
    )
    try:
        with transaction.atomic():
            found = Progress.objects.create(**mine, sentence=sentence, started_at=now, moved_at=now)
            queue.enqueue(task, found.pk)
            return found
    except IntegrityError:
        return _under_way(mine).first() or start(  # it has just ended
            name, task, organisation=organisation, person=person, about=about, sentence=sentence
        )


def _under_way(mine: dict[str, int | str]) -> QuerySet[Progress]:
    return Progress.objects.filter(**mine, state__in=UNDER_WAY)


def take_up(pk: int) -> Progress | None:
    """The work, now running; None when it is over, or forgotten, and nothing is left to do."""
    taken = Progress.objects.filter(pk=pk, state__in=UNDER_WAY).update(
        state=Progress.State.RUNNING, done=0, moved_at=timezone.now()
    )
    return Progress.objects.get(pk=pk) if taken else None


class Meter:
    """How far some work is. Call it outside of long transactions, or nobody sees it move."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self._written = 0.0

    def at(self, done: int, of: int, sentence: str) -> None:
        """So many done of so many; written at most twice a second, but for the last."""
        now = time.monotonic()
        if done < of and now - self._written < EVERY:
            return
        self._written = now
        moved = {"done": done, "of": of, "sentence": sentence, "moved_at": timezone.now()}
        Progress.objects.filter(pk=self.pk, state=Progress.State.RUNNING).update(**moved)


@transaction.atomic
def finish(pk: int, sentence: str, *, name: str, kind: str, data: bytes) -> bool:
    """Done, with its file. False when it was over before: a task that runs twice leaves one file."""
    now = timezone.now()
    ended = Progress.objects.filter(pk=pk, state__in=UNDER_WAY).update(
        state=Progress.State.DONE, sentence=sentence, moved_at=now
    )
    if ended:
        ProgressFile.objects.create(progress_id=pk, name=name, kind=kind, data=data)
    return bool(ended)


def end(pk: int, sentence: str) -> None:
    """Done, and what came of it is kept elsewhere; the sentence says where."""
    Progress.objects.filter(pk=pk, state__in=UNDER_WAY).update(
        state=Progress.State.DONE, sentence=sentence, moved_at=timezone.now()
    )


def fail(pk: int, sentence: str) -> None:
    """It cannot be done; the sentence says why and what to do."""
    Progress.objects.filter(pk=pk, state__in=UNDER_WAY).update(
        state=Progress.State.FAILED, sentence=sentence, moved_at=timezone.now()
    )


def newest(name: str, about: str) -> Progress | None:
    """The latest work of that kind on a subject, whoever asked for it. One query."""
    return Progress.objects.filter(kind=name, about=about).order_by("-pk").first()


def of_person(person: int) -> list[Progress]:
    """What a person has asked for in the last week, newest first. One query, no file is read."""
    since = timezone.now() - KEPT
    return list(Progress.objects.filter(person=person, started_at__gte=since).order_by("-started_at")[:20])


def forget() -> int:
    """Drop what is older than a week, files included; how many."""
    old = Progress.objects.filter(started_at__lt=timezone.now() - KEPT)
    deleted, _ = old.delete()
    return deleted


def words(found: Progress) -> str:
    """What this work is called."""
    return KINDS.get(found.kind, found.kind)
