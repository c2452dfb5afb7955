"""Optuna's storage in a SQLite file, of every version: the study with most to say, with its declared distributions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from hpi.errors import TableError
from hpi.readers import optuna_trials, sqlite
from hpi.readers.limits import ReadLimits
from hpi.readers.optuna_trials import DIRECTIONS, Study, Trial
from hpi.readers.protocol import Loaded, Opened, Wanted
from hpi.readers.sqlite import Database
from hpi.readers.studies import check_size, chosen, maybe_parsed, scalar_of
from hpi.roles.vocabulary import Direction

_NEEDED = ("studies", "trials", "trial_params")
_READ = (
    *_NEEDED, "study_directions", "study_system_attributes", "trial_values", "trial_intermediate_values",
    "trial_user_attributes", "trial_system_attributes",
)  # fmt: skip
_LONGEST = 400
# Versions before 3 stored infinite values as the largest float of 32 bits.
_FLOAT32_MAX = 3.4028234663852886e38
_INFINITE = {"INF_POS": math.inf, "INF_NEG": -math.inf}


@dataclass(frozen=True)
class OptunaReader:
    """Reads the SQLite file that an Optuna study was stored in."""

    name: str = "Optuna storage"

    def accepts(self, opened: Opened) -> bool:
        """Whether the file is a SQLite database; another one than Optuna's is refused when it is read."""
        return opened.files is None and opened.data.startswith(sqlite.MAGIC)

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return one study; raises TableError as every reader does, and where the database is no study."""
        with sqlite.opened(opened.data) as (database, notices):
            _check(database)
            storage = _Storage(database)
            counts = storage.counts()
            name, said = chosen(counts, wanted.study, "The file holds", "complete trials")
            study = storage.study(name, limits)
        frame, reading = optuna_trials.loaded(study, limits)
        reading = replace(reading, notices=(*notices, *said, *reading.notices))
        return Loaded(frame, opened.name, replace(reading, part_is="study", part=name, parts=tuple(counts)))


def _check(database: Database) -> None:
    """Raise TableError where the tables are not those of a storage, or something else stands in their place."""
    missing = [name for name in _NEEDED if name not in database.tables]
    if missing:
        raise TableError(
            f"The SQLite database is no Optuna storage: it has no table {', no table '.join(missing)}. "
            "Export the table of trials as CSV."
        )
    for name in _READ:
        kind = database.tables.get(name, "table")
        if kind != "table":
            raise TableError(
                f"In this Optuna storage, {name} is a {kind}, which is never read: it may run anything. "
                "Give the file that Optuna wrote."
            )


class _Storage:
    """Questions to a storage, of whichever version."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._columns = {name: set(database.columns(name)) for name in _READ if name in database.tables}
        self._ids: dict[str, Any] = {}

    def has(self, table: str, column: str) -> bool:
        """Whether a table has a column: it came or went with a version."""
        return column in self._columns.get(table, ())

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return how many complete trials each study has, and how many at all, by name, in order."""
        rows = self._database.rows("SELECT study_id, study_name FROM studies ORDER BY study_id", (), "studies")
        if not rows:
            raise TableError("The Optuna storage holds no study; give one in which trials have ended.")
        self._ids = {str(name): one for one, name in reversed(rows)}
        question = "SELECT study_id, sum(state = 'COMPLETE'), count(*) FROM trials GROUP BY study_id"
        counted = {one: (int(complete or 0), n) for one, complete, n in self._database.rows(question, (), "trials")}
        return {str(name): counted.get(one, (0, 0)) for one, name in rows}

    def study(self, name: str, limits: ReadLimits) -> Study:
        """Return a study with its trials."""
        one = self._ids[name]
        self._check_size(one, limits)
        trials = self._trials(one)
        self._fill_values(one, trials)
        self._fill_reports(one, trials)
        self._fill_params(one, trials)
        for kind in ("user", "system"):
            self._fill_attributes(one, trials, kind)
        _number(trials.values())
        return Study(name, self._directions(one), self._metric_names(one), [*trials.values()])

    def _check_size(self, one: object, limits: ReadLimits) -> None:
        (n_trials,) = self._of("count(*)", "trials", one)[0]
        (n_params,) = self._of("count(DISTINCT c.param_name)", "trial_params", one)[0]
        check_size(int(n_trials), int(n_params) + 6, limits)

    def _of(self, what: str, table: str, one: object, order: str = "", where: str = "") -> list[tuple[Any, ...]]:
        """Return what the rows of a table that belong to a study's trials hold."""
        joined = "trials t" if table == "trials" else f"{table} c JOIN trials t ON t.trial_id = c.trial_id"
        order = f"ORDER BY {order}" if order else ""
        return self._database.rows(f"SELECT {what} FROM {joined} WHERE t.study_id = ? {where} {order}", (one,), table)

    def _trials(self, one: object) -> dict[Any, Trial]:
        number = "t.number" if self.has("trials", "number") else "NULL"
        value = "t.value" if self.has("trials", "value") else "NULL"
        rows = self._of(
            f"t.trial_id, {number}, t.state, t.datetime_start, t.datetime_complete, {value}",
            "trials",
            one,
            "t.trial_id",
        )
        return {
            row[0]: Trial(
                row[1] if isinstance(row[1], int) else -1, str(row[2]), _moment(row[3]), _moment(row[4]),
                {0: _finite_or_infinite(row[5], None)},
            )
            for row in rows
        }  # fmt: skip

    def _fill_values(self, one: object, trials: dict[Any, Trial]) -> None:
        """Take the values; until version 2.4 they stood with the trials."""
        if not self.has("trial_values", "objective"):
            return
        kind = "c.value_type" if self.has("trial_values", "value_type") else "NULL"
        rows = self._of(f"t.trial_id, c.objective, c.value, {kind}", "trial_values", one)
        for trial, objective, value, infinite in rows:
            if isinstance(objective, int):
                trials[trial].values[objective] = _finite_or_infinite(value, infinite)

    def _fill_reports(self, one: object, trials: dict[Any, Trial]) -> None:
        """Take what pruned trials reported on the way; until version 2.4 it stood where the values stand now."""
        table, column = "trial_intermediate_values", "intermediate_value"
        if not self.has(table, column) and self.has("trial_values", "step"):
            table, column = "trial_values", "value"
        if not self.has(table, column):
            return
        kind = f"c.{column}_type" if self.has(table, f"{column}_type") else "NULL"
        for trial, step, value, infinite in self._of(
            f"t.trial_id, c.step, c.{column}, {kind}", table, one, where="AND t.state = 'PRUNED'"
        ):
            if isinstance(step, int):
                trials[trial].reported(step, _finite_or_infinite(value, infinite))

    def _fill_params(self, one: object, trials: dict[Any, Trial]) -> None:
        rows = self._of(
            "t.trial_id, c.param_name, c.param_value, c.distribution_json", "trial_params", one, "c.param_id"
        )
        for trial, name, value, distribution in rows:
            number = float(value) if isinstance(value, int | float) and math.isfinite(value) else None
            trials[trial].params[str(name)] = (number, distribution if isinstance(distribution, str) else "")

    def _fill_attributes(self, one: object, trials: dict[Any, Trial], kind: str) -> None:
        table = f"trial_{kind}_attributes"
        if not self.has(table, "value_json"):
            return
        # most are long, and of no use in a table
        short = f"CASE WHEN length(c.value_json) <= {_LONGEST} THEN c.value_json END"
        for trial, key, value in self._of(f"t.trial_id, c.key, {short}", table, one):
            getattr(trials[trial], kind)[str(key)] = scalar_of(maybe_parsed(value))

    def _directions(self, one: object) -> list[Direction | None]:
        if "study_directions" in self._columns:
            question = "SELECT direction FROM study_directions WHERE study_id = ? ORDER BY objective"
            table = "study_directions"
        elif self.has("studies", "direction"):
            question, table = "SELECT direction FROM studies WHERE study_id = ?", "studies"
        else:
            return [None]
        return [DIRECTIONS.get(str(row[0])) for row in self._database.rows(question, (one,), table)] or [None]

    def _metric_names(self, one: object) -> list[str]:
        if not self.has("study_system_attributes", "value_json"):
            return []
        question = "SELECT value_json FROM study_system_attributes WHERE study_id = ? AND key = 'study:metric_names'"
        rows = self._database.rows(question, (one,), "study_system_attributes")
        return optuna_trials.metric_names(maybe_parsed(rows[0][0])) if rows else []


def _moment(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None


def _number(trials: Iterable[Trial]) -> None:
    """Give each trial its number: the oldest versions have it as an attribute, or not at all."""
    for position, trial in enumerate(trials):
        stored = trial.system.pop("_number", None)
        if trial.number < 0:
            trial.number = stored if isinstance(stored, int) and stored >= 0 else position


def _finite_or_infinite(value: object, kind: object) -> float | None:
    """Return a stored value; None where it is missing or no number."""
    if kind in _INFINITE:
        return _INFINITE[str(kind)]
    if not isinstance(value, int | float) or math.isnan(value):
        return None
    if kind is None and math.isclose(abs(value), _FLOAT32_MAX, rel_tol=1e-5):
        return math.copysign(math.inf, value)
    return float(value)
