"""Importance against the threshold: what decides whether a trial is good, and what decides whether it is excellent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from hpi import checks
from hpi.errors import EstimatorError
from hpi.estimators import Estimate, Estimator
from hpi.space import Design, Floats, Integers, Mask, Tallies
from hpi.space.rungs import TARGETS
from hpi.subspace import Sample, Subspace, cut, standing_for

UNUSED = {"permutations": 0, "pairs": "no"}


@dataclass(frozen=True, eq=False)
class Curve:
    """Importance of every hyperparameter for targets from 0.5 % to 50 % within one region.

    Attributes
    ----------
    names
        Of the hyperparameters, in column order.
    region
        The best fraction of the trials among which is asked.
    targets
        Fractions of the trials, ascending, all below the region, shape (n_points,).
    n_target
        Trials that each target holds, shape (n_points,).
    importance, low, high
        Share that a hyperparameter explains alone, and its 95 % interval, shape (n_points, n_hyperparameters); nan
        where the target holds under 8 trials or the method cannot say.
    """

    names: tuple[str, ...]
    region: float
    targets: Floats
    n_target: Integers
    importance: Floats
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.targets, self.n_target, self.importance, self.low, self.high):
            array.setflags(write=False)

    @property
    def known(self) -> Mask:
        """Whether anything is known at a target, shape (n_points,)."""
        return np.asarray((~np.isnan(self.importance)).any(axis=1))

    @property
    def thin(self) -> Mask:
        """Whether a target holds fewer than 20 trials: only strong effects show there, shape (n_points,)."""
        thin: Mask = self.n_target < checks.FEW_TARGET
        return thin

    def frame(self) -> pd.DataFrame:
        """Return the curve as a table, one row a target and hyperparameter."""
        n_points, n = self.importance.shape
        columns = {name: getattr(self, name).ravel() for name in ("importance", "low", "high")}
        return pd.DataFrame(
            {
                "name": np.tile(np.array(self.names, dtype=object), n_points),
                "target": np.repeat(self.targets, n),
                "n_target": np.repeat(self.n_target, n),
                **columns,
            }
        )


def curve_of(design: Design, region: float, estimator: Estimator, tallies: Tallies | None = None) -> Curve:
    """Return the importance of every hyperparameter at 24 targets, without shuffles.

    Parameters
    ----------
    design
        The trials that pass the filters.
    region
        The best fraction among which is asked.
    estimator
        One that compares target and region; its noise floor and its pairs are left out.
    tallies
        Counts of all trials, where those of the design stand for more.
    """
    bare = _without_chance(estimator)
    asked = [Subspace(region, target) for target in TARGETS if target < region]
    samples = [cut(design, one) if tallies is None else standing_for(design, tallies, one) for one in asked]
    with threadpool_limits(limits=1, user_api="blas"):
        found = [_ask(sample, bare) for sample in samples]
    shape = len(samples), len(design.hyperparameters)

    def gathered(name: str) -> Floats:
        unknown = np.full(shape[1], np.nan)
        rows = [unknown if one is None else getattr(one, name) for one in found]
        return np.array(rows, dtype=float).reshape(shape)

    return Curve(
        names=tuple(hyperparameter.name for hyperparameter in design.hyperparameters),
        region=region,
        targets=np.array([sample.subspace.target for sample in samples], dtype=float),
        n_target=np.array([sample.whole.target for sample in samples], dtype=np.int64),
        importance=gathered("importance"),
        low=gathered("low"),
        high=gathered("high"),
    )


def _ask(sample: Sample, estimator: Estimator) -> Estimate | None:
    """Return the estimate at one target, or None where the question has no answer."""
    try:
        checks.refuse(sample)
    except EstimatorError:
        return None
    return estimator.estimate(sample, np.random.default_rng(0))


def _without_chance(estimator: Estimator) -> Estimator:
    """Return the estimator without what the curve does not show, as far as it can be asked so."""
    for name, value in UNUSED.items():
        with suppress(EstimatorError, TypeError):
            estimator = replace(estimator, **{name: value})  # type: ignore[type-var]
    return estimator
