"""What changes between two answers: intervals by hand, against published ones, and by coverage over fresh tables."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.comparison.alike import alike, as_asked, same_trials
from hpi.comparison.difference import compared, difference
from hpi.comparison.paired import correlations
from hpi.comparison.shares import Valued, shares
from hpi.comparison.square_and_add import holm, interval, p_of
from hpi.errors import TableError
from hpi.estimators import PedAnova
from hpi.results import ImportanceResult
from hpi.subspace import Subspace, cut
from hpi.toys import ADDITIVE, DOMAIN, WINDOW, noise, reached
from tests.makers import design, result, toy_design
from tests.test_comparison import bar, bars, unknown

QUICK = PedAnova(0, pairs="no")


def valued(value, low, high):
    return Valued(value, low, high, detectable=True, tested=True)


def change(found, name):
    return next(one for one in found.changes if one.name == name)


def wilson(x, n, z=1.959963984540054):
    """Wilson's interval of a proportion, as Newcombe 1998 takes it."""
    p = x / n
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return valued(p, (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n))


def test_newcombes_first_example():
    """Newcombe 1998, table II, (a): 56 of 70 less 48 of 80 is .2, method 10 gives .0524 to .3339."""
    low, high = interval(wilson(48, 80), wilson(56, 70))
    assert low == pytest.approx(0.0524, abs=5e-5)
    assert high == pytest.approx(0.3339, abs=5e-5)


def test_reaches_are_squared_and_added_less_what_they_share():
    """By hand: 3 and 4 give 5; with a correlation of .5, 9 + 16 - 12 = 13; each reach on its own side."""
    first, second = valued(0.50, 0.40, 0.53), valued(0.70, 0.66, 0.80)
    assert interval(first, second) == pytest.approx((0.2 - 0.05, 0.2 + np.hypot(0.1, 0.1)))
    low, _ = interval(first, second, 0.5)
    assert low == pytest.approx(0.2 - np.sqrt(0.0013))


@pytest.mark.parametrize("correlation", [1.0, 5.0])
def test_no_correlation_makes_an_interval_vanish(correlation):
    low, high = interval(valued(0.3, 0.2, 0.4), valued(0.5, 0.4, 0.6), correlation)
    assert low < 0.2 < high


def test_an_end_that_is_not_known_leaves_the_interval_unknown():
    assert interval(valued(0.3, None, None), valued(0.5, 0.4, 0.6)) is None


def test_the_p_value_is_that_of_the_end_beside_0():
    """An interval that just touches 0 has p .05; twice as far away z is 3.92, p 8.9e-5."""
    assert p_of(0.2, (0.0, 0.9)) == pytest.approx(0.05)
    assert p_of(-0.2, (-0.9, -0.1)) == pytest.approx(8.857e-5, rel=1e-3)
    assert p_of(0.0, (0.0, 0.0)) == 1


def test_holm_by_hand():
    """.01 x 3, .03 x 2, then .04, which may not be smaller than the one before."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})
    assert holm({}) == {}


def test_what_alone_would_be_called_different_need_not_be_among_many():
    """z = .1 / hypot(.05, .05) x 1.96 = 2.77, p = .0056: different among 8, not among 10."""
    for n, differs in ((8, True), (10, False)):
        same = {f"x{i}": 0.3 for i in range(n - 1)}
        first, second = ({"a": value} | same for value in (0.3, 0.4))
        pair = [result(*(bar(k, v, low=v - 0.05, high=v + 0.05) for k, v in one.items())) for one in (first, second)]
        assert change(difference(*pair), "a").differs is differs
        assert change(difference(*pair), "a").p_value == pytest.approx(n * 0.00557, rel=0.01)


def test_nothing_that_chance_explains_in_both_is_called_different():
    noisy = [result(bar("a", value, low=value - 0.01, high=value + 0.01, detectable=False)) for value in (0.1, 0.5)]
    assert not difference(*noisy).different
    assert difference(bars(a=0.1), bars(a=0.5)).different


def test_the_same_answer_differs_by_exactly_0():
    answer = bars(a=0.5, b=-0.01, c=None)
    found = difference(answer, replace(answer, fingerprint="1", seed=3, warnings=("w",)))
    assert found.pairing == "same"
    assert [(c.difference, c.low, c.high, c.p_value) for c in found.compared] == [(0, 0, 0, 1)] * 2
    assert not found.different
    assert change(found, "c").difference is None


def test_unknown_is_never_0():
    found = difference(bars(a=0.5, b=0.1, c=None), bars(a=0.4, c=0.2, d=0.3))
    assert {c.name: c.note for c in found.changes if c.difference is None} == {
        "b": "only in the first",
        "c": "no number in the first: no score",
        "d": "only in the second",
    }
    assert change(found, "b").second is None
    assert change(found, "a").difference == pytest.approx(-0.1)


def test_without_intervals_nothing_is_called_different():
    bare = [result(replace(bar("a", value), low=None, high=None)) for value in (0.1, 0.9)]
    found = change(difference(*bare), "a")
    assert found.difference == pytest.approx(0.8)
    assert (found.low, found.high, found.p_value, found.differs) == (None, None, None, False)


def test_other_metrics_and_directions_are_refused():
    with pytest.raises(TableError, match=r"accuracy \(maximize\), the second loss \(maximize\)"):
        difference(bars(a=0.5), replace(bars(a=0.5), metric="loss"))
    with pytest.raises(TableError, match="same metric and direction"):
        difference(bars(a=0.5), replace(bars(a=0.5), direction="minimize"))
    with pytest.raises(TableError, match="no hyperparameter in common"):
        difference(bars(a=0.5), bars(b=0.5))


def shared_bars(estimator="ped-anova", **ends):
    """Bars with shares: `a=(low, importance, high)`."""
    total = sum(value for _, value, _ in ends.values())
    scores = [
        replace(bar(name, value, low=low, high=high), share=value / total) for name, (low, value, high) in ends.items()
    ]
    return result(*scores, estimator=estimator)


def test_the_interval_of_a_share_by_hand():
    """a / (a + o) with o known: .2 / .3 to .4 / .5; where only o is uncertain: .3 / .5 to .3 / .3."""
    known = shares(shared_bars(a=(0.2, 0.3, 0.4), o=(0.1, 0.1, 0.1)), "ao")["a"]
    assert (known.value, known.low, known.high) == pytest.approx((0.75, 2 / 3, 0.8))
    open_one = shares(shared_bars(a=(0.3, 0.3, 0.3), o=(0.0, 0.1, 0.2)), "ao")["a"]
    assert (open_one.low, open_one.high) == pytest.approx((0.6, 1.0))


def test_the_only_hyperparameter_has_all_of_the_share():
    only = shares(shared_bars(a=(0.0, 0.3, 0.4)), "a")["a"]
    assert (only.value, only.low, only.high) == (1, 1, 1)


def test_two_estimators_are_compared_by_shares():
    first = shared_bars(a=(0.2, 0.3, 0.4), b=(0.1, 0.1, 0.1))
    second = shared_bars("linear", a=(0.1, 0.1, 0.1), b=(0.1, 0.1, 0.1))
    found = difference(first, second)
    assert found.measure == "share"
    assert change(found, "a").difference == pytest.approx(0.5 - 0.75)
    assert difference(first, first).measure == "importance"
    assert difference(first, first, measure="share").measure == "share"
    weights = shared_bars("n-rrelieff", a=(0.1, 0.2, 0.3))
    assert difference(weights, weights).measure == "share"  # weights have no level of their own


def test_shares_are_those_among_what_both_have_a_number_for():
    """By hand: with c, a would have 3 of 8; without it, which the other answer lacks, it has 3 of 4."""
    sure = {"a": (0.3, 0.3, 0.3), "b": (0.1, 0.1, 0.1)}
    first = shared_bars(**sure, c=(0.4, 0.4, 0.4))
    second = result(*shared_bars(**sure).hyperparameters, unknown("c"), estimator="linear")
    found = difference(first, second)
    assert change(found, "a").first.value == pytest.approx(0.75)
    assert change(found, "a").difference == pytest.approx(0)
    assert change(found, "c").difference is None
    assert change(found, "c").note == "no number in the second: no score"


def test_where_nothing_is_told_from_chance_there_are_no_shares():
    found = difference(bars(a=-0.5), bars("linear", a=-0.5))
    assert change(found, "a").difference is None
    assert "no shares" in (change(found, "a").note or "")


score = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans())
answers = st.dictionaries(st.sampled_from("abcd"), score, min_size=1)


@given(answers, answers)
def test_the_other_way_round_every_difference_is_turned(first, second):
    def made(drawn):
        ends = {name: (*sorted(values), seen) for name, (*values, seen) in drawn.items()}
        return result(
            *(bar(name, v, low=low, high=high, detectable=seen) for name, (low, v, high, seen) in ends.items())
        )

    one, other = made(first), made(second)
    if not first.keys() & second.keys():
        return
    there, back = difference(one, other), difference(other, one)
    assert {c.name for c in there.changes} == first.keys() | second.keys()
    for name in first.keys() & second.keys():
        a, b = change(there, name), change(back, name)
        assert (a.difference, a.low, a.high) == pytest.approx((-b.difference, -b.high, -b.low), abs=1e-12)
        assert (a.p_value, a.differs) == (pytest.approx(b.p_value), b.differs)
        assert a.low <= a.difference <= a.high


def fake(fingerprint="0", **settings) -> ImportanceResult:
    chosen = dict(replace(QUICK, **settings).settings)
    return SimpleNamespace(estimator="ped-anova", chosen=chosen, fingerprint=fingerprint)


def samples(sample_of, *subspaces):
    return tuple(cut(sample_of, one) for one in subspaces)


TENTH, FIFTH = Subspace(1.0, 0.1), Subspace(1.0, 0.2)


@pytest.mark.parametrize("toy", [ADDITIVE, DOMAIN])
def test_an_estimate_is_correlated_with_itself_by_1(toy):
    pair = samples(toy_design(toy, 400, 0), TENTH, TENTH)
    assert list(correlations(fake(), fake(), pair).values()) == pytest.approx([1.0] * len(toy.names))


def test_trials_of_one_configuration_pull_as_one():
    """Five equal trials each say no more than one of them: the correlation is that of the 200 alone."""
    rng = np.random.default_rng(0)
    columns, loss = {"a": rng.random(200), "b": rng.random(200)}, rng.random(200)
    loss = loss + columns["a"]
    alone = correlations(fake(), fake(), samples(design(columns, loss, np.arange(200)), TENTH, FIFTH))
    five = {name: np.repeat(values, 5) for name, values in columns.items()}
    unit = np.repeat(np.arange(200), 5)
    repeated = correlations(fake(), fake(), samples(design(five, np.repeat(loss, 5), unit), TENTH, FIFTH))
    assert repeated == pytest.approx(alone, abs=0.05)


def test_a_fair_part_of_many_trials_says_about_the_same(monkeypatch):
    pair = samples(toy_design(ADDITIVE, 8000, 0), TENTH, FIFTH)
    every = correlations(fake(), fake(), pair)
    monkeypatch.setattr("hpi.comparison.paired.MOST_TRIALS", 2000)
    part = correlations(fake(), fake(), pair)
    assert [part[name] for name in "ab"] == pytest.approx([every[name] for name in "ab"], abs=0.15)


def test_other_trials_and_other_forms_have_no_correlation():
    pair = samples(toy_design(ADDITIVE, 200, 0), TENTH, FIFTH)
    assert correlations(fake("0"), fake("1"), pair) == {}
    assert correlations(fake(form="kernel"), fake(), pair) == {}
    assert correlations(fake(), fake(reference="design"), pair) == {}
    strangers = cut(toy_design(ADDITIVE, 200, 0), TENTH), cut(toy_design(ADDITIVE, 200, 1), TENTH)
    assert correlations(fake(), fake(), strangers) == {}


def known(estimate, j):
    return valued(*(float(end[j]) for end in (estimate.importance, estimate.low, estimate.high)))


@pytest.mark.parametrize(("toy", "n_trials"), [(ADDITIVE, 500), (WINDOW, 1000)])
def test_two_thresholds_err_together_as_claimed_and_their_difference_is_covered(toy, n_trials):
    """Nominal 95 %, 60 tables: fewer than 52 (87 %) would have a probability under 1 % at a true 95 %.

    The correlation is checked against that of the 60 estimates, whose standard error is at most .13. The window lies
    between the two targets, so that there the two err against each other: taken as independent, intervals would be too
    narrow.
    """
    truth = reached(toy, 0.2) - reached(toy, 0.1)
    n = len(truth)
    covered, claimed, estimates = np.zeros(n), np.full((60, n), np.nan), np.zeros((60, 2, n))
    for seed in range(60):
        pair = samples(toy_design(toy, n_trials, seed), TENTH, FIFTH)
        found = [QUICK.estimate(one, np.random.default_rng(0)) for one in pair]
        together = correlations(fake(), fake(), pair)
        estimates[seed] = [one.importance for one in found]
        for j, name in enumerate(toy.names):
            claimed[seed, j] = together.get(name, np.nan)
            low, high = interval(known(found[0], j), known(found[1], j), together.get(name, 0.0))
            covered[j] += low - 1e-3 <= truth[j] <= high + 1e-3
    assert covered.min() >= 52
    for j in (j for j, name in enumerate(toy.names) if name not in toy.idle):
        observed = np.corrcoef(estimates[:, 0, j], estimates[:, 1, j])[0, 1]
        assert np.nanmean(claimed[:, j]) == pytest.approx(observed, abs=0.3)


def test_pairing_makes_intervals_narrower_where_both_thresholds_err_alike():
    table = hpi.read(ADDITIVE.draw(1000, np.random.default_rng(0)), metric="loss", direction="minimize")
    first, second = (hpi.importance(table, subspace=one) for one in (TENTH, FIFTH))
    paired, unpaired = difference(first, second, table=table), difference(first, second)
    assert (paired.pairing, unpaired.pairing) == ("paired", "unpaired")
    for name in "abcd":
        one, other = change(paired, name), change(unpaired, name)
        assert one.difference == other.difference
        assert one.high - one.low < 0.85 * (other.high - other.low)


def test_tables_of_one_law_differ_no_more_often_than_they_may():
    """30 pairs of noise tables, eight hyperparameters: 5 % of pairs may show anything, 6 or more has p .003.

    And each own interval holds 0 at least as often as it promises: fewer than 25 of 30 has p .003.
    """
    false, holds_0 = 0, np.zeros(8)
    for seed in range(30):
        pair = [
            hpi.read(noise(200, np.random.default_rng([k, seed])), metric="loss", direction="minimize") for k in (0, 1)
        ]
        found = difference(*(hpi.importance(one, estimator=PedAnova(100, pairs="no")) for one in pair))
        assert found.pairing == "independent"
        false += bool(found.different)
        by_name = sorted((c.name, c.low, c.high) for c in found.changes if c.low is not None)
        holds_0 += [low <= 0 <= high for _, low, high in by_name]
    assert false <= 5
    assert holds_0.min() >= 25


def test_trials_that_are_in_both_tables_are_found_by_their_values():
    """Rows 2 to 5 of six; of the two that are equal nobody knows which is which, so they are left out."""
    frame = searched(6, x=lambda rng, n: rng.random(n), c=lambda rng, n: rng.permutation(np.resize(["p", "q"], n)))
    other = pd.concat([frame.iloc[[5, 3, 2, 4]], searched(4, x=lambda rng, n: 2 + rng.random(n)).assign(c="p")])
    rows, others = same_trials(table_of(frame), table_of(other))
    assert sorted(zip(rows.tolist(), others.tolist(), strict=True)) == [(2, 2), (3, 1), (4, 3), (5, 0)]
    twice = pd.concat([frame, frame.iloc[[2]]], ignore_index=True)
    rows, _ = same_trials(table_of(twice, repeats="keep"), table_of(other))
    assert sorted(rows.tolist()) == [3, 4, 5]


def test_a_table_with_most_of_its_trials_in_another_differs_from_it_by_less_than_a_fresh_one():
    """450 of 500 trials are in both: an average of 50 fresh ones moves by sqrt(.1) of what 500 fresh ones would."""
    first, extra = (ADDITIVE.draw(n, np.random.default_rng(n)) for n in (500, 50))
    tables = [table_of(frame) for frame in (first, pd.concat([first.iloc[50:], extra], ignore_index=True))]
    answers = [hpi.importance(table) for table in tables]
    paired = difference(*answers, table=tables[0], other=tables[1])
    assert (paired.pairing, paired.n_shared) == ("paired", 450)
    for name in "ab":
        one, other = change(paired, name), change(difference(*answers), name)
        ratio = (one.high - one.low) / (other.high - other.low)
        assert ratio == pytest.approx(np.sqrt(0.1), abs=0.2)
        assert one.low <= 0 <= one.high


def test_rows_and_columns_in_another_order_change_nothing():
    trials = ADDITIVE.draw(300, np.random.default_rng(1))
    turned = trials.sample(frac=1, random_state=0)[[*"fcabed", "loss"]]
    found = []
    for frame in (trials, turned):
        table = hpi.read(frame, metric="loss", direction="minimize")
        first, second = (hpi.importance(table, subspace=one) for one in (TENTH, FIFTH))
        found.append(difference(first, second, table=table).frame())
    pd.testing.assert_frame_equal(*found, check_exact=False, rtol=1e-9)


def test_filters_of_an_answer_are_read_back():
    trials = ADDITIVE.draw(400, np.random.default_rng(2))
    table = hpi.read(trials, metric="loss", direction="minimize")
    where = (hpi.Between("a", None, 0.5),)
    first, second = (hpi.importance(table, subspace=Subspace(1.0, target, where)) for target in (0.1, 0.3))
    assert difference(first, second, table=table).pairing == "paired"


def test_json_and_frame_hold_all_that_is_known():
    found = difference(bars(a=0.5, b=0.1), bars(a=0.4, d=0.3))
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert {one["name"] for one in plain["changes"]} == {"a", "b", "d"}
    assert plain["second"]["hyperparameters"][1]["name"] == "d"
    frame = found.frame().set_index("name")
    assert frame.loc["a", "difference"] == pytest.approx(-0.1)
    assert frame.loc["d", "first"] is None
    assert frame.loc["d", "note"] == "only in the second"


def table_of(frame, **choices):
    return hpi.read(frame, metric="loss", direction="minimize", **choices)


def searched(n=60, **columns):
    rng = np.random.default_rng(0)
    made = {name: values(rng, n) for name, values in columns.items()}
    return pd.DataFrame({**made, "loss": rng.random(n)})


def test_what_two_tables_share_and_what_was_searched_otherwise():
    """By hand: x overlaps in .5 of 1.5 units, y in .95 of 1: only x was searched otherwise."""

    def levels(*names):
        return lambda rng, n: rng.permutation(np.resize(np.array(names, dtype=object), n))

    def span(low, high):
        return lambda rng, n: rng.permutation(np.linspace(low, high, n))

    first = table_of(searched(x=span(0, 1), y=span(0, 1), c=levels("p", "q"), one=span(0, 1)))
    second = table_of(searched(x=span(0.5, 1.5), y=span(0, 0.95), c=levels("p", "r"), two=span(0, 1)))
    found = alike(first, second)
    assert found.both == ("x", "y", "c")
    assert (found.only_first, found.only_second) == (("one",), ("two",))
    assert found.searched_otherwise == (
        ("x", "0 to 1 in the first, 0.5 to 1.5 in the second"),
        ("c", "only the first has q; only the second has r"),
    )


def test_a_second_table_is_asked_about_the_metric_of_the_first():
    frame = ADDITIVE.draw(60, np.random.default_rng(0)).rename(columns={"loss": "score"})
    first = hpi.read(frame.assign(loss=1.0 - frame["score"]), metric="score", direction="maximize")
    second = hpi.read(frame.assign(loss=frame["score"]), metric="loss", direction="minimize")
    asked = as_asked(first, second)
    assert (asked.metric, str(asked.direction)) == ("score", "maximize")
    with pytest.raises(TableError, match="has no column 'score'"):
        as_asked(first, hpi.read(frame.rename(columns={"score": "other"}), metric="other", direction="minimize"))
    with pytest.raises(TableError, match="no hyperparameter in common"):
        as_asked(first, hpi.read(frame.rename(columns=lambda c: c if c == "score" else f"{c}2"), metric="score"))


def test_the_declared_space_of_the_first_holds_for_the_second_where_its_trials_keep_to_it():
    frame = searched(x=lambda rng, n: rng.uniform(0.1, 0.9, n), y=lambda rng, n: rng.random(n))
    first = table_of(frame, space={"x": {"kind": "float", "low": 0.0, "high": 1.0}})
    within, beyond = (table_of(frame.assign(x=frame["x"] + more)) for more in (0.05, 1.0))
    assert as_asked(first, within).hyperparameters[0].ends == (0, 1)
    assert as_asked(first, beyond).hyperparameters[0].ends[1] > 1


def test_one_answer_without_numbers_leaves_all_unknown():
    silent = result(unknown("a"), unknown("b"), estimator="fanova")
    found = compared(bars(a=0.5, b=0.2), silent)
    assert not found.compared
    assert not found.different
