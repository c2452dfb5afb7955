"""Slow questions on the pages: what stands there meanwhile, cancelling, failing, and the question without a target."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hpi import estimators
from hpi.estimators import NRReliefF, PedAnova
from hpi.estimators.settings import setting
from hpi.jobs import Estimate, JobLimits, Jobs, Log, Phase, Status
from pages import job, shell, work
from tests.pages.tables import search
from tests.pages.test_pages import bars, said, session
from tests.slow_worker import WORKER, Slow


@dataclass(frozen=True)
class Waits(Slow):
    """What the child knows as Slow, waiting for ever unless told otherwise."""

    how: str = setting("wait", "what happens", choices=("answer", "wait", "crash"))


@pytest.fixture
def slow_app(open_table, monkeypatch, tmp_path):
    """A function that opens a table and asks the slow estimator, which does `how`."""
    opened = Jobs(JobLimits(60, 1024), WORKER, Log(str(tmp_path / "log.jsonl")))
    monkeypatch.setattr(work, "jobs", lambda: opened)

    def start(how: str, frame=None):
        @dataclass(frozen=True)
        class Told(Waits):
            how: str = setting("", "what happens", choices=("answer", "wait", "crash"))

            def __post_init__(self):
                object.__setattr__(self, "how", how)

        for module in (estimators, shell):
            monkeypatch.setattr(module, "ESTIMATORS", (PedAnova, Told))
        app = open_table(frame)
        return app.selectbox(key="estimator").set_value("slow").run()

    yield start
    opened.close()


def until_ended(app):
    assert session(app).work.job.ended.wait(60)
    return app.run()


def test_while_a_job_runs_the_last_answer_stays_and_is_marked(slow_app):
    app = slow_app("wait")
    assert "A slow one" in said(app)
    assert "Below is the last answer there was, until this one is ready." in said(app)
    assert bars(app)[0] == "lr"
    assert app.button(key="cancel_job")
    app.switch_page("pages/data.py").run()
    assert "A slow one" in said(app)
    assert "Below is" not in said(app)
    assert len(app.dataframe[1].value) == 400


def test_the_answer_comes_without_a_click(slow_app):
    app = until_ended(slow_app("answer"))
    assert session(app).last.result.estimator == "slow"
    assert not session(app).last.is_stale
    assert not [button for button in app.button if button.key in ("cancel_job", "retry_job")]


def test_cancelling_ends_the_job_and_it_can_be_run_again(slow_app):
    app = slow_app("wait")
    first = session(app).work.job
    app.button(key="cancel_job").click().run()
    assert first.ended.wait(20)
    app.run()
    assert "A slow one was cancelled. Below is the last answer there was." in said(app)
    app.button(key="retry_job").click().run()
    assert session(app).work.job is not first
    assert session(app).work.status.is_open


def test_a_failure_is_said_with_its_number_and_can_be_tried_again(slow_app):
    app = until_ended(slow_app("crash"))
    assert "an error of this program" in said(app)
    assert "(Error " in said(app)
    assert bars(app)[0] == "lr"
    failed = session(app).work.job
    app.run()
    assert session(app).work.job is failed  # it is not tried again by itself
    app.button(key="retry_job").click().run()
    assert session(app).work.job is not failed


@pytest.mark.parametrize("change", ["region", "estimator"])
def test_another_question_lets_go_of_the_job(slow_app, change):
    app = slow_app("wait")
    first = session(app).work.job
    if change == "region":
        app.number_input(key="region").set_value(50.0).run()
        assert session(app).work.job is not first
    else:
        app.selectbox(key="estimator").set_value("ped-anova").run()
        assert session(app).work is None
    assert first.ended.wait(20)


def test_without_any_answer_before_a_page_says_what_will_be_there(slow_app):
    app = slow_app("wait")
    session(app).last = None
    app.run()
    assert "The answer will appear here" in "\n".join(text.value for text in app.markdown)
    assert app.button(key="cancel_job")
    assert "Below is" not in said(app)


def test_where_the_target_plays_no_part_the_question_drops_it_and_it_comes_back(slow_app):
    app = slow_app("answer")
    sentence = " ".join(text.value for text in app.markdown)
    assert "Among the best" in sentence
    assert "% of trials, what moves the metric?" in sentence
    assert [box.key for box in app.number_input] == ["region"]
    assert app.slider(key="only_region").value == 100
    app.slider(key="only_region").set_value(60.0).run()
    assert app.number_input(key="region").value == 60
    assert "240 of 400 trials" in said(app)
    assert "in the target" not in said(app)
    app.selectbox(key="estimator").set_value("ped-anova").run()
    assert app.slider(key="subspace").value == (10, 60)
    assert app.number_input(key="target").value == 10


def test_a_target_that_was_chosen_is_there_again_afterwards(slow_app):
    app = until_ended(slow_app("answer"))
    app.selectbox(key="estimator").set_value("ped-anova").run()
    app.number_input(key="target").set_value(25.0).run()
    app.selectbox(key="estimator").set_value("slow").run()
    app.number_input(key="region").set_value(20.0).run()  # below the target, which plays no part now
    until_ended(app)
    assert "must be a smaller part" not in said(app)
    app.number_input(key="region").set_value(80.0).run()
    app.selectbox(key="estimator").set_value("ped-anova").run()
    assert app.number_input(key="target").value == 25


def test_cancelling_what_another_session_waits_for_leaves_it_to_that_one(slow_app):
    app = slow_app("wait", search())
    mine = session(app).work
    other = work.begin("theirs", Estimate(session(app).last.sample, session(app).asked.method, 0), "another visitor")
    assert other.job is mine.job
    app.button(key="cancel_job").click().run()
    assert "A slow one was cancelled." in said(app)
    assert other.is_open
    other.let_go()
    assert mine.job.ended.wait(20)


def test_what_was_lost_since_nobody_looked_is_asked_again(slow_app):
    app = slow_app("wait")
    lost = session(app).work
    lost.let_go()  # as the server does it for a visitor whose machine slept
    assert lost.job.ended.wait(20)
    app.run()
    assert session(app).work.job is not lost.job
    assert "was cancelled" not in said(app)
    assert app.button(key="cancel_job")


def test_settings_that_make_no_sense_are_named_on_the_page(slow_app, monkeypatch):
    app = slow_app("wait")

    def refused():
        return Jobs(JobLimits.from_environment({"HPI_JOBS": "none"}), WORKER)

    session(app).work.let_go()
    session(app).work = None
    monkeypatch.setattr(work, "jobs", refused)
    assert "HPI_JOBS is 'none'; it must be a whole number from 1 to 256." in said(app.run())


def test_every_method_of_the_menu_has_its_line(slow_app):
    app = slow_app("answer")
    (line,) = [text for text in app.text if text.value == "Estimator"]
    assert PedAnova.summary in line.proto.help
    assert NRReliefF.summary in line.proto.help


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status(Phase.WAITING), "f-ANOVA waits for its turn: it is next."),
        (Status(Phase.WAITING, ahead=1), "f-ANOVA waits for its turn: 1 other calculation is before it."),
        (Status(Phase.WAITING, ahead=3), "f-ANOVA waits for its turn: 3 other calculations are before it."),
        (Status(Phase.RUNNING), "f-ANOVA begins."),
        (Status(Phase.RUNNING, 0, 0.0, "growing trees"), "f-ANOVA: growing trees  ·  0 %"),
        (Status(Phase.RUNNING, 0, 0.43, "growing trees", 12.3), "f-ANOVA: growing trees  ·  43 %  ·  about 12 s left"),
        (Status(Phase.RUNNING, 0, 0.5, "pairs", 0.2), "f-ANOVA: pairs  ·  50 %  ·  about 1 s left"),
        (Status(Phase.RUNNING, 0, 0.5, "pairs", 200.0), "f-ANOVA: pairs  ·  50 %  ·  about 3 min left"),
    ],
)
def test_progress_in_words(status, said):
    assert job.doing("f-ANOVA", status).replace("\u00a0", " ") == said
