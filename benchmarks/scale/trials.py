"""The trials as a folder of Parquet files: eleven hyperparameters and a loss, always the same ones.

Each row group is drawn by a seed of its own, so that processes share the work and memory holds a group at a time.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.scale.plan import Plan
from hpi.space import drawing

SEED = 8
METRIC = "loss"
DECIMALS = 6  # of the loss, as a log has it: so losses repeat
NOISE = 0.15
OPTIMIZERS = ("adam", "adamw", "lion", "rmsprop", "sgd")
UNIFORM = {
    "dropout": (0.0, 0.6),
    "label_smoothing": (0.0, 0.3),
    "mixup": (0.0, 1.0),
    "warmup": (0.0, 0.2),
    "ema": (0.9, 1.0),
    "clipping": (0.1, 10.0),
}
LOGARITHMIC = {"learning_rate": (1e-5, 1e-1), "weight_decay": (1e-6, 1e-2)}
MOMENTUM = (0.5, 0.99)
WITH_MOMENTUM = (3, 4)
LAYERS = (1, 48)
HYPERPARAMETERS = (*UNIFORM, *LOGARITHMIC, "layers", "optimizer", "momentum")
SPARE = 1.5  # more are kept at first than are drawn, as hashes fall where they fall

Columns = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, eq=False)
class Made:
    """What lies in a folder.

    Attributes
    ----------
    rows, files, groups, megabytes
        Trials, files, row groups; size of all files in MB (10^6 bytes).
    drawn
        The trials whose positions have the smallest hashes, at most 131,072, as `drawing.drawn` takes them: they say
        where cells end. In the order of their positions.
    """

    rows: int
    files: int
    groups: int
    megabytes: float
    drawn: pa.Table


def made(folder: Path, rows: int, plan: Plan, workers: int | None = None) -> Made:
    """Write so many trials into an empty folder, and return what lies there."""
    starts = range(0, rows, plan.file_rows)
    paths = [folder / f"part-{i:04d}.parquet" for i in range(len(starts))]
    files = [range(start, min(start + plan.file_rows, rows)) for start in starts]
    # spawned: a forked child may hang on locks of the threads that Arrow has started
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        parts = pool.map(_write, paths, files, [plan.group_rows] * len(paths), [rows] * len(paths))
        kept = pa.concat_tables(parts)
    places = drawing.drawn(drawing.hashes(kept["position"].to_numpy()))
    groups = sum(-(-len(each) // plan.group_rows) for each in files)
    size = sum(path.stat().st_size for path in paths) / 1e6
    return Made(rows, len(paths), groups, size, kept.take(places).drop_columns("position"))


def _write(path: Path, positions: range, group_rows: int, rows: int) -> pa.Table:
    """Write one file, group by group; return those of its trials that may be among the drawn ones."""
    bound = min(1.0, SPARE * drawing.MOST_DRAWN / rows)
    kept = []
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for start in range(positions.start, positions.stop, group_rows):
            group = trials(start, min(group_rows, positions.stop - start))
            writer.write_table(group, row_group_size=group_rows)
            place = np.arange(start, start + len(group))
            few = np.flatnonzero(drawing.hashes(place) / 2.0**64 <= bound)
            kept.append(group.take(few).append_column("position", pa.array(place[few])))
    return pa.concat_tables(kept)


def trials(start: int, n: int) -> pa.Table:
    """Return the row group whose first trial has that position."""
    rng = np.random.default_rng([SEED, start])
    drawn: dict[str, NDArray[np.generic]] = {}
    for name, (low, high) in UNIFORM.items():
        drawn[name] = _within(low + (high - low) * rng.random(n, np.float32), low, high)
    for name, ends in LOGARITHMIC.items():
        low, high = np.log(ends)
        drawn[name] = _within(np.exp(low + (high - low) * rng.random(n, np.float32)), *ends)
    drawn["layers"] = rng.integers(LAYERS[0], LAYERS[1] + 1, n)
    drawn["optimizer"] = rng.integers(0, len(OPTIMIZERS), n, dtype=np.int8)
    momentum = _within(MOMENTUM[0] + (MOMENTUM[1] - MOMENTUM[0]) * rng.random(n, np.float32), *MOMENTUM)
    active = np.isin(drawn["optimizer"], WITH_MOMENTUM)
    loss = (_expected(drawn) + NOISE * rng.standard_normal(n)).round(DECIMALS) + 0.0
    arrays: list[pa.Array] = [pa.array(drawn[name]) for name in HYPERPARAMETERS[:-2]]
    arrays.append(pa.DictionaryArray.from_arrays(drawn["optimizer"], pa.array(OPTIMIZERS)).cast(pa.string()))
    return pa.table([*arrays, pa.array(momentum, mask=~active), pa.array(loss)], schema=SCHEMA)


def _within(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.float32]:
    """Return numbers of single precision that lie within bounds of double precision."""
    least, most = (np.float32(end) for end in (low, high))
    least = least if least >= low else np.nextafter(least, np.float32(np.inf))
    most = most if most <= high else np.nextafter(most, np.float32(-np.inf))
    return np.asarray(values, dtype=np.float32).clip(least, most)


def _expected(drawn: Columns) -> NDArray[np.float64]:
    """Return the loss without its noise: five hyperparameters and one interaction decide it."""
    rate = np.log10(drawn["learning_rate"].astype(np.float64)) + 3
    dropout, layers = drawn["dropout"] / 0.6, drawn["layers"] / LAYERS[1]
    of_optimizer = np.array([0.0, -0.05, 0.1, 0.2, 0.15])[drawn["optimizer"].astype(np.int64)]
    loss = 1.0 + 0.3 * rate**2 + 0.2 * drawn["mixup"] + of_optimizer + 0.8 * (dropout - layers) ** 2
    return np.asarray(loss, dtype=np.float64)


SCHEMA = pa.schema(
    [
        *((name, pa.float32()) for name in (*UNIFORM, *LOGARITHMIC)),
        ("layers", pa.int64()),
        ("optimizer", pa.string()),
        ("momentum", pa.float32()),
        (METRIC, pa.float64()),
    ]
)
