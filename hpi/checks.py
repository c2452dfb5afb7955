"""What a reader must know before believing a bar: thin targets, ties, trials that an optimiser chose."""

from __future__ import annotations

import numpy as np

from hpi.errors import EstimatorError
from hpi.subspace import Sample

FEWEST_TARGET = 8
FEW_TARGET = 20
FEWEST_REGION = 16
FEWEST_REST = 2
TIES_WORTH_SAYING = 1.2


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
    found, loss = _independent(sample, sample.whole.region), sample.design.loss
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
            f"The metric has the same value in all {sample.whole.trials:,} trials: no trial is better than another. "
            "Choose another metric or widen the filters."
        )
    if loss[0] == loss[sample.n_region - 1]:
        raise EstimatorError(
            f"The metric has the same value in all {sample.whole.region:,} trials of the region: there is nothing to "
            "explain. Raise the region."
        )


def _refuse_target(sample: Sample) -> None:
    _, region, target = sample.whole
    if target == region:
        raise EstimatorError(
            f"Target and region are the same {region:,} trials (equal metric values are kept together): "
            "there is nothing to compare. Raise the region or lower the target."
        )
    found = _independent(sample, target)
    if found < FEWEST_TARGET:
        raise EstimatorError(
            f"The target holds {_counted(found, sample)}; at least {FEWEST_TARGET} are needed for a number. "
            "Raise the target or widen the filters."
        )
    if region - target < FEWEST_REST:
        raise EstimatorError(
            f"Target and region differ by {region - target} trial; at least {FEWEST_REST} are needed "
            "to compare with. Raise the region or lower the target."
        )


def warnings(sample: Sample, uses_target: bool = True) -> tuple[str, ...]:
    """Return a sentence for each reason to read the result with care."""
    thin = _thin_target(sample) if uses_target else None
    found = (thin, *_ties(sample, uses_target), _adaptive(sample))
    return tuple(sentence for sentence in found if sentence is not None)


def standing(sample: Sample) -> str | None:
    """Say how many trials stand for how many, where they do."""
    if sample.tallies is None:
        return None
    return (
        f"From {len(sample.design):,} of {sample.whole.trials:,} trials, drawn evenly over the metric: what that costs "
        "is in the intervals."
    )


def _independent(sample: Sample, size: int) -> int:
    """Count the best `size` trials, or their configurations where several trials of one are kept."""
    unit = sample.design.unit
    return size if unit is None else len(np.unique(unit[:size]))


def _counted(n: int, sample: Sample) -> str:
    what = "trial" if sample.design.unit is None else "configuration"
    return f"{n} {what}{'' if n == 1 else 's'}"


def _thin_target(sample: Sample) -> str | None:
    n = _independent(sample, sample.whole.target)
    if n >= FEW_TARGET:
        return None
    return (
        f"Only {n} trials are in the target (20 or more are wanted): weak and narrow effects "
        "cannot be seen, and importances come out too low."
    )


def _ties(sample: Sample, uses_target: bool) -> list[str]:
    sentences = []
    parts = zip(("region", "target"), sample.whole[1:], sample.wanted, strict=True)
    for word, size, wanted in list(parts)[: 2 if uses_target else 1]:
        if size > TIES_WORTH_SAYING * wanted:
            sentences.append(
                f"Equal metric values at its threshold enlarge the {word} from {wanted:,} to {size:,} trials: "
                f"it is the best {100 * size / sample.whole.trials:.3g}\u00a0% of trials."
            )
    return sentences


def _adaptive(sample: Sample) -> str | None:
    names = sample.design.drifting
    if names is None:
        return None
    return (
        f"Later trials are better than earlier ones and lie elsewhere ({', '.join(names)}): an "
        "optimiser seems to have chosen them. Read the importances as those within the trials that were run; what "
        "was settled early looks less important, and the noise floor is too low."
    )
