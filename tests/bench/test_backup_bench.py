"""`alongside bench backup` at the smallest size: real commands, two real installations, sums that are compared."""

import re

from alongside.bench import backup, command

SAID = re.compile(
    r"SQLite: (?P<rows>\d+) rows, archive 0\.\d MB; backup [\d.]+ s with [\d,]+ MB of memory, restore [\d.]+ s with "
    r"[\d,]+ MB; (?P<same>\d+) of (?P<all>\d+) sums the same, the others: (?P<others>.+)\.\n"
)
SMALLEST = ["backup", "--database", "sqlite", "--schools", "2"]


def test_a_small_network_comes_back_with_the_same_sums(capsys):
    assert command.main(SMALLEST) == 0
    out = capsys.readouterr().out
    said = SAID.fullmatch(out)
    assert said is not None, out
    assert said["others"] == backup.SEALED_ANEW
    assert int(said["rows"]) > 80  # forty people, each with a line of the staff list
    assert int(said["all"]) - int(said["same"]) == 1


def test_a_restore_that_brings_nothing_back_fails(capsys, monkeypatch):
    does = backup._alongside
    monkeypatch.setattr(
        backup, "_alongside", lambda place, *said: backup.Run(0, 0) if said[0] == "restore" else does(place, *said)
    )
    assert command.main(SMALLEST) == 1
    assert "tables/people_staffentry.ndjson" in capsys.readouterr().out
