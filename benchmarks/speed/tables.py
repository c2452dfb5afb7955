"""Tables to be timed on: random searches in which a few hyperparameters matter, each half as much as the one before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hpi.space import Design, Hyperparameter, Kind

METRIC = "loss"
MATTERING = 4
NOISE = 0.05


def names(n_hyperparameters: int) -> list[str]:
    """Return the names of the columns, in order of their importance."""
    return [f"h{j:02d}" for j in range(n_hyperparameters)]


def frame(n_trials: int, n_hyperparameters: int) -> pd.DataFrame:
    """Return a table of floats from 0 to 1 and a loss of which h00 decides most, h01 half as much, and so on."""
    rng = np.random.default_rng([n_trials, n_hyperparameters])
    trials = pd.DataFrame(rng.random((n_trials, n_hyperparameters)), columns=names(n_hyperparameters))
    loss = NOISE * rng.normal(size=n_trials)
    for j, name in enumerate(trials.columns[:MATTERING]):
        loss += 0.5**j * trials[name].to_numpy()
    return trials.assign(**{METRIC: loss})


def design(trials: pd.DataFrame) -> Design:
    """Return a table as encoded trials, cells included."""
    columns = [str(name) for name in trials.columns if name != METRIC]
    hyperparameters = tuple(Hyperparameter(name, Kind.FLOAT, 0, 1) for name in columns)
    built = Design.build(hyperparameters, trials, trials[METRIC].to_numpy())
    assert built.cells
    return built
