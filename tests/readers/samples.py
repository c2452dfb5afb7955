"""One small source for each reader, three trials each: what the contract of READERS is tested with."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from hpi.readers import Opened
from tests.readers import stored_studies


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"lr": [0.1, 0.2, 0.3], "loss": [1.0, 2.0, 3.0]}), file)
    return file.getvalue()


SAMPLES = {
    "delimited text": Opened("a.csv", b"lr,loss\n0.1,1\n0.2,2\n0.3,3\n"),
    "JSON": Opened("a.json", b'[{"lr": 0.1, "loss": 1}, {"lr": 0.2, "loss": 2}, {"lr": 0.3, "loss": 3}]'),
    "JSON lines": Opened("a.jsonl", b'{"lr": 0.1, "loss": 1}\n{"lr": 0.2, "loss": 2}\n{"lr": 0.3, "loss": 3}\n'),
    "Parquet": Opened("a.parquet", _parquet()),
    "Optuna storage": Opened("study.db", stored_studies.optuna_storage()),
}
