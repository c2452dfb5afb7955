"""What is true of a function: means over 65,536 evenly spread trials, with the noise integrated, not drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property, lru_cache

import numpy as np
import pandas as pd
from scipy.stats import qmc

from benchmarks.findings.laws import Law
from hpi.space import Floats, Hyperparameter, Mask
from hpi.toys import Toy

POINTS = 2**16
QUANTILES = (np.arange(4001) + 0.5) / 4001  # of the noise
PLACES = 301  # of the function's value at which the noise is integrated
FENCES = 3.0  # interquartile ranges beyond the quartiles: means are of the metric within Tukey's outer fences
LARGE = 1e6  # whole numbers below are written in full
DIGITS = 3  # of labels, at least
PARTS = 5  # groups of an ordered hyperparameter between which a difference is looked for
LOW, HIGH = r"(?P<low>.+)", r"(?P<high>.+)"
FORMS = tuple(
    re.compile(form) for form in (f"up to {HIGH}", f"from {LOW} on", f"between {LOW} and {HIGH}", f"{LOW} to {HIGH}")
)

Cell = tuple[tuple[str, str], ...]  # names and labels that all hold


class Population:
    """Every trial that a table of a scenario is drawn from, as far as sentences can ask about it.

    Attributes
    ----------
    columns
        Values of each hyperparameter by name, nan or None where inactive.
    signal
        The noiseless loss of each trial, shape (POINTS,).
    expected
        Mean of the observed loss of each trial over the noise, within Tukey's outer fences, shape (POINTS,).
    """

    def __init__(self, toy: Toy, size: float, law: Law) -> None:
        self.law = law
        self.columns, signal, quantile = _spread(toy)
        self.signal = size * signal
        self.observed = np.sort(law.observe(self.signal, quantile))
        low, high = np.quantile(self.observed, (0.25, 0.75))
        self.fences = low - FENCES * (high - low), high + FENCES * (high - low)
        self.expected = self._mean(lambda loss: np.clip(loss, *self.fences))

    def _mean(self, of: Callable[[Floats], Floats]) -> Floats:
        """Mean over the noise of a function of the observed loss, at each trial, shape (POINTS,)."""
        at = np.linspace(self.signal.min(), self.signal.max() + 1e-9, PLACES)
        means = [float(np.mean(of(self.law.observe(np.full(len(QUANTILES), f), QUANTILES)))) for f in at]
        return np.interp(self.signal, at, means)

    def holds(self, cell: Cell) -> Mask:
        """Whether each trial is in a cell, shape (POINTS,)."""
        return np.logical_and.reduce([self.columns[name].holds(label) for name, label in cell])

    def mean(self, cells: Sequence[Cell]) -> float:
        """Mean observed loss, within the fences, of the trials in any of the cells; nan where there are none."""
        inside = np.logical_or.reduce([self.holds(cell) for cell in cells])
        return float(self.expected[inside].mean()) if inside.any() else float("nan")

    @lru_cache(maxsize=8)  # noqa: B019 - a population lives as long as its cell
    def _reached(self, target: float) -> Floats:
        """Chance of each trial to be in the target, shape (POINTS,)."""
        end = float(np.quantile(self.observed, target))
        return self._mean(lambda loss: loss <= end)

    @cached_property
    def widest(self) -> dict[str, float]:
        """Largest difference between two levels, or fifths of the values, of each hyperparameter."""
        found = {}
        for name, column in self.columns.items():
            means = [self.mean([((name, label),)]) for label in column.fifths()]
            found[name] = max(means) - min(means)
        return found

    def odds_ratio(self, name: str, labels: Sequence[str], target: float) -> float:
        """Odds of being in the target with one of the labels, over the odds with any other value of the name.

        Infinite where no other value can reach the target at all.
        """
        reached = self._reached(target)
        column = self.columns[name]
        active, inside = column.is_active, np.logical_or.reduce([column.holds(label) for label in labels])
        a, b = (float(reached[one].mean()) for one in (inside, active & ~inside))
        against = (1 - a) * b
        return a * (1 - b) / against if against > 0 else float("inf")


class Column:
    """Values of one hyperparameter: numbers, or positions of its levels; nan where inactive."""

    def __init__(self, hyperparameter: Hyperparameter, values: pd.Series) -> None:
        self.levels: dict[str, int] | None = None
        if hyperparameter.is_numeric:
            self.values = values.to_numpy(dtype=float, na_value=np.nan)
        else:
            self.levels = {level: k for k, level in enumerate(hyperparameter.levels)}
            self.values = values.astype(object).map(self.levels).to_numpy(dtype=float, na_value=np.nan)

    @property
    def is_active(self) -> Mask:
        """Where there is a value, shape (n_trials,)."""
        return np.asarray(~np.isnan(self.values))

    def holds(self, label: str) -> Mask:
        """Whether each value is what a label says: a level, a number, or all from one to another."""
        level = label.removeprefix("= ")
        if self.levels is not None and level in self.levels:
            return np.asarray(self.values == self.levels[level])
        low, high = ends(level, self.levels)
        return np.asarray((self.values >= low) & (self.values <= high))

    def fifths(self) -> list[str]:
        """Return a label for each level or value, or for each fifth of the values where there are more than five."""
        if self.levels is not None:
            return list(self.levels)
        values = self.values[self.is_active]
        found = np.unique(values)
        if len(found) <= PARTS:
            return [repr(float(value)) for value in found]
        cuts = np.quantile(values, np.linspace(0, 1, PARTS + 1)).tolist()
        return [f"{low!r} to {high!r}" for low, high in zip(cuts[:-1], cuts[1:], strict=True)]


@cache
def _spread(toy: Toy) -> tuple[dict[str, Column], Floats, Floats]:
    """Evenly spread trials, their noiseless loss, and a quantile of the noise for each."""
    u = qmc.Sobol(len(toy.hyperparameters) + 1, seed=0).random(POINTS)
    u = u * (1 - 1e-9) + 5e-10
    trials = toy.at(u[:, :-1])
    columns = {one.name: Column(one, trials[one.name]) for one in toy.hyperparameters}
    return columns, trials["loss"].to_numpy(dtype=float), u[:, -1]


def ends(label: str, levels: Mapping[str, int] | None = None) -> tuple[float, float]:
    """Lowest and highest number that a label includes, half a unit of the last digit added where it was rounded.

    Labels: 1 to 3 (or between 1 and 3), up to 3, from 1 on, 2 (or at 2); of `levels` in order the same.
    """
    for form in FORMS:
        found = form.fullmatch(label)
        if found:
            low, high = found.groupdict().get("low"), found.groupdict().get("high")
            first = -np.inf if low is None else _number(low, levels)[0]
            return first, np.inf if high is None else _number(high, levels)[1]
    return _number(label.removeprefix("at "), levels)


def _number(word: str, levels: Mapping[str, int] | None) -> tuple[float, float]:
    """Lowest and highest number that is written so; the position of a level."""
    if levels is not None:
        return levels[word], levels[word]
    return float(word) - _rounding(word), float(word) + _rounding(word)


def _rounding(number: str) -> float:
    """Half a unit of the last digit: three count at least, though a zero at the end is not written; 0.2 is 0.200."""
    value = Decimal(number)
    if value == value.to_integral_value() and abs(value) < LARGE:
        return 1e-9
    digits = max(DIGITS, len(value.normalize().as_tuple().digits))
    return 0.5 * 10.0 ** (value.adjusted() - digits + 1)
