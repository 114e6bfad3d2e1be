"""The command `alongside`: reads its arguments, fixes the data folder, hands over.

Settings are read from the environment when Django is set up, so nothing here may import what needs them.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django

from alongside import data_folder, running
from alongside.kit.errors import Refused

DEFAULT_PORT = 8000
STAY = {"start": running.start, "serve": running.serve, "live": running.live, "worker": running.worker}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit code: 0 done, 1 a fault was found, 2 refused with a sentence on stderr."""
    options = _parser().parse_args(arguments)
    options.data = options.data.expanduser().resolve()
    os.environ["ALONGSIDE_DATA"] = str(options.data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.settings")
    try:
        return STAY[options.command](options) if options.command in STAY else _with_django(options)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, or Ctrl-D at a question
        print("Stopped.", file=sys.stderr)
        return 130


def _with_django(options: argparse.Namespace) -> int:
    data_folder.prepare(options.data)
    if options.command == "demo":
        os.environ["ALONGSIDE_DEMO"] = "1"
    if options.command in {"init", "found-network"}:
        _ask(options)
    django.setup()
    # By name, because the models that it imports exist only now.
    return int(importlib.import_module("alongside.commands").run(options.command, options))


def _ask(options: argparse.Namespace) -> None:
    """What `init` and `found-network` were not told they ask, where somebody is there to answer."""
    questions = {
        "network": "Name of the network: ",
        "country": "Its country, two letters (nz, gb, au, ie …): ",
        "officer_name": "Name of its officer: ",
        "officer_email": "E-mail address of its officer: ",
    }
    for name, question in questions.items():
        if not getattr(options, name) and not sys.stdin.isatty():
            raise Refused(f"Nobody is there to ask: give --{name.replace('_', '-')}.")
        while not getattr(options, name):
            setattr(options, name, input(question).strip())
    if len(options.country) != 2 or not options.country.isalpha():
        raise Refused(f"A country is two letters, such as nz or gb, and not {options.country!r}.")
    if "@" not in options.officer_email:
        raise Refused(f"{options.officer_email!r} is not an e-mail address.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="alongside",
        description="The open platform on which clusters, networks and trusts of schools lead and improve together.",
        epilog="Each command has --help with an example. Settings come from the environment: docs/settings.md.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _founding(commands)
    _serving(commands)
    _importing(commands)
    _looking(commands)
    return parser


type Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _founding(commands: Commands) -> None:
    init = _command(
        commands, "init", "found the first network and its officer", "init --network 'Harbour Trust' --country nz"
    )
    another = _command(
        commands,
        "found-network",
        "found another network beside those that are there, and its officer",
        "found-network --network 'Coast Maths' --country nz",
    )
    for command in (init, another):
        command.add_argument(
            "--network", metavar="NAME", help="name of the network; asked when left out, like the rest"
        )
        command.add_argument("--country", metavar="XX", help="two letters (ISO 3166): decides words, zone and register")
        command.add_argument("--officer-name", metavar="NAME", help="name of the network's officer")
        command.add_argument("--officer-email", metavar="ADDRESS", help="address with which the officer signs in")
    _command(commands, "demo", "build the demo world in the data folder", "demo --data /tmp/demo")


def _serving(commands: Commands) -> None:
    start = _command(commands, "start", "the demo in one command: build it, serve it, open it", "start --port 8001")
    start.add_argument(
        "--port", type=_port, default=_default_port(), help="port on 127.0.0.1; 0 takes a free one (%(default)s)"
    )
    start.add_argument("--fresh", action="store_true", help="empty the data folder first")
    start.add_argument("--no-open", action="store_true", help="do not open a browser")
    serve = _command(commands, "serve", "run the web process", "serve --port 8000 --workers 4")
    serve.add_argument("--port", type=_port, default=_default_port(), help="port to answer on (%(default)s)")
    serve.add_argument("--host", default=running.DEMO_HOST, help="address to answer on, behind a proxy (%(default)s)")
    worker = _command(commands, "worker", "run the worker that does queued work", "worker --concurrency 2")
    live = _command(
        commands,
        "live",
        "ask a hall from a laptop with its own Wi-Fi, without internet",
        "live --address 192.168.137.1",
    )
    live.add_argument("--port", type=_port, default=_default_port(), help="port on this machine alone (%(default)s)")
    live.add_argument("--address", default="", metavar="ADDRESS", help="this machine's own on its Wi-Fi (found out)")
    live.add_argument("--room-port", type=_port, default="8080", help="port on which phones answer (%(default)s)")
    live.add_argument("--no-open", action="store_true", help="do not open a browser")
    for command in (start, serve, live):
        command.add_argument("--workers", type=_count, help="web processes (1 on SQLite, 2 on PostgreSQL)")
        command.add_argument("--threads", type=_count, default=8, help="threads in each web process (%(default)s)")
    for command in (start, worker, live):
        command.add_argument("--concurrency", type=_count, default=1, help="tasks at the same time (%(default)s)")
    ready = _command(commands, "ready", "refuse what may not be served", "ready --host 0.0.0.0")
    ready.add_argument("--host", default=running.DEMO_HOST, help="address that will be served (%(default)s)")


def _importing(commands: Commands) -> None:
    register = _command(
        commands,
        "import-register",
        "bring the register of schools up to date",
        "import-register directory.csv.gz --preview",
    )
    people = _command(
        commands,
        "import-people",
        "bring in the staff list of a school",
        "import-people staff.csv --school 123456 --preview",
    )
    people.add_argument("--school", metavar="NUMBER", required=True, help="number of the school in its register")
    register.add_argument(
        "files", metavar="FILE", type=Path, nargs="+", help="CSV or JSON files, packed with gzip or not, in this order"
    )
    people.add_argument(
        "--agreed-by", metavar="EMAIL", default="", help="leader who agrees, for a school of several networks"
    )
    people.add_argument("--called", metavar="NAME", default="", help="what a OneRoster file calls the school")
    people.add_argument("file", metavar="FILE", type=Path, help="CSV, an Excel workbook (.xlsx), or OneRoster")
    for command in (register, people):
        command.add_argument("--preview", action="store_true", help="say what would change, and change nothing")

    calendar = _command(
        commands,
        "import-calendar",
        "bring in the closed days of a whole country",
        "import-calendar bank-holidays.json --country gb",
    )
    calendar.add_argument("file", metavar="FILE", type=Path, help="an .ics, .json or .csv file")
    calendar.add_argument("--country", metavar="CODE", required=True, help="two letters, as in gb, nz, au")


def _looking(commands: Commands) -> None:
    backup = _command(commands, "backup", "write everything into one file", "backup /safe/alongside.zip")
    restore = _command(commands, "restore", "put a backup in the place of what is here", "restore /safe/alongside.zip")
    backup.add_argument("file", metavar="FILE", type=Path, help="the file to write; it must not be there yet")
    restore.add_argument("file", metavar="FILE", type=Path, help="a file that `alongside backup` wrote")
    restore.add_argument("--replace", action="store_true", help="also when this installation is not empty")
    _command(commands, "doctor", "look at database, keys, queue and mail, and say what is wrong", "doctor")
    bench = _command(commands, "bench", "measure the figures that Alongside promises", "bench intake --help")
    manage = _command(commands, "manage", "run one of Django's own commands", "manage migrate --check")
    for command in (bench, manage):
        command.add_argument("rest", nargs=argparse.REMAINDER, metavar="…", help="its name and arguments")


def _command(commands: Commands, name: str, purpose: str, example: str) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.", epilog=f"Example: alongside {example}"
    )
    default = Path(os.environ.get("ALONGSIDE_DATA") or "var")
    command.add_argument("--data", type=Path, default=default, metavar="DIR", help="the data folder (%(default)s)")
    return command


def _default_port() -> str:
    # As text: argparse then reads it like an argument, and refuses nonsense with a sentence.
    return os.environ.get("ALONGSIDE_PORT") or str(DEFAULT_PORT)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a whole number from 0 to 65535, and not {text!r}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to 1000 is needed, and not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
