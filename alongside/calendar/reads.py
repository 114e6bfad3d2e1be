"""What pages ask of terms and closed days."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from alongside.calendar import days
from alongside.calendar.days import Period, SchoolDays
from alongside.calendar.models import CalendarImport, Span
from alongside.network.models import NetworkMembership, Organisation

COUNTRIES = {"gb": "the whole country", "nz": "all of New Zealand", "au": "all of Australia"}


def school_days(organisation: Organisation) -> SchoolDays:
    """On which days an organisation has school. One query, two for a school."""
    return school_days_of([organisation])[organisation.pk]


def school_days_of(organisations: Iterable[Organisation]) -> dict[int, SchoolDays]:
    """The same of several organisations, by id, in as many queries as for one."""
    wanted = {organisation.pk: organisation for organisation in organisations}
    above = _networks(wanted.values())
    spans = _spans(wanted.values(), above)
    return {pk: days.reckon(_periods(each, above[pk], spans)) for pk, each in wanted.items()}


def _networks(organisations: Iterable[Organisation]) -> dict[int, list[int]]:
    """School organisation → its networks, the oldest membership first."""
    schools = [organisation.pk for organisation in organisations if organisation.kind == Organisation.Kind.SCHOOL]
    found: dict[int, list[int]] = defaultdict(list)
    if schools:
        rows = NetworkMembership.objects.current().filter(school__organisation__in=schools).order_by("since", "pk")
        for school, network in rows.values_list("school__organisation", "network"):
            found[school].append(network)
    return found


def _spans(organisations: Iterable[Organisation], above: dict[int, list[int]]) -> list[Span]:
    every = list(organisations)
    owners = {organisation.pk for organisation in every} | {pk for networks in above.values() for pk in networks}
    usual = Q(organisation__isnull=True, country__in={organisation.country for organisation in every})
    return list(Span.objects.filter(Q(organisation__in=owners) | usual).select_related("organisation"))


def _periods(organisation: Organisation, above: list[int], spans: list[Span]) -> list[Period]:
    found = [(span, _layer(span, organisation, above)) for span in spans]
    return [
        Period(span.kind, span.name, span.starts_on, span.ends_on, layer, span.weekdays)
        for span, layer in found
        if layer is not None
    ]


def _layer(span: Span, organisation: Organisation, above: list[int]) -> int | None:
    """0 for the own, then the networks, then the country; None for somebody else's."""
    if span.organisation_id is None:
        return len(above) + 1 if span.country == organisation.country else None
    order = [organisation.pk, *above]
    return order.index(span.organisation_id) if span.organisation_id in order else None


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
    """All that the page of terms shows. Three queries, four for a school."""
    above = _networks([organisation])[organisation.pk]
    spans = _spans([organisation], {organisation.pk: above})
    reckoned = days.reckon(_periods(organisation, above, spans))
    lines = [_line(span, organisation, above, reckoned) for span in spans]
    shown = sorted((line for line in lines if line), key=lambda line: (line.span.starts_on, line.span.ends_on))
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


def _line(span: Span, organisation: Organisation, above: list[int], reckoned: SchoolDays) -> SpanLine | None:
    layer = _layer(span, organisation, above)
    if layer is None:
        return None
    period = Period(span.kind, span.name, span.starts_on, span.ends_on, layer)
    source = "" if layer == 0 else span.organisation.name if span.organisation else COUNTRIES.get(span.country, "")
    return SpanLine(span, source, span.kind == Span.Kind.TERM and period not in reckoned.terms)
