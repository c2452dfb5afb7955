"""Work over blocks on a Dask cluster: the numbers of one thread, also where workers are killed; its address."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from concurrent.futures import CancelledError
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from hpi.blocks import cluster, running
from hpi.blocks.cluster import executor_from
from hpi.blocks.look import most_kept
from hpi.blocks.running import Serial, run
from hpi.errors import BlockError, SettingsError, TableError
from hpi.version import VERSION
from tests.blocks.toywork import (
    BLOCKS,
    EQUAL,
    FILES,
    WHOLE,
    Counted,
    StopError,
    count,
    damaged,
    dying,
    expected,
    freshly_begun,
    noted,
    settled,
    slow,
    wrong,
)

distributed = pytest.importorskip("distributed")
dask_config = pytest.importorskip("dask.config")


def local(folder, n_workers=2, processes=True, port=0):
    """A cluster on loopback, without its page."""
    return distributed.LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        processes=processes,
        host="127.0.0.1",
        protocol="tcp://",
        scheduler_port=port,
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        local_directory=str(folder),
        silence_logs=logging.CRITICAL,
    )


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """The cluster of all tests that leave it as it was: two processes."""
    # Dask gives a task up after two workers, not after four: dying takes a while
    with (
        dask_config.set({"distributed.scheduler.allowed-failures": 1}),
        local(tmp_path_factory.mktemp("dask")) as dask,
    ):
        yield dask


@pytest.fixture(scope="module")
def executor(dask):
    with distributed.Client(dask.scheduler_address, set_as_default=False) as client:
        yield client.get_executor()


def serves(executor):
    """Whether the cluster still does work."""
    return run(count, BLOCKS, Counted.merged, executor=executor).digest == expected().digest


# ---- the same numbers, whoever dies


def test_a_cluster_gives_the_numbers_of_one_thread(executor):
    told = []
    found = run(count, BLOCKS, Counted.merged, executor=executor, report=lambda *one: told.append(one))
    assert found.digest == run(count, BLOCKS, Counted.merged, executor=Serial()).digest == expected().digest
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert told[-1] == (1, "reading, 40 of 40 blocks")


def test_every_worker_works(executor, tmp_path):
    log = tmp_path / "log"
    found = run(partial(slow, log, 0.01), EQUAL, Counted.merged, executor=executor)
    assert found.digest == WHOLE
    pids = {pid for pid, _ in noted(log)}
    assert len(pids) == 2
    assert os.getpid() not in pids


@pytest.mark.parametrize("kills", [(5,), (3, 25)], ids=["once", "twice"])
def test_workers_killed_midway_change_nothing(executor, tmp_path, kills):
    log, killed = tmp_path / "log", []

    def report(done, _):
        if len(killed) == len(kills) or len(noted(log)) < kills[len(killed)]:
            return
        last = freshly_begun(log)
        if last is not None and last not in killed:
            killed.append(last)  # a worker that this test's cluster started
            os.kill(last, signal.SIGKILL)

    found = run(partial(slow, log, 0.1), EQUAL, Counted.merged, executor=executor, rows=10, report=report)
    assert len(killed) == len(kills)
    assert len(noted(log)) > 40  # what the dead had begun was begun again
    assert found.digest == WHOLE


def test_a_chunk_that_always_kills_is_named_and_the_cluster_serves_on(executor, tmp_path):
    log = tmp_path / "log"
    with pytest.raises(BlockError, match=r"given row groups 10 to 11 of part-0\.parquet was lost \(KilledWorker\)"):
        run(partial(dying, log, 100, 99), EQUAL, Counted.merged, executor=executor, rows=20, files=FILES)
    # at most three chunks fly beside it: one that was lost with it may wait behind it, and is not reached
    left_out = set(range(0, 400, 10)) - {start for _, start in noted(log)}
    assert len(left_out - {110}) <= 3 * 2
    assert serves(executor)


def test_an_answer_that_goes_with_the_worker_is_made_again():
    """Of what Dask forgot, or could not bring, each counts as a loss; what it tried on four workers counts twice."""
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    assert cluster.losses(CancelledError()) == 1
    assert cluster.losses(CommClosedError()) == 1
    assert cluster.losses(KilledWorker("task", None, 3)) == 2
    assert cluster.losses(OSError()) == cluster.losses(TableError()) == cluster.losses(KeyError()) == 0


# ---- what ends it


def test_a_damaged_block_ends_all_at_once(executor, tmp_path):
    log = tmp_path / "log"
    with pytest.raises(TableError, match=r"Row group 2 of .*part-0\.parquet cannot be read"):
        run(partial(damaged, log, 20), EQUAL, Counted.merged, executor=executor, rows=10)
    assert len(noted(log)) < 40
    with pytest.raises(KeyError, match="a bug"):
        run(wrong, EQUAL, Counted.merged, executor=executor)
    assert serves(executor)


def test_a_cancel_leaves_the_cluster_free(executor, tmp_path):
    log = tmp_path / "log"

    def report(done, _):
        if done > 0.2:
            raise StopError

    with pytest.raises(StopError):
        # all are handed in at once
        run(partial(slow, log, 0.05), EQUAL, Counted.merged, executor=executor, rows=20, workers=10, report=report)
    assert serves(executor)
    assert settled(log) < 40  # what ran then, and no other


def test_the_same_work_can_be_asked_twice_and_is_done_twice(executor, tmp_path):
    work = partial(slow, tmp_path / "log", 0)
    for times in (1, 2):
        assert run(work, EQUAL, Counted.merged, executor=executor).digest == WHOLE
        assert len(noted(tmp_path / "log")) == 40 * times


# ---- clusters that come and go


def test_a_cluster_without_workers_is_waited_for(tmp_path):
    with local(tmp_path, n_workers=0) as dask, distributed.Client(dask, set_as_default=False) as client:
        told = []

        def report(_, doing):
            told.append(doing)
            if len(told) == 2:
                dask.scale(1)

        found = run(count, EQUAL, Counted.merged, executor=client.get_executor(), report=report)
    assert found.digest == WHOLE
    assert told[0] == "reading, 0 of 40 blocks, waiting for a worker"


def test_a_cluster_that_goes_for_good_is_said(tmp_path):
    with (
        local(tmp_path, n_workers=1, processes=False) as dask,
        distributed.Client(dask.scheduler_address, timeout=1, set_as_default=False) as client,
    ):
        executor = client.get_executor()

        def report(done, _):
            if done > 0.1:
                dask.close()

        with pytest.raises(BlockError, match=r"takes no more work \("):
            run(partial(slow, tmp_path / "log", 0.01), EQUAL, Counted.merged, executor=executor, report=report)
        with pytest.raises(BlockError, match=r"takes no more work \("):
            run(count, EQUAL, Counted.merged, executor=executor)


@pytest.mark.parametrize("gave_up", [False, True], ids=["in time", "after it was given up"])
def test_a_scheduler_that_is_started_again_goes_on(tmp_path, monkeypatch, gave_up):
    """What it had forgotten is handed in again, and merged once."""
    log, again = tmp_path / "log", []
    monkeypatch.setattr(cluster, "SECONDS", 1 if gave_up else 20)
    with ExitStack() as stack:
        dask = stack.enter_context(local(tmp_path / "one", 1, processes=False))
        address = dask.scheduler_address

        def report(done, _):
            if done > 0.2 and not again:
                again.append(done)
                dask.close()
                time.sleep(2 if gave_up else 0)
                stack.enter_context(local(tmp_path / "two", 1, processes=False, port=int(address.rpartition(":")[2])))

        connect = executor_from({"HPI_DASK_SCHEDULER": address})
        found = run(partial(slow, log, 0.02), EQUAL, Counted.merged, executor=connect, report=report, rows=10)
    assert again
    assert found.digest == WHOLE


# ---- the operator's setting


def test_the_address_makes_an_executor(dask):
    connect = executor_from({"HPI_DASK_SCHEDULER": dask.scheduler_address})
    before = clients(dask)
    assert serves(connect)
    assert serves(connect)
    assert clients(dask) == before  # connections were closed
    assert executor_from({}) is None


def clients(dask):
    return sorted(name for name in dask.scheduler.clients if name.startswith("Client-"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "scheduler:8786",
        "http://scheduler:8786",
        "tcp://scheduler",
        "tcp://scheduler:0",
        "tcp://scheduler:65536",
        "tcp://:8786",
        "tcp://scheduler:8786/",
        "tcp://scheduler:8786\n",
        " tcp://scheduler:8786",
        "tcp://who@scheduler:8786",
        "tcp://-scheduler:8786",
        "inproc://1/2/3",
    ],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(SettingsError, match=r"^HPI_DASK_SCHEDULER is .* tcp://host:port or tls://host:port"):
        executor_from({"HPI_DASK_SCHEDULER": address})


@pytest.mark.parametrize("address", ["tcp://scheduler:8786", "tls://10.0.0.1:1", "tcp://[::1]:65535", "tcp://a.b-c:80"])
def test_addresses_that_are_tried(monkeypatch, address):
    tried = []
    monkeypatch.setattr(cluster, "_executor", tried.append)
    monkeypatch.setattr(cluster, "close", lambda executor: None)
    executor_from({"HPI_DASK_SCHEDULER": address})
    assert tried == [address]


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match=r"HPI_DASK_SCHEDULER needs .* install requirements-dask\.txt"):
        executor_from({"HPI_DASK_SCHEDULER": "tcp://127.0.0.1:8786"})


def test_nobody_there_is_said(monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS", 1)
    with socket.socket() as listening:  # takes calls and never answers
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(
            SettingsError, match=rf"^HPI_DASK_SCHEDULER is '{address}', where no Dask scheduler answered"
        ):
            executor_from({"HPI_DASK_SCHEDULER": address})
    with pytest.raises(SettingsError, match=r"no Dask scheduler answered within 1 second"):
        executor_from({"HPI_DASK_SCHEDULER": address})  # nobody listens


def test_workers_with_another_version_are_said(dask, monkeypatch):
    monkeypatch.setattr(cluster, "VERSION", "0.0.1")
    with pytest.raises(SettingsError, match=rf"tcp://.* has hpi {VERSION}; this machine has hpi 0\.0\.1\. Install"):
        executor_from({"HPI_DASK_SCHEDULER": dask.scheduler_address})


def test_workers_without_the_package_are_said(dask, monkeypatch):
    monkeypatch.setattr(cluster, "_version", missing)
    with pytest.raises(SettingsError, match=r"no hpi that runs there \(ModuleNotFoundError: No module named 'hpi'\)"):
        executor_from({"HPI_DASK_SCHEDULER": dask.scheduler_address})


def test_the_numbers_in_the_description_are_those_of_the_code():
    text = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text("utf-8")
    assert f"nobody answers within {cluster.SECONDS} seconds" in text
    assert f"({cluster.SECONDS} seconds for\n  `{cluster.VARIABLE}`" in text
    assert f"at most {running.MOST_ROWS / 1e6:g} million rows" in text
    assert f"at most {most_kept():,} of" in text


def missing():
    raise ModuleNotFoundError("No module named 'hpi'")
