"""From bytes to text: the encoding, and what is no text at all."""

from __future__ import annotations

import codecs
import re

import numpy as np

from hpi.errors import TableError

MAX_LINE = 1_000_000

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS = (
    (b"PK\x03\x04", "an Excel or zip file; save the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file; save the table as CSV"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"PAR1", "a Parquet file; save the table as CSV"),
    (b"\x89PNG", "a picture; give the table itself"),
    (b"SQLite format 3\x00", "a database; export its trials as CSV"),
)  # fmt: skip
# Letters and signs that western texts do have in cp1252; other bytes above 0x7f speak for another encoding.
_WESTERN = frozenset(range(0xA0, 0x100)) | frozenset((0x80, 0x82, 0x84, 0x85, *range(0x91, 0x98), 0x99, 0x9C))
_LONGEST_RUN = 3


def decode(data: bytes) -> tuple[str, list[str]]:
    """Return the text of a table in lines, and what had to be assumed about its encoding.

    Raises
    ------
    TableError
        If the bytes are no text, or of an encoding that cannot be told, or a line is longer than any of a table.
    """
    text, notices = decode_whole(data)
    _check_lines(text)
    return text, notices


def decode_whole(data: bytes) -> tuple[str, list[str]]:
    """Return the text as `decode` does, of whatever lines: a document may be one line."""
    if not data.strip():
        raise TableError(f"The file is empty ({len(data)} bytes); it needs a line of names and one line a trial.")
    for magic, what in _OTHERS:
        if data.startswith(magic):
            raise TableError(f"This is no text table but {what}.")
    text, notices = _decoded(data)
    nul = text.find("\x00")
    if nul >= 0:
        raise TableError(
            f"There is a NUL byte at character {nul + 1:,}: this is no text, or UTF-16 without a mark. "
            "Save the table as UTF-8."
        )
    if re.match(r"\s*<(?:!doctype|html|\?xml)", text[:200], re.IGNORECASE):
        raise TableError("This is a web page, not a table (perhaps a login page was saved); download the file again.")
    return text, notices


def _decoded(data: bytes) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding).removeprefix("\ufeff"), []
            except UnicodeDecodeError as error:
                raise TableError(
                    f"The file is marked as {encoding}, but byte {error.start + 1:,} is not; save it as UTF-8."
                ) from error
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        return _western(data, error.start)


def _western(data: bytes, at: int) -> tuple[str, list[str]]:
    high = np.frombuffer(data, dtype=np.uint8)
    high = high[high >= 0x80]
    control = sum(data.count(bytes([byte])) for byte in range(32) if byte not in (9, 10, 11, 12, 13))
    run = max((len(found) for found in re.findall(rb"[\x80-\xff]+", data)), default=0)
    if control or run > _LONGEST_RUN or not set(np.unique(high).tolist()) <= _WESTERN:
        raise TableError(f"Byte {at + 1:,} ({data[at]:#04x}) is not UTF-8, nor western text; save the table as UTF-8.")
    line = data.count(b"\n", 0, at) + 1
    return data.decode("cp1252"), [
        f"The file is not UTF-8 (first in line {line:,}) and was read as cp1252 (western Windows); "
        "check the letters with accents."
    ]  # fmt: skip


def _check_lines(text: str) -> None:
    """Refuse lines that no table has, before a parser works on them for a minute."""
    start = 0
    number = 1
    for ending in re.finditer(r"\r\n?|\n|\Z", text):
        if ending.start() - start > MAX_LINE:
            raise TableError(
                f"Line {number:,} has over {MAX_LINE:,} characters; this does not look like a table. "
                "Leave out the column with the long cells."
            )
        start, number = ending.end(), number + 1
