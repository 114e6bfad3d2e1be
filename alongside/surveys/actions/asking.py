"""Asking a pulse, calling it off, keeping it open longer."""

import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from alongside.kit import database, journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster, ClusterMembership, Organisation, School
from alongside.people.models import Person
from alongside.people.reads import invitable
from alongside.surveys import schooldays
from alongside.surveys.accept import LOCK
from alongside.surveys.actions.deeds import record
from alongside.surveys.actions.work import OPEN, SEAL
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Series, Wave

AUDIENCE_AT_LEAST = 10
LONGEST = datetime.timedelta(days=42)
ASKED = journal.deed("surveys.asked", "asked a pulse")
CALLED_OFF = journal.deed("surveys.called_off", "called a pulse off")
EXTENDED = journal.deed("surveys.extended", "kept a pulse open longer")


def taking_part(organisation: Organisation, cluster: Cluster | None) -> list[School]:
    """The open schools that a pulse of this organisation, or of one cluster in it, would ask."""
    if organisation.kind == Organisation.Kind.SCHOOL:
        found = School.objects.filter(organisation=organisation)
    else:
        found = School.objects.in_network(organisation).open()
    if cluster:
        found = found.filter(pk__in=ClusterMembership.objects.current().filter(cluster=cluster).values("school"))
    return list(found.order_by("name"))


def people_to_ask(organisation: Organisation, cluster: Cluster | None) -> int:
    """How many people a pulse would ask by mail today."""
    schools = [school.pk for school in taking_part(organisation, cluster)]
    return sum(len(people) for people in invitable(schools).values())


@transaction.atomic
def ask(
    organisation: Organisation,
    instrument_id: str,
    opens_at: datetime.datetime,
    closes_at: datetime.datetime,
    *,
    cluster: Cluster | None = None,
    by: Person | None = None,
) -> Wave:
    """Plan the next wave of a pulse; a worker opens it when its time comes.

    Raises Refused for fewer than ten people, and Conflict while another wave of the series is under way.
    """
    asked = people_to_ask(organisation, cluster)
    if asked < AUDIENCE_AT_LEAST:
        raise Refused(
            f"A pulse needs at least {AUDIENCE_AT_LEAST} people who can be asked by mail; so far there are {asked}. "
            "Bring in staff lists and confirm the schools' mail domains first."
        )
    series, _ = Series.objects.get_or_create(organisation=organisation, instrument=instrument_id, cluster=cluster)
    series = Series.objects.select_for_update().get(pk=series.pk)
    if series.waves.filter(state__in=[Wave.State.PLANNED, Wave.State.OPEN, Wave.State.CLOSED]).exists():
        raise Conflict("A pulse of this kind is planned or open already. The next one can follow when it has closed.")
    number = series.waves.count() + 1
    wave = Wave.objects.create(
        organisation=organisation,
        series=series,
        number=number,
        items=list(instrument(instrument_id).turn(number)),
        opens_at=opens_at,
        closes_at=closes_at,
        asked_by=by,
    )
    queue.enqueue(OPEN, wave.pk, run_after=opens_at if opens_at > timezone.now() else None)
    record(ASKED, wave, by)
    return wave


@transaction.atomic
def call_off(wave: Wave, by: Person | None = None) -> None:
    """Undo the asking of a pulse that has not opened."""
    deleted, _ = Wave.objects.filter(pk=wave.pk, state=Wave.State.PLANNED).delete()
    if not deleted:
        raise Conflict("This pulse is open already, so it cannot be called off. It closes by itself.")
    record(CALLED_OFF, wave, by)


def extend(wave: Wave, closes_at: datetime.datetime, by: Person | None = None) -> None:
    """Keep a wave open longer; possible only before it closes (R1).

    Raises Refused for an earlier moment than now planned or more than six weeks after the opening, and Conflict when the
    wave has closed meanwhile.
    """
    if closes_at <= wave.closes_at:
        raise Refused("A pulse can be open longer, never shorter: people were told when it closes.")
    opened, closing = (schooldays.local_day(moment, wave.organisation.zone) for moment in (wave.opens_at, closes_at))
    if closing - opened > LONGEST:
        raise Refused("A pulse is open for six weeks at most. The next one can be asked when it has closed.")
    with database.alone(LOCK, wave.pk):
        earlier = Wave.objects.accepting().filter(pk=wave.pk, closes_at__lt=closes_at)
        if not earlier.update(closes_at=closes_at, revision=F("revision") + 1):
            if Wave.objects.accepting().filter(pk=wave.pk).exists():
                raise Conflict("A colleague has extended this pulse meanwhile, as far or farther. Look at it again.")
            raise Conflict("This pulse has closed, so it cannot be extended. The next one can be asked now.")
        queue.enqueue(SEAL, wave.pk, run_after=closes_at)
        record(EXTENDED, wave, by)
