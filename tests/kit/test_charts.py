"""Charts say what is printed and nothing finer, print in grey, and escape what people typed."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import alongside.kit
from alongside.kit import charts
from alongside.kit.charts import (
    ChartNote,
    DotRow,
    HeatCell,
    HeatColumn,
    HeatRow,
    RunPoint,
    Share,
    dot_interval,
    draw,
    heat_key,
    heat_step,
    heat_table,
    run_chart,
    run_table,
    share_bar,
    trend_line,
)
from alongside.kit.charts.samples import component_samples
from alongside.kit.charts.sheet import SPAN, window

CSS = Path(alongside.kit.__file__).parent / "static" / "alongside" / "css"
NASTY = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


def line(*scores, **kwargs):
    """A run chart of these scores, one a month."""
    points = [RunPoint(f"M{i}", 2026, score) for i, score in enumerate(scores)]
    return run_chart(points, kwargs.pop("usual", None), True, kwargs.pop("notes", []), "All in words.", **kwargs)


def svgs(markup):
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", markup)]


# Nothing finer than what is printed ------------------------------------------------------------------------------


def published(means):
    """Scores as they are printed."""
    return [round(mean) for mean in means]


FINE_1 = [61.2, 62.9, 58.6, 48.4, 47.1]
FINE_2 = [60.6, 63.4, 59.4, 47.6, 46.9]


@pytest.mark.parametrize(
    "chart",
    [
        pytest.param(lambda s: line(*s, usual=(50, 72)), id="run"),
        pytest.param(lambda s: run_table([RunPoint("May", 2026, x) for x in s], (50, 72)), id="table"),
        pytest.param(lambda s: trend_line(s, "down"), id="trend"),
        pytest.param(lambda s: share_bar([Share(f"a{i}", x) for i, x in enumerate(s)]), id="share"),
        pytest.param(lambda s: dot_interval([DotRow("Holt", x, x - 3, x + 3, "") for x in s]), id="dots"),
        pytest.param(
            lambda s: heat_table([HeatColumn("W", "W")], [HeatRow("Holt", "", [HeatCell(x)]) for x in s], "c"),
            id="heat",
        ),
    ],
)
def test_same_printed_numbers_give_the_same_bytes(chart):
    assert published(FINE_1) == published(FINE_2)
    assert chart(published(FINE_1)) == chart(published(FINE_2))


@pytest.mark.parametrize(
    "make",
    [
        lambda x: HeatCell(x),
        lambda x: RunPoint("May", 2026, x),
        lambda x: Share("Agree", x),
        lambda x: trend_line([x], "s"),
        lambda x: dot_interval([DotRow("Holt", x, 1, 99, "")]),
        lambda x: dot_interval([DotRow("Holt", 50, x, 99, "")]),
        lambda x: line(50, usual=(x, 90)),
    ],
)
@pytest.mark.parametrize(
    ("value", "error"), [(47.3, TypeError), (True, TypeError), ("47", TypeError), (101, ValueError)]
)
def test_chart_refuses_what_is_not_a_printed_whole_number(make, value, error):
    with pytest.raises(error):
        make(value)


def test_share_refuses_a_percent_that_is_not_the_printed_one():
    assert Share("Never", 5, "5% or less").words == "5% or less"
    with pytest.raises(ValueError, match="3 would be drawn where '5% or less' is printed"):
        Share("Never", 3, "5% or less")


def test_parts_of_a_bar_follow_the_printed_shares():
    bar = svgs(share_bar([Share("No", 5, "5% or less"), Share("Half", 35), Share("Yes", 60)]))[0]
    parts = [rect for rect in bar.iter("rect") if rect.get("class", "").startswith("k") and rect.get("height") == "40"]
    assert [(part.get("x"), part.get("width")) for part in parts] == [("0", "36"), ("36", "252"), ("288", "432")]


def test_no_attribute_says_more_than_one_decimal():
    everything = "".join(str(value) for name, value in component_samples().items() if name != "form")
    assert not re.search(r'[a-z-]+="[^"#]*\d\.\d\d', everything)
    assert " title=" not in everything
    assert " data-" not in everything


# Heatmap ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "step"),
    [
        (0, 1),
        (39, 1),
        (40, 2),
        (49, 2),
        (50, 3),
        (59, 3),
        (60, 4),
        (69, 4),
        (70, 5),
        (79, 5),
        (80, 6),
        (89, 6),
        (90, 7),
        (100, 7),
    ],
)
def test_heat_step_by_score(score, step):
    assert heat_step(score) == step


def test_heat_table_is_a_table_to_the_letter():
    columns = [HeatColumn("Workload", "Load"), HeatColumn("Rest", "Rest")]
    rows = [
        HeatRow(
            "Holt",
            "5–9 answered",
            [HeatCell(40, "watch", -1, "/w", "It was 60"), HeatCell(None, why="3 gave an answer")],
        ),
        HeatRow("Avon", "214 answered", [HeatCell(51), HeatCell(90, "sure", 1)], is_total=True, url="/avon"),
    ]
    assert heat_table(columns, rows, "Higher is better.") == (
        '<table class="heat heat--2" role="table"><caption>Higher is better.</caption>'
        '<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">School</th>'
        '<th scope="col" role="columnheader"><span class="wide-only">Workload</span><span class="narrow-only">Load</span></th>'
        '<th scope="col" role="columnheader"><span class="wide-only">Rest</span><span class="narrow-only">Rest</span></th>'
        '</tr></thead><tbody role="rowgroup">'
        '<tr role="row"><th scope="row" role="rowheader"><span>Holt</span><small>5–9 answered</small></th>'
        '<td role="cell" class="q2 watch"><a href="/w">40<small><span aria-hidden="true">▽</span> watch</small></a>'
        '<span class="vh">. It was 60</span></td>'
        '<td role="cell" class="few"><span>too few</span><span class="vh">. 3 gave an answer</span></td></tr>'
        '<tr class="gap" aria-hidden="true"><th colspan="3"></th></tr>'
        '<tr role="row" class="sum"><th scope="row" role="rowheader"><span><a href="/avon">Avon</a></span>'
        "<small>214 answered</small></th>"
        '<td role="cell" class="q3">51</td>'
        '<td role="cell" class="q7 sure">90<small><span aria-hidden="true">▲</span> rose</small></td></tr>'
        "</tbody></table>"
    )


def test_heat_shows_a_score_of_nothing_as_a_score():
    assert '<td role="cell" class="q1">0</td>' in heat_table(
        [HeatColumn("W", "W")], [HeatRow("Holt", "", [HeatCell(0)])], "c"
    )


def test_heat_key_explains_only_what_occurs():
    plain = heat_key([HeatRow("Holt", "", [HeatCell(50)])])
    assert plain.count("<li>") == 1
    assert plain.count("<i class=") == 7
    full = heat_key([HeatRow("Holt", "", [HeatCell(50, "sure", -1), HeatCell(50, "watch", 1), HeatCell(None)])])
    assert re.findall(r"</span>([^<]+)</li>", full) == [
        "under 40 to 90 and over",
        "▼ a fall, confirmed",
        "△ higher, worth watching",
        "too few answers to show",
    ]


def test_heat_with_many_columns_labels_each_cell_for_phones():
    columns = [HeatColumn(f"Statement {i}", f"S{i}") for i in range(8)]
    table = heat_table(columns, [HeatRow("Holt", "", [HeatCell(50)] * 8)], "c")
    assert 'class="heat heat--many"' in table
    assert table.count('<span class="heat__l narrow-only" aria-hidden="true">S') == 8
    assert "heat__l" not in heat_table(columns[:7], [HeatRow("Holt", "", [HeatCell(50)] * 7)], "c")


@pytest.mark.parametrize(
    ("score", "word", "direction"), [(50, "sure", 0), (50, "watch", 0), (50, "likely", -1), (None, "sure", -1)]
)
def test_heat_cell_refuses_a_sign_that_it_cannot_draw(score, word, direction):
    with pytest.raises(ValueError, match="heat"):
        HeatCell(score, word, direction)


def test_heat_table_refuses_a_row_of_another_length():
    with pytest.raises(ValueError, match="one cell per column"):
        heat_table([HeatColumn("W", "W")], [HeatRow("Holt", "", [HeatCell(50)] * 2)], "c")


# Run chart -------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 100), min_size=1), st.sampled_from([6, 14]))
@example([2, 5], 14)
@example([0, 100], 14)
def test_window_holds_all_that_is_shown(shown, below):
    low, high = window(shown, below)
    assert 0 <= low <= min(shown) <= max(shown) <= high <= 100
    assert high - low >= SPAN
    assert low % 10 == high % 10 == 0


@pytest.mark.parametrize(
    ("shown", "ends"),
    [([], (0, 100)), ([50, 60], (30, 70)), ([61, 47, 72], (40, 80)), ([0], (0, 40)), ([100], (60, 100))],
)
def test_window_by_hand(shown, ends):
    assert window(shown) == ends


def test_line_runs_through_the_points_worked_by_hand():
    # 720 wide: x from 40 + 14 to 694 − 14. Scale 30 to 70 over 224: 50 lies halfway up, 60 three quarters, foot at 14 + 224.
    assert 'd="M54.0 126.0L680.0 70.0"' in line(50, 60)
    # 328 wide: x from 30 + 14 to 316 − 14.
    assert 'd="M44.0 126.0L302.0 70.0"' in line(50, 60)


def test_line_breaks_where_nothing_is_shown():
    path = re.search(r'class="c-line" stroke="#0d5f5b" d="([^"]*)"', line(50, 50, None, 60, 60))
    assert path
    assert re.sub(r"[\d. ]", "", path[1]) == "MLML"
    assert ">too few<" in line(50, 50, None, 60, 60)
    assert ">too few<" not in line(50, 50, 60, 60)


def test_run_chart_is_drawn_twice_and_read_once():
    chart = line(50, 60, question="Is it getting better?")
    assert chart.startswith(
        '<div class="figure"><p class="question">Is it getting better?</p><div class="wide-only"><svg '
    )
    assert [svg.get("viewBox") for svg in svgs(chart)] == ["0 0 720 290", "0 0 328 290"]
    assert chart.count('role="img" aria-label="All in words."') == 2
    assert 'viewBox="0 0 960 290"' in line(50, 60, broad=True)


def marked(usual, *points):
    chart = run_chart([RunPoint(f"M{i}", 2026, *p) for i, p in enumerate(points)], usual, False, [], "s")
    return [text.text for text in svgs(chart)[0].iter("text") if text.text and " " in text.text]


def test_marks_have_words_once_for_each_run_of_them():
    assert marked((50, 72), (61,), (48, "confirmed"), (47, "confirmed")) == ["usual range", "confirmed fall"]
    assert marked((50, 72), (61,), (80, "confirmed")) == ["usual range", "confirmed rise"]
    assert marked(None, (61,), (50, "confirmed")) == ["confirmed fall"]
    assert marked(None, (50,), (61, "confirmed")) == ["confirmed rise"]
    assert marked(None, (61,), (50, "watch"), (60,), (50, "watch")) == ["worth watching", "worth watching"]


def test_word_for_a_mark_is_there_even_without_a_free_place():
    points = [
        RunPoint("M", 2026, s, m)
        for s, m in ((2, ""), (5, ""), (0, "confirmed"), (98, "confirmed"), (100, "confirmed"))
    ]
    for svg in svgs(run_chart(points, (0, 10), False, [], "s")):
        heights = [float(t.get("y")) for t in svg.iter("text") if t.text == "confirmed rise"]
        assert len(heights) == 1
        assert 11 < heights[0] < float(svg.get("viewBox").split()[3]) - 52


def test_marks_are_shapes_as_well_as_colours():
    chart = run_chart(
        [RunPoint("M", 2026, 60), RunPoint("M", 2026, 50, "watch"), RunPoint("M", 2026, 49, "confirmed")],
        None,
        True,
        [],
        "s",
    )
    shapes = [
        (each.tag, each.get("class")) for each in svgs(chart)[0] if each.get("class") in {"c-dot", "c-open", "c-hot"}
    ]
    assert shapes == [("circle", "c-dot"), ("path", "c-open"), ("path", "c-hot")]


def boxes(svg):
    """The room of each line of words, as the drawing reckons it."""
    for text in svg.iter("text"):
        yield (
            draw.Box.of_text(float(text.get("x")), float(text.get("y")), text.text, text.get("text-anchor")),
            text.text,
        )


@settings(max_examples=60, deadline=None)
@given(
    scores=st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=40),
    ends=st.one_of(st.none(), st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted).map(tuple)),
    texts=st.lists(st.sampled_from(["inspection", "a new head and a new timetable", "merged"]), max_size=4),
)
@example(scores=[97], ends=(0, 51), texts=["inspection"])
@example(scores=[None, None], ends=None, texts=[])
def test_words_never_lie_over_one_another(scores, ends, texts):
    notes = [ChartNote(i % len(scores), words) for i, words in enumerate(texts)]
    for svg in svgs(line(*scores, usual=ends, notes=notes)):
        width = float(svg.get("viewBox").split()[2])
        placed = list(boxes(svg))
        for i, (box, words) in enumerate(placed):
            assert box.right <= width + draw.AIR, words
            assert not any(box.meets(other) for other, _ in placed[i + 1 :]), words


def test_every_number_is_printed_where_there_is_room():
    shown = [text.text for text in svgs(line(61, 63, 59, 64, 62, 55, 61))[0].iter("text")]
    assert sorted(text for text in shown if text in {"61", "63", "59", "64", "62", "55"}) == [
        "55",
        "59",
        "61",
        "61",
        "62",
        "63",
        "64",
    ]
    narrow = [text.text for text in svgs(line(61, 63, 59, 64, 62, 55, 60, 61, 60, 62, 58))[1].iter("text")]
    assert [text for text in narrow if text.isdigit() and 50 < int(text) < 70] == ["58", "55", "64", "61"]


def test_long_note_is_wrapped_on_a_phone_in_whole_words():
    note = ChartNote(1, "a new head and a new timetable for the whole school")
    wide, narrow = svgs(line(50, 60, 55, notes=[note]))
    assert [t.text for t in wide.iter("text") if t.get("class") == "t-note"] == [note.text]
    lines = [t.text for t in narrow.iter("text") if t.get("class") == "t-note"]
    assert len(lines) > 1
    assert " ".join(lines) == note.text


def test_run_chart_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="no points"):
        run_chart([], None, True, [], "s")
    with pytest.raises(ValueError, match="outside the points"):
        line(50, 60, notes=[ChartNote(2, "late")])
    with pytest.raises(ValueError, match="upside down"):
        line(50, 60, usual=(72, 50))
    with pytest.raises(ValueError, match="unknown mark"):
        RunPoint("May", 2026, 50, "sure")
    with pytest.raises(ValueError, match="cannot be marked"):
        RunPoint("May", 2026, None, "watch")


def test_run_table_says_the_same():
    points = [
        RunPoint("Mar", 2026, 61),
        RunPoint("May", 2026, None),
        RunPoint("Jun", 2026, 48, "watch"),
        RunPoint("Sep", 2026, 80, "confirmed"),
    ]
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="r">(.*?)</td><td>(.*?)</td>', run_table(points, (50, 72)))
    assert rows == [
        ("Mar 2026", "61", "usual"),
        ("May 2026", "too few answers", "not shown"),
        ("Jun 2026", "48", "below the usual range, worth watching"),
        ("Sep 2026", "80", "above the usual range, confirmed"),
    ]
    assert "<td>no usual range yet</td>" in run_table(points[:1], None)


# Bars, dots, small lines -----------------------------------------------------------------------------------------


def test_share_bar_prints_its_numbers_in_the_parts_and_in_the_legend():
    bar = share_bar(
        [Share("Disagree", 24), Share("Agree", 76)], question="How did it spread?", base="94 of 100 answers"
    )
    assert [text.text for text in svgs(bar)[0].iter("text")] == ["24%", "76%"]
    assert re.findall(r"<span>(\w+) <b>(.*?)</b></span>", bar) == [("Disagree", "24%"), ("Agree", "76%")]
    assert bar.count('aria-label="Disagree 24%, Agree 76%."') == 2
    assert bar.endswith('<p class="faint">94 of 100 answers</p></div>')


def test_share_bar_hatches_the_side_of_disagreement_for_grey_paper():
    hatched = svgs(share_bar([Share(str(i), 20) for i in range(5)]))[0].findall("path[@class='c-hatch']")
    assert len(hatched) == 2


def test_share_bar_leaves_out_a_number_without_room():
    wide, narrow = svgs(share_bar([Share("No", 5, "5% or less"), Share("Yes", 95, "95% or more")]))[:2]
    assert [text.text for text in wide.iter("text")] == ["95% or more"]
    assert [text.text for text in narrow.iter("text")] == ["95% or more"]


@pytest.mark.parametrize("shares", [[], [Share("No", 0)], [Share(str(i), 10) for i in range(8)]])
def test_share_bar_refuses_none_nothing_and_too_many(shares):
    with pytest.raises(ValueError, match="one to seven"):
        share_bar(shares)


def test_dot_row_stands_where_its_numbers_say():
    row = dot_interval([DotRow("Visits", -4, -12, 5, "cannot tell")], ends=(-20, 20))
    assert 'cx="40%"' in row
    assert 'x1="20%" y1="12" x2="62.5%"' in row
    assert 'class="c-inkline" stroke="#4d5854" x1="50%"' in row
    assert 'aria-label="Visits: −4, from −12 to 5"' in row
    assert "c-inkline" not in dot_interval([DotRow("Visits", 4, 2, 5, "")])


def test_dot_row_refuses_a_value_outside_its_range():
    with pytest.raises(ValueError, match="47 lies outside 48–50"):
        dot_interval([DotRow("Holt", 47, 48, 50, "")])


def test_trend_lines_of_one_list_share_their_step():
    first, second = (re.findall(r"[ML]\d+\.\d ([\d.]+)", trend_line(scores, "s")) for scores in ((50, 60), (70, 80)))
    assert float(first[0]) - float(first[1]) == float(second[0]) - float(second[1]) == 7.0


# Every chart -----------------------------------------------------------------------------------------------------


def test_names_are_escaped_in_every_chart():
    drawn = [
        heat_table(
            [HeatColumn(NASTY, NASTY)],
            [HeatRow(NASTY, NASTY, [HeatCell(50, url='"><script>', why=NASTY)])],
            NASTY,
            NASTY,
        ),
        run_chart([RunPoint(NASTY, 2026, 50)], None, True, [ChartNote(0, NASTY)], NASTY, question=NASTY),
        run_table([RunPoint(NASTY, 2026, 50)], None),
        share_bar([Share(NASTY, 100)], question=NASTY, base=NASTY),
        dot_interval([DotRow(NASTY, 50, 40, 60, NASTY)], question=NASTY),
        trend_line([50], f'"{NASTY}'),
    ]
    for markup in drawn:
        assert "<script" not in markup
        assert ESCAPED in markup


def test_no_chart_carries_style_script_or_an_id_that_two_could_share():
    everything = "".join(str(value) for name, value in component_samples().items() if name != "form")
    assert everything.count("<svg") > 10
    for word in (" style=", "<script", "<style", " id=", "url(", " onclick="):
        assert word not in everything


def test_fallback_colours_are_those_of_the_sheet():
    tokens = dict(re.findall(r"(--[\w-]+): (#\w+)", (CSS / "tokens.css").read_text().split("@media")[0]))
    sheet = (CSS / "pictures.css").read_text()
    for name, painted in draw.PAINTS.items():
        if name == "t-plain":
            continue
        rule = re.search(rf"(?:^|[\s}}])(?:\.chart )?\.{name} {{(.*?)}}", sheet)
        assert rule, name
        for part in ("fill", "stroke"):
            token = re.search(rf"(?:^|[ ;]){part}: var\((--[\w-]+)\)", rule[1])
            assert (tokens[token[1]] if token else None) == painted.get(part), (name, part)


def test_all_public_names_are_there():
    assert sorted(charts.__all__) == list(charts.__all__)
    assert all(hasattr(charts, name) for name in charts.__all__)
