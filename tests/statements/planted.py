"""Trials with planted effects, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hpi.effects import Outcome
from hpi.space import Design, Hyperparameter, Kind
from hpi.statements import Finding, FindingKind, Findings, state
from hpi.statements.basis import Basis
from hpi.statements.trials import Trials
from hpi.subspace import Sample, Subspace, cut
from tests.makers import design


def sample(
    columns: Mapping[str, np.ndarray],
    loss: np.ndarray,
    unit: np.ndarray | None = None,
    region: float = 1.0,
    target: float | None = None,
) -> Sample:
    return cut(design(columns, loss, unit), Subspace(region, target))


def said(
    columns: Mapping[str, np.ndarray],
    loss: np.ndarray,
    tolerance: float | None = None,
    maximize: bool = False,
    **selection,
) -> Findings:
    """What is said of a metric called score; `loss` is the loss also where the metric is to be maximized."""
    return state(sample(columns, loss, **selection), Outcome("score", maximize), tolerance)


def basis(columns: Mapping[str, np.ndarray], loss: np.ndarray, tolerance: float | None = None, **selection) -> Basis:
    trials = Trials.of(sample(columns, loss, **selection))
    return Basis.of(trials, trials, Outcome("score", maximize=False), tolerance)


def of_kind(findings: Findings, kind: FindingKind, *names: str) -> list[Finding]:
    """The findings of a kind; where names are given, those about exactly these, in any order."""
    return [
        finding
        for finding in findings.findings
        if finding.kind is kind and (not names or set(names) == set(finding.hyperparameters))
    ]


def only(findings: Findings, kind: FindingKind, *names: str) -> Finding:
    """The one finding of its kind; that it is one is tested as well."""
    (found,) = of_kind(findings, kind, *names)
    return found


def declared(hyperparameters: tuple[Hyperparameter, ...], columns: Mapping[str, object], loss: np.ndarray) -> Sample:
    return cut(Design.build(hyperparameters, pd.DataFrame(dict(columns)), np.asarray(loss, dtype=float)), Subspace())


def evenly(n: int, rng: np.random.Generator, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """One value in the middle of each of n equal parts, in any order: no sampling noise in what groups hold."""
    return low + (high - low) * (rng.permutation(n) + 0.5) / n


def fairly(levels: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """Levels that stand between blanks, each in as many trials as the others, in any order."""
    names = levels.split()
    return rng.permutation(np.resize(np.array(names, dtype=object), n))


def ordinal(name: str, levels: str) -> Hyperparameter:
    return Hyperparameter(name, Kind.ORDINAL, levels=tuple(levels.split()))
