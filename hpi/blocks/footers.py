"""What the footers of a table's files say together: row groups, columns, a digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hpi.blocks import columns, places
from hpi.blocks.source import REMEDY, Block, Source, plain
from hpi.errors import TableError
from hpi.roles import arrow
from hpi.roles.wording import shown

_MARK, _ENCRYPTED = b"PAR1", b"PARE"
_TAIL = 65_536  # bytes at the end that are read at once: most footers fit
_LONGEST = 500_000_000
_AT_ONCE = 8  # files: an object store takes long to answer, not to send
_INDEX = re.compile(r"__index_level_\d+__")


@dataclass(frozen=True)
class _Footer:
    """What one file says of itself."""

    size: int
    digest: str
    rows: tuple[int, ...]
    kinds: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]


def joined(files: Sequence[str], notices: Sequence[str] = ()) -> Source:
    """Return the source of some files; raises TableError where one is damaged or has other columns than the rest.

    `notices`: what must be said of how they were found.
    """
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        footers = list(threads.map(_footer, files))
    kinds = _common(files, footers)
    blocks, start = [], 0
    for file, footer in enumerate(footers):
        for group, rows in enumerate(footer.rows):
            if rows:
                blocks.append(Block(file, group, start, rows))
            start += rows
    if not blocks:
        raise TableError(f"{_listed(files)} has 0 rows; a table needs one row a trial.")
    return Source(
        tuple(files), tuple(footer.size for footer in footers), tuple(blocks), tuple(kinds.items()), start,
        _fingerprint(files, footers), (*notices, *_notices(files, footers)),
        tuple(footer.digest for footer in footers),
    )  # fmt: skip


def _footer(file: str) -> _Footer:
    """Return what the end of a file says; raises TableError where it cannot be understood."""
    try:
        with places.opened(file) as handle:
            size = handle.size()
            footer = end_of(handle, size, places.name_of(file))
        metadata = understood(footer)
        schema = metadata.schema.to_arrow_schema()
        rows = tuple(metadata.row_group(k).num_rows for k in range(metadata.num_row_groups))
    except columns.DAMAGED as error:
        raise _damaged(file, places.said(error)) from error
    if min(rows, default=0) < 0 or sum(rows) != metadata.num_rows:
        raise _damaged(file, f"its row groups do not have {metadata.num_rows:,} rows together")
    kinds, left_out = _kinds(schema, file)
    return _Footer(size, digest_of(footer), rows, kinds, left_out)


def digest_of(footer: bytes) -> str:
    """Return what tells one footer from another."""
    return hashlib.sha256(footer).hexdigest()


def understood(footer: bytes) -> pq.FileMetaData:
    """Return what a footer says; raises one of `columns.DAMAGED` where it cannot be understood."""
    return pq.read_metadata(pa.BufferReader(_MARK + footer + len(footer).to_bytes(4, "little") + _MARK))


def end_of(handle: Any, size: int, name: str) -> bytes:  # noqa: ANN401 - pyarrow has no types
    """Return the bytes of the footer of an open file; raises TableError where there is none."""
    handle.seek(max(0, size - _TAIL))
    tail = handle.read(_TAIL)
    if tail.endswith(_ENCRYPTED):
        raise TableError(f"{name} is encrypted; write it without encryption.")
    if not tail.endswith(_MARK) or len(tail) < 12:
        raise TableError(f"{name} is no Parquet file, or it was cut: its end is missing. Write it again.")
    length = int.from_bytes(tail[-8:-4], "little")
    if not 0 < length <= min(size - 12, _LONGEST):
        raise TableError(f"{name} is damaged: its footer should have {length:,} bytes. Write it again.")
    if length + 8 > len(tail):
        handle.seek(size - length - 8)
        return bytes(handle.read(length))
    return bytes(tail[-length - 8 : -8])


def _kinds(schema: Any, file: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:  # noqa: ANN401
    """Return name and kind of each column that is read, and those that are not."""
    found: dict[str, str] = {}
    left_out = []
    indices = [field.name for field in schema if _INDEX.fullmatch(field.name) and pa.types.is_integer(field.type)]
    for field in schema:
        name, kind = plain(field.name), columns.kind_of(field.type)
        if kind is None:
            left_out.append(f"{name} ({arrow.named(field.type)})")
        elif field.name in indices and len(indices) < len(schema):
            left_out.append(f"{name} (numbers of the rows)")
        elif not name:
            left_out.append("a column without a name")
        elif name in found:
            where = places.name_of(file)
            raise TableError(f"The column name {shown([name])} appears twice in {where}; rename one of them.")
        else:
            found[name] = kind
    return tuple(found.items()), tuple(left_out)


def _common(files: Sequence[str], footers: Sequence[_Footer]) -> dict[str, str]:
    """Return the kind of each column; raises TableError where a file has others, or a column is of another kind."""
    first = dict(footers[0].kinds)
    kinds = dict(first)
    for file, footer in zip(files, footers, strict=True):
        own = dict(footer.kinds)
        other = [name for name in (*first, *own) if (name in first) != (name in own)]
        if other:
            has, lacks = (files[0], file) if other[0] in first else (file, files[0])
            raise TableError(
                f"{places.name_of(has)} has a column {shown([other[0]])}, and {places.name_of(lacks)} has none; all "
                "files of a table need the same columns. Write them alike, or leave some out."
            )
        for name, kind in own.items():
            if columns.EMPTY not in (kind, kinds[name]) and kind != kinds[name]:
                raise TableError(
                    f"The column {shown([name])} holds {_WORDS[kinds[name]]} in {places.name_of(files[0])} and "
                    f"{_WORDS[kind]} in {places.name_of(file)}; write it alike in all files."
                )
            kinds[name] = kind if kinds[name] == columns.EMPTY else kinds[name]
    if not kinds:
        raise TableError(
            f"{_listed(files)} has only nested or binary columns; write numbers and text, one column a hyperparameter."
        )
    return {name: columns.TEXT if kind == columns.EMPTY else kind for name, kind in kinds.items()}


_WORDS = {columns.NUMBER: "numbers", columns.TEXT: "text", columns.TRUTH: "truth values", columns.EMPTY: "nothing"}


def _fingerprint(files: Sequence[str], footers: Sequence[_Footer]) -> str:
    digest = hashlib.sha256()
    for file, footer in zip(files, footers, strict=True):
        digest.update(repr((places.name_of(file), footer.size, footer.digest)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _notices(files: Sequence[str], footers: Sequence[_Footer]) -> tuple[str, ...]:
    notices = []
    left_out = list(dict.fromkeys(one for footer in footers for one in footer.left_out))
    if left_out:
        notices.append(f"Nested, binary and nameless columns and numbers of rows were left out: {shown(left_out)}.")
    if any("=" in folder for file in files for folder in file.split("/")[:-1]):
        notices.append("What the names of folders say (as in year=2024) is not read; only columns of the files are.")
    return tuple(notices)


def _listed(files: Sequence[str]) -> str:
    return shown([places.name_of(file) for file in files], 3)


def _damaged(file: str, why: str) -> TableError:
    return TableError(f"The footer of {places.name_of(file)} cannot be read: {why}. {REMEDY}.")
