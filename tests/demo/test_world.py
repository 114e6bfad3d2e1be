"""The demo world: built once, the same every time, with its one real fall and its one false alarm, and open to this machine only."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client, override_settings

from alongside.demo import actions, reads, story, world
from alongside.kit import mail
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person, Role, StaffEntry
from alongside.surveys import seal, tickets
from alongside.surveys.models import Change, Held, Owed, Release, Reply, Theme, Ticket, Wave
from tests.crawl import links
from tests.small_world import forget

pytestmark = pytest.mark.django_db

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
        mail.drop(f"wave-{SHORT + 2}")
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
        ("well", 10, story.TOGETHER.heard),
        ("lead", 1, story.LEADING.heard),
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


def test_twelve_waves_are_sealed_and_one_is_open(tellings):
    states = Wave.objects.order_by("pk").values_list("series__instrument", "number", "state")
    assert list(states) == [
        *(("well", number, "sealed") for number in range(1, 12)),
        ("lead", 1, "sealed"),
        ("lead", 2, "open"),
    ]
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


# The mailbox and the closing day


def test_every_letter_of_the_open_pulse_lies_in_the_mailbox(demo):
    wave = Wave.objects.get(state="open")
    letters, count = mail.letters(10_000)
    waiting = wave.roster.filter(school__name=story.PAUSED).count()  # its head has left it in peace
    assert waiting == 8
    assert (count, len({letter.to for letter in letters})) == (wave.invited - waiting, wave.invited - waiting)
    paths = {re.search(rf"/a/{wave.pk}/\S+", letter.text)[0] for letter in letters}
    assert len(paths) == count
    page = demo.get("/demo/mailbox/").content.decode()
    assert f"{count} letters" in page


def test_the_teachers_own_letter_opens_the_pulse(demo):
    """Her turn is the visitor's: she has not answered yet."""
    demo.post("/demo/enter/teacher/")
    [letter] = [letter for letter in mail.letters(10_000)[0] if letter.to == "teacher@riverway.example"]
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
