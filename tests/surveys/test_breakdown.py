"""The one breakdown of a series, by kind of job (R4): fixed, merged, shown, and of no use to anybody who attacks it."""

from __future__ import annotations

import io
import itertools
import json
import random

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from alongside.kit.documents import pdf
from alongside.kit.errors import Conflict, Refused
from alongside.people.models import StaffEntry
from alongside.science.disclosure import shown_score
from alongside.science.tallies import from_answers
from alongside.surveys import actions, audiences, breakdowns, check, releases
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Answer, Change, SealedAnswer, Series, Ticket, Wave, WaveSchool
from tests import make
from tests.surveys import audience_worlds, screens, slips, worlds
from tests.surveys.audience_worlds import answer, opened, schools_of
from tests.surveys.threads import together

pytestmark = pytest.mark.django_db
ALL = {"A": {"L": 6, "T": 24, "S": 12}, "B": {"L": 1, "T": 14, "S": 9}, "C": {"L": 2, "T": 6, "S": 2}}
L, T, S = "leaders", "teachers", "support"
PART_FROM = audiences.PART_FROM


@pytest.fixture(autouse=True)
def parts_of_five(monkeypatch):
    """How kinds are merged and shown is tried with parts of five, R4's own number; what the product asks for has its tests
    at the end."""
    monkeypatch.setattr(audiences, "PART_FROM", 5)


@pytest.fixture
def place(db):
    return schools_of(ALL)


def cut(world, **more):
    return opened(world, breakdown="job", **more)


def closed(world, people, school="A", **values):
    """Open with a breakdown, unless one is open, let these people of one school answer, close; the release."""
    wave = world.wave if world.wave.pk else cut(world)
    for kind, rows in values.items():
        answer(wave, people[school][kind][: len(rows)], rows)
    make.close(wave)
    return releases.of(wave)


def shown(document, world, item="well.1", school="A"):
    found = document.cut(item, world.place(school))
    return [("+".join(kinds), score.score, score.n) for kinds, score in found]


# --- what a ticket carries --------------------------------------------------------------------------------------------------


def test_a_ticket_carries_a_kind_only_where_five_or_more_of_it_are_asked(place):
    world, _ = place
    wave = cut(world)
    assert wave.breakdown == "job"
    found = Ticket.objects.filter(wave=wave.pk).values_list("school__name", "category")
    counted = {key: len(list(rows)) for key, rows in itertools.groupby(sorted(found))}
    assert counted == {
        ("School A", L): 6,
        ("School A", S): 12,
        ("School A", T): 24,
        ("School B", "leaders+support"): 10,
        ("School B", T): 14,
        ("School C", ""): 10,
    }
    groups = dict(WaveSchool.objects.filter(wave=wave).values_list("school__name", "categories"))
    assert groups["School B"] == [[L, S], [T]]
    assert groups["School C"] == groups["School Z"] == []


def test_the_only_leader_of_a_school_has_no_ticket_of_their_own(place):
    """A category of one person: whoever reads the database while the pulse is open cannot tell the head's answer."""
    world, people = place
    wave = cut(world)
    answer(wave, people["B"]["L"], [1])
    found = Answer.objects.get(wave=wave.pk)
    assert found.category == "leaders+support"
    assert Ticket.objects.filter(wave=wave.pk, school=found.school, category=found.category).count() == 10


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([L, T, S]), st.integers(0, 40)))
def test_frozen_groups_hold_five_each_and_every_kind_once(asked):
    groups = breakdowns.groups(asked)
    if groups:
        assert len(groups) > 1
        assert min(sum(asked.get(kind, 0) for kind in group) for group in groups) >= 5
        assert sorted(kind for group in groups for kind in group) == sorted([L, T, S])


def test_without_a_breakdown_nothing_is_carried(place):
    world, people = place
    wave = opened(world)
    answer(wave, people["A"]["T"], [4] * 24)
    assert set(Ticket.objects.filter(wave=wave.pk).values_list("category", flat=True)) == {""}
    make.close(wave)
    assert releases.of(wave).breakdown == ""
    assert set(SealedAnswer.objects.values_list("category", flat=True)) == {""}


def test_who_is_added_and_who_draws_a_slip_joins_a_kind_that_is_there(place, monkeypatch):
    monkeypatch.setattr(pdf, "pages", lambda html: html.encode())
    world, _ = place
    wave, at = cut(world), world.schools["B"]
    head, chair = make.leader(at), make.chair(world.clusters["X"])
    new = [make.staff(at, 1, job=job)[0].pk for job in ("deputy", "teacher")]
    actions.add_people(wave, at, new, head)
    actions.add_tickets(wave.pk)
    slips.no_link(at, 3)
    slips.made(wave, at, 3, head, chair)
    found = list(Ticket.objects.filter(wave=wave.pk, school=at).values_list("category", flat=True))
    assert {key: found.count(key) for key in found} == {"leaders+support": 14, T: 15}


# --- what is published ------------------------------------------------------------------------------------------------------


def test_each_kind_has_its_score_and_together_they_are_the_school(place):
    world, people = place
    document = closed(world, people, L=[5] * 6, T=[3] * 24, S=[4, 2] * 6)
    assert shown(document, world) == [(L, 90, "5–9"), (T, 50, "24"), (S, 50, "12")]
    assert document.score("well.1", world.place("A")).n == "42"


def test_kinds_that_too_few_answered_count_together_for_each_statement_anew(place):
    """R6: two leaders leave the second statement out, so there they count with the next fewest."""
    world, people = place
    leaders = [[5] * 6] * 4 + [[5, None, "x", 5, 5, 5]] * 2
    document = closed(world, people, L=leaders, T=[3] * 24, S=[1] * 12)
    assert shown(document, world) == [(L, 90, "5–9"), (T, 50, "24"), (S, 5, "12")]
    assert shown(document, world, "well.2") == [("leaders+support", 25, "16"), (T, 50, "24")]
    assert shown(document, world, "well.3") == [("leaders+support", 25, "16"), (T, 50, "24")]
    kept = set(SealedAnswer.objects.filter(school=world.schools["A"]).values_list("category", flat=True))
    assert kept == {"leaders+support", T}, "a sealed row says no more than the coarsest statement"


def test_where_one_kind_is_left_there_is_no_breakdown_and_sealed_rows_carry_none(place):
    world, people = place
    document = closed(world, people, L=[5] * 2, T=[3] * 20, S=[1] * 2)
    assert shown(document, world) == []
    assert set(SealedAnswer.objects.values_list("category", flat=True)) == {""}
    assert json.dumps(document.data).count("leaders") == 0


def test_a_statement_without_a_breakdown_takes_the_label_off_every_row(place):
    world, people = place
    few = [[4, None, 4, 4, 4, 4]] * 12
    document = closed(world, people, L=[[4, None, 4, 4, 4, 4]] * 6, T=[3] * 24, S=few)
    assert shown(document, world)
    assert shown(document, world, "well.2") == []
    assert set(SealedAnswer.objects.values_list("category", flat=True)) == {""}


def test_a_kind_that_only_says_cannot_say_leaves_no_small_label(place):
    """Nobody of the leaders answers anything: no figure counts them, so no sealed row may."""
    world, people = place
    document = closed(world, people, L=["x"] * 3, T=[3] * 24, S=[1] * 12)
    assert shown(document, world) == [(T, 50, "24"), (S, 5, "12")]
    assert set(SealedAnswer.objects.values_list("category", flat=True)) == {""}


def test_pools_clusters_and_the_whole_are_not_cut(place):
    world, people = place
    wave = cut(world)
    for there in people["A"].values():
        answer(wave, there, [3] * len(there))
    for there in people["B"].values():
        answer(wave, there[:1], [3])
    answer(wave, people["C"]["T"][:4], [3] * 4)
    make.close(wave)
    document = releases.of(wave)
    assert document.score("well.1", world.place("pool X")).n == "5–9"
    for item in document.data["items"]:
        assert list(item["breakdown"]) == [world.place("A")]
    assert set(SealedAnswer.objects.filter(school=None).values_list("category", flat=True)) == {""}


def test_nothing_but_scores_is_cut(place):
    world, people = place
    document = closed(world, people, L=[5] * 6, T=[3] * 24, S=[4] * 12)
    lines = document.data["items"][0]["breakdown"][world.place("A")]
    assert {frozenset(line) for line in lines} == {frozenset({"kinds", "score", "step", "n"})}
    assert not Change.objects.filter(place__contains="leaders").exists()


# --- attacks ----------------------------------------------------------------------------------------------------------------


def test_breakdown_minus_total_a_kind_that_is_merged_cannot_be_worked_out(place, time_machine):
    """Attack: what support staff said, out of the school's figures, where only three of them answered. Two worlds in which
    they said the opposite, and as many others in their group did, are the same on every screen."""
    world, people = place
    member = {"officer": make.officer(world.network), "head": make.leader(world.schools["A"])}
    time_machine.move_to(timezone.now(), tick=False)  # pages say until when, to the minute
    seen = []
    cut(world)
    for support, leaders in (([1] * 3, [5] * 3), ([5] * 3, [1] * 3)):
        with worlds.undone():
            document = closed(world, people, L=leaders, T=[3] * 20, S=support)
            assert shown(document, world) == [("leaders+support", 50, "5–9"), (T, 50, "20")]
            walked = screens.walk(world, member)
            seen.append({key: screen.body for key, screen in walked.items()})
            kept = SealedAnswer.objects.values_list("category", "ratings").order_by("category")
            seen.append(sorted(f"{category} {ratings}" for category, ratings in kept))
    assert seen[0].keys() == seen[2].keys()
    assert [key for key in seen[0] if _plain(seen[0][key]) != _plain(seen[2][key])] == []
    assert seen[1] == seen[3]


def _plain(body):
    """A page without what differs from release to release."""
    return [line for line in body.splitlines() if "Release " not in line]


def test_every_part_and_every_difference_of_parts_holds_five_people(place):
    """Attack: sums and differences of a school's figures, for random answers. Parts never overlap, each holds five, and
    together they are the school, so a total less its parts is nothing."""
    world, people = place
    dice = random.Random(4)
    for _ in range(4):
        with worlds.undone():
            rows = {
                kind: [[dice.choice([1, 2, 3, 4, 5, "x", None]) for _ in range(6)] for _ in there]
                for kind, there in people["A"].items()
            }
            wave = cut(world)
            for kind, given_ in rows.items():
                answer(wave, people["A"][kind], given_)
            make.close(wave)
            document = releases.of(wave)
            for index, item in enumerate(document.items):
                _assert_parts(document, world, item, rows, index)


def _assert_parts(document, world, item, rows, index):
    names = {L: "L", T: "T", S: "S"}
    exact = {
        kind: [row[index] for row in rows[letter] if isinstance(row[index], int)] for kind, letter in names.items()
    }
    parts = document.cut(item, world.place("A"))
    kinds = [kind for group, _ in parts for kind in group]
    assert len(kinds) == len(set(kinds))
    if parts:
        assert {kind for kind, given_ in exact.items() if given_} <= set(kinds)
    for group, score in parts:
        values = [value for kind in group for value in exact[kind]]
        assert len(values) >= 5
        assert score.score == shown_score(from_answers(values)).score


def test_two_cuts_what_first_opened_without_stays_without(place):
    """Attack: ask once whole and once cut, and compare."""
    world, people = place
    first = opened(world)
    answer(first, people["A"]["T"], [3] * 24)
    make.close(first)
    with pytest.raises(Refused, match="first opened without a breakdown, and it keeps to that"):
        actions.ask(
            world.network, "well", timezone.now(), timezone.now() + make.DAY * 7, breakdown="job", audience="staff"
        )
    second = opened(world)
    assert (second.number, second.breakdown) == (2, "")
    assert Series.objects.filter(instrument="well", audience="staff").count() == 1


def test_two_cuts_what_first_opened_with_one_keeps_it(place):
    world, people = place
    first = cut(world)
    answer(first, people["A"]["T"], [3] * 24)
    make.close(first)
    assert opened(world).breakdown == "job"


def test_the_breakdown_can_be_chosen_until_the_first_opening_and_not_while_it_opens(place):
    world, _ = place
    soon = timezone.now() + make.DAY
    wave = actions.ask(world.network, "well", soon, soon + make.DAY * 7, breakdown="job")
    with pytest.raises(Conflict):
        actions.ask(world.network, "well", soon, soon + make.DAY * 7)
    assert Series.objects.get().breakdown == "job"
    actions.call_off(wave)
    wave = actions.ask(world.network, "well", soon, soon + make.DAY * 7)
    assert Series.objects.get().breakdown == "", "nothing was asked in it, so it may still be asked without"
    Wave.objects.filter(pk=wave.pk).update(opens_at=timezone.now())
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    Series.objects.update(
        breakdown="job"
    )  # whatever is written to the series later, the wave keeps what it opened with
    make.close(wave)
    assert releases.of(wave).breakdown == ""


@pytest.mark.parametrize(("cut", "said"), [("job", True), ("", False)])
def test_who_answers_is_told_of_a_breakdown_before_sending(place, cut, said):
    world, _ = place
    wave = opened(world, breakdown=cut)
    path = f"/a/{wave.pk}/{make.tokens(wave, world.schools['A'])[0]}"
    pages = [Client().get(path), Client().post(path, {"comment": "Nothing ticked."})]
    assert [page.status_code for page in pages] == [200, 422]
    for page in pages:
        assert ("may also appear by kind of job, where 5 or more of each answer" in page.content.decode()) is said


def test_jobs_that_change_after_the_opening_change_no_ticket(place):
    world, people = place
    wave = cut(world)
    StaffEntry.objects.update(job="teacher")
    answer(wave, people["A"]["L"], [5] * 6)
    assert set(Answer.objects.filter(wave=wave.pk).values_list("category", flat=True)) == {L}


# --- before it is asked -----------------------------------------------------------------------------------------------------


def told(network, audience="staff", breakdown="job"):
    member = make.membership(make.officer(network), network)
    return check.check(
        network,
        None,
        instrument("well"),
        timezone.localdate(),
        member,
        audience=audiences.audience(audience),
        breakdown=breakdown,
    )


def test_a_breakdown_that_would_point_at_few_people_is_refused_by_name(db):
    world, _ = schools_of({"A": {"L": 4, "T": 24, "S": 12}, "B": {"L": 1, "T": 9, "S": 9}})
    said = "Leaders: fewer than five are asked at every school, so a figure for them would point at few people"
    found = told(world.network)
    assert (found.refused, len(found.cut)) == (True, 1)
    assert found.cut[0].startswith(said)
    with pytest.raises(Refused, match=said):
        actions.ask(world.network, "well", timezone.now(), timezone.now() + make.DAY * 7, breakdown="job")
    assert not Series.objects.filter(breakdown="job").exists()
    make.staff(world.schools["A"], 1, job="deputy")
    assert told(world.network).cut == []


def test_a_breakdown_that_would_show_nothing_is_refused(db):
    world, _ = schools_of({"A": {"T": 24}, "B": {"S": 9}})
    assert told(world.network).cut == [
        "At no school are there two kinds of job with five people each, so a breakdown would show nothing."
    ]
    assert told(world.network, breakdown="").cut == []


def test_a_breakdown_is_for_all_staff_alone(place):
    world, _ = place
    assert told(world.network, "teachers").cut == [
        "A breakdown by kind of job is for all staff; teachers and leaders are asked as one group."
    ]
    client = Client()
    client.force_login(make.officer(world.network, "second@riverway.example"))
    address = f"/n/{world.network.slug}/ask/new/"
    form = client.get(address).context["form"]
    days = {name: form.initial[name].isoformat() for name in ("opens_on", "closes_on")}
    given_ = {"instrument": "well", "whom": "whole", "audience": "teachers", "breakdown": "job", **days}
    page = client.post(address, given_)
    assert page.status_code == 400
    assert "A breakdown by kind of job is for all staff. Choose No, or ask all staff." in page.content.decode()
    assert client.post(address, {**given_, "audience": "staff", "breakdown": "phase"}).status_code == 400
    assert client.post(address, {**given_, "audience": "staff"}).status_code == 302
    assert Series.objects.get().breakdown == "job"


def test_the_check_says_what_a_series_has(place):
    world, people = place
    answer(wave := cut(world), people["A"]["T"], [3] * 24)
    make.close(wave)
    kept = (
        "Scores are shown by kind of job as well, as it has been since it first opened, at schools where five or more"
    )
    assert told(world.network, breakdown="").notes[0].startswith(kept)
    assert told(world.network).cut == []


# --- pages ------------------------------------------------------------------------------------------------------------------


def test_the_schools_page_paper_and_slides_show_the_same_parts(place, monkeypatch):
    world, people = place
    closed(world, people, L=[[5, None, 5, 5, 5, 5]] * 4 + [[5] * 6] * 2, T=[3] * 24, S=[1] * 12)
    head = make.leader(world.schools["A"])
    client = Client()
    client.force_login(head)
    address = f"/n/{world.network.slug}/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/"
    page = client.get(address)
    rows = screens.Screen(200, (), page.content.decode(), 0).rows()
    assert ["Statement", "Leaders", "Leaders and support staff", "Teachers", "Support staff"] in rows
    assert ["Workload", "90 5–9 answered", "counted with others", "50 24 answered", "5 12 answered"] in rows
    assert ["Rest", "counted with others", "15 14 answered", "50 24 answered", "counted with others"] in rows
    assert len(page.context["page"].by_kind.rows) == 6
    drawn = []
    monkeypatch.setattr(pdf, "draw", lambda html: drawn.append(html) or b"")
    client.get(address + "results.pdf")
    header = ["Statement", "Leaders", "Leaders and support staff", "Teachers", "Support staff"]
    on_paper = screens.Screen(200, (), drawn[0], 0).rows()
    assert on_paper[on_paper.index(header) :] == rows[rows.index(header) :]
    show = Presentation(io.BytesIO(client.get(address + "results.pptx").content))
    table = next(s for s in show.slides if s.shapes.title.text == "By kind of job").shapes[1].table
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[0] == ["Statement", "Leaders", "Leaders and support staff", "Teachers", "Support staff"]
    assert cells[1] == ["Workload", "90 (5–9 answered)", "counted with others", "50 (24 answered)", "5 (12 answered)"]


def test_a_school_in_which_nothing_can_be_cut_says_so(place):
    world, people = place
    closed(world, people, T=[3] * 24)
    client = Client()
    client.force_login(make.leader(world.schools["A"]))
    address = f"/n/{world.network.slug}/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/"
    assert (
        "Too few answers to show: no two kinds of job have five answers each." in client.get(address).content.decode()
    )


def test_releases_from_before_there_were_breakdowns_are_read(place):
    world, people = place
    wave = opened(world)
    answer(wave, people["A"]["T"], [3] * 24)
    make.close(wave)
    document = releases.of(wave)
    assert document.cut("well.1", world.place("A")) == []
    assert audience_worlds.JOBS.keys() == {"L", "T", "S"}


# --- many at once -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_breakdown_chosen_while_it_opens_is_refused_and_every_ticket_is_of_one_kind():
    world, _ = schools_of({"A": {"L": 6, "T": 12, "S": 9}})
    wave = actions.ask(world.network, "well", timezone.now(), timezone.now() + make.DAY * 7)

    def hand(number):
        if number % 2:
            return actions.open_wave(wave.pk)
        try:
            actions.ask(world.network, "well", timezone.now(), timezone.now() + make.DAY * 7, breakdown="job")
        except (Conflict, Refused):
            return "not"
        return "asked"

    assert set(together(4, hand)) == {None, "not"}
    wave.refresh_from_db()
    assert (wave.state, wave.breakdown, Series.objects.get().breakdown) == (Wave.State.OPEN, "", "")
    assert set(Ticket.objects.filter(wave=wave.pk).values_list("category", flat=True)) == {""}
    assert Ticket.objects.filter(wave=wave.pk).count() == 27


# --- parts of twenty --------------------------------------------------------------------------------------------------------


@pytest.fixture
def parts_of_twenty(parts_of_five, monkeypatch):
    monkeypatch.setattr(audiences, "PART_FROM", PART_FROM)


def test_five_leaders_beside_many_teachers_are_never_a_part(parts_of_twenty):
    """Attack: total less the large sibling. All five said the lowest; whole points of 45 and the school's shares give it."""
    world, people = schools_of({"A": {"L": 5, "T": 45, "S": 25}})
    wave = cut(world)
    groups = WaveSchool.objects.get(wave=wave, school=world.schools["A"]).categories
    assert groups == [[L, S], [T]]
    document = closed(world, people, L=[1] * 5, T=[4] * 45, S=[3] * 25)
    assert shown(document, world) == [("leaders+support", 42, "30"), (T, 75, "45")]


def test_where_a_kind_of_twenty_is_answered_by_nineteen_nothing_is_cut(parts_of_twenty):
    world, people = schools_of({"A": {"T": 30, "S": 20}})
    document = closed(world, people, T=[4] * 30, S=[1] * 19)
    assert shown(document, world) == []
    assert set(SealedAnswer.objects.values_list("category", flat=True)) == {""}


def test_the_check_says_how_many_a_part_needs(parts_of_twenty):
    world, _ = schools_of({"A": {"L": 6, "T": 24, "S": 12}})
    assert told(world.network).cut == [
        "At no school are there two kinds of job with 20 people each, so a breakdown would show nothing."
    ]
