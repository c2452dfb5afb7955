"""The metric along each hyperparameter with the others held fixed, and what two do together, by one forest.

Friedman 2001 (10.1214/aos/1013203451), section 8.2: the partial dependence of the metric on a hyperparameter at a value
is the average prediction over the trials, each moved to that value. Goldstein, Kapelner, Bleich, Pitkin 2015
(10.1080/10618600.2014.907095): the predictions for single trials say how differently it works for them. We depart in
one thing: conditional hyperparameters are averaged over trials in which they are active, and a trial is never moved to
a configuration that cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hpi.effects import ground as grounds
from hpi.effects.held import Held, held
from hpi.effects.joint import Joint, joint_of
from hpi.effects.outcome import Outcome
from hpi.estimators.base import Report, quiet
from hpi.estimators.forest.model import LEAST_R2
from hpi.subspace import Sample

GROWING, MOVING = 0.75, 0.17  # of the work
DOING = "averaging predictions"


@dataclass(frozen=True, eq=False)
class AdjustedEffects:
    """What one forest says of all hyperparameters and of one pair.

    Attributes
    ----------
    outcome
        What the numbers are in.
    curves
        One a hyperparameter, in column order; none where the forest does not predict.
    joint
        The pair that was asked for; None without one, or where the forest does not predict.
    r2
        Of the forest, on trials that its trees have not seen; None where it cannot be had.
    n_grown, n_averaged
        Trials that the forest was grown on, and configurations that are averaged over.
    is_whole
        Whether the region is all trials. Among the best of them hyperparameters depend on each other even if they were
        drawn independently.
    reason
        Why there is nothing to show; None where there is.
    """

    outcome: Outcome
    curves: tuple[Held, ...]
    joint: Joint | None
    r2: float | None
    n_grown: int
    n_averaged: int
    is_whole: bool
    reason: str | None

    def of(self, name: str) -> Held | None:
        """Return the curve of the hyperparameter called `name`; None where there is none."""
        return next((curve for curve in self.curves if curve.name == name and len(curve.at)), None)


def adjusted(
    sample: Sample,
    outcome: Outcome,
    rng: np.random.Generator,
    pair: tuple[str, str] | None = None,
    report: Report = quiet,
) -> AdjustedEffects:
    """Return the adjusted effects of all hyperparameters among the trials of the region, and of a pair if one is named.

    Nothing is refused: where there is no answer the result says why.
    """
    ground = grounds.grow(sample, rng, lambda done: report(GROWING * done, "growing trees"))
    r2 = None if np.isnan(ground.forest.r2) else float(ground.forest.r2)
    nothing = AdjustedEffects(
        outcome=outcome,
        curves=(),
        joint=None,
        r2=r2,
        n_grown=len(ground.among),
        n_averaged=len(ground.base),
        is_whole=sample.n_region == len(sample.design),
        reason=_silence(r2, outcome),
    )
    if r2 is None or r2 < LEAST_R2:
        return nothing
    curves = held(ground, sample, outcome, rng, lambda done: report(GROWING + MOVING * done, DOING))
    joint = None if pair is None else joint_of(ground, sample, outcome, pair)
    report(1.0, DOING)
    return replace(nothing, curves=curves, joint=joint, reason=None)


def _silence(r2: float | None, outcome: Outcome) -> str:
    found = "cannot be had" if r2 is None else f"is {r2:.2f}"
    return (
        f"The forest does not predict {outcome.name}: on trials it has not seen its R² {found}, at least {LEAST_R2} is "
        "needed for its averages to mean anything. Add trials, or choose another region."
    )
