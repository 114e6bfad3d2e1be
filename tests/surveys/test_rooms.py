"""The open door of a hall: capped, ten for everything, apart from every other pulse, and gone at its close."""

from __future__ import annotations

import datetime
import json
import random
import re
import threading
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_ox.testing import run_tasks

from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network.models import School
from alongside.surveys import actions, budget, compare, outlook, reads
from alongside.surveys.accept import Closed, Spent, Unknown
from alongside.surveys.actions.fitting import asked_schools
from alongside.surveys.actions.rooms import LASTS
from alongside.surveys.models import (
    BlockTally,
    Change,
    Owed,
    Release,
    Room,
    RoomAnswer,
    RoomPass,
    RoomRelease,
    RosterEntry,
    SealedAnswer,
    SealedRoomAnswer,
    Series,
    Ticket,
    Wave,
)
from alongside.surveys.rooms import closing, door, released, taking
from tests import make
from tests.surveys import halls, worlds
from tests.surveys.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(db):
    return worlds.network_of({"X": {"A": 12, "B": 12}})[0]


@pytest.fixture
def officer(network):
    return make.officer(network)


@pytest.fixture
def room(network, officer):
    return halls.opened(network, officer)


@pytest.fixture
def phone():
    return Client()


def document(room):
    return json.loads(RoomRelease.objects.get(room=room).document)


# --- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("present", [-1, 0, 9, 5001])
def test_a_room_of_fewer_than_ten_or_of_a_whole_town_is_not_opened(network, officer, present):
    with pytest.raises(Refused):
        halls.opened(network, officer, present)
    assert Room.objects.count() == 0


def test_the_same_pulse_is_not_asked_in_a_room_again_for_a_fortnight(network, officer, time_machine):
    """Attack: 24 people, close, one more comes in, 25 people: the difference is that one, in whatever gathering it is named."""
    halls.closed(
        actions.open_room(network, "lead", 12, by=officer)
    )  # a wrong count: nothing was shown, so it may be again
    first = actions.open_room(network, "lead", 30, by=officer)
    with pytest.raises(Conflict, match="being asked in a room already"):
        actions.open_room(network, "lead", 31, by=officer)
    halls.answer(first, [4] * 24)
    halls.closed(first)
    with pytest.raises(Conflict, match="two weeks after that"):
        actions.open_room(network, "lead", 31, by=officer)
    assert actions.open_room(network, "well", 31, by=officer).accepts
    time_machine.move_to(timezone.now() + datetime.timedelta(days=14, minutes=1))
    assert actions.open_room(network, "lead", 31, by=officer).accepts


def test_a_session_that_is_being_counted_was_asked(network, officer):
    """Between the close and its release nobody knows yet whether it showed anything."""
    room = actions.open_room(network, "lead", 30, by=officer)
    closing.shut(room.pk, timezone.now(), officer)
    with pytest.raises(Conflict, match="two weeks after that"):
        actions.open_room(network, "lead", 31, by=officer)


def test_a_room_makes_no_series_no_wave_no_ticket_and_no_roster(room):
    assert [model.objects.count() for model in (Series, Wave, Ticket, RosterEntry)] == [0, 0, 0, 0]


def test_a_room_asks_at_most_six_statements_once(room):
    assert (len(room.items), len(set(room.items))) == (6, 6)


def test_codes_have_no_look_alikes_and_are_the_rooms_own(network, officer):
    found = {halls.opened(network, officer).code for _ in range(20)}
    assert len(found) == 20
    assert all(re.fullmatch(r"[2-9ACDEFGHJKMNPQRTVWXY]{6}", code) for code in found)


def test_a_code_that_is_taken_is_made_again(network, officer, monkeypatch):
    first = halls.opened(network, officer)
    codes = iter([first.code, first.code, "AC23EF"])
    monkeypatch.setattr(door, "new_code", lambda: next(codes))
    assert halls.opened(network, officer).code == "AC23EF"


# --- one answer for each form, and no more than people are present -------------------------------------------------------


def test_a_phone_answers_without_a_cookie(room, phone):
    page = phone.get(f"/r/{room.code}")
    number = re.search(r'name="number" value="(\w+)"', page.content.decode())[1]
    thanks = phone.post(f"/r/{room.code}", halls.sent(room) | {"number": number})
    assert (page.status_code, thanks.status_code) == (200, 200)
    assert "Your answers are in" in thanks.content.decode()
    assert (dict(phone.cookies), page.headers["Cache-Control"]) == ({}, "no-store")
    (stored,) = RoomAnswer.objects.all()
    assert stored.ratings == halls.row(room)


def test_looking_stores_nothing(room, phone):
    for _ in range(3):
        phone.get(f"/r/{room.code}")
        phone.head(f"/r/{room.code}")
    room.refresh_from_db()
    assert (RoomPass.objects.count(), RoomAnswer.objects.count(), room.taken) == (0, 0, 0)


def test_each_opening_of_the_page_carries_another_number(room, phone):
    numbers = {re.search(rb'name="number" value="(\w+)"', phone.get(f"/r/{room.code}").content)[1] for _ in range(8)}
    assert len(numbers) == 8


def test_the_same_form_twice_is_one_answer_and_says_so(room, phone):
    form = halls.sent(room)
    first, second = (phone.post(f"/r/{room.code}", form) for _ in range(2))
    assert "Your answers are in" in first.content.decode()
    assert "This form was sent before" in second.content.decode()
    room.refresh_from_db()
    assert (RoomAnswer.objects.count(), room.taken) == (1, 1)


def test_no_more_answers_are_taken_than_people_are_present(network, officer, phone):
    room = halls.opened(network, officer, 10)
    halls.answer(room, [4] * 10)
    refused = phone.post(f"/r/{room.code}", halls.sent(room))
    assert refused.status_code == 409
    assert "As many people have answered as are present" in refused.content.decode()
    assert RoomAnswer.objects.count() == 10


def test_looking_again_and_again_tells_nobody_how_many_have_answered(network, officer, phone):
    """Attack: with fewer than 20 present no count is shown; a page that said “full” before anybody sends would give it."""
    room = halls.opened(network, officer, 10)
    seen = set()
    for answers in (0, 1, 8, 1):
        halls.answer(room, [4] * answers)
        for asked in (
            phone.get(f"/r/{room.code}"),
            phone.post(f"/r/{room.code}", {"number": door.new_number(room.pk)}),
        ):
            seen.add((asked.status_code, re.sub(rb'name="number" value="\w+"', b"", asked.content)))
    assert sorted(status for status, _ in seen) == [200, 422]


def test_the_form_says_how_many_were_counted_so_that_whoever_sees_fewer_need_not_answer(network, officer, phone):
    page = phone.get(f"/r/{halls.opened(network, officer, 13).code}").content.decode()
    assert "Whoever runs this room counted 13 people. If you see fewer, do not answer" in page


def test_a_form_that_was_sent_is_known_also_when_the_room_is_full(network, officer):
    room = halls.opened(network, officer, 10)
    number = door.new_number(room.pk)
    taking.take(room.pk, number, halls.row(room))
    halls.answer(room, [4] * 9)
    with pytest.raises(Spent):
        taking.take(room.pk, number, halls.row(room))


def test_the_database_keeps_the_cap(room):
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.filter(pk=room.pk).update(taken=room.present + 1)


def test_a_form_of_another_room_is_refused_with_a_way_on(network, officer, room, phone):
    other = halls.opened(network, officer)
    page = phone.post(f"/r/{room.code}", halls.sent(other))
    assert page.status_code == 422
    assert "This form belongs to another room" in page.content.decode()
    assert f'href="/r/{room.code}"' in page.content.decode()
    assert RoomAnswer.objects.count() == 0


@pytest.mark.parametrize("number", ["", "x", "0" * 64, "²" * 64, "\0" * 64, "\ud800" * 3, "9" * 20_000])
def test_a_made_up_number_opens_nothing(room, number):
    with pytest.raises(Unknown):
        taking.take(room.pk, number, halls.row(room))


@pytest.mark.parametrize("code", ["AC23EE", "x", "²²²²²²", "%00%00", "a" * 3000, "AC23EF?in=zz"])
def test_a_code_that_nobody_knows_has_its_page(room, phone, code):
    assert phone.get(f"/r/{code}").status_code == 404
    assert phone.post(f"/r/{code}", halls.sent(room)).status_code == 404
    assert phone.get(f"/r/{code}/results").status_code == 404


def test_a_code_typed_in_small_letters_with_a_look_alike_opens_the_room(room, phone):
    Room.objects.filter(pk=room.pk).update(code="A8QEFG")
    assert phone.get("/r/aboefg").status_code == 200


def test_what_was_left_out_is_asked_about_once_and_the_form_keeps_its_number(room, phone):
    form = halls.sent(room)
    left_out = {key: value for key, value in form.items() if key != room.items[2]}
    page = phone.post(f"/r/{room.code}", left_out)
    assert page.status_code == 422
    assert f'value="{form["number"]}"' in page.content.decode()
    assert RoomAnswer.objects.count() == 0
    assert phone.post(f"/r/{room.code}", left_out | {"sure": "1"}).status_code == 200
    assert len(RoomAnswer.objects.get().ratings) == 5


def test_the_page_of_a_phone_is_light_and_asks_for_two_things(room, phone):
    page = phone.get(f"/r/{room.code}", headers={"accept-encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) < 8_000
    plain = phone.get(f"/r/{room.code}").content.decode()
    assert len(re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="/', plain)) == 2  # a sheet and a script
    assert "style=" not in plain
    assert not re.search(r"<script(?![^>]*src)", plain)


def test_the_form_says_what_is_true_of_an_open_door(room, phone):
    page = phone.get(f"/r/{room.code}").content.decode()
    for sentence in (
        "Confidential until the room closes, anonymous after.",
        "only if 10 or more answer",
        "As many answers are taken as people are present, so please answer once.",
        "Never used for appraisal, pay or competence.",
        "After you send, nobody, you included, can find, change or delete your answers.",
    ):
        assert sentence in page
    assert "textarea" not in page


@pytest.mark.django_db(transaction=True)
def test_a_hundred_posts_of_one_form_at_once_store_one_answer(client):
    network, _, _ = worlds.network_of({"X": {"A": 12, "B": 12}})
    room = halls.opened(network, make.officer(network))
    form = halls.sent(room)
    pages = together(60, lambda number: client.post(f"/r/{room.code}", form).content.decode())
    assert sum("Your answers are in" in page for page in pages) == 1
    assert sum("This form was sent before" in page for page in pages) == 59
    assert (RoomAnswer.objects.count(), Room.objects.get().taken) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_phones_that_race_for_the_last_places_never_overfill_the_room():
    network, _, _ = worlds.network_of({"X": {"A": 12, "B": 12}})
    room = halls.opened(network, make.officer(network), 12)

    def one(number):
        try:
            halls.answer(room, [4])
        except taking.Full:
            return 0
        return 1

    assert sum(together(40, one)) == 12
    assert (RoomAnswer.objects.count(), Room.objects.get().taken) == (12, 12)


# --- how far it is (R8) -------------------------------------------------------------------------------------------------


def screen(room, person):
    browser = Client()
    browser.force_login(person)
    return browser.get(f"/n/{room.organisation.slug}/rooms/{room.pk}/").content.decode()


def told(page):
    found = re.search(r'class="hall-score"><b>(\d+)</b>', page)
    return int(found[1]) if found else None


def test_progress_moves_in_fives_and_never_faster_than_every_ten_seconds(network, officer, time_machine):
    room, start, seen = halls.opened(network, officer, 40), timezone.now(), []
    for second in range(31):
        time_machine.move_to(start + datetime.timedelta(seconds=second), tick=False)
        halls.answer(room, [4])  # one each second
        seen.append(told(screen(room, officer)))
    assert seen == [0] * 10 + [10] * 10 + [20] * 10 + [30]


def test_with_fewer_than_twenty_present_nothing_is_counted(network, officer):
    room = halls.opened(network, officer, 19)
    halls.answer(room, [4] * 15)
    page = screen(room, officer)
    assert told(page) is None
    assert "hx-get" not in page.partition('id="main"')[2]
    far = re.search(r'id="far".*?</div>', page, re.S)[0]
    assert re.findall(r"\d+", far) == ["19"]


def test_nobody_sees_a_result_while_it_is_open(room, officer, phone):
    halls.answer(room, [5] * 25)
    waiting = phone.get(f"/r/{room.code}/results")
    assert waiting.status_code == 202
    assert "of 100" not in waiting.content.decode()
    assert "of 100" not in screen(room, officer)
    assert RoomRelease.objects.count() == 0


# --- the close ----------------------------------------------------------------------------------------------------------


def test_closing_early_shows_everybody_the_results_at_once(room, officer, phone):
    halls.answer(room, [5] * 12 + [1] * 8)
    actions.close_room(room, officer)
    page, seen = screen(room, officer), phone.get(f"/r/{room.code}/results")
    assert seen.status_code == 200
    assert "Answered in the room on" in page
    assert "20 of 30 people answered" in page
    assert "20 of 30 people answered" in seen.content.decode()
    assert [told(page)] == [60]  # 12 × 100 of 20
    assert "60 of 100" in seen.content.decode()
    assert phone.get(f"/r/{room.code}").url == f"/r/{room.code}/results"


@pytest.mark.parametrize(
    ("n", "answered", "score"), [(9, None, None), (10, "10", 60), (19, "19", 60), (20, "20", 58), (30, "30", 58)]
)
def test_everything_needs_ten_answers(network, officer, n, answered, score):
    room = halls.opened(network, officer, 40)
    halls.answer(room, [dict.fromkeys(room.items, 5 if index % 12 < 7 else 1) for index in range(n)])
    halls.closed(room)
    shown = document(room)
    assert shown["answered"] == answered
    if score is None:
        assert all(item["score"] is None and item["shares"] is None for item in shown["items"])
    else:
        assert all(item["score"] is not None and len(item["shares"]) == 5 for item in shown["items"])


def test_ten_to_nineteen_answers_are_rounded_to_fives_within_the_ends(network, officer):
    room = halls.opened(network, officer, 40)
    halls.answer(room, [5] * 15)
    halls.closed(room)
    assert document(room)["items"][0] == {
        "id": room.items[0],
        "score": {"n": "15", "score": 95, "step": 5},
        "shares": [[5, "5% or less"], [5, "5% or less"], [5, "5% or less"], [5, "5% or less"], [95, "95% or more"]],
    }


def test_a_statement_that_fewer_than_ten_answered_is_hidden_alone(network, officer):
    room = halls.opened(network, officer, 40)
    first = room.items[0]
    rows = [{item: 4 if item != first or index < 9 else "x" for item in room.items} for index in range(20)]
    halls.answer(room, rows)
    halls.closed(room)
    found = released.of(room)
    assert [line.score for line in found.lines] == [None, 75, 75, 75, 75, 75]
    assert found.lines[0].shares == []


def test_too_few_answers_say_so_and_why_and_none_is_kept(room, officer, phone):
    halls.answer(room, [1] * 9)
    halls.closed(room)
    for page in (screen(room, officer), phone.get(f"/r/{room.code}/results").content.decode()):
        assert "single answers could be worked out" in page
        assert "were deleted" in page
        assert "of 100" not in page
        assert not re.search(r"\b9\b", re.sub(r"<svg.*?</svg>|\d+ November \d+|<[^>]*>", "", page, flags=re.S))
    assert (SealedRoomAnswer.objects.count(), RoomAnswer.objects.count()) == (0, 0)


def test_an_answer_one_second_late_is_told_that_the_room_has_closed(room, phone, time_machine):
    form = halls.sent(room)
    time_machine.move_to(room.closes_at + datetime.timedelta(seconds=1), tick=False)
    page = phone.post(f"/r/{room.code}", form)
    assert page.status_code == 410
    assert "This room has closed" in page.content.decode()
    assert RoomAnswer.objects.count() == 0


def test_a_form_that_was_open_at_the_close_is_not_stored(room, officer, phone):
    form = halls.sent(room)
    closing.shut(room.pk, timezone.now(), officer)
    assert phone.post(f"/r/{room.code}", form).status_code == 410
    with pytest.raises(Closed):
        taking.take(room.pk, form["number"], halls.row(room))
    closing.publish_release(room.pk)
    with pytest.raises(Closed):
        taking.take(room.pk, form["number"], halls.row(room))
    assert (RoomAnswer.objects.count(), RoomPass.objects.count()) == (0, 0)


def test_closing_twice_is_once(room, officer):
    halls.answer(room, [4] * 12)
    actions.close_room(room, officer)
    release = RoomRelease.objects.get(room=room)
    actions.close_room(room, officer)
    assert RoomRelease.objects.get(room=room) == release
    assert JournalEntry.objects.filter(deed="surveys.room_closed").count() == 1
    assert SealedRoomAnswer.objects.count() == 12


def test_a_worker_finishes_what_a_restart_interrupted(room, officer):
    halls.answer(room, [4] * 12)
    closing.shut(room.pk, timezone.now(), officer)  # and here the laptop's lid fell
    page = screen(room, officer)
    assert "The answers wait to be counted" in page
    assert "Show the results" in page
    actions.due_work()
    run_tasks()
    room.refresh_from_db()
    assert (room.state, room.taken, room.shown) == ("sealed", 0, 0)
    assert document(room)["answered"] == "12"


def test_a_room_closes_by_itself_after_two_hours(room, time_machine):
    halls.answer(room, [4] * 12)
    time_machine.move_to(room.opened_at + LASTS + datetime.timedelta(seconds=1))
    actions.due_work()
    run_tasks()
    room.refresh_from_db()
    assert (room.state, room.closed_at) == ("sealed", room.closes_at)


@pytest.mark.django_db(transaction=True)
def test_answers_that_race_with_the_close_are_counted_or_told_that_it_has_closed():
    network, _, _ = worlds.network_of({"X": {"A": 12, "B": 12}})
    officer = make.officer(network)
    room, some_are_in, shut = halls.opened(network, officer, 200), threading.Event(), threading.Event()

    def one(hand):
        if hand in (0, 1):  # two people press the button at once
            assert some_are_in.wait(30)
            actions.close_room(room, officer)
            shut.set()
            return 0
        taken = 0
        for turn in range(40):
            if turn == 39:
                assert shut.wait(30)
            try:
                halls.answer(room, [4])
            except Closed:
                return taken
            taken += 1
            if taken == 12:
                some_are_in.set()
        return taken

    acknowledged = sum(together(5, one))
    assert acknowledged >= 12
    assert document(room)["answered"] == str(acknowledged)
    assert SealedRoomAnswer.objects.count() == acknowledged
    assert RoomRelease.objects.count() == 1


def test_the_results_leave_the_phones_after_a_day(room, officer, phone, time_machine):
    halls.answer(room, [4] * 12)
    halls.closed(room)
    time_machine.move_to(room.closed_at + datetime.timedelta(hours=24, seconds=1))
    page = phone.get(f"/r/{room.code}/results")
    assert page.status_code == 410
    assert "no longer shown here" in page.content.decode()
    assert "of 100" not in page.content.decode()


# --- apart from everything else -----------------------------------------------------------------------------------------


def test_a_room_is_pooled_trended_owed_and_budgeted_with_nothing(network, officer):
    wave = make.open_wave(network, "lead")
    for school in network_schools(network):
        make.answer(wave, school, 12)
    make.close(wave)
    before = reads.wave_lines(network), Release.objects.get(wave=wave).document
    uses = budget.uses(network, asked_schools(network, None), datetime.date.today())
    owed = Owed.objects.count()
    room = halls.opened(network, officer)
    halls.answer(room, [1] * 20)
    halls.closed(room)
    compare.store(wave.pk)
    assert [line.wave for line in reads.wave_lines(network)] == [line.wave for line in before[0]]
    assert Release.objects.get(wave=wave).document == before[1]
    assert budget.uses(network, asked_schools(network, None), datetime.date.today()) == uses
    assert (Owed.objects.count(), BlockTally.objects.exclude(wave=wave).count()) == (owed, 0)
    assert not Change.objects.exclude(wave=wave).exists()
    assert (Series.objects.count(), Wave.objects.count()) == (1, 1)
    assert SealedAnswer.objects.count() == 24
    assert outlook.running(network) == []


def network_schools(network):
    return list(School.objects.in_network(network).order_by("pk"))


def test_the_release_names_no_school_and_no_breakdown(room):
    halls.answer(room, [4] * 20)
    halls.closed(room)
    assert set(document(room)) == {
        *("room", "instrument", "owner", "cluster", "opened_at", "closed_at", "k", "present", "answered", "items"),
    }


# --- nobody can tell whose -----------------------------------------------------------------------------------------------


def test_after_the_close_nothing_of_the_intake_is_left(room):
    numbers = [door.new_number(room.pk) for _ in range(20)]
    for number in numbers:
        taking.take(room.pk, number, halls.row(room))
    before = {bytes(key) for key in RoomAnswer.objects.values_list("key", flat=True)}
    halls.closed(room)
    after = {bytes(key) for key in SealedRoomAnswer.objects.values_list("key", flat=True)}
    assert (RoomPass.objects.count(), RoomAnswer.objects.count(), len(after)) == (0, 0, 20)
    assert before & after == set()
    assert room.taken == 0


def test_sealed_answers_stand_in_an_order_that_has_nothing_to_do_with_their_arrival(network, officer):
    """Each of 400 answers is told apart by its ratings; ranks of arrival and of storage are unrelated."""
    room, count = halls.opened(network, officer, 400), 400
    patterns = [{item: number // 5**place % 5 + 1 for place, item in enumerate(room.items)} for number in range(count)]
    halls.answer(room, patterns)
    halls.closed(room)
    order = ", ".join(f'"{name}"' for name in (["ctid"] if connection.vendor == "postgresql" else ["rowid"]))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ratings FROM surveys_sealedroomanswer ORDER BY {order.replace(chr(34), '')}")
        stored = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
    places = [patterns.index(ratings) for ratings in stored]
    assert sorted(places) == list(range(count))
    mean = (count - 1) / 2
    rho = sum((place - mean) * (index - mean) for index, place in enumerate(places)) / sum(
        (index - mean) ** 2 for index in range(count)
    )
    assert abs(rho) <= 0.2  # four standard deviations of a fair shuffle


def test_no_row_of_a_room_tells_who_when_or_from_where(room):
    assert [field.name for field in RoomAnswer._meta.concrete_fields] == ["room", "key", "organisation", "ratings"]
    assert [field.name for field in RoomPass._meta.concrete_fields] == ["room", "digest", "organisation"]
    assert [field.name for field in SealedRoomAnswer._meta.concrete_fields] == [
        "key",
        "organisation",
        "room",
        "ratings",
    ]


def test_a_sealed_answer_can_be_reached_from_no_other_row(room):
    for model in (RoomAnswer, RoomPass, SealedRoomAnswer):
        for field in model._meta.concrete_fields:
            assert not field.related_model or field.remote_field.hidden, f"{model.__name__}.{field.name}"


def test_the_journal_names_the_deeds_and_no_figure(room, officer):
    halls.answer(room, [4] * 17)
    halls.closed(room)
    lines = JournalEntry.objects.filter(about=f"room:{room.pk}").order_by("pk")
    assert [line.deed for line in lines] == ["surveys.room_opened", "surveys.room_closed"]
    assert all("17" not in json.dumps(line.payload) for line in lines)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_no_byte_of_a_form_is_left_in_the_files_of_sqlite():
    network, _, _ = worlds.network_of({"X": {"A": 12, "B": 12}})
    room = halls.opened(network, make.officer(network), 60)
    numbers = [door.new_number(room.pk) for _ in range(60)]
    for number in random.sample(numbers, len(numbers)):
        taking.take(room.pk, number, halls.row(room))
    traces = [door.digest(number) for number in numbers] + [
        bytes(key) for key in RoomAnswer.objects.values_list("key", flat=True)
    ]
    files = [Path(connection.settings_dict["NAME"] + ending) for ending in ("", "-wal")]
    assert any(trace in file.read_bytes() for file in files for trace in traces)
    halls.closed(room)
    assert not any(trace in file.read_bytes() for file in files for trace in traces)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_the_partitions_of_a_room_go_with_its_close():
    network, _, _ = worlds.network_of({"X": {"A": 12, "B": 12}})
    room = halls.opened(network, make.officer(network), 60)
    halls.answer(room, [4] * 30)

    def partitions():
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE %s", [f"surveys_room%_r{room.pk}"])
            return {name for (name,) in cursor.fetchall()}

    assert partitions() == {f"surveys_roompass_r{room.pk}", f"surveys_roomanswer_r{room.pk}"}
    halls.closed(room)
    assert partitions() == set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM surveys_sealedroomanswer WHERE room_id = %s", [room.pk])
        assert cursor.fetchone() == (1,)
