"""Work over blocks: the same numbers on every executor, losses made good, an end when it is asked for."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import CancelledError, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.blocks.chunks import chunked, named
from hpi.blocks.executors import Place
from hpi.blocks.running import Serial, run, threads
from hpi.errors import BlockError, SettingsError, TableError
from tests.blocks.toywork import (
    BLOCKS,
    EQUAL,
    FILES,
    MODULUS,
    WHOLE,
    Counted,
    Forgetful,
    StopError,
    blocks_of,
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

processes = partial(ProcessPoolExecutor, 2, mp_context=multiprocessing.get_context("spawn"))


def stopping(at):
    def report(done, doing):
        if done >= at:
            raise StopError

    return report


@pytest.fixture(scope="module")
def pool():
    with processes() as pool:
        yield pool


# ---- the same numbers


def test_threads_processes_and_one_thread_give_the_same(pool):
    ours = [run(count, BLOCKS, Counted.merged, executor=executor) for executor in (None, Serial(), pool, processes)]
    assert [found.digest for found in ours] == [expected().digest] * 4


@given(
    sizes=st.lists(st.integers(0, 300), min_size=1, max_size=50),
    rows=st.one_of(st.none(), st.integers(1, 1000)),
    workers=st.integers(1, 5),
    turn=st.randoms(use_true_random=False),
)
def test_any_split_in_any_order_gives_the_same(sizes, rows, workers, turn):
    blocks = list(blocks_of(*sizes))
    turn.shuffle(blocks)
    found = run(count, blocks, Counted.merged, executor=Serial(), rows=rows, workers=workers)
    assert found.digest == expected(sum(sizes), len(sizes)).digest


@given(sizes=st.lists(st.integers(0, 300), min_size=1, max_size=50), rows=st.integers(1, 1000))
def test_chunks_are_neighbours_as_many_as_fit(sizes, rows):
    blocks = blocks_of(*sizes)
    chunks = chunked(blocks, rows)
    assert [block for chunk in chunks for block in chunk] == list(blocks)
    for chunk, following in zip(chunks, chunks[1:], strict=False):
        assert len(chunk) == 1 or chunk.rows <= rows
        assert chunk.rows + following[0].rows > rows


def test_no_blocks_have_no_answer():
    with pytest.raises(ValueError, match="no blocks"):
        run(count, [], Counted.merged)


def test_blocks_without_rows_are_blocks():
    told = []
    found = run(count, blocks_of(0, 0), Counted.merged, report=lambda done, _: told.append(done), executor=Serial())
    assert found.n_blocks == 2
    assert told[-1] == 1


# ---- how far it is


@pytest.mark.parametrize("executor", [None, Serial(), processes], ids=["threads", "serial", "processes"])
def test_progress_rises_to_the_end(executor):
    told = []
    run(count, BLOCKS, Counted.merged, executor=executor, report=lambda *one: told.append(one), doing="counting")
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert told[0][1] == "counting, 0 of 40 blocks"
    assert told[-1][1] == "counting, 40 of 40 blocks"


def test_progress_is_the_share_of_rows_block_by_block_in_threads():
    told, gate = [], threading.Event()

    def report(done, doing):
        told.append((done, doing))
        if done == 0.75:
            gate.set()

    def work(blocks):
        for block in blocks:
            assert block.start == 0 or gate.wait(30)
        return count(blocks)

    # one chunk: its first block shows before the second has ended
    run(work, blocks_of(30, 10), Counted.merged, workers=1, rows=1000, report=report)
    assert told[0] == (0, "reading, 0 of 2 blocks")
    assert (0.75, "reading, 1 of 2 blocks") in told
    assert told[-1] == (1, "reading, 2 of 2 blocks")


def test_progress_is_told_while_nothing_ends():
    """So that a cancel is heard however long a block takes."""
    gate = threading.Event()

    def report(done, _):
        told.append(done)
        if len(told) == 5:
            gate.set()

    def work(blocks):
        assert gate.wait(30)
        return count(blocks)

    told = []
    run(work, blocks_of(5), Counted.merged, report=report)
    assert told[:5] == [0] * 5


# ---- what is lost


@pytest.mark.parametrize("error", [CancelledError, ConnectionResetError])
def test_what_was_done_and_lost_is_merged_once(error):
    forgetful = Forgetful(1, 2, 7, 42, error=error)
    found = run(count, EQUAL, Counted.merged, executor=forgetful, rows=10)
    assert forgetful.times == 44  # 40 chunks and 4 losses
    assert found.digest == WHOLE


def test_a_chunk_is_handed_in_at_most_four_times():
    forgetful = Forgetful(*range(1, 100), error=CancelledError)
    with pytest.raises(BlockError, match=r"Each worker that was given row group 0 of part-0\.parquet was lost \(Canc"):
        run(count, blocks_of(5), Counted.merged, executor=forgetful, files=FILES)
    assert forgetful.times == 4


def test_a_chunk_lost_twice_runs_alone(tmp_path):
    """What runs beside a chunk that ends processes is lost with it, and must not be blamed."""
    log = tmp_path / "log"
    with pytest.raises(BlockError) as raised:
        run(partial(dying, log, 100, 99), EQUAL, Counted.merged, executor=processes, rows=10, files=FILES)
    assert "row group 10 of part-0.parquet was lost (BrokenProcessPool)" in str(raised.value)
    assert [start for _, start in noted(log)].count(100) == 4
    assert {start for _, start in noted(log)} == set(range(0, 400, 10))  # all others were done before


def test_a_new_pool_is_made_where_a_process_died(tmp_path):
    made = []

    def make():
        made.append(processes())
        return made[-1]

    found = run(partial(dying, tmp_path / "log", 100, 1), EQUAL, Counted.merged, executor=make, rows=20)
    assert found.digest == WHOLE
    assert len(made) == 2


def test_a_process_killed_from_outside_costs_only_its_chunks(tmp_path):
    log, killed = tmp_path / "log", []

    def report(done, _):
        last = freshly_begun(log) if not killed and len(noted(log)) >= 6 else None
        if last is not None:
            killed.append(last)
            os.kill(last, signal.SIGKILL)

    found = run(partial(slow, log, 0.1), EQUAL, Counted.merged, executor=processes, rows=20, report=report)
    assert killed
    assert found.digest == WHOLE
    assert len(noted(log)) > 40


def test_a_broken_pool_of_somebody_else_is_said(tmp_path):
    work = partial(dying, tmp_path / "log", 100, 1)
    with processes() as pool:
        with pytest.raises(BlockError, match=r"takes no more work \(BrokenProcessPool.*a function that makes one"):
            run(work, EQUAL, Counted.merged, executor=pool)
        with pytest.raises(BlockError, match="takes no more work"):
            run(count, EQUAL, Counted.merged, executor=pool)


def test_a_closed_executor_is_said():
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(BlockError, match="cannot schedule new futures after shutdown"):
        run(count, EQUAL, Counted.merged, executor=pool)


# ---- what ends it


def test_a_damaged_block_ends_all_at_once(tmp_path, pool):
    log = tmp_path / "log"
    work = partial(damaged, log, 20)
    for executor in (None, pool, Serial()):
        with pytest.raises(TableError, match=r"Row group 2 of .*part-0\.parquet cannot be read"):
            run(work, EQUAL, Counted.merged, executor=executor, rows=10, workers=2)
        assert len(noted(log)) < 40
    assert run(count, EQUAL, Counted.merged, executor=pool).digest == WHOLE


def test_a_bug_goes_up_as_it_is(pool):
    for executor in (None, pool):
        with pytest.raises(KeyError, match="a bug"):
            run(wrong, EQUAL, Counted.merged, executor=executor)


@pytest.mark.parametrize("error", [StopError, KeyboardInterrupt])
def test_nothing_runs_in_threads_after_a_cancel(tmp_path, error):
    log = tmp_path / "log"

    def report(done, _):
        if done > 0.2:
            raise error

    with pytest.raises(error):
        run(partial(slow, log, 0.02), EQUAL, Counted.merged, rows=100, report=report, workers=2)
    begun = len(noted(log))
    assert begun < 40
    time.sleep(0.2)
    assert len(noted(log)) == begun
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("hpi-blocks")]


def test_threads_of_somebody_else_are_left_after_their_block(tmp_path):
    log = tmp_path / "log"
    with ThreadPoolExecutor(2) as pool:
        with pytest.raises(StopError):
            run(partial(slow, log, 0.05), EQUAL, Counted.merged, executor=pool, rows=100, report=stopping(0.1))
        begun = len(noted(log))
        assert run(count, EQUAL, Counted.merged, executor=pool).digest == WHOLE
        # the threads were free for it at once: each had at most one more block to begin
        assert len(noted(log)) <= begun + 2


def test_processes_of_somebody_else_stay_usable_after_a_cancel(tmp_path, pool):
    log = tmp_path / "log"
    with pytest.raises(StopError):
        # all are handed in at once
        run(partial(slow, log, 0.02), EQUAL, Counted.merged, executor=pool, rows=20, workers=10, report=stopping(0.2))
    assert run(count, EQUAL, Counted.merged, executor=pool).digest == WHOLE
    # 4 chunks of 20 had ended, 2 ran, and a pool takes up to 3 out of its queue beforehand
    assert settled(log) < 40


def test_a_cancel_before_anything_begins_begins_nothing(tmp_path):
    with pytest.raises(StopError):
        run(partial(slow, tmp_path / "log", 0), EQUAL, Counted.merged, report=stopping(0))
    assert noted(tmp_path / "log") == []


# ---- small things


@pytest.mark.parametrize(("executor", "most"), [(None, 3), (processes, 4)], ids=["threads", "processes"])
def test_no_more_is_handed_in_than_keeps_the_workers_busy(executor, most, monkeypatch):
    flying, ended = [], []
    submit = Place.submit

    def watched(self, work, given):
        future = submit(self, work, given)
        future.add_done_callback(ended.append)
        flying.append(1 + len(flying) - len(ended))
        return future

    monkeypatch.setattr(Place, "submit", watched)
    monkeypatch.setenv("HPI_BLOCK_THREADS", "2")
    found = run(partial(pausing, 0.005), EQUAL, Counted.merged, executor=executor, rows=10)
    assert found.digest == WHOLE
    assert 2 <= max(flying) <= most


def pausing(seconds, blocks):
    time.sleep(seconds)
    return count(blocks)


def test_where_blocks_are_is_named():
    blocks = blocks_of(*[1] * 40)
    assert named(blocks[3:7], FILES) == "row groups 3 to 6 of part-0.parquet"
    assert named(blocks[15:17], FILES) == "row group 15 of part-0.parquet and row group 0 of part-1.parquet"
    assert named(blocks[5:6], ()) == "row group 5 of file 0"
    assert named(blocks[15:33], FILES) == (
        "row group 15 of part-0.parquet, row groups 0 to 15 of part-1.parquet and row group 0 of part-2.parquet"
    )


def test_threads_are_the_cores_or_what_the_environment_says():
    assert threads({}) == os.cpu_count()
    assert threads({"HPI_BLOCK_THREADS": "7"}) == 7
    for text in ("0", "257", "-1", "two", ""):
        with pytest.raises(SettingsError, match=r"^HPI_BLOCK_THREADS is .* from 1 to 256"):
            threads({"HPI_BLOCK_THREADS": text})


def test_the_expected_counts_are_those_of_the_squares():
    # each remainder of a square but 0 is left by two of 97 numbers in a row
    assert expected(MODULUS, 1).counts.tolist() == [
        1 if remainder == 0 else 2 * (pow(remainder, (MODULUS - 1) // 2, MODULUS) == 1) for remainder in range(MODULUS)
    ]
