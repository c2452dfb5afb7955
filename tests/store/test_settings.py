"""Settings of the store, where its files belong, and which file systems are other machines'."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hpi.errors import SettingsError
from hpi.store import Store, StoreSettings
from hpi.store.places import data_folder, kind_of, on_network, parse_mount, parse_proc
from hpi.store.settings import BOUNDS, VARIABLES

POSTGRES = "postgresql+psycopg://hpi:geheim@db.example/hpi"


def test_where_nothing_is_said(tmp_path):
    settings = StoreSettings.from_environment({"XDG_DATA_HOME": str(tmp_path), "HPI_JOBS": "1", "PATH": "/bin"})
    if sys.platform == "linux":
        assert settings.folder == tmp_path / "hpi"
    assert (settings.share_days, settings.draft_days) == (90, 7)
    assert settings.index is settings.blobs is None


def test_what_is_said():
    environment = {
        "HPI_STORE": "~/tables",
        "HPI_STORE_INDEX": POSTGRES,
        "HPI_STORE_BLOBS": "s3://bucket/folder",
        "HPI_SHARE_DAYS": "30",
        "HPI_DRAFT_DAYS": "0",
        "HPI_SHARE_MB": "5",
        "HPI_OWNER_MB": "50",
        "HPI_STORE_MB": "500",
    }
    settings = StoreSettings.from_environment(environment)
    expected = StoreSettings(Path.home() / "tables", POSTGRES, "s3://bucket/folder", 30, 0, 5, 50, 500)
    assert settings == expected
    assert (settings.share_bytes, settings.owner_bytes, settings.store_bytes) == (5_000_000, 50_000_000, 500_000_000)
    assert settings.draft_bytes == 125_000_000


def test_a_password_is_in_no_message():
    assert "geheim" not in repr(StoreSettings(Path("/x"), POSTGRES, "s3://key:geheim@bucket"))
    store = Store(StoreSettings(Path("/x"), POSTGRES))
    from hpi.store.checking import where

    assert where(store._parts).startswith("index postgresql+psycopg://hpi:***@db.example/hpi, blobs ")
    for name, value in (("HPI_STORE_INDEX", "mysql://hpi:geheim@db"), ("HPI_STORE_BLOBS", "key:geheim@bucket")):
        with pytest.raises(SettingsError, match=name) as caught:
            StoreSettings.from_environment({name: value})
        assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HPI_STORE", "", "must name a folder"),
        ("HPI_STORE", "s3://bucket", "an address belongs into HPI_STORE_BLOBS"),
        ("HPI_STORE_INDEX", "", "must begin with"),
        ("HPI_STORE_INDEX", "/some/folder", "must begin with"),
        ("HPI_STORE_INDEX", "sqlite://", "must begin with"),
        ("HPI_STORE_INDEX", "sqlite:///:memory:", "must begin with"),
        ("HPI_STORE_BLOBS", "/some/folder", "a folder belongs into HPI_STORE"),
        ("HPI_SHARE_DAYS", "0", "a whole number from 1 to 3,650"),
        ("HPI_SHARE_DAYS", "3651", "a whole number from 1 to 3,650"),
        ("HPI_DRAFT_DAYS", "-1", "a whole number from 0 to 365"),
        ("HPI_SHARE_MB", "1.5", "a whole number"),
        ("HPI_OWNER_MB", "viel", "a whole number"),
        ("HPI_STORE_MB", "0", "a whole number"),
        ("HPI_STORE_QUOTA", "1", "is no setting; there are: HPI_DRAFT_DAYS, HPI_OWNER_MB"),
        ("HPI_SHARE_DAY", "1", "is no setting"),
        ("HPI_OWNERS", "1", "is no setting"),
        ("HPI_DRAFTS", "1", "is no setting"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(name, value, words):
    with pytest.raises(SettingsError, match=words) as caught:
        StoreSettings.from_environment({name: value})
    assert str(caught.value).startswith(f"{name} ")


def test_an_address_that_nothing_can_open_is_refused():
    with pytest.raises(SettingsError, match=r"HPI_STORE_BLOBS cannot be used \(ValueError\)"):
        Store(StoreSettings(Path("/x"), blobs="gopher://x/y"))


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, Path.home() / ".local/share/hpi"),
        ("linux", {"XDG_DATA_HOME": "/data"}, Path("/data/hpi")),
        ("linux", {"XDG_DATA_HOME": "relative"}, Path.home() / ".local/share/hpi"),
        ("darwin", {"XDG_DATA_HOME": "/data"}, Path.home() / "Library/Application Support/hpi"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/hpi")),
        ("win32", {}, Path.home() / "AppData/Local/hpi"),
    ],
)
def test_the_users_data_folder(platform, environment, folder):
    assert data_folder(environment, platform) == folder


PROC = """\
/dev/vda / ext4 rw,relatime 0 0
server:/export /home nfs4 rw,vers=4.2 0 0
/dev/vdb /home/anna ext4 rw 0 0
me@host: /mnt/with\\040space fuse.sshfs rw 0 0
tmpfs /mnt/over tmpfs rw 0 0
//server/share /mnt/over cifs rw 0 0
"""
MOUNT = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//anna@server/share on /Volumes/share (smbfs, nodev, nosuid, mounted by anna)
server:/export on /Volumes/two (nfs)
"""


@pytest.mark.parametrize(
    ("mounts", "path", "kind"),
    [
        (parse_proc(PROC), "/var/lib", "ext4"),
        (parse_proc(PROC), "/home/ben/.local", "nfs4"),
        (parse_proc(PROC), "/home/anna/x", "ext4"),
        (parse_proc(PROC), "/home/annabel", "nfs4"),
        (parse_proc(PROC), "/mnt/with space/x", "fuse.sshfs"),
        (parse_proc(PROC), "/mnt/over", "cifs"),
        (parse_mount(MOUNT), "/Users/anna", "apfs"),
        (parse_mount(MOUNT), "/Volumes/share/x", "smbfs"),
        (parse_mount(MOUNT), "/Volumes/two", "nfs"),
        ([], "/x", ""),
    ],
)
def test_kinds_of_file_systems(mounts, path, kind):
    assert kind_of(Path(path), mounts) == kind


@pytest.mark.parametrize(("where", "far"), [("/home/ben", True), ("/mnt/with space", True), ("/home/anna", False)])
def test_a_network_file_system_is_known(monkeypatch, where, far):
    monkeypatch.setattr("hpi.store.places._mounts", lambda: parse_proc(PROC))
    assert on_network(Path(where) / "not" / "there" / "yet") is far


def test_this_folder_can_hold_a_store(tmp_path):
    assert not on_network(tmp_path / "not" / "there")


def test_the_documented_numbers_are_those_in_force():
    text = (Path(__file__).resolve().parents[2] / "docs" / "store.md").read_text("utf-8")
    lines = {line.split("|")[1].strip().strip("`"): line.split("|") for line in text.splitlines() if "| `HPI_" in line}
    assert set(lines) == set(VARIABLES)
    defaults = StoreSettings(Path("/x"))
    for name, variable, low, high in BOUNDS:
        assert lines[variable][2].strip() == f"{getattr(defaults, name):,}"
        assert lines[variable][3].strip() == f"{low:,} to {high:,}"
