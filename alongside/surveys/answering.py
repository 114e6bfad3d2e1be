"""The answering page, written once for each wave and school and kept compressed: it holds nothing of the person.

The form posts to its own address, so the page needs no token; the key of the cache changes when the wave is extended.
"""

import gzip
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from alongside.network.models import Organisation
from alongside.surveys import schooldays
from alongside.surveys.forms import AnswerForm
from alongside.surveys.instruments import SCALE, Instrument
from alongside.surveys.models import Wave
from alongside.surveys.reads import Door

KEPT = 512
NUMBER_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Pages:
    """The written pages of this process, by key; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._pages: dict[tuple[object, ...], tuple[bytes, bytes]] = {}

    def get(self, door: Door) -> tuple[bytes, bytes]:
        """The page as plain and as compressed bytes."""
        key = (*door.cache_key, *contacts(door.school.organisation, door.wave.organisation).values())
        if key not in self._pages:
            if len(self._pages) >= KEPT:
                self._pages.pop(next(iter(self._pages)))
            page = render_to_string("surveys/answer.html", context(door)).encode()
            self._pages[key] = (page, gzip.compress(page, 9, mtime=0))
        return self._pages[key]

    def clear(self) -> None:
        self._pages.clear()


PAGES = Pages()


def contacts(school: Organisation | None, owner: Organisation) -> dict[str, str]:
    """Whom to turn to: the school's own, else the network's, else in general words."""

    def first(name: str, otherwise: str) -> str:
        return (school and getattr(school, name)) or getattr(owner, name) or otherwise

    return {
        "safeguarding": first("safeguarding_contact", "your school’s safeguarding lead"),
        "outside": first("outside_contact", "the police or children’s services"),
        "support": first("support_line", "your doctor, or the colleague in school you trust most"),
    }


def context(door: Door, form: AnswerForm | None = None) -> dict[str, object]:
    """All that the answering page prints."""
    wave, pulse = door.wave, door.pulse
    return {
        "pulse": pulse,
        "items": numbered(pulse),
        "scale": SCALE,
        "school": door.school.name,
        "closing": schooldays.local_day(wave.closes_at, wave.organisation.zone),
        "k": wave.k_scores,
        "comments": door.comments,
        "count": NUMBER_WORDS[len(pulse.items)],
        "form": form,
        "contacts": contacts(door.school.organisation, wave.organisation),
    }


@lru_cache
def numbered(pulse: Instrument) -> tuple[dict[str, object], ...]:
    """The statements with their number, and what comes before and after each."""
    total = len(pulse.items)
    return tuple(
        {
            "item": item,
            "number": number,
            "total": total,
            "before": f"q{number - 1}" if number > 1 else "start",
            "after": f"q{number + 1}" if number < total else "send",
            "dots": [(index * 18, index < number) for index in range(total)],
            "width": total * 18 - 4,
        }
        for number, item in enumerate(pulse.items, start=1)
    )


def respond(request: HttpRequest, door: Door) -> HttpResponse:
    """The written page, compressed where the browser takes it."""
    plain, small = PAGES.get(door)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(plain)
    return HttpResponse(small, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


def closing_day(wave: Wave) -> object:
    """The day a wave closes, where its organisation is."""
    return schooldays.local_day(wave.closes_at, wave.organisation.zone)
