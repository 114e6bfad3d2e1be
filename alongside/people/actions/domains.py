"""Mail domains that are a school's own."""

from django.db import transaction

from alongside.kit import journal
from alongside.kit.errors import Refused
from alongside.network import actions as network_actions
from alongside.network.models import School
from alongside.people.models import ConfirmedDomain, Person, normal

CONFIRMED = journal.deed("people.domain_confirmed", "confirmed a mail domain")
# Anyone may have an address there: confirming such a domain would let a stranger answer for a school.
PUBLIC_DOMAINS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.co.uk",
        "live.com",
        "live.co.uk",
        "msn.com",
        "yahoo.com",
        "yahoo.co.uk",
        "icloud.com",
        "me.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.net",
        "mail.com",
        "btinternet.com",
        "sky.com",
        "xtra.co.nz",
        "bigpond.com",
    ]
)


@transaction.atomic
def confirm_domain(school: School, name: str, by: Person | None) -> None:
    """People with an address on this domain may be asked. Raises Refused for domains where anyone may have one."""
    domain = normal(name)
    if domain in PUBLIC_DOMAINS:
        raise Refused(
            f"Anyone can have an address at {domain}, so it cannot stand for {school.name}. Use the school's own domain."
        )
    organisation = network_actions.make_organisation(school)
    _, new = ConfirmedDomain.objects.get_or_create(
        organisation=organisation, domain=domain, defaults={"confirmed_by": by}
    )
    if new:
        journal.record(organisation.pk, CONFIRMED, by=by.pk if by else None, payload={"domain": domain})
