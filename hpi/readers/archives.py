"""Compressed files and archives: what is in them, under limits; nothing is ever written to a disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace

from hpi.errors import TableError
from hpi.readers import magic
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Opened

MOST_MEMBERS = 50_000
_MOST_PIECES = 100_000
_SLICE, _INFLATED = 1 << 18, 1 << 22
_ENTRY = b"PK\x01\x02"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
)


class Zip:
    """The files in a zip archive in memory; names with ../ or / before them are only names."""

    def __init__(self, data: bytes, limits: ReadLimits) -> None:
        self._limits, self._left = limits, limits.unpacked_bytes
        # every entry of the archive's list begins so, and a list of millions takes gigabytes to understand
        if (n := data.count(_ENTRY)) > MOST_MEMBERS:
            raise TableError(
                f"The archive lists {n:,} files; at most {MOST_MEMBERS:,} are looked at. Pack the tables alone."
            )
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise TableError("The zip archive is damaged or cut short; pack or download it again.") from error
        self._members = {one.filename: one for one in self._archive.infolist() if _is_file(one.filename)}
        self.sizes: Mapping[str, int] = {name: one.file_size for name, one in self._members.items()}

    @property
    def is_encrypted(self) -> bool:
        """Whether a file in it is under a password."""
        return any(one.flag_bits & 1 for one in self._members.values())

    def read(self, name: str) -> bytes:
        """Return one file's content; raises TableError where it is damaged, or all that was read passes the limit."""
        # zipfile never gives more than the size that the archive announces, so that size bounds the memory
        if self.sizes[name] > self._left:
            raise too_much(magic.shown_name(name), self._limits)
        content = self.head(name, self.sizes[name])
        self._left -= len(content)
        return content

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of one file, at most `size`; raises TableError where it is damaged."""
        member = self._members[name]
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise TableError(
                f"{magic.shown_name(name)} is compressed in a way that is not read; pack it again as a plain zip."
            )
        try:
            with self._archive.open(member) as file:
                return file.read(size)
        except _DAMAGED as error:
            raise TableError(
                f"{magic.shown_name(name)} in the archive is damaged or cut short; pack or download it again."
            ) from error


def unpacked(opened: Opened, limits: ReadLimits) -> Opened:
    """Return a gzip file unpacked, an archive with its files, anything else as it is.

    Raises
    ------
    TableError
        If it is damaged, or unpacks to more than is allowed.
    """
    if opened.files is None and opened.data.startswith(magic.GZIP):
        opened = _gunzipped(opened, limits)
    if opened.files is None and opened.data.startswith((magic.ZIP, magic.EMPTY_ZIP)):
        files = Zip(opened.data, limits)
        if files.is_encrypted:
            raise TableError("The zip archive is protected by a password; unpack it and give the table.")
        return replace(opened, files=files)
    return opened


def too_much(what: str, limits: ReadLimits) -> TableError:
    """Return the error for something that unpacks to more than is allowed."""
    return TableError(
        f"{what} unpacks to more than {limits.unpacked_mb:,} MB (HPI_READ_UNPACKED_MB); "
        "leave out columns or rows, or give the table alone."
    )


def _is_file(name: str) -> bool:
    """Whether a member is a file that a person put into the archive: no folder, nothing that a system left there."""
    *folders, file = name.split("/")
    hidden = any(part.startswith(".") and part.strip(".") for part in (*folders, file))
    return bool(file) and not hidden and "__MACOSX" not in folders


def _gunzipped(opened: Opened, limits: ReadLimits) -> Opened:
    data, surplus = _inflated(opened.data, limits)
    if magic.is_tar(data):
        raise TableError("The file is a tar archive in a gzip file; unpack it, or pack the table as zip.")
    stem, _, ending = opened.name.rpartition(".")
    is_said = ending.lower() in ("gz", "gzip")
    # bytes without a name of their own promise nothing
    is_odd = bool(stem) and not is_said
    notices = [f"The file is called {magic.shown_name(opened.name)} and holds gzip; it was unpacked."] * is_odd
    if surplus:
        notices.append(f"{surplus:,} bytes behind the end of the gzip data were ignored.")
    name = (stem or "table") if is_said else opened.name
    return replace(opened, name=name, data=data, notices=(*opened.notices, *notices))


def _inflated(data: bytes, limits: ReadLimits) -> tuple[bytes, int]:
    """Return what all members of a gzip file hold, and how many bytes follow that are no gzip.

    The size that the file itself states is not asked: it can be anything.
    """
    # BytesIO gives its bytes away without copying them, so the peak is little more than the result
    out, position = io.BytesIO(), 0
    for _ in range(_MOST_PIECES):
        position = _inflate_member(data, position, out, limits)
        rest = data[position : position + 2]
        if rest != magic.GZIP:
            surplus = len(data) - position if data[position:].strip(b"\x00") else 0
            return out.getvalue(), surplus
    raise TableError(f"The gzip file has more than {_MOST_PIECES:,} pieces; unpack it and compress it again as one.")


def _inflate_member(data: bytes, position: int, out: io.BytesIO, limits: ReadLimits) -> int:
    """Append what the member at a position holds; return where it ends."""
    inflate, view, size = zlib.decompressobj(wbits=31), memoryview(data), 1 << 12
    while not inflate.eof:
        fed = view[position : position + size]
        try:
            piece = inflate.decompress(fed, _INFLATED)
        except zlib.error as error:
            raise TableError(
                f"The gzip file is damaged (near byte {position + 1:,}); compress or download it again."
            ) from error
        if not (fed or piece or inflate.eof):
            raise TableError("The gzip file is cut short; compress or download it again.")
        out.write(piece)
        if out.tell() > limits.unpacked_bytes:
            raise too_much("The gzip file", limits)
        position += len(fed) - len(inflate.unused_data) - len(inflate.unconsumed_tail)
        # members may be tiny, and what follows one is copied: begin with little of it
        size = min(size * 2, _SLICE)
    return position
