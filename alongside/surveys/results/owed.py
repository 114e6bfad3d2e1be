"""Who has replied to a wave and who owes a reply, for the chair and the officer."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from alongside.calendar.reads import school_days
from alongside.surveys import owing, rules
from alongside.surveys.instruments import Instrument
from alongside.surveys.models import Reply, Wave
from alongside.surveys.results.seen import View


@dataclass(frozen=True, slots=True)
class OwedLine:
    """One school, or one cluster: what became of its reply. state: posted, waived, late, owed, or paused."""

    name: str
    slug: str
    state: str
    when: datetime.date | datetime.datetime | None  # posted, waived, or due
    reason: str
    by: str
    heard: str
    held: bool  # the next wave did not ask it, because of this reply and the one before
    may_waive: bool
    may_reply: bool


@dataclass(frozen=True, slots=True)
class OwedPage:
    """All that the template of a wave's replies may use."""

    wave: Wave
    pulse: Instrument
    heading: str
    schools: list[OwedLine]
    clusters: list[OwedLine]
    owe_none: list[str]


def owed_page(seen: View) -> OwedPage:
    """The schools that this member may waive a reply of, and the clusters around them. Three queries."""
    rows = owing.with_posted(wave=seen.wave)
    days = {seen.wave.organisation_id: school_days(seen.wave.organisation)}
    known = [s for s in seen.document.school_ids() if rules.can_waive(seen.member, seen.document.cluster_of(s))]
    places = {f"school:{school}" for school in known} | _clusters(seen)
    lines = [(due, _line(seen, due)) for due in owing.dues(rows, days) if due.row.place in places]
    schools = [line for due, line in lines if due.row.school_id]
    owing_schools = {due.row.school_id for due, _ in lines}
    return OwedPage(
        seen.wave,
        seen.pulse,
        _heading(schools),
        sorted(schools, key=lambda line: (ORDER.index(line.state), line.name)),
        sorted((line for due, line in lines if due.row.cluster_id), key=lambda line: line.name),
        [seen.document.school_name(school) for school in known if school not in owing_schools],
    )


ORDER = ("late", "owed", "paused", "waived", "posted")


def _clusters(seen: View) -> set[str]:
    every = set(seen.document.clusters())
    return every if seen.member.officer else every & {f"cluster:{pk}" for pk in seen.member.clusters_chaired}


def _line(seen: View, due: owing.Due) -> OwedLine:
    row, place = due.row, due.row.place
    reply = seen.replies.get(row.school_id) if row.school_id else seen.cluster_replies.get(place)
    posted = reply if reply and reply.posted_at else None
    state = _state(due, posted)
    name = seen.document.school_name(row.school_id) if row.school_id else seen.document.clusters()[place]
    when = {"posted": posted.posted_at if posted else None, "waived": row.waived_at}.get(state, due.on)
    return OwedLine(
        name,
        seen.document.slug(place),
        state,
        when,
        row.reason,
        row.waived_by.name if row.waived_by else "",
        posted.heard if posted else "",
        bool(vars(row)["held"]),
        may_waive=bool(row.school_id) and state in {"late", "owed", "paused"},
        may_reply=posted is None and rules.can_reply_for_cluster(seen.member, place),
    )


def _state(due: owing.Due, posted: Reply | None) -> str:
    if posted:
        return "posted"
    if due.row.waived_at:
        return "waived"
    if due.on is None:
        return "paused"
    return "late" if due.late else "owed"


def _heading(schools: list[OwedLine]) -> str:
    waiting = sum(line.state in {"late", "owed", "paused"} for line in schools)
    if not schools:
        return "No school owes a reply"
    if not waiting:
        return "Every school has replied or need not"
    return f"{len(schools) - waiting} of {len(schools)} schools have replied or need not"
