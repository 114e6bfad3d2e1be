"""The demo world: one network, three clusters, seventeen schools, twelve waves that went through the real accept, seal and
publish. The same every time for the same day; built in one transaction, so there is all of it or none."""

import datetime
from collections.abc import Iterator
from itertools import islice
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from alongside.calendar import actions as calendar_actions
from alongside.calendar import presets
from alongside.demo import people, story
from alongside.demo.reads import DOMAIN, ROLES
from alongside.demo.story import DemoSchool
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation, Pause, ProfileAnswer, RegisterNumber, School
from alongside.people import actions as people_actions
from alongside.people.models import ConfirmedDomain, Person, Role, StaffEntry
from alongside.surveys import actions, schooldays, seal, tickets
from alongside.surveys.accept import accept
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Owed, Release, Reply, RosterEntry, Wave

SEED = 20260900
NO_PASSWORD = make_password(None)  # nobody of the demo signs in by password
ZONE = "Europe/London"
JOBS = ("teacher",) * 9 + ("assistant",) * 5 + ("support", "office", "site")
HOURS = (32.5, 32.5, 32.5, 25.0, 16.5)


def build() -> str:
    """Build the demo world, unless it is there; returns one sentence on what was done."""
    if Organisation.objects.filter(kind=Organisation.Kind.NETWORK, name=story.NETWORK).exists():
        return f"{story.NETWORK} is built already; nothing was changed."
    random = Random(SEED)
    with transaction.atomic():
        network = _network()
        schools = _schools(network, random)
        _roles(network, schools)
        _sayings(network, schools)
        for number in range(1, len(story.CLOSED_DAYS_AGO) + 1):
            _replies(_closed_wave(network, number, random), number, schools)
        _led_wave(network, schools)
        wave = _open_wave(network, random)
        _terms(network, schools)
        _pause(schools)
    seal.truncate_log()
    actions.send_invitations(wave.pk)
    staff = StaffEntry.objects.filter(organisation__school__in=schools.values()).count()
    return f"Built {story.NETWORK}: {len(schools)} schools in {len(story.CLUSTERS)} clusters, {staff} staff, 12 pulses closed, 1 open."


def _terms(network: Organisation, schools: dict[str, School]) -> None:
    """This school year and the last, as they typically are; a training day, a busy week ahead, one school's own day."""
    year = presets.school_year("gb", datetime.date.today())
    for each in (year - 1, year, year + 1):
        typical = presets.typical("gb", each)
        given = {slot: (slot.first, slot.last) for slot in typical}
        calendar_actions.save_year(network, each, given, [], by=0)
    for owner, kind, name, ahead, length in story.DAYS:
        first = schooldays.before_or_on(_day(-ahead))
        organisation = schools[owner].organisation if owner else network
        assert organisation is not None
        last = first + datetime.timedelta(days=length - 1)
        calendar_actions.add_span(organisation, kind, name, first, last, by=0)


def _pause(schools: dict[str, School]) -> None:
    """One school is left in peace: its head paused it a few days ago."""
    school = schools[story.PAUSED]
    head = Role.objects.filter(kind="leader", school=school).select_related("person")[0].person
    assert school.organisation is not None
    held = network_actions.pause(school, school.organisation, _day(-story.PAUSED_DAYS_MORE), head.pk)
    Pause.objects.filter(pk=held.pk).update(since=timezone.now() - datetime.timedelta(days=story.PAUSED_DAYS_AGO))


def _network() -> Organisation:
    network = network_actions.found_network(story.NETWORK, "gb")
    Organisation.objects.filter(pk=network.pk).update(founded_on=_day(430), **story.CONTACTS)
    network.refresh_from_db()
    return network


def _day(days_ago: int) -> datetime.date:
    return datetime.date.today() - datetime.timedelta(days=days_ago)


def _schools(network: Organisation, random: Random) -> dict[str, School]:
    """The schools by name, with their clusters, staff lists and mail domain."""
    found: dict[str, School] = {}
    fresh = people.names(random)
    for name, planned in story.CLUSTERS.items():
        schools = [_school(school, len(found) + index) for index, school in enumerate(planned)]
        network_actions.form_cluster(network, name, schools, _day(430))
        for school, demo in zip(schools, planned, strict=True):
            organisation = network_actions.make_organisation(school)
            ConfirmedDomain.objects.create(organisation=organisation, domain=DOMAIN)
            _staff(school, demo, fresh, random)
            found[school.name] = school
    return found


def _school(demo: DemoSchool, index: int) -> School:
    (north, east, meals), (low, high) = story.PLACES[demo.name], story.AGES[demo.phase]
    school = School.objects.create(
        name=demo.name,
        country="gb",
        phase=demo.phase,
        kind=demo.kind,
        town=demo.town,
        area="Riverway",
        roll=demo.roll,
        latitude=north,
        longitude=east,
        low_age=low,
        high_age=high,
        facts={"fsm_percent": meals},
    )
    RegisterNumber.objects.create(register="gb-urn", number=str(900_101 + index), school=school)
    return school


def _staff(school: School, demo: DemoSchool, fresh: Iterator[tuple[str, str]], random: Random) -> None:
    known = [ROLES[0], ROLES[1]] if demo.name == "Birch Park Secondary" else []
    known += [ROLES[2]] if demo.name == "Larkfield Special School" else []
    named = {"teacher": "Priya Shah", "head": "Owen Bevan", "chair": "Grace Mensah"}
    rows = [(named[role.key], role.key, "teacher" if role.key == "teacher" else "head") for role in known]
    rows += [(name, local, random.choice(JOBS)) for name, local in islice(fresh, demo.staff - len(rows))]
    made = Person.objects.bulk_create(
        Person(name=name, email=f"{local}@{DOMAIN}", password=NO_PASSWORD) for name, local, _ in rows
    )
    StaffEntry.objects.bulk_create(
        StaffEntry(
            organisation=school.organisation,
            school=school,
            person=person,
            name=name,
            job=job,
            hours=random.choice(HOURS),
            since=_day(430),
        )
        for person, (name, _, job) in zip(made, rows, strict=True)
    )


def _roles(network: Organisation, schools: dict[str, School]) -> None:
    """The six people to walk in as, and a leader for every school."""
    avon = Cluster.objects.get(organisation=network, slug="avon-cluster")
    give = people_actions.grant_role
    give("leader", network, f"head@{DOMAIN}", "Owen Bevan", school=schools["Birch Park Secondary"])
    give("leader", network, f"chair@{DOMAIN}", "Grace Mensah", school=schools["Larkfield Special School"])
    give("chair", network, f"chair@{DOMAIN}", "Grace Mensah", cluster=avon)
    give("coach", network, f"coach@{DOMAIN}", "Tessa Novak", cluster=avon)
    give("officer", network, f"officer@{DOMAIN}", "Emeka Clarke")
    give("stakeholder", network, f"stakeholder@{DOMAIN}", "Anna Lowe")
    for school in schools.values():
        if not Role.objects.filter(kind="leader", school=school).exists():
            first = StaffEntry.objects.filter(school=school).order_by("pk").select_related("person")[0]
            StaffEntry.objects.filter(pk=first.pk).update(job="head")
            give("leader", network, first.person.email or "", first.person.name, school=school)
    Role.objects.filter(organisation__in=[network, *(s.organisation for s in schools.values())]).update(since=_day(430))


def _sayings(network: Organisation, schools: dict[str, School]) -> None:
    """What the schools say of themselves and the Avon cluster of itself; groups; where children go on to; a question."""
    officer = Person.objects.get(email=f"officer@{DOMAIN}")
    avon = Cluster.objects.get(organisation=network, slug="avon-cluster")
    for name, (strengths, wishes) in story.OFFERS.items():
        network_actions.state_offers(schools[name], strengths, wishes, by=_head(schools[name]).pk)
    for question, texts in story.PROFILE.items():
        _profile(avon, question, texts)
    for name, purpose, members in story.GROUPS:
        group = people_actions.make_group(network, name, purpose, by=officer)
        for school in members:
            somebody = StaffEntry.objects.filter(school=schools[school]).order_by("pk").select_related("person")[3]
            people_actions.join_group(group, somebody.person.email or "", by=officer)
    for back, flows in enumerate(story.FLOWS, start=1):
        year = datetime.date.today().year - back
        rows = [(schools[source], schools[target], year, count) for source, target, count in flows]
        network_actions.enter_flows(network, rows, by=officer.pk)
    school, words = story.QUESTION
    network_actions.ask_to_join(network, avon, schools[school], words, by=_head(schools[school]).pk)


def _head(school: School) -> Person:
    return Role.objects.filter(kind="leader", school=school).select_related("person")[0].person


def _profile(cluster: Cluster, question: str, texts: tuple[str, str]) -> None:
    """Two versions, by the officer more than a year ago and by the chair last month."""
    before, now = texts
    seen = 0
    for text, days, who in ((before, 400, "officer"), (now, 30, "chair")):
        if text:
            person = Person.objects.get(email=f"{who}@{DOMAIN}")
            answer = network_actions.write_answer(cluster, question, text, seen=seen, by=person.pk)
            written = timezone.now() - datetime.timedelta(days=days)
            ProfileAnswer.objects.filter(pk=answer.pk).update(written_at=written)
            seen = answer.number


def _closed_wave(network: Organisation, number: int, random: Random) -> Wave:
    """One wave of `well`: opened, answered through `accept`, and closed on its day."""
    wave = _opened(network, "well")
    _answer(wave, number, random)
    return _closed(wave, story.CLOSED_DAYS_AGO[number - 1])


def _closed(wave: Wave, days_ago: int) -> Wave:
    """Its hours moved into the past, and sealed."""
    closed_on = schooldays.before_or_on(_day(days_ago))
    closes_at = schooldays.closing(closed_on, ZONE)
    opens_at = schooldays.opening(closed_on - datetime.timedelta(days=8), ZONE)
    Wave.objects.filter(pk=wave.pk).update(opens_at=opens_at, closes_at=closes_at)
    seal.seal(wave.pk)
    Release.objects.filter(wave=wave).update(published_at=closes_at + datetime.timedelta(minutes=1))
    return Wave.objects.select_related("series", "organisation", "release").get(pk=wave.pk)


def _opened(network: Organisation, pulse: str, cluster: Cluster | None = None, days: int = 8) -> Wave:
    now = timezone.now()
    closes_at = schooldays.closing(schooldays.after(now.date(), days), ZONE)
    wave = actions.ask(network, pulse, now, closes_at, cluster=cluster)
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    return wave


def _answer(wave: Wave, number: int, random: Random, share: float = 1.0) -> None:
    """Everyone on the roster answers with their school's leaning and their own, or does not answer this time."""
    key, pulse = tickets.read_key(wave.pk), instrument(wave.series.instrument)
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


def _replies(wave: Wave, number: int, schools: dict[str, School]) -> None:
    """What leaders said to a wave; who owed a reply and stands in no story said what one says in a usual month. To the
    last wave only the story has replied so far: it closed yesterday."""
    told = {said.school: said for said in story.REPLIES if said.wave == number}
    for name, said in told.items():
        _post(wave, schools[name], said)
    if number == story.TOGETHER.wave:
        _post(wave, _avon(wave.organisation), story.TOGETHER)
    if number == len(story.CLOSED_DAYS_AGO):
        return
    owing = Owed.objects.filter(wave=wave, school__isnull=False).exclude(school__name__in=told)
    for index, row in enumerate(owing.select_related("school").order_by("pk")):
        if row.school:
            _post(wave, row.school, _usual(row.school, number + index))


def _usual(school: School, turn: int) -> story.DemoReply:
    kind, heard, text = story.USUAL[turn % len(story.USUAL)]
    return story.DemoReply(school.name, 0, kind, heard, text, look_in=0)


def _post(wave: Wave, place: School | Cluster, said: story.DemoReply, theme: str = "") -> None:
    look_on = wave.closes_at.date() + datetime.timedelta(days=said.look_in) if said.look_in else None
    words = actions.ReplyText(said.kind, said.heard, said.text, said.moves, look_on, theme)
    by = _head(place) if isinstance(place, School) else _chair()
    reply = actions.post_reply(wave, place, words, by)
    posted_at = min(wave.release.published_at + datetime.timedelta(hours=20), timezone.now())
    Reply.objects.filter(pk=reply.pk).update(posted_at=posted_at, saved_at=posted_at)


def _chair() -> Person:
    return Person.objects.get(email=f"chair@{DOMAIN}")


def _avon(network: Organisation) -> Cluster:
    return Cluster.objects.get(organisation=network, slug="avon-cluster")


def _led_wave(network: Organisation, schools: dict[str, School]) -> None:
    """The first pulse on leading, in the Avon cluster: comments, themes made of them, the chair's reply to one, and a school
    that need not reply. With a chance of its own, so that the other pulses stay as they are."""
    avon, birch = _avon(network), schools["Birch Park Secondary"]
    wave = _opened(network, "lead", avon)
    _answer(wave, 0, Random(SEED + 1))
    wave = _closed(wave, story.LEADING_CLOSED_DAYS_AGO)
    actions.keep_school_themes(wave, birch, story.THEMES, _head(birch), shared=True, named=True)
    actions.keep_cluster_themes(wave, avon, [story.CLUSTER_THEME], _chair())
    _post(wave, avon, story.LEADING, theme=story.CLUSTER_THEME)
    _post(wave, birch, story.LEADING_AT_BIRCH, theme=story.THEMES[0])
    _post(wave, schools["Larkfield Special School"], _usual(schools["Larkfield Special School"], 0))
    school, reason = story.WAIVED
    row = actions.waive(wave, schools[school], reason, _chair())
    Owed.objects.filter(pk=row.pk).update(waived_at=wave.release.published_at + datetime.timedelta(hours=20))


def _open_wave(network: Organisation, random: Random) -> Wave:
    """A pulse that is open today in the Avon cluster: its letters are in the mailbox, and some have answered."""
    wave = _opened(network, "lead", _avon(network), days=5)
    _answer(wave, 0, random, share=0.45)
    actions.refresh_participation()
    return wave
