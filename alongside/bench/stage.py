"""What the benchmarks do inside an installation: bring in schools and staff, open pulses, hand out their tokens.

Runs as a process of its own, because settings belong to one installation: reads one request a line, answers with one.
All of it goes through the product's own actions.
"""

import argparse
import datetime
import itertools
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from alongside.demo.actions import let_closing_day_come
from alongside.kit import database
from alongside.kit.documents import sheets
from alongside.kit.errors import Refused
from alongside.kit.tabular import write_csv
from alongside.network import actions as network_actions
from alongside.network import partners as finding
from alongside.network.models import Cluster, Offer, Organisation, School
from alongside.network.reads import near
from alongside.network.topics import TOPICS
from alongside.people import actions as people_actions
from alongside.people.models import ConfirmedDomain, Person, StaffEntry, StaffImport
from alongside.surveys import actions, reads, seal, tickets
from alongside.surveys.instruments import instrument
from alongside.surveys.models import RosterEntry, SealedAnswer, SealedComment, Wave

NETWORK = "Riverway Trust"
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT set_config")


WORDS = [
    "we",
    "meet",
    "too",
    "late",
    "and",
    "nobody",
    "reads",
    "the",
    "plan",
    "but",
    "the",
    "new",
    "rota",
    "helped",
    "a",
    "lot",
    "and",
    "children",
    "notice",
    "it",
    "every",
    "day",
]


FILLED = 5000  # rows of each kind in one transaction
SINCE = datetime.timedelta(days=30)
_numbers = itertools.count(1)


def run(_: argparse.Namespace) -> int:
    """Answer requests until the input ends."""
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)
    return 0


def _answer(request: dict[str, Any]) -> Mapping[str, object]:
    try:
        return REQUESTS[request.pop("do")](**request)
    except Refused as refused:
        return {"refused": str(refused)}
    except database.AWAY as error:
        connections.close_all()
        return {"away": f"The database is away: {str(error).strip()}"}


def prepare() -> Mapping[str, object]:
    """Tables and static files."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return {}


@transaction.atomic
def found(clusters: int, schools: int, staff: int, others: int = 0, others_staff: int = 0) -> Mapping[str, object]:
    """A network; so many clusters of so many schools, each with so many staff; and other schools of a cluster "Others"."""
    network = network_actions.found_network(NETWORK, "gb")
    for number in range(1, clusters + 1):
        _cluster(network, f"Cluster {number}", schools, staff)
    if others:
        _cluster(network, "Others", others, others_staff)
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


def open_wave(pulse: str, seconds: float, cluster: str = "", file: str = "") -> Mapping[str, object]:
    """Open a pulse of the network, or of one cluster, for so many seconds; its tokens, in random order, in the file.

    Its letters count as sent: they are not what is measured.
    """
    network = Organisation.objects.get(kind=Organisation.Kind.NETWORK, name=NETWORK)
    asked = Cluster.objects.get(organisation=network, name=cluster) if cluster else None
    wave = _opened(network, pulse, seconds, asked)
    tokens = _tokens(wave)
    if file:
        Path(file).write_text("".join(f"{token}\n" for token in tokens))
    asks = instrument(pulse)
    items = [item.id for item in asks.items]
    return {"wave": wave.pk, "items": items, "comments": bool(asks.comment), "closes_at": wave.closes_at.timestamp()}


def _opened(network: Organisation, pulse: str, seconds: float, cluster: Cluster | None = None) -> Wave:
    now = timezone.now()
    wave = actions.ask(network, pulse, now, now + datetime.timedelta(seconds=seconds), cluster=cluster)
    actions.open_wave(wave.pk)
    RosterEntry.objects.filter(wave=wave).update(invited_at=now)
    wave.refresh_from_db()
    return wave


def _tokens(wave: Wave) -> list[str]:
    key = tickets.read_key(wave.pk)
    people = RosterEntry.objects.filter(wave=wave).values_list("person_id", flat=True)
    found = [tickets.token(key, person, wave.series.audience) for person in people]
    random.SystemRandom().shuffle(found)
    return found


def close_wave(wave: int, sealed: bool = False) -> Mapping[str, object]:
    """Let the closing time of a pulse come; a worker seals it, or we do."""
    let_closing_day_come(wave)
    if sealed:
        seal.seal(wave)
    return {"wave": wave}


def statements() -> Mapping[str, object]:
    """The SQL of one accepted answer with a comment, whose receipt shows the reply to the pulse before.

    Three answers: the first of a web process, which looks some things up that do not change, and two later ones. The
    wave stays open, with one more token.
    """
    wave, tokens = _wave_with_reply("lead")
    reads.forget()
    return {"answers": [_statements(wave, token) for token in tokens[:3]], "wave": wave.pk, "token": tokens[3]}


@transaction.atomic
def _wave_with_reply(pulse: str) -> tuple[Wave, list[str]]:
    """A pulse that is open, in a network whose schools have replied to the one before; its tokens."""
    network = Organisation.objects.get(kind=Organisation.Kind.NETWORK, name=NETWORK)
    before = _opened(network, pulse, 3600)
    close_wave(before.pk, sealed=True)
    before.refresh_from_db()
    words = actions.ReplyText("do", "We heard you.", "We keep the planning time.", f"{pulse}.1", datetime.date.today())
    for school in School.objects.select_related("organisation"):
        own = network_actions.make_organisation(school)
        leader = people_actions.grant_role("leader", own, f"head{school.pk}@head.example", "Owen Bevan", school=school)
        actions.post_reply(before, school, words, leader.person)
    wave = _opened(network, pulse, 3600)
    return wave, _tokens(wave)


def _statements(wave: Wave, token: str) -> Mapping[str, Sequence[str]]:
    client, address = Client(SERVER_NAME="127.0.0.1"), f"/a/{wave.pk}/{token}"
    form = {item.id: "4" for item in wave.pulse.items}
    with counted() as looked:
        client.get(address)
    with counted() as sent:
        said = client.post(address, form | {"comment": "Keep the shared planning time, please."})
    if "Your answers are in" not in said.text or "We keep the planning time." not in said.text:
        raise Refused(f"The answer was not accepted: status {said.status_code}.")
    return {"GET": looked, "POST": sent}


def staff(rows: int, number: int) -> Mapping[str, float]:
    """Seconds of bringing and showing a list of so many as CSV and as Excel, of applying it, of showing it again, and of
    the same rows inserted with nothing around them, in one transaction."""
    school = School.objects.create(name=f"Large School {number}", country="gb", phase="secondary")
    network_actions.make_organisation(school)
    lines = [(f"Somebody {n}", f"s{number}.{n}@large.example", "Teacher", 32.5) for n in range(rows)]
    table = [("Name", "E-mail", "Role", "Hours"), *lines]
    csv, sheet = write_csv(table), sheets.plain("Staff", table)
    shown = {"xlsx": _shown(school, sheet)[0]}
    shown["csv"], brought = _shown(school, csv)
    began = time.monotonic()
    done = people_actions.apply_staff_list(brought)
    shown["apply"] = time.monotonic() - began
    if done.joins != rows or StaffEntry.objects.filter(school=school).count() != rows:
        raise Refused("The list was not applied whole.")
    shown["again"] = _shown(school, csv)[0]
    return shown | {"floor": _bare_inserts(school, rows)}


def _shown(school: School, data: bytes) -> tuple[float, StaffImport]:
    """Seconds from the file to the page, as its view does it."""
    began = time.monotonic()
    brought = people_actions.bring_staff_list(data, school, by=None)
    found = StaffImport.objects.select_related("school__organisation").get(pk=brought.pk)
    people_actions.preview(found)
    return time.monotonic() - began, found


def _bare_inserts(school: School, rows: int) -> float:
    """The least: two tables, two statements with many parameters, one commit. The rows are taken out again."""
    organisation = network_actions.make_organisation(school)
    first = (Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1_000_000
    now = timezone.now()
    people = [(first + n, "!", f"b{first + n}@large.example", f"Bare {n}", True, now) for n in range(rows)]
    entries = [(organisation.pk, school.pk, first + n, f"Bare {n}", "teacher", 32.5, now.date()) for n in range(rows)]
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO people_person (id, password, email, name, is_active, joined_at) VALUES (%s, %s, %s, %s, %s, %s)",
            people,
        )
        cursor.executemany(
            "INSERT INTO people_staffentry (organisation_id, school_id, person_id, name, job, hours, since) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            entries,
        )
    took = time.monotonic() - began
    StaffEntry.objects.filter(person__gte=first).delete()
    Person.objects.filter(pk__gte=first).delete()
    return took


def import_register(file: str) -> Mapping[str, object]:
    """Bring a register file in: what came of it, seconds, and the peak of this process in MB."""
    began = time.perf_counter()
    try:
        done = network_actions.import_register(Path(file))
    except Refused as refused:
        outcome: dict[str, object] = {"refusal": str(refused)}
        summary = "nothing was changed"
    else:
        outcome, summary = _outcome(done), done.summary.partition(". ")[2]
    seconds = time.perf_counter() - began
    peak = _peak()
    return {"outcome": outcome, "summary": summary, "seconds": seconds, "peak": peak}


def _peak() -> float:
    """Most memory of this process, in MB. Linux hands ru_maxrss on from the process that started us, so not that there."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def _outcome(done: network_actions.ImportSummary) -> dict[str, object]:
    file = done.register
    return {
        "rows": file.rows_read,
        "schools": len(file.schools),
        "faults": len(file.faults),
        "communities": len(file.communities),
        "links": len(file.links),
        "mended": file.mended,
        "notes": len(file.notes),
    }


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of a block, as far as they count as SQL of a page."""
    found: list[str] = []

    def note(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if not sql.startswith(NOT_COUNTED):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def fill(size: int) -> Mapping[str, object]:
    """Sealed answers and comments of a closed wave until the rows hold about so many bytes of text."""
    wave = Wave.objects.filter(state=Wave.State.SEALED).select_related("organisation", "series").first()
    if wave is None:
        raise Refused("There is no closed pulse to fill up: build the demo world first.")
    school = wave.schools.values_list("school_id", flat=True)[0]
    items = [item.id for item in wave.pulse.items]
    dice, made = random.Random(1), 0
    while made < size:
        ratings = [{item: dice.randint(1, 5) for item in items} for _ in range(FILLED)]
        texts = [" ".join(dice.choices(WORDS, k=100)) for _ in range(FILLED)]
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


def partners(schools: int, runs: int) -> Mapping[str, object]:
    """Make a register of so many schools in a country like England; find partners of its most crowded school at each
    distance, and read the same part of the map bare. Milliseconds of each run, after one that warms up."""
    made = _register(schools)
    lines = {}
    for km in finding.RANGES:
        find = [_timed(finding.find, made, km) for _ in range(runs + 1)][1:]
        floor = [_timed(_bare, made, km) for _ in range(runs + 1)][1:]
        lines[str(km)] = {"find": find, "floor": floor, "within": finding.find(made, km).within}
    return {"lines": lines}


def _register(count: int) -> School:
    """Half of the schools lie in towns, as they do; every fourth says what it is strong in and looks for."""
    chance = random.Random(25)
    towns = [(chance.uniform(50.5, 55), chance.uniform(-3, 0.5)) for _ in range(60)]
    places = [(51.5, -0.1)]
    for number in range(1, count):
        north, east = towns[number % 60] if number % 2 else (chance.uniform(50.5, 55), chance.uniform(-3, 0.5))
        places.append((chance.gauss(51.5, 0.12), chance.gauss(-0.1, 0.2)) if number % 10 == 0 else (north, east))
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
            for number, (north, east) in enumerate(places)
        ),
        batch_size=1000,
    )
    every = list(School.objects.order_by("pk"))
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
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return every[0]


def _bare(school: School, km: float) -> object:
    return list(near(school, km).values_list("pk"))


def _timed(work: Callable[[School, float], object], school: School, km: float) -> float:
    began = time.perf_counter()
    work(school, km)
    return (time.perf_counter() - began) * 1000


REQUESTS: Final[dict[str, Callable[..., Mapping[str, object]]]] = {
    "prepare": prepare,
    "fill": fill,
    "found": found,
    "open": open_wave,
    "close": close_wave,
    "statements": statements,
    "import_register": import_register,
    "partners": partners,
    "staff": staff,
}
