"""What a link shows is what was stored: the same cells, roles, settings and numbers, to the last bit."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi import curve, effects, packing
from hpi.effects.outcome import outcome_of
from hpi.errors import TableError
from hpi.estimators import ESTIMATORS, Fanova, PedAnova
from hpi.filters import Between
from hpi.scoring import score
from hpi.sharing import LONGEST_NOTE, Found, Snapshot, View, restore, save
from hpi.space import Kind
from hpi.subspace import Subspace, select

SMALL = hpi.read("examples/known_function.csv")
CHANGED = SMALL.revise(roles=(("f", hpi.Role.CONTEXT),), metric=SMALL.metric, direction=hpi.Direction.MAXIMIZE)


def snapshot(table=SMALL, estimator=PedAnova(), **changes):  # noqa: B008
    sample = select(table, Subspace(0.8, 0.2, (Between("a", 0.1, None),)))
    result = score(table, sample, estimator, 3)
    view = View(table.metric, table.direction, None, 0.8, 0.2, (Between("a", 0.1, None),), estimator.name, (), 3, "b")
    found = Found(result, hpi.findings(table, subspace=Subspace(0.8, 0.2)))
    return replace(Snapshot(table, view, "one", found, "look at b"), **changes)


def there_and_back(shared, change=lambda record: record):
    record, blobs = save(shared)
    return restore(change(json.loads(json.dumps(record, allow_nan=False))), blobs)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda one: one.name)
def test_the_numbers_come_back_to_the_last_bit(estimator):
    settings = {"permutations": 100} if estimator is Fanova else {}
    before = snapshot(estimator=estimator(**settings))
    after = there_and_back(before)
    assert repr(after.found.result) == repr(before.found.result)
    assert json.dumps(after.found.result.to_dict()) == json.dumps(before.found.result.to_dict())
    assert after.found.findings.to_dict() == before.found.findings.to_dict()


def test_everything_else_comes_back_too():
    before = snapshot(CHANGED)
    after = there_and_back(before)
    assert (after.view, after.page, after.note, after.version) == (before.view, "one", "look at b", hpi.__version__)
    assert after.notices == ()
    assert after.table.choices == CHANGED.choices
    assert after.table.columns == CHANGED.columns
    assert after.table.fingerprint == SMALL.fingerprint


def test_curve_and_held_effects_come_back_to_the_last_bit():
    sample = select(SMALL, Subspace())
    drawn = curve.curve_of(sample.design, 1.0, PedAnova())
    held = effects.adjusted(sample, outcome_of(SMALL)[0], np.random.default_rng(0), ("a", "b"))
    before = snapshot()
    before = replace(before, found=replace(before.found, curve=drawn, adjusted=held))
    after = there_and_back(before).found
    for name in ("targets", "n_target", "importance", "low", "high"):
        np.testing.assert_array_equal(getattr(after.curve, name), getattr(drawn, name))
    assert packing.to_bytes(after.adjusted) == packing.to_bytes(held)


def test_declared_spaces_and_kinds_come_back():
    table = hpi.read("examples/known_function.csv", space={"a": {"kind": "float", "low": 0, "high": 2},
                                                           "b": {"kind": "float"}})  # fmt: skip
    after = there_and_back(snapshot(table))
    assert after.table.choices == table.choices
    assert after.table.hyperparameters == table.hyperparameters
    assert dict(after.table.choices.space)["a"].kind is Kind.FLOAT


def test_a_table_without_results_comes_back_without():
    assert there_and_back(snapshot(found=None)).found is None


def test_equal_tables_are_one_blob():
    assert save(snapshot())[1]["table"] == save(snapshot(CHANGED))[1]["table"]


# what a newer version wrote
@pytest.mark.parametrize("change", [
    lambda record: record | {"form": 2, "new": {"x": 1}},
    lambda record: record | {"form": 2, "choices": {"class": "Choices2", "fields": {}}},
    lambda record: record | {"form": 2, "choices": {"class": "Choices", "fields": {"colour": 1}}},
    lambda record: record | {"form": 2, "view": {"palette": ["x"], "top": 3, "est": ["next"]}, "roles": 5},
    lambda record: {"form": 2},
    lambda record: record | {"form": 2, "note": 7, "page": None, "file": []},
])  # fmt: skip
def test_u14_a_record_of_a_newer_version_opens_with_defaults_and_says_so(change):
    after = there_and_back(snapshot(), change)
    assert after.table.fingerprint == SMALL.fingerprint
    assert "another version" in after.notices[0]
    # numbers are shown with the question that they answer, or not at all
    assert (after.found is not None) == (after.view == snapshot().view)


def test_u15_settings_that_name_a_column_that_is_not_there_fall_back():
    after = there_and_back(snapshot(), lambda record: record | {"view": record["view"] | {"hp": ["gone"]}})
    assert (after.view.hyperparameter, after.view.seed) == (None, 3)
    assert any("“hp”" in notice for notice in after.notices)


def test_results_of_another_form_are_left_out_and_that_is_said():
    record, blobs = save(snapshot())
    for content in (packing.to_bytes((1, 2)), b"", b"PK\x03\x04 broken", packing.to_bytes("x")):
        after = restore(record, blobs | {"results": content})
        assert after.found is None
        assert "cannot read the stored numbers; they are worked out anew" in after.notices[0]


def test_numbers_of_a_question_that_cannot_be_asked_again_are_not_shown():
    after = there_and_back(snapshot(), lambda record: record | {"view": record["view"] | {"where": ["gone=1"]}})
    assert after.found is None
    assert any("cannot ask what was asked" in notice for notice in after.notices)


def test_columns_keep_the_roles_that_they_had():
    before = snapshot()
    record, blobs = save(before)
    roles = record["roles"] | {"e": "context"}  # as if an older version had inferred so
    after = restore(record | {"roles": roles}, blobs)
    assert {column.name: column.role for column in after.table.columns}["e"] is hpi.Role.CONTEXT


def test_a_link_made_before_epochs_could_be_chosen_counts_the_last_as_it_did():
    rng = np.random.default_rng(1)
    lr, epoch = np.repeat(rng.random(40), 3), np.tile([1, 2, 3], 40)
    table = hpi.read(pd.DataFrame({"lr": lr, "epoch": epoch, "loss": lr + abs(epoch - 2)}))
    shared = Snapshot(table, View(table.metric, table.direction), "importance")

    def before(record):
        fields = record["choices"]["fields"]
        return record | {
            "choices": record["choices"] | {"fields": {key: fields[key] for key in fields if key != "reduce"}}
        }

    assert set(there_and_back(shared).table.trials["epoch"]) == {2}
    assert set(there_and_back(shared, before).table.trials["epoch"]) == {3}


def test_a_table_that_is_none_is_refused():
    record, blobs = save(snapshot())
    with pytest.raises(TableError, match="upload the file again"):
        restore(record, blobs | {"table": b"nothing"})


def test_a_long_note_is_cut():
    assert len(there_and_back(snapshot(note="x" * 10_000)).note) == LONGEST_NOTE
