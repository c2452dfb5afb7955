"""The tables of cells, their fingerprint, and what explains a gap, where there are many rows."""

from __future__ import annotations

import hashlib
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.roles import parse
from hpi.table import frames, gaps
from hpi.table.fingerprint import fingerprint_of
from hpi.table.frames import displayed
from tests.strategies import searches

N = 5_000


def test_cells_that_nothing_changes_are_held_once() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": rng.random(N), "opt": rng.choice(["adam", "sgd"], N), "loss": rng.random(N)})
    table = hpi.read(frame)
    for name in ("lr", "loss"):
        numbers = table.parsed[name].numbers
        assert np.shares_memory(table.trials[name].to_numpy(), numbers)
        assert np.shares_memory(table.frame[name].to_numpy(), numbers)
    assert table.trials["opt"].dtype == object
    assert table.trials["opt"].tolist() == frame["opt"].tolist()


def test_what_is_done_to_the_frames_of_a_table_does_not_change_its_cells() -> None:
    table = hpi.read(pd.DataFrame({"a": np.arange(30.0) ** 1.5, "b": np.arange(30) % 7, "loss": np.arange(30.0) / 7}))
    for frame in (table.trials, table.frame):
        copy = frame.copy()
        copy.loc[0, "a"] = -1.0
        copy["loss"] *= 2
        assert table.parsed["a"].numbers[0] == 0
        assert table.parsed["loss"].numbers[7] == 1
        with pytest.raises(ValueError, match="read-only"):
            frame["a"].to_numpy()[0] = -1.0


@given(searches(), st.sampled_from([None, "ä", "a\U0001f600b", "x,y\n"]))
def test_the_fingerprint_is_the_digest_of_names_lengths_and_cells(frame: pd.DataFrame, extra: str | None) -> None:
    frame = frame.assign(extra=pd.Series([extra, "b"] * len(frame))[: len(frame)].astype(object).to_numpy())
    parsed = parse(frame)
    digest = hashlib.sha256()
    for name, values in parsed.items():
        digest.update(repr((name, len(values), values.text is None)).encode())
        if values.text is None:
            digest.update(b"".join(np.float64(number + 0.0).tobytes() for number in values.numbers))
        else:
            cells = [cell or "" for cell in values.text]
            digest.update(b"".join(len(cell).to_bytes(8, "little") for cell in cells) + "".join(cells).encode())
    assert fingerprint_of(parsed, displayed(parsed)) == digest.hexdigest()


# ---------------------------------------------------------------- gaps of many trials


def explained(column: pd.Series, gap: np.ndarray) -> bool:
    """Whether one rule on the column tells where the gap is: each trial looked at."""
    missing = column.isna().to_numpy()
    if (missing == gap).all() or len(set(gap[missing])) == 2:
        return False
    known, inside = column[~missing], gap[~missing]
    if pd.api.types.is_numeric_dtype(column):
        low, high = known[inside], known[~inside]
        if not len(low) or not len(high) or low.max() < high.min() or high.max() < low.min():
            return True
    levels = {level: set(inside[(known == level).to_numpy()]) for level in set(known)}
    return 4 * len(levels) <= len(known) and all(len(seen) == 1 for seen in levels.values())


def columns(n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {
        "float": rng.random(n),
        "level": rng.choice(np.array(["a", "b", "c"], dtype=object), n),
        "few": rng.integers(0, 5, n).astype(float),
        "many": np.array([f"m{i}" for i in rng.integers(0, n // 3, n)], dtype=object),
        "gaps": np.where(rng.random(n) < 0.5, np.nan, rng.random(n)),
    }


@given(
    st.sampled_from([60, 2_400]),
    st.integers(0, 2**32 - 1),
    st.sampled_from(["threshold", "level", "some levels", "gaps", "no rule"]),
    st.integers(0, 2),
)
def test_a_gap_is_explained_where_every_trial_keeps_to_a_rule(n: int, seed: int, rule: str, exceptions: int) -> None:
    rng = np.random.default_rng(seed)
    others = columns(n, rng)
    gap = {
        "threshold": lambda: others["float"] > 0.3,
        "level": lambda: others["level"] == "b",
        "some levels": lambda: np.isin(others["few"], (1, 3)),
        "gaps": lambda: np.isnan(others["gaps"]) | (others["float"] > 0.9),
        "no rule": lambda: rng.random(n) < 0.4,
    }[rule]()
    gap = gap.astype(bool)
    gap[rng.integers(0, n, exceptions)] ^= True
    if not gap.any():
        return
    trials = pd.DataFrame({"momentum": np.where(gap, np.nan, rng.random(n))} | others)
    wanted = any(explained(trials[name], gap) for name in others)
    assert (gaps.notices(trials, ["momentum"], ["momentum", *others]) == []) == wanted


def test_a_hyperparameter_without_gaps_is_not_spoken_of() -> None:
    assert gaps.notices(pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 1.0]}), ["a"], ["a", "b"]) == []


@given(st.integers(0, 2**32 - 1))
def test_the_mean_of_a_trial_is_alike_to_the_last_digit_in_any_order_of_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    trial = np.sort(rng.integers(0, 5, 40))
    trial = np.unique(trial, return_inverse=True)[1]
    numbers = np.where(rng.random(40) < 0.1, np.nan, rng.normal(size=40) * 10.0 ** rng.integers(-8, 8, 40))
    order = rng.permutation(40)
    found = frames._means(numbers, trial)
    assert np.array_equal(found, frames._means(numbers[order], trial[order]), equal_nan=True)
    for one in range(int(trial.max()) + 1):
        known = [number for number in numbers[trial == one] if not np.isnan(number)]
        wanted = statistics.fmean(known) if known else np.nan
        assert found[one] == pytest.approx(wanted, rel=1e-12, abs=1e-8, nan_ok=True)
