"""All that a question needs of a table beyond memory: exact thresholds, the drawn trials, the counts, in a few passes.

The losses are read two to five times, until every threshold is known to the last bit; the columns once, for the counts;
once more where some rows do not count, for the bounds and levels of those that do; and once more where the drawn trials
are not among the rows that were looked at first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np

from hpi.blocks import cluster, look, passes, ranks
from hpi.blocks.counting import Counting as Asked
from hpi.blocks.passes import Over, Ranked
from hpi.blocks.reach import Reach
from hpi.blocks.running import Report, quiet, run
from hpi.blocks.source import Block, Source
from hpi.errors import SubspaceError
from hpi.space import Design, Floats, Hyperparameter, Integers, Tallies, drawing, tallies
from hpi.space.rungs import with_asked
from hpi.space.tallies import Counted

T = TypeVar("T")
# shares of the work that the passes before the last are, as far as a bar can tell
RANKED, REACHED, FETCHED = 0.3, 0.2, 0.1

Somewhere = Executor | Callable[[], Executor] | None


@dataclass(frozen=True, eq=False)
class Counting:
    """What was counted of one table for one metric and set of filters; it answers every threshold.

    Attributes
    ----------
    rows
        The trials that are at hand, with their cells: all that pass the filters, or those drawn of more.
    counting, passing
        How many rows count, and how many of them pass the filters.
    tallies
        Counts of all trials that pass; None where all of them are at hand.
    hyperparameters
        With bounds and levels of all rows that count.
    """

    rows: look.Look
    counting: int
    passing: int
    tallies: Tallies | None
    hyperparameters: tuple[Hyperparameter, ...]


@dataclass(frozen=True)
class Runner:
    """Runs passes over the blocks of a source, one after the other, and says how far all of them are."""

    source: Source
    executor: Somewhere
    report: Report

    @classmethod
    def of(cls, source: Source, executor: Somewhere, report: Report) -> Runner:
        """Return one that runs on the cluster of HPI_DASK_SCHEDULER where no executor is given, else in threads."""
        return cls(source, cluster.executor_from(os.environ) if executor is None else executor, report)

    def __call__(
        self, work: Callable[[Sequence[Block]], T], merge: Callable[[T, T], T], doing: str, part: tuple[float, float]
    ) -> T:
        """Return what a pass finds, which is the part of all work that begins and ends at two shares of it."""
        start, end = part

        def report(done: float, words: str) -> None:
            self.report(start + done * (end - start), words)

        blocks, files = self.source.blocks, self.source.files
        return run(work, blocks, merge, executor=self.executor, report=report, doing=doing, files=files)


def looked_at(source: Source, executor: Somewhere = None, report: Report = quiet) -> look.Look:
    """Return what one pass over all rows finds; raises TableError where a block is damaged."""
    work = partial(look.looked, source.light, most=look.most_kept())
    return Runner.of(source, executor, report)(work, look.Look.merged, f"looking at {source.n_rows:,} rows", (0, 1))


def counted(
    over: Over,
    seen: look.Look,
    losses: Floats,
    design_of: Callable[[look.Look, tuple[Hyperparameter, ...]], Design],
    fractions: Sequence[float],
    executor: Somewhere = None,
    report: Report = quiet,
) -> Counting:
    """Return exact counts at all rungs and at these fractions.

    Parameters
    ----------
    over
        Which rows are asked about.
    seen
        The rows that were looked at first.
    losses
        Some of the losses, as far as they are known: they save a pass and change nothing.
    design_of
        Turns rows that count and pass into a design of hyperparameters.
    fractions
        Targets and regions that are asked for, beside the rungs.

    Raises
    ------
    SubspaceError
        If no row counts and passes.
    TableError, BlockError
        If a block is damaged, or its worker is lost again and again.
    """
    runner, fractions = Runner.of(over.source, executor, report), with_asked(fractions)
    over = replace(over, source=over.source.light)
    first, cutoffs, passing = _ranked(over, fractions, losses, runner)
    over = _within(over, first.counting, runner)
    hyperparameters = over.translation.hyperparameters
    rows = _drawn(over, seen, np.sort(passes.smallest(first.position, drawing.MOST_DRAWN)), runner)
    if passing <= drawing.MOST_DRAWN:
        return Counting(rows, first.counting, passing, None, hyperparameters)
    drawn = design_of(rows, hyperparameters)
    plan = tallies.plan(hyperparameters, drawn.x, drawn.regime, drawn.loss, cutoffs)
    positions = [over.translation.positions(j) for j in range(len(hyperparameters))]
    work = partial(passes.count, over, Asked.of(hyperparameters, plan, positions))
    found = runner(work, _added, "counting", (RANKED + REACHED + FETCHED, 1))
    every = Tallies.of(fractions, plan, found.wide())
    return Counting(rows, first.counting, passing, every, hyperparameters)


def _added(one: Counted, other: Counted) -> Counted:
    """Return the sum in 64 bits: the counts of a chunk are narrower."""
    total = one.wide()
    total.add(other)
    return total


def _ranked(over: Over, fractions: Sequence[float], losses: Floats, runner: Runner) -> tuple[Ranked, Floats, int]:
    """Return what the first pass found, the loss at which each fraction ends, and how many trials there are."""
    search, middle = ranks.search(fractions, drawn=losses), RANKED / 2
    work = partial(passes.rank, over, search, drawing.MOST_DRAWN)
    first = runner(work, Ranked.merged, "finding thresholds", (0, middle))
    passing = int(first.partial.counts.sum())
    if not passing:
        raise SubspaceError(
            f"No trial passes {' and '.join(map(str, over.where))}; widen the filter."
            if over.where
            else "No row counts as a trial; choose another metric or task."
        )
    found, done = search.after(first.partial), middle
    while isinstance(found, ranks.Search):
        middle = (done + RANKED) / 2
        one = runner(partial(passes.rank, over, found, 0), Ranked.merged, "finding thresholds", (done, middle))
        found, done = found.after(one.partial), middle
    return first, found, passing


def _within(over: Over, counting: int, runner: Runner) -> Over:
    """Return the question with bounds and levels of the rows that count: of all, or read once more where not all do."""
    translation, reach = over.translation, over.translation.whole
    if counting < over.source.n_rows:
        reach = runner(partial(translation.reached, over.source), Reach.merged, "measuring", (RANKED, RANKED + REACHED))
    return replace(over, translation=translation.within(reach))


def _drawn(over: Over, seen: look.Look, position: Integers, runner: Runner) -> look.Look:
    """Return the rows at these positions, ascending: read once more where not all were looked at."""
    places = np.searchsorted(seen.position, position).clip(0, len(seen.position) - 1)
    if np.array_equal(seen.position[places], position):
        return seen.taken(places)
    part = (RANKED + REACHED, RANKED + REACHED + FETCHED)
    work = partial(look.fetched, over.source, position)

    def joined(one: look.Look, other: look.Look) -> look.Look:
        return one.merged(other, len(position))

    return runner(work, joined, "fetching", part).worded(seen.words)
