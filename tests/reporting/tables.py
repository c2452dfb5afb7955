"""Tables with choices of every kind, for reports and what repeats them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import hpi
from hpi.estimators import Fanova, Linear, NRReliefF, PedAnova, Permutation

DIGITS = Path(__file__).resolve().parents[2] / "examples" / "digits_mlp.csv"


@dataclass(frozen=True)
class Case:
    """A table, how it is read, and what is asked of it."""

    frame: pd.DataFrame
    read: dict[str, Any]
    asked: hpi.Subspace
    estimator: Any
    seed: int = 0
    tolerance: float | None = None
    name: str = "trials.csv"

    def table(self, folder: Path) -> hpi.TrialTable:
        """Write the table to a folder and read it from there."""
        path = folder / self.name
        self.frame.to_csv(path, index=False)
        return hpi.read(path, **self.read)


def digits() -> pd.DataFrame:
    return pd.read_csv(DIGITS)


def several_tasks(n: int = 300) -> pd.DataFrame:
    """Two tasks of different scale, repeated under seeds, with a column whose name holds an equals sign."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "lr=max": 10 ** rng.uniform(-4, -1, n),
            "kind": rng.choice(["a", "a, b", "c'd", "-e"], n),
            "dataset": rng.choice(["x y", "z"], n),
            "steps": rng.choice([10, 20, 40], n),
            "note": rng.integers(0, 9, n),
        }
    )
    frame["score"] = -((np.log10(frame["lr=max"]) + 2.5) ** 2) + (frame["kind"] == "a, b") + rng.normal(0, 0.3, n)
    frame.loc[frame["dataset"] == "z", "score"] *= 50
    return frame


SPACE = {
    "learning_rate": {"kind": "float", "low": 1e-5, "high": 0.1, "log": True},
    "batch_size": {"kind": "ordinal", "levels": ["8", "16", "32", "64", "128"]},
    "n_layers": {"kind": "int", "low": 1, "high": 3},
}
CASES = {
    "usual": Case(digits(), {}, hpi.Subspace(), PedAnova),
    "filters and a part": Case(
        digits(),
        {"metric": "val_accuracy", "direction": "maximize", "space": SPACE},
        hpi.Subspace(0.5, 0.125, (hpi.Between("learning_rate", 1e-4, None), hpi.OneOf("optimizer", ("adam", "sgd")))),
        PedAnova(permutations=150, pairs="no"),
        seed=11,
        tolerance=0.03,
    ),
    "another metric and roles": Case(
        digits(),
        {"metric": "train_seconds", "direction": "minimize",
         "roles": {"val_accuracy": "left out", "momentum": "context"}},
        hpi.Subspace(target=0.05, where=(hpi.OneOf("batch_size", ("8", "16", "32")),)),
        Linear(forest="no"),
        name="it's -odd- $(name).csv",
    ),
    "several tasks": Case(
        several_tasks(), {"direction": "maximize", "roles": {"note": "left out"}, "repeats": "keep"},
        hpi.Subspace(where=(hpi.OneOf("kind", ("a, b", "c'd", "-e")),)), NRReliefF(), seed=2,
    ),
    "one task": Case(
        several_tasks(), {"metric": "score", "direction": "maximize", "task": "x y"},
        hpi.Subspace(where=(hpi.Between("lr=max", 0.0002, 0.07),)), Fanova(permutations=100), name="-o.csv",
    ),
    "permuted": Case(several_tasks(200), {"direction": "maximize"}, hpi.Subspace(0.9), Permutation(permutations=100)),
}  # fmt: skip
