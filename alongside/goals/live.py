"""Votes that are cast here, as pages read them: open or not, who sees the result by now, and what the release says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from alongside.calendar.days import MONDAY_TO_FRIDAY, SchoolDays
from alongside.calendar.reads import school_days
from alongside.goals.models import Vote
from alongside.kit.access import Member
from alongside.kit.words import people_date, people_list
from alongside.network.models import Organisation
from alongside.surveys import counting, releases, schooldays
from alongside.surveys import rules as surveys_rules
from alongside.surveys.models import Wave

TOO_FEW = "Too few voted to show anything"


@dataclass(frozen=True, slots=True)
class Result:
    """What the release of a vote says. n: how many voted, as it may be said; outcome: None where figures may not be told."""

    n: str
    outcome: counting.Outcome | None
    tiers: list[list[int]]
    voices: list[int] | None
    blocks: int
    lopsided: bool
    fit: dict[str, Any] | None


def result(vote: Vote) -> Result | None:
    """What was released of a vote whose wave has results; None where nothing may be told."""
    found = releases.read(_wave(vote).release).data["order"]
    if found is None:
        return None
    told = found["outcome"]
    return Result(**{**found, "outcome": counting.outcome_of(told) if told else None})


def heading(found: Result | None, issues: list[str]) -> str:
    """The finding in a sentence."""
    if found is None:
        return TOO_FEW
    if found.outcome:
        return counting.heading(found.outcome, issues)
    names = people_list(f"“{issues[each]}”" for each in found.tiers[0])
    return f"{names} share the first place" if len(found.tiers[0]) > 1 else f"{names} comes first"


def sees(vote: Vote, member: Member, days: SchoolDays, *, chosen: bool) -> bool:
    """Whether the result is open to this member: leaders at the close, everybody with what was chosen or two school days later
    (R11)."""
    wave = _wave(vote)
    if not wave.has_results:
        return False
    return chosen or surveys_rules.sees_at_close(member) or surveys_rules.everybody_sees(wave, days)


def state(vote: Vote) -> str:
    """How far a vote is whose result this reader does not see, in a sentence without its full stop."""
    wave = _wave(vote)
    if takes_votes(vote):
        closing = schooldays.local_day(wave.closes_at, wave.organisation.zone)
        return f"Open until {people_date(closing)}. Nobody sees how it stands"
    if wave.has_results:
        return "It has closed; its result comes with what is chosen, or two school days later"
    return "It has closed and is being counted"


def takes_votes(vote: Vote) -> bool:
    """Whether it has not closed."""
    wave = _wave(vote)
    return wave.state in {Wave.State.PLANNED, Wave.State.OPEN} and wave.closes_at > timezone.now()


def days_for(organisation: Organisation, votes: Iterable[Vote]) -> SchoolDays:
    """The school days of an organisation, if one of these votes was cast here. One query at most."""
    return school_days(organisation) if any(vote.wave_id for vote in votes) else MONDAY_TO_FRIDAY


def _wave(vote: Vote) -> Wave:
    if vote.wave is None:
        raise LookupError(f"Vote {vote.pk} was cast elsewhere.")
    return vote.wave
