"""The words that a country's schools use for the same things, and a network's own in their place.

A page says {% word "heads" %}; what is printed depends on the organisation where the page is.
"""

from collections.abc import Mapping
from typing import Final

# What each word stands for, for the page on which a network chooses its own.
MEANINGS: Final = {
    "head": "who leads a school",
    "heads": "several of them",
    "student": "a child or young person at school",
    "students": "several of them",
    "governors": "who governs a school",
    "support staff": "who works there and does not teach",
    "network": "what holds your schools together",
    "cluster": "a handful of schools that work together",
}
NEUTRAL: Final = {word: word for word in MEANINGS}
PACKS: Final[Mapping[str, Mapping[str, str]]] = {
    "gb": {"head": "headteacher", "heads": "headteachers", "governors": "governors and trustees"},
    "nz": {
        "head": "principal (tumuaki)",
        "heads": "principals (tumuaki)",
        "student": "student (ākonga)",
        "students": "students (ākonga)",
        "governors": "board",
        "support staff": "support staff, teacher aides among them",
        "network": "community",
    },
    "au": {
        "head": "principal",
        "heads": "principals",
        "governors": "school council or board",
        "support staff": "support and administrative staff",
        "network": "region or diocese",
        "cluster": "network",
    },
}
PHASES: Final = {("gb", "primary"): {"student": "pupil", "students": "pupils"}}
LONGEST: Final = 60


def words(country: str, own: Mapping[str, str] | None = None, phase: str = "") -> dict[str, str]:
    """Every word as it is said in a country (ISO 3166, any case), in schools of a phase, with a network's own on top."""
    code = country.lower()
    kept = {word: said for word, said in (own or {}).items() if word in NEUTRAL and said}
    return {**NEUTRAL, **PACKS.get(code, {}), **PHASES.get((code, phase), {}), **kept}


def word(name: str, country: str = "", own: Mapping[str, str] | None = None, phase: str = "") -> str:
    """One word. Raises LookupError for one that no pack knows."""
    if name not in NEUTRAL:
        raise LookupError(f"No pack has the word {name!r}, only {', '.join(NEUTRAL)}.")
    return words(country, own, phase)[name]
