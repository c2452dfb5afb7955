"""Text tables that are laid out, encoded or headed in another way than plain."""

from __future__ import annotations

from functools import partial

from hpi.roles import Role
from hpi.table import TrialTable
from tests.corpus.case import Case, Wanted, column, equal, labels, names, true
from tests.corpus.plain import (
    LOSS,
    LR,
    OPTIMIZER,
    PLAIN,
    N,
    among,
    is_plain,
    lines,
    renamed,
    rows_of,
    text,
)

ROWS = rows_of(PLAIN)
HEADER = list(PLAIN)
NOTICE, REFUSE = Wanted.NOTICE, Wanted.REFUSE


def commas() -> bytes:
    """Semicolons between the cells, commas in the numbers."""
    return text({"lr": [lr.replace(".", ",") for lr in LR], "optimizer": OPTIMIZER,
                 "loss": [loss.replace(".", ",") for loss in LOSS]}, sep=";")  # fmt: skip


def with_row(position: int, row: list[str]) -> bytes:
    """Replace one row; the first of them stands in line 2."""
    return lines(HEADER, [row if k == position else cells for k, cells in enumerate(ROWS)])


def no_thousand_is_a_point(table: TrialTable) -> None:
    """1,024 must not become 1.024."""
    found = {str(cell) for cell in table.frame["units"]}
    true(found <= {"1,024", "2,048", "4,096"} or found <= {"1024.0", "2048.0", "4096.0", "1024", "2048", "4096"},
         f"units became {sorted(found)}")  # fmt: skip


def has_accents(table: TrialTable) -> None:
    """Names and cells to the letter."""
    equal(names(table), ["lr", "modèle", "loss"], "columns")
    equal(labels(table, "modèle"), {"forêt", "réseau"}, "levels")


def line_short(table: TrialTable) -> None:
    """The missing cell is the last one of its row, and nothing else moved."""
    equal(
        [column(table, name).role for name in HEADER], [Role.HYPERPARAMETER, Role.HYPERPARAMETER, Role.METRIC], "roles"
    )
    equal(table.frame["optimizer"].tolist(), OPTIMIZER, "optimizer")
    equal(len(table.trials), N - 1, "trials")


def nul_at(position: int) -> bytes:
    """A NUL byte in place of the byte at a position that counts from 1."""
    data = bytearray(text())
    data[position - 1] = 0
    return bytes(data)


def case_only(table: TrialTable) -> None:
    """Both columns are there."""
    equal(names(table), ["lr", "LR", "optimizer", "loss"], "columns")
    equal(labels(table, "LR"), {"a", "b"}, "levels")


def one_is_spaced(table: TrialTable) -> None:
    """The line break in a cell became a blank."""
    true("adam w" in table.frame["optimizer"].tolist(), f"cells {sorted(set(table.frame['optimizer']))}")


WIDE = among(depth=[str(k % 4 + 1) for k in range(N)])
CASES = (
    Case("F01", "utf8 baseline", "a.csv", text, holds=is_plain),
    Case("F02", "UTF-8 BOM", "a.csv", lambda: b"\xef\xbb\xbf" + text(), holds=is_plain),
    Case("F03", "UTF-16 LE BOM", "a.csv", lambda: b"\xff\xfe" + text().decode().encode("utf-16-le"), holds=is_plain),
    Case("F04", "UTF-16 no BOM", "a.csv", lambda: text().decode().encode("utf-16-le"), REFUSE,
         says=("NUL|UTF-16", "UTF-8")),
    Case("F05", "latin-1 accents", "a.csv",
         lambda: text({"lr": LR, "modèle": ["forêt", "réseau"] * (N // 2), "loss": LOSS}).decode().encode("latin-1"),
         NOTICE, says=("cp1252|latin-1|western",), holds=has_accents),
    Case("F06", "cp1252 smart quotes", "a.csv",
         lambda: text({**PLAIN, "optimizer": ["“adam”", "‘sgd’"] * (N // 2)}).decode().encode("cp1252"),
         NOTICE, says=("cp1252",), holds=lambda table: equal(labels(table, "optimizer"), {"“adam”", "‘sgd’"},
         "levels")),
    Case("F07", "Shift-JIS", "a.csv",
         lambda: text(renamed("学習率", "最適化手法", "損失")).decode().encode("shift-jis"),
         REFUSE, says=(r"byte 1\b", "UTF-8")),
    Case("F08", "lone bytes ff fe mid", "a.csv",
         lambda: text().replace(b"adam\n", b"adam\n", 1).replace(b",sgd,", b",s\xff\xfegd,", 1),
         NOTICE, says=(r"line 3\b",)),
    Case("F09", "semicolon", "a.csv", lambda: text(sep=";"), holds=is_plain),
    Case("F10", "semicolon+decimal comma", "a.csv", commas, NOTICE, says=("comma", r"\blr\b", r"\bloss\b"),
         holds=is_plain),
    Case("F11", "tab in .csv", "a.csv", lambda: text(sep="\t"), holds=is_plain),
    Case("F12", "pipe", "a.csv", lambda: text(sep="|"), holds=is_plain),
    Case("F13", "thousands sep", "a.csv", lambda: text(among(units=["1,024", "2,048", "4,096", "1,024"] * (N // 4))),
         NOTICE, says=("units", "1,024|thousand"), holds=no_thousand_is_a_point),
    Case("F14", "sep=; Excel line", "a.csv", lambda: b"sep=;\r\n" + text(sep=";", end="\r\n"), holds=is_plain),
    Case("F15", "whitespace delimited", "a.csv", lambda: text(sep=" ").replace(b" ", b"   "), holds=is_plain),
    Case("F16", "ragged long row", "a.csv", lambda: with_row(3, ["0.1", "sgd", "0.5", "x", "y"]), REFUSE,
         says=(r"line 5\b", r"\b5 (cells|fields)", r"\b3\b")),
    Case("F17", "ragged short row", "a.csv", lambda: with_row(3, [LR[3], OPTIMIZER[3]]), NOTICE,
         says=(r"\b1 (row|line)", r"\b5\b", "short|missing"), holds=line_short),
    Case("F18", "all rows one extra field (silent index!)", "a.csv",
         lambda: lines(HEADER, [[*row, ""] for row in ROWS]), holds=is_plain),
    Case("F19", "extra field nonempty all rows", "a.csv", lambda: lines(HEADER, [[*row, "9"] for row in ROWS]), REFUSE,
         says=(r"line 2\b", r"\b4 (cells|fields)", r"\b3\b")),
    Case("F20", "trailing comma header", "a.csv", lambda: lines([*HEADER, ""], [[*row, ""] for row in ROWS]),
         holds=is_plain),
    Case("F21", "dup headers", "a.csv", lambda: lines(["lr", "lr", "loss"], ROWS), REFUSE,
         says=(r"'lr'", "twice", "rename")),
    Case("F22", "dup after strip", "a.csv", lambda: lines(["lr", " lr ", "loss"], ROWS), REFUSE,
         says=(r"'lr'", "twice", "rename")),
    Case("F23", "dup + pandas clash lr,lr,lr.1", "a.csv",
         lambda: lines(["lr", "lr", "lr.1", "loss"], rows_of(WIDE)), REFUSE, says=(r"'lr'", "twice", "rename")),
    Case("F24", "blank header cell", "a.csv", lambda: lines(["lr", "", "loss"], ROWS), NOTICE,
         says=("name", "Unnamed: 1|column 2"), holds=partial(is_plain, header=("lr", "Unnamed: 1", "loss"))),
    Case("F25", "no header (numbers)", "a.csv", lambda: lines(["0.1", "16", "0.5"], [[a, "32", c] for a, _, c in ROWS]),
         NOTICE, says=("header", "number"), analysed=False),
    Case("F26", "header case-dup", "a.csv",
         lambda: text({"lr": LR, "LR": ["a", "b"] * (N // 2), "optimizer": OPTIMIZER, "loss": LOSS}), NOTICE,
         says=(r"\blr\b", r"\bLR\b", "capital|case"), holds=case_only),
    Case("F27", "zero bytes", "a.csv", lambda: b"", REFUSE, says=("empty",)),
    Case("F28", "only newlines", "a.csv", lambda: b"\n\r\n", REFUSE, says=("empty",)),
    Case("F29", "header only", "a.csv", lambda: b"lr,optimizer,loss\n", REFUSE, says=("header", r"\b(no|0) rows")),
    Case("F30", "one row", "a.csv", lambda: lines(HEADER, ROWS[:1]), REFUSE, says=(r"\b(1|one) row\b",
         "two rows|2 rows")),
    Case("F31", "one column", "a.csv", lambda: lines(["loss"], [[loss] for loss in LOSS]), REFUSE,
         says=("one column|1 column", "metric", "hyperparameter")),
    Case("F32", "two-line preamble comment", "a.csv", lambda: b"# exported by a tracker\n# 2026-11-01\n" + text(),
         NOTICE,
         says=(r"\b2\b", "comment|skipped"), holds=is_plain),
    Case("F56", "unclosed quote", "a.csv",
         lambda: lines(HEADER, ROWS[:9]) + b'0.1,"sgd,0.5\n' + lines(*(ROWS[10], ROWS[11:])), REFUSE,
         says=("quote", r"line 11\b")),
    Case("F57", "newline in quoted cell", "a.csv", lambda: text({**PLAIN, "optimizer": ["adam\nw", "sgd"] * (N // 2)}),
         holds=one_is_spaced),
    Case("F58", "NUL bytes", "a.csv", lambda: nul_at(27), REFUSE, says=("NUL", r"\b27\b")),
    Case("F59", "10k NULs only", "a.csv", lambda: bytes(10_000), REFUSE, says=("NUL|binary",)),
    Case("F60", "CR-only line ends", "a.csv", lambda: text(end="\r"), holds=is_plain),
    Case("F61", "mixed CRLF/LF", "a.csv", lambda: text().replace(b"\n", b"\r\n", 20), holds=is_plain),
)  # fmt: skip
