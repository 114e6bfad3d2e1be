"""Staff from OneRoster CSV, versions 1.1 and 1.2: of all its people only the staff of the school that is asked for.

Children and their families are in these files too. They are passed over as they are read, and no name of theirs is kept
(1EdTech OneRoster 1.2, CSV binding: https://www.imsglobal.org/spec/oneroster/v1p2/bind/csv).
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from alongside.kit import archives
from alongside.kit.rawfile import Source, UnreadableFile
from alongside.kit.tabular import Fault, FaultList, Row, Table, clean_text, read_table, shown
from alongside.people.stafflist import MAX_ROWS, RowReader, StaffList, StaffRow, places_of_people

MAX_ROWS_READ: Final = 200_000
DELETED: Final = "tobedeleted"

# Roles of 1.1 and 1.2, and the title of ours that each stands for; "" is no member of staff.
_TITLES: Final = {
    "teacher": "teacher",
    "aide": "assistant",
    "principal": "head",
    "counselor": "counsellor",
    "siteadministrator": "administrator",
    "administrator": "administrator",
    "districtadministrator": "other",
    "systemadministrator": "technician",
    "proctor": "support",
    "student": "",
    "guardian": "",
    "parent": "",
    "relative": "",
}
_HEADER: Final = ["givenName", "familyName", "email", "role"]
_FILES: Final = ("manifest.csv", "users.csv", "orgs.csv", "roles.csv")
_USERS: Final = {"sourcedid", "givenname", "familyname"}
_WANTED: Final = _USERS | {
    *("status", "email", "role", "orgsourcedids", "preferredgivenname", "preferredfamilyname", "usersourcedid"),
    *("roletype", "begindate", "enddate", "orgsourcedid", "name", "type", "identifier", "parentsourcedid"),
    *("propertyname", "value"),
}

type Line = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """The school whose staff are wanted. numbers: in its registers. called: what the file calls it, when it says otherwise."""

    name: str
    numbers: frozenset[str] = frozenset()
    called: str = ""


@dataclass(slots=True)
class _Post:
    """What one person does at the school: the first role that is said to be primary, or the first of all."""

    title: str
    primary: bool


@dataclass(slots=True)
class _Found:
    """What the files say, gathered while they are read. schools: sourcedIds of the school asked for and of its parts."""

    schools: set[str]
    complete: bool = True
    faults: FaultList = field(default_factory=FaultList)
    posts: dict[str, _Post] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    passed_over: Counter[str] = field(default_factory=Counter)


def folder_of(names: list[str]) -> str | None:
    """The folder in an archive that holds users.csv, as a beginning of names: "" is the top. None without one."""
    found = [name for name in names if name.rpartition("/")[2] == "users.csv" and not name.startswith("__MACOSX")]
    return found[0].removesuffix("users.csv") or "./" if found else None


def is_users_file(header: list[str]) -> bool:
    """Whether a table's heading is that of users.csv."""
    return {clean_text(name).lower() for name in header} >= _USERS


def read_archive(data: Source, folder: str, names: list[str], asked: Asked) -> StaffList:
    """The staff of the school asked for, from a zip of OneRoster files.

    Raises UnreadableFile when the school is not in it, with the schools that are.
    """
    start = "" if folder == "./" else folder
    wanted = frozenset(start + name for name in _FILES if start + name in names)
    tables = {
        name.removeprefix(start): _table(content, name.removeprefix(start))
        for name, content in archives.unpack(data, wanted).items()
    }
    if "orgs.csv" not in tables:
        raise UnreadableFile(
            "This OneRoster archive has no orgs.csv, so its schools cannot be told apart; fetch it again."
        )
    found = _begun(tables, asked)
    if roles := tables.get("roles.csv"):
        with _naming("roles.csv"):
            _read_roles(roles, found)
    with _naming("users.csv"):
        return _staff(_lines(tables["users.csv"]), tables["users.csv"], found, from_roles=roles is not None)


def _begun(tables: dict[str, Table], asked: Asked) -> _Found:
    with _naming("manifest.csv"):
        properties = _manifest(tables.get("manifest.csv"))
    with _naming("orgs.csv"):
        orgs = [line for _, line in _lines(tables["orgs.csv"]) if line["status"].lower() != DELETED]
    return _Found(_school_and_parts(orgs, asked), complete=properties.get("file.users") != "delta")


def read_users_alone(table: Table, asked: Asked) -> StaffList:
    """The staff from users.csv of version 1.1 alone. Raises UnreadableFile when it says no roles or several schools."""
    if not {"role", "orgsourcedids"} <= {name.lower() for name in table.header}:
        raise UnreadableFile(
            "This users.csv says nobody's role and school; in OneRoster 1.2 they are in roles.csv. Bring the whole zip."
        )
    lines = [(number, line) for number, line in _lines(table) if _title(line["role"]) != ""]
    orgs = {org for _, line in lines for org in _ids(line["orgsourcedids"])}
    named = {asked.called, *asked.numbers} & orgs
    if len(orgs) > 1 and not named:
        known = ", ".join(shown(org) for org in sorted(orgs)[:8])
        raise UnreadableFile(
            f"This users.csv speaks of several schools ({known}). Bring the whole zip, or write below which one is meant."
        )
    return _staff(lines, table, _Found(named or orgs), from_roles=False)


def _table(content: bytes, name: str) -> Table:
    with _naming(name):
        return read_table(content, max_bytes=archives.MAX_UNPACKED, max_rows=MAX_ROWS_READ)


class _Named(UnreadableFile):
    """Says in which file of an archive it is."""


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """A file that cannot be read is named, since the archive holds several."""
    try:
        yield
    except _Named:
        raise
    except UnreadableFile as problem:
        raise _Named(f"{name} in this archive cannot be read. {problem}") from problem


def _lines(table: Table) -> Iterator[Line]:
    """Each row by the small letters of those columns that matter here; one that a file leaves out is blank."""
    wanted = [(place, name.lower()) for place, name in enumerate(table.header) if name.lower() in _WANTED]
    for row in table.rows:
        yield row.number, defaultdict(str, {name: clean_text(row.cells[place]) for place, name in wanted})


def _manifest(table: Table | None) -> dict[str, str]:
    """Properties by name. Raises UnreadableFile for a version that is not known."""
    found = {line["propertyname"]: line["value"] for _, line in _lines(table)} if table else {}
    version = found.get("oneroster.version", "1.2")
    if version not in {"1.1", "1.2"}:
        raise _Named(f"This is OneRoster {shown(version)}; versions 1.1 and 1.2 are known. Ask for one of them.")
    return found


def _school_and_parts(live: list[dict[str, str]], asked: Asked) -> set[str]:
    """The sourcedIds of the school and of all below it (departments). Raises UnreadableFile when it is not there."""
    words = [asked.called] if asked.called else [asked.name, *asked.numbers]
    wanted = {clean_text(word).casefold() for word in words}
    said = ("sourcedid", "name", "identifier")
    inside = {line["sourcedid"] for line in live if wanted & {line[key].casefold() for key in said if line[key]}}
    if not inside:
        raise _Named(_no_school(live, asked))
    while more := {line["sourcedid"] for line in live if line["parentsourcedid"] in inside} - inside:
        inside |= more
    return inside


def _no_school(live: list[dict[str, str]], asked: Asked) -> str:
    schools = [line["name"] for line in live if line["type"].lower() == "school"] or [line["name"] for line in live]
    named = ", ".join(shown(name) for name in schools[:8]) or "none"
    number = f" ({', '.join(sorted(asked.numbers))})" if asked.numbers else ""
    return (
        f"{asked.called or asked.name}{number if not asked.called else ''} is not among the schools of this file: {named}. "
        "Write below what the file calls the school, and choose the file again."
    )


def _read_roles(table: Table, found: _Found) -> None:
    today = datetime.date.today().isoformat()
    for _, line in _lines(table):
        if line["status"].lower() != DELETED and _holds(line, today):
            primary = line["roletype"] == "primary"
            _note_role(line["usersourcedid"], line["role"], [line["orgsourcedid"]], found, primary=primary)
    found.faults.extend(Fault(fault.row, f"roles.csv {fault.column}".strip(), fault.text) for fault in table.faults)


def _holds(line: dict[str, str], today: str) -> bool:
    """Whether a role holds on that day; days are written 2026-11-22, so they compare as text."""
    begins, ends = line["begindate"][:10], line["enddate"][:10]
    return (not begins or begins <= today) and (not ends or ends >= today)


def _note_role(user: str, role: str, orgs: list[str], found: _Found, *, primary: bool) -> None:
    title = _title(role)
    if title == "":
        found.passed_over[role.lower()] += 1
    elif not found.schools.intersection(orgs):
        found.elsewhere.add(user)
    elif user not in found.posts or (primary and not found.posts[user].primary):
        found.posts[user] = _Post(role if title is None else title, primary)


def _title(role: str) -> str | None:
    """Our title for a role; "" when it is no member of staff's, None when it is not known (ext: roles and others)."""
    return _TITLES.get(role.lower())


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _staff(lines: Iterable[Line], table: Table, found: _Found, *, from_roles: bool) -> StaffList:
    reader = RowReader(Table(list(_HEADER), encoding="", delimiter="", faults=found.faults), places_of_people())
    rows: list[StaffRow] = []
    leaving: list[str] = []
    for number, line in lines:
        if not from_roles:
            _note_role(line["sourcedid"], line["role"], _ids(line["orgsourcedids"]), found, primary=True)
        post = found.posts.get(line["sourcedid"])
        if line["status"].lower() == DELETED:
            leaving += [line["email"].lower()] if line["email"] and (post or from_roles) else []
        elif post and (person := reader.person(Row(number, _cells(line, post), 4))):
            rows.append(person)
    if len(rows) > MAX_ROWS:
        raise UnreadableFile(f"It lists more than {MAX_ROWS:,} people at this school, the limit for a staff list.")
    found.faults.extend(table.faults)
    return StaffList(
        rows=rows,
        faults=sorted(found.faults, key=lambda fault: fault.row),
        rows_read=table.rows_read,
        without_email=sum(person.email is None for person in rows),
        complete=found.complete,
        leaving=leaving,
        notes=_notes(found),
    )


def _cells(line: dict[str, str], post: _Post) -> list[str]:
    given = line["preferredgivenname"] or line["givenname"]
    family = line["preferredfamilyname"] or line["familyname"]
    return [given, family, line["email"], post.title]


def _notes(found: _Found) -> list[str]:
    notes = []
    if kinds := sorted(found.passed_over.items()):
        said = ", ".join(f"{number:,} × {role}" for role, number in kinds)
        notes.append(f"Children and families were passed over, and nothing of them was kept: {said}.")
    if others := len(found.elsewhere - found.posts.keys()):
        notes.append(
            "1 person who works at another school in this file was passed over."
            if others == 1
            else f"{others:,} people who work at other schools in this file were passed over."
        )
    if not found.complete:
        notes.append("This file lists changes only (delta), so nobody leaves who is merely not in it.")
    return notes
