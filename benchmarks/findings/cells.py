"""One cell of the study: tables of one origin and size, and what became of every sentence about them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.findings import real, tables
from benchmarks.findings.judge import Verdict, judged
from benchmarks.findings.laws import Law
from benchmarks.findings.population import Population
from benchmarks.findings.scenarios import Scenario, scenario
from benchmarks.findings.unselected import p_values, unselected
from hpi.effects import Outcome
from hpi.errors import EstimatorError
from hpi.statements import state
from hpi.statements.finding import FindingKind, Findings
from hpi.subspace import Sample

OUTCOME = Outcome("loss", maximize=False)
TAILS = (0.05, 0.01, 0.001, 0.0001)  # p-values that should be as rare as that where nothing has an effect
CLOSE = 1.5  # tolerances: what is hardest to tell from no difference that matters
UNSELECTED = 8  # tables of a cell of which every trend and contrast is looked at


@dataclass(frozen=True, order=True)
class Cell:
    """A part of the study, what its tables are drawn from, and how many.

    `size`: of the effect, in units of the noise. `first`: number of the first table; `correlation` of twins.
    """

    part: str
    name: str
    size: float
    n_trials: int
    n_tables: int
    first: int = 0
    correlation: float = 0.0

    def __str__(self) -> str:
        """Name the cell as its file is named."""
        which = f"{self.part}-{self.name}-{self.size:g}-{self.n_trials}-{self.n_tables}"
        return f"{which}-{self.first}-{self.correlation:g}".replace(" ", "_")


@dataclass
class Table:
    """What was counted of one table.

    Attributes
    ----------
    said
        The sentences that claim an effect.
    alike
        The sentences that say "no difference".
    apart
        Hyperparameters whose groups truly differ by more than the tolerance.
    missed
        Which of these are said to make no difference.
    close, close_missed
        The same of those whose groups differ by less than 1.5 tolerances.
    unselected
        Verdicts on every trend and contrast, said or not; of the first tables of a cell.
    wanted
        How many sentences it deserves, and how many of these it got.
    metric, n_trials, refused, seconds
        Of the table, and whether it was refused.
    """

    said: list[dict[str, Any]] = field(default_factory=list)
    alike: list[dict[str, Any]] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    close: list[str] = field(default_factory=list)
    close_missed: list[str] = field(default_factory=list)
    unselected: list[dict[str, Any]] = field(default_factory=list)
    wanted: tuple[int, int] = (0, 0)
    metric: str = ""
    n_trials: int = 0
    refused: bool = False
    seconds: float = 0.0


def run(cell: Cell) -> dict[str, Any]:
    """Measure a cell."""
    measured = {"idle": _idle, "planted": _planted, "scale": _scale, "real": _real, "twins": _twins, "aimed": _aimed}
    started = time.perf_counter()
    with threadpool_limits(limits=1):
        found = list(measured[cell.part](cell))
    return {"tables": found, "seconds": time.perf_counter() - started}


def _asked(sample: Sample) -> tuple[Findings | None, Table]:
    started = time.perf_counter()
    try:
        found = state(sample, OUTCOME)
    except EstimatorError:
        return None, Table(refused=True, n_trials=len(sample.design))
    return found, Table(n_trials=len(sample.design), seconds=time.perf_counter() - started)


def _plain(found: Findings) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what was said without a verdict: effects, and "no difference"."""
    every = [
        {"kind": str(f.kind), "names": f.hyperparameters, "strength": str(f.strength), "by_scale": f.by_scale}
        for f in found.findings
    ]
    same = str(FindingKind.SAME)
    return [one for one in every if one["kind"] != same], [one for one in every if one["kind"] == same]


def _told(sample: Sample, metric: str = "") -> dict[str, Any]:
    found, table = _asked(sample)
    table.metric = metric
    if found is not None:
        table.said, table.alike = _plain(found)
    return asdict(table)


def _idle(cell: Cell) -> Iterator[dict[str, Any]]:
    for k in range(cell.first, cell.first + cell.n_tables):
        metric, sample = tables.idle(k)
        told = _told(sample, metric)
        told["tails"] = {} if told["refused"] else tails(p_values(sample, OUTCOME))
        yield told


def tails(p: Iterable[tuple[str, float]]) -> dict[str, list[int]]:
    """Count the p-values of each kind, and those up to each of TAILS."""
    counts: dict[str, list[int]] = {}
    for kind, value in p:
        own = counts.setdefault(kind, [0] * (1 + len(TAILS)))
        own[0] += 1
        for place, end in enumerate(TAILS, 1):
            own[place] += value <= end
    return counts


def _scale(cell: Cell) -> Iterator[dict[str, Any]]:
    for sample in tables.transformed(cell.name, cell.size, cell.n_trials, cell.n_tables):
        yield _told(sample)


def _twins(cell: Cell) -> Iterator[dict[str, Any]]:
    for sample in tables.twins(cell.correlation, cell.size, cell.n_trials, cell.n_tables):
        yield _told(sample)


def _aimed(cell: Cell) -> Iterator[dict[str, Any]]:
    for sample in tables.aimed(cell.size, cell.n_trials, cell.n_tables):
        yield _told(sample)


def _real(cell: Cell) -> Iterator[dict[str, Any]]:
    for halving in range(cell.first, cell.first + cell.n_tables):
        yield {"said": [asdict(tried) for tried in real.halved(cell.name, halving)]}


def _planted(cell: Cell) -> Iterator[dict[str, Any]]:
    of = scenario(cell.name)
    population = cache(lambda law: Population(of.toy, cell.size, law))
    drawn = tables.planted(cell.name, cell.size, cell.n_trials, cell.n_tables)
    for k, (law, sample) in enumerate(drawn):
        table = _judged(cell, of, population(law), law, sample)
        if k < UNSELECTED and not table.refused:
            every = (judged(one, of, population(law), 0, cell.size, None) for one in unselected(sample, OUTCOME))
            table.unselected = [asdict(one) for one in every if one.covered is not None]
        yield asdict(table)


def _judged(cell: Cell, of: Scenario, population: Population, law: Law, sample: Sample) -> Table:
    found, table = _asked(sample)
    table.metric = law.name
    table.wanted = (len(of.wanted), 0)
    if found is None:
        return table
    verdicts = [judged(one, of, population, sample.q, cell.size, found.tolerance) for one in found.findings]
    said = [one for one in verdicts if one.kind != FindingKind.SAME]
    alike = [one for one in verdicts if one.kind == FindingKind.SAME]
    table.said, table.alike = [asdict(one) for one in said], [asdict(one) for one in alike]
    table.wanted = (len(of.wanted), n_found(said, of))
    table.apart = apart(population, found.tolerance)
    table.missed = [name for name in table.apart if any(one.is_false and one.names == (name,) for one in alike)]
    table.close = [name for name in table.apart if name not in apart(population, found.tolerance, CLOSE)]
    table.close_missed = [name for name in table.close if name in table.missed]
    return table


def n_found(said: Sequence[Verdict], of: Scenario) -> int:
    """Count the planted effects of which a true sentence was said."""
    right = {(one.kind, frozenset(one.names)) for one in said if one.wanted and not one.is_false}
    return sum((str(kind), names) in right for kind, names in of.wanted)


def apart(population: Population, tolerance: float | None, times: float = 1.0) -> list[str]:
    """Return the hyperparameters of which two groups (levels, or fifths of the values) differ by so many tolerances."""
    if tolerance is None:
        return []
    return [name for name, most in population.widest.items() if most > times * tolerance]
