r"""f-ANOVA: the share of the variance of a random forest's prediction that a hyperparameter, or a pair, explains.

Hutter, Hoos, Leyton-Brown 2014 (ICML, PMLR 32): V_U / V for the pure effect of a set U of hyperparameters, over the
whole space. Marginals are exact (`boxes.py`). We depart from the paper in five things: hyperparameters lie on their own
measure, logarithmic ones on the logarithm (`axes.py`); categories count the levels there are, and nothing
else; the metric is cut at the region's threshold before a forest is grown, where the paper's authors cut the leaves; a
forest that does not predict gives no answer; and intervals and the test against chance come from the trials themselves
(`effects.py`), since trees of one forest share what they miss. Their spread says how far a forest's number is from that
of a forest of other trials: the interval reaches that far on both sides of the number, at least.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hpi.estimators.base import Estimate, Pairs, Report, Scores, quiet
from hpi.estimators.forest import boxes, model
from hpi.estimators.forest.branch import Branch, branch
from hpi.estimators.forest.effects import Compared, Effects, strongest
from hpi.estimators.settings import Settings, permutations_setting, setting
from hpi.space import Floats, Integers
from hpi.subspace import Sample

GROWING = 0.5


@dataclass(frozen=True)
class Fanova(Settings):
    """f-ANOVA of a random forest.

    Parameters
    ----------
    permutations
        Shuffles that say what chance alone would show, from 100 to 10,000, or 0: no floors and no p-values.
    pairs_of
        All pairs of so many of the strongest hyperparameters are shown, from 0 (none) to 16.

    Raises
    ------
    EstimatorError
        If a setting is out of its bounds.
    """

    permutations: int = permutations_setting()
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
        columns = strongest(grown, asked, self.pairs_of)
        found = _marginals(grown, columns, report)
        report(GROWING + 0.2, "comparing with chance")
        effects = Effects.of(asked, columns)
        return _estimate(asked, grown, found, effects, effects.compared(self.permutations, rng))


Found = tuple[tuple[Floats, Floats], tuple[Floats, Floats]]
"""The forest's shares, and their spread between trees: of mains and of pairs."""


def _marginals(grown: model.Model, both: Integers, report: Report) -> Found:
    """Return the shares of mains and pairs over trees: their means, then their spreads."""
    n_columns, trees, parts = grown.encoded.matrix.shape[1], grown.forest.trees, []
    for k, tree in enumerate(trees):
        report(GROWING + 0.2 * k / len(trees), "integrating trees")
        parts.append(boxes.decompose(boxes.Leaves.of(tree, n_columns), grown.axes, both))
    return boxes.shares(parts), boxes.spreads(parts)


def _estimate(
    asked: Branch,
    grown: model.Model,
    found: Found,
    effects: Effects,
    compared: tuple[Compared, Compared],
) -> Estimate:
    """Put the forest's shares and what the trials say of them together, in the columns of the design."""
    n, (shares, spreads) = len(asked.notes), found
    mains = _fields(shares[0], spreads[0], effects.ends(effects.mains, grown), compared[0])
    second = _fields(shares[1], spreads[1], effects.ends(effects.both, grown), compared[1])
    left = max(0.0, 1 - float(shares[0].sum()) - float(shares[1].sum()))
    facts = (*model.facts(asked, grown), ("higher_orders", round(left, 4)))
    both = _pairs(asked, effects.columns, second) if len(effects.columns) else None
    spread = Scores(**{name: asked.spread(values, n) for name, values in mains.items()})
    return model.estimate(spread, asked.notes, both, facts, asked.warnings)


def _fields(share: Floats, spread: Floats, ends: tuple[Floats, Floats], compared: Compared) -> dict[str, Floats]:
    """Return the fields of Scores: the interval is that of the trials, and takes in the forest's own share.

    And a spread between trees on both sides of it. Forests of other tables scatter .5 to .65 times as much as their
    trees (toys of 100 and 400 trials), so that this holds their noise in 9 of 10 cases.
    """
    statistic, null = compared
    return {
        "importance": np.clip(share, 0, 1),
        "low": np.clip(np.minimum(ends[0], share - spread), 0, 1),
        "high": np.clip(np.maximum(ends[1], share + spread), 0, 1),
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
