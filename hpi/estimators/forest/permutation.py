r"""Permutation importance: how much worse a random forest predicts when one hyperparameter is shuffled.

Breiman 2001 (10.1023/A:1010933404324), by scikit-learn, always on trials that the forest has not seen. It is here
for comparison only, because many people know it: it says how much one model leans on a hyperparameter, alone and
together with others, and so adds up to no whole; of two that stand for each other the forest may lean on either; and
shuffling makes combinations that nobody has run. f-ANOVA of the same forest answers the question without these.

The raw number is the drop in R^2. For a model that is right and independent hyperparameters it is twice the total
effect of Sobol, E[Var(f | all others)] / Var(f) (Gregorutti, Michel, Saint-Pierre 2017,
10.1007/s11222-016-9646-1, proposition 1), so half of it, cut to [0, 1], is the importance. A forest sees less than
there is, so the spread of these numbers alone is no interval of the total effect: we widen it to what the trials
themselves say of the main effect and of the interactions that are there (`effects.py`).

Chance is exact, too: if a hyperparameter is independent of the metric and of all others, its values as they are
predict no better than in any other order; all hyperparameters are shuffled in the same orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from hpi import surrogate
from hpi.estimators.base import Estimate, Report, Scores, quiet
from hpi.estimators.forest import model
from hpi.estimators.forest.branch import Branch, branch
from hpi.estimators.forest.effects import Effects, strongest
from hpi.estimators.settings import Settings, setting
from hpi.space import Floats, Integers, Kind
from hpi.subspace import Sample

GROWING = 0.1
FEWEST_SHUFFLES = 40
FOLDS = 4
PAIRS_OF = 8
MOST_PREDICTED = 500
BLOCKS = 8
Z = 1.959963984540054


@dataclass(frozen=True)
class Permutation(Settings):
    """Permutation importance of a random forest.

    Parameters
    ----------
    permutations
        How often each hyperparameter is shuffled, from 40 to 1,000, or 0: 40 times, for importances take shuffles,
        but without floors and p-values.

    Raises
    ------
    EstimatorError
        If a setting is out of its bounds.
    """

    permutations: int = setting(
        100,
        "how often each hyperparameter is shuffled, or 0 for no test",
        low=FEWEST_SHUFFLES,
        high=1_000,
        or_zero=True,
    )

    name: ClassVar[str] = "permutation"
    title: ClassVar[str] = "Permutation importance"
    summary: ClassVar[str] = "How much worse a forest predicts unseen trials when one hyperparameter is shuffled."
    uses_target: ClassVar[bool] = False
    is_slow: ClassVar[bool] = True
    explains: ClassVar[str] = "{name} moves {value} of the variance of the metric, alone and together with others"
    bar: ClassVar[str] = "share of the variance of the metric that it moves, alone and together with others"

    def estimate(self, sample: Sample, rng: np.random.Generator, report: Report = quiet) -> Estimate:
        """Return half the drop in R^2 of every hyperparameter, its interval and its null distribution."""
        asked = branch(sample, rng)
        if not asked.chosen or np.ptp(asked.y) == 0:
            return model.silent(asked, None, self.permutations)
        grown = model.grow(asked, rng, lambda done, doing: report(GROWING * done, doing))
        if not grown.predicts:
            return model.silent(asked, grown, self.permutations)
        losses = _losses(asked, grown.leaf, self.permutations or FEWEST_SHUFFLES, rng, report)
        raw, error = losses.drop()
        seen, null = losses.statistic()
        null = null[: self.permutations]
        n = len(asked.notes)
        low, high = _widened(0.5 * (raw - Z * error), 0.5 * (raw + Z * error), asked, grown)
        scores = Scores(
            importance=asked.spread(np.clip(0.5 * raw, 0, 1), n),
            low=asked.spread(low, n),
            high=asked.spread(high, n),
            statistic=asked.spread(seen, n),
            null_statistic=asked.spread(null, n),
            null_importance=asked.spread(np.clip(0.5 * null, 0, 1), n),
        )
        facts = model.facts(asked, grown)
        return model.estimate(scores, asked.notes, None, facts, asked.warnings, asked.spread(raw, n))


def _widened(low: Floats, high: Floats, asked: Branch, grown: model.Model) -> tuple[Floats, Floats]:
    """Return ends that also hold what the trials say of the main effect and of all interactions that are there."""
    effects = Effects.of(asked, strongest(grown, asked, PAIRS_OF))
    first, last = effects.ends(effects.mains, grown)
    for pair, one, low_both, high_both in zip(
        effects.columns, effects.both, *effects.ends(effects.both, grown), strict=True
    ):
        if one.low > 0:
            first[pair] += low_both
            last[pair] += high_both
    return np.clip(np.minimum(low, first), 0, 1), np.clip(np.maximum(high, last), 0, 1)


@dataclass(frozen=True, eq=False)
class _Losses:
    """What shuffling adds to the squared errors of unseen trials, in shares of their variance.

    `added` has shape (n_folds, n_blocks, n_hyperparameters, n_permutations): blocks are parts of a fold's unseen
    trials, and each holds its share of the fold's mean.
    """

    added: Floats

    def drop(self) -> tuple[Floats, Floats]:
        """Return the mean drop in R^2, shape (n_hyperparameters,), and its standard error.

        The error is the larger of two: that of the trials predicted, by blocks, and that of forests on other trials
        (Nadeau and Bengio 2003, 10.1023/A:1024068626366: folds share trials, so their spread is widened).
        """
        by_block = self.added.mean(axis=3)
        by_fold, n_blocks = by_block.sum(axis=1), self.added.shape[1]
        of_trials = n_blocks * by_block.var(axis=1, ddof=1).mean(axis=0) / FOLDS if n_blocks > 1 else 0.0
        of_forests = (1 / FOLDS + 1 / (FOLDS - 1)) * by_fold.var(axis=0, ddof=1)
        return by_fold.mean(axis=0), np.sqrt(np.maximum(of_trials, of_forests))

    def statistic(self) -> tuple[Floats, Floats]:
        """Return how much better the values are as they stand than shuffled; then each shuffle against the others."""
        by_shuffle = self.added.sum(axis=1).mean(axis=0)
        return by_shuffle.mean(axis=1), (by_shuffle.mean(axis=1, keepdims=True) - by_shuffle).T


def _losses(asked: Branch, leaf: int, n_permutations: int, rng: np.random.Generator, report: Report) -> _Losses:
    """Grow a forest on all folds but one and shuffle each hyperparameter among the trials of that one."""
    unit = np.arange(len(asked.y)) if asked.unit is None else np.unique(asked.unit, return_inverse=True)[1]
    n = int(unit.max()) + 1
    fold, added = _folds(n, rng), []
    n_blocks = int(np.clip(n // FOLDS // 2, 1, BLOCKS))  # as many in every fold, though one may hold a trial more
    for k in range(FOLDS):
        report(GROWING + (1 - GROWING) * k / FOLDS, "shuffling hyperparameters")
        unseen = _first_of(unit, _fair_part(np.flatnonzero(fold == k)))
        mean = np.bincount(unit, asked.y) / np.bincount(unit)
        grown = _Predictor(asked, fold[unit] != k, leaf, int(rng.integers(2**31)))
        seed = int(rng.integers(2**31))
        added.append(_shuffle(grown, asked.x[unseen], mean[unit[unseen]], n_blocks, n_permutations, seed))
    return _Losses(np.stack(added))


class _Predictor:
    """A forest that takes positions, so that the columns of one category are shuffled as one."""

    def __init__(self, asked: Branch, seen: np.ndarray, leaf: int, seed: int) -> None:
        self.asked = asked
        values = [
            np.unique(asked.x[:, j]) if h.kind is Kind.CATEGORY else np.zeros(1)
            for j, h in enumerate(asked.hyperparameters)
        ]
        # A few rows in which every level of every category occurs.
        self.among = np.column_stack([np.resize(one, max(map(len, values))) for one in values])
        matrix = self._encode(asked.x)[seen]
        self.forest = surrogate.blank(leaf, seed)
        self.fit(matrix, asked.y[seen])

    def fit(self, matrix: Any, y: Floats) -> _Predictor:  # noqa: ANN401
        """Grow the forest."""
        self.forest.fit(matrix, y)
        return self

    def predict(self, x: Floats) -> Floats:
        """Predict from positions, shape (n_trials, n_hyperparameters)."""
        matrix = self._encode(x)
        # The forest's own method takes ten times as long for a few hundred trials.
        predicted: Floats = np.mean([tree.tree_.predict(matrix)[:, 0] for tree in self.forest.estimators_], axis=0)
        return predicted

    def _encode(self, x: Floats) -> Any:  # noqa: ANN401
        return surrogate.encode(x, self.asked.hyperparameters, self.among).matrix.astype(np.float32)


def _shuffle(grown: _Predictor, x: Floats, y: Floats, n_blocks: int, n_permutations: int, seed: int) -> Floats:
    """Return what each shuffle adds to the squared error, shape (n_blocks, n_hyperparameters, n_permutations)."""
    from sklearn.inspection import permutation_importance

    block = np.arange(len(y)) % n_blocks
    scale = len(y) * np.var(y) or 1.0

    def score(model: _Predictor, x: Floats, y: Floats) -> dict[str, float]:
        errors = np.bincount(block, (y - model.predict(x)) ** 2, n_blocks) / scale
        return {str(i): -error for i, error in enumerate(errors)}

    found = permutation_importance(grown, x, y, scoring=score, n_repeats=n_permutations, random_state=seed, n_jobs=1)
    return np.stack([found[str(i)].importances for i in range(n_blocks)])


def _folds(n: int, rng: np.random.Generator) -> Integers:
    """Return the fold of each configuration, drawn at random, all about equally large."""
    return np.asarray(rng.permutation(n) % FOLDS)


def _fair_part(wanted: Integers) -> Integers:
    """Return at most 500 of them at even steps: they stand in the order of the metric, so the first are the best."""
    if len(wanted) <= MOST_PREDICTED:
        return wanted
    steps: Integers = np.arange(MOST_PREDICTED) * len(wanted) // MOST_PREDICTED
    return np.asarray(wanted[steps])


def _first_of(unit: Integers, wanted: Integers) -> Integers:
    """Return one trial of each of the wanted configurations: it is their mean that is predicted."""
    return np.unique(unit, return_index=True)[1][wanted]
