"""Sentences about curves with the other hyperparameters held fixed, as plain text: names are data, no Markdown."""

from __future__ import annotations

import numpy as np

from hpi.effects import AdjustedEffects, Held, Joint
from hpi.space import Hyperparameter
from pages.words import BLANK, FEW, percent

NOT_ALIKE = (
    "There the other hyperparameters are not spread as elsewhere. So trials were not drawn independently, as in a "
    "random search, and the curve with the others held fixed is the one to read."
)
NOT_ALIKE_AMONG_BEST = (
    "There the other hyperparameters are not spread as elsewhere, which choosing the best trials alone can do. The "
    "curve with the others held fixed is the one to read."
)


def parting(adjusted: AdjustedEffects, hyperparameter: Hyperparameter) -> str | None:
    """Say where the mean of the trials parts from the curve with the others held fixed; None where there is none."""
    held = adjusted.of(hyperparameter.name)
    if held is None:
        return None
    if not held.parts.any():
        return (
            None if np.isnan(held.gap).all() else "The mean and this curve part nowhere by more than chance explains."
        )
    k = int(np.flatnonzero(held.parts)[np.abs(held.gap[held.parts]).argmax()])
    better = (held.gap[k] > 0) == adjusted.outcome.maximize
    how = f"{'better' if better else 'worse'} by {'up to ' if held.parts.sum() > 1 else ''}{abs(held.gap[k]):.2g}"
    where = _places(held, hyperparameter)
    chance = f"chance reaches {held.chance[k]:.2g}"
    why = NOT_ALIKE if adjusted.is_whole else NOT_ALIKE_AMONG_BEST
    return f"{where} the mean of the trials is {how} than {hyperparameter.name} alone makes it ({chance}). {why}"


def _places(held: Held, hyperparameter: Hyperparameter) -> str:
    """Name the places where the two part: At relu or tanh; Between 0.001 and 0.016."""
    if not hyperparameter.is_numeric:
        labels = [hyperparameter.levels[int(k)] for k in held.at[held.parts]]
        more = f" or {len(labels) - FEW} others" if len(labels) > FEW else ""
        return f"At {' or '.join(labels[:FEW])}{more}"
    steps = np.flatnonzero(np.diff(np.concatenate([[0], held.parts.astype(int), [0]])))
    ends = [(held.at[first], held.at[after - 1]) for first, after in zip(steps[::2], steps[1::2], strict=True)]
    said = [f"at {low:.4g}" if low == high else f"between {low:.4g} and {high:.4g}" for low, high in ends[:FEW]]
    more = " and elsewhere" if len(ends) > FEW else ""
    words = " and ".join(said) + more
    return words[:1].upper() + words[1:]


def beyond(joint: Joint, r2: float | None) -> str:
    """Say how much of what two do is left when both alone are taken out."""
    first, second = joint.names
    forest = "" if r2 is None else f" (R²{BLANK}{r2:.2f} on trials it has not seen)"
    if joint.share is None:
        return f"The forest's average prediction{forest} is the same everywhere on this map."
    part = percent(joint.share)
    return (
        f"Of what {first} and {second} do to the average prediction of a forest{forest}, {part} is left when both "
        "alone are taken out. It describes the forest; whether it is more than chance is what findings and pairs tell."
    )
