"""Optuna's estimators on the same tables: the error of both, side by side.

PED-ANOVA is compared by shares (they sum to 1 over the hyperparameters), since Optuna's own number has another scale;
f-ANOVA by the shares of variance as they come. Optuna gets the declared space.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.calibration.cells import tables, target_of, toy_called, truth
from hpi.estimators import by_name
from hpi.space import Design, Floats, Hyperparameter, Kind
from hpi.subspace import Subspace, cut
from hpi.toys import Toy

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution

NOTHING = 0.01


@dataclass(frozen=True)
class Versus:
    """Mean absolute error over hyperparameters and tables: ours and theirs, on one function."""

    estimator: str
    toy: str
    n_trials: int
    tables: int
    ours: float
    theirs: float


def installed() -> bool:
    """Whether Optuna is there."""
    return find_spec("optuna") is not None


def comparable(estimator: str, toy: Toy) -> bool:
    """Whether both sides have something to find: no share of nothing, and no condition for Optuna's f-ANOVA."""
    if estimator == "fanova":
        return not toy.regimes
    return float(truth(estimator, toy.name).sum()) > NOTHING


def versus(estimator: str, toy: str, n_trials: int, n_tables: int, n_trees: int) -> Versus:
    """Ask both about the same tables."""
    wanted = truth(estimator, toy)
    wanted = wanted / wanted.sum() if estimator == "ped-anova" else wanted
    known = ~np.isnan(wanted)
    errors = []
    for design in tables(toy, n_trials, n_tables):
        study, target = _study(toy_called(toy), design), target_of(toy)
        pair = (_ours(estimator, design, target), _theirs(estimator, study, design, target, n_trees))
        errors.append([np.abs(found - wanted)[known].mean() for found in pair])
    ours, theirs = np.mean(errors, axis=0)
    return Versus(estimator, toy, n_trials, n_tables, float(ours), float(theirs))


def _ours(estimator: str, design: Design, target: float) -> Floats:
    settings: dict[str, Any] = {"permutations": 0} if estimator == "ped-anova" else {}
    found = by_name(estimator)(**settings).estimate(cut(design, Subspace(1.0, target)), np.random.default_rng(0))
    importance = np.nan_to_num(found.importance)
    return _shares(importance) if estimator == "ped-anova" else importance


def _theirs(estimator: str, study: Study, design: Design, target: float, n_trees: int) -> Floats:
    from optuna.importance import FanovaImportanceEvaluator, PedAnovaImportanceEvaluator, get_param_importances

    if estimator == "ped-anova":
        found = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(target_quantile=target))
    else:
        evaluator = FanovaImportanceEvaluator(n_trees=n_trees, seed=0)
        found = get_param_importances(study, evaluator=evaluator, normalize=False)
    return np.array([found.get(hyperparameter.name, 0.0) for hyperparameter in design.hyperparameters])


def _shares(importance: Floats) -> Floats:
    """Divide by the sum; equal shares where nothing is found, as Optuna does."""
    return importance / importance.sum() if importance.sum() > 0 else np.full(len(importance), 1 / len(importance))


def _study(toy: Toy, design: Design) -> Study:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {hyperparameter.name: _distribution(hyperparameter) for hyperparameter in toy.hyperparameters}
    trials = _values(toy, design)
    built = optuna.create_study(direction="minimize")
    built.add_trials(
        [
            optuna.trial.create_trial(params=params, distributions={n: space[n] for n in params}, value=float(loss))
            for params, loss in zip(trials, design.loss, strict=True)
        ]
    )
    return built


def _distribution(hyperparameter: Hyperparameter) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if not hyperparameter.is_numeric:
        return CategoricalDistribution(hyperparameter.levels)
    assert hyperparameter.low is not None
    assert hyperparameter.high is not None
    if hyperparameter.kind is Kind.INT:
        return IntDistribution(int(hyperparameter.low), int(hyperparameter.high), log=hyperparameter.log)
    return FloatDistribution(hyperparameter.low, hyperparameter.high, log=hyperparameter.log)


def _values(toy: Toy, design: Design) -> list[dict[str, Any]]:
    """Decode the positions of a design: the values that each trial had, by name."""
    columns = {h.name: _decoded(h, design.x[:, j]) for j, h in enumerate(toy.hyperparameters)}
    frame = pd.DataFrame(columns)
    return [{name: value for name, value in row.items() if not pd.isna(value)} for row in frame.to_dict("records")]


def _decoded(hyperparameter: Hyperparameter, x: Floats) -> list[Any]:
    if not hyperparameter.is_numeric:
        top = len(hyperparameter.levels) - 1
        return [None if np.isnan(value) else hyperparameter.levels[round(value * top)] for value in x]
    low, high = hyperparameter.low, hyperparameter.high
    assert low is not None
    assert high is not None
    values = low * (high / low) ** x if hyperparameter.log else low + x * (high - low)
    return (np.round(values) if hyperparameter.kind is Kind.INT else np.clip(values, low, high)).tolist()
