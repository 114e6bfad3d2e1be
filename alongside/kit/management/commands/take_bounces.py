"""`alongside manage take_bounces FILE…`: reads delivery reports, and marks the addresses that do not work."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alongside.kit import bounces


class Command(BaseCommand):
    help = "Read delivery reports (RFC 3464) and mark the addresses that do not work. The files stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="FILE", help="a message, a folder of them, or a maildir"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Counts alone are printed: names of addresses belong on the school's own page."""
        read = reports = 0
        marked: set[str] = set()
        for path in _messages(options["paths"]):
            failures = bounces.reported(_start(path))
            read, reports = read + 1, reports + bool(failures)
            marked |= {address for address, status in failures if bounces.note(address, status)}
        self.stdout.write(
            f"{read} messages read, {reports} of them reports of letters that failed: "
            f"{len(marked)} addresses are not asked for ninety days. The schools' leaders see them on the staff list."
        )


def _messages(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise CommandError(f"{path} is not there.")
        yield from sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(bounces.LARGEST)
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({(error.strerror or 'unknown').lower()}).") from error
