"""Importance: the bars, what they say in words, and what to be careful about."""

import streamlit as st

from hpi import figures
from pages import look, shell, state, words

shell.guard()

answer = shell.answered()
result = answer.result
look.question("What decides it?")
with shell.shown(answer):
    look.lead(words.lead(result))
    clicked = look.chart(figures.importance(result, look.theme()), "importance", clickable=True)
if clicked:
    state.session().chosen = look.name_of(clicked[0])
    st.switch_page(shell.ONE)
look.quiet("warnings", *result.warnings)
with st.container(horizontal=True):
    st.download_button(
        "The bars as CSV", words.bars_as_csv(result), words.csv_name(result), "text/csv", key="bars_csv",
        on_click="ignore",
    )  # fmt: skip
with st.expander("How to read this chart"):
    st.markdown(words.HOW_TO_READ)
with st.expander("What was left out"):
    look.quiet("left_out", *words.left_out(answer.table))
