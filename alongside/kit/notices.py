"""What a person would want to know: one line each, announced by the package that knows it, gathered in `doors`.

A package has a module `notices` with `notices(standing, since)`. Nothing in a notice may tell who answered a pulse.
"""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened, or that needs me. url: its path; organisation: id of the place it belongs to."""

    when: datetime.datetime
    text: str
    url: str
    organisation: int
    needs_me: bool = False
