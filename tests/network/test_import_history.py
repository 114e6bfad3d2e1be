"""Updates that rename, close, merge and renumber: no school loses its history, and whoever works with it sees it."""

from __future__ import annotations

import datetime

import pytest

from alongside.network import history, reads
from alongside.network.actions import registers as actions
from alongside.network.models import Community, RegisterNumber, School, SchoolLink, SchoolPast
from alongside.people.models import StaffEntry
from alongside.surveys.accept import accept
from alongside.surveys.models import Release, Wave, WaveSchool
from tests import make
from tests.registers_of_ours import (
    gias,
    gias_extract,
    gias_group_links,
    gias_groups,
    gias_links,
    gias_school,
    gias_search,
    in_community,
    nsw_master,
    nz_directory,
    nz_history,
    nz_school,
)

pytestmark = pytest.mark.django_db

CLOSED = {"Status": "Closed", "CloseDate": "31-08-2024"}
MILL, HILL, DALE = (
    gias_school("900001", Name="Mill Lane School"),
    gias_school("900002", Name="Hill School"),
    gias_school("900003", Name="Dale Academy", OpenDate="01-09-2024"),
)
CLOSED_MILL, CLOSED_HILL = (
    MILL | gias_school(**CLOSED) | {"URN": "900001", "EstablishmentName": "Mill Lane School"},
    (gias_school("900002", Name="Hill School", **CLOSED)),
)


@pytest.fixture
def bring(tmp_path):
    def import_(data: bytes, *, preview: bool = False) -> actions.ImportSummary:
        path = tmp_path / "register.csv"
        path.write_bytes(data)
        return actions.import_register(path, preview=preview)

    return import_


def school(number: str) -> School:
    return School.objects.get(numbers__number=number)


def found(words: str) -> list[str]:
    return [school.name for school in reads.search_schools(words, "gb")]


def numbers(of: School) -> list[tuple[str, str, str]]:
    rows = of.numbers.order_by("number").values_list("number", "since", "until")
    return [(number, str(since or ""), str(until or "")) for number, since, until in rows]


def everything() -> list[object]:
    through = Community.schools.through
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (School, RegisterNumber, SchoolLink, SchoolPast, Community, through)
    ]


# Names


def test_a_renamed_school_is_found_under_both_names(bring):
    bring(gias([MILL, HILL]))
    bring(gias([gias_school("900001", Name="Ridge Academy"), HILL]))
    assert (found("Ridge"), found("Mill Lane"), found("Mill")) == (["Ridge Academy"],) * 3
    [past] = school("900001").past.all()
    assert (past.name, past.status, past.since, past.until) == ("Mill Lane School", "open", None, datetime.date.today())


def test_a_school_that_is_renamed_twice_has_two_spans_without_a_gap(bring):
    for name in ("First School", "Second School", "Third School"):
        bring(gias([gias_school("900001", Name=name)]))
    today = datetime.date.today()
    assert [(past.name, past.since, past.until) for past in school("900001").past.order_by("pk")] == [
        ("First School", None, today),
        ("Second School", today, today),
    ]


def test_other_changes_leave_no_span(bring):
    bring(gias([MILL]))
    bring(gias([MILL | {"NumberOfPupils": "205"}]))
    assert (school("900001").roll, SchoolPast.objects.count()) == (205, 0)


# Closing and merging


def test_a_school_that_closes_stays_with_its_network_which_sees_it(bring):
    bring(gias([MILL, HILL]))
    network = make.network()
    cluster = make.cluster(network, "Wharfe", [school("900001"), school("900002")])
    assert history.ended_in_network(network) == []
    bring(gias([CLOSED_MILL, HILL]))
    [ended] = history.ended_in_network(network)
    assert (ended.school, ended.heirs) == (school("900001"), [])
    assert set(reads.cluster_schools(cluster)) == {school("900001"), school("900002")}
    assert [str(past.until) for past in ended.school.past.all()] == ["2024-08-31"]


def test_two_schools_that_merge_lead_to_the_one_they_merged_into(bring):
    bring(gias([MILL, HILL]))
    network = make.network()
    make.cluster(network, "Wharfe", [school("900001"), school("900002")])
    bring(gias([CLOSED_MILL, CLOSED_HILL, DALE]))
    done = bring(
        gias_links(
            ("900001", "900003", "Successor - merged", "01-09-2024"),
            ("900003", "900001", "Predecessor - merged"),
            ("900003", "900002", "Predecessor - merged"),
            ("900001", "555555", "Successor"),
        )
    )
    assert (len(done.plan.links), done.plan.strangers, done.plan.carried) == (2, 1, [])
    assert list(SchoolLink.objects.order_by("pk").values_list("earlier__name", "later__name", "kind", "since")) == [
        ("Mill Lane School", "Dale Academy", "merged", datetime.date(2024, 9, 1)),
        ("Hill School", "Dale Academy", "merged", None),
    ]
    assert [(each.school.name, [heir.name for heir in each.heirs]) for each in history.ended_in_network(network)] == [
        ("Hill School", ["Dale Academy"]),
        ("Mill Lane School", ["Dale Academy"]),
    ]
    assert found("900001") == ["Dale Academy"]
    assert found("900003") == ["Dale Academy"]


def test_an_old_number_leads_through_two_mergers(bring):
    between = gias_school("900004", Name="Between School", **CLOSED)
    bring(gias([CLOSED_MILL, between, DALE]))
    steps = ("900001", "900004", "Successor - merged"), ("900004", "900003", "Successor - merged")
    bring(gias_links(*steps))
    assert found("900001") == ["Dale Academy"]
    assert history.heirs_of([school("900001").pk]) == {school("900001").pk: [school("900003").pk]}


def test_circles_of_links_are_stored_and_walked_once(bring):
    bring(gias([MILL, HILL, DALE]))
    bring(
        gias_links(
            *[(a, b, "Successor") for a, b in (("900001", "900002"), ("900002", "900003"), ("900003", "900001"))]
        )
    )
    assert SchoolLink.objects.count() == 3
    assert history.heirs_of([school("900001").pk]) == {}
    assert found("900001") == ["Mill Lane School"]


def test_a_merger_while_a_pulse_is_open_breaks_nothing(bring, settings, tmp_path):
    """Who was invited stays frozen: answers of both schools are counted under the school that people were asked in."""
    settings.KEYS = tmp_path / "keys"
    bring(gias([MILL, HILL]))
    mill, hill = school("900001"), school("900002")
    network = make.network()
    cluster = make.cluster(network, "Wharfe", [mill, hill])
    for each in (mill, hill):
        make.staff(each, 6)
    wave = make.open_wave(network, "lead", cluster=cluster)
    frozen = list(WaveSchool.objects.order_by("pk").values_list())
    make.answer(wave, mill, 3)
    bring(gias([CLOSED_MILL, CLOSED_HILL, DALE]))
    bring(gias_links(*[(each, "900003", "Successor - merged") for each in ("900001", "900002")]))
    assert list(WaveSchool.objects.order_by("pk").values_list()) == frozen
    for token in make.tokens(wave, mill)[3:] + make.tokens(wave, hill):
        accept(wave.pk, token, make.ratings(wave), "")
    make.close(wave)
    wave.refresh_from_db()
    assert wave.state == Wave.State.SEALED
    assert Release.objects.filter(wave=wave).exists()
    assert {each.school.name for each in history.ended_in_network(network)} == {"Mill Lane School", "Hill School"}


# Renumbering


def test_a_school_in_use_that_one_other_carries_on_keeps_its_row_and_takes_the_number(bring):
    bring(gias([MILL, HILL]))
    mill, network = school("900001"), make.network()
    make.cluster(network, "Wharfe", [mill, school("900002")])
    make.staff(mill, 3)
    bring(gias([CLOSED_MILL, HILL, DALE]))
    done = bring(gias_links(("900001", "900003", "Successor", "01-09-2024"), ("900003", "900001", "Predecessor")))
    assert "1 carried on under a new number" in done.summary
    mill = School.objects.get(pk=mill.pk)
    assert (mill.name, mill.status, mill.organisation.name) == ("Dale Academy", "open", "Dale Academy")
    assert numbers(mill) == [("900001", "", "2024-09-01"), ("900003", "2024-09-01", "")]
    assert School.objects.count() == 2
    assert StaffEntry.objects.filter(school=mill).count() == 3
    assert history.ended_in_network(network) == []
    assert (found("Mill Lane"), found("900001"), found("900003")) == (["Dale Academy"],) * 3
    assert [past.name for past in mill.past.order_by("pk")][-1] == "Mill Lane School"


def test_files_that_still_have_the_old_number_change_nothing(bring):
    bring(gias([MILL, HILL]))
    make.cluster(make.network(), "Wharfe", [school("900001"), school("900002")])
    files = gias([CLOSED_MILL, HILL, DALE]), gias_links(("900001", "900003", "Successor", "01-09-2024"))
    for file in files:
        bring(file)
    before = everything()
    for file in files:
        done = bring(file)
        assert (done.plan.new, done.plan.changed, done.plan.links, done.plan.carried) == ([], [], [], [])
    assert done.plan.former == 0
    assert bring(files[0]).plan.former == 1
    assert everything() == before


def test_a_chain_of_two_steps_ends_in_one_school(bring):
    bring(gias([MILL, HILL]))
    mill = school("900001")
    make.cluster(make.network(), "Wharfe", [mill, school("900002")])
    between = gias_school("900004", Name="Between Academy", **CLOSED)
    bring(gias([CLOSED_MILL, HILL, between, DALE]))
    bring(gias_links(("900001", "900004", "Successor", "01-09-2023"), ("900004", "900003", "Successor", "01-09-2024")))
    mill = School.objects.get(pk=mill.pk)
    assert (mill.name, [number for number, *_ in numbers(mill)]) == ("Dale Academy", ["900001", "900003", "900004"])
    assert found("Between") == ["Dale Academy"]
    assert (SchoolLink.objects.count(), School.objects.count()) == (0, 2)


@pytest.mark.parametrize(
    "links",
    [
        [("900001", "900003", "Successor - merged")],
        [("900001", "900003", "Successor"), ("900002", "900003", "Successor")],
        [("900001", "900003", "Successor"), ("900001", "900002", "Successor")],
        [("900001", "900003", "Successor"), ("900003", "900001", "Successor")],
        [("900001", "900003", "Sixth Form Centre Link")],
    ],
    ids=["merged", "two before", "two after", "a circle", "related"],
)
def test_what_is_not_certainly_the_same_school_is_only_linked(bring, links):
    bring(gias([CLOSED_MILL | {"EstablishmentStatus (name)": "Open"}, HILL]))
    make.cluster(make.network(), "Wharfe", [school("900001"), school("900002")])
    bring(gias([CLOSED_MILL, HILL, DALE]))
    done = bring(gias_links(*links))
    assert (done.plan.carried, School.objects.count(), SchoolLink.objects.count()) == ([], 3, len(links))


def test_a_school_that_nobody_works_with_is_only_linked(bring):
    bring(gias([CLOSED_MILL, DALE]))
    assert bring(gias_links(("900001", "900003", "Successor"))).plan.carried == []
    assert School.objects.count() == 2


def test_two_schools_that_both_work_with_us_stay_two(bring):
    bring(gias([MILL, HILL, DALE]))
    make.cluster(make.network(), "Wharfe", [school("900001"), school("900003")])
    bring(gias([CLOSED_MILL, HILL, DALE]))
    assert bring(gias_links(("900001", "900003", "Successor"))).plan.carried == []
    assert School.objects.count() == 3


def test_the_search_download_closes_links_and_carries_on_in_one_file(bring):
    bring(gias([MILL, HILL]))
    mill = school("900001")
    make.cluster(make.network(), "Wharfe", [mill, school("900002")])
    listed = ["900003 Successor", "Does not have links", "900001 Predecessor"]
    done = bring(gias_search([CLOSED_MILL, HILL, DALE], listed))
    assert (len(done.plan.new), len(done.plan.closed), len(done.plan.carried)) == (1, 1, 1)
    mill = School.objects.get(pk=mill.pk)
    assert (mill.name, mill.status) == ("Dale Academy", "open")
    assert [number for number, *_ in numbers(mill)] == ["900001", "900003"]


def test_a_preview_of_carrying_on_changes_nothing(bring):
    bring(gias([MILL, HILL]))
    make.cluster(make.network(), "Wharfe", [school("900001"), school("900002")])
    bring(gias([CLOSED_MILL, HILL, DALE]))
    before = everything()
    links = gias_links(("900001", "900003", "Successor", "01-09-2024"))
    assert len(bring(links, preview=True).plan.carried) == 1
    assert everything() == before


# What says less than the register


@pytest.mark.parametrize(
    "less",
    [
        gias_search([MILL]),
        gias_extract(
            [
                {
                    "urn": "900001",
                    "establishment_name": "Mill Lane School",
                    "street": "Mill Lane",
                    "open_date": "",
                    "gender": "Mixed",
                }
            ]
        ),
    ],
    ids=["search", "extract"],
)
def test_a_file_that_says_less_blanks_nothing(bring, less):
    bring(gias([MILL | {"Trusts (code)": "3211", "Trusts (name)": "GRACE"}]))
    bring(less)
    mill = school("900001")
    assert (mill.facts["trust_number"], mill.facts["fsm_percent"], mill.area) == ("3211", 17.5, "Wharfedale")


def test_a_history_leaves_communities_alone(bring):
    bring(nz_directory([nz_school("9001", **in_community("99501", "Harbour Community"))]))
    done = bring(nz_history(("9001", "Kauri Point School", "Full Primary", "2000", "2017")))
    assert (done.plan.leaves, Community.objects.get().schools.count()) == ([], 1)


def test_a_history_fills_in_what_is_missing_and_changes_no_school(bring):
    bring(nz_directory([nz_school("9001")]))
    before = list(School.objects.values_list())
    file = nz_history(
        ("9001", "Kauri Native School", "Full Primary", "2000", "2005"),
        ("9001", "Kauri Point School", "Full Primary", "2006", "2017"),
        ("9005", "Gone School", "Full Primary", "2000", "2009"),
    )
    done = bring(file)
    assert (len(done.plan.new), done.plan.changed, len(done.plan.past)) == (1, [], 2)
    assert list(School.objects.exclude(numbers__number="9005").values_list()) == before
    assert school("9005").status == "closed"
    assert [school.name for school in reads.search_schools("Native", "nz")] == ["Kauri Point School"]
    again = bring(file)
    assert (again.plan.new, again.plan.past, SchoolPast.objects.count()) == ([], [], 2)


# Trusts and networks of the register


def test_trusts_become_communities_with_their_kind(bring):
    bring(gias([MILL, HILL]))
    trust = ("3211", "GRACE ACADEMY", "Multi-academy trust")
    done = bring(gias_group_links(("900001", *trust), ("900002", *trust), ("555555", *trust)))
    assert (len(done.plan.joins), done.plan.strangers) == (2, 1)
    [community] = reads.communities("gb")
    assert (community.name, community.kind, community.size) == ("GRACE ACADEMY", "Multi-academy trust", 2)
    bring(gias_group_links(("900001", "4782", "ST PAUL'S", "Single-academy trust")))
    assert {c.number: sorted(s.name for s in c.schools.all()) for c in Community.objects.all()} == {
        "3211": ["Hill School"],
        "4782": ["Mill Lane School"],
    }


def test_a_group_that_is_renamed_keeps_its_schools(bring):
    bring(gias([MILL, HILL]))
    bring(gias_group_links(("900001", "3211", "GRACE", "Trust"), ("900002", "3211", "GRACE", "Trust")))
    bring(gias_groups(("3211", "Grace Trust", "Multi-academy trust", "Open")))
    [community] = reads.communities("gb")
    assert (community.name, community.kind, community.size) == ("Grace Trust", "Multi-academy trust", 2)


def test_principal_networks_are_communities(bring):
    bring(nsw_master({"School_code": "1001"}, {"School_code": "1002", "School_name": "Gum Tree"}))
    [community] = reads.communities("au")
    assert (community.name, community.size) == ("Iron Bay", 2)


def test_a_preview_has_the_same_digest_until_the_register_changes(bring):
    bring(gias([MILL, HILL]))
    newer = gias([gias_school("900001", Name="Other"), HILL, DALE])
    first, second = bring(newer, preview=True), bring(newer, preview=True)
    assert first.plan.digest() == second.plan.digest()
    School.objects.filter(numbers__number="900001").update(name="Changed meanwhile")
    assert bring(newer, preview=True).plan.digest() != first.plan.digest()
