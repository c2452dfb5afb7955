"""One question, one answer: guards, estimator, chance, provenance (public name: hpi.importance)."""

from __future__ import annotations

import math
from numbers import Integral

import numpy as np
from threadpoolctl import threadpool_limits

from hpi import chance, checks
from hpi.errors import EstimatorError
from hpi.estimators import Estimate, Estimator, resolve
from hpi.results import ImportanceResult, Question, Score, known
from hpi.space import Floats
from hpi.subspace import Sample, Subspace, select
from hpi.table import TrialTable
from hpi.version import VERSION

NO_SIGNAL = (
    "No signal: no hyperparameter can be told apart from chance here. "
    "Widen the target, add trials, or take it that none of them decides alone."
)


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
        If fewer than 8 trials are in the target, the metric is constant, or target and region are the same trials.
    """
    if not isinstance(seed, Integral) or seed < 0:
        raise EstimatorError(f"seed is {seed!r}; it must be 0 or a positive whole number.")
    return score(table, select(table, subspace or Subspace()), resolve(estimator), int(seed))


def score(table: TrialTable, sample: Sample, estimator: Estimator, seed: int) -> ImportanceResult:
    """Do the same for a sample that was selected from the table before."""
    checks.refuse(sample)
    # One thread for small matrices: several wait for each other, and the last digit depends on their number.
    with threadpool_limits(limits=1, user_api="blas"):
        estimate = estimator.estimate(sample, np.random.default_rng(seed))
    scores = _scores(sample, estimate)
    found = any(score.detectable for score in scores)
    warnings = (*(() if found else (NO_SIGNAL,)), *checks.warnings(sample), *table.notices)
    assert table.metric is not None
    assert table.direction is not None
    return ImportanceResult(
        rows=len(table.frame),
        used=len(sample.design),
        excluded=_excluded(table, sample),
        metric=table.metric,
        direction=str(table.direction),
        subspace=_question(sample),
        estimator=estimator.name,
        settings=tuple(estimator.settings.items()),
        hyperparameters=scores,
        pairs=(),
        warnings=warnings,
        seed=seed,
        fingerprint=table.fingerprint,
        version=VERSION,
    )


def _question(sample: Sample) -> Question:
    subspace = sample.subspace
    assert subspace.target is not None
    where = tuple(str(condition) for condition in subspace.where)
    return Question(subspace.region, subspace.target, sample.n_region, sample.n_target, where)


def _excluded(table: TrialTable, sample: Sample) -> tuple[tuple[str, int], ...]:
    filtered_out = len(table.trials) - len(sample.design)
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
        )
        for j, hyperparameter in enumerate(sample.design.hyperparameters)
    ]
    return tuple(sorted(scores, key=_strength))


def _strength(score: Score) -> tuple[float, float, str]:
    unknown = score.importance is None or score.p_value is None
    return (2.0, 2.0, score.name) if unknown else (-(score.importance or 0.0), score.p_value or 0.0, score.name)


def _shares(importance: Floats, any_signal: bool) -> Floats:
    """Importances over their sum; all unknown where nothing can be told from chance."""
    total = math.fsum(importance[~np.isnan(importance)])  # exact, so the order of columns does not matter
    return importance / total if any_signal and total > 0 else np.full(len(importance), np.nan)
