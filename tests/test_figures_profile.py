"""The best trials over their hyperparameters: numbers by a second path, and what is drawn of them."""

from __future__ import annotations

import html
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi import figures
from hpi.effects import target_profile
from hpi.figures import DARK, LIGHT
from hpi.results import Score
from hpi.subspace import select
from tests.makers import result
from tests.test_figures import ODD_NAMES, assert_nothing_is_interpreted, header, read, search, trace

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
ASKED = hpi.Subspace(region=0.5, target=0.05)


@pytest.fixture(scope="module")
def table():
    return search()


@pytest.fixture(scope="module")
def answer(table):
    return hpi.importance(table, subspace=ASKED)


@pytest.fixture(scope="module")
def profile(table, answer):
    return target_profile(table, select(table, ASKED), answer)


def bar(name):
    return Score(name, 0.1, 0.05, 0.2, 1.0, 0.02, 0.01, True, None)


def axis(profile, name):
    (found,) = [one for one in profile.axes if one.hyperparameter.name == name]
    return found


def parts(table):
    """Target and region of ASKED by sorting the frame: 60 and 600 of 1,200 trials."""
    ranked = table.trials.sort_values("score")
    return ranked.iloc[:60], ranked.iloc[:600]


# ---- numbers


def test_axes_stand_in_the_order_of_the_bars(profile, answer):
    assert [one.hyperparameter.name for one in profile.axes] == [score.name for score in answer.hyperparameters]
    assert (profile.n_target, profile.n_region, profile.n_left_out) == (60, 600, 0)


def test_a_logarithmic_value_lies_at_its_logarithm(table, profile):
    found, (target, region) = axis(profile, "lr"), parts(table)
    low, high = np.log10(found.ends)
    assert found.ends == pytest.approx((region["lr"].min(), region["lr"].max()))
    np.testing.assert_allclose(found.place, (np.log10(target["lr"]) - low) / (high - low), atol=1e-12)
    assert found.placed(np.array([10.0 ** ((low + high) / 2)])) == pytest.approx([0.5])


def test_shares_are_those_of_target_and_region(table, profile):
    found, both = axis(profile, "optimizer"), parts(table)
    for share, part in zip((found.target, found.region), both, strict=True):
        counts = part["optimizer"].value_counts(normalize=True)
        assert dict(zip(found.labels, share, strict=True)) == pytest.approx(
            {label: counts.get(label, 0.0) for label in found.labels}
        )
    assert list(found.labels[:2]) == list(both[0]["optimizer"].value_counts().index)
    lr, (low, high) = axis(profile, "lr"), np.log10(axis(profile, "lr").ends)
    place = (np.log10(both[1]["lr"]) - low) / (high - low)
    np.testing.assert_allclose(lr.region, np.histogram(place, lr.edges)[0] / 600, atol=1e-12)
    assert lr.target_half == pytest.approx(tuple(both[0]["lr"].quantile([0.25, 0.75])))


def test_inactive_trials_have_no_place(table, profile):
    found, (target, region) = axis(profile, "momentum"), parts(table)
    np.testing.assert_array_equal(np.isnan(found.place), target["momentum"].isna())
    assert found.inactive == pytest.approx((target["momentum"].isna().mean(), region["momentum"].isna().mean()))
    assert np.nansum(found.target) == pytest.approx(1)


def test_the_best_is_the_first_line(table, profile):
    best = table.trials["score"].idxmin()
    assert profile.row[0] == best
    assert profile.metric[0] == table.trials["score"].min()
    assert axis(profile, "optimizer").best == table.trials["optimizer"][best]
    assert float(axis(profile, "lr").best) == pytest.approx(table.trials["lr"][best], rel=5e-3)


def test_many_trials_are_thinned_evenly_over_their_ranks():
    table = search(4000)
    asked = hpi.Subspace(target=0.5)
    found = target_profile(table, select(table, asked), hpi.importance(table, subspace=asked), ["lr"])
    assert len(found.row) == 150
    assert found.n_left_out == 4
    ranks = table.trials["score"].rank().to_numpy()[found.row]
    assert ranks[0] == 1
    assert ranks[-1] == 2000
    assert set(np.diff(ranks)) <= {13, 14}  # 1,999 steps over 149 gaps


def test_the_rarest_of_many_categories_share_a_cell():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"net": [f"n{k % 300:03d}" for k in range(3000)], "x": rng.random(3000)})
    frame["score"] = rng.normal(size=3000) - 3 * (frame["net"] == "n007")
    table = read(frame, "score")
    asked = hpi.Subspace(target=0.1)
    found = axis(target_profile(table, select(table, asked), hpi.importance(table, subspace=asked)), "net")
    assert len(found.labels) == 6
    assert (found.labels[0], found.labels[-1]) == ("n007", "other (295 levels)")
    assert found.n_grouped == 295
    assert found.target.sum() == pytest.approx(1)


# ---- what is drawn


@THEMES
def test_every_target_trial_is_a_line_and_the_best_is_strong(profile, answer, theme):
    figure = figures.parallel(profile, answer, theme)
    lines, best = trace(figure, "trials"), trace(figure, "best")
    assert lines.x.reshape(59, 7).shape == (59, 7)  # five hyperparameters, the metric, a gap
    assert np.isnan(lines.x.reshape(59, 7)[:, 6]).all()
    at = [one.hyperparameter.name for one in profile.axes].index("lr")
    np.testing.assert_allclose(lines.x.reshape(59, 7)[:, at], axis(profile, "lr").place[1:], atol=1e-6)
    np.testing.assert_array_equal(lines.customdata.reshape(59, 7, 2)[:, 0, 0], profile.row[1:] + 1)
    assert best.x[at] == axis(profile, "lr").place[0]
    assert best.line.color == theme.text
    assert best.line.width > lines.line.width
    assert trace(figure, "target").line.color == theme.target
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the strongest on top


def test_a_line_of_a_level_stays_in_its_cell(profile, answer):
    figure = figures.parallel(profile, answer, LIGHT)
    at = [one.hyperparameter.name for one in profile.axes].index("optimizer")
    found = axis(profile, "optimizer")
    drawn = trace(figure, "trials").x.reshape(59, 7)[:, at]
    assert (np.searchsorted(found.edges, drawn) == np.searchsorted(found.edges, found.place[1:])).all()
    assert len(set(drawn.tolist())) > 50


def test_inactive_trials_lie_beside_the_axis_where_it_is_said(profile, answer):
    figure = figures.parallel(profile, answer, LIGHT)
    at = [one.hyperparameter.name for one in profile.axes].index("momentum")
    drawn = trace(figure, "trials").x.reshape(59, 7)[:, at]
    np.testing.assert_array_equal(drawn > 1, np.isnan(axis(profile, "momentum").place[1:]))
    (said,) = [note for note in figure.layout.annotations if note.text == "inactive"]
    assert said.x > 1
    assert drawn.max() < figure.layout.xaxis.range[1]


def test_names_values_and_ticks_stand_at_their_axis(profile, answer):
    figure = figures.parallel(profile, answer, LIGHT)
    notes = [(note.text, int(np.ceil(note.y - 0.1))) for note in figure.layout.annotations]
    for i, one in enumerate(profile.axes):
        texts = [text for text, row in notes if row == i]
        assert any(text.startswith(f"<b>{one.hyperparameter.name}</b>") for text in texts)
        assert f"best: {one.best}" in map(html.unescape, texts)
    assert "10<sup>−3</sup>" in [text for text, _ in notes]
    (metric,) = [text for text, _ in notes if text.startswith("<b>score")]
    assert "lower is better" in metric
    assert list(figure.layout.yaxis.ticktext) == [*(one.hyperparameter.name for one in profile.axes), "score"]
    assert figure.layout.yaxis.showticklabels is False
    assert "60 trials" in re.sub("<[^>]*>", "", header(figure))


def test_the_text_alternative_says_where_the_target_lies(profile, answer):
    said = figures.parallel(profile, answer, LIGHT).layout.meta["alt"]
    low, high = axis(profile, "lr").target_half
    assert f"lr: the middle half of the target lies at {low:.2g} to {high:.2g}".replace("e-0", "e-") in said
    assert "optimizer: " in said
    assert "The best trial, score " in said


def test_a_target_of_one_trial_is_the_best_alone():
    frame = pd.DataFrame({"a": np.arange(30.0), "b": ["u", "v"] * 15, "score": np.arange(30.0)})
    table = read(frame, "score")
    asked = hpi.Subspace(target=0.02)
    answer = hpi.importance(table, subspace=hpi.Subspace(target=0.3))
    figure = figures.parallel(target_profile(table, select(table, asked), answer), answer, LIGHT)
    assert len(trace(figure, "trials").x) == 0
    assert len(trace(figure, "best").x) == 3


def test_a_hyperparameter_that_is_inactive_everywhere_is_said_to_be():
    table = search(400)
    asked = hpi.Subspace(where=(hpi.OneOf("optimizer", ("adam",)),))
    answer = hpi.importance(table, subspace=asked)
    found = target_profile(table, select(table, asked), answer, ["momentum"])
    assert "inactive in the whole target" in figures.parallel(found, answer, LIGHT).layout.meta["alt"]


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name.strip()])
def test_no_name_is_interpreted(name):
    name = " ".join(name.split())  # as every reader has it
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.uniform(size=120), f"{name} kind": rng.choice([name, f"{name}2", "<b>"], 120)})
    frame.loc[:20, name] = np.nan
    frame[f"{name} score"] = rng.normal(size=120)
    table = read(frame, f"{name} score")
    answer = hpi.importance(table)
    figure = figures.parallel(target_profile(table, select(table, hpi.Subspace()), answer), answer, LIGHT)
    for one in figure.data:
        if one.hovertemplate:
            one.hovertemplate = one.hovertemplate.replace("%{customdata[0]}", "").replace("%{customdata[1]:.4g}", "")
    for note in figure.layout.annotations:
        note.text = re.sub(f'<span style="color:{LIGHT.muted}">', "", note.text)
    assert_nothing_is_interpreted(figure)


@given(seed=st.integers(0, 10_000), n=st.integers(30, 120), target=st.sampled_from([0.05, 0.2, 0.5]))
def test_places_and_shares_are_parts_and_do_not_depend_on_the_order_of_rows(seed, n, target):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "real": 10 ** rng.uniform(-6, 2, n),
            "whole": rng.integers(-40, 60, n),
            "few": rng.integers(0, 3, n),
            "label": rng.choice([f"l{k}" for k in range(12)], n),
        }
    )
    frame.loc[rng.random(n) < 0.3, "real"] = np.nan
    frame["score"] = rng.normal(size=n)
    asked = hpi.Subspace(target=target)
    first, second = (
        target_profile(table, select(table, asked), result(*map(bar, frame.columns[:4])))
        for table in (read(frame, "score"), read(frame.sample(frac=1, random_state=seed, ignore_index=True), "score"))
    )
    np.testing.assert_array_equal(first.metric, second.metric)
    for one, other in zip(first.axes, second.axes, strict=True):
        np.testing.assert_array_equal(one.place, other.place)
        np.testing.assert_array_equal(one.region, other.region)
        assert (one.labels, one.best) == (other.labels, other.best)
        known = one.place[~np.isnan(one.place)]
        assert ((known >= -1e-12) & (known <= 1 + 1e-12)).all()
        for share, inactive in zip((one.target, one.region), one.inactive, strict=True):
            assert inactive == 1 or share.sum() == pytest.approx(1)
            assert len(share) == len(one.labels) == len(one.edges) - 1
