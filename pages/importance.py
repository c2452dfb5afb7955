"""Importance: the bars, what they say in words, what no bar shows, and what the best trials look like."""

import streamlit as st

from hpi import figures
from hpi.words import large, pairs
from pages import about_bars, best_trials, in_words, link, look, menu, shell, state, threshold, together, words

shell.guard(__file__)

answer = shell.answered("What decides it?")
result = answer.result
look.lead(pairs.lead(result) or words.lead(result), answer)
look.quiet("part", large.rests_on(answer.sample, result.method.counts_all))
with st.container(key="answer"):
    bars, said = st.columns([5, 3], gap="large")
with bars, look.shown(answer):
    clicked = look.chart(figures.importance(result, look.theme()), "importance", clickable="Opens a hyperparameter")
if clicked:
    state.session().chosen = str(clicked.customdata)
    link.go(menu.ONE)
with said:
    with look.shown(answer, "words"), st.container(key="in_words"):
        in_words.leading()
    with look.shown(answer, "onwards"):
        together.onwards(result)
with look.shown(answer, "beside"):
    about_bars.section(answer)
with look.shown(answer, "below"):
    left, right = st.columns(2, gap="large") if together.has_both(result) else (st.container(), st.container())
    with left:
        threshold.section(answer)
    with right:
        together.pairs(result)
    best_trials.section(answer)
    together.coefficients(result)
