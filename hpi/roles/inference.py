"""What each column of a table is, with a reason that a person can read."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

import pandas as pd

from hpi.errors import SpaceError, TableError
from hpi.roles import by_others, kinds, meant, measured, vocabulary
from hpi.roles.by_itself import Column, left_out, look
from hpi.roles.by_others import Columns, Parsed
from hpi.roles.choices import Choices
from hpi.roles.reading import Reading
from hpi.roles.sources import Mark, Source, detect
from hpi.roles.values import Values, columns_of, shown
from hpi.roles.vocabulary import ContextKind, Direction, Role, words_of
from hpi.space import Kind


def parse(frame: pd.DataFrame) -> dict[str, Values]:
    """Return each column of a frame, parsed, in file order.

    Raises
    ------
    TableError
        If two columns have one name.
    """
    names = [str(name) for name in frame.columns]
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        raise TableError(f"The column name {twice[0]!r} appears twice; rename one of them.")
    return _with_nones(columns_of(frame))


def _with_nones(parsed: dict[str, Values]) -> dict[str, Values]:
    """Return the columns with None back where scikit-learn's table lost it: its column params still shows it."""
    whole = parsed.get("params")
    if whole is None or whole.text is None:
        return parsed
    shown_there = pd.Series(whole.text, dtype="str")
    for name, values in parsed.items():
        key = repr(name.removeprefix("param_"))
        if name.startswith("param_") and values.empty.any():
            lost = values.empty & shown_there.str.contains(f"{key}: None", regex=False).fillna(False).to_numpy(bool)
            parsed[name] = values.filled(lost, "None") if lost.any() else values
    return parsed


def infer(frame: pd.DataFrame, choices: Choices | None = None, reading: Reading | None = None) -> tuple[Column, ...]:
    """Return the role of each column of a frame, in file order.

    Raises
    ------
    TableError
        If a choice names a column that is not there, or a metric without numbers.
    """
    return assign(parse(frame), choices or Choices(), reading)


def assign(parsed: Parsed, choices: Choices, reading: Reading | None = None) -> tuple[Column, ...]:
    """Return the role of each parsed column, in file order; raises as `infer` does.

    What the reading says goes before what is inferred, and what was chosen before both.
    """
    reading = reading or Reading()
    chosen, choices = choices, reading.under(choices)
    check_names(parsed, choices)
    source = detect(parsed)
    columns = {name: look(values, source) for name, values in parsed.items()}
    marked = frozenset(name for name in parsed if source is not None and source.mark(name) is Mark.HYPERPARAMETER)
    declared = frozenset(name for name, _ in choices.space)
    columns = by_others.sweep_definitions(columns, parsed)
    columns = by_others.doubtful_outcomes(columns, parsed, marked | declared)
    columns = by_others.generic_outcomes(columns, parsed, choices.metric)
    columns = by_others.task_properties(columns, parsed, marked | declared)
    columns = by_others.numbered_repeats(columns, parsed)
    columns = by_others.measured_beside_grid(columns, parsed, marked | declared)
    columns = measured.beside_levels(columns, parsed, marked | declared)
    columns = _with_overrides(columns, parsed, choices, chosen, reading)
    columns = _with_metric(columns, parsed, source, choices, reading)
    columns = by_others.without_duplicates(columns, parsed, declared | {name for name, _ in choices.roles})
    ends = {one.name: one.direction for one in reading.objectives}
    return tuple(_finished(columns[name], parsed, source, choices, ends.get(name)) for name in parsed)


def check_names(known: Collection[str], choices: Choices) -> None:
    """Raise TableError where a choice is about a column that is not known, SpaceError where the space is."""
    wanted = [name for name, _ in (*choices.roles, *choices.contexts)]
    for name in [*wanted, *([choices.metric] if choices.metric is not None else [])]:
        if name not in known:
            raise TableError(unknown_column(name, known))
    for name, _ in choices.space:
        if name not in known:
            raise SpaceError(f"The declared search space: {unknown_column(name, known)}")
        if name == choices.metric:
            raise SpaceError(f"{name} is declared as a hyperparameter and chosen as the metric; it can be one of them.")
    metrics = {name for name, role in choices.roles if role is Role.METRIC} | {choices.metric} - {None}
    if len(metrics) > 1:
        raise TableError(f"Two metrics were chosen ({shown(sorted(map(str, metrics)))}); choose one.")


def unknown_column(name: str, known: Iterable[str]) -> str:
    """Return the sentence that a column is not there, with the names that come close."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known
    return f"There is no column {name!r}; the table has {shown(near)}."


def _with_overrides(columns: Columns, parsed: Parsed, choices: Choices, chosen: Choices, reading: Reading) -> Columns:
    """Return the columns with the roles that somebody declared or chose, or that the file itself says."""
    changed: Columns = {}
    roles = {name: Role.HYPERPARAMETER for name, _ in choices.space} | dict(choices.roles)
    for name, role in roles.items():
        if role is Role.HYPERPARAMETER and parsed[name].n_distinct < 2:
            kinds.check_fixed(parsed[name], dict(choices.space).get(name))
            changed[name] = replace(columns[name], role=Role.LEFT_OUT, context=None, outcome=False, fixed=True)
            continue
        if role is not Role.METRIC:
            changed[name] = Column(
                name, role, reason=_said(name, role, choices, chosen, reading),
                outcome=role is Role.LEFT_OUT and columns[name].outcome,
                context=_context(columns[name], choices) if role is Role.CONTEXT else None,
            )  # fmt: skip
    for name, kind in choices.contexts:
        if name not in roles:
            changed[name] = Column(name, Role.CONTEXT, context=kind, reason=_said(name, None, choices, chosen, reading))
    return columns | changed


def _said(name: str, role: Role | None, choices: Choices, chosen: Choices, reading: Reading) -> str:
    """Return who gave a column its role: a person, or the file."""
    by_hand = name in {*dict(chosen.roles), *dict(chosen.space), *dict(chosen.contexts)}
    if role is Role.HYPERPARAMETER and name in dict(choices.space):
        return "declared in the search space" if by_hand else f"declared by the file ({reading.reader})"
    return "chosen by hand" if by_hand else f"said by the file ({reading.reader})"


def _context(column: Column, choices: Choices) -> ContextKind | None:
    chosen = dict(choices.contexts).get(column.name)
    return chosen or column.context or vocabulary.context_of(words_of(column.name))


def _with_metric(
    columns: Columns, parsed: Parsed, source: Source | None, choices: Choices, reading: Reading
) -> Columns:
    chosen = choices.metric or next((name for name, role in choices.roles if role is Role.METRIC), None)
    if chosen is not None:
        if len(parsed[chosen].finite) == 0:
            commas = f" {parsed[chosen].about_commas}" if parsed[chosen].about_commas else ""
            raise TableError(
                f"{chosen} holds no finite number, so it cannot be the metric; choose another column.{commas}"
            )
        return by_others.with_metric(columns, chosen, "chosen as the metric")
    by_hand = {name for name, _ in choices.roles} | {name for name, _ in choices.space}
    open_columns = {name: column for name, column in columns.items() if name not in by_hand}
    columns = columns | {
        one.name: left_out(one.name, f"the search looked at it ({reading.reader})", outcome=True)
        for one in reading.objectives
        if one.name in open_columns
    }
    asked = next(
        (one.name for one in reading.objectives if one.name in open_columns and len(parsed[one.name].finite)), None
    )
    if asked is not None:
        return by_others.with_metric(columns, asked, f"the search looked at it ({reading.reader})")
    primary = frozenset(
        name for name in parsed if source and source.primary and re.fullmatch(source.primary, name, re.DOTALL)
    ) | _named_by_sweep(parsed)  # fmt: skip
    free = not (source and source.hyperparameter)
    found = by_others.choose_metric(open_columns, parsed, primary, free)
    if found is None:
        return columns
    reason = by_others.LAST
    if columns[found].outcome:
        reason = columns[found].reason if not columns[found].reason.startswith("constant") else "the only outcome"
    return by_others.with_metric(columns, found, reason)


def _named_by_sweep(parsed: Parsed) -> frozenset[str]:
    """Return the metric that a column metric.name names (Weights & Biases)."""
    cells = parsed["metric.name"].words if "metric.name" in parsed else ()
    return frozenset(cells) & frozenset(parsed)


def _finished(column: Column, parsed: Parsed, source: Source | None, choices: Choices, end: Direction | None) -> Column:
    """Return the column with what belongs to its role: the kind, or the direction, of which `end` is the file's."""
    values = parsed[column.name]
    if column.role is Role.METRIC:
        return replace(column, direction=choices.direction or end or _direction(column.name, parsed, source))
    if column.role is not Role.HYPERPARAMETER:
        return column
    declared = dict(choices.space).get(column.name)
    if declared is not None:
        kinds.check_numbers(values, declared)
        return replace(column, kind=declared.kind, log=kinds.declared_log(values, declared))
    kind = kinds.kind_of(values)
    log = kind in (Kind.FLOAT, Kind.INT) and kinds.is_log(values)
    return replace(column, kind=kind, log=log)


def _direction(name: str, parsed: Parsed, source: Source | None) -> Direction | None:
    if source is not None and source.maximize and source.mark(name) is Mark.METRIC:
        return Direction.MAXIMIZE
    said = re.search(r"\((maximize|minimize)\)\s*$", name)
    if said:
        return Direction(said.group(1))
    goals = parsed["metric.goal"].words if "metric.goal" in parsed else ()
    if len(goals) == 1 and goals[0].lower() in tuple(Direction) and name in _named_by_sweep(parsed) | {name}:
        return Direction(goals[0].lower())
    if source is not None and source.open_ended and re.fullmatch(source.open_ended, name):
        return None
    return meant.direction_of(re.sub(r"^metric:", "", re.sub(r"\s*\[.*\]\s*$", "", name)))
