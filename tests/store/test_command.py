"""`python -m hpi store`."""

from __future__ import annotations

import json

import pytest

from hpi.__main__ import main
from hpi.store import Store, StoreSettings
from tests.store.making import overwrite


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HPI_STORE", str(tmp_path / "store"))
    made = Store(StoreSettings(tmp_path / "store"))
    yield made
    made.close()


def said(capsys, *arguments: object) -> tuple[int, str]:
    """Exit code and what was printed, on either stream."""
    code = main(["store", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out or printed.err


def answer(capsys, *arguments: object) -> dict:
    return json.loads(said(capsys, *arguments, "--json")[1])


def test_without_a_store(store, capsys, tmp_path):
    code, text = said(capsys, "check")
    assert code == 0
    assert text.startswith(f"There is no store yet; it would be: index {tmp_path / 'store' / 'index.sqlite'}, blobs ")
    assert answer(capsys, "check")["exists"] is False
    assert said(capsys, "gc")[0] == 0
    assert said(capsys, "backup", tmp_path / "backup") == (
        2,
        "There is no store yet, so there is nothing to copy.\n",
    )
    assert not (tmp_path / "store").exists()


def test_check_says_whether_all_is_there(store, capsys):
    made = store.save("share", {}, {"table": b"1" * 1234, "results": b"2"})
    store.save("draft", {}, {"table": b"3"})
    code, text = said(capsys, "check")
    assert code == 0
    assert "1 shares, 1 drafts, 0 expired; 3 blobs, 0.1 MB." in text
    assert text.endswith("Everything that is promised is there.\n")
    overwrite(store, made.share.blobs["table"], b"x")
    (store.settings.folder / "blobs" / made.share.blobs["results"][:2] / made.share.blobs["results"]).unlink()
    code, text = said(capsys, "check")
    assert code == 1
    assert f"1 damaged: {made.share.blobs['table'][:8]}." in text
    assert f"1 missing: {made.share.blobs['results'][:8]}." in text
    found = answer(capsys, "check")
    assert (found["sound"], found["damaged"]) == (False, [made.share.blobs["table"][:8]])


def test_sweeping(store, capsys, tmp_path):
    later = Store(StoreSettings(tmp_path / "store"))
    made = later.save("share", {}, {"table": b"1"}, days=1e-9)
    assert said(capsys, "gc") == (0, "Taken away: 1 shares, 0 drafts, 1 blobs (0.1 MB), 0 leftovers.\n")
    assert answer(capsys, "gc")["shares"] == 0
    assert made.share.id
    later.close()


def test_backup_and_back(store, capsys, tmp_path, monkeypatch):
    made = store.save("share", {"n": 1}, {"table": b"1"})
    code, text = said(capsys, "backup", tmp_path / "backup")
    assert code == 0
    assert text.startswith("Copied to ")
    monkeypatch.setenv("HPI_STORE", str(tmp_path / "backup"))
    assert answer(capsys, "check")["shares"] == 1
    monkeypatch.setenv("HPI_STORE", str(tmp_path / "new"))
    assert answer(capsys, "restore", tmp_path / "backup")["blobs"] == 1
    new = Store(StoreSettings(tmp_path / "new"))
    assert new.open(made.token) == made.share
    new.close()
    assert said(capsys, "restore", tmp_path / "backup")[0] == 2
    overwrite(store, made.share.blobs["table"], b"x")
    monkeypatch.setenv("HPI_STORE", str(tmp_path / "store"))
    code, text = said(capsys, "backup", tmp_path / "second")
    assert code == 1
    assert f"1 damaged ones were not: {made.share.blobs['table'][:8]}" in text


def test_what_cannot_be_reached_is_one_line(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("HPI_STORE", str(tmp_path))
    monkeypatch.setenv("HPI_STORE_INDEX", "postgresql://hpi:geheim@127.0.0.1:1/x")
    code, text = said(capsys, "check")
    assert code == 2
    assert text.startswith("The store cannot be reached")
    assert "OperationalError" in text
    assert "geheim" not in text
    assert text.count("\n") == 1


def test_a_wrong_setting_is_one_line(capsys, monkeypatch):
    monkeypatch.setenv("HPI_STORE_MBS", "1")
    code, text = said(capsys, "check")
    assert code == 2
    assert text.startswith("HPI_STORE_MBS is no setting")
