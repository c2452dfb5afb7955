"""DuckDB: one query for the threshold, one for the counts in cells and one for those in joint cells.

Cells are counted by `histogram(x, ends)`. Joint cells are numbered by CASE, split in halves, and counted by grouping
sets: of what was tried, these took the least processor time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.scale.answer import Answer
from benchmarks.scale.question import Axis, Question

THREADS = 2
MEMORY = "4GB"  # with 2, quantile_disc of 10^8 numbers runs out of it
BEYOND = 1e300  # the last cell holds what is above all ends, too


def answer(folder: Path, question: Question) -> Answer:
    """Return what DuckDB counts."""
    connection = duckdb.connect()
    for setting in (f"threads = {THREADS}", f"memory_limit = '{MEMORY}'", "preserve_insertion_order = false"):
        connection.execute(f"SET {setting}")
    connection.execute(f"SET temp_directory = '{folder.parent / 'spilled'}'")
    source = f"read_parquet('{folder}/*.parquet')"
    # Half a rank before, so that no rounding leads to a neighbour.
    part = (question.rank - 0.5) / question.rows
    (threshold,) = connection.execute(f"SELECT quantile_disc({question.metric}, {part!r}) FROM {source}").fetchone()
    found = Answer.empty(question, threshold)
    columns = [f'"{axis.name}"{"" if axis.levels else "::DOUBLE"} AS x{j}' for j, axis in enumerate(question.axes)]
    trials = f"(SELECT ({question.metric} <= {_number(threshold)})::USMALLINT AS i, {', '.join(columns)} FROM {source})"
    _cells(connection, question, trials, found)
    _pairs(connection, question, trials, found)
    return found


def _cells(connection: duckdb.DuckDBPyConnection, question: Question, trials: str, found: Answer) -> None:
    """Put into the answer what lies in each cell."""
    counted = [
        f"histogram(x{j})" if axis.levels else f"histogram(x{j}, [{', '.join(map(_number, _ends(axis)))}])"
        for j, axis in enumerate(question.axes)
    ]
    missing = [f"count(*) - count(x{j})" for j in range(len(question.axes))]
    for inside, *maps in connection.execute(
        f"SELECT i, {', '.join(counted + missing)} FROM {trials} GROUP BY i"
    ).fetchall():
        for j, axis in enumerate(question.axes):
            names = {name: k for k, name in enumerate(axis.levels or _ends(axis))}
            for name, n in maps[j].items():
                if name in names:
                    found.cells[j][inside, names[name]] += n
                elif n:
                    raise ValueError(f"{n} trials lie in no cell of {axis.name}")
            found.cells[j][inside, axis.n] = maps[len(question.axes) + j]


def _pairs(connection: duckdb.DuckDBPyConnection, question: Question, trials: str, found: Answer) -> None:
    """Put into the answer what lies in each pair of joint cells: a number that says both and inside, for each pair."""
    joint = [f"({_case(j, axis)})::USMALLINT AS j{j}" for j, axis in enumerate(question.axes)]
    keys = [
        f"((j{a} * {question.axes[b].n_joint} + j{b}) * 2 + i)::USMALLINT AS p{m}"
        for m, (a, b) in enumerate(question.pairs)
    ]
    names = [f"p{m}" for m in range(len(keys))]
    inner = f"(SELECT {', '.join(keys)} FROM (SELECT i, {', '.join(joint)} FROM {trials}))"
    sets = ", ".join(f"({name})" for name in names)
    rows = connection.execute(
        f"SELECT GROUPING({', '.join(names)}), coalesce({', '.join(names)}), count(*) "
        f"FROM {inner} GROUP BY GROUPING SETS ({sets})"
    ).fetchall()
    full = 2 ** len(names) - 1
    of_mask = {full - 2 ** (len(names) - 1 - m): m for m in range(len(names))}
    for mask, key, n in rows:
        if key is not None:  # in all others one of the two has no value
            pair = found.pairs[of_mask[mask]]
            pair[key % 2].flat[key // 2] += n


def _ends(axis: Axis) -> list[float]:
    return [*axis.ends[:-1], BEYOND]


def _case(j: int, axis: Axis) -> str:
    """Return an expression for the joint cell, NULL where there is no value."""
    if axis.levels:
        whens = " ".join(f"WHEN '{level}' THEN {joint}" for level, joint in zip(axis.levels, axis.joint, strict=True))
        return f"CASE x{j} {whens} END"
    return f"CASE WHEN x{j} IS NOT NULL THEN {_halved(f'x{j}', axis.joint_ends, 0)} END"


def _halved(x: str, ends: Sequence[float], first: int) -> str:
    if len(ends) == 1:
        return str(first)
    half = (len(ends) + 1) // 2
    low, high = _halved(x, ends[:half], first), _halved(x, ends[half:], first + half)
    return f"CASE WHEN {x} <= {_number(ends[half - 1])} THEN {low} ELSE {high} END"


def _number(value: float) -> str:
    """Write a double so that it is read as one, to the last digit; 0.5 alone would be a decimal."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"
