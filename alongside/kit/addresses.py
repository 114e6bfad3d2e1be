"""Addresses inside an organisation: /n/<network>/… and /s/<school>/…"""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path, register_converter, reverse

from alongside.kit.access import MemberRequest


class KindConverter:
    """`n` for a network, `s` for a school."""

    regex = "[ns]"

    def to_python(self, value: str) -> str:
        return {"n": "network", "s": "school"}[value]

    def to_url(self, value: str) -> str:
        return value[0]


register_converter(KindConverter, "kind")
INSIDE = "<kind:kind>/<slug:slug>/"


def inside(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    """A page inside an organisation; its view gets neither kind nor slug, but `request.organisation`."""
    return path(INSIDE + route, view, name=name)


def url(request: MemberRequest, name: str, **kwargs: object) -> str:
    """The address of a page in the organisation where the request is."""
    place = request.organisation
    return reverse(name, kwargs={"kind": place.kind, "slug": place.slug, **kwargs})
