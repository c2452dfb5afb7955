"""Objects in cells: opened into columns where that says something new, left alone where it does not."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.readers import ReadLimits, read
from hpi.readers.literals import MAX_LITERALS, MAX_OBJECT, Objects
from hpi.readers.nested import flattened

N = 30
RNG = np.random.default_rng(3)
CONFIGS = [
    {"lr": float(10 ** RNG.uniform(-4, -1)), "depth": int(RNG.integers(1, 9)),
     "opt": str(RNG.choice(["adam", "sgd"])), "net": {"width": int(RNG.integers(8, 64))}, "layers": [1, i % 3]}
    for i in range(N)
]  # fmt: skip
LOSS = RNG.random(N)
KEYS = ["lr", "depth", "opt", "net.width", "layers"]
FLAT = pd.DataFrame(
    {"lr": [c["lr"] for c in CONFIGS], "depth": [c["depth"] for c in CONFIGS], "opt": [c["opt"] for c in CONFIGS],
     "net.width": [c["net"]["width"] for c in CONFIGS], "layers": [f"[1,{i % 3}]" for i in range(N)]}
)  # fmt: skip


def opened(frame: pd.DataFrame, limits: ReadLimits | None = None) -> tuple[pd.DataFrame, list[str]]:
    return flattened(frame, limits or ReadLimits())


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


WRITTEN = {
    "JSON": [json.dumps(config) for config in CONFIGS],
    "indented JSON": [json.dumps(config, indent=1) for config in CONFIGS],
    "Python": [str(config) for config in CONFIGS],
    "objects": CONFIGS,
}


@pytest.mark.parametrize("how", WRITTEN)
def test_objects_become_columns_in_their_place(how):
    frame, notices = opened(pd.DataFrame({"id": range(N), "config": WRITTEN[how], "loss": LOSS}))
    assert list(frame.columns) == ["id", *(f"config.{key}" for key in KEYS), "loss"]
    expected = FLAT.rename(columns="config.{}".format)
    pd.testing.assert_frame_equal(frame[list(expected.columns)], expected, check_column_type=False)
    assert notices == [
        "config held an object in every row; it became 5 columns: config.lr, config.depth, config.opt, "
        "config.net.width, config.layers."
    ]


@pytest.mark.parametrize("name", ["config", "params", "hyperparameters", "parameters", "hparams"])
def test_the_keys_are_hyperparameters_where_nothing_else_is(name):
    table = read(csv(pd.DataFrame({name: WRITTEN["JSON"], "loss": LOSS, "duration": RNG.random(N)})))
    assert table.metric == "loss"
    assert {h.name for h in table.hyperparameters} == {f"{name}.{key}" for key in KEYS}
    assert any(notice.startswith(f"{name} held an object") for notice in table.notices)


def test_the_frame_that_the_wandb_api_gives_is_understood():
    summary = [{"acc": float(loss), "_runtime": 3.5, "_wandb": {"runtime": 3}} for loss in LOSS]
    frame = pd.DataFrame({"summary": summary, "config": CONFIGS, "name": [f"run-{i}" for i in range(N)]})
    for source in (frame, csv(frame)):
        table = read(source)
        assert table.metric == "summary.acc"
        assert {h.name for h in table.hyperparameters} == {f"config.{key}" for key in KEYS}


def test_hyperopts_trials_are_understood():
    trials = [
        {"tid": i, "state": 2, "result": {"loss": float(LOSS[i]), "status": "ok"},
         "misc": {"tid": i, "cmd": ["x"], "vals": {"lr": [config["lr"]], "depth": [config["depth"]]}}}
        for i, config in enumerate(CONFIGS)
    ]  # fmt: skip
    table = read(csv(pd.DataFrame(trials)))
    assert table.metric == "result.loss"
    assert {h.name for h in table.hyperparameters} == {"misc.vals.lr", "misc.vals.depth"}


def test_numbers_of_numpy_and_nan_are_read_as_pandas_wrote_them():
    configs = [{"lr": np.float64(0.1), "n": np.int64(3), "x": float("nan"), "y": np.float32("nan"), "s": "np.int64(1)"}]
    assert "np.float64(0.1)" in str(configs[0])
    frame, _ = opened(pd.DataFrame({"config": [str(configs[0])], "loss": [1]}))
    assert frame["config.lr"].tolist() == [0.1]
    assert frame["config.n"].tolist() == [3]
    assert frame[["config.x", "config.y"]].isna().all(axis=None)
    assert frame["config.s"].tolist() == ["np.int64(1)"]
    words = "{'a': inf, 'b': -inf, 'c': 'nan', 'd': True, 'e': None, 'f': 'True'%s}"
    expected = {"a": np.inf, "b": -np.inf, "c": "nan", "d": True, "e": None, "f": "True"}
    assert Objects().of(words % "") == expected
    assert Objects().of(words % ", 'g': (1, 'None')") == expected | {"g": (1, "None")}


def test_empty_cells_stay_empty():
    frame, notices = opened(pd.DataFrame({"config": ["", '{"lr": 1}', None, " ", '{"wd": 2}'], "loss": range(5)}))
    assert frame["config.lr"].tolist()[1] == 1
    assert frame["config.lr"].isna().tolist() == [True, False, True, True, True]
    assert frame["config.wd"].isna().tolist() == [True, True, True, True, False]
    assert notices[0].startswith("config held an object in 2 of 5 rows; it became 2 columns")


def test_a_column_that_is_empty_for_long_is_opened_too():
    for cell, dtype in (('{"lr": 1}', "str"), ('{"lr": 1}', object), ({"lr": 1}, object)):
        for empty in (None, "", " "):
            config = pd.Series([empty] * 5_000 + [cell] * 5, dtype=dtype)
            frame, _ = opened(pd.DataFrame({"config": config, "loss": range(5_005)}))
            assert int(frame["config.lr"].notna().sum()) == 5


@pytest.mark.parametrize("cell", [7, "x", [1], np.array([1, 2]), b"{}", ("a",)], ids=repr)
def test_a_column_of_anything_else_that_is_empty_for_long_stays(cell):
    frame = pd.DataFrame({"config": pd.Series([None] * 2_000 + [cell], dtype=object), "loss": range(2_001)})
    assert opened(frame)[0] is frame


def test_one_index_stays_the_index():
    frame = pd.DataFrame({"config": WRITTEN["JSON"][:3], "loss": LOSS[:3]}, index=[7, 3, 9])
    assert opened(frame)[0].index.tolist() == [7, 3, 9]


# ---------------------------------------------------------------- left alone

SAME = {
    "scikit-learn": ("params", "param_{}"),
    "MLflow": ("config", "params.{}"),
    "Ray": ("config", "config/{}"),
    "bare": ("config", "{}"),
    "its own name": ("search point", "search point_{}"),
}


@pytest.mark.parametrize("case", SAME)
def test_a_column_whose_keys_are_columns_already_stays(case):
    name, mark = SAME[case]
    flat = {mark.format(key): [c[key] for c in CONFIGS] for key in ("lr", "depth", "opt")}
    cells = [str({key: c[key] for key in ("lr", "depth", "opt")}) for c in CONFIGS]
    frame = pd.DataFrame({name: cells, **flat, "loss": LOSS})
    after, notices = opened(frame)
    assert after is frame
    assert notices == []


@pytest.mark.parametrize(
    "name", ["system_attrs_tpe:relative_params:0", "user_attrs_x", "misc.vals", "intermediate", "system_attrs"]
)
def test_what_exports_write_beside_their_columns_stays(name):
    frame = pd.DataFrame({name: WRITTEN["JSON"], "loss": LOSS})
    assert opened(frame)[0] is frame


@pytest.mark.parametrize(
    "cells",
    [
        ['{"lr": 1}', "{lr: 1}"],
        ['{"lr": 1}', "7"],
        ["{1, 2}", "{3}"],
        ["{}", "{}"],
        ["[1]", "[2]"],
        ["{'a': RandomForest(max_depth=3)}"] * 2,
        ["{'a': __import__('os').system('false')}"] * 2,
        ["{" * 5_000 + "}" * 5_000] * 2,
        ['{"a":' * 3_000 + "1" + "}" * 3_000] * 2,
        ["{'a':" * 90 + "1" + "}" * 90] * 2,
        ['{"a": "' + "x" * MAX_OBJECT + '"}'] * 2,
        ['{"a": ' + "9" * 5_000 + "}"] * 2,
        ["{'a': 1 + 2}", "{'a': 2}"],
        ["{**{'a': 1}}"] * 2,
    ],
    ids=lambda cells: cells[0][:20],
)
def test_what_is_not_an_object_in_every_cell_stays(cells):
    frame = pd.DataFrame({"config": cells, "loss": [1, 2]})
    after, notices = opened(frame)
    assert after["config"].tolist() == cells
    assert notices == []


def test_a_name_that_is_there_already_is_not_covered():
    frame = pd.DataFrame({"config": ['{"a": 1, "b": 2}'], "config.a": [3], "loss": [1]})
    assert opened(frame)[0] is frame


def test_too_many_keys_leave_the_column_as_it_is_and_say_so():
    frame = pd.DataFrame({"log": [json.dumps({f"step_{i}": 1}) for i in range(20)], "loss": range(20)})
    after, notices = opened(frame, ReadLimits(columns=10))
    assert list(after.columns) == ["log", "loss"]
    assert len(notices) == 1
    assert "log holds objects that were left as they are" in notices[0]
    assert "10" in notices[0]


def test_there_are_columns_for_all_columns_or_for_none():
    frame = pd.DataFrame({"a": ['{"x": 1, "y": 2}'] * 3, "b": ['{"x": 1, "y": 2}'] * 3, "loss": range(3)})
    for limits in (ReadLimits(columns=4), ReadLimits(cells=12)):
        after, notices = opened(frame, limits)
        assert list(after.columns) == ["a.x", "a.y", "b", "loss"]
        assert notices[0].startswith("a held an object")
        assert notices[1].startswith("b holds objects that were left as they are")
    assert opened(frame, ReadLimits(columns=5))[0].shape == (3, 5)


def test_the_work_of_parsing_what_is_no_json_has_a_limit():
    cells = [str({"a": ("x" * (MAX_OBJECT // 2), i)}) for i in range(2 * MAX_LITERALS // MAX_OBJECT + 1)]
    frame = pd.DataFrame({"config": cells, "loss": range(len(cells))})
    after, notices = opened(frame)
    assert list(after.columns) == ["config", "loss"]
    assert "5,000,000 characters" in notices[0]
    assert "JSON" in notices[0]
    assert list(opened(frame[:5])[0].columns) == ["config.a", "loss"]


@pytest.mark.parametrize("cell", ["{'a': 0x" + "f" * 9_000 + "}", "{'a': (1, 0x" + "f" * 9_000 + ")}"])
def test_a_number_of_too_many_digits_leaves_the_column_as_it_is(cell):
    after, notices = opened(pd.DataFrame({"config": [cell] * 2, "loss": [1, 2]}))
    assert after["config"].tolist() == [cell] * 2
    assert "too many digits" in notices[0]


def test_a_list_that_holds_itself_is_no_end():
    around: list[object] = []
    around.append(around)
    frame, _ = opened(pd.DataFrame({"config": [{"a": around, "b": {(1, 2): 3}}] * 2, "loss": [1, 2]}))
    assert frame["config.a"].tolist() == ["[[...]]"] * 2
    assert frame["config.b.(1, 2)"].tolist() == [3, 3]


def test_a_frame_without_objects_comes_back_itself():
    frame = pd.DataFrame({"lr": [0.1, 0.2], "opt": ["adam", "{sgd"], "flag": [True, False]})
    assert opened(frame)[0] is frame


# ---------------------------------------------------------------- whatever is in a cell

SCALARS = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(max_size=4)
OBJECTS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), SCALARS, min_size=1, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("xyz"), inner, min_size=1, max_size=2),
    max_leaves=4,
)


def leaves(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        return {name: value}
    return {key: one for inner, cell in value.items() for key, one in leaves(cell, f"{name}.{inner}").items()}


@pytest.mark.parametrize("write", [json.dumps, str], ids=["JSON", "Python"])
@given(objects=st.lists(OBJECTS, min_size=1, max_size=6))
def test_no_row_and_no_value_is_lost(write, objects):
    frame, _ = opened(pd.DataFrame({"config": [write(one) for one in objects], "loss": range(len(objects))}))
    assert frame["loss"].tolist() == list(range(len(objects)))
    for row, one in enumerate(objects):
        for name, value in leaves(one, "config").items():
            cell = frame[name].iloc[row]
            if value is None:
                assert pd.isna(cell)
            elif isinstance(cell, str):
                assert cell == (value if isinstance(value, str) else str(value)).encode("utf-8", "replace").decode()
            else:
                assert cell == value


@given(st.lists(st.text(alphabet="{}[]'\":,.ab1-\\ n", max_size=20).map(lambda text: "{" + text + "}"), min_size=1))
def test_whatever_stands_between_braces_no_row_is_lost(cells):
    frame, _ = opened(pd.DataFrame({"config": cells, "loss": range(len(cells))}))
    assert frame["loss"].tolist() == list(range(len(cells)))


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.integers() | st.floats(allow_nan=False)))
def test_an_object_is_what_python_says_it_is(value):
    assert Objects().of(str(value)) == value
