"""The curve below the bars: drawn for this region, kept while the target moves, said in a sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hpi.curve import TARGETS, Curve
from hpi.curve import curve_of as asked
from hpi.estimators import PedAnova
from pages import threshold, words
from tests.makers import design
from tests.pages.drawn import figures


def drawn(app):
    """The figure of the curve, None where there is none."""
    found = [spec for spec in figures(app) if spec["layout"].get("xaxis", {}).get("type") == "log"]
    return found[0] if found else None


def said(app):
    return " ".join(text.value for text in app.text).replace("\u00a0", " ")


def line_of_now(app):
    (line,) = [shape for shape in drawn(app)["layout"]["shapes"] if shape["type"] == "line"]
    return line["x0"]


def test_the_curve_stands_below_the_bars_and_marks_the_target(open_table):
    app = open_table()
    assert "What is decided at which threshold?" in [heading.value for heading in app.header]
    assert line_of_now(app) == 0.1
    names = {hyperparameter.name for hyperparameter in app.session_state["hpi"].table.hyperparameters}
    assert names <= {trace["name"] for trace in drawn(app)["data"]}
    assert "explains most" in said(app) or "At no threshold" in said(app)


def test_moving_the_target_moves_the_mark_and_keeps_the_curve(open_table):
    app = open_table()
    before = app.session_state["hpi"].kept[threshold.KEPT][1]
    app.number_input(key="target").set_value(20.0).run()
    assert line_of_now(app) == 0.2
    assert app.session_state["hpi"].kept[threshold.KEPT][1] is before


@pytest.mark.parametrize(("key", "value"), [("region", 50.0), ("region", 30.0)])
def test_another_region_is_another_curve(open_table, key, value):
    app = open_table()
    before = app.session_state["hpi"].kept[threshold.KEPT][1]
    app.number_input(key=key).set_value(value).run()
    after = app.session_state["hpi"].kept[threshold.KEPT][1]
    assert after is not before
    assert after.region == value / 100
    assert (after.targets < after.region).all()


def straight(narrow, wide, width=0.05):
    """Straight lines of x and y from the narrowest to the widest target, with intervals of this half-width."""
    importance = np.linspace(narrow, wide, len(TARGETS))
    n_target = np.ceil(10_000 * np.array(TARGETS)).astype(int)
    return Curve(("x", "y"), 1.0, np.array(TARGETS), n_target, importance, importance - width, importance + width)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (straight((0.1, 0.4), (0.5, 0.2)), "For the best 0.5 % y explains most, for the best 50 % x: excellent"),
        (
            straight((0.5, 0.4), (0.5, 0.2)),
            "x surely explains most at every one of 24 thresholds, from the best 0.5 % to the best 50 %.",
        ),
        # .03 + .04 i / 23 apart passes the root of .04^2 + .04^2 at i = 16: 0.5 % times 100^(16 / 23) is 12 %
        (
            straight((0.43, 0.4), (0.47, 0.4), 0.04),
            "x surely explains most at 8 of 24 thresholds, from the best 12 % to the best 50 %.",
        ),
        (straight((0.43, 0.4), (0.43, 0.4), 0.04), "At no threshold does one hyperparameter surely explain more"),
        (straight((0.03, 0.0), (0.03, 0.0), 0.05), "At no threshold"),
        (straight((0.0, 0.0), (0.0002, 0.0)), "No hyperparameter explains anything alone at any threshold"),
        (
            replace(straight((0.5, 0.4), (0.5, 0.2)), n_target=np.full(len(TARGETS), 19)),
            "Every target here holds fewer",
        ),
    ],
)
def test_the_sentence_names_what_surely_decides_at_both_ends(found, sentence):
    assert threshold.said(found, 10_000).replace("\u00a0", " ").startswith(sentence)


def test_ends_that_ties_enlarge_are_named_as_they_were_found():
    """Of 10,000 trials at least 1,000 share the best value: the narrowest target is the best tenth."""
    found = straight((0.5, 0.4), (0.5, 0.2))
    tied = replace(found, n_target=np.maximum(found.n_target, 1000))
    assert "from the best 10 % to the best 50 %" in threshold.said(tied, 10_000).replace("\u00a0", " ")


def test_one_hyperparameter_is_not_compared_with_others():
    found = straight((0.5, 0.4), (0.5, 0.2))
    one = replace(found, names=("x",), importance=found.importance[:, :1], low=found.low[:, :1], high=found.high[:, :1])
    assert threshold.said(one, 10_000).startswith("x surely explains a part at every one of 24 thresholds")
    unsure = replace(one, low=np.zeros_like(one.low))
    assert threshold.said(unsure, 10_000) == "At no threshold is it sure that x explains anything."


def test_the_file_has_a_line_for_each_target_and_hyperparameter_and_empty_cells_for_what_is_unknown():
    built = design({"=x": np.linspace(0, 1, 200)}, np.arange(200.0))
    header, *lines = words.bars_as_csv(asked(built, 1.0, PedAnova())).splitlines()
    assert header == "name,target,n_target,importance,low,high"
    assert len(lines) == len(TARGETS)
    assert lines[0] == "'=x,0.005,1,,,"
    assert lines[-1].startswith("'=x,0.5,100,")
