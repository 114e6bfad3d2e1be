"""What pages ask of pulses that are planned, open or over. Results are in results.py."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from alongside.calendar.reads import school_days
from alongside.kit.access import Member
from alongside.network import pauses
from alongside.network.models import Organisation, School
from alongside.people.reads import Membership
from alongside.surveys import asked_again, audiences, owing, rules, schooldays
from alongside.surveys.asked_again import LettersPart
from alongside.surveys.audiences import Audience
from alongside.surveys.instruments import Instrument, asked
from alongside.surveys.models import Held, Reply, Ticket, Wave, WaveSchool

# Invited people from which the comment box is offered (R7). Who was added after the opening, or is asked by slips, does not
# count: with a box that is there only since then, a comment would be known to come from the few who answered after that.
COMMENTS_FROM = 10


@dataclass(frozen=True, slots=True)
class WaveLine:
    """A wave in a list."""

    wave: Wave
    pulse: Instrument
    whom: str
    about: str  # participation in words


def wave_lines(organisation: Organisation) -> list[WaveLine]:
    """All waves of an organisation, newest first. One query."""
    waves = Wave.objects.filter(organisation=organisation).select_related("series__cluster", "organisation", "release")
    return [wave_line(wave) for wave in waves.order_by("-opens_at", "-pk")]


def wave_line(wave: Wave) -> WaveLine:
    whom = wave.series.whom(wave.organisation)
    return WaveLine(wave, wave.pulse, whom, about(wave))


def about(wave: Wave) -> str:
    """How far a wave is, in words; while it is open in steps of 5 and never names."""
    if wave.state == Wave.State.PLANNED:
        return "not open yet"
    if wave.state == Wave.State.OPEN:
        return f"about {wave.answered_about} of {wave.invited} have answered" if wave.answered_about else _invited(wave)
    return "being counted" if wave.state == Wave.State.CLOSED else "results are in"


def _invited(wave: Wave) -> str:
    """How many are asked, before anybody's answer is shown."""
    if not wave.series.asks.by_slips:
        return f"{wave.invited} people invited"
    return f"{wave.invited} slips made" if wave.invited else "no slips are made yet"


@dataclass(frozen=True, slots=True)
class WavePage:
    """All that the template of an open or planned wave may use."""

    line: WaveLine
    schools: int
    unsent: int
    may_keep_open: bool
    due: bool  # planned, and about to open
    too_few: bool  # planned, its time has come, and fewer than ten people can be asked
    usual_later: datetime.date
    paused: list[str]  # schools that are not asked for now, for those who may know
    held: list[owing.HeldSchool]  # schools that are not asked because replies are missing, for those who may know
    all_paused: bool
    letters: LettersPart | None  # of a wave that is open
    taking_part: list[WaveSchool]  # as `asked_again` finds them

    @property
    def asks(self) -> Audience:
        """Whom it asks."""
        return self.line.wave.series.asks

    @property
    def about(self) -> str:
        """How far it is; "paused" rather than a low number where nobody is asked for now."""
        return "paused" if self.all_paused else self.line.about

    @property
    def takes_answers(self) -> bool:
        """Open, and its closing time has not come; a worker may be a moment late in closing it."""
        wave = self.line.wave
        return wave.state == Wave.State.OPEN and wave.closes_at > timezone.now()


def wave_page(wave: Wave, member: Membership) -> WavePage:
    """One wave before it closes."""
    today = schooldays.local_day(timezone.now(), wave.organisation.zone)
    closing = schooldays.local_day(wave.closes_at, wave.organisation.zone)
    days, planned = school_days(wave.organisation), wave.state == Wave.State.PLANNED
    rows = [] if planned else list(asked_again.taking_part(wave))
    schools = {row.school_id: row.school for row in rows}
    silent = pauses.silent(wave.organisation_id)
    known = pauses.known(rules.pauses_known(member, schools), wave.organisation) if schools else {}
    return WavePage(
        line=wave_line(wave),
        schools=len(schools),
        unsent=0 if planned else wave.roster.filter(invited_at__isnull=True).exclude(school__in=silent).count(),
        paused=[school.name for pk, school in schools.items() if pk in known],
        held=owing.would_hold(wave, member, days) if planned else owing.held_now([wave], member),
        all_paused=bool(schools) and known.keys() == schools.keys(),
        may_keep_open=rules.can_keep_open(member, wave),
        due=wave.state == Wave.State.PLANNED and wave.opens_at <= timezone.now(),
        too_few=wave.state == Wave.State.PLANNED and wave.opens_at < timezone.now() - datetime.timedelta(minutes=2),
        usual_later=schooldays.after(max(today, closing), 2, days),
        letters=asked_again.letters_part(wave, member, rows, days),
        taking_part=rows,
    )


@dataclass(frozen=True, slots=True)
class Door:
    """What the holder of a ticket is about to answer."""

    wave: Wave
    pulse: Instrument
    school: School
    used: bool
    comments: bool  # the box is offered only where ten or more are invited (R7)


def door(wave_id: int, digest: bytes) -> Door | None:
    """The wave and school behind a ticket; None for no such ticket. One query."""
    enough = WaveSchool.objects.filter(
        wave=OuterRef("wave_id"), school=OuterRef("school_id"), invited__gte=F("added") + F("by_slip") + COMMENTS_FROM
    )
    ticket = (
        Ticket.objects.filter(wave=wave_id, digest=digest)
        .select_related("wave__series", "wave__organisation", "school__organisation")
        .annotate(enough=Exists(enough))
        .first()
    )
    if ticket is None:
        return None
    pulse = ticket.wave.pulse
    return Door(ticket.wave, pulse, ticket.school, ticket.used, bool(pulse.comment) and ticket.enough)


_INSTRUMENTS: dict[int, tuple[str, tuple[str, ...], str]] = {}


def instrument_of(wave_id: int) -> Instrument | None:
    """What a wave asks; it never changes, so it is looked up once a process."""
    if wave_id not in _INSTRUMENTS:
        found = Wave.objects.filter(pk=wave_id).values_list("series__instrument", "items", "series__audience").first()
        if found is None:
            return None
        if len(_INSTRUMENTS) > 10_000:
            _INSTRUMENTS.clear()
        _INSTRUMENTS[wave_id] = found[0], tuple(found[1]), found[2]
    return asked(*_INSTRUMENTS[wave_id])


def forget() -> None:
    """Look everything up again; for tests, where another database may hold other waves under the same numbers."""
    _INSTRUMENTS.clear()


def posted_replies(member: Member, schools: Iterable[int] | None = None, limit: int = 30) -> list[Reply]:
    """Posted replies that this member may read here, newest first; of some schools alone, where they are given, and then
    none for clusters. One query."""
    found = Reply.objects.seen_by(member)
    if schools is not None:
        found = found.filter(school__in=schools)
    named = found.select_related("wave__series", "wave__organisation", "school__organisation", "cluster")
    return list(named.order_by("-posted_at")[:limit])


def promises_to_look_at(replies: list[Reply]) -> list[Reply]:
    """Replies that named a day to look, the nearest first."""
    return sorted((reply for reply in replies if reply.look_on), key=lambda reply: (reply.look_on, reply.pk))


def recent_results(organisations: set[int], since: datetime.datetime) -> list[Wave]:
    """Waves of these organisations whose results came in since then, newest first; without those of coherence rounds."""
    found = Wave.objects.filter(organisation__in=organisations, release__published_at__gte=since)
    waves = found.select_related("series__cluster", "organisation", "release").order_by("-closes_at")
    return [wave for wave in waves if not wave.series.mapped]


@dataclass(frozen=True, slots=True)
class OpenWave:
    """A wave that is open or planned, and whether it asks the reader."""

    wave: Wave
    asks_me: bool
    leaves_out: bool  # some school, because its replies are missing


def open_waves(organisations: set[int], work: Iterable[tuple[int, str]], **more: Subquery) -> list[OpenWave]:
    """Waves that are open or planned, the one that closes first in front; `work`: where the reader works (school, job); `more`:
    what is read along. One query."""
    jobs: dict[int, set[str]] = {}
    for school, job in work:
        jobs.setdefault(school, set()).add(job)
    mine = [Q(school=school, wave__series__audience__in=audiences.of_jobs(held)) for school, held in jobs.items()]
    states = Q(state=Wave.State.OPEN) | Q(state=Wave.State.PLANNED)
    asks = WaveSchool.objects.filter(wave=OuterRef("pk"), invited__gt=0)
    asks = asks.filter(reduce(or_, mine)) if mine else asks.none()
    held = Exists(Held.objects.filter(wave=OuterRef("pk")))
    found = Wave.objects.filter(states, organisation__in=organisations).annotate(
        asks=Exists(asks), leaves_out=held, **more
    )
    waves = found.select_related("series__cluster", "organisation").order_by("closes_at")
    return [
        OpenWave(wave, bool(vars(wave)["asks"]) and wave.state == Wave.State.OPEN, bool(vars(wave)["leaves_out"]))
        for wave in waves
    ]
