"""SMAC's run histories: both versions, what configspace.json declares, what every run says."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import HpiError, TableError
from hpi.readers import Opened, ReadLimits
from hpi.readers.loading import load, load_opened
from hpi.readers.protocol import Loaded, Wanted
from hpi.roles.choices import Declaration
from hpi.roles.vocabulary import ContextKind, Direction, Role
from hpi.space import Kind
from hpi.table import TrialTable, build
from tests.readers.stored_studies import CONFIGS, SPACE, packed, run_history, smac, smac_run

LR = Declaration(Kind.FLOAT, 1e-4, 1.0, True)
DEPTH = Declaration(Kind.INT, 1.0, 8.0, False)
OPT = Declaration(Kind.CATEGORY, levels=("sgd", "adam"))


def of(data: list[object], study: str | None = None, **files: object) -> Loaded:
    """The runs, with the files that stand beside them."""
    beside = {name.replace("__", "."): content for name, content in files.items()}
    whole = packed({"runhistory.json": run_history(data), **beside})
    return load_opened(whole, Wanted(study=study), ReadLimits())


def table_of(loaded: Loaded) -> TrialTable:
    return build(loaded.frame, loaded.name, reading=loaded.reading)


def zipped(opened: Opened) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        assert opened.files is not None
        for name in opened.files.sizes:
            archive.writestr(name, opened.files.read(name))
    return buffer.getvalue()


class TestARun:
    def test_has_its_configuration_and_what_was_noted(self) -> None:
        loaded = load_opened(smac(), Wanted(), ReadLimits())
        assert list(loaded.frame.columns) == [
            "config_id", "lr", "depth", "opt", "momentum", "seed", "cost", "time", "cpu_time", "status",
            "starttime", "endtime", "origin",
        ]  # fmt: skip
        np.testing.assert_array_equal(loaded.frame["lr"], [0.1, 0.01, 0.001])
        np.testing.assert_array_equal(loaded.frame["momentum"], [0.9, np.nan, 0.5])
        np.testing.assert_array_equal(loaded.frame["cost"], [0.3, 0.2, 0.1])
        assert loaded.frame["status"].tolist() == ["SUCCESS"] * 3
        assert loaded.frame["origin"].tolist() == ["Initial Design: Sobol"] * 3
        assert loaded.reading.notices == ()

    def test_says_what_is_what(self) -> None:
        reading = load_opened(smac(), Wanted(), ReadLimits()).reading
        assert [(one.name, one.direction) for one in reading.objectives] == [("cost", Direction.MINIMIZE)]
        assert dict(reading.contexts) == {"seed": ContextKind.REPEAT}
        assert dict(reading.space) == {
            "lr": LR, "depth": DEPTH, "opt": OPT, "momentum": Declaration(Kind.FLOAT, 0.0, 1.0, False)
        }  # fmt: skip
        assert (reading.part_is, reading.part) == ("study", "run/0")

    def test_is_read_from_a_zip(self) -> None:
        table = hpi.read(zipped(smac()))
        assert [h.name for h in table.hyperparameters] == ["lr", "depth", "opt", "momentum"]
        assert not any("was not used" in notice for notice in table.notices)

    def test_that_failed_is_left_out_and_counted(self) -> None:
        # the numbers of SMAC's StatusType
        said = {2: "TIMEOUT", 3: "CRASHED", 4: "ABORTED", 5: "MEMORYOUT", 6: "DONOTADVANCE", 7: "STOPPED", 8: "RUNNING"}
        data: list[object] = [smac_run(1, 0.3), smac_run(2, 0.2), smac_run(3, 0.1)]
        data += [smac_run(1, 2147483647.0, status, seed=status) for status in said]
        table = table_of(of(data))
        assert table.frame["status"].tolist() == ["SUCCESS"] * 3 + list(said.values())
        assert table.trials["cost"].tolist() == [0.3, 0.2, 0.1]
        assert sum(n for _, n in table.excluded) == 7


def test_seeds_and_instances_repeat_a_configuration_and_budgets_do_not() -> None:
    data: list[object] = []
    for config in (1, 2, 3):
        for seed in (7, 8):
            data += [smac_run(config, 0.5 + 0.1 * config, budget=budget, seed=seed) for budget in (1.0, 9.0)]
    loaded = of(data)
    kinds = {"seed": ContextKind.REPEAT, "budget": ContextKind.FIDELITY}
    assert dict(loaded.reading.contexts) == kinds
    table = table_of(loaded)
    assert len(table.trials) == 3
    assert table.n_repeats.tolist() == [2, 2, 2]
    assert dict(table.excluded)["a smaller budget of the same configuration"] == 6


# ---------------------------------------------------------------- other versions

MOMENTS = [0.0, 1.0, {}]


@pytest.mark.parametrize(
    "data",
    [
        # 2.0 to 2.2
        [[1, None, 7, None, 0.3, 0.5, 1, *MOMENTS], [2, None, 7, None, 0.2, 0.5, 3, *MOMENTS]],
        # 2.1 on, with the time of the processor
        [[1, None, 7, None, 0.3, 0.5, 0.1, 1, *MOMENTS], [2, None, 7, None, 0.2, 0.5, 0.1, 3, *MOMENTS]],
        # 1.x
        [
            [[1, None, 7, 0], [0.3, 0.5, {"__enum__": "StatusType.SUCCESS"}, *MOMENTS]],
            [[2, None, 7, 0], [0.2, 0.5, {"__enum__": "StatusType.CRASHED"}, *MOMENTS]],
        ],
        # 0.x
        [
            [[1, None, 7], [0.3, 0.5, {"__enum__": "StatusType.SUCCESS"}, {}]],
            [[2, None, 7], [0.2, 0.5, {"__enum__": "StatusType.CRASHED"}, {}]],
        ],
    ],
    ids=["2.0", "2.1", "1.x", "0.x"],
)
def test_runs_that_are_lists_are_read(data: list[object]) -> None:
    frame = of(data).frame
    np.testing.assert_array_equal(frame["cost"], [0.3, 0.2])
    np.testing.assert_array_equal(frame["time"], [0.5, 0.5])
    np.testing.assert_array_equal(frame["seed"], [7, 7])
    np.testing.assert_array_equal(frame["depth"], [3, 5])
    assert frame["status"].tolist() == ["SUCCESS", "CRASHED"]
    assert "budget" not in frame.columns


@pytest.mark.parametrize("run", [[1, 2, 3], [[1, None, 7, 0], [0.3]], 5, "x", None])
def test_a_run_of_no_version_is_refused_with_its_number(run: object) -> None:
    with pytest.raises(TableError, match=r"runhistory\.json: run 2 has fields that no version"):
        of([smac_run(1, 0.5), run])


def test_the_status_of_version_1_has_other_words() -> None:
    data: list[object] = []
    for config, word in enumerate(["SUCCESS", "MEMOUT", "ABORT"], 1):
        data.append([[config, None, 7, 0], [0.3, 0.5, {"__enum__": f"StatusType.{word}"}, *MOMENTS]])
    assert of(data).frame["status"].tolist() == ["SUCCESS", "MEMORYOUT", "ABORTED"]


# ---------------------------------------------------------------- what is declared

TYPES: dict[str, tuple[dict[str, object], object, Declaration | None]] = {
    "uniform_float": ({"lower": 0.0, "upper": 2.0, "log": False}, 0.5, Declaration(Kind.FLOAT, 0.0, 2.0, False)),
    "uniform_int": ({"lower": 1, "upper": 9, "log": True}, 2, Declaration(Kind.INT, 1.0, 9.0, True)),
    "normal_float": ({"mu": 1.0, "sigma": 2.0, "lower": 0.0, "upper": 2.0, "log": False}, 0.5,
                     Declaration(Kind.FLOAT, 0.0, 2.0, False)),
    "normal_int": ({"mu": 1.0, "sigma": 2.0, "log": False}, 2, Declaration(Kind.INT, log=False)),
    "beta_float": ({"alpha": 1, "beta": 2, "lower": 0.0, "upper": 2.0}, 0.5, Declaration(Kind.FLOAT, 0.0, 2.0, False)),
    "categorical": ({"choices": ["a", "b"], "weights": None}, "a", Declaration(Kind.CATEGORY, levels=("a", "b"))),
    "ordinal": ({"sequence": ["s", "m", "l"]}, "m", Declaration(Kind.ORDINAL, levels=("s", "m", "l"))),
    "constant": ({"value": 5}, 5, Declaration(Kind.CATEGORY, levels=("5",))),
    "unparametrized": ({"value": "x"}, "x", Declaration(Kind.CATEGORY, levels=("x",))),
    "odd": ({}, 1, None),
}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_hyperparameter_is_declared(kind: str) -> None:
    fields, value, declared = TYPES[kind]
    configs = {"1": {"h": value, "lr": 0.1}, "2": {"h": value, "lr": 0.2}}
    space = {"hyperparameters": [{"type": kind, "name": "h", **fields}]}
    files = {"runhistory.json": run_history([smac_run(1, 0.5), smac_run(2, 0.6)], configs), "configspace.json": space}
    loaded = load_opened(packed(files), Wanted(), ReadLimits())
    assert dict(loaded.reading.space).get("h") == declared
    table = table_of(loaded)
    assert not any("was not used: " in notice or "contradict" in notice for notice in table.notices)


def test_booleans_and_numbers_among_choices_are_levels() -> None:
    configs = {str(k): {"flag": bool(k % 2), "size": [16, 32][k % 2]} for k in range(1, 5)}
    hyperparameters = [
        {"type": "categorical", "name": "flag", "choices": [True, False]},
        {"type": "categorical", "name": "size", "choices": [16, 32, 64]},
    ]
    files = {
        "runhistory.json": run_history([smac_run(k, 0.1 * k) for k in range(1, 5)], configs),
        "configspace.json": {"hyperparameters": hyperparameters},
    }
    table = table_of(load_opened(packed(files), Wanted(), ReadLimits()))
    assert [(h.name, h.kind, h.levels) for h in table.hyperparameters] == [
        ("flag", Kind.BOOL, ("True", "False")),
        ("size", Kind.CATEGORY, ("16", "32", "64")),
    ]


def test_a_run_history_alone_is_read_without_a_space() -> None:
    data = json.dumps(run_history([smac_run(1, 0.3), smac_run(2, 0.2), smac_run(3, 0.1)])).encode()
    loaded = load(data)
    assert loaded.reading.reader == "SMAC run history"
    assert loaded.reading.space == ()
    assert "came alone; zip it together with the configspace.json" in loaded.reading.notices[0]
    table = hpi.read(data)
    assert [h.name for h in table.hyperparameters] == ["lr", "depth", "opt", "momentum"]


def test_a_hyperparameter_that_is_called_like_a_note_keeps_its_name() -> None:
    configs = {"1": {"seed": 1, "time": 0.5, "cost": 2}, "2": {"seed": 2, "time": 0.25, "cost": 3}}
    files = {"runhistory.json": run_history([smac_run(1, 0.5), smac_run(2, 0.6)], configs)}
    loaded = load_opened(packed(files), Wanted(), ReadLimits())
    np.testing.assert_array_equal(loaded.frame["seed"], [1, 2])
    np.testing.assert_array_equal(loaded.frame["run_seed"], [7, 7])
    np.testing.assert_array_equal(loaded.frame["run_cost"], [0.5, 0.6])
    assert loaded.reading.objectives[0].name == "run_cost"
    assert dict(loaded.reading.contexts) == {"run_seed": ContextKind.REPEAT}
    assert {name for name, role in loaded.reading.roles if role is Role.HYPERPARAMETER} == {"seed", "time", "cost"}
    assert {h.name for h in table_of(loaded).hyperparameters} == {"seed", "time", "cost"}


def test_several_objectives_have_the_names_of_the_scenario() -> None:
    data: list[object] = [smac_run(1, [0.3, 9.0]), smac_run(2, [0.2, 8.0]), smac_run(3, [0.1, 7.0])]
    assert [one.name for one in of(data).reading.objectives] == ["cost_0", "cost_1"]
    named = of(data, scenario__json={"objectives": ["error", "seconds"]})
    assert [(one.name, one.direction) for one in named.reading.objectives] == [
        ("error", Direction.MINIMIZE),
        ("seconds", Direction.MINIMIZE),
    ]
    np.testing.assert_array_equal(named.frame["seconds"], [9.0, 8.0, 7.0])
    for odd in (["error"], ["error", "error"], ["error", "time"], "error", [1, 2], None):
        assert [one.name for one in of(data, scenario__json={"objectives": odd}).reading.objectives][0] == "cost_0"


# ---------------------------------------------------------------- several runs, broken files


def test_of_several_runs_the_one_with_the_most_successes_is_taken() -> None:
    files: dict[str, object] = {"out/configspace.json": SPACE}
    for folder, runs in (("a/0", [1]), ("a/1", [1, 2, 3]), ("b", [1, 2])):
        files[f"out/{folder}/runhistory.json"] = run_history([smac_run(k, 0.1 * k) for k in runs])
    whole = packed(files)
    loaded = load_opened(whole, Wanted(), ReadLimits())
    assert loaded.reading.part == "out/a/1"
    assert loaded.reading.notices == (
        "The files hold 3 studies; out/a/1 was taken, as it has the most successful runs; the others: out/a/0, out/b.",
    )
    assert dict(loaded.reading.space)["lr"] == LR
    assert len(load_opened(whole, Wanted(study="out/b"), ReadLimits()).frame) == 2
    with pytest.raises(TableError, match="no study 'c'"):
        load_opened(whole, Wanted(study="c"), ReadLimits())


def test_second_downloads_are_found_by_their_names() -> None:
    history = run_history([smac_run(1, 0.1), smac_run(2, 0.2)])
    files = {"runhistory (1).json": history, "configspace (3).json": SPACE}
    loaded = load_opened(packed(files), Wanted(), ReadLimits())
    assert (len(loaded.frame), dict(loaded.reading.space)["lr"]) == (2, LR)


def test_the_nearest_space_is_taken() -> None:
    far = {"hyperparameters": [SPACE["hyperparameters"][0] | {"upper": 0.5}]}  # type: ignore[index]
    history = run_history([smac_run(1, 0.1), smac_run(2, 0.2)])
    files = {"configspace.json": far, "a/runhistory.json": history, "a/configspace.json": SPACE}
    assert dict(load_opened(packed(files), Wanted(), ReadLimits()).reading.space)["lr"] == LR
    files = {"other/configspace.json": SPACE, "a/runhistory.json": history}
    assert dict(load_opened(packed(files), Wanted(), ReadLimits()).reading.space)["lr"] == LR


def test_runs_of_unknown_configurations_are_left_out_and_counted() -> None:
    loaded = of([smac_run(1, 0.3), smac_run(9, 0.2), smac_run(2, 0.1)])
    assert len(loaded.frame) == 2
    assert "1 run of a configuration that is not in the file: left out." in loaded.reading.notices


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "no run history of SMAC"),
        ('{"data": {}, "configs": {}}', "no run history of SMAC"),
        ('{"data": [], "configs": {}}', "holds no runs"),
        ('{"data": [', "no whole JSON"),
        ("[" * 100_000, "nested too deeply|no whole JSON"),
        ('{"data": ' + "9" * 5000 + "}", "too many digits"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_run_history_is_refused(content: str, said: str) -> None:
    with pytest.raises(TableError, match=said):
        load_opened(packed({"runhistory.json": content}), Wanted(), ReadLimits())


def test_limits_are_held() -> None:
    with pytest.raises(TableError, match=r"3 rows; at most 2 are read \(HPI_READ_ROWS\)"):
        load_opened(smac(), Wanted(), ReadLimits(rows=2))


def test_the_real_run_is_read(shared: Path) -> None:
    folder = shared / "exports" / "smac"
    table = hpi.read(folder)
    raw = json.loads(next(folder.rglob("runhistory.json")).read_text("utf-8"))
    assert table.trials["cost"].tolist() == [run["cost"] for run in raw["data"]]
    assert (table.metric, table.direction) == ("cost", Direction.MINIMIZE)
    assert [(h.name, h.low, h.high, h.log) for h in table.hyperparameters if h.is_numeric] == [
        ("depth", 1.0, 8.0, False), ("lr", 0.0001, 0.1, True), ("momentum", 0.0, 1.0, False),
    ]  # fmt: skip
    assert not any("was not used" in notice for notice in table.notices)
    adam = (table.frame["opt"] == "adam").to_numpy()
    np.testing.assert_array_equal(table.frame["momentum"].isna(), adam)


def test_a_search_can_be_analysed() -> None:
    rng = np.random.default_rng(2)
    configs: dict[str, Mapping[str, object]] = {}
    data: list[object] = []
    for k in range(1, 81):
        at, opt = rng.uniform(-4, 0), ["sgd", "adam"][int(rng.integers(2))]
        configs[str(k)] = {"lr": 10.0**at, "depth": int(rng.integers(1, 9)), "opt": opt}
        data.append(smac_run(k, (at + 2) ** 2 + 0.01 * rng.normal()))
    files = {"runhistory.json": run_history(data, configs), "configspace.json": SPACE}
    table = hpi.read(zipped(packed(files)))
    result = hpi.importance(table, subspace=hpi.Subspace(target=0.2)).frame()
    assert result.loc[result["share"].idxmax(), "name"] == "lr"


# ---------------------------------------------------------------- of any file

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10) | st.floats() | st.sampled_from(["", "lr", "1", "x" * 300]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["lr", "1", "name"]), inner, max_size=2)
    ),
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


@given(st.sampled_from(["runhistory.json", "configspace.json"]), st.lists(st.integers(0, 20), max_size=5), JSON)
def test_swapped_values_give_a_table_or_a_refusal(name: str, path: list[int], value: object) -> None:
    data: list[object] = [smac_run(1, 0.3), smac_run(2, 0.2), smac_run(3, 0.1)]
    files: dict[str, object] = {"runhistory.json": run_history(data, CONFIGS), "configspace.json": SPACE}
    files[name] = swapped(files[name], path, value)
    try:
        table_of(load_opened(packed(files), Wanted(), ReadLimits()))
    except HpiError as error:
        said = str(error)
    else:
        return
    assert said
