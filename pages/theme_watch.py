"""Draws the page again when the visitor switches between light and dark.

Streamlit alone repaints its own parts; the colours of figures are made in Python. The component is an invisible
mark in the colour of text: a change of theme is a change of its colour, which the browser tells.
"""

from __future__ import annotations

import streamlit as st

HTML = "<span></span>"
CSS = "span {position: absolute; color: var(--st-text-color); transition: color 1ms}"
JS = """
export default function ({parentElement, setTriggerValue}) {
  const mark = parentElement.querySelector("span");
  mark.ontransitionend = () => setTriggerValue("switched", getComputedStyle(mark).color);
}
"""


def watch() -> None:
    """Place the mark; it takes no room."""
    # registered at each run: the same definition again is nothing new, and a runtime of its own has none yet
    mark = st.components.v2.component("theme_watch", html=HTML, css=CSS, js=JS)
    mark(key="theme_watch", height=1, on_switched_change=lambda: None)
