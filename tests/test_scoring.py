"""hpi.importance: agreement with analytic numbers, invariances, refusals, and saying that nothing is known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.errors import EstimatorError, SubspaceError, TableError
from hpi.estimators import NRReliefF
from hpi.toys import ADDITIVE, ISHIGAMI
from tests.makers import noise_columns


def read(frame: pd.DataFrame, **choices) -> hpi.TrialTable:
    return hpi.read(frame, **({"metric": "loss", "direction": "minimize"} | choices))


def toy_table(toy=ADDITIVE, n_trials: int = 500, seed: int = 0) -> hpi.TrialTable:
    return read(toy.draw(n_trials, np.random.default_rng(seed)))


def bars(result: hpi.ImportanceResult) -> dict[str, hpi.Score]:
    return {score.name: score for score in result.hyperparameters}


@pytest.mark.parametrize("toy", [ISHIGAMI, ADDITIVE], ids=lambda toy: toy.name)
@pytest.mark.parametrize("seed", range(3))
def test_fresh_draws_of_5000_trials_lie_within_3_hundredths(toy, seed):
    result = hpi.importance(toy_table(toy, 5000, seed), subspace=hpi.Subspace(target=0.1))
    found = bars(result)
    for hyperparameter, truth in zip(toy.hyperparameters, toy.truth, strict=True):
        assert found[hyperparameter.name].importance == pytest.approx(truth, abs=0.03)


# Analytic S (or share) of golden tables: derived by integration, from the reference numbers that came with them.
# The tolerance is about 2.5 times the root mean square error that a trial of the series form showed at that size.
GOLDEN = [
    ("ishigami", "importance", {"x1": 0.182, "x2": 0.097, "x3": 0.112}, 0.07),
    ("ishigami", "share", {"x1": 0.466, "x2": 0.249, "x3": 0.285}, 0.10),
    ("ped_toy_1000", "importance", {"x0": 0.391, "x1": 0.105, "x2": 0.004, "x3": 0.001}, 0.07),
    ("ped_toy_10000", "importance", {"x0": 0.391, "x1": 0.105, "x2": 0.004, "x3": 0.001}, 0.03),
    ("conditional_activation", "share", {"c": 0.111, "x": 0.889, "y": 0.0}, 0.05),
    ("conditional_domain", "share", {"c": 0.175, "x": 0.603, "y": 0.222}, 0.12),
    ("mixed", "share", {"lr": 0.528, "optimizer": 0.365, "n_layers": 0.096}, 0.08),
    ("cat10", "share", {"c": 1.0, "x": 0.0}, 0.03),
]


@pytest.mark.parametrize(("name", "field", "truth", "tolerance"), GOLDEN)
def test_golden_tables_get_their_analytic_importances(shared, name, field, truth, tolerance):
    result = hpi.importance(hpi.read(shared / "golden" / f"{name}.csv"), subspace=hpi.Subspace(target=0.1))
    found = bars(result)
    for hyperparameter, value in truth.items():
        assert getattr(found[hyperparameter], field) == pytest.approx(value, abs=tolerance)


def test_the_threshold_moves_the_answer_as_the_exact_law_says(shared):
    """PED toy: x0 leads in the best 10 % of everything, x1 and x2 in the best 1 % of the best 10 %."""
    table = hpi.read(shared / "golden" / "ped_toy_10000.csv")
    found = bars(hpi.importance(table, subspace=hpi.Subspace(0.1, 0.01)))
    exact = {"x0": 0.021, "x1": 0.138, "x2": 0.128, "x3": 0.021}
    for name, truth in exact.items():
        assert found[name].importance == pytest.approx(truth, abs=0.06)


def test_interaction_alone_is_no_signal(shared):
    """XOR: no hyperparameter by itself says anything; a table of equal shares would be a lie."""
    result = hpi.importance(hpi.read(shared / "golden" / "xor.csv"))
    assert not result.detectable
    assert all(score.share is None for score in result.hyperparameters)
    assert any(warning.startswith("No signal") for warning in result.warnings)


def test_the_bookkeeping_adds_up():
    frame = ADDITIVE.draw(300, np.random.default_rng(0))
    frame.loc[:9, "loss"] = np.nan
    result = hpi.importance(read(frame), subspace=hpi.Subspace(where=(hpi.Between("a", 0.0, 0.5),)))
    assert result.rows == 300
    assert result.used + sum(count for _, count in result.excluded) == 300
    assert result.used == int((frame["a"] <= 0.5)[10:].sum())
    assert result.subspace.n_region == result.used
    assert result.subspace.n_target == int(np.ceil(result.subspace.target * result.used - 1e-9))


def test_shares_sum_to_one_and_bars_are_sorted():
    result = hpi.importance(toy_table())
    importances = [score.importance for score in result.hyperparameters]
    assert importances == sorted(importances, reverse=True)
    assert sum(score.share for score in result.hyperparameters) == pytest.approx(1)
    for score in result.hyperparameters:
        assert score.low <= score.importance <= score.high
        assert score.detectable == (score.p_value <= 0.05)


def content(result: hpi.ImportanceResult) -> str:
    """Everything but what names the table and the metric."""
    plain = result.to_dict()
    return json.dumps({key: plain[key] for key in plain if key not in ("fingerprint", "metric")}, allow_nan=False)


def test_flipping_the_metric_and_its_direction_changes_nothing():
    frame = pd.concat(
        [noise_columns(300, np.random.default_rng(0)), ADDITIVE.draw(300, np.random.default_rng(0))], axis=1
    )
    frame = frame.loc[:, ~frame.columns.duplicated()].round(1)
    frame = frame.loc[:, frame.nunique() > 1]
    flipped = frame.assign(loss=-frame["loss"])
    assert content(hpi.importance(read(frame))) == content(hpi.importance(read(flipped, direction="maximize")))


def test_a_monotone_change_of_the_loss_changes_nothing():
    frame = ADDITIVE.draw(300, np.random.default_rng(0))
    changed = frame.assign(loss=np.exp(3 * frame["loss"]))
    assert content(hpi.importance(read(frame))) == content(hpi.importance(read(changed)))


def test_the_order_of_rows_and_columns_changes_nothing():
    frame = ADDITIVE.draw(300, np.random.default_rng(0)).round(1)
    turned = frame.sample(frac=1, random_state=3)[frame.columns[::-1]]
    first, second = (hpi.importance(read(f)) for f in (frame, turned))
    assert first.hyperparameters == second.hyperparameters


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_floor():
    table = toy_table(n_trials=200)
    first, again, other = (hpi.importance(table, seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert [s.importance for s in first.hyperparameters] == [s.importance for s in other.hyperparameters]
    assert bars(first)["a"].floor != bars(other)["a"].floor


def test_an_estimator_is_given_by_name_by_class_or_with_settings():
    table = toy_table(n_trials=200)
    plain = hpi.importance(table)
    for estimator in ("ped-anova", hpi.ESTIMATORS[0], hpi.ESTIMATORS[0]()):
        assert hpi.importance(table, estimator=estimator) == plain


@pytest.mark.parametrize("text", [" 20", "20 ", "2_0", "\u0661\u0662", "+-2", "nan", "1e", "0x10", ""])
def test_numbers_of_settings_are_read_to_the_letter(text):
    """Whole numbers (k) and others (sigma) alike: \u0661\u0662 is 12 in Arabic digits."""
    for key in ("k", "sigma"):
        with pytest.raises(EstimatorError, match=f"The setting {key} is .*; it takes a"):
            NRReliefF.parse({key: text})
    assert NRReliefF.parse({"k": "12", "sigma": "2.5e1"}) == {"k": 12, "sigma": 25.0}


def test_the_number_of_threads_changes_nothing():
    from threadpoolctl import threadpool_limits

    table = toy_table(n_trials=900)
    found = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads):
            found.append(hpi.importance(table))
    assert found[0] == found[1]


def test_refusals():
    table = toy_table(n_trials=200)
    with pytest.raises(EstimatorError, match="at least 8 are needed"):
        hpi.importance(table, subspace=hpi.Subspace(target=0.02))
    with pytest.raises(TableError, match="No column is a hyperparameter"):
        hpi.importance(table.revise(roles=tuple((name, hpi.Role.LEFT_OUT) for name in "abcdef")))
    for seed in (-1, 1.5, None):
        with pytest.raises(EstimatorError, match=f"seed is {seed}"):
            hpi.importance(table, seed=seed)
    with pytest.raises(EstimatorError, match="there are: ped-anova"):
        hpi.importance(table, estimator="anova")
    with pytest.raises(SubspaceError, match="names no hyperparameter"):
        hpi.importance(table, subspace=hpi.Subspace(where=(hpi.Between("nothing", 0, 1),)))
    with pytest.raises(EstimatorError, match="same value in all"):
        hpi.importance(read(pd.DataFrame({"x": np.arange(50.0), "loss": 1.0})))


def test_an_unknown_direction_is_asked_for():
    frame = ADDITIVE.draw(100, np.random.default_rng(0)).rename(columns={"loss": "value"})
    table = hpi.read(frame, metric="value")
    with pytest.raises(TableError, match="say minimize or maximize"):
        hpi.importance(table)
    assert hpi.importance(hpi.read(frame, metric="value", direction="minimize")).metric == "value"


def test_what_a_filter_settles_is_unknown_not_zero():
    rng = np.random.default_rng(0)
    frame = noise_columns(400, rng).assign(loss=rng.random(400))
    result = hpi.importance(read(frame), subspace=hpi.Subspace(where=(hpi.OneOf("optimizer", ("adam",)),)))
    found = bars(result)
    for name in ("optimizer", "momentum"):
        assert found[name].importance is None
        assert found[name].share is None
        assert found[name].note
        assert not found[name].detectable
    assert [score.name for score in result.hyperparameters[-2:]] == ["momentum", "optimizer"]


def test_the_result_goes_to_json_and_to_a_frame():
    result = hpi.importance(toy_table(n_trials=200))
    plain = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert plain["metric"] == {"name": "loss", "direction": "minimize"}
    assert plain["estimator"]["name"] == "ped-anova"
    assert plain["subspace"]["n_region"] == 200
    assert len(plain["pairs"]) == 15
    assert (
        plain["pairs"][0].keys()
        == plain["pairs"][-1].keys()
        == {*("names", "importance", "low", "high", "floor", "p_value", "detectable", "reading")}
    )
    assert set(plain["hyperparameters"][0]) == {
        "name", "importance", "low", "high", "share", "floor", "p_value", "detectable", "note", "raw",
    }  # fmt: skip
    frame = result.frame()
    assert list(frame["name"]) == [score.name for score in result.hyperparameters]
    assert replace(result, seed=1) != result
