"""Every text of three networks carries its mark; every page that a role can reach is searched for marks it must not show."""

from __future__ import annotations

import functools
import re

import pytest
from django.utils.html import escape

from tests import make, small_world
from tests.crawl import crawl, said
from tests.small_world import HOSTILE, MARKS, World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("planted")]  # one walk for all of them

SWITCHER = re.compile(r'<ul class="switch__list">.*?</ul>', re.DOTALL)
OF_A = ["ashmead staff", "ashmead leader", "birch leader", "A chair", "A coach", "A officer", "A stakeholder"]
OTHERS = ["dell staff", "dell leader", "elm leader", "B officer", "C officer", "fern staff", "nobody"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with small_world.for_a_module(django_db_blocker) as built:
        yield built


@pytest.fixture(scope="module")
def reached(world, django_db_blocker):
    """Who → everything that they can reach from where they belong and from every address of the world that they may know."""
    return {who: crawl(world.client(who), "/", "/account/", *_tops(world)) for who in (*OF_A, *OTHERS)}


def _tops(world: World) -> list[str]:
    """The first pages of all networks and schools: whoever knows an address tries it."""
    networks = [found.network.get_absolute_url() for found in world.networks.values()]
    return networks + [
        found.school.organisation.get_absolute_url() for found in world.schools.values() if found.school.organisation
    ]


@functools.cache
def _small(page) -> str:
    """What a page says in small letters: each is searched many times."""
    return said(page).casefold()


def _shown(pages, words: str, inside: str = "/") -> list[str]:
    words = words.casefold()
    return [path for path, page in pages.items() if path.startswith(inside) and words in _small(page)]


def _own_mark_is_found(pages, mark: str) -> bool:
    return len(_shown(pages, mark)) > 5


@pytest.mark.parametrize("who", OF_A)
def test_nothing_of_other_networks_reaches_a_role_of_this_one(reached, who):
    assert _own_mark_is_found(reached[who], MARKS["A"]), "the crawl has seen too little"
    own = _without_requests(reached[who])
    assert _shown(own, MARKS["B"]) == []
    assert _shown(own, MARKS["C"]) == []


@pytest.mark.parametrize(
    ("who", "own"), [("B officer", "B"), ("elm leader", "B"), ("C officer", "C"), ("fern staff", "C")]
)
def test_nothing_of_this_network_reaches_the_others(reached, who, own):
    assert _own_mark_is_found(reached[who], MARKS[own]), "the crawl has seen too little"
    for key, mark in MARKS.items():
        if key != own:
            assert _shown(_without_requests(reached[who]), mark) == []


def _without_requests(pages):
    """Pages but for those whose address was typed in by us and answers 404: they say nothing, whatever their address says."""
    return {path: page for path, page in pages.items() if page.status_code != 404}


@pytest.mark.parametrize("who", ["dell staff", "dell leader"])
def test_people_of_a_shared_school_find_each_network_at_its_own_address_only(world, reached, who):
    """In the frame both networks can be chosen; behind the address of one there is nothing of the other."""
    for here, there in (("A", "B"), ("B", "A")):
        inside = world.networks[here].network.get_absolute_url()
        # The school's own staff lists are its leader's, whichever network brought them.
        lists = f"{inside}schools/{world.schools['dell'].school.slug}/staff/"
        pages = {p: page for p, page in reached[who].items() if p.startswith(inside) and not p.startswith(lists)}
        assert _own_mark_is_found(pages, MARKS[here]), "the crawl has seen too little"
        showing = [path for path, page in pages.items() if MARKS[there] in SWITCHER.sub("", said(page)).casefold()]
        assert showing == []
    assert _shown(_without_requests(reached[who]), MARKS["C"]) == []


def test_nothing_of_anybody_reaches_nobody(reached):
    pages = reached["nobody"]
    assert {"/sign-in/", "/forgotten/", "/promises/"} <= pages.keys()
    for mark in MARKS.values():
        assert [path for path in _shown(pages, mark) if mark not in path and pages[path].status_code != 302] == []


@pytest.mark.parametrize("who", [*OF_A, *OTHERS])
def test_every_link_that_is_shown_leads_somewhere(world, reached, who):
    """A link to what the reader may not see says that it is there."""
    typed = {"/", "/account/", *_tops(world)}
    assert {
        path: page.status_code for path, page in reached[who].items() if page.status_code >= 400 and path not in typed
    } == {}


@pytest.mark.parametrize(
    ("school", "network"),
    [("ashmead", "A"), ("birch", "A"), ("copse", "A"), ("dell", "A"), ("dell", "B"), ("elm", "B")],
)
def test_comments_reach_the_own_leaders_and_nobody_else(reached, school, network):
    words = f"A comment of {school} {MARKS[network]}"
    found = {who for who, pages in reached.items() if _shown(pages, words)}
    assert found == {f"{school} leader"} & reached.keys()


@pytest.mark.parametrize("school", ["ashmead", "birch"])
def test_what_a_team_notes_of_itself_reaches_the_own_leaders_and_nobody_else(reached, school):
    """Its numbers are shared at Ashmead, and at Birch they are not; the note never is."""
    found = {who for who, pages in reached.items() if _shown(pages, f"Note of {school} {MARKS['A']}")}
    assert found == {f"{school} leader"}


@pytest.mark.parametrize(("school", "network"), [("ashmead", "A"), ("dell", "B")])
def test_a_draft_reaches_the_own_leaders_and_nobody_else(reached, school, network):
    found = {who for who, pages in reached.items() if _shown(pages, f"Heard by {school} {MARKS[network]}")}
    assert found == {f"{school} leader"}


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("Together in avon", {"A chair"}),  # a draft
        ("Theme of avon", {"A chair"}),
        ("Theme of ashmead", {"ashmead leader", "A chair"}),  # shared
        ("Theme of birch", {"birch leader"}),  # kept
        ("Waived for copse", {"A officer"}),  # and the leaders of Copse, who are not among the visitors
        ("Together in brede", {"A officer", "dell staff", "dell leader"}),  # posted
    ],
)
def test_themes_drafts_and_waivers_reach_whom_they_are_for_and_nobody_else(reached, words, who):
    assert {each for each, pages in reached.items() if _shown(pages, f"{words} {MARKS['A']}")} == who


def test_a_posted_reply_reaches_whoever_sees_its_schools_results_and_nobody_else(reached):
    words = f"Heard by birch {MARKS['A']}"
    found = {who for who, pages in reached.items() if _shown(pages, words)}
    assert found == {"birch leader", "A chair", "A coach", "A officer"}


@pytest.mark.parametrize("school", ["ashmead", "birch", "dell"])
def test_names_on_a_staff_list_reach_its_leaders_and_whoever_brought_a_list(world, reached, school):
    """The officer sees the preview of a list that the network brought, and who would leave by it; nobody else sees a name."""
    entry = world.schools[school].school.staff.order_by("pk")[3]
    officers = {"A officer"} | ({"B officer"} if school == "dell" else set())
    for words in (entry.name.partition(HOSTILE)[0], entry.person.email):
        found = {who for who, pages in reached.items() if _shown(pages, words)}
        assert found == {f"{school} leader", *officers} & reached.keys()


def test_the_register_is_everybodys_and_says_nothing_of_networks(world):
    """Schools of other networks are found in the register by their public facts: no network, cluster, person or contact."""
    network = world.networks["A"].network
    page = said(world.client("A officer").get(f"/n/{network.slug}/clusters/new/", {"words": "Elm"}))
    public = ("Elm School zephyr", "Kind zephyr", "Town zephyr")
    assert all(fact in page for fact in public)
    for fact in public:
        page = page.replace(fact, "")
    assert MARKS["B"] not in page


def test_an_answering_page_speaks_of_its_own_school_and_network_only(world):
    wave = world.networks["A"].open["avon"]
    for token in (
        make.tokens(wave, world.schools["ashmead"].school)[0],
        make.tokens(wave, world.schools["birch"].school)[0],
    ):
        page = said(world.client("nobody").get(f"/a/{wave.pk}/{token}"))
        assert MARKS["A"] in page
        assert not any(mark in page for mark in (MARKS["B"], MARKS["C"]))


def test_text_is_never_taken_for_markup(reached):
    """Every stored text ends in a script; no page has it other than escaped."""
    for pages in reached.values():
        html = {
            path: page.content.decode()
            for path, page in pages.items()
            if page.headers["Content-Type"].startswith("text/html")
        }
        assert [path for path, page in html.items() if "<script>" in page] == []
    officer = said(reached["A officer"][next(path for path in reached["A officer"] if path.endswith("/roles/"))])
    assert escape(HOSTILE) in officer
