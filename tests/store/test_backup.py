"""A backup is a store; a store can be made of a backup."""

from __future__ import annotations

import pytest

from hpi.errors import StoreError
from hpi.store import Store, StoreSettings, copying
from tests.store.making import ANNA, assert_gone, overwrite, parts, rows


@pytest.fixture
def opened(clock):
    """A store in a folder, opened with the clock of the test."""
    stores = []

    def open_one(folder) -> Store:
        stores.append(Store(StoreSettings(folder), clock))
        return stores[-1]

    yield open_one
    for one in stores:
        one.close()


def test_a_backup_is_a_store(store, tmp_path, opened, clock):
    made = [store.save("share", {"n": n}, {"table": b"%d" % n, "same": b"same"}, ANNA) for n in range(5)]
    draft = store.save("draft", {}, {"table": b"draft"}, ANNA)
    store.delete(made[0].secret)
    copied = store.backup(tmp_path / "backup")
    assert (copied.shares, copied.blobs, copied.damaged) == (5, 6, ())
    store.delete(made[1].secret)
    backup = opened(tmp_path / "backup")
    assert backup.check().sound
    assert backup.check().blobs == 6
    assert rows(backup)["hpi_claims"] == 0
    for one in (*made[1:], draft):
        share = backup.open(one.token)
        assert share == one.share
        assert backup.load(share, "table") == (b"draft" if one is draft else b"%d" % share.record["n"])
    assert_gone(lambda: backup.open(made[0].token))
    assert backup.delete(made[2].secret) == made[2].share
    assert backup.save("share", {}, {"table": b"new"})


def test_more_rows_than_go_in_one_statement(store, tmp_path, opened):
    first = store.save("share", {"n": 0}, {"table": b"1"}, ANNA)
    with parts(store).index.writing() as connection:
        for n in range(1100):
            id = f"{n:016x}"
            connection.exec_driver_sql(
                "INSERT INTO hpi_shares SELECT "
                f"'{id}', 'token{n}', 'secret{n}', kind, owner, made, expires, size, record_size, record, "
                "record_sha256 "
                f"FROM hpi_shares WHERE id = '{first.share.id}'"
            )
            connection.exec_driver_sql(f"INSERT INTO hpi_held SELECT '{id}', name, sha256 FROM hpi_held LIMIT 1")
    assert store.backup(tmp_path / "backup").shares == 1101
    backup = opened(tmp_path / "backup")
    assert len(backup.own(ANNA)) == 1101
    assert all(share.blobs == first.share.blobs for share in backup.own(ANNA))


def meanwhile(patch, number, happens) -> None:
    """Have something happen just before the blob of this number is copied."""
    copy_blob, calls = copying._copy_blob, []

    def copied(*given):
        calls.append(given)
        if len(calls) == number:
            happens()
        return copy_blob(*given)

    patch.setattr(copying, "_copy_blob", copied)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_backup_is_of_one_moment(store, tmp_path, opened, monkeypatch, number):
    """While it copies, one share is deleted and another is made."""
    kept, gone = (store.save("share", {}, {"table": content, "both": b"both"}) for content in (b"kept", b"gone"))
    new = []

    def happens():
        store.delete(gone.secret)
        new.append(store.save("share", {}, {"table": b"new"}))

    meanwhile(monkeypatch, number, happens)
    copied = store.backup(tmp_path / "backup")
    assert (copied.shares, copied.blobs, copied.damaged) == (2, 3, ())
    backup = opened(tmp_path / "backup")
    assert backup.check().sound
    assert_gone(lambda: backup.open(gone.token))
    assert backup.load(backup.open(kept.token), "both") == b"both"
    assert backup.load(backup.open(new[0].token), "table") == b"new"


def test_what_is_mended_meanwhile_is_copied(store, tmp_path, opened, monkeypatch):
    made = [store.save("share", {}, {"table": content}) for content in (b"1", b"2")]
    for one in made:
        overwrite(store, one.share.blobs["table"], b"x")
    meanwhile(monkeypatch, 2, lambda: [store.save("share", {}, {"table": content}) for content in (b"1", b"2")])
    assert store.backup(tmp_path / "backup").damaged == ()
    backup = opened(tmp_path / "backup")
    assert [backup.load(backup.open(one.token), "table") for one in made] == [b"1", b"2"]


def test_a_backup_that_is_stopped_is_no_store_and_can_be_made_again(store, tmp_path, opened, monkeypatch):
    made = [store.save("share", {}, {"table": b"%d" % n}) for n in range(3)]

    def stop():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        meanwhile(patch, 3, stop)
        with pytest.raises(KeyboardInterrupt):
            store.backup(tmp_path / "backup")
    assert not opened(tmp_path / "backup").check().exists
    assert store.backup(tmp_path / "backup").shares == 3
    backup = opened(tmp_path / "backup")
    assert [backup.load(backup.open(one.token), "table") for one in made] == [b"0", b"1", b"2"]


def test_damage_is_named_and_not_copied(store, tmp_path, opened):
    made = [store.save("share", {}, {"table": b"%d" % n}) for n in range(3)]
    overwrite(store, made[0].share.blobs["table"], b"x")
    parts(store).blobs.remove(made[1].share.blobs["table"])
    codes = sorted(one.share.blobs["table"][:8] for one in made[:2])
    assert sorted(store.backup(tmp_path / "backup").damaged) == codes
    backup = opened(tmp_path / "backup")
    assert sorted(backup.check().missing) == codes
    assert backup.load(backup.open(made[2].token), "table") == b"2"


def test_a_backup_comes_back(stores, tmp_path, opened, clock):
    """From a folder into the kind of store that it came from: the links are the same."""
    old = opened(tmp_path / "laptop")
    made = [old.save("share", {"n": n}, {"table": b"%d" % n}, ANNA) for n in range(3)]
    old.backup(tmp_path / "backup")
    new = stores()
    assert new.restore(tmp_path / "backup").shares == 3
    for one in made:
        assert new.open(one.token) == one.share
        assert new.load(one.share, "table") == b"%d" % one.share.record["n"]
    assert new.check().sound
    with pytest.raises(StoreError, match="There is a store already"):
        new.restore(tmp_path / "backup")


def test_nothing_is_written_over(store, tmp_path, opened):
    with pytest.raises(StoreError, match="no store yet"):
        store.backup(tmp_path / "backup")
    store.save("share", {}, {"table": b"1"})
    store.backup(tmp_path / "backup")
    with pytest.raises(StoreError, match="There is a store already"):
        store.backup(tmp_path / "backup")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        store.backup(tmp_path / "file" / "backup")
    assert opened(tmp_path / "backup").check().sound
