"""Headers with the right answer for each column, written as text, and made-up cells to go under them.

A header is a line a column: `name | answer | cells`. Braces stand for several names (`gpu.{0,1}.temp`). The answer is
one of the words of `ANSWERS`, or several with blanks between them where a reasonable person could say either. The
cells are a recipe of `_RECIPES`, those of another column (`as Name`) or of several (`record a b`), then after
semicolons what is done to them: `blank 0.2`, `text`, `only optimizer = sgd` (empty elsewhere).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

ANSWERS = {
    "min": "metric, low is good",
    "max": "metric, high is good",
    "metric": "metric, and nothing says which end is good",
    "hp": "hyperparameter",
    "fixed": "hyperparameter with one value",
    "outcome": "left out: a result, which could be the metric",
    "id": "left out: an identifier",
    "when": "left out: a moment",
    "meta": "left out: bookkeeping",
    "task": "context: the task",
    "repeat": "context: which repeat",
    "fidelity": "context: how far it was run",
    "context": "context: a property of the task",
}
# What is never asked for: the recipe where the line names none.
_USUAL = {
    **dict.fromkeys(("min", "max", "metric", "outcome"), "flat 0 1"),
    "id": "hash",
    "when": "when",
    "task": "of iris ~ wine ~ digits",
    "repeat": "of 0 ~ 1 ~ 2",
    "fidelity": "of 1 ~ 3 ~ 9",
}


@dataclass(frozen=True)
class Line:
    """One column of a header: its name, the answers that are right, and its recipe."""

    name: str
    answers: tuple[str, ...]
    recipe: str


@dataclass(frozen=True)
class Header:
    """A kind of table: its title and its columns."""

    title: str
    lines: tuple[Line, ...]
    n: int = 48

    @property
    def frame(self) -> pd.DataFrame:
        """A table under this header, always the same."""
        made: dict[str, pd.Series] = {}
        for line in self.lines:
            made[line.name] = _cells(line, self.n, made)
        return pd.DataFrame(made)


def header(title: str, text: str, n: int = 48) -> Header:
    """Return the header that is written as lines."""
    lines = [line for written in text.strip().splitlines() for line in _lines(written)]
    assert len({line.name for line in lines}) == len(lines), title
    return Header(title, tuple(lines), n)


def _lines(written: str) -> list[Line]:
    name, answer, *recipe = (part.strip() for part in written.split(" | "))
    answers = tuple(answer.split())
    assert set(answers) <= set(ANSWERS), written
    braces = re.search(r"\{(.*?)\}", name)
    names = [name] if braces is None else [name.replace(braces[0], one) for one in braces[1].split(",")]
    return [Line(each, answers, recipe[0] if recipe else _USUAL[answers[0]]) for each in names]


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.split("~")]


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split()]


def _drawn_of(text: str, n: int, rng: np.random.Generator) -> list[object]:
    levels = [_value(level) for level in _several(text)]
    return [levels[i] for i in rng.integers(0, len(levels), n)]


def _grid(text: str, n: int) -> list[object]:
    """Levels in turn: `grid 3 a ~ b` holds each for three rows."""
    held, levels = text.split(" ", 1)
    values = [_value(level) for level in _several(levels)]
    return [values[i // int(held) % len(values)] for i in range(n)]


def _value(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"True": True, "False": False, "None": None}.get(text, text)


def _moments(n: int, form: str) -> list[str]:
    return [stamp.strftime(form) for stamp in pd.Timestamp("2026-03-01 10:00:03") + pd.to_timedelta(np.arange(n), "h")]


_RECIPES = {
    "log": lambda rest, n, rng: 10 ** rng.uniform(*np.log10(_numbers(rest)), n),
    "flat": lambda rest, n, rng: rng.uniform(*_numbers(rest), n),
    "normal": lambda rest, n, rng: rng.normal(*_numbers(rest), n),
    "int": lambda rest, n, rng: rng.integers(*np.array(_numbers(rest), dtype=int), n),
    "of": lambda rest, n, rng: _drawn_of(rest, n, rng),
    "bool": lambda rest, n, rng: rng.choice([True, False], n),
    "grid": lambda rest, n, rng: _grid(rest, n),
    "always": lambda rest, n, rng: [_value(rest)] * n,
    "nothing": lambda rest, n, rng: [None] * n,
    "count": lambda rest, n, rng: np.arange(n) + int(rest or 0),
    "hash": lambda rest, n, rng: [f"{i:0{rest or 8}x}" for i in rng.integers(0, 2**31, n)],
    "name": lambda rest, n, rng: [f"{rng.choice(['brisk', 'calm', 'lucky'])}-sweep-{i + 1}" for i in range(n)],
    "when": lambda rest, n, rng: _moments(n, rest or "%Y-%m-%d %H:%M:%S.%f"),
    "unix": lambda rest, n, rng: 1_790_000_000 + np.sort(rng.integers(0, 10**6, n)) + rng.random(n).round(3),
    "span": lambda rest, n, rng: [f"0 days 00:{i:02d}:{j:02d}.125000" for i, j in rng.integers(1, 59, (n, 2))],
    "path": lambda rest, n, rng: [f"/data/{rest or 'runs'}/{i:06x}" for i in rng.integers(0, 2**24, n)],
    "wide": lambda rest, n, rng: [str({"a": i, "b": float(i) / 7}) for i in range(n)],
}


def _records(frame: pd.DataFrame) -> list[str]:
    """The cells of other columns as one, as scikit-learn writes them: {'max_depth': None, 'C': 1.0}."""
    keys = {name: name.removeprefix("param_") for name in frame}
    rows = frame.astype(object).where(frame.notna(), None).rename(columns=keys).to_dict("records")
    return [str({key: getattr(cell, "item", lambda cell=cell: cell)() for key, cell in row.items()}) for row in rows]


def _cells(line: Line, n: int, made: dict[str, pd.Series]) -> pd.Series:
    rng = np.random.default_rng([7, *line.name.encode()])
    recipe, *changes = (part.strip() for part in line.recipe.split(";"))
    word, _, rest = recipe.partition(" ")
    if word == "record":
        cells = pd.Series(_records(pd.DataFrame({name: made[name] for name in rest.split()})), dtype=object)
    else:
        cells = made[rest] if word == "as" else pd.Series(_RECIPES[word](rest, n, rng), dtype=None)
    for change in changes:
        what, _, rest = change.partition(" ")
        if what == "blank":
            cells = cells.astype(object).mask(rng.random(n) < float(rest), None)
        elif what == "only":
            other, _, value = rest.partition(" = ")
            cells = cells.astype(object).where(made[other].astype(str).isin(_several(value)), None)
        else:
            assert what == "text", change
            cells = pd.Series([None if pd.isna(cell) else str(cell) for cell in cells], dtype=object)
    return cells.rename(line.name)
