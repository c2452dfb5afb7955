"""Tables of all kinds of cells, written as files and row groups that are split by somebody's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SPACE = {
    "size": {"kind": "ordinal", "levels": ["s", "m", "l", "xl"]},
    "depth": {"kind": "int", "low": 1, "high": 10},
    "beta": {
        "kind": "float",
        "domains": [
            {"when": {"opt": ["adam"]}, "low": 0.0, "high": 1.0},
            {"when": {"opt": ["sgd", "lamb"]}, "low": 1.0, "high": 3.0},
        ],
    },
}


def table(seed: int, n: int = 120, crashed: float = 0.02) -> pa.Table:
    """Return n rows with every kind of hyperparameter; metrics may be no number, infinite, or stand for a crash."""
    rng = np.random.default_rng(seed)
    opt = rng.choice(["adam", "sgd", "lamb"], n)
    lr = np.exp(rng.uniform(-9, 0, n))
    beta = np.where(opt == "adam", rng.random(n), 1 + 2 * rng.random(n))
    loss = np.log(lr) ** 2 + beta + rng.normal(size=n)
    bad = rng.random(n)
    loss = np.where(bad < 0.05, np.nan, np.where(bad < 0.08, np.inf, np.where(bad < 0.08 + crashed, 2.0**31 - 1, loss)))
    loss = np.where((bad > 0.97), 1e9, loss)
    # values that only rows have which do not count
    lr = np.where(np.isnan(loss), lr * 7, lr)
    words = np.array(["fast", "slow", " fast", "slow ", "", "odd"], dtype=object)
    return pa.table(
        {
            "lr": lr,
            "momentum": pa.array(rng.random(n), mask=rng.random(n) < 0.2),
            "depth": rng.integers(1, 9, n).astype(np.int8),
            "units": rng.integers(8, 60_000, n).astype(np.uint16),
            "rate": rng.random(n).astype(np.float32),
            "drop": pa.array([Decimal(int(k)) / 100 for k in rng.integers(0, 90, n)], pa.decimal128(9, 2)),
            "opt": pa.array(opt),
            "beta": beta,
            "mode": pa.array(words[rng.integers(0, 6, n)], mask=rng.random(n) < 0.1),
            "net": pa.array(rng.choice(["a", "b", "c"], n)).dictionary_encode(),
            "norm": pa.array(rng.random(n) < 0.5, mask=rng.random(n) < 0.1),
            "size": pa.array(rng.choice(["s", "m", "l"], n)),
            "digits": pa.array([f"{k / 8}" for k in rng.integers(1, 40, n)], mask=rng.random(n) < 0.1),
            "decay": np.where(rng.random(n) < 0.05, np.inf, rng.random(n)),
            "state": pa.array(rng.choice(["COMPLETE", "FAIL", "RUNNING"], n, p=[0.8, 0.1, 0.1])),
            "worker": pa.array(rng.choice(["w1", "w2"], n)),
            "loss": loss,
        }
    )


def written(folder: Path, whole: pa.Table, files: Sequence[Sequence[int]], **options: object) -> Path:
    """Write a file for each sequence of sizes of its row groups; what remains of the table goes into the last one."""
    folder.mkdir(parents=True, exist_ok=True)
    start = 0
    for number, groups in enumerate(files):
        with pq.ParquetWriter(folder / f"part-{number:04d}.parquet", whole.schema, **options) as writer:
            for k, size in enumerate(groups):
                last = number == len(files) - 1 and k == len(groups) - 1
                rows = whole.slice(start, None if last else size)
                writer.write_table(rows, row_group_size=max(1, len(rows)))
                start += len(rows)
    return folder
