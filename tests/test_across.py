"""Importance on every value of a context column: each cell is that of its own trials, and the means are by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hpi
from hpi.__main__ import main
from hpi.comparison import columns, divided
from hpi.comparison.across import Across
from hpi.comparison.overall import ONE_VALUE, Value, Verdict, rows_of
from hpi.errors import EstimatorError, SubspaceError, TableError
from hpi.estimators import NRReliefF, PedAnova
from hpi.figures import DARK, LIGHT, across_matrix
from hpi.figures.theme import contrast
from hpi.filters import Between, OneOf
from hpi.subspace import Subspace
from hpi.words import across as words
from hpi.words import across_tables as tables
from tests.makers import result
from tests.test_comparison import bar, bars, unknown

HOSTILE = (
    "a|b",
    "=1+1",
    "-2",
    "@SUM",
    "x_y*z*",
    "50%&#$",
    "\\end{x}",
    "[0]",
    "*",
    "a--b",
    "<b>",
    "`c|d`@e",
    "~^{}",
    "ü, é",
)
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def searched(name: str, n: int = 120, seed: int = 0, **slopes: float) -> pd.DataFrame:
    """A random search over lr, drop, width and act on one dataset; `slopes`: how much each moves the accuracy."""
    rng = np.random.default_rng([seed, n])
    frame = pd.DataFrame(
        {
            "lr": rng.random(n),
            "drop": rng.random(n),
            "width": rng.integers(1, 9, n),
            "act": rng.choice(["relu", "tanh"], n),
        }
    )
    frame["val_accuracy"] = sum(slope * frame[key] for key, slope in slopes.items()) + rng.normal(0, 0.1, n)
    return frame.assign(dataset=name)


def three(n: int = 120) -> pd.DataFrame:
    """lr moves all three, drop only parity, and width and act nothing."""
    slopes = {"digits": {"lr": 1.0}, "noisy": {"lr": 1.0}, "parity": {"lr": 1.0, "drop": 1.0}}
    return pd.concat([searched(name, n, i, **slopes[name]) for i, name in enumerate(slopes)], ignore_index=True)


@pytest.fixture(scope="module")
def found() -> Across:
    return hpi.across(hpi.read(three()))


def row(found: Across, name: str):
    return next(one for one in found.hyperparameters if one.name == name)


def made(results, estimator="ped-anova", **changes) -> Across:
    """An answer with given results, by the names of their datasets; None where one has no answer."""
    values = [
        Value(name, 100, one) if one is not None else Value(name, 5, reason="There are 5 trials that count.")
        for name, one in results.items()
    ]
    names = list(dict.fromkeys(s.name for one in results.values() if one is not None for s in one.hyperparameters))
    fields = {"by": "dataset", "is_tasks": True, "metric": "acc", "direction": "maximize", **changes}
    return Across(values=tuple(values), hyperparameters=rows_of(names, values), estimator=estimator, **fields)


def with_p(name: str, p_value: float, importance: float = 0.1):
    """A bar with a p-value; its interval is 0.01 to either side."""
    return replace(bar(name, importance), p_value=p_value, detectable=p_value <= 0.05)


@pytest.mark.parametrize(
    "estimator", [PedAnova(), NRReliefF(), PedAnova(pairs="no")], ids=["ped", "relief", "no pairs"]
)
def test_a_cell_is_what_the_rows_of_its_dataset_say_read_by_themselves(estimator):
    frame = three(60)
    across = hpi.across(hpi.read(frame), estimator=estimator, seed=3)
    assert [value.name for value in across.values] == ["digits", "noisy", "parity"]
    for i, value in enumerate(across.values):
        alone = hpi.importance(hpi.read(frame[frame.dataset == value.name]), estimator=estimator, seed=3)
        assert value.result.hyperparameters == alone.hyperparameters
        for score in alone.hyperparameters:
            cell = row(across, score.name).cells[i]
            assert (cell.importance, cell.low, cell.high) == (score.importance, score.low, score.high)
            assert (cell.p_value, cell.told) == (score.p_value, score.detectable)


def test_the_rows_of_a_seed_are_asked_as_if_they_were_read_by_themselves():
    frame = searched("digits", 150, lr=1.0).drop(columns="dataset")
    frame["seed"] = np.arange(len(frame)) % 3
    across = hpi.across(hpi.read(frame), "seed")
    assert (across.by, across.is_tasks) == ("seed", False)
    for value in across.values:
        alone = hpi.importance(hpi.read(frame[frame.seed == int(value.name)]))
        assert value.result.hyperparameters == alone.hyperparameters
        assert value.n_trials == 50


def test_configurations_that_are_averaged_over_seeds_are_apart_again_for_each_seed():
    """20 configurations under 3 seeds: 20 trials in the whole table, and 20 of each seed."""
    base = searched("digits", 20, lr=1.0).drop(columns="dataset")
    noise = np.random.default_rng(0)
    frame = pd.concat(
        [base.assign(seed=seed, val_accuracy=base.val_accuracy + noise.normal(0, 0.1, 20)) for seed in range(3)]
    )
    table = hpi.read(frame)
    assert len(table.trials) == 20
    assert [value.n_trials for value in hpi.across(table, "seed").values] == [20, 20, 20]


def test_the_target_is_the_best_part_of_each_dataset():
    """Of 400 and 100 trials the best fifth is 80 and 20, though the first are all better than the second."""
    frame = pd.concat([searched("a", 400, lr=1.0), searched("b", 100, 1, lr=1.0)], ignore_index=True)
    frame.loc[frame.dataset == "a", "val_accuracy"] += 100
    across = hpi.across(hpi.read(frame), subspace=Subspace(target=0.2))
    assert [value.result.subspace.n_target for value in across.values] == [80, 20]


def test_means_spreads_and_intervals_by_hand():
    """.40 .42 .44 .46: mean .43, sd .0258199; t(3, .975) = 3.182446, so the half width is 3.182446 * sd / 2."""
    (only,) = rows_of(["h"], [Value(str(i), 9, result(bar("h", 0.40 + 0.02 * i))) for i in range(4)])
    assert only.n == 4
    assert only.mean == pytest.approx(0.43)
    assert only.sd == pytest.approx(0.0258199, abs=1e-7)
    assert (only.low, only.high) == (pytest.approx(0.3889148, abs=1e-6), pytest.approx(0.4710852, abs=1e-6))


def test_an_interval_ends_where_importance_does():
    """.1 .2 .3: mean .2, sd .1, t(2, .975) = 4.302653, half width .2484138."""
    (only,) = rows_of(["h"], [Value(str(i), 9, result(bar("h", 0.1 * i))) for i in (1, 2, 3)])
    assert only.low == 0
    assert only.high == pytest.approx(0.4484138, abs=1e-6)


def test_ranks_by_hand():
    """c is not told apart on the first, b and c on the second: they share what is left."""
    results = (result(bar("a", 0.5), bar("b", 0.3), bar("c", 0.1, detectable=False)), bars(c=-0.1, a=0.5, b=-0.2))
    rows = {one.name: one for one in rows_of(["a", "b", "c"], [Value(str(i), 9, r) for i, r in enumerate(results)])}
    assert [cell.rank for cell in rows["b"].cells] == [2, 2.5]
    assert [cell.rank for cell in rows["c"].cells] == [3, 2.5]
    assert {name: one.mean_rank for name, one in rows.items()} == {"a": 1, "b": 2.25, "c": 2.75}
    assert [cell.places for cell in rows["a"].cells] == [(1, 1), (1, 1)]
    assert [cell.places for cell in rows["c"].cells] == [None, None]


def test_identical_datasets_have_no_spread_and_no_interval():
    frame = searched("a", lr=1.0)
    across = hpi.across(hpi.read(pd.concat([frame, frame.assign(dataset="b"), frame.assign(dataset="c")])))
    for one in across.hyperparameters:
        assert one.sd == 0
        assert one.mean == one.cells[0].importance
        assert (one.low, one.high) == (None, None)  # three times the same says nothing of the fourth


def test_one_dataset_with_an_answer_has_no_spread():
    (only,) = rows_of(["h"], [Value("a", 9, result(bar("h", 0.4))), Value("b", 5, reason="too few")])
    assert (only.n, only.mean, only.sd, only.low, only.high) == (1, 0.4, None, None, None)
    assert (only.cells[1].importance, only.cells[1].rank, only.cells[1].note) == (None, None, "too few")


@pytest.mark.parametrize(
    ("p_values", "verdict", "named"),
    [
        ([0.005, 0.01, 0.05], Verdict.EVERYWHERE, "abc"),
        ([0.005, 0.6, 0.6], Verdict.SOMEWHERE, "a"),  # .005 <= .05 / 3
        ([0.04, 0.6, 0.6], Verdict.DOUBTFUL, ""),  # .04 > .05 / 3
        ([0.03, 0.03, 0.6], Verdict.SOMEWHERE, "ab"),  # .03 <= 2 * .05 / 3
        ([0.005, 0.04, 0.6], Verdict.SOMEWHERE, "a"),  # .04 > 2 * .05 / 3
        ([0.6, 0.6, 0.6], Verdict.NOWHERE, ""),
        ([0.04], Verdict.SOMEWHERE, "a"),
        ([None, None], Verdict.UNKNOWN, ""),
    ],
)
def test_where_it_matters_by_hand(p_values, verdict, named):
    """The step-up rule: the k smallest p-values are named where the k-th is at most k / n of 5 %."""
    scores = [unknown("h") if p is None else with_p("h", p) for p in p_values]
    (only,) = rows_of(["h"], [Value(name, 9, result(one)) for name, one in zip("abc", scores, strict=False)])
    assert (only.verdict, "".join(only.on)) == (verdict, named)


@given(st.lists(st.lists(st.integers(1, 60), min_size=3, max_size=3), min_size=1, max_size=12))
def test_something_is_named_only_where_the_smallest_p_values_are_too_small_for_chance(ks):
    """Simes 1986: some k-th smallest of n valid p-values is at most k / n of 5 % in at most 5 % of tables."""
    values = [
        Value(str(i), 9, result(*(with_p(name, k / 400) for name, k in zip("xyz", three_of, strict=True))))
        for i, three_of in enumerate(ks)
    ]
    smallest = sorted(min(three_of) / 400 for three_of in ks)
    simes = any(p <= (k + 1) * 0.05 / len(ks) + 1e-12 for k, p in enumerate(smallest))
    assert simes or not any(one.on for one in rows_of(["x", "y", "z"], values))


def test_only_there_is_said_where_it_is_surely_more():
    """.5 and .3 with half widths of .01 are .2 apart, more than hypot(.01, .01); with .2 they are not."""
    sure = [Value("a", 9, result(with_p("h", 0.005, 0.5))), Value("b", 9, result(with_p("h", 0.6, 0.3)))]
    (one,) = rows_of(["h"], sure)
    assert one.is_only_there
    assert one.at_most == pytest.approx(0.31)
    wide = bar("h", 0.3, low=0.1, high=0.5, detectable=False)
    (other,) = rows_of(["h"], [sure[0], Value("b", 9, result(wide))])
    assert (other.on, other.is_only_there) == (("a",), False)


def test_what_has_one_value_somewhere_is_unknown_there_and_not_0():
    frame = three(60)
    frame.loc[frame.dataset == "noisy", "drop"] = 0.5
    cell = row(hpi.across(hpi.read(frame)), "drop").cells[1]
    assert (cell.importance, cell.rank, cell.told, cell.note) == (None, None, None, ONE_VALUE)


def test_thin_datasets_have_their_reason():
    across = hpi.across(hpi.read(pd.concat([three(60), searched("tiny", 9)], ignore_index=True)))
    tiny = across.values[-1]
    assert (tiny.name, tiny.n_trials, tiny.result) == ("tiny", 9, None)
    assert "There are 9 trials" in tiny.reason
    assert all(one.cells[-1].importance is None and one.n == 3 for one in across.hyperparameters)
    assert [value.name for value in across.answered] == ["digits", "noisy", "parity"]


def test_where_none_has_an_answer_nothing_is_0():
    across = hpi.across(hpi.read(three(9)))
    assert across.answered == ()
    assert all(
        (one.mean, one.mean_rank, one.verdict) == (None, None, Verdict.UNKNOWN) for one in across.hyperparameters
    )
    assert words.lead(across) == "None of the 3 datasets has an answer; the reasons stand below."
    json.dumps(across.to_dict(), allow_nan=False)


def test_a_chosen_task_plays_no_part():
    table = hpi.read(three(60))
    assert hpi.across(table.revise(task="parity")).hyperparameters == hpi.across(table).hyperparameters


def test_kinds_are_those_of_the_whole_table():
    """On the first seed width holds whole numbers alone, and act one word: they stay a float and a category."""
    frame = searched("a", 80, lr=1.0).drop(columns="dataset")
    frame["seed"] = np.arange(80) % 2
    frame["width"] = frame["width"].astype(float) + 0.5 * frame["seed"]
    parts = divided(hpi.read(frame), "seed")
    kinds = {one.name: (one.kind, one.log) for one in parts.table.hyperparameters}
    for value in parts.values:
        assert {one.name: (one.kind, one.log) for one in parts.part(value).hyperparameters} == kinds


def test_columns_that_tables_can_be_divided_by():
    frame = three(60).assign(seed=np.arange(180) % 5, fold=np.arange(180))
    table = hpi.read(frame, roles={"fold": "context"})
    assert columns(table) == ("dataset", "seed")  # a fold of its own for each trial divides nothing
    assert columns(hpi.read(frame.drop(columns=["dataset", "seed", "fold"]))) == ()


def test_two_columns_can_tell_tasks_apart_together():
    frame = three(60).assign(env=np.tile(["x", "y"], 90))
    table = hpi.read(frame)
    across = hpi.across(table)
    assert (across.by, len(across.values)) == ("task", 6)
    assert columns(table)[0] == "task"
    single = hpi.across(table, "env")
    assert ([value.name for value in single.values], single.is_tasks) == (["x", "y"], False)


@pytest.mark.parametrize(
    ("frame", "by", "complaint"),
    [
        (three(60).drop(columns="dataset"), None, "No column of the table tells datasets or tasks apart"),
        (three(60), "no such", "no context column 'no such'; the context columns are: dataset"),
        (three(60), "lr", "no context column 'lr'"),
        (three(60).assign(seed=np.arange(180)), "seed", "seed has 180 values; between 2 and 60 can be compared"),
    ],
)
def test_what_cannot_be_divided_is_refused_with_what_there_is(frame, by, complaint):
    with pytest.raises(TableError, match=re.escape(complaint)):
        hpi.across(hpi.read(frame), by)


def test_questions_that_make_no_sense_are_refused_at_once():
    table = hpi.read(three(60))
    with pytest.raises(SubspaceError, match="names no hyperparameter"):
        hpi.across(table, subspace=Subspace(where=(Between("nothing", 0, 1),)))
    with pytest.raises(EstimatorError, match="seed is -1"):
        hpi.across(table, seed=-1)
    with pytest.raises(EstimatorError, match="no estimator called"):
        hpi.across(table, estimator="magic")
    with pytest.raises(TableError, match="minimize or maximize"):
        hpi.across(hpi.read(three(60).rename(columns={"val_accuracy": "zzz"}), metric="zzz"))


def test_a_filter_that_leaves_nothing_of_a_dataset_is_its_reason():
    across = hpi.across(hpi.read(three(60)), subspace=Subspace(where=(OneOf("dataset", ("digits", "parity")),)))
    assert [value.reason is None for value in across.values] == [True, False, True]
    assert "No trial passes dataset=digits,parity" in across.values[1].reason


def test_rows_without_a_dataset_are_counted():
    frame = three(60)
    frame.loc[frame.index[:7], "dataset"] = None
    across = hpi.across(hpi.read(frame))
    assert across.n_without == 7
    assert "7 rows have no value in dataset and take no part here." in words.worth_knowing(across)


def test_progress_is_said_of_each_dataset():
    said: list[tuple[float, str]] = []
    hpi.across(hpi.read(three(60)), estimator="n-rrelieff", report=lambda done, doing: said.append((done, doing)))
    shares = [done for done, _ in said]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert {doing.split(":")[0] for _, doing in said[:-1]} == {"digits", "noisy", "parity"}


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([PedAnova(), NRReliefF()]))
def test_the_order_of_rows_and_columns_changes_nothing(random, estimator):
    frame = three(40)
    expected = hpi.across(hpi.read(frame), estimator=estimator)
    rows, names = list(range(len(frame))), list(frame.columns)
    random.shuffle(rows)
    random.shuffle(names)
    # trials without a time stand in no order of their own, so results may depend on neither
    turned = hpi.across(hpi.read(frame.iloc[rows][names], metric="val_accuracy"), estimator=estimator)
    assert [value.name for value in turned.values] == [value.name for value in expected.values]
    assert turned.hyperparameters == expected.hyperparameters


def test_values_stand_in_the_order_of_their_numbers():
    frame = pd.concat([searched(name, 30, i) for i, name in enumerate(["d10", "d9", "b", "2", "10"])])
    assert divided(hpi.read(frame)).values == ("2", "10", "b", "d9", "d10")


def test_hyperparameters_stand_in_the_order_of_their_mean_rank(found):
    order = [one.mean_rank for one in found.hyperparameters]
    assert order == sorted(order)
    assert found.hyperparameters[0].name == "lr"


def test_the_first_sentence_says_what_decides_where(found):
    assert words.lead(found) == "lr decides on all 3 datasets; drop only on parity."


@pytest.mark.parametrize(
    ("results", "sentence"),
    [
        ({"p": bars(a=0.5, b=0.4), "q": bars(a=0.5, b=0.4)}, "a and b decide on both datasets."),
        ({"p": bars(a=0.5), "q": None}, "Only p has an answer, so there is nothing to compare it with."),
        (
            {"p": bars(a=-0.5), "q": bars(a=-0.5)},
            "No hyperparameter is told apart from chance on any of the 2 datasets.",
        ),
        ({"p": bars(a=0.5), "q": bars(a=-0.1)}, "a decides only on p."),
        ({"p": bars(a=0.5), "q": bars(a=-0.5)}, "a decides on p."),
        ({"p": bars(a=None), "q": bars(a=None)}, "Nothing was compared with chance."),
        (
            {**{n: bars(a=0.5) for n in "pqrs"}, "t": bars(a=-0.5)},
            "a decides on 4 of 5 datasets (not t).",
        ),
        (  # a has the better ranks: .9 to .1 on p, where b is not told apart
            {"p": bars(a=0.9, b=-0.1), **{n: bars(a=0.5, b=0.4) for n in "qrs"}, "t": bars(a=-0.2, b=0.4),
             "u": bars(a=-0.2, b=0.4)},
            "b decides only on 5 of 6 datasets (not p); a only on 4 of 6 datasets (not t and u).",
        ),
    ],
)  # fmt: skip
def test_leads_by_hand(results, sentence):
    assert words.lead(made(results)) == sentence


def test_weights_matter_and_do_not_decide():
    assert words.lead(made({"p": bars(a=0.5), "q": bars(a=0.5)}, "n-rrelieff")) == "a matters on both datasets."


def test_what_is_not_told_apart_is_not_said_to_be_nothing():
    across = made({"p": bars(a=0.5, b=-0.1), "q": bars(a=0.5, b=-0.2)})
    assert words.verdict(row(across, "b"), across).replace("\u00a0", " ") == (
        "nowhere told apart from chance: at most 21 %"
    )
    assert any("not the same as no effect" in said for said in words.worth_knowing(across))


def test_what_chance_may_have_done_is_said_to_be_doubtful():
    """One of 20 at p = .04: some dataset does that in two of three tables where nothing matters."""
    results = {f"d{i}": result(with_p("a", 0.04 if i == 0 else 0.6)) for i in range(20)}
    across = made(results)
    assert words.verdict(row(across, "a"), across) == (
        "doubtful: told apart on 1 of 20 datasets, as chance alone may do"
    )
    assert words.lead(across) == "No hyperparameter is surely told apart from chance on any of the 20 datasets."


@pytest.mark.parametrize(
    ("by", "is_tasks", "one", "many"),
    [("dataset", True, "dataset", "datasets"), ("Task", True, "task", "tasks"), ("seed", False, "seed", "seeds"),
     ("openml_id", True, "task", "tasks"), ("arch", False, "value of “arch”", "values of “arch”")],
)  # fmt: skip
def test_values_have_the_name_of_their_column(by, is_tasks, one, many):
    across = made({"p": bars(a=0.5), "q": bars(a=0.5)}, by=by, is_tasks=is_tasks)
    assert (words.noun(across, 1), words.noun(across)) == (one, many)


@pytest.mark.parametrize(
    ("by", "said"), [("dataset", "about further datasets like these"), ("budget", "which are no sample of others")]
)
def test_the_interval_of_a_mean_says_what_it_is_about(by, said):
    across = made({"p": bars(a=0.5), "q": bars(a=0.5)}, by=by)
    assert any(said in sentence for sentence in words.worth_knowing(across))


@pytest.mark.parametrize(
    ("by", "is_tasks", "asked"),
    [("dataset", True, "dataset"), ("openml_id", True, "task"), ("seed", False, "seed"), ("Budget", False, "budget"),
     (":red[x]", False, "value")],
)  # fmt: skip
def test_the_question_says_what_the_values_are_and_holds_no_name(by, is_tasks, asked):
    across = made({"p": bars(a=0.5), "q": bars(a=0.5)}, by=by, is_tasks=is_tasks)
    assert words.question(across) == f"Is it the same on every {asked}?"


def test_who_has_no_answer_is_counted_and_named():
    answered = bars(a=0.5)
    assert words.unanswered(made({"p": None, "q": answered})) == "1 of 2 datasets has no answer (p)."
    many = {**dict.fromkeys("pqrst"), "u": answered}
    assert words.unanswered(made(many)) == "5 of 6 datasets have no answer (p, q and 3 more)."
    assert words.unanswered(made({"p": answered})) == ""


def test_what_single_datasets_warn_of_is_said_in_part_and_the_rest_is_there():
    across = made({f"d{i}": replace(bars(a=0.5), warnings=(f"warning {i}",)) for i in range(9)})
    first, further = words.careful(across)
    said = [*first, *further]
    assert [line for line in said if "warning" in line] == [f"d{i}: warning {i}" for i in range(9)]
    assert further == [f"d{i}: warning {i}" for i in (6, 7, 8)]
    assert words.worth_knowing(across) == [*first, "And 3 more that concern single datasets."]


def test_reasons_are_said_once():
    across = made({"p": None, "q": bars(a=0.5), "r": None})
    assert words.reasons(across.values) == ["p and r: There are 5 trials that count."]


def test_the_table_of_a_paper_by_hand():
    across = made({"p": bars(a=0.5, b=-0.1), "q": bars(a=0.25, b=None)})
    lines = tables.as_markdown(across).splitlines()
    assert lines[2] == "| hyperparameter | p | q | mean | sd | mean rank |"
    assert lines[4:6] == [
        "| a | 0.500 (1) | 0.250 (1) | 0.375 | 0.177 | 1.00 |",  # sd: .25 / sqrt(2)
        "| b | *0.100 (2)* | – | 0.100 | – | 2.00 |",
    ]
    latex = tables.as_latex(across).splitlines()
    assert r"a & 0.500 (1) & 0.250 (1) & 0.375 & 0.177 & 1.00 \\" in latex
    assert r"b & \textit{0.100 (2)} & -- & 0.100 & -- & 2.00 \\" in latex
    assert latex[4] == r"\begin{tabular}{lrrrrr}"


def test_names_come_back_from_csv():
    across = made({name: bars(**dict.fromkeys(HOSTILE, 0.3)) for name in HOSTILE})
    head, *rows = csv.reader(io.StringIO(tables.as_csv(across), newline=""))
    assert head[1::3][: len(HOSTILE)] == [f"importance on {name}" for name in HOSTILE]
    assert [line[0].removeprefix("'") for line in rows] == list(HOSTILE)
    assert not [cell for line in (head, *rows) for cell in line if cell.startswith(("=", "@"))]
    assert all(float(cell) == 0.3 for line in rows for cell in line[1 : 3 * len(HOSTILE) : 3])


def test_numbers_come_back_from_csv(found):
    rows = list(csv.DictReader(io.StringIO(tables.as_csv(found), newline="")))
    for line, one in zip(rows, found.hyperparameters, strict=True):
        assert line["hyperparameter"] == one.name
        assert float(line["mean"]) == one.mean
        for value, cell in zip(found.values, one.cells, strict=True):
            assert float(line[f"importance on {value.name}"]) == cell.importance
            assert float(line[f"rank on {value.name}"]) == cell.rank


def test_no_name_breaks_a_row_of_markdown():
    across = made({name: bars(**dict.fromkeys(HOSTILE, 0.3)) for name in HOSTILE})
    lines = [line for line in tables.as_markdown(across).splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(HOSTILE)
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {len(HOSTILE) + 5}
    assert not any("<b>" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "written"),
    [("a_b", r"a\_b"), ("50%", r"50\%"), ("\\x", r"\textbackslash{}x"), ("{}", r"\{\}"), ("a--b", "a-{}-b"),
     ("[0]", "{[}0{]}"), ("*", "{*}"), ("~^", r"\textasciitilde{}\textasciicircum{}"),
     ("<|>", r"\textless{}\textbar{}\textgreater{}"),
     ("a\nb", "a b"), ("$&#", r"\$\&\#"), ("wd-1", "wd-1")],
)  # fmt: skip
def test_latex_prints_names_as_they_are(name, written):
    assert tables.in_latex(name) == written


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=12))
def test_nothing_in_a_name_is_a_command_of_latex(name):
    """Read back by the rules of TeX: what is left of commands, braces and escapes is the name."""
    meant = {"textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textless": "<", "textgreater": ">",
             "textbar": "|", "char34": '"', "char96": "`"}  # fmt: skip
    tokens = re.findall(r"\\([a-z]+[0-9]*)(?:\{\})?|\\([^a-z])|([{}])|([^\\{}])", tables.in_latex(name))
    read = "".join(meant[command] if command else escaped or sign for command, escaped, _, sign in tokens)
    assert read == " ".join(name.split())
    assert not [sign for _, _, _, sign in tokens if sign and sign in "&%$#_~^"]


@THEMES
def test_the_heat_map_shows_what_is_known(theme):
    across = made({"p": bars(a=0.5, b=-0.1), "q": bars(a=0.25, b=None), "r": None})
    figure = across_matrix(across, theme)
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces["ranks"].text) == ["1", "1", "?", "–", "?", "?"]
    assert np.allclose(traces["importance"].z, [[1, 0.5, np.nan], [np.nan] * 3], equal_nan=True)
    assert np.allclose(traces["not told apart from chance"].z, [[np.nan] * 3, [0, np.nan, np.nan]], equal_nan=True)
    assert list(figure.layout.yaxis.ticktext) == ["a", "b"]
    assert figure.layout.meta["alt"].startswith("a decides on both datasets.")
    assert list(traces["importance"].customdata[1][2]) == ["b", "r"]


@THEMES
def test_every_rank_can_be_read_on_its_cell(theme):
    """4.5 is what WCAG 2.2 asks of small text; the strongest bar has the last colour, the others parts of it."""
    across = made({"p": bars(**{f"h{i}": 0.01 * i for i in range(1, 21)})})
    traces = {trace.name: trace for trace in across_matrix(across, theme).data}
    shades = np.ravel(traces["importance"].z)
    assert np.allclose(np.sort(shades), np.arange(1, 21) / 20)
    for shade, ink in zip(shades, traces["ranks"].textfont.color, strict=True):
        assert contrast(theme.shade(float(shade)), ink) >= 4.5


def test_thirty_datasets_stand_in_two_panels_and_of_many_hyperparameters_twenty():
    names = {f"h{i}": -0.01 for i in range(1, 25)}
    results = {f"d{i}": bars(**names, late=0.5 if i > 15 else -0.01) for i in range(30)}
    figure = across_matrix(made(results), LIGHT)
    assert [len(one.ticktext) for one in figure.select_xaxes()] == [15, 1, 15]
    assert sum(trace.name == "means" for trace in figure.data) == 1
    assert len(figure.layout.yaxis.ticktext) == len(figure.layout.yaxis2.ticktext) == 20
    assert "late" in figure.layout.yaxis.ticktext  # told apart somewhere, so it is not among those left out
    assert "5 more are not shown, not told apart from chance" in figure.layout.title.text.replace("<br>", " ")
    spans = [axis.domain for axis in figure.select_yaxes()]
    assert 0 <= spans[1][0] < spans[1][1] < spans[0][0] < spans[0][1] <= 1
    assert len(figure.to_json()) < 200_000


def test_names_fold_into_two_lines_and_stand_upright_in_one_where_there_are_many():
    """Up to 32 and 24 columns nothing is cut; 21 columns upright take 21 times 0.6 of 11 pixels, or 139."""
    names = {"hp_num_batches_per_epoch_log_of33": 0.5, "hp_num_batches_per_epoch_log": 0.2}
    task = "electricity_nips_day{}"
    few, some, many = (
        across_matrix(made({task.format(i): bars(**names) for i in range(n)}), LIGHT).layout for n in (2, 6, 9)
    )
    for one in (few, some, many):
        assert one.yaxis.ticktext[1] == "hp_num_batches_<br>per_epoch_log"
        assert one.yaxis.ticktext[0].replace("<br>", "").count("…") == 1
        assert one.xaxis2.domain[1] - one.xaxis2.domain[0] == pytest.approx(0.14)
    assert (few.xaxis.tickangle, some.xaxis.autotickangles, many.xaxis.tickangle) == (0, (0, -90), -90)
    folded = ["electricity_<br>nips_day0", "electricity_<br>nips_day1"]
    assert list(few.xaxis.ticktext) == list(some.xaxis.ticktext[:2]) == folded
    assert many.xaxis.ticktext[8] == "electricity_nips_day8"
    head = {id(one): one.height - one.margin.t - one.margin.b - 2 * row for one, row in ((few, 34), (many, 30))}
    assert head[id(few)] < 70
    assert 139 <= head[id(many)] < 180


def test_signs_that_are_escaped_take_no_more_room_than_others():
    heights = {sign: across_matrix(made({f"{sign * 20}{i}": bars(a=0.5) for i in range(9)}), LIGHT).layout.height
               for sign in "%a"}  # fmt: skip
    assert heights["%"] == heights["a"]


def test_numbers_of_two_digits_are_never_turned():
    figure = across_matrix(made({str(i): bars(a=0.5) for i in range(12)}, by="epoch"), LIGHT)
    assert figure.layout.xaxis.tickangle == 0


def test_of_sixty_datasets_fewer_hyperparameters_are_shown():
    results = {f"d{i}": bars(**{f"h{j}": -0.01 for j in range(30)}) for i in range(60)}
    figure = across_matrix(made(results), LIGHT)
    assert len(figure.layout.yaxis.ticktext) == 10
    assert len(figure.to_json()) < 200_000


def test_without_an_answer_there_is_no_heat_map():
    with pytest.raises(ValueError, match="no value has an answer"):
        across_matrix(made({"p": None, "q": None}), LIGHT)


def test_names_in_the_heat_map_are_data():
    across = made({name: bars(**dict.fromkeys(HOSTILE, 0.3)) for name in HOSTILE[:6]})
    figure = across_matrix(across, LIGHT)
    texts = [*figure.layout.yaxis.ticktext, *figure.layout.xaxis.ticktext, *np.ravel(figure.data[1].hovertext)]
    assert not any("<b>" in text or "$" in text for text in texts)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "trials.csv"
    three(60).to_csv(path, index=False)
    return str(path)


def test_the_command_line_prints_what_python_returns(file, capsys):
    assert main(["across", file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(hpi.across(hpi.read(file)).to_dict()))


@pytest.mark.parametrize(
    ("form", "write"), [("--csv", tables.as_csv), ("--markdown", tables.as_markdown), ("--latex", tables.as_latex)]
)
def test_the_command_line_prints_a_table(file, capsys, form, write):
    assert main(["across", file, form, "--target", "0.2"]) == 0
    expected = write(hpi.across(hpi.read(file), subspace=Subspace(target=0.2)))
    assert capsys.readouterr().out.splitlines() == expected.splitlines()


def test_the_command_line_says_it_in_text_and_complains_in_a_line(file, capsys):
    assert main(["across", file, "--by", "dataset"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("lr decides on all 3 datasets")
    assert "With *: not told apart from chance" in said
    assert main(["across", file, "--by", "lr"]) == 2
    assert capsys.readouterr().err.startswith("The table has no context column 'lr'")


def test_a_null_table_names_nothing_more_often_than_chance_may():
    """Ten datasets of noise, 20 tables: each names something with probability of at most 5 %; 5 or more, under .3 %."""
    named = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame({name: rng.random(400) for name in "abc"})
        frame["loss"], frame["dataset"] = rng.normal(size=400), np.repeat([f"d{i}" for i in range(10)], 40)
        named += any(one.on for one in hpi.across(hpi.read(frame)).hyperparameters)
    assert named < 5
