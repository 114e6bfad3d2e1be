"""What a leader is told before a pulse is asked: everything that would be wrong, or surprise somebody, afterwards (R4, R8)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from alongside.kit.words import NUMBERS
from alongside.network import pauses
from alongside.network.models import Cluster, ClusterMembership, Organisation, Pause, School, SchoolQuerySet
from alongside.people.reads import Membership
from alongside.science import disclosure
from alongside.surveys import audiences, breakdowns, budget, rules
from alongside.surveys.actions.fitting import (
    AUDIENCE_AT_LEAST,
    asked_schools,
    expected,
    not_for,
    people_asked,
    too_few,
)
from alongside.surveys.audiences import STAFF, Audience
from alongside.surveys.instruments import Instrument
from alongside.surveys.models import Rhythm, SeriesHome, Wave
from alongside.surveys.reads import COMMENTS_FROM

# Where a school's answers count, if it is not in figures of its own; R2, in words.
PLACES = {
    "pool": "No figures of their own, since fewer than {least} are asked there: {}. They count in their cluster’s other schools.",
    "network": "Too few even together in their cluster: {}. They count only in the figure for the whole.",
    "nowhere": "Too few to count anywhere, even if everybody answers: {}. A talk in the room would tell more there.",
    "nobody": "Nobody can be asked by mail at {}: a staff list or a confirmed mail domain is missing.",
}
BY_SLIPS = (
    "So many are on the schools’ rolls, as the register counts them. Each school has slips made for its classes while the "
    "pulse is open; no letters are sent."
)
NOBODY = {
    "governors": "Nobody can be asked by mail at {}: no stakeholder of the school has accepted an invitation.",
    "students": "No roll is known of {}; its leaders state it class by class when they have slips made.",
    "parents": "No roll is known of {}; its leaders state it class by class when they have slips made.",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One pulse before it is asked; each note is a whole sentence."""

    people: int
    schools: int
    own: int  # schools that have figures of their own if everybody answers
    statements: int  # that each person would be asked
    audience: Audience
    too_few: bool  # under ten: it cannot be asked
    few: str  # why so few cannot be asked; "" for ten or more
    worded: str  # why this pulse is not for them; "" where it is
    cut: list[str]  # why it cannot be shown by kind of job; empty where it can, or is not to be
    full: list[str]  # schools whose yearly budget it does not fit; it cannot be asked
    fits: str  # what would fit instead; "" when this does
    rhythm: int | None  # the one that this series has already
    notes: list[str]  # what is as it should be, and might surprise

    @property
    def refused(self) -> bool:
        return self.too_few or bool(self.worded or self.cut or self.full)


def check(
    organisation: Organisation,
    cluster: Cluster | None,
    pulse: Instrument,
    day: datetime.date,
    member: Membership,
    *,
    held: Iterable[Pause] = (),
    times: int = 1,
    audience: Audience = STAFF,
    breakdown: str = "",
) -> Check:
    """What would come of asking this pulse so many times from that day on. held: pauses that hold now. breakdown: as chosen;
    "" keeps what the series has. Five queries, two more with a breakdown."""
    schools = list(with_homes(asked_schools(organisation, cluster), organisation, cluster, pulse, audience))
    names = {school.pk: school.name for school in schools}
    asked = people_asked(list(names), audience)
    invited = expected(schools, asked, audience)
    places = _places(schools, invited, audience.k_scores)
    uses = budget.uses(organisation, schools, day, audience=audience.key)
    fixed = vars(schools[0])["fixed"] if schools else None
    statements = pulse.asks * times
    full = budget.over(uses, statements)
    known = pauses.visible(held, organisation).keys() & rules.pauses_known(member, names)
    people = sum(invited.values())
    there = {kind: [names[pk] for pk, place in places.items() if place == kind] for kind in PLACES}
    paused = [name for pk, name in names.items() if pk in known]
    return Check(
        people=people,
        schools=len(schools),
        own=len(schools) - sum(map(len, there.values())),
        statements=statements,
        audience=audience,
        too_few=people < AUDIENCE_AT_LEAST,
        few=too_few(people, audience) if people < AUDIENCE_AT_LEAST else "",
        worded=not_for(pulse.id, audience) if audience.key not in pulse.audiences else "",
        cut=_against(breakdown, fixed, audience, asked),
        full=budget.sentences(organisation, full, statements),
        fits=_fits(full, pulse.asks, len(schools)) if full else "",
        rhythm=vars(schools[0])["rhythm"] if schools else None,
        notes=[
            *_shown_by(breakdown, fixed),
            *(
                _said(kind, audience).format(budget.some(there[kind]), least=NUMBERS[audience.k_scores])
                for kind in PLACES
                if there[kind]
            ),
            *([f"Paused: {budget.some(paused)}. Nobody there hears of it until the pause ends."] if paused else []),
            *([BY_SLIPS] if audience.by_slips else []),
            _comments(pulse, audience, sum(count >= COMMENTS_FROM for count in invited.values()), len(schools)),
        ],
    )


def _against(breakdown: str, fixed: str | None, audience: Audience, asked: dict[int, list[int]]) -> list[str]:
    """Why the breakdown that was chosen cannot be had. fixed: what the series has had since it first opened; None before."""
    if not breakdown or breakdown == fixed:
        return []
    return breakdowns.against(audience, asked) if fixed is None else [breakdowns.FIXED]


def _shown_by(breakdown: str, fixed: str | None) -> list[str]:
    """What is said of a breakdown that the series has, or would have for good."""
    if fixed or (breakdown and fixed is None):
        since = "as it has been since it first opened" if fixed else "for good, once it has opened"
        return [
            f"Scores are shown by kind of job as well, {since}, at schools where "
            f"{audiences.fewest()} or more of two kinds answer."
        ]
    return []


def _said(kind: str, audience: Audience) -> str:
    """Where the answers of a school count, in words; for whom nobody can be asked, what is missing."""
    return NOBODY.get(audience.key, PLACES[kind]) if kind == "nobody" else PLACES[kind]


def _comments(pulse: Instrument, audience: Audience, offered: int, schools: int) -> str:
    """Where the comment box is offered, in one sentence (R7, R9)."""
    if audience.by_slips:
        return f"No comment box is offered to {audience.people}."
    if not pulse.comment:
        return "This pulse has no comment box."
    if not offered:
        return f"No comment box is offered: it needs {COMMENTS_FROM} people who are asked at a school."
    if offered == schools:
        return (
            "The comment box is offered, since ten or more are asked."
            if schools == 1
            else ("The comment box is offered at every school.")
        )
    return f"The comment box is offered at {offered} of {schools} schools, where {COMMENTS_FROM} or more are asked."


def _fits(full: list[budget.Use], asks: int, schools: int) -> str:
    """What would fit the fullest school, and for whom all of it would."""
    room = full[0].left // asks
    often = {0: "No pulse of this length fits", 1: "One pulse of this length fits"}
    fits = f"{often.get(room, f'{room} pulses of this length fit')} there until the school year ends"
    if len(full) == schools:
        return f"{fits}."
    return f"{fits}; all of it fits without {budget.some([use.school.name for use in full])}."


def with_homes(
    schools: SchoolQuerySet, organisation: Organisation, cluster: Cluster | None, pulse: Instrument, audience: Audience
) -> SchoolQuerySet:
    """The same schools, each with its home cluster in the series, or, before it has taken part, the one it is in today; and
    with the series' rhythm, and the breakdown that is fixed since it first opened."""
    series = {
        "series__organisation": organisation,
        "series__cluster": cluster,
        "series__instrument": pulse.id,
        "series__audience": audience.key,
    }
    fixed = SeriesHome.objects.filter(**series, school=OuterRef("pk")).values("cluster")
    now = ClusterMembership.objects.current().filter(cluster__organisation=organisation, school=OuterRef("pk"))
    newest = now.order_by("-since", "-pk").values("cluster")
    running = Rhythm.objects.running().filter(**series).values("pk")
    opened = Wave.objects.filter(**series).exclude(state=Wave.State.PLANNED).values("series__breakdown")
    schools = schools.annotate(fixed=Subquery(opened[:1]))
    return schools.annotate(rhythm=Subquery(running[:1]), home=Coalesce(Subquery(fixed[:1]), Subquery(newest[:1])))


def _places(schools: list[School], invited: dict[int, int], k: int) -> dict[int, str]:
    """School id → "school", "pool", "network", "nowhere" or "nobody": where it counts if everybody answers."""
    by_home: dict[str, list[str]] = {}
    for school in schools:
        by_home.setdefault(f"cluster:{vars(school)['home'] or 0}", []).append(str(school.pk))
    shown = disclosure.publication(by_home, {str(pk): count for pk, count in invited.items()}, k=k)
    return {
        pk: "nobody" if not count else block.kind if (block := shown.place[str(pk)]) else "nowhere"
        for pk, count in invited.items()
    }
