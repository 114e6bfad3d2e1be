"""`alongside manage verify_journal`: reads the journals, and names the first broken row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alongside.kit import journal
from alongside.network.models import Organisation


class Command(BaseCommand):
    help = "Read the journals from their beginning to their end, and name the first row of each that is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", metavar="SLUG", help="its name in addresses; all of them when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each journal; ends with 1 when one is broken."""
        names = _names(options["organisation"])
        verdicts = [journal.verify(organisation) for organisation in names]
        for verdict in verdicts:
            said = f"BROKEN: {verdict.fault.words}" if verdict.fault else f"{verdict.entries} entries, whole."
            self.stdout.write(f"{names[verdict.organisation]}: {said}")
        if broken := sum(verdict.fault is not None for verdict in verdicts):
            raise CommandError(f"{len(verdicts)} journals read, {broken} broken.")
        self.stdout.write(f"{len(verdicts)} journals read, all whole.")


def _names(slug: str | None) -> dict[int, str]:
    """Organisation → how its line begins."""
    if slug is None:
        known = {found.pk: f"{found.kind} {found.slug}" for found in Organisation.objects.all()}
        return {pk: known.get(pk, f"organisation {pk}, which is no longer there") for pk in journal.organisations()}
    wanted = {found.pk: f"{found.kind} {found.slug}" for found in Organisation.objects.filter(slug=slug).order_by("pk")}
    if not wanted:
        raise CommandError(f"No network or school has {slug!r} in its address.", returncode=2)
    return wanted
