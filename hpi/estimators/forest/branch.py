"""Which trials and which hyperparameters a forest is grown on, and why the others are left out.

A forest takes no gaps, and no value that stands for "inactive" is innocent: whatever is filled in is an effect of its
own. So we ask in one branch of the space: the trials in which all chosen hyperparameters are active. A hyperparameter
is not chosen where it would leave too few trials, or where it is active only at some values of another one, whose
effect could not be seen in full then: a filter on that parent asks about the child.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.base import FEWEST_ACTIVE, too_many_levels
from hpi.space import Design, Floats, Hyperparameter, Integers, Mask
from hpi.subspace import Sample
from hpi.surrogate import part_of, unitless

FEWEST_TRIALS = 100
LEAST_PART = 0.1
MOST_WANTED = 0.5
MANY_VALUES = 12
LEAST_COVERED = 0.8
SURELY_SEEN = 5
FEW_OUTLIERS = 0.01
MOST_HELD = 1 / 3


@dataclass(frozen=True, eq=False)
class Branch:
    """What a forest sees.

    Attributes
    ----------
    chosen
        Columns of the chosen hyperparameters, in the order of their names.
    rows
        Places of the trials among those of the design, shape (n_trials,).
    x, y
        Positions without gaps, shape (n_trials, n_chosen), and the loss, winsorised at the region's threshold and
        without its unit.
    unit
        Configuration of each trial, where several trials of one are kept.
    whole
        Whether these are all trials of the table, so that they stand for the space as it was declared.
    n_rows
        How many trials the branch holds; above 20,000 a random part of them is in `rows`.
    notes
        For every hyperparameter of the design.
    """

    chosen: tuple[int, ...]
    hyperparameters: tuple[Hyperparameter, ...]
    rows: Integers
    x: Floats
    y: Floats
    unit: Integers | None
    whole: bool
    n_rows: int
    notes: tuple[str | None, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say where not all trials are used, and where few trials decide what there is to explain."""
        thinned = f"The forest is grown on {len(self.rows):,} trials drawn at random from {self.n_rows:,}."
        return (*((thinned,) if self.n_rows > len(self.rows) else ()), *_outliers(self.y))

    def spread(self, values: Floats, n: int) -> Floats:
        """Put values of the chosen, shape (..., n_chosen), in the columns of all n; nan in the others."""
        everywhere = np.full((*values.shape[:-1], n), np.nan)
        everywhere[..., list(self.chosen)] = values
        return everywhere


def branch(sample: Sample, rng: np.random.Generator) -> Branch:
    """Return the trials in which all chosen hyperparameters are active, and the metric cut at the region's threshold.

    The metric is min(loss, loss of the region's last trial): no trial is left out, and what is beyond the region is all
    the same. Leaving trials out would break the decomposition, whose parts add up on a whole space only.
    """
    design, reasons = sample.design, dict[int, str]()
    active = _active(design)
    chosen = [j for j in _by_name(design) if not _note_constant(design, active[:, j], j, reasons)]
    while chosen:
        rows = np.flatnonzero(active[:, chosen].all(axis=1))
        worst = _too_much(design, active, chosen, rows)
        if worst is None:
            break
        chosen.remove(worst)
        reasons[worst] = _left_out(active[:, worst])
    rows = np.flatnonzero(active[:, chosen].all(axis=1)) if chosen else np.arange(0)
    n_rows, rows = len(rows), rows[part_of(len(rows), None if design.unit is None else design.unit[rows], rng)]
    settled = [j for j in chosen if _n_values(design, rows, j) < 2]
    reasons |= {j: f"only one value in the {n_rows:,} trials that can be compared" for j in settled}
    kept = [j for j in chosen if j not in settled]
    return Branch(
        chosen=tuple(kept),
        hyperparameters=tuple(design.hyperparameters[j] for j in kept),
        rows=rows,
        x=design.x[rows][:, kept],
        y=unitless(np.minimum(design.loss, design.loss[sample.n_region - 1])[rows]),
        unit=None if design.unit is None else design.unit[rows],
        whole=n_rows == len(design) and not sample.subspace.where,
        n_rows=n_rows,
        notes=tuple(reasons.get(j) or _remark(active[:, j], n_rows) for j in range(active.shape[1])),
    )


def _outliers(y: Floats) -> tuple[str, ...]:
    """Say so where the hundredth part of the trials holds much of the variance of the metric."""
    few, squares = max(1, round(FEW_OUTLIERS * len(y))), np.sort((y - y.mean()) ** 2)
    held = float(squares[-few:].sum() / squares.sum())
    if held < MOST_HELD or len(y) < FEWEST_TRIALS:
        return ()
    return (
        f"{few:,} of {len(y):,} trials hold {held:.0%} of the variance of the metric: the importances are theirs, and "
        "their intervals may be too narrow. Lower the region to ask what moves the metric among the others.",
    )


def _active(design: Design) -> Mask:
    """Whether each cell can be compared: active, and where bounds depend on a parent in the most frequent domain."""
    active = ~np.isnan(design.x)
    if design.regime is not None:
        for j, hyperparameter in enumerate(design.hyperparameters):
            if hyperparameter.domains and active[:, j].any():
                active[:, j] &= design.regime[:, j] == np.bincount(design.regime[active[:, j], j]).argmax()
    return active


def _by_name(design: Design) -> list[int]:
    return sorted(range(len(design.hyperparameters)), key=lambda j: design.hyperparameters[j].name)


def _note_constant(design: Design, active: Mask, j: int, reasons: dict[int, str]) -> bool:
    """Note why a hyperparameter cannot be compared at all."""
    n, total = int(active.sum()), len(design)
    if n < FEWEST_ACTIVE:
        reasons[j] = f"active in {n} trials of {total:,}; at least {FEWEST_ACTIVE} are needed"
    elif _n_values(design, np.flatnonzero(active), j) < 2:
        reasons[j] = "only one value among all trials"
    elif not design.hyperparameters[j].is_ordered and (many := too_many_levels(len(design.hyperparameters[j].levels))):
        reasons[j] = many
    return j in reasons


def _n_values(design: Design, rows: Integers, j: int) -> int:
    return len(np.unique(design.x[rows, j]))


def _too_much(design: Design, active: Mask, chosen: list[int], rows: Integers) -> int | None:
    """Return whom to leave out: the one with fewest active trials, if it costs too many trials or another's effect."""
    partial = [j for j in chosen if not active[:, j].all()]
    if not partial:
        return None
    n = _independent(design, np.arange(len(design)))
    wanted = min(max(FEWEST_TRIALS, LEAST_PART * n), MOST_WANTED * n)
    if _independent(design, rows) >= wanted and not any(_cuts(design.x[:, j], rows) for j in chosen):
        return None
    # Of equals the last by name, so that the order of columns does not matter.
    return min(reversed(partial), key=lambda j: int(active[:, j].sum()))


def _cuts(x: Floats, rows: Integers) -> bool:
    """Whether the rows show only some of the values of a hyperparameter, as the parent of another one would be cut."""
    seen, values = x[rows], x[~np.isnan(x)]
    if len(np.unique(values)) > MANY_VALUES:
        return bool(np.mean((values >= seen.min()) & (values <= seen.max())) < LEAST_COVERED)
    expected = np.array([np.mean(values == value) for value in np.unique(values)]) * len(rows)
    found = np.array([np.any(seen == value) for value in np.unique(values)])
    return bool((expected[~found] >= SURELY_SEEN).any())


def _independent(design: Design, rows: Integers) -> int:
    return len(rows) if design.unit is None else len(np.unique(design.unit[rows]))


def _left_out(active: Mask) -> str:
    return (
        f"active in {int(active.sum()):,} trials of {len(active):,}, so it is left out here; "
        "filter on the hyperparameter that switches it on"
    )


def _remark(active: Mask, n_rows: int) -> str | None:
    """Say where a score rests on a part of the trials."""
    if n_rows == len(active):
        return None
    where = "it is active" if n_rows == int(active.sum()) else "all that are compared are active"
    return f"compared among the {n_rows:,} of {len(active):,} trials where {where}"
