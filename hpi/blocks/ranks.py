"""The losses of wanted ranks among numbers that come in pieces, exactly, in bounded memory.

Doubles are counted by their leading bits: 16 in the first pass, then as many more as 2^17 counts allow, within those
that hold a wanted rank. Once few numbers are left they are gathered. Each pass sees all pieces, in any order. Some of
the numbers, known beforehand, tell the first pass where to count more bits at once: it mostly saves the second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hpi.blocks.prefixes import Guess, Prefixes, key_of, numbers_of
from hpi.blocks.steps import PIECE, Scratch, Steps
from hpi.space import Floats, Integers
from hpi.space.rungs import size

LEFT_OVER = 1 << 21  # numbers that are gathered
_MOST_PARTS = 64  # arrays of gathered numbers that are kept apart


@dataclass(frozen=True, eq=False)
class Partial:
    """What one pass found in some pieces.

    Attributes
    ----------
    counts
        Numbers with each of the leading bits, shape (2^16,) or (n_prefixes * 2^step,); empty in the last pass.
    gathered
        The numbers themselves, in the last pass.
    highest
        The highest number, in the first pass.
    """

    counts: Integers
    gathered: tuple[Floats, ...] = ()
    highest: float = -np.inf

    def merged(self, other: Partial) -> Partial:
        """Return what was found in the pieces of both."""
        gathered = self.gathered + other.gathered
        if len(gathered) > _MOST_PARTS:
            gathered = (np.concatenate(gathered),)
        return Partial(self.counts + other.counts, gathered, max(self.highest, other.highest))


@dataclass(frozen=True, eq=False)
class Search:
    """What the next pass counts.

    Attributes
    ----------
    fractions
        Best fractions whose largest loss is wanted.
    most
        Numbers that may be gathered.
    guess
        Of the first pass.
    prefixes
        Which numbers are still looked at; None in the first pass.
    steps
        As `Prefixes.steps`.
    gathers
        Whether the numbers themselves are gathered now.
    highest
        The highest number, once it is known.
    """

    fractions: tuple[float, ...]
    most: int
    guess: Guess
    prefixes: Prefixes | None = None
    steps: Steps | None = None
    gathers: bool = False
    highest: float = -np.inf

    def count(self, loss: Floats) -> Partial:
        """Return what this pass finds in finite numbers, shape (n,)."""
        loss, scratch = np.asarray(loss, dtype=float), Scratch()
        # -0.0 and 0.0 are one loss.
        pieces = [loss[start : start + PIECE] + 0.0 for start in range(0, len(loss), PIECE)]
        if self.prefixes is not None and self.steps is not None:
            return self._count_within(self.prefixes, self.steps, pieces, scratch)
        places = _joined([self.guess.places(piece, scratch) for piece in pieces])
        highest = float(loss.max(initial=-np.inf)) + 0.0
        return Partial(np.bincount(places, minlength=self.guess.n_counts), (), highest)

    def _count_within(self, prefixes: Prefixes, steps: Steps, pieces: list[Floats], scratch: Scratch) -> Partial:
        parts, places, slot = [np.zeros(0)], [], np.empty(PIECE, dtype=np.intp)
        step = prefixes.step
        shift, mask = prefixes.following(step)
        for piece in pieces:
            steps.below(piece, slot[: len(piece)], scratch)
            held = np.flatnonzero((slot[: len(piece)] & 1).astype(bool))
            if self.gathers:
                parts.append(piece[held])
                continue
            own = slot[held] >> 1
            places.append((own << step) + ((key_of(piece[held], scratch) >> shift[own]) & mask[own]))
        if self.gathers:
            return Partial(np.zeros(0, dtype=np.int64), (np.concatenate(parts),))
        return Partial(np.bincount(_joined(places), minlength=len(prefixes.start) << step))

    def after(self, found: Partial) -> Search | Floats:
        """Return the next pass, or the losses of the wanted ranks, shape (n_fractions,); nan where there is nothing.

        Parameters
        ----------
        found
            Of all pieces.
        """
        if self.prefixes is not None:
            if self.gathers:
                return self._read(self.prefixes, np.sort(np.concatenate(found.gathered)))
            return self._narrowed(self.prefixes.longer(found.counts, self.prefixes.step))
        first = self.guess.read(found.counts)
        if not first.n:
            return np.full(len(self.fractions), np.nan)
        # Without the tables of the guess, which the next passes do not need wherever they are sent.
        return replace(self, guess=replace(self.guess), highest=found.highest)._narrowed(first)

    def _narrowed(self, prefixes: Prefixes) -> Search | Floats:
        """Return the next pass or what was searched for, by all prefixes that numbers which are looked at have."""
        ranks = self._inner(prefixes.n)
        kept = prefixes.keep(np.unique(prefixes.of_ranks(ranks)))
        if kept.is_whole:
            return self._with_highest(prefixes.n, numbers_of(kept.start[kept.of_ranks(ranks)]))
        return replace(self, prefixes=kept, steps=kept.steps(), gathers=int(kept.times.sum()) <= self.most)

    def _read(self, prefixes: Prefixes, gathered: Floats) -> Floats:
        """Return the wanted of all gathered numbers, ascending: those of one prefix follow each other."""
        ranks = self._inner(prefixes.n)
        slot = prefixes.of_ranks(ranks)
        starts = np.searchsorted(gathered, numbers_of(prefixes.start))
        return self._with_highest(prefixes.n, gathered[starts[slot] + ranks - prefixes.below[slot]])

    def _ranks(self, n: int) -> Integers:
        return np.array([size(part, n) - 1 for part in self.fractions], dtype=np.int64)

    def _inner(self, n: int) -> Integers:
        """Return the wanted ranks but that of the highest number, which is known."""
        ranks = self._ranks(n)
        return ranks[ranks < n - 1]

    def _with_highest(self, n: int, inner: Floats) -> Floats:
        losses = np.full(len(self.fractions), self.highest)
        losses[self._ranks(n) < n - 1] = inner
        return losses


def search(fractions: Sequence[float], most: int = LEFT_OVER, drawn: Floats | None = None) -> Search:
    """Return the first pass of a search for the loss of rank `rungs.size(fraction, n)`, of each fraction.

    Run `count` over all pieces, merge what it returns, and hand it to `after`, until that returns the losses.

    Parameters
    ----------
    most
        Numbers that may be gathered.
    drawn
        Some of the numbers, where they are known: they save a pass and change no result.
    """
    return Search(tuple(fractions), most, Guess.of(np.zeros(0) if drawn is None else drawn))


def _joined(places: list[Integers]) -> Integers:
    return np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
