"""What a rhythm brings next: its turns, with what the calendar and leaders make of them."""

from __future__ import annotations

import datetime

from alongside.calendar.days import SchoolDays
from alongside.calendar.reads import school_days
from alongside.surveys import occasions, schooldays
from alongside.surveys.models import Rhythm, RhythmStep, Series, Wave
from alongside.surveys.occasions import Asked, Occasion, Step, Turn

FAR = datetime.timedelta(days=400)  # as far as the next wave is sought: over a summer and then some


def turn_of(rhythm: Rhythm) -> Turn:
    return Turn(rhythm.every, rhythm.week, rhythm.weekday, rhythm.days, rhythm.started_on)


def steps_of(rhythm: Rhythm) -> list[Step]:
    """What leaders made of its occasions. One query."""
    return [
        Step(step.occasion, step.opens_on if step.kind == RhythmStep.Kind.MOVE else None) for step in rhythm.steps.all()
    ]


def asked_in(series: Series, zone: str, *, but: Wave | None = None) -> list[Asked]:
    """The waves of a series as days. One query."""
    waves = series.waves.exclude(pk=but.pk) if but else series.waves.all()
    return [
        Asked(wave.occasion, schooldays.local_day(wave.opens_at, zone), schooldays.local_day(wave.closes_at, zone))
        for wave in waves
    ]


def first_fitting(
    rhythm: Rhythm, today: datetime.date, days: SchoolDays, *, but: Wave | None = None
) -> Occasion | None:
    """The next turn for which a wave can still be planned, as if `but` were not there. Two queries."""
    waves = asked_in(rhythm.series, rhythm.organisation.zone, but=but)
    found = occasions.coming(turn_of(rhythm), days, today, today + FAR, steps_of(rhythm), waves)
    return next((occasion for occasion in found if occasion.opens_on and not occasion.asked), None)


def this_year(rhythm: Rhythm, today: datetime.date, days: SchoolDays) -> list[Occasion]:
    """The turns to come in this school year. Two queries."""
    last = schooldays.school_year(rhythm.organisation.country, today)[1]
    waves = asked_in(rhythm.series, rhythm.organisation.zone)
    return occasions.coming(turn_of(rhythm), days, today, last, steps_of(rhythm), waves)


def shown(rhythm: Rhythm, today: datetime.date) -> list[Occasion]:
    """What a page lists: this school year's turns to come, or next year's when this one has no more. Three queries."""
    days = school_days(rhythm.organisation)
    waves, steps = asked_in(rhythm.series, rhythm.organisation.zone), steps_of(rhythm)
    return of_a_year(rhythm.organisation.country, turn_of(rhythm), days, today, steps, waves)


def of_a_year(
    country: str,
    turn: Turn,
    days: SchoolDays,
    today: datetime.date,
    steps: list[Step],
    waves: list[Asked],
) -> list[Occasion]:
    """The turns to come in this school year, or next year's when this one has no more that can be asked. No query."""
    last = schooldays.school_year(country, today)[1]
    found = occasions.coming(turn, days, today, last, steps, waves)
    if any(occasion.opens_on for occasion in found):
        return found
    return occasions.coming(turn, days, today, last + datetime.timedelta(days=365), steps, waves)
