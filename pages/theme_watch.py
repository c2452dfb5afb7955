"""What only the browser can do for every page: follow a switch of theme, show where one is, get what draws charts.

Streamlit alone repaints its own parts; the colours of figures are made in Python. The component is an invisible
mark in the colour of text: a change of theme is a change of its colour, which the browser tells. On a narrow screen the
menu is a line that is longer than the screen: the page that is open is moved into sight, and marked as the one.
The scripts of charts are fetched while the server still works out the first of them.
"""

from __future__ import annotations

import streamlit as st

from pages import library

HTML = "<span></span>"
CSS = "span {position: absolute; color: var(--st-text-color); transition: color 1ms}"
JS = """
function showWhere(open) {
  for (const link of document.querySelectorAll(".st-key-menu a")) {
    const menu = link.closest(".st-key-menu"), page = link.getAttribute("href").split("?")[0].split("/").pop();
    if (page !== open) { link.removeAttribute("aria-current"); continue; }
    if (link.ariaCurrent === "page") continue;
    link.setAttribute("aria-current", "page");
    menu.scrollLeft += link.getBoundingClientRect().left - menu.getBoundingClientRect().left - menu.clientWidth / 3;
  }
}
export default function ({data, parentElement, setTriggerValue}) {
  for (const wait of [0, 300, 1500, 4000]) setTimeout(showWhere, wait, data.page);  // the menu comes after this mark
  import(location.origin + data.chart).then(chart => chart.library(data.plotly)).catch(() => {});  // charts say so
  const mark = parentElement.querySelector("span");
  mark.ontransitionend = () => setTriggerValue("switched", getComputedStyle(mark).color);
}
"""


def watch() -> None:
    """Place the mark; it takes no room."""
    # registered at each run: the same definition again is nothing new, and a runtime of its own has none yet
    mark = st.components.v2.component("theme_watch", html=HTML, css=CSS, js=JS)
    page = st.session_state.get("url_path", "")  # another one has the browser look anew
    data = {"page": page, "chart": library.chart(), "plotly": library.plotly()}
    mark(data=data, key="theme_watch", height=1, on_switched_change=lambda: None)
