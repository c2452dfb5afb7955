"""The same subspace asked of several estimators, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

from hpi import scoring
from hpi.comparison.evidence import Evidence
from hpi.comparison.ranks import rank_correlation
from hpi.comparison.reasons import Case, why
from hpi.errors import EstimatorError
from hpi.estimators import ESTIMATORS
from hpi.results import ImportanceResult
from hpi.subspace import Sample, Subspace, asked
from hpi.table import TrialTable


@dataclass(frozen=True)
class Comparison:
    """Two estimators: Kendall's tau-b of their orders (None where one has none), and why they differ or agree."""

    estimators: tuple[str, str]
    rank_correlation: float | None
    why: str | None


@dataclass(frozen=True)
class Agreement:
    """Results of several estimators for one question, and a comparison of every two of them.

    `refused`: the estimators that could not be asked, by name, with the reason.
    """

    results: tuple[ImportanceResult, ...]
    comparisons: tuple[Comparison, ...]
    refused: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return both as JSON has them."""
        return {
            "estimators": [result.to_dict() for result in self.results],
            "agreement": [{**asdict(one), "estimators": list(one.estimators)} for one in self.comparisons],
            **({"refused": dict(self.refused)} if self.refused else {}),
        }


def agreement(table: TrialTable, *, subspace: Subspace | None = None, seed: int = 0) -> Agreement:
    """Ask every estimator with its defaults, and compare their answers; one that refuses is left out.

    Raises
    ------
    HpiError
        As `hpi.importance`, where all of them refuse.
    """
    table, sample = asked(table, subspace or Subspace())
    results: list[ImportanceResult] = []
    refused: dict[str, EstimatorError] = {}
    for estimator in ESTIMATORS:
        try:
            results.append(scoring.score(table, sample, estimator(), seed))
        except EstimatorError as error:
            refused[estimator.name] = error
    if not results:
        raise next(iter(refused.values()))
    return replace(compare(sample, results), refused=tuple((name, str(error)) for name, error in refused.items()))


def compare(sample: Sample, results: Sequence[ImportanceResult]) -> Agreement:
    """Compare results that were found for this sample."""
    found = tuple(results)
    evidence = Evidence(sample)
    return Agreement(found, tuple(_compared(a, b, found, evidence) for a, b in combinations(found, 2)))


def _compared(
    a: ImportanceResult, b: ImportanceResult, results: tuple[ImportanceResult, ...], evidence: Evidence
) -> Comparison:
    return Comparison((a.estimator, b.estimator), rank_correlation(a, b), why(Case(a, b, results, evidence)))
