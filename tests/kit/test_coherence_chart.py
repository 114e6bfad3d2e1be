"""Bars of 100 points and groups on a line: they know no more than they print."""

import re

import pytest

from alongside.kit.charts import Mark, coherence_bar, coherence_key, mark_key, strip


def test_a_bar_says_its_three_parts_and_draws_them_as_wide():
    drawn = coherence_bar(46, 23, 31)
    assert 'aria-label="46 points shared, 23 lost inside groups, 31 lost between groups"' in drawn
    rects = re.findall(r'<rect class="(c-p\d)"[^>]*? x="(\d+)%" width="(\d+)%"', drawn)
    assert rects == [("c-p1", "0", "46"), ("c-p2", "46", "23"), ("c-p3", "69", "31")]


def test_a_part_without_points_is_not_drawn_and_a_narrow_one_has_no_number():
    drawn = coherence_bar(96, 4, 0)
    assert "c-p3" not in drawn
    assert re.findall(r"<text[^>]*>(\d+)</text>", drawn) == ["96"]


@pytest.mark.parametrize("parts", [(50, 50, 1), (101, -1, 0)])
def test_three_parts_that_are_no_hundred_are_refused(parts):
    with pytest.raises(ValueError, match=r"coherence|shared|inside"):
        coherence_bar(*parts)


def test_a_strip_marks_each_group_at_its_score_by_a_shape_of_its_own():
    drawn = strip([Mark(0, 78), Mark(1, 60), Mark(2, 39)])
    assert re.findall(r'x="(\d+)%" overflow', drawn) == ["39", "60", "78"]
    assert [drawn.count(shape) for shape in ("<circle", "<rect", "<path")] == [1, 1, 1]
    assert 'aria-hidden="true"' in drawn
    with pytest.raises(ValueError, match="score"):
        strip([Mark(0, 101)])


def test_keys_carry_words():
    assert all(words in coherence_key() for words in ("one view", "inside a group", "from each other"))
    assert re.findall(r"</svg>(\w+)</li>", mark_key(["leaders", "teams"])) == ["leaders", "teams"]
