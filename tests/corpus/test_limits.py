"""Each limit, lowered until the plain table passes it: refused in one shape whatever the format; read where it fits."""

from __future__ import annotations

import gzip
import os
import re

import pytest

import hpi
from hpi.errors import TableError
from tests.corpus.case import Upload
from tests.corpus.database_cases import storage
from tests.corpus.json_cases import RECORDS, by_line, dumped
from tests.corpus.judge import LONGEST, MENDING
from tests.corpus.more_cases import archive
from tests.corpus.parquet_cases import plain
from tests.corpus.plain import N, text
from tests.corpus.size_cases import gzipped
from tests.corpus.workbook_cases import plain_book

# the plain table in each format, and how many columns it has there
FORMATS = {
    "csv": (text, 3),
    "blanks": (lambda: text(sep=" "), 3),
    "gzip": (gzipped, 3),
    "zip": (lambda: archive(("a.csv", text())), 3),
    "parquet": (plain, 3),
    "xlsx": (plain_book, 3),
    "json": (lambda: dumped(RECORDS), 3),
    "lines": (by_line, 3),
    "optuna": (storage(), 8),
}


def lowered(monkeypatch: pytest.MonkeyPatch, name: str, most: int, data: bytes) -> str:
    """What is said where a limit is as low as that; an empty text where the table is read."""
    monkeypatch.setenv(name, str(most))
    try:
        assert len(hpi.read(Upload(data, "a")).frame) == N
    except TableError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("what", ["rows", "columns", "cells"])
def test_a_table_that_passes_a_limit_is_refused_in_one_shape(kind: str, what: str, monkeypatch) -> None:
    make, width = FORMATS[kind]
    data, size = make(), {"rows": N, "columns": width, "cells": N * width}[what]
    assert lowered(monkeypatch, f"HPI_READ_{what.upper()}", size, data) == ""
    said = lowered(monkeypatch, f"HPI_READ_{what.upper()}", size - 1, data)
    assert f"{size - 1:,}" in said
    assert f"(HPI_READ_{what.upper()})" in said
    assert re.search(rf"at most {size - 1:,}|more than {size - 1:,}", said)
    assert MENDING.search(said.split(")")[-1]), "it does not say what to do"
    assert len(said) < LONGEST


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at(monkeypatch, tmp_path) -> None:
    data = bytes(1_000_001)  # were it looked at, its NUL bytes would be named
    said = lowered(monkeypatch, "HPI_READ_FILE_MB", 1, data)
    assert "at most 1 MB" in said
    assert "(HPI_READ_FILE_MB)" in said
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(TableError, match=r"at most 1 MB are read \(HPI_READ_FILE_MB\)"):
        hpi.read(tmp_path / "a.csv")


@pytest.mark.parametrize("kind", ["gzip", "zip", "xlsx"])
def test_what_unpacks_to_too_much_is_refused(kind: str, monkeypatch) -> None:
    noise = os.urandom(400_000).hex().encode()  # packs to half of what it is
    large = b"lr,loss\n" + b"".join(b"%s,%d\n" % (noise[k : k + 8], k) for k in range(0, 800_000, 8))
    data = {
        "gzip": lambda: gzip.compress(large, 1),
        "zip": lambda: archive(("a.csv", large)),
        "xlsx": lambda: archive(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", large)),
    }[kind]()
    said = lowered(monkeypatch, "HPI_READ_UNPACKED_MB", 1, data)
    assert "1 MB" in said
    assert "HPI_READ_UNPACKED_MB" in said
