"""What the benchmarks do inside an installation: bring in schools and staff, open pulses, hand out their tokens.

Runs as a process of its own, because settings belong to one installation: reads one request a line, answers with one.
All of it goes through the product's own actions.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.management import call_command
from django.db import connection, connections

from alongside.bench.stage.auditing import audit
from alongside.bench.stage.filling import fill, found, settle
from alongside.bench.stage.looking import cast, look
from alongside.bench.stage.maps import map_drawn, map_round
from alongside.bench.stage.pulses import close_wave, counted, letters_sent, open_wave, statements
from alongside.bench.stage.rooms import open_room, room_stored
from alongside.bench.stage.timing import import_register, partners, staff
from alongside.bench.stage.waves import answer, expected, past, timeless
from alongside.kit import database
from alongside.kit.errors import Refused

__all__ = ["counted", "found", "partners", "run", "staff", "statements", "timeless"]


def run(_: argparse.Namespace) -> int:
    """Answer requests until the input ends."""
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)
    return 0


def _answer(request: dict[str, Any]) -> Mapping[str, object]:
    try:
        return REQUESTS[request.pop("do")](**request)
    except Refused as refused:
        return {"refused": str(refused)}
    except database.AWAY as error:
        connections.close_all()
        return {"away": f"The database is away: {str(error).strip()}"}


def prepare() -> Mapping[str, object]:
    """Tables and static files."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return {}


def awake() -> Mapping[str, object]:
    """Meet the database once: after it was away, the first to ask finds a dead connection, and may be anybody."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


REQUESTS: Final[dict[str, Callable[..., Mapping[str, object]]]] = {
    "prepare": prepare,
    "awake": awake,
    "fill": fill,
    "found": found,
    "open": open_wave,
    "letters_sent": letters_sent,
    "close": close_wave,
    "statements": statements,
    "import_register": import_register,
    "partners": partners,
    "staff": staff,
    "answer": answer,
    "expected": expected,
    "past": past,
    "settle": settle,
    "cast": cast,
    "look": look,
    "room": open_room,
    "room_stored": room_stored,
    "audit": audit,
    "map_round": map_round,
    "map_drawn": map_drawn,
}
