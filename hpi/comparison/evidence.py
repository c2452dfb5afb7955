"""What the trials themselves say about why two orders differ: asked once, whichever estimators are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from hpi import chance
from hpi.estimators import PedAnova
from hpi.space import Design, Hyperparameter
from hpi.subspace import Sample, Subspace, cut

WORST = 1 / 3
FEW = 0.05


@dataclass(frozen=True, eq=False)
class Evidence:
    """The trials in which reasons are looked for."""

    sample: Sample

    def hyperparameter(self, name: str) -> Hyperparameter:
        """Return the hyperparameter called `name`."""
        return self.sample.design.hyperparameters[self.sample.design.column(name)]

    @cached_property
    def spoils(self) -> Mapping[str, float]:
        """Share of "is among the worst third of the region" that each hyperparameter explains alone.

        Only of those that can be told apart from chance there.
        """
        worst = cut(_worst_first(self.sample), Subspace(1.0, WORST))
        if worst.n_target == worst.n_region:
            return {}
        found = PedAnova(pairs="no").estimate(worst, np.random.default_rng(0))
        told = np.flatnonzero(chance.compare(found).detectable)
        return {worst.design.hyperparameters[j].name: float(found.importance[j]) for j in told}

    @cached_property
    def held_by_few(self) -> float:
        """Share of the metric's variance within the region that its worst 5 % of trials hold."""
        loss = self.sample.design.loss[: self.sample.n_region]
        scaled = loss / np.abs(loss).max() if loss.any() else loss  # squares of the largest numbers would overflow
        squares = (scaled - scaled.mean()) ** 2
        few = max(1, round(FEW * len(loss)))
        return float(squares[-few:].sum() / squares.sum()) if squares.any() else 0.0


def _worst_first(sample: Sample) -> Design:
    """Return the region's trials with the worst first: every array turned round, the loss negated."""
    region = sample.design.keep(np.arange(len(sample.design)) < sample.n_region)
    values: dict[str, Any] = {field.name: getattr(region, field.name) for field in fields(region)}
    turned = {name: value[::-1] for name, value in values.items() if isinstance(value, np.ndarray)}
    return Design(**{**values, **turned, "loss": -region.loss[::-1]})
