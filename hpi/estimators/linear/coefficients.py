"""Signed coefficients of the linear model, with intervals that hold under unequal variances.

HC3 (MacKinnon and White 1985; Long and Ervin 2000): every squared residual over (1 - leverage)^2. Where several trials
of one configuration are kept, the sums are over configurations (CR3, Bell and McCaffrey 2002).
"""

from __future__ import annotations

import numpy as np

from hpi.estimators.base import Coefficient
from hpi.estimators.linear.drop import Remains
from hpi.space import Floats


def coefficients(remains: Remains, scale: float) -> tuple[Coefficient, ...]:
    """Return main effects, then pairs, each the strongest first, in the unit and with the sign of the loss.

    The effect of a number is that of one standard deviation more of its position; that of a level is its distance
    from the mean of all levels; a pair's is what is added where both terms are one unit up. Effects that the other
    terms already hold are left out.
    """
    fit = remains.fit
    inverse = np.linalg.inv(fit.c[:, fit.kept])
    value = inverse @ fit.beta / fit.length[fit.kept]
    pull = (fit.q * remains.left_out[:, None]) @ inverse.T / fit.length[fit.kept]
    column_of = fit.of[fit.kept]
    found = []
    for k, part in enumerate(fit.parts):
        if not fit.kept[fit.of == k].all():
            continue
        effect = part.effects @ value[column_of == k]
        error = np.sqrt(((pull[:, column_of == k] @ part.effects.T) ** 2).sum(axis=0))
        found += _of_part(part.terms, scale * effect, scale * remains.quantile * error)
    return tuple(sorted(found, key=lambda c: (len(c.terms), -abs(c.value), c.terms)))


def _of_part(terms: tuple[tuple[str, ...], ...], effect: Floats, margin: Floats) -> list[Coefficient]:
    return [
        Coefficient(name, float(value), float(value - width), float(value + width))
        for name, value, width in zip(terms, effect, margin, strict=True)
    ]
