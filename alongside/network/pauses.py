"""Which schools are left in peace: every sender asks here before it sends."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from alongside.kit import mail
from alongside.kit.words import people_date
from alongside.network.models import Organisation, Pause, PauseQuerySet, School

type Span = tuple[datetime.date, datetime.date | None]

LETTERS: dict[str, str] = {}


def letter(name: str, words: str) -> str:
    """Announce a kind of letter that Alongside sends by itself: its name (package.letter), and what it is in words.

    Letters that a person asks for (a password, a code, an invitation) are none: they leave with `mail.ASKED_FOR`.
    """
    LETTERS[name] = words
    return name


def permit(name: str, school: int, sender: int) -> mail.Permit:
    """The leave to send one announced letter to somebody of this school, for this organisation (ids).

    It is asked by `mail.send` itself, letter by letter, so that a pause holds from the very next one. One query then.
    Raises LookupError for a letter that nobody announced.
    """
    return permit_of_all(name, [school], [sender])


def permit_of_all(name: str, schools: Iterable[int], senders: Iterable[int]) -> mail.Permit:
    """The leave to send one announced letter that speaks for several organisations to somebody of several schools (ids):
    none of the schools may be left in peace by itself or by any of them. As many queries as senders."""
    if name not in LETTERS:
        raise LookupError(f"No letter was announced under the name {name!r}: use pauses.letter().")
    asked, speaking = set(schools), tuple(senders)
    return mail.Permit(name, lambda: not any(paused(asked, sender) for sender in speaking))


def paused(schools: Iterable[int], sender: Organisation | int) -> set[int]:
    """Of these schools (ids), those that get nothing from this organisation now. One query.

    A school's own pause silences everybody, itself included; a network's pause what that network sends.
    """
    return set(silent(sender).filter(school__in=set(schools)).values_list("school", flat=True))


def silent(sender: Organisation | int) -> QuerySet[Pause, int]:
    """Ids of all schools that get nothing from this organisation now, as a part of another query."""
    return _holding(sender).values_list("school", flat=True)


def days(asked: Mapping[int, tuple[str, Collection[int]]]) -> dict[tuple[int, int], list[Span]]:
    """(organisation, school) → first and last day of every pause, also of past ones, in which the school got nothing from
    the organisation; None: it holds until it is lifted. asked: an organisation (id) → its zone, and schools (ids). One query."""
    schools = {school for _, found in asked.values() for school in found}
    own_or_theirs = Q(organisation=F("school__organisation")) | Q(organisation__in=asked)
    rows = Pause.objects.filter(own_or_theirs, school__in=schools).select_related("school").order_by("since", "pk")
    found: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for row in rows:
        for sender, (zone, theirs) in asked.items():
            if row.school_id in theirs and row.organisation_id in {sender, row.school.organisation_id}:
                first = row.since.astimezone(ZoneInfo(zone)).date()
                found[sender, row.school_id].append((first, _ended(row, zone)))
    return found


def _ended(pause: Pause, zone: str) -> datetime.date | None:
    ends = [end for end in (pause.until, pause.lifted_at) if end]
    return (min(ends) - datetime.timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() if ends else None


def known(schools: Iterable[int], place: Organisation) -> dict[int, Pause]:
    """School → its pause, as somebody who may know of it sees it in a place; the school's own goes first. One query.

    In a network: the school's own and that network's, never another network's. In the school itself: all of them.
    """
    found = _holding(place) if place.kind == Organisation.Kind.NETWORK else Pause.objects.current()
    rows = found.filter(school__in=set(schools)).select_related("organisation", "school__organisation").order_by("pk")
    return visible(rows, place)


def visible(found: Iterable[Pause], place: Organisation) -> dict[int, Pause]:
    """The same of pauses that were read already, with their organisations and schools. No query."""
    network = place.kind == Organisation.Kind.NETWORK
    theirs = [p for p in found if not network or p.organisation_id in {place.pk, p.school.organisation_id}]
    return {pause.school_id: pause for pause in sorted(theirs, key=lambda pause: pause.organisation.kind == "school")}


def silencing(found: Iterable[Pause]) -> set[tuple[int, int | None]]:
    """(school, organisation that it hears nothing from; None for all of them) of pauses that were read. No query."""
    return {(p.school_id, None if p.organisation.kind == "school" else p.organisation_id) for p in found}


def end_of(day: datetime.date, zone: str) -> datetime.datetime:
    """The end of a day where the organisation is: the first moment of the next, in UTC."""
    after = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), ZoneInfo(zone))
    return after.astimezone(datetime.UTC)


def said(pause: Pause, school: School) -> str:
    """A pause in one sentence, for somebody who may know of it: who set it shows only where it was not the school."""
    zone = pause.organisation.zone
    if pause.organisation.kind == Organisation.Kind.NETWORK:
        return until_said(f"{pause.organisation} has paused what it sends to {school}", last_day(pause, zone))
    return until_said(f"{school} is paused", last_day(pause, zone))


def until_said(words: str, day: datetime.date | None) -> str:
    """Words, and how long it holds."""
    return f"{words} until {people_date(day)}." if day else f"{words} until somebody lifts the pause."


def last_day(pause: Pause, zone: str) -> datetime.date | None:
    """The last whole day of a pause where somebody is; None while it holds until it is lifted."""
    if pause.until is None:
        return None
    return (pause.until - datetime.timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()


def own_school(organisation: Organisation) -> School | None:
    """The school whose organisation this is; None for a network."""
    return School.objects.filter(organisation=organisation).select_related("organisation").first()


def _holding(sender: Organisation | int) -> PauseQuerySet:
    own_or_theirs = Q(organisation=F("school__organisation")) | Q(organisation=sender)
    return Pause.objects.current().filter(own_or_theirs)
