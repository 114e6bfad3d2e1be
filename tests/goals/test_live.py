"""A vote that is cast here: opened, answered by the link of a letter, sealed, published, read; and what goes wrong."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alongside.goals import actions
from alongside.goals.models import Issue, Vote
from alongside.goals.retention import drop_waiting_votes
from alongside.kit.errors import Conflict, Refused
from alongside.surveys import actions as surveys_actions
from alongside.surveys import answering, reads, seal
from alongside.surveys.accept import Closed, Spent, accept
from alongside.surveys.models import Answer, Ballot, Release, SealedAnswer, Ticket, Wave
from tests import make
from tests.goals import live
from tests.goals.test_issues import Place, deeds, said, signed_in

pytestmark = pytest.mark.django_db
N = "/n/harbour-trust/votes/"
TOP = (0, 1, 2)


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.KEYS, settings.MAILBOX = tmp_path / "keys", tmp_path / "mailbox"
    answering.PAGES.clear()
    reads.forget()


@pytest.fixture
def place():
    made = Place()
    make.staff(made.ashmead, 14)
    make.staff(made.birch, 12)
    return made


def link(vote, token):
    return reverse("answer", kwargs={"wave": vote.wave_id, "token": token})


def form(vote, order):
    return {item: str(place) for item, place in live.places(vote, order).items()}


def answer(vote, order, at=0):
    token = make.tokens(vote.wave)[at]
    return Client().post(link(vote, token), form(vote, order))


def test_from_the_list_to_the_result(place):
    ids = [place.issue(title, cluster=place.avon).pk for title in live.TITLES[:4]]
    client = signed_in(place.chair)
    page = said(client.get(f"{N}new/?where=cluster-{place.avon.pk}"))
    assert "Time to plan" in page
    assert "Who votes?" in page
    closes = _school_day()
    sent = {"title": "What first?", "issues": ids[:3], "audience": "staff", "closes_on": closes.isoformat()}
    page = said(client.post(f"{N}new/?where=cluster-{place.avon.pk}", sent, follow=True))
    assert "Nobody sees how it stands" in page
    vote = Vote.objects.select_related("wave__ballot").get()
    assert (vote.state, vote.cluster, vote.issues) == (
        "live",
        place.avon,
        ["Time to plan", "Fewer returns", "Calm starts"],
    )
    assert ("goals.vote_opened", place.chair.pk) in deeds(place.network)
    surveys_actions.open_wave(vote.wave_id)
    surveys_actions.send_invitations(vote.wave_id)
    assert vote.wave.roster.count() == len(mail.outbox) == 27
    letter = mail.outbox[0]
    assert letter.subject == "What first?"
    path = re.search(r"/a/\d+/\S+", letter.body)[0]
    phone = Client()
    asked = said(phone.get(path))
    assert "3 things, in no order" in asked
    assert "Children’s say" not in asked
    receipt = phone.post(path, form(vote, TOP))
    assert receipt.status_code == 200
    assert "Thank you. Your vote is in." in said(receipt)
    assert not phone.cookies
    stored = Answer.objects.get()
    assert stored.ratings == live.places(vote, TOP)


def _school_day():
    day = timezone.localdate() + datetime.timedelta(days=7)
    while day.weekday() > 4:
        day += datetime.timedelta(days=1)
    return day


def test_the_result_is_told_as_for_any_vote(place):
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [(0, 1, 2)] * 12, place.birch: [(0, 2, 1)] * 8 + [(1, 0, 2)] * 2})
    live.closed(vote)
    page = said(signed_in(place.chair).get(f"{N}{vote.pk}/"))
    assert "“Time to plan” comes first" in page
    assert "22 people voted on 3 things, one person one vote. Avon cluster, cast here without names." in page
    assert "95 in 100" in page
    assert "to the nearest 5" in page
    assert "If each school had one voice" not in page
    assert "Record what was chosen" in page
    listed = said(signed_in(place.chair).get(N))
    assert "“Time to plan” comes first." in listed


def test_nobody_sees_how_it_stands_while_it_is_open(place):
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [TOP] * 14, place.birch: [TOP] * 12})
    surveys_actions.refresh_participation()
    for who in (place.chair, place.officer, place.head, place.teacher):
        for path in (N, f"{N}{vote.pk}/", f"/n/harbour-trust/waves/{vote.wave_id}/"):
            page = said(signed_in(who).get(path))
            assert "” comes first" not in page
            assert "in 100" not in page
    for path in ("choice/", "fit/"):
        wanted = 404 if path == "choice/" else 200
        assert signed_in(place.chair).get(f"{N}{vote.pk}/{path}").status_code == wanted
    assert not Release.objects.exists()


def test_leaders_see_it_at_the_close_and_staff_with_the_choice(place):
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [TOP] * 14, place.birch: [TOP] * 12})
    live.closed(vote)
    assert "” comes first" in said(signed_in(place.head).get(f"{N}{vote.pk}/"))
    for path in (N, f"{N}{vote.pk}/"):
        page = said(signed_in(place.teacher).get(path))
        assert "” comes first" not in page
        assert "its result comes with what is chosen, or two school days later" in page
    vote.refresh_from_db()
    actions.choose(vote, None, [0], "Because.", "", "All heads", timezone.localdate(), by=place.chair.pk)
    assert "” comes first" in said(signed_in(place.teacher).get(f"{N}{vote.pk}/"))


def test_staff_see_it_after_two_school_days_by_themselves(place):
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [TOP] * 14})
    live.closed(vote)
    Release.objects.update(published_at=timezone.now() - datetime.timedelta(days=6))
    assert "” comes first" in said(signed_in(place.teacher).get(f"{N}{vote.pk}/"))


def test_it_is_sealed_like_any_answer(place):
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [TOP] * 14, place.birch: [(1, 0)] * 3})
    live.closed(vote)
    assert vote.wave.state == "sealed"
    assert not Answer.objects.exists()
    assert not Ticket.objects.exists()
    # Birch's three share Ashmead's voice, so neither keeps its name.
    assert set(SealedAnswer.objects.values_list("school", "pool")) == {(None, f"pool:cluster:{place.avon.pk}")}
    assert SealedAnswer.objects.count() == 17


def test_a_vote_of_a_school_alone(place):
    vote = live.opened(place.school)
    live.cast(vote, {place.ashmead: [TOP] * 12})
    live.closed(vote)
    page = said(signed_in(place.head).get(f"/s/ashmead/votes/{vote.pk}/"))
    assert "12 people voted on 3 things" in page
    assert "to the nearest 10" in page
    assert "only whether they agree" in page
    assert signed_in(place.head).get(f"{N}{vote.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("voters", "told", "not_told"),
    [
        (4, "Too few voted to show anything", "Time to plan” comes"),
        (6, "the order is told in words alone", "in 100"),
        (10, "to the nearest 10", "words alone"),
    ],
)
def test_few_votes_are_told_in_words_or_not_at_all(place, voters, told, not_told):
    vote = live.opened(place.school)
    live.cast(vote, {place.ashmead: [TOP] * voters})
    live.closed(vote)
    page = said(signed_in(place.head).get(f"/s/ashmead/votes/{vote.pk}/"))
    assert told in page
    assert not_told not in page


# --- bad input


def test_a_vote_after_the_close(place):
    vote = live.opened(place.network, place.avon)
    token = make.tokens(vote.wave)[0]
    Wave.objects.filter(pk=vote.wave_id).update(closes_at=timezone.now())
    response = Client().post(link(vote, token), form(vote, TOP))
    assert (response.status_code, "has closed" in said(response)) == (410, True)
    with pytest.raises(Closed):
        accept(vote.wave_id, token, live.places(vote, TOP))
    assert not Answer.objects.exists()


def test_a_vote_twice(place):
    vote = live.opened(place.network, place.avon)
    answer(vote, TOP)
    response = answer(vote, (2, 1))
    assert "already" in said(response)
    assert Answer.objects.get().ratings == live.places(vote, TOP)
    with pytest.raises(Spent):
        accept(vote.wave_id, make.tokens(vote.wave)[0], live.places(vote, TOP))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "No order has arrived yet."),
        ({"0": "", "1": ""}, "No order has arrived yet."),
        ({"0": "1", "6": "1"}, "This names something that is not on this list"),
        ({"0": "6"}, "or a place that there is not"),
        ({"0": "x"}, "or a place that there is not"),
        ({"0": "\0"}, "or a place that there is not"),
        ({"0": "²"}, "or a place that there is not"),
        ({"0": "1", "1": "1", "2": "1", "3": "1", "4": "1", "5": "1"}, "6 things have a place, and 5 may have one."),
    ],
)
def test_what_is_no_order_is_asked_again_and_nothing_is_stored(place, sent, sentence):
    vote = live.opened(place.network, place.avon, things=6)
    code = vote.wave.ballot.code
    data = {f"{code}.{number}": value for number, value in sent.items()}
    path = link(vote, make.tokens(vote.wave)[0])
    response = Client().post(path, data)
    assert response.status_code == 422
    assert sentence in said(response)
    assert not Answer.objects.exists()
    kept = re.findall(rf'name="{code}\.(\d)" value="(\d)" checked', said(response))
    assert dict(kept) == {n: v for n, v in sent.items() if v in list("12345") and n != "6"}
    assert "Thank you" in said(Client().post(path, form(vote, (3, (0, 1)))))


def test_the_same_place_for_everything_says_nothing(place):
    vote = live.opened(place.network, place.avon)
    response = answer(vote, ((0, 1, 2),))
    assert "Everything has the same place" in said(response)
    assert not Answer.objects.exists()


def test_ties_and_blanks_count_half(place):
    """Twelve put 0 and 1 first together and leave 2: 0 beats 2, and ties with 1: 75 in 100, to the nearest 10 (halves up)."""
    vote = live.opened(place.school)
    live.cast(vote, {place.ashmead: [((0, 1),)] * 12})
    found = live.closed(vote).data["order"]["outcome"]["standings"]
    assert [(each["issue"], each["position"], each["share"]) for each in found] == [(0, 1, 80), (1, 1, 80), (2, 3, 10)]


def test_orders_that_go_round_in_a_circle(place):
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [(0, 1, 2)] * 7 + [(1, 2, 0)] * 7, place.birch: [(2, 0, 1)] * 7})
    live.closed(vote)
    page = said(signed_in(place.chair).get(f"{N}{vote.pk}/"))
    assert "share the first place" in page
    assert "go round in a circle" in page
    assert "These orders contradict equally few voices" in page


def test_what_is_merged_or_closed_while_it_is_open_stays_on_the_ballot(place):
    vote = live.opened(place.network, place.avon)
    first, second, third = Issue.objects.filter(cluster=place.avon).order_by("pk")
    actions.merge(first, second.pk, by=place.chair.pk)
    actions.close_issue(third, by=place.chair.pk)
    live.cast(vote, {place.ashmead: [(0, 2)] * 14})
    live.closed(vote)
    page = said(signed_in(place.chair).get(f"{N}{vote.pk}/"))
    assert "“Time to plan” comes first" in page


def test_what_was_merged_before_cannot_be_voted_on(place):
    one, two, three = (place.issue(title, cluster=place.avon) for title in live.TITLES[:3])
    actions.merge(one, two.pk, by=place.chair.pk)
    closes = timezone.now() + live.DAYS
    with pytest.raises(Conflict, match="merged or closed meanwhile"):
        actions.open_vote(place.network, place.avon, "?", [one.pk, two.pk, three.pk], closes, by=place.chair)
    elsewhere = place.issue("Ours alone")
    with pytest.raises(Conflict, match="merged or closed meanwhile"):
        actions.open_vote(place.network, place.avon, "?", [two.pk, elsewhere.pk], closes, by=place.chair)
    with pytest.raises(Refused, match="2 to 40 things"):
        actions.open_vote(place.network, place.avon, "?", [two.pk], closes, by=place.chair)
    assert not Ballot.objects.exists()
    assert not Wave.objects.exists()


def test_one_vote_of_the_same_people_at_a_time(place):
    live.opened(place.network, place.avon)
    with pytest.raises(Conflict, match="A vote of these people is open already"):
        live.opened(place.network, place.avon)
    assert Vote.objects.count() == Ballot.objects.count() == 1


def test_fewer_than_ten_people_are_not_asked(place):
    with pytest.raises(Refused, match="at least 10"):
        live.opened(place.network, place.brede)
    assert not Vote.objects.exists()


def test_called_off_before_it_opens(place):
    vote = live.opened(place.network, place.avon)
    with pytest.raises(Conflict):
        surveys_actions.call_off(vote.wave)
    assert Vote.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"issues": []}, "Tick at least 2 things."),
        ({"issues": ["999999"]}, "Tick things of this list."),
        ({"issues": ["²"]}, "Tick things of this list."),
        ({"title": "  "}, "Write the question that people vote on."),
        ({"title": "\0"}, "Null characters are not allowed."),
        ({"audience": "students"}, "Choose one from the list."),
        ({"closes_on": "soon"}, "This is no date."),
        ({"closes_on": "1999-01-04"}, "A vote is open for one day at least"),
        ({"closes_on": "2099-01-05"}, "six weeks at most"),
    ],
)
def test_a_form_that_cannot_be_taken(place, change, sentence):
    ids = [place.issue(title, cluster=place.avon).pk for title in live.TITLES[:3]]
    sent = {"title": "What?", "issues": ids, "audience": "staff", "closes_on": _school_day().isoformat()} | change
    response = signed_in(place.chair).post(f"{N}new/?where=cluster-{place.avon.pk}", sent)
    assert response.status_code == 400
    assert sentence in said(response)
    assert not Vote.objects.exists()


def test_an_officer_chooses_the_list_first(place):
    page = said(signed_in(place.officer).get(f"{N}new/"))
    assert "Whose vote is it?" in page
    assert f"?where=cluster-{place.avon.pk}" in page
    assert "A vote needs two things" in said(signed_in(place.officer).get(f"{N}new/?where=whole"))
    assert signed_in(place.teacher).get(f"{N}new/").status_code == 403


# --- what fits


def test_costs_are_said_before_the_close_and_worked_out_once(place):
    vote = live.opened(place.network, place.avon)
    client = signed_in(place.chair)
    sent = {"hours": "10", "money": "", "hours_0": "6", "hours_1": "5", "hours_2": "4"}
    page = said(client.post(f"{N}{vote.pk}/fit/", sent, follow=True))
    assert "what fits is worked out once, at the close" in page
    live.cast(vote, {place.ashmead: [(0, 1, 2)] * 14, place.birch: [(2, 0)] * 12})
    live.closed(vote)
    page = said(client.get(f"{N}{vote.pk}/"))
    assert "With 10 of 10 hours" in page
    assert client.get(f"{N}{vote.pk}/fit/").status_code == 404
    assert "What fits the hours and money?" not in page
    vote.refresh_from_db()
    with pytest.raises(Conflict, match="worked out then"):
        actions.say_costs(vote, 5, 0, {0: (5, 0)}, by=place.chair.pk)
    choice = said(client.get(f"{N}{vote.pk}/choice/"))
    assert len(re.findall(r'name="taken"[^>]*checked', choice)) == 2


def test_a_vote_that_is_open_is_not_cleared_away(place):
    vote = live.opened(place.network, place.avon)
    Vote.objects.update(uploaded_at=timezone.now() - datetime.timedelta(days=30))
    drop_waiting_votes()
    assert Vote.objects.filter(pk=vote.pk).exists()


def test_its_figures_are_seen_nowhere_else(place):
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [TOP] * 14, place.birch: [TOP] * 12})
    live.closed(vote)
    client = signed_in(place.officer)
    base = f"/n/harbour-trust/waves/{vote.wave_id}"
    for path in (
        "results/",
        "results.csv",
        "results.xlsx",
        "results.pdf",
        "schools/ashmead/",
        "clusters/avon-cluster/",
    ):
        response = client.get(f"{base}/{path}")
        assert response.status_code in {403, 404}, path
    assert client.get(f"{base}/", follow=True).redirect_chain[-1][0] == N
    for path in ("/n/harbour-trust/", "/n/harbour-trust/show/", "/n/harbour-trust/ask/", "/n/harbour-trust/decide/"):
        assert client.get(path).status_code == 200


def test_a_seal_that_is_run_twice_is_one_release(place):
    vote = live.opened(place.network, place.avon)
    live.cast(vote, {place.ashmead: [TOP] * 14})
    first = json.dumps(live.closed(vote).data)
    seal.seal(vote.wave_id)
    assert Release.objects.count() == 1
    assert json.dumps(json.loads(Release.objects.get().document)) == first
