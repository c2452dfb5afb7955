"""What is called a table and is something else, or is a table under another name or in a container."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pytest

from hpi.table import TrialTable
from tests.corpus.case import Case, Placed, Together, Wanted, true
from tests.corpus.plain import PLAIN, is_plain, renamed, text
from tests.corpus.size_cases import gzipped
from tests.corpus.workbook_cases import plain_book

NOTICE, REFUSE = Wanted.NOTICE, Wanted.REFUSE
# protocol 2: whoever opens it ends at once with code 7, so that no test could pass
PICKLE = b"\x80\x02csys\nexit\nK\x07\x85R."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>, please, sign, in</body></html>\n"


def png() -> bytes:
    """The head of a picture, and pixels that are noise."""
    noise = bytes((k * 37 + k // 7) % 256 for k in range(5000))
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x02\x00\x00\x00" + noise


def zipped(**files: bytes) -> bytes:
    """An archive of files, whose names are written with a double underscore for the point."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return written.getvalue()


def open_document() -> bytes:
    """A spreadsheet of LibreOffice: a zip that begins with what it is, not compressed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"<office:document-content/>")
        archive.writestr("META-INF/manifest.xml", b"<manifest:manifest/>")
    return written.getvalue()


def compound(stream: str) -> bytes:
    """An OLE container with one stream of that name: the old .xls, and what a password makes of .xlsx."""
    header = OLE + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(480)
    name = stream.encode("utf-16-le")
    entry = name + bytes(64 - len(name)) + (len(name) + 2).to_bytes(2, "little") + b"\x02" + bytes(61)
    return header[:512] + b"R\x00o\x00o\x00t\x00 \x00E\x00n\x00t\x00r\x00y\x00" + bytes(106) + entry + bytes(1024)


def arrow_file() -> bytes:
    """A Feather file, version 2, which is an Arrow file."""
    written = io.BytesIO()
    feather.write_feather(
        pa.table({name: list(cells) for name, cells in PLAIN.items()}), written, compression="uncompressed"
    )
    return written.getvalue()


def link_in_folder(folder: Path) -> Path:
    """A folder in which there is only a link to a table outside of it."""
    outside, inside = folder / "outside.csv", folder / "inside"
    outside.write_bytes(text())
    inside.mkdir()
    (inside / "a.csv").symlink_to(outside)
    return inside


def fifo(folder: Path) -> Path:
    """Something that whoever opens it waits for."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(folder / "a.csv")
    return folder / "a.csv"


def endless(folder: Path) -> Path:
    """A file that never ends."""
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero here")
    return Path("/dev/zero")


def from_both(table: TrialTable) -> None:
    """All rows of both files."""
    true(len(table.frame) == 80, f"{len(table.frame)} rows")


CASES = (
    Case("F70", "gz csv", "a.csv.gz", gzipped, holds=is_plain),
    Case("F73", "PNG renamed csv", "a.csv", png, REFUSE, says=("picture|PNG|image",)),
    Case("F74", "pickle renamed csv", "a.csv", lambda: PICKLE + text(), REFUSE,
         says=("pickle|not text|no text|binary",)),
    Case("F75", "HTML login page saved as csv", "a.csv", lambda: PAGE, REFUSE, says=("web page|HTML",
         "download|again|save")),
    Case("F76", "xlsx renamed csv", "a.csv", plain_book, NOTICE, says=(r"a\.csv", "Excel|xlsx"), holds=is_plain),
    Case("F77", "csv renamed parquet", "a.parquet", text, NOTICE, says=(r"a\.parquet", "text|CSV"), holds=is_plain),
    Case("F102", "zip with one CSV", "b.zip", lambda: zipped(a__csv=text()), NOTICE, says=(r"a\.csv",), holds=is_plain),
    Case("F103", "password-protected xlsx", "a.xlsx", lambda: compound("EncryptedPackage"), REFUSE,
         says=("password|protected|encrypted",)),
    Case("F104a", ".ods", "sheet", open_document, REFUSE, says=("OpenDocument|LibreOffice", "xlsx|csv")),
    Case("F104b", ".feather", "a.feather", arrow_file, REFUSE, says=("Feather|Arrow", "Parquet|CSV")),
    Case("F104c", ".pkl", "a.pkl", lambda: PICKLE, REFUSE, says=("pickle",)),
    Case("X11", "old .xls magic", "a.xls", lambda: compound("Workbook"), REFUSE, says=(r"old|\.xls\b", "xlsx|csv")),
    Placed("F105", "folder with a link out of it", "inside", lambda: b"", REFUSE, lay=link_in_folder),
    Placed("F106a", "named pipe", "a.csv", lambda: b"", REFUSE, says=("regular file",), lay=fifo),
    Placed("F106b", "/dev/zero", "zero", lambda: b"", REFUSE, says=("regular file",), lay=endless),
    Together("F107a", "parts of one search", "", lambda: b"", holds=from_both,
             contents=(("a.csv", text), ("b.csv", text))),
    Together("F107b", "parts with differing columns", "", lambda: b"", REFUSE, says=("momentum",),
             contents=(("a.csv", text), ("b.csv", lambda: text(renamed("lr", "momentum", "loss"))))),
)  # fmt: skip
