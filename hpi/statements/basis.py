"""What every sentence rests on, and a candidate: a sentence that may be said, with its p-value and its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hpi.effects import Outcome
from hpi.space import Floats, Mask
from hpi.statements.additive import Effect, Model
from hpi.statements.finding import FindingKind, Line, Picture, Point
from hpi.statements.groups import Groups, coarse, groups_of
from hpi.statements.together import Pair, together
from hpi.statements.trials import Trials
from hpi.statements.words import Tone

TOLERANCE = 0.1  # interquartile ranges of the metric that do not matter


@dataclass(frozen=True, eq=False)
class Basis:
    """Trials, their groups, and the additive model of their loss.

    Attributes
    ----------
    outcome
        What the metric is called, and which values of it are better.
    groups, thirds
        For each hyperparameter alone, and for two at once.
    together
        The pairs of hyperparameters that were not drawn independently of each other.
    tolerance
        A difference of the metric that does not matter, in its own unit; None where it is not known.
    """

    trials: Trials
    outcome: Outcome
    groups: tuple[Groups, ...]
    thirds: tuple[Groups, ...]
    together: frozenset[Pair]
    model: Model
    tolerance: float | None

    @classmethod
    def of(cls, trials: Trials, drawn: Trials, outcome: Outcome, tolerance: float | None) -> Basis:
        """Cut the trials into groups and fit the model; without a tolerance, a tenth of the interquartile range.

        `drawn`: all trials, also those outside the region. Who was drawn independently of whom is seen there: among the
        best of them everything that matters goes together.
        """
        thirds = coarse(trials)
        pairs = together(thirds if drawn is trials else coarse(drawn))
        groups = groups_of(trials, {j for pair in pairs for j in pair})
        if tolerance is None:
            low, high = np.quantile(trials.loss, (0.25, 0.75))
            tolerance = TOLERANCE * float(high - low) or None
        model = Model.of(groups, trials)
        return cls(trials, outcome, groups, thirds, pairs, model, tolerance)

    @cached_property
    def dependent(self) -> frozenset[str]:
        """Names of the hyperparameters that were not drawn independently of another."""
        return frozenset(self.groups[j].name for pair in self.together for j in pair)

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the clipped metric, in its own unit."""
        return float(self.trials.clipped.std()) * self.trials.unit

    def matters(self, low: float) -> bool:
        """Whether an effect whose interval begins at `low` is surely larger than what does not matter."""
        return self.tolerance is not None and low > self.tolerance

    def by_metric(self, j: int, weights: Floats) -> Effect:
        """Return a difference between groups of hyperparameter j in loss, in the metric's own unit."""
        fit, place = self.model.raw[j]
        return fit.difference(place, weights) * self.trials.unit

    def by_ranks(self, j: int, weights: Floats) -> Effect:
        """Return the same difference in normal scores of the loss."""
        fit, place = self.model.ranks[j]
        return fit.difference(place, weights)

    def by_target(self, j: int, weights: Floats) -> Effect:
        """Return the same difference in the share of trials that are in the target."""
        fit, place = self.model.target[j]
        return fit.difference(place, weights)

    def shares(self, j: int, chosen: Mask) -> Floats:
        """Return weights that average over the chosen groups (True) by their trials, shape (n_groups,); sum to 1."""
        count = np.where(chosen, self.groups[j].count, 0)
        return np.asarray(count / count.sum())

    def own_unit(self, level: Effect) -> tuple[float, float, float]:
        """Return a level of the clipped loss as the metric has it, with the ends of its interval."""
        low, high = level.interval()
        value, a, b = (self.trials.lowest + self.trials.unit * v for v in (level.value, low, high))
        return (-value, -b, -a) if self.outcome.maximize else (value, a, b)

    def picture(self, j: int, marked: tuple[int, ...]) -> Picture:
        """Return the mean metric of each group with the others held, and which groups the sentence speaks of."""
        fit, place = self.model.raw[j]
        groups = self.groups[j]
        points = [
            Point(groups.labels[g], *self.own_unit(fit.level(place, g)), int(groups.count[g]), g in marked)
            for g in range(groups.n_compared)
        ]
        return Picture(groups.name, self.measured, (Line("", tuple(points)),), groups.is_ordered)

    @property
    def measured(self) -> str:
        """What the metric is called on an axis and in a sentence."""
        return f"rank of {self.outcome.name} within its task" if self.outcome.ranked else self.outcome.name


@dataclass(frozen=True, eq=False)
class Candidate:
    """A sentence that may be said.

    Attributes
    ----------
    kind, hyperparameters, n
        As in a finding.
    p
        Of what it claims, corrected for what was chosen within it, not yet for the others; 1 where its interval in the
        metric does not say the same.
    effect
        Estimate and ends of its interval, positive is better.
    size
        The near end of the interval in standard deviations of the metric: how large the effect surely is.
    says
        From tone and words of an exception to the sentence.
    matters
        Whether it is surely larger than what does not matter.
    is_middle
        Whether it is about the middle of an ordered hyperparameter, and so says more than which end is better.
    lower
        Whether lower is better, of a trend and its exceptions.
    levels
        The two levels that are compared, the better one first; () where all values are spoken of.
    """

    kind: FindingKind
    hyperparameters: tuple[str, ...]
    p: float
    effect: tuple[float, float, float]
    unit: str
    n: int
    size: float
    matters: bool
    says: Callable[[Tone, str | None], str]
    compared_with: str
    picture: Callable[[], Picture]
    by_scale: bool = False
    exception: str | None = None
    is_middle: bool = False
    lower: bool = False
    levels: tuple[str, ...] = ()
