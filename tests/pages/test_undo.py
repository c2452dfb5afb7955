"""Every change of the question can be taken back and made again; a slide is one change, another table begins anew."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.estimators import PedAnova, by_name
from hpi.filters import Between, OneOf
from pages import choose
from pages import undo as undoing
from pages.asked import Asked
from pages.session import Session
from pages.undo import MOST, PAUSE, History, Step, changed
from tests.pages.tables import HOSTILE, hostile, search

SLOW = PAUSE + 1
LR, ADAM = Between("lr", 0.001, 0.01), OneOf("optimizer", ("adam",))
QUESTIONS = st.builds(
    Step,
    region=st.sampled_from([100.0, 50.0]),
    target=st.sampled_from([None, 10.0, 20.0]),
    where=st.sampled_from([(), (LR,), (ADAM,), (LR, ADAM)]),
)


def after(history, *questions, pause=SLOW):
    """The history of further questions, so many seconds apart."""
    for asked in questions:
        history = history.after(asked, (history.moved or 0) + pause)
    return history


@given(st.lists(QUESTIONS, max_size=80))
def test_all_that_was_asked_slowly_comes_back_in_its_order(questions):
    begun = History(None, (Step(),))
    history = after(begun, *questions)
    different = [Step()]  # by hand: each that is not the one before it
    different += [this for last, this in zip([Step(), *questions], questions, strict=False) if this != last]
    different = different[-MOST - 1 :]
    assert list(history.steps) == different
    for expected in different[-2::-1]:
        history = history.gone(-1)
        assert history.now == expected
    assert history.undone is None
    for expected in different[1:]:
        assert history.redone is not None
        history = history.gone(1)
        assert history.now == expected
    assert history.redone is None


@given(st.lists(st.integers(1, 90), min_size=1, max_size=30), st.sampled_from(["target", "region"]))
def test_a_handle_that_moves_on_is_one_change(places, handle):
    begun = after(History(None, (Step(region=99.5, target=0.5),)), Step(region=99.5, target=0.5, where=(LR,)))
    moved = [replace(begun.now, **{handle: float(place)}) for place in places]
    history = after(after(begun, moved[0]), *moved[1:], pause=PAUSE / 2)
    assert history.steps == (*begun.steps, moved[-1])
    assert history.gone(-1).now == begun.now


def test_a_handle_that_comes_back_to_where_it_began_has_changed_nothing():
    begun = History(None, (Step(target=10.0),))
    history = after(begun, Step(target=11.0), Step(target=10.0), pause=PAUSE / 2)
    assert history.steps == begun.steps
    assert history.at == 0


@pytest.mark.parametrize(
    ("second", "pause"),
    [
        (Step(target=30.0), SLOW),
        (Step(target=20.0, region=50.0), PAUSE / 2),
        (Step(target=20.0, where=(LR,)), PAUSE / 2),
    ],
)
def test_a_pause_or_another_control_is_another_change(second, pause):
    history = after(after(History(None, (Step(),)), Step(target=20.0)), second, pause=pause)
    assert history.steps == (Step(), Step(target=20.0), second)


def test_two_filters_in_one_breath_are_two_changes():
    history = after(History(None, (Step(),)), Step(where=(LR,)), Step(where=(LR, ADAM)), pause=PAUSE / 2)
    assert len(history.steps) == 3


def test_what_is_asked_after_an_undo_takes_the_place_of_what_was_undone():
    history = after(History(None, (Step(),)), Step(target=20.0), Step(target=30.0)).gone(-1)
    history = history.after(Step(target=40.0), 0.0)
    assert history.steps == (Step(), Step(target=20.0), Step(target=40.0))
    assert history.redone is None


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (Step(), Step(where=(LR,)), "lr from 0.001 to 0.01"),
        (Step(where=(LR,)), Step(where=(replace(LR, low=None),)), "lr to 0.01"),
        (Step(where=(LR, ADAM)), Step(where=(LR,)), "all values of optimizer"),
        (Step(), Step(target=20.0), "target 20 %"),
        (Step(target=20.0), Step(), "target as usual"),
        (Step(), Step(region=12.5), "region 12.5 %"),
        (Step(), Step(target=5.0, region=50.0, where=(ADAM,)), "target 5 % and region 50 % and optimizer is adam"),
        (Step(), Step(estimator="fanova", settings=(("trees", 8),)), by_name("fanova").title),
        (Step(estimator="fanova"), Step(), PedAnova.title),
        (Step(), Step(seed=3), "settings"),
        (Step(), Step(task="digits"), "task digits"),
        (Step(task="digits"), Step(), "all tasks"),
        (Step(task="a", target=5.0), Step(task="b", target=20.0), "target 20 % and task b"),
    ],
)
def test_a_change_is_said_in_words(before, now, said):
    assert changed(before, now) == said


# ---- pages


def session(app):
    return app.session_state["hpi"]


def steps(app):
    return {button.key: button for button in app.button if button.key in ("undo", "redo")}


def test_there_is_nothing_to_undo_at_first(open_table):
    assert not steps(open_table())


def test_changes_are_undone_one_after_the_other_and_made_again_on_every_page(open_table, monkeypatch):
    monkeypatch.setattr(undoing, "PAUSE", 0)
    app = open_table()
    app.number_input(key="target").set_value(20.0).run()
    app.number_input(key="region").set_value(60.0).run()
    assert steps(app)["redo"].disabled
    assert steps(app)["undo"].help == "Undo: ` region 60 % `"
    app.switch_page("pages/one.py").run()
    app.button(key="undo").click().run()
    assert session(app).asked == Asked(target=20.0)
    assert app.slider(key="subspace").value == (20.0, 100.0)
    assert steps(app)["redo"].help == "Redo: ` region 60 % `"
    app.switch_page("pages/importance.py").run()
    app.button(key="undo").click().run()
    assert session(app).asked == Asked()
    assert app.number_input(key="target").value == 10.0
    assert steps(app)["undo"].disabled
    app.button(key="redo").click().run()
    app.button(key="redo").click().run()
    assert session(app).asked == Asked(region=60.0, target=20.0)
    assert steps(app)["redo"].disabled


def test_what_was_refused_is_no_longer_said_after_an_undo(open_table):
    app = open_table()
    app.number_input(key="target").set_value(100.0).run()
    assert [text for text in app.text if "must be a smaller part" in text.value]
    app.button(key="undo").click().run()
    assert session(app).asked == Asked()
    assert not [text for text in app.text if "must be a smaller part" in text.value]


def test_another_table_begins_anew(open_table):
    app = open_table()
    app.number_input(key="target").set_value(20.0).run()
    assert steps(app)
    app = open_table(search(seed=5), "another.csv")
    assert not steps(app)


def test_other_roles_begin_anew_and_another_direction_does_not(open_table):
    app = open_table()
    app.number_input(key="target").set_value(20.0).run()
    now = session(app)
    now.table = now.table.revise(direction="minimize")
    app.run()
    assert steps(app)
    app.switch_page("pages/data.py").run()
    app.selectbox(key="role_of").set_value("lr").run()
    app.selectbox(key="role").set_value("left out").run()
    assert not steps(app)


def tasks():
    """A search on two tasks, where dropout was tried on the second one only."""
    frames = [search(200).assign(task="plain", dropout=0.5), search(300, seed=1).assign(task="noisy")]
    return pd.concat(frames, ignore_index=True)


def chips(app):
    return [box.value for box in app.multiselect if box.key == "filters"]


def identity(app):
    return next(text.value for text in app.text if text.value.startswith("search.csv"))


def test_one_task_alone_stands_in_the_frame_and_is_taken_back_and_made_again(open_table):
    app = open_table(tasks())
    assert "  ·  500 trials  ·  " in identity(app)
    session(app).asked = replace(session(app).asked, where=(Between("dropout", None, 0.6),))
    app.run()
    app.switch_page("pages/data.py").run()
    app.selectbox(key="task").select("plain").run()
    assert "  ·  200 trials of task plain  ·  " in identity(app)
    assert chips(app) == [["task plain"]]  # on this task dropout is always the same
    assert steps(app)["undo"].help == "Undo: ` task plain and all values of dropout `"
    app.button(key="undo").click().run()
    assert not app.exception
    assert session(app).table.choices.task is None
    assert "  ·  500 trials  ·  " in identity(app)
    assert chips(app) == [["dropout to 0.6"]]
    app.button(key="redo").click().run()
    assert session(app).table.choices.task == "plain"
    assert steps(app)["redo"].disabled
    assert session(app).asked.where == ()


def test_a_task_is_left_by_its_chip_and_that_can_be_undone(open_table):
    app = open_table(tasks())
    opened_on(app, "noisy")
    session(app).asked = replace(session(app).asked, where=(LR,))
    app.run()
    assert chips(app) == [["task noisy", "lr from 0.001 to 0.01"]]
    app.multiselect(key="filters").set_value(["lr from 0.001 to 0.01"]).run()
    assert session(app).table.choices.task is None
    assert session(app).asked.where == (LR,)
    app.button(key="undo").click().run()
    assert session(app).table.choices.task == "noisy"


def test_to_remove_a_filter_leaves_the_task(open_table):
    app = open_table(tasks())
    opened_on(app, "noisy")
    session(app).asked = replace(session(app).asked, where=(LR,))
    app.run()
    app.multiselect(key="filters").set_value(["task noisy"]).run()
    assert (session(app).table.choices.task, session(app).asked.where) == ("noisy", ())


def opened_on(app, task):
    app.switch_page("pages/compare.py").run()
    app.selectbox(key="alone").select(task).run()
    app.switch_page("pages/importance.py").run()
    assert not app.exception
    assert session(app).table.choices.task == task


@pytest.mark.parametrize(
    ("key", "sent", "chosen", "pair"),
    [
        ("one", "dropout  ·  1 % [0 to 2]", "dropout", ("lr", "dropout")),
        ("one", "lr", "lr", ("lr", "dropout")),
        ("first", "lr  ·  29 % [23 to 38]", "dropout", ("lr", "dropout")),
        ("first", "dropout", "dropout", ("dropout", "lr")),
    ],
)
def test_a_title_that_the_browser_still_has_from_before_an_undo_is_no_choice(monkeypatch, key, sent, chosen, pair):
    now = Session(chosen="dropout", pair=("lr", "dropout"))
    monkeypatch.setattr(choose, "session", lambda: now)
    monkeypatch.setattr(choose.st, "session_state", {key: sent})
    choose._took(key, ["lr", "dropout", "momentum"])
    assert (now.chosen, now.pair) == (chosen, pair)


def test_what_a_tooltip_says_of_a_name_is_no_markup(open_table):
    app = open_table(hostile())
    for name in (*HOSTILE, "`a` ``b``"):
        said = undoing._as_code(f"{name} to 0.5")
        fence = said[: len(said) - len(said.lstrip("`"))]
        assert said == f"{fence} {name} to 0.5 {fence}"
        assert fence not in name
    session(app).asked = Asked(where=(Between(HOSTILE[0], None, 0.5),))
    app.run()
    assert steps(app)["undo"].help == f"Undo: ` {HOSTILE[0]} to 0.5 `"
