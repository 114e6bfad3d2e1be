"""What views of this package fetch by their address: outside the place it is a 404."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from alongside.network.models import Cluster, Grouping, School


def network_only(request: Any) -> None:
    """A page that schools do not have."""
    if request.organisation.kind != "network":
        raise Http404


def school_only(request: Any) -> None:
    """A page that networks do not have."""
    if request.organisation.kind != "school":
        raise Http404


def cluster_here(request: Any, slug: str) -> Cluster:
    """The cluster of this network at that address."""
    network_only(request)
    return get_object_or_404(Cluster.objects.of(request.organisation.pk).select_related("organisation"), slug=slug)


def grouping_here(request: Any, slug: str) -> Grouping:
    """The grouping of this network at that address, ended or not."""
    network_only(request)
    return get_object_or_404(Grouping.objects.of(request.organisation.pk), slug=slug)


def school_here(request: Any, slug: str) -> School:
    """The school at that address: of this network, or the school that this place is."""
    found = School.objects.select_related("organisation")
    if request.organisation.kind == "network":
        return get_object_or_404(found.in_network(request.organisation), organisation__slug=slug)
    return get_object_or_404(found, organisation=request.organisation, organisation__slug=slug)
