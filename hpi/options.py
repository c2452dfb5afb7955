"""What a command is asked: a table, a question, an estimator; each option read and refused in one place."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

from hpi.blocks.source import Source
from hpi.errors import EstimatorError, SpaceError, TableError
from hpi.estimators import ESTIMATORS, Estimator, by_name
from hpi.filters import parse_filter
from hpi.readers import ReadLimits, beyond
from hpi.readers import read as read_any
from hpi.roles import Direction, Reduce, Repeats, Role
from hpi.subspace import Subspace
from hpi.table import TrialTable

ALL = "all"


def add_table(command: argparse.ArgumentParser) -> None:
    """Add the table, and what cannot be read from it."""
    command.add_argument(
        "sources", metavar="FILE", nargs="+",
        help="a table with one row a trial (CSV, Excel, Parquet, JSON...), an Optuna storage, a zip or folder of SMAC, "
        "BOHB or Keras Tuner; several: files of one search, whose rows are appended",
    )  # fmt: skip
    for part, what in (("study", "studies"), ("sheet", "sheets"), ("table", "tables")):
        command.add_argument(f"--{part}", metavar="NAME", help=f"which one, where the file holds several {what}")
    command.add_argument("--metric", help="the column to explain")
    direction = command.add_mutually_exclusive_group()
    for name, word in (("--maximize", "higher"), ("--minimize", "lower")):
        direction.add_argument(
            name, dest="direction", action="store_const", const=name[2:], help=f"{word} values of the metric are better"
        )
    command.add_argument(
        "--role", action="append", default=[], metavar="COLUMN=ROLE", help=f"what a column is: {', '.join(Role)}"
    )
    command.add_argument(
        "--space", metavar="SPACE.json", help="the search space, where it is known: a file, or the JSON object itself"
    )
    command.add_argument(
        "--repeats", choices=get_args(Repeats), default="auto", help="what becomes of rows of one configuration"
    )
    command.add_argument(
        "--reduce", choices=get_args(Reduce), default="best", help="which epoch counts of a trial with a row for each"
    )
    command.add_argument(
        "--rank", action="append", default=[], metavar="COLUMN=DIRECTION",
        help="give two or three times: the metric is the non-dominated rank; directions are minimize, maximize",
    )  # fmt: skip
    command.add_argument("--task", help="use one dataset or task of several; otherwise each is ranked by itself")


def add_question(command: argparse.ArgumentParser) -> None:
    """Add region, target, filters and seed."""
    command.add_argument("--region", type=float, default=1.0, help="ask among the best part of the trials (default 1)")
    command.add_argument("--target", type=float, help="the better part to explain (default .1, more in small tables)")
    command.add_argument(
        "--where", action="append", default=[], metavar="COLUMN=...", help="lr=1e-4:1e-2 or optimizer=adam,sgd"
    )
    command.add_argument(
        "--seed", type=int, default=0, help="seed of everything random (default 0); findings draw nothing at random"
    )


def add_estimator(command: argparse.ArgumentParser, or_all: bool = False) -> None:
    """Add the estimator and its settings; `or_all`: all of them may be asked at once."""
    names = ", ".join([*(estimator.name for estimator in ESTIMATORS), *([ALL] if or_all else [])])
    command.add_argument("--estimator", default=ESTIMATORS[0].name, help=f"one of: {names}")
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the estimator")


def add_tolerance(command: argparse.ArgumentParser) -> None:
    """Add what does not matter."""
    command.add_argument(
        "--tolerance", type=float, help="a difference of the metric that does not matter (default: a tenth of its IQR)"
    )


def read(options: argparse.Namespace, beyond_memory: Callable[[str, int], TableError] | None = None) -> TrialTable:
    """Return the table; raises TableError and SpaceError as `hpi.read` does.

    `beyond_memory`: of the name and number of rows, why the command is not for a table that is larger than memory. It
    is raised before any row is read.
    """
    sources = options.sources
    address = None if beyond_memory is None else beyond.address_of(sources)
    if address is not None and beyond_memory is not None:
        found = beyond.opened(address, ReadLimits.from_environment())
        if isinstance(found, Source):
            raise beyond_memory(Path(address).name, found.n_rows)
    return read_any(
        sources[0] if len(sources) == 1 else sources,
        metric=options.metric,
        direction=options.direction,
        roles=_pairs(options.role, "role", Role),
        space=None if options.space is None else _space(options.space),
        repeats=options.repeats,
        reduce=options.reduce,
        rank=_pairs(options.rank, "direction", Direction),
        task=options.task,
        study=options.study,
        sheet=options.sheet,
        table=options.table,
    )


def _pairs(given: Sequence[str], what: str, allowed: type[Role] | type[Direction]) -> dict[str, str]:
    """Return the role or direction of each column that is named; a column's name may itself hold "="."""
    found: dict[str, str] = {}
    for text in given:
        column, equals, value = text.rpartition("=")
        if not equals:
            raise TableError(
                f"The {what} {text!r} is not of the form COLUMN={what.upper()}; {what}s are {', '.join(allowed)}."
            )
        if column in found:
            raise TableError(f"The {what} of {column} is given twice: {found[column]} and {value}; give it once.")
        found[column] = value
    return found


def _space(text: str) -> dict[str, Any]:
    """Return the space in a file, or in the text itself where that is an object."""
    if text.lstrip().startswith("{"):
        return _json_object(text, "given as text")
    path = Path(text)
    try:
        return _json_object(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise SpaceError(f"The space {path.name} cannot be read as JSON ({error}); see the README.") from None


def _json_object(text: str, name: str) -> dict[str, Any]:
    try:
        declared = json.loads(text)
    except RecursionError:
        raise SpaceError(f"The space {name} is nested too deeply to be one; see the README.") from None
    except ValueError as error:
        raise SpaceError(f"The space {name} cannot be read as JSON ({error}); see the README.") from None
    if not isinstance(declared, dict):
        raise SpaceError(f"The space {name} must be one JSON object: a column's name, then its declaration.")
    return declared


def subspace(table: TrialTable, options: argparse.Namespace) -> Subspace:
    """Return the question; raises SubspaceError where it makes no sense."""
    where = tuple(parse_filter(table, text) for text in options.where)
    return Subspace(options.region, options.target, where)


def estimator(name: str, settings: Sequence[str], or_all: bool = False) -> Estimator:
    """Return the estimator with the settings given as NAME=VALUE.

    Raises
    ------
    EstimatorError
        If there is none of that name, or a setting is unknown, given twice or out of its bounds.
    """
    known = [one.name for one in ESTIMATORS]
    if name not in known:
        there = ", ".join([*known, *([ALL] if or_all else [])])
        raise EstimatorError(f"There is no estimator called {name!r}; there are: {there}.")
    given: dict[str, str] = {}
    for text in settings:
        key, _, value = text.partition("=")
        if key in given:
            raise EstimatorError(f"The setting {key} is given twice: {given[key]!r} and {value!r}; give it once.")
        given[key] = value
    chosen = by_name(name)
    return chosen(**chosen.parse(given))
