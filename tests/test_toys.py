"""The printed truths of the toys against other ways to get them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from examples import make_known_function
from hpi import toys


@pytest.mark.parametrize("toy", toys.TOYS, ids=lambda toy: toy.name)
def test_the_grid_gives_the_printed_truth(toy):
    tolerance = 0.01 if toy is toys.PED_TOY else 0.0015
    assert toys.reached(toy, 0.1) == pytest.approx(toy.truth, abs=tolerance)


def test_ishigami_by_brute_force():
    """Four million random points and 100 bins, the plug-in divergence less its known bias (B - 1)(1/N_t - 1/N)."""
    rng = np.random.default_rng(0)
    frame = toys.ISHIGAMI.draw(4_000_000, rng)
    best = (frame["loss"] <= frame["loss"].quantile(0.1)).to_numpy()
    for name, truth in zip(("x1", "x2", "x3", "x4"), toys.ISHIGAMI.truth, strict=True):
        cell = ((frame[name].to_numpy() + np.pi) / (2 * np.pi) * 100).astype(int)
        p, r = np.bincount(cell, weights=best, minlength=100) / best.sum(), np.bincount(cell, minlength=100) / len(best)
        divergence = ((p - r) ** 2 / r).sum() - 99 * (1 / best.sum() - 1 / len(best))
        assert divergence / 9 == pytest.approx(truth, abs=2e-3)


@pytest.mark.parametrize("toy", toys.TOYS, ids=lambda toy: toy.name)
def test_draws_lie_in_the_space(toy):
    frame = toy.draw(100, np.random.default_rng(0))
    for hyperparameter in toy.hyperparameters:
        column = frame[hyperparameter.name].dropna()
        inside = (
            column.between(hyperparameter.low, hyperparameter.high)
            if hyperparameter.is_numeric
            else column.isin(hyperparameter.levels)
        )
        assert inside.all()
        assert hyperparameter.name in toy.regimes or len(column) == 100
    assert list(frame.columns) == [*(h.name for h in toy.hyperparameters), "loss"]
    assert len(toy.truth) == len(toy.hyperparameters)


def test_the_shipped_example_is_what_its_script_draws(tmp_path, monkeypatch):
    shipped = pd.read_csv(make_known_function.OUT)
    monkeypatch.setattr(make_known_function, "OUT", tmp_path / "again.csv")
    make_known_function.main()
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "again.csv"), shipped, rtol=2e-5)
    a, b, c, d = (shipped[name] for name in "abcd")
    assert shipped["loss"].to_numpy() == pytest.approx(4 * (a - 0.3) ** 2 + 2 * np.abs(b - 0.6) + c * d, rel=1e-4)
