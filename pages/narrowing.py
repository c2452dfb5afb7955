"""What is drawn over a picture narrows the question: a range of values is a filter, a box over two of them is two.

A link that was shared can be read only: nothing can be drawn there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from hpi.effects import OneEffect, TwoEffects
from hpi.errors import HpiError, SubspaceError
from hpi.figures import places
from hpi.filters import Between, Filter, OneOf, number
from pages import look
from pages.chart import Picked, Ranges
from pages.state import Answer, ask, session

ALONG = "Drag along the values to ask about these alone."
OVER = "Drag over cells to ask about these alone."
SAME = 1e-9  # numbers of a table that a picture shows as one differ by less, of their size


def one(figure: Any, key: str, effect: OneEffect, answer: Answer) -> None:  # noqa: ANN401
    """Draw a picture of one hyperparameter; a range along its values is asked about from now on."""
    picked = look.chart(figure, key, ranges=_if_free(places.axis_of_values(effect)))
    if picked is not None:
        _narrow(answer, lambda: of_one(effect, picked))


def two(figure: Any, key: str, effect: TwoEffects, answer: Answer) -> None:  # noqa: ANN401
    """Draw the heat map of two hyperparameters; the cells under a box are asked about from now on."""
    picked = look.chart(figure, key, ranges=_if_free("xy"))
    if picked is not None:
        _narrow(answer, lambda: of_two(effect, picked))


def hint(text: str) -> None:
    """Say how a picture is narrowed, where that can be done: not with a finger, which scrolls."""
    if is_free():
        look.quiet("drag", text)


def is_free() -> bool:
    """Whether the question can be changed."""
    return session().shared is None


def of_one(effect: OneEffect, picked: Picked) -> list[Filter]:
    """Return the filters that a range in a picture of one hyperparameter means; raises SubspaceError."""
    ends = picked.x if places.axis_of_values(effect) == "x" else picked.y
    if ends is None or places.is_slip(effect, ends):
        return []
    wanted = places.along_values(effect, ends)
    return [] if wanted is None else [wanted]


def of_two(effect: TwoEffects, picked: Picked) -> list[Filter]:
    """Return the filters that a box over the heat map means; raises SubspaceError."""
    # no ends: over the strip of colours
    if picked.x is None or picked.y is None or places.is_slip_over(effect, picked.x, picked.y):
        return []
    wanted = [places.along_cells(effect, which, ends) for which, ends in enumerate((picked.x, picked.y))]
    return [one for one in wanted if one is not None]


def within(before: Filter | None, wanted: Filter, column: pd.Series) -> Filter:
    """Return a filter that lets pass what `wanted` passes of what the one before did.

    A picture shows only what the filter before has let pass, so a range to its end means as far as that went.

    Raises
    ------
    SubspaceError
        If that is nothing.
    """
    wanted = _as_written(wanted, column)
    if isinstance(before, OneOf):
        return _levels_of(before, wanted, column)
    if isinstance(wanted, OneOf) or before is None:
        return wanted
    lows = [low for low in (before.low, wanted.low) if low is not None]
    highs = [high for high in (before.high, wanted.high) if high is not None]
    return Between(wanted.name, max(lows, default=None), min(highs, default=None))


def _levels_of(before: OneOf, wanted: Filter, column: pd.Series) -> OneOf:
    """Return those levels of a filter that another one lets pass."""
    as_column = pd.Series(before.levels, dtype=column.dtype if pd.api.types.is_numeric_dtype(column) else "str")
    levels = tuple(level for level, passes in zip(before.levels, wanted.mask(as_column), strict=True) if passes)
    if not levels:
        raise SubspaceError(f"No value of {wanted.name} that is asked about lies in this range; draw it over some.")
    return OneOf(wanted.name, levels)


def _narrow(answer: Answer, filters: Callable[[], list[Filter]]) -> None:
    """Ask about what passes some filters, if that is another question; where they cannot be, say why."""
    now = session()
    shown, asked = {one.name: one for one in answer.sample.subspace.where}, now.asked
    try:
        for wanted in filters():
            new = within(shown.get(wanted.name), wanted, answer.table.trials[wanted.name])
            asked = asked.filtered(new.name, new)
    except HpiError as error:
        now.refused = str(error)
        st.rerun()
    if asked != now.asked:
        ask(where=asked.where)
        st.rerun()


def _if_free(ranges: Ranges) -> Ranges:
    return ranges if is_free() else ""


def _as_written(wanted: Filter, column: pd.Series) -> Filter:
    """Return a filter on numbers one by one with the numbers as the table has them: pictures round them."""
    if not isinstance(wanted, OneOf) or not pd.api.types.is_numeric_dtype(column):
        return wanted
    there = sorted(set(column.dropna().astype(float)))
    meant = [float(level) for level in wanted.levels]
    return OneOf(wanted.name, tuple(number(x) for x in there if any(abs(x - y) <= SAME * abs(y) for y in meant)))
