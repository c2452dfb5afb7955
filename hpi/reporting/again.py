"""What gives the same numbers again: a few lines of Python, and a command for a shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hpi.estimators import by_name
from hpi.filters import Between, Filter, parse_filter
from hpi.reporting.contents import Contents
from hpi.results import ImportanceResult
from hpi.roles import plain_space
from hpi.table import TrialTable


def snippet(contents: Contents) -> str:
    """Return Python that reads the table as it was read and answers the same question with the same numbers."""
    result, asked = contents.result, contents.sample.subspace
    target = asked.target if contents.sample.target_asked else None
    question = _call(
        "hpi.Subspace",
        ("region", asked.region, 1.0),
        ("target", target, None),
        ("where", Code(_tuple([_filter(one) for one in asked.where])), Code("()")),
    )
    findings = _call("hpi.findings", Code("table"), ("subspace", Code("question"), None),
                     ("tolerance", contents.tolerance, None))  # fmt: skip
    importance = _call("hpi.importance", Code("table"), ("subspace", Code("question"), None),
                       ("estimator", Code("estimator"), None), ("seed", result.seed, None))  # fmt: skip
    lines = [
        "import hpi",
        *(["from hpi.roles import ContextKind"] if contents.table.choices.contexts else []),
        f"from hpi.estimators import {type(result.method).__name__}",
        "",
        *_space(contents),
        f"table = {_read(contents)}",
        *_contexts(contents),
        f"question = {question}",
        f"estimator = {_estimator(result)}",
        f"result = {importance}",
        "print(result.frame())",
        *([f"found = {findings}", "for finding in found.findings:", "    print(finding.text)"]
          if contents.findings is not None else []),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def command_line(contents: Contents) -> str:
    """Return the line for a POSIX shell that writes the same report, or named .json or .csv its numbers."""
    choices, result, asked = contents.table.choices, contents.result, contents.sample.subspace
    declared = json.dumps(declared_space(contents)) if choices.space else None
    metric, direction = contents.table.metric, contents.table.direction
    words = [
        "python", "-m", "hpi", "report", *map(_path, _files(contents.table)),
        *(f"--{part}={name}" for part, name in _part(contents.table)),
        f"--metric={metric}", f"--{direction}",
        *(f"--role={name}={role}" for name, role in choices.roles),
        *([f"--space={declared}"] if declared else []),
        *([f"--repeats={choices.repeats}"] if choices.repeats != "auto" else []),
        *([f"--reduce={choices.reduce}"] if choices.reduce != "best" else []),
        *(f"--rank={name}={end}" for name, end in choices.rank),
        *([f"--task={choices.task}"] if choices.task is not None else []),
        *([f"--region={asked.region!r}"] if asked.region != 1 else []),
        *([f"--target={asked.target!r}"] if contents.sample.target_asked else []),
        *(f"--where={_condition(contents.table, condition)}" for condition in asked.where),
        f"--estimator={result.estimator}",
        *(f"--set={name}={value}" for name, value in changed(result).items()),
        f"--seed={result.seed}",
        *([f"--tolerance={contents.tolerance!r}"] if contents.tolerance is not None else []),
        "-o", "report.html",
    ]  # fmt: skip
    return shlex.join(words)


class Code(str):
    """Text that is Python already."""

    __slots__ = ()


def _call(name: str, *arguments: Any) -> str:  # noqa: ANN401
    """Write a call; a keyword whose value is its default is left out."""
    written = []
    for argument in arguments:
        if isinstance(argument, Code):
            written.append(str(argument))
            continue
        key, value, default = argument
        if value != default:
            written.append(f"{key}={value if isinstance(value, Code) else repr(value)}")
    return f"{name}({', '.join(written)})"


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _read(contents: Contents) -> str:
    table = contents.table
    choices = table.choices
    files = [_path(name) for name in _files(table)]
    return _call(
        "hpi.read",
        Code(repr(files[0] if len(files) == 1 else files)),
        *((part, name, None) for part, name in _part(table)),
        ("metric", table.metric, None),
        ("direction", None if table.direction is None else str(table.direction), None),
        ("roles", {name: str(role) for name, role in choices.roles}, {}),
        ("space", Code("space") if choices.space else None, None),
        ("repeats", choices.repeats, "auto"),
        ("reduce", choices.reduce, "best"),
        ("rank", {name: str(end) for name, end in choices.rank}, {}),
        ("task", choices.task, None),
    )


def _files(table: TrialTable) -> tuple[str, ...]:
    return table.reading.files or (table.name,)


def _part(table: TrialTable) -> list[tuple[str, str]]:
    """Return which study, sheet or table of the file was taken, where it holds several."""
    reading = table.reading
    return [(reading.part_is, reading.part)] if reading.part is not None and len(reading.parts) > 1 else []


def _space(contents: Contents) -> Iterator[str]:
    declared = declared_space(contents)
    if declared:
        yield from ("space = {", *(f"    {name!r}: {one!r}," for name, one in declared.items()), "}")


def _contexts(contents: Contents) -> Iterator[str]:
    known = contents.table.choices.contexts
    if known:
        pairs = [f"({name!r}, ContextKind({str(kind)!r}))" for name, kind in known]
        yield f"table = table.revise(contexts={_tuple(pairs)})"


def _filter(one: Filter) -> str:
    if isinstance(one, Between):
        return _call("hpi.Between", Code(repr(one.name)), ("low", one.low, None), ("high", one.high, None))
    return f"hpi.OneOf({one.name!r}, {one.levels!r})"


def _condition(table: TrialTable, one: Filter) -> str:
    """Write a filter so that it is read as it was meant: the levels "a" and "b" may not become the level "a,b"."""
    if isinstance(one, Between):
        return str(one)
    orders = (replace(one, levels=levels) for levels in (one.levels, one.levels[::-1]))
    return next((str(order) for order in orders if parse_filter(table, str(order)) == order), str(one))


def _path(name: str) -> str:
    """Return the name of a file so that no command takes it for an option."""
    return f"./{name}" if name.startswith("-") else name


# ---- the estimator, and what was set of it


def changed(result: ImportanceResult) -> Mapping[str, Any]:
    """Return the settings that are not the defaults."""
    usual = by_name(result.estimator)().settings
    return {name: value for name, value in result.chosen.items() if usual[name] != value}


def _estimator(result: ImportanceResult) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in changed(result).items())
    return f"{type(result.method).__name__}({given})"


# ---- the declared space, as SPACE.json has it


def declared_space(contents: Contents) -> dict[str, Any]:
    """Return the search space that was declared, as `hpi.read` takes it; {} where none was."""
    return plain_space(contents.table.choices.space)
