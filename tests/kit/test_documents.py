"""Documents from plain values: PDF drawn by a process of its own, sheets and slides whose text is never run."""

from __future__ import annotations

import datetime
import io
import re
import subprocess
import sys
import zipfile

import pytest
import segno
from django.template import engines
from pptx import Presentation
from pptx.util import Cm
from python_calamine import CalamineWorkbook

from alongside.kit import doctor
from alongside.kit.charts import RunPoint, run_chart
from alongside.kit.documents import pdf, sheets, slides
from alongside.kit.errors import Refused
from tests import pdfs

MADE = datetime.datetime(2026, 11, 20, 18, 0, tzinfo=datetime.UTC)
NASTY = ("=1+1", "+cmd", "-2", "@SUM(A1)", "https://evil.example/", "internal:Sheet1!A1", "{=A1}", "007", "1e5", "TRUE")


@pytest.fixture(autouse=True)
def _nothing_drawn_before(monkeypatch):
    monkeypatch.setattr(pdf, "DRAWN", pdf._Drawn())


# --- PDF -----------------------------------------------------------------------------------------------------------


def test_a_page_becomes_a_tagged_paper_with_its_language_and_title(tmp_path):
    html = (
        '<html lang="en-GB"><title>Two schools</title><h1>Two schools</h1><table><tr><th>A</th><td>70</td></tr></table>'
    )
    paper = pdfs.read(pdf.draw(html))
    assert "/MarkInfo <</Marked true>>" in paper.catalog
    assert "/StructTreeRoot" in paper.catalog
    assert "/DisplayDocTitle true" in paper.catalog
    assert paper.strings("Lang") == ["en-GB"]
    assert "Two schools" in paper.strings("Title")
    assert {"H1", "Table", "TR", "TH", "TD"} <= set(paper.tags())
    assert "A 70" in paper.text()
    assert any(
        b"<pdfuaid:part>1</pdfuaid:part>" in stream or b'pdfuaid:part="1"' in stream
        for stream in paper.streams.values()
    )


def test_a_chart_is_drawn_with_its_sentence_and_a_picture_that_decorates_is_not():
    points = [RunPoint(month, 2026, score) for month, score in (("Sep", 60), ("Oct", 55), ("Nov", 50))]
    chart = run_chart(points, None, False, [], "Scores fell from 60 to 50.")
    page = f'<html lang="en"><title>A</title><body><svg aria-hidden="true"><title>no</title></svg>{chart}'
    paper = pdfs.read(pdf.draw(pdf._with_words_for_pictures(page)))
    assert set(paper.strings("Alt")) == {"Scores fell from 60 to 50."}
    assert paper.tags().count("Figure") == len(paper.strings("Alt"))


@pytest.mark.parametrize(
    "source",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/a.png",
        "https://somewhere.example/a.css",
        "ftp://somewhere.example/a",
        "data:text/css,p{color:red}",
        "paper:../../../settings.py",
        "paper:../css/tokens.css",
        "paper:/etc/passwd",
    ],
)
def test_a_paper_fetches_nothing_but_our_own_stylesheets(source):
    with pytest.raises(Refused, match="could not be drawn"):
        pdf.draw(f'<html lang="en"><title>A</title><link rel="stylesheet" href="{source}"><p>A')


def test_what_runs_over_a_little_is_drawn_smaller_on_one_page_of_a4():
    lines = [f"<p>Line {number}" for number in range(30)]
    sheet = [f'<html lang="en"><title>A</title>{"".join(lines[:many])}' for many in (20, 30)]
    short, longer = (pdfs.read(pdf.draw(html)) for html in sheet)
    assert len(short.pages) == len(longer.pages) == 1
    assert "Line 29" in longer.text()
    assert [_size(paper) for paper in (short, longer)] == [(210, 297)] * 2


def test_what_no_smaller_print_brings_onto_one_page_keeps_its_size():
    paper = pdfs.read(pdf.draw(f'<html lang="en"><title>A</title>{"<p>Line" * 90}'))
    assert len(paper.pages) == 4
    assert _size(paper) == (210, 297)


def _size(paper: pdfs.Paper) -> tuple[int, int]:
    """Of the first page, in millimetres."""
    box = re.search(r"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper.objects[paper.pages[0]])
    return round(float(box[1]) / 72 * 25.4), round(float(box[2]) / 72 * 25.4)


def test_pages_in_full_size_are_as_many_as_it_takes_and_kept_nowhere():
    html = f'<html lang="en"><title>A</title>{"<p>A line of words.</p>" * 32}'
    shrunk, full = pdfs.read(pdf.draw(html)), pdfs.read(pdf.pages(html))
    assert (len(shrunk.pages), len(full.pages)) == (1, 2)
    assert len(pdf.DRAWN._papers) == 1
    assert _size(full) == (210, 297)


def test_our_own_stylesheets_are_fetched():
    styled = pdf.draw('<html lang="en"><title>A</title><link rel="stylesheet" href="paper:paper.css"><p>A')
    plain = pdf.draw('<html lang="en"><title>A</title><p>A')
    assert "1 / 1" in pdfs.read(styled).text()
    assert "1 / 1" not in pdfs.read(plain).text()


def test_the_same_page_is_drawn_once(monkeypatch):
    html = '<html lang="en"><title>A</title><p>Once'
    first = pdf.draw(html)
    monkeypatch.setattr(pdf.subprocess, "run", None)
    assert pdf.draw(html) is first


def test_papers_kept_are_few(monkeypatch):
    monkeypatch.setattr(pdf, "KEPT", 2)
    for key in (b"1", b"2", b"3"):
        pdf.DRAWN.keep(key, key)
    assert [pdf.DRAWN.get(key) for key in (b"1", b"2", b"3")] == [None, b"2", b"3"]


def test_without_pango_alongside_starts_and_says_what_to_do(monkeypatch, tmp_path):
    """A weasyprint that cannot load its library, as on a computer without pango."""
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Refused, match="the library pango is missing"):
        pdf.draw('<html lang="en"><title>A</title><p>No pango')
    assert "pango is missing" in pdf.trouble()
    assert doctor.papers() == doctor.Finding(False, "PDF", pdf.MISSING)
    code = "import django; django.setup(); import alongside.urls, sys; print('weasyprint' in sys.modules)"
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert started.stdout.strip() == "False"


def test_where_pdfs_can_be_drawn_the_doctor_says_so():
    assert doctor.papers() == doctor.Finding(True, "PDF", "Pages can be drawn as PDF.")


def test_a_page_that_takes_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(pdf, "PATIENCE", 0.01)
    with pytest.raises(Refused, match="could not be drawn this time"):
        pdf.draw('<html lang="en"><title>A</title><p>Slow')


def test_only_so_many_are_drawn_at_once(monkeypatch):
    monkeypatch.setattr(pdf, "PATIENCE", 0.01)
    taken = [pdf._turns.acquire(blocking=False) for _ in range(pdf.AT_ONCE)]
    try:
        assert taken == [True] * pdf.AT_ONCE
        with pytest.raises(Refused, match="Several PDFs are being drawn"):
            pdf.draw('<html lang="en"><title>A</title><p>In the queue')
    finally:
        for _ in taken:
            pdf._turns.release()
    assert pdf._turns.acquire(blocking=False)
    pdf._turns.release()


def test_text_on_a_paper_is_text_and_menus_stay_behind():
    template = engines["django"].from_string(
        "{% extends layout %}{% block title %}T{% endblock %}{% block heading %}{{ words }}{% endblock %}"
        "{% block acts %}A button{% endblock %}{% block content %}<p>Body</p>{% endblock %}{% block how %}Method{% endblock %}"
    )
    html = template.render(
        {"layout": "kit/paper.html", "words": "<img src=http://evil.example/>", "site": "https://a.example"}
    )
    words = pdfs.read(pdf.draw(html)).text()
    assert "<img src=http://evil.example/>" in words
    assert "Method" in words
    assert "A button" not in words


# --- sheets --------------------------------------------------------------------------------------------------------


def _workbook(data: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(data))


def test_a_sheet_keeps_numbers_as_numbers_and_text_as_text():
    made = sheets.workbook(
        "T", sheets.Sheet("Results", ["Place", "Score"], [["Ashmead", 70], ["Holt", None]]), ["How."], MADE
    )
    book = _workbook(made)
    assert book.sheet_names == ["Results", "How we know this"]
    assert book.get_sheet_by_name("Results").to_python() == [["Place", "Score"], ["Ashmead", 70.0], ["Holt", ""]]
    assert book.get_sheet_by_name("How we know this").to_python() == [["T"], ["How."]]


def test_nothing_in_a_sheet_is_run_linked_or_turned_into_a_number():
    made = sheets.workbook("T", sheets.Sheet("Results", ["A"], [[text] for text in NASTY]), NASTY, MADE)
    assert _workbook(made).get_sheet_by_name("Results").to_python() == [["A"], *([text] for text in NASTY)]
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        inside = {name: packed.read(name) for name in packed.namelist()}
    assert not any(b"<f>" in part or b"<hyperlink" in part for part in inside.values())
    assert b'ySplit="1"' in inside["xl/worksheets/sheet1.xml"]
    assert b'state="frozen"' in inside["xl/worksheets/sheet1.xml"]


def test_the_same_sheet_is_the_same_file():
    one = sheets.Sheet("Results", ["A"], [["1", 2]])
    assert sheets.workbook("T", one, [], MADE) == sheets.workbook("T", one, [], MADE)


def test_a_cell_longer_than_the_format_allows_is_cut():
    made = sheets.workbook("T", sheets.Sheet("Results", ["A"], [["x" * 40_000]]), [], MADE)
    assert len(_workbook(made).get_sheet_by_name("Results").to_python()[1][0]) == 32_767


# --- slides --------------------------------------------------------------------------------------------------------


def _show(data: bytes):
    return Presentation(io.BytesIO(data))


def test_slides_have_titles_native_parts_alternatives_and_notes():
    body = slides.Table(["Place", "Score"], [["=1+1", "70"]], "One school.")
    made = slides.deck(
        "Well, Ashmead",
        [
            slides.Slide("Workload fell", slides.Words(["One", "Two"]), "Say this."),
            slides.Slide("Where each stands", slides.Bars([("Rest", 40), ("Load", 70)], "Rest 40, load 70.")),
            slides.Slide("As a table", body),
        ],
        MADE,
    )
    show = _show(made)
    assert (show.slide_width, show.slide_height) == (Cm(33.867), Cm(19.05))
    assert [slide.shapes.title.text for slide in show.slides] == ["Workload fell", "Where each stands", "As a table"]
    words, bars, table = show.slides
    assert words.notes_slide.notes_text_frame.text == "Say this."
    assert [p.text for p in words.shapes[1].text_frame.paragraphs] == ["One", "Two"]
    assert bars.shapes[1].has_chart
    assert list(bars.shapes[1].chart.plots[0].series[0].values) == [40.0, 70.0]
    assert bars.shapes[1]._element._nvXxPr.cNvPr.get("descr") == "Rest 40, load 70."
    assert [[cell.text for cell in row.cells] for row in table.shapes[1].table.rows] == [
        ["Place", "Score"],
        ["=1+1", "70"],
    ]
    assert table.shapes[1]._element._nvXxPr.cNvPr.get("descr") == "One school."
    assert (show.core_properties.title, show.core_properties.author) == ("Well, Ashmead", "Alongside")
    assert show.core_properties.created == MADE.replace(tzinfo=None)


@pytest.mark.parametrize(("rows", "parts"), [(1, [1]), (8, [8]), (9, [8, 1]), (20, [8, 8, 4])])
def test_a_long_table_goes_on_over_several_slides_and_loses_no_row(rows, parts):
    body = slides.Table(["A"], [[str(number)] for number in range(rows)], "Numbers.")
    show = _show(slides.deck("T", [slides.Slide("Many", body)], MADE))
    found = [[row.cells[0].text for row in slide.shapes[1].table.rows][1:] for slide in show.slides]
    assert [len(part) for part in found] == parts
    assert [cell for part in found for cell in part] == [str(number) for number in range(rows)]
    titles = [slide.shapes.title.text for slide in show.slides]
    assert titles == (
        ["Many"] if len(parts) == 1 else [f"Many ({n} of {len(parts)})" for n in range(1, len(parts) + 1)]
    )


def test_a_picture_stands_beside_words_and_says_what_it_shows():
    png = io.BytesIO()
    segno.make("https://alongside.example/a/1/").save(png, kind="png", scale=4)
    body = slides.Picture(["alongside.example/a/1/", "Type your code."], png.getvalue(), "A code to scan")
    (page,) = _show(slides.deck("A", [slides.Slide("Was it worth it?", body)], MADE)).slides
    words, picture = [shape for shape in page.shapes if shape != page.shapes.title]
    assert words.text_frame.text == "alongside.example/a/1/\nType your code."
    assert picture.image.blob == png.getvalue()
    assert picture._element._nvXxPr.cNvPr.get("descr") == "A code to scan"
    assert picture.left >= words.left + words.width
    assert (picture.width, picture.left + picture.width) == (picture.height, Cm(31.8))
