"""Samples that hypothesis draws: hyperparameters of every kind, losses of every shape."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from hpi.space import Design, Hyperparameter, Kind
from hpi.subspace import Sample, Subspace, cut

LETTERS = "abcdefgh"


def _float(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.FLOAT, 0, 1), rng.random(n)


def _log(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.FLOAT, 1e-6, 1, log=True), 10 ** rng.uniform(-6, 0, n)


def _large(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.FLOAT, -1e300, 1e300), 1e300 * rng.uniform(-1, 1, n)


def _int(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.INT, 0, 30), rng.integers(0, rng.choice([2, 4, 30]), n).astype(float)


def _ordinal(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.ORDINAL, levels=("s", "m", "l", "xl")), rng.choice(["s", "m", "l"], n)


def _category(name: str, n: int, rng: np.random.Generator):
    levels = list(LETTERS[: rng.integers(2, 9)])
    shares = rng.dirichlet(np.ones(len(levels)))
    return Hyperparameter(name, Kind.CATEGORY, levels=tuple(levels)), rng.choice(levels, n, p=shares)


def _bool(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.BOOL, levels=("False", "True")), rng.choice(["False", "True"], n)


def _conditional(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.FLOAT, 0, 1), np.where(rng.random(n) < 0.6, np.nan, rng.random(n))


def _conditional_level(name: str, n: int, rng: np.random.Generator):
    values = rng.choice(np.array(["a", "b"], dtype=object), n)
    values[rng.random(n) < 0.6] = None
    return Hyperparameter(name, Kind.CATEGORY, levels=("a", "b")), values


def _constant(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.FLOAT, 0, 1), np.full(n, 0.3)


def _never(name: str, n: int, rng: np.random.Generator):
    return Hyperparameter(name, Kind.FLOAT, 0, 1), np.full(n, np.nan)


MAKERS = (_float, _log, _large, _int, _ordinal, _category, _bool, _conditional, _conditional_level, _constant, _never)

EFFECTS = {
    "noise": lambda x, n, rng: rng.normal(size=n),
    "sum": lambda x, n, rng: x @ rng.normal(size=x.shape[1]) + rng.normal(0, 0.3, n),
    "exact sum": lambda x, n, rng: x @ rng.normal(size=x.shape[1]) + 1e-9 * rng.random(n),
    "exclusive or": lambda x, n, rng: ((x[:, 0] > 0.5) != (x[:, -1] > 0.5)) + rng.choice([0.0, 0.3]) * rng.random(n),
}
SHAPES = {
    "plain": lambda y, rng: y,
    "huge": lambda y, rng: 1e300 * y,
    "largest": lambda y, rng: np.sign(y) * np.minimum(np.abs(y), 1) * 1.79e308,
    "tiny": lambda y, rng: 1e-300 * y,
    "far away": lambda y, rng: 1e9 + y,
    "rounded": lambda y, rng: np.round(y, 1),
    "mostly equal": lambda y, rng: np.where(rng.random(len(y)) < 0.6, y.min(), y),
    "diverged": lambda y, rng: np.where(rng.random(len(y)) < 0.05, 1e300, y),
    "skewed": lambda y, rng: np.exp(np.minimum(5 * y, 300)),
}


@st.composite
def samples(draw: st.DrawFn, sizes: tuple[int, ...] = (16, 17, 25, 40, 90, 250)) -> Sample:
    """One to eight hyperparameters of any kind; all trials or half; sometimes several trials of a configuration."""
    n, rng = draw(st.sampled_from(sizes)), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    makers = draw(st.lists(st.sampled_from(MAKERS), min_size=1, max_size=8))
    made = [maker(f"h{k}", n, rng) for k, maker in enumerate(makers)]
    hyperparameters = tuple(hyperparameter for hyperparameter, _ in made)
    trials = pd.DataFrame({hyperparameter.name: values for hyperparameter, values in made})
    x = np.column_stack([np.nan_to_num(h.encode(trials[h.name]), nan=0.5) for h in hyperparameters])
    loss = EFFECTS[draw(st.sampled_from(sorted(EFFECTS)))](x, n, rng)
    loss = SHAPES[draw(st.sampled_from(sorted(SHAPES)))](loss, rng)
    unit = rng.integers(0, n // 2, n) if draw(st.integers(0, 4)) == 0 else None
    return cut(Design.build(hyperparameters, trials, loss, unit), Subspace(draw(st.sampled_from([1.0, 1.0, 0.5]))))
