"""Groups of people across schools, and partners outside."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from alongside.network.models import DatedQuerySet, Organisation
from alongside.network.models.dated import Dated, ends_after_it_begins, once
from alongside.people.models.persons import Person


class Group(models.Model):
    """People in the same subject, phase or role across the schools of a network: maths leads, business managers."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="groups", help_text="The network.")
    name = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), "organisation", name="group_name_once_in_a_network"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(Dated):
    """A person belongs to a group from a day on; who leaves is dated, not deleted."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="The network.")
    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="groups")

    objects = DatedQuerySet["GroupMember"].as_manager()

    class Meta:
        constraints = [
            once("group", "person", name="in_a_group_once"),
            ends_after_it_begins("group_left_after_joining"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


class Partner(Dated):
    """An organisation outside that works with a network: a university, a consultancy. Its people see what is assigned to
    them, as coaches, and nothing else."""

    class Kind(models.TextChoices):
        UNIVERSITY = "university", "university"
        CONSULTANCY = "consultancy", "consultancy"
        CHARITY = "charity", "charity"
        AUTHORITY = "authority", "public authority"
        OTHER = "other", "other"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="partners", help_text="The network.")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=11, choices=Kind)
    contact = models.CharField(max_length=200, blank=True, help_text="Whom to call or write to.")

    objects = DatedQuerySet["Partner"].as_manager()

    class Meta:
        constraints = [
            once("organisation", "name", name="partner_once_per_network"),
            ends_after_it_begins("partner_ends_after_beginning"),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerPerson(Dated):
    """Somebody who works for a partner, from a day on. It gives no right: rights are roles."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="partner_people")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, models.PROTECT, related_name="partner_posts")

    objects = DatedQuerySet["PartnerPerson"].as_manager()

    class Meta:
        verbose_name_plural = "partner people"
        constraints = [
            once("partner", "person", name="with_a_partner_once"),
            ends_after_it_begins("left_a_partner_after_joining"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.partner_id}"
