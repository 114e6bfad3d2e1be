"""Networks, clusters and their addresses; finding schools in the register."""

from __future__ import annotations

import datetime

import pytest

from alongside.kit.errors import Conflict, Refused
from alongside.network import actions, reads
from alongside.network.models import Cluster, ClusterMembership, Community, NetworkMembership, Organisation, School
from tests import make

pytestmark = pytest.mark.django_db
TODAY = datetime.date.today()


def three() -> list[School]:
    return [make.school(name) for name in ("Ashmead", "Birch", "Copse")]


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("gb", "Europe/London"),
        ("NZ", "Pacific/Auckland"),
        ("au", "Australia/Sydney"),
        ("ie", "Europe/Dublin"),
        ("de", "UTC"),
    ],
)
def test_a_network_has_the_zone_of_its_country(country, zone):
    network = actions.found_network("Harbour Trust", country)
    assert (network.kind, network.slug, network.country, network.zone) == (
        "network",
        "harbour-trust",
        country.lower(),
        zone,
    )
    assert network.get_absolute_url() == "/n/harbour-trust/"


def test_networks_of_one_name_have_addresses_of_their_own():
    made = [
        actions.found_network(name, "gb").slug
        for name in ("Harbour", "Harbour", "HARBOUR!", "Harbour 2", "Ōtautahi", "學校", "學校")
    ]
    assert made == ["harbour", "harbour-2", "harbour-3", "harbour-2-2", "otautahi", "network", "network-2"]


def test_a_school_and_a_network_may_share_an_address_and_long_names_are_cut():
    network = actions.found_network("Ashmead", "gb")
    school = make.school("Ashmead")
    assert actions.make_organisation(school).slug == network.slug == "ashmead"
    long = actions.found_network("x" * 200, "gb")
    assert long.slug == "x" * 70
    assert actions.found_network("x" * 200, "gb").slug == "x" * 70 + "-2"


def test_a_school_gets_its_organisation_once():
    school = make.school("Ashmead", "nz")
    first = actions.make_organisation(school)
    assert actions.make_organisation(School.objects.get(pk=school.pk)) == first
    assert (first.kind, first.name, first.zone) == ("school", "Ashmead", "Pacific/Auckland")
    assert Organisation.objects.count() == 1


def test_a_cluster_brings_its_schools_into_the_network():
    network, schools = make.network(), three()
    cluster = actions.form_cluster(network, "Avon cluster", schools)
    assert (cluster.slug, cluster.organisation) == ("avon-cluster", network)
    assert list(School.objects.in_network(network).order_by("name")) == schools
    assert set(ClusterMembership.objects.current().values_list("school", "since")) == {(s.pk, TODAY) for s in schools}
    assert sorted(Organisation.objects.filter(kind="school").values_list("slug", flat=True)) == [
        "ashmead",
        "birch",
        "copse",
    ]


def test_a_school_joins_a_network_once_and_may_be_in_two():
    first, second, schools = make.network("First"), make.network("Second"), three()
    actions.form_cluster(first, "Avon", schools)
    actions.form_cluster(first, "Brede", schools[:2])
    actions.form_cluster(second, "Avon", schools[:2])
    assert NetworkMembership.objects.filter(network=first).count() == 3
    assert NetworkMembership.objects.filter(network=second).count() == 2
    assert Organisation.objects.filter(kind="school").count() == 3


def test_a_school_that_left_a_network_joins_it_again():
    network, schools = make.network(), three()
    make.cluster(network, "Avon", schools)
    NetworkMembership.objects.filter(school=schools[0]).update(until=TODAY)
    assert schools[0] not in School.objects.in_network(network)
    actions.form_cluster(network, "Brede", schools[:2])
    assert schools[0] in School.objects.in_network(network)
    assert NetworkMembership.objects.filter(school=schools[0]).count() == 2


@pytest.mark.parametrize("name", ["Avon cluster", "avon  CLUSTER"])
def test_a_cluster_of_a_taken_name_is_a_conflict_and_changes_nothing(name):
    network, schools = make.network(), three()
    actions.form_cluster(network, "Avon cluster", schools[:2])
    with pytest.raises(Conflict, match="has a cluster called"):
        actions.form_cluster(network, name, schools[1:])
    assert Cluster.objects.count() == 1
    assert schools[2] not in School.objects.in_network(network)


def test_another_network_may_use_the_name():
    schools = three()
    for name in ("First", "Second"):
        assert actions.form_cluster(make.network(name), "Avon", schools).slug == "avon"


@pytest.mark.parametrize(
    ("name", "count", "sentence"),
    [
        ("", 2, "A cluster needs a name."),
        ("  ", 2, "A cluster needs a name."),
        ("Avon", 0, "A cluster needs at least two schools. Tick the schools that belong to it."),
        ("Avon", 1, "A cluster needs at least two schools. Tick the schools that belong to it."),
    ],
)
def test_a_cluster_needs_a_name_and_two_schools(name, count, sentence):
    network, schools = make.network(), three()
    with pytest.raises(Refused) as refused:
        actions.form_cluster(network, name, schools[:count])
    assert str(refused.value) == sentence
    assert (Cluster.objects.count(), NetworkMembership.objects.count()) == (0, 0)


def test_a_closed_school_is_refused_and_one_that_closes_soon_is_not():
    network, schools = make.network(), three()
    schools[0].status = School.Status.CLOSING
    schools[2].status = School.Status.CLOSED
    for school in schools:
        school.save()
    with pytest.raises(Refused, match=r"^Copse is closed and cannot join a cluster\.$"):
        actions.form_cluster(network, "Avon", schools)
    assert actions.form_cluster(network, "Avon", schools[:2]).memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_cluster_that_fails_halfway_leaves_nothing(monkeypatch):
    network, schools = make.network(), three()

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(ClusterMembership.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        actions.form_cluster(network, "Avon", schools)
    assert (Cluster.objects.count(), NetworkMembership.objects.count()) == (0, 0)
    assert Organisation.objects.filter(kind="school").count() == 0


# Finding schools


@pytest.fixture
def register():
    def add(name: str, number: str, **facts: object) -> School:
        made = make.school(name)
        made.numbers.update(number=number)
        School.objects.filter(pk=made.pk).update(**facts)
        return made

    found = {
        "oak": add("Oak Lane Primary", "123456", town="Leeds", postcode="LS1 1AA", area="Leeds"),
        "elm": add("Elm Lane Primary", "123457", town="York", postcode="YO1 7AA", area="North Yorkshire"),
        "ash": add("Ash High School", "234567", town="Leeds", postcode="LS2 9AA", area="Leeds"),
        "old": add("Old Lane Primary", "345678", town="Leeds", status="closed"),
        "far": add("Kauri Lane School", "456789", town="Whangarei", country="nz"),
        "odd": add("100% Lane_School", "567890", town="Hull"),
    }
    community = Community.objects.create(register="gb", number="1", name="Wharfe partnership")
    community.schools.set([found["oak"], found["ash"]])
    return found


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("lane", ["odd", "elm", "oak"]),
        ("LANE leeds", ["oak"]),
        ("leeds", ["ash", "oak"]),
        ("north yorkshire", ["elm"]),
        ("LS1", ["oak"]),
        ("1AA", []),  # a postcode from its beginning
        ("123457", ["elm"]),
        ("12345", []),  # a number as a whole
        ("wharfe", ["ash", "oak"]),
        ("wharfe high", ["ash"]),
        ("partnership leeds lane", ["oak"]),
        ("old", []),  # closed
        ("kauri", []),  # of another country
        ("100%", ["odd"]),
        ("e_s", ["odd"]),
        ("", []),
        ("   ", []),
        ("a b c d e f g h i j k l m n o p q r s t u v w x y z", []),
    ],
)
def test_schools_are_found_by_all_their_words(register, words, names):
    assert reads.search_schools(words, "gb") == [register[name] for name in names]


def test_a_school_in_two_communities_is_found_once(register):
    Community.objects.create(register="gb", number="2", name="Wharfe music").schools.add(register["oak"])
    assert reads.search_schools("wharfe lane", "gb") == [register["oak"]]


def test_no_more_than_sixty_schools_are_shown(django_assert_num_queries):
    School.objects.bulk_create(School(name=f"School {n:03}", country="gb", phase="primary") for n in range(70))
    with django_assert_num_queries(1):
        found = reads.search_schools("school", "gb")
    assert [school.name for school in found] == [f"School {n:03}" for n in range(60)]


def test_communities_are_listed_with_their_size(register):
    assert [(c.name, c.size) for c in reads.communities("gb")] == [("Wharfe partnership", 2)]
    assert reads.communities("nz") == []


def test_clusters_with_their_schools_cost_two_queries(django_assert_num_queries):
    network = make.network()
    schools = [make.school(f"School {n}") for n in range(8)]
    make.cluster(network, "Brede", schools[4:6])
    make.cluster(network, "Avon", schools[:4])
    lone = schools[7]
    actions.join_network(network, [lone], TODAY)
    with django_assert_num_queries(2):
        lines = reads.clusters_with_schools(network)
    assert [(line.cluster.name, line.schools) for line in lines] == [("Avon", schools[:4]), ("Brede", schools[4:6])]
    assert reads.unclustered_schools(network) == [lone]


def test_a_school_leaves_a_cluster_on_its_day():
    network, schools = make.network(), three()
    cluster = make.cluster(network, "Avon", schools)
    ClusterMembership.objects.filter(school=schools[0]).update(until=TODAY)
    assert list(reads.cluster_schools(cluster).order_by("name")) == schools[1:]
    assert list(reads.cluster_schools(cluster, TODAY - make.DAY).order_by("name")) == schools
