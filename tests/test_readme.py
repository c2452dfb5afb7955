"""The README says what is true: estimators, packages, commands, files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hpi

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("estimator", hpi.ESTIMATORS, ids=lambda estimator: estimator.name)
def test_every_estimator_is_described(estimator):
    assert f"**{estimator.title}**" in README


def test_every_runtime_package_has_its_reason():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
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
