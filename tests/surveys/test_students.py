"""Students and parents: nobody on a list, slips for each class, groups of ten, and no free text (R9)."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_ox.testing import run_tasks

from alongside.kit.documents import pdf
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network.models import School
from alongside.surveys import actions, asked_again, check, codes, handouts, reads, releases, restoring, tickets
from alongside.surveys.accept import accept
from alongside.surveys.audiences import audience
from alongside.surveys.instruments import STUDENT_SCALE, instrument
from alongside.surveys.models import (
    Answer,
    BlockTally,
    Comment,
    RosterEntry,
    Round,
    SealedAnswer,
    SlipSheet,
    Ticket,
    Wave,
)
from tests import make
from tests.surveys import audience_worlds, slips
from tests.surveys.audience_worlds import opened, schools_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(monkeypatch):
    """Sheets are not drawn: what would be drawn is the file."""
    monkeypatch.setattr(pdf, "pages", lambda html: html.encode())


@pytest.fixture
def world(db):
    found, _ = schools_of({"A": {"L": 1, "T": 12}, "B": {"T": 12}})
    opened(found, "coh", audience="students")
    return found


@pytest.fixture
def head(world):
    return make.leader(world.schools["A"])


@pytest.fixture
def chair(world):
    return make.chair(world.clusters["X"])


def class_of(world, head, chair, count, group="7B", school="A"):
    """The tokens of a class's slips."""
    sheet = actions.order_slips(world.wave, world.schools[school], count, head, group)
    actions.decide_slips(sheet, chair, confirmed=True)
    run_tasks()
    sheet.refresh_from_db()
    assert sheet.state == SlipSheet.State.READY
    return slips.tokens_of(sheet)


def page_of(world, person, rest=""):
    client = Client()
    client.force_login(person)
    return client.get(f"/n/{world.network.slug}/waves/{world.wave.pk}/{rest}").content.decode()


# --- asking and opening -----------------------------------------------------------------------------------------------------


def test_it_opens_with_nobody_on_a_list_and_sends_nothing(world):
    wave = world.wave
    assert (wave.state, wave.invited, wave.k_scores, wave.k_shares) == (Wave.State.OPEN, 0, 10, 10)
    assert not RosterEntry.objects.exists()
    assert not Ticket.objects.exists()
    actions.send_invitations(wave.pk)
    Wave.objects.filter(pk=wave.pk).update(opens_at=timezone.now() - 6 * make.DAY)
    actions.send_rounds(wave.pk)
    assert mail.outbox == []
    assert not Round.objects.exists()


@pytest.mark.parametrize(("roll", "fits"), [(4, False), (5, True), (None, False)])
def test_fewer_than_ten_on_the_rolls_cannot_be_asked(db, roll, fits):
    found, _ = schools_of({"A": {}, "B": {}})
    School.objects.update(roll=roll)
    School.objects.filter(name="School Z").update(roll=0)
    member = make.membership(make.officer(found.network), found.network)
    told = check.check(
        found.network, None, instrument("coh"), timezone.localdate(), member, audience=audience("students")
    )
    assert (told.refused, told.people) == (not fits, 2 * (roll or 0))
    if fits:
        wave = actions.ask(found.network, "coh", timezone.now(), timezone.now() + 7 * make.DAY, audience="students")
        School.objects.filter(name="School A").update(roll=4)
        actions.open_wave(wave.pk)
        wave.refresh_from_db()
        assert wave.state == Wave.State.PLANNED
        return
    said = "A pulse needs at least 10 students over all its schools; the register counts"
    assert told.few.startswith(said)
    with pytest.raises(Refused, match=said):
        opened(found, "coh", audience="students")


def test_the_check_counts_in_tens_and_offers_no_box(db):
    found, _ = schools_of({"A": {}, "B": {}})
    School.objects.filter(name="School B").update(roll=9)
    member = make.membership(make.officer(found.network), found.network)
    told = check.check(
        found.network, None, instrument("coh"), timezone.localdate(), member, audience=audience("students")
    )
    assert told.notes[0].startswith("Too few to count anywhere, even if everybody answers: School B.")
    School.objects.filter(name="School A").update(roll=9)
    told = check.check(
        found.network, None, instrument("coh"), timezone.localdate(), member, audience=audience("students")
    )
    assert told.notes[0].startswith(
        "No figures of their own, since fewer than ten are asked there: School A and School B."
    )
    assert told.notes[-1] == "No comment box is offered to students."


# --- slips for each class ---------------------------------------------------------------------------------------------------


def test_every_class_waits_for_a_second_person_and_counts_as_many_as_its_roll(world, head, chair, plain):
    sheet = actions.order_slips(world.wave, world.schools["A"], 1, head, "7B")
    assert sheet.state == SlipSheet.State.WAITING
    with pytest.raises(Refused, match="A second person confirms"):
        actions.decide_slips(sheet, head, confirmed=True)
    actions.decide_slips(sheet, chair, confirmed=True)
    run_tasks()
    class_of(world, head, chair, 28, "7C")
    world.wave.refresh_from_db()
    row = world.wave.schools.get(school=world.schools["A"])
    assert (world.wave.invited, row.invited, row.by_slip) == (29, 29, 29)
    assert Ticket.objects.filter(wave=world.wave.pk, audience="students", category="").count() == 29


def test_many_classes_are_under_way_at_once_and_each_only_once(world, head, chair, plain):
    at = world.schools["A"]
    for group in ("7A", "7B", "8A"):
        actions.order_slips(world.wave, at, 25, head, group)
    with pytest.raises(Refused, match=r"7b has its slips in this pulse already\. If some are missing, ask"):
        actions.order_slips(world.wave, at, 25, head, "7b")
    with pytest.raises(Refused, match="Say which class these slips are for"):
        actions.order_slips(world.wave, at, 25, head)
    shown = page_of(world, head, f"schools/{at.slug}/slips/")
    for words in ("7A: 25 slips wait", "8A: 25 slips wait", "the register counts 200 students", "has 75 slips"):
        assert words in shown
    assert actions.order_slips(world.wave, at, 3, head, "7B, more").state == SlipSheet.State.WAITING


def test_slips_of_staff_name_no_class(head, world):
    staff = opened(world)
    with pytest.raises(Refused, match="for the whole school, for no class"):
        actions.order_slips(staff, world.schools["A"], 1, head, "7B")


def test_the_form_asks_for_the_class_and_refuses_what_is_none(world, head, plain):
    client, at = Client(), world.schools["A"]
    client.force_login(head)
    address = f"/n/{world.network.slug}/waves/{world.wave.pk}/schools/{at.slug}/slips/"
    assert "Students on its roll" in client.get(address).content.decode()
    for bad in (
        {},
        {"group": "7B"},
        {"count": "28"},
        {"group": "x" * 41, "count": "28"},
        {"group": "\0", "count": "²"},
    ):
        assert client.post(address, bad).status_code == 400, bad
    assert client.post(address, {"group": "7B", "count": "28"}).status_code == 302
    assert SlipSheet.objects.get().group == "7B"


def test_both_people_and_the_class_stand_in_the_journal(world, head, chair, plain):
    class_of(world, head, chair, 12)
    found = JournalEntry.objects.filter(deed__startswith="surveys.slips").order_by("pk")
    assert [(entry.by, entry.payload["class"], entry.payload["slips"]) for entry in found] == [
        (head.pk, "7B", 12),
        (chair.pk, "7B", 12),
    ]


def test_the_sheet_names_the_class_and_no_answer_does(world, head, chair, plain):
    made = class_of(world, head, chair, 12)
    sheet = codes.sheet_path(world.wave.pk, SlipSheet.objects.get().pk).read_text()
    assert "12 slips for 7B, School A" in sheet
    accept(world.wave.pk, made[0], make.ratings(world.wave))
    assert "7B" not in str(Answer.objects.values().get())
    assert "7B" not in str(list(Ticket.objects.values()))


# --- answering --------------------------------------------------------------------------------------------------------------


def test_students_answer_on_their_own_scale_in_their_own_words(world, head, chair, plain):
    token = class_of(world, head, chair, 12)[0]
    address = f"/a/{world.wave.pk}/{token}"
    page = Client().get(address).content.decode()
    for _, label in STUDENT_SCALE:
        assert label in page
    assert "Strongly" not in page
    for there in ("No teacher and nobody else ever sees", "groups of 10 or more", "Tell an adult you trust today"):
        assert there in page
    for gone in ("appraisal", "<textarea", "comment"):
        assert gone not in page
    given = {item.id: "4" for item in world.wave.pulse.items}
    done = Client().post(address, given).content.decode()
    assert "The school sees the results of all together" in done
    assert "Tell an adult you trust" in done
    assert "colleague" not in done


def test_a_bank_of_ten_asks_six_of_them_and_turns(world):
    bank = instrument("coh")
    assert (bank.is_bank, len(bank.items), bank.asks) == (True, 10, 6)
    assert world.wave.items == list(bank.turn(1))
    assert {item for number in (1, 2) for item in bank.turn(number)} == {item.id for item in bank.items}
    assert all({"coh.4.student", "coh.8.student"} <= set(bank.turn(number)) for number in range(1, 6))
    assert bank.for_students
    assert [bank.item("coh.8.student").statement] == ["I feel that this is my school too."]


@pytest.mark.parametrize("key", ["students", "parents"])
def test_no_free_text_even_for_who_sends_some(tmp_path, db, plain, key):
    """A pulse with a comment box, and a form made by hand: nothing of it is stored."""
    pulse = audience_worlds.GOVERNING.replace('"governors", "parents"', f'"{key}"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audience_worlds, "GOVERNING", pulse)
        with audience_worlds.with_governing(tmp_path):
            found, _ = schools_of({"A": {"T": 2}})
            wave = opened(found, "gov", audience=key)
            head, chair = make.leader(found.schools["A"]), make.chair(found.clusters["X"])
            token = class_of(found, head, chair, 12)[0]
            assert "<textarea" not in Client().get(f"/a/{wave.pk}/{token}").content.decode()
            Client().post(f"/a/{wave.pk}/{token}", {"gov.1": "4", "comment": "I am afraid of Mr Smith", "sure": "1"})
            assert Answer.objects.count() == 1
            assert not Comment.objects.exists()


# --- closing ----------------------------------------------------------------------------------------------------------------


def test_nine_are_shown_nowhere_and_ten_are(world, head, chair, plain):
    for school, count in (("A", 10), ("B", 9)):
        leader = head if school == "A" else make.leader(world.schools["B"], "second@riverway.example")
        for token in class_of(world, leader, chair, 12, school=school)[:count]:
            accept(world.wave.pk, token, make.ratings(world.wave))
    make.close(world.wave)
    document = releases.of(world.wave)
    assert document.data["k_scores"] == 10
    assert document.score("coh.4.student", world.place("A")).n == "10"
    assert document.score("coh.4.student", world.place("B")) is None
    assert document.answered(world.place("B")) is None
    assert document.nowhere() == sorted([world.schools["B"].pk, world.schools["Z"].pk])
    assert set(BlockTally.objects.values_list("block", flat=True)) == {world.place("A")}
    assert SealedAnswer.objects.filter(school=None, pool="").count() == 9
    page = page_of(world, make.officer(world.network), "results/")
    for words in ("Scores from 0 (all no) to 100 (all yes)", "groups of ten or more people", "students, by slips"):
        assert words in page
    own = page_of(
        world, make.leader(world.schools["B"], "third@riverway.example"), f"schools/{world.schools['B'].slug}/"
    )
    assert "Fewer than ten people answered" in own


def test_pages_say_what_is_so_for_slips_alone(world, head, chair, plain):
    page = page_of(world, head)
    for words in ("Slips for 0 students are made so far", "no slips are made yet", "Each class has a sheet of slips"):
        assert words in page
    for words in ("letters are still", "reminds whoever", "Ask everyone again", "Colleagues without"):
        assert words not in page
    told = handouts.how_in(world.wave)
    assert told == "Type the code that is printed on your slip."
    slide = reads.wave_line(world.wave)
    assert slide.whom == "Riverway Trust, students"
    drawn = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "draw", lambda html: drawn.append(html) or b"")
        handouts.poster(world.wave)
    assert "groups of 10 or more" in drawn[0]
    assert "appraisal" not in drawn[0]


def test_staff_are_not_told_that_they_are_asked(world, head, chair, plain):
    class_of(world, head, chair, 12)
    open_to = reads.open_waves({world.network.pk}, [(world.schools["A"].pk, "teacher")])
    assert [(each.wave.pk, each.asks_me) for each in open_to] == [(world.wave.pk, False)]


def test_no_nudge_leaves_where_no_letter_did(world, head, chair, plain, monkeypatch):
    class_of(world, head, chair, 12)
    monkeypatch.setattr(asked_again, "no_nudge", lambda wave, days: "")  # as on a day on which a nudge may leave
    with pytest.raises(Refused, match="No letters are sent in this pulse, so none can leave again: its students have"):
        actions.nudge(world.wave, [world.schools["A"].pk], head)
    assert not Round.objects.exists()


def test_the_journal_says_who_was_asked(world):
    asked = JournalEntry.objects.get(deed="surveys.asked")
    assert asked.payload == {"pulse": "Our school, seen by students", "asked": "students"}


def test_nobody_is_added_to_it(world, head):
    with pytest.raises(Refused, match="Only people on this school’s staff list"):
        actions.add_people(world.wave, world.schools["A"], [head.pk], head)
    assert actions.can_be_added(world.wave, world.schools["A"]) == []
    assert actions.without_link(world.wave, world.schools["A"].pk) == 0


def test_a_restore_on_the_same_machine_leaves_its_slips_as_they_were(world, head, chair, plain):
    token = class_of(world, head, chair, 12)[0]
    assert restoring.settle() == []
    assert tickets.key_path(world.wave.pk).exists()
    accept(world.wave.pk, token, make.ratings(world.wave))
    codes.key_path(world.wave.pk).write_bytes(b"of another installation")
    restoring.settle()
    assert not tickets.key_path(world.wave.pk).exists()


def test_nothing_comes_of_a_pulse_without_slips(world):
    make.close(world.wave)
    assert releases.of(world.wave).answered("whole") is None
    with pytest.raises(Conflict):
        actions.order_slips(world.wave, world.schools["A"], 10, make.leader(world.schools["A"]), "7B")
