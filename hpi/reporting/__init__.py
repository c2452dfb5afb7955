"""Reports: one HTML file, all numbers, and what repeats them (public name: hpi.report).

`contents` holds what a report says, `numbers` writes it as JSON and CSV, `again` as Python and as a command, `page` as
one HTML file.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hpi.estimators import Estimator
from hpi.reporting.again import command_line, snippet
from hpi.reporting.contents import Contents, contents, with_findings
from hpi.reporting.numbers import as_csv, as_json
from hpi.subspace import Subspace
from hpi.table import TrialTable

__all__ = ["Contents", "as_csv", "as_html", "as_json", "command_line", "contents", "report", "snippet", "with_findings"]


def as_html(contents: Contents) -> str:
    """Return a report as one HTML file that asks nothing of any other."""
    from hpi.reporting import page  # it loads what draws figures, which no other command needs

    return page.as_html(contents)


def report(
    table: TrialTable,
    subspace: Subspace | None = None,
    estimator: Estimator | type[Estimator] | str | None = None,
    seed: int = 0,
    note: str | None = None,
) -> str:
    """Return a report on a question as one HTML file, with every figure, finding and number, and how it was made.

    Parameters
    ----------
    table
        The trials; metric and direction must be known.
    subspace, estimator, seed
        The question, as `hpi.importance` takes it.
    note
        Of the author, as plain text; it stands at the beginning.

    Raises
    ------
    HpiError
        As `hpi.importance` does.
    """
    return as_html(contents(table, subspace, estimator, seed, note=note, made=datetime.now(UTC)))
