"""The address of a session, and the number that each of its forms carries.

The code is on the screen for everybody, so it is no secret. The number is made when a form is opened and is good for one
answer: parallel sendings of one form are one. Opening the page again brings a form with another number, since nothing is
known of the phone: what holds is that no more answers are taken than people are present.
"""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from alongside.surveys import codes

LENGTH = 6
SALT = "alongside.surveys.rooms"
RANDOM = 32  # hexadecimal digits
SEAL = 32


def new_code() -> str:
    """Six characters without look-alikes, as on slips."""
    return "".join(secrets.choice(codes.ALPHABET) for _ in range(LENGTH))


def address(code: str) -> str:
    """The whole address at which phones answer."""
    return f"{settings.ROOM_URL}{reverse('room_answer', kwargs={'code': code})}"


def new_number(room_id: int) -> str:
    """What a form of this session carries; good for one answer. Nothing is stored until it is sent."""
    random = secrets.token_hex(RANDOM // 2)
    return random + _seal(room_id, random)


def is_ours(room_id: int, number: str) -> bool:
    """Whether a form of this very session carried that number."""
    random, seal = number[:RANDOM], number[RANDOM:]
    return hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(room_id, random).encode())


def digest(number: str) -> bytes:
    """What the database knows of a form that was sent, until the close."""
    return hashlib.sha256(number.encode("utf-8", "replace")).digest()


def _seal(room_id: int, random: str) -> str:
    safe = random.encode("utf-8", "replace").decode()
    return salted_hmac(SALT, f"{room_id}:{safe}", algorithm="sha256").hexdigest()[:SEAL]
