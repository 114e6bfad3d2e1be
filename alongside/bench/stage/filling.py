"""Rows to measure against: a network with its staff, sealed answers by the gigabyte, a country's register."""

import datetime
import itertools
import random
from collections.abc import Iterable, Mapping

from django.db import connection, transaction

from alongside.kit.errors import Refused
from alongside.network import actions as network_actions
from alongside.network.models import Offer, Organisation, School
from alongside.network.topics import TOPICS
from alongside.people.models import ConfirmedDomain, Person, StaffEntry
from alongside.surveys.models import SealedAnswer, SealedComment, Wave

NETWORK = "Riverway Trust"
SENTENCE = "we meet too late and nobody reads the plan but the new rota helped a lot and children notice it every day"
FILLED = 5000  # rows of each kind in one transaction
SINCE = datetime.timedelta(days=30)
_numbers = itertools.count(1)


@transaction.atomic
def found(
    clusters: int, schools: int, staff: int, others: int = 0, others_staff: int = 0, network: str = NETWORK
) -> Mapping[str, object]:
    """A network; so many clusters of so many schools, each with so many staff; and other schools of a cluster "Others"."""
    made = network_actions.found_network(network, "gb")
    for number in range(1, clusters + 1):
        _cluster(made, f"Cluster {number}", schools, staff)
    if others:
        _cluster(made, "Others", others, others_staff)
    return {"people": Person.objects.count(), "schools": School.objects.count()}


def _cluster(network: Organisation, name: str, schools: int, staff: int) -> None:
    made = [
        School.objects.create(name=f"School {next(_numbers)}", country="gb", phase="primary") for _ in range(schools)
    ]
    network_actions.form_cluster(network, name, made, datetime.date.today() - SINCE)
    for school in made:
        _staff(school, staff)


def _staff(school: School, count: int) -> None:
    organisation = network_actions.make_organisation(school)
    domain = f"{organisation.slug}.example"
    ConfirmedDomain.objects.create(organisation=organisation, domain=domain)
    people = Person.objects.bulk_create(
        (Person(name=f"Somebody {n}", email=f"staff{n}@{domain}", password="!") for n in _next(count)), batch_size=1000
    )
    since = datetime.date.today() - SINCE
    StaffEntry.objects.bulk_create(
        (
            StaffEntry(organisation=organisation, school=school, person=person, name=person.name, hours=32, since=since)
            for person in people
        ),
        batch_size=1000,
    )


def _next(count: int) -> Iterable[int]:
    return itertools.islice(_numbers, count)


def fill(size: int) -> Mapping[str, object]:
    """Sealed answers and comments of a closed wave until the rows hold about so many bytes of text."""
    wave = Wave.objects.filter(state=Wave.State.SEALED).select_related("organisation", "series").first()
    if wave is None:
        raise Refused("There is no closed pulse to fill up: build the demo world first.")
    school = wave.schools.values_list("school_id", flat=True)[0]
    items = [item.id for item in wave.pulse.items]
    dice, made, words = random.Random(1), 0, SENTENCE.split()
    while made < size:
        ratings = [{item: dice.randint(1, 5) for item in items} for _ in range(FILLED)]
        texts = [" ".join(dice.choices(words, k=100)) for _ in range(FILLED)]
        with transaction.atomic():
            SealedAnswer.objects.bulk_create(
                SealedAnswer(key=dice.randbytes(16), organisation=wave.organisation, wave=wave, ratings=each)
                for each in ratings
            )
            SealedComment.objects.bulk_create(
                SealedComment(
                    key=dice.randbytes(16), organisation=wave.organisation, wave=wave, school_id=school, text=each
                )
                for each in texts
            )
        made += sum(map(len, texts)) + sum(len(str(each)) for each in ratings)
    return {"bytes": made}


def settle(sealed: int) -> Mapping[str, object]:
    """So many sealed answers, and a tenth as many comments, of waves all over; then the planner learns of all rows."""
    dice, waves = random.Random(2), list(Wave.objects.filter(state=Wave.State.SEALED).order_by("pk"))
    schools = list(School.objects.order_by("pk").values_list("pk", flat=True))
    for begin in range(0, sealed, FILLED):
        some = [dice.choice(waves) for _ in range(min(FILLED, sealed - begin))]
        SealedAnswer.objects.bulk_create(
            SealedAnswer(
                key=dice.randbytes(16),
                organisation_id=wave.organisation_id,
                wave=wave,
                ratings={f"lead.{item}": dice.randint(1, 5) for item in range(1, 7)},
            )
            for wave in some
        )
        SealedComment.objects.bulk_create(
            SealedComment(
                key=dice.randbytes(16),
                organisation_id=wave.organisation_id,
                wave=wave,
                school_id=dice.choice(schools),
                text=SENTENCE,
            )
            for wave in some[::10]
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {}


def register(count: int) -> School:
    """A country of so many schools, each fourth with what it is strong in and looks for; the one in its thickest crowd."""
    chance = random.Random(25)
    School.objects.bulk_create(
        (
            School(
                name=f"School {number}",
                country="gb",
                phase="primary" if number % 5 else "secondary",
                latitude=north + chance.gauss(0, 0.05),
                longitude=east + chance.gauss(0, 0.08),
                facts={"fsm_percent": round(chance.uniform(0, 60), 1)},
            )
            for number, (north, east) in enumerate(_places(count, chance))
        ),
        batch_size=1000,
    )
    every = list(School.objects.order_by("pk"))
    _offers(every, chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return every[0]


def _places(count: int, chance: random.Random) -> list[tuple[float, float]]:
    """Degrees north and east: half of the schools lie in towns, as they do, and every tenth in one great city."""
    towns = [(chance.uniform(50.5, 55), chance.uniform(-3, 0.5)) for _ in range(60)]
    places = [(51.5, -0.1)]
    for number in range(1, count):
        north, east = towns[number % 60] if number % 2 else (chance.uniform(50.5, 55), chance.uniform(-3, 0.5))
        places.append((chance.gauss(51.5, 0.12), chance.gauss(-0.1, 0.2)) if number % 10 == 0 else (north, east))
    return places


def _offers(every: list[School], chance: random.Random) -> None:
    organisation = network_actions.make_organisation(every[0])
    chosen = [(school, chance.sample(sorted(TOPICS), 6)) for school in every[::4]]
    Offer.objects.bulk_create(
        (
            Offer(organisation=organisation, school=school, kind=kind, topic=topic)
            for school, topics in chosen
            for kind, some in ((Offer.Kind.STRENGTH, topics[:3]), (Offer.Kind.WISH, topics[3:]))
            for topic in some
        ),
        batch_size=1000,
    )
