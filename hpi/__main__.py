"""The command line: the same calls as the pages, for scripts.

With --json, standard output holds one JSON object and nothing else. Bad input is one line on standard error and
exit code 2; who stops a command with Ctrl-C reads one line, and the exit code is 130.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import hpi
from hpi import converting
from hpi import options as asked
from hpi.blocks.large import LargeTable
from hpi.comparison.parts import beyond_memory
from hpi.errors import EstimatorError
from hpi.estimators import by_name
from hpi.options import ALL
from hpi.reporting import command as reporting
from hpi.reporting import differing
from hpi.statements import paper
from hpi.store import command as storing
from hpi.words import across_tables
from hpi.words.tables import rows_left_out, source
from hpi.words.tables import states as ends

STOPPED = 130  # what a shell says of a program that SIGINT ended


class _OneLineParser(argparse.ArgumentParser):
    """A parser whose complaints are one line, without the usage that argparse puts before them."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        answer, text = options.answer(options)
    except hpi.HpiError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped before there was an answer.", file=sys.stderr)
        return STOPPED
    printed = _print(json.dumps(answer, allow_nan=False, indent=2) if options.json else text)
    return printed or getattr(options, "exit_code", 0)


def _print(text: str) -> int:
    """Print, and say so in one line where it cannot be printed; a reader that has seen enough is no error."""
    try:
        encoding = sys.stdout.encoding or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except OSError as error:
        # What is left in the buffer would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"The answer cannot be printed: {error.strerror}.\n")
            return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="python -m hpi", description=hpi.__doc__.splitlines()[0] if hpi.__doc__ else None)
    commands = parser.add_subparsers(required=True)
    describe = commands.add_parser("describe", help="say what each column of a table is taken for, and why")
    describe.set_defaults(answer=_describe)
    importance = commands.add_parser("importance", help="say which hyperparameters decide who is among the best")
    importance.set_defaults(answer=_importance)
    findings = commands.add_parser("findings", help="say in sentences what the trials show, each with its evidence")
    findings.set_defaults(answer=_findings)
    across = commands.add_parser("across", help="say importance on each dataset, and where it is the same")
    across.set_defaults(answer=_across)
    for command in (describe, importance, findings, across):
        asked.add_table(command)
        _add_form_options(command, has_markdown=command in (findings, across), has_tables=command is across)
    for command in (importance, findings, across):
        asked.add_question(command)
    asked.add_estimator(importance, or_all=True)
    asked.add_estimator(across)
    across.add_argument("--by", metavar="COLUMN", help="the context column; the datasets or tasks where none is given")
    asked.add_tolerance(findings)
    converting.add_command(commands)
    reporting.add_command(commands)
    differing.add_command(commands)
    storing.add_command(commands)
    return parser


def _add_form_options(command: argparse.ArgumentParser, has_markdown: bool, has_tables: bool) -> None:
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    if has_markdown:
        form.add_argument("--markdown", action="store_true", help="print Markdown, for a paper or a ticket")
    if has_tables:
        form.add_argument("--csv", action="store_true", help="print all numbers as CSV")
        form.add_argument("--latex", action="store_true", help="print a table in LaTeX, with booktabs")


def _describe(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    table = asked.read(options)
    keys = ("name", "role", "kind", "log", "direction", "reason")
    columns = [{key: getattr(column, key) for key in keys} for column in table.columns]
    reading = table.reading
    at_hand = _at_hand(table)
    answer = {
        "reader": reading.reader,
        "rows": table.n_rows,
        "trials": None if at_hand else table.n_trials,
        "columns": columns,
        "notices": list(table.notices),
        "states": None if at_hand else dict(table.states),
        "excluded": None if at_hand else dict(table.excluded),
        "at_hand": at_hand,
        "objectives": [{"name": one.name, "direction": one.direction} for one in table.objectives],
        "part": {"is": reading.part_is, "taken": reading.part, "of": list(reading.parts)} if reading.parts else None,
    }
    lines = [f"{column.name}: {column.role} ({column.reason})" for column in table.columns]
    of_part = [*([ends(table)] if table.states else []), *rows_left_out(table)] if at_hand else []
    said = [f"Of the {len(table.frame):,} rows at hand: {line}" for line in of_part]
    return answer, "\n".join([*source(table), *lines, *said, *table.notices])


def _at_hand(table: hpi.TrialTable) -> dict[str, Any] | None:
    """Return what is known of some rows of a table that is larger than memory; None where all are at hand."""
    if not isinstance(table, LargeTable) or len(table.frame) == table.n_rows:
        return None
    known = {"rows": len(table.frame), "trials": len(table.trials)}
    return {**known, "states": dict(table.states), "excluded": dict(table.excluded)}


def _findings(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    table = asked.read(options)
    found = hpi.findings(table, subspace=asked.subspace(table, options), tolerance=options.tolerance)
    return found.to_dict(), paper.as_markdown(found) if options.markdown else paper.as_text(found)


def _across(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    table = asked.read(options, beyond_memory)
    found = hpi.across(
        table,
        options.by,
        estimator=asked.estimator(options.estimator, options.set),
        subspace=asked.subspace(table, options),
        seed=options.seed,
    )
    forms = {"csv": across_tables.as_csv, "markdown": across_tables.as_markdown, "latex": across_tables.as_latex}
    write = next((write for name, write in forms.items() if getattr(options, name)), across_tables.as_text)
    return found.to_dict(), write(found).rstrip()


def _importance(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    table = asked.read(options)
    subspace = asked.subspace(table, options)
    if options.estimator == ALL:
        return _all(table, subspace, options)
    result = hpi.importance(
        table,
        estimator=asked.estimator(options.estimator, options.set, or_all=True),
        subspace=subspace,
        seed=options.seed,
    )
    return result.to_dict(), _as_text(result)


def _all(table: hpi.TrialTable, subspace: hpi.Subspace, options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Ask every estimator with its defaults."""
    if options.set:
        raise EstimatorError(f"--set belongs to one estimator; with --estimator {ALL} each has its defaults.")
    found = hpi.agreement(table, subspace=subspace, seed=options.seed)
    answers = [f"{by_name(result.estimator).title}\n{_as_text(result)}" for result in found.results]
    refused = [f"{by_name(name).title}\n{reason}" for name, reason in found.refused]
    return found.to_dict(), "\n\n".join([*answers, *refused, "\n".join(map(_compared, found.comparisons))])


def _compared(comparison: hpi.Comparison) -> str:
    """Return a line on how far two estimators agree."""
    titles = " and ".join(by_name(name).title for name in comparison.estimators)
    agree = "unknown" if comparison.rank_correlation is None else f"{comparison.rank_correlation:.2f}"
    return f"{titles}: rank correlation {agree}. {comparison.why or ''}".rstrip()


def _as_text(result: hpi.ImportanceResult) -> str:
    """Return the result for a person: a line a hyperparameter, strongest first."""
    width = max(len(score.name) for score in result.hyperparameters)
    in_percent = by_name(result.estimator).in_percent
    bars = [_line(score, width, in_percent) for score in result.hyperparameters]
    pairs = [_pair(pair) for pair in result.pairs if pair.detectable]
    return "\n".join([_asked(result), *bars, *pairs, *result.warnings])


def _asked(result: hpi.ImportanceResult) -> str:
    question = result.subspace
    region = f"the best {question.region:.3g} ({question.n_region:,} trials)"
    about = f"{result.metric} ({result.direction})"
    if not by_name(result.estimator).uses_target:
        return f"{about}: what moves it among {region}"
    return f"{about}: the best {question.target:.3g} ({question.n_target:,} trials) among {region}"


def _pair(pair: hpi.PairScore) -> str:
    """Return a line for a pair that can be told apart from chance."""
    ends = "" if pair.low is None else f", at least {pair.low:.3f}"
    if pair.low is not None and pair.high is not None:
        ends = f" [{pair.low:.3f}, {pair.high:.3f}]"
    return f"{' and '.join(pair.names)} together ({pair.reading})  {pair.importance:.3f}{ends}"


def _line(score: hpi.Score, width: int, in_percent: bool) -> str:
    if score.importance is None:
        return f"{score.name:<{width}}  unknown: {score.note}"
    verdict = "" if score.detectable or score.p_value is None else "  not told apart from chance"
    ends = "" if score.low is None or score.high is None else f" [{score.low:.3f}, {score.high:.3f}]"
    # A weight below 0 is drawn as no bar at all; how far below says more.
    weight = "" if in_percent or score.raw is None or score.raw > 0 else f"  weight {score.raw:.3f}"
    return f"{score.name:<{width}}  {score.importance:.3f}{ends}{weight}{verdict}"


if __name__ == "__main__":
    sys.exit(main())
