"""Toys of unconditional floats: smooth, multimodal, sharp, interaction only, heavy tails, ties, noise, a cliff."""

from __future__ import annotations

import numpy as np

from hpi.space import Floats
from hpi.toys.base import Toy, Values, floats


def _ishigami(v: Values) -> Floats:
    return np.asarray(np.sin(v["x1"]) + 7 * np.sin(v["x2"]) ** 2 + 0.1 * v["x3"] ** 4 * np.sin(v["x1"]))


def _additive(v: Values) -> Floats:
    return np.asarray(4 * (v["a"] - 0.3) ** 2 + 2 * np.abs(v["b"] - 0.6) + v["c"] * v["d"])


def _window(v: Values) -> Floats:
    return np.asarray(np.where(np.abs(v["x"] - 0.37) < 0.06, 0.0, 1.0) + 0.5 * v["y"])


def _xor(v: Values) -> Floats:
    return np.asarray((v["p"] > 0.5) != (v["q"] > 0.5), dtype=float)


def _ring(v: Values) -> Floats:
    return np.asarray(np.cos(2 * np.pi * (v["p"] + v["q"])))


def _bowl(v: Values) -> Floats:
    """Sum of w x^2; within 1 of the middle each coordinate has the weight of the next, the last that of the first."""
    terms = [np.where(np.abs(v[f"x{d}"]) < 1, 5.0 ** -((d + 1) % 4), 5.0**-d) * v[f"x{d}"] ** 2 for d in range(4)]
    return np.asarray(terms[0] + terms[1] + terms[2] + terms[3])


def _heavy(v: Values) -> Floats:
    return np.asarray(np.exp(2 * _additive(v)))


def _rounded(v: Values) -> Floats:
    return np.asarray(np.round((2 * (v["a"] - 0.4) ** 2 + np.abs(v["b"] - 0.7)) * 5) / 5)


def _noisy(v: Values) -> Floats:
    return np.asarray(3 * (v["a"] - 0.6) ** 2 + v["b"] + 0.5 * v["a"] * v["c"])


def _cliff(v: Values) -> Floats:
    return np.asarray(np.where(v["stability"] > 2 / 3, 10.0, 0.0) + np.abs(v["quality"] - 0.4) + 0.1 * v["detail"])


ISHIGAMI = Toy(
    name="ishigami",
    formula="sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1, and an idle x4 (Ishigami and Homma 1990)",
    hyperparameters=floats(-np.pi, np.pi, "x1 x2 x3 x4"),
    loss=_ishigami,
    truth=(0.182, 0.097, 0.112, 0.0),
    idle=("x4",),
)
ADDITIVE = Toy(
    name="additive",
    formula="4 (a - 0.3)^2 + 2 |b - 0.6| + c d, and idle e and f",
    hyperparameters=floats(0, 1, "a b c d e f"),
    loss=_additive,
    truth=(0.108, 0.214, 0.029, 0.030, 0.0, 0.0),
    idle=("e", "f"),
)
# The best tenth is where x lies in the window and y < .1 / .12.
# S = (.12 (.1 / .12)^2 - .01) / .09 for x and (.12^2 (.1 / .12) - .01) / .09 for y.
WINDOW = Toy(
    name="window",
    formula="0 where |x - 0.37| < 0.06 and 1 elsewhere, plus y / 2, and an idle z: sharp edges",
    hyperparameters=floats(0, 1, "x y z"),
    loss=_window,
    truth=(0.815, 0.022, 0.0),
    idle=("z",),
)
XOR = Toy(
    name="xor",
    formula="1 where just one of p and q is above 0.5, 0 elsewhere, and an idle r: half of the trials are best",
    hyperparameters=floats(0, 1, "p q r"),
    loss=_xor,
    truth=(0.0, 0.0, 0.0),
    idle=("r",),
)
# p + q modulo 1 is uniform for every p: no threshold shows a main effect.
RING = Toy(
    name="ring",
    formula="cos 2 pi (p + q), and an idle r: p alone and q alone say nothing at any threshold",
    hyperparameters=floats(0, 1, "p q r"),
    loss=_ring,
    truth=(0.0, 0.0, 0.0),
    idle=("r",),
)
PED_TOY = Toy(
    name="ped-toy",
    formula="the sum of w x^2, w = 1, 1/5, 1/25, 1/125 for x0 to x3; where |x| < 1 each has the w of the next, and x3 "
    "that of x0 (Watanabe, Bansal, Hutter 2023)",
    hyperparameters=floats(-5, 5, "x0 x1 x2 x3"),
    loss=_bowl,
    truth=(0.391, 0.105, 0.004, 0.001),
)
HEAVY = Toy(
    name="heavy",
    formula="exp(2 additive): the same best trials, and a tail that holds nearly all of the variance",
    hyperparameters=ADDITIVE.hyperparameters,
    loss=_heavy,
    truth=ADDITIVE.truth,
    idle=ADDITIVE.idle,
)
ROUNDED = Toy(
    name="rounded",
    formula="2 (a - 0.4)^2 + |b - 0.7| rounded to fifths, and an idle c: many ties",
    hyperparameters=floats(0, 1, "a b c"),
    loss=_rounded,
    truth=(0.247, 0.393, 0.0),
    idle=("c",),
)
NOISY = Toy(
    name="noisy",
    formula="3 (a - 0.6)^2 + b + a c / 2 with Gaussian noise of standard deviation 0.2, and an idle d",
    hyperparameters=floats(0, 1, "a b c d"),
    loss=_noisy,
    truth=(0.071, 0.195, 0.016, 0.0),
    idle=("d",),
    noise=0.2,
)
CLIFF = Toy(
    name="cliff",
    formula="10 where stability > 2/3, plus |quality - 0.4| + detail / 10, and an idle other: "
    "a bad region dominates the variance",
    hyperparameters=floats(0, 1, "stability quality detail other"),
    loss=_cliff,
    truth=(0.056, 0.465, 0.016, 0.0),
    idle=("other",),
)
PLAIN: tuple[Toy, ...] = (ISHIGAMI, ADDITIVE, WINDOW, XOR, RING, PED_TOY, HEAVY, ROUNDED, NOISY, CLIFF)
