"""The first steps of a network and of a school: what is done, what comes next. Gone once the first pulse is asked."""

from dataclasses import dataclass

from django.urls import reverse

from alongside.network.models import NetworkMembership, Organisation, School
from alongside.people.models import ConfirmedDomain, Role, StaffEntry
from alongside.people.reads import Membership


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps: what to do, why, the verb on its button, where; and whether it is done."""

    title: str
    why: str
    verb: str
    url: str
    minutes: str
    done: bool


def first_steps(organisation: Organisation, member: Membership) -> list[Step]:
    """The first steps of whoever sets this place up, in their order; none for anybody else. At most four queries."""
    if organisation.kind == Organisation.Kind.SCHOOL:
        return _of_a_school(organisation) if member.schools_led else []
    return _of_a_network(organisation) if member.officer else []


def _of_a_network(network: Organisation) -> list[Step]:
    schools = list(NetworkMembership.objects.current().filter(network=network).values_list("school", flat=True))
    staffed = StaffEntry.objects.current().filter(school__in=schools).values("school").distinct().count()
    return [
        Step(
            "Bring the register in",
            "Every school of your country with its number, so that nobody types them.",
            "Bring it in",
            _url(network, "register"),
            "5 minutes",
            bool(schools) or School.objects.filter(country=network.country).exists(),
        ),
        Step(
            "Form the first cluster",
            "Find its schools in the register and tick them.",
            "Form a cluster",
            _url(network, "cluster_new"),
            "2 minutes",
            bool(schools),
        ),
        Step(
            "Say whom people can turn to",
            "Every page that asks people something prints it.",
            "Set contacts",
            _url(network, "contacts"),
            "2 minutes",
            bool(network.safeguarding_contact),
        ),
        Step(
            "Bring in the staff lists",
            f"They decide who is asked. {staffed} of {len(schools)} schools have one."
            if schools
            else "They decide who is asked, and nothing else.",
            "Look at the schools",
            _url(network, "clusters"),
            "10 minutes",
            bool(schools) and staffed == len(schools),
        ),
        Step(
            "Invite the heads and a chair",
            "A head sees the own school and replies to its staff; a chair sees the cluster.",
            "Give roles",
            _url(network, "roles"),
            "5 minutes",
            Role.objects.current().filter(kind=Role.Kind.LEADER, school__in=schools).exists(),
        ),
        Step(
            "Ask the first pulse",
            "One minute of everyone shows where you stand.",
            "Ask a pulse",
            _url(network, "wave_new"),
            "3 minutes",
            False,
        ),
    ]


def _of_a_school(school: Organisation) -> list[Step]:
    entries = StaffEntry.objects.current().filter(organisation=school)
    return [
        Step(
            "Bring in your staff list",
            "It decides who is asked, and nothing else.",
            "Bring it in",
            _url(school, "staff_list", school=school.slug),
            "5 minutes",
            entries.exists(),
        ),
        Step(
            "Confirm your mail domain",
            "Only people with an address of the school are asked by mail.",
            "Confirm it",
            _url(school, "staff_list", school=school.slug),
            "1 minute",
            ConfirmedDomain.objects.filter(organisation=school).exists(),
        ),
        Step(
            "Say whom people can turn to",
            "Every page that asks people something prints it. Until then the network’s contacts stand there.",
            "Set contacts",
            _url(school, "contacts"),
            "2 minutes",
            bool(school.safeguarding_contact),
        ),
    ]


def _url(organisation: Organisation, name: str, **parts: str) -> str:
    return reverse(name, kwargs={"kind": organisation.kind, "slug": organisation.slug, **parts})
