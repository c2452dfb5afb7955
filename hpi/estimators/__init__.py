"""One file a method, named as in the literature; a new one is a file and an entry in ESTIMATORS."""

from __future__ import annotations

from hpi.errors import EstimatorError
from hpi.estimators.base import Coefficient, Estimate, Estimator, Pairs, Report, Scores, quiet
from hpi.estimators.forest import Fanova, Permutation
from hpi.estimators.linear import Linear
from hpi.estimators.ped import PedAnova
from hpi.estimators.relief import NRReliefF

ESTIMATORS: tuple[type[Estimator], ...] = (PedAnova, Fanova, NRReliefF, Linear, Permutation)

__all__ = [
    "ESTIMATORS",
    "Coefficient",
    "Estimate",
    "Estimator",
    "Fanova",
    "Linear",
    "Pairs",
    "NRReliefF",
    "PedAnova",
    "Permutation",
    "Report",
    "Scores",
    "by_name",
    "quiet",
    "resolve",
]


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


def resolve(estimator: Estimator | type[Estimator] | str | None) -> Estimator:
    """Return an estimator with settings: the one given, or that of a name or class with its defaults.

    Raises
    ------
    EstimatorError
        If there is none of that name.
    """
    chosen = by_name(estimator) if isinstance(estimator, str) else estimator or ESTIMATORS[0]
    return chosen() if isinstance(chosen, type) else chosen
