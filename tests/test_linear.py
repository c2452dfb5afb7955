"""The linear model: against least squares by hand, scikit-learn, closed forms, and its own promises."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi import chance
from hpi.estimators import Linear
from hpi.estimators.linear import model, quality
from hpi.estimators.linear import terms as model_terms
from hpi.estimators.linear.choice import Choice
from hpi.estimators.linear.drop import degrees_of_freedom
from hpi.estimators.linear.encoding import Trials
from hpi.space import Design, Hyperparameter, Kind
from hpi.subspace import Sample, Subspace, cut
from hpi.toys import ADDITIVE, CATEGORY_10, HEAVY, ISHIGAMI, MIXED, XOR, linear_drop
from tests.makers import design, noise_columns, noise_design, toy_sample


def run(sample: Sample, seed: int = 0):
    """Without the forest, which takes longest and is not what these tests are about."""
    return Linear(forest="no").estimate(sample, np.random.default_rng(seed))


def mixed_sample(n: int = 300) -> Sample:
    """A number, a category and a number that is active for one level; unequal variances."""
    rng = np.random.default_rng(5)
    a, c = rng.random(n), rng.choice(["p", "q", "r"], n)
    m = np.where(c == "q", rng.random(n), np.nan)
    loss = a + 2 * a * (c == "p") + np.where(c == "q", 3 * m, 1) + (0.2 + a) * rng.normal(size=n)
    return cut(design({"a": a, "c": c, "m": m}, loss), Subspace())


def columns_by_hand(sample: Sample) -> dict[tuple[str, ...], np.ndarray]:
    """Plain dummies and products, nothing centred: the same model written in another way."""
    a, c, m = sample.design.x.T
    m = np.nan_to_num(m - np.nanmean(m))  # the one thing that changes what is left without c
    mains = {("a", ""): a, ("c", "1"): c == 0, ("c", "2"): c == 0.5, ("m", ""): m}
    mains = {key: column.astype(float) for key, column in mains.items()}
    found = {(key[0],) + ((key[1],) if key[1] else ()): column for key, column in mains.items()}
    for first, second in (("a", "c"), ("a", "m"), ("c", "m")):
        for i, x in mains.items():
            for j, y in mains.items():
                if (i[0], j[0]) == (first, second):
                    found[first, second, i[1], j[1]] = x * y
    return found


def unexplained(columns: list[np.ndarray], y: np.ndarray) -> float:
    """Sum of squared residuals, each over one minus its leverage, from a pseudo-inverse."""
    x = np.column_stack([np.ones(len(y)), *columns])
    hat = x @ np.linalg.pinv(x)
    return float(((y - hat @ y) ** 2 / (1 - np.diag(hat))).sum())


def test_the_drop_is_that_of_two_fits_by_hand():
    sample = mixed_sample()
    columns, y = columns_by_hand(sample), sample.design.loss
    full, total = unexplained([*columns.values()], y), unexplained([], y)
    found = run(sample)
    for j, name in enumerate("acm"):
        without = unexplained([column for key, column in columns.items() if name not in key], y)
        assert found.importance[j] == pytest.approx(max(0, (without - full) / total), abs=1e-9)
    for i, pair in enumerate([("a", "c"), ("a", "m")]):
        without = unexplained([column for key, column in columns.items() if key[:2] != pair], y)
        assert found.pairs.importance[i] == pytest.approx(max(0, (without - full) / total), abs=1e-9)


def test_a_pair_whose_products_say_nothing_new_is_unknown():
    """m is active for one level only, so c times m is m again."""
    found = run(mixed_sample())
    assert found.pairs.columns.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert np.isnan(found.pairs.importance[2])


def test_coefficients_are_those_of_scikit_learn_and_hc3_by_hand():
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(1)
    a, b = rng.random((2, 150))
    loss = a - 2 * b + 4 * a * b + a * rng.normal(size=150)
    sample = cut(design({"a": a, "b": b}, loss), Subspace())
    z = (sample.design.x - sample.design.x.mean(axis=0)) / sample.design.x.std(axis=0)
    x = np.column_stack([z, z[:, 0] * z[:, 1]])
    fitted = LinearRegression().fit(x, sample.design.loss)
    x1 = np.column_stack([np.ones(150), x])
    bread = np.linalg.inv(x1.T @ x1)
    leverage = np.einsum("ij,jk,ik->i", x1, bread, x1)
    residual = (sample.design.loss - fitted.predict(x)) / (1 - leverage)
    error = np.sqrt(np.diag(bread @ (x1 * residual[:, None] ** 2).T @ x1 @ bread))[1:]
    found = {c.terms: c for c in run(sample).coefficients}
    for k, terms in enumerate([("a",), ("b",), ("a", "b")]):
        assert found[terms].value == pytest.approx(fitted.coef_[k])
        # 1.9760 is Student's 97.5 % quantile at 146 degrees of freedom (tables: 1.976 at 150, 1.977 at 140).
        assert found[terms].high - found[terms].value == pytest.approx(1.9763 * error[k], rel=1e-3)
        assert found[terms].value - found[terms].low == pytest.approx(1.9763 * error[k], rel=1e-3)


def test_every_level_is_compared_with_the_mean_of_all_trials():
    rng = np.random.default_rng(2)
    c = rng.choice(["p", "q", "r"], 200, p=[0.6, 0.3, 0.1])
    loss = rng.normal(size=200) + (c == "q")
    found = {k.terms: k.value for k in run(cut(design({"c": c}, loss), Subspace())).coefficients}
    for level in "pqr":
        assert found[(f"c={level}",)] == pytest.approx(loss[c == level].mean() - loss.mean())


def test_predicting_the_unseen_is_leaving_out_each_in_turn():
    from sklearn.linear_model import LinearRegression
    from sklearn.model_selection import LeaveOneOut, cross_val_predict

    sample = toy_sample(ADDITIVE, 60, seed=1)
    predicted = cross_val_predict(LinearRegression(), sample.design.x, sample.design.loss, cv=LeaveOneOut())
    y = sample.design.loss
    around = ((y - (y.sum() - y) / 59) ** 2).sum()
    facts = dict(run(sample).facts)
    assert facts["r2_mains"] == pytest.approx(1 - ((y - predicted) ** 2).sum() / around)


def test_repeating_every_trial_as_one_configuration_is_no_evidence():
    trials = ADDITIVE.draw(120, np.random.default_rng(0))
    thrice = pd.concat([trials] * 3, ignore_index=True)
    once = Design.build(ADDITIVE.hyperparameters, trials, trials["loss"].to_numpy())
    kept = Design.build(ADDITIVE.hyperparameters, thrice, thrice["loss"].to_numpy(), np.tile(np.arange(120), 3))
    a, b = (run(cut(d, Subspace(1.0, 0.2))) for d in (once, kept))
    for name in ("importance", "low", "high", "statistic"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-6, atol=1e-9)
    assert [c.high for c in a.coefficients] == pytest.approx([c.high for c in b.coefficients])
    assert dict(a.facts)["r2_pairs"] == pytest.approx(dict(b.facts)["r2_pairs"])


def test_what_activity_does_is_the_parents_doing():
    """sgd adds 3; momentum, active with sgd alone, adds nothing: optimizer holds 9 / (9 + 4.5) of the variance."""
    rng = np.random.default_rng(0)
    columns = noise_columns(3000, rng)
    sgd = (columns["optimizer"] == "sgd").to_numpy()
    chosen = {name: columns[name].to_numpy() for name in ("momentum", "optimizer")}
    loss = 3 * sgd + rng.normal(size=3000)
    found = run(cut(design(chosen, loss), Subspace()))
    assert found.importance[1] == pytest.approx(2 / (2 + 1), abs=0.03)  # variance 9 * (1/3)(2/3) = 2 beside 1
    assert found.importance[0] == pytest.approx(0, abs=0.01)


def test_a_number_can_be_the_parent():
    rng = np.random.default_rng(0)
    depth = rng.random(2000)
    child = np.where(depth > 0.7, rng.random(2000), np.nan)
    loss = 2.0 * (depth > 0.7) + 0.1 * rng.normal(size=2000)
    found = run(cut(design({"child": child, "depth": depth}, loss), Subspace()))
    assert found.importance[1] > 0.95
    assert found.importance[0] < 0.01


def test_copies_are_unknown_and_said():
    rng = np.random.default_rng(0)
    a = rng.random(100)
    found = run(cut(design({"a": a, "twin": 5 * a, "b": rng.random(100)}, a), Subspace()))
    assert np.isnan(found.importance[:2]).all()
    assert "cannot tell them apart" in found.notes[0]


def test_more_columns_than_the_trials_can_bear():
    rng = np.random.default_rng(0)
    columns = {"wide": rng.choice([f"k{i}" for i in range(90)], 100), "a": rng.random(100)}
    found = run(cut(design(columns, columns["a"] + rng.random(100)), Subspace()))
    assert np.isnan(found.importance[0])
    assert "columns" in found.notes[0]
    assert found.importance[1] > 0.3


def test_where_the_model_is_exact_an_idle_one_is_not_marked():
    rng = np.random.default_rng(0)
    a, idle = rng.random((2, 200))
    found = run(cut(design({"a": a, "idle": idle}, 3 * a), Subspace()))
    assert chance.compare(found).detectable.tolist() == [True, False]
    assert found.importance == pytest.approx([1, 0], abs=1e-9)


@pytest.mark.parametrize("toy", [ADDITIVE, MIXED, HEAVY], ids=lambda toy: toy.name)
def test_intervals_hold_the_truth(toy):
    """At 95 % fewer than 33 of 40 have a probability below 1e-4; the grid of linear_drop is right to 0.007."""
    truth = linear_drop(toy)
    inside = sum(
        (found.low <= truth + 0.007) & (truth - 0.007 <= found.high)
        for found in (run(toy_sample(toy, 300, seed)) for seed in range(40))
    )
    assert inside.min() >= 33


@pytest.mark.parametrize("toy", [ISHIGAMI, XOR], ids=lambda toy: toy.name)
def test_an_idle_pair_beside_effects_is_known_to_do_little(toy):
    """Under chance a drop has a spread of about sqrt(2) / 300: 0.3 is beyond every uncertainty of it."""
    places = [toy.names.index(name) for name in ("x1", "x4") if name in toy.names] or [0, 2]
    for seed in range(20):
        pairs = run(toy_sample(toy, 300, seed)).pairs
        assert pairs is not None
        idle = (pairs.columns == places).all(axis=1)
        assert 0 < pairs.high[idle].item() < 0.3


def test_degrees_of_freedom_are_those_of_the_variance():
    """Of n Gaussian terms n; of k equal ones among n zeros, centred, about 2 k."""
    assert degrees_of_freedom(np.random.default_rng(0).normal(size=200_000)) == pytest.approx(200_000, rel=0.03)
    few = np.where(np.arange(100_000) < 10, 1.0, 0.0)
    assert degrees_of_freedom(few) == pytest.approx(20, rel=0.01)


def test_chance_is_seldom_called_an_effect():
    """At 5 % more than 8 of 60 have a probability below 0.01."""
    samples = (cut(noise_design(120, np.random.default_rng([1, seed])), Subspace()) for seed in range(60))
    assert sum(chance.compare(run(sample)).detectable.any() for sample in samples) <= 8


def test_main_effects_change_nothing_of_a_pair_and_of_its_chance():
    """A strong one would lend its own distribution to shuffles of the losses themselves."""
    rng = np.random.default_rng(8)
    columns = {"a": rng.random(150), "c": rng.choice(list("pqr"), 150), "d": rng.random(150)}
    sample = cut(design(columns, rng.random(150)), Subspace())
    trials = Trials.of(sample, 150, np.random.default_rng(0))
    singles = model_terms.mains(trials, sample.design.hyperparameters)[0]
    found = []
    for effect in (0, 50):
        shifted = dataclasses.replace(trials, y=trials.y + effect * (trials.x[:, 1] == 0))
        choice = Choice.of(shifted, singles)
        assert choice.room.holds_all
        remains = model_terms.fitted(shifted, singles, choice.products())
        drops = model._drops(choice.alone, remains, list(choice.products()))
        scores = model._scores(remains, choice, drops, 100, np.random.default_rng(0))
        found.append([np.r_[statistic, chance] for *_, statistic, chance, _ in scores.values()])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-6)


def four_floats(n: int = 30) -> tuple[Trials, Choice]:
    """A fifth of 30 columns: four main effects, and the one product of the strongest two; a and b are."""
    x = np.random.default_rng(4).random((4, n))
    sample = cut(design(dict(zip("abcd", x, strict=True)), 3 * x[0] - 2 * x[1] + 0.3 * np.sin(9 * x[2])), Subspace())
    trials = Trials.of(sample, n, np.random.default_rng(0))
    return trials, Choice.of(trials, model_terms.mains(trials, sample.design.hyperparameters)[0])


def test_where_not_all_pairs_fit_main_effects_and_chosen_products_are_tested_one_by_one():
    """Squared coefficients over HC3 variances, by plain regression; the product's where main effects are taken off."""
    trials, choice = four_floats()
    assert list(choice.products()) == [(0, 1)]
    x1 = np.column_stack([np.ones(30), trials.x])
    bread = np.linalg.inv(x1.T @ x1)
    unseen = (trials.y - x1 @ bread @ x1.T @ trials.y) / (1 - np.einsum("ij,jk,ik->i", x1, bread, x1))
    t2 = (bread @ x1.T @ trials.y) ** 2 / np.diag(bread @ (x1 * unseen[:, None] ** 2).T @ x1 @ bread)
    product = trials.x[:, 0] * trials.x[:, 1]
    product = product - x1 @ np.linalg.lstsq(x1, product)[0]
    of_pair = (product @ trials.y) ** 2 / (product**2 @ unseen**2)
    found = choice.statistic(choice.alone.fit.z[:, None])
    for j, wanted in enumerate(t2[1:] + of_pair * np.array([1, 1, 0, 0])):
        assert found[j] == pytest.approx([wanted], rel=1e-6)


@pytest.mark.parametrize("kinds", ["floats", "mixed"])
def test_a_shuffle_chooses_as_a_table_of_these_losses_would(kinds):
    """So that what is observed is one draw among its equals."""
    if kinds == "floats":
        trials, choice = four_floats()
    else:
        noise = cut(noise_design(150, np.random.default_rng(0)), Subspace())
        trials = Trials.of(noise, 150, np.random.default_rng(0))
        choice = Choice.of(trials, model_terms.mains(trials, noise.design.hyperparameters)[0])
    assert not choice.room.holds_all
    rng, taken = np.random.default_rng(1), set()
    for _ in range(12):
        order = rng.permutation(len(trials))
        fresh = Choice.of(dataclasses.replace(trials, y=trials.y[order]), choice.singles)
        taken.add(tuple(fresh.products()))
        once, again = fresh.statistic(fresh.alone.fit.z[:, None]), choice.statistic(choice.alone.fit.z[order, None])
        assert {j: value[0] for j, value in once.items()} == pytest.approx({j: v[0] for j, v in again.items()})
    assert len(taken) > 1


def test_levels_of_few_trials():
    """Only a few trials have any error left in some shuffles: its covariance alone has no inverse."""
    trials = CATEGORY_10.draw(60, np.random.default_rng([60, 17, 7]))
    found = run(cut(Design.build(CATEGORY_10.hyperparameters, trials, trials["loss"].to_numpy()), Subspace()), 17)
    assert chance.compare(found).detectable[0]


@given(st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_the_unit_of_the_loss_changes_coefficients_alone(scale, shift):
    rng = np.random.default_rng(0)
    x, noise = rng.random((2, 60))
    first, second = (run(cut(design({"x": x}, loss), Subspace())) for loss in (x + noise, scale * (x + noise) + shift))
    assert first.importance == pytest.approx(second.importance, rel=1e-4)
    assert scale * first.coefficients[0].value == pytest.approx(second.coefficients[0].value, rel=1e-4)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_coefficients_have_the_sign_of_the_metric(direction):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"up": rng.random(200), "down": rng.random(200)})
    frame["score"] = 2 * frame["up"] - frame["down"] + 0.1 * rng.normal(size=200)
    table = hpi.read(frame, metric="score", direction=direction)
    found = {c.terms: c for c in hpi.importance(table, estimator="linear").coefficients}
    assert found[("up",)].value == pytest.approx(2 * frame["up"].std(ddof=0), rel=0.05)
    assert found[("down",)].low < -frame["down"].std(ddof=0) < found[("down",)].high
    assert found[("down",)].high < 0


@pytest.mark.parametrize(
    ("r2", "words", "warned"),
    [
        (
            (0.31, 0.44, 0.87),
            "31 % of the variance of trials that it has not seen, with pairs 44 %, a forest 87 %",
            True,
        ),
        ((0.2, 0.3, 0.87), "most of what matters here is not linear", True),
        ((0.4, 0.6, 0.87), "a part of what matters here is not linear", True),
        ((0.8, 0.85, 0.87), "misses little", False),
        ((-0.1, -0.4, 0.01), "0 % of the variance", True),
        ((-0.1, -0.4, 0.01), "none of the three predicts this metric", True),
        ((0.5, None, 0.4), "misses little", False),
        ((0.5, None, None), "unseen", False),
    ],
)
def test_one_sentence_says_what_a_linear_reading_misses(r2, words, warned):
    said = quality.in_words(*r2)
    assert words in said or words == "unseen"
    assert said.endswith(".")
    assert quality.misses_much(*r2) is warned


def test_a_forest_sees_what_is_not_linear():
    rng = np.random.default_rng(0)
    x, y = rng.random((2, 500))
    sample = cut(design({"x": x, "y": y}, (x - 0.5) ** 2), Subspace())
    found = Linear().estimate(sample, np.random.default_rng(0))
    facts = dict(found.facts)
    assert facts["r2_forest"] > 0.9
    assert facts["r2_pairs"] < 0.05
    assert "most of what matters here is not linear" in found.warnings[0]
    assert facts["reading"] == found.warnings[0]


def test_a_few_trials_that_hold_the_variance_are_named():
    rng = np.random.default_rng(0)
    loss = rng.random(200)
    loss[:2] = 1000
    found = run(cut(design({"x": rng.random(200)}, loss), Subspace()))
    assert any("Only 2 trials hold 99 %" in sentence for sentence in found.warnings)


def test_ordinals_are_ranks_and_bools_have_both_levels():
    rng = np.random.default_rng(0)
    size = Hyperparameter("size", Kind.ORDINAL, levels=("s", "m", "l"))
    flag = Hyperparameter("flag", Kind.BOOL, levels=("False", "True"))
    frame = pd.DataFrame({"size": rng.choice(["s", "m", "l"], 300), "flag": rng.choice(["False", "True"], 300)})
    rank = frame["size"].map({"s": 0, "m": 1, "l": 2}).to_numpy()
    loss = rank + 2.0 * (frame["flag"] == "True").to_numpy() + 0.01 * rng.normal(size=300)
    found = {c.terms: c.value for c in run(cut(Design.build((size, flag), frame, loss), Subspace())).coefficients}
    share = (frame["flag"] == "True").mean()
    assert found[("size",)] == pytest.approx(rank.std(), rel=0.01)
    assert found[("flag=True",)] == pytest.approx(2 * (1 - share), rel=0.01)
    assert found[("flag=False",)] == pytest.approx(-2 * share, rel=0.01)


def test_its_settings_are_bounded():
    assert dataclasses.asdict(Linear()) == {"permutations": 200, "forest": "yes"}
    with pytest.raises(hpi.HpiError, match="from 100 to 10,000, or 0"):
        Linear(permutations=5)
    with pytest.raises(hpi.HpiError, match="forest is 'maybe'"):
        Linear(forest="maybe")


@pytest.mark.parametrize("n", [80, 400])
def test_without_shuffles_and_forest_the_rest_is_the_same(n):
    """At 80 not all pairs fit."""
    sample = toy_sample(ADDITIVE, n, seed=0)
    bare = Linear(permutations=0, forest="no").estimate(sample, np.random.default_rng(0))
    full = Linear().estimate(sample, np.random.default_rng(0))
    for found, wanted in ((bare, full), (bare.pairs, full.pairs)):
        for name in ("importance", "low", "high", "statistic"):
            np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
        assert found.null_statistic.shape == found.null_importance.shape == (0, wanted.null_statistic.shape[1])
        assert np.isnan(chance.compare(found).p_value).all()
    assert bare.coefficients == full.coefficients
    assert dict(bare.facts)["r2_forest"] is None
    assert "forest" not in dict(bare.facts)["reading"]
    assert dict(full.facts)["r2_forest"] > 0
