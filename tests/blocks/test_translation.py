"""Cells of pieces against a table in memory, row by row: positions, loss, which rows count, regimes, filters."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hpi.blocks import cells
from hpi.blocks.look import Look, looked
from hpi.blocks.source import Source, find, read
from hpi.blocks.translation import Translation
from hpi.errors import SpaceError, SubspaceError, TableError
from hpi.filters import Between, OneOf
from hpi.readers.loading import load_all
from hpi.readers.protocol import Wanted
from hpi.roles import Choices, Direction, Reading, Role, parse_space
from hpi.subspace import filtered
from hpi.table import TrialTable, build
from hpi.table.table import assembled
from tests.blocks.making import SPACE, table, written

N = 120
SIZES = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=4), min_size=1, max_size=3)
CHOICES = Choices("loss", Direction.MINIMIZE, space=parse_space(SPACE), repeats="each")
FILTERS = [
    (),
    (Between("lr", 1e-3, 0.1),),
    (Between("momentum", None, 0.7), OneOf("opt", ("adam", "lamb"))),
    (OneOf("depth", ("2", "3", "5")), OneOf("norm", ("True",))),
    (OneOf("mode", ("fast", "odd")), Between("digits", 1.0, 3.5), Between("decay", 0.1)),
]


@dataclass(frozen=True)
class Both:
    """One table twice: in memory, and in blocks of which some rows were looked at."""

    memory: TrialTable
    source: Source
    seen: Look
    looked: TrialTable

    def translation(self) -> Translation:
        """What blocks are read with: bounds and levels from the rows that count."""
        one = Translation.of(self.looked, self.source, self.seen)
        reaches = (one.reached(self.source, [block]) for block in self.source.blocks)
        return one.within(reduce(lambda mine, its: its.merged(mine), reaches))

    def pieces(self, names: tuple[str, ...]) -> list[tuple[int, pa.Table]]:
        """All pieces of all blocks."""
        return [pair for block in self.source.blocks for pair in read(self.source, block, names)]


def both(
    folder: Path, whole: pa.Table, choices: Choices = CHOICES, files: tuple = ((40, 30), (7, 1)), most: int = 10**6
) -> Both:
    one = written(folder / "one", whole, [[len(whole)]])
    loaded = load_all([str(one / "part-0000.parquet")], Wanted())
    source = find(str(written(folder / "several", whole, files)))
    seen = looked(source, source.blocks, most)
    rows = assembled(cells.parsed(source, seen), "rows", choices, Reading("blocks"))
    return Both(build(loaded.frame, loaded.name, choices, loaded.reading), source, seen, rows)


def assert_alike(one: Both, where: tuple = ()) -> None:
    """Each row counts alike and has the same loss, positions and regimes, to the last bit."""
    found, design = one.translation(), filtered(one.memory, where)
    assert found.hyperparameters == one.memory.hyperparameters
    n = one.source.n_rows
    rows = one.memory.trials.index.to_numpy()[design.row]
    x, regime, loss = np.full((n, design.x.shape[1]), np.nan), np.full((n, design.x.shape[1]), -1), np.full(n, np.nan)
    x[rows], loss[rows] = design.x, design.loss
    if design.regime is not None:
        regime[rows] = design.regime
    there = np.isin(np.arange(n), rows)
    for start, piece in one.pieces(found.names(where)):
        part = slice(start, start + len(piece))
        own, counts = found.loss(piece, where)
        np.testing.assert_array_equal(counts, there[part])
        assert own[counts].tobytes() == loss[part][counts].tobytes()
        regimes = found.regime(piece, counts)
        assert (regimes is None) == (design.regime is None)
        np.testing.assert_array_equal(regime[part] if regimes is None else regimes, regime[part])
        assert_columns(found, piece, counts, x[part])


def assert_columns(found: Translation, piece: pa.Table, counts: np.ndarray, x: np.ndarray) -> None:
    """The raw columns say the same: codes by their table of positions, numbers by their measure."""
    for j, hyperparameter in enumerate(found.hyperparameters):
        column, positions = found.column(piece, j)[counts], found.positions(j)
        if positions is not None:
            assert column.dtype == np.int32
            np.testing.assert_array_equal(positions[column], x[counts, j])
            continue
        np.testing.assert_array_equal(hyperparameter.encode(pd.Series(column)), x[counts, j])
        low, high = hyperparameter.low, hyperparameter.high
        if hyperparameter.log:
            low, high, column = np.log(low), np.log(high), np.log(column)
        np.testing.assert_allclose((column - low) / (high - low), x[counts, j], rtol=0, atol=1e-9)


@given(st.integers(0, 10**6), SIZES, st.sampled_from(FILTERS))
def test_every_row_is_translated_as_a_table_in_memory_has_it(seed, files, where):
    with tempfile.TemporaryDirectory() as folder:
        assert_alike(both(Path(folder), table(seed, N), files=files), where)


@given(st.integers(0, 10**6), SIZES, st.integers(50, N))
def test_rows_that_were_not_looked_at_are_translated_alike(seed, files, most):
    with tempfile.TemporaryDirectory() as folder:
        one = both(Path(folder), table(seed, N, crashed=0), files=files, most=most)
        # what a column is, is said by the rows that were looked at
        roles = [[(c.name, c.role, c.kind, c.log) for c in whole.columns] for whole in (one.memory, one.looked)]
        assume(roles[0] == roles[1])
        assert_alike(one)


@pytest.mark.parametrize("seed", range(5))
def test_a_metric_to_be_maximized_is_turned(tmp_path, seed):
    choices = Choices("loss", Direction.MAXIMIZE, space=parse_space(SPACE), repeats="each")
    assert_alike(both(tmp_path, table(seed, 60), choices))


def plain(n: int = 40, **columns: object) -> pa.Table:
    rng = np.random.default_rng(0)
    return pa.table({"lr": 1 + rng.random(n), "momentum": rng.random(n), **columns, "loss": rng.random(n)})


def minimized(**fields: object) -> Choices:
    return Choices("loss", Direction.MINIMIZE, repeats="each", **fields)


def replaced(whole: pa.Table, name: str, column: object) -> pa.Table:
    return whole.set_column(whole.column_names.index(name), name, [column])


def counts_of(one: Both) -> list[int]:
    found = one.translation()
    pieces = one.pieces(found.loss_names())
    return [start + int(k) for start, piece in pieces for k in np.flatnonzero(found.loss(piece)[1])]


def test_zero_with_a_sign_is_zero(tmp_path):
    one = both(tmp_path, replaced(plain(), "loss", pa.array([0.0, -0.0] * 20)), minimized())
    found = Translation.of(one.looked, one.source, one.seen)
    for _, piece in one.pieces(found.loss_names()):
        assert not np.signbit(found.loss(piece)[0]).any()


def test_without_a_rule_the_loss_takes_one_column(tmp_path):
    one = both(tmp_path, plain(), minimized())
    found = one.translation()
    assert found.loss_names() == ("loss",)
    assert found.loss_names((Between("lr", 0.5),)) == ("loss", "lr")
    assert found.names() == ("loss", "lr", "momentum")


def test_one_task_is_chosen(tmp_path):
    whole = plain(dataset=pa.array(["iris", "wine"] * 20), task=pa.array(["a", "b"] * 20))
    one = both(tmp_path, whole, minimized(task="wine"))
    assert counts_of(one) == list(range(1, 40, 2))
    assert_alike(one)


def test_several_tasks_are_refused(tmp_path):
    one = both(tmp_path, plain(dataset=pa.array(["iris", "wine"] * 20)), minimized())
    with pytest.raises(TableError, match="several tasks; choose one"):
        Translation.of(one.looked, one.source, one.seen)


def test_tasks_that_take_two_columns_are_told_apart(tmp_path):
    whole = plain(dataset=pa.array(["iris", "iris", "wine", "wine"] * 10), task_id=pa.array([1, 2, 1, 2] * 10))
    one = both(tmp_path, whole, minimized(task="wine / 1", roles=(("task_id", Role.CONTEXT),)))
    if one.memory.metric:
        assert_alike(one)


@pytest.mark.parametrize(("good", "expected"), [("COMPLETE", 20), ("FAIL", 40)])
def test_where_no_trial_ended_well_all_count(tmp_path, good, expected):
    one = both(tmp_path, plain(state=pa.array([good, "FAIL"] * 20)), minimized())
    assert len(counts_of(one)) == expected
    assert_alike(one)


def test_states_in_numbers_are_known_where_their_writer_is(tmp_path):
    n = 40
    rng = np.random.default_rng(0)
    whole = pa.table(
        {
            "number": np.arange(n),
            "value": rng.random(n),
            "params_lr": rng.random(n),
            "params_depth": rng.integers(1, 9, n),
            "state": rng.choice([1, 1, 1, 3], n),
        }
    )
    one = both(tmp_path, whole, Choices("value", Direction.MINIMIZE, repeats="each"))
    assert 0 < len(counts_of(one)) < n
    assert_alike(one)


def test_rows_without_any_value_of_a_hyperparameter_do_not_count(tmp_path):
    blank = np.arange(40) % 10 == 0
    rng = np.random.default_rng(1)
    whole = plain()
    for name in ("lr", "momentum"):
        whole = replaced(whole, name, pa.array(rng.random(40), mask=blank))
    one = both(tmp_path, whole, minimized())
    assert counts_of(one) == [k for k in range(40) if k % 10]
    assert set(one.translation().loss_names()) == {"loss", "lr", "momentum"}
    assert_alike(one)


def test_the_end_of_a_type_is_a_failure_even_where_nobody_looked(tmp_path):
    loss = np.random.default_rng(1).random(200)
    whole = plain(200)
    one = both(tmp_path / "all", replaced(whole, "loss", pa.array(loss)), minimized(), most=60)
    unseen = next(k for k in range(200) if k not in set(one.seen.position.tolist()))
    loss[unseen] = 2.0**31 - 1
    one = both(tmp_path / "one", replaced(whole, "loss", pa.array(loss)), minimized(), most=60)
    assert counts_of(one) == [k for k in range(200) if k != unseen]
    assert_alike(one)


def test_bounds_and_levels_are_those_of_rows_that_count(tmp_path):
    whole = plain(200, opt=pa.array(["adam", "sgd"] * 99 + ["adam", "lamb"]))
    lr, loss = whole["lr"].to_numpy().copy(), whole["loss"].to_numpy().copy()
    lr[7], loss[7], loss[199] = 3.0, np.nan, np.inf
    one = both(tmp_path, replaced(replaced(whole, "lr", lr), "loss", loss), minimized(), most=60)
    loosely = Translation.of(one.looked, one.source, one.seen)
    assert loosely.hyperparameters[0].high == 3
    assert loosely.hyperparameters[2].levels == ("adam", "lamb", "sgd")
    exactly = one.translation()
    assert exactly.hyperparameters[0].high == np.delete(lr, [7, 199]).max()
    assert exactly.hyperparameters[2].levels == ("adam", "sgd")
    assert_alike(one)


def test_a_value_that_contradicts_its_declaration_is_found_where_its_row_counts(tmp_path):
    space = parse_space(
        {"lr": {"kind": "float", "low": 1, "high": 2}, "opt": {"kind": "category", "levels": ["a", "b"]}}
    )
    whole = plain(200, opt=pa.array(["a", "b"] * 100))
    seen = set(both(tmp_path / "all", whole, minimized(space=space), most=60).seen.position.tolist())
    unseen = next(k for k in range(200) if k not in seen)
    lr, opt = whole["lr"].to_numpy().copy(), np.array(["a", "b"] * 100, dtype=object)
    lr[unseen] = 3.0
    loss = whole["loss"].to_numpy().copy()
    for number, name, column in ((0, "lr", lr), (1, "opt", np.where(np.arange(200) == unseen, "c", opt))):
        wrong = replaced(whole, name, pa.array(column))
        source = find(str(written(tmp_path / f"{number}", wrong, [[50], [50]])))
        rows = looked(source, source.blocks, 60)
        held = assembled(cells.parsed(source, rows), "rows", minimized(space=space), Reading("blocks"))
        found = Translation.of(held, source, rows)
        with pytest.raises(SpaceError, match=name):
            found.within(found.whole)
        loss[unseen] = np.nan
        fine = both(tmp_path / f"fine {number}", replaced(wrong, "loss", loss), minimized(space=space), most=60)
        assert_alike(fine)


@pytest.mark.parametrize("kind", ["ordinal", "category"])
def test_numbers_may_be_levels(tmp_path, kind):
    sizes = pa.array(np.random.default_rng(0).choice([16, 32, 64], 120).astype(np.int16), mask=np.arange(120) % 7 == 0)
    space = parse_space({"batch": {"kind": kind, "levels": [16, 32, 64, 128]}})
    assert_alike(both(tmp_path, plain(120, batch=sizes), minimized(space=space), most=60))


def test_a_level_that_nobody_looked_at_is_said(tmp_path):
    batch = np.random.default_rng(0).choice([16, 32], 120)
    space = parse_space({"batch": {"kind": "ordinal", "levels": [16, 32, 64]}})
    seen = both(tmp_path / "all", plain(120, batch=batch), minimized(space=space), most=60).seen.position
    batch[next(k for k in range(120) if k not in set(seen.tolist()))] = 64
    one = both(tmp_path / "one", plain(120, batch=batch), minimized(space=space), most=60)
    with pytest.raises(TableError, match="batch has the level 64, which is in none of the rows"):
        one.translation()


@pytest.mark.parametrize(("cells_", "levels"), [(["yes", "no"], None), (["true", "TRUE", "false"], ["False", "True"])])
def test_truths_in_words_are_read_in_their_declared_spelling(tmp_path, cells_, levels):
    space = parse_space({"norm": {"kind": "bool", "levels": levels} if levels else {"kind": "bool"}})
    norm = pa.array(np.random.default_rng(0).choice(cells_, 60))
    assert_alike(both(tmp_path, plain(60, norm=norm), minimized(space=space)))


def test_a_metric_may_be_text_with_words_for_failures(tmp_path):
    rng = np.random.default_rng(0)
    loss = np.array([f"{value:.6f}" for value in rng.random(100)], dtype=object)
    loss[::9], loss[4], loss[5], loss[6] = "failed", "nan", "", None
    assert_alike(both(tmp_path, replaced(plain(100), "loss", pa.array(loss)), minimized(), most=70))


def test_filters_by_context_see_what_the_trials_have(tmp_path):
    rng = np.random.default_rng(0)
    whole = plain(host_kind=pa.array(rng.choice([" cpu", "gpu", None], 40)), wave=pa.array(rng.integers(0, 4, 40)))
    roles = (("host_kind", Role.CONTEXT), ("wave", Role.CONTEXT))
    one = both(tmp_path, whole, minimized(roles=roles))
    for where in ((OneOf("host_kind", ("cpu",)),), (Between("wave", 1, 2),), (OneOf("wave", ("0", "3")),)):
        assert_alike(one, where)


def test_a_filter_of_an_unknown_column_names_those_that_there_are(tmp_path):
    one = both(tmp_path, plain(), minimized())
    found = one.translation()
    _, piece = one.pieces(("loss", "lr"))[0]
    for name in ("loss", "color"):
        with pytest.raises(SubspaceError, match="names no hyperparameter or context column; there are: lr, momentum"):
            found.loss(piece, (Between(name, 0, 1),))


def test_what_is_needed_and_not_known_is_asked_for(tmp_path):
    one = both(tmp_path, pa.table({"lr": np.arange(9.0), "depth": np.arange(9) % 4}), Choices(repeats="each"))
    with pytest.raises(TableError, match="metric is not known"):
        Translation.of(one.looked, one.source, one.seen)


def test_a_word_that_was_not_there_before_is_said(tmp_path):
    one = both(tmp_path, plain(opt=pa.array(["adam", "sgd"] * 20)), minimized())
    found = one.translation()
    _, piece = one.pieces(found.names())[0]
    other = replaced(piece, "opt", pa.array(["adamw"] * len(piece)).dictionary_encode())
    with pytest.raises(TableError, match="column opt holds a word that it did not hold"):
        found.column(other, [h.name for h in found.hyperparameters].index("opt"))


def test_repeats_and_epochs_are_said_to_be_trials_of_their_own(tmp_path):
    whole = plain(seed=pa.array([1, 2] * 20), epoch=pa.array([1, 2, 3, 4] * 10))
    one = both(tmp_path, whole, minimized())
    (said,) = Translation.of(one.looked, one.source, one.seen).notices
    assert "seed, epoch" in said
    assert Translation.of(*_parts(both(tmp_path / "no", plain(), minimized()))).notices == ()


def _parts(one: Both) -> tuple[TrialTable, Source, Look]:
    return one.looked, one.source, one.seen


def test_it_can_travel(tmp_path):
    one = both(tmp_path, table(0, N))
    found = one.translation()
    again = copy.deepcopy(found)  # takes the way that a pickle takes
    for _, piece in one.pieces(found.names()):
        np.testing.assert_array_equal(found.loss(piece)[1], again.loss(piece)[1])
