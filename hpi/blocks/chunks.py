"""Chunks: neighbouring blocks that one worker goes through, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpi.blocks.source import Block


class StoppedError(Exception):
    """A chunk found that its run has ended; nobody sees this."""


class Chunk(tuple["Block", ...]):
    """Neighbouring blocks that one worker goes through.

    In memory shared with the run, going through them tells how far it is, and ends where the run has ended.
    """

    stop: Event | None = None
    passed: int = 0  # blocks
    losses: int = 0

    def __iter__(self) -> Iterator[Block]:
        """Return the blocks one by one, until the run ends."""
        for index, block in enumerate(super().__iter__()):
            if self.stop is not None and self.stop.is_set():
                raise StoppedError
            yield block
            self.passed = max(self.passed, index + 1)

    @property
    def rows(self) -> int:
        """Rows of all blocks."""
        return sum(block.rows for block in self[:])

    @property
    def gone(self) -> Chunk:
        """The blocks that were gone through."""
        return Chunk(self[: self.passed])


def chunked(blocks: Iterable[Block], rows: int) -> list[Chunk]:
    """Return the blocks in chunks of neighbours: as many as fit `rows`, at least one."""
    chunks: list[list[Block]] = []
    room = 0
    for block in blocks:
        if not chunks or block.rows > room:
            chunks.append([])
            room = rows
        chunks[-1].append(block)
        room -= block.rows
    return [Chunk(chunk) for chunk in chunks]


def named(blocks: Sequence[Block], files: Sequence[str]) -> str:
    """Return where blocks are: "row groups 3 to 6 of part-0007.parquet and row group 0 of part-0008.parquet"."""
    groups: dict[int, list[int]] = {}
    for block in blocks[:]:
        groups.setdefault(block.file, []).append(block.group)
    told = []
    for file, found in groups.items():
        name = files[file].rpartition("/")[2] if file < len(files) else f"file {file}"
        which = f"group {found[0]}" if len(found) == 1 else f"groups {min(found)} to {max(found)}"
        told.append(f"row {which} of {name}")
    return f"{', '.join(told[:-1])} and {told[-1]}" if told[1:] else told[0]
