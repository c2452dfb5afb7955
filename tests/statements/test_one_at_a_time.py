"""Sentences about one hyperparameter: each kind must be said where it was planted, and must not at a near miss."""

from __future__ import annotations

import re

import numpy as np
import pytest

from hpi.effects import Outcome
from hpi.statements import FindingKind, Strength, state
from tests.statements.planted import declared, evenly, fairly, of_kind, only, ordinal, said

TREND, CONTRAST, TOP, SAME = FindingKind.TREND, FindingKind.CONTRAST, FindingKind.TOP, FindingKind.SAME


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def held(finding, truth: float) -> bool:
    return finding.low <= truth <= finding.high


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("maximize", [True, False])
def test_a_planted_trend_is_said_with_its_size(rng, lower, maximize):
    """Five groups of a fifth each: their means are .1 and .9 at the ends, so the loss differs by 2 x .8."""
    depth, other = evenly(400, rng), evenly(400, rng)
    loss = (2 if lower else -2) * depth + rng.normal(0, 0.5, 400)
    found = only(said({"depth": depth, "other": other}, loss, maximize=maximize), TREND)
    assert found.hyperparameters == ("depth",)
    assert held(found, 1.6)
    assert found.strength is Strength.STRONG
    assert found.text.startswith(f"{'Lower' if lower else 'Higher'} depth is better: from about ")
    way = "from about 0.9 to about 0.099" if lower else "from about 0.099 to about 0.9"
    assert f"{way} score improves by {found.effect:.2f} [{found.low:.2f}, {found.high:.2f}]" in found.text
    assert found.compared_with.startswith("depth 0.8" if lower else "depth 0.00")
    assert found.n == 400
    marked = [point for point in found.picture.lines[0].points if point.marked]
    sign = -1 if maximize else 1
    better, worse = (marked[0], marked[-1]) if lower else (marked[-1], marked[0])
    assert sign * (worse.value - better.value) == pytest.approx(found.effect)


def test_levels_in_order_and_whole_numbers_are_named(rng):
    size, width = fairly("small medium large", 300, rng), fairly("1 2 3 4", 300, rng)
    rank = np.array([{"small": 0, "medium": 1, "large": 2}[one] for one in size])
    loss = rank + width.astype(float) + rng.normal(0, 0.5, 300)
    found = state(
        declared((ordinal("size", "small medium large"), ordinal("width", "1 2 3 4")), {"size": size, "width": width},
                 loss), Outcome("score", maximize=False)
    )  # fmt: skip
    by_name = {finding.hyperparameters[0]: finding for finding in of_kind(found, TREND)}
    assert by_name["size"].text.startswith("size nearer to small is better: from large to small score improves by 2.")
    assert held(by_name["size"], 2)
    assert by_name["width"].text.startswith("Lower width is better: from 4 to 1 score improves by")
    assert held(by_name["width"], 3)


@pytest.mark.parametrize(
    ("n", "slope", "why"), [(200, 0.15, "too small"), (16, 1.0, "too few"), (2000, 0.0, "nothing")]
)
def test_no_trend_where_noise_could_have_made_it(rng, n, slope, why):
    depth = evenly(n, rng)
    found = said({"depth": depth}, slope * depth + rng.normal(size=n))
    assert not of_kind(found, TREND), why
    assert not of_kind(found, TOP), why


@pytest.mark.parametrize(("best", "sign"), [(True, 1), (False, -1)])
def test_a_middle_that_is_best_or_worst_is_said_and_no_way(rng, best, sign):
    """4 |x - .5|: outside [.4, .6] the mean is 1.2, inside .2: by 1; [.2, .6] has .5 and 4/3 outside: by .83."""
    lr = evenly(400, rng)
    found = only(said({"lr": lr}, sign * 4 * np.abs(lr - 0.5) + rng.normal(0, 0.5, 400)), TREND)
    ends = tuple(re.search(r"between (0\.\d) and (0\.\d)", found.text).groups())
    assert held(found, {("0.4", "0.6"): 1.0, ("0.2", "0.6"): 5 / 6, ("0.4", "0.8"): 5 / 6, ("0.2", "0.8"): 1.0}[ends])
    assert found.low > 0
    word = "best" if best else "worst"
    assert found.text.startswith(f"lr is {word} between 0.")
    assert f"{'there' if best else 'outside'} score is better by " in found.text
    assert found.compared_with == ("other values of lr" if best else f"lr between {ends[0]} and {ends[1]}")


@pytest.mark.parametrize("curve", [lambda x: 2 * x, lambda x: np.minimum(2 * x, 1.2), lambda x: np.abs(x - 0.05)])
def test_what_gets_better_to_the_end_has_no_best_middle(rng, curve):
    lr = evenly(600, rng)
    found = only(said({"lr": lr}, curve(lr) + rng.normal(0, 0.2, 600)), TREND)
    assert found.text.startswith("Lower lr is better")


def test_a_symmetric_hump_is_no_trend_but_a_lopsided_one_is_told_by_its_middle(rng):
    lr = evenly(1000, rng)
    loss = np.where(lr < 0.6, 0.6 - lr, 3 * (lr - 0.6)) + rng.normal(0, 0.2, 1000)
    found = said({"lr": lr}, loss)
    assert "best between" in only(found, TREND).text


def test_planted_contrasts_are_said_the_better_level_first(rng):
    optimizer, noise = fairly("adam rmsprop sgd", 450, rng), rng.normal(0, 0.3, 450)
    loss = np.select([optimizer == "adam", optimizer == "rmsprop"], [0.0, 0.3], 0.5) + noise
    found = said({"optimizer": optimizer, "other": evenly(450, rng)}, loss)
    truth = {("rmsprop", "adam"): 0.3, ("sgd", "adam"): 0.5, ("sgd", "rmsprop"): 0.2}
    contrasts = of_kind(found, CONTRAST, "optimizer")
    assert len(contrasts) == 3
    for (worse, better), size in truth.items():
        (one,) = [c for c in contrasts if c.text.startswith(f"optimizer = {worse} is worse than {better}, by ")]
        assert held(one, size)
        assert (one.n, one.compared_with) == (300, f"optimizer = {worse}")
        assert {point.label for point in one.picture.lines[0].points if point.marked} == {worse, better}


def test_levels_that_overlap_are_not_ranked(rng):
    """a and b are alike; c is worse than both."""
    level = fairly("a b c", 300, rng)
    found = said({"level": level}, (level == "c") * 0.6 + rng.normal(0, 0.3, 300))
    compared = {tuple(sorted((one.text.split()[2], one.text.split()[6][:1]))) for one in of_kind(found, CONTRAST)}
    assert compared == {("a", "c"), ("b", "c")}


@pytest.mark.parametrize(("n_rare", "said_of"), [(7, 0), (8, 1)])
def test_a_level_is_compared_from_eight_trials_on(rng, n_rare, said_of):
    level = np.array(["common"] * 200 + ["rare"] * n_rare, dtype=object)
    found = said({"level": level, "x": evenly(len(level), rng)}, (level == "rare") * 9 + rng.normal(size=len(level)))
    assert len(of_kind(found, CONTRAST, "level")) == said_of
    assert any("level: too few trials have rare (7)" in reason for reason in found.cannot_say) == (not said_of)


def test_a_weak_contrast_does_not_read_like_a_strong_one(rng):
    """Sure, but smaller than what matters; and what matters, but not sure."""
    level = fairly("a b", 4000, rng)
    loss = (level == "b") * 0.15 + rng.normal(0, 1, 4000)
    small = only(said({"level": level}, loss, tolerance=0.3), CONTRAST)
    assert small.strength is Strength.WEAK
    assert small.p_adjusted < 0.001
    assert small.text.startswith("level = b is slightly worse than a, by ")
    plain = only(said({"level": level}, loss, tolerance=0.01), CONTRAST)
    assert plain.strength is Strength.STRONG
    assert plain.text.startswith("level = b is worse than a, by ")
    few = only(said({"level": level[:150]}, (level == "b")[:150] * 0.5 + rng.normal(0, 1, 150), tolerance=0.01),
               CONTRAST)  # fmt: skip
    assert few.p_adjusted > 0.001
    assert few.strength is Strength.WEAK
    assert few.text.startswith("level = b seems worse than a, by ")


def test_a_stretch_that_reaches_the_top_is_said(rng):
    """A quarter of the trials lie in [.4, .65]; they are the best by a small margin only, or not at all."""
    lr, other = evenly(600, rng), evenly(600, rng)
    inside = (lr > 0.4) & (lr < 0.65)
    best = inside & (rng.random(600) < 0.35)
    found = said({"lr": lr, "other": other}, np.where(best, 0, 1) + rng.normal(0, 0.05, 600), target=0.1)
    one = only(found, TOP)
    assert one.hyperparameters == ("lr",)
    assert one.low > 2
    assert one.strength is Strength.STRONG
    assert one.unit == "odds ratio"
    marked = [point for point in one.picture.lines[0].points if point.marked]
    held_target, region = round(sum(p.value * p.n for p in marked)), sum(p.n for p in marked)
    text = f"Among the best 10\u00a0%, {held_target} of 60 trials have lr between 0.4 and 0."
    assert one.text.startswith(text)
    assert f"(of all trials {region} of 600 do); there the odds of being among them are " in one.text
    assert one.picture.is_share


def test_a_level_that_reaches_the_top_is_said(rng):
    """Level b makes a sixth of the trials outstanding and is alike otherwise: at the top, 30 of 30 come from it."""
    level = fairly("a b c", 540, rng)
    lucky = (level == "b") & (rng.random(540) < 1 / 6)
    loss = np.where(lucky, -5, 0) + rng.normal(0, 0.5, 540)
    one = only(said({"level": level}, loss, target=0.05), TOP)
    assert "27 of 27 trials have level = b (of all trials 180 of 540 do)" in one.text
    assert one.compared_with == "other values of level"


def test_a_level_that_is_only_frequent_does_not_reach_the_top(rng):
    """Nine tenths of all trials have it, and nine tenths of the best."""
    level = np.where(evenly(600, rng) < 0.9, "often", "seldom").astype(object)
    loss = rng.normal(size=600)
    assert not of_kind(said({"level": level}, loss, target=0.1), TOP)


def test_no_difference_of_an_ordered_one_and_of_two_levels(rng):
    n = 4000
    dropout, flag = evenly(n, rng), fairly("off on", n, rng)
    loss = rng.normal(size=n)
    found = said({"dropout": dropout, "flag": flag}, loss, tolerance=0.2)
    ordered, levels = only(found, SAME, "dropout"), only(found, SAME, "flag")
    assert ordered.text.startswith("dropout makes no difference that matters: on average its values differ by less than"
                                   " 0.20 score (most: ")  # fmt: skip
    assert levels.text.startswith("Between flag = off and on there is no difference that matters: on average less than")
    for one in (ordered, levels):
        assert max(-one.low, one.high) < 0.2
        assert one.compared_with == "a tolerance of 0.20"
        assert held(one, 0)
    assert len(found.findings) == 2


@pytest.mark.parametrize("true", [0.0, 0.2])
@pytest.mark.parametrize("n", [40, 300])
def test_a_test_that_merely_failed_is_no_equality(rng, n, true):
    flag, dropout = fairly("off on", n, rng), evenly(n, rng)
    found = said({"flag": flag, "dropout": dropout}, (flag == "on") * true * 0.5 + rng.normal(size=n), tolerance=0.1)
    assert not of_kind(found, SAME)
    assert any("not shown to be without effect: dropout (up to" in reason for reason in found.cannot_say)


def test_a_difference_as_large_as_the_tolerance_is_not_denied(rng):
    n = 4000
    flag, dropout = fairly("off on", n, rng), evenly(n, rng)
    loss = (flag == "on") * 0.2 + 0.3 * (dropout - 0.5) + rng.normal(size=n)
    assert not of_kind(said({"flag": flag, "dropout": dropout}, loss, tolerance=0.2), SAME)


def test_the_tolerance_is_a_tenth_of_the_interquartile_range_unless_given(rng):
    x, loss = evenly(401, rng), rng.normal(size=401)
    low, high = np.sort(loss)[[100, 300]]
    assert said({"x": x}, loss).tolerance == pytest.approx((high - low) / 10)
    assert said({"x": x}, loss, tolerance=0.7).tolerance == 0.7


@pytest.mark.parametrize("kind", ["levels", "numbers"])
def test_ranks_alone_are_no_reason_to_call_something_better(rng, kind):
    """Of the one, four fifths reach 0 and a fifth only 4; the other is at .8 always: the means are alike."""
    first = np.repeat([True, False], 400)
    loss = np.where(first, np.where(np.arange(800) % 5 == 0, 4.0, 0.0), 0.8) + rng.normal(0, 0.1, 800)
    column = np.where(first, "a", "b").astype(object) if kind == "levels" else np.where(first, 1.0, 2.0)
    found = said({"h": column}, loss)
    assert not of_kind(found, CONTRAST)
    assert not of_kind(found, TREND)
    assert " trials have h = " in only(found, TOP).text
    # One more at 0 in place of each at 4, and it is so in the mean as well.
    moved = said({"h": column}, np.where(first & (loss > 3), 0.0, loss))
    assert of_kind(moved, CONTRAST if kind == "levels" else TREND)
