"""Files that are small to send and large to read."""

from __future__ import annotations

import zlib

from tests.corpus.case import Case, Wanted
from tests.corpus.plain import PLAIN, lines, rows_of, text

REFUSE = Wanted.REFUSE
ROWS = rows_of(PLAIN)


def wide(columns: int) -> bytes:
    """Twenty rows of very many columns."""
    header = ",".join(f"c{k}" for k in range(columns))
    return "\n".join([header, *(["1," * (columns - 1) + "0.5"] * 20)]).encode()


def long_header() -> bytes:
    """A million names and nothing else."""
    return b",".join(b"column%d" % k for k in range(1_000_000)) + b"\n"


def long_cell() -> bytes:
    """One cell of ten megabytes, in line 4."""
    return lines(PLAIN, ROWS[:2]) + b"0.1," + b"x" * 10_000_000 + b",0.5\n" + lines(ROWS[3], ROWS[4:])


def gzip_bomb() -> bytes:
    """A gigabyte of rows behind a few megabytes."""
    packing = zlib.compressobj(1, wbits=31)
    block = b"0.1,adam,0.5\n" * 80_000
    packed = [packing.compress(b"lr,optimizer,loss\n")]
    packed += [packing.compress(block) for _ in range(1_000_000_000 // len(block) + 1)]
    return b"".join([*packed, packing.flush()])


def gzipped() -> bytes:
    """The plain table behind gzip."""
    packing = zlib.compressobj(9, wbits=31)
    return packing.compress(text()) + packing.flush()


CASES = (
    Case("F53", "10,000 columns", "a.csv", lambda: wide(10_000), REFUSE, seconds=2,
         says=("10,000", "1,000", "HPI_READ_COLUMNS"), large=True),
    Case("F54", "1e6-column header", "a.csv", long_header, REFUSE, seconds=2, says=("line 1|first line",
         "1,000,000|1 MB"),
         large=True),
    Case("F55", "10 MB cell", "a.csv", long_cell, REFUSE, says=("line 4", "1,000,000|1 MB"), large=True),
    Case("F62", "100 MB one line no newline", "a.csv", lambda: b"0.123456," * 11_111_111 + b"1", REFUSE, seconds=2,
         says=("line 1|first line", "1,000,000|1 MB"), large=True),
    Case("F71", "gzip bomb 1 GB -> 5 MB", "a.csv.gz", gzip_bomb, REFUSE, seconds=2,
         says=("200 MB", "HPI_READ_UNPACKED_MB"), large=True),
    Case("F72", "gzip truncated", "a.csv.gz", lambda: gzipped()[:-40], REFUSE, says=("gzip", "cut|damaged|incomplete")),
)  # fmt: skip
