"""Who asks, in the terms that scopes and rules use. The rows behind it belong to `people`."""

from collections.abc import Iterable
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


class Member(Protocol):
    """One person in one organisation: what the address and their roles of today make of them."""

    @property
    def person_id(self) -> int: ...
    @property
    def organisation_id(self) -> int: ...
    @property
    def officer(self) -> bool: ...
    @property
    def clusters_chaired(self) -> frozenset[int]: ...
    @property
    def clusters_coached(self) -> frozenset[int]: ...
    @property
    def schools_led(self) -> frozenset[int]: ...
    @property
    def schools_staffed(self) -> frozenset[int]: ...
    @property
    def schools_coached(self) -> frozenset[int]: ...
    @property
    def stakeholder(self) -> bool: ...


class Place(Protocol):
    """An organisation, as addresses know it: "network" or "school", and its name there."""

    @property
    def kind(self) -> str: ...
    @property
    def slug(self) -> str: ...


class MemberRequest(HttpRequest):
    """A request behind the door of an organisation: where it is, and who asks."""

    organisation: Place
    member: Member


def require(allowed: bool, reason: str) -> None:
    """Stop with a reason that the 403 page shows."""
    if not allowed:
        raise PermissionDenied(reason)


def works_here(member: Member) -> bool:
    """Whether somebody works in these schools, or for them; a stakeholder looks on, and sees what is published."""
    leads = member.officer or member.clusters_chaired or member.schools_led
    return bool(leads or member.clusters_coached or member.schools_coached or member.schools_staffed)


def any_of(*groups: Iterable[int]) -> frozenset[int]:
    """The union of sets of ids."""
    return frozenset().union(*groups)
