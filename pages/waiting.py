"""Has a part of a page drawn again after a moment, and no more of the page than that part.

A fragment of Streamlit can run at intervals, but never stops by itself, and its end draws the whole page anew. This is
a mark in a fragment that asks once for another run of it; where the part is done, it does not place the mark again.
"""

from __future__ import annotations

import streamlit as st

JS = """
const waiting = new WeakMap();
export default function ({data, parentElement, setTriggerValue}) {
  clearTimeout(waiting.get(parentElement));
  waiting.set(parentElement, setTimeout(() => setTriggerValue("passed", data.turn), data.milliseconds));
  return () => clearTimeout(waiting.get(parentElement));
}
"""


def again(seconds: float, turn: int, key: str) -> None:
    """Draw the fragment around anew after `seconds`; `turn` is another number at each run."""
    # registered at each run: the same definition again is nothing new, and a runtime of its own has none yet
    mark = st.components.v2.component("waiting", html="<span></span>", js=JS)
    mark(data={"milliseconds": 1000 * seconds, "turn": turn}, key=key, height=1, on_passed_change=lambda: None)
