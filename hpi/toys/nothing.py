"""A table of pure noise: hyperparameters of many kinds, and a loss that none of them moves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hpi.space import Hyperparameter
from hpi.toys.base import category, flag, floats, whole

NOISE: tuple[Hyperparameter, ...] = (
    *floats(0, 1, "a"),
    *floats(1e-5, 0.1, "lr", log=True),
    whole("width", 1, 512, log=True),
    whole("n_layers", 1, 6),
    flag("bias"),
    category("optimizer", "adam rmsprop sgd"),
    category("code", "a b c d e f g h i j"),
    *floats(0, 1, "momentum"),
)


def noise(n_trials: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return trials of the eight hyperparameters of NOISE (momentum only with sgd) and a Gaussian `loss`."""
    optimizer = rng.choice(["adam", "rmsprop", "sgd"], n_trials)
    return pd.DataFrame(
        {
            "a": rng.random(n_trials),
            "lr": 10 ** rng.uniform(-5, -1, n_trials),
            "width": np.floor(2 ** rng.uniform(0, 9, n_trials)),
            "n_layers": rng.integers(1, 7, n_trials).astype(float),
            "bias": rng.choice(["False", "True"], n_trials),
            "optimizer": optimizer,
            "code": rng.choice(list("abcdefghij"), n_trials),
            "momentum": np.where(optimizer == "sgd", rng.random(n_trials), np.nan),
            "loss": rng.normal(size=n_trials),
        }
    )
