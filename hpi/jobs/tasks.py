"""What a child can be asked: a task is a frozen dataclass of all that its answer depends on; TASKS has them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from threadpoolctl import threadpool_limits

from hpi import checks, estimators, scoring, statements
from hpi.effects import AdjustedEffects, Outcome, adjusted
from hpi.estimators import Estimator, Report
from hpi.jobs.large import Count, LookAt
from hpi.statements import Findings
from hpi.subspace import Sample


class Task(Protocol):
    """A frozen dataclass of arguments, and one pure method that answers.

    `name` stands in files and in the log. `title` begins what is said of it to people: "... was ended after 300 s".
    `has_others`: whether another method could be chosen in its place. `reads_all`: whether it reads every row of a
    table larger than memory, which has a limit of its own.
    """

    name: ClassVar[str]
    has_others: ClassVar[bool]
    reads_all: ClassVar[bool]

    @property
    def title(self) -> str:
        """What is being done, for people."""
        ...

    @property
    def size(self) -> Mapping[str, int]:
        """How much it is about, for the log, as far as that is known before."""
        ...

    def refuse(self) -> None:
        """Raise HpiError where it could not be answered, before anything slow begins."""
        ...

    def run(self, report: Report) -> Any:  # noqa: ANN401
        """Return the answer, which is made of what `hpi.packing` can carry; raises HpiError."""
        ...


class _OfSample:
    """What tasks on a sample have in common."""

    sample: Sample
    reads_all: ClassVar[bool] = False

    @property
    def size(self) -> Mapping[str, int]:
        """Trials and hyperparameters."""
        n_trials, n_hyperparameters = self.sample.design.x.shape
        return {"trials": n_trials, "hyperparameters": n_hyperparameters}


@dataclass(frozen=True, eq=False)
class Estimate(_OfSample):
    """What an estimator says of a sample; answered by `hpi.estimators.Estimate`."""

    sample: Sample
    estimator: Estimator
    seed: int

    name: ClassVar[str] = "estimate"
    has_others: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """The estimator."""
        return self.estimator.title

    def refuse(self) -> None:
        """Raise EstimatorError where no estimator could answer."""
        checks.refuse(self.sample, self.estimator.uses_target)

    def run(self, report: Report) -> estimators.Estimate:
        """Return what the estimator says."""
        return scoring.estimate(self.sample, self.estimator, self.seed, report)


@dataclass(frozen=True, eq=False)
class State(_OfSample):
    """What the region of a sample says in sentences; answered by `hpi.statements.Findings`.

    `outcome` is what the loss stands for; a difference of it below `tolerance` does not matter, None for the default.
    """

    sample: Sample
    outcome: Outcome
    tolerance: float | None = None

    name: ClassVar[str] = "findings"
    has_others: ClassVar[bool] = False
    title: ClassVar[str] = "Reading the table for findings"

    def refuse(self) -> None:
        """Raise EstimatorError where the region is too small or has one metric value."""
        checks.refuse(self.sample, uses_target=False)

    def run(self, report: Report) -> Findings:
        """Return what was found."""
        with threadpool_limits(limits=1, user_api="blas"):
            return statements.state(self.sample, self.outcome, self.tolerance, report)


@dataclass(frozen=True, eq=False)
class Adjust(_OfSample):
    """Effects of all hyperparameters with the others held, and of a pair; answered by `hpi.effects.AdjustedEffects`."""

    sample: Sample
    outcome: Outcome
    seed: int
    pair: tuple[str, str] | None = None

    name: ClassVar[str] = "adjusted"
    has_others: ClassVar[bool] = False
    title: ClassVar[str] = "Adjusting for the other hyperparameters"

    def refuse(self) -> None:
        """Raise EstimatorError where the region is too small or has one metric value."""
        checks.refuse(self.sample, uses_target=False)

    def run(self, report: Report) -> AdjustedEffects:
        """Return what a forest says."""
        with threadpool_limits(limits=1, user_api="blas"):
            return adjusted(self.sample, self.outcome, np.random.default_rng(self.seed), self.pair, report)


TASKS: tuple[type[Task], ...] = (Estimate, State, Adjust, LookAt, Count)
