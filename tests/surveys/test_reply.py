"""What a school's leaders say to a pulse, and when their colleagues see the results (R11)."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from alongside.kit.errors import Conflict, Refused
from alongside.people.reads import standing as standing_of
from alongside.surveys import actions, owing, reads, schooldays
from alongside.surveys.models import Reply, Wave
from tests import make
from tests.surveys import worlds
from tests.surveys.threads import together

WORDS = actions.ReplyText("do", "Load is too much.", "One meeting a week goes.", "well.1", None)
NOW = datetime.datetime(2026, 5, 12, 16, 30, tzinfo=datetime.UTC)  # a Tuesday


@pytest.fixture
def world(db):
    world = worlds.open_world({"X": {"A": 9, "B": 7}})
    world.leader = make.leader(world.schools["A"])
    worlds.answer_all(world, {"A": 8, "B": 6})
    make.close(world.wave)
    return world


def post(world, words=WORDS, school="A", by=None):
    return actions.post_reply(world.wave, world.schools[school], words, by or world.leader)


def test_a_posted_reply_stays_as_it_is(world):
    first = post(world)
    other, deputy = actions.ReplyText("nothing", "Something else.", "No."), make.person("deputy@riverway.example")
    for action in (actions.post_reply, actions.save_reply):
        with pytest.raises(Conflict, match="posted the school's reply already"):
            action(world.wave, world.schools["A"], other, deputy)
    kept = Reply.objects.get()
    assert (kept.heard, kept.text, kept.moves, kept.posted_at) == (WORDS.heard, WORDS.text, "well.1", first.posted_at)


def test_a_draft_can_be_changed_until_it_is_posted(world):
    draft = actions.save_reply(world.wave, world.schools["A"], WORDS, world.leader)
    assert draft.posted_at is None
    deputy = make.person("deputy@riverway.example")
    actions.save_reply(world.wave, world.schools["A"], actions.ReplyText("ask", "Better put.", "We ask."), deputy)
    posted = post(world)
    assert (posted.pk, posted.heard, posted.written_by) == (draft.pk, WORDS.heard, world.leader)
    assert Reply.objects.get().posted_at == posted.posted_at


@pytest.mark.django_db(transaction=True)
def test_two_leaders_who_post_at_once_post_one_reply():
    world = worlds.open_world({"X": {"A": 9, "B": 7}})
    leaders = [make.person(f"leader{number}@riverway.example") for number in range(2)]
    worlds.answer_all(world, {"A": 8, "B": 6})
    make.close(world.wave)

    def posting(number):
        words = actions.ReplyText("do", f"From {number}.", "Text.")
        try:
            return actions.post_reply(world.wave, world.schools["A"], words, leaders[number]).heard
        except Conflict:
            return None

    said = together(2, posting)
    kept = Reply.objects.get()
    assert [heard for heard in said if heard] == [kept.heard]
    assert kept.written_by == leaders[said.index(kept.heard)]


@pytest.mark.parametrize("state", ["planned", "open", "closed"])
def test_there_is_no_reply_before_the_results(state, world):
    Wave.objects.update(state=state)
    world.wave.refresh_from_db()
    for action in (actions.post_reply, actions.save_reply):
        with pytest.raises(Refused, match="results are not in"):
            action(world.wave, world.schools["A"], WORDS, world.leader)
    assert not Reply.objects.exists()


def test_a_reply_belongs_to_the_school_that_wrote_it(world):
    post(world)
    assert Reply.objects.get().organisation == world.schools["A"].organisation
    assert Reply.objects.filter(school=world.schools["B"]).count() == 0


def test_a_reply_names_a_statement_of_the_pulse_or_none(world):
    with pytest.raises(KeyError):
        post(world, actions.ReplyText("do", "x", "y", "lead.1"))
    assert post(world, actions.ReplyText("do", "x", "y", "")).moves_item is None


# --- who sees what, when -----------------------------------------------------------------------------------------------------


def status(world, person, page="results/"):
    client = Client()
    client.force_login(person)
    return client.get(f"/n/{world.network.slug}/waves/{world.wave.pk}/{page}").status_code


@pytest.fixture
def timed(time_machine, db):
    """A wave that closed on Tuesday at half past four."""
    time_machine.move_to(NOW, tick=False)
    world = worlds.open_world({"X": {"A": 9, "B": 7}})
    world.people = {
        "officer": make.officer(world.network),
        "chair": make.chair(world.clusters["X"]),
        "coach": make.coach(world.clusters["X"]),
        "head of A": make.leader(world.schools["A"]),
        "teacher of A": world.schools["A"].staff.select_related("person")[0].person,
        "teacher of B": world.schools["B"].staff.select_related("person")[0].person,
        "stakeholder": make.stakeholder(world.network),
    }
    worlds.answer_all(world, {"A": 8, "B": 6})
    make.close(world.wave)
    return world


def seeing(world):
    return {who for who, person in world.people.items() if status(world, person) == 200}


LEADERS = {"officer", "chair", "coach", "head of A"}


def test_leaders_see_results_at_close_and_staff_two_school_days_later(timed, time_machine):
    assert seeing(timed) == LEADERS
    time_machine.move_to(NOW + 2 * make.DAY - worlds.SECOND, tick=False)
    assert seeing(timed) == LEADERS
    time_machine.move_to(NOW + 2 * make.DAY, tick=False)
    assert seeing(timed) == set(timed.people)


def test_a_posted_reply_opens_the_results_to_that_schools_staff_at_once(timed):
    actions.save_reply(timed.wave, timed.schools["A"], WORDS, timed.people["head of A"])
    assert seeing(timed) == LEADERS
    actions.post_reply(timed.wave, timed.schools["A"], WORDS, timed.people["head of A"])
    assert seeing(timed) == LEADERS | {"teacher of A"}
    assert status(timed, timed.people["teacher of A"], f"schools/{timed.schools['A'].slug}/") == 200
    assert status(timed, timed.people["teacher of B"], f"schools/{timed.schools['B'].slug}/") == 403


def test_who_does_not_see_them_yet_reads_when_they_will(timed):
    client = Client()
    client.force_login(timed.people["teacher of A"])
    page = client.get(f"/n/{timed.network.slug}/waves/{timed.wave.pk}/results/").content.decode()
    assert "School leaders see results first." in page
    assert "Thursday 14 May" in page


def test_a_draft_is_seen_by_the_schools_leaders_alone(timed, time_machine):
    words = actions.ReplyText("do", "DRAFT-HEARD", "DRAFT-TEXT")
    actions.save_reply(timed.wave, timed.schools["A"], words, timed.people["head of A"])
    time_machine.move_to(NOW + 5 * make.DAY, tick=False)
    found = set()
    for who, person in timed.people.items():
        client = Client()
        client.force_login(person)
        base = f"/n/{timed.network.slug}"
        pages = ("/", "/decide/", "/do/", "/show/", f"/waves/{timed.wave.pk}/results/")
        pages += tuple(f"/waves/{timed.wave.pk}/schools/{timed.schools['A'].slug}/{more}" for more in ("", "reply/"))
        if any("DRAFT-" in client.get(base + page).content.decode() for page in pages):
            found.add(who)
    assert found == {"head of A"}


def test_only_the_schools_own_leaders_reply(timed):
    page = f"schools/{timed.schools['A'].slug}/reply/"
    form = {"kind": "do", "heard": "x", "text": "y", "moves": "", "look_on": ""}
    for who, person in timed.people.items():
        client = Client()
        client.force_login(person)
        client.post(f"/n/{timed.network.slug}/waves/{timed.wave.pk}/{page}", form)
        assert Reply.objects.exists() is (who == "head of A"), who
        Reply.objects.all().delete()


def test_a_reply_is_owed_until_it_is_posted(timed):
    (owed,) = owing.owed_replies(standing_of(timed.people["head of A"]))
    assert (owed.school, owed.wave, owed.drafted, owed.late) == (timed.schools["A"], timed.wave, False, False)
    assert owed.staff_see == schooldays.two_school_days_after(NOW, timed.network.zone)
    actions.save_reply(timed.wave, timed.schools["A"], WORDS, timed.people["head of A"])
    (owed,) = owing.owed_replies(standing_of(timed.people["head of A"]))
    assert owed.drafted
    actions.post_reply(timed.wave, timed.schools["A"], WORDS, timed.people["head of A"])
    assert owing.owed_replies(standing_of(timed.people["head of A"])) == []


def test_what_was_promised_is_listed_by_the_day_on_which_we_look(timed):
    days = [timezone.localdate() + datetime.timedelta(days=n) for n in (30, 10)]
    for school, day in zip("AB", days, strict=True):
        words = actions.ReplyText("do", f"From {school}.", "Text.", "", day)
        actions.post_reply(timed.wave, timed.schools[school], words, timed.people["officer"])
    listed = reads.promises_to_look_at(reads.posted_replies(make.membership(timed.people["officer"], timed.network)))
    assert [reply.heard for reply in listed] == ["From B.", "From A."]
