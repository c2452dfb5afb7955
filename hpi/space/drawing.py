"""Which trials of many stand for all: chosen by a hash of their position, the same ones whoever reads them, how ever.

Where a table has more than 131,072 trials, as many decide where cells end, and half of them, in the same proportion
over the loss, stand for all wherever single trials are looked at. The hash is the finaliser of SplitMix64 (Steele, Lea,
Flood 2014, doi:10.1145/2660193.2660195): a bijection, so no two positions have the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpi.space.hyperparameter import Floats, Integers

Hashes = NDArray[np.uint64]

MOST_DRAWN = 131_072
_GOLDEN, _FIRST, _SECOND = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_SHIFTS = tuple(np.uint64(n) for n in (30, 27, 31))


def hashes(position: Integers) -> Hashes:
    """Return the hash of each row's position in its table, shape (n,): row 0 is the first row of the first file."""
    z = position.astype(np.uint64) * _GOLDEN + _GOLDEN
    z = (z ^ (z >> _SHIFTS[0])) * _FIRST
    z = (z ^ (z >> _SHIFTS[1])) * _SECOND
    return np.asarray(z ^ (z >> _SHIFTS[2]), dtype=np.uint64)


def drawn(hashed: Hashes, most: int | None = None) -> Integers:
    """Return the places of the `most` (131,072) smallest hashes, ascending; of all where there are not more."""
    most = MOST_DRAWN if most is None else most
    if len(hashed) <= most:
        return np.arange(len(hashed))
    return np.sort(np.argpartition(hashed, most - 1)[:most])


def stratified(loss: Floats, hashed: Hashes, cutoffs: Floats, sizes: Integers, most: int) -> Integers:
    """Return the places of at most `most` drawn trials that are spread over the loss as all trials are, best first.

    Between two neighbouring cutoffs lies the same share of them as of all trials, to within one trial, as long as
    enough were drawn there; those with the smallest hashes are taken. Trials of one loss are in the order of their
    hashes.

    Parameters
    ----------
    loss, hashed
        Of the drawn trials, both of shape (n_drawn,).
    cutoffs, sizes
        Largest loss of the best fractions, ascending, the last one that of all, and how many of all trials are as good,
        both of shape (n_rungs,).
    """
    stratum = np.searchsorted(cutoffs, loss)
    wanted = np.diff(most * sizes // sizes[-1], prepend=0)
    by_hash = np.lexsort((hashed, stratum))
    begins = np.searchsorted(stratum[by_hash], np.arange(len(cutoffs)))
    rank = np.arange(len(loss)) - begins[stratum[by_hash]]
    taken = by_hash[rank < wanted[stratum[by_hash]]]
    best_first: Integers = taken[np.lexsort((hashed[taken], loss[taken]))]
    return best_first
