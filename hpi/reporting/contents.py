"""What a report is written from: a table, a question, its answer and what was found, with all that repeats them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hpi import scoring, statements
from hpi.curve import Curve, curve_of
from hpi.effects import OneEffect, TwoEffects, one_effect, two_effects
from hpi.effects.outcome import outcome_of
from hpi.errors import EstimatorError
from hpi.estimators import Estimator, resolve
from hpi.results import ImportanceResult
from hpi.statements import Findings
from hpi.subspace import Sample, Subspace, asked
from hpi.table import TrialTable

MOST_ONE, MOST_TWO = 6, 3  # hyperparameters and pairs that have a figure


@dataclass(frozen=True, eq=False)
class Contents:
    """Everything that a report, its numbers and its snippet say.

    Attributes
    ----------
    table, sample, result
        The trials, those that were asked about, and the answer.
    findings
        What the trials say in sentences; None where they were refused or nobody asked.
    tolerance
        A difference of the metric that a person said does not matter; None for the default.
    note
        Of the author, as plain text.
    made
        When it was made; None where that plays no part.
    link
        Where the same can be seen, as text; None where nowhere.
    curve
        Importance against the threshold, where it is known already.
    """

    table: TrialTable
    sample: Sample
    result: ImportanceResult
    findings: Findings | None
    tolerance: float | None = None
    note: str | None = None
    made: datetime | None = None
    link: str | None = None
    curve: Curve | None = None

    @property
    def strongest(self) -> tuple[str, ...]:
        """Return the hyperparameters that have a figure: told apart from chance, else the first; strongest first."""
        found = [score.name for score in self.result.detectable]
        return tuple(found[:MOST_ONE] or [score.name for score in self.result.hyperparameters[:1]])

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs that have a figure: told apart from chance, or in a finding; the strongest first."""
        told = [pair.names for pair in self.result.pairs if pair.detectable]
        said = () if self.findings is None else self.findings.findings
        both = [finding.hyperparameters for finding in said if len(finding.hyperparameters) > 1]
        pairs: dict[frozenset[str], tuple[str, str]] = {}
        for first, second, *_ in [*told, *both]:
            pairs.setdefault(frozenset((first, second)), (first, second))
        return tuple(pairs.values())[:MOST_TWO]

    def at_thresholds(self) -> Curve | None:
        """Return importance against the threshold; None where the method has no target."""
        method = self.result.method
        if self.curve is not None or not method.uses_target:
            return self.curve
        return curve_of(self.sample.design, self.sample.subspace.region, method, self.sample.tallies)

    def one(self, name: str) -> OneEffect:
        """Return what the trials show of a hyperparameter."""
        return one_effect(self.table, self.sample, name)

    def two(self, first: str, second: str) -> TwoEffects:
        """Return what the trials show of two hyperparameters."""
        return two_effects(self.table, self.sample, first, second)


def contents(
    table: TrialTable,
    subspace: Subspace | None = None,
    estimator: Estimator | type[Estimator] | str | None = None,
    seed: int = 0,
    *,
    tolerance: float | None = None,
    note: str | None = None,
    made: datetime | None = None,
) -> Contents:
    """Answer a question about a table and say what its trials show; raises as `hpi.importance` does."""
    table, sample = asked(table, subspace or Subspace())
    result = scoring.score(table, sample, resolve(estimator), seed)
    return with_findings(Contents(table, sample, result, None, tolerance=tolerance, note=note, made=made))


def with_findings(contents: Contents) -> Contents:
    """Return the same with what the trials say; without, where they are too few to say anything.

    Raises
    ------
    EstimatorError
        If a tolerance was given and nothing can be said.
    """
    table = contents.table
    try:
        said = statements.state(contents.sample, outcome_of(table)[0], contents.tolerance)
    except EstimatorError:
        if contents.tolerance is not None:
            raise
        return contents
    return replace(contents, findings=statements.with_notices(said, table))
