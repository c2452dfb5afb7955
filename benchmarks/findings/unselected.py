"""Every candidate that a table allows, said or not: what their intervals and p-values are without any choice."""

from __future__ import annotations

from collections.abc import Iterator

from hpi.effects import Outcome
from hpi.statements.basis import Basis, Candidate
from hpi.statements.contrasts import contrasts
from hpi.statements.finding import Finding, Strength
from hpi.statements.interactions import interactions
from hpi.statements.pairs import tables_of
from hpi.statements.top import top
from hpi.statements.trends import one_way, trends
from hpi.statements.trials import Trials
from hpi.statements.words import Tone
from hpi.subspace import Sample


def unselected(sample: Sample, outcome: Outcome) -> Iterator[Finding]:
    """Return a sentence for every ordered hyperparameter and every two levels."""
    trials = Trials.of(sample)
    basis = Basis.of(trials, trials, outcome, None)
    ordered = [j for j, groups in enumerate(basis.groups) if groups.is_ordered and groups.n_compared > 1]
    for one in (*(one_way(basis, j) for j in ordered), *contrasts(basis)):
        if one.effect[1] < one.effect[2]:
            yield _said(one)


def p_values(sample: Sample, outcome: Outcome) -> Iterator[tuple[str, float]]:
    """Return kind and p-value of every candidate but exceptions, before they are corrected for each other."""
    trials = Trials.of(sample)
    basis = Basis.of(trials, trials, outcome, None)
    for one in (*trends(basis), *contrasts(basis), *top(basis), *interactions(basis, tables_of(basis))):
        yield str(one.kind), float(one.p)


def _said(one: Candidate) -> Finding:
    return Finding(
        kind=one.kind,
        text=one.says(Tone.UNSURE, None),
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
