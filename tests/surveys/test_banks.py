"""A pulse from a bank of more statements than six: a core and the next ones in turn, stored with each wave."""

import ast
import tomllib
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

import alongside
from alongside.surveys import instruments, reads, releases
from alongside.surveys.accept import accept
from alongside.surveys.actions import ask
from alongside.surveys.models import BlockTally, Change, Wave
from tests import make
from tests.surveys import worlds

BANK = """
id = "bank"
name = "A bank"
question = "How are things?"
intro = "Six statements."
think = "Think of the past month"
for = "For all staff."
minutes = 1
core = ["bank.3", "bank.7"]
"""
STATEMENTS = "".join(
    f'\n[[items]]\nid = "bank.{n}"\nabout = "About {n}"\nshort = "A{n}"\nstatement = "Statement number {n}."\n'
    for n in range(1, 10)
)
TURNS = {
    1: ["bank.3", "bank.7", "bank.1", "bank.2", "bank.4", "bank.5"],
    2: ["bank.3", "bank.7", "bank.6", "bank.8", "bank.9", "bank.1"],
    3: ["bank.3", "bank.7", "bank.2", "bank.4", "bank.5", "bank.6"],
    4: ["bank.3", "bank.7", "bank.8", "bank.9", "bank.1", "bank.2"],
}


def _forget():
    for kept in (instruments.shipped, instruments.instruments, instruments.instrument, instruments.asked):
        kept.cache_clear()


@pytest.fixture
def bank(tmp_path, monkeypatch):
    """Two pulses as they come, and the bank."""
    for file in instruments.FOLDER.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "bank.toml").write_text(BANK + STATEMENTS)
    monkeypatch.setattr(instruments, "FOLDER", tmp_path)
    _forget()
    yield instruments.instrument("bank")
    monkeypatch.undo()
    _forget()


def test_each_wave_asks_the_core_and_the_next_ones_in_turn(bank):
    assert (bank.is_bank, bank.asks) == (True, 6)
    assert {number: list(bank.turn(number)) for number in TURNS} == TURNS
    asked = [item for number in range(1, 8) for item in bank.turn(number) if item not in bank.core]
    assert {asked.count(item) for item in asked} == {4}  # 7 waves of 4 over 7 statements


def test_a_pulse_of_six_asks_all_of_them_always():
    for pulse in ("lead", "well"):
        whole = [f"{pulse}.{number}" for number in range(1, 7)]
        assert [list(instruments.instrument(pulse).turn(number)) for number in (1, 2, 9)] == [whole] * 3


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('["bank.3", "bank.7"]', '["bank.3", "bank.77"]', "names one that is not there"),
        ('["bank.3", "bank.7"]', str([f"bank.{n}" for n in range(1, 7)]), "leaves no room"),
        ('id = "bank.2"', 'id = "bank.1"', "twice"),
    ],
)
def test_a_bank_that_is_not_sound_is_refused(tmp_path, old, new, words):
    file = tmp_path / "bank.toml"
    file.write_text((BANK + STATEMENTS).replace(old, new))
    assert tomllib.loads(file.read_text())["id"] == "bank"
    with pytest.raises(ValueError, match=words):
        instruments._read(file)


@pytest.fixture
def world(bank, db):
    return worlds.open_world({"X": {"A": 12, "B": 11}}, "bank")


def test_what_a_wave_asks_is_stored_when_it_is_planned(world, monkeypatch):
    assert world.wave.items == TURNS[1]
    monkeypatch.setattr(instruments.Instrument, "turn", lambda *_: ("bank.9",))
    assert [item.id for item in Wave.objects.get().pulse.items] == TURNS[1]


def test_the_page_the_answer_the_release_and_the_tallies_hold_the_waves_own_statements(world):
    token = make.tokens(world.wave, world.schools["A"])[0]
    page = Client().get(f"/a/{world.wave.pk}/{token}").content.decode()
    assert [f"Statement number {n}." in page for n in range(1, 10)] == [n in {1, 2, 3, 4, 5, 7} for n in range(1, 10)]
    assert page.index("Statement number 3.") < page.index("Statement number 7.") < page.index("Statement number 1.")
    form = {f"bank.{n}": "4" for n in range(1, 10)}
    assert Client().post(f"/a/{world.wave.pk}/{token}", form).status_code == 200
    for other in make.tokens(world.wave, world.schools["A"])[1:]:
        accept(world.wave.pk, other, make.ratings(world.wave))
    document = worlds.closed(world)
    assert document.items == TURNS[1]
    assert set(BlockTally.objects.values_list("item", flat=True)) == set(TURNS[1])
    assert document.score("bank.1", world.place("A")).n == "12"


def test_a_later_wave_is_compared_with_those_that_asked_the_same(world):
    worlds.answer_all(world, {"A": 12, "B": 11})
    worlds.closed(world)
    second = worlds.World(world.network, world.clusters, world.schools, make.open_wave(world.network, "bank"))
    assert second.wave.items == TURNS[2]
    reads.forget()
    worlds.answer_all(second, {"A": 12, "B": 11})
    worlds.closed(second)
    said = {change.item for change in Change.objects.filter(wave=second.wave)}
    assert said == set(TURNS[2])
    assert releases.of(world.wave).items == TURNS[1]
    officer = Client()
    officer.force_login(make.officer(world.network))
    place = world.network.get_absolute_url()
    shown = officer.get(f"{place}waves/{second.wave.pk}/results/").content.decode()
    assert ("About 6" in shown, "About 4" in shown) == (True, False)
    for item, status in (("bank.1", 200), ("bank.6", 200), ("bank.4", 404)):
        found = officer.get(f"{place}waves/{second.wave.pk}/statements/{item}/all/whole/")
        assert found.status_code == status, item
    for kind in ("csv", "xlsx"):
        assert officer.get(f"{place}waves/{second.wave.pk}/results.{kind}").status_code == 200


def test_asking_by_hand_takes_the_next_turn(world):
    Wave.objects.update(state="sealed")
    opens = timezone.now() + make.DAY
    assert ask(world.network, "bank", opens, opens + 5 * make.DAY).items == TURNS[2]


def test_nothing_is_remembered_without_end():
    """A process that serves for months keeps only so many of what it is asked for."""
    unbounded = []
    for file in Path(alongside.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.args.args or node.args.kwonlyargs):
                marks = [ast.unparse(mark) for mark in node.decorator_list]
                if any(mark in {"cache", "functools.cache"} or "maxsize=None" in mark for mark in marks):
                    unbounded.append(f"{file.name}: {node.name}")
    assert unbounded == []
