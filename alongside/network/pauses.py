"""Which schools are left in peace: every sender asks here before it sends."""

from collections.abc import Iterable

from django.db.models import Q

from alongside.network.models import Organisation, Pause


def paused(schools: Iterable[int], sender: Organisation | int) -> set[int]:
    """Of these schools (ids), those that get nothing from this organisation now. One query.

    A school's own pause silences everybody, itself included; a network's pause what that network sends.
    """
    organisation = sender.pk if isinstance(sender, Organisation) else sender
    own_or_theirs = Q(organisation__kind=Organisation.Kind.SCHOOL) | Q(organisation=organisation)
    held = Pause.objects.current().filter(own_or_theirs, school__in=set(schools))
    return set(held.values_list("school", flat=True))
