"""Polars: lazy expressions on its streaming engine, one for the threshold and one for what is counted.

Cells come from `cut`, joint cells from a table of them. What is counted comes in batches, and each column is counted by
itself: of what was tried this took the least processor time, and memory that does not grow with rows.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import polars as pl

from benchmarks.scale.answer import Answer, Counts
from benchmarks.scale.question import Axis, Question

BATCH = 250_000  # rows


def answer(folder: Path, question: Question) -> Answer:
    """Return what Polars counts."""
    trials = pl.scan_parquet(folder / "*.parquet")
    # Half a rank further, so that no rounding leads to a neighbour.
    part = (question.rank - 0.5) / max(1, question.rows - 1)
    loss = pl.col(question.metric)
    threshold = trials.select(loss.quantile(part, "lower")).collect(engine="streaming").item()
    found = Answer.empty(question, threshold)
    inside = (loss <= threshold).cast(pl.UInt32).alias("i")
    coded = trials.select(inside, *(_cell(axis).alias(f"c{j}") for j, axis in enumerate(question.axes)))
    joined = coded.with_columns(_joint(j, axis).alias(f"j{j}") for j, axis in enumerate(question.axes))
    keys = joined.select(key.alias(str(m)) for m, key in enumerate(_keys(question)))
    for batch in keys.collect_batches(engine="streaming", chunk_size=BATCH, maintain_order=False):
        for counts, column in zip((*found.cells, *found.pairs), batch.iter_columns(), strict=True):
            _add(counts, column.value_counts())
    return found


def _add(counts: Counts, counted: pl.DataFrame) -> None:
    """Take in how often each key comes; pairs of which one has no value have none."""
    known = counted.drop_nulls()
    key, n = known[known.columns[0]].to_numpy(), known["count"].to_numpy()
    counts.reshape(2, -1)[key % 2, key // 2] += n


def _cell(axis: Axis) -> pl.Expr:
    """Return the cell of each trial, null where there is no value."""
    x = pl.col(axis.name)
    if axis.levels:
        # replace_strict would hold whole columns
        return x.cast(pl.Enum(axis.levels)).to_physical().cast(pl.UInt32)
    labels = [str(k) for k in range(axis.n)]
    with warnings.catch_warnings():
        # its successor, bin_intervals, takes a quarter more processor time
        warnings.simplefilter("ignore", DeprecationWarning)
        return x.cast(pl.Float64).cut(list(axis.ends[:-1]), labels=labels).to_physical().cast(pl.UInt32)


def _joint(j: int, axis: Axis) -> pl.Expr:
    return pl.lit(pl.Series(axis.joint, dtype=pl.UInt32)).gather(pl.col(f"c{j}"))


def _keys(question: Question) -> list[pl.Expr]:
    """Return a whole number for each count: the cell or both joint cells, twice, and whether the trial is inside."""
    cells = [pl.col(f"c{j}").fill_null(axis.n) for j, axis in enumerate(question.axes)]
    pairs = [pl.col(f"j{a}") * question.axes[b].n_joint + pl.col(f"j{b}") for a, b in question.pairs]
    return [key * 2 + pl.col("i") for key in (*cells, *pairs)]
