"""Metric values that stand for a crash are no results; those that may are said; what is no number failed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.table import TrialTable

N = 60


def search(loss: object) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, N), "opt": rng.choice(["adam", "sgd"], N)})
    return frame.assign(loss=loss)


def losses(*crashed: float) -> np.ndarray:
    """N losses between 0 and 1, the first ones crashed."""
    found = np.random.default_rng(1).random(N)
    found[: len(crashed)] = crashed
    return found


def said(table: TrialTable, *words: str) -> None:
    assert any(all(word in notice for word in words) for notice in table.notices), table.notices


# ---------------------------------------------------------------- the largest number of a type


ENDS = [
    (2147483647, "2147483647"), (-2147483648, "-2147483648"), (4294967295, "4294967295"),
    (9223372036854775807, "9.223372e+18"), (3.4028234663852886e38, "3.4028235e+38"), (3.4028235e38, "3.4028235e+38"),
    (1.7976931348623157e308, "1.7976931e+308"),
]  # fmt: skip


@pytest.mark.parametrize(("end", "shown"), ENDS)
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("as_text", [False, True])
def test_the_end_of_a_type_stands_for_a_failure(
    end: float, shown: str, sign: int, direction: str, as_text: bool
) -> None:
    frame = search(losses(sign * end, sign * end, sign * end))
    table = hpi.read(frame.to_csv(index=False).encode() if as_text else frame, direction=direction)
    assert len(table.trials) == N - 3
    ((reason, n),) = table.excluded
    assert n == 3
    assert shown.lstrip("-") in reason
    assert reason.endswith("which stands for a failure")
    assert table.trials["loss"].abs().max() < 1


@pytest.mark.parametrize("end", ["9223372036854775807", "18446744073709551615"])
def test_the_end_of_64_bits_among_integers_is_read_as_a_number(end: str) -> None:
    costs = [end, *map(str, np.random.default_rng(0).integers(1, 10**6, N - 1))]
    table = hpi.read(search(costs).rename(columns={"loss": "cost"}))
    assert table.trials["cost"].tolist() == [float(cost) for cost in costs[1:]]
    assert [n for _, n in table.excluded] == [1]


def test_both_ends_at_once_are_counted_apart() -> None:
    table = hpi.read(search(losses(2147483647, 2147483647, -2147483647)))
    assert dict(table.excluded) == {
        "loss is -2147483647, which stands for a failure": 1,
        "loss is 2147483647, which stands for a failure": 2,
    }


def test_an_end_that_others_come_near_is_a_result() -> None:
    table = hpi.read(search(np.linspace(1e9, 2147483647, N)))
    assert table.excluded == ()
    assert len(hpi.read(search(losses() * 1e12 + 2147483647)).trials) == N


@pytest.mark.parametrize(
    "diverged", [[3e9], [1e10] * 4, [1e10] * 12, [4294967296.0, 1e12, 1e300]], ids=["one", "four", "a fifth", "wild"]
)
@pytest.mark.parametrize("end", [2147483647, 4294967295])
@pytest.mark.parametrize("sign", [1, -1])
def test_diverged_trials_make_an_end_that_comes_again_no_result(diverged: list[float], end: int, sign: int) -> None:
    found = sign * losses(*[end] * 6, *diverged)
    table = hpi.read(search(found), direction="minimize" if sign > 0 else "maximize")
    assert dict(table.excluded) == {f"loss is {sign * end}, which stands for a failure": 6}
    assert sorted(table.trials["loss"]) == sorted(found[6:])


def test_an_end_that_comes_once_while_others_come_near_is_said_and_kept() -> None:
    table = hpi.read(search(losses(2147483647, 3e9)))
    assert (len(table.trials), table.excluded) == (N, ())
    said(table, "1 trial has loss 2147483647, which often stands for a crash", "was kept: if it stands for a failure")


def test_an_end_that_comes_again_among_such_numbers_is_said_and_kept() -> None:
    ceiling = np.minimum(np.linspace(1e8, 2.4e9, N), 2147483647)
    n = int((ceiling == 2147483647).sum())
    table = hpi.read(search(ceiling))
    assert (len(table.trials), table.excluded) == (N, ())
    said(table, f"{n} trials have loss 2147483647, which often stands for a crash; as others come near it")
    # the numbers of another unit lie close to each other: one notice is enough
    near = hpi.read(search(1e9 + losses(*[1147483647] * 3)))
    assert sum("2147483647" in notice for notice in near.notices) == 1
    assert len(near.trials) == N


def test_one_end_among_numbers_of_its_size_is_not_worth_a_word() -> None:
    table = hpi.read(search(np.linspace(1e9, 2147483647, N)))
    assert not [notice for notice in table.notices if "2147483647" in notice]


def test_where_most_rows_have_it_they_are_kept_and_it_is_said() -> None:
    table = hpi.read(search(losses(*[2147483647] * 40)))
    assert len(table.trials) == N
    said(table, "Attention: 2147483647 often stands for a crash; 40 of 60 rows have it as loss", "kept")
    assert len(hpi.read(search([2147483647.0] * N), metric="loss").trials) == N


def test_means_of_the_largest_numbers_are_finite() -> None:
    rng, largest = np.random.default_rng(0), np.finfo(float).max
    frame = pd.DataFrame({"lr": np.repeat(rng.random(30), 3), "seed": [0, 1, 2] * 30, "loss": largest})
    frame.loc[:29, "loss"] = rng.random(30)
    table = hpi.read(frame)
    assert table.trials["loss"].tolist()[10:] == pytest.approx([largest] * 20, rel=1e-15)
    assert table.trials["loss"].tolist()[:10] == pytest.approx(
        frame["loss"][:30].to_numpy().reshape(10, 3).mean(axis=1)
    )


def test_a_crash_under_one_seed_is_left_out_before_the_mean() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": np.repeat(rng.random(20), 3), "seed": [0, 1, 2] * 20, "loss": rng.random(60)})
    frame.loc[1, "loss"] = 2147483647
    table = hpi.read(frame)
    assert table.trials["loss"].iloc[0] == pytest.approx((frame["loss"][0] + frame["loss"][2]) / 2, abs=1e-15)
    assert table.n_repeats.tolist() == [2, *[3] * 19]
    said(table, "averaged over seed, 2 to 3 rows each")


def test_a_state_counts_before_the_number() -> None:
    state = ["CRASHED"] * 2 + ["SUCCESS"] * (N - 2)
    table = hpi.read(search(losses(2147483647, 2147483647, 2147483647)).assign(status=state))
    assert dict(table.excluded) == {"status is CRASHED": 2, "loss is 2147483647, which stands for a failure": 1}


# ---------------------------------------------------------------- numbers that people write


@pytest.mark.parametrize(
    ("value", "end"), [(999999, "largest"), (1e10, "largest"), (-999, "smallest"), (1e308, "largest")]
)
def test_a_repeated_number_far_from_the_rest_is_said_and_kept(value: float, end: str) -> None:
    table = hpi.read(search(losses(value, value, value)))
    assert len(table.trials) == N
    said(table, f"3 trials have loss {hpi_shown(value)}, the {end}", "if that stands for a failure")


def hpi_shown(value: float) -> str:
    return {999999: "999999", 1e10: "10000000000", -999: "-999", 1e308: "1e+308"}[value]


@pytest.mark.parametrize(
    "found",
    [losses(999999), losses(*[10.0] * 5), losses(*[1.0] * 20), np.r_[losses()[:29], [500.0] * 31],
     np.exp(np.random.default_rng(0).normal(0, 3, N))],
    ids=["once", "near", "a ceiling", "more than the rest", "a heavy tail"],
)  # fmt: skip
def test_what_may_be_a_result_is_not_said(found: np.ndarray) -> None:
    table = hpi.read(search(found))
    assert not [notice for notice in table.notices if "stands for a failure" in notice]


# ---------------------------------------------------------------- text and infinities


def test_text_in_the_metric_is_a_failed_trial() -> None:
    cells = [*["failed"] * 2, "CUDA out of memory", *map(str, losses()[3:])]
    table = hpi.read(search(cells))
    assert dict(table.excluded) == {"loss is text, as of a failed trial": 3}
    said(table, "loss holds text in 3 rows (failed, CUDA out of memory), which is no number")


def test_an_infinite_metric_is_left_out_and_said() -> None:
    table = hpi.read(search(losses(np.inf, -np.inf)))
    assert dict(table.excluded) == {"no finite value of loss": 2}
    said(table, "2 rows have an infinite loss: left out")
    said(hpi.read(search(losses(np.inf))), "1 row has an infinite loss: left out")


# ---------------------------------------------------------------- whatever comes


@given(
    st.lists(st.one_of(st.sampled_from([end for end, _ in ENDS]), st.floats(allow_nan=True)), min_size=3, max_size=25)
)
def test_the_books_balance_and_the_sign_does_not_matter(found: list[float]) -> None:
    frame = pd.DataFrame({"x": range(len(found)), "loss": np.array(found, dtype=float)})
    if not np.isfinite(frame["loss"]).any():
        return
    one = hpi.read(frame, metric="loss", direction="minimize")
    other = hpi.read(frame.assign(loss=-frame["loss"]), metric="loss", direction="maximize")
    for table in (one, other):
        assert len(table.frame) == len(table.trials) + sum(n for _, n in table.excluded)
    assert one.trials.index.tolist() == other.trials.index.tolist()
