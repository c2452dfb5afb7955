"""How a metric comes about: noise around what the hyperparameters do, and metrics that nothing moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtri

from hpi.space import Floats

SCALE = ndtri(0.75)  # a noise whose quartiles lie so far out is as wide as a standard normal one


@dataclass(frozen=True)
class Law:
    """How an observed loss comes about.

    Attributes
    ----------
    name, words
        For people.
    observe
        From what the hyperparameters do and a number in (0, 1), the noise's quantile, to the observed loss;
        elementwise, never falling in either.
    """

    name: str
    words: str
    observe: Callable[[Floats, Floats], Floats]


def _gaussian(f: Floats, u: Floats) -> Floats:
    return np.asarray(f + ndtri(u))


def _heavy(f: Floats, u: Floats) -> Floats:
    """Add Student's t with two degrees of freedom, whose quantiles are known in closed form."""
    quartile = 0.5 * np.sqrt(2 / 0.75)
    return np.asarray(f + (2 * u - 1) * np.sqrt(2 / (4 * u * (1 - u))) * SCALE / quartile)


def _skewed(f: Floats, u: Floats) -> Floats:
    return np.asarray(f - np.log1p(-u) - 1)


def _tied(f: Floats, u: Floats) -> Floats:
    return np.asarray(np.round(2 * _gaussian(f, u)) / 2)


GAUSSIAN = Law("gaussian", "Gaussian", _gaussian)
NOISES = (
    GAUSSIAN,
    Law("heavy", "t with 2 degrees of freedom, quartiles as a standard normal's", _heavy),
    Law("skewed", "exponential", _skewed),
    Law("tied", "Gaussian, the metric rounded to halves of its standard deviation", _tied),
)

# What a metric without any effect is, from uniform numbers.
IDLE_METRICS: dict[str, Callable[[Floats], Floats]] = {
    "gaussian": ndtri,
    "cauchy": lambda u: np.asarray(np.tan(np.pi * (u - 0.5))),
    "exponential": lambda u: np.asarray(-np.log1p(-u)),
    "log-normal": lambda u: np.asarray(np.exp(2 * ndtri(u))),
    "five values": lambda u: np.floor(5 * u),
    "at a ceiling": lambda u: np.maximum(u, 0.4),
    "some diverged": lambda u: np.where(u > 0.93, 1e6, u),
}

# Additive losses are seen through these; each rises everywhere.
TRANSFORMATIONS: dict[str, Callable[[Floats], Floats]] = {
    "none": lambda s: s,
    "exp": np.exp,
    "square": lambda s: np.asarray(np.sign(s + 3) * (s + 3) ** 2),
    "log": lambda s: np.log(np.logaddexp(0, 2 * s)),
    "logistic": lambda s: np.asarray(expit(2 * s)),
    "step": lambda s: np.asarray(s + 6 * (s > 1)),
}
