"""Roles, scored: at least 97 % of the columns right and no result, identifier or moment taken for a hyperparameter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpi.roles import Declaration, Reading, Role, infer
from hpi.roles.by_itself import left_out
from hpi.space import Kind
from tests.roles import scored
from tests.roles.cells import Header, header
from tests.roles.headers import EXPORTS
from tests.roles.real import TABLES
from tests.roles.score import ASIDE, TUNED, main, of_real_tables

ALL = tuple(header for group in TUNED.values() for header in group)
NEW_ONCE = tuple(header for group in ASIDE.values() for header in group)
ENOUGH = 0.97


@pytest.mark.parametrize("group", [*TUNED, *ASIDE])
def test_enough_columns_have_the_right_role_and_none_is_harmful(group: str) -> None:
    scores = [scored.score(one) for one in (TUNED | ASIDE)[group]]
    misses = "\n".join(str(miss) for one in scores for miss in one.misses)
    assert scored.share(scores) >= ENOUGH, misses
    assert sum(one.n_harmful for one in scores) == 0, misses


def test_as_many_are_right_when_the_tables_are_read_from_files() -> None:
    scores = [scored.score(one, scored.as_file(one)) for one in ALL]
    misses = "\n".join(str(miss) for one in scores for miss in one.misses)
    assert sum(one.n for one in scores) > ENOUGH * sum(len(one.lines) for one in ALL)
    assert scored.share(scores) >= ENOUGH, misses
    assert sum(one.n_harmful for one in scores) == 0, misses


def test_the_columns_of_the_real_tables(shared: Path) -> None:
    scores = of_real_tables(shared / "tables")
    assert len(scores) == len(TABLES)
    assert scored.share(scores) == 1
    assert sum(one.n_harmful for one in scores) == 0


def test_every_kind_of_export_is_here_with_the_names_that_it_writes(shared: Path) -> None:
    known = json.loads((shared / "exports" / "headers.json").read_text())
    assert {one.title: {line.name for line in one.lines} for one in EXPORTS} == {
        title: set(names) for title, names in known.items()
    }


def test_there_are_as_many_tables_as_are_said_to_be() -> None:
    assert len(EXPORTS) >= 17
    assert len(ALL) - len(EXPORTS) >= 14
    assert 3 * len(NEW_ONCE) >= len(ALL) - len(EXPORTS)
    titles = [one.title for one in (*ALL, *NEW_ONCE)]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("one", [*ALL, *NEW_ONCE], ids=lambda one: one.title)
def test_every_column_has_a_reason_and_a_table_one_metric(one: Header) -> None:
    columns = infer(one.frame)
    assert all(0 < len(column.reason) < 160 and "\n" not in column.reason for column in columns)
    assert sum(column.role is Role.METRIC for column in columns) == 1


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.title)
def test_the_order_of_columns_does_not_matter(one: Header) -> None:
    frame = one.frame
    there = {column.name: column for column in infer(frame)}
    assert {column.name: column for column in infer(frame[list(frame.columns)[::-1]])} == there


def test_the_score_counts_what_is_wrong() -> None:
    """Three columns, each called what it is not: a loss for a learning rate, and so on."""
    wrong = header("upside down", "lr | min | log 1e-5 1e-1\ndepth | id | int 1 9\nval_loss | hp | flat 0 1")
    found = scored.score(wrong)
    assert (found.n, found.n_right, found.n_harmful) == (3, 0, 2)
    assert scored.share([found]) == 0
    right = header("upright", "lr | hp | log 1e-5 1e-1\ndepth | hp | int 1 9\nval_loss | min")
    assert (scored.score(right).n_right, scored.score(right).n_harmful) == (3, 0)
    assert scored.share([found, scored.score(right)]) == 0.5


def test_an_outcome_that_could_not_be_chosen_is_no_outcome() -> None:
    assert scored.fits(left_out("acc", "an outcome", outcome=True), "outcome")
    assert not scored.fits(left_out("acc", "bookkeeping"), "outcome")
    assert not scored.fits(left_out("run_id", "an outcome", outcome=True), "id")


def test_the_score_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["-v"])
    printed = capsys.readouterr().out
    assert all(one.title in printed for one in ALL)
    assert "all that the rules were tuned on" in printed


def test_what_is_text_in_a_file_is_what_it_stands_for() -> None:
    found = {column.name: column for column in infer(next(one for one in ALL if one.title == "as_text").frame)}
    assert {name: column.kind for name, column in found.items() if column.kind is not None} == {
        "learning_rate": Kind.FLOAT,
        "momentum": Kind.FLOAT,
        "nesterov": Kind.BOOL,
        "layers": Kind.CATEGORY,
        "augmentation": Kind.CATEGORY,
        "depth": Kind.INT,
    }
    assert found["learning_rate"].log


def test_what_a_file_declares_goes_before_what_a_name_says() -> None:
    frame = header("declared", "runtime | hp | int 1 9\nseed | hp | int 1 9\nval_loss | min").frame
    space = (("runtime", Declaration(Kind.INT)), ("seed", Declaration(Kind.INT)))
    guessed = {column.name: column.role for column in infer(frame)}
    declared = {column.name: column for column in infer(frame, None, Reading(reader="Optuna", space=space))}
    assert guessed == {"runtime": Role.LEFT_OUT, "seed": Role.CONTEXT, "val_loss": Role.METRIC}
    assert [declared[name].role for name in ("runtime", "seed")] == [Role.HYPERPARAMETER] * 2
    assert declared["runtime"].reason == "declared by the file (Optuna)"
