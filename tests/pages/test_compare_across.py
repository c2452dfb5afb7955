"""Compare, the view of the datasets: answered at once where it is quick, by jobs where it is not, cancelled, empty."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hpi
from pages import chart, each_value, look
from tests.pages.drawn import figures
from tests.pages.tables import search

PAGE = "pages/compare.py"


def datasets(n=150, **sizes):
    """Three datasets: `lr` decides on all, `dropout` on parity only; `sizes`: trials of each."""
    frames = []
    for i, name in enumerate(sizes or {"digits": n, "noisy": n, "parity": n}):
        frame = search((sizes or {}).get(name, n), seed=i)
        frame["val_accuracy"] -= frame["dropout"] * (2.0 if name == "parity" else 0.0)
        frames.append(frame.assign(dataset=name))
    return pd.concat(frames, ignore_index=True)


def said(app):
    return " ".join(text.value for text in app.text).replace("\u00a0", " ")


@pytest.fixture
def compare(open_table):
    def opened(frame):
        app = open_table(frame)
        app.switch_page(PAGE).run()
        assert not app.exception, app.exception[0].message
        return app

    return opened


def test_the_datasets_are_the_first_view_where_there_are_some(compare):
    app = compare(datasets())
    assert [title.value for title in app.title] == ["Is it the same on every dataset?"]
    assert "lr decides on all 3 datasets; dropout only on parity." in said(app)
    (figure,) = [one for one in figures(app) if one["data"][0]["type"] == "heatmap"]
    assert figure["layout"]["xaxis"]["ticktext"] == ["digits", "noisy", "parity"]
    assert "Not told apart from chance is not the same as no effect" in said(app)


def test_a_table_without_a_context_says_what_to_do(compare):
    app = compare(search())
    app.segmented_control(key="compare_view").set_value("datasets").run()
    assert not app.exception
    assert "no column that tells datasets or tasks apart" in said(app)
    assert "role context" in said(app)


def test_a_thin_dataset_has_its_reason_and_the_others_their_numbers(compare):
    app = compare(datasets(digits=150, noisy=150, parity=9))
    assert "parity: There are 9 trials that count; at least 16 are needed for a number." in said(app)
    (figure,) = [one for one in figures(app) if one["data"][0]["type"] == "heatmap"]
    ranks = next(trace for trace in figure["data"] if trace["name"] == "ranks")
    assert ranks["text"][2::3] == ["?"] * (len(ranks["text"]) // 3)


def test_of_several_reasons_one_line_stands_below_the_picture(compare):
    app = compare(datasets(digits=150, noisy=8, parity=9))
    assert "2 of 3 datasets have no answer (noisy and parity)." in said(app)
    assert "Why these have no answer" in [part.label for part in app.expander]
    assert "noisy: There are 8 trials that count" in said(app)


def test_where_all_are_thin_nothing_is_drawn(compare):
    app = compare(datasets(digits=9, noisy=9, parity=9))
    assert "None of the 3 datasets has an answer" in said(app)
    assert not [one for one in figures(app) if one["data"][0]["type"] == "heatmap"]


def test_another_context_column_can_be_chosen_and_is_kept(compare):
    frame = datasets()
    frame["seed"] = np.arange(len(frame)) % 2
    app = compare(frame)
    assert app.selectbox(key="across_by").options == ["dataset", "seed"]
    app.selectbox(key="across_by").select("seed").run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Is it the same on every seed?"]
    (figure,) = [one for one in figures(app) if one["data"][0]["type"] == "heatmap"]
    assert figure["layout"]["xaxis"]["ticktext"] == ["0", "1"]
    assert not [box for box in app.selectbox if box.key == "alone"]  # a seed is no task that the table has
    app.slider(key="subspace").set_value((20.0, 100.0)).run()
    assert app.selectbox(key="across_by").value == "seed"


def test_one_task_is_opened_alone_and_all_are_asked_still(compare):
    app = compare(datasets())
    app.selectbox(key="alone").select("parity").run()
    assert app.session_state["hpi"].table.choices.task == "parity"
    assert [title.value for title in app.title] == ["What decides it?"]
    app.switch_page(PAGE).run()
    assert not app.exception
    assert "That the table is narrowed to parity plays no part here." in said(app)
    assert "lr decides on all 3 datasets; dropout only on parity." in said(app)


def test_many_quick_answers_come_one_after_the_other(compare, monkeypatch):
    monkeypatch.setattr(each_value, "AT_ONCE", 0.0)
    app = compare(datasets(60, **{f"d{i}": 60 for i in range(6)}))
    assert "1 of 6 are done." in said(app)  # one more is, once that is drawn
    app.run()
    assert "3 of 6 are done." in said(app)
    app.button(key="cancel_each").click().run()
    assert "cancelled." in said(app)
    kept = app.session_state["hpi"].kept[each_value.HELD]
    assert [value.result is None for value in kept.together.values] == [False] * 4 + [True] * 2
    monkeypatch.undo()
    app.button(key="ask_each").click().run()
    assert not app.exception
    assert len(app.session_state["hpi"].kept[each_value.HELD].together.answered) == 6


def test_a_slow_estimator_waits_to_be_asked_and_can_be_cancelled(compare):
    app = compare(datasets(60))
    session = app.session_state["hpi"]
    app.selectbox(key="estimator").select("n-rrelieff").run()
    assert app.button(key="ask_each").label == "Ask N-RReliefF for all 3"
    kept = session.kept[each_value.HELD]
    assert not kept.works
    app.button(key="ask_each").click().run()
    assert not app.exception
    assert len(kept.works) <= each_value.OPEN  # the third waits here, not in the queue of the server
    if kept.is_open:
        app.button(key="cancel_each").click().run()
        assert not app.exception
        assert "cancelled." in said(app)
        assert app.button(key="ask_each").label == "Ask again"
    assert not kept.works


def test_slow_answers_are_those_of_the_estimator_itself(compare):
    """Each value's answer is that of the table narrowed to it, digit for digit."""
    app = compare(datasets(60))
    app.selectbox(key="estimator").select("n-rrelieff").run()
    app.button(key="ask_each").click().run()
    kept = app.session_state["hpi"].kept[each_value.HELD]
    for _ in range(600):
        if kept.together is not None:
            break
        for one, _, _ in list(kept.works.values()):
            one.job.ended.wait(60)
        app.run()
    assert not app.exception
    whole = app.session_state["hpi"].table
    for value in kept.together.values:
        alone = hpi.importance(whole.revise(task=value.name), estimator="n-rrelieff")
        assert value.result.hyperparameters == alone.hyperparameters


def test_another_question_lets_go_of_the_old_one(compare):
    app = compare(datasets(60))
    app.selectbox(key="estimator").select("n-rrelieff").run()
    app.button(key="ask_each").click().run()
    before = app.session_state["hpi"].kept[each_value.HELD]
    works = list(before.works.values())
    app.selectbox(key="estimator").select("ped-anova").run()
    assert not app.exception
    assert app.session_state["hpi"].kept[each_value.HELD] is not before
    assert all(not one.job.visitors or one.job.ended.is_set() for one, _, _ in works)


def test_names_are_data(compare):
    frame = datasets(60).rename(columns={"dropout": "<b>:red[x]$y$"})
    frame["dataset"] = frame["dataset"].map({"digits": "=1+1", "noisy": "<img>", "parity": "![i](http://x.example)"})
    app = compare(frame)
    shown = " ".join(part.value for part in (*app.markdown, *app.title, *app.subheader))
    assert not any(name in shown for name in ("![i]", "<img>", "=1+1", "<b>"))
    assert "![i](http://x.example)" in said(app)


def test_a_cell_opens_its_hyperparameter_on_its_dataset(compare, monkeypatch):
    app = compare(datasets(60))
    drawn = look.chart

    def clicked(figure, key, **more):
        drawn(figure, key, **more)
        return chart.Picked(("dropout", "parity")) if key == "across" else None

    monkeypatch.setattr(look, "chart", clicked)
    app.run()
    assert not app.exception
    session = app.session_state["hpi"]
    assert (session.chosen, session.table.choices.task) == ("dropout", "parity")
    assert [title.value for title in app.title] != ["Is it the same on every dataset?"]
