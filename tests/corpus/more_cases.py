"""What is not in the list: more containers, more limits, exports that are no table of runs."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from collections.abc import Callable, Sequence

from hpi.table import TrialTable
from tests.corpus.case import Case, Wanted, equal, true
from tests.corpus.database_cases import is_declared, storage
from tests.corpus.json_cases import RECORDS, by_line, dumped
from tests.corpus.plain import LOSS, LR, N, is_plain, lines, text
from tests.corpus.workbook_cases import plain_book

NOTICE, REFUSE = Wanted.NOTICE, Wanted.REFUSE


def archive(*files: tuple[str, bytes]) -> bytes:
    """A zip of files, in order."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, content in files:
            packed.writestr(name, content)
    return written.getvalue()


def locked() -> bytes:
    """A zip that says of its file that it is encrypted."""
    data = bytearray(archive(("a.csv", text())))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def understated() -> bytes:
    """A zip whose file unpacks to 240 MB and is said to have 100 bytes."""
    data = bytearray(archive(("a.csv", b"lr,loss\n" + b"1,2\n" * 60_000_000)))
    start = data.find(b"PK\x01\x02")
    data[22:26] = data[start + 24 : start + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def tarred() -> bytes:
    """A tar of one file, behind gzip."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as packed:
        member = tarfile.TarInfo("a.csv")
        member.size = len(text())
        packed.addfile(member, io.BytesIO(text()))
    return written.getvalue()


def write_ahead() -> bytes:
    """A database whose program kept a second file beside it."""
    data = bytearray(storage()())
    data[18:20] = b"\x02\x02"
    return bytes(data)


def chart() -> bytes:
    """One column a run, as a chart of Weights & Biases is exported."""
    runs = [f"run-{k} - val/loss{end}" for k in range(3) for end in ("", "__MIN", "__MAX")]
    return lines(["Step", *runs], [[str(k), *(LOSS[(k + j) % N] for j in range(9))] for k in range(N)])


def curve() -> bytes:
    """One scalar over time, as TensorBoard exports it."""
    return lines(["Wall time", "Step", "Value"], [[f"{1.7e9 + k}", str(k), LOSS[k]] for k in range(N)])


def deep_cells() -> bytes:
    """JSON in a cell, nested 500 times."""
    nested = '{"a":' * 500 + "1" + "}" * 500
    return lines(["lr", "config", "loss"], [[lr, nested, loss] for lr, loss in zip(LR, LOSS, strict=True)])


def odd_cell(cell: str) -> Callable[[], bytes]:
    """A cell that is long, and hard on what looks for numbers, dates, objects or quotes."""
    rows: Sequence[list[str]] = [
        [lr, cell if k == 3 else "a", loss] for k, (lr, loss) in enumerate(zip(LR, LOSS, strict=True))
    ]
    return lambda: lines(["lr", "kind", "loss"], rows)


def many_labels() -> bytes:
    """Nine hundred columns of labels, a third of whose cells are empty: every pair of them could be a condition."""
    rng = random.Random(0)
    rows = [[*rng.choices(("a", "b", ""), k=900), f"{rng.random():.4f}"] for _ in range(1000)]
    return lines([*(f"c{k}" for k in range(900)), "loss"], rows)


def all_rows(table: TrialTable) -> None:
    """No row is lost."""
    equal(len(table.frame), N, "rows")


def largest_taken(table: TrialTable) -> None:
    """The larger of the two tables, and both are named for whoever wants to choose."""
    is_plain(table)
    true({"a.csv", "b/c.csv"} <= set(table.reading.parts), f"parts {table.reading.parts}")


LONG = 900_000
CASES = (
    Case("Z01", "5,100,000 rows", "a.csv", lambda: b"lr,loss\n" + b"1,2\n" * 5_100_000, REFUSE, seconds=2,
         says=("5,100,000", "5,000,000", "HPI_READ_ROWS"), large=True),
    Case("Z02", "more than 200 MB", "a.csv", lambda: b"lr,loss\n" + b"1,2\n" * 50_500_000, REFUSE, seconds=2,
         says=("202 MB", "200 MB", "HPI_READ_FILE_MB"), large=True),
    Case("Z03", "zip bomb", "a.zip", lambda: archive(("a.csv", b"lr,loss\n" + b"1,2\n" * 60_000_000)), REFUSE,
         seconds=2,
         says=("200 MB", "HPI_READ_UNPACKED_MB"), large=True),
    Case("Z04", "zip bomb that says it is small", "a.zip", understated, REFUSE, seconds=2, says=("damaged|200 MB",),
         large=True),
    Case("Z05", "zip with 20,000 files", "a.zip", lambda: archive(*((f"{k}.txt", b"") for k in range(20_000))), REFUSE,
         seconds=2, says=("20,000",), large=True),
    Case("Z06", "zip with a password", "a.zip", locked, REFUSE, says=("password|encrypted",)),
    Case("Z07", "zip with two tables", "a.zip", lambda: archive(("b/c.csv", text()[:500]), ("a.csv", text())), NOTICE,
         says=(r"a\.csv", r"b/c\.csv", r"\b2\b"), holds=largest_taken),
    Case("Z08", "zip in a zip", "a.zip", lambda: archive(("b.zip", archive(("a.csv", text())))), REFUSE,
         says=(r"b\.zip",)),
    Case("Z09", "zip with a workbook", "a.zip", lambda: archive(("a.xlsx", plain_book())), NOTICE, says=(r"a\.xlsx",),
         holds=is_plain),
    Case("Z10", "tar.gz", "a.tar.gz", tarred, REFUSE, says=("tar", "unpack|zip")),
    Case("Z11", "gzip in two parts", "a.csv.gz", lambda: gzip.compress(text()[:300]) + gzip.compress(text()[300:]),
         holds=is_plain),
    Case("Z12", "JSON as UTF-16", "a.json", lambda: b"\xff\xfe" + dumped(RECORDS).decode().encode("utf-16-le"),
         holds=is_plain),
    Case("Z13", "JSON lines with a BOM", "a.json", lambda: b"\xef\xbb\xbf" + by_line(), holds=is_plain),
    Case("Z14", "database in write-ahead mode", "study.db", write_ahead, NOTICE, says=("-wal",), holds=is_declared),
    Case("Z15", "W&B chart export", "a.csv", chart, REFUSE, says=("chart", "Weights & Biases|W&B", "runs")),
    Case("Z16", "TensorBoard scalar export", "a.csv", curve, REFUSE, says=("TensorBoard", "HParams")),
    Case("Z17", "JSON cells nested 500 times", "a.csv", deep_cells, holds=all_rows, seconds=2),
    Case("Z18", "program", "a.csv", lambda: b"\x7fELF\x02\x01\x01" + bytes(300), REFUSE, says=("program|binary",)),
    Case("Z19", "PDF", "a.csv", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n", REFUSE,
         says=("PDF",)),
    Case("Z20", "HDF5", "a.h5", lambda: b"\x89HDF\r\n\x1a\n" + bytes(200), REFUSE, says=("HDF5", "CSV|Parquet")),
    Case("Z21a", "cell of 900,000 digits", "a.csv", odd_cell("1" * LONG), holds=all_rows, seconds=2, large=True),
    Case("Z21b", "cell of 900,000 brackets", "a.csv", odd_cell("[" * LONG), holds=all_rows, seconds=2, large=True),
    Case("Z21c", "cell of 300,000 keys that open", "a.csv", odd_cell('{"":' * (LONG // 8)), holds=all_rows, seconds=2,
         large=True),
    Case("Z21d", "cell of 900,000 blanks", "a.csv", odd_cell("a" + " " * LONG + "b"), holds=all_rows, seconds=2,
         large=True),
    Case("Z21e", "cell of 450,000 quotes", "a.csv", odd_cell('"' * (LONG // 4)), holds=all_rows, seconds=2, large=True),
    Case("Z21f", "cell of 180,000 half dates", "a.csv", odd_cell("2026-" * (LONG // 5)), holds=all_rows, seconds=2,
         large=True),
    Case("Z22", "900 columns of labels with empty cells", "a.csv", many_labels, large=True,
         holds=lambda table: equal(len(table.hyperparameters), 900, "hyperparameters")),
)  # fmt: skip
