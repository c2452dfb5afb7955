"""What is compared of a hyperparameter: its importance, or its share of what all of them have.

A share is a / (a + o), o the sum of the others. It grows with a and falls with o, so its lower end lies where a is at
its lower end or o at its upper one: the two distances are squared and added, as for a difference (Zou and Donner 2008,
doi:10.1002/sim.3095). The ends of o are those of a sum, by the same rule. The whole is what those hyperparameters have
that both answers have a number for, so that one more in either does not make all others seem smaller.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hpi.results import ImportanceResult, Score

ELSEWHERE = "the other answer has no number"
NO_SHARES = "nothing there is told apart from chance, so there are no shares"


@dataclass(frozen=True)
class Valued:
    """One hyperparameter's importance or share in one answer, with its 95 % interval; None is unknown.

    `detectable`: told apart from chance; `tested`: compared with chance at all; `note`: why there is no value.
    """

    value: float | None
    low: float | None
    high: float | None
    detectable: bool
    tested: bool
    note: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is a value with both ends."""
        return None not in (self.value, self.low, self.high)


def importances(result: ImportanceResult) -> Mapping[str, Valued]:
    """Return the importance of every hyperparameter, by name."""
    return {score.name: _valued(score, score.importance, score.low, score.high) for score in result.hyperparameters}


def shares(result: ImportanceResult, among: Collection[str]) -> Mapping[str, Valued]:
    """Return the share of every hyperparameter in what those `among` have, by name.

    None is known where nothing is told from chance, nor that of one that is not `among` them.
    """
    whole = [score for score in result.hyperparameters if score.name in among]
    return {score.name: _share(score, whole, bool(result.detectable)) for score in result.hyperparameters}


def _valued(score: Score, value: float | None, low: float | None, high: float | None) -> Valued:
    note = None if value is not None else score.note or "it could not be estimated"
    return Valued(value, low, high, score.detectable, score.p_value is not None, note)


def _share(score: Score, whole: list[Score], any_signal: bool) -> Valued:
    others = [one for one in whole if one.name != score.name]
    total = math.fsum(one.importance or 0.0 for one in whole)
    if score.importance is None:
        return _valued(score, None, None, None)
    if score not in whole or not any_signal or total <= 0:
        note = NO_SHARES if score in whole else ELSEWHERE
        return Valued(None, None, None, score.detectable, score.p_value is not None, note)
    ends = (None, None) if any(map(_unsure, whole)) else _ends(score, others)
    return _valued(score, score.importance / total, *ends)


def _unsure(score: Score) -> bool:
    return score.low is None or score.high is None


def _ends(score: Score, others: list[Score]) -> tuple[float, float]:
    """Return both ends of a share."""
    a, low, high = (float(end or 0.0) for end in (score.importance, score.low, score.high))
    total = math.fsum(one.importance or 0.0 for one in others)
    below = math.hypot(*sorted(max(0.0, (one.importance or 0.0) - (one.low or 0.0)) for one in others))
    above = math.hypot(*sorted(max(0.0, (one.high or 0.0) - (one.importance or 0.0)) for one in others))
    share = _part(a, total)
    down = math.hypot(share - _part(low, total), share - _part(a, total + above))
    up = math.hypot(_part(high, total) - share, _part(a, max(0.0, total - below)) - share)
    return max(0.0, share - down), min(1.0, share + up)


def _part(a: float, others: float) -> float:
    """Return a's part of the whole; all of it where there is nothing else."""
    return a / (a + others) if others > 0 else 1.0
