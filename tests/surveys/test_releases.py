"""Releases are read once, and a process keeps as many as have room."""

from alongside.surveys import releases
from alongside.surveys.instruments import Item
from alongside.surveys.releases import Read


def text(number: int) -> str:
    return f'{{"n": {number}}}'.ljust(100)


def test_a_release_that_was_read_is_not_read_again():
    kept = Read(room=250)
    first = kept.document(text(1))
    assert first.data == {"n": 1}
    assert kept.document(text(1)) is first


def test_the_one_that_was_longest_not_asked_for_makes_room():
    kept = Read(room=250)
    first, second = kept.document(text(1)), kept.document(text(2))
    assert kept.document(text(1)) is first
    kept.document(text(3))
    assert kept.document(text(1)) is first
    assert kept.document(text(2)) is not second
    assert kept._taken == sum(map(len, kept._found)) == 200


def test_a_release_larger_than_all_room_is_kept_alone():
    kept = Read(room=50)
    kept.document(text(1))
    second = kept.document(text(2))
    assert kept.document(text(2)) is second
    assert kept._taken == 100


def test_one_result_is_said_by_its_ends():
    items = [Item(str(number), about, "", "") for number, about in enumerate(["Answers", "Time", "Candour"])]
    scores = list(zip((70, 40, 55), items, strict=True))
    assert releases.ends(scores) == "Strongest: answers; hardest: time"
    assert releases.ends(scores[:1]) == "All statements stand near 70"
    assert releases.ends([]) == "Too few answers to show"
