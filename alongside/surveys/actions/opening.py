"""Opening a wave: its roster is frozen, its key and its tickets are made."""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from alongside.calendar.reads import school_days
from alongside.kit import database, journal, queue
from alongside.network.models import ClusterMembership, GroupingSchool, Organisation, School
from alongside.people.models import Role, StaffEntry
from alongside.surveys import audiences, breakdowns, owing, schooldays, tickets
from alongside.surveys.accept import ALL_WAVES, LOCK
from alongside.surveys.actions.deeds import record
from alongside.surveys.actions.fitting import AUDIENCE_AT_LEAST, expected, people_asked, taking_part
from alongside.surveys.actions.work import SEAL, SEND
from alongside.surveys.models import Held, Owed, RosterEntry, Series, SeriesHome, Ticket, Wave, WaveSchool

LATELY = datetime.timedelta(days=14)
OPENED = journal.deed("surveys.opened", "opened a pulse")


def open_wave(wave_id: int) -> None:
    """Freeze the roster, make the key and the tickets, open the wave, and have the links sent. Twice is once.

    A wave whose audience has shrunk under ten stays planned, and its page says so. One that is asked by slips opens with
    nobody invited: its schools state the roll of each class while it is open.
    """
    key = tickets.make_key(wave_id) if Wave.objects.due_to_open().filter(pk=wave_id).exists() else b""
    with database.alone(LOCK, ALL_WAVES), database.alone(LOCK, wave_id):
        wave = Wave.objects.due_to_open().select_for_update().filter(pk=wave_id).first()
        if wave is None:
            return
        # A reply posted now comes before this, or after it; so does the choice of a breakdown.
        series = Series.objects.select_for_update(of=("self",)).select_related("cluster").get(pk=wave.series_id)
        everyone = taking_part(wave.organisation, series.cluster)
        held = owing.held(series, [school.pk for school in everyone], school_days(wave.organisation))
        schools = [school for school in everyone if school.pk not in held]
        whom = series.asks
        people = people_asked([school.pk for school in schools], whom)
        if sum(expected(schools, people, whom).values()) < AUDIENCE_AT_LEAST:
            return
        _open_intake(wave)
        wave.series, wave.breakdown = series, series.breakdown
        groups = _freeze(wave, schools, people)
        wave.groupings = _groupings(wave, schools)
        _hold(wave, held)
        _make_tickets(wave, people, groups, key)
        wave.state, wave.invited = Wave.State.OPEN, sum(map(len, people.values()))
        wave.save(update_fields=["state", "invited", "breakdown", "groupings"])
        record(OPENED, wave, None)
        queue.enqueue(SEND, wave.pk)
        queue.enqueue(SEAL, wave.pk, run_after=wave.closes_at)


def _open_intake(wave: Wave) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT alongside_open_intake(%s)", [wave.pk])


def _freeze(wave: Wave, schools: list[School], people: dict[int, list[int]]) -> dict[int, list[list[str]]]:
    """Returns school → the kinds of job that count together there."""
    homes, late = _homes(wave, schools), _joined_lately(wave, people)
    emails = dict(_listed(wave, schools).values_list("person", "person__email"))
    groups = {s: breakdowns.groups(asked) for s, asked in breakdowns.counts(people).items()} if wave.breakdown else {}
    WaveSchool.objects.bulk_create(
        WaveSchool(
            organisation=wave.organisation,
            wave=wave,
            school=s,
            cluster_id=homes[s.pk],
            invited=len(people[s.pk]),
            joined_lately=len(late & set(people[s.pk])),
            categories=groups.get(s.pk, []),
        )
        for s in schools
    )
    RosterEntry.objects.bulk_create(
        (
            RosterEntry(
                organisation=wave.organisation,
                wave=wave,
                school_id=school,
                person_id=person,
                address=tickets.address(wave.pk, emails[person]),
            )
            for school, found in people.items()
            for person in found
        ),
        batch_size=500,
    )
    return groups


def _listed(wave: Wave, schools: Collection[School | int]) -> QuerySet[StaffEntry] | QuerySet[Role]:
    """Where the people of a wave stand today: lines of staff lists, or roles of stakeholders."""
    if wave.series.asks.of_staff:
        return StaffEntry.objects.current().filter(school__in=schools)
    return Role.objects.current().filter(kind=Role.Kind.STAKEHOLDER, organisation__school__in=schools)


def _joined_lately(wave: Wave, people: dict[int, list[int]]) -> set[int]:
    """People whose line on the staff list began in the 14 days before: four invented colleagues beside one real one would
    show what that one answered (TRUST 1), so the officer sees how many there are."""
    since = schooldays.local_day(wave.opens_at, wave.organisation.zone) - LATELY
    return set(_listed(wave, list(people)).filter(since__gt=since).values_list("person", flat=True))


def _hold(wave: Wave, held: dict[int, Owed]) -> None:
    """Schools whose last two replies are missing are not asked this time; frozen now, whatever they post later."""
    Held.objects.bulk_create(
        Held(organisation=wave.organisation, wave=wave, school_id=school, owed=owed) for school, owed in held.items()
    )


def _homes(wave: Wave, schools: list[School]) -> dict[int, int | None]:
    """School → home cluster in this series; fixed for each school the first time it takes part (R2)."""
    known = dict(SeriesHome.objects.filter(series=wave.series).values_list("school_id", "cluster_id"))
    current = ClusterMembership.objects.current().filter(cluster__organisation=wave.organisation)
    today = dict(current.order_by("-since", "-pk").values_list("school_id", "cluster_id"))
    new = {school.pk: today.get(school.pk) for school in schools if school.pk not in known}
    SeriesHome.objects.bulk_create(
        SeriesHome(organisation=wave.organisation, series=wave.series, school_id=school, cluster_id=cluster)
        for school, cluster in new.items()
    )
    return known | new


def _groupings(wave: Wave, schools: list[School]) -> list[dict[str, Any]]:
    """The network's groupings as they hold now, of the schools that are asked (R3, docs/decisions/0066). Frozen before
    anybody answers, so that nobody chooses a group by what was said. A pulse of one cluster or school has none."""
    if wave.organisation.kind != Organisation.Kind.NETWORK or wave.series.cluster_id:
        return []
    asked = {school.pk for school in schools}
    found: dict[int, dict[str, Any]] = {}
    rows = GroupingSchool.objects.filter(grouping__organisation=wave.organisation, grouping__ended_at__isnull=True)
    listed = rows.order_by("grouping_id", "school_id").values_list(
        "grouping_id", "grouping__name", "grouping__slug", "school_id"
    )
    for pk, name, slug, school in listed:  # one query: a change of a grouping is seen wholly or not at all
        if school in asked:
            found.setdefault(pk, {"id": pk, "name": name, "slug": slug, "schools": []})["schools"].append(school)
    return [grouping for grouping in found.values() if len(grouping["schools"]) > 1]


def _make_tickets(wave: Wave, people: dict[int, list[int]], groups: dict[int, list[list[str]]], key: bytes) -> None:
    audience = wave.series.audience
    jobs = breakdowns.jobs_of(list(groups)) if groups else {}
    made = [
        Ticket(
            wave=wave,
            digest=tickets.digest(tickets.token(key, person, audience)),
            organisation=wave.organisation,
            school_id=school,
            audience=audience,
            category=audiences.category_of(jobs.get((school, person), ""), groups.get(school, [])),
        )
        for school, found in people.items()
        for person in found
    ]
    # Digests are random, so their order has nothing to do with the roster's.
    Ticket.objects.bulk_create(sorted(made, key=lambda ticket: bytes(ticket.digest)), batch_size=500)
