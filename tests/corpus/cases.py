"""All bad files, by their ids in the list."""

from __future__ import annotations

from tests.corpus import (
    cell_cases,
    database_cases,
    file_cases,
    json_cases,
    more_cases,
    name_cases,
    parquet_cases,
    size_cases,
    text_cases,
    workbook_cases,
)
from tests.corpus.case import Case

# F78 and F79 were never given; F97 cannot be made with a Parquet library of today
LISTED = (
    *(f"F{k:02}" for k in range(1, 97) if k not in (78, 79)),
    *(f"J{k:02}" for k in range(1, 11)),
    *(f"X{k:02}" for k in range(1, 13)),
    *(f"S{k:02}" for k in range(1, 11)),
)
MODULES = (
    text_cases, cell_cases, name_cases, size_cases, file_cases, parquet_cases, json_cases, workbook_cases,
    database_cases,
    more_cases,
)  # fmt: skip
CASES: tuple[Case, ...] = tuple(sorted((case for module in MODULES for case in module.CASES), key=lambda case: case.id))
TEXTS = (*text_cases.CASES, *cell_cases.CASES, *name_cases.CASES)
