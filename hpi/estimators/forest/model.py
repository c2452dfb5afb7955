"""The forest of a branch, whether it predicts, and what is said where it does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi import surrogate
from hpi.estimators.base import Estimate, Pairs, Report, Scores, unknown_scores
from hpi.estimators.forest.axes import Axis, axes
from hpi.estimators.forest.branch import Branch
from hpi.space import Floats

Facts = tuple[tuple[str, float | int | str | None], ...]

LEAST_R2 = 0.3
SILENT = "the model does not predict this metric"


@dataclass(frozen=True, eq=False)
class Model:
    """A forest, its columns, and the axes of its hyperparameters."""

    forest: surrogate.Forest
    encoded: surrogate.Encoded
    axes: tuple[Axis, ...]

    @property
    def leaf(self) -> int:
        """How many trials a leaf holds at least."""
        return int(self.forest.model.min_samples_leaf)

    @property
    def predicts(self) -> bool:
        """Whether the forest explains enough of what it has not seen that its inner workings mean anything."""
        return self.forest.r2 >= LEAST_R2


def grow(branch: Branch, rng: np.random.Generator, report: Report) -> Model:
    """Grow a forest on the trials of a branch."""
    encoded = surrogate.encode(branch.x, branch.hyperparameters)
    forest = surrogate.grow(encoded, branch.y, branch.unit, rng, lambda done: report(done, "growing trees"))
    return Model(forest, encoded, axes(encoded, branch.hyperparameters, branch.x, branch.whole))


def facts(branch: Branch, model: Model | None) -> Facts:
    """Return how well the forest predicts and on how many trials that rests."""
    r2 = None if model is None or np.isnan(model.forest.r2) else round(model.forest.r2, 4)
    return ("out_of_bag_r2", r2), ("trials_used", len(branch.rows))


def silent(branch: Branch, model: Model | None, n_permutations: int) -> Estimate:
    """Return the answer of a forest that does not predict: nothing is known, and why."""
    n = len(branch.notes)
    notes = tuple(SILENT if j in branch.chosen else note for j, note in enumerate(branch.notes))
    warnings = () if model is None else (_sentence(model.forest.r2),)
    return estimate(Scores(**unknown_scores(n, n_permutations)), notes, None, facts(branch, model), warnings)


def estimate(
    scores: Scores,
    notes: tuple[str | None, ...],
    pairs: Pairs | None,
    facts: Facts,
    warnings: tuple[str, ...],
    raw: Floats | None = None,
) -> Estimate:
    """Return scores with all that is needed to read them."""
    return Estimate(
        importance=scores.importance,
        low=scores.low,
        high=scores.high,
        statistic=scores.statistic,
        null_statistic=scores.null_statistic,
        null_importance=scores.null_importance,
        notes=notes,
        raw=raw,
        pairs=pairs,
        facts=facts,
        warnings=warnings,
    )


def _sentence(r2: float) -> str:
    found = "cannot be had" if np.isnan(r2) else f"is {r2:.2f}"
    return (
        f"The model does not predict this metric: on trials it has not seen its R² {found}, at least {LEAST_R2} is "
        "needed for its importances to mean anything. Add trials, choose a smaller region if a few bad trials stretch "
        "the metric, or ask PED-ANOVA, which needs no model."
    )
