"""A random forest of the metric, and how well it predicts trials that it has not seen.

Breiman 2001 (10.1023/A:1010933404324): trees on bootstrap samples; the trials that a tree has not drawn say how well
the forest predicts. We depart in one thing: where several trials of one configuration are kept, whole configurations
are drawn, since a tree that has seen one of them has seen them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpi.space import Floats, Hyperparameter, Integers, Kind, Mask

Singles = NDArray[np.float32]

TREES = 64
CHUNK = 8
MOST_ROWS = 20_000
MOST_LEAVES = 500
LARGER = 3
NO_LEVEL = -1
STEPS = 2**24


@dataclass(frozen=True, eq=False)
class Encoded:
    """Trials as a forest sees them: positions, and one column of 0 and 1 for each level of a category.

    Attributes
    ----------
    matrix
        Shape (n_trials, n_columns).
    owner
        The hyperparameter of each column, shape (n_columns,), as its place in what was encoded.
    level
        The level that a column stands for, or -1 where the column holds positions, shape (n_columns,).
    """

    matrix: Floats
    owner: Integers
    level: Integers


@dataclass(frozen=True, eq=False)
class Forest:
    """A fitted forest and its R^2 on the trials that each tree has not seen; nan where there are none.

    `model` is scikit-learn's RandomForestRegressor; `seen` says which trials each tree has drawn, shape (n_trees,
    n_trials).
    """

    model: Any
    r2: float
    seen: Mask

    @property
    def trees(self) -> list[Any]:
        """The low-level tree of each member."""
        return [member.tree_ for member in self.model.estimators_]


def encode(x: Floats, hyperparameters: tuple[Hyperparameter, ...], among: Floats | None = None) -> Encoded:
    """Return positions x, shape (n_trials, n_hyperparameters) without gaps, as a forest sees them.

    Columns stand in the order of the hyperparameters' names: their order changes what trees are grown. A category has
    a column for each level that occurs in `among`, or in x.
    """
    columns, owner, level = [], [], []
    seen = x if among is None else among
    for j in sorted(range(len(hyperparameters)), key=lambda j: hyperparameters[j].name):
        codes = np.unique(seen[:, j]) if hyperparameters[j].kind is Kind.CATEGORY else np.array([])
        columns += [x[:, j]] if not len(codes) else [(x[:, j] == code).astype(float) for code in codes]
        owner += [j] * max(1, len(codes))
        level += list(range(len(codes))) or [NO_LEVEL]
    return Encoded(np.column_stack(columns), np.array(owner, dtype=np.int64), np.array(level, dtype=np.int64))


def unitless(y: Floats) -> Floats:
    """Return a metric y, shape (n_trials,), that is not infinite, from -1 to 1 around its mean; 0 if it is constant.

    The values are multiples of 2^-24 of their range. So all sums in a forest are exact, and a metric in another unit
    grows the same trees: splits that are equally good are chosen between by the last digits.
    """
    # First by a power of two, which is exact: ranges would else overflow or vanish.
    y = np.ldexp(y, -int(np.frexp(np.abs(y).max(initial=0))[1]))
    if not len(y) or np.ptp(y) == 0:
        return np.zeros(len(y))
    steps = np.rint((y - y.min()) / np.ptp(y) * STEPS)
    centred: Floats = (steps - np.rint(steps.mean())) / STEPS
    return centred


def blank(leaf: int, seed: int) -> Any:  # noqa: ANN401
    """Return a forest that is yet to be grown, with so many trials a leaf at least."""
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(n_estimators=TREES, min_samples_leaf=leaf, n_jobs=1, random_state=seed)


def grow(
    encoded: Encoded,
    y: Floats,
    unit: Integers | None,
    rng: np.random.Generator,
    report: Callable[[float], None] = lambda done: None,
) -> Forest:
    """Fit a forest of small and one of larger leaves; the one that predicts unseen trials better.

    Small leaves follow a smooth metric, larger ones do not follow noise. Leaves grow with large tables, so that there
    are no more than about 500 in a tree.

    Parameters
    ----------
    encoded, y, unit
        The trials, their metric in any unit and their configurations, shape (n_trials,).
    report
        Called with the share of trees grown.
    """
    y = unitless(y)
    least, seed = max(1, len(y) // MOST_LEAVES), int(rng.integers(2**31))
    drawn = [int(rng.integers(2**31)) for _ in range(2)]
    forests = []
    for i, leaf in enumerate((least, LARGER * least)):

        def half(done: float, before: int = i) -> None:
            report((before + done) / 2)

        forests.append(_grow(encoded, y, unit, blank(leaf, seed), np.random.default_rng(drawn[i]), half))
    # Of two that cannot be told, the one with small leaves.
    return max(forests, key=lambda forest: -np.inf if np.isnan(forest.r2) else forest.r2)


def _grow(
    encoded: Encoded,
    y: Floats,
    unit: Integers | None,
    model: Any,  # noqa: ANN401
    rng: np.random.Generator,
    report: Callable[[float], None],
) -> Forest:
    """Fit a forest, and ask each tree about the trials that it has not seen."""
    matrix, n = encoded.matrix.astype(np.float32), len(y)  # what the trees work in
    trees = model.n_estimators
    # Each call of `fit` adds trees to those that are there.
    model.set_params(warm_start=True)
    seen = _seen(model, matrix, y, report) if unit is None else _seen_units(model, matrix, y, unit, rng, report)
    model.set_params(warm_start=False, n_estimators=trees)
    total, times = np.zeros(n), np.zeros(n)
    for member, drawn in zip(model.estimators_, seen, strict=True):
        total[~drawn] += member.tree_.predict(matrix[~drawn])[:, 0]
        times += ~drawn
    some = times > 0
    return Forest(model, r2(y[some], total[some] / times[some]), np.array(seen))


def _seen(model: Any, matrix: Singles, y: Floats, report: Callable[[float], None]) -> list[Mask]:  # noqa: ANN401
    """Grow all trees on bootstrap samples of trials; which each has drawn, shape (n_trials,)."""
    trees = model.n_estimators
    for size in range(CHUNK, trees + CHUNK, CHUNK):
        model.set_params(n_estimators=min(size, trees)).fit(matrix, y)
        report(min(size, trees) / trees)
    return [np.bincount(drawn, minlength=len(y)) > 0 for drawn in model.estimators_samples_]


def _seen_units(
    model: Any,  # noqa: ANN401
    matrix: Singles,
    y: Floats,
    unit: Integers,
    rng: np.random.Generator,
    report: Callable[[float], None],
) -> list[Mask]:
    """Grow all trees on bootstrap samples of whole configurations; which trials each has drawn."""
    group, trees, seen = np.unique(unit, return_inverse=True)[1], model.n_estimators, []
    n = int(group.max()) + 1
    model.set_params(bootstrap=False)
    for k in range(1, trees + 1):
        times = np.bincount(rng.integers(n, size=n), minlength=n)[group]
        # Weights are how the library draws bootstrap samples, too.
        model.set_params(n_estimators=k).fit(matrix, y, sample_weight=times.astype(float))
        seen.append(times > 0)
        report(k / trees)
    return seen


def r2(y: Floats, predicted: Floats) -> float:
    """Share of the variance of y that a prediction explains; nan where there is none to explain."""
    if len(y) < 2 or np.ptp(y) == 0:
        return float("nan")
    return float(1 - np.mean((y - predicted) ** 2) / np.var(y))


def part_of(n: int, unit: Integers | None, rng: np.random.Generator, most: int = MOST_ROWS) -> Integers:
    """Return places of the trials that a forest is grown on: all, or whole configurations of at most about `most`."""
    if n <= most:
        return np.arange(n)
    if unit is None:
        return np.sort(rng.choice(n, most, replace=False))
    groups = np.unique(unit, return_inverse=True)[1]
    chosen = rng.permutation(int(groups.max()) + 1)
    size = np.cumsum(np.bincount(groups)[chosen])
    return np.flatnonzero(np.isin(groups, chosen[: max(2, int(np.searchsorted(size, most)))]))
