"""Files nobody would write: those of the corpus, changed at random but alike for the same seed."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache

from hpi.readers import Opened
from tests.corpus.cases import CASES
from tests.readers.samples import SAMPLES

SMALL = 100_000
LONGEST = 300_000
# what parsers trip over, in text and in numbers of two, four and eight bytes
TOKENS = (
    b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"nan", b"inf",
    b"1e400", b"-1e400", b"1e-400", b"0x10", b"=1+1", b"{", b"}", b"[", b"]", b'{"a":', b"<", b"&", b"%s", b"\\",
    b"\\u0000",
    b"9" * 400, b"null", b"true", b"\xff\xff", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", bytes(8),
    "\u202e".encode(), "\u0661".encode(), b"\xed\xa0\x80",
)  # fmt: skip
NUMBERS = (b"", b"0", b"-1", b"-0.0", b"1e309", b"1e-320", b"nan", b"2147483648", b"9223372036854775808", b"9" * 25,
b"1_0",
           b"0x1", b"1,5", b"1048577", b"16385", b"null", b"true", b'"a"', b"[1]", b"{}")  # fmt: skip
Change = Callable[[bytes, Sequence[bytes], random.Random], bytes]


@cache
def bases() -> tuple[tuple[str, bytes], ...]:
    """Return names and bytes of what is changed: the small files of the corpus, and a sample of every reader."""
    small = [(case.name, case.content()) for case in CASES if not case.large]
    samples = [(opened.name, _bytes_of(opened)) for opened in SAMPLES.values()]
    return tuple((name, data) for name, data in (*small, *samples) if 0 < len(data) < SMALL)


def texts() -> list[tuple[str, bytes]]:
    """Return those of the bases that are text."""
    return [(name, data) for name, data in bases() if b"\0" not in data]


def binaries() -> list[tuple[str, bytes]]:
    """Return those of the bases that are none."""
    return [(name, data) for name, data in bases() if b"\0" in data]


def _bytes_of(opened: Opened) -> bytes:
    """Return the bytes of a sample; of several files, an archive of them."""
    if opened.data or opened.files is None:
        return opened.data
    return _zipped([(name, opened.files.read(name)) for name in opened.files.sizes])


def mutated(among: Sequence[tuple[str, bytes]], seed: str) -> tuple[str, bytes]:
    """Return the name and bytes of one of the files, changed one to four times: the same for the same seed."""
    rng = random.Random(seed)
    name, data = rng.choice(among)
    others = [content for _, content in among]
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        change = rng.choice(CHANGES)
        data = (
            change(data, others, rng) if not _is_zip(data) or rng.random() < 0.4 else _inside(data, change, others, rng)
        )
        data = data[:LONGEST]
    return name, data


def _place(data: bytes, rng: random.Random) -> int:
    """Return a position; the ends are where magic numbers and footers stand, so they come up more often."""
    edge = min(64, len(data))
    where = rng.random()
    return (
        rng.randint(0, edge)
        if where < 0.2
        else len(data) - rng.randint(0, edge)
        if where < 0.4
        else rng.randint(0, len(data))
    )


def _flipped(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(rng.randint(1, 16) if found else 0):
        found[min(_place(data, rng), len(found) - 1)] ^= 1 << rng.randrange(8)
    return bytes(found)


def _overwritten(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    at, token = _place(data, rng), rng.choice(TOKENS)
    return data[:at] + token + data[at + len(token) :]


def _inserted(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 5)):
        at, token = _place(data, rng), rng.choice((*TOKENS, rng.randbytes(rng.randint(1, 20))))
        data = data[:at] + token + data[at:]
    return data


def _cut(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    at = _place(data, rng)
    return rng.choice((data[:at], data[at:], data[:at] + data[at + rng.randint(1, 200) :]))


def _spliced(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    other = rng.choice(others)
    return data[: _place(data, rng)] + other[_place(other, rng) :]


def _repeated(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    at, length = _place(data, rng), rng.choice((1, 3, 40, 2_000))
    return data[:at] + data[at : at + length] * rng.choice((2, 7, 300)) + data[at + length :]


def _nudged(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Return the data with one bit changed somewhere: what is left can mostly be read."""
    found = bytearray(data)
    if found:
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def _renumbered(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Return the data with some of its written numbers replaced."""
    places = list(re.finditer(rb"-?\d+(?:\.\d+)?", data))
    for place in sorted(rng.sample(places, min(len(places), rng.randint(1, 5))), key=lambda one: -one.start()):
        data = data[: place.start()] + rng.choice(NUMBERS) + data[place.end() :]
    return data


CHANGES: tuple[Change, ...] = (_flipped, _overwritten, _inserted, _cut, _spliced, _repeated, _nudged, _renumbered)


# ---- an archive whose bytes are changed is mostly a damaged archive; so its members are changed, too


def _is_zip(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04") and zipfile.is_zipfile(io.BytesIO(data))


def _inside(data: bytes, change: Change, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Return the archive with one of its members changed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        struct.error,
        zlib.error,
    ):
        return change(data, others, rng)
    if not members:
        return change(data, others, rng)
    which = rng.randrange(len(members))
    return _zipped(
        [(n, change(content, others, rng) if k == which else content) for k, (n, content) in enumerate(members)]
    )


def _zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dict(members):
            archive.writestr(zipfile.ZipInfo(name), dict(members)[name], zipfile.ZIP_DEFLATED)
    return written.getvalue()
