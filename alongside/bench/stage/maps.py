"""A coherence round of the whole network, as its releases and leaders tell it, and how long its map takes."""

import json
import random
import time
from collections.abc import Callable, Iterable, Mapping
from unittest import mock

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alongside.bench.stage.filling import NETWORK
from alongside.bench.stage.looking import signed_in
from alongside.bench.stage.pulses import counted
from alongside.bench.stage.waves import MONTH, OPEN_FOR, PEOPLE, answers_of, schools_of
from alongside.evidence import figures, maps
from alongside.evidence.models import LeaderView, MapRound, MapSharing, SeatWave
from alongside.evidence.statements import ASKED, LEADERS, SEATS, STATEMENTS, STUDENTS, TEAMS, Seat
from alongside.kit.errors import Refused
from alongside.network import actions as network_actions
from alongside.network.models import Organisation, School
from alongside.people import actions as people_actions
from alongside.people.models import StaffEntry
from alongside.surveys import publish, releases, seal
from alongside.surveys.models import Release, Series, Wave

# Two more seats, as a network would word them: what they are asked is the same in number and scale.
MORE = tuple(Seat(key, key.capitalize(), key, "map-student", "student") for key in ("parents", "governors"))
FIVE = (*SEATS, *MORE)


@transaction.atomic
def map_round(answers: int, seed: int = 1) -> Mapping[str, object]:
    """A round in which every school was asked from every seat, so many answers in each, and said yes; two leaders each."""
    owner = Organisation.objects.get(kind=Organisation.Kind.NETWORK, name=NETWORK)
    dice, now = random.Random(seed), timezone.now()
    asked = MapRound.objects.create(organisation=owner, number=1, statements=[each.id for each in STATEMENTS])
    for seat in FIVE[1:]:
        wave = _seat(owner, seat, answers, dice)
        if seat in SEATS:
            SeatWave.objects.create(organisation=owner, round=asked, seat=seat.key, wave=wave)
    Release.objects.update(published_at=now - MONTH)
    schools = list(School.objects.in_network(owner))
    made = {school.pk: network_actions.make_organisation(school) for school in schools}
    MapSharing.objects.bulk_create(
        MapSharing(organisation=made[school.pk], round=asked, school=school, since=now) for school in schools
    )
    LeaderView.objects.bulk_create(
        LeaderView(
            organisation=made[entry.school_id],
            round=asked,
            school_id=entry.school_id,
            person_id=entry.person_id,
            ratings={each.id: dice.choice(PEOPLE[number % len(PEOPLE)]) for number, each in enumerate(STATEMENTS)},
            agreed=True,
        )
        for entry in StaffEntry.objects.filter(school__in=schools)
    )
    officer = people_actions.grant_role("officer", owner, "officer@riverway.example", "Emeka Clarke").person
    path = reverse("map", kwargs={"kind": "network", "slug": owner.slug, "pk": asked.pk})
    return {"path": path, "session": signed_in(officer).session.session_key, "schools": len(schools)}


def _seat(owner: Organisation, seat: Seat, answers: int, dice: random.Random) -> Wave:
    """One seat, asked and published."""
    series = Series.objects.create(organisation=owner, instrument=seat.instrument, audience=seat.key)
    opens = timezone.now() - MONTH - OPEN_FOR
    wave = Wave.objects.create(
        organisation=owner,
        series=series,
        number=1,
        items=[each.item(seat).id for each in STATEMENTS],
        k_scores=series.asks.k_scores,
        k_shares=series.asks.k_shares,
        opens_at=opens,
        closes_at=opens + OPEN_FOR,
        state=Wave.State.SEALED,
    )
    schools = schools_of(wave, 2 * answers)
    seal.store_release(wave, publish.counted(wave, schools, answers_of(wave, schools, answers, dice)))
    return wave


def map_drawn(path: str, session: str, runs: int) -> Mapping[str, object]:
    """Milliseconds of each run, on the clock and of the processor, in turn: the page with its three seats; the map of five perspectives from the texts of their
    releases; and, as the floor, reading and decoding the same texts alone. No release is kept in memory from before."""
    names = ("page", "five", "page_floor", "five_floor")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    queries = 0
    for _ in range(runs + 1):
        with mock.patch.object(releases, "READ", releases.Read(room=1)), counted() as statements:
            found["page"].append(_timed(lambda: _page(path, session)))
        queries = max(queries, len(statements))
        found["page_floor"].append(_timed(lambda: _decoded(ASKED)))
        found["five_floor"].append(_timed(lambda: _decoded([seat.key for seat in FIVE[1:]])))
        found["five"].append(_timed(_five))
    return {**{name: each[1:] for name, each in found.items()}, "queries": queries}


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000


def _page(path: str, session: str) -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["session"] = session
    reply = client.get(path)
    if reply.status_code != 200 or b"coh__name" not in reply.content:
        raise Refused(f"{path} shows no map: {reply.status_code}.")


def _texts(seats: Iterable[str]) -> dict[str, str]:
    found = Release.objects.filter(wave__series__audience__in=list(seats))
    return dict(found.values_list("wave__series__audience", "document"))


def _decoded(seats: Iterable[str]) -> dict[str, releases.Document]:
    return {seat: releases.Document(json.loads(text)) for seat, text in _texts(seats).items()}


def _five() -> None:
    """The map of five perspectives, through the code that draws the page's."""
    more = {seat.key: seat for seat in MORE}
    with mock.patch.object(maps, "SEATS", FIVE), mock.patch.dict(ASKED, more):
        asked = MapRound.objects.get()
        out = figures.Releases(_decoded([TEAMS, STUDENTS, *more]))
        schools = sorted(out.schools())
        named: dict[int, list[LeaderView]] = {}
        for view in LeaderView.objects.filter(round=asked):
            named.setdefault(view.school_id, []).append(view)
        table = [
            figures.with_leaders(each, figures.of_leaders(asked, named.get(school, [])))
            for school, each in zip(schools, out.of(asked.asks, schools), strict=True)
        ]
        drawn = maps.of_schools(asked.asks, table)
    if drawn is None or {seat.key for seat in drawn.seats} != {LEADERS, TEAMS, STUDENTS, *more}:
        raise Refused("Five perspectives were asked, and others are on the map.")
