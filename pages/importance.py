"""Importance: the bars, what they say in words, and what to be careful about."""

from functools import partial

import streamlit as st

from hpi import figures
from hpi.estimators import by_name
from hpi.words import cautions, pairs
from pages import finding_rows, link, look, menu, shell, state, threshold, together, words

shell.guard(__file__)

answer = shell.answered()
result = answer.result
worth_knowing = [*cautions.worth_knowing(result), *cautions.ties(answer.sample, by_name(result.estimator).uses_target)]
look.question("What decides it?")
look.lead(pairs.lead(result) or words.lead(result), answer)
with st.container(key="three"):
    chart, beside, below = st.columns([5, 2, 5], gap="large")
with chart, look.shown(answer):
    clicked = look.chart(figures.importance(result, look.theme()), "importance", clickable="Opens a hyperparameter")
if clicked:
    state.session().chosen = str(clicked.customdata)
    link.go(menu.ONE)
with beside:
    with look.shown(answer, "words"), st.container(key="in_words"):
        finding_rows.leading(answer)
    with look.shown(answer, "beside"):
        together.onwards(result)
        together.pairs(result)
        look.small_heading("Worth knowing")
        look.quiet("warnings", *(worth_knowing or [cautions.NOTHING]))
        with st.expander("How to read this chart"):
            st.markdown(words.how_to_read(result))
    with st.expander("What was left out"):
        look.quiet("left_out", *words.left_out(answer.table))
    with look.shown(answer, "file"):
        # written when it is asked for: a file for every step of the slider would be gone before the browser looks at it
        st.download_button(
            "Download the bars (CSV)", partial(words.bars_as_csv, result), words.csv_name(result), "text/csv",
            key="bars_csv", on_click="ignore",
        )  # fmt: skip
with below, look.shown(answer, "below"):
    threshold.section(answer)
    together.coefficients(result)
