"""Names of countries: one place, every country whose words, zone or days we know."""

from alongside.kit import countries, wordpacks
from alongside.network.actions import ZONES


def test_every_country_that_we_know_anything_of_has_a_name():
    assert countries.NAMES.keys() >= wordpacks.PACKS.keys() | ZONES.keys()


def test_a_code_in_any_case_has_its_name_and_an_unknown_one_stays_a_code():
    assert countries.name("GB") == "United Kingdom"
    assert countries.name("nz") == "Aotearoa New Zealand"
    assert countries.name("fr") == "FR"
