"""The pages of a school and of a cluster, and a cluster that its own chair forms."""

from __future__ import annotations

import datetime
import re
from html import unescape

import pytest
from django.test import Client

from alongside.network import actions, reads
from alongside.network.models import Cluster, Joining, School
from alongside.people import actions as people_actions
from alongside.people.models import Role
from tests import make

pytestmark = pytest.mark.django_db
TODAY = datetime.date.today()


@pytest.fixture
def place():
    """Riverway with Avon (Ashmead, Birch) and Brede (Copse, Dell); Coast Maths with Dell; Elm in the register alone."""
    network, other = make.network(), make.network("Coast Maths")
    names = ("Ashmead", "Birch", "Copse", "Dell", "Elm", "Fern")
    schools = {}
    for number, name in enumerate(names):
        made = make.school(name)
        School.objects.filter(pk=made.pk).update(latitude=55 + number / 100, longitude=3.0)
        schools[name] = School.objects.get(pk=made.pk)
    avon = make.cluster(network, "Avon", [schools["Ashmead"], schools["Birch"]])
    make.cluster(network, "Brede", [schools["Copse"], schools["Dell"]])
    make.cluster(other, "Sums and shapes", [schools["Dell"], schools["Fern"]])
    return network, avon, schools


def page(person, path: str) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == 200, path
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())))


def form(person, network, schools, name: str = "Upper valley"):
    client = Client()
    client.force_login(person)
    return client.post(f"/n/{network.slug}/clusters/new/", {"name": name, "schools": [s.pk for s in schools]})


def test_the_page_of_a_school_says_what_the_register_says(place):
    network, avon, schools = place
    make.leader(schools["Ashmead"])
    School.objects.filter(pk=schools["Ashmead"].pk).update(low_age=4, high_age=11, facts={"fsm_percent": 14.5})
    said = page(make.chair(avon), f"/n/{network.slug}/schools/ashmead/")
    number = schools["Ashmead"].numbers.get().number
    for words in (
        "Led by Owen Bevan.",
        "Phase Primary",
        "Ages 4 to 11",
        "Students on the roll 200",
        "Where Marlow Bridge",
        "14.5% of students have free school meals",
        f"URN in England’s register {number}",
        "1.1 km Birch primary",
    ):
        assert words in said, words


def test_memberships_of_another_network_are_shown_to_the_schools_own_people_only(place):
    network, _, schools = place
    officer, head = make.officer(network), make.leader(schools["Dell"])
    inside = f"/n/{network.slug}/schools/dell/"
    for reader in (officer, head):
        said = page(reader, inside)
        assert "Brede" in said
        assert "Sums and shapes" not in said
    said = page(head, "/s/dell/schools/dell/")
    assert "Brede" in said
    assert "Sums and shapes" in said
    assert "Coast Maths" in said


def test_the_page_of_a_cluster_lists_its_schools_people_and_whoever_leaves(place):
    network, avon, schools = place
    chair = make.chair(avon)
    make.coach(avon)
    make.leader(schools["Birch"])
    actions.give_notice(network, avon, schools["Birch"], TODAY, by=1)
    said = page(chair, f"/n/{network.slug}/clusters/avon/")
    assert "Avon: 2 schools, at most 1.1 km apart" in said
    for words in (
        "Chair Grace Mensah",
        "Coach Tessa Novak",
        "Leads Birch Owen Bevan",
        "Birch leaves after",
        "1 Ashmead",
    ):
        assert words in said, words


def test_schools_without_a_place_are_listed_beside_the_map(place):
    network, avon, schools = place
    School.objects.filter(pk=schools["Birch"].pk).update(latitude=None)
    said = page(make.chair(avon), f"/n/{network.slug}/clusters/avon/")
    assert "Not on the map, because the register gives no coordinates: Birch." in said


def test_a_chair_who_forms_a_cluster_chairs_it(place):
    network, avon, schools = place
    chair = make.chair(avon)
    response = form(chair, network, [schools["Ashmead"], schools["Birch"], schools["Elm"]])
    assert (response.status_code, response.url) == (302, f"/n/{network.slug}/clusters/upper-valley/")
    made = Cluster.objects.get(slug="upper-valley")
    assert [s.name for s in reads.cluster_schools(made).order_by("name")] == ["Ashmead", "Birch", "Elm"]
    assert Role.objects.current().filter(person=chair, kind="chair", cluster=made).count() == 1


def test_a_chair_does_not_take_schools_that_others_look_after(place):
    """Chairing a school means inviting its leaders: whoever could take a school could take it over."""
    network, avon, schools = place
    chair = make.chair(avon)
    form(chair, network, [schools["Ashmead"], schools["Copse"], schools["Dell"], schools["Fern"]])
    made = Cluster.objects.get(slug="upper-valley")
    assert [s.name for s in reads.cluster_schools(made)] == ["Ashmead"]
    asked = Joining.objects.filter(cluster=made, invited=True, state="waiting")
    assert sorted(each.school.name for each in asked) == ["Copse", "Dell", "Fern"]
    client = Client()
    client.force_login(chair)
    for name, wanted in (("Copse", 403), ("Ashmead", 302)):
        sent = {
            "kind": "leader",
            "where": f"school-{schools[name].pk}",
            "name": "A Friend",
            "email": f"{name}@x.example",
        }
        assert client.post(f"/n/{network.slug}/roles/", sent).status_code == wanted


def test_an_officer_gathers_the_networks_own_schools_and_asks_those_of_others(place):
    network, _, schools = place
    officer = make.officer(network)
    form(officer, network, [schools["Ashmead"], schools["Dell"], schools["Elm"], schools["Fern"]])
    made = Cluster.objects.get(slug="upper-valley")
    assert sorted(s.name for s in reads.cluster_schools(made)) == ["Ashmead", "Dell", "Elm"]
    assert [each.school.name for each in Joining.objects.filter(cluster=made)] == ["Fern"]
    assert not Role.objects.filter(person=officer, kind="chair").exists()


def test_a_leader_forms_no_cluster(place):
    network, _, schools = place
    assert form(make.leader(schools["Ashmead"]), network, [schools["Ashmead"], schools["Birch"]]).status_code == 403
    assert Cluster.objects.filter(slug="upper-valley").count() == 0


def test_schools_nearest_to_a_place_are_found_and_shown_with_their_distance(place):
    network, avon, _ = place
    said = page(make.chair(avon), f"/n/{network.slug}/clusters/new/?near=copse&count=8")
    assert "Nearest to Copse, Marlow Bridge, as the crow flies." in said
    order = re.findall(r"(Ashmead|Birch|Copse|Dell|Elm|Fern)\s+(?:([\d.]+) km · )?Academy", said)
    assert sorted(order, key=lambda each: (each[1], each[0])) == [
        ("Copse", ""),
        ("Birch", "1.1"),
        ("Dell", "1.1"),
        ("Ashmead", "2.2"),
        ("Elm", "2.2"),
        ("Fern", "3.3"),
    ]


def change(person, cluster, **sent: object):
    client = Client()
    client.force_login(person)
    return client.post(f"/n/{cluster.organisation.slug}/clusters/{cluster.slug}/change/", sent)


def test_a_chair_renames_adds_and_dates_a_leaving(place):
    _, avon, schools = place
    chair, later = make.chair(avon), TODAY + 9 * make.DAY
    assert change(chair, avon, do="rename", name="Lower Avon").status_code == 302
    assert Cluster.objects.get(pk=avon.pk).name == "Lower Avon"
    assert change(chair, avon, do="add", number="elm", since=TODAY).status_code == 302
    assert change(chair, avon, do="remove", school=schools["Birch"].pk, last_day=later).status_code == 302
    for day, there in ((later, ["Ashmead", "Birch", "Elm"]), (later + make.DAY, ["Ashmead", "Elm"])):
        assert [s.name for s in reads.cluster_schools(avon, day).order_by("name")] == there


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"do": "rename", "name": "brede"}, "Another cluster is called brede already."),
        ({"do": "add", "number": "no such", "since": "2026-01-01"}, "No open school in the register is called"),
        ({"do": "add", "number": "Elm", "since": "0001-01-01"}, "more than three years away"),
        ({"do": "remove", "school": "0", "last_day": "2026-01-01"}, "Select a valid choice"),
        ({"do": "nonsense"}, "Change Avon"),
    ],
)
def test_what_cannot_be_changed_is_said_on_the_form(place, sent, sentence):
    _, avon, _ = place
    response = change(make.chair(avon), avon, **sent)
    assert response.status_code == 400
    assert sentence in unescape(response.content.decode())
    assert Cluster.objects.get(pk=avon.pk).name == "Avon"


def test_a_cluster_called_new_has_an_address_of_its_own(place):
    network, _, schools = place
    made = actions.form_cluster(network, "New", [schools["Ashmead"], schools["Birch"]])
    assert made.slug == "cluster-new"


def test_the_asker_sees_what_came_of_it(place):
    network, avon, schools = place
    head, chair = make.leader(schools["Copse"]), make.chair(avon)
    client, other = Client(), Client()
    client.force_login(head)
    other.force_login(chair)
    assert client.post("/s/copse/joining/", {"to": f"cluster-{avon.pk}", "words": "May we?"}).status_code == 302
    asked = Joining.objects.get(school=schools["Copse"])
    assert "May we?" in page(chair, f"/n/{network.slug}/asks/")
    answer = f"/n/{network.slug}/joining/{asked.pk}/answer/"
    assert other.post(answer, {"answer": "no", "words": "In spring."}).status_code == 302
    assert other.post(answer, {"answer": "yes"}).status_code == 409
    said = page(head, "/s/copse/joining/")
    assert "Avon : no “In spring.”" in said


def test_only_networks_that_let_themselves_be_found_can_be_asked(place):
    network, _, schools = place
    head = make.leader(schools["Fern"])
    client = Client()
    client.force_login(head)
    sent = {"to": f"network-{network.pk}", "words": ""}
    assert "Riverway" not in page(head, "/s/fern/joining/")
    assert client.post("/s/fern/joining/", sent).status_code == 400
    network.findable = True
    network.save()
    assert client.post("/s/fern/joining/", sent).status_code == 302
    assert Joining.objects.get(school=schools["Fern"]).organisation == network


def test_another_network_is_founded_beside_the_first():
    with pytest.raises(people_actions.roles.Refused, match="no network yet"):
        people_actions.found_network("Second", "gb", "B Officer", "b@x.example", another=True)
    people_actions.found_network("First", "gb", "A Officer", "a@x.example")
    with pytest.raises(people_actions.roles.Refused, match="alongside found-network"):
        people_actions.found_network("Second", "gb", "B Officer", "b@x.example")
    with pytest.raises(people_actions.roles.Refused, match="called first already"):
        people_actions.found_network("first", "gb", "B Officer", "b@x.example", another=True)
    second, path = people_actions.found_network("Second", "nz", "B Officer", "b@x.example", another=True)
    assert (second.country, second.slug) == ("nz", "second")
    assert path.startswith("/password/")
    assert Role.objects.get(organisation=second).person.email == "b@x.example"
