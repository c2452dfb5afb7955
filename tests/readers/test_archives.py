"""Compressed files and archives: what is in them, what they may unpack to, which of their files is the table."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import TableError
from hpi.readers import Opened, ReadLimits, Wanted, archives, load
from hpi.readers.archives import Zip, unpacked
from hpi.readers.loading import load_opened
from hpi.readers.origin import Several

LIMITS = ReadLimits()
SMALL = ReadLimits(unpacked_mb=1)
TEXT = b"lr,loss\n" + b"".join(b"%d,%d\n" % (k, k * k) for k in range(1, 31))
MORE = b"momentum,loss\n" + b"".join(b"%d,%d\n" % (k, k * k) for k in range(1, 61))


def packed(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def names(opened: Opened, wanted: Wanted | None = None) -> list[str]:
    return list(load_opened(opened, wanted or Wanted(), LIMITS).frame.columns)


def unpack(data: bytes, name: str = "a.csv.gz", limits: ReadLimits = LIMITS) -> Opened:
    return unpacked(Opened(name, data), limits)


def bomb(n_megabytes: int) -> bytes:
    deflate = zlib.compressobj(9, wbits=31)
    return b"".join([*(deflate.compress(bytes(1_000_000)) for _ in range(n_megabytes)), deflate.flush()])


# ---------------------------------------------------------------- gzip


def test_gzip_is_unpacked_and_loses_its_ending() -> None:
    opened = unpack(gzip.compress(TEXT))
    assert (opened.name, opened.data, opened.notices) == ("a.csv", TEXT, ())


def test_gzip_under_another_name_is_unpacked_with_a_notice() -> None:
    opened = unpack(gzip.compress(TEXT), "a.csv")
    assert (opened.name, opened.data) == ("a.csv", TEXT)
    assert opened.notices == ("The file is called a.csv and holds gzip; it was unpacked.",)


def test_bytes_without_a_name_promise_nothing() -> None:
    assert unpack(gzip.compress(TEXT), "table").notices == ()


@given(st.lists(st.binary(max_size=3_000), min_size=1, max_size=6), st.integers(0, 20))
def test_members_of_gzip_are_put_together_and_padding_is_nothing(parts: list[bytes], padding: int) -> None:
    opened = unpack(b"".join(gzip.compress(part) for part in parts) + bytes(padding))
    assert opened.data == b"".join(parts)
    assert opened.notices == ()


def test_what_follows_gzip_is_ignored_with_a_notice() -> None:
    opened = unpack(gzip.compress(TEXT) + b"more")
    assert opened.data == TEXT
    assert opened.notices == ("4 bytes behind the end of the gzip data were ignored.",)


@given(st.integers(1, len(gzip.compress(TEXT)) - 1))
def test_gzip_that_is_cut_is_refused(end: int) -> None:
    data = gzip.compress(TEXT)[:end]
    if data.startswith(b"\x1f\x8b"):
        with pytest.raises(TableError, match=r"gzip file is cut short; compress"):
            unpack(data)


def test_gzip_whose_sum_is_wrong_is_refused() -> None:
    data = bytearray(gzip.compress(TEXT))
    data[-8] ^= 1
    with pytest.raises(TableError, match=r"damaged \(near byte"):
        unpack(bytes(data))


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory() -> None:
    data = bomb(100)
    tracemalloc.start()
    try:
        with pytest.raises(TableError, match=r"more than 1 MB \(HPI_READ_UNPACKED_MB\)"):
            unpack(data, limits=SMALL)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # the limit, and one piece of what is unpacked at a time
    assert peak < 1_000_000 + 3 * (1 << 22)


def test_the_size_that_gzip_states_is_not_believed() -> None:
    data = bomb(10)
    with pytest.raises(TableError, match="HPI_READ_UNPACKED_MB"):
        unpack(data[:-4] + (5).to_bytes(4, "little"), limits=SMALL)


def test_gzip_of_more_pieces_than_anybody_writes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MOST_PIECES", 10)
    with pytest.raises(TableError, match="more than 10 pieces"):
        unpack(gzip.compress(b"") * 11)


def test_a_tar_in_gzip_is_refused_with_what_to_do() -> None:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(TEXT)
        archive.addfile(member, io.BytesIO(TEXT))
    with pytest.raises(TableError, match="tar archive in a gzip file.*pack the table as zip"):
        unpack(written.getvalue(), "a.tar.gz")


def test_gzip_of_parquet_and_of_zip_are_read() -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"lr": [0.1, 0.2], "loss": [1.0, 2.0]}), file)
    assert names(Opened("a.parquet.gz", gzip.compress(file.getvalue()))) == ["lr", "loss"]
    assert names(Opened("a.zip.gz", gzip.compress(packed({"a.csv": TEXT})))) == ["lr", "loss"]


# ---------------------------------------------------------------- zip


def test_names_in_an_archive_are_only_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = Zip(packed({"../../up.csv": TEXT, "/etc/down.csv": TEXT, "C:\\x.csv": TEXT}), LIMITS)
    assert sorted(files.sizes) == ["../../up.csv", "/etc/down.csv", "C:\\x.csv"]
    assert all(files.read(name) == TEXT for name in files.sizes)
    assert list(tmp_path.iterdir()) == []


def test_folders_and_what_systems_leave_in_archives_are_no_files() -> None:
    left = {"__MACOSX/a/._a.csv": b"1", "a/.DS_Store": b"2", ".git/config": b"3", "a/": b""}
    files = Zip(packed({**left, "a/a.csv": TEXT, "./b.csv": TEXT}), LIMITS)
    assert dict(files.sizes) == {"a/a.csv": len(TEXT), "./b.csv": len(TEXT)}


def test_all_that_is_read_of_an_archive_counts_together() -> None:
    files = Zip(packed({"a": bytes(600_000), "b": bytes(600_000)}), SMALL)
    assert len(files.read("a")) == 600_000
    with pytest.raises(TableError, match=r"b unpacks to more than 1 MB \(HPI_READ_UNPACKED_MB\)"):
        files.read("b")


def test_a_look_at_the_beginning_is_cheap_and_does_not_count() -> None:
    files = Zip(packed({"a": bytes(50_000_000)}), SMALL)
    assert files.head("a", 10) == bytes(10)


def test_an_archive_never_gives_more_than_it_announces() -> None:
    data = packed({"a": b"x" * 100_000})
    forged = data.replace((100_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert dict(Zip(forged, LIMITS).sizes) == {"a": 50}
    with pytest.raises(TableError, match="damaged"):
        Zip(forged, LIMITS).read("a")


def test_more_members_than_are_looked_at_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    assert len(Zip(packed(dict.fromkeys("abc", b"")), LIMITS).sizes) == 3
    with pytest.raises(TableError, match="lists 4 files; at most 3"):
        Zip(packed(dict.fromkeys("abcd", b"")), LIMITS)


def test_an_archive_under_a_password_is_refused() -> None:
    data = bytearray(packed({"a.csv": TEXT}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(TableError, match="protected by a password"):
        unpack(bytes(data), "a.zip")


def test_other_compression_than_that_of_every_zip_is_refused() -> None:
    files = Zip(packed({"a.csv": TEXT}, zipfile.ZIP_BZIP2), LIMITS)
    with pytest.raises(TableError, match=r"a\.csv is compressed in a way"):
        files.read("a.csv")


@given(st.data())
def test_mutated_archives_give_a_table_or_a_refusal(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([packed({"x/a.csv": TEXT, "b.json": b"[]"}), gzip.compress(TEXT), packed({})]))
    bad = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(bad) - 1))
        bad[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
        bad = bad or bytearray(b"P")
    try:
        loaded = load(bytes(bad))
    except TableError:
        return
    assert loaded.frame.shape[1] >= 1


# ---------------------------------------------------------------- the one table in an archive or folder


def test_one_table_in_an_archive_is_read_and_named() -> None:
    notes = {"README.md": b"lr, loss", "plot.png": b"\x89PNG", "run.log": b"started\n", "config.yaml": b"a: 1, 2"}
    table = hpi.read(packed({**notes, "out/a.csv": TEXT}), metric="loss", direction="minimize")
    assert table.name == "a.csv"
    assert list(table.frame.columns) == ["lr", "loss"]
    assert "out/a.csv in table was read." in table.notices
    assert table.reading.parts == ()


def test_of_several_tables_the_largest_is_taken_and_the_others_are_named() -> None:
    loaded = load_opened(Opened("b.zip", packed({"a.csv": TEXT, "n/b.csv": MORE})), Wanted(), LIMITS)
    assert list(loaded.frame.columns) == ["momentum", "loss"]
    reading = loaded.reading
    assert (reading.part_is, reading.part, reading.parts) == ("table", "n/b.csv", ("n/b.csv", "a.csv"))
    assert any("2 tables; n/b.csv was taken, as it is the largest" in one and "a.csv" in one for one in reading.notices)


@pytest.mark.parametrize("asked", ["a.csv", "deep/a.csv"])
def test_a_table_is_asked_for_by_its_name_with_or_without_folders(asked: str) -> None:
    opened = Opened("b.zip", packed({"deep/a.csv": TEXT, "b.csv": MORE}))
    assert names(opened, Wanted(table=asked)) == ["lr", "loss"]


def test_a_file_of_another_kind_can_be_asked_for_and_is_called_what_it_is() -> None:
    opened = Opened("b.zip", packed({"a.csv": TEXT, "deep/c.txt": MORE, "plot.png": b"\x89PNG"}))
    assert names(opened, Wanted(table="c.txt")) == ["momentum", "loss"]
    with pytest.raises(TableError, match="picture"):
        names(opened, Wanted(table="plot.png"))


@pytest.mark.parametrize("asked", ["c.csv", "a.csv"])
def test_a_table_that_is_not_there_or_there_twice_is_refused_naming_those_that_are(asked: str) -> None:
    opened = Opened("b.zip", packed({"x/a.csv": TEXT, "y/a.csv": MORE}))
    with pytest.raises(TableError, match=r"no table '.*'; there is y/a\.csv, x/a\.csv"):
        names(opened, Wanted(table=asked))


def test_tables_go_before_records_and_records_before_other_text() -> None:
    records, other = b'[{"a": 1, "b": 2}, {"a": 2, "b": 3}]' + b" " * 9_000, b"a,b\n" + b"1,2\n" * 9_000
    assert names(Opened("b.zip", packed({"a.csv": TEXT, "b.json": records, "c.txt": other}))) == ["lr", "loss"]
    assert names(Opened("b.zip", packed({"b.json": records, "c.txt": other, "d.csv": b"\x89PNG"}))) == ["a", "b"]
    assert names(Opened("b.zip", packed({"c.txt": other, "README": b"words of a person"}))) == ["a", "b"]


def test_a_compressed_table_or_a_workbook_in_an_archive_is_read() -> None:
    from tests.readers.samples import SAMPLES

    assert names(Opened("b.zip", packed({"a.csv.gz": gzip.compress(TEXT)}))) == ["lr", "loss"]
    assert names(Opened("b.zip", packed({"a.xlsx": SAMPLES["Excel"].data}))) == ["lr", "loss"]
    assert names(Opened("b.zip", packed({"a.parquet": SAMPLES["Parquet"].data}))) == ["lr", "loss"]


def test_a_table_beside_checkpoints_is_read() -> None:
    assert names(Opened("b.zip", packed({"trial_0/data.pkl": b"\x80\x02", "a.csv": TEXT}))) == ["lr", "loss"]


def test_an_archive_in_an_archive_is_not_opened() -> None:
    with pytest.raises(TableError, match=r"2 files, and none is a table: .*inner\.zip"):
        names(Opened("b.zip", packed({"inner.zip": packed({"a.csv": TEXT}), "x.csv": packed({"a.csv": TEXT})})))


def test_a_folder_is_searched_as_an_archive_is(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_bytes(TEXT)
    (tmp_path / "notes.md").write_text("a, b")
    assert list(load(tmp_path).frame.columns) == ["lr", "loss"]


def test_a_file_that_may_not_be_read_is_no_table() -> None:
    class Locked(Several):
        def head(self, name: str, size: int) -> bytes:
            raise PermissionError(name)

    with pytest.raises(TableError, match="none is a table"):
        names(Opened("folder", b"", Locked({"a.csv": TEXT})))


def test_names_with_line_breaks_stand_on_one_line() -> None:
    loaded = load_opened(Opened("b\n.zip", packed({"a\n\u202eb.csv": TEXT, "c.csv": TEXT[:-9]})), Wanted(), LIMITS)
    assert loaded.reading.notices
    assert not any("\n" in notice or "\u202e" in notice for notice in loaded.reading.notices)


def test_an_empty_archive_is_refused() -> None:
    with pytest.raises(TableError, match="is empty"):
        names(Opened("b.zip", packed({})))
