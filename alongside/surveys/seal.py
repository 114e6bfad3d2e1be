"""The seal: at close a wave's answers lose every trace of who gave them, and its results appear (TRUST 2).

Four steps, each of which may be killed anywhere and run again:

1. `shut`: the wave takes no more answers.
2. `publish`: answers are counted while other waves take theirs; then, in one transaction alone with the intake, the release is
   stored, answers are copied in random order under new keys, and the intake goes: on PostgreSQL its partitions are dropped,
   on SQLite its rows are deleted under `secure_delete`.
3. `compare.store` says what changed since the waves before; `scrub`: the key is destroyed, the mailbox emptied, the write-ahead log truncated until nothing is left in it.
4. `verify`: reads back that nothing of the intake is there. Only then is the wave sealed.
"""

import hashlib
import random
import re
import secrets
from collections.abc import Callable, Iterable

from django.db import connection, transaction
from django.utils import timezone

from alongside.kit import database, journal, mail
from alongside.people.models import StaffEntry
from alongside.surveys import codes, compare, owing, publish, releases
from alongside.surveys.accept import ALL_WAVES, KEY_BYTES, LOCK
from alongside.surveys.models import (
    Answer,
    BlockTally,
    Comment,
    Release,
    RosterEntry,
    Round,
    SealedAnswer,
    SealedComment,
    SlipSheet,
    Ticket,
    Wave,
    WrongCode,
)
from alongside.surveys.naming import EMAIL, PHONE
from alongside.surveys.tickets import destroy_key, key_path

OF_THE_INTAKE = (RosterEntry, Round, SlipSheet, WrongCode)  # besides what has one partition a wave
SEALED = journal.deed("surveys.sealed", "closed and sealed a pulse")
COMMENTS_FROM = 10
CHECKPOINT_TRIES = 200
CHECKPOINT_WAITS = 100  # milliseconds: while a checkpoint waits for a reader, nobody can answer
MASKED = "▒▒▒"


class NotClean(Exception):
    """Something of the intake is still there; the task runs again."""


def seal(wave_id: int) -> None:
    """Take a wave that is past its closing through all four steps; safe to run at any state, any number of times."""
    shut(wave_id)
    publish_release(wave_id)
    wave = Wave.objects.get(pk=wave_id)
    if wave.state == Wave.State.PUBLISHED:
        compare.store(wave_id)
        scrub(wave)
        verify(wave)
        _finish(wave)


@transaction.atomic
def _finish(wave: Wave) -> None:
    done = Wave.objects.filter(pk=wave.pk, state=Wave.State.PUBLISHED).update(state=Wave.State.SEALED)
    if done:  # no figure: what was counted stands in the release alone
        journal.record(wave.organisation_id, SEALED, by=None, about=f"wave:{wave.pk}")


def shut(wave_id: int) -> None:
    """Open and past its closing → takes no more answers."""
    due = Wave.objects.filter(pk=wave_id, state=Wave.State.OPEN, closes_at__lte=timezone.now())
    due.update(state=Wave.State.CLOSED)


def publish_release(wave_id: int) -> None:
    """Closed → published: the release, the tallies, the sealed copies, and no intake any more. All or nothing."""
    wave = Wave.objects.select_related("organisation", "series").get(pk=wave_id)
    if wave.state != Wave.State.CLOSED:
        return
    database.wait_for(LOCK, wave_id)  # who was sending an answer when it closed; from here its intake stays as it is
    # On SQLite nobody can answer anything while somebody writes: what takes long is done before.
    counted = publish.count(wave)
    answers, comments = _copied_answers(wave, counted), _copied_comments(wave, counted)
    with database.alone(LOCK, ALL_WAVES), database.alone(LOCK, wave_id):
        if Wave.objects.select_for_update().get(pk=wave_id).state != Wave.State.CLOSED:
            return  # another worker came first
        store_release(wave, counted)
        SealedAnswer.objects.bulk_create(answers, batch_size=500)
        SealedComment.objects.bulk_create(comments, batch_size=500)
        _drop_intake(wave)
        Wave.objects.filter(pk=wave_id).update(state=Wave.State.PUBLISHED)


def store_release(wave: Wave, counted: publish.Counted) -> None:
    """The release, the exact tallies beside it, and who owes a reply; in the caller's transaction."""
    text = publish.canonical(counted.document)
    Release.objects.create(
        organisation=wave.organisation,
        wave=wave,
        document=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        published_at=timezone.now(),
    )
    BlockTally.objects.bulk_create(
        BlockTally(
            organisation=wave.organisation,
            wave=wave,
            item=row.item,
            block=row.block,
            schools=row.schools,
            invited=row.invited,
            counts=list(row.tally.counts),
            cant_say=row.tally.cant_say,
        )
        for row in counted.tallies
    )
    if not wave.series.mapped:  # what a map is answered with is talk, first in the team and then in the school
        owing.note(wave, releases.Document(counted.document))


def shuffled[T](rows: Iterable[T]) -> list[T]:
    """The same rows in an order that nobody knows."""
    found = list(rows)
    random.SystemRandom().shuffle(found)
    return found


def new_keys(count: int) -> list[bytes]:
    """So many keys for rows that nobody can follow."""
    # Sorted random keys: the order of storage is then the order of the keys, and tells nothing.
    return sorted(secrets.token_bytes(KEY_BYTES) for _ in range(count))


def _copied_answers(wave: Wave, counted: publish.Counted) -> list[SealedAnswer]:
    rows = shuffled(Answer.objects.filter(wave=wave.pk).values_list("school_id", "category", "ratings"))
    return [
        _sealed(wave, key, school, counted.places[school], counted.categories.get((school, category), ""), ratings)
        for key, (school, category, ratings) in zip(new_keys(len(rows)), rows, strict=True)
    ]


def _sealed(
    wave: Wave, key: bytes, school: int, place: str, category: str, ratings: dict[str, int | str]
) -> SealedAnswer:
    own = place.startswith("school:")
    return SealedAnswer(
        key=key,
        organisation=wave.organisation,
        wave=wave,
        school_id=school if own else None,
        pool="" if own else place,
        category=category,
        ratings=dict(sorted(ratings.items())),
    )


def _copied_comments(wave: Wave, counted: publish.Counted) -> list[SealedComment]:
    enough = {school for school, n in counted.answers.items() if n >= COMMENTS_FROM}
    found = Comment.objects.filter(wave=wave.pk, school__in=enough).values_list("school_id", "text")
    kept = shuffled(found)
    masked = {school: masking(names) for school, names in _names(wave, {school for school, _ in kept}).items()}
    rows = [(school, masked[school](text)) for school, text in kept]
    return [
        SealedComment(key=key, organisation=wave.organisation, wave=wave, school_id=school, text=text)
        for key, (school, text) in zip(new_keys(len(rows)), rows, strict=True)
    ]


def _names(wave: Wave, schools: set[int]) -> dict[int, set[str]]:
    """School → who was asked there by a link, and who stands on its staff list and may have had a slip. Two queries."""
    roster = RosterEntry.objects.filter(wave=wave, school__in=schools).values_list("school_id", "person__name")
    staff = StaffEntry.objects.current().filter(school__in=schools).values_list("school_id", "name")
    found: dict[int, set[str]] = {school: set() for school in schools}
    for rows in (roster, staff):
        for school, name in rows.iterator():
            if name:
                found[school].add(name)
    return found


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text without e-mail addresses, telephone numbers, and names (R7)."""
    return masking(names)(text)


def masking(names: Iterable[str]) -> Callable[[str], str]:
    """`mask` for many texts and the same names: whole names in any case, their parts only as they are written, since many
    are words as well. There may be thousands of both, so the names are sought all at once."""
    whole = set(names)
    parts = {part for name in whole for part in name.split() if len(part) > 2}
    sought = [EMAIL, PHONE, *_any_of(whole, re.IGNORECASE), *_any_of(parts, re.NOFLAG)]

    def masked(text: str) -> str:
        for pattern in sought:
            text = pattern.sub(MASKED, text)
        return text

    return masked


def _any_of(words: set[str], flags: re.RegexFlag) -> list[re.Pattern[str]]:
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    return [re.compile(rf"\b(?:{'|'.join(longest_first)})\b", flags)] if words else []


def _drop_intake(wave: Wave) -> None:
    for rows in OF_THE_INTAKE:
        rows.objects.filter(wave=wave).delete()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT alongside_drop_intake(%s)", [wave.pk])
            return
        for model in (Ticket, Answer, Comment):
            cursor.execute(database.named("DELETE FROM {} WHERE wave_id = %s", model._meta.db_table), [wave.pk])


def scrub(wave: Wave) -> None:
    """Destroy the keys and what was printed with them, empty the demo's mailbox, and leave nothing in SQLite's write-ahead log."""
    destroy_key(wave.pk)
    codes.destroy(wave.pk)
    mail.drop(mailbox(wave.pk))
    if not connection.in_atomic_block:
        truncate_log()


def truncate_log() -> None:
    """SQLite: empty the write-ahead log, waiting for readers; raises NotClean when somebody never stops reading."""
    if not database.empty_log(CHECKPOINT_TRIES, CHECKPOINT_WAITS):
        raise NotClean("Somebody reads the database all the time, so its log could not be emptied yet.")


def verify(wave: Wave) -> None:
    """Read back that nothing of the intake is there; NotClean otherwise."""
    rows = (Ticket, Answer, Comment, *OF_THE_INTAKE)
    left = [model.__name__ for model in rows if model.objects.filter(wave=wave.pk).exists()]
    if left or key_path(wave.pk).exists() or codes.left(wave.pk):
        raise NotClean(f"Wave {wave.pk} is not clean yet: {', '.join(left) or 'its key, or its slips'}.")
    release = Release.objects.get(wave=wave)
    if hashlib.sha256(release.document.encode()).hexdigest() != release.sha256:
        raise NotClean(f"The release of wave {wave.pk} does not match its digest.")


def mailbox(wave_id: int) -> str:
    """The folder of the demo's mailbox that belongs to a wave."""
    return f"wave-{wave_id}"


def due() -> list[int]:
    """Waves whose closing time has come, or whose seal was interrupted."""
    return list(Wave.objects.due_to_close().values_list("pk", flat=True))
