"""The sentences that stand on pages and in reports alike; they are written in hpi/words/."""

from hpi.words.answer import FEW, estimate, explains, lead, one, separates, target_here, where
from hpi.words.reading import how_to_read, methods
from hpi.words.spreadsheet import as_csv, bars_as_csv, csv_name
from hpi.words.tables import (
    DIRECTIONS,
    condition,
    identity,
    left_out,
    rows_left_out,
    sizes,
    source,
    taken_for_outcomes,
    task,
)
from hpi.words.writing import BLANK, listed, percent, sentence_case, share

__all__ = [
    "BLANK",
    "DIRECTIONS",
    "FEW",
    "as_csv",
    "bars_as_csv",
    "condition",
    "csv_name",
    "estimate",
    "explains",
    "how_to_read",
    "identity",
    "lead",
    "left_out",
    "listed",
    "methods",
    "one",
    "percent",
    "rows_left_out",
    "sentence_case",
    "separates",
    "share",
    "sizes",
    "source",
    "taken_for_outcomes",
    "target_here",
    "task",
    "where",
]
