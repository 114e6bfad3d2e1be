"""What people said that stands out: for whom, in which words, and that what is kept of it has no figure."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from alongside.evidence import actions, signals
from alongside.evidence.models import MapRound, Signal
from alongside.goals.models import Issue
from alongside.kit.errors import Conflict
from alongside.kit.models import Edge
from alongside.people.reads import standing
from tests import make
from tests.evidence import mapped

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return mapped.closed()


def at(world, school):
    return world.schools[school].organisation


def about(found):
    return {one.about for one in found}


def gap(world, school, statement="coh.1"):
    """How a gap of a school's map is named; of the whole round for ""."""
    place = f"school:{world.schools[school].pk}" if school else "whole"
    return f"map:{world.round.pk}/{place}/{statement}"


def test_a_leader_may_take_up_a_gap_of_the_own_map_before_its_staff(world):
    head, teacher = world.leaders["A"][0], world.teams["A"][0]
    first = signals.take(gap(world, "A"), at(world, "A"), standing(head))
    assert (first.about, first.url) == ("Direction", world.path("A"))
    assert first.finding.startswith("Leaders see it, teams don’t: “Staff know what this school is trying")
    assert "Leaders 100 · teams 50" in first.finding
    with pytest.raises(Conflict):
        signals.take(gap(world, "A"), at(world, "A"), standing(teacher))
    mapped.long_ago()
    assert signals.take(gap(world, "A"), at(world, "A"), standing(teacher)).source == first.source


def test_what_is_kept_says_that_something_was_said_and_no_figure(world):
    head = world.leaders["A"][0]
    one = signals.take(gap(world, "A"), at(world, "A"), standing(head))
    kept = signals.keep(at(world, "A"), one, by=head.pk)
    words = f"{kept.sentence} {kept.about}"
    month = timezone.localtime(world.round.started_at)
    assert kept.sentence == f"How “Direction” looks from different seats, in {month:%B %Y}"
    assert re.findall(r"\d+", words) == [str(month.year)]
    assert signals.keep(at(world, "A"), one, by=world.leaders["A"][1].pk) == kept
    assert kept.noticed_by == head


@pytest.mark.parametrize(
    "source", ["", "map:1", "map:x/whole/coh.1", "wave:1/whole/" + "a" * 50, "map:1/whole/coh.1\n"]
)
def test_a_source_that_is_none_is_refused(world, source):
    with pytest.raises(Conflict, match="does not stand out"):
        signals.take(source, at(world, "A"), standing(world.leaders["A"][0]))


def test_nobody_takes_up_what_another_school_was_told(world):
    head, other = world.leaders["A"][0], world.leaders["B"][0]
    mine = gap(world, "A")
    assert signals.take(mine, at(world, "A"), standing(head)).source == mine
    for person, place in ((other, at(world, "B")), (head, world.network), (other, world.network)):
        with pytest.raises(Conflict):
            signals.take(mine, place, standing(person))
    foreign = make.network("Other Trust")
    with pytest.raises(Conflict):
        signals.take(mine, foreign, standing(make.officer(foreign, "o@other.example")))


def test_a_network_hears_its_map_once_three_schools_said_yes(world):
    with pytest.raises(Conflict):
        signals.take(gap(world, ""), world.network, standing(world.chair))
    for name in "ABC":
        actions.share(world.round, world.schools[name], shared=True, by=world.leaders[name][0].pk)
    assert signals.take(gap(world, ""), world.network, standing(world.chair)).place == "whole"


def falling(network, cluster, school, *, waves=4):
    """Pulses in which a school’s people agree until the last two, in which they do not."""
    for number in range(waves + 2):
        wave = make.open_wave(network)
        make.answer(wave, school, 20, 4 if number < waves else 1)
        make.close(wave)
    return wave


def test_a_fall_in_a_pulse_is_heard_at_its_school_and_a_teacher_hears_it_when_results_are_theirs(db):
    network, school, other = make.network(), make.school("Ashmead"), make.school("Birch")
    cluster = make.cluster(network, "Avon", [school, other])
    teacher = make.staff(school, 20)[0]
    make.staff(other, 6)
    head = make.leader(school)
    wave = falling(network, cluster, school)
    found = signals.heard(school.organisation, standing(head))
    assert "Workload" in about(found)
    one = next(one for one in found if one.about == "Workload")
    assert one.source == f"wave:{wave.pk}/school:{school.pk}/well.1"
    assert one.finding == "Ashmead: workload 0. Confirmed change."
    assert one.sentence == f"What people said about “Workload” in {timezone.localtime(wave.closes_at):%B %Y}"
    assert signals.heard(school.organisation, standing(teacher)) == []
    wide = signals.heard(network, standing(make.officer(network)))
    assert {each.place for each in wide} == {f"cluster:{cluster.pk}"}  # six at most, and clusters come first


def post(person, place, source):
    client = mapped.signed_in(person)
    return client.post(f"/{place.kind[0]}/{place.slug}/issues/heard/", {"source": source}, follow=True)


def test_one_press_on_the_map_puts_a_gap_on_the_schools_list_with_its_reason(world):
    head = world.leaders["A"][0]
    page = world.get(head, "A").content.decode()
    source = re.search(r'name="source" value="(map:[^"]+coh\.6)"', page)[1]
    assert f'action="/s/{at(world, "A").slug}/issues/heard/"' in page
    said = post(head, at(world, "A"), source).content.decode()
    assert "“Student voice” is on the list." in said
    issue, signal = Issue.objects.get(), Signal.objects.get()
    assert (issue.organisation, issue.title, issue.why) == (
        at(world, "A"),
        "Student voice",
        "“What students tell us changes what this school does.”",
    )
    assert (signal.organisation, signal.source) == (at(world, "A"), source)
    assert Edge.objects.filter(earlier=f"signal:{signal.pk}", later=f"issue:{issue.pk}").exists()
    assert "Why is it here?" in said
    assert signal.sentence in said
    assert "100" not in said.split("Why is it here?")[1].split("</section>")[0]


def test_pressed_twice_it_is_one_and_what_stands_there_in_the_same_words_is_joined(world):
    head = world.leaders["A"][0]
    source = gap(world, "A")
    post(head, at(world, "A"), source)
    again = post(world.leaders["A"][1], at(world, "A"), source).content.decode()
    assert "was on the list already" in again
    assert (Issue.objects.count(), Signal.objects.count(), Edge.objects.count()) == (1, 1, 1)


def test_the_button_stands_for_leaders_of_the_school_alone(world):
    for name in "ABC":
        actions.share(world.round, world.schools[name], shared=True, by=world.leaders[name][0].pk)
    assert 'name="source"' not in world.get(world.chair, "A").content.decode()
    together = mapped.signed_in(world.chair).get(world.path()).content.decode()
    assert together.count('name="source"') == 8
    mapped.long_ago()
    assert 'name="source"' not in world.get(world.teams["A"][0]).content.decode()


def test_a_round_that_is_gone_is_heard_no_more(world):
    head = world.leaders["A"][0]
    source = gap(world, "A")
    MapRound.objects.all().delete()
    assert post(head, at(world, "A"), source).status_code == 409
    assert not Issue.objects.exists()
