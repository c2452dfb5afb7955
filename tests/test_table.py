"""TrialTable: which rows are trials, what stands in them, the loss, the space, and the books that balance."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import hpi
from hpi.errors import HpiError, SpaceError, TableError
from hpi.roles.choices import Choices, parse_space
from hpi.roles.vocabulary import ContextKind, Direction, Role
from hpi.space import Kind
from hpi.table import TrialTable, build
from tests.strategies import made_up, searches

N = 60


def search(n: int = N, /, **columns: object) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, n), "opt": rng.choice(["adam", "sgd"], n)})
    return frame.assign(**columns).assign(loss=rng.random(n))


def said(table: TrialTable, *words: str) -> None:
    assert any(all(word in notice for word in words) for notice in table.notices), table.notices


def silent(table: TrialTable, word: str) -> None:
    assert not any(word in notice for notice in table.notices), table.notices


def balanced(table: TrialTable) -> None:
    assert len(table.frame) == len(table.trials) + sum(n for _, n in table.excluded)
    assert len(table.n_repeats) == len(table.trials)


# ---------------------------------------------------------------- what a table is


def test_a_random_search_is_read_whole() -> None:
    frame = search()
    table = hpi.read(frame)
    assert table.metric == "loss"
    assert table.direction is Direction.MINIMIZE
    assert [h.name for h in table.hyperparameters] == ["lr", "opt"]
    assert list(table.trials.columns) == ["lr", "opt", "loss"]
    assert table.trials["loss"].tolist() == frame["loss"].tolist()
    assert table.trials.index.tolist() == list(range(N))
    assert table.n_repeats.tolist() == [1] * N
    assert table.unit is None
    assert table.excluded == ()
    assert table.design.loss.tolist() == sorted(frame["loss"])


def test_numbers_are_read_to_the_last_digit() -> None:
    text = [
        "0.1",
        "0.30000000000000004",
        "1e-320",
        "123456789.123456789",
        "2.2250738585072014e-308",
        "0.7253424657534246",
    ]
    frame = pd.DataFrame({"x": text, "loss": text[::-1]})
    assert hpi.read(frame.to_csv(index=False).encode()).trials["x"].tolist() == [float(cell) for cell in text]


def test_a_table_is_frozen() -> None:
    table = hpi.read(search())
    with pytest.raises(FrozenInstanceError):
        table.metric = "lr"  # type: ignore[misc]
    for array in (table.loss, table.n_repeats, table.design.x):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_maximize_turns_the_loss_round() -> None:
    frame = search()
    assert hpi.read(frame, direction="maximize").loss.tolist() == (-frame["loss"]).tolist()


def test_what_is_not_known_is_asked_for_by_name() -> None:
    frame = search().rename(columns={"loss": "value"})
    table = hpi.read(frame)
    assert (table.metric, table.direction) == ("value", None)
    with pytest.raises(TableError, match="high or a low value is good"):
        _ = table.loss
    bare = pd.DataFrame({"a": [1, 2, 3] * 5, "b": ["x", "y", "z"] * 5})
    with pytest.raises(TableError, match="The metric is not known"):
        _ = hpi.read(bare).design


def test_without_a_hyperparameter_there_is_no_design() -> None:
    with pytest.raises(TableError, match="No column is a hyperparameter"):
        _ = hpi.read(pd.DataFrame({"loss": [0.1, 0.2, 0.3], "accuracy": [0.3, 0.1, 0.7]})).design


@pytest.mark.parametrize(
    "frame", [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame({"a": [1, 2], "b": [1, 2]})[:1]]
)
def test_too_little_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(TableError, match="at least two rows"):
        build(frame, "table")


def test_twins_are_refused() -> None:
    with pytest.raises(TableError, match="'a' appears twice"):
        build(pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]), "table")


# ---------------------------------------------------------------- fingerprint and revision


def test_the_fingerprint_is_of_names_and_cells_alone() -> None:
    frame = search()
    table = hpi.read(frame, name="one")
    assert table.fingerprint == hpi.read(frame.to_csv(index=False).encode(), direction="maximize").fingerprint
    assert len(table.fingerprint) == 64
    other = frame.copy()
    other.loc[7, "lr"] = np.nextafter(other.loc[7, "lr"], 1)
    assert hpi.read(other).fingerprint != table.fingerprint
    assert hpi.read(frame.rename(columns={"lr": "rate"})).fingerprint != table.fingerprint
    assert hpi.read(frame[["opt", "lr", "loss"]]).fingerprint != table.fingerprint


def test_cells_that_run_together_differ() -> None:
    one, other = (pd.DataFrame({"a": cells, "loss": [1.0, 2.0]}) for cells in (["ab", "c"], ["a", "bc"]))
    assert hpi.read(one).fingerprint != hpi.read(other).fingerprint


def test_a_revision_is_what_reading_again_would_give() -> None:
    frame = search(seed=[*range(5)] * 12, accuracy=np.random.default_rng(5).random(N))
    table = hpi.read(frame)
    revised = table.revise(metric="loss", roles=(("opt", Role.LEFT_OUT),), repeats="keep")
    again = hpi.read(frame, metric="loss", roles={"opt": "left out"}, repeats="keep")
    assert revised.choices == again.choices
    assert revised.columns == again.columns
    assert revised.notices == again.notices
    assert revised.fingerprint == again.fingerprint == table.fingerprint
    pd.testing.assert_frame_equal(revised.trials, again.trials)
    assert table.choices == Choices()


def test_a_revision_keeps_what_the_reader_said() -> None:
    table = hpi.read("lr,modèle,loss\n1,a,1\n2,b,3\n3,a,2\n".encode("cp1252"))
    said(table.revise(direction=Direction.MAXIMIZE), "cp1252")


# ---------------------------------------------------------------- rows that do not count


def test_rows_without_a_finite_metric_are_left_out_and_counted() -> None:
    frame = search()
    frame["loss"] = frame["loss"].astype(object)
    frame.loc[[3, 8, 13, 20, 21], "loss"] = [None, "inf", "nan", "failed", "-inf"]
    for source in (frame, frame.to_csv(index=False).encode()):
        table = hpi.read(source)
        assert table.excluded == (("loss is text, as of a failed trial", 1), ("no finite value of loss", 4))
        assert 8 not in table.trials.index
        said(table, "loss holds text", "failed")
        balanced(table)


def test_numbers_beyond_a_double_are_not_finite() -> None:
    frame = search().astype(str)
    frame.loc[4, "loss"] = "1e400"
    table = hpi.read(frame)
    assert dict(table.excluded) == {"no finite value of loss": 1}
    said(table, "loss", "1 number beyond 1.8e308")


def test_what_a_double_cannot_hold_is_said() -> None:
    frame = search(tiny=["1e-400", "0.5", "0.25"] * 20, big=[2**53 + i for i in range(N)][::-1]).astype(str)
    frame["huge"] = [str(2**70 + i % 4) for i in range(N)]
    table = hpi.read(frame.to_csv(index=False).encode())
    said(table, "tiny: numbers below 5e-324")
    said(table, "big: integers beyond 9,007,199,254,740,992")
    said(table, "huge: integers beyond 2**63", "kept as text")
    assert table.trials["tiny"].min() == 0


def test_a_table_without_a_finite_metric_is_refused() -> None:
    with pytest.raises(TableError, match="no finite number"):
        hpi.read(search(accuracy=["failed"] * N), metric="accuracy")


def test_trials_that_did_not_end_well_are_left_out_by_reason() -> None:
    frame = search(state=["COMPLETE"] * 50 + ["PRUNED"] * 7 + ["FAIL"] * 3)
    table = hpi.read(frame)
    assert dict(table.excluded) == {"state is PRUNED": 7, "state is FAIL": 3}
    silent(table, "Attention")
    balanced(table)


def test_leaving_out_the_majority_is_said_loudly_and_can_be_undone() -> None:
    frame = search(state=["COMPLETE"] * 20 + ["PRUNED"] * 40)
    table = hpi.read(frame)
    assert len(table.trials) == 20
    said(table, "Attention", "20 of the 60", "the other 40")
    assert len(table.revise(roles=(("state", Role.CONTEXT),)).trials) == N


def test_where_nothing_ended_well_everything_is_kept_and_said() -> None:
    table = hpi.read(search(State=["failed"] * 40 + ["crashed"] * 20))
    assert len(table.trials) == N
    said(table, "State says of no trial", "all of them were kept")


@pytest.mark.parametrize(
    ("name", "done", "other"),
    [
        ("status", "FINISHED", "KILLED"), ("State", "finished", "crashed"), ("Status", "Succeeded", "EarlyStopped"),
        ("trial_status", "COMPLETED", "ABANDONED"), ("status", "SUCCESS", "TIMEOUT"),
        ("state", "TrialState.COMPLETE", "TrialState.PRUNED"), ("status", "StatusType.SUCCESS", "StatusType.CRASHED"),
        ("status", "TERMINATED", "ERROR"),
    ],
)  # fmt: skip
def test_words_for_an_end(name: str, done: object, other: object) -> None:
    table = hpi.read(search(**{name: [done] * 55 + [other] * 5}))
    assert dict(table.excluded) == {f"{name} is {other}": 5}


def test_the_state_of_hyperopt_is_two_when_done() -> None:
    frame = made_up(["tid", "result.loss", "misc.vals.lr", "misc.tid"]).assign(state=[2] * 57 + [1, 3, 3])
    assert dict(hpi.read(frame).excluded) == {"state is 3": 2, "state is 1": 1}


def test_a_state_that_is_a_hyperparameter_excludes_nobody() -> None:
    frame = search(state=["solid", "liquid", "gas"] * 20)
    assert len(hpi.read(frame).trials) == N
    assert "state" in [h.name for h in hpi.read(frame).hyperparameters]


def test_the_empty_row_of_a_parent_run_is_left_out() -> None:
    frame = made_up(["run_id", "status", "metrics.val_loss", "params.lr", "params.opt"]).astype(object)
    frame.loc[0, ["metrics.val_loss", "params.lr", "params.opt"]] = None
    frame["status"] = "FINISHED"
    assert dict(hpi.read(frame).excluded) == {"no finite value of metrics.val_loss": 1}


# ---------------------------------------------------------------- repeats


def repeated(n: int = 16, seeds: int = 10) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    configurations = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, n), "width": rng.integers(1, 9, n)})
    frame = configurations.loc[np.repeat(np.arange(n), seeds)].reset_index(drop=True)
    frame["seed"] = np.tile(np.arange(seeds), n)
    return frame.assign(score=rng.random(n * seeds), runtime=rng.random(n * seeds))


def test_seeds_are_averaged_to_one_row_a_configuration() -> None:
    frame = repeated().sample(frac=1, random_state=1).reset_index(drop=True)
    table = hpi.read(frame)
    assert len(table.trials) == 16
    assert table.n_repeats.tolist() == [10] * 16
    assert table.unit is None
    means = frame.groupby("lr")[["score", "runtime"]].mean()
    for column in ("score", "runtime"):
        assert table.trials.set_index("lr")[column].sort_index().to_numpy() == pytest.approx(means[column], abs=1e-15)
    assert table.trials["seed"].isna().all()
    first = frame.reset_index().groupby("lr")["index"].min()
    assert sorted(table.trials.index) == sorted(first)
    said(table, "160 rows are 16 configurations, averaged over seed")
    balanced(table)


def test_repeats_can_be_kept_as_units() -> None:
    frame = repeated()
    table = hpi.read(frame, repeats="keep")
    assert len(table.trials) == 160
    assert table.unit is not None
    assert pd.Series(table.unit).groupby(frame["lr"]).nunique().tolist() == [1] * 16
    assert len(np.unique(table.unit)) == 16
    assert sorted(np.bincount(table.design.unit)) == [10] * 16
    said(table, "all rows were kept", "one piece of evidence")
    balanced(table)


def test_draws_that_meet_by_chance_stay_independent() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.integers(0, 3, 200), "b": rng.choice(["x", "y"], 200), "loss": rng.random(200)})
    table = hpi.read(frame)
    assert len(table.trials) == 200
    assert table.unit is None


def test_only_configurations_under_different_seeds_are_joined() -> None:
    # configuration 1 under seeds 0 and 1; 2 twice under seed 0; 3 once
    frame = pd.DataFrame({"a": [1, 1, 2, 2, 3], "seed": [0, 1, 0, 0, 1], "loss": [0.5, 1.0, 3.0, 4.0, 5.0]})
    table = hpi.read(frame, repeats="average")
    assert table.trials["loss"].tolist() == [0.75, 3.0, 4.0, 5.0]
    assert table.n_repeats.tolist() == [2, 1, 1, 1]


def small_space(seed: object, n: int = 200, /, random: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(random)
    frame = pd.DataFrame({"a": rng.integers(1, 4, n), "b": rng.choice(["x", "y"], n)})
    return frame.assign(seed=seed, loss=rng.random(n))


@pytest.mark.parametrize("random", range(5))
@pytest.mark.parametrize(
    "seed",
    [np.arange(200), np.random.default_rng(7).integers(0, 2**31, 200), np.random.default_rng(7).integers(0, 3, 200),
     np.random.default_rng(7).integers(0, 1000, 200), np.random.default_rng(7).integers(0, 100, 200)],
    ids=["counted", "drawn", "of three", "of a thousand", "of a hundred"],
)  # fmt: skip
def test_a_seed_of_every_trial_in_a_small_space_makes_no_repeats(seed: object, random: int) -> None:
    table = hpi.read(small_space(seed, random=random))
    assert len(table.trials) == 200
    assert table.unit is None
    assert table.excluded == ()
    assert [column.name for column in table.columns if column.context is ContextKind.REPEAT] == ["seed"]
    said(table, "200 rows are 6 different configurations", "seed", "200 independent trials", "--repeats average")


def test_the_rows_of_a_small_space_can_be_averaged_or_kept() -> None:
    frame = small_space(np.arange(200))
    table = hpi.read(frame, repeats="average")
    assert sorted(table.trials["loss"]) == pytest.approx(sorted(frame.groupby(["a", "b"])["loss"].mean()), abs=1e-15)
    said(table, "200 rows are 6 configurations, averaged over seed")
    assert len(np.unique(hpi.read(frame, repeats="keep").unit)) == 6


def replicates(seeds: list[list[int]], shift: int = 0, /) -> pd.DataFrame:
    """A grid of discrete values: configuration i was run with seeds[i], `shift` more a configuration."""
    rng = np.random.default_rng(0)
    rows = [
        {"a": i % 4, "b": "uvwxyz"[i // 4], "seed": seed + shift * i, "loss": rng.random()}
        for i, chosen in enumerate(seeds)
        for seed in chosen
    ]
    return pd.DataFrame(rows).sample(frac=1, random_state=0).reset_index(drop=True)


@pytest.mark.parametrize("shift", [0, 10], ids=["the same seeds", "a seed of its own for every row"])
@pytest.mark.parametrize(
    "seeds",
    [
        [[*range(10)]] * 16,
        [[*range(8 + i % 3)] for i in range(16)],
        [[*range(5)]] * 24,
        [[*range(2)]] * 16,
        [[*range(10)]] * 4,
    ],
    ids=["ten", "eight to ten", "five", "two", "few configurations"],
)
def test_planned_repeats_in_a_small_space_are_averaged(seeds: list[list[int]], shift: int) -> None:
    table = hpi.read(replicates(seeds, shift))
    assert len(table.trials) == len(seeds)
    assert sorted(table.n_repeats) == sorted(map(len, seeds))
    said(table, f"{len(seeds)} configurations, averaged over seed")


def test_uneven_numbers_of_the_same_seeds_were_planned() -> None:
    assert len(hpi.read(replicates([[*range(3 + 7 * (i % 2))] for i in range(16)])).trials) == 16


def test_repeats_of_a_continuous_hyperparameter_are_averaged_however_many_there_are() -> None:
    rng = np.random.default_rng(0)
    n_seeds = rng.integers(1, 12, 16)
    frame = pd.DataFrame({"lr": np.repeat(rng.random(16), n_seeds), "b": np.repeat(rng.integers(0, 2, 16), n_seeds)})
    frame = frame.assign(seed=np.arange(len(frame)), loss=rng.random(len(frame)))
    assert len(hpi.read(frame).trials) == 16


def test_repeats_that_chance_cannot_explain_are_averaged_without_a_column_that_tells() -> None:
    table = hpi.read(
        repeated().drop(columns="seed").assign(momentum=np.repeat(np.random.default_rng(1).random(16), 10))
    )
    assert len(table.trials) == 16
    said(table, "160 rows are 16 configurations")


def test_a_value_of_a_continuum_that_comes_back_is_no_new_evidence() -> None:
    rng = np.random.default_rng(0)
    lr = rng.random(30)
    frame = pd.DataFrame({"lr": np.r_[lr, lr[:4]], "opt": rng.choice(["adam", "sgd"], 30)[np.r_[:30, :4]]})
    frame = frame.assign(loss=rng.random(34))
    table = hpi.read(frame)
    assert len(table.trials) == 30
    assert table.trials["loss"].tolist()[:4] == [(frame["loss"][i] + frame["loss"][30 + i]) / 2 for i in range(4)]
    said(table, "34 rows are 30 configurations, averaged over rows that no column tells apart, 1 to 2 rows each")
    assert len(np.unique(hpi.read(frame, repeats="keep").unit)) == 30


def test_a_seed_of_its_own_for_every_trial_averages_nothing() -> None:
    table = hpi.read(search(seed=np.random.default_rng(0).permutation(1000)[:N]))
    assert len(table.trials) == N
    assert table.trials["seed"].notna().all()


def test_folds_and_seeds_are_averaged_together() -> None:
    frame = repeated(8, 6).drop(columns="seed").assign(seed=[0, 0, 0, 1, 1, 1] * 8, fold=[0, 1, 2] * 16)
    table = hpi.read(frame)
    assert len(table.trials) == 8
    said(table, "averaged over seed and fold")


def test_a_failed_seed_is_left_out_before_the_mean() -> None:
    frame = repeated(8, 4)
    frame.loc[0, "score"] = np.nan
    table = hpi.read(frame)
    assert table.n_repeats.tolist() == [3, *[4] * 7]
    assert table.trials["score"].iloc[0] == pytest.approx(frame["score"][1:4].mean())
    assert dict(table.excluded) == {"no finite value of score": 1, "averaged with another row of its configuration": 23}


# ---------------------------------------------------------------- fidelity


def curves() -> pd.DataFrame:
    """Twelve configurations, trained for 1 to 6 epochs, the loss falling by the epoch."""
    rng = np.random.default_rng(0)
    rows = []
    for i, (lr, width) in enumerate(zip(rng.random(12), rng.permutation(12), strict=True)):
        rows += [{"lr": lr, "width": width, "epoch": epoch, "loss": i + 1 / epoch} for epoch in range(1, 2 + i % 6)]
    return pd.DataFrame(rows)


def test_a_trial_counts_with_its_best_epoch() -> None:
    frame = curves()
    table = hpi.read(frame)
    assert table.trials["epoch"].tolist() == [1 + i % 6 for i in range(12)]
    assert table.trials["loss"].tolist() == [i + 1 / (1 + i % 6) for i in range(12)]
    said(table, "42 rows are 12 trials with up to 6 epochs", "best epoch by loss", "--reduce last")
    assert dict(table.excluded) == {"another epoch of the same trial": len(frame) - 12}
    assert table.curves == "epoch"
    balanced(table)


def test_runs_of_a_small_discrete_space_are_told_apart_by_their_key() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"run_id": np.repeat(np.arange(50), 3), "a": np.repeat(rng.integers(0, 2, 50), 3)})
    frame = frame.assign(b=np.repeat(rng.integers(0, 3, 50), 3), epoch=[1, 2, 3] * 50, loss=rng.random(150))
    best = hpi.read(frame)
    assert sorted(best.trials["loss"]) == sorted(frame.groupby("run_id")["loss"].min())
    table = hpi.read(frame, reduce="last")
    assert len(table.trials) == 50
    assert table.trials["epoch"].tolist() == [3] * 50


def test_seeds_at_the_largest_epoch_are_averaged() -> None:
    frame = repeated(6, 4).assign(epoch=[1, 1, 3, 3] * 6, seed=[0, 1, 0, 1] * 6)
    table = hpi.read(frame)
    assert len(table.trials) == 6
    assert table.n_repeats.tolist() == [2] * 6
    assert table.trials["score"].iloc[0] == pytest.approx(frame["score"][2:4].mean())


def test_a_fidelity_that_never_comes_back_changes_nothing() -> None:
    table = hpi.read(search(epoch=np.random.default_rng(0).integers(1, 50, N)))
    assert len(table.trials) == N
    assert table.columns[2].context is ContextKind.FIDELITY


# ---------------------------------------------------------------- tasks


def tasks() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": np.tile(rng.random(20), 3), "width": np.tile(rng.integers(1, 9, 20), 3)})
    frame["dataset"] = np.repeat(["iris", "wine", "digits"], 20)
    return frame.assign(error=rng.random(60) * np.repeat([1, 1e3, 1e6], 20))


def test_tasks_are_compared_by_rank_within_each() -> None:
    frame = tasks()
    table = hpi.read(frame)
    for name in ("iris", "wine", "digits"):
        assert sorted(table.loss[frame["dataset"] == name]) == pytest.approx(np.arange(1, 21) / 20)
    said(table, "3 tasks", "rank within the task")
    assert table.unit is not None
    assert len(np.unique(table.unit)) == 20


def test_equal_losses_share_the_mean_rank() -> None:
    frame = pd.DataFrame({"x": [1, 2, 3, 4, 5, 6], "task": list("aaaabb"), "loss": [1.0, 2.0, 2.0, 5.0, 9.0, 9.0]})
    # ranks 1, 2.5, 2.5, 4 of 4 and 1.5, 1.5 of 2
    assert hpi.read(frame).loss.tolist() == [0.25, 0.625, 0.625, 1.0, 0.75, 0.75]


def test_one_task_can_be_chosen() -> None:
    frame = tasks()
    table = hpi.read(frame, task="wine")
    assert table.loss.tolist() == frame["error"][20:40].tolist()
    assert dict(table.excluded) == {"another task": 40}
    assert table.unit is None
    silent(table, "tasks")
    with pytest.raises(TableError, match="no task 'rose'; the table has digits, iris, wine"):
        hpi.read(frame, task="rose")
    with pytest.raises(TableError, match="no column that tells tasks apart"):
        hpi.read(search(), task="wine")


def test_seeds_are_averaged_within_a_task() -> None:
    frame = pd.concat([repeated(5, 3).assign(task=name) for name in ("a", "b")], ignore_index=True)
    table = hpi.read(frame)
    assert len(table.trials) == 10
    assert table.trials["task"].tolist() == ["a"] * 5 + ["b"] * 5


# ---------------------------------------------------------------- empty cells


def test_a_gap_that_a_column_explains_is_a_condition() -> None:
    frame = search()
    frame["momentum"] = np.where(frame["opt"] == "sgd", np.linspace(0, 1, N) ** 2, np.nan)
    frame["depth"] = np.random.default_rng(1).integers(1, 5, N)
    frame["width3"] = np.where(frame["depth"] >= 3, np.random.default_rng(2).integers(8, 64, N), np.nan)
    frame["cut"] = np.where(frame["lr"] < 1e-3, np.random.default_rng(3).random(N), np.nan)
    table = hpi.read(frame)
    silent(table, "no other column explains")
    assert np.isnan(table.trials["momentum"]).sum() == (frame["opt"] == "adam").sum()
    assert np.isnan(table.design.x).any()


def test_a_gap_that_nothing_explains_is_said() -> None:
    hole = np.random.default_rng(9).random(N) < 0.3
    frame = search(momentum=np.where(hole, np.nan, np.linspace(0, 1, N) ** 2))
    said(hpi.read(frame), f"momentum is empty in {hole.sum()} of {N} trials", "no other column explains")


def test_columns_that_are_empty_together_do_not_explain_each_other() -> None:
    hole = np.random.default_rng(9).random(N) < 0.3
    rng = np.random.default_rng(1)
    table = hpi.read(search(a=np.where(hole, np.nan, rng.random(N)), b=np.where(hole, np.nan, rng.random(N))))
    said(table, "a is empty")
    said(table, "b is empty")


def test_a_column_of_different_values_explains_nothing() -> None:
    hole = np.random.default_rng(9).random(N) < 0.5
    frame = search(
        width=np.random.default_rng(1).permutation(N), drop=np.where(hole, np.nan, np.linspace(0, 1, N) ** 2)
    )
    said(hpi.read(frame), "drop is empty")


# ---------------------------------------------------------------- words among numbers


def test_null_words_of_a_category_are_levels() -> None:
    table = hpi.read(search(norm=["None", "NA", "null", "nan", "batch"] * 12).to_csv(index=False).encode())
    norm = next(h for h in table.hyperparameters if h.name == "norm")
    assert norm.levels == ("NA", "None", "batch", "nan", "null")
    assert table.trials["norm"].notna().all()


def test_none_among_few_numbers_is_a_level_and_among_many_is_inactive() -> None:
    few = hpi.read(search(max_depth=["None", "5", "10", "20"] * 15))
    assert next(h for h in few.hyperparameters if h.name == "max_depth").levels == ("5", "10", "20", "None")
    said(few, "max_depth", "15 of 60 cells without a number (None)", "labels")
    many = hpi.read(search(gamma=[*(f"{i / 7}" for i in range(45)), *["None"] * 15]))
    assert np.isnan(many.trials["gamma"]).sum() == 15
    said(many, "gamma", "15 cells without a number (None)", "not active")


def test_one_is_not_a_plural() -> None:
    table = hpi.read(search(decay=[*np.linspace(0.1, 0.9, N - 2), np.inf, "None"], accuracy=[*range(N - 1), "failed"]))
    said(table, "accuracy holds text in 1 row (failed)")
    assert not [notice for notice in table.notices if re.search(r"\b1 (rows|cells|trials|numbers)\b", notice)]
    with pytest.raises(TableError, match="1 row and 2 columns"):
        hpi.read(search()[["lr", "loss"]][:1])


def test_infinite_cells_are_inactive() -> None:
    table = hpi.read(search(decay=[*np.linspace(0, 1, N - 2), np.inf, -np.inf]))
    assert np.isnan(table.trials["decay"]).sum() == 2
    said(table, "decay", "2 infinite cells")


def test_one_flag_in_three_spellings_has_two_levels() -> None:
    table = hpi.read(search(bias=["True", "true", "FALSE", "False"] * 15))
    assert next(h for h in table.hyperparameters if h.name == "bias").levels == ("False", "True")
    assert set(table.trials["bias"]) == {"False", "True"}


# ---------------------------------------------------------------- the declared space


LR = {"kind": "float", "low": 1e-5, "high": 0.1, "log": True}


def test_a_declared_space_gives_bounds_levels_and_order() -> None:
    frame = search(size=["s", "m", "l"] * 20, on=[0, 1] * 30, depth=[1, 2, 3, 4] * 15)
    space = {
        "lr": LR,
        "size": {"kind": "ordinal", "levels": ["s", "m", "l", "xl"]},
        "on": {"kind": "bool"},
        "depth": {"kind": "category", "levels": [4, 3, 2, 1.0, 0]},
    }
    found = {h.name: h for h in hpi.read(frame, space=space).hyperparameters}
    assert (found["lr"].low, found["lr"].high, found["lr"].log, found["lr"].declared) == (1e-5, 0.1, True, True)
    assert (found["size"].kind, found["size"].levels) == (Kind.ORDINAL, ("s", "m", "l", "xl"))
    assert (found["on"].kind, found["on"].levels) == (Kind.BOOL, ("0", "1"))
    assert found["depth"].levels == ("4", "3", "2", "1", "0")
    assert not found["opt"].declared
    said(hpi.read(frame, space=space), "Levels of opt are those observed")
    silent(hpi.read(search(), space={"lr": LR, "opt": {"kind": "category", "levels": ["adam", "sgd"]}}), "observed")


@pytest.mark.parametrize(
    ("cells", "levels", "wanted"),
    [
        (["True", "False"], ["false", "true"], ("false", "true")),
        ([0, 1], [False, True], ("False", "True")),
        ([True, False], [0, 1], ("0", "1")),
        (["yes", "no"], ["True", "False"], ("True", "False")),
        (["on", "off"], ["off", "on"], ("off", "on")),
    ],
)
def test_a_declared_bool_fits_by_what_it_says(cells: list[object], levels: list[object], wanted: tuple[str]) -> None:
    frame = search(flag=cells * 30)
    table = hpi.read(frame, space={"flag": {"kind": "bool", "levels": levels}})
    assert next(h for h in table.hyperparameters if h.name == "flag").levels == wanted
    true = next(label for label in wanted if label.lower() in ("true", "1", "on"))
    yes = np.array([str(cell).lower() in ("true", "1", "yes", "on") for cell in frame["flag"]])
    assert ((table.trials["flag"] == true).to_numpy() == yes).all()


def test_a_declared_bool_of_other_words_does_not_fit() -> None:
    with pytest.raises(SpaceError, match="the level 'a', which is not declared"):
        hpi.read(search(flag=["a", "b"] * 30), space={"flag": {"kind": "bool", "levels": [False, True]}})


@pytest.mark.parametrize("as_text", [False, True])
def test_commas_between_thousands_are_read_where_they_can_be_nothing_else(as_text: bool) -> None:
    rng = np.random.default_rng(0)
    reward, width = rng.uniform(-5e6, 5e6, N), rng.integers(1, 5e6, N)
    frame = search().drop(columns="loss").assign(
        width=[f"{x:,}" for x in width], reward=[f"{x:,.1f}" for x in reward]
    )  # fmt: skip
    table = hpi.read(frame.to_csv(index=False).encode() if as_text else frame)
    assert table.metric == "reward"
    assert table.trials["reward"].tolist() == [round(x, 1) for x in reward]
    assert table.trials["width"].tolist() == width.tolist()
    said(table, "reward", "separators of thousands")
    said(table, "width", "separators of thousands")


def test_words_for_no_number_stand_among_thousands() -> None:
    frame = search().drop(columns="loss").assign(reward=[f"{1000.5 + i**2:,}" for i in range(N - 1)] + ["nan"])
    assert len(hpi.read(frame).trials) == N - 1


def test_commas_that_may_be_decimal_are_named_in_notice_and_error() -> None:
    frame = search().drop(columns="loss").assign(reward=[f"{1 + i % 9},{100 + i}" for i in range(N)], lr=1)
    frame["width"] = ["8", "16", "1,024"] * 20
    table = hpi.read(frame)
    said(table, "width holds numbers with commas (such as 1,024)", "kept as text")
    with pytest.raises(TableError, match=r"The metric is not known.*reward holds numbers with commas.*1,100"):
        _ = table.loss
    with pytest.raises(TableError, match=r"no finite number.*reward holds numbers with commas"):
        hpi.read(frame, metric="reward")
    assert hpi.read(frame.assign(width=["0,123", "1,024", "2,000.5"] * 20)).hyperparameters[-1].kind is Kind.CATEGORY


def test_what_half_a_declaration_leaves_open_is_observed_and_said() -> None:
    frame = search(width=np.random.default_rng(1).integers(1, 9, N))
    space = {"lr": {"kind": "float"}, "opt": {"kind": "category"}, "width": {"kind": "int", "low": 1}}
    table = hpi.read(frame, space=space)
    found = {h.name: h for h in table.hyperparameters}
    assert (found["lr"].low, found["lr"].high) == (frame["lr"].min(), frame["lr"].max())
    # 10 ** uniform(-5, -1) spans over three decades, as a bare table would have it
    assert (found["lr"].log, hpi.read(frame).hyperparameters[0].log) == (True, True)
    said(table, "Bounds of lr are those observed")
    said(table, "Levels of opt are those observed")
    said(table, "The upper bound of width is the one observed")
    said(table, "scale of lr was not declared", "logarithmic")
    upper = hpi.read(frame, space={"width": {"kind": "int", "high": 20}})
    said(upper, "The lower bound of width is the one observed")
    silent(upper, "upper")


@pytest.mark.parametrize(
    ("declared", "log"),
    [({}, True), ({"log": False}, False), ({"log": True}, True), ({"low": 0}, False), ({"low": 1e-6}, True)],
)
def test_a_scale_that_is_not_declared_is_inferred(declared: dict[str, Any], log: bool) -> None:
    table = hpi.read(search(), space={"lr": {"kind": "float", **declared}})
    assert table.hyperparameters[0].log is log
    assert any("scale of lr" in notice for notice in table.notices) is (log and "log" not in declared)


def test_a_metric_that_is_the_last_column_only_is_said() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"zorp": rng.random(N), "opt": rng.choice(["a", "b"], N), "blub": rng.random(N)})
    table = hpi.read(frame)
    assert table.metric == "blub"
    said(table, "No column looks like an outcome", "blub", "--metric")
    silent(hpi.read(frame, metric="blub"), "No column looks")
    silent(hpi.read(search()), "No column looks")


@pytest.mark.parametrize(
    "name", ["lr", "learning_rate", "dropout", "batch_size", "depth", "max_depth", "weight_decay", "momentum", "gamma"]
)
def test_a_well_known_hyperparameter_is_no_metric_by_its_place(name: str) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"zorp": rng.random(N), "opt": rng.choice(["a", "b"], N), name: rng.random(N)})
    table = hpi.read(frame)
    assert table.metric is None
    assert name in [h.name for h in table.hyperparameters]
    with pytest.raises(TableError, match="The metric is not known: no column looks like an outcome"):
        _ = table.loss


def test_a_value_may_stick_out_by_rounding() -> None:
    frame = search()
    frame.loc[0, "lr"] = 0.1 + 1e-9
    assert hpi.read(frame, space={"lr": LR}).hyperparameters[0].high == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({"lrr": LR}, "no column 'lrr'; the table has lr"),
        ({"lr": {**LR, "scale": 1}}, "unknown key 'scale'; allowed are kind, low, high, log, levels"),
        ({"lr": {"low": 0}}, "the kind is None; allowed are float, int, ordinal, category, bool"),
        ({"lr": {**LR, "kind": "real"}}, "the kind is 'real'"),
        ({"lr": {**LR, "low": 0.2}}, "low must be below high"),
        ({"lr": {**LR, "low": 0}}, "log scale needs positive"),
        ({"lr": {**LR, "high": 1e-3}}, "high is declared as 0.001, but the table has"),
        ({"lr": {**LR, "low": "a"}}, "low is 'a'; it must be a finite number"),
        ({"lr": {**LR, "low": True}}, "low is True"),
        ({"lr": {**LR, "high": 10**400}}, "must be a finite number"),
        ({"lr": {**LR, "log": "yes"}}, "log is 'yes'; it must be true or false"),
        ({"lr": {**LR, "kind": "int"}}, "declared as int, but the table has"),
        ({"lr": {"kind": "float", "levels": [1, 2]}}, "low and high, not levels"),
        ({"opt": {"kind": "category", "levels": ["adam"]}}, "the level 'sgd', which is not declared"),
        ({"lr": {"kind": "float", "low": 1e-3, "high": 1e-3}}, "low is declared as 0.001, but the table has"),
        ({"opt": {"kind": "category", "levels": ["adam", "sgd", "adam"]}}, "the level 'adam' is given twice"),
        ({"opt": {"kind": "category", "levels": ["adam", "adam"]}}, "the level 'adam' is given twice"),
        ({"opt": {"kind": "category", "levels": ["adam", "rmsprop"]}}, "the level 'sgd', which is not declared"),
        ({"opt": {"kind": "category", "levels": "adam"}}, "levels is 'adam'; it must be a list"),
        ({"opt": {"kind": "ordinal"}}, "an ordinal needs its levels"),
        ({"opt": {"kind": "category", "low": 1}}, "a category has levels, not low"),
        ({"opt": {"kind": "float"}}, "declared as float, but no cell is a number"),
        ({"opt": "adam"}, "declared as 'adam'; it must be an object"),
        ({"loss": {"kind": "float"}}, "declared as a hyperparameter and chosen as the metric"),
    ],
)  # fmt: skip
def test_a_space_that_contradicts_itself_or_the_table_is_refused(space: dict[str, Any], words: str) -> None:
    with pytest.raises(SpaceError, match=words):
        hpi.read(search(), metric="loss", space=space)


@pytest.mark.parametrize(
    ("cells", "declared"),
    [
        ([1e-4] * 60, {"kind": "float", "low": 1e-4, "high": 1e-4}),
        ([1e-4] * 60, {"kind": "float", "low": 1e-4, "high": 1e-4, "log": True}),
        ([8] * 60, {"kind": "int", "low": 8, "high": 8}),
        ([8] * 60, {"kind": "int", "low": 1, "high": 64}),
        (["adamw"] * 60, {"kind": "category", "levels": ["adamw"]}),
        ([False] * 60, {"kind": "bool", "levels": [False]}),
        ([2] * 60, {"kind": "ordinal", "levels": [2]}),
    ],
)
def test_a_declared_constant_takes_no_part(cells: list[object], declared: dict[str, Any]) -> None:
    table = hpi.read(search(fixed=cells), space={"fixed": declared})
    assert [h.name for h in table.hyperparameters] == ["lr", "opt"]
    said(table, "fixed has one value in all trials and takes no part.")


@pytest.mark.parametrize(
    ("cells", "declared", "words"),
    [
        ([1e-3] * 60, {"kind": "float", "low": 1e-4, "high": 1e-4}, "high is declared as 0.0001, but the table has"),
        ([0.5] * 60, {"kind": "int", "low": 0, "high": 1}, "declared as int, but the table has 0.5"),
        (["sgd"] * 60, {"kind": "category", "levels": ["adamw"]}, "the level 'sgd', which is not declared"),
        ([0.0] * 60, {"kind": "float", "low": 0.0, "high": 0.0, "log": True}, "log scale needs positive"),
    ],
)
def test_a_constant_that_is_not_the_declared_one_is_refused(
    cells: list[object], declared: dict[str, Any], words: str
) -> None:
    with pytest.raises(SpaceError, match=words):
        hpi.read(search(fixed=cells), space={"fixed": declared})


def test_constant_hyperparameters_are_said_in_one_sentence_and_other_constants_are_not() -> None:
    frame = search(width=8, act="relu", seed=3, runtime=1.5, hollow=None, host="box", state=["COMPLETE"] * 60)
    table = hpi.read(frame)
    said(table, "width, act have one value in all trials and take no part.")
    for name in ("seed", "runtime", "hollow", "host", "state"):
        silent(table, name)
    silent(hpi.read(search()), "no part")
    assert "width, act have one value in all trials and take no part." in hpi.importance(table).warnings
    silent(table.revise(roles=(("width", Role.LEFT_OUT), ("act", Role.LEFT_OUT))), "no part")


def test_a_hyperparameter_that_is_empty_is_said_where_it_is_known_to_be_one() -> None:
    declared = hpi.read(search(momentum=None), space={"momentum": {"kind": "float", "low": 0, "high": 1}})
    said(declared, "momentum is empty in all trials and takes no part.")
    marked = search().rename(columns={"lr": "params_lr", "opt": "params_opt", "loss": "value"})
    said(hpi.read(marked.assign(params_momentum=None), direction="minimize"), "params_momentum is empty in all trials")
    partly = hpi.read(search(momentum=[0.9] * 30 + [None] * 30))
    said(partly, "momentum has one value wherever it is not empty and takes no part.")


def test_a_bool_of_three_levels_is_refused() -> None:
    with pytest.raises(SpaceError, match="a bool has two levels, not 3"):
        hpi.read(search(k=[1, 2, 3] * 20), space={"k": {"kind": "bool"}})


def test_a_space_that_is_no_object_is_refused() -> None:
    with pytest.raises(SpaceError, match="must be an object"):
        parse_space([1, 2])  # type: ignore[arg-type]


def test_choices_are_hashable() -> None:
    table = hpi.read(search(), space={"lr": LR}, roles={"opt": "left out"})
    assert hash(table.choices) == hash(Choices(roles=(("opt", Role.LEFT_OUT),), space=parse_space({"lr": LR})))


@pytest.mark.parametrize(
    "options", [{"direction": "up"}, {"roles": {"lr": "parameter"}}, {"repeats": "drop"}, {"metric": "nope"}]
)
def test_an_option_that_does_not_exist_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(TableError):
        hpi.read(search(), **options)


def test_a_hyperparameter_that_varies_in_left_out_rows_only_is_left_out() -> None:
    frame = search(state=["COMPLETE"] * 50 + ["FAIL"] * 10, width=[8] * 50 + list(range(10)))
    column = next(column for column in hpi.read(frame).columns if column.name == "width")
    assert (column.role, column.reason) == (Role.LEFT_OUT, "constant in every trial that counts")
    said(hpi.read(frame), "width has one value in all trials and takes no part.")


def test_a_hyperparameter_that_only_failed_trials_have_is_left_out() -> None:
    frame = search(state=["FAIL"] * 10 + ["COMPLETE"] * 50, momentum=[*np.linspace(0, 0.9, 10), *[None] * 50])
    for space in (None, {"momentum": {"kind": "float", "low": 0, "high": 1}}):
        table = hpi.read(frame, space=space)
        assert [h.name for h in table.hyperparameters] == ["lr", "opt"]
        assert len(table.trials) == 50


# ---------------------------------------------------------------- the real tables


@pytest.mark.parametrize(
    ("name", "n", "excluded"),
    [
        ("aaa_random3000", 3000, {}),
        ("hiplot_ml1", 356, {"another epoch of the same trial": 6612}),
        ("optuna_a2c_cartpole", 14, {"state is PRUNED": 28}),
        ("arl_cc_cartpole_dqn_final", 256, {"averaged with another row of its configuration": 2304}),
        ("quantile_DeepAR", 2510, {}),
    ],
)
def test_the_real_tables(shared: Path, name: str, n: int, excluded: dict[str, int]) -> None:
    table = hpi.read(shared / "tables" / f"{name}.csv")
    assert len(table.trials) == n
    assert dict(table.excluded) == excluded
    silent(table, "no other column explains")
    balanced(table)


def test_the_real_table_of_successive_halving(shared: Path) -> None:
    # 1,204 different configurations, of which one never had a loss; counted by hand with sort and uniq
    table = hpi.read(shared / "tables" / "bohb_conditional_run3.csv")
    assert len(table.trials) == 1203
    assert dict(table.excluded)["no finite value of loss"] == 4
    silent(table, "no other column explains")
    balanced(table)


def test_the_epochs_of_hiplot_are_the_last_of_each_chain(shared: Path) -> None:
    table = hpi.read(shared / "tables" / "hiplot_ml1.csv", reduce="last")
    raw = pd.read_csv(shared / "tables" / "hiplot_ml1.csv")
    last = raw[~raw["uid"].isin(raw["from_uid"])]
    assert sorted(table.trials["valid ppl"]) == sorted(last["valid ppl"])


# ---------------------------------------------------------------- whatever comes


@given(searches())
def test_the_books_balance(frame: pd.DataFrame) -> None:
    table = hpi.read(frame)
    balanced(table)
    assert np.isfinite(table.trials[table.metric]).all()
    assert table.trials.index.is_monotonic_increasing
    assert int(table.n_repeats.sum()) <= len(frame)


@given(searches())
def test_flipping_the_metric_with_its_direction_changes_nothing(frame: pd.DataFrame) -> None:
    one = hpi.read(frame, metric="val_loss", direction="minimize")
    other = hpi.read(frame.assign(val_loss=-frame["val_loss"]), metric="val_loss", direction="maximize")
    assume(one.hyperparameters)
    assert one.columns[0].role == other.columns[0].role
    assert np.array_equal(one.design.x, other.design.x, equal_nan=True)
    assert np.array_equal(one.design.loss, other.design.loss)
    assert np.array_equal(one.design.row, other.design.row)
    assert (one.excluded, one.notices) == (other.excluded, other.notices)


@given(searches(), st.randoms(use_true_random=False))
def test_permuting_rows_changes_no_trial(frame: pd.DataFrame, random: Any) -> None:
    order = list(range(len(frame)))
    random.shuffle(order)
    one, other = hpi.read(frame), hpi.read(frame.iloc[order])
    assert dict(one.excluded) == dict(other.excluded)
    assert sorted(one.loss) == pytest.approx(sorted(other.loss))


@given(searches())
def test_the_text_and_the_frame_are_one_table(frame: pd.DataFrame) -> None:
    one, other = hpi.read(frame), hpi.read(frame.to_csv(index=False).encode())
    assert one.fingerprint == other.fingerprint
    assert one.columns == other.columns
    pd.testing.assert_frame_equal(one.trials, other.trials)


@given(
    searches(),
    st.sampled_from(["auto", "average", "keep"]),
    st.sampled_from(["best", "last"]),
    st.sampled_from([None, "x", "y"]),
    st.booleans(),
)
def test_every_setting_gives_a_table_or_a_refusal(
    frame: pd.DataFrame, repeats: str, reduce: str, task: str | None, is_ranked: bool
) -> None:
    rank = {"val_loss": "minimize", "runtime": "maximize"} if is_ranked and "runtime" in frame else None
    try:
        table = hpi.read(frame, repeats=repeats, reduce=reduce, task=task, rank=rank)
    except HpiError:
        assert task is not None
        return
    assert table.metric == ("val_loss" if rank is None else "rank of val_loss and runtime")
    balanced(table)
    assert table.unit is None or len(table.unit) == len(table.trials)


def test_each_row_may_be_a_trial_of_its_own():
    """Neither seeds nor epochs join rows, and none counts as part of another's evidence."""
    frame = pd.DataFrame(
        {
            "lr": [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4],
            "seed": [0, 1] * 4,
            "epoch": [1, 2] * 4,
            "loss": [0.5, 0.4, 0.7, 0.6, 0.3, 0.2, 0.9, np.nan],
        }
    )
    table = hpi.read(frame, metric="loss", direction="minimize", repeats="each")
    assert table.trials["loss"].tolist() == [0.5, 0.4, 0.7, 0.6, 0.3, 0.2, 0.9]
    assert table.unit is None
    assert table.n_repeats.tolist() == [1] * 7
    assert len(hpi.read(frame, metric="loss", direction="minimize").trials) == 4
