"""Effects, tests and corrections agree with a second method: least squares and SciPy, in the test itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hpi.statements import FindingKind, family, shapes
from hpi.statements.additive import Columns, Fit
from hpi.statements.contrasts import contrasts, of_two
from hpi.statements.exceptions import exceptions
from hpi.statements.groups import groups_of
from hpi.statements.interactions import p_values
from hpi.statements.pairs import tables_of
from hpi.statements.same import same
from hpi.statements.top import _by_chance, _odds, _Stretch, top
from hpi.statements.trends import ends, trends
from hpi.statements.trials import Trials, clipped, normal_scores
from tests.statements.planted import basis, evenly, fairly, sample

N = 240


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def dummies(values: np.ndarray) -> np.ndarray:
    """A column for each level but the first, in the order of the levels."""
    return (values[:, None] == np.unique(values)[1:]).astype(float)


def hc3(matrix: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and their covariance (MacKinnon and White 1985)."""
    found = np.linalg.lstsq(matrix, y, rcond=None)[0]
    inverse = np.linalg.inv(matrix.T @ matrix)
    leverage = np.einsum("ij,jk,ik->i", matrix, inverse, matrix)
    meat = matrix.T @ np.diag(((y - matrix @ found) / (1 - leverage)) ** 2) @ matrix
    return found, inverse @ meat @ inverse


def uneven(rng: np.random.Generator):
    """Three hyperparameters with unequal shares, and noise that differs between them."""
    level = rng.choice(np.array(["a", "b", "c"], dtype=object), N, p=[0.5, 0.3, 0.2])
    flag = rng.choice(np.array(["off", "on"], dtype=object), N, p=[0.7, 0.3])
    depth = rng.choice(np.array([1.0, 2.0, 3.0]), N)
    loss = (level == "b") + 0.5 * depth - (flag == "on") + rng.normal(0, np.where(level == "c", 3.0, 0.5), N)
    return {"level": level, "flag": flag, "depth": depth}, loss


def test_the_fit_is_least_squares_with_hc3_errors(rng):
    columns, loss = uneven(rng)
    order = np.argsort(loss)
    level, flag, depth = (columns[name][order] for name in ("level", "flag", "depth"))
    found, covariance = hc3(np.column_stack([np.ones(N), dummies(level), dummies(flag), dummies(depth)]), loss[order])
    trials = Trials.of(sample(columns, loss))
    groups = groups_of(trials)
    fit = Fit.of(Columns.of(groups), trials.loss)
    assert [one.name for one in groups] == ["depth", "flag", "level"]
    last_depth = fit.difference(0, ends(groups[0]))  # the last coefficient of the matrix above
    assert (last_depth.value, last_depth.se) == pytest.approx((found[5], np.sqrt(covariance[5, 5])))
    c_less_b = np.array([0, -1, 1, 0, 0, 0])
    wanted = c_less_b @ found, np.sqrt(c_less_b @ covariance @ c_less_b)
    level_effect = fit.difference(2, of_two(groups[2], 1, 2))
    assert (level_effect.value, level_effect.se) == pytest.approx(wanted)


def test_a_continuum_is_cut_into_groups_with_one_slope_within(rng):
    x, flag = evenly(N, rng), fairly("off on", N, rng)
    loss = np.sin(5 * x) + (flag == "on") * x + rng.normal(0, 0.3, N)
    order = np.argsort(loss)
    x, flag, y = x[order], flag[order], loss[order]
    quarter = np.floor(4 * x)
    within = x - (quarter + 0.5) / 4
    found, covariance = hc3(np.column_stack([np.ones(N), dummies(quarter), dummies(flag), within]), y)
    trials = Trials.of(sample({"x": x, "flag": flag}, y))
    groups = groups_of(trials)
    effect = Fit.of(Columns.of(groups), trials.loss).difference(1, ends(groups[1]))
    assert (effect.value, effect.se) == pytest.approx((found[3], np.sqrt(covariance[3, 3])), rel=1e-4)


@pytest.mark.parametrize("sizes", [(120, 120), (200, 20), (12, 12)])
def test_two_groups_alone_are_compared_by_welch(rng, sizes):
    """Apart from a trial in each group that HC3 leaves out, and a degree of freedom shared out between them."""
    level = np.repeat(np.array(["a", "b"], dtype=object), sizes)
    loss = np.where(level == "a", rng.normal(0, 1, sum(sizes)), rng.normal(1, 3, sum(sizes)))
    loss = clipped(np.sort(loss))[np.argsort(np.argsort(loss))]
    welch = stats.ttest_ind(loss[level == "b"], loss[level == "a"], equal_var=False)
    table = basis({"level": level}, loss)
    effect = table.by_metric(0, of_two(table.groups[0], 0, 1))
    low, high = welch.confidence_interval()
    assert effect.value == pytest.approx(np.mean(loss[level == "b"]) - np.mean(loss[level == "a"]))
    assert effect.interval() == pytest.approx((low, high), abs=0.06 * (high - low))
    assert effect.t == pytest.approx(welch.statistic, rel=1.5 / min(sizes))
    assert effect.df == pytest.approx(welch.df, rel=3 / min(sizes))
    ranks = stats.norm.ppf((stats.rankdata(loss) - 0.5) / len(loss))
    by_ranks = stats.ttest_ind(ranks[level == "a"], ranks[level == "b"], equal_var=False)
    (one,) = contrasts(table)
    assert np.log10(max(one.p, 1e-9)) == pytest.approx(np.log10(by_ranks.pvalue), abs=0.4) or one.p == 1


def test_an_interaction_is_wald_s_test_in_the_full_model(rng):
    """One product of two switches: the square of its t, by HC3."""
    a, b, other = (rng.choice(np.array(["n", "y"], dtype=object), N, p=p) for p in ([0.5, 0.5], [0.3, 0.7], [0.6, 0.4]))
    loss = (a == "y") * (b == "y") * 0.9 + (other == "y") + rng.normal(0, 1, N)
    order = np.argsort(loss)
    a, b, other = (column[order] == "y" for column in (a, b, other))
    table = basis({"a": np.where(a, "y", "n"), "b": np.where(b, "y", "n"), "o": np.where(other, "y", "n")}, loss[order])
    matrix = np.column_stack([np.ones(N), a, b, other, a & b]).astype(float)
    for y, p in zip((table.trials.clipped, table.trials.scores), p_values(table, 0, 1), strict=True):
        found, covariance = hc3(matrix, y)
        wald = found[4] ** 2 / covariance[4, 4]
        assert p == pytest.approx(stats.f.sf(wald, 1, N - 5), rel=1e-6)


def test_cells_of_a_pair_are_those_of_a_model_with_a_mean_for_each(rng):
    """The others' part is fitted beside the cells, and is 0 on average."""
    a, b = fairly("x y", N, rng), rng.permutation(fairly("u v", N, rng))
    other = rng.choice(np.array(["p", "q", "r"], dtype=object), N)
    loss = ((a == "x") != (b == "u")) * 3.0 + (other == "q") + rng.normal(0, 0.5, N)
    cell = np.char.add(a.astype(str), b.astype(str))
    each = (cell[:, None] == np.unique(cell)).astype(float)
    others = dummies(other) - dummies(other).mean(axis=0)
    found = np.linalg.lstsq(np.column_stack([each, others]), loss, rcond=None)[0]
    table = basis({"a": a, "b": b, "other": other}, loss)
    metric, _ = tables_of(table)(0, 1)
    assert (metric.mean * table.trials.unit + table.trials.lowest).ravel() == pytest.approx(found[:4])
    turned, _ = tables_of(table)(1, 0)
    assert turned.mean == pytest.approx(metric.mean.T)


def test_one_kind_is_corrected_as_benjamini_and_hochberg_do():
    p = np.random.default_rng(0).random(40) ** 4
    assert family.adjusted(list(p), ["trend"] * 40) == pytest.approx(stats.false_discovery_control(p))


def test_each_kind_has_the_same_weight():
    """Weights 2 and 2/3: .02 / 2, and .01, .3, .6 times 1.5; steps 4 x .01, 2 x .015, 4/3 x .45, .9."""
    found = family.adjusted([0.3, 0.02, 0.01, 0.6], ["many", "few", "many", "many"])
    assert found == pytest.approx([0.6, 0.03, 0.03, 0.9])
    assert len(family.adjusted([], [])) == 0


def test_simes_and_holm_by_hand():
    assert family.simes([0.9, 0.01, 0.04]) == pytest.approx(0.03)
    assert family.simes([0.9, 0.03, 0.04]) == pytest.approx(0.06)
    assert family.simes([]) == 1
    assert family.above_floor([0.04, 0.01, 0.02]) == [True, True, True]
    assert family.above_floor([0.04, 0.01, 0.03]) == [False, True, False]
    assert family.above_floor([]) == []


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.data())
def test_reaching_the_top_is_fisher_s_exact_test(n_inside, n_outside, n_target, data):
    n = n_inside + n_outside
    n_target = min(n_target, n - 1)
    most = min(n_inside, n_target)
    hit = data.draw(st.integers(max(0, n_target - n_outside), most))
    table = np.array([[hit, n_inside - hit], [n_target - hit, n_outside - n_target + hit]])
    wanted = stats.fisher_exact(table, alternative="greater").pvalue
    assert _by_chance(hit, n_inside, n_target, n) == pytest.approx(wanted, rel=1e-6)
    (a, b), (c, d) = table + 0.5
    value, low, high = _odds(_Stretch(0, 0, hit, n_inside, 0.0), n_target, n, 0.05)
    assert value == pytest.approx(a * d / (b * c))
    assert np.log(high / low) == pytest.approx(2 * 1.959964 * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def test_odds_of_many_trials_are_those_of_scipy(rng):
    """30 of 60 target trials and 180 of 540 others have the level; the two other levels share the rest."""
    level = np.repeat(np.array(["a", "b", "c", "a", "b", "c"], dtype=object), [30, 15, 15, 180, 180, 180])
    loss = np.arange(600.0)
    (one,) = top(basis({"level": level}, loss, target=0.1))
    exact = stats.contingency.odds_ratio([[30, 180], [30, 360]], kind="sample")
    assert one.effect[0] == pytest.approx(exact.statistic, rel=0.02)
    by_hand = stats.norm.ppf(1 - 0.05 / 3 / 2) * np.sqrt(1 / 30 + 1 / 180 + 1 / 30 + 1 / 360)
    assert np.log(one.effect[1:]) == pytest.approx(np.log(2) + by_hand * np.array([-1, 1]), abs=0.02)
    p = stats.fisher_exact([[30, 180], [30, 360]], alternative="greater").pvalue
    assert one.p == pytest.approx(3 * p, rel=0.5) or one.p > 3 * p  # with the others held it may be less sure
    assert one.p >= 3 * p * (1 - 1e-6)


@pytest.mark.parametrize("tolerance", [0.2, 0.3, 0.6])
def test_no_difference_is_two_one_sided_tests(rng, tolerance):
    level = fairly("a b", N, rng)
    loss = rng.normal(size=N)
    first, second = loss[level == "a"], loss[level == "b"]
    below = stats.ttest_ind(first - tolerance, second, equal_var=False, alternative="less").pvalue
    above = stats.ttest_ind(first + tolerance, second, equal_var=False, alternative="greater").pvalue
    (one,) = same(basis({"level": level}, loss, tolerance))
    inside = abs(one.effect[0]) + (one.effect[2] - one.effect[1]) / 2 < tolerance
    assert one.p == (pytest.approx(max(below, above), rel=0.1) if inside else 1.0)
    assert inside == (tolerance > 0.4)


def test_an_ordered_one_is_alike_where_all_its_parts_are(rng):
    """Low, middle and high: the largest of the three p-values counts."""
    depth = fairly("1 2 3", 600, rng).astype(float)
    loss = rng.normal(size=600) + 0.1 * (depth == 3)
    (one,) = same(basis({"depth": depth}, loss, 0.6))
    ps = []
    for a, b in ((1, 2), (1, 3), (2, 3)):
        first, second = loss[depth == a], loss[depth == b]
        ps.append(stats.ttest_ind(first - 0.6, second, equal_var=False, alternative="less").pvalue)
        ps.append(stats.ttest_ind(first + 0.6, second, equal_var=False, alternative="greater").pvalue)
    assert np.log10(one.p) == pytest.approx(np.log10(max(ps)), abs=0.2)


def test_a_trend_by_ranks_is_a_line_through_the_means_of_the_groups(rng):
    """Levels 1 to 4 with weights -1.5, -.5, .5, 1.5: Welch's test of that sum of means, by hand."""
    depth = fairly("1 2 3 4", 400, rng).astype(float)
    loss = 0.1 * depth + rng.normal(size=400)
    way = trends(basis({"depth": depth}, loss))[0]
    z = stats.norm.ppf((stats.rankdata(loss) - 0.5) / 400)
    parts = [z[depth == value] for value in (1, 2, 3, 4)]
    weights = np.array([-1.5, -0.5, 0.5, 1.5])
    error = np.array([part.var(ddof=1) / len(part) for part in parts])
    t = weights @ [part.mean() for part in parts] / np.sqrt(weights**2 @ error)
    df = (weights**2 @ error) ** 2 / sum((weights**2 * error) ** 2 / 99)
    assert way.kind is FindingKind.TREND
    assert way.p == pytest.approx(2 * stats.t.sf(abs(t), df), rel=0.1)


def test_normal_scores_of_ties_by_hand():
    """Ranks 1, 2.5, 2.5, 4 of four: Gaussian quantiles of 1/8, 1/2, 1/2, 7/8."""
    assert normal_scores(np.array([1.0, 2.0, 2.0, 3.0])) == pytest.approx([-1.1503494, 0, 0, 1.1503494])


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40))
def test_normal_scores_are_those_of_mean_ranks(values):
    loss = np.sort(np.array(values, dtype=float))
    wanted = stats.norm.ppf((stats.rankdata(loss) - 0.5) / len(loss))
    assert normal_scores(loss) == pytest.approx(wanted)


def test_a_middle_by_ranks_is_told_by_its_weaker_side_times_the_stretches_tried(rng):
    """Levels 1 to 4 have three inner stretches: 2, 3, and both; a side and a stretch are averages of their levels."""
    depth = fairly("1 2 3 4", 400, rng).astype(float)
    loss = np.array([0.6, 0.0, 0.1, 0.4])[depth.astype(int) - 1] + rng.normal(size=400)
    best = trends(basis({"depth": depth}, loss))[1]
    z = stats.norm.ppf((stats.rankdata(loss) - 0.5) / 400)
    mean = np.array([z[depth == value].mean() for value in (1, 2, 3, 4)])
    error = np.array([z[depth == value].var(ddof=1) / 100 for value in (1, 2, 3, 4)])

    def p(side: list[int], inside: list[int]) -> float:
        weights = np.zeros(4)
        weights[side], weights[inside] = 1 / len(side), -1 / len(inside)
        parts = weights**2 * error
        return stats.t.sf(weights @ mean / np.sqrt(parts.sum()), parts.sum() ** 2 / (parts**2 / 99).sum())

    stretches = [([0], [1], [2, 3]), ([0], [1, 2], [3]), ([0, 1], [2], [3])]
    weaker = min(max(p(left, inside), p(right, inside)) for left, inside, right in stretches)
    assert best.is_middle
    assert best.p == pytest.approx(3 * weaker, rel=0.1)


def test_an_exception_is_as_sure_as_its_reverse(rng):
    """Sgd is worse in general; with 64 it is better by a little: Welch's test among these trials, one-sided."""
    optimizer, width = fairly("adam sgd", 480, rng), rng.permutation(fairly("16 32 48 64", 480, rng))
    loss = (optimizer == "sgd") * np.where(width == "64", -0.8, 1.0) + rng.normal(size=480)
    table = basis({"optimizer": optimizer, "width": width}, loss)
    mains = contrasts(table)[:1]
    found = exceptions(table, mains, tables_of(table))
    z = stats.norm.ppf((stats.rankdata(loss) - 0.5) / 480)
    here = width == "64"
    welch = stats.ttest_ind(z[here & (optimizer == "sgd")], z[here & (optimizer == "adam")], equal_var=False,
                            alternative="less")  # fmt: skip
    assert 1e-6 < welch.pvalue < 0.01
    *others, last = found
    assert [one.p for one in others] == [1.0] * 3
    assert last.exception == "width = 64"
    assert np.log10(last.p) == pytest.approx(np.log10(welch.pvalue), abs=0.15)
    assert last.p > mains[0].p


def test_how_much_two_do_together_is_widened_for_the_choice_of_cells(rng):
    """Of three by three levels there are nine times four cells: Welch's interval at .05 / 9, by hand."""
    a, b = fairly("x y z", 540, rng), rng.permutation(fairly("u v w", 540, rng))
    loss = 2.0 * ((a == "x") & (b == "u")) + rng.normal(0, 0.5, 540)
    table = basis({"a": a, "b": b}, loss)
    shape = shapes.of(table, tables_of(table)(0, 1)[0], 0, 1)
    first, second = ("xyz", "uvw") if shape.acting == 0 else ("uvw", "xyz")
    cells = [(first[g], second[at]) for g in (shape.worse, shape.better) for at in (shape.there, shape.elsewhere)]
    groups = [loss[np.isin(a, pair) & np.isin(b, pair)] for pair in cells]
    error = np.array([group.var(ddof=1) / len(group) for group in groups])
    df = error.sum() ** 2 / sum(e**2 / (len(group) - 1) for e, group in zip(error, groups, strict=True))
    half = stats.t.isf(0.05 / 9 / 2, df) * np.sqrt(error.sum())
    value = np.array([1, -1, -1, 1]) @ [group.mean() for group in groups]
    assert shape.extra == pytest.approx((value, value - half, value + half), rel=0.03)
