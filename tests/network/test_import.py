"""Bringing the reference register up to date: exactly what the file says, in one transaction, again and again."""

from __future__ import annotations

import hashlib
from argparse import Namespace

import pytest

from alongside import commands
from alongside.kit.errors import Refused
from alongside.kit.tabular import Fault
from alongside.network import reads
from alongside.network.actions import registers as actions
from alongside.network.models import Community, Organisation, RegisterImport, RegisterNumber, School
from tests import make
from tests.registers_of_ours import (
    PLANTED,
    gias,
    gias_links,
    gias_school,
    glued,
    in_community,
    nz_directory,
    nz_school,
    packed,
)

pytestmark = pytest.mark.django_db

HARBOUR, VALLEY = in_community("99501", "Harbour Community"), in_community("99502", "Valley Community")
OF_NZ = [
    nz_school("9001", **HARBOUR),
    nz_school("9002", Name="Hill School", **HARBOUR),
    nz_school("9003", Name="Beach School", **VALLEY),
    nz_school("9004", Name="Lone School"),
]
OF_ENGLAND = [
    gias_school("900001"),
    gias_school("900002", Name="Closed Primary School", Status="Closed", CloseDate="31-08-2016"),
    gias_school("900003", Name="Closing School", Status="Open, but proposed to close"),
]


@pytest.fixture
def bring(tmp_path):
    def import_(data: bytes, *, preview: bool = False) -> actions.ImportSummary:
        path = tmp_path / "register.csv"
        path.write_bytes(data)
        return actions.import_register(path, preview=preview)

    return import_


def counts(done: actions.ImportSummary) -> tuple[int, int, int, int, int]:
    plan = done.plan
    return len(plan.new), len(plan.changed), plan.unchanged, plan.open, len(done.faults)


def everything() -> list[object]:
    """All rows of the register, as they stand."""
    links = Community.schools.through.objects.order_by("community", "school").values_list("community", "school")
    return [
        list(School.objects.order_by("pk").values_list()),
        list(RegisterNumber.objects.order_by("pk").values_list("register", "number", "school")),
        list(Community.objects.order_by("pk").values_list()),
        list(links),
        RegisterImport.objects.count(),
    ]


def school(number: str) -> School:
    return School.objects.get(numbers__number=number)


@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "packed"])
def test_a_directory_of_new_zealand_is_brought_in(bring, pack):
    data = pack(nz_directory(OF_NZ))
    done = bring(data)
    assert counts(done) == (4, 0, 0, 4, 0)
    assert done.summary == (
        "Imported 4 schools (4 open) in 2 communities with 3 members from New Zealand directory of schools. "
        "4 new, 0 changed, 0 as before, 3 memberships added, 0 rows set aside."
    )
    kauri = school("9001")
    assert (kauri.name, kauri.country, kauri.town, kauri.roll) == ("Kauri Point School", "nz", "Whangarei", 187)
    assert [(number.register, number.number) for number in kauri.numbers.all()] == [("nz-moe", "9001")]
    gathered = {(c.number, c.name): sorted(s.name for s in c.schools.all()) for c in Community.objects.all()}
    assert gathered == {
        ("99501", "Harbour Community"): ["Hill School", "Kauri Point School"],
        ("99502", "Valley Community"): ["Beach School"],
    }
    [record] = RegisterImport.objects.all()
    assert (record.register, record.summary) == ("nz-moe", {"new": 4, "changed": 0, "faults": 0})
    assert record.digest == hashlib.sha256(data).hexdigest()


def test_the_english_register_is_brought_in(bring):
    done = bring(gias(OF_ENGLAND))
    assert counts(done) == (3, 0, 0, 2, 0)
    assert done.summary.startswith("Imported 3 schools (2 open) from Get Information about Schools, full download.")
    assert {s.name: (s.status, s.country, s.area) for s in School.objects.all()} == {
        "Mill Lane Primary School": ("open", "gb", "Wharfedale"),
        "Closed Primary School": ("closed", "gb", "Wharfedale"),
        "Closing School": ("closing", "gb", "Wharfedale"),
    }
    assert str(school("900002").closed_on) == "2016-08-31"


def test_no_name_of_a_person_is_brought_in(bring):
    bring(nz_directory(OF_NZ))
    bring(gias(OF_ENGLAND))
    assert PLANTED not in str(everything())


@pytest.mark.parametrize("data", [nz_directory(OF_NZ), gias(OF_ENGLAND)], ids=["nz", "england"])
def test_the_same_file_twice_changes_nothing(bring, data):
    first = bring(data)
    before = everything()[:-1]
    again = bring(data)
    assert counts(again) == (0, 0, len(first.register.schools), first.plan.open, 0)
    assert everything()[:-1] == before


def test_two_registers_stand_side_by_side(bring):
    """The same number in two registers is two schools."""
    bring(nz_directory([nz_school("9001")]))
    bring(gias([gias_school("9001")]))
    assert sorted(RegisterNumber.objects.filter(number="9001").values_list("register", "school__country")) == [
        ("gb-urn", "gb"),
        ("nz-moe", "nz"),
    ]


@pytest.mark.parametrize("preview", [True, False])
def test_a_preview_says_the_same_and_changes_nothing(bring, preview):
    bring(nz_directory(OF_NZ[:2]))
    before = everything()
    done = bring(nz_directory([nz_school("9001", Name="Kauri School", **VALLEY), *OF_NZ[1:]]), preview=preview)
    assert counts(done) == (2, 1, 1, 4, 0)
    assert done.applied is not preview
    assert (everything() == before) is preview
    assert done.summary.startswith("Preview, nothing changed: 4 schools" if preview else "Imported 4 schools")


def test_a_renamed_school_stays_the_same_school(bring):
    bring(nz_directory(OF_NZ))
    kauri, hill = school("9001"), school("9002")
    network = make.network("Harbour Trust", "nz")
    make.cluster(network, "Harbour", [kauri, hill])
    kauri = school("9001")
    done = bring(nz_directory([nz_school("9001", Name="Te Kura o Kauri", **HARBOUR), *OF_NZ[1:]]))
    renamed = school("9001")
    assert counts(done) == (0, 1, 3, 4, 0)
    assert (renamed.pk, renamed.name, renamed.slug) == (kauri.pk, "Te Kura o Kauri", "kauri-point-school")
    assert renamed.organisation.name == "Te Kura o Kauri"
    assert renamed in School.objects.in_network(network)
    assert Organisation.objects.get(school=hill).name == "Hill School"


def test_a_school_that_closes_or_opens_is_found_so(bring):
    bring(gias(OF_ENGLAND))
    done = bring(
        gias(
            [
                gias_school("900001", Status="Closed", CloseDate="31-08-2026"),
                gias_school("900002", Name="Closed Primary School"),
                OF_ENGLAND[2],
            ]
        )
    )
    assert counts(done) == (0, 2, 1, 2, 0)
    assert [school.name for school in reads.search_schools("school", "gb")] == [
        "Closed Primary School",
        "Closing School",
    ]
    assert str(school("900001").closed_on) == "2026-08-31"


def test_a_school_that_the_file_does_not_name_is_kept(bring):
    bring(nz_directory(OF_NZ))
    assert counts(bring(nz_directory(OF_NZ[:1]))) == (0, 0, 1, 1, 0)
    assert School.objects.count() == 4


def test_a_school_that_changes_its_community_is_taken_out_of_the_first(bring):
    bring(nz_directory(OF_NZ))
    bring(nz_directory([nz_school("9001", **VALLEY), nz_school("9002", Name="Hill School"), *OF_NZ[2:]]))
    gathered = {c.name: sorted(s.name for s in c.schools.all()) for c in Community.objects.all()}
    assert gathered == {"Harbour Community": [], "Valley Community": ["Beach School", "Kauri Point School"]}


def test_a_renamed_community_is_the_same_community(bring):
    bring(nz_directory(OF_NZ[:1]))
    bring(nz_directory([nz_school("9001", **in_community("99501", "Te Kahui Harbour"))]))
    assert [(c.number, c.name, c.schools.count()) for c in Community.objects.all()] == [
        ("99501", "Te Kahui Harbour", 1)
    ]


def test_faulty_rows_are_set_aside_with_row_and_column_and_the_rest_comes_in(bring):
    done = bring(
        nz_directory(
            [
                OF_NZ[0],
                nz_school("9002", Latitude="south"),
                nz_school("0", Name="No number"),
                nz_school("9001"),
                OF_NZ[3],
            ]
        )
    )
    assert counts(done) == (2, 0, 0, 2, 3)
    assert done.faults[0] == Fault(
        3, "Latitude", '"south" is not a number from -53 to -29. Correct it, or leave it blank.'
    )
    assert [line.partition(":")[0] for line in done.lines] == [
        "row 3, Latitude",
        "row 4, School ID",
        "row 5, School ID",
    ]
    assert sorted(School.objects.values_list("name", flat=True)) == ["Kauri Point School", "Lone School"]


def test_a_faulty_row_leaves_its_school_as_it_was(bring):
    bring(nz_directory(OF_NZ))
    done = bring(nz_directory([nz_school("9001", Name="New Name", **{"Total School Roll": "many"}), *OF_NZ[1:]]))
    assert counts(done) == (0, 0, 3, 3, 1)
    assert school("9001").name == "Kauri Point School"


@pytest.mark.parametrize(
    "data",
    [b"", b"Name,E-mail,Role\nx,y,z\n", b"\0\1\2\3", glued(nz_directory(OF_NZ), gias(OF_ENGLAND), with_header=True)],
    ids=["empty", "a staff list", "no text", "two layouts"],
)
def test_a_file_that_is_no_register_changes_nothing(bring, data):
    bring(nz_directory(OF_NZ))
    before = everything()
    with pytest.raises(Refused):
        bring(data)
    assert everything() == before


@pytest.mark.parametrize("step", ["_rename_organisations", "_gather", "_link", "_remember", "record"])
@pytest.mark.django_db(transaction=True)
def test_an_import_that_fails_halfway_leaves_nothing(bring, monkeypatch, step):
    bring(nz_directory(OF_NZ[:2]))
    before = everything()

    def fail(*args: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(actions, step, fail)
    with pytest.raises(RuntimeError):
        bring(nz_directory([nz_school("9001", Name="New Name", **VALLEY), *OF_NZ[1:]]))
    assert everything() == before


def test_an_import_costs_the_same_queries_for_few_schools_and_for_many(bring, django_assert_max_num_queries):
    many = [nz_school(str(number), Name=f"School {number}") for number in range(1001, 1301)]
    with django_assert_max_num_queries(14):
        bring(nz_directory(many))
    with django_assert_max_num_queries(10):
        bring(nz_directory(many))


def test_the_command_takes_several_files_and_sums_up_each(tmp_path, capsys):
    schools, links = tmp_path / "schools.csv", tmp_path / "links.csv"
    schools.write_bytes(gias(OF_ENGLAND))
    links.write_bytes(gias_links(("900002", "900001", "Successor"), ("900002", "900001", "Cousin")))
    assert commands.import_register(Namespace(files=[schools, links], preview=False)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Imported 3 schools (2 open) from Get Information about Schools, full download. "
        "3 new, 0 changed, 0 as before, 0 rows set aside.",
        'row 3, LinkType: "Cousin" is not a kind of link that is known. Correct it, or delete the row.',
        "Imported 1 links from Get Information about Schools, links between schools. "
        "0 new, 0 changed, 0 as before, 1 links added, 1 rows set aside.",
    ]
