"""What a register file would change, worked out in full before anything is changed.

A plan that is made twice from the same file and the same register has the same digest: so a preview can be held to.
"""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from alongside.network.models import Community, RegisterNumber, School, SchoolLink, SchoolPast
from alongside.network.registers import LinkRow, PastRow, RegisterFile, SchoolRow

# A school by its id, or by its number in the file while it has no id yet.
type Key = int | str
type Values = dict[str, object]

COPIED = [
    "name",
    "country",
    "phase",
    "kind",
    "status",
    "opened_on",
    "closed_on",
    "street",
    "town",
    "postcode",
    "area",
    "latitude",
    "longitude",
    "easting",
    "northing",
    "roll",
    "low_age",
    "high_age",
    "website",
    "facts",
]
BATCH = 2000
DESCRIBING = ("name", "kind", "status")  # what makes a school look another one: kept as a dated row


@dataclass(slots=True)
class Change:
    """One school of which the file says something else: what it said before, and what it says now.

    It holds no row of the database: of a whole register, these would fill the memory.
    """

    school: int
    number: str
    name: str
    town: str
    before: Values
    after: Values

    @property
    def closes(self) -> bool:
        return self.after.get("status") == School.Status.CLOSED

    @property
    def renamed(self) -> bool:
        return "name" in self.after


@dataclass(slots=True)
class CarriedOn:
    """A school that works with us has closed, and one school alone carries it on: the same school under a new number."""

    school: School
    heirs: list[Key]
    day: datetime.date | None


@dataclass(slots=True)
class Plan:
    """Everything that applying a file would do. `strangers`: rows about schools that are not in the register."""

    file: RegisterFile
    numbers: dict[str, int] = field(default_factory=dict)
    new: list[SchoolRow] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    former: int = 0
    links: list[tuple[Key, Key, LinkRow]] = field(default_factory=list)
    past: list[tuple[Key, PastRow]] = field(default_factory=list)
    gatherings: dict[str, tuple[str, str]] = field(default_factory=dict)
    joins: list[tuple[Key, str]] = field(default_factory=list)
    leaves: list[tuple[Key, str]] = field(default_factory=list)
    carried: list[CarriedOn] = field(default_factory=list)
    strangers: int = 0

    @property
    def closed(self) -> list[Change]:
        return [change for change in self.changed if change.closes]

    @property
    def open(self) -> int:
        return sum(row.status in {"open", "closing"} for row in self.file.schools)

    def digest(self) -> str:
        """SHA-256 in hex of all that would be done, in the order of the file."""
        found = hashlib.sha256()
        for part in self._parts():
            found.update(repr(part).encode())
            found.update(b"\n")
        return found.hexdigest()

    def _parts(self) -> Iterator[object]:
        yield self.file.register, self.file.layout
        yield from self.new
        yield from ((one.school, sorted(one.before.items()), sorted(one.after.items())) for one in self.changed)
        yield from self.links
        yield from self.past
        yield sorted(self.gatherings.items())
        yield from (("joins", *each) for each in self.joins)
        yield from (("leaves", *each) for each in self.leaves)
        yield from ((one.school.pk, one.heirs, one.day) for one in self.carried)


def plan_for(file: RegisterFile) -> Plan:
    """Compare a file with the register as it stands. The number of queries does not grow with the file."""
    known = RegisterNumber.objects.filter(register=file.register).values_list("number", "school_id", "until")
    plan = Plan(file)
    former = set()
    for number, school, until in known:
        plan.numbers[number] = school
        if until is not None:
            former.add(number)
    _plan_schools(plan, former)
    _plan_past(plan)
    _plan_links(plan)
    _plan_gatherings(plan)
    _plan_carrying_on(plan)
    return plan


def values_of(row: SchoolRow, country: str) -> Values:
    """The columns of a school as a row of a file states them."""
    return {
        "name": row.name,
        "country": country,
        "phase": row.phase,
        "kind": row.kind,
        "status": row.status,
        "opened_on": row.opened,
        "closed_on": row.closed,
        "street": row.street,
        "town": row.town,
        "postcode": row.postcode,
        "area": row.area,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "easting": row.easting,
        "northing": row.northing,
        "roll": row.roll,
        "low_age": row.low_age,
        "high_age": row.high_age,
        "website": row.website,
        "facts": row.facts,
    }


def _plan_schools(plan: Plan, former: set[str]) -> None:
    """A row under a number that a school no longer has tells of its past, and changes nothing."""
    rows = [row for row in plan.file.schools if row.number not in former]
    plan.former = len(plan.file.schools) - len(rows)
    plan.new = [row for row in rows if row.number not in plan.numbers]
    if plan.file.fills:
        plan.unchanged = len(rows) - len(plan.new)
        return
    known = [row for row in rows if row.number in plan.numbers]
    for start in range(0, len(known), BATCH):
        batch = known[start : start + BATCH]
        schools = School.objects.in_bulk([plan.numbers[row.number] for row in batch])
        for row in batch:
            _compare(plan, schools[plan.numbers[row.number]], row)


def _compare(plan: Plan, school: School, row: SchoolRow) -> None:
    values = values_of(row, plan.file.country.lower())
    if plan.file.partial:
        values["facts"] = school.facts | row.facts
    for name in plan.file.weak:
        values[name] = getattr(school, name) or values[name]
    after = {name: value for name, value in values.items() if getattr(school, name) != value}
    if after:
        before = {name: getattr(school, name) for name in after}
        plan.changed.append(Change(school.pk, row.number, school.name, school.town, before, after))
    else:
        plan.unchanged += 1


def _plan_past(plan: Plan) -> None:
    """What schools were, where it is not known yet; the span that still lasts is no past."""
    if not plan.file.past:
        return
    lasting = {row.number for row in plan.file.schools if row.status != "closed"}
    end = max(span.until for span in plan.file.past if span.until)
    known = set(SchoolPast.objects.values_list("school_id", "name", "kind", "since", "until"))
    for span in plan.file.past:
        key = _key(plan, span.school.number)
        row = (key, span.school.name, span.school.kind, span.since, span.until)
        if row not in known and not (span.until == end and span.school.number in lasting):
            plan.past.append((key, span))


def _plan_links(plan: Plan) -> None:
    """Links between schools that the register has, each once, with its day where either side states one."""
    if not plan.file.links:
        return
    here = {row.number for row in plan.new} | plan.numbers.keys()
    known = set(SchoolLink.objects.values_list("earlier_id", "later_id", "kind"))
    found: dict[tuple[Key, Key, str], LinkRow] = {}
    for link in plan.file.links:
        if link.earlier not in here or link.later not in here:
            plan.strangers += 1
            continue
        ends = _key(plan, link.earlier), _key(plan, link.later), link.kind
        first = found.setdefault(ends, link)
        if first.since is None and link.since is not None:
            found[ends] = link
    plan.links = [(*ends[:2], link) for ends, link in found.items() if ends[0] != ends[1] and ends not in known]


def _plan_gatherings(plan: Plan) -> None:
    """Communities by number with name and kind, who joins them, and who has left; nothing where the file knows none."""
    file = plan.file
    if not file.gatherings:
        return
    known = {
        number: (name, kind)
        for number, name, kind in Community.objects.filter(register=file.gatherings).values_list(
            "number", "name", "kind"
        )
    }
    for number, name in file.communities.items():
        described = name, file.community_kinds.get(number, known.get(number, ("", ""))[1])
        if known.get(number) != described:
            plan.gatherings[number] = described
    here = {row.number for row in plan.new} | plan.numbers.keys()
    plan.strangers += sum(school not in here for school, _ in file.members)
    wanted = {(_key(plan, school), community): None for school, community in file.members if school in here}
    through = Community.schools.through.objects.filter(community__register=file.gatherings)
    standing = set(through.values_list("school_id", "community__number"))
    spoken_of = {_key(plan, row.number) for row in file.schools} | {school for school, _ in wanted}
    plan.joins = [pair for pair in wanted if pair not in standing]
    plan.leaves = sorted(pair for pair in standing if pair[0] in spoken_of and pair not in wanted)


def _plan_carrying_on(plan: Plan) -> None:
    """Schools that work with us, have closed, and are carried on by one school alone that works with nobody yet."""
    ours = School.objects.filter(organisation__isnull=False, numbers__register=plan.file.register).distinct()
    status: dict[Key, str] = {
        change.school: str(change.after["status"]) for change in plan.changed if "status" in change.after
    }
    closed = [school for school in ours if status.get(school.pk, school.status) == School.Status.CLOSED]
    if not closed:
        return
    status |= {row.number: row.status for row in plan.new}
    after, before = _succession(plan.links)
    waiting = _unused({key for later in after.values() for key, _ in later if isinstance(key, int)})
    known: dict[Key, str] = {**waiting, **status}
    for school in closed:
        chain, day = _sole_heirs(school.pk, after, before)
        free = all(isinstance(key, str) or key in waiting for key in chain)
        if chain and free and known.get(chain[-1]) in {School.Status.OPEN, School.Status.CLOSING}:
            plan.carried.append(CarriedOn(school, chain, day))


type After = Mapping[Key, list[tuple[Key, LinkRow | SchoolLink]]]


def _succession(links: Iterable[tuple[Key, Key, LinkRow]]) -> tuple[After, Mapping[Key, set[Key]]]:
    """Who comes after whom and before whom, by the links that stand and those that would be added."""
    after: dict[Key, list[tuple[Key, LinkRow | SchoolLink]]] = defaultdict(list)
    before: dict[Key, set[Key]] = defaultdict(set)
    for standing in SchoolLink.objects.exclude(kind=SchoolLink.Kind.RELATED):
        after[standing.earlier_id].append((standing.later_id, standing))
        before[standing.later_id].add(standing.earlier_id)
    for earlier, later, link in links:
        if link.kind != "related":
            after[earlier].append((later, link))
            before[later].add(earlier)
    return after, before


def _unused(schools: set[int]) -> dict[Key, str]:
    """Of these schools, those that have no organisation, with their status."""
    rows = School.objects.filter(organisation__isnull=True).in_bulk(list(schools)) if schools else {}
    return {pk: school.status for pk, school in rows.items()}


def _sole_heirs(start: int, after: After, before: Mapping[Key, set[Key]]) -> tuple[list[Key], datetime.date | None]:
    """The chain of schools of which each alone carries on the one before, and the day of its first step.

    Empty as soon as schools merge, part, or run in a circle: then it is no longer the same school.
    """
    chain: list[Key] = []
    day = None
    here: Key = start
    while here in after:
        later = {key for key, _ in after[here]}
        kinds = {str(link.kind) for _, link in after[here]}
        (heir,) = later if len(later) == 1 else (None,)
        if heir is None or kinds != {"continues"} or len(before[heir]) != 1 or heir == start or heir in chain:
            return [], None
        if not chain:
            day = after[here][0][1].since
        chain.append(heir)
        here = heir
    return chain, day


def _key(plan: Plan, number: str) -> Key:
    return plan.numbers.get(number, number)
