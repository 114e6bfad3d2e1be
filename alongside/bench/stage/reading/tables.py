"""Rows under a header that says what they are: of places, statements, months, rounds or kinds of job."""

import re
from collections.abc import Callable, Iterable, Sequence

from alongside.bench.stage.reading.said import ANSWERED, COUNT, FIGURE, Figure, Names, Page, Range
from alongside.bench.stage.reading.sentences import text

STATEMENT_ANSWERED = re.compile(rf"{COUNT} answered(?: this statement)?")
IN_KIND = re.compile(rf"(\d+) \(?{COUNT} answered\)?")
KINDS = ("Leaders", "Teachers", "Support staff")


def table(page: Page, rows: Sequence[Sequence[str]]) -> None:
    """Rows under a header that says what they are; what is in no known column is text."""
    reader: Callable[[Page, Sequence[str], Sequence[str]], Iterable[str]] | None = None
    header: Sequence[str] = ()
    for row in rows:
        if reader is None and (found := _reader(page, row)):
            reader, header = found, row
            for said in row:
                text(page, said)
            continue
        for said in reader(page, header, row) if reader and len(row) > 1 else row:
            text(page, said)


def _reader(page: Page, row: Sequence[str]) -> Callable[[Page, Sequence[str], Sequence[str]], Iterable[str]] | None:
    if any(cell in page.items for cell in row[1:]) and row[0] not in page.items:
        return _of_places
    if row and row[0] == "When":
        return _of_months
    if "Round" in row and "Score" in row:
        return _of_rounds
    if row and row[0] == "Statement" and len(row) > 1:
        return _of_statements if "Score" in row else _of_kinds
    return None


def _of_places(page: Page, header: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    place = named(page.names, row[:2])
    if not place:
        return row
    left = []
    for head, cell in _under(header, row):
        item = page.items.get(head, 0)
        score = FIGURE.match(cell) if item else None
        if score:
            page.figures.add(Figure(page.survey, place, item, score=int(score[1])))
            cell = cell[score.end() :]
        elif answered := ANSWERED.search(cell):
            page.figures.add(Figure(page.survey, place, 0, answered[1], invited=int(answered[2])))
            cell = cell.replace(answered[0], " ", 1)
        left.append(cell)
    return left


def _of_months(page: Page, _: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    imported = any("imported" in cell for cell in row)
    months = (page.names.imported if imported else page.names.months).get(page.survey, {})
    survey, score = months.get(row[0], ""), FIGURE.fullmatch(row[1])
    if score is None or not survey:
        return row
    page.figures.add(Figure(survey, page.here, 1 if imported else page.item, score=int(score[1])))
    return row[2:]


def _of_rounds(page: Page, header: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    cells = dict(_under(header, row))
    item = page.items.get(cells["Statement"], 0)
    place = named(page.names, [cells["Place"]]) if "Place" in cells else page.here
    score = FIGURE.fullmatch(cells["Score"])
    if not item or not place or score is None:
        return row
    page.figures.add(Figure(page.survey, place, item, cells["Answered"], int(score[1])))
    return [cell for head, cell in _under(header, row) if head not in {"Statement", "Score", "Answered"}]


def _under(header: Sequence[str], row: Sequence[str]) -> Iterable[tuple[str, str]]:
    """(head, cell) of a row; cells beyond the header stand under ""."""
    return zip([*header, *[""] * (len(row) - len(header))], row, strict=False)


def _of_kinds(page: Page, header: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    item = _item(page, row[0])
    return [row[0], *(_kind(page, item, head, cell) for head, cell in list(_under(header, row))[1:])]


def _kind(page: Page, item: int, head: str, cell: str) -> str:
    found = IN_KIND.fullmatch(cell)
    if found is None or not item or not head.startswith(KINDS):
        return cell
    page.figures.add(Figure(page.survey, page.here, item, found[2], int(found[1]), part=head))
    return ""


def _of_statements(page: Page, header: Sequence[str], row: Sequence[str]) -> Iterable[str]:
    """About, how many answered, the score, the cluster's beside it, ranges, kinds of job."""
    item = _item(page, row[0])
    if not item:
        return row
    left, n, score, ends = [], "", None, dict[str, int]()
    for head, cell in _under(header, row):
        if head == "Score" and (found := FIGURE.fullmatch(cell)):
            score, cell = int(found[1]), ""
        elif head.startswith("Everyone asked, ") and (found := FIGURE.fullmatch(cell)):
            ends[head.rpartition(" ")[2]], cell = int(found[1]), ""
        elif head.startswith("Rest of "):
            cell = _rest(page, item, cell)
        elif head.startswith(KINDS):
            cell = _kind(page, item, head, cell)
        elif answered := STATEMENT_ANSWERED.search(cell):
            n, cell = answered[1], cell.replace(answered[0], " ", 1)
        left.append(_together(page, item, _between(page, item, cell)))
    if n or score is not None:
        page.figures.add(Figure(page.survey, page.here, item, n, score))
    if len(ends) == 2:
        page.ranges.add(Range("everyone", page.survey, page.here, item, ends["from"], ends["to"]))
    return left


def _rest(page: Page, item: int, cell: str) -> str:
    if found := re.match(r"(\d+) to (\d+); (?:this school is )?(?:above|below|within)", cell):
        page.ranges.add(Range("rest", page.survey, page.here, item, int(found[1]), int(found[2])))
        return cell[found.end() :]
    return cell


def _between(page: Page, item: int, said: str) -> str:
    if found := re.search(r"everyone asked: between (\d+) and (\d+)", said):
        page.ranges.add(Range("everyone", page.survey, page.here, item, int(found[1]), int(found[2])))
        return said.replace(found[0], " ")
    return said


def _together(page: Page, item: int, said: str) -> str:
    """ "North together 65"."""
    for found in re.finditer(r"(\w+(?: \w+)*) together (\d+)", said):
        if place := next((p for name, p in page.names.places.items() if found[1].endswith(name)), ""):
            page.figures.add(Figure(page.survey, place, item, score=int(found[2])))
            said = said.replace(found[0], " ")
    return said


def _item(page: Page, cell: str) -> int:
    """The statement that a row begins with; 0 for none."""
    return next((number for about, number in page.items.items() if cell == about or cell.startswith(f"{about} ")), 0)


def named(names: Names, cells: Iterable[str]) -> str:
    """The place that a row is of."""
    said = " ".join(cells)
    if said.startswith("Other schools"):
        of = next((name for name in names.places if said.startswith(f"Other schools of {name}")), "")
        return f"pool:{of}" if names.places.get(of, "").startswith("cluster:") else "pool:"
    return next((place for name, place in names.places.items() if said == name or said.startswith(f"{name} ")), "")
