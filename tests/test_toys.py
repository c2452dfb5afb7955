"""The truths of the toys against closed forms, against a plain random search, and against the golden numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from examples import make_known_function
from hpi import toys
from hpi.space import Design, Kind
from hpi.toys import Toy

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden"
# Edges at hundredths lie between two cells.
CELLS = 200
EVERY = pytest.mark.parametrize("toy", toys.TOYS, ids=lambda toy: toy.name)


# What is drawn


@EVERY
def test_draws_lie_in_the_space(toy):
    frame = toy.draw(200, np.random.default_rng(0))
    assert list(frame.columns) == [*toy.names, "loss"]
    assert len(toy.truth) == len(toy.hyperparameters)
    assert all(h.declared for h in toy.hyperparameters)
    design = Design.build(toy.hyperparameters, frame, frame["loss"].to_numpy())
    for j, name in enumerate(toy.names):
        conditional = name in toy.regimes and toy is not toys.DOMAIN
        assert np.isnan(design.x[:, j]).any() == conditional


@EVERY
def test_what_is_idle_moves_nothing_and_all_else_does(toy):
    rng = np.random.default_rng(1)
    u = rng.random((300, len(toy.names) + (toy.noise > 0)))
    loss = toy.at(u)["loss"]
    for j, name in enumerate(toy.names):
        other = u.copy()
        other[:, j] = rng.random(len(u))
        assert (toy.at(other)["loss"] == loss).all() == (name in toy.idle)


def test_there_is_every_kind_of_hyperparameter():
    every = [h for toy in toys.TOYS for h in toy.hyperparameters]
    assert {h.kind for h in every} >= {Kind.FLOAT, Kind.INT, Kind.CATEGORY, Kind.BOOL}
    assert {len(h.levels) for h in every if h.kind is Kind.CATEGORY} >= {2, 3, 5, 10}
    assert {(h.kind, h.log) for h in every} >= {(Kind.FLOAT, True), (Kind.INT, True), (Kind.INT, False)}
    assert any(h.domains for h in every)


def test_whole_numbers_on_a_log_scale_come_as_often_as_their_length_there():
    frame = toys.INTEGERS.draw(200_000, np.random.default_rng(0))
    share = (frame["width"] <= 64).mean()
    assert share == pytest.approx(np.log(64.5 / 7.5) / np.log(512.5 / 7.5), abs=4e-3)
    assert frame["layers"].value_counts(normalize=True).to_numpy() == pytest.approx(np.full(8, 1 / 8), abs=4e-3)
    assert frame["width"].agg(["min", "max"]).tolist() == [8, 512]


def test_noise_is_that_of_the_toy():
    u = np.random.default_rng(0).random((50_000, 5))
    noise = toys.NOISY.at(u)["loss"] - toys.NOISY.at(np.column_stack([u[:, :4], np.full(len(u), 0.5)]))["loss"]
    assert noise.std() == pytest.approx(0.2, abs=3e-3)
    assert noise.mean() == pytest.approx(0.0, abs=4e-3)


# Importance for reaching the target


def plain(toy: Toy, target: float, region: float, n_trials: int) -> list[float]:
    """S from one large random search: 200 cells of each domain, the plug-in divergence less its bias."""
    frame = toy.draw(n_trials, np.random.default_rng(0))
    frame = frame.sort_values("loss", kind="stable").reset_index(drop=True)
    best = (frame["loss"] <= frame["loss"].quantile(target)).to_numpy()
    frame, best = (part[frame["loss"] <= frame["loss"].quantile(region)] for part in (frame, best))
    q, found = best.mean(), []
    for h in toy.hyperparameters:
        within = 0.0
        for low, high in [(d.low, d.high) for d in h.domains] or [(h.low, h.high)]:
            value = frame[h.name]
            here = value.between(low, high) if h.is_numeric else value.notna()
            if not best[here].any():
                continue
            code = position(h, value[here], low, high)
            t, r = (
                np.bincount(code, best[here], minlength=CELLS) / best.sum(),
                np.bincount(code, minlength=CELLS) / len(best),
            )
            alpha, beta, t, r = t.sum(), r.sum(), t[r > 0], r[r > 0]
            bias = alpha * (1 / beta) * (len(r) - 1) * (1 - q) / best.sum()
            within += ((t - r * alpha / beta) ** 2 / r).sum() - bias
        found.append(q / (1 - q) * within)
    return found


def position(h, value: pd.Series, low: float, high: float) -> np.ndarray:
    if not h.is_numeric:
        return np.array([h.levels.index(level) for level in value], dtype=int)
    ends, x = (low, high), value.to_numpy(float)
    if h.log:
        ends, x = np.log(ends), np.log(x)
    return np.minimum((x - ends[0]) / (ends[1] - ends[0]) * CELLS, CELLS - 1).astype(int)


@EVERY
def test_the_printed_truth_is_what_the_lattice_gives(toy):
    """To the rounding of three digits and the error of the lattice."""
    assert toys.reached(toy, 0.1) == pytest.approx(toy.truth, abs=1e-3)


@pytest.mark.parametrize("toy", [t for t in toys.TOYS if t is not toys.XOR], ids=lambda toy: toy.name)
def test_a_large_random_search_agrees_within_a_region(toy):
    """The rounded toy has just one loss below its best half; no threshold of the category may lie at a level's end."""
    target, region = {"rounded": (0.1, 0.6), "category-10": (0.05, 0.35)}.get(toy.name, (0.05, 0.3))
    assert toys.reached(toy, target, region) == pytest.approx(plain(toy, target, region, 400_000), abs=0.012)


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


def test_a_monotone_change_of_the_loss_changes_nothing():
    assert toys.reached(toys.HEAVY, 0.07, 0.6) == pytest.approx(toys.reached(toys.ADDITIVE, 0.07, 0.6), abs=1e-12)


@pytest.mark.parametrize("toy", [toys.CATEGORY_2, toys.CATEGORY_3, toys.CATEGORY_5], ids=lambda toy: toy.name)
def test_categories_in_closed_form(toy):
    """P(best | level) = t - offset where that is positive; P(best | x) = share of the levels with offset <= t - x."""
    offset = np.array([float(part) for part in toy.formula[4:].split(" for")[0].split(", ")])
    cut = min(t for k in range(1, len(offset) + 1) if (t := threshold(np.sort(offset)[:k], len(offset))) is not None)
    level = np.maximum(cut - offset, 0)
    ends = np.sort(level)[::-1]
    x = sum((k + 1) ** 2 * (high - low) for k, (high, low) in enumerate(zip(ends, [*ends[1:], 0], strict=True)))
    expected = ((level**2).mean() - 0.01) / 0.09, (x / len(offset) ** 2 - 0.01) / 0.09, 0.0
    assert toys.reached(toy, 0.1) == pytest.approx(expected, abs=3e-4)


def threshold(lowest: np.ndarray, n_levels: int) -> float | None:
    """Where the mean of t - offset over all levels is 0.1, if just `lowest` are below it."""
    cut = (0.1 * n_levels + lowest.sum()) / len(lowest)
    return cut if (cut > lowest).all() else None


@pytest.mark.parametrize("target", [0.1, 0.05])
def test_all_in_one_of_ten_levels(target):
    """D of the category is 10 - 1, and S = q D / (1 - q); at half of the level, x cuts it in two: D of x is 1."""
    scale = target / (1 - target)
    expected = (9 * scale, (1 if target == 0.05 else 0) * scale)
    assert toys.reached(toys.CATEGORY_10, target) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("target", [0.03, 0.1, 0.3])
def test_activation_in_closed_form(target):
    """Only the trials with an x reach the target: v = q^2 for c and 2 q^2 (1 / (2 q) - 1) for x."""
    v = np.array([target**2, 2 * target**2 * (1 / (2 * target) - 1), 0.0])
    assert toys.reached(toys.ACTIVATION, target) == pytest.approx(v / (target * (1 - target)), abs=1e-3)


@pytest.mark.parametrize("target", [0.05, 0.1, 0.15])
def test_domain_in_closed_form(target):
    """The target is a triangle with legs T, T^2 / 2 = 15 f, f = 2 q: the density of x in it is 2 (T - x) / T^2."""
    f, t = 2 * target, np.sqrt(30 * 2 * target)
    v = target**2 * np.array([1, 2 * (t**3 / (15 * 9 * f**2) - 1), 2 * (t**3 / (9 * 25 * f**2) - 1)])
    assert toys.reached(toys.DOMAIN, target) == pytest.approx(v / (target * (1 - target)), abs=1e-3)


def test_the_cliff_in_closed_form():
    """Best: stability <= 2/3 and |quality - .4| < .125 - detail / 10; a twentieth of quality is best for any detail."""
    stability = (2 / 3 * 0.15**2 - 0.01) / 0.09
    quality = (2 * (2 / 3) ** 2 * (0.025 + 0.1 / 3) - 0.01) / 0.09
    detail = (4 / 3 * 0.1) ** 2 / 12 / 0.09
    assert toys.reached(toys.CLIFF, 0.1) == pytest.approx((stability, quality, detail, 0), abs=1e-3)


def test_variance_and_the_target_name_another_hyperparameter_at_the_cliff():
    reached, variance = toys.reached(toys.CLIFF, 0.1), toys.sobol(toys.CLIFF).mains
    assert reached.argmax() == 1
    assert reached[0] < 0.06
    assert variance.argmax() == 0
    assert variance[0] > 0.99


# Pairs


@pytest.mark.parametrize(("toy", "target"), [(toys.XOR, 0.1), (toys.RING, 0.1), (toys.RING, 0.3)])
def test_interaction_only(toy, target):
    assert toys.reached(toy, target) == pytest.approx((0, 0, 0), abs=1e-4)
    assert toys.reached_pairs(toy, target) == pytest.approx({("p", "q"): 1, ("p", "r"): 0, ("q", "r"): 0}, abs=1e-3)


@pytest.mark.parametrize("toy", [toys.WINDOW, toys.LOGS, toys.CATEGORY_3, toys.ROUNDED], ids=lambda toy: toy.name)
def test_two_hyperparameters_explain_it_all_between_them(toy):
    total = toys.reached(toy, 0.1).sum() + sum(toys.reached_pairs(toy, 0.1).values())
    assert total == pytest.approx(1, abs=2e-3)


def test_the_pair_within_the_lower_rectangle_is_what_the_mains_leave_there():
    """Within it the indicator has mean f = 2 q and variance f (1 - f); half of the trials are in it."""
    q, f = 0.1, 0.2
    within = toys.reached(toys.DOMAIN, q)[1:].sum()
    expected = f * (1 - f) / 2 / (q * (1 - q)) - within
    assert toys.reached_pairs(toys.DOMAIN, q)["x", "y"] == pytest.approx(expected, abs=2e-3)
    assert ("x", "y") in toys.reached_pairs(toys.ACTIVATION, q)
    assert toys.reached_pairs(toys.ACTIVATION, q)["x", "y"] == 0


# Golden numbers


def golden(table: str) -> dict:
    if not (GOLDEN / "expected.json").exists():
        pytest.skip("the golden numbers are not here")
    return json.loads((GOLDEN / "expected.json").read_text())[table]["analytic"]


@pytest.mark.parametrize(("table", "toy"), [("ishigami", toys.ISHIGAMI), ("ped_toy_1000", toys.PED_TOY)])
def test_golden_shares_of_the_indicator(table, toy):
    """The golden PED toy lives on a grid of 1,001 values; a target of .01 leaves the lattice 10,000 points."""
    for question, expected in golden(table)["ped"].items():
        target, region = (float(part.split("=")[1]) for part in question.split(","))
        wanted = expected["share_of_indicator_variance"]
        found = dict(zip(toy.names, toys.reached(toy, target, region), strict=True))
        assert {name: found[name] for name in wanted} == pytest.approx(wanted, abs=4e-3)


@pytest.mark.parametrize(
    ("table", "toy"), [("conditional_activation", toys.ACTIVATION), ("conditional_domain", toys.DOMAIN)]
)
def test_golden_conditional_shares(table, toy):
    for question, expected in golden(table)["cond_ped"].items():
        target, region = (float(part.split("=")[1]) for part in question.split(","))
        q = expected["q"]
        wanted = [expected["v"][name] / (q * (1 - q)) for name in toy.names]
        assert toys.reached(toy, target, region) == pytest.approx(wanted, abs=2e-3)


@pytest.mark.parametrize(
    ("table", "toy"), [("ped_toy_1000", toys.PED_TOY), ("cat10", toys.CATEGORY_10), ("xor", toys.XOR)]
)
def test_the_golden_tables_are_of_the_same_functions(table, toy):
    golden("xor")
    frame = pd.read_csv(GOLDEN / f"{table}.csv")
    values = {name: frame[name] for name in toy.names}
    if table == "cat10":
        values["c"] = frame["c"].str[1:].astype(float)
    assert toy.loss(values) == pytest.approx(frame["loss"].to_numpy(), abs=1e-6)


# The example that is shipped


def test_the_shipped_example_is_what_its_script_draws(tmp_path, monkeypatch):
    shipped = pd.read_csv(make_known_function.OUT)
    monkeypatch.setattr(make_known_function, "OUT", tmp_path / "again.csv")
    make_known_function.main()
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "again.csv"), shipped, rtol=2e-5)
    a, b, c, d = (shipped[name] for name in "abcd")
    assert shipped["loss"].to_numpy() == pytest.approx(4 * (a - 0.3) ** 2 + 2 * np.abs(b - 0.6) + c * d, rel=1e-4)
