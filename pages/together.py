"""What no bar shows: pairs that matter beyond their parts, and the coefficients of a linear model.

Keys of the widgets: to_pair; the chart pairs; the container quiet-together; the table coefficients.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from hpi import figures
from hpi.estimators import by_name
from hpi.results import ImportanceResult, PairScore
from hpi.words.pairs import NO_PAIR, between, beyond, sentence, what_terms_add
from pages import link, look, menu, state

MOSTLY = 0.9
MOST_COEFFICIENTS = 200
TITLE = "Which matter together?"


def has_both(result: ImportanceResult) -> bool:
    """Whether a result has pairs and a target, so that both pictures stand beside each other."""
    return bool(result.pairs) and by_name(result.estimator).uses_target


def pairs(result: ImportanceResult) -> None:
    """Draw the matrix of pairs and the way to the strongest one that can be told apart from chance.

    Where that pair is what decides, the page has begun with the way to it.
    """
    if not result.pairs:
        return
    found = [pair for pair in result.pairs if pair.detectable]
    look.heading(TITLE)
    look.quiet("together", *([beyond(result), sentence(found[0], result)] if found else [NO_PAIR]))
    clicked = look.chart(figures.pair_matrix(result, look.theme()), "pairs", clickable="Opens a pair")
    if clicked:
        _open(tuple(clicked.customdata))
    if found and not _is_pair(result):
        _way(found[0], "See the strongest pair →")


def onwards(result: ImportanceResult) -> None:
    """Draw the way to the values of what decides: of the strongest hyperparameter, or of a pair where that decides."""
    found = [pair for pair in result.pairs if pair.detectable]
    if _is_pair(result):
        _way(found[0], "See the pair →")
    elif result.detectable and st.button("Which values are good? →", key="to_one"):
        state.session().chosen = result.detectable[0].name
        link.go(menu.ONE)


def _is_pair(result: ImportanceResult) -> bool:
    """Whether a pair decides: no hyperparameter does alone, or the strongest bar is little but that pair's product."""
    pair = next((pair for pair in result.pairs if pair.detectable), None)
    if pair is None or not result.detectable:
        return pair is not None
    first = result.detectable[0]
    is_product = result.estimator == "linear" and first.name in pair.names
    return is_product and (pair.importance or 0.0) >= MOSTLY * (first.importance or 0.0)


def _way(pair: PairScore, label: str) -> None:
    if st.button(label, key="to_pair"):
        _open(pair.names)


def _open(names: tuple[str, str]) -> None:
    state.session().pair = names
    link.go(menu.TWO)


def coefficients(result: ImportanceResult) -> None:
    """Draw the coefficients of a linear model, if there are any."""
    if not result.coefficients:
        return
    look.heading("Coefficients")
    look.quiet("coefficients", what_terms_add(result))
    shown = result.coefficients[:MOST_COEFFICIENTS]
    rows = {
        "term": [" × ".join(one.terms) for one in shown],
        "adds": [one.value for one in shown],
        "95 % interval": [between(one) for one in shown],
    }
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="coefficients", height=look.table_height(len(shown)),
        column_config={
            "adds": st.column_config.NumberColumn(format="%+.3g", width=86),
            "95 % interval": st.column_config.TextColumn(width=150),
        },
    )  # fmt: skip
