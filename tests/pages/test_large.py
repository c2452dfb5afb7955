"""Tables that the operator has named: opened by a job, counted by another, shared by all visitors."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import hpi
from hpi.child import Child, Limits
from hpi.errors import HpiError
from hpi.estimators import quiet
from hpi.jobs import Count, Job, LookAt, Phase
from hpi.space import drawing
from pages import counting, leaving, named, sign_in, who, work
from tests.pages.drawn import figures
from tests.pages.test_link import clean, said, visit
from tests.parquet import damage, trials, write

N, DRAWN = 6000, 2048
PART = r"From 1,0\d\d of 6,000 trials, drawn evenly"  # about half of those drawn
MEANWHILE = (
    f"Below is what {DRAWN:,} trials say, drawn from {N:,} rows by a hash of their position, until all are counted."
)
FEW = 800  # of N: so few that all of them are at hand


class AtOnce:
    """Jobs in this process: done as soon as they are handed over, unless they are held back."""

    def __init__(self) -> None:
        self.tasks: list[object] = []
        self.held: list[Job] = []
        self.holds: tuple[type, ...] = ()

    def submit(self, task, visitor: str) -> Job:
        """Do a task, or hold it back."""
        task.refuse()
        job = Job(str(len(self.tasks)), task, Child("nothing", Limits(1, 1)), phase=Phase.RUNNING)
        self.tasks.append(task)
        if isinstance(task, self.holds):
            self.held.append(job)
            job.hear({"done": 0.37, "doing": "37 of 100 blocks"})
        else:
            self.finish(job)
        return job

    def finish(self, job: Job) -> None:
        """Do the task of a job."""
        try:
            job.found, job.phase = job.task.run(quiet), Phase.DONE
        except HpiError as error:
            job.error, job.phase = error, Phase.FAILED

    def status(self, job: Job, visitor: str):
        """Return where it stands."""
        return job.status()

    def let_go(self, job: Job, visitor: str) -> None:
        """End it where it is open."""
        if job.status().is_open:
            job.phase = Phase.LET_GO

    def of(self, kind: type) -> list[object]:
        """Return the tasks of a kind."""
        return [task for task in self.tasks if isinstance(task, kind)]


@pytest.fixture(autouse=True)
def jobs(monkeypatch):
    """Jobs of this test alone, and no table that another one has opened."""
    ours = AtOnce()
    monkeypatch.setattr(work, "jobs", lambda: ours)
    monkeypatch.setattr(drawing, "MOST_DRAWN", DRAWN)
    for cache in (named._looks, named._tables, counting._counts):
        cache.clear()
    return ours


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that the operator has named sweeps."""
    path = write(tmp_path / "secret-place", trials(N))
    monkeypatch.setenv("HPI_TABLES", f"sweeps={path}; away={tmp_path / 'nothing'}")
    return path


def start() -> AppTest:
    return visit("pages/home.py")


def opened(app: AppTest | None = None) -> AppTest:
    """The page of the answer, after a click on the name."""
    app = app or start()
    app.button(key="named-sweeps").click().run()
    return on(app, "importance")


def on(app: AppTest, page: str) -> AppTest:
    app.switch_page(f"pages/{page}.py").run()
    return clean(app.run())


def session(app: AppTest):
    return app.session_state["hpi"]


def everything(app: AppTest) -> str:
    """All that is written on a page, and its address."""
    shown = [element.value for kind in (app.text, app.markdown, app.title, app.error) for element in kind]
    return "\n".join([*map(str, shown), *(button.label for button in app.button), str(dict(app.query_params))])


def test_the_start_page_has_a_button_for_each_name_and_no_address(folder):
    app = start()
    labels = [button.label for button in app.button]
    assert labels[:2] == ["Open sweeps", "Open away"]
    assert "Tables on this server:" in everything(app)
    assert "secret-place" not in everything(app)
    assert not app.text_input
    assert not app.text_area


def test_without_any_named_table_there_is_no_such_heading(monkeypatch):
    monkeypatch.delenv("HPI_TABLES", raising=False)
    assert "Tables on this server" not in everything(start())


def test_its_answer_is_that_of_the_same_rows_in_memory(folder, tmp_path):
    app = opened()
    one = write(tmp_path / "one", trials(N), files=1) / "part-0.parquet"
    expected = hpi.importance(hpi.read(one))
    shown = session(app).last.result
    assert shown.hyperparameters == expected.hyperparameters
    assert (shown.subspace.n_region, shown.subspace.n_target) == (N, N // 10)
    assert f"sweeps  ·  {N:,} trials" in said(app)
    assert app.query_params["table"] == "sweeps"


def test_every_step_of_the_slider_is_answered_without_a_job(folder, jobs):
    app = opened()
    before, bars = len(jobs.tasks), figures(app)[0]["data"]
    app.slider(key="subspace").set_value((5.0, 100.0)).run()
    clean(app)
    assert session(app).last.result.subspace.n_target == N // 20
    assert figures(app)[0]["data"] != bars
    app.slider(key="subspace").set_value((5.0, 60.0)).run()
    assert session(app).last.result.subspace.n_region == N * 6 // 10
    assert len(jobs.of(Count)) == 1
    assert [type(task).__name__ for task in jobs.tasks[before:] if not isinstance(task, hpi.jobs.State)] == []


def test_a_target_between_the_steps_is_counted_once(folder, jobs):
    app = opened()
    app.number_input(key="target").set_value(7.3).run()
    app = clean(app.run())
    assert session(app).last.result.subspace.n_target == round(N * 0.073)
    app.number_input(key="target").set_value(10.0).run()
    app.number_input(key="target").set_value(7.3).run()
    assert [task.fractions for task in jobs.of(Count)] == [(), (0.073,)]


def test_a_filter_is_counted_and_says_how_many_pass(folder, jobs):
    frame = trials(N)
    app = visit("pages/importance.py", table="sweeps", where="optimizer=adam")
    app = clean(app.run())
    passing = int((frame["optimizer"] == "adam").sum())
    assert session(app).last.result.subspace.n_region == passing
    assert f"Only {passing:,} of {N:,} trials:" in said(app)
    assert [task.where[0].levels for task in jobs.of(Count)] == [("adam",)]


def test_where_few_trials_pass_all_of_them_are_at_hand(folder):
    frame = trials(N)
    bound = float(np.sort(frame["dropout"])[FEW - 1])
    app = clean(visit("pages/importance.py", table="sweeps", where=f"dropout=:{bound!r}").run())
    assert session(app).last.result.subspace.n_region == FEW
    assert "drawn evenly" not in said(app)


def test_while_it_is_looked_at_all_stays_and_it_opens_by_itself(folder, jobs):
    jobs.holds = (LookAt, Count)
    app = start()
    app.button(key="example-known_function.csv").click().run()
    app = on(app, "home")
    app.button(key="named-sweeps").click().run()
    assert "Opening sweeps: 37 of 100 blocks" in said(app)
    assert "What is open stays until it is done." in said(app)
    assert session(app).table.name == "known_function.csv"
    app = on(app, "importance")
    assert "Opening sweeps: 37 of 100 blocks" in said(app)
    assert session(app).last.table.name == "known_function.csv"
    jobs.finish(jobs.held[0])
    app = clean(app.run())
    assert session(app).table.name == "sweeps"
    assert f"Counting {N:,} trials: 37 of 100 blocks" in said(app)
    jobs.finish(jobs.held[1])
    assert "Counting" not in said(clean(app.run()))
    assert session(app).last.result.used == N


def looking(jobs: AtOnce) -> AppTest:
    """The start page after a click on the name, while the look is held back."""
    jobs.holds = (LookAt, Count)
    app = start()
    app.button(key="named-sweeps").click().run()
    return app


def test_looking_can_be_cancelled(folder, jobs):
    app = looking(jobs)
    app.button(key="cancel_looking").click().run()
    assert jobs.held[0].phase is Phase.LET_GO
    assert "Opening sweeps" not in said(clean(app))
    assert session(app).table is None


def test_while_all_are_counted_the_trials_at_hand_answer_and_say_so(folder, jobs):
    """As a table in memory would that held the rows with the smallest hashes alone."""
    jobs.holds = (Count,)
    app = opened()
    drawn = np.sort(np.argsort(drawing.hashes(np.arange(N)))[:DRAWN])
    expected = hpi.importance(hpi.read(trials(N).iloc[drawn]))
    first = session(app).last
    assert [(h.name, h.importance, h.p_value) for h in first.result.hyperparameters] == [
        (h.name, pytest.approx(h.importance), h.p_value) for h in expected.hyperparameters
    ]
    assert first.result.used == DRAWN
    assert f"Counting {N:,} trials: 37 of 100 blocks" in said(app)
    assert MEANWHILE in said(app)
    assert "Findings follow once all trials are counted." in said(app)
    assert not session(app).beside  # sentences wait for all
    app.slider(key="subspace").set_value((20.0, 100.0)).run()
    assert session(clean(app)).last.sample.n_target == pytest.approx(DRAWN / 5, abs=2)
    for page in ("one", "two", "findings", "compare", "data"):
        assert session(on(app, page)).last.is_preliminary
        assert not session(app).beside
    jobs.finish(jobs.held[0])
    app = on(app, "importance")
    assert session(app).last.result.used == N
    assert not session(app).last.is_preliminary
    assert MEANWHILE not in said(app)
    assert session(app).beside


def test_where_those_at_hand_cannot_answer_the_page_waits_for_all(folder, jobs):
    jobs.holds = (Count,)
    bound = float(np.sort(trials(N)["dropout"])[20])
    app = clean(visit("pages/importance.py", table="sweeps", where=f"dropout=:{bound!r}").run())
    assert session(app).last is None
    assert "The answer will appear here" in everything(app)


def test_counting_can_be_cancelled_and_begun_again(folder, jobs):
    jobs.holds = (Count,)
    app = opened()
    app.button(key="cancel_job").click().run()
    assert f"Counting {N:,} trials was cancelled. {MEANWHILE}" in said(clean(app))
    jobs.holds = ()
    assert app.button(key="retry_job").label == "Count again"
    app.button(key="retry_job").click().run()
    assert session(clean(app.run())).last.result.used == N


def test_opening_another_table_lets_go_of_the_look(folder, jobs):
    app = looking(jobs)
    app.button(key="example-known_function.csv").click().run()
    assert jobs.held[0].phase is Phase.LET_GO
    assert session(app).table.name == "known_function.csv"


def test_a_session_that_ends_lets_go_of_what_it_waits_for(folder, jobs):
    app = looking(jobs)
    leaving.empty(session(app))
    assert jobs.held[0].phase is Phase.LET_GO


def test_a_second_visitor_opens_the_same_objects_at_once(folder, jobs):
    first = opened()
    before = [task for task in jobs.tasks if isinstance(task, LookAt | Count)]
    second = opened()
    assert [task for task in jobs.tasks if isinstance(task, LookAt | Count)] == before
    assert session(second).table is session(first).table
    assert session(second).last.table is session(first).last.table
    assert session(second).last.sample.tallies is session(first).last.sample.tallies


def test_what_has_changed_since_is_looked_at_again(folder, jobs):
    opened()
    write(folder, trials(N + 100, seed=1))
    app = opened()
    assert len(jobs.of(LookAt)) == 2
    assert session(app).last.result.used == N + 100


def test_a_reload_keeps_table_and_question(folder):
    app = clean(visit("pages/importance.py", table="sweeps", top="0.05", hp="dropout").run())
    assert session(app).table.name == "sweeps"
    assert session(app).last.result.subspace.target == 0.05
    assert app.query_params["table"] == "sweeps"
    assert app.query_params["top"] == "0.05"


@pytest.mark.parametrize("given", ["nope", "", "../../etc/passwd", "/etc", "s3://bucket/x", "SWEEPS", "![i](http://x)"])
def test_any_other_name_in_the_address_is_refused_and_not_repeated(folder, jobs, given):
    app = visit("pages/importance.py", table=given)
    assert session(app).table is None
    assert jobs.tasks == []
    if given:
        assert "“table” in the address is none of sweeps, away." in everything(app)
        assert given not in "\n".join(text.value for text in app.text)


def test_a_server_without_tables_says_so(monkeypatch):
    monkeypatch.delenv("HPI_TABLES", raising=False)
    assert "this server has none" in everything(visit("pages/importance.py", table="sweeps"))


def test_who_may_open_no_tables_opens_none_of_these(folder, jobs, monkeypatch):
    monkeypatch.setattr(who, "may_author", lambda: False)
    monkeypatch.setattr(sign_in, "gate", lambda: None)
    app = visit("pages/importance.py", table="sweeps")
    assert session(app).table is None
    assert jobs.tasks == []


def test_a_damaged_block_is_named_and_the_start_page_stays(folder):
    damage(folder / "part-1.parquet", 1)
    app = start()
    app.button(key="named-sweeps").click().run()
    app = clean(app.run())
    assert "Row group 1 of part-1.parquet cannot be read" in everything(app)
    assert "secret-place" not in everything(app)
    assert app.button(key="named-sweeps")


def test_what_is_not_there_is_refused_without_its_address(folder, tmp_path):
    app = start()
    app.button(key="named-away").click().run()
    shown = everything(clean(app.run()))
    assert "away" in shown
    assert str(tmp_path) not in shown


def test_a_block_that_is_damaged_after_the_look_is_named_beside_a_way_to_try_again(folder, jobs):
    jobs.holds = (Count,)
    app = opened()
    damage(folder / "part-2.parquet", 0)
    jobs.finish(jobs.held[0])
    app = clean(app.run())
    assert "Row group 0 of part-2.parquet cannot be read" in everything(app)
    assert app.button(key="retry_job")


def test_pages_say_on_how_many_trials_they_rest(folder):
    app = opened()
    assert f"The bars count all {N:,} trials." in said(app)
    for page in ("one", "two", "findings"):
        assert len(re.findall(PART, said(on(app, page)))) == 1
        assert "are at hand" not in said(app)  # once is enough
    data = said(on(app, "data"))
    assert data.count(f"Of {N:,} rows {DRAWN:,} are at hand") == 1
    assert f"sweeps: {N:,} rows in 3 files of Parquet, 6 row groups" in data
    assert f"{N:,} trials count; 1,0" in data


def test_what_cannot_be_done_is_not_offered_and_said(folder):
    app = opened()
    assert "A link would hold a copy of the table" in said(app)
    assert not [button for button in app.button if button.key == "make_link"]
    data = on(app, "data")
    assert "No file can be added here" in said(data)
    assert not data.file_uploader
    assert "holds until this page is reloaded" in said(data)


def test_roles_are_changed_for_this_visitor_alone_and_counted_anew(folder, jobs):
    app, other = opened(), opened()
    data = on(app, "data")
    data.selectbox(key="role_of").set_value("dropout").run()
    data.selectbox(key="role").set_value("left out").run()
    app = on(data, "importance")
    assert {score.name for score in session(app).last.result.hyperparameters} == {"lr", "optimizer", "momentum"}
    assert len(jobs.of(Count)) == 2
    assert "dropout" in {score.name for score in session(clean(other.run())).last.result.hyperparameters}
    assert session(app).draft is None


def test_a_slow_method_waits_for_the_count_and_then_for_itself(folder, jobs):
    app = clean(visit("pages/importance.py", table="sweeps", est="linear").run())
    result = session(app).last.result
    assert result.estimator == "linear"
    assert len(re.findall(PART, said(app))) == 1
    (task,) = jobs.of(hpi.jobs.Estimate)
    assert task.sample.tallies.counted.pairs == ()  # a job is not handed what it does not read


@pytest.mark.parametrize("view", ["estimators", "two", "thresholds", "tables", "datasets"])
def test_compare_answers_or_says_why_not(folder, view):
    app = opened()
    on(app, "compare")
    app.session_state["hpi"].kept["compare_view"] = view
    assert clean(app.run())


def test_what_a_visitor_asks_of_an_example_is_untouched(folder):
    app = opened()
    app = on(app, "home")
    app.button(key="example-known_function.csv").click().run()
    app = on(app, "importance")
    assert session(app).last.result.used == 1000
    assert "table" not in app.query_params
    assert isinstance(session(app).table.frame, pd.DataFrame)


def test_of_several_tasks_one_is_asked_and_another_can_be_chosen(tmp_path, monkeypatch):
    frame = trials(2 * N)
    frame["dataset"] = np.repeat(["cats", "dogs", "dogs", "dogs"], N // 2)
    monkeypatch.setenv("HPI_TABLES", f"sweeps={write(tmp_path / 'tasks', frame)}")
    app = opened()
    assert session(app).last.result.used == 3 * N // 2
    assert "task dogs" in said(app)
    data = on(app, "data")
    assert data.selectbox(key="task").options == ["cats", "dogs"]
    data.selectbox(key="task").set_value("cats").run()
    app = on(data, "importance")
    assert session(app).last.result.used == N // 2
    assert app.query_params["task"] == "cats"


def test_nothing_is_counted_before_somebody_says_which_end_of_the_metric_is_good(tmp_path, monkeypatch, jobs):
    frame = trials(N).rename(columns={"val_accuracy": "y"})
    monkeypatch.setenv("HPI_TABLES", f"sweeps={write(tmp_path / 'unknown', frame)}")
    app = visit("pages/importance.py", table="sweeps")
    app = clean(app.run())
    assert session(app).table.name == "sweeps"
    assert session(app).table.direction is None
    assert jobs.of(Count) == []
    app = clean(visit("pages/importance.py", table="sweeps", metric="y", dir="maximize").run())
    assert session(app).last.result.used == N
