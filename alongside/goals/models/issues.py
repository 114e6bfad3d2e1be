"""Things to work on, as people propose them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from alongside.network.models import Cluster, Organisation, School
from alongside.people import holdings, retention
from alongside.people.models import Person

LONGEST_TITLE = 80
LONGEST_WHY = 400


class IssueQuerySet(models.QuerySet["Issue"]):
    def of(self, organisation_id: int) -> IssueQuerySet:
        return self.filter(organisation=organisation_id)

    def live(self) -> IssueQuerySet:
        """Those that stand on the list: neither merged into another nor closed."""
        return self.filter(merged_into__isnull=True, closed_at__isnull=True)

    def beside(self, issue: Issue) -> IssueQuerySet:
        """Those of the same place: the school, the cluster, or the whole network."""
        return self.filter(organisation=issue.organisation_id, cluster=issue.cluster_id)


class Issue(models.Model):
    """One thing to work on: a school's alone, or a network's, of one cluster or of all its schools. Times are UTC."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="issues")
    cluster = models.ForeignKey(
        Cluster, models.CASCADE, null=True, blank=True, related_name="issues", help_text="Of a network; empty for all."
    )
    title = models.CharField(max_length=LONGEST_TITLE)
    why = models.CharField(max_length=LONGEST_WHY, blank=True)
    proposed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    closed_at = models.DateTimeField(null=True, blank=True)
    from_school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", help_text="The school that put it forward."
    )
    from_issue = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="forwarded", help_text="That school's own row."
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="issue_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(from_issue__isnull=True) | Q(from_school__isnull=False),
                name="issue_put_forward_by_a_school",
            ),
            models.UniqueConstraint(
                fields=["from_issue", "cluster"], condition=Q(cluster__isnull=False), name="issue_to_a_cluster_once"
            ),
            models.UniqueConstraint(
                fields=["from_issue", "organisation"],
                condition=Q(cluster__isnull=True),
                name="issue_to_a_network_once",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "proposed_at"], name="issue_by_moment")]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return self.cluster.name if self.cluster else self.organisation.name

    @property
    def live(self) -> bool:
        """Whether it stands on the list."""
        return self.merged_into_id is None and self.closed_at is None


holdings.holds("goals.Issue", "proposed_by", "Things to work on that you proposed", erased="empty")
holdings.writes("goals.Issue", "title", "why")
retention.kept(
    "issues",
    what="Things to work on that people proposed, who proposed them, and which were merged or closed.",
    why="So that what comes first is chosen among what people said, and can be traced to it.",
    how_long="As long as the school or network works with Alongside; the list never shows who proposed one.",
)
