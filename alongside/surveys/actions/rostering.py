"""Adding people to the roster of an open wave, until its third school day; nobody is ever removed (TRUST 2).

The web adds and counts; tickets come from the wave's key, so a worker makes them. All tickets of the school are then
written anew in one order that says nothing, with `used` as it was: storage does not tell the ticket of who was added.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from alongside.calendar.reads import school_days
from alongside.kit import database, journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import School
from alongside.people.models import Person, StaffEntry
from alongside.surveys import audiences, breakdowns, lettertimes, tickets
from alongside.surveys.accept import LOCK
from alongside.surveys.actions.deeds import record
from alongside.surveys.actions.fitting import people_asked
from alongside.surveys.actions.rewriting import rewrite_tickets
from alongside.surveys.actions.work import ADD_TICKETS, SEND
from alongside.surveys.models import RosterEntry, Wave, WaveSchool

KEYLESS = (
    "The key of this pulse is not here, as after a restored backup, so nobody can be sent a link. Links that were sent "
    "still work."
)
ADDED = journal.deed("surveys.added", "added people to a pulse that is open")


def can_be_added(wave: Wave, school: School, taking_part: Collection[int] = ()) -> list[Person]:
    """Who could be asked at that school today and stands on no school's roster in this wave, by name.

    taking_part: the schools of the wave (ids), where they are known already. Four queries, and one for them.
    """
    schools = taking_part or WaveSchool.objects.filter(wave=wave).values_list("school", flat=True)
    asked = people_asked(list(schools), wave.series.asks).get(school.pk, [])
    found = Person.objects.filter(pk__in=asked).exclude(pk__in=on_roster(wave))
    return list(found.order_by("name", "pk"))


def on_roster(wave: Wave) -> QuerySet[RosterEntry, int]:
    """Ids of people who are asked in a wave, as who they are known by now, as a part of a query."""
    return wave.roster.values_list(Coalesce("person__merged_into", "person"), flat=True)


def without_link(wave: Wave, school_id: int) -> int:
    """How many of those whom the wave asks stand on the school's staff list and on no roster. One query; none for an audience
    that is on no staff list."""
    jobs = wave.series.asks.jobs
    if not jobs:
        return 0
    listed = StaffEntry.objects.current().filter(school=school_id, job__in=jobs)
    return listed.exclude(person__in=on_roster(wave)).count()


def add_people(wave: Wave, school: School, people: Collection[int], by: Person) -> int:
    """Put people of a school on the roster of an open wave; how many. Their letters follow.

    Raises Refused after the third school day and for people who cannot be asked there, Conflict when the wave has closed
    or a colleague has added all of them.
    """
    with database.alone(LOCK, wave.pk):
        held = Wave.objects.accepting().select_for_update(of=("self",)).select_related("organisation", "series")
        found = held.filter(pk=wave.pk).first()
        if found is None:
            raise Conflict(
                "This pulse has closed, so nobody can be added to it. The next one asks everyone who is here."
            )
        _still(found)
        if not tickets.key_path(found.pk).exists():
            raise Refused(KEYLESS)
        wanted = _wanted(found, school, people)
        rows = [
            RosterEntry(
                organisation=found.organisation,
                wave=found,
                school=school,
                person=person,
                address=tickets.address(found.pk, person.email),
                ticketed=False,
            )
            for person in Person.objects.filter(pk__in=wanted).order_by("pk")
        ]
        RosterEntry.objects.bulk_create(rows)
        count = len(rows)
        _grow(found, school, count)
        record(ADDED, found, by)
        queue.enqueue(ADD_TICKETS, found.pk)
    return count


def _grow(wave: Wave, school: School, count: int) -> None:
    """Count who was added; whoever was counted as asked by a slip so far is counted once."""
    row = WaveSchool.objects.get(wave=wave, school=school)
    counted_twice = row.by_slip - min(row.by_slip, without_link(wave, school.pk))
    more = count - counted_twice
    WaveSchool.objects.filter(pk=row.pk).update(
        invited=F("invited") + more, added=F("added") + count, by_slip=F("by_slip") - counted_twice
    )
    Wave.objects.filter(pk=wave.pk).update(invited=F("invited") + more)


def _still(wave: Wave) -> None:
    if not lettertimes.takes_additions(wave, timezone.now(), school_days(wave.organisation)):
        raise Refused(
            "People can be added until the third school day of a pulse, and that day is over. "
            "The next pulse asks everyone who is on the staff list then."
        )


def _wanted(wave: Wave, school: School, people: Collection[int]) -> list[int]:
    asked = set(people)
    there = set(RosterEntry.objects.filter(wave=wave, person__in=asked).values_list("person", flat=True))
    wanted = asked - there
    if not asked:
        raise Refused("Nobody was chosen, so nobody was added. Choose at least one person.")
    if not wanted:
        raise Conflict("A colleague has added them already. Everyone gets their letter once.")
    if wanted - {person.pk for person in can_be_added(wave, school)}:
        raise Refused(
            "Only people on this school’s staff list, with an address that can be asked, are added to a pulse."
        )
    return sorted(wanted)


def groups_of(wave_id: int, school_id: int) -> list[list[str]]:
    """The kinds of job that count together at a school of a wave, as they were frozen at its opening. One query."""
    row = WaveSchool.objects.only("categories").get(wave=wave_id, school=school_id)
    return [list(group) for group in row.categories]


def wants_tickets(wave: Wave) -> bool:
    """Whether people were added who have no ticket yet, and one can be made."""
    return without_ticket(wave).exists() and tickets.key_path(wave.pk).exists()


def without_ticket(wave: Wave) -> QuerySet[RosterEntry]:
    """People who were added and have no ticket yet."""
    return RosterEntry.objects.filter(wave=wave, ticketed=False)


def add_tickets(wave_id: int) -> None:
    """Make the tickets of people who were added, and have their letters sent. Safe twice, and killed anywhere."""
    if not tickets.key_path(wave_id).exists():  # a restored wave goes on without its key, and makes no tickets
        return
    waiting = RosterEntry.objects.filter(wave=wave_id, ticketed=False)
    for school in sorted(set(waiting.values_list("school", flat=True))):
        _add(wave_id, school)


def _add(wave_id: int, school_id: int) -> None:
    """Tickets of those who were added at a school, among all of its tickets written anew."""
    with database.alone(LOCK, wave_id):
        wave = Wave.objects.accepting().select_related("series").filter(pk=wave_id).first()
        if wave is None:
            return
        key, audience = tickets.read_key(wave_id), wave.series.audience
        people = RosterEntry.objects.filter(wave=wave_id, school=school_id, ticketed=False)
        groups, jobs = groups_of(wave_id, school_id), {}
        if groups:
            jobs = breakdowns.jobs_of([school_id])
        new = {
            tickets.digest(tickets.token(key, person, audience)): audiences.category_of(
                jobs.get((school_id, person), ""), groups
            )
            for person in people.values_list("person", flat=True)
        }
        rewrite_tickets(wave, school_id, new)
        people.update(ticketed=True)
        queue.enqueue(SEND, wave_id)
