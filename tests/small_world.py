"""A small world for tests that look at everything: three networks, two of which share a school.

Every text of a network carries that network's mark, a word that stands nowhere else, so a page that shows a mark it
should not show gives itself away. The shared school's own texts carry none: both of its networks may read them. Every
text also ends in markup that must never be taken for markup.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from unittest import mock

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from alongside.calendar import actions as calendar_actions
from alongside.evidence.models import MapRound
from alongside.goals import actions as goals_actions
from alongside.goals.models import CheckIn
from alongside.kit import progress
from alongside.kit.documents import pdf
from alongside.kit.models import Progress
from alongside.kit.tabular import write_csv
from alongside.network import actions as network_actions
from alongside.network.actions.staging import read_staged
from alongside.network.models import (
    Cluster,
    Grouping,
    GroupingSchool,
    Joining,
    LeavingNotice,
    Organisation,
    RegisterNumber,
    School,
    StagedRegister,
)
from alongside.people import actions as people_actions
from alongside.people import factors
from alongside.people.models import (
    ErasureRequest,
    Group,
    Invitation,
    PartnerPerson,
    Person,
    RememberedDevice,
    Role,
    StaffImport,
)
from alongside.surveys import actions, answering, definitions, papers, reads, sharing, wording
from alongside.surveys.models import OwnInstrument, ReadFile, Release, Rhythm, Room, Wave
from tests import make, pasts, rounds
from tests.registers_of_ours import gias, gias_school
from tests.surveys import halls

MARKS = {"A": "ochre", "B": "zephyr", "C": "quartz"}
HOSTILE = "\"'><script>alert(1)</script>"
STAFF = 12
CONTACTS = ("safeguarding_contact", "outside_contact", "support_line")
# Network → clusters → schools.
PLAN = {
    "A": {"avon": ("ashmead", "birch"), "brede": ("copse", "dell")},
    "B": {"cray": ("dell", "elm")},
    "C": {"fen": ("fern", "gorse")},
}
HOME = {"ashmead": "A", "birch": "A", "copse": "A", "dell": "", "elm": "B", "fern": "C", "gorse": "C"}
WITH_PULSES_OF_THEIR_OWN = ("ashmead", "birch", "copse", "dell", "elm", "fern")


@dataclass
class SchoolHere:
    """A school of the world with what hangs on it."""

    school: School
    open: Wave | None = None  # its own, kind s
    planned: Wave | None = None
    closed: Wave | None = None
    rhythm: Rhythm | None = None  # of what is planned
    brought: StaffImport | None = None  # by itself
    lists: dict[str, StaffImport] = field(default_factory=dict)  # by the officer of a network
    leader: Role | None = None
    asked_in: Joining | None = None
    question: Joining | None = None
    notice: LeavingNotice | None = None
    invitation: Invitation | None = None  # of a colleague to an account
    invitations: dict[str, Invitation] = field(default_factory=dict)  # of another leader, by network
    calendar: dict[str, int] = field(default_factory=dict)  # own days, a file that waits, a file that is applied
    work: Progress | None = None  # asked for by its leader at the school
    asked: ErasureRequest | None = None  # by somebody of its staff
    past: dict[str, int] = field(default_factory=dict)  # earlier results that are applied, and a file that waits
    room_open: Room | None = None  # its own sessions in a hall
    room_closed: Room | None = None
    own_pulse: OwnInstrument | None = None  # a draft
    survey_file: ReadFile | None = None
    issues: dict[str, int] = field(default_factory=dict)  # one, another, and one that is merged
    plans: dict[str, int] = field(default_factory=dict)  # a goal, and an action of it
    votes: dict[str, int] = field(default_factory=dict)  # one that waits, and one that is counted


@dataclass
class NetworkHere:
    """A network of the world with what hangs on it."""

    key: str
    network: Organisation
    clusters: dict[str, Cluster] = field(default_factory=dict)
    grouping: Grouping | None = None
    open: dict[str, Wave] = field(default_factory=dict)  # by cluster
    planned: dict[str, Wave] = field(default_factory=dict)
    rhythms: dict[str, Rhythm] = field(default_factory=dict)  # by cluster, of what is planned
    closed: Wave | None = None  # of the whole network, its results public
    officer: Person | None = None
    chair: Role | None = None
    register_file: StagedRegister | None = None  # brought in by its officer, read, and not applied
    asked: dict[str, Joining] = field(default_factory=dict)  # by cluster: a school asks
    invited: dict[str, Joining] = field(default_factory=dict)  # by cluster: a school is invited
    group: Group | None = None
    calendar: dict[str, int] = field(default_factory=dict)
    work: Progress | None = None  # asked for by its officer
    partner_post: PartnerPerson | None = None
    past: dict[str, dict[str, int]] = field(default_factory=dict)  # earlier results, by cluster, "" for all of it
    rooms_open: dict[str, Room] = field(default_factory=dict)  # by cluster
    room_closed: Room | None = None
    own_pulse: OwnInstrument | None = None  # a draft
    survey_file: ReadFile | None = None
    map_over: MapRound | None = None
    grid_over: Wave | None = None
    maps_planned: dict[str, MapRound] = field(default_factory=dict)  # by cluster
    issues: dict[str, dict[str, int]] = field(default_factory=dict)  # the same by cluster
    plans: dict[str, dict[str, int]] = field(default_factory=dict)  # the same by cluster
    votes: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return MARKS[self.key]


@dataclass
class World:
    networks: dict[str, NetworkHere] = field(default_factory=dict)
    schools: dict[str, SchoolHere] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    spare: list[School] = field(default_factory=list)  # in the register, in no network
    tokens: dict[int, str] = field(default_factory=dict)  # what an invitation's letter holds
    step: int = 0  # the number of Ashmead staff's authenticator app
    device: int = 0  # and of their device
    _sessions: dict[str, str] = field(default_factory=dict)
    _handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    def sign_everyone_in(self) -> None:
        for who, person in self.people.items():
            client = Client()
            client.force_login(person)
            self._sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def client(self, who: str) -> Client:
        """A new browser in which that person is signed in; "nobody" for one in which nobody is."""
        client = Client(raise_request_exception=False)
        client.handler = self._handler  # making all middleware anew for each visit takes a while
        if who != "nobody":
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[who]
        return client


@contextlib.contextmanager
def for_a_module(blocker: object) -> Iterator[World]:
    """The world in a transaction around all tests of a module, so that each of them starts from the same rows.

    PDFs are not drawn here: whoever asks for one gets the page that would be drawn, which says all that it would say.
    Drawing a hundred of them takes minutes; that they say no more than their page is tested where results are.

    Everybody has just shown who they are, however long the tests take.
    """
    drawn = mock.patch.object(pdf, "draw", lambda page: page.encode())
    proved = mock.patch.object(factors, "MINUTES_PROVED", 24 * 60)
    with blocker.unblock(), transaction.atomic(), drawn, proved:  # type: ignore[attr-defined]
        forget()
        yield build()
        transaction.set_rollback(True)
    forget()


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back, so that the next visitor finds the world as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def forget() -> None:
    """What a process remembers of waves: another database may hold other ones under the same numbers."""
    reads.forget()
    answering.PAGES.clear()


def text(words: str, key: str) -> str:
    """The words with the mark of a network, and with markup that is none."""
    return " ".join(part for part in (words, MARKS.get(key), HOSTILE) if part)


def build() -> World:
    """A: Avon (Ashmead, Birch), Brede (Copse, Dell). B: Cray (Dell, Elm). C: Fen (Fern, Gorse). Dell is in A and B."""
    world = World()
    world.spare = [make.school(f"Spare School {number}") for number in (1, 2)]
    for name, key in HOME.items():
        made = make.school(text(f"{name.title()} School", key))
        School.objects.filter(pk=made.pk).update(town=text("Town", key), kind=text("Kind", key))
        world.schools[name] = SchoolHere(School.objects.get(pk=made.pk))
    for key, clusters in PLAN.items():
        _network(world, key, clusters)
    for name in world.schools:
        _school(world, name)
    for key, clusters in PLAN.items():
        _roles(world, key)
        schools = [school for members in clusters.values() for school in members]
        _closed_wave(world, key, schools)
        _open_waves(world, key)
        _staff_lists(world, key, schools)
        world.networks[key].work = _work(world.networks[key].network, world.people[f"{key} officer"], key)
    for name in WITH_PULSES_OF_THEIR_OWN:
        _own_waves(world, name)
    for key in PLAN:
        _register_file(world, key)
        _sayings(world, key)
    for name in WITH_PULSES_OF_THEIR_OWN:
        _belonging(world, name)
    for key, clusters in PLAN.items():
        _invitations(world, key, [school for members in clusters.values() for school in members])
    _second_step(world, world.people["ashmead staff"])
    for key, found in world.networks.items():
        found.calendar = _calendar(found.network, key, found.officer)
        found.own_pulse, found.survey_file = _written(found.network, key, found.officer)
    for name, here in world.schools.items():
        here.calendar = _calendar(here.school.organisation, HOME[name], world.people[f"{name} leader"])
        leader = world.people[f"{name} leader"]
        here.own_pulse, here.survey_file = _written(here.school.organisation, HOME[name], leader)
        _self_check(world, name)
        school = world.schools[name]
        school.work = _work(school.school.organisation, world.people[f"{name} leader"], HOME[name])
    for key in PLAN:
        _pasts(world, key)
    _rooms(world)
    for key in PLAN:
        _maps(world, key)
    _things_to_work_on(world)
    world.sign_everyone_in()
    return world


def _pasts(world: World, key: str) -> None:
    """Earlier results of a network, of each of its clusters, and of each of its schools that asks pulses of its own."""
    found = world.networks[key]
    schools = {name: [world.schools[each].school for each in members] for name, members in PLAN[key].items()}
    every = [school for members in schools.values() for school in members]
    found.past[""] = pasts.add(found.network, found.officer, text(f"results of {key}", key), every)
    for day, (name, cluster) in enumerate(found.clusters.items(), start=1):
        words = text(f"results of {name}", key)
        found.past[name] = pasts.add(found.network, found.officer, words, schools[name], cluster, day=day)
    for name in (name for members in PLAN[key].values() for name in members if HOME[name] in ("", key)):
        here, leader = world.schools[name], world.people[f"{name} leader"]
        if name in WITH_PULSES_OF_THEIR_OWN and not here.past:
            words = text(f"results of {name} alone", HOME[name])
            here.past = pasts.add(here.school.organisation, leader, words, [here.school])


def _register_file(world: World, key: str) -> None:
    """A register file that waits; it closes a school of the network, and its name carries the network's mark."""
    found = world.networks[key]
    number = RegisterNumber.objects.get(school=world.schools[next(iter(PLAN[key].values()))[0]].school).number
    data = gias([gias_school(number, Name=text("Closed School", key), Status="Closed")])
    brought = network_actions.bring_register(found.network, text("register", key), [data], by=found.officer.pk)
    read_staged(brought.pk)
    found.register_file = StagedRegister.objects.get(pk=brought.pk)


def _network(world: World, key: str, clusters: dict[str, tuple[str, ...]]) -> None:
    network = make.network(text("Trust", key))
    _contacts(network, key)
    found = world.networks[key] = NetworkHere(key, network)
    for name, schools in clusters.items():
        members = [world.schools[school].school for school in schools]
        found.clusters[name] = make.cluster(network, text(f"{name.title()} cluster", key), members)
    found.grouping = _grouping(
        network, key, [world.schools[school].school for each in clusters.values() for school in each]
    )


def _grouping(network: Organisation, key: str, schools: list[School]) -> Grouping:
    """Its middle schools, or its only two: as rows, since the latter are all of it by now and could not be grouped so."""
    grouping = Grouping.objects.create(organisation=network, name=text("Sea", key), slug=f"sea-{MARKS[key]}")
    for school in schools[1:3] if len(schools) > 2 else schools:
        GroupingSchool.objects.create(organisation=network, grouping=grouping, school=school)
    return grouping


def _contacts(organisation: Organisation, key: str) -> None:
    for name in CONTACTS:
        setattr(organisation, name, text(name, key))
    organisation.save()


def _school(world: World, name: str) -> None:
    """A staff list of twelve with the school's mark in every name, and a leader."""
    school, key = world.schools[name].school, HOME[name]
    for person in make.staff(school, STAFF):
        _rename(person, person.name, key)
        person.staff_entries.update(name=person.name)
    _contacts(school.organisation, key)
    _somebody_who_left(school, key)
    world.schools[name].asked = ErasureRequest.objects.create(person=school.staff.order_by("pk")[1].person)
    world.people[f"{name} staff"] = school.staff.order_by("pk")[0].person
    world.people[f"{name} leader"] = _rename(make.leader(school, f"head@{name}.example"), f"Head of {name}", key)
    world.schools[name].leader = Role.objects.get(kind="leader", school=school)


def _somebody_who_left(school: School, key: str) -> None:
    person = make.person(f"gone@{school.organisation.slug}.example", "Somebody Gone")
    _rename(person, person.name, key)
    today = datetime.date.today()
    school.staff.create(
        organisation=school.organisation,
        person=person,
        name=person.name,
        job="teacher",
        since=today - 60 * make.DAY,
        until=today - 5 * make.DAY,
    )


def _rename(person: Person, name: str, key: str) -> Person:
    # In capitals: a comment with a word of a name in it would be masked.
    mark = MARKS.get(key, "")
    person.name = text(name, key).replace(mark, mark.upper())
    person.save()
    return person


def _roles(world: World, key: str) -> None:
    found, domain = world.networks[key], f"{MARKS[key]}.example"
    first = next(iter(found.clusters.values()))
    people = {
        "officer": make.officer(found.network, f"officer@{domain}"),
        "chair": make.chair(first, f"chair@{domain}"),
        "coach": make.coach(first, f"coach@{domain}"),
        "stakeholder": make.stakeholder(found.network, f"stakeholder@{domain}"),
    }
    world.people |= {f"{key} {role}": _rename(person, f"The {role}", key) for role, person in people.items()}
    partner = people_actions.add_partner(
        found.network, text("Partner", key), "university", text("Call", key), people["officer"]
    )
    found.partner_post = people_actions.add_partner_person(
        partner, f"partner@{domain}", text("Partner person", key), people["officer"]
    )
    found.officer, found.chair = people["officer"], Role.objects.get(kind="chair", cluster=first)


def _closed_wave(world: World, key: str, schools: list[str]) -> None:
    """A wave of the whole network, closed ten days ago; the first school has a draft, the second has replied."""
    found = world.networks[key]
    wave = found.closed = make.open_wave(found.network, "lead")
    for name in schools:
        make.answer(wave, world.schools[name].school, STAFF, comment=text(f"A comment of {name}", key))
    make.close(wave)
    _publish_earlier(wave)
    for name, verb in ((schools[0], actions.save_reply), (schools[1], actions.post_reply)):
        heard, promise = text(f"Heard by {name}", key), text(f"Promise of {name}", key)
        words = actions.ReplyText("do", heard, promise, "lead.1", datetime.date.today() + 30 * make.DAY)
        verb(wave, world.schools[name].school, words, world.people[f"{name} leader"])
    _said_together(world, key, wave)
    _themes(world, key, wave, schools)


def _said_together(world: World, key: str, wave: Wave) -> None:
    """The chair of the first cluster has a draft for it and a theme; another cluster's reply is posted."""
    found = world.networks[key]
    (first, *others), chair = found.clusters.items(), world.people[f"{key} chair"]
    for verb, (name, cluster) in ((actions.save_reply, first), *((actions.post_reply, other) for other in others)):
        heard, promise = text(f"Together in {name}", key), text(f"Plan of {name}", key)
        verb(wave, cluster, actions.ReplyText("do", heard, promise, "lead.1"), chair)
    actions.keep_cluster_themes(wave, first[1], [text(f"Theme of {first[0]}", key)], chair)


def _themes(world: World, key: str, wave: Wave, schools: list[str]) -> None:
    """The first school shares a theme without its name, the second keeps its own; the third need not reply."""
    for name, shared in ((schools[0], True), (schools[1], False)):
        leader, words = world.people[f"{name} leader"], [text(f"Theme of {name}", key)]
        actions.keep_school_themes(wave, world.schools[name].school, words, leader, shared=shared, named=False)
    if len(schools) > 2:
        reason = text(f"Waived for {schools[2]}", key)
        actions.waive(wave, world.schools[schools[2]].school, reason, world.people[f"{key} officer"])


def _publish_earlier(wave: Wave) -> None:
    past = timezone.now() - 10 * make.DAY
    Wave.objects.filter(pk=wave.pk).update(opens_at=past - 7 * make.DAY, closes_at=past)
    Release.objects.filter(wave=wave).update(published_at=past)
    wave.refresh_from_db()


def _open_waves(world: World, key: str) -> None:
    """In each cluster one pulse that is open and one that is planned."""
    found = world.networks[key]
    for name, cluster in found.clusters.items():
        found.open[name] = make.open_wave(found.network, "lead", cluster=cluster)
        found.planned[name] = _planned(found.network, "well", cluster)
        found.rhythms[name] = _rhythm(found.planned[name])


def _planned(organisation: Organisation, pulse: str, cluster: Cluster | None = None) -> Wave:
    opens = timezone.now() + 3 * make.DAY
    return actions.ask(organisation, pulse, opens, opens + 7 * make.DAY, cluster=cluster)


def _rhythm(wave: Wave) -> Rhythm:
    """It would go on every month, on a Wednesday; what is planned was asked by hand."""
    since = datetime.date.today()
    return Rhythm.objects.create(organisation=wave.organisation, series=wave.series, weekday=3, started_on=since)


def _staff_lists(world: World, key: str, schools: list[str]) -> None:
    """A list that the officer brought in for each school and nobody has applied."""
    found = world.networks[key]
    for name in schools:
        row = (text("New Person", key), f"new.{name}@{found.mark}.example", "Teacher")
        data = write_csv([("Name", "E-mail", "Role"), row])
        school = world.schools[name]
        school.lists[key] = people_actions.bring_staff_list(
            data, school.school, by=found.officer, network=found.network
        )


def _own_waves(world: World, name: str) -> None:
    """A school's own pulses, closed, open and planned, and a staff list that its leader brought in."""
    found = world.schools[name]
    organisation = found.school.organisation
    found.closed = make.open_wave(organisation, "lead")
    make.answer(found.closed, found.school, STAFF, comment=text("A comment on our own pulse", HOME[name]))
    make.close(found.closed)
    _publish_earlier(found.closed)
    networks = sharing.networks_of(found.school.pk)
    actions.share(found.closed.series, found.school, set(), world.people[f"{name} leader"], networks)
    found.open = make.open_wave(organisation, "well")
    found.planned = _planned(organisation, "lead")
    found.rhythm = _rhythm(found.planned)
    data = b"Name,Role\nSomebody New,Teacher\n"
    found.brought = people_actions.bring_staff_list(data, found.school, by=world.people[f"{name} leader"])


def _sayings(world: World, key: str) -> None:
    """What a network's clusters say, who asks them and whom they invite, a group, and where children go on to."""
    found = world.networks[key]
    officer = world.people[f"{key} officer"]
    for name, cluster in found.clusters.items():
        network_actions.write_answer(cluster, "1-who", text(f"Who {name} is", key), seen=0, by=officer.pk)
        found.asked[name] = _joining(found.network, cluster, world.spare[0], text("May we join", key), invited=False)
        found.invited[name] = _joining(found.network, cluster, world.spare[1], text("Do join", key), invited=True)
    members = [world.schools[name].school for schools in PLAN[key].values() for name in schools]
    network_actions.enter_flows(found.network, [(members[0], members[1], 2026, 12)], by=officer.pk)
    found.group = people_actions.make_group(found.network, text("Group", key), text("Purpose", key), by=officer)
    someone = members[0].staff.order_by("pk")[1].person
    people_actions.join_group(found.group, someone.email, by=officer)


def _joining(network: Organisation, cluster: Cluster | None, school: School, words: str, *, invited: bool) -> Joining:
    return Joining.objects.create(
        organisation=network, cluster=cluster, school=school, words=words, asked_by=0, invited=invited
    )


def _belonging(world: World, name: str) -> None:
    """An invitation and a question that wait, a notice that was given, and what the school is strong in."""
    here = world.schools[name]
    key = HOME[name] or "A"
    network = world.networks[key].network
    own = next(cluster for label, cluster in world.networks[key].clusters.items() if name in PLAN[key][label])
    here.asked_in = _joining(network, None, here.school, text("Come", HOME[name]), invited=True)
    here.question = _joining(network, own, here.school, text("May we", HOME[name]), invited=False)
    day = datetime.date.today() + 100 * make.DAY
    here.notice = network_actions.give_notice(network, own, here.school, day, by=0)
    network_actions.state_offers(here.school, ["reading"], ["maths"], by=0)


def _invitations(world: World, key: str, schools: list[str]) -> None:
    """For each school a second leader whom the officer invited, and a colleague whom its leader invited to an account."""
    found = world.networks[key]
    for name in schools:
        here = world.schools[name]
        email, person = f"second.{name}@{found.mark}.example", text("Second Leader", key)
        made, token = people_actions.invite(
            "leader", found.network, email, person, by=found.officer, school=here.school
        )
        here.invitations[key], world.tokens[made.pk] = made, token
        colleague = here.school.staff.order_by("pk")[2].person
        here.invitation, _ = people_actions.invite(
            "staff",
            here.school.organisation,
            colleague.email,
            colleague.name,
            by=world.people[f"{name} leader"],
            school=here.school,
        )


def _second_step(world: World, person: Person) -> None:
    """An authenticator app and a remembered device of somebody who needs neither."""
    people_actions.add_app(person, "A" * 32)
    world.step = Authenticator.objects.get(user_id=person.pk, type="totp").pk
    expires = timezone.now() + 30 * make.DAY
    device = RememberedDevice.objects.create(person=person, digest="0" * 64, state="0", name="x", expires_at=expires)
    world.device = device.pk


def _calendar(organisation: Organisation, key: str, by: Person) -> dict[str, int]:
    """A closed day long ago, a file that was applied, and one that waits; nothing of it touches a pulse of this world."""
    past = datetime.date.today() - 300 * make.DAY
    span = calendar_actions.add_span(organisation, "closed", text("Training day", key), past, past, by.pk)
    made = {"span": span.pk}
    for state, day in (("applied", past + 40 * make.DAY), ("ready", past + 50 * make.DAY)):
        data = write_csv([("What", "Name", "First day"), ("exam", text(f"An exam, {state}", key), day.isoformat())])
        brought = calendar_actions.bring_calendar(data, f"{state}.csv", organisation, by)
        if state == "applied":
            calendar_actions.apply_calendar(brought, by.pk)
        made[state] = brought.pk
    return made


def _written(organisation: Organisation, key: str, by: Person) -> tuple[OwnInstrument, ReadFile]:
    """A pulse of their own that can be asked, and a file with another that was read and not taken."""
    lines = (wording.Line(text("Statement", key), text("", key)[:24]),)
    words = wording.Wording(text("Pulse", key), text("Question", key), comment=text("Comment", key), lines=lines)
    found = definitions.read(write_csv([("Statement",), (text("Read", key),)]))
    called = text("survey.csv", key)
    return actions.write_pulse(organisation, words, by=by.pk), actions.keep_file(organisation, called, found.stored())


def _self_check(world: World, name: str) -> None:
    """What the leaders said of themselves last week: shared but for Birch."""
    day, numbers = datetime.date.today() - 7 * make.DAY, {f"team.{number}": 3 for number in range(1, 7)}
    note = text(f"Note of {name}", HOME[name])
    check = actions.keep_self_check(world.schools[name].school, day, numbers, note, by=0)
    actions.share_self_check(check, shared=name != "birch", by=0)


def _work(organisation: Organisation, person: Person, key: str) -> Progress:
    """Work that a person asked for and that is done, with its file."""
    ids = {"organisation": organisation.pk, "person": person.pk}
    work = progress.start(papers.PAPERS, papers.PACK, **ids, about="wave:0", sentence=text("Papers", key))
    progress.finish(work.pk, text("Papers", key), name="papers.zip", kind="application/zip", data=b"a file")
    return work


def _rooms(world: World) -> None:
    """In each network and school a session in a hall that is over, and one that takes answers."""
    for here in world.networks.values():
        here.room_closed = halls.closed(_answered(halls.opened(here.network, here.officer)))
        for name, cluster in here.clusters.items():
            here.rooms_open[name] = halls.opened(here.network, here.officer, cluster=cluster)
    for name in WITH_PULSES_OF_THEIR_OWN:
        at, leader = world.schools[name], world.people[f"{name} leader"]
        at.room_closed = halls.closed(_answered(halls.opened(at.school.organisation, leader)))
        at.room_open = halls.opened(at.school.organisation, leader)


def _maps(world: World, key: str) -> None:
    """A coherence round that is over, with what was noted of the talk, and one for each cluster that is planned."""
    here = world.networks[key]
    schools = {name: world.schools[name].school for members in PLAN[key].values() for name in members}
    leaders = {name: world.people[f"{name} leader"] for name in schools}
    here.map_over = rounds.over(here.network, schools, leaders, text("Talk", ""))
    for note in here.map_over.notes.all():
        name = next(name for name, school in schools.items() if school.pk == note.school_id)
        here.map_over.notes.filter(pk=note.pk).update(text=text("Talk", HOME[name]))
    _publish_earlier(here.map_over.seats.get().wave)
    for name, cluster in here.clusters.items():
        here.maps_planned[name] = rounds.planned(here.network, cluster)
    here.grid_over = rounds.grid_over(here.network, schools, leaders)
    _publish_earlier(here.grid_over)


def _answered(room: Room) -> Room:
    halls.answer(room, [4] * 12)
    return room


def _things_to_work_on(world: World) -> None:
    """In each cluster and each school three things to work on, one of them merged into another, and one for all."""
    for key, here in world.networks.items():
        for name, cluster in here.clusters.items():
            here.issues[name] = _issues(here.network, cluster, key, here.officer)
            here.votes[name] = _votes(here.network, cluster, key, here.officer)
            here.plans[name] = _plans(here.network, cluster, key, here.officer, here.issues[name]["one"])
        _issues(here.network, None, key, here.officer)
    for name, at in world.schools.items():
        at.issues = _issues(at.school.organisation, None, HOME[name], world.people[f"{name} leader"], "Here: ")
        at.votes = _votes(at.school.organisation, None, HOME[name], world.people[f"{name} leader"])
        leader = world.people[f"{name} leader"]
        at.plans = _plans(at.school.organisation, None, HOME[name], leader, at.issues["one"], "Here: ")


def _issues(
    organisation: Organisation, cluster: Cluster | None, key: str, by: Person, before: str = ""
) -> dict[str, int]:
    words = {"one": "Marking", "other": "Corridors", "merged": "Mark less"}
    made = {
        name: goals_actions.propose(organisation, cluster, text(before + title, key), text("Why", key), by=by.pk)
        for name, title in words.items()
    }
    goals_actions.merge(made["merged"], made["one"].pk, by=by.pk)
    return {name: issue.pk for name, issue in made.items()}


def _plans(
    organisation: Organisation, cluster: Cluster | None, key: str, by: Person, issue: int, before: str = ""
) -> dict[str, int]:
    """A goal that came of something to work on, and an action that serves it and went well so far."""
    day = datetime.date.today() + datetime.timedelta(days=20)
    words = (text(before + "Calm", key), text("Quieter", key), by.pk, day, None)
    lens = (text("Serves", key), text("Least", key), text("Gives", key))
    goal = goals_actions.set_goal(
        organisation, cluster, goals_actions.GoalWords(*words, *lens), source=f"issue:{issue}", by=by.pk
    )
    planned = goals_actions.ActionWords(text(before + "Doors", key), by.pk, day, goal.pk)
    action = goals_actions.plan(organisation, cluster, planned, by=by.pk)
    today = datetime.date.today()
    goals_actions.check_in(action, CheckIn.How.ON_COURSE, text("Went", key), by=by.pk, today=today)
    return {"goal": goal.pk, "action": action.pk}


def _votes(organisation: Organisation, cluster: Cluster | None, key: str, by: Person) -> dict[str, int]:
    """A vote that waits, and one that is counted, with what fits and what was chosen twice."""
    made = {}
    for state in ("ready", "applied"):
        data = write_csv([("Votes", text("Marking", key), text("Corridors", key)), (12, 1, 2), (8, 2, 1)])
        vote = goals_actions.bring_vote(data, "votes.csv", text(f"Vote, {state}", key), organisation, cluster, by)
        made[state] = vote.pk
    goals_actions.apply_vote(vote, by=by.pk)
    vote.refresh_from_db()
    goals_actions.fit_vote(vote, Decimal(10), Decimal(0), {0: (Decimal(4), Decimal(0))}, by=by.pk)
    words = (text("Reasons", key), text("Dissent", key), text("All", key), datetime.date.today())
    first = goals_actions.choose(vote, None, [0], *words, by=by.pk)
    goals_actions.choose(vote, first.pk, [1], *words, by=by.pk)
    return made
