"""How far two orders agree, and the reason that is given where they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.comparison.evidence import Evidence
from hpi.comparison.ranks import clearly_contradict, most_disputed, rank_correlation, ranks
from hpi.comparison.reasons import Case, why
from hpi.estimators import ESTIMATORS
from hpi.results import PairScore, Score
from hpi.subspace import Subspace, cut
from hpi.toys import CLIFF, XOR
from tests.makers import design, result

X = np.random.default_rng(1).random(600)


def bar(name, importance, *, low=None, high=None, detectable=True):
    low = importance - 0.01 if low is None else low
    high = importance + 0.01 if high is None else high
    return Score(name, importance, low, high, None, 0.02, 0.005 if detectable else 0.6, detectable, None)


def unknown(name):
    return Score(name, None, None, None, None, None, None, False, "no score")


def bars(estimator="ped-anova", settings=(), pairs=(), **importances):
    scores = [unknown(n) if v is None else bar(n, abs(v), detectable=v > 0) for n, v in importances.items()]
    return result(*scores, estimator=estimator, settings=settings, pairs=pairs)


def interaction(first, second, importance):
    return PairScore(
        (first, second), importance, importance - 0.05, importance + 0.05, 0.02, 0.005, True, "interaction"
    )


def sample(loss=None, n=600, **columns):
    rng = np.random.default_rng(0)
    columns = columns or {name: rng.random(n) for name in "abc"}
    return cut(design(columns, rng.random(n) if loss is None else loss), Subspace())


def reason(a, b, *more, trials=None):
    return why(Case(a, b, (a, b, *more), Evidence(trials or sample())))


def test_ranks_by_hand():
    assert ranks(bars(a=0.5, b=0.1, c=0.3)) == {"a": 1, "c": 2, "b": 3}
    assert ranks(bars(a=0.5, b=-0.1, c=-0.2, d=None)) == {"a": 1, "b": 2.5, "c": 2.5}  # noise is tied


def test_kendall_by_hand():
    """Five of six pairs in the same order, one turned: tau = (5 - 1) / 6; ties as in tau-b."""
    a, b = bars(a=0.4, b=0.3, c=0.2, d=0.1), bars(a=0.4, b=0.3, c=0.1, d=0.2)
    assert rank_correlation(a, b) == pytest.approx(4 / 6)
    assert rank_correlation(a, a) == 1
    tied = bars(a=0.4, b=0.3, c=-0.2, d=-0.1)
    assert rank_correlation(a, tied) == pytest.approx(5 / np.sqrt(6 * 5))
    assert rank_correlation(a, bars(a=-0.1, b=-0.1, c=-0.1, d=-0.1)) is None
    assert rank_correlation(a, bars(a=None, b=None, c=None, d=None)) is None


def test_the_most_disputed_is_the_one_whose_rank_differs_most():
    assert most_disputed(bars(a=0.4, b=0.3, c=0.2), bars(a=0.1, b=0.3, c=0.2)) == "a"
    assert most_disputed(bars(a=0.4, b=0.3), bars(a=0.9, b=0.1)) is None


def test_a_contradiction_is_clear_only_where_no_interval_overlaps():
    a = result(bar("x", 0.5), bar("y", 0.1))
    assert clearly_contradict(a, result(bar("x", 0.1), bar("y", 0.5)))
    assert not clearly_contradict(a, result(bar("x", 0.1, high=0.6), bar("y", 0.5)))
    assert not clearly_contradict(a, a)


def test_a_model_that_does_not_predict_ranks_nothing():
    silent = bars("fanova", settings=(("out_of_bag_r2", 0.12),), a=None, b=None)
    said = reason(bars(a=0.5, b=0.1), silent)
    assert said == "f-ANOVA ranks nothing: its model does not predict this metric (out-of-bag R² 0.12)."


def test_agreement_is_said():
    assert reason(bars(a=0.5, b=0.2, c=-0.1), bars("fanova", a=0.7, b=0.1, c=-0.05)) == (
        "They agree: both put a first."
    )


def test_a_pair_that_only_one_can_see():
    ped = bars(pairs=(interaction("a", "b", 0.8),), a=-0.01, b=-0.01, c=-0.02)
    said = reason(ped, bars("n-rrelieff", a=0.2, b=0.2, c=-0.1))
    assert "a and b matter together more than alone: their interaction explains 80 % (PED-ANOVA)." in said
    assert "N-RReliefF counts that, PED-ANOVA counts only what each does alone." in said


def test_where_nobody_sees_anything_a_pair_may_be_why():
    fanova = bars("fanova", pairs=(interaction("a", "b", 0.8),), a=-0.01, b=-0.01)
    assert reason(bars(a=-0.01, b=-0.01), fanova).startswith("Neither tells any hyperparameter from chance. a and b")
    assert reason(bars(a=-0.01, b=-0.01), bars("fanova", a=-0.01, b=-0.01)) == (
        "Neither tells any hyperparameter from chance."
    )


def test_a_weak_pair_is_no_reason():
    ped = bars(pairs=(interaction("a", "b", 0.05),), a=0.5, b=0.3, c=0.1)
    assert "together" not in reason(ped, bars("n-rrelieff", a=0.1, b=0.2, c=0.3))


def test_a_regression_that_misses_a_curve():
    linear = bars("linear", settings=(("r2_pairs", 0.2), ("r2_forest", 0.9)), a=-0.01, b=0.2)
    said = reason(bars(a=0.5, b=0.2), linear)
    assert said == (
        "Straight lines and their products explain 20 % of the variance, a forest 90 %: the effect of a, "
        "on which they differ most, may follow no line."
    )
    close = bars("linear", settings=(("r2_pairs", 0.85), ("r2_forest", 0.9)), a=-0.01, b=0.2)
    assert "follow no line" not in reason(bars(a=0.5, b=0.2), close)


def test_a_category_with_many_levels():
    rng = np.random.default_rng(0)
    trials = sample(code=rng.choice(list("abcdefghij"), 600).astype(object), b=rng.random(600))
    said = reason(bars(code=0.5, b=0.2), bars("n-rrelieff", code=-0.01, b=0.2), trials=trials)
    assert said.startswith("code has 10 levels without order")


def test_a_bad_region_that_dominates_the_variance():
    """cliff ruins a third of the trials; fine decides who is best: at target .1 cliff's S is (1.5 - 1) .1 / .9 = 1/18.

    Of "is among the worst third", cliff explains everything.
    """
    rng = np.random.default_rng(0)
    cliff, fine = rng.random((2, 1500))
    trials = sample(np.where(cliff < 1 / 3, 10.0, 0.0) + fine, cliff=cliff, fine=fine)
    said = reason(bars(fine=0.6, cliff=0.05), bars("fanova", cliff=0.95, fine=0.04), trials=trials)
    assert said.startswith("Bad trials dominate the variance: cliff explains ")
    share = int(said.split("explains ")[1].split(" %")[0])
    assert share > 85
    assert "but 5 % of who reaches the target. f-ANOVA counts the one, PED-ANOVA the other." in said


def test_overlapping_intervals_are_the_reason_where_nothing_is_clear():
    a = result(bar("x", 0.3, low=0.1, high=0.5), bar("y", 0.25, low=0.1, high=0.5))
    b = result(bar("x", 0.25, low=0.1, high=0.5), bar("y", 0.3, low=0.1, high=0.5), estimator="fanova")
    assert "the intervals of what they swap overlap" in reason(
        a, b, trials=sample(x=np.arange(60.0), y=np.arange(60.0), n=60)
    )


@pytest.fixture(scope="module")
def everybody():
    """All estimators on one table of a toy, by its name."""
    return {toy.name: hpi.agreement(hpi.read(toy.draw(600, np.random.default_rng(0)))) for toy in (XOR, CLIFF)}


def between(found, first, second):
    return next(one.why for one in found.comparisons if set(one.estimators) == {first, second})


def test_every_two_estimators_are_compared_once(everybody):
    found = everybody["xor"]
    assert [result.estimator for result in found.results] == [estimator.name for estimator in ESTIMATORS]
    assert len({frozenset(one.estimators) for one in found.comparisons}) == 10
    assert len(found.comparisons) == 10
    plain = found.to_dict()
    assert set(plain) == {"estimators", "agreement"}
    assert set(plain["agreement"][0]) == {"estimators", "rank_correlation", "why"}


@pytest.mark.parametrize("seeing", ["n-rrelieff", "linear", "permutation"])
def test_the_reason_on_xor_is_the_pair(everybody, seeing):
    said = between(everybody["xor"], "ped-anova", seeing)
    assert said.startswith("p and q matter together more than alone")


@pytest.mark.parametrize("other", ["fanova", "n-rrelieff", "linear", "permutation"])
def test_the_reason_where_a_bad_region_dominates_is_the_bad_region(everybody, other):
    said = between(everybody["cliff"], "ped-anova", other)
    assert said.startswith("Bad trials dominate the variance: stability explains")


def test_a_pair_that_both_put_first_is_no_reason():
    """Quantile and selectivity interact and stand first by both; what differs is further down."""
    ped = bars(pairs=(interaction("q", "s", 0.8),), q=0.3, s=0.2, g=0.05, m=0.1)
    said = reason(ped, bars("n-rrelieff", q=0.5, s=0.4, g=0.2, m=0.1), trials=sample(**dict.fromkeys("qsgm", X)))
    assert "together" not in said


def test_what_one_has_no_number_for():
    said = reason(bars(c=0.1, x=0.9), bars("fanova", c=0.5, x=None))
    assert said == "f-ANOVA has no number for x, which PED-ANOVA ranks: no score."


def test_strong_in_one_and_nothing_in_the_other_is_clear():
    """No two are swapped, yet "their intervals overlap" would be false."""
    said = reason(bars(a=0.5, b=0.4, c=0.1), bars("n-rrelieff", a=0.5, b=-0.001, c=0.2))
    assert "overlap" not in said
    assert said.startswith("N-RReliefF looks at near neighbours only")


def test_a_handful_of_outliers():
    """18 of 600 are 1, the rest about 0, so the mean is .03: the worst 30 hold (18 * .97^2 + 12 * .03^2) / 17.46."""
    loss = np.where(np.arange(600) < 18, 1e300, np.linspace(0, 1, 600))
    said = reason(bars(a=0.5, b=0.1), bars("n-rrelieff", a=0.01, b=0.5), trials=sample(loss, a=X, b=X))
    assert said.startswith("The worst 5 % of trials hold 97 % of the metric's variance")


def test_levels_come_before_bad_trials():
    """cat10: the category decides everything; that neighbours cannot see it is no matter of bad trials."""
    rng = np.random.default_rng(0)
    code, x = rng.choice(list("abcdefghij"), 600).astype(object), rng.random(600)
    trials = sample(np.where(code == "a", 0.0, 1.0) + 0.1 * x, code=code, x=x)
    said = reason(bars(code=0.9, x=0.1), bars("n-rrelieff", code=-0.01, x=0.5), trials=trials)
    assert said.startswith("code has 10 levels without order")


def test_ranks_are_those_among_the_hyperparameters_that_both_rank():
    a, b = bars(c=0.1, x=0.9), bars("fanova", c=0.5, x=None)
    assert most_disputed(a, b) is None
    assert ranks(a, {"c"}) == {"c": 1}


def test_a_few_bad_trials_by_chance_are_no_reason():
    """20 trials: what b explains of the worst third is not told apart from chance."""
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 20))
    trials = sample(a + 0.3 * b, a=a, b=b)
    assert Evidence(trials).spoils.get("b") is None
    assert "Bad trials" not in (reason(bars(a=0.5, b=0.02), bars("linear", a=0.1, b=0.2), trials=trials) or "")


def test_an_estimator_that_refuses_is_left_out_with_its_reason():
    """Five trials are best, a hundred share the next value: target and region are the same 105 trials, and vary.

    PED-ANOVA alone compares the two.
    """
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(200), "b": rng.random(200)})
    frame["loss"] = np.where(np.arange(200) < 5, frame["a"], np.where(np.arange(200) < 105, 2.0, 3 + frame["a"]))
    found = hpi.agreement(hpi.read(frame), subspace=hpi.Subspace(region=0.4))
    assert [name for name, _ in found.refused] == ["ped-anova"]
    assert "same" in found.refused[0][1]
    assert "refused" in found.to_dict()
