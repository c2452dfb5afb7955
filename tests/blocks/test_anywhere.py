"""A table of more trials than are drawn, read by threads, one by one, and by a cluster whose workers are killed."""

from __future__ import annotations

import logging
import os
import signal
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import hpi
from hpi.blocks.large import LargeTable, looked_at, made
from hpi.blocks.running import Serial
from hpi.errors import TableError
from hpi.roles import Choices, Direction
from tests.blocks.making import written

distributed = pytest.importorskip("distributed")
ROWS, GROUPS = 240_000, 24
CHOSEN = Choices(metric="loss", direction=Direction.MINIMIZE)


def rows(seed: int = 0, n: int = ROWS) -> pa.Table:
    rng = np.random.default_rng(seed)
    lr, depth, opt = 10 ** rng.uniform(-5, -1, n), rng.integers(1, 13, n), rng.choice(["adam", "sgd", "lamb"], n)
    momentum = np.where(opt == "sgd", rng.random(n), np.nan)
    loss = (np.log10(lr) + 3) ** 2 / 20 + depth / 50 + 0.1 * (opt == "lamb") + rng.normal(0, 0.1, n)
    loss[rng.random(n) < 0.01] = np.nan
    return pa.table({"lr": lr, "depth": depth, "opt": opt, "momentum": momentum, "loss": np.round(loss, 3)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("many"), rows(), [[ROWS // GROUPS] * 8] * 3, write_page_checksum=True)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two processes on loopback, without a page."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        worker_dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("dask")),
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def client(cluster):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        yield client


def answer(table: LargeTable):
    return hpi.importance(table), [array.tolist() for array in table.counted()[0].tallies.counted.arrays()[:3]]


def table_of(folder, executor=None, report=None) -> LargeTable:
    more = {} if report is None else {"report": report}
    return made(*looked_at(str(folder), executor, **more), CHOSEN, "many", executor)


@pytest.fixture(scope="module")
def alone(folder):
    """The answer of one thread."""
    return answer(table_of(folder, Serial()))


def test_threads_give_the_numbers_of_one(folder, alone):
    assert answer(table_of(folder)) == alone


def test_memory_gives_them_too(folder, alone):
    memory = hpi.read(folder, metric="loss", direction="minimize", repeats="each")
    assert not isinstance(memory, LargeTable)
    found = hpi.importance(memory)
    said = {"fingerprint": "", "warnings": (), "excluded": ()}
    assert replace(found, **said) == replace(alone[0], **said)


def test_a_cluster_gives_them_too(folder, alone, client):
    assert answer(table_of(folder, client.get_executor(pure=False))) == alone


def test_a_cluster_whose_workers_are_killed_gives_them_too(folder, alone, client, cluster):
    """One in the first pass over all rows, one in the middle of the others, each by kill -9."""
    executor, killed = client.get_executor(pure=False), []

    def kill_at(share):
        def report(done, _):
            if done >= share and not (killed and killed[-1][0] == share):
                nanny = next(one for one in cluster.workers.values() if one.pid)
                killed.append((share, nanny.pid))
                os.kill(nanny.pid, signal.SIGKILL)

        return report

    table = table_of(folder, executor, kill_at(0.3))
    table.counted(report=kill_at(0.6))
    assert [share for share, _ in killed] == [0.3, 0.6]
    client.wait_for_workers(2, timeout=30)
    assert not {pid for _, pid in killed} & {one.pid for one in cluster.workers.values()}
    assert answer(table) == alone


def test_a_damaged_row_group_is_named_and_the_cluster_goes_on(folder, alone, client, tmp_path):
    damaged = written(tmp_path / "damaged", rows(), [[ROWS // GROUPS] * 8] * 3, write_page_checksum=True)
    content = bytearray((damaged / "part-0002.parquet").read_bytes())
    content[200_000:200_400] = bytes(400)
    (damaged / "part-0002.parquet").write_bytes(bytes(content))
    executor = client.get_executor(pure=False)
    with pytest.raises(TableError, match=r"Row group \d of part-0002\.parquet cannot be read"):
        table_of(damaged, executor)
    assert answer(table_of(folder, executor)) == alone
