"""JSON text as a run of values: one after the other, never all at once, and where in the text each of them is."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from math import isinf

from hpi.errors import TableError
from hpi.readers.naming import listed
from hpi.roles.values import counted

_BLANKS = re.compile(r"[ \t\r\n]*")
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_DIGITS = re.compile(r"[0-9]++")
_LONGEST_NUMBER = 400
_WRITE_AGAIN = "Write the file again, with a JSON library"


class JsonText:
    """The values in a text, and what must be said of them.

    The methods raise TableError where the text is no JSON, with the line and the column.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._twice: Counter[str] = Counter()
        self._odd: Counter[str] = Counter()
        self._cut: str | None = None
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_float=self._float
        )

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self._twice.update(key for key, n in Counter(key for key, _ in pairs).items() if n > 1)
        return found

    def _constant(self, word: str) -> float:
        self._odd[word] += 1
        return float(word)

    def _float(self, digits: str) -> float:
        number = float(digits)
        if isinf(number):
            if len(digits) > _LONGEST_NUMBER:
                raise ValueError(digits[:_LONGEST_NUMBER])
            self._odd["beyond 1.8e308"] += 1
        return number

    @property
    def notices(self) -> list[str]:
        """What was done to the values that were read so far."""
        said = [
            f"The key {listed([key])} comes twice in {counted(n, 'object')}; the last was kept."
            for key, n in self._twice.items()
        ]
        if self._odd:
            words = ", ".join(f"{counted(n, 'time')} {word}" for word, n in self._odd.items())
            said.append(f"Not every number is finite: {words}; NaN was read as an empty cell.")
        return said + ([self._cut] if self._cut else [])

    @property
    def start(self) -> int:
        """Where the first value begins."""
        return self._after(_BLANKS, 0)

    def begins_with(self, signs: str, nth: int = 0) -> bool:
        """Whether the first sign of the text (or the second, with nth=1) that is no blank is one of these."""
        at = self.start
        for _ in range(nth):
            at = self._after(_BLANKS, at + 1)
        return self.text[at : at + 1] in tuple(signs)

    def values(self) -> Iterator[tuple[int, object]]:
        """Yield where each value begins and what it is; a last one that was cut short is left out, with a notice."""
        at, n = self.start, 0
        while at < len(self.text):
            try:
                value, end = self._decode(at)
            except json.JSONDecodeError as error:
                if n > 1 and self._is_cut(error) and "\n" not in self.text[at:].strip():
                    self._cut = f"The last record ({self.where(at)}) is cut short and was left out."
                    return
                raise self._refusal(error) from None
            yield at, value
            at, n = self._after(_BETWEEN, end), n + 1

    def elements(self) -> Iterator[tuple[int, object]]:
        """Yield where each element of the list begins that the text is, and what it is."""
        at = self._after(_BLANKS, self.start + 1)
        try:
            while not self.text.startswith("]", at):
                value, end = self._decode(at)
                yield at, value
                at = self._after(_BLANKS, end)
                if self.text.startswith(",", at):
                    at = self._after(_BLANKS, at + 1)
                elif not self.text.startswith("]", at):
                    raise json.JSONDecodeError("Expecting ',' delimiter", self.text, at)
        except json.JSONDecodeError as error:
            raise self._refusal(error) from None
        after = self._after(_BLANKS, at + 1)
        if after < len(self.text):
            raise TableError(f"After the end of the list there is more text in {self.where(after)}. {_WRITE_AGAIN}.")

    def where(self, at: int) -> str:
        """Return a position as people count: line 3, column 9."""
        return f"line {self.text.count(chr(10), 0, at) + 1:,}, column {at - self.text.rfind(chr(10), 0, at):,}"

    def _after(self, pattern: re.Pattern[str], at: int) -> int:
        match = pattern.match(self.text, at)
        return match.end() if match else at

    def _decode(self, at: int) -> tuple[object, int]:
        try:
            return self._decoder.raw_decode(self.text, at)
        except RecursionError:
            raise TableError(
                f"The JSON is nested too deeply in the value that begins in {self.where(at)}. "
                "Write the values of a trial side by side."
            ) from None
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            # Python refuses to read integers of thousands of digits, as that takes time
            raise self._about_digits(at, error) from None

    def _about_digits(self, at: int, error: ValueError) -> TableError:
        longest = max(_DIGITS.finditer(self.text, at), key=lambda found: len(found.group()), default=None)
        if longest is None:
            return TableError(f"A value that begins in {self.where(at)} cannot be read: {error}.")
        n = len(longest.group())
        return TableError(f"A number in {self.where(longest.start())} has {n:,} digits: too long. Leave it out.")

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        return error.pos >= len(self.text.rstrip()) or error.msg.startswith("Unterminated string")

    def _refusal(self, error: json.JSONDecodeError) -> TableError:
        why = error.msg[0].lower() + error.msg[1:]
        if self.text.startswith("'", error.pos):
            advice = "These look like Python dictionaries: write them with json.dumps."
        elif self._is_cut(error):
            advice = f"It seems to be cut short. {_WRITE_AGAIN}."
        else:
            advice = f"{_WRITE_AGAIN}."
        return TableError(f"This is not valid JSON: in {self.where(error.pos)}, {why.removesuffix(' at')}. {advice}")
