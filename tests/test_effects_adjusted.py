"""Effects with the others held fixed, on functions whose components are known, and where trials part from them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hpi
from hpi import toys
from hpi.effects import Outcome, adjusted, two_effects
from hpi.effects.joint import beyond_a_sum
from hpi.packing import pack, unpack
from hpi.subspace import Subspace, cut, select
from tests.makers import design, toy_sample

LOSS = Outcome("loss", maximize=False)
GAIN = Outcome("gain", maximize=True)


def sample_of(columns, loss, region=1.0, unit=None):
    return cut(design(columns, loss, unit), Subspace(region, 0.1))


def asked(sample, pair=None, seed=0, outcome=LOSS):
    return adjusted(sample, outcome, np.random.default_rng(seed), pair)


def centred(values, weight):
    return values - np.average(values, weights=weight)


def off_by(held, known):
    """Root mean square of a curve's distance from a known component, both around their means, in spreads of it."""
    expected = centred(known(held.at), held.count)
    distance = centred(held.mean, held.count) - expected
    return np.sqrt(np.average(distance**2, weights=held.count) / np.average(expected**2, weights=held.count))


# ---- one hyperparameter


@pytest.fixture(scope="module")
def additive():
    """sin(2 pi a) + 2 b + noise of a tenth; c does nothing."""
    rng = np.random.default_rng(0)
    x = rng.random((1500, 3))
    loss = np.sin(2 * np.pi * x[:, 0]) + 2 * x[:, 1] + rng.normal(0, 0.1, 1500)
    return sample_of(dict(zip("abc", x.T, strict=True)), loss)


@pytest.fixture(scope="module")
def of_additive(additive):
    return asked(additive, ("a", "b"))


def test_of_a_sum_the_curve_is_the_component_up_to_a_constant(of_additive):
    """A forest's steps and flat ends cost a few percent of the component's spread."""
    assert of_additive.r2 > 0.95
    assert off_by(of_additive.of("a"), lambda a: np.sin(2 * np.pi * a)) < 0.1
    assert off_by(of_additive.of("b"), lambda b: 2 * b) < 0.1
    assert np.ptp(of_additive.of("c").mean) < 0.05


def test_the_constant_is_that_of_the_metric(of_additive, additive):
    for held in of_additive.curves:
        assert np.average(held.mean, weights=held.count) == pytest.approx(additive.design.loss.mean(), abs=0.05)


def test_the_spread_is_that_of_what_the_others_do(of_additive):
    """Half of 2 b lies in an interval of length 1; sin is within half of its own distribution's width, 2 / sqrt 2."""
    for name, width in (("a", 1.0), ("b", np.sqrt(2))):
        held = of_additive.of(name)
        assert ((held.low <= held.mean) & (held.mean <= held.high)).all()
        assert np.median(held.high - held.low) == pytest.approx(width, rel=0.25)


def test_levels_and_few_numbers_have_a_place_each():
    rng = np.random.default_rng(1)
    n = 1200
    columns = {"act": rng.choice(["relu", "sin", "tanh"], n).astype(object), "k": rng.integers(1, 5, n).astype(float)}
    effect = {"relu": 0.0, "sin": 3.0, "tanh": 1.0}
    sample = sample_of(columns, np.array([effect[one] for one in columns["act"]]) + columns["k"] + rng.random(n) / 10)
    found = asked(sample)
    act, k = found.of("act"), found.of("k")
    assert list(act.at) == [0, 1, 2]
    assert centred(act.mean, [1, 1, 1]) == pytest.approx([-4 / 3, 5 / 3, -1 / 3], abs=0.1)
    assert list(k.at) == [1, 2, 3, 4]
    assert np.diff(k.mean) == pytest.approx([1, 1, 1], abs=0.1)
    assert list(k.count) == [int((columns["k"] == value).sum()) for value in (1, 2, 3, 4)]


def test_a_logarithmic_hyperparameter_is_in_its_own_unit():
    found = asked(toy_sample(toys.LOGS, 600, 0))
    (lr,) = [one for one in toys.LOGS.hyperparameters if one.name == "lr"]
    at = found.of("lr").at
    assert lr.low <= at.min() < at.max() <= lr.high
    steps = np.diff(np.log(at))
    assert steps.max() < 3 * np.median(steps)  # equally many trials of a uniform logarithm


def conditional(n=1500, seed=0):
    """sgd is worse by 1 and has a momentum, which counts 2 (momentum - 1/2) there; lr counts as it is."""
    rng = np.random.default_rng(seed)
    sgd = rng.random(n) < 0.5
    momentum = np.where(sgd, rng.random(n), np.nan)
    lr = rng.random(n)
    loss = lr + np.where(sgd, 1 + 2 * (momentum - 0.5), 0) + rng.normal(0, 0.05, n)
    optimizer = np.where(sgd, "sgd", "adam").astype(object)
    return sample_of({"lr": lr, "optimizer": optimizer, "momentum": momentum}, loss)


@pytest.fixture(scope="module")
def of_conditional():
    return asked(conditional(), ("momentum", "optimizer"))


def test_a_conditional_hyperparameter_is_averaged_where_it_is_active(of_conditional):
    held = of_conditional.of("momentum")
    assert "where it is active" in held.note
    assert held.n_trials < of_conditional.n_averaged
    assert off_by(held, lambda momentum: 2 * momentum) < 0.1
    assert np.average(held.mean, weights=held.count) == pytest.approx(1.5, abs=0.1)


def test_a_parent_gives_those_that_are_moved_the_children_that_they_lack(of_conditional):
    """An average over impossible configurations (sgd without momentum) would halve the effect of 1."""
    adam, sgd = of_conditional.of("optimizer").mean
    assert sgd - adam == pytest.approx(1, abs=0.1)


def test_repeats_of_a_configuration_are_one_trial():
    """Each of 250 configurations five times; the average is over 250."""
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(250), 5)
    x = rng.random((250, 2))[unit]
    found = asked(sample_of({"a": x[:, 0], "b": x[:, 1]}, x[:, 0] + rng.normal(0, 0.1, 1250), unit=unit))
    assert found.n_averaged == 250
    assert {held.n_trials for held in found.curves} == {250}


def test_at_most_a_thousand_configurations_are_averaged_over():
    rng = np.random.default_rng(4)
    x = rng.random((7000, 1))
    found = asked(sample_of({"a": x[:, 0]}, x[:, 0] + rng.normal(0, 0.1, 7000)))
    assert (found.n_grown, found.n_averaged) == (3000, 1000)


# ---- no answer


def test_a_forest_that_predicts_nothing_has_no_curves_and_says_so():
    rng = np.random.default_rng(5)
    found = asked(sample_of(dict(zip("abc", rng.random((3, 300)), strict=True)), rng.normal(size=300)), ("a", "b"))
    assert (found.curves, found.joint) == ((), None)
    assert found.r2 < 0.1
    assert "does not predict loss" in found.reason
    assert found.of("a") is None


def test_a_constant_metric_has_no_r2():
    found = asked(sample_of({"a": np.arange(30) / 30}, np.full(30, 2.5)))
    assert found.r2 is None
    assert "cannot be had" in found.reason


def test_what_has_one_value_or_is_hardly_active_has_no_curve_and_says_why():
    rng = np.random.default_rng(6)
    a, rare = rng.random(400), np.full(400, np.nan)
    rare[:3] = [0.1, 0.5, 0.9]
    # b has one value among the better half
    b = np.where(a < 0.6, 0.25, rng.random(400))
    found = asked(sample_of({"a": a, "b": b, "rare": rare}, a + rng.normal(0, 0.01, 400), region=0.5))
    notes = {held.name: held.note for held in found.curves if not len(held.at)}
    assert notes["b"] == "only one value in the region"
    assert "at least 5 are needed" in notes["rare"]


# ---- where the trials part from the curve


def correlated(n=800, seed=0, rho=0.7):
    """b does nothing, but follows a, which counts 2 a: by rho in normal scores."""
    from scipy.stats import norm

    rng = np.random.default_rng([seed, n])
    z = rng.normal(size=(n, 3))
    z[:, 1] = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    x = norm.cdf(z)
    loss = 2 * x[:, 0] + x[:, 2] + rng.normal(0, 0.2, n)
    return sample_of(dict(zip("abc", x.T, strict=True)), loss), x


def test_where_trials_were_not_drawn_independently_the_two_part_as_far_as_the_other_moved_along():
    """b counts nothing; raw it counts E[2 a | b] - 1, which is 2 Phi(rho z / sqrt(2 - rho^2)) - 1."""
    from scipy.stats import norm

    sample, _ = correlated(2000)
    found = asked(sample)
    b = found.of("b")
    assert b.parts[[0, 1, -2, -1]].all()
    expected = 2 * norm.cdf(0.7 * norm.ppf(b.at) / np.sqrt(2 - 0.7**2)) - 1
    # the forest gives b a part of what a does: the two predict each other
    assert np.ptp(b.mean) < 0.25 * np.ptp(expected)
    assert np.corrcoef(b.gap, expected)[0, 1] > 0.95
    assert np.abs(b.gap).max() == pytest.approx(np.abs(expected).max(), rel=0.3)
    assert not found.of("c").parts.any()
    assert found.is_whole


@pytest.mark.parametrize("seed", range(5))
def test_a_correlated_design_is_seen(seed):
    assert any(held.parts.any() for held in asked(correlated(400, seed)[0]).curves)


def independent(seed):
    rng = np.random.default_rng([seed, 7])
    n = 250
    sgd = rng.random(n) < 0.5
    columns = {
        "a": rng.random(n),
        "b": rng.random(n),
        "optimizer": np.where(sgd, "sgd", "adam").astype(object),
        "momentum": np.where(sgd, rng.random(n), np.nan),
    }
    loss = 2 * columns["a"] * columns["b"] + sgd + np.where(sgd, columns["momentum"], 0) + rng.normal(0, 0.2, n)
    return sample_of(columns, loss)


def test_independent_searches_part_no_more_often_than_promised():
    """5 % of tables: 6 or more of 40 happen in 1.4 % of studies (binomial)."""
    alarms = sum(any(held.parts.any() for held in asked(independent(seed)).curves) for seed in range(40))
    assert alarms <= 5


def test_a_full_grid_parts_nowhere():
    """Every other hyperparameter is spread alike at each value, so the gap is what trees that differ make of it."""
    a, b, c = (one.ravel() for one in np.meshgrid(np.arange(8.0), np.arange(8.0), np.arange(8.0)))
    found = asked(sample_of({"a": a, "b": b, "c": c}, a * b + c))
    assert not any(held.parts.any() for held in found.curves)


def test_a_threshold_that_decides_what_is_active_is_not_compared_across():
    """c below .5 makes x active, else y: the trials beside .5 are of both kinds."""
    found = asked(toy_sample(toys.ACTIVATION, 600, 0))
    c = found.of("c")
    at_threshold = int(np.abs(c.at - 0.5).argmin())
    assert np.isnan(c.gap).any()
    assert not np.isnan(c.gap).all()
    assert not c.parts[at_threshold]


def test_what_is_active_by_two_parents_is_not_compared_with_trials_and_says_so():
    rng = np.random.default_rng(8)
    n = 600
    p, q = rng.random((2, n)) < 0.5
    child = np.where(p & q, rng.random(n), np.nan)
    columns = {"p": np.where(p, "on", "off").astype(object), "q": np.where(q, "on", "off").astype(object)}
    found = asked(sample_of({**columns, "child": child}, np.where(p & q, 3 * child, 1) + rng.normal(0, 0.1, n)))
    assert not any(held.parts.any() for held in found.curves)
    assert np.isnan(found.of("p").gap).any()


# ---- two hyperparameters


@pytest.fixture(scope="module")
def product():
    """4 (a - 1/2) (b - 1/2) + a: all of the first part is beyond both alone."""
    rng = np.random.default_rng(9)
    x = rng.random((3000, 3))
    loss = 4 * (x[:, 0] - 0.5) * (x[:, 1] - 0.5) + x[:, 0] + rng.normal(0, 0.05, 3000)
    return sample_of(dict(zip("abc", x.T, strict=True)), loss)


def test_what_is_left_of_a_product_is_the_product(product):
    joint = asked(product, ("a", "b")).joint
    middle = (np.arange(joint.surface.shape[1]) + 0.5) / joint.surface.shape[1]
    expected = 4 * np.outer(middle - 0.5, middle - 0.5)
    assert joint.remainder == pytest.approx(expected, abs=0.12)
    # variances: 16 / 144 of the product, 1 / 12 of a
    assert joint.share == pytest.approx((1 / 9) / (1 / 9 + 1 / 12), abs=0.06)


def test_of_a_sum_nothing_is_left(of_additive):
    joint = of_additive.joint
    assert joint.share < 0.01
    assert np.nanmax(np.abs(joint.remainder)) < 0.1 * np.ptp(joint.surface[~np.isnan(joint.surface)])


def test_what_is_left_sums_to_zero_in_rows_and_columns_as_the_trials_lie(product, of_conditional):
    for joint in (asked(product, ("c", "a")).joint, of_conditional.joint):
        rest = np.where(np.isnan(joint.remainder), 0, joint.remainder) * joint.count
        scale = np.nanmax(np.abs(joint.surface)) * joint.count.sum()
        assert rest.sum(axis=0) == pytest.approx(0, abs=1e-9 * scale)
        assert rest.sum(axis=1) == pytest.approx(0, abs=1e-9 * scale)


def test_the_rest_of_a_table_of_four_cells_by_hand():
    """Equal weights: a quarter of the double difference (4 - 1 - 2 + 1) / 4 = 1/2, with alternating signs."""
    rest = beyond_a_sum(np.array([[1.0, 1.0], [2.0, 4.0]]), np.ones((2, 2)))
    assert rest == pytest.approx(np.array([[0.5, -0.5], [-0.5, 0.5]]))


def test_without_a_cell_there_is_nothing_that_a_sum_could_not_say():
    rest = beyond_a_sum(np.array([[1.0, 7.0], [2.0, np.nan]]), np.array([[3, 1], [2, 0]]))
    assert np.isnan(rest[1, 1])
    assert rest[~np.isnan(rest)] == pytest.approx(0, abs=1e-12)


def test_the_grid_is_that_of_the_trials_and_empty_cells_stay_unknown(of_conditional):
    sample = conditional()
    frame = pd.DataFrame({"loss": sample.design.loss})
    for j, name in enumerate(("lr", "optimizer", "momentum")):
        x = sample.design.x[:, j]
        frame[name] = np.where(x < 0.5, "adam", "sgd") if name == "optimizer" else x
    roles = {name: hpi.Role.HYPERPARAMETER for name in ("lr", "optimizer", "momentum")}
    table = hpi.read(frame, metric="loss", direction=hpi.Direction.MINIMIZE, roles=roles)
    effect = two_effects(table, select(table, hpi.Subspace()), "momentum", "optimizer")
    joint = of_conditional.joint
    assert (joint.count == effect.count).all()
    assert (np.isnan(joint.surface) == (effect.count == 0)).all()
    # where momentum counts nothing, sgd is worse by 1: its middle against adam's only cell
    sgd, adam = effect.cuts[1].labels.index("sgd"), effect.cuts[1].labels.index("adam")
    assert joint.surface[sgd, :-1].mean() - joint.surface[adam, -1] == pytest.approx(1, abs=0.1)


def test_turned_it_is_the_pair_in_the_other_order(product):
    one, other = (asked(product, pair).joint for pair in (("a", "b"), ("b", "a")))
    assert one.turned.names == other.names
    assert one.turned.surface == pytest.approx(other.surface)
    assert one.turned.remainder == pytest.approx(other.remainder, abs=1e-9)


# ---- contracts


def numbers(found):
    """Every number of a result by name, in one order."""
    held = sorted(found.curves, key=lambda one: one.name)
    arrays = [getattr(one, field) for one in held for field in ("at", "mean", "low", "high", "gap", "chance", "count")]
    return [*arrays, found.joint.surface, found.joint.remainder] if found.joint else arrays


def test_same_seed_same_digits_and_zero_is_a_seed(additive):
    first, again, other = (numbers(asked(additive, ("a", "c"), seed)) for seed in (0, 0, 1))
    assert all(np.array_equal(one, two, equal_nan=True) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[1], other[1])


def shuffled_and_turned(columns, loss, seed):
    rng = np.random.default_rng(seed)
    order, names = rng.permutation(len(loss)), rng.permutation(sorted(columns))
    return {str(name): columns[name][order] for name in names}, loss[order]


@settings(max_examples=12)
@given(seed=st.integers(0, 10**6), missing=st.sampled_from([0.0, 0.4]), ties=st.booleans())
def test_order_of_rows_and_columns_and_sign_of_the_metric_change_nothing(seed, missing, ties):
    rng = np.random.default_rng(seed)
    n = 120
    columns = {
        "x": rng.random(n),
        "whole": rng.integers(0, 15, n).astype(float),
        "level": rng.choice(["u", "v", "w"], n).astype(object),
    }
    columns["part"] = np.where(rng.random(n) < missing, np.nan, rng.random(n))
    loss = columns["x"] + columns["whole"] / 15 + (columns["level"] == "u") + rng.normal(0, 0.05, n)
    loss = loss.round(1) if ties else loss
    pair = ("part", "level")
    first = asked(sample_of(columns, loss), pair)
    moved = asked(sample_of(*shuffled_and_turned(columns, loss, seed)), pair)
    assert moved.r2 == first.r2
    for one, two in zip(numbers(first), numbers(moved), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-12)
    gain = asked(sample_of(columns, loss), pair, outcome=GAIN)
    for held, turned in zip(first.curves, gain.curves, strict=True):
        assert turned.mean == pytest.approx(-held.mean)
        assert turned.low == pytest.approx(-held.high)
        assert turned.gap == pytest.approx(-held.gap, nan_ok=True, abs=1e-12)
        assert list(turned.parts) == list(held.parts)
    if first.joint:
        assert gain.joint.remainder == pytest.approx(-first.joint.remainder, nan_ok=True, abs=1e-12)


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), n=st.integers(16, 60), region=st.sampled_from([1.0, 0.5]), levels=st.integers(2, 40))
def test_any_table_has_an_answer_or_a_reason(seed, n, region, levels):
    rng = np.random.default_rng(seed)
    columns = {
        "level": rng.choice([f"l{k}" for k in range(levels)], n).astype(object),
        "rare": np.where(rng.random(n) < 0.9, np.nan, rng.random(n)),
        "same": np.where(rng.random(n) < 0.98, 0.5, rng.random(n)),
        "x": rng.random(n).round(1),
    }
    for name in ("rare", "same"):
        columns[name][:2] = [0.1, 0.9]
    columns["level"][:2] = ["l0", "l1"]
    found = asked(sample_of(columns, 10 * columns["x"] + rng.random(n), region), ("level", "rare"))
    assert (found.reason is None) == bool(found.curves)
    for held in found.curves:
        assert len(held.at) or held.note
        assert np.isfinite(held.mean).all()
        assert len({len(getattr(held, one)) for one in ("at", "mean", "low", "high", "count", "gap", "chance")}) == 1
    if found.joint:
        assert np.isnan(found.joint.surface[found.joint.count == 0]).all()


@pytest.mark.parametrize("unit", [1e-200, 1e300, 1e-5])
def test_any_unit_of_the_metric(unit):
    rng = np.random.default_rng(11)
    x = rng.random((200, 2))
    small = asked(sample_of({"a": x[:, 0], "b": x[:, 1]}, x[:, 0] + x[:, 1]), ("a", "b"))
    large = asked(sample_of({"a": x[:, 0], "b": x[:, 1]}, unit * (x[:, 0] + x[:, 1])), ("a", "b"))
    assert large.of("a").mean / unit == pytest.approx(small.of("a").mean)
    assert large.joint.remainder / unit == pytest.approx(small.joint.remainder, abs=1e-6, nan_ok=True)
    assert list(large.of("a").parts) == list(small.of("a").parts)


def test_a_result_travels_between_processes(of_conditional):
    arrays = {}
    plain = json.loads(json.dumps(pack(of_conditional, arrays)))
    back = unpack(plain, arrays)
    assert type(back) is type(of_conditional)
    assert back.of("momentum").note == of_conditional.of("momentum").note
    assert all(
        np.array_equal(one, two, equal_nan=True)
        for one, two in zip(numbers(back), numbers(of_conditional), strict=True)
    )


def test_progress_ends_at_one_and_never_falls(additive):
    said = []
    adjusted(additive, LOSS, np.random.default_rng(0), None, lambda done, doing: said.append((done, doing)))
    done = [one for one, _ in said]
    assert done == sorted(done)
    assert done[-1] == 1
    assert {doing for _, doing in said} == {"growing trees", "averaging predictions"}


def test_what_is_handed_out_cannot_be_changed(of_conditional):
    held, joint = of_conditional.curves[0], of_conditional.joint
    arrays = [held.at, held.mean, held.low, held.high, held.gap, held.chance, joint.surface, joint.remainder]
    assert not any(array.flags.writeable for array in arrays)
