"""Waves with so many answers: of an open one through `accept`, of earlier ones as `publish` counts what is in memory."""

import datetime
import hashlib
import random
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from alongside.bench.stage.filling import NETWORK, SENTENCE
from alongside.bench.stage.pulses import tokens_of
from alongside.network.models import ClusterMembership, Organisation
from alongside.surveys import compare, publish, seal
from alongside.surveys.accept import accept
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Owed, Series, Wave, WaveSchool

AT_ONCE = 500  # answers in one transaction: how long they take to arrive is not what is measured
MONTH = datetime.timedelta(days=28)
OPEN_FOR = datetime.timedelta(days=7)
PEOPLE = [sorted(random.Random(number).choices(range(1, 6), k=8)) for number in range(9)]  # moods of schools

type Ratings = dict[int, list[Mapping[str, Any]]]


def answer(wave: int, share: float, comments: float, seed: int = 1) -> Mapping[str, object]:
    """This share of those invited answer an open wave, this share of them with a comment; through `accept`."""
    dice, found = random.Random(seed), Wave.objects.select_related("series").get(pk=wave)
    tokens = tokens_of(found)
    tokens = tokens[: round(len(tokens) * share)]
    items, words = [item.id for item in found.pulse.items], SENTENCE.split()
    for begin in range(0, len(tokens), AT_ONCE):
        with transaction.atomic():
            for token in tokens[begin : begin + AT_ONCE]:
                said = " ".join(dice.choices(words, k=20)) if dice.random() < comments else ""
                accept(wave, token, _ratings(items, dice.choice(PEOPLE), dice), said)
    return {"answers": len(tokens)}


def _ratings(items: Iterable[str], mood: list[int], dice: random.Random) -> dict[str, int | str]:
    return {item: "x" if dice.random() < 0.02 else dice.choice(mood) for item in items}


def expected(wave: int) -> Mapping[str, object]:
    """What a release of the answers so far says, its times apart: they come with the closing."""
    document = publish.count(Wave.objects.select_related("organisation", "series").get(pk=wave)).document
    return {"digest": timeless(document)}


def timeless(document: Mapping[str, Any]) -> str:
    """The digest of a release's figures and names, without the hours of its wave."""
    rest = {name: value for name, value in document.items() if name not in {"opens_at", "closes_at"}}
    return hashlib.sha256(publish.canonical(rest).encode()).hexdigest()


def past(
    pulse: str, waves: int, answers: int, invited: int, seed: int = 1, network: str = NETWORK, verdicts: int = 0
) -> Mapping[str, object]:
    """Earlier waves of the whole network, each with so many answers in every school.

    Their releases and tallies are what `publish` counts, stored as the seal stores them; no ticket, answer or comment was ever
    a row. Their replies count as waived. verdicts: of how many of the newest waves `compare` says what changed.
    """
    owner = Organisation.objects.get(kind=Organisation.Kind.NETWORK, name=network)
    series, _ = Series.objects.get_or_create(organisation=owner, instrument=pulse, cluster=None)
    dice, last = random.Random(seed), None
    for number in range(1, waves + 1):
        with transaction.atomic():
            last = _wave(series, number, timezone.now() - MONTH * (waves + 1 - number))
            schools = schools_of(last, invited)
            seal.store_release(last, publish.counted(last, schools, answers_of(last, schools, answers, dice)))
    for wave in series.waves.order_by("-number")[:verdicts]:
        compare.store(wave.pk)
    Owed.objects.filter(wave__series=series).update(waived_at=timezone.now(), reason="Staged.")
    return {"waves": waves, "answers": waves * answers * len(schools) if last else 0}


def _wave(series: Series, number: int, opens: datetime.datetime) -> Wave:
    return Wave.objects.create(
        organisation=series.organisation,
        series=series,
        number=number,
        items=list(instrument(series.instrument).turn(number)),
        opens_at=opens,
        closes_at=opens + OPEN_FOR,
        state=Wave.State.SEALED,
    )


def schools_of(wave: Wave, invited: int) -> list[WaveSchool]:
    """Every school of the network takes part in a wave, in its cluster of today."""
    members = ClusterMembership.objects.current().filter(cluster__organisation=wave.organisation)
    WaveSchool.objects.bulk_create(
        WaveSchool(organisation=wave.organisation, wave=wave, school_id=school, cluster_id=cluster, invited=invited)
        for school, cluster in members.values_list("school_id", "cluster_id")
    )
    Wave.objects.filter(pk=wave.pk).update(invited=invited * members.count())
    return publish.taking_part(wave)


def answers_of(wave: Wave, schools: list[WaveSchool], answers: int, dice: random.Random) -> Ratings:
    """So many answers a school, drawn from a few hundred sheets that are filled in differently."""
    items = [item.id for item in wave.pulse.items]
    sheets = [[_ratings(items, mood, dice) for _ in range(40)] for mood in PEOPLE]
    return {school.school_id: dice.choices(sheets[school.school_id % len(sheets)], k=answers) for school in schools}
