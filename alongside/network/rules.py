"""Who may change a network."""

from collections.abc import Collection

from alongside.kit.access import Member


def can_form_clusters(member: Member) -> bool:
    """The network's officer, and whoever chairs a cluster of it: they chair what they form."""
    return member.officer or bool(member.clusters_chaired)


def can_group(member: Member) -> bool:
    """The network's officer alone: a grouping says which figures are published together for everyone."""
    return member.officer


def can_change_cluster(member: Member, cluster_id: int) -> bool:
    """The network's officer, and the cluster's own chair."""
    return member.officer or cluster_id in member.clusters_chaired


def can_write_profile(member: Member, cluster_id: int, schools: Collection[int]) -> bool:
    """Officer, chair and coaches of the cluster, and the leaders of its schools: it has several authors."""
    return (
        can_change_cluster(member, cluster_id)
        or cluster_id in member.clusters_coached
        or not member.schools_led.isdisjoint(schools)
    )


def can_answer(member: Member, cluster_id: int | None) -> bool:
    """The officer for the network; for a cluster its chair too."""
    return member.officer if cluster_id is None else can_change_cluster(member, cluster_id)


def answers_somewhere(member: Member) -> bool:
    """Whether there can be anything here that waits for this member's yes or no."""
    return member.officer or bool(member.clusters_chaired)


def can_enter_flows(member: Member) -> bool:
    """Officer and chairs; a leader for the own school, which `can_enter_flow` asks."""
    return answers_somewhere(member) or bool(member.schools_led)


def can_enter_flow(member: Member, source_id: int, target_id: int) -> bool:
    """Officer and chairs for all, leaders where their school is one of the two."""
    return answers_somewhere(member) or not member.schools_led.isdisjoint((source_id, target_id))


def gathered_at_once(
    member: Member, networks: Collection[int], clusters: Collection[int], school_id: int, *, known: bool
) -> bool:
    """Whether a school may be put into a cluster without being asked; its networks and clusters as of today.

    known: it has a place of its own here, with its leaders and its staff list. A school that nobody knows is brought in; the officer gathers the network's own; a chair those that they
    chair or lead already. Everybody else's school is asked (docs/decisions/0028-ask-schools-first.md).
    """
    if not networks:
        return not known
    if member.organisation_id not in networks:
        return False
    return member.officer or school_id in member.schools_led or not member.clusters_chaired.isdisjoint(clusters)


def can_set_contacts(member: Member, kind: str) -> bool:
    """The officer for the network, a leader for the own school."""
    return member.officer if kind == "network" else bool(member.schools_led)


def can_import_registers(member: Member) -> bool:
    """The network's officer: the register is everybody's, so nobody below may change it."""
    return member.officer


def can_pause_somewhere(member: Member) -> bool:
    """A leader the own school; a chair and the officer what their own network sends to schools of theirs."""
    return member.officer or bool(member.clusters_chaired or member.schools_led)


def knows_pauses(member: Member) -> bool:
    """Chairs and the officer know which schools of their network are paused; a leader of the own school only."""
    return member.officer or bool(member.clusters_chaired)
