"""The frame around every signed-in page: where I am, where else I belong, and the six doors."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from alongside.kit.frame import DOORS, Door, Frame, Place, Rest
from alongside.network import pauses, rules
from alongside.network.models import Organisation, School
from alongside.people.models import Role
from alongside.people.reads import Membership, Standing
from alongside.people.requests import InsideRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Context of every template: `frame`, or nothing outside an organisation."""
    if "organisation" not in vars(request):
        return {"demo": settings.DEMO}
    inside = cast(InsideRequest, request)
    organisation, standing = inside.organisation, inside.standing
    places = tuple(
        Place(place.name, place.get_absolute_url(), depth=int(place.kind == "school"), current=place == organisation)
        for place in standing.organisations()
    )
    doors = tuple(
        Door(door.key, door.label, door.nouns, reverse(door.key, kwargs=address(organisation))) for door in DOORS
    )
    rest = _rest(inside.member, organisation, standing)
    built = Frame(
        organisation.name,
        note(standing, organisation),
        places,
        doors,
        standing.person.name,
        settings.DEMO,
        rest,
        reverse("search", kwargs=address(organisation)),
    )
    return {"frame": built, "demo": settings.DEMO}


def _rest(member: Membership, organisation: Organisation, standing: Standing) -> Rest | None:
    """Pausing from here: a leader's one school at a tap, otherwise by way of its page."""
    if not rules.can_pause_somewhere(member):
        return None
    page = reverse("pauses", kwargs=address(organisation))
    if len(member.schools_led) != 1:
        return Rest(page)
    school = next(role.school for role in standing.roles if role.school_id in member.schools_led and role.school)
    return _one_school(page, school, organisation, standing)


def _one_school(page: str, school: School, organisation: Organisation, standing: Standing) -> Rest:
    """What stands on every page of whoever leads one school here."""
    at = {**address(organisation), "school": school.slug}
    held = pauses.visible(standing.pauses, organisation).get(school.pk)
    if held is None:
        return Rest(page, school.name, begin=reverse("pause", kwargs=at))
    own = held.organisation_id == school.organisation_id
    return Rest(page, school.name, end=reverse("pause_lift", kwargs=at) if own else "", said=pauses.said(held, school))


def address(organisation: Organisation) -> dict[str, str]:
    """The parts of an address inside the organisation."""
    return {"kind": organisation.kind, "slug": organisation.slug}


def note(standing: Standing, organisation: Organisation) -> str:
    """One line under the name: what I am here."""
    words = [_word(role) for role in standing.roles if _holds(role, standing, organisation)]
    return f"you are {' and '.join(words)}" if words else ""


def _holds(role: Role, standing: Standing, organisation: Organisation) -> bool:
    if role.organisation_id == organisation.pk:
        return True
    return role.school_id in standing.networks and organisation in standing.networks[role.school_id or 0]


def _word(role: Role) -> str:
    match role.kind:
        case "leader":
            return f"a leader of {role.school}"
        case "chair":
            return f"chair of {role.cluster}"
        case "officer":
            return "the network's officer"
        case "coach":
            return f"coach of {role.cluster or role.school}"
        case _:
            return "a stakeholder"
