"""A language that nobody speaks: every text in brackets, so that what was left untranslated stands outside of them."""

import re
from pathlib import Path

from alongside.kit import languages

BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")


def pretend(code: str, folder: Path, settings: object, *, reviewed_by: str = "") -> None:
    """Install the language under a real code, through a real file, as an installation would."""
    text = languages.write_po(code, languages.texts()).replace("X-Reviewed-By: ", f"X-Reviewed-By: {reviewed_by}")
    filled, said = [], ""
    for line in text.splitlines():
        if found := re.match(r'msgid(?:_plural)? "(.+)"$', line):
            said = found[1]
        filled.append(
            re.sub(r'^(msgstr(?:\[\d\])?) ""$', lambda m, said=said: f'{m[1]} "⟦{said}⟧"' if said else m[0], line)
        )
    (folder / "languages").mkdir(parents=True, exist_ok=True)
    (folder / "languages" / f"{code}.po").write_text("\n".join(filled), encoding="utf-8")
    assert languages.prepare(folder) == []
    settings.LANGUAGES = languages.listed(folder)
    settings.LANGUAGES_REVIEWED = languages.reviewed_codes(folder)
    settings.LOCALE_PATHS = [languages.folder(folder)]


def outside(text: str) -> str:
    """What stands in no brackets, brackets in brackets among them."""
    while BRACKETS.search(text):
        text = BRACKETS.sub(" ", text)
    return text
