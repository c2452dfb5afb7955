"""Sentences about two hyperparameters: exceptions and interactions, planted in every way, and their near misses."""

from __future__ import annotations

import numpy as np
import pytest

from hpi.effects import Outcome
from hpi.space import Hyperparameter, Kind
from hpi.statements import FindingKind, Strength, state
from hpi.statements.pairs import tables_of
from hpi.statements.shapes import Way, of
from tests.statements.planted import basis, declared, evenly, fairly, of_kind, only, ordinal, said

TREND, CONTRAST, EXCEPTION = FindingKind.TREND, FindingKind.CONTRAST, FindingKind.EXCEPTION
INTERACTION = FindingKind.INTERACTION
N = 600


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def held(finding, truth: float) -> bool:
    return finding.low <= truth <= finding.high


@pytest.mark.parametrize("maximize", [True, False])
def test_a_trend_with_an_exception(rng, maximize):
    """Depth costs 1.5 in general, and gains 1.5 in a fifth of the trials; thirds have their means at 1/6 and 5/6."""
    depth, architecture = evenly(N, rng), fairly("a b c d resnet", N, rng)
    slope = np.where(architecture == "resnet", -1.5, 1.5)
    found = said(
        {"depth": depth, "architecture": architecture}, slope * depth + rng.normal(0, 0.2, N), maximize=maximize
    )
    trend, exception = only(found, TREND, "depth"), only(found, EXCEPTION)
    assert trend.exception == "architecture = resnet"
    assert trend.text.endswith("; except with architecture = resnet, where it is the other way round.")
    assert exception.hyperparameters == ("depth", "architecture")
    assert held(exception, 1.5 * 2 / 3)
    assert exception.exception == "architecture = resnet"
    assert exception.text.startswith("Lower depth is better, except with architecture = resnet: there higher depth is "
                                     "better, from about 0.17 to about 0.83 score improves by 1.")  # fmt: skip
    assert exception.compared_with == "depth 0.000833 to 0.333, which is better in general"
    assert exception.n == int(((architecture == "resnet") & ((depth < 1 / 3) | (depth > 2 / 3))).sum())
    marked = [(line.name, point.label) for line in exception.picture.lines for point in line.points if point.marked]
    assert {name for name, _ in marked} == {"architecture = resnet"}
    assert len(marked) == 2


def test_many_exceptions_are_counted(rng):
    """Turned round with two thirds as much effect in three of nine architectures: two are named."""
    depth, architecture = evenly(1800, rng), fairly("a b c d e f g h i", 1800, rng)
    slope = np.where(np.isin(architecture, ["a", "b", "c"]), -1.5, 2.0)
    found = said({"depth": depth, "architecture": architecture}, slope * depth + rng.normal(0, 0.2, 1800))
    told = sorted(one.exception for one in of_kind(found, EXCEPTION))
    assert told == ["architecture = a", "architecture = b", "architecture = c"]
    trend = only(found, TREND, "depth")
    assert trend.exception.endswith(" and 1 more")
    assert trend.exception.count("architecture = ") == 2


def test_a_contrast_with_an_exception(rng):
    """Sgd costs .5 with the low three quarters of width, and gains .5 with the high quarter."""
    optimizer, width = fairly("adam sgd", N, rng), fairly("32 64 128 256", N, rng)
    sign = np.where(width == "256", -0.5, 0.5)
    found = said({"optimizer": optimizer, "width": width}, (optimizer == "sgd") * sign + rng.normal(0, 0.2, N))
    contrast, exception = only(found, CONTRAST, "optimizer"), only(found, EXCEPTION, "optimizer", "width")
    assert contrast.text.startswith("optimizer = sgd is worse than adam, by ")
    assert contrast.exception == "width = 256"
    assert held(contrast, 0.25)
    assert exception.text.startswith(
        "optimizer = adam is better than sgd, except with width = 256: there sgd is better, by "
    )
    assert held(exception, 0.5)
    assert exception.compared_with == "optimizer = adam, which is better in general"


@pytest.mark.parametrize("there", [0.0, 0.3, -0.03], ids=["nothing", "less", "hardly turned"])
def test_a_group_without_reversal_is_no_exception(rng, there):
    depth, architecture = evenly(N, rng), fairly("a b c d resnet", N, rng)
    slope = np.where(architecture == "resnet", there, 1.5)
    found = said({"depth": depth, "architecture": architecture}, slope * depth + rng.normal(0, 0.2, N))
    assert only(found, TREND, "depth").exception is None
    assert not of_kind(found, EXCEPTION)
    assert of_kind(found, INTERACTION, "depth", "architecture")


def test_a_reversal_without_a_rule_is_an_interaction_and_no_exception(rng):
    depth, architecture = evenly(N, rng), fairly("vgg resnet", N, rng)
    slope = np.where(architecture == "resnet", -1.5, 1.5)
    found = said({"depth": depth, "architecture": architecture}, slope * (depth - 0.5) + rng.normal(0, 0.5, N))
    assert [one.kind for one in found.findings] == [INTERACTION]


def test_a_reversal_in_too_few_trials_is_no_exception(rng):
    """Ten trials of resnet: three or four in a third of depth, and eight are needed."""
    depth = evenly(N, rng)
    architecture = np.where(np.arange(N) < 10, "resnet", "vgg").astype(object)
    slope = np.where(architecture == "resnet", -1.5, 1.5)
    found = said({"depth": depth, "architecture": architecture}, slope * depth + rng.normal(0, 0.2, N))
    assert only(found, TREND, "depth").exception is None
    assert not of_kind(found, EXCEPTION)


# Losses of the cells (a, b) = (x, u), (x, v), (y, u), (y, v), and how much the gains differ.
CELLS = {
    Way.TURNS: ((0, 1, 1, 0), 2.0, "hat is better for "),
    Way.ONLY: ((1, 1, 1, 0), 1.0, " matters only with "),
    Way.MOSTLY: ((0, -0.3, -0.3, -1.6), 1.0, " matters above all with "),
    Way.REINFORCE: ((0, -1, -1, -2.6), 0.6, " reinforce each other: "),
    Way.REPLACE: ((0, -1, -1, -1.6), 0.4, " make up for each other in part: "),
}


def two_switches(cells: tuple[float, ...], rng: np.random.Generator, noise: float = 0.6, n: int = 2400):
    a, b = fairly("x y", n, rng), fairly("u v", n, rng)
    loss = np.array(cells)[2 * (a == "y") + (b == "v")] + rng.normal(0, noise, n)
    return {"a": a, "b": b, "idle": evenly(n, rng)}, loss


@pytest.mark.parametrize("way", CELLS)
@pytest.mark.parametrize("maximize", [True, False])
def test_every_way_of_acting_together(rng, way, maximize):
    cells, difference, words = CELLS[way]
    columns, loss = two_switches(cells, rng)
    found = only(said(columns, loss, tolerance=0.2, maximize=maximize), INTERACTION, "a", "b")
    assert words in found.text
    assert held(found, difference)
    assert found.low > 0
    assert not found.by_scale
    assert found.strength is Strength.STRONG
    assert "depends on the scale" not in found.text
    assert found.n == 2400
    points = [point for line in found.picture.lines for point in line.points]
    assert len(points) == 4
    sign = -1 if maximize else 1
    assert sorted(sign * point.value for point in points) == pytest.approx(
        sorted(loss[(columns["a"] == a) & (columns["b"] == b)].mean() for a in "xy" for b in "uv"), abs=0.05
    )


def test_an_effect_that_depends_on_another_in_no_simpler_way(rng):
    """With u: x and y are alike, z worse. With v: y gains 1, z gains .7."""
    a, b = fairly("x y z", N, rng), fairly("u v", N, rng)
    mean = {("x", "u"): 0, ("x", "v"): 0, ("y", "u"): 0, ("y", "v"): -1, ("z", "u"): 1, ("z", "v"): 0.3}
    loss = np.array([mean[pair] for pair in zip(a, b, strict=True)]) + rng.normal(0, 0.1, N)
    found = only(said({"a": a, "b": b}, loss), INTERACTION)
    assert " does depends on " in found.text
    assert held(found, 1.0)
    table = basis({"a": a, "b": b}, loss)
    shape = of(table, tables_of(table)(0, 1)[0], 0, 1)
    assert shape.way is Way.DEPENDS


@pytest.mark.parametrize("cells", [(0, 1, 1, 2), (0, 0, 1, 1), (0, 0, 0, 0)], ids=["both", "one", "none"])
def test_a_sum_is_no_interaction(rng, cells):
    columns, loss = two_switches(cells, rng, noise=0.5)
    assert not of_kind(said(columns, loss), INTERACTION, "a", "b")


def test_too_little_of_an_interaction_is_none(rng):
    columns, loss = two_switches((0, 0, 0, 0.2), rng, noise=1.0)
    assert not of_kind(said(columns, loss), INTERACTION)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_exclusive_or_is_an_interaction_and_nothing_else(rng, noise):
    p, q, idle = (evenly(N, rng) for _ in range(3))
    loss = ((p > 0.5) != (q > 0.5)) + rng.normal(0, noise, N)
    found = said({"p": p, "q": q, "idle": idle}, loss, target=0.1)
    (one,) = found.findings
    assert one.kind is INTERACTION
    assert set(one.hyperparameters) == {"p", "q"}
    assert held(one, 2.0)
    assert "turns round with" in one.text
    assert one.strength is Strength.STRONG


def test_exclusive_or_of_switches_without_noise(rng):
    columns, loss = two_switches((0, 1, 1, 0), rng, noise=0.0)
    (one,) = said(columns, loss).findings
    assert (one.kind, set(one.hyperparameters)) == (INTERACTION, {"a", "b"})
    assert one.effect == pytest.approx(2)
    assert "improves by 1.0000 [1.0000, 1.0000]" in one.text


def test_a_sum_without_noise_is_told_in_full(rng):
    """Nothing is left over but rounding errors: they are no interaction, and no sign of being drawn together."""
    a, c = fairly("x y", 300, rng), rng.permutation(fairly("u v w", 300, rng))
    loss = (a == "y") * 0.1 + (c == "v") * 0.3 + (c == "w") * 0.7
    found = said({"a": a, "c": c}, loss)
    assert {one.text for one in of_kind(found, CONTRAST)} == {
        "a = y is worse than x, by 0.10000 [0.10000, 0.10000] on average.",
        "c = v is worse than u, by 0.30000 [0.30000, 0.30000] on average.",
        "c = w is worse than u, by 0.70000 [0.70000, 0.70000] on average.",
        "c = w is worse than v, by 0.40000 [0.40000, 0.40000] on average.",
    }
    assert not of_kind(found, INTERACTION)
    assert not any("drawn together" in reason for reason in found.cannot_say)


def test_an_interaction_that_a_transformation_takes_away_is_labelled(rng):
    """exp(a + b): what a costs grows with b on the metric, and nowhere in the ranks."""
    a, b = evenly(1500, rng), evenly(1500, rng)
    total = 2 * a + 2 * b + rng.normal(0, 0.5, 1500)
    found = only(said({"a": a, "b": b}, np.exp(total)), INTERACTION)
    assert found.by_scale
    assert found.strength is Strength.WEAK
    assert found.text.endswith("In the ranks of the trials this is not seen: it depends on the scale of the metric.")
    assert found.text.startswith("It seems that ")
    assert not of_kind(said({"a": a, "b": b}, total), INTERACTION)


def test_names_and_levels_stay_as_they_are_written(rng):
    """A name that begins a sentence, or stands within one, keeps its capital; names of levels in order as well."""
    size, arch = fairly("Small Medium Large", N, rng), fairly("A B C D Resnet", N, rng)
    rank = np.array([{"Small": 0, "Medium": 1, "Large": 2}[one] for one in size])
    loss = np.where(arch == "Resnet", -0.5, 0.5) * (rank - 1) + rng.normal(0, 0.2, N)
    levels = ("A", "B", "C", "D", "Resnet")
    known = ordinal("Size", "Small Medium Large"), Hyperparameter("Arch", Kind.CATEGORY, levels=levels)
    found = state(declared(known, {"Size": size, "Arch": arch}, loss), Outcome("score", maximize=False))
    text = only(found, EXCEPTION).text
    assert text.startswith(
        "Size nearer to Small is better, except with Arch = Resnet: there Size nearer to Large is better, "
        "from Small to Large score improves by "
    )
    for one in found.findings:
        assert "size" not in one.text
        assert "arch" not in one.text
