"""Sentences against numbers made by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hpi.estimators import ESTIMATORS
from hpi.filters import Between, OneOf
from hpi.results import ImportanceResult, Question, Score
from hpi.space import Kind
from hpi.subspace import Subspace, cut
from hpi.words import cautions
from pages import words
from tests import makers
from tests.makers import design

CLEAR = Score("lr", 0.41, 0.36, 0.47, 0.8, 0.02, 0.005, True, None)
WEAK = Score("width", 0.1, 0.06, 0.15, 0.2, 0.02, 0.01, True, None)
NOISE = Score("dropout", 0.004, 0.0, 0.02, 0.0, 0.02, 0.61, False, None)
UNKNOWN = Score("momentum", None, None, None, None, None, None, False, "only one value in the region")


def result(*scores: Score, region: float = 1.0, target: float = 0.1) -> ImportanceResult:
    asked = Question(region, target, int(1200 * region), int(1200 * target), ())
    return makers.result(*scores, used=1200, excluded=(), metric="acc", subspace=asked)


def plain(text: str) -> str:
    """The text with ordinary blanks."""
    return text.replace("\u00a0", " ")


def test_a_long_name_of_a_file_keeps_both_ends():
    """By hand: 20 characters, an ellipsis, 19 characters."""
    table = SimpleNamespace(
        name="a" * 30 + "b" * 30, trials=range(1200), metric=None, choices=SimpleNamespace(task=None)
    )
    assert words.identity(table) == f"{'a' * 20}…{'b' * 19}  ·  1,200 trials"
    table.name = "c" * 40
    assert words.identity(table) == f"{'c' * 40}  ·  1,200 trials"
    table.choices.task = "digits"
    assert words.identity(table) == f"{'c' * 40}  ·  1,200 trials of task digits"


def test_the_lead_names_the_strongest_how_sure_it_is_and_how_many_count():
    assert plain(words.lead(result(CLEAR, WEAK, NOISE))) == (
        "lr decides most: it alone explains 41 % [36 to 47] of what separates the best 10 % from the rest. "
        "2 of 3 hyperparameters can be told apart from chance."
    )


def test_an_interval_from_0_on_says_that_there_may_be_next_to_nothing():
    barely = replace(WEAK, importance=0.01, low=0.0, high=0.066)
    said = plain(words.lead(result(barely, NOISE)))
    assert "width shows most: it alone explains 1 % [0 to 6.6]" in said
    assert "so it may be next to nothing. 1 of 2" in said
    assert plain(words.estimate(replace(barely, low=0.0004, high=None), result(CLEAR))) == "1 %"
    assert plain(words.estimate(replace(barely, low=0.002, high=None), result(CLEAR))) == "1 %, at least 0.2 %"


def test_a_region_is_named_in_the_lead():
    assert "the best 2.5 % from the rest of the best 50 %" in plain(words.lead(result(CLEAR, region=0.5, target=0.025)))


def test_a_close_second_leaves_the_order_open():
    rival = replace(WEAK, importance=0.36, low=0.31, high=0.42)
    said = plain(words.lead(result(CLEAR, rival, NOISE)))
    assert "decides most" not in said
    assert "lr shows most" in said
    assert "too close to width (36 % [31 to 42]) for the order to be sure" in said
    assert "too close to 2 others" in words.lead(result(CLEAR, rival, replace(rival, name="depth")))


def test_the_order_is_sure_where_the_difference_has_a_positive_lower_limit():
    # .41 - .33 = .08 against sqrt(.05^2 + .06^2) = .0781: intervals overlap, yet the order is sure; .332 is too close
    assert "decides most" in words.lead(result(CLEAR, replace(WEAK, importance=0.33, low=0.27, high=0.39)))
    assert "too close" in words.lead(result(CLEAR, replace(WEAK, importance=0.332, low=0.27, high=0.392)))


def test_no_signal_names_no_hyperparameter():
    said = words.lead(result(NOISE, UNKNOWN))
    assert said.startswith("Nothing here can be told apart from chance")
    assert "dropout" not in said


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (
            CLEAR,
            "lr alone explains 41 % [36 to 47] of what separates the best 10 % from the rest "
            "(chance alone reaches 2 %, p = 0.005).",
        ),
        (
            NOISE,
            "dropout alone explains 0.4 % [0 to 2] of what separates the best 10 % from the rest: "
            "it cannot be told apart from chance (chance alone reaches 2 %, p = 0.61).",
        ),
        (UNKNOWN, "momentum has no number here: only one value in the region."),
    ],
)
def test_one_hyperparameter_in_words(score, said):
    assert plain(words.one(score, result(score))) == said


def test_a_note_is_part_of_the_sentence():
    noted = replace(CLEAR, note="compared among the 600 of 1,200 trials where it is active")
    assert words.one(noted, result(noted)).endswith("It is compared among the 600 of 1,200 trials where it is active.")


@pytest.mark.parametrize(
    ("fraction", "said"),
    [(0.0, "0 %"), (0.41, "41 %"), (0.0049, "0.5 %"), (0.02, "2 %"), (0.025, "2.5 %"), (1.0, "100 %")],
)
def test_percentages_have_the_digits_they_deserve(fraction, said):
    assert plain(words.percent(fraction)) == said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Between("lr", 1e-4, 0.01), "lr from 0.0001 to 0.01"),
        (Between("lr", None, 0.01), "lr to 0.01"),
        (Between("x", -3999999.987, -3999999.5), "x from -3999999.987 to -3999999.5"),
        (Between("x", 1e-05, 1e6), "x from 1e-05 to 1e+06"),
        (OneOf("optimizer", ("adam", "sgd")), "optimizer is adam or sgd"),
    ],
)
def test_filters_in_words(condition, said):
    assert words.condition(condition) == said


@pytest.mark.parametrize("name", ["=1+1", "+a", "-a", "@a", "\ta", "\ra"])
def test_no_cell_of_the_csv_is_a_formula(name):
    (row,) = csv.DictReader(io.StringIO(words.bars_as_csv(result(replace(CLEAR, name=name))), newline=""))
    assert row["name"] == f"'{name}"
    assert float(row["importance"]) == 0.41


def test_the_csv_has_every_bar_and_leaves_unknown_numbers_empty():
    rows = list(csv.DictReader(io.StringIO(words.bars_as_csv(result(CLEAR, UNKNOWN)), newline="")))
    assert [row["name"] for row in rows] == ["lr", "momentum"]
    assert [row["importance"] for row in rows] == ["0.41", ""]
    assert [row["detectable"] for row in rows] == ["True", "False"]


def test_negative_numbers_stay_numbers():
    odd = replace(CLEAR, low=-0.01)
    (row,) = csv.DictReader(io.StringIO(words.bars_as_csv(result(odd)), newline=""))
    assert row["low"] == "-0.01"


def compared(
    target: list[int], region: list[int], high: list[float], edges: list[float] | None = None, kind: Kind = Kind.FLOAT
) -> SimpleNamespace:
    """What `where` reads of an effect."""
    t, r = np.array(target), np.array(region)
    cut = SimpleNamespace(edges=None if edges is None else np.array(edges), labels=tuple("abcdefg"[: len(t)]))
    spread = SimpleNamespace(
        target=t, chance_high=np.array(high), target_share=t / t.sum(), region_share=r / r.sum(), cut=cut
    )
    return SimpleNamespace(compared=spread, hyperparameter=SimpleNamespace(kind=kind))


def test_where_the_best_trials_gather_in_numbers():
    """6 of 10 target trials in a fifth of the region: three times as many."""
    effect = compared([1, 6, 3, 0], [40, 20, 20, 20], [5, 4, 4, 4], [0.001, 0.01, 0.1, 1, 10])
    assert words.where(effect, CLEAR) == (
        "The best trials gather between 0.01 and 0.1: up to 3 times as many of them as of all trials in the region."
    )


def test_where_the_best_trials_gather_in_levels_and_in_two_places():
    effect = compared([5, 0, 5], [25, 50, 25], [4, 4, 4])
    assert "gather at a or c: up to 2 times" in words.where(effect, CLEAR)
    effect = compared([5, 0, 5], [25, 50, 25], [4, 4, 4], [0, 1, 2, 3])
    assert "between 0 and 1 and between 2 and 3" in words.where(effect, CLEAR)


def test_bins_of_whole_numbers_are_named_by_them():
    effect = compared([5, 0, 5], [25, 50, 25], [4, 4, 4], [0.5, 4.5, 13.5, 14.5], Kind.INT)
    assert "gather between 1 and 4 and at 14: up to 2 times" in words.where(effect, CLEAR)


def test_nothing_is_said_of_places_that_chance_explains():
    effect = compared([5, 0, 5], [25, 50, 25], [6, 6, 6])
    assert words.where(effect, CLEAR) is None
    unsure = replace(CLEAR, detectable=False)
    assert words.where(compared([9, 1], [50, 50], [6, 6]), unsure) is None
    unknown = compared([9, 1], [50, 50], [np.nan, np.nan])
    assert words.where(unknown, CLEAR) is None


def test_bars_that_leave_much_open_say_so():
    """41 % and 10 % by hand; within a region bars overlap, and without a signal there is nothing to add."""
    assert any("Together they come to 51" in line for line in cautions.worth_knowing(result(CLEAR, WEAK)))
    assert cautions.worth_knowing(result(CLEAR, WEAK, region=0.5)) == []
    assert cautions.worth_knowing(result(NOISE)) == []
    assert cautions.worth_knowing(result(CLEAR)) == []  # one bar is no sum


def test_a_bar_that_rests_on_a_part_of_the_trials_says_so():
    part = replace(CLEAR, note="compared among the 391 of 1,200 trials where it is active")
    assert "lr: compared among the 391 of 1,200 trials where it is active." in cautions.worth_knowing(
        result(part, WEAK)
    )


def test_a_few_ties_are_said_where_no_warning_says_them():
    """Asked for 10 of 100: 11 that share the best value stand in the target. 30 of them are the matter of a warning."""
    loss = np.arange(100.0)
    for tied, said in ((1, []), (11, ["the target holds 11 trials instead of 10"]), (30, [])):
        values = np.where(loss < tied, 0.0, loss)
        lines = cautions.ties(cut(design({"x": loss}, values), Subspace(1.0, 0.1)))
        assert len(lines) == len(said)
        assert all(part in line for part, line in zip(said, lines, strict=True))


def of(estimator: str, *scores: Score, region: float = 1.0) -> ImportanceResult:
    return replace(result(*scores, region=region), estimator=estimator)


def test_a_method_without_a_target_never_speaks_of_one():
    for name in ("linear", "n-rrelieff"):
        for scores in ((CLEAR, WEAK, NOISE), (NOISE,), (CLEAR, replace(WEAK, importance=0.36, low=0.31, high=0.42))):
            asked = of(name, *scores, region=0.5)
            said = [words.lead(asked), words.how_to_read(asked), words.csv_name(asked), *cautions.worth_knowing(asked)]
            said += [words.one(score, asked) for score in scores]
            assert not [text for text in said if "target" in text or "best 10" in plain(text) or "separates" in text]


def test_each_method_says_what_its_bars_are():
    linear, relief = of("linear", CLEAR, WEAK), of("n-rrelieff", CLEAR, WEAK, region=0.5)
    assert plain(words.lead(linear)) == (
        "lr moves the metric most: without it a linear model loses 41 % [36 to 47] of the variance of the metric. "
        "All 2 hyperparameters can be told apart from chance."
    )
    assert plain(words.lead(relief)).startswith(
        "lr moves the metric most: it has a weight of 0.41 [0.36 to 0.47] among the best 50 % of trials."
    )
    assert plain(words.one(WEAK, linear)) == (
        "Without width a linear model loses 10 % [6 to 15] of the variance of the metric "
        "(chance alone reaches 2 %, p = 0.01)."
    )
    assert plain(words.one(NOISE, relief)) == (
        "dropout has a weight of 0.004 [0 to 0.02] among the best 50 % of trials: "
        "it cannot be told apart from chance (chance alone reaches 0.02, p = 0.61)."
    )
    assert "for one hyperparameter the weight: how much more neighbours differ in it" in words.how_to_read(relief)


def test_what_was_not_compared_with_chance_is_not_called_chance():
    untested = replace(CLEAR, floor=None, p_value=None, detectable=False)
    said = plain(words.lead(of("linear", untested)))
    assert said.endswith("Nothing was compared with chance.")
    assert "cannot be told apart" not in words.one(untested, of("linear", untested))


def test_without_any_number_the_lead_says_so():
    assert words.lead(of("linear", UNKNOWN)).startswith("No hyperparameter has a number here")


def test_every_method_has_a_line_in_the_menu():
    for estimator in ESTIMATORS:
        assert f"**{estimator.title}**: {estimator.summary}" in words.methods()
        assert "\n" not in estimator.summary
        filled = estimator.explains.replace("{name}", "").replace("{value}", "")
        assert "{" not in filled
        assert not estimator.explains.endswith(".")
        assert not estimator.bar.endswith(".")


def test_ties_of_a_target_that_plays_no_part_are_not_said():
    loss = np.where(np.arange(100) < 11, 0.0, np.arange(100.0))
    sample = cut(design({"x": np.arange(100.0)}, loss), Subspace(1.0, 0.1))
    assert cautions.ties(sample)
    assert cautions.ties(sample, uses_target=False) == []


def test_the_file_of_a_method_without_a_target_is_named_after_method_and_region():
    assert words.csv_name(of("linear", CLEAR, region=0.5)) == "linear-best-50.csv"


def test_a_part_that_ties_enlarge_is_named_as_it_was_found():
    """256 of 512 trials share the best value: the best tenth is the best half; 53 for 52 is not worth a word."""
    tied = replace(result(CLEAR), used=512, subspace=Question(1.0, 0.1, 512, 256, ()))
    assert "separates the best 50 % from the rest" in plain(words.lead(tied))
    nearly = replace(tied, subspace=Question(1.0, 0.1, 512, 53, ()))
    assert "separates the best 10 % from the rest" in plain(words.lead(nearly))
    region = replace(tied, subspace=Question(0.5, 0.1, 512, 52, ()))
    assert "the best 10 % from the rest." in plain(words.lead(region))


def test_hyperparameters_without_a_bar_are_worth_a_line_and_share_it():
    left_out = "active in 391 trials of 1,200, so it is left out here; filter on its parent to ask about it"
    several = [replace(UNKNOWN, name=name, note=left_out) for name in ("momentum", "nesterov")]
    said = cautions.worth_knowing(result(CLEAR, replace(NOISE, note="said at the bar"), *several))
    assert f"momentum and nesterov: {left_out}." in said
    assert not [line for line in said if "said at the bar" in line]


def test_a_forest_says_how_well_it_predicts():
    """0.84 of the variance, by hand; where it does not predict, the lead says so instead, once."""
    good = replace(of("fanova", CLEAR), settings=(("out_of_bag_r2", 0.84),))
    assert "The forest explains 84 % of the variance of trials it has not seen" in plain(
        cautions.worth_knowing(good)[0]
    )
    assert cautions.worth_knowing(replace(good, settings=(("out_of_bag_r2", None),))) == []
    silent = replace(UNKNOWN, note="the model does not predict this metric")
    bad = replace(of("fanova", silent), settings=(("out_of_bag_r2", -0.12),))
    bad = replace(bad, warnings=("The model does not predict this metric: its R^2 is -0.12.",))
    assert plain(words.lead(bad)).startswith(
        "This method cannot answer here: its forest does not predict acc (R² -0.12 on"
    )
    assert cautions.worth_knowing(bad) == list(bad.warnings)


def test_a_linear_reading_and_the_scale_of_weights_are_said_once():
    reading = "A linear reading explains 53 % of the variance of trials that it has not seen."
    linear = replace(of("linear", CLEAR), settings=(("reading", reading),))
    assert cautions.worth_knowing(linear) == [reading]
    assert cautions.worth_knowing(replace(linear, warnings=(reading,))) == [reading]
    relief = replace(of("n-rrelieff", CLEAR), settings=(("normalisation", "share_clip"),))
    assert cautions.worth_knowing(relief) == [cautions.WEIGHTS]


def test_one_hyperparameter_alone_is_not_the_most_of_anything():
    assert plain(words.lead(of("linear", CLEAR))) == (
        "Without lr a linear model loses 41 % [36 to 47] of the variance of the metric. "
        "It can be told apart from chance."
    )


def test_bars_that_hold_interactions_say_that_they_need_not_add_up():
    for name in ("linear", "permutation", "n-rrelieff"):
        assert "need not add up" in words.how_to_read(of(name, CLEAR))


def test_a_target_that_no_slider_shows_is_said():
    assert words.target_here(result(CLEAR)) is None
    assert plain(words.target_here(of("linear", CLEAR))) == "Target here: the best 10 % of trials."


def test_many_columns_that_look_like_outcomes_are_said():
    import hpi

    rng = np.random.default_rng(0)
    columns = {name: rng.uniform(size=40) for name in ("lr", "depth", "val_loss")}
    few = hpi.read(pd.DataFrame(columns | {f"loss_{k}": rng.uniform(size=40) for k in "ab"}), metric="val_loss")
    assert words.taken_for_outcomes(few) is None
    many = hpi.read(pd.DataFrame(columns | {f"{k}_loss": rng.uniform(size=40) for k in "abcdefg"}), metric="val_loss")
    assert words.taken_for_outcomes(many) == (
        "7 columns are left out since they look like outcomes: a_loss, b_loss, c_loss and others. See Data."
    )


def test_a_few_percentiles_are_outcomes_and_sixty_parameters_are_not():
    import hpi

    rng = np.random.default_rng(1)

    def taken(names):
        table = hpi.read(pd.DataFrame({name: rng.uniform(size=80) for name in [*names, "lr", "val_loss"]}))
        return [one.name for one in table.hyperparameters]

    sixty = [f"p{k:02d}" for k in range(60)]
    assert taken(sixty) == [*sixty, "lr"]
