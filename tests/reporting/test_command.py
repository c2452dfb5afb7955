"""`python -m hpi report`: what it writes, what it refuses, and the options that a command repeats a table by."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import hpi
from hpi.__main__ import main
from tests.reporting.tables import DIGITS, SPACE

ROOT = Path(__file__).resolve().parents[2]


def complaint(capsys, *arguments: object) -> str:
    """The one line on standard error of a command that is refused."""
    assert main([str(one) for one in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_it_writes_a_page_and_says_where(tmp_path, capsys):
    path = tmp_path / "Report.HTML"
    assert main(["report", str(DIGITS), "-o", str(path), "--note", "Ours & theirs.", "--target", "0.2"]) == 0
    written = path.read_text("utf-8")
    assert capsys.readouterr().out == f"Written to {path} ({path.stat().st_size:,} bytes).\n"
    assert written.startswith("<!DOCTYPE html>")
    assert "Ours &amp; theirs." in written
    assert "in the best 20\u00a0% by val_accuracy?" in written


@pytest.mark.parametrize("name", ["numbers.json", "numbers.csv"])
def test_the_name_says_what_is_written(tmp_path, name):
    assert main(["report", str(DIGITS), "-o", str(tmp_path / name), "--seed", "4"]) == 0
    written = (tmp_path / name).read_text("utf-8")
    if name.endswith("csv"):
        assert written.startswith("part,name,second,at,at_second,quantity,value,low,high,n,p_value,unit,text\n")
        return
    expected = hpi.importance(hpi.read(DIGITS), seed=4).to_dict()
    assert json.loads(written)["importance"] == json.loads(json.dumps(expected))
    assert json.loads(written)["made"].endswith("+00:00")


def test_a_report_that_is_there_is_replaced_whole_and_others_may_read_it(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(0o600)
    os.umask(before := os.umask(0o022))
    assert main(["report", str(DIGITS), "-o", str(path)]) == 0
    assert json.loads(path.read_text("utf-8"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~before
    assert [one.name for one in tmp_path.iterdir()] == ["report.json"]


def test_a_dash_prints_the_page_as_utf_8_whatever_the_shell_speaks():
    here = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    call = [sys.executable, "-m", "hpi", "report", str(DIGITS), "-o", "-", "--note", "é ☃"]
    ran = subprocess.run(call, env=here, capture_output=True, check=True)
    assert ran.stderr == b""
    assert ran.stdout.startswith(b"<!DOCTYPE html>")
    assert "é ☃".encode() in ran.stdout
    assert ran.stdout.endswith(b"</html>\n")


def test_what_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path, capsys):
    assert "name an .html, .json or .csv file" in complaint(capsys, "report", DIGITS, "-o", tmp_path / "report.pdf")
    assert "cannot be written" in complaint(capsys, "report", DIGITS, "-o", tmp_path / "nowhere" / "report.html")
    folder = tmp_path / "report.html"
    folder.mkdir()
    assert "cannot be written" in complaint(capsys, "report", DIGITS, "-o", folder)
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_a_bad_question_writes_nothing(tmp_path, capsys):
    path = tmp_path / "report.html"
    assert "target is 0.5" in complaint(capsys, "report", DIGITS, "-o", path, "--region", ".2", "--target", ".5")
    assert "tolerance is -1" in complaint(capsys, "report", DIGITS, "-o", path, "--tolerance", "-1")
    assert "there are: ped-anova, " in complaint(capsys, "report", DIGITS, "-o", path, "--estimator", "all")
    assert not path.exists()


# ---- roles and spaces on the command line


def answer(capsys, *arguments: object) -> dict:
    assert main([*(str(one) for one in arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_roles_can_be_given(capsys):
    columns = answer(capsys, "describe", DIGITS, "--role", "momentum=left out", "--role=trial=hyperparameter")[
        "columns"
    ]
    roles = {column["name"]: column["role"] for column in columns}
    assert (roles["momentum"], roles["trial"]) == ("left out", "hyperparameter")


def test_a_space_can_be_given_as_text(capsys):
    printed = answer(capsys, "importance", DIGITS, "--space", json.dumps(SPACE))
    expected = hpi.importance(hpi.read(DIGITS, space=SPACE)).to_dict()
    assert printed == json.loads(json.dumps(expected))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--role", "momentum"], "The role 'momentum' is not of the form COLUMN=ROLE"),
        (["--role", "momentum=none"], "The role of momentum is 'none'; allowed are"),
        (["--role", "momentum=context", "--role", "momentum=metric"], "is given twice"),
        (["--role", "nothing=context"], "nothing"),
        (["--space", '{"lr": '], "The space given as text cannot be read as JSON"),
        (["--space", '{"lr": ' * 100_000], "nested too deeply"),
        (["--space", "nowhere.json"], "The space nowhere.json cannot be read"),
    ],
)
def test_roles_and_spaces_that_make_no_sense_are_refused(capsys, arguments, said):
    assert said in complaint(capsys, "describe", DIGITS, *arguments)
