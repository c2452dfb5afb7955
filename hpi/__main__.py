"""The command line: the same calls as the pages, for scripts.

With --json, standard output holds one JSON object and nothing else. Bad input is one line on standard error and
exit code 2.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, get_args

import hpi
from hpi.errors import EstimatorError
from hpi.estimators import Estimator, by_name
from hpi.roles import Repeats
from hpi.statements import paper
from hpi.subspace import parse_filter

ALL = "all"


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
    return _print(json.dumps(answer, allow_nan=False, indent=2) if options.json else text)


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
    commands = parser.add_subparsers(required=True, metavar="{describe,importance,findings}")
    describe = commands.add_parser("describe", help="say what each column of a table is taken for, and why")
    describe.set_defaults(answer=_describe)
    importance = commands.add_parser("importance", help="say which hyperparameters decide who is among the best")
    importance.set_defaults(answer=_importance)
    findings = commands.add_parser("findings", help="say in sentences what the trials show, each with its evidence")
    findings.set_defaults(answer=_findings)
    for command in (describe, importance, findings):
        _add_table_options(command)
        _add_form_options(command, has_markdown=command is findings)
    for command in (importance, findings):
        _add_question_options(command)
    _add_estimator_options(importance)
    findings.add_argument(
        "--tolerance", type=float, help="a difference of the metric that does not matter (default: a tenth of its IQR)"
    )
    return parser


def _add_table_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("table", metavar="TABLE", help="a CSV or TSV file with one row a trial")
    command.add_argument("--metric", help="the column to explain")
    direction = command.add_mutually_exclusive_group()
    for name, word in (("--maximize", "higher"), ("--minimize", "lower")):
        direction.add_argument(
            name, dest="direction", action="store_const", const=name[2:], help=f"{word} values of the metric are better"
        )
    command.add_argument("--space", metavar="SPACE.json", help="the search space, where it is known")
    command.add_argument(
        "--repeats", choices=get_args(Repeats), default="auto", help="what becomes of rows of one configuration"
    )
    command.add_argument("--task", help="use one dataset or task of several; otherwise each is ranked by itself")


def _add_form_options(command: argparse.ArgumentParser, has_markdown: bool) -> None:
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    if has_markdown:
        form.add_argument("--markdown", action="store_true", help="print Markdown, for a paper or a ticket")


def _add_question_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--region", type=float, default=1.0, help="ask among the best part of the trials (default 1)")
    command.add_argument("--target", type=float, help="the better part to explain (default .1, more in small tables)")
    command.add_argument(
        "--where", action="append", default=[], metavar="COLUMN=...", help="lr=1e-4:1e-2 or optimizer=adam,sgd"
    )
    command.add_argument(
        "--seed", type=int, default=0, help="seed of everything random (default 0); findings draw nothing at random"
    )


def _add_estimator_options(command: argparse.ArgumentParser) -> None:
    names = ", ".join([*(estimator.name for estimator in hpi.ESTIMATORS), ALL])
    command.add_argument("--estimator", default=hpi.ESTIMATORS[0].name, help=f"one of: {names}")
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the estimator")


def _read(options: argparse.Namespace) -> hpi.TrialTable:
    space = None if options.space is None else _json_object(Path(options.space))
    return hpi.read(
        options.table,
        metric=options.metric,
        direction=options.direction,
        space=space,
        repeats=options.repeats,
        task=options.task,
    )


def _json_object(path: Path) -> dict[str, Any]:
    try:
        declared = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise hpi.SpaceError(f"The space {path.name} is nested too deeply to be one; see the README.") from None
    except (OSError, ValueError) as error:
        raise hpi.SpaceError(f"The space {path.name} cannot be read as JSON ({error}); see the README.") from None
    if not isinstance(declared, dict):
        raise hpi.SpaceError(f"The space {path.name} must be one JSON object: a column's name, then its declaration.")
    return declared


def _describe(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    table = _read(options)
    keys = ("name", "role", "kind", "log", "direction", "reason")
    columns = [{key: getattr(column, key) for key in keys} for column in table.columns]
    answer = {"rows": len(table.frame), "columns": columns, "notices": list(table.notices)}
    lines = [f"{column.name}: {column.role} ({column.reason})" for column in table.columns]
    return answer, "\n".join([f"{len(table.frame):,} rows", *lines, *table.notices])


def _findings(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    table = _read(options)
    found = hpi.findings(table, subspace=_subspace(table, options), tolerance=options.tolerance)
    return found.to_dict(), paper.as_markdown(found) if options.markdown else paper.as_text(found)


def _subspace(table: hpi.TrialTable, options: argparse.Namespace) -> hpi.Subspace:
    where = tuple(parse_filter(table, text) for text in options.where)
    return hpi.Subspace(options.region, options.target, where)


def _importance(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    table = _read(options)
    subspace = _subspace(table, options)
    if options.estimator == ALL:
        return _all(table, subspace, options)
    result = hpi.importance(
        table, estimator=_estimator(options.estimator, options.set), subspace=subspace, seed=options.seed
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


def _estimator(name: str, settings: Sequence[str]) -> Estimator:
    """Return the estimator with the settings given as NAME=VALUE."""
    known = [estimator.name for estimator in hpi.ESTIMATORS]
    if name not in known:
        raise EstimatorError(f"There is no estimator called {name!r}; there are: {', '.join([*known, ALL])}.")
    given: dict[str, str] = {}
    for text in settings:
        key, _, value = text.partition("=")
        if key in given:
            raise EstimatorError(f"The setting {key} is given twice: {given[key]!r} and {value!r}; give it once.")
        given[key] = value
    chosen = by_name(name)
    return chosen(**chosen.parse(given))


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
