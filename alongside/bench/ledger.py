"""What was acknowledged against what is stored, ticket by ticket, read from the database by nobody's code but this."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import cast

from alongside.bench.clients import Ticket, Told, number_of
from alongside.bench.places import Place

SENT = {Told.ACKNOWLEDGED, Told.UNKNOWN}


@dataclass(slots=True)
class Faults:
    """Counts that must all be 0."""

    lost: int = 0  # acknowledged and not stored
    doubled: int = 0  # stored more than once
    spent: int = 0  # tickets used without an answer
    unsaid: int = 0  # stored, though nobody sent it or its sender was told that nothing was stored
    unclean: int = 0  # sealed waves that still hold something of their intake

    def add(self, other: "Faults") -> None:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        return (
            f"lost {self.lost}, doubled {self.doubled}, spent without answer {self.spent}, "
            f"stored against what was said {self.unsaid}, left over after the seal {self.unclean}"
        )


def compared(tickets: Sequence[Ticket], stored: Iterable[int]) -> Faults:
    """What the holders of a wave's tickets were told against the numbers that its stored answers spell."""
    times = Counter(stored)
    return Faults(
        lost=sum(ticket.told == Told.ACKNOWLEDGED and not times[ticket.number] for ticket in tickets),
        doubled=sum(count - 1 for count in times.values()),
        unsaid=len(times) - sum(ticket.told in SENT and times[ticket.number] > 0 for ticket in tickets),
    )


def of_open(place: Place, wave: int, tickets: Sequence[Ticket]) -> Faults:
    """The ledger of a wave that is open; nobody may be answering it at this moment."""
    stored = {number_of(read(row[0])) for row in _answers(place, wave)}
    faults = compared(tickets, [number_of(read(row[0])) for row in _answers(place, wave)])
    used = {bytes(row[0]) for row in place.rows(f"SELECT digest FROM surveys_ticket WHERE wave_id = {wave} AND used")}
    by_digest = {hashlib.sha256(ticket.token.encode()).digest(): ticket for ticket in tickets}
    faults.spent = sum(by_digest[digest].number not in stored for digest in used)
    faults.lost += sum(by_digest[d].told == Told.ACKNOWLEDGED for d in by_digest.keys() - used)
    faults.add(_comments(place, wave, tickets))
    return faults


def of_sealed(place: Place, wave: int, tickets: Sequence[Ticket]) -> Faults:
    """The ledger of a wave after its seal."""
    rows = place.rows(f"SELECT ratings FROM surveys_sealedanswer WHERE wave_id = {wave}")
    faults = compared(tickets, [number_of(read(row[0])) for row in rows])
    faults.unclean = left_over(place, wave) + (_count(place, "surveys_release", wave) != 1)
    return faults


def left_over(place: Place, wave: int) -> int:
    """Kinds of things of a wave's intake that its seal has left: tickets, answers, comments, roster, key."""
    left = [_count(place, f"surveys_{kind}", wave) for kind in ("ticket", "answer", "comment", "rosterentry")]
    return sum(count > 0 for count in left) + (place.folder / "keys" / f"wave-{wave}.key").exists()


def snapshot(place: Place) -> Faults:
    """At any moment, also while people answer: in each wave as many tickets are used as answers are stored."""
    rows = place.rows(
        "SELECT coalesce(t.n, 0), coalesce(a.n, 0) FROM "
        "(SELECT wave_id, count(*) AS n FROM surveys_ticket WHERE used GROUP BY wave_id) t FULL JOIN "
        "(SELECT wave_id, count(*) AS n FROM surveys_answer GROUP BY wave_id) a ON a.wave_id = t.wave_id"
    )
    return Faults(
        spent=sum(max(0, used - answers) for used, answers in rows),
        doubled=sum(max(0, answers - used) for used, answers in rows),
    )


def states(place: Place) -> dict[int, str]:
    """Wave → its state."""
    return dict(place.rows("SELECT id, state FROM surveys_wave"))


def _answers(place: Place, wave: int) -> list[tuple[object, ...]]:
    return place.rows(f"SELECT ratings FROM surveys_answer WHERE wave_id = {wave}")


def _comments(place: Place, wave: int, tickets: Sequence[Ticket]) -> Faults:
    times = Counter(text for (text,) in place.rows(f"SELECT text FROM surveys_comment WHERE wave_id = {wave}"))
    told = [ticket for ticket in tickets if ticket.comment and ticket.told == Told.ACKNOWLEDGED]
    return Faults(
        lost=sum(not times[ticket.remark] for ticket in told), doubled=sum(count - 1 for count in times.values())
    )


def _count(place: Place, table: str, wave: int) -> int:
    return int(place.rows(f"SELECT count(*) FROM {table} WHERE wave_id = {wave}")[0][0])


def read(ratings: object) -> dict[str, int | str]:
    """SQLite hands JSON over as text."""
    return cast(dict[str, int | str], json.loads(ratings) if isinstance(ratings, str) else ratings)
