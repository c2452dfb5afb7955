"""Pairs of PED-ANOVA against integrals over the joint density, hand computations and invariances."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hpi import chance
from hpi.estimators import PedAnova
from hpi.estimators.base import Pairs
from hpi.estimators.ped import wild
from hpi.estimators.ped.axes import Axis, axis
from hpi.estimators.ped.interaction import interaction, tally
from hpi.space import Cells, Design, Hyperparameter, Kind
from hpi.subspace import Sample, Subspace, cut
from hpi.toys import ADDITIVE, ISHIGAMI
from tests.makers import design, noise_design, toy_sample

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden"
FIELDS = ("importance", "low", "high", "statistic", "null_statistic", "null_importance")


def pairs_of(sample: Sample, permutations: int = 200, seed: int = 0) -> Pairs:
    found = PedAnova(permutations).estimate(sample, np.random.default_rng(seed)).pairs
    assert found is not None
    return found


def by_names(sample: Sample, found: Pairs) -> dict[frozenset[str], int]:
    names = [h.name for h in sample.design.hyperparameters]
    return {frozenset((names[a], names[b])): i for i, (a, b) in enumerate(found.columns)}


def pure(loss, target: float, n_cells: int = 120) -> float:
    """S of the pair (first, second) by sums over a fine grid of the joint density, the mains taken off one by one.

    `loss` maps two coordinates in [0, 1] to a number, or to one more coordinate's grid along a third axis.
    """
    v = (np.arange(n_cells) + 0.5) / n_cells
    values = loss(v[:, None, None], v[None, :, None], v[None, None, :]) + np.zeros((n_cells,) * 3)
    y = (values <= np.quantile(values, target)).mean(axis=2)
    q = y.mean()
    joint, first, second = y.var(), y.mean(axis=1).var(), y.mean(axis=0).var()
    return float((joint - first - second) / (q * (1 - q)))


def ishigami(a, b, c):
    x, y, z = (np.pi * (2 * v - 1) for v in (a, b, c))
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


@pytest.mark.parametrize(
    ("names", "loss"),
    [
        (("x1", "x2"), ishigami),
        (("x1", "x3"), lambda a, b, c: ishigami(a, c, b)),
        (("x2", "x3"), lambda a, b, c: ishigami(c, a, b)),
    ],
)
def test_ishigami_against_the_integral(names, loss):
    """The mean of 10 tables of 5,000 trials is low by what lies beyond the terms kept: at most 15 % or .016."""
    truth = pure(loss, 0.1)
    found = []
    for seed in range(10):
        sample = toy_sample(ISHIGAMI, 5_000, seed)
        result = pairs_of(sample, 100)
        found.append(result.importance[by_names(sample, result)[frozenset(names)]])
    assert np.mean(found) <= truth + 0.005
    assert np.mean(found) == pytest.approx(truth, rel=0.15, abs=0.016)


def test_an_additive_loss_has_a_pair_in_reaching_the_target():
    """a and b of the additive toy: .193, by a quasi-random integral over all its coordinates."""
    from scipy.stats import qmc

    u = qmc.Sobol(6, rng=0).random_base2(19)
    best = ADDITIVE.at(u)["loss"].to_numpy()
    best = best <= np.quantile(best, 0.1)
    cell = (u[:, 0] * 40).astype(int) * 40 + (u[:, 1] * 40).astype(int)
    y = (np.bincount(cell, best, 1600) / np.bincount(cell, minlength=1600)).reshape(40, 40)
    truth = (y.var() - y.mean(axis=0).var() - y.mean(axis=1).var()) / 0.09
    assert truth == pytest.approx(0.193, abs=0.004)
    found = [pairs_of(toy_sample(ADDITIVE, 3_000, seed), 100) for seed in range(6)]
    assert np.mean([f.importance[0] for f in found]) == pytest.approx(truth, abs=0.03)
    assert all(chance.compare(f).detectable[0] for f in found)


def test_exclusive_or_of_bools_explains_everything():
    """Half of all cells, no main effect: S of the pair is 1."""
    rng = np.random.default_rng(0)
    a, b = rng.choice(["False", "True"], (2, 1000))
    loss = (a == b) + rng.random(1000) / 2
    sample = cut(design({"a": a, "b": b, "c": rng.random(1000)}, loss), Subspace(1.0, float((a != b).mean())))
    found = pairs_of(sample)
    assert found.importance == pytest.approx([1, 0, 0], abs=0.02)
    assert chance.compare(found).detectable.tolist() == [True, False, False]


def test_exclusive_or_of_numbers_is_found_among_twelve_hyperparameters():
    """Neither has a main effect, so that no choice by main effects could find them."""
    rng = np.random.default_rng(1)
    x = rng.random((600, 12))
    loss = 1.0 * ((x[:, 3] > 0.5) == (x[:, 8] > 0.5)) + rng.random(600)
    sample = cut(design({f"h{j:02}": x[:, j] for j in range(12)}, loss), Subspace(1.0, 0.1))
    found = pairs_of(sample)
    verdict = chance.compare(found)
    assert found.columns[verdict.detectable].tolist() == [[3, 8]]
    assert (~np.isnan(found.importance)).sum() == 28
    assert (~np.isnan(found.statistic)).sum() == 66


def test_only_estimated_pairs_are_answered():
    from hpi.scoring import _pairs

    rng = np.random.default_rng(1)
    x = rng.random((300, 10))
    sample = cut(design({f"h{j:02}": x[:, j] for j in range(10)}, x[:, 0] * x[:, 1]), Subspace(1.0, 0.1))
    scores = _pairs(sample, pairs_of(sample))
    assert len(scores) == 28
    assert all(score.importance is not None for score in scores)
    assert scores[0].names == ("h00", "h01")


def test_levels_by_hand():
    """2 x 2 levels, 100 trials each, target 30, 10, 10, 0: g is the interaction contrast of the rates.

    y = rate / q in the cells is 2.4, .8, .8, 0 (q = 1/8); the contrast is (2.4 - .8 - .8 + 0) / 4 = .2 in every cell.
    """
    region, target = np.full(4, 100), np.array([30, 10, 10, 0])
    code = np.concatenate([np.repeat(np.arange(4), target), np.repeat(np.arange(4), region - target)])
    first, second = (
        axis(Cells(c.astype(np.uint16), 2, ordered=False, exact=True), 400, 12, 5) for c in (code // 2, code % 2)
    )
    sample = _sample_of(400, 50)
    found = interaction(first, second, tally(first, second, sample, None))
    assert found is not None
    assert found.m**2 == pytest.approx([0.04], rel=1e-9)
    # y - f0 is 1/q - f0 for the target and -f0 for the rest; f0 = 2.2, 1, 1, -.2 and psi^2 = 1 everywhere.
    f0 = np.array([2.2, 1, 1, -0.2])
    squares = (target * (8 - f0) ** 2 + (region - target) * f0**2).sum() / 400
    assert found.e == pytest.approx([(squares - 0.04) / 400 * 400 / 397], rel=1e-9)


def _sample_of(n_trials: int, n_target: int) -> Sample:
    built = design({"x": np.arange(n_trials) / n_trials}, np.arange(float(n_trials)))
    return Sample(built, Subspace(1.0, n_target / n_trials), n_trials, n_target)


def test_every_function_of_one_alone_is_taken_out():
    """A wild main effect of either, and any sum of both, leaves every coefficient exactly at 0."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 9, (2, 500))
    region = np.bincount(a * 9 + b, minlength=81).reshape(9, 9)
    first, second = (axis(Cells(c.astype(np.uint16), 9, ordered=True, exact=True), 500, 12, 8) for c in (a, b))
    counts = tally(first, second, _sample_of(500, 50), None)
    main = rng.random(9)[:, None] + rng.random(9)[None, :]
    found = interaction(first, second, dataclasses.replace(counts, target=region * main, target_squared=region * main))
    assert found is not None
    assert found.m == pytest.approx(np.zeros(len(found.m)), abs=1e-12)


@pytest.mark.parametrize("n_trials", [300, 1000])
def test_a_twin_of_a_strong_hyperparameter_makes_no_pair(n_trials):
    """Correlation .6 with the only one that acts: joint and about 0; products that are only centred would say .4.

    At 5 % more than 3 of 20 tables are marked with a probability of 2 %.
    """
    marked = 0
    for seed in range(20):
        rng = np.random.default_rng([8, seed])
        x = rng.normal(size=n_trials)
        twin = 0.6 * x + 0.8 * rng.normal(size=n_trials)
        columns = {"x": x, "twin": twin, "idle": rng.random(n_trials)}
        found = pairs_of(cut(design(columns, x + 0.3 * rng.normal(size=n_trials)), Subspace()))
        assert found.importance[0] < 0.06
        assert found.reading_of(0) == "joint"
        assert found.reading_of(1) == found.reading_of(2) == "interaction"
        marked += chance.compare(found).detectable[0]
    assert marked <= 3


def test_a_copy_leaves_nothing_to_say():
    x = np.random.default_rng(0).random(400)
    found = pairs_of(cut(design({"x": x, "copy": 2 * x + 1}, np.abs(x - 0.4)), Subspace()))
    assert np.isnan(found.importance).all()


def test_false_alarms_on_noise_and_beside_a_strong_main_effect():
    """At 5 % a study of 60 tables marks more than 7 of them with a probability under 1 %."""
    marked = np.zeros(2)
    for seed in range(60):
        rng = np.random.default_rng([9, seed])
        x = rng.random((300, 5))
        loss = np.where(np.abs(x[:, 0] - 0.37) < 0.06, 0, 1) + 0.05 * rng.normal(size=300)
        strong = cut(design({name: x[:, j] for j, name in enumerate("abcde")}, loss), Subspace())
        for i, sample in enumerate((cut(noise_design(300, rng), Subspace()), strong)):
            marked[i] += chance.compare(pairs_of(sample)).detectable.any()
    assert marked.max() <= 7


def test_coverage_of_the_product():
    """min(a b) wins where both are large: S by the grid, 40 tables of 1,000; fewer than 34 are a 1 % event."""
    truth = pure(lambda a, b, c: -a * b, 0.1, 90)
    covered = 0
    for seed in range(40):
        x = np.random.default_rng([10, seed]).random((1000, 3))
        found = pairs_of(cut(design({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2]}, -x[:, 0] * x[:, 1]), Subspace()), 100)
        covered += found.low[0] <= truth
        assert found.importance[1:].max() < 0.1
        assert np.isnan(found.high).all()
    assert covered >= 34


def test_a_conditional_child_is_paired_among_its_trials():
    """A child and a float that must both be small, in the half where the child is active.

    y = b / q among the active: their S is alpha^2 / beta times that within, with alpha = 1 and beta = 1/2.
    """
    within = pure(lambda a, b, c: np.maximum(a, b), 0.2, 100)
    d_within = within * 0.8 / 0.2
    rng = np.random.default_rng(3)
    active, child, a = rng.random(8000) < 0.5, rng.random(8000), rng.random(8000)
    loss = np.where(active, np.maximum(child, a), 2 + a)
    columns = {"child": np.where(active, child, np.nan), "a": a}
    sample = cut(design(columns, loss), Subspace(1.0, 0.1))
    truth = 0.1 / 0.9 * (1 / 0.5) * d_within
    found = pairs_of(sample)
    assert found.low[0] <= truth
    assert found.importance[0] == pytest.approx(truth, rel=0.15)


def test_children_of_different_parents_have_no_pair():
    rng = np.random.default_rng(0)
    which = rng.random(400) < 0.5
    columns = {"x": np.where(which, rng.random(400), np.nan), "y": np.where(which, np.nan, rng.random(400))}
    found = pairs_of(cut(design(columns, rng.random(400)), Subspace()))
    assert np.isnan(found.importance).all()
    assert np.isnan(found.statistic).all()


def test_inside_a_region_pairs_are_joint():
    found = pairs_of(toy_sample(ADDITIVE, 800, 0, region=0.5))
    assert {found.reading_of(i) for i in range(len(found.columns))} == {"joint"}


@pytest.mark.parametrize("change", ["columns", "rows", "unit"])
def test_orders_and_units_change_nothing(change):
    trials = ADDITIVE.draw(400, np.random.default_rng(0))
    trials = trials if change == "unit" else trials.round(1)  # rounded: ties in the loss
    hyperparameters = {
        "columns": ADDITIVE.hyperparameters[::-1],
        "rows": ADDITIVE.hyperparameters,
        "unit": tuple(dataclasses.replace(h, low=0, high=360) for h in ADDITIVE.hyperparameters),
    }[change]
    changed = trials.sample(frac=1, random_state=1) if change == "rows" else trials
    loss = changed["loss"].to_numpy()
    values = changed.drop(columns="loss") * (360 if change == "unit" else 1)
    plain = cut(Design.build(ADDITIVE.hyperparameters, trials, trials["loss"].to_numpy()), Subspace())
    other = cut(Design.build(hyperparameters, values, loss), Subspace())
    first, second = pairs_of(plain), pairs_of(other)
    place = by_names(other, second)
    order = [place[names] for names in by_names(plain, first)]
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(second, name)[..., order], getattr(first, name), err_msg=name)


def test_repeats_of_configurations_are_no_evidence():
    """30 idle configurations with 10 trials each: rows alone would mark pairs in most tables."""
    marked = 0
    for seed in range(30):
        rng = np.random.default_rng([11, seed])
        unit = np.repeat(np.arange(60), 10)
        x, effect = rng.random((60, 4)), rng.normal(size=60)
        loss = effect[unit] + 0.3 * rng.normal(size=600)
        columns = {name: x[unit, j] for j, name in enumerate("abcd")}
        marked += chance.compare(pairs_of(cut(design(columns, loss, unit), Subspace(1.0, 0.3)))).detectable.any()
    assert marked <= 4


def test_multipliers_of_few_units_stand_for_all():
    """The spread of a null coefficient from 1,000 of 40,000 trials is that of all of them."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, (2, 40_000))
    axes = tuple(axis(Cells(c.astype(np.uint16), 5, ordered=True, exact=True), 40_000, 12, 4) for c in (a, b))
    sample = _sample_of(40_000, 4_000)
    counts = tally(*axes, sample, None)
    found = interaction(*axes, counts)
    drawn = wild.draw(sample, None, 2_000, rng)
    assert drawn.factor.shape == (2_000, 1_000)
    null = wild.null_coefficients(found, counts, axes, drawn)
    assert null.var(axis=0) == pytest.approx(found.e, rel=0.25)
    assert null.mean(axis=0) == pytest.approx(np.zeros(null.shape[1]), abs=5 * np.sqrt(found.e.max() / 2_000))


def test_levels_beyond_twelve_are_merged_by_their_size():
    code = np.repeat(np.arange(20), np.arange(1, 21)).astype(np.uint16)
    made: Axis = axis(Cells(code, 20, ordered=False, exact=True), len(code), 12, 5)
    assert made.n == 12
    assert made.code[code == 19].tolist() == [10] * 20  # the largest keep their order
    assert set(made.code[code <= 8]) == {11}
    share = np.bincount(made.code) / len(code)
    assert made.values.T @ (share[:, None] * made.values) == pytest.approx(np.eye(11), abs=1e-9)


def test_without_shuffles_there_are_pairs_without_verdict():
    found = pairs_of(toy_sample(ADDITIVE, 300, 0), 0)
    assert len(found.null_statistic) == 0
    assert not chance.compare(found).detectable.any()
    assert np.isnan(chance.compare(found).p_value).all()


@pytest.mark.parametrize("settings", [{"pairs": "no"}, {"form": "kernel"}, {"reference": "design"}])
def test_pairs_are_for_the_series_form(settings):
    assert PedAnova(100, **settings).estimate(toy_sample(ADDITIVE, 300, 0), np.random.default_rng(0)).pairs is None


def test_one_hyperparameter_has_no_pairs():
    sample = cut(design({"x": np.arange(100.0)}, np.arange(100.0)), Subspace(1.0, 0.2))
    assert PedAnova(100).estimate(sample, np.random.default_rng(0)).pairs is None


@pytest.mark.skipif(not GOLDEN.exists(), reason="the tables are not at hand")
def test_the_mixed_table_against_its_analytic_pair():
    """lr and optimizer: share_pure of expected.json, for a log float and a category."""
    truth = json.loads((GOLDEN / "expected.json").read_text())["mixed"]["analytic"]["ped"]["target=0.1,region=1"]
    share = truth["pair_lr_optimizer"]["share_pure"]
    table = pd.read_csv(GOLDEN / "mixed.csv")
    metric = table.columns[-1]
    hyperparameters = (
        Hyperparameter("lr", Kind.FLOAT, 1e-5, 1e-1, log=True),
        Hyperparameter("optimizer", Kind.CATEGORY, levels=("adam", "rmsprop", "sgd")),
        Hyperparameter("n_layers", Kind.INT, 1, 6),
        Hyperparameter("dropout", Kind.FLOAT, 0, 0.6),
    )
    sample = cut(Design.build(hyperparameters, table, -table[metric].to_numpy()), Subspace(1.0, 0.1))
    found = pairs_of(sample)
    i = by_names(sample, found)[frozenset(("lr", "optimizer"))]
    assert found.importance.argmax() == i
    assert chance.compare(found).detectable[i]
    assert found.low[i] <= share
    assert found.importance[i] == pytest.approx(share, abs=0.12)  # 50 trials in the target, sharp edges


@pytest.mark.skipif(not GOLDEN.exists(), reason="the tables are not at hand")
def test_the_exclusive_or_table():
    """p and q of xor.csv: the target is {loss = 0}, D of the pair 1 and S = q / (1 - q) times that; r is idle."""
    table = pd.read_csv(GOLDEN / "xor.csv")
    loss = table.iloc[:, -1].to_numpy()
    sample = cut(design({name: table[name].to_numpy() for name in "pqr"}, loss), Subspace(1.0, 0.4))
    assert sample.n_target == (loss == 0).sum()
    found = pairs_of(sample)
    truth = sample.q / (1 - sample.q)
    assert found.importance[0] == pytest.approx(truth, abs=0.25)  # an edge: terms beyond the last hold a tenth
    assert found.low[0] <= truth
    assert chance.compare(found).detectable.tolist() == [True, False, False]


def test_large_tables_are_thinned_in_the_order_of_loss(monkeypatch):
    """Every third trial where three times too many: region, target and their shares stay, and so does the pair."""
    from hpi.estimators.ped import pairs
    from hpi.space import design as module

    monkeypatch.setattr(module, "MOST_THINNED", 20_000)
    sample = toy_sample(ISHIGAMI, 60_000, seed=0)
    thin = pairs.thinned(sample)
    np.testing.assert_array_equal(thin.design.loss, sample.design.loss[::3])
    assert (thin.n_region, thin.n_target) == (20_000, 2_000)
    found = PedAnova().estimate(sample, np.random.default_rng(0))
    assert dict(found.facts) == {"pairs_from_trials": 20_000}
    assert found.pairs is not None
    x1_x3 = by_names(sample, found.pairs)[frozenset(("x1", "x3"))]
    assert found.pairs.importance[x1_x3] == pytest.approx(0.155, abs=0.02)
    small = toy_sample(ISHIGAMI, 600, seed=0)
    assert pairs.thinned(small).design is small.design


def test_what_rounding_leaves_of_a_pair_is_nothing():
    """The target is one level of c: nothing is left for c and x together, and nothing can be told from chance."""
    rng = np.random.default_rng(0)
    c, x = rng.choice(list("abcdefghij"), 1000).astype(object), rng.random(1000)
    sample = cut(design({"c": c, "x": x}, np.where(c == "a", 0.0, 1.0)), Subspace(1.0, 0.05))
    found = pairs_of(sample)
    assert found.importance.tolist() == [0]
    assert not chance.compare(found).detectable.any()
