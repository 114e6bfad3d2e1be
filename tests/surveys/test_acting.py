"""Who owes a reply, by when, what waives it, whom two missing ones hold back, and what becomes of what was promised."""

from __future__ import annotations

import datetime
import re
import threading
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from alongside.calendar.days import MONDAY_TO_FRIDAY, Period, SchoolDays
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network import actions as network_actions
from alongside.network.models import NetworkMembership
from alongside.people.reads import standing as standing_of
from alongside.surveys import actions, notices, owing, reads, results
from alongside.surveys.models import Change, Held, Owed, Reply, RosterEntry, Wave
from alongside.surveys.results.promises import since
from tests import make
from tests.surveys import worlds
from tests.surveys.threads import together

MONDAY = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)
WORDS = actions.ReplyText("do", "Load is too much.", "One meeting a week goes.", "well.1", datetime.date(2026, 5, 29))
NOTHING = actions.ReplyText("nothing", "Steady.", "Nothing to change, because it works.")
A_MONTH = 28 * make.DAY


@pytest.fixture
def at(time_machine):
    """Move the clock."""

    def move(moment):
        time_machine.move_to(moment, tick=False)

    move(MONDAY)
    return move


@pytest.fixture
def world(at, db):
    """Clusters X (A 12, B 8, small C and D) and Y (E 12, small G), and who is who. One wave has closed; all answered."""
    world = worlds.open_world({"X": {"A": 12, "B": 8, "C": 3, "D": 3}, "Y": {"E": 12, "G": 3}})
    world.officer = make.officer(world.network)
    world.chair = make.chair(world.clusters["X"])
    world.heads = {name: make.leader(world.schools[name], f"head-{name.lower()}@x.example") for name in "ABCE"}
    world.teacher = world.schools["A"].staff.select_related("person")[0].person
    for school in world.schools.values():
        school.refresh_from_db()
    close(world, world.wave)
    return world


def close(world, wave, value=4):
    """Everybody answers, and the closing time comes."""
    asked = RosterEntry.objects.filter(wave=wave).values_list("school", flat=True)
    for school in world.schools.values():
        if school.pk in asked:
            make.answer(wave, school, 12, value)
    make.close(wave)
    return Wave.objects.select_related("organisation", "series", "release").get(pk=wave.pk)


def next_wave(world, at, value=4, *, days=28):
    """So many days later the next wave opens, is answered and closes."""
    at(timezone.now() + days * make.DAY)
    return close(world, make.open_wave(world.network), value)


def post(world, wave, place, words=NOTHING, by=None):
    found = world.schools.get(place) or world.clusters[place]
    return actions.post_reply(wave, found, words, by or world.heads["A"])


def visit(world, who, path, form=None):
    client = Client()
    client.force_login(who)
    address = f"/n/{world.network.slug}{path}"
    return client.get(address) if form is None else client.post(address, form)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def held(wave):
    return set(Held.objects.filter(wave=wave).values_list("school__name", flat=True))


def asked(wave):
    return set(RosterEntry.objects.filter(wave=wave).values_list("school__name", flat=True))


# --- who owes, by when -----------------------------------------------------------------------------------------------


def test_a_school_with_a_block_owes_and_so_does_the_chair_of_a_cluster_with_figures(world):
    names = {row.place: str(row.whose) for row in Owed.objects.all()}
    assert names.keys() == {world.place(name) for name in ("A", "B", "E", "X", "Y")}


def test_a_school_that_counts_with_others_owes_none(world):
    assert owing.owed_replies(standing_of(world.heads["C"])) == []
    assert [owed.place for owed in owing.owed_replies(standing_of(world.heads["A"]))] == [world.schools["A"]]
    assert [owed.place for owed in owing.owed_replies(standing_of(world.chair))] == [world.clusters["X"]]
    assert owing.owed_replies(standing_of(world.officer)) == owing.owed_replies(standing_of(world.teacher)) == []


def test_a_reply_is_due_ten_school_days_after_the_release(world):
    (owed,) = owing.owed_replies(standing_of(world.heads["A"]))
    assert (owed.due, owed.overdue) == (datetime.date(2026, 5, 18), False)
    assert "Due by Monday 18 May." in text(visit(world, world.heads["A"], "/"))
    assert "Due by Monday 18 May." in text(visit(world, world.heads["A"], "/do/"))
    assert "The schools of Cluster X wait for a reply" in text(visit(world, world.chair, "/"))


@pytest.mark.parametrize(
    ("days", "paused", "due"),
    [
        (MONDAY_TO_FRIDAY, [], datetime.date(2026, 5, 18)),
        # A pause of a week moves it by a week, wherever in the time it lies.
        (MONDAY_TO_FRIDAY, [(datetime.date(2026, 5, 5), datetime.date(2026, 5, 11))], datetime.date(2026, 5, 25)),
        (MONDAY_TO_FRIDAY, [(datetime.date(2026, 5, 18), datetime.date(2026, 5, 24))], datetime.date(2026, 5, 25)),
        (MONDAY_TO_FRIDAY, [(datetime.date(2026, 4, 1), datetime.date(2026, 5, 4))], datetime.date(2026, 5, 18)),
        (MONDAY_TO_FRIDAY, [(datetime.date(2026, 5, 19), None)], datetime.date(2026, 5, 18)),
        (MONDAY_TO_FRIDAY, [(datetime.date(2026, 5, 18), None)], None),
        # Two pauses that overlap count once.
        (
            MONDAY_TO_FRIDAY,
            [
                (datetime.date(2026, 5, 5), datetime.date(2026, 5, 8)),
                (datetime.date(2026, 5, 7), datetime.date(2026, 5, 11)),
            ],
            datetime.date(2026, 5, 25),
        ),
        # Closed days for good: sixty days end it.
        (
            SchoolDays(days=(Period("closed", "For good", datetime.date(2026, 1, 1), datetime.date(2036, 1, 1)),)),
            [],
            datetime.date(2026, 7, 3),
        ),
    ],
)
def test_the_last_day_for_a_reply(days, paused, due):
    assert owing.due_on(datetime.date(2026, 5, 4), days, paused) == due


def test_who_owed_before_this_was_noted_is_read_off_the_releases(world):
    """The migration fills in what the seal writes for new releases."""
    before = set(Owed.objects.values_list("organisation", "wave", "school", "cluster"))
    Owed.objects.all().delete()
    import_module("alongside.surveys.migrations.0007_replies_and_themes").note_owed(apps, None)
    assert set(Owed.objects.values_list("organisation", "wave", "school", "cluster")) == before
    assert len(before) == 5


# --- the chair's reply -----------------------------------------------------------------------------------------------


def reply_page(world, cluster="X"):
    return f"/waves/{world.wave.pk}/clusters/{world.clusters[cluster].slug}/reply/"


FORM = {"kind": "nothing", "heard": "Steady all over.", "text": "Nothing to change, because it works.", "moves": ""}


def test_any_chair_of_the_cluster_replies_for_it_and_nobody_else(world):
    second = make.chair(world.clusters["X"], "second@x.example")
    other = make.chair(world.clusters["Y"], "other@x.example")
    for who in (other, world.officer, world.heads["A"]):
        assert visit(world, who, reply_page(world), FORM).status_code == 403
    assert not Reply.objects.exists()
    assert visit(world, second, reply_page(world), FORM).status_code == 302
    kept = Reply.objects.get()
    assert (kept.cluster, kept.school, kept.organisation, kept.written_by) == (
        world.clusters["X"],
        None,
        world.network,
        second,
    )
    assert [owed.place for owed in owing.owed_replies(standing_of(world.chair))] == []


def test_a_posted_cluster_reply_stays_and_its_schools_read_it(world):
    post(world, world.wave, "X", NOTHING, world.chair)
    with pytest.raises(Conflict, match="posted the cluster's reply already"):
        post(world, world.wave, "X", WORDS, world.chair)
    cluster = f"/waves/{world.wave.pk}/clusters/{world.clusters['X'].slug}/"
    for who in (world.heads["A"], world.heads["C"], world.chair, world.officer):
        assert NOTHING.text in text(visit(world, who, cluster))
    slug = world.schools["C"].slug
    assert NOTHING.text in text(visit(world, world.heads["C"], f"/waves/{world.wave.pk}/schools/{slug}/"))
    client = Client()
    client.force_login(world.heads["C"])
    assert NOTHING.text in client.get(f"/s/{slug}/decide/").content.decode()


def test_a_cluster_reply_opens_no_results_to_staff(world):
    """R11: what opens them early is their own school's."""
    post(world, world.wave, "X", NOTHING, world.chair)
    assert visit(world, world.teacher, f"/waves/{world.wave.pk}/results/").status_code == 403
    post(world, world.wave, "A", NOTHING)
    assert visit(world, world.teacher, f"/waves/{world.wave.pk}/results/").status_code == 200


def test_another_organisations_wave_cluster_and_school_are_not_there(world):
    other = worlds.open_world({"Z": {"F": 12, "H": 3}})
    stranger = make.chair(other.clusters["Z"], "stranger@z.example")
    officer = make.officer(other.network, "officer@z.example")
    school, cluster = world.schools["A"].slug, world.clusters["X"].slug
    paths = [
        "replies/",
        f"clusters/{cluster}/reply/",
        f"clusters/{cluster}/themes/",
        f"schools/{school}/themes/",
        f"schools/{school}/waive/",
        f"schools/{school}/waive/undo/",
    ]
    for who in (stranger, officer):
        for path in paths:
            for place in (world, other):
                for form in (None, FORM):
                    client = Client()
                    client.force_login(who)
                    address = f"/n/{place.network.slug}/waves/{world.wave.pk}/{path}"
                    response = client.get(address) if form is None else client.post(address, form)
                    known = path not in ({"replies/"} if form else {paths[-1]})  # a method that the page has
                    assert response.status_code in ({404} if known else {404, 405}), address
    assert not Reply.objects.exists()


# --- waiving ---------------------------------------------------------------------------------------------------------


def waive_page(world, school="A"):
    return f"/waves/{world.wave.pk}/schools/{world.schools[school].slug}/waive/"


def test_a_chair_waives_with_a_reason_that_the_leaders_read(world):
    response = visit(world, world.chair, waive_page(world), {"reason": "Between two heads."})
    assert response.url == f"/n/{world.network.slug}/waves/{world.wave.pk}/replies/"
    assert owing.owed_replies(standing_of(world.heads["A"])) == []
    head = standing_of(world.heads["A"])
    told = [notice.text for notice in notices.notices(head, timezone.now() - make.DAY, notices.open_waves(head))]
    assert f"{world.schools['A']} need not reply to “Wellbeing and belonging”: Between two heads." in told
    own = f"/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/"
    assert "Between two heads." in text(visit(world, world.heads["A"], own))
    post(world, world.wave, "A")
    assert "Between two heads." not in text(visit(world, world.teacher, own))
    entry = JournalEntry.objects.get(deed="surveys.waived")
    assert (entry.organisation, entry.by) == (world.network.pk, world.chair.pk)
    assert entry.payload == {"pulse": "Wellbeing and belonging", "school": world.schools["A"].name}


def test_who_may_waive_whose(world):
    other = make.chair(world.clusters["Y"], "other@x.example")
    for who, school, status in (
        (other, "A", 404),
        (world.heads["A"], "A", 403),
        (world.heads["B"], "A", 404),
        (world.chair, "E", 404),
        (world.officer, "A", 302),
        (world.chair, "B", 302),
    ):
        assert visit(world, who, waive_page(world, school), {"reason": "Because."}).status_code == status, (who, school)
    assert set(Owed.objects.filter(waived_at__isnull=False).values_list("school__name", flat=True)) == {
        world.schools[name].name for name in "AB"
    }


def test_a_waiver_needs_a_reason_and_something_to_waive(world):
    assert visit(world, world.chair, waive_page(world), {"reason": " "}).status_code == 400
    with pytest.raises(Refused, match="owes no reply"):
        actions.waive(world.wave, world.schools["C"], "Small.", world.chair)
    post(world, world.wave, "A")
    with pytest.raises(Conflict, match="has posted its reply meanwhile"):
        actions.waive(world.wave, world.schools["A"], "Late.", world.chair)
    actions.waive(world.wave, world.schools["B"], "First.", world.chair)
    with pytest.raises(Conflict, match="waived this reply already"):
        actions.waive(world.wave, world.schools["B"], "Second.", world.officer)
    assert Owed.objects.get(school=world.schools["B"]).reason == "First."


def test_a_waiver_is_taken_back_once(world):
    actions.waive(world.wave, world.schools["A"], "Because.", world.chair)
    for _ in range(2):
        visit(world, world.chair, f"{waive_page(world)}undo/", {})
    (owed,) = owing.owed_replies(standing_of(world.heads["A"]))
    assert owed.due == datetime.date(2026, 5, 18)
    row = Owed.objects.get(school=world.schools["A"])
    assert (row.waived_at, row.waived_by, row.reason) == (None, None, "")
    assert JournalEntry.objects.filter(deed="surveys.unwaived").count() == 1


# --- two in a row ----------------------------------------------------------------------------------------------------


@pytest.fixture
def two_missing(world, at):
    """A has replied to neither of two waves; B and E have."""
    first, second = world.wave, next_wave(world, at)
    for wave in (first, second):
        for school in "BE":
            post(world, wave, school)
    at(timezone.now() + A_MONTH)
    world.first, world.second = Wave.objects.select_related("series", "organisation").get(pk=first.pk), second
    return world


def test_two_missing_in_a_row_hold_the_next_wave_in_that_school_only(two_missing):
    wave = make.open_wave(two_missing.network)
    assert held(wave) == {two_missing.schools["A"].name}
    assert asked(wave) == {two_missing.schools[name].name for name in "BCDEG"}
    assert not wave.schools.filter(school=two_missing.schools["A"]).exists()
    assert wave.invited == 8 + 3 + 3 + 12 + 3


def test_no_letter_addition_or_slip_brings_a_held_school_in(two_missing):
    wave, school, head = make.open_wave(two_missing.network), two_missing.schools["A"], two_missing.heads["A"]
    with pytest.raises(Refused, match="Only people on this school"):
        actions.add_people(wave, school, [two_missing.teacher.pk], head)
    assert actions.can_be_added(wave, school) == []
    actions.send_invitations(wave.pk)
    actions.send_rounds(wave.pk)
    for path, form in (("people/", None), ("people/", {"people": two_missing.teacher.pk}), ("slips/", {"count": 3})):
        found = visit(two_missing, head, f"/waves/{wave.pk}/schools/{school.organisation.slug}/{path}", form)
        assert found.status_code == 404
    assert visit(two_missing, head, f"/waves/{wave.pk}/nudge/", {}).status_code == 403
    assert school.name not in asked(wave)
    assert not wave.schools.filter(school=school).exists()


@pytest.mark.parametrize("which", ["first", "second"])
def test_one_posted_reply_ends_it(two_missing, which):
    post(two_missing, getattr(two_missing, which), "A")
    assert held(make.open_wave(two_missing.network)) == set()


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_waived_reply_is_not_missing(two_missing, which):
    actions.waive(getattr(two_missing, which), two_missing.schools["A"], "Because.", two_missing.chair)
    assert held(make.open_wave(two_missing.network)) == set()
    assert actions.unwaive(getattr(two_missing, which), two_missing.schools["A"], two_missing.chair) is None


def test_one_that_is_not_due_yet_is_not_missing_and_does_not_hide_two_that_are(world, at):
    second = next_wave(world, at)
    at(timezone.now() + 14 * make.DAY)  # the tenth school day itself
    assert owing.held(second.series, [world.schools["A"].pk], MONDAY_TO_FRIDAY) == {}
    at(timezone.now() + make.DAY)
    assert owing.held(second.series, [world.schools["A"].pk], MONDAY_TO_FRIDAY).keys() == {world.schools["A"].pk}
    post(world, second, "E")
    assert held(make.open_wave(world.network)) == {world.schools["A"].name, world.schools["B"].name}


def test_a_third_wave_that_is_not_due_leaves_two_missing(two_missing):
    """A school that was not held for want of a closed day keeps owing; its newest reply is not due yet."""
    rows = owing.with_posted(wave__series=two_missing.second.series, school=two_missing.schools["A"])
    days = {two_missing.network.pk: MONDAY_TO_FRIDAY}
    early, late = owing.dues(rows, days)
    fresh = owing.Due(late.row, posted=False, on=late.today, today=late.today)
    assert owing.missing([early, late, fresh]) == late.row
    assert owing.missing([early, late, owing.Due(late.row, posted=True, on=late.today, today=late.today)]) is None
    assert owing.missing([early]) is owing.missing([fresh]) is owing.missing([]) is None


def test_days_on_which_a_school_is_paused_do_not_count(world, at):
    second = next_wave(world, at)
    school = world.schools["A"]
    network_actions.pause(school, school.organisation, None, by=1)
    at(timezone.now() + 3 * A_MONTH)
    assert owing.held(second.series, [school.pk], MONDAY_TO_FRIDAY) == {}
    network_actions.lift(school, school.organisation, by=1)
    at(timezone.now() + 13 * make.DAY)
    assert owing.held(second.series, [school.pk], MONDAY_TO_FRIDAY) == {}
    at(timezone.now() + 2 * make.DAY)
    assert owing.held(second.series, [school.pk], MONDAY_TO_FRIDAY).keys() == {school.pk}


def test_it_is_frozen_at_the_opening_and_the_next_wave_asks_again(two_missing, at):
    wave = make.open_wave(two_missing.network)
    path = f"/waves/{two_missing.second.pk}/schools/{two_missing.schools['A'].slug}/reply/"
    client = Client()
    client.force_login(two_missing.heads["A"])
    page = client.post(f"/n/{two_missing.network.slug}{path}", FORM, follow=True)
    assert "was opened without your colleagues. The next one asks them again." in text(page)
    assert held(wave) == {two_missing.schools["A"].name}
    assert two_missing.schools["A"].name not in asked(wave)
    close(two_missing, wave)
    at(timezone.now() + A_MONTH)
    assert two_missing.schools["A"].name not in held(make.open_wave(two_missing.network))


def test_who_reads_that_a_school_is_left_out(two_missing):
    name = f"{two_missing.schools['A'].name}: its last two replies"
    planned = actions.ask(
        two_missing.network, "well", timezone.now() + make.DAY, timezone.now() + 9 * make.DAY, by=two_missing.officer
    )
    people = {"officer": two_missing.officer, "chair": two_missing.chair, "teacher": two_missing.teacher}
    people |= {f"head of {name}": person for name, person in two_missing.heads.items()}
    people["other chair"] = make.chair(two_missing.clusters["Y"], "other@x.example")

    def reading(path):
        return {who for who, person in people.items() if name in text(visit(two_missing, person, path))}

    may = {"officer", "chair", "teacher", "head of A"}
    assert reading(f"/waves/{planned.pk}/") == may
    Wave.objects.filter(pk=planned.pk).update(opens_at=timezone.now())
    actions.open_wave(planned.pk)
    assert reading(f"/waves/{planned.pk}/") == may
    assert reading("/") == may
    assert "Two in a row are missing" in text(visit(two_missing, two_missing.heads["A"], "/"))
    who_replied = text(visit(two_missing, two_missing.chair, f"/waves/{two_missing.second.pk}/replies/"))
    assert "so the next pulse did not ask its staff. Posting one ends that." in who_replied


def test_a_schools_own_pulse_waits_and_opens_by_itself_once_a_reply_is_posted(world, at):
    school = world.schools["A"]
    waves = []
    for _ in range(2):
        waves.append(make.open_wave(school.organisation, "lead"))
        make.answer(waves[-1], school, 12)
        make.close(waves[-1])
        at(timezone.now() + A_MONTH)
    third = make.open_wave(school.organisation, "lead")
    assert third.state == "planned"
    client = Client()
    client.force_login(world.heads["A"])
    page = text(client.get(f"/s/{school.slug}/waves/{third.pk}/"))
    assert "Its staff are not invited unless its leaders post one" in page
    wave = Wave.objects.select_related("series", "organisation").get(pk=waves[0].pk)
    actions.post_reply(wave, school, NOTHING, world.heads["A"])
    actions.open_wave(third.pk)
    third.refresh_from_db()
    assert (third.state, third.invited) == ("open", 12)


def test_series_do_not_mix(two_missing):
    """Two missing replies to one pulse hold nothing back in another."""
    assert held(make.open_wave(two_missing.network, "lead")) == set()


@pytest.mark.django_db(transaction=True)
def test_a_reply_posted_while_a_wave_opens_comes_before_it_or_after_it(at, settings):
    world = worlds.open_world({"X": {"A": 12, "B": 12}})
    world.heads = {"A": make.leader(world.schools["A"])}
    close(world, world.wave)
    second = next_wave(world, at)
    at(timezone.now() + A_MONTH)
    for school in ("B",):
        post(world, second, school)
    wave = actions.ask(world.network, "well", timezone.now(), timezone.now() + 7 * make.DAY)

    def race(number):
        return post(world, second, "A") if number else actions.open_wave(wave.pk)

    together(2, race)
    wave.refresh_from_db()
    assert wave.state == "open"
    assert Reply.objects.filter(school=world.schools["A"], posted_at__isnull=False).count() == 1
    left_out = world.schools["A"].name in held(wave)
    assert left_out is (world.schools["A"].name not in asked(wave))
    assert (actions.left_out_of(second, world.schools["A"]) == wave) is left_out


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_opening_waits_for_a_reply_that_is_being_posted(at):
    """The reply is written and not yet committed: the opening must not look before it is."""
    world = worlds.open_world({"X": {"A": 12, "B": 12}})
    world.heads = {"A": make.leader(world.schools["A"])}
    close(world, world.wave)
    second = next_wave(world, at)
    at(timezone.now() + A_MONTH)
    wave = actions.ask(world.network, "well", timezone.now(), timezone.now() + 7 * make.DAY)
    posted, opening = threading.Event(), threading.Event()

    def race(number):
        if number:
            assert posted.wait(20)
            opening.set()
            return actions.open_wave(wave.pk)
        with transaction.atomic():
            post(world, second, "A")
            posted.set()
            assert opening.wait(20)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(1)")
        return None

    together(2, race)
    wave.refresh_from_db()
    assert held(wave) == {world.schools["B"].name}
    assert asked(wave) == {world.schools["A"].name}


# --- what became of it -----------------------------------------------------------------------------------------------


@pytest.fixture
def promised(world, at):
    """A and the cluster promised to move well.1; the next wave has come in. What compare said is set by hand, so that a
    word shows whose it is."""
    post(world, world.wave, "A", WORDS)
    post(world, world.wave, "X", WORDS, world.chair)
    second = next_wave(world, at)
    for place, word, direction in (("A", "Confirmed change", "up"), ("X", "Worth watching", "down")):
        rows = Change.objects.filter(wave=second, item="well.1", place=world.place(place))
        assert rows.update(word=word, direction=direction) == 1
    world.second = second
    return world


OWN, SHARED = "Since then: confirmed change, higher.", "Since then: worth watching, lower."


def test_the_next_results_say_beside_a_promise_what_became_of_it(promised):
    school = f"/waves/{promised.second.pk}/schools/{promised.schools['A'].slug}/"
    page = text(visit(promised, promised.heads["A"], school))
    assert "You said you would One meeting a week goes." in page
    assert OWN in page
    cluster = f"/waves/{promised.second.pk}/clusters/{promised.clusters['X'].slug}/"
    assert SHARED in text(visit(promised, promised.heads["B"], cluster))
    earlier = f"/waves/{promised.wave.pk}/schools/{promised.schools['A'].slug}/"
    assert "Since then" not in text(visit(promised, promised.heads["A"], earlier))


def test_do_says_it_to_whoever_may_see_that_figure_and_to_nobody_else(promised, at):
    """R3 and R11: a school's own to its leaders, chair and officer, to its staff once they see the results."""
    stakeholder = make.stakeholder(promised.network)
    people = {"officer": promised.officer, "chair": promised.chair, "teacher": promised.teacher, "guest": stakeholder}
    people |= {f"head of {name}": person for name, person in promised.heads.items()}

    def reading(words):
        return {who for who, person in people.items() if words in text(visit(promised, person, "/do/"))}

    leaders = {"officer", "chair", "head of A", "head of B", "head of C"}  # of the cluster that it was promised to
    assert reading(OWN) == {"officer", "chair", "head of A"}
    assert reading(SHARED) == leaders
    at(timezone.now() + 2 * make.DAY)
    assert reading(OWN) == {"officer", "chair", "head of A", "teacher"}
    assert reading(SHARED) == {*leaders, "teacher"}


def test_before_the_day_on_which_it_is_looked_at_it_says_so_far(promised):
    reply = Reply.objects.get(school=promised.schools["A"])
    change = Change(word="No clear change", direction="up")
    assert since(reply, promised.second, change) == "Since then: no clear change."
    reply.look_on = promised.second.closes_at.date() + make.DAY
    assert since(reply, promised.second, change) == "So far: no clear change."
    assert since(reply, promised.second, None) == "So far: nobody can say, because too few answered."


def test_no_figure_stands_in_what_became_of_it(promised):
    officer = make.membership(promised.officer, promised.network)
    told = results.told(reads.posted_replies(officer), officer)
    assert sorted(told.values()) == sorted([OWN, SHARED])
    assert not any(re.search(r"\d", words) for words in told.values())


# --- who reads it ----------------------------------------------------------------------------------------------------


def test_a_clusters_reply_is_read_by_its_schools_and_nobody_else(world, at):
    """By the people of all schools that took part in the cluster, its chair and coach, and the officer: on the doors, at
    the school's own place, and on the page of its results, whose figures others see as well."""
    post(world, world.wave, "X", NOTHING, world.chair)
    people = {"officer": world.officer, "chair": world.chair, "teacher": world.teacher}
    people |= {"coach": make.coach(world.clusters["X"]), "guest": make.stakeholder(world.network)}
    people |= {f"head of {name}": person for name, person in world.heads.items()}
    people["other chair"] = make.chair(world.clusters["Y"], "other@x.example")
    people["teacher of E"] = world.schools["E"].staff.select_related("person")[0].person
    at(timezone.now() + 3 * make.DAY)  # everybody sees the figures
    page = f"/waves/{world.wave.pk}/clusters/{world.clusters['X'].slug}/"
    readers = {"officer", "chair", "coach", "teacher", "head of A", "head of B", "head of C"}
    for path in ("/decide/", page):
        pages = {who: visit(world, person, path) for who, person in people.items()}
        assert {found.status_code for found in pages.values()} == {200}
        assert {who for who, found in pages.items() if NOTHING.text in text(found)} == readers
    for name, reads_it in (("A", True), ("E", False)):
        client = Client()
        client.force_login(world.heads[name])
        found = text(client.get(f"/s/{world.schools[name].organisation.slug}/decide/"))
        assert (NOTHING.text in found) is reads_it


def test_a_clusters_reply_in_another_network_stays_there(world):
    """A school that belongs to two networks reads it in the one that asked, and at its own place."""
    post(world, world.wave, "X", NOTHING, world.chair)
    other = worlds.open_world({"Z": {"F": 12, "H": 3}}).network
    NetworkMembership.objects.create(network=other, school=world.schools["A"], since=timezone.localdate())
    for place, count in ((world.network, 1), (other, 0), (world.schools["A"].organisation, 1)):
        assert len(reads.posted_replies(make.membership(world.heads["A"], place))) == count


# --- the next thank-you ----------------------------------------------------------------------------------------------


def thanks(world, at, school):
    at(timezone.now() + 7 * make.DAY)
    wave = make.open_wave(world.network)
    token = make.tokens(wave, world.schools[school])[0]
    page = Client().post(f"/a/{wave.pk}/{token}", {f"well.{number}": "4" for number in range(1, 7)})
    assert page.status_code == 200
    return text(page)


def test_the_thank_you_shows_the_schools_reply_and_not_the_clusters(world, at):
    post(world, world.wave, "A", WORDS)
    post(world, world.wave, "X", NOTHING, world.chair)
    page = thanks(world, at, "A")
    assert f"“{WORDS.heard}” Since then {WORDS.text}" in page
    assert NOTHING.text not in page


@pytest.mark.parametrize("school", ["B", "C"])
def test_the_thank_you_shows_the_clusters_reply_where_the_school_has_none(world, at, school):
    post(world, world.wave, "A", WORDS)
    post(world, world.wave, "X", NOTHING, world.chair)
    actions.save_reply(world.wave, world.schools["B"], WORDS, world.heads["B"])  # a draft is none
    page = thanks(world, at, school)
    assert f"“{NOTHING.heard}” Since then The schools of Cluster X together: {NOTHING.text}" in page
    assert WORDS.text not in page


def test_the_thank_you_of_another_cluster_shows_neither(world, at):
    post(world, world.wave, "A", WORDS)
    post(world, world.wave, "X", NOTHING, world.chair)
    actions.save_reply(world.wave, world.clusters["Y"], WORDS, world.officer)  # a draft of its own
    page = thanks(world, at, "E")
    assert "Since then" not in page


def test_an_older_reply_of_the_school_goes_before_a_newer_one_of_the_cluster(world, at):
    post(world, world.wave, "A", WORDS)
    post(world, next_wave(world, at), "X", NOTHING, world.chair)
    assert WORDS.text in thanks(world, at, "A")
