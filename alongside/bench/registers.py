"""Register files brought in: how many rows, how long, how much memory; and whether each real file comes out as known.

Each import runs in a process of its own, so that its peak is its own: Python, Django and all, as the worker has it.
"""

import argparse
import csv
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alongside.bench import places
from alongside.bench.figures import spread
from alongside.kit.errors import Refused
from alongside.network.registers import england

ROWS, SECONDS, MEGABYTES = 50_000, 30.0, 400.0
COLUMNS = 140  # as many as the full download of 2023 has


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file. refusal: the sentence with which it was refused whole, or its beginning."""

    rows: int = 0
    schools: int = 0
    faults: int = 0
    communities: int = 0
    links: int = 0
    mended: int = 0
    notes: int = 0
    refusal: str = ""

    def __str__(self) -> str:
        if self.refusal:
            return f"refused: {self.refusal}"
        said = [f"{self.rows:,} rows", f"{self.schools:,} schools", f"{self.faults:,} faults"]
        rest = {
            "communities": self.communities,
            "links": self.links,
            "rows put right": self.mended,
            "notes": self.notes,
        }
        return ", ".join([*said, *(f"{count:,} {words}" for words, count in rest.items() if count)])


# Public files by the names under which they circulate, and what is known of them.
KNOWN: Final[dict[str, Outcome]] = {
    "gias_leeds_140col.csv.gz": Outcome(771, 771),
    "gias_20220419_hampshire_surrey_111col.csv.gz": Outcome(728, 728, links=244, mended=35),
    "gias_sample_139col_99rows.csv": Outcome(99, 99),
    "gias_update_edited.csv": Outcome(1, 1),
    "gias_2018_ragged_18rows.csv": Outcome(
        refusal="This file mixes two layouts: its header has 120 columns, but from row 11 on the rows have 135 cells."
    ),
    "gias_2022_state_funded_halfLAs.csv.gz": Outcome(11_030, 11_030),
    "links_edubasealldata20230421.csv.gz": Outcome(31_274, links=31_274, notes=89),
    "grouplinks_20180501.csv.gz": Outcome(11_871, communities=3_736, mended=11_871),
    "groups_sample.csv": Outcome(3, communities=3),
    "groupLinks_sample.csv": Outcome(3, communities=3),
    "directory-school-current_2016.csv.gz": Outcome(2_539, 2_539, communities=96),
    "school_details_2000_2017.csv.gz": Outcome(3_219, 2_998, notes=5),
    "nsw_schools_master.json.gz": Outcome(2_210, 2_210, communities=115),
}


def run(options: argparse.Namespace) -> int:
    """Measure; 1 when a file came out otherwise than known, or the limits of time and memory were not kept."""
    wrong: list[str] = []
    files = _files(options.files) if options.files else []
    databases = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    for kind in databases:
        wrong += _synthetic(kind, options)
        if files:
            wrong += _real(kind, options, files)
    print(f"Registers: {'; '.join(wrong) if wrong else 'every file came out as known, within time and memory'}.")
    return 1 if wrong else 0


def _synthetic(kind: str, options: argparse.Namespace) -> list[str]:
    """A file of so many schools, brought in new, and then a newer one in which every school has changed."""
    found: dict[str, list[dict[str, Any]]] = {"new": [], "all changed": [], "the same again": []}
    with tempfile.TemporaryDirectory(prefix="alongside-bench-", dir=options.folder) as folder:
        first, second = Path(folder) / "first.csv", Path(folder) / "second.csv"
        size = _write(first, options.rows, 198)
        _write(second, options.rows, 205)
        for _ in range(options.runs):
            with places.place(kind, named_server=options.postgres, folder=options.folder) as place:
                for name, file in (("new", first), ("all changed", second), ("the same again", second)):
                    found[name].append(_import(place, file))
    print(f"{place.label}: {options.rows:,} rows of {COLUMNS} columns, {size / 1e6:.0f} MB, {options.runs} runs")
    return [fault for name, runs in found.items() for fault in _judged(f"{place.label}, {name}", runs)]


def _judged(name: str, runs: list[dict[str, Any]]) -> list[str]:
    seconds, peaks = [run["seconds"] for run in runs], [run["peak"] for run in runs]
    print(f"  {name}: {spread(seconds, 1)} s, peak {spread(peaks)} MB")
    slow = max(seconds) > SECONDS or max(peaks) > MEGABYTES
    return [f"{name}: more than {SECONDS:.0f} s or {MEGABYTES:.0f} MB"] if slow else []


def _files(folder: Path) -> list[Path]:
    """Every file below the folder: first those with schools, then what comes beside them."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if not files:
        raise Refused(f"There is no file in {folder}: name the folder that holds the registers with --files.")
    return sorted(files, key=_beside)


def _real(kind: str, options: argparse.Namespace, files: list[Path]) -> list[str]:
    """All of them into one installation."""
    wrong = []
    with places.place(kind, named_server=options.postgres, folder=options.folder) as place:
        print(f"{place.label}: files of {options.files}")
        for path in files:
            wrong += _one(place, path)
    return wrong


def _beside(path: Path) -> bool:
    """Whether a file is about schools that another file brings."""
    return path.name.casefold().startswith(("link", "group"))


def _one(place: places.Place, path: Path) -> list[str]:
    done = _import(place, path)
    outcome = Outcome(**done["outcome"])
    known = KNOWN.get(path.name)
    fits = known is None or _fits(outcome, known)
    said = "" if known is None else " (as known)" if fits else f" (NOT as known: {known})"
    print(f"  {path.name}: {outcome}{said}; {done['seconds']:.2f} s, peak {done['peak']:.0f} MB; {done['summary']}")
    return [] if fits else [f"{path.name} came out otherwise than known"]


def _fits(outcome: Outcome, known: Outcome) -> bool:
    return outcome.refusal.startswith(known.refusal) if known.refusal else outcome == known


def _import(place: places.Place, file: Path) -> dict[str, Any]:
    with places.stage(place) as inside:
        return inside.ask("import_register", file=str(file))


def _write(path: Path, rows: int, roll: int) -> int:
    """A register of England in the layout of the full download; its size in bytes."""
    read = dict.fromkeys([*england.FULL.needed, *(column for column, _ in england.FACTS), "SchoolWebsite"])
    header = [*read, *(f"Column {number}" for number in range(len(read), COLUMNS))]
    with path.open("w", encoding="cp1252", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        writer.writerows(_schools(header, rows, roll))
    return path.stat().st_size


def _schools(header: list[str], rows: int, roll: int) -> Iterable[list[str]]:
    usual = {
        "TypeOfEstablishment (name)": "Community school",
        "EstablishmentTypeGroup (name)": "Local authority maintained schools",
        "EstablishmentStatus (code)": "1",
        "EstablishmentStatus (name)": "Open",
        "OpenDate": "01-09-1996",
        "CloseDate": "",
        "PhaseOfEducation (name)": "Primary",
        "StatutoryLowAge": "3",
        "StatutoryHighAge": "11",
        "NumberOfPupils": str(roll),
        "PercentageFSM": "17.5",
        "LA (code)": "383",
        "SchoolWebsite": "www.school.example.uk",
    }
    row = [usual.get(name, f"{name[:12]} words" if name.endswith("(name)") else "") for name in header]
    places_of = {name: header.index(name) for name in ("URN", "EstablishmentName", "Street", "Town", "LA (name)")}
    grid = header.index("Easting"), header.index("Northing")
    for number in range(rows):
        own = row.copy()
        own[places_of["URN"]] = str(100_000 + number)
        own[places_of["EstablishmentName"]] = f"Saint-André School {number}"
        own[places_of["Street"]], own[places_of["Town"]] = f"{number % 200} Mill Lane", f"Town {number % 900}"
        own[places_of["LA (name)"]] = f"Authority {number % 150}"
        own[grid[0]], own[grid[1]] = str(300_000 + number), str(200_000 + number)
        yield own
