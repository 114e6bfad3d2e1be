"""The pulses of the story: each answered through the real accept, counted by the real seal, replied to by its leaders."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from random import Random

from django.utils import timezone

from alongside.calendar.reads import school_days
from alongside.demo import story
from alongside.demo.cast import Cast
from alongside.demo.moments import ZONE, Event, day
from alongside.demo.reads import DOMAIN
from alongside.demo.story import DemoReply, DemoSchool
from alongside.kit import mail, progress
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys import actions, codes, schooldays, seal, tickets
from alongside.surveys.accept import accept
from alongside.surveys.models import Owed, Release, Reply, RosterEntry, SlipSheet, Theme, Wave
from alongside.surveys.occasions import Turn

SEED = 20260900
LASTS = 8  # days
DAY = datetime.timedelta(days=1)
LATELY = datetime.timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a pulse that is over was asked, and when its leaders replied."""

    opens_at: datetime.datetime
    closes_at: datetime.datetime

    @property
    def published_at(self) -> datetime.datetime:
        return self.closes_at + datetime.timedelta(minutes=1)

    @property
    def posted_at(self) -> datetime.datetime:
        return min(self.closes_at + datetime.timedelta(hours=20), timezone.now())


def _hours(days_ago: int) -> Hours:
    closed_on = schooldays.before_or_on(day(days_ago))
    opened_on = closed_on - datetime.timedelta(days=LASTS)
    return Hours(schooldays.opening(opened_on, ZONE), schooldays.closing(closed_on, ZONE))


def closed(cast: Cast, random: Random) -> Iterator[Event]:
    """Opening, closing and replies of every pulse that is over; all of it happens now, and its hours are moved back."""
    for number, days_ago in enumerate(story.CLOSED_DAYS_AGO, start=1):
        hours = _hours(days_ago)
        yield hours.opens_at, partial(_open, cast, number, random)
        yield hours.published_at, partial(_close, cast, "well", number, hours)
        posted_at = hours.posted_at
        yield posted_at, partial(_reply, cast, number, posted_at)
    yield from _led(cast)
    yield from _heard(cast)


def _led(cast: Cast) -> Iterator[Event]:
    """The first pulse on leading, in the Avon cluster: comments, themes made of them, the chair's reply to one, and a school
    that need not reply. With a chance of its own, so that the other pulses stay as they are."""
    hours = _hours(story.LEADING_CLOSED_DAYS_AGO)
    yield hours.opens_at, partial(_open_led, cast, Random(SEED + 1))
    yield hours.published_at, partial(_close, cast, "lead", 1, hours)
    yield hours.posted_at, partial(_act_on_led, cast, hours.posted_at)


def _heard(cast: Cast) -> Iterator[Event]:
    """The students of one school: the head asks three classes by slips, the deputy confirms how many, most answer."""
    hours, school = _hours(story.STUDENTS_CLOSED_DAYS_AGO), cast.schools[story.STUDENTS_AT]
    yield hours.opens_at, partial(_open_heard, cast, school, Random(SEED + 2))
    yield hours.published_at, partial(_close, cast, "coh", 1, hours)
    yield hours.posted_at, partial(_reply_heard, cast, school, hours.posted_at)


def _open_heard(cast: Cast, school: School, random: Random) -> None:
    head = cast.heads[school.name]
    if school.organisation is None:
        raise AssertionError("every school of the story has joined a network")
    wave = _opened(school.organisation, "coh", by=head, days=LASTS, audience="students")
    for group, count in story.CLASSES.items():
        sheet = actions.order_slips(wave, school, count, head, group)
        actions.decide_slips(sheet, cast.deputy, confirmed=True)
        making = progress.newest(actions.SLIPS, actions.about(sheet))
        actions.make_slips(making.pk if making else 0, draw=_paper)
    _answer_slips(wave, random)


def _paper(*_told: object) -> bytes:
    """Nobody prints the slips of the story, so no worker need draw them."""
    return b"slips of the story"


def _answer_slips(wave: Wave, random: Random) -> None:
    """Three in four who hold a slip answer, each with a temper of their own."""
    key, sheets = tickets.read_key(wave.pk), SlipSheet.objects.filter(wave=wave).order_by("pk")
    made = [codes.of_sheet(key, sheet.first or 0, sheet.count) for sheet in sheets]
    slips_key = codes.read_key(wave.pk)
    for code in (code for sheet in made for code in sheet):
        if random.random() < 0.77:
            temper = random.gauss(0, 0.5)
            leans = {item.id: story.STUDENTS_LEAN.get(item.id, 3.0) for item in wave.pulse.items}
            ratings: dict[str, int | str] = {
                item: min(5, max(1, round(random.gauss(lean + temper, 0.9)))) for item, lean in leans.items()
            }
            accept(wave.pk, codes.token(slips_key, wave.pk, code), ratings)


def _reply_heard(cast: Cast, school: School, at: datetime.datetime) -> None:
    _post(cast, _wave(cast, "coh", 1), school, story.TO_STUDENTS, at)


def _open(cast: Cast, number: int, random: Random) -> None:
    _answer(_opened(cast.network, "well", by=cast.officer, days=LASTS), number, random)


def _open_led(cast: Cast, random: Random) -> None:
    avon = cast.cluster("avon-cluster")
    _answer(_opened(cast.network, "lead", by=cast.chair, days=LASTS, cluster=avon, breakdown="job"), 0, random)


def _opened(
    organisation: Organisation,
    pulse: str,
    *,
    by: Person,
    days: int,
    cluster: Cluster | None = None,
    audience: str = "staff",
    breakdown: str = "",
) -> Wave:
    now = timezone.now()
    closes_at = schooldays.closing(schooldays.after(now.date(), days), ZONE)
    wave = actions.ask(
        organisation, pulse, now, closes_at, cluster=cluster, by=by, audience=audience, breakdown=breakdown
    )
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


def _wave(cast: Cast, pulse: str, number: int) -> Wave:
    """A pulse of the trust, or the one of its school's students."""
    owners = [cast.network, cast.schools[story.STUDENTS_AT].organisation]
    return Wave.objects.get(organisation__in=owners, series__instrument=pulse, number=number)


def _close(cast: Cast, pulse: str, number: int, hours: Hours) -> None:
    wave = _wave(cast, pulse, number)
    Wave.objects.filter(pk=wave.pk).update(opens_at=hours.opens_at, closes_at=hours.closes_at)
    seal.seal(wave.pk)
    Release.objects.filter(wave=wave).update(published_at=hours.published_at)


def _reply(cast: Cast, number: int, posted_at: datetime.datetime) -> None:
    """What leaders said to a wave; who owed a reply and stands in no story said what one says in a usual month. To the
    last wave only the story has replied so far: it closed yesterday."""
    wave = _wave(cast, "well", number)
    told = {said.school: said for said in story.REPLIES if said.wave == number}
    for name, said in told.items():
        _post(cast, wave, cast.schools[name], said, posted_at)
    if number == story.TOGETHER.wave:
        _post(cast, wave, cast.cluster("avon-cluster"), story.TOGETHER, posted_at)
    if number == len(story.CLOSED_DAYS_AGO):
        return
    silent = Owed.objects.filter(wave=wave, school__isnull=False).exclude(school__name__in=told)
    for index, name in enumerate(silent.order_by("pk").values_list("school__name", flat=True)):
        _post(cast, wave, cast.schools[name], _usual(name, number + index), posted_at)


def _usual(school: str, turn: int) -> DemoReply:
    kind, heard, text = story.USUAL[turn % len(story.USUAL)]
    return DemoReply(school, 0, kind, heard, text, look_in=0)


def _post(
    cast: Cast, wave: Wave, place: School | Cluster, said: DemoReply, posted_at: datetime.datetime, theme: str = ""
) -> None:
    """By the head of the school, or by the chair of the cluster."""
    look_on = wave.closes_at.date() + datetime.timedelta(days=said.look_in) if said.look_in else None
    words = actions.ReplyText(said.kind, said.heard, said.text, said.moves, look_on, theme)
    by = cast.heads[place.name] if isinstance(place, School) else cast.chair
    reply = actions.post_reply(wave, place, words, by)
    Reply.objects.filter(pk=reply.pk).update(posted_at=posted_at, saved_at=posted_at)


def _act_on_led(cast: Cast, at: datetime.datetime) -> None:
    """Themes first, then the replies to them; Holt has not replied, Ashmead need not."""
    wave, avon = _wave(cast, "lead", 1), cast.cluster("avon-cluster")
    birch, larkfield = cast.schools["Birch Park Secondary"], cast.schools["Larkfield Special School"]
    actions.keep_school_themes(wave, birch, story.THEMES, cast.heads[birch.name], shared=True, named=True)
    actions.keep_cluster_themes(wave, avon, [story.CLUSTER_THEME], cast.chair)
    Theme.objects.filter(wave=wave).update(saved_at=at)
    Theme.objects.filter(wave=wave, shared_at__isnull=False).update(shared_at=at)
    _post(cast, wave, avon, story.LEADING, at, theme=story.CLUSTER_THEME)
    _post(cast, wave, birch, story.LEADING_AT_BIRCH, at, theme=story.THEMES[0])
    _post(cast, wave, larkfield, _usual(larkfield.name, 0), at)
    school, reason = story.WAIVED
    row = actions.waive(wave, cast.schools[school], reason, cast.chair)
    Owed.objects.filter(pk=row.pk).update(waived_at=at)


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
