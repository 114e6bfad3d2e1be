"""`alongside bench registers` counts rightly, and says when a file comes out otherwise than known."""

from __future__ import annotations

import pytest

from alongside.bench import command, registers
from alongside.bench.registers import Outcome
from alongside.kit.errors import Refused
from alongside.network.registers import read_register
from tests.registers_of_ours import gias, gias_links, gias_school, glued


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "register.csv").write_bytes(gias([gias_school("900001"), gias_school("900002", NumberOfPupils="many")]))
    (folder / "links.csv").write_bytes(gias_links(("900001", "900009", "Successor")))
    old, new = (
        gias([gias_school(f"9000{number}{last}") for last in range(3)], year) for number, year in ((1, 2018), (2, 2021))
    )
    (folder / "glued.csv").write_bytes(glued(old, new))
    return folder


def test_files_are_brought_in_and_compared_with_what_is_known(files, monkeypatch, capsys):
    known = {"register.csv": Outcome(2, 1, 1), "glued.csv": Outcome(refusal="This file mixes two layouts")}
    monkeypatch.setattr(registers, "KNOWN", known)
    asked = ["registers", "--database", "sqlite", "--rows", "40", "--runs", "1", "--files", str(files)]
    assert command.main(asked) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("SQLite: 40 rows of 140 columns, ")
    assert [line.split(":")[0].strip() for line in said[1:]] == [
        *("SQLite, new", "SQLite, all changed", "SQLite, the same again"),
        *("SQLite", "glued.csv", "register.csv", "links.csv", "Registers"),
    ]
    assert "register.csv: 2 rows, 1 schools, 1 faults (as known); " in said[6]
    assert "links.csv: 1 rows, 0 schools, 0 faults, 1 links; " in said[7]
    assert said[-1] == "Registers: every file came out as known, within time and memory."


def test_what_comes_out_otherwise_is_named():
    known = Outcome(2, 1, 1)
    assert registers._fits(Outcome(2, 1, 1), known)
    assert not registers._fits(Outcome(2, 2, 0), known)
    assert not registers._fits(Outcome(refusal="This is a PDF"), Outcome(refusal="This file mixes"))
    assert registers._fits(Outcome(refusal="This file mixes two"), Outcome(refusal="This file mixes"))


@pytest.mark.parametrize(("seconds", "peak"), [(30.1, 100.0), (1.0, 400.5)])
def test_too_slow_or_too_large_is_a_fault(seconds, peak, capsys):
    runs = [{"seconds": 1.0, "peak": 100.0}, {"seconds": seconds, "peak": peak}]
    assert registers._judged("SQLite, new", runs) == ["SQLite, new: more than 30 s or 400 MB"]
    assert registers._judged("SQLite, new", runs[:1]) == []
    capsys.readouterr()


def test_a_folder_without_files_is_one_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    asked = ["registers", "--database", "sqlite", "--rows", "1", "--runs", "1", "--files", str(tmp_path / "empty")]
    with pytest.raises(Refused, match="There is no file in"):
        command.main(asked)


def test_the_made_up_file_is_a_register_of_england(tmp_path):
    registers._write(tmp_path / "made.csv", 30, 198)
    file = read_register(tmp_path / "made.csv")
    assert (file.layout, len(file.schools), file.faults) == ("Get Information about Schools, full download", 30, [])
    assert (file.schools[7].name, file.schools[7].number, file.schools[7].roll) == (
        "Saint-André School 7",
        "100007",
        198,
    )
