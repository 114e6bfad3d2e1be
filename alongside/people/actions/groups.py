"""What changes groups, and a cluster that its own chair forms. Each verb is one transaction."""

import datetime
from collections.abc import Collection

from django.db import IntegrityError, transaction

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation, School
from alongside.people import reads
from alongside.people.models import Group, GroupMember, Person, Role

MADE = journal.deed("people.group_made", "made a group")
JOINED = journal.deed("people.group_joined", "put a person into a group")
LEFT = journal.deed("people.group_left", "took a person out of a group")


@transaction.atomic
def form_chaired_cluster(
    network: Organisation,
    name: str,
    schools: Collection[School],
    invited: Collection[School] = (),
    *,
    by: Person,
    chair: bool,
) -> Cluster:
    """A new cluster; whoever forms it becomes its chair where `chair` says so. `invited` are asked first.

    Raises what forming and inviting raise; then nothing is changed.
    """
    cluster = network_actions.form_cluster(network, name, schools, asked=len(invited), by=by.pk)
    for school in invited:
        network_actions.invite(network, cluster, school, "", by=by.pk)
    if chair:
        today = datetime.date.today()
        Role.objects.create(
            organisation=network, person=by, kind=Role.Kind.CHAIR, cluster=cluster, since=today, granted_by=by
        )
    return cluster


@transaction.atomic
def make_group(network: Organisation, name: str, purpose: str, *, by: Person) -> Group:
    """A named group of a network. Raises Conflict where one is called so already."""
    if not name.strip():
        raise Refused("A group needs a name.")
    try:
        with transaction.atomic():
            group = Group.objects.create(organisation=network, name=name.strip(), purpose=purpose.strip())
    except IntegrityError:
        raise Conflict(f"A group is called {name.strip()} already. Choose another name.") from None
    journal.record(network.pk, MADE, by=by.pk, about=f"group:{group.pk}", payload={"name": group.name})
    return group


@transaction.atomic
def join_group(group: Group, who: str, *, by: Person) -> Person:
    """Put somebody who works in one of the network's schools into the group; twice is once.

    who: their work e-mail, or their name as a staff list writes it. Raises Refused when nobody, or more than one, fits.
    """
    found = reads.staff_called(group.organisation, who)
    if not found:
        raise Refused("Nobody on the staff lists of this network’s schools has exactly this e-mail or name.")
    if len(found) > 1:
        raise Refused("Several people are called so. Write the e-mail of the one you mean.")
    person = found[0]
    try:
        with transaction.atomic():
            GroupMember.objects.create(
                organisation=group.organisation, group=group, person=person, since=datetime.date.today()
            )
    except IntegrityError:
        return person
    journal.record(group.organisation_id, JOINED, by=by.pk, about=f"person:{person.pk}", payload={"group": group.name})
    return person


@transaction.atomic
def leave_group(group: Group, person_id: int, *, by: Person) -> None:
    """The person is in the group no longer, from today. Raises Conflict when they had left already."""
    members = GroupMember.objects.filter(group=group, person=person_id, until__isnull=True)
    if not members.update(until=datetime.date.today()):
        raise Conflict("This person is not in the group any more.")
    journal.record(group.organisation_id, LEFT, by=by.pk, about=f"person:{person_id}", payload={"group": group.name})
