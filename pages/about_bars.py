"""Under the bars: what to be careful about, how to read them, what was left out, and their numbers.

Keys of the widgets: bars_csv; the containers quiet-warnings, quiet-left_out, under_bars.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from hpi.estimators import by_name
from hpi.words import cautions, large
from pages import look, state, words


def section(answer: state.Answer) -> None:
    """Draw what belongs to the bars and is not in them."""
    result = answer.result
    careful = large.beside(answer.table, answer.sample, cautions.worth_knowing(result))
    careful += cautions.ties(answer.sample, by_name(result.estimator).uses_target)
    look.small_heading("Worth knowing")
    look.quiet("warnings", *(careful or [cautions.NOTHING]), words.taken_for_outcomes(answer.table))
    with st.container(key="under_bars", horizontal=True, gap="small"):
        with st.expander("How to read this chart", type="compact"):
            st.markdown(words.how_to_read(result))
        with st.expander("What was left out", type="compact"):
            look.quiet("left_out", *words.left_out(answer.table))
        # written when it is asked for: a file for every step of the slider would be gone before the browser looks
        st.download_button(
            "Download the bars (CSV)", partial(words.bars_as_csv, result), words.csv_name(result), "text/csv",
            key="bars_csv", on_click="ignore", type="tertiary",
        )  # fmt: skip
