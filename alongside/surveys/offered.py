"""The pulses that an organisation may ask: those that come with Alongside, and its own."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.kit.access import Member
from alongside.network.models import Organisation
from alongside.surveys.instruments import MOST, Instrument, instruments
from alongside.surveys.models import OwnInstrument, Series
from alongside.surveys.wording import Line, Wording, advice


def offered(organisation: Organisation) -> dict[str, Instrument]:
    """All that can be asked here, by id: ours, then its own that are whole and not put away. One query."""
    own = OwnInstrument.objects.filter(organisation=organisation, put_away_at__isnull=True).order_by("pk")
    return instruments() | {row.code: row.instrument for row in own if not row.words.missing}


def choosable(organisation: Organisation, wanted: str) -> dict[str, Instrument]:
    """What a form that asks a pulse lets choose: ours, and once one of its own is wanted, those too. Then one query."""
    return offered(organisation) if wanted and wanted not in instruments() else instruments()


def known(organisation: Organisation, code: str) -> Instrument | None:
    """A pulse by its id, if it comes with Alongside or is this organisation's own, however far it is written."""
    ours = instruments().get(code)
    if ours:
        return ours
    row = OwnInstrument.objects.filter(organisation=organisation, code=code.replace("\0", " ")).first()
    return row.instrument if row else None


def was_asked(own: OwnInstrument) -> bool:
    """Whether its wording is frozen: something was asked, or is to be asked, under this id."""
    return Series.objects.filter(organisation=own.organisation_id, instrument=own.code).exists()


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A pulse of one's own in a list."""

    own: OwnInstrument
    name: str
    state: str  # in words


@dataclass(frozen=True, slots=True)
class OwnPage:
    """All that the list of own pulses shows."""

    lines: list[OwnLine]
    put_away: list[OwnLine]
    ours: list[Instrument]


def own_page(member: Member) -> OwnPage:
    """Own pulses, newest first. Two queries."""
    asked = set(Series.objects.seen_by(member).values_list("instrument", flat=True))
    rows = list(OwnInstrument.objects.seen_by(member).order_by("-pk"))
    lines = [OwnLine(row, row.instrument.name, _state(row.words, row.code in asked)) for row in rows]
    return OwnPage(
        [line for line in lines if line.own.put_away_at is None],
        [line for line in lines if line.own.put_away_at],
        list(instruments().values()),
    )


def _state(words: Wording, asked: bool) -> str:
    count = len(words.written)
    holds = f"{count} {'statement' if count == 1 else 'statements'}"
    if asked:
        return f"{holds}, asked: its wording stays as it is"
    return f"{holds}, not whole yet" if words.missing else f"{holds}, ready to be asked"


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One statement in the builder."""

    number: int
    line: Line
    advice: list[str]


def written_lines(words: Wording) -> list[WrittenLine]:
    """The statements, each with what would read better."""
    return [WrittenLine(number, line, advice(line.statement)) for number, line in enumerate(words.lines, start=1)]


def turns(words: Wording) -> str:
    """Of a bank, how it rotates, in one sentence; "" for a pulse of six or fewer."""
    if not words.is_bank:
        return ""
    core = sum(line.always for line in words.written)
    rest = len(words.written) - core
    each = MOST - core
    start = f"{core} every time and {each} of the other {rest} in turn" if core else f"{each} of the {rest} in turn"
    return f"A pulse asks six statements at most: {start}."
