"""The parts of a report in words, as the template shows them: plain text, in which names are data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hpi.estimators import by_name
from hpi.reporting import again, charts
from hpi.reporting.charts import Chart
from hpi.reporting.contents import Contents
from hpi.results import Score
from hpi.statements import Finding, paper
from hpi.words import answer, cautions, large, pairs, tables, thresholds, writing
from hpi.words import findings as said

MOST_PICTURES = 8
MOST_ALIKE = 12
MOST_PAIRS = 12
MOST_COEFFICIENTS = 30
FINGERPRINT = 16  # of 64 digits


@dataclass(frozen=True)
class Sentence:
    """A finding as it is shown: what it is worth, what it says, what it rests on, and its picture."""

    mark: str
    text: str
    evidence: str
    is_strong: bool
    chart: Chart | None = None


@dataclass(frozen=True)
class Group:
    """A finding, those like it, and how many of them are not shown."""

    first: Sentence
    others: tuple[Sentence, ...]
    like_it: str | None
    n_left: int


@dataclass(frozen=True)
class Part:
    """Findings under one heading."""

    heading: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Shown:
    """A figure with its title and what is said of it."""

    title: str
    words: tuple[str, ...]
    chart: Chart | None


def facts(contents: Contents) -> list[tuple[str, str]]:
    """Return what the report stands on, as terms and their values."""
    result, table = contents.result, contents.table
    asked = contents.sample.subspace
    estimator = by_name(result.estimator)
    settings = again.changed(result)
    given = ", ".join(f"{name} = {value}" for name, value in settings.items())
    made = None if contents.made is None else f"{contents.made:%d %B %Y, %H:%M %Z}"
    known = [
        ("Table", f"{table.name} (sha256 of {large.fingerprinted(table)}: {table.fingerprint[:FINGERPRINT]}…)"),
        ("Trials", _used(contents)),
        ("Metric", tables.metric(table)),
        ("Asked among", f"{_best(asked.region)}: {result.subspace.n_region:,} trials"),
        ("Target", f"{_best(asked.target)}: {result.subspace.n_target:,} trials" if estimator.uses_target else None),
        ("Only", " and ".join(map(tables.condition, asked.where))),
        ("Method", f"{estimator.title}, {f'with {given}' if given else 'with its usual settings'}"),
        ("Seed", f"{result.seed}"),
        ("Made", " ".join(filter(None, (made, f"by hpi {result.version}")))),
        ("Link", contents.link),
    ]
    return [(term, value) for term, value in known if value]


def _best(part: float | None) -> str:
    return "all trials" if part == 1 or part is None else f"the best {writing.share(part)} of the trials"


def _used(contents: Contents) -> str:
    result = contents.result
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in result.excluded if count)
    return f"{result.used:,} used of {result.rows:,} rows{f' (left out: {reasons})' if reasons else ''}"


def scores(contents: Contents) -> list[tuple[str, ...]]:
    """Return the bars in numbers: name, importance with its interval, noise floor, p-value, verdict."""
    return [_score(score, contents) for score in contents.result.hyperparameters]


def _score(score: Score, contents: Contents) -> tuple[str, ...]:
    floor = "" if score.floor is None else answer.written(score.floor, contents.result)
    p = "" if score.p_value is None else f"{score.p_value:.2g}"
    verdict = score.note or "" if score.p_value is None else "yes" if score.detectable else "no"
    return score.name, answer.estimate(score, contents.result), floor, p, verdict


def together(contents: Contents) -> list[str]:
    """Say which pairs explain something together, the strongest first."""
    found = [pair for pair in contents.result.pairs if pair.detectable]
    more = len(found) - MOST_PAIRS
    sentences = [pairs.sentence(pair, contents.result) for pair in found[:MOST_PAIRS]]
    return [*sentences, *([f"and {more} more pairs"] if more > 0 else [])]


def coefficients(contents: Contents) -> list[tuple[str, str, str]]:
    """Return the terms of a linear model, what each adds, and the 95 % interval of that."""
    shown = contents.result.coefficients[:MOST_COEFFICIENTS]
    return [(" × ".join(one.terms), f"{one.value:+.3g}", pairs.between(one)) for one in shown]


def threshold(contents: Contents) -> Shown | None:
    """Return what is decided at which threshold; None where the method has no target, or knows nothing."""
    found = contents.at_thresholds()
    if found is None or not found.known.any():
        return None
    chart = None if thresholds.is_flat(found) else charts.threshold(found, contents)
    return Shown(thresholds.TITLE, (thresholds.said(found, contents.result.used),), chart)


def worth_knowing(contents: Contents) -> list[str]:
    """Say what to be careful about."""
    uses_target = by_name(contents.result.estimator).uses_target
    lines = [*cautions.worth_knowing(contents.result), *cautions.ties(contents.sample, uses_target)]
    return lines or [cautions.NOTHING]


def parts(contents: Contents) -> list[Part]:
    """Return the findings under their headings, the strong ones first."""
    found = contents.findings
    if found is None:
        return []
    pictures = iter(range(MOST_PICTURES))
    made = []
    for heading, belongs in paper.PARTS:
        groups = said.alike([one for one in found.findings if belongs(one)])
        if groups:
            made.append(Part(heading, tuple(_group(group, found.tolerance, pictures) for group in groups)))
    return made


def _group(found: Sequence[Finding], tolerance: float | None, pictures: Iterator[int]) -> Group:
    first, *others = found
    number = next(pictures, None)
    chart = None if number is None else charts.finding(first, tolerance, f"finding-{number + 1}")
    return Group(
        first=_sentence(first, tolerance, chart),
        others=tuple(_sentence(one, tolerance) for one in others[:MOST_ALIKE]),
        like_it=said.like_it(others) if others else None,
        n_left=max(0, len(others) - MOST_ALIKE),
    )


def _sentence(one: Finding, tolerance: float | None, chart: Chart | None = None) -> Sentence:
    is_strong = one.strength == "strong"
    return Sentence(said.mark(one, tolerance), one.text, said.evidence(one), is_strong, chart)


def about_findings(contents: Contents) -> list[str]:
    """Say how much was found, and what the sentences are about; why there is none where there is none."""
    found, result = contents.findings, contents.result
    if found is None:
        return ["Nobody asked for sentences, or there are too few trials for any."]
    if not found.findings:
        return [said.lead(found), *said.nothing(found)[:1]]
    more = (said.about(found, result), said.beside_bars(found, result))
    return [said.lead(found), *(line for line in more if line)]


def cannot_say(contents: Contents) -> list[str]:
    """Say what the table cannot say, as far as it is not among what is worth knowing."""
    known = set(worth_knowing(contents))
    return [] if contents.findings is None else [line for line in contents.findings.cannot_say if line not in known]


def ones(contents: Contents) -> list[Shown]:
    """Return the strongest hyperparameters, each with its figure."""
    scores_of = {score.name: score for score in contents.result.hyperparameters}
    return [_one(contents, scores_of[name], f"one-{i + 1}") for i, name in enumerate(contents.strongest)]


def _one(contents: Contents, score: Score, key: str) -> Shown:
    where = answer.where(contents.one(score.name), score)
    words = (where, answer.one(score, contents.result))
    return Shown(score.name, tuple(line for line in words if line), charts.one(contents, score.name, key))


def twos(contents: Contents) -> list[Shown]:
    """Return the pairs that matter together, each with its map."""
    told = {frozenset(pair.names): pair for pair in contents.result.pairs if pair.detectable}
    found = () if contents.findings is None else contents.findings.findings
    shown = []
    for i, names in enumerate(contents.pairs):
        both = frozenset(names)
        sentence = next((one.text for one in found if set(one.hyperparameters) == both), None)
        pair = told.get(both)
        words = (None if pair is None else pairs.beyond(contents.result) + " " + pairs.sentence(pair, contents.result),
                 sentence)  # fmt: skip
        title = " and ".join(names)
        shown.append(Shown(title, tuple(line for line in words if line), charts.two(contents, names, f"two-{i + 1}")))
    return shown


def settings(contents: Contents) -> list[tuple[str, str, str]]:
    """Return every setting of the estimator, its value and whether that is the usual one; then what it found out."""
    declared, usual = contents.result.chosen, by_name(contents.result.estimator)().settings
    rows = []
    for name, value in contents.result.settings:
        note = "found on the way" if name not in declared else "usual" if usual[name] == value else "chosen"
        rows.append((name, "unknown" if value is None else f"{value:.4g}" if isinstance(value, float) else f"{value}",
                     note))  # fmt: skip
    return rows
