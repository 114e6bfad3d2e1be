"""What a programme asks for: sessions, who must be there, when nobody can, where it may be, what comes first."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from alongside.science.errors import (
    NotACount,
    NotANumber,
    UnequalScales,
    require_counts,
    require_known,
    require_numbers,
    require_once,
    require_something,
)
from alongside.science.results import by_id

# Slot → its first half-day of the three of a day, and how many it takes.
SLOTS: Final = {"day": (0, 2), "am": (0, 1), "pm": (1, 1), "twilight": (2, 1)}
PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Session[Id: Hashable]:
    """A session: its id, the groups (schools) that must all be there, and the week it is meant for, counted from 0.

    slot: "day" (morning and afternoon), "am", "pm" or "twilight" (after school). rooms: how many it needs at its host.
    """

    id: Id
    groups: tuple[Id, ...]
    target: int
    slot: str = "day"
    rooms: int = 1

    @property
    def parts(self) -> range:
        """The half-days it takes: 0 morning, 1 afternoon, 2 twilight."""
        first, count = SLOTS[self.slot]
        return range(first, first + count)


@dataclass(frozen=True, slots=True)
class Programme[Id: Hashable]:
    """Sessions over weeks 0 to weeks − 1 at hosts. Everything in the order of names, so that the order given decides nothing.

    travel: group → host → distance. closed: weeks in which nothing is held; away: group → weeks; host_away: host → weeks.
    after: (first, then, least weeks between). rooms: host → sessions' rooms it has at a time.
    """

    sessions: tuple[Session[Id], ...]
    weeks: int
    hosts: tuple[Id, ...]
    travel: dict[Id, dict[Id, float]]
    closed: frozenset[int]
    away: dict[Id, frozenset[int]]
    host_away: dict[Id, frozenset[int]]
    after: tuple[tuple[Id, Id, int], ...]
    rooms: dict[Id, int]

    @classmethod
    def of(
        cls,
        sessions: Sequence[Session[Id]],
        weeks: int,
        hosts: Sequence[Id],
        travel: Mapping[Id, Mapping[Id, float]],
        closed: Collection[int] = (),
        away: Mapping[Id, Collection[int]] = {},
        host_away: Mapping[Id, Collection[int]] = {},
        after: Iterable[tuple[Id, Id, int]] = (),
        rooms: Mapping[Id, int] = {},
    ) -> "Programme[Id]":
        """A programme from plain lists. Weeks outside the programme in closed or away are ignored. A host has one room if not said.

        Raises NothingGiven, DuplicateId, UnknownId (also for a slot), NotANumber for weeks, targets, travel below 0, NotACount
        for rooms, UnequalScales for a group without a distance to a host.
        """
        require_something("sessions", sessions)
        require_something("hosts", hosts)
        require_once("session", [session.id for session in sessions])
        require_once("host", hosts)
        _require_weeks(weeks, sessions)
        known = {session.id for session in sessions}
        rules = tuple(sorted(((a, b, gap) for a, b, gap in after), key=repr))
        require_known("session", [s for a, b, _ in rules for s in (a, b)], known)
        require_known("host", [*host_away, *rooms], set(hosts))
        require_counts("rooms of a host", rooms.values())
        groups = {group for session in sessions for group in session.groups}
        _require_travel(groups, hosts, travel)
        placed = [replace(s, groups=tuple(sorted(s.groups, key=by_id))) for s in sessions]
        return cls(
            tuple(sorted(placed, key=lambda session: by_id(session.id))),
            weeks,
            tuple(sorted(hosts, key=by_id)),
            {group: {host: travel[group][host] for host in hosts} for group in sorted(groups, key=by_id)},
            _weeks(closed, weeks),
            {group: _weeks(away[group], weeks) for group in sorted(away, key=by_id) if group in groups},
            {host: _weeks(host_away[host], weeks) for host in sorted(host_away, key=by_id)},
            rules,
            {host: rooms.get(host, 1) for host in sorted(hosts, key=by_id)},
        )

    def session(self, session: Id) -> Session[Id]:
        """The session of this id."""
        return next(each for each in self.sessions if each.id == session)


def _weeks(given: Collection[int], weeks: int) -> frozenset[int]:
    return frozenset(week for week in given if 0 <= week < weeks)


def _require_weeks[Id: Hashable](weeks: int, sessions: Sequence[Session[Id]]) -> None:
    if not isinstance(weeks, int) or isinstance(weeks, bool) or weeks < 1:
        raise NotANumber(f"weeks {weeks!r} is not a whole number from 1")
    for session in sessions:
        require_once(f"group of session {session.id!r}", session.groups)
        if isinstance(session.target, bool) or not isinstance(session.target, int):
            raise NotANumber(f"session {session.id!r}: target {session.target!r} is not a week")
        require_known(f"slot of session {session.id!r}", [session.slot], SLOTS)
        if isinstance(session.rooms, bool) or not isinstance(session.rooms, int) or session.rooms < 1:
            raise NotACount(f"session {session.id!r}: rooms {session.rooms!r} is not a whole number from 1")


def _require_travel[Id: Hashable](
    groups: Collection[Id], hosts: Sequence[Id], travel: Mapping[Id, Mapping[Id, float]]
) -> None:
    require_known("group without distances", groups, travel)
    for group in groups:
        missing = [host for host in hosts if host not in travel[group]]
        if missing:
            raise UnequalScales(f"no distance from {group!r} to {missing[0]!r}")
        require_numbers(f"travel of {group!r}", [travel[group][host] for host in hosts], 0)
