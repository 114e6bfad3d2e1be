"""`alongside manage language mi`: a file with every text that can be translated, for people who work in schools."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alongside.kit import languages


class Command(BaseCommand):
    help = "Write a file with every text that can be translated into the folder `languages` of the data folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="the language's code, such as mi, cy or ar")

    def handle(self, *args: object, code: str, **options: object) -> None:
        if not languages.CODE.fullmatch(code) or code.startswith("en"):
            raise CommandError(f"{code!r} is no code of a language besides English. Use one such as mi, cy or ar.")
        file = Path(settings.DATA) / "languages" / f"{code}.po"
        if file.exists():
            raise CommandError(f"{file} is there already: go on in it, or take it away first.")
        file.parent.mkdir(parents=True, exist_ok=True)
        texts = list(languages.texts())
        file.write_text(languages.write_po(code, texts), encoding="utf-8")
        self.stdout.write(f"{file} has {len(set(texts))} texts to translate. Restart Alongside when some are done.")
