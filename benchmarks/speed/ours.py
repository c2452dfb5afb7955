"""Our estimators by name, with those of some settings that they have."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hpi import chance, scoring
from hpi.errors import EstimatorError
from hpi.estimators import ESTIMATORS, Estimate, Estimator
from hpi.space import Design
from hpi.subspace import Subspace, cut

DEFAULT = Subspace(1.0, 0.1)


def has(name: str) -> bool:
    """Whether there is an estimator of that name."""
    return any(estimator.name == name for estimator in ESTIMATORS)


def estimator(name: str, **settings: object) -> Estimator:
    """Return an estimator with those of the settings that it has and allows; ask `has` first."""
    asked = next(estimator for estimator in ESTIMATORS if estimator.name == name)()
    for key, value in settings.items():
        with suppress(EstimatorError, TypeError):
            asked = replace(asked, **{key: value})  # type: ignore[type-var]
    return asked


def answer(design: Design, asked: Estimator, subspace: Subspace = DEFAULT) -> Estimate:
    """Estimate and compare with chance, as a page does."""
    estimate = scoring.estimate(cut(design, subspace), asked, seed=0)
    chance.compare(estimate)
    return estimate
