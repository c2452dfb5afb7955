"""Every trend and contrast that a table allows, said or not: their intervals are not chosen by what they show."""

from __future__ import annotations

from collections.abc import Iterator

from hpi.effects import Outcome
from hpi.statements.basis import Basis, Candidate
from hpi.statements.contrasts import contrasts
from hpi.statements.finding import Finding, Strength
from hpi.statements.trends import one_way
from hpi.statements.trials import Trials
from hpi.subspace import Sample


def unselected(sample: Sample, outcome: Outcome) -> Iterator[Finding]:
    """Return a sentence for every ordered hyperparameter and every two levels."""
    basis = Basis.of(Trials.of(sample), outcome, None)
    ordered = [j for j, groups in enumerate(basis.groups) if groups.is_ordered and groups.n_compared > 1]
    for one in (*(one_way(basis, j) for j in ordered), *contrasts(basis)):
        if one.effect[1] < one.effect[2]:
            yield _said(one)


def _said(one: Candidate) -> Finding:
    return Finding(
        kind=one.kind,
        text=one.says(Strength.WEAK, None),
        hyperparameters=one.hyperparameters,
        effect=one.effect[0],
        low=one.effect[1],
        high=one.effect[2],
        unit=one.unit,
        p_adjusted=1.0,
        n=one.n,
        strength=Strength.WEAK,
        exception=None,
        compared_with=one.compared_with,
        picture=one.picture(),
    )
