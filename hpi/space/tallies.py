"""All counts that a table of many trials is asked for, from one look at each trial.

`plan` says what is counted: where cells end and which pairs are looked at, by the drawn trials, and the losses at which
the best fractions end. `tally` counts any block of trials; blocks add up, in any order, to the same whole numbers.
`Tallies` answers every question at those fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hpi.space.cells import Codes, Edges
from hpi.space.coarse import by_rank, by_size
from hpi.space.hyperparameter import Floats, Hyperparameter, Integers, Mask
from hpi.space.rungs import meant, near
from hpi.space.strongest import best, strongest

MOST_JOINT = 24  # cells of each hyperparameter in a pair, at most
JOINT_PARTS = (1, 0.1, 0.01)
MOST_LEVELS = 12

Rungs = NDArray[np.integer]  # at which of the cutoffs each trial comes in, shape (n_trials,)


@dataclass(frozen=True, eq=False)
class Plan:
    """What is counted; all that a block needs to know.

    Attributes
    ----------
    cutoffs
        Largest loss of each best fraction, ascending, the last one that of all trials, shape (n_rungs,).
    edges
        Of each hyperparameter over all of its domains, in column order.
    regimes
        Of each domain of each hyperparameter; () where there are no domains, and `edges` hold everywhere.
    joint
        Joint cell of each cell of each hyperparameter, shape (n_cells + 1,): one of at most 24, or as many as there are
        where it is inactive.
    pairs
        Columns of the pairs that are counted, the first before the second.
    """

    cutoffs: Floats
    edges: tuple[Edges, ...]
    regimes: tuple[tuple[Edges, ...], ...]
    joint: tuple[NDArray[np.uint8], ...]
    pairs: tuple[tuple[int, int], ...]

    def n_joint(self, column: int) -> int:
        """Return how many joint cells a hyperparameter has, inactive trials apart."""
        return int(self.joint[column][-1])


@dataclass(frozen=True, eq=False)
class Block:
    """Cells of some trials, in any order.

    Attributes
    ----------
    rung
        Index of the first cutoff that each trial's loss does not exceed, shape (n_trials,).
    codes
        Cell of each trial for each hyperparameter, as `Plan.edges` have it.
    regimes
        The same for each of the domains, where there are any; () elsewhere.
    """

    rung: Rungs
    codes: tuple[Codes, ...]
    regimes: tuple[tuple[Codes, ...], ...]


@dataclass(frozen=True, eq=False)
class Counted:
    """How many trials of a block, or of several, come in at each cutoff, in all and in each cell.

    Attributes
    ----------
    trials
        Shape (n_rungs,).
    cells, regimes
        For each hyperparameter (and each of its domains) shape (n_rungs, n_cells + 1).
    pairs
        For each pair shape (n_rungs, n_first, n_second), of the trials in which both are active.
    """

    trials: Integers
    cells: tuple[Integers, ...]
    regimes: tuple[tuple[Integers, ...], ...]
    pairs: tuple[Integers, ...]

    def add(self, other: Counted) -> None:
        """Take in the counts of other trials, in place."""
        for mine, others in zip(self.arrays(), other.arrays(), strict=True):
            mine += others

    def wide(self) -> Counted:
        """Return the same counts in 64 bits, those that are so already as they are: what any number of trials fits."""
        return Counted(
            _wide(self.trials),
            tuple(map(_wide, self.cells)),
            tuple(tuple(map(_wide, several)) for several in self.regimes),
            tuple(map(_wide, self.pairs)),
        )

    def arrays(self) -> list[Integers]:
        """Return all arrays, always in the same order."""
        return [self.trials, *self.cells, *(one for several in self.regimes for one in several), *self.pairs]


def _wide(counts: Integers) -> Integers:
    return counts.astype(np.int64, copy=False)


def plan(
    hyperparameters: tuple[Hyperparameter, ...], x: Floats, regime: Integers | None, loss: Floats, cutoffs: Floats
) -> Plan:
    """Return what is counted, by the drawn trials.

    Parameters
    ----------
    x, regime, loss
        Of the drawn trials, as in `Design`, in any order.
    cutoffs
        As in `Plan`.
    """
    edges = tuple(Edges.drawn(x[:, j], one) for j, one in enumerate(hyperparameters))
    regimes = tuple(_of_regimes(one, x[:, j], regime, j) for j, one in enumerate(hyperparameters))
    bests = [best(loss, part) for part in JOINT_PARTS]
    joint = tuple(_joint(one, one.code(x[:, j]), bests) for j, one in enumerate(edges))
    columns = strongest(hyperparameters, edges, x, loss)
    return Plan(cutoffs, edges, regimes, joint, tuple(combinations(columns, 2)))


def _of_regimes(hyperparameter: Hyperparameter, x: Floats, regime: Integers | None, j: int) -> tuple[Edges, ...]:
    if regime is None or not hyperparameter.domains:
        return ()
    own = (np.where(regime[:, j] == i, x, np.nan) for i in range(hyperparameter.n_regimes))
    return tuple(Edges.drawn(positions, hyperparameter) for positions in own)


def _joint(edges: Edges, code: Codes, bests: Sequence[Mask]) -> NDArray[np.uint8]:
    """Merge cells to few, by the drawn trials.

    Ordered cells are merged to about equal shares, a third each of all trials, of the best tenth and of the best
    hundredth: in a small region there are cells left to tell. Levels are merged by their trials alone. A level that
    none of the drawn has is one of the rarest, not the first one.
    """
    if edges.ordered:
        # The same weight for each part, in whole numbers.
        weight = sum(round(1 / part) * _count(code[one], edges.n) for part, one in zip(JOINT_PARTS, bests, strict=True))
        merged = by_rank(np.asarray(weight), MOST_JOINT)
    else:
        merged = by_size(_count(code, edges.n) + 1, MOST_LEVELS)
    return np.append(merged, merged.max(initial=-1) + 1).astype(np.uint8)


def _count(code: Codes, n: int) -> Integers:
    return np.bincount(code, minlength=n + 1)[:-1]


def rung_of(cutoffs: Floats, loss: Floats) -> Rungs:
    """Return at which cutoff each trial comes in, shape (n_trials,)."""
    return np.searchsorted(cutoffs, loss)


def coded(asked: Plan, rung: Rungs, x: Floats, regime: Integers | None) -> Block:
    """Return the cells of trials whose positions are known, as in `Design`."""
    codes = tuple(edges.code(x[:, j]) for j, edges in enumerate(asked.edges))
    regimes = tuple(
        tuple(
            edges.code(np.where(regime[:, j] == i, x[:, j], np.nan))  # type: ignore[index]
            for i, edges in enumerate(several)
        )
        for j, several in enumerate(asked.regimes)
    )
    return Block(rung, codes, regimes)


def tally(asked: Plan, block: Block) -> Counted:
    """Count the trials of a block."""
    n = len(asked.cutoffs)
    rung = block.rung.astype(np.int64)
    joint = [asked.joint[j][code] for j, code in enumerate(block.codes)]
    return Counted(
        trials=np.bincount(rung, minlength=n),
        cells=tuple(_cells(rung, n, code, one.n + 1) for code, one in zip(block.codes, asked.edges, strict=True)),
        regimes=tuple(
            tuple(_cells(rung, n, code, one.n + 1) for code, one in zip(codes, edges, strict=True))
            for codes, edges in zip(block.regimes, asked.regimes, strict=True)
        ),
        pairs=tuple(_pair(rung, n, joint[i], asked.n_joint(i), joint[j], asked.n_joint(j)) for i, j in asked.pairs),
    )


def _cells(rung: Integers, n_rungs: int, code: Codes, n_cells: int) -> Integers:
    return np.bincount(rung * n_cells + code, minlength=n_rungs * n_cells).reshape(n_rungs, n_cells)


def _pair(
    rung: Integers, n_rungs: int, first: NDArray[np.uint8], n_first: int, second: NDArray[np.uint8], n_second: int
) -> Integers:
    shape = n_rungs, n_first + 1, n_second + 1
    place = (rung * shape[1] + first) * shape[2] + second
    return np.bincount(place, minlength=int(np.prod(shape))).reshape(shape)[:, :n_first, :n_second].copy()


@dataclass(frozen=True, eq=False)
class Tallies:
    """Counts of all trials of a table at each of its rungs, cumulated: what PED-ANOVA asks of a table, for all targets.

    Attributes
    ----------
    fractions
        The best fractions, ascending, the last one 1, shape (n_rungs,).
    asked
        What was counted.
    counted
        Cumulated over the rungs: how many of the trials with a loss up to each cutoff lie in each cell.
    """

    fractions: Floats
    asked: Plan
    counted: Counted

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.fractions, self.asked.cutoffs, *self.counted.arrays()):
            array.setflags(write=False)

    @classmethod
    def of(cls, fractions: Sequence[float], asked: Plan, counted: Counted) -> Tallies:
        """Cumulate what was counted of all trials, in place."""
        for array in counted.arrays():
            np.cumsum(array, axis=0, out=array)
        return cls(np.array(fractions), asked, counted)

    @property
    def sizes(self) -> Integers:
        """Return how many trials have a loss up to each cutoff, shape (n_rungs,)."""
        return self.counted.trials

    @property
    def n_trials(self) -> int:
        """Count the trials."""
        return int(self.sizes[-1])

    def knows(self, part: float) -> bool:
        """Whether a fraction is one of the rungs."""
        return bool((self.fractions == float(meant(part))).any())

    def rung(self, part: float) -> int:
        """Return the index of a fraction; raises LookupError where it is none of the rungs."""
        if not self.knows(part):
            raise LookupError(f"{part} is no rung")
        return int(np.searchsorted(self.fractions, float(meant(part))))

    def around(self, rung: int) -> tuple[int, int]:
        """Return the rungs below and above a threshold, by the trials found: those of one loss lie on one side."""
        low, high = (self.rung(part) for part in near(int(self.sizes[rung]) / self.n_trials))
        return low, high

    def holds_all(self, rung: int) -> bool:
        """Whether a rung holds every trial: the last one, or one at which ties reach the worst loss."""
        return int(self.sizes[rung]) == self.n_trials
