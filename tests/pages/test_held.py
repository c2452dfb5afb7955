"""The pages of one and two hyperparameters with the others held fixed: asked for, awaited, shown, refused."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from hpi.effects import AdjustedEffects, Held, Joint, Outcome
from hpi.jobs import JobLimits, Jobs, Log
from hpi.space import Hyperparameter, Kind
from pages import held_words, work
from pages.state import ADJUSTED
from tests.pages.drawn import figures
from tests.pages.tables import HOSTILE, hostile, search
from tests.pages.test_pages import said, session

LR = Hyperparameter("lr", Kind.FLOAT, 1e-5, 1e-1, log=True)
ACT = Hyperparameter("act", Kind.CATEGORY, levels=("relu", "sin", "tanh"))


@pytest.fixture(autouse=True)
def jobs(monkeypatch, tmp_path):
    opened = Jobs(JobLimits(60, 2048), log=Log(str(tmp_path / "log.jsonl")))
    monkeypatch.setattr(work, "jobs", lambda: opened)
    yield opened
    opened.close()


def ended(app):
    """Wait for the job, and draw the page anew."""
    assert session(app).beside[ADJUSTED].work.job.ended.wait(60)
    app.run()
    return app


def traces(app, chart=0):
    return {one.get("name"): one for one in figures(app)[chart]["data"]}


def switched_on(open_table, frame=None):
    app = open_table(frame)
    app.switch_page("pages/one.py").run()
    app.toggle(key="held").set_value(True).run()
    return app


def test_nothing_is_asked_before_somebody_wants_it(open_table):
    app = open_table()
    app.switch_page("pages/one.py").run()
    assert ADJUSTED not in session(app).beside
    assert "others held fixed" not in traces(app)
    assert "mean" in traces(app)


def test_the_curve_comes_when_it_is_there_and_serves_every_hyperparameter(open_table):
    app = switched_on(open_table)
    assert "others held fixed" not in traces(app)
    app = ended(app)
    assert "others held fixed" in traces(app)
    assert "part nowhere by more than chance explains" in said(app)
    first = session(app).beside[ADJUSTED]
    app.selectbox(key="one").set_value("optimizer").run()
    assert "others held fixed" in traces(app)
    assert session(app).beside[ADJUSTED] is first


def test_the_switch_stays_on_other_pages_and_can_be_turned_off(open_table):
    app = ended(switched_on(open_table))
    app.switch_page("pages/importance.py").run()
    app.switch_page("pages/one.py").run()
    assert app.toggle(key="held").value
    assert "others held fixed" in traces(app)
    app.toggle(key="held").set_value(False).run()
    assert "others held fixed" not in traces(app)


def test_another_question_is_another_curve(open_table):
    app = ended(switched_on(open_table))
    before = traces(app)["others held fixed"]["y"]
    app.number_input(key="region").set_value(60.0).run()
    app = ended(app)
    assert traces(app)["others held fixed"]["y"] != before


def test_a_forest_that_predicts_nothing_says_so(open_table):
    frame = search()
    frame["val_accuracy"] = np.random.default_rng(0).normal(size=len(frame))
    app = ended(switched_on(open_table, frame))
    assert "The forest does not predict val_accuracy" in said(app)
    assert "others held fixed" not in traces(app)


def on_two(open_table, show):
    app = open_table()
    app.switch_page("pages/two.py").run()
    app.segmented_control(key="show").set_value(show).run()
    return app


@pytest.mark.parametrize("show", ["average prediction", "what is left when both alone are taken out"])
def test_two_show_the_median_until_the_forest_has_answered(open_table, show):
    app = on_two(open_table, show)
    assert "Until it is there the map shows the median" in said(app)
    assert "median" in traces(app)
    app = ended(app)
    assert show in traces(app)
    assert "is left when both alone are taken out. It describes the forest" in said(app)
    assert len(figures(app)) == 2


def test_turning_the_two_round_asks_for_nothing_new(open_table):
    app = ended(on_two(open_table, "average prediction"))
    first, before = session(app).beside[ADJUSTED], traces(app)["average prediction"]["z"]
    names = [app.selectbox(key=key).value for key in ("first", "second")]
    app.selectbox(key="first").set_value(names[1]).run()
    assert session(app).beside[ADJUSTED] is first
    assert np.shape(traces(app)["average prediction"]["z"]) == np.shape(before)[::-1] or "bdata" in str(before)
    app.switch_page("pages/one.py").run()
    app.toggle(key="held").set_value(True).run()
    assert session(app).beside[ADJUSTED] is first
    assert "others held fixed" in traces(app)


def test_a_pair_without_an_answer_says_why_and_shows_the_median(open_table):
    frame = search()
    frame["val_accuracy"] = np.random.default_rng(0).normal(size=len(frame))
    app = open_table(frame)
    app.switch_page("pages/two.py").run()
    app.segmented_control(key="show").set_value("average prediction").run()
    app = ended(app)
    assert "The forest does not predict val_accuracy" in said(app)
    assert "So the map shows the median of the trials." in said(app)
    assert "median" in traces(app)


def test_no_name_is_in_any_markdown(open_table):
    app = ended(switched_on(open_table, hostile()))
    rendered = [element.value for element in (*app.markdown, *app.caption, *app.title, *app.header)]
    rendered += [toggle.label for toggle in app.toggle] + [str(toggle.help) for toggle in app.toggle]
    assert not [(name, text) for name in HOSTILE for text in rendered if name in text]
    assert json.dumps(figures(app))


# ---- sentences


def curve(name, at, gap, chance=0.05):
    at, gap = np.array(at, dtype=float), np.array(gap, dtype=float)
    nothing = np.zeros(len(at))
    return Held(
        name, at, nothing.copy(), nothing.copy(), nothing.copy(), nothing.astype(np.int64), gap, nothing + chance, 9
    )


def found(held, maximize=False, is_whole=True):
    return AdjustedEffects(Outcome("acc", maximize), (held,), None, 0.9, 100, 100, is_whole, None)


@pytest.mark.parametrize(
    ("gap", "maximize", "said"),
    [
        (
            [0, 0.1, 0.3, 0],
            False,
            "Between 0.001 and 0.01 the mean of the trials is worse by up to 0.3 than lr alone makes it",
        ),
        (
            [0, 0.1, 0.3, 0],
            True,
            "Between 0.001 and 0.01 the mean of the trials is better by up to 0.3 than lr alone makes",
        ),
        (
            [-0.2, 0, 0, 0.1],
            False,
            "At 0.0001 and at 0.1 the mean of the trials is better by up to 0.2 than lr alone makes",
        ),
        (
            [0, 0, -0.2, 0],
            True,
            "At 0.01 the mean of the trials is worse by 0.2 than lr alone makes it (chance reaches 0.05)",
        ),
    ],
)
def test_where_the_mean_parts_is_said_with_its_size_and_side(gap, maximize, said):
    text = held_words.parting(found(curve("lr", [1e-4, 1e-3, 1e-2, 1e-1], gap), maximize), LR)
    assert text.startswith(said)
    assert "not drawn independently" in text


def test_levels_are_named():
    text = held_words.parting(found(curve("act", [0, 1, 2], [0.2, 0, 0.3])), ACT)
    assert text.startswith("At relu or tanh the mean of the trials is worse by up to 0.3 than act alone makes it")


def test_among_the_best_trials_nothing_is_said_of_how_they_were_drawn():
    text = held_words.parting(found(curve("act", [0, 1, 2], [0.2, 0, 0.3]), is_whole=False), ACT)
    assert "choosing the best trials alone can do" in text
    assert "drawn independently" not in text


def test_agreement_is_said_and_what_was_not_compared_is_not():
    assert "part nowhere" in held_words.parting(found(curve("act", [0, 1, 2], [0, 0.01, 0])), ACT)
    assert held_words.parting(found(curve("act", [0, 1, 2], [np.nan] * 3)), ACT) is None
    assert held_words.parting(found(curve("other", [0], [0])), ACT) is None


def test_what_is_left_is_a_share_of_the_forest_and_no_more():
    joint = Joint(("a", "b"), np.ones((1, 1), dtype=np.int64), np.ones((1, 1)), np.zeros((1, 1)), 0.25)
    text = held_words.beyond(joint, 0.8).replace("\u00a0", " ")
    assert "Of what a and b do to the average prediction of a forest (R² 0.80 on trials it has not seen), 25 %" in text
    flat = SimpleNamespace(names=("a", "b"), share=None)
    assert "is the same everywhere" in held_words.beyond(flat, None)
