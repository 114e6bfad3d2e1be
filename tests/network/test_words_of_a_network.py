"""Pages say what their network says."""

import pytest
from django.test import Client

from alongside.network.models import Organisation, School
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("country", "said"),
    [("gb", "200 pupils"), ("nz", "200 students (ākonga)"), ("au", "200 students"), ("fr", "200 students")],
)
def test_a_page_uses_the_words_of_its_country(country, said):
    network = make.network(country=country)
    make.cluster(network, "Avon cluster", [make.school("Ashmead"), make.school("Birch")])
    client = Client()
    client.force_login(make.officer(network))
    assert said in client.get(f"/n/{network.slug}/clusters/").content.decode()


def test_the_officer_chooses_own_words_and_takes_them_back():
    network = make.network()
    make.cluster(network, "Avon cluster", [make.school("Ashmead"), make.school("Birch")])
    School.objects.update(phase="secondary")
    client = Client()
    client.force_login(make.officer(network))
    at, page = f"/n/{network.slug}/words/", f"/n/{network.slug}/clusters/"
    assert client.post(at, {"word_3": "<b>learners</b>"}).status_code == 302
    assert "200 &lt;b&gt;learners&lt;/b&gt;" in client.get(page).content.decode()
    assert 'value="&lt;b&gt;learners&lt;/b&gt;"' in client.get(at).content.decode()
    assert client.post(at, {"word_3": "x" * 61}).status_code == 400
    assert client.post(at, {}).status_code == 302
    assert Organisation.objects.get(pk=network.pk).words == {}
    assert "200 students" in client.get(page).content.decode()
