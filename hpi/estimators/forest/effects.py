"""All main effects and the pairs asked for, from the trials themselves: estimates, intervals, test against chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hpi.estimators.forest import chance, pairs
from hpi.estimators.forest.branch import Branch
from hpi.estimators.forest.direct import Effect, Metric, at_least, effect
from hpi.estimators.forest.functions import Functions, functions
from hpi.estimators.forest.model import LEAST_R2, Model
from hpi.space import Floats, Integers

Compared = tuple[Floats, Floats]
"""Statistic and share of the variance, shape (1 + n_permutations, n): as seen, then shuffled."""


@dataclass(frozen=True, eq=False)
class Effects:
    """Shares of the variance of the metric, and what is needed to compare them with chance.

    Attributes
    ----------
    mains, both
        Of the chosen hyperparameters and of the pairs, shape (n_pairs, 2), in `columns`.
    used, interactions
        The functions that they are sums of.
    lefts
        What all main effects and all other interactions leave of the metric, for each pair.
    """

    metric: Metric
    columns: Integers
    used: list[Functions]
    mains: list[Effect]
    interactions: list[pairs.Interaction]
    both: list[Effect]
    lefts: list[Floats]

    @classmethod
    def of(cls, asked: Branch, columns: Integers) -> Effects:
        """Estimate all of them."""
        metric = Metric.of(asked.y, asked.unit)
        used = [functions(asked.x[:, d], h, metric.n) for d, h in enumerate(asked.hyperparameters)]
        mains = [effect(metric, metric.y, f.at_trials, f.is_series) for f in used]
        left = pairs.residuals(metric.y, [f.at_trials[:, : m.kept] for f, m in zip(used, mains, strict=True)])
        interactions = [pairs.interaction(used[d], used[e]) for d, e in columns]
        both, lefts = _without_others(metric, left, interactions)
        return cls(metric, columns, used, mains, interactions, both, lefts)

    @property
    def present(self) -> list[Effect]:
        """All main effects, and the interactions that are there."""
        return [*self.mains, *(pair for pair in self.both if pair.low > 0)]

    def explained(self, grown: Model) -> float:
        """Return the share of the metric's variance that can surely be explained.

        The largest of three: what the forest explains of unseen trials, what all main effects explain with 95 %
        confidence, and what they do together with the interactions that are there.
        """
        surely = max(at_least(self.metric, self.mains), at_least(self.metric, self.present))
        return float(np.clip(max(grown.forest.r2, surely), LEAST_R2, 1))

    def ends(self, effects: list[Effect], grown: Model) -> tuple[Floats, Floats]:
        """Return both ends of the intervals of effects, as shares of the variance of what can be predicted.

        The variance of the metric holds its noise, and nobody knows how much: the variance of what can be predicted
        lies between `explained` and all of it. So an interval goes from the low end with all of it to the high end
        with what is explained. Where a series was still going on at its end, the rest of what the forest explains may
        be its.
        """
        low, high = (np.array([getattr(one, name) for one in effects]) for name in ("low", "high"))
        rest = max(0.0, grown.forest.r2 - sum(one.share for one in self.present))
        is_open = np.array([one.is_open and one.low > 0 for one in effects], dtype=bool)
        return low, (high + rest * is_open) / self.explained(grown)

    def compared(self, n_permutations: int, rng: np.random.Generator) -> tuple[Compared, Compared]:
        """Compare mains and pairs with chance."""
        shuffles = chance.draw(self.metric, n_permutations, rng)
        mains = [chance.scores(f, shuffles) for f in self.used]
        signs = np.vstack([np.ones(self.metric.n), rng.choice([-1.0, 1.0], (n_permutations, self.metric.n))])
        both = [
            pairs.scores(one, signs * self.metric.sums(left), shuffles.first, shuffles.n_trials)
            for one, left in zip(self.interactions, self.lefts, strict=True)
        ]
        return _stack(mains, n_permutations), _stack(both, n_permutations)


def _without_others(
    metric: Metric, left: Floats, interactions: list[pairs.Interaction]
) -> tuple[list[Effect], list[Floats]]:
    """Estimate pairs from what neither main effects nor the other interactions that are there explain.

    What is left of the metric for each pair comes second. A strong interaction makes the metric scatter more at some
    values of its hyperparameters, which others would be taken for.
    """
    first = [effect(metric, left, one.psi, one.is_series) for one in interactions]
    present = [one.g if one.low > 0 else np.zeros_like(left) for one in first]
    all_present = np.sum(present, axis=0) if present else left
    lefts = [left - (all_present - own) for own in present]
    return [effect(metric, y, i.psi, i.is_series) for i, y in zip(interactions, lefts, strict=True)], lefts


def strongest(grown: Model, asked: Branch, most: int) -> Integers:
    """Return all pairs of the hyperparameters that the trees use most, by places among the chosen."""
    by_column = grown.forest.model.feature_importances_
    use = np.bincount(grown.encoded.owner, by_column, len(asked.chosen))
    first = np.sort(np.argsort(-use, kind="stable")[:most])
    return np.array(list(combinations(first, 2)), dtype=np.int64).reshape(-1, 2)


def _stack(scores: list[tuple[Floats, Floats]], n_permutations: int) -> Compared:
    """Put scores side by side, one column a thing scored."""
    if not scores:
        nothing = np.empty((1 + n_permutations, 0))
        return nothing, nothing
    statistic, share = (np.stack([score[i] for score in scores], axis=1) for i in (0, 1))
    return statistic, share
