"""Backup and restore: the same rows come back, on either database; a damaged or foreign archive changes nothing."""

import base64
import io
import json
import random
import signal
import stat
import subprocess
import sys
import time
import zipfile

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from alongside.kit import backup
from alongside.kit.backup import archive as archives
from alongside.kit.backup import loading, tables
from alongside.kit.errors import Refused
from alongside.network.models import Organisation, School
from alongside.surveys import restoring, tickets
from alongside.surveys.models import Answer, Ticket, Wave
from tests import make
from tests.installation import Installation, installation
from tests.surveys.killed import Killed, killed_at
from tests.surveys.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = {"surveys.wave": restoring.make_room, "surveys.room": restoring.make_halls}


def quiet(_):
    """Nobody reads the progress of small archives."""


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.KEYS, settings.DATA = tmp_path / "keys", tmp_path / "data"
    settings.DATA.mkdir()


@pytest.fixture
def world():
    """Two schools with a pulse that closed and one that is open; kept files."""
    network = make.network("Riverway “Ünïcödé” 🙂 Trust")
    schools = [make.school("Ashmead"), make.school("Birch")]
    make.cluster(network, "Avon", schools)
    for school in schools:
        make.staff(school, 8)
        make.leader(school, f"head@{school.slug}.example")
    for pulse in ("lead", "well"):
        wave = make.open_wave(network, pulse)
        for school in schools:
            make.answer(wave, school, 6, comment="A blunt word\nand a second line")
        if pulse == "lead":
            make.close(wave)
    (settings.DATA / "files" / "papers").mkdir(parents=True)
    (settings.DATA / "files" / "papers" / "one.txt").write_bytes(b"\x00kept")
    return wave


@pytest.fixture
def written(world, tmp_path):
    return backup.write(tmp_path / "alongside.zip", quiet)


def load(path):
    backup.load(backup.opened(path, quiet), quiet, AFTER)


def spoil():
    """Everything else than what the archive holds."""
    Organisation.objects.update(name="Somebody else's")
    School.objects.create(name="New", country="gb", phase="primary")
    Answer.objects.all().delete()
    (settings.DATA / "files" / "papers" / "two.txt").write_text("newer")


# --- there and back ------------------------------------------------------------------------------------------------------------


def test_what_was_written_comes_back(written):
    before = backup.checksums()
    spoil()
    assert backup.checksums() != before
    load(written.path)
    assert backup.checksums() == before
    assert [path.name for path in (settings.DATA / "files").rglob("*.txt")] == ["one.txt"]
    assert (settings.DATA / "files" / "papers" / "one.txt").read_bytes() == b"\x00kept"
    assert {name: m.sha256 for name, m in written.members.items() if name.startswith("tables/")} == {
        f"tables/{table}.ndjson": sha for table, sha in before.items()
    }


def test_the_next_row_gets_a_number_of_its_own(written):
    load(written.path)
    assert School.objects.create(name="New", country="gb", phase="primary").pk > max(
        School.objects.exclude(name="New").values_list("pk", flat=True)
    )
    make.staff(make.school("Another"), 1)


def test_what_was_open_goes_on(written, world):
    """Links that were sent still open their form and take one answer; the wave closes and is sealed."""
    left = make.tokens(world)
    spoil()
    load(written.path)
    make.answer(world, School.objects.get(name="Ashmead"), 2, skip=6)
    assert Answer.objects.filter(wave=world.pk).count() == 14
    assert len(left) == 16
    make.close(world)
    assert world.state == "sealed"


def test_nobody_stays_signed_in(written, client):
    client.force_login(make.person("someone@riverway.example"))
    load(written.path)
    assert not Session.objects.exists()


def test_every_table_is_in_it_and_comes_after_what_it_points_to():
    ordered = tables.tables()
    for number, model in enumerate(ordered):
        for field in model._meta.concrete_fields:
            if isinstance(field.related_model, type) and field.related_model is not model:
                assert field.related_model in ordered[:number], f"{model} before {field.related_model}"
    with connection.cursor() as cursor:
        there = {name for name in connection.introspection.table_names(cursor) if "_w" not in name}
    known = {model._meta.db_table for model in ordered}
    left_out = {name for name in there - known if name.split("_")[0] not in ("auth", "django")}
    assert left_out == set()
    assert {name for name in there - known if name.startswith("django_ox")} == set()


# --- what may not be in it -----------------------------------------------------------------------------------------------------


def test_no_key_and_nothing_that_makes_a_link_is_in_it(written, world):
    with zipfile.ZipFile(written.path) as found:
        kept = b"".join(found.read(name) for name in found.namelist())
        names = found.namelist()
    for secret in (*make.tokens(world), tickets.read_key(world.pk).decode(), settings.SECRET_KEY):
        assert secret.encode() not in kept
    assert {name.split("/")[0] for name in names} == {"tables", "files", "manifest.json"}


def test_the_intake_lies_in_the_order_of_its_keys(written):
    """The order of arrival, and of the roster, is nowhere."""
    for table, keys in (("surveys_ticket", Ticket), ("surveys_answer", Answer)):
        lines = [json.loads(line) for line in written.lines(f"tables/{table}.ndjson")]
        column = lines[0].index("digest" if keys is Ticket else "key")
        found = [base64.b64decode(line[column]) for line in lines[1:]]
        assert found == sorted(found)
        assert len(found) == keys.objects.count() > 10


def test_only_its_owner_reads_it_and_nothing_is_overwritten(written):
    assert stat.S_IMODE(written.path.stat().st_mode) == 0o600
    before = written.path.read_bytes()
    with pytest.raises(Refused, match="is there already"):
        backup.write(written.path, quiet)
    assert written.path.read_bytes() == before


# --- one moment ----------------------------------------------------------------------------------------------------------------


def test_it_is_of_one_moment_while_others_write(world, tmp_path):
    """Each school that comes has its number in the same transaction: an archive with one and not the other is of two moments."""

    def work(number):
        if number == 0:
            return [backup.write(tmp_path / f"{turn}.zip", quiet) for turn in range(3)]
        for turn in range(40):
            with transaction.atomic():
                make.school(f"School {number} {turn}")
        return []

    for made in together(3, work)[0]:
        schools, numbers = (
            made.members[f"tables/network_{table}.ndjson"].rows for table in ("school", "registernumber")
        )
        assert schools == numbers


def test_writers_do_not_wait_for_it(world):
    with archives.snapshot():
        before = backup.checksums()["network_school"]
        together(1, lambda _: make.school("Meanwhile"))
        assert backup.checksums()["network_school"] == before
    assert backup.checksums()["network_school"] != before


# --- refused -------------------------------------------------------------------------------------------------------------------


def changed(path, tmp_path, **members):
    """A copy of the archive with other bytes in some members (None: left out)."""
    target = tmp_path / "changed.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = members.pop(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in members.items():
            new.writestr(name, data)
    return target


def manifest(path, **values):
    told = json.loads(zipfile.ZipFile(path).read("manifest.json"))
    return json.dumps(told | values).encode()


def refuse(path, match):
    before = backup.checksums()
    with pytest.raises(Refused, match=match):
        load(path)
    assert backup.checksums() == before


def test_a_damaged_member_is_named(written, tmp_path):
    member = "tables/people_person.ndjson"
    data = zipfile.ZipFile(written.path).read(member)
    for other in (data[:-1], data + b"[]\n", data.replace(b"Owen", b"Oven"), b"", b"\0" * len(data)):
        refuse(changed(written.path, tmp_path, **{member: other}), f"member {member} is not what was written")
    refuse(changed(written.path, tmp_path, **{member: None}), f"member {member} is missing")
    refuse(changed(written.path, tmp_path, **{"tables/other.ndjson": b"[]"}), r"tables/other.ndjson does not belong")
    refuse(changed(written.path, tmp_path, **{member: b"0" * 300_000_000}), f"member {member} is not what was")


def test_an_archive_in_which_any_bytes_were_changed_is_refused(written, tmp_path):
    whole, dice = written.path.read_bytes(), random.Random(1122)
    before = backup.checksums()
    for _ in range(40):
        place, other = dice.randrange(len(whole)), tmp_path / "bits.zip"
        other.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        try:
            found = backup.opened(other, quiet)
        except Refused:
            continue
        # Some bytes of a zip say nothing, such as the hour of a member.
        assert {name: m.sha256 for name, m in found.members.items()} == {
            name: m.sha256 for name, m in written.members.items()
        }
    assert backup.checksums() == before


@pytest.mark.parametrize("part", [0, 0.3, 0.99])
def test_a_part_of_an_archive_is_refused(written, tmp_path, part):
    whole, cut = written.path.read_bytes(), tmp_path / "cut.zip"
    cut.write_bytes(whole[: int(len(whole) * part)])
    refuse(cut, "is no backup of Alongside, or only a part of one")


def test_other_zips_are_refused(written, tmp_path):
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("xl/workbook.xml", "<x/>")
    refuse(other, r"no backup of Alongside: its manifest\.json is missing")
    for text in (b"", b"[]", b"{}", b"\xff", b"{"):
        refuse(changed(written.path, tmp_path, **{"manifest.json": text}), r"manifest\.json is missing or damaged")
    for members in (7, [[1]], [["a", "b", "c", None]]):
        odd = manifest(written.path, members=members)
        refuse(changed(written.path, tmp_path, **{"manifest.json": odd}), "manifest.json cannot be read")


def test_another_version_is_refused_and_named(written, tmp_path):
    told = json.loads(zipfile.ZipFile(written.path).read("manifest.json"))
    newer = manifest(written.path, migrations=[*told["migrations"], ["kit", "9999_later"]], version="7.0")
    refuse(changed(written.path, tmp_path, **{"manifest.json": newer}), r"made by a newer Alongside \(7\.0\)")
    newer = manifest(written.path, format=2)
    refuse(changed(written.path, tmp_path, **{"manifest.json": newer}), "made by a newer Alongside")
    older = manifest(written.path, migrations=told["migrations"][1:])
    refuse(changed(written.path, tmp_path, **{"manifest.json": older}), "made by an older Alongside")


def test_a_file_that_would_leave_the_folder_is_refused(written, tmp_path):
    told = json.loads(zipfile.ZipFile(written.path).read("manifest.json"))
    _, digest, size, rows = next(member for member in told["members"] if member[0].startswith("files/"))
    members = [*told["members"], ["files/../../evil", digest, size, rows]]
    evil = {"manifest.json": manifest(written.path, members=members), "files/../../evil": b"\x00kept"}
    refuse(changed(written.path, tmp_path, **evil), "would leave the data folder")
    assert not (settings.DATA.parent / "evil").exists()


def test_what_is_not_empty_is_not_overwritten_unasked(written):
    with pytest.raises(Refused, match=r"not empty.*--replace"):
        backup.require_empty()


def test_rows_that_do_not_come_back_as_they_were_are_refused(written, monkeypatch):
    """The read-back before the end of the transaction: here the loading itself is at fault."""
    real = loading._values
    monkeypatch.setattr(loading, "_values", lambda model, row: real(model, row.replace(b"Ashmead", b"Ashmeat")))
    refuse(written.path, "did not come back as it was written")


# --- in the middle -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.8, 0.95])
def test_a_restore_that_ends_in_the_middle_changes_nothing(written, share):
    spoil()
    found = backup.opened(written.path, quiet)
    statements = _statements(lambda: backup.load(found, quiet, AFTER))
    spoiled = backup.checksums()
    with killed_at(max(1, int(statements * share))), pytest.raises(Killed):
        backup.load(found, quiet, AFTER)
    connection.close()
    assert backup.checksums() == spoiled
    assert (settings.DATA / "files" / "papers" / "two.txt").exists()
    assert not (settings.DATA / "files.restoring").exists()


def _statements(work):
    """How many statements the work takes, as `killed_at` counts them; what it did is spoilt again."""
    seen = 0

    def count(execute, sql, *args):
        nonlocal seen
        seen += "SAVEPOINT" not in sql
        return execute(sql, *args)

    with connection.execute_wrapper(count):
        work()
    spoil()
    return seen


def test_a_backup_that_ends_in_the_middle_leaves_nothing(world, tmp_path):
    with killed_at(25), pytest.raises(Killed):
        backup.write(tmp_path / "half.zip", quiet)
    connection.close()
    assert list(tmp_path.glob("half*")) == []
    assert Wave.objects.exists()


# --- the commands --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo():
    """The demo world, and an archive of it."""
    with installation() as made:
        made.run("demo")
        archive = made.folder.parent / "demo.zip"
        said = made.run("backup", str(archive))
        yield made, archive, said


def sums(path):
    found = json.loads(zipfile.ZipFile(path).read("manifest.json"))
    return {name: sha for name, sha, _, _ in found["members"]}


def on_sqlite(made: Installation) -> Installation:
    environment = {name: value for name, value in made.environment.items() if name != "ALONGSIDE_DATABASE_URL"}
    return Installation(made.folder, environment)


@pytest.mark.xdist_group("archive")
def test_the_demo_world_goes_to_the_other_database_and_comes_back(demo):
    """From this run's database to SQLite and back: every sum of every table is the same, but for letters that wait."""
    first, archive, said = demo
    assert f"members to {archive}" in said
    with installation() as second, installation() as third:
        second = on_sqlite(second)
        for number, made in enumerate((second, third)):
            made.folder.mkdir()
            (made.folder / ".alongside").touch()
            (made.folder / "keys").mkdir()
            key = made.folder / "keys" / "journal.key"
            key.write_bytes((first.folder / "keys" / "journal.key").read_bytes())
            key.chmod(0o600)
            before = archive
            archive = made.folder.parent / f"{number}.zip"
            said = made.run("restore", str(before))
            assert "Restored 1" in said
            assert "its key is not here" in said
            assert "seals were made anew" not in said
            made.run("manage", "verify_journal")
            made.run("backup", str(archive))
            # A school of the demo is paused: its letters wait, and without the wave's key they are given up, once.
            given_up = {f"tables/surveys_{table}.ndjson" for table in ("wave", "rosterentry")} if not number else set()
            then, now = sums(before), sums(archive)
            assert {name for name in then if now[name] != then[name]} == given_up
            assert now.keys() == then.keys()
            assert "This installation is not empty" in made.run("restore", str(archive), code=2)


@pytest.mark.xdist_group("archive")
def test_kill_9_leaves_what_was_there_or_what_was_restored(demo):
    first, archive, _ = demo
    with installation(like=first) as made:
        name = ("manage", "shell", "-c")
        rename = "from alongside.network.models import Organisation as O; O.objects.filter(pk=1).update(name='Before')"
        began = time.monotonic()
        made.run(*name, rename)
        start = time.monotonic() - began
        left = set()
        for turn, share in enumerate((0.6, 1.0, 1.4)):
            process = subprocess.Popen(
                [sys.executable, "-m", "alongside.cli", "restore", str(archive), "--replace"],
                env=made.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(start * share)
            process.send_signal(signal.SIGKILL)
            process.wait()
            made.run("backup", str(archive.parent / f"killed-{turn}.zip"))
            found = sums(archive.parent / f"killed-{turn}.zip")
            same = {table for table, sha in sums(archive).items() if found[table] == sha}
            left.add("tables/network_organisation.ndjson" in same)
            rows = json.loads(zipfile.ZipFile(archive.parent / f"killed-{turn}.zip").read("manifest.json"))["members"]
            assert {row[0]: row[3] for row in rows}.keys() == sums(archive).keys()
        assert False in left, "nothing was killed in the middle"


@pytest.mark.xdist_group("archive")
def test_what_the_commands_refuse(demo, tmp_path):
    made, archive, _ = demo
    assert "is there already" in made.run("backup", str(archive), code=2)
    assert "cannot be read" in made.run("restore", str(tmp_path / "nowhere.zip"), code=2)
    assert "cannot be written" in made.run("backup", str(tmp_path / "no" / "folder.zip"), code=2)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(io.BytesIO(archive.read_bytes()).read(1000))
    assert "is no backup of Alongside" in made.run("restore", str(bad), "--replace", code=2)
