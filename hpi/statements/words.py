"""Sentences of findings, as plain text: names in them are data. A weak finding does not read like a strong one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

DIGITS = 2  # that matter, of half an interval
MOST_DIGITS = 5  # of the largest number
LARGE, SMALL = 1e6, 1e-4
NEAR_ONE = 2.0  # odds ratios


class Tone(StrEnum):
    """How a sentence reads: sure and large enough to matter; sure, and perhaps too small to matter; not so sure."""

    SURE = "sure"
    SLIGHT = "slight"
    UNSURE = "unsure"


def amount(value: float, low: float, high: float) -> str:
    """Write an estimate and its interval in the digits that the interval supports: 0.021 [0.012, 0.030]."""
    half = (high - low) / 2
    largest = max(abs(low), abs(high), abs(value))
    if not math.isfinite(half):
        return f"{value:.2g}"
    if largest >= LARGE or 0 < largest < SMALL:
        return f"{value:.2e} [{low:.2e}, {high:.2e}]"
    wanted = DIGITS - 1 - math.floor(math.log10(half)) if half > 0 else MOST_DIGITS
    most = MOST_DIGITS - 1 - (math.floor(math.log10(largest)) if largest > 0 else 0)
    places = max(0, min(wanted, most))
    a, b, c = (f"{round(one, places) + 0.0:.{places}f}" for one in (value, low, high))
    return f"{a} [{b}, {c}]"


def odds(value: float, low: float, high: float) -> str:
    """Write an odds ratio and its interval, each in two digits that matter, near 1 in three: 4.1 [1.03, 16]."""
    return f"{fold(value)} [{fold(low)}, {fold(high)}]"


def fold(value: float) -> str:
    """Write one odds ratio."""
    return f"{float(f'{value:.{3 if value < NEAR_ONE else 2}g}'):,.15g}"


def some(value: float) -> str:
    """Write a number in two digits that matter."""
    if value == 0 or LARGE > abs(value) >= SMALL:
        places = 0 if value == 0 else max(0, 1 - math.floor(math.log10(abs(value))))
        return f"{value:.{places}f}"
    return f"{value:.1e}"


def is_(tone: Tone) -> str:
    """Return the verb before a comparison: is (slightly) better, seems better."""
    return {Tone.SURE: "is", Tone.SLIGHT: "is slightly", Tone.UNSURE: "seems"}[tone]


def seems(tone: Tone) -> str:
    """Return the verb for what is so."""
    return "seems" if tone is Tone.UNSURE else "is"


def except_(exception: str | None) -> str:
    """Return the words that say where it is the other way round."""
    return "" if exception is None else f"; except with {exception}, where it is the other way round"


def stretch(first: str, last: str, alone: str = "at") -> str:
    """Say between which values: between 1e-4 and 3e-3, or at 3; `alone` stands before a single value."""
    return f"{alone} {first}" if first == last else f"between {first} and {last}"


def listed(words: Sequence[str]) -> str:
    """Join words: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def of_trials(n: int, all_: int) -> str:
    """Write a part of a number of trials: 108 of 120."""
    return f"{n:,} of {all_:,}"
