"""What stands at, above and behind the bars of methods that know no target, share out nothing or test nothing."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from hpi import figures
from hpi.estimators import ESTIMATORS
from hpi.figures import LIGHT, bar_words
from hpi.results import ImportanceResult, Question, Score
from tests import makers

CLEAR = Score("lr", 0.41, 0.36, 0.47, 0.8, 0.02, 0.005, True, None)
NOISE = Score("dropout", 0.004, 0.0, 0.021, 0.0, 0.02, 0.61, False, None)
UNKNOWN = Score("momentum", None, None, None, None, None, None, False, "only one value in the region")


def of(estimator: str, *scores: Score, region: float = 1.0) -> ImportanceResult:
    asked = Question(region, 0.1, int(1200 * region), 120, ())
    return replace(makers.result(*scores), estimator=estimator, subspace=asked)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def facts(result: ImportanceResult) -> list[str]:
    return [plain(fact.text) for fact in bar_words.facts(result)]


@pytest.mark.parametrize("estimator", [one.name for one in ESTIMATORS if not one.uses_target])
@pytest.mark.parametrize("region", [1.0, 0.5])
def test_where_the_target_plays_no_part_it_is_in_no_word(estimator, region):
    result = of(estimator, CLEAR, NOISE, UNKNOWN, region=region)
    said = [bar_words.axis_title(result), *facts(result), *(bar_words.sentence(result, s) for s in (CLEAR, NOISE))]
    assert not [text for text in said if "best 10" in plain(text) or "target" in text or "the rest" in text]
    assert any("best 50 %" in text for text in facts(result)) == (region == 0.5)


def test_weights_are_no_percentages():
    result = of("n-rrelieff", CLEAR, NOISE)
    assert bar_words.at_bar(result, CLEAR) == ("0.41",)
    assert [plain(line) for line in bar_words.at_bar(result, NOISE)] == ["not told apart", "from chance"]
    assert plain(bar_words.sentence(result, CLEAR)) == (
        "lr has a weight of 0.41 (95 % interval 0.36 to 0.47). Told apart from chance (p = 0.005). "
        "Chance alone reaches 0.02. That is 80 % of all bars together."
    )
    figure = figures.importance(result, LIGHT)
    assert list(figure.layout.xaxis.ticktext)[:2] == ["0", "0.1"]
    assert not [text for text in figure.layout.xaxis.ticktext if "%" in text]


def test_a_linear_model_says_what_it_loses():
    result = of("linear", CLEAR, region=0.5)
    assert plain(bar_words.sentence(result, CLEAR)).startswith(
        "Without lr a linear model loses 41 % of the variance of the metric among the best 50 % of trials "
        "(95 % interval 36 % to 47 %)."
    )
    assert plain(bar_words.axis_title(result)) == (
        "share of the variance of the metric that a linear model loses without it among the best 50 % of trials"
    )


def test_what_was_not_tested_is_not_called_chance():
    untested = replace(CLEAR, floor=None, p_value=None, detectable=False, low=None, high=None)
    result = of("linear", untested)
    assert html.unescape(bar_words.at_bar(result, untested)[0]) == "41\u00a0%"
    assert bar_words.sentence(result, untested).endswith("It was not compared with chance.")
    assert not [text for text in facts(result) if "signal" in text or "interval" in text]


def test_no_numbers_are_no_missing_signal():
    assert facts(of("linear", UNKNOWN))[0] == bar_words.NO_NUMBERS
    assert facts(of("linear", NOISE))[0] == bar_words.NO_SIGNAL


def test_without_any_number_there_is_a_sentence_in_the_place_of_bars_and_no_axis():
    figure = figures.importance(of("linear", UNKNOWN, replace(UNKNOWN, name="nesterov")), LIGHT)
    (said,) = figure.layout.annotations
    assert html.unescape(said.text) == "There is no bar to draw: only one value in the region."
    assert not figure.data
    assert figure.layout.xaxis.visible is False
    assert figure.layout.height < 150
    mixed = of("linear", UNKNOWN, replace(UNKNOWN, note="active in 3 trials"))
    assert "a reason of its own" in bar_words.nothing(mixed)


def test_a_long_reason_is_cut_at_the_bar_and_shows_that_it_is():
    note = "active in 391 trials of 1,200, so it is left out here; filter on the hyperparameter that switches it on"
    lines = bar_words.at_bar(of("fanova", UNKNOWN), replace(UNKNOWN, note=note))
    assert lines == ("active in 391 trials of 1,200,", "so it is left out here; filter \u2026")


def test_an_interval_that_begins_at_the_end_of_the_bar_has_no_cap_there():
    bars = figures.importance(of("linear", replace(CLEAR, low=0.41), NOISE), LIGHT).data[0]
    assert list(bars.error_x.arrayminus) == [None, 0.004]
    assert bars.error_x.array[0] == pytest.approx(0.06)


def test_a_target_that_ties_enlarge_is_named_as_it_was_found():
    tied = replace(makers.result(CLEAR), used=512, subspace=Question(1.0, 0.1, 512, 256, ()))
    assert "best 50 % (10 % and its ties) among all: 256 of 512 trials" in facts(tied)
    assert "between the best 50 % and the rest" in plain(bar_words.axis_title(tied))
    assert "between the best 50 % and the rest" in plain(bar_words.sentence(tied, CLEAR))
