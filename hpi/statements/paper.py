"""Findings as text for a shell and as Markdown for a paper or a ticket; names in them are data and stay inert."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from hpi.statements import words
from hpi.statements.finding import Finding, FindingKind, Findings, Strength

NOTHING = "Nothing here can be told apart from chance."
# What GitHub, Streamlit or MathJax act on within a word even where it is escaped: @name, #1, :name:, //, a.com, \(...
ALIKE = 6  # findings of one kind about the same hyperparameters that are written out
LIVE = re.compile(r"@|//|www\.|\S\.[^\W\d_]{2}|#\d|GH-\d|\\|:[A-Z]|:[\w+-]+:", re.IGNORECASE)
# Single characters; not the brackets of an interval, nor an underscore within a word.
SPECIAL = re.compile(r"(?<![^\W_])_|_(?![^\W_])|[`*{}<>#|~$!^&]|\[(?![-+\d.]+(?:e[-+]?\d+)?,$)|(?<!\d)\]|\](?=[(\[:])")
PARTS: tuple[tuple[str, Callable[[Finding], bool]], ...] = (
    ("Sure, and large enough to matter", lambda one: _claims(one) and one.strength is Strength.STRONG),
    ("Less sure, or perhaps too small to matter", lambda one: _claims(one) and one.strength is Strength.WEAK),
    ("No difference that matters", lambda one: not _claims(one)),
)
BLOCK = re.compile(r"^(?:\d*[-+=.)]|\[)")  # what begins a list, a line, a heading or the address of a link


def _claims(one: Finding) -> bool:
    """Whether a finding claims an effect."""
    return one.kind is not FindingKind.SAME


def as_text(findings: Findings) -> str:
    """Return the findings as lines for a shell: a sentence, and below it its evidence."""
    lines = [_title(findings)]
    for heading, sentences in _parts(findings):
        lines += ["", heading]
        for sentence, evidence in sentences:
            lines += [f"- {sentence}", *([f"  {evidence}"] if evidence else [])]
    return "\n".join(map(plain, [*lines, "", _method(findings)]))


def as_markdown(findings: Findings) -> str:
    """Return the findings as Markdown: a heading, lists of sentences with their evidence, and a line on the method."""
    lines = [f"## {escaped(_title(findings))}"]
    for heading, sentences in _parts(findings):
        lines += ["", f"**{heading}**", ""]
        lines += [f"- {escaped(f'{sentence} {evidence}')}" for sentence, evidence in sentences]
    return "\n".join([*lines, "", escaped(_method(findings))])


def plain(text: str) -> str:
    """Return a text on one line, without characters that a terminal acts on."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def escaped(text: str) -> str:
    """Return a text on one line as Markdown shows it: nothing in it is a link, an image, a formula or a mention."""
    return BLOCK.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", " ".join(map(_inert, plain(text).split())))


def _inert(word: str) -> str:
    """Return a word in which nothing is acted on; as code where escaping does not keep a reader of Markdown from it."""
    if not LIVE.search(word):
        return SPECIAL.sub(lambda found: f"\\{found[0]}", word)
    fence = "`" * (1 + max(map(len, re.findall("`+", word)), default=0))
    return f"{fence} {word} {fence}" if "`" in word else f"{fence}{word}{fence}"


def _title(findings: Findings) -> str:
    return f"What {findings.n_trials:,} trials say about {findings.metric}"


def _parts(findings: Findings) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield headings, each with its sentences and their evidence, if there are any."""
    for heading, belongs in PARTS:
        found = _folded([one for one in findings.findings if belongs(one)])
        if found:
            yield heading, found
    if not findings.findings:
        yield "Findings", [(NOTHING, "")]
    if findings.cannot_say:
        yield "Cannot say", [(reason, "") for reason in findings.cannot_say]


def _folded(said: Sequence[Finding]) -> list[tuple[str, str]]:
    """Return sentences with their evidence; of many of one kind about the same, the first, and how many more."""
    found: list[tuple[str, str]] = []
    seen: Counter[tuple[FindingKind, tuple[str, ...]]] = Counter()
    for one in said:
        about = one.kind, one.hyperparameters
        seen[about] += 1
        if seen[about] <= ALIKE:
            found.append((one.text, _evidence(one)))
    more = [(kind, names, n - ALIKE) for (kind, names), n in seen.items() if n > ALIKE]
    return found + [
        (f"And {n} more of {words.listed(names)} ({kind}); with --json all of them.", "") for kind, names, n in more
    ]


def _evidence(one: Finding) -> str:
    p = f"= {one.p_adjusted:.2g}" if one.p_adjusted > 0 else "< 1e-300"
    return f"({compared(one)}; n = {one.n:,}; adjusted p {p})"


def compared(finding: Finding) -> str:
    """Say how large an effect is beside what, in words that hold whichever side the sentence begins with."""
    size, other = (finding.effect, finding.low, finding.high), finding.compared_with
    if finding.kind is FindingKind.TOP:
        return f"odds ratio {words.odds(*size)}, compared with {other}"
    if finding.kind is FindingKind.SAME:
        return f"largest difference {words.amount(*size)} {finding.unit}, compared with {other}"
    if finding.kind is FindingKind.INTERACTION:
        return f"the gains differ by {words.amount(*size)} {finding.unit}"
    if finding.effect < 0:
        return f"worse by {words.amount(-finding.effect, -finding.high, -finding.low)} {finding.unit} than {other}"
    return f"better by {words.amount(*size)} {finding.unit} than {other}"


def _method(findings: Findings) -> str:
    """Say how it was found, as a paper has to."""
    tolerance = findings.tolerance
    known = tolerance is not None and math.isfinite(tolerance)
    matters = f" A difference below {words.some(tolerance or 0.0)} {findings.metric} does not matter." if known else ""
    return (
        f"Method: {findings.candidates:,} candidate sentences were looked at, false discovery rate 5 % (weighted "
        "Benjamini-Hochberg). Effects are differences of means with the other hyperparameters held (least squares on "
        "groups of values, HC3), odds ratios are of being in the target (Fisher); brackets hold 95 % intervals, and "
        f"positive is better. p-values of effects are those of the metric's ranks.{matters}"
    )
