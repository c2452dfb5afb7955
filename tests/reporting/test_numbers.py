"""The numbers of a report against the command line, pandas and hand-made results."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.__main__ import main
from hpi.reporting import Contents, contents, numbers
from hpi.results import PairScore, Score
from hpi.subspace import select
from tests import makers
from tests.reporting import hostile
from tests.reporting.tables import CASES, DIGITS


@pytest.fixture(scope="module")
def digits() -> Contents:
    return contents(hpi.read(DIGITS), hpi.Subspace(target=0.2), seed=4, note="ours")


@pytest.fixture(scope="module")
def plain(digits) -> dict:
    return json.loads(numbers.as_json(digits), parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


@pytest.fixture(scope="module")
def rows(digits) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(numbers.as_csv(digits), newline="")))


def printed(capsys, *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_holds_what_the_command_line_prints(plain, capsys):
    question = (str(DIGITS), "--target", ".2")
    assert plain["importance"] == printed(capsys, "importance", *question, "--seed", "4")
    said = printed(capsys, "findings", *question)
    assert {key: plain["findings"][key] for key in said} == said
    assert plain["note"] == "ours"
    roles = {column["name"]: column["role"] for column in plain["table"]["columns"]}
    assert roles == {column["name"]: column["role"] for column in printed(capsys, "describe", str(DIGITS))["columns"]}


def test_effects_along_levels_are_those_of_pandas(plain):
    frame = pd.read_csv(DIGITS)
    (effect,) = (one for one in plain["effects"]["one"] if one["hyperparameter"] == "optimizer")
    by_level = frame.groupby("optimizer")["val_accuracy"]
    quartiles = effect["quartiles"]
    assert sorted(quartiles["at"]) == ["adam", "rmsprop", "sgd"]
    for key, part in (("low", 0.25), ("median", 0.5), ("high", 0.75)):
        assert quartiles[key] == pytest.approx(by_level.quantile(part)[quartiles["at"]].tolist(), rel=1e-12)
    assert quartiles["count"] == by_level.size()[quartiles["at"]].tolist()
    assert effect["means"]["mean"] == pytest.approx(by_level.mean()[effect["means"]["at"]].tolist(), rel=1e-12)
    best = frame.nlargest(240, "val_accuracy", keep="all")
    cells = effect["cells"]
    assert cells["target"] == best.groupby("optimizer").size()[cells["labels"]].tolist()
    assert cells["region"] == by_level.size()[cells["labels"]].tolist()


def test_cells_of_a_number_hold_the_trials_between_their_edges(plain):
    frame = pd.read_csv(DIGITS)
    (effect,) = (one for one in plain["effects"]["one"] if one["hyperparameter"] == "learning_rate")
    edges = effect["cells"]["edges"]
    assert edges[0] == pytest.approx(frame["learning_rate"].min(), rel=1e-9)  # the ends of a log axis round
    counted = np.histogram(frame["learning_rate"], bins=[0, *edges[1:-1], 1])[0]
    assert effect["cells"]["region"] == counted.tolist()
    assert len(effect["quartiles"]["at"]) == len(effect["means"]["mean"])


def test_pairs_hold_the_median_of_each_cell(plain):
    frame = pd.read_csv(DIGITS)
    by_names = {tuple(one["hyperparameters"]): one for one in plain["effects"]["two"]}
    assert 1 <= len(by_names) <= 3
    for (first, second), effect in by_names.items():
        assert np.sum(effect["count"]) == len(frame)
        assert len(effect["median"]) == len(effect["cells"][1]["labels"])
        assert len(effect["median"][0]) == len(effect["cells"][0]["labels"])
        empty = np.array(effect["count"]) == 0
        assert np.all((np.array(effect["median"], dtype=object) == None) == empty)  # noqa: E711
        if effect["cells"][0]["edges"] is None or effect["cells"][1]["edges"] is None:
            continue
        edges = [effect["cells"][k]["edges"] for k in (0, 1)]
        across, upward = np.searchsorted(edges[0], frame[first], "right"), np.searchsorted(
            edges[1], frame[second], "right")  # fmt: skip
        here = frame["val_accuracy"][(across == 2) & (upward == 1)]
        assert effect["median"][0][1] == pytest.approx(here.median())


def test_thresholds_hold_the_importance_at_each_target(plain, rows):
    curve = plain["thresholds"]
    at = [row for row in rows if row["part"] == "threshold"]
    assert len(at) == len(curve["targets"]) * len(curve["names"])
    k = int(np.abs(np.array(curve["targets"]) - 0.1).argmin())
    asked = hpi.importance(hpi.read(DIGITS), subspace=hpi.Subspace(target=curve["targets"][k]))
    expected = {score.name: (score.importance, score.low, score.high) for score in asked.hyperparameters}
    assert curve["n_target"][k] == asked.subspace.n_target
    for j, name in enumerate(curve["names"]):
        assert (curve["importance"][k][j], curve["low"][k][j], curve["high"][k][j]) == expected[name]
    written = {row["name"]: row for row in at if row["at"] == repr(curve["targets"][k])}
    assert {name: float(row["value"]) for name, row in written.items()} == {
        name: value for name, (value, _, _) in expected.items()
    }
    assert {row["n"] for row in written.values()} == {str(asked.subspace.n_target)}


def test_the_table_holds_the_same_numbers_as_the_json(plain, rows):
    at = {(row["part"], row["name"], row["second"], row["quantity"], row["at"]): row for row in rows}
    for score in plain["importance"]["hyperparameters"]:
        row = at["importance", score["name"], "", "importance", ""]
        assert [row[key] for key in ("value", "low", "high", "p_value")] == [
            repr(score[key]) for key in ("importance", "low", "high", "p_value")
        ]
        assert at["importance", score["name"], "", "noise floor", ""]["value"] == repr(score["floor"])
    for pair in plain["importance"]["pairs"]:
        row = at["pair", *pair["names"], pair["reading"], ""]
        cells = {"value": "importance", "low": "low", "high": "high", "p_value": "p_value"}
        assert {key: row[key] for key in cells} == {
            key: "" if pair[name] is None else repr(pair[name]) for key, name in cells.items()
        }
    found = [row for row in rows if row["part"].startswith("finding")]
    assert [row["text"] for row in found] == [one["text"] for one in plain["findings"]["findings"]]
    assert [row["value"] for row in found] == [repr(one["effect"]) for one in plain["findings"]["findings"]]
    (optimizer,) = (one for one in plain["effects"]["one"] if one["hyperparameter"] == "optimizer")
    for k, level in enumerate(optimizer["means"]["at"]):
        row = at["along", "optimizer", "", "mean and its 95 % interval", level]
        assert (row["value"], row["n"]) == (repr(optimizer["means"]["mean"][k]), str(optimizer["means"]["count"][k]))


def test_every_row_has_the_same_columns_and_a_known_part(rows):
    parts = {"importance", "pair", "threshold", "finding, strong", "finding, weak", "along", "spread", "over two"}
    assert {row["part"] for row in rows} == parts
    assert all(None not in row and None not in row.values() for row in rows)
    assert all(row["quantity"] and row["name"] for row in rows)


def unknown(*scores: Score, **changes: object) -> Contents:
    """Contents of a small table with a result made by hand and no findings."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({score.name: rng.random(100) for score in scores}).assign(loss=rng.random(100))
    table = hpi.read(frame, metric="loss", direction="minimize")
    return Contents(table, select(table, hpi.Subspace()), makers.result(*scores, **changes), None)


def test_what_is_not_known_is_null_and_an_empty_cell_and_a_negative_number_stays_one():
    scores = (
        Score("=1+1", -0.25, -0.5, None, None, None, None, False, "-not- sure", -3.5),
        Score("@b", None, None, None, None, None, None, False, "=HYPERLINK(1)"),
    )
    pair = PairScore(("=1+1", "@b"), math.nan, -1e-5, math.inf, None, None, False, "interaction")
    made = unknown(*scores, pairs=(pair,))
    plain = json.loads(numbers.as_json(made))
    assert plain["findings"] is None
    assert plain["importance"]["pairs"][0]["importance"] is None
    assert plain["importance"]["pairs"][0]["high"] is None
    assert plain["importance"]["hyperparameters"][0]["importance"] == -0.25
    rows = list(csv.reader(io.StringIO(numbers.as_csv(made), newline="")))
    assert ["importance", "'=1+1", "", "", "", "importance", "-0.25", "-0.5", "", "", "", "", "'-not- sure"] in rows
    assert ["importance", "'=1+1", "", "", "", "raw", "-3.5", "", "", "", "", "", ""] in rows
    assert ["importance", "'@b", "", "", "", "importance", "", "", "", "", "", "", "'=HYPERLINK(1)"] in rows
    assert ["pair", "'=1+1", "'@b", "", "", "interaction", "", "-1e-05", "", "", "", "", ""] in rows


def test_no_text_of_a_hostile_table_begins_a_formula():
    made = contents(hostile.table(), hostile.question())
    for row in csv.reader(io.StringIO(numbers.as_csv(made), newline="")):
        for cell in row:
            if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
                float(cell)  # what begins like one is a number


@pytest.mark.parametrize("name", ["several tasks", "another metric and roles"])
def test_ranks_say_so_and_coefficients_are_there(name, tmp_path):
    one = CASES[name]
    made = contents(one.table(tmp_path), one.asked, one.estimator, one.seed)
    plain = json.loads(numbers.as_json(made))
    rows = list(csv.DictReader(io.StringIO(numbers.as_csv(made), newline="")))
    ranked = made.table.tasks is not None
    assert {effect["ranks"] for effect in plain["effects"]["one"]} == {ranked}
    units = {row["unit"] for row in rows if row["part"] == "along"}
    assert units == {f"rank of {made.table.metric} within its task" if ranked else made.table.metric}
    terms = [row for row in rows if row["part"] == "coefficient"]
    assert [float(row["value"]) for row in terms] == [one.value for one in made.result.coefficients]
    assert bool(terms) is not ranked
    assert plain["thresholds"] is None
