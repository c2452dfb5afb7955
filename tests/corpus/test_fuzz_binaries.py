"""Mutated Parquet, workbooks, databases, archives: a table or a refusal comes out, and nothing hangs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus import fuzz
from tests.corpus.fuzz import Hang, broken, failures, watched
from tests.corpus.mutations import binaries

CHUNKS, EACH = 10, 100
# the magic numbers that readers look for
MAGIC = (
    b"PK\x03\x04",
    b"PAR1",
    b"SQLite format 3\x00",
    b"\x1f\x8b\x08",
    b"\xd0\xcf\x11\xe0",
    b"ARROW1",
    b"\x89HDF",
    b"",
)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutated_bytes_are_read_or_refused(chunk: int) -> None:
    assert failures(binaries(), [f"binary-{chunk * EACH + k}" for k in range(EACH)]) == []


@given(st.sampled_from(MAGIC), st.binary(max_size=300), st.sampled_from(MAGIC))
def test_any_bytes_behind_a_magic_number_are_read_or_refused(head: bytes, data: bytes, tail: bytes) -> None:
    assert broken("a.csv", head + data + tail) is None


def test_what_hangs_is_found() -> None:
    with pytest.raises(Hang), watched(1):
        time.sleep(30)


@pytest.mark.parametrize(
    "error", [ValueError("x"), SystemExit(7), Hang("x"), MemoryError()], ids=lambda error: type(error).__name__
)
def test_what_breaks_is_found_and_kept(error, monkeypatch, tmp_path) -> None:
    def fails(source: object) -> None:
        raise error

    monkeypatch.setattr(fuzz.hpi, "read", fails)
    monkeypatch.chdir(tmp_path)
    found = failures([("a.csv", b"lr,loss\n1,2\n")], ["one"])
    assert len(found) == 1
    assert type(error).__name__ in found[0]
    assert len(list((tmp_path / "test-results" / "fuzz").glob("*.bin"))) == 1
