"""The question on the page, in the page's units, and what is shown of its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hpi.blocks.large import LargeTable
from hpi.errors import SubspaceError
from hpi.estimators import Estimator, PedAnova, by_name
from hpi.filters import Filter
from hpi.results import ImportanceResult
from hpi.subspace import Sample, Subspace
from hpi.table import TrialTable


@dataclass(frozen=True)
class Asked:
    """The question on the page; region and target in percent, target None for its default.

    `settings` are those of the estimator that are not its defaults.
    """

    region: float = 100.0
    target: float | None = None
    where: tuple[Filter, ...] = ()
    estimator: str = PedAnova.name
    settings: tuple[tuple[str, Any], ...] = ()
    seed: int = 0

    def resolved(self, n_trials: int) -> float:
        """Return the target in percent, for a table of `n_trials` that pass; the region where it leaves none."""
        if self.target is not None:
            return self.target
        try:
            target = Subspace(region=self.region / 100).resolved(n_trials).target
        except SubspaceError:  # the answer says so
            return self.region
        assert target is not None
        return round(100 * target, 6)

    def filtered(self, name: str, new: Filter | None) -> Asked:
        """Return the question with a filter in the place of the one on the same column, or without any there."""
        if new in self.where:
            return self
        others = tuple(one for one in self.where if one.name != name)
        return replace(self, where=others if new is None else (*others, new))

    @property
    def of_all(self) -> Asked:
        """The question as every estimator can be asked it: with its target."""
        return replace(self, estimator=PedAnova.name, settings=())

    @property
    def method(self) -> Estimator:
        """The estimator with its settings."""
        return by_name(self.estimator)(**dict(self.settings))

    @property
    def subspace(self) -> Subspace:
        """The question as `hpi` asks it; raises SubspaceError."""
        if not self.method.uses_target:
            return Subspace(self.region / 100, None, self.where)
        if self.target is not None and self.target >= self.region:
            raise SubspaceError(
                f"The target, the best {self.target:g} %, must be a smaller part than the region, "
                f"the best {self.region:g} %: lower the one or raise the other."
            )
        target = None if self.target is None else self.target / 100
        return Subspace(self.region / 100, target, self.where)


@dataclass(frozen=True, eq=False)
class Answer:
    """What the pages show.

    `refused`: why it is not the answer to the question that is asked now. `is_awaited`: that one is being worked out.
    """

    table: TrialTable
    sample: Sample
    result: ImportanceResult
    refused: str | None = None
    is_awaited: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether it is not the answer to the question that is asked now, or not all of it."""
        return self.refused is not None or self.is_awaited

    @property
    def is_preliminary(self) -> bool:
        """Whether it rests on the trials at hand, as all of them were not counted yet."""
        return isinstance(self.table, LargeTable) and self.table.n_counting is None
