"""Which file of an archive or folder is the table: judged by content, asked for by name, else the largest."""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hpi.errors import TableError
from hpi.readers import archives, magic
from hpi.readers.limits import MEGABYTE, ReadLimits
from hpi.readers.protocol import Files, Opened, Wanted
from hpi.roles.values import counted

_LOOKED_AT = 2_000
_HEAD = 4_096
_NAMED = 5
# Rank by ending: what is surely meant as a table goes before what may be one, and that before settings and notes.
_TABLES = frozenset({"csv", "tsv", "tab", "parquet", "pq", "xlsx", "xlsm", "db", "sqlite", "sqlite3"})
_RECORDS = frozenset({"json", "jsonl", "ndjson"})
_TEXTS = frozenset({"txt", "dat", "log", "out", "data", ""})
_WORKBOOKS = frozenset({"xlsx", "xlsm"})


def one_table(opened: Opened, wanted: Wanted, limits: ReadLimits) -> tuple[Opened, Wanted]:
    """Return the file of an archive or folder that is the table, unpacked, and what is wanted in it.

    Raises
    ------
    TableError
        If none is a table, there is none of the name that is wanted, or it unpacks to more than is allowed.
    """
    files = opened.files
    if files is None or not files.sizes:
        raise TableError(
            f"{magic.shown_name(opened.name)} is empty and none is a table; give the file with the results."
        )
    found = _tables_in(files)
    if not found:
        _check_readable(files)
        raise TableError(
            magic.not_a_table_in(files.sizes)
            or f"{magic.shown_name(opened.name)} holds {counted(len(files.sizes), 'file')}, and none is a table: "
            f"{_listed(list(files.sizes))}. Give a table as CSV, TSV, Parquet, Excel or JSON."
        )
    name = found[0] if wanted.table is None else _wanted(wanted.table, found, files.sizes)
    notices = (*opened.notices, _notice(opened.name, files, name, found, wanted))
    parts = tuple(found) if name in found else (name, *found)
    taken = Opened(_short(name), files.read(name), None, notices, name, parts)
    return archives.unpacked(taken, limits), replace(wanted, table=None)


def _tables_in(files: Files) -> list[str]:
    """Return the names of the files that could be the table, those of the best kind only, the largest first."""
    ranked = sorted((-_rank(name), -size, name) for name, size in files.sizes.items() if _rank(name) and size)
    best = 0
    found: list[str] = []
    for rank, _, name in ranked[:_LOOKED_AT]:
        if found and rank > best:
            break
        if _may_be_table(files, name):
            best = rank
            found.append(name)
    return found


def _check_readable(files: Files) -> None:
    """Raise TableError where a file that is called a table is damaged: that is why none was found."""
    called = [name for name, size in files.sizes.items() if size and _rank(name) > 1]
    for name in called[:_LOOKED_AT]:
        with contextlib.suppress(OSError):
            files.head(name, _HEAD)


def _rank(name: str) -> int:
    parts = _short(name).lower().removesuffix(".gz").rpartition(".")
    ending = parts[2] if parts[1] else ""
    return 3 * (ending in _TABLES) or 2 * (ending in _RECORDS) or int(ending in _TEXTS)


def _may_be_table(files: Files, name: str) -> bool:
    try:
        head = files.head(name, _HEAD)
    except (TableError, OSError):
        # said when somebody asks for it by name; until then it is one of the files that are no table
        return False
    if head.startswith(magic.GZIP):
        head = _head_of_gzip(head)
    if head.startswith(magic.ZIP):
        return name.rpartition(".")[2].lower() in _WORKBOOKS or b"[Content_Types].xml" in head
    if head.startswith((magic.PARQUET, b"SQLite format 3\x00")):
        return True
    return not magic.is_binary(head) and (_rank(name) > 1 or _is_cut(head))


def _head_of_gzip(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, _HEAD)
    except zlib.error:
        return b"\x00"


def _is_cut(head: bytes) -> bool:
    """Whether the first line of a text is cut into cells, or begins records."""
    lines = [line for line in re.split(rb"[\r\n]+", head) if line.strip() and not line.startswith(b"#")]
    return bool(lines) and (lines[0].lstrip()[:1] in b"[{" or re.search(rb"[,;\t|]", lines[0]) is not None)


def _wanted(asked: str, found: Sequence[str], others: Iterable[str]) -> str:
    """Return the file of that name, without folders if that leaves no doubt; tables go before other files."""
    for names in (found, list(others)):
        for matching in ([name for name in names if name == asked], [name for name in names if _short(name) == asked]):
            if len(matching) == 1:
                return matching[0]
    raise TableError(f"There is no table {magic.shown_name(asked)!r}; there is {_listed(found)}.")


def _notice(archive: str, files: Files, name: str, found: Sequence[str], wanted: Wanted) -> str:
    archive, taken = magic.shown_name(archive), magic.shown_name(name)
    if len(found) == 1 or wanted.table is not None:
        return f"{taken} in {archive} was read."
    others = [other for other in found if other != name]
    return (
        f"{archive} holds {len(found):,} tables; {taken} was taken, as it is the largest "
        f"({_size(files.sizes[name])}); the others: {_listed(others)}."
    )


def _listed(names: Sequence[str]) -> str:
    """Write a few names for a sentence."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(map(magic.shown_name, names[:_NAMED])) + more


def _size(n_bytes: int) -> str:
    return f"{n_bytes / MEGABYTE:,.1f} MB" if n_bytes >= MEGABYTE else f"{n_bytes:,} bytes"


def _short(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
