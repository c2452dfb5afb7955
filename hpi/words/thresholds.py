"""What is decided at which threshold, as plain text: names are data."""

from __future__ import annotations

import numpy as np

from hpi.checks import FEW_TARGET
from hpi.curve import Curve
from hpi.words.parts import found_part
from hpi.words.writing import BLANK

TITLE = "What is decided at which threshold?"
FLAT = 0.0005  # shown as 0.0 %


def said(found: Curve, used: int) -> str:
    """Say what explains most for narrow targets and for wide ones of all trials `used`, where that is sure."""
    if is_flat(found):
        return "No hyperparameter explains anything alone at any threshold: every bar would be 0."
    filled = np.flatnonzero(found.known & ~found.thin)
    if not len(filled):
        return f"Every target here holds fewer than {FEW_TARGET} trials: too few to tell thresholds apart."
    leaders = {i: leader for i in filled.tolist() if (leader := _leader(found, i)) is not None}
    alone = len(found.names) == 1
    if not leaders and alone:
        return f"At no threshold is it sure that {found.names[0]} explains anything."
    if not leaders:
        return "At no threshold does one hyperparameter surely explain more than every other."
    first, last = min(leaders), max(leaders)
    narrow, wide = (found.names[leaders[i]] for i in (first, last))
    parts = [found_part(float(found.targets[i]), int(found.n_target[i]), used) for i in (first, last)]
    ends = [f"the best {100 * part:.2g}{BLANK}%" for part in parts]
    if narrow != wide:
        return f"For {ends[0]} {narrow} explains most, for {ends[1]} {wide}: excellent is not decided as good is."
    often = sum(leader == leaders[first] for leader in leaders.values())
    how_many = "every one" if often == len(filled) else str(often)
    where = f"for {ends[0]}" if first == last else f"from {ends[0]} to {ends[1]}"
    return (
        f"{narrow} surely explains {'a part' if alone else 'most'} at {how_many} of {len(filled)} thresholds, {where}."
    )


def is_flat(found: Curve) -> bool:
    """Whether all lines lie on 0: there is nothing to draw."""
    return bool(np.nanmax(found.importance) < FLAT)


def _leader(found: Curve, i: int) -> int | None:
    """Return the column that surely explains more than every other at a target.

    Sure: the lower limit of the difference is above 0 (Zou and Donner 2008, doi:10.1002/sim.3095).
    """
    value, low, high = (np.nan_to_num(part[i]) for part in (found.importance, found.low, found.high))
    first = int(value.argmax())
    ahead = value[first] - value > np.hypot(value[first] - low[first], high - value)
    return first if np.delete(ahead, first).all() and low[first] > 0 else None
