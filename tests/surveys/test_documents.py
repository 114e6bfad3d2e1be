"""Documents of results: exactly the figures of the page, nothing below a block, and no comment on any of them."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone
from pptx import Presentation
from python_calamine import CalamineWorkbook

from alongside.kit.documents import pdf
from alongside.network.models import School
from alongside.people.reads import standing
from alongside.surveys import actions, documents, results
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Change, Reply
from alongside.surveys.results.findings import Finding
from tests import make, pdfs
from tests.surveys import screens, worlds
from tests.surveys.worlds import World

pytestmark = pytest.mark.django_db
E2 = {"X": {"A": 13, "B": 9, "C": 4, "D": 3}}
STEADY = {"A": [4, 4, 3, 5] * 3, "B": [3] * 8}
SECRET = "Please keep the quiet room open."


def _world(answers, sizes=E2, pulse="well", comment="") -> World:
    world = worlds.open_world(sizes, pulse)
    for school, rows in answers.items():
        worlds.answer(world, school, rows, comment)
    make.close(world.wave)
    return world


def _client(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _at(world: World, rest: str) -> str:
    return f"/n/{world.network.slug}/waves/{world.wave.pk}/{rest}"


def _school_at(world: World, name: str, rest: str) -> str:
    return _at(world, f"schools/{world.schools[name].slug}/{rest}")


def _leader(world: World, name: str):
    return make.leader(world.schools[name], f"head.{name}@riverway.example".lower())


def _words(response) -> str:
    assert response.status_code == 200, response.status_code
    return pdfs.read(response.content).text()


def _figures(world: World, place: str) -> list[str]:
    """The scores of the release for a place, as a page prints them."""
    document = worlds.releases.of(world.wave)
    found = [document.score(item.id, place) for item in world.wave.pulse.items]
    return [str(score.score) if score else "too few" for score in found]


def test_paper_holds_the_figures_of_the_release_row_by_row():
    world = _world(STEADY | {"C": [1, 1, 1], "D": [5, 5]})
    words = _words(_client(make.officer(world.network)).get(_at(world, "results.pdf")))
    for name in ("A", "B"):
        place = f"school:{world.schools[name].pk}"
        note = worlds.releases.of(world.wave).answered(place)
        row = f"{world.schools[name].name} {note.n} of {note.invited} answered {' '.join(_figures(world, place))}"
        assert row in words
    assert f"{' '.join(_figures(world, 'whole'))}" in words
    assert world.schools["C"].name in words  # named as part of the pool, without a figure of its own
    assert f"{world.schools['C'].name} 3" not in words


def test_paper_is_tagged_titled_and_says_where_and_when():
    world = _world(STEADY)
    response = _client(make.officer(world.network)).get(_at(world, "results.pdf"))
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="results-{world.wave.pk}.pdf"'
    paper = pdfs.read(response.content)
    assert paper.strings("Lang") == ["en-GB"]
    assert "/MarkInfo <</Marked true>>" in paper.catalog
    assert {"H1", "Table", "THead", "TR", "TH", "TD", "Caption"} <= set(paper.tags())
    assert f"Wellbeing and belonging, {world.network.name}, {world.wave.closes_at:%B %Y}" in paper.text()
    assert "Print" not in paper.text()
    assert "My account" not in paper.text()
    assert len(paper.pages) == 1


def test_the_fullest_wave_is_one_page():
    """As many schools and findings as a network's largest wave has, and the longest reply that a leader may write."""
    names = [f"{letter} Saint Bartholomew Primary" for letter in "ABCDEFGHIJKLMNOPQ"]
    sizes = {place: dict.fromkeys(names[at::3], 13) for at, place in enumerate("XYZ")}
    world = _world({name: [4, 2] * 6 for name in names}, sizes)
    seen = results.view(world.wave, standing(make.officer(world.network)).member(world.network))
    page = results.page(seen)
    item, sentence = seen.pulse.items[0], "Worth watching: lower than in the three waves before, as far as we can tell."
    change = Change(direction="down", word="watch", sentence=sentence)
    fullest = replace(
        page,
        findings=[Finding(names[0], "school:1", item, 40, "70", change, "/", grouped=False)] * 8,
        hidden=names[:3],
        held=names[3:5],
    )
    assert len(fullest.rows) >= 20
    paper = pdfs.read(documents.results_pdf(fullest))
    assert len(paper.pages) == 1
    assert "published" in paper.text()  # the last line of all
    words = "We shall have the meeting that nobody needs on a Friday no more. " * 40
    reply = Reply(
        kind="do", heard=words[:200], text=words[:1200], look_on=datetime.date.today(), posted_at=timezone.now()
    )
    own = replace(results.school_page(seen, world.schools[names[0]].pk), reply=reply)
    assert len(pdfs.read(documents.school_pdf(own)).pages) == 1


def test_a_cluster_and_a_school_have_papers_of_their_own():
    world = _world(STEADY | {"C": [1, 1, 1]})
    client = _client(make.officer(world.network))
    cluster = _words(client.get(_at(world, f"clusters/{world.clusters['X'].slug}/results.pdf")))
    assert world.clusters["X"].name in cluster
    assert " ".join(_figures(world, f"cluster:{world.clusters['X'].pk}")) in cluster
    own = pdfs.read(client.get(_school_at(world, "A", "results.pdf")).content)
    place = f"school:{world.schools['A'].pk}"
    for item, figure in zip(instrument("well").items, _figures(world, place), strict=True):
        answered = worlds.releases.of(world.wave).score(item.id, place).n
        assert f"{item.about} {item.statement} {answered} answered" in own.text()
        assert f" {figure} " in own.text()
    assert len(own.pages) == 1


def test_a_school_below_a_block_has_no_figure_on_paper_or_slides():
    world = _world(STEADY | {"C": [1, 1, 1]})
    client = _client(_leader(world, "C"))
    words = _words(client.get(_school_at(world, "C", "results.pdf")))
    assert "Fewer than five people answered" in words
    assert "Statement by statement" not in words
    show = Presentation(io.BytesIO(client.get(_school_at(world, "C", "results.pptx")).content))
    assert [slide.shapes.title.text for slide in show.slides][1:] == [
        "Let us talk in the room instead",
        "What shall we do?",
    ]
    assert not any(shape.has_chart or shape.has_table for slide in show.slides for shape in slide.shapes)


def test_comments_stay_on_the_page_and_staff_hold_the_same_paper_as_their_head(time_machine):
    world = _world({"A": [4] * 12}, {"X": {"A": 13, "B": 1}}, "lead", SECRET)
    head, teacher = _leader(world, "A"), world.schools["A"].staff.select_related("person")[0].person
    assert SECRET in _client(head).get(_school_at(world, "A", "")).content.decode()
    own = _client(head).get(_school_at(world, "A", "results.pdf")).content
    assert SECRET not in pdfs.read(own).text()
    assert SECRET not in _everything_in(_client(head).get(_school_at(world, "A", "results.pptx")).content)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=6))
    assert _client(teacher).get(_school_at(world, "A", "results.pdf")).content == own


def test_a_posted_reply_is_on_paper_and_slides_and_a_draft_is_not():
    world = _world(STEADY)
    head, day = _leader(world, "A"), datetime.date.today() + 30 * make.DAY
    words = actions.ReplyText("do", "The hours are long.", "We stop one meeting a week.", "well.1", day)
    paper, deck = _school_at(world, "A", "results.pdf"), _school_at(world, "A", "results.pptx")
    actions.save_reply(world.wave, world.schools["A"], words, head)
    assert "We stop one meeting" not in _words(_client(head).get(paper))
    assert "We stop one meeting" not in _everything_in(_client(head).get(deck).content)
    actions.post_reply(world.wave, world.schools["A"], words, head)
    assert "“The hours are long.”" in _words(_client(head).get(paper))
    show = Presentation(io.BytesIO(_client(head).get(deck).content))
    last = show.slides[len(show.slides) - 1]
    assert last.shapes.title.text == "What we will do"
    assert [p.text for p in last.shapes[1].text_frame.paragraphs][:2] == [
        "We heard: “The hours are long.”",
        "We stop one meeting a week.",
    ]


def test_the_sheet_is_the_page_and_the_csv_cell_by_cell():
    world = _world(STEADY | {"C": [1, 1, 1], "D": [5, 5]})
    client = _client(make.officer(world.network))
    made = client.get(_at(world, "results.xlsx")).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    sheet = book.get_sheet_by_name("Results").to_python()
    text = client.get(_at(world, "results.csv")).content.decode("utf-8-sig")
    assert [[_printed(cell) for cell in row] for row in sheet] == list(csv.reader(io.StringIO(text)))
    shown = [row for row in screens.look(client, _at(world, "results/")).rows() if len(row) == 7]
    assert len(sheet) == len(shown)
    for row, page in zip(sheet[1:], shown[1:], strict=True):
        assert [_printed(cell) for cell in row[2:]] == [
            "too few" if "too few" in cell else cell.split()[0] for cell in page[1:]
        ]
    assert all(isinstance(cell, float) or cell == "too few" for row in sheet[1:] for cell in row[2:])
    how = [row[0] for row in book.get_sheet_by_name("How we know this").to_python()]
    assert any("groups of five or more" in sentence for sentence in how)
    assert "Never used for appraisal, pay or competence." in how


def _printed(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell)


def test_slides_hold_the_schools_own_figures():
    world = _world(STEADY)
    made = _client(_leader(world, "A")).get(_school_at(world, "A", "results.pptx")).content
    show = Presentation(io.BytesIO(made))
    chart, table = show.slides[1].shapes[1], show.slides[2].shapes[1].table
    figures = _figures(world, f"school:{world.schools['A'].pk}")
    assert [str(int(value)) for value in chart.chart.plots[0].series[0].values] == figures
    assert [row.cells[1].text for row in table.rows][1:] == figures
    assert all(
        f"{item.about}: {figure}" in chart._element._nvXxPr.cNvPr.get("descr")
        for item, figure in zip(instrument("well").items, figures, strict=True)
    )
    assert "groups of five or more" in show.slides[0].notes_slide.notes_text_frame.text


def test_no_document_tells_apart_what_no_page_tells_apart(time_machine):
    """C and D count together: whoever of them said what, every document of everybody is the same to the last byte."""
    moment = datetime.datetime(2026, 5, 12, 16, 30, tzinfo=datetime.UTC)
    time_machine.move_to(moment, tick=False)
    world = worlds.open_world(E2)
    people = screens.roles(world, "C")
    documents = ["results.pdf", "results.xlsx", f"clusters/{world.clusters['X'].slug}/results.pdf"]
    documents += [f"schools/{world.schools['C'].slug}/results.{kind}" for kind in ("pdf", "pptx")]
    seen = []
    for hidden in ({"C": [1, 1, 1], "D": [5, 5]}, {"C": [5, 5, 1], "D": [1, 1]}):
        with worlds.undone():
            world.answered.clear()
            for school, rows in (STEADY | hidden).items():
                worlds.answer(world, school, rows)
            time_machine.move_to(moment + 8 * make.DAY, tick=False)
            make.close(world.wave)
            time_machine.move_to(moment + 13 * make.DAY, tick=False)
            pdf.DRAWN._papers.clear()
            clients = {who: _client(person) for who, person in people.items()}
            seen.append({(w, d): _inside(c.get(_at(world, d))) for w, c in clients.items() for d in documents})
            time_machine.move_to(moment, tick=False)
            world.wave.refresh_from_db()
    assert seen[0] == seen[1]
    assert len({key for key, content in seen[0].items() if content}) >= 15


def _inside(response) -> object:
    """What a document holds, without the hour at which its archive was packed; nothing for a document that is not there."""
    if response.status_code != 200:
        return b""
    if response.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
            return {name: _unpacked(packed.read(name)) for name in packed.namelist()}
    return pdfs.read(response.content).objects, pdfs.read(response.content).text()


def _unpacked(part: bytes) -> object:
    """A file inside a file: the table behind a chart."""
    if part.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(part)) as packed:
            return {name: packed.read(name) for name in packed.namelist() if name != "docProps/core.xml"}
    return part


def _everything_in(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def test_there_is_no_document_of_a_pulse_that_is_open():
    world = worlds.open_world(E2)
    client = _client(make.officer(world.network))
    for rest in ("results.pdf", "results.xlsx", f"clusters/{world.clusters['X'].slug}/results.pdf"):
        assert client.get(_at(world, rest)).status_code == 404
    for kind in ("pdf", "pptx"):
        assert client.get(_school_at(world, "A", f"results.{kind}")).status_code == 404


def test_a_name_that_looks_like_markup_or_a_formula_is_only_a_name():
    world = worlds.open_world(E2)
    School.objects.filter(pk=world.schools["A"].pk).update(name="=1+1<b>x")
    for school, rows in STEADY.items():
        worlds.answer(world, school, rows)
    make.close(world.wave)
    client = _client(make.officer(world.network))
    assert "=1+1<b>x" in _words(client.get(_at(world, "results.pdf")))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get(_at(world, "results.xlsx")).content))
    assert "=1+1<b>x" in {row[0] for row in sheet.get_sheet_by_name("Results").to_python()}
    assert client.get(_school_at(world, "A", "results.pptx")).status_code == 200
