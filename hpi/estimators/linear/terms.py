"""Which terms the model has: as many as the trials can bear."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from hpi.estimators.linear.drop import Remains, drop
from hpi.estimators.linear.encoding import Part, Trials, activity, decides, values, why_not
from hpi.estimators.linear.fit import Fit, fit
from hpi.space import Hyperparameter, Mask

MOST_MAINS = 1 / 2
MOST_WITH_PAIRS = 1 / 5
MOST_COLUMNS = 600

Mains = dict[int, tuple[Part, ...]]


def mains(trials: Trials, hyperparameters: tuple[Hyperparameter, ...]) -> tuple[Mains, tuple[str | None, ...]]:
    """Return the columns of each hyperparameter that is in the model, and for every other one why it is not.

    Where there are too many columns for the trials, the hyperparameters with the most columns are left out: a choice
    by how strong they are would be a test that nobody counts.
    """
    notes = [why_not(trials, j) for j in range(len(hyperparameters))]
    by_name = sorted(range(len(hyperparameters)), key=lambda j: hyperparameters[j].name)
    found = _parts(trials, hyperparameters, [j for j in by_name if notes[j] is None])
    bearable = int(MOST_MAINS * len(trials))
    while _width(found) > bearable:
        widest = max(map(_columns, found.values()))
        for j in [j for j in found if _columns(found[j]) == widest]:
            notes[j] = (
                f"takes {widest:,} columns of a linear model, too many beside the others for {len(trials):,} "
                f"{'trials' if len(trials) == trials.n_region else 'configurations'}"
            )
        found = _parts(trials, hyperparameters, [j for j in by_name if notes[j] is None])
    return found, tuple(notes)


def _parts(trials: Trials, hyperparameters: tuple[Hyperparameter, ...], chosen: list[int]) -> Mains:
    """Return the columns of each of the chosen hyperparameters, those of its children's activity among them."""
    found: Mains = {j: (values(trials, hyperparameters[j], j),) for j in chosen}
    for j in (j for j in chosen if np.isnan(trials.x[:, j]).any()):
        owner = next((k for k in chosen if _decides(trials, hyperparameters, k, j)), j)
        found[owner] = (*found[owner], activity(trials, hyperparameters[j], j, owner))
    return found


def _decides(trials: Trials, hyperparameters: tuple[Hyperparameter, ...], parent: int, child: int) -> bool:
    return parent != child and decides(trials.x[:, parent], trials.x[:, child], hyperparameters[parent].is_ordered)


def pairs(trials: Trials, singles: Mains, alone: Remains, names: list[str]) -> dict[tuple[int, int], list[Part]]:
    """Return the columns of all pairs of hyperparameters, or of the strongest if there are more than a fifth of n.

    `alone` is the model of main effects; the strongest are those without which it loses most.
    """
    bearable = min(int(MOST_WITH_PAIRS * len(trials)), MOST_COLUMNS) - _width(singles)
    chosen: list[int] = []
    strength = {j: drop(alone, alone.fit.lacking(holds(alone.fit, j))).value for j in singles}
    for j in sorted(singles, key=lambda j: (-strength[j], names[j])):
        more = _columns(singles[j]) * sum(_columns(singles[k]) for k in chosen)
        if more <= bearable:
            chosen, bearable = [*chosen, j], bearable - more
    ordered = sorted(chosen, key=lambda j: names[j])
    return {(j, k): [a.times(b) for a in singles[j] for b in singles[k]] for j, k in combinations(ordered, 2)}


def holds(model: Fit, *owners: int) -> Mask:
    """Which columns belong to terms that contain all of the given hyperparameters, shape (n_columns,)."""
    having = [set(owners) <= set(part.owners) for part in model.parts]
    mask: Mask = np.asarray(having, dtype=bool)[model.of]
    return mask


def fitted(trials: Trials, singles: Mains, products: dict[tuple[int, int], list[Part]]) -> Remains:
    """Return the fit of main effects and products."""
    return Remains(fit(trials, [part for group in (*singles.values(), *products.values()) for part in group]))


def _columns(group: tuple[Part, ...]) -> int:
    return sum(part.columns.shape[1] for part in group)


def _width(singles: Mains) -> int:
    return sum(map(_columns, singles.values()))
