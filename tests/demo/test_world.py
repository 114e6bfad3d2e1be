"""The demo world: built once, the same every time, with its one real fall and its one false alarm, and open to this machine only."""

from __future__ import annotations

import ast
import datetime
import json
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import alongside
from alongside.demo import actions, reads, story, world
from alongside.evidence import reads as evidence_reads
from alongside.evidence.grids import reads as grid_reads
from alongside.evidence.models import MapRound
from alongside.goals.models import Action
from alongside.kit import chain, journal, mail
from alongside.kit.models import JournalEntry
from alongside.network.models import Cluster, Organisation, ProfileAnswer, School
from alongside.people.models import Invitation, Person, Role, StaffEntry
from alongside.people.reads import standing
from alongside.surveys import releases, seal, tickets, wording
from alongside.surveys.models import (
    Change,
    Held,
    Owed,
    OwnInstrument,
    Release,
    Reply,
    Room,
    RoomAnswer,
    RoomPass,
    RoomRelease,
    SealedRoomAnswer,
    SelfCheck,
    Theme,
    Ticket,
    Wave,
)
from tests.crawl import links
from tests.small_world import forget

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]  # one telling for all of them

SHORT = 2  # waves of the first telling
PAGES = 12  # queries
HERE = "127.0.0.1"


def told(waves: int) -> dict[int, object]:
    """The world with so many closed waves; what was published in each but for its dates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(story, "CLOSED_DAYS_AGO", story.CLOSED_DAYS_AGO[:waves])
        patch.setattr(story, "REPLIES", tuple(reply for reply in story.REPLIES if reply.wave <= waves))
        world.build()
    documents = {
        release.wave.number: json.loads(release.document)
        for release in Release.objects.filter(wave__series__instrument="well").select_related("wave")
    }
    return {
        number: {part: document[part] for part in ("items", "answered", "schools")}
        for number, document in documents.items()
    }


def empty() -> None:
    call_command("flush", interactive=False, verbosity=0)
    forget()


@pytest.fixture(scope="module")
def tellings(django_db_setup, django_db_blocker):
    """The story told twice, each time to an empty database; the second telling, the whole, stays for these tests."""
    with (
        django_db_blocker.unblock(),
        override_settings(MAILERS={"default": {"BACKEND": "alongside.kit.mail.MailboxBackend"}}),
    ):
        empty()
        first = told(SHORT)
        empty()
        mail.drop(f"wave-{SHORT + 3}")
        second = told(len(story.CLOSED_DAYS_AGO))
        yield first, second
        empty()


@pytest.fixture
def demo(tellings, settings):
    settings.DEMO = True
    return Client(REMOTE_ADDR=HERE)


def network() -> Organisation:
    return Organisation.objects.get(kind="network")


def change(school: str, wave: int, item: str = "well.1") -> Change:
    place = f"school:{School.objects.get(name=school).pk}"
    return Change.objects.get(wave__number=wave, wave__series__instrument="well", item=item, place=place)


# The story


def test_the_same_story_twice_comes_to_the_same_figures(tellings):
    first, second = tellings
    assert first.keys() == set(range(1, SHORT + 1))
    assert second.keys() == set(range(1, len(story.CLOSED_DAYS_AGO) + 1))
    for number, published in first.items():
        assert published == second[number], f"wave {number}"


def test_the_world_is_as_large_as_its_story(tellings):
    planned = [school for schools in story.CLUSTERS.values() for school in schools]
    assert (Cluster.objects.count(), School.objects.count(), len(planned)) == (3, 17, 17)
    assert StaffEntry.objects.count() == sum(school.staff for school in planned)
    assert {school.name: school.staff.count() for school in School.objects.all()} == {s.name: s.staff for s in planned}
    led = set(Role.objects.filter(kind="leader").values_list("school__name", flat=True))
    assert led == {school.name for school in planned}


def test_nobody_owes_two_replies_in_a_row_and_the_last_pulse_waits_for_most(tellings):
    """Who stands in no story said what one says in a usual month; or the next pulse would not have asked them."""
    assert not Held.objects.exists()
    said = {(reply.wave_id, reply.place) for reply in Reply.objects.filter(posted_at__isnull=False)}
    owed = Owed.objects.filter(wave__series__instrument="well", school__isnull=False).select_related("wave", "school")
    silent = {(row.wave.number, row.school.name) for row in owed if (row.wave_id, row.place) not in said}
    told = {reply.school for reply in story.REPLIES if reply.wave == 11}
    last = {school.name for school in School.objects.filter(pk__in=owed.filter(wave__number=11).values("school"))}
    assert silent == {(11, name) for name in last - told}
    assert "Birch Park Secondary" in last - told


def test_the_avon_cluster_has_its_chairs_replies_a_waived_one_and_themes(tellings):
    mine = Reply.objects.filter(cluster__name="Avon cluster", posted_at__isnull=False)
    assert [(reply.wave.series.instrument, reply.wave.number, reply.heard) for reply in mine.order_by("pk")] == [
        ("lead", 1, story.LEADING.heard),
        ("well", 10, story.TOGETHER.heard),
    ]
    assert {reply.written_by.email for reply in mine} == {"chair@riverway.example"}
    waived = Owed.objects.get(waived_at__isnull=False)
    assert (waived.school.name, waived.reason) == story.WAIVED
    assert [theme.text for theme in Theme.objects.filter(school__name="Birch Park Secondary")] == list(story.THEMES)
    assert Theme.objects.get(cluster__name="Avon cluster").text == story.CLUSTER_THEME


@pytest.mark.parametrize(
    ("school", "said", "did"),
    [
        ("Birch Park Secondary", story.THEMES[0], story.LEADING_AT_BIRCH.text),
        ("Holt Primary", story.CLUSTER_THEME, story.LEADING.text),
    ],
)
def test_the_next_thank_you_shows_the_schools_reply_else_the_clusters(demo, school, said, did):
    wave = Wave.objects.get(state="open")
    entry = wave.roster.filter(school__name=school).order_by("person_id").last()
    token = tickets.token(tickets.read_key(wave.pk), entry.person_id, "staff")
    Ticket.objects.filter(wave=wave, digest=tickets.digest(token)).update(used=False)
    sent = {f"lead.{number}": "4" for number in range(1, 7)}
    page = demo.post(f"/a/{wave.pk}/{token}", sent).content.decode()
    assert said in page
    assert did in page


def test_thirteen_waves_are_sealed_one_is_open_and_the_rhythm_has_planned_the_next(tellings):
    waves = Wave.objects.filter(seat__isnull=True).exclude(series__instrument="grid").order_by("pk")
    states = waves.values_list("series__instrument", "number", "state")
    told = [*(("well", number, "sealed") for number in range(1, 10)), ("lead", 1, "sealed")]
    told += [
        ("coh", 1, "sealed"),
        ("well", 10, "sealed"),
        ("well", 11, "sealed"),
        ("ballot", 1, "sealed"),
        ("lead", 2, "open"),
        ("well", 12, "planned"),
    ]
    assert list(states) == told
    assert Wave.objects.get(state="planned").occasion.isoweekday() == 2
    for wave in Wave.objects.all():
        assert tickets.key_path(wave.pk).exists() is (wave.state == "open")
        if wave.state == "sealed":
            seal.verify(wave)
    closed = list(
        Wave.objects.filter(state="sealed", series__instrument="well")
        .order_by("number")
        .values_list("closes_at", flat=True)
    )
    assert closed == sorted(closed)


def test_two_coherence_rounds_lie_half_a_year_apart_and_three_schools_have_a_map(tellings):
    first, second = MapRound.objects.order_by("number")
    assert 100 < (second.started_at - first.started_at).days < 200
    assert set(Wave.objects.filter(seat__isnull=False).values_list("state", flat=True)) == {"sealed"}
    officer = standing(Person.objects.get(email="officer@riverway.example")).member(network())
    page = evidence_reads.together(evidence_reads.round_of(officer, second.pk), officer)
    assert page.counted == len(story.MAPPED)
    assert {bar.schools for bar in page.map.bars} == {3}
    assert page.map.bars[-1].statement.about in {"Student voice", "Joined-up"}
    school = School.objects.get(name=story.STUDENTS_AT)
    leader = standing(Person.objects.get(email="head@riverway.example")).member(network())
    asked = evidence_reads.round_of(leader, second.pk)
    birch = evidence_reads.school_map(asked, evidence_reads.school_of(asked, school.organisation.slug), leader)
    assert all(bar.before is not None for bar in birch.map.bars)
    assert {spot.statement.about for spot in birch.map.spots} >= {"Student voice"}


def test_a_grid_has_its_portraits_and_schools_that_could_help_others(tellings):
    wave = Wave.objects.get(series__instrument="grid")
    officer = standing(Person.objects.get(email="officer@riverway.example")).member(network())
    page = grid_reads.together(grid_reads.grid_of(officer, wave.pk), officer)
    assert page.counted == len(story.GRIDDED)
    assert page.portrait.any
    assert "Larkfield Special School" in {each.giver for each in page.helps}


def test_the_students_of_one_school_answered_by_slips_and_leading_is_shown_by_kind_of_job(tellings):
    heard = Wave.objects.get(series__instrument="coh")
    birch = School.objects.get(name=story.STUDENTS_AT)
    assert heard.organisation == birch.organisation
    assert heard.invited == sum(story.CLASSES.values())
    document = releases.of(heard)
    scores = {item: document.score(item, f"school:{birch.pk}").score for item in document.items}
    assert min(scores, key=scores.get) == story.TO_STUDENTS.moves == "coh.5.student"
    assert Reply.objects.get(wave=heard).heard == story.TO_STUDENTS.heard
    led = releases.of(Wave.objects.get(series__instrument="lead", number=1))
    kinds = [kinds for kinds, _ in led.cut("lead.1", f"school:{birch.pk}")]
    assert kinds == [("leaders", "support"), ("teachers",)]
    assert Wave.objects.get(series__instrument="lead", number=2).breakdown == "job"


def test_building_again_says_so_and_changes_nothing(tellings):
    before = (Person.objects.count(), Wave.objects.count(), list(Release.objects.order_by("pk").values_list("sha256")))
    assert world.build() == "Riverway Trust is built already; nothing was changed."
    assert (
        Person.objects.count(),
        Wave.objects.count(),
        list(Release.objects.order_by("pk").values_list("sha256")),
    ) == before


def test_workload_at_birch_park_fell_for_sure(tellings):
    fell = change("Birch Park Secondary", 11)
    assert (fell.word, fell.direction) == ("Confirmed change", "down")
    assert change("Birch Park Secondary", 10).direction == "down"
    assert {change("Birch Park Secondary", number).word for number in range(4, 10)}.isdisjoint({"Confirmed change"})


def test_the_bad_month_at_holt_is_no_confirmed_change(tellings):
    """One low pulse, and it passed: a false alarm that must not be called a change."""
    words = {number: change("Holt Primary", number).word for number in range(4, 12)}
    assert "Confirmed change" not in words.values()
    scores = {
        release.wave.number: json.loads(release.document)["items"][0]["scores"][change("Holt Primary", 6).place][
            "score"
        ]
        for release in Release.objects.filter(wave__series__instrument="well").select_related("wave")
    }
    assert scores[6] < min(scores[5], scores[7])


def test_nothing_else_is_called_a_confirmed_fall(tellings):
    """What the story does not move does not move for sure."""
    moved = {f"school:{School.objects.get(name=name).pk}" for name, _ in story.MOVES}
    confirmed = Change.objects.filter(word="Confirmed change", place__startswith="school:", direction="down")
    assert set(confirmed.values_list("place", flat=True)) <= moved


def test_nobody_of_the_demo_signs_in_by_password(tellings):
    assert not [person for person in Person.objects.all() if person.has_usable_password()]
    assert not Person.objects.exclude(email__endswith="@riverway.example").exists()


# The journal


def _deeds(deed: str) -> dict[tuple[int, str], JournalEntry]:
    return {(entry.organisation, entry.about): entry for entry in JournalEntry.objects.filter(deed=deed)}


def test_every_journal_is_whole_and_in_the_order_in_which_things_happened(tellings):
    kept = journal.organisations()
    assert len(kept) == 18
    assert [journal.verify(organisation).fault for organisation in kept] == [None] * 18
    for organisation in kept:
        moments = list(JournalEntry.objects.filter(organisation=organisation).order_by("number").values_list("at"))
        assert moments == sorted(moments)


def test_each_deed_stands_at_its_moment_of_the_story(tellings):
    """What is over was written down then, not on the day on which the world was built."""
    opened, sealed = _deeds("surveys.opened"), _deeds("surveys.sealed")
    for wave in Wave.objects.filter(state="sealed"):
        key = (wave.organisation_id, f"wave:{wave.pk}")
        assert opened[key].at == wave.opens_at
        assert sealed[key].at == wave.release.published_at
    schools, clusters = _deeds("surveys.replied"), _deeds("surveys.replied_for_cluster")
    replied, replies = {**schools, **clusters}, Reply.objects.all()
    assert len(replied) == len(replies) == len(schools) + len(clusters)
    assert len(clusters) == len([story.TOGETHER, story.LEADING])
    for reply in replies:
        entry = replied[reply.organisation_id, f"wave:{reply.wave_id}"]
        assert (entry.at, entry.by) == (reply.posted_at, reply.written_by_id)
    waived, [entry] = Owed.objects.get(waived_at__isnull=False), _deeds("surveys.waived").values()
    assert (entry.at, entry.by) == (waived.waived_at, waived.waived_by_id)
    [entry] = _deeds("surveys.themes_shared").values()
    assert set(Theme.objects.filter(school__isnull=False).values_list("shared_at", "written_by")) == {
        (entry.at, entry.by)
    }
    for answer in ProfileAnswer.objects.all():
        said = {"question": answer.question, "version": answer.number}
        entry = JournalEntry.objects.get(deed="network.profile_written", payload=said)
        assert (entry.at, entry.by) == (answer.written_at, answer.written_by)
    first = JournalEntry.objects.get(organisation=network().pk, number=1)
    assert (first.deed, first.at.date()) == ("network.founded", network().founded_on)
    assert first.at < Wave.objects.get(series__instrument="well", number=1).opens_at


def test_every_deed_is_somebodys_of_the_story_or_the_workers(tellings):
    itself = {"network.founded", "surveys.opened", "surveys.sealed", "surveys.occasion_planned"}
    nobodys = JournalEntry.objects.filter(by=None).exclude(deed__in=itself)
    assert [(entry.deed, entry.number) for entry in nobodys] == [("people.role_granted", 2)]  # the officer's own
    signed = set(JournalEntry.objects.exclude(by=None).values_list("by", flat=True))
    assert signed == set(Person.objects.filter(pk__in=signed).values_list("pk", flat=True))
    assert set(JournalEntry.objects.filter(deed="calendar.year_saved").values_list("by", flat=True)) == {
        Person.objects.get(email="officer@riverway.example").pk
    }


def test_the_officer_reads_a_journal_of_people_who_are_here(demo):
    demo.post("/demo/enter/officer/")
    page = demo.get("/n/riverway-trust/journal/").content.decode()
    assert "Emeka Clarke" in page
    assert "somebody who is no longer here" not in page


def test_nothing_but_the_demo_dates_a_journal_itself():
    root = Path(alongside.__file__).parent
    own = {root / "kit/journal/__init__.py", root / "kit/journal/entries.py"}
    users = {
        path.relative_to(root).as_posix()
        for path in set(root.rglob("*.py")) - own
        for node in ast.walk(ast.parse(path.read_text()))
        if ast.unparse(node) in {"journal.dated", "entries.dated"}
        or (isinstance(node, ast.ImportFrom) and any(alias.name == "dated" for alias in node.names))
    }
    assert users == {"demo/world.py"}


# Who works with the trust


def test_the_university_its_coach_and_the_colleague_who_is_invited(demo):
    demo.post("/demo/enter/officer/")
    partners = demo.get("/n/riverway-trust/partners/").content.decode()
    assert "Estuary University" in partners
    assert "Tessa Novak" in partners
    roles = demo.get("/n/riverway-trust/roles/").content.decode()
    assert "Idris Vaughan" in roles
    [invitation] = Invitation.objects.all()
    assert (invitation.state(timezone.now()), str(invitation.cluster), invitation.kind) == (
        "open",
        "Brede cluster",
        "coach",
    )
    sent = JournalEntry.objects.get(deed="people.invitation_sent")
    assert sent.at == invitation.sent_at
    assert invitation.expires_at - invitation.sent_at == datetime.timedelta(days=14)


# Walking in


@pytest.mark.parametrize("role", reads.ROLES, ids=lambda role: role.key)
def test_each_button_of_the_first_page_signs_in_and_lands(demo, role, django_assert_max_num_queries):
    front = demo.get("/").content.decode()
    assert f'action="/demo/enter/{role.key}/"' in front
    assert role.label in front
    landed = demo.post(f"/demo/enter/{role.key}/", follow=True)
    assert (landed.status_code, landed.wsgi_request.user.email) == (200, f"{role.key}@riverway.example")
    assert landed.redirect_chain[0] == ("/home/", 302)
    assert "Made up" in landed.content.decode()
    assert "Riverway Trust" in landed.content.decode()
    for path in links(landed):
        with django_assert_max_num_queries(PAGES):
            response = demo.get(path)
        assert response.status_code == 200, path


@pytest.mark.parametrize("key", ["admin", "owner", "head-x", "0"])
def test_nobody_else_can_be_walked_in_as(demo, key):
    assert demo.post(f"/demo/enter/{key}/").status_code == 404
    assert demo.get("/demo/enter/head/").status_code == 405


def test_the_heads_first_page_says_what_needs_him(demo):
    page = demo.post("/demo/enter/head/", follow=True).content.decode()
    assert "Your colleagues at Birch Park Secondary wait for a reply" in page


@pytest.mark.parametrize("role", ["chair", "officer"])
def test_the_result_page_of_seventeen_schools_stays_within_its_queries(demo, role, django_assert_max_num_queries):
    demo.post(f"/demo/enter/{role}/")
    wave = Wave.objects.get(series__instrument="well", number=11)
    with django_assert_max_num_queries(PAGES):
        page = demo.get(f"/n/riverway-trust/waves/{wave.pk}/results/").content.decode()
    assert "Birch Park Secondary" in page
    assert ("Kingsmead High" in page) is (role == "officer")


# A meeting


def test_what_a_meeting_said_in_the_room_can_be_looked_at(demo):
    room = Room.objects.get()
    document = json.loads(RoomRelease.objects.get().document)
    avon = Cluster.objects.get(slug="avon-cluster")
    assert (room.state, room.cluster, room.present, document["answered"]) == ("sealed", avon, 34, "31")
    assert [model.objects.count() for model in (RoomPass, RoomAnswer, SealedRoomAnswer)] == [0, 0, 31]
    assert room.closed_at - room.opened_at == datetime.timedelta(minutes=9)
    scores = {item["id"]: item["score"]["score"] for item in document["items"]}
    assert scores == {"lead.1": 82, "lead.2": 60, "lead.3": 73, "lead.4": 54, "lead.5": 72, "lead.6": 73}
    assert min(scores, key=scores.get) == "lead.4"
    for role in ("chair", "officer"):
        demo.post(f"/demo/enter/{role}/")
        page = demo.get(f"/n/riverway-trust/rooms/{room.pk}/")
        assert page.status_code == 200
        assert "31 of 34" in page.content.decode()
        assert f"/rooms/{room.pk}/" in demo.get("/n/riverway-trust/ask/").content.decode()


# The mailbox and the closing day


def test_every_letter_of_the_open_pulse_lies_in_the_mailbox(demo):
    wave = Wave.objects.get(state="open")
    every, total = mail.letters(10_000)
    letters = [letter for letter in every if not letter.subject.startswith("Reminder: ")]
    count = len(letters)
    waiting = wave.roster.filter(school__name=story.PAUSED).count()  # its head has left it in peace
    assert waiting == 8
    assert (count, len({letter.to for letter in letters})) == (wave.invited - waiting, wave.invited - waiting)
    paths = {re.search(rf"/a/{wave.pk}/\S+", letter.text)[0] for letter in letters}
    assert len(paths) == count
    page = demo.get("/demo/mailbox/").content.decode()
    assert f"{total} letters" in page


def test_its_first_reminder_has_gone_to_whoever_had_not_answered(demo):
    """In long holidays, with no school day near, the wave opened today and there is none."""
    wave = Wave.objects.get(state="open")
    reminded = {letter.to for letter in mail.letters(10_000)[0] if letter.subject.startswith("Reminder: ")}
    key, spent = tickets.read_key(wave.pk), Ticket.objects.filter(wave=wave.pk, used=True)
    answered = {bytes(digest) for digest in spent.values_list("digest", flat=True)}
    waiting = {
        entry.person.email
        for entry in wave.roster.exclude(school__name=story.PAUSED).select_related("person")
        if tickets.digest(tickets.token(key, entry.person_id, "staff")) not in answered
    }
    assert reminded == (waiting if wave.opens_at < timezone.now() - datetime.timedelta(hours=24) else set())
    assert "teacher@riverway.example" in waiting


def test_the_teachers_own_letter_opens_the_pulse(demo):
    """Her turn is the visitor's: she has not answered yet."""
    demo.post("/demo/enter/teacher/")
    letter = mail.letters_to("teacher@riverway.example")[0]
    page = demo.get(f"/demo/mailbox/{letter.key}/").content.decode()
    path = re.search(r'href="(/a/\d+/[^"]+)"', page)[1]
    assert demo.get(path).status_code == 200
    assert demo.get("/demo/mailbox/0123/").status_code == 404


def test_the_closing_day_comes_when_it_is_let(demo):
    wave = Wave.objects.get(state="open")
    response = demo.post(f"/demo/waves/{wave.pk}/close/")
    assert response.url == f"/n/riverway-trust/waves/{wave.pk}/"
    seal.seal(wave.pk)
    wave.refresh_from_db()
    assert wave.has_results
    assert wave.closes_at > wave.opens_at
    assert demo.post(f"/demo/waves/{wave.pk}/close/").status_code == 404


def test_only_an_open_wave_can_be_let_close(tellings):
    sealed = Wave.objects.filter(state="sealed").first()
    assert actions.let_closing_day_come(sealed.pk) is None
    assert actions.let_closing_day_come(987654) is None


# Open to this machine only

DEMO_PAGES = [
    ("POST", "/demo/enter/officer/"),
    ("GET", "/demo/mailbox/"),
    ("GET", "/demo/mailbox/0123/"),
    ("POST", "/demo/waves/{wave}/close/"),
    ("GET", "/demo/components/"),
]


def _status(client: Client, method: str, path: str, **more: str) -> int:
    path = path.format(wave=Wave.objects.get(state="open").pk)
    return client.generic(method, path, **more).status_code


@pytest.mark.parametrize(("method", "path"), DEMO_PAGES)
def test_demo_pages_are_not_there_outside_the_demo(tellings, method, path):
    assert django_settings.DEMO is False
    assert _status(Client(REMOTE_ADDR=HERE), method, path) == 404
    assert Wave.objects.filter(state="open", series__instrument="lead").exists()


@pytest.mark.parametrize(("method", "path"), DEMO_PAGES)
@pytest.mark.parametrize(
    "where",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": "10.0.0.1"},
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"REMOTE_ADDR": "::ffff:203.0.113.9"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "nonsense"},
        {"REMOTE_ADDR": HERE, "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"REMOTE_ADDR": HERE, "HTTP_X_FORWARDED_FOR": HERE},
        {"REMOTE_ADDR": HERE, "HTTP_FORWARDED": "for=203.0.113.9"},
    ],
    ids=str,
)
def test_demo_pages_are_not_there_for_other_machines(demo, method, path, where):
    client = Client()
    assert _status(client, method, path, **where) == 404
    assert not client.session.get("_auth_user_id")
    assert client.get("/", **where).url == "/sign-in/"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_demo_pages_are_there_for_this_machine(demo, address):
    assert demo.get("/demo/components/", REMOTE_ADDR=address).status_code == 200


def test_the_first_page_says_when_the_world_is_not_built(demo):
    Organisation.objects.filter(kind="network").update(slug="other")
    assert "The made-up trust is not built yet. Build it with: alongside demo" in demo.get("/").content.decode()


def test_the_trust_has_a_pulse_of_its_own_and_birch_park_shares_how_its_leaders_see_themselves(tellings):
    own, check = OwnInstrument.objects.get(), SelfCheck.objects.get()
    assert (own.organisation, own.words.missing, len(own.words.lines)) == (network(), [], 5)
    assert [wording.advice(line.statement) for line in own.words.lines] == [[]] * 5
    assert (check.school.name, check.shared_at is None, sum(check.numbers.values())) == (
        "Birch Park Secondary",
        False,
        23,
    )
    wave = Wave.objects.get(series__instrument="lead", state__in=["published", "sealed"])
    assert abs(wave.closes_at.date() - check.held_on) < datetime.timedelta(days=10)


def test_every_action_says_why_down_to_what_people_said_in_eight_queries(tellings):
    actions = list(Action.objects.select_related("owner"))
    assert len(actions) == 5
    for action in actions:
        told = {place.pk for place in standing(action.owner).organisations()}
        with CaptureQueriesContext(connection) as queries:
            found = chain.walk(f"action:{action.pk}", told).back
        assert len(queries) <= 8
        assert [link.name.partition(":")[0] for link in found][-1] == "signal", action.title
        assert found[-1].told.url.startswith("/n/riverway-trust/waves/")
