"""The pages, and the way between them: every link carries what is shown, so that it can be kept or sent by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages import link
from pages.session import session

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

HOME, IMPORTANCE, ONE, TWO, FINDINGS, COMPARE, DATA, LINKS = (
    f"pages/{name}.py" for name in ("home", "importance", "one", "two", "findings", "compare", "data", "links")
)
SHOWING = (IMPORTANCE, ONE, TWO, FINDINGS, DATA)


def pages() -> list[StreamlitPage]:
    """Return the pages in the order of the menu."""
    return [
        st.Page(HOME, title="Start", default=True),
        st.Page(IMPORTANCE, title="Importance"),
        st.Page(ONE, title="One hyperparameter", url_path="one"),
        st.Page(TWO, title="Two hyperparameters", url_path="two"),
        st.Page(FINDINGS, title="Findings"),
        st.Page(COMPARE, title="Compare"),
        st.Page(DATA, title="Data"),
        st.Page(LINKS, title="Links"),
    ]


def arrive() -> None:
    """Go on to the page that a link shows, where it has just been opened on the first page."""
    now = session()
    if now.shared is not None and now.arrived:
        now.arrived = False
        stem = now.shared.snapshot.page
        link.go(next((page for page in SHOWING if Path(page).stem == stem), IMPORTANCE))


def draw() -> None:
    """Draw the menu; Streamlit's own would forget the address."""
    query = link.carried()
    with st.container(horizontal=True, gap="small", key="menu"):
        for page in pages():
            link.to(page, query=query)
