"""Real tables cut in halves: what one half says is tried on the other."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import hpi
from benchmarks.findings.claims import Compared, compared
from benchmarks.findings.population import Cell, Column
from benchmarks.findings.tables import rng_of
from hpi.effects import Outcome
from hpi.effects.outcome import outcome_of
from hpi.errors import EstimatorError
from hpi.space import Design, Floats, Mask
from hpi.statements import state
from hpi.statements.finding import Finding, FindingKind, Findings
from hpi.subspace import Subspace, cut

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CLEAR = 1.645  # standard errors: one-sided, 5 %
FENCES = 3.0


@dataclass(frozen=True)
class Source:
    """A table: where it lies, and how it is read; `is_drawn`: from a function, not measured by training anything."""

    name: str
    path: Path
    reading: dict[str, Any] = field(default_factory=dict)
    space: Path | None = None
    is_drawn: bool = False

    @property
    def is_here(self) -> bool:
        """Whether the file exists."""
        return self.path.exists()

    def read(self) -> hpi.TrialTable:
        """Return the table."""
        declared = json.loads(self.space.read_text("utf-8")) if self.space is not None else None
        return hpi.read(self.path, space=declared, **self.reading)


def _golden(name: str, metric: str = "loss", direction: str = "minimize") -> Source:
    reading = {"metric": metric, "direction": direction}
    return Source(name, SHARED / "golden" / f"{name}.csv", reading, is_drawn=True)


def _other(name: str, metric: str, direction: str, **reading: object) -> Source:
    return Source(name, SHARED / "tables" / f"{name}.csv", {"metric": metric, "direction": direction, **reading})


EXAMPLES = ROOT / "examples"
SOURCES: tuple[Source, ...] = (
    Source("digits_mlp", EXAMPLES / "digits_mlp.csv", {}, EXAMPLES / "digits_mlp.space.json"),
    Source("known_function", EXAMPLES / "known_function.csv", is_drawn=True),
    _other("aaa_random3000", "f1_score", "maximize", roles={"metric": "hyperparameter"}),
    _other("hiplot_ml1", "valid ppl", "minimize"),
    _other("bohb_conditional_run3", "loss", "minimize"),
    _other("arl_cc_cartpole_dqn_final", "performance", "maximize"),
    _other("quantile_DeepAR", "metric_CRPS", "minimize"),
    *map(_golden, ("additive", "cat10", "conditional_activation", "conditional_domain", "ishigami")),
    _golden("mixed", "accuracy", "maximize"),
    *map(_golden, ("ped_toy_1000", "xor")),
)
MADE = ("digits_mlp", "known_function")  # by this project; the rest is not copied into it


def source(name: str) -> Source:
    """Return the source of a name."""
    (found,) = [one for one in SOURCES if one.name == name]
    return found


@dataclass(frozen=True)
class Tried:
    """A sentence of one half, tried on the other.

    Attributes
    ----------
    kind, strength
        As it was said.
    same_sign
        The same groups differ in the same direction there.
    clear
        They differ by more than 1.645 standard errors in that direction.
    again
        A sentence of the same kind about the same hyperparameters (levels) is said there, in the same direction.
    """

    kind: str
    strength: str
    same_sign: bool | None
    clear: bool | None
    again: bool


def halved(name: str, halving: int) -> list[Tried]:
    """Cut a table in halves at random, and try the findings of each on the other."""
    table = source(name).read()
    outcome = outcome_of(table)[0]
    halves = []
    for mask in _halves(table.design, rng_of("halves", name, halving)):
        design = table.design.keep(mask)
        try:
            found = state(cut(design, Subspace()), outcome)
        except EstimatorError:
            return []
        halves.append(Half(design, _values(table, design), found, outcome))
    return [tried for one, other in (halves, halves[::-1]) for tried in one.tried_on(other)]


def _halves(design: Design, rng: np.random.Generator) -> tuple[Mask, Mask]:
    """Return two halves of the trials; those of one configuration stay together."""
    unit = design.unit
    if unit is None:
        unit = pd.DataFrame(design.x).groupby(list(range(design.x.shape[1])), dropna=False).ngroup().to_numpy()
    first = rng.permutation(int(unit.max()) + 1) % 2 == 0
    return first[unit], ~first[unit]


def _values(table: hpi.TrialTable, design: Design) -> dict[str, Column]:
    return {one.name: Column(one, table.trials[one.name].iloc[design.row]) for one in design.hyperparameters}


@dataclass(frozen=True, eq=False)
class Half:
    """One half: its trials, their values, and what it says."""

    design: Design
    values: dict[str, Column]
    said: Findings
    outcome: Outcome

    def tried_on(self, other: Half) -> Iterator[Tried]:
        """Try every effect that this half claims on the other half."""
        for finding in self.said.findings:
            if finding.kind is not FindingKind.SAME:
                z = other.z(finding)
                known = not math.isnan(z)
                yield Tried(
                    str(finding.kind),
                    str(finding.strength),
                    z > 0 if known else None,
                    z > CLEAR if known else None,
                    other.says(finding),
                )

    def says(self, finding: Finding) -> bool:
        """Whether this half says the same: of the same kind and hyperparameters (levels), in the same direction."""
        return any(key(one) == key(finding) for one in self.said.findings)

    def z(self, finding: Finding) -> float:
        """Return the difference that a sentence claims in standard errors, from these trials alone."""
        sides = compared(finding, maximize=self.outcome.maximize)
        if finding.kind is FindingKind.TOP:
            return self._log_odds(finding.hyperparameters[0], sides)
        if finding.kind is FindingKind.INTERACTION:
            signs = [(cell, 1.0) for cell in sides.worse] + [(cell, -1.0) for cell in sides.better]
            return self._z([((cell,), sign) for cell, sign in signs])
        return self._z([(sides.worse, 1.0), (sides.better, -1.0)])

    def _z(self, weighted: list[tuple[tuple[Cell, ...], float]]) -> float:
        loss = clipped(self.design.loss)
        groups = [(loss[self._inside(cells)], weight) for cells, weight in weighted]
        if not groups or min(len(values) for values, _ in groups) < 2:
            return math.nan
        value = sum(weight * values.mean() for values, weight in groups)
        variance = sum(values.var(ddof=1) / len(values) for values, _ in groups)
        # Cells of constant metric (at the chance level, clipped) differ for sure, or not at all.
        return float(value / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, value) * bool(value))

    def _inside(self, cells: tuple[Cell, ...]) -> Mask:
        masks = [np.logical_and.reduce([self.values[n].holds(label) for n, label in cell]) for cell in cells]
        return np.asarray(np.logical_or.reduce(masks))

    def _log_odds(self, name: str, sides: Compared) -> float:
        active = self.values[name].is_active
        inside = self._inside(sides.better)[active]
        n_target = cut(self.design, Subspace()).n_target
        top = (np.arange(len(self.design)) < n_target)[active]
        a, b, c, d = (0.5 + int((i & t).sum()) for i in (inside, ~inside) for t in (top, ~top))
        return math.log(a * d / (b * c)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


def key(finding: Finding) -> tuple[object, ...]:
    """Return what makes two sentences of two halves the same: bounds of groups may differ, levels and ways may not."""
    sides = compared(finding)
    names = (finding.kind, finding.hyperparameters)
    if finding.kind is FindingKind.TREND:
        if sides.parts:
            return (*names, "worst" if sides.is_worst else "best")
        labels = [point.label for point in finding.picture.lines[0].points]
        return (*names, sides.worse[0][0][1] == labels[-1])  # whether lower is better
    if finding.kind is FindingKind.CONTRAST:
        return (*names, sides.better)
    return names


def clipped(loss: Floats) -> Floats:
    """Return the loss within Tukey's outer fences."""
    low, high = np.quantile(loss, (0.25, 0.75))
    return np.clip(loss, low - FENCES * (high - low), high + FENCES * (high - low)) if high > low else loss
