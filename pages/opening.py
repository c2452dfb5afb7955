"""What opens a table: a place to drop a file, and the examples.

Keys of the widgets: upload-<n>, close_table, example-<name>, named-<name>; the containers open_now and named.
"""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from pages import asking, job, leaving, link, look, menu, metric, named, opened, sign_in, state, uploads, who, words

LABEL = "Drag the results of a search here, or choose them: CSV, Excel, Parquet, JSON, .db, .sqlite3, .zip"
FORMATS = (
    "A table has one row a trial. The columns of Optuna, Ray Tune, W&B, MLflow, scikit-learn and others are known. A "
    ".db is an Optuna study, a .zip the folder of a SMAC, BOHB or Keras Tuner run. Several files of one search can be "
    "dropped at once. They go to this server and nowhere else."
)
EXAMPLES = {
    "digits_mlp.csv": "**A real search.** 1,200 small neural networks that read handwritten digits, drawn at random.",
    "digits_cnn.csv": "**Six datasets.** 3,000 convolutional networks on six image tasks: is it the same on each?",
    "known_function.csv": "**A known answer.** 1,000 points of a function: b decides most, then a; e and f do nothing.",
}


def draw() -> None:
    """Draw the place to drop a file, what is open already, and the examples; go on once a table is open."""
    now = state.session()
    if not who.may_author():
        look.refusal(now.refused)
        sign_in.gate()
        return
    files = uploads.drop(LABEL, key=f"upload-{now.n_uploads}")
    if files:
        _open(files)
    look.quiet("formats", FORMATS)
    look.refusal(now.refused)
    job.looking()
    already_open()
    _named()
    st.markdown("No table at hand? Open an example:")
    paths = [path for name in EXAMPLES if (path := opened.EXAMPLES / name).is_file()]
    for column, path in zip(st.columns(max(2, len(paths))), paths, strict=False):
        with column.container(border=True):
            st.markdown(EXAMPLES[path.name])
            st.button(f"Open {path.name}", key=f"example-{path.name}", on_click=_open_example, args=(path.name,))
    if now.arrived and now.table is not None and now.table.direction is not None:
        now.arrived = False
        if not asking.open_questions(now.table):
            link.go(menu.IMPORTANCE)


def _named() -> None:
    """Draw a button for each table that the operator has named."""
    names = named.names()
    if not names:
        return
    st.markdown("Tables on this server:")
    with st.container(horizontal=True, gap="small", key="named"):
        for name in names:
            st.button(f"Open {name}", key=f"named-{name}", on_click=_open_named, args=(name,))
    look.quiet("named", "They may be larger than memory: every row is looked at before one opens.")


def _open_named(name: str) -> None:
    if named.open_named(name):
        link.take_pending()


def already_open() -> None:
    """Say which table is open, and lead on; ask what it does not say."""
    table = state.session().table
    if table is None:
        return
    with st.container(border=True, key="open_now"):
        st.text(f"Open now: {words.identity(table)}")
        asking.draw(table)
        if table.metric is None or table.direction is None:
            metric.ask(table)
        else:
            link.to(menu.IMPORTANCE, "See what decides it →")
        st.button("Close this table", key="close_table", type="tertiary", on_click=_close)


def _close() -> None:
    leaving.close_table()
    st.query_params.clear()


def _open_example(name: str) -> None:
    if opened.open_example(name):
        link.take_pending()


def _open(files: list[uploads.File]) -> NoReturn:
    """Read what was dropped, and draw the page anew."""
    now = state.session()
    with st.spinner("Reading the table ..."):
        is_open = opened.open_files(files)
    now.n_uploads += 1
    leaving.VISITS.untidy = True
    if is_open:
        link.take_pending()
        if now.table is not None and asking.open_questions(now.table):
            link.go(menu.HOME)
    st.rerun()
