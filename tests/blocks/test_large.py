"""A table in blocks gives the numbers of the same table in memory, bit for bit, however it is cut and read."""

from __future__ import annotations

import itertools
import random
import threading
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.reduction import ForkingPickler
from queue import Empty, SimpleQueue

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import hpi
from hpi.blocks.large import LargeTable, looked_at, made
from hpi.blocks.running import Serial
from hpi.errors import SubspaceError, TableError
from hpi.filters import Between, OneOf
from hpi.roles import Choices, Direction
from hpi.roles.choices import parse_space
from hpi.space import drawing
from hpi.subspace import Subspace, select
from tests.blocks.making import SPACE, table, written

FEW = 250  # trials from which on a table counts as one of many
FILTERS = (
    (),
    (Between("lr", 1e-3, None),),
    (OneOf("opt", ("adam", "sgd")), Between("rate", None, 0.7)),
    (OneOf("size", ("s", "m")),),
    (OneOf("worker", ("w1",)),),
)


class Shuffled(Executor):
    """Runs what it is given in an order of its own, one after the other, in a thread."""

    def __init__(self, seed: int) -> None:
        self._queue: SimpleQueue = SimpleQueue()
        self._random = random.Random(seed)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        self._queue.put((future, fn, args, kwargs))
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._queue.put(None)
        self._thread.join()

    def _serve(self):
        waiting = []
        while True:
            try:
                one = self._queue.get(block=not waiting)
                if one is None:
                    return
                waiting.append(one)
                continue
            except Empty:
                pass
            future, fn, args, kwargs = waiting.pop(self._random.randrange(len(waiting)))
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:
                    future.set_exception(error)


@contextmanager
def few_are_many(few: int = FEW):
    before, drawing.MOST_DRAWN = drawing.MOST_DRAWN, few
    try:
        yield
    finally:
        drawing.MOST_DRAWN = before


def choices(**more) -> Choices:
    return Choices(metric="loss", direction=Direction.MINIMIZE, space=parse_space(SPACE), repeats="each", **more)


def in_blocks(folder, executor=None, chosen: Choices | None = None) -> LargeTable:
    return made(*looked_at(str(folder), executor), chosen or choices(), "table", executor)


def in_memory(path) -> hpi.TrialTable:
    return hpi.read(path, metric="loss", direction="minimize", space=SPACE, repeats="each")


def numbers(result: hpi.ImportanceResult):
    """All that was found; what a table is called and what is said of its columns apart."""
    return replace(result, fingerprint="", excluded=(), warnings=()), dict(result.excluded).get("outside the filters")


cuts = st.lists(st.lists(st.integers(1, 200), min_size=1, max_size=10), min_size=1, max_size=5)


# A failing example is shown as it was found: to shrink it would take minutes.
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(FEW + 200, 1_500),
    files=cuts,
    order=st.integers(0, 100),
    where=st.sampled_from(FILTERS),
    parts=st.sampled_from([(1.0, None), (1.0, 0.05), (0.5, 0.1234), (0.6, 0.4), (1.0, 0.335)]),
    digits=st.sampled_from([None, 0, 1]),
    maximize=st.booleans(),
)
def test_any_cut_in_any_order_gives_the_numbers_of_memory(
    tmp_path_factory, seed, n, files, order, where, parts, digits, maximize
):
    """All kinds of hyperparameters, ties, inactive cells, filters, 1 to 50 row groups."""
    whole = table(seed, n)
    if digits is not None:  # ties
        rounded = np.round(np.asarray(whole["loss"]), digits)
        whole = whole.set_column(whole.schema.get_field_index("loss"), "loss", pa.array(rounded))
    folder = written(tmp_path_factory.mktemp("cut"), whole, files)
    single = tmp_path_factory.mktemp("one") / "one.parquet"
    pq.write_table(whole, single)
    direction = Direction.MAXIMIZE if maximize else Direction.MINIMIZE
    with few_are_many(), Shuffled(order) as executor:
        blocks = in_blocks(folder, executor, replace(choices(), direction=direction))
        assert 1 <= len(blocks.source.blocks) <= sum(map(len, files)) <= 50
        memory = in_memory(single).revise(direction=direction)
        answers = [_answer(one, Subspace(*parts, where)) for one in (blocks, memory)]
    assert answers[0] == answers[1]


def _answer(one, subspace):
    try:
        return numbers(hpi.importance(one, subspace=subspace))
    except hpi.HpiError as error:
        return type(error)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A table of more trials than are drawn, in 12 row groups of 3 files, and the same in one file."""
    whole = table(7, 3_000)
    folder = written(tmp_path_factory.mktemp("large"), whole, [[250] * 4] * 3)
    pq.write_table(whole, folder.parent / "whole.parquet")
    return folder


def test_counts_are_those_of_memory(large):
    with few_are_many():
        found, _ = in_blocks(large).counted()
        memory = in_memory(large.parent / "whole.parquet").design.tallied()[1]
    assert found.tallies is not None
    pairs = zip(found.tallies.counted.arrays(), memory.counted.arrays(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)
    assert np.array_equal(found.tallies.asked.cutoffs, memory.asked.cutoffs)


def test_a_threshold_that_moves_is_answered_without_another_look(large, monkeypatch):
    with few_are_many():
        blocks = in_blocks(large)
        hpi.importance(blocks)
        monkeypatch.setattr("hpi.blocks.source.find", None)
        monkeypatch.setattr("hpi.blocks.asking.run", None)
        moved = [hpi.importance(blocks, subspace=Subspace(1.0, target)) for target in (0.05, 0.2, 0.335)]
    assert [result.subspace.n_target for result in moved] == sorted(result.subspace.n_target for result in moved)


def test_what_few_trials_pass_is_at_hand_as_a_whole(tmp_path):
    """Then nothing is estimated from a part: the numbers are those of the filtered table in memory."""
    rng = np.random.default_rng(0)
    x, y, opt = rng.random(4_000), rng.random(4_000), rng.choice(["adam", "sgd"], 4_000)
    whole = pa.table(
        {"x": x, "y": y, "opt": opt, "loss": (x - 0.2) ** 2 + 0.1 * (opt == "sgd") + 0.01 * rng.random(4_000)}
    )
    folder = written(tmp_path / "blocks", whole, [[500] * 4] * 2)
    pq.write_table(whole, tmp_path / "one.parquet")
    asked = Subspace(where=(Between("x", 0.1, 0.3), OneOf("opt", ("sgd",))))
    chosen = Choices(metric="loss", direction=Direction.MINIMIZE)
    with few_are_many(1_000):
        blocks = in_blocks(folder, chosen=chosen)
        sample = select(blocks, asked)
        memory = hpi.read(tmp_path / "one.parquet", metric="loss", direction="minimize", repeats="each")
        assert sample.tallies is None
        assert len(sample.design) == int(((x >= 0.1) & (x <= 0.3) & (opt == "sgd")).sum())
        assert numbers(hpi.importance(blocks, subspace=asked)) == numbers(hpi.importance(memory, subspace=asked))


def test_other_estimators_say_on_how_many_trials_they_rest(large):
    with few_are_many():
        blocks = in_blocks(large)
        result = hpi.importance(blocks, estimator="linear")
        standing = len(select(blocks, Subspace()).design)
        counted = hpi.importance(blocks)
        said = hpi.findings(blocks).cannot_say
    assert FEW / 4 < standing <= FEW / 2  # with as few drawn trials not every part of the loss has enough
    assert any(f"From {standing} of {result.used:,} trials" in warning for warning in result.warnings)
    assert any(f"From {standing} of {result.used:,} trials" in sentence for sentence in said)
    assert not any("drawn evenly" in warning for warning in counted.warnings)
    assert result.subspace.n_target == counted.subspace.n_target


def test_those_that_stand_for_all_are_the_same_on_every_path(large):
    with few_are_many():
        blocks = select(in_blocks(large), Subspace())
        memory = in_memory(large.parent / "whole.parquet").design.tallied(1.0, 0.1)[0]
    assert blocks.design.position is not None
    assert np.array_equal(blocks.design.position, memory.position)
    assert np.array_equal(blocks.design.loss, memory.loss)


def test_a_filter_that_nothing_passes_and_a_column_that_is_not_there_are_refused(large):
    with few_are_many():
        blocks = in_blocks(large)
        with pytest.raises(SubspaceError, match="No trial passes"):
            hpi.importance(blocks, subspace=Subspace(where=(Between("lr", 5e9, None),)))
        with pytest.raises(SubspaceError, match="names no hyperparameter"):
            hpi.importance(blocks, subspace=Subspace(where=(Between("nothing", 0, 1),)))


def test_a_metric_that_nobody_knows_is_asked_for(large):
    with few_are_many():
        unknown = replace(choices(), metric=None, direction=None, roles=(("loss", hpi.Role.CONTEXT),))
        blocks = in_blocks(large, chosen=unknown)
        assert blocks.metric is None
        with pytest.raises(TableError, match="metric is not known"):
            hpi.importance(blocks)
        again = blocks.revise(metric="loss", direction=Direction.MINIMIZE, roles=())
        assert hpi.importance(again).used == hpi.importance(in_memory(large.parent / "whole.parquet")).used


@pytest.mark.parametrize("limit", ["HPI_READ_ROWS", "HPI_READ_CELLS"])
def test_what_passes_a_limit_is_opened_in_blocks_and_what_fits_in_memory(large, monkeypatch, limit):
    fits = hpi.read(large, metric="loss", direction="minimize", space=SPACE, repeats="each")
    assert not isinstance(fits, LargeTable)
    assert len(fits.frame) == 3_000
    monkeypatch.setenv(limit, "2000")
    for source in (large, large / "*.parquet", str(large)):
        blocks = hpi.read(source, metric="loss", direction="minimize", space=SPACE)
        assert isinstance(blocks, LargeTable)
        assert blocks.n_rows == 3_000
    assert blocks.name == large.name
    with pytest.raises(TableError, match="larger than memory"):
        hpi.read(large, metric="loss", repeats="average")


def test_the_command_line_answers_from_blocks(large, monkeypatch, capsys):
    from hpi.__main__ import main

    monkeypatch.setenv("HPI_READ_ROWS", "2000")
    assert main(["importance", str(large), "--metric", "loss", "--minimize"]) == 0
    assert "the best 0.1" in capsys.readouterr().out
    damaged = written(large.parent / "damaged", table(7, 3_000), [[250] * 4] * 3, write_page_checksum=True)
    content = bytearray((damaged / "part-0001.parquet").read_bytes())
    content[1000:1400] = bytes(400)
    (damaged / "part-0001.parquet").write_bytes(bytes(content))
    assert main(["importance", str(damaged), "--metric", "loss", "--minimize"]) == 2
    assert "Row group 0 of part-0001.parquet cannot be read" in capsys.readouterr().err


def test_cuts_of_one_row_group_and_of_fifty_are_among_those_tried():
    """The strategy reaches both ends that are promised."""
    sizes = {sum(map(len, one)) for one in itertools.chain([[[5]]], [[[1] * 10] * 5])}
    assert sizes == {1, 50}


def test_text_with_very_many_words_is_left_out_and_said(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.random(600)
    whole = pa.table(
        {"x": x, "y": rng.random(600), "note": [f"run {k}" for k in range(600)], "loss": x + rng.random(600)}
    )
    monkeypatch.setattr("hpi.blocks.words.MOST_WORDS", 500)
    blocks = in_blocks(written(tmp_path / "wordy", whole, [[200] * 3]), chosen=Choices(metric="loss"))
    assert any("left out: note" in notice for notice in blocks.notices)
    assert [one.name for one in blocks.hyperparameters] == ["x", "y"]


class Weighed(Serial):
    """Notes how many bytes the work has that goes to another machine with each chunk, and does what arrives."""

    def __init__(self) -> None:
        self.bytes: list[int] = []

    def submit(self, fn, /, *args, **kwargs):
        travels = bytes(ForkingPickler.dumps(fn))
        self.bytes.append(len(travels))
        return super().submit(ForkingPickler.loads(travels), *args, **kwargs)


def test_what_travels_with_a_chunk_does_not_grow_with_the_blocks(tmp_path):
    """A table of 100,000 blocks would send megabytes 100,000 times."""
    weights = []
    for groups in (2, 200):
        executor = Weighed()
        sizes = [[400 // groups] * groups]
        with few_are_many():
            in_blocks(written(tmp_path / str(groups), table(0, 400), sizes), executor).counted()
        weights.append(max(executor.bytes))
    assert weights[1] < weights[0] + 200
    assert max(weights) < 100_000
