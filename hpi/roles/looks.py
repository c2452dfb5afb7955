"""What the cells of a column look like, whatever its name is: text, moments, spans, places, keys, a clock."""

from __future__ import annotations

import re

import numpy as np

from hpi.roles.values import Values

MANY = 10  # different cells, from which on a column of few rows may be one of names
# As many different texts without one that comes back are names, not levels.
_ALL = 8
_MOMENT = (
    r"\d{4}[-/]\d\d?[-/]\d\d?(?:[ T_\-]\d\d?[:\-]\d\d.*)?|\d\d?[./]\d\d?[./]\d{4}.*"
    r"|[A-Z][a-z]{2} [A-Z]?[a-z]{0,2} ?\d.*\d{4}|\d{8}[ T_\-]\d{4,6}|\d\d?[ \-][A-Z][a-z]{2,8}[ \-]\d{4}.*"
)
_KEY = r"(?=.*\d)(?=.*[a-f])(?:[0-9a-f]{7,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
# Seconds and milliseconds since 1970, from 2001 to 2096.
_CLOCKS = ((1e9, 4e9), (1e12, 4e12))
_SPAN = r"-?\d+ days?.*|\d+:\d\d(?::\d\d(?:\.\d+)?)?|\d+h(?: ?\d+m)?(?: ?\d+s)?"
_PLACE = r"(?:/|~/|\.{1,2}/|[A-Za-z]:\\|[a-z0-9+]+://).*"


def nearly_all_differ(values: Values) -> bool:
    """Whether the column is text, and nearly every cell another."""
    if not is_text(values):
        return False
    return values.n_distinct > max(MANY, values.n_filled // 2) or values.n_distinct == values.n_filled >= _ALL


def is_text(values: Values) -> bool:
    """Whether more than half of the cells that are not empty are words."""
    return 2 * int(values.worded.sum()) > values.n_filled


def all_match(values: Values, pattern: str) -> bool:
    """Whether no cell is a number, and the first hundred different words have a form."""
    if not values.words or np.isfinite(values.numbers).any():
        return False
    return all(re.fullmatch(pattern, word, re.DOTALL) for word in values.words[:100])


def are_moments(values: Values) -> bool:
    """Whether every cell is a date or a time of day on one."""
    return all_match(values, _MOMENT)


def are_places(values: Values) -> bool:
    """Whether every cell is a path or an address."""
    return all_match(values, _PLACE)


def are_keys(values: Values) -> bool:
    """Whether every cell is a hash or a UUID."""
    return values.n_distinct > 2 and len(values.words) > 1 and all(re.fullmatch(_KEY, word) for word in values.words)


def are_spans(values: Values) -> bool:
    """Whether every cell is a length of time."""
    return all_match(values, _SPAN)


def are_clock_readings(values: Values) -> bool:
    """Whether the numbers are readings of a clock: large, close to each other, and nearly all different."""
    if not values.is_numeric or not len(values.finite) or 2 * values.n_distinct <= max(MANY, values.n_filled):
        return False
    low, high = float(values.finite.min()), float(values.finite.max())
    return high < 1.1 * low and any(start <= low and high <= end for start, end in _CLOCKS)
