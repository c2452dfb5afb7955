"""Hyperparameters that are not always active: measured where they are, and the parent keeps what is its own."""

from __future__ import annotations

import numpy as np
import pytest

from hpi.statements import FindingKind
from tests.statements.planted import basis, evenly, fairly, of_kind, only, said

N = 600


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def with_child(rng: np.random.Generator, slope: float, extra: float):
    """Momentum with sgd alone; there the loss is higher by `extra`, on average over momentum."""
    optimizer = fairly("adam sgd", N, rng)
    is_active = optimizer == "sgd"
    momentum = np.full(N, np.nan)
    momentum[is_active] = evenly(int(is_active.sum()), rng)
    loss = np.where(is_active, extra + slope * (np.nan_to_num(momentum) - 0.5), 0.0) + rng.normal(0, 0.3, N)
    return {"optimizer": optimizer, "momentum": momentum, "other": evenly(N, rng)}, loss


@pytest.mark.parametrize("extra", [0.0, 0.8])
def test_a_child_is_measured_where_it_is_active(rng, extra):
    """Five groups of sixty: from the first to the last momentum costs 1.5 x .8, whatever the parent does."""
    found = said(*with_child(rng, 1.5, extra))
    trend = only(found, FindingKind.TREND)
    assert trend.hyperparameters == ("momentum",)
    assert trend.low <= 1.5 * 0.8 <= trend.high
    assert trend.n == N // 2
    assert sum(point.n for point in trend.picture.lines[0].points) == N // 2
    assert not of_kind(found, FindingKind.INTERACTION)


@pytest.mark.parametrize("slope", [0.0, 1.5])
def test_the_parent_keeps_its_contrast(rng, slope):
    contrast = only(said(*with_child(rng, slope, 0.8)), FindingKind.CONTRAST)
    assert contrast.text.startswith("optimizer = sgd is worse than adam, by ")
    assert contrast.low <= 0.8 <= contrast.high
    assert contrast.n == N


def test_a_child_that_does_nothing_gets_no_credit_for_its_parent(rng):
    found = said(*with_child(rng, 0.0, 2.0), target=0.1)
    effects = [one for one in found.findings if one.kind is not FindingKind.SAME]
    assert {one.hyperparameters for one in effects} == {("optimizer",)}
    assert only(found, FindingKind.SAME, "momentum").n == 300


def test_a_child_gets_no_credit_from_being_absent_at_the_top(rng):
    """Every best trial is adam: of those with a momentum none is at the top, and nothing is said of it."""
    columns, loss = with_child(rng, 1.5, 9.0)
    found = said(columns, loss, target=0.1)
    assert not of_kind(found, FindingKind.TOP, "momentum")
    assert of_kind(found, FindingKind.TOP, "optimizer")


def test_at_the_top_the_trials_with_a_value_are_counted(rng):
    columns, loss = with_child(rng, 1.5, 0.0)
    found = only(said(columns, loss, target=0.1), FindingKind.TOP, "momentum")
    at_top = np.argsort(loss)[:60]
    n_active = int((columns["optimizer"][at_top] == "sgd").sum())
    assert f" of {n_active} trials have momentum up to 0." in found.text
    assert "Among the best 10\u00a0%, of those with a value of momentum, " in found.text
    assert " of 300 do)" in found.text
    assert "of all such trials" in found.text


def test_cells_of_a_child_hold_its_active_trials_alone(rng):
    columns, loss = with_child(rng, 1.5, 0.8)
    table = basis(columns, loss)
    by_name = {one.name: one for one in table.thirds}
    assert by_name["momentum"].n_active == 300
    assert by_name["momentum"].count.sum() == N


def test_a_child_of_a_level_that_is_rare_is_still_measured(rng):
    """Sixty of 600 trials have it: three groups or more of eight and more."""
    optimizer = np.where(np.arange(N) < 60, "sgd", "adam").astype(object)
    momentum = np.where(optimizer == "sgd", rng.random(N), np.nan)
    loss = np.where(optimizer == "sgd", 3 * np.nan_to_num(momentum), 1.5) + rng.normal(0, 0.3, N)
    trend = only(said({"optimizer": optimizer, "momentum": momentum}, loss), FindingKind.TREND)
    assert trend.n == 60
    assert trend.text.startswith("Lower momentum is better")


def test_two_children_of_two_parents_are_never_compared(rng):
    optimizer = fairly("adam sgd", N, rng)
    momentum = np.where(optimizer == "sgd", rng.random(N), np.nan)
    beta = np.where(optimizer == "adam", rng.random(N), np.nan)
    loss = np.nan_to_num(momentum) - np.nan_to_num(beta) + rng.normal(0, 0.2, N)
    found = said({"optimizer": optimizer, "momentum": momentum, "beta": beta}, loss)
    assert {one.hyperparameters for one in of_kind(found, FindingKind.TREND)} == {("momentum",), ("beta",)}
    assert all(not {"momentum", "beta"} <= {*one.hyperparameters} for one in found.findings)
