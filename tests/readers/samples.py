"""One small source for each reader, three trials each: what the contract of READERS is tested with."""

from __future__ import annotations

from hpi.readers import Opened
from tests.readers import stored_studies

SAMPLES = {
    "delimited text": Opened("a.csv", b"lr,loss\n0.1,1\n0.2,2\n0.3,3\n"),
    "Optuna storage": Opened("study.db", stored_studies.optuna_storage()),
}
