"""Parquet: of all types, damaged, forged, and very long ones that take little room."""

from __future__ import annotations

import datetime
import decimal
import io
import json
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from hpi.roles import Role
from hpi.table import TrialTable
from tests.corpus.case import Case, Wanted, equal, names, role, true
from tests.corpus.file_cases import PICKLE
from tests.corpus.plain import LOSS, LR, OPTIMIZER, N, has_plain_cells, is_plain

NOTICE, REFUSE = Wanted.NOTICE, Wanted.REFUSE
DAMAGED = ("damaged|cut|broken|incomplete|cannot be read",)


def written(table: pa.Table, **how: object) -> bytes:
    """The table as Parquet."""
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def columns(**extra: pa.Array) -> pa.Table:
    """The plain columns, with others before the loss."""
    return pa.table(
        {
            "lr": pa.array(map(float, LR)),
            "optimizer": pa.array(OPTIMIZER),
            **extra,
            "loss": extra.get("loss", pa.array(map(float, LOSS))),
        }
    )


def plain() -> bytes:
    """The plain table."""
    return written(columns())


def changed(at: Callable[[bytes], int], how: bytes) -> bytes:
    """The plain table with some bytes overwritten."""
    data = bytearray(plain())
    start = at(bytes(data))
    data[start : start + len(how)] = how
    return bytes(data)


def footer_at(data: bytes) -> int:
    """Where the footer begins."""
    return len(data) - 8 - int.from_bytes(data[-8:-4], "little")


def long_one(value: pa.Scalar, **how: object) -> bytes:
    """A hundred million rows of the same, in little room."""
    rows = pa.table({name: pa.repeat(value, 1_000_000) for name in ("lr", "loss")})
    out = io.BytesIO()
    with pq.ParquetWriter(out, rows.schema, **how) as writer:
        for _ in range(100):
            writer.write_table(rows, row_group_size=1_000_000)
    return out.getvalue()


def marked(metadata: Mapping[str, str]) -> bytes:
    """The plain table with metadata of a stranger."""
    return written(columns().replace_schema_metadata(metadata))


def extended() -> bytes:
    """A column with an extension type, the kind that once ran code when it was read."""
    marks = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": PICKLE}
    table = columns(depth=pa.array([k % 4 for k in range(N)]))
    fields = [field.with_metadata(marks) if field.name == "depth" else field for field in table.schema]
    return written(table.cast(pa.schema(fields)))


def moments() -> bytes:
    """A moment with a time zone, a span of time, and bytes."""
    start = datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC)
    when = [start + datetime.timedelta(minutes=k) for k in range(N)]
    return written(
        columns(
            made=pa.array(when, pa.timestamp("ns", "Europe/Berlin")),
            took=pa.array([1_000_000 * (k + 1) for k in range(N)], pa.duration("ns")),
            raw=pa.array([bytes([k, 255, 0]) for k in range(N)], pa.binary()),
        )
    )


def without(name: str) -> Callable[[TrialTable], None]:
    """The plain table: the column of that name is gone."""

    def check(table: TrialTable) -> None:
        true(name not in names(table), f"{name} is there")
        has_plain_cells(table)

    return check


def no_moment_decides(table: TrialTable) -> None:
    """Neither the moment nor the span is a hyperparameter."""
    without("raw")(table)
    role(table, "made", Role.LEFT_OUT)
    role(table, "took", Role.LEFT_OUT)


HOSTILE = {"pandas": json.dumps({"index_columns": ["nope"], "columns": [{"name": "nope"}], "column_indexes": 7})}
DECIMALS = pa.array([decimal.Decimal(loss) for loss in LOSS], pa.decimal128(9, 4))
NESTED = pa.array([{"a": k, "b": [k]} for k in range(N)])
CASES = (
    Case("F80", "parquet baseline", "a.parquet", plain, holds=is_plain),
    Case("F81", "parquet nested", "a.parquet", lambda: written(columns(p=NESTED)), NOTICE, says=(r"\bp\b",
         "left out|nested"),
         holds=without("p")),
    Case("F82", "parquet decimal", "a.parquet", lambda: written(columns(loss=DECIMALS)), holds=is_plain),
    Case("F83", "parquet dictionary", "a.parquet",
         lambda: written(columns().set_column(1, "optimizer", pa.array(OPTIMIZER).dictionary_encode())),
         holds=is_plain),
    Case("F84", "parquet dup names", "a.parquet", lambda: written(columns().rename_columns(["lr", "lr", "loss"])),
         REFUSE,
         says=("'lr'", "twice")),
    Case("F85", "parquet truncated", "a.parquet", lambda: plain()[:-50], REFUSE, says=("Parquet", *DAMAGED)),
    Case("F86", "parquet footer flip", "a.parquet", lambda: changed(lambda data: footer_at(data) + 2, b"\xff" * 12),
         REFUSE,
         says=("Parquet", *DAMAGED)),
    Case("F87", "parquet page flip", "a.parquet", lambda: changed(lambda data: 4, b"\xff" * 8), REFUSE,
         says=("Parquet", *DAMAGED)),
    Case("F88", "parquet footer length 2**31-1", "a.parquet",
         lambda: changed(lambda data: len(data) - 8, (2**31 - 1).to_bytes(4, "little")), REFUSE, says=("Parquet",
         *DAMAGED)),
    Case("F89", "parquet RLE bomb 1e8 const rows", "a.parquet", lambda: long_one(pa.scalar(1, pa.int8())), REFUSE,
         seconds=2,
         says=("100,000,000", "5,000,000", "HPI_READ_ROWS"), large=True),
    Case("F90", "parquet zstd bomb 1e8 zeros f8", "a.parquet",
         lambda: long_one(pa.scalar(0.0), compression="zstd", use_dictionary=False), REFUSE, seconds=2,
         says=("100,000,000", "5,000,000", "HPI_READ_ROWS"), large=True),
    Case("F91", "parquet zero rows", "a.parquet", lambda: written(columns().slice(0, 0)), REFUSE,
         says=(r"\b(no|0) rows",)),
    Case("F92", "parquet zero cols", "a.parquet", lambda: written(pa.table({})), REFUSE, says=(r"\b(no|0) columns",)),
    Case("F93", "parquet ts[ns,tz]/duration/binary", "a.parquet", moments, NOTICE, says=(r"\braw\b", "left out|binary"),
         holds=no_moment_decides),
    Case("F94", "parquet hostile pandas metadata", "a.parquet", lambda: marked(HOSTILE), holds=is_plain),
    Case("F95", "parquet arrow ext type arrow.py_extension_type", "a.parquet", extended,
         holds=lambda table: equal([int(float(cell)) for cell in table.frame["depth"]], [k % 4 for k in range(N)],
         "depth")),
    Case("F96", "parquet encrypted magic PARE", "a.parquet",
         lambda: b"PARE" + plain()[4:-4] + b"PARE", REFUSE, says=("encrypted",)),
    Case("F76b", "parquet renamed csv", "a.csv", plain, NOTICE, says=(r"a\.csv", "Parquet"), holds=is_plain),
)  # fmt: skip
