"""The scale of a reflection grid: one of four states, and whether we should (docs/decisions/0078).

One answer holds both, so that state by should is one question with one tally and nothing is crossed afterwards (R4): 1 to 4
for a state, 4 more where "we should" is ticked. The numbers name answers and rank none: no mean is ever made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from alongside.science import disclosure
from alongside.science.tallies import Tally

STATES: Final = (
    ("1", gettext_noop("We do this")),
    ("2", gettext_noop("We talk about it")),
    ("3", gettext_noop("We don’t do this")),
    ("4", gettext_noop("I had never thought about it")),
)
SHOULD: Final = ("and", gettext_noop("We should"))  # what a form sends beside a state
DOING: Final = 1
OF_NETWORK: Final = ".n"  # ends the id of the second tap, which asks the same of the network
SCALE: Final = (*STATES, *((str(int(value) + len(STATES)), label) for value, label in STATES))
POINTS: Final = len(SCALE)
TICK_ALONE: Final = "+"  # "we should" without a state: no answer on this scale

type Share = tuple[int, str]  # percent, and as it is printed


@dataclass(frozen=True, slots=True)
class Parts:
    """What may be printed of one statement in one place, all of it from one tally: shares of the four states, the share
    that says we should, and the share that says we should and does not."""

    states: tuple[Share, ...]
    should: Share
    wanted: Share

    @property
    def document(self) -> dict[str, Any]:
        """As a release holds it."""
        return {
            "shares": [list(share) for share in self.states],
            "should": list(self.should),
            "wanted": list(self.wanted),
        }


def said(statement: str, network: str) -> str:
    """A statement in the reader's language, with the network's name where it speaks of it."""
    return gettext(statement).replace("{network}", network)


def holds(tally: Tally) -> bool:
    """Whether a tally is of answers on this scale, of which no mean is made."""
    return tally.points == POINTS


def value(state: str, *, should: bool) -> str:
    """The answer of a state and its tick; "" for none, TICK_ALONE for a tick without a state, else what was sent."""
    if state not in dict(STATES):
        return TICK_ALONE if should and not state else state
    return str(int(state) + len(STATES)) if should else state


def given(data: Mapping[str, Any], tap: str) -> str:
    """The answer that a form sent for one tap. What is on no scale comes back as something that is none either."""
    state = data.get(tap, "")
    return value(state, should=data.get(f"{tap}.{SHOULD[0]}") == "1") if state in {"", *dict(STATES)} else "?"


def state_of(answer: str) -> str:
    """The state that an answer holds; "" for none."""
    return str((int(answer) - 1) % len(STATES) + 1) if answer in dict(SCALE) else ""


def says_should(answer: str) -> bool:
    """Whether an answer holds “we should”."""
    return answer == TICK_ALONE or (answer in dict(SCALE) and int(answer) > len(STATES))


def parts(tally: Tally, k: int) -> Parts | None:
    """What may be printed of a tally on this scale; None under k answers. Each share is rounded by R5, as any other."""
    half = len(STATES)
    ticked = tally.counts[half:]
    wanted = sum(ticked) - ticked[DOING - 1]
    states = disclosure.shown_shares(Tally(tuple(a + b for a, b in zip(tally.counts[:half], ticked, strict=True))), k)
    if states is None:
        return None
    return Parts(
        tuple((share.percent, share.label) for share in states), _of(sum(ticked), tally.n, k), _of(wanted, tally.n, k)
    )


def _of(count: int, n: int, k: int) -> Share:
    shown = disclosure.shown_shares(Tally((n - count, count)), k)
    if shown is None:
        raise AssertionError("as many answers as above")
    return shown[1].percent, shown[1].label


def document(tally: Tally, k: int) -> dict[str, Any] | None:
    """`parts` as a release holds them."""
    found = parts(tally, k)
    return found.document if found else None


def read(found: Mapping[str, Any]) -> Parts:
    """What a release holds of one statement in one place."""
    states = tuple((int(percent), str(label)) for percent, label in found["shares"])
    should, wanted = found["should"], found["wanted"]
    return Parts(states, (int(should[0]), str(should[1])), (int(wanted[0]), str(wanted[1])))
