"""What changes between two questions, hyperparameter by hyperparameter, and how sure each change is.

Intervals come from those of the two answers (`square_and_add.py`). The correlation of two answers about the same trials
is computed where the method allows it (`paired.py`); elsewhere it is taken as 0, which as a rule is too wide, since
errors that come from the same trials mostly go the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from hpi.blocks.large import LargeTable
from hpi.comparison.alike import same_trials
from hpi.comparison.paired import Pairs, correlations
from hpi.comparison.shares import ELSEWHERE, Valued, importances, shares
from hpi.comparison.square_and_add import holm, interval, p_of
from hpi.errors import TableError
from hpi.estimators import by_name
from hpi.filters import parse_filter
from hpi.results import ImportanceResult
from hpi.subspace import Sample, Subspace, select
from hpi.table import TrialTable

Measure = Literal["importance", "share"]
Pairing = Literal["same", "paired", "unpaired", "independent"]
LEVEL = 0.05

Values = Mapping[str, Valued]


@dataclass(frozen=True)
class Change:
    """One hyperparameter in two answers; None is unknown, never 0.

    Attributes
    ----------
    first, second
        Its value in each answer, in the unit of `Difference.measure`; None where it is no hyperparameter there.
    difference, low, high
        The second value less the first, and its own 95 % interval.
    p_value
        Of no difference, corrected for the number of hyperparameters (Holm 1979).
    differs
        Whether the two can be told apart: p_value at most 5 %, and one of the two values is told from chance.
    note
        Why there is no difference to give.
    """

    name: str
    first: Valued | None
    second: Valued | None
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    differs: bool
    note: str | None


@dataclass(frozen=True)
class Difference:
    """Two answers and what changes from the first to the second.

    Attributes
    ----------
    measure
        "importance", or "share" where importances of the two have different units: other estimators, or weights.
    pairing
        "same": the two are one answer, nothing differs. "paired": the same trials, or some of them; errors that both
        share are taken off. "unpaired": likewise, but taken as if they were others: intervals are too wide rather than
        too narrow. "independent": other trials.
    changes
        What differs first, by size; then what does not; then what is unknown.
    n_shared
        How many trials are in both of two tables; None where that is not known, and where it is one table.
    """

    first: ImportanceResult
    second: ImportanceResult
    measure: Measure
    pairing: Pairing
    changes: tuple[Change, ...]
    n_shared: int | None = None

    @property
    def compared(self) -> tuple[Change, ...]:
        """Those whose difference is known."""
        return tuple(change for change in self.changes if change.difference is not None)

    @property
    def different(self) -> tuple[Change, ...]:
        """Those that can be told apart, largest difference first."""
        return tuple(change for change in self.changes if change.differs)

    def to_dict(self) -> dict[str, Any]:
        """Return both answers and all changes as JSON has them."""
        return {
            "measure": self.measure,
            "pairing": self.pairing,
            "n_shared": self.n_shared,
            "changes": [asdict(change) for change in self.changes],
            "first": self.first.to_dict(),
            "second": self.second.to_dict(),
        }

    def frame(self) -> pd.DataFrame:
        """Return a row a hyperparameter: both values with their ends, the difference with its own, whether it is."""
        rows = [
            {
                "name": change.name,
                **_side("first", change.first),
                **_side("second", change.second),
                "difference": change.difference,
                "low": change.low,
                "high": change.high,
                "p_value": change.p_value,
                "differs": change.differs if change.p_value is not None else None,
                "note": change.note,
            }
            for change in self.changes
        ]
        return pd.DataFrame(rows, dtype=object)


def _side(word: str, valued: Valued | None) -> dict[str, float | None]:
    value, low, high = (None, None, None) if valued is None else (valued.value, valued.low, valued.high)
    return {word: value, f"{word} low": low, f"{word} high": high}


def difference(
    first: ImportanceResult,
    second: ImportanceResult,
    *,
    table: TrialTable | None = None,
    other: TrialTable | None = None,
    measure: Measure = "importance",
) -> Difference:
    """Say what changes from the first answer to the second, for every hyperparameter of either.

    Parameters
    ----------
    table
        The table of the first answer. With it errors that both answers share are taken off, where the method allows
        it: intervals are narrower then.
    other
        The table of the second answer, where that is another one.
    measure
        "share": compare each hyperparameter's part of what all have together. Importances of different units, as
        those of two estimators, are always compared so.

    Raises
    ------
    TableError
        If the two explain different metrics, or the same one in different directions, or share no hyperparameter.
    """
    if table is None or isinstance(table, LargeTable) or isinstance(other, LargeTable):
        return compared(first, second, measure=measure)  # of trials that are only counted nobody knows the pull of each
    samples = _sample(table, first), _sample(other or table, second)
    trials = None if other is None or other.fingerprint == table.fingerprint else same_trials(table, other)
    return compared(first, second, samples, measure, trials)


def compared(
    first: ImportanceResult,
    second: ImportanceResult,
    samples: tuple[Sample, Sample] | None = None,
    measure: Measure = "importance",
    trials: Pairs | None = None,
) -> Difference:
    """Do the same for answers about these samples; `trials` that two tables share as `alike.same_trials` has them."""
    _refuse(first, second)
    measure = measure if in_one_unit(first, second) else "share"
    both = _with_numbers(first) & _with_numbers(second)

    def values(result: ImportanceResult) -> Values:
        return shares(result, both) if measure == "share" else importances(result)

    if is_same(first, second):
        return Difference(first, second, measure, "same", _in_order(_unchanged(values(first))))
    found = {} if samples is None or measure == "share" else correlations(first, second, samples, trials)
    n_shared = None if trials is None else len(trials[0])
    overlap = first.fingerprint == second.fingerprint or bool(n_shared)
    pairing: Pairing = "paired" if found else "unpaired" if overlap else "independent"
    changes = _changes(values(first), values(second), found)
    return Difference(first, second, measure, pairing, _in_order(changes), n_shared)


def is_same(first: ImportanceResult, second: ImportanceResult) -> bool:
    """Whether the two are one answer: the same method, numbers of trials and scores, to the last digit."""
    if (first.estimator, first.chosen, first.used) != (second.estimator, second.chosen, second.used):
        return False
    sizes = [(one.subspace.n_region, one.subspace.n_target) for one in (first, second)]
    scores = [{(s.name, s.importance, s.low, s.high) for s in one.hyperparameters} for one in (first, second)]
    return sizes[0] == sizes[1] and scores[0] == scores[1]


def _sample(table: TrialTable, result: ImportanceResult) -> Sample:
    asked = result.subspace
    where = tuple(parse_filter(table, text) for text in asked.where)
    return select(table, Subspace(asked.region, asked.target, where))


def _refuse(first: ImportanceResult, second: ImportanceResult) -> None:
    metrics = [f"{one.metric} ({one.direction})" for one in (first, second)]
    if metrics[0] != metrics[1]:
        raise TableError(
            f"The first explains {metrics[0]}, the second {metrics[1]}: importances of different metrics are not to "
            "be compared. Choose the same metric and direction for both."
        )
    if not {s.name for s in first.hyperparameters} & {s.name for s in second.hyperparameters}:
        raise TableError(
            "The two have no hyperparameter in common, so there is nothing to compare: names must be equal, also in "
            "upper and lower case. Rename the columns of one file, or open another one."
        )


def in_one_unit(first: ImportanceResult, second: ImportanceResult) -> bool:
    """Whether importances mean the same in both: one method, and one whose numbers have a level of their own."""
    return first.estimator == second.estimator and by_name(first.estimator).in_percent


def _with_numbers(result: ImportanceResult) -> set[str]:
    return {score.name for score in result.hyperparameters if score.importance is not None}


def _unchanged(values: Values) -> list[Change]:
    return [
        Change(name, value, value, 0.0, 0.0, 0.0, 1.0, False, None)
        if value.is_known
        else Change(name, value, value, None, None, None, None, False, value.note)
        for name, value in values.items()
    ]


def _changes(first: Values, second: Values, correlation: Mapping[str, float]) -> list[Change]:
    """Return the changes of all names, with p-values corrected for all of those that have one."""
    names = sorted(first.keys() | second.keys())
    found = [_change(name, first.get(name), second.get(name), correlation.get(name, 0.0)) for name in names]
    p_values = holm({change.name: change.p_value for change in found if change.p_value is not None})
    return [_called(change, p_values.get(change.name)) for change in found]


def _called(change: Change, p_value: float | None) -> Change:
    sides = [side for side in (change.first, change.second) if side is not None]
    seen = any(side.detectable or not side.tested for side in sides)
    differs = p_value is not None and p_value <= LEVEL and seen
    return Change(**{**vars(change), "p_value": p_value, "differs": differs})


def _change(name: str, first: Valued | None, second: Valued | None, correlation: float) -> Change:
    if first is None or second is None:
        where = "second" if first is None else "first"
        return Change(name, first, second, None, None, None, None, False, f"only in the {where}")
    if first.value is None or second.value is None:
        return Change(name, first, second, None, None, None, None, False, _why(first, second))
    d = second.value - first.value
    ends = interval(first, second, correlation)
    if ends is None:
        return Change(name, first, second, d, None, None, None, False, "no interval, so nobody knows how sure this is")
    return Change(name, first, second, d, *ends, p_of(d, ends), False, None)


def _why(first: Valued, second: Valued) -> str:
    sides = (("first", first), ("second", second))
    missing = [(word, one) for word, one in sides if one.value is None and one.note != ELSEWHERE]
    reasons = {one.note or "it could not be estimated" for _, one in missing}
    where = "either" if len(missing) == 2 else f"the {missing[0][0]}"
    return f"no number in {where}: {' / '.join(sorted(reasons))}"


def _in_order(changes: list[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=_clearest))


def _clearest(change: Change) -> tuple[bool, bool, float, float, str]:
    values = [side.value or 0.0 for side in (change.first, change.second) if side is not None]
    size = abs(change.difference or 0.0)
    return (not change.differs, change.difference is None, -size, -max(values, default=0.0), change.name)
