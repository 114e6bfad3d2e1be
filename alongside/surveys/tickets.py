"""Tokens and the key they come from (TRUST 2).

A token is HMAC-SHA256(K_wave, person and audience), cut to 128 bits. The database holds only the token's SHA-256. K_wave
is a file of its own, read by the worker that opens the wave and sends, destroyed at the seal. The web hashes what it is
given and never reads a key.
"""

import base64
import hashlib
import hmac
from pathlib import Path

from django.conf import settings

from alongside.kit import keyfile

TOKEN_BYTES = 16
DIGEST_BYTES = 32


def key_path(wave_id: int) -> Path:
    """Where the wave's key lies until the seal."""
    return Path(settings.KEYS) / f"wave-{wave_id}.key"


def make_key(wave_id: int) -> bytes:
    """The wave's key, made at random the first time."""
    return keyfile.read_or_create(key_path(wave_id), bytes_of_secret=32).encode()


def read_key(wave_id: int) -> bytes:
    """The wave's key; FileNotFoundError once it is destroyed."""
    return key_path(wave_id).read_bytes()


def destroy_key(wave_id: int) -> None:
    """Nobody can make a token of this wave again."""
    keyfile.destroy(key_path(wave_id))


def token(key: bytes, person_id: int, audience: str) -> str:
    """22 characters that open the form once."""
    mac = hmac.new(key, f"{person_id}:{audience}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip("=")


def address(wave_id: int, email: str | None) -> bytes:
    """What a roster keeps of the address at which somebody is asked, so that a link never follows it elsewhere."""
    return hashlib.sha256(f"{wave_id}:{email or ''}".encode("utf-8", "surrogatepass")).digest()


def digest(token_text: str) -> bytes:
    """What the database knows of a token."""
    return hashlib.sha256(token_text.encode("utf-8", "surrogatepass")).digest()


def place(key: bytes, name: str, person_id: int) -> bytes:
    """Where a person comes in a round of letters: an order that nobody knows without the wave's key."""
    return hmac.new(key, f"order:{name}:{person_id}".encode(), hashlib.sha256).digest()
