"""A school says who sees its own block: its staff unless it keeps it, other leaders only if it shares it. Never a pool."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from alongside.kit.errors import Refused
from alongside.kit.models import JournalEntry
from alongside.people.reads import standing
from alongside.surveys import actions, results, selfcheck
from alongside.surveys.models import Release, Sharing
from tests import make
from tests.surveys import worlds
from tests.surveys.test_acting import text, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """X: A, B and G with 12 answers, C with 3 (in no block of its own); Y: E with 12. One wave, closed ten days ago."""
    world = worlds.open_world({"X": {"A": 12, "B": 12, "C": 12, "D": 12, "G": 12}, "Y": {"E": 12, "F": 12}}, "lead")
    for school, n in {"A": 12, "B": 12, "C": 3, "D": 3, "E": 12, "G": 12}.items():
        make.answer(world.wave, world.schools[school], n, comment=f"COMMENT-OF-{school}")
    make.close(world.wave)
    past = timezone.now() - datetime.timedelta(days=10)
    Release.objects.update(published_at=past)
    world.people = {"officer": make.officer(world.network), "chair": make.chair(world.clusters["X"]),
                    "other chair": make.chair(world.clusters["Y"], "other@x.example"),
                    "coach": make.coach(world.clusters["X"]), "stakeholder": make.stakeholder(world.network)}  # fmt: skip
    for name in "ABCDE":
        world.people[f"head of {name}"] = make.leader(world.schools[name], f"head-{name.lower()}@x.example")
        world.people[f"teacher of {name}"] = world.schools[name].staff.select_related("person")[0].person
        world.schools[name].refresh_from_db()
    return world


def share(world, school, *whom):
    return actions.share(world.wave.series, world.schools[school], set(whom), world.people[f"head of {school}"])


def sees(world, who, school="A"):
    """On the results page, the school's own page, its chart, the CSV, the PDF: all of them or none."""
    at, slug = f"/waves/{world.wave.pk}", world.schools[school].slug
    person = world.people[who]
    own = [visit(world, person, f"{at}/schools/{slug}/").status_code,
           visit(world, person, f"{at}/statements/lead.1/schools/{slug}/").status_code,
           visit(world, person, f"{at}/schools/{slug}/results.pptx").status_code]  # fmt: skip
    page = visit(world, person, f"{at}/results/")
    if page.status_code == 403:
        assert own == [403] * 3
        return False
    sheet = visit(world, person, f"{at}/results.csv").content.decode("utf-8-sig")
    row = (
        f"/schools/{slug}/" in page.content.decode(),
        re.search(rf"^{world.schools[school].name},", sheet, re.MULTILINE) is not None,
    )
    assert len({*row, own == [200] * 3}) == 1, (who, own, row)
    assert own in ([200] * 3, [404] * 3)
    return row[0]


def who_sees(world, school="A"):
    return {who for who in world.people if sees(world, who, school)}


ANYWAY = {"officer", "chair", "coach", "head of A"}


def test_before_anything_is_said_the_own_staff_see_it_and_no_other_school(world):
    assert who_sees(world) == ANYWAY | {"teacher of A"}


def test_a_school_keeps_its_figures_from_its_staff_and_takes_that_back(world):
    share(world, "A", "kept")
    assert who_sees(world) == ANYWAY
    totals = visit(world, world.people["teacher of A"], f"/waves/{world.wave.pk}/results/")
    assert totals.status_code == 200
    share(world, "A")
    assert who_sees(world) == ANYWAY | {"teacher of A"}


def test_shared_with_its_cluster_its_leaders_see_it_and_nobody_else(world):
    share(world, "A", "cluster")
    assert who_sees(world) == ANYWAY | {"teacher of A"} | {"head of B", "head of C", "head of D"}
    share(world, "A")
    assert who_sees(world) == ANYWAY | {"teacher of A"}


def test_shared_with_the_network_all_its_leaders_see_it_and_no_staff(world):
    share(world, "A", "network")
    heads = {f"head of {name}" for name in "BCDE"}
    assert who_sees(world) == ANYWAY | {"teacher of A"} | heads


def test_where_one_school_would_be_left_nothing_is_lent(db):
    """Attack: the cluster's total less my own figures and those that are shared is the one school that shares nothing."""
    world = worlds.open_world({"X": {"A": 12, "B": 12, "C": 12}, "Y": {"D": 12, "E": 12}}, "lead")
    for school in world.schools.values():
        make.answer(world.wave, school, 12)
    make.close(world.wave)
    head = make.leader(world.schools["B"], "head-b@x.example")
    page = f"/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/"
    for sharing, seen in ((["A"], 404), (["A", "C"], 200)):
        for name in sharing:
            leader = make.leader(world.schools[name], f"{len(sharing)}-{name}@x.example")
            actions.share(world.wave.series, world.schools[name], {"cluster"}, leader)
        assert visit(world, head, page).status_code == seen


@pytest.mark.parametrize("whom", ["cluster", "network"])
def test_a_pool_is_never_shared(world, whom):
    """C and D have three answers each: whatever C says, no other head learns more of it than before."""
    before = {
        who: text(visit(world, world.people[who], f"/waves/{world.wave.pk}/results/"))
        for who in ("head of A", "head of E")
    }
    share(world, "C", whom)
    assert not sees(world, "head of A", "C")
    assert not sees(world, "head of E", "C")
    after = {who: text(visit(world, world.people[who], f"/waves/{world.wave.pk}/results/")) for who in before}
    assert after == before


def test_figures_are_lent_and_nothing_that_was_said(world):
    """No reply, no promise, no comment and no theme goes along."""
    words = actions.ReplyText("do", "HEARD-BY-A", "PLAN-OF-A", "lead.1")
    actions.post_reply(world.wave, world.schools["A"], words, world.people["head of A"])
    actions.keep_school_themes(
        world.wave, world.schools["A"], ["THEME-OF-A"], world.people["head of A"], shared=True, named=True
    )
    numbers = {line.id: 4 for line in selfcheck.LINES}
    check = actions.keep_self_check(world.schools["A"], timezone.localdate(), numbers, "", by=0)
    actions.share_self_check(check, shared=True, by=0)
    share(world, "A", "network")
    page = text(visit(world, world.people["head of E"], f"/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/"))
    assert "The leadership team, seen by itself" not in page
    assert "These figures are here because the school shares them with you." in page
    assert "Statement by statement" in page
    for said in ("HEARD-BY-A", "PLAN-OF-A", "THEME-OF-A", "COMMENT-OF-A"):
        assert said not in page
    own = text(visit(world, world.people["head of A"], f"/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/"))
    assert "HEARD-BY-A" in own
    assert "These figures are here because" not in own


@pytest.mark.parametrize("page", ["sharing", "reply", "themes"])
def test_whoever_is_lent_figures_may_do_nothing_with_them(world, page):
    share(world, "A", "network")
    at = f"/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/{page}/"
    assert visit(world, world.people["head of E"], at).status_code == 403
    assert visit(world, world.people["head of E"], at, {"network": "on"}).status_code == 403
    assert Sharing.objects.filter(until=None).count() == 1


def test_what_the_form_says_holds(world):
    at = f"/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/sharing/"
    head = world.people["head of A"]
    assert "Leaders of the other schools of" in text(visit(world, head, at))
    assert visit(world, head, at, {"staff": "on", "cluster": "on"}).status_code == 302
    assert [row.whom for row in Sharing.objects.filter(until=None)] == ["cluster"]
    assert visit(world, head, at, {}).status_code == 302
    assert [row.whom for row in Sharing.objects.filter(until=None)] == ["kept"]
    assert Sharing.objects.exclude(until=None).get().whom == "cluster"
    row = Sharing.objects.get(until=None)
    assert (row.organisation, row.by) == (world.schools["A"].organisation, head)
    deeds = JournalEntry.objects.filter(organisation=world.schools["A"].organisation_id, deed="surveys.shared")
    assert [entry.payload["now"] for entry in deeds.order_by("pk")] == [["cluster"], ["kept"]]


def test_twice_is_once_and_what_is_none_of_them_is_refused(world):
    assert share(world, "A", "cluster") is True
    assert share(world, "A", "cluster") is False
    assert Sharing.objects.count() == 1
    with pytest.raises(Refused, match="cannot be shared with everybody"):
        share(world, "A", "everybody")
    row = Sharing.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_sharing_in_one_series_says_nothing_of_another(world):
    share(world, "A", "network")
    other = make.open_wave(world.network, "well")
    make.answer(other, world.schools["A"], 12)
    make.close(other)
    assert (
        visit(world, world.people["head of E"], f"/waves/{other.pk}/schools/{world.schools['A'].slug}/").status_code
        == 404
    )


def test_results_still_take_few_queries(world, django_assert_max_num_queries, client):
    share(world, "A", "network")
    client.force_login(world.people["head of E"])
    with django_assert_max_num_queries(12):
        client.get(f"/n/{world.network.slug}/waves/{world.wave.pk}/schools/{world.schools['A'].slug}/")


def test_what_became_of_a_promise_is_kept_from_staff_too(world):
    words = actions.ReplyText("do", "Heard", "Plan", "lead.1")
    reply = actions.post_reply(world.wave, world.schools["A"], words, world.people["head of A"])
    later = make.open_wave(world.network, "lead")
    make.answer(later, world.schools["A"], 12)
    make.close(later)
    Release.objects.update(published_at=timezone.now() - datetime.timedelta(days=10))
    teacher = standing(world.people["teacher of A"]).member(world.network)
    assert reply.pk in results.told([reply], teacher)
    share(world, "A", "kept")
    assert results.told([reply], teacher) == {}


def head_of(world, school):
    return make.leader(world.schools[school], f"head-of-{school}@y.example".lower())


def shared_and_closed(clusters, answers, lenders, reader, *, groupings=None, chart=False):
    """A wave with these answers is closed; the lenders share with everybody; what the reader is shown of the first one: its
    page, or the chart of its first statement."""
    world = worlds.open_world(clusters, "lead", groupings=groupings or {})
    for school, rows in answers.items():
        worlds.answer(world, school, rows)
    make.close(world.wave)
    for name in lenders:
        actions.share(world.wave.series, world.schools[name], {"network"}, head_of(world, name))
    slug = world.schools[lenders[0]].slug
    path = f"statements/lead.1/schools/{slug}/" if chart else f"schools/{slug}/"
    return visit(world, head_of(world, reader), f"/waves/{world.wave.pk}/{path}")


FOUR = {"X": {"A": 12, "B": 12, "C": 12, "D": 12}, "Y": {"E": 12, "F": 12}}
ALL_ANSWERED = {name: [4] * 12 for name in "ABCDEF"}


def some_left_out(statement, answered):
    """Rows of twelve people of whom only so many answer that statement."""
    full = {f"lead.{number}": 4 for number in range(1, 7)}
    return [full] * answered + [{item: said for item, said in full.items() if item != statement}] * (12 - answered)


def test_where_one_school_is_left_for_one_statement_only_nothing_is_lent():
    """Attack: over the whole wave C and D are left, so A may lend. But three of D answered the third statement: of that the
    cluster is A, B and C, and less what B sees it is C, which shared nothing."""
    assert shared_and_closed(FOUR, ALL_ANSWERED, "A", "B").status_code == 200
    found = shared_and_closed(FOUR, ALL_ANSWERED | {"D": some_left_out("lead.3", 3)}, "A", "B")
    assert found.status_code == 404


def test_where_a_grouping_leaves_one_school_nothing_is_lent():
    """Attack: the coast is A, B and C. Less what B sees, and what A would lend, it is C."""
    assert shared_and_closed(FOUR, ALL_ANSWERED, "A", "B", groupings={"Coast": "ABCE"}).status_code == 200
    assert shared_and_closed(FOUR, ALL_ANSWERED, "A", "B", groupings={"Coast": "ABC"}).status_code == 404


def test_where_totals_together_leave_one_school_nothing_is_lent():
    """Attack: each total leaves two schools. X less A and B is C and D, Hill less A is D and E, Coast less A is C and E: half of
    their sum, less one of them, is a school that shared nothing."""
    assert shared_and_closed(FOUR, ALL_ANSWERED, "A", "B", groupings={"Hill": "ADE"}).status_code == 200
    groupings = {"Hill": "ADE", "Coast": "ACE"}
    assert shared_and_closed(FOUR, ALL_ANSWERED, "A", "B", groupings=groupings).status_code == 404


def test_how_answers_were_spread_stays_hidden_where_it_would_leave_one_school():
    """D has eight answers: its score is shown, its spread is not, so that of the cluster is of A, B and C together, and less
    what B sees it is C's. The scores of A are lent all the same."""
    spread = "How the answers were spread"
    plain = shared_and_closed(FOUR, ALL_ANSWERED, "A", "B", chart=True)
    assert spread in text(plain)
    found = shared_and_closed(FOUR, ALL_ANSWERED | {"D": [4] * 8}, "A", "B", chart=True)
    assert found.status_code == 200
    assert "Run chart of 1 pulse" in found.content.decode()
    assert spread not in text(found)


def test_a_chair_who_sees_a_cluster_with_its_pool_is_lent_nothing_that_leaves_one_school():
    """Attack: the chair of X, who leads A in it, sees all of X, its pool too. Once F shares as well, only E would be left."""
    sizes = {"X": {"A": 12, "C": 4, "D": 4}, "Y": {"E": 12, "F": 12, "G": 12}}
    world = worlds.open_world(sizes, "lead")
    for school, n in {"A": 12, "C": 3, "D": 3, "E": 12, "F": 12, "G": 12}.items():
        make.answer(world.wave, world.schools[school], n)
    make.close(world.wave)
    actions.share(world.wave.series, world.schools["G"], {"network"}, head_of(world, "G"))
    both = head_of(world, "A")
    page = f"/waves/{world.wave.pk}/schools/{world.schools['G'].slug}/"
    assert visit(world, both, page).status_code == 200  # the pool of X, E and F are left
    chair = make.chair(world.clusters["X"], both.email)
    assert visit(world, chair, page).status_code == 200  # E and F are left
    actions.share(world.wave.series, world.schools["F"], {"network"}, head_of(world, "F"))
    assert visit(world, chair, page).status_code == 404  # E alone would be
    assert visit(world, world.schools["E"].staff.select_related("person")[0].person, page).status_code in {403, 404}


# --- a pulse of the school's own ------------------------------------------------------------------------------------------------


@pytest.fixture
def lending(world):
    """A asked a pulse of its own, all twelve answered, with comments; it lends nothing yet. A is in another network as well."""
    school = world.schools["A"]
    world.own = make.open_wave(school.organisation, "lead")
    make.answer(world.own, school, 12, comment="COMMENT-OF-A")
    make.close(world.own)
    world.elsewhere = make.network("Elsewhere Trust")
    make.cluster(world.elsewhere, "Cluster Z", [school, make.school("School Z")])
    world.people["other officer"] = make.officer(world.elsewhere, "officer@elsewhere.example")
    return world


def lend(world, *networks):
    return actions.share(world.own.series, world.schools["A"], set(), world.people["head of A"], networks)


def shown_at(world, network, who):
    """Whether the list, the page and the chart are there: all of them, or none."""
    client = Client()
    client.force_login(world.people[who])
    at = f"/n/{network.slug}/lent/"
    page, chart = client.get(f"{at}{world.own.pk}/"), client.get(f"{at}{world.own.pk}/statements/lead.1/")
    listed = client.get(at)
    found = {page.status_code == 200, chart.status_code == 200, f"{at}{world.own.pk}/" in listed.content.decode()}
    assert len(found) == 1, who
    assert page.status_code in {200, 404}
    return found.pop()


def sees_lent_at(world, network):
    return {who for who in world.people if shown_at(world, network, who)}


LEADING = {"officer", "chair", "other chair", "coach", *(f"head of {name}" for name in "ABCDE")}


def test_a_school_lends_a_pulse_of_its_own_to_one_network_and_takes_it_back(lending):
    assert sees_lent_at(lending, lending.network) == set()
    assert lend(lending, lending.network) is True
    assert lend(lending, lending.network) is False
    assert sees_lent_at(lending, lending.network) == LEADING
    assert sees_lent_at(lending, lending.elsewhere) == set()
    lend(lending, lending.network, lending.elsewhere)
    assert sees_lent_at(lending, lending.elsewhere) == {"other officer", "head of A"}
    lend(lending, lending.elsewhere)
    assert sees_lent_at(lending, lending.network) == set()
    assert Sharing.objects.filter(until=None).get().network == lending.elsewhere
    assert Sharing.objects.exclude(until=None).get().network == lending.network


def test_what_is_lent_is_figures_and_nothing_else(lending):
    """To the officer and to the school's own head the same page: no comment, no reply, no kinds of job, no way to change it."""
    words = actions.ReplyText("do", "HEARD-BY-A", "PLAN-OF-A", "lead.1")
    actions.post_reply(lending.own, lending.schools["A"], words, lending.people["head of A"])
    lend(lending, lending.network)
    pages = []
    for who in ("officer", "head of A", "head of E"):
        page = text(visit(lending, lending.people[who], f"/lent/{lending.own.pk}/"))
        assert "Statement by statement" in page
        assert "12 of 12 answered" in page
        for said in ("HEARD-BY-A", "PLAN-OF-A", "COMMENT-OF-A", "By kind of job", "Who sees this"):
            assert said not in page, who
        chart = text(visit(lending, lending.people[who], f"/lent/{lending.own.pk}/statements/lead.1/"))
        assert "12 answered this statement" in chart
        assert "What will we do?" not in chart, who
        pages.append(re.search(r"Statement by statement.*?What everyone who was asked", page).group())
    assert len(set(pages)) == 1


def test_fewer_than_five_answers_are_no_block_and_nothing_is_lent(lending):
    few = make.open_wave(lending.schools["A"].organisation, "lead")
    make.answer(few, lending.schools["A"], 4)
    make.close(few)
    lend(lending, lending.network)
    officer = lending.people["officer"]
    assert visit(lending, officer, f"/lent/{few.pk}/").status_code == 404
    assert f"/lent/{few.pk}/" not in visit(lending, officer, "/lent/").content.decode()
    assert visit(lending, officer, f"/lent/{lending.own.pk}/").status_code == 200


def test_a_school_that_left_the_network_lends_it_nothing_any_more(lending):
    lend(lending, lending.network)
    today = timezone.localdate()
    lending.schools["A"].network_memberships.filter(network=lending.network).update(until=today)
    assert sees_lent_at(lending, lending.network) - {"head of A"} == set()


def test_only_its_own_pulses_and_only_to_its_own_networks(lending):
    stranger = make.network("Strange Trust")
    head = lending.people["head of A"]
    with pytest.raises(Refused, match="is not in Strange Trust"):
        actions.share(lending.own.series, lending.schools["A"], set(), head, [stranger])
    with pytest.raises(Refused, match="This pulse is not one of"):
        actions.share(lending.wave.series, lending.schools["A"], set(), head, [lending.elsewhere])
    assert Sharing.objects.count() == 0
    officer = lending.people["officer"]
    assert (
        visit(lending, officer, f"/lent/{lending.wave.pk}/").status_code == 404
    )  # the network's own wave has its page


def test_the_form_at_the_school_lends_and_takes_back(lending):
    school, client = lending.schools["A"], Client()
    client.force_login(lending.people["head of A"])
    at = f"/s/{school.organisation.slug}/waves/{lending.own.pk}/schools/{school.slug}/sharing/"
    page = client.get(at).content.decode()
    assert f"Leaders, chairs, coaches and the officer of {lending.network.name}" in page
    assert "of Elsewhere Trust" in page
    key = f"network-{lending.network.pk}"
    assert client.post(at, {"staff": "on", key: "on"}).status_code == 302
    assert Sharing.objects.get(until=None).network == lending.network
    assert re.search(rf'name="{key}"[^>]* checked', client.get(at).content.decode())
    entry = JournalEntry.objects.filter(deed="surveys.shared").order_by("pk").last()
    assert (entry.organisation, entry.payload["lent"]) == (school.organisation_id, [lending.network.name])
    assert client.post(at, {"staff": "on"}).status_code == 302
    assert not Sharing.objects.filter(until=None).exists()


def test_what_is_lent_takes_few_queries(lending, django_assert_max_num_queries, client):
    lend(lending, lending.network)
    client.force_login(lending.people["head of E"])
    for path in ("lent/", f"lent/{lending.own.pk}/", f"lent/{lending.own.pk}/statements/lead.1/"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/n/{lending.network.slug}/{path}").status_code == 200
