"""Optuna's storage: as it writes it, damaged, and hostile."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Sequence

from hpi.roles import Direction
from hpi.table import TrialTable
from tests.corpus.case import Case, Wanted, equal, labels, names, true
from tests.corpus.plain import LOSS, LR, OPTIMIZER, N

REFUSE = Wanted.REFUSE
LEVELS = ("adam", "sgd", "adamw")
DISTRIBUTIONS = (
    json.dumps({"name": "FloatDistribution", "attributes": {"step": None, "low": 1e-4, "high": 0.1, "log": True}}),
    json.dumps({"name": "CategoricalDistribution", "attributes": {"choices": LEVELS}}),
)
ATTRIBUTES = "key VARCHAR(512), value_json TEXT"
TABLES = {
    "studies": "study_id INTEGER PRIMARY KEY, study_name VARCHAR(512)",
    "version_info": "version_info_id INTEGER PRIMARY KEY, schema_version INTEGER, library_version VARCHAR(256)",
    "alembic_version": "version_num VARCHAR(32) PRIMARY KEY",
    "study_directions": "study_direction_id INTEGER PRIMARY KEY, direction VARCHAR(8), study_id INTEGER, "
    "objective INTEGER",
    "study_user_attributes": f"study_user_attribute_id INTEGER PRIMARY KEY, study_id INTEGER, {ATTRIBUTES}",
    "study_system_attributes": f"study_system_attribute_id INTEGER PRIMARY KEY, study_id INTEGER, {ATTRIBUTES}",
    "trials": "trial_id INTEGER PRIMARY KEY, number INTEGER, study_id INTEGER, state VARCHAR(8), "
    "datetime_start DATETIME, datetime_complete DATETIME",
    "trial_user_attributes": f"trial_user_attribute_id INTEGER PRIMARY KEY, trial_id INTEGER, {ATTRIBUTES}",
    "trial_system_attributes": f"trial_system_attribute_id INTEGER PRIMARY KEY, trial_id INTEGER, {ATTRIBUTES}",
    "trial_params": "param_id INTEGER PRIMARY KEY, trial_id INTEGER, param_name VARCHAR(512), param_value FLOAT, "
    "distribution_json TEXT",
    "trial_values": "trial_value_id INTEGER PRIMARY KEY, trial_id INTEGER, objective INTEGER, value FLOAT, "
    "value_type VARCHAR(7)",
    "trial_intermediate_values": "trial_intermediate_value_id INTEGER PRIMARY KEY, trial_id INTEGER, "
    "step INTEGER, intermediate_value FLOAT, intermediate_value_type VARCHAR(7)",
    "trial_heartbeats": "trial_heartbeat_id INTEGER PRIMARY KEY, trial_id INTEGER, heartbeat DATETIME",
}
Change = Callable[[sqlite3.Connection], None]


def storage(
    *changes: Change, params: Sequence[str] = ("lr", "optimizer"), said: Sequence[str] = DISTRIBUTIONS
) -> Callable[[], bytes]:
    """A study of the plain trials, changed at the end."""

    def made() -> bytes:
        with contextlib.closing(sqlite3.connect(":memory:")) as base:
            for name, columns in TABLES.items():
                base.execute(f"CREATE TABLE {name} ({columns})")
            _fill(base, params, said)
            for change in changes:
                change(base)
            base.commit()
            return base.serialize()

    return made


def _fill(base: sqlite3.Connection, params: Sequence[str], said: Sequence[str]) -> None:
    base.execute("INSERT INTO studies VALUES (1, 'search')")
    base.execute("INSERT INTO version_info VALUES (1, 12, '4.5.0')")
    base.execute("INSERT INTO alembic_version VALUES ('v3.2.0.a')")
    base.execute("INSERT INTO study_directions VALUES (1, 'MINIMIZE', 1, 0)")
    for k, (lr, optimizer, loss) in enumerate(zip(LR, OPTIMIZER, LOSS, strict=True)):
        start, end = f"2026-10-01 12:{k:02}:00.000000", f"2026-10-01 12:{k:02}:30.000000"
        base.execute("INSERT INTO trials VALUES (?, ?, 1, 'COMPLETE', ?, ?)", (k + 1, k, start, end))
        base.execute("INSERT INTO trial_values VALUES (?, ?, 0, ?, 'FINITE')", (k + 1, k + 1, float(loss)))
        values = (float(lr), float(LEVELS.index(optimizer)))
        for j, name in enumerate(params):
            row = (2 * k + j + 1, k + 1, name, values[j], said[j])
            base.execute("INSERT INTO trial_params VALUES (?, ?, ?, ?, ?)", row)


def ran(*statements: str) -> Change:
    """Run statements on the base."""
    return lambda base: [base.execute(one) for one in statements] and None


def other_database() -> bytes:
    """A database of somebody else."""
    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)")
        base.executemany("INSERT INTO customers VALUES (?, ?)", [(k, f"name {k}") for k in range(40)])
        base.commit()
        return base.serialize()


def overwritten(at: int, how: bytes) -> bytes:
    """The storage with some bytes changed."""
    data = bytearray(storage()())
    data[at : at + len(how)] = how
    return bytes(data)


def is_study(*params: str) -> Callable[[TrialTable], None]:
    """The study, to the last cell, its hyperparameters under these names."""

    def check(table: TrialTable) -> None:
        lr, optimizer = (f"params_{name}" for name in params)
        equal((table.metric, table.direction), ("value", Direction.MINIMIZE), "metric")
        equal({one.name for one in table.hyperparameters}, {lr, optimizer}, "hyperparameters")
        equal(table.frame[optimizer].tolist(), OPTIMIZER, "labels")
        equal([float(cell) for cell in table.frame[lr]], [float(cell) for cell in LR], "lr")
        equal([float(cell) for cell in table.frame["value"]], [float(cell) for cell in LOSS], "values")

    return check


def is_declared(table: TrialTable) -> None:
    """What the search space was, is known."""
    is_study("lr", "optimizer")(table)
    lr = next(one for one in table.hyperparameters if one.name == "params_lr")
    equal((lr.low, lr.high, lr.log, lr.declared), (1e-4, 0.1, True, True), "lr's space")
    equal(labels(table, "params_optimizer"), set(LEVELS), "levels")


def all_trials(table: TrialTable) -> None:
    """Every trial is there; what the numbers of the broken one mean is not known."""
    equal(len(table.trials), N, "trials")
    true("params_lr" in names(table), "no params_lr")


HOSTILE = ('a"; DROP TABLE trials; --', "<img src=x onerror=alert(1)>")
BOMB = (
    "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n) SELECT k AS trial_id, k AS number, 1 AS study_id, "
)
BOMB += "'COMPLETE' AS state, NULL AS datetime_start, NULL AS datetime_complete FROM n"
LOADING = "SELECT load_extension('evil') AS trial_id, 1 AS number, 1 AS study_id, 'COMPLETE' AS state, "
LOADING += "NULL AS datetime_start, NULL AS datetime_complete"
DEEP = '{"name": "CategoricalDistribution", "attributes": {"choices": ' + "[" * 5000 + "]" * 5000 + "}}"
CASES = (
    Case("S01", "optuna-like baseline", "study.db", storage(), holds=is_declared),
    Case("S02", "not optuna", "base.db", other_database, REFUSE, says=("Optuna", "studies|trials")),
    Case("S03", "trials is a VIEW with recursive bomb", "study.db",
         storage(ran("DROP TABLE trials", f"CREATE VIEW trials AS {BOMB}")), REFUSE, seconds=2, says=("view",)),
    Case("S04", "view calls load_extension", "study.db",
         storage(ran("DROP TABLE trials", f"CREATE VIEW trials AS {LOADING}")), REFUSE, says=("view",)),
    Case("S05", "hostile names", "study.db", storage(params=HOSTILE), holds=is_study(*HOSTILE)),
    Case("S06", "header corrupt page size", "study.db", lambda: overwritten(16, b"\x00\x03"), REFUSE,
         says=("database", "damaged|not a database|no database|cannot be read|malformed")),
    Case("S07", "truncated db", "study.db", lambda: storage()()[:9_000], REFUSE,
         says=("database", "damaged|cut|malformed|incomplete")),
    Case("S08", "random page garbage", "study.db",
         lambda: overwritten(len(storage()()) // 2, bytes((k * 73 + 11) % 256 for k in range(4096))), Wanted.EITHER,
         says=("damaged|malformed|cannot be read",), holds=is_study("lr", "optimizer")),
    Case("S09", "distribution_json hostile", "study.db", storage(said=(DEEP, DISTRIBUTIONS[1])), holds=all_trials),
    Case("S10", "value is a blob of 50 MB", "study.db",
         storage(ran("UPDATE trial_params SET param_value = zeroblob(50000000) WHERE param_id = 1")), REFUSE,
         says=("large|long|big", r"MB|bytes|characters|cell"), large=True),
)  # fmt: skip
