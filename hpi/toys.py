"""Functions whose importances are known: for tests, studies and the demonstration.

`Toy.truth` holds S, the first-order share of the variance of "is among the best tenth of all trials", which
PED-ANOVA estimates. For a function of few arguments it is an integral that can be had to any precision;
`reached` computes it on a lattice, without sampling noise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hpi.space import Floats, Hyperparameter, Kind

Values = Mapping[str, Floats]
LATTICE = 1 << 19


@dataclass(frozen=True, eq=False)
class Toy:
    """A loss over a box, with the importances that it must get.

    Attributes
    ----------
    name, formula
        For people.
    hyperparameters
        Numeric, drawn uniformly on their own measure and independently.
    loss
        From values, each of shape (n_trials,), to losses of shape (n_trials,).
    truth
        S at target 0.1 and region 1 for each hyperparameter, to three digits.
    """

    name: str
    formula: str
    hyperparameters: tuple[Hyperparameter, ...]
    loss: Callable[[Values], Floats]
    truth: tuple[float, ...]

    def draw(self, n_trials: int, rng: np.random.Generator) -> pd.DataFrame:
        """Return a random search: one column a hyperparameter, then `loss`."""
        return self.at(rng.random((n_trials, len(self.hyperparameters))))

    def at(self, u: Floats) -> pd.DataFrame:
        """Return the trials at positions u in [0, 1], shape (n_trials, n_hyperparameters)."""
        values = {h.name: _place(h, u[:, j]) for j, h in enumerate(self.hyperparameters)}
        return pd.DataFrame({**values, "loss": self.loss(values)})


def reached(toy: Toy, target: float, n_cells: int = 128) -> Floats:
    """Compute S of every hyperparameter at region 1 by a lattice rule, shape (n_hyperparameters,).

    2^19 points of Roberts' additive sequence: fractional multiples of powers of the generalised golden ratio.
    """
    d = len(toy.hyperparameters)
    golden = 2.0
    for _ in range(60):
        golden = (1 + golden) ** (1 / (d + 1))
    u = (0.5 + np.outer(np.arange(LATTICE), golden ** -np.arange(1.0, d + 1))) % 1
    loss = toy.at(u)["loss"].to_numpy()
    best = loss <= np.quantile(loss, target)
    q = best.mean()
    shares = []
    for j in range(d):
        cell = (u[:, j] * n_cells).astype(int)
        within = np.bincount(cell, weights=best, minlength=n_cells) / np.bincount(cell, minlength=n_cells)
        shares.append(within.var() / (q * (1 - q)))
    return np.array(shares)


def _place(hyperparameter: Hyperparameter, u: Floats) -> Floats:
    """Values at positions u under the measure: the inverse of `Hyperparameter.encode`."""
    low, high = hyperparameter.low, hyperparameter.high
    assert low is not None
    assert high is not None
    if hyperparameter.log:
        return np.asarray(low * (high / low) ** u)
    return np.asarray(low + u * (high - low))


def _box(low: float, high: float, names: str) -> tuple[Hyperparameter, ...]:
    return tuple(Hyperparameter(name, Kind.FLOAT, low, high, declared=True) for name in names.split())


def _ishigami(v: Values) -> Floats:
    return np.asarray(np.sin(v["x1"]) + 7 * np.sin(v["x2"]) ** 2 + 0.1 * v["x3"] ** 4 * np.sin(v["x1"]))


def _additive(v: Values) -> Floats:
    return np.asarray(4 * (v["a"] - 0.3) ** 2 + 2 * np.abs(v["b"] - 0.6) + v["c"] * v["d"])


def _window(v: Values) -> Floats:
    return np.asarray(np.where(np.abs(v["x"] - 0.37) < 0.06, 0.0, 1.0) + 0.5 * v["y"])


ISHIGAMI = Toy(
    name="ishigami",
    formula="sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1, and an idle x4 (Ishigami and Homma 1990)",
    hyperparameters=_box(-np.pi, np.pi, "x1 x2 x3 x4"),
    loss=_ishigami,
    truth=(0.182, 0.097, 0.112, 0.0),
)
ADDITIVE = Toy(
    name="additive",
    formula="4 (a - 0.3)^2 + 2 |b - 0.6| + c d, and idle e and f",
    hyperparameters=_box(0, 1, "a b c d e f"),
    loss=_additive,
    truth=(0.108, 0.214, 0.029, 0.030, 0.0, 0.0),
)
# The best tenth is where x lies in the window and y < .1 / .12.
# S = (.12 (.1 / .12)^2 - .01) / .09 for x and (.12^2 (.1 / .12) - .01) / .09 for y.
WINDOW = Toy(
    name="window",
    formula="0 where |x - 0.37| < 0.06 and 1 elsewhere, plus y / 2, and an idle z: sharp edges",
    hyperparameters=_box(0, 1, "x y z"),
    loss=_window,
    truth=(0.815, 0.022, 0.0),
)
TOYS: tuple[Toy, ...] = (ISHIGAMI, ADDITIVE, WINDOW)
