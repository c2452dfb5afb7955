"""Two hyperparameters at once: the mean loss in each cell of their groups, with the others held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from hpi.space import Floats, Integers, Kind
from hpi.statements.additive import RANK, UNKNOWN, Effect, least_variance
from hpi.statements.basis import Basis
from hpi.statements.finding import Line, Picture, Point
from hpi.statements.groups import FEWEST, Groups


@dataclass(frozen=True, eq=False)
class Table:
    """Cells of two hyperparameters' groups; rows are those of the first.

    Attributes
    ----------
    count, mean, variance
        Of the loss that the others leave, shape (n_first, n_second); nan where there are too few trials.
    kept
        Share of the trials' degrees of freedom that the model has left.
    """

    count: Integers
    mean: Floats
    variance: Floats
    kept: float

    @property
    def turned(self) -> Table:
        """The same cells with the second hyperparameter's groups as rows."""
        return Table(self.count.T, self.mean.T, self.variance.T, self.kept)

    def cell(self, a: int, b: int) -> Effect:
        """Return the mean of one cell; unknown with too few trials."""
        n = int(self.count[a, b])
        if n < FEWEST:
            return UNKNOWN
        return Effect(float(self.mean[a, b]), float(np.sqrt(self.variance[a, b] / n / self.kept)), n - 1.0)

    def sum(self, weighted: dict[tuple[int, int], float]) -> Effect:
        """Return a weighted sum of independent cells (Welch and Satterthwaite)."""
        cells = [(self.cell(*place), weight) for place, weight in weighted.items()]
        parts = [(weight * cell.se) ** 2 for cell, weight in cells]
        total = sum(parts)
        if not total > 0:
            return UNKNOWN
        df = total**2 / sum(part**2 / cell.df for (cell, _), part in zip(cells, parts, strict=True))
        return Effect(sum(weight * cell.value for cell, weight in cells), float(np.sqrt(total)), df)


Tables = Callable[[int, int], tuple[Table, Table]]


def tables_of(basis: Basis) -> Tables:
    """Return a function from two hyperparameters to their cells, in parts of the metric's unit and by ranks.

    Each pair is counted once.
    """
    counted = cache(partial(_counted, basis))

    def of(j: int, k: int) -> tuple[Table, Table]:
        metric, ranks = counted(min(j, k), max(j, k))
        return (metric, ranks) if j < k else (metric.turned, ranks.turned)

    return of


def _counted(basis: Basis, j: int, k: int) -> tuple[Table, Table]:
    first, second = basis.thirds[j], basis.thirds[k]
    code = first.code * len(second.count) + second.code
    left = _others_out(basis, code, j, k) if basis.model.is_held else _explained(basis)
    kept = 1 - basis.model.raw[j][0].columns.matrix.shape[1] / len(code)
    metric, ranks = (_table(first, second, code, y, least_variance(whole), kept)
                     for y, whole in zip(left.T, _explained(basis).T, strict=True))  # fmt: skip
    return metric, ranks


def _table(first: Groups, second: Groups, code: Integers, y: Floats, least: float, kept: float) -> Table:
    shape = len(first.count), len(second.count)
    count = np.bincount(code, minlength=shape[0] * shape[1])
    total = np.bincount(code, weights=y, minlength=len(count))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        squares = np.bincount(code, weights=(y - mean[code]) ** 2, minlength=len(count))
        variance = np.maximum(squares / (count - 1), least)
    inside = np.s_[: first.n_compared, : second.n_compared]
    return Table(count.reshape(shape)[inside], mean.reshape(shape)[inside], variance.reshape(shape)[inside], kept)


def _explained(basis: Basis) -> Floats:
    """Return both scales of the loss, shape (n_trials, 2)."""
    return np.column_stack([basis.trials.clipped, basis.trials.scores])


def _others_out(basis: Basis, code: Integers, j: int, k: int) -> Floats:
    """Return both scales without what the other hyperparameters add, shape (n_trials, 2), with the same mean.

    What they add is fitted beside a mean for every cell: fitted without, it would hold a part of what the two do
    together. The cells are put into the model that there is by what it leaves of them (Frisch and Waugh 1933).
    """
    fits = basis.model.raw[j][0], basis.model.ranks[j][0]
    columns, each = fits[0].columns, np.eye(int(code.max()) + 1)[code]
    of_columns = each.T @ columns.matrix
    explained = columns.inverse @ of_columns.T
    values, vectors = np.linalg.eigh(np.diag(each.sum(axis=0)) - of_columns @ explained)
    real = values > RANK * len(code)
    residual = each.T @ np.column_stack([fit.residual for fit in fits])
    cells = (vectors[:, real] / values[real]) @ (vectors[:, real].T @ residual)
    found = np.column_stack([fit.coefficients for fit in fits]) - explained @ cells
    others = columns.of_others(j, k)[:, None]
    return np.asarray(_explained(basis) - columns.matrix @ np.where(others, found, 0))


def where(groups: Groups, g: int) -> str:
    """Say of which trials a group is: optimizer = sgd, lr up to 0.001, depth from 5 on."""
    first, last = groups.ends[g]
    if first == last:  # a level is its own first and last
        return f"{groups.name} = {first}"
    if groups.hyperparameter.kind is not Kind.ORDINAL and g == 0:
        return f"{groups.name} up to {last}"
    if groups.hyperparameter.kind is not Kind.ORDINAL and g == groups.n_compared - 1:
        return f"{groups.name} from {first} on"
    return f"{groups.name} between {first} and {last}"


def picture(basis: Basis, cells: Table, j: int, k: int, marked: tuple[tuple[int, int], ...]) -> Picture:
    """Return a line of the first hyperparameter's groups for each group of the second; thin cells are left out."""
    first, second = basis.thirds[j], basis.thirds[k]
    lines = []
    for b in range(second.n_compared):
        points = [
            Point(first.labels[a], *basis.own_unit(cells.cell(a, b)), int(cells.count[a, b]), (a, b) in marked)
            for a in range(first.n_compared)
            if cells.count[a, b] >= FEWEST and cells.cell(a, b).se >= 0
        ]
        if points:
            lines.append(Line(where(second, b), tuple(points)))
    return Picture(first.name, basis.measured, tuple(lines), first.is_ordered)
