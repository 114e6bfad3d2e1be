"""One random network: asked, answered, sealed; then everybody reads every page, and all figures are put together.

Two questions. What can be worked out by adding and subtracting all that is printed (`methods.audit`), where each printed figure
stands for the schools that it really is the sum of, found from the answers themselves and not from the release? And does any
page, sheet or slide change by a byte when answers change that nobody may see: those of schools in a pool, among one another, and
those of schools that count nowhere?
"""

import datetime
import io
import itertools
import random
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alongside.bench.methods.audit import derivable_below
from alongside.bench.stage.filling import NETWORK, SINCE
from alongside.bench.stage.looking import signed_in
from alongside.bench.stage.pulses import letters_sent
from alongside.bench.stage.reading import Figure, Names, figures
from alongside.doors import urls as doors_urls
from alongside.kit.documents import pdf
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation, School
from alongside.people import actions as people_actions
from alongside.people.models import ConfirmedDomain, Person, StaffEntry
from alongside.science import disclosure, tallies
from alongside.science.disclosure import Block, Publication
from alongside.science.tallies import Tally
from alongside.surveys import accept, actions, publish, reads, seal, tickets
from alongside.surveys import urls as survey_urls
from alongside.surveys.models import Release, RosterEntry, Wave

PULSE = "lead"
TREES = ["Ash", "Birch", "Cedar", "Damson", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper", "Kapok", "Larch"]
WINDS = ["North", "East", "South"]
DAYS_LATER = datetime.timedelta(days=10)  # by then staff see results by themselves
SECRET = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
QUOTE = re.compile(rb'<p class="quote after">.*?</p>', re.DOTALL)
PACKED_AT = re.compile(
    rb"<dcterms:created[^>]*>[^<]*</dcterms:created>|<dcterms:modified[^>]*>[^<]*</dcterms:modified>"
)
ARCHIVE = "openxmlformats"
NOT_WALKED = {"token", "wave", "pulse"}  # parameters of pages that show no result: the form, its look

type Sheets = dict[str, list[dict[str, int | str]]]  # school → what each of its people chose
type Seen = dict[tuple[str, str], tuple[int, str, bytes]]


@dataclass(frozen=True, slots=True)
class World:
    """A network with a wave that is open. home: cluster → its schools; "" for schools of none."""

    owner: Organisation
    wave: Wave
    home: dict[str, list[str]]
    schools: dict[str, School]
    clusters: dict[str, Cluster]
    tokens: dict[str, list[str]]
    people: dict[str, Person]


@dataclass(slots=True)
class Found:
    """What an audit of one network came to."""

    pages: int = 0
    figures: int = 0
    derivable: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)  # sums of no schools at all, wrongly rounded figures, strayed comments
    differs: list[str] = field(default_factory=list)  # what changed with answers that nobody may see


def audit(seed: int, twin: bool = True) -> Mapping[str, object]:
    """Audit the random network of this seed; nothing of it is left."""
    dice = random.Random(seed)
    with transaction.atomic(), _one_moment(), mock.patch.object(pdf, "draw", str.encode):
        world = _world(dice)
        sheets = _sheets(world, dice, whole=twin)
        seen = _seen_after(world, sheets)
        found = read(world, sheets, seen)
        if twin and (hidden := _hidden(world, sheets, dice)):
            other = _seen_after(world, hidden)
            found.differs = [f"{who} on {path}" for who, path in seen if not _same(seen[who, path], other[who, path])]
        transaction.set_rollback(True)
    reads.forget()
    return {
        "pages": found.pages,
        "figures": found.figures,
        "derivable": found.derivable,
        "odd": found.odd,
        "differs": found.differs,
        "schools": len(world.schools),
    }


@contextmanager
def _one_moment() -> Iterator[None]:
    """One time for all that happens: words like "in ten minutes" must not tell two worlds apart."""
    with mock.patch.object(timezone, "now", return_value=timezone.now()):
        yield


def _world(dice: random.Random) -> World:
    owner = network_actions.found_network(NETWORK, "gb")
    names = iter(TREES)
    home = {wind: [next(names) for _ in range(dice.randint(2, 4))] for wind in WINDS[: dice.randint(1, 3)]}
    schools = {
        name: School.objects.create(name=name, country="gb", phase="primary")
        for name in itertools.chain(*home.values())
    }
    since = datetime.date.today() - SINCE
    clusters = {
        wind: network_actions.form_cluster(owner, wind, [schools[name] for name in inside], since)
        for wind, inside in home.items()
    }
    staff = {name: _staff(school, dice.choice((2, 4, 5, 6, 8, 12, 16, 30))) for name, school in schools.items()}
    if sum(map(len, staff.values())) < actions.AUDIENCE_AT_LEAST:
        staff[TREES[0]] += _staff(schools[TREES[0]], actions.AUDIENCE_AT_LEAST, 100)
    people = _cast(owner, clusters, schools, staff)
    now = timezone.now()
    wave = actions.ask(owner, PULSE, now, now + datetime.timedelta(days=7))
    actions.open_wave(wave.pk)
    letters_sent()
    return World(owner, Wave.objects.get(pk=wave.pk), home, schools, clusters, _tokens(wave, schools), people)


def _staff(school: School, count: int, first: int = 0) -> list[Person]:
    organisation = network_actions.make_organisation(school)
    domain = f"{organisation.slug}.example"
    ConfirmedDomain.objects.get_or_create(organisation=organisation, domain=domain)
    made = Person.objects.bulk_create(
        Person(name=f"Somebody {number}", email=f"staff{number}@{domain}", password="!")
        for number in range(first, first + count)
    )
    since = datetime.date.today() - SINCE
    StaffEntry.objects.bulk_create(
        StaffEntry(organisation=organisation, school=school, person=one, name=one.name, hours=32, since=since)
        for one in made
    )
    return made


def _cast(
    owner: Organisation,
    clusters: Mapping[str, Cluster],
    schools: Mapping[str, School],
    staff: Mapping[str, Sequence[Person]],
) -> dict[str, Person]:
    """Somebody of every role: an officer, a stakeholder, every chair, a coach, every head, a teacher of every other school."""
    grant = people_actions.grant_role
    found = {
        "officer": grant("officer", owner, "officer@riverway.example", "Emeka Clarke").person,
        "stakeholder": grant("stakeholder", owner, "stakeholder@riverway.example", "Anna Lowe").person,
    }
    for number, (wind, cluster) in enumerate(clusters.items()):
        chair = grant("chair", owner, f"chair.{wind.lower()}@riverway.example", "Grace Mensah", cluster=cluster)
        found[f"chair of {wind}"] = chair.person
        if number == 0:
            coach = grant("coach", owner, "coach@riverway.example", "Tessa Novak", cluster=cluster)
            found[f"coach of {wind}"] = coach.person
    for number, (name, school) in enumerate(schools.items()):
        where = network_actions.make_organisation(school)
        head = grant("leader", where, f"head.{name.lower()}@riverway.example", "Owen Bevan", school=school)
        found[f"head of {name}"] = head.person
        if number % 2 == 0:
            found[f"teacher of {name}"] = staff[name][0]
    return found


def _tokens(wave: Wave, schools: Mapping[str, School]) -> dict[str, list[str]]:
    key = tickets.read_key(wave.pk)
    roster = RosterEntry.objects.filter(wave=wave).order_by("pk")
    return {
        name: [
            tickets.token(key, person, "staff")
            for person in roster.filter(school=school).values_list("person", flat=True)
        ]
        for name, school in schools.items()
    }


def _sheets(world: World, dice: random.Random, *, whole: bool) -> Sheets:
    """What people choose. whole: everybody rates everything, so that statements pool as answers do."""
    items = [item.id for item in world.wave.pulse.items]
    found: Sheets = {}
    for name, tokens in world.tokens.items():
        count = min(len(tokens), dice.choice((0, 1, 2, 3, 4, 4, 5, 7, 9, 11, 14, 24)))
        found[name] = [_sheet(items, dice, whole) for _ in range(count)]
    return found


def _sheet(items: Iterable[str], dice: random.Random, whole: bool) -> dict[str, int | str]:
    kept = [item for item in items if whole or dice.random() > 0.1]
    return {item: dice.randint(1, 5) if whole or dice.random() > 0.1 else "x" for item in kept}


def _hidden(world: World, sheets: Sheets, dice: random.Random) -> Sheets | None:
    """The same answers to all that may be seen, others behind it: pooled schools change among one another, those that count
    nowhere say something else. None where every school with answers stands alone."""
    published = disclosure.publication(world.home, {name: len(rows) for name, rows in sheets.items()})
    other = dict(sheets)
    for block in published.blocks:
        if block.kind != "school":
            pooled = [row for name in block for row in sheets[name]]
            dice.shuffle(pooled)
            rows = iter(pooled)
            other |= {name: list(itertools.islice(rows, len(sheets[name]))) for name in block}
    for name in published.held:
        other[name] = [{item: 6 - int(value) for item, value in row.items()} for row in sheets[name]]
    return other if other != sheets else None


def _seen_after(world: World, sheets: Sheets) -> Seen:
    """What everybody sees in the end if these people answer so; undone afterwards."""
    with transaction.atomic():
        for name, rows in sheets.items():
            for token, ratings in zip(world.tokens[name], rows, strict=False):
                accept.accept(world.wave.pk, token, ratings, f"Remark of {name}")
        now = timezone.now()
        Wave.objects.filter(pk=world.wave.pk).update(opens_at=now - 2 * DAYS_LATER, closes_at=now - DAYS_LATER)
        seal.seal(world.wave.pk)
        Release.objects.update(published_at=now - DAYS_LATER)
        seen = {
            (who, path): _visit(client, path)
            for who, person in world.people.items()
            for client in [signed_in(person)]
            for path in addresses(world)
        }
        transaction.set_rollback(True)
    return seen


def _visit(client: Client, path: str) -> tuple[int, str, bytes]:
    """Status, content type, body without what is new each time; comments stand in the order of the alphabet."""
    reply = client.get(path)
    body = SECRET.sub(rb"\1", b"".join(reply) if reply.streaming else reply.content)
    quotes = iter(sorted(QUOTE.findall(body)))
    kind = reply.headers.get("Content-Type", "")
    return reply.status_code, kind, body if ARCHIVE in kind else QUOTE.sub(lambda _: next(quotes), body)


def _same(one: tuple[int, str, bytes], other: tuple[int, str, bytes]) -> bool:
    """Whether two responses are the same to the last byte, but for when an archive, or one inside it, was packed."""
    return one == other or (one[:2] == other[:2] and _unpacked(one[2]) == _unpacked(other[2]))


def _unpacked(body: bytes) -> object:
    if not body.startswith(b"PK"):
        return PACKED_AT.sub(b"", body)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return [(name, _unpacked(archive.read(name))) for name in archive.namelist()]


def addresses(world: World) -> list[str]:
    """Every page about pulses, and every first page, with every place and statement that its address may name."""
    schools = [network_actions.make_organisation(school).slug for school in world.schools.values()]
    clusters = [cluster.slug for cluster in world.clusters.values()]
    places = [("schools", slug) for slug in schools] + [("clusters", slug) for slug in clusters] + [("all", "whole")]
    found = []
    for pattern in [*survey_urls.urlpatterns, *doors_urls.urlpatterns]:
        asks = set(pattern.pattern.converters)
        if asks & NOT_WALKED or pattern.name is None:
            continue
        choices: list[list[dict[str, object]]] = [[{"kind": "network", "slug": world.owner.slug}]]
        choices += [[{"pk": world.wave.pk}]] if "pk" in asks else []
        choices += [[{"school": slug} for slug in schools]] if "school" in asks else []
        choices += [[{"cluster": slug} for slug in clusters]] if "cluster" in asks else []
        choices += [[{"item": item.id} for item in world.wave.pulse.items]] if "item" in asks else []
        choices += [[{"where": where, "place": place} for where, place in places]] if "place" in asks else []
        for chosen in itertools.product(*choices):
            kwargs: dict[str, Any] = {name: value for each in chosen for name, value in each.items()}
            if asks <= kwargs.keys():
                found.append(reverse(pattern.name, kwargs={name: kwargs[name] for name in asks}))
    return found


def read(world: World, sheets: Sheets, seen: Seen) -> Found:
    """Put together what everybody read, and work out what follows from it."""
    names, shown = _names(world), set[Figure]()
    found = Found(pages=sum(status == 200 for status, _, _ in seen.values()))
    for (_, path), (status, kind, body) in seen.items():
        if status == 200:
            shown |= figures(path, kind, body, names)
    found.figures = len(shown)
    for item in range(len(names.ids) + 1):
        _work_out(found, item, [one for one in shown if one.item == item], world, _tallies(names, sheets, item))
    found.odd += _remarks(sheets, seen)
    return found


def _names(world: World) -> Names:
    items = world.wave.pulse.items
    places = {name: f"school:{name}" for name in world.schools} | {wind: f"cluster:{wind}" for wind in world.clusters}
    slugs = {
        ("schools", network_actions.make_organisation(school).slug): f"school:{name}"
        for name, school in world.schools.items()
    }
    slugs |= {("clusters", cluster.slug): f"cluster:{wind}" for wind, cluster in world.clusters.items()}
    slugs["all", "whole"] = "whole"
    return Names(
        {**places, NETWORK: "whole"},
        slugs,
        {item.about: number for number, item in enumerate(items, 1)},
        {item.id: number for number, item in enumerate(items, 1)},
    )


def _tallies(names: Names, sheets: Sheets, item: int) -> dict[str, Tally]:
    """School → what its people said to a statement; item 0: that they answered at all."""
    ids = {number: key for key, number in names.ids.items()}
    return {
        name: tallies.from_answers(1 for _ in rows)
        if item == 0
        else tallies.from_answers(
            None if row[ids[item]] == "x" else int(row[ids[item]]) for row in rows if ids[item] in row
        )
        for name, rows in sheets.items()
    }


def _work_out(found: Found, item: int, shown: Sequence[Figure], world: World, given: Mapping[str, Tally]) -> None:
    """Add what follows from the figures of one statement: scores and counts, shares, and both together."""
    n = {name: tally.n for name, tally in given.items()}
    scored = disclosure.publication(world.home, n)
    shared = disclosure.distribution(scored)
    of_scores = [
        _meant(found, one, world, given, scored) for one in shown if one.covered is None and (one.n or one.score)
    ]
    of_shares = [_meant(found, one, world, given, shared) for one in shown if one.covered is not None]
    for groups, k in (
        (of_scores, disclosure.K_SCORE),
        (of_shares, disclosure.K_DISTRIBUTION),
        (of_scores + of_shares, disclosure.K_SCORE),
    ):
        wanted = [group for group in groups if group]
        found.derivable += [
            f"statement {item}: {', '.join(cells)} ({size})" for size, cells in derivable_below(n, wanted, k)
        ]


def _meant(
    found: Found, one: Figure, world: World, given: Mapping[str, Tally], published: Publication[str]
) -> frozenset[str]:
    """The schools that a printed figure is the sum of: those that the rules say, where that agrees with what is printed;
    otherwise the most schools of that place whose answers come to it."""
    inside = _inside(one.place, world)
    by_rule = frozenset(
        school for block in published.blocks if _stands_in(block, one.place, inside) for school in block
    )
    if _fits(one, by_rule, given, published, exactly=True):
        return by_rule
    with_answers = sorted(name for name in inside if given[name].n)
    for size in range(len(with_answers), 0, -1):
        for group in itertools.combinations(with_answers, size):
            if _fits(one, frozenset(group), given, published, exactly=False):
                if frozenset(group) == by_rule:
                    found.odd.append(f"{one}: rounded otherwise than the rules say")
                return frozenset(group)
    found.odd.append(f"{one}: no schools come to that")
    return frozenset()


def _inside(place: str, world: World) -> frozenset[str]:
    """The schools that a place may be made of."""
    kind, _, name = place.partition(":")
    if kind == "school":
        return frozenset([name])
    return frozenset(world.home[name] if name else world.schools)


def _stands_in(block: Block[str], place: str, inside: frozenset[str]) -> bool:
    """Whether a block is part of a place: of a pool only that very pool."""
    kind, _, name = place.partition(":")
    if kind != "pool":
        return block.schools <= inside
    return block.kind == ("pool" if name else "network") and (block.cluster or "") == name


def _fits(
    one: Figure, schools: frozenset[str], given: Mapping[str, Tally], published: Publication[str], *, exactly: bool
) -> bool:
    """Whether a group's answers come to what is printed. exactly: also rounded as the rules say; otherwise to any step."""
    if not schools:
        return False
    tally = tallies.merge(given[school] for school in schools)
    if one.covered is not None:
        return tally.n == one.covered
    if one.n and disclosure.shown_n(tally.n) != one.n:
        return False
    if one.score is None:
        return True
    blocks = [block for block in published.blocks if block.schools <= schools]
    small = len(blocks) > 1 and any(block.n < disclosure.K_DISTRIBUTION for block in blocks)
    rule = disclosure.shown_score(tally, in_total_with_small_block=small, total_fine_from=publish.TOTAL_FINE_FROM)
    if exactly:
        return rule is not None and rule.score == one.score
    return tally.n > 0 and abs(float(tallies.score(tally)) - one.score) <= 5


def _remarks(sheets: Sheets, seen: Seen) -> list[str]:
    """Comments anywhere but with the school's own head, where ten or more answered (R7)."""
    found = []
    for name, rows in sheets.items():
        may = {f"head of {name}"} if len(rows) >= disclosure.K_COMMENTS else set()
        found += [
            f"a remark of {name} for {who} on {path}"
            for (who, path), (_, _, body) in seen.items()
            if f"Remark of {name}".encode() in body and who not in may
        ]
    return found
