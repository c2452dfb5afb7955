"""The triangle of pairs: asserted on what is drawn, never on pixels."""

from __future__ import annotations

import html
from itertools import combinations

import numpy as np
import pytest

from hpi import figures
from hpi.figures import DARK, LIGHT
from hpi.figures.theme import contrast
from hpi.results import PairScore, Score
from hpi.words.pairs import NO_PAIR
from tests.makers import result
from tests.test_figures import ODD_NAMES, assert_nothing_is_interpreted, header, trace

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def bar(name):
    return Score(name, 0.1, 0.05, 0.2, None, 0.02, 0.01, True, None)


def pair(first, second, importance, detectable=True, high=None):
    low = None if importance is None else importance / 2
    p = None if importance is None else 0.01 if detectable else 0.5
    return PairScore((first, second), importance, low, high, 0.01, p, detectable, "interaction")


def answer(names, *pairs, **changes):
    return result(*map(bar, names), pairs=pairs, **changes)


ABC = answer("abc", pair("b", "c", 0.2), pair("a", "c", 0.012, detectable=False), pair("a", "b", None, False))


@THEMES
def test_each_pair_has_a_cell_in_the_order_of_the_bars_under_its_name(theme):
    figure = figures.pair_matrix(ABC, theme)
    cells = trace(figure, "pairs")
    places = {
        tuple(names): (base + 0.47, y) for names, base, y in zip(cells.customdata, cells.base, cells.y, strict=True)
    }
    assert places == {
        ("a", "b"): (pytest.approx(0), 1),
        ("a", "c"): (pytest.approx(0), 2),
        ("b", "c"): (pytest.approx(1), 2),
    }
    assert [html.unescape(text).strip() for text in trace(figure, "names").text] == ["a", "b", "c"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the strongest on top
    assert figure.layout.yaxis.scaleanchor == "x"


@THEMES
def test_what_is_told_apart_is_coloured_and_numbered_the_rest_is_grey_and_the_unknown_a_dash(theme):
    figure = figures.pair_matrix(ABC, theme)
    cells, numbers = trace(figure, "pairs"), trace(figure, "numbers")
    colour = dict(zip(map(tuple, cells.customdata), cells.marker.color, strict=True))
    assert colour["b", "c"] == theme.scale[-1]
    assert colour["a", "c"].startswith("rgba")
    written = dict(zip(zip(numbers.x, numbers.y, strict=True), numbers.text, strict=True))
    assert written == {(0, 1): "–", (1, 2): "20"}
    assert "in %" in html.unescape(header(figure))
    assert contrast(numbers.textfont.color[1], colour["b", "c"]) >= 4.5


def test_the_hover_says_what_is_known():
    cells = trace(figures.pair_matrix(ABC, LIGHT), "pairs")
    said = {
        tuple(names): html.unescape(text.replace("<br>", " ")).replace("\u00a0", " ")
        for names, text in zip(cells.customdata, cells.hovertext, strict=True)
    }
    assert said["b", "c"] == "b and c: 20 %, at least 10 %. Told apart from chance (p = 0.01)."
    assert said["a", "c"] == "a and c: 1.2 %, at least 0.6 %. Not told apart from chance (p = 0.5)."
    assert said["a", "b"] == "a and b: no number. Only pairs that stand out are estimated."


def test_a_number_has_two_digits():
    """By hand: 4.14 % is 4.1, 9.96 % is 10 and 41.4 % is 41."""
    shown = answer("abcd", pair("a", "b", 0.0414), pair("a", "c", 0.0996), pair("a", "d", 0.414))
    numbers = trace(figures.pair_matrix(shown, LIGHT), "numbers")
    assert [text for text in numbers.text if text != "–"] == ["4.1", "10", "41"]


def test_of_many_hyperparameters_those_of_the_strongest_pairs_are_shown():
    names = [f"h{i:02d}" for i in range(60)]
    every = [pair(*both, 0.001, detectable=False) for both in combinations(names, 2)]
    clear = pair("h58", "h59", 0.0005)
    figure = figures.pair_matrix(answer(names, *every, clear), LIGHT)
    shown = [html.unescape(text).strip() for text in trace(figure, "names").text]
    assert len(shown) == 12
    assert shown[-2:] == ["h58", "h59"]
    assert "the 12 of the strongest pairs among 60" in header(figure)
    assert len(trace(figure, "pairs").y) == 66


def test_where_no_pair_is_told_apart_it_is_said_first():
    figure = figures.pair_matrix(answer("ab", pair("a", "b", 0.01, detectable=False)), LIGHT)
    assert header(figure).startswith(f"<b>{NO_PAIR}</b>")
    assert NO_PAIR in figure.layout.meta["alt"]


def test_no_pairs_are_no_figure():
    with pytest.raises(ValueError, match="no pairs"):
        figures.pair_matrix(answer("ab"), LIGHT)


def test_names_end_within_a_narrow_plot():
    """A character takes 6.8 pixels of 338: what ends right of the axis would be cut."""
    names = [f"a_long_name_of_a_setting_{i}" for i in range(12)]
    every = [pair(*both, 0.1) for both in combinations(names, 2)]
    figure = figures.pair_matrix(answer(names, *every), LIGHT)
    drawn = trace(figure, "names")
    pixels = 338 / np.ptp(figure.layout.xaxis.range)
    ends = [(x + 0.5) * pixels + 6.8 * len(html.unescape(text)) for x, text in zip(drawn.x, drawn.text, strict=True)]
    assert max(ends) <= 338


@pytest.mark.parametrize("name", ODD_NAMES)
def test_no_name_is_interpreted(name):
    figure = figures.pair_matrix(answer([name, "b"], pair(name, "b", 0.2)), LIGHT)
    assert_nothing_is_interpreted(figure)
    assert list(map(tuple, trace(figure, "pairs").customdata)) == [(name, "b")]
