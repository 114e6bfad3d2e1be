"""Taking an answer: together or not at all, once, and only while the wave is open."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from alongside.kit import database
from alongside.surveys import publish, seal
from alongside.surveys.accept import LOCK, Closed, NotYetOpen, Spent, Unknown, accept
from alongside.surveys.models import Answer, Comment, Release, SealedAnswer, Ticket, Wave
from tests import make
from tests.surveys import worlds
from tests.surveys.threads import together

MINUTE = datetime.timedelta(minutes=1)


def stored():
    """(answers, comments, tickets that are spent)"""
    return Answer.objects.count(), Comment.objects.count(), Ticket.objects.filter(used=True).count()


@pytest.fixture
def wave(db):
    return worlds.open_world({"X": {"A": 12, "B": 3}}, "lead").wave


def test_an_answer_spends_its_ticket_and_is_stored_with_school_and_owner(wave):
    token, school = make.tokens(wave)[0], wave.roster.order_by("person_id").first().school
    taken = accept(wave.pk, token, make.ratings(wave, 2), "Meet less.")
    answer = Answer.objects.get()
    assert (taken.school_id, taken.organisation_id) == (school.pk, wave.organisation_id)
    assert (answer.wave_id, answer.school_id, answer.organisation_id) == (wave.pk, school.pk, wave.organisation_id)
    assert (answer.audience, answer.ratings) == ("staff", make.ratings(wave, 2))
    assert Comment.objects.get().text == "Meet less."
    assert bytes(Comment.objects.get().key) != bytes(answer.key)
    assert stored() == (1, 1, 1)


def test_an_answer_holds_no_person_no_time_and_no_address():
    columns = {field.column for field in Answer._meta.concrete_fields}
    assert columns == {"wave_id", "key", "organisation_id", "school_id", "audience", "category", "ratings"}
    columns = {field.column for field in Comment._meta.concrete_fields}
    assert columns == {"wave_id", "key", "organisation_id", "school_id", "text"}
    columns = {field.column for field in Ticket._meta.concrete_fields}
    assert columns == {"wave_id", "digest", "organisation_id", "school_id", "audience", "category", "used"}


def test_a_repeat_is_spent_and_stores_nothing(wave):
    token = make.tokens(wave)[0]
    accept(wave.pk, token, make.ratings(wave, 2), "first")
    with pytest.raises(Spent):
        accept(wave.pk, token, make.ratings(wave, 5), "second")
    assert stored() == (1, 1, 1)
    assert Answer.objects.get().ratings == make.ratings(wave, 2)


def test_forged_and_mistyped_tokens_are_unknown_and_store_nothing(wave):
    token = make.tokens(wave)[0]
    for wrong in ("A" * 22, token[:-1], token + "A", token.swapcase(), "", "ä" * 22, "x" * 10_000, "\ud800"):
        with pytest.raises(Unknown):
            accept(wave.pk, wrong, make.ratings(wave))
    with pytest.raises(Unknown):
        accept(wave.pk + 1000, token, make.ratings(wave))
    assert stored() == (0, 0, 0)


def test_a_token_opens_no_other_wave(wave):
    other = worlds.open_world({"Y": {"C": 12, "D": 3}}).wave
    with pytest.raises(Unknown):
        accept(wave.pk, make.tokens(other)[0], make.ratings(wave))
    with pytest.raises(Unknown):
        accept(other.pk, make.tokens(wave)[0], make.ratings(other))
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("state", ["closed", "published", "sealed"])
def test_a_closed_wave_takes_nothing(wave, state):
    token = make.tokens(wave)[0]
    Wave.objects.filter(pk=wave.pk).update(state=state)
    for any_token in (token, "A" * 22):
        with pytest.raises(Closed):
            accept(wave.pk, any_token, make.ratings(wave))
    assert stored() == (0, 0, 0)


def test_an_open_wave_takes_nothing_from_its_closing_moment_on(wave, time_machine):
    first, second = make.tokens(wave)[:2]
    time_machine.move_to(wave.closes_at - datetime.timedelta(microseconds=1), tick=False)
    accept(wave.pk, first, make.ratings(wave))
    time_machine.move_to(wave.closes_at, tick=False)
    with pytest.raises(Closed):
        accept(wave.pk, second, make.ratings(wave))
    with pytest.raises(Closed):
        accept(wave.pk, first, make.ratings(wave))
    assert (Wave.objects.get(pk=wave.pk).state, stored()) == ("open", (1, 0, 1))


def test_closing_times_without_fractions_of_a_second_are_compared_as_times(wave, time_machine):
    """SQLite compares moments as texts, and a whole second is written shorter than its fractions."""
    whole = timezone.now().replace(microsecond=0) + datetime.timedelta(days=1)
    Wave.objects.filter(pk=wave.pk).update(closes_at=whole)
    first, second = make.tokens(wave)[:2]
    time_machine.move_to(whole - datetime.timedelta(microseconds=1), tick=False)
    accept(wave.pk, first, make.ratings(wave))
    for late in (datetime.timedelta(0), datetime.timedelta(microseconds=1), MINUTE):
        time_machine.move_to(whole + late, tick=False)
        with pytest.raises(Closed):
            accept(wave.pk, second, make.ratings(wave))
    assert stored() == (1, 0, 1)


def test_before_the_opening_the_ticket_stays_unspent(wave):
    token = make.tokens(wave)[0]
    Wave.objects.filter(pk=wave.pk).update(opens_at=timezone.now() + MINUTE)
    with pytest.raises(NotYetOpen):
        accept(wave.pk, token, make.ratings(wave))
    Wave.objects.filter(pk=wave.pk).update(opens_at=timezone.now() - MINUTE)
    accept(wave.pk, token, make.ratings(wave))
    assert stored() == (1, 0, 1)


@pytest.mark.parametrize("fatal", ["surveys_answer", "surveys_comment"])
def test_a_failure_at_any_insert_leaves_the_ticket_unspent(wave, fatal):
    token = make.tokens(wave)[0]

    def fail(execute, sql, params, many, context):
        if sql.startswith(f"INSERT INTO {fatal}"):
            raise ConnectionError("the power is gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(ConnectionError):
        accept(wave.pk, token, make.ratings(wave), "a comment")
    assert stored() == (0, 0, 0)
    accept(wave.pk, token, make.ratings(wave), "a comment")
    assert stored() == (1, 1, 1)


def test_accepting_looks_at_nothing_before_it_spends(wave):
    statements = []

    def note(execute, sql, params, many, context):
        if "SAVEPOINT" not in sql:
            statements.append(sql.split("(")[0].split(" SET")[0].strip())
        return execute(sql, params, many, context)

    token, ratings = make.tokens(wave)[0], make.ratings(wave)
    with connection.execute_wrapper(note):
        accept(wave.pk, token, ratings, "a comment")
    lock = ["SELECT pg_advisory_xact_lock_shared"] if connection.vendor == "postgresql" else []
    assert statements == [*lock, "UPDATE surveys_ticket", "INSERT INTO surveys_answer", "INSERT INTO surveys_comment"]


def test_keys_of_answers_are_random_and_of_128_bits(wave):
    for token in make.tokens(wave)[:8]:
        accept(wave.pk, token, make.ratings(wave), "x")
    keys = [bytes(key) for model in (Answer, Comment) for key in model.objects.values_list("key", flat=True)]
    assert (len(set(keys)), {len(key) for key in keys}) == (16, {16})


# --- races ------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_hundred_posts_of_one_token_at_once_store_one_answer(client):
    wave = worlds.open_world({"X": {"A": 8, "B": 3}}).wave
    path, form = f"/a/{wave.pk}/{make.tokens(wave)[0]}", dict.fromkeys(make.ratings(wave), "4")
    pages = together(200, lambda number: client.post(path, form).content.decode())
    assert sum("Your answers are in" in page for page in pages) == 1
    assert sum("We have your answers already" in page for page in pages) == 199
    assert stored() == (1, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_people_who_answer_at_once_are_all_stored():
    wave = worlds.open_world({"X": {"A": 60, "B": 3}}).wave
    tokens = make.tokens(wave)
    taken = together(63, lambda number: accept(wave.pk, tokens[number], make.ratings(wave)))
    assert len(taken) == 63
    assert stored() == (63, 0, 63)


@pytest.mark.django_db(transaction=True)
def test_answers_that_race_with_the_closing_are_counted_or_told_that_it_has_closed():
    wave = worlds.open_world({"X": {"A": 90, "B": 3}}).wave
    tokens, some_are_in, shut, hands = make.tokens(wave), threading.Event(), threading.Event(), 4

    def answering(number):
        acknowledged = 0
        mine = tokens[number::hands]
        for token in mine:
            if token == mine[-1]:  # SQLite lets the closing wait for as long as somebody else is quicker
                assert shut.wait(20)
            try:
                accept(wave.pk, token, make.ratings(wave))
            except Closed:
                continue
            acknowledged += 1
            if acknowledged == 5:
                some_are_in.set()
        return acknowledged

    def closing():
        assert some_are_in.wait(20)
        past = timezone.now() - MINUTE
        Wave.objects.filter(pk=wave.pk).update(opens_at=past - MINUTE, closes_at=past)
        seal.shut(wave.pk)
        shut.set()
        seal.publish_release(wave.pk)
        return 0

    acknowledged = sum(together(hands + 1, lambda number: answering(number) if number < hands else closing()))
    assert 5 <= acknowledged <= 93 - hands
    assert SealedAnswer.objects.filter(wave=wave.pk).count() == acknowledged
    assert stored() == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_another_pulse_takes_answers_while_one_is_counted(monkeypatch):
    """A network of a thousand schools is counted for many seconds; nobody else's thanks may wait for that."""
    large = worlds.open_world({"X": {"A": 12, "B": 3}}).wave
    other = make.open_wave(large.organisation, "lead")
    token, counting, taken = make.tokens(other)[0], threading.Event(), threading.Event()
    count = publish.count

    def slowly(wave):
        counting.set()
        assert taken.wait(10), "The answer waited for the counting."
        return count(wave)

    def closing():
        past = timezone.now() - MINUTE
        Wave.objects.filter(pk=large.pk).update(opens_at=past - MINUTE, closes_at=past)
        seal.shut(large.pk)
        seal.publish_release(large.pk)

    def answering():
        assert counting.wait(20)
        accept(other.pk, token, make.ratings(other))
        taken.set()

    monkeypatch.setattr(publish, "count", slowly)
    together(2, lambda number: (closing, answering)[number]())
    assert Wave.objects.get(pk=large.pk).state == "published"
    assert Answer.objects.filter(wave=other.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_close_the_same_pulse_publish_it_once(monkeypatch):
    wave = worlds.open_world({"X": {"A": 12, "B": 3}}).wave
    for token in make.tokens(wave)[:11]:
        accept(wave.pk, token, make.ratings(wave))
    past = timezone.now() - MINUTE
    Wave.objects.filter(pk=wave.pk).update(opens_at=past - MINUTE, closes_at=past)
    seal.shut(wave.pk)
    both, count = threading.Barrier(2), publish.count

    def counted_by_both(wave):
        found = count(wave)
        both.wait(20)
        return found

    monkeypatch.setattr(publish, "count", counted_by_both)
    together(2, lambda number: seal.publish_release(wave.pk))
    assert SealedAnswer.objects.filter(wave=wave.pk).count() == 11
    assert Release.objects.filter(wave=wave).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_answer_that_began_before_the_closing_is_waited_for():
    wave = worlds.open_world({"X": {"A": 12, "B": 3}}).wave
    token, begun, go_on = make.tokens(wave)[0], threading.Event(), threading.Event()

    def slowly(execute, sql, params, many, context):
        if sql.startswith("INSERT INTO surveys_answer"):
            begun.set()
            assert go_on.wait(20)
        return execute(sql, params, many, context)

    def answering(_):
        with connection.execute_wrapper(slowly):
            accept(wave.pk, token, make.ratings(wave))

    def closing(_):
        assert begun.wait(20)
        past = timezone.now() - MINUTE
        Wave.objects.filter(pk=wave.pk).update(opens_at=past - MINUTE, closes_at=past)
        seal.shut(wave.pk)
        threading.Timer(0.3, go_on.set).start()
        seal.publish_release(wave.pk)
        assert go_on.is_set()

    together(2, lambda number: (answering, closing)[number](0))
    assert SealedAnswer.objects.filter(wave=wave.pk).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_while_the_wave_is_being_counted_waits_and_hears_that_it_has_closed():
    wave = worlds.open_world({"X": {"A": 12, "B": 3}}).wave
    token, holding = make.tokens(wave)[0], threading.Event()

    def counting(_):
        with database.alone(LOCK, wave.pk):
            holding.set()
            connection.cursor().execute("SELECT pg_sleep(0.3)")
            Wave.objects.filter(pk=wave.pk).update(state="published")

    def answering(_):
        assert holding.wait(20)
        with pytest.raises(Closed):
            accept(wave.pk, token, make.ratings(wave))

    together(2, lambda number: (counting, answering)[number](0))
    assert stored() == (0, 0, 0)
