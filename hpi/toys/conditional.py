"""Toys whose hyperparameters depend on another: whether they are active, or within which bounds."""

from __future__ import annotations

import numpy as np

from hpi.space import Domain, Floats, Hyperparameter, Integers, Kind
from hpi.toys.base import INACTIVE, Toy, Values, floats


def _low_c(v: Values) -> Integers:
    return np.where(v["c"] < 0.5, 0, INACTIVE)


def _high_c(v: Values) -> Integers:
    return np.where(v["c"] < 0.5, INACTIVE, 0)


def _active(v: Values) -> Floats:
    return np.where(v["c"] < 0.5, v["x"], v["y"])


# For a target below .5 only x matters among the trials that have one: v = q^2 for c and 2 q^2 (1 / (2 q) - 1) for x.
ACTIVATION = Toy(
    name="activation",
    formula="x (between -5 and -2) where c < 0.5, else y (between 2 and 5): each is active where it counts",
    hyperparameters=(*floats(0, 1, "c"), *floats(-5, -2, "x"), *floats(2, 5, "y")),
    loss=_active,
    truth=(0.111, 0.889, 0.0),
    regimes={"x": _low_c, "y": _high_c},
)


def _half(v: Values) -> Integers:
    return np.where(v["c"] <= 0.5, 0, 1)


def _sum(v: Values) -> Floats:
    return np.asarray(v["x"] + v["y"])


def _halved(name: str, low: tuple[float, float], high: tuple[float, float]) -> Hyperparameter:
    """A float with one range where c is at most 0.5 and another elsewhere."""
    domains = Domain((("c", (0.0, 0.5)),), *low), Domain((("c", (0.5, 1.0)),), *high)
    return Hyperparameter(name, Kind.FLOAT, declared=True, domains=domains)


# The best tenth is a corner of the lower rectangle, x + 7 + y + 5 < T with T^2 / 30 = 2 q:
# D = T^3 / (135 f^2) - 1 for x and T^3 / (225 f^2) - 1 for y within it, f = 2 q; alpha^2 / beta = 2.
DOMAIN = Toy(
    name="domain",
    formula="x + y, with x in [-7, -2] and y in [-5, -2] where c is at most 0.5, x in [2, 7] and y in [2, 5] elsewhere",
    hyperparameters=(*floats(0, 1, "c"), _halved("x", (-7, -2), (2, 7)), _halved("y", (-5, -2), (2, 5))),
    loss=_sum,
    truth=(0.111, 0.383, 0.141),
    regimes={"x": _half, "y": _half},
)
CONDITIONAL: tuple[Toy, ...] = (ACTIVATION, DOMAIN)
