"""What is asked of a table and what of it is shown, and both as the keys and values of an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hpi.estimators import PedAnova
from hpi.figures import Show
from hpi.filters import Filter
from hpi.roles import Direction
from hpi.statements import FindingKind

Query = dict[str, list[str]]
COMPARISONS = ("datasets", "estimators", "two", "thresholds", "tables")  # the views of the page Compare
# the keys on which numbers depend; the others say what is looked at
QUESTION = ("metric", "dir", "task", "region", "top", "where", "est", "seed", "tol")


@dataclass(frozen=True)
class View:
    """Everything that a page depends on, but for the cells and roles of the table.

    Attributes
    ----------
    metric, direction, task
        None: as the table has it by itself.
    region, target
        Fractions of the trials; target None for its default.
    settings
        Of the estimator, where they are not its defaults.
    hyperparameter, pair
        What the pages of one and two show; None for the strongest.
    about, kinds, strong
        Which findings are shown: of one hyperparameter, of some kinds, strong ones alone.
    tolerance
        A difference of the metric that does not matter; None for the default.
    held
        Whether one hyperparameter is shown with the others held fixed, too.
    comparison
        What the page Compare compares, one of `COMPARISONS`; None for what fits the table.
    other_region, other_target
        The second threshold there, fractions of the trials; no region: the usual one, no target: it plays no part.
    other_estimator
        The second estimator there; None for the first that is another one.
    """

    metric: str | None = None
    direction: Direction | None = None
    task: str | None = None
    region: float = 1.0
    target: float | None = None
    where: tuple[Filter, ...] = ()
    estimator: str = PedAnova.name
    settings: tuple[tuple[str, Any], ...] = ()
    seed: int = 0
    hyperparameter: str | None = None
    pair: tuple[str, str] | None = None
    show: Show = Show.MEDIAN
    held: bool = False
    about: str | None = None
    kinds: tuple[FindingKind, ...] = ()
    strong: bool = False
    tolerance: float | None = None
    comparison: str | None = None
    other_region: float | None = None
    other_target: float | None = None
    other_estimator: str | None = None


def write(view: View) -> Query:
    """Return the keys and values of an address; what is as it would be anyway is left out."""
    plain = View()
    said: dict[str, list[object]] = {
        "metric": _known(view.metric),
        "dir": _known(view.direction),
        "task": _known(view.task),
        "region": _other(view.region, plain.region),
        "top": _known(view.target),
        "where": [*view.where],
        "est": _other(view.estimator, plain.estimator),
        **{name: [value] for name, value in view.settings},
        "seed": _other(view.seed, plain.seed),
        "hp": _known(view.hyperparameter),
        "pair": [*(view.pair or ())],
        "show": _other(view.show.name.lower(), plain.show.name.lower()),
        "held": [1] if view.held else [],
        "about": _known(view.about),
        "kind": [kind.name.lower() for kind in view.kinds],
        "strong": [1] if view.strong else [],
        "tol": _known(view.tolerance),
        "view": _known(view.comparison),
        "other_region": _known(view.other_region),
        "other_top": _known(view.other_target),
        "other_est": _known(view.other_estimator),
    }
    return {key: [_text(value) for value in values] for key, values in said.items() if values}


def _known(value: object) -> list[object]:
    return [] if value is None else [value]


def _other(value: object, usual: object) -> list[object]:
    return [] if value == usual else [value]


def _text(value: object) -> str:
    """Write a value with all the digits that it takes to read it back."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
