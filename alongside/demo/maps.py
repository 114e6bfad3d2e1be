"""Two coherence rounds of the Avon cluster, half a year apart: leaders by name, teams by letter, in the second students by slips."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from django.utils import timezone

from alongside.demo import story
from alongside.demo.cast import Cast
from alongside.demo.moments import ZONE, Event, day
from alongside.demo.reads import DOMAIN
from alongside.evidence import actions
from alongside.evidence.models import LeaderView, MapRound, MapSharing, TalkNote
from alongside.evidence.statements import STATEMENTS, STUDENTS, TEAMS, USUAL
from alongside.kit import progress
from alongside.network.models import School
from alongside.people.models import Person
from alongside.surveys import actions as surveys_actions
from alongside.surveys import codes, schooldays, seal, tickets
from alongside.surveys.accept import accept
from alongside.surveys.models import Release, RosterEntry, SlipSheet, Wave

LASTS = datetime.timedelta(days=7)
MINUTE = datetime.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a seat was asked."""

    opens_at: datetime.datetime
    closes_at: datetime.datetime


def _hours(days_ago: int) -> Hours:
    closed_on = schooldays.before_or_on(day(days_ago))
    return Hours(schooldays.opening(closed_on - LASTS, ZONE), schooldays.closing(closed_on, ZONE))


def told(cast: Cast, random: Random) -> Iterator[Event]:
    """All of it happens now, and its hours are moved back."""
    for number, days_ago in enumerate(story.MAPS_DAYS_AGO, start=1):
        teams = _hours(days_ago)
        students = _hours(days_ago - 14) if number == len(story.MAPS_DAYS_AGO) else None
        yield teams.opens_at - LASTS, partial(_start, cast, number, teams.opens_at - LASTS, bool(students))
        yield teams.opens_at, partial(_ask_teams, cast, number, random)
        yield teams.closes_at + MINUTE, partial(_close, cast, number, TEAMS, teams)
        if students:
            yield students.opens_at, partial(_ask_students, cast, number, random)
            yield students.closes_at + MINUTE, partial(_close, cast, number, STUDENTS, students)
        said = (students or teams).closes_at + 3 * LASTS / 7
        yield said, partial(_say_yes, cast, number, said)


def _start(cast: Cast, number: int, moment: datetime.datetime, with_students: bool) -> None:
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    hours = {TEAMS: (now, now + hour)} | ({STUDENTS: (now + hour, now + 2 * hour)} if with_students else {})
    keys = [statement.id for statement in STATEMENTS[:USUAL]]
    avon = cast.cluster("avon-cluster")
    found = actions.start(cast.network, keys, hours, cluster=avon, by=cast.chair)
    for name in story.MAPPED:
        for person, lower in ((cast.heads[name], 0), *(((cast.deputy, 1),) if name == story.STUDENTS_AT else ())):
            ratings: dict[str, int | str] = {
                key: max(1, story.SEEN[key][0] - lower * (i % 2)) for i, key in enumerate(keys)
            }
            head, agreed = person == cast.heads[name], name != story.LEADERS_KEEP
            actions.keep_view(found, cast.schools[name], person, ratings, head=head, agreed=agreed)
    MapRound.objects.filter(pk=found.pk).update(started_at=moment)
    LeaderView.objects.filter(round=found).update(answered_at=moment + datetime.timedelta(days=2))


def _wave(cast: Cast, number: int, seat: str) -> Wave:
    return Wave.objects.get(seat__seat=seat, seat__round__organisation=cast.network, seat__round__number=number)


def _opened(cast: Cast, number: int, seat: str) -> Wave:
    wave = _wave(cast, number, seat)
    now = timezone.now()
    Wave.objects.filter(pk=wave.pk).update(opens_at=now, closes_at=now + LASTS)
    surveys_actions.open_wave(wave.pk)
    wave.refresh_from_db()
    return wave


def _ask_teams(cast: Cast, number: int, random: Random) -> None:
    """Everyone on the roster answers as their school does, or does not answer this time."""
    wave = _opened(cast, number, TEAMS)
    key = tickets.read_key(wave.pk)
    answers = {demo.name: demo.answers for demo in story.CLUSTERS["Avon cluster"]}
    entries = RosterEntry.objects.filter(wave=wave).select_related("school").order_by("person_id")
    for entry in entries.exclude(person__email=f"teacher@{DOMAIN}"):
        if random.random() < answers[entry.school.name] * 0.9:
            leans = {item.id: _lean(item.id, 1, number) for item in wave.pulse.items}
            accept(wave.pk, tickets.token(key, entry.person_id, TEAMS), _ratings(leans, random))


def _ask_students(cast: Cast, number: int, random: Random) -> None:
    """Two classes at each of three schools, by slips: the head asks, the deputy or the officer confirms how many."""
    wave = _opened(cast, number, STUDENTS)
    for name in story.STUDENTS_MAPPED:
        school = cast.schools[name]
        second = cast.deputy if name == story.STUDENTS_AT else cast.officer
        for group, count in story.MAP_CLASSES.items():
            _slips(wave, school, group, count, cast.heads[name], second)
    key = tickets.read_key(wave.pk)
    slips_key = codes.read_key(wave.pk)
    leans = {item.id: _lean(item.id, 2, number) for item in wave.pulse.items}
    for sheet in SlipSheet.objects.filter(wave=wave).order_by("pk"):
        for code in codes.of_sheet(key, sheet.first or 0, sheet.count):
            if random.random() < 0.85:
                accept(wave.pk, codes.token(slips_key, wave.pk, code), _ratings(leans, random))


def _slips(wave: Wave, school: School, group: str, count: int, head: Person, second: Person) -> None:
    sheet = surveys_actions.order_slips(wave, school, count, head, group)
    surveys_actions.decide_slips(sheet, second, confirmed=True)
    making = progress.newest(surveys_actions.SLIPS, surveys_actions.about(sheet))
    surveys_actions.make_slips(making.pk if making else 0, draw=lambda *_: b"slips of the story")


def _lean(item: str, seat: int, number: int) -> float:
    key = item.rpartition(".")[0]
    return story.SEEN[key][seat] + (story.SEEN_BEFORE.get(key, 0.0) if number == 1 else 0.0)


def _ratings(leans: Mapping[str, float], random: Random) -> dict[str, int | str]:
    temper = random.gauss(0, 0.45)
    return {item: min(5, max(1, round(random.gauss(lean + temper, 0.7)))) for item, lean in leans.items()}


def _close(cast: Cast, number: int, seat: str, hours: Hours) -> None:
    wave = _wave(cast, number, seat)
    Wave.objects.filter(pk=wave.pk).update(opens_at=hours.opens_at, closes_at=hours.closes_at)
    seal.seal(wave.pk)
    Release.objects.filter(wave=wave).update(published_at=hours.closes_at + MINUTE)


def _say_yes(cast: Cast, number: int, moment: datetime.datetime) -> None:
    """The talk is noted at one school, and all but one let the cluster count their map."""
    found = MapRound.objects.get(organisation=cast.network, number=number)
    for name in story.MAPPED:
        actions.share(found, cast.schools[name], shared=True, by=cast.heads[name].pk)
    actions.note(found, cast.schools[story.STUDENTS_AT], cast.deputy, story.TALKED)
    MapSharing.objects.filter(round=found).update(since=moment)
    TalkNote.objects.filter(round=found).update(written_at=moment)
