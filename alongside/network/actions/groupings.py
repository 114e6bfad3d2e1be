"""The officer makes, changes and ends groupings of schools. A pulse freezes those of the moment at which it opens."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import (
    LONGEST_NAME,
    Cluster,
    ClusterMembership,
    Grouping,
    GroupingSchool,
    Organisation,
    School,
)
from alongside.science import differences

MADE = journal.deed("network.grouping_made", "made a grouping of schools")
CHANGED = journal.deed("network.grouping_changed", "changed a grouping of schools")
ENDED = journal.deed("network.grouping_ended", "ended a grouping of schools")
AT_MOST = 8  # in a network at a time
OF_A_SCHOOL = 2  # groupings a school may stand in: each is one more rounded figure that its own is part of


@transaction.atomic
def make_grouping(network: Organisation, name: str, schools: Collection[School], *, by: int | None) -> Grouping:
    """A new grouping of these schools, from the next pulse on that opens.

    Raises Refused for what is no grouping: no name, fewer than two schools, all of them, one twice, one from outside, a
    school in more than OF_A_SCHOOL groupings, the ninth of a network; Conflict for a name or a set that is there already.
    """
    Organisation.objects.select_for_update().get(pk=network.pk)  # two at once: one after the other
    others = Grouping.objects.of(network.pk).live()
    if others.count() >= AT_MOST:
        raise Refused(
            f"{network.name} has {AT_MOST} groupings already, which is all there may be. End one of them first."
        )
    _check(network, name, schools, set())
    made = Grouping.objects.create(organisation=network, name=name.strip(), slug=_slug(network, name))
    _put(made, schools)
    payload = {"name": made.name, "schools": _names(schools)}
    journal.record(network.pk, MADE, by=by, about=f"grouping:{made.pk}", payload=payload)
    return made


@transaction.atomic
def change_grouping(grouping: Grouping, name: str, schools: Collection[School], *, by: int) -> bool:
    """Another name or other schools, from the next pulse on that opens; its address stays. Twice is once: whether anything
    changed. Raises as `make_grouping`, and Conflict for one that has ended."""
    network = Organisation.objects.select_for_update().get(pk=grouping.organisation_id)
    current = Grouping.objects.get(pk=grouping.pk)
    if current.ended_at:
        raise Conflict(f"{current.name} has ended. Make a new grouping.")
    before = set(GroupingSchool.objects.filter(grouping=current).values_list("school_id", flat=True))
    if current.name == name.strip() and before == {school.pk for school in schools} and len(before) == len(schools):
        return False
    _check(network, name, schools, {current.pk})
    Grouping.objects.filter(pk=current.pk).update(name=name.strip())
    GroupingSchool.objects.filter(grouping=current).delete()
    _put(current, schools)
    payload = {"from": current.name, "name": name.strip(), "schools": _names(schools)}
    journal.record(network.pk, CHANGED, by=by, about=f"grouping:{current.pk}", payload=payload)
    return True


@transaction.atomic
def end_grouping(grouping: Grouping, *, by: int) -> bool:
    """No pulse that opens from now on is counted by it; what was published stays. Twice is once."""
    Organisation.objects.select_for_update().get(pk=grouping.organisation_id)
    ended = Grouping.objects.filter(pk=grouping.pk, ended_at__isnull=True).update(ended_at=timezone.now())
    if ended:
        payload = {"name": grouping.name}
        journal.record(grouping.organisation_id, ENDED, by=by, about=f"grouping:{grouping.pk}", payload=payload)
    return bool(ended)


def _put(grouping: Grouping, schools: Collection[School]) -> None:
    GroupingSchool.objects.bulk_create(
        GroupingSchool(organisation_id=grouping.organisation_id, grouping=grouping, school=school) for school in schools
    )


def _names(schools: Collection[School]) -> list[str]:
    return sorted(school.name for school in schools)


def _check(network: Organisation, name: str, schools: Collection[School], itself: set[int]) -> None:
    _check_name(network, name.strip(), itself)
    _check_schools(network, schools)
    _check_others(network, {school.pk: school.name for school in schools}, itself)


def _check_name(network: Organisation, name: str, itself: set[int]) -> None:
    if not name:
        raise Refused("A grouping needs a name, such as “Primary schools”.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"This name is longer than {LONGEST_NAME} characters. Choose a shorter one.")
    taken = {other.name.casefold() for other in Grouping.objects.of(network.pk).live().exclude(pk__in=itself)}
    if name.casefold() in taken:
        raise Conflict(f"Another grouping is called {name} already. Choose another name.")
    if name.casefold() in {network.name.casefold(), *(each.name.casefold() for each in Cluster.objects.of(network.pk))}:
        raise Conflict(f"A cluster or the network itself is called {name}. Choose a name that nobody takes for it.")


def _check_schools(network: Organisation, schools: Collection[School]) -> None:
    chosen = {school.pk for school in schools}
    if len(chosen) < len(schools):
        raise Refused("A school is in this grouping twice. Choose each school once.")
    if len(chosen) < 2:
        raise Refused("A grouping needs at least two schools. Tick the schools that belong to it.")
    inside = set(School.objects.in_network(network).values_list("pk", flat=True))
    if outside := [school.name for school in schools if school.pk not in inside]:
        raise Refused(f"{outside[0]} is not in {network.name}. Choose among its schools.")
    if chosen == inside:
        raise Refused(f"These are all schools of {network.name}: that figure is there already. Leave some out.")


def _check_others(network: Organisation, chosen: dict[int, str], itself: set[int]) -> None:
    """No second name for what is published already, and no school in so many that rounding hides nothing."""
    clusters, groupings = _clusters(network), _groupings(network, itself)
    if same := next((name for name, schools in clusters.items() if schools == chosen.keys()), None):
        raise Conflict(f"These are the schools of {same}: that figure is there already. Choose others.")
    if same := next((name for name, schools in groupings.items() if schools == chosen.keys()), None):
        raise Conflict(f"{same} has exactly these schools already. Choose others.")
    _check_told(network, chosen, clusters, groupings)
    full = [name for pk, name in chosen.items() if sum(pk in held for held in groupings.values()) >= OF_A_SCHOOL]
    if full:
        raise Refused(
            f"{sorted(full)[0]} is in {OF_A_SCHOOL} groupings already. Each one more would say more about a small school "
            "than its own rounded figures do. Leave it out, or take it out of another grouping."
        )


def _check_told(
    network: Organisation, chosen: dict[int, str], clusters: dict[str, set[int]], groupings: dict[str, set[int]]
) -> None:
    """Staff see totals and their own school's figures, no other school's: none may follow from these with this grouping
    that does not without it. A pulse may be answered by fewer schools; what is refused here is what everybody would see."""
    inside = dict(School.objects.in_network(network).values_list("pk", "name"))
    before = [frozenset(inside), *map(frozenset, clusters.values()), *map(frozenset, groupings.values())]
    known, told = (differences.follows_from_own(totals) for totals in (before, [*before, frozenset(chosen)]))
    for own, name in sorted(inside.items(), key=lambda each: each[1]):
        if more := told[own] - known[own]:
            raise Refused(
                f"Staff of {name} could work out the figures of {min(inside[pk] for pk in more)} from their own and those of "
                "this grouping. Choose more schools, or others."
            )


def _clusters(network: Organisation) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    rows = ClusterMembership.objects.current().filter(cluster__organisation=network)
    for name, school in rows.values_list("cluster__name", "school_id"):
        found.setdefault(name, set()).add(school)
    return found


def _groupings(network: Organisation, but: Collection[int] = ()) -> dict[str, set[int]]:
    """Name → schools (ids) of the groupings that hold now. One query."""
    found: dict[str, set[int]] = {}
    rows = GroupingSchool.objects.filter(grouping__organisation=network, grouping__ended_at__isnull=True)
    for name, school in rows.exclude(grouping__in=but).values_list("grouping__name", "school_id"):
        found.setdefault(name, set()).add(school)
    return found


def _slug(network: Organisation, name: str) -> str:
    base = slugify(name)[:70] or "grouping"
    base = "grouping-new" if base == "new" else base  # …/groupings/new/ is the page that makes one
    taken = set(Grouping.objects.of(network.pk).filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)
