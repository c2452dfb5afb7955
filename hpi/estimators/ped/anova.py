r"""PED-ANOVA: the share of the variance of "is in the target" that one hyperparameter alone explains.

Watanabe, Bansal, Hutter 2023 (arXiv:2304.10255) define the importance of a hyperparameter between a region and a
target within it by v = q^2 D, with q the target's share of the region and D the Pearson divergence of the
two densities. "Is in the target" has variance q (1 - q), so

    S = v / (q (1 - q)) = q D / (1 - q)

is its first-order share, from 0 to 1, comparable between thresholds and tables. We report S. D is estimated by the
series form (`series.py`), its interval in closed form (`interval.py`), chance by joint shuffles (`shuffles.py`).
Conditional hyperparameters follow condPED-ANOVA (Baba, Ozaki, Watanabe 2026): only what happens within the trials
where a hyperparameter is active is credited to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hpi.counts import Counts, count
from hpi.estimators.base import Estimate, Report, quiet
from hpi.estimators.ped import shuffles
from hpi.estimators.ped.interval import interval
from hpi.estimators.ped.series import coefficients
from hpi.estimators.settings import Settings, setting
from hpi.space import Floats
from hpi.subspace import Sample

FEWEST_ACTIVE = 5
FEWEST_EXPECTED = 2


@dataclass(frozen=True)
class PedAnova(Settings):
    """PED-ANOVA in its series form.

    Parameters
    ----------
    permutations
        Shuffles that say what chance alone would show, from 100 to 10,000.

    Raises
    ------
    EstimatorError
        If a setting is out of its bounds.
    """

    permutations: int = setting(200, "shuffles that say what chance alone would show", low=100, high=10_000)

    name: ClassVar[str] = "ped-anova"
    title: ClassVar[str] = "PED-ANOVA"
    summary: ClassVar[str] = (
        "The share of the difference between target and the rest of the region that one hyperparameter explains alone."
    )
    uses_target: ClassVar[bool] = True
    is_slow: ClassVar[bool] = False

    def estimate(self, sample: Sample, rng: np.random.Generator, report: Report = quiet) -> Estimate:
        """Return S, its interval and its null distribution for every hyperparameter."""
        drawn = shuffles.draw(sample, self.permutations, rng)
        scored = [_together([_score(counts, drawn) for counts in regimes]) for regimes in count(sample)]
        scale = sample.q / (1 - sample.q)
        bounded = scale * np.array([s.divergence_low_high for s in scored]).reshape(-1, 3)
        d, low, high = np.clip(bounded, 0, 1).T
        return Estimate(
            importance=d,
            low=low,
            high=high,
            statistic=np.array([s.statistic for s in scored]),
            null_statistic=np.stack([s.null_statistic for s in scored], axis=1),
            null_importance=np.clip(scale * np.stack([s.null_divergence for s in scored], axis=1), 0, 1),
            notes=tuple(s.note for s in scored),
        )


@dataclass(frozen=True, eq=False)
class _Scored:
    """One hyperparameter's divergence, interval and null distribution; nan with a note where there is none."""

    divergence_low_high: tuple[float, float, float]
    statistic: float
    null_statistic: Floats
    null_divergence: Floats
    note: str | None = None


def _together(regimes: list[_Scored]) -> _Scored:
    """Return the sum over a hyperparameter's regimes: the "within" term of condPED-ANOVA, shuffled jointly.

    Each D carries its weight alpha^2 / beta. The ends are those of a sum of independent estimates: its distance to
    each end is the root of the sum of the squared distances (Zou and Donner 2008, doi:10.1002/sim.3095).
    """
    known = [scored for scored in regimes if not np.isnan(scored.statistic)]
    if len(regimes) == 1 or not known:
        return regimes[0]
    d, low, high = np.array([scored.divergence_low_high for scored in known]).T
    total = float(d.sum())
    below, above = (float(np.sqrt((reach.clip(0) ** 2).sum())) for reach in (d - low, high - d))
    return _Scored(
        (total, max(0.0, total - below), max(0.0, total + above)),
        sum(scored.statistic for scored in known),
        np.sum([scored.null_statistic for scored in known], axis=0),
        np.sum([scored.null_divergence for scored in known], axis=0),
        _remark_together(regimes, known),
    )


def _remark_together(regimes: list[_Scored], known: list[_Scored]) -> str:
    left_out = [f"number {1 + i} left out ({s.note})" for i, s in enumerate(regimes) if np.isnan(s.statistic)]
    return "; ".join([f"compared within each of {len(known)} domains, and summed", *left_out])


def _score(counts: Counts, drawn: shuffles.Shuffles) -> _Scored:
    note = _cannot_say(counts)
    if note is not None:
        unknown = np.full(len(drawn.orders), np.nan)
        return _Scored((np.nan, np.nan, np.nan), np.nan, unknown, unknown, note)
    found = coefficients(counts)
    null_statistic, null_divergence = shuffles.null_scores(counts, found, drawn)
    tested = shuffles.statistic(found.m, np.asarray(found.divergence), found.basis.is_series)
    ends = interval(counts, found)
    return _Scored((found.divergence, *ends), float(tested), null_statistic, null_divergence, _remark(counts))


def _cannot_say(counts: Counts) -> str | None:
    """Why a hyperparameter gets no score in this region, or None."""
    active = int(counts.region[:-1].sum())
    if active < FEWEST_ACTIVE:
        return f"active in {active} trials of the region; at least {FEWEST_ACTIVE} are needed"
    if active * counts.n_target / counts.n_region < FEWEST_EXPECTED:
        return f"active in {active} trials of the region: fewer than {FEWEST_EXPECTED} could be expected in the target"
    if (counts.region[:-1] > 0).sum() < 2:
        return "only one value in the region"
    return None


def _remark(counts: Counts) -> str | None:
    """Say where a score rests on a part of the region."""
    active, total = int(counts.region[:-1].sum()), int(counts.n_region)
    return None if active == total else f"compared among the {active:,} of {total:,} trials where it is active"
