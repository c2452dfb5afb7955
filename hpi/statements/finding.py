"""What a table says: sentences with their evidence, and the picture that shows each of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PLAIN = ("kind", "text", "hyperparameters", "effect", "low", "high", "unit", "p_adjusted", "n", "strength")


class FindingKind(StrEnum):
    """What a finding says of hyperparameters."""

    TREND = "trend"
    CONTRAST = "contrast"
    EXCEPTION = "exception"
    INTERACTION = "interaction"
    TOP = "reaching the top"
    SAME = "no difference"


class Strength(StrEnum):
    """How sure a finding is, and that it is large enough to matter; its words follow."""

    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True)
class Point:
    """A group of trials in a picture: what they reach, from `low` to `high` with 95 % confidence.

    `marked`: the sentence speaks of this group.
    """

    label: str
    value: float
    low: float
    high: float
    n: int
    marked: bool = False


@dataclass(frozen=True)
class Line:
    """Groups of one hyperparameter, in its order; `name` says among which trials, and is "" where it is all of them."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Picture:
    """Groups of the hyperparameter `across`, and what is measured of each.

    `measured` names the values: the metric, or a share of trials. `is_share`: they lie in [0, 1] and are shown in
    percent. `ordered`: the groups follow each other, so a line may join them.
    """

    across: str
    measured: str
    lines: tuple[Line, ...]
    ordered: bool
    is_share: bool = False


@dataclass(frozen=True)
class Finding:
    """A sentence and its evidence.

    Attributes
    ----------
    kind, text, hyperparameters
        The sentence, as plain text: names in it are data.
    effect, low, high
        In `unit` (the metric's own, or an odds ratio), positive is better (odds above 1); 95 % interval.
    p_adjusted
        Corrected for everything that was looked at (Benjamini and Hochberg).
    n
        Trials that the effect rests on; configurations where several trials of one are kept.
    strength
        Whether it is sure and matters.
    exception
        Where it is the other way round, as words: architecture = resnet; None where nothing such was found.
    compared_with
        What the effect is measured against, as words.
    picture
        The numbers that it rests on.
    by_scale
        Whether an interaction is there on the metric's own scale and not in the ranks of the trials.
    """

    kind: FindingKind
    text: str
    hyperparameters: tuple[str, ...]
    effect: float
    low: float
    high: float
    unit: str
    p_adjusted: float
    n: int
    strength: Strength
    exception: str | None
    compared_with: str
    picture: Picture
    by_scale: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        plain = {key: _known(getattr(self, key)) for key in PLAIN}
        return plain | {
            "kind": str(self.kind),
            "hyperparameters": list(self.hyperparameters),
            "strength": str(self.strength),
            "except": self.exception,
        }


@dataclass(frozen=True)
class Findings:
    """Everything that a table says, strongest first, and what it cannot say.

    Attributes
    ----------
    findings
        Strongest first; those that say "no difference" last.
    cannot_say
        Why something is missing or to be read with care, a sentence each.
    candidates
        How many sentences were looked at, and corrected for.
    metric, tolerance
        What effects are in, and which difference in it does not matter; None where that is not known.
    n_trials
        Trials of the region.
    """

    findings: tuple[Finding, ...]
    cannot_say: tuple[str, ...]
    candidates: int
    metric: str
    tolerance: float | None
    n_trials: int

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        return {
            "findings": [finding.to_dict() for finding in self.findings],
            "cannot_say": list(self.cannot_say),
            "candidates": self.candidates,
        }

    def about(self, name: str) -> tuple[Finding, ...]:
        """Return the findings that name a hyperparameter, strongest first."""
        return tuple(finding for finding in self.findings if name in finding.hyperparameters)


def _known(value: Any) -> Any:  # noqa: ANN401
    """Return a value as JSON has it: None where it is a number that is not known."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
