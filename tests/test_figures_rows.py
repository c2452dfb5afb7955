"""The rows that a figure carries for a file, against the trials and the answer themselves."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi import effects, figures
from hpi.figures import LIGHT, Show
from hpi.figures.rows import carried
from hpi.results import PairScore, Score
from hpi.subspace import select
from tests.findings import CONTRAST, TWO_LINES, finding
from tests.makers import result
from tests.test_across import made
from tests.test_figures import OF_TRIALS, read, search

CLEAR = Score("<b>lr</b>", 0.413, 0.36, 0.47, 1.0, 0.02, 0.005, True, None)
NOISE = Score("=bs", 0.01, 0.0, 0.03, None, 0.04, 0.6, False, None)
SILENT = Score("momentum", None, None, None, None, None, None, False, "active in 3 trials of the region")
TOGETHER = PairScore(("<b>lr</b>", "=bs"), 0.19, 0.12, 0.25, 0.01, 0.005, True, "interaction")


@pytest.fixture(scope="module")
def table():
    return search(400)


@pytest.fixture(scope="module")
def sample(table):
    return select(table, hpi.Subspace())


def rows(figure) -> pd.DataFrame:
    """What a file would hold of a figure, labels read, without what the points carry; by way of the message itself."""
    held = json.loads(figure.to_json())["layout"]["meta"]["rows"]
    words = held.get("words", {})
    read_rows = [
        [words[str(k)][int(cell)] if str(k) in words and cell is not None else cell for k, cell in enumerate(row)]
        for row in held["rows"]
    ]
    return pd.DataFrame(read_rows, columns=held["columns"], dtype=object)


def test_bars_have_the_names_and_numbers_of_the_answer():
    found = rows(figures.importance(result(CLEAR, NOISE, SILENT), LIGHT)).set_index("hyperparameter")
    assert list(found.loc["<b>lr</b>"]) == [0.413, 0.36, 0.47, 0.02, 1.0, 0.005, True, None]
    assert list(found.loc["=bs"]) == [0.01, 0.0, 0.03, 0.04, None, 0.6, False, None]
    assert list(found.loc["momentum"]) == [*[None] * 6, False, "active in 3 trials of the region"]


def test_an_answer_without_bars_has_rows_too():
    assert list(rows(figures.importance(result(SILENT), LIGHT))["importance"]) == [None]


def test_every_pair_has_its_names_and_what_is_unknown_is_empty():
    scores = (CLEAR, NOISE, Score("c", 0.2, 0.1, 0.3, 0.2, 0.02, 0.005, True, None))
    other = PairScore(("=bs", "c"), None, None, None, None, None, False, "interaction")
    found = rows(figures.pair_matrix(result(*scores, pairs=(TOGETHER, other)), LIGHT))
    both = {
        frozenset(two): list(rest)
        for *two, rest in zip(found["first"], found["second"], found.iloc[:, 2:].to_numpy(), strict=True)
    }
    assert set(both) == {frozenset(two) for two in combinations(("<b>lr</b>", "=bs", "c"), 2)}
    assert both[frozenset(TOGETHER.names)] == [0.19, 0.12, 0.25, 0.01, 0.005, True]
    assert both[frozenset(other.names)][:5] == [None] * 5


@pytest.mark.parametrize("draw", [figures.heat_map, figures.surface], ids=lambda one: one.__name__)
@pytest.mark.parametrize("show", OF_TRIALS)
def test_cells_are_what_pandas_finds_in_the_trials(table, sample, draw, show):
    found = rows(draw(effects.two_effects(table, sample, "layers", "optimizer"), show, LIGHT))
    trials = table.trials.assign(layers=table.trials["layers"].astype(int).astype(str))
    best = trials["score"].rank(method="first") <= len(sample.design.loss) // 10
    by_cell = trials.assign(best=best).groupby(["layers", "optimizer"])
    wanted = {
        Show.MEDIAN: by_cell["score"].median(),
        Show.BEST: by_cell["score"].min(),
        Show.TARGET_SHARE: by_cell["best"].mean(),
    }
    own = found.set_index(["layers", "optimizer"])
    assert own.iloc[:, -1].to_dict() == pytest.approx(wanted[show].to_dict(), rel=1e-8)
    assert own["trials"].to_dict() == by_cell.size().to_dict()
    assert own["target trials"].to_dict() == by_cell["best"].sum().to_dict()


def test_an_empty_cell_has_no_number():
    frame = pd.DataFrame({"a": ["x", "x", "y"] * 20, "b": ["u", "v", "u"] * 20, "score": np.arange(60.0)})
    shown = read(frame, "score")
    pair = effects.two_effects(shown, select(shown, hpi.Subspace(1, 0.25)), "a", "b")
    found = rows(figures.heat_map(pair, Show.MEDIAN, LIGHT)).set_index(["a", "b"])
    assert list(found.loc[("y", "v")]) == [0, 0, None]


def test_the_spread_counts_every_trial_once(table, sample):
    found = rows(figures.distribution(effects.one_effect(table, sample, "lr"), LIGHT))
    best = table.trials.nsmallest(40, "score")["lr"]
    edges = [*found["lr from"], found["lr to"].iloc[-1]]
    assert list(found["target trials"]) == list(np.histogram(best, edges)[0])
    assert list(found["region trials"]) == list(np.histogram(table.trials["lr"], edges)[0])
    assert sum(found["share of the target"]) == pytest.approx(1)
    assert (found["by chance at least"] <= found["by chance at most"]).all()


def test_medians_of_levels_are_those_of_the_trials(table, sample):
    figure = figures.metric_against(effects.one_effect(table, sample, "optimizer"), LIGHT)
    found = rows(figure)
    for series, how in (("median and middle half", "median"), ("mean and its 95 % band", "mean")):
        own = found[found["series"] == series].set_index("optimizer")["score"].to_dict()
        assert own == pytest.approx(table.trials.groupby("optimizer")["score"].agg(how).to_dict(), rel=1e-8)


def test_lines_of_the_best_are_trials_of_the_table(table, sample):
    answer = hpi.importance(table)
    found = rows(figures.parallel(effects.target_profile(table, sample, answer), answer, LIGHT))
    trials = table.trials.iloc[[trial - 1 for trial in found["trial"]]]
    assert sorted(found["score"]) == pytest.approx(sorted(table.trials["score"])[:40], rel=1e-8)
    for name in ("lr", "dropout", "momentum"):
        assert found[name].astype(float).to_numpy() == pytest.approx(trials[name].to_numpy(), rel=1e-8, nan_ok=True)
    assert list(found["optimizer"]) == list(trials["optimizer"])


def test_ranks_have_both_ends():
    agreed = hpi.Agreement((result(CLEAR, NOISE), result(CLEAR, NOISE, estimator="fanova")), ())
    found = rows(figures.rank_matrix(agreed, LIGHT))
    assert list(found["estimator"]) == ["PED-ANOVA", "f-ANOVA"] * 2
    assert list(found["hyperparameter"]) == ["<b>lr</b>"] * 2 + ["=bs"] * 2
    assert found["best place"].tolist() == [1, 1, None, None]
    assert found["importance"].tolist() == [0.413, 0.413, 0.01, 0.01]


@pytest.mark.parametrize("shown", [CONTRAST, TWO_LINES], ids=["contrast", "lines"])
def test_groups_of_a_finding_are_those_of_its_picture(shown):
    found = rows(figures.finding(finding(picture=shown), LIGHT))
    points = [(line.name, p.label, p.value, p.low, p.high, p.n, p.marked) for line in shown.lines for p in line.points]
    assert [tuple(row) for row in found.to_numpy()] == points


def test_a_difference_has_both_values():
    other = Score("<b>lr</b>", 0.2, 0.15, 0.25, 1.0, 0.02, 0.005, True, None)
    found = hpi.difference(result(CLEAR, NOISE), result(other, NOISE))
    row = rows(figures.difference(found, LIGHT)).set_index("hyperparameter").loc["<b>lr</b>"]
    assert list(row)[:6] == [0.413, 0.36, 0.47, 0.2, 0.15, 0.25]
    assert row["difference"] == pytest.approx(0.2 - 0.413)


def test_datasets_have_their_cells_and_the_mean_behind_them():
    across = made({"p": result(CLEAR, NOISE), "q": result(NOISE, CLEAR)})
    found = rows(figures.across_matrix(across, LIGHT))
    own = found[found["hyperparameter"] == "<b>lr</b>"]
    assert list(own["series"]) == ["value", "value", "mean"]
    assert list(own["importance"]) == pytest.approx([0.413, 0.413, 0.413])
    assert list(own.iloc[:, 2]) == ["p", "q", None]


def test_two_columns_never_have_the_same_name():
    held = carried(("trials", "a", "a", "trials", "trials (2)"), [])["rows"]
    assert len(set(held["columns"])) == 5
    assert held["columns"][:2] == ["trials", "a"]


def test_what_is_no_number_is_unknown():
    assert carried(("a", "b"), [(float("nan"), float("inf"))])["rows"]["rows"] == [[None, None]]
