"""Folders of Parquet files as somebody's cluster writes them: several files, several row groups in each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def trials(n: int, seed: int = 0) -> pd.DataFrame:
    """`lr` decides most, then `optimizer`; `dropout` does nothing; `momentum` is inactive unless sgd."""
    rng = np.random.default_rng(seed)
    lr, optimizer = 10 ** rng.uniform(-5, -1, n), rng.choice(["adam", "sgd"], n)
    frame = pd.DataFrame(
        {
            "lr": lr,
            "optimizer": optimizer,
            "momentum": np.where(optimizer == "sgd", rng.uniform(0, 1, n), np.nan),
            "dropout": rng.uniform(0, 0.5, n),
        }
    )
    better = 0.03 * (optimizer == "adam")
    return frame.assign(val_accuracy=0.9 - 0.1 * (np.log10(lr) + 3) ** 2 + better + rng.normal(0, 0.02, n))


def write(folder: Path, frame: pd.DataFrame, files: int = 3, groups: int = 2) -> Path:
    """Write a table as several files, part-0.parquet and so on; return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for i, rows in enumerate(np.array_split(np.arange(len(frame)), files)):
        part = pa.Table.from_pandas(frame.iloc[rows], preserve_index=False)
        pq.write_table(part, folder / f"part-{i}.parquet", row_group_size=-(-len(rows) // groups))
    return folder


def damage(file: Path, group: int) -> None:
    """Overwrite the first column of a row group with what nobody wrote; the footer stays whole."""
    column = pq.ParquetFile(file).metadata.row_group(group).column(0)
    content = bytearray(file.read_bytes())
    start = column.dictionary_page_offset or column.data_page_offset
    content[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    file.write_bytes(bytes(content))
