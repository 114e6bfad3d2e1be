"""Who may change when there is school."""

from alongside.kit.access import Member


def can_set_terms(member: Member, kind: str) -> bool:
    """The officer for the network, a leader for the own school."""
    return member.officer if kind == "network" else bool(member.schools_led)
