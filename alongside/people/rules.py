"""Who may do what with people. Nobody grants a role above their own."""

from alongside.kit.access import Member


def leads(member: Member, school_id: int) -> bool:
    """A leader of that school."""
    return school_id in member.schools_led


def can_see_staff(member: Member, school_id: int) -> bool:
    """The school's own leaders. The network's officer uploads and sees that preview, not the list."""
    return leads(member, school_id)


def can_bring_staff(member: Member, school_id: int) -> bool:
    """The school's leaders, and the officer of a network it belongs to."""
    return leads(member, school_id) or member.officer


def can_apply_staff(member: Member, school_id: int, networks: int) -> bool:
    """The school's leaders; the officer only while the school belongs to one network."""
    return leads(member, school_id) or (member.officer and networks == 1)


def can_grant(member: Member, kind: str) -> bool:
    """The officer grants every role; a chair invites leaders."""
    return member.officer or (kind == "leader" and bool(member.clusters_chaired))


def can_read_journal(member: Member, kind: str) -> bool:
    """The officer for the network, a leader for the own school."""
    return member.officer if kind == "network" else bool(member.schools_led)


def can_see_roles(member: Member) -> bool:
    """The officer, and chairs for the leaders they invite."""
    return member.officer or bool(member.clusters_chaired)


def can_merge(member: Member) -> bool:
    """Leaders within their own list, the officer within the network's schools."""
    return member.officer or bool(member.schools_led)


def can_confirm_erasure(member: Member) -> bool:
    """Leaders for their staff, the officer for the network's people."""
    return member.officer or bool(member.schools_led)


def can_see_partners(member: Member) -> bool:
    """The officer looks after partners."""
    return member.officer


def can_see_groups(member: Member) -> bool:
    """Everybody who works in the network's schools or for it; a stakeholder sees what is published, not who meets."""
    works = member.schools_staffed or member.schools_led or member.clusters_coached or member.schools_coached
    return can_keep_groups(member) or bool(works)


def can_keep_groups(member: Member) -> bool:
    """Officer and chairs make groups and say who is in them."""
    return member.officer or bool(member.clusters_chaired)
