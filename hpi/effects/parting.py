"""Where the mean of the trials and the adjusted curve part ways: whether the other hyperparameters are spread alike.

At each place of a hyperparameter the forest's prediction is averaged over the trials that lie there, and over all of
them moved there. Both averages come from one forest, so what it flattens they share; they differ only as far as the
*other* hyperparameters of those trials are others than elsewhere. In a random search that is chance: then trials are
exchangeable between places, and shuffles of them show how far it goes. The largest difference over all places of all
hyperparameters is compared with the largest of each shuffle (Westfall and Young 1993).

Each trial is predicted by trees that have not drawn it: the others know its metric, noise included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.space import Floats, Integers, Mask

SHUFFLES = 499
LEVEL = 0.05
FEWEST_AT_PLACE = 10
LEAST_SPREAD = 1e-9  # of the range of the metric: below it are rounding errors


@dataclass(frozen=True, eq=False)
class Moved:
    """Predictions for trials that were moved along one hyperparameter.

    Attributes
    ----------
    rows
        The trials, as places among those that are averaged over, shape (n_rows,).
    place
        Where each of them lies itself, shape (n_rows,); -1 at no place.
    predicted
        For each place, each trial moved there, shape (n_places, n_rows): the loss, without its unit.
    clear
        Which places can be compared at all, shape (n_places,).
    """

    rows: Integers
    place: Integers
    predicted: Floats
    clear: Mask

    @property
    def count(self) -> Integers:
        """Trials that lie at each place, shape (n_places,)."""
        return np.bincount(self.place[self.place >= 0], minlength=len(self.predicted)).astype(np.int64)

    def gap(self, place: Integers) -> Floats:
        """Mean prediction of a place's own trials less that of all, shape (n_places,); 0 where there are none."""
        at = np.flatnonzero(place >= 0)
        own = self.predicted[place[at], at] - self.predicted.mean(axis=1)[place[at]]
        total = np.bincount(place[at], weights=own, minlength=len(self.predicted))
        return np.asarray(total / np.maximum(self.count, 1))

    def error(self) -> Floats:
        """Standard deviation of `gap` over shuffles, shape (n_places,): that of drawing without replacement.

        nan where too few trials lie at a place, or all predictions are the same.
        """
        n, count = len(self.rows), self.count
        left = (1 / np.maximum(count, 1) - 1 / n).clip(0)
        error = np.sqrt(self.predicted.var(axis=1, ddof=1) * left)
        known = self.clear & (count >= FEWEST_AT_PLACE) & (error > LEAST_SPREAD)
        return np.asarray(np.where(known, error, np.nan))


@dataclass(frozen=True, eq=False)
class Parting:
    """What the other hyperparameters do at each place, and how far chance alone would reach, shape (n_places,).

    nan where it was not compared.
    """

    gap: Floats
    chance: Floats

    @property
    def parts(self) -> Mask:
        """Where the two part ways beyond what chance explains."""
        return np.asarray(np.abs(self.gap) > self.chance)


def compare(curves: list[Moved], n_base: int, rng: np.random.Generator) -> list[Parting]:
    """Return the verdict for each curve, at 5 % for all places of all of them together."""
    keys = rng.random((SHUFFLES, n_base))
    errors = [curve.error() for curve in curves]
    largest = np.zeros(SHUFFLES)
    for curve, error in zip(curves, errors, strict=True):
        if np.isnan(error).all():
            continue
        for i, key in enumerate(keys):
            shuffled = curve.place[np.argsort(key[curve.rows])]
            largest[i] = max(largest[i], np.nanmax(np.abs(curve.gap(shuffled)) / error))
    cut = np.sort(largest)[SHUFFLES - int(LEVEL * (1 + SHUFFLES))]
    return [
        Parting(np.where(np.isnan(error), np.nan, curve.gap(curve.place)), cut * error)
        for curve, error in zip(curves, errors, strict=True)
    ]
