"""What a school says of who sees its own figures in a series, beyond those who see them anyway."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from alongside.network.models import Organisation, School
from alongside.people import holdings
from alongside.people.models import Person
from alongside.surveys.models.waves import Series


class Sharing(models.Model):
    """From one moment to another a school shares its whole block of a series, or keeps it from its own staff. It owns the
    row; the series may be a network's. A pool is never shared: it is not the school's alone."""

    class Whom(models.TextChoices):
        KEPT = "kept", "kept from its own staff"
        CLUSTER = "cluster", "shared with the leaders of its cluster"
        NETWORK = "network", "shared with the leaders of all schools of a network"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="The school's.")
    series = models.ForeignKey(Series, models.CASCADE, related_name="+")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    whom = models.CharField(max_length=7, choices=Whom)
    network = models.ForeignKey(
        Organisation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of a series of the school’s own: the network that it is lent to. None: the series’ own network.",
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "school", "whom"],
                condition=Q(until__isnull=True, network__isnull=True),
                name="shared_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["series", "school", "network"],
                condition=Q(until__isnull=True, network__isnull=False),
                name="lent_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(network__isnull=True) | Q(whom="network"), name="lent_to_a_network_as_such"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="sharing_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}: {self.get_whom_display()}"


holdings.holds("surveys.Sharing", "by", "That you shared your school’s results, or kept them", erased="empty")
