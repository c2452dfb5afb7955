"""Functions with planted effects beside idle hyperparameters: what a table should say is known.

Every function has values between 0 and 1; a table adds noise of unit width to `size` times it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hpi.space import Floats, Hyperparameter, Integers
from hpi.statements.finding import FindingKind
from hpi.toys import INACTIVE, Toy
from hpi.toys.base import Values, category, flag, floats, whole

Names = frozenset[str]


@dataclass(frozen=True, eq=False)
class Scenario:
    """A function, and the sentences that it deserves.

    Attributes
    ----------
    kind
        The row of the report that it belongs to.
    wanted
        Kinds and hyperparameters that should be found.
    pairs
        Hyperparameters of which each changes what the other does.
    """

    kind: str
    toy: Toy
    wanted: tuple[tuple[FindingKind, Names], ...]
    pairs: frozenset[Names] = frozenset()

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.toy.name


def no_child(values: Values) -> Integers:
    """Where the idle child is active: with the first level of its parent."""
    return np.where(values["idle_category"] == 0, 0, INACTIVE)


IDLE: tuple[Hyperparameter, ...] = (
    *floats(0, 1, "idle_float"),
    *floats(1e-6, 1e-2, "idle_log", log=True),
    whole("idle_int", 1, 6),
    category("idle_category", "p q r s"),
    flag("idle_switch"),
    *floats(0, 1, "idle_child"),
)
X = floats(0, 1, "x")
Z = floats(0, 1, "z")
LR = floats(1e-5, 0.1, "lr", log=True)
ARCH = category("arch", "a b c")
TREND, CONTRAST = FindingKind.TREND, FindingKind.CONTRAST
EXCEPTION, INTERACTION = FindingKind.EXCEPTION, FindingKind.INTERACTION


def _planted(
    kind: str,
    name: str,
    formula: str,
    hyperparameters: tuple[Hyperparameter, ...],
    loss: Callable[[Values], Floats],
    *wanted: tuple[FindingKind, str],
    pair: str = "",
) -> Scenario:
    toy = Toy(name, formula, (*hyperparameters, *IDLE), loss, (), regimes={"idle_child": no_child})
    sought = tuple((what, frozenset(names.split())) for what, names in wanted)
    return Scenario(kind, toy, sought, frozenset({frozenset(pair.split())} if pair else ()))


def _u(values: Values) -> Floats:
    """Place of lr on its logarithm, 0 to 1."""
    return np.asarray((np.log10(values["lr"]) + 5) / 4)


def _of_level(offsets: tuple[float, ...], level: Floats) -> Floats:
    return np.asarray(offsets)[np.asarray(level).astype(int)]


def _xor(v: Values) -> Floats:
    return np.asarray(((v["x"] > 0.5) != (v["z"] > 0.5)).astype(float))


def _many(v: Values) -> Floats:
    mains = 0.3 * v["x"] + 0.3 * (2 * v["z"] - 1) ** 2 + 0.2 * _of_level((0, 1, 1), v["arch"])
    return np.asarray(mains + 0.2 * _of_level((0, 1), v["bias"]) * _u(v))


SIZES = (0.1, 0.25, 0.5, 1.0, 2.0)
SCENARIOS: tuple[Scenario, ...] = (
    _planted("trend", "line", "x", X, lambda v: v["x"], (TREND, "x")),
    _planted(
        "trend",
        "saturating",
        "1 - exp(-4 u), u the place of lr on its logarithm",
        LR,
        lambda v: np.asarray((1 - np.exp(-4 * _u(v))) / (1 - np.exp(-4))),
        (TREND, "lr"),
    ),
    _planted(
        "trend",
        "whole numbers",
        "(8 - depth) / 7, depth 1 to 8",
        (whole("depth", 1, 8),),
        lambda v: np.asarray((8 - v["depth"]) / 7),
        (TREND, "depth"),
    ),
    _planted("hump", "best inside", "(2 x - 1)^2", X, lambda v: np.asarray((2 * v["x"] - 1) ** 2), (TREND, "x")),
    _planted("hump", "worst inside", "1 - (2 x - 1)^2", X, lambda v: 1 - (2 * v["x"] - 1) ** 2, (TREND, "x")),
    _planted(
        "contrast",
        "one best of three",
        "a: 0, b: 1, c: 1",
        (ARCH,),
        lambda v: _of_level((0, 1, 1), v["arch"]),
        (CONTRAST, "arch"),
    ),
    _planted(
        "contrast",
        "six levels",
        "0, .2, .4, .6, .8, 1",
        (category("code", "a b c d e f"),),
        lambda v: v["code"] / 5,
        (CONTRAST, "code"),
    ),
    _planted("contrast", "switch", "1 where it is on", (flag("bias"),), lambda v: v["bias"], (CONTRAST, "bias")),
    _planted(
        "exception",
        "turned in a level",
        "x; 1 - x where arch = c",
        (*X, ARCH),
        lambda v: np.where(v["arch"] == 2, 1 - v["x"], v["x"]),
        (EXCEPTION, "x arch"),
        pair="x arch",
    ),
    _planted(
        "exception",
        "turned in a third",
        "x; 1 - x where z > 2/3",
        (*X, *Z),
        lambda v: np.where(v["z"] > 2 / 3, 1 - v["x"], v["x"]),
        (EXCEPTION, "x z"),
        pair="x z",
    ),
    _planted(
        "pair that cancels", "xor", "1 where one of x, z is above .5", (*X, *Z), _xor, (INTERACTION, "x z"), pair="x z"
    ),
    _planted(
        "pair: only when",
        "only when",
        "x where arch = a, else .5",
        (*X, ARCH),
        lambda v: np.where(v["arch"] == 0, v["x"], 0.5),
        (INTERACTION, "x arch"),
        pair="x arch",
    ),
    _planted(
        "pair that reinforces",
        "product",
        "x z",
        (*X, *Z),
        lambda v: np.asarray(v["x"] * v["z"]),
        (INTERACTION, "x z"),
        pair="x z",
    ),
    _planted(
        "many at once",
        "many",
        ".3 x + .3 (2 z - 1)^2 + .2 (arch is not a) + .2 u where bias is on, u the place of lr",
        (*X, *Z, ARCH, flag("bias"), *LR),
        _many,
        (TREND, "x"),
        (TREND, "z"),
        (CONTRAST, "arch"),
        (INTERACTION, "bias lr"),
        pair="bias lr",
    ),
)


def scenario(name: str) -> Scenario:
    """Return the scenario of a name."""
    (found,) = [one for one in SCENARIOS if one.name == name]
    return found
