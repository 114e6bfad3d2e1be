"""`alongside bench science` runs by itself, prints every figure and keeps its word on false alarms."""

from alongside.cli import main


def test_every_figure_is_printed(capfd):
    assert main(["bench", "science", "--runs", "40", "--schools", "30"]) == 0
    said = [line.split(":")[0] for line in capfd.readouterr().out.splitlines() if not line.startswith(" ")]
    assert said == [
        "exact change test, 60 + 60 answers",
        "coherence map, 1,000 × 12 × 5",
        "peer review, 30 schools, 2 reviews each",
        "givers and takers, 1,000 schools × 5",
        *[line for line in said if line.startswith("co-coaching, 1,000 people")],
        "programme, 40 sessions × 38 weeks × 12 schools",
        "replan, three alternatives",
        *[line for line in said if line.startswith("ballots, 40 issues × 5,")],
        "equal shares of these, completed",
        "network of 1,000 schools",
        "false alarms, 12 staff, answers going together 0.6",
        "false alarms, 30 staff, answers going together 0.6",
        "false alarms, 30 staff, answers going together 0.0",
    ]
