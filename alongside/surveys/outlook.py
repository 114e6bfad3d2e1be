"""What a rhythm brings next: its turns, with what the calendar and leaders make of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alongside.calendar.days import SchoolDays
from alongside.calendar.reads import school_days
from alongside.kit.words import people_date, people_list
from alongside.network.models import Organisation
from alongside.surveys import occasions, rules, schooldays
from alongside.surveys.instruments import Instrument, instrument
from alongside.surveys.models import Rhythm, RhythmStep, Series, Wave
from alongside.surveys.occasions import Asked, Occasion, Step, Turn

if TYPE_CHECKING:
    from alongside.kit.access import Member

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


@dataclass(frozen=True, slots=True)
class TurnLine:
    """One turn in a list: its month, when it is asked, and in words what was in the way."""

    occasion: Occasion
    name: str
    when: str
    note: str
    badge: tuple[str, str]  # words, kind of badge
    may_skip: bool
    may_move: bool
    may_put_back: bool

    @property
    def key(self) -> str:
        return self.occasion.day.isoformat()


def line(turn: Turn, occasion: Occasion, may_change: bool = False) -> TurnLine:
    """A turn as a list shows it. may_change: by the reader."""
    window = occasion.window
    name = f"{window.first:%B}" if turn.every != "half-term" else f"from {people_date(window.first)}"
    dated = bool(occasion.opens_on)
    when = _span(occasion.opens_on, occasion.closes_on) if occasion.opens_on and occasion.closes_on else "not asked"
    changed = occasion.skipped or occasion.moved
    return TurnLine(
        occasion,
        name,
        when,
        _note(occasion),
        _badge(occasion),
        may_change and dated,
        may_change and not occasion.skipped,
        may_change and changed,
    )


def _span(opens_on: datetime.date, closes_on: datetime.date) -> str:
    """ "Tuesday 5 January 2027 to Tuesday 12 January": the year once."""
    return f"{people_date(opens_on)} to {closes_on:%A} {closes_on.day} {closes_on:%B}"


def _note(occasion: Occasion) -> str:
    if occasion.skipped:
        return "left out by a leader"
    why = people_list(occasion.reasons)
    if occasion.opens_on is None:
        return f"left out: {why}"
    if occasion.moved:
        return f"moved by a leader{f', and on: {why}' if why else ''}"
    return f"moved from {people_date(occasion.day)}: {why}" if why else ""


def _badge(occasion: Occasion) -> tuple[str, str]:
    if occasion.opens_on is None:
        return "left out", "paused"
    return ("planned", "done") if occasion.asked else ("to come", "plain")


@dataclass(frozen=True, slots=True)
class RhythmPage:
    """All that the page of a rhythm shows."""

    rhythm: Rhythm
    pulse: Instrument
    whom: str
    lines: list[TurnLine]
    may_change: bool
    knows_terms: bool
    under_way: Wave | None

    @property
    def following(self) -> TurnLine | None:
        """The next that is asked."""
        return next((line for line in self.lines if line.occasion.opens_on), None)


def rhythm_page(rhythm: Rhythm, member: Member, today: datetime.date) -> RhythmPage:
    """A rhythm with its turns to come. Four queries."""
    days, turn = school_days(rhythm.organisation), turn_of(rhythm)
    waves, steps = asked_in(rhythm.series, rhythm.organisation.zone), steps_of(rhythm)
    may = rules.can_ask(member, rhythm.organisation, rhythm.series.cluster) and rhythm.ended_at is None
    found = of_a_year(rhythm.organisation.country, turn, days, today, steps, waves) if rhythm.ended_at is None else []
    return RhythmPage(
        rhythm,
        instrument(rhythm.series.instrument),
        rhythm.series.whom(rhythm.organisation),
        [line(turn, occasion, may) for occasion in found],
        may,
        bool(days.terms),
        rhythm.series.waves.filter(state=Wave.State.OPEN).first(),
    )


def running(organisation: Organisation) -> list[tuple[Rhythm, Instrument, str]]:
    """The rhythms of an organisation with their pulse and whom they ask. One query."""
    found = Rhythm.objects.running().filter(organisation=organisation).select_related("series__cluster", "organisation")
    return [(r, instrument(r.series.instrument), r.series.whom(r.organisation)) for r in found.order_by("pk")]
