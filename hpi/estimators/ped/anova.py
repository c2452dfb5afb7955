r"""PED-ANOVA: the share of the variance of "is in the target" that one hyperparameter alone explains.

Watanabe, Bansal, Hutter 2023 (arXiv:2304.10255) define the importance of a hyperparameter between a region and a
target within it by v = q^2 D, with q the target's share of the region and D the Pearson divergence of the
two densities. "Is in the target" has variance q (1 - q), so

    S = v / (q (1 - q)) = q D / (1 - q)

is its first-order share, from 0 to 1, comparable between thresholds and tables. We report S, and v as `raw`. D is
estimated by the series form (`series.py`), its interval in closed form (`interval.py`), chance by joint shuffles
(`shuffles.py`); the histogram form (`histogram.py`) and the kernel form (`kernel.py`) are there for comparison.
Conditional hyperparameters follow condPED-ANOVA (Baba, Ozaki, Watanabe 2026): only what happens within the trials
where a hyperparameter is active, and within each of its domains, is credited to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from hpi.counts import Counts, count
from hpi.errors import EstimatorError
from hpi.estimators.base import Estimate, Report, quiet
from hpi.estimators.ped import forms, shuffles
from hpi.estimators.ped.pairs import pairs
from hpi.estimators.ped.scored import Scored, together
from hpi.estimators.settings import Settings, permutations_setting, setting
from hpi.subspace import Sample, reduced

NO_INTERVAL = (
    "The kernel form has no intervals: its smoothing hides narrow and many-peaked effects, and no estimate of noise "
    "knows by how much. The noise floor holds; the series form has intervals."
)


@dataclass(frozen=True)
class PedAnova(Settings):
    """PED-ANOVA in its series form, or in one of two others.

    Parameters
    ----------
    permutations
        Shuffles that say what chance alone would show, from 100 to 10,000; 0 leaves floor and p-values unknown.
    form
        "series" (no bins, no bandwidth), "histogram" (bins of equal width) or "kernel" (smoothed, no interval).
    reference
        What the target's density is compared with: "sample", the trials of the region; "design", the declared space,
        uniform on its measure: for searches that were not drawn from it evenly.
    compatible
        "optuna": the kernel form with Optuna 5.0.0's categories, so that `raw` is what it computes before it
        normalises (reference "design" is its evaluate_on_local=False).
    pairs
        "yes": what two hyperparameters explain together beyond what each explains alone. The series form has them,
        where the reference is the sample.

    Raises
    ------
    EstimatorError
        If a setting is out of its bounds or two contradict each other.
    """

    permutations: int = permutations_setting()
    form: str = setting(
        "series",
        "how densities are compared: series (no bins, no bandwidth), histogram, kernel (smoothed, no interval)",
        choices=("series", "histogram", "kernel"),
    )
    reference: str = setting(
        "sample",
        "what the target is compared with: sample (the trials of the region) or design (the declared space, uniform)",
        choices=("sample", "design"),
    )
    compatible: str = setting(
        "no", "optuna: the kernel form with the raw scores of Optuna 5.0.0", choices=("no", "optuna")
    )
    pairs: str = setting(
        "yes", "what two hyperparameters explain only together (series form, reference sample)", choices=("yes", "no")
    )

    name: ClassVar[str] = "ped-anova"
    title: ClassVar[str] = "PED-ANOVA"
    summary: ClassVar[str] = (
        "The share of the difference between target and the rest of the region that one hyperparameter explains alone."
    )
    uses_target: ClassVar[bool] = True
    is_slow: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Refuse settings that are out of bounds or contradict each other."""
        super().__post_init__()
        if self.compatible == "optuna" and self.form == "histogram":
            raise EstimatorError(
                "form is 'histogram' and compatible is 'optuna', which has the kernel form only; "
                "leave form out or set form=kernel."
            )
        if self.compatible == "optuna":
            object.__setattr__(self, "form", "kernel")

    @property
    def counts_all(self) -> bool:
        """Whether cells of ranks are all that is looked at: other forms cut the space in other places."""
        return self.form == "series" and self.reference == "sample"

    def estimate(self, sample: Sample, rng: np.random.Generator, report: Report = quiet) -> Estimate:
        """Return S, its interval and its null distribution for every hyperparameter.

        Raises
        ------
        EstimatorError
            If single trials are needed and none that stands for others lies in the target.
        """
        sample = reduced(sample) if self.counts_all else _alone(sample)
        drawn = shuffles.draw(sample, self.permutations, rng) if self.permutations else forms.nothing_shuffled()
        scored = [
            together([self._score(sample, counts, j, regime, drawn) for regime, counts in enumerate(regimes)])
            for j, regimes in enumerate(count(sample))
        ]
        q = sample.q
        d, low, high = q / (1 - q) * np.array([s.divergence_low_high for s in scored]).reshape(-1, 3).T
        raw = q**2 * np.array([s.raw for s in scored])
        mains = Estimate(
            importance=np.clip(d, 0, 1),
            low=np.clip(low, 0, 1),
            high=np.clip(high, 0, 1),
            statistic=np.array([s.statistic for s in scored]),
            null_statistic=np.stack([s.null_statistic for s in scored], axis=1),
            null_importance=np.clip(q / (1 - q) * np.stack([s.null_divergence for s in scored], axis=1), 0, 1),
            notes=tuple(s.note for s in scored),
            raw=raw,
            warnings=(NO_INTERVAL,) if self.form == "kernel" else (),
        )
        if self.pairs == "no" or self.form != "series" or self.reference != "sample":
            return mains
        n_seen = len(sample.design.thinned) if sample.tallies is None else sample.whole.trials
        facts = () if n_seen == sample.whole.trials else (("pairs_from_trials", n_seen),)
        return replace(mains, pairs=pairs(sample, mains, self.permutations, rng), facts=facts)

    def _score(self, sample: Sample, counts: Counts, j: int, regime: int, drawn: shuffles.Shuffles) -> Scored:
        against_design = self.reference == "design"
        if self.form == "kernel":
            return forms.by_kernel(sample, counts, j, regime, drawn, against_design, self.compatible == "optuna")
        by_form = forms.by_series if self.form == "series" else forms.by_histogram
        return by_form(sample, counts, j, regime, drawn, against_design)


def _alone(sample: Sample) -> Sample:
    """Return the trials that are at hand, for what cannot be counted of all."""
    if not sample.n_target:
        raise EstimatorError(
            f"None of the {len(sample.design):,} trials that stand for all {sample.whole.trials:,} lies in the target: "
            "raise the target, or take form=series with reference=sample, which counts all."
        )
    return sample.alone
