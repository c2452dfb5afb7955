"""What a range that is drawn along the values of a picture means: a filter, its numbers as a person would type them."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

import numpy as np

from hpi.effects import Cut, OneEffect, TwoEffects
from hpi.effects.cuts import measure
from hpi.errors import SubspaceError
from hpi.figures.axes import is_upright
from hpi.filters import Between, Filter, OneOf, number
from hpi.space import Hyperparameter, Kind

Ends = tuple[float, float]

PARTS = 100  # of a linear axis; ends are rounded to fewer digits than would tell these apart
COARSEST = 1 / 40  # of a logarithmic axis: rounding moves an end by less
DIGITS = 12
SLIP = 0.01  # of an axis: who draws back a range to where it began wants none


def axis_of_values(effect: OneEffect) -> Literal["x", "y"]:
    """Return the axis along which the values lie, in both pictures of one hyperparameter."""
    return "x" if effect.levels is None or is_upright(effect.levels) else "y"


def is_slip(effect: OneEffect, ends: Ends) -> bool:
    """Whether a range along the values of one hyperparameter is too short to be meant."""
    if effect.levels is not None:
        return ends[1] - ends[0] < SLIP * len(effect.levels)
    first, last, low, high = measure(effect.hyperparameter, np.array([*ends, *effect.bounds]))
    return bool(last - first < SLIP * (high - low))


def is_slip_over(effect: TwoEffects, across: Ends, upwards: Ends) -> bool:
    """Whether a box over the heat map is too small to be meant."""
    sizes = zip((across, upwards), effect.cuts, strict=True)
    return all(ends[1] - ends[0] < SLIP * len(cut) for ends, cut in sizes)


def along_values(effect: OneEffect, ends: Ends) -> Filter | None:
    """Return the filter that a range along the values of one hyperparameter means; None where it holds all of them.

    Numbers are rounded outwards by less than a hundredth of the axis (a fortieth of a logarithmic one), whole numbers
    are those inside; levels are those whose middle lies inside, else the nearest.

    Raises
    ------
    SubspaceError
        If the range holds only trials in which the hyperparameter is inactive.
    """
    if effect.levels is None:
        return _between(effect.hyperparameter, ends, effect.bounds)
    is_inactive_shown = bool(np.isnan(effect.value).any())
    inside = _cells(effect.hyperparameter, ends, len(effect.levels), is_inactive_shown)
    return _one_of(effect.hyperparameter, effect.levels, inside)


def along_cells(effect: TwoEffects, which: int, ends: Ends) -> Filter | None:
    """Return the filter that a range along an axis of the heat map means; None where it holds all of its cells.

    `which` is 0 for the hyperparameter to the right and 1 for that upwards. The range means the cells whose middle lies
    inside, else the nearest; the ends of bins are rounded as those of `along_values`.

    Raises
    ------
    SubspaceError
        If the range holds only trials in which the hyperparameter is inactive.
    """
    hyperparameter, cut = effect.hyperparameters[which], effect.cuts[which]
    n_active = _n_active(cut)
    inside = _cells(hyperparameter, ends, n_active, n_active < len(cut))
    if cut.edges is None:
        return _one_of(hyperparameter, cut, inside)
    edges = [float(f"{edge:.{DIGITS}g}") for edge in cut.edges]
    return _between(hyperparameter, (edges[inside[0]], edges[inside[-1] + 1]), (edges[0], edges[-1]))


def _n_active(cut: Cut) -> int:
    """Count the cells of values; where trials are inactive, a last one holds them."""
    if cut.edges is not None:
        return len(cut.edges) - 1
    assert cut.values is not None
    return len(cut.values)


def _cells(hyperparameter: Hyperparameter, ends: Ends, n_active: int, is_inactive_shown: bool) -> list[int]:
    """Return the cells of values in a range, cell k at k; the inactive trials come last."""
    n_cells = n_active + is_inactive_shown
    middle = min(max(round(sum(ends) / 2), 0), n_cells - 1)
    inside = [k for k in range(n_cells) if ends[0] <= k <= ends[1]] or [middle]
    if inside == [n_active]:
        raise SubspaceError(
            f"This range holds only trials in which {hyperparameter.name} is inactive; a filter takes values, so draw "
            "it over some."
        )
    return [k for k in inside if k < n_active]


def _one_of(hyperparameter: Hyperparameter, cut: Cut, inside: list[int]) -> OneOf | None:
    """Return a filter on the levels of some cells; a level that has no cell of its own is in the last one."""
    assert cut.values is not None
    if len(inside) == len(cut.values):
        return None
    alone = [value for value in cut.values.tolist() if not math.isnan(value)]
    if hyperparameter.is_numeric:
        return OneOf(hyperparameter.name, tuple(number(cut.values[k]) for k in inside))
    rare = [k for k in range(len(hyperparameter.levels)) if k not in alone]
    places = [k for cell in inside for k in (rare if math.isnan(cut.values[cell]) else [int(cut.values[cell])])]
    return OneOf(hyperparameter.name, tuple(hyperparameter.levels[k] for k in places))


def _between(hyperparameter: Hyperparameter, ends: Ends, shown: Ends) -> Between | None:
    """Return a filter on a range of numbers, open where it reaches the end of what is shown."""
    low, high = (min(max(end, shown[0]), shown[1]) for end in ends)
    begin = _typed(hyperparameter, low, shown, ROUND_FLOOR, ROUND_CEILING)
    end = _typed(hyperparameter, high, shown, ROUND_CEILING, ROUND_FLOOR)
    begin, end = min(begin, end), max(begin, end)  # between two whole numbers: both
    from_start, to_end = min(low, begin) <= shown[0], max(high, end) >= shown[1]
    if from_start and to_end:
        return None
    return Between(hyperparameter.name, None if from_start else begin, None if to_end else end)


def _typed(hyperparameter: Hyperparameter, end: float, shown: Ends, outwards: str, inwards: str) -> float:
    """Return an end of a range as a person would type it."""
    power = _power(hyperparameter, end, shown)
    if hyperparameter.kind is Kind.INT and power <= 0:
        return _rounded(end, 0, inwards)
    return _rounded(end, power, outwards)


def _power(hyperparameter: Hyperparameter, end: float, shown: Ends) -> int:
    """Return the power of ten of the last digit that an end of a range has."""
    if not hyperparameter.log:
        return (Decimal(shown[1]) - Decimal(shown[0])).adjusted() - round(math.log10(PARTS))
    decades = math.log10(shown[1]) - math.log10(shown[0])
    digits = next(n for n in range(1, 18) if n == 17 or math.log10(1 + 10.0 ** (1 - n)) <= COARSEST * decades)
    return Decimal(end).adjusted() - digits + 1


def _rounded(value: float, power: int, way: str) -> float:
    """Round to a multiple of a power of ten, in decimals, as the number is written."""
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(power), way))
