"""Toys of categories, whole numbers and log scales."""

from __future__ import annotations

import numpy as np

from hpi.space import Floats
from hpi.toys.base import Toy, Values, category, flag, floats, whole


def _stepped(offsets: tuple[float, ...]) -> Toy:
    """A category whose levels add their offset to x: which levels can be best at all depends on the offsets.

    At threshold t, P(loss <= t | level k) = t - offset_k, cut to [0, 1].
    """
    n = len(offsets)

    def loss(v: Values) -> Floats:
        return np.asarray(np.array(offsets)[v["c"].astype(int)] + v["x"])

    return Toy(
        name=f"category-{n}",
        formula=f"x + {', '.join(f'{offset:g}' for offset in offsets)} for the levels of c, and an idle y",
        hyperparameters=(category("c", " ".join(f"k{i}" for i in range(n))), *floats(0, 1, "x y")),
        loss=loss,
        truth=_STEPPED[n],
        idle=("y",),
    )


_STEPPED = {2: (0.028, 0.722, 0.0), 3: (0.060, 0.568, 0.0), 5: (0.087, 0.467, 0.0)}


def _one_of_ten(v: Values) -> Floats:
    return np.asarray((v["c"] > 0) + 0.3 * v["x"])


def _logs(v: Values) -> Floats:
    lr, decay = np.log10(v["lr"]) + 3, np.log10(v["decay"]) + 4.5
    return np.asarray(lr**2 + 0.2 * decay**2 + 0.3 * lr * decay)


def _integers(v: Values) -> Floats:
    width = np.log2(v["width"]) - 7
    return np.asarray(np.abs(v["layers"] - 3) / 5 + width**2 / 9 + 0.3 * v["x"])


def _mixed(v: Values) -> Floats:
    best = np.array([-2.0, -3.0, -3.5])[v["optimizer"].astype(int)]
    lr = np.abs(np.log10(v["lr"]) - best)
    return np.asarray(0.4 * lr + 0.1 * v["optimizer"] + 0.05 * np.abs(v["layers"] - 4) + 0.1 * v["bias"])


CATEGORY_2, CATEGORY_3, CATEGORY_5 = (
    _stepped((0.0, 0.1)),
    _stepped((0.0, 0.05, 0.5)),
    _stepped((0.3, 0.0, 0.1, 0.02, 0.3)),
)
# The best tenth is the level k0: D = 10 - 1, so S = q D / (1 - q) = 1.
CATEGORY_10 = Toy(
    name="category-10",
    formula="0 for the first of ten levels of c and 1 for the others, plus 0.3 x",
    hyperparameters=(category("c", "k0 k1 k2 k3 k4 k5 k6 k7 k8 k9"), *floats(0, 1, "x")),
    loss=_one_of_ten,
    truth=(1.0, 0.0),
)
LOGS = Toy(
    name="logs",
    formula="l^2 + 0.2 m^2 + 0.3 l m with l = log10 lr + 3 and m = log10 decay + 4.5, and an idle dropout",
    hyperparameters=(*floats(1e-5, 0.1, "lr", log=True), *floats(1e-6, 1e-2, "decay", log=True), *floats(0, 1, "drop")),
    loss=_logs,
    truth=(0.377, 0.107, 0.0),
    idle=("drop",),
)
INTEGERS = Toy(
    name="integers",
    formula="|layers - 3| / 5 + (log2 width - 7)^2 / 9 + 0.3 x, and an idle batch",
    hyperparameters=(
        whole("layers", 1, 8),
        whole("width", 8, 512, log=True),
        whole("batch", 16, 256, log=True),
        *floats(0, 1, "x"),
    ),
    loss=_integers,
    truth=(0.266, 0.131, 0.0, 0.028),
    idle=("batch",),
)
MIXED = Toy(
    name="mixed",
    formula="0.4 |log10 lr - best| + 0.1 k + 0.05 |layers - 4| + 0.1 bias, where best is -2, -3, -3.5 for the "
    "optimizer k = 0, 1, 2; an idle momentum",
    hyperparameters=(
        *floats(1e-5, 0.1, "lr", log=True),
        category("optimizer", "adam rmsprop sgd"),
        whole("layers", 1, 6),
        flag("bias"),
        *floats(0, 1, "momentum"),
    ),
    loss=_mixed,
    truth=(0.137, 0.064, 0.020, 0.021, 0.0),
    idle=("momentum",),
)
KINDS: tuple[Toy, ...] = (CATEGORY_2, CATEGORY_3, CATEGORY_5, CATEGORY_10, LOGS, INTEGERS, MIXED)
