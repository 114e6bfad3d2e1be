"""The chain: edges that are written once, walked both ways, and told only to those whose place it is."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction

from alongside.kit import chain
from alongside.kit.models import Edge

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 2)
OURS, THEIRS = 1, 2


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """Things of our own: letters whose ids above 100 belong to somebody else, and whose id 13 is gone."""

    def tell(ids, places):
        owner = {pk: THEIRS if pk > 100 else OURS for pk in ids["thing"] if pk != 13}
        told = {pk: chain.Told(f"Thing {pk}", f"/{pk}/", of, DAY, "Thing") for pk, of in owner.items() if of in places}
        return {f"thing:{pk}": words for pk, words in told.items()}

    monkeypatch.setattr(chain, "TELLERS", {"thing": tell})


def names(links):
    return [(link.name, link.steps) for link in links]


def join(*pairs):
    for earlier, later in pairs:
        chain.link(OURS, f"thing:{earlier}", f"thing:{later}")


def test_a_chain_is_read_both_ways_the_nearest_first():
    join((1, 2), (2, 3), (4, 3), (3, 5))
    assert names(chain.walk("thing:3", {OURS}).back) == [("thing:2", 1), ("thing:4", 1), ("thing:1", 2)]
    assert names(chain.walk("thing:1", {OURS}).forth) == [("thing:2", 1), ("thing:3", 2), ("thing:5", 3)]
    assert chain.walk("thing:1", {OURS}).back == []
    assert chain.walk("thing:2", {OURS}).back[0].told.sentence == "Thing 1"


def test_what_another_place_owns_or_is_gone_is_passed_over_and_what_lies_behind_it_is_told():
    join((1, 101), (101, 3), (13, 3))
    assert names(chain.walk("thing:3", {OURS}).back) == [("thing:1", 2)]
    assert names(chain.walk("thing:3", {OURS, THEIRS}).back) == [("thing:101", 1), ("thing:1", 2)]
    assert chain.walk("thing:3", set()).back == []


def test_a_circle_ends_and_a_kind_that_nobody_tells_is_passed_over():
    join((1, 2), (2, 3), (3, 1))
    chain.link(OURS, "rumour:7", "thing:1")
    assert names(chain.walk("thing:3", {OURS}).back) == [("thing:2", 1), ("thing:1", 2)]


def test_a_chain_is_walked_six_steps_in_one_query(django_assert_num_queries):
    join(*((n, n + 1) for n in range(1, 12)))
    with django_assert_num_queries(1):  # what tells these things asks nothing
        found = chain.walk("thing:12", {OURS}).back
    assert names(found)[-1] == ("thing:6", 6)


def test_a_link_is_made_once_and_taken_back_twice():
    join((1, 2), (1, 2))
    assert Edge.objects.count() == 1
    chain.unlink("thing:1", "thing:2")
    chain.unlink("thing:1", "thing:2")
    assert not Edge.objects.exists()


def test_a_thing_follows_from_one_of_a_kind_and_keeps_its_other_reasons():
    join((1, 9), (2, 9))
    chain.link(OURS, "other:1", "thing:9")
    chain.relink(OURS, "thing", "thing:3", "thing:9")
    assert set(Edge.objects.values_list("earlier", flat=True)) == {"thing:3", "other:1"}
    chain.relink(OURS, "thing", None, "thing:9")
    assert set(Edge.objects.values_list("earlier", flat=True)) == {"other:1"}


def test_nothing_leads_to_itself():
    with pytest.raises(ValueError, match="itself"):
        chain.link(OURS, "thing:1", "thing:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Edge.objects.create(organisation=OURS, earlier="thing:1", later="thing:1")
