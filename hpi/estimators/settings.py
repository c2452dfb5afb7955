"""Settings of estimators: each with its help and its bounds, checked in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import Field, field, fields
from typing import Any, ClassVar

from hpi.errors import EstimatorError

MOST_DIGITS = 12
WHOLE = r"[0-9]+"
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"


def setting(
    default: Any,  # noqa: ANN401
    help_text: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    or_zero: bool = False,
) -> Any:  # noqa: ANN401
    """Return a dataclass field that is a number between `low` and `high`, or 0 if `or_zero`, or one of `choices`."""
    known = {"help": help_text, "low": low, "high": high, "choices": choices, "or_zero": or_zero}
    return field(default=default, metadata=known)


def permutations_setting() -> Any:  # noqa: ANN401
    """Return the setting of how often trials are shuffled: too few say nothing of chance."""
    return setting(200, "shuffles that say what chance alone would show, or 0", low=100, high=10_000, or_zero=True)


class Settings:
    """What every estimator inherits: its dataclass fields are settings, refused where out of bounds.

    The words are those of a method that shares out the variance of the metric; others bring their own.

    Raises
    ------
    EstimatorError
        If a setting is out of its bounds.
    """

    name: ClassVar[str]
    explains: ClassVar[str] = "{name} alone explains {value} of the variance of the metric"
    bar: ClassVar[str] = "share of the variance of the metric that it explains alone"
    in_percent: ClassVar[bool] = True
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __post_init__(self) -> None:
        """Refuse settings that are out of bounds."""
        for declared in fields(self):
            _check(declared, getattr(self, declared.name))

    @property
    def counts_all(self) -> bool:
        """Whether counts of all trials are enough, so that nothing rests on those that stand for them."""
        return False

    @property
    def settings(self) -> Mapping[str, object]:
        """Every setting by name, as JSON shows it."""
        return {declared.name: getattr(self, declared.name) for declared in fields(self)}

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> dict[str, Any]:
        """Read settings as they are written on the command line.

        Raises
        ------
        EstimatorError
            If a setting is unknown or its text is not of its kind.
        """
        known = {declared.name: declared for declared in fields(cls)}
        for key in texts:
            if key not in known:
                have = f"it has: {', '.join(sorted(known))}" if known else "it has none"
                raise EstimatorError(f"{cls.name} has no setting {key!r}; {have}.")
        return {key: _read(known[key], text) for key, text in texts.items()}


def _read(declared: Field[Any], text: str) -> str | int | float:
    if declared.metadata["choices"]:
        return text
    whole = isinstance(declared.default, int)
    # Python alone would also read other digits than ours, blanks around them and underscores between.
    if len(text) > MOST_DIGITS or not re.fullmatch(WHOLE if whole else NUMBER, text):
        wanted = "a whole number" if whole else "a number"
        raise EstimatorError(
            f"The setting {declared.name} is {text[:MOST_DIGITS]!r}; it takes {wanted} {_bounds(declared)}."
        )
    return int(text) if whole else float(text)


def _check(declared: Field[Any], value: Any) -> None:  # noqa: ANN401
    choices = declared.metadata["choices"]
    if choices:
        if value not in choices:
            raise EstimatorError(f"{declared.name} is {value!r}; it must be one of: {', '.join(choices)}.")
    elif value == 0 and declared.metadata["or_zero"]:
        return
    elif not declared.metadata["low"] <= value <= declared.metadata["high"]:
        raise EstimatorError(f"{declared.name} is {value}; it must be {_bounds(declared)}.")


def _bounds(declared: Field[Any]) -> str:
    zero = ", or 0" if declared.metadata["or_zero"] else ""
    return f"from {declared.metadata['low']:,} to {declared.metadata['high']:,}{zero}"
