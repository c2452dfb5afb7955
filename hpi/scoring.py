"""One question, one answer: guards, estimator, chance, provenance (public name: hpi.importance)."""

from __future__ import annotations

import math
from numbers import Integral

import numpy as np
from threadpoolctl import threadpool_limits

from hpi import chance, checks
from hpi.errors import EstimatorError
from hpi.estimators import Coefficient, Estimate, Estimator, Pairs, Report, quiet, resolve
from hpi.results import ImportanceResult, PairScore, Question, Score, known
from hpi.roles import Direction
from hpi.space import Floats
from hpi.subspace import Sample, Subspace, asked
from hpi.table import TrialTable
from hpi.version import VERSION

NO_SIGNAL = "No signal: no hyperparameter can be told apart from chance here. {change}"
ALONE = "{advice}, or take it that none of them decides alone."
IN_PAIRS = "But {first} and {second} can, together: see the pairs."


def importance(
    table: TrialTable,
    *,
    estimator: Estimator | type[Estimator] | str | None = None,
    subspace: Subspace | None = None,
    seed: int = 0,
) -> ImportanceResult:
    """Say which hyperparameters decide whether a trial of the region is in the target.

    Parameters
    ----------
    table
        The trials; metric and direction must be known.
    estimator
        One of `hpi.ESTIMATORS`, or its name, or it with its settings; PED-ANOVA where none is given.
    subspace
        Region, target and filters; all trials and their best tenth where none is given.
    seed
        Seed of everything random; the same seed gives the same result.

    Raises
    ------
    TableError
        If metric or direction is not known, or no column is a hyperparameter.
    SubspaceError
        If a filter names an unknown column or leaves nothing.
    EstimatorError
        If fewer than 8 trials are in the target or 16 in the region, the metric is constant, or target and region are
        the same trials.
    """
    if not isinstance(seed, Integral) or seed < 0:
        raise EstimatorError(f"seed is {seed!r}; it must be 0 or a positive whole number.")
    return score(*asked(table, subspace or Subspace()), resolve(estimator), int(seed))


def score(table: TrialTable, sample: Sample, estimator: Estimator, seed: int) -> ImportanceResult:
    """Do the same for a sample that was selected from the table before."""
    return answer(table, sample, estimator, seed, estimate(sample, estimator, seed))


def estimate(sample: Sample, estimator: Estimator, seed: int, report: Report = quiet) -> Estimate:
    """Return what the estimator says of a sample, where it can be asked at all: the part that may be slow."""
    checks.refuse(sample, estimator.uses_target)
    # One thread for small matrices: several wait for each other, and the last digit depends on their number.
    with threadpool_limits(limits=1, user_api="blas"):
        return estimator.estimate(sample, np.random.default_rng(seed), report)


def answer(table: TrialTable, sample: Sample, estimator: Estimator, seed: int, estimate: Estimate) -> ImportanceResult:
    """Compare an estimate with chance and put it together with its provenance."""
    scores = _scores(sample, estimate)
    pairs = _pairs(sample, estimate.pairs)
    part = None if estimator.counts_all else checks.standing(sample)
    found = (*filter(None, [part]), *checks.warnings(sample, estimator.uses_target))
    warnings = (*_no_signal(scores, pairs, estimator.uses_target), *estimate.warnings, *found, *table.notices)
    assert table.metric is not None
    assert table.direction is not None
    return ImportanceResult(
        rows=table.n_rows,
        used=sample.whole.trials,
        excluded=_excluded(table, sample),
        metric=table.metric,
        direction=str(table.direction),
        subspace=_question(sample),
        estimator=estimator.name,
        settings=(*estimator.settings.items(), *estimate.facts),
        hyperparameters=scores,
        pairs=pairs,
        warnings=warnings,
        seed=seed,
        fingerprint=table.fingerprint,
        version=VERSION,
        coefficients=_of_metric(estimate.coefficients, table.direction),
    )


def _of_metric(coefficients: tuple[Coefficient, ...], direction: Direction) -> tuple[Coefficient, ...]:
    """Return coefficients of the loss with the sign of the metric itself."""
    if direction is not Direction.MAXIMIZE:
        return coefficients
    return tuple(Coefficient(c.terms, -c.value, -c.high, -c.low) for c in coefficients)


def _question(sample: Sample) -> Question:
    subspace = sample.subspace
    assert subspace.target is not None
    where = tuple(str(condition) for condition in subspace.where)
    return Question(subspace.region, subspace.target, sample.whole.region, sample.whole.target, where)


def _excluded(table: TrialTable, sample: Sample) -> tuple[tuple[str, int], ...]:
    filtered_out = table.n_trials - sample.whole.trials
    return (*table.excluded, *((("outside the filters", filtered_out),) if filtered_out else ()))


def _scores(sample: Sample, estimate: Estimate) -> tuple[Score, ...]:
    """One score a hyperparameter, strongest first, those without a number last."""
    verdict = chance.compare(estimate)
    share = _shares(estimate.importance, bool(verdict.detectable.any()))
    scores = [
        Score(
            name=hyperparameter.name,
            importance=known(estimate.importance[j]),
            low=known(estimate.low[j]),
            high=known(estimate.high[j]),
            share=known(share[j]),
            floor=known(verdict.floor[j]),
            p_value=known(verdict.p_value[j]),
            detectable=bool(verdict.detectable[j]),
            note=estimate.notes[j],
            raw=None if estimate.raw is None else known(estimate.raw[j]),
        )
        for j, hyperparameter in enumerate(sample.design.hyperparameters)
    ]
    return tuple(sorted(scores, key=_strength))


def _no_signal(scores: tuple[Score, ...], pairs: tuple[PairScore, ...], uses_target: bool) -> tuple[str, ...]:
    """Say that nothing stands out, where that is known, and which pair does."""
    tested = [score for score in scores if score.p_value is not None]
    if not tested or any(score.detectable for score in tested):
        return ()
    pair = next((pair for pair in pairs if pair.detectable), None)
    if pair is not None:
        return (NO_SIGNAL.format(change=IN_PAIRS.format(first=pair.names[0], second=pair.names[1])),)
    advice = "Widen the target or add trials" if uses_target else "Ask among more trials"
    return (NO_SIGNAL.format(change=ALONE.format(advice=advice)),)


def _pairs(sample: Sample, pairs: Pairs | None) -> tuple[PairScore, ...]:
    """One score a pair, strongest first; none where the method has no pairs."""
    if pairs is None:
        return ()
    verdict = chance.compare(pairs)
    only_tested = ~np.isnan(pairs.statistic) & np.isnan(pairs.importance)
    names = [hyperparameter.name for hyperparameter in sample.design.hyperparameters]
    scores = [
        PairScore(
            names=(names[first], names[second]),
            importance=known(pairs.importance[i]),
            low=known(pairs.low[i]),
            high=known(pairs.high[i]),
            floor=known(verdict.floor[i]),
            p_value=known(verdict.p_value[i]),
            detectable=bool(verdict.detectable[i]),
            reading=pairs.reading_of(i),
        )
        for i, (first, second) in enumerate(pairs.columns)
        if not only_tested[i]
    ]
    return tuple(sorted(scores, key=_strength))


def _strength(score: Score | PairScore) -> tuple[float, float, tuple[str, ...]]:
    names = score.names if isinstance(score, PairScore) else (score.name,)
    if score.importance is None:
        return (2.0, 2.0, names)
    return (-score.importance, 2.0 if score.p_value is None else score.p_value, names)


def _shares(importance: Floats, any_signal: bool) -> Floats:
    """Importances over their sum; all unknown where nothing can be told from chance."""
    total = math.fsum(importance[~np.isnan(importance)])  # exact, so the order of columns does not matter
    return importance / total if any_signal and total > 0 else np.full(len(importance), np.nan)
