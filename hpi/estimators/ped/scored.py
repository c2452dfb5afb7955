"""One hyperparameter's score in any form: what can be said of a regime, and the sum over regimes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.counts import Counts
from hpi.estimators.base import ONE_VALUE, too_few_active, too_many_levels
from hpi.space import Floats

FEWEST_EXPECTED = 2


@dataclass(frozen=True, eq=False)
class Scored:
    """A divergence weighted by alpha^2 / beta, its interval and null distribution; nan with a note where there is none.

    `raw` is the form's published number, where it is another one than the divergence.
    """

    divergence_low_high: tuple[float, float, float]
    statistic: float
    null_statistic: Floats
    null_divergence: Floats
    raw: float
    note: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is a score."""
        return not np.isnan(self.statistic)


def unknown(n_permutations: int, note: str, raw: float = np.nan) -> Scored:
    """Return the score of what cannot be scored."""
    null = np.full(n_permutations, np.nan)
    return Scored((np.nan, np.nan, np.nan), np.nan, null, null, raw, note)


def cannot_say(counts: Counts) -> str | None:
    """Why a hyperparameter gets no score in this region, or None."""
    active = int(counts.region[:-1].sum())
    few = too_few_active(active)
    if few is not None:
        return few
    if active * counts.n_target / counts.n_region < FEWEST_EXPECTED:
        return f"active in {active} trials of the region: fewer than {FEWEST_EXPECTED} could be expected in the target"
    if (counts.region[:-1] > 0).sum() < 2:
        return ONE_VALUE
    return None if counts.cells.ordered else too_many_levels(counts.cells.n)


def remark(counts: Counts) -> str | None:
    """Say where a score rests on a part of the region."""
    active, total = int(counts.region[:-1].sum()), int(counts.n_region)
    return None if active == total else f"compared among the {active:,} of {total:,} trials where it is active"


def together(regimes: list[Scored]) -> Scored:
    """Return the sum over a hyperparameter's regimes: the "within" term of condPED-ANOVA, shuffled jointly.

    The ends are those of a sum of independent estimates: its distance to each end is the root of the sum of the
    squared distances (Zou and Donner 2008, doi:10.1002/sim.3095).
    """
    known = [scored for scored in regimes if scored.is_known]
    if len(regimes) == 1:
        return regimes[0]
    raw = float(np.sum([scored.raw for scored in regimes if not np.isnan(scored.raw)] or [np.nan]))
    if not known:
        return unknown(len(regimes[0].null_statistic), f"in no domain: {regimes[0].note}", raw)
    d, low, high = np.array([scored.divergence_low_high for scored in known]).T
    total = float(d.sum())
    below, above = (float(np.sqrt((reach.clip(0) ** 2).sum())) for reach in (d - low, high - d))
    return Scored(
        (total, float(np.maximum(total - below, 0)), float(np.maximum(total + above, 0))),
        sum(scored.statistic for scored in known),
        np.sum([scored.null_statistic for scored in known], axis=0),
        np.sum([scored.null_divergence for scored in known], axis=0),
        raw,
        _remark_together(regimes, len(known)),
    )


def _remark_together(regimes: list[Scored], n_known: int) -> str:
    left_out = [f"domain {1 + i} left out ({s.note})" for i, s in enumerate(regimes) if not s.is_known]
    where = "one domain" if n_known == 1 else f"each of {n_known} domains, and summed"
    return "; ".join([f"compared within {where}", *left_out])
