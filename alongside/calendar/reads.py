"""What pages ask of terms and closed days."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import F, Q

from alongside.calendar import days
from alongside.calendar.days import Period, SchoolDays
from alongside.calendar.models import CalendarImport, Span
from alongside.network.models import Organisation
from alongside.network.models.dated import holds

WHOLE_COUNTRY = "the whole country"


def school_days(organisation: Organisation) -> SchoolDays:
    """On which days an organisation has school. One query."""
    return school_days_of([organisation])[organisation.pk]


def school_days_of(organisations: Iterable[Organisation]) -> dict[int, SchoolDays]:
    """The same of several organisations, by id. One query."""
    wanted = {organisation.pk: organisation for organisation in organisations}
    spans = _spans(wanted.values())
    return {
        pk: days.reckon(_period(span, layer) for span, layer in _layers(each, spans)) for pk, each in wanted.items()
    }


def _spans(organisations: Iterable[Organisation]) -> list[Span]:
    """Spans of these organisations, of the networks of schools among them, and of their countries.

    A network's span comes once for each of the schools that have it from there: `heir`, and `since` when.
    """
    every = list(organisations)
    schools = {each.pk for each in every if each.kind == Organisation.Kind.SCHOOL}
    mine = Q(organisation__in=[each.pk for each in every])
    mine |= Q(organisation=None, country__in={each.country for each in every})
    found = Span.objects.select_related("organisation")
    if not schools:
        return list(found.filter(mine))
    inherited = Q(organisation__memberships__school__organisation__in=schools)
    rows = found.filter(mine | inherited).annotate(
        heir=F("organisation__memberships__school__organisation"),
        since=F("organisation__memberships__since"),
        until=F("organisation__memberships__until"),
    )
    return [_without_others(span, schools) for span in rows]


def _without_others(span: Span, schools: set[int]) -> Span:
    """The join also finds the network's other schools, and those that have left: they are nobody's heir here."""
    row = vars(span)
    current = row["since"] is not None and holds(row["since"], row["until"], datetime.date.today())
    row["heir"] = row["heir"] if current and row["heir"] in schools else None
    return span


def _layers(organisation: Organisation, spans: list[Span]) -> Iterator[tuple[Span, int]]:
    """The spans that an organisation has: layer 0 is its own, then its networks, the oldest first, then the country."""
    inherited = [span for span in spans if vars(span).get("heir") == organisation.pk]
    networks = sorted({(vars(span)["since"], span.organisation_id) for span in inherited})
    order = {network: layer for layer, (_, network) in enumerate(networks, start=1)}
    yield from ((span, order[span.organisation_id]) for span in inherited)
    once = {span.pk: span for span in spans if vars(span).get("heir") != organisation.pk}
    for span in once.values():
        if span.organisation_id == organisation.pk:
            yield span, 0
        elif span.organisation_id is None and span.country == organisation.country:
            yield span, len(order) + 1


def _period(span: Span, layer: int) -> Period:
    return Period(span.kind, span.name, span.starts_on, span.ends_on, layer, span.weekdays)


def end_of_term(organisation: Organisation, day: datetime.date) -> datetime.date | None:
    """The last day of the term that this day lies in; None outside every known term."""
    term = school_days(organisation).term(day)
    return term.last if term else None


@dataclass(frozen=True, slots=True)
class SpanLine:
    """A row of the calendar as somebody in the place sees it."""

    span: Span
    source: str  # "" for the own, else whose it is
    replaced: bool  # a nearer term takes its place

    @property
    def one_day(self) -> bool:
        return self.span.starts_on == self.span.ends_on


@dataclass(frozen=True, slots=True)
class TermsPage:
    """A place's calendar: what is now and to come, what is over, and files that wait."""

    ahead: list[SpanLine]
    past: list[SpanLine]
    now: Period | None
    knows_terms: bool
    waiting: list[CalendarImport]
    applied: CalendarImport | None  # the newest, which can be undone


def terms_page(organisation: Organisation, today: datetime.date) -> TermsPage:
    """All that the page of terms shows. Two queries."""
    found = list(_layers(organisation, _spans([organisation])))
    reckoned = days.reckon(_period(span, layer) for span, layer in found)
    lines = [_line(span, layer, reckoned) for span, layer in found]
    shown = sorted(lines, key=lambda line: (line.span.starts_on, line.span.ends_on))
    imports = CalendarImport.objects.filter(organisation=organisation).order_by("-pk")
    waiting = [each for each in imports if each.state == CalendarImport.State.READY]
    applied = next((each for each in imports if each.state == CalendarImport.State.APPLIED), None)
    return TermsPage(
        [line for line in shown if line.span.ends_on >= today],
        [line for line in shown if line.span.ends_on < today][::-1],
        reckoned.term(today),
        bool(reckoned.terms),
        waiting,
        applied,
    )


def _line(span: Span, layer: int, reckoned: SchoolDays) -> SpanLine:
    source = "" if layer == 0 else span.organisation.name if span.organisation else WHOLE_COUNTRY
    return SpanLine(span, source, span.kind == Span.Kind.TERM and _period(span, layer) not in reckoned.terms)
