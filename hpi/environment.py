"""Settings from environment variables: read once, refused where they make no sense."""

from __future__ import annotations

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


def one_of(variable: str, text: str, allowed: tuple[str, ...]) -> str:
    """Return the text if it is one of `allowed`; raises SettingsError as `number` does."""
    if text not in allowed:
        raise SettingsError(f"{variable} is {text!r}; it must be one of {', '.join(allowed)}.")
    return text
