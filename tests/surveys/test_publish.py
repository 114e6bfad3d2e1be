import pytest
from tests.surveys import worlds
pytestmark = pytest.mark.django_db

def test_e1():
    world, document = worlds.published({"X": "ABC"}, {"A": 12, "B": 8, "C": 3})
    print(document.data)
    assert 0
