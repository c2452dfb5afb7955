from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.effects import OTHER, history, one_effect, two_effects
from hpi.effects.cuts import values_at
from hpi.space import Hyperparameter, Kind
from hpi.subspace import select

HYPERPARAMETER = hpi.Role.HYPERPARAMETER


def read(frame, maximize=False, metric="loss", **options):
    """A table in which every column but the metric is a hyperparameter, unless `roles` says otherwise."""
    direction = hpi.Direction.MAXIMIZE if maximize else hpi.Direction.MINIMIZE
    roles = {name: HYPERPARAMETER for name in frame.columns if name != metric}
    roles |= options.pop("roles", {})
    return hpi.read(frame, metric=metric, direction=direction, roles=roles, **options)


def mixed(n=400, seed=0):
    """A random search over every kind of hyperparameter, one of them conditional, with ties in the loss."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "lr": 10 ** rng.uniform(-5, -1, n),
            "dropout": rng.uniform(0, 0.5, n),
            "width": rng.integers(1, 25, n),
            "layers": rng.integers(1, 4, n),
            "optimizer": rng.choice(["adam", "sgd", "rmsprop"], n),
            "nesterov": rng.choice(["True", "False"], n),
        }
    )
    frame["momentum"] = np.where(frame.optimizer == "sgd", rng.uniform(0, 1, n), np.nan)
    effect = frame.optimizer.map({"adam": 0.2, "sgd": 0.0, "rmsprop": 0.5})
    frame["loss"] = ((np.log10(frame.lr) + 3) ** 2 + effect + 0.01 * frame.width + rng.normal(0, 0.3, n)).round(2)
    return frame


@pytest.fixture(scope="module")
def table():
    return read(mixed())


@pytest.fixture(scope="module")
def sample(table):
    return select(table, hpi.Subspace(region=0.5, target=0.1))


def region_of(table, sample):
    return table.trials.iloc[sample.design.row[: sample.n_region]]


# ---- one hyperparameter


@pytest.mark.parametrize("maximize", [False, True])
def test_categories_stand_in_the_order_of_their_medians_best_first(maximize):
    frame = mixed()
    table = read(frame, maximize)
    effect = one_effect(table, select(table, hpi.Subspace()), "optimizer")
    medians = frame.groupby("optimizer")["loss"].median().sort_values(ascending=not maximize)
    assert list(effect.levels.labels) == list(medians.index)
    assert list(effect.quartiles.median) == pytest.approx(list(medians))


def test_boxes_are_the_quartiles_of_the_region(table, sample):
    effect = one_effect(table, sample, "layers")
    expected = region_of(table, sample).groupby("layers")["loss"].quantile([0.25, 0.5, 0.75]).unstack()
    found = np.column_stack([effect.quartiles.low, effect.quartiles.median, effect.quartiles.high])
    assert effect.levels.labels == ("1", "2", "3")
    assert found == pytest.approx(expected.to_numpy())
    assert list(effect.quartiles.count) == list(region_of(table, sample)["layers"].value_counts().sort_index())


def test_ordered_levels_keep_their_own_order(table, sample):
    assert one_effect(table, sample, "nesterov").levels.labels == ("False", "True")


def test_trials_are_in_the_hyperparameters_own_unit_best_first(table, sample):
    effect = one_effect(table, sample, "lr")
    ordered = table.trials.iloc[effect.row]
    assert list(effect.value) == list(ordered["lr"])
    assert list(effect.metric) == sorted(table.trials["loss"])
    assert (effect.n_region, effect.n_target) == (sample.n_region, sample.n_target)
    assert effect.levels is None


def test_the_running_median_of_a_monotone_function_is_the_function():
    x = np.linspace(0, 1, 501)
    table = read(pd.DataFrame({"x": x, "y": x[::-1] ** 2, "loss": 3 * x + 1}))
    q = one_effect(table, select(table, hpi.Subspace()), "x").quartiles
    assert len(q.at) > 20
    assert set(q.count) == {501 // 6}
    assert q.median == pytest.approx(3 * q.at + 1)
    # a quarter of a window of 83 trials, spaced 1/500, on a slope of 3
    assert q.high - q.low == pytest.approx(3 * 41 / 500)


def test_trials_of_one_value_are_all_in_a_window_or_not_at_all():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.integers(0, 12, 600).astype(float), "loss": rng.normal(size=600)})
    table = read(frame)
    q = one_effect(table, select(table, hpi.Subspace()), "x").quartiles
    counts = frame["x"].value_counts().sort_index().to_numpy()
    whole = {counts[a:b].sum() for a in range(12) for b in range(a + 1, 13)}
    assert set(q.count) <= whole


def test_few_trials_have_no_running_quartiles():
    table = read(pd.DataFrame({"x": np.arange(12) / 7, "loss": np.arange(12.0)}))
    assert len(one_effect(table, select(table, hpi.Subspace(target=0.3)), "x").quartiles.at) == 0


def test_counts_in_bins_are_those_of_a_histogram(table, sample):
    compared = one_effect(table, sample, "lr").compared
    values = region_of(table, sample)["lr"].to_numpy()
    assert list(compared.region) == list(np.histogram(values, compared.cut.edges)[0])
    assert list(compared.target) == list(np.histogram(values[: sample.n_target], compared.cut.edges)[0])
    assert np.diff(np.log(compared.cut.edges)) == pytest.approx(np.log(compared.cut.edges[1] / compared.cut.edges[0]))


def test_bins_follow_the_size_of_the_target():
    table = read(mixed(1000))
    few, many = (
        len(one_effect(table, select(table, hpi.Subspace(target=target)), "lr").compared.cut) for target in (0.008, 0.5)
    )
    assert (few, many) == (4, 16)  # twice the cube root of 8 and of 500


def test_whole_numbers_are_never_split_between_bins(table, sample):
    cut = one_effect(table, sample, "width").compared.cut
    assert list(cut.edges % 1) == [0.5] * len(cut.edges)
    assert (cut.edges[0], cut.edges[-1]) == (0.5, 24.5)
    first, last = cut.labels[0].split(" to ") if " to " in cut.labels[0] else cut.labels[0] * 2
    assert (float(first), float(last)) == (1, np.floor(cut.edges[1]))


@pytest.mark.parametrize("name", ["lr", "width", "layers", "optimizer", "momentum"])
def test_shares_sum_to_one_and_nobody_is_lost(table, sample, name):
    compared = one_effect(table, sample, name).compared
    assert compared.target_share.sum() == pytest.approx(1)
    assert compared.region_share.sum() == pytest.approx(1)
    assert compared.region.sum() + compared.inactive_region == sample.n_region
    assert compared.target.sum() + compared.inactive_target == sample.n_target
    assert compared.inactive_region == region_of(table, sample)[name].isna().sum()


def test_chance_is_the_hypergeometric_distribution(table, sample):
    compared = one_effect(table, sample, "optimizer").compared
    urn = scipy.stats.hypergeom(sample.n_region, compared.region, sample.n_target)
    assert list(compared.chance_low) == list(urn.ppf(0.025))
    assert list(compared.chance_high) == list(urn.ppf(0.975))


def test_kept_repeats_have_no_band_of_chance():
    frame = mixed(60).drop(columns="momentum")
    frame = pd.concat([frame.assign(seed=seed, loss=frame["loss"] + 0.01 * seed) for seed in range(3)])
    table = read(frame.reset_index(drop=True), roles={"seed": hpi.Role.CONTEXT}, repeats="keep")
    assert table.unit is not None
    compared = one_effect(table, select(table, hpi.Subspace(target=0.2)), "lr").compared
    assert np.isnan(compared.chance_low).all()


def test_rare_levels_share_a_cell():
    rng = np.random.default_rng(2)
    level = rng.choice([f"l{k}" for k in range(80)], 2000, p=rng.dirichlet(np.ones(80)))
    table = read(pd.DataFrame({"level": level, "loss": rng.normal(size=2000)}))
    effect = one_effect(table, select(table, hpi.Subspace()), "level")
    frequent = pd.Series(level).value_counts()
    assert len(effect.levels) == 30
    assert effect.levels.labels[-1] == f"{OTHER} ({len(frequent) - 29} levels)"
    assert effect.levels.n_grouped == len(frequent) - 29
    kept = frequent[list(effect.levels.labels[:-1])]
    assert kept.min() >= frequent.drop(kept.index).max()
    assert list(effect.levels.count()) == [*kept, frequent.drop(kept.index).sum()]


def test_a_filter_narrows_the_axis(table):
    where = (hpi.Between("lr", 1e-4, 1e-2),)
    effect = one_effect(table, select(table, hpi.Subspace(where=where)), "lr")
    assert effect.bounds == pytest.approx((1e-4, 1e-2))
    assert len(effect.value) == table.trials["lr"].between(1e-4, 1e-2).sum()


def test_several_tasks_are_shown_by_rank():
    frame = mixed(100)
    frame = pd.concat([frame.assign(task="a"), frame.assign(task="b", loss=1e6 * frame["loss"])], ignore_index=True)
    table = read(frame, roles={"task": hpi.Role.CONTEXT})
    effect = one_effect(table, select(table, hpi.Subspace()), "lr")
    assert effect.outcome.ranked
    assert effect.metric.max() <= 1
    expected = frame.groupby("task")["loss"].rank() / 100
    assert sorted(effect.metric) == pytest.approx(sorted(expected))


def test_what_is_handed_out_cannot_be_changed(table, sample):
    effect = one_effect(table, sample, "lr")
    pair = two_effects(table, sample, "lr", "optimizer")
    arrays = [effect.value, effect.metric, effect.quartiles.median, effect.compared.target, effect.compared.cut.code]
    arrays += [pair.count, pair.median, pair.best, pair.cuts[0].edges, history(table).best]
    assert not any(array.flags.writeable for array in arrays)


# ---- the mean


def test_the_mean_has_the_interval_of_students_t(table, sample):
    means = one_effect(table, sample, "layers").means
    by_level = region_of(table, sample).groupby("layers")["loss"]
    assert means.mean == pytest.approx(by_level.mean().to_numpy())
    low, high = scipy.stats.t(by_level.size() - 1, by_level.mean(), by_level.sem()).interval(0.95)
    assert means.low == pytest.approx(low)
    assert means.high == pytest.approx(high)


def test_the_mean_stands_at_the_places_of_the_quartiles(table, sample):
    effect = one_effect(table, sample, "lr")
    assert list(effect.means.at) == list(effect.quartiles.at)
    assert list(effect.means.count) == list(effect.quartiles.count)
    assert (effect.means.low < effect.means.mean).all()


def test_the_band_holds_the_truth_as_often_as_promised():
    """Levels of normal noise around known means: 95 % of 600 intervals, give or take three standard errors."""
    rng = np.random.default_rng(4)
    truth, held = {"u": 0.0, "v": 1.0, "w": 5.0}, 0
    for _ in range(200):
        level = np.repeat(list(truth), 12)
        loss = pd.Series(level).map(truth) + rng.normal(size=36)
        table = read(pd.DataFrame({"level": level, "x": rng.random(36), "loss": loss}))
        effect = one_effect(table, select(table, hpi.Subspace(target=0.3)), "level")
        known = np.array([truth[label] for label in effect.levels.labels])
        held += ((effect.means.low <= known) & (known <= effect.means.high)).sum()
    assert abs(held / 600 - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 600)


def test_repeats_of_a_configuration_count_once():
    """Each configuration three times: mean, band, quartiles and counts are those of the configurations' means."""
    frame = mixed(60).drop(columns="momentum")
    noise = np.random.default_rng(5).normal(0, 0.2, 60)
    repeats = [frame.assign(seed=seed, loss=frame["loss"] + (seed - 1) * noise) for seed in range(3)]
    table = read(pd.concat(repeats, ignore_index=True), roles={"seed": hpi.Role.CONTEXT}, repeats="keep")
    one = read(frame.assign(loss=frame["loss"]))
    for name in ("lr", "layers", "optimizer"):
        many, single = (one_effect(each, select(each, hpi.Subspace(target=0.4)), name) for each in (table, one))
        assert list(many.quartiles.count) == list(single.quartiles.count)
        assert many.quartiles.median == pytest.approx(single.quartiles.median)
        assert many.means.low == pytest.approx(single.means.low)
        assert many.means.high == pytest.approx(single.means.high)


def test_the_median_of_a_cell_is_that_of_configurations():
    """b = u has one configuration of three trials and two of one: 0, 0, 0; 1; 2."""
    frame = pd.DataFrame({"a": [1.0, 1, 1, 2, 3, 4, 5, 6, 7, 8], "b": list("uuuuuvvvvv"), "seed": [0, 1, 2] + [0] * 7})
    frame["loss"] = [0.0, 0, 0, 1, 2, 5, 6, 7, 8, 9]
    table = read(frame, roles={"seed": hpi.Role.CONTEXT}, repeats="keep")
    assert table.unit is not None
    pair = two_effects(table, select(table, hpi.Subspace(target=0.4)), "b", "b")
    assert sorted(pair.median[pair.count > 0]) == [1, 7]
    assert sorted(pair.count[pair.count > 0]) == [5, 5]


@pytest.mark.parametrize("unit", [1e-300, 1e300])
def test_means_of_any_unit(unit):
    frame = mixed(200)
    small = read(frame)
    large = read(frame.assign(loss=frame["loss"] * unit))
    one, other = (one_effect(each, select(each, hpi.Subspace()), "optimizer").means for each in (small, large))
    assert other.high / unit == pytest.approx(one.high)


# ---- values


@pytest.mark.parametrize("name", ["lr", "dropout", "width", "layers", "momentum"])
def test_positions_lead_back_to_the_numbers_of_the_table(table, name):
    design, trials = table.design, table.trials[name]
    hyperparameter = design.hyperparameters[design.column(name)]
    found = values_at(hyperparameter, design.x[:, design.column(name)])
    expected = trials.to_numpy(dtype=float, na_value=np.nan)[design.row]
    assert found == pytest.approx(expected, rel=1e-11, nan_ok=True)
    if name in ("width", "layers"):
        assert list(found) == list(expected)


def test_short_decimals_come_back_as_they_were_written():
    values = [0.1, 0.2, 0.3, 1.7, 250.25, 0.001]
    hyperparameter = Hyperparameter("x", Kind.FLOAT, -3.3, 1e4)
    assert list(values_at(hyperparameter, hyperparameter.encode(pd.Series(values)))) == values


# ---- two hyperparameters


@pytest.mark.parametrize("maximize", [False, True])
def test_a_grid_of_levels_is_a_pivot_table(maximize):
    table = read(mixed(), maximize)
    sample = select(table, hpi.Subspace(region=0.7, target=0.2))
    pair = two_effects(table, sample, "optimizer", "layers")
    region = region_of(table, sample).astype({"layers": int})
    rows, columns = [int(label) for label in pair.cuts[1].labels], list(pair.cuts[0].labels)

    def pivot(what):
        return region.pivot_table("loss", "layers", "optimizer", what).loc[rows, columns].to_numpy()

    assert pair.median == pytest.approx(pivot("median"))
    assert pair.best == pytest.approx(pivot("max" if maximize else "min"))
    assert (pair.count == pd.crosstab(region.layers, region.optimizer).loc[rows, columns].to_numpy()).all()
    target = region.iloc[: sample.n_target]
    counted = pd.crosstab(target.layers, target.optimizer).reindex(index=rows, columns=columns, fill_value=0)
    assert (pair.target == counted.to_numpy()).all()
    assert pair.target_share == pytest.approx(pair.target / pair.count)


def test_a_grid_of_numbers_counts_like_a_histogram(table, sample):
    pair = two_effects(table, sample, "lr", "dropout")
    region = region_of(table, sample)
    expected = np.histogram2d(region.dropout, region.lr, (pair.cuts[1].edges, pair.cuts[0].edges))[0]
    assert (pair.count == expected).all()
    assert pair.count.shape == (6, 6)  # about 5 of the 200 trials in each of 36 cells


def test_empty_cells_are_unknown_not_zero(table, sample):
    pair = two_effects(table, sample, "momentum", "optimizer")
    empty = pair.count == 0
    assert empty.any()
    for values in (pair.median, pair.best, pair.target_share):
        assert (np.isnan(values) == empty).all()


def test_inactive_trials_have_a_cell_of_their_own(table, sample):
    pair = two_effects(table, sample, "momentum", "optimizer")
    assert pair.cuts[0].labels[-1] == "inactive"
    region = region_of(table, sample)
    inactive = dict(zip(pair.cuts[1].labels, pair.count[:, -1], strict=True))
    assert inactive == {**(region.optimizer[region.optimizer != "sgd"].value_counts()), "sgd": 0}
    assert pair.count.sum() == sample.n_region


# ---- order of trials


@pytest.mark.parametrize("maximize", [False, True])
def test_the_best_so_far(maximize):
    frame = mixed(100)
    found = history(read(frame, maximize))
    best = frame["loss"].cummax() if maximize else frame["loss"].cummin()
    assert list(found.metric) == list(frame["loss"])
    assert list(found.best) == list(best)
    assert list(found.improves) == [True, *(best.diff().iloc[1:] != 0)]


def test_a_history_asks_for_the_direction():
    table = hpi.read(pd.DataFrame({"lr": np.arange(9) / 7, "depth": range(9), "thing": np.arange(9) ** 1.5}))
    with pytest.raises(hpi.TableError):
        history(table)


# ---- whatever the data


@st.composite
def tables(draw):
    n = draw(st.integers(10, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    frame = pd.DataFrame(
        {
            "number": rng.normal(size=n).round(draw(st.integers(0, 6))),
            "whole": rng.integers(-3, draw(st.integers(2, 200)), n),
            "label": rng.choice([f"l{k}" for k in range(draw(st.integers(2, 45)))], n),
            "loss": rng.normal(size=n).round(draw(st.integers(0, 3))),
        }
    )
    for name in ("number", "label"):
        frame.loc[rng.random(n) < draw(st.sampled_from([0, 0.3, 0.9])), name] = None
    maximize = draw(st.booleans())
    if frame["loss"].nunique() < 2:
        frame.loc[0, "loss"] += 1
    return read(frame, maximize)


@given(tables(), st.sampled_from([1.0, 0.6]), st.sampled_from([0.5, 0.2]))
def test_every_trial_is_somewhere(table, region, target):
    sample = select(table, hpi.Subspace(region=region, target=target))
    names = [hyperparameter.name for hyperparameter in table.hyperparameters]
    for name in names:
        effect = one_effect(table, sample, name)
        compared = effect.compared
        assert compared.region.sum() + compared.inactive_region == sample.n_region
        assert (compared.target <= compared.region).all()
        assert (compared.chance_low <= compared.chance_high).all()
        q = effect.quartiles
        known = ~np.isnan(q.median)
        assert (q.low[known] <= q.median[known]).all()
        assert (q.median[known] <= q.high[known]).all()
        active = effect.value[~np.isnan(effect.value)]
        assert ((active >= effect.bounds[0]) & (active <= effect.bounds[1])).all()
        assert len(set(compared.cut.labels)) == len(compared.cut)
    for first in names:
        pair = two_effects(table, sample, first, names[-1])
        assert pair.count.sum() == sample.n_region
        assert pair.target.sum() == sample.n_target
        assert (np.isnan(pair.median) == (pair.count == 0)).all()
        best = np.nanmax(pair.best) if pair.outcome.maximize else np.nanmin(pair.best)
        assert best == table.trials["loss"].agg("max" if pair.outcome.maximize else "min")


@given(tables())
def test_the_sign_of_the_metric_changes_nothing(table):
    turned = read(table.frame.assign(loss=-table.frame["loss"]), table.direction is hpi.Direction.MINIMIZE)
    subspace = hpi.Subspace(target=0.3)
    for hyperparameter in table.hyperparameters:
        one, other = (one_effect(each, select(each, subspace), hyperparameter.name) for each in (table, turned))
        assert list(one.row) == list(other.row)
        assert list(one.compared.target) == list(other.compared.target)
        assert one.quartiles.median == pytest.approx(-other.quartiles.median, nan_ok=True)
