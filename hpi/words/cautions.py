"""Worth knowing: what to be careful about and how good the model is, as plain text: names are data."""

from __future__ import annotations

from collections.abc import Sequence

from hpi.checks import TIES_WORTH_SAYING
from hpi.estimators import by_name
from hpi.results import ImportanceResult
from hpi.subspace import Sample
from hpi.words.parts import found_parts
from hpi.words.writing import listed, percent

MOST_NAMES = 6
NOTHING = "Nothing to be careful about was found."
WEIGHTS = (
    "The bars are weights, cut at 0, and shares are those over their sum. The file of the bars holds the weights as "
    "they are, negative ones too, in its column raw."
)


def worth_knowing(result: ImportanceResult) -> list[str]:
    """Say what to be careful about: warnings, the model, what no bar shows, and what rests on a part of the trials."""
    return [*result.warnings, *_model(result), *_together(result), *_notes(result)]


def _model(result: ImportanceResult) -> list[str]:
    """Say how well a model predicts, or what its numbers are, as far as no warning says it."""
    known = dict(result.settings)
    r2, reading = known.get("out_of_bag_r2"), known.get("reading")
    said = []
    if r2 is not None and any(score.importance is not None for score in result.hyperparameters):
        predicted = percent(max(r2, 0.0))
        said.append(f"The forest explains {predicted} of the variance of trials it has not seen (out-of-bag R²).")
    if known.get("normalisation") == "share_clip":
        said.append(WEIGHTS)
    if reading is not None and reading not in result.warnings:
        said.append(str(reading))
    return said


def _together(result: ImportanceResult) -> list[str]:
    """Say how much all bars leave open, where their sum says something: within a region they overlap."""
    total = sum(score.importance or 0 for score in result.hyperparameters)
    adds_up = by_name(result.estimator).uses_target and found_parts(result)[0] == 1
    if not adds_up or not result.detectable or total > 1 or len(result.hyperparameters) == 1:
        return []
    return [
        f"Each bar is what one hyperparameter explains alone. Together they come to {percent(total)}; the rest "
        "lies in combinations of them, and in noise."
    ]


def _notes(result: ImportanceResult) -> list[str]:
    """Say why there is no bar, and on which trials one rests; those of whom the same is said share a line."""
    names: dict[str, list[str]] = {}
    warned = " ".join(result.warnings).lower()
    for score in result.hyperparameters:
        if score.note and score.note not in warned and (score.detectable or score.importance is None):
            names.setdefault(score.note, []).append(score.name)
    return [f"{_some(of)}: {note}." for note, of in names.items()]


def _some(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMES + 1:
        return listed(names)
    return listed([*names[:MOST_NAMES], f"{len(names) - MOST_NAMES} others"])


def ties(sample: Sample, uses_target: bool = True) -> list[str]:
    """Say how many trials equal values at a threshold add, where that is too few for a warning of its own."""
    both = zip(("region", "target"), sample.whole[1:], sample.wanted, strict=True)
    parts = list(both)[::-1] if uses_target else list(both)[:1]
    return [
        f"Equal values at its threshold are kept together, so the {part} holds {size:,} trials instead of {wanted:,}."
        for part, size, wanted in parts
        if wanted < size <= TIES_WORTH_SAYING * wanted
    ]
