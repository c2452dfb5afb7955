"""BOHB's two files: one row for each budget of each configuration."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import HpiError, TableError
from hpi.readers import Opened, ReadLimits
from hpi.readers.bohb import BohbReader
from hpi.readers.loading import load, load_opened
from hpi.readers.protocol import Loaded, Wanted
from hpi.roles.choices import Declaration
from hpi.roles.vocabulary import ContextKind, Direction
from hpi.space import Kind
from hpi.table import build
from tests.readers.stored_studies import SPACE, bohb_result, lines, packed

CONFIGS = [
    [[0, 0, 0], {"lr": 0.1, "opt": "sgd"}, {"model_based_pick": False}],
    [[0, 0, 1], {"lr": 0.01, "opt": "adam"}, {"model_based_pick": True}],
    [[1, 0, 0], {"lr": 0.001, "opt": "sgd"}],
]
RESULTS = [
    bohb_result([0, 0, 0], 3.0, 0.5),
    bohb_result([0, 0, 1], 3.0, 0.25),
    bohb_result([0, 0, 1], 9.0, 0.125),
    bohb_result([1, 0, 0], 9.0, None),
]


def of(results: list[list[object]] = RESULTS, configs: list[list[object]] = CONFIGS, **files: object) -> Loaded:
    beside = {name.replace("__", "."): content for name, content in files.items()}
    whole = packed({"run/results.json": lines(*results), "run/configs.json": lines(*configs), **beside})
    return load_opened(whole, Wanted(), ReadLimits())


def test_every_budget_of_every_configuration_is_a_row() -> None:
    loaded = of()
    frame = loaded.frame
    assert list(frame.columns) == [
        "config_id", "lr", "opt", "budget", "loss", "duration_s", "model_based_pick", "exception", "state"
    ]  # fmt: skip
    assert frame["config_id"].tolist() == ["0-0-0", "0-0-1", "0-0-1", "1-0-0"]
    np.testing.assert_array_equal(frame["lr"], [0.1, 0.01, 0.01, 0.001])
    assert frame["opt"].tolist() == ["sgd", "adam", "adam", "sgd"]
    np.testing.assert_array_equal(frame["budget"], [3, 3, 9, 9])
    np.testing.assert_array_equal(frame["loss"], [0.5, 0.25, 0.125, np.nan])
    np.testing.assert_array_equal(frame["duration_s"], [2.5] * 4)
    assert frame["model_based_pick"].tolist() == ["False", "True", "True", None]
    assert frame["state"].tolist() == ["finished", "finished", "finished", "crashed"]
    assert frame["exception"].tolist() == [None, None, None, "ValueError: out of memory"]


def test_the_loss_is_minimized_and_the_largest_budget_counts() -> None:
    loaded = of()
    assert [(one.name, one.direction) for one in loaded.reading.objectives] == [("loss", Direction.MINIMIZE)]
    assert dict(loaded.reading.contexts) == {"budget": ContextKind.FIDELITY}
    table = build(loaded.frame, loaded.name, reading=loaded.reading)
    assert table.trials["loss"].tolist() == [0.5, 0.125]
    assert [h.name for h in table.hyperparameters] == ["lr", "opt"]


def test_a_space_beside_it_is_used() -> None:
    assert of().reading.space == ()
    assert dict(of(configspace__json=SPACE).reading.space)["lr"] == Declaration(Kind.FLOAT, 1e-4, 1.0, True)


def test_one_file_alone_is_refused_with_what_to_do() -> None:
    for content in (lines(*RESULTS), lines(*CONFIGS)):
        with pytest.raises(TableError, match=r"zip results\.json together with configs\.json"):
            load(content.encode())


def test_a_last_line_that_is_not_whole_is_left_out_and_another_is_refused() -> None:
    whole = lines(*RESULTS)
    assert len(_read(whole + '[[1, 0, 1], 9.0, {"subm').frame) == 4
    with pytest.raises(TableError, match=r"results\.json, line 1 is no whole JSON"):
        _read('[[0, 0, 0], 3.0, {"subm\n' + whole)
    with pytest.raises(TableError, match=r"results\.json, line 5 is no list of 5 values"):
        _read(whole + "[1, 2]\n" + whole)


def _read(results: str, configs: str = lines(*CONFIGS)) -> Loaded:
    return load_opened(packed({"results.json": results, "configs.json": configs}), Wanted(), ReadLimits())


def test_files_of_others_are_left_to_other_readers() -> None:
    assert not BohbReader().accepts(packed({"results.json": [{"lr": 1}], "configs.json": [{"lr": 1}]}))
    assert not BohbReader().accepts(Opened("a.json", b"[[1, 2, 3], [4, 5, 6]]"))
    assert not BohbReader().accepts(packed({"a/results.json": lines(*RESULTS), "b/configs.json": lines(*CONFIGS)}))


def test_no_results_and_unknown_configurations() -> None:
    with pytest.raises(TableError, match="holds no results"):
        _read("")
    loaded = of([*RESULTS, bohb_result([7, 0, 0], 9.0, 0.5)])
    assert "1 run of a configuration that is not in configs.json: left out." in loaded.reading.notices


def test_of_several_searches_the_one_with_the_most_finished_runs_is_taken() -> None:
    files: dict[str, object] = {}
    for name, results in (("a", RESULTS[:1]), ("b", RESULTS)):
        files |= {f"{name}/results.json": lines(*results), f"{name}/configs.json": lines(*CONFIGS)}
    loaded = load_opened(packed(files), Wanted(), ReadLimits())
    assert (loaded.reading.part, loaded.reading.parts) == ("b", ("a", "b"))
    assert len(load_opened(packed(files), Wanted(study="a"), ReadLimits()).frame) == 1


def test_a_search_can_be_analysed(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    configs: list[list[object]] = []
    results: list[list[object]] = []
    for k in range(80):
        at = rng.uniform(-4, 0)
        configs.append([[k, 0, 0], {"lr": 10.0**at, "noise": rng.uniform()}, {"model_based_pick": k > 9}])
        results.append(bohb_result([k, 0, 0], 1.0, (at + 2) ** 2 + 1.0))
        if k % 3 == 0:
            results.append(bohb_result([k, 0, 0], 3.0, (at + 2) ** 2))
    (tmp_path / "results.json").write_text(lines(*results), "utf-8")
    (tmp_path / "configs.json").write_text(lines(*configs), "utf-8")
    table = hpi.read(tmp_path)
    assert len(table.trials) == 80
    result = hpi.importance(table, subspace=hpi.Subspace(target=0.2)).frame()
    assert result.loc[result["share"].idxmax(), "name"] == "lr"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10) | st.floats() | st.sampled_from(["", "lr", "x" * 300]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["lr", "loss"]), inner, max_size=2),
    max_leaves=6,
)


@given(st.booleans(), st.integers(0, 3), st.integers(0, 5), JSON)
def test_swapped_values_give_a_table_or_a_refusal(in_results: bool, line: int, field: int, value: object) -> None:
    results, configs = json.loads(json.dumps(RESULTS)), json.loads(json.dumps(CONFIGS))
    rows = results if in_results else configs
    row = rows[line % len(rows)]
    row[field % len(row)] = value
    whole: Opened = packed({"results.json": lines(*results), "configs.json": lines(*configs)})
    try:
        loaded = load_opened(whole, Wanted(), ReadLimits())
        build(loaded.frame, loaded.name, reading=loaded.reading)
    except HpiError as error:
        said = str(error)
    else:
        return
    assert said
