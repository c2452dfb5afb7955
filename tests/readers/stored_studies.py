"""Files of studies as Optuna, SMAC, HpBandSter and Keras Tuner write them, made with the standard library alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from hpi.readers import Opened
from hpi.readers.origin import Several

NEW = """
CREATE TABLE studies (study_id INTEGER NOT NULL PRIMARY KEY, study_name VARCHAR(512) NOT NULL);
CREATE TABLE version_info (version_info_id INTEGER NOT NULL PRIMARY KEY, schema_version INTEGER,
    library_version VARCHAR(256), CHECK (version_info_id=1));
CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL PRIMARY KEY, direction VARCHAR(8) NOT NULL,
    study_id INTEGER NOT NULL, objective INTEGER NOT NULL, UNIQUE (study_id, objective));
CREATE TABLE study_system_attributes (study_system_attribute_id INTEGER NOT NULL PRIMARY KEY, study_id INTEGER,
    "key" VARCHAR(512), value_json TEXT, UNIQUE (study_id, "key"));
CREATE TABLE trials (trial_id INTEGER NOT NULL PRIMARY KEY, number INTEGER, study_id INTEGER, state VARCHAR(8) NOT NULL,
    datetime_start DATETIME, datetime_complete DATETIME);
CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER,
    "key" VARCHAR(512), value_json TEXT, UNIQUE (trial_id, "key"));
CREATE TABLE trial_system_attributes (trial_system_attribute_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER,
    "key" VARCHAR(512), value_json TEXT, UNIQUE (trial_id, "key"));
CREATE TABLE trial_params (param_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER, param_name VARCHAR(512),
    param_value FLOAT, distribution_json TEXT, UNIQUE (trial_id, param_name));
CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT NULL,
    objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL, UNIQUE (trial_id, objective));
CREATE TABLE trial_intermediate_values (trial_intermediate_value_id INTEGER NOT NULL PRIMARY KEY,
    trial_id INTEGER NOT NULL, step INTEGER NOT NULL, intermediate_value FLOAT,
    intermediate_value_type VARCHAR(7) NOT NULL, UNIQUE (trial_id, step));
INSERT INTO version_info VALUES (1, 12, '4.0.0');
"""
# Version 1: one direction and one value a study; trial_values are what was reported on the way.
OLD = """
CREATE TABLE studies (study_id INTEGER NOT NULL PRIMARY KEY, study_name VARCHAR(512) NOT NULL,
    direction VARCHAR(8) NOT NULL);
CREATE TABLE study_system_attributes (study_system_attribute_id INTEGER NOT NULL PRIMARY KEY, study_id INTEGER,
    "key" VARCHAR(512), value_json VARCHAR(2048));
CREATE TABLE trials (trial_id INTEGER NOT NULL PRIMARY KEY, study_id INTEGER, state VARCHAR(8) NOT NULL, value FLOAT,
    datetime_start DATETIME, datetime_complete DATETIME);
CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER,
    "key" VARCHAR(512), value_json VARCHAR(2048));
CREATE TABLE trial_system_attributes (trial_system_attribute_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER,
    "key" VARCHAR(512), value_json VARCHAR(2048));
CREATE TABLE trial_params (param_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER, param_name VARCHAR(512),
    param_value FLOAT, distribution_json VARCHAR(2048));
CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER, step INTEGER, value FLOAT);
"""


def uniform(low: float, high: float, log: bool = False) -> str:
    return json.dumps({"name": "FloatDistribution", "attributes": {"step": None, "low": low, "high": high, "log": log}})


def integers(low: int, high: int) -> str:
    return json.dumps({"name": "IntDistribution", "attributes": {"log": False, "step": 1, "low": low, "high": high}})


def choice(*choices: object) -> str:
    return json.dumps({"name": "CategoricalDistribution", "attributes": {"choices": choices}})


class Storage:
    """A storage that trials are written into."""

    def __init__(self, schema: str = NEW) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.executescript(schema)
        self.is_new = "study_directions" in schema

    def insert(self, table: str, **cells: object) -> int:
        names, marks = ", ".join(f'"{name}"' for name in cells), ", ".join("?" * len(cells))
        cursor = self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(cells.values()))
        return int(cursor.lastrowid or 0)

    def study(self, name: str, *directions: str) -> int:
        directions = directions or ("MINIMIZE",)
        if not self.is_new:
            return self.insert("studies", study_name=name, direction=directions[0])
        one = self.insert("studies", study_name=name)
        for objective, direction in enumerate(directions):
            self.insert("study_directions", study_id=one, direction=direction, objective=objective)
        return one

    def trial(
        self,
        study: int,
        number: int,
        params: Mapping[str, tuple[float | None, str]],
        values: Sequence[float | str | None] = (),
        state: str = "COMPLETE",
        reported: Sequence[float] = (),
        **attributes: object,
    ) -> int:
        moments = {"datetime_start": "2026-01-02 03:04:05.500000", "datetime_complete": "2026-01-02 03:04:07.000000"}
        own: dict[str, object] = {"number": number} if self.is_new else {"value": values[0] if values else None}
        trial = self.insert("trials", study_id=study, state=state, **own, **moments)
        for name, (value, distribution) in params.items():
            cells = {"param_name": name, "param_value": value, "distribution_json": distribution}
            self.insert("trial_params", trial_id=trial, **cells)
        for key, value in attributes.items():
            self.insert("trial_user_attributes", trial_id=trial, key=key, value_json=json.dumps(value))
        self._values(trial, values, reported)
        return trial

    def _values(self, trial: int, values: Sequence[float | str | None], reported: Sequence[float]) -> None:
        if not self.is_new:
            for step, value in enumerate(reported):
                self.insert("trial_values", trial_id=trial, step=step, value=value)
            return
        for objective, value in enumerate(values):
            known, kind = (None, value) if isinstance(value, str) else (value, "FINITE")
            self.insert("trial_values", trial_id=trial, objective=objective, value=known, value_type=kind)
        for step, value in enumerate(reported):
            cells: dict[str, Any] = {"intermediate_value": value, "intermediate_value_type": "FINITE"}
            self.insert("trial_intermediate_values", trial_id=trial, step=step, **cells)

    def data(self) -> bytes:
        self.connection.commit()
        return bytes(self.connection.serialize())


def optuna_storage() -> bytes:
    """Three trials of one study."""
    storage = Storage()
    study = storage.study("first")
    for number, (lr, value) in enumerate([(0.1, 1.0), (0.01, 2.0), (0.001, 3.0)]):
        storage.trial(study, number, {"lr": (lr, uniform(1e-4, 1.0, log=True))}, [value])
    return storage.data()


def packed(files: Mapping[str, object], name: str = "search.zip") -> Opened:
    """Several files at once, those that are no text as JSON."""
    contents = {path: (one if isinstance(one, str) else json.dumps(one)).encode() for path, one in files.items()}
    return Opened(name, b"", Several(contents))


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


# ---------------------------------------------------------------- Optuna's journal

STATES = ("RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING")


def journal(*operations: Mapping[str, object]) -> bytes:
    return lines(*({"worker_id": "w", **one} for one in operations)).encode()


def ended(trial: int, *values: float, state: str = "COMPLETE") -> dict[str, object]:
    moment = {"datetime_complete": "2026-01-02T03:04:07.000000"}
    return {"op_code": 6, "trial_id": trial, "state": STATES.index(state), "values": values or None, **moment}


def suggested(trial: int, name: str, stored: float, distribution: str) -> dict[str, object]:
    cells = {"param_name": name, "param_value_internal": stored, "distribution": distribution}
    return {"op_code": 5, "trial_id": trial, **cells}


def created(study: int) -> dict[str, object]:
    return {"op_code": 4, "study_id": study, "datetime_start": "2026-01-02T03:04:05.500000"}


def optuna_journal() -> bytes:
    operations: list[Mapping[str, object]] = [{"op_code": 0, "study_name": "first", "directions": [2]}]
    for trial, lr in enumerate([0.1, 0.01, 0.001]):
        operations += [created(0), suggested(trial, "lr", lr, uniform(1e-4, 1.0, log=True)), ended(trial, trial)]
    return journal(*operations)


# ---------------------------------------------------------------- SMAC

SPACE = {
    "name": None,
    "hyperparameters": [
        {"type": "uniform_float", "name": "lr", "lower": 1e-4, "upper": 1.0, "default_value": 0.01, "log": True},
        {"type": "uniform_int", "name": "depth", "lower": 1, "upper": 8, "default_value": 4, "log": False},
        {"type": "categorical", "name": "opt", "choices": ["sgd", "adam"], "default_value": "sgd"},
        {"type": "uniform_float", "name": "momentum", "lower": 0.0, "upper": 1.0, "default_value": 0.5, "log": False},
    ],
    "conditions": [{"type": "EQ", "child": "momentum", "parent": "opt", "value": "sgd"}],
    "forbiddens": [],
    "format_version": 0.4,
}
CONFIGS = {
    "1": {"lr": 0.1, "depth": 3, "opt": "sgd", "momentum": 0.9},
    "2": {"lr": 0.01, "depth": 5, "opt": "adam"},
    "3": {"lr": 0.001, "depth": 8, "opt": "sgd", "momentum": 0.5},
}


def smac_run(config: int, cost: object, status: int = 1, **fields: object) -> dict[str, object]:
    moments = {"starttime": 1.5, "endtime": 2.5, "additional_info": {}}
    known = {"config_id": config, "instance": None, "seed": 7, "budget": None}
    return {**known, "cost": cost, "time": 0.5, "cpu_time": 0.25, "status": status, **moments, **fields}


def run_history(data: Sequence[object], configs: Mapping[str, object] = CONFIGS) -> dict[str, object]:
    origins = dict.fromkeys(configs, "Initial Design: Sobol")
    return {"stats": {}, "data": data, "configs": configs, "config_origins": origins}


def smac() -> Opened:
    data = [smac_run(1, 0.3), smac_run(2, 0.2), smac_run(3, 0.1)]
    return packed({"run/0/runhistory.json": run_history(data), "run/0/configspace.json": SPACE})


# ---------------------------------------------------------------- BOHB


def bohb_result(config: Sequence[int], budget: float, loss: float | None) -> list[object]:
    stamps = {"submitted": 1.0, "started": 2.0, "finished": 4.5}
    result = None if loss is None else {"loss": loss, "info": {"test": 0.5}}
    return [config, budget, stamps, result, None if loss is not None else "Traceback\nValueError: out of memory\n"]


def bohb() -> Opened:
    ids = [[0, 0, 0], [0, 0, 1], [1, 0, 0]]
    configs = lines(*([one, {"lr": 0.1 * k}, {"model_based_pick": k > 0}] for k, one in enumerate(ids, 1)))
    return packed(
        {"configs.json": configs, "results.json": lines(*(bohb_result(one, 9.0, one[2] + 0.5) for one in ids))}
    )


# ---------------------------------------------------------------- Keras Tuner


def keras_entry(
    kind: str, name: str, parent: tuple[str, list[object]] | None = None, **config: object
) -> dict[str, Any]:
    conditions = [{"class_name": "Parent", "config": {"name": parent[0], "values": parent[1]}}] if parent else []
    return {"class_name": kind, "config": {"name": name, "default": None, "conditions": conditions, **config}}


KERAS_SPACE = [
    keras_entry("Float", "lr", min_value=1e-4, max_value=0.1, step=None, sampling="log"),
    keras_entry("Int", "units", min_value=32, max_value=128, step=32, sampling="linear"),
    keras_entry("Choice", "opt", values=["sgd", "adam"], ordered=False),
    keras_entry("Float", "momentum", ("opt", ["sgd"]), min_value=0.0, max_value=1.0, step=None, sampling="linear"),
]


def keras_trial(
    number: int,
    values: Mapping[str, object],
    score: float | None,
    space: Sequence[object] = KERAS_SPACE,
    direction: str = "max",
    **fields: object,
) -> dict[str, object]:
    observed = [] if score is None else [{"value": [score], "step": 3}]
    metrics = {"metrics": {"val_accuracy": {"direction": direction, "observations": observed}}}
    hyperparameters = {"space": space, "values": values}
    ended = {"status": "COMPLETED" if score is not None else "FAILED", "best_step": 3, "message": None}
    whole = {"trial_id": str(number), "hyperparameters": hyperparameters, "metrics": metrics, "score": score}
    return {**whole, **ended, **fields}


def keras() -> Opened:
    values = [
        {"lr": 0.1, "units": 32, "opt": "sgd", "momentum": 0.9},
        {"lr": 0.01, "units": 64, "opt": "adam", "momentum": 0.9},
        {"lr": 0.001, "units": 128, "opt": "sgd", "momentum": 0.1},
    ]
    return packed({f"p/trial_{k}/trial.json": keras_trial(k, one, 0.5 + 0.1 * k) for k, one in enumerate(values)})
