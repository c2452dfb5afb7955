r"""f-ANOVA: the share of the variance of a random forest's prediction that a hyperparameter, or a pair, explains.

Hutter, Hoos, Leyton-Brown 2014 (ICML, PMLR 32): V_U / V for the pure effect of a set U of hyperparameters, over the
whole space. Marginals are exact (`boxes.py`). We depart from the paper in five things: hyperparameters lie on their own
measure, logarithmic ones on the logarithm (`axes.py`); categories count the levels there are, and nothing
else; the metric is cut at the region's threshold before a forest is grown, where the paper's authors cut the leaves; a
forest that does not predict gives no answer; and intervals and the test against chance come from the trials themselves
(`direct.py`, `chance.py`), since the spread over trees says nothing of either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import ClassVar

import numpy as np

from hpi.estimators.base import Estimate, Pairs, Report, Scores, quiet
from hpi.estimators.forest import boxes, chance, model, pairs
from hpi.estimators.forest.branch import Branch, branch
from hpi.estimators.forest.direct import Effect, Metric, at_least, effect
from hpi.estimators.forest.functions import Functions, functions
from hpi.estimators.settings import Settings, setting
from hpi.space import Floats, Integers
from hpi.subspace import Sample

GROWING = 0.5


@dataclass(frozen=True)
class Fanova(Settings):
    """f-ANOVA of a random forest.

    Parameters
    ----------
    permutations
        Shuffles that say what chance alone would show, from 100 to 10,000.
    pairs_of
        All pairs of so many of the strongest hyperparameters are shown, from 0 (none) to 16.

    Raises
    ------
    EstimatorError
        If a setting is out of its bounds.
    """

    permutations: int = setting(200, "shuffles that say what chance alone would show", low=100, high=10_000)
    pairs_of: int = setting(8, "strongest hyperparameters whose pairs are shown", low=0, high=16)

    name: ClassVar[str] = "fanova"
    title: ClassVar[str] = "f-ANOVA"
    summary: ClassVar[str] = (
        "The share of the metric's variance that one hyperparameter, or two together, explain in a forest's prediction."
    )
    uses_target: ClassVar[bool] = False
    is_slow: ClassVar[bool] = True

    def estimate(self, sample: Sample, rng: np.random.Generator, report: Report = quiet) -> Estimate:
        """Return shares of the variance, of hyperparameters and pairs, with intervals and null distribution."""
        asked = branch(sample, rng)
        if not asked.chosen or np.ptp(asked.y) == 0:
            return model.silent(asked, None, self.permutations)
        grown = model.grow(asked, rng, lambda done, doing: report(GROWING * done, doing))
        if not grown.predicts:
            return model.silent(asked, grown, self.permutations)
        both = _strongest(grown, asked, self.pairs_of)
        found = _marginals(grown, both, report)
        from_trials = _FromTrials.of(asked, both, self.permutations, rng, report)
        return _estimate(asked, grown, both, found, from_trials)


@dataclass(frozen=True, eq=False)
class _FromTrials:
    """Effects of hyperparameters and pairs without a forest; their statistics and null shares, as seen first.

    Statistics and shares have shape (1 + n_permutations, n).
    """

    metric: Metric
    mains: list[Effect]
    both: list[Effect]
    main_scores: tuple[Floats, Floats]
    pair_scores: tuple[Floats, Floats]

    @classmethod
    def of(
        cls, asked: Branch, both: Integers, n_permutations: int, rng: np.random.Generator, report: Report
    ) -> _FromTrials:
        """Compute all of them."""
        report(0.7, "comparing with chance")
        metric = Metric.of(asked.y, asked.unit)
        used = [functions(asked.x[:, d], h) for d, h in enumerate(asked.hyperparameters)]
        mains = [effect(metric, metric.y, f.at_trials, f.is_series) for f in used]
        shuffles = chance.draw(metric, n_permutations, rng)
        main_scores = _stack([chance.scores(f, shuffles) for f in used], n_permutations)
        report(0.8, "comparing pairs with chance")
        second = _pairs_from_trials(metric, used, mains, both, shuffles)
        return cls(metric, mains, second[0], main_scores, _stack(second[1], n_permutations))

    @property
    def explained(self) -> float:
        """What is certain to be explained of the metric: by main effects, or with the interactions that are there."""
        present = [pair for pair in self.both if pair.low > 0]
        return max(at_least(self.metric, self.mains), at_least(self.metric, [*self.mains, *present]))


def _pairs_from_trials(
    metric: Metric, used: list[Functions], mains: list[Effect], both: Integers, shuffles: chance.Shuffles
) -> tuple[list[Effect], list[tuple[Floats, Floats]]]:
    """Effects of pairs, and their scores as seen and shuffled, from what all main effects leave of the metric."""
    kept = [f.at_trials[:, : main.kept] for f, main in zip(used, mains, strict=True)]
    left, n_fitted = pairs.residuals(metric.y, kept)
    rows = replace(shuffles, sums=metric.sums(left)).rows
    effects, scores = [], []
    for d, e in both:
        pair = pairs.interaction(used[d], used[e])
        effects.append(effect(metric, left, pair.psi, pair.is_series, n_fitted))
        scores.append(pairs.scores(pair, rows, shuffles))
    return effects, scores


def _strongest(grown: model.Model, asked: Branch, most: int) -> Integers:
    """Return all pairs of the hyperparameters that the trees use most, by places among the chosen."""
    by_column = grown.forest.model.feature_importances_
    use = np.bincount(grown.encoded.owner, by_column, len(asked.chosen))
    strongest = np.sort(np.argsort(-use, kind="stable")[:most])
    return np.array(list(combinations(strongest, 2)), dtype=np.int64).reshape(-1, 2)


def _marginals(grown: model.Model, both: Integers, report: Report) -> tuple[Floats, Floats]:
    """Return the shares of mains and pairs, averaged over trees."""
    n_columns, trees, parts = grown.encoded.matrix.shape[1], grown.forest.trees, []
    for k, tree in enumerate(trees):
        report(GROWING + 0.2 * k / len(trees), "integrating trees")
        parts.append(boxes.decompose(boxes.Leaves.of(tree, n_columns), grown.axes, both))
    return boxes.shares(parts)


def _estimate(
    asked: Branch, grown: model.Model, both: Integers, found: tuple[Floats, Floats], trials: _FromTrials
) -> Estimate:
    """Put the forest's shares and what the trials say of them together, in the columns of the design."""
    n = len(asked.notes)
    explained = float(np.clip(max(grown.forest.r2, trials.explained), model.LEAST_R2, 1))
    mains, second = (
        _fields(share, effects, scores, explained)
        for share, effects, scores in zip(
            found, (trials.mains, trials.both), (trials.main_scores, trials.pair_scores), strict=True
        )
    )
    left = max(0.0, 1 - float(found[0].sum()) - float(found[1].sum()))
    facts = (*model.facts(asked, grown), ("higher_orders", round(left, 4)))
    found_pairs = _pairs(asked, both, second) if len(both) else None
    spread = Scores(**{name: asked.spread(values, n) for name, values in mains.items()})
    return model.estimate(spread, asked.notes, found_pairs, facts, asked.warnings)


def _fields(share: Floats, effects: list[Effect], scores: tuple[Floats, Floats], explained: float) -> dict[str, Floats]:
    """Return the fields of Scores.

    The variance of the metric holds its noise, and nobody knows how much: the variance of what can be predicted lies
    between `explained` and all of it. So an interval goes from the low end with all of it to the high end with what is
    explained, and takes in the forest's own share.
    """
    low, high = (np.array([getattr(one, name) for one in effects]) for name in ("low", "high"))
    statistic, null = scores
    return {
        "importance": np.clip(share, 0, 1),
        "low": np.clip(np.minimum(low, share), 0, 1),
        "high": np.clip(np.maximum(high / explained, share), 0, 1),
        "statistic": statistic[0],
        "null_statistic": statistic[1:],
        "null_importance": np.clip(null[1:], 0, 1),
    }


def _pairs(asked: Branch, both: Integers, fields: dict[str, Floats]) -> Pairs:
    """Return pairs in the columns of the design, the lower column first, in their order."""
    columns = np.sort(np.array(asked.chosen)[both], axis=1)
    order = np.lexsort((columns[:, 1], columns[:, 0]))
    ordered = {name: values[..., order] for name, values in fields.items()}
    return Pairs(
        importance=ordered["importance"],
        low=ordered["low"],
        high=ordered["high"],
        statistic=ordered["statistic"],
        null_statistic=ordered["null_statistic"],
        null_importance=ordered["null_importance"],
        columns=columns[order],
        reading="interaction",
    )


def _stack(scores: list[tuple[Floats, Floats]], n_permutations: int) -> tuple[Floats, Floats]:
    """Put scores side by side, one column a thing scored."""
    if not scores:
        nothing = np.empty((1 + n_permutations, 0))
        return nothing, nothing
    statistic, share = (np.stack([score[i] for score in scores], axis=1) for i in (0, 1))
    return statistic, share
