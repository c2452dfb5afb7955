r"""The series form of PED-ANOVA: a divergence from cell counts as a sum of squared coefficients.

PED-ANOVA (Watanabe, Bansal, Hutter 2023, arXiv:2304.10255) measures how a hyperparameter's density differs
between target and region by the Pearson divergence

    D = \int (p(x | target) / p(x | region) - 1)^2 p(x | region) dx.

On the rank scale of the region, v = F_region(x), the region's density is 1. For any basis phi_1, phi_2, ...
that is orthonormal there and orthogonal to 1, Parseval's identity turns the integral into

    D = sum_k theta_k^2,    theta_k = E_target[phi_k(v)],

and each theta_k^2 has an estimate without bias, m_k^2 - e_k, from means over the target trials. We depart from
the paper in estimating D so: it takes no bandwidth, no bins and no density of the region, and does not change
under a monotone change of the hyperparameter. A hyperparameter that is inactive in some trials is compared
among the active ones, weighted as in condPED-ANOVA (Baba, Ozaki, Watanabe 2026): psi_k = phi_k / sqrt(beta)
for active trials and 0 for the others, where beta is the active share of the region.

Compared with the declared space instead of the region (`Counts.reference`), v is the place in that space, and the
only noise is that of the target's trials.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.counts import Counts, Units
from hpi.space import Floats, Integers

PENALTY = 3.0
FEWEST_TERMS = 2
MOST_TERMS = 100
FEW_LEVELS = 6


@dataclass(frozen=True, eq=False)
class Basis:
    """Values of psi_k in each cell, shape (n_cells + 1, n_terms); 0 in the last one (inactive).

    `is_series`: the terms go from smooth to fine and may be cut; otherwise all of them belong together.
    """

    values: Floats
    is_series: bool


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Estimates m_k of theta_k and the noise e_k of their squares, shape (n_terms,), and how many are kept."""

    basis: Basis
    m: Floats
    e: Floats
    kept: int

    @property
    def divergence(self) -> float:
        """D, without bias where the terms left out are zero; it may fall below 0."""
        return float((self.m**2 - self.e)[: self.kept].sum())


def basis(counts: Counts) -> Basis:
    """Choose the functions that suit the cells: cosines of the rank, cosines over levels, or the levels themselves."""
    share = counts.share
    cells, most = counts.cells, most_terms(counts)
    n_levels = int((share > 0).sum())
    if not cells.exact:
        phi, is_series = _rank_cosines(share, most), True
    elif not cells.ordered or n_levels <= FEW_LEVELS or counts.active_target >= 2 * n_levels:
        phi, is_series = _levels(share), False
    else:
        phi, is_series = _level_cosines(share, min(most, n_levels - 1)), True
    beta = counts.active_region / counts.n_region
    return Basis(np.vstack([phi / np.sqrt(beta), np.zeros(phi.shape[1])]), is_series)


def most_terms(counts: Counts) -> int:
    """Return how many terms the target can bear: half its active trials (effective ones, where they come in units)."""
    size = counts.active_target
    if counts.units is not None:
        active = counts.units.target[counts.units.code < counts.cells.n]
        size = size**2 / max(1.0, float((active**2).sum()))
    return int(np.clip(size // 2, FEWEST_TERMS, MOST_TERMS))


def _rank_cosines(share: Floats, n_terms: int) -> Floats:
    """Mean of sqrt(2) cos(pi k v) over each cell's interval of ranks, shape (n_cells, n_terms)."""
    middle, k = np.cumsum(share) - share / 2, np.arange(1, n_terms + 1)
    phi: Floats = np.sqrt(2) * np.cos(np.pi * np.outer(middle, k)) * np.sinc(np.outer(share, k) / 2)
    return phi


def _level_cosines(share: Floats, n_terms: int) -> Floats:
    """Cosines of the middle rank of each level, made orthonormal under the region's shares.

    Plain cosines are not orthogonal on few levels and repeat beyond them. With all n_levels - 1 terms the
    sum of squares is that of `_levels`.
    """
    middle, k = np.cumsum(share) - share / 2, np.arange(n_terms + 1)
    root = np.sqrt(share)[:, None]
    q, r = np.linalg.qr(root * np.cos(np.pi * np.outer(middle, k)))
    phi: Floats = np.divide(q * np.sign(np.diag(r)), root, out=np.zeros_like(q), where=root > 0)[:, 1:]
    return phi


def _levels(share: Floats) -> Floats:
    """Centred indicators (1[c] - r_c) / sqrt(r_c): squares of their means sum to sum_c (p_c - r_c)^2 / r_c."""
    root = np.sqrt(share)
    return np.diag(np.divide(1, root, out=np.zeros_like(root), where=root > 0)) - root


def coefficients(counts: Counts) -> Coefficients:
    """Estimate the coefficients and choose how many are kept: the sum of m_k^2 - 3 e_k is largest there.

    The noise is that of target and rest both: `noise`; where trials come in units, that of whole units.
    """
    chosen = basis(counts)
    b = chosen.values
    m = counts.target @ b / counts.n_target
    e = noise(counts, b) if counts.units is None else unit_noise(unit_pull(counts, counts.units, b))
    kept = terms_kept(m, e) if chosen.is_series else len(m)
    return Coefficients(chosen, m, e, int(kept))


def terms_kept(m: Floats, e: Floats) -> Integers:
    """Return where the penalised sum is largest along the last axis, at least 2 terms (or all there are)."""
    gain = np.cumsum(m**2 - PENALTY * e, axis=-1)
    fewest = min(FEWEST_TERMS, gain.shape[-1])
    best: Integers = gain[..., fewest - 1 :].argmax(axis=-1) + fewest
    return best


def noise(counts: Counts, b: Floats) -> Floats:
    """Variance of the coefficients, shape (n_terms,)."""
    of_both = variances(counts.target, b), variances(counts.rest, b)
    return of_means(*of_both, counts.q_compared, counts.n_target, counts.n_region - counts.n_target)


def of_means(of_target: Floats, of_rest: Floats, q: float, n_target: float, n_rest: float) -> Floats:
    """(Co)variance of the coefficients from those of single trials: (1-q)^2 V_target/N_t + q^2 N_s/N_t^2 V_rest.

    The ranks are those of the region's active trials, so a trial of the target pulls by (1-q)/N_t and one of the rest
    by -q/N_t, with q the target's share of the active trials.
    """
    both: Floats = (1 - q) ** 2 * of_target / n_target + q**2 * n_rest / n_target**2 * of_rest
    return both


def variances(counts: Floats, values: Floats) -> Floats:
    """Sample variance of each column of `values`, cells repeated `counts` times; a row of counts each a row out."""
    return variance_of_sums(counts @ values, counts @ values**2, counts.sum(axis=-1)[..., None])


def variance_of_sums(total: Floats, squares: Floats, n: Floats | float) -> Floats:
    """Sample variance of n values with this sum and this sum of squares."""
    variance: Floats = (squares - total**2 / n).clip(0) / (n - 1)
    return variance


def unit_noise(pull: Floats) -> Floats:
    """Variance of a sum over units from their pulls, shape (n_units, n_terms): that of whole units."""
    spread: Floats = len(pull) / (len(pull) - 1) * (pull**2).sum(axis=0)
    return spread


def unit_pull(counts: Counts, units: Units, b: Floats) -> Floats:
    """Pull of each unit on the coefficients, shape (n_units, n_terms)."""
    of_region = counts.activity_ratio if counts.reference is None else 0.0
    return unit_influence(units, b, of_region * b)


def unit_influence(units: Units, in_target: Floats, in_region: Floats) -> Floats:
    """Pull of each unit on mean_target(in_target) - mean_region(in_region), shape (n_units, n_terms).

    Both arguments hold a value a cell, shape (n_cells + 1, n_terms).
    """
    n_target, n_region = units.target.sum(), units.region.sum()
    over_target = units.target @ in_target[units.code] / n_target
    over_region = units.region @ in_region[units.code] / n_region
    pull: Floats = (
        units.target[:, None] * (in_target[units.code] - over_target) / n_target
        - units.region[:, None] * (in_region[units.code] - over_region) / n_region
    )
    return pull
