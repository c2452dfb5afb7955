"""A loss over a search space, with what an importance of its hyperparameters must come out as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from hpi.space import Floats, Hyperparameter, Integers, Kind

Values = Mapping[str, Floats]
INACTIVE = -1


@dataclass(frozen=True, eq=False)
class Toy:
    """A loss over a search space, with the importances that it must get.

    Attributes
    ----------
    name, formula
        For people.
    hyperparameters
        Drawn uniformly on their own measure and independently of each other within each regime. A parent stands
        before its children.
    loss
        From values to losses, elementwise and broadcasting; a level comes as its number. Every hyperparameter has a
        value, also where it is inactive.
    truth
        S at target 0.1 and region 1 for each hyperparameter, to three digits.
    idle
        Names of the hyperparameters that `loss` does not use.
    noise
        Standard deviation of the Gaussian noise in each observed loss.
    regimes
        For each conditional hyperparameter: from values to the number of its domain, or INACTIVE.
    """

    name: str
    formula: str
    hyperparameters: tuple[Hyperparameter, ...]
    loss: Callable[[Values], Floats]
    truth: tuple[float, ...]
    idle: tuple[str, ...] = ()
    noise: float = 0.0
    regimes: Mapping[str, Callable[[Values], Integers]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the hyperparameters, in order."""
        return tuple(h.name for h in self.hyperparameters)

    def draw(self, n_trials: int, rng: np.random.Generator) -> pd.DataFrame:
        """Return a random search: one column a hyperparameter (labels as str, nan where inactive), then `loss`."""
        return self.at(rng.random((n_trials, len(self.hyperparameters) + (self.noise > 0))))

    def at(self, u: Floats) -> pd.DataFrame:
        """Return the trials at positions u in [0, 1], shape (n_trials, n_hyperparameters).

        Where there is noise, one more column of u says which quantile of it each trial gets.
        """
        values: dict[str, Floats] = {}
        columns: dict[str, NDArray[np.generic]] = {}
        for j, h in enumerate(self.hyperparameters):
            regime = self.regimes[h.name](values) if h.name in self.regimes else None
            values[h.name] = place(h, u[:, j], regime if h.domains else None)
            columns[h.name] = _column(h, values[h.name], regime)
        loss = self.loss(values) + (self.noise * ndtri(u[:, -1]) if self.noise else 0.0)
        return pd.DataFrame({**columns, "loss": loss})


def place(hyperparameter: Hyperparameter, u: Floats, regime: Integers | None = None) -> Floats:
    """Values at positions u in [0, 1] under the measure; numbers of levels where there are levels.

    Where the bounds depend on another hyperparameter, `regime` says which domain holds. Whole numbers on a log scale
    are drawn as search tools do it: uniformly on the logarithm between half a unit below `low` and half a unit above
    `high`, then rounded.
    """
    if not hyperparameter.is_numeric:
        n = len(hyperparameter.levels)
        return np.minimum(np.floor(u * n), n - 1.0)
    low, high = _bounds(hyperparameter, regime)
    if hyperparameter.kind is Kind.INT:
        first, last = low - 0.5, high + 0.5
        value = first * (last / first) ** u if hyperparameter.log else first + u * (last - first)
        # Half a unit up and down again: numpy rounds halves to even numbers.
        return np.clip(np.floor(value + 0.5), low, high)
    return np.asarray(low * (high / low) ** u if hyperparameter.log else low + u * (high - low))


def _bounds(hyperparameter: Hyperparameter, regime: Integers | None) -> tuple[Floats, Floats] | tuple[float, float]:
    if regime is None:
        return hyperparameter.ends
    ends = np.array([hyperparameter.bounds(i) for i in range(hyperparameter.n_regimes)])
    return ends[regime, 0], ends[regime, 1]


def _column(hyperparameter: Hyperparameter, value: Floats, regime: Integers | None) -> NDArray[np.generic]:
    """What a table shows: labels, whole numbers, numbers, and nothing where inactive."""
    active = None if regime is None else regime != INACTIVE
    if not hyperparameter.is_numeric:
        labels = np.array(hyperparameter.levels, dtype=object)[value.astype(int)]
        return labels if active is None else np.asarray(np.where(active, labels, None))
    if active is not None:
        return np.where(active, value, np.nan)
    return value.astype(np.int64) if hyperparameter.kind is Kind.INT else value


def floats(low: float, high: float, names: str, log: bool = False) -> tuple[Hyperparameter, ...]:
    """Declare a float for each of the names between blanks, all with the same bounds."""
    return tuple(Hyperparameter(name, Kind.FLOAT, low, high, log=log, declared=True) for name in names.split())


def whole(name: str, low: int, high: int, log: bool = False) -> Hyperparameter:
    """Declare an int."""
    return Hyperparameter(name, Kind.INT, low, high, log=log, declared=True)


def category(name: str, levels: str) -> Hyperparameter:
    """Declare a category whose levels stand between blanks."""
    return Hyperparameter(name, Kind.CATEGORY, levels=tuple(levels.split()), declared=True)


def flag(name: str) -> Hyperparameter:
    """Declare a bool."""
    return Hyperparameter(name, Kind.BOOL, levels=("False", "True"), declared=True)
