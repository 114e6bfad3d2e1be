"""Proposing, merging, closing and putting forward."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from alongside.evidence import signals
from alongside.evidence.signals import Heard
from alongside.goals.models import Issue
from alongside.kit import chain, journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.search import folded
from alongside.network.models import Cluster, ClusterMembership, NetworkMembership, Organisation

PROPOSED = journal.deed("goals.issue_proposed", "proposed something to work on")
MERGED = journal.deed("goals.issue_merged", "merged two things to work on")
APART = journal.deed("goals.issue_apart", "took two things to work on apart again")
CLOSED = journal.deed("goals.issue_closed", "closed a thing to work on")
OPENED = journal.deed("goals.issue_opened", "opened a thing to work on again")
FORWARDED = journal.deed("goals.issue_forwarded", "put a thing to work on forward")
MOST_LIVE = 200  # on one list


@transaction.atomic
def propose(organisation: Organisation, cluster: Cluster | None, title: str, why: str, *, by: int) -> Issue:
    """Put something on the list of a school, a cluster or a whole network. by: id of a person.

    Raises Conflict where it stands there already in the same words, Refused for an empty title or a full list.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    made = Issue(organisation=organisation, cluster=cluster, title=title.strip(), why=why.strip(), proposed_by_id=by)
    _require_room(made)
    made.save()
    _record(made, PROPOSED, by)
    return made


@transaction.atomic
def propose_heard(organisation: Organisation, one: Heard, *, by: int) -> tuple[Issue, bool]:
    """Put something that people said on the list, in one click; whether it is new there. What stands there in the same words
    is joined to what was said now.

    Raises Refused for a full list.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    signal, cluster = signals.keep(organisation, one, by=by), signals.cluster_of(one, organisation)
    live = Issue.objects.filter(organisation=organisation, cluster=cluster).live().order_by("pk")
    found = next((issue for issue in live if folded(issue.title) == folded(one.about)), None)
    issue = found or propose(organisation, cluster, one.about, f"“{one.statement}”", by=by)
    chain.link(organisation.pk, f"signal:{signal.pk}", f"issue:{issue.pk}")
    return issue, found is None


def _require_room(issue: Issue) -> None:
    if not folded(issue.title):
        raise Refused("Say in a few words what there is to work on.")
    live = list(Issue.objects.beside(issue).live().values_list("title", flat=True))
    if folded(issue.title) in map(folded, live):
        raise Conflict(f"“{issue.title}” is on the list already.")
    if len(live) >= MOST_LIVE:
        raise Refused(f"This list has {MOST_LIVE} things on it, which is its limit. Merge or close some first.")


@transaction.atomic
def merge(issue: Issue, into_id: int, *, by: int) -> Issue:
    """One of two near-doubles goes into the other, whose words stay; both can be read, and it can be undone.

    Raises Conflict when one of them was merged or closed meanwhile, Refused for one of another place or for itself.
    """
    rows = {row.pk: row for row in Issue.objects.select_for_update().filter(pk__in=[issue.pk, into_id]).order_by("pk")}
    mine, into = rows.get(issue.pk), rows.get(into_id)
    if mine is None or into is None or mine.pk == into.pk or _place(mine) != _place(into):
        raise Refused("Choose another thing to work on from the same list.")
    if not mine.live or not into.live:
        raise Conflict("One of the two was merged or closed meanwhile. The list shows how things stand.")
    mine.merged_into = into
    mine.save(update_fields=["merged_into"])
    chain.link(mine.organisation_id, f"issue:{mine.pk}", f"issue:{into.pk}")
    _record(mine, MERGED, by, into=into.title)
    return into


def _place(issue: Issue) -> tuple[int, int | None]:
    return issue.organisation_id, issue.cluster_id


@transaction.atomic
def apart(issue: Issue, *, by: int) -> None:
    """Undo a merge: it stands on the list again, in its own words. Raises Conflict when it is not merged (any more)."""
    into = Issue.objects.filter(pk=issue.pk, merged_into__isnull=False).values_list("merged_into", flat=True).first()
    if not Issue.objects.filter(pk=issue.pk, merged_into__isnull=False).update(merged_into=None):
        raise Conflict("These two are apart already. The list shows how things stand.")
    chain.unlink(f"issue:{issue.pk}", f"issue:{into}")
    _record(issue, APART, by)


@transaction.atomic
def close_issue(issue: Issue, *, by: int) -> None:
    """It is no longer on the list. Raises Conflict when it was closed or merged already."""
    if not Issue.objects.live().filter(pk=issue.pk).update(closed_at=timezone.now()):
        raise Conflict("It was closed or merged already. The list shows how things stand.")
    _record(issue, CLOSED, by)


@transaction.atomic
def open_issue(issue: Issue, *, by: int) -> None:
    """It is on the list again. Raises Conflict when it is open, or stands there already in the same words."""
    Organisation.objects.select_for_update().get(pk=issue.organisation_id)
    closed = Issue.objects.filter(pk=issue.pk, closed_at__isnull=False)
    if not closed.exists():
        raise Conflict("It is open already. The list shows how things stand.")
    _require_room(issue)
    closed.update(closed_at=None)
    _record(issue, OPENED, by)


@transaction.atomic
def put_forward(issue: Issue, network_id: int, cluster: Cluster | None, *, by: int) -> Issue:
    """A row of the network with the school's words; the school's own row stays as it is.

    Raises Refused where the school does not belong (any more) or the words stand there already, Conflict when it was put
    forward there before.
    """
    network = Organisation.objects.select_for_update().get(pk=network_id)
    school = issue.organisation.school
    if cluster is not None and cluster.organisation_id != network.pk:
        raise Refused("Your school does not belong there today.")
    inside = NetworkMembership.objects.current().filter(network=network, school=school)
    there = ClusterMembership.objects.current().filter(cluster=cluster, school=school)
    if not inside.exists() or (cluster and not there.exists()):
        raise Refused("Your school does not belong there today.")
    if not Issue.objects.live().filter(pk=issue.pk).exists():
        raise Conflict("It was closed or merged meanwhile. The list shows how things stand.")
    if Issue.objects.filter(from_issue=issue, organisation=network, cluster=cluster).exists():
        raise Conflict("Your school has put it forward there already.")
    made = Issue(organisation=network, cluster=cluster, title=issue.title, why=issue.why, from_school=school)
    made.from_issue, made.proposed_by_id = issue, by
    _require_room(made)
    made.save()
    chain.link(network.pk, f"issue:{issue.pk}", f"issue:{made.pk}")
    _record(made, PROPOSED, by)
    _record(issue, FORWARDED, by, to=made.place)
    return made


def _record(issue: Issue, deed: str, by: int, **payload: object) -> None:
    about = f"issue:{issue.pk}"
    journal.record(issue.organisation_id, deed, by=by, about=about, payload={"title": issue.title, **payload})
