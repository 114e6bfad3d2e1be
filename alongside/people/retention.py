"""How long each kind of data is kept, and what clears it away: one line for each kind, said where the kind lives.

The nightly job walks these lines, and the page that tells what is kept is made of them: neither can say what the other
does not do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data. what, why, how_long: sentences for people. clear: path of a function that clears away what is
    older, safe twice, and returns how many; "" where something else does, as how_long says."""

    name: str
    what: str
    why: str
    how_long: str
    clear: str = ""


KINDS: Final[dict[str, Kind]] = {}


def kept(name: str, *, what: str, why: str, how_long: str, clear: str = "") -> None:
    """Announce a kind of data."""
    KINDS[name] = Kind(name, what, why, how_long, clear)


def clear_away() -> dict[str, int]:
    """Run every line, each in transactions of its own; how much each has cleared away. A line that fails stops no other.

    Raises the first failure when all others have run, so that the job is run again.
    """
    done: dict[str, int] = {}
    failures: list[Exception] = []
    for kind in KINDS.values():
        if kind.clear:
            clear: Callable[[], int] = import_string(kind.clear)
            try:
                done[kind.name] = clear()
            except Exception as failure:  # raised below, once all others have run
                failures.append(failure)
    if failures:
        raise failures[0]
    return done


@register()
def clearers_exist(**_: object) -> list[CheckMessage]:
    """Each announced path leads to a function."""
    return [
        Error(f"No function {kind.clear!r}.", id="people.E001") for kind in KINDS.values() if not _leads(kind.clear)
    ]


def _leads(path: str) -> bool:
    try:
        return not path or callable(import_string(path))
    except ImportError:
        return False


_HERE = "alongside.people.actions.clearing"
kept(
    "staff list",
    what="Name, work e-mail, job and hours of everybody who works at a school.",
    why="To know whom a pulse asks, and who may see what.",
    how_long="As long as they work there, and 30 days more.",
    clear=f"{_HERE}.drop_leavers",
)
kept(
    "account",
    what="The account of somebody who signs in: name, work e-mail, password as a digest, roles with their dates.",
    why="To know who somebody is and what they may do.",
    how_long="As long as they have a part in any place, and 30 days more; then name and address are erased.",
    clear=f"{_HERE}.erase_closed_accounts",
)
kept(
    "sign-in",
    what="That a browser is signed in.",
    why="So that nobody types their password on every page.",
    how_long="Two weeks at most, or until they sign out.",
    clear=f"{_HERE}.drop_old_sessions",
)
kept(
    "second steps",
    what="Passkeys, authenticator apps and recovery codes, and the devices that are not asked for them.",
    why="So that a stolen password opens nothing.",
    how_long="As long as the account; a device for 30 days.",
    clear=f"{_HERE}.drop_old_devices",
)
kept(
    "invitations",
    what="Who was invited to which role, by whom, and what came of it.",
    why="So that a role begins only when its holder has said yes.",
    how_long="30 days after it was accepted, withdrawn or ran out.",
    clear=f"{_HERE}.drop_old_invitations",
)
kept(
    "long work",
    what="Papers that somebody asked for, and how far they are.",
    why="So that work that takes minutes can be left and found again.",
    how_long="A week; something tidies every hour.",
)
kept(
    "weekly letters",
    what="That somebody’s weekly letter was sent, without its text.",
    why="So that nobody gets it twice.",
    how_long="Nine weeks; each round of letters clears what is older.",
)
kept(
    "addresses that fail",
    what="That letters to an address come back; the address as a digest only.",
    why="So that nobody is asked in vain, and the school can mend it.",
    how_long="90 days after the last letter that came back.",
)
kept(
    "waiting lists",
    what="A staff list that was brought in and waits to be applied.",
    why="So that somebody can look at what would change before it does.",
    how_long="Until it is applied or dropped, 14 days at most.",
    clear=f"{_HERE}.drop_old_imports",
)
kept(
    "journal",
    what="Who did what in a place: that a list was applied, a role given, a person merged.",
    why="So that a change can be explained afterwards.",
    how_long="What was done stays; its details are erased after 12 months.",
    clear=f"{_HERE}.empty_old_journal_entries",
)
kept(
    "erased people",
    what="An empty row without name or address for somebody who was erased.",
    why="Because a reply or a pulse under way points at it.",
    how_long="As long as something points at it.",
    clear=f"{_HERE}.drop_empty_people",
)
kept(
    "traces",
    what="What was deleted, in the database's own log.",
    why="A database writes twice, so that nothing is lost when the power goes.",
    how_long="Until the next night.",
    clear=f"{_HERE}.empty_log",
)
