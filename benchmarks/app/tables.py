"""The tables that are opened: 12 hyperparameters, of which four move the metric."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

COLUMNS = 12


def made(n_trials: int) -> pd.DataFrame:
    """Return a table of that many trials, always the same one: eight floats, two whole numbers, two of labels."""
    rng = np.random.default_rng(0)
    x = rng.random((n_trials, 8)).round(6)
    whole = {"batch_size": rng.choice([16, 32, 64, 128], n_trials), "layers": rng.integers(1, 9, n_trials)}
    labels = {
        "optimizer": rng.choice(["adam", "sgd", "rmsprop"], n_trials),
        "act": rng.choice(["relu", "tanh"], n_trials),
    }
    loss = x[:, 0] + (x[:, 1] - 0.3) ** 2 + 0.5 * x[:, 2] * x[:, 3] + 0.2 * (labels["optimizer"] == "sgd")
    floats = {f"h{j + 1}": x[:, j] for j in range(x.shape[1])}
    noisy = (loss + 0.2 * rng.standard_normal(n_trials)).round(6)
    return pd.DataFrame(floats | whole | labels | {"loss": noisy})


def as_parquet(n_trials: int, folder: Path) -> Path:
    """Write the table of that many trials, and return where."""
    path = folder / f"trials-{n_trials}.parquet"
    made(n_trials).to_parquet(path, index=False)
    return path
