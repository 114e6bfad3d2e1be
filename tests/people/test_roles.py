"""Roles: dated rows that nobody grants above their own; what ends, ends at once."""

from __future__ import annotations

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client

from alongside.kit.errors import Refused
from alongside.kit.models import JournalEntry
from alongside.network.models import NetworkMembership
from alongside.people import actions, reads
from alongside.people.models import Invitation, Person, Role, StaffEntry
from tests import make

pytestmark = pytest.mark.django_db
TODAY = datetime.date.today()


class Place:
    """Two clusters of two schools, and who is who."""

    def __init__(self) -> None:
        self.network = make.network("Harbour Trust")
        self.schools = {name: make.school(name) for name in ("Ashmead", "Birch", "Copse", "Dell")}
        ashmead, birch, copse, dell = self.schools.values()
        self.avon, self.brede = (
            make.cluster(self.network, "Avon", [ashmead, birch]),
            make.cluster(self.network, "Brede", [copse, dell]),
        )
        self.people = {
            "officer": make.officer(self.network, "officer@harbour.example"),
            "chair": make.chair(self.avon, "chair@harbour.example"),
            "leader": make.leader(ashmead, "leader@harbour.example"),
            "coach": make.coach(self.avon, "coach@harbour.example"),
            "stakeholder": make.stakeholder(self.network, "stakeholder@harbour.example"),
            "staff": make.staff(ashmead, 1)[0],
        }

    def client(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client

    def where(self, kind: str) -> str:
        return {
            "leader": f"school-{self.schools['Ashmead'].pk}",
            "chair": f"cluster-{self.avon.pk}",
            "coach": f"cluster-{self.avon.pk}",
        }.get(kind, "network")

    def give(self, who: str, kind: str, *, where: str = "", email: str = "new@harbour.example"):
        form = {"kind": kind, "where": where or self.where(kind), "name": "New Person", "email": email}
        return self.client(who).post("/n/harbour-trust/roles/", form)

    def grant(self, who: str, kind: str, **more: str) -> None:
        """Invite, and accept."""
        assert self.give(who, kind, **more).status_code == 302
        for invitation in Invitation.objects.filter(accepted_at=None):
            actions.accept_invitation(invitation, invitation.digest)


@pytest.fixture
def place() -> Place:
    return Place()


def roles(email: str = "new@harbour.example") -> list[tuple[str, str]]:
    held = Role.objects.current().filter(person__email=email).order_by("pk")
    return [(role.kind, str(role.cluster or role.school or role.organisation)) for role in held]


# The first network


def test_an_installation_is_founded_once_with_an_officer_who_sets_a_password(client):
    network, path = actions.found_network("Harbour Trust", "nz", "Mere Tau", " Mere@Harbour.example ")
    [role] = Role.objects.all()
    assert (role.kind, role.organisation, role.person.email) == ("officer", network, "mere@harbour.example")
    assert client.get(path).status_code == 200
    with pytest.raises(Refused, match="This installation has its first network already: Harbour Trust"):
        actions.found_network("Another", "nz", "Ada Lane", "ada@harbour.example")
    assert Role.objects.count() == Person.objects.count() == 1


# Granting


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("leader", "Ashmead"),
        ("chair", "Avon"),
        ("coach", "Avon"),
        ("officer", "Harbour Trust"),
        ("stakeholder", "Harbour Trust"),
    ],
)
def test_the_officer_grants_every_role(place, kind, where):
    assert place.give("officer", kind).status_code == 302
    assert roles() == []
    place.grant("officer", kind)
    assert roles() == [(kind, where)]
    role = Role.objects.get(person__email="new@harbour.example")
    assert (role.since, role.granted_by) == (TODAY, place.people["officer"])


def test_a_chair_invites_leaders_of_the_own_clusters_schools_and_nobody_else(place):
    place.grant("chair", "leader")
    assert roles() == [("leader", "Ashmead")]
    elsewhere = place.give("chair", "leader", where=f"school-{place.schools['Copse'].pk}")
    assert elsewhere.status_code == 403
    assert "You invite leaders of your own cluster&#x27;s schools." in elsewhere.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("kind", ["chair", "officer", "coach", "stakeholder"])
def test_a_chair_grants_no_other_role(place, kind):
    assert place.give("chair", kind).status_code == 400
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("email", ["chair@harbour.example", " Chair@Harbour.example "])
def test_a_chair_does_not_become_head_of_a_school(place, email):
    """Chair's rights on the cluster, never head's rights on its schools."""
    response = place.give("chair", "leader", email=email)
    assert response.status_code == 403
    assert "Nobody gives a role to themselves." in response.content.decode()
    assert roles("chair@harbour.example") == [("chair", "Avon")]


@pytest.mark.parametrize("who", ["leader", "coach", "stakeholder", "staff"])
@pytest.mark.parametrize("kind", ["leader", "officer", "stakeholder"])
def test_others_grant_nothing(place, who, kind):
    assert place.give(who, kind).status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("kind", "where", "words"),
    [
        ("leader", "network", "A school leader belongs to a school."),
        ("chair", "school", "A chair belongs to a cluster."),
        ("coach", "network", "A coach belongs to a school or a cluster."),
        ("officer", "cluster", "A network officer belongs to a network."),
        ("leader", "school-999999", "Select a valid choice."),
    ],
)
def test_a_role_holds_where_it_makes_sense(place, kind, where, words):
    places = {"school": place.where("leader"), "cluster": place.where("chair")}
    response = place.give("officer", kind, where=places.get(where, where))
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Invitation.objects.exists()


def test_a_place_of_another_network_cannot_be_chosen(place):
    other = make.network("Far Trust")
    cluster = make.cluster(other, "Fen", [make.school("Fern"), make.school("Gorse")])
    for kind, where in (("chair", f"cluster-{cluster.pk}"), ("leader", f"school-{make.school('Alone').pk}")):
        assert place.give("officer", kind, where=where).status_code == 400
    assert not Invitation.objects.exists()


def test_granting_twice_is_granting_once(place):
    for _ in range(2):
        place.grant("officer", "chair", email=" NEW@harbour.example ")
    assert roles() == [("chair", "Avon")]
    assert Person.objects.filter(email="new@harbour.example").count() == 1


def test_a_known_person_keeps_their_name_and_a_leaders_role_belongs_to_the_school(place):
    place.grant("officer", "leader", email=place.people["staff"].email)
    role = Role.objects.get(person=place.people["staff"])
    assert role.organisation == place.schools["Ashmead"].organisation
    assert role.person.name != "New Person"


def test_the_database_keeps_what_a_role_may_be(place):
    person, organisation = place.people["staff"], place.network
    school, cluster = place.schools["Ashmead"], place.avon
    wrong = [
        {"kind": "leader"},
        {"kind": "leader", "cluster": cluster},
        {"kind": "chair", "school": school},
        {"kind": "officer", "cluster": cluster},
        {"kind": "stakeholder", "school": school},
        {"kind": "coach"},
        {"kind": "coach", "school": school, "cluster": cluster},
        {"kind": "owner"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Role.objects.create(person=person, organisation=organisation, since=TODAY, **values)


# Ending


def test_an_ended_role_loses_its_access_at_once(place):
    client, role = place.client("chair"), Role.objects.get(kind="chair")
    assert client.get("/n/harbour-trust/roles/").status_code == 200
    ended = place.client("officer").post(f"/n/harbour-trust/roles/{role.pk}/end/")
    assert ended.status_code == 302
    assert client.get("/n/harbour-trust/").status_code == 404
    assert client.get("/n/harbour-trust/roles/").status_code == 404
    role.refresh_from_db()
    assert role.until == TODAY


@pytest.mark.parametrize("who", ["chair", "leader", "coach", "staff", "stakeholder"])
def test_only_the_officer_ends_a_role(place, who):
    role = Role.objects.get(kind="coach")
    assert place.client(who).post(f"/n/harbour-trust/roles/{role.pk}/end/").status_code == 403
    role.refresh_from_db()
    assert role.until is None


def test_a_leaders_access_ends_with_the_role_and_a_staff_members_with_the_entry(place):
    leader, staff = place.client("leader"), place.client("staff")
    assert {
        leader.get("/s/ashmead/").status_code,
        staff.get("/s/ashmead/").status_code,
        staff.get("/n/harbour-trust/").status_code,
    } == {200}
    actions.end_role(Role.objects.get(kind="leader"), place.people["officer"])
    StaffEntry.objects.update(until=TODAY)
    for client in (leader, staff):
        assert {client.get("/s/ashmead/").status_code, client.get("/n/harbour-trust/").status_code} == {404}


def test_a_role_holds_from_its_day_to_its_day(place):
    role = Role.objects.filter(kind="coach")
    client = place.client("coach")
    for since, until, status in ((1, None, 404), (0, None, 200), (-9, 1, 200), (-9, 0, 404), (-9, -1, 404)):
        role.update(since=TODAY + since * make.DAY, until=None if until is None else TODAY + until * make.DAY)
        assert client.get("/n/harbour-trust/").status_code == status, (since, until)


def test_when_a_school_leaves_the_network_its_people_do(place):
    leader = place.client("leader")
    assert leader.get("/n/harbour-trust/").status_code == 200
    NetworkMembership.objects.filter(school=place.schools["Ashmead"]).update(until=TODAY)
    assert leader.get("/n/harbour-trust/").status_code == 404
    assert leader.get("/s/ashmead/").status_code == 200


def test_the_last_officer_stays(place):
    only = Role.objects.get(kind="officer")
    refused = place.client("officer").post(f"/n/harbour-trust/roles/{only.pk}/end/")
    assert refused.status_code == 400
    assert "A network keeps at least one officer. Appoint the next one first." in refused.content.decode()
    place.grant("officer", "officer")
    assert place.client("officer").post(f"/n/harbour-trust/roles/{only.pk}/end/").status_code == 302
    assert [role.person.email for role in Role.objects.current().filter(kind="officer")] == ["new@harbour.example"]


def test_an_officer_of_another_network_does_not_count(place):
    make.officer(make.network("Far Trust"), "far@far.example")
    with pytest.raises(Refused):
        actions.end_role(Role.objects.get(kind="officer", organisation=place.network), place.people["officer"])


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_end_each_other_at_once_leave_one():
    for number in range(5):
        network = make.network(f"Trust {number}")
        pair = [make.officer(network, f"{name}{number}@x.example") for name in "ab"]
        barrier = threading.Barrier(2)

        def end(person: Person, other: Person, network=network, barrier=barrier) -> str:
            try:
                barrier.wait()
                actions.end_role(Role.objects.get(person=other, organisation=network), person)
            except Refused:
                return "refused"
            finally:
                connections.close_all()
            return "ended"

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(end, pair, pair[::-1]))
        assert (sorted(done), Role.objects.current().filter(organisation=network).count()) == (["ended", "refused"], 1)


def test_roles_of_other_networks_are_neither_listed_nor_ended(place):
    other = make.network("Far Trust")
    cluster = make.cluster(other, "Fen", [make.school("Fern"), make.school("Gorse")])
    foreign = make.chair(cluster, "far@far.example").roles.get()
    page = place.client("officer").get("/n/harbour-trust/roles/").content.decode()
    assert "Fen" not in page
    assert place.client("officer").post(f"/n/harbour-trust/roles/{foreign.pk}/end/").status_code == 404
    foreign.refresh_from_db()
    assert foreign.until is None


# History


def test_the_page_shows_past_roles_with_who_gave_them_from_when_until_when(place):
    place.grant("officer", "chair")
    role = Role.objects.get(person__email="new@harbour.example")
    Role.objects.filter(pk=role.pk).update(since=TODAY - 400 * make.DAY, until=TODAY)
    page = place.client("officer").get("/n/harbour-trust/roles/").content.decode()
    past = page.partition("1 role held before")[2]
    assert f"{TODAY - 400 * make.DAY:%-d %b %Y} to {TODAY:%-d %b %Y}" in past
    assert "Emeka Clarke" in past
    assert "New Person" not in page.partition("Held today")[2].partition("1 role held before")[0]


def test_who_leads_one_school_and_leaves_another_keeps_the_first(place):
    ashmead, birch = place.schools["Ashmead"], place.schools["Birch"]
    make.leader(birch, "leader@harbour.example")
    client = place.client("leader")
    assert {client.get("/s/ashmead/").status_code, client.get("/s/birch/").status_code} == {200}
    actions.end_role(Role.objects.get(school=birch), place.people["officer"])
    assert (client.get("/s/ashmead/").status_code, client.get("/s/birch/").status_code) == (200, 404)
    assert [role.school for role in place.people["leader"].roles.current()] == [ashmead]


def test_giving_and_ending_stand_in_the_journal(place):
    place.grant("officer", "chair")
    role = Role.objects.get(person__email="new@harbour.example")
    actions.end_role(role, place.people["officer"])
    actions.end_role(role, place.people["officer"])
    entries = JournalEntry.objects.filter(about=f"person:{role.person_id}").order_by("pk")
    assert [(entry.deed, entry.by, entry.payload) for entry in entries] == [
        (f"people.role_{done}", place.people["officer"].pk, {"role": "chair", "where": str(role.cluster)})
        for done in ("granted", "ended")
    ]


# Standing


def test_standing_is_read_in_three_queries_however_much_there_is(place, django_assert_num_queries):
    person = place.people["chair"]
    for school in place.schools.values():
        make.leader(school, person.email)
    with django_assert_num_queries(3):
        standing = reads.standing(person)
        member = standing.member(place.network)
    assert member.clusters_chaired == {place.avon.pk}
    assert member.schools_led == {school.pk for school in place.schools.values()}
    assert not member.officer
    assert standing.member(make.network("Far Trust")) is None


def test_head_of_one_school_and_chair_of_the_cluster_is_head_of_the_one_only(place):
    make.leader(place.schools["Ashmead"], "chair@harbour.example")
    client = place.client("chair")
    assert client.get("/n/harbour-trust/schools/ashmead/staff/").status_code == 200
    assert client.get("/n/harbour-trust/schools/birch/staff/").status_code == 403
    assert client.get("/s/birch/").status_code == 404
