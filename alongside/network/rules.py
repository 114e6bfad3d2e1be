"""Who may change a network."""

from alongside.kit.access import Member


def can_form_clusters(member: Member) -> bool:
    """The network's officer."""
    return member.officer


def can_set_contacts(member: Member, kind: str) -> bool:
    """The officer for the network, a leader for the own school."""
    return member.officer if kind == "network" else bool(member.schools_led)


def can_import_registers(member: Member) -> bool:
    """The network's officer: the register is everybody's, so nobody below may change it."""
    return member.officer
