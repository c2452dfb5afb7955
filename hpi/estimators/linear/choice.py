"""Which pairs are in the model where not all fit, and a test that knows of the choice.

The model has the pairs of those hyperparameters that are strongest alone. Who was chosen for being strong is not
compared fairly with shuffles in which somebody else is strongest. So every shuffle chooses anew, and a hyperparameter's
statistic is made of what needs no further fit: Wald's of its own terms in the model of main effects, and the squared
robust t-values of its products with the others that were chosen, as far as these are not main effects.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hpi.estimators.linear import terms
from hpi.estimators.linear.drop import Drop, Remains, drop
from hpi.estimators.linear.encoding import Part, Trials
from hpi.estimators.linear.fit import SAME, orthonormal
from hpi.estimators.linear.shuffles import Draws, more_left, statistic
from hpi.space import Floats, Mask


@dataclass(frozen=True, eq=False)
class Choice:
    """Hyperparameters that may have products, in the order of names.

    Attributes
    ----------
    singles
        The columns of each.
    alone
        The model of main effects.
    drops
        What it loses without each.
    room
        How many products there may be.
    weight
        Of each trial, shape (n,).
    """

    singles: terms.Mains
    alone: Remains
    drops: tuple[Drop, ...]
    room: terms.Room
    weight: Floats

    @classmethod
    def of(cls, trials: Trials, singles: terms.Mains) -> Choice:
        """Fit the model of main effects."""
        alone = terms.fitted(trials, singles, {})
        drops = tuple(drop(alone, alone.fit.lacking(terms.holds(alone.fit, j))) for j in singles)
        return cls(singles, alone, drops, terms.Room.of(trials, singles), trials.weight)

    def products(self) -> dict[tuple[int, int], list[Part]]:
        """Return the columns of all pairs that are in the model."""
        [taken] = self._chosen(Draws.of(self.alone, self.alone.fit.z[:, None])).T
        chosen = [j for j, is_taken in zip(self.singles, taken, strict=True) if is_taken]
        return {(j, k): terms.products(self.singles, j, k) for j, k in combinations(chosen, 2)}

    def statistic(self, z: Floats) -> dict[int, Floats]:
        """Return how far each hyperparameter is from doing nothing, shape (n_draws,), from losses as in `Draws`."""
        draws = Draws.of(self.alone, z)
        chosen = self._chosen(draws)
        total = np.stack([statistic(found, draws) for found in self.drops])
        for first in range(len(self.singles) - 1):
            if not chosen[first].any():
                continue
            for second, of_pair in self._products_with(first, draws):
                seen = np.where(chosen[first] & chosen[second], of_pair, 0.0)
                total[first] += seen
                total[second] += seen
        return dict(zip(self.singles, total, strict=True))

    def _chosen(self, draws: Draws) -> Mask:
        """Which ones every draw chooses, shape (n, n_draws)."""
        strength = [more_left(self.alone, found, draws) for found in self.drops]
        of_draws = np.reshape(strength, (len(self.drops), draws.z.shape[1])).T
        return np.stack([self.room.choose(of_draw) for of_draw in of_draws], axis=1)

    def _products_with(self, first: int, draws: Draws) -> list[tuple[int, Floats]]:
        """Return sums of squared t-values of the products of one with each that comes later, shape (n_draws,)."""
        places = list(self.singles)
        later = range(first + 1, len(places))
        blocks = [self._directions(terms.products(self.singles, places[first], places[k])) for k in later]
        lost = np.hstack(blocks)
        square = (lost.T @ draws.z) ** 2 / ((lost**2).T @ draws.error)
        ends = np.cumsum([block.shape[1] for block in blocks])[:-1]
        return [(k, part.sum(axis=0)) for k, part in zip(later, np.split(square, ends), strict=True)]

    def _directions(self, parts: list[Part]) -> Floats:
        """Return what columns say that main effects do not, shape (n, n_directions), orthonormal."""
        columns = np.hstack([part.columns for part in parts])
        columns = (columns - self.weight @ columns / self.weight.sum()) * np.sqrt(self.weight)[:, None]
        q, length = self.alone.fit.q, np.sqrt((columns**2).sum(axis=0))
        columns /= np.where(length > SAME * np.sqrt(self.weight.sum()), length, np.inf)
        return orthonormal(columns - q @ (q.T @ columns))
