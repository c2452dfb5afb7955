"""Which trials are compared with which: groups by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.errors import EstimatorError
from hpi.space import Design, Hyperparameter, Kind
from hpi.statements.groups import FEWEST, coarse, groups_of, number
from hpi.statements.trials import Trials, clipped
from hpi.subspace import Subspace, cut
from tests.makers import design
from tests.statements.planted import evenly, fairly, sample


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def one_group(values: np.ndarray, seed: int = 0):
    loss = np.random.default_rng(seed).random(len(values))
    (found,) = groups_of(Trials.of(sample({"h": values}, loss)))
    return found


@pytest.mark.parametrize(("n", "n_groups"), [(64, 3), (119, 3), (120, 4), (300, 5), (1500, 6), (5000, 8)])
def test_a_continuum_is_shared_out_evenly(rng, n, n_groups):
    found = one_group(evenly(n, rng))
    assert found.n_compared == n_groups
    assert found.count.sum() == n
    assert max(found.count) - min(found.count) <= 1


def test_many_hyperparameters_get_fewer_groups_each(rng):
    """400 trials: five groups of one; of twelve together three, since 12 x 5 + 1 columns would have 7 trials each."""
    columns = {f"h{k}": rng.random(400) for k in range(12)}
    trials = Trials.of(sample(columns, rng.random(400)))
    assert {one.n_compared for one in groups_of(trials)} == {3}


def test_few_values_are_a_group_each_and_equal_values_stay_together(rng):
    assert one_group(np.repeat([1.0, 2.0, 5.0], [10, 60, 230])).count.tolist() == [10, 60, 230]
    # Twenty values, most of them 7: every cut lies between two values.
    values = np.append(np.full(300, 7.0), np.repeat(np.arange(20.0), 10))
    found = one_group(values)
    ordered = shown(values)
    assert all(len(set(found.code[ordered == value])) == 1 for value in set(values))


def shown(values: np.ndarray, seed: int = 0) -> np.ndarray:
    """The values in the order of the trials: best first."""
    return values[np.argsort(np.random.default_rng(seed).random(len(values)), kind="stable")]


def test_what_is_too_little_joins_its_neighbour():
    assert one_group(np.repeat([1.0, 2.0, 3.0], [100, 100, 7])).count.tolist() == [100, 107]
    assert one_group(np.repeat([1.0, 2.0, 3.0], [7, 100, 100])).count.tolist() == [107, 100]
    assert one_group(np.repeat([1.0, 2.0, 3.0], [100, 7, 100])).count.tolist() == [100, 107]
    assert one_group(np.repeat([1.0, 2.0, 3.0], [100, 8, 100])).count.tolist() == [100, 8, 100]
    assert one_group(np.repeat([1.0, 2.0], [100, 7])).n_compared == 1


def test_ends_and_one_value_for_each_group():
    found = one_group(np.repeat([1.0, 2.0, 5.0], [50, 60, 50]))
    assert found.labels == ("1", "2", "5")
    assert found.typical == ("1", "2", "5")
    # 60 values in three groups: the ends lie halfway between 20 and 21, and between 40 and 41.
    found = one_group(np.arange(1.0, 61) / 10)
    assert found.labels == ("0.1 to 2.05", "2.05 to 4.05", "4.05 to 6")
    assert found.typical == ("about 1", "about 3", "about 5")


@pytest.mark.parametrize(("low", "width"), [(300.0, 1.0), (1e6, 10.0), (2e-5, 1e-9), (-1e6, 1.0)])
def test_values_of_a_narrow_range_are_told_apart(rng, low, width):
    found = one_group(evenly(400, rng, low, low + width))
    assert len(set(found.labels)) == len(set(found.typical)) == found.n_compared
    ends = [float(text) for pair in found.ends for text in pair]
    assert ends == pytest.approx(sorted(ends))
    assert ends[0] == pytest.approx(low, abs=0.2 * width)


def test_whole_numbers_are_named_as_such(rng):
    x = rng.integers(1, 100, 400).astype(float)
    trials = pd.DataFrame({"width": x})
    made = Design.build((Hyperparameter("width", Kind.INT, 1, 512, log=True),), trials, rng.random(400))
    (found,) = groups_of(Trials.of(cut(made, Subspace())))
    assert all(text.isdigit() for pair in found.ends for text in pair)
    last, first = (int(found.ends[0][1]), int(found.ends[1][0]))
    assert last < first
    assert found.count[0] == (x <= last).sum()
    assert not (x[(x > last)] < first).any()


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (1234.5, "1230"), (0.05, "0.05"), (5.04e-5, "5.04e-05"), (1234567.8, "1.23e+06"), (-2.0, "-2")],
)
def test_numbers_as_people_write_them(value, text):
    assert number(value, 3) == text


def test_inactive_trials_are_a_group_that_is_never_compared(rng):
    x = np.where(np.arange(200) < 80, np.nan, rng.random(200))
    found = one_group(x)
    assert found.n_compared == 4
    assert found.count[-1] == 80
    assert found.n_active == 120
    assert found.shares == pytest.approx([0.25] * 4)


def test_rare_levels_share_a_group_that_is_never_compared(rng):
    values = np.repeat(np.array(["a", "b", "c", "d"], dtype=object), [FEWEST, 50, FEWEST - 1, 3])
    found = one_group(values)
    assert found.labels == ("a", "b")
    assert found.rare == (("c", 7), ("d", 3))
    assert found.count.tolist() == [8, 50, 10]
    assert (found.n_compared, found.n_groups) == (2, 3)


def test_for_two_at_once_thirds_and_the_eight_most_frequent_levels(rng):
    counts = dict(zip("abcdefghij", (40, 50, 10, 60, 70, 80, 90, 12, 30, 20), strict=True))
    level = np.repeat(np.array(list(counts), dtype=object), list(counts.values()))
    columns = {"x": rng.permutation(evenly(462, rng)), "level": rng.permutation(level)}
    by_level, by_third = coarse(Trials.of(sample(columns, rng.random(462))))
    assert by_level.labels == tuple("abdefgij")
    assert by_level.count.tolist() == [40, 50, 60, 70, 80, 90, 30, 20, 22]
    assert by_third.count.tolist() == [154, 154, 154]


def test_a_constant_and_an_always_inactive_column_have_nothing_to_compare():
    assert one_group(np.append(np.full(99, 2.0), 3.0)).n_compared == 1
    hyperparameter = Hyperparameter("h", Kind.FLOAT, 0, 1)
    made = Design.build((hyperparameter,), pd.DataFrame({"h": np.full(50, np.nan)}), np.arange(50.0))
    (found,) = groups_of(Trials.of(cut(made, Subspace())))
    assert (found.n_compared, found.n_active) == (0, 0)


@given(st.lists(st.integers(0, 30), min_size=16, max_size=200), st.integers(0, 2**32 - 1))
def test_groups_hold_every_trial_once_in_order_and_none_too_few(values, seed):
    x = np.append(np.array(values, dtype=float), [0.0, 31.0])
    loss = np.random.default_rng(seed).random(len(x))
    (found,) = groups_of(Trials.of(sample({"h": x}, loss)))
    ordered = shown(x, seed)
    assert found.count.sum() == len(x)
    assert min(found.count) >= FEWEST
    for g in range(found.n_compared - 1):
        assert ordered[found.code == g].max() < ordered[found.code == g + 1].min()


def test_a_fifth_of_failed_runs_is_no_outlier():
    """One error in ten against nine in ten, 40 interquartile ranges away: who fails must count as it is."""
    loss = np.append(np.linspace(0.09, 0.13, 80), np.full(20, 0.9))
    assert clipped(loss) == pytest.approx(loss)


def test_a_fifth_of_diverged_runs_is_moved_onto_the_fence():
    """The quartiles stand at places 24.75 and 74.25 of 100, in steps of 1/79."""
    loss = np.append(np.linspace(0.0, 1.0, 80), np.full(20, 1e9))
    low, high = 24.75 / 79, 74.25 / 79
    assert clipped(loss).max() == pytest.approx(high + 3 * (high - low))
    assert clipped(loss)[:80] == pytest.approx(loss[:80])


@given(st.lists(st.floats(-1e3, 1e3), min_size=16, max_size=60), st.lists(st.floats(1e3, 1e300), max_size=14))
def test_moving_losses_in_keeps_their_order(ordinary, far):
    """The best stays the best, the last one the worst, and none goes further out than it was."""
    loss = np.sort(np.array(ordinary + far))
    moved = clipped(loss)
    assert (np.diff(moved) >= 0).all()
    assert moved[0] == loss[0]
    assert (moved <= loss).all()
    assert (moved[-1] > moved[0]) == (loss[-1] > loss[0])


def test_trials_of_one_configuration_are_one(rng):
    """Sixteen configurations of two trials each: their means count, the best first."""
    x, loss = np.repeat(np.arange(16.0), 2), rng.random(32)
    trials = Trials.of(cut(design({"x": x}, loss, unit=np.repeat(np.arange(16), 2)), Subspace()))
    assert len(trials) == 16
    assert trials.loss == pytest.approx(np.sort(loss.reshape(16, 2).mean(axis=1)))
    assert trials.x[0, 0] * 15 == pytest.approx(loss.reshape(16, 2).mean(axis=1).argmin())


def test_configurations_with_the_same_mean_are_refused():
    x, loss = np.repeat(np.arange(20.0), 2), np.tile([0.0, 1.0], 20)
    with pytest.raises(EstimatorError, match="there is nothing to explain"):
        Trials.of(cut(design({"x": x}, loss, unit=np.repeat(np.arange(20), 2)), Subspace()))


def test_levels_are_read_off_the_table_in_any_case(rng):
    flag = fairly("False True", 40, rng)
    made = Design.build((Hyperparameter("flag", Kind.BOOL, levels=("False", "True")),), pd.DataFrame({"flag": flag}),
                        rng.random(40))  # fmt: skip
    (found,) = groups_of(Trials.of(cut(made, Subspace())))
    assert found.labels == ("False", "True")
    assert not found.is_ordered
