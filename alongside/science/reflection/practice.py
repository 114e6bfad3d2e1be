"""How far practice is shared: talk, watch, plan, teach."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from alongside.science.errors import (
    MoreThanAsked,
    NotACount,
    UnknownId,
)
from alongside.science.results import Result

KINDS = ("TALK", "WATCH", "PLAN", "TEACH")

STAGES = {"received": "dependent", "self": "independent", "with": "interdependent", "on behalf": "interdependent"}


@dataclass(frozen=True, slots=True)
class Log:
    """One thing done: kind (TALK, WATCH, PLAN, TEACH), the person, the other school or None, and how.

    how: "received", "self", "with" or "on behalf". Raises UnknownId.
    """

    kind: str
    person: Hashable
    school: Hashable | None
    how: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownId(f"unknown kind {self.kind!r}: one of {', '.join(KINDS)}")
        if self.how not in STAGES:
            raise UnknownId(f"unknown stage {self.how!r}: one of {', '.join(STAGES)}")


@dataclass(frozen=True, slots=True)
class Gauge:
    """One kind of sharing: breadth, across (0–1 of the headcount) and partner schools."""

    breadth: float
    across: float
    partners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing(Result):
    """Talk, watch, plan, teach in one term. value: share (0–1) of staff in at least one of them. n: people; N: headcount.

    stages: share of logs per stage; None without logs.
    """

    gauges: dict[str, Gauge]
    stages: dict[str, float | None]


def sharing(logs: Sequence[Log], headcount: int) -> Sharing:
    """How widely practice was shared in a term: distinct people, not events; no log is not the same as nothing happened.

    headcount: people of the school (or role). Raises NotACount for a headcount under 1, MoreThanAsked.
    """
    if not isinstance(headcount, int) or isinstance(headcount, bool) or headcount < 1:
        raise NotACount(f"headcount {headcount!r} is not a number of people from 1")
    people = {log.person for log in logs}
    if len(people) > headcount:
        raise MoreThanAsked(f"{len(people)} people in the logs of {headcount} on the staff")
    stages = [STAGES[log.how] for log in logs]
    names = ("dependent", "independent", "interdependent")
    return Sharing(
        value=len(people) / headcount,
        n=len(people),
        N=headcount,
        method="distinct people in logs",
        sentence=f"{len(people)} of {headcount} shared practice in at least one way."
        if logs
        else "Nothing is logged yet.",
        reasons=("Logs are self-reported; the other side's confirmation makes them firm.",),
        not_claimed=("That nothing happened where nothing is logged.",),
        gauges={kind: _gauge([log for log in logs if log.kind == kind], headcount) for kind in KINDS},
        stages={name: stages.count(name) / len(logs) if logs else None for name in names},
    )


def _gauge(logs: Sequence[Log], headcount: int) -> Gauge:
    across = [log for log in logs if log.school is not None]
    return Gauge(
        len({log.person for log in logs}) / headcount,
        len({log.person for log in across}) / headcount,
        len({log.school for log in across}),
    )
