"""Whom a pulse asks besides all staff: teachers, support staff, governors; and what follows the audience."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from alongside.kit.errors import Refused
from alongside.people.models import Person, Role, StaffEntry
from alongside.people.reads import standing
from alongside.surveys import actions, audiences, budget, check, instruments, notices, reads, releases, tickets
from alongside.surveys.audiences import AUDIENCES, audience
from alongside.surveys.instruments import instrument
from alongside.surveys.models import RosterEntry, Ticket, Wave, WaveSchool
from tests import make
from tests.surveys import audience_worlds, worlds
from tests.surveys.audience_worlds import opened, schools_of

pytestmark = pytest.mark.django_db
KINDS = {"A": {"L": 2, "T": 11, "S": 12}, "B": {"L": 1, "T": 3, "S": 2}}
DAYS = timezone.timedelta(days=7)


@pytest.fixture
def place(db):
    return schools_of(KINDS)


@pytest.fixture
def governing(tmp_path):
    with audience_worlds.with_governing(tmp_path):
        yield


def asked_people(wave):
    return set(RosterEntry.objects.filter(wave=wave).values_list("person", flat=True))


def ask(world, pulse="well", **more):
    return actions.ask(world.network, pulse, timezone.now(), timezone.now() + DAYS, **more)


def test_no_audience_is_a_leadership_team():
    leaders = audiences.KINDS["leaders"]
    assert [each.key for each in AUDIENCES.values() if each.jobs and each.jobs <= leaders] == []
    assert {job for jobs in audiences.KINDS.values() for job in jobs} == set(StaffEntry.Job.values)
    assert sum(len(jobs) for jobs in audiences.KINDS.values()) == len(StaffEntry.Job)


@pytest.mark.parametrize(
    ("key", "kinds", "invited"), [("staff", "LTS", 31), ("teachers", "LT", 17), ("support", "S", 14)]
)
def test_each_audience_of_staff_asks_its_own_people(place, key, kinds, invited):
    world, people = place
    wave = opened(world, audience=key)
    assert asked_people(wave) == {p.pk for at in people.values() for kind in kinds for p in at.get(kind, [])}
    assert (wave.invited, wave.k_scores, wave.k_shares) == (invited, 5, 10)
    assert set(Ticket.objects.filter(wave=wave.pk).values_list("audience", flat=True)) == {key}
    assert Ticket.objects.filter(wave=wave.pk).count() == invited
    assert sum(WaveSchool.objects.filter(wave=wave).values_list("invited", flat=True)) == invited


def test_who_has_two_jobs_at_two_schools_is_asked_where_the_job_is(place):
    world, people = place
    both = people["A"]["S"][0]
    at = world.schools["B"]
    StaffEntry.objects.create(
        organisation=at.organisation, school=at, person=both, name=both.name, job="teacher", hours=5, since="2026-01-01"
    )
    make.staff(at, 0, domain=both.email.partition("@")[2])
    for key, school in (("teachers", "B"), ("support", "A"), ("staff", "A")):
        wave = opened(world, audience=key)
        assert RosterEntry.objects.get(wave=wave, person=both).school == world.schools[school]


def test_a_pulse_for_teachers_is_a_series_of_its_own(place):
    world, _ = place
    everyone, teachers = opened(world), opened(world, audience="teachers")
    assert everyone.series != teachers.series
    assert (everyone.number, teachers.number) == (1, 1)


# --- ten people -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("teachers", "A pulse needs at least 10 teachers and leaders who can be asked by mail; so far there are 9."),
        ("support", "A pulse needs at least 10 support staff who can be asked by mail; so far there are 0."),
    ],
)
def test_an_audience_under_ten_is_refused_with_its_own_words_before_and_after_the_button(db, key, words):
    world, _ = schools_of({"A": {"L": 2, "T": 7}})
    with pytest.raises(Refused, match=words):
        ask(world, audience=key)
    member = make.membership(make.officer(world.network), world.network)
    told = check.check(world.network, None, instrument("well"), timezone.localdate(), member, audience=audience(key))
    assert told.refused
    assert told.few.startswith(words)
    assert not Wave.objects.exists()


def test_an_audience_that_shrank_under_ten_does_not_open(place):
    world, people = place
    wave = ask(world, audience="support")
    StaffEntry.objects.filter(person__in=[p.pk for p in people["A"]["S"][:5]]).update(job="teacher")
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    assert wave.state == Wave.State.PLANNED
    StaffEntry.objects.filter(person=people["A"]["S"][0]).update(job="site")
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    assert (wave.state, wave.invited) == (Wave.State.OPEN, 10)


# --- which pulse for whom ---------------------------------------------------------------------------------------------------


def test_each_pulse_says_whom_it_suits_and_no_other_is_asked_it(place):
    world, _ = place
    suits = {found.id: found.audiences for found in instruments.instruments().values()}
    assert suits == {
        "well": ("staff", "teachers", "support"),
        "lead": ("staff", "teachers", "support"),
        "coh": ("students",),
    }
    with pytest.raises(Refused, match=r"is worded for students, not for teachers and leaders\."):
        ask(world, "coh", audience="teachers")
    with pytest.raises(
        Refused, match="is worded for staff or teachers and leaders or support staff, not for governors"
    ):
        ask(world, audience="governors")


def test_the_form_offers_the_audiences_that_some_pulse_suits_and_refuses_the_others_for_it(place):
    world, _ = place
    client = Client()
    client.force_login(make.officer(world.network))
    address = f"/n/{world.network.slug}/ask/new/"
    page = client.get(address)
    form = page.context["form"]
    assert [key for key, _ in form.fields["audience"].choices] == ["staff", "teachers", "support", "students"]
    given = {"instrument": "coh", "whom": "whole", "audience": "teachers", "opens_on": "", "closes_on": ""}
    said = client.post(address, {**given, **_days(form)})
    assert said.status_code == 400
    assert "is worded for students, not for teachers and leaders" in said.content.decode()
    for bad in ("governors", "leaders", "\0", "²", "x" * 20_000):
        assert client.post(address, {**given, **_days(form), "audience": bad}).status_code == 400
    done = client.post(address, {**given, **_days(form), "instrument": "well"})
    assert done.status_code == 302
    assert Wave.objects.get().series.audience == "teachers"


def _days(form):
    return {name: form.initial[name].isoformat() for name in ("opens_on", "closes_on")}


def test_a_form_without_the_new_choices_asks_all_staff(place):
    world, _ = place
    client = Client()
    client.force_login(make.officer(world.network))
    address = f"/n/{world.network.slug}/ask/new/"
    form = client.get(address).context["form"]
    client.post(address, {"instrument": "well", "whom": "whole", **_days(form)})
    assert (Wave.objects.get().series.audience, Wave.objects.get().series.breakdown) == ("staff", "")


# --- governors --------------------------------------------------------------------------------------------------------------


def test_governors_are_the_stakeholders_of_a_school_whose_address_is_confirmed(place, governing):
    world, _ = place
    a, b = world.schools["A"], world.schools["B"]
    asked = [audience_worlds.governor(a, f"gov{number}@elsewhere.example") for number in range(8)]
    both = audience_worlds.governor(a, "both@elsewhere.example")
    audience_worlds.governor(b, "both@elsewhere.example")
    colleague = make.stakeholder(b.organisation, f"parent@{a.organisation.slug}.example")
    Person.objects.filter(pk=colleague.pk).update(email=f"parent@{b.organisation.slug}.example")
    stranger = make.stakeholder(b.organisation, "stranger@elsewhere.example")  # nobody confirmed this address
    gone = audience_worlds.governor(b, "gone@elsewhere.example")
    Role.objects.filter(person=gone).update(since="2026-01-01", until="2026-02-01")
    make.stakeholder(world.network, "funder@elsewhere.example")  # of the network, of no school
    wave = opened(world, "gov", audience="governors")
    assert asked_people(wave) == {person.pk for person in [*asked, both, colleague]}
    assert RosterEntry.objects.get(wave=wave, person=both).school == a
    assert stranger.pk not in asked_people(wave)
    assert list(wave.schools.order_by("school__name").values_list("invited", "joined_lately")) == [
        (9, 9),
        (1, 1),
        (0, 0),
    ]


def test_governors_get_letters_that_speak_to_them(place, governing):
    world, _ = place
    people = [audience_worlds.governor(world.schools["A"], f"gov{number}@elsewhere.example") for number in range(10)]
    wave = opened(world, "gov", audience="governors")
    actions.send_invitations(wave.pk)
    assert {letter.to[0] for letter in mail.outbox} == {person.email for person in people}
    assert "How do we govern? For everyone who governs this school." in mail.outbox[0].body
    page = Client().get(_link(wave, people[0]))
    assert "For everyone who governs this school." in page.content.decode()
    assert "What would you change?" in page.content.decode()


def test_too_few_governors_are_told_how_to_be_more(place, governing):
    world, _ = place
    with pytest.raises(Refused, match="at least 10 governors who can be asked by mail; so far there are 0"):
        ask(world, "gov", audience="governors")


# --- what follows the audience ----------------------------------------------------------------------------------------------


def test_only_people_of_the_audience_are_added_later_or_counted_as_without_a_link(place):
    world, _ = place
    wave, at = opened(world, audience="teachers"), world.schools["A"]
    new = {kind: make.staff(at, 1, job=kind)[0] for kind in ("teacher", "site")}
    assert actions.can_be_added(wave, at) == [new["teacher"]]
    assert actions.without_link(wave, at.pk) == 1
    head = make.leader(at)
    with pytest.raises(Refused):
        actions.add_people(wave, at, [new["site"].pk], head)
    assert actions.add_people(wave, at, [new["teacher"].pk], head) == 1


def test_today_tells_those_who_are_asked_and_nobody_else(place):
    world, people = place
    opened(world, audience="teachers")
    since = timezone.now() - DAYS

    def told(person):
        return [
            note.text
            for note in notices.notices(standing(person), since, notices.open_waves(standing(person)))
            if "your link" in note.text
        ]

    assert len(told(people["A"]["T"][0])) == 1
    assert told(people["A"]["S"][0]) == []


def test_a_year_counts_what_one_person_is_asked(place):
    world, _ = place
    today = timezone.localdate()

    def used(key):
        schools = actions.taking_part(world.network, None)
        return {use.school.name: use.mine for use in budget.uses(world.network, schools, today, audience=key)}

    opened(world)
    opened(world, audience="teachers")
    opened(world, "lead", audience="teachers")
    opened(world, audience="support")
    assert used("teachers")["School A"] == 18
    assert used("support")["School A"] == 12
    assert used("staff")["School A"] == 18  # the teacher is asked most
    assert used("students")["School A"] == used("governors")["School A"] == 0


def test_pages_and_papers_name_the_audience(place):
    world, people = place
    wave = opened(world, audience="teachers")
    officer = Client()
    officer.force_login(make.officer(world.network))
    base = f"/n/{world.network.slug}"
    assert "Riverway Trust, teachers and leaders" in officer.get(f"{base}/ask/").content.decode()
    assert "For everyone who teaches or leads here." in Client().get(_link(wave, people["A"]["T"][0])).content.decode()
    audience_worlds.answer(wave, people["A"]["T"], [4] * 11)
    make.close(wave)
    shown = officer.get(f"{base}/waves/{wave.pk}/results/").content.decode()
    assert "all teachers and leaders" in shown
    assert "all staff in any role" not in shown
    assert releases.of(wave).data["audience"] == "teachers"


def _link(wave, person):
    return f"/a/{wave.pk}/{tickets.token(tickets.read_key(wave.pk), person.pk, wave.series.audience)}"


def test_a_release_of_all_staff_says_what_it_always_said(place):
    world = worlds.open_world({"X": {"A": 12, "B": 2}})
    worlds.answer_all(world, {"A": 12})
    data = worlds.closed(world).data
    assert "audience" not in data
    assert "breakdown" not in data
    assert reads.instrument_of(world.wave.pk) is instrument("well")
