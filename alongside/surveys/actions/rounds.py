"""Letters after the invitation, school by school: reminders to those whose ticket is unspent, nudges to everyone.

Nobody who reads the database may learn from it who had answered (TRUST 2). So no row of a person is touched. The people
of a school are gone through in an order that follows from the wave's key, and for each of them, written to or not, one
number moves on by one. Interrupted anywhere, the next worker goes on at that number: a letter that was with the mail
server and not yet counted goes twice, no other does, and nobody is left out. What fails is a count; no address is noted.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from alongside.calendar.days import SchoolDays
from alongside.calendar.reads import school_days
from alongside.kit import mail
from alongside.network import pauses
from alongside.surveys import letters, lettertimes, schooldays, seal, stopping, tickets
from alongside.surveys.actions.inviting import CLAIM_HOLDS, answer_link
from alongside.surveys.models import RosterEntry, Round, Ticket, Wave, WaveSchool

REMINDER: Final = pauses.letter("surveys.reminder", "a reminder of a pulse")
NUDGE: Final = pauses.letter("surveys.nudge", "a leader’s nudge to everyone who is asked")


class Outcome(enum.Enum):
    PROCESSED = enum.auto()  # sent, or skipped: nothing tells which
    FAILED = enum.auto()
    PUT_OFF = enum.auto()


@dataclass
class Turn:
    """A worker's turn at one round: what it read once, and the round as it last wrote it."""

    round: Round
    wave: Wave
    days: SchoolDays
    key: bytes
    entries: list[RosterEntry]  # in the order that follows from the key
    stopped: set[int]

    def places(self) -> Iterator[int]:
        """What was put off the last time, then everyone who has not been processed yet."""
        yield from list(self.round.put_off)
        yield from range(self.round.done, len(self.entries))


def send_rounds(wave_id: int) -> None:
    """Send the letters of a wave that are due after its invitation. Safe twice, side by side, and killed anywhere."""
    wave = Wave.objects.accepting().select_related("organisation", "series").filter(pk=wave_id).first()
    if wave is None or not tickets.key_path(wave_id).exists():  # a restored wave goes on without its key
        return
    days = school_days(wave.organisation)
    if not lettertimes.leave_now(timezone.now(), wave.organisation.zone, days):
        return
    _begin(wave, days)
    found = list(_workable(wave).values_list("pk", flat=True))
    random.SystemRandom().shuffle(found)
    for round_id in found:
        _take_turn(wave, days, round_id)


def due(wave: Wave, days: SchoolDays) -> bool:
    """Whether letters of a wave wait for a worker, and none is at them."""
    now = timezone.now()
    if not tickets.key_path(wave.pk).exists() or not lettertimes.leave_now(now, wave.organisation.zone, days):
        return False
    if (name := lettertimes.reminder_due(wave, now, days)) and _without(wave, name).exists():
        return True
    at_it = Round.objects.filter(wave=wave, over=False, claimed_at__gte=now - CLAIM_HOLDS)
    return _workable(wave).exists() and not at_it.exists()


def _begin(wave: Wave, days: SchoolDays) -> None:
    """A round for each school once a reminder's day has come. At each school the round of the latest day counts; those
    before are over, done or not, so that an outage or a pause does not end with two letters on a day."""
    name = lettertimes.reminder_due(wave, timezone.now(), days)
    with transaction.atomic():
        if name:
            add_rounds(wave, name, list(_without(wave, name).values_list("school", flat=True)))
        known = Round.objects.filter(wave=wave).values_list("pk", "school", "name", "over")
        meant = [(school, lettertimes.meant_for(wave, each, days), pk, over) for pk, school, each, over in known]
        latest = {school: day for school, day, _, _ in sorted(meant)}
        passed = [pk for school, day, pk, over in meant if not over and day < latest[school]]
        Round.objects.filter(pk__in=passed).update(over=True, claimed_at=None)


def add_rounds(wave: Wave, name: str, schools: list[int]) -> None:
    """A round of that name for each of the schools that has none; it is for whoever is on the roster now."""
    upto = RosterEntry.objects.filter(wave=wave).aggregate(last=Max("pk"))["last"] or 0
    rounds = [
        Round(organisation_id=wave.organisation_id, wave=wave, school_id=school, name=name, upto=upto)
        for school in schools
    ]
    Round.objects.bulk_create(rounds, ignore_conflicts=True, batch_size=500)


def _without(wave: Wave, name: str) -> QuerySet[WaveSchool]:
    begun = Round.objects.filter(wave=wave, name=name).values("school")
    return WaveSchool.objects.filter(wave=wave, invited__gt=F("by_slip")).exclude(school__in=begun)


def _workable(wave: Wave) -> QuerySet[Round]:
    """Rounds that nobody is at, but for schools that are left in peace."""
    stale = Q(claimed_at__isnull=True) | Q(claimed_at__lt=timezone.now() - CLAIM_HOLDS)
    found = Round.objects.filter(stale, wave=wave, over=False)
    return found.exclude(school__in=pauses.silent(wave.organisation_id))


def _take_turn(wave: Wave, days: SchoolDays, round_id: int) -> None:
    now = timezone.now()
    if not _workable(wave).filter(pk=round_id).update(claimed_at=now):
        return  # another worker has it, or the school was paused
    turn = _turn(wave, days, Round.objects.get(pk=round_id))
    try:
        _go_through(turn)
    except Exception:  # whatever it was, the next worker goes on from here at once
        _let_go(turn)
        raise


def _turn(wave: Wave, days: SchoolDays, found: Round) -> Turn:
    key = tickets.read_key(wave.pk)
    roster = RosterEntry.objects.filter(wave=wave, school=found.school_id, pk__lte=found.upto)
    entries = sorted(
        roster.select_related("person", "school"), key=lambda entry: tickets.place(key, found.name, entry.person_id)
    )
    people = {entry.person_id for entry in entries} | {entry.person.merged_into_id or 0 for entry in entries}
    return Turn(found, wave, days, key, entries, stopping.stopped(people))


def _go_through(turn: Turn) -> None:
    for place in turn.places():
        if not _goes_on(turn):
            return _let_go(turn)
        if not _note(turn, place, _write(turn, turn.entries[place])):
            return None  # another worker has taken over
    mine = Round.objects.filter(pk=turn.round.pk, claimed_at=turn.round.claimed_at)
    if not turn.round.put_off:  # otherwise the claim goes stale, and what was put off is tried again
        mine.update(over=True, claimed_at=None)
    return None


def _goes_on(turn: Turn) -> bool:
    """Asked before each person, written to or not: hours, the wave, the school's peace."""
    if not lettertimes.leave_now(timezone.now(), turn.wave.organisation.zone, turn.days):
        return False
    permit = pauses.permit(REMINDER, turn.round.school_id, turn.wave.organisation_id)
    return Wave.objects.accepting().filter(pk=turn.wave.pk).exists() and permit.holds()


def _write(turn: Turn, entry: RosterEntry) -> Outcome:
    """Write to one person, or not."""
    token = tickets.token(turn.key, entry.person_id, turn.wave.series.audience)
    if not _is_asked(turn, entry) or _has_answered(turn, token):
        return Outcome.PROCESSED
    person, nudge, link = entry.person, _is_nudge(turn.round), answer_link(turn.wave, token)
    letter = letters.again(turn.wave, entry.school, person.name, link, stopping.stop_url(person.pk), nudge=nudge)
    permit = pauses.permit(NUDGE if nudge else REMINDER, turn.round.school_id, turn.wave.organisation_id)
    try:
        mail.send(
            person.email or "",
            letter.subject,
            letter.text,
            permit=permit,
            folder=seal.mailbox(turn.wave.pk),
            headers=stopping.headers(person.pk) | letters.NOT_TO_BE_NOTED,
        )
    except mail.Undeliverable:
        # Never kit.bounces: that this address was tried would tell that its owner had not answered.
        return Outcome.FAILED
    except (mail.Later, mail.Silenced):
        return Outcome.PUT_OFF
    return Outcome.PROCESSED


def _is_asked(turn: Turn, entry: RosterEntry) -> bool:
    """Had the invitation on an earlier day, at the address they still have, and wants more letters than that."""
    if not entry.ticketed or entry.invited_at is None:
        return False
    zone = turn.wave.organisation.zone
    if schooldays.local_day(entry.invited_at, zone) == schooldays.local_day(timezone.now(), zone):
        return False
    if bytes(entry.address) != tickets.address(turn.wave.pk, entry.person.email):
        return False  # whoever changed the address since must not be handed somebody's link
    return not {entry.person_id, entry.person.merged_into_id} & turn.stopped


def _has_answered(turn: Turn, token: str) -> bool:
    """All spent tickets of the school are read, so that no statement sets a person beside one ticket."""
    if _is_nudge(turn.round):
        return False
    spent = Ticket.objects.filter(wave=turn.wave.pk, school=turn.round.school_id, used=True)
    return tickets.digest(token) in {bytes(digest) for digest in spent.values_list("digest", flat=True)}


def _note(turn: Turn, place: int, outcome: Outcome) -> bool:
    """Move on by one; False when the round is no longer ours."""
    held = turn.round
    left = set(held.put_off) - {place} | ({place} if outcome is Outcome.PUT_OFF else set())
    now, done = timezone.now(), max(held.done, place + 1)
    with transaction.atomic():
        mine = Round.objects.filter(pk=held.pk, done=held.done, claimed_at=held.claimed_at, over=False)
        if not mine.update(done=done, put_off=sorted(left), claimed_at=now):
            return False
        if outcome is Outcome.FAILED:
            Wave.objects.filter(pk=turn.wave.pk).update(reminders_failed=F("reminders_failed") + 1)
    held.done, held.put_off, held.claimed_at = done, sorted(left), now
    return True


def _let_go(turn: Turn) -> None:
    Round.objects.filter(pk=turn.round.pk, claimed_at=turn.round.claimed_at).update(claimed_at=None)


def _is_nudge(found: Round) -> bool:
    return found.name not in lettertimes.REMINDERS
