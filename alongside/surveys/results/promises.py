"""What leaders said they would do, and what became of the statement that it should move: in the words of `compare`, which were
stored with the later release. No figure stands here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from alongside.calendar.days import MONDAY_TO_FRIDAY
from alongside.calendar.reads import school_days_of
from alongside.people.reads import Membership
from alongside.surveys import releases, rules, sharing
from alongside.surveys.models import Change, Reply, Wave
from alongside.surveys.results.seen import View, but_kept, visible_schools


@dataclass(frozen=True, slots=True)
class Promise:
    """A posted reply that names a statement, and what a later pulse says of it."""

    reply: Reply
    since: str  # "Since then: no clear change."


def promise(seen: View, place: str) -> Promise | None:
    """The last reply of a place (school:<id> or cluster:<id>) to an earlier wave of the series, if it names a statement."""
    last = seen.promised
    if last is None or last.place != place or not last.moves:
        return None
    return Promise(last, since(last, seen.wave, seen.changes.get((last.moves, place))))


def since(reply: Reply, wave: Wave, change: Change | None) -> str:
    """What a later wave says of the statement that a reply should move; "So far" before the day on which it is looked at."""
    begins = "So far" if reply.look_on and wave.closes_at.date() < reply.look_on else "Since then"
    if change is None:
        return f"{begins}: nobody can say, because too few answered."
    direction = {"down": ", lower", "up": ", higher"}.get(change.direction, "") if change.word in MOVED else ""
    return f"{begins}: {change.word[0].lower()}{change.word[1:]}{direction}."


MOVED = {"Worth watching", "Confirmed change"}


def told(replies: Iterable[Reply], member: Membership) -> dict[int, str]:
    """Reply → what the newest wave of its series says of its statement, where this member may see that (R3, R11): a school's
    own figures as on its results page, a cluster's once the results are open to them. Two queries, four for staff."""
    asking = [reply for reply in replies if reply.moves]
    newest = _newest(asking)
    later = [reply for reply in asking if _later(reply, newest)]
    if not later:
        return {}
    changes = _changes(newest.values(), {reply.moves for reply in later})
    seen = _seen(list(newest.values()), member)
    return {
        reply.pk: since(reply, wave, changes.get((wave.pk, reply.moves, reply.place)))
        for reply in later
        if reply.place in seen[(wave := newest[reply.wave.series_id]).pk]
    }


def _later(reply: Reply, newest: dict[int, Wave]) -> bool:
    wave = newest.get(reply.wave.series_id)
    return wave is not None and wave.number > reply.wave.number


def _newest(replies: Sequence[Reply]) -> dict[int, Wave]:
    """Series → its newest wave that has results."""
    same = Wave.objects.filter(series=OuterRef("series"), release__isnull=False).order_by("-number")
    asked = {reply.wave.series_id for reply in replies}
    found = Wave.objects.filter(series__in=asked, number=Subquery(same.values("number")[:1]))
    return {wave.series_id: wave for wave in found.select_related("series", "organisation", "release")}


def _changes(waves: Iterable[Wave], items: set[str]) -> dict[tuple[int, str, str], Change]:
    found = Change.objects.filter(wave__in=list(waves), item__in=items)
    return {(change.wave_id, change.item, change.place): change for change in found}


def _seen(waves: list[Wave], member: Membership) -> dict[int, set[str]]:
    """Wave → the places whose figures this member may see in it now."""
    # Only what somebody sees as one of the staff waits for the reply or for two school days.
    waits = bool(member.schools_staffed - member.schools_led) or not rules.sees_at_close(member)
    posted = _posted(waves) if waits else {}
    days = school_days_of(wave.organisation for wave in waves) if waits else {}
    found = {}
    for wave in waves:
        document, here = releases.read(wave.release), days.get(wave.organisation_id, MONDAY_TO_FRIDAY)
        schools = visible_schools(wave, document, member, posted.get(wave.pk, {}), here)
        by_now = rules.staff_see_now(wave.release.published_at, None, wave.organisation.zone, here)
        open_to_me = bool(rules.sees_at_close(member) or schools or by_now)
        schools_now = but_kept(schools, member, sharing.of_series(wave.series), document)
        found[wave.pk] = {f"school:{school}" for school in schools_now} | (
            set(document.clusters()) if open_to_me else set()
        )
    return found


def _posted(waves: list[Wave]) -> dict[int, dict[int, Reply]]:
    """Wave → school → its posted reply."""
    posted: dict[int, dict[int, Reply]] = {}
    for reply in Reply.objects.filter(wave__in=waves, school__isnull=False, posted_at__isnull=False):
        posted.setdefault(reply.wave_id, {})[reply.school_id or 0] = reply
    return posted
