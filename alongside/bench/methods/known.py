"""Known data and known answers, of a folder on this computer: agreement in real groups, real elections, a real network.

The folder holds 04_likert, 05_votes/preflib, 06_networks and REFERENCE.json with the answers; none of it belongs to Alongside.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from alongside.science import ballots, ties
from alongside.science.coherence import agreement, group_reliability, item_alpha, rwg_items
from alongside.science.tallies import from_answers, variance

OPTIONS = 5  # answer values of every scale here; those that start at 0 are moved to 1
NEAR = 5e-7  # the answers have six to eight digits
FIRST_AT_0 = {"HOSTIL"}

type Rows = list[dict[str, str]]


def compare(folder: Path) -> int:
    """Print each figure beside the known one; how many differ."""
    known = json.loads((folder / "REFERENCE.json").read_text(encoding="utf-8"))
    wrong = _companies(folder / "04_likert" / "lq2002.csv", known["likert"])
    wrong += _platoons(folder / "04_likert" / "cohesion.csv", known["likert"]["cohesion"])
    wrong += sum(_election(folder / "05_votes" / "preflib", each) for each in known["votes"])
    wrong += _advice(folder / "06_networks", known["networks"]["ht_advice"])
    print(f"{wrong} differ" if wrong else "all as known")
    return wrong


def _companies(path: Path, known: Mapping[str, Any]) -> int:
    rows, wrong = _read(path), 0
    for scale, column in (("LEAD", "LEAD"), ("TSIG", "TSIG"), ("HOSTIL", "HOSTILE")):
        expected = known[scale]
        items: list[str] = expected["items"]
        up = 1 if scale in FIRST_AT_0 else 0
        answers = {
            name: [[int(float(row[item])) + up for item in items] for row in own]
            for name, own in _grouped(rows, ("COMPID",)).items()
        }
        within = {name: _rwg(people) for name, people in answers.items()}
        by_group: Mapping[str, float] = expected["by_group"]
        wrong += _near(f"r_wg(j) {scale}, {len(by_group)} groups one by one", within, by_group)
        wrong += _near(f"r_wg(j) {scale}, mean", fmean(within.values()), expected["rwgj_mean"])
        everyone = [person for people in answers.values() for person in people]
        wrong += _near(f"alpha {scale}", item_alpha(everyone).value, expected["alpha"])
        wrong += _near(f"AD {scale}, mean", fmean(map(_ad, answers.values())), expected["ADM_J_mean"])
        wrong += _reliability(rows, column, known[f"ICC_{column}"])
    return wrong


def _reliability(rows: Rows, column: str, expected: Mapping[str, float]) -> int:
    found = group_reliability(
        {name: [float(row[column]) for row in own] for name, own in _grouped(rows, ("COMPID",)).items()}
    )
    wrong = _near(f"ICC(1) {column}", found.value, expected["ICC1"])
    return wrong + _near(f"ICC(2) {column}", found.icc2, expected["ICC2"])


def _platoons(path: Path, known: Sequence[tuple[str, float, int]]) -> int:
    found = {
        name: _rwg(
            [[int(float(row[item])) if row[item] else None for item in row if item.startswith("COH")] for row in own]
        )
        for name, own in _grouped(_read(path), ("UNIT", "PLATOON")).items()
    }
    return _near("r_wg(j) cohesion, groups of 2 and 3", found, {name: value for name, value, _ in known})


def _rwg(people: Sequence[Sequence[int | None]]) -> float:
    spreads = [variance(from_answers(column, OPTIONS)) for column in zip(*people, strict=True)]
    return rwg_items([float(spread) for spread in spreads if spread is not None], OPTIONS).value or 0.0


def _ad(people: Sequence[Sequence[int]]) -> float:
    return fmean(agreement(from_answers(column, OPTIONS)).ad_mean for column in zip(*people, strict=True))


def _election(folder: Path, known: Mapping[str, Any]) -> int:
    issues, votes = _ballots(folder / str(known["file"]))
    shares, table = ballots.win_shares(issues, votes), ballots.pairwise(issues, votes)
    best = ballots.condorcet_winner(table)
    found: dict[str, Any] = {
        "plurality": sorted(ballots.plurality(issues, votes)),
        "irv": sorted(ballots.instant_runoff(issues, votes)),
        "borda": sorted(issue for issue in issues if shares[issue] == max(shares.values())),
        "condorcet": [] if best is None else [best],
        "schulze": sorted(ballots.schulze(table).tiers[0]),
    }
    if known["kemeny_top"] is not None:
        least = ballots.kemeny(table)
        found |= {"kemeny_top": sorted({order[0] for order in least.orders} & {str(known["kemeny_top"])})}
        found |= {"kemeny_cost": least.contradicted, "kemeny_n_optimal": len(least.orders)}
    apart = [rule for rule, value in found.items() if _plain(value) != _plain(known[rule])]
    tied = [rule for rule in apart if rule == "irv" and _breaks_a_tie(known) and known[rule] in _plain(found[rule])]
    wrong = [rule for rule in apart if rule not in tied]
    said = [f"{rule} {found[rule]} (a tie, which the known list breaks: {known[rule]})" for rule in tied]
    said += [f"DIFFERS in {rule}: {found[rule]} ({known[rule]})" for rule in wrong]
    agreed = ", ".join(rule for rule in found if rule not in apart)
    print("; ".join([f"{known['file']}, {known['title']}: {agreed} as known", *said]))
    return len(wrong)


def _breaks_a_tie(known: Mapping[str, Any]) -> bool:
    """Whether in some round of the known runoff several had the fewest votes, of whom one went."""
    rounds = (sorted(votes.values()) for votes in known["irv_rounds"])
    return any(votes[0] == votes[1] for votes in rounds if len(votes) > 1)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else [value] if isinstance(value, str) else value


def _ballots(path: Path) -> tuple[list[str], list[ballots.Ballot[str]]]:
    """Issues and ballots of a PrefLib file: "# ALTERNATIVE NAME 1: x", then "12: 1,{2,3},4" for 12 ballots."""
    names: dict[str, str] = {}
    votes: list[ballots.Ballot[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ALTERNATIVE NAME"):
            number, name = line.removeprefix("# ALTERNATIVE NAME").split(":", 1)
            names[number.strip()] = name.strip()
        elif line and not line.startswith("#"):
            times, order = line.split(":", 1)
            votes.append(ballots.ballot(_tiers(order, names), int(times)))
    return list(names.values()), votes


def _tiers(order: str, names: Mapping[str, str]) -> Iterable[list[str]]:
    inside = False
    tier: list[str] = []
    for piece in order.replace("{", "{,").replace("}", ",}").split(","):
        inside = piece.strip() == "{" or (inside and piece.strip() != "}")
        if piece.strip() in names:
            tier.append(names[piece.strip()])
        if tier and not inside:
            yield tier
            tier = []


def _advice(folder: Path, known: Mapping[str, float]) -> int:
    people = [row["id"] for row in _read(folder / "ht_advice_nodes.csv")]
    found = ties.reciprocity(people, [(row["from"], row["to"]) for row in _read(folder / "ht_advice.csv")])
    wrong = _near("density of ht_advice", round(found.density, 6), known["density"])
    wrong += _near("reciprocity of ht_advice", round(found.value or 0.0, 6), known["arc_reciprocity"])
    return wrong + _near(
        "pairs both ways, one way", {"m": found.mutual, "a": found.one_way}, {"m": known["mutual"], "a": known["asym"]}
    )


def _near(what: str, found: float | Mapping[str, float] | None, known: float | Mapping[str, float]) -> int:
    ours = found if isinstance(found, Mapping) else {"": float("nan") if found is None else found}
    theirs = known if isinstance(known, Mapping) else {"": known}
    furthest = (
        max(abs(ours[name] - value) for name, value in theirs.items()) if ours.keys() == theirs.keys() else float("inf")
    )
    shown = f"{ours['']:.6f} ({theirs['']:.6f})" if "" in theirs else f"{furthest:.1e} apart at most"
    fits = furthest <= NEAR
    print(f"{what}: {shown}{'' if fits else ' DIFFERS'}")
    return int(not fits)


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _grouped(rows: Rows, by: Sequence[str]) -> dict[str, Rows]:
    groups: dict[str, Rows] = {}
    for row in rows:
        groups.setdefault(" ".join(row[column] for column in by), []).append(row)
    return groups
