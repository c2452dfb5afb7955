"""What opens a table: a place to drop a file, and the examples.

Keys of the widgets: upload, example-<name>; the container open_now.
"""

from __future__ import annotations

import streamlit as st

from pages import link, look, menu, metric, opened, sign_in, state, who, words

EXAMPLES = {
    "digits_mlp.csv": "**A real search.** 1,200 small neural networks that read handwritten digits, drawn at random.",
    "known_function.csv": "**A known answer.** 1,000 points of a function: b decides most, then a; e and f do nothing.",
}


def draw() -> None:
    """Draw the place to drop a file, what is open already, and the examples; go on once a table is open."""
    now = state.session()
    if not who.may_author():
        look.refusal(now.refused)
        sign_in.gate()
        return
    st.file_uploader(
        "Results of a search: one row a trial, CSV or TSV", ["csv", "tsv", "txt"], key="upload", on_change=_uploaded
    )
    look.refusal(now.refused)
    already_open()
    st.markdown("No table at hand? Open an example:")
    paths = [path for name in EXAMPLES if (path := opened.EXAMPLES / name).is_file()]
    for column, path in zip(st.columns(max(2, len(paths))), paths, strict=False):
        with column.container(border=True):
            st.markdown(EXAMPLES[path.name])
            st.button(f"Open {path.name}", key=f"example-{path.name}", on_click=_open_example, args=(path.name,))
    if now.arrived and now.table is not None and now.table.direction is not None:
        now.arrived = False
        link.go(menu.IMPORTANCE)


def already_open() -> None:
    """Say which table is open, and lead on; ask what it does not say."""
    table = state.session().table
    if table is None:
        return
    with st.container(border=True, key="open_now"):
        st.text(f"Open now: {words.identity(table)}")
        if table.metric is None or table.direction is None:
            metric.ask(table)
        else:
            link.to(menu.IMPORTANCE, "See what decides it →")


def _open_example(name: str) -> None:
    if opened.open_example(name):
        link.take_pending()


def _uploaded() -> None:
    upload = st.session_state["upload"]
    if upload is not None and opened.open_file(upload):  # None: the file was taken away again, which closes no table
        link.take_pending()
