"""`alongside bench audit` over coherence maps and votes: pages that give nothing away, and leaks that are planted and found."""

import dataclasses
import random
import re

import pytest

from alongside.bench.stage import auditing, reading
from alongside.bench.stage.auditing import walking
from alongside.bench.stage.auditing.story import DAY, Story
from alongside.bench.stage.reading import Names, Said
from alongside.evidence import figures, maps, reads, rules
from alongside.science import tallies
from alongside.surveys import counting

SEVERAL = 16  # a network in which schools keep their maps, leaders keep their answers, and a map of several is drawn
PAGES = re.compile(r"/(maps|votes)/\d+/(schools/[\w-]+/|clusters/[\w-]+/)?$")


@pytest.fixture
def _maps_alone(monkeypatch):
    """Nothing but coherence rounds and votes happens, and everybody looks at their pages alone."""
    paths = walking._paths

    def few(found, who, *given):
        return [each for each in paths(found, who, *given) if PAGES.search(each[1])]

    def live(world, seed, clock, told, more):
        story, end = Story(world, random.Random(seed), clock, told), clock.now
        clock.now = end - 60 * DAY
        more(story)
        clock.now = end
        return story

    monkeypatch.setattr(walking, "_paths", few)
    monkeypatch.setattr(auditing, "live", live)


def found_in(seed, *, twin=False):
    """Everything that an audit finds wrong."""
    found = auditing.audit(seed, twin=twin)
    assert found["rounds"]
    assert found["on_maps"] > 100
    return {name: found[name] for name in ("derivable", "odd", "unknown", "differs") if found[name]}


@pytest.mark.django_db
@pytest.mark.usefixtures("_maps_alone")
def test_maps_and_votes_of_a_random_network_give_nobody_away():
    assert found_in(SEVERAL, twin=True) == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("_maps_alone")
def test_map_of_a_school_that_keeps_it_is_found(monkeypatch):
    monkeypatch.setattr(rules, "sees_school", lambda member, *_: True)
    odd = found_in(SEVERAL)["odd"]
    assert any(re.match(r"officer of \w+ \w+ on .*: the map of \w+$", one) for one in odd)
    assert any(re.match(r"head of \w+ on .*: the map of \w+$", one) for one in odd)


@pytest.mark.django_db
@pytest.mark.usefixtures("_maps_alone")
def test_leaders_who_do_not_agree_are_found(monkeypatch):
    monkeypatch.setattr(rules, "leaders_shown", lambda *_: True)
    odd = found_in(SEVERAL)["odd"]
    assert any("what='score'" in one and "seat='leaders'" in one for one in odd)


@pytest.mark.django_db
@pytest.mark.usefixtures("_maps_alone")
def test_figure_of_others_on_the_map_of_a_school_that_has_none_is_found(monkeypatch):
    real = figures._figure

    def leaky(scores, shares, place):
        return real(scores, shares, place) or real(scores, {}, "whole")

    monkeypatch.setattr(figures, "_figure", leaky)
    assert any("does not follow" in one and "what='score'" in one for one in found_in(SEVERAL)["odd"])


@pytest.mark.django_db
@pytest.mark.usefixtures("_maps_alone")
def test_bar_of_exact_answers_is_found(monkeypatch):
    """A bar that is finer than the shares beside it tells more than they do."""
    real = maps._bar

    def finer(*given):
        bar = real(*given)
        return bar and dataclasses.replace(bar, inside=bar.inside + 2, shared=max(0, bar.shared - 2))

    monkeypatch.setattr(maps, "_bar", finer)
    assert any("what='bar'" in one for one in found_in(SEVERAL)["odd"])


@pytest.mark.django_db
@pytest.mark.usefixtures("_maps_alone")
def test_map_of_several_that_counts_who_said_no_is_found(monkeypatch):
    real = reads._figures

    def everybody(found, out, schools, views):
        return real(found, out, schools if len(schools) == 1 else sorted(out.schools()), views)

    monkeypatch.setattr(reads, "_figures", everybody)
    found = found_in(SEVERAL, twin=True)
    assert any("does not follow" in one for one in found["odd"])
    assert any(re.search(r"/maps/\d+/(clusters/[\w-]+/)?$", one) for one in found["differs"])


@pytest.mark.django_db
@pytest.mark.usefixtures("_maps_alone")
def test_share_of_a_few_votes_is_found(monkeypatch):
    monkeypatch.setattr(counting, "_shown", lambda share, voters, step: round(share * 100) - 1)
    odd = found_in(SEVERAL)["odd"]
    assert any("what='share'" in one for one in odd)


MAPS = Names(
    {"Ash": "school:Ash", "North": "cluster:North", "River Trust": "whole"},
    {("schools", "ash"): "school:Ash", ("clusters", "north"): "cluster:North"},
    {"/n/x/maps/1/": "map:1", "/n/x/votes/2/": "vote:2"},
    {"map:1": {"Direction": 1, "Staff know.": 1, "Values": 2}, "vote:2": {"Cover": 1}},
)
BAR = (
    '<svg class="bar" width="100%" role="img" aria-label="{0} points shared, {1} lost inside groups, {2} lost between groups">'
    '<rect x="0%" width="{0}%"></rect><rect x="{0}%" width="{1}%"></rect><text x="{3}%">{0}</text></svg>'
)


def read(path, body):
    return reading.read(path, "text/html; charset=utf-8", body.encode(), MAPS)


def test_a_map_is_read_with_its_bars_and_scores():
    page = read(
        "/n/x/maps/1/schools/ash/",
        '<p><b>Ash: one leader by name and 5–9 teachers and support staff</b> said how they see it, each.</p><ul><li><span class="coh__name">'
        'Direction <small class="faint">40 last time</small></span>' + BAR.format(37, 25, 38, 18.5) + "</li></ul>"
        '<ul><li><p class="voice">“Staff know.”</p><p class="muted small">Leaders 100 · teams 50</p><svg class="strip"><svg x="100%">'
        '</svg><svg x="50%"></svg></svg><span class="conf">Sure</span><p class="muted small">In 4 of 5 schools it points the same way.'
        '</p></li></ul><table class="table"><caption class="vh">Score of each statement, 0 to 100</caption><tr><th>Statement</th>'
        "<th>Leaders</th><th>Teams</th></tr><tr><th>Values</th><td>75</td><td>too few</td></tr></table>"
        '<table class="table"><caption class="vh">What each leader chose, 1 strongly</caption><tr><th>Statement</th><th>Ann</th></tr>'
        "<tr><th>Values</th><td>4</td></tr></table>",
    )
    assert page.said == {
        Said("people", 0, "leaders", ("1",)),
        Said("people", 0, "teams", ("5–9",)),
        Said("bar", 1, "", (37, 25, 38)),
        Said("before", 1, "", (40,)),
        Said("score", 1, "leaders", (100,)),
        Said("score", 1, "teams", (50,)),
        Said("same way", 1, "", (4, 5)),
        Said("score", 2, "leaders", (75,)),
        Said("by name", 2, "leaders", ("4",)),
    }
    assert page.unknown == []


@pytest.mark.parametrize(
    "body",
    [
        "<p>Birch stands at 41.</p>",
        '<li><span class="coh__name">Direction</span>' + BAR.format(37, 25, 38, 41) + "</li>",
        '<li><span class="coh__name">Direction</span>' + BAR.format(37, 25, 38, 18.5).replace(">37<", ">41<") + "</li>",
        '<li><span class="coh__name">Something</span>' + BAR.format(41, 21, 38, 20.5) + "</li>",
    ],
)
def test_number_of_which_nobody_knows_what_it_is_stands_out(body):
    unknown = read("/n/x/maps/1/clusters/north/", body).unknown
    assert any("41" in said for said in unknown)


def test_a_map_of_several_and_a_vote_are_read():
    page = read("/n/x/maps/1/", "<p><b>River Trust: 3 schools let their map be counted here.</b> So far</p>")
    assert page.said == {Said("counted", 0, "", (3,))}
    vote = read(
        "/n/x/votes/2/",
        '<p>13 people voted on 4 things, one person.</p><li><span class="dots__name">1. Cover</span><svg><rect width="100%"/>'
        '<rect width="65%"/></svg><span class="dots__said">65 in 100</span></li><p>There are 3 more. '
        "With fewer than 20 votes the numbers are told to the nearest 5.</p>",
    )
    assert vote.said == {Said("voters", 0, "", (13, 4)), Said("share", 1, "1", (65,))}
    assert page.unknown == vote.unknown == []


def test_tallies_are_turned_where_nobody_sees_them():
    """What is altered: schools that are no block of their own, and those that keep their map."""
    rows = {
        name: [auditing.rounds.Row("", {"coh.1.team": value}) for value in values]
        for name, values in {"Ash": [1] * 12, "Birch": [2] * 6, "Cedar": [4] * 3, "Dell": [5] * 20}.items()
    }
    survey = auditing.story.Survey("wave:1", {"coh.1.team": 1}, {"North": list(rows)}, rows, 5)
    survey.mapped, survey.kept = True, frozenset({"Dell"})
    told = auditing.altered(survey, random.Random(1))
    other = dataclasses.replace(survey, rows=told)
    scores = {school: tallies.score(tally) for school, tally in other.by_school(1).items()}
    assert scores == {"Ash": 0, "Birch": 25, "Cedar": 25, "Dell": 0}
