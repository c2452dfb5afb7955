"""Passes over tables larger than memory as jobs: the numbers of this process, limits of their own, nothing kept."""

from __future__ import annotations

import dataclasses

import pytest

from hpi.blocks import large
from hpi.child import End, Ending
from hpi.errors import SubspaceError, TableError
from hpi.estimators import PedAnova, quiet
from hpi.filters import Between, OneOf
from hpi.jobs import Count, Estimate, JobLimits, LookAt, Phase
from hpi.jobs.failures import error_of
from hpi.jobs.files import key_of
from hpi.roles import Choices, Role
from tests.parquet import damage, trials, write
from tests.test_jobs import ended, log_of, open_jobs, same, sample

N = 140_000  # more than are drawn, so that they are counted

__all__ = ["open_jobs"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of three files with two row groups each."""
    return write(tmp_path_factory.mktemp("large") / "sweeps", trials(N))


@pytest.fixture(scope="module")
def seen(folder):
    """What is there, and what a look at it finds."""
    return LookAt(str(folder)).run(quiet)


def count(seen, **more) -> Count:
    return Count(*seen, Choices(), "sweeps", **more)


def test_a_look_in_a_child_finds_what_it_finds_here(open_jobs, folder, seen, tmp_path):
    job = ended(open_jobs().submit(LookAt(str(folder)), "a"))
    assert same(job.answer(), seen)
    assert log_of(tmp_path)[0]["task"] == "look"


def test_so_does_a_count(open_jobs, seen, tmp_path):
    where = (Between("dropout", None, 0.495), OneOf("optimizer", ("adam", "sgd")))
    job = ended(open_jobs(JobLimits(60, 2048)).submit(count(seen, where=where, fractions=(0.073,)), "a"))
    expected = large.counted(large.made(*seen, Choices(), "sweeps"), where, (0.073,))
    assert same(job.answer(), expected)
    assert expected.tallies is not None
    assert expected.tallies.n_trials == int((trials(N)["dropout"] <= 0.495).sum())
    submitted, done = log_of(tmp_path)
    assert (submitted["trials"], submitted["blocks"]) == (N, 6)
    assert done["outcome"] == "done"


def test_progress_is_told_by_blocks(seen):
    said: list[tuple[float, str]] = []
    count(seen).run(lambda done, doing: said.append((done, doing)))
    shares = [done for done, _ in said]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert any("6 of 6 blocks" in doing for _, doing in said)


def test_a_key_differs_with_everything_that_a_count_depends_on(seen):
    source, look = seen
    tasks = [
        count(seen),
        count(seen, where=(Between("lr", None, 0.01),)),
        count(seen, fractions=(0.073,)),
        dataclasses.replace(count(seen), choices=Choices(roles=(("dropout", Role.LEFT_OUT),))),
        dataclasses.replace(count(seen), source=dataclasses.replace(source, fingerprint="0" * 64)),
        dataclasses.replace(count(seen), seen=dataclasses.replace(look, position=look.position + 1)),
    ]
    assert len({key_of(task) for task in tasks}) == len(tasks)
    assert key_of(count(seen)) == key_of(tasks[0])


def test_equal_ones_are_joined_while_they_run_and_not_kept_afterwards(open_jobs, folder):
    jobs = open_jobs()
    first, second = jobs.submit(LookAt(str(folder)), "a"), jobs.submit(LookAt(str(folder)), "b")
    assert first is second
    ended(first)
    assert jobs.submit(LookAt(str(folder)), "c") is not first  # what lies there may be another table by now


def test_what_is_refused_is_said_as_it_is(open_jobs, seen):
    none = (Between("dropout", 2.0, None),)
    job = ended(open_jobs().submit(count(seen, where=none), "a"))
    assert job.phase is Phase.FAILED
    with pytest.raises(SubspaceError, match="No trial passes"):
        job.answer()


def test_a_damaged_block_is_named_with_its_file(open_jobs, tmp_path):
    folder = write(tmp_path / "damaged", trials(3000))
    damage(folder / "part-1.parquet", 1)
    job = ended(open_jobs().submit(LookAt(str(folder)), "a"))
    with pytest.raises(TableError, match=r"Row group 1 of part-1\.parquet cannot be read"):
        job.answer()


def test_passes_over_a_table_have_a_limit_of_their_own(seen):
    limits = JobLimits.from_environment({"HPI_COUNT_SECONDS": "7200", "HPI_JOB_SECONDS": "20"})
    assert (limits.of_child(Count.reads_all).seconds, limits.of_child(Estimate.reads_all).seconds) == (7200, 20)
    said = str(error_of(Ending(End.TIME), count(seen), limits, "0"))
    assert said.startswith(f"Counting {N:,} trials was ended after 7,200 s")
    assert "HPI_COUNT_SECONDS" in said
    assert "Filter" not in said
    other = str(error_of(Ending(End.TIME), Estimate(sample(), PedAnova(), 0), limits, "0"))
    assert "after 20 s" in other
    assert "HPI_JOB_SECONDS" in other


@pytest.mark.parametrize("end", [End.MEMORY, End.KILLED, End.CRASH])
def test_no_other_end_of_a_count_advises_what_would_not_help(seen, end):
    said = str(error_of(Ending(end), count(seen), JobLimits(), "0"))
    assert said.startswith(f"Counting {N:,} trials ")
    assert "lower the region" not in said
