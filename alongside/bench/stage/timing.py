"""What is timed inside an installation: a staff list, a register file, finding partner schools."""

import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from alongside.bench.stage import filling
from alongside.kit.documents import sheets
from alongside.kit.errors import Refused
from alongside.kit.tabular import write_csv
from alongside.network import actions as network_actions
from alongside.network import partners as finding
from alongside.network.models import School
from alongside.network.reads import near
from alongside.people import actions as people_actions
from alongside.people.models import Person, StaffEntry, StaffImport


def staff(rows: int, number: int) -> Mapping[str, float]:
    """Seconds of bringing and showing a list of so many as CSV and as Excel, of applying it, of showing it again, and of
    the same rows inserted with nothing around them, in one transaction."""
    school = School.objects.create(name=f"Large School {number}", country="gb", phase="secondary")
    network_actions.make_organisation(school)
    lines = [(f"Somebody {n}", f"s{number}.{n}@large.example", "Teacher", 32.5) for n in range(rows)]
    table = [("Name", "E-mail", "Role", "Hours"), *lines]
    csv, sheet = write_csv(table), sheets.plain("Staff", table)
    shown = {"xlsx": _shown(school, sheet)[0]}
    shown["csv"], brought = _shown(school, csv)
    began = time.monotonic()
    done = people_actions.apply_staff_list(brought)
    shown["apply"] = time.monotonic() - began
    if done.joins != rows or StaffEntry.objects.filter(school=school).count() != rows:
        raise Refused("The list was not applied whole.")
    shown["again"] = _shown(school, csv)[0]
    return shown | {"floor": _bare_inserts(school, rows)}


def _shown(school: School, data: bytes) -> tuple[float, StaffImport]:
    """Seconds from the file to the page, as its view does it."""
    began = time.monotonic()
    brought = people_actions.bring_staff_list(data, school, by=None)
    found = StaffImport.objects.select_related("school__organisation").get(pk=brought.pk)
    people_actions.preview(found)
    return time.monotonic() - began, found


def _bare_inserts(school: School, rows: int) -> float:
    """The least: two tables, two statements with many parameters, one commit. The rows are taken out again."""
    organisation = network_actions.make_organisation(school)
    first = (Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1_000_000
    now = timezone.now()
    people = [(first + n, "!", f"b{first + n}@large.example", f"Bare {n}", True, now) for n in range(rows)]
    entries = [(organisation.pk, school.pk, first + n, f"Bare {n}", "teacher", 32.5, now.date()) for n in range(rows)]
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO people_person (id, password, email, name, is_active, joined_at) VALUES (%s, %s, %s, %s, %s, %s)",
            people,
        )
        cursor.executemany(
            "INSERT INTO people_staffentry (organisation_id, school_id, person_id, name, job, hours, since) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            entries,
        )
    took = time.monotonic() - began
    StaffEntry.objects.filter(person__gte=first).delete()
    Person.objects.filter(pk__gte=first).delete()
    return took


def import_register(file: str) -> Mapping[str, object]:
    """Bring a register file in: what came of it, seconds, and the peak of this process in MB."""
    began = time.perf_counter()
    try:
        done = network_actions.import_register(Path(file))
    except Refused as refused:
        outcome: dict[str, object] = {"refusal": str(refused)}
        summary = "nothing was changed"
    else:
        outcome, summary = _outcome(done), done.summary.partition(". ")[2]
    seconds = time.perf_counter() - began
    peak = _peak()
    return {"outcome": outcome, "summary": summary, "seconds": seconds, "peak": peak}


def _peak() -> float:
    """Most memory of this process, in MB. Linux hands ru_maxrss on from the process that started us, so not that there."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def _outcome(done: network_actions.ImportSummary) -> dict[str, object]:
    file = done.register
    return {
        "rows": file.rows_read,
        "schools": len(file.schools),
        "faults": len(file.faults),
        "communities": len(file.communities),
        "links": len(file.links),
        "mended": file.mended,
        "notes": len(file.notes),
    }


def partners(schools: int, runs: int) -> Mapping[str, object]:
    """Make a register of so many schools in a country like England; find partners of its most crowded school at each
    distance, and read the same part of the map bare. Milliseconds of each run, after one that warms up."""
    made = filling.register(schools)
    lines = {}
    for km in finding.RANGES:
        find = [_timed(finding.find, made, km) for _ in range(runs + 1)][1:]
        floor = [_timed(_bare, made, km) for _ in range(runs + 1)][1:]
        lines[str(km)] = {"find": find, "floor": floor, "within": finding.find(made, km).within}
    return {"lines": lines}


def _bare(school: School, km: float) -> object:
    return list(near(school, km).values_list("pk"))


def _timed(work: Callable[[School, float], object], school: School, km: float) -> float:
    began = time.perf_counter()
    work(school, km)
    return (time.perf_counter() - began) * 1000
