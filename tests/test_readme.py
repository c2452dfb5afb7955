"""The README says what is true: estimators, packages, commands, files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import hpi

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("estimator", hpi.ESTIMATORS, ids=lambda estimator: estimator.name)
def test_every_estimator_is_described(estimator):
    assert f"**{estimator.title}**" in README


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dask.txt"])
def test_every_runtime_package_has_its_reason(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    packages = [re.match(r"[\w-]+", line).group() for line in lines if line and not line.startswith("#")]
    assert packages
    for package in packages:
        assert f"**{package}**" in README, package


def test_every_linked_file_is_there():
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).is_file(), target


def test_every_make_command_is_a_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"(?:^    |`)(?:HPI_\w+=1 )?make ([a-z-]+)", README, re.MULTILINE)
    assert {"run", "test"} <= set(commands)
    for command in commands:
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_the_table_of_six_tasks_is_what_the_command_prints():
    command = next(
        line.split()[2:] for line in README.splitlines() if line.startswith("    python -m hpi across examples")
    )
    ran = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=True)
    printed = [line for line in ran.stdout.splitlines() if line.startswith("|")]
    assert len(printed) == 12
    assert "\n".join(printed) in README


def test_the_order_beside_the_paper_is_that_of_the_table():
    rows = re.findall(r"^\| (\w+) \|.*\| [0-9.]+ \|$", README, re.MULTILINE)
    (here,) = re.findall(r"^\| here, six tasks \| (.*) \|$", README, re.MULTILINE)
    assert here.split(" | ")[:4] == rows[:4]
