"""A store whose index is held by another writer, or whose server was away for a moment."""

from __future__ import annotations

import threading

import psycopg
import pytest

from hpi.errors import StoreError
from hpi.store import Store, StoreSettings
from tests.store.making import lying, parts, rows


def test_who_waits_too_long_is_told_and_leaves_nothing(stores, monkeypatch):
    holder = stores()
    kept = holder.save("share", {}, {"table": b"kept"})
    monkeypatch.setattr("hpi.store.index.WAIT", 0.2)
    waiting = stores()
    with parts(holder).index.writing():
        for ask in (
            lambda: waiting.save("share", {}, {"table": b"new"}),
            lambda: waiting.delete(kept.secret),
        ):
            with pytest.raises(StoreError, match="The store is busy, nothing was stored"):
                ask()
        assert not waiting.is_writable()
        # who reads waits for nobody
        assert waiting.load(waiting.open(kept.token), "table") == b"kept"
    assert waiting.is_writable()
    waiting.save("share", {}, {"table": b"new"})
    assert rows(holder)["hpi_shares"] == 2
    assert len(lying(holder)) == 2


def test_writers_wait_for_one_another(stores):
    holder, waiting = stores(), stores()
    holder.save("share", {}, {})
    made = []
    thread = threading.Thread(target=lambda: made.append(waiting.save("share", {}, {"table": b"1"})))
    with parts(holder).index.writing():
        thread.start()
        thread.join(0.3)
        assert made == []
    thread.join(30)
    assert holder.load(holder.open(made[0].token), "table") == b"1"


def test_connections_that_were_cut_are_made_anew(team_places, postgres, tmp_path):
    """As after a restart of PostgreSQL."""
    store = Store(StoreSettings(tmp_path, **team_places))
    made = store.save("share", {}, {"table": b"1"})
    with psycopg.connect(postgres.replace("+psycopg", "")) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert store.load(store.open(made.token), "table") == b"1"
    store.close()


def test_a_bucket_that_is_not_there(team_places, tmp_path):
    store = Store(StoreSettings(tmp_path, **team_places | {"blobs": "s3://no-such-bucket/x"}))
    assert not store.is_writable()
    with pytest.raises(StoreError, match="The store cannot be"):
        store.save("share", {}, {"table": b"1"})
    assert rows(store)["hpi_shares"] == rows(store)["hpi_claims"] == 0
    store.close()


class OfALibrary(Exception):
    """Each file system of fsspec has errors of its own."""


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (OfALibrary("http://key:geheim@server"), "The store cannot be reached"),
        (PermissionError("Forbidden"), "The store cannot be written"),
    ],
)
def test_an_object_store_that_fails(tmp_path, monkeypatch, raised, words):
    def fails(*given, **named):
        raise raised

    store = Store(StoreSettings(tmp_path / "store", blobs=f"memory://{tmp_path}"))
    made = store.save("share", {}, {"table": b"1"})
    monkeypatch.setattr(parts(store).blobs._files, "cat_file", fails)
    for ask in (
        lambda: store.load(made.share, "table"),
        lambda: store.save("share", {}, {"table": b"2"}),
        store.check,
    ):
        with pytest.raises(StoreError, match=words) as caught:
            ask()
        assert "geheim" not in str(caught.value)
    assert rows(store)["hpi_shares"] == 1
    store.close()
