"""Partners of a network and the people who work for them. Each verb is one transaction."""

import datetime

from django.db import transaction

from alongside.kit import journal
from alongside.kit.errors import Refused
from alongside.network.models import Organisation
from alongside.people.models import Partner, PartnerPerson, Person, Role

ADDED = journal.deed("people.partner_added", "added a partner")
ENDED = journal.deed("people.partner_ended", "ended work with a partner")
PERSON_ADDED = journal.deed("people.partner_person_added", "added a partner's person")
PERSON_ENDED = journal.deed("people.partner_person_ended", "ended the part of a partner's person")


@transaction.atomic
def add_partner(network: Organisation, name: str, kind: str, contact: str, by: Person) -> Partner:
    """A partner from today on. Raises Refused when the network works with one of that name."""
    Organisation.objects.select_for_update().get(pk=network.pk)
    if Partner.objects.current().filter(organisation=network, name__iexact=name).exists():
        raise Refused(f"{name} is a partner already.")
    partner = Partner.objects.create(
        organisation=network, name=name, kind=kind, contact=contact, since=datetime.date.today()
    )
    journal.record(network.pk, ADDED, by=by.pk, about=f"partner:{partner.pk}", payload={"kind": kind})
    return partner


@transaction.atomic
def add_partner_person(partner: Partner, email: str, name: str, by: Person) -> PartnerPerson:
    """Somebody works for the partner from today on; twice is once. It gives no right: roles do."""
    person = Person.objects.known_as(email, name)
    post, new = PartnerPerson.objects.get_or_create(
        partner=partner,
        person=person,
        until=None,
        defaults={"organisation": partner.organisation, "since": datetime.date.today()},
    )
    if new:
        journal.record(partner.organisation_id, PERSON_ADDED, by=by.pk, about=f"person:{person.pk}")
    return post


@transaction.atomic
def end_partner(partner: Partner, by: Person) -> None:
    """The work ends today, with all that its people coach in this network. Twice is once."""
    for post in PartnerPerson.objects.select_for_update().filter(partner=partner, until__isnull=True).order_by("pk"):
        end_partner_person(post, by)
    if Partner.objects.filter(pk=partner.pk, until__isnull=True).update(until=datetime.date.today()):
        journal.record(partner.organisation_id, ENDED, by=by.pk, about=f"partner:{partner.pk}")


@transaction.atomic
def end_partner_person(post: PartnerPerson, by: Person) -> None:
    """They work for the partner no longer, and coach nobody in this network, unless another partner of it sends them."""
    today = datetime.date.today()
    if not PartnerPerson.objects.filter(pk=post.pk, until__isnull=True).update(until=today):
        return
    others = PartnerPerson.objects.current().filter(organisation=post.organisation_id, person=post.person_id)
    if not others.exists():
        coaching = Role.objects.current().filter(
            organisation=post.organisation_id, person=post.person_id, kind=Role.Kind.COACH
        )
        coaching.update(until=today, ended_with=None)
    journal.record(post.organisation_id, PERSON_ENDED, by=by.pk, about=f"person:{post.person_id}")
