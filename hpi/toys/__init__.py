"""Functions whose importances are known: for tests, studies and the demonstration.

`Toy.truth` holds S, the first-order share of the variance of "is among the best tenth of all trials", which
PED-ANOVA estimates. `reached` computes it for every target and region, `reached_pairs` the same for pairs, `sobol`
the shares of the variance of the loss, which f-ANOVA estimates, and `linear_drop` what a linear model loses without
a hyperparameter: all on full grids and lattices, without sampling noise.
"""

from __future__ import annotations

from hpi.toys.base import INACTIVE, Toy
from hpi.toys.conditional import ACTIVATION, CONDITIONAL, DOMAIN
from hpi.toys.kinds import CATEGORY_2, CATEGORY_3, CATEGORY_5, CATEGORY_10, INTEGERS, KINDS, LOGS, MIXED
from hpi.toys.linear import linear_drop
from hpi.toys.nothing import NOISE, noise
from hpi.toys.plain import (
    ADDITIVE,
    CLIFF,
    HEAVY,
    ISHIGAMI,
    NOISY,
    PED_TOY,
    PLAIN,
    RING,
    ROUNDED,
    WINDOW,
    XOR,
)
from hpi.toys.truth import Shares, reached, reached_pairs, sobol

TOYS: tuple[Toy, ...] = (*PLAIN, *KINDS, *CONDITIONAL)

__all__ = [
    "ACTIVATION",
    "ADDITIVE",
    "CATEGORY_10",
    "CATEGORY_2",
    "CATEGORY_3",
    "CATEGORY_5",
    "CLIFF",
    "DOMAIN",
    "HEAVY",
    "INACTIVE",
    "INTEGERS",
    "ISHIGAMI",
    "LOGS",
    "MIXED",
    "NOISE",
    "NOISY",
    "PED_TOY",
    "RING",
    "ROUNDED",
    "TOYS",
    "WINDOW",
    "XOR",
    "Shares",
    "Toy",
    "linear_drop",
    "noise",
    "reached",
    "reached_pairs",
    "sobol",
]
