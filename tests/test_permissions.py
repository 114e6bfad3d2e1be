"""Who may do what, as permissions.csv says it by hand: each line is tried by every role on everything around it.

A role's column holds the widest relation in which it may: own, cluster (a sibling school, or the own cluster), network
(anything in it), public, none. `done` is the answer when it may. `refused` is the answer inside the own network when the
role never may, `elsewhere` when it may, but not there; the name of a page means 404 where that page is closed to the role
and 403 where it is open. `shared` names the roles that still may when the school belongs to several networks.
"""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from alongside.people import actions as people_actions
from tests import small_world, visits
from tests.crawl import said
from tests.small_world import World, undone
from tests.visits import Target

pytestmark = pytest.mark.django_db

ROLES = ("staff", "leader", "chair", "coach", "officer", "stakeholder", "nobody")
WIDTHS = ("none", "own", "cluster", "network", "public")
with (Path(__file__).parent / "permissions.csv").open(encoding="utf-8", newline="") as file:
    LINES = list(csv.DictReader(file))
BY_PAGE = {(line["kind"], line["name"], line["of"], line["method"]): line for line in LINES}
PAGES = [(line["kind"], line["name"]) for line in LINES]

ASHMEAD, BIRCH = Target("A", "avon", "ashmead"), Target("A", "avon", "birch")
COPSE, DELL = Target("A", "brede", "copse"), Target("A", "brede", "dell")
DELL_IN_B, ELM, FERN = Target("B", "cray", "dell"), Target("B", "cray", "elm"), Target("C", "fen", "fern")

OF_A = [("own", ASHMEAD), ("cluster", BIRCH), ("network", COPSE), ("foreign", DELL_IN_B), ("foreign", FERN)]
OF_DELL = [
    ("own", DELL),
    ("own", DELL_IN_B),
    ("cluster", COPSE),
    ("cluster", ELM),
    ("network", ASHMEAD),
    ("foreign", FERN),
]
ACTORS = {
    "ashmead staff": ("staff", OF_A),
    "ashmead leader": ("leader", OF_A),
    "A chair": ("chair", OF_A),
    "A coach": ("coach", OF_A),
    "A officer": ("officer", [*OF_A, ("network", DELL)]),
    "A stakeholder": ("stakeholder", OF_A),
    "dell staff": ("staff", OF_DELL),
    "dell leader": ("leader", OF_DELL),
    "B officer": ("officer", [("network", DELL_IN_B), ("network", ELM), ("foreign", DELL), ("foreign", ASHMEAD)]),
    "nobody": ("nobody", [("own", ASHMEAD)]),
}
# A school's own address: the same for everyone who has no part in it, so one look is enough.
AT_A_SCHOOL = {
    "ashmead staff": [("own", ASHMEAD), ("cluster", BIRCH), ("foreign", FERN)],
    "ashmead leader": [("own", ASHMEAD), ("cluster", BIRCH), ("foreign", FERN)],
    "dell leader": [("own", DELL), ("cluster", COPSE), ("cluster", ELM)],
    "A chair": [("own", ASHMEAD)],
    "A coach": [("own", ASHMEAD)],
    "A officer": [("own", ASHMEAD), ("network", DELL)],
    "A stakeholder": [("own", ASHMEAD)],
    "nobody": [("own", ASHMEAD)],
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with small_world.for_a_module(django_db_blocker) as built:
        person = built.people["ashmead staff"]
        person.password = make_password(visits.WORDS)
        person.save()
        built.sign_everyone_in()
        yield built


def may(line: dict[str, str], role: str, relation: str, target: Target) -> bool:
    width = line[role]
    if line["shared"] and target.school == "dell" and role not in line["shared"].split():
        return False
    if relation == "foreign" or role == "nobody":
        return width == "public"
    return WIDTHS.index(width) >= WIDTHS.index(relation)


def refusal(line: dict[str, str], who: str, role: str, relation: str, target: Target) -> str:
    """403, 404 or sign-in: what somebody meets who may not."""
    if role == "nobody":
        return "sign-in" if line["kind"] != "-" else line["refused"]
    if relation == "foreign" or (
        line["kind"] == "s" and who not in {f"{target.school} staff", f"{target.school} leader"}
    ):
        return "404"
    code = line["elsewhere"] if line[role] != "none" and not line["shared"] else line["refused"]
    page = BY_PAGE.get((line["kind"], code, "", "GET"))
    if page is None:
        return code
    return "403" if may(page, role, relation, target) else "404"


def outcome(response) -> str:
    if response.status_code == 302 and response.url.startswith("/sign-in/?next="):
        return "sign-in"
    return str(response.status_code)


def visit(world: World, who: str, line: dict[str, str], target: Target, path: str):
    client = world.client(who)
    if line["method"] == "GET":
        return client.get(path)
    return client.post(path, visits.sound_form(world, line["name"], target, kind=line["kind"]))


@contextlib.contextmanager
def prepared(world: World, line: dict[str, str], target: Target):
    """Room for what a sound form asks there, and the address."""
    with undone():
        path = visits.address(world, line["kind"], line["name"], line["of"], target)
        if line["method"] != "GET":
            visits.prepare(world, line["kind"], line["name"], target)
        yield path


@pytest.mark.parametrize(
    "line", LINES, ids=lambda line: " ".join(filter(None, [line[c] for c in ("kind", "name", "of", "method")]))
)
def test_everyone_may_what_the_line_says_and_no_more(world, line):
    seen = set()
    for target, visitors in everyone(line["kind"]).items():
        with prepared(world, line, target) as path:
            for who, role, relation in visitors:
                visited = who, path, target if line["of"] else None
                if visited in seen:
                    continue
                seen.add(visited)
                with undone():
                    response = visit(world, who, line, target, path)
                allowed = may(line, role, relation, target)
                wanted = line["done"].split() if allowed else [refusal(line, who, role, relation, target)]
                assert outcome(response) in wanted, (
                    f"{who} at {path} ({relation}): {response.status_code}, not {wanted}"
                )
                _gives_nothing_away(response)


def everyone(kind: str) -> dict[Target, list[tuple[str, str, str]]]:
    """Target → (who, role, relation) of every visit there that a line of this kind is worth."""
    visits_there: dict[Target, list[tuple[str, str, str]]] = {}
    for who, (role, around) in ACTORS.items():
        wanted = {"n": around, "s": AT_A_SCHOOL.get(who, []), "-": [visit for visit in around if visit[0] == "own"]}[
            kind
        ]
        for relation, target in wanted:
            visits_there.setdefault(target, []).append((who, role, relation))
    return visits_there


def _gives_nothing_away(response) -> None:
    text = said(response)
    if response.status_code == 403:
        assert "Your role in this place does not include it" not in text, "403 without its reason"
    if response.status_code == 404 and "/a/" not in response.request["PATH_INFO"]:
        assert "There is nothing here for you" in text


def test_every_url_has_its_lines_and_every_line_its_url():
    inside = {name for name, parts in visits.PARTS.items() if "kind" in parts}
    wanted = {("-", name) for name in visits.PARTS.keys() - inside} | {(kind, name) for name in inside for kind in "ns"}
    assert set(PAGES) == wanted


def test_lines_are_whole_and_only_once():
    keys = [(line["kind"], line["name"], line["of"], line["method"]) for line in LINES]
    assert len(keys) == len(set(keys))
    for line in LINES:
        assert all(line[role] in WIDTHS for role in ROLES), line
        assert line["nobody"] in {"public", "none"}, line
        assert bool(line["done"]) == any(line[role] != "none" for role in ROLES), line


@pytest.mark.parametrize(("kind", "name"), sorted(set(PAGES)))
def test_a_method_without_a_line_is_not_there(world, kind, name):
    known = {line["method"] for line in LINES if (line["kind"], line["name"]) == (kind, name)}
    who = {"n": "A officer", "s": "ashmead leader", "-": "nobody"}[kind]
    of = next(line["of"] for line in LINES if (line["kind"], line["name"]) == (kind, name))
    path = visits.address(world, kind, name, of, ASHMEAD)
    for method in {"GET", "POST"} - known:
        with undone():
            response = world.client(who).generic(method, path)
        assert outcome(response) in {"405", "sign-in"}, f"{method} {path}: {response.status_code}"


# A school's staff lists, what its people ask for and what it lends are the school's, whichever of its networks it is looked at in.
OTHERS = [
    line
    for line in LINES
    if line["kind"] == "n"
    and "pk" in visits.PARTS[line["name"]]
    and "staff" not in line["name"]
    and line["name"] not in {"erasure_confirm", "lent_results", "lent_statement"}
]


@pytest.mark.parametrize("who", ["dell leader", "dell staff", "B officer", "A officer"])
def test_a_network_that_shares_a_school_finds_nothing_of_the_other_at_its_own_address(world, who):
    """The number of a wave or role of one network in the address of the other: 404 for people of both."""
    for line in OTHERS:
        for here, there in ((DELL, DELL_IN_B), (DELL_IN_B, DELL)):
            if line["name"] == "role_end":
                path = visits.address(world, "n", line["name"], "", here).replace(
                    str(world.schools["dell"].leader.pk), str(world.networks[there.network].chair.pk)
                )
            else:
                own, other = (world.networks[x.network].network.slug for x in (here, there))
                path = visits.address(world, "n", line["name"], line["of"], there).replace(other, own)
            with undone():
                if line["method"] != "GET":
                    visits.prepare(world, line["kind"], line["name"], here)
                response = visit(world, who, line, here, path)
            never = line[ACTORS[who][0]] == "none"  # no page of this kind is theirs, wherever it leads
            wanted = (
                {"403", "404"} if never or (line["name"] == "role_end" and not who.endswith("officer")) else {"404"}
            )
            assert outcome(response) in wanted, f"{who} at {path}: {response.status_code}"


@pytest.mark.parametrize("name", ["staff_import", "staff_apply", "staff_drop"])
@pytest.mark.parametrize(("who", "here", "brought_by"), [("A officer", DELL, "B"), ("B officer", DELL_IN_B, "A")])
def test_a_staff_list_that_the_other_network_brought_is_not_there(world, name, who, here, brought_by):
    other = world.schools["dell"].lists[brought_by]
    path = visits.address(world, "n", name, "", here).replace(
        f"/{world.schools['dell'].lists[here.network].pk}/", f"/{other.pk}/"
    )
    with undone():
        response = world.client(who).get(path) if name == "staff_import" else world.client(who).post(path)
    assert response.status_code == 404
    other.refresh_from_db()
    assert other.state == "ready"


def test_a_coach_of_one_school_sees_that_school_and_no_other(world):
    """A coach is assigned to a cluster, which the lines say, or to a school alone."""
    with undone():
        network, school = world.networks["A"].network, world.schools["ashmead"].school
        role = people_actions.grant_role("coach", network, "one@coaches.example", "One Coach", school=school)
        client = Client()
        client.force_login(role.person)
        for name, of in (("results_school", ""), ("statement", "school")):
            found = {
                target.school: client.get(visits.address(world, "n", name, of, target)).status_code
                for target in (ASHMEAD, BIRCH, COPSE, DELL_IN_B)
            }
            assert found == {"ashmead": 200, "birch": 404, "copse": 404, "dell": 404}
        assert client.get(visits.address(world, "n", "staff_list", "", ASHMEAD)).status_code == 403
        assert client.get(visits.address(world, "s", "today", "", ASHMEAD)).status_code == 404


def test_a_school_in_the_address_of_another_is_not_there(world):
    """/s/ashmead/ and /n/A/ lead to their own schools only, whoever asks."""
    ashmead, network = world.schools["ashmead"].school.organisation, world.networks["A"].network
    for who, place, school in (("ashmead leader", ashmead, "birch"), ("A officer", network, "elm")):
        slug = world.schools[school].school.slug
        assert world.client(who).get(f"{place.get_absolute_url()}schools/{slug}/staff/").status_code == 404


def test_what_belongs_to_others_looks_like_what_never_was(world):
    """The pages for a foreign place and for one that does not exist are the same, byte for byte."""
    client = world.client("A officer")
    own, other = (world.networks[key].network.get_absolute_url() for key in "AB")
    number = world.networks["B"].open["cray"].pk
    wanted = client.get("/n/never-was/")
    assert wanted.status_code == 404
    for path in (other, f"{own}waves/{number}/", f"{own}waves/987654/", f"{other}waves/{number}/"):
        response = client.get(path)
        assert (response.status_code, response.content) == (404, wanted.content), path
