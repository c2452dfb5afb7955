"""Bad files that are text come out as wanted from the child that reads uploads; others: test_apart_binaries.py."""

from __future__ import annotations

import pytest

from tests.corpus.apart import IN_TEXT, apart
from tests.corpus.case import Case
from tests.corpus.report import APART, cells_of


@pytest.mark.parametrize("case", IN_TEXT, ids=lambda case: case.id)
def test_comes_out_as_wanted(case: Case, record_property) -> None:
    verdict = apart(case)
    record_property(APART, cells_of(verdict))
    assert verdict.faults == (), verdict.outcome
