"""Who may change a network."""

from alongside.kit.access import Member


def can_form_clusters(member: Member) -> bool:
    """The network's officer."""
    return member.officer


def can_set_contacts(member: Member, kind: str) -> bool:
    """The officer for the network, a leader for the own school."""
    return member.officer if kind == "network" else bool(member.schools_led)


def can_pause_somewhere(member: Member) -> bool:
    """A leader the own school; a chair and the officer what their own network sends to schools of theirs."""
    return member.officer or bool(member.clusters_chaired or member.schools_led)


def knows_pauses(member: Member) -> bool:
    """Chairs and the officer know which schools of their network are paused; a leader of the own school only."""
    return member.officer or bool(member.clusters_chaired)
