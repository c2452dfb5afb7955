"""Which candidates may be said: above their floor, corrected together, and none that another one contradicts."""

from __future__ import annotations

from collections.abc import Sequence

from hpi.statements import family
from hpi.statements.basis import Candidate
from hpi.statements.exceptions import with_exceptions
from hpi.statements.finding import FindingKind

Chosen = tuple[Candidate, float]  # with its corrected p-value


def effects(candidates: Sequence[Candidate]) -> list[Chosen]:
    """Return the effects that may be said, the largest first."""
    above = _above_floor(candidates)
    kept = [(one, p) for one, p in _survivors(candidates) if _key(one) in above]
    return with_exceptions(_one_trend_each(kept))


def without_effects(candidates: Sequence[Candidate], said: Sequence[Chosen]) -> list[Chosen]:
    """Return the equivalences that may be said: not where a sentence says a difference, alone or with another."""
    kept = [one for one, _ in said]
    levels = {(one.hyperparameters[0], frozenset(one.levels)) for one in kept if one.kind is FindingKind.CONTRAST}
    contrasted = {name for name, _ in levels}
    whole = {name for one in kept if one.kind is not FindingKind.CONTRAST for name in one.hyperparameters}

    def contradicted(one: Candidate) -> bool:
        name = one.hyperparameters[0]
        return name in whole or (name in contrasted if not one.levels else (name, frozenset(one.levels)) in levels)

    alike = [(one, p) for one, p in _survivors(candidates) if not contradicted(one)]
    # What holds of all levels need not be said of every two.
    all_alike = {one.hyperparameters for one, _ in alike if not one.levels}
    return [(one, p) for one, p in alike if not one.levels or one.hyperparameters not in all_alike]


def _survivors(candidates: Sequence[Candidate]) -> list[Chosen]:
    """Return the candidates of one family that may be said, with their corrected p-values, the largest effect first."""
    p = family.adjusted([one.p for one in candidates], [str(one.kind) for one in candidates])
    kept = [(one, float(q)) for one, q in zip(candidates, p, strict=True) if q <= family.RATE]
    return sorted(kept, key=lambda found: (-found[0].size, found[1], found[0].kind, found[0].hyperparameters))


def _one_trend_each(kept: Sequence[Chosen]) -> list[Chosen]:
    """Keep one trend a hyperparameter: what is best between two values is not said to be better the lower it is."""
    trends = [(not one.is_middle, p, one) for one, p in kept if one.kind is FindingKind.TREND]
    best: dict[str, Candidate] = {}
    for _, _, one in sorted(trends, key=lambda found: found[:2]):
        best.setdefault(one.hyperparameters[0], one)
    return [(one, p) for one, p in kept if one.kind is not FindingKind.TREND or best[one.hyperparameters[0]] is one]


def _key(candidate: Candidate) -> tuple[str, tuple[str, ...]]:
    """Return whose floor a candidate must pass: that of its hyperparameter, or of its pair."""
    if candidate.kind is FindingKind.INTERACTION:
        return "pair", candidate.hyperparameters
    return "main", candidate.hyperparameters[:1]


def _above_floor(candidates: Sequence[Candidate]) -> set[tuple[str, tuple[str, ...]]]:
    """Return the hyperparameters and the pairs that can be told from chance among all of them."""
    p: dict[tuple[str, tuple[str, ...]], list[float]] = {}
    for one in candidates:
        if one.kind is not FindingKind.EXCEPTION:
            p.setdefault(_key(one), []).append(one.p)
    found = set()
    for word in ("main", "pair"):
        keys = [key for key in p if key[0] == word]
        above = family.above_floor([family.simes(p[key]) for key in keys])
        found |= {key for key, is_above in zip(keys, above, strict=True) if is_above}
    return found
