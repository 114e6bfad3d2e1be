"""Words of a country, of a phase and of a network."""

import pytest

from alongside.kit import wordpacks


@pytest.mark.parametrize(
    ("country", "phase", "name", "said"),
    [
        ("gb", "", "head", "headteacher"),
        ("GB", "", "heads", "headteachers"),
        ("gb", "primary", "students", "pupils"),
        ("gb", "secondary", "students", "students"),
        ("nz", "", "head", "principal (tumuaki)"),
        ("nz", "primary", "student", "student (ākonga)"),
        ("nz", "", "network", "community"),
        ("au", "", "governors", "school council or board"),
        ("au", "", "cluster", "network"),
        ("fr", "", "head", "head"),
        ("", "", "support staff", "support staff"),
    ],
)
def test_each_country_says_its_own(country, phase, name, said):
    assert wordpacks.word(name, country, phase=phase) == said


def test_a_network_may_say_something_else():
    own = {"head": "head of school", "student": "", "no such word": "x"}
    assert wordpacks.word("head", "gb", own) == "head of school"
    assert wordpacks.word("student", "gb", own) == "student"
    assert "no such word" not in wordpacks.words("gb", own)


def test_a_word_that_no_pack_has_is_refused():
    with pytest.raises(LookupError, match="No pack has the word 'teacher'"):
        wordpacks.word("teacher", "gb")


def test_every_pack_speaks_of_known_things_only():
    for pack in [*wordpacks.PACKS.values(), *wordpacks.PHASES.values()]:
        assert pack.keys() <= wordpacks.MEANINGS.keys()
        assert all(said and len(said) <= wordpacks.LONGEST for said in pack.values())
