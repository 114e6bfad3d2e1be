"""What a programme asks for: sessions, who must be there, when nobody can, where it may be, what comes first."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alongside.science.errors import (
    NotANumber,
    UnequalScales,
    require_known,
    require_numbers,
    require_once,
    require_something,
)
from alongside.science.results import by_id


@dataclass(frozen=True, slots=True)
class Session[Id: Hashable]:
    """A session: its id, the groups (schools) that must all be there, and the week it is meant for, counted from 0."""

    id: Id
    groups: tuple[Id, ...]
    target: int


@dataclass(frozen=True, slots=True)
class Programme[Id: Hashable]:
    """Sessions over weeks 0 to weeks − 1 at hosts. Everything in the order of names, so that the order given decides nothing.

    travel: group → host → distance. closed: weeks in which nothing is held; away: group → weeks; host_away: host → weeks.
    after: (first, then, least weeks between).
    """

    sessions: tuple[Session[Id], ...]
    weeks: int
    hosts: tuple[Id, ...]
    travel: dict[Id, dict[Id, float]]
    closed: frozenset[int]
    away: dict[Id, frozenset[int]]
    host_away: dict[Id, frozenset[int]]
    after: tuple[tuple[Id, Id, int], ...]

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
    ) -> "Programme[Id]":
        """A programme from plain lists. Weeks outside the programme in closed or away are ignored.

        Raises NothingGiven, DuplicateId, UnknownId, NotANumber for weeks, targets, travel below 0, UnequalScales for a group
        without a distance to a host.
        """
        require_something("sessions", sessions)
        require_something("hosts", hosts)
        require_once("session", [session.id for session in sessions])
        require_once("host", hosts)
        _require_weeks(weeks, sessions)
        known = {session.id for session in sessions}
        rules = tuple(sorted(((a, b, gap) for a, b, gap in after), key=repr))
        require_known("session", [s for a, b, _ in rules for s in (a, b)], known)
        require_known("host", host_away, set(hosts))
        groups = {group for session in sessions for group in session.groups}
        _require_travel(groups, hosts, travel)
        placed = [Session(s.id, tuple(sorted(s.groups, key=by_id)), s.target) for s in sessions]
        return cls(
            tuple(sorted(placed, key=lambda session: by_id(session.id))),
            weeks,
            tuple(sorted(hosts, key=by_id)),
            {group: {host: travel[group][host] for host in hosts} for group in sorted(groups, key=by_id)},
            _weeks(closed, weeks),
            {group: _weeks(away[group], weeks) for group in sorted(away, key=by_id) if group in groups},
            {host: _weeks(host_away[host], weeks) for host in sorted(host_away, key=by_id)},
            rules,
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


def _require_travel[Id: Hashable](
    groups: Collection[Id], hosts: Sequence[Id], travel: Mapping[Id, Mapping[Id, float]]
) -> None:
    require_known("group without distances", groups, travel)
    for group in groups:
        missing = [host for host in hosts if host not in travel[group]]
        if missing:
            raise UnequalScales(f"no distance from {group!r} to {missing[0]!r}")
        require_numbers(f"travel of {group!r}", [travel[group][host] for host in hosts], 0)
