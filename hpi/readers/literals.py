"""Objects that stand in cells: JSON, or a Python dictionary as pandas writes it; read as data, never run."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from functools import partial

from hpi.errors import TableError
from hpi.readers.rows import MAX_DEPTH

MAX_OBJECT = 100_000
# What only Python's own parser reads (tuples, escapes) takes it about a second for this many characters.
MAX_LITERALS = 5_000_000
_REMEMBERED = 10_000

# Strings come first, so that what they hold is passed over; one without an end takes all that follows, as trying each
# of its quotes would take time that grows with the square.
_ODD = re.compile(
    r"""(?P<string>'(?:[^'\\]|\\.)*+(?:'|\Z)|"(?:[^"\\]|\\.)*+(?:"|\Z))"""
    r"""|\bnp\.(?:float|int|uint|str_?|bool_?)[0-9]*\((?P<inner>[^()]*)\)|(?P<word>-?\b(?:nan|inf|None|True|False)\b)""",
    re.DOTALL,
)
_IN_JSON = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "None": "null", "True": "true", "False": "false"}
_IN_PYTHON = {"nan": "None", "inf": "1e999", "-inf": "-1e999"}


def is_like_object(cell: object) -> bool:
    """Whether a cell may hold an object: looks at its ends only."""
    if isinstance(cell, str):
        text = cell.strip()
        return text.startswith("{") and text.endswith("}") and len(text) <= MAX_OBJECT
    return isinstance(cell, dict)


class Objects:
    """The objects in cells, each parsed once where cells are equal, within a limit on the work that it takes."""

    def __init__(self, characters: int = MAX_LITERALS) -> None:
        self._left, self._limit = characters, characters
        self._known: dict[str, dict[str, object] | None] = {}

    def of(self, cell: object) -> dict[str, object] | None:
        """Return the object that a cell holds, None if it holds something else; its keys are text.

        Raises
        ------
        TableError
            If too much was parsed that is no JSON.
        """
        if not is_like_object(cell):
            return None
        if not isinstance(cell, str):
            return self._parsed(cell)
        found = self._known[cell] if cell in self._known else self._parsed(cell)
        if len(self._known) < _REMEMBERED:
            self._known[cell] = found
        return found

    def _parsed(self, cell: object) -> dict[str, object] | None:
        try:
            value = self._value(cell.strip()) if isinstance(cell, str) else cell
            return _with_text_keys(value) if isinstance(value, dict) else None
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return None

    def _value(self, text: str) -> object:
        for candidate in _in_json(text):
            try:
                return json.loads(candidate)
            except json.JSONDecodeError:
                continue
        self._left -= len(text)
        if self._left < 0:
            raise TableError(
                f"They are over {self._limit:,} characters of Python dictionaries with values that JSON does not have, "
                "such as tuples. Write them as JSON."
            )
        return ast.literal_eval(_ODD.sub(partial(_usual, words=_IN_PYTHON), text))


def _in_json(text: str) -> list[str]:
    """Return what the text may be in JSON: as it is, or with what Python writes in another way."""
    if "'" not in text or '"' in text or "\\" in text:
        return [text]
    # without double quotes and backslashes, Python's strings are those of JSON in other quotes
    usual = text.replace("'", '"')
    return [usual, _ODD.sub(partial(_usual, words=_IN_JSON), usual)]


def _usual(match: re.Match[str], words: Mapping[str, str]) -> str:
    """Return a NumPy number as a plain one, and a word that stands for a value as `words` have it."""
    if match["string"]:
        return match["string"]
    word = match["word"] if match["inner"] is None else match["inner"]
    return words.get(word, word)


def _with_text_keys(value: dict[object, object], depth: int = 1) -> dict[str, object]:
    if depth > MAX_DEPTH:
        raise ValueError
    return {
        key if isinstance(key, str) else str(key): _with_text_keys(one, depth + 1) if isinstance(one, dict) else one
        for key, one in value.items()
    }
