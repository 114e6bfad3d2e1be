"""Who may propose what to work on, and who keeps the list in order."""

from alongside.goals.models import Issue
from alongside.kit.access import Member


def can_propose(member: Member) -> bool:
    """Staff, leaders, chairs and the officer; a coach reads."""
    return bool(member.schools_staffed or member.schools_led or member.clusters_chaired or member.officer)


def can_tend(member: Member, kind: str, cluster_id: int | None) -> bool:
    """Merge, close and open again: a leader at the school, a chair in the own cluster, the officer in the network."""
    if kind == "school":
        return bool(member.schools_led)
    return member.officer or cluster_id in member.clusters_chaired


def can_forward(member: Member, issue: Issue) -> bool:
    """A leader puts forward what the own school's list holds."""
    return issue.organisation.kind == "school" and bool(member.schools_led)


def can_check_in(member: Member, kind: str, cluster_id: int | None, owner_id: int | None) -> bool:
    """Its owner says how an action goes, and whoever keeps the plan."""
    return owner_id == member.person_id or can_tend(member, kind, cluster_id)
