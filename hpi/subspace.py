"""Region, target and filters: among the best [region], what decides whether a trial is in the best [target]."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from hpi.blocks.asking import Counting
from hpi.blocks.large import LargeTable
from hpi.errors import SubspaceError
from hpi.filters import Filter, filterable
from hpi.space import Design, Tallies
from hpi.space.rungs import SMALLEST
from hpi.space.rungs import size as _count
from hpi.table import TrialTable

DEFAULT_TARGET = 0.1
WANTED_TRIALS = 20
LARGEST_DEFAULT = 0.5
MANY = 10**9
TIES_SHOW = 1.05  # so many times as many trials as asked for: the part is named as it was found


@dataclass(frozen=True)
class Subspace:
    """Region and target, as fractions of the trials that pass the filters.

    Parameters
    ----------
    region
        The trials among which the question is asked: the best fraction, 1 for all.
    target
        The better fraction to be explained. None: a tenth, widened in small tables until 20 trials are in
        it, at most to a half.
    where
        Filters on hyperparameters and context columns; a trial must pass all of them.

    Raises
    ------
    SubspaceError
        If a fraction is not between 0.5 % and 100 %, or target is not below region.
    """

    region: float = 1.0
    target: float | None = None
    where: tuple[Filter, ...] = ()

    def __post_init__(self) -> None:
        """Refuse fractions that ask for nothing."""
        for word, value in (("region", self.region), ("target", self.target)):
            if value is not None and not SMALLEST <= value <= 1:
                raise SubspaceError(f"{word} is {value:g}; it is a fraction of the trials from {SMALLEST} to 1.")
        if self.target is not None and self.target >= self.region:
            raise SubspaceError(
                f"target is {self.target:g} and region {self.region:g}; the target must be the smaller, better part: "
                "lower the target or raise the region."
            )

    def resolved(self, n_trials: int) -> Subspace:
        """Return the same question with its target known, for a table of `n_trials` that pass the filters."""
        if self.target is not None:
            return self
        wanted = math.floor(10_000 * WANTED_TRIALS / max(n_trials, 1)) / 10_000  # never 21 trials by rounding
        target = min(max(DEFAULT_TARGET, wanted), LARGEST_DEFAULT)
        if target >= self.region:
            target = self.region / 2
        if target < SMALLEST:
            raise SubspaceError(
                f"region is {self.region:g}: no target of at least {SMALLEST} is below half of it. Raise the region."
            )
        return replace(self, target=target)


@dataclass(frozen=True, eq=False)
class Sample:
    """The trials that pass the filters, best first: the first n_region are the region, the first n_target the target.

    The only thing that an estimator sees. `subspace` has its target known; `target_asked`: somebody chose it. Where
    the trials stand for more that were counted, `tallies` are their counts.
    """

    design: Design
    subspace: Subspace
    n_region: int
    n_target: int
    target_asked: bool = True
    tallies: Tallies | None = None

    @cached_property  # asked for every pair
    def whole(self) -> Sizes:
        """How many trials there are in all, in the region and in the target: of all that these stand for."""
        if self.tallies is None:
            return Sizes(len(self.design), self.n_region, self.n_target)
        assert self.subspace.target is not None
        sizes = (
            int(self.tallies.sizes[self.tallies.rung(part)]) for part in (self.subspace.region, self.subspace.target)
        )
        return Sizes(self.tallies.n_trials, *sizes)

    @property
    def alone(self) -> Sample:
        """The same trials, standing for themselves only."""
        return replace(self, tallies=None)

    @property
    def q(self) -> float:
        """Share of the region that is in the target, as realised (ties are kept together)."""
        return self.whole.target / self.whole.region

    @property
    def wanted(self) -> tuple[int, int]:
        """How many trials region and target would hold without ties at their thresholds."""
        assert self.subspace.target is not None
        n_trials = self.whole.trials
        return _count(self.subspace.region, n_trials), _count(self.subspace.target, n_trials)


class Sizes(NamedTuple):
    """How many trials there are in all, in the region and in the target."""

    trials: int
    region: int
    target: int


def standing_for(design: Design, tallies: Tallies, subspace: Subspace) -> Sample:
    """Return region and target of trials that stand for more; their fractions must be among those counted.

    Counts are of all trials, so that a target in which none of these lies has them, too.
    """
    asked, subspace = subspace.target is not None, subspace.resolved(tallies.n_trials)
    assert subspace.target is not None
    cutoffs = (tallies.asked.cutoffs[tallies.rung(part)] for part in (subspace.region, subspace.target))
    n_region, n_target = (int(np.searchsorted(design.loss, cutoff, side="right")) for cutoff in cutoffs)
    return Sample(design, subspace, n_region, n_target, asked, tallies)


def reduced(sample: Sample) -> Sample:
    """Return trials that stand for all, with the counts of all, where there are more than 131,072; else the sample."""
    if sample.tallies is not None or sample.design.hashed is None:
        return sample
    subspace = sample.subspace
    assert subspace.target is not None
    return standing_for(*sample.design.tallied(subspace.region, subspace.target), subspace)


def found_part(fraction: float, n: int, n_trials: int) -> float:
    """Return the fraction that was asked for, or that of `n` in all trials where ties make it noticeably more."""
    return n / n_trials if n > TIES_SHOW * _count(fraction, n_trials) else fraction


def select(table: TrialTable, subspace: Subspace) -> Sample:
    """Return the trials that `subspace` speaks of; raises as `asked` does."""
    return asked(table, subspace)[1]


def asked(table: TrialTable, subspace: Subspace) -> tuple[TrialTable, Sample]:
    """Return the trials that `subspace` speaks of, and the table in which they stand.

    That is another table where this one is larger than memory: the one that has the sample's trials at hand. All are
    counted then, which may take a while.

    Raises
    ------
    SubspaceError
        If a filter names an unknown column or no trial passes.
    TableError, BlockError
        If a table larger than memory cannot be read.
    """
    if not isinstance(table, LargeTable):
        return table, cut(filtered(table, subspace.where), subspace)
    return at_hand(*table.counted(subspace.where, fractions(subspace)), subspace)


def fractions(subspace: Subspace) -> tuple[float, float]:
    """Return region and target of a question about very many trials."""
    known = subspace.resolved(MANY)
    assert known.target is not None
    return known.region, known.target


def at_hand(found: Counting, table: LargeTable, subspace: Subspace) -> tuple[TrialTable, Sample]:
    """Return the trials of a table larger than memory that stand for all, and those at hand; reads nothing."""
    if found.tallies is None:
        return table, cut(table.design, subspace)
    return table, standing_for(table.standing_for(found.tallies), found.tallies, subspace)


def filtered(table: TrialTable, where: tuple[Filter, ...]) -> Design:
    """Return the trials that pass all filters, best first; the table's own design where there are none."""
    if not where:
        return table.design
    passes = np.ones(len(table.trials), dtype=bool)
    known = filterable(table)
    for condition in where:
        if condition.name not in known:
            raise SubspaceError(
                f"The filter {condition} names no hyperparameter or context column; there are: {', '.join(known)}."
            )
        passes &= condition.mask(table.trials[condition.name])
    if not passes.any():
        words = " and ".join(map(str, where))
        raise SubspaceError(f"No trial passes {words}; widen the filter.")
    return table.design.keep(passes[table.design.row])


def cut(design: Design, subspace: Subspace) -> Sample:
    """Return region and target of a design, as sizes of its best parts; ties at a threshold are all kept."""
    is_asked, subspace = subspace.target is not None, subspace.resolved(len(design))
    assert subspace.target is not None
    n_region, n_target = (_size(design, fraction) for fraction in (subspace.region, subspace.target))
    return Sample(design, subspace, n_region, n_target, is_asked)


def _size(design: Design, fraction: float) -> int:
    cutoff = design.loss[_count(fraction, len(design)) - 1]
    return int(np.searchsorted(design.loss, cutoff, side="right"))
