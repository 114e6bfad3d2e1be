"""Coming together and parting: a school asks or is invited, the other side answers, and a school leaves on its day."""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network import reads
from alongside.network.actions.clusters import add_school, join_network
from alongside.network.models import (
    Cluster,
    ClusterMembership,
    Joining,
    LeavingNotice,
    NetworkMembership,
    Organisation,
    School,
)

ASKED = journal.deed("network.school_asked", "asked to join")
INVITED = journal.deed("network.school_invited", "invited a school")
ANSWERED = journal.deed("network.joining_answered", "answered whether a school joins")
TAKEN_BACK = journal.deed("network.joining_taken_back", "took a question to join back")
NOTICE = journal.deed("network.notice_given", "gave notice for a school")
NOTICE_BACK = journal.deed("network.notice_taken_back", "took a school’s notice back")
ENDS = {"gb": (8, 31)}  # the last day of a school year: month, day
ELSEWHERE = (1, 31)
LONGEST = datetime.timedelta(days=3 * 365)


@transaction.atomic
def ask_to_join(network: Organisation, cluster: Cluster | None, school: School, words: str, *, by: int) -> Joining:
    """A school asks a network, or a cluster of a network that it is in; asking twice is once.

    Raises Refused when it belongs there already, Conflict when it is invited there and need only answer.
    """
    return _ask(network, cluster, school, words, by, invited=False)


@transaction.atomic
def invite(network: Organisation, cluster: Cluster | None, school: School, words: str, *, by: int) -> Joining:
    """A network invites a school of the register to it or to a cluster of it; inviting twice is once.

    Raises Refused when it belongs there already or is closed, Conflict when it has asked and waits for an answer.
    """
    if school.status == School.Status.CLOSED:
        raise Refused(f"{school.name} is closed and cannot join.")
    return _ask(network, cluster, school, words, by, invited=True)


def _ask(
    network: Organisation, cluster: Cluster | None, school: School, words: str, by: int, *, invited: bool
) -> Joining:
    if _belongs(network, cluster, school):
        raise Refused(f"{school.name} belongs to {cluster or network} already.")
    try:
        with transaction.atomic():
            joining = Joining.objects.create(
                organisation=network, cluster=cluster, school=school, words=words, asked_by=by, invited=invited
            )
    except IntegrityError:
        return _waiting(network, cluster, school, invited=invited)
    payload = {"school": school.name, "to": str(cluster or network)}
    about = f"school:{school.pk}"
    journal.record(network.pk, INVITED if invited else ASKED, by=by, about=about, payload=payload)
    return joining


def _waiting(network: Organisation, cluster: Cluster | None, school: School, *, invited: bool) -> Joining:
    rows = Joining.objects.filter(state=Joining.State.WAITING, school=school, organisation=network, cluster=cluster)
    joining = rows.first()
    if joining is None:  # answered in this very moment
        raise Conflict("This was answered just now. Look at how it stands.")
    if joining.invited != invited:
        asked = "is invited there already and need only say yes" if joining.invited else "has asked already: answer it"
        raise Conflict(f"{school.name} {asked}.")
    return joining


def _belongs(network: Organisation, cluster: Cluster | None, school: School) -> bool:
    if cluster is not None:
        return ClusterMembership.objects.current().filter(cluster=cluster, school=school).exists()
    return NetworkMembership.objects.current().filter(network=network, school=school).exists()


@transaction.atomic
def answer_joining(joining: Joining, *, yes: bool, words: str, by: int) -> None:
    """Yes or no with a sentence; a yes puts the school where it asked to be, or was invited to, from today.

    Raises Conflict when somebody else answered first, or it was taken back.
    """
    state = Joining.State.YES if yes else Joining.State.NO
    waiting = Joining.objects.filter(pk=joining.pk, state=Joining.State.WAITING)
    if not waiting.update(state=state, answer=words, answered_by=by, answered_at=timezone.now()):
        found = Joining.objects.get(pk=joining.pk)
        raise Conflict(f"This was answered already: {found.get_state_display()}. Nothing more was changed.")
    if yes and joining.cluster:
        add_school(joining.cluster, joining.school, by=by)
    elif yes:
        join_network(joining.organisation, [joining.school], datetime.date.today())
    payload = {"school": joining.school.name, "to": str(joining.cluster or joining.organisation), "answer": str(state)}
    about = f"school:{joining.school_id}"
    journal.record(joining.organisation_id, ANSWERED, by=by, about=about, payload=payload)


@transaction.atomic
def take_back_joining(joining: Joining, *, by: int) -> None:
    """Whoever asked no longer does. Raises Conflict when it was answered meanwhile."""
    waiting = Joining.objects.filter(pk=joining.pk, state=Joining.State.WAITING)
    if not waiting.update(state=Joining.State.BACK, answered_by=by, answered_at=timezone.now()):
        raise Conflict("This was answered already. Look at how it stands.")
    about = f"school:{joining.school_id}"
    journal.record(joining.organisation_id, TAKEN_BACK, by=by, about=about)


def end_of_school_year(country: str, today: datetime.date) -> datetime.date:
    """The next last day of a school year: 31 August in Great Britain, 31 January elsewhere."""
    month, day = ENDS.get(country, ELSEWHERE)
    this_year = datetime.date(today.year, month, day)
    return this_year if this_year >= today else datetime.date(today.year + 1, month, day)


@transaction.atomic
def give_notice(
    network: Organisation, cluster: Cluster | None, school: School, last_day: datetime.date, *, by: int
) -> LeavingNotice:
    """The school leaves after that day: the network with all its clusters, or one cluster. Giving it twice is once.

    Raises Refused for a day that has passed or is more than three years away, and when it does not belong there;
    Conflict when notice was given for another day.
    """
    today = datetime.date.today()
    if not today <= last_day <= today + LONGEST:
        raise Refused("Choose a last day from today on, at most three years away.")
    Organisation.objects.select_for_update().get(pk=network.pk)
    given = reads.open_notices(school.pk, today).filter(organisation=network, cluster=cluster).first()
    if given:
        if given.last_day == last_day:
            return given
        raise Conflict(f"Notice is given already, for {given.last_day:%d %B %Y}. Take it back first.")
    if not _belongs(network, cluster, school):
        raise Refused(f"{school.name} does not belong to {cluster or network}.")
    _end(network, cluster, school, last_day + datetime.timedelta(days=1))
    if cluster is None:  # a yes that comes later must not pull it back in
        asked = Joining.objects.filter(organisation=network, school=school, invited=False, state=Joining.State.WAITING)
        asked.update(state=Joining.State.BACK, answered_by=by, answered_at=timezone.now())
    notice = LeavingNotice.objects.create(
        organisation=network, cluster=cluster, school=school, last_day=last_day, given_by=by
    )
    payload = {"school": school.name, "leaves": str(cluster or network), "last_day": last_day.isoformat()}
    journal.record(network.pk, NOTICE, by=by, about=f"school:{school.pk}", payload=payload)
    return notice


def _end(network: Organisation, cluster: Cluster | None, school: School, until: datetime.date) -> None:
    """What would last longer ends on that day."""
    clusters = ClusterMembership.objects.filter(school=school, cluster__organisation=network)
    if cluster is not None:
        clusters = clusters.filter(cluster=cluster)
    else:
        networks = NetworkMembership.objects.filter(network=network, school=school)
        networks.filter(since__gt=until).delete()
        networks.filter(Q(until__isnull=True) | Q(until__gt=until)).update(until=until)
    clusters.filter(since__gt=until).delete()  # would have begun later: never begins
    clusters.filter(Q(until__isnull=True) | Q(until__gt=until)).update(until=until)


@transaction.atomic
def take_back_notice(notice: LeavingNotice, *, by: int) -> None:
    """The school stays after all. Raises Refused once its last day has passed, Conflict when it was taken back."""
    today = datetime.date.today()
    Organisation.objects.select_for_update().get(pk=notice.organisation_id)
    if notice.last_day < today:
        raise Refused("The last day has passed. Ask to join again.")
    if not LeavingNotice.objects.filter(pk=notice.pk, taken_back_at__isnull=True).update(taken_back_at=timezone.now()):
        raise Conflict("This notice was taken back already.")
    _undo(notice, notice.last_day + datetime.timedelta(days=1))
    about = f"school:{notice.school_id}"
    payload = {"school": notice.school.name, "stays_in": str(notice.cluster or notice.organisation)}
    journal.record(notice.organisation_id, NOTICE_BACK, by=by, about=about, payload=payload)


def _undo(notice: LeavingNotice, until: datetime.date) -> None:
    """What this notice ended goes on, but for clusters to which notice of their own was given."""
    clusters = ClusterMembership.objects.filter(
        school=notice.school_id, cluster__organisation=notice.organisation_id, until=until
    )
    if notice.cluster_id:
        clusters = clusters.filter(cluster=notice.cluster_id)
    else:
        own = reads.open_notices(notice.school_id, datetime.date.today()).filter(cluster__isnull=False)
        clusters = clusters.exclude(cluster__in=own.values("cluster"))
        NetworkMembership.objects.filter(network=notice.organisation_id, school=notice.school_id, until=until).update(
            until=None
        )
    clusters.update(until=None)
