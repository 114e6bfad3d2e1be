"""The layouts that are known, and which of them a header belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alongside.kit.tabular import UnreadableFile
from alongside.network.registers import england, england_links, nsw, nz, nz_history
from alongside.network.registers.rows import Layout

LAYOUTS: tuple[Layout, ...] = (
    nz.DIRECTORY,
    nz_history.HISTORY,
    england.FULL,
    england.SEARCH,
    england.EXTRACT,
    england_links.LINKS,
    england_links.GROUP_LINKS,
    england_links.GROUPS,
    nsw.MASTER,
)
# What a person is told to choose when a file is none of them: registers, and not what comes beside them.
_FIRST = (nz.DIRECTORY, england.FULL, nsw.MASTER)


class UnknownRegister(UnreadableFile):
    """No register that is known has these columns."""


def recognise(header: Iterable[str]) -> Layout | None:
    """The layout whose columns all are in the header, in any order and beside any others; None when there is none."""
    names = {name.strip() for name in header}
    return next((one for one in LAYOUTS if names.issuperset(one.needed) and names.isdisjoint(one.without)), None)


def layout_of(header: Sequence[str]) -> Layout:
    """The layout to read a file by. Raises UnknownRegister with the columns that are needed."""
    layout = recognise(header)
    if layout is None:
        raise UnknownRegister(_what_is_needed(header))
    return layout


def _what_is_needed(header: Sequence[str]) -> str:
    nearest = max(LAYOUTS, key=lambda one: _known(one, header) / len(one.needed))
    missing = [name for name in nearest.needed if name not in header]
    if missing and len(missing) <= len(nearest.needed) // 2:
        return f"This looks like {nearest.title}, but lacks {_listed(missing)}; fetch the register again, with all its columns."
    needed = "; ".join(f"{one.title} has {_listed(one.needed)}" for one in _FIRST)
    return f"This is not a register that is known; choose the file as the register hands it out: {needed}."


def _known(layout: Layout, header: Sequence[str]) -> int:
    return len(set(layout.needed) & set(header))


def _listed(names: Sequence[str]) -> str:
    return ("the columns " if len(names) > 1 else "the column ") + ", ".join(f'"{name}"' for name in names)
