"""The trials as columns of a linear model: what stands for a hyperparameter, and for the interaction of two.

Numbers and ranks are centred and have unit spread; levels are compared with their mean, each weighted by its trials
(weighted effect coding), so that every level has a coefficient and none is the reference. Where a hyperparameter is
inactive its values are 0, the mean of the others, and one more column says where it is active. That one belongs to the
hyperparameter that decides it, where there is such a one: the child is not credited with what its parent does.
Interactions are products of these columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.base import FEWEST_ACTIVE, ONE_VALUE, too_few_active, too_many_levels
from hpi.space import Floats, Hyperparameter, Mask
from hpi.subspace import Sample

MOST_SWITCHES = 2


@dataclass(frozen=True, eq=False)
class Trials:
    """What is independent of each other: the trials of the region, or its configurations.

    Attributes
    ----------
    x
        Positions, shape (n, n_hyperparameters); nan where inactive.
    y
        Mean loss of each, shape (n,), shifted and scaled to mean 0 and variance 1 over all trials.
    weight
        How many trials each stands for, shape (n,).
    within
        Sum of squares of its trials about their mean, shape (n,), in the unit of y squared.
    scale
        The loss is `scale` times y, plus a constant.
    n_region
        How many trials there are in the region.
    """

    x: Floats
    y: Floats
    weight: Floats
    within: Floats
    scale: float
    n_region: int

    @classmethod
    def of(cls, sample: Sample, most: int, rng: np.random.Generator) -> Trials:
        """Take the region, or `most` of its trials or configurations at random where there are more."""
        n = sample.n_region
        unit = np.arange(n) if sample.design.unit is None else sample.design.unit[:n]
        _, first, member = np.unique(unit, return_index=True, return_inverse=True)
        order = np.argsort(first)  # best first, whatever the configurations are called
        place = np.argsort(order)[member]
        y, scale = standard(sample.design.loss[:n])
        weight: Floats = np.bincount(place).astype(float)
        mean = np.bincount(place, weights=y) / weight
        within = np.asarray(np.bincount(place, weights=(y - mean[place]) ** 2), dtype=float)
        chosen = np.arange(len(order)) if len(order) <= most else np.sort(rng.choice(len(order), most, replace=False))
        x: Floats = sample.design.x[first[order[chosen]]]
        return cls(x, mean[chosen], weight[chosen], within[chosen], scale, n)

    def __len__(self) -> int:
        """Count what is independent of each other."""
        return len(self.y)


@dataclass(frozen=True, eq=False)
class Part:
    """Some columns of the model with the effects that can be read off them.

    Attributes
    ----------
    owners
        The hyperparameters it speaks of, one or two, as places in the sample.
    columns
        Shape (n, n_columns).
    terms
        What each effect is called: the names of its one or two terms.
    effects
        Shape (n_terms, n_columns): the effects are this times the columns' coefficients.
    order
        How late the part is entered: where two say the same, the later one is left out.
    """

    owners: tuple[int, ...]
    columns: Floats
    terms: tuple[tuple[str, ...], ...]
    effects: Floats
    order: int

    def times(self, other: Part) -> Part:
        """Return their interaction: all products of a column of the one with a column of the other."""
        products = self.columns[:, :, None] * other.columns[:, None, :]
        return Part(
            owners=self.owners + other.owners,
            columns=products.reshape(len(products), -1),
            terms=tuple(mine + theirs for mine in self.terms for theirs in other.terms),
            effects=np.asarray(np.kron(self.effects, other.effects), dtype=float),
            order=self.order + other.order + 10,
        )


def why_not(trials: Trials, hyperparameter: Hyperparameter, place: int) -> str | None:
    """Say why a hyperparameter cannot be in the model, or None."""
    x = trials.x[:, place]
    active = int(trials.weight[~np.isnan(x)].sum())
    few = too_few_active(active) or (ONE_VALUE if np.nanmin(x) == np.nanmax(x) else None)
    return few or (None if hyperparameter.is_ordered else too_many_levels(len(hyperparameter.levels)))


def values(trials: Trials, hyperparameter: Hyperparameter, place: int) -> Part:
    """Return the columns that stand for a hyperparameter's values, 0 where it is inactive."""
    x = trials.x[:, place]
    encode = _numbers if hyperparameter.is_ordered else _levels
    return encode(hyperparameter, x, ~np.isnan(x), trials.weight, place)


def activity(trials: Trials, hyperparameter: Hyperparameter, place: int, owner: int) -> Part:
    """Return the column that says where a hyperparameter is active: a term of its owner."""
    active = ~np.isnan(trials.x[:, place])
    share = (trials.weight @ active) / trials.weight.sum()
    return Part((owner,), (active - share)[:, None], ((f"{hyperparameter.name}: active",),), np.eye(1), 1)


def decides(parent: Floats, child: Floats, ordered: bool) -> bool:
    """Whether the parent's value says if the child is active, both given as positions of shape (n,).

    It does if every level is always or never with the child, or if a range of its numbers is. One that is active
    just where the child is, is its sibling.
    """
    with_parent, active = ~np.isnan(parent), ~np.isnan(child)
    if (active & ~with_parent).any() or not (with_parent & ~active).any():
        return False
    value, code = np.unique(parent[with_parent], return_inverse=True)
    share = np.bincount(code, weights=active[with_parent]) / np.bincount(code)
    few = (np.diff(share) != 0).sum() <= MOST_SWITCHES if ordered else len(value) < with_parent.sum() / FEWEST_ACTIVE
    return bool(np.isin(share, (0, 1)).all() and few)


def _numbers(hyperparameter: Hyperparameter, x: Floats, active: Mask, weight: Floats, place: int) -> Part:
    mean = np.average(x[active], weights=weight[active])
    spread = np.sqrt(np.average((x[active] - mean) ** 2, weights=weight[active]))
    column = np.where(active, (x - mean) / spread, 0.0)
    return Part((place,), column[:, None], ((hyperparameter.name,),), np.eye(1), 0)


def _levels(hyperparameter: Hyperparameter, x: Floats, active: Mask, weight: Floats, place: int) -> Part:
    """One column a level but the last; the last level's effect is what makes the weighted mean 0."""
    values, code = np.unique(x[active], return_inverse=True)
    counts = np.bincount(code, weights=weight[active])
    effects = np.vstack([np.eye(len(values) - 1), -counts[:-1] / counts[-1]])
    columns = np.zeros((len(x), len(values) - 1))
    columns[active] = effects[code]
    labels = [hyperparameter.levels[round(value * (len(hyperparameter.levels) - 1))] for value in values]
    return Part((place,), columns, tuple((f"{hyperparameter.name}={label}",) for label in labels), effects, 0)


def standard(loss: Floats) -> tuple[Floats, float]:
    """Return the loss with mean 0 and variance 1, and the spread that it had."""
    largest = np.abs(loss).max()
    y = loss / largest  # first, so that no square overflows
    spread = y.std()
    return (y - y.mean()) / spread, float(spread * largest)
