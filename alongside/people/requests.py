"""The request behind the door of an organisation, as views see it."""

from alongside.kit.access import MemberRequest
from alongside.network.models import Organisation
from alongside.people.reads import Membership, Standing


class InsideRequest(MemberRequest):
    """What the middleware put there: where the request is, who asks, and everything they are."""

    organisation: Organisation
    member: Membership
    standing: Standing
