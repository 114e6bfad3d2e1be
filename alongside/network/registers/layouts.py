"""The layouts that are known, and which of them a header belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alongside.kit.tabular import UnreadableFile
from alongside.network.registers import england, nz
from alongside.network.registers.rows import Layout

LAYOUTS: tuple[Layout, ...] = (
    nz.DIRECTORY,
    england.FULL,
    england.SEARCH,
    england.LINKS,
    england.GROUP_LINKS,
    england.EXTRACT,
    nz.HISTORY,
)


class UnknownRegister(UnreadableFile):
    """No register that is known has these columns."""


class LayoutNotRead(UnreadableFile):
    """The layout is known, and not read yet."""


def recognise(header: Iterable[str]) -> Layout | None:
    """The layout whose columns all are in the header, in any order and beside any others; None when there is none."""
    names = {name.strip() for name in header}
    return next((one for one in LAYOUTS if names.issuperset(one.needed) and names.isdisjoint(one.without)), None)


def layout_of(header: Sequence[str]) -> Layout:
    """The layout to read a file by. Raises UnknownRegister with the columns needed, or LayoutNotRead."""
    layout = recognise(header)
    if layout is None:
        raise UnknownRegister(_what_is_needed(header))
    if layout.read is None:
        readable = " or ".join(f'"{one.title}"' for one in LAYOUTS if one.read)
        raise LayoutNotRead(f'This is "{layout.title}", a layout that is not read yet; choose {readable}.')
    return layout


def _what_is_needed(header: Sequence[str]) -> str:
    readable = [one for one in LAYOUTS if one.read]
    nearest = max(readable, key=lambda one: len(set(one.needed) & set(header)))
    missing = [name for name in nearest.needed if name not in header]
    if len(missing) <= len(nearest.needed) // 2:
        return f"This looks like {nearest.title}, but lacks {_listed(missing)}; fetch the register again, with all its columns."
    needed = "; ".join(f"{one.title} has {_listed(one.needed)}" for one in readable)
    return f"This is not a register that is known; choose the file as the register hands it out: {needed}."


def _listed(names: Sequence[str]) -> str:
    return ("the columns " if len(names) > 1 else "the column ") + ", ".join(f'"{name}"' for name in names)
