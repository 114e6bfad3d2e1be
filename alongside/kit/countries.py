"""Names of countries, as their schools say them: the one place for them."""

from typing import Final

NAMES: Final = {
    "gb": "United Kingdom",
    "nz": "Aotearoa New Zealand",
    "au": "Australia",
    "ie": "Ireland",
}


def name(code: str) -> str:
    """The name of a country (ISO 3166 alpha-2, any case); the code itself for one whose name nobody has added."""
    return NAMES.get(code.lower(), code.upper())
