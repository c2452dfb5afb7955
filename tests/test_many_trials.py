"""PED-ANOVA of a large table: counts of all trials, cells and chance by a drawn part, against truths in closed form.

The limit of 131,072 trials is lowered, so that a table of a few thousand is a large one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

import hpi
from hpi import chance
from hpi.counts import count
from hpi.estimators import PedAnova
from hpi.estimators.base import Estimate, Pairs
from hpi.estimators.ped import shuffles
from hpi.space import Design, Hyperparameter, Kind, drawing
from hpi.subspace import Subspace, cut, reduced
from hpi.table import TrialTable
from hpi.toys import ACTIVATION, ADDITIVE, DOMAIN, ISHIGAMI, MIXED, Toy, reached, reached_pairs
from tests.makers import design, noise_design, toy_design

MOST = 2000
NUMBERS = ("importance", "low", "high", "statistic", "null_statistic", "null_importance")


@pytest.fixture(autouse=True)
def few_are_drawn(monkeypatch):
    monkeypatch.setattr(drawing, "MOST_DRAWN", MOST)


def asked(built: Design, region: float = 1.0, target: float = 0.1, seed: int = 0, **settings) -> Estimate:
    return PedAnova(**settings).estimate(cut(built, Subspace(region, target)), np.random.default_rng(seed))


def pairs_asked(built: Design, *question: float, **settings) -> Pairs:
    found = asked(built, *question, **settings).pairs
    assert found is not None
    return found


def without_the_rule(built: Design) -> Design:
    """The same trials, all of which say where cells end, are shuffled and are looked at one by one."""
    return replace(built, position=None)


def same(first: Estimate | Pairs, second: Estimate | Pairs) -> bool:
    """Whether all numbers are the same, bit for bit."""
    return all(np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True) for name in NUMBERS)


@pytest.mark.parametrize("toy", [ISHIGAMI, ADDITIVE, MIXED, ACTIVATION, DOMAIN], ids=lambda toy: toy.name)
@pytest.mark.parametrize("target", [0.1, 0.1234])
def test_importances_are_those_of_the_integral(toy: Toy, target):
    """20,000 trials: a standard deviation is below .01 for each of them; .1234 lies between two rungs."""
    found = asked(toy_design(toy, 20_000, 0), target=target, permutations=0, pairs="no")
    assert found.importance == pytest.approx(reached(toy, target), abs=0.03)


@pytest.mark.parametrize(
    ("toy", "part"),
    [(ISHIGAMI, 0.1), (MIXED, 0.1), (ACTIVATION, 0.3), (DOMAIN, 0.1)],
    ids=lambda of: getattr(of, "name", None),
)
@pytest.mark.parametrize("question", [(1.0, 0.1), (0.5, 0.1), (0.1, 0.02), (1.0, 0.01)])
def test_the_rule_moves_importances_and_ends_by_little(toy: Toy, part: float, question):
    """The same 12,000 trials with cells that end elsewhere: a tenth of an interval's width.

    Three tenths where the target begins at a sharp edge, which lies within a cell, here of 20 to 80 trials.
    """
    built = toy_design(toy, 12_000, 1)
    by_rule = asked(built, *question, permutations=0, pairs="no")
    without = asked(without_the_rule(built), *question, permutations=0, pairs="no")
    width = without.high - without.low
    for name in ("importance", "low", "high"):
        moved = np.abs(getattr(by_rule, name) - getattr(without, name))
        assert (moved[~np.isnan(width)] <= part * width[~np.isnan(width)] + 0.002).all(), name


def test_intervals_hold_the_truth():
    """60 tables of 5,000 trials: at least 53 of 60; of 95 % intervals fewer would do by 1 % of chance."""
    held = np.zeros(6)
    for seed in range(60):
        found = asked(toy_design(ADDITIVE, 5_000, seed), permutations=0, pairs="no")
        held += (found.low <= ADDITIVE.truth) & (ADDITIVE.truth <= found.high)
    assert binom.cdf(52, 60, 0.95) < 0.01
    assert (held >= 53).all(), held


def test_noise_is_called_a_signal_in_one_table_of_twenty_at_most():
    """Of 60 tables at most 7, of the family of mains as of that of pairs: more would come by .5 % of chance."""
    mains = pairs = 0
    floors, floors_without = [], []
    for seed in range(60):
        built = noise_design(5_000, np.random.default_rng(seed))
        found = asked(built, permutations=100)
        assert found.pairs is not None
        mains += bool(chance.compare(found).detectable.any())
        pairs += bool(chance.compare(found.pairs).detectable.any())
        if seed < 20:
            floors.append(chance.compare(found).floor)
            without = asked(without_the_rule(built), permutations=100, pairs="no")
            floors_without.append(chance.compare(without).floor)
    assert binom.sf(7, 60, 0.05) < 0.01
    assert mains <= 7
    assert pairs <= 7
    assert np.mean(floors, axis=0) == pytest.approx(np.mean(floors_without, axis=0), rel=0.2)


def test_what_matters_is_told_from_chance():
    found = chance.compare(asked(toy_design(ISHIGAMI, 8_000, 0)))
    assert found.detectable.tolist() == [True, True, True, False]


def rare(n: int, share: float, seed: int) -> Design:
    """Two hyperparameters that are active together in a small share of the trials, one that is always, and noise."""
    rng = np.random.default_rng(seed)
    active = rng.random(n) < share
    names = {"c": np.where(active, rng.random(n), np.nan), "d": np.where(active, rng.random(n), np.nan)}
    return design({**names, "x": rng.random(n)}, rng.random(n))


@pytest.mark.parametrize("most", [MOST, 10**9])
def test_what_is_active_in_few_of_many_trials_is_no_signal_by_that(most, monkeypatch):
    """Of 30,000 trials .4 %: of a part of 20,000 and 500 in its target, next to none; at most 7 of 60 tables."""
    monkeypatch.setattr(drawing, "MOST_DRAWN", most)
    mains = pairs = 0
    for seed in range(60):
        found = asked(rare(30_000, 0.004, seed), permutations=100)
        assert found.pairs is not None
        mains += bool(chance.compare(found).detectable.any())
        pairs += bool(chance.compare(found.pairs).detectable.any())
    assert mains <= 7
    assert pairs <= 7


def test_chance_from_counts_has_the_moments_of_the_hypergeometric_law():
    """Two levels, 6 and 18 of the 24 active trials, of which 8 are in the target.

    The share of the first among 8 draws of 24 without replacement has mean r = 1/4 and variance
    r (1 - r) / 8 * (24 - 8) / (24 - 1).
    """
    n = 4000
    level = np.full(n, None, dtype=object)
    level[:24] = ["a"] * 6 + ["b"] * 18
    loss = np.concatenate([np.repeat([0.0, 1.0], [2, 4]), np.repeat([0.0, 1.0], [6, 12]), np.resize([0, 1, 1], n - 24)])
    built = design({"c": level}, loss)
    sample = reduced(cut(built, Subspace(1.0, 0.3)))
    (counts,) = count(sample)[0]
    assert counts.active_target == 8
    drawn = shuffles.draw(sample, 4000, np.random.default_rng(0))
    part, targets = shuffles._from_counts(counts, drawn)
    assert (part.part, part.thinned) == (1.0, 1.0)
    assert (targets[:, :2].sum(axis=1) == 8).all()
    share = targets[:, 0] / 8
    assert share.mean() == pytest.approx(6 / 24, abs=0.01)
    assert share.var() == pytest.approx(0.25 * 0.75 / 8 * 16 / 23, rel=0.1)


def test_rows_in_another_order_give_the_same_bits_as_long_as_they_keep_their_positions():
    """And columns, too, name by name; rows that are numbered anew draw others, and move numbers by little."""
    trials = MIXED.draw(6_000, np.random.default_rng(0))

    def build(frame: pd.DataFrame, hyperparameters: tuple[Hyperparameter, ...]) -> Design:
        return Design.build(hyperparameters, frame, frame["loss"].to_numpy())

    first = asked(build(trials, MIXED.hyperparameters), permutations=100)
    turned = trials.sample(frac=1, random_state=1)
    other = asked(build(turned, MIXED.hyperparameters), permutations=100)
    assert same(first, other)
    assert first.pairs is not None
    assert other.pairs is not None
    assert same(first.pairs, other.pairs)
    columns = asked(build(trials, MIXED.hyperparameters[::-1]), permutations=100)
    assert same(first, replace(columns, **{name: getattr(columns, name)[..., ::-1] for name in NUMBERS}))
    renumbered = asked(build(turned.reset_index(drop=True), MIXED.hyperparameters), permutations=100)
    assert not same(first, renumbered)
    assert renumbered.importance == pytest.approx(first.importance, abs=0.005)


def read(frame: pd.DataFrame) -> TrialTable:
    return hpi.read(frame, metric="loss", direction="minimize")


def test_rows_are_drawn_by_their_number_in_the_file_whatever_their_names_and_whichever_count():
    frame = ISHIGAMI.draw(5_000, np.random.default_rng(0))
    frame.loc[::7, "loss"] = np.nan
    table = read(frame.set_index(pd.Index([f"run {i}" for i in range(5_000)])))
    assert table.design.position is not None
    assert sorted(table.design.position.tolist()) == np.flatnonzero(frame["loss"].notna()).tolist()
    assert hpi.importance(table) == hpi.importance(read(frame))


def test_a_shuffled_export_with_trial_numbers_is_the_same_table():
    frame = ISHIGAMI.draw(5_000, np.random.default_rng(0)).assign(trial_id=np.arange(5_000))
    shuffled = frame.sample(frac=1, random_state=3)
    first, other = (asked(read(one).design, permutations=100) for one in (frame, shuffled))
    assert same(first, other)


def test_a_known_pair_is_found_with_its_importance_and_idle_ones_are_not():
    """The truth is an integral over the joint density."""
    built = toy_design(ISHIGAMI, 20_000, 0)
    found, truth = pairs_asked(built), reached_pairs(ISHIGAMI, 0.1)
    names = ISHIGAMI.names
    verdict = chance.compare(found)
    for i, (a, b) in enumerate(found.columns):
        expected = truth[names[a], names[b]]
        assert found.importance[i] == pytest.approx(expected, abs=0.03)
        assert found.low[i] <= expected
        assert verdict.detectable[i] == (expected > 0.01)
    assert set(found.reading) == {"interaction"}


def test_pairs_with_and_without_the_rule_are_alike():
    built = toy_design(ISHIGAMI, 12_000, 3)
    for question in ((1.0, 0.1), (1.0, 0.1234), (0.5, 0.1)):
        by_rule, without = pairs_asked(built, *question), pairs_asked(without_the_rule(built), *question)
        np.testing.assert_array_equal(by_rule.columns, without.columns)
        assert by_rule.importance == pytest.approx(without.importance, abs=0.02)
        assert by_rule.low == pytest.approx(without.low, abs=0.02)


def test_pairs_within_a_small_region_have_cells_left_to_tell():
    """The best 5 % lie in a twentieth of x: of cells of equal shares of all trials that is but one or two.

    With u = 20 x in [0, 1] the loss there is 1 where just one of u and y is above 1/2, else 0.
    """
    rng = np.random.default_rng(0)
    x, y, z = rng.random((3, 40_000))
    exclusive = (20 * x > 0.5) != (y > 0.5)
    built = design({"x": x, "y": y, "z": z}, np.where(x < 0.05, exclusive + 0.1 * rng.random(40_000), 5.0 + z))
    found, without = (pairs_asked(one, 0.05, 0.02, permutations=100) for one in (built, without_the_rule(built)))
    assert found.columns[0].tolist() == [0, 1]
    assert without.importance[0] > 0.4
    assert found.importance[0] == pytest.approx(without.importance[0], abs=0.1)
    assert chance.compare(found).detectable.tolist() == [True, False, False]


def test_of_more_than_12_hyperparameters_the_12_that_part_most_have_pairs():
    """15, of which four make the loss, two of these by their product: they and eight of the idle ones."""
    rng = np.random.default_rng(0)
    columns = {f"h{i:02d}": rng.random(8_000) for i in range(15)}
    strong = ("h01", "h06", "h11", "h14")
    a, b, c, d = (columns[name] for name in strong)
    built = design(columns, 2 * a + 2 * b - 3 * a * b + c**2 + np.abs(d - 0.3))
    found = asked(built, permutations=100)
    assert found.pairs is not None
    with_pairs = {f"h{j:02d}" for pair in found.pairs.columns for j in pair}
    assert len(with_pairs) == 12
    assert set(strong) <= with_pairs
    assert len(found.pairs.columns) == 66
    known = ~np.isnan(found.pairs.importance)
    assert known.sum() == 28
    detectable = {tuple(found.pairs.columns[i]) for i in np.flatnonzero(chance.compare(found.pairs).detectable)}
    assert (1, 6) in detectable
    assert {j for pair in detectable for j in pair} <= {1, 6, 11, 14}
    assert len(found.importance) == 15
    assert np.isfinite(found.importance).all()


def test_exclusive_or_is_among_the_pairs_of_many_hyperparameters():
    """20, of which ten move the loss alone and two only together: these two say nothing by themselves."""
    rng = np.random.default_rng(0)
    columns = {f"h{i:02d}": rng.random(10_000) for i in range(20)}
    exclusive = (columns["h13"] > 0.5) != (columns["h17"] > 0.5)
    built = design(columns, sum(columns[f"h{i:02d}"] for i in range(10)) + 2 * exclusive)
    found = asked(built, permutations=100)
    assert found.pairs is not None
    assert not chance.compare(found).detectable[[13, 17]].any()
    verdict = chance.compare(found.pairs)
    i = found.pairs.columns.tolist().index([13, 17])
    assert verdict.detectable[i]
    assert np.nanargmax(found.pairs.importance) == i


def test_inactive_trials_and_a_constant_loss_part_nothing():
    """13 hyperparameters without a difference: the first by name have pairs, whatever else they are."""
    names = [f"h{i:02d}" for i in range(13)]
    values = np.random.default_rng(0).random((3_000, 13))
    values[:, 4] = np.nan
    built = Design.build(
        tuple(Hyperparameter(name, Kind.FLOAT, 0, 1) for name in names),
        pd.DataFrame(values, columns=names),
        np.ones(3_000),
    )
    assert built.edges is not None
    assert {j for pair in built.edges.pairs for j in pair} == set(range(13)) - {4}


def test_which_hyperparameters_have_pairs_does_not_depend_on_the_order_of_columns():
    rng = np.random.default_rng(1)
    columns = {f"h{i:02d}": rng.random(3_000) for i in range(15)}
    loss = columns["h03"] + columns["h09"] + rng.random(3_000)
    chosen = []
    for names in (sorted(columns), sorted(columns, reverse=True)):
        built = design({name: columns[name] for name in names}, loss)
        assert built.edges is not None
        chosen.append({names[j] for pair in built.edges.pairs for j in pair})
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 12


def test_the_best_percent_of_a_large_table(monkeypatch):
    """Of 20,000 trials 200 in the region and 100 in the target; half of 8,000 drawn ones stand for them.

    Intervals hold the integral in 20 tables x 6; without the rule they hold it as often.
    """
    monkeypatch.setattr(drawing, "MOST_DRAWN", 8_000)
    truth, held, without = reached(ADDITIVE, 0.005, 0.01), [], []
    for seed in range(20):
        built = toy_design(ADDITIVE, 20_000, seed)
        sample = reduced(cut(built, Subspace(0.01, 0.005)))
        assert sample.whole == (20_000, 200, 100)
        assert sample.n_region == pytest.approx(40, abs=5)  # thin parts may have too few that were drawn
        assert sample.n_target == pytest.approx(20, abs=5)
        for where, kept in ((built, held), (without_the_rule(built), without)):
            found = asked(where, 0.01, 0.005, permutations=0, pairs="no")
            kept.append((found.low <= truth) & (truth <= found.high))
    assert np.mean(held) >= 0.88
    assert np.mean(held) == pytest.approx(np.mean(without), abs=0.03)
    joint = pairs_asked(toy_design(ADDITIVE, 20_000, 0), 0.01, 0.005, permutations=100)
    assert set(joint.reading) == {"joint"}
    assert np.isfinite(joint.importance).all()


def tied(n: int = 6_000) -> Design:
    """The best 40 % have one loss: those with x below .4; what lies above is worse by x and by chance."""
    rng = np.random.default_rng(0)
    x = rng.permutation(n) / n
    return design({"x": x, "y": rng.random(n)}, np.where(x < 0.4, 0.0, 1 + x + rng.random(n)))


@pytest.mark.parametrize("target", [0.05, 0.1, 0.1234, 0.35])
def test_a_target_that_ties_enlarge_is_the_one_that_was_found(target):
    """x decides it alone, S = 1, and nothing is nan, though nothing lies between .085 and .115 of the trials."""
    built = tied()
    assert reduced(cut(built, Subspace(1.0, target))).whole == (6_000, 6_000, 2_400)
    found = asked(built, target=target)
    assert found.importance == pytest.approx([1, 0], abs=0.03)
    assert found.low[0] <= 1
    assert found.high[0] >= 0.97
    without = asked(without_the_rule(built), target=target)
    assert found.importance == pytest.approx(without.importance, abs=0.01)
    assert found.high == pytest.approx(without.high, abs=0.01)
    assert found.pairs is not None
    assert found.pairs.low[0] <= 0.03


def test_a_region_that_ties_make_everything_is_everything():
    """The worst 30 % failed with one loss: the best 80 % are all trials, whose threshold nobody estimated."""
    rng = np.random.default_rng(0)
    x, y = rng.random(6_000), rng.random(6_000)
    built = design({"x": x, "y": y}, np.minimum(x + y, np.quantile(x + y, 0.7)))
    best, all_ = (asked(built, region, 0.1, permutations=100) for region in (0.8, 1.0))
    assert same(best, all_)
    assert best.pairs is not None
    assert all_.pairs is not None
    assert same(best.pairs, all_.pairs)


@pytest.mark.parametrize(
    "settings", [{"form": "kernel"}, {"form": "histogram"}, {"reference": "design"}, {"compatible": "optuna"}], ids=str
)
def test_other_forms_look_at_all_trials(settings):
    """Their cells are those of a scale, not of ranks: not a digit depends on who was drawn."""
    built = toy_design(MIXED, 5_000, 0)
    by_rule, without = (asked(one, permutations=100, **settings) for one in (built, without_the_rule(built)))
    assert same(by_rule, without)
    assert by_rule.notes == without.notes
    np.testing.assert_array_equal(by_rule.raw, without.raw)
    assert by_rule.pairs is None


def test_all_trials_are_said_to_have_pairs():
    assert asked(toy_design(ISHIGAMI, 5_000, 0), permutations=0).facts == ()


def test_a_level_that_was_not_drawn_takes_part():
    """It has all of the target and is one of 600 trials: nobody drew it, and it alone decides."""
    rng = np.random.default_rng(0)
    n = 40_000
    position = np.arange(n)
    is_drawn = np.isin(position, position[np.argsort(drawing.hashes(position))[:MOST]])
    level = rng.choice(["a", "b"], n).astype(object)
    level[np.flatnonzero(~is_drawn)[:400]] = "c"
    hyperparameters = (Hyperparameter("level", Kind.CATEGORY, levels=("a", "b", "c")),)
    built = Design.build(hyperparameters, pd.DataFrame({"level": level}), (level != "c") + 0.1 * rng.random(n))
    found = asked(built, target=0.01, permutations=0, pairs="no")
    assert found.importance == pytest.approx([1], abs=0.01)
