"""What Optuna 5.0.0 does otherwise than the kernel form, so that its raw scores can be had to the last digits.

Its densities of categories give every level that occurs the same kernel, whose width depends on the number of such
levels alone: however many trials there are, about half of every effect of a category is smoothed away.
"""

from __future__ import annotations

from hpi.space import Floats


def shrunk(counts: Floats) -> Floats:
    """Shares of levels, shape (n_tables, n_levels): kernels of the levels that occur and a uniform prior."""
    n, n_levels = counts.sum(axis=1, keepdims=True), counts.shape[1]
    seen = (counts > 0).sum(axis=1, keepdims=True) + 1
    kernels = (counts + n / seen) / (1 + n_levels / seen)
    shares: Floats = (kernels + 1 / n_levels) / (n + 1)
    return shares
