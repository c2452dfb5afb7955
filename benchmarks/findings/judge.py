"""A sentence held against what is true of the function that its table was drawn from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from benchmarks.findings.claims import Compared, compared, way
from benchmarks.findings.population import Cell, Population
from benchmarks.findings.scenarios import Scenario
from hpi.statements.finding import Finding, FindingKind

NOTHING = 0.01  # of the planted size: differences below come from the even spread of the population's trials


@dataclass(frozen=True)
class Verdict:
    """What became of one sentence.

    Attributes
    ----------
    kind, names, strength, by_scale
        As it was said.
    is_false
        There is no such effect, or it has the other sign; for "no difference": there is one above the tolerance.
    is_wrong
        The effect that it compares has the other sign.
    truth
        Of what the interval is about; None where the sentence does not say it, or it is infinite (odds).
    covered
        Whether the 95 % interval holds the truth; None without one.
    wanted
        It is one of those that were planted.
    way, is_way
        How an interaction says that the two act together, and whether they do; None for other sentences.
    """

    kind: str
    names: tuple[str, ...]
    strength: str
    by_scale: bool
    is_false: bool
    is_wrong: bool
    truth: float | None
    covered: bool | None
    wanted: bool
    way: str | None = None
    is_way: bool | None = None


def judged(
    finding: Finding, scenario: Scenario, population: Population, target: float, size: float, tolerance: float | None
) -> Verdict:
    """Return the verdict on one sentence; `target` is the share of the trials that it took for the top."""
    sides, nothing = compared(finding), NOTHING * size
    if finding.kind is FindingKind.SAME:
        truth = widest(population, sides)
        return _verdict(finding, scenario, tolerance is not None and truth > tolerance, False, None)
    if finding.kind is FindingKind.TOP:
        (name,) = finding.hyperparameters
        labels = [label for cell in sides.better for _, label in cell]
        truth = population.odds_ratio(name, labels, target)
        log = math.log(truth) if truth > 0 else -math.inf
        return _verdict(finding, scenario, log < nothing, log < -nothing, truth)
    if finding.kind is FindingKind.INTERACTION:
        there = frozenset(finding.hyperparameters) in scenario.pairs
        crossed = extra(population, sides) if sides.better else None
        wrong = there and crossed is not None and crossed < -nothing
        said = _verdict(finding, scenario, not there or wrong, wrong, crossed)
        known = there and crossed is not None and tolerance is not None
        acts = acts_so(population, sides, way(finding), tolerance or 0.0) if known else None
        return replace(said, way=way(finding), is_way=acts)
    gains = [difference(population, one) for one in (sides, *_one_by_one(sides))]
    is_false = not min(gains) > nothing
    if finding.kind is FindingKind.EXCEPTION:
        is_false = is_false or not difference(population, _without(sides, finding.hyperparameters[1])) < -nothing
    return _verdict(finding, scenario, is_false, gains[0] < -nothing, gains[0])


def difference(population: Population, sides: Compared) -> float:
    """Return the mean loss of the worse side less that of the better one."""
    return population.mean(sides.worse) - population.mean(sides.better)


def extra(population: Population, sides: Compared) -> float:
    """Return how much more one hyperparameter gains in one group of the other than in another group."""
    worse, better = (sum(population.mean([cell]) for cell in side) for side in (sides.worse, sides.better))
    return worse - better


def acts_so(population: Population, sides: Compared, said: str | None, tolerance: float) -> bool | None:
    """Whether two hyperparameters act together in the way that is said; None where no way is said."""
    there, elsewhere = (
        population.mean([b]) - population.mean([a]) for a, b in zip(sides.better, sides.worse, strict=True)
    )
    elsewhere = -elsewhere  # in the direction in which something is gained there
    (better, other), (worse, _) = sides.better, sides.worse
    by = sum(population.mean([cell]) for cell in (sides.worse[1], other))
    gained = by - sum(population.mean([cell]) for cell in (better, worse))
    ways = {
        "turns round": there > 0 > elsewhere,
        "matters only with": abs(elsewhere) < tolerance and there > abs(elsewhere),
        "matters above all with": there > abs(elsewhere),
        "depends on": there > elsewhere,
        "reinforce": there > elsewhere > 0 and gained > 0,
        "make up for each other": there > elsewhere > 0 and gained < 0,
    }
    return bool(ways[said]) if said in ways else None


def widest(population: Population, sides: Compared) -> float:
    """Return the largest difference between any two of the groups spoken of."""
    means = [population.mean([cell]) for cell in sides.better]
    return max(means) - min(means)


def _one_by_one(sides: Compared) -> list[Compared]:
    """Return the comparisons that all have to be true, beside the one of both sides."""
    if sides.is_worst:
        return [Compared(part, sides.worse) for part in sides.parts]
    return [Compared(sides.better, part) for part in sides.parts]


def _without(sides: Compared, name: str) -> Compared:
    """Return the same comparison among all trials: the condition on `name` is left out."""

    def free(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(tuple(part for part in cell if part[0] != name) for cell in cells)

    return Compared(free(sides.better), free(sides.worse))


def _verdict(finding: Finding, scenario: Scenario, is_false: bool, is_wrong: bool, truth: float | None) -> Verdict:
    names = tuple(finding.hyperparameters)
    known = truth is not None and math.isfinite(truth)
    return Verdict(
        kind=str(finding.kind),
        names=names,
        strength=str(finding.strength),
        by_scale=finding.by_scale,
        is_false=bool(is_false),
        is_wrong=bool(is_wrong),
        truth=truth if known else None,
        covered=bool(finding.low <= truth <= finding.high) if known and truth is not None else None,
        wanted=(finding.kind, frozenset(names)) in scenario.wanted,
    )
