"""The studies run and write what they measured; their long forms are run by hand."""

from __future__ import annotations

import re
import sys

from benchmarks import accuracy, speed
from hpi.toys import ADDITIVE


def test_accuracy_writes_a_row_for_each_hyperparameter_and_the_error_rate(tmp_path, monkeypatch):
    monkeypatch.setattr(accuracy, "OUT", tmp_path / "accuracy.md")
    monkeypatch.setattr(accuracy, "SIZES", (200,))
    monkeypatch.setattr(sys, "argv", ["accuracy", "--tables", "2"])
    accuracy.main()
    written = (tmp_path / "accuracy.md").read_text()
    truths = re.findall(r"\| additive \| 200 \| \w \| ([\d.]+) \|", written)
    assert [float(truth) for truth in truths] == list(ADDITIVE.truth)
    assert re.search(r"On 10 tables of pure noise .*\n.*probability [01]\.\d{3}", written)


def test_speed_writes_ratios_to_one_threshold_of_the_smallest_table(tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "OUT", tmp_path / "speed.md")
    monkeypatch.setattr(speed, "SIZES", (200, 400))
    speed.main()
    rows = re.findall(
        r"^\| ([\d,]+) \| [\d.]+ \| ([\d.]+) \| \d+ \|$", (tmp_path / "speed.md").read_text(), re.MULTILINE
    )
    assert [size for size, _ in rows] == ["200", "400"]
    assert rows[0][1] == "1.0"
