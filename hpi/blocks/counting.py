"""What `tallies.tally` counts, of raw values that come in pieces: the same whole numbers, in a part of its time.

Each piece is small enough for its buffers to stay in the cache of one core, and every step releases the interpreter, so
that threads count side by side, each with an Accumulator of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hpi.blocks.lookup import Column, Lookup, Places, Table
from hpi.blocks.steps import PIECE, Scratch, Steps
from hpi.space import Edges, Floats, Hyperparameter, Integers, Mask
from hpi.space.tallies import Counted, Plan

HELD = 4  # pieces


@dataclass(frozen=True, eq=False)
class Counting:
    """What is counted, made ready for many trials; frozen, and may be pickled.

    Attributes
    ----------
    plan
        As `tallies.plan` has it.
    rungs
        The cutoffs.
    lookups
        Of each hyperparameter over all of its domains.
    regimes
        Of each of its domains; () where there are none.
    """

    plan: Plan
    rungs: Steps
    lookups: tuple[Lookup | Table, ...]
    regimes: tuple[tuple[Lookup | Table, ...], ...]

    @classmethod
    def of(
        cls,
        hyperparameters: Sequence[Hyperparameter],
        plan: Plan,
        positions: Sequence[Floats | None] | None = None,
    ) -> Counting:
        """Return what a plan counts of raw values.

        Parameters
        ----------
        positions
            For each hyperparameter whose values come as places in a table: where in [0, 1] each stands, nan where it
            says inactive, shape (n_places,). None for numbers in the own unit, and for levels by their place in
            `levels`.
        """
        places = positions or [None] * len(hyperparameters)

        def lookup(j: int, edges: Edges) -> Lookup | Table:
            own = places[j]
            return Lookup.of(hyperparameters[j], edges) if own is None else Table.of(edges, own)

        lookups = tuple(lookup(j, edges) for j, edges in enumerate(plan.edges))
        regimes = tuple(tuple(lookup(j, edges) for edges in several) for j, several in enumerate(plan.regimes))
        return cls(plan, Steps.of(plan.cutoffs), lookups, regimes)

    def accumulator(self, most: int | None = None) -> Accumulator:
        """Return counts of nothing, to which trials are added: in half the memory where they are surely few enough.

        `most`: how many trials there will be, at most; None where nobody knows.
        """
        return Accumulator(self, np.int64 if most is None or most > np.iinfo(np.int32).max else np.int32)


class Accumulator:
    """Counts of the trials that were added; used by one thread at a time."""

    def __init__(self, counting: Counting, kind: type[np.signedinteger] = np.int64) -> None:
        """Begin with zeros; `kind` is what counts are held in."""
        self._counting, self._kind, plan = counting, kind, counting.plan
        self._scratch, self._code = Scratch(), np.empty(PIECE, dtype=np.intp)
        # What is held back until there is enough of it for pairs, of which each has many counts.
        self._n_held, most = 0, HELD * PIECE
        self._rung, self._place = (np.empty(most, dtype=np.intp) for _ in range(2))
        self._both = np.empty(most, dtype=np.uint16)
        self._joint = {j: np.empty(most, dtype=np.uint8) for pair in plan.pairs for j in pair}
        self._counts = _nothing(plan, kind)

    def add(
        self, loss: Floats, columns: Sequence[Column], regime: Integers | None = None, counts: Mask | None = None
    ) -> None:
        """Count trials, in any order.

        Parameters
        ----------
        loss
            Shape (n_trials,), each at most the last cutoff.
        columns
            Of each hyperparameter, shape (n_trials,): numbers in its own unit, nan where inactive, or the place of its
            level in `levels` or of its word in a table, -1 where inactive.
        regime
            Shape (n_trials, n_hyperparameters), as in `Design`; None where no hyperparameter has domains.
        counts
            Which of them count, shape (n_trials,); what the others hold is not looked at. None where all do.

        Raises
        ------
        SpaceError
            If a value lies outside the bounds; then nothing of these trials may be relied on.
        """
        everything = counts is None or bool(counts.all())
        for start in range(0, len(loss), PIECE):
            piece = slice(start, start + PIECE)
            parts = [loss[piece], *(column[piece] for column in columns)]
            own = None if regime is None else regime[piece]
            if counts is not None and not everything:
                rows = np.flatnonzero(counts[piece])
                parts = [part[rows] for part in parts]
                own = None if own is None else own[rows]
            self._add(np.ascontiguousarray(parts[0]), parts[1:], own)

    def _add(self, loss: Floats, columns: Sequence[Column], regime: Integers | None) -> None:
        ready, held = self._counting, slice(self._n_held, self._n_held + len(loss))
        rung, code = self._rung[held], self._code[: len(loss)]
        ready.rungs.below(loss, rung, self._scratch)
        _add_to(self._counts.trials, rung)
        for j, (lookup, column) in enumerate(zip(ready.lookups, columns, strict=True)):
            lookup.into(column, code, self._scratch)
            self._count(self._counts.cells[j], lookup.n + 1, rung, code)
            if j in self._joint:
                np.take(ready.plan.joint[j], code, out=self._joint[j][held], mode="clip")
            for i, one in enumerate(ready.regimes[j]):
                assert regime is not None
                one.into(column, code, self._scratch)
                code[regime[:, j] != i] = one.n
                self._count(self._counts.regimes[j][i], one.n + 1, rung, code)
        self._n_held = held.stop
        if self._n_held > len(self._rung) - PIECE:
            self._count_pairs()

    def _count_pairs(self) -> None:
        """Count what was held back."""
        if not self._n_held:
            return
        held, plan = slice(0, self._n_held), self._counting.plan
        both, place = self._both[held], self._place[held]
        for counts, (i, j) in zip(self._counts.pairs, plan.pairs, strict=True):
            n_first, n_second = (np.uint16(plan.n_joint(column) + 1) for column in (i, j))
            np.multiply(self._joint[i][held], n_second, out=both)
            np.add(both, self._joint[j][held], out=both)
            np.multiply(self._rung[held], int(n_first) * int(n_second), out=place)
            np.add(place, both, out=place)
            _add_to(counts, place)
        self._n_held = 0

    def _count(self, counts: Integers, n_cells: int, rung: Places, code: Places) -> None:
        place = self._scratch.places[: len(rung)]
        np.multiply(rung, n_cells, out=place)
        np.add(place, code, out=place)
        _add_to(counts, place)

    def counted(self) -> Counted:
        """Return the counts of the trials that were added, as `tallies.tally` has them, and begin again with zeros."""
        self._count_pairs()
        found, self._counts = self._counts, _nothing(self._counting.plan, self._kind)
        # Views: a copy of all pairs takes as long as counting some 100,000 trials.
        return replace(found, pairs=tuple(counts[:, :-1, :-1] for counts in found.pairs))


def _nothing(plan: Plan, kind: type[np.signedinteger]) -> Counted:
    """Return counts of no trials; those of pairs with a place for trials in which one is inactive."""
    n = len(plan.cutoffs)

    def cells(edges: Edges) -> Integers:
        return np.zeros((n, edges.n + 1), dtype=kind)

    return Counted(
        trials=np.zeros(n, dtype=kind),
        cells=tuple(cells(edges) for edges in plan.edges),
        regimes=tuple(tuple(cells(edges) for edges in several) for several in plan.regimes),
        pairs=tuple(np.zeros((n, plan.n_joint(i) + 1, plan.n_joint(j) + 1), dtype=kind) for i, j in plan.pairs),
    )


def _add_to(counts: Integers, place: Places) -> None:
    flat = counts.reshape(-1)
    np.add(flat, np.bincount(place, minlength=len(flat)), out=flat, casting="same_kind")
