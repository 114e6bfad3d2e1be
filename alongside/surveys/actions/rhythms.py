"""Rhythms: a series that is asked again by itself. Whatever happens, `arrange` makes the rows what the turns say."""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from alongside.calendar.days import SchoolDays
from alongside.calendar.reads import school_days
from alongside.kit import journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.kit.words import people_date, people_list
from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys import audiences, occasions, outlook, schooldays
from alongside.surveys.actions.asking import drop_planned, leave_out, new_wave, series_of
from alongside.surveys.actions.fitting import (
    alone_with_the_budget,
    beyond,
    people_to_ask,
    require_people,
    require_suits,
)
from alongside.surveys.actions.wordings import hold
from alongside.surveys.actions.work import OPEN, PLAN
from alongside.surveys.audiences import STAFF, Audience
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Rhythm, RhythmStep, Series, Wave
from alongside.surveys.occasions import Occasion, Turn

STARTED = journal.deed("surveys.rhythm_started", "started a rhythm of pulses")
ENDED = journal.deed("surveys.rhythm_ended", "ended a rhythm of pulses")
SKIPPED = journal.deed("surveys.occasion_skipped", "left a pulse of a rhythm out")
MOVED = journal.deed("surveys.occasion_moved", "moved a pulse of a rhythm")
PUT_BACK = journal.deed("surveys.occasion_put_back", "put a pulse of a rhythm back")
PLANNED = journal.deed("surveys.occasion_planned", "planned the next pulse of a rhythm")
UNDER_WAY = (Wave.State.PLANNED, Wave.State.OPEN, Wave.State.CLOSED)
GIVE_UP = datetime.timedelta(days=1)  # a wave that could not open for so long has missed its turn


def start(
    organisation: Organisation,
    instrument_id: str,
    turn: Turn,
    *,
    cluster: Cluster | None,
    by: Person,
    audience: str = "staff",
    breakdown: str = "",
    anyway: bool = False,
) -> Rhythm:
    """Begin to ask a pulse again and again; the first wave is planned at once. audience, breakdown, anyway: as in `ask`.

    Raises Refused as `ask` does, for a year that does not fit some school's budget and for turns that never come, and
    Conflict while the series has a rhythm.
    """
    whom = audiences.audience(audience)
    require_suits(instrument_id, whom)
    require_people(people_to_ask(organisation, cluster, whom), whom)
    with alone_with_the_budget():
        hold(organisation, instrument_id, anyway=anyway)
        series = series_of(organisation, instrument_id, cluster, whom, breakdown)
        if series.rhythms.running().exists():
            raise Conflict("This pulse has a rhythm already. End that one first, or change single pulses of it.")
        rhythm = Rhythm.objects.create(
            organisation=organisation,
            series=series,
            every=turn.every,
            week=turn.week,
            weekday=turn.weekday,
            days=turn.days,
            started_on=turn.since,
            started_by=by,
        )
        _require_year(rhythm)
        _record(STARTED, rhythm, by, turns=rhythm.words)
        arrange(rhythm.pk)
    rhythm.refresh_from_db()
    return rhythm


def _require_year(rhythm: Rhythm) -> None:
    """Refused when no turn comes, or when those of this school year do not fit together."""
    today, days = _today(rhythm), school_days(rhythm.organisation)
    following = outlook.first_fitting(rhythm, today, days)
    if following is None or following.opens_on is None:
        raise Refused(
            "No day fits this rhythm in the year to come: its turns are counted in the terms that are known. "
            "Enter the terms of this school year and the next, or choose another day."
        )
    coming = outlook.this_year(rhythm, today, days)
    full = year_beyond(rhythm.organisation, rhythm.series.cluster, coming, _asks(rhythm), rhythm.series.asks)
    if full:
        raise Refused(" ".join(full))


def year_beyond(
    organisation: Organisation, cluster: Cluster | None, coming: list[Occasion], asks: int, whom: Audience = STAFF
) -> list[str]:
    """Why the turns to come of one school year do not fit, one sentence a school; empty when they do."""
    dated = [occasion.opens_on for occasion in coming if occasion.opens_on and not occasion.asked]
    return beyond(organisation, cluster, asks * len(dated), dated[0], audience=whom) if dated else []


def _asks(rhythm: Rhythm) -> int:
    return instrument(rhythm.series.instrument).asks


def _today(rhythm: Rhythm) -> datetime.date:
    return schooldays.local_day(timezone.now(), rhythm.organisation.zone)


def arrange(rhythm_id: int) -> None:
    """Plan the next wave of a rhythm, or put the planned one where its turn now is. Safe twice and when two race.

    Nothing while a wave of the series is open or counted, and nothing for a rhythm that has ended.
    """
    with alone_with_the_budget():
        found = Rhythm.objects.running().filter(pk=rhythm_id).values_list("series", flat=True).first()
        if found is None:
            return
        Series.objects.select_for_update().get(pk=found)
        rhythm = Rhythm.objects.running().select_related("series__cluster", "organisation").filter(pk=rhythm_id).first()
        if rhythm is not None:
            days = school_days(rhythm.organisation)
            rhythm.held = _arranged(rhythm, days)
            _look_ahead(rhythm, days)


def _arranged(rhythm: Rhythm, days: SchoolDays) -> str:
    """Returns why no wave is planned; "" when one is, or is under way."""
    wave = rhythm.series.waves.filter(state__in=UNDER_WAY).order_by("-number").first()
    if wave is not None and not _movable(wave):
        return ""
    following = outlook.first_fitting(rhythm, _today(rhythm), days, but=wave)
    if following is None:
        _drop(wave)
        return "No day fits in the year to come. Look at the terms, or choose another day for this rhythm."
    if wave is None:
        return _plan(rhythm, following)
    _place(wave, following, rhythm.organisation.zone)
    return ""


def _movable(wave: Wave) -> bool:
    """A wave that a rhythm planned and that has not opened; one that is due just now is left to open."""
    now = timezone.now()
    ahead = wave.opens_at > now or wave.opens_at < now - GIVE_UP
    return wave.occasion is not None and wave.state == Wave.State.PLANNED and ahead


def _plan(rhythm: Rhythm, following: Occasion) -> str:
    opens_at, closes_at = _hours(following, rhythm.organisation.zone)
    day = schooldays.local_day(opens_at, rhythm.organisation.zone)
    whom = rhythm.series.asks
    full = beyond(rhythm.organisation, rhythm.series.cluster, _asks(rhythm), day, but=rhythm, audience=whom)
    if full:
        return " ".join(full)[:400]
    wave = new_wave(rhythm.series, opens_at, closes_at, None, following.day)
    _record(PLANNED, rhythm, None, wave=str(wave.pk), opens_on=day.isoformat())
    return ""


def _place(wave: Wave, following: Occasion, zone: str) -> None:
    """Put a planned wave where its turn is, if it is not there."""
    opens_at, closes_at = _hours(following, zone)
    there = (wave.occasion, wave.opens_at, wave.closes_at) == (following.day, opens_at, closes_at)
    if there:
        return
    planned = Wave.objects.filter(pk=wave.pk, state=Wave.State.PLANNED)
    if planned.update(occasion=following.day, opens_at=opens_at, closes_at=closes_at):
        queue.enqueue(OPEN, wave.pk, run_after=opens_at)


def _drop(wave: Wave | None) -> None:
    if wave is not None:
        drop_planned(Wave.objects.filter(pk=wave.pk))


def _hours(occasion: Occasion, zone: str) -> tuple[datetime.datetime, datetime.datetime]:
    if occasion.opens_on is None or occasion.closes_on is None:
        raise AssertionError("only a turn that fits has hours")
    return schooldays.opening(occasion.opens_on, zone), schooldays.closing(occasion.closes_on, zone)


def _look_ahead(rhythm: Rhythm, days: SchoolDays) -> None:
    """Note how many statements the rest of this school year will still ask, which the budget keeps free for them."""
    today = _today(rhythm)
    dated = [o for o in outlook.this_year(rhythm, today, days) if o.opens_on and not o.asked]
    rhythm.ahead = _asks(rhythm) * len(dated)
    rhythm.ahead_until = schooldays.school_year(rhythm.organisation.country, today)[1]
    rhythm.looked_at = timezone.now()
    rhythm.save(update_fields=["held", "ahead", "ahead_until", "looked_at"])


def plan_after(wave_id: int) -> None:
    """A wave is sealed: its rhythm's next one is planned."""
    for rhythm_id in Rhythm.objects.running().filter(series__waves=wave_id).values_list("pk", flat=True):
        queue.enqueue(PLAN, rhythm_id)


@alone_with_the_budget()
def skip(rhythm: Rhythm, day: datetime.date, by: Person) -> None:
    """Leave one turn out; the one after it is planned in its place. Twice is once."""
    occasion = _changeable(rhythm, day)
    if leave_out(rhythm, occasion.day, by):
        _record(SKIPPED, rhythm, by, turn=occasion.day.isoformat())
    arrange(rhythm.pk)


@alone_with_the_budget()
def move(rhythm: Rhythm, day: datetime.date, opens_on: datetime.date, by: Person) -> None:
    """Ask one turn on another day of the same month or half-term. Twice is once.

    Raises Refused, with what is against it, for a day on which a rhythm never opens.
    """
    occasion = _changeable(rhythm, day)
    _require_fit(rhythm, occasion, opens_on)
    values = {"kind": RhythmStep.Kind.MOVE, "opens_on": opens_on}
    if not RhythmStep.objects.filter(rhythm=rhythm, occasion=occasion.day, **values).exists():
        RhythmStep.objects.update_or_create(
            rhythm=rhythm,
            occasion=occasion.day,
            defaults={**values, "organisation": rhythm.organisation, "by": by},
        )
        _record(MOVED, rhythm, by, turn=occasion.day.isoformat(), opens_on=opens_on.isoformat())
    arrange(rhythm.pk)


def _require_fit(rhythm: Rhythm, occasion: Occasion, opens_on: datetime.date) -> None:
    days = school_days(rhythm.organisation)
    window = f"between {people_date(occasion.window.first)} and {people_date(occasion.window.last)}"
    if opens_on <= _today(rhythm) or opens_on not in occasion.window:
        raise Refused(f"Choose a day to come {window}: each turn stays in its own month or half-term.")
    zone = rhythm.organisation.zone
    before = [w for w in outlook.asked_in(rhythm.series, zone) if (w.occasion or w.opens_on) not in occasion.window]
    free = max((w.closes_on + occasions.REST for w in before if w.opens_on < opens_on), default=datetime.date.min)
    turn = outlook.turn_of(rhythm)
    why = occasions.against(turn, days, opens_on, free)
    if why or not days.is_school_day(opens_on):
        alternative = occasions.fitted(turn, days, replace(occasion, reasons=()), opens_on, free).opens_on
        instead = f" {people_date(alternative)} would do." if alternative else ""
        raise Refused(f"{people_date(opens_on)} does not fit: {people_list(why) or 'there is no school'}.{instead}")


@alone_with_the_budget()
def put_back(rhythm: Rhythm, day: datetime.date, by: Person) -> None:
    """Take back what was changed of one turn. Twice is once."""
    occasion = _changeable(rhythm, day)
    deleted, _ = RhythmStep.objects.filter(
        rhythm=rhythm, occasion__range=(occasion.window.first, occasion.window.last)
    ).delete()
    if deleted:
        _record(PUT_BACK, rhythm, by, turn=occasion.day.isoformat())
    arrange(rhythm.pk)


def _changeable(rhythm: Rhythm, day: datetime.date) -> Occasion:
    """The turn of that day, to be changed by the caller, who then holds the series; Conflict when it is over or open."""
    Series.objects.select_for_update().get(pk=rhythm.series_id)
    if not Rhythm.objects.running().filter(pk=rhythm.pk).exists():
        raise Conflict("This rhythm has ended, so nothing of it is still to come.")
    coming = outlook.shown(rhythm, _today(rhythm))
    occasion = next((each for each in coming if each.day == day), None)
    if occasion is None or _has_opened(rhythm, occasion):
        raise Conflict("This pulse has opened already, or its turn is over. Look at the list again.")
    if by_hand := _planned_by_hand(rhythm, occasion):
        opens = people_date(schooldays.local_day(by_hand.opens_at, rhythm.organisation.zone))
        raise Conflict(
            f"For this turn somebody planned a pulse by hand, which opens on {opens}. Call that one off first: "
            "then this turn can be moved or left out."
        )
    return occasion


def _planned_by_hand(rhythm: Rhythm, occasion: Occasion) -> Wave | None:
    """A wave that has not opened and takes the place of this turn, but is not the rhythm's own."""
    zone = rhythm.organisation.zone
    waves = rhythm.series.waves.filter(state=Wave.State.PLANNED, occasion__isnull=True)
    return next((wave for wave in waves if schooldays.local_day(wave.opens_at, zone) in occasion.window), None)


def _has_opened(rhythm: Rhythm, occasion: Occasion) -> bool:
    waves = rhythm.series.waves.filter(occasion__range=(occasion.window.first, occasion.window.last))
    return waves.exclude(state=Wave.State.PLANNED, opens_at__gt=timezone.now()).exists()


@transaction.atomic
def end(rhythm: Rhythm, by: Person) -> None:
    """Ask no more by itself. What it planned and has not opened is called off; an open wave goes on. Twice is once."""
    Series.objects.select_for_update().get(pk=rhythm.series_id)
    if Rhythm.objects.running().filter(pk=rhythm.pk).update(ended_at=timezone.now()):
        drop_planned(rhythm.series.waves.filter(occasion__isnull=False))
        _record(ENDED, rhythm, by)


def _record(deed: str, rhythm: Rhythm, by: Person | None, **payload: str) -> None:
    said = {"pulse": instrument(rhythm.series.instrument).name, **payload}
    journal.record(rhythm.organisation_id, deed, by=by.pk if by else None, about=f"rhythm:{rhythm.pk}", payload=said)
