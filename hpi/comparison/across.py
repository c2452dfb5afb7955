"""Importance for each value of a context column: is it the same on every dataset? (public name: hpi.across).

The form is that of Wang, Nabney and Golbabaee 2024 (arXiv:2410.08920): importance and rank of every hyperparameter on
each dataset, and their means. We add how far the mean is known: its 95 % interval by Student's t over the datasets,
which are taken to be a sample of those that one could meet.

Which datasets a hyperparameter is told apart from chance on: the p-values of one dataset are corrected for its
hyperparameters already. Over the datasets the step-up rule of Benjamini and Hochberg 1995
(doi:10.1111/j.2517-6161.1995.tb02031.x) decides which of them are named. Where nothing matters anywhere it names
something in at most 5 % of tables, whatever the number of hyperparameters: the smallest p-values of the datasets are
valid ones, and they pass the rule whenever those of some hyperparameter do (Simes 1986).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from numbers import Integral
from typing import Any

from scipy.special import stdtrit

from hpi import scoring
from hpi.chance import LEVEL
from hpi.comparison.parts import Parts, divided, natural
from hpi.comparison.places import places
from hpi.comparison.ranks import ranks
from hpi.errors import EstimatorError, HpiError, TableError
from hpi.estimators import Estimator, Report, quiet, resolve
from hpi.results import ImportanceResult, Score
from hpi.subspace import Subspace, filterable, filtered, select
from hpi.table import TrialTable

ONE_VALUE = "it has one value there"


class Verdict(StrEnum):
    """Where a hyperparameter is told apart from chance, among the values that have a number of it.

    DOUBTFUL: on so few of so many that chance alone may have done it.
    """

    EVERYWHERE = "everywhere"
    SOMEWHERE = "somewhere"
    DOUBTFUL = "doubtful"
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Value:
    """One value of the column: importance among its trials alone, or the reason why there is none."""

    name: str
    n_trials: int | None
    result: ImportanceResult | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Cell:
    """One hyperparameter on one value, None where unknown; importance, interval and p-value as in `Score`.

    `rank`: 1 is the strongest; those not told apart from chance share their middle rank. `places`: the best and the
    worst place that the intervals leave open, None where it is not told apart. `told`: whether it is told apart from
    chance, None where nothing was compared with chance. `note`: why there is no number.
    """

    importance: float | None
    low: float | None
    high: float | None
    p_value: float | None
    rank: float | None
    places: tuple[int, int] | None
    told: bool | None
    note: str | None


@dataclass(frozen=True)
class Row:
    """One hyperparameter on all values.

    Attributes
    ----------
    cells
        One a value, in their order.
    n
        Values with a number, over which mean and mean rank are taken.
    mean, sd
        Of the importances; sd is the standard deviation over values, None for one value.
    low, high
        95 % interval of the mean, by t with n - 1 degrees of freedom, cut at 0 and 1; None for one value, and where
        all importances are equal: then their spread does not say how far the mean is known.
    mean_rank
        Of the ranks.
    n_told, n_tested
        On how many values it is told apart from chance, of how many that were compared with it.
    on
        The values that it is named on.
    at_most
        The largest upper limit of its interval where it is not told apart; None where there is no such limit.
    """

    name: str
    cells: tuple[Cell, ...]
    n: int
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    mean_rank: float | None
    n_told: int
    n_tested: int
    verdict: Verdict
    on: tuple[str, ...]
    at_most: float | None


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
        As in `hpi.importance`.
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
    parts, method, asked = divided(table, by), resolve(estimator), subspace or Subspace()
    check(parts, asked)
    found = []
    for i, value in enumerate(parts.values):

        def within(done: float, doing: str, i: int = i, value: str = value) -> None:
            report((i + done) / len(parts.values), f"{value}: {doing}")

        found.append(_value(parts, value, method, asked, int(seed), within))
    report(1.0, "all values are done")
    return gathered(parts, found, method.name)


def check(parts: Parts, asked: Subspace) -> None:
    """Raise HpiError where no value could have an answer; as `across` does."""
    if parts.table.loss.size and not parts.table.hyperparameters:
        raise TableError("No column is a hyperparameter that varies; choose at least one.")
    if not {condition.name for condition in asked.where} <= set(filterable(parts.table)):
        filtered(parts.table, asked.where)


def _value(parts: Parts, name: str, method: Estimator, asked: Subspace, seed: int, report: Report) -> Value:
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
    rows = [_row(one.name, values) for one in table.hyperparameters]
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


def _row(name: str, values: Sequence[Value]) -> Row:
    cells = tuple(_cell(name, value) for value in values)
    known = [cell.importance for cell in cells if cell.importance is not None]
    order = [cell.rank for cell in cells if cell.rank is not None]
    mean, sd = (statistics.mean(known) if known else None, statistics.stdev(known) if len(known) > 1 else None)
    low, high = _interval(mean, sd, len(known))
    tested = [cell for cell in cells if cell.told is not None]
    verdict, on = _verdict([(value.name, cell) for value, cell in zip(values, cells, strict=True)])
    limits = [cell.high for cell in tested if not cell.told and cell.high is not None]
    return Row(
        name=name,
        cells=cells,
        n=len(known),
        mean=mean,
        sd=sd,
        low=low,
        high=high,
        mean_rank=statistics.mean(order) if order else None,
        n_told=sum(cell.told is True for cell in tested),
        n_tested=len(tested),
        verdict=verdict,
        on=on,
        at_most=max(limits, default=None),
    )


def _cell(name: str, value: Value) -> Cell:
    result = value.result
    score = None if result is None else next((s for s in result.hyperparameters if s.name == name), None)
    if result is None or score is None:
        note = value.reason if result is None else ONE_VALUE
        return Cell(None, None, None, None, None, None, None, note)
    place = places(result).get(name)
    return Cell(
        score.importance, score.low, score.high, score.p_value, ranks(result).get(name), place, _told(score), score.note
    )


def _told(score: Score) -> bool | None:
    return None if score.importance is None or score.p_value is None else score.detectable


def _interval(mean: float | None, sd: float | None, n: int) -> tuple[float | None, float | None]:
    """95 % interval of a mean of n importances: mean -+ t sd / sqrt(n), within the values that they can have."""
    if mean is None or not sd:
        return None, None
    half = float(stdtrit(n - 1, 0.975)) * sd / n**0.5
    return max(0.0, mean - half), min(1.0, mean + half)


def _verdict(cells: Sequence[tuple[str, Cell]]) -> tuple[Verdict, tuple[str, ...]]:
    """Return where a hyperparameter is told apart from chance, and the values that it is named on."""
    tested = [(name, cell) for name, cell in cells if cell.told is not None]
    told = [name for name, cell in tested if cell.told]
    if not tested:
        return Verdict.UNKNOWN, ()
    if not told:
        return Verdict.NOWHERE, ()
    if len(told) == len(tested):
        return Verdict.EVERYWHERE, tuple(told)
    p_values = sorted(cell.p_value for _, cell in tested if cell.p_value is not None)
    passing = [p for k, p in enumerate(p_values, 1) if p <= k * LEVEL / len(tested) + 1e-12]
    if not passing:
        return Verdict.DOUBTFUL, ()
    on = [name for name, cell in tested if cell.told and cell.p_value is not None and cell.p_value <= passing[-1]]
    return Verdict.SOMEWHERE, tuple(on)
