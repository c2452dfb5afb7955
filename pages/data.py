"""Data: what was read, what each column was taken for and why, what was left out, every trial, the search over time."""

import streamlit as st

from hpi import effects, figures
from hpi.words import large
from pages import adding, counting, look, roles, shell, state, trials, words

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
    look.quiet("not_kept", large.NOT_KEPT if counting.is_large(table) else None)
look.heading("Which rows count?")
counted = table if about is None else about[0]
look.quiet("left_out", *(words.rows_left_out(counted) or ["Every row is a trial."]))
look.quiet("notices", *table.notices)
adding.draw(table, may_change)
if about is None:
    st.stop()
held, sample = about
look.heading("Which trials are best?")
look.quiet("trials", large.listed(sample), trials.note(held, sample))
trials.read(held, sample)
look.heading("How did the search go?")
look.quiet("in_time", large.in_time(held, sample))
look.chart(figures.history(effects.history(held), look.theme()), "history")
