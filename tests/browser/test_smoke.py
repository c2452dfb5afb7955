"""The whole way once: a real browser opens an example, and its bars are what the command line says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.browser.charts import wait_for_chart
from tests.browser.servers import ROOT


def test_an_example_opens_with_one_click_and_shows_what_the_command_line_says(server, page):
    page.goto(server)
    page.get_by_role("button", name="digits_mlp.csv").click()
    bars = next(trace for trace in wait_for_chart(page) if trace["name"] == "importance")
    command = "-m hpi importance examples/digits_mlp.csv --space examples/digits_mlp.space.json --json"
    ran = subprocess.run([sys.executable, *command.split()], cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(ran.stdout)["hyperparameters"]
    assert bars["customdata"] == [score["name"] for score in said]
    assert bars["x"] == pytest.approx([score["importance"] for score in said], abs=1e-12)
