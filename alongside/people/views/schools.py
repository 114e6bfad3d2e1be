"""The school that an address speaks of."""

from django.shortcuts import get_object_or_404

from alongside.network.models import School
from alongside.people.requests import InsideRequest


def school_of(request: InsideRequest, school: str) -> School:
    """The school of an address: the organisation itself, or a school of the network. Anything else is a 404."""
    if request.organisation.kind == "school":
        return get_object_or_404(
            School.objects.select_related("organisation"), organisation=request.organisation, organisation__slug=school
        )
    inside = School.objects.in_network(request.organisation).select_related("organisation")
    return get_object_or_404(inside, organisation__slug=school)
