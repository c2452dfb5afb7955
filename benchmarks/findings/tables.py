"""Fresh tables: of planted functions, of nothing at all, of additive functions seen through a transformation."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import ndtr

from benchmarks.findings.laws import IDLE_METRICS, NOISES, TRANSFORMATIONS, Law
from benchmarks.findings.scenarios import ARCH, IDLE, X, Z, no_child, scenario
from hpi.space import Design, Floats, Hyperparameter, Kind
from hpi.subspace import Sample, Subspace, cut
from hpi.toys import Toy
from hpi.toys.base import Values, flag, floats, whole

IDLE_SIZES = (60, 100, 200, 500, 1000, 2000, 5000)
HALF = 0.5


def rng_of(*what: str | int | float) -> np.random.Generator:
    """Return the random numbers that belong to a name and numbers."""
    return np.random.default_rng([zlib.crc32(repr(one).encode()) for one in what])


def sample(hyperparameters: tuple[Hyperparameter, ...], trials: pd.DataFrame, loss: Floats) -> Sample:
    """Return all trials as a sample: the region is everything, the target the best tenth or 20 trials."""
    return cut(Design.build(hyperparameters, trials, loss), Subspace())


def planted(name: str, size: float, n_trials: int, n_tables: int) -> Iterator[tuple[Law, Sample]]:
    """Draw tables of a scenario; their noise follows each law in turn."""
    toy = scenario(name).toy
    for k in range(n_tables):
        rng, law = rng_of(name, size, n_trials, k), NOISES[k % len(NOISES)]
        trials = toy.draw(n_trials, rng)
        loss = law.observe(size * trials["loss"].to_numpy(dtype=float), rng.uniform(1e-12, 1, n_trials))
        yield law, sample(toy.hyperparameters, trials, loss)


# --- nothing has an effect


def idle(k: int) -> tuple[str, Sample]:
    """Return the k-th table without any effect, and what its metric is: kinds, sizes and metrics take turns."""
    rng = rng_of("idle", k)
    metric = list(IDLE_METRICS)[k % len(IDLE_METRICS)]
    n_trials = IDLE_SIZES[k // len(IDLE_METRICS) % len(IDLE_SIZES)]
    columns: dict[str, np.ndarray] = {}
    hyperparameters: list[Hyperparameter] = []
    for j in range(int(rng.integers(3, 11))):
        one, values = _idle_column(f"h{j}", n_trials, rng)
        parent = next((h for h in reversed(hyperparameters) if not h.is_ordered), None)
        if parent is not None and rng.random() < HALF / 2:
            is_active = columns[parent.name] == parent.levels[0]
            values = np.where(is_active, values, None if not one.is_numeric else np.nan)
        hyperparameters.append(one)
        columns[one.name] = values
    loss = np.asarray(IDLE_METRICS[metric](rng.uniform(1e-12, 1, n_trials)), dtype=float)
    return metric, sample(tuple(hyperparameters), pd.DataFrame(columns), loss)


def _idle_column(name: str, n_trials: int, rng: np.random.Generator) -> tuple[Hyperparameter, np.ndarray]:
    """Draw a hyperparameter of any kind; its values are spread evenly or bunched, its levels even or not."""
    kind = rng.integers(6)
    bunched = rng.beta(1, 3, n_trials) if rng.random() < HALF else rng.random(n_trials)
    if kind == 0:
        return floats(0, 1, name)[0], bunched
    if kind == 1:
        return floats(1e-6, 1, name, log=True)[0], 10 ** (6 * bunched - 6)
    if kind == 2:
        top = int(rng.integers(2, 13))
        return whole(name, 0, top), np.floor((top + 1) * bunched)
    if kind == 3:
        return flag(name), _levels(("False", "True"), n_trials, rng)
    levels = tuple("abcdefgh"[: int(rng.integers(2, 9))])
    ordinal = Hyperparameter(name, Kind.ORDINAL if kind == 4 else Kind.CATEGORY, levels=levels, declared=True)
    return ordinal, _levels(levels, n_trials, rng)


def _levels(levels: tuple[str, ...], n_trials: int, rng: np.random.Generator) -> np.ndarray:
    n = len(levels)
    share = rng.dirichlet(np.full(n, 2.0)) if rng.random() < HALF else np.full(n, 1 / n)
    return rng.choice(np.array(levels, dtype=object), n_trials, p=share)


# --- additive, seen through a monotone transformation


def _additive(v: Values) -> Floats:
    return np.asarray(0.4 * v["x"] + 0.3 * (2 * v["z"] - 1) ** 2 + 0.3 * (v["arch"] == 0))


ADDITIVE = Toy(
    "additive",
    ".4 x + .3 (2 z - 1)^2 + .3 (arch = a)",
    (*X, *Z, ARCH, *IDLE),
    _additive,
    (),
    regimes={"idle_child": no_child},
)
# Its mean, and its variance: .16 / 12 + .09 (1 / 5 - 1 / 9) + .09 (1 / 3)(2 / 3).
MEAN, VARIANCE = 0.2 + 0.1 + 0.1, 0.16 / 12 + 0.09 * 4 / 45 + 0.09 * 2 / 9


def transformed(name: str, size: float, n_trials: int, n_tables: int) -> Iterator[Sample]:
    """Draw tables of the additive function with Gaussian noise, put on a standard scale, seen through `name`."""
    for k in range(n_tables):
        rng = rng_of("scale", size, n_trials, k)  # the same trials for every transformation
        trials = ADDITIVE.draw(n_trials, rng)
        s = size * (trials["loss"].to_numpy(dtype=float) - MEAN) + rng.normal(size=n_trials)
        s = s / np.sqrt(size**2 * VARIANCE + 1)
        yield sample(ADDITIVE.hyperparameters, trials, TRANSFORMATIONS[name](s))


# --- trials that were not drawn independently


def twins(correlation: float, size: float, n_trials: int, n_tables: int) -> Iterator[Sample]:
    """Draw tables with x, which moves the loss, and its idle twin, correlated as given (as normal variables)."""
    both = (*X, *floats(0, 1, "twin"), *IDLE[:3])
    for k in range(n_tables):
        rng = rng_of("twins", correlation, size, n_trials, k)
        own, other = rng.normal(size=(2, n_trials))
        twin = correlation * own + np.sqrt(1 - correlation**2) * other
        u = rng.random((n_trials, len(both)))
        u[:, 0], u[:, 1] = ndtr(own), ndtr(twin)
        trials = Toy("twins", "x", both, lambda v: v["x"], ()).at(u)
        yield sample(both, trials, size * trials["loss"].to_numpy(dtype=float) + rng.normal(size=n_trials))


AIMED = Toy(
    "aimed", "(x + (2 z - 1)^2) / 2", (*X, *Z, *IDLE[:5]), lambda v: np.asarray(v["x"] + (2 * v["z"] - 1) ** 2) / 2, ()
)


def aimed(size: float, n_trials: int, n_tables: int) -> Iterator[Sample]:
    """Draw tables as an optimiser does: a fifth at random, then near one of the best tenth so far."""
    for k in range(n_tables):
        rng = rng_of("aimed", size, n_trials, k)
        d = len(AIMED.hyperparameters)
        u, noise = rng.random((n_trials, d)), rng.normal(size=n_trials)
        loss = np.empty(n_trials)
        start = n_trials // 5
        loss[:start] = _loss(u[:start], size, noise[:start])
        for i in range(start, n_trials):
            best = np.argpartition(loss[:i], i // 10)[: max(1, i // 10)]
            step = u[rng.choice(best)] + rng.normal(0, 0.15, d)
            u[i] = np.where(rng.random(d) < 0.2, u[i], np.abs(1 - np.abs(1 - step)).clip(0, 1 - 1e-9))
            loss[i] = _loss(u[i : i + 1], size, noise[i : i + 1])[0]
        yield sample(AIMED.hyperparameters, AIMED.at(u), loss)


def _loss(u: Floats, size: float, noise: Floats) -> Floats:
    x, z = u[:, 0], u[:, 1]
    return np.asarray(size * (x + (2 * z - 1) ** 2) / 2 + noise)
