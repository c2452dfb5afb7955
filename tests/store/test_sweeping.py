"""What nobody needs goes, what somebody needs stays, whoever writes at that moment."""

from __future__ import annotations

import hashlib
import threading

import pytest

from hpi.errors import StoreError
from tests.store.making import ANNA, assert_gone, hours_pass_for_files, lying, overwrite, parts, rows


def test_expired_shares_and_drafts_go(store, clock):
    short = store.save("share", {}, {"table": b"short", "both": b"both"}, days=1)
    store.save("draft", {}, {"table": b"draft"}, ANNA)
    long = store.save("share", {}, {"table": b"long", "both": b"both"})
    assert store.gc().blobs == 0
    clock.go(days=1)
    swept = store.gc()
    assert (swept.shares, swept.drafts, swept.blobs, swept.size) == (1, 0, 1, len(b"short"))
    clock.go(days=6)
    swept = store.gc()
    assert (swept.shares, swept.drafts, swept.blobs, swept.size) == (0, 1, 1, len(b"draft"))
    assert lying(store) == set(long.share.blobs.values())
    assert_gone(lambda: store.open(short.token))
    assert store.load(store.open(long.token), "both") == b"both"
    assert rows(store) == {"hpi_form": 1, "hpi_shares": 1, "hpi_blobs": 2, "hpi_held": 2, "hpi_claims": 0}


def test_a_store_that_is_written_to_takes_away_what_has_expired(store, clock):
    """Once a day, also where nobody ever sweeps."""
    kept = store.save("share", {}, {"table": b"kept"}, days=30)
    short = store.save("share", {}, {"table": b"short"}, days=0.1)
    clock.go(hours=20)
    store.save("share", {}, {"table": b"kept"}, days=30)
    assert lying(store) == {*short.share.blobs.values(), *kept.share.blobs.values()}
    clock.go(hours=5)
    other = store.save("draft", {}, {"table": b"other"})
    assert lying(store) == {*kept.share.blobs.values(), *other.share.blobs.values()}
    assert rows(store)["hpi_shares"] == 3


def test_what_a_stopped_writer_left_goes_after_an_hour(stores, clock, monkeypatch):
    store = stores()
    kept = store.save("share", {}, {"table": b"kept"})
    with monkeypatch.context() as patch:
        patch.setattr("hpi.store.saving._enter", stopped)
        patch.setattr("hpi.store.saving._release", lambda *given: None)  # it was killed: it does nothing any more
        with pytest.raises(KeyboardInterrupt):
            store.save("share", {}, {"table": b"orphan", "same": b"kept"})
    orphan = hashlib.sha256(b"orphan").hexdigest()
    assert orphan in lying(store)
    clock.go(minutes=59)
    assert store.gc().blobs == 0
    assert store.check().unheld == 1
    clock.go(minutes=1)
    swept = stores().gc()
    assert (swept.claims, swept.blobs, swept.size) == (2, 1, len(b"orphan"))
    assert lying(store) == set(kept.share.blobs.values())


def stopped(*given):
    raise KeyboardInterrupt


def test_blobs_without_a_row_go_after_an_hour(store, monkeypatch):
    """As where an older index was restored beside newer blobs."""
    store.save("share", {}, {"table": b"kept"})
    stray = hashlib.sha256(b"stray").hexdigest()
    overwrite(store, stray, b"stray")
    assert store.gc().blobs == 0
    assert stray in lying(store)
    hours_pass_for_files(monkeypatch, 1.1)
    swept = store.gc()
    assert (swept.blobs, swept.size) == (1, len(b"stray"))
    assert len(lying(store)) == 1
    assert store.gc().blobs == 0


def test_other_files_in_the_place_of_blobs_are_let_alone(store, monkeypatch):
    store.save("share", {}, {"table": b"kept"})
    overwrite(store, "ab-readme", b"not ours")
    hours_pass_for_files(monkeypatch, 5)
    assert store.gc().blobs == 0
    assert store.check().unheld == 0


# Moments of a writer: before it does this, somebody else sweeps the store, an hour older and with all files old.
MOMENTS = ["hpi.store.saving._try_claim", "put 0", "put 1", "hpi.store.saving._enter"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("lies", ["needed by nobody", "of a share that is deleted", "nowhere"])
def test_a_sweep_beside_a_writer_costs_it_nothing(stores, clock, monkeypatch, moment, lies):
    """Also where it uses blobs again that lie there and that nobody else needs any more."""
    store, sweeper = stores(), stores()
    before = store.save("share", {}, {"table": b"again", "results": b"too"}) if lies != "nowhere" else None
    if lies == "needed by nobody":
        leave_unheld(store, before)
    swept = []

    def meanwhile():
        if lies == "of a share that is deleted":
            sweeper.delete(before.secret)
        swept.append(sweeper.gc())

    with monkeypatch.context() as patch:
        hours_pass_for_files(patch, 2)
        intervene(patch, store, moment, meanwhile)
        made = store.save("share", {}, {"table": b"again", "results": b"too"})
    assert len(swept) == 1
    assert sweeper.load(sweeper.open(made.token), "table") == b"again"
    assert sweeper.load(made.share, "results") == b"too"
    assert sweeper.check().sound
    sweeper.gc()
    assert lying(store) == set(made.share.blobs.values())
    assert rows(store)["hpi_claims"] == 0


def leave_unheld(store, made) -> None:
    """Take the share away and leave its blobs with their rows."""
    with parts(store).index.writing() as connection:
        connection.exec_driver_sql("DELETE FROM hpi_held")
        connection.exec_driver_sql("DELETE FROM hpi_shares")


def intervene(patch, store, moment, meanwhile) -> None:
    """Have something else happen once, just before a moment."""
    waiting = [meanwhile]

    def first(step):
        def stepped(*given):
            if waiting:
                waiting.pop()()
            return step(*given)

        return stepped

    if moment.startswith("put"):
        kind, number = type(parts(store).blobs), int(moment[-1])
        put, puts = kind.put, []

        def counted(self, *given):
            puts.append(given)
            return (first(put) if len(puts) == number + 1 else put)(self, *given)

        patch.setattr(kind, "put", counted)
    else:
        module, name = moment.rsplit(".", 1)
        patch.setattr(moment, first(getattr(__import__(module, fromlist=[name]), name)))


def test_a_writer_that_was_away_for_hours_gives_up(stores, clock, monkeypatch):
    """Its claims were taken for those of one that was killed: it must not enter a share without blobs."""
    store, sweeper = stores(), stores()
    sweeper.save("share", {}, {})

    def long_after():
        clock.go(hours=2)
        sweeper.gc()

    intervene(monkeypatch, store, "hpi.store.saving._enter", long_after)
    with pytest.raises(StoreError, match="longer than an hour"):
        store.save("share", {}, {"table": b"1"})
    assert rows(store)["hpi_shares"] == 1
    assert lying(store) == set()


def test_two_writers_of_one_content_and_one_gives_up(stores, monkeypatch):
    """What the one takes back is still claimed by the other."""
    store, other = stores(), stores()

    def fails():
        with monkeypatch.context() as patch:
            patch.setattr("hpi.store.saving._enter", stopped)
            with pytest.raises(KeyboardInterrupt):
                other.save("share", {}, {"table": b"1"})

    with monkeypatch.context() as patch:
        intervene(patch, store, "hpi.store.saving._enter", fails)
        made = store.save("share", {}, {"table": b"1"})
    assert store.load(made.share, "table") == b"1"


def test_a_writer_in_the_middle_of_a_sweep_comes_after_it(stores, monkeypatch):
    """It finds the blob gone and writes it anew, instead of finding it there a moment before it goes."""
    sweeper, store = stores(), stores()
    first = sweeper.save("share", {}, {"table": b"again"})
    remove, made = type(parts(store).blobs).remove, []
    thread = threading.Thread(target=lambda: made.append(store.save("share", {}, {"table": b"again"})))

    def removed_slowly(self, sha256):
        thread.start()
        thread.join(0.5)
        remove(self, sha256)

    with monkeypatch.context() as patch:
        patch.setattr(type(parts(store).blobs), "remove", removed_slowly)
        sweeper.delete(first.secret)
        thread.join(30)
    assert store.load(store.open(made[0].token), "table") == b"again"


def test_a_sweep_that_is_stopped_between_bytes_and_row_breaks_nothing(store, monkeypatch):
    made = store.save("share", {}, {"table": b"1"})
    remove = type(parts(store).blobs).remove

    def removed_and_stopped(self, sha256):
        remove(self, sha256)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(parts(store).blobs), "remove", removed_and_stopped)
        with pytest.raises(KeyboardInterrupt):
            store.delete(made.secret)
    assert rows(store)["hpi_blobs"] == 1
    assert store.check().sound
    again = store.save("share", {}, {"table": b"1"})
    assert store.load(again.share, "table") == b"1"
    store.delete(again.secret)
    assert lying(store) == set()
