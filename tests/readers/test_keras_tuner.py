"""Keras Tuner's projects: conditions are applied, the score has the direction of its metric, the space is declared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import HpiError, TableError
from hpi.readers import Opened, ReadLimits
from hpi.readers.keras_tuner import KerasTunerReader
from hpi.readers.loading import load, load_opened
from hpi.readers.protocol import Loaded, Wanted
from hpi.roles.choices import Declaration
from hpi.roles.vocabulary import ContextKind, Direction
from hpi.space import Kind
from hpi.table import TrialTable, build
from tests.readers.stored_studies import KERAS_SPACE, keras, keras_entry, keras_trial, lines, packed

SGD = {"lr": 0.1, "units": 32, "opt": "sgd", "momentum": 0.9}
ADAM = {"lr": 0.01, "units": 64, "opt": "adam", "momentum": 0.5}


def of(*trials: object, study: str | None = None, **files: object) -> Loaded:
    beside = {f"p/{name.replace('__', '.')}": content for name, content in files.items()}
    whole = packed({f"p/trial_{k}/trial.json": one for k, one in enumerate(trials)} | beside)
    return load_opened(whole, Wanted(study=study), ReadLimits())


def table_of(loaded: Loaded) -> TrialTable:
    return build(loaded.frame, loaded.name, reading=loaded.reading)


def test_a_project_is_a_table_of_its_trials() -> None:
    loaded = load_opened(keras(), Wanted(), ReadLimits())
    assert list(loaded.frame.columns) == [
        "trial_id", "lr", "units", "opt", "momentum", "score", "val_accuracy", "best_step", "status"
    ]  # fmt: skip
    np.testing.assert_array_equal(loaded.frame["lr"], [0.1, 0.01, 0.001])
    np.testing.assert_allclose(loaded.frame["score"], [0.5, 0.6, 0.7], rtol=1e-12)
    assert loaded.frame["trial_id"].tolist() == ["0", "1", "2"]
    assert [(one.name, one.direction) for one in loaded.reading.objectives] == [("score", Direction.MAXIMIZE)]
    assert dict(loaded.reading.space) == {
        "lr": Declaration(Kind.FLOAT, 1e-4, 0.1, True),
        "units": Declaration(Kind.INT, 32.0, 128.0, False),
        "opt": Declaration(Kind.CATEGORY, levels=("sgd", "adam")),
        "momentum": Declaration(Kind.FLOAT, 0.0, 1.0, False),
    }
    table = table_of(loaded)
    assert [h.name for h in table.hyperparameters] == ["lr", "units", "opt", "momentum"]
    assert not any("was not used" in notice for notice in table.notices)


def test_a_value_whose_condition_does_not_hold_is_not_there() -> None:
    np.testing.assert_array_equal(
        of(keras_trial(0, SGD, 0.5), keras_trial(1, ADAM, 0.6)).frame["momentum"], [0.9, np.nan]
    )


def test_conditions_hang_on_each_other() -> None:
    space = [
        keras_entry("Choice", "model", values=["mlp", "cnn"], ordered=False),
        keras_entry("Boolean", "dropout", ("model", ["mlp"])),
        keras_entry("Float", "rate", ("dropout", [True]), min_value=0, max_value=1, sampling="linear"),
        # one name, two conditions, two ranges
        keras_entry("Int", "layers", ("model", ["mlp"]), min_value=1, max_value=4, sampling="linear"),
        keras_entry("Int", "layers", ("model", ["cnn"]), min_value=3, max_value=9, sampling="linear"),
    ]
    values: list[dict[str, object]] = [
        {"model": "mlp", "dropout": True, "rate": 0.5, "layers": 2},
        {"model": "mlp", "dropout": False, "rate": 0.5, "layers": 3},
        {"model": "cnn", "dropout": True, "rate": 0.5, "layers": 9},
        {"model": "cnn", "layers": 5},
    ]
    loaded = of(*(keras_trial(k, one, 0.5 + k / 10, space) for k, one in enumerate(values)))
    np.testing.assert_array_equal(loaded.frame["rate"], [0.5, np.nan, np.nan, np.nan])
    assert loaded.frame["dropout"].tolist() == ["True", "False", None, None]
    np.testing.assert_array_equal(loaded.frame["layers"], [2, 3, 9, 5])
    declared = dict(loaded.reading.space)
    assert declared["layers"] == Declaration(Kind.INT, 1.0, 9.0, False)
    assert declared["dropout"] == Declaration(Kind.BOOL, levels=("False", "True"))


def test_conditions_that_go_in_circles_end() -> None:
    space = [keras_entry("Int", "a", ("b", [1]), min_value=0, max_value=3, sampling="linear"),
             keras_entry("Int", "b", ("a", [1]), min_value=0, max_value=3, sampling="linear")]  # fmt: skip
    frame = of(keras_trial(0, {"a": 1, "b": 1}, 0.5, space), keras_trial(1, {"a": 1, "b": 2}, 0.5, space)).frame
    np.testing.assert_array_equal(frame["a"], [1, np.nan])


def test_a_net_of_conditions_ends() -> None:
    # each of 60 hangs on all others, twice: as many ways through it as no program can walk
    names = [f"h{k}" for k in range(60)]
    space = []
    for name in names:
        entry = keras_entry("Int", name, min_value=0, max_value=3, sampling="linear")
        conditions = [keras_entry("Parent", other, values=[1]) for other in names if other != name]
        entry["config"]["conditions"] = conditions
        space += [entry, entry]
    frame = of(*(keras_trial(k, dict.fromkeys(names, 1), 0.5, space) for k in range(2))).frame
    assert frame[names].notna().all(axis=None)


@pytest.mark.parametrize(
    ("entry", "values", "declared"),
    [
        (keras_entry("Float", "h", min_value=1e-3, max_value=1.0, sampling="reverse_log"), (0.5, 0.75),
         Declaration(Kind.FLOAT, 1e-3, 1.0, False)),
        (keras_entry("Float", "h", min_value=0, max_value=1, sampling=None), (0.5, 0.75),
         Declaration(Kind.FLOAT, 0.0, 1.0, False)),
        (keras_entry("Int", "h", min_value=2, max_value=32, step=2, sampling="log"), (4, 8),
         Declaration(Kind.INT, 2.0, 32.0, True)),
        (keras_entry("Choice", "h", values=[16, 64, 32], ordered=True), (32, 64),
         Declaration(Kind.ORDINAL, levels=("16", "64", "32"))),
        (keras_entry("Fixed", "h", value="x"), ("x", "x"), Declaration(Kind.CATEGORY, levels=("x",))),
        (keras_entry("Fixed", "h", value=0.5), (0.5, 0.5), Declaration(Kind.CATEGORY, levels=("0.5",))),
        (keras_entry("Odd", "h"), (1, 2), None),
    ],
)  # fmt: skip
def test_every_class_is_declared(entry: dict[str, Any], values: tuple[object, object], declared: object) -> None:
    trials = [keras_trial(k, {"h": one, "lr": 0.1 * k}, 0.5, [entry]) for k, one in enumerate(values)]
    loaded = of(*trials)
    assert dict(loaded.reading.space).get("h") == declared
    table = table_of(loaded)
    assert not any("contradict" in notice for notice in table.notices)


# ---------------------------------------------------------------- the score and its direction


def metrics(**histories: tuple[str, list[tuple[int, list[float]]]]) -> dict[str, object]:
    return {
        "metrics": {
            name: {"direction": end, "observations": [{"value": value, "step": step} for step, value in steps]}
            for name, (end, steps) in histories.items()
        }
    }


LOSS = {
    "val_loss": ("min", [(0, [0.9]), (1, [0.2, 0.4]), (2, [0.5])]),
    "acc": ("max", [(0, [0.1]), (1, [0.7]), (2, [0.8])]),
}


def test_other_metrics_are_those_of_the_best_step() -> None:
    # 0.3 is the mean over the two executions of the step in which the score is
    loaded = of(*(keras_trial(k, SGD | {"lr": k}, 0.3, metrics=metrics(**LOSS), best_step=1) for k in range(2)))
    np.testing.assert_allclose(loaded.frame["val_loss"], [0.3, 0.3], rtol=1e-12)
    np.testing.assert_array_equal(loaded.frame["acc"], [0.7, 0.7])
    assert loaded.reading.objectives[0].direction is Direction.MINIMIZE


def test_without_a_best_step_they_are_the_last() -> None:
    loaded = of(*(keras_trial(k, SGD, None, metrics=metrics(**LOSS), best_step=None) for k in range(2)))
    np.testing.assert_array_equal(loaded.frame["acc"], [0.8, 0.8])


@pytest.mark.parametrize(
    ("objective", "direction"),
    [
        ({"name": "acc", "direction": "max"}, Direction.MAXIMIZE),
        ("acc", Direction.MAXIMIZE),
        ([{"name": "a", "direction": "max"}, {"name": "b", "direction": "min"}], Direction.MINIMIZE),
        ({"name": "acc", "direction": "odd"}, None),
        (5, None),
        (None, None),
    ],
)
def test_the_objective_says_the_direction(objective: object, direction: Direction | None) -> None:
    # the score is that of none of the metrics
    trials = [keras_trial(k, SGD, 5.0, metrics=metrics(**LOSS), best_step=1) for k in range(2)]
    loaded = of(*trials, oracle__json={"objective": objective})
    assert loaded.reading.objectives[0].direction is direction


def test_a_metric_that_is_called_like_a_column_of_its_own() -> None:
    history = metrics(score=("max", [(3, [0.5])]), lr=("min", [(3, [0.25])]))
    frame = of(*(keras_trial(k, SGD, 0.5, metrics=history) for k in range(2))).frame
    np.testing.assert_array_equal(frame["metrics.score"], [0.5, 0.5])
    np.testing.assert_array_equal(frame["run_lr"], [0.25, 0.25])
    np.testing.assert_array_equal(frame["lr"], [0.1, 0.1])


# ---------------------------------------------------------------- trials that are not all alike


def test_the_notes_of_hyperband_are_no_hyperparameters() -> None:
    trials = []
    for k in range(4):
        own = {"tuner/epochs": 3 + 6 * (k % 2), "tuner/initial_epoch": 0, "tuner/bracket": 2, "tuner/round": k % 2}
        values = {"lr": [0.1, 0.1, 0.01, 0.01][k], "units": 32, "opt": "adam"} | own
        trials.append(keras_trial(k, values, 0.5 + 0.1 * k))
    loaded = of(*trials)
    assert dict(loaded.reading.contexts) == {"tuner/epochs": ContextKind.FIDELITY}
    table = table_of(loaded)
    assert [h.name for h in table.hyperparameters] == ["lr"]
    np.testing.assert_allclose(table.trials["score"], [0.6, 0.8], rtol=1e-12)


def test_trials_stand_in_the_order_in_which_they_were_started() -> None:
    trials = [keras_trial(k, SGD, 0.5 + k) for k in range(3)]
    loaded = of(*trials, oracle__json={"start_order": ["2", "0"]})
    assert loaded.frame["trial_id"].tolist() == ["2", "0", "1"]


def test_a_trial_that_failed_is_left_out_and_counted() -> None:
    failed = keras_trial(2, ADAM, None, message="Traceback\nValueError: too large\n")
    loaded = of(keras_trial(0, SGD, 0.5), keras_trial(1, ADAM, 0.6), failed)
    assert loaded.frame["status"].tolist() == ["COMPLETED", "COMPLETED", "FAILED"]
    assert loaded.frame["message"].tolist() == [None, None, "ValueError: too large"]
    assert len(table_of(loaded).trials) == 2


def test_of_several_projects_the_one_with_the_most_completed_trials_is_taken() -> None:
    files = {f"a/p/trial_{k}/trial.json": keras_trial(k, SGD, None) for k in range(5)}
    files |= {f"b/q/trial_{k}/trial.json": keras_trial(k, SGD, 0.5) for k in range(3)}
    loaded = load_opened(packed(files), Wanted(), ReadLimits())
    assert (loaded.reading.part, loaded.reading.parts) == ("b/q", ("a/p", "b/q"))
    assert "The files hold 2 studies; b/q was taken" in loaded.reading.notices[0]
    assert len(load_opened(packed(files), Wanted(study="a/p"), ReadLimits()).frame) == 5


def test_second_downloads_are_trials_too_and_files_of_others_are_not() -> None:
    trials = {"trial.json": keras_trial(0, SGD, 0.5), "trial (1).json": keras_trial(1, ADAM, 0.6)}
    loaded = load_opened(packed({"trial_2.json": keras_trial(2, SGD, 0.25), **trials}), Wanted(), ReadLimits())
    assert sorted(loaded.frame["trial_id"]) == ["0", "1", "2"]
    assert not KerasTunerReader().accepts(packed({"trial_1.json": {"lr": 0.1}, "trial.json": [1]}))
    several = lines(keras_trial(0, SGD, 0.5), keras_trial(1, ADAM, 0.6))
    assert not KerasTunerReader().accepts(Opened("trials.jsonl", several.encode()))


def test_one_trial_alone_is_no_table() -> None:
    data = json.dumps(keras_trial(0, SGD, 0.5)).encode()
    assert load(data).reading.reader == "Keras Tuner"
    with pytest.raises(TableError, match="1 row"):
        hpi.read(data)


@pytest.mark.parametrize("content", ["[]", "{}", '{"hyperparameters": {"values": 5}}', "{", "[" * 100_000])
def test_what_is_no_trial_is_refused_by_its_name(content: str) -> None:
    whole = packed({"p/trial_0/trial.json": keras_trial(0, SGD, 0.5), "p/trial_1/trial.json": content})
    with pytest.raises(TableError, match=r"p/trial_1/trial\.json"):
        load_opened(whole, Wanted(), ReadLimits())


def test_the_real_project_is_read(shared: Path) -> None:
    for folder in (shared / "exports" / "keras_tuner", shared / "exports" / "keras_tuner" / "p"):
        table = hpi.read(folder)
        assert table.direction is Direction.MINIMIZE
        raw = [json.loads(path.read_text("utf-8")) for path in sorted(folder.rglob("trial.json"))]
        assert table.frame["score"].tolist() == [trial["score"] for trial in raw]
        assert [(h.name, h.low, h.high, h.log) for h in table.hyperparameters] == [
            ("lr", 1e-4, 0.1, True), ("units", 32.0, 128.0, False), ("momentum", 0.0, 1.0, False),
        ]  # fmt: skip
        assert not any("was not used" in notice for notice in table.notices)


def test_a_search_can_be_analysed() -> None:
    rng = np.random.default_rng(4)
    trials = []
    for k in range(80):
        at, opt = rng.uniform(-4, -1), ["sgd", "adam"][int(rng.integers(2))]
        values = {"lr": 10.0**at, "units": 32 * int(rng.integers(1, 5)), "opt": opt, "momentum": rng.uniform()}
        trials.append(keras_trial(k, values, 1 - (at + 2) ** 2))
    table = table_of(of(*trials))
    result = hpi.importance(table, subspace=hpi.Subspace(target=0.2)).frame()
    assert result.loc[result["share"].idxmax(), "name"] == "lr"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10) | st.floats() | st.sampled_from(["", "lr", "min", "x" * 300]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["lr", "name"]), inner, max_size=2),
    max_leaves=6,
)


def swapped(whole: object, path: list[int], value: object) -> object:
    """The JSON with another value in some place, found by the numbers of a path."""
    if not path or not isinstance(whole, list | dict) or not whole:
        return value
    at = path[0] % len(whole)
    if isinstance(whole, list):
        return [*whole[:at], swapped(whole[at], path[1:], value), *whole[at + 1 :]]
    key = list(whole)[at]
    return {**whole, key: swapped(whole[key], path[1:], value)}


@given(st.lists(st.integers(0, 20), max_size=7), JSON)
def test_swapped_values_give_a_table_or_a_refusal(path: list[int], value: object) -> None:
    first = swapped(keras_trial(0, SGD, 0.5, KERAS_SPACE), path, value)
    try:
        table_of(of(first, keras_trial(1, ADAM, 0.6), keras_trial(2, SGD | {"lr": 0.05}, 0.7)))
    except HpiError as error:
        said = str(error)
    else:
        return
    assert said
