"""Two hyperparameters: a heat map over both, and the same as a surface."""

import streamlit as st

from hpi import effects, figures
from hpi.words import large
from pages import choose, held, in_words, look, narrowing, shell, words

shell.guard(__file__)

answer = shell.answered("Which values are good together?")
if len(answer.table.hyperparameters) < 2:
    st.text("This table has one hyperparameter only; a pair needs two.")
    st.stop()
first, second, show = choose.two(answer)
look.quiet("part", large.rests_on(answer.sample))
effect = effects.two_effects(answer.table, answer.sample, first, second)
with look.shown(answer, "pair_words"):
    in_words.of_pair(first, second)
with look.shown(answer):
    look.quiet("target", words.target_here(answer.result))
    shown = held.two(answer, first, second, show)
    left, right = st.columns(2)
    with left:
        narrowing.two(figures.heat_map(effect, shown.show, look.theme(), shown.joint), "heat_map", effect, answer)
        narrowing.hint(narrowing.OVER)
    with right:
        look.chart(figures.surface(effect, shown.show, look.theme(), shown.joint), "surface")
