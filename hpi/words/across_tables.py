"""Importance on several datasets as one table for a paper: a row a hyperparameter, a column a dataset.

Names in it are data and stay inert: in a spreadsheet, in Markdown, in LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from hpi.comparison import Across
from hpi.comparison.overall import Cell, Row
from hpi.estimators import by_name
from hpi.statements.paper import escaped, plain
from hpi.words import spreadsheet
from hpi.words.across import lead, noun, reasons, verdict, worth_knowing
from hpi.words.parts import found_parts
from hpi.words.writing import share

NONE = "–"
MEANS = ("mean", "sd", "mean rank")
PIPE = re.compile(r"(\\*)\|")
# Braces keep a bracket or a star at the beginning of a row from belonging to the end of the one before.
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",
    "`": r"{\char96}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    **{sign: f"{{{sign}}}" for sign in "[]*"},
}
LIGATURE = re.compile(r"([-',])(?=\1)")


def frame(found: Across) -> pd.DataFrame:
    """Return all numbers, a row a hyperparameter: importance and rank on each value, their means, where it matters."""
    rows = found.hyperparameters
    columns: dict[str, list[object]] = {"hyperparameter": [row.name for row in rows]}
    for i, value in enumerate(found.values):
        columns[f"importance on {value.name}"] = [row.cells[i].importance for row in rows]
        columns[f"rank on {value.name}"] = [row.cells[i].rank for row in rows]
        columns[f"told apart on {value.name}"] = [row.cells[i].told for row in rows]
    for name in ("n", "mean", "sd", "low", "high", "mean_rank", "n_told", "n_tested"):
        columns[name.replace("_", " ")] = [getattr(row, name) for row in rows]
    columns["where"] = [verdict(row, found) for row in rows]
    return pd.DataFrame(columns, dtype=object)


def as_csv(found: Across) -> str:
    """Return all numbers as CSV; a name that a spreadsheet would run as a formula stays text."""
    return spreadsheet.as_csv(frame(found))


def as_markdown(found: Across) -> str:
    """Return the table as Markdown, with a line above it that says what it shows and one below that explains it."""
    heads, rows = _table(found, _in_markdown, "*{}*")
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, ["---", *["---:"] * (len(heads) - 1)], *rows)]
    return "\n".join([escaped(caption(found)), "", *lines, "", escaped(note(found, "In italics"))])


def as_latex(found: Across) -> str:
    """Return the table as LaTeX with the rules of booktabs."""
    heads, rows = _table(found, in_latex, r"\textit{{{}}}")
    lines = [rf"{' & '.join(cells)} \\" for cells in rows]
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{in_latex(caption(found))} {in_latex(note(found, 'In italics'))}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(heads) - 1)}}}",
            r"\toprule",
            rf"{' & '.join(heads)} \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )


def as_text(found: Across) -> str:
    """Return the table for a shell, in columns, with what it shows, why something is missing and what to know of it."""
    heads, rows = _table(found, plain, "{}*")
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    lines = [_line(row, widths) for row in (heads, *rows)]
    said = [*reasons(found.values), *worth_knowing(found)]
    return "\n".join([plain(lead(found)), *lines, note(found, "With *"), *map(plain, said)])


def _line(row: list[str], widths: list[int]) -> str:
    first, *rest = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(text.rjust(wide) for text, wide in rest)])


def caption(found: Across) -> str:
    """Say what the table shows, in one sentence."""
    method, n = by_name(found.estimator), len(found.answered)
    about = f"Importance (rank) of hyperparameters for {found.metric} on {n} {noun(found, n)}, by {method.title}"
    parts = [found_parts(value.result) for value in found.answered if value.result is not None]
    if not parts:
        return f"{about}."
    region, target = (_ends([part[i] for part in parts]) for i in (0, 1))
    among = f"the best {region} of trials" if any(part[0] < 1 for part in parts) else "all trials"
    asked = f"what decides who is in the best {target}" if method.uses_target else f"what moves {found.metric}"
    return f"{about}: {asked} among {among}."


def note(found: Across, muted: str) -> str:
    """Explain the table; `muted` says how it marks what is not told apart from chance."""
    several = noun(found)
    return (
        f"{muted}: not told apart from chance there; those share their middle rank. {NONE}: no number. Mean, standard "
        f"deviation (sd) and mean rank are over the {several} with a number."
    )


def _ends(fractions: list[float]) -> str:
    low, high = min(fractions), max(fractions)
    return share(low) if low == high else f"{share(low)} to {share(high)}"


def _table(found: Across, name_of: Callable[[str], str], muted: str) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows as they are written: names by `name_of`, what is not told apart put into `muted`."""
    heads = [name_of(text) for text in ("hyperparameter", *(value.name for value in found.values), *MEANS)]
    rows = [
        [name_of(row.name), *(_written(cell, muted, name_of(NONE)) for cell in row.cells), *_means(row, name_of(NONE))]
        for row in found.hyperparameters
    ]
    return heads, rows


def _written(cell: Cell, muted: str, none: str) -> str:
    if cell.importance is None:
        return none
    rank = "" if cell.rank is None else f" ({cell.rank:g})"
    text = f"{cell.importance:.3f}{rank}"
    return muted.format(text) if cell.told is False else text


def _means(row: Row, none: str) -> list[str]:
    numbers = ((row.mean, ".3f"), (row.sd, ".3f"), (row.mean_rank, ".2f"))
    return [none if number is None else f"{number:{form}}" for number, form in numbers]


def _in_markdown(name: str) -> str:
    """Return a name for a cell: a bar would end it, also within code."""
    shown = escaped(name) or " "
    return PIPE.sub(lambda found: found[0] if len(found[1]) % 2 else f"{found[1]}\\|", shown)


def in_latex(text: str) -> str:
    """Return a text as LaTeX prints it: no sign in it is a command, and no two of them are drawn as another one."""
    signs = LIGATURE.sub(lambda found: f"{found[0]}\0", " ".join(plain(text).split()))
    written = "".join("{}" if sign == "\0" else SPECIAL.get(sign, sign) for sign in signs)
    return written.replace("\u00a0", "~").replace(NONE, "--")
