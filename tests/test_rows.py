"""Epochs, budgets, seeds, states, crashes, tasks and ranks at once: the books balance, and no order matters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.table import TrialTable

CRASHES = [2147483647, -2147483648, 4294967295, 2.0**63, 3.4028235e38, np.finfo(float).max, np.inf, np.nan, 999999, 0]
OUTCOMES = {"loss": "minimize", "accuracy": "maximize", "runtime": "minimize"}


def muddle(seed: int) -> tuple[pd.DataFrame, dict[str, object]]:
    """A table of runs in which columns that say what a row is agree with each other or do not, and how to read it."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 80))
    runs = rng.integers(0, max(2, n // rng.integers(1, 8)), n)
    at, m = pd.Series(runs).groupby(runs).cumcount().to_numpy(), int(runs.max()) + 1

    def some(chance: float, *cells: object) -> list[object]:
        return [cells[rng.integers(len(cells))]] if rng.random() < chance else []

    columns: dict[str, list[object]] = {
        "lr": some(0.8, rng.random(m)[runs], rng.random(n)),
        "width": some(0.6, rng.integers(0, 3, m)[runs], rng.integers(0, 3, n)),
        "opt": some(0.5, rng.choice(["a", "b", None], m)[runs]),
        "momentum": some(0.3, np.where(rng.random(n) < 0.5, np.nan, rng.random(n))),
        "state": some(0.4, rng.choice(["COMPLETE", "RUNNING", "PRUNED", None], n)),
        "dataset": some(0.2, rng.choice(["x", "y"], n)),
        "uid": some(0.2, [f"u{i}" for i in range(n)]),
    }
    columns["from_uid"] = [np.r_[[None], rng.permutation(n)[1:]]] if columns["uid"] else []
    for name in ("epoch", "iteration", "_step", "budget", "global_step", "n_resources"):
        columns[name] = some(0.3, at, rng.integers(0, 9, n), 3 ** rng.integers(0, 4, n))
    for name in ("run_id", "trial_id", "seed", "fold"):
        columns[name] = some(0.3, runs, np.arange(n), rng.integers(0, 3, n), [f"k{i}" for i in runs])
    loss = np.where(rng.random(n) < rng.choice([0, 0.1, 0.6]), rng.choice(CRASHES, n), rng.normal(size=n).round(2))
    frame = pd.DataFrame({name: cells[0] for name, cells in columns.items() if cells})
    frame = frame.assign(loss=loss, accuracy=rng.random(n).round(1), runtime=rng.random(n))
    rank = dict(list(OUTCOMES.items())[: int(rng.integers(2, 4))])
    repeats, reduce = str(rng.choice(["auto", "average", "keep"])), str(rng.choice(["best", "last"]))
    asked = {"repeats": repeats, "reduce": reduce, "metric": "loss", "direction": "minimize"}
    return frame, {"repeats": repeats, "reduce": reduce, "rank": rank} if rng.random() < 0.4 else asked


def told(table: TrialTable) -> tuple[object, ...]:
    """What must not depend on the order of rows and columns."""
    return (
        sorted(table.excluded),
        table.states,
        table.curves,
        table.metric,
        [f"{loss:.9g}" for loss in np.sort(table.loss)],
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_books_balance_and_no_order_matters(seed: int) -> None:
    frame, asked = muddle(seed)
    table = hpi.read(frame, **asked)
    assert len(table.frame) == len(table.trials) + sum(n for _, n in table.excluded)
    assert np.isfinite(table.trials[table.metric]).all()
    assert sum(n for _, n in table.states) in (0, len(frame))
    rng = np.random.default_rng(seed)
    assert told(hpi.read(frame.iloc[rng.permutation(len(frame))].reset_index(drop=True), **asked)) == told(table)
    assert told(hpi.read(frame[list(rng.permutation(frame.columns))], **asked)) == told(table)
