"""What a visitor chose on the page Compare, kept as long as the table, and the same in an address. Draws nothing."""

from __future__ import annotations

from typing import Any

from hpi.sharing import View
from pages.session import session

VIEW, ESTIMATOR, THRESHOLD = "compare_view", "two_estimator", "other_threshold"

Threshold = tuple[float, float | None]
"""Region and target in percent; target None where it plays no part."""


def take(view: View) -> None:
    """Have chosen what an address says, and nothing else."""
    threshold: Threshold | None = None
    if view.other_region is not None:
        target = None if view.other_target is None else _percent(view.other_target)
        threshold = _percent(view.other_region), target
    _keep(VIEW, view.comparison)
    _keep(ESTIMATOR, view.other_estimator)
    _keep(THRESHOLD, threshold)


def said() -> dict[str, Any]:
    """Return what was chosen, by the names of a `View`."""
    now = session()
    region, target = now.kept.get(THRESHOLD, (None, None))
    estimator = now.kept.get(ESTIMATOR)
    return {
        "comparison": now.kept.get(VIEW),
        "other_region": _fraction(region),
        "other_target": _fraction(target),
        "other_estimator": None if estimator == now.asked.estimator else estimator,
    }


def _keep(name: str, value: object) -> None:
    kept = session().kept
    if value is None:
        kept.pop(name, None)
    else:
        kept[name] = value


def _percent(fraction: float) -> float:
    return round(100 * fraction, 6)


def _fraction(percent: float | None) -> float | None:
    return None if percent is None else round(percent / 100, 8)
