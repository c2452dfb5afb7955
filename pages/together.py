"""What no bar shows: pairs that matter beyond their parts, and the coefficients of a linear model.

Keys of the widgets: to_pair; the containers quiet-together and coefficients.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from hpi.estimators import by_name
from hpi.results import ImportanceResult, PairScore
from pages import look, shell, state, words

MOST_PAIRS = 5
MOST_COEFFICIENTS = 200
BEYOND = "What two explain beyond what each explains alone:"
JOINTLY = "which were not drawn independently of each other here"


def pairs(result: ImportanceResult) -> None:
    """Draw the pairs that can be told apart from chance, the strongest first, and the way to the first one."""
    found = [pair for pair in result.pairs if pair.detectable]
    if not found:
        return
    look.small_heading("Together")
    more = len(found) - MOST_PAIRS
    said = [sentence(pair, result) for pair in found[:MOST_PAIRS]]
    look.quiet("together", BEYOND, *said, f"and {more} more pairs" if more > 0 else None)
    if st.button("See the first pair →", key="to_pair"):
        state.session().pair = found[0].names
        st.switch_page(shell.TWO)


def sentence(pair: PairScore, result: ImportanceResult) -> str:
    """Say what two hyperparameters explain together: a and b: 19 % [12 to 25]."""
    names, value = " and ".join(pair.names), words.estimate(pair, result)
    return f"{names}: {value}" if pair.reading == "interaction" else f"{names}, {JOINTLY}: {value}"


def coefficients(result: ImportanceResult) -> None:
    """Draw the coefficients of a linear model, if there are any."""
    if not result.coefficients:
        return
    with st.expander("Coefficients"):
        st.text(
            f"In units of {result.metric}: what one standard deviation more of a number adds, or what a level adds to "
            "the mean of all; for two terms, what is added where both are so."
        )
        rows = [
            {"term": " × ".join(one.terms), "adds": one.value, "low": one.low, "high": one.high}
            for one in result.coefficients[:MOST_COEFFICIENTS]
        ]
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, key="coefficients", height=look.table_height(len(rows)),
            column_config={name: st.column_config.NumberColumn(format="%.4g") for name in ("adds", "low", "high")},
        )  # fmt: skip


def lead(result: ImportanceResult) -> str | None:
    """Say that two decide together where none decides alone; None where that is not so."""
    found = [pair for pair in result.pairs if pair.detectable and pair.reading == "interaction"]
    if result.detectable or not found:
        return None
    first, second = found[0].names
    method = by_name(result.estimator)
    what = words.separates(result) if method.uses_target else "the variance of the metric"
    return (
        f"No hyperparameter decides alone, but {first} and {second} do together: "
        f"{words.percent(found[0].importance or 0.0)} of {what} is in their combination."
    )
