"""What the subcommands of `alongside` do with the database. Loaded by `alongside.cli`, once Django is set up."""

import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, execute_from_command_line
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from alongside.bench import command as benches
from alongside.calendar import actions as calendar_actions
from alongside.demo import story, world
from alongside.kit import backup as backups
from alongside.kit import countries, database, journal
from alongside.kit import doctor as doctors
from alongside.kit.errors import Refused
from alongside.network import actions as network_actions
from alongside.network.models import Organisation
from alongside.people import actions as people_actions
from alongside.surveys import health, restoring, seal

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def run(name: str, options: Namespace) -> int:
    """Do what a subcommand asks; its exit code. What can be expected to go wrong becomes a Refused with a sentence."""
    try:
        return COMMANDS[name](options)
    except (OperationalError, psycopg.OperationalError) as error:
        said = str(error).strip().partition("\n")[0]
        if said.startswith("no such "):  # SQLite says so of a missing column, which is a fault of ours
            raise
        raise Refused(
            f"The database cannot be used: {said}. See ALONGSIDE_DATABASE_URL in docs/settings.md."
        ) from error
    except (CommandError, ImproperlyConfigured) as error:
        raise Refused(str(error)) from error


def init(options: Namespace) -> int:
    """The first network of an installation and its officer."""
    _prepare()
    network, path = people_actions.found_network(
        options.network, options.country, options.officer_name, options.officer_email
    )
    print(f"{options.officer_name} sets a password here, once, within three days:\n  {settings.PUBLIC_URL}{path}")
    print(f"Founded the network {network.name} with {options.officer_name} as its officer, in {settings.DATA}.")
    return 0


def found_network(options: Namespace) -> int:
    """Another network beside those that are there, and its officer."""
    _require_migrated()
    network, path = people_actions.found_network(
        options.network, options.country, options.officer_name, options.officer_email, another=True
    )
    print(f"{options.officer_name} sets a password here, once, within three days:\n  {settings.PUBLIC_URL}{path}")
    print(
        f"Founded the network {network.name} with {options.officer_name} as its officer, beside those of {settings.DATA}."
    )
    return 0


def demo(_: Namespace) -> int:
    """The demo world."""
    began = time.monotonic()
    _prepare()
    _refuse_real_networks()
    said = world.build()
    print(f"{said} In {settings.DATA}, after {time.monotonic() - began:.1f} s.")
    return 0


def ready(options: Namespace) -> int:
    """Refuse to serve what could lose or leak an answer; silent when all is well."""
    if settings.DEMO and options.host not in LOOPBACK:
        raise Refused("The demo lets anybody in as anybody: it answers on 127.0.0.1 only, so leave --host out.")
    if options.host not in LOOPBACK and not settings.SECURE:
        raise Refused(
            f"Answers may not travel in the open: to serve on {options.host}, set ALONGSIDE_URL to an address "
            "that begins with https:// and let a proxy hold its certificate."
        )
    _require_migrated()
    if settings.DEMO:
        _refuse_real_networks()
    database.require_durable()
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        raise Refused("The static files are missing: run `alongside manage collectstatic --noinput` first.")
    return 0


def manage(options: Namespace) -> int:
    """Django's own commands."""
    execute_from_command_line(["alongside manage", *options.rest])
    # On stderr: what such a command prints is often data for another program.
    print(f"Done: manage {' '.join(options.rest) or 'help'}.", file=sys.stderr)
    return 0


def import_register(options: Namespace) -> int:
    """The reference register from files, one after the other; each is applied whole before the next is opened."""
    _require_migrated()
    for file in [_readable(each) for each in options.files]:
        done = network_actions.import_register(file, preview=options.preview)
        for line in done.lines:
            print(line)
        print(done.summary)
    return 0


def import_people(options: Namespace) -> int:
    """A school's staff from a file."""
    _require_migrated()
    school, found = people_actions.import_people(
        _readable(options.file),
        options.school,
        preview_only=options.preview,
        agreed_by=options.agreed_by,
        called=options.called,
    )
    for note in found.notes:
        print(note)
    for fault in found.faults:
        print(f"row {fault.row}, {fault.column}: {fault.text}")
    print(f"{'Preview, nothing changed' if options.preview else 'Applied'}: {school}: {found.summary}")
    return 0


def import_calendar(options: Namespace) -> int:
    """What is usual in a country, from a calendar file."""
    _require_migrated()
    country = options.country.lower()
    zone = network_actions.ZONES.get(country, "UTC")
    made = calendar_actions.bring_country(_readable(options.file).read_bytes(), options.file.name, country, zone)
    print(
        f"{countries.name(country)}: {made} new for every school and network. Bringing the file again changes nothing."
    )
    return 0


def doctor(_: Namespace) -> int:
    """What is well and what is not; exit code 1 when something is not."""
    _reach()
    findings = doctors.run()
    if all(finding.ok for finding in findings if finding.name == "Migrations"):
        findings += health.findings()
    for finding in findings:
        print(f"{'ok   ' if finding.ok else 'FAULT'}  {finding.name}: {finding.text}")
    faults = sum(not finding.ok for finding in findings)
    print(
        f"{len(findings)} things looked at, {faults} need you."
        if faults
        else f"{len(findings)} things looked at, all well."
    )
    return 1 if faults else 0


def bench(options: Namespace) -> int:
    """The figures."""
    return benches.main(options.rest) or 0


def backup(options: Namespace) -> int:
    """Everything as of one moment into one file."""
    _require_migrated()
    began = time.monotonic()
    made = backups.write(options.file.expanduser().absolute(), _progress)
    took, size = time.monotonic() - began, made.path.stat().st_size / 1_000_000
    print(f"Wrote {made.rows:,} rows in {len(made.members)} members to {made.path}: {size:,.1f} MB, {took:.1f} s.")
    print("The keys of open pulses and the secret key are not in it. Keep the file as you keep the database.")
    return 0


def restore(options: Namespace) -> int:
    """What a backup holds in the place of what is here."""
    began = time.monotonic()
    archive = backups.opened(_readable(options.file).absolute(), _progress)
    _prepare()
    if not options.replace:
        backups.require_empty()
    backups.load(archive, _progress, {"surveys.wave": restoring.make_room, "surveys.room": restoring.make_halls})
    said = restoring.settle()
    if strange := journal.unsealed():
        journal.seal_anew()
        said.append(
            f"The journals were sealed with a key that is not here: {strange} seals were made anew. Whether a journal had "
            "been cut before this backup can no longer be told."
        )
    seal.truncate_log()
    print(
        "\n".join(
            [
                *said,
                f"Restored {archive.rows:,} rows of {archive.made_at[:16].replace('T', ' ')} UTC from {archive.path},"
                f" after {time.monotonic() - began:.1f} s. Everybody signs in again; start the web and the worker anew.",
            ]
        )
    )
    return 0


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _prepare() -> None:
    """Tables and static files as this version wants them; safe to run again."""
    _reach()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _refuse_real_networks() -> None:
    """The demo signs anybody in as anybody: it must never open the data of real people."""
    networks = Organisation.objects.filter(kind=Organisation.Kind.NETWORK).order_by("pk")
    if networks and not networks.filter(name=story.NETWORK):
        raise Refused(
            f"This is the installation of {networks[0].name}, and the demo lets anybody in: give the demo a data folder "
            "of its own with --data."
        )


def _reach() -> None:
    """Find out at once whether PostgreSQL is there: the pool would try for twenty seconds, and log each try."""
    if connection.vendor == "postgresql":
        psycopg.connect(**connection.get_connection_params() | {"connect_timeout": 5}).close()


def _require_migrated() -> None:
    _reach()
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing and not executor.loader.applied_migrations:
        raise Refused(f"There is no installation in {settings.DATA} yet: run `alongside init` first.")
    if missing:
        raise Refused(
            f"The database is {missing} migrations behind this version of Alongside: run `alongside manage migrate` first."
        )


def _readable(path: Path) -> Path:
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise Refused(f"The file {path} cannot be read ({(error.strerror or 'unknown').lower()}).") from error


COMMANDS: Final[dict[str, Callable[[Namespace], int]]] = {
    "init": init,
    "found-network": found_network,
    "demo": demo,
    "ready": ready,
    "manage": manage,
    "import-register": import_register,
    "import-people": import_people,
    "import-calendar": import_calendar,
    "doctor": doctor,
    "backup": backup,
    "restore": restore,
    "bench": bench,
}
