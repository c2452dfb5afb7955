"""What a person decided about a table: roles, metric, direction, search space, repeats and task."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hpi.errors import SpaceError
from hpi.roles.vocabulary import ContextKind, Direction, Role
from hpi.space import Domain, Hyperparameter, Kind, label_of

Repeats = Literal["auto", "average", "keep", "each"]
Reduce = Literal["best", "last"]

_KEYS = ("kind", "low", "high", "log", "levels", "domains")
_DOMAIN_KEYS = ("when", "low", "high")


@dataclass(frozen=True)
class Declaration:
    """What SPACE.json says of one hyperparameter; bounds, levels and scale that are not given are observed.

    Equal bounds or one level declare a constant, which takes no part.
    """

    kind: Kind
    low: float | None = None
    high: float | None = None
    log: bool | None = None
    levels: tuple[str, ...] = ()
    domains: tuple[Domain, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers between two bounds."""
        return self.kind in (Kind.FLOAT, Kind.INT)


Space = tuple[tuple[str, Declaration], ...]


@dataclass(frozen=True)
class Choices:
    """What was decided; everything else is inferred.

    Attributes
    ----------
    metric, direction
        None: inferred.
    roles
        Columns whose role was changed.
    space
        The declared hyperparameters.
    repeats
        "average": one row a configuration under several seeds. "keep": all rows, to be permuted by whole
        configurations. "auto": "average", but for configurations that seem to have met by chance in a small
        discrete space, whose rows are independent trials. "each": every row is a trial of its own, epochs too.
    task
        Keep this value of the task column only. None: all of them, the loss ranked within each.
    contexts
        What a context column stands for, where its name does not tell.
    reduce
        Which row counts where a trial has one for each epoch: its best, or its last.
    rank
        Two or three outcomes and the good end of each: the metric is then their non-dominated rank.
    """

    metric: str | None = None
    direction: Direction | None = None
    roles: tuple[tuple[str, Role], ...] = ()
    space: Space = ()
    repeats: Repeats = "auto"
    task: str | None = None
    contexts: tuple[tuple[str, ContextKind], ...] = ()
    reduce: Reduce = "best"
    rank: tuple[tuple[str, Direction], ...] = ()


def parse_space(declared: Mapping[str, Any] | Space | None) -> Space:
    """Return the declarations of a SPACE.json that was already parsed.

    Raises
    ------
    SpaceError
        If a declaration is malformed or contradicts itself.
    """
    if declared is None:
        return ()
    if isinstance(declared, tuple):
        return declared
    if not isinstance(declared, Mapping):
        raise SpaceError(
            f"The search space is a {type(declared).__name__}; it must be an object "
            'such as {"lr": {"kind": "float", "low": 1e-5, "high": 0.1, "log": true}}.'
        )
    return tuple((str(name), _declaration(str(name), fields)) for name, fields in declared.items())


def _declaration(name: str, fields: object) -> Declaration:
    if not isinstance(fields, Mapping):
        raise SpaceError(f'{name}: declared as {fields!r}; it must be an object such as {{"kind": "float"}}.')
    _check_keys(name, fields, _KEYS)
    kinds = [kind.value for kind in Kind]
    if fields.get("kind") not in kinds:
        raise SpaceError(f"{name}: the kind is {fields.get('kind')!r}; allowed are {', '.join(kinds)}.")
    declaration = Declaration(
        Kind(fields["kind"]), _bound(name, "low", fields), _bound(name, "high", fields), _log(name, fields),
        _levels(name, fields), _domains(name, fields),
    )  # fmt: skip
    _check(name, declaration, fields)
    return declaration


def _check_keys(name: str, fields: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    unknown = [str(key) for key in fields if key not in allowed]
    if unknown:
        raise SpaceError(f"{name}: unknown key {unknown[0]!r}; allowed are {', '.join(allowed)}.")


def _bound(name: str, key: str, fields: Mapping[str, Any]) -> float | None:
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _is_finite(value):
        raise SpaceError(f"{name}: {key} is {value!r}; it must be a finite number.")
    return float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _log(name: str, fields: Mapping[str, Any]) -> bool | None:
    value = fields.get("log")
    if value is not None and not isinstance(value, bool):
        raise SpaceError(f"{name}: log is {value!r}; it must be true or false.")
    return value


def _levels(name: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
    value = fields.get("levels", [])
    if not isinstance(value, (list, tuple)):
        raise SpaceError(f'{name}: levels is {value!r}; it must be a list such as ["adam", "sgd"].')
    return tuple(label_of(level) for level in value)


def _domains(name: str, fields: Mapping[str, Any]) -> tuple[Domain, ...]:
    value = fields.get("domains", [])
    if not isinstance(value, (list, tuple)) or not all(isinstance(domain, Mapping) for domain in value):
        raise SpaceError(
            f"{name}: domains is {value!r}; it must be a list such as "
            '[{"when": {"c": [0, 0.5]}, "low": 1, "high": 2}].'
        )
    return tuple(_domain(name, domain) for domain in value)


def _domain(name: str, fields: Mapping[str, Any]) -> Domain:
    where = f"{name}, a domain"
    _check_keys(where, fields, _DOMAIN_KEYS)
    low, high = (_bound(where, key, fields) for key in ("low", "high"))
    if low is None or high is None:
        raise SpaceError(f"{where}: low is {low} and high is {high}; both must be given.")
    when = fields.get("when")
    if not isinstance(when, Mapping) or not all(isinstance(values, (list, tuple)) for values in when.values()):
        raise SpaceError(
            f"{where}: when is {when!r}; it must name parents with [low, high] or a list of levels, "
            'such as {"c": [0, 0.5]} or {"optimizer": ["sgd"]}.'
        )
    return Domain(tuple((str(parent), tuple(map(_value, values))) for parent, values in when.items()), low, high)


def _value(value: object) -> float | str:
    """Return a value of "when": numbers stay numbers, everything else is a label."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else label_of(value)


def _check(name: str, declaration: Declaration, fields: Mapping[str, Any]) -> None:
    if declaration.is_numeric:
        if declaration.levels:
            raise SpaceError(f"{name}: a {declaration.kind} has low and high, not levels; declare it as ordinal.")
        if declaration.log and declaration.low is not None and declaration.low <= 0:
            raise SpaceError(f"{name}: a log scale needs positive bounds, but low is {declaration.low:g}.")
        constant = declaration.low == declaration.high and not declaration.domains
        if declaration.domains or not (constant or None in (declaration.low, declaration.high)):
            bounds = declaration.low, declaration.high
            Hyperparameter(name, declaration.kind, *bounds, bool(declaration.log), domains=declaration.domains)
        return
    misplaced = [key for key in ("low", "high", "log", "domains") if fields.get(key) not in (None, False, [])]
    if misplaced:
        raise SpaceError(f"{name}: a {declaration.kind} has levels, not {misplaced[0]}; declare it as float or int.")
    if declaration.kind is Kind.ORDINAL and not declaration.levels:
        raise SpaceError(f"{name}: an ordinal needs its levels, in order.")
    if len(declaration.levels) > 1:
        Hyperparameter(name, declaration.kind, levels=declaration.levels)


def plain_space(space: Space) -> dict[str, Any]:
    """Return declarations as SPACE.json has them: what `parse_space` takes."""
    return {name: _plain(one) for name, one in space}


def _plain(one: Declaration) -> dict[str, Any]:
    given = {"kind": str(one.kind), "low": one.low, "high": one.high, "log": one.log}
    plain: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if one.levels:
        plain["levels"] = list(one.levels)
    if one.domains:
        plain["domains"] = [
            {"when": {parent: list(values) for parent, values in domain.when}, "low": domain.low, "high": domain.high}
            for domain in one.domains
        ]
    return plain
