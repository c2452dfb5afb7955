"""The non-dominated rank: its fronts against the definition, and what a table makes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import hpi
from hpi.errors import HpiError, TableError
from hpi.roles import Direction, Role
from hpi.roles.choices import Choices
from hpi.space import Floats, Integers
from hpi.table import TrialTable
from hpi.table.fronts import fronts

N = 80


def by_definition(losses: Floats) -> Integers:
    """Deb et al. 2002: front 1 is what nothing dominates; take it away, and front 2 is what nothing dominates then."""
    no_worse = (losses[:, None, :] <= losses[None, :, :]).all(axis=2)
    better = (losses[:, None, :] < losses[None, :, :]).any(axis=2)
    dominates = no_worse & better
    front, left = np.zeros(len(losses), dtype=np.int64), np.ones(len(losses), dtype=bool)
    while left.any():
        best = left & ~dominates[left].any(axis=0)
        front[best] = front.max() + 1
        left &= ~best
    return front


def search(**columns: object) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, N), "opt": rng.choice(["adam", "sgd"], N)})
    return frame.assign(**columns).assign(loss=rng.random(N), runtime=rng.random(N), accuracy=rng.random(N))


def said(table: TrialTable, *words: str) -> None:
    assert any(all(word in notice for word in words) for notice in table.notices), table.notices


# ---------------------------------------------------------------- the fronts


def test_a_case_by_hand() -> None:
    #   a and b are not dominated; c is worse than a in both; d is c again; e is dominated by c and d; f by b alone
    losses = np.array([[1.0, 5.0], [4.0, 1.0], [2.0, 6.0], [2.0, 6.0], [3.0, 6.0], [4.0, 2.0]])
    assert fronts(losses).tolist() == [1, 1, 2, 2, 3, 2]


def test_a_case_of_three_by_hand() -> None:
    losses = np.array(
        [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0], [-0.0, 1, 1]]
    )
    assert fronts(losses).tolist() == [1, 1, 1, 2, 3, 2]


def test_a_chain_is_its_order_and_a_slope_is_one_front() -> None:
    up = np.arange(50.0)
    for size in (2, 3):
        assert fronts(np.column_stack([up] * size)).tolist() == list(range(1, 51))
        assert set(fronts(np.column_stack([up, *[-up] * (size - 1)])).tolist()) == {1}


@given(
    st.integers(2, 3).flatmap(
        lambda size: st.integers(1, 40).flatmap(
            lambda n: arrays(
                float,
                (n, size),
                elements=st.one_of(st.integers(-3, 3).map(float), st.floats(allow_nan=False, allow_infinity=False)),
            )
        )
    )
)
def test_the_fronts_are_those_of_the_definition(losses: Floats) -> None:
    assert fronts(losses).tolist() == by_definition(losses).tolist()


@given(st.integers(0, 2**32 - 1), st.integers(2, 3))
def test_the_order_of_trials_and_any_growing_scale_change_nothing(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    losses = np.round(rng.normal(size=(60, size)), 1)
    order = rng.permutation(60)
    assert fronts(losses[order]).tolist() == fronts(losses)[order].tolist()
    assert fronts(np.exp(losses)).tolist() == fronts(losses).tolist()
    assert fronts(losses[:, ::-1]).tolist() == fronts(losses).tolist()


@pytest.mark.parametrize("size", [2, 3])
def test_many_trials_against_the_definition(size: int) -> None:
    losses = np.random.default_rng(size).normal(size=(1500, size))
    assert fronts(losses).tolist() == by_definition(losses).tolist()


# ---------------------------------------------------------------- the column in a table


BOTH = {"loss": "minimize", "accuracy": "maximize"}
NAME = "rank of loss and accuracy"


def test_the_rank_is_the_metric_and_low_is_good() -> None:
    frame = search()
    table = hpi.read(frame, rank=BOTH)
    wanted = by_definition(np.column_stack([frame["loss"], -frame["accuracy"]]))
    assert (table.metric, table.direction) == (NAME, Direction.MINIMIZE)
    assert table.trials[NAME].tolist() == wanted.tolist()
    assert table.loss.tolist() == wanted.tolist()
    assert [c.name for c in table.columns if c.role is Role.METRIC] == [NAME]
    assert all(c.outcome and c.role is Role.LEFT_OUT for c in table.columns if c.name in BOTH)
    assert [h.name for h in table.hyperparameters] == ["lr", "opt"]
    assert table.fingerprint == hpi.read(frame).fingerprint
    assert NAME not in table.frame
    n_fronts, n_first = wanted.max(), (wanted == 1).sum()
    said(table, f"80 trials form {n_fronts} fronts by loss and accuracy", "ties", f"{n_first} in the first")


def test_three_outcomes_in_words() -> None:
    frame = search()
    table = hpi.read(frame, rank={**BOTH, "runtime": "minimize"})
    assert table.metric == "rank of loss, accuracy and runtime"
    wanted = by_definition(np.column_stack([frame["loss"], -frame["accuracy"], frame["runtime"]]))
    assert table.loss.tolist() == wanted.tolist()


def test_trials_without_all_outcomes_are_left_out_and_counted() -> None:
    frame = search()
    frame.loc[:3, "accuracy"] = np.nan
    frame.loc[3:5, "loss"] = np.inf
    table = hpi.read(frame, rank=BOTH)
    assert len(table.trials) == N - 6
    assert dict(table.excluded) == {"no finite value of loss": 3, "no finite value of accuracy": 3}
    assert table.loss.tolist() == by_definition(np.column_stack([frame["loss"], -frame["accuracy"]])[6:]).tolist()


def test_another_metric_has_the_rank_beside_it() -> None:
    frame = search()
    frame.loc[:3, "accuracy"] = np.nan
    table = hpi.read(frame, metric="runtime", direction="minimize", rank=BOTH)
    assert table.metric == "runtime"
    assert table.loss.tolist() == frame["runtime"].tolist()
    assert table.trials[NAME].isna().tolist() == [True] * 4 + [False] * (N - 4)
    wanted = by_definition(np.column_stack([frame["loss"], -frame["accuracy"]])[4:])
    assert table.trials[NAME].tolist()[4:] == wanted.tolist()
    column = table.columns[-1]
    assert (column.name, column.role, column.outcome) == (NAME, Role.LEFT_OUT, True)


def test_the_rank_is_chosen_again_by_its_name_and_undone() -> None:
    frame = search(state=["COMPLETE"] * N)
    table = hpi.read(frame, rank=BOTH)
    other = table.revise(metric="accuracy", direction=None)
    assert (other.metric, other.direction) == ("accuracy", Direction.MAXIMIZE)
    again = other.revise(metric=NAME, direction=None)
    assert (again.metric, again.loss.tolist()) == (NAME, table.loss.tolist())
    by_role = table.revise(roles=((NAME, Role.LEFT_OUT),))
    assert by_role.metric == hpi.read(frame).metric
    assert table.revise(roles=(("runtime", Role.METRIC),)).metric == "runtime"
    without = table.revise(rank=())
    assert without.columns == hpi.read(frame).columns
    assert table.revise(direction=Direction.MAXIMIZE).direction is Direction.MINIMIZE


def test_the_rank_is_of_the_means_of_repeats() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": np.repeat(rng.random(20), 3), "seed": [0, 1, 2] * 20})
    frame = frame.assign(loss=rng.random(60), accuracy=rng.random(60))
    table = hpi.read(frame, rank=BOTH)
    means = frame.groupby("lr", sort=False)[["loss", "accuracy"]].mean()
    assert table.loss.tolist() == by_definition(np.column_stack([means["loss"], -means["accuracy"]])).tolist()


def test_the_best_epoch_is_that_of_the_first_outcome() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": np.repeat(rng.random(20), 4), "epoch": [1, 2, 3, 4] * 20})
    frame = frame.assign(loss=rng.random(80), accuracy=rng.random(80))
    table = hpi.read(frame, rank=BOTH)
    best = frame.loc[frame.groupby("lr", sort=False)["loss"].idxmin()]
    assert table.loss.tolist() == by_definition(np.column_stack([best["loss"], -best["accuracy"]])).tolist()
    said(table, "the best epoch by loss counts")


def test_tasks_have_fronts_of_their_own() -> None:
    frame = search(dataset=["iris", "wine"] * (N // 2))
    frame.loc[frame["dataset"] == "wine", ["loss", "accuracy"]] *= [1000, 0.001]
    table = hpi.read(frame, rank=BOTH)
    for name in ("iris", "wine"):
        own = frame[frame["dataset"] == name]
        wanted = by_definition(np.column_stack([own["loss"], -own["accuracy"]]))
        assert table.trials[NAME][own.index].tolist() == wanted.tolist()
    said(table, "fronts a task")


def test_a_column_left_out_by_hand_may_be_ranked() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": rng.random(N), "width": rng.integers(1, 9, N), "a": rng.random(N), "b": rng.random(N)})
    rank = {"a": "minimize", "b": "minimize"}
    with pytest.raises(TableError, match=r"a is a hyperparameter.*make its role left out"):
        hpi.read(frame, rank=rank)
    table = hpi.read(frame, rank=rank, roles={"a": "left out", "b": "left out"})
    assert table.metric == "rank of a and b"
    assert [h.name for h in table.hyperparameters] == ["lr", "width"]


@pytest.mark.parametrize(
    ("rank", "words"),
    [
        ({"loss": "minimize"}, "two or three different outcomes.*1 given: loss"),
        ({**BOTH, "runtime": "minimize", "lr": "minimize"}, "two or three different outcomes.*4 given"),
        ({"loss": "minimize", "accurcy": "maximize"}, "no column 'accurcy'; the table has accuracy"),
        ({"loss": "minimize", "opt": "maximize"}, "opt holds no finite number"),
        ({"loss": "minimize", "lr": "maximize"}, "lr is a hyperparameter"),
        ({"lr": "minimize", "loss": "maximize"}, "lr is a hyperparameter"),
        ({"loss": "down", "accuracy": "maximize"}, "direction of loss is 'down'"),
    ],
)
def test_what_cannot_be_ranked_is_refused_in_words(rank: dict[str, str], words: str) -> None:
    with pytest.raises(TableError, match=words):
        hpi.read(search(), rank=rank)


def test_an_outcome_given_twice_and_a_name_that_is_taken_are_refused() -> None:
    twice = (("loss", Direction.MINIMIZE), ("loss", Direction.MAXIMIZE))
    with pytest.raises(TableError, match="two or three different outcomes"):
        hpi.read(search()).revise(rank=twice)
    with pytest.raises(TableError, match="has a column 'rank of loss and accuracy' already"):
        hpi.read(search(**{NAME: range(N)}), rank=BOTH)
    declared = {"accuracy": {"kind": "float", "low": 0, "high": 1}}
    with pytest.raises(HpiError, match="accuracy is a hyperparameter"):
        hpi.read(search(), rank=BOTH, space=declared)


def test_one_front_is_said_and_no_importance_is_made_up() -> None:
    frame = search().assign(accuracy=lambda f: f["loss"])
    table = hpi.read(frame, rank=BOTH)
    assert set(table.loss) == {1.0}
    said(table, "80 trials form one front", "none is better than another")
    with pytest.raises(HpiError, match="same value in all 80 trials"):
        hpi.importance(table)


def test_importance_is_told_with_many_ties() -> None:
    rng = np.random.default_rng(0)
    n = 600
    frame = pd.DataFrame({"x": rng.random(n), "y": rng.random(n), "z": rng.random(n)})
    # x is good for both; what y takes from the one it gives to the other
    frame["loss"] = (frame["x"] - 0.3) ** 2 + 0.5 * frame["y"]
    frame["error"] = (frame["x"] - 0.3) ** 2 + 0.5 * (1 - frame["y"])
    table = hpi.read(frame, rank={"loss": "minimize", "error": "minimize"})
    assert len(np.unique(table.loss)) < 60
    found = hpi.importance(table).frame().set_index("name")["importance"]
    assert found.idxmax() == "x"
    assert found["x"] > 3 * max(found["y"], found["z"])


def test_choices_with_a_rank_are_hashable() -> None:
    table = hpi.read(search(), rank=BOTH)
    assert table.choices == Choices(rank=(("loss", Direction.MINIMIZE), ("accuracy", Direction.MAXIMIZE)))
    assert isinstance(hash(table.choices), int)


def test_the_real_table_of_several_objectives(shared: Path) -> None:
    path = shared / "tables" / "quantile_DeepAR.csv"
    raw = pd.read_csv(path)
    table = hpi.read(path, rank={"metric_CRPS": "minimize", "metric_time": "minimize"})
    found = table.trials["rank of metric_CRPS and metric_time"]
    assert len(found) == 2510
    for _, own in raw.groupby("task"):
        wanted = by_definition(own[["metric_CRPS", "metric_time"]].to_numpy(dtype=float))
        assert found[own.index].tolist() == wanted.tolist()
    assert hpi.importance(table).frame()["importance"].notna().all()
