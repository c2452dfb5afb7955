"""One hyperparameter on every value of a context column: its mean, how far that is known, and where it matters.

The 95 % interval of a mean is that of Student's t over the values, which are taken to be a sample of those that one
could meet. Where a hyperparameter is told apart from chance: the p-values of one value are corrected for its
hyperparameters already. Over the values the step-up rule of Benjamini and Hochberg 1995
(doi:10.1111/j.2517-6161.1995.tb02031.x) decides which of them are named. Where nothing matters anywhere it names
something in at most 5 % of tables, however many hyperparameters there are: the smallest p-values of the values are
valid ones, and they pass the rule whenever those of some hyperparameter do (Simes 1986, doi:10.1093/biomet/73.3.751).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import stdtrit

from hpi.chance import LEVEL
from hpi.comparison.places import places, surely_above
from hpi.comparison.ranks import ranks
from hpi.results import ImportanceResult, Score

ONE_VALUE = "it has one value there"
ROUNDING = 1e-12  # of p-values, which are multiples of one over the number of shuffles


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
    is_only_there
        Whether it surely has more importance on each of these than on every other value that was compared.
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
    is_only_there: bool
    at_most: float | None


def rows_of(names: Sequence[str], values: Sequence[Value]) -> tuple[Row, ...]:
    """Return what is known of each hyperparameter on all values, in the order of the names."""
    found = [_cells(value) for value in values]
    return tuple(_row(name, values, [cells.get(name) for cells in found]) for name in names)


def _cells(value: Value) -> Mapping[str, Cell]:
    """Return the cell of every hyperparameter that varies among the trials of a value."""
    if value.result is None:
        return {}
    order, open_places = ranks(value.result), places(value.result)
    return {
        score.name: Cell(
            importance=score.importance,
            low=score.low,
            high=score.high,
            p_value=score.p_value,
            rank=order.get(score.name),
            places=open_places.get(score.name),
            told=None if score.importance is None or score.p_value is None else score.detectable,
            note=score.note,
        )
        for score in value.result.hyperparameters
    }


def _row(name: str, values: Sequence[Value], found: Sequence[Cell | None]) -> Row:
    cells = tuple(_empty(value) if cell is None else cell for value, cell in zip(values, found, strict=True))
    known = [cell.importance for cell in cells if cell.importance is not None]
    order = [cell.rank for cell in cells if cell.rank is not None]
    mean, sd = (statistics.mean(known) if known else None, statistics.stdev(known) if len(known) > 1 else None)
    low, high = _interval(mean, sd, len(known))
    tested = {value.name: cell for value, cell in zip(values, cells, strict=True) if cell.told is not None}
    verdict, on = _verdict(tested)
    limits = [cell.high for cell in tested.values() if not cell.told and cell.high is not None]
    return Row(
        name=name,
        cells=cells,
        n=len(known),
        mean=mean,
        sd=sd,
        low=low,
        high=high,
        mean_rank=statistics.mean(order) if order else None,
        n_told=sum(cell.told is True for cell in tested.values()),
        n_tested=len(tested),
        verdict=verdict,
        on=on,
        is_only_there=verdict is Verdict.SOMEWHERE and _is_only_on(on, tested),
        at_most=max(limits, default=None),
    )


def _empty(value: Value) -> Cell:
    note = value.reason if value.result is None else ONE_VALUE
    return Cell(None, None, None, None, None, None, None, note)


def _interval(mean: float | None, sd: float | None, n: int) -> tuple[float | None, float | None]:
    """95 % interval of a mean of n importances: mean -+ t sd / sqrt(n), within the values that they can have."""
    if mean is None or not sd:
        return None, None
    half = float(stdtrit(n - 1, 0.975)) * sd / n**0.5
    return max(0.0, mean - half), min(1.0, mean + half)


def _verdict(tested: Mapping[str, Cell]) -> tuple[Verdict, tuple[str, ...]]:
    """Return where a hyperparameter is told apart from chance, and the values that it is named on."""
    told = tuple(name for name, cell in tested.items() if cell.told)
    if not told:
        return Verdict.NOWHERE if tested else Verdict.UNKNOWN, ()
    if len(told) == len(tested) > 1:
        return Verdict.EVERYWHERE, told
    p_values = sorted(cell.p_value for cell in tested.values() if cell.p_value is not None)
    passing = [p for k, p in enumerate(p_values, 1) if p <= k * LEVEL / len(tested) + ROUNDING]
    on = tuple(name for name in told if passing and (tested[name].p_value or 0.0) <= passing[-1])
    return (Verdict.SOMEWHERE if on else Verdict.DOUBTFUL), on


def _is_only_on(on: Sequence[str], tested: Mapping[str, Cell]) -> bool:
    """Whether a hyperparameter has surely more importance on each of these values than on every other."""
    others = [cell for name, cell in tested.items() if name not in on]
    return bool(others) and all(_surely_above(tested[name], other) for name in on for other in others)


def _surely_above(first: Cell, second: Cell) -> bool:
    a, b = (Score("", c.importance, c.low, c.high, None, None, None, False, None) for c in (first, second))
    return surely_above(a, b)
