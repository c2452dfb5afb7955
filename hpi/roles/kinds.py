"""Of what kind a hyperparameter is, and its cells as the rest of the house wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.errors import SpaceError
from hpi.roles.choices import Declaration
from hpi.roles.values import BOOLS, FALSE, NULL_WORDS, TRUE, Values, counted, shown
from hpi.space import Floats, Hyperparameter, Kind

LOG_RATIO = 1000.0
LOG_DISTINCT = 10
# Up to here a number beside the word None is a label; above, the word is a hyperparameter switched off.
FEW_NUMBERS = 10
# Bounds of a file are often rounded, so a value may stick out by this part of the range.
_ROUNDING = 1e-6


def kind_of(values: Values) -> Kind:
    """Return the kind that the cells look like.

    0 and 1 stay integers (with two levels they cost an estimator nothing); ordinal is never guessed.
    """
    if values.is_numeric or _words_switch_off(values):
        known = values.finite
        return Kind.INT if len(known) and bool(np.all(known == np.rint(known))) else Kind.FLOAT
    return Kind.BOOL if values.lowered in BOOLS else Kind.CATEGORY


def is_log(values: Values) -> bool:
    """Whether the values look drawn on a log scale.

    All are positive, the largest is at least 1,000 times the smallest, there are over 10, and they lie more evenly on
    the logarithm than as they are: a uniform draw may begin very near 0.
    """
    known = values.finite
    if len(known) == 0 or known.min() <= 0 or known.max() < LOG_RATIO * known.min():
        return False
    ordered = np.sort(known)
    n_distinct = 1 + np.count_nonzero(ordered[1:] != ordered[:-1])
    return bool(n_distinct > LOG_DISTINCT) and _unevenness(np.log(ordered)) < _unevenness(ordered)


def _unevenness(ordered: Floats) -> float:
    """Kolmogorov-Smirnov distance of ascending values from the uniform distribution over their range."""
    expected = (ordered - ordered[0]) / (ordered[-1] - ordered[0])
    return float(np.abs(expected - (np.arange(len(ordered)) + 0.5) / len(ordered)).max())


def declared_log(values: Values, declared: Declaration) -> bool:
    """Whether a declared hyperparameter is on a log scale: as declared, else by its values."""
    if declared.log is not None or not declared.is_numeric:
        return bool(declared.log)
    return is_log(values) and (declared.low is None or declared.low > 0)


def observed(hyperparameter: Hyperparameter, declared: Declaration | None) -> str:
    """Return what was taken from the table as nobody declared it, "" if nothing was: its upper bound, its levels."""
    if declared is None or not declared.is_numeric:
        known = declared is not None and (bool(declared.levels) or declared.kind is Kind.BOOL)
        return "" if known else "bounds" if hyperparameter.is_numeric else "levels"
    return {
        (True, True): "bounds",
        (True, False): "lower bound",
        (False, True): "upper bound",
        (False, False): "",
    }[_spanned(declared).low is None, _spanned(declared).high is None]


def _words_switch_off(values: Values) -> bool:
    """Whether the cells are many numbers with a few words between them, which then mean inactive."""
    if not values.words or len(np.unique(values.finite)) <= FEW_NUMBERS:
        return False
    if {word.lower() for word in values.words} <= NULL_WORDS:
        return True
    return len(values.words) <= 3 and 2 * int(values.worded.sum()) <= values.n_filled


def cells_of(values: Values, kind: Kind, declared: Declaration | None = None) -> NDArray[Any]:
    """Return the cells of a hyperparameter: numbers with nan, or labels with None, where it is inactive.

    The array may be one that others hold as well: it is not to be written to.
    """
    if kind in (Kind.FLOAT, Kind.INT):
        finite = np.isfinite(values.numbers)
        return values.numbers if finite.all() else np.where(finite, values.numbers, np.nan)
    return values.labels if kind is not Kind.BOOL else _truths(values, declared)


def _truths(values: Values, declared: Declaration | None) -> NDArray[Any]:
    """Return the cells of a bool, in the declared spelling if there is one; None where it is inactive."""
    labels = pd.Series(values.labels, dtype=object)
    if values.n_distinct > 2 and values.lowered in BOOLS:
        # True, true and TRUE of one column are one level.
        labels = labels.str.lower().isin(FALSE).map({True: "False", False: "True"}).astype(object)
    if declared is not None and declared.levels:
        labels = _in_spelling(labels, declared.levels)
    return labels.where(~values.empty, None).to_numpy(dtype=object)


def _truth(label: str) -> bool | None:
    """Return what a level of a bool says, None if that is not known: off and 0 are False."""
    folded = label.lower()
    if folded in FALSE or folded == "0":
        return False
    return True if folded in TRUE or folded == "1" else None


def _in_spelling(labels: pd.Series, levels: Sequence[str]) -> pd.Series:
    """Return the cells of a bool in the declared spelling, as they are where one of them says neither yes nor no."""
    spelled = {_truth(level): level for level in levels}
    said = {label: _truth(label) for label in pd.unique(labels.dropna())}
    if len(spelled) < 2 or None in spelled or None in said.values() or set(said) <= set(levels):
        return labels
    return labels.map({label: spelled[truth] for label, truth in said.items()}).astype(object)


def cell_notices(values: Values, kind: Kind) -> list[str]:
    """Return what was done to cells of a hyperparameter that do not fit its kind."""
    notices = []
    numeric = kind in (Kind.FLOAT, Kind.INT)
    if numeric and values.words:
        notices.append(
            f"{values.name}: {counted(int(values.worded.sum()), 'cell')} without a number ({shown(values.words)}), "
            "taken as not active."
        )
    infinite = int(np.isinf(values.numbers).sum()) if numeric else 0
    if infinite:
        notices.append(f"{values.name}: {counted(infinite, 'infinite cell')}, taken as not active.")
    if not numeric and values.words and not np.all(np.isnan(values.numbers)):
        notices.append(
            f"{values.name}: {int(values.worded.sum()):,} of {counted(values.n_filled, 'cell')} without a number "
            f"({shown(values.words)}), so all of them are taken as labels."
        )
    return notices


def build(name: str, cells: NDArray[Any], kind: Kind, log: bool, declared: Declaration | None) -> Hyperparameter | None:
    """Return the hyperparameter with the bounds or levels declared, else observed; None if nothing varies.

    Raises
    ------
    SpaceError
        If a cell contradicts the declaration.
    """
    if kind in (Kind.FLOAT, Kind.INT):
        return _numeric(name, _known(cells), kind, log, declared)
    return _labelled(name, _levels_in(cells), kind, declared)


def check_numbers(values: Values, declared: Declaration) -> None:
    """Raise SpaceError where a column that is declared as one of numbers holds none, but something else."""
    if declared.is_numeric and values.n_filled and np.isnan(values.numbers).all():
        raise SpaceError(
            f"{values.name}: declared as {declared.kind}, but no cell is a number; declare it as category."
        )


def check_fixed(values: Values, declared: Declaration | None) -> None:
    """Raise SpaceError where the one value of a column contradicts its declaration."""
    if declared is not None:
        cells = cells_of(values, declared.kind, declared)
        if declared.kind not in (Kind.FLOAT, Kind.INT):
            _check_levels(values.name, _levels_in(cells), declared)
        elif len(_known(cells)):
            _bounds(values.name, _known(cells)[:1], declared.kind, bool(declared.log), declared)


def _known(cells: NDArray[Any]) -> Floats:
    return np.asarray(cells[~np.isnan(cells)], dtype=float)


def _levels_in(cells: NDArray[Any]) -> list[str]:
    return [str(label) for label in pd.unique(cells) if label is not None]


def _check_levels(name: str, seen: list[str], declared: Declaration | None) -> None:
    if declared is None or not declared.levels:
        return
    known = set(declared.levels)
    unknown = [level for level in seen if level not in known]
    if unknown:
        raise SpaceError(
            f"{name}: the table has the level {unknown[0]!r}, which is not declared ({shown(declared.levels)}); "
            "add it to the levels."
        )


def _labelled(name: str, seen: list[str], kind: Kind, declared: Declaration | None) -> Hyperparameter | None:
    levels = declared.levels if declared is not None else ()
    _check_levels(name, seen, declared)
    if len(seen) < 2:
        return None
    if kind is Kind.BOOL and len(levels or seen) > 2:
        raise SpaceError(f"{name}: a bool has two levels, not {len(levels or seen)} ({shown(levels or seen)}).")
    levels = levels or tuple(sorted(seen, key=_level_key))
    return Hyperparameter(name, kind, levels=levels, declared=declared is not None)


def _numeric(name: str, known: Floats, kind: Kind, log: bool, declared: Declaration | None) -> Hyperparameter | None:
    if len(known) == 0:
        return None
    low, high = float(known.min()), float(known.max())
    if low == high:
        if declared is not None:
            _bounds(name, known[:1], kind, bool(declared.log), declared)
        return None
    if not np.isfinite(high - low):
        raise SpaceError(f"{name}: the values go from {low} to {high}, more than a double can span; rescale them.")
    if declared is None:
        return Hyperparameter(name, kind, low, high, log)
    low, high = _bounds(name, known, kind, log, declared)
    return Hyperparameter(name, kind, low, high, log, declared=True, domains=declared.domains)


def _bounds(name: str, known: Floats, kind: Kind, log: bool, declared: Declaration) -> tuple[float, float]:
    """Return the declared bounds, or those observed; raise where a value lies outside."""
    declared, low, high = _spanned(declared), float(known.min()), float(known.max())
    if kind is Kind.INT and np.any(known != np.rint(known)):
        raise SpaceError(f"{name}: declared as int, but the table has {known[known != np.rint(known)][0]}.")
    bounds = []
    for word, bound, seen, sign in (("low", declared.low, low, 1), ("high", declared.high, high, -1)):
        slack = _ROUNDING * (abs(bound) if bound and (log or low == high) else high - low)
        if bound is not None and sign * (bound - seen) > slack:
            raise SpaceError(f"{name}: {word} is declared as {bound:g}, but the table has {seen}; widen the bounds.")
        bounds.append(seen if bound is None else sign * min(sign * bound, sign * seen))
    return bounds[0], bounds[1]


def _spanned(declared: Declaration) -> Declaration:
    """Return a declaration whose bounds, where not given, span its domains."""
    if not declared.domains:
        return declared
    low, high = min(d.low for d in declared.domains), max(d.high for d in declared.domains)
    low, high = (given if given is not None else end for given, end in ((declared.low, low), (declared.high, high)))
    return replace(declared, low=low, high=high)


def _level_key(level: str) -> tuple[int, float, str]:
    """Order numbers before words, and False before True."""
    if level.lower() in FALSE:
        return (0, 0.0, "")
    try:
        number = float(level)
    except ValueError:
        return (1, 0.0, level)
    return (0, number, level) if np.isfinite(number) else (1, 0.0, level)
