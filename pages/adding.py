"""More trials for the table that is open, and the table to take along.

Keys of the widgets: append-<n>, table_csv.
"""

from __future__ import annotations

import streamlit as st

from hpi.table import TrialTable
from hpi.words import large
from hpi.words.spreadsheet import as_csv
from pages import counting, look, opened, state, uploads

SAID = "appended"  # what came of the last files
MOST_CELLS = 2_000_000  # what is written while a page is drawn; more of it by `python -m hpi convert`


def draw(table: TrialTable, may_change: bool) -> None:
    """Draw the way to append further files, and to download the table as it was understood."""
    if counting.is_large(table):
        look.quiet("no_more", large.NO_MORE)
        return
    if may_change:
        _append()
    if table.frame.size > MOST_CELLS:
        return
    name = table.name.rsplit(".", 1)[0]
    st.download_button(
        "Download the table as CSV", lambda: as_csv(table.frame), f"{name}.csv", "text/csv", key="table_csv",
        on_click="ignore", help="Every row and column as it was understood",
    )  # fmt: skip


def _append() -> None:
    now = state.session()
    with st.expander("Add the trials of another file of the same search", expanded=SAID in now.kept):
        files = uploads.drop("Files with the same columns", key=f"append-{now.n_uploads}")
        if files:
            with st.spinner("Reading the table ..."):
                now.kept[SAID] = opened.append(files)
            now.n_uploads += 1
            st.rerun()
        if SAID in now.kept:
            look.refusal(now.kept[SAID], "refused-append")
            look.quiet("appended", None if now.kept[SAID] else "Added: every page shows all rows now.")
