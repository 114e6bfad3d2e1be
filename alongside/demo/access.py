"""The demo is open to whoever sits at this machine, and to nobody else."""

import ipaddress
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that exists in demo mode only, and only from a loopback address: anything else is a 404."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO or not from_here(request):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def from_here(request: HttpRequest) -> bool:
    """Whether the request comes from this machine itself, without a proxy in between."""
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    address = request.META.get("REMOTE_ADDR", "")
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
