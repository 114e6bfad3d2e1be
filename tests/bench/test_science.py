"""`alongside bench science`: every row of the table is printed with what is to be reached, and what must hold decides the code."""

import json
import re
from pathlib import Path

import pytest

from alongside.bench.methods import alarms, known, networks, rounding, vectors
from alongside.bench.methods.speed import Clock
from alongside.cli import main
from alongside.surveys import publish

PAGE = Path(alarms.__file__).parents[3] / "docs" / "science" / "pulse.md"

PROMISED = {
    "exact change test, 60 + 60 answers": "2 ms",
    "coherence map, 1,000 schools × 12 statements × 5 perspectives": "1 s",
    "peer review, 30 schools, 2 reviews each": None,
    "givers and takers, 1,000 schools × 5 dimensions": "5 s",
    "co-coaching, 1,000 people": "1 s",
    "programme schedule, 40 sessions × 38 weeks × 12 schools": "60 s",
    "replan after one disruption, three alternatives": "60 s",
    "ballots, 40 issues × 5,004 people, resampling included": "5 s",
    "equal shares of these, completed": None,
    "network of 1,000 schools, summary and next connection": "10 s",
}


def test_every_row_is_printed_with_what_is_to_be_reached(capfd):
    asked = ["--runs", "3", "--schools", "30", "--networks", "5", "--times", "1"]
    assert main(["bench", "science", *asked]) == 0
    said = capfd.readouterr().out.splitlines()
    assert said[:2] == ["vectors: 157 of 157", "median (lowest–highest) of 1"]
    rows = dict(line.split(": ", 1) for line in said[2:] if line.split(";")[0].endswith(("s", "ms")) and "–" in line)
    rows = {name.split(", 16,")[0]: figures for name, figures in rows.items()}  # people, not the pairs drawn
    promised = {name: rows[name].partition("; to reach ")[2].split(", NOT")[0] or None for name in PROMISED}
    assert promised == PROMISED
    gaps = [line.partition("; to reach ")[2] for line in said if line.startswith("    gap ")]
    assert gaps == ["1 %", "2 %"]
    assert "disclosure, 5 networks with three crossing groupings: 0 groups under k derivable" in said
    assert [row.name for row in alarms.ROWS] == [line.strip().split(": ")[0] for line in said[-len(alarms.ROWS) :]]


def test_a_figure_is_the_median_with_its_spread_and_says_when_it_is_late(capsys):
    pauses = iter((0.0, 0.05, 0.0))

    def work():
        assert next(pauses, None) is not None
        return "done"

    assert Clock(3).timed("work", work, 1000) == "done"
    Clock(1).timed("late", lambda: sum(range(10_000)), 0.000001, "ms")
    first, second = capsys.readouterr().out.splitlines()
    assert first == "work: 0.00 (0.00–0.00) s; to reach 1000 s"
    assert second.endswith("to reach 1e-06 ms, NOT REACHED")
    assert next(pauses, None) is None


def test_vectors_that_differ_are_counted(tmp_path, monkeypatch, capsys):
    wrong = {"method": "ordinal_dispersion", "inputs": {"counts": [1, 1]}, "expected": {"D": 0.5}, "tolerance": 0}
    file = tmp_path / "vectors.json"
    file.write_text(json.dumps({"format": "alongside-science-vectors/1", "vectors": [{"id": "x", **wrong}]}))
    monkeypatch.setenv("ALONGSIDE_VECTORS", str(file))
    assert vectors.check() == 1
    assert capsys.readouterr().out == "vectors: 0 of 1\n"


def test_networks_that_give_somebody_away_are_counted(monkeypatch, capsys):
    leaky = ({"x": ["a", "b", "c"]}, {"a": 12, "b": 8, "c": 3}, {})
    assert networks.derivable(leaky) == 0
    monkeypatch.setattr(networks, "derivable_below", lambda n, shown, k: [(3, ("c",))])
    assert networks.audit(5, 2) == 6
    assert capsys.readouterr().out.startswith("disclosure, 2 networks with three crossing groupings: 6 groups under k")


def test_a_small_block_is_found_less_often_the_later_whole_points_begin(capsys):
    rounding.simulate(1, 60)
    early, late = (
        [float(share) for share in re.findall(r": (\d+\.\d)%", line)] for line in capsys.readouterr().out.splitlines()
    )
    fifty, beyond = rounding.SIZES.index(50), rounding.SIZES.index(250)
    assert early[fifty] > 25 > 15 > late[fifty]
    assert (early[:fifty], early[beyond:]) == (late[:fifty], late[beyond:])
    assert rounding.FINEST[1] == publish.TOTAL_FINE_FROM


# -- false alarms ------------------------------------------------------------------------------------------------------


def test_what_is_stated_stands_on_the_page():
    page = PAGE.read_text(encoding="utf-8")
    rows = [f"| {row.name} | {' | '.join(f'{figure:g}%' for figure in row.stated)} |" for row in alarms.ROWS]
    assert [row for row in rows if row not in page] == []


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ((4.0, 0.6, 0.4), ""),
        ((4.0, 0.6, 9.0), " DIFFERS BROKEN"),
        ((20.0, 0.6, 0.4), " DIFFERS BROKEN"),
    ],
)
def test_a_rate_beyond_what_is_stated_or_promised_is_named(capsys, rates, said):
    row = alarms.Row(30, 0.0, 0, 0, (4.2, 0.6, 0.4))
    assert alarms._holds(row, rates, 1000) == (not said)
    assert capsys.readouterr().out.rstrip("\n").endswith(f"(0.4){said}")


def test_a_rate_under_what_is_stated_differs_too():
    assert not alarms._holds(alarms.Row(60, 0.6, 0, 0.6, (90, 70, 80)), (60.0, 70.0, 80.0), 1000)


def test_waves_are_asked_by_turns_where_groups_are_uneven():
    assert alarms.Row(60, 0.6, 0, 0, (0, 0, 0)).asked == [60] * 5
    assert alarms.Row(60, 0.6, 0, 0, (0, 0, 0), every_other=24).asked == [60, 24, 60, 24, 60]


# -- known data --------------------------------------------------------------------------------------------------------

ELECTION = """# FILE NAME: small.toc
# ALTERNATIVE NAME 1: Ash
# ALTERNATIVE NAME 2: Birch
# ALTERNATIVE NAME 3: Cedar, tall
3: 1,2,3
2: 2,3,1
3: 3,2,1
1: {1,2,3}
"""


def known_of(**more):
    """The winners of ELECTION by hand: Ash and Cedar lead by first places, Birch beats each of them by 5 to 3."""
    rounds = [{"Ash": 3.33, "Birch": 2.33, "Cedar, tall": 3.33}, {"Ash": 3.5, "Cedar, tall": 5.5}]
    head = {"file": "small.toc", "title": "Trees", "irv_rounds": rounds, "irv": "Cedar, tall"}
    best = {rule: ["Birch"] for rule in ("borda", "condorcet", "schulze")}
    least = {"kemeny_top": "Birch", "kemeny_cost": 9, "kemeny_n_optimal": 1}
    return {**head, "plurality": ["Ash", "Cedar, tall"], **best, **least, **more}


def test_an_election_comes_out_as_known(tmp_path, capsys):
    (tmp_path / "small.toc").write_text(ELECTION)
    assert known._election(tmp_path, known_of()) == 0
    assert capsys.readouterr().out == (
        "small.toc, Trees: plurality, irv, borda, condorcet, schulze, kemeny_top, kemeny_cost, kemeny_n_optimal as known\n"
    )


def test_another_winner_is_named_and_counted(tmp_path, capsys):
    (tmp_path / "small.toc").write_text(ELECTION)
    assert known._election(tmp_path, known_of(irv="Ash", borda=["Ash"])) == 2
    said = capsys.readouterr().out
    assert "DIFFERS in irv: ['Cedar, tall'] (Ash); DIFFERS in borda: ['Birch'] (['Ash'])" in said


def test_a_tie_that_the_known_list_breaks_is_told_and_not_counted(tmp_path, capsys):
    (tmp_path / "small.toc").write_text("# ALTERNATIVE NAME 1: Ash\n# ALTERNATIVE NAME 2: Birch\n1: 1,2\n1: 2,1\n")
    both = ["Ash", "Birch"]
    even = {"plurality": both, "borda": both, "schulze": both, "condorcet": [], "kemeny_top": None}
    assert known._election(tmp_path, known_of(**even, irv="Ash", irv_rounds=[{"Ash": 1, "Birch": 1}])) == 0
    assert "irv ['Ash', 'Birch'] (a tie, which the known list breaks: Ash)" in capsys.readouterr().out
    assert known._election(tmp_path, known_of(**even, irv="Ash", irv_rounds=[{"Ash": 2, "Birch": 1}])) == 1


def test_near_is_to_six_digits_and_nothing_missing(capsys):
    assert known._near("a", 0.1234564, 0.123456) == 0
    assert known._near("a", 0.123458, 0.123456) == 1
    assert known._near("a", None, 0.1) == 1
    assert known._near("a", {"x": 1.0}, {"x": 1.0, "y": 2.0}) == 1
    assert capsys.readouterr().out.count("DIFFERS") == 3


def test_agreement_of_a_group_by_hand():
    """Two of three statements alike, one half at each end: mean variance (0 + 0 + 8)/3 exceeds even answers' 2; none shared."""
    assert known._rwg([[1, 3, 1], [1, 3, 5]]) == 0.0
    assert known._ad([[1, 3, 1], [1, 3, 5]]) == pytest.approx(2 / 3)
