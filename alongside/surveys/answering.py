"""The answering page and its receipt, each written once for a wave, school and language and kept compressed.

They hold nothing of the person: the form posts to its own address, so the page needs no token. All that a page depends
on is read from the database each time, in one narrow query, and is the key under which the page is kept: what is kept is
never out of date. The queries are written out because building them would cost ten times what running them does.
"""

import gzip
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_noop

from alongside.kit import prepared
from alongside.kit.prepared import Row
from alongside.network.models import Organisation
from alongside.surveys import audiences, grids, schooldays
from alongside.surveys.forms import AnswerForm
from alongside.surveys.instruments import Instrument, asked, instrument
from alongside.surveys.models import Reply, Wave
from alongside.surveys.orderform import most
from alongside.surveys.reads import COMMENTS_FROM, Door

KEPT = 2048
CLOSES = "Alongside-Closes"  # on the form: until when a phone may keep it
NEXT_CODE = "../"  # from the form behind a slip to the page for codes
NUMBER_WORDS = (
    gettext_noop("none"),
    gettext_noop("one"),
    gettext_noop("two"),
    gettext_noop("three"),
    gettext_noop("four"),
    gettext_noop("five"),
    gettext_noop("six"),
    gettext_noop("seven"),
    gettext_noop("eight"),
    gettext_noop("nine"),
    gettext_noop("ten"),
    gettext_noop("eleven"),
    gettext_noop("twelve"),
    gettext_noop("thirteen"),
    gettext_noop("fourteen"),
    gettext_noop("fifteen"),
    gettext_noop("sixteen"),
    gettext_noop("seventeen"),
    gettext_noop("eighteen"),
    gettext_noop("nineteen"),
    gettext_noop("twenty"),
)
# Whom to turn to: a column of the school's own organisation, else of the network, else these general words.
CONTACTS = {
    "safeguarding": ("safeguarding_contact", gettext_noop("your school’s safeguarding lead")),
    "outside": ("outside_contact", gettext_noop("the police or children’s services")),
    "support": ("support_line", gettext_noop("your doctor, or the colleague in school you trust most")),
}
COLUMNS = [column for column, _ in CONTACTS.values()]

PLACES = ["w.closes_at", "n.zone", "s.name", "n.name", *(f"{of}.{column}" for of in "on" for column in COLUMNS)]
PLACE = ", ".join(PLACES)  # stands last in FORM and RECEIPT
CLOSES_AT = -len(PLACES)  # in a row of either
FORM = f"""
SELECT (SELECT instrument FROM surveys_series WHERE id = w.series_id), CAST(w.items AS text),
       (SELECT audience FROM surveys_series WHERE id = w.series_id), w.k_scores, w.breakdown,
       i.invited - i.added - i.by_slip >= %s, {PLACE}
FROM surveys_ticket t
JOIN surveys_wave w ON w.id = t.wave_id
JOIN surveys_waveschool i ON i.wave_id = t.wave_id AND i.school_id = t.school_id
JOIN network_organisation n ON n.id = w.organisation_id
JOIN network_school s ON s.id = t.school_id
LEFT JOIN network_organisation o ON o.id = s.organisation_id
WHERE t.wave_id = %s AND t.digest = %s AND t.used = %s AND w.state = %s AND w.opens_at <= %s AND w.closes_at > %s
"""  # noqa: S608 - PLACE is made of the constants above
RECEIPT = f"""
SELECT r.heard, r.theme, r.text, r.moves, r.look_on, c.name,
       (SELECT audience FROM surveys_series WHERE id = w.series_id),
       (SELECT instrument FROM surveys_series WHERE id = w.series_id), {PLACE}
FROM surveys_wave w
JOIN network_organisation n ON n.id = w.organisation_id
JOIN network_school s ON s.id = %s
LEFT JOIN surveys_waveschool i ON i.wave_id = w.id AND i.school_id = s.id
LEFT JOIN network_organisation o ON o.id = s.organisation_id
LEFT JOIN surveys_reply r ON r.id = (
  SELECT a.id FROM surveys_reply a JOIN surveys_wave b ON b.id = a.wave_id
  WHERE (a.school_id = s.id OR a.cluster_id = i.cluster_id)
    AND a.posted_at IS NOT NULL AND b.series_id = w.series_id AND b.number < w.number
  ORDER BY CASE WHEN a.school_id IS NULL THEN 1 ELSE 0 END, b.number DESC LIMIT 1)
LEFT JOIN network_cluster c ON c.id = r.cluster_id
WHERE w.id = %s
"""  # noqa: S608 - PLACE is made of the constants above


class Pages:
    """The written pages of this process, compressed, by key; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._pages: dict[Row, bytes] = {}
        self._writing = threading.Lock()

    def get(self, key: Row, write: Callable[[], str]) -> bytes:
        """The page of that key; written when it is not there."""
        page = self._pages.get(key)
        if page is None:
            page = gzip.compress(write().encode(), 9, mtime=0)
            with self._writing:
                if len(self._pages) >= KEPT:
                    self._pages.pop(next(iter(self._pages)))
                self._pages[key] = page
        return page

    def clear(self) -> None:
        self._pages.clear()


PAGES = Pages()


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page is shown: perhaps on a device that goes from hand to hand, perhaps in larger type."""

    shared: bool
    large: bool


def is_large(request: HttpRequest) -> bool:
    """Whether the address asks for larger type."""
    return request.GET.get("type") == "large"


@dataclass(frozen=True, slots=True)
class Place:
    """What both pages say of the school and of the wave."""

    school: str
    network: str  # whose wave it is: a network, or the school itself
    closing: date
    contacts: dict[str, str]


def form(request: HttpRequest, wave_id: int, digest: bytes, *, shared: bool = False) -> HttpResponse | None:
    """The answering page for an unspent ticket of a wave that is open; None for any other. One query.

    shared: reached with the code of a slip, so perhaps on a device that goes from hand to hand.
    """
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    row = prepared.row(FORM, [COMMENTS_FROM, wave_id, digest, False, Wave.State.OPEN.value, now, now])
    how = Shown(shared, is_large(request))
    if row is None:
        return None
    page = _kept(request, (how, *row), lambda: _written_form(how, *row))
    page.headers[CLOSES] = _moment(row[CLOSES_AT]).isoformat()
    return page


def receipt(request: HttpRequest, wave_id: int, school_id: int, *, shared: bool = False) -> HttpResponse:
    """The thanks for an answer, with what the school's leaders, or else its cluster's chair, said to the pulse before. One
    query. shared: as in `form`."""
    row = prepared.row(RECEIPT, [school_id, wave_id])
    if row is None:
        raise LookupError(f"There is no wave {wave_id}, or no school {school_id}.")
    how = Shown(shared, is_large(request))
    return _kept(request, (how, *row), lambda: _written_receipt(how, *row))


def again(request: HttpRequest, door: Door, given: AnswerForm, *, shared: bool = False) -> HttpResponse:
    """The answering page with what was sent and one sentence on what is wrong with it. shared: as in `form`."""
    wave, school = door.wave, door.school
    own = _contacts_of(school.organisation) if school.organisation else ("",) * len(CONTACTS)
    asks = wave.organisation
    place = _place(wave.closes_at, asks.zone, school.name, asks.name, *own, *_contacts_of(asks))
    shown = {
        "shared": shared,
        "until": wave.closes_at.isoformat(),
        **_form(door.pulse, wave.k_scores, wave.breakdown, door.comments, place, given),
    }
    return render(request, _template(door.pulse), shown, status=422)


def look(request: HttpRequest, organisation: Organisation, pulse: Instrument) -> HttpResponse:
    """The answering page without a ticket, for whoever asks: it has no form, so nothing can be sent from it."""
    today = timezone.now()
    nobody = ("",) * len(CONTACTS)
    name = organisation.name
    place = _place(today, organisation.zone, name, name, *nobody, *_contacts_of(organisation))
    whom = audiences.audience(pulse.audiences[0])
    turn = asked(pulse.id, pulse.turn(1), whom.key)
    context = _form(turn, whom.k_scores, "", True, place) | {"looking": True}
    return render(request, "surveys/answer.html", context)


def _kept(request: HttpRequest, key: Row, write: Callable[[], str]) -> HttpResponse:
    page = PAGES.get((get_language(), *key), write)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(page, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    return HttpResponse(gzip.decompress(page), headers={"Vary": "Accept-Encoding"})


def _written_form(
    how: Shown, pulse: str, items: str, audience: str, k: int, breakdown: str, comments: bool, *place: Any
) -> str:
    pulse_asked = asked(pulse, tuple(json.loads(items)), audience)
    until = _moment(place[0]).isoformat()
    shown = {"until": until, **asdict(how), **_form(pulse_asked, k, breakdown, comments, _place(*place))}
    return render_to_string(_template(pulse_asked), shown)


def _written_receipt(
    how: Shown,
    heard: str | None,
    theme: str,
    text: str,
    moves: str,
    look_on: Any,
    cluster: str,
    audience: str,
    pulse: str,
    *place: Any,
) -> str:
    """The school's last reply, else that of its cluster, which is then named."""
    said: dict[str, object] = {}
    if heard is not None:
        reply = Reply(heard=heard, theme=theme, text=text, moves=moves, look_on=_day(look_on))
        said = {"reply": reply, "cluster": cluster}
    shown = {
        **asdict(how),
        "next": NEXT_CODE,
        "audience": audience,
        "ranked": instrument(pulse).ranked,
        **said,
        **asdict(_place(*place)),
    }
    return render_to_string("surveys/receipt.html", shown)


def _form(
    pulse: Instrument, k: int, breakdown: str, comments: bool, place: Place, given: AnswerForm | None = None
) -> dict[str, object]:
    """All that the answering page prints."""
    return {
        "pulse": pulse,
        "items": numbered(pulse),
        "scale": pulse.scale,
        "states": grids.STATES if pulse.is_grid else (),
        "k": k,
        "part": audiences.PART_FROM if breakdown else 0,
        "comments": comments and bool(pulse.comment),
        "count": gettext(NUMBER_WORDS[most(pulse) if pulse.ranked else len(pulse.items)]),
        "places": range(1, most(pulse) + 1) if pulse.ranked else (),
        "form": given,
        **asdict(place),
    }


def _template(pulse: Instrument) -> str:
    return "surveys/answer_order.html" if pulse.ranked else "surveys/answer.html"


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


def _place(closes_at: datetime | str, zone: str, school: str, network: str, *contacts: str | None) -> Place:
    """contacts: the school's own three, then its network's."""
    own, theirs = contacts[: len(CONTACTS)], contacts[len(CONTACTS) :]
    return Place(school, network, schooldays.local_day(_moment(closes_at), zone), _named(own, theirs))


def contacts(own: Organisation | None, network: Organisation) -> dict[str, str]:
    """Whom to turn to, as the answering page names them: the school's own, else the network's, else general words."""
    return _named(_contacts_of(own) if own else ("",) * len(CONTACTS), _contacts_of(network))


def _named(own: Sequence[str | None], network: Sequence[str | None]) -> dict[str, str]:
    return {
        name: mine or theirs or gettext(otherwise)
        for (name, (_, otherwise)), mine, theirs in zip(CONTACTS.items(), own, network, strict=True)
    }


def _contacts_of(organisation: Organisation) -> tuple[str, ...]:
    return tuple(getattr(organisation, column) for column in COLUMNS)


def _moment(value: datetime | str) -> datetime:
    """A moment in UTC; SQLite hands it over as text."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
