"""The request behind the door of an organisation, as views see it."""

from django.http import HttpRequest

from alongside.network.models import Organisation
from alongside.people.reads import Membership, Standing


class InsideRequest(HttpRequest):
    """What the middleware put there: where the request is, who asks, and everything they are."""

    organisation: Organisation
    member: Membership
    standing: Standing
