"""The study of calibration counts right, goes on where it was stopped, and writes what it found."""

from __future__ import annotations

import re

import numpy as np
import pytest

from benchmarks import measuring
from benchmarks.calibration import __main__ as study
from benchmarks.calibration import cells, peers, report, setup
from benchmarks.calibration.cells import NO_TOY, Cell, Found
from benchmarks.calibration.peers import Versus
from hpi.estimators import ESTIMATORS
from hpi.toys import TOYS
from tests.pools import SameProcess


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "KEPT", tmp_path)
    monkeypatch.setattr(study, "OUT", tmp_path / "calibration.md")
    monkeypatch.setenv("QUICK", "tiny")
    return tmp_path


def test_the_shortest_form_of_the_study_has_a_row_for_every_hyperparameter(kept, monkeypatch):
    few = TOYS[:2]
    monkeypatch.setattr(study, "TOYS", few)
    monkeypatch.setattr(measuring, "ProcessPoolExecutor", SameProcess)
    monkeypatch.setattr(peers, "installed", lambda: False)
    study.main([])
    written = (kept / "calibration.md").read_text()
    for estimator in ESTIMATORS:
        part = written.split(f"## {estimator.title}: every cell")[1].split("\n## ")[0]
        rows = re.findall(r"^\| (\S+) \| (\S+) \| 100 \| (\d) of (\d) \|", part, re.MULTILINE)
        assert [(toy, name) for toy, name, *_ in rows] == [(toy.name, name) for toy in few for name in toy.names]
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    study.main([])
    assert {path: path.stat().st_mtime_ns for path in kept.glob("*.json")} == before


def test_every_estimator_sees_the_same_tables():
    first, second = ([d.loss for d in cells.tables("additive", 50, 2)] for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert (first[0] != first[1]).any()


def test_intervals_are_counted_by_hand():
    """Two of three tables are answered; of these one interval holds the truth .5, and one mark is set."""
    ends = [np.array([[first], [second], [np.nan]]) for first, second in ((0.4, 0.8), (0.3, 0.7), (0.6, 0.9))]
    found = cells.counted(["a"], np.array([0.5]), ends, np.array([[True], [False], [False]]), 3)
    assert (found.answered, found.covered, found.marked, found.any_marked) == ([2], [1], [1], 1)
    assert found.mean == [pytest.approx(0.6)]
    assert found.rmse == [pytest.approx(np.sqrt((0.01 + 0.09) / 2))]
    assert found.width == [pytest.approx(0.25)]


def test_pairs_are_found_by_their_names():
    found = cells.run(Cell("ped-anova", "xor", 400, 3, pairs=True))
    assert found.names == ["p x q", "p x r", "q x r"]
    assert found.truth == pytest.approx([1, 0, 0], abs=0.02)
    assert found.marked[0] == 3
    assert found.mean[0] > 0.5 > found.mean[1]


def test_the_report_names_what_is_below_the_wanted_coverage():
    found = Found(
        ["a", "b"], [0.5, 0.1], [0.5, 0.1], [0.1, 0.1], [0.2, 0.2], [100, 100], [85, 95], [100, 60], 0, None, 100, 1
    )
    noise = Found(["a"], [None], [0.1], [None], [0.1], [50], [0], [2], 2, 1, 50, 1)
    measured = {Cell("ped-anova", "additive", 1000, 100): found, Cell("ped-anova", NO_TOY, 1000, 50): noise}
    written = report.written(report.Study(measured, [], "make study-importance", None))
    assert "| PED-ANOVA | 1,000 | 100 | 2 | 0.85 | 1 | additive a 0.85 |" in written
    assert "| PED-ANOVA | 1,000 | 50 | 0.040 [0.00, 0.14] | 0.020 [0.00, 0.11] | 0.80 |" in written  # (1.0 + .6) / 2


def test_binomial_intervals_are_those_of_the_tables():
    """Clopper and Pearson: 0 of 10 has the upper end 1 - .025^(1/10) = .31; 5 of 10 has [.187, .813]."""
    assert report._rate(0, 10) == "0.000 [0.00, 0.31]"
    assert report._rate(5, 10) == "0.500 [0.19, 0.81]"


def test_errors_beside_optuna_are_put_together_by_kind_of_function():
    rows = [Versus("ped-anova", "additive", 300, 5, 0.01, 0.04), Versus("ped-anova", "mixed", 300, 5, 0.02, 0.08)]
    written = report.written(report.Study({}, rows, "make study-importance", "Optuna 5"))
    assert "| PED-ANOVA | additive | 300 | 5 | 0.0100 | 0.0400 | 0.25 |" in written
    assert "| PED-ANOVA | **mean of all** | 300 | | 0.0150 | 0.0600 | 0.25 |" in written
    assert "| PED-ANOVA | **mean with log scales or categories** | 300 | | 0.0200 | 0.0800 | 0.25 |" in written


def test_the_full_study_has_the_tables_that_it_promises():
    assert setup.FULL.sizes == (300, 1000, 5000)
    assert setup.FULL.cheap_tables == 400
    assert min(setup.FULL.dear_tables.values()) >= 60


@pytest.mark.skipif(not peers.installed(), reason="Optuna lives in the environment of make study-importance")
def test_optuna_is_asked_about_the_same_tables():
    found = peers.versus("ped-anova", "additive", 300, 2, 4)
    assert 0 < found.ours < 0.2
    assert 0 < found.theirs < 0.3
