"""What a leader is told before a pulse is asked: everything that would be wrong, or surprise somebody, afterwards (R4, R8)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from alongside.network import pauses
from alongside.network.models import Cluster, ClusterMembership, Organisation, Pause, School, SchoolQuerySet
from alongside.people.reads import Membership
from alongside.science import disclosure
from alongside.surveys import budget, rules
from alongside.surveys.actions.fitting import AUDIENCE_AT_LEAST, asked_schools, people_asked
from alongside.surveys.instruments import Instrument
from alongside.surveys.models import Rhythm, SeriesHome
from alongside.surveys.reads import COMMENTS_FROM

# Where a school's answers count, if it is not in figures of its own; R2, in words.
PLACES = {
    "pool": "No figures of their own, since fewer than five are asked there: {}. They count in their cluster’s other schools.",
    "network": "Too few even together in their cluster: {}. They count only in the figure for the whole.",
    "nowhere": "Too few to count anywhere, even if everybody answers: {}. A talk in the room would tell more there.",
    "nobody": "Nobody can be asked by mail at {}: a staff list or a confirmed mail domain is missing.",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One pulse before it is asked; each note is a whole sentence."""

    people: int
    schools: int
    own: int  # schools that have figures of their own if everybody answers
    statements: int  # that each person would be asked
    too_few: bool  # under ten: it cannot be asked
    full: list[str]  # schools whose yearly budget it does not fit; it cannot be asked
    fits: str  # what would fit instead; "" when this does
    rhythm: int | None  # the one that this series has already
    notes: list[str]  # what is as it should be, and might surprise

    @property
    def refused(self) -> bool:
        return self.too_few or bool(self.full)


def check(
    organisation: Organisation,
    cluster: Cluster | None,
    pulse: Instrument,
    day: datetime.date,
    member: Membership,
    *,
    held: Iterable[Pause] = (),
    times: int = 1,
) -> Check:
    """What would come of asking this pulse so many times from that day on. held: pauses that hold now. Five queries."""
    schools = list(with_homes(asked_schools(organisation, cluster), organisation, cluster, pulse))
    names = {school.pk: school.name for school in schools}
    invited = {pk: len(people) for pk, people in people_asked(list(names)).items()}
    places = _places(schools, invited)
    uses = budget.uses(organisation, schools, day)
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
        too_few=people < AUDIENCE_AT_LEAST,
        full=budget.sentences(organisation, full, statements),
        fits=_fits(full, pulse.asks, len(schools)) if full else "",
        rhythm=vars(schools[0])["rhythm"] if schools else None,
        notes=[
            *(said.format(budget.some(there[kind])) for kind, said in PLACES.items() if there[kind]),
            *([f"Paused: {budget.some(paused)}. Nobody there hears of it until the pause ends."] if paused else []),
            _comments(pulse, sum(count >= COMMENTS_FROM for count in invited.values()), len(schools)),
        ],
    )


def _comments(pulse: Instrument, offered: int, schools: int) -> str:
    """Where the comment box is offered, in one sentence (R7)."""
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
    schools: SchoolQuerySet, organisation: Organisation, cluster: Cluster | None, pulse: Instrument
) -> SchoolQuerySet:
    """The same schools, each with its home cluster in the series, or, before it has taken part, the one it is in today."""
    series = {"series__organisation": organisation, "series__cluster": cluster, "series__instrument": pulse.id}
    fixed = SeriesHome.objects.filter(**series, school=OuterRef("pk")).values("cluster")
    now = ClusterMembership.objects.current().filter(cluster__organisation=organisation, school=OuterRef("pk"))
    newest = now.order_by("-since", "-pk").values("cluster")
    running = Rhythm.objects.running().filter(**series).values("pk")
    return schools.annotate(rhythm=Subquery(running[:1]), home=Coalesce(Subquery(fixed[:1]), Subquery(newest[:1])))


def _places(schools: list[School], invited: dict[int, int]) -> dict[int, str]:
    """School id → "school", "pool", "network", "nowhere" or "nobody": where it counts if everybody answers."""
    by_home: dict[str, list[str]] = {}
    for school in schools:
        by_home.setdefault(f"cluster:{vars(school)['home'] or 0}", []).append(str(school.pk))
    shown = disclosure.publication(by_home, {str(pk): count for pk, count in invited.items()})
    return {
        pk: "nobody" if not count else block.kind if (block := shown.place[str(pk)]) else "nowhere"
        for pk, count in invited.items()
    }
