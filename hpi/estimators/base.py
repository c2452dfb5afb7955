"""What an estimator is, and what it says of each hyperparameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from hpi.space import Floats
from hpi.subspace import Sample


@dataclass(frozen=True, eq=False)
class Estimate:
    """Importances in column order, with all that is needed to say how sure they are.

    Attributes
    ----------
    importance, low, high
        Shape (n_hyperparameters,), in [0, 1]; nan where it could not be estimated.
    statistic
        What the test compares with chance, shape (n_hyperparameters,); nan as above.
    null_statistic, null_importance
        The same two for shuffled trials, shape (n_permutations, n_hyperparameters): each row from one
        joint shuffle for all hyperparameters.
    notes
        A sentence for each hyperparameter, or None, in column order.
    """

    importance: Floats
    low: Floats
    high: Floats
    statistic: Floats
    null_statistic: Floats
    null_importance: Floats
    notes: tuple[str | None, ...]


class Estimator(Protocol):
    """A frozen dataclass of settings with one pure method.

    `name` is used on the command line, `title` in the menu; `summary` is one sentence for the reader.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]

    @property
    def settings(self) -> Mapping[str, object]:
        """Every setting by name, as JSON shows it."""
        ...

    def estimate(self, sample: Sample, rng: np.random.Generator) -> Estimate:
        """Return the importance of every hyperparameter of the sample."""
        ...
