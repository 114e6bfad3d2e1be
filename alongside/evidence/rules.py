"""Who starts a round, who answers by name, who sees which map. Each school's map is its own until it says yes (R3)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils import timezone

from alongside.kit.access import works_here
from alongside.surveys import rules as surveys_rules

if TYPE_CHECKING:
    from alongside.calendar.days import SchoolDays
    from alongside.evidence.models import LeaderView, MapRound
    from alongside.kit.access import Member
    from alongside.surveys.models import Wave


def can_start_somewhere(member: Member) -> bool:
    """The officer for the network, a chair for the own cluster."""
    return surveys_rules.can_ask_somewhere(member)


def can_call_off(member: Member, found: MapRound) -> bool:
    """Whoever could start it."""
    return surveys_rules.can_ask(member, found.organisation, found.cluster)


def leads(member: Member, school: int) -> bool:
    """Who answers by name, reads what the leadership team says, and says yes for the school."""
    return school in member.schools_led


def leaders_shown(member: Member, school: int, views: Collection[LeaderView]) -> bool:
    """Whether leaders' answers stand on the map: to one another once one has answered, to others if each of them agreed."""
    if leads(member, school):
        return any(view.person_id == member.person_id for view in views)
    return bool(views) and all(view.agreed for view in views)


def sees_school(member: Member, school: int, cluster: str, shared: bool, opened: bool) -> bool:
    """Leaders their own at once, staff their own once it is open to staff; with the school's yes the officer, the chair and
    the coach of its home cluster (cluster:<id>), and its own coach, who does not see it before."""
    if leads(member, school):
        return True
    if school in member.schools_staffed and opened:
        return True
    around = {f"cluster:{pk}" for pk in member.clusters_chaired | member.clusters_coached}
    return shared and (member.officer or cluster in around or school in member.schools_coached)


def sees_help(member: Member, school: int, cluster: str, shared: bool) -> bool:
    """Who reads where this school could help others, or they it: its leaders, and with its yes whoever sees it from outside."""
    return shared and (leads(member, school) or sees_school(member, school, cluster, shared, opened=False))


def sees_together(member: Member, opened: bool) -> bool:
    """The view of several schools: leaders, chairs, coaches and officers at once, staff once it is open to them."""
    return surveys_rules.sees_at_close(member) or (opened and works_here(member))


def open_to_staff(waves: Collection[Wave], days: SchoolDays) -> bool:
    """Whether the map is open to staff: two school days after the last of its seats came out (R11)."""
    return bool(waves) and all(
        getattr(wave, "release", None) is not None and surveys_rules.everybody_sees(wave, days) for wave in waves
    )


def takes_views(teams: Wave | None) -> bool:
    """Whether leaders may still say how they see it: until the teams’ answers are closed. A view after the map is none."""
    return teams is not None and timezone.now() < teams.closes_at
