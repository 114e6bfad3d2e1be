"""PPTX for a meeting: sentences, native tables and native charts that can be edited, with titles, words for who cannot
see them, and notes for who speaks."""

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm, Emu, Pt

TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WIDTH, HEIGHT = Cm(33.867), Cm(19.05)  # 16 : 9
LEFT, TOP, WIDE, TALL = Cm(2), Cm(4.6), Cm(29.8), Cm(12.6)
TITLE_ONLY = 5  # the layout of that number in the library's own template
ROWS_ON_A_SLIDE = 8
TEAL, INK, PAPER = RGBColor(0x0D, 0x5F, 0x5B), RGBColor(0x1C, 0x25, 0x23), RGBColor(0xF2, 0xEF, 0xE8)


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs in large type."""

    paragraphs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. said: what it shows, in one sentence."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    said: str


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar for each pair of name and score, 0 to 100. said: what they show, in one sentence."""

    scores: Sequence[tuple[str, int]]
    said: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A square picture beside paragraphs in large type. png: its file. said: what it shows, in one sentence."""

    paragraphs: Sequence[str]
    png: bytes
    said: str


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its finding as a title, what it shows, and notes for who speaks."""

    title: str
    body: Words | Table | Bars | Picture
    notes: str = field(default="")


def deck(title: str, slides: Sequence[Slide], made: datetime.datetime) -> bytes:
    """The slides as a file, 16 : 9; a long table goes on over several. `made` is its date."""
    show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    core = show.core_properties
    core.title, core.author, core.language = title, "Alongside", "en-GB"
    core.created = core.modified = made.astimezone(datetime.UTC).replace(tzinfo=None)
    for slide in slides:
        for part in _parts(slide):
            _draw(show, part)
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def _parts(slide: Slide) -> list[Slide]:
    """A table that does not fit is shown in parts of whole rows."""
    body = slide.body
    if not isinstance(body, Table) or len(body.rows) <= ROWS_ON_A_SLIDE:
        return [slide]
    cuts = range(0, len(body.rows), ROWS_ON_A_SLIDE)
    return [
        Slide(
            f"{slide.title} ({number} of {len(cuts)})",
            Table(body.header, body.rows[start : start + ROWS_ON_A_SLIDE], body.said),
            slide.notes,
        )
        for number, start in enumerate(cuts, start=1)
    ]


def _draw(show: Any, slide: Slide) -> None:
    page = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    heading = page.shapes.title
    heading.left, heading.top, heading.width, heading.height = LEFT, Cm(1.2), WIDE, Cm(3)
    heading.text_frame.text = slide.title
    heading.text_frame.word_wrap = True
    _type(heading.text_frame.paragraphs, 34, bold=True)
    match slide.body:
        case Words():
            _words(page, slide.body)
        case Table():
            _table(page, slide.body)
        case Bars():
            _bars(page, slide.body)
        case Picture():
            _picture(page, slide.body)
    if slide.notes:
        page.notes_slide.notes_text_frame.text = slide.notes


def _type(paragraphs: Any, size: int, *, bold: bool = False) -> None:
    for paragraph in paragraphs:
        paragraph.alignment = 1  # left
        paragraph.font.size, paragraph.font.bold, paragraph.font.color.rgb = Pt(size), bold, INK


def _picture(page: Any, body: Picture) -> None:
    _words(page, Words(body.paragraphs), WIDE - TALL - Cm(1))
    shape = page.shapes.add_picture(io.BytesIO(body.png), LEFT + WIDE - TALL, TOP, TALL, TALL)
    _say(shape, body.said)


def _words(page: Any, body: Words, wide: int = WIDE) -> None:
    frame = page.shapes.add_textbox(LEFT, TOP, wide, TALL).text_frame
    frame.word_wrap = True
    for number, words in enumerate(body.paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text, paragraph.space_after = words, Pt(14)
    _type(frame.paragraphs, 24)


def _table(page: Any, body: Table) -> None:
    height = Emu(min(TALL, Cm(1.4) * (len(body.rows) + 1)))
    shape = page.shapes.add_table(len(body.rows) + 1, len(body.header), LEFT, TOP, WIDE, height)
    _say(shape, body.said)
    first = int(WIDE * 0.4)
    for number, column in enumerate(shape.table.columns):
        column.width = Emu(first if number == 0 else (WIDE - first) // max(len(body.header) - 1, 1))
    for number, row in enumerate([body.header, *body.rows]):
        for column, words in enumerate(row):
            cell = shape.table.cell(number, column)
            cell.text = words
            cell.fill.solid()
            cell.fill.fore_color.rgb = PAPER
            _type(cell.text_frame.paragraphs, 16, bold=number == 0)


def _bars(page: Any, body: Bars) -> None:
    data = CategoryChartData(number_format="0")
    data.categories = [name for name, _ in body.scores]
    data.add_series("Score", [score for _, score in body.scores])
    shape = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, LEFT, TOP, WIDE, TALL, data)
    _say(shape, body.said)
    chart = shape.chart
    chart.has_legend = chart.has_title = False
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, 100
    chart.value_axis.has_major_gridlines = False
    chart.category_axis.reverse_order = True
    plot = chart.plots[0]
    plot.has_data_labels, plot.gap_width = True, 60
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = TEAL
    chart.font.size = Pt(16)


def _say(shape: Any, sentence: str) -> None:
    """What a screen reader says in place of the picture."""
    shape._element._nvXxPr.cNvPr.set("descr", sentence)
