"""The table that most cases are a variation of: 40 trials of lr and optimizer, from which the loss follows."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence

from hpi.roles import Direction, Role
from hpi.table import TrialTable
from tests.corpus.case import equal, names, role, true

N = 40
_PLACES = [(7 * k) % N for k in range(N)]
LR = [f"{10 ** (-4 + 3 * place / (N - 1)):.5g}" for place in _PLACES]
OPTIMIZER = [("adam", "sgd", "adamw")[k % 3] for k in range(N)]
LOSS = [f"{0.2 + (place / N - 0.6) ** 2 + 0.03 * (k % 3) + 0.0001 * k:.4f}" for k, place in enumerate(_PLACES)]
PLAIN: Mapping[str, Sequence[str]] = {"lr": LR, "optimizer": OPTIMIZER, "loss": LOSS}


def cycled(*cells: str) -> list[str]:
    """Return N cells, those given again and again."""
    return [cells[k % len(cells)] for k in range(N)]


def but(cells: Sequence[str], changed: Mapping[int, str]) -> list[str]:
    """Return the cells with some of them replaced."""
    return [changed.get(k, cell) for k, cell in enumerate(cells)]


def renamed(*header: str) -> dict[str, Sequence[str]]:
    """Return the plain columns under other names."""
    return dict(zip(header, PLAIN.values(), strict=True))


def among(**extra: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the plain columns with some replaced, and others before the loss."""
    return {**{key: extra.get(key, PLAIN[key]) for key in ("lr", "optimizer")},
            **{key: cells for key, cells in extra.items() if key not in PLAIN},
            "loss": extra.get("loss", LOSS)}  # fmt: skip


def rows_of(columns: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the rows below the header."""
    return [list(cells) for cells in zip(*columns.values(), strict=True)]


def lines(header: Iterable[str], rows: Iterable[Sequence[str]], sep: str = ",", end: str = "\n") -> bytes:
    """Return a text table, quoted where it must be."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=sep, lineterminator=end)
    writer.writerow(list(header))
    writer.writerows(rows)
    return written.getvalue().encode()


def text(columns: Mapping[str, Sequence[str]] = PLAIN, sep: str = ",", end: str = "\n") -> bytes:
    """Return the columns as a text table."""
    return lines(columns, rows_of(columns), sep, end)


def is_plain(table: TrialTable, header: Sequence[str] = ("lr", "optimizer", "loss")) -> None:
    """Raise AssertionError unless the table is the plain one to the last cell, under these names."""
    lr, optimizer, loss = header
    equal(names(table), list(header), "columns")
    role(table, lr, Role.HYPERPARAMETER)
    role(table, optimizer, Role.HYPERPARAMETER)
    role(table, loss, Role.METRIC)
    equal(table.direction, Direction.MINIMIZE, "direction")
    has_plain_cells(table, header)


def has_plain_cells(table: TrialTable, header: Sequence[str] = ("lr", "optimizer", "loss")) -> None:
    """Raise AssertionError unless the plain cells stand under these names."""
    equal(len(table.frame), N, "rows")
    for name, cells in zip(header, PLAIN.values(), strict=True):
        found = table.frame[name].tolist()
        if cells is OPTIMIZER:
            equal(found, cells, f"cells of {name}")
        else:
            true(all(map(math.isclose, map(float, found), map(float, cells))), f"numbers of {name} differ")
