"""What an estimator is, and what it says of each hyperparameter and pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np

from hpi.space import Floats, Integers
from hpi.subspace import Sample

Report = Callable[[float, str], None]
"""Called with the share of the work that is done, in [0, 1], and what is being done."""

Reading = Literal["interaction", "joint"]


def quiet(done: float, doing: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Scores:
    """Importances of some things (hyperparameters in column order, or pairs), and how sure they are.

    Attributes
    ----------
    importance, low, high
        Shape (n,), in [0, 1]; nan where it could not be estimated. `low` and `high` are nan, too, where the method
        has no interval.
    statistic
        What the test compares with chance, shape (n,); nan where there is no importance.
    null_statistic, null_importance
        The same two for shuffled trials, shape (n_permutations, n): each row from one joint shuffle for all.
        No rows where nothing was shuffled: then neither floor nor p-value is known.
    """

    importance: Floats
    low: Floats
    high: Floats
    statistic: Floats
    null_statistic: Floats
    null_importance: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Pairs(Scores):
    """Scores of pairs of hyperparameters.

    Attributes
    ----------
    columns
        The two columns of each pair, shape (n_pairs, 2), the lower one first.
    reading
        "interaction": what the two explain together beyond what each explains alone. "joint": the same number where
        it cannot be read so, since the two were not drawn independently of each other in this region.
        One word for all pairs, or one a pair.

    A pair that was tested as one of many and not estimated has a statistic and no importance.
    """

    columns: Integers
    reading: Reading | tuple[Reading, ...]

    def reading_of(self, i: int) -> Reading:
        """How the i-th pair may be read."""
        return self.reading[i] if isinstance(self.reading, tuple) else self.reading


@dataclass(frozen=True)
class Coefficient:
    """One term of a linear model: the change of the metric for one unit of each of its `terms`, with its interval."""

    terms: tuple[str, ...]
    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimate(Scores):
    """Scores of all hyperparameters in column order, with all that is needed to read them.

    Attributes
    ----------
    notes
        A sentence for each hyperparameter, or None, in column order.
    raw
        The method's own number where it is another one than `importance`, shape (n_hyperparameters,).
    pairs
        Where the method has them.
    coefficients
        Of a linear model.
    facts
        What the method found out on its way, by name (a forest's R^2...); shown beside the settings.
    warnings
        Sentences on when not to believe this.
    """

    notes: tuple[str | None, ...]
    raw: Floats | None = None
    pairs: Pairs | None = None
    coefficients: tuple[Coefficient, ...] = ()
    facts: tuple[tuple[str, float | int | str | None], ...] = ()
    warnings: tuple[str, ...] = ()


class Estimator(Protocol):
    """A frozen dataclass of settings (`settings.py`) with one pure method.

    `name` is used on the command line, `title` in the menu; `summary` is one sentence for the reader. `uses_target`:
    whether target and region are compared; otherwise the question is what moves the metric among the region.
    `is_slow`: whether it can take over a second, so that pages leave it to a process of its own.

    Where the target plays no part, `explains` says what an importance is, a sentence with {name} and {value}; `bar`
    says what the length of a bar is; `in_percent`: whether importances are shares, and no weights.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    uses_target: ClassVar[bool]
    is_slow: ClassVar[bool]
    explains: ClassVar[str]
    bar: ClassVar[str]
    in_percent: ClassVar[bool]

    @property
    def counts_all(self) -> bool:
        """Whether counts of all trials are enough, so that nothing rests on those that stand for them."""
        ...

    @property
    def settings(self) -> Mapping[str, object]:
        """Every setting by name, as JSON shows it."""
        ...

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> dict[str, Any]:
        """Read settings as they are written on the command line."""
        ...

    def estimate(self, sample: Sample, rng: np.random.Generator, report: Report = quiet) -> Estimate:
        """Return the importance of every hyperparameter of the sample."""
        ...


FEWEST_ACTIVE = 5
ONE_VALUE = "only one value in the region"
# All levels are compared with all, which takes gigabytes at 10,000. Long before that each has too few trials to tell it
# from the others.
MOST_LEVELS = 1_000


def too_few_active(n_active: int) -> str | None:
    """Say why a hyperparameter that is active in so few trials of the region gets no number, or None."""
    if n_active >= FEWEST_ACTIVE:
        return None
    return f"active in {n_active} trials of the region; at least {FEWEST_ACTIVE} are needed"


def too_many_levels(n_levels: int) -> str | None:
    """Say why a category of so many levels gets no number, or None."""
    if n_levels <= MOST_LEVELS:
        return None
    return f"has {n_levels:,} levels; at most {MOST_LEVELS:,} are compared: group them"


def unknown_scores(n: int, n_permutations: int = 0) -> dict[str, Floats]:
    """Return the fields of `Scores` for n things of which nothing is known."""
    nothing = {name: np.full(n, np.nan) for name in ("importance", "low", "high", "statistic")}
    shuffled = {name: np.full((n_permutations, n), np.nan) for name in ("null_statistic", "null_importance")}
    return nothing | shuffled
