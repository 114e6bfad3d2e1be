"""The results pages as documents. Each is made from the page object that the page itself is made from, so it holds the
same figures and no others (R5, R10). Comments stay on the page: paper goes further than a school's leaders (R7)."""

from __future__ import annotations

import datetime

from alongside.kit.charts.heat import HeatCell
from alongside.kit.documents import pdf, sheets, slides
from alongside.kit.words import people_date
from alongside.surveys.results import ResultsPage, SchoolPage
from alongside.surveys.results.kinds import KindCell
from alongside.surveys.results.school import StatementLine

NEVER = "Never used for appraisal, pay or competence."
ROUNDED = "A school with 5 to 9 answers is rounded to the nearest 10, with 10 to 19 to the nearest 5, so a small step is no news."
THREE_QUESTIONS = ("What is good?", "What is hard?", "What one thing shall we try?")


def table(page: ResultsPage) -> list[list[str | int]]:
    """What the results page shows, row by row, with its header: scores as numbers, "too few" as words."""
    header: list[str | int] = ["Place", "Answered", *(column.label for column in page.columns)]
    return [header, *([row.name, row.note, *map(_figure, row.cells)] for row in page.rows)]


def school_table(page: SchoolPage) -> list[list[str | int]]:
    """What a school's page shows of each statement, with its header; empty below where it counts together with others."""
    header: list[str | int] = [
        "Statement",
        "Wording",
        "Score",
        "Answered",
        "Everyone asked, from",
        "Everyone asked, to",
    ]
    header += [f"Rest of {page.cluster}"] * page.rest + ["Against the pulses before", *_kinds(page)]
    return [header, *(_school_row(page, line) for line in page.lines)]


def _school_row(page: SchoolPage, line: StatementLine) -> list[str | int]:
    ends: list[str | int] = [line.everyone.low, line.everyone.high] if line.everyone else ["", ""]
    rest: list[str | int] = [f"{line.rest.words}; {line.rest.where}" if line.rest else ""] if page.rest else []
    score: str | int = "too few" if line.score is None else line.score
    kinds: list[str | int] = [_kind(cell) for cell in _cells_by_kind(page, line)]
    return [line.item.about, line.item.statement, score, line.note, *ends, *rest, _against(line), *kinds]


def _kinds(page: SchoolPage) -> list[str]:
    return page.by_kind.columns if page.by_kind else []


def _cells_by_kind(page: SchoolPage, line: StatementLine) -> list[KindCell]:
    return next((cells for item, cells in page.by_kind.rows if item == line.item), []) if page.by_kind else []


def school_sheet(page: SchoolPage) -> bytes:
    """A school's page as XLSX: the cells of `school_table`."""
    header, *rows = school_table(page)
    title = f"{page.pulse.name}, {page.school}, {_when(page)}: {page.answered}"
    sentences = [page.heading + ".", *filter(None, [page.lede]), _blocks(page), ROUNDED, NEVER, _release(page)]
    return sheets.workbook(title, sheets.Sheet("Results", [*map(str, header)], rows), sentences, _made(page))


def results_pdf(page: ResultsPage) -> bytes:
    """The wave as a whole, or one cluster of it, on paper."""
    where = f"{page.pulse.name}, {page.place}, {_when(page)}"
    shown = {"page": page, "where": where, "organisation": page.wave.organisation}
    return pdf.paper("surveys/results.html", shown)


def school_pdf(page: SchoolPage) -> bytes:
    """One school's results on one page of paper, with its reply once that is posted."""
    where = f"{page.pulse.name}, {page.school}, {_when(page)}"
    return pdf.paper("surveys/results_school.html", {"page": page, "where": where})


def results_sheet(page: ResultsPage) -> bytes:
    """The results page as XLSX: the cells of `table`."""
    header, *rows = table(page)
    title = f"{page.pulse.name}, {page.place}, {_when(page)}: {page.answered}"
    sentences = [page.heading + ".", page.lede, page.caption, _blocks(page), ROUNDED, NEVER, _release(page)]
    return sheets.workbook(title, sheets.Sheet("Results", [*map(str, header)], rows), sentences, _made(page))


def school_slides(page: SchoolPage) -> bytes:
    """One school's findings for a staff meeting: the finding, its statements, what its leaders will do."""
    notes = f"{_period(page)} {_blocks(page)} {ROUNDED} {NEVER} {_release(page)}"
    opening = [f"{page.pulse.name}, {_when(page)}. {page.answered}.", *filter(None, [page.lede])]
    shown = [slides.Slide(page.heading, slides.Words(opening), notes)]
    if page.counts_alone:
        shown += _statements(page, notes)
    else:
        said = f"Fewer than {page.fewest} people answered, so nothing is shown for {page.school} alone."
        shown.append(slides.Slide("Let us talk in the room instead", slides.Words([said, *THREE_QUESTIONS]), notes))
    shown.append(_what_we_will_do(page))
    return slides.deck(f"{page.pulse.name}, {page.school}, {_when(page)}", shown, _made(page))


def _statements(page: SchoolPage, notes: str) -> list[slides.Slide]:
    scores = [(line.item.about, line.score) for line in page.lines if line.score is not None]
    said = ". ".join(f"{about}: {score}" for about, score in scores)
    rows = [[line.item.about, _score(line.score), _against(line), line.note] for line in page.lines]
    header = ["Statement", "Score", "Against the pulses before", "Answered"]
    shown = [slides.Slide("Where each statement stands", slides.Bars(scores, f"Scores from 0 to 100. {said}."), notes)]
    body = slides.Table(header, rows, "The same scores as a table, with how they stand against the pulses before.")
    shown = shown if scores else []
    return [*shown, slides.Slide("Statement by statement", body, notes), *_by_kind(page, notes)]


def _by_kind(page: SchoolPage, notes: str) -> list[slides.Slide]:
    """The breakdown as the page has it; none where there is none to show."""
    if page.by_kind is None or not page.by_kind.columns:
        return []
    rows = [[item.about, *map(_kind, cells)] for item, cells in page.by_kind.rows]
    body = slides.Table(["Statement", *page.by_kind.columns], rows, "Scores by kind of job, from 0 to 100.")
    return [slides.Slide("By kind of job", body, notes)]


def _kind(cell: KindCell) -> str:
    return cell.note if cell.score is None else f"{cell.score} ({cell.note})"


def _what_we_will_do(page: SchoolPage) -> slides.Slide:
    reply = page.reply if page.reply and page.reply.posted_at else None
    if reply is None:
        told = "The leaders’ reply is not posted yet. These three questions help a staff to find what it should say."
        return slides.Slide("What shall we do?", slides.Words(THREE_QUESTIONS), told)
    looked = f"We look again on {people_date(reply.look_on)}." if reply.look_on else ""
    paragraphs = [f"We heard: “{reply.heard}”", reply.text, *filter(None, [looked])]
    return slides.Slide("What we will do", slides.Words(paragraphs), str(reply.get_kind_display()))


def _against(line: StatementLine) -> str:
    """The cell of that column, as the page prints it."""
    direction = {"down": "lower", "up": "higher"}.get(line.direction, "")
    return f"{line.word}, {direction}" if direction and line.word else line.word or "–"


def _figure(cell: HeatCell) -> str | int:
    return "too few" if cell.score is None else cell.score


def _score(score: int | None) -> str:
    return "too few" if score is None else str(score)


def _when(page: ResultsPage | SchoolPage) -> str:
    return f"{page.wave.closes_at:%B %Y}"


def _period(page: ResultsPage | SchoolPage) -> str:
    return (
        f"Anonymous pulse, {people_date(page.wave.opens_at)} to {people_date(page.wave.closes_at)}, {page.asks.whom}."
    )


def _blocks(page: ResultsPage | SchoolPage) -> str:
    return (
        f"Every figure is a sum over whole groups of {page.fewest} or more people; nobody can see below these figures."
    )


def _release(page: ResultsPage | SchoolPage) -> str:
    return f"Release {page.release.sha256[:16]}."


def _made(page: ResultsPage | SchoolPage) -> datetime.datetime:
    return page.release.published_at
