"""One row an epoch: which rows are one trial, and which of them counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.roles import Direction
from hpi.table import TrialTable


def curves(n: int = 30, n_epochs: int = 8, random: int = 0, /) -> pd.DataFrame:
    """A run of 1 to n_epochs epochs for each of n configurations of continuous values."""
    rng = np.random.default_rng(random)
    lengths = rng.integers(1, n_epochs + 1, n)
    run = np.repeat(np.arange(n), lengths)
    frame = pd.DataFrame({"lr": rng.random(n)[run], "width": rng.integers(1, 99, n)[run]})
    frame["epoch"] = np.concatenate([np.arange(1, k + 1) for k in lengths])
    return frame.assign(runtime=rng.random(len(run)), loss=np.round(rng.random(len(run)), 1))


def said(table: TrialTable, *words: str) -> None:
    assert any(all(word in notice for word in words) for notice in table.notices), table.notices


def counted_rows(table: TrialTable) -> list[int]:
    return table.trials.index.tolist()


# ---------------------------------------------------------------- best and last


def test_the_best_epoch_counts_and_of_equal_ones_the_earliest() -> None:
    frame = pd.DataFrame(
        {
            "lr": [0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.3],
            "epoch": [1, 2, 3, 4, 1, 2, 3, 1],
            "loss": [5.0, 2.0, 2.0, 3.0, 4.0, 6.0, 5.0, 7.0],
            "runtime": [10.0, 20, 30, 40, 1, 2, 3, 9],
        }
    )
    table = hpi.read(frame)
    assert counted_rows(table) == [1, 4, 7]
    assert table.trials["loss"].tolist() == [2.0, 4.0, 7.0]
    assert table.trials["runtime"].tolist() == [20.0, 1.0, 9.0]  # of the same row, not the best of its own
    assert table.trials["epoch"].tolist() == [2, 1, 1]
    assert dict(table.excluded) == {"another epoch of the same trial": 5}
    said(table, "8 rows are 3 trials with up to 4 epochs; of each the best epoch by loss counts", "--reduce last")
    last = hpi.read(frame, reduce="last")
    assert counted_rows(last) == [3, 6, 7]
    said(last, "of each the last epoch counts", "--reduce best")
    assert counted_rows(hpi.read(frame, direction="maximize")) == [0, 5, 7]


def test_what_is_good_must_be_known_for_a_best() -> None:
    frame = curves().rename(columns={"loss": "value"})
    table = hpi.read(frame)
    assert table.direction is None
    assert table.curves == "epoch"
    assert table.trials["epoch"].tolist() == frame.groupby("lr", sort=False)["epoch"].max().tolist()
    said(table, "of each the last epoch counts, as it is not known whether a high or a low value is good")
    revised = table.revise(direction=Direction.MAXIMIZE)
    assert revised.trials["value"].tolist() == frame.groupby("lr", sort=False)["value"].max().tolist()


def test_a_revision_takes_the_last_and_comes_back() -> None:
    frame = curves()
    table = hpi.read(frame)
    last = table.revise(reduce="last")
    assert counted_rows(last) == counted_rows(hpi.read(frame, reduce="last"))
    assert counted_rows(last) != counted_rows(table)
    assert counted_rows(last.revise(reduce="best")) == counted_rows(table)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False), st.booleans())
def test_the_best_is_that_of_a_plain_groupby_in_any_order(random: int, shuffle: st.DataObject, maximize: bool) -> None:
    frame = curves(12, 6, random)
    order = list(range(len(frame)))
    shuffle.shuffle(order)
    if frame["epoch"].max() == 1:
        return
    direction = "maximize" if maximize else "minimize"
    one, other = hpi.read(frame, direction=direction), hpi.read(frame.iloc[order], direction=direction)
    best = frame.groupby("lr")["loss"].agg("max" if maximize else "min")
    for table in (one, other):
        found = table.trials.set_index("lr").sort_index()
        assert found["loss"].tolist() == best.tolist()
        hits = frame[frame["loss"] == frame["lr"].map(best)].groupby("lr").first()
        assert found["epoch"].tolist() == hits["epoch"].tolist()
        assert found["runtime"].tolist() == hits["runtime"].tolist()
    assert one.excluded == other.excluded
    assert one.notices == other.notices


# ---------------------------------------------------------------- which rows are one run


def test_seeds_are_reduced_each_before_they_are_averaged() -> None:
    frame = pd.DataFrame(
        {
            "lr": [0.1] * 6 + [0.2] * 6,
            "seed": [0, 0, 0, 1, 1, 1] * 2,
            "epoch": [1, 2, 3] * 4,
            "loss": [5.0, 1, 2, 7, 8, 3, 4, 6, 9, 2, 9, 9],
        }
    )
    table = hpi.read(frame)
    assert table.trials["loss"].tolist() == [(1 + 3) / 2, (4 + 2) / 2]
    assert table.n_repeats.tolist() == [2, 2]
    assert dict(table.excluded) == {
        "another epoch of the same trial": 8,
        "averaged with another row of its configuration": 2,
    }
    assert hpi.read(frame, reduce="last").trials["loss"].tolist() == [(2 + 3) / 2, (9 + 9) / 2]
    kept = hpi.read(frame, repeats="keep")
    assert len(kept.trials) == 4
    assert len(np.unique(kept.unit)) == 2


def test_runs_of_one_configuration_are_told_apart_by_their_key() -> None:
    rng = np.random.default_rng(0)
    run = np.repeat(np.arange(40), 5)
    frame = pd.DataFrame({"a": rng.integers(0, 3, 40)[run], "b": rng.choice(["x", "y"], 40)[run], "run_id": run})
    frame = frame.assign(epoch=np.tile(np.arange(5), 40), loss=rng.random(200))
    table = hpi.read(frame)
    assert table.trials["loss"].tolist() == frame.groupby("run_id")["loss"].min().tolist()
    assert table.unit is None
    said(table, "200 rows are 40 trials with up to 5 epochs")


def test_a_run_that_was_resumed_under_another_key_is_one_trial() -> None:
    frame = curves(20, 8).assign(run_id=lambda f: np.arange(len(f)) // 3)
    assert hpi.read(frame).trials["loss"].tolist() == frame.groupby("lr", sort=False)["loss"].min().tolist()


def test_where_no_column_tells_runs_apart_the_largest_epoch_counts() -> None:
    rng = np.random.default_rng(0)
    run = np.repeat(np.arange(40), 5)
    frame = pd.DataFrame({"a": rng.integers(0, 3, 40)[run], "b": rng.choice(["x", "y"], 40)[run]})
    table = hpi.read(frame.assign(epoch=np.tile(np.arange(5), 40), loss=rng.random(200)), repeats="keep")
    assert table.curves is None
    assert len(table.trials) == 40
    said(table, "the largest epoch it reached", "reached 4")


def chained(frame: pd.DataFrame) -> dict[str, str]:
    """The first row of the chain that each row is in, by following from_uid one step at a time."""
    before = dict(zip(frame["uid"], frame["from_uid"], strict=True))
    first = {}
    for uid in frame["uid"]:
        at = uid
        while isinstance(before[at], str):
            at = before[at]
        first[uid] = at
    return first


def test_chains_of_rows_tell_runs_of_one_configuration_apart() -> None:
    rng = np.random.default_rng(3)
    run = np.repeat(np.arange(30), 4)
    epoch = np.tile(np.arange(4), 30)
    frame = pd.DataFrame({"uid": [f"r{i}_{e}" for i, e in zip(run, epoch, strict=True)]})
    frame["from_uid"] = [None if e == 0 else f"r{i}_{e - 1}" for i, e in zip(run, epoch, strict=True)]
    frame = frame.assign(a=rng.integers(0, 3, 30)[run], epoch=epoch, b=(run % 2), loss=rng.random(120))
    shuffled = frame.sample(frac=1, random_state=0).reset_index(drop=True)
    wanted = sorted(frame.groupby(frame["uid"].map(chained(frame)))["loss"].min())
    assert sorted(hpi.read(shuffled).trials["loss"]) == wanted


def test_a_chain_that_goes_in_a_circle_is_survived() -> None:
    frame = curves(20, 4).assign(uid=lambda f: [f"u{i}" for i in range(len(f))])
    frame["from_uid"] = frame["uid"].shift(-1, fill_value="u0")
    assert hpi.read(frame).curves == "epoch"


def scheduled() -> pd.DataFrame:
    """Thirty runs of six epochs each, whose learning rate is halved by the epoch."""
    rng = np.random.default_rng(0)
    run, epoch = np.repeat(np.arange(30), 6), np.tile(np.arange(6), 30)
    frame = pd.DataFrame({"run_id": [f"r{i}" for i in run], "width": rng.integers(8, 64, 30)[run], "epoch": epoch})
    return frame.assign(lr=(10 ** rng.uniform(-5, -1, 30))[run] / 2**epoch, loss=rng.random(180))


def test_a_schedule_does_not_make_a_trial_of_every_epoch() -> None:
    frame = scheduled()
    table = hpi.read(frame)
    best = frame.loc[frame.groupby("run_id", sort=False)["loss"].idxmin()]
    assert table.curves == "epoch"
    assert table.trials["loss"].tolist() == best.sort_index()["loss"].tolist()
    assert table.trials["lr"].tolist() == best.sort_index()["lr"].tolist()
    said(table, "lr changes within trials, as by a schedule")


def test_the_steps_of_weights_and_biases_are_epochs_until_somebody_leaves_them_out() -> None:
    rng = np.random.default_rng(0)
    run = np.repeat(np.arange(30), 6)
    frame = pd.DataFrame({"Name": [f"run-{i}" for i in run], "State": "finished", "_step": np.tile(np.arange(6), 30)})
    frame = frame.assign(_runtime=rng.random(180), lr=rng.random(30)[run], width=rng.choice([16, 32], 30)[run])
    frame["val_loss"] = rng.random(180)
    table = hpi.read(frame)
    assert table.curves == "_step"
    assert sorted(table.trials["val_loss"]) == sorted(frame.groupby("Name")["val_loss"].min())
    without = hpi.read(frame, roles={"_step": "left out"})
    assert without.curves is None
    said(without, "180 rows are 30 configurations, averaged over rows that no column tells apart")


@pytest.mark.parametrize("name", ["epoch", "iteration"])
def test_trials_that_are_numbered_within_a_search_are_no_epochs(name: str) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"experiment_id": np.repeat(np.arange(8), 25), name: np.tile(np.arange(25), 8)})
    frame = frame.assign(lr=rng.random(200), width=rng.integers(8, 64, 200), loss=rng.random(200))
    table = hpi.read(frame)
    assert table.curves is None
    assert len(table.trials) == 200


def test_the_finer_of_two_counts_leads() -> None:
    frame = curves(30, 12)
    frame["global_step"] = frame["epoch"] * 100 + 7
    frame["epoch"] = frame["epoch"] // 4
    table = hpi.read(frame)
    assert table.curves == "global_step"
    assert table.trials["loss"].tolist() == frame.groupby("lr", sort=False)["loss"].min().tolist()


def test_epochs_without_a_number_come_first() -> None:
    frame = curves().astype({"epoch": float})
    frame.loc[frame.groupby("lr")["epoch"].idxmin(), "epoch"] = np.nan
    last = hpi.read(frame, reduce="last")
    wanted = frame.assign(epoch=frame["epoch"].fillna(0)).groupby("lr", sort=False)["epoch"].idxmax()
    assert sorted(counted_rows(last)) == sorted(wanted)


# ---------------------------------------------------------------- budgets are no epochs


def rungs(name: str, factor: int, n_rungs: int = 4) -> pd.DataFrame:
    """Successive halving: of 81 configurations the best part goes on to the next, larger budget."""
    rng = np.random.default_rng(0)
    values, rows = rng.random(81), []
    for rung in range(n_rungs):
        n = max(2, 81 // factor**rung)
        rows += [{"lr": values[i], "width": i, name: factor**rung, "loss": rng.random()} for i in range(n)]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("name", ["epoch", "budget", "iteration", "n_resources"])
def test_of_budgets_that_multiply_the_largest_counts(name: str, factor: int) -> None:
    frame = rungs(name, factor)
    table = hpi.read(frame)
    assert table.curves is None
    assert table.trials.set_index("lr")[name].to_dict() == frame.groupby("lr")[name].max().to_dict()
    last = frame.loc[frame.groupby("lr")[name].idxmax()].set_index("lr")["loss"]
    assert table.trials.set_index("lr")["loss"].to_dict() == last.to_dict()
    said(table, f"the largest {name} it reached")


@pytest.mark.parametrize("epochs", [[1, 2, 3], [10, 20, 30], [0, 5, 10, 15], [1, 2], [0, 1], [5, 10], [1, 11, 21, 31]])
def test_epochs_in_even_steps_are_a_curve(epochs: list[int]) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": np.repeat(rng.random(20), len(epochs)), "epoch": epochs * 20})
    table = hpi.read(frame.assign(loss=rng.random(len(frame))))
    assert table.curves == "epoch"
    assert len(table.trials) == 20


def test_a_round_beside_its_resources_is_no_curve() -> None:
    frame = rungs("n_resources", 3).assign(iter=lambda f: np.log(f["n_resources"]) / np.log(3))
    frame["iter"] = frame["iter"].round().astype(int)
    table = hpi.read(frame)
    assert table.curves is None
    found = table.trials.set_index("lr")["n_resources"]
    assert found.to_dict() == frame.groupby("lr")["n_resources"].max().to_dict()


def test_the_curve_within_the_largest_budget_is_reduced() -> None:
    rng = np.random.default_rng(0)
    rows = [
        {"lr": lr, "budget": budget, "epoch": epoch, "loss": rng.random()}
        for i, lr in enumerate(rng.random(30))
        for budget in ([2, 6] if i % 3 else [2])
        for epoch in range(budget)
    ]
    frame = pd.DataFrame(rows)
    table = hpi.read(frame)
    at_largest = frame[frame["budget"] == frame.groupby("lr")["budget"].transform("max")]
    assert table.curves == "epoch"
    assert table.trials["loss"].tolist() == at_largest.groupby("lr", sort=False)["loss"].min().tolist()


def test_one_row_a_trial_has_no_curve() -> None:
    frame = curves().drop_duplicates("lr")
    table = hpi.read(frame.assign(epoch=np.random.default_rng(0).integers(1, 50, len(frame))))
    assert table.curves is None
    assert table.excluded == ()


def test_a_search_that_comes_back_to_a_configuration_has_no_epochs() -> None:
    rng = np.random.default_rng(0)
    again = rng.permutation(50)[:20]
    frame = pd.DataFrame({"lr": rng.random(50)}).iloc[np.r_[np.arange(50), again]].reset_index(drop=True)
    frame = frame.assign(iteration=np.arange(70) // 2, loss=rng.random(70))
    assert hpi.read(frame).curves is None


@pytest.mark.parametrize("n_steps", [4, 9])
def test_many_uneven_steps_are_a_curve(n_steps: int) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": np.repeat(rng.random(25), n_steps)})
    frame["global_step"] = 1000 + np.concatenate([np.cumsum(rng.integers(10, 99, n_steps)) for _ in range(25)])
    frame["loss"] = rng.random(len(frame))
    table = hpi.read(frame)
    assert table.curves == "global_step"
    assert table.trials["loss"].tolist() == frame.groupby("lr", sort=False)["loss"].min().tolist()


# ---------------------------------------------------------------- states and gaps within a run


def test_a_run_ends_as_its_last_row_says() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": np.repeat(rng.random(30), 5), "epoch": [1, 2, 3, 4, 5] * 30})
    ends = np.repeat(["completed"] * 20 + ["stopped"] * 6 + ["in_progress"] * 4, 5)
    frame["status"] = np.where(frame["epoch"] == 5, ends, "in_progress")
    frame["loss"] = rng.random(150)
    for order in (frame, frame.sample(frac=1, random_state=0).reset_index(drop=True)):
        table = hpi.read(order)
        assert sorted(table.trials["loss"]) == sorted(frame.groupby("lr", sort=False)["loss"].min()[:20])
        assert dict(table.excluded) == {
            "status is stopped": 30,
            "status is in_progress": 20,
            "another epoch of the same trial": 80,
        }
        assert table.states == (("in_progress", 124), ("completed", 20), ("stopped", 6))


def test_epochs_without_a_metric_are_counted_apart() -> None:
    frame = curves(20, 8).assign(loss=lambda f: f["loss"].where(f["epoch"] % 2 == 1))
    table = hpi.read(frame)
    assert table.trials["loss"].tolist() == frame.groupby("lr", sort=False)["loss"].min().tolist()
    assert dict(table.excluded)["no finite value of loss"] == frame["loss"].isna().sum()


# ---------------------------------------------------------------- the real table


def test_hiplot_has_356_trials_by_its_chains(shared: Path) -> None:
    path = shared / "tables" / "hiplot_ml1.csv"
    raw = pd.read_csv(path)
    chain = raw["uid"].map(chained(raw))
    assert chain.nunique() == 356
    table = hpi.read(path)
    assert len(table.trials) == 356
    assert sorted(table.trials["valid ppl"]) == sorted(raw.groupby(chain)["valid ppl"].min())
    assert table.curves == "epoch"
    assert table.notices[0].startswith(
        "6,968 rows are 356 trials with up to 50 epochs; of each the best epoch by valid"
    )
