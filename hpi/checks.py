"""What a reader must know before believing a bar: thin targets, ties, trials that an optimiser chose."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, kolmogorov, ndtr

from hpi.errors import EstimatorError
from hpi.space import Design, Floats, Mask
from hpi.subspace import Sample

FEWEST_TARGET = 8
FEW_TARGET = 20
FEWEST_REGION = 16
FEWEST_REST = 2
TIES_WORTH_SAYING = 1.2
SURE = 1e-3
SORTED = 0.9
FEW_CHANGES = 0.25
SPLITS = (1 / 5, 1 / 3, 1 / 2)


def refuse(sample: Sample, uses_target: bool = True) -> None:
    """Raise where no estimator could answer.

    All are alike: a target that was asked for must make sense also where the estimator does not compare it. One that
    nobody asked for matters only to those that do.

    Raises
    ------
    EstimatorError
        If the metric is constant, in all trials or in the region; if the region holds fewer than 16 trials (or
        configurations) or the target fewer than 8; if the target is the whole region or all but one trial of it.
    """
    _refuse_region(sample)
    if uses_target or sample.target_asked:
        _refuse_target(sample)


def _refuse_region(sample: Sample) -> None:
    found, loss = _independent(sample, sample.n_region), sample.design.loss
    if found < FEWEST_REGION and sample.n_region == len(loss):
        raise EstimatorError(
            f"There are {_counted(found, sample)} that count; at least {FEWEST_REGION} are needed for a number. "
            "Widen the filters, if there are any, or see on the page Data which rows were left out, and why."
        )
    if found < FEWEST_REGION:
        raise EstimatorError(
            f"The region holds {_counted(found, sample)}; at least {FEWEST_REGION} are needed for a number. "
            "Raise the region or widen the filters."
        )
    if loss[0] == loss[-1]:
        raise EstimatorError(
            f"The metric has the same value in all {len(loss):,} trials: no trial is better than another. "
            "Choose another metric or widen the filters."
        )
    if loss[0] == loss[sample.n_region - 1]:
        raise EstimatorError(
            f"The metric has the same value in all {sample.n_region:,} trials of the region: there is nothing to "
            "explain. Raise the region."
        )


def _refuse_target(sample: Sample) -> None:
    if sample.n_target == sample.n_region:
        raise EstimatorError(
            f"Target and region are the same {sample.n_region:,} trials (equal metric values are kept together): "
            "there is nothing to compare. Raise the region or lower the target."
        )
    found = _independent(sample, sample.n_target)
    if found < FEWEST_TARGET:
        raise EstimatorError(
            f"The target holds {_counted(found, sample)}; at least {FEWEST_TARGET} are needed for a number. "
            "Raise the target or widen the filters."
        )
    if sample.n_region - sample.n_target < FEWEST_REST:
        raise EstimatorError(
            f"Target and region differ by {sample.n_region - sample.n_target} trial; at least {FEWEST_REST} are needed "
            "to compare with. Raise the region or lower the target."
        )


def warnings(sample: Sample, uses_target: bool = True) -> tuple[str, ...]:
    """Return a sentence for each reason to read the result with care."""
    thin = _thin_target(sample) if uses_target else None
    found = (thin, *_ties(sample, uses_target), _adaptive(sample))
    return tuple(sentence for sentence in found if sentence is not None)


def _independent(sample: Sample, size: int) -> int:
    """Count the best `size` trials, or their configurations where several trials of one are kept."""
    unit = sample.design.unit
    return size if unit is None else len(np.unique(unit[:size]))


def _counted(n: int, sample: Sample) -> str:
    what = "trial" if sample.design.unit is None else "configuration"
    return f"{n} {what}{'' if n == 1 else 's'}"


def _thin_target(sample: Sample) -> str | None:
    n = _independent(sample, sample.n_target)
    if n >= FEW_TARGET:
        return None
    return (
        f"Only {n} trials are in the target (20 or more are wanted): weak and narrow effects "
        "cannot be seen, and importances come out too low."
    )


def _ties(sample: Sample, uses_target: bool) -> list[str]:
    sentences = []
    parts = zip(("region", "target"), (sample.n_region, sample.n_target), sample.wanted, strict=True)
    for word, size, wanted in list(parts)[: 2 if uses_target else 1]:
        if size > TIES_WORTH_SAYING * wanted:
            sentences.append(
                f"Equal metric values at its threshold enlarge the {word} from {wanted:,} to {size:,} trials: "
                f"it is the best {100 * size / len(sample.design):.3g}\u00a0% of trials."
            )
    return sentences


def _adaptive(sample: Sample) -> str | None:
    names = adaptive(sample)
    if names is None:
        return None
    return (
        f"Later trials are better than earlier ones and lie elsewhere ({', '.join(names)}): an "
        "optimiser seems to have chosen them. Read the importances as those within the trials that were run; what "
        "was settled early looks less important, and the noise floor is too low."
    )


def adaptive(sample: Sample) -> tuple[str, ...] | None:
    """Return hyperparameters whose later trials are better and drawn from other places, four at most; None where not.

    The trials are split after a fifth, a third and a half, since nobody knows when an optimiser began to aim.
    """
    design = sample.design
    if len(design) < 2 * FEW_TARGET or _sorted_by_loss(design.row):
        return None
    order = np.empty(len(design), dtype=np.int64)
    order[np.argsort(design.row)] = np.arange(len(design))
    drifting = {name for part in SPLITS for name in _drifting(design, order >= part * len(design))}
    return tuple(sorted(drifting)[:4]) or None


def _drifting(design: Design, late: Mask) -> list[str]:
    """Return the hyperparameters whose late values differ from the early ones, if late trials are better."""
    sure = SURE / len(SPLITS)
    if _later_is_better(design.loss, late) > sure:
        return []
    return [
        hyperparameter.name
        for j, hyperparameter in enumerate(design.hyperparameters)
        if _drift(design.x[:, j], late, hyperparameter.is_ordered) < sure / len(design.hyperparameters)
        and not _systematic(design.x[np.argsort(design.row), j])
    ]


def _systematic(x: Floats) -> bool:
    """Whether the values, in the order of the table, come in long runs or in order, as in the loops of a grid."""
    x = x[~np.isnan(x)]
    changes = np.diff(x) != 0
    shares = np.unique(x, return_counts=True)[1] / len(x)
    in_runs = changes.mean() < FEW_CHANGES * (1 - (shares**2).sum())
    return bool(in_runs or abs(np.sign(np.diff(x)).mean()) > SORTED)


def _sorted_by_loss(row: np.ndarray) -> bool:
    """Whether the order in the table, read best first, is more or less that of the metric itself."""
    return bool(abs(np.corrcoef(row, np.arange(len(row)))[0, 1]) > SORTED)


def _later_is_better(loss: Floats, late: Mask) -> float:
    """One-sided p-value of the Wilcoxon rank-sum test (normal approximation; ties at their mean rank)."""
    _, inverse, counts = np.unique(loss, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, n_late = len(loss), int(late.sum())
    variance = n_late * (n - n_late) / (n - 1) * rank.var()
    return float(ndtr((rank[late].sum() - n_late * rank.mean()) / np.sqrt(variance)))


def _drift(x: Floats, late: Mask, ordered: bool) -> float:
    """p-value that early and late values share one distribution: Kolmogorov-Smirnov, or chi-squared for labels."""
    active = ~np.isnan(x)
    values, code = np.unique(x[active], return_inverse=True)
    is_late = late[active]
    n_late, n_early = int(is_late.sum()), int((~is_late).sum())
    if len(values) < 2 or min(n_late, n_early) < FEW_TARGET:
        return 1.0
    after = np.bincount(code, weights=is_late, minlength=len(values))
    total = np.bincount(code, minlength=len(values))
    if ordered:
        distance = np.abs(np.cumsum(after) / n_late - np.cumsum(total - after) / n_early).max()
        return float(kolmogorov(distance * np.sqrt(n_late * n_early / (n_late + n_early))))
    expected = total * n_late / len(is_late)
    return float(chdtrc(len(values) - 1, ((after - expected) ** 2 / expected * (len(is_late) / n_early)).sum()))
