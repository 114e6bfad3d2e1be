"""Asking a pulse, calling it off, keeping it open longer."""

import datetime
from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.utils import timezone

from alongside.kit import database, journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys import audiences, breakdowns, schooldays
from alongside.surveys.accept import LOCK
from alongside.surveys.actions.deeds import record
from alongside.surveys.actions.fitting import (
    alone_with_the_budget,
    people_to_ask,
    require_breakdown,
    require_people,
    require_room,
    require_suits,
    taking_part,
)
from alongside.surveys.actions.wordings import hold
from alongside.surveys.actions.work import OPEN, PLAN, SEAL
from alongside.surveys.audiences import Audience
from alongside.surveys.instruments import instrument, scored
from alongside.surveys.models import Rhythm, RhythmStep, Series, Wave

LONGEST = datetime.timedelta(days=42)
ASKED = journal.deed("surveys.asked", "asked a pulse")
CALLED_OFF = journal.deed("surveys.called_off", "called a pulse off")
EXTENDED = journal.deed("surveys.extended", "kept a pulse open longer")


def ask(
    organisation: Organisation,
    instrument_id: str,
    opens_at: datetime.datetime,
    closes_at: datetime.datetime,
    *,
    cluster: Cluster | None = None,
    by: Person | None = None,
    audience: str = "staff",
    breakdown: str = "",
    anyway: bool = False,
    items: Sequence[str] = (),
) -> Wave:
    """Plan the next wave of a pulse; a worker opens it when its time comes.

    audience: a key of surveys/audiences. breakdown: "job", or "" for none, or for what the series has since it first opened.
    anyway: somebody has said that it names nobody. items: the statements of a coherence round; none: those whose turn it is. Raises Refused as `hold` does, for fewer than ten people, for a pulse that is worded for others, for a breakdown that would show nothing
    or point at few, and for a school whose yearly budget is too small; and Conflict while another wave of the series is
    under way.
    """
    whom = audiences.audience(audience)
    require_suits(instrument_id, whom)
    require_people(people_to_ask(organisation, cluster, whom), whom)
    with alone_with_the_budget():
        hold(organisation, instrument_id, anyway=anyway)
        series = series_of(organisation, instrument_id, cluster, whom, breakdown)
        if series.waves.filter(state__in=[Wave.State.PLANNED, Wave.State.OPEN, Wave.State.CLOSED]).exists():
            raise Conflict(
                "A pulse of this kind is planned or open already. The next one can follow when it has closed."
            )
        day = schooldays.local_day(opens_at, organisation.zone)
        require_room(organisation, cluster, scored(items, instrument(instrument_id).asks), day, whom)
        wave = new_wave(series, opens_at, closes_at, by, items=items)
        record(ASKED, wave, by)
    return wave


def series_of(
    organisation: Organisation, instrument_id: str, cluster: Cluster | None, whom: Audience, breakdown: str
) -> Series:
    """The series that asks these people this pulse, held by the caller; its breakdown is chosen until it first opens.

    Raises Refused for another breakdown than it has had since, and for one that these schools could not show.
    """
    series, _ = Series.objects.get_or_create(
        organisation=organisation, instrument=instrument_id, cluster=cluster, audience=whom.key
    )
    series = Series.objects.select_for_update().get(pk=series.pk)
    wanted = breakdown or ("" if _is_free(series) else series.breakdown)
    if wanted != series.breakdown:
        if series.waves.exclude(state=Wave.State.PLANNED).exists():
            raise Refused(breakdowns.FIXED)
        require_breakdown(wanted, taking_part(organisation, cluster), whom)
        series.breakdown = wanted
        series.save(update_fields=["breakdown"])
    return series


def _is_free(series: Series) -> bool:
    """Whether nothing was asked in it, and nothing is planned."""
    return not series.waves.exists() and not series.rhythms.running().exists()


def new_wave(
    series: Series,
    opens_at: datetime.datetime,
    closes_at: datetime.datetime,
    by: Person | None,
    occasion: datetime.date | None = None,
    *,
    items: Sequence[str] = (),
) -> Wave:
    """The next wave of a series that the caller holds, and the task that opens it. items: what it asks; none: its turn."""
    number = series.waves.count() + 1
    wave = Wave.objects.create(
        organisation=series.organisation,
        series=series,
        number=number,
        items=list(items or instrument(series.instrument).turn(number)),
        # Of a grid nothing but distributions is published.
        k_scores=series.asks.k_shares if instrument(series.instrument).is_grid else series.asks.k_scores,
        k_shares=series.asks.k_shares,
        opens_at=opens_at,
        closes_at=closes_at,
        asked_by=by,
        occasion=occasion,
    )
    queue.enqueue(OPEN, wave.pk, run_after=opens_at if opens_at > timezone.now() else None)
    return wave


def call_off(wave: Wave, by: Person | None = None) -> None:
    """Undo the asking of a pulse that has not opened; where a rhythm brought it, that turn is left out."""
    with alone_with_the_budget():
        if not drop_planned(Wave.objects.filter(pk=wave.pk)):
            raise Conflict("This pulse is open already, so it cannot be called off. It closes by itself.")
        record(CALLED_OFF, wave, by)
        rhythm = Rhythm.objects.running().filter(series=wave.series_id).first()
        if rhythm and wave.occasion:
            leave_out(rhythm, wave.occasion, by)


def drop_planned(waves: QuerySet[Wave]) -> int:
    """Take away those of these waves that have not opened; how many. Held first: one that is opening meanwhile stays."""
    held = [wave.pk for wave in waves.select_for_update().order_by("pk") if wave.state == Wave.State.PLANNED]
    Wave.objects.filter(pk__in=held).delete()
    return len(held)


def leave_out(rhythm: Rhythm, occasion: datetime.date, by: Person | None) -> bool:
    """A turn of a rhythm is not asked; whether that is new. A worker plans the next."""
    known = RhythmStep.objects.filter(rhythm=rhythm, occasion=occasion, kind=RhythmStep.Kind.SKIP).exists()
    RhythmStep.objects.update_or_create(
        rhythm=rhythm,
        occasion=occasion,
        defaults={
            "organisation": rhythm.organisation,
            "kind": RhythmStep.Kind.SKIP,
            "opens_on": None,
            "by": by,
        },
    )
    queue.enqueue(PLAN, rhythm.pk)
    return not known


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
