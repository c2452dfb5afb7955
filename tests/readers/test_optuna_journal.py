"""Optuna's journal file: its operations done again, as Optuna itself does them."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import HpiError, TableError
from hpi.readers.loading import load
from hpi.readers.protocol import Wanted
from hpi.roles.choices import Declaration
from hpi.roles.vocabulary import Direction
from hpi.space import Kind
from tests.readers.stored_studies import (
    choice,
    created,
    ended,
    integers,
    journal,
    optuna_journal,
    suggested,
    uniform,
)

STUDY = {"op_code": 0, "study_name": "search", "directions": [2]}
LR = uniform(1e-4, 1.0, log=True)


def test_a_study_is_what_its_operations_lead_to() -> None:
    note = {"op_code": 8, "trial_id": 0, "user_attr": {"note": "warm"}}
    loaded = load(
        journal(
            STUDY, created(0), suggested(0, "lr", 0.1, LR), suggested(0, "opt", 1.0, choice("sgd", "adam")), note,
            created(0), ended(0, 0.5), suggested(1, "lr", 0.01, LR), suggested(1, "depth", 3.0, integers(1, 8)),
            {"op_code": 7, "trial_id": 1, "step": 0, "intermediate_value": 0.125},
            {"op_code": 7, "trial_id": 1, "step": 1, "intermediate_value": 0.25},
            ended(1, state="PRUNED"), created(0),
        )
    )  # fmt: skip
    frame = loaded.frame
    np.testing.assert_array_equal(frame["number"], [0, 1, 2])
    np.testing.assert_array_equal(frame["value"], [0.5, 0.25, np.nan])
    np.testing.assert_array_equal(frame["params_lr"], [0.1, 0.01, np.nan])
    np.testing.assert_array_equal(frame["params_depth"], [np.nan, 3, np.nan])
    assert frame["params_opt"].tolist() == ["adam", None, None]
    assert frame["state"].tolist() == ["COMPLETE", "PRUNED", "RUNNING"]
    # 03:04:05.5 to 03:04:07
    assert frame["duration"].tolist()[0] == 1.5
    assert frame["user_attrs_note"].tolist() == ["warm", None, None]
    assert loaded.reading.objectives[0].direction is Direction.MAXIMIZE
    assert dict(loaded.reading.space) == {
        "params_lr": Declaration(Kind.FLOAT, 1e-4, 1.0, True),
        "params_opt": Declaration(Kind.CATEGORY, levels=("sgd", "adam")),
        "params_depth": Declaration(Kind.INT, 1.0, 8.0, False),
    }
    assert loaded.reading.notices == ()


def test_a_trial_that_was_added_whole_is_read() -> None:
    whole = {
        "op_code": 4, "study_id": 0, "datetime_start": None, "datetime_complete": "2026-01-02T03:04:07.000000",
        "state": 1, "value": None, "values": [1.0, 2.0], "distributions": {"lr": LR}, "params": {"lr": 0.5},
        "user_attrs": {"a": 1}, "system_attrs": {}, "intermediate_values": {"3": 9.0},
    }  # fmt: skip
    names = {"op_code": 3, "study_id": 0, "system_attr": {"study:metric_names": ["loss", "accuracy"]}}
    frame = load(journal(STUDY | {"directions": [1, 2]}, names, whole, whole)).frame
    np.testing.assert_array_equal(frame["values_loss"], [1.0, 1.0])
    np.testing.assert_array_equal(frame["values_accuracy"], [2.0, 2.0])
    np.testing.assert_array_equal(frame["params_lr"], [0.5, 0.5])


def test_what_has_ended_does_not_change() -> None:
    loaded = load(journal(STUDY, created(0), ended(0, 1.0), ended(0, 2.0), suggested(0, "lr", 0.1, LR), created(0)))
    np.testing.assert_array_equal(loaded.frame["value"], [1.0, np.nan])
    assert "params_lr" not in loaded.frame.columns
    assert loaded.reading.notices == ("2 lines of the journal made no sense and had no effect.",)


def test_a_study_that_was_deleted_is_gone_and_its_trials_keep_their_numbers() -> None:
    first = STUDY | {"study_name": "first"}
    gone = {"op_code": 1, "study_id": 0}
    loaded = load(journal(first, STUDY, created(0), created(1), suggested(1, "lr", 0.1, LR), gone, ended(1, 3.0)))
    assert loaded.reading.parts == ("search",)
    np.testing.assert_array_equal(loaded.frame["value"], [3.0])


def test_of_several_studies_the_one_with_the_most_complete_trials_is_taken() -> None:
    second = STUDY | {"study_name": "second"}
    data = journal(STUDY, second, created(1), ended(0, 1.0), created(1), ended(1, 2.0), created(0))
    assert load(data).reading.part == "second"
    assert len(load(data, Wanted(study="search")).frame) == 1
    with pytest.raises(TableError, match="no study 'third'"):
        load(data, Wanted(study="third"))


def test_a_last_line_that_is_still_written_is_left_out() -> None:
    whole = optuna_journal()
    loaded = load(whole + b'{"op_code": 6, "trial_')
    assert len(loaded.frame) == 3
    assert "last line of the journal is not whole" in loaded.reading.notices[0]


def test_a_line_that_is_no_json_is_refused_with_its_number() -> None:
    first, second, *others = optuna_journal().splitlines()
    with pytest.raises(TableError, match="line 2 is no whole JSON"):
        load(b"\n".join([first, second[1:], *others]))


def test_a_journal_without_a_study_is_refused() -> None:
    with pytest.raises(TableError, match="without a study"):
        load(journal(created(0)))


def test_a_journal_can_be_analysed() -> None:
    rng = np.random.default_rng(1)
    operations: list[Mapping[str, object]] = [{**STUDY, "directions": [1]}]
    for trial in range(80):
        at, noise = rng.uniform(-4, 0), rng.uniform()
        operations += [
            created(0),
            suggested(trial, "lr", 10.0**at, LR),
            suggested(trial, "noise", noise, uniform(0, 1)),
        ]
        operations += [ended(trial, (at + 2) ** 2)]
    table = hpi.read(journal(*operations))
    result = hpi.importance(table, subspace=hpi.Subspace(target=0.2)).frame()
    assert result.loc[result["share"].idxmax(), "name"] == "params_lr"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10) | st.floats() | st.sampled_from(["", "lr", LR, "x" * 300]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["lr", "state", "0"]), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), JSON), min_size=1, max_size=5))
def test_swapped_values_give_a_table_or_a_refusal(changes: list[tuple[int, int, object]]) -> None:
    lines = [json.loads(line) for line in optuna_journal().splitlines()]
    for line, key, value in changes:
        one = lines[line % len(lines)]
        one[list(one)[key % len(one)]] = value
    lines[0] = {"op_code": 0} | lines[0]
    try:
        hpi.read(journal(*lines))
    except HpiError as error:
        said = str(error)
    else:
        return
    assert said
