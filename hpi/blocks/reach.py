"""How far the values of hyperparameters go: what bounds and levels are taken from; it adds up in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hpi.blocks.axes import Axis
from hpi.blocks.cells import Codes
from hpi.blocks.look import Look
from hpi.space import Floats, Mask


@dataclass(frozen=True, eq=False)
class Reach:
    """The values that some rows take, for each hyperparameter.

    Attributes
    ----------
    ends
        Lowest and highest number; None where there is none, or where `seen` says it.
    seen
        Which codes were there, shape (n_codes,); None where numbers are taken as they are.
    """

    ends: tuple[tuple[float, float] | None, ...]
    seen: tuple[Mask | None, ...]

    @classmethod
    def of(cls, axes: Sequence[Axis], seen: Look, places: Mapping[str, int]) -> Reach:
        """Return the values that all rows take."""
        ends = tuple(seen.ends[places[axis.hyperparameter.name]] if axis.cells is None else None for axis in axes)
        return cls(ends, tuple(None if a.cells is None else np.ones(len(a.cells) - 1, dtype=bool) for a in axes))

    @classmethod
    def none(cls, axes: Sequence[Axis]) -> Reach:
        """Return the values of no row."""
        seen = tuple(None if axis.cells is None else np.zeros(len(axis.cells) - 1, dtype=bool) for axis in axes)
        return cls((None,) * len(axes), seen)

    @classmethod
    def taken(cls, axes: Sequence[Axis], columns: Sequence[Floats | Codes]) -> Reach:
        """Return the values in columns of `Translation.column`."""
        pairs = list(zip(axes, columns, strict=True))
        ends = tuple(_ends(column) if axis.cells is None else None for axis, column in pairs)
        seen = tuple(None if axis.cells is None else _seen(column, len(axis.cells) - 1) for axis, column in pairs)
        return cls(ends, seen)

    def merged(self, other: Reach) -> Reach:
        """Return the values that either takes."""
        ends = tuple(_span(one, two) for one, two in zip(self.ends, other.ends, strict=True))
        seen = tuple(
            None if one is None or two is None else one | two for one, two in zip(self.seen, other.seen, strict=True)
        )
        return Reach(ends, seen)


def _ends(numbers: Floats | Codes) -> tuple[float, float] | None:
    known = numbers[~np.isnan(numbers)]
    return (float(known.min()) + 0.0, float(known.max()) + 0.0) if len(known) else None


def _span(one: tuple[float, float] | None, two: tuple[float, float] | None) -> tuple[float, float] | None:
    if one is None or two is None:
        return one or two
    return min(one[0], two[0]), max(one[1], two[1])


def _seen(codes: Floats | Codes, n: int) -> Mask:
    there = np.zeros(n + 1, dtype=bool)
    there[codes.astype(np.int64)] = True
    return there[:-1]
