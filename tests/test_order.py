"""Rows are put in the order in which the trials were run, where a column says it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hpi

N = 40


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture
def frame(rng) -> pd.DataFrame:
    return pd.DataFrame({"lr": rng.random(N), "depth": rng.integers(1, 9, N), "loss": rng.random(N)})


def moments(n: int) -> list[str]:
    return [str(moment) for moment in pd.date_range("2026-01-05 23:59:00", periods=n, freq="7h")]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("number", list(range(N))),
        ("trial_id", list(range(100, 100 + 3 * N, 3))),
        ("Unnamed: 0", list(range(N))),
        ("datetime_start", moments(N)),
        ("Created", moments(N)),
    ],
)
def test_a_shuffled_table_is_the_table(frame, rng, name, values):
    frame.insert(0, name, values)
    shuffled = frame.sample(frac=1, random_state=3).reset_index(drop=True)
    as_run, back = (hpi.read(one, direction="minimize") for one in (frame, shuffled))
    pd.testing.assert_frame_equal(as_run.trials, back.trials)
    assert as_run.fingerprint == back.fingerprint
    assert any(f"in the order of {name}" in notice for notice in back.notices)
    assert not any("in the order of" in notice for notice in as_run.notices)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("number", [0, *range(N - 1)]),  # one comes twice
        ("number", [0.5 + k for k in range(N)]),  # no count
        ("datetime_start", ["later", *moments(N - 1)]),
        ("datetime_start", [None, *moments(N - 1)]),
        ("units", list(range(N))),  # another name
    ],
)
def test_a_column_that_does_not_say_it_moves_nothing(frame, rng, name, values):
    frame.insert(0, name, np.asarray(values, dtype=object)[rng.permutation(N)])
    table = hpi.read(frame, direction="minimize")
    assert table.trials["loss"].tolist() == frame["loss"].tolist()
