"""Asking a pulse, opening it, sending its links, extending it, replying to it. Each verb is one transaction.

Taking an answer is in accept.py; closing is in seal.py.
"""

import datetime
import random
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from alongside.kit import bounces, database, journal, mail, queue
from alongside.kit.errors import Conflict, Refused
from alongside.network import pauses
from alongside.network.actions import make_organisation
from alongside.network.models import Cluster, ClusterMembership, Organisation, School
from alongside.people.models import Person
from alongside.people.reads import invitable
from alongside.surveys import letters, publish, schooldays, seal, tickets
from alongside.surveys.accept import ALL_WAVES, LOCK
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Reply, RosterEntry, Series, SeriesHome, Ticket, Wave, WaveSchool

OPEN = queue.named("alongside.surveys.tasks.open_wave")
SEND = queue.named("alongside.surveys.tasks.send_invitations")
SEAL = queue.named("alongside.surveys.tasks.seal")
INVITATION = pauses.letter("surveys.invitation", "the link to a pulse")
AUDIENCE_AT_LEAST = 10
LONGEST = datetime.timedelta(days=42)
CLAIM_HOLDS = datetime.timedelta(minutes=10)
COUNT_EVERY = datetime.timedelta(hours=1)


def taking_part(organisation: Organisation, cluster: Cluster | None) -> list[School]:
    """The open schools that a pulse of this organisation, or of one cluster in it, would ask."""
    if organisation.kind == Organisation.Kind.SCHOOL:
        found = School.objects.filter(organisation=organisation)
    else:
        found = School.objects.in_network(organisation).open()
    if cluster:
        found = found.filter(pk__in=ClusterMembership.objects.current().filter(cluster=cluster).values("school"))
    return list(found.order_by("name"))


def people_to_ask(organisation: Organisation, cluster: Cluster | None) -> int:
    """How many people a pulse would ask by mail today."""
    schools = [school.pk for school in taking_part(organisation, cluster)]
    return sum(len(people) for people in invitable(schools).values())


@transaction.atomic
def ask(
    organisation: Organisation,
    instrument_id: str,
    opens_at: datetime.datetime,
    closes_at: datetime.datetime,
    *,
    cluster: Cluster | None = None,
    by: Person | None = None,
) -> Wave:
    """Plan the next wave of a pulse; a worker opens it when its time comes.

    Raises Refused for fewer than ten people, and Conflict while another wave of the series is under way.
    """
    asked = people_to_ask(organisation, cluster)
    if asked < AUDIENCE_AT_LEAST:
        raise Refused(
            f"A pulse needs at least {AUDIENCE_AT_LEAST} people who can be asked by mail; so far there are {asked}. "
            "Bring in staff lists and confirm the schools' mail domains first."
        )
    series, _ = Series.objects.get_or_create(organisation=organisation, instrument=instrument_id, cluster=cluster)
    series = Series.objects.select_for_update().get(pk=series.pk)
    if series.waves.filter(state__in=[Wave.State.PLANNED, Wave.State.OPEN, Wave.State.CLOSED]).exists():
        raise Conflict("A pulse of this kind is planned or open already. The next one can follow when it has closed.")
    wave = Wave.objects.create(
        organisation=organisation,
        series=series,
        number=series.waves.count() + 1,
        opens_at=opens_at,
        closes_at=closes_at,
        asked_by=by,
    )
    queue.enqueue(OPEN, wave.pk, run_after=opens_at if opens_at > timezone.now() else None)
    _record(ASKED, wave, by)
    return wave


@transaction.atomic
def call_off(wave: Wave, by: Person | None = None) -> None:
    """Undo the asking of a pulse that has not opened."""
    deleted, _ = Wave.objects.filter(pk=wave.pk, state=Wave.State.PLANNED).delete()
    if not deleted:
        raise Conflict("This pulse is open already, so it cannot be called off. It closes by itself.")
    _record(CALLED_OFF, wave, by)


def open_wave(wave_id: int) -> None:
    """Freeze the roster, make the key and the tickets, open the wave, and have the links sent. Twice is once.

    A wave whose audience has shrunk under ten stays planned, and its page says so.
    """
    key = tickets.make_key(wave_id) if Wave.objects.due_to_open().filter(pk=wave_id).exists() else b""
    with database.alone(LOCK, ALL_WAVES), database.alone(LOCK, wave_id):
        wave = Wave.objects.due_to_open().select_for_update().filter(pk=wave_id).first()
        if wave is None:
            return
        schools = taking_part(wave.organisation, wave.series.cluster)
        people = invitable([school.pk for school in schools])
        invited = sum(len(found) for found in people.values())
        if invited < AUDIENCE_AT_LEAST:
            return
        _open_intake(wave)
        _freeze(wave, schools, people)
        _make_tickets(wave, people, key)
        wave.state, wave.invited = Wave.State.OPEN, invited
        wave.save(update_fields=["state", "invited"])
        _record(OPENED, wave, None)
        queue.enqueue(SEND, wave.pk)
        queue.enqueue(SEAL, wave.pk, run_after=wave.closes_at)


def _open_intake(wave: Wave) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT alongside_open_intake(%s)", [wave.pk])


def _freeze(wave: Wave, schools: list[School], people: dict[int, list[int]]) -> None:
    homes = _homes(wave, schools)
    WaveSchool.objects.bulk_create(
        WaveSchool(
            organisation=wave.organisation, wave=wave, school=s, cluster_id=homes[s.pk], invited=len(people[s.pk])
        )
        for s in schools
    )
    RosterEntry.objects.bulk_create(
        (
            RosterEntry(organisation=wave.organisation, wave=wave, school_id=school, person_id=person)
            for school, found in people.items()
            for person in found
        ),
        batch_size=500,
    )


def _homes(wave: Wave, schools: list[School]) -> dict[int, int | None]:
    """School → home cluster in this series; fixed for each school the first time it takes part (R2)."""
    known = dict(SeriesHome.objects.filter(series=wave.series).values_list("school_id", "cluster_id"))
    current = ClusterMembership.objects.current().filter(cluster__organisation=wave.organisation)
    today = dict(current.order_by("-since", "-pk").values_list("school_id", "cluster_id"))
    new = {school.pk: today.get(school.pk) for school in schools if school.pk not in known}
    SeriesHome.objects.bulk_create(
        SeriesHome(organisation=wave.organisation, series=wave.series, school_id=school, cluster_id=cluster)
        for school, cluster in new.items()
    )
    return known | new


def _make_tickets(wave: Wave, people: dict[int, list[int]], key: bytes) -> None:
    audience = wave.series.audience
    made = [
        Ticket(
            wave=wave,
            digest=tickets.digest(tickets.token(key, person, audience)),
            organisation=wave.organisation,
            school_id=school,
            audience=audience,
        )
        for school, found in people.items()
        for person in found
    ]
    # Digests are random, so their order has nothing to do with the roster's.
    Ticket.objects.bulk_create(sorted(made, key=lambda ticket: bytes(ticket.digest)), batch_size=500)


def send_invitations(wave_id: int) -> None:
    """Send everyone on the roster their own link. Interrupted, it goes on where it was; nobody is left out.

    People of a paused school get theirs when the pause ends, if the wave is open then. A letter may be sent twice when
    the worker dies between sending and noting it: the link is the same.
    """
    wave = Wave.objects.accepting().select_related("organisation", "series").filter(pk=wave_id).first()
    if wave is None:
        return
    waiting = list(_waiting(wave).values_list("pk", flat=True))
    if not waiting:  # after a restore the key may be gone, and with it what could still be sent
        return
    key = tickets.read_key(wave_id)
    random.SystemRandom().shuffle(waiting)
    for entry in waiting:
        _invite(wave, key, entry)


def _waiting(wave: Wave) -> QuerySet[RosterEntry]:
    """Letters that nobody has sent or is sending, but for schools that are left in peace."""
    stale = Q(claimed_at__isnull=True) | Q(claimed_at__lt=timezone.now() - CLAIM_HOLDS)
    waiting = RosterEntry.objects.filter(stale, wave=wave, invited_at__isnull=True)
    return waiting.exclude(school__in=pauses.silent(wave.organisation_id))


def _invite(wave: Wave, key: bytes, entry_id: int) -> None:
    if not _waiting(wave).filter(pk=entry_id).update(claimed_at=timezone.now()):
        return  # another worker has it
    entry = RosterEntry.objects.select_related("person", "school").get(pk=entry_id)
    link = answer_link(wave, tickets.token(key, entry.person_id, wave.series.audience))
    letter = letters.invitation(wave, entry.school, entry.person.name, link)
    permit = pauses.permit(INVITATION, entry.school_id, wave.organisation_id)
    try:
        mail.send(entry.person.email or "", letter.subject, letter.text, permit=permit, folder=seal.mailbox(wave.pk))
    except mail.Silenced:
        RosterEntry.objects.filter(pk=entry_id).update(claimed_at=None)
        return  # paused since we looked
    except mail.Undeliverable as refused:
        # Everyone is invited, so this tells nothing of who answered; what fails for a reminder must never be noted.
        bounces.note(entry.person.email or "", refused.status)
        Wave.objects.filter(pk=wave.pk).update(mails_failed=F("mails_failed") + 1)
    except mail.Later:
        return  # the claim goes stale, and the letter is tried again; the others need not wait
    except Exception:  # whatever it was, the claim must not outlive it: the letter waits for the next try
        RosterEntry.objects.filter(pk=entry_id).update(claimed_at=None)
        raise
    RosterEntry.objects.filter(pk=entry_id).update(invited_at=timezone.now())


def answer_link(wave: Wave, token: str) -> str:
    """The whole address of an answering page."""
    return f"{settings.PUBLIC_URL}{reverse('answer', kwargs={'wave': wave.pk, 'token': token})}"


def extend(wave: Wave, closes_at: datetime.datetime, by: Person | None = None) -> None:
    """Keep a wave open longer; possible only before it closes (R1).

    Raises Refused for an earlier moment than now planned or more than six weeks after the opening, and Conflict when the
    wave has closed meanwhile.
    """
    if closes_at <= wave.closes_at:
        raise Refused("A pulse can be open longer, never shorter: people were told when it closes.")
    opened, closing = (schooldays.local_day(moment, wave.organisation.zone) for moment in (wave.opens_at, closes_at))
    if closing - opened > LONGEST:
        raise Refused("A pulse is open for six weeks at most. The next one can be asked when it has closed.")
    with database.alone(LOCK, wave.pk):
        earlier = Wave.objects.accepting().filter(pk=wave.pk, closes_at__lt=closes_at)
        if not earlier.update(closes_at=closes_at, revision=F("revision") + 1):
            if Wave.objects.accepting().filter(pk=wave.pk).exists():
                raise Conflict("A colleague has extended this pulse meanwhile, as far or farther. Look at it again.")
            raise Conflict("This pulse has closed, so it cannot be extended. The next one can be asked now.")
        queue.enqueue(SEAL, wave.pk, run_after=closes_at)
        _record(EXTENDED, wave, by)


def refresh_participation() -> None:
    """Once an hour, how many have answered each open wave, in steps of 5."""
    stale = Q(counted_at__isnull=True) | Q(counted_at__lte=timezone.now() - COUNT_EVERY)
    for wave in Wave.objects.accepting().filter(stale):
        about = publish.participation(wave)
        Wave.objects.filter(pk=wave.pk).update(answered_about=about, counted_at=timezone.now())


def due_work() -> None:
    """What time has brought: waves to open, letters still to send, waves to seal. Makes up for anything that was lost."""
    for wave in Wave.objects.due_to_open():
        queue.enqueue(OPEN, wave.pk)
    unsent = RosterEntry.objects.filter(invited_at__isnull=True).values("wave")
    for wave in Wave.objects.accepting().filter(pk__in=unsent):
        if _waiting(wave).exists():
            queue.enqueue(SEND, wave.pk)
    for wave_id in seal.due():
        queue.enqueue(SEAL, wave_id)
    refresh_participation()


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What a leader writes; checked by the form."""

    kind: str
    heard: str
    text: str
    moves: str = ""
    look_on: datetime.date | None = None


def save_reply(wave: Wave, school: School, words: ReplyText, by: Person) -> Reply:
    """Keep a reply for later. Raises Conflict once it is posted."""
    return _save_reply(wave, school, words, by, posted_at=None)


def post_reply(wave: Wave, school: School, words: ReplyText, by: Person) -> Reply:
    """Show the reply and the results to the school's staff, now and for good. Raises Conflict when a colleague was faster."""
    with transaction.atomic():
        reply = _save_reply(wave, school, words, by, posted_at=timezone.now())
        pulse = instrument(wave.series.instrument).name
        journal.record(reply.organisation_id, REPLIED, by=by.pk, about=f"wave:{wave.pk}", payload={"pulse": pulse})
    return reply


def _save_reply(wave: Wave, school: School, words: ReplyText, by: Person, posted_at: datetime.datetime | None) -> Reply:
    if not wave.has_results:
        raise Refused("There is nothing to reply to yet: the results are not in.")
    if words.moves:
        instrument(wave.series.instrument).item(words.moves)
    values = {
        "kind": words.kind,
        "heard": words.heard,
        "text": words.text,
        "moves": words.moves,
        "look_on": words.look_on,
        "written_by": by,
        "posted_at": posted_at,
        "saved_at": timezone.now(),
    }
    try:
        with transaction.atomic():
            reply, created = Reply.objects.get_or_create(
                wave=wave, school=school, defaults={**values, "organisation": make_organisation(school)}
            )
    except IntegrityError:
        raise Conflict("A colleague is writing this reply at the same moment. Look at theirs first.") from None
    if not created and not Reply.objects.filter(pk=reply.pk, posted_at__isnull=True).update(**values):
        raise Conflict(
            "A colleague has posted the school's reply already. Yours was not posted; theirs is shown below."
        )
    reply.refresh_from_db()
    return reply


# What leaders and workers do with a pulse. Answers, tickets, letters and reminders never enter the journal (TRUST 6).
ASKED = journal.deed("surveys.asked", "asked a pulse")


CALLED_OFF = journal.deed("surveys.called_off", "called a pulse off")


OPENED = journal.deed("surveys.opened", "opened a pulse")


EXTENDED = journal.deed("surveys.extended", "kept a pulse open longer")


REPLIED = journal.deed("surveys.replied", "posted a reply")


def _record(deed: str, wave: Wave, by: Person | None) -> None:
    pulse = instrument(wave.series.instrument).name
    journal.record(
        wave.organisation_id, deed, by=by.pk if by else None, about=f"wave:{wave.pk}", payload={"pulse": pulse}
    )
