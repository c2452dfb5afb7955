"""Data: what was read, what each column was taken for and why, what was left out, every trial, the search over time."""

import streamlit as st

from hpi import effects, figures
from pages import adding, look, roles, shell, state, trials, words

shell.guard(__file__)

QUESTION = "What is in this table?"
shell.frame(QUESTION)
table, about = shell.table(), state.sampled()
may_change = state.session().shared is None
look.question(QUESTION)
look.quiet("source", *words.source(table))
look.heading("What is each column?")
roles.read(table, may_change)
if may_change:
    roles.change(table)
    roles.rows(table)
look.heading("Which rows count?")
look.quiet("left_out", *(words.rows_left_out(table) or ["Every row is a trial."]))
look.quiet("notices", *table.notices)
adding.draw(table, may_change)
if about is None:
    st.stop()
held, sample = about
look.heading("Which trials are best?")
look.quiet("trials", trials.note(held, sample))
trials.read(held, sample)
look.heading("How did the search go?")
look.chart(figures.history(effects.history(table), look.theme()), "history")
