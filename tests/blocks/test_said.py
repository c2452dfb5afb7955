"""What is said of a table beyond memory: what is known of all rows, and what of those at hand alone."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.__main__ import main
from hpi.blocks import asking
from hpi.filters import Between, OneOf
from hpi.reporting import sections
from hpi.reporting.contents import contents
from hpi.space import drawing
from hpi.subspace import Subspace
from tests.parquet import trials, write

N, DRAWN = 3000, 1024


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Rows of which a third can be at hand: in every fourth the loss is infinite, in every third the trial failed."""
    frame = trials(N).rename(columns={"val_accuracy": "loss"})
    i = np.arange(N)
    frame["state"] = np.where(i % 3 == 0, "FAILED", "COMPLETED")
    frame.loc[i % 4 == 1, "loss"] = np.inf
    monkeypatch.setenv("HPI_READ_ROWS", "2000")
    monkeypatch.setattr(drawing, "MOST_DRAWN", DRAWN)
    return write(tmp_path / "sweeps", frame)


@pytest.fixture
def drawn(folder) -> pd.DataFrame:
    """The rows at hand, found by counting by hand."""
    whole = pd.concat([pd.read_parquet(one) for one in sorted(folder.glob("*.parquet"))], ignore_index=True)
    order = np.argsort(drawing.hashes(np.arange(N)), kind="stable")
    return whole.iloc[np.sort(order[:DRAWN])]


def never(*_arguments: object) -> None:
    """Stand in for what must not happen."""
    raise AssertionError("rows were read")


def test_describe_says_of_which_rows_states_and_reasons_are(folder, drawn, capsys):
    assert main(["describe", str(folder), "--metric", "loss", "--minimize", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["rows"], printed["trials"], printed["states"], printed["excluded"]) == (N, None, None, None)
    at_hand = printed["at_hand"]
    assert at_hand["rows"] == DRAWN
    assert at_hand["states"] == dict(drawn["state"].value_counts())
    assert at_hand["trials"] == int((np.isfinite(drawn["loss"]) & (drawn["state"] == "COMPLETED")).sum())
    assert at_hand["trials"] + sum(at_hand["excluded"].values()) == DRAWN
    assert main(["describe", str(folder), "--metric", "loss", "--minimize"]) == 0
    said = capsys.readouterr().out.splitlines()
    failed = int((drawn["state"] == "FAILED").sum())
    assert [
        line
        for line in said
        if line.startswith("Of the 1,024 rows at hand: Rows by how") and f"FAILED: {failed}" in line
    ]


def test_describe_of_a_table_in_memory_knows_all(folder, monkeypatch, capsys):
    monkeypatch.delenv("HPI_READ_ROWS")
    assert main(["describe", str(folder), "--metric", "loss", "--minimize", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["at_hand"] is None
    assert printed["states"] == {"COMPLETED": N * 2 // 3, "FAILED": N // 3}
    assert printed["trials"] == N // 2  # of twelve rows four failed, and of the eight others two have no finite loss


@pytest.mark.parametrize("command", [("across",), ("convert", "-o", "out.csv")])
def test_what_needs_all_rows_refuses_before_any_is_read(folder, capsys, monkeypatch, command):
    monkeypatch.setattr(asking, "looked_at", never)
    name, *more = command
    assert main([name, str(folder), *more]) == 2
    assert "sweeps is larger than memory (3,000 rows), and" in capsys.readouterr().err


def test_across_refuses_a_table_that_is_open(folder):
    with pytest.raises(hpi.TableError, match=r"sweeps is larger than memory \(3,000 rows\), and is not divided"):
        hpi.across(hpi.read(folder, metric="loss", direction="minimize"))


def test_who_stops_a_command_reads_one_line(folder, capsys, monkeypatch):
    def stopped(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(asking, "looked_at", stopped)
    assert main(["importance", str(folder), "--json"]) == 130
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "Stopped before there was an answer.\n")


def asked(folder) -> hpi.TrialTable:
    return hpi.read(folder, metric="loss", direction="minimize")


def test_a_notice_on_rows_says_that_it_is_of_those_at_hand_wherever_it_is_read(folder, drawn):
    table = asked(folder)
    infinite = int((np.isinf(drawn["loss"]) & (drawn["state"] == "COMPLETED")).sum())
    said = f"Of the 1,024 rows at hand: {infinite:,} rows have an infinite loss: left out."
    assert said in table.notices
    assert said in hpi.importance(table).warnings
    assert said in hpi.findings(table).cannot_say
    first, *others = table.notices
    assert first.startswith(f"Of {N:,} rows 1,024 are at hand")
    assert "Bounds and levels are those observed: the search space was not declared." in others


def test_where_all_rows_are_at_hand_nothing_is_said_of_a_part(folder, monkeypatch):
    monkeypatch.setattr(drawing, "MOST_DRAWN", N)
    infinite = N // 6  # of twelve rows three, of which one failed
    table = asked(folder)
    assert f"{infinite} rows have an infinite loss: left out." in table.notices
    assert not [notice for notice in table.notices if "at hand" in notice]


def test_a_filter_that_nothing_passes_is_named_as_in_memory(folder, monkeypatch):
    where = (Between("lr", 5, 6), OneOf("optimizer", ("adam",)))
    messages = []
    for rows in ("2000", "5000"):
        monkeypatch.setenv("HPI_READ_ROWS", rows)
        with pytest.raises(hpi.SubspaceError) as refused:
            hpi.importance(asked(folder), subspace=Subspace(where=where))
        messages.append(str(refused.value))
    assert messages == ["No trial passes lr=5:6 and optimizer=adam; widen the filter."] * 2


def test_the_report_says_of_what_its_sum_is(folder):
    table = asked(folder)
    known = dict(sections.facts(contents(table)))
    digits = table.fingerprint[:16]
    assert known["Table"] == f"sweeps (sha256 of the names, sizes and footers of its files: {digits}…)"


def test_a_finding_from_a_part_says_so_and_one_from_all_does_not(folder, monkeypatch):
    def sentences(table: hpi.TrialTable) -> list[str]:
        found = [one.text for one in hpi.findings(table).findings if "times those elsewhere" in one.text]
        assert found
        return found

    assert all(re.search(r"\(of all trials looked at [\d,]+ of \d{3} do\)", text) for text in sentences(asked(folder)))
    monkeypatch.setenv("HPI_READ_ROWS", "5000")
    monkeypatch.setattr(drawing, "MOST_DRAWN", N)
    assert all(re.search(r"\(of all trials [\d,]+ of 1,500 do\)", text) for text in sentences(asked(folder)))
