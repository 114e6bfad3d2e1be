"""What became of schools: found under an old number, followed to whoever carries them on, closed in a network."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from alongside.kit import countries
from alongside.kit.access import Member
from alongside.network.models import Organisation, RegisterNumber, School, SchoolLink, StagedRegister
from alongside.network.registers import chains

SHOWN = 30  # files, newest first
WAITING = frozenset({"reading", "ready", "applying"})
STEPS = 4  # of a chain; the longest in the register of England has four


@dataclass(frozen=True, slots=True)
class Ended:
    """A school of a network that has closed or is about to, and the schools that came after it."""

    school: School
    heirs: list[School]


def ended_in_network(network: Organisation) -> list[Ended]:
    """Schools that belong to the network today and have closed or will close, by name, with their heirs.

    At most STEPS + 2 queries.
    """
    closing = School.objects.in_network(network).filter(status__in=[School.Status.CLOSED, School.Status.CLOSING])
    schools = list(closing.select_related("organisation").order_by("name", "pk"))
    heirs = heirs_of([school.pk for school in schools])
    found = School.objects.in_bulk([pk for pks in heirs.values() for pk in pks]) if heirs else {}
    return [Ended(school, [found[pk] for pk in heirs.get(school.pk, ())]) for school in schools]


def heirs_of(schools: Collection[int]) -> dict[int, list[int]]:
    """Ids of schools -> ids of the schools at the end of the chains that begin with them; a circle is walked once.

    At most STEPS queries, none for no school.
    """
    links: list[tuple[int, int]] = []
    seen, waiting = set(schools), list(schools)
    for _ in range(STEPS):
        if not waiting:
            break
        further = _links_on(waiting)
        links += further
        waiting = [later for _, later in further if later not in seen]
        seen |= set(waiting)
    after = chains.successors(links)
    return {school: found for school in schools if (found := chains.heirs(school, after))}


def found_by_number(number: str) -> set[int]:
    """Ids of the schools that have this number or had it, and of those that came after them."""
    holders = set(RegisterNumber.objects.filter(number=number).values_list("school", flat=True))
    return holders | {heir for heirs in heirs_of(sorted(holders)).values() for heir in heirs}


def _links_on(schools: Iterable[int]) -> list[tuple[int, int]]:
    links = SchoolLink.objects.filter(earlier__in=list(schools)).exclude(kind=SchoolLink.Kind.RELATED)
    return list(links.order_by("pk").values_list("earlier_id", "later_id"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How many schools of a country, by its name, the register has."""

    country: str
    schools: int
    open: int


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """What the page of the register shows to a network. waiting: files of its own that are not applied or dropped yet."""

    standing: list[Standing]
    waiting: list[StagedRegister]
    before: list[StagedRegister]
    ended: list[Ended]


def register_page(member: Member, network: Organisation) -> RegisterPage:
    """The register as this network sees it. At most STEPS + 4 queries."""
    opened = Count("pk", filter=Q(status__in=[School.Status.OPEN, School.Status.CLOSING]))
    rows = School.objects.values_list("country").annotate(schools=Count("pk"), open=opened).order_by()
    standing = [Standing(countries.name(country), schools, now) for country, schools, now in rows]
    own = list(StagedRegister.objects.seen_by(member).order_by("-pk")[:SHOWN])
    return RegisterPage(
        standing=sorted(standing, key=lambda line: line.country),
        waiting=[staged for staged in own if staged.state in WAITING],
        before=[staged for staged in own if staged.state not in WAITING],
        ended=ended_in_network(network),
    )
