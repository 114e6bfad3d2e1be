"""A vote that was cast elsewhere: looked at, counted exactly as shown, what fits, what was chosen; and what goes wrong."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from alongside.goals import actions
from alongside.goals.models import Choice, Vote
from alongside.goals.retention import drop_waiting_votes
from alongside.kit.errors import Conflict, Refused
from tests import make
from tests.goals.test_issues import Place, deeds, said, signed_in
from tests.votes_of_ours import older, preflib

pytestmark = pytest.mark.django_db
S, N = "/s/ashmead/votes/", "/n/harbour-trust/votes/"
ORDERS = ["30: 1,2,3", "10: 3"]
TODAY = datetime.date.today()


@pytest.fixture
def place():
    return Place()


def file(data, name="votes.soi"):
    return SimpleUploadedFile(name, data, "text/plain")


def brought(place, data=None, cluster=True, title=""):
    return actions.bring_vote(
        data or preflib(ORDERS), "v.soi", title, place.network, place.avon if cluster else None, place.officer
    )


def counted(place, data=None):
    vote = brought(place, data)
    actions.apply_vote(vote, by=place.officer.pk)
    vote.refresh_from_db()
    return vote


def choose(place, vote, seen=None, taken=(0,), reasons="Because.", day=TODAY):
    return actions.choose(vote, seen, list(taken), reasons, "", "All heads", day, by=place.chair.pk)


def test_from_a_file_to_a_result_in_two_steps(place):
    client = signed_in(place.chair)
    assert "What people put first will be here" in said(client.get(N))
    sent = {"title": "What first?", "file": file(preflib(ORDERS)), "where": f"cluster-{place.avon.pk}"}
    page = said(client.post(N, sent, follow=True))
    assert "40 votes on 3 things" in page
    assert "2 different orders" in page
    vote = Vote.objects.get()
    assert (vote.state, vote.result, vote.cluster, vote.uploaded_by) == ("ready", None, place.avon, place.chair)
    page = said(client.post(f"{N}{vote.pk}/apply/", follow=True))
    assert "“Time to plan” comes first" in page
    assert "40 people voted on 3 things, one person one vote. Avon cluster" in page
    assert "81 in 100" in page
    assert "How it was counted" in page
    assert ("goals.vote_applied", place.chair.pk) in deeds(place.network)
    listed = said(signed_in(place.teacher).get(N))
    assert "“Time to plan” comes first." in listed
    assert "Bring in a vote" not in listed


def test_nothing_of_a_voter_is_kept(place):
    rows = "".join(f"Somebody {n},s{n}@school.example,1,2\n" for n in range(12))
    sent = {"title": "", "file": file(f"Name,E-mail,Marking,Corridors\n{rows}".encode(), "list.csv")}
    page = said(signed_in(place.head).post(S, sent, follow=True))
    assert "Name and E-mail" in page
    (row,) = Vote.objects.values()
    assert row["orders"] == [[12, [[0]]]]
    assert row["voters"] == 12
    assert "Somebody" not in repr(row)
    assert "s1@" not in repr(row)


def test_what_waits_is_seen_by_those_who_bring_votes_in_only(place):
    vote = brought(place)
    for who in (place.teacher, place.head):
        assert signed_in(who).get(f"{N}{vote.pk}/").status_code == 404
        assert "Waits to be counted" not in said(signed_in(who).get(N))
    other = actions.bring_vote(preflib(ORDERS), "v", "", place.network, place.brede, place.officer)
    assert signed_in(place.chair).get(f"{N}{other.pk}/").status_code == 404
    assert signed_in(place.chair).post(f"{N}{other.pk}/apply/").status_code == 403
    assert "Waits to be counted" in said(signed_in(place.chair).get(N))


@pytest.mark.parametrize("write", [lambda: preflib(["9: 1,2"]), lambda: older(["9,1,2"])])
def test_fewer_than_ten_votes_would_tell_whose_they_are(place, write):
    with pytest.raises(Refused, match="holds 9 votes that can be counted; with fewer than 10"):
        brought(place, write())
    page = signed_in(place.head).post(S, {"title": "", "file": file(write())})
    assert page.status_code == 400
    assert "with fewer than 10 one could tell" in said(page)
    assert Vote.objects.count() == 0


def test_faults_are_shown_by_row_and_column_and_the_rest_is_counted(place):
    rows = "1,2\n" * 10 + "x,2\n"
    sent = {"title": "", "file": file(f"Marking,Corridors\n{rows}".encode(), "list.csv")}
    page = said(signed_in(place.head).post(S, sent, follow=True))
    assert "Set aside" in page
    assert "no rank. Write 1 for what comes first" in page
    vote = Vote.objects.get()
    assert vote.faults[0][:2] == [12, "Marking"]
    actions.apply_vote(vote, by=place.head.pk)
    vote.refresh_from_db()
    assert (vote.voters, vote.result["voters"], vote.faults) == (10, 10, [])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (preflib(["7: 1,2", "9: 2"]).replace(b"9: 2", b"9,2,1"), "mixes two layouts"),
        (b"", "This file is empty"),
        (b"\0" * 50, "no text"),
    ],
)
def test_a_file_that_cannot_be_is_refused_on_the_page(place, data, sentence):
    page = signed_in(place.head).post(S, {"title": "", "file": file(data)})
    assert page.status_code == 400
    assert sentence in said(page)
    assert Vote.objects.count() == 0


def test_a_file_that_is_too_large_is_refused_with_its_limit(place):
    page = signed_in(place.head).post(S, {"title": "", "file": file(b"x" * 5_000_001)})
    assert page.status_code == 413
    assert "larger than 5 MB, the limit for votes" in said(page)


def test_applying_twice_counts_once(place):
    vote = brought(place)
    actions.apply_vote(vote, by=place.officer.pk)
    for again in (lambda: actions.apply_vote(vote, by=place.officer.pk), lambda: actions.drop_vote(vote)):
        with pytest.raises(Conflict, match="applied or dropped already"):
            again()
    assert [deed for deed, _ in deeds(place.network)].count("goals.vote_applied") == 1


def test_what_is_dropped_keeps_nothing(place):
    vote = brought(place)
    client = signed_in(place.officer)
    client.post(f"{N}{vote.pk}/drop/")
    vote.refresh_from_db()
    assert (vote.state, vote.orders, vote.issues) == ("dropped", [], [])
    assert client.post(f"{N}{vote.pk}/apply/").status_code == 409
    assert client.get(f"{N}{vote.pk}/fit/").status_code == 404


def test_the_title_comes_from_the_file_where_nobody_wrote_one(place):
    assert brought(place).title == "What first?"
    assert brought(place, older(["12,1,2"])).title == "A vote"
    assert brought(place, title="Spring").title == "Spring"


def test_what_waits_goes_after_fourteen_days(place):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=15)):
        old, kept = brought(place), counted(place)
    fresh = brought(place)
    assert drop_waiting_votes() == 1
    assert set(Vote.objects.values_list("pk", flat=True)) == {kept.pk, fresh.pk}
    assert not Vote.objects.filter(pk=old.pk).exists()


# --- what fits -----------------------------------------------------------------------------------------------------


def test_what_fits_is_said_in_words(place):
    vote = counted(place, preflib(["30: 1,2,3,4", "20: 2,1"], ["Plan", "Mark", "Halls", "Clubs"]))
    client = signed_in(place.chair)
    sent = {"hours": "20", "money": "1500", "hours_0": "12.5", "hours_1": "30", "money_1": "100", "hours_2": "5"}
    page = said(client.post(f"{N}{vote.pk}/fit/", sent, follow=True))
    assert "With 12.5 of 20 hours and 0 of 1,500 in money" in page
    assert "their first 2:" in page
    assert "Without a cost, and so left out: Clubs." in page
    assert 'value="12.5"' in said(client.get(f"{N}{vote.pk}/fit/"))


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, "Say how many hours or how much money there is."),
        ({"hours": "10"}, "Say for at least one thing what it costs"),
        ({"hours": "-1", "hours_0": "1"}, "write a number from 0"),
        ({"hours": "NaN", "hours_0": "1"}, "write a number from 0"),
        ({"hours": "1e30", "hours_0": "1"}, "write a number from 0"),
        ({"hours": "9" * 400, "hours_0": "²"}, "write a number from 0"),
        ({"hours": "10", "hours_0": "\0"}, "write a number from 0"),
    ],
)
def test_amounts_that_cannot_be(place, sent, wrong):
    vote = counted(place)
    page = signed_in(place.chair).post(f"{N}{vote.pk}/fit/", sent)
    assert page.status_code == 400
    assert wrong in said(page)
    vote.refresh_from_db()
    assert (vote.fit, vote.hours) == (None, None)


# --- the recorded choice -------------------------------------------------------------------------------------------


def test_a_choice_is_recorded_and_a_changed_one_keeps_the_earlier_readable(place):
    vote = counted(place)
    client = signed_in(place.chair)
    sent = {
        "taken": ["0", "2"],
        "reasons": "They came first.",
        "dissent": "Marking is harder.",
        "decided_by": "7 heads",
    }
    page = said(client.post(f"{N}{vote.pk}/choice/", sent | {"decided_on": f"{TODAY}"}, follow=True))
    assert "Time to plan and Corridors" in page
    assert "Marking is harder." in page
    assert "Decided by 7 heads on" in page
    first = Choice.objects.get()
    form = said(client.get(f"{N}{vote.pk}/choice/"))
    assert f'name="seen" value="{first.pk}"' in form
    assert "They came first." in form
    sent = {"seen": first.pk, "taken": ["1"], "reasons": "Money ran out.", "decided_by": "The chair"}
    page = said(client.post(f"{N}{vote.pk}/choice/", sent | {"decided_on": f"{TODAY}"}, follow=True))
    assert page.index("Money ran out.") < page.index("What was recorded before") < page.index("They came first.")
    assert Choice.objects.get(replaces=first).taken == [1]
    assert "They came first." in said(signed_in(place.teacher).get(f"{N}{vote.pk}/"))


def test_two_who_record_at_once_lose_nothing(place):
    vote = counted(place)
    first = choose(place, vote)
    with pytest.raises(Conflict, match="Somebody recorded another choice meanwhile"):
        choose(place, vote)
    second = choose(place, vote, first.pk, reasons="Better.")
    with pytest.raises(Conflict, match="Somebody recorded another choice meanwhile"):
        choose(place, vote, first.pk)
    assert list(Choice.objects.order_by("pk")) == [first, second]
    other = counted(place)
    with pytest.raises(Conflict):
        choose(place, other, second.pk)
    stale = {"seen": first.pk, "taken": ["1"], "reasons": "x", "decided_by": "y", "decided_on": f"{TODAY}"}
    assert signed_in(place.chair).post(f"{N}{vote.pk}/choice/", stale).status_code == 409


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"taken": []}, "Tick at least one thing to take on."),
        ({"taken": ["3"]}, "Tick things of this list."),
        ({"taken": ["²"]}, "Tick things of this list."),
        ({"reasons": " "}, "Say why these"),
        ({"reasons": "x" * 1001}, "at most 1000 characters"),
        ({"decided_by": ""}, "Say who decided."),
        ({"decided_on": "soon"}, "This is no date."),
        ({"decided_on": f"{TODAY + 2 * make.DAY}"}, "once it was made: choose today or an earlier day"),
        ({"decided_on": "0001-01-01"}, "once it was made: choose today or an earlier day"),
        ({"seen": "9" * 30}, "at most 18 characters"),
    ],
)
def test_a_choice_that_cannot_be_is_said_at_its_field(place, change, wrong):
    vote = counted(place)
    sound = {"taken": ["0"], "reasons": "They came first.", "decided_by": "7 heads", "decided_on": f"{TODAY}"}
    page = signed_in(place.chair).post(f"{N}{vote.pk}/choice/", sound | change)
    assert page.status_code == 400
    assert wrong in said(page)
    assert Choice.objects.count() == 0


def test_whoever_recorded_it_is_named_nowhere_on_the_page(place):
    vote = counted(place)
    choose(place, vote)
    assert place.chair.name not in said(signed_in(place.teacher).get(f"{N}{vote.pk}/")).split("<main")[1]


def test_nothing_is_taken_on_when_nothing_is_ticked(place):
    with pytest.raises(Refused, match="Tick at least one"):
        choose(place, counted(place), taken=())


def test_costs_are_kept_exactly(place):
    vote = counted(place)
    actions.fit_vote(vote, Decimal("10.5"), Decimal(0), {0: (Decimal("0.1"), Decimal(0))}, by=place.chair.pk)
    vote.refresh_from_db()
    assert (vote.hours, vote.costs, vote.fit["hours"]) == (Decimal("10.5"), {"0": ["0.1", "0"]}, "0.1")
