"""Sentences about findings, as plain text: names are data, so nothing here is Markdown."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from hpi.estimators import by_name
from hpi.results import ImportanceResult
from hpi.statements import Finding, FindingKind, Findings, Strength
from hpi.statements.paper import compared
from hpi.statements.top import MATTERS
from hpi.statements.words import some
from hpi.words.parts import found_parts
from hpi.words.writing import BLANK, listed, share

MARKS = {Strength.STRONG: "● strong", Strength.WEAK: "○ weak"}
NAMES = 4  # in one sentence
LEAST_P = 0.001
KINDS = {
    FindingKind.TREND: "trend",
    FindingKind.CONTRAST: "contrast",
    FindingKind.EXCEPTION: "exception",
    FindingKind.INTERACTION: "interaction",
    FindingKind.TOP: "reaching the top",
    FindingKind.SAME: "no difference",
}
BARS_ALONE = (
    "A bar that is told apart from chance says that a hyperparameter matters, not which way; a sentence needs more."
)
NOT_BOTH = "No finding is about these two together; those about each alone are on the page of findings."
AWAITED = "The sentences will appear here as soon as the table has been read for them."
METHOD = """
- **What is looked at.** Every sentence that could be said of this table: which way is better, where the best values
  lie, which level beats which, where it is the other way round, which two act together, what the best trials have in
  common. Each with the other hyperparameters held fixed, so that one does not get the credit of another. The
  estimator of the bars plays no part in it.
- **What is said.** Looking at many sentences finds some by luck alone. They are corrected together (Benjamini and
  Hochberg): of all sentences on this page at most 5 % are expected to be false alarms. The adjusted p says so for each.
- **Strong**: the adjusted p is .001 or less, and even the near end of the interval is larger than what matters (for
  odds: 2 and more). **Weak**: it passed the correction, no more; read it as a hint. Trials that an optimiser chose
  give weak findings only.
- **No difference** is not a test that failed to find one: it is shown that the difference is smaller than what matters.
- **The pictures** show each group of trials with its 95 % interval; coloured is what the sentence speaks of.
"""


def lead(found: Findings) -> str:
    """Say how much was found of what was looked at, and what does not matter."""
    looked = "1 sentence" if found.candidates == 1 else f"{found.candidates:,} sentences"
    trials = f"{found.n_trials:,} trials"
    effects = [finding for finding in found.findings if finding.kind is not FindingKind.SAME]
    if not effects:
        nothing = f"No effect can be said for sure: of {looked} looked at, none that claims one holds among {trials}."
        return " ".join(filter(None, (nothing, _same(found))))
    strong = sum(finding.strength is Strength.STRONG for finding in effects)
    verb = "holds" if len(effects) == 1 else "hold"
    said = f"{len(effects)} of {looked} looked at {verb} among {trials}: {_strengths(strong, len(effects))}."
    return " ".join(filter(None, (said, _same(found))))


def _strengths(strong: int, n: int) -> str:
    if n == 1:
        return "a strong one" if strong else "a weak one"
    if strong in (0, n):
        return "all of them strong" if strong else "all of them weak"
    return f"{strong} strong, {n - strong} weak"


def _same(found: Findings) -> str | None:
    """Say what makes no difference that matters."""
    same = [finding for finding in found.findings if finding.kind is FindingKind.SAME and _is_of_all(finding)]
    names = list(dict.fromkeys(name for finding in same for name in finding.hyperparameters))
    if not names:
        return None
    sure = all(finding.strength is Strength.STRONG for finding in same)
    verb = ("makes" if sure else "seems to make") if len(names) == 1 else ("make" if sure else "seem to make")
    size = "" if found.tolerance is None else f" (it stays within {some(found.tolerance)} {found.metric})"
    return f"{_some(names)} {verb} no difference that matters{size}."


def _is_of_all(finding: Finding) -> bool:
    """Whether a sentence speaks of all values: of two levels among others it says nothing of the hyperparameter."""
    marked = {point.marked for line in finding.picture.lines for point in line.points}
    return len(marked) < 2


def _some(names: Sequence[str]) -> str:
    if len(names) <= NAMES:
        return listed(names)
    return listed([*names[: NAMES - 1], f"{len(names) - NAMES + 1} others"])


def beside_bars(said: Findings, result: ImportanceResult) -> str | None:
    """Say which hyperparameters move the metric on average although their bars are below the noise floor; else None.

    A bar of a method with a target asks who gets into it, a sentence asks for the mean of all trials.
    """
    averages = (FindingKind.TREND, FindingKind.CONTRAST)
    moving = {name for finding in said.findings if finding.kind in averages for name in finding.hyperparameters}
    below = [one.name for one in result.hyperparameters if one.p_value is not None and not one.detectable]
    names = [name for name in below if name in moving]
    if not names or not by_name(result.estimator).uses_target:
        return None
    bars = "its bar is" if len(names) == 1 else "their bars are"
    move = "moves" if len(names) == 1 else "move"
    target = _target(result)
    average = f"{_some(names)} {move} {said.metric} on average"
    return f"{average}; for reaching the best {target} {bars} not told apart from chance."


def about(said: Findings, result: ImportanceResult) -> str:
    """Say what the sentences are about: means of all trials, and the best of them."""
    among = "" if result.subspace.region == 1 else " of the region"
    top = f"“reaching the top” is about the best {_target(result)}" if by_name(result.estimator).uses_target else None
    means = (
        f"Sentences on {said.metric} are about the mean over all trials{among}, the other hyperparameters held fixed"
    )
    return "; ".join(filter(None, (means, top))) + "."


def _target(result: ImportanceResult) -> str:
    return share(found_parts(result)[1])


def mark(finding: Finding, tolerance: float | None = None) -> str:
    """Say how strong a finding is, why it is weak where `tolerance` (in units of the metric) says so, and its kind."""
    small = ", may be too small to matter" if _is_small(finding, tolerance) else ""
    scale = f"  ·  depends on the scale of {finding.unit}" if finding.by_scale else ""
    return f"{MARKS[finding.strength]}{small}  ·  {KINDS[finding.kind]}{scale}"


def _is_small(finding: Finding, tolerance: float | None) -> bool:
    """Whether an effect is sure, and weak since its near end lies within what does not matter."""
    sure = finding.strength is Strength.WEAK and finding.p_adjusted <= LEAST_P
    if not sure or tolerance is None or finding.kind is FindingKind.SAME:
        return False
    if finding.kind is FindingKind.TOP:
        return finding.low < MATTERS
    return max(finding.low, -finding.high) <= tolerance


def evidence(finding: Finding) -> str:
    """Say what a sentence rests on: effect with interval and what it is compared with, trials, p-value."""
    trials = "1 trial" if finding.n == 1 else f"{finding.n:,} trials"
    return "  ·  ".join([compared(finding), trials, p_value(finding.p_adjusted)])


def p_value(p: float) -> str:
    """Write an adjusted p-value: adjusted p < .001, adjusted p = .03."""
    if p < LEAST_P:
        return f"adjusted p{BLANK}<{BLANK}.001"
    return f"adjusted p{BLANK}={BLANK}{f'{p:.2g}'.removeprefix('0')}"


def alike(shown: Sequence[Finding]) -> list[list[Finding]]:
    """Put findings of one kind about the same hyperparameters together, where the strongest of them stands."""
    groups: dict[Hashable, list[Finding]] = {}
    for finding in shown:
        groups.setdefault((finding.kind, frozenset(finding.hyperparameters)), []).append(finding)
    return list(groups.values())


def like_it(others: Sequence[Finding]) -> str:
    """Say how many findings are folded under one like them."""
    about = "the same two hyperparameters" if len(others[0].hyperparameters) > 1 else "the same hyperparameter"
    return f"{len(others):,} more of this kind about {about}"


def nothing(found: Findings) -> list[str]:
    """Say why there is no finding at all, and what could be done; plain text, a line each."""
    return [
        f"Every sentence that could be said of these {found.n_trials:,} trials was looked at, and after the correction "
        "for so many looks none is left. That is no proof that nothing matters: an effect may be too small for so "
        "few trials, or lie in a combination that is too rare here.",
        "More trials help most. A wider region holds more of them: move the right end of the slider to 100\u00a0%.",
    ]


def no_match(n: int) -> str:
    """Say that the filters leave none of `n` findings, and what to do."""
    return (
        f"None of the {n:,} findings passes these filters. Choose fewer kinds or another hyperparameter, or show all."
    )


def matters(found: Findings | None, chosen: float | None) -> str:
    """Say what is taken for too small to matter; `chosen` by the visitor, None for the default."""
    if chosen is not None:
        return f"What does not matter was set to {some(chosen)}; empty the field for the default."
    now = "" if found is None or found.tolerance is None else f": {some(found.tolerance)} {found.metric}"
    return f"By default a tenth of the interquartile range of the metric does not matter{now}."
