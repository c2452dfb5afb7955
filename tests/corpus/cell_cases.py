"""Text tables whose cells are not what they seem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from hpi.errors import TableError
from hpi.roles import Role
from hpi.space import Kind
from hpi.table import TrialTable
from hpi.words.spreadsheet import as_csv
from tests.corpus.case import Case, Wanted, column, equal, labels, names, role, true
from tests.corpus.plain import LOSS, LR, PLAIN, N, among, but, cycled, lines, rows_of, text

NOTICE, REFUSE = Wanted.NOTICE, Wanted.REFUSE
Check = Callable[[TrialTable], None]


def trials_left(n: int) -> Check:
    """So many trials count, and every other row is accounted for."""

    def check(table: TrialTable) -> None:
        equal(len(table.trials), n, "trials")
        equal(sum(count for _, count in table.excluded), N - n, "excluded rows")

    return check


def category(name: str, *levels: str) -> Check:
    """The column is a category with these levels, to the letter."""

    def check(table: TrialTable) -> None:
        equal(labels(table, name), set(levels), f"levels of {name}")
        true(column(table, name).kind in (Kind.CATEGORY, Kind.BOOL), f"{name} is {column(table, name).kind}")

    return check


def cells(name: str, expected: Sequence[str]) -> Check:
    """The cells are kept to the letter."""
    return lambda table: equal([str(cell) for cell in table.frame[name]], list(expected), f"cells of {name}")


def left_out(name: str, *reason: str) -> Check:
    """The column is left out, for a reason that says one of these words; the rest is plain."""

    def check(table: TrialTable) -> None:
        role(table, name, Role.LEFT_OUT)
        said = column(table, name).reason
        true(any(word in said for word in reason), f"the reason is {said!r}")
        equal(table.metric, "loss", "metric")
        equal({one.name for one in table.hyperparameters}, {"lr", "optimizer"}, "hyperparameters")

    return check


def no_finite_metric(table: TrialTable) -> None:
    """The file is read; who chooses the metric is told that it has no number."""
    true(table.metric != "loss", "a column without a number is the metric")
    with pytest.raises(TableError, match=r"(?i)no (finite )?(number|value)|number|finite"):
        table.revise(metric="loss").loss  # noqa: B018 - asking is the test


def percents_kept(table: TrialTable) -> None:
    """10% is 10, 0.1 or the text, never missing."""
    found = [str(cell) for cell in table.frame["dropout"]]
    first = {"10%": "10%", "10.0": "20.0", "0.1": "0.2", "10": "20"}
    true(found[0] in first, f"10% became {found[0]}")
    role(table, "dropout", Role.HYPERPARAMETER)
    equal(len(set(found)), 4, "different cells")


def missing_is_not_none(table: TrialTable) -> None:
    """The words stay levels; the empty cell is none of them."""
    found = labels(table, "pooling")
    equal(found, {"None", "NA", "null", "nan", "mean"}, "levels")
    equal(int(table.trials["pooling"].isna().sum()), 2, "empty cells")


def flattened_or_offered(table: TrialTable) -> None:
    """What stood in the JSON is there: as columns, or as the text it was."""
    true("config" in names(table) or {"config.momentum", "config.depth"} <= set(names(table)), f"{names(table)}")


def formulas_harmless(table: TrialTable) -> None:
    """Shown exactly here; in a CSV text gets an apostrophe, a negative number does not."""
    equal(labels(table, "variant"), set(FORMULAS), "levels")
    written = as_csv(table.frame)
    true("'=1+1" in written and ",=1+1" not in written, "a formula in the CSV")
    true("'-2+3" in written, "a formula that begins with a minus in the CSV")
    true(",-1.5," in written and "'-1.5" not in written, "a negative number was changed")


FORMULAS = ("=1+1", "-2+3", "@SUM(A1)", "+cmd|' /C calc'!A0")
NOT_FINITE = {3: "inf", 5: "-inf"}
HUGE = ("36893488147419103232", "36893488147419103233", "73786976294838206464", "147573952589676412928")
CASES = (
    Case("F33", "all-NaN metric", "a.csv", lambda: text(among(loss=[""] * N)), holds=no_finite_metric, analysed=False),
    Case("F34", "inf metric", "a.csv", lambda: text(among(loss=but(LOSS, NOT_FINITE))), NOTICE,
         says=(r"\b2\b", "loss", "finite|infinite", "left out"), holds=trials_left(N - 2)),
    Case("F35", "1e400", "a.csv", lambda: text(among(loss=but(LOSS, {3: "1e400"}))), NOTICE,
         says=("1e400|too large", "loss"), holds=trials_left(N - 1)),
    Case("F36", "1e-400", "a.csv", lambda: text(among(lr=but(LR, {3: "1e-400"}))), NOTICE,
         says=("1e-400|too small|underflow", r"\blr\b", "0")),
    Case("F37", "int > 2**64", "a.csv", lambda: text(among(width=cycled(*HUGE))), NOTICE, says=("width",),
         holds=cells("width", cycled(*HUGE))),
    Case("F38", "int > 2**53 with NaN", "a.csv",
         lambda: text(among(width=cycled("9007199254740993", "9007199254740995", ""))), NOTICE,
         says=("width", r"2\*\*53|9,007,199,254,740,99|9007199254740992|digits|precision|exact")),
    Case("F39", "hex/octal/underscore numbers", "a.csv",
         lambda: text(among(mask=cycled("0x10", "0x20"), mode=cycled("0o17", "0o20", "0o17"),
                            width=cycled("1_000", "2_000", "4_000", "2_000"))),
         holds=lambda table: (category("mask", "0x10", "0x20")(table), category("mode", "0o17", "0o20")(table),
                              category("width", "1_000", "2_000", "4_000")(table))[0]),
    Case("F40", "mixed types numbers+text", "a.csv",
         lambda: text(among(depth=but(cycled("1", "2", "3", "4"), {7: "auto"}))), NOTICE,
         says=("depth", "auto", r"\b1\b", r"\b40\b"),
         holds=lambda table: true("auto" in table.frame["depth"].astype(str).tolist(), "auto is gone")),
    Case("F41", "metric text failed", "a.csv", lambda: text(among(loss=but(LOSS, {3: "failed", 9: "failed"}))), NOTICE,
         says=("failed", r"\b2\b", "left out"), holds=trials_left(N - 2)),
    Case("F42", "percent strings", "a.csv", lambda: text(among(dropout=cycled("10%", "20%", "30%", "50%"))), NOTICE,
         says=("dropout", "%|percent"), holds=percents_kept),
    Case("F43", "currency/units 5ms", "a.csv", lambda: text(among(window=cycled("5ms", "10ms", "20ms"))), NOTICE,
         says=("window", "5ms|unit|text|categor|label"), holds=category("window", "5ms", "10ms", "20ms")),
    Case("F44", "booleans TRUE/yes/0/1 mixed", "a.csv", lambda: text(among(bias=cycled("TRUE", "yes", "0", "1"))),
         NOTICE,
         says=("bias", "categor|text|label"), holds=category("bias", "TRUE", "yes", "0", "1")),
    Case("F45", "category literally None/NA/null/nan", "a.csv",
         lambda: text(among(pooling=but(cycled("None", "NA", "null", "nan", "mean"), {4: "", 9: ""}))),
         holds=missing_is_not_none),
    Case("F46", "dates", "a.csv",
         lambda: text(among(built=[f"2026-10-{k % 28 + 1:02} 12:{k:02}:00" for k in range(N)])),
         holds=left_out("built", "date", "time", "moment", "day")),
    Case("F47", "tuple/list strings", "a.csv", lambda: text(among(layers=cycled("(64, 64)", "(128,)", "[32, 32]"))),
         holds=category("layers", "(64, 64)", "(128,)", "[32, 32]")),
    Case("F48", "JSON cell", "a.csv",
         lambda: text(among(config=[f'{{"momentum": {k % 7 / 10}, "depth": {k % 3}}}' for k in range(N)])), NOTICE,
         says=("config", "JSON|object"), holds=flattened_or_offered),
    Case("F49", "index column Unnamed: 0", "a.csv",
         lambda: lines(["", *PLAIN], [[str(k), *row] for k, row in enumerate(rows_of(PLAIN))]),
         holds=left_out("Unnamed: 0", "count", "index", "number", "row", "name")),
    Case("F50", "constant columns", "a.csv", lambda: text(among(epochs_planned=["10"] * N, device=["cuda"] * N)),
         holds=lambda table: (left_out("device", "constant", "same", "one value", "vary")(table),
                              left_out("epochs_planned", "constant", "same", "one value", "vary")(table))[0]),
    Case("F51", "constant metric", "a.csv", lambda: text(among(loss=["0.5"] * N)), REFUSE, late=True,
         says=("loss|metric", "constant|same|differ|vary|equal")),
    Case("F52", "unique id column", "a.csv",
         lambda: text(among(key=[f"{k * 2654435761 % 2**32:08x}" for k in range(N)])),
         holds=left_out("key", "different", "unique", "every", "each", "identif", "label")),
    Case("F63", "formula cells", "a.csv",
         lambda: text({"lr": LR, "variant": cycled(*FORMULAS),
                       "shift": cycled("-1.5", "-0.5", "1"), "loss": LOSS}), holds=formulas_harmless),
)  # fmt: skip
