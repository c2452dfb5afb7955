"""Every bad file comes out as wanted where it is read in the process that asks; the run ends with a table of them."""

from __future__ import annotations

from collections import Counter

import pytest

import hpi
from tests.corpus.case import Case
from tests.corpus.cases import CASES, LISTED
from tests.corpus.judge import judged
from tests.corpus.report import KEY, cells_of


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_comes_out_as_wanted(case: Case, tmp_path, monkeypatch, record_property) -> None:
    source = case.source(tmp_path)
    monkeypatch.chdir(tmp_path)  # whatever a file makes a reader write would lie here
    before = sorted(tmp_path.rglob("*"))
    verdict = judged(case, lambda: hpi.read(source))
    record_property(KEY, cells_of(verdict))
    assert verdict.faults == (), verdict.outcome
    assert sorted(tmp_path.rglob("*")) == before


def test_the_list_is_complete() -> None:
    ids = [case.id for case in CASES]
    assert [name for name, n in Counter(ids).items() if n > 1] == []
    assert [name for name in LISTED if name not in ids] == []
    assert len(LISTED) == 126
