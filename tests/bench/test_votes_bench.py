"""`alongside bench votes`: files of a folder through the import, with the winners that are known."""

import json

from alongside.bench import command
from tests.votes_of_ours import older, preflib


def known(file, first):
    return {"file": file, "borda": [first], "condorcet": [first], "schulze": [first], "kemeny_top": first}


def bench(folder, *winners):
    told = {"votes": [known(file, first) for file, first in winners]}
    (folder / "REFERENCE.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "below").mkdir()
    (folder / "below" / "one.soi").write_bytes(preflib(["30: 1,2,3", "9: 3"]))
    (folder / "below" / "two.toc").write_bytes(older(["3,2,1,3"]))
    (folder / "none.csv").write_bytes(b"Name,Age\nAnn,7\n")
    return command.main(["votes", "--files", str(folder)])


def test_known_winners_are_compared(tmp_path, capsys):
    assert bench(tmp_path, ("one.soi", "Time to plan"), ("two.toc", "Marking")) == 0
    said = capsys.readouterr().out
    assert "one.soi: PrefLib, 39 votes, 3 issues, 0 set aside: “Time to plan” comes first; as known" in said
    assert "none.csv: refused: This is no vote that can be counted: 1 things" in said
    assert "3 files: 2 read, 1 refused with a sentence, 0 fell over. 42 votes, 0 lines set aside." in said
    assert "Of 2 with a known answer 0 differ." in said


def test_a_winner_that_differs_ends_with_1(tmp_path, capsys):
    assert bench(tmp_path, ("one.soi", "Corridors")) == 1
    said = capsys.readouterr().out
    assert "DIFFERS: borda ['Time to plan'], known ['Corridors']; condorcet" in said
    assert "kemeny ['Time to plan'], known Corridors" in said


def test_a_folder_without_votes_ends_with_1(tmp_path):
    assert command.main(["votes", "--files", str(tmp_path)]) == 1
