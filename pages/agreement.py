"""Sentences about how far estimators agree, as plain text; each is said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from hpi import comparison
from hpi.comparison import Agreement, Comparison
from hpi.comparison.places import leaders, surely_differ
from hpi.estimators import by_name
from hpi.figures.ranks import natural
from hpi.results import ImportanceResult
from pages import words

FAR = 0.8  # rank correlations below this are worth a sentence
FEW = 3  # names in one sentence
NO_SIGNAL = "No signal"
THE_OTHER = "the other"
AGREE = "They agree on the order of what matters."
UNSURE = "No two of them surely differ: what stands in another order is too close for its order to be sure."
NOTHING = "No estimator tells any hyperparameter apart from chance."


def lead(compared: Agreement) -> str:
    """Say which hyperparameters the estimators put first: all those that no other one is surely above."""
    said = [(_first(result), title(result)) for result in compared.results]
    groups = _grouped((first, who) for first, who in said if first is not None)
    if not groups:
        return NOTHING
    parts = [_phrase(*first, titles, len(said) if len(groups) == 1 else None) for first, titles in groups.items()]
    return "; ".join(parts) + "."


def _first(result: ImportanceResult) -> tuple[bool, tuple[str, ...]] | None:
    """Return whether they decide only together, and which ones; None where nothing is told from chance."""
    if result.detectable:
        return False, tuple(sorted(leaders(result), key=natural))
    pairs = [pair for pair in result.pairs if pair.detectable and pair.reading == "interaction"]
    return (True, tuple(sorted(pairs[0].names, key=natural))) if pairs else None


def _phrase(together: bool, names: tuple[str, ...], titles: list[str], n_asked: int | None) -> str:
    """Say what some estimators put first; `n_asked` where no other one says anything else."""
    who, put = words.listed(titles), "puts" if len(titles) == 1 else "put"
    if n_asked is not None and len(titles) > 1:
        who = f"All {n_asked}" if len(titles) == n_asked else f"All {len(titles)} that see anything"
    if together:
        return f"{who}: {words.listed(names)} decide together"
    if len(names) > FEW:
        return f"{who} {put} {len(names)} hyperparameters first, too close to tell apart"
    return f"{who} {put} {words.listed(names)} first"


def reasons(compared: Agreement) -> list[str]:
    """Say why estimators differ, a line for each reason: an estimator against all those that it holds for."""
    by = {result.estimator: result for result in compared.results}
    left = [one for one in compared.comparisons if _differ(one, *(by[name] for name in one.estimators))]
    if not left:
        return _nowhere(compared)
    said = []
    while left:
        groups = _grouped((key, one) for one in left for key in _readings(one))
        (name, reason), same = max(groups.items(), key=lambda group: len(group[1]))
        said.append(_against(name, reason, same))
        left = [one for one in left if one not in same]
    return said


def _differ(one: Comparison, a: ImportanceResult, b: ImportanceResult) -> bool:
    """Whether two orders differ surely, or are not to be compared although one of the two sees something."""
    if one.rank_correlation is not None:
        return one.rank_correlation < FAR and surely_differ(a, b)
    return one.why is not None and bool(a.detectable or b.detectable)


def _nowhere(compared: Agreement) -> list[str]:
    """Say that no two orders differ surely; nothing where there is no order."""
    if not any(result.detectable for result in compared.results):
        return []
    known = [one.rank_correlation for one in compared.comparisons if one.rank_correlation is not None]
    return [AGREE if min(known, default=1.0) >= FAR else UNSURE]


def _readings(one: Comparison) -> list[tuple[str, str]]:
    """Return the reason as either of the two could give it against several: without the name of the other."""
    a, b = one.estimators
    return [(name, _nameless(one.why or "", by_name(other).title)) for name, other in ((a, b), (b, a))]


def _nameless(reason: str, other: str) -> str:
    sentences = reason.replace(other, THE_OTHER).split(". ")
    return ". ".join(s[:1].upper() + s[1:] if s.startswith(THE_OTHER) else s for s in sentences)


def _against(name: str, reason: str, same: list[Comparison]) -> str:
    others = [by_name(other).title for one in same for other in one.estimators if other != name]
    said = reason if len(same) > 1 else same[0].why or "no reason was found."
    return f"{by_name(name).title} against {words.listed(others)}: {said}"


def every_two(compared: Agreement) -> pd.DataFrame:
    """Return a row for every two estimators: who, rank correlation, why."""
    rows = [
        (words.listed([by_name(name).title for name in one.estimators]), _number(one.rank_correlation), one.why or "")
        for one in compared.comparisons
    ]
    return pd.DataFrame(rows, columns=["estimators", "rank correlation", "why"])


def _number(correlation: float | None) -> str:
    return "none" if correlation is None else f"{correlation:.2f}"


def notices(compared: Agreement) -> list[str]:
    """Say what to be careful about, each with whom it concerns: nothing that all say, nor what the ranks show."""
    said = _grouped((warning, title(result)) for result in compared.results for warning in result.warnings)
    own = {text: who for text, who in said.items() if not text.startswith(NO_SIGNAL)}
    advice = [text for text in said if text.startswith(NO_SIGNAL)]
    if any(result.detectable for result in compared.results):
        advice = []  # some do see something: the ranks show who, and the reasons why the others do not
    concerned = [f"{words.listed(who)}: {text}" for text, who in own.items() if len(who) < len(compared.results)]
    return [*advice[:1], *concerned]


def refusals(refused: Mapping[str, str]) -> list[tuple[str, str]]:
    """Say who has no answer and why, once for each reason; before each the name of the first whom it concerns."""
    groups = _grouped((reason, name) for name, reason in refused.items())
    return [(who[0], f"{words.listed([by_name(n).title for n in who])}: {reason}") for reason, who in groups.items()]


def title(result: ImportanceResult) -> str:
    """Return the name of the estimator for people."""
    return by_name(result.estimator).title


def ranks_as_csv(compared: Agreement) -> str:
    """Return ranks and importances of every estimator as CSV, one row a hyperparameter."""
    names = [score.name for score in compared.results[0].hyperparameters]
    columns: dict[str, list[Any]] = {"name": names}
    for result in compared.results:
        rank, found = comparison.ranks(result), {score.name: score.importance for score in result.hyperparameters}
        columns[f"rank by {result.estimator}"] = [rank.get(name) for name in names]
        columns[f"importance by {result.estimator}"] = [found[name] for name in names]
    return words.as_csv(pd.DataFrame(columns, dtype=object))


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    """Return the second parts by their first ones, in the order in which they come."""
    groups: dict[Any, list[Any]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
