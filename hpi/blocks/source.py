"""A table larger than memory: which files it has, which row groups these have, and the rows of one, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hpi.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

PIECE = 131_072  # rows that are held at once
REMEDY = "Write the file again or leave it out"  # where a part of it cannot be read
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
    digests
        sha256 of the footer of each file, as hex: one that was replaced is noticed. Empty where nobody took them.
    """

    files: tuple[str, ...]
    sizes: tuple[int, ...]
    blocks: tuple[Block, ...]
    columns: tuple[tuple[str, str], ...]
    n_rows: int
    fingerprint: str
    notices: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()

    @property
    def light(self) -> Source:
        """The same without its blocks: it travels with every chunk, which brings its own."""
        return replace(self, blocks=())

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
    with Files(source) as files:
        yield from files.read(block, names)


class Files:
    """The files of a source, of which the one that was read last stays open: for blocks that one thread goes through.

    Opening a file takes longer than reading some hundred rows of it.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._last: tuple[int, _File] | None = None
        self._open = ExitStack()

    def __enter__(self) -> Files:
        """Open nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open."""
        self._open.close()
        self._last = None

    def read(self, block: Block, names: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
        """Yield the rows of a block in pieces, as `read` does; raises TableError likewise."""
        file = self._of(block)
        yield from _pieces(self._source, block, names, file.stored, file.ready(self._source, block, names))

    def reading(self, block: Block) -> Reading:
        """Return a block of which columns are read one after the other; raises TableError as `read` does."""
        file = self._of(block)
        return Reading(self._source, block, file.stored, file.ready(self._source, block, tuple(self._source.kinds)))

    def _of(self, block: Block) -> _File:
        if self._last is None or self._last[0] != block.file:
            self.__exit__()
            self._last = block.file, self._open.enter_context(_opened(self._source, block))
        return self._last[1]


@dataclass(frozen=True)
class Reading:
    """A block that is open."""

    source: Source
    block: Block
    stored: Mapping[str, str]
    file: pq.ParquetFile

    def column(self, name: str) -> Iterator[tuple[int, pa.ChunkedArray]]:
        """Yield one column in pieces, with the position of the first row of each; raises TableError as `read` does."""
        for start, piece in _pieces(self.source, self.block, (name,), self.stored, self.file):
            yield start, piece[name]


def _pieces(
    source: Source, block: Block, names: Sequence[str], stored: Mapping[str, str], file: pq.ParquetFile
) -> Iterator[tuple[int, pa.Table]]:
    import pyarrow as pa

    from hpi.blocks import columns

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


@dataclass(frozen=True)
class _File:
    """A file that is open, and what its footer says.

    `stored`: names in the file by names in the source. `texts`: columns of text, and where they stand among all.
    """

    handle: Any
    metadata: pq.FileMetaData
    stored: Mapping[str, str]
    texts: Mapping[str, int]
    is_remote: bool

    def ready(self, source: Source, block: Block, names: Sequence[str]) -> pq.ParquetFile:
        """Return what reads a block's columns; raises TableError where the file has no such block."""
        import pyarrow.parquet as pq

        rows = self.metadata.row_group(block.group).num_rows if block.group < self.metadata.num_row_groups else 0
        if rows != block.rows:
            raise _changed(source, block, f"it has {rows:,} rows and had {block.rows:,} before")
        with _blamed(source, block):
            return pq.ParquetFile(
                self.handle,
                metadata=self.metadata,
                read_dictionary=self._as_codes(block, names),
                # an object store answers slowly: what is needed of a row group is asked for at once
                pre_buffer=self.is_remote,
                buffer_size=0 if self.is_remote else _BUFFER,
                page_checksum_verification=True,
            )

    def _as_codes(self, block: Block, names: Sequence[str]) -> list[str]:
        """Return the columns of text that can be read as codes; some ways to write text cannot."""
        wanted = {self.stored[name] for name in names}
        group = self.metadata.row_group(block.group)
        texts = [(name, k) for name, k in self.texts.items() if name in wanted]
        return [name for name, k in texts if set(group.column(k).encodings) <= _PLAIN_TEXT]


@contextmanager
def _opened(source: Source, block: Block) -> Iterator[_File]:
    """Open the file of a block; raises TableError where it is not the one that was found."""
    from hpi.blocks import places

    file = source.files[block.file]
    with _blamed(source, block):
        size = places.size_of(file)
    if size != source.sizes[block.file]:
        raise _changed(source, block, f"it had {source.sizes[block.file]:,} bytes before and has {size:,} now")
    entered = places.opened(file)
    with _blamed(source, block):
        handle = entered.__enter__()
    try:
        yield _entered(source, block, handle)
    finally:
        entered.__exit__(None, None, None)


def _entered(source: Source, block: Block, handle: Any) -> _File:  # noqa: ANN401 - pyarrow has no types
    """Return an open file with what its footer says, which is what it said when it was found."""
    from hpi.blocks import footers, places
    from hpi.roles import arrow

    name = source.files[block.file]
    with _blamed(source, block):
        footer = footers.end_of(handle, source.sizes[block.file], places.name_of(name))
        if source.digests and footers.digest_of(footer) != source.digests[block.file]:
            raise _changed(source, block, "its footer says something else")
        metadata = footers.understood(footer)
        schema = metadata.schema.to_arrow_schema()
    stored = {plain(field.name): field.name for field in schema}
    lost = sorted(set(source.kinds) - set(stored))
    if lost:
        raise _changed(source, block, f"it has no column {lost[0]}")
    place = {metadata.schema.column(k).path: k for k in range(metadata.num_columns)}
    texts = [field.name for field in schema if arrow.is_text(arrow.storage(field.type))]
    texts_at = {text: place[text] for text in texts if text in place}
    return _File(handle, metadata, stored, texts_at, name.startswith("s3://"))


def _changed(source: Source, block: Block, what: str) -> TableError:
    return _unreadable(source, block, f"the file has changed since the table was opened ({what})")


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
    return TableError(f"Row group {block.group} of {name} cannot be read: {why}. {REMEDY}, and open the table anew.")
