"""Optuna's SQLite storage: what trials_dataframe() shows of it, what it declares, and what is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import HpiError, TableError
from hpi.readers import sqlite
from hpi.readers.limits import ReadLimits
from hpi.readers.loading import load
from hpi.readers.protocol import Loaded, Wanted
from hpi.roles.choices import Declaration
from hpi.roles.vocabulary import Direction
from hpi.space import Kind
from tests.readers.stored_studies import NEW, OLD, Storage, choice, integers, optuna_storage, uniform

INFINITE = float("inf")
# The largest float of 32 bits, in which version 2 wrote an infinite value.
LARGEST_FLOAT = 3.4028234663852886e38


def of(storage: Storage, study: str | None = None) -> Loaded:
    return load(storage.data(), Wanted(study=study))


def space(loaded: Loaded) -> dict[str, Declaration]:
    return dict(loaded.reading.space)


def notices(loaded: Loaded) -> str:
    return " | ".join(loaded.reading.notices)


@pytest.fixture
def storage() -> Storage:
    """Two complete trials, one pruned, one failed, one running."""
    storage = Storage()
    study = storage.study("search", "MAXIMIZE")
    lr, opt = uniform(1e-4, 1.0, log=True), choice("sgd", "adam")
    storage.trial(study, 0, {"lr": (0.1, lr), "opt": (0.0, opt), "depth": (3.0, integers(1, 8))}, [0.5], note="warm")
    storage.trial(study, 1, {"lr": (0.01, lr), "opt": (1.0, opt)}, [0.75], note="cold")
    storage.trial(study, 2, {"lr": (0.5, lr), "opt": (0.0, opt)}, [], "PRUNED", reported=[0.125, 0.25])
    storage.trial(study, 3, {"lr": (0.9, lr), "opt": (1.0, opt)}, [], "FAIL")
    storage.trial(study, 4, {}, [], "RUNNING")
    return storage


# ---------------------------------------------------------------- what a study holds


class TestAStudy:
    def test_has_the_columns_of_trials_dataframe(self, storage: Storage) -> None:
        assert list(of(storage).frame.columns) == [
            "number", "value", "datetime_start", "datetime_complete", "duration",
            "params_lr", "params_opt", "params_depth", "user_attrs_note", "state",
        ]  # fmt: skip

    def test_has_its_cells(self, storage: Storage) -> None:
        frame = of(storage).frame
        np.testing.assert_array_equal(frame["params_lr"], [0.1, 0.01, 0.5, 0.9, np.nan])
        assert frame["params_opt"].tolist() == ["sgd", "adam", "sgd", "adam", None]
        np.testing.assert_array_equal(frame["params_depth"], [3.0, np.nan, np.nan, np.nan, np.nan])
        assert frame["state"].tolist() == ["COMPLETE", "COMPLETE", "PRUNED", "FAIL", "RUNNING"]
        # 03:04:05.5 to 03:04:07
        assert frame["duration"].tolist()[:2] == [1.5, 1.5]
        assert frame["user_attrs_note"].tolist()[:3] == ["warm", "cold", None]

    def test_shows_of_a_pruned_trial_what_it_reported_last(self, storage: Storage) -> None:
        np.testing.assert_array_equal(of(storage).frame["value"], [0.5, 0.75, 0.25, np.nan, np.nan])

    def test_counts_only_what_is_complete(self, storage: Storage) -> None:
        table = hpi.read(storage.data())
        assert (table.metric, table.direction) == ("value", Direction.MAXIMIZE)
        assert table.trials["value"].tolist() == [0.5, 0.75]

    def test_declares_its_distributions(self, storage: Storage) -> None:
        assert space(of(storage)) == {
            "params_lr": Declaration(Kind.FLOAT, 1e-4, 1.0, True),
            "params_opt": Declaration(Kind.CATEGORY, levels=("sgd", "adam")),
            "params_depth": Declaration(Kind.INT, 1.0, 8.0, False),
        }
        table = hpi.read(storage.data())
        assert not any("was not used" in notice for notice in table.notices)
        assert [h.declared for h in table.hyperparameters] == [True, True]

    def test_takes_no_attribute_that_is_long_or_a_list(self, storage: Storage) -> None:
        study = storage.study("other")
        for number in range(2):
            attributes = {"long": "x" * 201, "many": [1, 2], "ok": True, "much": "x" * 1_000_000}
            storage.trial(study, number, {"lr": (0.1, uniform(0, 1))}, [1.0], **attributes)
        columns = of(storage, "other").frame.columns
        assert [name for name in columns if name.startswith("user_attrs_")] == ["user_attrs_ok"]


def test_several_objectives_have_the_names_that_somebody_gave_them() -> None:
    storage = Storage()
    study = storage.study("front", "MINIMIZE", "MAXIMIZE", "NOT_SET")
    for number in range(3):
        storage.trial(study, number, {"lr": (0.1 * number, uniform(0, 1))}, [number, 2.0 * number, 3.0 * number])
    ends = [Direction.MINIMIZE, Direction.MAXIMIZE, None]
    assert [(one.name, one.direction) for one in of(storage).reading.objectives] == [
        *zip(["values_0", "values_1", "values_2"], ends, strict=True)
    ]
    given = json.dumps(["loss", "accuracy", "seconds"])
    storage.insert("study_system_attributes", study_id=study, key="study:metric_names", value_json=given)
    loaded = of(storage)
    assert [one.name for one in loaded.reading.objectives] == ["values_loss", "values_accuracy", "values_seconds"]
    np.testing.assert_array_equal(loaded.frame["values_accuracy"], [0.0, 2.0, 4.0])


def test_one_objective_has_its_name_too() -> None:
    storage = Storage()
    study = storage.study("one")
    storage.trial(study, 0, {"lr": (0.1, uniform(0, 1))}, [1.0])
    storage.insert("study_system_attributes", study_id=study, key="study:metric_names", value_json='["loss"]')
    assert of(storage).reading.objectives[0].name == "value_loss"


def test_infinite_values_are_infinite_and_others_empty() -> None:
    storage = Storage()
    study = storage.study("search")
    for number, value in enumerate([1.0, "INF_POS", "INF_NEG", None]):
        storage.trial(study, number, {"lr": (0.1, uniform(0, 1))}, [value])
    np.testing.assert_array_equal(of(storage).frame["value"], [1.0, INFINITE, -INFINITE, np.nan])


# ---------------------------------------------------------------- choices and bounds


@pytest.mark.parametrize(
    ("choices", "labels", "kind"),
    [
        (("sgd", "adam", "lion"), ("sgd", "adam", "lion"), Kind.CATEGORY),
        ((None, True, False), ("None", "True", "False"), Kind.CATEGORY),
        ((False, True), ("False", "True"), Kind.BOOL),
        ((16, 32, 64), ("16", "32", "64"), Kind.CATEGORY),
        ((0.1, 1e-05, None), ("0.1", "1e-05", "None"), Kind.CATEGORY),
        (([1, 2], [3], "x"), ("[1,2]", "[3]", "x"), Kind.CATEGORY),
        (({"a": 1}, {"a": 2, "b": [3]}), ('{"a":1}', '{"a":2,"b":[3]}'), Kind.CATEGORY),
        (("10%", "20%"), ("10", "20"), Kind.CATEGORY),  # as cells of a table are read
        (("1.0", "0.10"), ("1", "0.1"), Kind.CATEGORY),
        ((" a", "b "), ("a", "b"), Kind.CATEGORY),
        ((1.0, 2.5, "auto"), ("1", "2.5", "auto"), Kind.CATEGORY),
    ],
    ids=str,
)
def test_choices_are_the_levels_of_the_table(choices: tuple[object, ...], labels: tuple[str, ...], kind: Kind) -> None:
    storage = Storage()
    study = storage.study("search")
    for number in range(12):
        params = {"c": (number % len(choices), choice(*choices)), "lr": (0.1, uniform(0, 1))}
        storage.trial(study, number, params, [float(number)])
    table = hpi.read(storage.data())
    (one,) = table.hyperparameters
    assert (one.kind, one.levels, one.declared) == (kind, labels, True)
    assert table.trials["params_c"].tolist() == [labels[number % len(labels)] for number in range(12)]


def test_a_choice_that_was_never_drawn_is_a_level() -> None:
    storage = Storage()
    study = storage.study("search")
    for number in range(4):
        storage.trial(study, number, {"c": (number % 2, choice(1, 2, 4))}, [float(number)])
    assert hpi.read(storage.data()).hyperparameters[0].levels == ("1", "2", "4")


def test_old_distributions_say_their_scale_by_name() -> None:
    said = {
        "a": ("UniformDistribution", {"low": 0.0, "high": 2.0}, Declaration(Kind.FLOAT, 0.0, 2.0, False)),
        "b": ("LogUniformDistribution", {"low": 0.5, "high": 2.0}, Declaration(Kind.FLOAT, 0.5, 2.0, True)),
        "c": ("DiscreteUniformDistribution", {"low": 0.0, "high": 2.0, "q": 1}, Declaration(Kind.FLOAT, 0, 2.0, False)),
        "d": ("IntUniformDistribution", {"low": 0, "high": 2, "step": 1}, Declaration(Kind.INT, 0.0, 2.0, False)),
        "e": ("IntLogUniformDistribution", {"low": 1, "high": 2, "step": 1}, Declaration(Kind.INT, 1.0, 2.0, True)),
    }  # fmt: skip
    storage = Storage()
    study = storage.study("search")
    params = {name: (1.0, json.dumps({"name": kind, "attributes": values})) for name, (kind, values, _) in said.items()}
    storage.trial(study, 0, params, [1.0])
    assert space(of(storage)) == {f"params_{name}": declared for name, (_, _, declared) in said.items()}


def test_bounds_that_changed_are_the_widest() -> None:
    storage = Storage()
    study = storage.study("search")
    for number, (low, high) in enumerate([(1.0, 4.0), (0.5, 2.0), (1.0, 8.0)]):
        storage.trial(study, number, {"lr": (1.5, uniform(low, high, log=True))}, [1.0])
    loaded = of(storage)
    assert space(loaded) == {"params_lr": Declaration(Kind.FLOAT, 0.5, 8.0, True)}
    assert "lr changed between trials; the widest bounds" in notices(loaded)


def test_a_value_outside_of_its_bounds_widens_them() -> None:
    storage = Storage()
    study = storage.study("search")
    for number, lr in enumerate([0.5, 2.0, 0.25]):
        storage.trial(study, number, {"lr": (lr, uniform(0, 1))}, [float(number)])
    loaded = of(storage)
    assert space(loaded) == {"params_lr": Declaration(Kind.FLOAT, 0.0, 2.0, False)}
    assert "params_lr: 1 value outside of the bounds" in notices(loaded)
    assert hpi.read(storage.data()).hyperparameters[0].high == 2.0


def test_one_value_is_a_constant_that_takes_no_part() -> None:
    storage = Storage()
    study = storage.study("search")
    for number in range(4):
        params = {"a": (3.0, uniform(3, 3)), "b": (0.0, choice("x")), "lr": (0.1 * number, uniform(0, 1))}
        storage.trial(study, number, params, [float(number)])
    table = hpi.read(storage.data())
    assert [h.name for h in table.hyperparameters] == ["params_lr"]
    assert not any("was not used" in notice for notice in table.notices)


@pytest.mark.parametrize(
    "hostile",
    [
        "", "{", "[]", "null", "[" * 100_000, '{"name": "FloatDistribution"}', '{"name": 3, "attributes": {}}',
        '{"name": "FloatDistribution", "attributes": {"low": 1e999, "high": 2}}',
        '{"name": "FloatDistribution", "attributes": {"low": 5, "high": 2}}',
        '{"name": "IntDistribution", "attributes": {"low": "x", "high": [2]}}',
        '{"name": "CategoricalDistribution", "attributes": {"choices": {}}}',
        '{"name": "CategoricalDistribution", "attributes": {"choices": []}}',
        '{"name": "Odd", "attributes": {}}', "1" * 10_000,
    ],
    ids=lambda text: text[:70],
)  # fmt: skip
def test_a_distribution_that_makes_no_sense_is_unknown_and_the_trial_stays(hostile: str) -> None:
    storage = Storage()
    study = storage.study("search")
    for number in range(3):
        storage.trial(study, number, {"lr": (0.5 + number, hostile)}, [float(number)])
    loaded = of(storage)
    assert space(loaded) == {}
    np.testing.assert_array_equal(loaded.frame["params_lr"], [0.5, 1.5, 2.5])
    assert "params_lr makes no sense" in notices(loaded)


@pytest.mark.parametrize("index", [2.0, -1.0, 0.5, None, 1e300])
def test_a_choice_that_is_not_there_is_empty(index: float | None) -> None:
    storage = Storage()
    study = storage.study("search")
    for number, stored in enumerate([0.0, 1.0, index]):
        storage.trial(study, number, {"c": (stored, choice("a", "b"))}, [1.0])
    loaded = of(storage)
    assert loaded.frame["params_c"].tolist() == ["a", "b", None]
    assert "c: 1 trial with a choice that its distribution does not have" in notices(loaded)


# ---------------------------------------------------------------- several studies, none, old versions


def test_the_study_with_the_most_complete_trials_is_taken() -> None:
    storage = Storage()
    for name, n, state in (("short", 2, "COMPLETE"), ("long", 3, "COMPLETE"), ("pruned", 9, "PRUNED")):
        study = storage.study(name)
        for number in range(n):
            storage.trial(study, number, {"lr": (0.1, uniform(0, 1))}, [1.0], state)
    loaded = of(storage)
    assert loaded.reading.part == "long"
    assert loaded.reading.parts == ("short", "long", "pruned")
    assert loaded.reading.part_is == "study"
    assert notices(loaded) == (
        "The file holds 3 studies; long was taken, as it has the most complete trials; the others: short, pruned."
    )
    assert len(of(storage, "short").frame) == 2
    with pytest.raises(TableError, match=r"no study 'other'; there is short, long, pruned"):
        of(storage, "other")


def test_where_no_trial_is_complete_the_study_with_the_most_trials_is_taken() -> None:
    storage = Storage()
    for name, n in (("empty", 0), ("pruned", 2), ("failed", 1)):
        study = storage.study(name)
        for number in range(n):
            storage.trial(study, number, {"lr": (0.1, uniform(0, 1))}, [1.0], "PRUNED")
    assert "pruned was taken, as it has the most trials; the others: empty, failed." in notices(of(storage))


def test_no_study_and_no_trial_are_refused() -> None:
    storage = Storage()
    with pytest.raises(TableError, match="holds no study"):
        of(storage)
    storage.study("empty")
    with pytest.raises(TableError, match="study empty has no trials"):
        of(storage)


def test_version_1_is_read() -> None:
    storage = Storage(OLD)
    study = storage.study("search", "MAXIMIZE")
    lr = json.dumps({"name": "LogUniformDistribution", "attributes": {"low": 1e-4, "high": 1.0}})
    storage.trial(study, 0, {"lr": (0.1, lr)}, [0.5], reported=[9.0])
    storage.trial(study, 1, {"lr": (0.2, lr)}, [0.75])
    storage.trial(study, 2, {"lr": (0.3, lr)}, [], "PRUNED", reported=[0.125, 0.25])
    loaded = of(storage)
    np.testing.assert_array_equal(loaded.frame["value"], [0.5, 0.75, 0.25])
    np.testing.assert_array_equal(loaded.frame["number"], [0, 1, 2])
    assert loaded.reading.objectives[0].direction is Direction.MAXIMIZE
    assert space(loaded) == {"params_lr": Declaration(Kind.FLOAT, 1e-4, 1.0, True)}


def test_the_oldest_versions_have_the_number_as_an_attribute() -> None:
    storage = Storage(OLD)
    study = storage.study("search")
    for number in (1, 0):
        trial = storage.trial(study, number, {"lr": (0.1, uniform(0, 1))}, [1.0])
        storage.insert("trial_system_attributes", trial_id=trial, key="_number", value_json=str(number))
    loaded = of(storage)
    np.testing.assert_array_equal(loaded.frame["number"], [1, 0])
    assert "system_attrs__number" not in loaded.frame.columns


def test_version_2_had_the_largest_float_for_infinite() -> None:
    storage = Storage(NEW.replace("value FLOAT, value_type VARCHAR(7) NOT NULL,", "value FLOAT NOT NULL,"))
    study = storage.study("search")
    for number, value in enumerate([1.0, LARGEST_FLOAT, -LARGEST_FLOAT]):
        trial = storage.trial(study, number, {"lr": (0.1, uniform(0, 1))})
        storage.insert("trial_values", trial_id=trial, objective=0, value=value)
    np.testing.assert_array_equal(of(storage).frame["value"], [1.0, INFINITE, -INFINITE])


# ---------------------------------------------------------------- files that are not what they should be


def test_a_database_in_write_ahead_mode_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    path.write_bytes(optuna_storage())
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    connection.close()
    assert path.read_bytes()[18:20] == b"\x02\x02"
    loaded = load(path)
    assert len(loaded.frame) == 3
    assert "(-wal), was not seen" in notices(loaded)


def test_another_database_is_refused() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE trials (x)")
    with pytest.raises(TableError, match="no Optuna storage: it has no table studies, no table trial_params"):
        load(bytes(connection.serialize()))


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("CREATE VIEW trial_values AS WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n) SELECT * FROM n",
         "trial_values is a view"),
        ("CREATE VIRTUAL TABLE trial_values USING fts5(trial_id, value)", "trial_values is a virtual table"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_never_read(statement: str, kind: str) -> None:
    storage = Storage()
    storage.trial(storage.study("search"), 0, {"lr": (0.1, uniform(0, 1))}, [1.0])
    storage.connection.execute("DROP TABLE trial_values")
    storage.connection.execute(statement)
    with pytest.raises(TableError, match=f"{kind}, which is never read"):
        of(storage)


def test_a_column_that_is_computed_cannot_grow() -> None:
    storage = Storage(NEW.replace("param_value FLOAT,", "param_value FLOAT AS (zeroblob(900000000)),"))
    trial = storage.insert("trials", study_id=storage.study("search"), number=0, state="COMPLETE")
    storage.insert("trial_params", trial_id=trial, param_name="lr", distribution_json="{}")
    with pytest.raises(TableError, match="holds a cell that is too large"):
        of(storage)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TableError, match="trials is not as it should be: no such column: state"):
        of(_with_a_study(NEW.replace("state VARCHAR(8) NOT NULL,", "")))


def _with_a_study(schema: str) -> Storage:
    storage = Storage(schema)
    storage.study("search")
    return storage


def test_what_takes_too_long_is_ended(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "SECONDS", -1)
    monkeypatch.setattr(sqlite, "_STEPS", 1)
    with pytest.raises(TableError, match="takes longer than"):
        of(storage)


def test_a_cell_that_is_too_large_is_refused(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LARGEST_CELL", 10_000)
    assert len(of(storage).frame) == 5
    storage.connection.execute("UPDATE trial_params SET distribution_json = ? WHERE param_id = 1", ["x" * 10_001])
    with pytest.raises(TableError, match="trial_params holds a cell that is too large"):
        of(storage)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (ReadLimits(rows=4), r"5 rows; at most 4 are read \(HPI_READ_ROWS\)"),
        (ReadLimits(columns=8), r"9 columns; at most 8 are read \(HPI_READ_COLUMNS\)"),
        (ReadLimits(cells=20), r"45 cells; at most 20 are read \(HPI_READ_CELLS\)"),
    ],
)
def test_limits_are_held_before_cells_are_fetched(storage: Storage, limits: ReadLimits, said: str) -> None:
    with pytest.raises(TableError, match=said):
        load(storage.data(), limits=limits)


def test_too_many_attributes_are_left_out() -> None:
    storage = Storage()
    study = storage.study("search")
    for number in range(30):
        storage.trial(study, number, {"lr": (0.1, uniform(0, 1))}, [1.0], **{f"a{number}": 1})
    loaded = load(storage.data(), limits=ReadLimits(columns=20))
    assert not any(name.startswith("user_attrs_") for name in loaded.frame.columns)
    assert "30 different attributes" in notices(loaded)


def test_hostile_names_are_shown_as_they_are() -> None:
    names = ["=1+1", '"; DROP TABLE trials; --', "<script>", "a\nb", "\ud800", " lr", "lr", "x" * 150]
    storage = Storage()
    study = storage.study("'; --")
    for number in range(3):
        params = {name: (0.1 * number, uniform(0, 1)) for name in names if name != "\ud800"}
        storage.trial(study, number, params, [float(number)])
    table = hpi.read(storage.data())
    shown = ["=1+1", '"; DROP TABLE trials; --', "<script>", "a b", "lr", "lr (2)", "x" * 150]
    # the first of two that are alike once the blanks around them are gone keeps its mark's blank
    assert [h.name.removeprefix("params_").strip() for h in table.hyperparameters] == [*shown[:4], "lr", "lr", shown[6]]
    assert table.reading.part == "'; --"


def test_the_sample_of_the_dashboard_is_read(shared: Path) -> None:
    path = shared / "tables" / "optuna_dashboard_sample.sqlite3"
    table = hpi.read(path)
    connection = sqlite3.connect(path)
    query = "SELECT value FROM trial_values JOIN trials USING (trial_id) WHERE state = 'COMPLETE' ORDER BY trial_id"
    assert table.trials["value"].tolist() == [value for (value,) in connection.execute(query)]
    query = "SELECT param_value FROM trial_params WHERE param_name = 'lr' ORDER BY trial_id"
    np.testing.assert_array_equal(table.frame["params_lr"], [value for (value,) in connection.execute(query)])
    connection.close()
    assert table.excluded == (("state is PRUNED", 75),)
    assert all(h.declared for h in table.hyperparameters)
    optimizer = next(h for h in table.hyperparameters if h.name == "params_optimizer")
    assert optimizer.levels == ("Adam", "RMSprop", "SGD")


# ---------------------------------------------------------------- of many trials, and of any bytes


def many(n: int = 80) -> Storage:
    """A search in which lr decides, momentum is only there with sgd, and noise is noise."""
    rng = np.random.default_rng(0)
    storage = Storage()
    study = storage.study("search")
    lr, opt = uniform(1e-4, 1.0, log=True), choice("sgd", "adam")
    for number in range(n):
        at, which = rng.uniform(-4, 0), int(rng.integers(2))
        params = {"lr": (10.0**at, lr), "opt": (which, opt), "noise": (rng.uniform(), uniform(0, 1))}
        if which == 0:
            params["momentum"] = (rng.uniform(), uniform(0, 1))
        storage.trial(study, number, params, [(at + 2) ** 2 + 0.01 * rng.normal()])
    return storage


def test_a_search_can_be_analysed() -> None:
    table = hpi.read(many().data())
    result = hpi.importance(table, subspace=hpi.Subspace(target=0.2)).frame()
    assert result.loc[result["share"].idxmax(), "name"] == "params_lr"
    assert len(result) == 4


@given(st.data())
def test_flipped_bytes_give_a_table_or_a_refusal(data: st.DataObject) -> None:
    whole = bytearray(optuna_storage())
    # most of a small database is empty: look for what is not
    filled = [position for position, byte in enumerate(whole) if byte]
    for position in data.draw(st.lists(st.sampled_from(filled), min_size=1, max_size=6)):
        whole[position] = data.draw(st.integers(0, 255))
    is_refused_or_read(lambda: load(bytes(whole)))


TABLES = ["studies", "trials", "trial_params", "trial_values"]
ODD = [None, "x", b"\xff\x00", 1e308, -1, 2**62, "NaN", ""]


@given(st.lists(st.tuples(st.sampled_from(TABLES), st.integers(1, 3)), min_size=1, max_size=4), st.sampled_from(ODD))
def test_swapped_cells_give_a_table_or_a_refusal(cells: list[tuple[str, int]], value: object) -> None:
    storage = Storage()
    study = storage.study("search")
    for number in range(3):
        storage.trial(
            study, number, {"lr": (0.1 * number, uniform(0, 1)), "c": (1.0, choice("a", "b"))}, [1.0 * number]
        )
    for table, row in cells:
        columns = [name for _, name, *_ in storage.connection.execute(f"PRAGMA table_info({table})")][1:]
        for column in columns:
            try:
                storage.connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", [value, row])
            except sqlite3.IntegrityError:
                continue
    is_refused_or_read(lambda: hpi.read(storage.data()))


def is_refused_or_read(read: Callable[[], object]) -> None:
    try:
        read()
    except HpiError as error:
        said = str(error)
    else:
        return
    assert said
    assert "\n" not in said


def test_a_frame_of_numbers_is_of_doubles(storage: Storage) -> None:
    frame = of(storage).frame
    assert all(pd.api.types.is_float_dtype(frame[name]) for name in ("number", "value", "duration", "params_lr"))
