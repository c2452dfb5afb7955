"""Pictures with the others held fixed: the curve over the trials, the average over two, and what is left of both."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi import figures
from hpi.effects import adjusted, one_effect, two_effects
from hpi.effects.outcome import outcome_of
from hpi.figures import DARK, LIGHT, Show
from hpi.figures.overlays import _apart
from hpi.subspace import select
from tests.test_figures import ODD_NAMES, assert_nothing_is_interpreted, header, read, trace

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def searched(n=500, maximize=False, seed=0):
    """lr counts on its logarithm, the optimizer by level, layers by 1/4; momentum with sgd alone; noise of a tenth."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "lr": 10 ** rng.uniform(-5, -1, n),
            "layers": rng.integers(1, 4, n),
            "optimizer": rng.choice(["adam", "sgd", "rmsprop"], n),
        }
    )
    frame["momentum"] = np.where(frame.optimizer == "sgd", rng.uniform(0, 1, n), np.nan)
    loss = (np.log10(frame.lr) + 3) ** 2 + frame.layers / 4
    loss += frame.optimizer.map({"adam": 0.5, "sgd": 0.0, "rmsprop": 1.0}) + frame.momentum.fillna(0)
    frame["score"] = (-1 if maximize else 1) * (loss + rng.normal(0, 0.1, n))
    return read(frame, "score", maximize)


def asked(table, pair=None):
    return adjusted(select(table, hpi.Subspace()), outcome_of(table)[0], np.random.default_rng(0), pair)


@pytest.fixture(scope="module")
def table():
    return searched()


@pytest.fixture(scope="module")
def found(table):
    return asked(table, ("lr", "optimizer"))


@pytest.fixture(scope="module")
def sample(table):
    return select(table, hpi.Subspace())


# ---- one hyperparameter


@THEMES
def test_the_mean_and_its_band_are_over_the_trials(table, sample, theme):
    effect = one_effect(table, sample, "lr")
    figure = figures.metric_against(effect, theme)
    assert list(trace(figure, "mean").y) == list(effect.means.mean)
    band = trace(figure, "band of the mean")
    assert max(band.y) == effect.means.high.max()
    assert min(band.y) == effect.means.low.min()
    assert "mean with its 95 &#37; band" in header(figure)
    assert "held fixed" not in header(figure)


@THEMES
def test_the_curve_is_drawn_in_its_own_colour_and_named(table, sample, found, theme):
    figure = figures.metric_against(one_effect(table, sample, "lr"), theme, found)
    line, held = trace(figure, "others held fixed"), found.of("lr")
    assert list(line.x) == list(held.at)
    assert list(line.y) == list(held.mean)
    assert line.line.color == theme.model
    spread = trace(figure, "middle half of the predictions")
    assert [y for y in spread.y if not np.isnan(y)] == [*held.low, *held.high]
    assert f"R² {found.r2:.2f}" in header(figure)
    names = {note.text: note for note in figure.layout.annotations}
    assert set(names) == {"median", "mean", "others held fixed"}
    assert names["others held fixed"].font.color == theme.model
    assert names["others held fixed"].x == pytest.approx(np.log10(held.at[-1]))


def test_levels_have_a_mark_at_their_own_place(table, sample, found):
    for name in ("optimizer", "layers"):
        effect = one_effect(table, sample, name)
        figure = figures.metric_against(effect, LIGHT, found)
        held, mark = found.of(name), trace(figure, "others held fixed")
        (hyperparameter,) = [one for one in table.hyperparameters if one.name == name]
        own = [hyperparameter.levels[int(at)] if hyperparameter.levels else f"{at:.0f}" for at in held.at]
        place = dict(zip(own, np.array(mark.x) - 0.14, strict=True))
        assert [round(place[label], 9) for label in effect.levels.labels] == [0, 1, 2]
        by_label = dict(zip(own, held.mean, strict=True))
        assert dict(zip(own, mark.y, strict=True)) == by_label
        assert list(mark.error_y.array) == pytest.approx(held.high - held.mean)


def test_a_conditional_curve_says_where_it_holds(table, sample, found):
    figure = figures.metric_against(one_effect(table, sample, "momentum"), LIGHT, found)
    assert "where it is active" in re.sub("<[^>]*>", "", header(figure))
    assert trace(figure, "others held fixed").xaxis in (None, "x")


def test_where_the_two_part_there_is_a_mark_of_attention_and_a_word(table, sample, found):
    effect, held = one_effect(table, sample, "lr"), found.of("lr")
    far = np.where(np.arange(len(held.at)) < 3, 2.0, 0.0)
    parted = replace(found, curves=(replace(held, gap=far, chance=np.ones(len(far))),))
    figure = figures.metric_against(effect, LIGHT, parted)
    marks = trace(figure, "parting")
    assert list(marks.x) == list(held.at[:3])
    assert list(marks.y) == list(held.mean[:3])
    assert marks.marker.color == LIGHT.attention
    assert "the mean parts from it" in header(figure)
    calm = replace(found, curves=(replace(held, gap=0 * far, chance=np.ones(len(far))),))
    assert not [one for one in figures.metric_against(effect, LIGHT, calm).data if one.name == "parting"]


def test_without_a_curve_the_picture_is_that_of_the_trials(table, sample, found):
    silent = replace(found, curves=(), joint=None, reason="It does not predict.")
    effect = one_effect(table, sample, "lr")
    assert figures.metric_against(effect, LIGHT, silent).data == figures.metric_against(effect, LIGHT).data


def test_a_level_among_the_rare_ones_has_no_mark():
    rng = np.random.default_rng(0)
    level = rng.integers(0, 40, 1500)
    frame = pd.DataFrame({"level": [f"l{k:02d}" for k in level], "x": rng.random(1500)})
    frame["score"] = level / 10 + frame["x"]
    table = read(frame, "score")
    effect = one_effect(table, select(table, hpi.Subspace()), "level")
    mark = trace(figures.metric_against(effect, LIGHT, asked(table)), "others held fixed")
    known = {round(y - 0.14) for y in mark.y if not np.isnan(y)}
    assert known <= set(range(29))  # the 30th place is the group of rare levels
    assert len(known) >= 20


def test_names_keep_their_distance_and_their_order():
    moved = _apart([1.0, 1.0, 0.9, 5.0], 0.5)
    assert np.diff(np.sort(moved)).min() >= 0.5 - 1e-12
    assert list(np.argsort(moved, kind="stable")) == [2, 0, 1, 3]


# ---- two hyperparameters


@pytest.mark.parametrize("maximize", [False, True])
@THEMES
def test_the_average_over_two_is_coloured_as_the_median_is(maximize, theme):
    table = searched(300, maximize)
    pair = two_effects(table, select(table, hpi.Subspace()), "lr", "optimizer")
    joint = asked(table, ("lr", "optimizer")).joint
    cells = trace(figures.heat_map(pair, Show.HELD, theme, joint), str(Show.HELD))
    assert cells.z == pytest.approx(joint.surface, nan_ok=True)
    assert [colour for _, colour in cells.colorscale][-1 if maximize else 0] == theme.scale[-1]


@pytest.mark.parametrize("maximize", [False, True])
@THEMES
def test_what_is_left_has_two_hues_as_far_to_either_side_of_nothing(maximize, theme):
    table = searched(300, maximize)
    pair = two_effects(table, select(table, hpi.Subspace()), "lr", "optimizer")
    joint = asked(table, ("lr", "optimizer")).joint
    figure = figures.heat_map(pair, Show.LEFT, theme, joint)
    cells = trace(figure, str(Show.LEFT))
    assert cells.z == pytest.approx(joint.remainder, nan_ok=True)
    assert cells.zmin == -cells.zmax
    assert cells.zmax >= np.nanmax(np.abs(joint.remainder))
    low, high = cells.colorscale[0][1], cells.colorscale[-1][1]
    assert (low, high) == ((theme.attention, theme.target) if maximize else (theme.target, theme.attention))
    assert "what is left when both alone are taken out" in header(figure)


def test_what_is_little_beside_what_the_two_do_stays_pale(table, sample, found):
    """A sum: the forest's unrest is less than a tenth of what lr and the optimizer do."""
    pair = two_effects(table, sample, "lr", "optimizer")
    cells = trace(figures.heat_map(pair, Show.LEFT, LIGHT, found.joint), str(Show.LEFT))
    assert cells.zmax >= 0.15 * (np.nanmax(found.joint.surface) - np.nanmin(found.joint.surface)) - 1e-12


def test_differences_are_written_with_their_sign(table, sample):
    pair = two_effects(table, sample, "layers", "optimizer")
    joint = asked(table, ("layers", "optimizer")).joint
    figure = figures.heat_map(pair, Show.LEFT, LIGHT, joint)
    written = np.array([float(text.replace("\u2212", "-")) for text in trace(figure, "numbers").text])
    assert written == pytest.approx(joint.remainder.ravel(), rel=0.06)
    assert {text[0] for text in trace(figure, "numbers").text} == {"+", "\u2212"}
    hover = trace(figure, str(Show.LEFT)).hovertext[0][0].replace("<br>", " ")
    assert "all others held fixed" in hover
    assert "beyond both alone" in hover


def test_cells_without_trials_are_empty(table, sample):
    pair = two_effects(table, sample, "momentum", "optimizer")
    joint = asked(table, ("momentum", "optimizer")).joint
    for show in (Show.HELD, Show.LEFT):
        cells = trace(figures.heat_map(pair, show, LIGHT, joint), str(show))
        assert (np.isnan(cells.z) == (pair.count == 0)).all()


@pytest.mark.parametrize("maximize", [False, True])
def test_columns_of_what_is_left_begin_at_nothing_better_is_up(maximize):
    table = searched(300, maximize)
    pair = two_effects(table, select(table, hpi.Subspace()), "layers", "optimizer")
    joint = asked(table, ("layers", "optimizer")).joint
    figure = figures.surface(pair, Show.LEFT, LIGHT, joint)
    z = np.array(figure.data[0].z).reshape(2, -1, 4)[:, :, 0] / 30_000  # upper corners, lower corners
    assert z[1] == pytest.approx(0.5)
    better = joint.remainder.ravel() * (1 if maximize else -1)
    assert (np.sign(z[0] - 0.5) == np.sign(better)).all()
    assert figure.layout.scene.zaxis.title.text == "rest"


def test_without_the_pair_a_forest_s_cells_are_refused(table, sample, found):
    pair = two_effects(table, sample, "layers", "optimizer")
    for joint in (None, found.joint):  # none, and one of another pair
        with pytest.raises(ValueError, match="joint effect"):
            figures.heat_map(pair, Show.LEFT, LIGHT, joint)


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name.strip()])
def test_no_name_is_interpreted(name):
    name = " ".join(name.split())  # as every reader has it
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.uniform(size=150), f"{name} kind": rng.choice([name, f"{name}2"], 150)})
    frame[f"{name} score"] = frame[name] + (frame[f"{name} kind"] == name)
    table = read(frame, f"{name} score")
    sample, found = select(table, hpi.Subspace()), asked(table, (name, f"{name} kind"))
    assert found.reason is None
    for one in (name, f"{name} kind"):
        assert_nothing_is_interpreted(figures.metric_against(one_effect(table, sample, one), LIGHT, found))
    pair = two_effects(table, sample, name, f"{name} kind")
    for show in (Show.HELD, Show.LEFT):
        assert_nothing_is_interpreted(figures.heat_map(pair, show, LIGHT, found.joint))


def test_a_mean_beyond_the_edge_is_not_drawn_along_it():
    """The 40 of 600 trials with the smallest lr are far worse than all others: their mean lies beyond the axis."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": np.linspace(0.01, 1.0, 600), "score": rng.uniform(0, 1, 600)})
    frame.loc[frame.index[:40], "score"] = 1000.0 + rng.uniform(0, 1, 40)
    frame["score"] -= 1.0  # no logarithm
    table = read(frame, "score")
    effect = one_effect(table, select(table, hpi.Subspace()), "lr")
    figure = figures.metric_against(effect, LIGHT)
    top, mean = figure.layout.yaxis.range[1], np.array(trace(figure, "mean").y)
    assert (np.isnan(mean) == (effect.means.mean > top)).all()
    assert np.isnan(mean).any()
    assert not np.isnan(mean).all()
    band = trace(figure, "band of the mean")
    beyond = effect.means.at[effect.means.low > top]
    assert len(beyond)
    assert not set(beyond) & set(band.x)
    assert "not drawn where it lies beyond the edge" in header(figure)
    assert "beyond the edge" not in header(figures.metric_against(one_effect(*_usual(), "lr"), LIGHT))


def _usual():
    table = searched(300, False)
    return table, select(table, hpi.Subspace())
