"""Compare: two thresholds, two estimators, a second table, each in its full, empty and refused state."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from hpi import estimators
from hpi.comparison import difference
from hpi.estimators import PedAnova
from hpi.estimators.settings import setting
from hpi.jobs import JobLimits, Jobs, Log
from hpi.words.difference import lead as lead_of
from pages import compare_two, other_threshold, shell, work
from tests.pages.tables import as_upload, hostile, search
from tests.slow_worker import WORKER, Slow


@pytest.fixture
def compare(open_table):
    """A function that opens a table and one view of the page: `compare("thresholds")`."""

    def opened(view, frame=None, **asked):
        app = open_table(frame)
        now = app.session_state["hpi"]
        now.asked = replace(now.asked, **asked)
        now.kept["compare_view"] = view
        return clean(app.switch_page("pages/compare.py").run())

    return opened


def clean(app):
    assert not app.exception, app.exception[0].message
    return app


def texts(app):
    return [text.value for text in app.text]


def lead(app):
    """The sentence that says what changes, where there is one."""
    starts = ("For the best ", "Among ", "By ", "In ", "No difference", "Nothing can be compared")
    return next((text for text in texts(app) if text.startswith(starts)), None)


def drop_second(app, *uploads):
    place = next(place for place in app.file_uploader if place.key.startswith("second-"))
    return clean(place.set_value(list(uploads)).run())


def second_table(app, frame, name="second.csv"):
    return drop_second(app, as_upload(frame, name))


def test_without_a_table_it_asks_for_one(app):
    app.session_state["hpi"].kept["compare_view"] = "thresholds"
    clean(app.switch_page("pages/compare.py").run())
    assert "No table is open yet." in texts(app)


def test_a_tenth_of_the_present_target_is_asked_where_it_holds_enough(compare):
    """1,000 trials: the best 10 % are 100, a tenth of that is 10, more than the 8 that are needed."""
    app = compare("thresholds", search(1000))
    assert app.number_input(key="other_target").value == 1
    assert app.number_input(key="other_region").value == 100
    assert lead(app).startswith("For the best 1\u00a0% instead of the best 10\u00a0%, ")


def test_of_few_trials_a_larger_part_is_taken(compare):
    """60 trials: the default is the best third, 20; a tenth holds 2, a fifth 4, the half of it 10."""
    app = compare("thresholds", search(60))
    present = app.number_input(key="target").value
    assert app.number_input(key="other_target").value == pytest.approx(present / 2)
    assert lead(app) is not None


def test_another_threshold_can_be_typed_and_the_same_one_makes_no_difference(compare):
    app = compare("thresholds", search(400))
    clean(app.number_input(key="other_target").set_value(30.0).run())
    assert lead(app).startswith("For the best 30\u00a0% instead of the best 10\u00a0%, ")
    clean(app.number_input(key="other_target").set_value(10.0).run())
    assert lead(app).startswith("No difference: ")


def test_a_threshold_that_is_refused_is_refused_in_words(compare):
    app = compare("thresholds", search(400))
    clean(app.number_input(key="other_region").set_value(2.0).run())
    assert any("must be a smaller part than the region" in text for text in texts(app))
    assert lead(app) is None
    clean(app.number_input(key="other_region").set_value(100.0).run())
    clean(app.number_input(key="other_target").set_value(0.5).run())
    assert any("at least 8 are needed" in text for text in texts(app))
    assert lead(app) is None


def test_shares_can_be_compared_instead(compare):
    app = compare("thresholds", search(400))
    clean(app.segmented_control(key="measure").set_value("share").run())
    assert compare_two.TWO_THRESHOLDS not in texts(app)
    shown = app.session_state["hpi"].kept["other-thresholds"].kept[1]
    assert shown.measure == "share"
    assert sum(change.first.value for change in shown.compared) == pytest.approx(1)
    clean(app.segmented_control(key="measure").set_value("importance").run())
    assert compare_two.TWO_THRESHOLDS in texts(app)


def test_where_no_second_threshold_is_possible_it_is_said(compare):
    """16 trials, the best half of which is the target: half of it or less is under 8, twice as much all of them."""
    app = compare("thresholds", search(16))
    assert app.number_input(key="target").value == 50
    assert other_threshold.NONE in texts(app)
    assert lead(app) is None


def test_another_estimator_is_asked_by_a_button(compare):
    app = compare("two", search(200))
    assert app.selectbox(key="other_estimator").label == "Compare PED-ANOVA with"
    assert app.button(key="ask_estimators").label == "Ask f-ANOVA"
    clean(app.selectbox(key="other_estimator").set_value("linear").run())
    assert app.button(key="ask_estimators").label == "Ask Linear model"
    assert lead(app) is None


def test_without_an_answer_there_is_nothing_to_compare(compare):
    app = compare("thresholds", search(400), target=0.5)
    assert compare_two.NOT_YET in texts(app)
    assert not [box for box in app.number_input if box.key == "other_target"]


def test_the_same_file_again_makes_no_difference(compare):
    app = second_table(compare("tables", search()), search(), "copy.csv")
    assert lead(app) == "No difference: search.csv and copy.csv give the same answer, to the last digit."
    assert any(text.startswith("Compared with: copy.csv") for text in texts(app))


def test_rows_in_another_order_make_no_difference(compare):
    shuffled = search().sample(frac=1, random_state=0)
    app = second_table(compare("tables", search()), shuffled)
    assert lead(app).startswith("No difference: ")


def test_a_second_table_is_compared_and_can_be_closed(compare):
    """In the second table dropout decides, and lr does nothing: both differ."""
    other = search(seed=1)
    other["val_accuracy"] = other["dropout"] + np.random.default_rng(2).normal(0, 0.02, len(other))
    other = other.drop(columns="batch_size").assign(extra=np.random.default_rng(3).random(len(other)))
    app = second_table(compare("tables", search()), other)
    assert "dropout explains more" in lead(app)
    assert "lr explains less" in lead(app)
    assert "Only in the first: batch_size." in texts(app)
    assert "Only in the second: extra." in texts(app)
    clean(app.button(key="close_second").click().run())
    assert lead(app) is None
    assert [place.key for place in app.file_uploader if place.key.startswith("second-")]


def test_the_second_target_is_that_of_the_first_also_in_a_small_table(compare):
    """Alone, a table of 100 trials is asked for its best 20 %; beside one of 1,000 for its best 10 %."""
    app = second_table(compare("tables", search(1000)), search(100, seed=5))
    held = app.session_state["hpi"].kept["other-tables"]
    assert held.sample.n_target == 10


def test_another_metric_is_refused_clearly(compare):
    app = second_table(compare("tables", search()), search(metric="val_loss"))
    assert any("has no column 'val_accuracy', which is explained here" in text for text in texts(app))
    assert "second_table" not in app.session_state["hpi"].kept


def test_a_table_with_other_hyperparameters_is_refused_clearly(compare):
    stranger = search().rename(columns=lambda name: name if name == "val_accuracy" else f"other_{name}")
    app = second_table(compare("tables", search()), stranger)
    assert any("have no hyperparameter in common" in text for text in texts(app))


def test_what_is_no_table_is_refused_and_the_first_one_stays(compare):
    app = drop_second(compare("tables", search()), ("broken.csv", b"\x00\x01\x02", "text/csv"))
    assert app.session_state["hpi"].table.name == "search.csv"
    assert "second_table" not in app.session_state["hpi"].kept
    assert lead(app) is None


def test_a_range_that_was_searched_otherwise_is_said(compare):
    narrow = search(seed=1)
    narrow["lr"] = narrow["lr"].clip(1e-4, 1e-3)
    app = second_table(compare("tables", search()), narrow)
    assert any(text.startswith("lr was searched otherwise: ") for text in texts(app))


def test_names_are_data_in_every_view(compare):
    app = compare("thresholds", hostile())
    assert lead(app) is not None
    assert all("<b>b</b>" not in one.value for one in app.markdown)
    app = second_table(compare("tables", hostile()), hostile(200), "![i](x).csv")
    assert lead(app) is not None
    assert all("![i]" not in one.value for one in app.markdown)


@pytest.mark.parametrize("n", [1, 60])
def test_one_hyperparameter_and_sixty_are_compared(compare, n):
    rng = np.random.default_rng(9)
    frame = search(300)[["lr", "val_accuracy"]]
    more = {f"a_rather_long_name_of_a_hyperparameter_{i}": rng.random(300) for i in range(n - 1)}
    app = compare("thresholds", frame.assign(**more))
    assert lead(app) is not None
    shown = app.session_state["hpi"].kept["other-thresholds"].kept[1]
    assert len(shown.changes) == n
    clean(app.segmented_control(key="measure").set_value("share").run())
    assert lead(app) is not None


def test_the_page_says_what_hpi_says(compare):
    """The second path: the public function on the same two answers."""
    app = compare("thresholds", search(400))
    now = app.session_state["hpi"]
    other = now.kept["other-thresholds"]
    found = difference(now.last.result, other.result, table=now.table)
    assert found.pairing == "paired"
    assert lead_of(found) == lead(app)


@pytest.fixture
def slow(monkeypatch, tmp_path):
    """A function that has PED-ANOVA compared with a slow estimator, which does `how`."""
    opened = Jobs(JobLimits(60, 1024), WORKER, Log(str(tmp_path / "log.jsonl")))
    monkeypatch.setattr(work, "jobs", lambda: opened)

    def told(how):
        @dataclass(frozen=True)
        class Told(Slow):
            how: str = setting("", "what happens", choices=("answer", "wait", "crash"))

            def __post_init__(self):
                object.__setattr__(self, "how", how)

        for module in (estimators, shell, compare_two):
            monkeypatch.setattr(module, "ESTIMATORS", (PedAnova, Told))

    yield told
    opened.close()


def test_a_slow_answer_is_shown_when_it_is_there(slow, compare):
    slow("answer")
    app = compare("two", search(200))
    clean(app.button(key="ask_estimators").click().run())
    held = app.session_state["hpi"].kept["other-estimators"]
    assert held.work.job.ended.wait(60)
    clean(app.run())
    assert held.result.estimator == "slow"
    assert not [button for button in app.button if button.key == "cancel_estimators"]


def test_a_slow_answer_can_be_cancelled_and_asked_for_again(slow, compare):
    slow("wait")
    app = compare("two", search(200))
    clean(app.button(key="ask_estimators").click().run())
    job = app.session_state["hpi"].kept["other-estimators"].work.job
    clean(app.button(key="cancel_estimators").click().run())
    assert job.ended.wait(20)
    clean(app.run())
    assert "A slow one was cancelled." in texts(app)
    assert app.button(key="ask_estimators").label == "Try again"


def test_another_question_lets_the_slow_answer_to_this_one_go(slow, compare):
    slow("wait")
    app = compare("two", search(200))
    clean(app.button(key="ask_estimators").click().run())
    job = app.session_state["hpi"].kept["other-estimators"].work.job
    clean(app.number_input(key="region").set_value(80.0).run())
    assert job.ended.wait(20)
    assert app.button(key="ask_estimators").label == "Ask A slow one"
