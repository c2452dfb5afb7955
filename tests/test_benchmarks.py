"""The studies run and write what they measured; their long forms are run by hand."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks import edges
from benchmarks.speed import __main__ as speed
from benchmarks.speed import against, ours, peers, report, thresholds
from benchmarks.speed.measure import Timed, alternating, same_ranking
from hpi.estimators import PedAnova


def timed_rows(rows: int) -> list[against.Row]:
    return [against.Row("a question", "9 x 2", "a peer", Timed(0.1, 5), Timed(2.0, 1), 10, agree=True)] * rows


def test_speed_in_its_short_form_measures_growth_and_both_thresholds(tmp_path, monkeypatch):
    """Of one estimator, as each is measured in processes of its own; QUICK=1 make bench takes them all."""
    monkeypatch.setenv("QUICK", "1")
    monkeypatch.setattr(speed, "ESTIMATORS", (PedAnova,))
    monkeypatch.setattr(speed, "KEPT", tmp_path)
    monkeypatch.setattr(peers, "installed", lambda: False)
    speed.main([])
    written = (tmp_path / "speed.md").read_text()
    assert "Not measured: they are not installed" in written
    assert re.findall(r"^\| ([\d,]+) x 5 \|", written, re.MULTILINE) == ["600", "1,200"]
    assert "| trials (8 hyperparameters) | ped-anova |" in written
    drawn = ElementTree.parse(tmp_path / "speed.svg").getroot()
    assert len(drawn.findall(".//{*}polyline")) == 4


def test_what_the_same_code_measured_is_not_measured_again(tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "KEPT", tmp_path)
    assert speed._kept("row", lambda: [1.5]) == [1.5]
    assert speed._kept("row", lambda: [2.5]) == [1.5]
    monkeypatch.setattr(speed, "_code", lambda: "changed")
    assert speed._kept("row", lambda: [2.5]) == [2.5]


def test_what_is_compared_runs_in_turn():
    ran = []
    timed = alternating([lambda: ran.append("a"), lambda: ran.append("b")], runs=3)
    assert ran == ["a", "b"] * 3
    assert [time.runs for time in timed] == [3, 3]


@pytest.mark.parametrize(
    ("theirs", "same"),
    [((9, 4, 1, 0), True), ((3, 2, 0, 1), True), ((4, 9, 1, 0), False), ((9, 0, 1, 2), False)],
)
def test_only_clearly_different_hyperparameters_must_rank_alike(theirs, same):
    """Ours: .6 and .25 are clear, .05 and .04 are neither a tenth of .6 nor twice each other."""
    assert same_ranking(np.array([0.6, 0.25, 0.05, 0.04]), np.array(theirs, dtype=float)) is same


def test_a_row_says_how_many_times_faster_and_whether_that_was_wanted(monkeypatch):
    monkeypatch.setattr(peers, "versions", lambda: "peer 1.0")
    table = thresholds.Thresholds(1000, 5, Timed(3.0, 1), Timed(1.0, 5), Timed(0.01, 5), Timed(0.02, 5))
    written = report.written(timed_rows(1), [table, table], [])
    assert "| a question | 9 x 2 | a peer | 100 ms | 2 s (one run) | 20 | ≥ 10 | yes | yes |" in written
    assert "| 1,000 x 5 | 3 s (one run) | 1 s | 10 ms | 100 | ≥ 50 | 20 ms | 50 |" in written


def test_a_row_is_kept_and_read_back():
    row = timed_rows(1)[0]
    assert against.Row.from_json(json.loads(json.dumps(row.as_json()))) == row


@pytest.mark.skipif(not peers.installed(), reason="the peers live in the environment of make bench")
@pytest.mark.parametrize("question", against.QUESTIONS)
def test_the_peers_agree_on_a_small_table(question):
    if not ours.has(question):
        pytest.skip("we have no such estimator yet")
    compare, _ = against.QUESTIONS[question]
    assert all(row.agree for row in compare(400, 5))


def test_the_study_of_edges_compares_with_and_without_steps(tmp_path, monkeypatch):
    monkeypatch.setattr(edges, "OUT", tmp_path / "edges.md")
    monkeypatch.setattr(edges, "TOYS", ("window",))
    monkeypatch.setattr(edges, "SIZES", (1000,))
    edges.main(["--tables", "8"])
    (row,) = re.findall(r"\| window \| x \| 0.81\d \| (\S+) -> (\S+) \|", (tmp_path / "edges.md").read_text())
    assert float(row[0]) < -0.04
    assert abs(float(row[1])) < 0.06
