"""Everything that was looked at, corrected together.

Benjamini and Hochberg 1995 (10.1111/j.2517-6161.1995.tb02031.x) with weights (Genovese, Roeder and Wasserman 2006,
10.1093/biomet/93.3.509): each kind of sentence gets the same total weight, so that many possible exceptions do not
drown few possible trends. The floor is Holm's (1979) over hyperparameters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpi.space import Floats

RATE = 0.05


def adjusted(p: Sequence[float], kinds: Sequence[str]) -> Floats:
    """Return p-values corrected for all of them, shape (n,): a share of at most 5 % of those below .05 is false.

    Parameters
    ----------
    p, kinds
        Of each candidate, n of each.
    """
    if not len(p):
        return np.empty(0)
    found, inverse, count = np.unique(np.array(kinds), return_inverse=True, return_counts=True)
    weight = len(p) / (len(found) * count[inverse])
    weighted = np.asarray(p) / weight
    order = np.argsort(weighted, kind="stable")
    stepped = weighted[order] * len(p) / np.arange(1, len(p) + 1)
    lowest = np.minimum.accumulate(stepped[::-1])[::-1].clip(0, 1)
    result = np.empty(len(p))
    result[order] = lowest
    return result


def simes(p: Sequence[float]) -> float:
    """Return the p-value of "none of them" (Simes 1986, 10.1093/biomet/73.3.751); 1 where there is none."""
    ordered = np.sort(np.asarray(p, dtype=float))
    return float(min(1.0, (ordered * len(p) / np.arange(1, len(p) + 1)).min())) if len(p) else 1.0


def above_floor(p: Sequence[float]) -> list[bool]:
    """Whether each can be told from chance so surely that in at most 5 % of tables one is that cannot (Holm)."""
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    found = [False] * len(p)
    for place, k in enumerate(order):
        if not p[k] * (len(p) - place) <= RATE:
            break
        found[k] = True
    return found
