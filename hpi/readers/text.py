"""From bytes to text: the encoding, and what is no text at all; the text stays bytes (UTF-8), to be held once."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from hpi.errors import TableError
from hpi.readers import magic

MAX_LINE = 1_000_000

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Letters and signs that western texts do have in cp1252; other bytes above 0x7f speak for another encoding.
_WESTERN = (*range(0xA0, 0x100), 0x80, 0x82, 0x84, 0x85, *range(0x91, 0x98), 0x99, 0x9C)
_TOO_LONG_A_RUN = re.compile(rb"[\x80-\xff]{4}")
_TEXT = bytes((*range(9, 14), *range(0x20, 0x80), *_WESTERN))
_PIECE = 4_000_000
_HEAD = 4_000


@dataclass(frozen=True, eq=False)
class Text:
    """Text in memory.

    Attributes
    ----------
    data
        Bytes that are UTF-8 from `start` on; a mark of the encoding may stand before it.
    start
        Where the text begins.
    notices
        What had to be assumed about its encoding.
    """

    data: bytes
    start: int = 0
    notices: tuple[str, ...] = ()

    def head(self, n_bytes: int, start: int | None = None) -> str:
        """Return about the first n_bytes from `start` on (the beginning, if None), without a character cut in two."""
        begin = self.start if start is None else start
        return self.data[begin : begin + n_bytes].decode("utf-8", "ignore")

    def line_of(self, at: int) -> int:
        """Return the number of the line, from 1, in which a byte is."""
        return line_of(self.data, at)


def text_of(data: bytes) -> Text:
    """Return the text of a file, whatever is written in it.

    Raises
    ------
    TableError
        If the bytes are no text, or of an encoding that cannot be told.
    """
    if not data or data.isspace():
        raise TableError(f"The file is empty ({len(data)} bytes); it needs a line of names and one line a trial.")
    if (known := magic.not_a_table(data)) is not None:
        raise TableError(known)
    text = _decoded(data)
    if b"\0" in text.data:
        raise TableError(_about_nul(text))
    return text


def table_text(data: bytes) -> Text:
    """Return the text of a file that is to be a table in lines; raises as `text_of`, and where a line is endless."""
    text = text_of(data)
    _check_lines(text)
    return text


def decode_whole(data: bytes) -> tuple[str, list[str]]:
    """Return the text as one str and what had to be assumed about its encoding; raises as `text_of` does."""
    text = text_of(data)
    return text.data[text.start :].decode("utf-8"), list(text.notices)


def line_of(data: bytes, at: int) -> int:
    """Return the number of the line, from 1, in which a byte is; lines end with LF, CR or both."""
    return data.count(b"\n", 0, at) + data.count(b"\r", 0, at) - data.count(b"\r\n", 0, at) + 1


def _decoded(data: bytes) -> Text:
    for mark, encoding in _MARKS:
        if data.startswith(mark) and encoding != "utf-8-sig":
            try:
                return Text(data.decode(encoding).removeprefix("\ufeff").encode("utf-8"))
            except UnicodeError as error:
                at = f"byte {error.start + 1:,} is not" if isinstance(error, UnicodeDecodeError) else "it is not"
                raise TableError(f"The file is marked as {encoding}, but {at}; save it as UTF-8.") from error
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    text = Text(data, start)
    # What holds NUL bytes is refused for them, which says more than its first odd byte.
    odd = None if data.isascii() or b"\0" in data else _first_odd_byte(data, start)
    if odd is None:
        return text
    if start:
        raise TableError(f"The file is marked as utf-8, but byte {odd + 1:,} is not; save it as UTF-8.")
    return _western(data, odd)


def _first_odd_byte(data: bytes, start: int) -> int | None:
    """Return the position of the first byte that is not UTF-8, None if all are; never holds a second copy."""
    view = memoryview(data)
    while start < len(data):
        end = min(start + _PIECE, len(data))
        try:
            start += codecs.utf_8_decode(view[start:end], "strict", end == len(data))[1]
        except UnicodeDecodeError as error:
            return start + error.start
    return None


def _western(data: bytes, at: int) -> Text:
    line = line_of(data, at)
    if data.translate(None, _TEXT) or _TOO_LONG_A_RUN.search(data):
        raise TableError(
            f"Byte {at + 1:,} ({data[at]:#04x}, in line {line:,}) is not UTF-8, nor western text; "
            "save the table as UTF-8 (in Excel: CSV UTF-8)."
        )
    notice = (
        f"The file is not UTF-8 (first in line {line:,}) and was read as cp1252 (western Windows); "
        "check the letters with accents."
    )
    return Text(data.decode("cp1252").encode("utf-8"), 0, (notice,))


def _about_nul(text: Text) -> str:
    at = text.data.index(b"\0")
    head = text.data[text.start : text.start + _HEAD]
    where = f"There is a NUL byte at character {_n_characters(text.data, text.start, at) + 1:,}"
    if max(head[::2].count(0), head[1::2].count(0)) == head.count(0) > len(head) // 5:
        return f"{where}: this looks like UTF-16 without a mark. Save the table as UTF-8."
    if head.count(0) > 1:
        return f"{where} and more of them: this is a binary file, not a table in text. Save the table as CSV."
    return f"{where}, in line {text.line_of(at):,}, where text has none: take it out, or save the table again as UTF-8."


def _n_characters(data: bytes, start: int, end: int) -> int:
    """Count the characters: the bytes that do not continue one."""
    return len(data[start:end].translate(None, bytes(range(0x80, 0xC0))))


def _check_lines(text: Text) -> None:
    """Refuse lines that no table has, before a parser works on them for a minute.

    Hops over the text from the last line end within MAX_LINE bytes to the next: what lies between is short enough.
    """
    data, at = text.data, text.start
    returns = b"\r" in data
    while len(data) - at > MAX_LINE:
        last = data.rfind(b"\n", at, at + MAX_LINE + 1)
        if returns:
            last = max(last, data.rfind(b"\r", at, at + MAX_LINE + 1))
        if last < 0:
            ends = [data.find(end, at) for end in (b"\n", b"\r")]
            last = min((end for end in ends if end >= 0), default=len(data))
            if _n_characters(data, at, last) > MAX_LINE:
                raise TableError(
                    f"Line {text.line_of(at):,} has over {MAX_LINE:,} characters; this does not look like a table. "
                    "Leave out the column with the long cells."
                )
        at = last + 1
