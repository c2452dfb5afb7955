"""One cell of the study: an estimator on fresh tables of one function and size."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.calibration.setup import ON_NOISE, SETTINGS, TARGET, TARGETS
from hpi import chance
from hpi.errors import EstimatorError
from hpi.estimators import Estimate, by_name
from hpi.space import Design, Floats, Mask
from hpi.subspace import Subspace, cut
from hpi.toys import NOISE, TOYS, Toy, linear_drop, noise, reached, reached_pairs, sobol

NO_TOY = "noise"
ENDS = ("importance", "low", "high")
SLACK = 1e-9


@dataclass(frozen=True, order=True)
class Cell:
    """An estimator, a function (or noise), a number of trials, and how many tables are drawn.

    `pairs`: whether its pairs are studied instead of its hyperparameters.
    """

    estimator: str
    toy: str
    n_trials: int
    n_tables: int
    pairs: bool = False

    def __str__(self) -> str:
        """Name the cell as its file is named."""
        return f"{self.estimator}-{self.toy}-{self.n_trials}-{self.n_tables}{'-pairs' * self.pairs}"


@dataclass(frozen=True)
class Found:
    """What was counted in a cell, a value a hyperparameter (or pair); None where nothing was answered.

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


def target_of(toy: str) -> float:
    """Return the target that is asked for on a function."""
    return TARGETS.get(toy, TARGET)


def tables(toy: str, n_trials: int, n_tables: int, first: int = 0) -> Iterator[Design]:
    """Draw the tables of a function from the `first` on: the same ones for every estimator."""
    for k in range(first, first + n_tables):
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
    if estimator == "ped-anova":
        return reached(of, target_of(toy))
    if estimator == "linear":
        return linear_drop(of)
    if estimator in ("fanova", "permutation"):
        shares = sobol(of)
        return shares.mains if estimator == "fanova" else shares.totals
    return np.full(len(of.names), np.nan)


@cache
def pair_truth(estimator: str, toy: str) -> dict[tuple[str, str], float]:
    """Return what an estimator should find of each pair that has a truth."""
    of = toy_called(toy)
    return reached_pairs(of, target_of(toy)) if estimator == "ped-anova" else sobol(of).pairs


def run(cell: Cell) -> Found:
    """Ask the estimator about every table of the cell."""
    started = time.perf_counter()
    settings = ON_NOISE if cell.toy == NO_TOY or cell.pairs else SETTINGS
    asked = by_name(cell.estimator)(**settings.get(cell.estimator, {}))
    found: list[Estimate] = []
    names: list[str] = []
    with threadpool_limits(limits=1):
        for design in tables(cell.toy, cell.n_trials, cell.n_tables):
            names = [hyperparameter.name for hyperparameter in design.hyperparameters]
            with suppress(EstimatorError):
                found.append(asked.estimate(cut(design, Subspace(1.0, target_of(cell.toy))), np.random.default_rng(0)))
    counted = _pairs(cell, names, found) if cell.pairs else _mains(cell, names, found)
    return replace(counted, any_pair=_any_pair(found), seconds=time.perf_counter() - started)


def _mains(cell: Cell, names: list[str], found: list[Estimate]) -> Found:
    ends = [np.array([getattr(e, name) for e in found]).reshape(-1, len(names)) for name in ENDS]
    marks = np.array([chance.compare(e).detectable for e in found]).reshape(-1, len(names))
    wanted = np.full(len(names), np.nan) if cell.toy == NO_TOY else truth(cell.estimator, cell.toy)
    if np.isnan(wanted).all():
        wanted = _mean_weight(found, ends[0])
    return counted(names, wanted, ends, marks, cell.n_tables)


def _mean_weight(found: list[Estimate], importance: Floats) -> Floats:
    """Return what stands in where a method has no truth of its own: its mean over fresh tables of the same size.

    Of weights that may be negative before they are cut: most tables show 0 for what has a mean below 0.
    """
    raw = [estimate.raw for estimate in found if estimate.raw is not None]
    values = np.array(raw).reshape(importance.shape) if len(raw) == len(found) else importance
    return np.maximum(_mean(values, ~np.isnan(values)), 0)


def _pairs(cell: Cell, names: list[str], found: list[Estimate]) -> Found:
    """Do the same for pairs; one that was not estimated in a table is unanswered there."""
    wanted = pair_truth(cell.estimator, cell.toy)
    place = {pair: i for i, pair in enumerate(wanted)}
    ends = [np.full((len(found), len(place)), np.nan) for _ in ENDS]
    marks = np.zeros((len(found), len(place)), dtype=bool)
    for row, pairs in enumerate(e.pairs for e in found):
        if pairs is None:
            continue
        told = chance.compare(pairs).detectable
        for i, (first, second) in enumerate(pairs.columns):
            column = place.get((names[first], names[second]))
            if column is not None:
                marks[row, column] = told[i]
                for values, name in zip(ends, ENDS, strict=True):
                    values[row, column] = getattr(pairs, name)[i]
    labels = [" x ".join(pair) for pair in wanted]
    return counted(labels, np.array(list(wanted.values())), ends, marks, cell.n_tables)


def counted(names: list[str], wanted: Floats, ends: list[Floats], marks: Mask, n_tables: int) -> Found:
    """Count answers, intervals that hold the truth, and marks; `ends` are importance, low and high, a row a table.

    An interval without an upper end holds everything above its lower one.
    """
    importance, low, high = ends
    known = ~np.isnan(importance)
    covered = known & (low <= wanted + SLACK) & ((wanted <= high + SLACK) | np.isnan(high))
    return Found(
        names=names,
        truth=_plain(wanted),
        mean=_plain(_mean(importance, known)),
        rmse=_plain(np.sqrt(_mean((importance - wanted) ** 2, known))),
        width=_plain(_mean(high - low, known)),
        answered=known.sum(axis=0).tolist(),
        covered=covered.sum(axis=0).tolist(),
        marked=marks.sum(axis=0).tolist(),
        any_marked=int(marks.any(axis=1).sum()),
        any_pair=None,
        tables=n_tables,
        seconds=0.0,
    )


def _any_pair(estimates: list[Estimate]) -> int | None:
    pairs = [estimate.pairs for estimate in estimates if estimate.pairs is not None]
    return sum(bool(chance.compare(one).detectable.any()) for one in pairs) if pairs else None


def _mean(values: Floats, known: np.ndarray) -> Floats:
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.divide(total, known.sum(axis=0), out=np.full(values.shape[1], np.nan), where=known.any(axis=0))


def _plain(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
