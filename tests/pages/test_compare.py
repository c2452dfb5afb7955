"""Compare: asked by a button, answered by every estimator, and let go when the question changes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

import hpi
from hpi.estimators import ESTIMATORS
from hpi.toys import CLIFF, XOR
from pages import side_by_side
from tests.makers import result
from tests.test_comparison import bar, bars


@pytest.fixture(scope="module")
def cliff():
    return hpi.agreement(hpi.read(CLIFF.draw(400, np.random.default_rng(0))))


def test_before_it_is_asked_the_page_says_what_each_asks(open_table):
    app = open_table()
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Do the estimators agree?"]
    said = " ".join(text.value for text in app.text)
    for estimator in ESTIMATORS:
        assert estimator.summary in said
    assert app.button(key="ask_all").label == "Ask all 5"


def test_without_a_table_it_asks_for_one(app):
    app.switch_page("pages/compare.py").run()
    assert any(text.value == "No table is open yet." for text in app.text)


def test_the_lead_names_the_first_of_each():
    agreed = hpi.Agreement((bars(a=0.5, b=0.1), bars("fanova", a=0.4, b=0.2)), ())
    assert side_by_side.lead(agreed) == "All 2 that see anything put a first."
    parted = hpi.Agreement((bars(a=0.5, b=0.1), bars("fanova", a=0.1, b=0.2), bars("linear", a=0.1, b=0.2)), ())
    assert side_by_side.lead(parted) == "PED-ANOVA puts a first; f-ANOVA and Linear model put b first."
    silent = hpi.Agreement((bars(a=-0.5), bars("fanova", a=-0.1)), ())
    assert side_by_side.lead(silent) == "No estimator tells any hyperparameter apart from chance."


def test_a_sentence_holds_correlation_and_reason():
    two = hpi.Comparison(("ped-anova", "fanova"), 0.333, "A reason.")
    assert side_by_side.sentence(two) == "PED-ANOVA and f-ANOVA (rank correlation 0.33). A reason."
    assert side_by_side.sentence(hpi.Comparison(("ped-anova", "linear"), None, None)) == (
        "PED-ANOVA and Linear model (rank correlation unknown)."
    )


def test_ranks_go_to_csv_by_hand():
    scores = (bar("=a", 0.5), bar("b", 0.1), bar("c", 0.01, detectable=False))
    found = hpi.Agreement((result(*scores), result(*scores[::-1], estimator="linear")), ())
    rows = list(csv.reader(io.StringIO(side_by_side.ranks_as_csv(found))))
    assert rows[0][:3] == ["name", "rank by ped-anova", "importance by ped-anova"]
    assert rows[1:] == [
        ["'=a", "1.0", "0.5", "1.0", "0.5"],
        ["b", "2.0", "0.1", "2.0", "0.1"],
        ["c", "3.0", "0.01", "3.0", "0.01"],
    ]


def test_the_matrix_shows_ranks_and_what_has_none():
    from hpi.figures import LIGHT, rank_matrix

    found = hpi.Agreement(
        (
            bars(a=0.5, b=0.1, c=-0.01),
            bars("fanova", a=0.1, b=0.2, c=-0.01),
            bars("permutation", a=None, b=None, c=None),
        ),
        (),
    )
    cells, numbers = rank_matrix(found, LIGHT).data
    assert list(numbers.text) == ["1", "2", "?", "2", "1", "?", "\u2013", "\u2013", "?"]
    assert np.allclose(cells.z[0], [1, 0.5, np.nan], equal_nan=True)
    assert "N-RReliefF" not in str(rank_matrix(found, LIGHT).layout.xaxis.ticktext)


def test_xor_names_the_pair_in_words():
    found = hpi.agreement(hpi.read(XOR.draw(300, np.random.default_rng(1))))
    assert any("p and q matter together" in side_by_side.sentence(one) for one in found.comparisons)


def test_the_chosen_estimator_plays_no_part(open_table):
    """The question has its target whatever the menu says on other pages, and nothing slow is begun by asking it."""
    app = open_table()
    app.session_state["hpi"].asked = replace(app.session_state["hpi"].asked, estimator="permutation")
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert not app.selectbox
    app.slider(key="subspace").set_value((20.0, 60.0)).run()
    assert not app.exception
    assert [box.value for box in app.number_input] == [60, 20]
    assert app.session_state["hpi"].work is None
    assert "80 trials in the target, 240 in the region" in [text.value for text in app.text]
