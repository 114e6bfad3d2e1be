"""Texts that break what is not careful, for every field, query parameter and file.

Texts that no parser tells apart go together into one value; those that are read in a way of their own stay alone.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.small_world import HOSTILE

# Markup and what lies near it: whichever of these a page lets through is seen by `scripts`.
MARKUP = (
    HOSTILE,
    "<ScRiPt>alert(1)</sCrIpT>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "` onclick=alert(1) `",
    '<a href="javascript:alert(1)">x</a>',
    '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;">',
    '<form action="javascript:alert(1)"><button>x</button></form>',
    "<style>*{background:url(javascript:alert(1))}</style>",
    '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
    "<%00script>alert(1)</%00script>",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
    "＜script＞alert(1)＜/script＞",
)
QUERIES = (
    "'; DROP TABLE people_person; --",
    "1' OR '1'='1",
    '1" OR "1"="1',
    "1;SELECT pg_sleep(9)",
    "%' AND 1=0 UNION SELECT password FROM people_person --",
    "\\'; --",
    "$where",
    "${jndi:ldap://x}",
    "$(reboot)",
    "`reboot`",
    "| reboot",
    "../../../../etc/passwd",
    "..\\..\\boot.ini",
    "file:///etc/passwd",
)
TEMPLATES = (
    "{{ 7|add:7 }}",
    "{% include 'x' %}",
    "{{ settings.SECRET_KEY }}",
    "{# x #}",
    "%s%n%(x)s",
    "{0.__class__}",
    "#{7*7}",
    "<%= 7*7 %>",
)
LETTERS = (
    "\u202eevil\u2066",
    "שלום مرحبا",
    "🙂👩‍👩‍👧‍👦🏳️‍🌈",
    "Z̸̡̢̛̗̘̙̜̝̞̟̠a̴l̵g̶o̷",
    "İıſK",
    "ﬃ",
    "\u200b\u200d\u2060\ufeff",
    "ÅÅ",
    "Ω≈ç√∫",
    "田中さん",
    "𝕳𝖊𝖆𝖉",
    "\U000e0041\U000e007f",
    "\x7f\x1b[31m",
    "\u2028\u2029\x85",
)
NUMBERS = ("²", "٣", "9" * 40, "-1", "1e309", "NaN", "Infinity", "0x10", "1_000", "１２", "+1")
DATES = ("0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "2026-W10-1", "٢٠٢٦-٠١-٠١")
NAMES = ("null", "None", "undefined", "true", "[]", "{}", "[object Object]", "CON", "__proto__", "constructor")

TEXTS: dict[str, str | bytes] = {
    "nothing": "",
    "blanks": " \t\r\n ",
    "markup": " ".join(MARKUP),
    "markup that begins": MARKUP[2],
    "queries": " ".join(QUERIES),
    "templates": " ".join(TEMPLATES),
    "letters": " ".join(LETTERS),
    "names": " ".join(NAMES),
    "null byte": "a\0b",
    "huge": "x" * 100_000,
    "20 KB of letters": "é🙂" * 3_500,
    "longer than any column": "Ünïcödé " * 40,
    "not UTF-8": b"\xff\xfe\x80 caf\xe9",
    "a lone surrogate": b"\xed\xa0\x80",
    "overlong": b"\xc0\xbcscript\xc0\xbe",
    "formula": '=HYPERLINK("http://x")',
    "header": "x\r\nSet-Cookie: stolen=1",
    "an address that is too long": f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.example",
    "an odd address": '"<script>"@[127.0.0.1]',
    "a link": "javascript:alert(1)",
    "elsewhere": "//evil.example/",
    **{f"number {text[:8]}": text for text in NUMBERS},
    **{f"day {text}": text for text in DATES},
}
# Of numbers and days a free text takes one like any other: these alone are tried in every field.
FEW = frozenset(
    {"number ²", "number 99999999", "number -1", "number NaN", "day 0001-01-01", "day 9999-12-31", "day 2026-02-30"}
)
VALUES: dict[str, bytes] = {name: text.encode() if isinstance(text, str) else text for name, text in TEXTS.items()}
IN_FIELDS = {name: value for name, value in VALUES.items() if name in FEW or not name.startswith(("number ", "day "))}
# Of these a database may think otherwise than another one; all others are read, escaped or refused before any is asked.
TO_A_DATABASE = frozenset(
    {
        "letters",
        "queries",
        "null byte",
        "huge",
        "20 KB of letters",
        "longer than any column",
        "not UTF-8",
        "a lone surrogate",
        "overlong",
        "an address that is too long",
    }
    | {name for name in VALUES if name.startswith(("number ", "day "))}
)
COUNT = len({*MARKUP, *QUERIES, *TEMPLATES, *LETTERS, *NUMBERS, *DATES, *NAMES, *map(str, TEXTS.values())})

# Every page has these, and reading a page through for them takes longer than making it.
_OURS = re.compile(r'<script src="/static/[\w./-]+"(?: defer| type="module")*></script>')
_NEAR = re.compile(r"<script|\son\w+\s*=|javascript:|srcdoc|http-equiv|<style", re.IGNORECASE)


def scripts(html: str) -> list[str]:
    """What a browser would run of a page: each is a text that was taken for markup. Our own scripts have an address."""
    if not _NEAR.search(_OURS.sub("", html)):
        return []
    reader = _Reader()
    reader.feed(html)
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.lower(): (value or "").strip().lower() for name, value in attrs}
        if (tag == "script" and not given.get("src", "").startswith("/static/")) or tag == "style":
            self.found.append(tag)
        if tag == "iframe" and not OUR_PHONE.fullmatch(given.get("src", "")):  # beside the builder of a pulse
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in given if name.startswith("on")]
        self.found += [
            f"{tag} {name}" for name, value in given.items() if value.startswith("javascript:") and name in RUN
        ]
        # Our own pages that wait come again after some seconds; one that leads elsewhere is somebody else's.
        if given.get("http-equiv", "") == "refresh" and not given.get("content", "").isdigit():
            self.found.append("refresh")


OUR_PHONE = re.compile(r"/[ns]/[-a-z0-9_]+/ask/look/o[0-9a-f]{12}/")
RUN = frozenset({"href", "src", "action", "formaction", "xlink:href", "data", "poster"})
