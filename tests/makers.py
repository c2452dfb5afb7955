"""Samples for tests, made without files: from toys, from columns, from noise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from hpi.results import ImportanceResult, Question, Score
from hpi.space import Design, Hyperparameter, Kind
from hpi.subspace import Sample, Subspace, cut
from hpi.toys import NOISE, Toy, noise


def toy_design(toy: Toy, n_trials: int, seed: int) -> Design:
    trials = toy.draw(n_trials, np.random.default_rng([n_trials, seed]))
    return Design.build(toy.hyperparameters, trials, trials["loss"].to_numpy())


def toy_sample(toy: Toy, n_trials: int, seed: int, region: float = 1.0, target: float = 0.1) -> Sample:
    return cut(toy_design(toy, n_trials, seed), Subspace(region, target))


def hyperparameter(name: str, values: np.ndarray) -> Hyperparameter:
    """A float between the observed bounds, or a category."""
    if values.dtype.kind in "OU":
        return Hyperparameter(name, Kind.CATEGORY, levels=tuple(sorted({v for v in values if v is not None})))
    return Hyperparameter(name, Kind.FLOAT, float(np.nanmin(values)), float(np.nanmax(values)))


def design(columns: Mapping[str, np.ndarray], loss: np.ndarray, unit: np.ndarray | None = None) -> Design:
    hyperparameters = tuple(hyperparameter(name, np.asarray(values)) for name, values in columns.items())
    return Design.build(hyperparameters, pd.DataFrame(dict(columns)), np.asarray(loss, dtype=float), unit)


def noise_columns(n_trials: int, rng: np.random.Generator) -> pd.DataFrame:
    """Eight hyperparameters of mixed kinds, one of them conditional."""
    return noise(n_trials, rng).drop(columns="loss")


def noise_design(n_trials: int, rng: np.random.Generator) -> Design:
    """Noise hyperparameters and a loss that none of them moves."""
    trials = noise(n_trials, rng)
    return Design.build(NOISE, trials, trials["loss"].to_numpy())


def result(*scores: Score, **changes: object) -> ImportanceResult:
    """A result with the given bars: 1,197 of 1,200 rows, the best tenth among all."""
    made = ImportanceResult(
        rows=1200,
        used=1197,
        excluded=(("without a finite accuracy", 3),),
        metric="accuracy",
        direction="maximize",
        subspace=Question(1.0, 0.1, 1197, 120, ()),
        estimator="ped-anova",
        settings=(),
        hyperparameters=scores,
        pairs=(),
        warnings=(),
        seed=0,
        fingerprint="0",
        version="0",
    )
    return dataclasses.replace(made, **changes)
