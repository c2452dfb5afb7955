"""The trials as a table, best first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from hpi.roles import Role
from hpi.roles.vocabulary import is_run_key
from hpi.subspace import Sample
from hpi.table import TrialTable
from pages import look

MOST = 2000
MOST_IDENTIFIERS = 3


def read(table: TrialTable, sample: Sample) -> None:
    """Draw the trials as a table that can be sorted."""
    frame = best_first(table, sample)
    numbers = st.column_config.NumberColumn(format="%.4g")
    floats = frame.select_dtypes("float").columns
    st.dataframe(
        frame,
        key="trials",
        height=look.table_height(len(frame)),
        placeholder="",
        column_config=dict.fromkeys(floats, numbers),
    )


def best_first(table: TrialTable, sample: Sample) -> pd.DataFrame:
    """Return rank, part of the question, metric and the whole configuration of the best trials."""
    row = sample.design.row[:MOST]
    shown = table.trials.iloc[row]
    names = [column.name for column in table.columns if column.name in shown.columns and column.name != table.metric]
    shown = shown[[str(table.metric), *names]].apply(_as_numbers).assign(**_identifiers(table, shown.index))
    rank = np.arange(len(row))
    part = np.where(rank < sample.n_target, "target", np.where(rank < sample.n_region, "region", "outside"))
    shown.insert(0, _unused("part", shown), part)
    return shown.set_axis(pd.Index(rank + 1, name=_unused("rank", shown)))


def _identifiers(table: TrialTable, rows: pd.Index) -> dict[str, pd.Series]:
    """Return the columns that number or name runs, by which a trial is found again; none where rows were averaged."""
    if (table.n_repeats > 1).any():
        return {}
    names = [column.name for column in table.columns if column.role is Role.LEFT_OUT and is_run_key(column.name)]
    return {name: table.frame[name].loc[rows] for name in names[:MOST_IDENTIFIERS]}


def note(table: TrialTable, sample: Sample) -> str:
    """Say how many of the trials are shown, in which order, and what a click on a head does."""
    total = len(sample.design)
    which = f"All {total:,} trials" if total <= MOST else f"The best {MOST:,} of {total:,} trials"
    order = "best first" if table.tasks is None else "those of the best rank within their task first"
    return f"{which}, {order}; a click on the head of a column sorts by it."


def _as_numbers(column: pd.Series) -> pd.Series:
    """Levels that are numbers sort as numbers."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers if (numbers.notna() == column.notna()).all() else column


def _unused(word: str, frame: pd.DataFrame) -> str:
    while word in frame.columns:
        word += "_"
    return word
