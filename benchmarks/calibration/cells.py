"""One cell of the study: an estimator on fresh tables of one function and size."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.calibration.setup import ON_NOISE, SETTINGS, TARGET
from hpi import chance
from hpi.errors import EstimatorError
from hpi.estimators import Estimate, by_name
from hpi.space import Design, Floats
from hpi.subspace import Subspace, cut
from hpi.toys import NOISE, TOYS, Toy, linear_drop, noise, reached, sobol

NO_TOY = "noise"


@dataclass(frozen=True, order=True)
class Cell:
    """An estimator, a function (or noise), a number of trials, and how many tables are drawn."""

    estimator: str
    toy: str
    n_trials: int
    n_tables: int

    def __str__(self) -> str:
        """Name the cell as its file is named."""
        return f"{self.estimator}-{self.toy}-{self.n_trials}-{self.n_tables}"


@dataclass(frozen=True)
class Found:
    """What was counted in a cell, a value a hyperparameter; None where nothing was answered.

    `truth` is None where the method has none for that hyperparameter; `answered` counts the tables with a number,
    `covered` those whose interval held the truth, `marked` those in which it was told apart from chance. `any_marked`
    counts the tables in which any hyperparameter was, `any_pair` those in which any pair was (None: no pairs).
    """

    names: list[str]
    truth: list[float | None]
    mean: list[float | None]
    rmse: list[float | None]
    width: list[float | None]
    answered: list[int]
    covered: list[int]
    marked: list[int]
    any_marked: int
    any_pair: int | None
    tables: int
    seconds: float


def toy_called(name: str) -> Toy:
    """Return the toy of a name."""
    (found,) = [toy for toy in TOYS if toy.name == name]
    return found


def tables(toy: str, n_trials: int, n_tables: int) -> Iterator[Design]:
    """Draw the tables of a function: the same ones for every estimator."""
    for k in range(n_tables):
        rng = np.random.default_rng([zlib.crc32(toy.encode()), n_trials, k])
        if toy == NO_TOY:
            trials, hyperparameters = noise(n_trials, rng), NOISE
        else:
            trials, hyperparameters = toy_called(toy).draw(n_trials, rng), toy_called(toy).hyperparameters
        yield Design.build(hyperparameters, trials, trials["loss"].to_numpy())


@cache
def truth(estimator: str, toy: str) -> Floats:
    """Return what an estimator should find, shape (n_hyperparameters,); nan where the method has no truth."""
    of = toy_called(toy)
    names = of.names
    if estimator == "ped-anova":
        return reached(of, TARGET)
    if estimator == "linear":
        return np.where([name in of.regimes for name in names], np.nan, linear_drop(of))
    if estimator in ("fanova", "permutation"):
        shares = sobol(of)
        return shares.mains if estimator == "fanova" else shares.totals
    return np.full(len(names), np.nan)


def run(cell: Cell) -> Found:
    """Ask the estimator about every table of the cell."""
    started = time.perf_counter()
    settings = ON_NOISE if cell.toy == NO_TOY else SETTINGS
    asked = by_name(cell.estimator)(**settings.get(cell.estimator, {}))
    estimates: list[Estimate] = []
    marks: list[Floats] = []
    names: list[str] = []
    with threadpool_limits(limits=1):
        for design in tables(cell.toy, cell.n_trials, cell.n_tables):
            names = [hyperparameter.name for hyperparameter in design.hyperparameters]
            try:
                found = asked.estimate(cut(design, Subspace(1.0, TARGET)), np.random.default_rng(0))
            except EstimatorError:
                continue
            estimates.append(found)
            marks.append(chance.compare(found).detectable)
    return _counted(cell, names, estimates, np.array(marks), time.perf_counter() - started)


def _counted(cell: Cell, names: list[str], estimates: list[Estimate], marks: Floats, seconds: float) -> Found:
    importance, low, high = (
        np.array([getattr(e, field) for e in estimates]).reshape(-1, len(names))
        for field in ("importance", "low", "high")
    )
    known = ~np.isnan(importance)
    wanted = np.full(len(names), np.nan) if cell.toy == NO_TOY else truth(cell.estimator, cell.toy)
    if np.isnan(wanted).all():  # a method without a truth of its own: the mean over fresh tables of the same size
        wanted = _mean(importance, known)
    covered = known & (low <= wanted + 1e-9) & (wanted <= high + 1e-9)
    return Found(
        names=names,
        truth=_plain(wanted),
        mean=_plain(_mean(importance, known)),
        rmse=_plain(np.sqrt(_mean((importance - wanted) ** 2, known))),
        width=_plain(_mean(high - low, known)),
        answered=known.sum(axis=0).tolist(),
        covered=covered.sum(axis=0).tolist(),
        marked=marks.reshape(-1, len(names)).sum(axis=0).tolist(),
        any_marked=int(marks.reshape(-1, len(names)).any(axis=1).sum()),
        any_pair=_any_pair(estimates),
        tables=cell.n_tables,
        seconds=seconds,
    )


def _any_pair(estimates: list[Estimate]) -> int | None:
    pairs = [estimate.pairs for estimate in estimates if estimate.pairs is not None]
    return sum(bool(chance.compare(one).detectable.any()) for one in pairs) if pairs else None


def _mean(values: Floats, known: np.ndarray) -> Floats:
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.divide(total, known.sum(axis=0), out=np.full(values.shape[1], np.nan), where=known.any(axis=0))


def _plain(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
