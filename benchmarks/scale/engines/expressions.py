"""Polars: lazy expressions on its streaming engine, one for the threshold and one for all counts.

Cells come from `bin_intervals`, joint cells from a table of them. All counts of a trial become rows of one column
(`unpivot`), which is grouped once.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.scale.answer import Answer
from benchmarks.scale.question import Axis, Question

OFFSET = 4096  # more than a count of one kind has keys: 2 * 24 * 24, or 2 * 257


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
    keys = joined.select((key + m * OFFSET).alias(str(m)) for m, key in enumerate(_keys(question)))
    counted = keys.unpivot().group_by("value").len().collect(engine="streaming")
    for key, n in counted.filter(pl.col("value").is_not_null()).iter_rows():
        counts = [*found.cells, *found.pairs][key // OFFSET]
        counts[key % 2].flat[key % OFFSET // 2] += n
    return found


def _cell(axis: Axis) -> pl.Expr:
    """Return the cell of each trial, null where there is no value."""
    x = pl.col(axis.name)
    if axis.levels:
        return x.replace_strict(list(axis.levels), range(axis.n), return_dtype=pl.UInt32)
    ends = pl.Series(axis.ends[:-1], dtype=pl.Float64)
    return x.cast(pl.Float64).bin_intervals(ends, labels=False, right_closed=True)


def _joint(j: int, axis: Axis) -> pl.Expr:
    return pl.lit(pl.Series(axis.joint, dtype=pl.UInt32)).gather(pl.col(f"c{j}"))


def _keys(question: Question) -> list[pl.Expr]:
    """Return a whole number for each count: the cell or both joint cells, twice, and whether the trial is inside."""
    cells = [pl.col(f"c{j}").fill_null(axis.n) for j, axis in enumerate(question.axes)]
    pairs = [pl.col(f"j{a}") * question.axes[b].n_joint + pl.col(f"j{b}") for a, b in question.pairs]
    return [key * 2 + pl.col("i") for key in (*cells, *pairs)]
