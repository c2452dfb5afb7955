"""Which terms the model has: as many as the trials can bear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.linear.drop import Remains
from hpi.estimators.linear.encoding import Part, Trials, activity, decides, values, why_not
from hpi.estimators.linear.fit import Fit, fit
from hpi.space import Floats, Hyperparameter, Integers, Mask

MOST_MAINS = 1 / 2
MOST_WITH_PAIRS = 1 / 5
MOST_COLUMNS = 600

Mains = dict[int, tuple[Part, ...]]


def mains(trials: Trials, hyperparameters: tuple[Hyperparameter, ...]) -> tuple[Mains, tuple[str | None, ...]]:
    """Return the columns of each hyperparameter that is in the model, and for every other one why it is not.

    Where there are too many columns for the trials, the hyperparameters with the most columns are left out: a choice
    by how strong they are would be a test that nobody counts.
    """
    notes = [why_not(trials, hyperparameter, j) for j, hyperparameter in enumerate(hyperparameters)]
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


@dataclass(frozen=True, eq=False)
class Room:
    """How many columns of products the trials can bear, and which hyperparameters get theirs.

    Attributes
    ----------
    width
        Columns of each hyperparameter that is in the model, in the order of names, shape (n,).
    bearable
        Columns of products that there may be.
    """

    width: Integers
    bearable: int

    @classmethod
    def of(cls, trials: Trials, singles: Mains) -> Room:
        """Up to a fifth of the trials in all, or 600 columns; `singles` come in the order of names."""
        width = np.array([_columns(group) for group in singles.values()], dtype=np.int64)
        most = min(int(MOST_WITH_PAIRS * len(trials)), MOST_COLUMNS)
        return cls(width, most - int(width.sum()))

    @property
    def holds_all(self) -> bool:
        """Whether nothing has to be chosen."""
        return bool(self.width.sum() ** 2 - (self.width**2).sum() <= 2 * self.bearable)

    def choose(self, strength: Floats) -> Mask:
        """Return which ones have products with each other, shape (n,): the strongest that fit."""
        chosen, left, taken = np.zeros(len(self.width), dtype=bool), self.bearable, 0
        for j in np.argsort(-strength, kind="stable"):
            more = int(self.width[j]) * taken
            if more <= left:
                chosen[j], left, taken = True, left - more, taken + int(self.width[j])
        return chosen


def products(singles: Mains, first: int, second: int) -> list[Part]:
    """Return the interaction of two hyperparameters."""
    return [a.times(b) for a in singles[first] for b in singles[second]]


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
