"""Wrong codes are limited for each wave and network address; a right one is not, so a whole school answers behind one.

What a guesser gains is the number of wrong codes that are evaluated, however each is answered: a right code that always
passed at once would be an oracle without end. So there is a budget of wrong codes, larger than people use up by mistyping
or by playing, and while it lasts every code is looked at, at once: LIMIT from one address in WINDOW. Where EVERYWHERE came
from anywhere, addresses with MISTYPED or more have used theirs up.

After that, codes from there are looked at one after the other, each after WAIT seconds: a right one opens the form a
little later. Whoever comes from the same address while one is waiting is asked to press again; so is whoever comes while
AT_ONCE from anywhere wait, or many addresses could keep every thread of the server. The database holds a digest of
the address under K_slips, for WINDOW. Decision 0070 has the figures.
"""

import copy
import datetime
import hashlib
import hmac
import ipaddress
import threading
import time

from django.db import transaction
from django.utils import timezone

from alongside.surveys.models import Wave, WrongCode

LIMIT = 300
EVERYWHERE = 600
MISTYPED = 20
SPENT = LIMIT // MISTYPED  # wrong codes that asking after a spent one counts for
WINDOW = datetime.timedelta(minutes=10)
WAIT = 2.0  # seconds
AT_ONCE = 4  # waiting at the same time in one web process
_waiting: set[tuple[int, str]] = set()
_lock = threading.Lock()


def may_look(wave: Wave, slips_key: bytes, address: str) -> bool:
    """Whether a code from there is looked at now. Returns after WAIT seconds when many from there were wrong, and False when
    another one is waiting."""
    place = digest(slips_key, address)
    if _has_budget(wave, place):
        return True
    mine = (wave.pk, place)
    with _lock:
        if mine in _waiting or len(_waiting) >= AT_ONCE:
            return False
        _waiting.add(mine)
    try:
        time.sleep(WAIT)
    finally:
        _waiting.discard(mine)
    return True


def _has_budget(wave: Wave, place: str) -> bool:
    """One query; two where more came from there than people mistype."""
    wrong = WrongCode.objects.filter(wave=wave, at__gt=timezone.now() - WINDOW)
    here = wrong.filter(address=place).count()
    return here < MISTYPED or (here < LIMIT and wrong.count() < EVERYWHERE)


def note(wave: Wave, slips_key: bytes, address: str, times: int = 1) -> None:
    """A code from there was wrong. times: how many it counts for."""
    now = timezone.now()
    with transaction.atomic():
        if not Wave.objects.accepting(now).select_for_update().filter(pk=wave.pk).exists():
            return  # closed meanwhile: after the seal nothing of it may stand here
        WrongCode.objects.filter(wave=wave, at__lte=now - WINDOW).delete()
        place = digest(slips_key, address)
        row = WrongCode(organisation_id=wave.organisation_id, wave=wave, address=place, at=now)
        WrongCode.objects.bulk_create([copy.copy(row) for _ in range(times)])


def digest(slips_key: bytes, address: str) -> str:
    """What the database knows of an address; nobody can try them all without K_slips."""
    return hmac.new(slips_key, f"address:{_place(address)}".encode(), hashlib.sha256).hexdigest()


def _place(address: str) -> str:
    """An address of version 6 stands for its whole network: whoever has one has 2⁶⁴ of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)
