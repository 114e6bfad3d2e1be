"""Pulses that an organisation writes itself: asked, answered and shown like ours, and never those of anybody else."""

from __future__ import annotations

import datetime
import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network.models import Organisation
from alongside.surveys import actions, instruments, occasions, offered, retention, wording
from alongside.surveys.models import OwnInstrument, ReadFile, Series, Wave
from alongside.surveys.schooldays import after
from alongside.surveys.wording import Line, Wording
from tests import make
from tests.surveys import worlds
from tests.surveys.threads import together
from tests.surveys_of_ours import Asked, lss

pytestmark = pytest.mark.django_db

WORDS = Wording(
    "How we meet",
    "How were our meetings?",
    comment="What should change?",
    lines=(Line("Meetings begin on time.", "Time"), Line("Everyone who wants to speak can.")),
)


def many(count: int, always: int = 0) -> Wording:
    """A bank of so many statements, the first of them asked every time."""
    lines = tuple(Line(f"Statement number {n}.", f"About {n}", n <= always) for n in range(1, count + 1))
    return Wording("A bank", "How are things?", lines=lines)


@pytest.fixture
def world():
    network, clusters, schools = worlds.network_of({"X": {"A": 12, "B": 11}})
    return worlds.World(network, clusters, schools, None)


@pytest.fixture
def officer(world):
    client = Client()
    client.force_login(make.officer(world.network))
    return client


def here(world, path: str = "") -> str:
    return f"{world.network.get_absolute_url()}ask/pulses/{path}"


def written(world, words: Wording = WORDS) -> OwnInstrument:
    return actions.write_pulse(world.network, words, by=0)


# One id, one wording


def test_a_changed_wording_is_a_new_id_and_whoever_remembers_the_old_one_is_not_misled(world):
    """No cache is emptied on the way, as none is in another process."""
    own = written(world)
    before, code = instruments.instrument(own.code), own.code
    asked = instruments.asked(code, before.turn(1))
    own = actions.keep_wording(own, code, wording.without(WORDS, 0))
    assert own.code != code
    assert [item.statement for item in instruments.instrument(own.code).items] == ["Everyone who wants to speak can."]
    assert [item.statement for item in asked.items] == [line.statement for line in WORDS.lines]
    assert not OwnInstrument.objects.filter(code=code).exists()
    with pytest.raises(Conflict):
        actions.ask(world.network, code, timezone.now(), timezone.now() + 5 * make.DAY)


def test_keeping_the_same_wording_changes_no_id(world):
    own = written(world)
    assert actions.keep_wording(own, own.code, WORDS).code == own.code


def test_a_wording_that_was_asked_is_frozen_and_a_copy_is_another_pulse(world, officer):
    own = written(world)
    actions.ask(world.network, own.code, timezone.now() + make.DAY, timezone.now() + 6 * make.DAY)
    with pytest.raises(Refused, match="its wording stays as it is"):
        actions.keep_wording(own, own.code, wording.without(WORDS, 0))
    page = officer.get(here(world, f"{own.pk}/")).content.decode()
    assert ("Keep it and look" in page, "Write a copy to change" in page) == (False, True)
    response = officer.post(here(world), {"start": own.code})
    copy = OwnInstrument.objects.order_by("-pk")[0]
    assert response.url == here(world, f"{copy.pk}/")
    assert (copy.words.lines, copy.words.name) == (own.words.lines, "How we meet, our wording")
    assert not offered.was_asked(copy)


def test_a_rhythm_freezes_a_wording_too(world):
    own = written(world)
    turn = occasions.Turn("month", 1, 2, 5, datetime.date.today())
    actions.start(world.network, own.code, turn, cluster=None, by=make.officer(world.network))
    with pytest.raises(Refused, match="its wording stays as it is"):
        actions.keep_wording(own, own.code, wording.without(WORDS, 0))


def test_who_writes_at_the_same_time_as_another_is_told(world):
    own = written(world)
    seen = own.code
    actions.keep_wording(own, seen, wording.moved(WORDS, 0, 1))
    with pytest.raises(Conflict, match="A colleague has changed this pulse meanwhile"):
        actions.keep_wording(own, seen, wording.without(WORDS, 0))
    assert OwnInstrument.objects.get().words == wording.moved(WORDS, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_asking_and_changing_at_the_same_moment_never_ask_what_nobody_saw(world):
    """Whichever comes first: what is asked under an id is what stood there when it was chosen."""
    for _ in range(4):
        own = written(world)
        code, opens = own.code, timezone.now() + make.DAY

        def work(number: int, own=own, code=code, opens=opens) -> str:
            try:
                if number:
                    time.sleep(0.002)
                    actions.ask(world.network, code, opens, opens + 5 * make.DAY)
                    return "asked"
                actions.keep_wording(own, code, wording.without(WORDS, 0))
            except Refused:
                return "refused"
            return "changed"

        done = together(2, work)
        own.refresh_from_db()
        assert set(done) in ({"changed", "refused"}, {"asked", "refused"})
        assert (own.code == code) == ("asked" in done)
        assert Series.objects.filter(instrument=code).exists() == ("asked" in done)


# Asked like ours


def test_a_pulse_of_ones_own_is_asked_answered_published_and_replied_to_like_ours(world, officer):
    own = written(world)
    world.wave = wave = make.open_wave(world.network, own.code)
    assert wave.items == [f"{own.code}.1", f"{own.code}.2"]
    token = make.tokens(wave, world.schools["A"])[0]
    page = Client().get(f"/a/{wave.pk}/{token}").content.decode()
    for words in (
        "How were our meetings?",
        "Meetings begin on time.",
        "What should change?",
        "2 of 2",
        "my two answers",
    ):
        assert words in page
    sent = {f"{own.code}.1": "4", f"{own.code}.2": "x", "comment": "Shorter ones."}
    assert Client().post(f"/a/{wave.pk}/{token}", sent).status_code == 200
    for name in ("A", "B"):
        make.answer(wave, world.schools[name], 10, 5, skip=int(name == "A"))
    document = worlds.closed(world)
    assert document.items == wave.items
    assert document.score(f"{own.code}.1", world.place("A")).score == 95
    place = f"{world.network.get_absolute_url()}waves/{wave.pk}/"
    school = world.schools["A"].organisation.slug
    for path in (
        "results/",
        "results.csv",
        "results.xlsx",
        f"schools/{school}/",
        f"statements/{own.code}.1/all/whole/",
    ):
        assert officer.get(place + path).status_code == 200, path
    shown = officer.get(f"{place}schools/{school}/").content.decode()
    assert "Time" in shown
    assert "Everyone who wants to…" in shown
    leader = make.leader(world.schools["A"])
    words = actions.ReplyText("do", "We heard you", "We begin on time.", f"{own.code}.1")
    reply = actions.post_reply(wave, world.schools["A"], words, leader)
    assert reply.moves_item.statement == "Meetings begin on time."


def test_a_bank_of_ones_own_rotates_around_its_core(world):
    own = written(world, many(9, always=2))
    pulse = instruments.instrument(own.code)
    assert [int(id_.partition(".")[2]) for id_ in pulse.turn(1)] == [1, 2, 3, 4, 5, 6]
    assert [int(id_.partition(".")[2]) for id_ in pulse.turn(2)] == [1, 2, 7, 8, 9, 3]
    assert len(make.open_wave(world.network, own.code).items) == 6
    assert offered.turns(own.words) == (
        "A pulse asks six statements at most: 2 every time and 4 of the other 7 in turn."
    )


def test_six_or_fewer_have_no_core(world):
    assert written(world, many(6, always=6)).instrument.core == ()


def test_what_is_not_whole_cannot_be_asked(world, officer):
    own = written(world, Wording("Half", lines=(Line("Only this."),)))
    assert own.code not in offered.offered(world.network)
    with pytest.raises(Refused, match="not whole yet"):
        actions.ask(world.network, own.code, timezone.now(), timezone.now() + 5 * make.DAY)
    page = officer.get(here(world, f"{own.pk}/")).content.decode()
    assert "Write the question that stands above it." in page


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (Wording(), "Give it a name."),
        (Wording("N", "Q"), "Write at least one statement."),
        (Wording("N", "Q", lines=(Line("Same."), Line("same."))), "Two statements are the same. Take one out."),
        (
            many(8, always=6),
            "Of a bank, at most five statements are asked every time, so that the others get their turn.",
        ),
    ],
)
def test_what_is_missing_is_said(words, sentence):
    assert sentence in words.missing
    assert WORDS.missing == []


# Nobody else's


def test_a_pulse_of_another_organisation_is_not_there(world, officer):
    other = make.network("Elsewhere")
    foreign = actions.write_pulse(other, WORDS, by=0)
    assert foreign.code not in offered.offered(world.network)
    linked = officer.get(f"{world.network.get_absolute_url()}ask/new/?pulse={foreign.code}").content.decode()
    assert foreign.code not in linked
    with pytest.raises(Conflict):
        actions.ask(world.network, foreign.code, timezone.now(), timezone.now() + 5 * make.DAY)
    for path in (f"{foreign.pk}/", f"{foreign.code}.csv", f"{foreign.code}.lss", f"../look/{foreign.code}/"):
        assert officer.get(here(world, path)).status_code == 404, path
    for path in (f"{foreign.pk}/", f"{foreign.pk}/away/"):
        assert officer.post(here(world, path), {"seen": foreign.code}).status_code == 404, path
    assert officer.post(here(world), {"start": foreign.code}).status_code == 404
    today = timezone.localdate()
    form = {"instrument": foreign.code, "whom": "whole", "opens_on": today, "closes_on": today + 7 * make.DAY}
    assert officer.post(f"{world.network.get_absolute_url()}ask/new/", form).status_code == 400
    assert not Wave.objects.exists()


def test_a_school_offers_its_own_and_not_its_networks(world):
    school: Organisation = world.schools["A"].organisation
    ours, theirs = actions.write_pulse(school, WORDS, by=0), written(world)
    assert set(offered.offered(school)) == {*instruments.instruments(), ours.code}
    assert set(offered.offered(world.network)) == {*instruments.instruments(), theirs.code}


# The builder


def builder(officer, world, own, **more):
    """What the form of the page would send, with some of it changed."""
    words = own.words
    form = {"seen": own.code, "name": words.name, "question": words.question, "think": words.think}
    form["comment"] = words.comment
    for number, line in enumerate(words.lines, start=1):
        form |= {f"statement_{number}": line.statement, f"about_{number}": line.about}
    return officer.post(here(world, f"{own.pk}/"), form | more)


@pytest.mark.parametrize(
    ("do", "statements", "part"),
    [
        ("add", ["a", "b", "c", ""], "#statement-4"),
        ("up-3", ["a", "c", "b"], "#statement-2"),
        ("down-1", ["b", "a", "c"], "#statement-2"),
        ("up-1", ["a", "b", "c"], "#statement-1"),
        ("down-3", ["a", "b", "c"], "#statement-3"),
        ("remove-2", ["a", "c"], "#statement-1"),
        ("remove-9", ["a", "b", "c"], ""),
        ("up-²", ["a", "b", "c"], ""),
        ("keep", ["a", "b", "c"], ""),
    ],
)
def test_every_button_keeps_what_was_written_and_leads_back_to_its_statement(world, officer, do, statements, part):
    own = written(world, Wording("N", "Q", lines=(Line("x"), Line("b"), Line("c"))))
    response = builder(officer, world, own, do=do, statement_1="a", name="Another name")
    assert (response.status_code, response.url) == (302, here(world, f"{own.pk}/") + part)
    own.refresh_from_db()
    assert [line.statement for line in own.words.lines] == statements
    assert own.words.name == "Another name"


def test_who_keeps_what_a_colleague_has_changed_gets_a_conflict(world, officer):
    own = written(world)
    actions.keep_wording(own, own.code, many(2))
    assert builder(officer, world, own, seen=own.code).status_code == 409


def test_a_text_that_is_too_long_is_an_error_and_nothing_is_cut(world, officer):
    own = written(world)
    response = builder(officer, world, own, statement_1="x" * 241)
    assert response.status_code == 400
    assert "x" * 241 in response.content.decode()
    own.refresh_from_db()
    assert own.words == WORDS


def test_beside_the_form_stands_the_page_that_people_will_see(world, officer):
    own = written(world)
    page = officer.get(here(world, f"{own.pk}/"))
    look = f"{world.network.get_absolute_url()}ask/look/{own.code}/"
    assert f'<iframe class="phone__screen" src="{look}"' in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    shown = officer.get(look)
    assert "Meetings begin on time." in shown.content.decode()
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    other = officer.get(here(world))
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
    assert "frame-src" not in other.headers["Content-Security-Policy"]


def test_blank_statements_are_kept_while_writing_and_not_asked(world):
    own = written(world, Wording("N", "Q", lines=(Line("One."), Line(), Line("Two."))))
    assert len(own.words.lines) == 3
    assert [item.statement for item in own.instrument.items] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("I know what we want.", []),
        ("Meetings are short and useful.", ["“And”"]),
        ("I am never asked.", ["A statement with “not”"]),
        ("I don’t get an answer.", ["A statement with “not”"]),
        ("I" * 111, ["It has 111 letters"]),
        ("Are meetings short?", ["It is a question"]),
        ("Notes of meetings reach me.", []),  # no "not"
        ("The band and nobody else plays?", ["“And”", "A statement with “not”", "It is a question"]),
    ],
)
def test_advice_is_given_and_nothing_is_refused(statement, said):
    assert [sentence.startswith(start) for sentence, start in zip(wording.advice(statement), said, strict=True)] == [
        True
    ] * len(said)
    assert not Wording("N", "Q", lines=(Line(statement),)).missing


@pytest.mark.parametrize(
    ("count", "comment", "minutes"), [(1, "", 1), (6, "", 1), (6, "Why?", 2), (9, "", 1), (30, "Why?", 2)]
)
def test_minutes_are_reckoned_from_what_one_pulse_asks(count, comment, minutes):
    lines = tuple(Line(f"S{n}") for n in range(count))
    assert Wording("N", "Q", comment=comment, lines=lines).minutes == minutes


def test_ours_are_as_long_as_their_files_say():
    for pulse in instruments.instruments().values():
        assert wording.of(pulse).minutes == pulse.minutes


# Put away


def test_what_was_never_asked_is_deleted_and_what_was_is_put_away_and_taken_out_again(world, officer):
    draft, asked = written(world), written(world, many(3))
    make.open_wave(world.network, asked.code)
    officer.post(here(world, f"{draft.pk}/away/"))
    assert not OwnInstrument.objects.filter(pk=draft.pk).exists()
    response = officer.post(here(world, f"{asked.pk}/away/"))
    assert response.status_code == 400
    Wave.objects.update(state="sealed")
    officer.post(here(world, f"{asked.pk}/away/"))
    assert asked.code not in offered.offered(world.network)
    assert Wave.objects.get().pulse.name == "A bank"
    with pytest.raises(Refused, match="put away"):
        actions.ask(world.network, asked.code, timezone.now() + make.DAY, timezone.now() + 6 * make.DAY)
    officer.post(here(world, f"{asked.pk}/away/"))
    assert asked.code in offered.offered(world.network)
    deeds = JournalEntry.objects.filter(deed__contains="pulse_").order_by("number").values_list("deed", flat=True)
    assert [deed.removeprefix("surveys.pulse_") for deed in deeds] == ["written"] * 2 + ["dropped", "put_away", "back"]


# Files


def bring(officer, world, data: bytes, name: str = "survey.lss"):
    return officer.post(here(world, "file/"), {"file": SimpleUploadedFile(name, data)})


TYPO = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strong agree")
SURVEY = lss(
    Asked("Q1", "How do we meet?", lines=("Meetings begin on time.", "Meetings end on time.")),
    Asked("Q2", "And here?", lines=("People listen.",), answers=TYPO),
    Asked("Q3", "What should change?", "T"),
    Asked("Q4", "How old are you?", "N"),
)


def test_a_file_is_read_shown_and_taken_as_it_was_ticked(world, officer):
    response = bring(officer, world, SURVEY)
    read = ReadFile.objects.get()
    assert response.url == here(world, f"file/{read.pk}/")
    assert not OwnInstrument.objects.exists()
    page = officer.get(response.url).content.decode()
    assert "3 statements can be taken, 1 question cannot" in page
    assert "“Strong agree” for “Strongly agree”" in page
    assert page.count("checked") == 3  # two statements and the comment: nothing doubtful
    assert "It asks for a number" in page
    taken = officer.post(response.url, {"statements": ["s0", "s2"], "comment": "c0", "language": "en"})
    own = OwnInstrument.objects.get()
    assert taken.url == here(world, f"{own.pk}/")
    assert [line.statement for line in own.words.lines] == ["Meetings begin on time.", "People listen."]
    assert (own.words.name, own.words.question, own.words.comment) == (
        *("How we meet", "How do we meet?"),
        "What should change?",
    )
    assert not ReadFile.objects.exists()
    assert own.code in offered.offered(world.network)


def test_a_file_is_taken_once(world, officer):
    bring(officer, world, SURVEY)
    read = ReadFile.objects.get()
    actions.take_file(read, WORDS, by=0)
    with pytest.raises(Conflict, match="taken or left this file meanwhile"):
        actions.take_file(read, WORDS, by=0)
    assert OwnInstrument.objects.count() == 1


@pytest.mark.parametrize(
    "form",
    [{}, {"statements": ["s99"]}, {"statements": ["s0"], "comment": "c7"}, {"statements": ["s0", "\0"]}],
)
def test_what_is_not_in_the_file_cannot_be_ticked(world, officer, form):
    bring(officer, world, SURVEY)
    read = ReadFile.objects.get()
    assert officer.post(here(world, f"file/{read.pk}/"), form).status_code == 400
    assert (OwnInstrument.objects.count(), ReadFile.objects.count()) == (0, 1)


def test_more_than_a_bank_holds_is_refused_and_nothing_is_half_taken(world, officer):
    bring(officer, world, lss(Asked("Q1", "x", lines=[f"Statement {n}." for n in range(31)])))
    read = ReadFile.objects.get()
    response = officer.post(here(world, f"file/{read.pk}/"), {"statements": [f"s{n}" for n in range(31)]})
    assert response.status_code == 400
    assert "31 statements are ticked, and a bank holds 30 at most" in response.content.decode()
    assert not OwnInstrument.objects.exists()


def test_a_survey_in_two_languages_is_read_in_the_one_that_is_chosen(world, officer):
    table = Asked("Q1", "x", lines=({"en": "We begin on time.", "de": "Wir beginnen pünktlich."}, {"en": "Only here."}))
    bring(officer, world, lss(table, languages=("en", "de")))
    read = ReadFile.objects.get()
    page = officer.get(here(world, f"file/{read.pk}/?language=de")).content.decode()
    assert "Wir beginnen pünktlich." in page
    assert "It has no words in the language that is chosen" in page
    officer.post(here(world, f"file/{read.pk}/"), {"statements": ["s0"], "language": "de"})
    assert [line.statement for line in OwnInstrument.objects.get().words.lines] == ["Wir beginnen pünktlich."]


def test_a_file_that_cannot_be_read_leaves_nothing(world, officer):
    response = bring(officer, world, SURVEY[:2_000])
    assert response.status_code == 400
    assert "ends in the middle, at line" in response.content.decode()
    assert not ReadFile.objects.exists()


def test_a_file_of_a_hundred_megabytes_is_refused_with_its_limit(world, officer):
    response = bring(officer, world, b"<?xml version='1.0'?><document>" + b" " * 6_000_000)
    assert response.status_code == 413 or "larger than 5 MB" in response.content.decode()
    assert not ReadFile.objects.exists()


def test_null_characters_of_a_file_reach_no_row(world):
    """PostgreSQL would refuse the row, SQLite keep it."""
    read = actions.keep_file(
        world.network, "a", {"kind": "x\0y", "notes": ["a\0"], "titles": {"\0": "b"}, "of": ("\0",)}
    )
    read.refresh_from_db()
    assert read.found == {"kind": "x y", "notes": ["a "], "titles": {" ": "b"}, "of": [" "]}


def test_files_that_nobody_takes_go_after_a_month_and_ten_wait_at_most(world):
    for number in range(12):
        actions.keep_file(world.network, f"{number}", {})
    assert sorted(map(int, ReadFile.objects.values_list("called", flat=True))) == list(range(2, 12))
    ReadFile.objects.filter(called__in=("2", "3")).update(read_at=timezone.now() - 31 * make.DAY)
    assert (retention.drop_files_read(), ReadFile.objects.count()) == (2, 8)


def test_a_page_of_own_pulses_asks_little_of_the_database(world, officer, django_assert_max_num_queries):
    for _ in range(5):
        written(world, many(30))
    with django_assert_max_num_queries(12):
        officer.get(here(world))
    own = OwnInstrument.objects.order_by("pk")[0]
    with django_assert_max_num_queries(12):
        assert officer.get(here(world, f"{own.pk}/")).status_code == 200
    with django_assert_max_num_queries(12):
        page = officer.get(f"{world.network.get_absolute_url()}ask/new/?pulse={own.code}").content.decode()
    assert f'value="{own.code}"' in page
    assert "Before you ask" not in page


def test_one_of_our_own_is_chosen_by_its_link_checked_and_asked(world, officer):
    own, today = written(world), timezone.localdate()
    for name in ("ask/new/", "ask/rhythm/"):
        page = officer.get(f"{world.network.get_absolute_url()}{name}?pulse={own.code}").content.decode()
        assert re.search(rf'value="{own.code}"[^>]*checked', page), name
        foreign = officer.get(f"{world.network.get_absolute_url()}{name}?pulse=o000000000000").content.decode()
        assert re.search(r'value="well"[^>]*checked', foreign), name
    form = {"instrument": own.code, "whom": "whole", "opens_on": today, "closes_on": after(today, 5)}
    looked = officer.post(f"{world.network.get_absolute_url()}ask/new/", form | {"look": "1"}).content.decode()
    assert "Before you ask" in looked
    assert officer.post(f"{world.network.get_absolute_url()}ask/new/", form).status_code == 302
    assert Wave.objects.get().pulse.name == "How we meet"
