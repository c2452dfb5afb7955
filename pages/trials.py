"""The trials as a table, best first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pages.state import Answer

MOST = 2000
SHOWN = 12
ROW, HEAD = 35, 37  # pixels


def best_first(answer: Answer) -> pd.DataFrame:
    """Return rank, part of the question, metric and the whole configuration of the best trials."""
    sample, table = answer.sample, answer.table
    row = sample.design.row[:MOST]
    shown = table.trials.iloc[row]
    names = [column.name for column in table.columns if column.name in shown.columns and column.name != table.metric]
    shown = shown[[str(table.metric), *names]]
    rank = np.arange(len(row))
    part = np.where(rank < sample.n_target, "target", np.where(rank < sample.n_region, "region", "outside"))
    shown.insert(0, _unused("part", shown), part)
    return shown.set_axis(pd.Index(rank + 1, name=_unused("rank", shown)))


def note(answer: Answer) -> str:
    """Say how many of the trials are shown, and what a click on a head does."""
    total = len(answer.sample.design)
    which = f"All {total:,} trials" if total <= MOST else f"The best {MOST:,} of {total:,} trials"
    return f"{which}, best first; a click on the head of a column sorts by it."


def height(n_rows: int) -> int:
    """Pixels of a table that shows `n_rows` rows, or a dozen and a scroll bar."""
    return HEAD + ROW * min(n_rows, SHOWN)


def _unused(word: str, frame: pd.DataFrame) -> str:
    while word in frame.columns:
        word += "_"
    return word
