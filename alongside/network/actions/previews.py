"""What a plan would do, in the words and short lists of a page; kept with the file that waits."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from alongside.kit.tabular import Fault, clean_text
from alongside.kit.words import people_date
from alongside.network.actions.planning import CarriedOn, Change, Key, Plan
from alongside.network.models import Community, School
from alongside.network.registers import SchoolRow

CAP: Final = 50  # lines of each list; the page says how many more there are

type Line = dict[str, object]

_WORDS = {
    "country": "country",
    "phase": "phase",
    "kind": "type",
    "status": "status",
    "opened_on": "opened on",
    "closed_on": "closes on",
    "street": "street",
    "town": "town",
    "postcode": "postcode",
    "area": "area",
    "latitude": "latitude",
    "longitude": "longitude",
    "easting": "easting",
    "northing": "northing",
    "roll": "students",
    "low_age": "lowest age",
    "high_age": "highest age",
    "website": "website",
    "name": "name",
}


def preview_of(plan: Plan, members: set[int]) -> dict[str, object]:
    """Counts and the first lines of each list, as JSON takes it. members: ids of the schools of one's own network, which
    come first in each list."""
    changed = [change for change in plan.changed if not change.closes]
    file = plan.file
    return {
        "layout": file.layout,
        "rows": file.rows_read,
        "schools": len(file.schools),
        "open": plan.open,
        "mended": file.mended,
        "unchanged": plan.unchanged,
        "former": plan.former,
        "strangers": plan.strangers,
        "links": len(plan.links),
        "past": len(plan.past),
        "joins": len(plan.joins),
        "leaves": len(plan.leaves),
        "communities": len(plan.gatherings),
        "new": _listed(plan.new, _new),
        "changed": _listed(_ours_first(changed, members), lambda change: _changed(change, members)),
        "closed": _listed(_ours_first(plan.closed, members), lambda change: _closed(change, members)),
        "carried": _listed(plan.carried, lambda one: _carried(one, plan)),
        "moves": _listed([*plan.joins, *plan.leaves][: CAP + 1], _mover(plan), len(plan.joins) + len(plan.leaves)),
        "faults": _listed(file.faults, _fault),
        "notes": _listed(file.notes, _fault),
    }


def _listed[T](found: Sequence[T], line: Callable[[T], Line], count: int | None = None) -> dict[str, object]:
    total = len(found) if count is None else count
    lines = [line(each) for each in found[:CAP]]
    return {"count": total, "lines": lines, "more": total - len(lines)}


def _ours_first(changes: Iterable[Change], members: set[int]) -> list[Change]:
    return sorted(changes, key=lambda change: change.school not in members)


def _new(row: SchoolRow) -> Line:
    return {"number": row.number, "name": row.name, "town": row.town, "status": School.Status(row.status).label}


def _changed(change: Change, members: set[int]) -> Line:
    what = [line for name, value in change.after.items() for line in _differences(name, change.before[name], value)]
    return {
        "number": change.number,
        "name": change.name,
        "ours": change.school in members,
        "what": what,
    }


def _closed(change: Change, members: set[int]) -> Line:
    day = change.after.get("closed_on")
    return {
        "number": change.number,
        "name": change.name,
        "ours": change.school in members,
        "town": change.town,
        "day": people_date(day) if isinstance(day, datetime.date) else "",
    }


def _differences(name: str, before: object, after: object) -> list[list[str]]:
    """[what, old, new] for each difference; facts are compared one by one."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [
            key for key in [*before, *(key for key in after if key not in before)] if before.get(key) != after.get(key)
        ]
        return [[key.replace("_", " "), _shown(before.get(key)), _shown(after.get(key))] for key in keys]
    if name == "status":
        return [["status", School.Status(str(before)).label, School.Status(str(after)).label]]
    return [[_WORDS[name], _shown(before), _shown(after)]]


def _shown(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, datetime.date):
        return people_date(value)
    return clean_text(str(value))


def _carried(one: CarriedOn, plan: Plan) -> Line:
    by_id = {pk: number for number, pk in plan.numbers.items()}
    rows = {row.number: row.name for row in plan.new}
    last = one.heirs[-1]
    number = str(by_id[last] if isinstance(last, int) else last)
    name = School.objects.get(pk=last).name if isinstance(last, int) else rows[last]
    return {"old": one.school.name, "number": number, "name": name}


def _mover(plan: Plan) -> Callable[[tuple[Key, str]], Line]:
    """A line for a school that joins or leaves a community, with the names of both."""
    pairs = [*plan.joins[: CAP + 1], *plan.leaves[: CAP + 1]]
    schools = dict(
        School.objects.filter(pk__in=[key for key, _ in pairs if isinstance(key, int)]).values_list("pk", "name")
    )
    names = {row.number: row.name for row in plan.new}
    wanted = [number for _, number in pairs]
    known = dict(
        Community.objects.filter(register=plan.file.gatherings, number__in=wanted).values_list("number", "name")
    )
    joining = set(plan.joins)

    def line(pair: tuple[Key, str]) -> Line:
        key, number = pair
        school = schools.get(key, "") if isinstance(key, int) else names.get(key, "")
        community = plan.file.communities.get(number) or known.get(number, "")
        return {"school": school, "community": community, "joins": pair in joining}

    return line


def _fault(fault: Fault) -> Line:
    return {"row": fault.row, "column": fault.column, "text": fault.text}
