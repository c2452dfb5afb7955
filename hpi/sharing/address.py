"""Keys and values of an address as a view of a table: whatever cannot be understood falls back, and its key is named.

Nothing here trusts a value: numbers pass a strict form before they are read, names are looked up among those that
there are, and no value is repeated in a notice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, TypeVar, cast

from hpi.errors import HpiError
from hpi.estimators import ESTIMATORS, Estimator, by_name
from hpi.estimators.settings import Settings
from hpi.figures import Show
from hpi.filters import Filter, parse_filter
from hpi.roles import Direction
from hpi.sharing.view import COMPARISONS, View
from hpi.space.rungs import SMALLEST
from hpi.statements import FindingKind
from hpi.table import TrialTable

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,3})?")
WHOLE = re.compile(r"[0-9]{1,10}")
MOST_SEED = 2**32 - 1
MOST_FILTERS, LONGEST = 20, 1000
STEP = 0.005  # so much below the region lies the nearest target, as on the slider
ON = "1"

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass
class Reader:
    """The values of an address, read one key at a time, and what must be said of them."""

    query: Mapping[str, Sequence[str]]
    is_limited: bool = True
    notices: list[str] = field(default_factory=list)

    def note(self, key: str, what: str) -> None:
        """Say what is wrong with a key."""
        self.notices.append(f"“{key}” in the address {what}")

    def several(self, key: str) -> list[str]:
        """Return the different values of a key, those that are too long left out."""
        given = list(dict.fromkeys(self.query.get(key, ())))
        kept = [value for value in given if len(value) <= LONGEST or not self.is_limited]
        if len(kept) < len(given):
            self.note(key, f"is longer than {LONGEST:,} characters and is left out.")
        return kept

    def one(self, key: str) -> str | None:
        """Return the first value of a key; None where there is none."""
        given = self.several(key)
        if len(given) > 1:
            self.note(key, "is given more than once; the first one holds.")
        return given[0] if given else None

    def finite(self, key: str, usual: str) -> float | None:
        """Return a finite number; None where there is none."""
        text = self.one(key)
        if text is None:
            return None
        value = float(text) if NUMBER.fullmatch(text) else math.nan
        if math.isfinite(value):
            return value
        self.note(key, f"is no number; {usual} holds.")
        return None

    def number(self, key: str, low: float, high: float, usual: str) -> float | None:
        """Return a number, moved to the nearest end where it is out of its range; None where it is none."""
        value = self.finite(key, usual)
        if value is None:
            return None
        if not low <= value <= high:
            self.note(key, f"must be from {low:g} to {high:g}; the nearest end holds.")
        return min(max(value, low), high)

    def among(self, key: str, known: Sequence[str], what: str, usual: str) -> str | None:
        """Return a value that is one of those known; None where it is none of them."""
        text = self.one(key)
        if text is None or text in known:
            return text
        self.note(key, f"is {what}; {usual} holds.")
        return None

    def flag(self, key: str) -> bool:
        """Whether a key is switched on."""
        text = self.one(key)
        if text not in (None, ON, "0"):
            self.note(key, "must be 1 or 0; 0 holds.")
        return text == ON

    def member(self, key: str, kind: type[Kind], usual: Kind) -> Kind:
        """Return the member of an enum by its name in small letters."""
        known = {one.name.lower(): one for one in kind}
        text = self.among(key, tuple(known), f"none of {', '.join(known)}", usual.name.lower())
        return usual if text is None else known[text]


def read(
    query: Mapping[str, Sequence[str]], table: TrialTable, is_limited: bool = True
) -> tuple[TrialTable, View, tuple[str, ...]]:
    """Return the table with the metric, direction and task of an address, its view, and a notice for each bad value.

    Parameters
    ----------
    query
        Keys and values, as `hpi.sharing.view.write` returns them; unknown keys are ignored.
    table
        As it is without the address.
    is_limited
        Whether values may not be long or many, as in whatever anybody may type; else it is a record of our own.
    """
    reader = Reader(query, is_limited)
    view = View()
    table, view = _of_table(reader, table, view)
    view = _of_question(reader, table, view)
    view = _of_method(reader, view)
    view = _of_shown(reader, table, view)
    view = _of_compared(reader, view)
    return table, view, tuple(reader.notices)


def candidates(table: TrialTable) -> list[str]:
    """Return the columns that can be the metric: outcomes first, then every other column of numbers."""
    numeric = table.frame.select_dtypes("number").columns
    outcomes = [column.name for column in table.columns if column.outcome]
    return list(dict.fromkeys([*outcomes, *(str(name) for name in numeric)]))


def _of_table(reader: Reader, table: TrialTable, view: View) -> tuple[TrialTable, View]:
    """Take over metric, direction and task, each if the table can be read so."""
    known = candidates(table) if "metric" in reader.query else []
    metric = reader.among("metric", known, "no column that can be the metric", "the table's own metric")
    if metric is not None and metric != table.metric:
        table = _revised(reader, "metric", table, metric=metric, direction=None)
    given = reader.among("dir", tuple(Direction), "neither minimize nor maximize", "the table's own direction")
    if given is not None and table.metric is not None and given != table.direction:
        table = _revised(reader, "dir", table, direction=Direction(given))
    task = reader.one("task")
    if task is not None and task != table.choices.task:
        table = _revised(reader, "task", table, task=task)
    return table, replace(view, metric=table.metric, direction=table.direction, task=table.choices.task)


def _revised(reader: Reader, key: str, table: TrialTable, **changes: Any) -> TrialTable:  # noqa: ANN401
    try:
        return table.revise(**changes)
    except HpiError:
        reader.note(key, "does not fit this table; it is read without it.")
        return table


def _of_question(reader: Reader, table: TrialTable, view: View) -> View:
    region = reader.number("region", SMALLEST, 1.0, "all trials")
    region = 1.0 if region is None else region
    return replace(view, region=region, target=_target(reader, region), where=_filters(reader, table))


def _target(reader: Reader, region: float) -> float | None:
    """Return the target, which is at least the smallest part that can be asked for and below the region."""
    value = reader.finite("top", "the usual target")
    if value is None or SMALLEST <= value < region:
        return value
    if value < SMALLEST < region:
        reader.note("top", f"must be {SMALLEST:g} or more; that holds.")
        return SMALLEST
    nearest = max(SMALLEST, round(region - STEP, 6))
    if nearest < region:
        reader.note("top", f"must be below the region, {region:g}; {nearest:g} holds.")
        return nearest
    reader.note("top", "must be below the region, which has no smaller part that can be asked for.")
    return None


def _filters(reader: Reader, table: TrialTable) -> tuple[Filter, ...]:
    """Return the filters that fit the columns of the table; the last one of each column."""
    given = reader.several("where")
    most = MOST_FILTERS if reader.is_limited else len(given)
    if len(given) > most:
        reader.note("where", f"is given more than {most} times; the first ones hold.")
    found: dict[str, Filter] = {}
    for text in given[:most]:
        try:
            condition = parse_filter(table, text)
            found[condition.name] = condition
        except HpiError:
            reader.note("where", "holds a filter that does not fit the columns of this table; it is left out.")
    return tuple(found.values())


def _of_method(reader: Reader, view: View) -> View:
    names = tuple(estimator.name for estimator in ESTIMATORS)
    name = reader.among("est", names, f"none of {', '.join(names)}", view.estimator) or view.estimator
    seed = _whole(reader, "seed", 0, MOST_SEED)
    return replace(view, estimator=name, settings=_settings(reader, by_name(name)), seed=seed or 0)


def _whole(reader: Reader, key: str, low: int, high: int) -> int | None:
    text = reader.one(key)
    if text is None:
        return None
    if WHOLE.fullmatch(text) and low <= int(text) <= high:
        return int(text)
    reader.note(key, f"must be a whole number from {low:,} to {high:,}; the usual one holds.")
    return None


def _settings(reader: Reader, estimator: type[Estimator]) -> tuple[tuple[str, Any], ...]:
    """Return the settings of an estimator that are given and are not its defaults, moved into their bounds."""
    found = []
    for declared in fields(cast(type[Settings], estimator)):
        text = reader.one(declared.name)
        value = None if text is None else _setting(reader, declared.name, text, declared.metadata, declared.default)
        if value is not None and value != declared.default:
            found.append((declared.name, value))
    return tuple(found)


def _setting(reader: Reader, key: str, text: str, bounds: Mapping[str, Any], usual: Any) -> Any:  # noqa: ANN401
    if bounds["choices"]:
        return reader.among(key, bounds["choices"], f"none of {', '.join(bounds['choices'])}", str(usual))
    if bounds["or_zero"] and text == "0":
        return 0
    value = reader.number(key, bounds["low"], bounds["high"], str(usual))
    if value is None or isinstance(usual, float):
        return value
    return round(value)


def _of_shown(reader: Reader, table: TrialTable, view: View) -> View:
    names = tuple(one.name for one in table.hyperparameters)
    what = "no hyperparameter of this table that varies"
    return replace(
        view,
        hyperparameter=reader.among("hp", names, what, "the strongest"),
        pair=_pair(reader, names),
        show=reader.member("show", Show, Show.MEDIAN),
        held=reader.flag("held"),
        about=reader.among("about", names, what, "every hyperparameter"),
        kinds=_kinds(reader),
        strong=reader.flag("strong"),
        tolerance=_tolerance(reader),
    )


def _of_compared(reader: Reader, view: View) -> View:
    """Take over what the page Compare puts beside the question; whether it can be asked, the page says."""
    usual = "the usual second threshold"
    region = reader.number("other_region", SMALLEST, 1.0, usual)
    target = reader.number("other_top", SMALLEST, 1.0, usual)
    return replace(
        view,
        comparison=reader.among("view", COMPARISONS, f"none of {', '.join(COMPARISONS)}", "what fits the table"),
        other_region=1.0 if region is None and target is not None else region,
        other_target=target,
        other_estimator=_other_estimator(reader, view.estimator),
    )


def _other_estimator(reader: Reader, asked: str) -> str | None:
    names = tuple(estimator.name for estimator in ESTIMATORS)
    name = reader.among("other_est", names, f"none of {', '.join(names)}", "the first other one")
    if name != asked:
        return name
    reader.note("other_est", "is the estimator that is asked already; the first other one holds.")
    return None


def _pair(reader: Reader, names: Sequence[str]) -> tuple[str, str] | None:
    given = reader.several("pair")
    if not reader.query.get("pair"):
        return None
    if len(given) == 2 and set(given) <= set(names):
        return given[0], given[1]
    reader.note("pair", "must name two different hyperparameters, each by its own “pair=”; the strongest two hold.")
    return None


def _kinds(reader: Reader) -> tuple[FindingKind, ...]:
    known: dict[str, FindingKind] = {kind.name.lower(): kind for kind in FindingKind}
    given = reader.several("kind")
    if not set(given) <= set(known):
        reader.note("kind", f"holds what is none of {', '.join(known)}; that is left out.")
    return tuple(known[text] for text in given if text in known)


def _tolerance(reader: Reader) -> float | None:
    value = reader.number("tol", 0.0, 1e300, "the usual one")
    return value or None
