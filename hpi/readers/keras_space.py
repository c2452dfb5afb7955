"""What Keras Tuner declares of each hyperparameter, and in which trials it was active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hpi.readers.declaring import Told, category, interval, union
from hpi.space import Kind

# Conditions that hang on each other deeper than this are no conditions.
_DEEPEST = 50

Entries = Mapping[str, Sequence[Mapping[str, Any]]]


def entries_of(space: object) -> dict[str, list[Mapping[str, Any]]]:
    """Return the entries of a space by name: there are several where the bounds depend on a condition."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in space if isinstance(space, list) else []:
        config = entry.get("config") if isinstance(entry, Mapping) else None
        if isinstance(config, Mapping) and isinstance(config.get("name"), str):
            found.setdefault(config["name"], []).append(entry)
    return found


def active(values: Mapping[str, Any], entries: Entries) -> dict[str, Any]:
    """Return the values that the trial used: one whose condition does not hold keeps a value, which says nothing."""
    known: dict[str, bool] = {}
    return {name: value for name, value in values.items() if _is_active(name, values, entries, known)}


def _is_active(name: str, values: Mapping[str, Any], entries: Entries, known: dict[str, bool], depth: int = 0) -> bool:
    if name not in entries or depth > _DEEPEST:
        return True
    if name not in known:
        # conditions that go in a circle do not switch each other off
        known[name] = True
        known[name] = any(
            all(_holds(condition, values, entries, known, depth) for condition in _conditions(entry))
            for entry in entries[name]
        )
    return known[name]


def _conditions(entry: Mapping[str, Any]) -> Sequence[object]:
    conditions = entry["config"].get("conditions")
    return conditions if isinstance(conditions, list) else []


def _holds(condition: object, values: Mapping[str, Any], entries: Entries, known: dict[str, bool], depth: int) -> bool:
    """Whether the parent has one of the values and is itself active; true where the condition is not understood."""
    config = condition.get("config") if isinstance(condition, Mapping) else None
    allowed = config.get("values") if isinstance(config, Mapping) else None
    if not isinstance(config, Mapping) or not isinstance(allowed, list):
        return True
    parent = config.get("name")
    if not isinstance(parent, str) or parent not in values or values[parent] not in allowed:
        return False
    return _is_active(parent, values, entries, known, depth + 1)


def told(entries: Entries) -> dict[str, Told | None]:
    """Return what is declared by name, the union of the entries of one name."""
    found: dict[str, Told | None] = {}
    for name, several in entries.items():
        one = _told(several[0])
        for entry in several[1:]:
            one = union(one, _told(entry))
        found[name] = one
    return found


def _told(entry: Mapping[str, Any]) -> Told | None:
    config: Mapping[str, Any] = entry["config"]
    match entry.get("class_name"):
        case "Float" | "Int" as kind:
            log = config.get("sampling") == "log"
            number = Kind.FLOAT if kind == "Float" else Kind.INT
            return interval(number, config.get("min_value"), config.get("max_value"), log)
        case "Choice":
            return category(config.get("values"), ordered=config.get("ordered") is True)
        case "Boolean":
            return category([False, True])
        case "Fixed":
            return category([config.get("value")])
    return None
