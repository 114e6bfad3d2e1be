"""The box in the frame: schools of the network first, people only for who may see them, nothing of anybody else."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from alongside.calendar.actions import add_span
from alongside.people.models import StaffEntry
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    network, other = make.network(), make.network("Elsewhere Trust")
    schools = {name: make.school(f"{name} Primary") for name in ("Hōlt", "Birch", "Dell", "Elm")}
    cluster = make.cluster(network, "Avon cluster", [schools["Hōlt"], schools["Birch"]])
    make.cluster(other, "Cray cluster", [schools["Dell"], schools["Elm"]])
    for name, person in (("Hōlt", "Zoë Quayle"), ("Birch", "Zoltan Quill"), ("Dell", "Zora Quint")):
        [someone] = make.staff(schools[name], 1)
        StaffEntry.objects.filter(person=someone).update(name=person)
    make.staff(schools["Hōlt"], 12)
    return network, cluster, schools


def _client(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _found(client: Client, place, question: str) -> dict[str, list[str]]:
    """Heading → titles, as the page lists them."""
    response = client.get(f"{place.get_absolute_url()}search/", {"q": question})
    assert response.status_code == 200
    sections = re.findall(r'<section class="sec"><h2>(.*?)</h2>(.*?)</section>', response.content.decode(), re.DOTALL)
    rows = {h: re.findall(r'<span class="when">.*?</span><span>(.*?)</span><span>', body) for h, body in sections}
    return {h: [html.unescape(re.sub(r"<[^>]+>", "", row)) for row in found] for h, found in rows.items()}


def test_schools_of_the_network_by_first_letters_without_accents(world):
    network, _, _ = world
    client = _client(make.stakeholder(network))
    assert _found(client, network, "holt") == {"Schools": ["Hōlt Primary"]}
    assert _found(client, network, "PRIM") == {"Schools": ["Birch Primary", "Hōlt Primary"]}
    assert _found(client, network, "olt") == {}


def test_the_officer_finds_the_register_last_and_never_what_another_network_calls_its_own(world):
    network, _, _ = world
    client = _client(make.officer(network))
    found = _found(client, network, "prim")
    assert list(found) == ["Schools", "In the register, not in your network"]
    assert found["In the register, not in your network"] == ["Dell Primary", "Elm Primary"]
    assert _found(client, network, "cray") == {}
    assert _found(_client(make.coach(world[1])), network, "dell") == {}


def test_a_leader_finds_the_own_staff_and_nobody_elses(world):
    network, _, schools = world
    head = _client(make.leader(schools["Hōlt"]))
    assert _found(head, network, "zo qu") == {"People": ["Zoë Quayle"]}
    assert _found(head, schools["Hōlt"].organisation, "zoe") == {"People": ["Zoë Quayle"]}


@pytest.mark.parametrize("who", ["officer", "chair", "coach", "stakeholder", "staff"])
def test_names_of_staff_are_found_by_nobody_else(world, who):
    network, cluster, schools = world
    make_them = {"officer": lambda: make.officer(network), "chair": lambda: make.chair(cluster)}
    make_them |= {"coach": lambda: make.coach(cluster), "stakeholder": lambda: make.stakeholder(network)}
    make_them["staff"] = lambda: schools["Hōlt"].staff.select_related("person").last().person
    assert _found(_client(make_them[who]()), network, "zo") == {}


def test_roles_are_found_by_those_who_see_the_list_of_roles(world):
    network, cluster, schools = world
    make.leader(schools["Birch"])  # Owen Bevan
    assert _found(_client(make.officer(network)), network, "owen") == {"People": ["Owen Bevan"]}
    assert _found(_client(make.coach(cluster)), network, "owen") == {}


def test_somebody_who_was_erased_or_has_left_is_not_found(world):
    network, _, schools = world
    head = _client(make.leader(schools["Hōlt"]))
    entry = StaffEntry.objects.get(name="Zoë Quayle")
    StaffEntry.objects.filter(pk=entry.pk).update(until=entry.since)
    assert _found(head, network, "zoe") == {}
    StaffEntry.objects.filter(pk=entry.pk).update(until=None)
    assert _found(head, network, "zoe") == {"People": ["Zoë Quayle"]}
    StaffEntry.objects.filter(pk=entry.pk).delete()
    assert _found(head, network, "zoe") == {}


def test_clusters_pulses_and_pages_are_found(world):
    network, _, _ = world
    wave = make.open_wave(network)
    officer = _client(make.officer(network))
    assert _found(officer, network, "avon")["Clusters"] == ["Avon cluster"]
    assert _found(officer, network, "wellb") == {
        "Pulses": [f"Wellbeing and belonging, {network}, {wave.closes_at:%B %Y}"]
    }
    assert _found(officer, network, "safeg") == {"Pages": ["Contacts"]}
    assert _found(_client(make.stakeholder(network)), network, "safeg") == {}


def test_results_are_found_when_they_are_open_to_the_reader(world):
    network, _, schools = world
    wave = make.open_wave(network)
    make.answer(wave, schools["Hōlt"], 11)
    teacher = schools["Hōlt"].staff.select_related("person").last().person
    make.close(wave)
    assert list(_found(_client(make.officer(network)), network, "wellb")) == ["Pulses"]
    assert _found(_client(teacher), network, "wellb") == {}


@pytest.mark.parametrize(("day", "open_"), [(9, False), (10, True)])
def test_results_are_found_and_told_of_when_two_school_days_have_passed_not_weekdays(request, time_machine, day, open_):
    """Closed on the last Friday before a half-term of two weeks: Monday and Tuesday after it are the school days."""
    time_machine.move_to(datetime(2026, 10, 19, 9, 0, tzinfo=UTC), tick=False)
    network, _, schools = request.getfixturevalue("world")
    for first, last in ((date(2026, 9, 1), date(2026, 10, 23)), (date(2026, 11, 9), date(2026, 12, 18))):
        add_span(network, "term", f"Term from {first}", first, last, by=1)
    teacher = schools["Hōlt"].staff.select_related("person").last().person
    wave = make.open_wave(network)
    make.answer(wave, schools["Hōlt"], 11)
    time_machine.move_to(datetime(2026, 10, 23, 17, 0, tzinfo=UTC), tick=False)
    make.close(wave)
    time_machine.move_to(datetime(2026, 11, day, 19, 0, tzinfo=UTC), tick=False)
    client = _client(teacher)
    assert list(_found(client, network, "wellb")) == (["Pulses"] if open_ else [])
    news = client.get(f"{network.get_absolute_url()}news/").content.decode()
    assert ("The results of “Wellbeing and belonging” are in." in news) is open_
    results = client.get(f"{network.get_absolute_url()}waves/{wave.pk}/results/")
    assert results.status_code == (200 if open_ else 403)


def test_the_page_without_a_question_says_what_it_is_for(world):
    network, _, _ = world
    page = _client(make.officer(network)).get(f"{network.get_absolute_url()}search/").content.decode()
    assert "What you look for will be here" in page
    assert "Nothing fits" not in page


def test_the_frame_has_the_box_and_keeps_the_question(world):
    network, _, _ = world
    page = _client(make.officer(network)).get(f"{network.get_absolute_url()}search/", {"q": '"holt'}).content.decode()
    assert page.count('value="&quot;holt"') == 2
    assert 'action="/n/riverway-trust/search/" role="search" aria-label="Everything here"' in page


def test_a_search_takes_no_more_queries_than_a_page_may(world, django_assert_max_num_queries):
    network, _, schools = world
    person = make.leader(schools["Hōlt"])
    make.officer(network, person.email)
    client = _client(person)
    with django_assert_max_num_queries(12):
        client.get(f"{network.get_absolute_url()}search/", {"q": "p"})
