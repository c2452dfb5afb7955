"""Every page empty, refusing and filled; the question, its filters and the roles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from hpi import estimators
from hpi.estimators import PedAnova
from hpi.filters import Between, OneOf
from pages import counting, question, shell
from tests.pages.drawn import figures
from tests.pages.tables import HOSTILE, as_upload, drop, hostile, search

PAGES = {
    "pages/importance.py": "What decides it?",
    "pages/one.py": "Which values are good?",
    "pages/two.py": "Which values are good together?",
    "pages/data.py": "What is in this table?",
}


def said(app):
    assert not app.exception, app.exception[0].message
    return "\n".join(text.value for text in app.text).replace("\u00a0", " ")


def session(app):
    return app.session_state["hpi"]


def open_menu(app, key):
    """Run with a popover open; not every AppTest remembers that it was."""
    app.session_state[key] = True
    return app.run()


def choose(app, menu, widget, value):
    """Set a widget in an open popover."""
    widget.set_value(value)
    return open_menu(app, menu)


def bars(app):
    """Importance by name, as in the chart."""
    (trace,) = [trace for trace in figures(app)[0]["data"] if trace["name"] == "importance"]
    return trace["customdata"]


@pytest.mark.parametrize("page", PAGES)
def test_without_a_table_a_page_says_so_and_offers_to_open_one(app, page):
    app.switch_page(page).run()
    assert "No table is open yet." in said(app)
    app.button(key="example-digits_mlp.csv").click().run()
    assert "digits_mlp.csv" in said(app)
    assert not [place for place in app.file_uploader if place.key.startswith("upload-")]


@pytest.mark.parametrize(("page", "title"), PAGES.items())
def test_with_a_table_a_page_asks_its_question_and_shows_charts(open_table, page, title):
    app = open_table()
    app.switch_page(page).run()
    assert [heading.value for heading in app.title] == [title]
    assert "search.csv  ·  400 trials  ·  val_accuracy, higher is better" in said(app)
    assert "40 trials in the target, 400 in the region" in said(app)
    assert figures(app)


@pytest.mark.parametrize("page", list(PAGES)[:3])
def test_a_refused_question_says_why_and_shows_the_last_answer(open_table, page):
    app = open_table()
    app.switch_page(page).run()
    before = figures(app)
    app.number_input(key="target").set_value(100.0).run()
    assert "must be a smaller part than the region" in said(app)
    assert "Below is the last answer there was." in said(app)
    assert figures(app) == before


def test_where_no_answer_stands_below_none_is_announced(open_table):
    app = open_table()
    app.switch_page("pages/data.py").run()
    app.number_input(key="target").set_value(100.0).run()
    assert "must be a smaller part than the region" in said(app)
    assert "Below is" not in said(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_table_without_an_answer_says_why(open_table, page):
    frame = search(60)
    frame["val_accuracy"] = np.where(np.arange(60) < 30, 0.5, np.nan)
    app = open_table(frame)
    app.switch_page(page).run()
    assert "The metric has the same value in all 30 trials" in said(app)


def test_the_bars_come_at_once_after_an_upload(app):
    drop(app, as_upload(search()))
    assert [heading.value for heading in app.title] == ["What decides it?"]
    assert bars(app)[0] == "lr"
    assert said(app).count("lr decides most") == 1


def test_a_small_table_has_a_wider_target_until_one_is_given(open_table):
    app = open_table(search(100))
    assert app.number_input(key="target").value == 20
    assert app.slider(key="subspace").value == (20, 100)
    app.number_input(key="target").set_value(10.0).run()
    assert session(app).asked.target == 10


def test_a_default_target_stays_below_a_lower_region(open_table):
    app = open_table()
    app.number_input(key="region").set_value(6.0).run()
    assert app.number_input(key="target").value == 3
    assert "12 trials in the target, 24 in the region" in said(app)


def test_the_question_is_kept_from_page_to_page(open_table):
    app = open_table()
    app.slider(key="subspace").set_value((20.0, 60.0)).run()
    for page in (*list(PAGES)[1:], "pages/importance.py"):
        app.switch_page(page).run()
        assert app.slider(key="subspace").value == (20, 60)
        assert "80 trials in the target, 240 in the region" in said(app)


def test_an_unknown_direction_is_asked_for_on_the_spot(open_table):
    app = open_table(search(metric="outcome_x"))
    assert "which values of “outcome_x” are better?" in said(app)
    app.segmented_control(key="ask_direction").set_value("maximize").run()
    assert bars(app)[0] == "lr"


def test_metric_and_direction_can_be_changed(open_table):
    frame = search()
    frame["val_loss"] = 1 - frame["val_accuracy"]
    app = open_table(frame)
    first = session(app).table.metric
    other = {"val_loss": "val_accuracy", "val_accuracy": "val_loss"}[first]
    before = bars(app)
    assert open_menu(app, "edit_metric").segmented_control(key="direction").value == session(app).table.direction
    choose(app, "edit_metric", app.selectbox(key="metric"), other)
    assert session(app).table.metric == other
    assert bars(app) == before  # the one is the other upside down
    turned = {"maximize": "minimize", "minimize": "maximize"}[session(app).table.direction]
    choose(app, "edit_metric", app.segmented_control(key="direction"), turned)
    word = {"maximize": "higher", "minimize": "lower"}[turned]
    assert f"{other}, {word} is better" in said(app)


def test_a_refused_file_keeps_the_table(open_table):
    open_table()
    app = open_table(search().iloc[:0], "empty.csv")
    assert "a header and no rows" in said(app)
    assert session(app).table.name == "search.csv"


def test_filters_are_added_shown_and_removed(open_table):
    app = open_table()
    choose(app, "filter_menu", open_menu(app, "filter_menu").selectbox(key="filter_on"), "lr")
    choose(app, "filter_menu", app.number_input(key="filter_high"), 0.01)
    assert session(app).asked.where == (Between("lr", None, 0.01),)
    choose(app, "filter_menu", app.selectbox(key="filter_on"), "optimizer")
    choose(app, "filter_menu", app.multiselect(key="filter_levels"), ["sgd"])
    assert session(app).asked.where[1] == OneOf("optimizer", ("sgd",))
    frame = search()
    passing = int(((frame["lr"] <= 0.01) & (frame["optimizer"] == "sgd")).sum())
    assert f"Only {passing:,} of 400 trials:" in said(app)
    choose(app, "filter_menu", app.selectbox(key="filter_on"), "lr")
    assert app.number_input(key="filter_high").value == 0.01  # it opens on what is active
    choose(app, "filter_menu", app.multiselect(key="filters"), ["optimizer is sgd"])
    assert session(app).asked.where == (OneOf("optimizer", ("sgd",)),)
    assert app.number_input(key="filter_high").value is None


def test_a_filter_that_lets_nothing_pass_is_refused_and_can_be_removed(open_table):
    app = open_table()
    choose(app, "filter_menu", open_menu(app, "filter_menu").selectbox(key="filter_on"), "lr")
    choose(app, "filter_menu", app.number_input(key="filter_low"), 10.0)
    assert "No trial passes lr=10:; widen the filter." in said(app)
    assert bars(app)[0] == "lr"
    app.multiselect(key="filters").set_value([]).run()
    assert "No trial passes" not in said(app)


def test_a_changed_role_changes_the_bars_and_is_remembered_for_the_header(open_table):
    app = open_table()
    app.switch_page("pages/data.py").run()
    app.selectbox(key="role_of").set_value("dropout").run()
    app.selectbox(key="role").set_value("left out").run()
    app.switch_page("pages/importance.py").run()
    assert set(bars(app)) == {"lr", "optimizer", "momentum", "batch_size"}
    app = open_table(search(seed=5), "another.csv")
    assert set(bars(app)) == {"lr", "optimizer", "momentum", "batch_size"}
    app = open_table(search(seed=5).rename(columns={"lr": "rate"}), "other_header.csv")
    assert "dropout" in bars(app)


def test_the_kind_and_scale_of_a_hyperparameter_can_be_changed(open_table):
    app = open_table()
    app.switch_page("pages/data.py").run()
    app.selectbox(key="role_of").set_value("batch_size").run()
    app.selectbox(key="kind").set_value("category").run()
    column = next(h for h in session(app).table.hyperparameters if h.name == "batch_size")
    assert (column.kind, set(column.levels)) == ("category", {"16", "32", "64"})
    app.selectbox(key="kind").set_value("ordinal").run()
    column = next(h for h in session(app).table.hyperparameters if h.name == "batch_size")
    assert (column.kind, column.levels) == ("ordinal", ("16", "32", "64"))
    app.selectbox(key="role_of").set_value("dropout").run()
    app.checkbox(key="log").check().run()
    column = next(h for h in session(app).table.hyperparameters if h.name == "dropout")
    assert column.log


def test_a_change_that_cannot_be_made_is_refused_and_taken_back(open_table):
    app = open_table()
    app.switch_page("pages/data.py").run()
    app.selectbox(key="role_of").set_value("optimizer").run()
    before = session(app).table
    app.selectbox(key="kind").set_value("float").run()
    assert session(app).table is before
    assert session(app).refused in said(app)
    assert app.selectbox(key="kind").value == "category"


def test_repeats_are_averaged_or_kept(open_table):
    frame = search(100)
    frame = frame.loc[frame.index.repeat(3)].reset_index(drop=True)
    frame["seed"] = np.tile([0, 1, 2], 100)
    frame["val_accuracy"] += np.random.default_rng(2).normal(0, 0.01, 300)
    app = open_table(frame)
    assert "100 trials  ·" in said(app)
    app.switch_page("pages/data.py").run()
    assert app.segmented_control(key="repeats").value == "auto"
    app.segmented_control(key="repeats").set_value("keep").run()
    assert "300 trials  ·" in said(app)


def test_one_of_several_tasks_can_be_chosen(open_table):
    frame = search(300)
    frame["dataset"] = np.repeat(["a", "b"], 150)
    app = open_table(frame)
    app.switch_page("pages/data.py").run()
    assert "best rank within their task" in said(app)
    app.selectbox(key="task").set_value("b").run()
    assert "150 trials of task b  ·" in said(app)
    app.selectbox(key="task").set_value("all, ranked within each").run()
    assert "300 trials  ·" in said(app)


def test_the_trials_are_best_first_with_their_whole_configuration(open_table):
    frame = search()
    app = open_table(frame)
    app.switch_page("pages/data.py").run()
    shown = app.dataframe[1].value
    best = frame.sort_values("val_accuracy", ascending=False)
    assert list(shown["val_accuracy"]) == list(best["val_accuracy"])
    assert {"lr", "optimizer", "momentum", "dropout", "batch_size"} <= set(shown.columns)
    assert list(shown["part"]).count("target") == 40


def test_the_data_of_a_table_too_small_for_an_answer_can_be_seen(open_table):
    app = open_table(search(14))
    assert "at least 16 are needed" in said(app)
    app.switch_page("pages/data.py").run()
    assert "at least 16 are needed" in said(app)
    assert len(app.dataframe[1].value) == 14
    assert figures(app)


def test_the_roles_can_be_seen_and_changed_before_the_direction_is_known(open_table):
    app = open_table(search(metric="outcome_x"))
    app.switch_page("pages/data.py").run()
    assert "which values of “outcome_x” are better?" in said(app)
    app.selectbox(key="role_of").set_value("dropout").run()
    app.selectbox(key="role").set_value("metric").run()
    assert session(app).table.metric == "dropout"


def test_one_hyperparameter_opens_on_the_strongest_and_leads_to_two(open_table):
    app = open_table()
    app.switch_page("pages/one.py").run()
    assert app.selectbox(key="one").value == "lr"
    app.selectbox(key="one").set_value("dropout").run()
    assert "dropout alone explains" in said(app)
    assert "it cannot be told apart from chance" in said(app)
    app.button(key="to_two").click().run()
    assert (app.selectbox(key="first").value, app.selectbox(key="second").value) == ("dropout", "lr")


def test_two_hyperparameters_open_on_the_two_strongest_and_never_show_one_twice(open_table):
    app = open_table()
    strongest = bars(app)[:2]
    app.switch_page("pages/two.py").run()
    assert [app.selectbox(key=key).value for key in ("first", "second")] == strongest
    app.selectbox(key="second").set_value(strongest[0]).run()
    assert [app.selectbox(key=key).value for key in ("first", "second")] == strongest[::-1]
    app.segmented_control(key="show").set_value("best").run()
    assert not app.exception


def test_a_table_with_one_hyperparameter_has_no_pair(open_table):
    app = open_table(search()[["lr", "val_accuracy"]])
    app.switch_page("pages/two.py").run()
    assert "a pair needs two" in said(app)


@pytest.mark.parametrize("page", PAGES)
def test_no_name_is_in_any_markdown(open_table, page):
    """What Streamlit renders as Markdown: texts, captions, labels, buttons; st.text and options are literal."""
    app = open_table(hostile())
    app.switch_page(page).run()
    app.session_state["edit_metric"] = True
    choose(app, "filter_menu", open_menu(app, "filter_menu").selectbox(key="filter_on"), HOSTILE[0])
    assert not app.exception
    rendered = [element.value for element in (*app.markdown, *app.caption, *app.title, *app.header)]
    widgets = (*app.button, *app.selectbox, *app.multiselect, *app.number_input, *app.segmented_control)
    rendered += [widget.label for widget in widgets] + [box.label for box in app.expander]
    assert not [(name, text) for name in HOSTILE for text in rendered if name in text]


def test_a_second_estimator_is_a_choice(open_table, monkeypatch):
    @dataclass(frozen=True)
    class Other(PedAnova):
        name: ClassVar[str] = "other"
        title: ClassVar[str] = "Another one"

    for module in (estimators, shell):
        monkeypatch.setattr(module, "ESTIMATORS", (PedAnova, Other))
    app = open_table()
    assert app.selectbox(key="estimator").value == "ped-anova"
    app.selectbox(key="estimator").set_value("other").run()
    assert session(app).last.result.estimator == "other"
    assert "method: PED-ANOVA" not in said(app)


def test_the_smallest_region_is_refused_and_can_be_undone(open_table):
    """No target fits below half of a region of 0.5 %: said, with the widgets still there."""
    app = open_table()
    app.number_input(key="region").set_value(0.5).run()
    assert not app.exception
    assert "Raise the region" in said(app)
    app.number_input(key="region").set_value(100.0).run()
    assert "Raise the region" not in said(app)
    assert session(app).last.refused is None


def test_an_impossible_target_leaves_the_slider_two_handles_on_every_page(open_table):
    app = open_table()
    app.number_input(key="target").set_value(100.0).run()
    app.switch_page("pages/one.py").run()
    assert app.slider(key="subspace").value == (100.0, 100.0)
    app.slider(key="subspace").set_value((20.0, 100.0)).run()
    assert not app.exception
    assert session(app).asked.target == 20.0


def test_the_question_comes_back_as_it_was_after_the_direction_was_asked(open_table):
    app = open_table()
    table = session(app).table
    session(app).table = table.revise(metric="lr", direction=None)
    app.run()
    assert not app.slider
    session(app).table = table
    app.run()
    assert app.slider(key="subspace").value == (session(app).asked.resolved(len(table.trials)), 100.0)
    assert app.number_input(key="region").value == 100.0


def test_choices_of_long_numbers_are_told_apart(open_table):
    frame = search(200)
    frame["few"] = np.random.default_rng(0).choice([0.12345671, 0.12345672, 0.5], 200)
    app = open_table(frame)
    assert [question._label(value) for value in sorted(frame["few"].unique())] == ["0.12345671", "0.12345672", "0.5"]
    kept = counting.design(session(app).table, (OneOf("few", ("0.12345672",)),))
    assert len(kept) == (frame["few"] == 0.12345672).sum()


def test_a_filter_goes_when_its_column_is_no_longer_one_to_filter_by(open_table):
    app = open_table()
    session(app).asked = replace(session(app).asked, where=(Between("lr", 1e-4, None),))
    app.switch_page("pages/data.py").run()
    app.selectbox(key="role_of").set_value("lr").run()
    app.selectbox(key="role").set_value("left out").run()
    assert session(app).asked.where == ()
    assert session(app).last.refused is None
