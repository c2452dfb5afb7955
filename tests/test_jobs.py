"""Slow work gives the numbers of quick work, is shared, waits its turn, ends when nobody wants it, and says why."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import threading
import time
from enum import Enum
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hpi import packing, scoring
from hpi.child import End, Ending
from hpi.effects import Outcome
from hpi.errors import EstimatorError, JobError, SettingsError
from hpi.estimators import ESTIMATORS, Coefficient, PedAnova, base
from hpi.estimators.base import Pairs
from hpi.filters import Between, OneOf
from hpi.jobs import TASKS, Adjust, Estimate, JobLimits, Jobs, Log, Phase, State, files
from hpi.jobs.failures import error_of
from hpi.jobs.files import key_of
from hpi.jobs.jobs import ABANDONED, PREFIX
from hpi.space import Design, Domain, Hyperparameter, Kind
from hpi.statements.finding import Finding, FindingKind, Findings, Line, Picture, Point, Strength
from hpi.subspace import Sample, Subspace, cut
from tests.makers import noise_design
from tests.slow_worker import SECRET, WORKER, Slow
from tests.test_child import alive

LOSS = Outcome("loss", maximize=False)
ROOMY = JobLimits(seconds=60, memory_mb=1024, running=1)


def sample(seed: int = 0, n: int = 200, where: tuple = ()) -> Sample:
    return cut(noise_design(n, np.random.default_rng(seed)), Subspace(0.8, 0.2, where))


def slow(seed: int = 0, **settings: object) -> Estimate:
    """A task for the slow estimator, each seed another one."""
    return Estimate(sample(seed), Slow(**settings), 0)


def waits(seed: int = 0) -> Estimate:
    return slow(seed, how="wait")


@pytest.fixture
def open_jobs(tmp_path, monkeypatch):
    """A function that opens jobs, whose log is `log.jsonl` and whose files lie in `files`."""
    (tmp_path / "files").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "files"))
    opened: list[Jobs] = []

    def start(limits: JobLimits = ROOMY) -> Jobs:
        opened.append(Jobs(limits, WORKER, Log(str(tmp_path / "log.jsonl"))))
        return opened[-1]

    yield start
    for jobs in opened:
        jobs.close()


def log_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def until(condition, what: str = "that"):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"waited for {what} in vain"
        time.sleep(0.01)


def ended(job):
    assert job.ended.wait(60)
    return job


def running(jobs, job) -> int:
    """The process id of a job that has said its first word."""
    until(lambda: jobs.status(job, "nobody").doing, "its first word")
    return job.child.pid


def same(one: object, other: object) -> bool:
    """Whether two values are equal to the last bit, whatever they are made of; nan equals nan of the same bits."""
    if isinstance(one, np.ndarray):
        assert isinstance(other, np.ndarray)
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return type(one) is type(other) and all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


floats = st.floats(width=64)
text = st.text(st.characters(), max_size=8)  # lone surrogates among them
FIELDS = ("importance", "low", "high", "statistic", "null_statistic", "null_importance")


def arrays(n: int, kind=np.float64):
    return hnp.arrays(kind, n, elements=floats)


@st.composite
def estimates(draw):
    n, rows = draw(st.integers(1, 4)), draw(st.integers(0, 3))
    shapes = dict(zip(FIELDS, [n, n, n, n, (rows, n), (rows, n)], strict=True))
    scores = {name: draw(arrays(shape)) for name, shape in shapes.items()}
    pairs = Pairs(**scores, columns=np.arange(2 * n).reshape(n, 2), reading=draw(st.sampled_from(["joint"])))
    return base.Estimate(
        **scores,
        notes=tuple(draw(st.lists(st.none() | text, min_size=n, max_size=n))),
        raw=draw(st.none() | arrays(n)),
        pairs=draw(st.none() | st.just(pairs)),
        coefficients=tuple(draw(st.lists(st.builds(Coefficient, st.tuples(text), floats, floats, floats), max_size=2))),
        facts=tuple(draw(st.lists(st.tuples(text, st.none() | floats | st.integers() | text), max_size=2))),
        warnings=tuple(draw(st.lists(text, max_size=2))),
    )


@given(estimate=estimates())
def test_an_estimate_comes_back_from_its_files_to_the_last_bit(estimate):
    with tempfile.TemporaryDirectory() as folder:
        files.save_answer(Path(folder), estimate)
        assert same(files.load_answer(Path(folder)), estimate)


points = st.builds(Point, text, floats, floats, floats, st.integers(0, 10**9), st.booleans())
lines = st.builds(Line, text, st.lists(points, max_size=2).map(tuple))
pictures = st.builds(Picture, text, text, st.lists(lines, max_size=2).map(tuple), st.booleans(), st.booleans())
FINDING = st.builds(
    Finding,
    kind=st.sampled_from(FindingKind),
    text=text,
    hyperparameters=st.lists(text, max_size=2).map(tuple),
    **dict.fromkeys(("effect", "low", "high", "p_adjusted"), floats),
    unit=text,
    n=st.integers(0),
    strength=st.sampled_from(Strength),
    exception=st.none() | text,
    compared_with=text,
    picture=pictures,
    by_scale=st.booleans(),
)
FINDINGS = st.builds(
    Findings,
    st.lists(FINDING, max_size=2).map(tuple),
    st.lists(text, max_size=2).map(tuple),
    st.integers(0),
    text,
    st.none() | floats,
    st.integers(0),
)


@given(findings=FINDINGS)
def test_findings_come_back_from_their_files_to_the_last_bit(findings):
    with tempfile.TemporaryDirectory() as folder:
        files.save_answer(Path(folder), findings)
        assert same(files.load_answer(Path(folder)), findings)


VAL = Outcome("val \udc80", maximize=True)
OTHERS = [State(sample(), VAL), State(sample(), VAL, 0.1 + 0.2), Adjust(sample(), VAL, 3, ("lr", "\udc80"))]


@pytest.mark.parametrize("asked", OTHERS)
def test_a_task_without_an_estimator_comes_back_as_well(tmp_path, asked):
    files.save_task(tmp_path, asked)
    assert same(files.load_task(tmp_path), asked)


def test_what_is_in_a_file_is_known_by_its_name():
    carried = {one for module in packing.CARRIED for one in vars(module).values() if isinstance(one, type)}
    names = [one.__name__ for one in carried if dataclasses.is_dataclass(one) or issubclass(one, Enum)]
    assert len(set(names)) == len(names)
    assert len({task.name for task in TASKS}) == len(TASKS)


@pytest.mark.parametrize("plain", [{"class": "Path", "fields": {}}, {"enum": "Path", "value": "/"}])
def test_nothing_else_is_made_of_a_file(plain):
    with pytest.raises(KeyError):
        packing.unpack(plain, {})


@pytest.mark.parametrize("where", [(), (Between("lr", None, 0.01), OneOf("optimizer", ("adam", "sgd\udc80")))])
def test_a_task_comes_back_from_its_files_to_the_last_bit(tmp_path, where):
    asked = Estimate(sample(where=where), PedAnova(permutations=123), seed=7)
    files.save_task(tmp_path, asked)
    back = files.load_task(tmp_path)
    assert same(back.sample, asked.sample)
    assert back.sample.design.hyperparameters[3].kind is Kind.INT
    assert not back.sample.design.x.flags.writeable
    assert (back.estimator, back.seed, key_of(back)) == (asked.estimator, 7, key_of(asked))


def test_what_is_not_of_the_backend_is_not_written():
    with pytest.raises(TypeError, match="list cannot be written"):
        files.pack([1], {})


def test_a_key_differs_with_everything_that_the_answer_depends_on():
    design, estimator = noise_design(200, np.random.default_rng(0)), PedAnova()
    other_x = design.x.copy()
    other_x[5, 0] = np.nextafter(other_x[5, 0], 1)
    other_loss = design.loss.copy()
    other_loss[-1] += 1
    renamed = (dataclasses.replace(design.hyperparameters[0], name="b"), *design.hyperparameters[1:])
    tasks = [
        Estimate(cut(design, Subspace(0.8, 0.2)), estimator, 0),
        Estimate(cut(design, Subspace(0.8, 0.1)), estimator, 0),
        Estimate(cut(design, Subspace(0.9, 0.2)), estimator, 0),
        Estimate(cut(design, Subspace(0.8, 0.2)), estimator, 1),
        Estimate(cut(design, Subspace(0.8, 0.2)), PedAnova(permutations=201), 0),
        Estimate(cut(design, Subspace(0.8, 0.2)), Slow(), 0),
        Estimate(cut(dataclasses.replace(design, x=other_x), Subspace(0.8, 0.2)), estimator, 0),
        Estimate(cut(dataclasses.replace(design, loss=other_loss), Subspace(0.8, 0.2)), estimator, 0),
        Estimate(cut(dataclasses.replace(design, unit=np.arange(200)), Subspace(0.8, 0.2)), estimator, 0),
        Estimate(cut(dataclasses.replace(design, hyperparameters=renamed), Subspace(0.8, 0.2)), estimator, 0),
        State(cut(design, Subspace(0.8, 0.2)), LOSS),
        State(cut(design, Subspace(0.8, 0.2)), Outcome("accuracy", maximize=False)),
        State(cut(design, Subspace(0.8, 0.2)), Outcome("loss", maximize=True)),
        State(cut(design, Subspace(0.8, 0.2)), LOSS, 1.0),
        State(cut(design, Subspace(0.8, 0.2)), LOSS, 1 + 2**-52),
        Adjust(cut(design, Subspace(0.8, 0.2)), LOSS, 0),
        Adjust(cut(design, Subspace(0.8, 0.2)), LOSS, 1),
        Adjust(cut(design, Subspace(0.8, 0.2)), LOSS, 0, ("a", "b")),
        Adjust(cut(design, Subspace(0.8, 0.2)), LOSS, 0, ("b", "a")),
    ]
    assert len({key_of(one) for one in tasks}) == len(tasks)
    again = cut(noise_design(200, np.random.default_rng(0)), Subspace(0.8, 0.2))
    assert key_of(Estimate(again, PedAnova(), 0)) == key_of(tasks[0])


@pytest.mark.parametrize("estimator", [*(one() for one in ESTIMATORS), Slow()], ids=lambda one: one.name)
def test_the_numbers_are_those_of_this_process_to_the_last_bit(open_jobs, estimator):
    asked = sample(3, 300)
    job = ended(open_jobs().submit(Estimate(asked, estimator, 11), "a"))
    assert same(job.answer(), scoring.estimate(asked, estimator, 11))


@pytest.mark.parametrize("task", [State, Adjust], ids=lambda task: task.name)
def test_so_are_sentences_and_adjusted_effects(open_jobs, task):
    rng = np.random.default_rng(3)
    design = noise_design(300, rng)
    falling = np.argsort(design.x[:, 0] + 0.1 * rng.random(300))  # the first hyperparameter decides
    design = dataclasses.replace(design, x=design.x[falling])
    asked = task(cut(design, Subspace(0.8, 0.2)), VAL, *([] if task is State else [0, ("lr", "n_layers")]))
    job = ended(open_jobs().submit(asked, "a"))
    said = []
    assert same(job.answer(), asked.run(lambda done, doing: said.append(done)))
    assert said == sorted(said)
    assert said[-1] <= 1
    assert job.answer().findings if task is State else job.answer().curves


def test_progress_is_what_the_estimator_reports(open_jobs):
    jobs = open_jobs()
    job = jobs.submit(slow(how="wait", steps=5, pause=0.3), "a")
    until(lambda: jobs.status(job, "a").done > 0.5, "half of it")
    status = jobs.status(job, "a")
    assert (status.phase, status.doing) == (Phase.RUNNING, "going slowly")
    assert status.done in (0.6, 0.8)  # of fifths
    assert status.left > 0
    jobs.let_go(job, "a")


def test_equal_tasks_are_one_job_and_its_result_is_kept(open_jobs, tmp_path):
    jobs = open_jobs()
    first = jobs.submit(slow(how="wait"), "a")
    assert jobs.submit(slow(how="wait"), "b") is first
    other = jobs.submit(slow(), "b")
    assert other is not first
    jobs.let_go(first, "a")
    assert jobs.status(first, "b").is_open
    jobs.let_go(first, "b")
    ended(other)
    assert jobs.submit(slow(), "c") is other
    assert [line["event"] for line in log_of(tmp_path)].count("submitted") == 2


def test_a_bounded_number_of_results_is_kept_and_the_oldest_goes_first(open_jobs):
    jobs = open_jobs(dataclasses.replace(ROOMY, kept=2))
    one, two = (ended(jobs.submit(slow(seed), "a")) for seed in (1, 2))
    assert jobs.submit(slow(1), "a") is one
    three = ended(jobs.submit(slow(3), "a"))
    assert jobs.submit(slow(1), "a") is one
    assert jobs.submit(slow(3), "a") is three
    assert ended(jobs.submit(slow(2), "a")) is not two


def test_what_waits_sees_its_place_and_takes_its_turn(open_jobs):
    jobs = open_jobs()
    first, second, third = (jobs.submit(waits(seed), str(seed)) for seed in range(3))
    assert [jobs.status(job, "x").phase for job in (first, second, third)] == ["running", "waiting", "waiting"]
    assert [jobs.status(job, "x").ahead for job in (second, third)] == [0, 1]
    jobs.let_go(second, "1")
    assert second.ended.is_set()
    assert jobs.status(third, "2").ahead == 0
    jobs.let_go(first, "0")
    until(lambda: jobs.status(third, "2").phase is Phase.RUNNING, "its turn")
    jobs.let_go(third, "2")


def test_two_run_at_a_time_where_two_may(open_jobs):
    jobs = open_jobs(dataclasses.replace(ROOMY, running=2))
    opened = [jobs.submit(waits(seed), "a") for seed in range(3)]
    assert [jobs.status(job, "a").phase for job in opened] == ["running", "running", "waiting"]


def test_a_full_queue_takes_no_more_but_lets_others_join(open_jobs):
    jobs = open_jobs(dataclasses.replace(ROOMY, waiting=1))
    _, waiting = (jobs.submit(waits(seed), "a") for seed in range(2))
    with pytest.raises(JobError, match="1 calculations wait already"):
        jobs.submit(waits(2), "a")
    assert jobs.submit(waits(1), "b") is waiting


def test_when_the_last_one_lets_go_the_process_is_gone_and_the_same_task_starts_anew(open_jobs):
    jobs = open_jobs()
    job = jobs.submit(waits(), "a")
    pid = running(jobs, job)
    jobs.let_go(job, "a")
    again = jobs.submit(waits(), "a")
    assert again is not job
    assert ended(job).phase is Phase.LET_GO
    with pytest.raises(JobError, match="ended before it had an answer"):
        job.answer()
    assert not alive(pid)
    assert jobs.status(again, "a").is_open


def test_who_has_not_asked_for_long_has_let_go(open_jobs):
    jobs = open_jobs(dataclasses.replace(ROOMY, patience=0.4))
    watched, waiting = (jobs.submit(waits(seed), "a") for seed in range(2))
    until(lambda: jobs.status(watched, "a") and waiting.ended.is_set(), "the one that nobody looks at")
    assert jobs.status(watched, "a").is_open
    assert ended(watched).phase is Phase.LET_GO


def test_what_cannot_be_answered_is_refused_without_a_child(open_jobs, tmp_path):
    constant = dataclasses.replace(sample().design, loss=np.zeros(200))
    with pytest.raises(EstimatorError, match="same value in all 200 trials"):
        open_jobs().submit(Estimate(cut(constant, Subspace(1.0, 0.1)), Slow(), 0), "a")
    assert not (tmp_path / "log.jsonl").read_text()


@pytest.mark.parametrize(
    ("how", "limits", "said"),
    [
        ("wait", {"seconds": 1}, "A slow one was ended after 1 s"),
        ("memory", {}, "needed more than the 1,024 MB of memory"),
        ("crash", {}, "an error of this program"),
        ("die", {}, "an error of this program"),
    ],
)
def test_a_failure_says_why_what_to_do_and_under_which_number_the_log_has_it(open_jobs, tmp_path, how, limits, said):
    job = ended(open_jobs(dataclasses.replace(ROOMY, **limits)).submit(slow(how=how), "a"))
    with pytest.raises(JobError, match=said) as raised:
        job.answer()
    assert "hoose another method" in str(raised.value)
    (line,) = [line for line in log_of(tmp_path) if line["event"] == "ended"]
    assert str(raised.value).endswith(f"(Error {line['error']}.)")
    assert job.phase is Phase.FAILED


@pytest.mark.parametrize("end", [End.TIME, End.MEMORY, End.KILLED, End.CRASH])
def test_another_method_is_named_where_there_is_one(end):
    said = {task.name: str(error_of(Ending(end), task, ROOMY, "1")) for task in (slow(), State(sample(), LOSS))}
    assert said["estimate"].startswith("A slow one ")
    assert "hoose another method" in said["estimate"]
    assert said["findings"].startswith("Reading the table for findings ")
    assert "method" not in said["findings"]
    assert said["findings"].endswith("(Error 1.)")


def test_a_refusal_is_passed_on_verbatim(open_jobs):
    with pytest.raises(EstimatorError, match=f"^No: {SECRET}.$"):
        ended(open_jobs().submit(slow(how="refuse"), "a")).answer()


def test_after_a_failure_the_same_task_is_tried_again(open_jobs):
    jobs = open_jobs()
    job = ended(jobs.submit(slow(how="crash"), "a"))
    assert jobs.submit(slow(how="crash"), "a") is not job


def test_the_log_has_sizes_and_reasons_and_no_name(open_jobs, tmp_path):
    jobs = open_jobs()
    for how in ("answer", "refuse", "crash", "die"):
        ended(jobs.submit(slow(how=how), "a"))
    lines = log_of(tmp_path)
    assert [line["event"] for line in lines] == ["submitted", "ended"] * 4
    assert [line["outcome"] for line in lines if "outcome" in line] == ["done", "refused", "crash", "crash"]
    assert all(line["job"] and line["time"].endswith("+00:00") for line in lines)
    assert lines[0]["trials"] == 200
    assert lines[5]["kind"] == "KeyError"
    assert "slow_worker.py" in lines[5]["where"][-1]
    written = (tmp_path / "log.jsonl").read_text()
    words = [SECRET, "n_layers", "momentum", "optimizer", "rmsprop"]
    assert not [word for word in words if word in written]


def test_no_file_outlives_its_job_and_what_others_left_is_removed(open_jobs, tmp_path):
    old, young = (tmp_path / "files" / f"{PREFIX}{name}" for name in ("old", "young"))
    for folder, age in ((old, ABANDONED + 60), (young, 60)):
        folder.mkdir()
        os.utime(folder, (time.time() - age,) * 2)
    jobs = open_jobs()
    job = jobs.submit(waits(), "a")
    running(jobs, job)
    assert len(list((tmp_path / "files").iterdir())) == 2  # the young one and the job's
    jobs.let_go(job, "a")
    ended(job)
    ended(jobs.submit(slow(how="die"), "a"))
    assert list((tmp_path / "files").iterdir()) == [young]


def test_a_job_that_cannot_be_written_down_fails_and_the_next_one_runs(open_jobs, monkeypatch):
    jobs = open_jobs()
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", "/nothing/of/that/name")
        with pytest.raises(JobError):
            ended(jobs.submit(slow(), "a")).answer()
    assert ended(jobs.submit(slow(), "a")).phase is Phase.DONE


def test_closing_ends_every_child(open_jobs):
    jobs = open_jobs(dataclasses.replace(ROOMY, running=2))
    opened = [jobs.submit(waits(seed), "a") for seed in range(3)]
    pids = [running(jobs, job) for job in opened[:2]]
    jobs.close()
    assert all(job.ended.wait(20) for job in opened)
    assert not any(map(alive, pids))


def test_many_threads_that_ask_the_same_get_one_job(open_jobs):
    jobs, found = open_jobs(), []
    asked = slow()
    threads = [threading.Thread(target=lambda: found.append(jobs.submit(asked, "a"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert ended(found[0]).phase is Phase.DONE


def test_limits_come_from_the_environment():
    limits = JobLimits.from_environment({"HPI_JOB_SECONDS": "10", "HPI_JOBS": "3", "HOME": "x"})
    assert (limits.seconds, limits.running, limits.memory_mb) == (10, 3, 2048)
    assert JobLimits.from_environment({}).running == max(1, (os.cpu_count() or 1) - 1)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "many", "86401", "1e3", "9" * 400, "\u0663"])
def test_a_limit_that_makes_no_sense_is_named(text):
    with pytest.raises(SettingsError, match="HPI_JOB_SECONDS is .*must be a whole number from 1 to 86,400"):
        JobLimits.from_environment({"HPI_JOB_SECONDS": text})


def test_a_limit_that_does_not_exist_is_named():
    with pytest.raises(SettingsError, match="HPI_JOB_MEMORY is no setting; there are: .*HPI_JOB_MEMORY_MB"):
        JobLimits.from_environment({"HPI_JOB_MEMORY": "1"})


def test_every_kind_of_space_can_be_written():
    made = (
        Hyperparameter("a", Kind.FLOAT, 1e-300, 0.1, log=True, declared=True),
        Hyperparameter("\udc80", Kind.ORDINAL, levels=("low", "high")),
        Hyperparameter("c", Kind.INT, domains=(Domain((("a", (0.0, 0.05)),), 1, 2), Domain((("a", (0.05, 1)),), 1, 9))),
    )
    design = Design(made, np.array([[0.1, np.nan, 0], [np.nan, 1.0, 1]]), np.array([0.0, np.inf]), np.array([1, 0]))
    arrays: dict[str, np.ndarray] = {}
    plain = json.loads(json.dumps(files.pack(design, arrays)))
    assert same(packing.unpack(plain, arrays), design)


def test_a_log_that_cannot_be_written_is_refused_by_the_name_of_its_setting():
    with pytest.raises(SettingsError, match="^HPI_LOG names a file that cannot be written"):
        Log("/nothing/of/that/name/hpi.jsonl")
