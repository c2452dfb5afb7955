"""The study of findings knows what is true, judges sentences by it, counts right, and writes what it found."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks import measuring
from benchmarks.findings import __main__ as study
from benchmarks.findings import cells, counts, laws, real, report, setup, tables
from benchmarks.findings.cells import Cell
from benchmarks.findings.claims import compared
from benchmarks.findings.judge import judged
from benchmarks.findings.population import Column, Population, ends
from benchmarks.findings.scenarios import SCENARIOS, scenario
from hpi.space import Design, Hyperparameter, Kind
from hpi.statements.finding import Finding, FindingKind, Line, Picture, Point, Strength
from tests.pools import SameProcess


def point(label, value=0.0, marked=False):
    return Point(label, value, value, value, 100, marked)


def finding(kind, names, lines, *, text="", compared_with="", effect=(0.5, 0.4, 0.6), strength=Strength.STRONG):
    picture = Picture(names[0], "loss", tuple(lines), ordered=True)
    return Finding(
        kind, text, tuple(names), *effect, "loss", 0.001, 100, strength, None, compared_with, picture
    )  # fmt: skip


def trend(name, labels, lower=True, effect=(0.5, 0.4, 0.6)):
    points = [point(label, marked=label in (labels[0], labels[-1])) for label in labels]
    words = f"{'Lower' if lower else 'Higher'} {name} is better"
    worse = labels[-1] if lower else labels[0]
    return finding(
        FindingKind.TREND, [name], [Line("", tuple(points))], text=words, compared_with=f"{name} {worse}", effect=effect
    )


def middle(name, labels, inside, which="best"):
    points = [point(label, marked=label in inside) for label in labels]
    return finding(FindingKind.TREND, [name], [Line("", tuple(points))], text=f"{name} is {which} between 1 and 2: ...")


def population(name, size=1.0, law=laws.GAUSSIAN):
    return Population(scenario(name).toy, size, law)


def verdict(said, name, size=1.0, law=laws.GAUSSIAN, tolerance=0.1, target=0.1):
    return judged(said, scenario(name), population(name, size, law), target, size, tolerance)


# --- what is true, by closed forms


def test_means_of_a_line_are_the_middles_of_its_stretches():
    of = population("line", 2.0)
    assert of.mean([(("x", "0.25 to 0.75"),)]) == pytest.approx(1.0, abs=2e-3)
    assert of.mean([(("x", "0 to 0.2"),)]) == pytest.approx(0.2, abs=2e-3)


def test_means_of_other_planted_functions():
    """Integrals over the stretch: of (2 x - 1)^2, of 1 - exp(-4 u), of whole numbers 1 to 3, of a product."""
    assert population("best inside").mean([(("x", "0 to 0.5"),)]) == pytest.approx(1 / 3, abs=2e-3)
    u = (1 - (1 - math.exp(-2)) / 2) / (1 - math.exp(-4))  # mean over the lower half, lr up to 1e-3
    assert population("saturating").mean([(("lr", "1e-05 to 0.001"),)]) == pytest.approx(u, abs=2e-3)
    assert population("whole numbers").mean([(("depth", "1 to 3"),)]) == pytest.approx(6 / 7, abs=2e-3)
    cell = (("x", "0.5 to 1"), ("z", "up to 0.5"))
    assert population("product").mean([cell]) == pytest.approx(0.75 * 0.25, abs=2e-3)


def test_a_level_of_a_pair_is_a_condition():
    of = population("turned in a level")
    assert of.mean([(("x", "0 to 0.5"), ("arch", "= c"))]) == pytest.approx(0.75, abs=2e-3)
    assert of.mean([(("x", "0 to 0.5"),)]) == pytest.approx((0.25 + 0.25 + 0.75) / 3, abs=2e-3)


@pytest.mark.parametrize("law", laws.NOISES, ids=lambda law: law.name)
def test_the_noise_is_integrated_as_many_draws_of_it_are(law):
    of, rng = population("line", 1.0, law), np.random.default_rng(0)
    x = rng.random(400_000)
    loss = np.clip(law.observe(x, rng.random(len(x))), *of.fences)
    for low, high in ((0, 0.2), (0.8, 1)):
        inside = loss[(x >= low) & (x <= high)]
        wanted = pytest.approx(inside.mean(), abs=5 * inside.std() / math.sqrt(len(inside)))
        assert of.mean([(("x", f"{low} to {high}"),)]) == wanted


def test_odds_of_the_top_are_those_of_a_normal_distribution():
    """A switch adds 2 to the loss: the threshold solves (F(t) + F(t - 2)) / 2 = .1."""
    from scipy.optimize import brentq

    end = brentq(lambda t: (stats.norm.cdf(t) + stats.norm.cdf(t - 2)) / 2 - 0.1, -3, 3)
    a, b = stats.norm.cdf(end), stats.norm.cdf(end - 2)
    wanted = a / (1 - a) / (b / (1 - b))
    assert population("switch", 2.0).odds_ratio("bias", ["False"], 0.1) == pytest.approx(wanted, rel=0.05)


def test_odds_are_infinite_where_other_values_never_reach_the_top():
    """Exponential noise starts at -1: with the switch on, 2 higher, no trial is among the best tenth."""
    skewed = next(law for law in laws.NOISES if law.name == "skewed")
    assert population("switch", 2.0, skewed).odds_ratio("bias", ["False"], 0.1) == math.inf
    assert population("switch", 2.0, skewed).odds_ratio("bias", ["True"], 0.1) == 0
    top = finding(FindingKind.TOP, ["bias"], [Line("", (point("False", marked=True), point("True")))])
    said = verdict(top, "switch", 2.0, skewed)
    assert (said.is_false, said.truth, said.covered) == (False, None, None)


def test_t_with_two_degrees_of_freedom_has_the_quantiles_of_the_tables():
    heavy = next(law for law in laws.NOISES if law.name == "heavy")
    u = np.array([0.01, 0.3, 0.75, 0.999])
    ratio = stats.t(2).ppf(u) / stats.t(2).ppf(0.75) * stats.norm.ppf(0.75)
    assert heavy.observe(np.zeros(4), u) == pytest.approx(ratio)


def test_planted_pairs_are_those_that_do_not_add_up():
    """Second method: cell means on a grid of each two hyperparameters, rows and columns taken out."""
    for one in SCENARIOS:
        of = population(one.name)
        planted = [name for name in one.toy.names if not name.startswith("idle")]
        for j, first in enumerate(planted):
            for second in planted[j + 1 :]:
                a, b = (of.columns[name].fifths() for name in (first, second))
                cell = np.array([[of.mean([((first, r), (second, c))]) for c in b] for r in a])
                left = cell - cell.mean(0) - cell.mean(1)[:, None] + cell.mean()
                assert (np.abs(left).max() > 0.02) == (frozenset((first, second)) in one.pairs)


def test_functions_lie_between_0_and_1_and_noise_never_falls():
    for one in SCENARIOS:
        signal = population(one.name).signal
        assert signal.min() >= -1e-12
        assert signal.max() <= 1 + 1e-12
    u = np.linspace(0.001, 0.999, 500)
    for law in laws.NOISES:
        assert (np.diff(law.observe(np.zeros(500), u)) >= 0).all()
    s = np.linspace(-2.9, 4, 500)
    for transformation in laws.TRANSFORMATIONS.values():
        assert (np.diff(transformation(s)) > 0).all()


def test_the_additive_function_has_the_mean_and_variance_that_put_it_on_a_standard_scale():
    loss = tables.ADDITIVE.draw(400_000, np.random.default_rng(0))["loss"]
    assert loss.mean() == pytest.approx(tables.MEAN, abs=2e-3)
    assert loss.var() == pytest.approx(tables.VARIANCE, rel=0.01)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("3", (3, 3)),
        ("at 3", (3, 3)),
        ("1 to 3", (1, 3)),
        ("between 1e-05 and 0.001", (1e-5, 1e-3)),
        ("up to -0.5", (-math.inf, -0.5)),
        ("from 0.25 on", (0.25, math.inf)),
    ],
)
def test_labels_are_read_as_numbers(label, wanted):
    assert ends(label) == pytest.approx(wanted, rel=0.006)


def test_labels_hold_what_was_rounded_to_them():
    """Half a unit of the third digit: 0.334 may have been 0.3335, and 0.2 may have been 0.2004, but not 0.21."""
    assert ends("0.334 to 0.2") == pytest.approx((0.3335, 0.2005))
    assert ends("between 16 and 0.123456") == pytest.approx((16, 0.1234565))


def test_levels_in_order_can_be_a_stretch():
    size = Hyperparameter("size", Kind.ORDINAL, levels=("s", "m", "l", "x l"))
    column = Column(size, pd.Series(["l", "s", None, "m", "x l"]))
    assert column.holds("m to x l").tolist() == [True, False, False, True, True]
    assert column.holds("up to m").tolist() == [False, True, False, True, False]
    assert column.holds("= s").tolist() == [False, True, False, False, False]
    assert column.is_active.tolist() == [True, True, False, True, True]
    depth = Column(Hyperparameter("depth", Kind.INT, 1, 8), pd.Series([1.0, 6.0, np.nan]))
    assert depth.holds("= 6").tolist() == [False, True, False]


# --- verdicts on sentences made by hand


FIFTHS = ["0 to 0.2", "0.2 to 0.4", "0.4 to 0.6", "0.6 to 0.8", "0.8 to 1"]


def test_a_true_trend_is_found_and_its_interval_is_held_against_the_truth():
    said = verdict(trend("x", FIFTHS, effect=(0.7, 0.6, 0.9)), "line")
    assert (said.is_false, said.is_wrong, said.covered, said.wanted) == (False, False, True, True)
    assert said.truth == pytest.approx(0.8, abs=2e-3)
    assert verdict(trend("x", FIFTHS, effect=(0.5, 0.4, 0.6)), "line").covered is False


def test_a_trend_the_other_way_has_the_wrong_sign_and_one_of_an_idle_hyperparameter_is_false():
    turned, idle = verdict(trend("x", FIFTHS, lower=False), "line"), verdict(trend("idle_float", FIFTHS), "line")
    assert (turned.is_false, turned.is_wrong) == (True, True)
    assert (idle.is_false, idle.is_wrong, idle.wanted) == (True, False, False)
    assert verdict(trend("x", FIFTHS), "best inside").is_false  # both ends are alike


def test_best_between_must_hold_on_both_sides():
    assert not verdict(middle("x", FIFTHS, FIFTHS[1:4]), "best inside").is_false
    assert verdict(middle("x", FIFTHS, FIFTHS[1:4], "worst"), "best inside").is_false
    assert not verdict(middle("x", FIFTHS, FIFTHS[1:4], "worst"), "worst inside").is_false
    assert verdict(middle("x", FIFTHS, FIFTHS[1:4]), "line").is_false  # one side is better
    assert verdict(middle("x", FIFTHS, FIFTHS[1:2]), "line").is_wrong is False  # though inside is better on average


def contrast(name, better, worse):
    line = Line("", (point(better, marked=True), point(worse, marked=True)))
    return finding(FindingKind.CONTRAST, [name], [line], compared_with=f"{name} = {worse}")


def test_contrasts_of_levels():
    good, equal, turned = (contrast("arch", *levels) for levels in (("a", "b"), ("b", "c"), ("c", "a")))
    name = "one best of three"
    assert [verdict(one, name).is_false for one in (good, equal, turned)] == [False, True, True]
    assert [verdict(one, name).is_wrong for one in (good, equal, turned)] == [False, False, True]


def exception(within, better="0.667 to 1", general="0 to 0.333"):
    lines = [
        Line("arch = a", (point("0 to 0.333"), point("0.667 to 1"))),
        Line(f"arch {within}", (point(general, marked=True), point(better, marked=True))),
    ]
    return finding(
        FindingKind.EXCEPTION, ["x", "arch"], lines, compared_with=f"x {general}, which is better in general"
    )


def test_an_exception_is_true_in_the_level_where_it_is_turned_round():
    right, elsewhere = (verdict(exception(level), "turned in a level") for level in ("= c", "= b"))
    assert (right.is_false, right.is_wrong, right.wanted) == (False, False, True)
    assert right.truth == pytest.approx(2 / 3, abs=3e-3)
    assert (elsewhere.is_false, elsewhere.is_wrong) == (True, True)
    assert verdict(exception("= c"), "only when").is_false  # nothing is turned round there


def crossed(values, text=""):
    lines = [
        Line(f"z {where}", (point("0 to 0.5", low, True), point("0.5 to 1", high, True)))
        for where, (low, high) in zip(("up to 0.5", "from 0.5 on"), values, strict=True)
    ]
    return finding(FindingKind.INTERACTION, ["x", "z"], lines, text=text)


@pytest.mark.parametrize(
    ("name", "values", "text", "is_so"),
    [
        ("xor", [(0.0, 1.0), (1.0, 0.0)], "what is better for x turns round with z", True),
        ("product", [(0.1, 0.2), (0.2, 0.6)], "what is better for x turns round with z", False),
        ("product", [(0.6, 0.2), (0.2, 0.1)], "x and z reinforce each other", False),
        ("product", [(0.1, 0.2), (0.2, 0.6)], "x and z make up for each other in part", True),
        ("product", [(0.1, 0.2), (0.2, 0.6)], "x matters only with z from 0.5 on", False),
        ("product", [(0.1, 0.2), (0.2, 0.6)], "x matters above all with z from 0.5 on", True),
        ("product", [(0.1, 0.2), (0.2, 0.6)], "something else", None),
    ],
)
def test_the_way_of_a_pair(name, values, text, is_so):
    """Cell means of x z: 1/16, 3/16, 3/16, 9/16; in a loss, low x and low z gain less together than each alone adds."""
    assert verdict(crossed(values, text), name).is_way is is_so


def test_an_interaction_is_true_of_a_planted_pair_and_has_a_sign():
    seen, turned = crossed([(0.0, 1.0), (1.0, 0.0)]), crossed([(1.0, 0.0), (0.0, 1.0)])
    assert verdict(seen, "xor").truth == pytest.approx(2.0, abs=0.02)
    assert [verdict(one, "xor").is_wrong for one in (seen, turned)] == [False, True]
    assert verdict(seen, "many").is_false  # x and z add up there
    assert verdict(seen, "product").truth == pytest.approx(-0.25, abs=3e-3)  # (1/2)(1/2): they reinforce


def test_the_top_and_no_difference():
    top = finding(FindingKind.TOP, ["x"], [Line("", (point(FIFTHS[0], marked=True), point(FIFTHS[4])))])
    seen = [verdict(top, name).is_false for name in ("line", "worst inside", "best inside")]
    assert seen == [False, False, True]
    same = finding(FindingKind.SAME, ["x"], [Line("", tuple(map(point, FIFTHS)))])
    assert verdict(same, "line", size=0.1, tolerance=0.1).is_false is False  # .08 apart
    assert verdict(same, "line", size=0.2, tolerance=0.1).is_false is True  # .16 apart


def test_groups_are_apart_by_more_than_a_tolerance_or_some_tolerances():
    """The outer fifths of .2 x differ by .16; idle hyperparameters by nothing."""
    of = population("line", 0.2)
    assert cells.apart(of, 0.12) == ["x"]
    assert cells.apart(of, 0.12, 1.5) == []
    assert cells.apart(of, 0.17) == []
    assert cells.apart(of, None) == []


# --- counting


def said(kind="trend", strength="strong", is_false=False, is_wrong=False, covered=True):
    return {"kind": kind, "strength": strength, "is_false": is_false, "is_wrong": is_wrong, "covered": covered}


def test_sentences_are_counted_by_hand():
    """Tables with 1 of 2, 0 of 0 and 0 of 1 claims false: the rate is (1/2 + 0 + 0) / 3, its standard error 1/6."""
    made = [
        {"said": [said(), said(is_false=True, is_wrong=True, covered=False)], "wanted": (1, 1)},
        {"said": [], "wanted": (1, 0)},
        {"said": [said("contrast", "weak", covered=None)], "wanted": (2, 1)},
    ]
    found = counts.counted(made)
    assert (found.tables, found.claims, found.false, found.wrong) == (3, 3, 1, 1)
    assert (found.fdr, found.fdr_se) == (pytest.approx(1 / 6), pytest.approx(1 / 6))
    assert (found.with_interval, found.covered, found.wanted, found.found) == (2, 1, 4, 2)
    weak = counts.counted(made, strength="weak")
    assert (weak.claims, weak.false) == (1, 0)


def test_tails_of_p_values_are_counted_by_hand():
    p = [("trend", 0.04), ("trend", 0.0005), ("top", 1.0)]
    assert cells.tails(p) == {"trend": [2, 2, 1, 1, 0], "top": [1, 0, 0, 0, 0]}
    table = {"said": [], "metric": "gaussian", "n_trials": 60, "refused": False, "tails": cells.tails(p)}
    study_ = report.Study({Cell("idle", "nothing", 0, 0, 2): {"tables": [table] * 2, "seconds": 1.0}}, "make it")
    assert "| trend | 4 | 4 (0.2) | 2 (0.0) | 2 (0.0) | 0 (0.0) |" in report.written(study_)


def test_binomial_intervals_are_those_of_the_tables():
    """Clopper and Pearson: 0 of 10 has the upper end 1 - .025^(1/10); 5 of 10 has [.187, .813]."""
    assert counts.limits(0, 10) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert counts.rate(5, 10) == "0.500 [0.187, 0.813]"


def test_the_summary_says_what_is_met():
    idle = {"said": [], "metric": "gaussian", "n_trials": 60, "refused": False, "tails": {}}
    bad = idle | {"said": [said()]}
    one = Cell("idle", "nothing", 0, 0, 20)
    for tables_, met in (([*[idle] * 19, bad], "yes"), ([*[idle] * 18, bad, bad], "**no**")):
        written = report.written(report.Study({one: {"tables": tables_, "seconds": 1.0}}, "make study-findings"))
        (line,) = [line for line in written.splitlines() if line.startswith("| Tables without any effect")]
        assert line.endswith(f"| {met} |")


# --- real tables


def test_halves_keep_the_trials_of_a_configuration_together():
    x = np.repeat(np.arange(10.0), 3)[:, None]
    unit = np.repeat(np.arange(10), 3)
    for given in (unit, None):
        design = Design((), x, np.arange(30.0), np.arange(30), given)
        first, second = real._halves(design, np.random.default_rng(0))
        assert (first ^ second).all()
        assert first.sum() == 15
        assert all(len(set(first[unit == k])) == 1 for k in range(10))


def test_a_finding_of_one_half_holds_on_another_of_the_same_function():
    source = real.source("known_function")
    tried = real.halved(source.name, 0)
    strong = [one for one in tried if one.strength == "strong"]
    assert len(strong) > 4
    assert all(one.same_sign for one in strong)


def test_a_high_metric_turns_the_diagonal_of_an_interaction():
    one = crossed([(0.0, 1.0), (1.0, 0.0)])
    assert compared(one).better == compared(one, maximize=True).worse


# --- the whole


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "KEPT", tmp_path)
    monkeypatch.setattr(study, "OUT", tmp_path / "findings.md")
    monkeypatch.setattr(measuring, "ProcessPoolExecutor", SameProcess)
    monkeypatch.setenv("QUICK", "tiny")
    return tmp_path


def test_the_shortest_form_of_the_study_writes_every_part_and_goes_on_where_it_was(kept, monkeypatch):
    monkeypatch.setattr(study, "SOURCES", (real.source("known_function"),))
    study.main([])
    written = (kept / "findings.md").read_text()
    titles = re.findall(r"^## (.*)$", written, re.MULTILINE)
    assert len(titles) == 6
    assert all(f": {one.name} | {one.toy.formula} |" in written for one in SCENARIOS)
    assert "| known_function (drawn) | " in written
    assert "nan" not in written
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    study.main([])
    assert {path: path.stat().st_mtime_ns for path in kept.glob("*.json")} == before


def test_the_report_says_what_is_missing(kept, monkeypatch):
    monkeypatch.setattr(study, "SOURCES", (real.Source("somewhere", kept / "absent.csv"),))
    study.main(["--report"])
    written = (kept / "findings.md").read_text()
    assert "**Not measured yet:** idle (1 cells), planted (14 cells)" in written
    assert "Not run, because the tables are not here: somewhere." in written


def test_the_full_study_has_the_tables_that_the_issue_wants():
    assert setup.FULL.idle >= 500
    assert set(setup.FULL.tables) == {200, 1000, 5000}
    names = [str(cell) for cell in study.planned(setup.FULL)]
    assert len(set(names)) == len(names)


def test_tables_are_the_same_each_time_and_differ_from_each_other():
    first, second = (list(tables.planted("line", 0.5, 80, 2)) for _ in range(2))
    assert all(np.array_equal(a[1].design.x, b[1].design.x, equal_nan=True) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[0][1].design.x, first[1][1].design.x, equal_nan=True)


def test_a_refused_table_counts_as_one_without_sentences():
    found, table = cells._asked(tables.sample((), *_few()))
    assert found is None
    assert table.refused
    assert table.said == []


def _few():
    return pd.DataFrame(index=range(5)), np.arange(5.0)


def test_the_metric_of_the_study_is_better_when_it_is_low():
    assert not cells.OUTCOME.maximize
