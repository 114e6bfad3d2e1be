"""What stands behind the door Grow: places to go, by what they are about, each for whoever may open it."""

from dataclasses import dataclass

from django.urls import reverse

from alongside.network import rules as network_rules
from alongside.network.models import Organisation
from alongside.people import rules as people_rules
from alongside.people.reads import Membership


@dataclass(frozen=True, slots=True)
class Place:
    """One page: its name, and what it is for."""

    label: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """Pages that belong together."""

    heading: str
    places: list[Place]


def parts(organisation: Organisation, member: Membership) -> list[Part]:
    """The pages that this member may open here, in the order in which a place is built up. No query."""
    found = _of_a_network(member) if organisation.kind == Organisation.Kind.NETWORK else _of_a_school(member)
    kwargs = {"kind": organisation.kind, "slug": organisation.slug}
    own = {"staff_list", "school"}
    return [
        Part(
            heading,
            [
                Place(label, why, reverse(name, kwargs=kwargs | ({"school": organisation.slug} if name in own else {})))
                for allowed, name, label, why in lines
                if allowed
            ],
        )
        for heading, lines in found
        if any(allowed for allowed, *_ in lines)
    ]


type Line = tuple[bool, str, str, str]


def _of_a_network(member: Membership) -> list[tuple[str, list[Line]]]:
    return [
        (
            "Schools",
            [
                (True, "clusters", "Clusters", "Schools that work together, each with its page and its profile."),
                (
                    network_rules.answers_somewhere(member),
                    "asks",
                    "Asking and inviting",
                    "Who asks to join, and whom you invite.",
                ),
                (True, "flows", "The pathway", "Where children go on to, from school to school."),
                (
                    network_rules.can_import_registers(member),
                    "register",
                    "The register",
                    "Every school of the country, brought up to date with a file.",
                ),
            ],
        ),
        (
            "People",
            [
                (
                    people_rules.can_see_groups(member),
                    "groups",
                    "Groups",
                    "Maths leads, business managers: people in the same work.",
                ),
                (
                    people_rules.can_see_roles(member),
                    "roles",
                    "Roles and invitations",
                    "Who leads what, since when, and who is asked to.",
                ),
                (
                    people_rules.can_see_partners(member),
                    "partners",
                    "Partners",
                    "Universities and others that work with you.",
                ),
                (
                    people_rules.can_merge(member),
                    "people_alike",
                    "Twice on the lists",
                    "People who may be there under two addresses.",
                ),
            ],
        ),
        ("This network", _setup(member, "network")),
    ]


def _of_a_school(member: Membership) -> list[tuple[str, list[Line]]]:
    leads = bool(member.schools_led)
    return [
        (
            "Our school",
            [
                (leads, "staff_list", "Staff list", "It decides who is asked, and nothing else."),
                (True, "school", "Our page", "What others read of us: facts, strengths, what we look for."),
                (leads, "joining", "Where we belong", "Networks and clusters: ask to join, answer, give notice."),
                (
                    people_rules.can_merge(member),
                    "people_alike",
                    "Twice on the list",
                    "People who may be there under two addresses.",
                ),
            ],
        ),
        ("How it is set up", _setup(member, "school")),
    ]


def _setup(member: Membership, kind: str) -> list[Line]:
    keeps = network_rules.can_set_contacts(member, kind)
    return [
        (keeps, "contacts", "Contacts", "Whom people can turn to; every page that asks something prints it."),
        (True, "terms", "Terms and closed days", "School days, report and exam weeks."),
        (keeps and kind == "network", "words", "Words", "Headteacher or principal, pupil or student: yours."),
        (people_rules.can_read_journal(member, kind), "journal", "Journal", "What was done here, by whom, and when."),
        (
            people_rules.can_confirm_erasure(member),
            "erasures",
            "Requests to be erased",
            "From people who ask to be forgotten.",
        ),
        (True, "kept", "What is kept here", "Why, and for how long."),
    ]
