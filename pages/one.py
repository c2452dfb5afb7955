"""One hyperparameter: every trial's metric against it, and what is compared between target and region."""

import streamlit as st

from hpi import effects, figures
from hpi.words import large
from pages import choose, held, in_words, link, look, menu, narrowing, shell, words

shell.guard(__file__)

answer = shell.answered("Which values are good?")
name = choose.one(answer)
score = next(score for score in answer.result.hyperparameters if score.name == name)
effect = effects.one_effect(answer.table, answer.sample, name)
look.lead(" ".join(filter(None, (words.where(effect, score), words.one(score, answer.result)))), answer)
look.quiet("part", large.rests_on(answer.sample))
with look.shown(answer, "one_words"):
    in_words.of_one(name)
with look.shown(answer):
    look.quiet("target", words.target_here(answer.result))
    adjusted = held.one(answer)
    narrowing.one(figures.metric_against(effect, look.theme(), adjusted), "metric_against", effect, answer)
    narrowing.hint(narrowing.ALONG)
    held.said(adjusted, effect.hyperparameter)
    look.heading("Where are the best trials, compared with all of the region?")
    narrowing.one(figures.distribution(effect, look.theme()), "distribution", effect, answer)
if st.button("With a second hyperparameter →", key="to_two"):
    choose.begin_pair(answer, name)
    link.go(menu.TWO)
