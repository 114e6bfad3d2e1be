"""What changes the reference register. Each verb is one transaction."""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from alongside.kit import database, journal
from alongside.kit.tabular import Fault
from alongside.network.actions.planning import (
    BATCH,
    COPIED,
    DESCRIBING,
    CarriedOn,
    Change,
    Key,
    Plan,
    plan_for,
    values_of,
)
from alongside.network.models import (
    Community,
    Joining,
    Organisation,
    RegisterImport,
    RegisterNumber,
    School,
    SchoolLink,
    SchoolPast,
)
from alongside.network.registers import RegisterFile, read_register

LOCK = 7421  # the register: whoever changes it holds it alone
_CHUNK = 1 << 20


IMPORTED = journal.deed(
    "network.register_imported", "brought the register of schools up to date, at the installation itself"
)


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What a register file says against what we have. `applied` is False for a preview."""

    plan: Plan
    applied: bool

    @property
    def register(self) -> RegisterFile:
        return self.plan.file

    @property
    def faults(self) -> list[Fault]:
        return self.plan.file.faults

    @property
    def lines(self) -> list[str]:
        """One line for each fault and each note, by row and column."""
        return [_line(fault) for fault in self.faults] + [_line(note) for note in self.plan.file.notes]

    @property
    def summary(self) -> str:
        """The last line that `alongside import-register` prints."""
        verb = "Imported" if self.applied else "Preview, nothing changed:"
        return f"{verb} {what(self.plan.file, self.plan.open)} from {self.plan.file.layout}. {', '.join(counts(self.plan))}."


def what(file: RegisterFile, open_ones: int) -> str:
    """What a file holds, as in "2,539 schools (2,531 open) in 96 communities with 789 members"."""
    parts = [f"{len(file.schools):,} schools ({open_ones:,} open)"] if file.schools or not _beside(file) else []
    if file.communities:
        among = "in " if parts else ""
        parts.append(f"{among}{len(file.communities):,} communities with {len(file.members):,} members")
    if file.links:
        parts.append(f"{'and ' if parts else ''}{len(file.links):,} links")
    return " ".join(parts)


def counts(plan: Plan) -> list[str]:
    """What would be done, as "4 new", "1 changed" …; rarer things only where there are any."""
    said = [f"{len(plan.new):,} new", f"{len(plan.changed):,} changed", f"{plan.unchanged:,} as before"]
    rarer = {
        "closed": len(plan.closed),
        "under an older number": plan.former,
        "carried on under a new number": len(plan.carried),
        "links added": len(plan.links),
        "earlier descriptions added": len(plan.past),
        "memberships added": len(plan.joins),
        "memberships ended": len(plan.leaves),
        "about schools that are not in the register": plan.strangers,
    }
    said += [f"{count:,} {words}" for words, count in rarer.items() if count]
    return [*said, f"{len(plan.file.faults):,} rows set aside"]


def _beside(file: RegisterFile) -> bool:
    return bool(file.links or file.communities)


def _line(fault: Fault) -> str:
    where = ", ".join(part for part in (f"row {fault.row}" if fault.row else "", fault.column) if part)
    return f"{where}: {fault.text}" if where else fault.text


def import_register(path: Path, *, preview: bool = False) -> ImportSummary:
    """Bring the reference register up to date with a file, in one transaction; faulty rows are set aside and listed.

    The same file twice changes nothing. Raises a Refused when the file cannot be read at all.
    """
    register = read_register(path)
    if preview:
        return ImportSummary(plan_for(register), False)
    with database.alone(LOCK, 0):
        plan = plan_for(register)
        apply_plan(plan)
        record(plan, digest_of(path))
        _tell(plan)
    return ImportSummary(plan, True)


def _tell(plan: Plan) -> None:
    """The register belongs to nobody: each network is told that somebody at the installation brought a file in."""
    payload = {"register": plan.file.register, "new": len(plan.new), "changed": len(plan.changed)}
    networks = Organisation.objects.filter(kind=Organisation.Kind.NETWORK).order_by("pk")
    for network in networks.values_list("pk", flat=True):
        journal.record(network, IMPORTED, by=None, payload=payload)


def apply_plan(plan: Plan) -> None:
    """Do what the plan says, in the caller's transaction, which holds the lock of the register."""
    _create(plan)
    _change(plan.changed)
    _gather(plan)
    _link(plan)
    _remember(plan)
    for one in plan.carried:
        _carry_on(one, plan.numbers)


def record(plan: Plan, digest: str) -> RegisterImport:
    """Note that a file was applied. digest: SHA-256 of the file, in hex."""
    file = plan.file
    summary = {"new": len(plan.new), "changed": len(plan.changed), "faults": len(file.faults)}
    return RegisterImport.objects.create(register=file.register, layout=file.layout, digest=digest, summary=summary)


def last_import() -> int:
    """Id of the import that was applied last, of any register; 0 before the first."""
    return RegisterImport.objects.aggregate(last=Max("pk"))["last"] or 0


def digest_of(path: Path) -> str:
    """SHA-256 of a file in hex, a piece at a time."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _create(plan: Plan) -> None:
    country, register = plan.file.country.lower(), plan.file.register
    for start in range(0, len(plan.new), BATCH):
        rows = plan.new[start : start + BATCH]
        schools = School.objects.bulk_create([School(**values_of(row, country)) for row in rows])
        made = {row.number: school.pk for row, school in zip(rows, schools, strict=True)}
        RegisterNumber.objects.bulk_create(
            [RegisterNumber(register=register, number=number, school_id=pk) for number, pk in made.items()]
        )
        plan.numbers |= made


def _change(changes: list[Change]) -> None:
    """Bring schools up to date; a school that changes its name, kind or status is remembered as it was."""
    since: dict[int, datetime.date] = {}
    if any(change.after.keys() & set(DESCRIBING) for change in changes):
        since = dict(SchoolPast.objects.values_list("school").annotate(last=Max("until")))
    for start in range(0, len(changes), BATCH):
        _change_batch(changes[start : start + BATCH], since)


def _change_batch(changes: list[Change], since: dict[int, datetime.date]) -> None:
    schools = School.objects.in_bulk([change.school for change in changes])
    today = datetime.date.today()
    SchoolPast.objects.bulk_create(
        _as_it_was(schools[change.school], since.get(change.school), _day(change, today))
        for change in changes
        if change.after.keys() & set(DESCRIBING)
    )
    for change in changes:
        for name, value in change.after.items():
            setattr(schools[change.school], name, value)
    # An insert that finds its row there: many times faster than one CASE for each column and school.
    School.objects.bulk_create(
        [_copy(school) for school in schools.values()],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*COPIED, "sought"],
    )
    _rename_organisations([schools[change.school] for change in changes if change.renamed])


def _copy(school: School) -> School:
    """What a register says of it, without its organisation, which no register may touch."""
    return School(pk=school.pk, **{name: getattr(school, name) for name in COPIED})


def _as_it_was(school: School, since: datetime.date | None, until: datetime.date) -> SchoolPast:
    return SchoolPast(school=school, name=school.name, kind=school.kind, status=school.status, since=since, until=until)


def _day(change: Change, today: datetime.date) -> datetime.date:
    """The day of closing where the register states it; else the day on which it was found to be so."""
    closed = change.after.get("closed_on")
    return closed if change.closes and isinstance(closed, datetime.date) and closed < today else today


def _rename_organisations(schools: list[School]) -> None:
    """A school that is renamed is called so everywhere; its address stays."""
    named = [Organisation(pk=school.organisation_id, name=school.name) for school in schools if school.organisation_id]
    Organisation.objects.bulk_update(named, ["name"], batch_size=100)


def _gather(plan: Plan) -> None:
    """Name the register's own gatherings and say who is in them; a school that left one is taken out."""
    register = plan.file.gatherings
    Community.objects.bulk_create(
        [
            Community(register=register, number=number, name=name, kind=kind)
            for number, (name, kind) in plan.gatherings.items()
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["register", "number"],
        update_fields=["name", "kind"],
    )
    if not plan.joins and not plan.leaves:
        return
    ids = dict(Community.objects.filter(register=register).values_list("number", "pk"))
    links = Community.schools.through
    links.objects.bulk_create(
        [links(community_id=ids[community], school_id=_pk(plan, school)) for school, community in plan.joins],
        batch_size=BATCH,
    )
    for school, community in plan.leaves:
        links.objects.filter(community_id=ids[community], school_id=_pk(plan, school)).delete()


def _link(plan: Plan) -> None:
    SchoolLink.objects.bulk_create(
        [
            SchoolLink(
                earlier_id=_pk(plan, earlier),
                later_id=_pk(plan, later),
                kind=link.kind,
                words=link.words,
                since=link.since,
            )
            for earlier, later, link in plan.links
        ],
        batch_size=BATCH,
    )


def _remember(plan: Plan) -> None:
    """What a history says that schools were."""
    SchoolPast.objects.bulk_create(
        [
            SchoolPast(
                school_id=_pk(plan, key),
                name=span.school.name,
                kind=span.school.kind,
                status=span.school.status,
                facts=span.school.facts,
                since=span.since,
                until=span.until or datetime.date.today(),
            )
            for key, span in plan.past
        ],
        batch_size=BATCH,
    )


@transaction.atomic
def _carry_on(one: CarriedOn, numbers: dict[str, int]) -> None:
    """The school goes on under its heir's number, name and facts; what hangs on it stays, and nothing hangs on the heir."""
    school = School.objects.select_for_update().get(pk=one.school.pk)
    chain = [key if isinstance(key, int) else numbers[key] for key in one.heirs]
    heirs = School.objects.in_bulk(chain)
    last = heirs[chain[-1]]
    day = one.day or last.opened_on or school.closed_on or datetime.date.today()
    _hand_over_numbers(school, chain, day)
    _hand_over_past(school, [heirs[pk] for pk in chain[:-1]], chain, day)
    _hand_over_links(school, chain)
    through = Community.schools.through.objects
    through.filter(school=school).delete()
    through.filter(school=last).update(school=school)
    for name in COPIED:
        setattr(school, name, getattr(last, name))
    school.save(update_fields=[*COPIED, "sought"])
    _rename_organisations([school])
    Joining.objects.filter(school__in=chain, state=Joining.State.WAITING).update(
        state=Joining.State.BACK, answered_at=timezone.now()
    )
    Joining.objects.filter(school__in=chain).update(school=school)
    School.objects.filter(pk__in=chain).delete()


def _hand_over_numbers(school: School, chain: list[int], day: datetime.date) -> None:
    """Every number of the chain finds the school from now on; only the last one is its number of today."""
    RegisterNumber.objects.filter(school=school, until__isnull=True).update(until=day)
    RegisterNumber.objects.filter(school__in=chain[:-1]).update(school=school, until=day)
    RegisterNumber.objects.filter(school=chain[-1], until__isnull=True).update(school=school, since=day)
    RegisterNumber.objects.filter(school=chain[-1]).update(school=school)


def _hand_over_past(school: School, between: list[School], chain: list[int], day: datetime.date) -> None:
    SchoolPast.objects.filter(school__in=chain).update(school=school)
    past = [
        SchoolPast(school=school, name=each.name, kind=each.kind, status=each.status, until=day)
        for each in (school, *between)
    ]
    SchoolPast.objects.bulk_create(past)


def _hand_over_links(school: School, chain: list[int]) -> None:
    """Links of the chain become the school's own; those within it are now its past."""
    links = SchoolLink.objects.filter(Q(earlier__in=chain) | Q(later__in=chain))
    ends = {link.pk: _ends(link, school.pk, chain) for link in links}
    standing = set(SchoolLink.objects.exclude(pk__in=ends).values_list("earlier_id", "later_id", "kind"))
    for link in links:
        earlier, later = ends[link.pk]
        if earlier == later or (earlier, later, link.kind) in standing:
            link.delete()
            continue
        standing.add((earlier, later, link.kind))
        SchoolLink.objects.filter(pk=link.pk).update(earlier=earlier, later=later)


def _ends(link: SchoolLink, school: int, chain: list[int]) -> tuple[int, int]:
    earlier, later = link.earlier_id, link.later_id
    return school if earlier in chain else earlier, school if later in chain else later


def _pk(plan: Plan, key: Key) -> int:
    return key if isinstance(key, int) else plan.numbers[key]
