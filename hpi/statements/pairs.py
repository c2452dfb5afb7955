"""Two hyperparameters at once: the mean loss in each cell of their groups, with the others held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.space import Floats, Integers, Kind
from hpi.statements.additive import UNKNOWN, Effect, Fit, least_variance
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


def table(basis: Basis, fits: tuple[tuple[Fit, int], ...], y: Floats, j: int, k: int) -> Table:
    """Return the cells of hyperparameters j and k, of one scale y of the loss with its fits."""
    first, second = basis.thirds[j], basis.thirds[k]
    left = others_out(basis, fits, y, j, k)
    shape = len(first.count), len(second.count)
    code = first.code * shape[1] + second.code
    count = np.bincount(code, minlength=shape[0] * shape[1])
    total = np.bincount(code, weights=left, minlength=len(count))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        squares = np.bincount(code, weights=(left - mean[code]) ** 2, minlength=len(count))
        variance = np.maximum(squares / (count - 1), least_variance(y))
    inside = np.s_[: first.n_compared, : second.n_compared]
    kept = 1 - fits[j][0].columns.matrix.shape[1] / len(y)
    return Table(count.reshape(shape)[inside], mean.reshape(shape)[inside], variance.reshape(shape)[inside], kept)


def others_out(basis: Basis, fits: tuple[tuple[Fit, int], ...], y: Floats, j: int, k: int) -> Floats:
    """Return y without what the other hyperparameters add to it, shape (n_trials,), with the mean of y."""
    if not basis.model.is_held:
        return y
    fit = fits[j][0]
    left = fit.residual + fit.part(fits[j][1]) + fit.part(fits[k][1])
    return np.asarray(left - left.mean() + y.mean())


def by_metric(basis: Basis, j: int, k: int) -> Table:
    """Return the cells on the metric's scale, as parts of its unit."""
    return table(basis, basis.model.raw, basis.trials.clipped, j, k)


def by_ranks(basis: Basis, j: int, k: int) -> Table:
    """Return the cells in normal scores."""
    return table(basis, basis.model.ranks, basis.trials.scores, j, k)


def where(groups: Groups, g: int) -> str:
    """Say of which trials a group is: optimizer = sgd, lr up to 0.001, depth from 5 on."""
    first, last = groups.ends[g]
    if not groups.is_ordered:
        return f"{groups.name} = {first}"
    if first == last:
        return f"{groups.name} at {first}"
    if g == 0 or g == groups.n_compared - 1:
        named = groups.hyperparameter.kind is not Kind.ORDINAL
        if named:
            return f"{groups.name} up to {last}" if g == 0 else f"{groups.name} from {first} on"
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
