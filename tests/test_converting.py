"""`python -m hpi convert`: any source in, the table as it was understood out, and read back as the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import hpi
from hpi.__main__ import main
from hpi.readers import own
from hpi.roles import Reading
from hpi.table.stored import KEY
from tests.readers.stored_studies import Storage, choice, uniform

RNG = np.random.default_rng(4)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """An Optuna storage with two studies, of which the longer one is maximised."""
    storage = Storage()
    for name, n in (("long", 60), ("short", 20)):
        one = storage.study(name, "MAXIMIZE")
        for number in range(n):
            lr, opt = float(10 ** RNG.uniform(-4, -1)), float(number % 2)
            params = {"lr": (lr, uniform(1e-5, 1.0, log=True)), "opt": (opt, choice("sgd", "adam"))}
            storage.trial(one, number, params, [lr - opt], "COMPLETE" if number % 5 else "FAIL")
    path = tmp_path / "study.db"
    path.write_bytes(storage.data())
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


def test_describe_says_which_reader_states_and_objectives(capsys, study):
    said = answer(capsys, "describe", study)
    assert said["reader"] == "Optuna storage"
    assert said["states"] == {"COMPLETE": 48, "FAIL": 12}
    assert said["objectives"] == [{"name": "value", "direction": "maximize"}]
    assert said["part"] == {"is": "study", "taken": "long", "of": ["long", "short"]}
    assert any("short" in notice for notice in said["notices"])  # type: ignore[attr-defined]
    assert answer(capsys, "describe", study, "--study", "short")["rows"] == 20


def test_parquet_is_the_same_table_with_what_its_source_declared(capsys, study, tmp_path):
    out = tmp_path / "out.parquet"
    said = answer(capsys, "convert", study, "-o", out)
    assert (said["rows"], said["output"]) == (60, str(out))
    before, after = hpi.read(study), hpi.read(out)
    assert after.fingerprint == before.fingerprint
    assert after.hyperparameters == before.hyperparameters
    assert (after.metric, after.direction, after.states) == (before.metric, before.direction, before.states)
    assert after.reading.objectives == before.reading.objectives
    assert after.reading.space == before.reading.space
    assert (after.reading.reader, after.reading.parts) == ("Parquet", ())


def test_what_was_chosen_goes_along(capsys, tmp_path):
    rows = "".join(f"{RNG.random():.4f},{i % 4},{RNG.random():.4f},{RNG.random():.4f}\n" for i in range(40))
    (tmp_path / "a.csv").write_text(f"lr,depth,loss,other\n{rows}")
    out = tmp_path / "out.parquet"
    answer(
        capsys, "convert", tmp_path / "a.csv", "--metric", "other", "--maximize", "--role", "depth=context", "-o", out
    )  # fmt: skip
    after = hpi.read(out)
    assert (after.metric, after.direction) == ("other", "maximize")
    assert [hyperparameter.name for hyperparameter in after.hyperparameters] == ["lr"]
    assert {column.name: column.reason for column in after.columns}["depth"] == "said by the file (Parquet)"


def test_what_a_csv_cannot_hold_is_said(capsys, study, tmp_path):
    said = answer(capsys, "convert", study, "-o", tmp_path / "out.csv")
    assert any("--metric, --maximize" in notice for notice in said["notices"])  # type: ignore[attr-defined]


def test_csv_has_every_row_and_column_as_understood(capsys, study, tmp_path):
    out = tmp_path / "out.csv"
    answer(capsys, "convert", study, "-o", out)
    before, after = hpi.read(study), hpi.read(out, direction="maximize")
    assert list(after.frame.columns) == list(before.frame.columns)
    assert after.fingerprint == before.fingerprint
    assert after.states == before.states


def test_another_form_is_refused_before_anything_is_read(capsys, tmp_path):
    assert main(["convert", "nowhere.csv", "-o", str(tmp_path / "out.pkl")]) == 2
    assert "name a .csv or .parquet file" in capsys.readouterr().err


def test_several_files_become_one(capsys, tmp_path):
    for name in ("a", "b"):
        rows = "".join(f"{RNG.random():.4f},{RNG.random():.4f}\n" for _ in range(20))
        (tmp_path / f"{name}.csv").write_text(f"lr,loss\n{rows}")
    said = answer(capsys, "convert", tmp_path / "a.csv", tmp_path / "b.csv", "-o", tmp_path / "both.csv")
    assert said["rows"] == 40
    assert hpi.read(tmp_path / "both.csv").frame["file"].nunique() == 2


GOOD = Reading("Optuna storage", ("said",)).plain()


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"reading": 3}',
        b'{"reading": {"reader": 1}}',
        b"[" * 100_000,
        json.dumps({"reading": GOOD | {"space": {"lr": {"kind": "nothing"}}}}).encode(),
        json.dumps({"reading": GOOD | {"roles": [["lr", "king"]]}}).encode(),
        json.dumps({"reading": GOOD | {"objectives": [["loss", "sideways"]]}}).encode(),
        b" " * (own.LONGEST + 1),
    ],
)
def test_what_somebody_else_put_there_says_nothing(written):
    assert own.reading_of({KEY: written}, {"lr"}) is None
    assert own.reading_of(None, {"lr"}) is None


def test_columns_that_are_not_there_are_not_spoken_of():
    plain = GOOD | {"roles": [["lr", "left out"], ["gone", "context"]], "objectives": [["gone", None]]}
    reading = own.reading_of({KEY: json.dumps({"reading": plain}).encode()}, {"lr"})
    assert reading is not None
    assert [name for name, _ in reading.roles] == ["lr"]
    assert reading.objectives == ()
