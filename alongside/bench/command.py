"""The arguments of `alongside bench`, handed to the benchmark that they name."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from alongside.bench import (
    answering,
    audit,
    backup,
    calendars,
    closing,
    dashboards,
    drills,
    intake,
    maps,
    morning,
    pages,
    partners,
    past,
    registers,
    rooms,
    science,
    staff,
    stage,
    votes,
)

DATABASES = ("sqlite", "postgres", "both")


def main(arguments: Sequence[str]) -> int:
    """Run one benchmark; 0 when all that must hold holds, 1 when an answer was lost or a page failed."""
    options = _parser().parse_args(list(arguments))
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="alongside bench",
        description="Measure the figures that Alongside promises, on a throw-away installation.",
        epilog="docs/benchmarks.md says what each measures and how to read it.",
    )
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    _intake(commands)
    _drills(commands)
    _pages(commands)
    _answering(commands)
    _registers(commands)
    _partners(commands)
    _past(commands)
    _staff(commands)
    _calendars(commands)
    _backup(commands)
    _science(commands)
    _closing(commands)
    _dashboards(commands)
    _morning(commands)
    _room(commands)
    _audit(commands)
    _votes(commands)
    _maps(commands)
    hidden = commands.add_parser("stage", description="What the benchmarks do inside their installation.")
    hidden.set_defaults(run=stage.run)
    return parser


type Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _intake(commands: Commands) -> None:
    command = _command(commands, "intake", "accepted answers a second, against the floor", "intake --database sqlite")
    command.set_defaults(run=intake.run)
    _databases(command, "both")
    command.add_argument("--clients", type=_counts, default=(8, 32), metavar="N,N", help="at the same time (8,32)")
    command.add_argument("--seconds", type=_count, default=10, help="of each run, after the warm-up (%(default)s)")
    command.add_argument("--warmup", type=_count, default=2, metavar="SECONDS", help="not measured (%(default)s)")
    command.add_argument("--runs", type=_count, default=5, help="of each, alternating (%(default)s)")
    command.add_argument(
        "--floor",
        type=Path,
        default=Path("../shared/bench"),
        metavar="DIR",
        help="where floor.py and formload.py are (%(default)s)",
    )
    command.add_argument("--workers", type=_count, help="web processes of each (1 on SQLite, 2 on PostgreSQL)")
    command.add_argument("--threads", type=_count, default=8, help="of each web process (%(default)s)")


def _room(commands: Commands) -> None:
    command = _command(
        commands, "room", "a hall answers on its phones: how long until the results", "room --phones 200"
    )
    command.set_defaults(run=rooms.run)
    _databases(command, "both")
    command.add_argument("--phones", type=_count, default=200, help="in the hall (%(default)s)")
    command.add_argument("--seconds", type=_count, default=120, help="in which all of them answer (%(default)s)")


def _drills(commands: Commands) -> None:
    command = _command(commands, "drills", "kill -9 under load: nothing is lost or doubled", "drills --kills 20")
    command.set_defaults(run=drills.run)
    _databases(command, "both")
    command.add_argument("--kills", type=_count, default=150, help="on each database (%(default)s)")
    command.add_argument(
        "--what", type=_killed, default=drills.WHAT, metavar="LIST", help=f"of {','.join(drills.WHAT)}"
    )
    command.add_argument("--clients", type=_count, default=6, help="that send at the same time (%(default)s)")
    command.add_argument("--seed", type=int, help="of the random moments; printed when left out")


def _pages(commands: Commands) -> None:
    command = _command(commands, "pages", "queries and time of every signed-in page of the demo world", "pages")
    command.set_defaults(run=pages.run)
    command.add_argument("--runs", type=_count, default=5, help="of each page that was slow at first (%(default)s)")
    command.add_argument("--here", action="store_true", help="on the demo world of --data, instead of a new one")


def _answering(commands: Commands) -> None:
    command = _command(commands, "answering", "weight of the answering page, SQL of an answer", "answering")
    command.set_defaults(run=answering.run)
    _databases(command, "sqlite")


def _science(commands: Commands) -> None:
    command = _command(commands, "science", "solvers and statistics at the sizes that we promise", "science --runs 200")
    command.set_defaults(run=science.run)
    command.add_argument("--seed", type=int, default=5, help="of all that is made up (%(default)s)")
    command.add_argument("--runs", type=_count, default=1000, help="staffs drawn for each rate of alarms (%(default)s)")
    command.add_argument("--schools", type=_count, default=1000, help="in the largest peer review (%(default)s)")
    command.add_argument("--networks", type=_count, default=2000, help="audited for what gives away (%(default)s)")
    command.add_argument("--times", type=_count, default=5, help="that each method is timed (%(default)s)")
    command.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="instead: compare known data and their answers, REFERENCE.json, with ours",
    )


def _backup(commands: Commands) -> None:
    command = _command(commands, "backup", "backup and restore: time, memory, the same sums", "backup --gigabyte")
    command.set_defaults(run=backup.run)
    _databases(command, "both")
    command.add_argument(
        "--gigabyte", action="store_true", help="of a made database of 1 GB, not of the demo world alone"
    )
    command.add_argument(
        "--schools", type=_count, default=0, help="of a network of so many schools, in place of the demo world"
    )


def _calendars(commands: Commands) -> None:
    command = _command(
        commands, "calendars", "every calendar file of a folder, read or refused", "calendars --files ~/calendars"
    )
    command.set_defaults(run=calendars.run)
    command.add_argument(
        "--files", type=Path, required=True, metavar="DIR", help="where .ics, .json and .csv files lie"
    )
    command.add_argument("--zone", default="Europe/London", help="where their reader is (%(default)s)")


def _staff(commands: Commands) -> None:
    command = _command(commands, "staff", "preview and applying of a staff list of 5,000", "staff --database both")
    command.set_defaults(run=staff.run)
    _databases(command, "sqlite")
    command.add_argument("--rows", type=_count, default=5000, help="people on the list (%(default)s)")
    command.add_argument("--runs", type=_count, default=5, help="each with a school of its own (%(default)s)")


def _partners(commands: Commands) -> None:
    command = _command(commands, "partners", "find partner schools among many, beside the bare SELECT", "partners")
    command.set_defaults(run=partners.run)
    _databases(command, "sqlite")
    command.add_argument("--schools", type=_count, default=25_000, help="in the register (%(default)s)")
    command.add_argument("--runs", type=_count, default=5, help="of each (%(default)s)")


def _past(commands: Commands) -> None:
    command = _command(commands, "past", "every file of a folder as earlier results", "past --data ~/surveys")
    command.set_defaults(run=past.run)
    command.add_argument("--data", type=Path, required=True, metavar="DIR", help="where the files lie")


def _command(commands: Commands, name: str, purpose: str, example: str) -> argparse.ArgumentParser:
    description = f"{purpose[0].upper()}{purpose[1:]}."
    return commands.add_parser(
        name, help=purpose, description=description, epilog=f"Example: alongside bench {example}"
    )


def _databases(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument("--database", choices=DATABASES, default=default, help="which (%(default)s)")
    command.add_argument(
        "--postgres",
        default="",
        metavar="URL",
        help="a server with a role that may create roles and databases; otherwise one of our own is started",
    )
    command.add_argument("--folder", type=Path, help="where the throw-away installation goes (the system's own place)")


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 is needed, and not {text!r}")
    return int(text)


def _counts(text: str) -> tuple[int, ...]:
    return tuple(_count(part) for part in text.split(","))


def _killed(text: str) -> tuple[str, ...]:
    wanted = tuple(text.split(","))
    if unknown := set(wanted) - set(drills.WHAT):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))} is none of {', '.join(drills.WHAT)}")
    return wanted


def _registers(commands: Commands) -> None:
    command = _command(commands, "registers", "time and memory of register files", "registers --files DIR")
    command.set_defaults(run=registers.run)
    _databases(command, "both")
    command.add_argument("--files", type=Path, metavar="DIR", help="folder with real files to bring in as well")
    command.add_argument("--rows", type=_count, default=registers.ROWS, help="of the made-up file (%(default)s)")
    command.add_argument("--runs", type=_count, default=5, help="of the made-up file (%(default)s)")


def _closing(commands: Commands) -> None:
    command = _command(
        commands, "closing", "from closing time to results and to a verified seal", "closing --schools 50"
    )
    command.set_defaults(run=closing.run)
    _databases(command, "both")
    command.add_argument("--schools", type=_count, default=1000, help="in the network (%(default)s)")
    command.add_argument("--staff", type=_count, default=40, help="of each school; 7 of 10 answer (%(default)s)")
    command.add_argument("--earlier", type=_count, default=8, help="waves of the series before it (%(default)s)")
    command.add_argument("--runs", type=_count, default=5, help="closings in peace (%(default)s)")
    command.add_argument("--kills", type=int, default=6, help="of the worker in one more closing (%(default)s)")
    command.add_argument("--seed", type=int, help="of the random moments; printed when left out")


def _dashboards(commands: Commands) -> None:
    command = _command(commands, "dashboards", "pages with results at ten million answers", "dashboards --large 200000")
    command.set_defaults(run=dashboards.run)
    _databases(command, "sqlite")
    command.add_argument("--small", type=_count, default=10_000, help="answers of the one (%(default)s)")
    command.add_argument("--large", type=_count, default=10_000_000, help="answers of the other (%(default)s)")
    command.add_argument("--schools", type=_count, default=50, help="of each network (%(default)s)")
    command.add_argument("--waves", type=_count, default=10, help="of each network (%(default)s)")
    command.add_argument("--sealed", type=_count, default=200_000, help="sealed answers as rows beside (%(default)s)")
    command.add_argument("--times", type=_count, default=10, help="each page in each run (%(default)s)")
    command.add_argument("--runs", type=_count, default=5, help="in turn (%(default)s)")


def _morning(commands: Commands) -> None:
    command = _command(
        commands, "morning", "10,000 staff answer in ten minutes, dashboards open", "morning --people 500 --seconds 30"
    )
    command.set_defaults(run=morning.run)
    _databases(command, "both")
    command.add_argument("--people", type=_count, default=10_000, help="who answer (%(default)s)")
    command.add_argument("--seconds", type=_count, default=600, help="in which they come (%(default)s)")
    command.add_argument("--peak", type=_count, default=83, help="a second in one tenth of them (%(default)s)")
    command.add_argument("--dashboards", type=_count, default=8, help="open beside (%(default)s)")
    command.add_argument("--every", type=_count, default=5, metavar="SECONDS", help="a page of each (%(default)s)")
    command.add_argument("--clients", type=_count, default=96, help="requests at once at most (%(default)s)")
    command.add_argument("--threads", type=_count, default=8, help="of each web process (%(default)s)")
    command.add_argument("--runs", type=_count, default=1, help="mornings (%(default)s)")
    command.add_argument("--seed", type=int, default=83, help="of who comes when (%(default)s)")


def _audit(commands: Commands) -> None:
    command = _command(commands, "audit", "what can be worked out from all pages of all roles", "audit --networks 10")
    command.set_defaults(run=audit.run)
    command.add_argument("--networks", type=_count, default=200, help="at random (%(default)s)")
    command.add_argument(
        "--twins", type=_count, default=4, help="every so many with hidden answers changed (%(default)s)"
    )
    command.add_argument("--seed", type=int, default=1, help="of the first network, the next ones follow (%(default)s)")
    command.add_argument("--folder", type=Path, help="where the throw-away installation goes (the system's own place)")


def _votes(commands: Commands) -> None:
    command = _command(
        commands, "votes", "every file with votes of a folder, read and counted", "votes --files ~/votes"
    )
    command.set_defaults(run=votes.run)
    command.add_argument(
        "--files",
        type=Path,
        required=True,
        metavar="DIR",
        help="where the files lie, and REFERENCE.json with known winners",
    )


def _maps(commands: Commands) -> None:
    command = _command(commands, "maps", "the coherence map of a large network", "maps --schools 100")
    command.set_defaults(run=maps.run)
    _databases(command, "both")
    command.add_argument("--schools", type=_count, default=1000, help="in the network (%(default)s)")
    command.add_argument("--answers", type=_count, default=30, help="of each seat in each school (%(default)s)")
    command.add_argument("--runs", type=_count, default=5, help="of each, in turn (%(default)s)")
    command.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="instead: draw the companies of lq2002 as perspectives, beside known answers, REFERENCE.json",
    )
