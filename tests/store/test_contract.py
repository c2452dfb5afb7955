"""What every store does, whichever index and blobs it stands on."""

from __future__ import annotations

import pytest

from hpi.errors import LinkError

ANNA, BEN = "a" * 64, "b" * 64


def test_what_is_saved_is_opened(store):
    made = store.save("share", {"metric": "loss", "top": 0.1}, {"table": b"1,2\n3,4\n"}, ANNA)
    share = store.open(made.token)
    assert share == made.share
    assert share.record == {"metric": "loss", "top": 0.1}
    assert store.load(share, "table") == b"1,2\n3,4\n"


def test_a_deleted_share_is_gone(store):
    made = store.save("share", {}, {"table": b"1"}, ANNA)
    assert store.delete(made.secret).id == made.share.id
    for ask in (lambda: store.open(made.token), lambda: store.load(made.share, "table")):
        with pytest.raises(LinkError):
            ask()
