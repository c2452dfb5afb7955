"""What every figure says to those who cannot see it, and how large the message is that carries it."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi import effects, figures
from hpi.curve import curve_of
from hpi.figures import DARK, LIGHT, Show
from hpi.figures.alternative import described
from hpi.results import PairScore, Score
from hpi.subspace import select
from tests.findings import CONTRAST, TOP, TREND, TWO_LINES, finding, line, picture
from tests.makers import result
from tests.test_figures import OF_TRIALS, read, search

LARGEST = 200_000  # bytes of a chart's message
CLEAR = Score("lr", 0.413, 0.36, 0.47, 1.0, 0.02, 0.005, True, None)
NOISE = Score("bs", 0.01, 0.0, 0.03, None, 0.04, 0.6, False, None)
SILENT = Score("momentum", None, None, None, None, None, None, False, "active in 3 trials of the region")
TOGETHER = PairScore(("lr", "bs"), 0.19, 0.12, 0.25, 0.01, 0.005, True, "interaction")


@pytest.fixture(scope="module")
def drawn():
    """Every figure of a table of 400 trials, by what it is."""
    table = search(400)
    sample, answer = select(table, hpi.Subspace()), hpi.importance(table)
    pair = effects.two_effects(table, sample, "lr", "optimizer")
    agreed = hpi.Agreement((result(CLEAR, NOISE), result(CLEAR, NOISE, estimator="fanova")), ())
    made = {
        "importance": lambda theme: figures.importance(result(CLEAR, NOISE, SILENT), theme),
        "no bars": lambda theme: figures.importance(result(SILENT), theme),
        "no signal": lambda theme: figures.importance(result(NOISE), theme),
        "pair_matrix": lambda theme: figures.pair_matrix(result(CLEAR, NOISE, pairs=(TOGETHER,)), theme),
        "parallel": lambda theme: figures.parallel(effects.target_profile(table, sample, answer), answer, theme),
        "against_target": lambda theme: figures.against_target(
            curve_of(sample.design, 1.0, answer.method), answer, theme
        ),
        "rank_matrix": lambda theme: figures.rank_matrix(agreed, theme),
        "history": lambda theme: figures.history(effects.history(table), theme),
    }
    for name in ("lr", "optimizer"):
        effect = effects.one_effect(table, sample, name)
        made[f"metric_against {name}"] = lambda theme, effect=effect: figures.metric_against(effect, theme)
        made[f"distribution {name}"] = lambda theme, effect=effect: figures.distribution(effect, theme)
    for show in OF_TRIALS:
        made[f"heat_map {show}"] = lambda theme, show=show: figures.heat_map(pair, show, theme)
        made[f"surface {show}"] = lambda theme, show=show: figures.surface(pair, show, theme)
    for word, shown in (("trend", TREND), ("contrast", CONTRAST), ("top", TOP), ("lines", TWO_LINES)):
        made[f"finding {word}"] = lambda theme, shown=shown: figures.finding(finding(picture=shown), theme)
    return {what: (draw(LIGHT), draw(DARK)) for what, draw in made.items()}


def alt(figure):
    return figure.layout.meta["alt"].replace("\u00a0", " ")


HOLDS = {
    "importance": ["3 hyperparameters", "lr 41 % [36 to 47]", "1 cannot be told apart from chance", "1 without a num"],
    "no bars": ["1 hyperparameter by PED-ANOVA", "active in 3 trials of the region"],
    "no signal": ["None can be told apart from chance."],
    "pair_matrix": ["lr and bs: 19 % [12 to 25]"],
    "parallel": ["40 target trials over 5 hyperparameters", "The best trial, score "],
    "against_target": ["Importance of 5 hyperparameters", "lr"],
    "rank_matrix": ["2 hyperparameters by 2 estimators", "lr: PED-ANOVA 1, f-ANOVA 1"],
    "history": ["400 trials", "The best so far ends at "],
    "metric_against lr": ["against lr", "The running median is "],
    "metric_against optimizer": ["against optimizer", "Median: sgd "],
    "distribution lr": ["40 target trials are spread over lr", "of the target and "],
    "distribution optimizer": ["sgd holds "],
    **{f"heat_map {show}": ["over lr and optimizer", "Best at lr "] for show in OF_TRIALS},
    **{f"surface {show}": ["over lr and optimizer", "Best at lr "] for show in OF_TRIALS},
    "finding trend": ["Values of lr between 1e-3 and 1e-2 are best", "0.930 [0.920 to 0.940]"],
    "finding contrast": ["optimizer: adam. val_accuracy 0.910"],
    "finding top": ["24 % [21 % to 27 %]"],
    "finding lines": ["optimizer = sgd"],
}  # fmt: skip


@pytest.mark.parametrize("what", HOLDS)
def test_every_figure_says_what_it_shows(drawn, what):
    light, dark = drawn[what]
    assert alt(light) == alt(dark)
    for part in HOLDS[what]:
        assert part in alt(light)
    assert not re.search("<(b|br|span|sup)|&#|  ", alt(light))
    assert alt(light).endswith(".")


@pytest.mark.parametrize("what", HOLDS)
def test_every_figure_carries_its_rows(drawn, what):
    figure = drawn[what][0]
    table = figure.layout.meta["rows"]
    carrying = [one for one in figure.data if one.name in table.get("points", ())]
    width = len(table["columns"])
    assert table["rows"] or carrying
    assert {len(row) for row in table["rows"]} <= {width}
    assert all(one.customdata.shape[1] < width for one in carrying)


@pytest.mark.parametrize("what", HOLDS)
def test_no_label_slants(drawn, what):
    """Plotly turns labels by 30 degrees where they would meet, unless it is told otherwise."""
    figure = drawn[what][0]
    assert list(figure.layout.template.layout.xaxis.autotickangles) == [0]
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        assert axis.tickangle in (None, 0)
        assert axis.autotickangles in (None, (0,))


def test_no_figure_is_without_words(drawn):
    assert set(drawn) == set(HOLDS)
    every = (getattr(figures, name) for name in figures.__all__)
    functions = {one for one in every if inspect.isfunction(one)}
    apart = ("hpi.figures.across", "hpi.figures.difference")  # they have tests of their own
    names = {one.__name__ for one in functions if one.__module__ not in apart}
    assert names == {what.split()[0] for what in HOLDS if not what.startswith("no ")}


def test_the_median_of_each_level_is_said():
    table = search(400)
    said = alt(figures.metric_against(effects.one_effect(table, select(table, hpi.Subspace()), "optimizer"), LIGHT))
    median = table.trials.groupby("optimizer")["score"].median().sort_values()
    assert f"{median.index[0]} {median.iloc[0]:.4g}, {median.index[1]} {median.iloc[1]:.4g} and " in said


def test_the_best_cell_is_said():
    frame = pd.DataFrame({"a": ["x", "y"] * 30, "b": ["u", "u", "v", "v"] * 15})
    frame["score"] = 1.0 + (frame["a"] == "x") + 2 * (frame["b"] == "u") + np.arange(60) / 1e6
    table = read(frame, "score")
    pair = effects.two_effects(table, select(table, hpi.Subspace()), "a", "b")
    assert "Best at a y and b v: 1; worst at a x and b u: 4." in alt(figures.heat_map(pair, Show.MEDIAN, LIGHT))


def test_names_are_as_they_are_and_nothing_hides_in_them():
    assert described("<b>x</b> & \u202ey.", "", " z ") == {"alt": "<b>x</b> & \\u202ey. z"}


# ---- messages


@pytest.fixture(scope="module")
def large():
    """100,000 trials of 60 hyperparameters with names of 80 characters, two of them with 300 and with 30 levels."""
    n, rng = 100_000, np.random.default_rng(0)
    columns = {f"{'name of a hyperparameter ' * 3}{i:05d}": rng.uniform(size=n).round(3) for i in range(56)}
    columns |= {
        "lr": 10 ** rng.uniform(-5, -1, n),
        "net": rng.choice([f"{'level with a long name ' * 3}{k:03d}" for k in range(300)], n),
        "activation": rng.choice([f"{'function of ' * 5}{k:02d}" for k in range(30)], n),
        "layers": rng.integers(1, 9, n),
    }
    frame = pd.DataFrame(columns)
    frame["score"] = (np.log10(frame["lr"]) + 3) ** 2 + rng.normal(0, 0.5, n)
    return read(frame, "score")


def test_no_message_is_large(large):
    sample, answer = select(large, hpi.Subspace()), hpi.importance(large)
    shown = [
        figures.importance(answer, LIGHT),
        figures.pair_matrix(answer, LIGHT),
        figures.parallel(effects.target_profile(large, sample, answer), answer, LIGHT),
        figures.history(effects.history(large), LIGHT),
    ]
    for name in ("lr", "net", "layers"):
        effect = effects.one_effect(large, sample, name)
        shown += [figures.metric_against(effect, LIGHT), figures.distribution(effect, LIGHT)]
    for names in (("lr", "net"), ("net", "activation")):
        pair = effects.two_effects(large, sample, *names)
        shown += [draw(pair, show, LIGHT) for draw in (figures.heat_map, figures.surface) for show in OF_TRIALS]
    assert [len(figure.to_json()) for figure in shown if len(figure.to_json()) > LARGEST] == []


def test_the_message_of_sixty_lines_is_small():
    n_targets, n = 30, 60
    rng = np.random.default_rng(0)
    value = rng.uniform(0, 0.1, (n_targets, n))
    names = tuple(f"{'name of a hyperparameter ' * 3}{i:05d}" for i in range(n))
    targets = np.geomspace(0.005, 0.5, n_targets)
    curve = hpi.curve.Curve(names, 1.0, targets, (1e6 * targets).astype(int), value, 0.9 * value, 1.1 * value)
    assert len(figures.against_target(curve, result(used=1_000_000), LIGHT).to_json()) <= LARGEST


def test_the_message_of_the_target_is_small():
    table = search(20_000)
    sample, answer = select(table, hpi.Subspace()), hpi.importance(table)
    figure = figures.parallel(effects.target_profile(table, sample, answer), answer, LIGHT)
    assert len(figure.to_json()) <= 60_000


def test_the_message_of_a_picture_with_many_groups_is_small():
    groups = {f"{'level with a long name ' * 3}{i:05d}": 0.9 - i / 1000 for i in range(300)}
    many = picture(*(line(f"{'name of a hyperparameter ' * 3}{i}", **groups) for i in range(6)), ordered=False)
    assert len(figures.finding(finding(picture=many), LIGHT).to_json()) <= LARGEST
