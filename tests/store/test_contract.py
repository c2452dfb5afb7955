"""The life of a share, in every kind of store."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpi.errors import StoreError
from hpi.store import tokens
from tests.store.making import ANNA, BEN, assert_gone, everything, lying, rows

RECORD = {"metric": "val_loss", "top": 0.1, "where": [["lr", 1e-4, None]], "note": "sieh \U0001f600 'an'\u2028\0"}


def test_what_is_saved_is_opened_by_another_process(stores, clock):
    made = stores().save("share", RECORD, {"table": b"1,2\n", "results": bytes(range(256))}, ANNA)
    other = stores()
    share = other.open(made.token)
    assert share == made.share
    assert share.record == RECORD
    assert share.kind == "share"
    assert share.owner == ANNA
    assert share.made == clock.now
    assert share.expires == clock.now + timedelta(days=90)
    assert share.blobs["table"] == hashlib.sha256(b"1,2\n").hexdigest()
    assert other.load(share, "table") == b"1,2\n"
    assert other.load(share, "results") == bytes(range(256))


def test_a_share_needs_no_blobs_and_no_owner(store):
    made = store.save("share", {}, {})
    assert store.open(made.token).owner is None
    assert store.open(made.token).blobs == {}


def test_token_and_secret_are_told_once_and_stored_nowhere(store):
    made = store.save("share", RECORD, {"table": b"1"}, ANNA)
    stored = everything(store)
    for word in (made.token, made.secret):
        assert re.fullmatch(r"[A-Za-z0-9_-]{22}", word)
        assert word not in stored
        assert hashlib.sha256(word.encode()).hexdigest() in stored
        assert word not in repr(made.share)


def test_each_word_opens_one_door(store):
    made = store.save("share", {}, {"table": b"1"}, ANNA)
    for word in (
        made.secret,
        made.share.id,
        made.share.blobs["table"],
        hashlib.sha256(made.token.encode()).hexdigest(),
    ):
        assert_gone(lambda word=word: store.open(word))
    for word in (made.token, made.share.id, hashlib.sha256(made.secret.encode()).hexdigest()):
        assert_gone(lambda word=word: store.delete(word))
        assert_gone(lambda word=word: store.delete_own(ANNA, word) if word != made.share.id else store.delete(word))
    assert store.open(made.token) == made.share


def test_no_two_words_are_the_same(store):
    made = [store.save("share", {}, {}) for _ in range(20)]
    assert len({word for one in made for word in (one.token, one.secret, one.share.id)}) == 60


def test_equal_content_is_stored_once_and_lives_as_long_as_one_share_needs_it(store):
    first, second = (store.save("share", {}, {"table": b"same"}, owner) for owner in (ANNA, BEN))
    assert lying(store) == {hashlib.sha256(b"same").hexdigest()}
    store.delete(first.secret)
    assert store.load(second.share, "table") == b"same"
    store.delete(second.secret)
    assert lying(store) == set()


def test_one_content_under_two_names(store):
    made = store.save("share", {}, {"one": b"same", "two": b"same"})
    assert store.load(made.share, "one") == store.load(made.share, "two") == b"same"


def test_a_share_ends_at_its_time(store, clock):
    made = store.save("share", {}, {"table": b"1"}, ANNA, days=2.5)
    assert made.share.expires == clock.now + timedelta(days=2.5)
    clock.go(days=2.5, microseconds=-1)
    assert store.open(made.token) == made.share
    clock.go(microseconds=1)
    assert_gone(lambda: store.open(made.token))
    assert_gone(lambda: store.load(made.share, "table"))
    assert_gone(lambda: store.delete(made.secret))
    assert_gone(lambda: store.delete_own(ANNA, made.share.id))
    assert store.own(ANNA) == []


@pytest.mark.parametrize("days", [0, -1, 30.001, float("nan"), float("inf")])
def test_nobody_gets_more_time_than_is_allowed(stores, days):
    store = stores(share_days=30)
    with pytest.raises(StoreError, match=r"up to 30 days \(HPI_SHARE_DAYS\)"):
        store.save("share", {}, {}, days=days)
    assert rows(store)["hpi_shares"] == 0


def test_what_is_deleted_is_gone_with_its_bytes(store):
    made = store.save("share", {"metric": "loss"}, {"table": b"1"}, ANNA)
    assert store.delete(made.secret) == made.share
    assert_gone(lambda: store.open(made.token))
    assert_gone(lambda: store.load(made.share, "table"))
    assert_gone(lambda: store.delete(made.secret))
    assert lying(store) == set()
    assert {name: number for name, number in rows(store).items() if number} == {"hpi_form": 1}


def test_owners_see_and_delete_their_own_alone(store, clock):
    made = []
    for owner in (ANNA, BEN, ANNA, None):
        made.append(store.save("share", {"n": len(made)}, {"table": b"1"}, owner))
        clock.go(seconds=1)
    store.save("draft", {}, {}, ANNA)
    assert [share.record["n"] for share in store.own(ANNA)] == [2, 0]
    assert store.own(ANNA)[0] == made[2].share
    assert_gone(lambda: store.delete_own(ANNA, made[1].share.id))
    assert_gone(lambda: store.delete_own(BEN, made[3].share.id))
    assert_gone(lambda: store.delete_own(None, made[3].share.id))
    assert store.own(None) == []
    assert store.delete_own(ANNA, made[2].share.id) == made[2].share
    assert [share.record["n"] for share in store.own(ANNA)] == [0]
    assert store.open(made[1].token) == made[1].share


def test_a_draft_is_changed_by_its_owner_and_lives_on(store, clock):
    made = store.save("draft", {"top": 0.1}, {"table": b"1"}, ANNA)
    assert made.share.expires == clock.now + timedelta(days=7)
    clock.go(days=5)
    changed = store.change(made.token, ANNA, {"top": 0.25, "note": "n" * 1000})
    assert changed == store.open(made.token)
    assert changed.record["top"] == 0.25
    assert changed.expires == clock.now + timedelta(days=7)
    assert changed.made == made.share.made
    assert changed.size == 1 + len(json.dumps(changed.record, separators=(",", ":")))
    assert store.load(changed, "table") == b"1"
    clock.go(days=7)
    assert_gone(lambda: store.change(made.token, ANNA, {}))


def test_nobody_else_changes_a_draft_and_nobody_changes_a_share(store):
    draft, share = (store.save(kind, {"n": 1}, {}, ANNA) for kind in ("draft", "share"))
    for ask in (
        lambda: store.change(draft.token, BEN, {}),
        lambda: store.change(draft.token, None, {}),
        lambda: store.change(draft.secret, ANNA, {}),
        lambda: store.change(share.token, ANNA, {}),
    ):
        assert_gone(ask)
    assert store.open(draft.token).record == store.open(share.token).record == {"n": 1}


def test_a_draft_of_nobody_is_changed_by_who_has_the_token(store):
    made = store.save("draft", {}, {})
    assert store.change(made.token, None, {"n": 2}).record == {"n": 2}


def test_before_the_first_share_there_is_nothing_and_nothing_is_made(store, tmp_path):
    for ask in (store.open, store.delete, lambda word: store.change(word, ANNA, {})):
        assert_gone(lambda ask=ask: ask("x" * 22))
    assert_gone(lambda: store.delete_own(ANNA, "0" * 16))
    assert store.own(ANNA) == []
    found = store.check()
    assert not found.exists
    assert found.sound
    assert store.gc().shares == 0
    assert store.is_writable()
    assert not (tmp_path / "store").exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=st.dictionaries(st.text(st.characters(), max_size=9), JSON, max_size=4), content=st.binary(max_size=2000))
def test_any_record_and_any_bytes_come_back(store, record, content):
    made = store.save("share", record, {"table": content})
    assert store.open(made.token).record == record
    assert store.load(made.share, "table") == content


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(), max_size=60)
    | st.from_regex(r"[A-Za-z0-9_-]{21,23}\n?", fullmatch=True)
    | st.from_regex(r"[0-9a-f]{16}|[0-9a-f]{64}", fullmatch=True)
    | st.sampled_from(["", ":key", "%", "_" * 22, "../../etc/passwd", "' OR 1=1 --", "\0", "\ud800", "é" * 22])
)
def test_any_text_opens_nothing_and_touches_no_blob(store, text):
    if not store.check().exists:
        store.save("share", {}, {"table": b"1"}, ANNA)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("read", "put", "remove", "found"):
            patch.setattr(type(store._parts.blobs), name, lambda *given: pytest.fail("a blob was touched"))
        for ask in (
            lambda: store.open(text),
            lambda: store.delete(text),
            lambda: store.change(text, ANNA, {}),
            lambda: store.change(text, text, {}),
            lambda: store.delete_own(ANNA, text),
            lambda: store.delete_own(text, text),
        ):
            assert_gone(ask)
        assert store.own(text) == []


@pytest.mark.parametrize("text", ["", "x" * 21, "x" * 23, "x" * 21 + ".", "x" * 22 + "\n", "ü" * 22])
def test_a_malformed_word_goes_no_further_than_its_digest(text):
    """It takes the way of a word that nobody knows, another one each time."""
    of_text = hashlib.sha256(text.encode()).hexdigest()
    drawn = {tokens.digest(text) for _ in range(3)}
    assert len(drawn) == 3
    assert of_text not in drawn
    assert tokens.digest("x" * 22) == hashlib.sha256(b"x" * 22).hexdigest()


def test_known_unknown_and_malformed_words_take_the_same_way(store, monkeypatch):
    """One digest and one look-up each: who measures time learns nothing."""
    made = [store.save("share", {}, {}, days=days) for days in (1, 2)]
    store.delete(made[1].secret)
    asked = []
    sha256, reading = hashlib.sha256, store._parts.index.reading
    monkeypatch.setattr("hpi.store.tokens.hashlib.sha256", lambda text: asked.append("digest") or sha256(text))
    monkeypatch.setattr(store._parts.index, "reading", lambda: asked.append("look-up") or reading())
    for word in (made[0].token, made[1].token, "x" * 22, "", "../" * 10, "é" * 22):
        asked.clear()
        try:
            store.open(word)
        except StoreError:
            assert word != made[0].token
        # what is found is held against its digest, too; what is not has no more to be done with
        assert asked == ["digest", "look-up", *(["digest"] if word == made[0].token else [])]
