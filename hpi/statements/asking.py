"""From trials to sentences: candidates of every kind, one correction for all of them, the strongest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from threadpoolctl import threadpool_limits

from hpi import checks
from hpi.effects import Outcome
from hpi.effects.outcome import outcome_of
from hpi.errors import EstimatorError
from hpi.estimators import Report, quiet
from hpi.roles import Role
from hpi.roles.by_others import DUPLICATE
from hpi.statements.basis import Basis, Candidate
from hpi.statements.choosing import effects, without_effects
from hpi.statements.contrasts import contrasts
from hpi.statements.exceptions import exceptions
from hpi.statements.finding import Finding, Findings, Strength
from hpi.statements.interactions import interactions
from hpi.statements.pairs import tables_of
from hpi.statements.same import same
from hpi.statements.silence import cannot_say
from hpi.statements.top import top
from hpi.statements.trends import trends
from hpi.statements.trials import Trials
from hpi.statements.words import Tone
from hpi.subspace import Sample, Subspace, asked, cut
from hpi.table import TrialTable
from hpi.table.notices import OBSERVED

SURE = 0.001  # adjusted p-value up to which a finding may be strong


def findings(table: TrialTable, *, subspace: Subspace | None = None, tolerance: float | None = None) -> Findings:
    """Say what the trials of the region show, in sentences with evidence, strongest first.

    Parameters
    ----------
    table
        The trials; metric and direction must be known.
    subspace
        Region, target and filters; all trials and their best tenth where none is given.
    tolerance
        A difference of the metric that does not matter, in its own unit; a tenth of its interquartile range where none
        is given.

    Raises
    ------
    TableError
        If metric or direction is not known, or no column is a hyperparameter.
    SubspaceError
        If a filter names an unknown column or leaves nothing.
    EstimatorError
        If fewer than 16 trials are in the region, the metric is constant there, or the tolerance is not above 0.
    """
    table, sample = asked(table, subspace or Subspace())
    return with_notices(state(sample, outcome_of(table)[0], tolerance), table)


def with_notices(found: Findings, table: TrialTable) -> Findings:
    """Return findings with what had to be done to the table, which bounds what can be said, too."""
    twins = [
        f"{column.name} is left out ({column.reason}): what is said of the one may be due to the other."
        for column in table.columns
        if column.role is Role.LEFT_OUT and (column.reason or "").startswith(DUPLICATE)
    ]
    done = [notice for notice in table.notices if notice != OBSERVED]
    if not twins and not done:
        return found
    return replace(found, cannot_say=(*found.cannot_say, *twins, *done))


def state(sample: Sample, outcome: Outcome, tolerance: float | None = None, report: Report = quiet) -> Findings:
    """Do the same for a sample that was selected from a table before, and what its loss stands for."""
    checks.refuse(sample, uses_target=False)
    if tolerance is not None and not 0 < tolerance < float("inf"):
        raise EstimatorError(
            f"tolerance is {tolerance}; it is a difference of {outcome.name} that does not matter, above 0."
        )
    # One thread for small matrices: several wait for each other, and the last digit depends on their number.
    with threadpool_limits(limits=1, user_api="blas"):
        return _stated(sample, outcome, tolerance, report)


def _stated(sample: Sample, outcome: Outcome, tolerance: float | None, report: Report) -> Findings:
    report(0.0, "holding the others fixed")
    trials = Trials.of(sample)
    drawn = trials if trials.region == 1 else Trials.of(cut(sample.design, replace(sample.subspace, region=1.0)))
    basis = Basis.of(trials, drawn, outcome, tolerance)
    mains = [*trends(basis), *contrasts(basis)]
    report(0.2, "exceptions")
    tables = tables_of(basis)
    candidates = [*mains, *top(basis), *exceptions(basis, mains, tables), *interactions(basis, tables, report)]
    equivalent = same(basis)
    report(0.95, "putting it in words")
    drifting = sample.design.drifting
    kept = effects(candidates)
    alike = without_effects(equivalent, kept)
    # What an optimiser chose, or what was drawn together with another, is never sure.
    unsure = frozenset(groups.name for groups in basis.groups) if drifting else basis.dependent
    sentences = _strong_first([_finding(one, p, unsure) for one, p in kept])
    sentences += [_finding(one, p, unsure) for one, p in alike]
    return Findings(
        findings=tuple(sentences),
        cannot_say=(*filter(None, [checks.standing(sample)]), *cannot_say(sample, basis, sentences, drifting)),
        candidates=len(candidates) + len(equivalent),
        metric=basis.measured,
        tolerance=basis.tolerance,
        n_trials=len(basis.trials),
    )


def _strong_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.strength is not Strength.STRONG)


def _finding(one: Candidate, p: float, unsure: frozenset[str]) -> Finding:
    is_sure = p <= SURE and unsure.isdisjoint(one.hyperparameters) and not one.by_scale
    tone = Tone.UNSURE if not is_sure else Tone.SURE if one.matters else Tone.SLIGHT
    return Finding(
        kind=one.kind,
        text=one.says(tone, one.exception),
        hyperparameters=one.hyperparameters,
        effect=one.effect[0],
        low=one.effect[1],
        high=one.effect[2],
        unit=one.unit,
        p_adjusted=p,
        n=one.n,
        strength=Strength.STRONG if tone is Tone.SURE else Strength.WEAK,
        exception=one.exception,
        compared_with=one.compared_with,
        picture=one.picture(),
        by_scale=one.by_scale,
    )
