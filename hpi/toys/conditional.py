"""Toys whose hyperparameters depend on another: active or not."""

from __future__ import annotations

import numpy as np

from hpi.space import Floats, Integers
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
CONDITIONAL: tuple[Toy, ...] = (ACTIVATION,)
