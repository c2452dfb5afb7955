"""The command line: one JSON object or one line of complaint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.__main__ import main
from hpi.statements import FindingKind, paper
from hpi.toys import ADDITIVE


@pytest.fixture
def csv(tmp_path):
    frame = ADDITIVE.draw(300, np.random.default_rng(0))
    frame["kind"] = np.random.default_rng(1).choice(["x", "y"], 300)
    path = tmp_path / "trials.csv"
    frame[["kind", *"abcdef", "loss"]].to_csv(path, index=False)
    return path


def answer(capsys, *arguments: object) -> dict:
    assert main([str(a) for a in arguments]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return json.loads(printed.out)


def complaint(capsys, *arguments: object) -> str:
    try:
        code = main([str(a) for a in arguments])
    except SystemExit as stop:
        code = stop.code
    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def test_importance_answers_as_the_python_call_does(capsys, csv):
    printed = answer(capsys, "importance", csv, "--target", ".2", "--where", "kind=x", "--seed", "3", "--json")
    expected = hpi.importance(
        hpi.read(csv), subspace=hpi.Subspace(target=0.2, where=(hpi.OneOf("kind", ("x",)),)), seed=3
    )
    assert printed == json.loads(json.dumps(expected.to_dict()))
    assert printed["subspace"]["where"] == ["kind=x"]
    assert printed["hyperparameters"][0]["name"] in "ab"


def test_describe_says_role_and_reason_of_every_column(capsys, csv):
    printed = answer(capsys, "describe", csv, "--json")
    assert printed["rows"] == 300
    roles = {column["name"]: column["role"] for column in printed["columns"]}
    assert roles == {**dict.fromkeys(["kind", *"abcdef"], "hyperparameter"), "loss": "metric"}
    assert all(column["reason"] for column in printed["columns"])
    assert printed["columns"][-1]["direction"] == "minimize"
    assert set(printed["columns"][0]) == {"name", "role", "kind", "log", "direction", "reason"}


def test_a_declared_space_is_used(capsys, csv, tmp_path):
    space = tmp_path / "space.json"
    space.write_text(json.dumps({"a": {"kind": "float", "low": -1, "high": 2}}))
    assert answer(capsys, "importance", csv, "--space", space, "--json")["used"] == 300
    space.write_text(json.dumps({"a": {"kind": "float", "low": 0.5, "high": 2}}))
    assert "a" in complaint(capsys, "importance", csv, "--space", space, "--json")
    space.write_text("[1]")
    assert "one JSON object" in complaint(capsys, "importance", csv, "--space", space)
    space.write_text("{")
    assert "cannot be read as JSON" in complaint(capsys, "importance", csv, "--space", space)
    assert "cannot be read" in complaint(capsys, "importance", csv, "--space", tmp_path / "none.json")
    space.write_text(100_000 * "[")
    assert "nested too deeply" in complaint(capsys, "importance", csv, "--space", space)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metric", "nothing"], "nothing"),
        (["--estimator", "anova"], "there are: ped-anova"),
        (["--estimator", "anova"], "permutation, all."),
        (["--target", "2"], "target is 2"),
        (["--target", "much"], "invalid float"),
        (["--region", "0.1", "--target", "0.3"], "must be the smaller"),
        (["--where", "kind=z"], "has no value 'z'"),
        (["--maximize", "--minimize"], "not allowed"),
        (["--set", "trees=3"], "no setting 'trees'; it has: compatible, form, "),
        (["--set", "permutations=many"], "takes a whole number"),
        (["--set", "permutations=" + 5000 * "1"], "takes a whole number"),
        (["--set", "permutations=200", "--set", "permutations=300"], "permutations is given twice: '200' and '300'"),
        (["--target", "0.01"], "at least 8 are needed"),
        (["--seed", "-1"], "seed is -1"),
        (["--unknown"], "unrecognized"),
    ],
)
def test_complaints_are_one_line(capsys, csv, arguments, message):
    assert message in complaint(capsys, "importance", csv, *arguments, "--json")


def test_a_missing_file_is_named(capsys, tmp_path):
    assert "none.csv" in complaint(capsys, "describe", tmp_path / "none.csv", "--json")


def test_the_hint_is_a_command_that_works(capsys):
    assert "(see python -m hpi --help)" in complaint(capsys)
    assert "(see python -m hpi importance --help)" in complaint(capsys, "importance")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_line_and_a_closed_pipe_is_none(csv):
    command = [sys.executable, "-m", "hpi", "describe", str(csv)]
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr == "The answer cannot be printed: No space left on device.\n"
    piped = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    piped.stdout.close()
    assert piped.stderr.read() == ""
    piped.stderr.close()
    assert piped.wait() == 0


def test_a_terminal_without_unicode_gets_an_answer(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("größe,loss\n" + "\n".join(f"{i},{i % 7}" for i in range(60)), encoding="utf-8")
    command = [sys.executable, "-m", "hpi", "describe", str(path)]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(command, capture_output=True, text=True, env=env, check=True)
    assert "gr\\xf6\\xdfe: hyperparameter" in ended.stdout


def test_settings_reach_the_estimator(capsys, csv):
    printed = answer(capsys, "importance", csv, "--set", "permutations=300", "--json")
    assert printed["estimator"]["settings"]["permutations"] == 300


def test_no_signal_is_an_answer(capsys, tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "noise.csv"
    pd.DataFrame({"x": rng.random(200), "y": rng.random(200), "loss": rng.random(200)}).to_csv(path, index=False)
    printed = answer(capsys, "importance", path, "--json")
    assert not any(score["detectable"] for score in printed["hyperparameters"])
    assert any(warning.startswith("No signal") for warning in printed["warnings"])


def test_text_for_people(capsys, csv):
    assert main(["importance", str(csv)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("loss (minimize): the best 0.1 (30 trials)")
    assert "not told apart from chance" in "".join(lines)
    assert main(["describe", str(csv)]) == 0
    assert "loss: metric" in capsys.readouterr().out


def test_the_same_command_prints_the_same_bytes(csv):
    """In fresh processes, where hash seeds and addresses differ."""
    command = [sys.executable, "-m", "hpi", "importance", str(csv), "--json"]
    first, second = (subprocess.run(command, capture_output=True, check=True) for _ in range(2))
    assert first.stdout == second.stdout
    assert first.stderr == b""


def test_findings_answer_as_the_python_call_does(capsys, csv):
    printed = answer(
        capsys, "findings", csv, "--region", ".9", "--where", "kind=x", "--tolerance", ".05", "--minimize", "--json"
    )
    subspace = hpi.Subspace(0.9, None, (hpi.OneOf("kind", ("x",)),))
    expected = hpi.findings(hpi.read(csv, direction="minimize"), subspace=subspace, tolerance=0.05)
    assert printed == json.loads(json.dumps(expected.to_dict()))
    assert set(printed) == {"findings", "cannot_say", "candidates"}
    assert printed["candidates"] > len(printed["findings"]) > 0
    fields = "kind text hyperparameters effect low high unit p_adjusted n strength except"
    assert set(fields.split()) == set(printed["findings"][0])
    assert {finding["kind"] for finding in printed["findings"]} <= {str(kind) for kind in FindingKind}


@pytest.mark.parametrize(("option", "write"), [([], paper.as_text), (["--markdown"], paper.as_markdown)])
def test_findings_for_people(capsys, csv, option, write):
    assert main(["findings", str(csv), *option]) == 0
    assert capsys.readouterr().out == write(hpi.findings(hpi.read(csv))) + "\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tolerance", "0"], "tolerance is 0"),
        (["--tolerance", "nan"], "tolerance is nan"),
        (["--tolerance", "much"], "invalid float"),
        (["--json", "--markdown"], "not allowed with argument"),
        (["--estimator", "linear"], "unrecognized"),
        (["--seed", "much"], "invalid int"),
        (["--region", ".04", "--target", ".01"], "at least 16 are needed"),
        (["--where", "kind=z"], "has no value 'z'"),
    ],
)
def test_complaints_about_findings_are_one_line(capsys, csv, arguments, message):
    assert message in complaint(capsys, "findings", csv, *arguments)


def test_a_table_that_says_nothing_is_an_answer(capsys, tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "noise.csv"
    pd.DataFrame({"x": rng.random(200), "y": rng.random(200), "loss": rng.random(200)}).to_csv(path, index=False)
    assert [
        one for one in answer(capsys, "findings", path, "--json")["findings"] if one["kind"] != "no difference"
    ] == []


@pytest.mark.parametrize("form", ["--json", "--markdown"])
def test_findings_are_the_same_bytes_whatever_the_hash_seed(csv, form):
    command = [sys.executable, "-m", "hpi", "findings", str(csv), form]
    ran = [
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert ran[0].stdout == ran[1].stdout
    assert len(ran[0].stdout) > 1000
    assert ran[0].stderr == b""
