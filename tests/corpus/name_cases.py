"""Text tables with hostile names of columns, and files with hostile names."""

from __future__ import annotations

from collections.abc import Callable

from hpi.table import TrialTable
from tests.corpus.case import Case, Wanted, equal, names, true
from tests.corpus.plain import LOSS, LR, cycled, is_plain, lines, renamed, rows_of, text

HTML = ("<script>window.PWN=1</script>", '<a href="https://evil.example/">go</a>')
MARKDOWN = ("![i](http://evil.example/x.png)", "[md](https://evil.example)")
ODD = ("__class__", "self", "index", "score.1", "a[0]", 'a"b', "a`b", "a;drop")
TEMPLATE = ("%{x}<extra>", "%{customdata[0]}")
# lr with a right-to-left override, with a zero-width space, with a Cyrillic l-like letter's neighbour: "lr" thrice
HIDDEN = ("lr", "l\u200br", "\u202elr", "b\u0430tch", "batch")


def headed(*header: str) -> Callable[[TrialTable], None]:
    """The names are these, to the letter, and all but the last are hyperparameters."""

    def check(table: TrialTable) -> None:
        equal(names(table), [*header, "loss"], "names")
        equal({one.name for one in table.hyperparameters}, set(header), "hyperparameters")

    return check


def under(*header: str) -> Callable[[], bytes]:
    """A table with a hyperparameter under each of the names."""
    return lambda: text({**{name: LR if k == 0 else cycled(*"abcdefghijk"[: k + 2]) for k, name in enumerate(header)},
                         "loss": LOSS})  # fmt: skip


def called(shown: str) -> Callable[[TrialTable], None]:
    """The table is plain, and what it is called holds no folder."""

    def check(table: TrialTable) -> None:
        is_plain(table)
        true("/" not in table.name, f"the name {table.name!r:.100} has a folder")
        true(shown in table.name, f"the name is {table.name!r:.100}")

    return check


CASES = (
    Case("F64", "HTML/script names", "a.csv", under(*HTML), holds=headed(*HTML)),
    Case("F65", "markdown/latex names", "a.csv", under(*MARKDOWN, "$x^2$"), holds=headed(*MARKDOWN, "$x^2$")),
    Case("F66", "RTL/zero-width/homoglyph names", "a.csv", under(*HIDDEN), Wanted.NOTICE, says=(r"\\u202e", r"\\u200b"),
         holds=lambda table: (headed(*HIDDEN)(table), flagged(table))[0]),
    Case("F67", "emoji + 10k-char name", "a.csv",
         lambda: lines(["\U0001f600", "n" * 10_000, "loss"], rows_of(renamed("a", "b", "c"))), Wanted.REFUSE,
         says=("column 2", "10,000", r"\b200\b")),
    Case("F68", 'names __class__, self, index, score.1, a[0], a"b, a`b, a;drop', "a.csv", under(*ODD),
         holds=lambda table: equal(names(table), [*ODD, "loss"], "names")),
    Case("F69", "plotly template in name %{x}<extra>", "a.csv", under(*TEMPLATE), holds=headed(*TEMPLATE)),
    Case("F98a", "file called ../../x.csv", "../../x.csv", text, holds=called("x.csv")),
    Case("F98b", "file with a line break in its name", "a\nb.csv", text, holds=called("b.csv")),
    Case("F98c", "file with a name of 300 characters", "n" * 300 + ".csv", text, holds=called("nnn")),
    Case("F98d", "file with a right-to-left name", "\u202excsv.exe.csv", text, holds=called("csv")),
    Case("F98e", "misnamed file with a line break in its name", "a\nb.parquet", text, Wanted.NOTICE, says=("parquet",),
         holds=called("parquet")),
)  # fmt: skip


def flagged(table: TrialTable) -> None:
    """Both names that look like batch are in one notice that says so."""
    true(
        any("alike" in said and "batch" in said for said in table.notices),
        f"no notice names what looks alike: {table.notices}",
    )
