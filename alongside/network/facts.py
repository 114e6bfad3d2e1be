"""What the registers say of a school, in words that a reader knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alongside.network.models import RegisterNumber, School

PHASES = {
    "primary": "Primary",
    "secondary": "Secondary",
    "all-through": "All ages",
    "special": "Special",
    "nursery": "Nursery",
    "other": "Other",
}
REGISTERS = {
    "gb-urn": "URN in England’s register",
    "nz-moe": "Number in the New Zealand directory",
    "au-acara": "ACARA number",
    "au-nsw": "School code in New South Wales",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of intake. near: up to which difference two schools are alike. words: of one value; about: its name."""

    key: str
    about: str
    words: str
    near: float


MEASURES = (
    Measure("fsm_percent", "Free school meals", "{:g}% of students have free school meals", 5),
    Measure("decile", "Decile", "decile {:g}", 1),
    Measure("eqi", "Equity index", "equity index {:g}", 20),
    Measure("icsea", "ICSEA", "ICSEA {:g}", 40),
)


def measured(school: School, measure: Measure) -> float | None:
    """The school's value of a measure; None where no register states it."""
    value = (school.facts or {}).get(measure.key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def intake(school: School) -> list[str]:
    """What the registers say of the school's intake, in words; empty where they say nothing."""
    pairs = [(measure, measured(school, measure)) for measure in MEASURES]
    return [measure.words.format(value) for measure, value in pairs if value is not None]


def phase(school: School) -> str:
    return PHASES.get(school.phase, school.phase.capitalize())


def ages(school: School) -> str:
    """ "4 to 11", or nothing where the register gives neither age."""
    if school.low_age is None or school.high_age is None:
        return ""
    return f"{school.low_age} to {school.high_age}"


def lines(school: School, numbers: Iterable[RegisterNumber]) -> list[tuple[str, str]]:
    """(label, text) of everything that the registers say, without what they leave out."""
    where = ", ".join(filter(None, (school.street, school.town, school.postcode)))
    state = {"closing": "open, closing soon", "proposed": "not open yet", "closed": "closed"}.get(school.status, "")
    until = f" on {school.closed_on:%d %B %Y}" if school.closed_on and school.status in {"closing", "closed"} else ""
    found = [
        ("Phase", phase(school)),
        ("Kind of school", school.kind),
        ("Ages", ages(school)),
        ("Students on the roll", "" if school.roll is None else f"{school.roll:,}"),
        ("Where", where),
        ("Area", school.area),
        ("Intake", "; ".join(intake(school))),
        ("State", state + until),
        *((REGISTERS.get(number.register, number.register), _dated(number)) for number in numbers),
    ]
    return [(label, text) for label, text in found if text]


def _dated(number: RegisterNumber) -> str:
    if number.until:
        return f"{number.number} until {number.until:%B %Y}"
    return f"{number.number} since {number.since:%B %Y}" if number.since else number.number


def phases(schools: Sequence[School]) -> str:
    """ "4 primary, 1 secondary": how many of each, the most frequent first."""
    counts: dict[str, int] = {}
    for school in schools:
        counts[phase(school).lower()] = counts.get(phase(school).lower(), 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count} {name}" for name, count in ordered)
