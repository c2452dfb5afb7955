"""The curve of importance against the threshold: asserted on what is drawn, never on pixels."""

from __future__ import annotations

import dataclasses
import html
import math

import numpy as np
import pytest

from hpi.curve import TARGETS, Curve
from hpi.figures import DARK, LIGHT, against_target
from hpi.figures.curve import COLOURS, outstanding
from hpi.figures.theme import contrast
from hpi.results import Question
from tests.makers import result

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
TARGET = np.array(TARGETS)


def curve(n_trials=1000, region=1.0, **columns: tuple[float, float]) -> Curve:
    """Straight lines from the narrowest to the widest target, a tenth of each below and above as interval."""
    columns = columns or {"strong": (0.4, 0.2), "weak": (0.02, 0.1), "idle": (0.0, 0.0)}
    targets = TARGET[region > TARGET]
    n_target = np.ceil(n_trials * targets - 1e-9).astype(int)
    importance = np.column_stack([np.linspace(*ends, len(targets)) for ends in columns.values()])
    importance[n_target < 8] = np.nan
    low = np.where(importance > 0, 0.9 * importance, importance)
    return Curve(tuple(columns), region, targets, n_target, importance, low, 1.1 * importance + 0.01)


def lines(figure):
    return {trace.name: trace for trace in figure.data if not trace.name.startswith("interval of ")}


def bands(figure):
    return {trace.name: trace for trace in figure.data if trace.name.startswith("interval of ")}


def notes(figure):
    return {note.text: note for note in figure.layout.annotations}


def header(figure):
    return html.unescape(figure.layout.title.text.replace("<br>", " ")).replace("\u00a0", " ")


@THEMES
def test_every_hyperparameter_is_a_line_and_what_is_unknown_is_no_point(theme):
    drawn = curve()
    figure = against_target(drawn, result(), theme)
    assert set(lines(figure)) == {"strong", "weak", "idle"}
    for j, name in enumerate(drawn.names):
        assert lines(figure)[name].x.tolist() == drawn.targets.tolist()
        np.testing.assert_array_equal(lines(figure)[name].y, drawn.importance[:, j])
        assert not lines(figure)[name].connectgaps
    assert np.isnan(lines(figure)["strong"].y[drawn.n_target < 8]).all()
    assert "no line: under 8 trials in the target" in header(figure)


@THEMES
def test_what_stands_out_is_coloured_banded_and_named_and_the_rest_is_grey(theme):
    figure = against_target(curve(), result(), theme)
    coloured = [name for name, line in lines(figure).items() if line.line.color in COLOURS[theme.name]]
    assert sorted(coloured) == ["strong", "weak"]
    assert lines(figure)["idle"].line.color == theme.chance_line
    assert set(bands(figure)) == {"interval of strong", "interval of weak"}
    for name in coloured:
        assert notes(figure)[name].font.color == lines(figure)[name].line.color
    assert "idle" not in notes(figure)
    assert "grey: idle: seldom above 0 for sure" in header(figure)


def test_a_band_runs_along_both_ends_of_the_interval():
    drawn = curve()
    known = drawn.n_target >= 8
    band = bands(against_target(drawn, result(), LIGHT))["interval of strong"]
    n = int(known.sum())
    assert band.y[:n].tolist() == drawn.high[known, 0].tolist()
    assert band.y[n : 2 * n].tolist() == drawn.low[known, 0][::-1].tolist()
    assert band.fill == "toself"


@pytest.mark.parametrize("name", COLOURS)
def test_names_in_colour_can_be_read(name):
    theme = {theme.name: theme for theme in (LIGHT, DARK)}[name]
    assert min(contrast(colour, theme.background) for colour in COLOURS[name]) >= 4.5


def test_only_the_strongest_five_are_coloured():
    columns = {f"h{j}": (0.1 + 0.01 * j, 0.1 + 0.01 * j) for j in range(8)}
    drawn = curve(**columns)
    assert outstanding(drawn) == [7, 6, 5, 4, 3, 2, 1, 0]
    figure = against_target(drawn, result(), LIGHT)
    assert set(bands(figure)) == {f"interval of h{j}" for j in (7, 6, 5, 4, 3)}
    assert "grey: the other 3, weaker" in header(figure)


def test_names_at_the_ends_do_not_lie_on_each_other():
    columns = {f"h{j}": (0.3, 0.3 + 1e-4 * j) for j in range(5)}
    figure = against_target(curve(**columns), result(), LIGHT)
    heights = sorted(note.y for text, note in notes(figure).items() if text in columns)
    top = figure.layout.yaxis.range[1]
    assert min(np.diff(heights)) >= top * 17 / 340 - 1e-9
    assert 0 <= heights[0] < heights[-1] <= top


@THEMES
def test_targets_under_20_trials_are_shaded_and_said(theme):
    figure = against_target(curve(n_trials=1000), result(), theme)
    (shade,) = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert 0.0166 < shade.x1 < 0.0203  # between the last target under 20 trials and the first with 20 or more
    assert "under 20 trials:<br>strong effects only" in notes(figure)


def test_a_large_table_has_nothing_to_shade():
    figure = against_target(curve(n_trials=100_000), result(), LIGHT)
    assert not [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert "under 8" not in header(figure)


@pytest.mark.parametrize(("target", "marked"), [(0.1, True), (0.02, True), (0.005, False), (0.6, False)])
def test_the_target_that_is_asked_now_is_marked_where_the_axis_reaches_it(target, marked):
    asked = dataclasses.replace(result(), subspace=Question(1.0, target, 1000, int(1000 * target), ()))
    figure = against_target(curve(n_trials=1000), asked, LIGHT)
    assert [shape.x0 for shape in figure.layout.shapes if shape.type == "line"] == ([target] if marked else [])
    assert any(text.startswith("asked now: ") for text in notes(figure)) is marked


def test_the_axis_is_logarithmic_and_in_percent():
    axis = against_target(curve(n_trials=100_000), result(), LIGHT).layout.xaxis
    assert axis.type == "log"
    assert axis.ticktext == ("0.5", "1", "2", "5", "10", "20", "50")
    assert axis.range[0] < math.log10(0.005) < math.log10(0.5) < axis.range[1]


def test_a_small_table_has_more_than_one_tick():
    """60 trials: targets from 8 trials, 13 %, on; of 1, 2, 5, ... only 20 and 50 are there."""
    assert against_target(curve(n_trials=60), result(), LIGHT).layout.xaxis.ticktext == ("20", "30", "40", "50")


def test_two_targets_are_two_ticks():
    """20 trials: only targets of 8 trials, 41 %, and of 10, 50 %, hold enough."""
    assert against_target(curve(n_trials=20), result(), LIGHT).layout.xaxis.ticktext == ("41", "50")


def test_many_grey_lines_are_counted():
    columns = {f"h{j}": (0.0, 0.0) for j in range(6)}
    assert "grey: all 6: seldom above 0 for sure" in header(against_target(curve(**columns), result(), LIGHT))


def test_ties_that_move_the_target_are_said_at_its_mark():
    tied = dataclasses.replace(result(), used=512, subspace=Question(1.0, 0.1, 512, 256, ()))
    (mark,) = [text for text in notes(against_target(curve(), tied, LIGHT)) if text.startswith("asked now")]
    assert html.unescape(mark).replace("\u00a0", " ") == "asked now: 10 %, with ties 50 %"


@THEMES
def test_nothing_known_and_nothing_strong_are_survived(theme):
    empty = against_target(curve(n_trials=14), result(), theme)
    assert not bands(empty)
    flat = against_target(curve(a=(0.0, 0.0), b=(0.0, 0.0)), result(), theme)
    assert "grey: a, b: seldom above 0 for sure" in header(flat)
    assert flat.layout.yaxis.range[1] > 0


def test_names_and_filters_are_text():
    asked = dataclasses.replace(result(), subspace=Question(0.5, 0.1, 600, 120, ("<b>lr</b>=0.1:",)))
    figure = against_target(curve(region=0.5, **{"<b>x</b>": (0.3, 0.3)}), asked, LIGHT)
    assert "<b>" not in "".join(notes(figure))
    assert "<b>" not in figure.layout.title.text
    assert "among the best 50 %" in header(figure)
    assert "<b>" not in lines(figure)["<b>x</b>"].hovertemplate


def test_the_hover_of_a_line_is_a_sentence_that_points_fill_in():
    """By hand: 30 %, a tenth less, a tenth and 1 % more; the last target is half of 1,197 trials, 599 with its end."""
    line = lines(against_target(curve(n_trials=1197, **{"<b>x</b>": (0.3, 0.3)}), result(), LIGHT))["<b>x</b>"]
    (share, trials, *_), sentence = line.customdata[-1], line.hovertemplate
    for place, text in (("%{text}", line.text[-1]), ("%{customdata[0]:.3g}", f"{share:.3g}"),
                        ("%{customdata[1]:,}", f"{trials:,.0f}")):  # fmt: skip
        assert place in sentence
        sentence = sentence.replace(place, text)
    said = html.unescape(sentence.removesuffix("<extra></extra>").replace("<br>", " ")).replace("\u00a0", " ")
    assert said == (
        "<b>x</b> alone explains 30 (27 to 34) % of what separates the best 50 % (599 trials) from the rest."
    )
