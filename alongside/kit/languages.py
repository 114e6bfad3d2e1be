"""Languages besides English: files that people drop into a folder, compiled here, marked until somebody has reviewed them.

A file is `<code>.po`, in the package's folder `languages` or in the data folder's. Its header says who reviewed it in a
line `X-Reviewed-By: Aroha Smith`; without one the pages say that nobody has. English is in the templates themselves.
"""

import ast
import re
import struct
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

ENGLISH: Final = "en-gb"
OURS: Final = Path(__file__).parent.parent / "languages"
CODE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")
PARAMETER: Final = "in"  # /a/7/…?in=mi
COOKIE: Final = "language"
MAGIC: Final = 0x950412DE
_ENTRY = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s+(".*")$')


@dataclass(frozen=True, slots=True)
class Language:
    """One language that is installed."""

    code: str
    name: str
    file: Path
    reviewed_by: str


def installed(data: Path) -> list[Language]:
    """The languages whose files are there, by code; a file of the data folder goes before ours."""
    files = {file.stem: file for folder in (OURS, data / "languages") for file in sorted(folder.glob("*.po"))}
    return [_language(code, file) for code, file in sorted(files.items()) if CODE.fullmatch(code) and code != ENGLISH]


def _language(code: str, file: Path) -> Language:
    header = read_po(file).get((None, "", None), [""])[0]
    told = dict(line.partition(": ")[::2] for line in header.splitlines())
    known = LANG_INFO.get(code, {}).get("name_local") or told.get("X-Language-Name") or code
    return Language(code, str(known), file, told.get("X-Reviewed-By", "").strip())


type Key = tuple[str | None, str, str | None]  # context, text, its plural


def read_po(file: Path) -> dict[Key, list[str]]:
    """The translated texts of a file; fuzzy and empty ones are left out. Raises ValueError with the line that is wrong."""
    entries: dict[Key, list[str]] = {}
    for block in re.split(r"\n\s*\n", file.read_text(encoding="utf-8")):
        parts = _parts(file, block)
        texts = [text for name, text in sorted(parts.items()) if name.startswith("msgstr")]
        fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines())
        if "msgid" in parts and any(texts) and (not fuzzy or not parts["msgid"]):
            entries[parts.get("msgctxt"), parts["msgid"], parts.get("msgid_plural")] = texts
    return entries


def _parts(file: Path, block: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    name = ""
    for line in (line.strip() for line in block.splitlines()):
        if not line or line.startswith("#"):
            continue
        if found := _ENTRY.match(line):
            name = found[1] + (f"[{found[2]}]" if found[2] else "")
            line, parts[name] = found[3], ""
        try:
            parts[name] += ast.literal_eval(line)
        except (KeyError, SyntaxError, ValueError):
            raise ValueError(f"{file.name} cannot be read at the line: {line[:80]}") from None
    return parts


def compile_po(file: Path, into: Path) -> None:
    """Write the .mo that gettext reads, in one step, so that nobody reads half of it."""
    pairs = sorted((_key(key), "\0".join(texts)) for key, texts in read_po(file).items())
    into.parent.mkdir(parents=True, exist_ok=True)
    fresh = into.with_suffix(f".{id(pairs)}.new")
    fresh.write_bytes(_mo([(key.encode(), text.encode()) for key, text in pairs]))
    fresh.replace(into)


def _key(key: Key) -> str:
    context, text, plural = key
    named = f"{context}\4{text}" if context else text
    return f"{named}\0{plural}" if plural else named


def _mo(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """GNU's format: a head, a table of lengths and places for keys and one for texts, then all of them."""
    count, tables, body = len(pairs), [b"", b""], b""
    start = 28 + 16 * count
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<II", len(pair[side]), start + len(body))
            body += pair[side] + b"\0"
    return struct.pack("<7I", MAGIC, 0, count, 28, 28 + 8 * count, 0, start) + tables[0] + tables[1] + body


def folder(data: Path) -> Path:
    """Where the compiled languages are."""
    return data / "languages" / "compiled"


def prepare(data: Path) -> list[str]:
    """Compile what is new; a sentence for each file that cannot be read. Called once when a process starts."""
    faults: list[str] = []
    for language in _readable(data, faults):
        locale = translation.to_locale(language.code)
        into = folder(data) / locale / "LC_MESSAGES" / "django.mo"
        if not into.exists() or into.stat().st_mtime < language.file.stat().st_mtime:
            compile_po(language.file, into)
    return faults


def _readable(data: Path, faults: list[str]) -> list[Language]:
    try:
        return installed(data)
    except ValueError as fault:
        faults.append(str(fault))
        return []


def listed(data: Path) -> list[tuple[str, str]]:
    """The setting LANGUAGES. A file that cannot be read leaves English alone; the doctor names it."""
    return [(ENGLISH, "English"), *((found.code, found.name) for found in _readable(data, []))]


def reviewed_codes(data: Path) -> frozenset[str]:
    """The codes of the languages that somebody has reviewed."""
    return frozenset(found.code for found in _readable(data, []) if found.reviewed_by)


# --- which one a reader gets ---------------------------------------------------------------------------------------


def wanted(request: HttpRequest, *, cookies: bool) -> str:
    """The code of the language in which this request is answered.

    What was chosen on the page goes first; then, where cookies are read at all, the one of the account page; then what
    the browser asks for, if somebody has reviewed it. Unreviewed languages are chosen by hand or not at all.
    """
    codes = {code for code, _ in settings.LANGUAGES}
    if len(codes) < 2:
        return ENGLISH
    chosen = [request.GET.get(PARAMETER, ""), request.COOKIES.get(COOKIE, "") if cookies else ""]
    accepted = [code for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200].lower())]
    usable = [code for code in accepted if code.startswith("en") or code in settings.LANGUAGES_REVIEWED]
    found = next((code for code in [*chosen, *usable] if code in codes or code.startswith("en")), ENGLISH)
    return found if found in codes else ENGLISH


def reviewed(code: str) -> bool:
    """Whether somebody who works in schools has read the language's texts; English is the original."""
    return code.startswith("en") or code in settings.LANGUAGES_REVIEWED


# --- what there is to translate ------------------------------------------------------------------------------------

_TRANSLATE = re.compile(r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""")
_BLOCK = re.compile(r"\{%\s*blocktranslate\b([^%]*)%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def texts() -> Iterator[tuple[str, str | None]]:
    """Text and plural of everything that is marked in our templates and modules, and of every text of a pulse."""
    ours = OURS.parent
    for file in sorted(ours.rglob("*.html")):
        yield from template_texts(file.read_text(encoding="utf-8"))
    for file in sorted(ours.rglob("*.py")):
        yield from code_texts(file.read_text(encoding="utf-8"))
    for file in sorted(ours.rglob("instruments/*.toml")):
        yield from ((text, None) for text in _texts_in(tomllib.loads(file.read_text(encoding="utf-8"))))


def _texts_in(data: object) -> Iterator[str]:
    """Every string of a data file but the ids."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _texts_in(value) if key != "id" else ()
    elif isinstance(data, list):
        for value in data:
            yield from _texts_in(value)
    elif isinstance(data, str):
        yield data


def template_texts(source: str) -> Iterator[tuple[str, str | None]]:
    """Text and plural of everything that a template has marked."""
    for found in _TRANSLATE.finditer(source):
        yield (
            (found[1] or found[2] or "").replace("%", "%%") if "%" in (found[1] or "") else (found[1] or found[2]),
            None,
        )
    for found in _BLOCK.finditer(source):
        parts = [_VARIABLE.sub(r"%(\1)s", part.replace("%", "%%")) for part in _PLURAL.split(found[2])]
        if "trimmed" in found[1]:
            parts = [" ".join(line.strip() for line in part.splitlines() if line.strip()) for part in parts]
        yield parts[0], parts[1] if len(parts) > 1 else None


def code_texts(source: str) -> Iterator[tuple[str, str | None]]:
    """Text and plural of everything that a module has marked with gettext or ngettext."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if node.func.id in {"gettext", "gettext_lazy", "gettext_noop"} and given:
                yield given[0], None
            elif node.func.id in {"ngettext", "ngettext_lazy"} and len(given) > 1:
                yield given[0], given[1]


def write_po(code: str, texts: Iterable[tuple[str, str | None]]) -> str:
    """A file for whoever translates: every text once, its translation empty, marked as not reviewed."""
    lines = ['msgid ""', 'msgstr ""', f'"Language: {code}\\n"', '"Content-Type: text/plain; charset=UTF-8\\n"']
    lines += ['"Plural-Forms: nplurals=2; plural=(n != 1);\\n"', '"X-Reviewed-By: \\n"', ""]
    for text, plural in dict.fromkeys(texts):
        if text:
            lines += [f"msgid {_quoted(text)}", *([f"msgid_plural {_quoted(plural)}"] if plural else [])]
            lines += ['msgstr[0] ""', 'msgstr[1] ""', ""] if plural else ['msgstr ""', ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
