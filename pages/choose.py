"""Which hyperparameters a page is about: the strongest ones, until somebody chooses others.

Keys of the widgets: one; first, second, show. Options of a selectbox are literal, so names need no escaping.
"""

from __future__ import annotations

import streamlit as st

from hpi.figures import Show
from hpi.results import Score
from pages import look, words
from pages.state import Answer, copy, session

_TITLES = {
    Show.MEDIAN: "median",
    Show.BEST: "best",
    Show.TARGET_SHARE: "share in the target",
    Show.HELD: "others held fixed",
    Show.LEFT: "beyond each alone",
}


def one(answer: Answer) -> str:
    """Draw the choice of one hyperparameter and return its name."""
    now, names = session(), _names(answer)
    if now.chosen not in names:
        now.chosen = names[0]
    copy(one=now.chosen)
    with st.container(width=480):
        _select("Hyperparameter", names, "one")
    return str(now.chosen)


def two(answer: Answer) -> tuple[str, str, Show]:
    """Draw the choice of two hyperparameters and of what the map shows; return all three."""
    now, names = session(), _names(answer)
    if now.pair is None or not set(now.pair) <= set(names):
        now.pair = _strongest(answer)
    copy(first=now.pair[0], second=now.pair[1], show=Show(now.show))
    columns = st.columns(2)
    with columns[0]:
        _select("Across", names, "first")
    with columns[1]:
        _select("Upwards", names, "second")
    scores = {score.name: score for score in answer.result.hyperparameters}
    look.quiet("alone", "Alone: " + "  ·  ".join(_strength(scores[name], answer) for name in now.pair))
    st.segmented_control("Colour", list(Show), format_func=_TITLES.get, key="show", required=True, on_change=_took_show)
    return *now.pair, Show(now.show)


def _strongest(answer: Answer) -> tuple[str, str]:
    """Return the strongest pair that can be told apart from chance; where there is none, the two strongest."""
    names = _names(answer)
    return next((pair.names for pair in answer.result.pairs if pair.detectable), (names[0], names[1]))


def begin_pair(answer: Answer, first: str) -> None:
    """Pair a hyperparameter with the strongest of the others."""
    others = [name for name in _names(answer) if name != first]
    session().pair = (first, others[0]) if others else None


def _names(answer: Answer) -> list[str]:
    return [score.name for score in answer.result.hyperparameters]


def _select(label: str, names: list[str], key: str) -> None:
    """Draw the names, strongest first; a title that changes with the answer would stay as it was in the browser."""
    st.selectbox(label, names, key=key, on_change=_took, args=(key, names))


def _strength(score: Score, answer: Answer) -> str:
    strength = words.estimate(score, answer.result) if score.detectable else "not told apart from chance"
    return f"{score.name}: {strength}"


def _took(key: str, names: list[str]) -> None:
    """Remember what was chosen; choosing the same one twice swaps the two.

    Where the titles of the options change with the answer, the browser may still send the old one: nobody chose that.
    """
    now, name = session(), st.session_state[key]
    if name not in names:
        return
    if key == "one":
        now.chosen = name
        return
    assert now.pair is not None
    first, second = now.pair
    if key == "first":
        now.pair = (name, first if name == second else second)
    else:
        now.pair = (second if name == first else first, name)


def _took_show() -> None:
    session().show = st.session_state["show"]
