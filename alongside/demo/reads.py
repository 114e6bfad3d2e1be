"""Who can be walked in as, and what is new for them."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from alongside.network.models import Organisation

LINK = re.compile(r"(https?://\S+)")
DOMAIN = "riverway.example"


@dataclass(frozen=True, slots=True)
class DemoRole:
    """One button of the first page."""

    key: str
    label: str
    text: str


ROLES = (
    DemoRole("teacher", "Teacher", "Birch Park. Two minutes a month, and what came of them."),
    DemoRole("head", "Head", "Birch Park. Workload fell below its usual range: reply to your staff."),
    DemoRole("chair", "Chair", "Avon cluster. Seven schools, and what their people said this month."),
    DemoRole("coach", "Coach", "Works for a university, and with the Avon cluster’s seven schools."),
    DemoRole("officer", "Network officer", "Seventeen schools at a glance. Ask a pulse, bring in a staff list."),
    DemoRole("stakeholder", "Stakeholder", "A line manager with half an hour: what is published, and no more."),
)


def roles() -> tuple[DemoRole, ...]:
    return ROLES


def email_of(role: str) -> str:
    """The address of whoever is walked in as; "" for no such role."""
    return f"{role}@{DOMAIN}" if role in {known.key for known in ROLES} else ""


def about() -> str:
    """The name of the made-up network, or nothing while the demo world is not built."""
    network = Organisation.objects.filter(kind=Organisation.Kind.NETWORK, slug="riverway-trust").first()
    return network.name if network else ""


def parts(text: str) -> list[tuple[str, str]]:
    """A letter's text cut at its links: (text, path of the link, or nothing). The path only: the demo may have moved to
    another port since the letter was written."""
    return [(part, urlsplit(part).path if LINK.fullmatch(part) else "") for part in LINK.split(text) if part]
