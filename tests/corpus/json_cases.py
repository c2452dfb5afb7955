"""JSON: records, lines, odd values, and what is hard on parsers."""

from __future__ import annotations

import json

from hpi.table import TrialTable
from tests.corpus.case import Case, Wanted, equal, names, true
from tests.corpus.plain import LOSS, LR, OPTIMIZER, N, is_plain

NOTICE, REFUSE = Wanted.NOTICE, Wanted.REFUSE
RECORDS = [
    {"lr": float(lr), "optimizer": optimizer, "loss": float(loss)}
    for lr, optimizer, loss in zip(LR, OPTIMIZER, LOSS, strict=True)
]


def dumped(value: object) -> bytes:
    """The value as JSON."""
    return json.dumps(value).encode()


def by_line() -> bytes:
    """One record a line."""
    return b"".join(dumped(record) + b"\n" for record in RECORDS)


def nested() -> bytes:
    """Hyperparameters in an object of their own."""
    return dumped(
        [{"params": {"lr": one["lr"], "optimizer": one["optimizer"]}, "loss": one["loss"]} for one in RECORDS]
    )


def is_flat(table: TrialTable) -> None:
    """Dots between the names."""
    is_plain(table, ("params.lr", "params.optimizer", "loss"))


def not_finite() -> bytes:
    """NaN and Infinity in place of two losses, as Python writes them."""
    changed = {3: float("nan"), 5: float("inf")}
    return dumped([one | ({"loss": changed[k]} if k in changed else {}) for k, one in enumerate(RECORDS)])


def two_left_out(table: TrialTable) -> None:
    """Neither counts as a trial."""
    equal(len(table.trials), N - 2, "trials")
    equal(sum(count for _, count in table.excluded), 2, "excluded rows")


def twice() -> bytes:
    """One record in which a key comes twice; the last counts."""
    return dumped(RECORDS).replace(b'"lr": ', b'"lr": 9.5, "lr": ', 1)


def many_keys() -> bytes:
    """Five thousand records, each with a key of its own."""
    return b"[" + b",".join(b'{"k%d":%d}' % (k, k) for k in range(5_000)) + b"]"


def last_kept(table: TrialTable) -> None:
    """As if the first had not been there."""
    is_plain(table)
    true("lr" in names(table), "no lr")


CASES = (
    Case("J01", "records", "a.json", lambda: dumped(RECORDS), holds=is_plain),
    Case("J02", "jsonl", "a.json", by_line, holds=is_plain),
    Case("J03", "nested params", "a.json", nested, holds=is_flat),
    Case("J04", "deep nesting 100k", "a.json", lambda: b"[" * 100_000 + b"]" * 100_000, REFUSE, seconds=2,
         says=("deep",),
         large=True),
    Case("J05", "NaN/Infinity tokens", "a.json", not_finite, holds=two_left_out),
    Case("J06", "dup keys", "a.json", twice, NOTICE, says=(r"\blr\b", "twice", "last"), holds=last_kept),
    Case("J07", "scalar", "a.json", lambda: b"42", REFUSE, says=("list|column|record",)),
    Case("J07b", "list of scalars", "a.json", lambda: b"[1, 2, 3]", REFUSE, says=("record|object",)),
    Case("J08", "truncated", "a.json", lambda: dumped(RECORDS)[:-30], REFUSE, says=("JSON",
         r"line \d|char|position|column \d")),
    Case("J09", "different keys per record 5k", "a.json", many_keys, REFUSE, seconds=2, says=("1,000",
         "HPI_READ_COLUMNS")),
    Case("J10", "huge int", "a.json",
         lambda: dumped(RECORDS).replace(b'"lr": ', b'"lr": 1' + b"1" * 5_000, 1), REFUSE, seconds=2,
         says=("long|digits|large",)),
)  # fmt: skip
