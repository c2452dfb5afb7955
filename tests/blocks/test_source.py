"""What a source is made of, and what is said where a file is missing, damaged, changed or unlike the others."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.blocks import places
from hpi.blocks import source as blocks_source
from hpi.blocks.source import Block, Files, Source, find, read
from hpi.errors import TableError
from tests.blocks.making import table, written
from tests.store import services
from tests.test_layers import ROOT

N = 60


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two files of two row groups each: 10 and 20, 5 and 25 rows."""
    return written(tmp_path / "runs", table(0, N), [[10, 20], [5, 25]], write_page_checksum=True)


def rows_of(source: Source, names: tuple[str, ...]) -> pa.Table:
    pieces = [piece for block in source.blocks for _, piece in read(source, block, names)]
    return pa.concat_tables(pieces).unify_dictionaries()


def test_blocks_are_row_groups_in_order_of_the_files(folder):
    source = find(str(folder))
    assert source.blocks == (Block(0, 0, 0, 10), Block(0, 1, 10, 20), Block(1, 0, 30, 5), Block(1, 1, 35, 25))
    assert [Path(file).name for file in source.files] == ["part-0000.parquet", "part-0001.parquet"]
    assert source.sizes == tuple(Path(file).stat().st_size for file in source.files)
    assert (source.n_rows, source.notices) == (N, ())
    kinds = dict(source.columns)
    assert [kinds[name] for name in ("lr", "depth", "drop", "opt", "net", "norm")] == [
        "number", "number", "number", "text", "text", "truth",
    ]  # fmt: skip


def test_it_travels_as_json(folder):
    source = find(str(folder))
    plain = json.loads(json.dumps(asdict(source)))
    assert plain["blocks"][3] == {"file": 1, "group": 1, "start": 35, "rows": 25}
    again = Source(
        tuple(plain["files"]), tuple(plain["sizes"]), tuple(Block(**one) for one in plain["blocks"]),
        tuple(map(tuple, plain["columns"])), plain["n_rows"], plain["fingerprint"], tuple(plain["notices"]),
        tuple(plain["digests"]),
    )  # fmt: skip
    assert again == source


@given(st.integers(1, 40), st.lists(st.integers(0, 30), min_size=1, max_size=4))
def test_pieces_are_the_rows_in_their_order(tmp_path_factory, piece, groups):
    whole = table(1, N)
    there = written(tmp_path_factory.mktemp("runs"), whole, [groups])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks_source, "PIECE", piece)
        source = find(str(there))
        starts, sizes, numbers, texts = [], [], [], []
        for block in source.blocks:
            for start, part in read(source, block, ("opt", "lr")):
                starts.append(start)
                sizes.append(len(part))
                texts += part["opt"].to_pylist()
                numbers += part["lr"].to_pylist()
    assert max(sizes) <= piece
    assert starts == [0, *np.cumsum(sizes)[:-1].tolist()]
    assert (texts, numbers) == (whole["opt"].to_pylist(), whole["lr"].to_pylist())


def test_cells_of_every_type_come_as_doubles_or_codes(folder):
    whole, names = table(0, N), ("drop", "depth", "rate", "momentum", "net", "norm", "mode")
    found = rows_of(find(str(folder)), names)
    for name in names[:4]:
        assert found[name].type == pa.float64()
        assert found[name].to_pylist() == whole[name].cast(pa.float64()).to_pylist()
    for name in names[4:]:
        assert pa.types.is_dictionary(found[name].type)
        expected = [None if cell is None else str(cell) for cell in whole[name].to_pylist()]
        assert found[name].to_pylist() == expected


@pytest.mark.parametrize("encoding", ["PLAIN", "DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"])
def test_text_may_be_written_in_any_way(tmp_path, encoding):
    opt = ["adam", None, "sgd", "adam"] * 5
    (tmp_path / "runs").mkdir()
    whole = pa.table({"opt": opt, "x": np.arange(20.0)})
    file = tmp_path / "runs" / "a.parquet"
    pq.write_table(whole, file, use_dictionary=False, column_encoding={"opt": encoding})
    assert rows_of(find(str(file)), ("opt",))["opt"].to_pylist() == opt


class TestAddresses:
    """Folders, patterns, files."""

    def test_files_are_those_of_folders_below_without_what_programs_hide(self, folder):
        deep = folder / "b" / "c"
        deep.mkdir(parents=True)
        shutil.copy(folder / "part-0000.parquet", deep / "z.parquet")
        for hidden in (".x.parquet", "_metadata.parquet", "_tmp/x.parquet", "notes.txt"):
            (folder / hidden).parent.mkdir(exist_ok=True)
            (folder / hidden).write_bytes(b"")
        names = [file.removeprefix(f"{folder}/") for file in find(str(folder)).files]
        assert names == ["b/c/z.parquet", "part-0000.parquet", "part-0001.parquet"]

    @pytest.mark.parametrize(
        ("pattern", "names"),
        [
            ("part-*1.parquet", ["part-0001.parquet"]),
            ("*", ["part-0000.parquet", "part-0001.parquet"]),
            ("part-000[0-9].parquet", ["part-0000.parquet", "part-0001.parquet"]),
            ("part-000?.parquet", ["part-0000.parquet", "part-0001.parquet"]),
            ("*/*.parquet", ["deep/x.parquet"]),
            ("**/*.parquet", ["deep/x.parquet", "part-0000.parquet", "part-0001.parquet"]),
            ("part-0000.parquet", ["part-0000.parquet"]),
        ],
    )
    def test_a_pattern_names_files(self, folder, pattern, names):
        (folder / "deep").mkdir()
        shutil.copy(folder / "part-0000.parquet", folder / "deep" / "x.parquet")
        source = find(f"{folder}/{pattern}")
        assert [file.removeprefix(f"{folder}/") for file in source.files] == names

    @pytest.mark.parametrize("address", ["nowhere", "nowhere/*.parquet", "runs/*.csv", "empty"])
    def test_where_nothing_is_it_is_said_what_may_be(self, folder, address):
        (folder.parent / "empty").mkdir()
        with pytest.raises(TableError, match="names no .parquet file. An address is a folder"):
            find(f"{folder.parent}/{address}")

    @pytest.mark.parametrize("address", ["http://x/a.parquet", "gs://b/*.parquet", "file:///tmp"])
    def test_other_places_are_refused(self, address):
        with pytest.raises(TableError, match="cannot be read. An address is a folder"):
            find(address)

    def test_names_of_folders_are_no_columns_and_that_is_said(self, folder):
        (folder / "year=2024").mkdir()
        shutil.move(folder / "part-0000.parquet", folder / "year=2024" / "a.parquet")
        assert "year=2024" in " ".join(find(str(folder)).notices)

    def test_an_object_store_is_read_like_a_folder(self, folder, monkeypatch):
        from pyarrow.fs import S3FileSystem

        with services.object_store() as address:
            for name, value in services.s3_environment(address).items():
                monkeypatch.setenv(name, value)
            host = address.removeprefix("http://")
            system = S3FileSystem(endpoint_override=host, scheme="http", allow_bucket_creation=False)
            for file in sorted(folder.glob("*.parquet")):
                with system.open_output_stream(f"{services.BUCKET}/runs/{file.name}") as out:
                    out.write(file.read_bytes())
            here = find(str(folder))
            for where in ("runs/*.parquet", "runs"):
                there = find(f"s3://{services.BUCKET}/{where}")
                assert there.fingerprint == here.fingerprint
                assert there.files[0] == f"s3://{services.BUCKET}/runs/part-0000.parquet"
            names = tuple(here.kinds)
            pd.testing.assert_frame_equal(rows_of(there, names).to_pandas(), rows_of(here, names).to_pandas())
            with pytest.raises(TableError, match="names no .parquet file"):
                find(f"s3://{services.BUCKET}/nowhere/*.parquet")
            with pytest.raises(TableError, match="s3://nobody/"):
                find("s3://nobody/*.parquet")


class TestColumns:
    """What the files have in common."""

    def write(self, folder: Path, *tables: pa.Table) -> str:
        folder.mkdir(exist_ok=True)
        for number, one in enumerate(tables):
            pq.write_table(one, folder / f"{number}.parquet")
        return str(folder)

    def test_a_column_that_one_file_lacks_is_named_with_both_files(self, tmp_path):
        where = self.write(tmp_path / "a", pa.table({"x": [1], "y": [1]}), pa.table({"x": [1]}))
        with pytest.raises(TableError, match="0.parquet has a column y, and 1.parquet has none"):
            find(where)
        where = self.write(tmp_path / "b", pa.table({"x": [1]}), pa.table({"x": [1], "z": [1]}))
        with pytest.raises(TableError, match="1.parquet has a column z, and 0.parquet has none"):
            find(where)

    def test_a_column_of_another_kind_is_named_with_both_files(self, tmp_path):
        where = self.write(tmp_path / "a", pa.table({"x": [1]}), pa.table({"x": ["one"]}))
        with pytest.raises(TableError, match="The column x holds numbers in 0.parquet and text in 1.parquet"):
            find(where)

    def test_types_of_one_kind_order_and_emptiness_may_differ(self, tmp_path):
        one = pa.table({"x": pa.array([1, 2], pa.int8()), "t": ["a", "b"], "e": pa.nulls(2)})
        two = pa.table({"e": [0.5], "t": pa.array(["b"]).dictionary_encode(), "x": pa.array([2.5], pa.float32())})
        source = find(self.write(tmp_path / "a", one, two))
        assert source.columns == (("x", "number"), ("t", "text"), ("e", "number"))
        found = rows_of(source, ("x", "t", "e"))
        assert found.to_pydict() == {"x": [1.0, 2.0, 2.5], "t": ["a", "b", "b"], "e": [None, None, 0.5]}

    def test_what_is_nested_or_binary_is_left_out_and_said(self, tmp_path):
        one = pa.table({"x": [1], "l": [[1, 2]], "s": [{"x": 2}], "b": [b"a"], "__index_level_0__": [7]})
        source = find(self.write(tmp_path / "a", one))
        assert source.columns == (("x", "number"),)
        (said,) = source.notices
        assert "l (list), s (struct), b (binary), __index_level_0__ (numbers of the rows)" in said
        assert rows_of(source, ("x",)).to_pydict() == {"x": [1.0]}

    def test_names_are_trimmed_and_found_again(self, tmp_path):
        source = find(self.write(tmp_path / "a", pa.table({" lr ": [1.0], "a  b.c": [2.0], "": [3.0]})))
        assert source.columns == (("lr", "number"), ("a b.c", "number"))
        assert rows_of(source, ("a b.c", "lr")).to_pydict() == {"a b.c": [2.0], "lr": [1.0]}

    def test_a_name_that_comes_twice_is_refused(self, tmp_path):
        where = self.write(tmp_path / "a", pa.table([[1], [2]], names=["x", " x"]))
        with pytest.raises(TableError, match="column name x appears twice in 0.parquet"):
            find(where)

    def test_only_nested_columns_and_no_rows_are_refused(self, tmp_path):
        with pytest.raises(TableError, match="only nested or binary columns"):
            find(self.write(tmp_path / "a", pa.table({"l": [[1]]})))
        with pytest.raises(TableError, match="0 rows"):
            find(self.write(tmp_path / "b", pa.table({"x": pa.array([], pa.int64())})))


def _footer(data: bytes) -> int:
    """Where the footer begins."""
    return len(data) - 8 - int.from_bytes(data[-8:-4], "little")


class TestDamage:
    """Files that are cut, changed, or hold other bytes than were written."""

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda data: data[:-20], "part-0001.parquet is no Parquet file, or it was cut"),
            (lambda data: data[: len(data) // 2], "part-0001.parquet is no Parquet file, or it was cut"),
            (lambda data: b"", "part-0001.parquet is no Parquet file, or it was cut"),
            (lambda data: data[:-4] + b"PARE", "part-0001.parquet is encrypted"),
            (lambda data: data[:-8] + b"\xff\xff\xff\x7fPAR1", "part-0001.parquet is damaged: its footer should have"),
            (
                lambda data: data[: _footer(data)] + b"\xff" * 64 + data[_footer(data) + 64 :],
                "footer of part-0001.parquet",
            ),
        ],
    )
    def test_a_file_whose_end_is_damaged_is_named(self, folder, change, said):
        file = folder / "part-0001.parquet"
        file.write_bytes(change(file.read_bytes()))
        with pytest.raises(TableError, match=said):
            find(str(folder))

    def test_flipped_bytes_in_a_page_name_file_and_row_group(self, folder):
        source = find(str(folder))
        file = Path(source.files[1])
        column = pq.read_metadata(file).row_group(1).column(0)
        data = bytearray(file.read_bytes())
        middle = column.dictionary_page_offset + column.total_compressed_size // 2
        data[middle] ^= 0xFF
        file.write_bytes(data)
        with pytest.raises(
            TableError, match=r"Row group 1 of part-0001.parquet cannot be read: .+ Write the file again"
        ):
            rows_of(source, ("lr",))
        assert len(list(read(source, source.blocks[2], ("lr",)))) == 1

    def test_a_file_that_was_cut_or_has_grown_or_gone_is_named(self, folder):
        source = find(str(folder))
        file = Path(source.files[1])
        data = file.read_bytes()
        for changed in (data[:-100], data + b"x"):
            file.write_bytes(changed)
            with pytest.raises(TableError, match=r"Row group 0 of part-0001.parquet .+ the file has changed .+ bytes"):
                list(read(source, source.blocks[2], ("lr",)))
        file.unlink()
        with pytest.raises(TableError, match=r"Row group 1 of part-0001.parquet cannot be read: there is no such file"):
            list(read(source, source.blocks[3], ("lr",)))

    def test_a_row_group_of_another_size_is_named(self, folder):
        source = find(str(folder))
        other = Source(**{**vars_of(source), "blocks": (Block(0, 1, 0, 21), Block(0, 7, 0, 1))})
        for block in other.blocks:
            with pytest.raises(TableError, match=f"Row group {block.group} of part-0000.parquet .+ has changed"):
                list(read(other, block, ("lr",)))

    def test_a_file_that_was_replaced_by_one_of_its_size_is_named(self, tmp_path):
        def write(values: np.ndarray) -> None:
            whole = pa.table({"lr": values, "loss": values})
            pq.write_table(whole, tmp_path / "one.parquet", compression="none", use_dictionary=False)

        write(np.linspace(0.0, 1.0, N))
        source = find(str(tmp_path))
        write(np.linspace(1.0, 2.0, N))
        assert (tmp_path / "one.parquet").stat().st_size == source.sizes[0]
        with pytest.raises(TableError, match=r"Row group 0 of one.parquet .+ the file has changed"):
            list(read(source, source.blocks[0], ("lr",)))

    def test_a_file_whose_end_is_overwritten_has_changed(self, folder):
        source = find(str(folder))
        file = Path(source.files[0])
        file.write_bytes(bytes(source.sizes[0]))
        with pytest.raises(TableError, match=r"part-0000.parquet"):
            list(read(source, source.blocks[0], ("lr",)))

    @given(st.data())
    def test_whatever_bytes_change_nothing_but_a_table_error_comes(self, tmp_path_factory, data):
        there = written(tmp_path_factory.mktemp("runs"), table(2, N), [[30]], write_page_checksum=True)
        source = find(str(there))
        file = Path(source.files[0])
        content = bytearray(file.read_bytes())
        end = _footer(content)
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(4, end - 1))] = data.draw(st.integers(0, 255))
        file.write_bytes(content)
        said = ""
        try:
            assert len(rows_of(source, tuple(source.kinds))) == N
        except TableError as error:
            said = str(error)
        assert not said or "Row group 0 of part-0000.parquet" in said


def test_a_file_is_opened_once_for_neighbouring_blocks(folder, monkeypatch):
    source = find(str(folder))
    alone = [list(read(source, block, ("lr", "opt"))) for block in source.blocks]
    opened, real = [], places.opened
    monkeypatch.setattr(places, "opened", lambda file: opened.append(file) or real(file))
    with Files(source) as files:
        together = [list(files.read(block, ("lr", "opt"))) for block in source.blocks]
        again = list(files.read(source.blocks[0], ("lr", "opt")))
    assert together == alone
    assert again == alone[0]
    assert opened == [*source.files, source.files[0]]


def vars_of(source: Source) -> dict[str, object]:
    return {name: getattr(source, name) for name in source.__dataclass_fields__}


def test_the_fingerprint_is_that_of_names_sizes_and_footers(folder, tmp_path):
    first = find(str(folder)).fingerprint
    assert len(first) == 64
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    assert find(str(elsewhere)).fingerprint == first
    (elsewhere / "part-0001.parquet").rename(elsewhere / "part-0002.parquet")
    assert find(str(elsewhere)).fingerprint != first
    written(folder, table(1, N), [[10, 20], [5, 25]], write_page_checksum=True)
    assert find(str(folder)).fingerprint != first


def test_importing_blocks_is_cheap():
    code = "import sys, hpi.blocks, hpi.blocks.source; print(*{'pyarrow', 'pandas', 'numpy'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
