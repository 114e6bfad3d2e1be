"""A register file in the browser: brought in, read by a worker, previewed, applied exactly as previewed, or dropped."""

from __future__ import annotations

import datetime
import stat
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_ox.testing import run_tasks

from alongside.kit import uploads
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network.actions import registers, staging
from alongside.network.models import RegisterImport, School, SchoolPast, StagedRegister
from tests import make
from tests.registers_of_ours import (
    gias,
    gias_links,
    gias_school,
    glued,
    nsw_master,
    nz_directory,
    nz_history,
    nz_school,
    packed,
)
from tests.surveys.threads import together

pytestmark = pytest.mark.django_db

OLD = [gias_school("900001", Name="Mill Lane School"), gias_school("900002", Name="Hill School")]
NEWER = [
    gias_school("900001", Name="Mill Lane Academy"),
    gias_school("900002", Name="Hill School", Status="Closed", CloseDate="31-08-2024"),
    gias_school("900003", Name="Dale Academy"),
    gias_school("900004", Name="Faulty School", NumberOfPupils="many"),
]


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def network():
    return make.network()


@pytest.fixture
def officer(network):
    return make.officer(network)


@pytest.fixture
def client(officer):
    client = Client()
    client.force_login(officer)
    return client


def address(name: str, network, **parts: object) -> str:
    return reverse(name, kwargs={"kind": "network", "slug": network.slug, **parts})


def send(client: Client, network, content: bytes, name: str = "register.csv"):
    return client.post(address("register_upload", network), {"file": SimpleUploadedFile(name, content)})


def bring(network, content: bytes, by: int = 1) -> StagedRegister:
    """A file that was read."""
    staged = staging.bring_register(network, "register.csv", [content], by=by)
    staging.read_staged(staged.pk)
    staged.refresh_from_db()
    return staged


def first_import(content: bytes | None = None) -> None:
    path = Path(staging._folder()).parent / "first.csv"
    path.write_bytes(content or gias(OLD))
    registers.import_register(path)


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values_list()) for model in (School, SchoolPast, RegisterImport)]


def left_behind() -> list[str]:
    return [path.name for path in staging._folder().iterdir()]


# The way of one file


def test_a_file_is_brought_in_read_previewed_and_applied(client, network, officer, data):
    first_import()
    make.cluster(network, "Wharfe", list(School.objects.all()))
    reply = send(client, network, packed(gias(NEWER)), "newer.csv.gz")
    staged = StagedRegister.objects.get()
    page = address("register_import", network, pk=staged.pk)
    assert (reply.status_code, reply.url, staged.state) == (302, page, "reading")
    [path] = staging._folder().iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    waiting = client.get(page).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    before = everything()
    run_tasks()
    shown = client.get(page).content.decode()
    assert "1 new, 1 changed, 1 closed" in shown
    assert "name: Mill Lane School → <b>Mill Lane Academy</b>" in shown
    assert "Row 5" in shown
    assert "&quot;many&quot; is not a whole number from 0 to 99,999." in shown
    assert shown.count("In your network") == 2
    assert "every 2s" not in shown
    assert everything() == before
    assert client.post(address("register_apply", network, pk=staged.pk)).status_code == 302
    assert everything() == before  # a worker does it
    run_tasks()
    assert "The register is up to date" in client.get(page).content.decode()
    assert sorted(School.objects.values_list("name", "status")) == [
        ("Dale Academy", "open"),
        ("Hill School", "closed"),
        ("Mill Lane Academy", "open"),
    ]
    assert left_behind() == []
    register = client.get(address("register", network)).content.decode()
    assert "Hill School" in register
    assert '<th scope="row">United Kingdom</th><td class="r">3</td><td class="r">2</td>' in register
    entry = JournalEntry.objects.get(organisation=network.pk, deed="network.register_applied")
    assert (entry.by, entry.about) == (officer.pk, f"register:{staged.pk}")
    assert (entry.payload["new"], entry.payload["changed"], entry.payload["faults"]) == (1, 2, 1)


def test_long_lists_say_how_many_more_there_are(network):
    staged = bring(network, gias([gias_school(str(number)) for number in range(100_001, 101_285)]))
    assert (staged.preview["new"]["count"], len(staged.preview["new"]["lines"]), staged.preview["new"]["more"]) == (
        1284,
        50,
        1234,
    )


def test_the_page_says_how_many_more(client, network):
    staged = bring(network, gias([gias_school(str(number)) for number in range(100_001, 101_285)]))
    assert "and 1,234 more" in client.get(address("register_import", network, pk=staged.pk)).content.decode()


def test_a_file_is_dropped_and_wiped(client, network, officer):
    staged = bring(network, gias(OLD))
    assert client.post(address("register_drop", network, pk=staged.pk)).status_code == 302
    staged.refresh_from_db()
    assert (staged.state, staged.preview, staged.file, left_behind()) == ("dropped", {}, "", [])
    assert School.objects.count() == 0
    assert JournalEntry.objects.filter(deed="network.register_dropped", by=officer.pk).count() == 1
    assert client.post(address("register_drop", network, pk=staged.pk)).status_code == 409
    assert client.post(address("register_apply", network, pk=staged.pk)).status_code == 409


def test_another_network_finds_nothing_of_it(client, network):
    other = make.network("Other Trust")
    staged = bring(other, gias(OLD))
    for name, method in (("register_import", "get"), ("register_apply", "post"), ("register_drop", "post")):
        assert getattr(client, method)(address(name, network, pk=staged.pk)).status_code == 404
    assert client.get(address("register_import", network, pk=10**25)).status_code == 404


# Exactly what was previewed, or nothing


def test_an_import_applied_meanwhile_is_a_conflict(client, network):
    first_import()
    staged = bring(network, gias(NEWER))
    first_import(nz_directory([nz_school()]))
    before = everything()
    page = client.get(address("register_import", network, pk=staged.pk)).content.decode()
    assert "This preview is out of date" in page
    assert "Apply exactly this" not in page
    assert client.post(address("register_apply", network, pk=staged.pk)).status_code == 409
    staged.refresh_from_db()
    assert (staged.state, everything()) == ("ready", before)


@pytest.mark.parametrize("what", ["an import", "a school"])
def test_a_register_that_changes_before_the_worker_comes_refuses_the_file(network, officer, what):
    first_import()
    staged = bring(network, gias(NEWER))
    staging.apply_staged(staged, by=officer.pk)
    if what == "an import":
        first_import(nz_directory([nz_school()]))
    else:
        School.objects.filter(name="Mill Lane School").update(roll=1)
    before = everything()
    staging.apply_now(staged.pk, officer.pk)
    staged.refresh_from_db()
    assert (staged.state, everything(), left_behind()) == ("refused", before, [])
    assert staged.refusal.startswith("The register was changed by another import since this preview.")
    assert not JournalEntry.objects.filter(deed="network.register_applied").exists()


def test_applying_twice_is_applying_once(network, officer):
    staged = bring(network, gias(OLD))
    staging.apply_staged(staged, by=officer.pk)
    with pytest.raises(Conflict):
        staging.apply_staged(staged, by=officer.pk)
    staging.apply_now(staged.pk, officer.pk)
    before = everything()
    staging.apply_now(staged.pk, officer.pk)
    staging.read_staged(staged.pk)
    assert everything() == before
    assert RegisterImport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_import_at_once_apply_one_file_and_refuse_the_other(network, officer):
    first_import()
    one = bring(network, gias([gias_school("900001", Name="By One"), OLD[1]]))
    two = bring(network, gias([gias_school("900001", Name="By Two"), OLD[1], gias_school("900003")]))
    for staged in (one, two):
        staging.apply_staged(staged, by=officer.pk)
    together(2, lambda number: staging.apply_now((one, two)[number].pk, officer.pk))
    states = list(StagedRegister.objects.order_by("pk").values_list("state", flat=True))
    assert sorted(states) == ["applied", "refused"]
    won = "By One" if states[0] == "applied" else "By Two"
    assert School.objects.get(numbers__number="900001").name == won
    assert School.objects.count() == (2 if won == "By One" else 3)
    assert (RegisterImport.objects.count(), left_behind()) == (2, [])


@pytest.mark.django_db(transaction=True)
def test_the_same_file_applied_by_two_workers_is_applied_once(network, officer):
    staged = bring(network, gias(OLD))
    staging.apply_staged(staged, by=officer.pk)
    together(2, lambda _: staging.apply_now(staged.pk, officer.pk))
    assert (School.objects.count(), RegisterImport.objects.count()) == (2, 1)
    assert JournalEntry.objects.filter(deed="network.register_applied").count() == 1


@pytest.mark.parametrize("step", ["_create", "_change", "_gather", "_link", "_remember", "record"])
@pytest.mark.django_db(transaction=True)
def test_half_an_import_is_impossible(network, officer, monkeypatch, step):
    first_import()
    staged = bring(network, gias(NEWER))
    staging.apply_staged(staged, by=officer.pk)
    before = everything()
    real = getattr(registers, step)

    def fail(*args: object) -> None:
        real(*args)
        raise RuntimeError("the power went")

    monkeypatch.setattr(registers, step, fail)
    with pytest.raises(RuntimeError):
        staging.apply_now(staged.pk, officer.pk)
    assert everything() == before
    assert StagedRegister.objects.get().state == "applying"
    monkeypatch.undo()
    staging.apply_now(staged.pk, officer.pk)  # the worker comes again
    assert StagedRegister.objects.get().state == "applied"
    assert School.objects.count() == 3


# What is no register


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Name,E-mail,Role\nx,y,z\n", "This is not a register that is known"),
        (b"PK\x03\x04 xl/workbook", "This is an Excel workbook"),
        (b"PK\x03\x04 something", "This is a zip archive"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"<!doctype html>", "This is a web page"),
        (b"\0\1\2\3", "There are bytes that are no text"),
        (b'{"a": 1}', "This is JSON, but no table"),
        (glued(gias([*OLD, gias_school("900005")], 2018), gias(NEWER)), "This file mixes two layouts"),
        (glued(nz_directory([nz_school()]), gias(OLD), with_header=True), "This file mixes two layouts"),
        (packed(packed(gias(OLD))), "This file is packed twice"),
        (packed(b"URN," * 30_000_000), "This file unpacks to more than 100 times its size"),
        (packed(gias(OLD))[:-40], "This packed file is damaged or was cut off"),
    ],
    ids=range(12),
)
def test_a_file_that_cannot_be_read_is_refused_with_its_sentence(client, network, content, said):
    reply = send(client, network, content)
    run_tasks()
    page = client.get(reply.url).content.decode()
    assert "Nothing of this file was applied" in page
    assert said in page
    assert (School.objects.count(), left_behind()) == (0, [])


def test_files_of_other_kinds_are_told_apart_by_their_columns(network):
    kinds = {
        "links": gias_links(("900001", "900002", "Successor")),
        "history": nz_history(("7", "Hill", "Full Primary", "2000", "2017")),
        "master": nsw_master({"School_code": "1001"}),
        "register": gias(OLD),
    }
    assert {name: bring(network, content).preview["layout"] for name, content in kinds.items()} == {
        "links": "Get Information about Schools, links between schools",
        "history": "New Zealand history of schools",
        "master": "New South Wales master data set of government schools",
        "register": "Get Information about Schools, full download",
    }


def test_the_limit_of_rows_is_named(network, monkeypatch):
    monkeypatch.setattr(staging, "read_register", lambda path, told: registers.read_register(path, max_rows=1))
    staged = bring(network, gias(OLD))
    assert staged.refusal == "This file has more than 1 rows, the limit for a table; split it or ask for an extract."


def test_a_million_rows_and_one_are_refused(network):
    rows = b"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n" + b"1,2,,Successor,\n" * 1_000_001
    staged = bring(network, rows)
    assert (staged.state, staged.refusal) == (
        "refused",
        "This file has more than 1,000,000 rows, the limit for a table; split it or ask for an extract.",
    )


# Bringing a file in


def test_without_a_file_the_page_says_so(client, network):
    reply = client.post(address("register_upload", network), {})
    assert reply.status_code == 400
    assert "Choose the file first." in reply.content.decode()


def test_an_empty_file_is_refused_at_once(client, network):
    reply = send(client, network, b"")
    assert reply.status_code == 400
    assert "This file is empty." in reply.content.decode()


def test_a_file_beyond_the_limit_is_refused_with_the_limit(client, network, monkeypatch):
    assert uploads.KINDS["register"] == (200_000_000, "a register")
    monkeypatch.setitem(uploads.KINDS, "register", (1_000_000, "a register"))
    reply = send(client, network, b"x" * 1_000_001)
    assert reply.status_code == 413
    assert "This file is larger than 1 MB, the limit for a register." in reply.content.decode()
    assert (StagedRegister.objects.count(), left_behind()) == (0, [])


def test_pieces_beyond_the_limit_leave_nothing_behind(network, monkeypatch):
    monkeypatch.setattr(staging, "MAX_BYTES", 10)
    with pytest.raises(Refused, match="larger than 200 MB"):
        staging.bring_register(network, "x", iter([b"12345678", b"9012"]), by=1)
    assert left_behind() == []


def test_a_file_larger_than_other_uploads_arrives(client, network):
    """Forms elsewhere end at 5 MB; a register may be larger."""
    content = gias(OLD) + b"\r\n" * 3_000_000
    assert send(client, network, content).status_code == 302
    assert StagedRegister.objects.get().size == len(content)


def test_a_form_from_elsewhere_is_refused_before_anything_is_kept(network, officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    assert send(client, network, gias(OLD)).status_code == 403
    assert (StagedRegister.objects.count(), left_behind()) == (0, [])


# Waiting and forgetting


def test_progress_is_written_down_while_a_file_is_read(network, monkeypatch):
    seen: list[int] = []
    monkeypatch.setattr(
        staging, "plan_for", lambda file: seen.append(StagedRegister.objects.get().percent) or plan(file)
    )
    plan = registers.plan_for
    bring(network, gias([gias_school(str(number)) for number in range(100_001, 104_002)]))
    assert seen == [79]
    assert StagedRegister.objects.get().percent == 100


def test_files_are_forgotten_after_seven_days(network, data):
    old, new = bring(network, gias(OLD)), bring(network, gias(NEWER))
    StagedRegister.objects.filter(pk=old.pk).update(brought_at=timezone.now() - datetime.timedelta(days=7, minutes=1))
    StagedRegister.objects.filter(pk=new.pk).update(brought_at=timezone.now() - datetime.timedelta(days=6, hours=23))
    assert staging.forget_old() == 1
    assert left_behind() == [new.file]
    assert list(StagedRegister.objects.order_by("pk").values_list("state", "file")) == [
        ("dropped", ""),
        ("ready", new.file),
    ]


def test_a_file_that_is_gone_is_refused_with_a_sentence(network, officer):
    staged = bring(network, gias(OLD))
    staging.apply_staged(staged, by=officer.pk)
    (staging._folder() / staged.file).unlink()
    staging.apply_now(staged.pk, officer.pk)
    staged.refresh_from_db()
    assert (staged.state, staged.refusal) == ("refused", "The file is not there any more. Bring it in again.")


def test_a_preview_costs_the_same_queries_for_few_schools_and_for_many(network, django_assert_max_num_queries):
    first_import(gias([gias_school(str(number)) for number in range(100_001, 100_401)]))
    file = gias([gias_school(str(number), Name="Other") for number in range(100_001, 100_801)])
    staged = staging.bring_register(network, "x", [file], by=1)
    with django_assert_max_num_queries(24 if connection.vendor == "sqlite" else 26):
        staging.read_staged(staged.pk)
