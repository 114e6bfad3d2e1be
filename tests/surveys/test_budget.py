"""How much a year asks of a person, over all who ask; and what is said before a pulse is asked."""

import datetime

import pytest
from django.utils import timezone

from alongside.kit.errors import Refused
from alongside.network.actions import make_organisation
from alongside.surveys import actions, budget, check
from alongside.surveys.actions.fitting import taking_part
from alongside.surveys.instruments import instrument
from alongside.surveys.models import QuestionBudget, Wave, WaveSchool
from alongside.surveys.occasions import Turn
from tests import make
from tests.surveys import worlds
from tests.surveys.threads import together

NOW = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _in_november(time_machine):
    time_machine.move_to(NOW, tick=True)


def two_networks(sizes=None):
    """Riverway and Hill share the school B."""
    first, _, schools = worlds.network_of(sizes or {"X": {"A": 8, "B": 6}})
    second = make.network("Hill Trust")
    make.cluster(second, "Y", [schools["B"], make.school("Hilltop")])
    return first, second, schools


@pytest.fixture
def shared(db):
    return two_networks()


def asked(network, times, pulse="well"):
    """So many waves have been opened and are over."""
    for _ in range(times):
        wave = make.open_wave(network, pulse)
        Wave.objects.filter(pk=wave.pk).update(state="sealed")


def used(network, cluster=None):
    found = budget.uses(network, taking_part(network, cluster), TODAY)
    return {
        use.school.name.split()[1] if " " in use.school.name else use.school.name: (use.mine, use.others)
        for use in found
    }


def test_opened_planned_and_promised_statements_count_for_each_school(shared):
    first, second, schools = shared
    asked(first, 2)
    make.staff(schools["B"], 6)
    actions.ask(second, "lead", NOW + make.DAY, NOW + 8 * make.DAY)
    assert used(first) == {"A": (12, 0), "B": (12, 6)}
    assert used(second) == {"B": (6, 12), "Hilltop": (6, 0)}
    make.staff(schools["B"], 10)
    own = make_organisation(schools["B"])
    turn = Turn("second", 1, 2, 5, datetime.date(2026, 12, 1))
    rhythm = actions.start(own, "well", turn, cluster=None, by=make.leader(schools["B"]))
    assert rhythm.ahead == 3 * 6  # 2 Feb, 6 Apr, 1 Jun; 1 December is planned, and counts as that
    assert used(first)["B"] == (12, 6 + 6 + 18)
    assert used(own) == {"B": (24, 18)}


def test_only_waves_in_which_a_schools_staff_were_invited_count_and_only_this_years(shared):
    first, _, schools = shared
    asked(first, 3)
    WaveSchool.objects.filter(wave__number=1, school=schools["A"]).update(invited=0)
    august = datetime.datetime(2026, 7, 31, 22, 59, tzinfo=datetime.UTC)  # 23:59 in London, the last minute of a year
    Wave.objects.filter(number=2).update(opens_at=august, closes_at=august + make.DAY)
    Wave.objects.filter(number=3).update(opens_at=august + worlds.MINUTE, closes_at=august + make.DAY)
    assert used(first) == {"A": (6, 0), "B": (12, 0)}


def test_a_wave_that_does_not_fit_is_refused_with_the_school_the_figure_and_what_would_fit(shared):
    first, second, schools = shared
    asked(first, 13)
    assert used(first)["A"] == (78, 0)
    with pytest.raises(Refused) as refused:
        actions.ask(first, "lead", timezone.now(), timezone.now() + make.DAY)
    both = f"{schools['A'].name} and {schools['B'].name}"
    assert f"{both}: their staff are asked 78 by {first.name} this school year" in str(refused.value)
    assert "With these 6 that is 4 over the 80 statements" in str(refused.value)
    assert Wave.objects.count() == 13
    make.staff(schools["B"], 4)
    with pytest.raises(Refused) as refused:
        actions.ask(second, "lead", timezone.now(), timezone.now() + make.DAY)
    assert "its staff are asked 78 by others this school year" in str(refused.value)
    assert first.name not in str(refused.value)


def test_a_new_school_year_begins_again(shared, time_machine):
    first, _, _ = shared
    asked(first, 13)
    time_machine.move_to(datetime.datetime(2027, 8, 1, 1, tzinfo=datetime.UTC), tick=True)
    assert actions.ask(first, "lead", timezone.now(), timezone.now() + make.DAY).state == "planned"


def test_a_school_lowers_its_own_and_a_network_what_it_asks(shared):
    first, second, schools = shared
    by = make.officer(first)
    actions.lower_budget(make_organisation(schools["B"]), 5, by)
    assert [use.limit for use in budget.uses(first, taking_part(first, None), TODAY)] == [80, 5]
    with pytest.raises(Refused, match="1 over the 5 statements"):
        actions.ask(first, "lead", timezone.now(), timezone.now() + make.DAY)
    actions.lower_budget(make_organisation(schools["B"]), 80, by)
    actions.lower_budget(first, 6, by)
    actions.lower_budget(first, 6, by)
    assert [use.limit for use in budget.uses(first, taking_part(first, None), TODAY)] == [6, 6]
    assert {use.limit for use in budget.uses(second, taking_part(second, None), TODAY)} == {80}
    for wrong in (81, -1):
        with pytest.raises(Refused, match="lowered, never raised"):
            actions.lower_budget(first, wrong, by)
    assert QuestionBudget.objects.get(organisation=first).statements == 6


def test_a_rhythm_whose_year_does_not_fit_is_refused_whole(shared):
    first, _, _ = shared
    asked(first, 6)
    by = make.officer(first)
    with pytest.raises(Refused, match="With these 48 that is 4 over"):
        actions.start(first, "lead", Turn("month", 1, 2, 5, TODAY), cluster=None, by=by)
    assert not first.rhythms.exists()
    assert actions.start(first, "lead", Turn("second", 1, 2, 5, TODAY), cluster=None, by=by).held == ""


def test_a_rhythm_waits_and_says_why_while_a_school_is_full_and_goes_on_when_it_is_not(shared):
    first, _, schools = shared
    by = make.officer(first)
    rhythm = actions.start(first, "lead", Turn("month", 1, 2, 5, TODAY), cluster=None, by=by)
    rhythm.series.waves.update(state="sealed")
    actions.lower_budget(make_organisation(schools["A"]), 0, by)
    actions.arrange(rhythm.pk)
    rhythm.refresh_from_db()
    assert "over the 0 statements" in rhythm.held
    actions.lower_budget(make_organisation(schools["A"]), 80, by)
    actions.arrange(rhythm.pk)
    rhythm.refresh_from_db()
    assert (rhythm.held, rhythm.series.waves.filter(state="planned").count()) == ("", 1)


@pytest.mark.django_db(transaction=True)
def test_two_that_share_a_school_and_ask_at_once_do_not_both_take_the_last_room():
    first, second, schools = two_networks({"X": {"A": 8, "B": 12}})
    actions.lower_budget(make_organisation(schools["B"]), 6, make.officer(first))

    def one(number):
        opens = timezone.now() + make.DAY
        try:
            actions.ask((first, second)[number], "well", opens, opens + make.DAY)
        except Refused as refused:
            return str(refused)
        return "asked"

    told = sorted(together(2, one))
    assert told[1] == "asked"
    assert "6 by others this school year" in told[0]
    assert Wave.objects.count() == 1


def test_counting_costs_one_query(shared, django_assert_num_queries):
    first, _, _ = shared
    asked(first, 2)
    schools = taking_part(first, None)
    with django_assert_num_queries(1):
        budget.uses(first, schools, TODAY)


# --- the check before asking ---------------------------------------------------------------------------------------------------


def told(network, cluster=None, pulse="lead", times=1, by=None):
    member = make.membership(by or make.officer(network), network)
    return check.check(network, cluster, instrument(pulse), TODAY, member, times=times)


def test_the_check_says_which_schools_have_no_figures_and_where_they_count(db):
    network, clusters, schools = worlds.network_of(
        {"X": {"A": 12, "B": 3, "C": 2}, "Y": {"D": 6, "E": 2}, "Z": {"F": 5, "G": 1}}
    )
    found = told(network)
    names = {key: school.name for key, school in schools.items()}
    assert (found.people, found.schools, found.own, found.statements, found.refused) == (31, 7, 3, 6, False)
    assert found.notes == [
        f"No figures of their own, since fewer than five are asked there: {names['B']} and {names['C']}. They count in "
        "their cluster’s other schools.",
        f"Too few to count anywhere, even if everybody answers: {names['E']} and {names['G']}. A talk in the room would "
        "tell more there.",
        "The comment box is offered at 1 of 7 schools, where 10 or more are asked.",
    ]
    make.staff(schools["E"], 2)
    assert (
        told(network)
        .notes[1]
        .startswith(f"Too few even together in their cluster: {names['E']} and {names['G']}. They")
    )
    assert told(network, clusters["X"], pulse="well").notes[-1] == "This pulse has no comment box."


def test_the_check_refuses_what_asking_would_refuse(shared):
    first, second, schools = shared
    few = told(second)
    assert (few.people, few.too_few, few.refused) == (6, True, True)
    assert "Nobody can be asked by mail at Hilltop" in few.notes[-2]
    asked(first, 13)
    full = told(first)
    assert (full.refused, full.too_few, len(full.full)) == (True, False, 1)
    assert full.fits == "No pulse of this length fits there until the school year ends."
    WaveSchool.objects.filter(school=schools["A"], wave__number__lte=3).update(invited=0)
    assert told(first).fits.endswith(f"until the school year ends; all of it fits without {schools['B'].name}.")
    Wave.objects.filter(number=13).update(items=[])
    assert told(first, times=5).fits.startswith("One pulse of this length fits there until")


def test_a_home_that_was_fixed_counts_and_not_the_cluster_of_today(db):
    network, clusters, schools = worlds.network_of({"X": {"A": 12, "B": 3}, "Y": {"C": 12, "D": 3}})
    asked(network, 1, "lead")
    schools["B"].cluster_memberships.update(cluster=clusters["Y"])
    assert "count only in the figure for the whole" in told(network).notes[0]
    assert "other schools" in told(network, pulse="well").notes[0]


def test_many_schools_are_named_in_part():
    assert budget.some([f"S{n}" for n in range(9)]).endswith("S7 and S8")
    assert budget.some([f"S{n}" for n in range(12)]) == "S0, S1, S2, S3, S4, S5, S6, S7 and 4 more"
