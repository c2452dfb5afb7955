"""Every bad file that can be uploaded comes out as wanted from the child that reads uploads, in little memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hpi.readers.apart import read_apart
from hpi.readers.limits import ReadLimits
from tests.corpus.case import Case
from tests.corpus.cases import CASES
from tests.corpus.judge import judged
from tests.corpus.report import APART, cells_of

MEMORY_MB = 400  # beyond what the libraries take
START = 4.0  # seconds of a processor that a child may take before it reads
UPLOADED = [case for case in CASES if case.files() is not None]


@pytest.mark.parametrize("case", UPLOADED, ids=lambda case: case.id)
def test_comes_out_as_wanted(case: Case, record_property) -> None:
    files, limits = case.files(), ReadLimits(memory_mb=MEMORY_MB)
    assert files is not None
    noted: list[str] = []
    verdict = judged(
        replace(case, seconds=case.seconds + START),
        lambda: read_apart(files, limits=limits, note=lambda what, **more: noted.append(f"{what}: {more}")),
    )
    record_property(APART, cells_of(verdict))
    assert verdict.faults == (), verdict.outcome
    assert noted == []
