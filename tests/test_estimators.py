"""What every estimator promises: run over ESTIMATORS, so that a new one is tested without a new test."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from hpi.errors import EstimatorError
from hpi.estimators import ESTIMATORS, Estimate, PedAnova, by_name
from hpi.space import Design, Hyperparameter, Kind
from hpi.subspace import Sample, Subspace, cut
from hpi.toys import ADDITIVE
from tests.makers import design, noise_columns, toy_design, toy_sample

FIELDS = ("importance", "low", "high", "statistic", "null_statistic", "null_importance")


FORMS = [
    PedAnova(form="histogram"),
    PedAnova(form="kernel"),
    PedAnova(compatible="optuna"),
    PedAnova(reference="design"),
    PedAnova(form="histogram", reference="design"),
    PedAnova(compatible="optuna", reference="design"),
]


@pytest.fixture(params=[*ESTIMATORS, *FORMS], ids=lambda e: e.name if isinstance(e, type) else str(e))
def estimator(request):
    return request.param() if isinstance(request.param, type) else request.param


def run(estimator, sample: Sample, seed: int = 0) -> Estimate:
    return estimator.estimate(sample, np.random.default_rng(seed))


def assert_equal(first: Estimate, second: Estimate, order: tuple[int, ...] | None = None) -> None:
    """All numbers of `first` are those of `second`, whose columns may stand in another order."""
    for name in FIELDS:
        a, b = getattr(first, name), getattr(second, name)
        np.testing.assert_array_equal(a, b if order is None else b[..., list(order)], err_msg=name)


def test_it_is_a_frozen_dataclass_of_settings(estimator):
    assert dataclasses.is_dataclass(estimator)
    assert type(estimator).__dataclass_params__.frozen
    assert estimator == dataclasses.replace(estimator)
    assert {field.name for field in dataclasses.fields(estimator)} <= set(estimator.settings)
    assert estimator.name == estimator.name.lower()
    assert " " not in estimator.name
    assert estimator.title
    assert estimator.summary.endswith(".")
    assert by_name(estimator.name) is type(estimator)


def test_it_ranks_a_known_toy(estimator):
    """Of the metric's variance a moves more, .30 against .10 of b; being among the best tenth is decided by b."""
    found = run(estimator, toy_sample(ADDITIVE, 2000, seed=0))
    scores = found.importance if found.raw is None else found.raw  # importances may be cut at 0, raw ones are not
    first, second = (1, 0) if estimator.uses_target else (0, 1)
    assert scores[first] > scores[second] > max(scores[2:4])
    assert min(scores[2:4]) > max(scores[4:])


def test_shapes_and_bounds(estimator):
    found = run(estimator, toy_sample(ADDITIVE, 300, seed=0))
    n = len(ADDITIVE.hyperparameters)
    assert len(found.notes) == n
    assert found.null_statistic.shape == found.null_importance.shape
    assert found.null_statistic.shape[1] == n
    has_interval = getattr(estimator, "form", "") != "kernel"
    for values in (found.importance, found.low, found.high):
        assert values.shape == (n,)
    for values in (found.importance, *([found.low, found.high] if has_interval else [])):
        assert ((values >= 0) & (values <= 1)).all()
    if has_interval:
        assert (found.low <= found.importance).all()
        assert (found.importance <= found.high).all()
    else:  # where no honest interval is known, there is none
        assert np.isnan([found.low, found.high]).all()
        assert any("no interval" in warning for warning in found.warnings)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_digits(estimator, seed):
    sample = toy_sample(ADDITIVE, 300, seed=3)
    assert_equal(run(estimator, sample, seed), run(estimator, sample, seed))


def test_another_seed_is_another_draw(estimator):
    sample = toy_sample(ADDITIVE, 300, seed=3)
    assert (run(estimator, sample, 0).null_statistic != run(estimator, sample, 1).null_statistic).any()


def test_the_order_of_columns_changes_nothing(estimator):
    trials = ADDITIVE.draw(400, np.random.default_rng(0)).round(1)  # rounded: ties in the loss
    loss = trials["loss"].to_numpy()
    plain = Design.build(ADDITIVE.hyperparameters, trials, loss)
    turned = Design.build(ADDITIVE.hyperparameters[::-1], trials, loss)
    assert_equal(run(estimator, cut(turned, Subspace())), run(estimator, cut(plain, Subspace())), (5, 4, 3, 2, 1, 0))


def test_the_order_of_rows_changes_nothing(estimator):
    trials = ADDITIVE.draw(400, np.random.default_rng(0)).round(1)
    shuffled = trials.sample(frac=1, random_state=1)
    first, second = (Design.build(ADDITIVE.hyperparameters, t, t["loss"].to_numpy()) for t in (trials, shuffled))
    assert_equal(run(estimator, cut(first, Subspace())), run(estimator, cut(second, Subspace())))


def test_the_unit_of_a_hyperparameter_changes_nothing(estimator):
    """Degrees instead of fractions: an affine change of values and bounds."""
    trials = ADDITIVE.draw(400, np.random.default_rng(0))
    loss = trials["loss"].to_numpy()
    rescaled = tuple(dataclasses.replace(h, low=0, high=360) for h in ADDITIVE.hyperparameters)
    first = Design.build(ADDITIVE.hyperparameters, trials, loss)
    second = Design.build(rescaled, trials.drop(columns="loss") * 360, loss)
    for name in FIELDS:
        a, b = (getattr(run(estimator, cut(d, Subspace())), name) for d in (first, second))
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12, err_msg=name)


def test_one_value_and_too_few_active_trials_are_unknown_never_zero(estimator):
    rng = np.random.default_rng(0)
    columns = {"x": rng.random(200), "rare": np.where(np.arange(200) < 3, rng.random(200), np.nan)}
    hyperparameters = (
        Hyperparameter("x", Kind.FLOAT, 0, 1),
        Hyperparameter("rare", Kind.FLOAT, 0, 1),
        Hyperparameter("fixed", Kind.CATEGORY, levels=("a", "b")),
    )
    built = Design.build(hyperparameters, pd.DataFrame({**columns, "fixed": "a"}), columns["x"])
    found = run(estimator, cut(built, Subspace()))
    assert found.importance[0] > 0.5
    assert np.isnan(found.importance[1:]).all()
    assert np.isnan(found.statistic[1:]).all()
    assert "3 trials" in (found.notes[1] or "")
    assert "one value" in (found.notes[2] or "")


def test_inactive_cells_are_survived_and_said(estimator):
    rng = np.random.default_rng(0)
    columns = noise_columns(600, rng)
    momentum = columns["momentum"].to_numpy()
    loss = np.where(np.isnan(momentum), 0.5, momentum) + 0.2 * rng.normal(size=600)
    found = run(estimator, cut(design({"momentum": momentum, "a": columns["a"].to_numpy()}, loss), Subspace()))
    assert found.importance[0] > found.importance[1]
    assert "where it is active" in (found.notes[0] or "")


def test_small_tables_are_survived(estimator):
    rng = np.random.default_rng(0)
    for n_trials in (16, 20, 33):
        built = design({"x": rng.random(n_trials), "c": rng.choice(["a", "b", "c"], n_trials)}, rng.random(n_trials))
        found = run(estimator, cut(built, Subspace(1.0, 0.5)))
        # A model that does not predict, as nothing does here, has no importances and says so.
        assert np.isfinite(found.importance).all() or all("does not predict" in (note or "") for note in found.notes)


def test_a_region_asks_among_its_own_trials():
    """|a - .5| + 10 (b > .5): over everything the best 40 % have b < .5 and |a - .5| < .4, so S is 1/6 and 2/3.

    Within the best 45 % b is settled, and a alone decides.
    """
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 4000))
    built = design({"a": a, "b": b}, np.abs(a - 0.5) + 10 * (b > 0.5))
    everywhere, inside = (run(PedAnova(), cut(built, Subspace(region, 0.4))) for region in (1.0, 0.45))
    assert everywhere.importance == pytest.approx([1 / 6, 2 / 3], abs=0.06)
    assert inside.importance == pytest.approx([1, 0], abs=0.15)
    assert inside.high[0] == 1


def test_an_unknown_name_is_refused():
    with pytest.raises(EstimatorError, match=r"no estimator called 'anova'; there are: ped-anova"):
        by_name("anova")


@pytest.mark.parametrize("permutations", [1, 99, 10_001])
def test_ped_anova_bounds_its_shuffles(permutations):
    with pytest.raises(EstimatorError, match="from 100 to 10,000"):
        by_name("ped-anova")(permutations=permutations)


def test_large_tables_shuffle_a_part_that_speaks_for_the_whole():
    """The null distribution of 20,000 of 60,000 trials, scaled, has the mean and spread of shuffling all."""
    from hpi.counts import count
    from hpi.estimators.ped import shuffles
    from hpi.estimators.ped.series import coefficients

    sample = cut(toy_design(ADDITIVE, 60_000, 0), Subspace())
    counts = count(sample)[0][0]
    found = coefficients(counts)
    part = shuffles.draw(sample, 300, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    every = np.stack([rng.permutation(60_000) for _ in range(300)])
    whole = shuffles.Shuffles(np.arange(60_000), every, 1.0)
    (few, _), (many, _) = (shuffles.null_scores(counts, found, s) for s in (part, whole))
    assert part.part == pytest.approx(1 / 3)
    assert few.mean() == pytest.approx(many.mean(), rel=0.2)
    assert few.std() == pytest.approx(many.std(), rel=0.35)
