"""What is printed or shown so that people find the way in: a sheet of slips, a poster, a slide (TRUST 2)."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from alongside.kit.documents import pdf, slides
from alongside.kit.words import people_date
from alongside.network.models import School
from alongside.surveys import codes, schooldays
from alongside.surveys.instruments import Instrument
from alongside.surveys.models import Wave

PROMISE = "Nobody sees who answered or what one person said: confidential until it closes, anonymous after."
HOW_IN = "Type the code that is printed on your slip. With the link in your letter you need no code."
BY_SLIP = "Type the code that is printed on your slip."
NO_APPRAISAL = "Never used for appraisal, pay or competence."


@dataclass(frozen=True, slots=True)
class Way:
    """The way in with a code: its whole address, the same as it is typed, and as a picture to scan."""

    address: str
    typed: str
    picture: SafeString


def sheet(wave: Wave, school: School, made: Sequence[str], group: str = "") -> bytes:
    """Slips to cut apart, ten on a page, as PDF. group: the class they are for. Kept nowhere by whoever draws it. Raises
    Refused when it cannot be drawn."""
    where = f"{group}, {school.name}" if group else school.name
    shown = {**_told(wave), "school": where, "codes": [codes.shown(code) for code in made]}
    return pdf.pages(render_to_string("surveys/slips_sheet.html", shown))


def poster(wave: Wave) -> bytes:
    """One page for the staff room, as PDF."""
    fine = "" if wave.series.asks.by_slips else NO_APPRAISAL
    shown = {**_told(wave), "how_in": how_in(wave), "k": wave.k_scores, "fine": fine}
    return pdf.draw(render_to_string("surveys/poster.html", shown))


def slide(wave: Wave) -> bytes:
    """The same as one slide, as PPTX."""
    pulse, address = wave.pulse, codes.address(wave.pk)
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="png", scale=20, border=2)
    paragraphs = [codes.typed(address), how_in(wave), PROMISE, f"Open until {people_date(closing(wave))}."]
    body = slides.Picture(paragraphs, drawn.getvalue(), f"A code to scan; it opens {address}")
    notes = " ".join(filter(None, [pulse.intro, PROMISE, "" if wave.series.asks.by_slips else NO_APPRAISAL]))
    return slides.deck(pulse.question, [slides.Slide(pulse.question, body, notes)], wave.opens_at)


def how_in(wave: Wave) -> str:
    """How one gets in: by slip alone where no letters are sent."""
    return BY_SLIP if wave.series.asks.by_slips else HOW_IN


def closing(wave: Wave) -> datetime.date:
    """The day on which a wave closes, where it is asked."""
    return schooldays.local_day(wave.closes_at, wave.organisation.zone)


def _told(wave: Wave) -> dict[str, object]:
    address = codes.address(wave.pk)
    drawn = segno.make(address, error="m").svg_inline(border=0, omitsize=True, title=f"Opens {address}")
    pulse: Instrument = wave.pulse
    return {
        "pulse": pulse,
        "way": Way(address, codes.typed(address), SafeString(drawn)),
        "promise": PROMISE,
        "closing": closing(wave),
    }
