"""A round is started and called off; leaders say how they see it, note the talk, and say yes for their school."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from alongside.evidence import rules
from alongside.evidence.models import GridSharing, LeaderView, MapRound, MapSharing, SeatWave, TalkNote
from alongside.evidence.statements import ASKED, BY_ID, STUDENTS, TEAMS
from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.actions import make_organisation
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys import actions as surveys_actions
from alongside.surveys.models import Wave

STARTED = journal.deed("evidence.round_started", "started a coherence round")
CALLED_OFF = journal.deed("evidence.round_called_off", "called a coherence round off")
SHARED = journal.deed("evidence.map_shared", "let the cluster count the school’s coherence map")
UNSHARED = journal.deed("evidence.map_unshared", "took the school’s coherence map back")
FEWEST, MOST = 8, 10  # statements of a round
Hours = tuple[datetime.datetime, datetime.datetime]


@transaction.atomic
def start(
    organisation: Organisation,
    statements: Sequence[str],
    hours: Mapping[str, Hours],
    *,
    cluster: Cluster | None = None,
    by: Person | None = None,
) -> MapRound:
    """Start a round: leaders may say at once how they see it; teams, and students where they are asked, are planned.

    hours: seat → when it is asked, teams first. All or nothing. Raises Refused as `surveys.actions.ask` does, for another
    number of statements than 8 to 10, and for students who would be asked before the teams have answered; Conflict while
    another round of these schools is under way.
    """
    known = [key for key in BY_ID if key in set(statements)]
    if not FEWEST <= len(known) <= MOST:
        raise Refused(f"A round asks about {FEWEST} to {MOST} things. Choose as many.")
    if STUDENTS in hours and hours[STUDENTS][0] < hours[TEAMS][1]:
        raise Refused(
            "Students are asked after the teams. Choose a later day for them, or an earlier one for the teams."
        )
    held = Organisation.objects.select_for_update().get(
        pk=organisation.pk
    )  # two who start at once come one after the other
    earlier = MapRound.objects.filter(organisation=held, cluster=cluster)
    newest = earlier.order_by("-number").first()
    made = MapRound.objects.create(
        organisation=held,
        cluster=cluster,
        number=newest.number + 1 if newest else 1,
        statements=known,
        started_by=by,
    )
    for key, (opens_at, closes_at) in hours.items():
        seat = ASKED[key]
        items = [BY_ID[statement].item(seat).id for statement in known]
        wave = surveys_actions.ask(
            held, seat.instrument, opens_at, closes_at, cluster=cluster, by=by, audience=key, items=items
        )
        SeatWave.objects.create(organisation=held, round=made, seat=key, wave=wave)
    _record(made, STARTED, by.pk if by else None)
    return made


@transaction.atomic
def call_off(found: MapRound, by: Person) -> None:
    """Undo the start of a round in which nobody was asked yet; what leaders have said goes with it.

    Raises Conflict once a seat was asked: what people answered is kept.
    """
    held = MapRound.objects.select_for_update().get(pk=found.pk)
    waves = list(Wave.objects.filter(seat__round=held))
    if any(wave.state != Wave.State.PLANNED for wave in waves):
        raise Conflict("People are asked already, so this round cannot be called off. It goes on by itself.")
    for wave in waves:
        surveys_actions.call_off(wave, by)
    _record(held, CALLED_OFF, by.pk)
    held.delete()


@transaction.atomic
def keep_view(
    found: MapRound, school: School, person: Person, ratings: Mapping[str, int | str], *, head: bool, agreed: bool
) -> None:
    """Keep how a leader sees the school; changed until the teams have answered. Safe twice.

    ratings: statement → 1 to 5, or "x" for “I can’t say”. Raises Refused for a statement without one, and for who was asked with the teams
    before they became a leader; Conflict once the teams have answered.
    """
    if set(ratings) != set(found.statements) or not all(rating in (1, 2, 3, 4, 5, "x") for rating in ratings.values()):
        raise Refused("Say something to each statement; “I can’t say” is an answer too.")
    teams = Wave.objects.filter(seat__round=found, seat__seat=TEAMS).first()
    if not rules.takes_views(teams):
        raise Conflict("The teams have answered, so what leaders say stays as it is. The next round asks again.")
    if teams and teams.roster.filter(person=person).exists():
        raise Refused(
            "You were asked with the teams when this round began, and nobody counts twice. The next one asks you here."
        )
    LeaderView.objects.update_or_create(
        round=found,
        school=school,
        person=person,
        defaults={
            "organisation": make_organisation(school),
            "head": head,
            "ratings": dict(ratings),
            "agreed": agreed,
            "answered_at": timezone.now(),
        },
    )


def agree(found: MapRound, school: School, person: Person, *, agreed: bool) -> None:
    """Let one’s own answers be shown beyond the leadership team, or take that back, at any time. Safe twice."""
    LeaderView.objects.filter(round=found, school=school, person=person).update(agreed=agreed)


@transaction.atomic
def note(found: MapRound, school: School, person: Person, text: str) -> None:
    """Keep what a leader noted of the talk with their own team; no text takes it away. Safe twice."""
    mine = TalkNote.objects.filter(round=found, school=school, person=person)
    if not text.strip():
        mine.delete()
        return
    TalkNote.objects.update_or_create(
        round=found,
        school=school,
        person=person,
        defaults={"organisation": make_organisation(school), "text": text.strip(), "written_at": timezone.now()},
    )


def share(found: MapRound, school: School, *, shared: bool, by: int) -> None:
    """Let the cluster count the school’s map and see it, or take that back. Safe twice."""
    deed = SHARED if shared else UNSHARED
    say_yes(MapSharing(round=found), school, deed, shared=shared, by=by, about=f"map:{found.pk}")


@transaction.atomic
def say_yes(yes: MapSharing | GridSharing, school: School, deed: str, *, shared: bool, by: int, about: str) -> None:
    """From now on a school's map or grid counts for its cluster, or no longer. yes: a new row that names it. Safe twice."""
    organisation = make_organisation(school)  # holds the school: two who say so at once come one after the other
    of = {"round": yes.round} if isinstance(yes, MapSharing) else {"wave": yes.wave}
    open_now = type(yes)._default_manager.filter(**of, school=school, until__isnull=True)
    if shared == open_now.exists():
        return
    if shared:
        yes.organisation, yes.school, yes.since, yes.by_id = organisation, school, timezone.now(), by
        yes.save()
    else:
        open_now.update(until=timezone.now())
    journal.record(organisation.pk, deed, by=by, about=about, payload={})


def _record(found: MapRound, deed: str, by: int | None) -> None:
    journal.record(
        found.organisation_id,
        deed,
        by=by,
        about=f"map:{found.pk}",
        payload={"asked": found.whom, "statements": len(found.statements)},
    )


def move_views(drop: int, keep: int) -> None:
    """Views of two people who are one; where both answered in a round, what the one who stays said stays."""
    _move(LeaderView, drop, keep)


def move_notes(drop: int, keep: int) -> None:
    """Notes of two people who are one; the one who stays keeps theirs."""
    _move(TalkNote, drop, keep)


def _move(table: type[LeaderView] | type[TalkNote], drop: int, keep: int) -> None:
    for row in table.objects.filter(person=drop):
        if table.objects.filter(round=row.round_id, school=row.school_id, person=keep).exists():
            row.delete()
        else:
            table.objects.filter(pk=row.pk).update(person=keep)
