"""Compare: asked by a button, answered by every estimator, and let go when the question changes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

import hpi
from hpi.comparison.places import leaders, places, surely_differ
from hpi.estimators import ESTIMATORS
from hpi.figures import DARK, LIGHT, rank_matrix
from hpi.figures.ranks import colour_of
from hpi.figures.theme import contrast
from hpi.toys import CLIFF, XOR
from pages import agreement
from tests.makers import result
from tests.test_comparison import bar, bars, interaction


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
    assert agreement.lead(agreed) == "All 2 put a first."
    parted = hpi.Agreement((bars(a=0.5, b=0.1), bars("fanova", a=0.1, b=0.2), bars("linear", a=0.1, b=0.2)), ())
    assert agreement.lead(parted) == "PED-ANOVA puts a first; f-ANOVA and Linear model put b first."
    silent = hpi.Agreement((bars(a=-0.5), bars("fanova", a=-0.1)), ())
    assert agreement.lead(silent) == "No estimator tells any hyperparameter apart from chance."


def test_the_lead_names_all_that_may_stand_first():
    """By hand: 0.30 and 0.29 differ by 0.01, less than hypot(0.05, 0.05); 0.30 and 0.10 by more."""
    wide = result(bar("q", 0.30, low=0.25, high=0.35), bar("p", 0.29, low=0.24, high=0.34), bar("r", 0.1))
    other = result(*wide.hyperparameters, estimator="linear")
    assert agreement.lead(hpi.Agreement((wide, other), ())) == "All 2 put p and q first."
    together = bars("fanova", p=-0.01, q=-0.01, r=-0.01, pairs=(interaction("p", "q", 0.9),))
    blind = bars("permutation", p=-0.01, q=-0.01, r=-0.01)
    assert agreement.lead(hpi.Agreement((wide, together), ())) == (
        "PED-ANOVA puts p and q first; f-ANOVA: p and q decide together."
    )
    assert agreement.lead(hpi.Agreement((wide, other, blind), ())) == "All 2 that see anything put p and q first."
    assert agreement.lead(hpi.Agreement((bars(a=0.2, b=0.2, c=0.2, d=0.2),), ())) == (
        "PED-ANOVA puts 4 hyperparameters first, too close to tell apart."
    )


def test_equal_reasons_are_said_once_and_agreement_is_no_difference():
    results = (bars(a=0.5, b=0.1), *(bars(name, a=0.1, b=0.5) for name in ("fanova", "linear")))
    parted = (
        hpi.Comparison(("ped-anova", "fanova"), 0.333, "Near. f-ANOVA counts it, PED-ANOVA does not."),
        hpi.Comparison(("ped-anova", "linear"), 0.333, "Near. Linear model counts it, PED-ANOVA does not."),
        hpi.Comparison(("fanova", "linear"), 1.0, "They agree: both put a first."),
    )
    assert agreement.reasons(hpi.Agreement(results, parted)) == [
        "PED-ANOVA against f-ANOVA and Linear model: Near. The other counts it, PED-ANOVA does not."
    ]
    assert agreement.reasons(hpi.Agreement(results, parted[1:2])) == [
        "PED-ANOVA against Linear model: Near. Linear model counts it, PED-ANOVA does not."
    ]
    assert agreement.reasons(hpi.Agreement(results, parted[2:])) == [agreement.AGREE]


def test_orders_that_cannot_be_compared_differ_only_where_one_sees_something():
    two = (hpi.Comparison(("ped-anova", "linear"), None, "Linear model ranks nothing."),)
    blind = bars("linear", a=-0.1, b=-0.1)
    assert agreement.reasons(hpi.Agreement((bars(a=0.5, b=0.1), blind), two)) == [
        "PED-ANOVA against Linear model: Linear model ranks nothing."
    ]
    assert agreement.reasons(hpi.Agreement((bars(a=-0.5, b=-0.1), blind), two)) == []
    single = (hpi.Comparison(("ped-anova", "linear"), None, None),)
    assert agreement.reasons(hpi.Agreement((bars(a=0.5), bars("linear", a=0.5)), single)) == [agreement.AGREE]


def test_orders_differ_only_where_intervals_leave_no_common_place():
    """By hand: 0.30 and 0.29 with half widths of 0.05 may stand either way round."""
    close = [bar("p", 0.30, low=0.25, high=0.35), bar("q", 0.29, low=0.24, high=0.34)]
    turned = result(*(replace(one, name=name) for one, name in zip(close, "qp", strict=True)), estimator="linear")
    swapped = (hpi.Comparison(("ped-anova", "linear"), -1.0, "They differ most on p, but nowhere clearly."),)
    assert agreement.reasons(hpi.Agreement((result(*close), turned), swapped)) == [agreement.UNSURE]
    assert surely_differ(bars(a=0.5, b=0.1, c=0.05), bars("linear", a=-0.01, b=0.3, c=0.2))  # a: 1st, or behind 2
    assert not surely_differ(bars(a=0.5, b=0.1, c=0.05), bars("linear", a=0.5, b=0.1, c=-0.05))
    assert not surely_differ(bars(a=0.5, b=0.1), bars("linear", a=None, b=-0.1))  # b: 2nd, or one of both places


def test_every_two_are_a_row_each():
    two = hpi.Agreement((), (hpi.Comparison(("ped-anova", "linear"), None, None),))
    (row,) = agreement.every_two(two).itertuples(index=False)
    assert tuple(row) == ("PED-ANOVA and Linear model", "none", "")


def test_notices_name_whom_they_concern():
    def careful(*warnings, estimator="ped-anova", **importances):
        return replace(bars(estimator, **importances), warnings=warnings)

    found = (
        careful("No signal: widen.", "All say it.", "Thin.", a=-0.1),
        careful("No signal: more.", "All say it.", "Weak model.", estimator="fanova", a=-0.1),
        careful("All say it.", "Weak model.", estimator="permutation", a=-0.1),
    )
    assert agreement.notices(hpi.Agreement(found, ())) == [
        "No signal: widen.",
        "PED-ANOVA: Thin.",
        "f-ANOVA and Permutation importance: Weak model.",
    ]
    seen = (*found[:2], careful("All say it.", "Weak model.", estimator="permutation", a=0.1))
    assert agreement.notices(hpi.Agreement(seen, ())) == [
        "PED-ANOVA: Thin.",
        "f-ANOVA and Permutation importance: Weak model.",
    ]


def test_a_refusal_of_several_is_said_once():
    assert agreement.refusals({"fanova": "cancelled.", "linear": "too few.", "permutation": "cancelled."}) == [
        ("fanova", "f-ANOVA and Permutation importance: cancelled."),
        ("linear", "Linear model: too few."),
    ]


def test_places_that_intervals_leave_open_are_shared():
    """By hand: hypot(0.03, 0.03) = 0.042, so 0.30 and 0.26 are not surely apart, 0.26 and 0.20 are."""
    a, b, c = (
        bar(name, value, low=value - 0.03, high=value + 0.03)
        for name, value in zip("abc", (0.3, 0.26, 0.2), strict=True)
    )
    found = result(a, b, c, bar("d", 0.01, detectable=False))
    assert places(found) == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}
    assert leaders(found) == ("a", "b")


def test_ranks_go_to_csv_by_hand():
    scores = (bar("=a", 0.5), bar("b", 0.1), bar("c", 0.01, detectable=False))
    found = hpi.Agreement((result(*scores), result(*scores[::-1], estimator="linear")), ())
    rows = list(csv.reader(io.StringIO(agreement.ranks_as_csv(found))))
    assert rows[0][:3] == ["name", "rank by ped-anova", "importance by ped-anova"]
    assert rows[1:] == [
        ["'=a", "1.0", "0.5", "1.0", "0.5"],
        ["b", "2.0", "0.1", "2.0", "0.1"],
        ["c", "3.0", "0.01", "3.0", "0.01"],
    ]


def test_the_matrix_shows_ranks_and_what_has_none():
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


def test_of_many_hyperparameters_the_matrix_shows_twenty_in_natural_order():
    scores = {f"h{i}": -0.01 for i in range(1, 25)} | {"z": 0.5}
    found = hpi.Agreement((bars(**scores), bars("linear", **scores)), ())
    figure = rank_matrix(found, LIGHT)
    assert list(figure.layout.yaxis.ticktext) == ["z", *(f"h{i}" for i in range(1, 20))]
    assert len(figure.data[0].z) == 20
    assert "5 more are not shown, not told apart from chance" in figure.layout.title.text.replace("<br>", " ")


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_rank_can_be_read_on_its_cell(theme):
    """4.5 is what WCAG 2.2 asks of small text."""
    names = {f"h{i}": 0.02 * (i + 1) for i in range(20)}
    figure = rank_matrix(hpi.Agreement((bars(**names), bars("linear", **names)), ()), theme)
    cells, numbers = figure.data
    for value, ink in zip(np.ravel(cells.z), numbers.textfont.color, strict=True):
        assert contrast(ink, colour_of(value, theme)) >= 4.5


def test_xor_names_the_pair_in_words():
    found = hpi.agreement(hpi.read(XOR.draw(300, np.random.default_rng(1))))
    assert any("p and q matter together" in said for said in agreement.reasons(found))


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
