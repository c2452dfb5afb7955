"""What a chart saves as data in a real browser, against the trials and the answer themselves."""

from __future__ import annotations

import csv
import io
from itertools import combinations
from math import isnan

import pandas as pd
import pytest

import hpi
from hpi.curve import curve_of
from hpi.estimators import PedAnova
from hpi.subspace import select
from tests.browser.charts import wait_for_chart
from tests.browser.servers import running
from tests.browser.steps import widget
from tests.test_figures import search

APP = """
import sys
from pathlib import Path
import streamlit as st

sys.path.insert(0, {root!r})
from hpi import effects, figures
from hpi.curve import curve_of
from hpi.figures import LIGHT, Show
from hpi.subspace import select
from pages import chart, library
from tests.browser.test_chart_data import answered

@st.cache_resource
def drawn(kind):
    table, sample, answer = answered()
    pair = effects.two_effects(table, sample, "lr", "optimizer")
    return {{
        "bars": lambda: figures.importance(answer, LIGHT),
        "pairs": lambda: figures.pair_matrix(answer, LIGHT),
        "heat_map": lambda: figures.heat_map(pair, Show.MEDIAN, LIGHT),
        "surface": lambda: figures.surface(pair, Show.MEDIAN, LIGHT),
        "best_trials": lambda: figures.parallel(effects.target_profile(table, sample, answer), answer, LIGHT),
        "levels": lambda: figures.metric_against(effects.one_effect(table, sample, "optimizer"), LIGHT),
        "history": lambda: figures.history(effects.history(table), LIGHT),
        "curve": lambda: figures.against_target(curve_of(sample.design, 1.0, answer.method), answer, LIGHT),
    }}[kind]()

if __name__ == "__main__":
    chart.draw(drawn(st.query_params["kind"]), "alone")
else:
    app = st.App(Path(__file__), routes=library.routes(""))
"""
ALONE = ".hpi-plot.js-plotly-plot"
TRIALS = 300
METRIC = "score"


def answered():
    """A table, its sample and the answer with pairs."""
    table = search(TRIALS)
    return table, select(table, hpi.Subspace()), hpi.importance(table, estimator=PedAnova(pairs="yes"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory, pytestconfig):
    """What the chart of a kind saves, cell by cell: `saved(page, "bars")`."""
    folder = tmp_path_factory.mktemp("data")
    script = folder / "data_app.py"
    script.write_text(APP.format(root=str(pytestconfig.rootpath)))
    with running(script, folder) as started:

        def save(page, kind):
            page.goto(f"{started.url}/?kind={kind}")
            wait_for_chart(page, selector=ALONE)
            chart = widget(page, "alone").locator(".hpi-chart")
            chart.get_by_role("button", name="Save this chart").click()
            with page.expect_download() as download:
                chart.get_by_role("button", name="Data (CSV)").click()
            content = download.value.path().read_bytes().decode()
            return list(csv.DictReader(io.StringIO(content, newline="")))

        yield save
        assert "Traceback" not in started.said()


@pytest.fixture(scope="module")
def found():
    return answered()


def number(text: str) -> float | None:
    return float(text) if text else None


def test_the_data_of_bars_are_the_answer(saved, page, found):
    rows = {row["hyperparameter"]: row for row in saved(page, "bars")}
    assert list(rows) == [score.name for score in found[2].hyperparameters]
    for score in found[2].hyperparameters:
        row = rows[score.name]
        ends = [number(row[column]) for column in ("importance", "low", "high", "noise floor", "share", "p-value")]
        assert ends == [score.importance, score.low, score.high, score.floor, score.share, score.p_value]
        assert row["told apart from chance"] == str(score.detectable).lower()


def test_the_data_of_pairs_have_both_names_and_each_number(saved, page, found):
    rows = {frozenset((row["first"], row["second"])): row for row in saved(page, "pairs")}
    assert set(rows) == {frozenset(two) for two in combinations([score.name for score in found[2].hyperparameters], 2)}
    for pair in found[2].pairs:
        row = rows[frozenset(pair.names)]
        assert [number(row[column]) for column in ("importance", "low", "high")] == [
            pair.importance,
            pair.low,
            pair.high,
        ]


@pytest.mark.parametrize("kind", ["heat_map", "surface"])
def test_the_data_of_cells_are_medians_of_the_trials(saved, page, found, kind):
    trials, rows = found[0].trials, saved(page, kind)
    ends = sorted({(float(row["lr from"]), float(row["lr to"])) for row in rows})
    cuts = pd.cut(trials["lr"], [*(low for low, _ in ends), ends[-1][1] * (1 + 1e-9)], right=False, labels=False)
    for row in rows:
        k = ends.index((float(row["lr from"]), float(row["lr to"])))
        inside = trials[(cuts == k) & (trials["optimizer"] == row["optimizer"])][METRIC]
        assert int(row["trials"]) == len(inside)
        median = number(row[f"median, {METRIC}"])
        assert median == (pytest.approx(inside.median(), rel=1e-8) if len(inside) else None)
    assert sum(int(row["trials"]) for row in rows) == len(trials)


def test_the_data_of_the_best_trials_are_those_trials(saved, page, found):
    trials, rows = found[0].trials, saved(page, "best_trials")
    assert len(rows) == len(trials) // 10
    for row in rows:
        trial = trials.iloc[int(row["trial"]) - 1]
        for name in (METRIC, "lr", "dropout", "momentum", "layers"):
            value = float(trial[name])
            assert number(row[name]) == (None if isnan(value) else pytest.approx(value, rel=1e-8))
        assert row["optimizer"] == trial["optimizer"]


def test_the_data_of_points_come_from_the_points(saved, page, found):
    trials, rows = found[0].trials, saved(page, "levels")
    points = [row for row in rows if row["trial"]]
    assert len(points) == len(trials)
    for row in points:
        trial = trials.iloc[int(row["trial"]) - 1]
        assert (float(row[METRIC]), row["optimizer"]) == (trial[METRIC], trial["optimizer"])
    medians = {row["optimizer"]: float(row[METRIC]) for row in rows if row["series"] == "median and middle half"}
    assert medians == pytest.approx(trials.groupby("optimizer")[METRIC].median().to_dict(), rel=1e-8)


def test_the_data_of_history_are_the_trials_in_order(saved, page, found):
    trials, rows = found[0].trials, saved(page, "history")
    drawn = [float(row[METRIC]) for row in rows if row["series"] == "trials"]
    assert drawn == trials[METRIC].tolist()
    best = trials[METRIC].cummin()
    for row in rows:
        if row["series"] == "best so far":
            assert float(row[METRIC]) == best.iloc[int(row["trial"]) - 1]


def test_the_data_of_lines_are_the_curve(saved, page, found):
    _, sample, answer = found
    curve = curve_of(sample.design, 1.0, answer.method)
    rows = saved(page, "curve")
    assert len(rows) == curve.importance.size
    for j, name in enumerate(curve.names):
        shown = [number(row["importance"]) for row in rows if row["hyperparameter"] == name]
        expected = [None if isnan(one) else pytest.approx(one, rel=1e-6, abs=1e-9) for one in curve.importance[:, j]]
        assert shown == expected
