"""The leaders' form: open, the school's own, changeable until the next one, and beside the results only when shared (R8)."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.surveys import actions, instruments, selfcheck
from alongside.surveys.actions.selfchecking import version
from alongside.surveys.models import SelfCheck, Series, Wave
from tests import make
from tests.surveys import worlds
from tests.surveys.threads import together

pytestmark = pytest.mark.django_db

FOURS = {line.id: 4 for line in selfcheck.LINES}
TODAY = datetime.date.today()
WEEK = datetime.timedelta(days=7)
NOTE = "Said between us"


@pytest.fixture
def world():
    """A network with two schools, whose pulse of leadership has closed."""
    made = worlds.open_world({"X": {"A": 12, "B": 11}}, "lead")
    worlds.answer_all(made, {"A": 12, "B": 11})
    worlds.closed(made)
    return made


def client(person) -> Client:
    found = Client()
    found.force_login(person)
    return found


def results(world, name: str = "A") -> str:
    slug = world.schools[name].organisation.slug
    return f"{world.network.get_absolute_url()}waves/{world.wave.pk}/schools/{slug}/"


def form(world, name: str = "A") -> str:
    school = world.schools[name]
    return f"{world.network.get_absolute_url()}schools/{school.organisation.slug}/self-check/"


def sent(**more) -> dict[str, object]:
    return {"held_on": TODAY, "note": NOTE} | {f"line_{number}": "4" for number in range(1, 7)} | more


def kept(world, day: datetime.date = TODAY, **more) -> SelfCheck:
    return actions.keep_self_check(world.schools["A"], day, FOURS, NOTE, by=0, **more)


def test_each_line_looks_at_what_a_statement_of_the_staff_form_looks_at():
    staff = instruments.instrument("lead")
    assert [line.beside for line in selfcheck.LINES] == [item.id for item in staff.items]
    assert [line.about for line in selfcheck.LINES] == [item.about for item in staff.items]
    assert not {line.id for line in selfcheck.LINES} & {item.id for item in staff.items}


def test_a_leader_enters_what_the_team_agreed_and_it_belongs_to_the_school(world):
    leader = client(make.leader(world.schools["A"]))
    assert "Until you share it, only" in leader.get(form(world)).content.decode()
    response = leader.post(form(world), sent(line_2="1"))
    assert (response.status_code, response.url) == (302, form(world))
    check = SelfCheck.objects.get()
    assert check.numbers == FOURS | {"team.2": 1}
    assert (check.organisation, check.school, check.shared_at) == (
        *(world.schools["A"].organisation, world.schools["A"]),
        None,
    )
    page = leader.get(form(world)).content.decode()
    assert ("1 of 5" in page, NOTE in page) == (True, True)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"line_3": ""}, "Agree on a number for “One team”."),
        ({"line_3": "6"}, "Select a valid choice"),
        ({"line_3": "x"}, "Select a valid choice"),
        ({"held_on": TODAY + WEEK}, "This day is still to come"),
        ({"held_on": TODAY - 60 * WEEK}, "more than a year ago"),
        ({"note": "x" * 1201}, "at most 1200 characters"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(world, more, words):
    leader = client(make.leader(world.schools["A"]))
    response = leader.post(form(world), sent(**more))
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not SelfCheck.objects.exists()


def test_the_last_one_can_be_changed_until_the_next_is_entered(world):
    first = kept(world, TODAY - 2 * WEEK)
    changed = actions.keep_self_check(
        world.schools["A"], TODAY - 2 * WEEK, FOURS | {"team.1": 2}, "", by=0, seen=version(first)
    )
    assert (changed.pk, changed.numbers["team.1"]) == (first.pk, 2)
    with pytest.raises(Conflict):  # it was changed since
        kept(world, TODAY - 2 * WEEK, seen=version(first))
    second = kept(world, TODAY - WEEK)
    with pytest.raises(Conflict):
        kept(world, TODAY - 2 * WEEK, seen=version(changed))
    for day in (TODAY - WEEK, TODAY - 3 * WEEK):
        with pytest.raises(Refused, match="The meeting before was held on"):
            kept(world, day)
    with pytest.raises(Refused, match="The meeting before was held on"):
        kept(world, TODAY - 2 * WEEK, seen=version(second))
    first.refresh_from_db()
    assert first.numbers["team.1"] == 2
    assert SelfCheck.objects.count() == 2


def test_changing_through_the_page(world):
    leader = client(make.leader(world.schools["A"]))
    check = kept(world)
    page = leader.get(f"{form(world)}?change={check.pk}").content.decode()
    assert version(check) in page
    assert leader.post(form(world), sent(change=check.pk, seen=version(check), line_1="5")).status_code == 302
    assert leader.post(form(world), sent(change=check.pk, seen=version(check), line_1="1")).status_code == 409
    assert leader.post(form(world), sent(change=check.pk, line_1="1")).status_code == 409
    assert SelfCheck.objects.get().numbers["team.1"] == 5


@pytest.mark.django_db(transaction=True)
def test_two_note_takers_at_the_same_moment_leave_one_self_check(world):
    def work(_: int) -> str:
        try:
            kept(world)
        except Refused:
            return "refused"
        return "kept"

    assert sorted(together(2, work)) == ["kept", "refused"]
    assert SelfCheck.objects.count() == 1


def test_only_the_schools_own_leaders_enter_see_and_share_it(world):
    check = kept(world)
    people = {
        "officer": make.officer(world.network),
        "chair": make.chair(world.clusters["X"]),
        "coach": make.coach(world.clusters["X"]),
        "head of B": make.leader(world.schools["B"], "b@b.example"),
        "staff": world.schools["A"].staff.first().person,
    }
    for who, person in people.items():
        visitor = client(person)
        assert visitor.get(form(world)).status_code == 403, who
        assert visitor.post(form(world), sent()).status_code == 403, who
        assert visitor.post(f"{form(world)}share/", {"check": check.pk, "shared": "yes"}).status_code == 403, who
    check.refresh_from_db()
    assert check.shared_at is None


def test_it_stands_beside_the_results_for_others_only_while_it_is_shared(world):
    check = kept(world)
    leader, officer = client(make.leader(world.schools["A"])), client(make.officer(world.network))
    heading, line = "The leadership team, seen by itself", "Once we had decided, each of us stood by it."

    def seen(visitor: Client) -> tuple[bool, bool, bool]:
        page = visitor.get(results(world)).content.decode()
        return heading in page, line in page, NOTE in page

    assert (seen(leader), seen(officer)) == ((True, True, False), (False, False, False))
    share = f"{form(world)}share/"
    assert leader.post(share, {"check": check.pk, "shared": "yes"}).status_code == 302
    assert (seen(leader), seen(officer)) == ((True, True, False), (True, True, False))
    check.refresh_from_db()
    assert timezone.now() - check.shared_at < datetime.timedelta(minutes=5)
    leader.post(share, {"check": check.pk, "shared": "no"})
    assert seen(officer) == (False, False, False)
    deeds = JournalEntry.objects.filter(organisation=world.schools["A"].organisation.pk, deed__contains="self_check")
    assert [
        deed.removeprefix("surveys.self_check_") for deed in deeds.order_by("number").values_list("deed", flat=True)
    ] == [*("kept", "shared", "unshared")]


def test_sharing_twice_is_sharing_once_and_keeps_its_date(world):
    check = kept(world)
    actions.share_self_check(check, shared=True, by=0)
    check.refresh_from_db()
    since = check.shared_at
    actions.share_self_check(check, shared=True, by=0)
    check.refresh_from_db()
    assert check.shared_at == since


def test_another_schools_is_not_there(world):
    check = kept(world)
    other = client(make.leader(world.schools["B"], "b@b.example"))
    assert other.post(f"{form(world, 'B')}share/", {"check": check.pk, "shared": "yes"}).status_code == 404
    for odd in ("", "²", "9" * 30, "-1", "x"):
        assert other.post(f"{form(world, 'B')}share/", {"check": odd, "shared": "yes"}).status_code == 404, odd


def test_it_stands_beside_pulses_of_leadership_alone_and_only_near_them(world):
    """The last one within 45 days of the close."""
    member = make.membership(make.leader(world.schools["A"]), world.network)
    school = world.schools["A"]

    def beside():
        more = selfcheck.read_along(school.organisation.slug, member)
        wave = Wave.objects.annotate(**more).select_related("series", "organisation").get()
        return selfcheck.beside(wave, school.pk, member)

    assert (beside().held_on, beside().lines, beside().leads) == (None, [], True)
    kept(world, TODAY - 47 * make.DAY)
    assert beside().held_on is None
    kept(world, TODAY - 44 * make.DAY)
    kept(world, TODAY)
    assert (beside().held_on, [told.number for told in beside().lines]) == (TODAY, [4] * 6)
    Wave.objects.update(closes_at=timezone.now() - 47 * make.DAY, opens_at=timezone.now() - 50 * make.DAY)
    assert beside().held_on == TODAY - 44 * make.DAY
    Series.objects.update(instrument="well")
    assert beside() is None


def test_its_numbers_reach_no_release_no_export_and_no_paper(world):
    """Open numbers of three people among anonymous ones of twelve would be told apart, and told on."""
    before = world.wave.release.document
    actions.share_self_check(kept(world), shared=True, by=0)
    world.wave.release.refresh_from_db()
    assert world.wave.release.document == before
    assert "team." not in str(before)
    officer = client(make.officer(world.network))
    place = f"{world.network.get_absolute_url()}waves/{world.wave.pk}/"
    for path in ("results.csv", "results/"):
        assert b"seen by itself" not in officer.get(place + path).content
