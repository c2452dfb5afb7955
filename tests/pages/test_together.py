"""What no bar shows: sentences about pairs, and the lead where only a pair decides."""

from __future__ import annotations

import pytest

from hpi.estimators import Coefficient
from hpi.results import PairScore
from hpi.words import pairs as in_words
from pages import together
from tests.makers import result
from tests.pages.drawn import charts
from tests.test_comparison import bar, interaction

NBSP = "\u00a0"


def test_a_pair_in_words():
    assert in_words.sentence(interaction("a", "b", 0.2), result()) == f"a and b: 20{NBSP}% [15 to 25]"
    joint = PairScore(("a", "b"), 0.2, None, None, None, 0.005, True, "joint")
    assert (
        in_words.sentence(joint, result())
        == f"a and b, which were not drawn independently of each other here: 20{NBSP}%"
    )


def test_the_lead_is_the_pair_only_where_nothing_decides_alone():
    idle = (bar("a", 0.01, detectable=False), bar("b", 0.01, detectable=False))
    assert in_words.lead(result(*idle)) is None
    only = in_words.lead(result(*idle, pairs=(interaction("a", "b", 0.8),)))
    assert only == (
        f"No hyperparameter decides alone, but a and b do together: 80{NBSP}% of what separates the best 10{NBSP}% "
        "from the rest is in their combination."
    )
    of_variance = in_words.lead(result(*idle, estimator="fanova", pairs=(interaction("a", "b", 0.8),)))
    assert of_variance is not None
    assert "of the variance of the metric" in of_variance
    assert in_words.lead(result(bar("a", 0.5), pairs=(interaction("a", "b", 0.8),))) is None


def test_the_chart_says_so_too():
    from hpi.figures import bar_words

    idle = bar("a", 0.01, detectable=False)
    assert bar_words.facts(result(idle))[0].text == bar_words.NO_SIGNAL
    assert bar_words.facts(result(idle, pairs=(interaction("a", "b", 0.8),)))[0].text == bar_words.ONLY_PAIRS


def test_a_table_whose_only_signal_is_a_pair_says_which():
    import numpy as np

    import hpi
    from hpi.toys import XOR

    found = hpi.importance(hpi.read(XOR.draw(400, np.random.default_rng(0))))
    assert "But p and q can, together: see the pairs." in found.warnings[0]


@pytest.mark.parametrize("n_pairs", [1, 8])
def test_the_page_shows_pairs_and_the_way_to_the_first(n_pairs):
    from streamlit.testing.v1 import AppTest

    def page():
        import streamlit as st

        from pages import together

        together.onwards(st.session_state["shown"])
        together.pairs(st.session_state["shown"])
        together.coefficients(st.session_state["shown"])

    app = AppTest.from_function(page)
    pairs = tuple(interaction("a", f"b{k}", 0.8 - 0.05 * k) for k in range(n_pairs))
    terms = (Coefficient(("a",), 0.5, 0.4, 0.6), Coefficient(("a", "b0 = x"), -0.1, -0.2, 0.0))
    bars = [bar("a", 0.5), *(bar(f"b{k}", 0.1) for k in range(n_pairs))]
    app.session_state["shown"] = result(*bars, pairs=pairs, coefficients=terms)
    app.run()
    assert not app.exception
    said = [text.value for text in app.text]
    assert in_words.BEYOND in said
    assert [line for line in said if line.startswith("a and b")] == [f"a and b0: 80{NBSP}% [75 to 85]"]
    (matrix,) = charts(app)
    assert matrix["name"] == "hpi-pairs"
    carried = [cell for cell in matrix["figure"]["data"][0]["customdata"] if cell]
    assert sorted(map(sorted, carried))[:n_pairs] == [["a", f"b{k}"] for k in range(n_pairs)]
    assert list(app.dataframe[0].value["term"]) == ["a", "a × b0 = x"]
    assert list(app.dataframe[0].value["95 % interval"]) == ["+0.4 to +0.6", "-0.2 to +0"]
    assert [button.label for button in app.button] == ["Which values are good? →", "See the strongest pair →"]
    app.session_state["shown"] = result(bar("a", 0.01, detectable=False), pairs=pairs)
    app.run()
    assert [button.label for button in app.button] == ["See the pair →"]
    assert app.button[0].key == "to_pair"


@pytest.mark.parametrize(("estimator", "alone", "is_pair"), [("linear", 0.57, True), ("linear", 0.9, False)])
def test_a_bar_that_is_little_but_a_product_leads_to_the_pair(estimator, alone, is_pair):
    """.56 of .57 and of .9: of a linear model's bar nearly all is the product, or less than two thirds."""
    found = result(bar("a", alone), estimator=estimator, pairs=(interaction("a", "b", 0.56),))
    assert together._is_pair(found) is is_pair
