"""The table that is read, as files: hyperparameters (6 of floats, 3 of whole numbers, 2 of labels) and a loss."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

USUAL_LEVEL = 6  # of gzip on the command line
COLUMNS = 12


def made(n_rows: int) -> pd.DataFrame:
    """Return a table of that many rows, always the same one; no column acts."""
    rng = np.random.default_rng(0)
    floats = {f"h{i}": rng.random(n_rows) for i in range(6)}
    whole = {f"k{i}": rng.integers(1, 100, n_rows) for i in range(3)}
    labels = {"opt": rng.choice(["adam", "sgd", "rmsprop"], n_rows), "act": rng.choice(["relu", "tanh"], n_rows)}
    return pd.DataFrame(floats | whole | labels | {"loss": rng.random(n_rows)})


def as_csv(frame: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write a table as CSV with every digit that its floats have, and return where."""
    path = folder / f"{name}.csv"
    frame.to_csv(path, index=False)
    return path


def as_parquet(frame: pd.DataFrame, folder: Path, name: str) -> Path:
    """Write a table as Parquet, as pandas does without being asked for anything, and return where."""
    path = folder / f"{name}.parquet"
    frame.to_parquet(path, index=False)
    return path


def zipped(path: Path) -> Path:
    """Write a file again, compressed by gzip, and return where."""
    packed = path.with_name(f"{path.name}.gz")
    with path.open("rb") as plain, gzip.open(packed, "wb", USUAL_LEVEL) as into:
        shutil.copyfileobj(plain, into)
    return packed
