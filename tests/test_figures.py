from __future__ import annotations

import dataclasses
import html
import re

import pytest

from hpi import figures
from hpi.figures import DARK, LIGHT
from hpi.figures.labels import decimals, folded, number, percent, plain, short, shortened, width, wrapped
from hpi.results import ImportanceResult, Question, Score

ODD_NAMES = ["<b>x</b>", "$x$", "a%{y}b", "&lt;", " ", "שלום", "\u202eevil", "a\nb", "n" * 80, "<a href='https://e'>"]
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def score(name, importance=0.4, low=0.35, high=0.45, floor=0.02, detectable=True, **more):
    return Score(name, importance, low, high, 1.0, floor, 0.005, detectable, more.get("note"))


UNKNOWN = Score("momentum", None, None, None, None, None, None, False, "active in 3 trials of the region")


def result(*scores, **changes):
    made = ImportanceResult(
        rows=1200,
        used=1197,
        excluded=(("without a finite accuracy", 3),),
        metric="accuracy",
        direction="maximize",
        subspace=Question(1.0, 0.1, 1197, 120, ()),
        estimator="ped-anova",
        settings=(),
        hyperparameters=scores,
        pairs=(),
        warnings=(),
        seed=0,
        fingerprint="0",
        version="0",
    )
    return dataclasses.replace(made, **changes)


def trace(figure, name):
    (found,) = [one for one in figure.data if one.name == name]
    return found


def header(figure):
    return figure.layout.title.text.replace("<br>", " ").replace("\u00a0", " ")


# ---- names and numbers


@pytest.mark.parametrize("name", ODD_NAMES)
def test_plain_text_holds_nothing_that_plotly_reads(name):
    assert not set(plain(name)) & set("<>${}%\n\u202e")
    assert "&" not in html.unescape(plain(name)) or "&" in name


@pytest.mark.parametrize("name", ["<b>x</b>", "$x$", "a%{y}b", "&lt;", "&#36;", "learning_rate"])
def test_plain_text_reads_as_the_name(name):
    assert html.unescape(plain(name)) == name


def test_what_cannot_be_seen_is_shown():
    assert plain(" ") == "“ ”"
    assert plain("\u202eevil") == "\\u202eevil"


def test_text_from_right_to_left_keeps_to_itself():
    assert plain("שלום") == "\u2068שלום\u2069"


def test_a_cut_name_keeps_its_start_and_its_end():
    assert short("abcdefghij", 5) == "ab…ij"
    assert short("abcde", 5) == "abcde"


@pytest.mark.parametrize(
    "names",
    [
        ["a" * 30 + "x" + "b" * 30, "a" * 30 + "y" + "b" * 30],
        ["a" * 79 + "x", "a" * 79 + "y"],
        ["x" + "a" * 79, "y" + "a" * 79],
        [f"{'layer' * 8}{i}{'units' * 8}" for i in range(12)],
    ],
)
def test_cut_names_stay_different(names):
    cut = shortened(names, 22)
    assert len(set(cut)) == len(names)
    assert max(map(width, cut)) <= 22


def test_a_long_name_folds_behind_a_separator():
    assert folded("hp_config.exploration_fraction", 22) == "hp_config.<br>exploration_fraction"
    assert folded("a" * 30, 22) == f"{'a' * 15}<br>{'a' * 15}"


def test_wide_characters_take_two_columns():
    assert width("学習率") == 6
    assert width(short("学習率" * 10, 11)) <= 11


def test_wrapped_text_is_escaped_line_by_line():
    assert wrapped("a <b> " + "c" * 12, 8) == "a &lt;b&gt; cc<br>cccccccc<br>cc"


@pytest.mark.parametrize(("half_width", "digits"), [(0.3, 1), (0.05, 2), (0.02, 2), (0.004, 3), (0.0, 3), (1e-6, 3)])
def test_digits_follow_the_interval(half_width, digits):
    assert decimals(half_width) == digits


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.5, "0.5"), (1234.5, "1,234"), (1e-5, "1e-5"), (2.5e7, "2.5e7"), (-3e-7, "-3e-7"), (12.345, "12.35")],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_percentages_do_not_break():
    assert percent(0.005) == "0.5\u00a0%"


# ---- importance


@THEMES
def test_bars_stand_strongest_first_with_the_numbers_of_the_result(theme):
    figure = figures.importance(result(score("lr", 0.4), score("bs", 0.1, 0.05, 0.2, floor=0.03)), theme)
    bars = trace(figure, "importance")
    assert list(bars.customdata) == ["lr", "bs"]
    assert list(bars.x) == [0.4, 0.1]
    assert list(bars.y) == [0, 1]
    top_first = figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert top_first
    assert list(bars.error_x.array) == pytest.approx([0.05, 0.1])
    assert list(bars.error_x.arrayminus) == pytest.approx([0.05, 0.05])
    assert list(trace(figure, "noise floor").x) == [0.02, 0.03]


@THEMES
def test_what_chance_explains_is_grey_hatched_and_said(theme):
    figure = figures.importance(result(score("lr"), score("bs", 0.01, 0, 0.03, detectable=False)), theme)
    bars = trace(figure, "importance")
    assert list(bars.marker.color) == [theme.target, theme.chance]
    assert list(bars.marker.pattern.shape) == ["", "/"]
    said = [text.replace("<br>", "") for text in trace(figure, "words").text]
    assert "not told apart\u00a0from chance" in said[1]
    assert "chance" not in said[0]


def test_a_score_that_is_not_known_is_no_bar_of_length_zero():
    figure = figures.importance(result(UNKNOWN, score("lr")), LIGHT)
    bars = trace(figure, "importance")
    assert list(bars.customdata) == ["lr", "momentum"]
    assert list(bars.x) == [0.4, None]
    assert "active in 3 trials" in trace(figure, "words").text[1].replace("\u00a0", " ")
    assert list(trace(figure, "noise floor").x) == [0.02, None]


def test_the_chart_says_how_it_was_made():
    words = header(figures.importance(result(score("lr")), LIGHT))
    for fact in (
        "PED-ANOVA",
        "accuracy, higher is better",
        "best 10 &#37; among all: 120 of 1,197 trials",
        "1,197 trials used of 1,200 rows",
        "left out: 3 without a finite accuracy",
    ):
        assert fact in words


def test_region_direction_and_filters_stand_on_the_chart():
    asked = Question(0.5, 0.05, 600, 60, ("lr=0.0001:0.01",))
    figure = figures.importance(result(score("lr"), direction="minimize", subspace=asked), LIGHT)
    assert "lower is better" in header(figure)
    assert "best 5 &#37; among the best 50 &#37;: 60 of 600 trials" in header(figure)
    assert "only lr=0.0001:0.01" in header(figure)
    assert "best 50" in figure.layout.xaxis.title.text.replace("<br>", " ")


def test_no_signal_is_said_and_all_is_grey():
    scores = [score(name, 0.02, 0, 0.05, floor=0.06, detectable=False) for name in "ab"]
    figure = figures.importance(result(*scores), LIGHT)
    assert "No signal" in header(figure)
    assert set(trace(figure, "importance").marker.color) == {LIGHT.chance}


def test_the_value_has_the_digits_that_its_interval_supports():
    wide, narrow = score("a", 0.4123, 0.1, 0.7), score("b", 0.4123, 0.41, 0.4146)
    texts = trace(figures.importance(result(wide, narrow), LIGHT), "words").text
    assert [text.strip() for text in texts] == ["0.4", "0.412"]


def test_every_row_opens_its_hyperparameter_however_short_its_bar():
    figure = figures.importance(result(score("lr"), score("bs", 0.0, 0, 0, detectable=False), UNKNOWN), LIGHT)
    rows = trace(figure, "row")
    assert list(rows.customdata) == ["lr", "bs", "momentum"]
    assert set(rows.x) == {figure.layout.xaxis.range[1]}
    assert "explains 0.40 of the difference" in rows.hovertext[0].replace("<br>", " ")


def test_height_grows_with_the_number_of_bars():
    few, many = (figures.importance(result(*(score(f"h{i}") for i in range(n))), LIGHT).layout.height for n in (6, 60))
    assert many - few == pytest.approx(54 * 34, abs=1)


def texts(figure):
    """Every text of a figure that Plotly would interpret."""
    found = [note.text for note in figure.layout.annotations]
    found += [figure.layout.title.text or ""]
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        found += [axis.title.text or "", *(axis.ticktext if axis.ticktext is not None else ())]
    for one in figure.data:
        for words in (one.text, one.hovertext, one.hovertemplate):
            for each in [words] if isinstance(words, str) else ([] if words is None else words):
                found += [each] if isinstance(each, str) else list(each)
    return [text for text in found if text]


def assert_nothing_is_interpreted(figure):
    for text in texts(figure):
        rest = text
        for own in ("<br>", "<b>", "</b>", "</span>", "<sup>", "</sup>", "<extra></extra>"):
            rest = rest.replace(own, "")
        rest = re.sub('<span style="color:#[0-9A-F]{6}">|%{(x|y|text)(:[.,]*[0-9]*[gf])?}', "", rest)
        assert not set(rest) & set("<>${}\n\u202e"), text


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name != "<b>x</b>"] + ["<i>x</i>"])
def test_no_name_is_interpreted_on_the_bars(name):
    odd = result(score(name, note=name), metric=name, subspace=Question(1, 0.1, 9, 2, (f"{name}=1",)))
    figure = figures.importance(odd, LIGHT)
    assert_nothing_is_interpreted(figure)
    assert list(trace(figure, "importance").customdata) == [name]
