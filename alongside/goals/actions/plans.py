"""Writing a vision, goals and actions, and saying how an action goes. Each verb is one transaction."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from alongside.goals.models import Action, CheckIn, Goal, Vision
from alongside.kit import chain, journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.search import folded
from alongside.network.models import Cluster, ClusterMembership, NetworkMembership, Organisation

ENVISIONED = journal.deed("goals.vision_written", "wrote down a vision")
GOAL_SET = journal.deed("goals.goal_set", "set a goal")
GOAL_CHANGED = journal.deed("goals.goal_changed", "changed a goal")
GOAL_ENDED = journal.deed("goals.goal_ended", "said that a goal is reached, stopped or under way again")
PLANNED = journal.deed("goals.action_planned", "planned an action")
REPLANNED = journal.deed("goals.action_changed", "changed an action")
CHECKED = journal.deed("goals.action_checked", "said how an action goes")
MOST_GOALS, MOST_ACTIONS = 40, 200  # under way in one place
CHANGED = "This changed while you were writing. Both versions stand below; save again to put yours in its place."


class Overtaken(Conflict):
    """Somebody else changed the same row since the writer saw it; nothing was stored and the writer's words are kept."""


@dataclass(frozen=True, slots=True)
class GoalWords:
    """What is written of a goal. owner: id of a person or None; serves: id of a goal of a wider place or None."""

    title: str
    measure: str
    owner: int | None
    review_on: datetime.date
    serves: int | None = None
    lens_serves: str = ""
    lens_least: str = ""
    lens_gives: str = ""


@dataclass(frozen=True, slots=True)
class ActionWords:
    """What is written of an action. owner: id of a person or None; goal: id of a goal of the same place or None."""

    title: str
    owner: int | None
    due_on: datetime.date
    goal: int | None = None


@transaction.atomic
def envision(
    organisation: Organisation, cluster: Cluster | None, text: str, sources: str, *, seen: int, by: int
) -> Vision:
    """A vision, or a new one in place of the last. seen: number of the one the writer saw, 0 for none.

    Raises Refused for no words, Overtaken when there is a newer one, which stays.
    """
    if not folded(text):
        raise Refused("Write the vision in a few sentences.")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    last = newest_vision(organisation, cluster)
    if (last.number if last else 0) != seen:
        raise Overtaken(CHANGED)
    number = seen + 1
    made = Vision(organisation=organisation, cluster=cluster, text=text, sources=sources, number=number)
    made.written_by_id = by
    made.save()
    journal.record(organisation.pk, ENVISIONED, by=by, about=f"vision:{made.pk}", payload={"number": number})
    return made


def newest_vision(organisation: Organisation, cluster: Cluster | None) -> Vision | None:
    """The vision that holds. One query."""
    return Vision.objects.filter(organisation=organisation, cluster=cluster).order_by("-number").first()


@transaction.atomic
def set_goal(
    organisation: Organisation, cluster: Cluster | None, words: GoalWords, *, source: str = "", by: int
) -> Goal:
    """Set a goal. source: what it follows from, as kit.chain names it ("issue:12"), already found in this place.

    Raises Refused for a title without words, a goal it cannot serve, or a full page; Conflict for one that stands there.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    here = Goal.objects.filter(organisation=organisation, cluster=cluster, state=Goal.State.OPEN)
    titles = list(here.values_list("title", flat=True))
    _require_new(words.title, titles, MOST_GOALS, "goals")
    made = Goal(organisation=organisation, cluster=cluster, made_by_id=by)
    _write_goal(made, words)
    made.save()
    if source:
        chain.link(organisation.pk, source, f"goal:{made.pk}")
    _join_wider(made)
    _record(made, GOAL_SET, by)
    return made


def _require_new(title: str, titles: list[str], most: int, what: str) -> None:
    _require_words(title)
    if folded(title) in map(folded, titles):
        raise Conflict(f"“{title}” stands there already.")
    if len(titles) >= most:
        raise Refused(f"There are {most} {what} under way here, which is the limit. End some first: fewer get done.")


def _require_words(title: str) -> None:
    if not folded(title):
        raise Refused("Say in a few words what it is.")


def _as_seen[Row: Goal | Action](rows: QuerySet[Row], pk: int, seen: int) -> Row:
    """A row, held, that is still as its writer saw it. Its own row alone is held: of what it names some may be none."""
    now = rows.select_for_update(of=("self",)).get(pk=pk)
    if now.version != seen:
        raise Overtaken(CHANGED)
    now.version += 1
    return now


def _write_goal(goal: Goal, words: GoalWords) -> None:
    goal.title, goal.measure, goal.review_on = words.title, words.measure, words.review_on
    goal.owner_id = words.owner
    goal.serves = _wider(goal, words.serves)
    goal.lens_serves, goal.lens_least, goal.lens_gives = words.lens_serves, words.lens_least, words.lens_gives


def _wider(goal: Goal, pk: int | None) -> Goal | None:
    """The goal that another one serves: of the cluster or network around it, never of its own place, never in a circle."""
    if pk is None:
        return None
    if pk == goal.pk:
        raise Refused("A goal cannot serve itself. Choose a goal of your cluster or network, or none.")
    found = Goal.objects.filter(pk=pk).select_related("organisation", "cluster").first()
    if found is None or not may_serve(goal.organisation, goal.cluster_id, found):
        raise Refused("That goal is not one of your cluster or network. Choose one from the list, or none.")
    return found


def may_serve(organisation: Organisation, cluster_id: int | None, wider: Goal) -> bool:
    """Whether goals of a place may serve this one: a school's those around it, a cluster's those of its network as a whole.
    Two queries at most."""
    if organisation.kind == Organisation.Kind.NETWORK:
        return cluster_id is not None and wider.organisation_id == organisation.pk and wider.cluster_id is None
    school = organisation.school
    inside = NetworkMembership.objects.current().filter(network=wider.organisation_id, school=school)
    if wider.cluster_id is None:
        return inside.exists()
    there = ClusterMembership.objects.current().filter(cluster=wider.cluster_id, school=school)
    return inside.exists() and there.exists()


def _join_wider(goal: Goal) -> None:
    """Its one edge from a wider goal follows what it says it serves."""
    wider = f"goal:{goal.serves_id}" if goal.serves_id else None
    chain.relink(goal.organisation_id, "goal", wider, f"goal:{goal.pk}")


@transaction.atomic
def change_goal(goal: Goal, words: GoalWords, *, seen: int, by: int) -> Goal:
    """Write a goal anew. seen: the version that the writer saw. Raises Overtaken when it is another by now, Refused as `set_goal`."""
    now = _as_seen(Goal.objects.select_related("organisation", "cluster"), goal.pk, seen)
    _require_words(words.title)
    _write_goal(now, words)
    now.save()
    _join_wider(now)
    _record(now, GOAL_CHANGED, by)
    return now


@transaction.atomic
def end_goal(goal: Goal, state: Goal.State, *, by: int, today: datetime.date) -> Goal:
    """It is reached, stopped, or under way again. Raises Conflict when it is so already."""
    now = Goal.objects.select_for_update().get(pk=goal.pk)
    if now.state == state:
        raise Conflict(f"This goal is {state.label} already.")
    now.state, now.version = state, now.version + 1
    now.ended_on = None if state == Goal.State.OPEN else today
    now.save()
    _record(now, GOAL_ENDED, by, state=str(state))
    return now


@transaction.atomic
def plan(
    organisation: Organisation, cluster: Cluster | None, words: ActionWords, *, source: str = "", by: int
) -> Action:
    """Plan an action. source: what it follows from, as kit.chain names it, already found in this place; its goal counts too.

    Raises Refused for a title without words, a goal of another place, or a full page; Conflict for one that stands there.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    here = Action.objects.filter(organisation=organisation, cluster=cluster, state=Action.State.OPEN)
    _require_new(words.title, list(here.values_list("title", flat=True)), MOST_ACTIONS, "actions")
    made = Action(organisation=organisation, cluster=cluster, made_by_id=by)
    _write_action(made, words)
    made.save()
    if source:
        chain.link(organisation.pk, source, f"action:{made.pk}")
    _join_goal(made)
    _record(made, PLANNED, by)
    return made


def _write_action(action: Action, words: ActionWords) -> None:
    action.title, action.due_on = words.title, words.due_on
    action.owner_id = words.owner
    action.goal = None
    if words.goal is not None:
        same = {"organisation": action.organisation_id, "cluster": action.cluster_id}
        action.goal = Goal.objects.filter(pk=words.goal, **same).first()
        if action.goal is None:
            raise Refused("That goal is not one of this page. Choose one from the list, or none.")


def _join_goal(action: Action) -> None:
    goal = f"goal:{action.goal_id}" if action.goal_id else None
    chain.relink(action.organisation_id, "goal", goal, f"action:{action.pk}")


@transaction.atomic
def change_action(action: Action, words: ActionWords, *, seen: int, by: int) -> Action:
    """Write an action anew; see `change_goal`."""
    now = _as_seen(Action.objects.all(), action.pk, seen)
    _require_words(words.title)
    _write_action(now, words)
    now.save()
    _join_goal(now)
    _record(now, REPLANNED, by)
    return now


ENDS = {CheckIn.How.DONE: Action.State.DONE, CheckIn.How.STOPPED: Action.State.STOPPED}


@transaction.atomic
def check_in(action: Action, how: CheckIn.How, text: str, *, by: int, today: datetime.date) -> CheckIn:
    """Say how an action goes: done and stopped end it, again takes it up. Raises Conflict where that does not fit how it stands."""
    now = Action.objects.select_for_update().get(pk=action.pk)
    ended = now.state != Action.State.OPEN
    if ended and how != CheckIn.How.AGAIN:
        raise Conflict(f"This action is {now.get_state_display()} by now. Take it up again first.")
    if not ended and how == CheckIn.How.AGAIN:
        raise Conflict("This action is under way already.")
    now.state = ENDS.get(how, Action.State.OPEN)
    now.ended_on = None if now.state == Action.State.OPEN else today
    now.version += ended or how in ENDS
    now.save(update_fields=["state", "ended_on", "version"])
    made = CheckIn.objects.create(organisation_id=now.organisation_id, action=now, how=how, text=text, by_id=by)
    _record(now, CHECKED, by, how=str(how))
    return made


def _record(row: Goal | Action, deed: str, by: int, **payload: object) -> None:
    about = f"{type(row).__name__.lower()}:{row.pk}"
    journal.record(row.organisation_id, deed, by=by, about=about, payload={"title": row.title, **payload})
