"""All numbers of a report, as JSON and as one tidy table; what is not known is null, or an empty cell."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from hpi.curve import Curve
from hpi.effects import OneEffect, TwoEffects
from hpi.effects.cuts import Cut
from hpi.reporting.contents import Contents
from hpi.words.spreadsheet import as_csv as written

COLUMNS = (
    "part", "name", "second", "at", "at_second", "quantity", "value", "low", "high", "n", "p_value", "unit", "text",
)  # fmt: skip
Row = dict[str, Any]


def as_json(contents: Contents) -> str:
    """Return everything that the report says in numbers: see docs/reports.md for the keys."""
    found = contents.findings
    said = None if found is None else found.to_dict()
    if found is not None and said is not None:
        said |= {"metric": found.metric, "tolerance": found.tolerance, "n_trials": found.n_trials}
    plain = {
        "table": _table(contents),
        "importance": contents.result.to_dict(),
        "findings": said,
        "effects": {
            "one": [_one(contents.one(score.name)) for score in contents.result.hyperparameters],
            "two": [_two(contents.two(*names)) for names in contents.pairs],
        },
        "thresholds": _thresholds(contents.at_thresholds()),
        "note": contents.note,
        "made": None if contents.made is None else contents.made.isoformat(timespec="seconds"),
        "link": contents.link,
    }
    return json.dumps(_known(plain), indent=1, ensure_ascii=False, allow_nan=False)


def _table(contents: Contents) -> dict[str, Any]:
    table = contents.table
    keys = ("name", "role", "kind", "log", "direction", "reason")
    return {
        "name": table.name,
        "fingerprint": table.fingerprint,
        "columns": [{key: getattr(column, key) for key in keys} for column in table.columns],
        "notices": list(table.notices),
    }


def _thresholds(curve: Curve | None) -> dict[str, Any] | None:
    if curve is None:
        return None
    keys = ("region", "targets", "n_target", "names", "importance", "low", "high")
    return {key: getattr(curve, key) for key in keys}


def _one(effect: OneEffect) -> dict[str, Any]:
    compared = effect.compared
    cut = compared.cut
    return {
        "hyperparameter": effect.hyperparameter.name,
        "unit": effect.outcome.name,
        "ranks": effect.outcome.ranked,
        "cells": _cells(cut)
        | {
            "target": compared.target,
            "region": compared.region,
            "chance_low": compared.chance_low,
            "chance_high": compared.chance_high,
            "inactive_target": compared.inactive_target,
            "inactive_region": compared.inactive_region,
        },
        "quartiles": {"at": _places(effect, effect.quartiles.at)}
        | {key: getattr(effect.quartiles, key) for key in ("low", "median", "high", "count")},
        "means": {"at": _places(effect, effect.means.at)}
        | {key: getattr(effect.means, key) for key in ("mean", "low", "high", "count")},
    }


def _two(effect: TwoEffects) -> dict[str, Any]:
    return {
        "hyperparameters": [one.name for one in effect.hyperparameters],
        "unit": effect.outcome.name,
        "ranks": effect.outcome.ranked,
        "cells": [_cells(cut) for cut in effect.cuts],
        "count": effect.count,
        "target": effect.target,
        "median": effect.median,
        "best": effect.best,
    }


def _cells(cut: Cut) -> dict[str, Any]:
    return {"labels": list(cut.labels), "edges": cut.edges}


def _places(effect: OneEffect, at: np.ndarray) -> list[Any]:
    """Return numbers, or the labels of levels."""
    return at.tolist() if effect.levels is None else [effect.levels.labels[int(k)] for k in at]


def _known(value: Any) -> Any:  # noqa: ANN401
    """Return a value as JSON has it: arrays as lists, None where a number is not known."""
    if isinstance(value, np.ndarray):
        return _known(value.tolist())
    if isinstance(value, np.generic):
        return _known(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _known(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_known(one) for one in value]
    return value


# ---- one table


def as_csv(contents: Contents) -> str:
    """Return the same numbers as one table, a row a number: see docs/reports.md for its columns."""
    rows = [
        *_scores(contents),
        *_pairs(contents),
        *_coefficients(contents),
        *_at_thresholds(contents.at_thresholds()),
        *_findings(contents),
        *(row for score in contents.result.hyperparameters for row in _along(contents.one(score.name))),
        *(row for names in contents.pairs for row in _over(contents.two(*names))),
    ]
    return written(pd.DataFrame(_known(rows), columns=list(COLUMNS), dtype=object))


def _scores(contents: Contents) -> Iterator[Row]:
    for score in contents.result.hyperparameters:
        about = {"part": "importance", "name": score.name}
        ends = {"low": score.low, "high": score.high, "p_value": score.p_value}
        yield about | {"quantity": "importance", "value": score.importance, **ends, "text": score.note}
        yield about | {"quantity": "noise floor", "value": score.floor}
        yield about | {"quantity": "share", "value": score.share}
        if score.raw is not None:
            yield about | {"quantity": "raw", "value": score.raw}


def _pairs(contents: Contents) -> Iterator[Row]:
    for pair in contents.result.pairs:
        about = {"part": "pair", "name": pair.names[0], "second": pair.names[1]}
        ends = {"low": pair.low, "high": pair.high, "p_value": pair.p_value}
        yield about | {"quantity": pair.reading, "value": pair.importance, **ends}
        yield about | {"quantity": "noise floor", "value": pair.floor}


def _coefficients(contents: Contents) -> Iterator[Row]:
    for one in contents.result.coefficients:
        name, *second = one.terms
        yield {"part": "coefficient", "name": name, "second": second[0] if second else None, "quantity": "adds",
               "value": one.value, "low": one.low, "high": one.high, "unit": contents.result.metric}  # fmt: skip


def _at_thresholds(curve: Curve | None) -> Iterator[Row]:
    for row in [] if curve is None else curve.frame().to_dict("records"):
        yield {"part": "threshold", "name": row["name"], "at": row["target"], "quantity": "importance",
               "value": row["importance"], "low": row["low"], "high": row["high"], "n": row["n_target"]}  # fmt: skip


def _findings(contents: Contents) -> Iterator[Row]:
    for one in () if contents.findings is None else contents.findings.findings:
        name, *second = one.hyperparameters
        yield {"part": f"finding, {one.strength}", "name": name, "second": second[0] if second else None,
               "quantity": str(one.kind), "value": one.effect, "low": one.low, "high": one.high, "n": one.n,
               "p_value": one.p_adjusted, "unit": one.unit, "text": one.text}  # fmt: skip


def _along(effect: OneEffect) -> Iterator[Row]:
    name, unit = effect.hyperparameter.name, _unit(effect)
    quartiles, means, compared = effect.quartiles, effect.means, effect.compared
    for k, at in enumerate(_places(effect, quartiles.at)):
        about = {"part": "along", "name": name, "at": at, "unit": unit}
        yield about | {"quantity": "median and quartiles", "value": quartiles.median[k], "low": quartiles.low[k],
                       "high": quartiles.high[k], "n": quartiles.count[k]}  # fmt: skip
        yield about | {"quantity": "mean and its 95 % interval", "value": means.mean[k], "low": means.low[k],
                       "high": means.high[k], "n": means.count[k]}  # fmt: skip
    for k, label in enumerate(compared.cut.labels):
        yield {"part": "spread", "name": name, "at": label, "quantity": "target trials, and where chance puts them",
               "value": compared.target[k], "low": compared.chance_low[k], "high": compared.chance_high[k],
               "n": compared.region[k], "unit": "trials"}  # fmt: skip


def _over(effect: TwoEffects) -> Iterator[Row]:
    first, second = (one.name for one in effect.hyperparameters)
    across, upward = (cut.labels for cut in effect.cuts)
    for i, j in np.argwhere(effect.count > 0):
        about = {"part": "over two", "name": first, "second": second, "at": across[j], "at_second": upward[i],
                 "n": effect.count[i, j]}  # fmt: skip
        yield about | {"quantity": "median", "value": effect.median[i, j], "unit": _unit(effect)}
        yield about | {"quantity": "best", "value": effect.best[i, j], "unit": _unit(effect)}
        yield about | {"quantity": "target trials", "value": effect.target[i, j], "unit": "trials"}


def _unit(effect: OneEffect | TwoEffects) -> str:
    outcome = effect.outcome
    return f"rank of {outcome.name} within its task" if outcome.ranked else outcome.name
