"""What a member finds by words, gathered from the packages below: nothing that they could not open by hand."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse

from alongside.calendar.reads import school_days
from alongside.kit import search as kit
from alongside.kit.access import works_here
from alongside.kit.frame import DOORS
from alongside.kit.search import Found, Group
from alongside.network import reads as network_reads
from alongside.network import rules as network_rules
from alongside.network.models import Cluster, Organisation, School
from alongside.people import reads as people_reads
from alongside.people import rules as people_rules
from alongside.people.reads import Membership
from alongside.surveys import reads as surveys_reads
from alongside.surveys import rules as surveys_rules

SHOWN = 12
SHOWN_OF_THE_REGISTER = 6


def search(organisation: Organisation, member: Membership, question: str) -> list[Group]:
    """Schools first, then people, clusters, pulses and pages; groups without a line are left out. At most seven queries."""
    words = kit.words(question)
    if not words:
        return []
    groups = [
        Group("Schools", _schools(organisation, words)),
        Group("People", _people(organisation, member, words)),
        Group("Clusters", _clusters(organisation, words)),
        Group("Pulses", _pulses(organisation, member, words)),
        Group("Pages", _pages(organisation, member, words)),
        Group("In the register, not in your network", _register(organisation, member, words)),
    ]
    return [group for group in groups if group.found]


def _url(organisation: Organisation, name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"kind": organisation.kind, "slug": organisation.slug, **kwargs})


def _schools(organisation: Organisation, words: list[str]) -> list[Found]:
    if organisation.kind != Organisation.Kind.NETWORK:
        return []
    found = School.objects.in_network(organisation).fitting(words).order_by("name", "pk")[:SHOWN]
    return [Found(school.name, school.town, _school_url(organisation)) for school in found]


def _school_url(network: Organisation) -> str:
    """The page on which a school of the network is found."""
    return _url(network, "clusters")


def _people(organisation: Organisation, member: Membership, words: list[str]) -> list[Found]:
    """Staff of the schools that I lead; whoever holds a role, for those who may see the list of roles."""
    found = [
        Found(entry.name, f"{entry.get_job_display()}, {entry.school}", _staff_url(organisation, entry.school))
        for entry in people_reads.staff_of(member.schools_led)
        if kit.fits(words, f"{entry.name} {entry.person.email or ''}")
    ]
    if organisation.kind == Organisation.Kind.NETWORK and people_rules.can_see_roles(member):
        found += [
            Found(line.role.person.name, f"{line.role.get_kind_display()}, {line.where}", _url(organisation, "roles"))
            for line in people_reads.network_roles(organisation)
            if kit.fits(words, line.role.person.name)
        ]
    return found[:SHOWN]


def _staff_url(organisation: Organisation, school: School) -> str:
    return _url(organisation, "staff_list", school=school.slug)


def _clusters(organisation: Organisation, words: list[str]) -> list[Found]:
    if organisation.kind != Organisation.Kind.NETWORK:
        return []
    every = Cluster.objects.of(organisation.pk).order_by("name")
    return [Found(c.name, "cluster", _url(organisation, "clusters")) for c in every if kit.fits(words, c.name)][:SHOWN]


def _pulses(organisation: Organisation, member: Membership, words: list[str]) -> list[Found]:
    every = surveys_reads.wave_lines(organisation)
    lines = [(line, _named(line)) for line in every if not (line.wave.series.mapped and line.wave.has_results)]
    fitting = [(line, name) for line, name in lines if kit.fits(words, name)]
    days = school_days(organisation) if fitting and not surveys_rules.sees_at_close(member) else None
    found = []
    for line, name in fitting:
        if not line.wave.has_results or days is None or surveys_rules.everybody_sees(line.wave, days):
            page = "results" if line.wave.has_results else "wave"
            found.append(Found(name, line.about, _url(organisation, page, pk=line.wave.pk)))
    return found[:SHOWN]


def _named(line: surveys_reads.WaveLine) -> str:
    return f"{line.pulse.name}, {line.whom}, {line.wave.closes_at:%B %Y}"


def _pages(organisation: Organisation, member: Membership, words: list[str]) -> list[Found]:
    return [
        Found(title, "page", url)
        for title, more, url in _titles(organisation, member)
        if kit.fits(words, f"{title} {more}")
    ][:SHOWN]


def _titles(organisation: Organisation, member: Membership) -> Iterable[tuple[str, str, str]]:
    """(title, words it is also found by, address) of the pages that this member may open."""
    for door in DOORS:
        yield door.label, door.nouns, _url(organisation, door.key)
    yield "My account", "password, sign out, your work", reverse("account")
    if works_here(member):
        yield "Coherence maps", "rounds, leaders, teams, students", _url(organisation, "maps")
        yield "Reflection grids", "what we do, talk about, don’t do, and should", _url(organisation, "grids")
    yield "What we promise", "help, privacy, anonymous", reverse("promises")
    if organisation.kind == Organisation.Kind.NETWORK:
        yield "Clusters", "schools", _url(organisation, "clusters")
    if organisation.kind == Organisation.Kind.NETWORK and people_rules.can_see_roles(member):
        yield "Roles", "people, leaders, chairs, officers", _url(organisation, "roles")
    if network_rules.can_set_contacts(member, organisation.kind):
        yield "Contacts", "safeguarding, support", _url(organisation, "contacts")


def _register(organisation: Organisation, member: Membership, words: list[str]) -> list[Found]:
    """Open schools of the country outside the network, for whoever forms clusters from the register."""
    if organisation.kind != Organisation.Kind.NETWORK or not network_rules.can_form_clusters(member):
        return []
    found = network_reads.outside_schools(organisation, words)[:SHOWN_OF_THE_REGISTER]
    at = _url(organisation, "cluster_new")
    return [Found(school.name, school.town, f"{at}?{urlencode({'words': school.name})}") for school in found]
