"""One small source for each reader, three trials each: what the contract of READERS is tested with."""

from __future__ import annotations

import io

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from hpi.readers import Opened, ReadLimits
from hpi.readers.archives import unpacked
from tests.readers import stored_studies


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"lr": [0.1, 0.2, 0.3], "loss": [1.0, 2.0, 3.0]}), file)
    return file.getvalue()


def _workbook() -> Opened:
    book = openpyxl.Workbook()
    for row in (("lr", "loss"), (0.1, 1), (0.2, 2), (0.3, 3)):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return unpacked(Opened("a.xlsx", file.getvalue()), ReadLimits())


SAMPLES = {
    "delimited text": Opened("a.csv", b"lr,loss\n0.1,1\n0.2,2\n0.3,3\n"),
    "JSON": Opened("a.json", b'[{"lr": 0.1, "loss": 1}, {"lr": 0.2, "loss": 2}, {"lr": 0.3, "loss": 3}]'),
    "JSON lines": Opened("a.jsonl", b'{"lr": 0.1, "loss": 1}\n{"lr": 0.2, "loss": 2}\n{"lr": 0.3, "loss": 3}\n'),
    "Parquet": Opened("a.parquet", _parquet()),
    "Excel": _workbook(),
    "Optuna storage": Opened("study.db", stored_studies.optuna_storage()),
    "Optuna journal": Opened("journal.log", stored_studies.optuna_journal()),
    "SMAC run history": stored_studies.smac(),
    "BOHB results": stored_studies.bohb(),
    "Keras Tuner": stored_studies.keras(),
}
