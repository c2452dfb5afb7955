"""Which files an address stands for: links, stray files, names in capital letters."""

from __future__ import annotations

from pathlib import Path

import pytest

import hpi
from hpi.blocks import places
from hpi.blocks.large import LargeTable
from hpi.blocks.source import find
from hpi.errors import TableError
from tests.blocks.making import table, written

N = 60


@pytest.fixture
def folder(tmp_path) -> Path:
    return written(tmp_path / "runs", table(0, N), [[20], [20], [20]])


def names(address: object) -> list[str]:
    return [Path(file).name for file in places.files_of(str(address))[0]]


WHOLE = ["part-0000.parquet", "part-0001.parquet", "part-0002.parquet"]


@pytest.mark.parametrize("rows", [30, 1000])
@pytest.mark.parametrize("stray", ["readme.txt", "notes.md", "plot.png"])
def test_a_stray_file_is_passed_over_and_said(folder, monkeypatch, rows, stray):
    monkeypatch.setenv("HPI_READ_ROWS", str(rows))
    (folder / stray).write_text("x")
    read = hpi.read(folder, metric="loss", direction="minimize")
    assert read.n_rows == N
    assert isinstance(read, LargeTable) == (rows < N)
    assert any("passed over" in notice and stray in notice for notice in read.notices)


@pytest.mark.parametrize("other", ["more.csv", "STUDY.DB", "runs.json", "sub/more.csv.gz"])
def test_a_folder_with_a_table_of_another_kind_is_no_table_in_blocks(folder, other):
    assert places.holds_parquet(str(folder))
    (folder / other).parent.mkdir(exist_ok=True)
    (folder / other).write_text("a,b\n1,2\n")
    assert not places.holds_parquet(str(folder))


def test_what_writers_leave_beside_is_not_worth_a_word(folder):
    for beside in ("_SUCCESS", ".part.crc", "_metadata.json"):
        (folder / beside).write_text("")
    assert find(str(folder)).notices == ()
    assert places.holds_parquet(str(folder))


def test_a_link_to_a_file_adds_no_rows(folder):
    (folder / "again.parquet").symlink_to(folder / "part-0001.parquet")
    source = find(str(folder))
    assert source.n_rows == N
    assert names(folder) == ["again.parquet", "part-0000.parquet", "part-0002.parquet"]
    (notice,) = source.notices
    assert notice == "Links to files that are read already were left out: part-0001.parquet."


def test_links_to_folders_add_no_rows_and_come_to_an_end(folder, tmp_path):
    for name in ("self", "aaa"):
        (folder / name).symlink_to(folder)
    (folder / "deep").mkdir()
    (folder / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "side").symlink_to(folder)
    assert find(str(folder)).n_rows == find(str(tmp_path)).n_rows == N
    assert names(folder) == names(tmp_path / "side") == names(tmp_path / "**" / "*.parquet") == WHOLE


def test_a_link_to_a_folder_elsewhere_is_followed(folder, tmp_path):
    written(tmp_path / "elsewhere", table(1, N), [[N]]).rename(tmp_path / "other")
    (folder / "more").symlink_to(tmp_path / "other")
    assert find(str(folder)).n_rows == 2 * N


def test_a_link_that_leads_nowhere_is_refused_by_name(folder):
    (folder / "gone.parquet").symlink_to(folder / "nowhere")
    with pytest.raises(TableError, match="gone.parquet"):
        find(str(folder))


@pytest.mark.parametrize("rows", [30, 1000])
def test_names_in_capital_letters_are_names(folder, monkeypatch, rows):
    monkeypatch.setenv("HPI_READ_ROWS", str(rows))
    (folder / "part-0001.parquet").rename(folder / "part-0001.PARQUET")
    for address in (folder, folder / "*.parquet", folder / "*.PARQUET", folder.parent / "**" / "part-*.Parquet"):
        assert hpi.read(address, metric="loss", direction="minimize").n_rows == N
