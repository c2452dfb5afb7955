"""What a file is that is no table, by its first bytes: never opened, only named, with the way to a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from hpi.readers import naming
from hpi.readers.protocol import Opened

GZIP, ZIP, PARQUET, ENCRYPTED_PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"PARE"
EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0"
_TAR_BLOCK, _TAR_SUM = 512, slice(148, 156)
_LONGEST_NAME = 80
_EXPORT = "save the table as CSV or Parquet"

# first bytes, what the file is, what to do instead
_BEGINNINGS = (
    (b"\x89PNG", "a picture (PNG)", "give the table itself"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "give the table itself"),
    (b"GIF8", "a picture (GIF)", "give the table itself"),
    (b"II*\x00", "a picture (TIFF)", "give the table itself"),
    (b"MM\x00*", "a picture (TIFF)", "give the table itself"),
    (b"%PDF-", "a PDF document", "give the table itself"),
    (b"%!PS", "a PostScript document", "give the table itself"),
    (b"{\\rtf", "a text document (RTF)", "save the table as plain CSV"),
    (b"ARROW1\x00", "an Arrow or Feather file", "save the table as Parquet (frame.to_parquet) or CSV"),
    (b"\xff\xff\xff\xff", "an Arrow stream", "save the table as Parquet or CSV"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _EXPORT),
    (b"CDF\x01", "a NetCDF file", _EXPORT),
    (b"CDF\x02", "a NetCDF file", _EXPORT),
    (b"\x93NUMPY", "a NumPy array without the names of columns", "save a table with names as CSV"),
    (b"MATLAB 5.0", "a MATLAB file", "save the table as CSV (writetable)"),
    (b"RDX2", "an R workspace", "save the table as CSV (write.csv)"),
    (b"RDX3", "an R workspace", "save the table as CSV (write.csv)"),
    (b"X\n\x00\x00\x00", "an R object", "save the table as CSV (write.csv)"),
    (b"<stata_dta>", "a Stata file", "save the table as CSV"),
    (b"Obj\x01", "an Avro file", _EXPORT),
    (b"SQLite format 3\x00", "a database", "export its trials as CSV"),
    (GZIP, "a gzip file in a gzip file", "unpack it once"),
    (ZIP, "a zip archive", "unpack it and give the table"),
    (b"BZh", "a bzip2 file", "unpack it, or compress the table with gzip or zip"),
    (b"\xfd7zXZ\x00", "an xz file", "unpack it, or compress the table with gzip or zip"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "unpack it, or compress the table with gzip or zip"),
    (b"\x04\x22\x4d\x18", "an LZ4 file", "unpack it, or compress the table with gzip or zip"),
    (b"\x1f\x9d", "a file compressed by compress", "unpack it, or compress the table with gzip or zip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it, or pack the table as zip"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it, or pack the table as zip"),
    (b"\x7fELF", "a program", "give the table of results"),
    (b"MZ\x90\x00", "a program", "give the table of results"),
    (b"\xcf\xfa\xed\xfe", "a program", "give the table of results"),
    (b"\xca\xfe\xba\xbe", "a program", "give the table of results"),
)  # fmt: skip
# How pickle's oldest, readable form begins; it ends with a point. Binary ones say \x80 and their version.
_OLD_PICKLE = re.compile(rb"\(?(?:[dl]p\d*\n|c[\w.]+\n[\w.]+\n)")
_NEW_PICKLE = re.compile(rb"\x80[\x02-\x05](?:\x95|[^ -~\t\r\n]|[}\](c])")


def refusal(opened: Opened) -> str:
    """Return what to say of a source that nobody reads: what it is, and what to do."""
    known = not_a_table(opened.data) if opened.files is None else not_a_table_in(opened.files.sizes)
    return known or "The file is no table that can be read; save it as CSV."


def not_a_table(data: bytes) -> str | None:
    """Return what a file is and what to do, in one sentence; None if it may be text."""
    for beginning, what, instead in _BEGINNINGS:
        if data.startswith(beginning):
            return _sentence(what, instead)
    return next((_sentence(*found) for look in _LOOKS if (found := look(data)) is not None), None)


def not_a_table_in(names: Iterable[str]) -> str | None:
    """Return what an archive with files of these names is, if it is known and no table; None otherwise."""
    names = list(names)
    endings = {name.rpartition(".")[2].lower() for name in names}
    if names and endings == {"npy"}:
        return _sentence("a NumPy archive without a table", "save a table with names as CSV")
    for part, what, instead in (
        ("META-INF/manifest.xml", "an OpenDocument file (.ods)", "save the table as .xlsx or CSV"),
        ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", "save it as .xlsx or CSV"),
        ("word/document.xml", "a Word document", "save the table as CSV"),
        ("ppt/presentation.xml", "a PowerPoint presentation", "save the table as CSV"),
        ("Index/Document.iwa", "a Numbers or Pages document", "export the table as CSV"),
        ("META-INF/MANIFEST.MF", "a program (Java)", "give the table of results"),
    ):
        if part in names:
            return _sentence(what, instead)
    if any(name.endswith("data.pkl") for name in names):
        return _sentence("a PyTorch checkpoint, which holds a pickle and is never opened", "save the table as CSV")
    return None


def misnamed(name: str, reader: str) -> tuple[str, ...]:
    """Return what to say of a file whose name promises another kind of table than the one that was found, or ()."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    promised = _BY_ENDING.get(ending)
    if promised is None or reader in promised or (promised is _OTHERS and reader not in _PLAIN):
        return ()
    return (f"The file is called {shown_name(name)} and holds {reader}; it was read as that.",)


def shown_name(name: str) -> str:
    """Return the name of a file for a sentence: on one line, shortened at its beginning."""
    written = naming.escaped(name)
    return written if len(written) <= _LONGEST_NAME else "..." + written[3 - _LONGEST_NAME :]


def is_tar(data: bytes) -> bool:
    """Whether the data begins with the header of a tar archive: its sum is in it."""
    block = data[:_TAR_BLOCK]
    if len(block) < _TAR_BLOCK or not (stated := re.fullmatch(rb"[ 0]*([0-7]{1,7})[\x00 ]*", block[_TAR_SUM])):
        return False
    counted = sum(block) - sum(block[_TAR_SUM]) + 8 * ord(" ")
    return any(block) and int(stated.group(1), 8) == counted


def is_binary(data: bytes) -> bool:
    """Whether the beginning of a file is no text in any encoding that is read."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return not_a_table(data) is not None or (b"\x00" in data and not marked)


# the readers of tables as such; what is not among them is a study in some format of its own
_PLAIN = frozenset({"delimited text", "Parquet", "Excel"})
_OTHERS: frozenset[str] = frozenset()
_BY_ENDING = {
    **dict.fromkeys(("csv", "tsv", "tab"), frozenset({"delimited text"})),
    **dict.fromkeys(("parquet", "pq"), frozenset({"Parquet"})),
    **dict.fromkeys(("xlsx", "xlsm", "xls", "ods"), frozenset({"Excel"})),
    **dict.fromkeys(("json", "jsonl", "ndjson", "db", "sqlite", "sqlite3"), _OTHERS),
}


def _sentence(what: str, instead: str) -> str:
    return f"The file is {what}, not a text table; {instead}."


def _tar(data: bytes) -> tuple[str, str] | None:
    return ("a tar archive", "unpack it, or pack the table as zip") if is_tar(data) else None


def _pickle(data: bytes) -> tuple[str, str] | None:
    if _NEW_PICKLE.match(data) or (_OLD_PICKLE.match(data) and data.rstrip().endswith(b".")):
        return "a pickle, which could run programs and is never opened", "save the table as CSV (frame.to_csv)"
    return None


def _office(data: bytes) -> tuple[str, str] | None:
    """Tell a workbook under a password from an old one: the names of streams are UTF-16."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "an Excel workbook protected by a password", "save it without the password, or as CSV"
        return "an old Excel workbook (.xls) or another old Office file", "save it as .xlsx or CSV"
    if data.startswith(b"\x09\x08") and data[4:6] in (b"\x00\x05", b"\x00\x06"):
        return "an old Excel workbook (.xls)", "save it as .xlsx or CSV"
    return None


def _at_both_ends(data: bytes) -> tuple[str, str] | None:
    """Name the formats whose first bytes might be the name of a column as well."""
    if data.startswith(b"ORC") and data[-4:-1] == b"ORC":
        return "an ORC file", _EXPORT
    if data.startswith(b"FEA1") and data.endswith(b"FEA1"):
        return "a Feather file", "save the table as Parquet (frame.to_parquet) or CSV"
    if data.startswith((PARQUET, ENCRYPTED_PARQUET)) and not re.search(rb"[,;|\t\r\n]", data[:4096]):
        return "a Parquet file, but damaged", "write or download it again"
    return None


def _picture(data: bytes) -> tuple[str, str] | None:
    is_webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    is_bmp = data.startswith(b"BM") and int.from_bytes(data[2:6], "little") == len(data)
    return ("a picture", "give the table itself") if is_webp or is_bmp else None


def _events(data: bytes) -> tuple[str, str] | None:
    if b"brain.Event:" not in data[:64]:
        return None
    return "an event file of TensorBoard", "export the table of its HParams page as CSV"


def _page(data: bytes) -> tuple[str, str] | None:
    text = data[:1000].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page (perhaps a login page was saved)", "download the file again"
    if text.startswith((b"<?xml", b"<!doctype")):
        return "an XML document", "save the table as .xlsx or CSV"
    return None


_LOOKS: tuple[Callable[[bytes], tuple[str, str] | None], ...] = (
    *(_tar, _pickle, _office, _at_both_ends, _picture, _events, _page),
)
