"""What is no table is called by its name, with the way to one; text that looks like it is still text."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.orc as orc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.errors import TableError
from hpi.readers import load, magic

TABLE = pa.table({"lr": [0.1, 0.2], "loss": [1.0, 2.0]})


def by(write: object) -> bytes:
    file = io.BytesIO()
    write(file)  # type: ignore[operator]
    return file.getvalue()


def tarred(file: io.BytesIO) -> None:
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(700) + stream.encode("utf-16-le") + bytes(700)


def packed(*names: str) -> bytes:
    def write(file: io.BytesIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            for name in names:
                archive.writestr(name, "x")

    return by(write)


# made by the libraries themselves where they are at hand, otherwise as their specifications say
KNOWN = {
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50),
    "GIF": b"GIF89a" + bytes(50),
    "picture": b"RIFF\x20\x00\x00\x00WEBPVP8 " + bytes(50),
    "PDF": b"%PDF-1.7\n" + bytes(50),
    # {"lr": [0.1]} under three protocols
    "pickle, which could run programs": b"\x80\x04\x95\x18"
    + bytes(7)
    + b"}\x94\x8c\x02lr\x94]\x94G?\xb9\x99\x99\x99\x99\x99\x9aas.",
    "a pickle": b"\x80\x02}q\x00X\x02\0\0\0lrq\x01]q\x02G?\xb9\x99\x99\x99\x99\x99\x9aas.",
    "is a pickle": b"(dp0\nVlr\np1\n(lp2\nF0.1\nas.",
    "password": ole("EncryptedPackage"),
    r"old Excel workbook \(.xls\)": ole("Workbook"),
    "OpenDocument": packed("mimetype", "content.xml", "META-INF/manifest.xml"),
    "xlsb": packed("[Content_Types].xml", "xl/workbook.bin"),
    "Word": packed("[Content_Types].xml", "word/document.xml"),
    "PyTorch": packed("model/data.pkl", "model/data/0"),
    "NumPy archive": by(lambda file: np.savez(file, a=np.arange(3))),
    "NumPy array": by(lambda file: np.save(file, np.arange(3))),
    "Arrow or Feather": by(lambda file: feather.write_feather(TABLE, file)),
    "is a Feather file": b"FEA1\0\0\0\0" + bytes(50) + b"FEA1",
    "ORC": by(lambda file: orc.write_table(TABLE, file)),
    "Arrow stream": by(lambda file: pa.ipc.new_stream(file, TABLE.schema).write_table(TABLE)),
    "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(50),
    "Avro": b"Obj\x01\x04\x16avro.schema" + bytes(50),
    "bzip2": b"BZh91AY&SY" + bytes(50),
    "xz": b"\xfd7zXZ\x00\x00\x04" + bytes(50),
    "Zstandard": b"\x28\xb5\x2f\xfd" + bytes(50),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "tar archive": by(tarred),
    "program": b"\x7fELF\x02\x01\x01" + bytes(50),
    "web page": b"\xef\xbb\xbf \n<!doctype HTML><html><title>Sign in</title>",
    "login page": "\ufeff<html>".encode("utf-16"),
    "XML": b"<?xml version='1.0'?><rows/>",
    "TensorBoard": bytes([24, 0, 0, 0, 0, 0, 0, 0]) + b"\xa3\x7f\x4b\x22\x09\x00\x00\x00\x00brain.Event:2",
    "Parquet file, but damaged": b"PAR1" + b"x" * 50,
}


@pytest.mark.parametrize("word", KNOWN)
def test_what_is_no_table_is_called_by_its_name(word: str) -> None:
    with pytest.raises(TableError, match=word) as refused:
        load(KNOWN[word])
    said = str(refused.value)
    assert said.count(". ") == 0, "one sentence"
    assert ";" in said, "what it is; what to do"
    assert len(said) < 200


@pytest.mark.parametrize(
    "trap", [b"csys\nexit\n(I7\ntR.", b"\x80\x02csys\nexit\nK\x07\x85R.", b"\x80\x05csys\nexit\nK\x07\x85R."]
)
def test_nothing_of_a_pickle_is_run(trap: bytes) -> None:
    # whoever opens one of these ends at once with code 7
    with pytest.raises(TableError, match="pickle"):
        load(trap)


@pytest.mark.parametrize(
    "text",
    [
        b"PAR1,PAR2,loss\n1,2,3\n4,5,6\n",
        b"ORC,loss\n1,2\n3,4\n",
        b"FEA1,loss\n1,2\n3,4\n",
        b"BM,loss\n1,2\n3,4\n",
        b"MZ,loss\n1,2\n3,4\n",
        b"GIF,loss\n1,2\n3,4\n",
        b"X\tloss\n1\t2\n3\t4\n",
        b"\x80mille,loss\n1,2\n3,4\n",
        b"(dp,loss\n1,2\n3,4\n",
        b"Obj,loss\n1,2\n3,4\n",
    ],
)
def test_text_that_begins_like_something_else_is_text(text: bytes) -> None:
    assert load(text).frame.shape == (2, text.split(b"\n")[0].count(b",") + 1 + text.split(b"\n")[0].count(b"\t"))


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00<"), max_size=600))
def test_text_is_never_taken_for_a_tar(text: str) -> None:
    assert not magic.is_tar(text.encode())


@pytest.mark.parametrize(
    ("name", "reader", "is_said"),
    [
        ("a.csv", "delimited text", False),
        ("a.csv", "Parquet", True),
        ("a.CSV", "Excel", True),
        ("a.csv", "JSON", True),
        ("a.parquet", "delimited text", True),
        ("a.xlsx", "delimited text", True),
        ("a.xls", "Excel", False),
        ("a.json", "JSON", False),
        ("a.json", "SMAC run history", False),
        ("a.json", "delimited text", True),
        ("a.db", "Optuna storage", False),
        ("a.db", "Excel", True),
        ("a.txt", "Parquet", False),
        ("csv", "Parquet", False),
    ],
)
def test_a_name_that_promises_something_else_is_said(name: str, reader: str, is_said: bool) -> None:
    expected = (f"The file is called {name} and holds {reader}; it was read as that.",) if is_said else ()
    assert magic.misnamed(name, reader) == expected


def test_long_names_are_shortened_at_their_beginning() -> None:
    assert magic.shown_name("a/" * 100 + "b.csv").endswith("a/b.csv")
    assert len(magic.shown_name("a/" * 100 + "b.csv")) == 80
    assert json.loads(f'"{magic.shown_name("a.csv")}"') == "a.csv"
