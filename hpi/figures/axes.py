"""Axes: a hyperparameter's values, its levels, and the metric with what lies far beyond the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hpi.effects import Cut, Outcome
from hpi.figures.labels import folded, number, plain, short, shortened, width
from hpi.space import Floats, Hyperparameter, Mask

SPREAD = 1000.0  # largest over smallest: from here on a metric is shown on its logarithm
TAIL = 3.0  # the worst tenth may stretch the axis so many times
PADDING = 0.03
UPRIGHT_COLUMNS, UPRIGHT_LEVELS = 34, 8
LEVEL_COLUMNS = 22
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)  # from one number of an axis to the next


@dataclass(frozen=True)
class Scale:
    """Where an axis of the metric begins and ends, in the metric's unit."""

    low: float
    high: float
    log: bool

    @classmethod
    def of(cls, values: Floats, outcome: Outcome) -> Scale:
        """Hold all values, but cut off the worst tenth where it would leave no room for the others."""
        low, high = float(values.min()), float(values.max())
        if low > 0 and high / low >= SPREAD:
            return cls(low, high, True)
        loss = outcome.loss(values)
        best, bulk = float(loss.min()), float(np.quantile(loss, 0.9))
        if bulk > best and loss.max() - best > TAIL * (bulk - best):
            edge = float(outcome.loss(np.array([bulk + 0.1 * (bulk - best)]))[0])
            low, high = (edge, high) if outcome.maximize else (low, edge)
        return cls(low, high, False) if low < high else cls(low - 0.5, high + 0.5, False)

    def beyond(self, values: Floats) -> Mask:
        """Whether each value lies outside."""
        return np.asarray((values < self.low) | (values > self.high))

    def clipped(self, values: Floats) -> Floats:
        """Return the values, those outside moved to the edge."""
        return values.clip(self.low, self.high)

    @property
    def range(self) -> list[float]:
        """Ends as Plotly wants them: with some room, logarithms where the axis is logarithmic."""
        return padded(self.low, self.high, self.log, 0.04)


def padded(low: float, high: float, log: bool, padding: float = PADDING) -> list[float]:
    """Return both ends with some room around them; logarithms where `log`."""
    first, last = (math.log10(low), math.log10(high)) if log else (low, high)
    room = padding * (last - first)
    return [first - room, last + room]


def value_axis(hyperparameter: Hyperparameter, bounds: tuple[float, float]) -> dict[str, object]:
    """Return the axis of a numeric hyperparameter in its own unit; powers of ten where it is logarithmic."""
    axis: dict[str, object] = {"range": padded(*bounds, hyperparameter.log), "title": {"text": name_of(hyperparameter)}}
    if hyperparameter.log:
        axis["type"] = "log"
        axis["tickvals"], axis["ticktext"] = log_ticks(*bounds)
    return axis


def metric_axis(outcome: Outcome, scale: Scale) -> dict[str, object]:
    """Return the axis of the metric."""
    axis: dict[str, object] = {"range": scale.range, "title": {"text": plain(said(outcome))}}
    if scale.log:
        axis["type"] = "log"
        axis["tickvals"], axis["ticktext"] = log_ticks(scale.low, scale.high)
    return axis


def from_zero(furthest: float, least: float = 0.0) -> tuple[float, ...]:
    """Round parts of a whole from 0 on: at most five steps to the furthest, none of them shorter than `least`."""
    step = next((s for s in STEPS if furthest <= 5 * s and s >= least), STEPS[-1])
    return tuple(round(i * step, 3) for i in range(math.floor(furthest / step + 1e-9) + 1))


def said(outcome: Outcome) -> str:
    """Name the metric and the direction in which it is good; not escaped."""
    if outcome.ranked:
        return f"rank of {short(outcome.name, 20)} in its task (0 is best)"
    return f"{short(outcome.name, 26)} ({'higher' if outcome.maximize else 'lower'} is better)"


def name_of(hyperparameter: Hyperparameter) -> str:
    """Name a hyperparameter under its axis, escaped, in at most two lines."""
    return folded(short(hyperparameter.name, 78), 40)


def log_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Powers of ten between two positive numbers, or round numbers where there are few powers."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 1:
        powers = range(first, last + 1, max(1, math.ceil((last - first) / 6)))
        return [10.0**k for k in powers], [power(k) for k in powers]
    digits = (1, 2, 5) if high / low > 3 else (1, 1.5, 2, 3, 4, 5, 7)
    values = [d * 10.0**k for k in range(first - 1, last + 2) for d in digits]
    values = [value for value in values if low * 0.999 <= value <= high * 1.001] or [low, high]
    return values, [number(value) for value in values]


def power(exponent: int) -> str:
    """Write a power of ten."""
    return {0: "1", 1: "10"}.get(exponent, f"10<sup>{str(exponent).replace('-', '−')}</sup>")


def level_labels(labels: Sequence[str]) -> list[str]:
    """Return the names of levels as ticks, escaped, each different."""
    return [folded(name, LEVEL_COLUMNS) for name in shortened(labels, 2 * LEVEL_COLUMNS - 2)]


def is_upright(cut: Cut) -> bool:
    """Whether few and short levels can stand beside each other; otherwise they stand below each other."""
    used = sum(max(4, width(label)) + 1 for label in cut.labels)
    return len(cut) <= UPRIGHT_LEVELS and used <= UPRIGHT_COLUMNS
