"""One file a method, named as in the literature; a new one is a file and an entry in ESTIMATORS."""

from __future__ import annotations

from hpi.errors import EstimatorError
from hpi.estimators.base import Estimate, Estimator
from hpi.estimators.ped_anova import PedAnova

ESTIMATORS: tuple[type[Estimator], ...] = (PedAnova,)

__all__ = ["ESTIMATORS", "Estimate", "Estimator", "PedAnova", "by_name"]


def by_name(name: str) -> type[Estimator]:
    """Return the estimator called `name`.

    Raises
    ------
    EstimatorError
        If there is none of that name.
    """
    for estimator in ESTIMATORS:
        if estimator.name == name:
            return estimator
    known = ", ".join(estimator.name for estimator in ESTIMATORS)
    raise EstimatorError(f"There is no estimator called {name!r}; there are: {known}.")
