"""What a store may hold: shares are refused in words, drafts make room."""

from __future__ import annotations

import pytest

from hpi.errors import StoreError
from tests.store.making import ANNA, BEN, assert_gone, lying, parts, rows

MB = 1_000_000


def table(number: int, size: float = 0.4) -> bytes:
    """Content of so many megabytes, another for every number."""
    return bytes([number]) * int(size * MB)


def test_a_record_takes_a_megabyte_at_most(store):
    fits = {"n": "x" * (MB - len('{"n":""}'))}
    assert store.open(store.save("share", fits, {}).token).record == fits
    with pytest.raises(StoreError, match=r"takes 1\.1 MB; it may take 1 MB"):
        store.save("share", {"n": fits["n"] + "x"}, {})
    draft = store.save("draft", {}, {}, ANNA)
    with pytest.raises(StoreError, match="it may take 1 MB"):
        store.change(draft.token, ANNA, {"n": fits["n"] + "x"})


@pytest.mark.parametrize("record", [{"n": float("nan")}, {"n": float("inf")}, {"n": b"1"}, {"n": {1, 2}}, {(1,): 2}])
def test_what_is_no_json_is_refused(store, record):
    with pytest.raises(StoreError, match="cannot be written as JSON"):
        store.save("share", record, {"table": b"1"})
    assert lying(store) == set()


def test_a_record_nested_without_end_is_refused(store):
    deep: dict = {}
    for _ in range(100_000):
        deep = {"n": deep}
    with pytest.raises(StoreError, match="cannot be written as JSON"):
        store.save("share", deep, {})


@pytest.mark.parametrize("name", ["", "../x", "A", "a/b", "ü", "a" * 65, "a\n"])
def test_names_are_ours_alone(store, name):
    with pytest.raises(ValueError, match="malformed"):
        store.save("share", {}, {name: b"1"})
    with pytest.raises(ValueError, match="malformed"):
        store.save("other", {}, {})
    with pytest.raises(ValueError, match="digest"):
        store.save("share", {}, {}, owner=f"{name}/anna")


def test_a_share_may_take_so_much(stores):
    store = stores(share_mb=1)
    store.save("share", {}, {"one": table(1, 0.5), "two": table(2, 0.499998)})
    with pytest.raises(StoreError, match=r"takes 1\.1 MB as it is stored; 1 MB are allowed \(HPI_SHARE_MB\)"):
        store.save("share", {}, {"one": table(3, 0.5), "two": table(4, 0.499999)})
    assert rows(store)["hpi_shares"] == 1
    assert len(lying(store)) == 2


def test_an_owner_may_take_so_much(stores, clock):
    store = stores(owner_mb=1)
    first = store.save("share", {}, {"table": table(1)}, ANNA, days=1)
    store.save("share", {}, {"table": table(2)}, ANNA)
    with pytest.raises(StoreError, match=r"Your links take 0\.9 MB and this one 0\.5 MB; 1 MB are allowed \(HPI_OWNER"):
        store.save("share", {}, {"table": table(3)}, ANNA)
    # who shares what somebody else stored learns nothing from the space it takes
    with pytest.raises(StoreError, match="HPI_OWNER_MB"):
        store.save("share", {}, {"table": table(1)}, ANNA)
    assert len(lying(store)) == 2
    store.save("share", {}, {"table": table(3)}, BEN)
    store.save("draft", {}, {"table": table(3)}, ANNA)
    clock.go(days=1)
    store.save("share", {}, {"table": table(4)}, ANNA)
    with pytest.raises(StoreError, match="HPI_OWNER_MB"):
        store.save("share", {}, {"table": table(5)}, ANNA)
    assert_gone(lambda: store.open(first.token))


@pytest.mark.parametrize("limits", [{"owner_mb": 1}, {"store_mb": 1}])
def test_nothing_is_written_for_what_does_not_fit(stores, monkeypatch, limits):
    store = stores(**limits)
    store.save("share", {}, {"table": table(1, 0.9)}, ANNA)
    monkeypatch.setattr(type(parts(store).blobs), "put", lambda *given: pytest.fail("written"))
    with pytest.raises(StoreError, match="are allowed"):
        store.save("share", {}, {"table": table(2)}, ANNA)


def test_deleting_makes_room_for_an_owner(stores):
    store = stores(owner_mb=1)
    made = [store.save("share", {}, {"table": table(number)}, ANNA) for number in (1, 2)]
    store.delete(made[0].secret)
    store.save("share", {}, {"table": table(3)}, ANNA)


def test_a_full_store_refuses_shares_and_keeps_those_it_has(stores):
    store = stores(store_mb=1)
    made = [store.save("share", {}, {"table": table(number)}, f"{number:064x}") for number in (1, 2)]
    before = rows(store)
    with pytest.raises(StoreError, match=r"The store is full: 1 MB are allowed \(HPI_STORE_MB\)"):
        store.save("share", {}, {"table": table(3)}, ANNA)
    assert rows(store) == before
    assert [store.load(one.share, "table") for one in made] == [table(1), table(2)]
    # what lies there already takes no more room
    store.save("share", {}, {"table": table(1)}, ANNA)


def test_expired_shares_make_room_first(stores, clock):
    store = stores(store_mb=2)
    short = store.save("share", {}, {"table": table(1, 0.9)}, days=1)
    draft = store.save("draft", {}, {"table": table(2)}, ANNA)
    long = store.save("share", {}, {"table": table(3, 0.6)})
    clock.go(days=1)
    new = store.save("share", {}, {"table": table(4, 0.9)})
    assert len(lying(store)) == 3
    assert_gone(lambda: store.open(short.token))
    for one in (draft, long, new):
        store.load(store.open(one.token), "table")


def test_what_stopped_writers_left_makes_room_before_drafts(stores, clock, monkeypatch):
    store = stores(store_mb=2)
    draft = store.save("draft", {}, {"table": table(1)}, ANNA)
    with monkeypatch.context() as patch:
        patch.setattr("hpi.store.saving._enter", lambda *given: 1 / 0)
        patch.setattr("hpi.store.saving._release", lambda *given: None)
        with pytest.raises(ZeroDivisionError):
            store.save("share", {}, {"table": table(2, 0.9)})
    clock.go(hours=2)
    share = store.save("share", {}, {"table": table(3, 0.9)})
    assert lying(store) == {draft.share.blobs["table"], share.share.blobs["table"]}


def test_drafts_without_blobs_make_room_too(stores, clock):
    store = stores(store_mb=4)
    drafts = []
    for _ in range(2):
        drafts.append(store.save("draft", {"n": "x" * 400_000}, {}, ANNA))
        clock.go(hours=1)
    store.save("share", {}, {"table": table(1, 3.5)})
    assert_gone(lambda: store.open(drafts[0].token))
    assert store.open(drafts[1].token) == drafts[1].share


def test_then_the_oldest_drafts_make_room_and_never_a_share(stores, clock):
    store = stores(store_mb=2)
    drafts = []
    for number in range(4):
        drafts.append(store.save("draft", {}, {"table": table(number, 0.12)}, f"{number:064x}"))
        clock.go(hours=1)
    store.change(drafts[0].token, f"{0:064x}", {})  # now it is the youngest
    share = store.save("share", {}, {"table": table(8, 0.9)})
    assert all(store.open(one.token) for one in drafts)
    other = store.save("share", {}, {"table": table(9, 0.8)})
    for one in drafts[1:3]:
        assert_gone(lambda one=one: store.open(one.token))
    for one in (drafts[3], drafts[0], share, other):
        store.load(store.open(one.token), "table")
    assert len(lying(store)) == 4


def test_a_share_that_does_not_fit_anyway_costs_nobody_a_draft(stores):
    store = stores(store_mb=2)
    store.save("share", {}, {"table": table(1, 0.9)})
    draft = store.save("draft", {}, {"table": table(2, 0.2)}, ANNA)
    with pytest.raises(StoreError, match="HPI_STORE_MB"):
        store.save("share", {}, {"table": table(3, 1.2)})
    store.load(store.open(draft.token), "table")


def test_drafts_take_a_quarter_and_make_room_for_one_another(stores, clock):
    store = stores(store_mb=4)
    drafts = []
    for number in range(4):
        drafts.append(store.save("draft", {}, {"table": table(number, 0.3)}, f"{number:064x}"))
        clock.go(hours=1)
    assert_gone(lambda: store.open(drafts[0].token))
    assert lying(store) == {drafts[number].share.blobs["table"] for number in (1, 2, 3)}
    with pytest.raises(StoreError, match=r"Drafts may take 1 MB in all; this one 1\.1 MB"):
        store.save("draft", {}, {"table": table(5, 1.0)})


def test_drafts_of_one_owner_make_room_for_one_another_before_those_of_others(stores, clock):
    store = stores(store_mb=40, owner_mb=1)
    of_ben = store.save("draft", {}, {"table": table(0)}, BEN)
    mine = []
    for number in range(1, 4):
        mine.append(store.save("draft", {}, {"table": table(number)}, ANNA))
        clock.go(hours=1)
    assert_gone(lambda: store.open(mine[0].token))
    for one in (of_ben, *mine[1:]):
        store.load(store.open(one.token), "table")


def test_a_changed_draft_does_not_overfill_the_store(stores):
    store = stores(store_mb=1)
    draft = store.save("draft", {"n": "x"}, {}, ANNA)
    store.save("share", {}, {"table": table(1, 0.95)})
    with pytest.raises(StoreError, match="HPI_STORE_MB"):
        store.change(draft.token, ANNA, {"n": "x" * 100_000})
    assert store.open(draft.token).record == {"n": "x"}


def test_where_no_drafts_are_kept_none_is(stores):
    store = stores(draft_days=0)
    with pytest.raises(StoreError, match="HPI_DRAFT_DAYS is 0"):
        store.save("draft", {}, {"table": b"1"})
    assert lying(store) == set()
