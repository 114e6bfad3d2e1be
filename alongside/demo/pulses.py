"""The pulses of the story: each answered through the real accept, counted by the real seal, replied to by its leaders."""

import datetime
from collections.abc import Iterator
from functools import partial
from random import Random

from django.utils import timezone

from alongside.calendar.reads import school_days
from alongside.demo import story
from alongside.demo.cast import Cast
from alongside.demo.moments import ZONE, Event, day
from alongside.demo.reads import DOMAIN
from alongside.demo.story import DemoReply, DemoSchool
from alongside.kit import mail
from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys import actions, schooldays, seal, tickets
from alongside.surveys.accept import accept
from alongside.surveys.models import Release, Reply, RosterEntry, Wave
from alongside.surveys.occasions import Turn

SEED = 20260900
LASTS = 8  # days
DAY = datetime.timedelta(days=1)
LATELY = datetime.timedelta(days=10)


def closed(cast: Cast, random: Random) -> Iterator[Event]:
    """Opening, closing and replies of every pulse that is over; all of it happens now, and its hours are moved back."""
    for number, days_ago in enumerate(story.CLOSED_DAYS_AGO, start=1):
        closed_on = schooldays.before_or_on(day(days_ago))
        opens_at = schooldays.opening(closed_on - datetime.timedelta(days=LASTS), ZONE)
        closes_at = schooldays.closing(closed_on, ZONE)
        yield opens_at, partial(_open, cast, number, random)
        yield closes_at + datetime.timedelta(minutes=1), partial(_close, cast, number, opens_at, closes_at)
        posted_at = min(closes_at + datetime.timedelta(hours=20), timezone.now())
        for said in story.REPLIES:
            if said.wave == number:
                yield posted_at, partial(_reply, cast, said, posted_at)


def _open(cast: Cast, number: int, random: Random) -> None:
    _answer(_opened(cast.network, "well", by=cast.officer, days=LASTS), number, random)


def _opened(network: Organisation, pulse: str, *, by: Person, days: int, cluster: Cluster | None = None) -> Wave:
    now = timezone.now()
    closes_at = schooldays.closing(schooldays.after(now.date(), days), ZONE)
    wave = actions.ask(network, pulse, now, closes_at, cluster=cluster, by=by)
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    return wave


def _answer(wave: Wave, number: int, random: Random, share: float = 1.0) -> None:
    """Everyone on the roster answers with their school's leaning and their own, or does not answer this time."""
    key, pulse = tickets.read_key(wave.pk), wave.pulse
    planned = {demo.name: demo for schools in story.CLUSTERS.values() for demo in schools}
    entries = RosterEntry.objects.filter(wave=wave).select_related("school").order_by("person_id")
    for entry in entries.exclude(person__email=f"teacher@{DOMAIN}"):  # her turn is the visitor's
        demo = planned[entry.school.name]
        chance, temper = random.random(), Random(SEED + entry.person_id).gauss(0, 0.55)
        if chance < demo.answers * share:
            ratings = {item.id: _rating(demo, number, index, temper, random) for index, item in enumerate(pulse.items)}
            comment = random.choice(story.COMMENTS) if pulse.comment and random.random() < 0.12 else ""
            accept(wave.pk, tickets.token(key, entry.person_id, "staff"), ratings, comment)


def _rating(demo: DemoSchool, number: int, index: int, temper: float, random: Random) -> int | str:
    if random.random() < 0.02:
        return "x"
    moved = story.MOVES.get((demo.name, index), {}).get(number, 0.0)
    return min(5, max(1, round(random.gauss(demo.leaning[index] + moved + temper, 0.75))))


def _wave(cast: Cast, number: int) -> Wave:
    return Wave.objects.get(organisation=cast.network, series__instrument="well", number=number)


def _close(cast: Cast, number: int, opens_at: datetime.datetime, closes_at: datetime.datetime) -> None:
    wave = _wave(cast, number)
    Wave.objects.filter(pk=wave.pk).update(opens_at=opens_at, closes_at=closes_at)
    seal.seal(wave.pk)
    Release.objects.filter(wave=wave).update(published_at=closes_at + datetime.timedelta(minutes=1))


def _reply(cast: Cast, said: DemoReply, posted_at: datetime.datetime) -> None:
    wave = _wave(cast, said.wave)
    look_on = wave.closes_at.date() + datetime.timedelta(days=said.look_in) if said.look_in else None
    words = actions.ReplyText(said.kind, said.heard, said.text, said.moves, look_on)
    reply = actions.post_reply(wave, cast.schools[said.school], words, cast.heads[said.school])
    Reply.objects.filter(pk=reply.pk).update(posted_at=posted_at, saved_at=posted_at)


def open_today(cast: Cast, random: Random) -> Wave:
    """A pulse that its chair opened in the Avon cluster: its letters are in the mailbox, and some have answered."""
    wave = _opened(cast.network, "lead", by=cast.chair, days=3, cluster=cast.cluster("avon-cluster"))
    _answer(wave, 0, random, share=0.45)
    actions.refresh_participation()
    return wave


def come_again(cast: Cast) -> None:
    """The pulse of the network comes by itself from now on, every month on the first Tuesday; the next one is planned."""
    actions.start(cast.network, "well", Turn("month", 1, 2, 5, day(0)), cluster=None, by=cast.officer)


def remind(wave: Wave) -> None:
    """It opened two school days before the last one, so that its first reminder is in the mailbox as well. In holidays it
    opened today, and there is none."""
    days = school_days(wave.organisation)
    third = days.before_or_on(day(0))
    opened = days.before_or_on(days.before_or_on(third - DAY) - DAY)
    if day(0) - opened > LATELY:
        return
    opens_at = schooldays.opening(opened, ZONE)
    Wave.objects.filter(pk=wave.pk).update(opens_at=opens_at)
    RosterEntry.objects.filter(wave=wave, invited_at__isnull=False).update(invited_at=opens_at)
    mail.redate(seal.mailbox(wave.pk), opens_at)
    actions.send_rounds(wave.pk)
