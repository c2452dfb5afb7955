from __future__ import annotations

import html
import re

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi import figures
from hpi.effects import history, one_effect, two_effects
from hpi.figures import DARK, LIGHT, Show
from hpi.figures.heading import Fact, flowed
from hpi.figures.labels import decimals, folded, number, percent, plain, short, shortened, width, wrapped
from hpi.figures.theme import contrast
from hpi.results import Question, Score
from hpi.subspace import select
from tests.makers import result

ODD_NAMES = ["<b>x</b>", "$x$", "a%{y}b", "&lt;", " ", "שלום", "\u202eevil", "a\nb", "n" * 80, "<a href='https://e'>"]
OF_TRIALS = [show for show in Show if not show.needs_forest]
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def score(name, importance=0.4, low=0.35, high=0.45, floor=0.02, detectable=True, **more):
    return Score(name, importance, low, high, 1.0, floor, 0.005, detectable, more.get("note"))


UNKNOWN = Score("momentum", None, None, None, None, None, None, False, "active in 3 trials of the region")


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
    assert plain("שלום") == "\u2066שלום\u2069"


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
    [
        (0, "0"),
        (0.5, "0.5"),
        (1234.5, "1,234"),
        (1e-5, "1e-5"),
        (2.5e7, "2.5e7"),
        (-3e-7, "\u22123e-7"),
        (-0.4334, "\u22120.4334"),
        (12.345, "12.35"),
    ],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_percentages_do_not_break():
    assert percent(0.005) == "0.5\u00a0%"


def test_a_heading_breaks_between_facts_and_shows_what_colours_mean():
    facts = [Fact("a" * 20), Fact("b <c>", "#0F766E"), Fact("d" * 30), Fact("e f", bold=True)]
    assert [line.replace("\u00a0", " ") for line in flowed(facts, 40)] == [
        f'{"a" * 20} · <span style="color:#0F766E">b &lt;c&gt;</span>',
        f"{'d' * 30} · <b>e f</b>",
    ]


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
    assert said[1].strip() == "not told apart\u00a0from chance"  # no number: neither "1 %" nor "0 %"
    assert "chance" not in said[0]


def test_from_chance_is_said_once():
    noise = [score(name, 0.01, 0, 0.03, detectable=False) for name in "abc"]
    texts = trace(figures.importance(result(score("lr"), *noise), LIGHT), "words").text
    assert [text.count("from chance") for text in texts] == [0, 1, 0, 0]
    assert [text.count("not told apart") for text in texts] == [0, 1, 1, 1]


def test_numbers_of_the_axis_have_room_on_a_narrow_screen():
    long = [score(f"{'a_long_name_' * 6}{i}", 0.37, 0.0, 0.96) for i in range(2)]
    axis = figures.importance(result(*long), LIGHT).layout.xaxis
    room = (366 - 36 - 20 * 6.4 * 1.1) / axis.range[1]  # pixels of the plot for each unit
    assert min(np.diff(axis.tickvals)) * room >= 40
    assert axis.tickangle == 0


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
    wide, narrow = score("a", 0.4123, 0.3, 0.5), score("b", 0.4123, 0.41, 0.4146)
    texts = trace(figures.importance(result(wide, narrow), LIGHT), "words").text
    assert [html.unescape(text).strip() for text in texts] == ["41\u00a0%", "41.2\u00a0%"]


def test_every_row_opens_its_hyperparameter_however_short_its_bar():
    figure = figures.importance(result(score("lr"), score("bs", 0.0, 0, 0, detectable=False), UNKNOWN), LIGHT)
    rows = trace(figure, "row")
    assert list(rows.customdata) == ["lr", "bs", "momentum"]
    assert set(rows.x) == {figure.layout.xaxis.range[1]}
    assert "explains 40\u00a0% of the difference" in html.unescape(rows.hovertext[0].replace("<br>", " "))


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
        rest = re.sub(r'<span style="color:#[0-9A-F]{6}">|%{(x|y|text|customdata(\[\d\])?)(:\.4g)?}', "", rest)
        assert not set(rest) & set("<>${}\n\u202e"), text


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name != "<b>x</b>"] + ["<i>x</i>"])
def test_no_name_is_interpreted_on_the_bars(name):
    odd = result(score(name, note=name), metric=name, subspace=Question(1, 0.1, 9, 2, (f"{name}=1",)))
    figure = figures.importance(odd, LIGHT)
    assert_nothing_is_interpreted(figure)
    assert list(trace(figure, "importance").customdata) == [name]


# ---- pictures of trials


def search(n=1200, seed=0, maximize=False):
    """A random search with a logarithmic axis, few whole numbers, labels, and a conditional hyperparameter."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "lr": 10 ** rng.uniform(-5, -1, n),
            "dropout": rng.uniform(0.0, 0.5, n).round(3),
            "layers": rng.integers(1, 4, n),
            "optimizer": rng.choice(["adam", "sgd", "rmsprop"], n),
        }
    )
    frame["momentum"] = np.where(frame.optimizer == "sgd", rng.uniform(0.05, 1, n), np.nan)
    loss = (np.log10(frame.lr) + 3) ** 2 + frame.optimizer.map({"adam": 0.5, "sgd": 0.0, "rmsprop": 1.0})
    frame["score"] = (-1 if maximize else 1) * (loss + rng.normal(0, 0.3, n))
    return read(frame, "score", maximize)


def read(frame, metric, maximize=False):
    direction = hpi.Direction.MAXIMIZE if maximize else hpi.Direction.MINIMIZE
    roles = {name: hpi.Role.HYPERPARAMETER for name in frame.columns if name != metric}
    return hpi.read(frame, metric=metric, direction=direction, roles=roles)


@pytest.fixture(scope="module")
def table():
    return search()


@pytest.fixture(scope="module")
def sample(table):
    return select(table, hpi.Subspace(region=0.5, target=0.05))


def points(figure, part):
    return [one for one in figure.data if one.name in (part, f"{part}, inactive")]


# ---- metric against one hyperparameter


@THEMES
def test_trials_are_drawn_in_the_colour_of_their_part(table, sample, theme):
    effect = one_effect(table, sample, "lr")
    figure = figures.metric_against(effect, theme)
    target = trace(figure, "target")
    assert sorted(target.x) == sorted(table.trials["lr"].iloc[sample.design.row[:60]])
    assert sorted(target.y) == sorted(table.trials["score"].iloc[sample.design.row[:60]])
    assert target.marker.color == theme.target
    assert trace(figure, "region").marker.color == theme.region
    assert trace(figure, "outside").marker.opacity < trace(figure, "region").marker.opacity


def test_a_logarithmic_hyperparameter_has_an_axis_in_powers(table, sample):
    axis = figures.metric_against(one_effect(table, sample, "lr"), LIGHT).layout.xaxis
    assert axis.type == "log"
    assert list(axis.tickvals) == pytest.approx([1e-5, 1e-4, 1e-3, 1e-2, 1e-1][1:-1])
    assert list(axis.ticktext) == ["10<sup>−4</sup>", "10<sup>−3</sup>", "10<sup>−2</sup>"]
    assert axis.title.text == "lr"


def test_at_most_a_thousand_points_are_drawn_and_the_chart_says_so():
    table = search(5000)
    figure = figures.metric_against(one_effect(table, select(table, hpi.Subspace()), "lr"), LIGHT)
    drawn = sum(len(one.x) for part in ("outside", "region", "target") for one in points(figure, part))
    assert 900 <= drawn <= 1000
    assert f"{drawn:,} of 5,000 trials drawn" in header(figure)
    # the best trial is always there
    assert min(trace(figure, "target").y) == table.trials["score"].min()


def test_quartiles_come_from_all_trials_not_from_those_drawn():
    table = search(5000)
    effect = one_effect(table, select(table, hpi.Subspace()), "optimizer")
    figure = figures.metric_against(effect, LIGHT)
    box = trace(figure, "middle half")
    by_level = table.trials.groupby("optimizer")["score"]
    order = list(by_level.median().sort_values().index)
    assert list(figure.layout.xaxis.ticktext) == order
    assert list(box.q1) == pytest.approx(list(by_level.quantile(0.25)[order]))
    assert list(box.median) == pytest.approx(list(by_level.median()[order]))
    assert list(box.q3) == pytest.approx(list(by_level.quantile(0.75)[order]))


def test_the_running_median_is_on_the_chart(table, sample):
    effect = one_effect(table, sample, "lr")
    line = trace(figures.metric_against(effect, LIGHT), "median")
    assert list(line.x) == list(effect.quartiles.at)
    assert list(line.y) == list(effect.quartiles.median)


def test_inactive_trials_stand_in_a_strip_of_their_own(table, sample):
    figure = figures.metric_against(one_effect(table, sample, "momentum"), LIGHT)
    beside = [one for one in figure.data if one.name.endswith(", inactive")]
    assert {one.xaxis for one in beside} == {"x2"}
    n = table.trials["momentum"].isna().sum()
    assert f"inactive in {n:,}" in header(figure)
    assert list(figure.layout.xaxis2.ticktext) == ["inactive"]
    shown = np.concatenate([one.x for one in points(figure, "region") if one.xaxis != "x2"])
    assert not np.isnan(shown.astype(float)).any()


def test_many_levels_stand_below_each_other_and_rare_ones_are_one_group():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"level": [f"a long label {k % 300}" for k in range(2000)]})
    frame["score"] = rng.normal(size=2000)
    table = read(frame, "score")
    effect = one_effect(table, select(table, hpi.Subspace()), "level")
    figure = figures.metric_against(effect, LIGHT)
    assert len(figure.layout.yaxis.ticktext) == 30
    assert figure.layout.yaxis.ticktext[-1] == "other (271 levels)"
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert "the 271 rarest levels are one group" in header(figure)
    assert figure.layout.xaxis.title.text == "score (lower is better)"


def test_far_outliers_are_drawn_on_the_edge_and_counted():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": rng.uniform(0.5, 1, 300), "score": rng.normal(size=300)})
    frame.loc[:4, "score"] = 1e12
    table = read(frame, "score")
    figure = figures.metric_against(one_effect(table, select(table, hpi.Subspace()), "lr"), LIGHT)
    low, high = figure.layout.yaxis.range
    assert high < 10
    n_beyond = int((frame["score"] > max(trace(figure, "region").y)).sum())
    assert f"{n_beyond} lie beyond the edge" in header(figure)
    assert all(low < y < high for one in figure.data if one.y is not None for y in one.y if not np.isnan(y))


def test_a_metric_over_many_orders_has_a_logarithmic_axis():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.uniform(size=200), "score": 10 ** rng.uniform(-3, 4, 200)})
    table = read(frame, "score")
    axis = figures.metric_against(one_effect(table, select(table, hpi.Subspace()), "x"), LIGHT).layout.yaxis
    assert axis.type == "log"
    assert "10<sup>−2</sup>" in axis.ticktext


# ---- target against region


@THEMES
def test_densities_enclose_an_area_of_one(table, sample, theme):
    figure = figures.distribution(one_effect(table, sample, "lr"), theme)
    for name, colour in (("target", theme.target), ("region", theme.region)):
        line = trace(figure, name)
        x = np.log10(line.x)
        assert np.trapezoid(line.y, (x - x[0]) / (x[-1] - x[0])) == pytest.approx(1)
        assert line.line.color == colour


def test_what_is_filled_is_where_the_target_is_denser_than_chance_makes_it(table, sample):
    effect = one_effect(table, sample, "lr")
    figure = figures.distribution(effect, LIGHT)
    more = trace(figure, "more than by chance")
    expected = effect.compared.target > effect.compared.chance_high
    assert (effect.compared.target_share > effect.compared.region_share)[expected].all()
    lefts = {round(np.log10(x), 6) for x in more.x[::6]}
    assert lefts == {round(x, 6) for x in np.log10(effect.compared.cut.edges[:-1][expected])}
    assert 0 < expected.sum() < len(expected)


def test_each_target_trial_has_its_stroke(table, sample):
    figure = figures.distribution(one_effect(table, sample, "lr"), LIGHT)
    assert len(trace(figure, "target trials").x) == sample.n_target
    assert "target: 60 trials" in re.sub("<[^>]*>", "", header(figure))


def test_levels_have_a_pair_of_bars_with_their_counts(table, sample):
    effect = one_effect(table, sample, "optimizer")
    figure = figures.distribution(effect, LIGHT)
    target, region = trace(figure, "target"), trace(figure, "region")
    assert sum(target.y) == pytest.approx(1)
    assert sum(region.y) == pytest.approx(1)
    labels = list(figure.layout.xaxis.ticktext)
    counts = table.trials["optimizer"].iloc[sample.design.row[:60]].value_counts()
    assert list(target.text) == [str(counts.get(label, 0)) for label in labels]
    chance = trace(figure, "chance")
    assert list(chance.base) == pytest.approx(list(effect.compared.chance_low / 60))
    assert list(chance.y) == pytest.approx(list((effect.compared.chance_high - effect.compared.chance_low) / 60))


def test_a_group_of_rare_levels_does_not_squeeze_the_others():
    """300 levels, 29 of them shown: the group holds 271 parts of 300, and its bars end at twice the longest other."""
    frame = pd.DataFrame({"level": [f"level {k % 300:03d}" for k in range(3000)]})
    frame["score"] = np.random.default_rng(0).normal(size=3000)
    table = read(frame, "score")
    effect = one_effect(table, select(table, hpi.Subspace()), "level")
    figure = figures.distribution(effect, LIGHT)
    region = trace(figure, "region")
    others = max(effect.compared.chance_high[:-1].max() / 300, effect.compared.target_share[:-1].max())
    assert region.x[-1] == pytest.approx(2 * others)
    assert list(region.x[:-1]) == pytest.approx([1 / 300] * 29)
    assert region.text[-1] == "2,710"
    assert "the 271 rarest levels are one group" in header(figure)
    assert "the bars of the group are longer than the chart" in header(figure)


def test_a_target_without_active_trials_is_drawn_empty():
    frame = search(300).trials.assign(momentum=lambda f: f["momentum"].where(f["score"] > f["score"].median()))
    table = read(frame.reset_index(drop=True), "score")
    figure = figures.distribution(one_effect(table, select(table, hpi.Subspace()), "momentum"), LIGHT)
    assert "target: 0 trials" in re.sub("<[^>]*>", "", header(figure))


# ---- two hyperparameters


@THEMES
@pytest.mark.parametrize("maximize", [False, True])
def test_better_is_the_same_end_of_the_colours_whatever_the_direction(theme, maximize):
    table = search(maximize=maximize)
    pair = two_effects(table, select(table, hpi.Subspace()), "lr", "optimizer")
    cells = trace(figures.heat_map(pair, Show.MEDIAN, theme), "median")
    colours = [colour for _, colour in cells.colorscale]
    assert colours[-1 if maximize else 0] == theme.scale[-1]
    assert cells.zmin < cells.zmax
    strip = figures.heat_map(pair, Show.MEDIAN, theme).layout.xaxis2.range
    assert (strip[0] < strip[1]) == maximize  # from worse to better, left to right


@pytest.mark.parametrize(("show", "what"), [(Show.MEDIAN, "median"), (Show.BEST, "best")])
def test_a_heat_map_shows_the_numbers_of_the_cells(table, sample, show, what):
    pair = two_effects(table, sample, "optimizer", "layers")
    figure = figures.heat_map(pair, show, LIGHT)
    cells = trace(figure, what)
    assert cells.z == pytest.approx(getattr(pair, what))
    assert list(figure.layout.xaxis.ticktext) == list(pair.cuts[0].labels)
    assert list(figure.layout.yaxis.ticktext) == ["1", "2", "3"]
    assert f"{pair.count[0, 0]} trials" in cells.hovertext[0][0]
    numbers = trace(figure, "numbers")
    half_a_part = 0.5 * abs(cells.zmax - cells.zmin) / 100
    written = [float(text.replace("\u2212", "-")) for text in numbers.text]
    assert written == pytest.approx(getattr(pair, what).ravel(), abs=half_a_part)
    assert len({len(text.partition(".")[2]) for text in numbers.text}) == 1  # as many digits in every cell


def test_empty_cells_are_empty(table, sample):
    pair = two_effects(table, sample, "momentum", "optimizer")
    for show in OF_TRIALS:
        cells = trace(figures.heat_map(pair, show, LIGHT), str(show))
        assert (np.isnan(cells.z) == (pair.count == 0)).all()
        i, j = np.argwhere(pair.count == 0)[0]
        assert "no trial" in cells.hovertext[i][j]
    assert "cells are empty" in header(figures.heat_map(pair, Show.BEST, LIGHT))


def test_ticks_between_bins_are_round_values_in_their_place(table, sample):
    pair = two_effects(table, sample, "lr", "optimizer")
    axis = figures.heat_map(pair, Show.MEDIAN, LIGHT).layout.xaxis
    edges = np.log10(pair.cuts[0].edges)
    # cell k reaches from k - 1/2 to k + 1/2
    expected = (-4 - edges[0]) / (edges[-1] - edges[0]) * len(pair.cuts[0]) - 0.5
    assert axis.tickvals[list(axis.ticktext).index("10<sup>−4</sup>")] == pytest.approx(expected)


@THEMES
def test_shares_run_from_the_background_to_the_colour_of_the_target(table, sample, theme):
    cells = trace(
        figures.heat_map(two_effects(table, sample, "lr", "optimizer"), Show.TARGET_SHARE, theme),
        "share of target trials",
    )
    assert cells.colorscale[-1][1] == theme.target
    assert cells.zmin == 0


def test_the_share_of_a_few_trials_is_written_as_counts():
    frame = pd.DataFrame({"a": ["x"] * 30 + ["y"] * 3, "b": ["u", "v"] * 15 + ["u", "u", "v"], "score": range(33)})
    table = read(frame, "score")
    pair = two_effects(table, select(table, hpi.Subspace(target=0.5)), "a", "b")
    numbers = trace(figures.heat_map(pair, Show.TARGET_SHARE, LIGHT), "numbers")
    assert sorted(numbers.text) == sorted(["0 of 1", "0 of 2", "60\u00a0&#37;", "53\u00a0&#37;"])


@pytest.mark.parametrize("show", OF_TRIALS)
@pytest.mark.parametrize("maximize", [False, True])
def test_a_column_for_each_cell_that_is_not_empty_better_is_higher(show, maximize):
    table = search(maximize=maximize)
    pair = two_effects(table, select(table, hpi.Subspace()), "momentum", "optimizer")
    (columns,) = figures.surface(pair, show, LIGHT).data
    full = pair.count > 0
    assert len(columns.x) == 8 * full.sum()
    height = np.array(columns.z)[: 4 * full.sum() : 4]
    assert len(columns.hovertext) == 4 * full.sum()
    assert all("trials" in words for words in columns.hovertext)
    value = {Show.MEDIAN: pair.median, Show.BEST: pair.best, Show.TARGET_SHARE: pair.target_share}[show][full]
    better = value if maximize or show is Show.TARGET_SHARE else -value
    assert (np.diff(height[np.argsort(better, kind="stable")]) >= 0).all()
    assert {column for column in (columns.x.reshape(-1, 4).mean(axis=1) / 100).round(6)} <= set(
        np.arange(len(pair.cuts[0]))
    )


def test_a_scene_names_its_axes(table, sample):
    scene = figures.surface(two_effects(table, sample, "lr", "optimizer"), Show.BEST, LIGHT).layout.scene
    assert (scene.xaxis.title.text, scene.yaxis.title.text, scene.zaxis.title.text) == ("lr", "optimizer", "best")
    assert "10<sup>−3</sup>" in scene.xaxis.ticktext
    assert set(scene.yaxis.ticktext) == {"adam", "sgd", "rmsprop"}


def test_long_levels_stand_on_one_line_each_in_a_scene():
    names = ["ResNet-with-a-very-long-name-18", "ResNet-with-a-very-long-name-50"]
    frame = pd.DataFrame({"net": names * 20, "lr": np.arange(40) / 41, "score": np.arange(40.0)})
    table = read(frame, "score")
    sample = select(table, hpi.Subspace(1, 0.25))
    scene = figures.surface(two_effects(table, sample, "lr", "net"), Show.BEST, LIGHT).layout.scene
    assert len(set(scene.yaxis.ticktext)) == 2
    for tick in scene.yaxis.ticktext:
        assert "<" not in tick
        assert tick.startswith("ResNet")
        assert len(tick) <= 18


# ---- order of trials


def test_the_best_so_far_is_a_line_of_steps():
    frame = pd.DataFrame({"lr": np.arange(6) / 7, "k": [3, 1, 2, 5, 4, 6], "score": [5.0, 7.0, 3.0, 4.0, 2.0, 6.0]})
    figure = figures.history(history(read(frame, "score")), LIGHT)
    line = trace(figure, "best so far")
    assert line.line.shape == "hv"
    assert list(zip(line.x, line.y, strict=True)) == [(1, 5), (3, 3), (5, 2), (6, 2)]
    assert list(trace(figure, "trials").y) == [5, 7, 3, 4, 2, 6]


def test_a_long_history_is_thinned_but_keeps_what_was_best():
    table = search(5000)
    found = history(table)
    figure = figures.history(found, LIGHT)
    shown = trace(figure, "trials")
    assert len(shown.x) <= 1000
    assert set(np.flatnonzero(found.improves) + 1) <= set(shown.x)
    assert f"{len(shown.x):,} of 5,000 trials drawn" in header(figure) or len(shown.x) == 1000


# ---- all of them


def every_figure(table, first, second, theme=LIGHT):
    sample = select(table, hpi.Subspace(region=0.8, target=0.2))
    pair = two_effects(table, sample, first, second)
    for name in (first, second):
        effect = one_effect(table, sample, name)
        yield figures.metric_against(effect, theme)
        yield figures.distribution(effect, theme)
    for show in OF_TRIALS:
        yield figures.heat_map(pair, show, theme)
        yield figures.surface(pair, show, theme)
    yield figures.history(history(table), theme)


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name.strip()])
def test_no_name_is_interpreted_on_any_figure(name):
    name = " ".join(name.split())  # as every reader has it
    rng = np.random.default_rng(0)
    levels = [name, f"{name}2", "<b>bold</b>", "%{x}", "$y$"]
    frame = pd.DataFrame({name: rng.uniform(size=120), f"{name} kind": rng.choice(levels, 120)})
    frame.loc[:20, name] = np.nan
    frame[f"{name} score"] = rng.normal(size=120)
    table = read(frame, f"{name} score")
    assert set(table.frame.columns) == set(frame.columns)
    for figure in every_figure(table, name, f"{name} kind"):
        assert_nothing_is_interpreted(figure)
        for axis in ("xaxis", "yaxis", "zaxis"):
            scene = figure.layout.scene[axis]
            for text in [scene.title.text, *(scene.ticktext or ())]:
                assert not re.search("<(b|i|a|br|sup|sub)[ >]", re.sub("10<sup>[^<]*</sup>", "", text or ""))


@THEMES
def test_every_figure_has_a_height_and_no_background_and_no_legend(theme):
    for figure in (*every_figure(search(200), "lr", "optimizer", theme), figures.importance(result(score("a")), theme)):
        layout = figure.layout
        assert 200 <= layout.height <= 1000
        assert layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
        assert layout.template.layout.showlegend is False
        assert layout.margin.t >= 16 * (1 + (layout.title.text or "").count("<br>"))


@pytest.mark.parametrize("n", [12, 40])
def test_tiny_tables_have_every_figure(n):
    rng = np.random.default_rng(n)
    frame = pd.DataFrame({"a": rng.uniform(size=n), "b": rng.choice(["u", "v"], n), "score": rng.normal(size=n)})
    assert len(list(every_figure(read(frame, "score"), "a", "b"))) == 11


# ---- colours


@THEMES
def test_ink_has_the_contrast_that_reading_needs(theme):
    inks = ((theme.text, 7), (theme.muted, 4.5), (theme.target, 4.5), (theme.model, 4.5), (theme.chance_line, 3))
    for colour, least in inks:
        assert contrast(colour, theme.background) >= least


@THEMES
def test_the_sequence_is_even_in_lightness_and_stands_out_from_the_page(theme):
    # CIE 1976 lightness of relative luminance: contrast with black is (Y + 0.05) / 0.05
    luminance = np.array([contrast(colour, "#000000") * 0.05 - 0.05 for colour in theme.scale])
    lightness = 116 * np.cbrt(luminance) - 16
    steps = np.diff(lightness)
    assert (np.sign(steps) == np.sign(steps[0])).all()
    assert abs(steps).max() < 1.6 * abs(steps).min()
    assert min(contrast(colour, theme.background) for colour in theme.scale) > 1.3


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
