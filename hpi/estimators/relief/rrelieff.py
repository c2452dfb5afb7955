r"""N-RReliefF: whether trials that are near each other but differ in a hyperparameter differ in the metric.

RReliefF (Robnik-Sikonja and Kononenko 1997; Machine Learning 53, 2003, doi:10.1023/A:1025667309714) compares each trial
with its k nearest neighbours and estimates

    W = P(differs in x | the metric differs) - P(differs in x | the metric is about the same)

over such pairs. Differences are |a - b| / range for numbers, on their own measure, and 0 or 1 for categories;
by default through the ramp of the inventors' own package, 0 below 4 % and 1 above 10 % of the range, for the metric,
too. Neighbours weigh exp(-(rank / sigma)^2), ranks from 0. With this our weights are those of that package (CORElearn
1.57.3.1). What we add: an inactive value is one more level (two differ by 0, one and another value by 1), and trials
equally far away share their places, where the package takes whichever comes first.

Sun et al. 2019 (IJCCC 14(4), 557-573) apply it to hyperparameters as N-RReliefF, with a normalisation of their own
whose formula was not at hand. Ours is called share_clip and need not be theirs: max(W, 0) over the sum of max(W, 0).
`raw` is W.

W has no truth of its own: its level depends on k, on the number of trials and on the other hyperparameters. It
is a second opinion with blind spots. It hardly sees what changes steeply and back again (x1 of the Ishigami function),
nor a category with many levels in few trials, nor anything on which all neighbours agree. A child that is
active only for some values of its parent shares the parent's weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hpi.estimators.base import Estimate, Report, quiet
from hpi.estimators.relief.neighbours import INVENTORS, LINEAR, Neighbourhood, Ramp, positions
from hpi.estimators.relief.remarks import cannot_say, remark, warnings
from hpi.estimators.relief.shuffles import Shuffled, draw
from hpi.estimators.relief.sums import Sums, by_pair, weights
from hpi.estimators.settings import Settings, permutations_setting, setting
from hpi.space import Floats, Integers
from hpi.subspace import Sample

Z = 1.959963984540054
MOST_PAIRS = 1_000_000_000


@dataclass(frozen=True)
class NRReliefF(Settings):
    """RReliefF weights of the region's trials; the defaults are those of its inventors' package.

    Parameters
    ----------
    k
        Neighbours that each trial is compared with, from 1 to 1,000.
    sigma
        Spread of the rank weights, from 0.1 to 1,000.
    weights
        "rank" or "equal" (the inventors then take k 10).
    ramp
        "on", or "off" for differences that grow with the distance.
    permutations
        Shuffles that say what chance alone would show, from 100 to 10,000; 0 leaves floor and p-values unknown.
    most_instances
        Trials whose neighbours are looked up, from 100 to 100,000; where there are more (or where they and all trials
        make more than a billion pairs) a random part of them. Neighbours are always looked for among all trials.

    Raises
    ------
    EstimatorError
        If a setting is out of its bounds.
    """

    k: int = setting(70, "neighbours that each trial is compared with", low=1, high=1000)
    sigma: float = setting(20.0, "how fast the weight of neighbours falls with their rank", low=0.1, high=1000)
    weights: str = setting("rank", "whether nearer neighbours weigh more", choices=("rank", "equal"))
    ramp: str = setting(
        "on", "count differences below 4 % of the range as none and above 10 % as full", choices=("on", "off")
    )
    permutations: int = permutations_setting()
    most_instances: int = setting(10_000, "trials whose neighbours are looked up", low=100, high=100_000)

    name: ClassVar[str] = "n-rrelieff"
    title: ClassVar[str] = "N-RReliefF"
    summary: ClassVar[str] = (
        "Whether trials that are near each other but differ in one hyperparameter also differ in the metric."
    )
    uses_target: ClassVar[bool] = False
    is_slow: ClassVar[bool] = True
    explains: ClassVar[str] = "{name} has a weight of {value}"
    bar: ClassVar[str] = "weight: how much more neighbours differ in it where they differ in the metric"
    in_percent: ClassVar[bool] = False

    def estimate(self, sample: Sample, rng: np.random.Generator, report: Report = quiet) -> Estimate:
        """Return W, cut at 0, its interval and its null distribution for every hyperparameter."""
        hyperparameters = sample.design.hyperparameters
        notes = [cannot_say(sample, j) for j in range(len(hyperparameters))]
        # By name, since the last digits of sums depend on the order of columns.
        scored = sorted((j for j, note in enumerate(notes) if note is None), key=lambda j: hyperparameters[j].name)
        if not scored:
            unknown = np.full(len(notes), np.nan)
            return _estimate(unknown, unknown, np.full((self.permutations, len(notes)), np.nan), tuple(notes))
        instances = self._instances(sample.n_region, rng)
        m = len(instances)
        sums, shuffled = self._sums(sample, scored, instances, rng, report)
        n_dc, n_da, n_dcda = sums.totals()
        return _estimate(
            _spread_out(weights(n_dc, n_da, n_dcda, m), scored, len(notes)),
            _spread_out(sums.spread(instances, _units(sample)), scored, len(notes)),
            _spread_out(shuffled.weights(n_da, m), scored, len(notes)),
            tuple(note or remark(sample, j) for j, note in enumerate(notes)),
            facts=(("normalisation", "share_clip"), ("instances", m)),
            warnings=warnings(sample, scored, float(n_dc) / m, n_da / m),
        )

    def _instances(self, n: int, rng: np.random.Generator) -> Integers:
        """Return the trials whose neighbours are looked up, in order."""
        most = min(self.most_instances, max(100, MOST_PAIRS // n))
        return np.arange(n) if n <= most else np.sort(rng.choice(n, most, replace=False))

    def _sums(
        self, sample: Sample, scored: list[int], instances: Integers, rng: np.random.Generator, report: Report
    ) -> tuple[Sums, Shuffled]:
        """Go through all pairs of neighbours once, with the losses as they are and shuffled."""
        n, ramp = sample.n_region, INVENTORS if self.ramp == "on" else LINEAR
        y = _scaled(sample.design.loss[:n])
        unit = None if sample.design.unit is None else sample.design.unit[:n]
        shuffled = Shuffled.of(draw(y, unit, self.permutations, rng), ramp, len(scored))
        near = self._neighbourhood(sample, scored, ramp, rng)
        sums = Sums.empty(n, len(scored))
        for done, pairs in near.batches(instances):
            values = by_pair(pairs, near.x, y, ramp)
            sums.add(pairs, values)
            shuffled.add(pairs, values[:, 1 : 1 + len(scored)])
            report(done, "comparing neighbours")
        return sums, shuffled

    def _neighbourhood(self, sample: Sample, scored: list[int], ramp: Ramp, rng: np.random.Generator) -> Neighbourhood:
        return Neighbourhood(
            x=np.stack([positions(sample, j) for j in scored], axis=1),
            ramp=ramp,
            k=self.k,
            sigma=self.sigma if self.weights == "rank" else None,
            unit=_units(sample),
            order=rng.permutation(sample.n_region),
        )


def _estimate(
    w: Floats,
    error: Floats,
    null: Floats,
    notes: tuple[str | None, ...],
    facts: tuple[tuple[str, float | int | str | None], ...] = (),
    warnings: tuple[str, ...] = (),
) -> Estimate:
    """Put weights, their standard errors and those of shuffles together."""
    importance, low, high = (np.clip(w + z * error, 0, 1) for z in (0, -Z, Z))
    return Estimate(
        importance=importance,
        low=low,
        high=high,
        statistic=w,
        null_statistic=null,
        null_importance=np.clip(null, 0, 1),
        notes=notes,
        raw=w,
        facts=facts,
        warnings=warnings,
    )


def _spread_out(values: Floats, columns: list[int], n: int) -> Floats:
    """Put values, shape (..., len(columns)), into their columns of n; nan in the others."""
    everywhere = np.full((*values.shape[:-1], n), np.nan)
    everywhere[..., columns] = values
    return everywhere


def _scaled(loss: Floats) -> Floats:
    """Place losses, ascending, on [0, 1]."""
    scaled: Floats = (loss - loss[0]) / ((loss[-1] - loss[0]) or 1.0)
    return scaled


def _units(sample: Sample) -> Integers:
    """Configuration of each of the region's trials, shape (n_region,); each trial its own where none are repeated."""
    unit = sample.design.unit
    return np.arange(sample.n_region) if unit is None else unit[: sample.n_region]
