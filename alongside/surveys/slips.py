"""What pages ask about slips: which schools may have them made, what waits for a second person, how far a sheet is."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.kit import progress
from alongside.kit.access import Member
from alongside.kit.models import Progress
from alongside.network.models import School
from alongside.surveys import actions, codes, rules
from alongside.surveys.instruments import Instrument
from alongside.surveys.models import RosterEntry, SlipSheet, Wave, WaveSchool


def has_slips(wave_id: int) -> bool:
    """Whether slips were made for a wave. One query."""
    return SlipSheet.objects.filter(wave=wave_id, state__in=SlipSheet.PRINTED).exists()


@dataclass(frozen=True, slots=True)
class SlipsPart:
    """What the page of an open wave says about the ways in without a letter."""

    schools: list[School]  # that the reader leads
    waiting: list[School]  # whose slips wait for the reader, or for another second person


def slips_part(entries: list[WaveSchool], member: Member) -> SlipsPart | None:
    """None for whoever has nothing to do with it. entries: as `asked_again.taking_part` finds them. No query."""
    if not rules.can_announce(member):
        return None
    return SlipsPart(
        schools=[entry.school for entry in entries if rules.can_order_slips(member, entry.school_id)],
        waiting=[
            entry.school for entry in entries if vars(entry)["slips_waiting"] and rules.can_decide_slips(member, entry)
        ],
    )


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One sheet as the page lists it."""

    sheet: SlipSheet
    work: Progress | None  # while it is made
    mine: bool  # asked for by the reader, who cannot confirm it


@dataclass(frozen=True, slots=True)
class SlipsPage:
    """All that the page of a school's slips in a wave may use."""

    wave: Wave
    pulse: Instrument
    school: School
    address: str
    lines: list[SheetLine]  # newest first
    on_roster: int
    without_link: int
    may_order: bool
    may_decide: bool

    @property
    def alone(self) -> int:
        """How many slips the school may have in all before a second person is needed."""
        return self.on_roster // actions.ONE_IN

    @property
    def under_way(self) -> SheetLine | None:
        """The sheet that waits, is made, or lies ready; at most one."""
        states = {SlipSheet.State.WAITING, SlipSheet.State.MAKING, SlipSheet.State.READY}
        return next((line for line in self.lines if line.sheet.state in states), None)

    @property
    def moving(self) -> bool:
        """Whether a worker is at it, so that the page looks again by itself."""
        return bool(self.under_way and self.under_way.sheet.state == SlipSheet.State.MAKING)


def slips_page(entry: WaveSchool, member: Member, person: int) -> SlipsPage:
    """The slips of a school. At most five queries."""
    wave = entry.wave
    found = SlipSheet.objects.filter(wave=wave, school=entry.school_id).select_related("asked_by", "confirmed_by")
    return SlipsPage(
        wave=wave,
        pulse=wave.pulse,
        school=entry.school,
        address=codes.typed(codes.address(wave.pk)),
        lines=[_line(sheet, person) for sheet in found.order_by("-pk")[:20]],
        on_roster=RosterEntry.objects.filter(wave=wave, school=entry.school_id).count(),
        without_link=actions.without_link(wave, entry.school_id),
        may_order=rules.can_order_slips(member, entry.school_id),
        may_decide=rules.can_decide_slips(member, entry),
    )


def _line(sheet: SlipSheet, person: int) -> SheetLine:
    making = sheet.state == SlipSheet.State.MAKING
    work = progress.newest(actions.SLIPS, actions.about(sheet)) if making else None
    return SheetLine(sheet, work, mine=sheet.asked_by_id == person)
