"""Data: what each column was taken for and why, what was left out, every trial, and the search over time."""

import streamlit as st

from hpi import effects, figures
from pages import look, roles, shell, trials, words

shell.guard(__file__)

answer = shell.frame()
table = shell.table()
look.question("What is in this table?")
look.heading("What is each column?")
roles.read(table)
roles.change(table)
roles.rows(table)
look.heading("What was left out?")
look.quiet("left_out", *words.left_out(table) or ["Nothing: every row is a trial and every column has its part."])
look.quiet("notices", *table.notices)
if answer is None:
    st.stop()
look.heading("Which trials are best?")
look.quiet("trials", trials.note(answer))
trials.read(answer)
look.heading("How did the search go?")
look.chart(figures.history(effects.history(answer.table), look.theme()), "history")
