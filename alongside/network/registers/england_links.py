"""England: what Get Information about Schools says of schools that follow one another, and of groups such as trusts."""

from __future__ import annotations

import re

from alongside.kit.tabular import shown
from alongside.network.registers.rows import Cells, GroupRow, Layout, LinkKind, LinkRow

_TYPE, _LINKED, _SEARCHED = "LinkType", "LinkURN", "Linked establishments"
# The 17 words of the register. The first two columns say who came after whom; the rest tell of no order.
_AFTER: dict[str, LinkKind] = {
    "successor": "continues",
    "successor - merged": "merged",
    "successor - amalgamated": "amalgamated",
    "successor - split school": "split",
}
_BEFORE: dict[str, LinkKind] = {
    "predecessor": "continues",
    "predecessor - merged": "merged",
    "predecessor - amalgamated": "amalgamated",
    "predecessor - split school": "split",
}
_RELATED = frozenset(
    (
        "sixth form centre school",
        "sixth form centre link",
        "result of amalgamation",
        "merged - expansion in school capacity and changer in age range",
        "merged - change in age range",
        "merged - expansion of school capacity",
        "expansion",
        "closure",
        "other",
    )
)
_LISTED = re.compile(r"\s*([0-9]{5,7}) ([A-Za-z][A-Za-z -]*?)\s*")
_NO_LINKS = ("", "does not have links")


def of_links(cells: Cells) -> list[LinkRow]:
    """The link that one row of the links file states."""
    number, other = cells.number("URN", 7), cells.number(_LINKED, 7)
    words, since = cells.text(_TYPE, 80), cells.day("LinkEstablishedDate")
    link = _link(number, other, words)
    if link is None:
        cells.fault(_TYPE, f"{shown(words)} is not a kind of link that is known. Correct it, or delete the row.")
    elif number and number == other:
        cells.fault(_LINKED, f"School {number} is linked to itself. Delete the row.")
    if link is None or not cells.sound:
        return []
    return [LinkRow(link.earlier, link.later, link.kind, words, since, link.stated)]


def of_search(cells: Cells) -> list[LinkRow]:
    """The links that the search download lists in its last column: "115995 Predecessor,115996 Predecessor"."""
    listed, number = cells.text(_SEARCHED, 2_000), cells.number("URN", 7)
    if listed.casefold() in _NO_LINKS or not number:
        return []
    found = [_listed(number, part) for part in listed.split(",")]
    if None in found:
        cells.fault(_SEARCHED, f"{shown(listed)} is not a list of links. Write it as in 115995 Predecessor.")
    return [link for link in found if link is not None]


def mend_search(row: list[str], width: int) -> list[str] | None:
    """The last column holds its list without quotation marks, so that each link after the first became a cell."""
    spilled = row[width - 1 :]
    if len(row) <= width or not all(_LISTED.fullmatch(cell) for cell in spilled):
        return None
    return [*row[: width - 1], ",".join(spilled)]


def mend_group_links(row: list[str], width: int) -> list[str] | None:
    """Rows of 2018 lack the last cell of their header, HasSharedHT: certain where the cells before stand where they must."""
    if len(row) != width - 1 or not (row[0].isdecimal() and row[1].isdecimal() and row[-2].isdecimal()):
        return None
    return [*row, ""]


def of_group_links(cells: Cells) -> GroupRow:
    """A school that is in a group."""
    school = cells.number("URN", 7)
    return _group(cells, "Linked UID", "Group Status", school)


def of_groups(cells: Cells) -> GroupRow:
    """A group without its schools."""
    return _group(cells, "UID", "Status", "")


def _group(cells: Cells, number: str, status: str, school: str) -> GroupRow:
    closed = cells.text("Closed Date") or cells.text(status).casefold() not in {"open", ""}
    return GroupRow(
        cells.number(number, 9), cells.needed("Group Name"), cells.text("Group Type", 60), not closed, school
    )


def _listed(number: str, part: str) -> LinkRow | None:
    found = _LISTED.fullmatch(part)
    return _link(number, found[1].lstrip("0"), found[2]) if found else None


def _link(number: str, other: str, words: str) -> LinkRow | None:
    known = words.casefold()
    if known in _AFTER:
        return LinkRow(number, other, _AFTER[known], words)
    if known in _BEFORE:
        return LinkRow(other, number, _BEFORE[known], words, stated=False)
    return LinkRow(number, other, "related", words) if known in _RELATED else None


LINKS = Layout(
    key="gias-links",
    title="Get Information about Schools, links between schools",
    country="GB",
    register="gb-urn",
    number="URN",
    needed=("URN", _LINKED, _TYPE, "LinkEstablishedDate"),
    links=of_links,
)
GROUP_LINKS = Layout(
    key="gias-group-links",
    title="Get Information about Schools, members of groups",
    country="GB",
    register="gb-urn",
    gatherings="gb-group",
    number="URN",
    needed=("URN", "Linked UID", "Group Name", "Group Type", "Group Status"),
    group=of_group_links,
    mend=mend_group_links,
)
GROUPS = Layout(
    key="gias-groups",
    title="Get Information about Schools, groups",
    country="GB",
    register="gb-urn",
    gatherings="gb-group",
    number="UID",
    needed=("UID", "Group Name", "Group Type", "Status"),
    without=("URN",),
    group=of_groups,
)
