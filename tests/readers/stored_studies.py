"""Study files as Optuna writes them, made with the standard library alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

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
        self.is_new = schema == NEW

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
