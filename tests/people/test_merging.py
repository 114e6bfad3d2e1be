"""Two rows that are one human being: suggested, merged once, in one transaction, where the member looks after both."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network.models import School
from alongside.people import actions, duplicates
from alongside.people.models import Person, Role, StaffEntry
from alongside.surveys import accept, tickets
from alongside.surveys import actions as surveys_actions
from alongside.surveys.models import RosterEntry, Ticket
from tests import make
from tests.make import DAY
from tests.people.test_staff_lists import at_once

pytestmark = pytest.mark.django_db

TODAY = datetime.date.today()


@pytest.fixture
def network():
    return make.network("Harbour Trust")


@pytest.fixture
def ashmead(network) -> School:
    school = make.school("Ashmead")
    make.cluster(network, "Avon", [school, make.school("Birch")])
    return school


@pytest.fixture
def birch(ashmead) -> School:
    return School.objects.get(name="Birch")


@pytest.fixture
def officer(network) -> Person:
    return make.officer(network, "officer@harbour.example")


def listed(school: School, name: str, email: str | None, hours: int = 10, since: int = 5) -> Person:
    organisation = make.network_actions.make_organisation(school)
    person = Person.objects.filter(email=email).first() if email else None
    person = person or Person.objects.create(email=email, name=name, password="!")
    StaffEntry.objects.create(
        organisation=organisation,
        school=school,
        person=person,
        name=name,
        job="teacher",
        hours=hours,
        since=TODAY - since * DAY,
    )
    return person


def entries(person: Person) -> list[tuple[str, int | None, bool]]:
    found = StaffEntry.objects.filter(person=person).order_by("school__name", "since")
    return [(entry.school.name, entry.hours and int(entry.hours), entry.until is None) for entry in found]


def test_everything_of_one_is_the_others_and_history_stays(network, ashmead, birch, officer):
    keep = listed(ashmead, "Ada Lane", "ada@ashmead.example", 10, since=5)
    drop = listed(ashmead, "Ada Lane", "a.lane@ashmead.example", 20, since=50)
    listed(birch, "A. Lane", "a.lane@ashmead.example", 5)
    StaffEntry.objects.filter(school=birch).update(until=TODAY)
    for email in (keep.email, drop.email):
        make.leader(ashmead, email)
    Role.objects.filter(person=drop).update(since=TODAY - 90 * DAY)
    actions.merge(keep, drop, network.pk, officer)
    assert entries(keep) == [("Ashmead", 20, True), ("Birch", 5, False)]
    assert StaffEntry.objects.get(school=ashmead, person=keep).since == TODAY - 50 * DAY
    [role] = Role.objects.filter(person=keep)
    assert (role.kind, role.since, role.until) == ("leader", TODAY - 90 * DAY, None)
    drop.refresh_from_db()
    assert (entries(drop), drop.merged_into, drop.is_active, drop.has_usable_password()) == ([], keep, False, False)
    [entry] = JournalEntry.objects.filter(deed="people.merged")
    assert (entry.by, entry.about, entry.payload) == (officer.pk, f"person:{keep.pk}", {"merged": drop.pk})


def test_twice_is_a_conflict_and_oneself_is_refused(network, ashmead, officer):
    keep, drop = listed(ashmead, "Ada", "a@x.example"), listed(ashmead, "Ada", "b@x.example")
    with pytest.raises(Refused, match="Nobody merges themselves"):
        actions.merge(keep, drop, network.pk, keep)
    actions.merge(keep, drop, network.pk, officer)
    for one, other in ((keep, drop), (drop, keep)):
        with pytest.raises(Conflict):
            actions.merge(one, other, network.pk, officer)
    with pytest.raises(Conflict):
        actions.merge(keep, keep, network.pk, officer)


@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_at_once_merges_once(network, ashmead, officer):
    for number in range(4):
        a, b = (listed(ashmead, "Ada", f"{x}{number}@x.example") for x in "ab")
        done = at_once(
            lambda a=a, b=b: actions.merge(a, b, network.pk, officer),
            lambda a=a, b=b: actions.merge(b, a, network.pk, officer),
        )
        assert sorted(type(result).__name__ for result in done) == ["Conflict", "NoneType"], done
        assert StaffEntry.objects.filter(person__in=[a, b]).count() == 1


def test_an_old_list_with_the_other_address_finds_the_one_person(network, ashmead, officer):
    keep, drop = listed(ashmead, "Ada Lane", "ada@x.example"), listed(ashmead, "Ada Lane", "lane@x.example")
    actions.merge(keep, drop, network.pk, officer)
    for address in ("lane@x.example", "ada@x.example"):
        data = f"Name,E-mail,Role,Hours\nAda Lane,{address},Teacher,10\n".encode()
        done = actions.apply_staff_list(actions.bring_staff_list(data, ashmead, by=None))
        assert done.summary == "0 join, 0 change, 0 leave, 1 stay as they are, 0 rows set aside.", address
    assert actions.grant_role("coach", network, "lane@x.example", "x", school=ashmead).person == keep


def test_the_account_that_there_is_stays(network, ashmead, officer):
    keep, drop = listed(ashmead, "Ada", None), listed(ashmead, "Ada", "b@x.example")
    drop.set_password("four words in a row")
    drop.save()
    actions.merge(keep, drop, network.pk, officer)
    keep.refresh_from_db()
    assert (keep.email, keep.check_password("four words in a row"), keep.is_active) == ("b@x.example", True, True)


def test_a_wave_under_way_keeps_its_roster_and_every_ticket(network, ashmead, officer):
    """Both links work until the wave closes, one answer each; no ticket is lost or added. The next wave asks once."""
    make.staff(ashmead, 10)
    domain = f"{ashmead.organisation.slug}.example"
    keep, drop = (listed(ashmead, "Ada Lane", f"{name}@{domain}") for name in ("ada", "lane"))
    wave = make.open_wave(network)
    before = set(Ticket.objects.filter(wave=wave).values_list("digest", "used"))
    actions.merge(keep, drop, network.pk, officer)
    assert set(Ticket.objects.filter(wave=wave).values_list("digest", "used")) == before
    assert RosterEntry.objects.filter(wave=wave).count() == len(before) == 12
    surveys_actions.send_invitations(wave.pk)
    assert not RosterEntry.objects.filter(wave=wave, invited_at__isnull=True).exists()
    key = tickets.read_key(wave.pk)
    for person in (keep, drop):
        token = tickets.token(key, person.pk, "staff")
        accept.accept(wave.pk, token, make.ratings(wave))
        with pytest.raises(accept.Spent):
            accept.accept(wave.pk, token, make.ratings(wave))
    make.close(wave)
    following = make.open_wave(network)
    assert RosterEntry.objects.filter(wave=following).count() == 11


# Who may


def found(*schools: School) -> set[tuple[Person, Person, str]]:
    pairs, _ = duplicates.pairs([school.pk for school in schools])
    return {(pair.first.person, pair.second.person, pair.why) for pair in pairs}


def test_suggestions_are_of_the_own_lists_only(network, ashmead, birch, officer):
    one = listed(ashmead, "Zoë Ångström", "zoe@ashmead.example")
    other = listed(birch, "Angstrom, Zoe", "z.a@birch.example")
    near, same = listed(ashmead, "Sam R", "sam.reid@x.example"), listed(ashmead, "S Reid", "reid.sam2@y.example")
    for name, address in (("A Head", "head@x.example"), ("Other Head", "head@y.example")):
        listed(ashmead, name, address)
    assert found(ashmead) == {(near, same, "a similar address")}
    assert found(ashmead, birch) == {(near, same, "a similar address"), (one, other, "the same name")}
    elsewhere = make.school("Copse")
    make.cluster(make.network("Other"), "Wye", [elsewhere, make.school("Dell")])
    listed(elsewhere, "Zoë Ångström", "zoe@copse.example")
    assert len(found(*School.objects.in_network(network))) == 2


HERE = "/n/harbour-trust/people/"


@pytest.fixture
def as_officer(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def as_head(ashmead) -> Client:
    client = Client()
    client.force_login(make.leader(ashmead, "head@ashmead.example"))
    return client


def test_a_leader_merges_on_the_own_list_and_the_officer_in_the_network(as_head, as_officer, ashmead, birch):
    a, b = listed(ashmead, "Ada Lane", "a@x.example"), listed(ashmead, "Ada Lane", "b@x.example")
    c = listed(birch, "Ada Lane", "c@x.example")
    assert "Two people may be one" in as_head.get(f"{HERE}alike/").content.decode()
    assert as_head.post(f"{HERE}merge/", {"keep": a.pk, "drop": c.pk}).status_code == 404
    assert as_head.post(f"{HERE}merge/", {"keep": a.pk, "drop": b.pk}).status_code == 302
    assert as_officer.post(f"{HERE}merge/", {"keep": a.pk, "drop": c.pk}).status_code == 302
    assert entries(a) == [("Ashmead", 10, True), ("Birch", 10, True)]
    assert as_officer.post(f"{HERE}merge/", {"keep": a.pk, "drop": c.pk}).status_code == 404
    for odd in ("", "²", "9" * 40, "x", "-1", "1.0"):
        assert as_head.post(f"{HERE}merge/", {"keep": odd, "drop": a.pk}).status_code == 404


def test_nobody_wins_rights_by_merging_with_somebody_who_has_them(as_head, as_officer, network, ashmead):
    """A head who puts the chair's, another network's head's or a partner's address on the own list cannot merge with it."""
    own = listed(ashmead, "Ada Lane", "a@x.example")
    chair = make.chair(ashmead.cluster_memberships.get().cluster, "chair@x.example")
    far = make.school("Copse")
    make.cluster(make.network("Other"), "Wye", [far, make.school("Dell")])
    leader = make.leader(far, "leader@copse.example")
    for person in (chair, leader):
        listed(ashmead, "Ada Lane", person.email)
        for keep, drop in ((own, person), (person, own)):
            said = as_head.post(f"{HERE}merge/", {"keep": keep.pk, "drop": drop.pk})
            assert said.status_code == 403, person
            assert "a part somewhere that you do not look after" in said.content.decode()
    assert as_officer.post(f"{HERE}merge/", {"keep": own.pk, "drop": leader.pk}).status_code == 403
    assert as_officer.post(f"{HERE}merge/", {"keep": own.pk, "drop": chair.pk}).status_code == 302
