"""What stands at the end of a report gives the same numbers: the snippet run as a file, the command in a shell."""

from __future__ import annotations

import json
import os
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.filters import parse_filter
from hpi.reporting import as_json, command_line, contents, snippet
from hpi.roles import ContextKind
from tests.golden import SPACES
from tests.reporting.tables import CASES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=CASES)
def case(request, tmp_path):
    one = CASES[request.param]
    table = one.table(tmp_path)
    return tmp_path, contents(table, one.asked, one.estimator, one.seed, tolerance=one.tolerance)


def run(text: str) -> dict:
    """The names that a snippet leaves behind when it is run as a file of its own, here."""
    path = Path("again.py")
    path.write_text(text, encoding="utf-8")
    return runpy.run_path(str(path))


def test_the_snippet_gives_the_same_numbers(case, monkeypatch, capsys):
    folder, made = case
    monkeypatch.chdir(folder)
    known = run(snippet(made))
    assert known["result"].to_dict() == made.result.to_dict()
    assert known["found"].to_dict() == made.findings.to_dict()
    printed = capsys.readouterr().out
    assert all(finding.text in printed for finding in made.findings.findings)


def test_the_command_gives_the_same_numbers(case):
    folder, made = case
    line = command_line(made)
    assert line.startswith("python -m hpi report ")
    assert line.endswith(" -o report.html")
    run = line.replace("python", sys.executable, 1).removesuffix("report.html") + "numbers.json"
    here = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(["sh", "-c", run], cwd=folder, env=here, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    again = json.loads((folder / "numbers.json").read_text("utf-8"))
    assert _numbers(again) == _numbers(json.loads(as_json(made)))


def _numbers(written: dict) -> dict:
    """All but when it was made, and why a column is what it is: the command says so, where the table had told."""
    for column in written["table"]["columns"]:
        del column["reason"]
    return written | {"made": None}


def test_what_is_usual_is_not_written(tmp_path):
    made = contents(CASES["usual"].table(tmp_path))
    assert "question = hpi.Subspace()\nestimator = PedAnova()\n" in snippet(made)
    assert "direction='maximize'" in snippet(made)  # what was inferred is said: another version may infer otherwise
    assert "--target" not in command_line(made)
    assert "--set" not in command_line(made)


@pytest.mark.parametrize("name", ["conditional_domain", "mixed", "cat10"])
def test_a_declared_space_comes_back(name, tmp_path):
    from hpi.reporting.again import declared_space

    table = CASES["usual"].table(tmp_path)
    frame_table = hpi.read(table.frame, metric="val_accuracy", direction="maximize")
    declared = hpi.roles.parse_space(SPACES[name])
    made = contents(frame_table)
    object.__setattr__(frame_table, "choices", hpi.roles.Choices(space=declared))
    assert hpi.roles.parse_space(json.loads(json.dumps(declared_space(made)))) == declared


def test_what_a_context_column_stands_for_is_written(tmp_path, monkeypatch):
    one = CASES["permuted"]
    table = one.table(tmp_path).revise(contexts=(("dataset", ContextKind.TASK),))
    made = contents(table, one.asked)
    monkeypatch.chdir(tmp_path)
    known = run(snippet(made))
    assert known["table"].choices.contexts == table.choices.contexts
    assert known["result"].to_dict() == made.result.to_dict()


def test_levels_between_commas_are_not_taken_for_another_level(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.random(120), "kind": rng.choice(["a", "b", "a,b"], 120)})
    table = hpi.read(frame.assign(loss=frame["x"]), direction="minimize")
    for levels in (("a", "b"), ("b", "a"), ("a,b", "a"), ("a", "a,b")):
        made = contents(table, hpi.Subspace(where=(hpi.OneOf("kind", levels),)))
        (word,) = (one for one in shlex.split(command_line(made)) if one.startswith("--where="))
        read = parse_filter(table, word.removeprefix("--where="))
        assert isinstance(read, hpi.OneOf)
        assert set(read.levels) == set(levels)
