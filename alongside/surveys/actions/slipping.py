"""Slips: asked for by a school's leader, confirmed by a second person where they are many, made and drawn by a worker,
fetched once (TRUST 2, docs/decisions/0055)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from alongside.kit import database, journal, keyfile, progress
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import School
from alongside.people.models import Person
from alongside.surveys import audiences, codes, guessing, handouts, tickets
from alongside.surveys.accept import LOCK
from alongside.surveys.actions.rewriting import rewrite_tickets
from alongside.surveys.actions.rostering import groups_of, without_link
from alongside.surveys.actions.work import MAKE_SLIPS
from alongside.surveys.models import RosterEntry, SlipSheet, Ticket, Wave, WaveSchool, WrongCode

AT_ONCE = 300  # slips on one sheet: some thirty pages
ONE_IN = 10  # more slips than one for so many on the roster need a second person
SLIPS = progress.kind("surveys.slips", "Slips for a pulse")
ASKED = journal.deed("surveys.slips_asked", "asked for slips for a pulse")
CONFIRMED = journal.deed("surveys.slips_confirmed", "confirmed the slips that a colleague asked for")
DECLINED = journal.deed("surveys.slips_declined", "did not confirm the slips that a colleague asked for")
FETCHED = journal.deed("surveys.slips_fetched", "fetched a sheet of slips")
State = SlipSheet.State
CLOSED = "This pulse has closed, so its slips open nothing any more. The next pulse can have new ones."
KEYLESS = (
    "The key of this pulse is not here, as after a restored backup, so no slip can be made. Links that were sent "
    "still work."
)


def order_slips(wave: Wave, school: School, count: int, by: Person, group: str = "") -> SlipSheet:
    """Have slips made for a school; above a tenth of its roster they wait for a second person first. group: the class that
    they are for, of students and parents; count is then what the school states as its roll.

    Raises Refused for a missing class where it is wanted, for fewer than one or more than AT_ONCE, and when the wave's key is gone; Conflict when it has closed, and
    while another sheet of the school is on its way.
    """
    if not 1 <= count <= AT_ONCE:
        raise Refused(f"Between 1 and {AT_ONCE} slips go onto one sheet. For more, ask again when it is fetched.")
    try:
        with transaction.atomic():
            found = _accepting(wave.pk)
            _require_class(found, school, group)
            needs = needs_second(found, school, count)
            sheet = SlipSheet.objects.create(
                organisation=found.organisation,
                wave=found,
                school=school,
                group=group,
                count=count,
                state=State.WAITING if needs else State.MAKING,
                asked_by=by,
            )
            _record(ASKED, sheet, by)
            if not needs:
                _begin(sheet)
    except IntegrityError:
        raise Conflict("A sheet of slips for this school is on its way already. Look at it first.") from None
    return sheet


def _require_class(wave: Wave, school: School, group: str) -> None:
    """Students and parents have slips per class, each class once: a sheet that was lost is asked for under another name, and
    the second person sees it beside the first."""
    whom = wave.series.asks
    if whom.by_slips != bool(group):
        raise Refused(
            "Say which class these slips are for."
            if whom.by_slips
            else "Slips for colleagues are for the whole school, for no class."
        )
    used = [State.WAITING, State.MAKING, *SlipSheet.PRINTED]
    if group and SlipSheet.objects.filter(wave=wave, school=school, group__iexact=group, state__in=used).exists():
        raise Refused(
            f"{group} has its slips in this pulse already. If some are missing, ask for the rest as “{group}, more”."
        )


def needs_second(wave: Wave, school: School, count: int) -> bool:
    """Whether so many more slips need a second person: all of a school count together, so that two small sheets do not
    pass where one large one would not. Those for classes always do: nobody of them is on a roster. Two queries."""
    used = [State.WAITING, State.MAKING, *SlipSheet.PRINTED]
    before = SlipSheet.objects.filter(wave=wave, school=school, state__in=used).aggregate(all=Sum("count"))["all"] or 0
    roster = RosterEntry.objects.filter(wave=wave, school=school).count()
    return (before + count) * ONE_IN > roster


def decide_slips(sheet: SlipSheet, by: Person, *, confirmed: bool) -> None:
    """Confirm what a colleague asked for, or do not. Raises Refused for who asked, Conflict when somebody was faster."""
    with transaction.atomic():
        wave = _accepting(sheet.wave_id)
        held = SlipSheet.objects.select_for_update(of=("self",)).select_related("wave__series").get(pk=sheet.pk)
        if held.state != State.WAITING:
            raise Conflict("A colleague has decided this already. Look at the pulse again.")
        if confirmed and _same(held, by):
            raise Refused("You asked for these slips yourself. A second person confirms how many there are.")
        held.wave, held.confirmed_by = wave, by
        held.state = State.MAKING if confirmed else State.REFUSED
        held.save(update_fields=["confirmed_by", "state"])
        _record(CONFIRMED if confirmed else DECLINED, held, by)
        if confirmed:
            _begin(held)


def _same(sheet: SlipSheet, by: Person) -> bool:
    """Whether this is who asked, or who they became; where that is not known any more, nobody confirms."""
    asker = sheet.asked_by
    return asker is None or by.pk in {asker.pk, asker.merged_into_id}


def _accepting(wave_id: int) -> Wave:
    held = Wave.objects.accepting().select_for_update(of=("self",)).select_related("organisation", "series")
    found = held.filter(pk=wave_id).first()
    if found is None:
        raise Conflict(CLOSED)
    if not tickets.key_path(wave_id).exists():
        raise Refused(KEYLESS)
    return found


def _begin(sheet: SlipSheet) -> None:
    """Give the sheet its numbers in the wave, and have it made."""
    begun = SlipSheet.objects.filter(wave=sheet.wave_id, first__isnull=False)
    sheet.first = codes.number(begun.aggregate(all=Sum("count"))["all"] or 0, sheet.count)
    sheet.save(update_fields=["first"])
    _start(sheet)


def _start(sheet: SlipSheet) -> None:
    progress.start(
        SLIPS,
        MAKE_SLIPS,
        organisation=sheet.organisation_id,
        person=sheet.asked_by_id or 0,
        about=about(sheet),
        sentence=f"{sheet.count} slips will be drawn.",
    )


def about(sheet: SlipSheet) -> str:
    """What the progress of a sheet is filed under."""
    return f"slips:{sheet.pk}"


def make_slips(progress_id: int, draw: Callable[[Wave, School, Sequence[str], str], bytes] = handouts.sheet) -> None:
    """Make the tickets of a sheet and lay the sheet into the key folder: both or neither. Killed anywhere, it is run again,
    and the codes are the same."""
    found = progress.take_up(progress_id)
    if found is None:
        return
    meter = progress.Meter(progress_id)
    number = int(found.about.removeprefix("slips:"))
    sheet = _waiting_for_us(number)
    if sheet is None:
        return _ended_before(number, progress_id)
    try:
        made = _codes(sheet)
        meter.at(1, 3, f"{sheet.count} codes are made; now the sheet is drawn.")
        with timezone.override(sheet.wave.organisation.zone):
            paper = draw(sheet.wave, sheet.school, made, sheet.group)
        meter.at(2, 3, "The sheet is drawn.")
        laid = _lay_down(sheet, made, paper)
    except FileNotFoundError:
        return _give_up(sheet, progress_id, KEYLESS)
    except Refused as refused:
        return _give_up(sheet, progress_id, str(refused))
    if not laid:
        return progress.fail(progress_id, CLOSED)
    return progress.end(progress_id, _ready(sheet))


def _ready(sheet: SlipSheet) -> str:
    return f"{sheet.count} slips are ready. Fetch the sheet, once, from the pulse’s page."


def _ended_before(sheet_id: int, progress_id: int) -> None:
    """Killed after the sheet was laid down it is ready; otherwise the pulse has closed."""
    laid = SlipSheet.objects.filter(pk=sheet_id, state__in=SlipSheet.PRINTED).first()
    return progress.end(progress_id, _ready(laid)) if laid else progress.fail(progress_id, CLOSED)


def _waiting_for_us(sheet_id: int) -> SlipSheet | None:
    held = SlipSheet.objects.select_related("wave__organisation", "wave__series", "school")
    return held.filter(pk=sheet_id, state=State.MAKING, wave__in=Wave.objects.accepting()).first()


def _give_up(sheet: SlipSheet, progress_id: int, why: str) -> None:
    SlipSheet.objects.filter(pk=sheet.pk, state=State.MAKING).update(state=State.FAILED, said=why[:300])
    progress.fail(progress_id, why)


def _codes(sheet: SlipSheet) -> list[str]:
    """The codes of a sheet; they follow from K_wave and its numbers, past those that another sheet's tickets have."""
    key, slips_key = tickets.read_key(sheet.wave_id), codes.read_key(sheet.wave_id)
    taken: set[str] = set()
    while True:
        made = codes.of_sheet(key, sheet.first or 0, sheet.count, taken)
        if not (again := _others(sheet.wave_id, slips_key, made)):
            return made
        taken |= again


def _others(wave_id: int, slips_key: bytes, made: Sequence[str]) -> set[str]:
    """Those of these codes that open a ticket already; none before the wave has a key for slips."""
    by_digest = {tickets.digest(codes.token(slips_key, wave_id, code)): code for code in made}
    known = Ticket.objects.filter(wave=wave_id, digest__in=by_digest).values_list("digest", flat=True)
    return {by_digest[bytes(digest)] for digest in known}


def _lay_down(sheet: SlipSheet, made: list[str], paper: bytes) -> bool:
    """Tickets, count and file in one transaction, alone with the intake; False when the wave or the sheet is gone."""
    with database.alone(LOCK, sheet.wave_id):
        waves = Wave.objects.accepting().select_for_update(of=("self",)).select_related("series")
        wave = waves.filter(
            pk=sheet.wave_id
        ).first()  # before the sheet, as everywhere, or two would wait for each other
        held = SlipSheet.objects.select_for_update(of=("self",)).filter(pk=sheet.pk, state=State.MAKING).first()
        if held is None or wave is None:
            return False
        key = codes.make_key(wave.pk)
        # Nobody knows who draws which slip; most who have no address of their own at work are support staff.
        category = audiences.category_of(audiences.SUPPORT, groups_of(wave.pk, sheet.school_id))
        digests = [tickets.digest(codes.token(key, wave.pk, code)) for code in made]
        rewrite_tickets(wave, sheet.school_id, dict.fromkeys(digests, category))
        held.state = State.READY
        held.save(update_fields=["state"])
        _count(wave, sheet.school_id)
        keyfile.write(codes.sheet_path(wave.pk, held.pk), paper)
    return True


def _count(wave: Wave, school_id: int) -> None:
    """Slips add to the invited only people on the school's staff list who stand on no roster of the wave. More slips than
    that are for people who were invited already, or for nobody. Students and parents are as many as their slips."""
    slips = SlipSheet.objects.filter(wave=wave, school=school_id, state__in=SlipSheet.PRINTED).aggregate(
        all=Sum("count")
    )["all"]
    row = WaveSchool.objects.get(wave=wave, school=school_id)
    counted = slips or 0
    if not wave.series.asks.by_slips:
        counted = min(counted, without_link(wave, school_id))
    more = max(0, counted - row.by_slip)
    WaveSchool.objects.filter(pk=row.pk).update(invited=F("invited") + more, by_slip=F("by_slip") + more)
    Wave.objects.filter(pk=wave.pk).update(invited=F("invited") + more)


def fetch_slips(sheet: SlipSheet, by: Person) -> bytes:
    """The sheet, once: it is wiped before this returns. Raises Conflict when it was fetched before, or is not there."""
    path = codes.sheet_path(sheet.wave_id, sheet.pk)
    with transaction.atomic():
        accepting = Wave.objects.accepting().select_for_update(of=("self",)).filter(pk=sheet.wave_id).first()
        sheets = SlipSheet.objects.select_for_update(of=("self",)).select_related("wave__series")
        held = sheets.filter(pk=sheet.pk).first()
        if accepting is None or held is None:
            raise Conflict(CLOSED)
        if held.state == State.READY:
            paper = path.read_bytes() if path.exists() else b""
            held.state = State.FETCHED if paper else State.LOST
            held.save(update_fields=["state"])
            if paper:
                _record(FETCHED, held, by)
        else:
            raise Conflict(_not_there(held))
    keyfile.destroy(path)
    if not paper:
        raise Conflict(_not_there(held))
    return paper


def _not_there(sheet: SlipSheet) -> str:
    if sheet.state == State.FETCHED:
        return (
            "This sheet was fetched before, and was wiped then, so that nobody else can take it. The slips on it work. If "
            "the paper is lost, ask for new slips."
        )
    if sheet.state == State.LOST:
        return "This sheet is not here any more, as after a restored backup. Ask for new slips."
    return "There is no sheet to fetch yet. Look at the pulse’s slips again."


def due_slips() -> None:
    """Sheets whose task was lost are begun again; a sheet that was fetched and not wiped is wiped; old wrong codes go."""
    for sheet in SlipSheet.objects.filter(state=State.MAKING, wave__in=Wave.objects.accepting()):
        _start(sheet)
    for sheet in SlipSheet.objects.filter(state=State.FETCHED):
        keyfile.destroy(codes.sheet_path(sheet.wave_id, sheet.pk))
    WrongCode.objects.filter(at__lte=timezone.now() - guessing.WINDOW).delete()


def _record(deed: str, sheet: SlipSheet, by: Person) -> None:
    payload = {
        "pulse": sheet.wave.pulse.name,
        "school": sheet.school.name,
        "slips": sheet.count,
        **({"class": sheet.group} if sheet.group else {}),
    }
    journal.record(sheet.organisation_id, deed, by=by.pk, about=f"wave:{sheet.wave_id}", payload=payload)
