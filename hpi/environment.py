"""Settings from environment variables: read once, refused where they make no sense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hpi.errors import SettingsError

DIGITS = 10


def number(variable: str, text: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`.

    Raises
    ------
    SettingsError
        If the text is none; the message begins with the name of the variable.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS and low <= int(text) <= high):
        raise SettingsError(f"{variable} is {text!r}; it must be a whole number from {low:,} to {high:,}.")
    return int(text)


def numbers(bounds: Iterable[tuple[str, str, int, int]], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole numbers that the environment gives, by field; `bounds`: field, variable, lowest, highest.

    Raises SettingsError as `number` does.
    """
    given = (bound for bound in bounds if bound[1] in environment)
    return {field: number(variable, environment[variable], low, high) for field, variable, low, high in given}


def one_of(variable: str, text: str, allowed: tuple[str, ...]) -> str:
    """Return the text if it is one of `allowed`; raises SettingsError as `number` does."""
    if text not in allowed:
        raise SettingsError(f"{variable} is {text!r}; it must be one of {', '.join(allowed)}.")
    return text
