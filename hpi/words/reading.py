"""How to read the bars, and a line of every method, as Markdown: no word of a table is in it."""

from __future__ import annotations

from hpi.estimators import ESTIMATORS, by_name
from hpi.results import ImportanceResult

HOW_TO_READ = """
- **A bar** is {bar}
- **The line at its end** is the 95 % interval: other trials of the same search would give a bar somewhere in it.
- **The grey field** is as far as chance alone reaches: the same table with its results shuffled. A bar that cannot be
  told apart from that is grey and hatched.
{more}- The mark and the interval answer two questions: whether there is an effect at all, and how large it is. So a
  coloured bar can be sure to be there although its interval begins before the mark.
"""
CLICK = "- **Click a bar** to see which values are good.\n"
TARGET_BAR = """the share of the difference between the target (the best trials) and the rest of the region that this
  hyperparameter explains by itself. 100 % would mean: its value alone tells whether a trial is in the target."""
TARGET_MORE = """- For a small target even the strongest bar is often below 20 %: a good value is needed, but seldom
  enough.
- The bars need not add up to 100 %: what hyperparameters decide only together is in none of them.
"""
MORE = {
    "fanova": """- The bars need not add up to 100 %: what hyperparameters explain only together is in none of them.
""",
    "permutation": """- It is half of the R² that the forest loses when the values of this hyperparameter are shuffled.
- The bars need not add up: what two do together is in the bars of both.
""",
    "linear": """- The bars need not add up: a product of two is lost without either of them, so it is in the bars of
  both; what two can say for each other is in neither.
""",
    "n-rrelieff": """- Weights need not add up to 1: what two do together is in the weights of both.
""",
}


def how_to_read(result: ImportanceResult, can_click: bool = True) -> str:
    """Say what the parts of the bars mean, as Markdown: no word of a table is in it."""
    method, click = by_name(result.estimator), CLICK if can_click else ""
    if method.uses_target:
        return HOW_TO_READ.format(bar=TARGET_BAR, more=TARGET_MORE) + click
    return HOW_TO_READ.format(bar=f"for one hyperparameter the {method.bar}.", more=MORE.get(method.name, "")) + click


def methods() -> str:
    """Say a line of every method, as Markdown: no word of a table is in it."""
    return "\n\n".join(f"**{estimator.title}**: {estimator.summary}" for estimator in ESTIMATORS)
