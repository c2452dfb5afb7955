"""How numbers and names are written in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

BLANK = "\u00a0"  # does not break: the sign stays with its number


def percent(fraction: float) -> str:
    """Write a fraction with the digits it deserves: 41 %, 2.5 %, 0.1 %."""
    digits = 0 if fraction >= 0.1 or fraction == 0 else 1
    return f"{100 * fraction:.{digits}f}".removesuffix(".0") + f"{BLANK}%"


def share(value: float) -> str:
    """Write a fraction that somebody chose, as it was chosen: 12.5 %."""
    return f"{100 * value:.3g}{BLANK}%"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does: a, b and c."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def sentence_case(said: str, name: str) -> str:
    """Begin with a capital letter, but leave a name as it is."""
    return said if said.startswith(name) else said[:1].upper() + said[1:]
