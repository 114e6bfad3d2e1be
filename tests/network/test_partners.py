"""Likely partner schools: who is found, in which order, and why."""

from __future__ import annotations

import pytest

from alongside.kit.errors import Refused
from alongside.network import actions, partners, positions, reads, topics
from alongside.network.models import Offer, School
from tests import make

pytestmark = pytest.mark.django_db


def school(name: str, north: float | None, east: float | None, *, country: str = "gb", **more: object) -> School:
    made = make.school(name, country)
    School.objects.filter(pk=made.pk).update(latitude=north, longitude=east, **more)
    return School.objects.get(pk=made.pk)


def names(found: partners.Found) -> list[str]:
    return [partner.school.name for partner in found.partners]


def test_nearer_schools_come_first_and_farther_ones_not_at_all(django_assert_max_num_queries):
    here = school("Here", 55.0, 3.0)
    for name, east in (("Far", 3.3), ("Near", 3.05), ("Beyond", 3.4)):
        school(name, 55.0, east)
    school("Nowhere", None, None)
    with django_assert_max_num_queries(5):
        found = partners.find(here, 20)
    assert names(found) == ["Near", "Far"]
    assert found.within == 2
    assert found.partners[0].sentence == "3.2\xa0km away, primary too"


def test_strengths_meet_wishes_on_both_sides():
    here, there = school("Here", 55.0, 3.0), school("There", 55.0, 3.1)
    school("Nearer", 55.0, 3.05)
    actions.state_offers(here, ["maths"], ["reading", "send"], by=1)
    actions.state_offers(there, ["reading"], ["maths", "arts"], by=1)
    assert partners.find(here).partners[0].sentence == (
        "6.4\xa0km away, primary too, strong in early reading, which you look for, "
        "looking for mathematics, where you are strong"
    )
    assert (
        partners.find(there)
        .partners[0]
        .sentence.endswith("strong in mathematics, which you look for, looking for early reading, where you are strong")
    )


def test_phase_and_intake_count():
    here = school("Here", 55.0, 3.0, facts={"fsm_percent": 20, "decile": 3})
    school("Alike", 55.0, 3.1, facts={"fsm_percent": 24.9, "decile": 4})
    school("Other", 55.0, 3.1, phase="secondary", facts={"fsm_percent": 26, "decile": "x"})
    found = partners.find(here)
    assert [partner.sentence for partner in found.partners] == [
        "6.4\xa0km away, primary too, alike in free school meals and decile",
        "6.4\xa0km away, secondary",
    ]
    assert names(partners.find(here, same_phase=True)) == ["Alike"]


def test_intake_may_bring_a_school_among_the_first():
    """Thirty are shown: the one that only its intake brings among them is there."""
    here = school("Here", 55.0, 3.0, facts={"fsm_percent": 20})
    for number in range(30):
        school(f"Near {number:02}", 55.0, 3.01 + number / 1000, facts={"fsm_percent": 60})
    school("Alike", 55.0, 3.06, facts={"fsm_percent": 21})
    found = names(partners.find(here))
    assert "Alike" in found
    assert len(found) == 30


def test_schools_on_both_sides_of_the_date_line_are_neighbours():
    here = school("Here", -44.0, 179.95, country="nz")
    school("Across", -44.0, -179.95, country="nz")
    found = partners.find(here)
    assert [(partner.school.name, round(partner.km, 1)) for partner in found.partners] == [("Across", 8.0)]


def test_schools_that_have_only_a_grid_reference_find_one_another():
    here = school("Here", None, None, easting=530034, northing=180381)
    school("There", None, None, easting=533034, northing=184381)
    school("Elsewhere", None, None, easting=560034, northing=184381)
    school("In degrees", 51.5074, -0.1278)
    found = partners.find(here)
    assert [(partner.school.name, round(partner.km, 1)) for partner in found.partners] == [
        ("In degrees", 0.0),
        ("There", 5.0),
    ]


def test_closed_schools_and_those_of_another_country_are_no_partners():
    here = school("Here", 55.0, 3.0)
    school("Closed", 55.0, 3.1, status="closed")
    school("Abroad", 55.0, 3.1, country="ie")
    assert partners.find(here) == partners.Found([], 0)


def test_a_school_whose_place_is_not_known_finds_none(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert partners.find(School(name="Here", country="gb")) == partners.Found([], 0)
    assert positions.point(School(latitude=91, longitude=0)) is None


def test_order_is_the_same_whatever_the_order_of_rows():
    here = school("Here", 55.0, 3.0)
    for name in ("B", "A", "C"):
        school(name, 55.0, 3.1)
    assert names(partners.find(here)) == ["A", "B", "C"]


def test_thirty_are_shown_and_all_are_counted():
    here = school("Here", 55.0, 3.0)
    School.objects.bulk_create(
        School(name=f"S{n:03}", country="gb", phase="primary", latitude=55, longitude=3 + n / 1000) for n in range(40)
    )
    found = partners.find(here)
    assert (len(found.partners), found.within) == (30, 40)


@pytest.mark.parametrize(
    ("strengths", "wishes", "sentence"),
    [
        (["maths", "arts", "sport", "send"], [], "Choose up to three strengths"),
        ([], ["maths", "arts", "sport", "send"], "Choose up to three wishes"),
        (["knitting"], [], "There is no topic knitting on the list."),
        (["maths"], ["maths"], "Mathematics cannot be both."),
    ],
)
def test_what_a_school_cannot_say_is_refused_and_changes_nothing(strengths, wishes, sentence):
    here = school("Here", 55.0, 3.0)
    actions.state_offers(here, ["arts"], ["sport"], by=1)
    with pytest.raises(Refused, match=sentence):
        actions.state_offers(here, strengths, wishes, by=1)
    assert sorted(Offer.objects.values_list("kind", "topic")) == [("strength", "arts"), ("wish", "sport")]


def test_stating_again_takes_the_place_of_what_was_said():
    here = school("Here", 55.0, 3.0)
    actions.state_offers(here, ["arts"], ["sport"], by=1)
    actions.state_offers(here, ["maths"], [], by=1)
    assert topics.labels(Offer.objects.all(), "strength") == ["mathematics"]
    assert topics.labels(Offer.objects.all(), "wish") == []


def test_the_nearest_schools_to_a_place_are_found_by_its_name():
    here = school("Holt Primary", 55.0, 3.0, town="Holt")
    school("Near", 55.0, 3.01)
    school("Farther", 55.3, 3.0)
    school("Farthest", 57.0, 3.0)
    assert reads.placed_school("holt", "gb") == here
    assert reads.placed_school("HOLT PRIM", "gb") == here
    assert reads.placed_school("nowhere", "gb") is None
    assert [s.name for s in reads.nearest(here, 2, "gb")] == ["Holt Primary", "Near", "Farther"]
    assert [s.name for s in reads.nearest(here, 9, "gb")] == ["Holt Primary", "Near", "Farther", "Farthest"]
