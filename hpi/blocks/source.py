"""A table larger than memory: which files it has, which row groups these have, and the rows of one, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hpi.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

PIECE = 131_072  # rows that are held at once
# Bytes of a column that are read at once: without, the columns of a whole row group are held, as long as one of its
# pieces is.
_BUFFER = 262_144
_PLAIN_TEXT = frozenset({"PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY", "BIT_PACKED"})


@dataclass(frozen=True)
class Block:
    """A row group.

    Attributes
    ----------
    file, group
        Which of the source's files, and which of its row groups, from 0.
    start, rows
        Position of its first row in the source, and how many it has.
    """

    file: int
    group: int
    start: int
    rows: int


@dataclass(frozen=True)
class Source:
    """Files of one table, in order of their names.

    Attributes
    ----------
    files, sizes
        Addresses, and bytes of each.
    blocks
        In order of their rows.
    columns
        Name and kind ("number", "text", "truth") of each that is read, in the order of the first file.
    fingerprint
        sha256 of names, sizes and footers of the files, as hex.
    notices
        What was left out and must be said.
    """

    files: tuple[str, ...]
    sizes: tuple[int, ...]
    blocks: tuple[Block, ...]
    columns: tuple[tuple[str, str], ...]
    n_rows: int
    fingerprint: str
    notices: tuple[str, ...] = ()

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Kind of each column by name."""
        return dict(self.columns)


def find(address: str) -> Source:
    """Return the source at an address: a folder, a pattern or a file, here or at s3://bucket/...; reads footers.

    Raises
    ------
    TableError
        If nothing is there, a footer is damaged, or the files have different columns.
    """
    from hpi.blocks.footers import joined
    from hpi.blocks.places import files_of

    return joined(*files_of(address))


def plain(name: str) -> str:
    """Return the name of a column without blanks around, with one between words."""
    return " ".join(name.split())


def read(source: Source, block: Block, names: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
    """Yield the rows of a block in pieces of at most `PIECE`, with the position of the first row of each.

    Columns come in the order of `names`: numbers as double, all else as codes into words (dictionary).

    Raises
    ------
    TableError
        If the row group cannot be read, or its file has changed.
    """
    with _opened(source, block, names) as file:
        yield from _pieces(source, block, names, file)


@contextmanager
def reading(source: Source, block: Block) -> Iterator[Reading]:
    """Open a block of which columns are read one after the other; raises TableError as `read` does."""
    names = tuple(source.kinds)
    with _opened(source, block, names) as file:
        yield Reading(source, block, file)


@dataclass(frozen=True)
class Reading:
    """A block that is open."""

    source: Source
    block: Block
    file: pq.ParquetFile

    def column(self, name: str) -> Iterator[tuple[int, pa.ChunkedArray]]:
        """Yield one column in pieces, with the position of the first row of each; raises TableError as `read` does."""
        for start, piece in _pieces(self.source, self.block, (name,), self.file):
            yield start, piece[name]


def _pieces(source: Source, block: Block, names: Sequence[str], file: pq.ParquetFile) -> Iterator[tuple[int, pa.Table]]:
    import pyarrow as pa

    from hpi.blocks import columns

    stored = {plain(name): name for name in file.schema_arrow.names}
    done = 0
    with _blamed(source, block):
        batches = file.iter_batches(
            PIECE, row_groups=[block.group], columns=[stored[name] for name in names], use_threads=False
        )
    while True:
        with _blamed(source, block):
            batch = next(batches, None)
            if batch is None:
                break
            table = pa.Table.from_batches([batch])
            held = {name: columns.alike(table[stored[name]], source.kinds[name]) for name in names}
            for name in names:
                if source.kinds[name] != columns.NUMBER:
                    # a code without a word would end the process, not the reading
                    held[name].validate(full=True)
        if len(batch):
            yield block.start + done, pa.table(held)
        done += len(batch)
    if done != block.rows:
        raise _unreadable(source, block, f"it has {done:,} rows instead of {block.rows:,}")


@contextmanager
def _opened(source: Source, block: Block, names: Sequence[str]) -> Iterator[pq.ParquetFile]:
    import pyarrow.parquet as pq

    from hpi.blocks import places

    file = source.files[block.file]
    with _blamed(source, block):
        size = places.size_of(file)
    if size != source.sizes[block.file]:
        was = f"{source.sizes[block.file]:,} bytes before and has {size:,} now"
        raise _unreadable(source, block, f"the file has changed since the table was opened (it had {was})")
    entered = places.opened(file)
    with _blamed(source, block):
        handle = entered.__enter__()
    try:
        with _blamed(source, block):
            remote = file.startswith("s3://")
            whole = pq.ParquetFile(handle)
            _check(source, block, whole)
            coded = _as_codes(whole, block, names)
            ready = pq.ParquetFile(
                handle,
                metadata=whole.metadata,
                read_dictionary=coded,
                # an object store answers slowly: what is needed of a row group is asked for at once
                pre_buffer=remote,
                buffer_size=0 if remote else _BUFFER,
                page_checksum_verification=True,
            )
        yield ready
    finally:
        entered.__exit__(None, None, None)


def _check(source: Source, block: Block, file: pq.ParquetFile) -> None:
    metadata = file.metadata
    rows = metadata.row_group(block.group).num_rows if block.group < metadata.num_row_groups else 0
    if rows != block.rows:
        what = f"it has {rows:,} rows and had {block.rows:,} before"
        raise _unreadable(source, block, f"the file has changed since the table was opened ({what})")
    lost = sorted(set(source.kinds) - {plain(name) for name in file.schema_arrow.names})
    if lost:
        raise _unreadable(
            source, block, f"the file has changed since the table was opened (it has no column {lost[0]})"
        )


def _as_codes(file: pq.ParquetFile, block: Block, names: Sequence[str]) -> list[str]:
    """Return the columns of text that can be read as codes; some ways to write text cannot."""
    from hpi.roles import arrow

    wanted = set(names)
    texts = {
        field.name
        for field in file.schema_arrow
        if plain(field.name) in wanted and arrow.is_text(arrow.storage(field.type))
    }
    group = file.metadata.row_group(block.group)
    chunks = [group.column(k) for k in range(group.num_columns)]
    return [one.path_in_schema for one in chunks if one.path_in_schema in texts and set(one.encodings) <= _PLAIN_TEXT]


@contextmanager
def _blamed(source: Source, block: Block) -> Iterator[None]:
    """Say of whatever goes wrong which file and row group it comes from."""
    from hpi.blocks import columns, places

    try:
        yield
    except TableError:
        raise
    except (MemoryError, *columns.DAMAGED) as error:
        raise _unreadable(source, block, places.said(error)) from error


def _unreadable(source: Source, block: Block, why: str) -> TableError:
    name = re.split(r"[/\\]", source.files[block.file])[-1]
    return TableError(
        f"Row group {block.group} of {name} cannot be read: {why}. Write the file again, or leave it out and open the "
        "table anew."
    )
