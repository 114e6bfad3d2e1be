"""The journal as a chain: what breaks it is found and named, what may be forgotten does not break it, races leave no gap."""

import datetime
import itertools
import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alongside.kit import doctor, journal
from alongside.kit.errors import Refused
from alongside.kit.journal import chain, checking
from alongside.kit.models import JournalAnchor, JournalEntry, JournalHead
from tests.surveys import worlds
from tests.surveys.threads import together

TRIED = journal.deed("tests.tried", "Something tried")
ENTRIES = 120
US, THEM = 41, 42


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"


def write(count, organisation=US, **more):
    for number in range(count):
        journal.record(organisation, TRIED, by=number % 7 or None, **({"payload": {"n": number}} | more))


@pytest.fixture
def chained(db):
    write(ENTRIES)
    write(5, THEM)
    assert journal.verify(US) == journal.Verdict(US, ENTRIES, None)


def raw(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount, "the attack changed nothing"


def found(organisation=US):
    fault = journal.verify(organisation).fault
    return fault and (fault.kind, fault.number)


def undone(attack, *args):
    """What verify says of an attack, which is taken back."""
    with transaction.atomic():
        attack(*args)
        said = found()
        transaction.set_rollback(True)
    assert found() is None
    return said


CHANGES = (
    ("at", "'2020-01-01 00:00:00+00:00'"),
    ('"by"', "8"),
    ("deed", "'tests.other'"),
    ("about", "'person:1'"),
    ("payload", "'{\"n\": 1000}'"),
    ("payload", "NULL"),
    ("salt", "'00'"),
    ("payload_digest", f"'{'0' * 64}'"),
    ("digest", f"'{'1' * 64}'"),
)
PLACES = sorted(random.Random(20261122).sample(range(1, ENTRIES + 1), 100))


def test_100_changed_rows_are_found_and_named(chained):
    def change(number, column, value):
        raw(f"UPDATE kit_journalentry SET {column} = {value} WHERE organisation = %s AND number = %s", US, number)

    for number, (column, value) in zip(PLACES, itertools.cycle(CHANGES), strict=False):
        assert undone(change, number, column, value) == ("changed", number), column


def test_100_deleted_rows_are_found_and_named(chained):
    def delete(number):
        raw("DELETE FROM kit_journalentry WHERE organisation = %s AND number = %s", US, number)

    assert [undone(delete, number) for number in PLACES] == [("deleted", number) for number in PLACES]


def shift(above, by):
    move = "UPDATE kit_journalentry SET number = number + %s WHERE organisation = %s AND number > %s"
    raw(move, 1_000_000, US, above)
    raw(move, by - 1_000_000, US, 1_000_000)


def test_100_rows_deleted_and_the_rest_numbered_anew_are_found_and_named(chained):
    def delete(number):
        raw("DELETE FROM kit_journalentry WHERE organisation = %s AND number = %s", US, number)
        shift(number, -1)

    places = [number for number in PLACES if number < ENTRIES - 1]
    assert [undone(delete, number) for number in places] == [("deleted", number) for number in places]


def insert(number, *, sound):
    """A row that never was: a copy of its neighbour, with a digest that fits or with one that does not."""
    shift(number - 1, 1)
    entry = JournalEntry.objects.get(organisation=US, number=number + 1)
    entry.pk, entry.number, entry.about = None, number, "person:666"
    before = JournalEntry.objects.filter(organisation=US, number=number - 1).first()
    entry.digest = chain.digest(before.digest if before else chain.BEGINNING, entry) if sound else "2" * 64
    entry.save(force_insert=True)


def test_100_inserted_rows_are_found_and_named(chained):
    for number, sound in zip(PLACES, itertools.cycle((True, False)), strict=False):
        assert undone(lambda number=number, sound=sound: insert(number, sound=sound)) == ("inserted", number)


def test_100_reordered_rows_are_found_and_named(chained):
    def swap(one, other):
        place = "UPDATE kit_journalentry SET number = %s WHERE organisation = %s AND number = %s"
        for new, old in ((1_000_000, one), (one, other), (other, 1_000_000)):
            raw(place, new, US, old)

    dice = random.Random(1122)
    pairs = [(number, number + 1) for number in range(1, 21)]
    pairs += [tuple(sorted(dice.sample(range(1, ENTRIES + 1), 2))) for _ in range(80)]
    for one, other in pairs:
        assert undone(swap, one, other) == ("reordered", one), other


# --- the end and the beginning -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [0, 1, 60, ENTRIES - 1])
def test_a_journal_that_was_cut_at_its_end_is_found(chained, left):
    raw("DELETE FROM kit_journalentry WHERE organisation = %s AND number > %s", US, left)
    assert found() == ("deleted", left + 1)


@pytest.mark.parametrize("left", [0, 60, ENTRIES - 1])
def test_a_cut_with_a_mended_head_is_found_by_its_seal(chained, left):
    """Whoever can write rows can also compute digests; the key is not in the database."""
    raw("DELETE FROM kit_journalentry WHERE organisation = %s AND number > %s", US, left)
    last = JournalEntry.objects.filter(organisation=US, number=left).values_list("digest", flat=True).first()
    raw("UPDATE kit_journalhead SET number = %s, digest = %s WHERE organisation = %s", left, last or "0" * 64, US)
    assert found() == ("head", left)


def test_a_chain_written_anew_is_found_by_its_seal(chained):
    before = chain.BEGINNING
    for entry in JournalEntry.objects.filter(organisation=US).order_by("number"):
        entry.about, entry.digest = "person:666", ""
        entry.digest = before = chain.digest(before, entry)
        entry.save()
    raw("UPDATE kit_journalhead SET digest = %s WHERE organisation = %s", before, US)
    assert found() == ("head", ENTRIES)


def test_a_head_that_points_elsewhere_or_is_gone_is_found(chained):
    def point(digest):
        raw("UPDATE kit_journalhead SET digest = %s WHERE organisation = %s", digest, US)

    assert undone(point, "3" * 64) == ("head", ENTRIES)
    raw("DELETE FROM kit_journalhead WHERE organisation = %s", US)
    assert found() == ("head", 1)


def test_the_seal_of_another_installation_is_found(chained, settings, tmp_path):
    assert journal.unsealed() == 0
    settings.KEYS = tmp_path / "other"
    assert found() == ("head", ENTRIES)
    assert journal.unsealed() == 2
    journal.seal_anew()
    assert (found(), journal.unsealed()) == (None, 0)


def test_a_row_behind_the_end_is_found(chained):
    JournalEntry.objects.filter(organisation=THEM, number=5).update(organisation=US, number=ENTRIES + 1)
    assert found() == ("inserted", ENTRIES + 1)
    assert found(THEM) == ("deleted", 5)


def test_journals_do_not_touch_one_another(chained):
    raw("DELETE FROM kit_journalentry WHERE organisation = %s AND number = 3", US)
    assert journal.organisations() == [US, THEM]
    assert (found(), found(THEM)) == (("deleted", 3), None)
    assert journal.verify(4711) == journal.Verdict(4711, 0, None)


# --- erasing -------------------------------------------------------------------------------------------------------------------


def payloads():
    return dict(JournalEntry.objects.filter(organisation=US).order_by("number").values_list("number", "payload"))


def test_erased_details_are_gone_and_the_chain_holds(db):
    write(4, about="person:1", payload={"name": "Grace Mensah"})
    write(3, about="person:2", payload={"name": "Owen Bevan"})
    assert journal.erase(US, about="person:1", by=9) == 4
    assert [number for number, payload in payloads().items() if payload is None] == [1, 2, 3, 4]
    record = JournalEntry.objects.get(organisation=US, number=8)
    assert (record.deed, record.about, record.by) == ("kit.details_erased", "entries:1-4", 9)
    assert not JournalEntry.objects.filter(number__lte=4).exclude(salt="").exists()
    assert found() is None
    assert journal.erase(US, about="person:1", by=9) == 0
    assert JournalEntry.objects.filter(organisation=US).count() == 8


def test_erasing_by_number_and_by_age(db, time_machine):
    time_machine.move_to(timezone.now() - datetime.timedelta(days=400), tick=False)
    write(5)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=400), tick=False)
    write(5)
    year_ago = timezone.now() - datetime.timedelta(days=365)
    assert journal.erase(US, numbers=[1, 2, 7, 9, 4711], by=None) == 4
    assert JournalEntry.objects.get(organisation=US, number=11).about == "entries:1-2,7-7,9-9"
    assert journal.erase(US, before=year_ago, by=None) == 3
    assert found() is None
    with pytest.raises(ValueError, match="Say which entries"):
        journal.erase(US, by=None)


def test_a_person_is_erased_from_every_journal(db):
    write(2, about="person:1")
    write(2, THEM, about="person:1")
    write(2, THEM, about="person:2")
    assert journal.erase_everywhere("person:1", by=None) == 4
    assert (found(), found(THEM)) == (None, None)
    assert JournalEntry.objects.filter(payload__isnull=False, about="person:1").count() == 0


def test_many_erased_entries_are_told_of_in_several_records(db):
    write(10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alongside.kit.journal.forgetting.RANGES", 2)
        assert journal.erase(US, numbers=[1, 3, 5, 7, 9], by=None) == 5
    told = JournalEntry.objects.filter(deed="kit.details_erased").order_by("number").values_list("about", flat=True)
    assert list(told) == ["entries:1-1,3-3", "entries:5-5,7-7", "entries:9-9"]
    assert found() is None


@pytest.mark.parametrize("said", [None, 3, 100, 121, 122])
def test_an_erasure_that_nobody_recorded_is_found(chained, said):
    """Also one that names as its record an earlier entry, one that is no erasure, or the record of another erasure."""
    journal.erase(US, numbers=[50], by=None)
    journal.erase(US, numbers=[51], by=None)
    raw(
        "UPDATE kit_journalentry SET payload = NULL, salt = '', erased_by = %s WHERE organisation = %s AND number = 70",
        said,
        US,
    )
    assert found() == ("erased", 70)


def test_an_erasure_cannot_be_recorded_afterwards_by_changing_a_record(chained):
    journal.erase(US, numbers=[50], by=None)
    raw(
        "UPDATE kit_journalentry SET payload = NULL, salt = '', erased_by = 121 WHERE organisation = %s AND number = 70",
        US,
    )
    raw("UPDATE kit_journalentry SET about = 'entries:50-50,70-70' WHERE organisation = %s AND number = 121", US)
    assert found() == ("changed", 121)


# --- pruning -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def aged(db, time_machine):
    """Ten entries of each of four days."""
    days = [datetime.datetime(2026, 3, day, 12, tzinfo=datetime.UTC) for day in (1, 2, 3, 4)]
    for day in days:
        time_machine.move_to(day, tick=False)
        write(10)
    return [day.date() for day in days]


def test_pruning_leaves_an_anchor_from_which_the_chain_goes_on(aged):
    assert journal.prune(US, before=aged[1], by=9) == 10
    assert journal.verify(US) == journal.Verdict(US, 31, None)
    assert journal.prune(US, before=aged[1], by=9) == 0
    assert journal.prune(US, before=aged[3], by=9) == 20
    assert list(JournalAnchor.objects.order_by("number").values_list("number", "count")) == [(10, 10), (30, 20)]
    numbers = JournalEntry.objects.filter(organisation=US).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(31, 43))
    last = JournalEntry.objects.get(number=42)
    assert (last.deed, last.by, last.payload) == ("kit.journal_pruned", 9, {"before": "2026-03-04", "entries": 20})
    write(3)
    assert found() is None


def test_a_whole_journal_may_be_pruned(aged):
    assert journal.prune(US, before=datetime.date(2027, 1, 1)) == 40
    assert journal.verify(US) == journal.Verdict(US, 1, None)


def test_entries_removed_without_an_anchor_or_with_a_forged_one_are_found(aged):
    raw("DELETE FROM kit_journalentry WHERE organisation = %s AND number <= 10", US)
    assert found() == ("deleted", 1)
    last = JournalEntry.objects.filter(organisation=US).order_by("number").first()
    forged = JournalAnchor(organisation=US, number=10, digest=last.digest, count=10, before=aged[1], seal="4" * 64)
    forged.save()
    assert found() == ("anchor", 10)


def test_an_anchor_that_is_missing_and_an_entry_that_came_back_are_found(aged):
    kept = JournalEntry.objects.get(organisation=US, number=10)
    journal.prune(US, before=aged[1])
    journal.prune(US, before=aged[2])
    with transaction.atomic():
        kept.save(force_insert=True)
        assert found() == ("inserted", 10)
        transaction.set_rollback(True)
    JournalAnchor.objects.filter(number=10).delete()
    assert found() == ("anchor", 20)


def test_a_broken_journal_is_not_pruned(aged):
    raw("UPDATE kit_journalentry SET about = 'x' WHERE organisation = %s AND number = 4", US)
    with pytest.raises(Refused, match=r"broken.*entry 4 was changed"):
        journal.prune(US, before=aged[1])
    assert JournalEntry.objects.count() == 40


# --- appending -----------------------------------------------------------------------------------------------------------------


def test_a_deed_that_nobody_announced_is_refused(db):
    with pytest.raises(LookupError, match=r"tests\.unheard_of"):
        journal.record(US, "tests.unheard_of", by=None)
    assert not JournalHead.objects.exists()


def test_a_payload_reads_back_as_it_was_sealed(db):
    journal.record(US, TRIED, by=None, payload={"b": (1, 2), "a": {"ü": [None, True, 1.5]}, 10: "ten", 9: "nine"})
    assert found() is None
    assert JournalEntry.objects.get().payload == {"b": [1, 2], "a": {"ü": [None, True, 1.5]}, "10": "ten", "9": "nine"}


def test_what_is_undone_leaves_no_entry(db):
    write(2)
    with transaction.atomic():
        write(2)
        transaction.set_rollback(True)
    assert journal.verify(US) == journal.Verdict(US, 2, None)


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_append_without_gap():
    together(20, lambda number: write(5, about=f"thread:{number}"))
    assert journal.verify(US) == journal.Verdict(US, 100, None)
    numbers = JournalEntry.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 101))


APPEND = """
import sys, django; django.setup()
from alongside.kit import journal
deed = journal.deed("tests.tried", "Something tried")
print("ready", flush=True); sys.stdin.readline()
for number in range(40): journal.record(41, deed, by=None, payload={"n": number})
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_append_without_gap():
    connection.close()
    hands = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND],
            cwd=Path(__file__).parents[2],
            env=worlds.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [hand.stdout.readline() for hand in hands] == ["ready\n"] * 2
    for hand in hands:
        hand.communicate("go\n")
    assert [hand.returncode for hand in hands] == [0, 0]
    assert journal.verify(US) == journal.Verdict(US, 80, None)


@pytest.mark.django_db(transaction=True)
def test_reading_while_others_append_finds_no_fault():
    write(50)

    def work(number):
        return [journal.verify(US).fault for _ in range(5)] if number == 0 else write(10)

    assert together(4, work)[0] == [None] * 5


# --- reading ------------------------------------------------------------------------------------------------------------------


def test_a_long_journal_is_read_in_bounded_memory(db, monkeypatch):
    """Four times as many entries take no more memory."""
    monkeypatch.setattr(checking, "BATCH", 100)

    def peak():
        tracemalloc.start()
        assert found() is None
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    write(300)
    short = peak()
    write(900)
    assert peak() < short * 1.5


def test_the_doctor_says_whether_journals_are_whole(chained):
    assert "2 journals, 125 entries: each follows from the one before." in _said()
    raw("DELETE FROM kit_journalentry WHERE organisation = %s AND number = 7", US)
    assert "Entry 7 is missing" in _said()


def _said():
    (finding,) = [finding for finding in doctor.run() if finding.name == "Journal"]
    assert finding.ok == ("follows" in finding.text)
    return finding.text
