"""The codes of slips, and the key that makes a token of what somebody typed (docs/decisions/0055).

A code is short enough to be typed, so whoever knew its plain digest could try all there are. Codes come from K_wave, as
tokens do, and a second random file of the wave, K_slips, turns a code into a token of 128 bits: with it web processes
open the form, and without it a copy of the database tells nothing. No person is in either, and both go at the seal.
"""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from alongside.kit import keyfile
from alongside.surveys.tickets import TOKEN_BYTES

ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"  # of look-alikes only one: no 0, O, 1, I, L, B, S, U, Z
MEANT = str.maketrans({"O": "Q", "0": "Q", "B": "8", "S": "5", "U": "V", "Z": "2"})
SHORT, LONG = 6, 8
SHORT_UP_TO = 2000  # slips of a wave
NUMBERS = 2**31  # a column holds smaller ones
LONG_FROM = 2**30  # sheets whose first slip has a number from here on have long codes
TYPED_AT_MOST = 64  # characters of what somebody sent; the rest cannot be a code
FILE = re.compile(r"wave-(\d{1,18})(?:\.slips|-slips-\d{1,18}\.pdf)")


def key_path(wave_id: int) -> Path:
    """Where K_slips lies until the seal."""
    return Path(settings.KEYS) / f"wave-{wave_id}.slips"


def sheet_path(wave_id: int, sheet_id: int) -> Path:
    """Where a printed sheet lies until it is fetched."""
    return Path(settings.KEYS) / f"wave-{wave_id}-slips-{sheet_id}.pdf"


def address(wave_id: int) -> str:
    """The whole address of the page on which the codes of a wave are typed."""
    return f"{settings.PUBLIC_URL}{reverse('code', kwargs={'wave': wave_id})}"


def typed(whole: str) -> str:
    """An address as somebody types it: without what a browser adds by itself."""
    return whole.partition("://")[2]


def make_key(wave_id: int) -> bytes:
    """K_slips of a wave, made at random the first time; only workers make it."""
    return keyfile.read_or_create(key_path(wave_id), bytes_of_secret=32).encode()


def read_key(wave_id: int) -> bytes:
    """K_slips of a wave; empty where there is none: no slip was made, or it was lost with the key folder."""
    try:
        return key_path(wave_id).read_bytes()
    except FileNotFoundError:
        return b""


def left(wave_id: int) -> list[Path]:
    """The files of a wave's slips that lie in the key folder."""
    found = Path(settings.KEYS).glob(f"wave-{int(wave_id)}*")
    return sorted(path for path in found if (match := FILE.fullmatch(path.name)) and int(match[1]) == wave_id)


def destroy(wave_id: int) -> None:
    """No code of this wave opens anything again, and no sheet of it is left."""
    for path in left(wave_id):
        keyfile.destroy(path)


def number(before: int, count: int) -> int:
    """The number of a new sheet's first slip, at random: a restored backup may not know sheets that were printed since, and
    no sheet repeats their codes. It says how long the codes are. before: slips of the wave so far."""
    if before + count <= SHORT_UP_TO:
        return secrets.randbelow(LONG_FROM - 1) + 1
    return secrets.randbelow(NUMBERS - LONG_FROM - count) + LONG_FROM


def of_sheet(key: bytes, first: int, count: int, but: Collection[str] = ()) -> list[str]:
    """The codes of a sheet by the number of its first slip; no two are alike. key: K_wave. but: codes that others have. The
    same gives the same, whoever asks."""
    seen, characters = set(but), LONG if first >= LONG_FROM else SHORT
    return [_free(key, number, characters, seen) for number in range(first, first + count)]


def _free(key: bytes, number: int, characters: int, seen: set[str]) -> str:
    attempt = 0
    while (code := _code(key, number, attempt, characters)) in seen:
        attempt += 1
    seen.add(code)
    return code


def _code(key: bytes, number: int, attempt: int, characters: int) -> str:
    left = int.from_bytes(hmac.new(key, f"slip:{number}:{attempt}".encode(), hashlib.sha256).digest())
    drawn = []
    for _ in range(characters):
        left, place = divmod(left, len(ALPHABET))
        drawn.append(ALPHABET[place])
    return "".join(drawn)


def normal(typed: str) -> str:
    """The code that somebody meant: in any case, with spaces and hyphens, with what looks alike; "" for what is none."""
    plain = unicodedata.normalize("NFKC", typed[:TYPED_AT_MOST]).upper()
    code = "".join(letter for letter in plain if letter.isalnum()).translate(MEANT)
    return code if len(code) in {SHORT, LONG} and set(code) <= set(ALPHABET) else ""


def token(slips_key: bytes, wave_id: int, code: str) -> str:
    """The 22 characters that open the form, as a letter's do."""
    mac = hmac.new(slips_key, f"{wave_id}:{code}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip("=")


def shown(code: str) -> str:
    """As it is printed: two halves, so that it is read and typed without losing the place."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"
