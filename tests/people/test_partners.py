"""Partners and their people: dated, the officer's, and of no right by themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from alongside.kit.errors import Refused
from alongside.people import actions, reads
from alongside.people.models import Partner, PartnerPerson, Person, Role
from tests import make
from tests.people.test_staff_lists import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    return make.network("Harbour Trust")


@pytest.fixture
def cluster(network):
    return make.cluster(network, "Avon", [make.school("Ashmead"), make.school("Birch")])


@pytest.fixture
def officer(network) -> Person:
    return make.officer(network, "officer@harbour.example")


@pytest.fixture
def partner(network, officer) -> Partner:
    return actions.add_partner(network, "River University", "university", "Call Jo", officer)


def test_a_partner_is_there_once_by_name(network, partner, officer):
    with pytest.raises(Refused, match="is a partner already"):
        actions.add_partner(network, "river university", "other", "", officer)
    actions.end_partner(partner, officer)
    assert reads.partners(network) == []
    actions.add_partner(network, "River University", "university", "", officer)


@pytest.mark.django_db(transaction=True)
def test_a_partner_added_twice_at_once_is_added_once(network, officer):
    done = at_once(*[lambda: actions.add_partner(network, "Uni", "university", "", officer)] * 3)
    assert sorted(type(result).__name__ for result in done) == ["Partner", "Refused", "Refused"]


def test_its_people_see_what_is_assigned_and_nothing_else(network, cluster, partner, officer):
    """The post alone opens no door; a coach's role does, and ends with the post."""
    post = actions.add_partner_person(partner, "Tutor@uni.example", "Tessa Novak", officer)
    assert actions.add_partner_person(partner, "tutor@uni.example", "T", officer) == post
    client = Client()
    client.force_login(post.person)
    inside = network.get_absolute_url()
    assert client.get(inside).status_code == 404
    actions.grant_role("coach", network, "tutor@uni.example", "Tessa Novak", cluster=cluster)
    assert client.get(inside).status_code == 200
    assert [line.people[0].coaches for line in reads.partner_lines(network, [partner])] == [["Avon"]]
    for name in ("partners/", "people/alike/", "people/erasures/", "roles/", "schools/ashmead/staff/"):
        assert client.get(inside + name).status_code == 403, name
    actions.end_partner_person(post, officer)
    assert client.get(inside).status_code == 404


def test_whoever_another_partner_sends_too_goes_on(network, cluster, partner, officer):
    other = actions.add_partner(network, "Hill Consultancy", "consultancy", "", officer)
    for where in (partner, other):
        actions.add_partner_person(where, "tutor@uni.example", "Tessa Novak", officer)
    elsewhere = make.network("Hill Alliance")
    far = make.cluster(elsewhere, "Wye", [make.school("Copse"), make.school("Dell")])
    for where, of in ((network, cluster), (elsewhere, far)):
        actions.grant_role("coach", where, "tutor@uni.example", "x", cluster=of)
    actions.end_partner(partner, officer)
    assert Role.objects.current().count() == 3
    actions.end_partner(other, officer)
    assert [role.organisation for role in Role.objects.current().filter(kind="coach")] == [elsewhere]
    assert not PartnerPerson.objects.current().exists()


def test_the_officer_looks_after_them_on_one_page(network, cluster, officer, partner):
    client = Client()
    client.force_login(officer)
    here = f"{network.get_absolute_url()}partners/"
    assert client.post(here, {"name": "River University", "kind": "other"}).status_code == 400
    assert client.post(f"{here}people/", {"partner": 0, "name": "T", "email": "t@uni.example"}).status_code == 400
    form = {"partner": partner.pk, "name": "Tessa Novak", "email": "t@uni.example"}
    assert client.post(f"{here}people/", form).status_code == 302
    page = client.get(here).content.decode()
    assert all(words in page for words in ("1 partner of Harbour Trust", "Tessa Novak", "nobody yet", "Call Jo"))
    assert client.post(f"{here}people/{PartnerPerson.objects.get().pk}/end/").status_code == 302
    assert client.post(f"{here}{partner.pk}/end/").status_code == 302
    assert "No partners yet" in client.get(here).content.decode()
