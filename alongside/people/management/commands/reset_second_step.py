"""For whoever runs the installation: somebody has lost their telephone, their passkeys and their recovery codes."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from alongside.people import actions
from alongside.people.models import Person, normal


class Command(BaseCommand):
    help = "Take a person's second step of signing in away, so that they set up another. Make sure first who is asking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the person's work e-mail")

    def handle(self, *args: object, **options: str) -> None:
        person = Person.objects.filter(email=normal(options["email"])).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        actions.reset_steps(person)
        self.stdout.write(f"{person} sets up a second step at the next sign-in. Every session of theirs has ended.")
