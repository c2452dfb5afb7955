"""The picture of a finding: asserted on what is drawn, never on pixels."""

from __future__ import annotations

import html
import math

import pytest

from hpi import figures
from hpi.figures import DARK, LIGHT
from hpi.figures.finding import HEIGHT, WITH_NAMES, hover
from hpi.figures.finding_places import apart, round_ticks, rounded
from hpi.figures.theme import contrast
from hpi.statements import FindingKind, Line, Point
from tests.findings import CONTRAST, STRETCHES, TOP, TREND, TWO_LINES, finding, line, picture
from tests.test_figures import ODD_NAMES

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def drawn(shown, theme=LIGHT, **changes):
    return figures.finding(finding(picture=shown, **changes), theme)


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def header(figure):
    return html.unescape(figure.layout.title.text.replace("<br>", " ")).replace("\u00a0", " ")


@THEMES
def test_each_group_is_a_dot_with_its_interval_and_what_is_said_has_the_colour_of_the_target(theme):
    figure = drawn(TREND, theme)
    others, marked = traces(figure)["other"], traces(figure)["marked"]
    assert list(marked.customdata) == ["1e-3 to 1e-2"]
    assert (list(marked.x), list(marked.y)) == ([2], [0.93])
    assert marked.error_y.array == pytest.approx([0.01])
    assert marked.error_y.arrayminus == pytest.approx([0.01])
    assert list(others.y) == [0.80, 0.88, 0.85]
    assert (marked.marker.color, others.marker.color) == (theme.target, theme.region)
    assert (marked.error_y.color, others.error_y.color) == (theme.target, theme.region)
    assert "95 % interval" in header(figure)
    assert not figure.layout.showlegend


def test_a_line_joins_ordered_groups_only():
    joined = traces(drawn(TREND))["line"]
    assert (joined.mode, list(joined.x), list(joined.y)) == ("lines", [0, 1, 2, 3], list(STRETCHES.values()))
    assert joined.line.color == LIGHT.region
    assert [trace.mode for trace in drawn(CONTRAST).data] == ["markers"]


def test_the_number_of_trials_is_in_the_hover():
    said = html.unescape(traces(drawn(TREND))["marked"].hovertext[0].replace("<br>", " "))
    assert said == "lr: 1e-3 to 1e-2. val_accuracy 0.930 [0.920 to 0.940], 100 trials."
    alone = Line("", (Point("a", 0.5, math.nan, math.nan, 1),))
    assert hover(picture(alone), alone, alone.points[0]) == "lr: a. val_accuracy 0.5000, 1 trial."


def test_a_share_is_shown_in_percent_from_zero_on():
    figure = drawn(TOP)
    assert list(traces(figure)["marked"].y) == [0.24]
    axis = figure.layout.yaxis
    assert html.unescape("".join(axis.ticktext)).replace("\u00a0", "").startswith("0%10%20%")
    assert axis.tickvals[0] == 0
    assert axis.range[0] < 0 < 0.27 < axis.range[1]
    said = html.unescape(traces(figure)["marked"].hovertext[0].replace("<br>", " ")).replace("\u00a0", " ")
    assert "24 % [21 % to 27 %]" in said


@THEMES
def test_several_lines_are_named_where_they_end_apart_from_each_other(theme):
    figure = drawn(TWO_LINES, theme)
    assert figure.layout.height == WITH_NAMES
    names = {html.unescape(note.text): note for note in figure.layout.annotations}
    assert set(names) == {"optimizer = adam", "optimizer = sgd"}
    assert names["optimizer = sgd"].font.color == theme.target
    assert names["optimizer = adam"].font.color == theme.muted
    assert names["optimizer = sgd"].y > names["optimizer = adam"].y
    marks = {traces(figure)[name].marker.symbol for name in ("other optimizer = adam", "marked optimizer = sgd")}
    assert len(marks) == 2
    dashes = {trace.line.dash for trace in figure.data if trace.mode == "lines"}
    assert len(dashes) == 2


def test_names_of_lines_that_end_at_the_same_place_do_not_cover_each_other():
    figure = drawn(picture(*(line(f"optimizer = {name}", **STRETCHES) for name in ("a", "b", "c"))))
    heights = sorted(note.y for note in figure.layout.annotations)
    low, high = figure.layout.yaxis.range
    pixels = WITH_NAMES / (high - low)
    assert min((b - a) * pixels for a, b in zip(heights, heights[1:], strict=False)) > 15


def test_a_long_name_that_all_lines_share_is_said_once_above_them():
    long = "hp_config.learning_rate"
    two = picture(*(line(f"{long} {part}", **STRETCHES) for part in ("up to 0.01", "= 1")), across="depth")
    figure = drawn(two, hyperparameters=("depth", long))
    assert {html.unescape(note.text) for note in figure.layout.annotations} == {"up to 0.01", "1"}
    assert f"on the right: {long}" in header(figure)
    assert long in html.unescape(figure.data[-1].hovertext[0].replace("<br>", " "))
    assert "on the right" not in header(drawn(TWO_LINES, hyperparameters=("lr", "optimizer")))


def test_a_long_title_is_folded_into_the_room_that_names_of_lines_leave():
    long = "a_name_" * 11
    lines = (line(f"optimizer = {name}", **STRETCHES) for name in ("a", "b"))
    rows = html.unescape(drawn(picture(*lines, across=long)).layout.xaxis.title.text).split("<br>")
    assert len(rows) == 2
    assert max(map(len, rows)) <= 30
    assert rows[0].startswith("a_name_")


def test_values_are_moved_apart_within_the_ends():
    """By hand: both want 1.0 at the top of 0 to 1; a room of 0.2 puts the upper one at 0.9, the other below it."""
    assert apart([1.0, 1.0], 0.2, 0.0, 1.0) == pytest.approx([0.7, 0.9])
    assert apart([0.0, 0.5], 0.2, 0.0, 1.0) == pytest.approx([0.1, 0.5])
    assert apart([], 0.2, 0.0, 1.0) == []


def test_thirty_levels_stand_below_each_other_each_with_its_label():
    many = {f"level_{i}": 0.9 - 0.003 * i for i in range(30)}
    backwards = dict(reversed(many.items()))
    figure = drawn(picture(line(**backwards, marked=("level_3",)), ordered=False))
    assert list(figure.layout.yaxis.ticktext) == list(many)  # the highest on top
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the first on top
    marked = traces(figure)["marked"]
    assert (list(marked.y), list(marked.x)) == ([3], [many["level_3"]])
    assert marked.error_x.array == pytest.approx([0.01])
    assert figure.layout.height >= 30 * 18


def test_of_more_levels_those_with_most_trials_and_what_is_said_are_shown_and_the_rest_is_counted():
    points = tuple(Point(f"level_{i}", 0.5, 0.4, 0.6, 500 - i, i == 49) for i in range(50))
    figure = drawn(picture(Line("", points), ordered=False))
    assert list(figure.layout.yaxis.ticktext) == [*(f"level_{i}" for i in range(29)), "level_49"]
    assert "20 groups with fewer trials are not shown" in header(figure)


def test_long_stretches_share_labels_and_what_is_said_has_its_own():
    eight = {f"{i / 8:g} to {(i + 1) / 8:g}": 0.8 for i in range(8)}
    for said in ("0.5 to 0.625", "0.625 to 0.75"):
        figure = drawn(picture(line(**eight, marked=(said,))))
        shown = [word.replace("<br>", " ") for word in figure.layout.xaxis.ticktext]
        assert len(shown) == 4
        assert said in shown
        assert [list(eight)[i] for i in figure.layout.xaxis.tickvals] == shown
        assert figure.layout.height == HEIGHT


def test_several_lines_in_rows_are_named_in_the_heading():
    rows = {f"a_long_level_name_{i}": 0.9 + i / 100 for i in range(6)}
    figure = drawn(picture(line("lr low", **rows), line("lr high", **rows, marked=tuple(rows)), ordered=False))
    assert "● lr low" in header(figure)
    assert "■ lr high" in header(figure)
    assert LIGHT.target in figure.layout.title.text
    assert not figure.layout.annotations


@pytest.mark.parametrize("name", ODD_NAMES)
def test_hostile_names_are_inert_everywhere(name):
    shown = picture(
        line(name, **{f"{name}1": 0.9, f"{name}2": 0.8}), line(f"{name}b", **{f"{name}1": 0.7}, marked=(f"{name}1",)),
        across=name, measured=name, ordered=False,
    )  # fmt: skip
    for beside in (shown, picture(*shown.lines, across=name, measured=name)):
        figure = drawn(beside)
        axes = (figure.layout.xaxis, figure.layout.yaxis)
        texts = [figure.layout.title.text, *(axis.title.text or "" for axis in axes)]
        texts += [word for axis in axes for word in axis.ticktext] + [note.text for note in figure.layout.annotations]
        texts += [said for trace in figure.data for said in trace.hovertext or ()]
        for text in texts:
            bare = text.replace("<br>", "").replace(f'<span style="color:{LIGHT.target}">', "").replace("</span>", "")
            bare = bare.replace(f'<span style="color:{LIGHT.muted}">', "")
            assert not set(bare) & set("<>$%{}\n\u202e") - ({"%"} if "95" in bare else set())
        longest = max(len(html.unescape(line)) for text in texts[:1] for line in text.split("<br>"))
        assert longest <= 56 + len(f'<span style="color:{LIGHT.target}"></span>')


def test_an_interval_far_wider_than_the_rest_leaves_room_for_what_is_said():
    """By hand: values 0.80 to 0.93 and the marked interval 0.92 to 0.94 span 0.14; 0.14 more is allowed each way."""
    wide = Point("rare", 0.85, -5.0, 7.0, 9)
    figure = drawn(picture(Line("", (*TREND.lines[0].points, wide))))
    low, high = figure.layout.yaxis.range
    assert low == pytest.approx(0.66 - 0.06 * 0.42)
    assert high == pytest.approx(1.08 + 0.06 * 0.42)


@pytest.mark.parametrize("values", [(0.5,), (0.0, 0.0), (1e-7, 3e-7), (-4e8, 9e8), (1000.0, 1001.0)])
def test_every_value_is_on_the_axis_and_the_axis_has_different_labels(values):
    figure = drawn(picture(line(half=0.0, **{f"g{i}": value for i, value in enumerate(values)})))
    low, high = figure.layout.yaxis.range
    assert low < min(values) <= max(values) < high
    words = list(figure.layout.yaxis.ticktext)
    assert 2 <= len(words) == len(set(words)) <= 7


def test_levels_stand_in_the_order_of_what_they_reach():
    """By hand: mean of both lines 0.8 for b, 0.7 for a, 0.65 for c."""
    figure = drawn(picture(line("u", a=0.9, b=0.7, c=0.6), line("v", a=0.5, b=0.9, c=0.7), ordered=False))
    assert list(figure.layout.xaxis.ticktext) == ["b", "a", "c"]
    assert list(drawn(TREND).data[1].customdata)[0] == "1e-5 to 1e-4"  # stretches keep their own order


def test_no_difference_is_shown_against_what_does_not_matter():
    """By hand: a and b are said to be equal, their middle is 0.905, so 0.02 reaches from 0.895 to 0.915."""
    shown = picture(line(half=0.004, a=0.9, b=0.91, c=0.8, marked=("a", "b")), ordered=False)
    same = finding(FindingKind.SAME, picture=shown)
    (band,) = figures.finding(same, LIGHT, 0.02).layout.shapes
    assert (band.y0, band.y1) == (pytest.approx(0.895), pytest.approx(0.915))
    assert "so far apart does not matter" in header(figures.finding(same, LIGHT, 0.02))
    (wide,) = figures.finding(same, LIGHT, 2.0).layout.shapes
    low, high = figures.finding(same, LIGHT, 2.0).layout.yaxis.range
    assert low < wide.y0 < wide.y1 < high
    assert not figures.finding(same, LIGHT).layout.shapes
    assert not figures.finding(finding(), LIGHT, 0.02).layout.shapes


def test_where_nothing_stands_out_every_interval_is_shown():
    plain_ones = line(half=0.5, a=0.50, b=0.51)
    low, high = drawn(picture(plain_ones)).layout.yaxis.range
    assert low < 0.0 < 1.01 < high


def test_what_is_unknown_is_no_end_of_an_interval():
    unknown = Line("", (Point("a", 0.5, math.nan, math.nan, 3), Point("b", 0.6, 0.5, 0.7, 30)))
    (dots,) = [trace for trace in drawn(picture(unknown)).data if trace.mode == "markers"]
    assert list(dots.error_y.array)[0] is None
    assert list(dots.error_y.array)[1] == pytest.approx(0.1)


def test_an_empty_picture_is_drawn_without_complaint():
    assert not [trace for trace in drawn(picture(line())).data if trace.mode == "markers"]


def test_round_ticks_by_hand():
    assert round_ticks(0.79, 0.95, False)[0] == pytest.approx([0.80, 0.85, 0.90, 0.95])
    assert round_ticks(0.79, 0.95, False)[1] == ["0.80", "0.85", "0.90", "0.95"]
    assert round_ticks(-0.02, 0.3, True)[0] == pytest.approx([0, 0.1, 0.2, 0.3])
    assert [rounded(value, step) for value, step in ((0.025, 0.025), (1234.5, 1.0), (-0.5, 0.1), (3e-6, 1e-6))] == [
        "0.025", "1,234", "\u22120.5", "3e\u22126",
    ]  # fmt: skip


@THEMES
def test_dots_can_be_told_from_the_page(theme):
    """3 is what WCAG 2.2 asks of what is no text."""
    for colour in (theme.target, theme.region):
        assert contrast(colour, theme.background) >= 3
