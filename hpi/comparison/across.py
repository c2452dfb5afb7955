"""Importance for each value of a context column: is it the same on every dataset? (public name: hpi.across).

Studies of several datasets report so, for example Wang, Nabney and Golbabaee 2024 (arXiv:2410.08920; ten of them, by
N-RReliefF). How far a mean over datasets is known, and where a hyperparameter matters, stands in overall.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from numbers import Integral
from typing import Any

from hpi import scoring
from hpi.comparison.overall import Row, Value, rows_of
from hpi.comparison.parts import Parts, divided, natural
from hpi.errors import EstimatorError, HpiError, TableError
from hpi.estimators import Estimator, PedAnova, Report, quiet, resolve
from hpi.filters import filterable
from hpi.subspace import Subspace, filtered, select
from hpi.table import TrialTable


@dataclass(frozen=True)
class Across:
    """Importance on every value of the column `by`: hyperparameters with the best mean rank first.

    `is_tasks`: whether the values are the tasks of the table. `n_without`: rows without a value.
    """

    by: str
    is_tasks: bool
    values: tuple[Value, ...]
    hyperparameters: tuple[Row, ...]
    estimator: str
    metric: str
    direction: str
    n_without: int = 0

    @property
    def answered(self) -> tuple[Value, ...]:
        """The values that have a result."""
        return tuple(value for value in self.values if value.result is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return all as JSON has it."""
        return {
            "by": self.by,
            "metric": {"name": self.metric, "direction": self.direction},
            "estimator": self.estimator,
            "n_without": self.n_without,
            "values": [
                {
                    "name": value.name,
                    "n_trials": value.n_trials,
                    "reason": value.reason,
                    "importance": None if value.result is None else value.result.to_dict(),
                }
                for value in self.values
            ],
            "hyperparameters": [asdict(row) for row in self.hyperparameters],
        }


def across(
    table: TrialTable,
    by: str | None = None,
    *,
    estimator: Estimator | type[Estimator] | str | None = None,
    subspace: Subspace | None = None,
    seed: int = 0,
    report: Report = quiet,
) -> Across:
    """Say the importance of every hyperparameter on each value of a context column.

    Parameters
    ----------
    table
        The trials; metric and direction must be known.
    by
        The context column; the datasets or tasks where none is given. A task that was chosen plays no part then.
    estimator, seed
        As in `hpi.importance`; pairs are left out where the bars are the same without.
    subspace
        Asked within each value: its own best tenth.
    report
        Called with the share of the work that is done.

    Raises
    ------
    TableError
        If there is no such column, it has too few or too many values, or metric or direction is not known.
    SubspaceError
        If a filter names an unknown column.
    EstimatorError
        If there is no such estimator, or the seed is no whole number. A value with too few trials raises nothing.
    """
    if not isinstance(seed, Integral) or seed < 0:
        raise EstimatorError(f"seed is {seed!r}; it must be 0 or a positive whole number.")
    parts, method, asked = divided(table, by), bars_alone(resolve(estimator)), subspace or Subspace()
    check(parts, asked)
    found = []
    for i, value in enumerate(parts.values):

        def within(done: float, doing: str, i: int = i, value: str = value) -> None:
            report((i + done) / len(parts.values), f"{value}: {doing}")

        found.append(answer(parts, value, method, asked, int(seed), within))
    report(1.0, "all values are done")
    return gathered(parts, found, method.name)


def check(parts: Parts, asked: Subspace) -> None:
    """Raise HpiError where no value could have an answer; as `across` does."""
    if parts.table.loss.size and not parts.table.hyperparameters:
        raise TableError("No column is a hyperparameter that varies; choose at least one.")
    if not {condition.name for condition in asked.where} <= set(filterable(parts.table)):
        filtered(parts.table, asked.where)


def bars_alone(method: Estimator) -> Estimator:
    """Return an estimator that leaves out pairs where its bars are the same without: they take most of the time."""
    return replace(method, pairs="no") if isinstance(method, PedAnova) else method


def answer(parts: Parts, name: str, method: Estimator, asked: Subspace, seed: int, report: Report = quiet) -> Value:
    """Return what an estimator says among the trials of one value, or why it says nothing."""
    part = None
    try:
        part = parts.part(name)
        sample = select(part, asked)
        estimate = scoring.estimate(sample, method, seed, report)
        return Value(name, len(part.trials), scoring.answer(part, sample, method, seed, estimate))
    except HpiError as error:
        return Value(name, None if part is None else len(part.trials), reason=str(error))


def gathered(parts: Parts, values: Sequence[Value], estimator: str) -> Across:
    """Put the answers of all values together."""
    table = parts.table
    assert table.metric is not None
    assert table.direction is not None
    rows = rows_of([one.name for one in table.hyperparameters], values)
    return Across(
        by=parts.by,
        is_tasks=parts.is_tasks,
        values=tuple(values),
        hyperparameters=tuple(sorted(rows, key=_order)),
        estimator=estimator,
        metric=table.metric,
        direction=str(table.direction),
        n_without=parts.n_without,
    )


def _order(row: Row) -> tuple[Any, ...]:
    unknown = row.mean_rank is None
    return (unknown, row.mean_rank or 0.0, -(row.mean or 0.0), natural(row.name))
