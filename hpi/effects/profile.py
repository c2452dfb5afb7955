"""What the target's trials look like: where they lie on each hyperparameter, beside the region's, and the best one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hpi.effects.cuts import OTHER, Cut, by_bin, by_level, is_discrete, measure, numbers_apart, values_of
from hpi.effects.outcome import Outcome, frozen, outcome_of
from hpi.results import ImportanceResult
from hpi.space import Floats, Hyperparameter, Integers, Kind
from hpi.subspace import Sample
from hpi.table import TrialTable

MOST_NAMES, MOST_LINES = 8, 150
MOST_COUNTED = 20_000  # trials are enough for a share
BINS = 16
LEVELS = 6
INACTIVE = "inactive"


@dataclass(frozen=True, eq=False)
class ProfileAxis:
    """One hyperparameter, from 0 at its first end to 1 at its last one.

    Attributes
    ----------
    hyperparameter
        Whose axis it is.
    place
        Of each line, shape (n_lines,): in [0, 1], the middle of its cell for a level; nan where inactive.
    edges
        Of the cells, shape (n_cells + 1,), from 0 to 1.
    labels
        Of the cells; the last one says how many rare levels it holds, if any.
    n_grouped
        How many these are; 0 where every level has a cell of its own.
    ends
        Both ends in the hyperparameter's own unit; None where each value has a cell of its own.
    target, region
        Share of the trials in each cell, shape (n_cells,), of those in which the hyperparameter is active; nan where
        there is none. Of more than 20,000 trials, of as many that lie evenly over the ranks.
    target_half, region_half
        First and third quartile in the hyperparameter's own unit; None for levels and where nothing is active.
    inactive
        Share of the target and of the region in which the hyperparameter is inactive.
    best
        The value of the best trial, as it is written.
    """

    hyperparameter: Hyperparameter
    place: Floats
    edges: Floats
    labels: tuple[str, ...]
    n_grouped: int
    ends: tuple[float, float] | None
    target: Floats
    region: Floats
    target_half: tuple[float, float] | None
    region_half: tuple[float, float] | None
    inactive: tuple[float, float]
    best: str

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.place, self.edges, self.target, self.region)

    def placed(self, values: Floats) -> Floats:
        """Return where numbers in the hyperparameter's own unit lie on the axis; ValueError where it has levels."""
        if self.ends is None:
            raise ValueError(f"{self.hyperparameter.name} has levels here, not numbers")
        low, high = measure(self.hyperparameter, np.array(self.ends))
        return np.asarray((measure(self.hyperparameter, values) - low) / (high - low))


@dataclass(frozen=True, eq=False)
class TargetProfile:
    """The target's trials over several hyperparameters.

    Attributes
    ----------
    outcome
        What the trials are compared by.
    axes
        One a hyperparameter, in the order that was asked for.
    row
        Where the trial of each line stands in table.trials, shape (n_lines,), best first.
    metric
        Of each line, shape (n_lines,).
    target_metric, region_metric
        Of target and region, at most 20,000 each, evenly over the ranks.
    n_target, n_region
        Trials.
    n_left_out
        Hyperparameters without an axis.
    """

    outcome: Outcome
    axes: tuple[ProfileAxis, ...]
    row: Integers
    metric: Floats
    target_metric: Floats
    region_metric: Floats
    n_target: int
    n_region: int
    n_left_out: int

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.row, self.metric, self.target_metric, self.region_metric)


@dataclass(frozen=True)
class _Drawn:
    """Positions in the design: of the lines, and of the trials of target and region that are counted."""

    lines: Integers
    target: Integers
    region: Integers

    @property
    def every(self) -> Integers:
        """All of them, one after the other."""
        return np.concatenate([self.lines, self.target, self.region])

    def split(self, values: Floats) -> list[Floats]:
        """Take apart what belongs to `every`."""
        return np.split(values, np.cumsum([len(self.lines), len(self.target)]))


def target_profile(
    table: TrialTable, sample: Sample, result: ImportanceResult, names: Sequence[str] | None = None
) -> TargetProfile:
    """Return where the target's trials lie on the hyperparameters called `names`: the 8 strongest of the result.

    At most 150 trials are lines, evenly over the ranks, the best always among them.
    """
    asked = tuple(names) if names else tuple(score.name for score in result.hyperparameters[:MOST_NAMES])
    counted = (_evenly(n, MOST_COUNTED) for n in (sample.n_target, sample.n_region))
    drawn = _Drawn(_evenly(sample.n_target, MOST_LINES), *counted)
    outcome, metric = outcome_of(table)
    row = sample.design.row
    return TargetProfile(
        outcome=outcome,
        axes=tuple(_axis(table, sample, drawn, name) for name in asked),
        row=row[drawn.lines],
        metric=metric[row[drawn.lines]],
        target_metric=metric[row[drawn.target]],
        region_metric=metric[row[drawn.region]],
        n_target=sample.n_target,
        n_region=sample.n_region,
        n_left_out=len(sample.design.hyperparameters) - len(asked),
    )


def _evenly(n: int, most: int) -> Integers:
    """At most `most` of the first n, evenly, the first always among them."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.int64))


def _axis(table: TrialTable, sample: Sample, drawn: _Drawn, name: str) -> ProfileAxis:
    design = sample.design
    hyperparameter = design.hyperparameters[design.column(name)]
    value = values_of(hyperparameter, table.trials[name].iloc[design.row[drawn.every]])
    discrete = is_discrete(hyperparameter, value)
    if discrete:
        cut = _levels(hyperparameter, value, drawn)
    else:
        cut = by_bin(hyperparameter, value, BINS, (float(np.nanmin(value)), float(np.nanmax(value))))
    lines, target, region = (part.astype(np.int64) for part in drawn.split(cut.code.astype(float)))
    own = drawn.split(value)
    edges, place = _places(hyperparameter, cut, own[0], lines)
    return ProfileAxis(
        hyperparameter=hyperparameter,
        place=place,
        edges=edges,
        labels=cut.labels,
        n_grouped=cut.n_grouped,
        ends=None if cut.edges is None else (float(cut.edges[0]), float(cut.edges[-1])),
        target=_shares(cut, target),
        region=_shares(cut, region),
        target_half=None if discrete else _half(own[1]),
        region_half=None if discrete else _half(own[2]),
        inactive=(float((target < 0).mean()), float((region < 0).mean())),
        best=_written(hyperparameter, float(own[0][0])),
    )


def _places(hyperparameter: Hyperparameter, cut: Cut, value: Floats, code: Integers) -> tuple[Floats, Floats]:
    """Return the edges of the cells and the places of values, both from 0 to 1."""
    if cut.edges is None:
        n = max(1, len(cut))
        return np.linspace(0, 1, n + 1), np.where(code < 0, np.nan, (code + 0.5) / n)
    edges, at = (measure(hyperparameter, each) for each in (cut.edges, value))
    return (edges - edges[0]) / (edges[-1] - edges[0]), (at - edges[0]) / (edges[-1] - edges[0])


def _levels(hyperparameter: Hyperparameter, value: Floats, drawn: _Drawn) -> Cut:
    """One cell a value; labels by how often they are among the target, the rare ones of many as the last cell."""
    if np.isnan(value).all():
        return Cut((f"{INACTIVE} in all trials",), np.full(len(value), -1, dtype=np.int64))
    cut = by_level(hyperparameter, value, most=len(value))
    if hyperparameter.kind is not Kind.CATEGORY:
        return cut
    _, target, region = (part.astype(np.int64) for part in drawn.split(cut.code.astype(float)))
    order = np.lexsort((np.arange(len(cut)), -cut.count(region), -cut.count(target)))
    cut = cut.in_order(order)
    if len(cut) <= LEVELS:
        return cut
    n_grouped = len(cut) - LEVELS + 1
    labels = (*cut.labels[: LEVELS - 1], f"{OTHER} ({n_grouped} levels)")
    return Cut(labels, np.minimum(cut.code, LEVELS - 1), n_grouped=n_grouped)


def _shares(cut: Cut, code: Integers) -> Floats:
    count = cut.count(code)
    return count / count.sum() if count.sum() else np.full(len(cut), np.nan)


def _half(value: Floats) -> tuple[float, float] | None:
    known = value[~np.isnan(value)]
    return (float(np.quantile(known, 0.25)), float(np.quantile(known, 0.75))) if len(known) else None


def _written(hyperparameter: Hyperparameter, value: float) -> str:
    if np.isnan(value):
        return INACTIVE
    return numbers_apart(np.array([value]))[0] if hyperparameter.is_numeric else hyperparameter.levels[int(value)]
