"""The metric along each hyperparameter with the others held fixed, and where the trials' own mean parts from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hpi.effects.cuts import MOST_LEVELS, is_discrete, values_at
from hpi.effects.ground import OFF, Ground
from hpi.effects.outcome import Outcome, frozen
from hpi.effects.parting import Moved, Parting, compare
from hpi.estimators.base import ONE_VALUE, too_few_active
from hpi.space import Cells, Floats, Integers, Mask
from hpi.subspace import Sample

WANTED_AT_PLACE, FEWEST_PLACES, MOST_PLACES = 20, 4, 24
NO_PLACE = -1


@dataclass(frozen=True, eq=False)
class Held:
    """One hyperparameter with the others held fixed; arrays have shape (n_places,) and the metric's own unit.

    Attributes
    ----------
    name
        Of the hyperparameter.
    at
        Places: numbers in the hyperparameter's own unit, or positions among its levels.
    mean, low, high
        The average prediction, and the quartiles of the predictions for single trials.
    count
        Trials of the region at each place.
    gap, chance
        How far the mean of the trials that lie at a place stands above the adjusted one because of their *other*
        hyperparameters, and how far chance reaches to either side; nan where it could not be compared.
    n_trials
        Trials that are averaged over; configurations where several trials of one are kept.
    note
        Why there is no curve or no comparison, or what it holds for.
    """

    name: str
    at: Floats
    mean: Floats
    low: Floats
    high: Floats
    count: Integers
    gap: Floats
    chance: Floats
    n_trials: int
    note: str | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.at, self.mean, self.low, self.high, self.count, self.gap, self.chance)

    @property
    def parts(self) -> Mask:
        """Where the trials' own mean parts from the adjusted one beyond what chance explains, shape (n_places,)."""
        return np.asarray(np.abs(self.gap) > self.chance)


@dataclass(frozen=True, eq=False)
class _Draft:
    """A curve before it is compared with the trials.

    `predicted`: each trial at each place, shape (n_places, n_rows), the loss without its unit. `moved`: the same by
    trees that have not drawn the trial, None where there is nothing to compare.
    """

    name: str
    at: Floats
    count: Integers
    predicted: Floats
    moved: Moved | None
    note: str | None


def held(
    ground: Ground, sample: Sample, outcome: Outcome, rng: np.random.Generator, report: Callable[[float], None]
) -> tuple[Held, ...]:
    """Return the curve of every hyperparameter, in column order."""
    drafts = []
    for j in range(len(ground.hyperparameters)):
        drafts.append(_draft(ground, sample, j))
        report((j + 1) / len(ground.hyperparameters))
    compared = [draft.moved for draft in drafts if draft.moved is not None]
    verdicts = iter(compare(compared, len(ground.base), rng))
    return tuple(_finished(draft, None if draft.moved is None else next(verdicts), ground, outcome) for draft in drafts)


def _finished(draft: _Draft, parting: Parting | None, ground: Ground, outcome: Outcome) -> Held:
    """Return the curve in the metric's unit, and the right way up."""
    n_places, n_trials = draft.predicted.shape
    good, bad = np.quantile(draft.predicted, (0.25, 0.75), axis=1) if n_places else np.empty((2, 0))
    ends = [outcome.loss(ground.loss(one)) for one in ((bad, good) if outcome.maximize else (good, bad))]
    unknown = np.full(n_places, np.nan)
    gap, chance = (unknown, unknown) if parting is None else (parting.gap, parting.chance)
    return Held(
        name=draft.name,
        at=draft.at,
        mean=outcome.loss(ground.loss(draft.predicted.mean(axis=1) if n_places else np.empty(0))),
        low=ends[0],
        high=ends[1],
        count=draft.count,
        gap=outcome.loss(ground.unit * gap),
        chance=ground.unit * chance,
        n_trials=n_trials,
        note=draft.note,
    )


def _draft(ground: Ground, sample: Sample, j: int) -> _Draft:
    """Move the trials along one hyperparameter: those in which it is active, in its most frequent domain."""
    hyperparameter, state = ground.hyperparameters[j], ground.state[:, j]
    active = state != OFF
    inside = active & (state == (np.bincount(state[active]).argmax() if active.any() else 0))
    rows = np.flatnonzero(inside[ground.base])
    reason = too_few_active(len(rows)) or (ONE_VALUE if np.ptp(ground.x[inside, j]) == 0 else None)
    if reason is not None:
        return _Draft(hyperparameter.name, np.empty(0), np.empty(0, np.int64), np.empty((0, 0)), None, reason)
    positions, place = _places(sample, j, np.where(inside, ground.x[:, j], np.nan), len(rows))
    possible = ground.occurring(place, len(positions))
    predicted, fair = _predicted(ground, j, rows, positions, place, possible)
    clear = _clear(possible, len(positions))
    return _Draft(
        name=hyperparameter.name,
        at=values_at(hyperparameter, positions),
        count=np.bincount(place[place != NO_PLACE], minlength=len(positions)).astype(np.int64),
        predicted=predicted,
        moved=Moved(rows, place[ground.base[rows]], fair, clear) if clear.any() else None,
        note=_note(active, inside, clear),
    )


def _places(sample: Sample, j: int, x: Floats, n_averaged: int) -> tuple[Floats, Integers]:
    """Return the positions to which trials are moved, and at which of them each trial x of the region lies, else -1.

    Levels and few numbers one by one, at most the 30 most frequent; else the middles of groups of equally many trials.
    """
    design, n_active = sample.design, int((~np.isnan(x)).sum())
    hyperparameter = design.hyperparameters[j]
    limit = int(np.clip(n_averaged // WANTED_AT_PLACE, FEWEST_PLACES, MOST_PLACES))
    if is_discrete(hyperparameter, values_at(hyperparameter, design.x[:, j])):
        limit = n_active
    cells = Cells.of(x, hyperparameter.is_ordered, limit)
    code = np.where(np.isnan(x), NO_PLACE, cells.code.astype(np.int64))
    order = np.lexsort((x, code))[np.isnan(x).sum() :]
    ends = np.searchsorted(code[order], np.arange(cells.n + 1))
    positions = x[order][(ends[:-1] + ends[1:] - 1) // 2]
    kept = np.sort(np.argsort(-np.diff(ends), kind="stable")[: max(MOST_LEVELS, MOST_PLACES)])
    renumbered = np.full(cells.n + 1, NO_PLACE)
    renumbered[kept] = np.arange(len(kept))
    return positions[kept], renumbered[code]


def _predicted(
    ground: Ground,
    j: int,
    rows: Integers,
    positions: Floats,
    place: Integers,
    possible: dict[int, Mask],
) -> tuple[Floats, Floats]:
    """Return each trial at each place, shape (n_places, n_rows): by all trees, and by those that may tell."""
    found = np.empty((2, len(positions), len(rows)))
    for k, position in enumerate(positions):
        there = [(column, states[:, k]) for column, states in possible.items()]
        placed = ground.moved(rows, {j: float(position)}, np.flatnonzero(place == k), there)
        found[:, k] = ground.predict(placed)
    return found[0], found[1]


def _clear(possible: dict[int, Mask], n_places: int) -> Mask:
    """Whether trials at a place could be those of another one but for this hyperparameter, shape (n_places,).

    Where it decides what else is active, those that are moved there get that from others; but where both occur at one
    place, as on either side of a threshold, or where it decides together with others, nobody knows who would get what.
    """
    clear = np.ones(n_places, dtype=bool)
    for states in possible.values():
        clear &= states.sum(axis=0) == 1
    return clear


def _note(active: Mask, inside: Mask, clear: Mask) -> str | None:
    if not clear.any():
        return "what else is active depends on it and on others together, so it is not compared with the trials"
    if not inside[active].all():
        return f"for the {int(inside.sum()):,} trials in its most frequent domain"
    if not active.all():
        return f"for the {int(active.sum()):,} of {len(active):,} trials where it is active"
    return None
