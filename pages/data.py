"""Data: what each column was taken for and why, what was left out, every trial, and the search over time."""

import streamlit as st

from hpi import effects, figures
from pages import look, roles, shell, trials, words

shell.guard()

answer = shell.frame()
table = shell.table()
look.question("What is in this table?")
look.heading("What is each column?")
st.dataframe(roles.as_frame(table), hide_index=True, key="roles", height=trials.height(len(table.columns)))
roles.change(table)
roles.rows(table)
look.heading("What was left out?")
look.quiet("left_out", *words.left_out(table) or ["Nothing: every row is a trial and every column has its part."])
look.quiet("notices", *table.notices)
if answer is None:
    st.stop()
look.heading("Which trials are best?")
look.quiet("trials", trials.note(answer))
st.dataframe(trials.best_first(answer), key="trials", height=trials.height(trials.SHOWN))
look.heading("How did the search go?")
look.chart(figures.history(effects.history(answer.table), look.theme()), "history")
