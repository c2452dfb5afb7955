"""Slow work beside the answer: there at once or later, kept, let go of, cancelled, failed and refused."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

import hpi
from hpi import readers
from hpi.errors import EstimatorError, JobError
from hpi.estimators import PedAnova
from hpi.filters import Between
from hpi.jobs import Estimate, JobLimits, Jobs, Log, Phase
from hpi.roles import Role
from pages import state, work
from pages.session import Session
from pages.state import FINDINGS
from tests.pages.tables import as_upload, search
from tests.pages.test_pages import said
from tests.slow_worker import SECRET, WORKER, Slow


def page():
    import streamlit as st

    from pages import job, state

    found = state.findings(state.answer(), st.session_state.get("tolerance"))
    st.text("Nothing yet." if found is None else "Found.")
    job.beside(state.FINDINGS)


def adjusting():
    from pages import job, state

    state.adjusted(state.answer(), ("lr", "dropout"))
    job.beside(state.ADJUSTED)


def elsewhere():
    from pages import state

    state.answer()


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "search.csv"
    path.write_bytes(as_upload(search())[1])
    return readers.read(path)


@pytest.fixture
def jobs(monkeypatch, tmp_path):
    opened = Jobs(JobLimits(60, 1024), WORKER, Log(str(tmp_path / "log.jsonl")))
    monkeypatch.setattr(work, "jobs", lambda: opened)
    yield opened
    opened.close()


@pytest.fixture
def opened(jobs, monkeypatch, table):
    """A function that opens a page whose work beside the answer does `how`, in a job unless `is_quick`."""

    def start(how: str, is_quick: bool = False, script=page) -> AppTest:
        monkeypatch.setattr(state, "State", lambda sample, outcome, tolerance: Estimate(sample, Slow(how=how), 0))
        monkeypatch.setattr(state, "QUICK", 10**9 if is_quick else 0)
        return visit(script, Session(table=table))

    return start


def visit(script, session: Session) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    app.session_state["hpi"] = session
    return run(app)


def run(app: AppTest) -> AppTest:
    assert not app.run().exception, app.exception[0].message
    return app


def now(app: AppTest) -> Session:
    return app.session_state["hpi"]


def beside(app: AppTest):
    return now(app).beside[FINDINGS]


def ended(app: AppTest) -> AppTest:
    assert beside(app).work.job.ended.wait(60)
    return run(app)


def keys(app: AppTest) -> list[str]:
    return [button.key for button in app.button]


def test_what_is_quick_is_there_at_once_and_only_once(opened, jobs):
    app = opened("answer", is_quick=True)
    first = beside(app)
    assert said(app) == "Found."
    assert first.work is None
    run(app)
    assert beside(app).found is first.found


def test_a_job_says_how_far_it_is_and_its_answer_comes(opened):
    app = opened("answer")
    kept = beside(app)
    app = ended(app)
    assert said(app) == "Found."
    assert keys(app) == []
    assert beside(run(app)) is kept
    assert now(app).last.is_stale is False


def test_while_it_runs_the_page_says_so_and_the_main_answer_is_there(opened):
    app = opened("wait")
    assert "Nothing yet." in said(app)
    assert "A slow one" in said(app)
    assert keys(app) == [f"cancel_{FINDINGS}"]
    assert now(app).last.result.estimator == PedAnova.name


def test_cancelled_is_said_and_stays_until_it_is_tried_again(opened):
    app = opened("wait")
    first = beside(app).work.job
    app.button(key=f"cancel_{FINDINGS}").click().run()
    assert first.ended.wait(20)
    run(app)
    assert "A slow one was cancelled." in said(app)
    assert keys(app) == [f"retry_{FINDINGS}"]
    app.button(key=f"retry_{FINDINGS}").click().run()
    assert beside(app).work.job is not first
    assert beside(app).is_open
    assert "was cancelled" not in said(app)


def test_a_failure_is_a_sentence_with_its_number_and_can_be_tried_again(opened):
    app = ended(opened("crash"))
    assert "an error of this program" in said(app)
    assert "(Error " in said(app)
    assert keys(app) == [f"retry_{FINDINGS}"]
    failed = beside(app).work.job
    assert beside(run(app)).work.job is failed
    app.button(key=f"retry_{FINDINGS}").click().run()
    assert beside(app).work.job is not failed


@pytest.mark.parametrize("is_quick", [True, False])
def test_a_refusal_is_a_sentence_and_trying_again_would_not_help(opened, is_quick):
    app = opened("refuse", is_quick)
    app = app if is_quick else ended(app)
    assert f"No: {SECRET}." in said(app)
    assert keys(app) == []


@pytest.mark.parametrize(("error", "buttons"), [(EstimatorError, []), (JobError, [f"retry_{FINDINGS}"])])
def test_what_cannot_begin_is_a_sentence(opened, monkeypatch, error, buttons):
    def refused(*arguments):
        raise error("Not now.")

    monkeypatch.setattr(work, "begin", refused)
    app = opened("answer")
    assert "Not now." in said(app)
    assert keys(app) == buttons


@pytest.mark.parametrize("change", ["region", "target", "filter", "role", "tolerance"])
def test_another_question_lets_go_of_the_job(opened, change):
    app = opened("wait")
    first = beside(app).work.job
    session = now(app)
    if change == "role":
        session.table = session.table.revise(roles=(("dropout", Role.LEFT_OUT),))
    elif change == "tolerance":
        app.session_state["tolerance"] = 0.01
    else:
        asked = {"region": {"region": 50.0}, "target": {"target": 20.0}, "filter": {"where": (Between("lr", 1e-4),)}}
        session.asked = state.replace(session.asked, **asked[change])
    run(app)
    assert beside(app).work.job is not first
    assert first.ended.wait(20)
    assert first.phase is Phase.LET_GO


def test_a_page_that_asks_for_nothing_beside_lets_go_once_the_question_is_another(opened):
    app = opened("wait")
    first = beside(app).work.job
    other = visit(elsewhere, now(app))
    assert not first.ended.is_set()
    now(app).asked = state.replace(now(app).asked, region=50.0)
    run(other)
    assert first.ended.wait(20)
    assert now(app).beside == {}


def test_another_estimator_changes_nothing_beside(opened):
    app = opened("wait")
    kept = beside(app)
    now(app).asked = state.replace(now(app).asked, estimator="linear")
    run(app)
    assert beside(app) is kept
    assert kept.is_open


def test_what_was_lost_since_nobody_looked_is_begun_again(opened):
    app = opened("wait")
    lost = beside(app).work
    lost.let_go()  # as the server does it for a visitor whose machine slept
    assert lost.job.ended.wait(20)
    run(app)
    assert beside(app).work.job is not lost.job
    assert "was cancelled" not in said(app)


@pytest.mark.parametrize("quick", [0, 10**9], ids=["by a job", "at once"])
def test_what_is_found_is_what_python_finds(jobs, table, monkeypatch, quick):
    monkeypatch.setattr(state, "QUICK", quick)
    app = visit(page, Session(table=table))
    app = app if quick else ended(app)
    assert beside(app).found == hpi.findings(table)
    assert beside(app).found.findings


def test_adjusted_effects_come_by_a_job_of_their_own(jobs, table):
    app = visit(adjusting, Session(table=table))
    adjusted = now(app).beside[state.ADJUSTED]
    assert keys(app) == [f"cancel_{state.ADJUSTED}"]
    assert adjusted.work.job.ended.wait(60)
    run(app)
    assert adjusted.found.of("lr").name == "lr"
    assert adjusted.found.joint is not None
    assert keys(app) == []
    first = adjusted.found
    again = visit(adjusting, Session(table=table))  # another visitor: the server still has the answer
    assert now(again).beside[state.ADJUSTED].found is first


def fragment():
    from pages import job, state

    state.findings(state.answer(), is_patient=True)
    job.beside(state.FINDINGS, is_fragment=True)


def asked_again(app):
    """How often a part of the page is to be drawn again: by the marks that ask for it."""
    return [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.component_name == "waiting"]


def test_a_part_is_drawn_again_as_long_as_its_job_runs_and_no_longer(opened):
    app = opened("wait", script=fragment)
    assert asked_again(app) == [{"milliseconds": 500.0, "turn": 1}]
    assert beside(app).work is None  # nobody may look for long: the slider goes on
    assert asked_again(run(app)) == [{"milliseconds": 500.0, "turn": 2}]
    beside(app).work.cancel()
    assert beside(app).work.job.ended.wait(60)
    assert asked_again(run(app)) == []
    assert keys(app) == [f"retry_{FINDINGS}"]
