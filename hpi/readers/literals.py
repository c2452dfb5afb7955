"""Objects that stand in cells: JSON, or a Python dictionary as pandas writes it; read as data, never run."""

from __future__ import annotations

import ast
import json
import re

from hpi.readers.rows import MAX_DEPTH

MAX_OBJECT = 100_000

# Strings come first, so that what they hold is passed over.
_ODD = re.compile(
    r"""(?P<string>'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+")"""
    r"""|\bnp\.(?:float|int|uint|str_?|bool_?)[0-9]*\((?P<inner>[^()]*)\)|(?P<word>-?\b(?:nan|inf)\b)""",
    re.DOTALL,
)
_ODD_SIGNS = ("np.", "nan", "inf")


def is_like_object(cell: object) -> bool:
    """Whether a cell may hold an object: looks at its ends only."""
    if isinstance(cell, str):
        text = cell.strip()
        return text.startswith("{") and text.endswith("}") and len(text) <= MAX_OBJECT
    return isinstance(cell, dict)


def object_of(cell: object) -> dict[str, object] | None:
    """Return the object that a cell holds, None if it holds something else; its keys are text."""
    try:
        value = _parsed(cell.strip()) if isinstance(cell, str) and is_like_object(cell) else cell
        return _with_text_keys(value) if isinstance(value, dict) else None
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _parsed(text: str) -> object:
    if '"' in text or "'" not in text:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return _literal(text)
    # pandas' way of writing a dictionary; without a double quote and a backslash its strings are those of JSON
    if "\\" not in text:
        try:
            return json.loads(text.replace("'", '"'))
        except json.JSONDecodeError:
            pass
    return _literal(text)


def _literal(text: str) -> object:
    if any(sign in text for sign in _ODD_SIGNS):
        text = _ODD.sub(_usual, text)
    return ast.literal_eval(text)


def _usual(match: re.Match[str]) -> str:
    """Return a NumPy number as a plain one, and what is no literal (nan, inf) as one."""
    if match["string"]:
        return match["string"]
    if match["inner"] is not None:
        return match["inner"] if match["inner"] not in ("nan", "inf", "-inf") else _usual_word(match["inner"])
    return _usual_word(match["word"])


def _usual_word(word: str) -> str:
    return {"nan": "None", "inf": "1e999", "-inf": "-1e999"}.get(word, word)


def _with_text_keys(value: dict[object, object], depth: int = 1) -> dict[str, object]:
    if depth > MAX_DEPTH:
        raise ValueError
    return {
        key if isinstance(key, str) else str(key): _with_text_keys(one, depth + 1) if isinstance(one, dict) else one
        for key, one in value.items()
    }
