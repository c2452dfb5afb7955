"""`python -m hpi difference`: what changes with another table, threshold or estimator."""

from __future__ import annotations

import argparse
from typing import Any

from hpi import options as asked
from hpi import scoring
from hpi.comparison.alike import as_asked
from hpi.comparison.difference import Measure, difference
from hpi.errors import HpiError
from hpi.results import ImportanceResult
from hpi.subspace import Subspace, select
from hpi.table import TrialTable
from hpi.words import difference as words

NOTHING_OTHER = (
    "Nothing differs: name one other thing to compare with, --other FILE, --other-target, --other-region or "
    "--other-estimator."
)


def add_command(commands: Any) -> None:  # noqa: ANN401 - what argparse returns has no public name
    """Add `difference` to the commands."""
    command = commands.add_parser("difference", help="say what changes with another table, threshold or estimator")
    asked.add_table(command)
    asked.add_question(command)
    asked.add_estimator(command)
    command.add_argument("--other", metavar="FILE", help="a second table with some of the same hyperparameters")
    command.add_argument("--other-target", type=float, metavar="TARGET", help="another target")
    command.add_argument("--other-region", type=float, metavar="REGION", help="another region")
    command.add_argument("--other-estimator", metavar="NAME", help="another estimator, with its defaults")
    command.add_argument("--share", action="store_true", help="compare each one's share of what all have together")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--csv", action="store_true", help="print a row a hyperparameter, as CSV")
    command.set_defaults(answer=_answer)


def _answer(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    given = (options.other, options.other_target, options.other_region, options.other_estimator)
    if all(one is None for one in given):
        raise HpiError(NOTHING_OTHER)
    table = asked.read(options)
    first = _first(table, options)
    other = table if options.other is None else as_asked(table, _second(options))
    second = _asked_otherwise(other, first, asked.subspace(table, options), options)
    measure: Measure = "share" if options.share else "importance"
    found = difference(first, second, table=table, other=other, measure=measure)
    names = None if options.other is None else (table.name, other.name)
    return found.to_dict(), words.as_csv_file(found) if options.csv else words.as_text(found, names)


def _first(table: TrialTable, options: argparse.Namespace) -> ImportanceResult:
    method = asked.estimator(options.estimator, options.set)
    return scoring.importance(table, estimator=method, subspace=asked.subspace(table, options), seed=options.seed)


def _second(options: argparse.Namespace) -> TrialTable:
    """Read the second table as the first one; its metric is asked for later, once it is known of the first."""
    plain = {**vars(options), "sources": [options.other], "study": None, "sheet": None, "table": None, "role": []}
    return asked.read(argparse.Namespace(**{**plain, "metric": None, "direction": None, "space": None, "rank": []}))


def _asked_otherwise(
    table: TrialTable, first: ImportanceResult, subspace: Subspace, options: argparse.Namespace
) -> ImportanceResult:
    """Ask the same but for what differs; a target that nobody gave is the one that the first answer had."""
    region = subspace.region if options.other_region is None else options.other_region
    target = first.subspace.target if options.other_target is None else options.other_target
    same = options.other_estimator is None
    method = asked.estimator(options.estimator if same else options.other_estimator, options.set if same else [])
    if not method.uses_target and options.other_target is None and subspace.target is None:
        target = None
    sample = select(table, Subspace(region, target, subspace.where))
    return scoring.score(table, sample, method, options.seed)
