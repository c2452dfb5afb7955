"""In which order trials were run, where a column says so: rows that somebody sorted or shuffled are put back in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from hpi.roles.values import Values
from hpi.space import Integers

# Columns that count the trials of one search, by their words.
_COUNTS = re.compile(r"(?:trial[ _.]?)?(?:number|no|nr|index|idx|id)|trial|tid|unnamed: 0", re.IGNORECASE)
_STARTS = re.compile(
    r"(?:datetime|time|date)[ _.]?(?:started|start|created)|(?:started|start|created)(?:[ _.]?(?:at|time|date))?"
    r"|timestamp",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")


def in_time(parsed: Mapping[str, Values]) -> tuple[str, Integers] | None:
    """Return the column that says when trials were run, and their rows in that order; None where they are in it.

    A count must be a different whole number in each row, a start a date with a time in each.
    """
    for names, key_of in ((_COUNTS, _count), (_STARTS, _start)):
        for name, values in parsed.items():
            key = key_of(values) if names.fullmatch(name.strip()) else None
            if key is not None:
                in_order = bool((key[1:] >= key[:-1]).all())
                return None if in_order else (name, np.argsort(key, kind="stable"))
    return None


def _count(values: Values) -> np.ndarray | None:
    """Return the numbers of the trials, shape (n_rows,); None where they are no different whole numbers."""
    counts = values.is_integer and values.n_distinct == len(values)
    return values.numbers if counts else None


def _start(values: Values) -> np.ndarray | None:
    """Return dates as text that sorts in their order, shape (n_rows,); None where a cell is none."""
    if values.is_numeric or values.empty.any():
        return None
    labels = pd.Series(values.labels).astype(str)
    return labels.to_numpy(dtype=str) if labels.str.match(_MOMENT).all() else None
