"""A store in a folder on a disk that is full, read-only, on another machine, or taken away."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import event

from hpi.errors import StoreError
from hpi.store import Store, StoreSettings, places
from tests.store.making import ANNA, assert_gone, lying, parts, rows

ROOT = Path(__file__).resolve().parents[2]
FULL = "The disk of the store is full, nothing was stored"
READ_ONLY = "The store cannot be written, nothing was stored"


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "home" / "store"


@pytest.fixture
def store(folder):
    made = Store(StoreSettings(folder))
    yield made
    made.close()


# every call to the disk that writes
WRITES = ["tempfile.mkstemp", "os.fdopen", "os.fsync", "os.replace", "Path.mkdir", "os.open"]


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, FULL), (errno.EROFS, READ_ONLY)])
def test_each_write_may_fail_and_leaves_nothing(store, monkeypatch, call, number, words):
    kept = store.save("share", {}, {"table": b"kept"})
    before = rows(store)

    def fails(*given, **named):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(f"hpi.store.blobs.{call}", fails)
        with pytest.raises(StoreError, match=words) as caught:
            store.save("share", {}, {"table": b"new"})
    assert str(store.settings.folder) not in str(caught.value)
    assert rows(store) == before
    assert [found.sha256 for found in parts(store).blobs.found()] == list(
        kept.share.blobs.values()
    ) or call == "os.open"
    assert parts(store).blobs.leftovers(0) == []
    store.save("share", {}, {"table": b"new"})


def test_a_full_index_is_said_and_leaves_nothing(store):
    """SQLite's own limit on pages fails as a full disk does."""
    kept = store.save("share", {}, {"table": b"kept"})
    engine = parts(store).index._opened()
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=20"))
    with pytest.raises(StoreError, match=FULL):
        store.save("share", {"n": "x" * 200_000}, {"table": b"new"})
    assert rows(store)["hpi_shares"] == 1
    assert rows(store)["hpi_claims"] == 0
    assert lying(store) == set(kept.share.blobs.values())
    assert store.load(kept.share, "table") == b"kept"


def python(code: str, *arguments: object) -> str:
    """What a program prints."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout


LIMITED = """
import resource, sys
from pathlib import Path
from hpi.errors import StoreError
from hpi.store import Store, StoreSettings
store = Store(StoreSettings(Path(sys.argv[1])))
store.save("share", {}, {"table": b"kept"})
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
for record, blobs in (({}, {"table": b"x" * 400_000}), ({"n": "x" * 900_000}, {"table": b"1"})):
    try:
        store.save("share", record, blobs)
        print("stored")
    except StoreError as error:
        print(error)
store.save("share", {}, {"table": b"small"})
found = store.check()
print(found.sound, found.shares, found.blobs, found.unheld, found.leftovers)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_files_that_really_cannot_grow(folder):
    first, second, last = python(LIMITED, folder).splitlines()
    assert first.startswith(FULL)
    assert second != "stored"
    assert last == "True 2 2 0 0"


WITHOUT_RIGHTS = """
import os, sys
from pathlib import Path
from hpi.errors import StoreError
from hpi.store import Store, StoreSettings
folder = Path(sys.argv[1])
warm = Store(StoreSettings(folder / "warm"))  # loads everything, while it may be read
warm.save("share", {}, {"table": b"1"})
warm.close()
os.chmod(folder, 0o555)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
for name in ("warm", "new"):
    store = Store(StoreSettings(folder / name))
    print(store.is_writable())
    try:
        store.save("share", {}, {"table": b"2"})
        print("stored")
    except StoreError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_a_folder_without_rights():
    folder = Path(tempfile.mkdtemp(prefix="hpi-rights-"))
    try:
        os.chmod(folder, 0o755)
        said = python(WITHOUT_RIGHTS, folder).splitlines()
    finally:
        os.chmod(folder, 0o700)
        shutil.rmtree(folder)
    assert said[0] == said[2] == "False"
    assert said[1].startswith(READ_ONLY)
    assert said[3].startswith(READ_ONLY)


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "file").write_text("")
    store = Store(StoreSettings(tmp_path / "file"))
    assert not store.is_writable()
    with pytest.raises(StoreError, match=READ_ONLY):
        store.save("share", {}, {})
    store.close()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be taken for one " * 100, b"short"])
def test_an_index_that_is_none_is_said(store, folder, content):
    folder.mkdir(parents=True)
    (folder / "index.sqlite").write_bytes(content)
    for ask in (lambda: store.open("x" * 22), lambda: store.save("share", {}, {}), store.check):
        with pytest.raises(StoreError, match="The index of the store is damaged"):
            ask()
    assert not store.is_writable()


def test_a_broken_index_is_found(store, folder):
    for n in range(30):
        store.save("share", {"n": "x" * 5_000}, {"table": b"%d" % n})
    store.close()
    with open(folder / "index.sqlite", "r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xff" * 4096 * 8)
    try:
        assert not store.check().sound
    except StoreError as error:
        assert "The index of the store is damaged" in str(error)  # noqa: PT017 - either is right


def test_only_this_user_may_read_it(store, folder):
    store.save("share", {}, {"table": b"1"})
    if sys.platform != "win32":
        found = [path for path in folder.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
        assert found == []
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_is_taken_away_is_made_anew(store, folder):
    """What is written to files that nobody can find any more would be lost."""
    first = store.save("share", {}, {"table": b"1"})
    shutil.rmtree(folder)
    assert_gone(lambda: store.open(first.token))
    second = store.save("share", {}, {"table": b"2"})
    other = Store(StoreSettings(folder))
    assert other.load(other.open(second.token), "table") == b"2"
    other.close()


def test_a_network_file_system_is_refused(store, folder, monkeypatch):
    monkeypatch.setattr(places, "on_network", lambda path: path == folder / "index.sqlite")
    with pytest.raises(StoreError, match=r"network file system.*Use PostgreSQL \(HPI_STORE_INDEX\)"):
        store.save("share", {}, {})
    assert not store.is_writable()


def test_threads_share_a_store(store):
    """As the sessions of one server do."""
    made, failed = [], []

    def work(number):
        try:
            for n in range(6):
                one = store.save("share", {"n": n}, {"table": b"%d %d" % (number, n)}, ANNA)
                assert store.load(store.open(one.token), "table") == b"%d %d" % (number, n)
                made.append(one)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert {share.id for share in store.own(ANNA)} == {one.share.id for one in made}
    assert len(made) == 48


def test_the_index_may_lie_elsewhere(tmp_path):
    store = Store(StoreSettings(tmp_path / "a", f"sqlite:///{tmp_path}/b/other.db", f"file://{tmp_path}/c"))
    made = store.save("share", {}, {"table": b"1"})
    assert store.load(store.open(made.token), "table") == b"1"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c"]
    store.close()
