"""N-RReliefF against its inventors' package, plain loops, hand computation, fresh tables and noise."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hpi import chance
from hpi.errors import EstimatorError
from hpi.estimators import NRReliefF
from hpi.estimators.relief import shuffles
from hpi.estimators.relief.neighbours import INVENTORS, LINEAR, Neighbourhood
from hpi.estimators.relief.sums import gains
from hpi.space import Design, Hyperparameter, Kind
from hpi.subspace import Sample, Subspace, cut
from hpi.toys import ADDITIVE
from tests.makers import design, noise_columns, noise_design, toy_design, toy_sample

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden"
needs_golden = pytest.mark.skipif(not GOLDEN.exists(), reason="the reference tables are not here")
TABLES = ("additive", "ishigami", "xor", "ped_toy_1000", "mixed")
LOG = ("lr", "batch_size")


def golden_sample(name: str) -> Sample:
    table = pd.read_csv(GOLDEN / f"{name}.csv").drop(columns="weight_decay", errors="ignore")
    *names, metric = table.columns
    columns = {c: np.log(table[c].to_numpy()) if c in LOG else table[c].to_numpy() for c in names}
    return cut(design(columns, table[metric].to_numpy()), Subspace(1.0, 0.5))


def golden_numbers(name: str) -> dict[str, dict[str, float]]:
    """Weights by their key: those of an independent code, and those of CORElearn."""
    entry = json.loads((GOLDEN / "expected.json").read_text("utf-8"))[name]
    ours = {key: value["W"] for key, value in entry.get("independent_rrelieff", {}).items()}
    theirs = entry.get("reference", {}).get("CORElearn_1.57.3.1", {}).get("weights", {})
    return {**ours, **theirs}


def raw(sample: Sample, **settings: object) -> dict[str, float]:
    found = NRReliefF(permutations=100, **settings).estimate(sample, np.random.default_rng(0))
    assert found.raw is not None
    return dict(zip((h.name for h in sample.design.hyperparameters), found.raw, strict=True))


@needs_golden
@pytest.mark.parametrize("name", [*TABLES, "conditional_activation"])
def test_equal_weights_are_those_of_an_independent_code(name):
    wanted = golden_numbers(name)["rrelieff|k=10,sigma=inf,manhattan,m=all"]
    assert raw(golden_sample(name), k=10, weights="equal", ramp="off") == pytest.approx(wanted, abs=1e-9)


@needs_golden
@pytest.mark.parametrize("name", [*TABLES, "cat10"])
@pytest.mark.parametrize("k", [10, 70])
def test_without_ramp_all_weights_are_those_of_the_inventors(name, k):
    for key, weights in ((f"RReliefFequalK|k={k}", "equal"), (f"RReliefFexpRank|k={k}|sigma=20", "rank")):
        wanted = golden_numbers(name)[f"{key}|ramp=linear"]
        assert raw(golden_sample(name), k=k, weights=weights, ramp="off") == pytest.approx(wanted, abs=1e-9)


@needs_golden
@pytest.mark.parametrize("name", TABLES)
def test_the_defaults_are_those_of_the_inventors(name):
    """The ramp ties distances; the package lets chance decide who is 70th, we share: a difference below .002."""
    wanted = golden_numbers(name)["RReliefFexpRank|k=70|sigma=20|ramp=default"]
    assert raw(golden_sample(name)) == pytest.approx(wanted, abs=0.002)


def by_loops(sample: Sample, k: int, sigma: float) -> list[float]:
    """RReliefF with the ramp as its paper puts it, one pair after the other."""
    x, y = sample.design.x, sample.design.loss
    ordered = [h.is_ordered for h in sample.design.hyperparameters]
    spans = [np.nanmax(column) - np.nanmin(column) for column in x.T]

    def differ(a: float, b: float, span: float, is_ordered: bool = True) -> float:
        if np.isnan(a) or np.isnan(b):
            return float(np.isnan(a) != np.isnan(b))
        return min(max((abs(a - b) / span - 0.04) / 0.06, 0), 1) if is_ordered else float(a != b)

    n_dc, n_da, n_dcda = 0.0, np.zeros(len(spans)), np.zeros(len(spans))
    for i in range(len(y)):
        of = {j: np.array([*map(differ, x[i], x[j], spans, ordered)]) for j in range(len(y)) if j != i}
        distance = {j: round(float(d.sum()), 9) for j, d in of.items()}
        weight = {}
        for j, d in distance.items():
            first = sum(other < d for other in distance.values())
            tied = sum(other == d for other in distance.values())
            weight[j] = np.exp(-((first / sigma) ** 2)) * min(max(k - first, 0), tied) / tied
        total = sum(weight.values())
        for j, w in weight.items():
            dc = differ(y[i], y[j], y[-1] - y[0])
            n_dc += w / total * dc
            n_da += w / total * of[j]
            n_dcda += w / total * dc * of[j]
    return list(n_dcda / n_dc - (n_da - n_dcda) / (len(y) - n_dc))


@pytest.mark.parametrize("columns", [["a", "lr", "optimizer", "momentum"], ["bias", "optimizer", "n_layers"]])
def test_mixed_kinds_missing_values_and_ties_as_in_plain_loops(columns):
    full = noise_design(90, np.random.default_rng(0))
    names = [h.name for h in full.hyperparameters]
    at = [names.index(name) for name in columns]
    sample = cut(
        Design(tuple(full.hyperparameters[j] for j in at), full.x[:, at], full.loss, full.row), Subspace(1.0, 0.2)
    )
    assert list(raw(sample, k=12, sigma=6.0).values()) == pytest.approx(by_loops(sample, 12, 6.0), abs=1e-12)


def test_six_trials_by_hand():
    """x 0 0 0 1 1 1, loss 0 0 1 0 1 1, 4 neighbours that weigh the same.

    Two twins of each trial have a place each (weight 1/4), three trials share the other two (1/6 each). N_dA = 6 / 2.
    A trial whose loss is the more frequent one of its x has 1/4 + 2/6 of its weight on differing losses, 2/6 of
    it where x differs, too; the other one has 2/4 + 1/6 and 1/6. So N_dC = 4 (7/12) + 2 (8/12) = 11/3,
    N_dCdA = 4/3 + 1/3 = 5/3, and W = 5/11 - (3 - 5/3) / (6 - 11/3) = 5/11 - 4/7.
    """
    built = design({"x": np.repeat([0.0, 1.0], 3)}, np.array([0.0, 0, 1, 0, 1, 1]))
    found = raw(cut(built, Subspace(1.0, 0.5)), k=4, weights="equal")
    assert found == pytest.approx({"x": 5 / 11 - 4 / 7}, abs=1e-12)


def test_the_ramp_and_what_is_missing():
    first, second = np.array([0.5, 0.5, 0.5, 0.5, -10.0, -10.0]), np.array([0.53, 0.57, 0.6, 0.9, 0.0, -10.0])
    assert INVENTORS(first, second) == pytest.approx([0, 0.5, 1, 1, 1, 0])
    assert LINEAR(first, second) == pytest.approx([0.03, 0.07, 0.1, 0.4, 1, 0])


def neighbours(n: int, k: int, unit: np.ndarray | None = None, values: int = 3) -> tuple[np.ndarray, ...]:
    x = np.random.default_rng(0).integers(values, size=(n, 2)) * 10.0
    near = Neighbourhood(x, INVENTORS, k, 20.0, np.arange(n) if unit is None else unit, np.arange(n))
    parts = [pairs for _, pairs in near.batches(np.arange(n))]
    return tuple(np.concatenate([getattr(p, name) for p in parts]) for name in ("instance", "neighbour", "weight"))


@pytest.mark.parametrize("step", [None, 0.5])
def test_a_row_without_one_neighbour_as_if_searched_again(step):
    rng = np.random.default_rng(0)
    x = rng.random((40, 2)) if step is None else step * rng.integers(3, size=(40, 2))
    [(_, pairs)] = Neighbourhood(x, INVENTORS, 8, 5.0, np.arange(40), np.arange(40)).batches(np.arange(40))
    values = rng.random((len(pairs.weight), 3))
    whole = np.array([values[i == pairs.instance].T @ pairs.weight[i == pairs.instance] for i in range(40)])
    instances, row, gain = gains(pairs, values)
    assert instances.tolist() == list(range(40))
    assert row == pytest.approx(whole)
    for q, i in enumerate(pairs.instance):
        others = np.flatnonzero((pairs.instance == i) & (np.arange(len(values)) != q))
        distance = INVENTORS(x[i], x[pairs.neighbour[others]]).sum(axis=1).round(9)
        first = (distance < distance[:, None]).sum(axis=1)
        tied = (distance == distance[:, None]).sum(axis=1)
        weight = np.exp(-((first / 5.0) ** 2)) * np.clip(8 - first, 0, tied) / tied
        assert gain[q] == pytest.approx(whole[i] - weight @ values[others] / weight.sum(), abs=1e-12)


def test_trials_of_one_configuration_are_no_neighbours():
    unit = np.arange(60) // 3
    instance, neighbour, weight = neighbours(60, 10, unit)
    assert (unit[instance] != unit[neighbour]).all()
    assert np.bincount(instance, weights=weight) == pytest.approx(np.ones(60))


def test_many_equally_near_trials_are_represented_by_some():
    """3,000 trials on nine points: some 333 on each, of which a trial's 10 places go to a fair 256."""
    instance, neighbour, weight = neighbours(3000, 10)
    assert np.bincount(instance).max() == 256
    taken = np.bincount(neighbour, weights=weight, minlength=3000)
    assert taken.mean() == pytest.approx(1)
    assert taken.std() < 0.15


def test_shuffled_configurations_stay_together():
    unit = np.array([2, 0, 1, 2, 0, 1])
    y = np.array([20.0, 0, 10, 21, 1, 11])
    shuffled = shuffles.draw(y, unit, 50, np.random.default_rng(0))
    for column in shuffled.T:
        losses = [sorted(column[unit == u]) for u in range(3)]
        assert sorted(losses) == [[0, 1], [10, 11], [20, 21]]
    assert len({tuple(column) for column in shuffled.T}) > 6


def test_repeated_configurations_are_no_evidence_of_their_own():
    """40 configurations, each run ten times with almost the same loss: nothing to be found, and wide intervals."""
    rng = np.random.default_rng(1)
    x, unit = np.repeat(rng.random((40, 2)), 10, axis=0), np.repeat(np.arange(40), 10)
    loss = np.repeat(rng.random(40), 10) + 0.001 * rng.random(400)
    columns = {"a": x[:, 0], "b": x[:, 1]}
    together, apart = (
        NRReliefF(k=20).estimate(cut(design(columns, loss, u), Subspace(1.0, 0.3)), np.random.default_rng(0))
        for u in (unit, None)
    )
    assert not chance.compare(together).detectable.any()
    assert (together.null_statistic.std(axis=0) > 2 * apart.null_statistic.std(axis=0)).all()


def test_what_decides_only_together_is_seen():
    p, q, r = np.random.default_rng(0).random((3, 800))
    sample = cut(design({"p": p, "q": q, "r": r}, np.where((p > 0.5) != (q > 0.5), 1.0, 0.0)), Subspace(1.0, 0.1))
    found = NRReliefF().estimate(sample, np.random.default_rng(0))
    assert list(chance.compare(found).detectable) == [True, True, False]
    assert found.raw is not None
    assert found.raw[2] < 0 == found.importance[2]


def test_only_trials_of_the_region_count():
    everything = toy_sample(ADDITIVE, 800, 0)
    part = toy_sample(ADDITIVE, 800, 0, region=0.5)
    design_ = everything.design
    alone = cut(design_.keep(np.arange(800) < 400), Subspace(1.0, 0.2))
    assert raw(part) == raw(alone)


def test_a_random_part_of_instances_speaks_for_all():
    sample = toy_sample(ADDITIVE, 2000, 0)
    few, every = (NRReliefF(most_instances=most).estimate(sample, np.random.default_rng(0)) for most in (400, 10_000))
    assert dict(few.facts)["instances"] == 400
    assert few.importance == pytest.approx(every.importance, abs=0.04)
    assert (few.high - few.low)[0] > 1.2 * (every.high - every.low)[0]


def test_progress_is_told_to_the_end():
    told = []
    NRReliefF().estimate(toy_sample(ADDITIVE, 2000, 0), np.random.default_rng(0), lambda done, _: told.append(done))
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == 1


def test_the_normalisation_is_named():
    found = NRReliefF().estimate(toy_sample(ADDITIVE, 300, 0), np.random.default_rng(0))
    assert dict(found.facts)["normalisation"] == "share_clip"


def test_blind_spots_are_said():
    rng = np.random.default_rng(0)
    levels, x = rng.choice(list("abcdefghij"), 500), rng.random(500)
    many = cut(design({"c": levels, "x": x}, x), Subspace())
    assert "c has many levels" in " ".join(NRReliefF().estimate(many, rng).warnings)
    few = cut(design({"c": np.where(levels < "f", "a", "b"), "x": x}, x), Subspace())
    assert "hardly ever differ in c" in " ".join(NRReliefF(ramp="off").estimate(few, rng).warnings)
    stretched = cut(design({"x": x}, np.where(x > 0.999 * x.max(), 1e6, x)), Subspace())
    assert "stretch" in " ".join(NRReliefF().estimate(stretched, rng).warnings)
    assert NRReliefF().estimate(toy_sample(ADDITIVE, 500, 0), rng).warnings == ()


@pytest.mark.parametrize("repeated", [False, True])
def test_without_shuffles_the_rest_is_the_same(repeated):
    found = toy_design(ADDITIVE, 300, 0)
    found = dataclasses.replace(found, unit=np.arange(300) // 3) if repeated else found
    bare, full = (
        NRReliefF(permutations=n).estimate(cut(found, Subspace()), np.random.default_rng(0)) for n in (0, 200)
    )
    for name in ("importance", "low", "high", "statistic", "raw"):
        np.testing.assert_array_equal(getattr(bare, name), getattr(full, name))
    assert bare.null_statistic.shape == bare.null_importance.shape == (0, 6)
    assert np.isnan(chance.compare(bare).p_value).all()


@pytest.mark.parametrize(
    "changed", [{"permutations": 50}, {"k": 0}, {"sigma": 0.0}, {"weights": "steep"}, {"ramp": "steep"}]
)
def test_settings_have_bounds(changed):
    with pytest.raises(EstimatorError, match="must be"):
        NRReliefF(**changed)


def test_intervals_hold_the_mean_over_fresh_tables():
    """60 tables of 300 trials: at least 80 % of the intervals of each hyperparameter, and none twice too wide."""
    weights, spreads = [], []
    for seed in range(60):
        sample = toy_sample(ADDITIVE, 300, seed)
        found = NRReliefF(permutations=100).estimate(sample, np.random.default_rng(0))
        weights.append(found.raw[:2])
        spreads.append((found.high - found.low)[:2] / 2)
    held = np.abs(weights - np.mean(weights, axis=0)) <= spreads
    assert held.mean(axis=0).min() >= 0.8
    assert np.median(spreads, axis=0) == pytest.approx(1.96 * np.std(weights, axis=0), rel=0.4)


def test_noise_is_seldom_called_detectable():
    """At most 5 % of tables; 9 or more of 60 would happen by chance in 1 of 250 series."""
    rng = np.random.default_rng(0)
    called = 0
    for _ in range(60):
        sample = cut(noise_design(120, rng), Subspace(1.0, 0.2))
        called += chance.compare(NRReliefF(permutations=100).estimate(sample, rng)).detectable.any()
    assert called < 9


def test_the_order_of_tied_trials_changes_nothing():
    """Discrete values only, so that nearly all neighbours tie, and a loss with few values."""
    trials = noise_columns(300, np.random.default_rng(0))[["bias", "optimizer", "n_layers"]]
    loss = np.random.default_rng(1).integers(4, size=300).astype(float)
    space = (
        Hyperparameter("bias", Kind.BOOL, levels=("False", "True")),
        Hyperparameter("optimizer", Kind.CATEGORY, levels=("adam", "rmsprop", "sgd")),
        Hyperparameter("n_layers", Kind.INT, 1, 6),
    )
    turned = np.random.default_rng(2).permutation(300)
    first = raw(cut(Design.build(space, trials, loss), Subspace()))
    second = raw(cut(Design.build(space, trials.iloc[turned].reset_index(drop=True), loss[turned]), Subspace()))
    assert first == second
