"""What pages ask about slips: which schools may have them made, what waits for a second person, how far a sheet is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


COUNTED = {SlipSheet.State.WAITING, SlipSheet.State.MAKING, *SlipSheet.PRINTED}
LISTED = 200  # sheets on the page: more classes than any school has


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
    def by_class(self) -> bool:
        """Whether these are slips for classes, of students or parents."""
        return self.wave.series.asks.by_slips

    @property
    def people(self) -> str:
        return self.wave.series.asks.people

    @property
    def under_way(self) -> list[SheetLine]:
        """The sheets that wait, are made, or lie ready: one for each class, and one at most of staff."""
        states = {SlipSheet.State.WAITING, SlipSheet.State.MAKING, SlipSheet.State.READY}
        return [line for line in self.lines if line.sheet.state in states]

    @property
    def may_ask_more(self) -> bool:
        """Whether the form stands there: always for classes, and of staff while no sheet is on its way."""
        return self.by_class or not self.under_way

    @property
    def moving(self) -> bool:
        """Whether a worker is at one, so that the page looks again by itself."""
        return any(line.sheet.state == SlipSheet.State.MAKING for line in self.under_way)

    @property
    def on_slips(self) -> int:
        """How many slips the school's classes have in all, waiting ones among them."""
        return sum(line.sheet.count for line in self.lines if line.sheet.state in COUNTED)


def slips_page(entry: WaveSchool, member: Member, person: int) -> SlipsPage:
    """The slips of a school. At most five queries."""
    wave = entry.wave
    found = SlipSheet.objects.filter(wave=wave, school=entry.school_id).select_related("asked_by", "confirmed_by")
    return SlipsPage(
        wave=wave,
        pulse=wave.pulse,
        school=entry.school,
        address=codes.typed(codes.address(wave.pk)),
        lines=list(_with_work(found.order_by("-pk")[:LISTED], person)),
        on_roster=RosterEntry.objects.filter(wave=wave, school=entry.school_id).count(),
        without_link=actions.without_link(wave, entry.school_id),
        may_order=rules.can_order_slips(member, entry.school_id),
        may_decide=rules.can_decide_slips(member, entry),
    )


def _with_work(sheets: Iterable[SlipSheet], person: int) -> Iterator[SheetLine]:
    """Each sheet as a line; how far it is of the one that is made first, so that many classes cost no more queries."""
    asked = False
    for sheet in sheets:
        making = sheet.state == SlipSheet.State.MAKING
        work = progress.newest(actions.SLIPS, actions.about(sheet)) if making and not asked else None
        asked = asked or making
        yield SheetLine(sheet, work, mine=sheet.asked_by_id == person)
