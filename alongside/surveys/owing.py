"""Who owes a reply, until when, and whom two missing ones in a row hold back (decision 0056).

Rows are made with the release, from its document: a school with a block of its own owes one, and the chair for each
cluster with figures; a school that counts in a pool, or nowhere, owes none.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from alongside.calendar.days import DAY, SchoolDays
from alongside.calendar.reads import school_days_of
from alongside.kit.access import Member
from alongside.kit.words import in_days, people_date
from alongside.network import pauses
from alongside.network.models import Cluster, School
from alongside.people.reads import Standing
from alongside.surveys import rules, schooldays
from alongside.surveys.instruments import Instrument
from alongside.surveys.models import Held, Owed, Reply, Series, SeriesHome, Wave
from alongside.surveys.releases import Document

REPLY_WITHIN = 10  # school days after the release
IN_A_ROW = 2
type Days = list[tuple[datetime.date, datetime.date | None]]  # first and last; None: without an end so far


def note(wave: Wave, document: Document) -> None:
    """Write down who owes a reply to this release, in the transaction that makes it."""
    places = [place.partition(":") for place in document.places_of_their_own()]
    Owed.objects.bulk_create(
        Owed(organisation_id=wave.organisation_id, wave=wave, **{f"{kind}_id": int(key)}) for kind, _, key in places
    )


def due_on(released: datetime.date, days: SchoolDays, paused: Days) -> datetime.date | None:
    """The last day for a reply: ten school days after the release, not counting days on which the school was paused.

    Whatever the calendar says, at most 60 days that were not paused. None while a pause without an end holds it up.
    """
    day, left, waited = released, REPLY_WITHIN, 0
    while left and waited < schooldays.AT_THE_LATEST.days:
        day += DAY
        pause = next(((first, last) for first, last in paused if first <= day and (last is None or day <= last)), None)
        if pause is None:
            waited += 1
            left -= days.is_school_day(day)
        elif pause[1] is None:
            return None
        else:
            day = pause[1]
    return day


@dataclass(frozen=True, slots=True)
class Due:
    """One reply that was owed: what became of it, and until when it was or is due (None: paused without an end)."""

    row: Owed
    posted: bool
    on: datetime.date | None
    today: datetime.date

    @property
    def settled(self) -> bool:
        return self.posted or self.row.waived_at is not None

    @property
    def late(self) -> bool:
        """Neither posted nor waived, and its last day is over."""
        return not self.settled and self.on is not None and self.on < self.today


def dues(rows: Iterable[Owed], days: dict[int, SchoolDays]) -> list[Due]:
    """Rows of `with_posted`, each with its last day. days: by the organisation of the wave. One query."""
    found = list(rows)
    paused = _paused(found)
    return [
        _due(row, days[row.organisation_id], paused.get((row.organisation_id, row.school_id or 0), [])) for row in found
    ]


def with_posted(**where: object) -> list[Owed]:
    """Rows of Owed by wave number, each knowing whether its reply is posted; no release's text is read. One query."""
    replies = Reply.objects.filter(wave=OuterRef("wave"), posted_at__isnull=False)
    same = Q(school=OuterRef("school")) | Q(cluster=OuterRef("cluster"))
    drafts = Reply.objects.filter(wave=OuterRef("wave")).filter(same)
    held = Exists(Held.objects.filter(owed=OuterRef("pk")))
    found = Owed.objects.filter(**where).annotate(
        posted=Exists(replies.filter(same)), drafted=Exists(drafts), held=held
    )
    near = found.select_related(
        "wave__series", "wave__organisation", "wave__release", "school__organisation", "cluster", "waived_by"
    )
    return list(near.defer("wave__release__document").order_by("wave__number", "pk"))


def _paused(rows: Sequence[Owed]) -> dict[tuple[int, int], Days]:
    """(organisation, school) → days on which it heard nothing from that organisation. One query."""
    asked: dict[int, tuple[str, set[int]]] = {}
    for row in rows:
        if row.school_id:
            asked.setdefault(row.organisation_id, (row.wave.organisation.zone, set()))[1].add(row.school_id)
    return pauses.days(asked) if asked else {}


def _due(row: Owed, days: SchoolDays, paused: Days) -> Due:
    zone = row.wave.organisation.zone
    released = schooldays.local_day(row.wave.release.published_at, zone)
    today = schooldays.local_day(timezone.now(), zone)
    return Due(row, bool(vars(row)["posted"]), due_on(released, days, paused), today)


def missing(found: Iterable[Due]) -> Owed | None:
    """The newest of a school's replies in one series when its last two are missing; None otherwise.

    found: all that the school owed there, the oldest first. One that is not due yet counts only once it is posted.
    """
    counted = [due for due in found if due.settled or due.late]
    last = counted[-IN_A_ROW:]
    return last[-1].row if len(last) == IN_A_ROW and all(due.late for due in last) else None


def held(series: Series, schools: Iterable[int], days: SchoolDays) -> dict[int, Owed]:
    """School → the newest missing reply, of those that a wave of this series would not ask now. Two queries."""
    rows = with_posted(wave__series=series, school__in=list(schools))
    if len({row.wave_id for row in rows}) < IN_A_ROW:
        return {}
    by_school: dict[int, list[Due]] = defaultdict(list)
    for due in dues(rows, {series.organisation_id: days}):
        by_school[due.row.school_id or 0].append(due)
    return {school: newest for school, found in by_school.items() if (newest := missing(found))}


@dataclass(frozen=True, slots=True)
class OwedReply:
    """A reply that somebody owes: for a school that they lead, or for a cluster that they chair."""

    wave: Wave
    pulse: Instrument
    place: School | Cluster
    drafted: bool
    staff_see: datetime.datetime
    due: datetime.date | None  # None: the school is paused without an end
    overdue: bool
    stops: bool  # two in a row are missing: the next pulse does not ask the school

    @property
    def school(self) -> School | None:
        return self.place if isinstance(self.place, School) else None

    @property
    def late(self) -> bool:
        """Whether the staff see the results without it already."""
        return self.staff_see <= timezone.now()

    @property
    def waiting(self) -> str:
        """Who waits for it."""
        return f"Your colleagues at {self.place}" if self.school else f"The schools of {self.place}"

    @property
    def by_when(self) -> str:
        """When it is due, in a sentence."""
        if self.due is None:
            return "It is due some days after the pause."
        return f"It was due on {people_date(self.due)}." if self.overdue else f"Due by {people_date(self.due)}."

    @property
    def what_holds(self) -> str:
        """What happens without it: when staff see the results, or that the next pulse leaves the school out."""
        if self.stops:
            return "Two in a row are missing, so pulses leave your colleagues out until you post one."
        if self.school is None:
            return ""
        if self.late:
            return "Your colleagues see the results already."
        return f"Your colleagues see the results {in_days(self.staff_see)} by themselves."

    @property
    def url(self) -> str:
        """The address of the page on which it is written."""
        where = self.wave.organisation
        parts = {"kind": where.kind, "slug": where.slug, "pk": self.wave.pk}
        if self.school:
            return reverse("reply", kwargs={**parts, "school": self.school.slug})
        return reverse("cluster_reply", kwargs={**parts, "cluster": self.place.slug})


def rows_of(standing: Standing) -> list[Owed]:
    """All that the schools that this person leads, and the clusters that they chair, ever owed. One query."""
    led = [role.school_id for role in standing.roles if role.kind == "leader" and role.school_id]
    chaired = [role.cluster_id for role in standing.roles if role.kind == "chair" and role.cluster_id]
    if not led and not chaired:
        return []
    mine = Owed.objects.filter(Q(school__in=led) | Q(cluster__in=chaired))
    return with_posted(pk__in=mine.values("pk"))


def owed_replies(standing: Standing, organisations: set[int] | None = None) -> list[OwedReply]:
    """The newest reply that is owed in each series by the schools that this person leads and for the clusters that they
    chair, where it is neither posted nor waived. Two queries, and one more for each organisation that asked a school."""
    return owed_of([row for row in rows_of(standing) if organisations is None or row.organisation_id in organisations])


def owed_of(rows: list[Owed]) -> list[OwedReply]:
    """The same of rows that were read already, as `rows_of` gives them."""
    open_series = {(row.wave.series_id, row.place) for row in _newest(rows) if not _settled(row)}
    mine = [row for row in rows if (row.wave.series_id, row.place) in open_series]
    return _listed(mine, school_days_of(row.wave.organisation for row in mine)) if mine else []


def _settled(row: Owed) -> bool:
    return bool(vars(row)["posted"]) or row.waived_at is not None


def _newest(rows: Iterable[Owed]) -> list[Owed]:
    return list({(row.wave.series_id, row.place): row for row in rows}.values())


def _listed(rows: list[Owed], days: dict[int, SchoolDays]) -> list[OwedReply]:
    by_place: dict[tuple[int, str], list[Due]] = defaultdict(list)
    for due in dues(rows, days):
        by_place[due.row.wave.series_id, due.row.place].append(due)
    return [_owed(found, days) for found in by_place.values()]


def _owed(found: list[Due], days: dict[int, SchoolDays]) -> OwedReply:
    newest = found[-1]
    wave = newest.row.wave
    see = rules.staff_see_from(wave.release.published_at, None, wave.organisation.zone, days[wave.organisation_id])
    stops = newest.row.school_id is not None and missing(found) is not None
    pulse = wave.pulse
    return OwedReply(
        wave, pulse, newest.row.whose, bool(vars(newest.row)["drafted"]), see, newest.on, newest.late, stops
    )


@dataclass(frozen=True, slots=True)
class HeldSchool:
    """A school that a wave does not ask, and the reply that ends it."""

    school: School
    owed: Owed

    @property
    def pulse(self) -> str:
        return self.owed.wave.pulse.name


def would_hold(wave: Wave, member: Member, days: SchoolDays) -> list[HeldSchool]:
    """The schools that a planned wave would leave out if it opened now, as far as this member may know. Three queries."""
    if not rules.knows_holds(member):
        return []
    homes = dict(SeriesHome.objects.filter(series=wave.series_id).values_list("school_id", "cluster_id"))
    rows = held(wave.series, rules.holds_known(member, homes), days).values()
    return sorted((HeldSchool(row.school, row) for row in rows if row.school), key=lambda each: each.school.name)


def held_now(waves: Iterable[Wave], member: Member) -> list[HeldSchool]:
    """The schools that these waves leave out, as far as this member may know. One query."""
    asked = [wave.pk for wave in waves]
    if not asked or not rules.knows_holds(member):
        return []
    home = SeriesHome.objects.filter(series=OuterRef("wave__series"), school=OuterRef("school")).values("cluster")[:1]
    rows = Held.objects.filter(wave__in=asked).annotate(home=Subquery(home))
    near = rows.select_related("school__organisation", "owed__wave__series", "owed__wave__organisation")
    known = [row for row in near if rules.holds_known(member, {row.school_id: vars(row)["home"]})]
    return [HeldSchool(row.school, row.owed) for row in sorted(known, key=lambda row: row.school.name)]
