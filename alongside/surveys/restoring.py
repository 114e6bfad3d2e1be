"""What a restored backup needs before pulses can go on: room for their intake, keys that fit, seals that are overdue."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from alongside.kit import database
from alongside.surveys import codes, seal, tickets
from alongside.surveys.models import Room, RosterEntry, SlipSheet, Ticket, Wave
from alongside.surveys.rooms import closing

UNDER_WAY = (Wave.State.OPEN, Wave.State.CLOSED)
KEY = re.compile(r"wave-(\d{1,18})\.key")
PARTS = ("ticket", "answer", "comment")


def make_room() -> None:
    """PostgreSQL: a partition for the intake of each wave that is under way, and none for others."""
    waves = Wave.objects.filter(state__in=UNDER_WAY).values_list("pk", flat=True)
    _partitions(PARTS, set(waves), "alongside_open_intake")


def make_halls() -> None:
    """The same for sessions in a hall."""
    rooms = Room.objects.filter(state__in=[Room.State.OPEN, Room.State.CLOSED]).values_list("pk", flat=True)
    _partitions(("roompass", "roomanswer"), set(rooms), "alongside_open_room")


def _partitions(parts: tuple[str, ...], wanted: set[int], maker: str) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = ANY(%s::regclass[])",
            [[f"surveys_{part}" for part in parts]],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {name}")  # truncated with its parent
        for number in sorted(wanted):
            cursor.execute(database.named("SELECT {}(%s)", maker), [number])


def settle() -> list[str]:
    """Destroy keys that fit nothing here, note letters that can no longer be sent, seal what is overdue; in sentences.

    Safe to run again.
    """
    _destroy_strange_keys()
    _destroy_strange_slips()
    said = [
        sentence for wave in Wave.objects.filter(state=Wave.State.OPEN).order_by("pk") if (sentence := _keyless(wave))
    ]
    overdue = seal.due()
    for wave in overdue:
        seal.seal(wave)
    for room in closing.due():
        closing.seal(room)
    return said + ([f"{len(overdue)} overdue pulses were sealed again."] if overdue else [])


def _destroy_strange_keys() -> None:
    """A key that is here may belong to another installation's wave of the same number: its links would open nothing."""
    for path in Path(settings.KEYS).glob("wave-*.key"):
        found = KEY.fullmatch(path.name)
        if found and not _fits(int(found[1])):
            tickets.destroy_key(int(found[1]))


def _destroy_strange_slips() -> None:
    """Sheets and keys of slips go with the key of their wave: without it their codes open nothing here."""
    for path in Path(settings.KEYS).glob("wave-*"):
        found = codes.FILE.fullmatch(path.name)
        if found and not tickets.key_path(int(found[1])).exists():
            codes.destroy(int(found[1]))


def _fits(wave_id: int) -> bool:
    wave = Wave.objects.select_related("series").filter(pk=wave_id, state=Wave.State.OPEN).first()
    if wave is None:
        return False
    if wave.series.asks.by_slips:
        return _opens_slips(wave)
    person = RosterEntry.objects.filter(wave=wave_id).values_list("person_id", flat=True).first()
    if person is None:
        return False
    token = tickets.token(tickets.read_key(wave_id), person, wave.series.audience)
    return Ticket.objects.filter(wave=wave_id, digest=tickets.digest(token)).exists()


def _opens_slips(wave: Wave) -> bool:
    """Whether codes that this key makes open tickets of the wave. Without slips so far nothing can tell, nor be lost."""
    sheets = SlipSheet.objects.filter(wave=wave, first__isnull=False, state__in=SlipSheet.PRINTED)
    sheet = sheets.order_by("pk").first()
    if sheet is None or not sheet.first:
        return False
    key, slips_key = tickets.read_key(wave.pk), codes.read_key(wave.pk)
    made = (codes.token(slips_key, wave.pk, code) for code in codes.of_sheet(key, sheet.first, sheet.count))
    return Ticket.objects.filter(wave=wave.pk, digest__in=list(map(tickets.digest, made))).exists()


def _keyless(wave: Wave) -> str:
    """An open wave whose key is gone: links that were sent open its form, and no other can be made."""
    if wave.closes_at <= timezone.now() or tickets.key_path(wave.pk).exists():
        return ""
    with transaction.atomic():
        unsent = RosterEntry.objects.filter(wave=wave, invited_at__isnull=True).update(invited_at=timezone.now())
        Wave.objects.filter(pk=wave.pk).update(mails_failed=F("mails_failed") + unsent)
    letters = f"{unsent} letters had not been sent and cannot be any more. " if unsent else ""
    return (
        f"Pulse {wave.pk} is open and its key is not here, as keys are in no backup. {letters}Links that were sent still "
        f"work, and it closes and is sealed as planned.{_slips(wave)}"
    )


def _slips(wave: Wave) -> str:
    """What became of the slips of a wave whose keys are gone; "" where none were printed."""
    printed = SlipSheet.objects.filter(wave=wave, state__in=SlipSheet.PRINTED).aggregate(all=Sum("count"))["all"]
    if not printed:
        return ""
    return f" {printed} slips had been printed, and their codes open nothing any more; the page for codes says so."
